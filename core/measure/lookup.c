/* Lookups: rows found by equal keys, and by day where they are dated (rulebook C10, PR-14). */
#include "measure/lookup.h"

#include "base/date.h"

#include <stdlib.h>
#include <string.h>

void kh_lookup_prepare(const kh_lookup_decl *decl, kh_slots *slots, kh_arena *arena)
{
    for (uint32_t i = 0; i < decl->column_count; i++) {
        const kh_column_decl *column = &decl->columns[i];
        kh_slots_add(slots, arena, column->name.text, column->type, column->scale,
                     column->name.place);
    }
    for (uint32_t i = 0; i < decl->on_count; i++) {
        kh_slots_add(slots, arena, decl->on_column[i].text, KH_TYPE_TEXT, 0,
                     decl->on_column[i].place);
    }
    const kh_word *dates[] = {&decl->valid.from, &decl->valid.to, &decl->date};
    for (int i = 0; i < 3; i++) {
        if (!dates[i]->text) continue;
        kh_slots_add(slots, arena, dates[i]->text, KH_TYPE_DATE, 0, dates[i]->place);
    }
    const kh_word *numbers[] = {&decl->band.from, &decl->band.to};
    for (int i = 0; i < 2; i++) {
        if (!numbers[i]->text) continue;
        kh_slots_add(slots, arena, numbers[i]->text, KH_TYPE_DECIMAL, KH_DEFAULT_SCALE,
                     numbers[i]->place);
    }
}

static int32_t find_slot(const kh_slots *slots, const char *name)
{
    for (uint32_t i = 0; name && i < slots->count; i++) {
        if (!strcmp(slots->items[i].name, name)) return (int32_t)i;
    }
    return -1;
}

/* The key of a row as bytes: the numbers of its texts, four bytes each. */
static size_t pack_key(const kh_lookup *lookup, uint32_t row, uint32_t key[KH_KEY_MOST])
{
    for (uint32_t k = 0; k < lookup->decl->on_count; k++) {
        key[k] = (uint32_t)lookup->store.columns[lookup->keys[k]].as.codes[row];
    }
    return lookup->decl->on_count * sizeof *key;
}

static kh_date from_of(const kh_lookup *lookup, uint32_t row)
{
    if (lookup->from < 0) return INT32_MIN + 1;
    kh_date day = kh_store_date(&lookup->store, (uint32_t)lookup->from, row);
    return day == KH_NO_DATE ? INT32_MIN + 1 : day;
}

static kh_date to_of(const kh_lookup *lookup, uint32_t row)
{
    if (lookup->to < 0) return INT32_MAX;
    kh_date day = kh_store_date(&lookup->store, (uint32_t)lookup->to, row);
    return day == KH_NO_DATE ? INT32_MAX : day;
}

/* Drop rows outside the window or refused by the condition: marks the rows that stay. */
static kh_status filter(kh_lookup *lookup, const kh_period *window, const kh_expr *where,
                        uint32_t nodes, const int64_t constants[KH_CONSTANT_COUNT], uint8_t *keep,
                        kh_error *err)
{
    const kh_lookup_decl *decl = lookup->decl;
    uint32_t rows = lookup->store.rows;
    memset(keep, 1, rows);
    int32_t event = find_slot(lookup->slots, decl->date.text);
    kh_date from = decl->within == KH_WITHIN_YEAR ? kh_date_of(window->year, 1, 1) : window->from;
    for (uint32_t r = 0; r < rows && event >= 0 && decl->within != KH_WITHIN_EVER; r++) {
        kh_date day = kh_store_date(&lookup->store, (uint32_t)event, r);
        keep[r] = day != KH_NO_DATE && day >= from && day < window->to;
    }
    for (uint32_t r = 0; r < rows; r++) { /* a row without its key answers for nothing */
        for (uint32_t k = 0; k < decl->on_count; k++) {
            if (lookup->store.columns[lookup->keys[k]].nulls[r]) keep[r] = 0;
        }
    }
    if (!where) return KH_OK;
    kh_eval *eval = kh_eval_new(nodes, constants);
    kh_view *views = calloc(lookup->store.column_count + 1, sizeof *views);
    if (!views) abort();
    for (uint32_t c = 0; c < lookup->store.column_count; c++) {
        kh_store_view(&lookup->store, c, &views[c]);
    }
    kh_status rc = KH_OK;
    for (uint32_t first = 0; rc == KH_OK && first < rows; first += KH_CHUNK) {
        kh_chunk chunk = {.count = rows - first < KH_CHUNK ? rows - first : KH_CHUNK,
                          .first = first,
                          .own = views};
        const uint8_t *mask;
        rc = kh_eval_mask(eval, where, &chunk, &mask, err);
        for (uint32_t i = 0; rc == KH_OK && i < chunk.count; i++) keep[first + i] &= mask[i];
    }
    free(views);
    kh_eval_free(eval);
    return rc;
}

typedef struct sorting {
    uint32_t group, row;
    kh_int128 band;
    kh_date from, event;
} sorting;

static int compare_rows(const void *a, const void *b)
{
    const sorting *x = a, *y = b;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    if (x->band != y->band) return x->band < y->band ? -1 : 1;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    if (x->event != y->event) return x->event < y->event ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static kh_status refuse_overlap(const kh_lookup *lookup, uint32_t a, uint32_t b, kh_error *err)
{
    char from[KH_DATE_TEXT] = "";
    if (lookup->from >= 0) kh_date_format(from, from_of(lookup, b));
    const char *key =
        lookup->decl->on_count ? kh_store_text(&lookup->store, lookup->keys[0], b) : "";
    return kh_fail(
        err, KH_EDATA,
        "lookup '%s': two rows answer for the key '%s'%s%s (%s, lines %lld and %lld); end "
        "one before the other begins, or say pick = \"last\"",
        lookup->decl->name.text, key, *from ? kh_tr(" from ") : "", from, lookup->store.label,
        (long long)lookup->store.origins[a], (long long)lookup->store.origins[b]);
}

static bool both_answer(const kh_lookup *lookup, uint32_t a, uint32_t b)
{
    if (to_of(lookup, a) <= from_of(lookup, b) || to_of(lookup, b) <= from_of(lookup, a)) {
        return false;
    }
    if (lookup->band_from < 0) return true;
    const kh_store_column *from = &lookup->store.columns[lookup->band_from];
    const kh_store_column *to = &lookup->store.columns[lookup->band_to];
    return (to->nulls[a] || from->nulls[b] || to->as.decimals[a] > from->as.decimals[b]) &&
           (to->nulls[b] || from->nulls[a] || to->as.decimals[b] > from->as.decimals[a]);
}

/* Sort the rows that stay by key, band and day, and check that one row answers at a time. */
static kh_status index_rows(kh_lookup *lookup, const uint8_t *keep, kh_error *err)
{
    uint32_t rows = lookup->store.rows, count = 0;
    sorting *items = calloc(rows + 1, sizeof *items);
    if (!items) abort();
    int32_t event = find_slot(lookup->slots, lookup->decl->date.text);
    for (uint32_t r = 0; r < rows; r++) {
        if (!keep[r]) continue;
        uint32_t key[KH_KEY_MOST];
        size_t size = pack_key(lookup, r, key);
        sorting *item = &items[count++];
        item->group = kh_names_add(&lookup->groups, (const char *)key, size);
        item->row = r;
        item->from = from_of(lookup, r);
        item->event = event < 0 ? 0 : kh_store_date(&lookup->store, (uint32_t)event, r);
        if (lookup->band_from >= 0) {
            const kh_store_column *band = &lookup->store.columns[lookup->band_from];
            item->band = band->nulls[r] ? -((kh_int128)1 << 120) : band->as.decimals[r];
        }
    }
    if (count) qsort(items, count, sizeof *items, compare_rows);
    lookup->order = calloc(count + 1, sizeof *lookup->order);
    lookup->starts = calloc(lookup->groups.count + 1, sizeof *lookup->starts);
    if (!lookup->order || !lookup->starts) abort();
    kh_status rc = KH_OK;
    for (uint32_t i = 0; i < count; i++) {
        lookup->order[i] = items[i].row;
        lookup->starts[items[i].group + 1] = i + 1;
    }
    for (uint32_t i = 1; i < count && rc == KH_OK && lookup->decl->pick == KH_PICK_ONLY; i++) {
        for (uint32_t j = i; j-- > lookup->starts[items[i].group] && rc == KH_OK;) {
            if (both_answer(lookup, items[j].row, items[i].row)) {
                rc = refuse_overlap(lookup, items[j].row, items[i].row, err);
            }
            /* Without bands rows stand in order of their days, so the neighbour is enough. */
            if (lookup->band_from < 0) break;
        }
    }
    free(items);
    return rc;
}

/* Constant rows from the scheme's own text. */
static void load_rows(kh_lookup *lookup)
{
    const kh_lookup_decl *decl = lookup->decl;
    kh_arena arena = {0};
    kh_store_init(&lookup->store, decl->name.text, kh_slots_fields(lookup->slots, &arena),
                  lookup->slots->count);
    kh_arena_fini(&arena);
    for (uint32_t i = 0; i < decl->rows->list_count; i++) {
        const kh_setting *cells = decl->rows->list[i];
        uint32_t row = kh_store_append(&lookup->store, cells->place.line);
        for (uint32_t c = 0; c < cells->list_count && c < decl->column_count; c++) {
            const kh_setting *cell = cells->list[c];
            kh_store_column *column = &lookup->store.columns[c];
            if (column->type == KH_TYPE_TEXT) {
                kh_store_put_text(&lookup->store, c, row, cell->text, strlen(cell->text));
            } else if (kh_dec_to_scaled(&column->as.decimals[row], cell->number, column->scale,
                                        NULL) == KH_OK) {
                column->nulls[row] = 0;
            }
        }
    }
}

kh_status kh_lookup_load(kh_lookup *lookup, const kh_lookup_decl *decl, const kh_slots *slots,
                         const kh_feed *feed, const kh_period *window, const kh_expr *where,
                         uint32_t nodes, const int64_t constants[KH_CONSTANT_COUNT], kh_error *err)
{
    lookup->decl = decl;
    lookup->slots = slots;
    lookup->from = find_slot(slots, decl->valid.from.text);
    lookup->to = find_slot(slots, decl->valid.to.text);
    lookup->band_from = find_slot(slots, decl->band.from.text);
    lookup->band_to = find_slot(slots, decl->band.to.text);
    lookup->day = decl->at == KH_AT_START ? window->from : window->to - 1;
    kh_status rc = KH_OK;
    if (feed) {
        rc = kh_feed_load(feed, slots, &lookup->store, err);
    } else {
        load_rows(lookup);
    }
    if (rc < 0) return rc;
    lookup->keys = kh_arena_array(&lookup->store.arena, decl->on_count + 1, sizeof *lookup->keys);
    for (uint32_t k = 0; k < decl->on_count; k++) {
        lookup->keys[k] = (uint32_t)find_slot(slots, decl->on_column[k].text);
    }
    uint8_t *keep = malloc(lookup->store.rows + 1);
    if (!keep) abort();
    rc = filter(lookup, window, where, nodes, constants, keep, err);
    if (rc == KH_OK) rc = index_rows(lookup, keep, err);
    free(keep);
    return rc;
}

void kh_lookup_fini(kh_lookup *lookup)
{
    kh_store_fini(&lookup->store);
    kh_names_fini(&lookup->groups);
    free(lookup->starts);
    free(lookup->order);
    *lookup = (kh_lookup){0};
}

/* ---- matching ------------------------------------------------------------------------------ */

void kh_matcher_init(kh_matcher *matcher, const kh_lookup *lookup, const kh_key_part *parts,
                     int32_t band_slot)
{
    *matcher = (kh_matcher){.lookup = lookup, .parts = parts, .band_slot = band_slot};
    matcher->maps = calloc(lookup->decl->on_count + 1, sizeof *matcher->maps);
    if (!matcher->maps) abort();
}

void kh_matcher_fini(kh_matcher *matcher)
{
    for (uint32_t k = 0; matcher->maps && k < matcher->lookup->decl->on_count; k++) {
        free(matcher->maps[k].ids);
    }
    free(matcher->maps);
    *matcher = (kh_matcher){0};
}

void kh_matcher_learn(kh_matcher *matcher, uint32_t part, const kh_view *view)
{
    const kh_lookup *lookup = matcher->lookup;
    struct kh_code_map *map = &matcher->maps[part];
    uint32_t same, count = kh_view_codes(view, &same);
    if (map->count > same) map->count = same;
    if (count > map->room) {
        map->room = count * 2;
        map->ids = realloc(map->ids, map->room * sizeof *map->ids);
        if (!map->ids) abort();
    }
    const kh_names *names = &lookup->store.columns[lookup->keys[part]].names;
    for (; map->count < count; map->count++) {
        size_t length;
        const char *text = kh_view_text(view, (int32_t)map->count, &length);
        map->ids[map->count] = kh_names_find(names, text, length);
    }
}

uint32_t kh_matcher_group(const kh_matcher *matcher, const int32_t *codes)
{
    const kh_lookup *lookup = matcher->lookup;
    uint32_t key[KH_KEY_MOST];
    for (uint32_t k = 0; k < lookup->decl->on_count; k++) {
        if (codes[k] < 0) return KH_NO_NAME;
        key[k] = matcher->maps[k].ids[codes[k]];
        if (key[k] == KH_NO_NAME) return KH_NO_NAME;
    }
    return kh_names_find(&lookup->groups, (const char *)key, lookup->decl->on_count * sizeof *key);
}

static bool in_band(const kh_lookup *lookup, uint32_t row, kh_int128 value)
{
    const kh_store_column *from = &lookup->store.columns[lookup->band_from];
    const kh_store_column *to = &lookup->store.columns[lookup->band_to];
    return (from->nulls[row] || from->as.decimals[row] <= value) &&
           (to->nulls[row] || value < to->as.decimals[row]);
}

int32_t kh_matcher_find(const kh_matcher *matcher, uint32_t group, kh_date day, const kh_view *band,
                        uint32_t row)
{
    const kh_lookup *lookup = matcher->lookup;
    if (group == KH_NO_NAME) return -1;
    if (lookup->decl->at != KH_AT_ROW) day = lookup->day;
    kh_int128 value = 0;
    if (matcher->band_slot >= 0) {
        if (band->nulls && band->nulls[row]) return -1;
        value = band->as.decimals[row];
    }
    int32_t found = -1;
    for (uint32_t i = lookup->starts[group]; i < lookup->starts[group + 1]; i++) {
        uint32_t candidate = lookup->order[i];
        if (lookup->from >= 0 &&
            (day < from_of(lookup, candidate) || day >= to_of(lookup, candidate))) {
            continue;
        }
        if (lookup->band_from >= 0 && !in_band(lookup, candidate, value)) continue;
        found = (int32_t)candidate;
        if (lookup->decl->pick != KH_PICK_LAST) break;
    }
    return found;
}

kh_date kh_lookup_next_change(const kh_lookup *lookup, uint32_t group, kh_date day, kh_date end)
{
    if (lookup->from < 0 || group == KH_NO_NAME || lookup->decl->at != KH_AT_ROW) return end;
    for (uint32_t i = lookup->starts[group]; i < lookup->starts[group + 1]; i++) {
        kh_date from = from_of(lookup, lookup->order[i]), to = to_of(lookup, lookup->order[i]);
        if (from > day && from < end) end = from;
        if (to > day && to < end) end = to;
    }
    return end;
}
