/* Folding rows into one number per measure and subject, exactly. */
#ifndef KH_MEASURE_FOLD_H
#define KH_MEASURE_FOLD_H

#include "measure/internal.h"

/** What a measure has collected for one subject. */
typedef struct kh_cell {
    kh_int128 sum;    /* of value x share; the value itself for min, max, first, last */
    kh_int128 weight; /* of share, or of weight x share */
    int64_t count;    /* rows, or distinct values; 0 = nothing counted: absent */
    kh_date date;     /* first, last: the day of the value */
} kh_cell;

/** The measures of one dataset that look at the same window in the same way. */
typedef struct kh_pass {
    kh_run_state *state;
    kh_dataset *dataset;
    kh_period window;
    bool balance; /* over ... : balances that hold until the next row of the same key */
    uint32_t *measures;
    uint32_t count;
    kh_frame frame;
    kh_cell *cells; /* count x subjects */
    const kh_owners *owners;
    int share_scale;
    struct kh_set *distinct;   /* count_distinct: subject and value */
    kh_names *distinct_values; /* one per measure */
    struct kh_excluded_map *excluded;
    struct kh_balances *balances;
    struct kh_daily *daily; /* over = "max": totals of each day */
    bool keep_order;        /* collect all rows and sort them by day: the file is not in order */
} kh_pass;

/** The passes of a dataset's measures that the database did not compute. */
kh_pass *kh_passes_new(kh_run_state *state, uint32_t dataset, uint32_t *count);
void kh_passes_free(kh_pass *passes, uint32_t count);

/** Which rows were left out by which rules: the amount per subject, measure, key and rules. */
kh_status kh_excluded_add(kh_pass *pass, uint32_t local, uint32_t subject, const char *key,
                          size_t length, uint32_t rules, kh_int128 amount, kh_error *err);
/** How often a balance of [from, to), within the window, is added up by a measure. */
int64_t kh_fold_times(const kh_pass *pass, kh_over over, kh_date from, kh_date to);

/** Count a flow row of `local` (an index into pass->measures) for a subject. */
kh_status kh_fold_row(kh_pass *pass, uint32_t local, uint32_t subject, kh_int128 value,
                      kh_int128 weight, kh_int128 share, kh_date day, kh_error *err);
/** Count a distinct value. */
void kh_fold_distinct(kh_pass *pass, uint32_t local, uint32_t subject, const char *text,
                      size_t length);
/** A balance that held for a subject from `from` to `to`, both within the window. */
kh_status kh_fold_balance(kh_pass *pass, uint32_t local, uint32_t subject, kh_int128 value,
                          kh_int128 share, kh_date from, kh_date to, kh_error *err);

void kh_fold_init(kh_pass *pass);
/** Turn what was collected into values, and excluded rows into facts. */
void kh_fold_finish(kh_pass *pass);
void kh_fold_fini(kh_pass *pass);

/* ---- balances ------------------------------------------------------------------------------ */

/** One state of a thing: its values from a day on. */
typedef struct kh_balance {
    kh_date day;
    kh_date recorded; /* the day of the row; `day` may be that of a change */
    uint32_t subject; /* of the row; KH_UNKNOWN when the dataset has an owner */
    int64_t line;
    struct kh_balance *change; /* later days on which a dated lookup changes the values */
    kh_int128 *values;         /* one per measure of the pass */
    uint32_t *rules;           /* 0 = counts, KH_NOT_COUNTED = fails `where`, else rules hit */
} kh_balance;

#define KH_NOT_COUNTED UINT32_MAX

/** A new balance with room for the pass's measures; recycled by kh_balance_put(). */
kh_balance *kh_balance_new(kh_pass *pass);
/**
 * A thing's next row. KH_EDATA for two rows on one day; KH_ELIMIT + pass->keep_order when the rows
 * of a key are not in order of days (the caller starts again and collects).
 */
kh_status kh_balance_put(kh_pass *pass, uint32_t key, kh_balance *balance, kh_error *err);
/** The number of a thing's key. */
uint32_t kh_balance_key(kh_pass *pass, const char *key, size_t length);
/** The end of the data: every last balance holds on. */
kh_status kh_balances_finish(kh_pass *pass, kh_error *err);
void kh_balances_init(kh_pass *pass);
void kh_balances_fini(kh_pass *pass);

#endif
