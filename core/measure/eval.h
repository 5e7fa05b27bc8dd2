/* Row expressions over columns: a chunk of rows at a time, one buffer a node. */
#ifndef KH_MEASURE_EVAL_H
#define KH_MEASURE_EVAL_H

#include "measure/expr.h"
#include "table/store.h"

/** Rows evaluated at once; small enough that all buffers stay in the cache. */
enum { KH_CHUNK = 1024 };

typedef struct kh_string {
    const char *text;
    size_t length;
} kh_string;

/** The values of one node for a chunk. Where nulls[i] != 0 the value means nothing. */
typedef struct kh_vec {
    union {
        const kh_int128 *numbers; /* scaled by the node's scale */
        const int32_t *dates;
        const uint8_t *bools;
        const kh_string *texts;
    } as;
    const uint8_t *nulls;
} kh_vec;

/** Which rows to look at. */
typedef struct kh_chunk {
    uint32_t count;       /* at most KH_CHUNK */
    const uint32_t *rows; /* their numbers in the views; NULL: first, first + 1, ... */
    uint32_t first;
    const kh_view *own;             /* one per slot of the own table */
    const kh_store *const *lookups; /* per lookup: its table */
    const int32_t *const *matches;  /* per lookup: the row found for each row, -1 = none */
} kh_chunk;

typedef struct kh_eval kh_eval;

/** @p nodes is the count of node ids; @p constants one value for each kh_constant. */
kh_eval *kh_eval_new(uint32_t nodes, const int64_t constants[KH_CONSTANT_COUNT]);
void kh_eval_free(kh_eval *eval);

/**
 * Say that new views are shown (a new batch), so cached answers about dictionaries are extended
 * by what each view says is new.
 */
void kh_eval_batch(kh_eval *eval);

/**
 * Evaluate @p expr for the rows of @p chunk. The result lives until the next call with the same
 * node. @return KH_ELIMIT when a number needs more than 38 digits; the message names the value.
 */
kh_status kh_eval_run(kh_eval *eval, const kh_expr *expr, const kh_chunk *chunk, kh_vec *out,
                      kh_error *err);

/** 1 where the condition holds, 0 where it does not or is null. */
kh_status kh_eval_mask(kh_eval *eval, const kh_expr *expr, const kh_chunk *chunk,
                       const uint8_t **out, kh_error *err);

#endif
