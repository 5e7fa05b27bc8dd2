/* Ranks within groups and distributions: what a person's place among the others is. */
#include "document/desk.h"

#include "base/decimal.h"

#include <stdlib.h>
#include <string.h>

/* ---- ranks --------------------------------------------------------------------------------- */

typedef struct place {
    const char *group;
    uint32_t rank, card;
} place;

static int by_group_and_rank(const void *a, const void *b)
{
    const place *x = a, *y = b;
    int order = strcmp(x->group, y->group);
    if (order) return order;
    if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
    return x->card < y->card ? -1 : 1;
}

kh_population kh_population_of(const kh_results *results, const kh_spill *spill, kh_arena *arena)
{
    uint32_t count = results->card_count, n = 0;
    kh_population out = {.group_rank = kh_arena_array(arena, count + 1, sizeof(uint32_t)),
                         .group_ranked = kh_arena_array(arena, count + 1, sizeof(uint32_t))};
    place *places = calloc(count + 1, sizeof *places);
    if (!places) abort();
    for (uint32_t i = 0; i < count; i++) {
        const kh_card *card = &results->cards[i];
        if (card->rank) places[n++] = (place){card->subject->group, card->rank, i};
        if (i % 4096 == 0) kh_spill_rest(spill);
    }
    out.ranked = n;
    qsort(places, n, sizeof *places, by_group_and_rank);
    for (uint32_t from = 0, to; from < n; from = to) {
        for (to = from; to < n && !strcmp(places[to].group, places[from].group); to++) {
            bool tie = to > from && places[to].rank == places[to - 1].rank;
            out.group_rank[places[to].card] =
                tie ? out.group_rank[places[to - 1].card] : to - from + 1;
        }
        for (uint32_t i = from; i < to; i++) out.group_ranked[places[i].card] = to - from;
    }
    free(places);
    return out;
}

/* ---- distributions ------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    return kh_dec_cmp(*(const kh_decimal *)a, *(const kh_decimal *)b);
}

kh_histogram kh_population_histogram(kh_decimal *sorted, uint32_t count, kh_arena *arena)
{
    enum { BINS = 12, FEW = 40 };
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!kh_is_absent(sorted[i])) sorted[n++] = sorted[i];
    }
    kh_histogram h = {.step = KH_ONE, .from = KH_ZERO, .people = n};
    if (n == 0) return h;
    qsort(sorted, n, sizeof *sorted, by_value);
    /* A few who are far off must not squeeze all others into one bin. */
    uint32_t off = n < FEW ? 0 : n / 25;
    kh_decimal low = sorted[off], high = sorted[n - 1 - off];
    double range = kh_sketch_double(high) - kh_sketch_double(low);
    double size = kh_sketch_double(kh_dec_abs(high));
    if (!(range > size * 1e-9 && range > 1e-9)) range = size > 1e-9 ? size : 1;
    h.step = kh_scale_step(range, BINS);
    h.from = kh_scale_floor(low, h.step);
    int64_t bins = 0;
    kh_dec_to_int(&bins, kh_dec_floor(kh_dec_div(kh_dec_sub(high, h.from), h.step), 0));
    h.bins = (uint32_t)bins + 1;
    kh_decimal end = kh_dec_add(h.from, kh_dec_mul(h.step, kh_dec_int(h.bins)));
    h.open_below = kh_dec_cmp(sorted[0], h.from) < 0;
    h.open_above = kh_dec_cmp(sorted[n - 1], end) >= 0;
    uint32_t *counts = kh_arena_array(arena, h.bins, sizeof *counts);
    for (uint32_t i = 0; i < n; i++) counts[kh_histogram_bin(&h, sorted[i])]++;
    h.counts = counts;
    return h;
}
