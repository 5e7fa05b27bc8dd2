/* Sources as the engine uses them: opened once, described once, read as often as needed. */
#include "measure/feed.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static void take_field(void *ctx, const char *name, kh_type type, int32_t scale)
{
    kh_feed *feed = ctx;
    kh_slots_add(&feed->columns, &feed->arena, name, type, scale, (kh_place){0});
}

static void take_decision(void *ctx, const char *text)
{
    kh_feed *feed = ctx;
    kh_names_add(&feed->decisions, text, strlen(text));
}

kh_status kh_feed_open(kh_feed *feed, const kh_source_decl *source, kh_error *err)
{
    feed->name = source->name.text;
    feed->instance = (kh_instance *)&source->instance;
    const kh_source_ops *ops = feed->instance->plugin->source;
    kh_status rc = KH_OK;
    if (ops->open) rc = ops->open(feed->instance->self, &feed->instance->host, err);
    if (rc < 0) return rc;
    feed->open = true;
    kh_describe describe = {feed, take_field, take_decision};
    return ops->describe(feed->instance->self, &describe, err);
}

void kh_feed_close(kh_feed *feed)
{
    if (feed->open && feed->instance->plugin->source->close) {
        feed->instance->plugin->source->close(feed->instance->self);
    }
    kh_arena_fini(&feed->arena);
    kh_names_fini(&feed->decisions);
    *feed = (kh_feed){0};
}

static bool missing_column(const kh_feed *feed, const kh_slot *slot, kh_diags *diags)
{
    const char **names = calloc(feed->columns.count + 1, sizeof *names);
    if (!names) abort();
    kh_buf all = {0};
    for (uint32_t i = 0; i < feed->columns.count; i++) {
        names[i] = feed->columns.items[i].name;
        kh_buf_printf(&all, "%s%s", i ? ", " : "", names[i]);
    }
    const char *near = kh_text_nearest(slot->name, names);
    if (near) {
        kh_diag_add(diags, KH_DIAG_ERROR, slot->place,
                    "source '%s' has no column '%s'; did you mean '%s'?", feed->name, slot->name,
                    near);
    } else {
        kh_diag_add(diags, KH_DIAG_ERROR, slot->place, "source '%s' has no column '%s'; it has: %s",
                    feed->name, slot->name, all.data ? all.data : "none");
    }
    kh_buf_fini(&all);
    free(names);
    return false;
}

bool kh_feed_bind(const kh_feed *feed, kh_slots *wanted, kh_diags *diags)
{
    bool ok = true;
    for (uint32_t i = 0; i < wanted->count; i++) {
        kh_slot *slot = &wanted->items[i];
        const kh_slot *found = NULL;
        for (uint32_t c = 0; c < feed->columns.count; c++) {
            if (!strcmp(feed->columns.items[c].name, slot->name)) found = &feed->columns.items[c];
        }
        if (!found) {
            ok = missing_column(feed, slot, diags);
        } else if (found->type != KH_TYPE_ANY && slot->type == KH_TYPE_ANY) {
            slot->type = found->type;
            slot->scale = found->scale;
        } else if (found->type == KH_TYPE_DECIMAL && slot->type == KH_TYPE_DECIMAL &&
                   found->scale > slot->scale) {
            slot->scale = found->scale; /* never fewer decimals than the source keeps */
        } else if (found->type == KH_TYPE_FLOAT && slot->type == KH_TYPE_DECIMAL) {
            kh_diag_add(
                diags, KH_DIAG_ERROR, slot->place,
                "column '%s' of source '%s' holds binary floating point, which cannot carry "
                "an amount; store it as text or scaled integers",
                slot->name, feed->name);
            ok = false;
        }
    }
    return ok;
}

kh_field *kh_slots_fields(const kh_slots *slots, kh_arena *arena)
{
    kh_field *fields = kh_arena_array(arena, slots->count + 1, sizeof *fields);
    for (uint32_t i = 0; i < slots->count; i++) {
        const kh_slot *slot = &slots->items[i];
        fields[i] = (kh_field){slot->name, slot->type == KH_TYPE_ANY ? KH_TYPE_TEXT : slot->type,
                               slot->scale};
    }
    return fields;
}

kh_status kh_feed_plan(const kh_feed *feed, kh_source_plan *out)
{
    const kh_source_ops *ops = feed->instance->plugin->source;
    *out = (kh_source_plan){.size = sizeof *out};
    return ops->plan ? ops->plan(feed->instance->self, out, NULL) : KH_OK;
}

kh_status kh_feed_query(const kh_feed *feed, const kh_query *query, struct ArrowArrayStream *out,
                        kh_error *err)
{
    *out = (struct ArrowArrayStream){0};
    return feed->instance->plugin->source->read(feed->instance->self, query, out, err);
}

kh_status kh_feed_read_rows(const kh_feed *feed, const kh_slots *wanted,
                            const kh_feed_filter *filter, uint32_t part, uint32_t parts,
                            struct ArrowArrayStream *out, kh_error *err)
{
    kh_arena arena = {0};
    kh_query query = {.size = sizeof query,
                      .fields = kh_slots_fields(wanted, &arena),
                      .field_count = wanted->count,
                      .want_origin = true,
                      .part = part,
                      .parts = parts,
                      .where = filter->where,
                      .values = filter->values,
                      .value_count = filter->value_count};
    kh_status rc = kh_feed_query(feed, &query, out, err);
    kh_arena_fini(&arena);
    return rc;
}

kh_status kh_feed_load(const kh_feed *feed, const kh_slots *wanted, kh_store *out, kh_error *err)
{
    struct ArrowArrayStream stream;
    kh_status rc = kh_feed_read_rows(feed, wanted, &(kh_feed_filter){0}, 0, 1, &stream, err);
    if (rc < 0) return rc;
    kh_arena arena = {0};
    rc = kh_store_load(out, &stream, feed->name, kh_slots_fields(wanted, &arena), wanted->count,
                       err);
    kh_arena_fini(&arena);
    return rc;
}
