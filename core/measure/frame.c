/* The lookups of one dataset for one window, ready to evaluate chunks of its rows. */
#include "measure/internal.h"

#include <stdlib.h>
#include <string.h>

kh_status kh_frame_init(kh_frame *frame, kh_run_state *state, uint32_t dataset,
                        const kh_period *window, kh_error *err)
{
    const kh_measures *m = state->measures;
    const kh_joins *joins = &m->joins[dataset];
    uint32_t count = m->plan->lookup_count;
    *frame = (kh_frame){.lookup_count = count};
    frame->matchers = calloc(count + 1, sizeof *frame->matchers);
    frame->stores = calloc(count + 1, sizeof *frame->stores);
    frame->matches = calloc(count + 1, sizeof *frame->matches);
    frame->picked = calloc(count + 1, sizeof *frame->picked);
    if (!frame->matchers || !frame->stores || !frame->matches || !frame->picked) abort();
    for (uint32_t l = 0; l < count; l++) {
        if (!joins->parts[l]) continue;
        const kh_lookup *lookup;
        kh_status rc = kh_lookup_for(state, l, window, &lookup, err);
        if (rc < 0) return rc;
        kh_matcher_init(&frame->matchers[l], lookup, joins->parts[l], joins->band_slots[l]);
        frame->stores[l] = &lookup->store;
        frame->matches[l] = calloc(KH_CHUNK, sizeof **frame->matches);
        frame->picked[l] = calloc(KH_CHUNK, sizeof **frame->picked);
        if (!frame->matches[l] || !frame->picked[l]) abort();
    }
    int64_t constants[KH_CONSTANT_COUNT];
    kh_constants_of(window, constants);
    frame->eval = kh_eval_new(m->datasets[dataset].nodes, constants);
    return KH_OK;
}

void kh_frame_fini(kh_frame *frame)
{
    for (uint32_t l = 0; l < frame->lookup_count; l++) {
        if (frame->matchers && frame->matchers[l].lookup) kh_matcher_fini(&frame->matchers[l]);
        if (frame->matches) free(frame->matches[l]);
        if (frame->picked) free(frame->picked[l]);
    }
    free(frame->picked);
    free(frame->matchers);
    free(frame->stores);
    free(frame->matches);
    kh_eval_free(frame->eval);
    *frame = (kh_frame){0};
}

void kh_frame_batch(kh_frame *frame, const kh_view *own)
{
    frame->own = own;
    kh_eval_batch(frame->eval);
    for (uint32_t l = 0; l < frame->lookup_count; l++) {
        kh_matcher *matcher = &frame->matchers[l];
        for (uint32_t k = 0; matcher->lookup && k < matcher->lookup->decl->on_count; k++) {
            kh_view view;
            if (matcher->parts[k].table < 0) view = own[matcher->parts[k].slot];
            else
                kh_store_view(frame->stores[matcher->parts[k].table], matcher->parts[k].slot,
                              &view);
            kh_matcher_learn(matcher, k, &view);
        }
    }
}

/* The group of a row in a lookup on a day; parts that come from other lookups are found first. */
static uint32_t find_group(const kh_frame *frame, uint32_t l, uint32_t row, kh_date day)
{
    const kh_matcher *matcher = &frame->matchers[l];
    int32_t codes[KH_KEY_MOST];
    for (uint32_t k = 0; k < matcher->lookup->decl->on_count; k++) {
        const kh_key_part *part = &matcher->parts[k];
        if (part->table < 0) {
            const kh_view *view = &frame->own[part->slot];
            codes[k] = view->nulls && view->nulls[row] ? -1 : view->as.codes[row];
            continue;
        }
        int32_t at = kh_frame_find(frame, (uint32_t)part->table, row, day);
        const kh_store_column *column = &frame->stores[part->table]->columns[part->slot];
        codes[k] = at < 0 || column->nulls[at] ? -1 : column->as.codes[at];
    }
    return kh_matcher_group(matcher, codes);
}

int32_t kh_frame_find(const kh_frame *frame, uint32_t l, uint32_t row, kh_date day)
{
    const kh_matcher *matcher = &frame->matchers[l];
    const kh_view *band = matcher->band_slot < 0 ? NULL : &frame->own[matcher->band_slot];
    return kh_matcher_find(matcher, find_group(frame, l, row, day), day, band, row);
}

kh_date kh_frame_next_change(const kh_frame *frame, uint32_t row, kh_date day, kh_date end)
{
    for (uint32_t l = 0; l < frame->lookup_count; l++) {
        const kh_matcher *matcher = &frame->matchers[l];
        if (!matcher->lookup || matcher->lookup->from < 0) continue;
        end = kh_lookup_next_change(matcher->lookup, find_group(frame, l, row, day), day, end);
    }
    return end;
}

kh_chunk kh_frame_chunk(kh_frame *frame, const uint32_t *rows, uint32_t count, const kh_date *days)
{
    for (uint32_t l = 0; l < frame->lookup_count; l++) {
        if (!frame->matchers[l].lookup) continue;
        for (uint32_t i = 0; i < count; i++) {
            frame->matches[l][i] = kh_frame_find(frame, l, rows[i], days[i]);
        }
    }
    bool dense = count > 0 && rows[count - 1] - rows[0] == count - 1;
    for (uint32_t i = 1; dense && i < count; i++) dense = rows[i] == rows[i - 1] + 1;
    return (kh_chunk){.count = count,
                      .rows = dense ? NULL : rows,
                      .first = count ? rows[0] : 0,
                      .own = frame->own,
                      .lookups = frame->stores,
                      .matches = (const int32_t *const *)frame->matches};
}

kh_chunk kh_frame_pick(kh_frame *frame, const kh_chunk *chunk, const uint32_t *places,
                       uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        frame->picked_rows[i] = chunk->rows ? chunk->rows[places[i]] : chunk->first + places[i];
    }
    for (uint32_t l = 0; l < frame->lookup_count; l++) {
        if (!frame->matchers[l].lookup) continue;
        for (uint32_t i = 0; i < count; i++) {
            frame->picked[l][i] = frame->matches[l][places[i]];
        }
    }
    kh_chunk picked = *chunk;
    picked.count = count;
    picked.rows = frame->picked_rows;
    picked.matches = (const int32_t *const *)frame->picked;
    return picked;
}
