/* Measures: what the rows of the sources add up to, per subject and period, exactly.
 *
 * Order of work: kh_measures_new() parses every expression of the plan; kh_measures_check() finds
 * what can be found without data; kh_measures_run() opens the sources, reads each dataset once and
 * returns the facts.
 */
#ifndef KH_MEASURE_MEASURE_H
#define KH_MEASURE_MEASURE_H

#include "base/text.h"
#include "scheme/plan.h"
#include "table/store.h"

#include <kaohe/scorecard.h>

typedef struct kh_measures kh_measures;

/** Rows kept one by one for each subject. */
typedef struct kh_records {
    const kh_records_decl *decl;
    kh_store store;
    uint32_t *starts; /* rows of subject s: order[starts[s]] .. order[starts[s + 1] - 1] */
    uint32_t *order;  /* in order of their day, then of the source */
    /* Of a dataset without subjects: nobody has a row until a stage of the chain gives them away,
       which fills starts and order. */
    uint32_t *pool; /* the rows, in the order of `order` elsewhere; NULL: rows have subjects */
    uint32_t pool_count;
    const char **keys, **why; /* of order[i]: what it is about and how it came to the subject; both
                                 of the sheet that gave it */
} kh_records;

/** Rows that a rule left out of a measure, taken together per thing. */
typedef struct kh_left_out {
    uint32_t subject, measure;
    const char *key;  /* what the rows are about: the dataset's key, or "" */
    const char *rule; /* the words of the rules, joined by "、" */
    kh_decimal amount;
} kh_left_out;

/**
 * Everything the sources say about the subjects in one period. Zero-initialise; with a spill in its
 * arena, everything lies there.
 * Shape    values[m * subject_count + s] is measure m of subject s.
 * Unit     each measure's own; nothing is rounded.
 * Missing  KH_ABSENT where no row counted, unless the measure says `missing = "zero"`.
 */
typedef struct kh_facts {
    kh_arena arena;
    kh_period period;
    kh_subject *subjects; /* by id, bytewise */
    uint32_t subject_count;
    kh_decimal *values;
    kh_records *records;
    uint32_t records_count;
    kh_left_out *left_out; /* by subject, measure, key */
    uint32_t left_out_count;
    kh_date *holidays, *makeup;
    uint32_t holiday_count, makeup_count;
    char **decided; /* what sources decided by themselves: "balances: encoding GB18030" */
    uint32_t decided_count;
} kh_facts;

kh_measures *kh_measures_new(const kh_plan *plan, kh_diags *diags);
void kh_measures_free(kh_measures *measures);

/** Compute everything here, from rows: the same values as when databases take part. */
void kh_measures_rows_only(kh_measures *measures);

/** Read sources that can be divided with this many processes; the results are the same. */
void kh_measures_share(kh_measures *measures, uint32_t jobs);

/** Everything that can be known without data. False: see @p diags. Afterwards only free it. */
bool kh_measures_check(kh_measures *measures, kh_diags *diags);

/**
 * Read the sources and compute all measures.
 *
 * @param problems  mistakes in the data or in names, each with its place; when there are errors
 *                  the call returns KH_EDATA or KH_EUSAGE and @p err says how many
 * @return KH_EUNAVAILABLE, KH_EDENIED: a source is out of reach, with its own words
 * Ownership  @p facts belongs to the caller also after a failure (kh_facts_fini).
 */
kh_status kh_measures_run(kh_measures *measures, const kh_period *period, kh_facts *facts,
                          kh_diags *problems, kh_error *err);
void kh_facts_fini(kh_facts *facts);

/**
 * Write down the SQL a run would send, measure by measure, and why some are computed from rows.
 * Sources are opened and described; no rows are read. Errors as kh_measures_run().
 */
kh_status kh_measures_sql(kh_measures *measures, const kh_period *period, kh_buf *out,
                          kh_diags *problems, kh_error *err);

/** The window a measure looks at. */
kh_period kh_window_of(const kh_window_decl *window, const kh_period *period);

#endif
