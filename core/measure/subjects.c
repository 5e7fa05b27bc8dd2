/* Who is scored: the subject table, with the fields that scorecards and formulas see. */
#include "measure/internal.h"

#include <stdlib.h>
#include <string.h>

uint32_t kh_subject_find(const kh_run_state *state, const char *key, size_t length)
{
    uint32_t number = kh_names_find(&state->subject_names, key, length);
    return number == KH_NO_NAME ? KH_UNKNOWN : state->subject_index[number];
}

/* The value of an expression as text in the facts' arena; "" when null. */
static const char *show(kh_facts *facts, const kh_expr *e, const kh_vec *v, uint32_t i)
{
    if (v->nulls[i]) return "";
    char text[KH_DECIMAL_TEXT];
    switch (e->type) {
    case KH_TYPE_TEXT:
        return kh_arena_bytes(&facts->arena, v->as.texts[i].text, v->as.texts[i].length);
    case KH_TYPE_DATE: kh_date_format(text, v->as.dates[i]); break;
    case KH_TYPE_BOOL: snprintf(text, sizeof text, "%s", v->as.bools[i] ? "true" : "false"); break;
    default:
        kh_dec_format(text, kh_dec_from_scaled(v->as.numbers[i], e->scale), KH_PLACES_OWN, false);
        break;
    }
    return kh_arena_text(&facts->arena, text);
}

/* A subject with its row in the source, for sorting and for messages. */
typedef struct found {
    kh_subject subject;
    int64_t line;
    bool active;
} found;

static int compare_found(const void *a, const void *b)
{
    const found *x = a, *y = b;
    int order = strcmp(x->subject.id, y->subject.id);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static int32_t slot_of(const kh_slots *slots, const kh_word *word)
{
    for (uint32_t i = 0; word->text && i < slots->count; i++) {
        if (!strcmp(slots->items[i].name, word->text)) return (int32_t)i;
    }
    return -1;
}

static kh_status read_chunk(kh_run_state *state, kh_frame *frame, const kh_store *store,
                            uint32_t first, uint32_t count, found *out, uint8_t *keep,
                            kh_error *err)
{
    kh_measures *m = state->measures;
    kh_facts *facts = state->facts;
    const kh_plan *plan = m->plan;
    uint32_t rows[KH_CHUNK];
    kh_date days[KH_CHUNK];
    for (uint32_t i = 0; i < count; i++) {
        rows[i] = first + i;
        days[i] = facts->period.to - 1; /* a subject's fields are those of the last day */
        keep[i] = 1;
    }
    kh_chunk chunk = kh_frame_chunk(frame, rows, count, days);
    kh_status rc = KH_OK;
    const uint8_t *mask;
    if (m->subject_where) {
        rc = kh_eval_mask(frame->eval, m->subject_where, &chunk, &mask, err);
        if (rc < 0) return rc;
        memcpy(keep, mask, count);
    }
    const kh_dataset *table = &m->datasets[plan->dataset_count];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = first + i;
        out[i].line = store->origins[row];
        out[i].subject.id =
            kh_arena_text(&facts->arena, kh_store_text(store, (uint32_t)table->key, row));
        out[i].subject.name = out[i].subject.id;
        out[i].subject.group = "";
        out[i].subject.fields = kh_arena_array(&facts->arena, plan->subject.field_count + 1,
                                               sizeof *out[i].subject.fields);
    }
    for (uint32_t f = 0; f < plan->subject.field_count + 2; f++) {
        const kh_expr *e = f < plan->subject.field_count    ? m->subject_fields[f]
                           : f == plan->subject.field_count ? m->subject_name
                                                            : m->subject_group;
        if (!e) continue;
        kh_vec v;
        if ((rc = kh_eval_run(frame->eval, e, &chunk, &v, err)) < 0) return rc;
        for (uint32_t i = 0; i < count; i++) {
            const char *text = show(facts, e, &v, i);
            if (f < plan->subject.field_count) ((const char **)out[i].subject.fields)[f] = text;
            else if (f == plan->subject.field_count) out[i].subject.name = text;
            else out[i].subject.group = text;
        }
    }
    return KH_OK;
}

/* Index the subjects by id; two rows with one id are a mistake. */
static void index_subjects(kh_run_state *state, const kh_store *store, found *all, uint32_t count)
{
    kh_facts *facts = state->facts;
    if (count) qsort(all, count, sizeof *all, compare_found);
    facts->subjects = kh_arena_array(&facts->arena, count + 1, sizeof *facts->subjects);
    state->subject_index = calloc(count + 1, sizeof *state->subject_index);
    if (!state->subject_index) abort();
    for (uint32_t i = 0; i < count; i++) {
        const char *id = all[i].subject.id;
        if (i > 0 && !strcmp(id, all[i - 1].subject.id)) {
            kh_place place = {store->label, (int)all[i].line, 0};
            kh_diag_add(state->problems, KH_DIAG_ERROR, place,
                        "subject '%s' is there twice, on line %lld too; keep one row for each", id,
                        (long long)all[i - 1].line);
            continue;
        }
        uint32_t number = kh_names_add(&state->subject_names, id, strlen(id));
        state->subject_index[number] = all[i].active ? facts->subject_count : KH_INACTIVE;
        if (all[i].active) facts->subjects[facts->subject_count++] = all[i].subject;
    }
}

kh_status kh_subjects_load(kh_run_state *state, kh_error *err)
{
    const kh_plan *plan = state->measures->plan;
    uint32_t d = plan->dataset_count;
    kh_dataset *table = &state->measures->datasets[d];
    kh_store store = {.arena = {.spill = state->facts->arena.spill}};
    kh_status rc = kh_feed_load(&state->feeds[plan->subject.source], &table->slots, &store, err);
    if (rc < 0) return rc;
    kh_frame frame;
    rc = kh_frame_init(&frame, state, d, &state->facts->period, err);
    kh_view *views = calloc(store.column_count + 1, sizeof *views);
    found *all = calloc(store.rows + 1, sizeof *all);
    if (!views || !all) abort();
    for (uint32_t c = 0; c < store.column_count; c++) kh_store_view(&store, c, &views[c]);
    if (rc == KH_OK) kh_frame_batch(&frame, views);
    int32_t from = slot_of(&table->slots, &plan->subject.active.from),
            to = slot_of(&table->slots, &plan->subject.active.to);
    uint32_t count = 0;
    for (uint32_t first = 0; rc == KH_OK && first < store.rows; first += KH_CHUNK) {
        uint32_t n = store.rows - first < KH_CHUNK ? store.rows - first : KH_CHUNK;
        found chunk[KH_CHUNK];
        uint8_t keep[KH_CHUNK];
        rc = read_chunk(state, &frame, &store, first, n, chunk, keep, err);
        for (uint32_t i = 0; rc == KH_OK && i < n; i++) {
            uint32_t row = first + i;
            if (store.columns[table->key].nulls[row] || !chunk[i].subject.id[0]) {
                kh_place place = {store.label, (int)store.origins[row], 0};
                kh_diag_add(state->problems, KH_DIAG_ERROR, place,
                            "the column '%s' is empty; every "
                            "subject needs its key",
                            table->decl->key.text);
                continue;
            }
            kh_date begins = from < 0 ? KH_NO_DATE : kh_store_date(&store, (uint32_t)from, row);
            kh_date ends = to < 0 ? KH_NO_DATE : kh_store_date(&store, (uint32_t)to, row);
            chunk[i].active = keep[i] &&
                              (begins == KH_NO_DATE || begins < state->facts->period.to) &&
                              (ends == KH_NO_DATE || ends > state->facts->period.from);
            all[count++] = chunk[i];
        }
    }
    if (rc == KH_OK) index_subjects(state, &store, all, count);
    free(views);
    free(all);
    kh_frame_fini(&frame);
    kh_store_fini(&store);
    return rc;
}
