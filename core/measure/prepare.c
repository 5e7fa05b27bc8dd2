/* From a plan to parsed and typed expressions, dataset by dataset. */
#include "measure/internal.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* The lookups an expression refers to. */
static void mark_lookups(const kh_expr *e, bool *used)
{
    if (e->op == KH_OP_COLUMN && e->table >= 0) used[e->table] = true;
    for (uint32_t i = 0; i < e->arg_count; i++) mark_lookups(e->args[i], used);
}

static kh_expr *parse(kh_measures *m, kh_dataset *dataset, const kh_word *word, kh_diags *diags)
{
    (void)m;
    if (!word->text) return NULL;
    return kh_expr_parse(word->text, word->place, &dataset->scope, diags);
}

static int32_t add_slot(kh_measures *m, kh_dataset *dataset, const kh_word *word, kh_type type)
{
    if (!word->text) return -1;
    return (int32_t)kh_slots_add(&dataset->slots, &m->arena, word->text, type,
                                 type == KH_TYPE_DECIMAL ? KH_DEFAULT_SCALE : 0, word->place);
}

static const kh_owner_decl *find_owner(const kh_plan *plan, const char *name, int32_t *index)
{
    for (uint32_t i = 0; name && i < plan->owner_count; i++) {
        if (!strcmp(plan->owners[i].name.text, name)) {
            *index = (int32_t)i;
            return &plan->owners[i];
        }
    }
    *index = -1;
    return NULL;
}

static void open_dataset(kh_measures *m, kh_dataset *dataset, const kh_dataset_decl *decl)
{
    dataset->decl = decl;
    dataset->scope = (kh_scope){&m->arena, &dataset->slots, m->lookup_names, m->lookup_slot_list};
    for (uint32_t i = 0; i < decl->column_count; i++) {
        kh_slots_add(&dataset->slots, &m->arena, decl->columns[i].name.text, decl->columns[i].type,
                     decl->columns[i].scale, decl->columns[i].name.place);
    }
    dataset->key = -1; /* not read unless something needs it: texts are most of the work */
    dataset->date = add_slot(m, dataset, &decl->date, KH_TYPE_DATE);
    dataset->period = add_slot(m, dataset, &decl->period, KH_TYPE_TEXT);
    const kh_owner_decl *owner = find_owner(m->plan, decl->owner.text, &dataset->owner);
    dataset->owner_key = owner ? add_slot(m, dataset, &owner->on_dataset, KH_TYPE_TEXT) : -1;
    dataset->subject = owner ? -1 : add_slot(m, dataset, &decl->subject, KH_TYPE_TEXT);
}

void kh_dataset_want_key(kh_measures *measures, uint32_t dataset)
{
    kh_dataset *d = &measures->datasets[dataset];
    d->key = add_slot(measures, d, &d->decl->key, KH_TYPE_TEXT);
}

static int32_t find_lookup(const kh_measures *m, const char *name, size_t length)
{
    for (uint32_t l = 0; l < m->plan->lookup_count; l++) {
        if (strlen(m->lookup_names[l]) == length && !memcmp(m->lookup_names[l], name, length)) {
            return (int32_t)l;
        }
    }
    return -1;
}

static void open_join(kh_measures *m, uint32_t d, uint32_t l, uint32_t depth, kh_diags *diags);

/* A part of a key: "account_id" of the dataset, or "account.class" of another lookup. */
static kh_key_part open_part(kh_measures *m, uint32_t d, const kh_word *word, uint32_t depth,
                             kh_diags *diags)
{
    const char *point = strchr(word->text, '.');
    if (!point)
        return (kh_key_part){-1, (uint32_t)add_slot(m, &m->datasets[d], word, KH_TYPE_TEXT)};
    int32_t table = find_lookup(m, word->text, (size_t)(point - word->text));
    if (table < 0 || depth > m->plan->lookup_count) {
        kh_diag_add(diags, KH_DIAG_ERROR, word->place,
                    table < 0 ? "there is no lookup '%.*s'"
                              : "lookups depend on each other in a circle at '%.*s'",
                    (int)(point - word->text), word->text);
        return (kh_key_part){-1, (uint32_t)add_slot(m, &m->datasets[d], word, KH_TYPE_TEXT)};
    }
    open_join(m, d, (uint32_t)table, depth + 1, diags);
    return (kh_key_part){table, kh_slots_add(&m->lookup_slots[table], &m->arena, point + 1,
                                             KH_TYPE_TEXT, 0, word->place)};
}

/* Add what a lookup needs of the dataset and of other lookups. */
static void open_join(kh_measures *m, uint32_t d, uint32_t l, uint32_t depth, kh_diags *diags)
{
    const kh_lookup_decl *decl = &m->plan->lookups[l];
    kh_joins *joins = &m->joins[d];
    if (joins->parts[l]) return;
    m->lookup_used[l] = true;
    kh_key_part *parts = kh_arena_array(&m->arena, decl->on_count + 1, sizeof *parts);
    for (uint32_t k = 0; k < decl->on_count; k++) {
        parts[k] = open_part(m, d, &decl->on_dataset[k], depth, diags);
    }
    joins->parts[l] = parts;
    joins->band_slots[l] = add_slot(m, &m->datasets[d], &decl->band.column, KH_TYPE_DECIMAL);
}

static void open_joins(kh_measures *m, uint32_t d, const bool *used, kh_diags *diags)
{
    kh_joins *joins = &m->joins[d];
    uint32_t count = m->plan->lookup_count;
    joins->parts = kh_arena_array(&m->arena, count + 1, sizeof *joins->parts);
    joins->band_slots = kh_arena_array(&m->arena, count + 1, sizeof *joins->band_slots);
    for (uint32_t l = 0; l < count; l++) {
        if (used[l]) open_join(m, d, l, 0, diags);
    }
}

static void parse_measures(kh_measures *m, bool **used, kh_diags *diags)
{
    const kh_plan *plan = m->plan;
    for (uint32_t i = 0; i < plan->measure_count; i++) {
        const kh_measure_decl *decl = &plan->measures[i];
        kh_dataset *dataset = &m->datasets[decl->dataset];
        kh_measure_exprs *exprs = &m->exprs[i];
        dataset->used = true;
        exprs->divisor = KH_ONE;
        if (decl->over != KH_OVER_NONE || decl->exclude_count) {
            kh_dataset_want_key(m, decl->dataset);
        }
        exprs->value = parse(m, dataset, &decl->value, diags);
        exprs->weight = parse(m, dataset, &decl->weight, diags);
        exprs->where = parse(m, dataset, &decl->where, diags);
        if (exprs->value && (decl->aggregate == KH_SUM || decl->aggregate == KH_AVG)) {
            exprs->value = kh_expr_split_divisor(exprs->value, &exprs->divisor);
        }
        exprs->excludes =
            kh_arena_array(&m->arena, decl->exclude_count + 1, sizeof *exprs->excludes);
        for (uint32_t x = 0; x < decl->exclude_count; x++) {
            exprs->excludes[x] = parse(m, dataset, &decl->excludes[x].when, diags);
            if (exprs->excludes[x]) mark_lookups(exprs->excludes[x], used[decl->dataset]);
        }
        if (exprs->value) mark_lookups(exprs->value, used[decl->dataset]);
        if (exprs->weight) mark_lookups(exprs->weight, used[decl->dataset]);
        if (exprs->where) mark_lookups(exprs->where, used[decl->dataset]);
    }
}

static void parse_records(kh_measures *m, bool **used, kh_diags *diags)
{
    for (uint32_t i = 0; i < m->plan->records_count; i++) {
        const kh_records_decl *decl = &m->plan->records[i];
        kh_dataset *dataset = &m->datasets[decl->dataset];
        dataset->used = true;
        m->records[i].where = parse(m, dataset, &decl->where, diags);
        if (m->records[i].where) mark_lookups(m->records[i].where, used[decl->dataset]);
        m->records[i].slots =
            kh_arena_array(&m->arena, decl->column_count + 1, sizeof *m->records[i].slots);
        for (uint32_t c = 0; c < decl->column_count; c++) {
            const kh_column_decl *column = &decl->columns[c];
            m->records[i].slots[c] = kh_slots_add(&dataset->slots, &m->arena, column->name.text,
                                                  column->type, column->scale, column->name.place);
        }
    }
}

static void parse_subjects(kh_measures *m, bool *used, kh_diags *diags)
{
    const kh_plan *plan = m->plan;
    kh_dataset *table = &m->datasets[plan->dataset_count];
    kh_dataset_decl *decl = kh_arena_alloc(&m->arena, sizeof *decl);
    decl->source = plan->subject.source;
    decl->key = plan->subject.key;
    open_dataset(m, table, decl);
    table->key = add_slot(m, table, &decl->key, KH_TYPE_TEXT);
    table->used = true;
    m->subject_name = parse(m, table, &plan->subject.name, diags);
    m->subject_group = parse(m, table, &plan->subject.group, diags);
    m->subject_where = parse(m, table, &plan->subject.where, diags);
    m->subject_fields =
        kh_arena_array(&m->arena, plan->subject.field_count + 1, sizeof *m->subject_fields);
    for (uint32_t i = 0; i < plan->subject.field_count; i++) {
        m->subject_fields[i] = parse(m, table, &plan->subject.field_values[i], diags);
        if (m->subject_fields[i]) mark_lookups(m->subject_fields[i], used);
    }
    kh_expr *const all[] = {m->subject_name, m->subject_group, m->subject_where};
    for (int i = 0; i < 3; i++) {
        if (all[i]) mark_lookups(all[i], used);
    }
    add_slot(m, table, &plan->subject.active.from, KH_TYPE_DATE);
    add_slot(m, table, &plan->subject.active.to, KH_TYPE_DATE);
}

static void parse_lookups(kh_measures *m, kh_diags *diags)
{
    for (uint32_t i = 0; i < m->plan->lookup_count; i++) {
        const kh_lookup_decl *decl = &m->plan->lookups[i];
        kh_lookup_prepare(decl, &m->lookup_slots[i], &m->arena);
        static const char *const none[] = {NULL};
        m->lookup_scopes[i] = (kh_scope){&m->arena, &m->lookup_slots[i], none, NULL};
        if (decl->where.text) {
            m->lookup_wheres[i] =
                kh_expr_parse(decl->where.text, decl->where.place, &m->lookup_scopes[i], diags);
        }
    }
}

kh_measures *kh_measures_new(const kh_plan *plan, kh_diags *diags)
{
    kh_measures *m = calloc(1, sizeof *m);
    if (!m) abort();
    m->plan = plan;
    uint32_t lookups = plan->lookup_count, datasets = plan->dataset_count + 1;
    m->datasets = kh_arena_array(&m->arena, datasets, sizeof *m->datasets);
    m->joins = kh_arena_array(&m->arena, datasets, sizeof *m->joins);
    m->lookup_slots = kh_arena_array(&m->arena, lookups + 1, sizeof *m->lookup_slots);
    m->lookup_slot_list = kh_arena_array(&m->arena, lookups + 1, sizeof *m->lookup_slot_list);
    m->lookup_names = kh_arena_array(&m->arena, lookups + 1, sizeof *m->lookup_names);
    m->lookup_wheres = kh_arena_array(&m->arena, lookups + 1, sizeof *m->lookup_wheres);
    m->lookup_nodes = kh_arena_array(&m->arena, lookups + 1, sizeof *m->lookup_nodes);
    m->lookup_scopes = kh_arena_array(&m->arena, lookups + 1, sizeof *m->lookup_scopes);
    m->lookup_used = kh_arena_array(&m->arena, lookups + 1, sizeof *m->lookup_used);
    m->owner_slots = kh_arena_array(&m->arena, plan->owner_count + 1, sizeof *m->owner_slots);
    m->exprs = kh_arena_array(&m->arena, plan->measure_count + 1, sizeof *m->exprs);
    m->records = kh_arena_array(&m->arena, plan->records_count + 1, sizeof *m->records);
    bool **used = kh_arena_array(&m->arena, datasets, sizeof *used);
    for (uint32_t i = 0; i < lookups; i++) {
        m->lookup_names[i] = plan->lookups[i].name.text;
        m->lookup_slot_list[i] = &m->lookup_slots[i];
    }
    parse_lookups(m, diags);
    for (uint32_t d = 0; d < datasets; d++) {
        used[d] = kh_arena_array(&m->arena, lookups + 1, sizeof **used);
        if (d < plan->dataset_count) open_dataset(m, &m->datasets[d], &plan->datasets[d]);
    }
    for (uint32_t i = 0; i < plan->owner_count; i++) {
        kh_owner_prepare(&plan->owners[i], &m->owner_slots[i], &m->arena);
    }
    parse_measures(m, used, diags);
    parse_records(m, used, diags);
    parse_subjects(m, used[plan->dataset_count], diags);
    for (uint32_t d = 0; d < datasets; d++) open_joins(m, d, used[d], diags);
    if (plan->calendar.source >= 0) {
        kh_slots_add(&m->calendar_slots, &m->arena, plan->calendar.date.text, KH_TYPE_DATE, 0,
                     plan->calendar.date.place);
        if (plan->calendar.kind.text) {
            kh_slots_add(&m->calendar_slots, &m->arena, plan->calendar.kind.text, KH_TYPE_TEXT, 0,
                         plan->calendar.kind.place);
        }
    }
    return m;
}

void kh_measures_rows_only(kh_measures *measures)
{
    measures->rows_only = true;
}

void kh_measures_share(kh_measures *measures, uint32_t jobs)
{
    measures->jobs = jobs;
}

void kh_measures_free(kh_measures *measures)
{
    if (!measures) return;
    kh_arena_fini(&measures->arena);
    free(measures);
}

/* ---- types --------------------------------------------------------------------------------- */

/* What a measure's value must be. */
static kh_type wanted_value(const kh_measure_decl *decl)
{
    return decl->aggregate == KH_COUNT || decl->aggregate == KH_COUNT_DISTINCT ? KH_TYPE_ANY
                                                                               : KH_TYPE_DECIMAL;
}

/* Call `visit` for every expression of the plan with its scope, wanted type and node counter. */
typedef struct visitor {
    bool finish;
    bool changed, ok;
    kh_diags *diags;
} visitor;

static void visit(visitor *v, kh_expr *e, kh_type wanted, const kh_scope *scope, uint32_t *nodes)
{
    if (!e) return;
    if (v->finish) v->ok &= kh_expr_finish(e, wanted, scope, nodes, v->diags);
    else v->changed |= kh_expr_infer(e, wanted, scope);
}

static void visit_all(kh_measures *m, visitor *v)
{
    const kh_plan *plan = m->plan;
    for (uint32_t i = 0; i < plan->lookup_count; i++) {
        visit(v, m->lookup_wheres[i], KH_TYPE_BOOL, &m->lookup_scopes[i], &m->lookup_nodes[i]);
    }
    for (uint32_t i = 0; i < plan->measure_count; i++) {
        const kh_measure_decl *decl = &plan->measures[i];
        kh_dataset *dataset = &m->datasets[decl->dataset];
        kh_measure_exprs *exprs = &m->exprs[i];
        visit(v, exprs->value, wanted_value(decl), &dataset->scope, &dataset->nodes);
        visit(v, exprs->weight, KH_TYPE_DECIMAL, &dataset->scope, &dataset->nodes);
        visit(v, exprs->where, KH_TYPE_BOOL, &dataset->scope, &dataset->nodes);
        for (uint32_t x = 0; x < decl->exclude_count; x++) {
            visit(v, exprs->excludes[x], KH_TYPE_BOOL, &dataset->scope, &dataset->nodes);
        }
    }
    for (uint32_t i = 0; i < plan->records_count; i++) {
        kh_dataset *dataset = &m->datasets[plan->records[i].dataset];
        visit(v, m->records[i].where, KH_TYPE_BOOL, &dataset->scope, &dataset->nodes);
    }
    kh_dataset *table = &m->datasets[plan->dataset_count];
    visit(v, m->subject_name, KH_TYPE_ANY, &table->scope, &table->nodes);
    visit(v, m->subject_group, KH_TYPE_ANY, &table->scope, &table->nodes);
    visit(v, m->subject_where, KH_TYPE_BOOL, &table->scope, &table->nodes);
    for (uint32_t i = 0; i < plan->subject.field_count; i++) {
        visit(v, m->subject_fields[i], KH_TYPE_ANY, &table->scope, &table->nodes);
    }
}

bool kh_measures_infer(kh_measures *measures, kh_diags *diags)
{
    visitor v = {.ok = true, .diags = diags};
    do {
        v.changed = false;
        visit_all(measures, &v);
    } while (v.changed);
    v.finish = true;
    visit_all(measures, &v);
    return v.ok;
}

bool kh_measures_check(kh_measures *measures, kh_diags *diags)
{
    return kh_measures_infer(measures, diags);
}

kh_period kh_window_of(const kh_window_decl *window, const kh_period *period)
{
    kh_period p = kh_period_shift_years(period, window->shift_years);
    p = kh_period_shift(&p, window->shift);
    return window->year_to_date ? kh_period_year_to_date(&p) : p;
}

void kh_constants_of(const kh_period *window, int64_t out[KH_CONSTANT_COUNT])
{
    out[KH_PERIOD_START] = window->from;
    out[KH_PERIOD_END] = window->to - 1;
    out[KH_YEAR_START] = kh_date_of(window->year, 1, 1);
    out[KH_PERIOD_DAYS] = window->to - window->from;
}
