/* Lineage: the rows behind the measures of one subject. */
#include "measure/lineage.h"

#include "base/text.h"
#include "measure/fold.h"

#include <stdlib.h>
#include <string.h>

/* A row as it comes in: numbers scaled as the measure's, texts in the arena. */
typedef struct raw {
    kh_int128 value, weight, share, amount, rank;
    int64_t line, times;
    const char *key;
    uint32_t file, rules, number;
    kh_date from, to;
} raw;

/* Room for twice as many rows as are kept; the lighter half goes when it is full. */
struct kh_trace_heap {
    raw *items;
    uint32_t count;
    uint64_t rows;
    kh_int128 amount;
};

void kh_measures_trace(kh_measures *measures, kh_lineage *lineage)
{
    const kh_plan *plan = measures->plan;
    measures->lineage = lineage;
    lineage->parts =
        kh_arena_array(&lineage->arena, plan->measure_count + 1, sizeof *lineage->parts);
    for (uint32_t d = 0; d < plan->dataset_count; d++) kh_dataset_want_key(measures, d);
}

void kh_lineage_fini(kh_lineage *lineage)
{
    kh_arena_fini(&lineage->arena);
    kh_names_fini(&lineage->files);
    lineage->parts = NULL;
}

kh_status kh_lineage_begin(kh_run_state *state, kh_error *err)
{
    kh_lineage *l = state->measures->lineage;
    const kh_facts *facts = state->facts;
    l->index = kh_subject_find(state, l->subject, strlen(l->subject));
    if (l->index == KH_INACTIVE) {
        return kh_fail(err, KH_EUSAGE, "'%s' is not scored in %s", l->subject, facts->period.name);
    }
    if (l->index != KH_UNKNOWN) return KH_OK;
    const char **ids = calloc(facts->subject_count + 1, sizeof *ids);
    if (!ids) abort();
    for (uint32_t s = 0; s < facts->subject_count; s++) ids[s] = facts->subjects[s].id;
    const char *near = kh_text_nearest(l->subject, ids);
    kh_status rc =
        kh_fail(err, KH_EUSAGE,
                near ? "there is no subject '%s'; did you mean '%s'?" : "there is no subject '%s'",
                l->subject, near);
    free(ids);
    return rc;
}

uint32_t kh_lineage_file(kh_pass *pass, const char *file, size_t length)
{
    return kh_names_add(&pass->state->measures->lineage->files, file, length) + 1;
}

/* What makes a row matter: its amount, or its place where one row decides. */
static kh_int128 rank_of(kh_aggregate aggregate, const raw *row)
{
    switch (aggregate) {
    case KH_MIN: return -row->value;
    case KH_MAX: return row->value;
    case KH_FIRST: return -(kh_int128)row->from;
    case KH_LAST: return row->from;
    default: return row->amount < 0 ? -row->amount : row->amount;
    }
}

static int compare_raw(const void *a, const void *b)
{
    const raw *x = a, *y = b;
    if (x->rank != y->rank) return x->rank > y->rank ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static void keep_heaviest(const kh_lineage *l, struct kh_trace_heap *heap)
{
    if (heap->count) qsort(heap->items, heap->count, sizeof *heap->items, compare_raw);
    if (heap->count > l->most) heap->count = l->most;
}

void kh_lineage_add(kh_pass *pass, uint32_t local, const kh_lineage_row *row)
{
    kh_lineage *l = pass->state->measures->lineage;
    kh_lineage_part *part = &l->parts[pass->measures[local]];
    const kh_measure_decl *decl = &pass->state->measures->plan->measures[pass->measures[local]];
    if (!part->heaps) part->heaps = kh_arena_array(&l->arena, 2, sizeof *part->heaps);
    struct kh_trace_heap *heap = &part->heaps[row->rules != 0];
    uint32_t room = 2 * l->most + 2;
    if (!heap->items) heap->items = kh_arena_array(&l->arena, room, sizeof *heap->items);
    if (heap->count == room) keep_heaviest(l, heap);
    raw *r = &heap->items[heap->count++];
    /* A product too long has ended the run already: the fold comes first. */
    kh_int128 amount =
        (kh_int128)((unsigned __int128)row->value * (unsigned __int128)row->share *
                    (unsigned __int128)row->weight * (unsigned __int128)(kh_int128)row->times);
    *r = (raw){.value = row->value,
               .weight = row->weight,
               .share = row->share,
               .amount = amount,
               .line = row->line,
               .times = row->times,
               .key = kh_arena_bytes(&l->arena, row->key, row->length),
               .file = row->file,
               .rules = row->rules,
               .number = (uint32_t)heap->rows++,
               .from = row->from,
               .to = row->to};
    r->rank = rank_of(decl->aggregate, r);
    heap->amount += amount;
}

static const char *rules_of(kh_lineage *l, const kh_measure_decl *decl, uint32_t rules)
{
    if (!rules) return NULL;
    const char *text = "";
    for (uint32_t r = 0; r < decl->exclude_count; r++) {
        if (!(rules >> r & 1)) continue;
        text = kh_arena_printf(&l->arena, "%s%s%s", text, *text ? "、" : "",
                               decl->excludes[r].rule.text);
    }
    return text;
}

static kh_traces traces_of(kh_lineage *l, const kh_pass *pass, uint32_t local,
                           struct kh_trace_heap *heap)
{
    const kh_measures *measures = pass->state->measures;
    const kh_measure_decl *decl = &measures->plan->measures[pass->measures[local]];
    const kh_expr *weight = measures->exprs[pass->measures[local]].weight;
    int scale = kh_fold_scale(pass, local), weight_scale = weight ? weight->scale : 0;
    int amount_scale = scale + weight_scale + pass->share_scale;
    keep_heaviest(l, heap);
    kh_traces out = {.items = kh_arena_array(&l->arena, heap->count + 1, sizeof *out.items),
                     .count = heap->count,
                     .rows = heap->rows,
                     .amount = kh_dec_from_scaled(heap->amount, amount_scale)};
    for (uint32_t i = 0; i < heap->count; i++) {
        const raw *r = &heap->items[i];
        out.items[i] =
            (kh_trace){.file = r->file ? l->files.items[r->file - 1].text : NULL,
                       .line = r->line,
                       .key = r->key,
                       .from = r->from,
                       .to = r->to,
                       .value = kh_dec_from_scaled(r->value, scale),
                       .weight = weight ? kh_dec_from_scaled(r->weight, weight_scale) : KH_ABSENT,
                       .share = kh_dec_from_scaled(r->share, pass->share_scale),
                       .times = r->times,
                       .amount = kh_dec_from_scaled(r->amount, amount_scale),
                       .rule = rules_of(l, decl, r->rules)};
    }
    return out;
}

void kh_lineage_finish(kh_pass *pass)
{
    kh_lineage *l = pass->state->measures->lineage;
    struct kh_trace_heap none[2] = {{0}};
    for (uint32_t m = 0; m < pass->count; m++) {
        kh_lineage_part *part = &l->parts[pass->measures[m]];
        struct kh_trace_heap *heaps = part->heaps ? part->heaps : none;
        part->counted = traces_of(l, pass, m, &heaps[0]);
        part->left_out = traces_of(l, pass, m, &heaps[1]);
        part->divisor = kh_fold_divisor(pass, m);
        part->heaps = NULL;
    }
}
