/* Lineage: the rows behind the measures of one subject, for `kaohe explain`.
 *
 * A run that does not ask pays one test a row. One that asks keeps the rows that matter most of
 * each measure, and counts and sums the others.
 */
#ifndef KH_MEASURE_LINEAGE_H
#define KH_MEASURE_LINEAGE_H

#include "measure/measure.h"

/** A row in a measure. */
typedef struct kh_trace {
    const char *file; /* NULL: the source has one place, or none */
    int64_t line;     /* or rowid; 0 = not known */
    const char *key;  /* of the dataset; "" = none */
    /** A flow: its day and the next; a balance: the days in the window on which it held. */
    kh_date from, to;
    kh_decimal value, weight, share; /* weight: absent, but of weighted_avg */
    int64_t times;                   /* how often it is added up: days of an average, else 1 */
    kh_decimal amount;               /* value x weight x share x times */
    const char *rule;                /* what leaves it out; NULL: it counts */
} kh_trace;

/** Rows of one kind, the weightiest first. */
typedef struct kh_traces {
    kh_trace *items;
    uint32_t count;
    uint64_t rows;     /* in all */
    kh_decimal amount; /* of all */
} kh_traces;

/** What a measure of the subject is made of. */
typedef struct kh_lineage_part {
    kh_traces counted, left_out;
    kh_decimal divisor; /* the amounts are divided by it at the end: the days of an average */
    struct kh_trace_heap *heaps; /* while rows come in */
} kh_lineage_part;

typedef struct kh_lineage {
    const char *subject; /* its id */
    uint32_t most;       /* rows kept of each kind */
    kh_arena arena;
    kh_lineage_part *parts; /* one per measure of the plan; filled by kh_measures_run() */
    uint32_t index;         /* of the subject in the facts */
    kh_names files;
} kh_lineage;

/** Ask for it before kh_measures_run(); one process reads all then. Borrowed until the end. */
void kh_measures_trace(kh_measures *measures, kh_lineage *lineage);
void kh_lineage_fini(kh_lineage *lineage);

#endif
