/* Any text as a row expression: what parses and types is evaluated over rows with nulls, edges and
 * long texts; rows taken one by one give what all rows at once give, and a mask is 0 or 1.
 */
#include "base/text.h"
#include "measure/eval.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 64, LOOKUPS = 1 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool good, const char *what)
{
    if (good) return;
    fprintf(stderr, "%s\n", what);
    abort();
}

/* Cells that meet the borders of each type; every fifth is null. */
static void fill(kh_store *store, const kh_slots *slots)
{
    static const char *const texts[] = {"", "A", "对公一般", "%_%", "2009-01-31", "a''b"};
    kh_arena arena = {0};
    kh_field *fields = kh_arena_array(&arena, slots->count + 1, sizeof *fields);
    for (uint32_t c = 0; c < slots->count; c++) {
        fields[c] = (kh_field){slots->items[c].name, slots->items[c].type, slots->items[c].scale};
    }
    kh_store_init(store, "rows", fields, slots->count);
    kh_int128 most = (kh_int128)1 << 126;
    for (uint32_t row = 0; row < ROWS; row++) {
        kh_store_append(store, row + 1);
        for (uint32_t c = 0; c < slots->count; c++) {
            kh_store_column *column = &store->columns[c];
            uint32_t n = row + c;
            const char *text = texts[n % 6];
            if (n % 5 == 4) continue;
            column->nulls[row] = 0;
            switch (column->type) {
            case KH_TYPE_TEXT: kh_store_put_text(store, c, row, text, strlen(text)); break;
            case KH_TYPE_DECIMAL:
                column->as.decimals[row] = n % 11 == 0   ? most
                                           : n % 11 == 1 ? -most
                                                         : (kh_int128)n * 1000 - 20000;
                break;
            case KH_TYPE_DATE: column->as.dates[row] = (int32_t)(n * 400) - 10000; break;
            case KH_TYPE_BOOL: column->as.bools[row] = n % 2; break;
            default: break;
            }
        }
    }
    kh_arena_fini(&arena);
}

static bool same_cell(const kh_expr *e, const kh_vec *a, uint32_t i, const kh_vec *b, uint32_t j)
{
    if (a->nulls[i] || b->nulls[j]) return a->nulls[i] && b->nulls[j];
    switch (e->type) {
    case KH_TYPE_DECIMAL: return a->as.numbers[i] == b->as.numbers[j];
    case KH_TYPE_DATE: return a->as.dates[i] == b->as.dates[j];
    case KH_TYPE_BOOL: return a->as.bools[i] == b->as.bools[j];
    default:
        return a->as.texts[i].length == b->as.texts[j].length &&
               !memcmp(a->as.texts[i].text, b->as.texts[j].text, a->as.texts[i].length);
    }
}

static void evaluate(const kh_expr *e, uint32_t nodes, kh_slots *own, kh_slots *other)
{
    static const int64_t constants[KH_CONSTANT_COUNT] = {14245, 14334, 14245, 90};
    kh_store rows = {0}, lookup = {0};
    fill(&rows, own);
    fill(&lookup, other);
    kh_view *views = calloc(own->count + 1, sizeof *views);
    if (!views) abort();
    for (uint32_t c = 0; c < own->count; c++) kh_store_view(&rows, c, &views[c]);
    int32_t matches[ROWS], one_match;
    for (int32_t i = 0; i < ROWS; i++) matches[i] = i % 7 - 1;
    const kh_store *stores[LOOKUPS] = {&lookup};
    const int32_t *found[LOOKUPS] = {matches}, *one_found[LOOKUPS] = {&one_match};
    kh_eval *whole = kh_eval_new(nodes, constants), *single = kh_eval_new(nodes, constants);
    kh_chunk all = {.count = ROWS, .own = views, .lookups = stores, .matches = found};
    kh_vec out, one;
    kh_error err = KH_ERROR_INIT;
    kh_status rc = kh_eval_run(whole, e, &all, &out, &err);
    demand(rc == KH_OK || (rc == KH_ELIMIT && err.text[0]), "a failure without its cause");
    bool failed = false;
    for (uint32_t i = 0; i < ROWS; i++) {
        kh_chunk chunk = {
            .count = 1, .rows = &i, .own = views, .lookups = stores, .matches = one_found};
        one_match = matches[i];
        kh_error why = KH_ERROR_INIT;
        kh_status each = kh_eval_run(single, e, &chunk, &one, &why);
        failed |= each < 0;
        if (rc == KH_OK) demand(each == KH_OK && same_cell(e, &out, i, &one, 0), "rows differ");
    }
    demand(failed == (rc < 0), "no single row fails, but all together do");
    if (rc == KH_OK && e->type == KH_TYPE_BOOL) {
        const uint8_t *mask;
        demand(kh_eval_mask(whole, e, &all, &mask, &err) == KH_OK, "a mask that fails");
        for (uint32_t i = 0; i < ROWS; i++) demand(mask[i] <= 1, "a mask beyond 1");
    }
    kh_eval_free(whole);
    kh_eval_free(single);
    free(views);
    kh_store_fini(&rows);
    kh_store_fini(&lookup);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const kh_type wanted[] = {KH_TYPE_ANY, KH_TYPE_BOOL, KH_TYPE_DECIMAL};
    kh_arena arena = {0};
    const char *text = kh_arena_bytes(&arena, (const char *)data, size);
    kh_slots own = {0}, other = {0};
    kh_slots *lookups[] = {&other};
    const char *names[] = {"pool", NULL};
    kh_scope scope = {&arena, &own, names, lookups};
    kh_diags diags = {0};
    kh_slots_add(&own, &arena, "day", KH_TYPE_DATE, 0, (kh_place){0});
    kh_slots_add(&own, &arena, "balance", KH_TYPE_DECIMAL, 2, (kh_place){0});
    kh_slots_add(&own, &arena, "kind", KH_TYPE_TEXT, 0, (kh_place){0});
    kh_slots_add(&own, &arena, "open", KH_TYPE_BOOL, 0, (kh_place){0});
    kh_place place = {"fuzz", 1, 1};
    kh_expr *e = kh_expr_parse(text, place, &scope, &diags);
    demand((e != NULL) == (diags.count == 0), "a tree and diagnostics disagree");
    kh_type want = wanted[size % 3];
    uint32_t nodes = 0;
    while (e && kh_expr_infer(e, want, &scope)) {
    }
    if (e && kh_expr_finish(e, want, &scope, &nodes, &diags)) {
        demand(diags.count == 0, "a typed tree with diagnostics");
        kh_decimal divisor;
        evaluate(want == KH_TYPE_DECIMAL ? kh_expr_split_divisor(e, &divisor) : e, nodes, &own,
                 &other);
    } else {
        demand(diags.count > 0 && diags.items[0].place.column > 0, "a refusal without its place");
    }
    kh_diags_fini(&diags);
    kh_arena_fini(&arena);
    return 0;
}
