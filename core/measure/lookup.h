/* Lookups: rows found by equal keys, and by day where they are dated (rulebook C10, PR-14). */
#ifndef KH_MEASURE_LOOKUP_H
#define KH_MEASURE_LOOKUP_H

#include "measure/eval.h"
#include "measure/feed.h"

/** A loaded lookup for one window. Zero-initialise. */
typedef struct kh_lookup {
    const kh_lookup_decl *decl;
    const kh_slots *slots;
    kh_store store;
    kh_names groups;  /* composite keys; a group is the rows of one key */
    uint32_t *starts; /* rows of group g: order[starts[g]] .. order[starts[g + 1] - 1] */
    uint32_t *order;
    int32_t from, to; /* columns of the validity; -1 = undated */
    int32_t band_from, band_to;
    uint32_t *keys; /* columns of the key */
    kh_date day;    /* KH_AT_START, KH_AT_END: the day that decides */
} kh_lookup;

/**
 * Add the lookup's own columns (keys, validity, band, event day) to its slots, with their types.
 * Call before types are inferred.
 */
void kh_lookup_prepare(const kh_lookup_decl *decl, kh_slots *slots, kh_arena *arena);

/**
 * Load the rows that count for @p window (the event days, the condition) and sort them by key.
 * @p where is the parsed condition or NULL, @p nodes its count of node ids.
 * @return KH_EDATA when two rows answer for the same key and day; names both rows.
 */
kh_status kh_lookup_load(kh_lookup *lookup, const kh_lookup_decl *decl, const kh_slots *slots,
                         const kh_feed *feed, const kh_period *window, const kh_expr *where,
                         uint32_t nodes, const int64_t constants[KH_CONSTANT_COUNT], kh_error *err);
void kh_lookup_fini(kh_lookup *lookup);

/** Where a part of the key comes from: a column of the dataset (table -1) or of another lookup. */
typedef struct kh_key_part {
    int32_t table;
    uint32_t slot;
} kh_key_part;

/** Finds the rows of a lookup for the rows of a dataset. Zero-initialise. */
typedef struct kh_matcher {
    const kh_lookup *lookup;
    const kh_key_part *parts; /* one per key column */
    int32_t band_slot;        /* of the dataset; -1 = none */
    struct kh_code_map {
        uint32_t *ids; /* code of the part's dictionary -> number in the lookup's */
        uint32_t count, room;
    } * maps;
} kh_matcher;

void kh_matcher_init(kh_matcher *matcher, const kh_lookup *lookup, const kh_key_part *parts,
                     int32_t band_slot);
void kh_matcher_fini(kh_matcher *matcher);

/** Learn the texts of a part's column, which @p view shows, before rows are matched. */
void kh_matcher_learn(kh_matcher *matcher, uint32_t part, const kh_view *view);

/**
 * The group of a row; KH_NO_NAME when no key fits. codes[k] is the code of part k, or -1 (null).
 */
uint32_t kh_matcher_group(const kh_matcher *matcher, const int32_t *codes);

/** The row of the lookup that holds for a group on @p day, or -1. @p band: the dataset's view. */
int32_t kh_matcher_find(const kh_matcher *matcher, uint32_t group, kh_date day, const kh_view *band,
                        uint32_t row);

/**
 * The next day after @p day, and before @p end, on which another row of the group begins or ends
 * to hold; @p end when there is none.
 */
kh_date kh_lookup_next_change(const kh_lookup *lookup, uint32_t group, kh_date day, kh_date end);

#endif
