/* What databases compute themselves: sums per subject, else at least which rows are wanted. */
#ifndef KH_MEASURE_PUSH_H
#define KH_MEASURE_PUSH_H

#include "measure/fold.h"
#include "measure/sql.h"

/** A pass as one statement: columns subject, bad, counted, then count and value of each measure. */
typedef struct kh_statement {
    const char *sql; /* NULL: the rows are read, because of sql_state.why */
    kh_sql state;
    uint32_t measure; /* when sql is NULL: the one that cannot be said, an index into the plan */
} kh_statement;

/** Put a pass into one statement, as text in @p arena. */
void kh_statement_make(kh_statement *out, const kh_pass *pass, const kh_dialect *dialect,
                       void *source, const int64_t constants[KH_CONSTANT_COUNT], kh_arena *arena);

/**
 * Which rows the passes need, as a condition: NULL = all of them. Rows it leaves out count for no
 * measure.
 */
const char *kh_statement_filter(kh_sql *sql, const kh_pass *passes, uint32_t pass_count);

/**
 * Let the source of a dataset compute what it can, exactly. What is left for kh_dataset_scan():
 * measures for which state->pushed is false, over the rows of dataset->filter.
 */
kh_status kh_push_dataset(kh_run_state *state, uint32_t dataset, kh_error *err);

#endif
