/* Sources as the engine uses them: opened once, described once, read as often as needed. */
#ifndef KH_MEASURE_FEED_H
#define KH_MEASURE_FEED_H

#include "measure/expr.h"
#include "scheme/plan.h"
#include "table/store.h"

#include <kaohe/source.h>

/** Which rows a source is asked for, in its own SQL; zeros: all rows. */
typedef struct kh_feed_filter {
    const char *where;
    const kh_sql_value *values;
    uint32_t value_count;
} kh_feed_filter;

typedef struct kh_feed {
    const char *name; /* of the source, for messages */
    kh_instance *instance;
    kh_arena arena;
    kh_slots columns;   /* what describe() said; KH_TYPE_ANY where the source has no types */
    kh_names decisions; /* what the source decided by itself */
    bool open;
} kh_feed;

/** Open the source and ask for its columns. Zero-initialise @p feed. */
kh_status kh_feed_open(kh_feed *feed, const kh_source_decl *source, kh_error *err);
void kh_feed_close(kh_feed *feed);

/**
 * Check that the wanted columns exist and take over their types where the source knows them.
 * Mistakes go to @p diags at the place where the column was named.
 */
bool kh_feed_bind(const kh_feed *feed, kh_slots *wanted, kh_diags *diags);

/** What the source can take over; nothing when it does not say. */
kh_status kh_feed_plan(const kh_feed *feed, kh_source_plan *out);

/** Start reading as the query says. */
kh_status kh_feed_query(const kh_feed *feed, const kh_query *query, struct ArrowArrayStream *out,
                        kh_error *err);
/** Start reading the wanted columns of these rows, with origins. @p part of @p parts: see kh_query. */
kh_status kh_feed_read_rows(const kh_feed *feed, const kh_slots *wanted,
                            const kh_feed_filter *filter, uint32_t part, uint32_t parts,
                            struct ArrowArrayStream *out, kh_error *err);

/** Read the wanted columns of all rows into memory. */
kh_status kh_feed_load(const kh_feed *feed, const kh_slots *wanted, kh_store *out, kh_error *err);

/** The fields of slots, in order; in @p arena. */
kh_field *kh_slots_fields(const kh_slots *slots, kh_arena *arena);

#endif
