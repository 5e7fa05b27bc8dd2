/* The validated plan: what a project and its scheme declare, with the place of every word.
 *
 * The scheme room fills it from the project's and the scheme's files; the rooms to the right
 * (measure, metric, score, document, run) read it. Expressions are still text here: the measure
 * room parses them. Everything lives in the plan's arena; arrays are in the order of declaration.
 */
#ifndef KH_SCHEME_PLAN_H
#define KH_SCHEME_PLAN_H

#include "base/date.h"
#include "base/setting.h"
#include "plugin/registry.h"

/** Text together with where it was written; text == NULL: not given. */
typedef struct kh_word {
    const char *text;
    kh_place place;
} kh_word;

typedef struct kh_source_decl {
    kh_word name;
    kh_instance instance; /* kind source, options filled, not opened */
} kh_source_decl;

/** A column whose type the scheme states: "money", "decimal(8)", "date", "text", "int", "bool". */
typedef struct kh_column_decl {
    kh_word name;
    kh_type type;
    int scale;
} kh_column_decl;

/** Two rows of one key on one day: an error, the later one wins, or they add up. */
typedef enum kh_same_day { KH_SAME_DAY_ERROR, KH_SAME_DAY_LAST, KH_SAME_DAY_SUM } kh_same_day;

/** Where the rows of measures come from, and what one row means. */
typedef struct kh_dataset_decl {
    kh_word name;
    uint32_t source;
    kh_word key;     /* what a row is about: account_id; text NULL = not declared */
    kh_word date;    /* the day a row belongs to, or from which a balance holds */
    kh_word period;  /* instead of date: a column that names a period (2009Q1) */
    kh_word subject; /* the column with the subject's key */
    kh_word owner;   /* instead of subject: an owner declaration */
    kh_column_decl *columns;
    uint32_t column_count;
    kh_same_day same_day;
    bool ignore_unknown; /* rows of unknown subjects are left out instead of refused */
} kh_dataset_decl;

/** A pair of columns: half-open validity, or the ends of a band of numbers. */
typedef struct kh_span_decl {
    kh_word column; /* of the dataset, for a band */
    kh_word from, to;
} kh_span_decl;

/** Which day decides about a dated lookup. */
typedef enum kh_at { KH_AT_ROW, KH_AT_START, KH_AT_END } kh_at;
/** From which window the rows of an event table are taken. */
typedef enum kh_within { KH_WITHIN_EVER, KH_WITHIN_PERIOD, KH_WITHIN_YEAR } kh_within;
typedef enum kh_pick { KH_PICK_ONLY, KH_PICK_FIRST, KH_PICK_LAST } kh_pick;

/** Most columns of a lookup's key. */
enum { KH_KEY_MOST = 8 };

/** A join: rows found by equal keys, and by day where they are dated. Or a constant table. */
typedef struct kh_lookup_decl {
    kh_word name;
    int32_t source;      /* -1: constant rows */
    kh_word *on_column;  /* columns of the lookup ... */
    kh_word *on_dataset; /* ... equal these of the dataset */
    uint32_t on_count;
    kh_span_decl valid; /* from.text NULL: undated */
    kh_span_decl band;  /* from.text NULL: none */
    kh_word date;       /* an event table: the day of the event */
    kh_word where;
    kh_at at;
    kh_within within;
    kh_pick pick;
    kh_column_decl *columns;
    uint32_t column_count;
    const kh_setting *rows; /* constant rows: a list of lists, in the order of `columns` */
} kh_lookup_decl;

/** Dated attribution: which subject owns a thing, with which share, from when to when. */
typedef struct kh_owner_decl {
    kh_word name;
    uint32_t source;
    kh_word on_column, on_dataset; /* the thing's key here and in the dataset */
    kh_word subject, share;
    kh_span_decl valid;
} kh_owner_decl;

typedef enum kh_aggregate {
    KH_SUM,
    KH_COUNT,
    KH_COUNT_DISTINCT,
    KH_MIN,
    KH_MAX,
    KH_AVG,
    KH_WEIGHTED_AVG,
    KH_FIRST,
    KH_LAST
} kh_aggregate;

/** How a balance, which must not be added over days, is taken over the period. */
typedef enum kh_over {
    KH_OVER_NONE, /* a flow: rows whose day lies in the period */
    KH_OVER_AVERAGE,
    KH_OVER_AVERAGE_WORKING,
    KH_OVER_FIRST,
    KH_OVER_LAST,
    KH_OVER_LAST_SEEN,
    KH_OVER_MAX,
    KH_OVER_SUM
} kh_over;

/** Which period a measure looks at, seen from the period of the run. */
typedef struct kh_window_decl {
    int shift;       /* in periods: -1 = the previous one */
    int shift_years; /* -1 = the same period of last year */
    bool year_to_date;
} kh_window_decl;

typedef struct kh_exclude_decl {
    kh_word rule; /* the words shown: "7.1 次级以下" */
    kh_word when;
} kh_exclude_decl;

typedef struct kh_measure_decl {
    kh_word name;
    const char *title, *unit;
    uint32_t dataset;
    kh_aggregate aggregate;
    kh_word value, weight, where;
    kh_over over;
    kh_window_decl window;
    kh_exclude_decl *excludes;
    uint32_t exclude_count;
    bool missing_zero; /* no rows: 0 instead of absent */
    int places;        /* decimals when shown; KH_PLACES_OWN */
} kh_measure_decl;

/** Rows of a dataset kept one by one for each subject: decisions, history, leave. */
typedef struct kh_records_decl {
    kh_word name;
    uint32_t dataset;
    kh_column_decl *columns;
    uint32_t column_count;
    kh_word where;
    kh_window_decl window;
    bool any_time; /* not only the rows of the window */
} kh_records_decl;

typedef struct kh_param_decl {
    kh_word name;
    const char *title, *unit;
    const kh_setting *value; /* a number, text, boolean or table of them */
    bool number;             /* a number, or false: none */
} kh_param_decl;

typedef struct kh_metric_decl {
    kh_word name;
    const char *title, *unit;
    int round;   /* decimals; KH_PLACES_OWN = not rounded */
    int places;  /* decimals when shown; KH_PLACES_OWN = the number's own */
    int formula; /* reference of the Lua function */
    kh_place formula_place;
    bool missing_zero; /* an absent result counts as 0 */
} kh_metric_decl;

/** One stage of the chain: a strategy plugin or a Lua function. */
typedef struct kh_stage_decl {
    kh_word name;
    const kh_setting *options; /* of the plugin */
    int function;              /* reference, when plugin == NULL */
    const kh_plugin *plugin;
} kh_stage_decl;

typedef struct kh_output_decl {
    kh_word name;
    kh_word path;     /* "{period}/{group}/{id}-{name}.pdf" */
    kh_word template; /* for outputs that want documents */
    kh_word password; /* the subject's field that holds it; text NULL = none */
    kh_instance instance;
} kh_output_decl;

/** A file that went into the plan; for the manifest and for messages. */
typedef struct kh_script_file {
    const char *path; /* absolute */
} kh_script_file;

typedef struct kh_plan {
    kh_arena arena;
    const char *folder;       /* of the project, absolute */
    const char *title;        /* of the project */
    const char *organisation; /* "某某银行"; "" when not given */
    const char *period;       /* default period; NULL = none */
    struct {
        const char *name, *title, *version, *regulation, *folder;
    } scheme;

    struct {
        uint32_t source;
        kh_word key;                /* a text column */
        kh_word name, group, where; /* expressions */
        kh_word *fields;            /* what else is kept for scorecards and formulas: names ... */
        kh_word *field_values;      /* ... and the expressions behind them */
        uint32_t field_count;
        kh_span_decl active; /* from.text NULL = all rows */
        kh_place place;
    } subject;

    kh_source_decl *sources;
    uint32_t source_count;
    kh_dataset_decl *datasets;
    uint32_t dataset_count;
    kh_lookup_decl *lookups;
    uint32_t lookup_count;
    kh_owner_decl *owners;
    uint32_t owner_count;
    kh_measure_decl *measures;
    uint32_t measure_count;
    kh_records_decl *records;
    uint32_t records_count;
    kh_param_decl *params;
    uint32_t param_count;
    kh_metric_decl *metrics;
    uint32_t metric_count;
    kh_stage_decl *stages;
    uint32_t stage_count;
    kh_output_decl *outputs;
    uint32_t output_count;

    struct {
        int32_t source; /* -1 = no holidays known */
        kh_word date, kind;
    } calendar;

    kh_script_file *files;
    uint32_t file_count;
} kh_plan;

#endif
