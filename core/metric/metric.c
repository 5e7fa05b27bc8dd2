/* Metrics: order of formulas, and their evaluation one subject at a time. */
#include "metric/metric.h"

#include "base/text.h"
#include "metric/direct.h"
#include "metric/values.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

/* The parameters of a formula, by position. */
enum { PARAM_M, PARAM_P, PARAM_S, PARAM_R, PARAM_COUNT };

typedef struct formula {
    const kh_syntax_function *syntax;
    const char **uses; /* measures and metrics, ends with NULL */
    uint32_t *values;  /* the same, as indices: measures, then metrics */
    uint32_t value_count;
    int parameters;               /* how many of m, p, s, r it takes */
    const kh_direct_step *direct; /* NULL: it needs Lua */
} formula;

struct kh_metrics {
    const kh_scheme *scheme;
    kh_arena arena;
    formula *formulas;
    uint32_t *order;
    uint32_t order_count;
    bool uses_subject, uses_records;
    /* of the evaluation */
    bool ready;
    int m_ref, p_ref;
    const char **what;  /* per metric: "metric corp_profit", for the guard */
    kh_decimal **slots; /* per measure, then per metric: where its value is put */
    int *slot_refs;
    bool *shown; /* the slot is in m now */
};

/* ---- what formulas use --------------------------------------------------------------------- */

static const char **value_names(const kh_plan *plan, kh_arena *arena)
{
    const char **names =
        kh_arena_array(arena, plan->measure_count + plan->metric_count + 1, sizeof *names);
    for (uint32_t i = 0; i < plan->measure_count; i++) names[i] = plan->measures[i].name.text;
    for (uint32_t i = 0; i < plan->metric_count; i++) {
        names[plan->measure_count + i] = plan->metrics[i].name.text;
    }
    return names;
}

static const char **param_names(const kh_plan *plan, kh_arena *arena)
{
    const char **names = kh_arena_array(arena, plan->param_count + 1, sizeof *names);
    for (uint32_t i = 0; i < plan->param_count; i++) names[i] = plan->params[i].name.text;
    return names;
}

static const char **subject_names(const kh_plan *plan, kh_arena *arena)
{
    const char **names = kh_arena_array(arena, plan->subject.field_count + 4, sizeof *names);
    for (uint32_t i = 0; i < plan->subject.field_count; i++)
        names[i] = plan->subject.fields[i].text;
    names[plan->subject.field_count] = "id";
    names[plan->subject.field_count + 1] = "name";
    names[plan->subject.field_count + 2] = "group";
    return names;
}

static const char **records_names(const kh_plan *plan, kh_arena *arena)
{
    const char **names = kh_arena_array(arena, plan->records_count + 1, sizeof *names);
    for (uint32_t i = 0; i < plan->records_count; i++) names[i] = plan->records[i].name.text;
    return names;
}

static int find_name(const char *const *names, const char *name)
{
    for (int i = 0; names[i]; i++) {
        if (!strcmp(names[i], name)) return i;
    }
    return -1;
}

static const char *value_name(const kh_plan *plan, uint32_t index)
{
    return index < plan->measure_count ? plan->measures[index].name.text
                                       : plan->metrics[index - plan->measure_count].name.text;
}

static void use_value(const kh_plan *plan, formula *f, uint32_t index)
{
    for (uint32_t i = 0; i < f->value_count; i++) {
        if (f->values[i] == index) return;
    }
    f->uses[f->value_count] = value_name(plan, index);
    f->values[f->value_count++] = index;
}

static void read_formula(kh_metrics *m, uint32_t index, const char **const names[PARAM_COUNT],
                         kh_diags *diags)
{
    static const char *const words[] = {KH_N_("measure or metric"), KH_N_("parameter"),
                                        KH_N_("field of the subject"), KH_N_("records")};
    const kh_plan *plan = &m->scheme->plan;
    formula *f = &m->formulas[index];
    lua_State *L = kh_script_lua(m->scheme->script);
    lua_rawgeti(L, LUA_REGISTRYINDEX, plan->metrics[index].formula);
    f->syntax = kh_script_function(m->scheme->script, lua_gettop(L));
    lua_pop(L, 1);
    uint32_t most = plan->measure_count + plan->metric_count + 1;
    f->uses = kh_arena_array(&m->arena, most, sizeof *f->uses);
    f->values = kh_arena_array(&m->arena, most, sizeof *f->values);
    if (!f->syntax) {
        kh_diag_add(diags, KH_DIAG_ERROR, plan->metrics[index].formula_place,
                    "the formula must be written as a function here, so that it can be explained");
        return;
    }
    f->parameters = (int)f->syntax->parameter_count;
    if (f->parameters > PARAM_COUNT) {
        kh_diag_add(diags, KH_DIAG_ERROR, f->syntax->place,
                    "a formula takes (m, p, s, r): measures, parameters, subject, records");
        f->parameters = PARAM_COUNT;
    }
    for (int i = 0; i < f->parameters; i++) {
        const kh_syntax_parameter *parameter = &f->syntax->parameters[i];
        if (i == PARAM_S) m->uses_subject = true;
        if (i == PARAM_R) m->uses_records = true;
        if (!parameter->escapes || i != PARAM_M) continue;
        kh_diag_add(diags, KH_DIAG_ERROR, parameter->escape_place,
                    "write %s.name for each value the formula uses; '%s' as a whole hides what it "
                    "depends on",
                    parameter->name, parameter->name);
    }
    for (uint32_t a = 0; a < f->syntax->access_count; a++) {
        const kh_syntax_access *access = &f->syntax->accesses[a];
        if (access->parameter >= PARAM_COUNT) continue;
        int found = find_name(names[access->parameter], access->name);
        if (found >= 0) {
            if (access->parameter == PARAM_M) use_value(plan, f, (uint32_t)found);
            continue;
        }
        const char *near = kh_text_nearest(access->name, names[access->parameter]);
        kh_diag_add(diags, KH_DIAG_ERROR, access->place,
                    near ? "there is no %s '%s'; did you mean '%s'?" : "there is no %s '%s'",
                    kh_tr(words[access->parameter]), access->name, near);
    }
}

/* ---- the order ----------------------------------------------------------------------------- */

enum { UNSEEN, OPEN, DONE };

typedef struct sorting {
    kh_metrics *m;
    uint8_t *marks;
    uint32_t *path;
    uint32_t depth, count;
    kh_diags *diags;
} sorting;

static void report_cycle(sorting *s, uint32_t metric)
{
    const kh_plan *plan = &s->m->scheme->plan;
    kh_buf text = {0};
    uint32_t from = 0;
    while (s->path[from] != metric) from++;
    for (uint32_t i = from; i < s->depth; i++) {
        kh_buf_printf(&text, "%s → ", plan->metrics[s->path[i]].name.text);
    }
    kh_buf_text(&text, plan->metrics[metric].name.text);
    kh_diag_add(s->diags, KH_DIAG_ERROR, plan->metrics[metric].name.place,
                "metrics depend on each other in a circle: %s", text.data);
    kh_buf_fini(&text);
}

static void visit(sorting *s, uint32_t metric)
{
    if (s->marks[metric] == DONE) return;
    if (s->marks[metric] == OPEN) {
        report_cycle(s, metric);
        return;
    }
    s->marks[metric] = OPEN;
    s->path[s->depth++] = metric;
    const formula *f = &s->m->formulas[metric];
    for (uint32_t i = 0; i < f->value_count; i++) {
        uint32_t first = s->m->scheme->plan.measure_count;
        if (f->values[i] >= first) visit(s, f->values[i] - first);
    }
    s->depth--;
    s->marks[metric] = DONE;
    s->m->order[s->count++] = metric;
}

static const kh_syntax *syntax_of(const kh_script *script, const kh_syntax_function *function)
{
    const kh_syntax *syntax = NULL;
    for (uint32_t i = 0; (syntax = kh_script_chunk(script, i)) != NULL; i++) {
        if (!syntax->function_count) continue; /* functions is NULL then */
        if (function >= syntax->functions && function < syntax->functions + syntax->function_count)
            break;
    }
    return syntax;
}

static bool uses(const kh_metrics *metrics, uint32_t metric, uint32_t parameter, const char *name)
{
    const kh_syntax_function *syntax = metrics->formulas[metric].syntax;
    for (uint32_t a = 0; syntax && a < syntax->access_count; a++) {
        const kh_syntax_access *access = &syntax->accesses[a];
        if (access->parameter == parameter && (!name || !strcmp(access->name, name))) return true;
    }
    return false;
}

static bool hands_on_p(const formula *f)
{
    return f->syntax->parameter_count > PARAM_P && f->syntax->parameters[PARAM_P].escapes;
}

/* Which formulas run without Lua. One in Lua that hands p on might change it: then none that reads
   p. */
static void find_direct(kh_metrics *m)
{
    const kh_plan *plan = &m->scheme->plan;
    bool escapes = false;
    for (uint32_t i = 0; i < plan->metric_count; i++) {
        formula *f = &m->formulas[i];
        const kh_syntax *syntax = syntax_of(m->scheme->script, f->syntax);
        if (syntax) f->direct = kh_direct_new(syntax, f->syntax, plan, &m->arena);
        escapes |= !f->direct && hands_on_p(f);
    }
    for (uint32_t i = 0; i < plan->metric_count && escapes; i++) {
        formula *f = &m->formulas[i];
        if (hands_on_p(f) || uses(m, i, PARAM_P, NULL)) f->direct = NULL;
    }
}

kh_metrics *kh_metrics_new(const kh_scheme *scheme, kh_diags *diags)
{
    kh_metrics *m = calloc(1, sizeof *m);
    if (!m) abort();
    const kh_plan *plan = &scheme->plan;
    m->scheme = scheme;
    m->formulas = kh_arena_array(&m->arena, plan->metric_count + 1, sizeof *m->formulas);
    m->order = kh_arena_array(&m->arena, plan->metric_count + 1, sizeof *m->order);
    const char **const names[PARAM_COUNT] = {
        value_names(plan, &m->arena), param_names(plan, &m->arena), subject_names(plan, &m->arena),
        records_names(plan, &m->arena)};
    for (uint32_t i = 0; i < plan->metric_count; i++) read_formula(m, i, names, diags);
    if (!diags->errors) find_direct(m);
    sorting s = {.m = m, .diags = diags};
    s.marks = kh_arena_array(&m->arena, plan->metric_count + 1, sizeof *s.marks);
    s.path = kh_arena_array(&m->arena, plan->metric_count + 1, sizeof *s.path);
    for (uint32_t i = 0; i < plan->metric_count; i++) visit(&s, i);
    m->order_count = s.count;
    return m;
}

static void want(const kh_metrics *m, uint32_t metric, bool *wanted)
{
    if (wanted[metric]) return;
    wanted[metric] = true;
    const formula *f = &m->formulas[metric];
    for (uint32_t i = 0; i < f->value_count; i++) {
        uint32_t first = m->scheme->plan.measure_count;
        if (f->values[i] >= first) want(m, f->values[i] - first, wanted);
    }
}

void kh_metrics_limit(kh_metrics *metrics, uint32_t metric)
{
    bool *wanted = kh_arena_array(&metrics->arena, metrics->order_count + 1, sizeof *wanted);
    uint32_t kept = 0;
    want(metrics, metric, wanted);
    for (uint32_t i = 0; i < metrics->order_count; i++) {
        if (wanted[metrics->order[i]]) metrics->order[kept++] = metrics->order[i];
    }
    metrics->order_count = kept;
}

void kh_metrics_free(kh_metrics *metrics)
{
    if (!metrics) return;
    kh_arena_fini(&metrics->arena);
    free(metrics);
}

const char *kh_metrics_formula(const kh_metrics *metrics, uint32_t metric, size_t *length)
{
    const kh_syntax_function *syntax = metrics->formulas[metric].syntax;
    *length = syntax ? syntax->length : 0;
    return syntax ? syntax->text : "";
}

const char *const *kh_metrics_uses(const kh_metrics *metrics, uint32_t metric)
{
    return metrics->formulas[metric].uses;
}

bool kh_metrics_is_direct(const kh_metrics *metrics, uint32_t metric)
{
    return metrics->formulas[metric].direct != NULL;
}

/* ---- evaluation ---------------------------------------------------------------------------- */

typedef struct preparing {
    kh_metrics *m;
    const kh_facts *facts;
} preparing;

/* Make m with one slot for each value, p and the global `period`; they serve all subjects. */
static int prepare(lua_State *L)
{
    const preparing *prep = lua_touserdata(L, 1);
    kh_metrics *m = prep->m;
    const kh_plan *plan = &m->scheme->plan;
    uint32_t count = plan->measure_count + plan->metric_count;
    kh_set_period(L, prep->facts);
    lua_createtable(L, 0, (int)count);
    m->m_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    kh_push_params(L, plan);
    m->p_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    m->slots = kh_arena_array(&m->arena, count + 1, sizeof *m->slots);
    m->slot_refs = kh_arena_array(&m->arena, count + 1, sizeof *m->slot_refs);
    m->shown = kh_arena_array(&m->arena, count + 1, sizeof *m->shown);
    for (uint32_t i = 0; i < count; i++) {
        m->slots[i] = kh_number_slot(L, KH_ZERO);
        m->slot_refs[i] = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    m->what = kh_arena_array(&m->arena, plan->metric_count + 1, sizeof *m->what);
    for (uint32_t i = 0; i < plan->metric_count; i++) {
        m->what[i] = kh_arena_printf(&m->arena, kh_tr("metric %s"), plan->metrics[i].name.text);
    }
    m->ready = true;
    return 0;
}

/* Put a value into its slot; show or hide the slot in m. The name exists already or is new. */
static void set_value(kh_metrics *m, lua_State *L, uint32_t index, kh_decimal value)
{
    bool present = !kh_is_absent(value);
    if (present) *m->slots[index] = value;
    if (present == m->shown[index]) return;
    lua_rawgeti(L, LUA_REGISTRYINDEX, m->m_ref);
    lua_pushstring(L, value_name(&m->scheme->plan, index));
    if (present) lua_rawgeti(L, LUA_REGISTRYINDEX, m->slot_refs[index]);
    else lua_pushnil(L);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    m->shown[index] = present;
}

/* One subject while its formulas run. */
typedef struct evaluation {
    kh_metrics *m;
    const kh_facts *facts;
    uint32_t subject;
    uint32_t at; /* in the order: the formula at work */
    kh_decimal *values;
    kh_guard *guard;
    uint32_t slot;
} evaluation;

enum { AT_CONTEXT = 1, AT_M, AT_P, AT_S, AT_R }; /* on the stack of a subject's formulas */

static uint32_t metric_of(const evaluation *e)
{
    return e->m->order[e->at];
}

/* Put what all formulas take in its place. */
static void push_parameters(lua_State *L, const evaluation *e)
{
    const kh_metrics *m = e->m;
    const kh_plan *plan = &m->scheme->plan;
    lua_rawgeti(L, LUA_REGISTRYINDEX, m->m_ref);
    lua_rawgeti(L, LUA_REGISTRYINDEX, m->p_ref);
    if (m->uses_subject) kh_push_subject(L, plan, &e->facts->subjects[e->subject]);
    else lua_pushnil(L);
    if (m->uses_records) kh_push_records(L, e->facts, e->subject);
    else lua_pushnil(L);
}

/* The formula at work in Lua. What else is in m may be of another subject: it uses nothing else. */
static kh_decimal call_formula(lua_State *L, const evaluation *e)
{
    kh_metrics *m = e->m;
    const kh_plan *plan = &m->scheme->plan;
    const kh_metric_decl *decl = &plan->metrics[metric_of(e)];
    const formula *f = &m->formulas[metric_of(e)];
    kh_decimal value = KH_ABSENT;
    int takes = f->parameters;
    for (uint32_t i = 0; i < f->value_count; i++) {
        uint32_t index = f->values[i];
        bool metric = index >= plan->measure_count;
        const kh_decimal *matrix = metric ? e->values : e->facts->values;
        uint32_t row = metric ? index - plan->measure_count : index;
        set_value(m, L, index, matrix[(size_t)row * e->facts->subject_count + e->subject]);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, decl->formula);
    for (int i = 0; i < takes; i++) lua_pushvalue(L, AT_M + i);
    lua_call(L, takes, 1);
    if (!kh_number_get(L, -1, &value)) {
        kh_script_fail(L, "%s:%d: the formula returned a %s, not a number",
                       decl->formula_place.file, decl->formula_place.line,
                       kh_tr(luaL_typename(L, -1)));
    }
    lua_pop(L, 1);
    return value;
}

/* The value of the metric at work, as it declares it. */
static void keep_value(const evaluation *e, kh_decimal value)
{
    const kh_metric_decl *decl = &e->m->scheme->plan.metrics[metric_of(e)];
    if (kh_is_absent(value) && decl->missing_zero) value = KH_ZERO;
    if (decl->round >= 0) value = kh_dec_round(value, decl->round);
    e->values[(size_t)metric_of(e) * e->facts->subject_count + e->subject] = value;
}

/* Run formulas until one needs Lua; true when all are done. */
static bool run_direct(evaluation *e)
{
    for (; e->at < e->m->order_count; e->at++) {
        const kh_direct_step *direct = e->m->formulas[metric_of(e)].direct;
        kh_decimal value;
        if (!direct || !kh_direct_run(&value, direct, e->facts, e->values, e->subject)) {
            return false;
        }
        keep_value(e, value);
    }
    return true;
}

/* ( evaluation -- ) The rest of a subject's formulas, in one protected call. */
static int run_formulas(lua_State *L)
{
    evaluation *e = lua_touserdata(L, AT_CONTEXT);
    push_parameters(L, e);
    do {
        if (e->guard) {
            kh_guard_turn(e->guard, e->slot, e->m->what[metric_of(e)], KH_FORMULA_MILLISECONDS);
        }
        kh_script_renew(e->m->scheme->script, KH_FORMULA_INSTRUCTIONS);
        keep_value(e, call_formula(L, e));
        e->at++;
    } while (!run_direct(e));
    return 0;
}

static void eval_subject(evaluation *e, kh_metric_failure *failed, void *ctx)
{
    kh_metrics *m = e->m;
    const kh_plan *plan = &m->scheme->plan;
    lua_State *L = kh_script_lua(m->scheme->script);
    kh_error why = KH_ERROR_INIT;
    char who[KH_GUARD_TEXT];
    e->at = 0;
    if (run_direct(e)) return;
    snprintf(who, sizeof who, kh_tr("subject %s"), e->facts->subjects[e->subject].id);
    if (e->guard) {
        kh_guard_enter(e->guard, e->slot, m->what[metric_of(e)], who, KH_FORMULA_MILLISECONDS);
    }
    lua_pushcfunction(L, run_formulas);
    lua_pushlightuserdata(L, e);
    kh_status rc = kh_script_call(m->scheme->script, 1, 0, KH_FORMULA_INSTRUCTIONS, &why);
    if (e->guard) kh_guard_leave(e->guard, e->slot);
    if (rc == KH_OK) return;
    for (uint32_t k = 0; k < plan->metric_count; k++) {
        e->values[(size_t)k * e->facts->subject_count + e->subject] = KH_ABSENT;
    }
    failed(ctx, e->subject,
           kh_arena_printf(&m->arena, kh_tr("metric '%s': %s"),
                           plan->metrics[metric_of(e)].name.text, why.text));
}

kh_status kh_metrics_eval(kh_metrics *metrics, const kh_facts *facts, uint32_t first,
                          uint32_t count, kh_decimal *values, kh_guard *guard, uint32_t slot,
                          kh_metric_failure *failed, void *ctx, kh_error *err)
{
    if (metrics->order_count == 0) return KH_OK;
    if (!metrics->ready) {
        preparing prep = {metrics, facts};
        kh_status rc = kh_script_protect(metrics->scheme->script, prepare, &prep, 0, 0, err);
        if (rc < 0) return rc;
        kh_script_cap(metrics->scheme->script, (size_t)16 * KH_FORMULA_MEMORY);
    }
    evaluation e = {.m = metrics, .facts = facts, .values = values, .guard = guard, .slot = slot};
    for (e.subject = first; e.subject < first + count; e.subject++) eval_subject(&e, failed, ctx);
    return KH_OK;
}

bool kh_metrics_uses_param(const kh_metrics *metrics, uint32_t metric, const char *name)
{
    return uses(metrics, metric, PARAM_P, name);
}

bool kh_metrics_uses_records(const kh_metrics *metrics, uint32_t metric, const char *name)
{
    return uses(metrics, metric, PARAM_R, name);
}
