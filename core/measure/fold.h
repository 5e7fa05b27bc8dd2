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
    struct kh_held *held;   /* room for the values of a chunk's rows */
    struct kh_daily *daily; /* over = "max": totals of each day */
    bool keep_order;        /* collect all rows and sort them by day: the file is not in order */
    uint32_t orphans;       /* balances that nobody owns on some day */
    bool later;             /* a share behind another one: first rows of keys are kept */
} kh_pass;

/** The passes of a dataset's measures that the database did not compute. */
kh_pass *kh_passes_new(kh_run_state *state, uint32_t dataset, uint32_t *count);
void kh_passes_free(kh_pass *passes, uint32_t count);

/** Which rows were left out by which rules: the amount per subject, measure, key and rules. */
kh_status kh_excluded_add(kh_pass *pass, uint32_t local, uint32_t subject, const char *key,
                          size_t length, uint32_t rules, kh_int128 amount, kh_error *err);
/** Excluded rows: names are packed (subject, measure, rules, key), amounts by their number. */
struct kh_excluded_map {
    kh_names names;
    kh_int128 *amounts;
    uint32_t room;
};

/** over = "max": what is added to the total of each day of the window, one row a subject. */
struct kh_daily {
    kh_int128 **changes; /* per measure of the pass; NULL where not needed */
};

/** Distinct (subject, value) pairs of one measure: open addressing over 64-bit keys. */
struct kh_set {
    uint64_t *slots; /* key + 1; 0 = free */
    size_t size, used;
};

/** The same for a name that is packed already. */
kh_status kh_excluded_put(kh_pass *pass, const char *name, size_t size, kh_int128 amount,
                          kh_error *err);

/** How often a balance of [from, to), within the window, is added up by a measure. */
int64_t kh_fold_times(const kh_pass *pass, kh_over over, kh_date from, kh_date to);

/** Count a flow row of `local` (an index into pass->measures) for a subject. */
kh_status kh_fold_row(kh_pass *pass, uint32_t local, uint32_t subject, kh_int128 value,
                      kh_int128 weight, kh_int128 share, kh_date day, kh_error *err);
/** "the sum needs more than 38 digits" */
kh_status kh_fold_too_long(const kh_pass *pass, uint32_t local, kh_error *err);
/** Count a distinct value. */
void kh_fold_distinct(kh_pass *pass, uint32_t local, uint32_t subject, const char *text,
                      size_t length);
/** A balance that held for a subject from `from` to `to`, both within the window. */
kh_status kh_fold_balance(kh_pass *pass, uint32_t local, uint32_t subject, kh_int128 value,
                          kh_int128 share, kh_date from, kh_date to, kh_error *err);

/** Decimals of what a measure sums up, without those of shares and weights. */
int kh_fold_scale(const kh_pass *pass, uint32_t local);
/** What its sum is divided by: the days of an average, the value's own divisor. */
kh_decimal kh_fold_divisor(const kh_pass *pass, uint32_t local);

/* ---- lineage.c ----------------------------------------------------------------------------- */

/** A row of the subject that is asked about. */
typedef struct kh_lineage_row {
    kh_int128 value, weight, share; /* weight 1 where there is none */
    int64_t times, line;
    const char *key;
    size_t length;
    uint32_t file; /* of kh_lineage_file(); 0 = not known */
    uint32_t rules;
    kh_date from, to;
} kh_lineage_row;

static inline bool kh_lineage_wants(const kh_pass *pass, uint32_t subject)
{
    const kh_lineage *lineage = pass->state->measures->lineage;
    return lineage && subject == lineage->index;
}
/** A number for the file a row comes from. */
uint32_t kh_lineage_file(kh_pass *pass, const char *file, size_t length);
void kh_lineage_add(kh_pass *pass, uint32_t local, const kh_lineage_row *row);
void kh_lineage_finish(kh_pass *pass);

void kh_fold_init(kh_pass *pass);
/** Turn what was collected into values, and excluded rows into facts. */
void kh_fold_finish(kh_pass *pass);
void kh_fold_fini(kh_pass *pass);

/* ---- balances ------------------------------------------------------------------------------ */

/** What a measure counts of a thing from a day on. */
typedef struct kh_held {
    kh_int128 value;
    uint32_t measure; /* of the pass */
    uint32_t rules;   /* the rules that leave it out; 0 = it counts */
} kh_held;

/** What a row says about a thing from `day` on. */
typedef struct kh_turn {
    kh_date day;
    kh_date recorded; /* the day of the row; `day` may be that of a change */
    uint32_t who;     /* the row's subject or, when the dataset has an owner, its thing */
    uint32_t count;   /* of `held`: measures that do not count the row are not among them */
    uint32_t file;    /* of kh_lineage_file() */
    int64_t line;
    kh_held *held;
} kh_turn;

/**
 * A thing's next row: turns[0], then the later days on which a dated lookup changes it. Copied.
 * KH_EDATA for two rows on one day; KH_ELIMIT + pass->keep_order when the rows of a key are not in
 * order of days (the caller starts again and collects).
 */
kh_status kh_balance_put(kh_pass *pass, uint32_t key, const kh_turn *turns, uint32_t count,
                         kh_error *err);
/** The number of a thing's key. */
uint32_t kh_balance_key(kh_pass *pass, const char *key, size_t length);
/** The end of the data: every last balance holds on. */
kh_status kh_balances_finish(kh_pass *pass, kh_error *err);
void kh_balances_init(kh_pass *pass);
void kh_balances_fini(kh_pass *pass);

/**
 * What a pass over a later share knows about a key: its first row there, which another share's last
 * row may precede, until which day that holds, and the last row.
 */
typedef struct kh_ends {
    const char *key;
    size_t length;
    kh_turn *first, *last; /* `first` NULL: the last row is the first */
    uint32_t first_count, last_count;
    kh_date until;
} kh_ends;

uint32_t kh_balances_keys(const kh_pass *pass);
/** The ends of key @p key; false when it has no row. The turns are in @p arena. */
bool kh_balances_ends(const kh_pass *pass, uint32_t key, kh_ends *out, kh_arena *arena);
/** Put a later share's ends behind what is known here. Errors as kh_balance_put(). */
kh_status kh_balances_follow(kh_pass *pass, const kh_ends *ends, kh_error *err);

#endif
