/* Everything known about one subject in one period, as strategies write it and outputs read it.
 *
 * Text is UTF-8, NUL-terminated, never NULL unless a comment says so.
 * Numbers are exact; KH_ABSENT is "not available", which is not 0.
 */
#ifndef KAOHE_SCORECARD_H
#define KAOHE_SCORECARD_H

#include <kaohe/date.h>
#include <kaohe/decimal.h>

/** A declared number: what its column means. */
typedef struct kh_column {
    const char *name;  /* "corp_adb" */
    const char *title; /* "对公日均存款" */
    const char *unit;  /* "元"; "" when none */
    int32_t places;    /* decimals when shown, KH_PLACES_OWN = as computed */
} kh_column;

/** Who is scored. */
typedef struct kh_subject {
    const char *id, *name, *group;
    /** Values of the other columns that the scheme keeps, in the order of kh_results.fields. */
    const char *const *fields;
} kh_subject;

/** One line of a score: value, target, ratio, rule, weight, points. Lines add up to the total. */
typedef struct kh_item {
    const char *name, *title, *unit;
    kh_decimal actual, target, base; /* base: the opening value on an increment basis */
    kh_decimal rate;                 /* a ratio: 0.9 = 90 % */
    kh_decimal weight, points;
    int32_t places;       /* decimals of `points` when shown */
    int32_t value_places; /* decimals of `actual` and `target` when shown */
    const char *rule;     /* how `points` came about, with its numbers; "" when plain */
    const char *reason;   /* why it is absent, full or capped; NULL when it is not */
} kh_item;

/** What a stage did to the result, in words that carry the numbers. */
typedef enum kh_outcome {
    KH_KEPT,    /* looked, changed nothing */
    KH_PASSED,  /* a condition holds */
    KH_CHANGED, /* raised, lowered or replaced something */
    KH_FAILED   /* a condition does not hold */
} kh_outcome;

typedef struct kh_step {
    const char *stage; /* the stage's name: "ladder" */
    const char *rule;  /* rulebook or regulation clause: "C16"; "" when none */
    const char *text;  /* "日均存款 7,200.00 万元,达到 11级标准 5,000.00 万元" */
    kh_outcome outcome;
} kh_step;

/** A sum of money that follows from the result. */
typedef struct kh_pay {
    const char *name, *title;
    kh_decimal amount; /* CNY */
    const char *rule;  /* how it came about, with its numbers */
} kh_pay;

/** A row that a rule left out, kept so that it can be shown. */
typedef struct kh_excluded {
    const char *measure, *row, *rule; /* row: the key of what was left out */
    kh_decimal amount;
} kh_excluded;

/** A row that belonged to nobody until a stage gave it to a subject. */
typedef struct kh_given {
    uint32_t card;                   /* whose: index into kh_results.cards */
    const char *records, *row, *why; /* row: its key */
} kh_given;

typedef struct kh_card {
    const kh_subject *subject;
    const kh_decimal *measures; /* one per kh_results.measures */
    const kh_decimal *metrics;  /* one per kh_results.metrics */
    const kh_item *items;
    uint32_t item_count;
    const kh_step *steps;
    uint32_t step_count;
    const kh_pay *pays;
    uint32_t pay_count;
    const char *const *notes;
    uint32_t note_count;
    const kh_excluded *excluded;
    uint32_t excluded_count;
    kh_decimal score; /* unrounded */
    int32_t score_places;
    uint32_t rank;      /* 1 = best; 0 = not ranked */
    const char *band;   /* NULL = none */
    const char *grade;  /* NULL = none */
    const char *failed; /* NULL, or why this subject has no result */
} kh_card;

typedef struct kh_results {
    uint32_t size;
    const char *project, *organisation, *scheme, *scheme_title, *scheme_version;
    kh_period period;
    kh_date as_of; /* data cut-off */
    const kh_column *measures;
    uint32_t measure_count;
    const kh_column *metrics;
    uint32_t metric_count;
    const char *const *fields;
    uint32_t field_count;
    const kh_card *cards; /* by subject id, bytewise */
    uint32_t card_count;
    const kh_given *given; /* by card, then by records, then as they were given */
    uint32_t given_count;
} kh_results;

#endif
