/* One run over the sources: subjects, lookups, owners, then every dataset once. */
#include "measure/push.h"

#include <stdlib.h>
#include <string.h>

kh_status kh_lookup_for(kh_run_state *state, uint32_t index, const kh_period *window,
                        const kh_lookup **out, kh_error *err)
{
    for (kh_loaded_lookup *l = state->lookups; l; l = l->next) {
        if (l->index == index && l->window.from == window->from && l->window.to == window->to) {
            *out = &l->lookup;
            return KH_OK;
        }
    }
    kh_measures *m = state->measures;
    const kh_lookup_decl *decl = &m->plan->lookups[index];
    kh_loaded_lookup *loaded = calloc(1, sizeof *loaded);
    if (!loaded) abort();
    loaded->index = index;
    loaded->window = *window;
    loaded->next = state->lookups;
    state->lookups = loaded;
    int64_t constants[KH_CONSTANT_COUNT];
    kh_constants_of(window, constants);
    *out = &loaded->lookup;
    return kh_lookup_load(&loaded->lookup, decl, &m->lookup_slots[index],
                          decl->source < 0 ? NULL : &state->feeds[decl->source], window,
                          m->lookup_wheres[index], m->lookup_nodes[index], constants, err);
}

/* Which sources the run needs at all. */
static void mark_sources(const kh_measures *m, bool *used)
{
    const kh_plan *plan = m->plan;
    used[plan->subject.source] = true;
    for (uint32_t d = 0; d < plan->dataset_count; d++) {
        if (!m->datasets[d].used) continue;
        used[plan->datasets[d].source] = true;
        if (m->datasets[d].owner >= 0) used[plan->owners[m->datasets[d].owner].source] = true;
    }
    for (uint32_t l = 0; l < plan->lookup_count; l++) {
        if (m->lookup_used[l] && plan->lookups[l].source >= 0) used[plan->lookups[l].source] = true;
    }
    if (plan->calendar.source >= 0) used[plan->calendar.source] = true;
}

static kh_status open_feeds(kh_run_state *state, kh_error *err)
{
    const kh_plan *plan = state->measures->plan;
    bool *used = calloc(plan->source_count + 1, sizeof *used);
    if (!used) abort();
    mark_sources(state->measures, used);
    kh_status rc = KH_OK;
    for (uint32_t i = 0; rc == KH_OK && i < plan->source_count; i++) {
        state->feeds[i].name = plan->sources[i].name.text;
        if (!used[i]) continue;
        rc = kh_feed_open(&state->feeds[i], &plan->sources[i], err);
        kh_facts *facts = state->facts;
        uint32_t more = state->feeds[i].decisions.count;
        if (!more) continue;
        char **all = kh_arena_array(&facts->arena, facts->decided_count + more, sizeof *all);
        if (facts->decided_count) {
            memcpy(all, facts->decided, facts->decided_count * sizeof *all);
        }
        for (uint32_t n = 0; n < more; n++) {
            all[facts->decided_count++] =
                kh_arena_printf(&facts->arena, "%s: %s", state->feeds[i].name,
                                state->feeds[i].decisions.items[n].text);
        }
        facts->decided = all;
    }
    free(used);
    return rc;
}

/* Columns exist, types are known: the last look at the plan before data is read. */
static bool bind_all(kh_run_state *state)
{
    kh_measures *m = state->measures;
    const kh_plan *plan = m->plan;
    bool ok = true;
    for (uint32_t d = 0; d <= plan->dataset_count; d++) {
        kh_dataset *dataset = &m->datasets[d];
        if (!dataset->used) continue;
        ok &= kh_feed_bind(&state->feeds[dataset->decl->source], &dataset->slots, state->problems);
        if (dataset->owner >= 0) {
            ok &= kh_feed_bind(&state->feeds[plan->owners[dataset->owner].source],
                               &m->owner_slots[dataset->owner], state->problems);
        }
    }
    for (uint32_t l = 0; l < plan->lookup_count; l++) {
        if (!m->lookup_used[l] || plan->lookups[l].source < 0) continue;
        ok &= kh_feed_bind(&state->feeds[plan->lookups[l].source], &m->lookup_slots[l],
                           state->problems);
    }
    if (plan->calendar.source >= 0) {
        ok &=
            kh_feed_bind(&state->feeds[plan->calendar.source], &m->calendar_slots, state->problems);
    }
    return kh_measures_infer(m, state->problems) && ok;
}

static bool is_one_of(const char *word, const char *const *words)
{
    while (*words && strcmp(*words, word) != 0) words++;
    return *words != NULL;
}

/* Holidays and make-up days (调休); a table without kinds holds holidays only. */
static kh_status load_calendar(kh_run_state *state, kh_error *err)
{
    static const char *const holidays[] = {"holiday", "节假日", "假日", "放假", "休", NULL};
    static const char *const makeups[] = {"makeup", "调休", "补班", "上班", "班", NULL};
    const kh_plan *plan = state->measures->plan;
    kh_facts *facts = state->facts;
    if (plan->calendar.source < 0) return KH_OK;
    kh_store store = {0};
    kh_status rc = kh_feed_load(&state->feeds[plan->calendar.source],
                                &state->measures->calendar_slots, &store, err);
    if (rc < 0) return rc;
    facts->holidays = kh_arena_array(&facts->arena, store.rows + 1, sizeof *facts->holidays);
    facts->makeup = kh_arena_array(&facts->arena, store.rows + 1, sizeof *facts->makeup);
    for (uint32_t r = 0; r < store.rows; r++) {
        kh_date day = kh_store_date(&store, 0, r);
        const char *kind = store.column_count > 1 ? kh_store_text(&store, 1, r) : "holiday";
        if (day == KH_NO_DATE) continue;
        if (is_one_of(kind, makeups)) {
            facts->makeup[facts->makeup_count++] = day;
        } else if (is_one_of(kind, holidays)) {
            facts->holidays[facts->holiday_count++] = day;
        } else {
            kh_place place = {store.label, (int)store.origins[r], 0};
            kh_diag_add(state->problems, KH_DIAG_ERROR, place,
                        "'%s' is no kind of day; write holiday (节假日) or makeup (调休)", kind);
        }
    }
    kh_store_fini(&store);
    state->calendar =
        (kh_calendar){facts->holidays, facts->holiday_count, facts->makeup, facts->makeup_count};
    return KH_OK;
}

static int compare_left_out(const void *a, const void *b)
{
    const kh_left_out *x = a, *y = b;
    if (x->subject != y->subject) return x->subject < y->subject ? -1 : 1;
    if (x->measure != y->measure) return x->measure < y->measure ? -1 : 1;
    int order = strcmp(x->key, y->key);
    return order ? order : strcmp(x->rule, y->rule);
}

static kh_status compute(kh_run_state *state, kh_error *err)
{
    kh_measures *m = state->measures;
    const kh_plan *plan = m->plan;
    kh_facts *facts = state->facts;
    kh_status rc = load_calendar(state, err);
    if (rc == KH_OK) rc = kh_subjects_load(state, err);
    if (rc == KH_OK && m->lineage) rc = kh_lineage_begin(state, err);
    if (rc < 0) return rc;
    size_t cells = (size_t)plan->measure_count * facts->subject_count;
    facts->values = kh_arena_array(&facts->arena, cells + 1, sizeof *facts->values);
    for (size_t i = 0; i < cells; i++) facts->values[i] = KH_ABSENT;
    facts->records = kh_arena_array(&facts->arena, plan->records_count + 1, sizeof *facts->records);
    facts->records_count = plan->records_count;
    for (uint32_t d = 0; rc == KH_OK && d < plan->dataset_count; d++) {
        int32_t owner = m->datasets[d].owner;
        if (!m->datasets[d].used || owner < 0 || state->owners[owner].spans) continue;
        rc = kh_owners_load(state, (uint32_t)owner, err);
    }
    for (uint32_t d = 0; rc == KH_OK && d < plan->dataset_count; d++) {
        if (!m->datasets[d].used) continue;
        rc = kh_push_dataset(state, d, err);
        if (rc == KH_OK) rc = kh_dataset_scan(state, d, err);
    }
    for (uint32_t i = 0; rc == KH_OK && i < plan->records_count; i++) {
        rc = kh_records_load(state, i, err);
    }
    if (facts->left_out_count) {
        qsort(facts->left_out, facts->left_out_count, sizeof *facts->left_out, compare_left_out);
    }
    return rc;
}

kh_status kh_run_open(kh_run_state *state, kh_error *err)
{
    const kh_plan *plan = state->measures->plan;
    state->feeds = calloc(plan->source_count + 1, sizeof *state->feeds);
    state->owners = calloc(plan->owner_count + 1, sizeof *state->owners);
    state->pushed = calloc(plan->measure_count + 1, sizeof *state->pushed);
    if (!state->feeds || !state->owners || !state->pushed) abort();
    kh_status rc = open_feeds(state, err);
    if (rc == KH_OK && !bind_all(state)) {
        rc = kh_fail(err, KH_EUSAGE, "the scheme does not fit the sources");
    }
    return rc;
}

void kh_run_close(kh_run_state *state)
{
    const kh_plan *plan = state->measures->plan;
    while (state->lookups) {
        kh_loaded_lookup *next = state->lookups->next;
        kh_lookup_fini(&state->lookups->lookup);
        free(state->lookups);
        state->lookups = next;
    }
    for (uint32_t i = 0; i < plan->owner_count; i++) kh_owners_fini(&state->owners[i]);
    for (uint32_t i = 0; i < plan->source_count; i++) kh_feed_close(&state->feeds[i]);
    kh_names_fini(&state->subject_names);
    free(state->subject_index);
    free(state->pushed);
    free(state->owners);
    free(state->feeds);
}

kh_status kh_measures_run(kh_measures *measures, const kh_period *period, kh_facts *facts,
                          kh_diags *problems, kh_error *err)
{
    kh_run_state state = {.measures = measures, .facts = facts, .problems = problems};
    facts->period = *period;
    kh_status rc = kh_run_open(&state, err);
    if (rc == KH_OK) rc = compute(&state, err);
    if (rc == KH_OK && problems->errors) rc = kh_fail(err, KH_EDATA, "the data has mistakes");
    kh_run_close(&state);
    return rc;
}

void kh_facts_fini(kh_facts *facts)
{
    for (uint32_t i = 0; i < facts->records_count; i++) kh_store_fini(&facts->records[i].store);
    kh_arena_fini(&facts->arena);
    *facts = (kh_facts){0};
}
