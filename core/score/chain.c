/* The chain of strategies: from metrics to points, grades and pay. */
#include "score/chain.h"

#include "score/lua_stage.h"

#include <stdlib.h>
#include <string.h>

struct kh_chain {
    const kh_scheme *scheme;
    kh_arena arena;
    kh_instance *instances; /* one per stage; plugin NULL for Lua stages */
    bool *opened;
    const char **values; /* names known so far, ends with NULL */
    uint32_t value_count, value_room;
    bool open_ended; /* a Lua stage may have added names nobody knows */
    const char **records, **lookups;
};

static void add_value(kh_chain *chain, const char *name)
{
    if (chain->value_count + 1 >= chain->value_room) {
        uint32_t room = chain->value_room ? chain->value_room * 2 : 64;
        const char **bigger = kh_arena_array(&chain->arena, room, sizeof *bigger);
        if (chain->value_count) memcpy(bigger, chain->values, chain->value_count * sizeof *bigger);
        chain->values = bigger;
        chain->value_room = room;
    }
    chain->values[chain->value_count++] = name;
    chain->values[chain->value_count] = NULL;
}

static void collect_names(kh_chain *chain)
{
    const kh_plan *plan = &chain->scheme->plan;
    for (uint32_t i = 0; i < plan->measure_count; i++)
        add_value(chain, plan->measures[i].name.text);
    for (uint32_t i = 0; i < plan->metric_count; i++) add_value(chain, plan->metrics[i].name.text);
    for (uint32_t i = 0; i < plan->param_count; i++) {
        if (plan->params[i].value->kind == KH_SETTING_NUMBER) {
            add_value(chain, plan->params[i].name.text);
        }
    }
    chain->records = kh_arena_array(&chain->arena, plan->records_count + 1, sizeof(char *));
    for (uint32_t i = 0; i < plan->records_count; i++) {
        chain->records[i] = plan->records[i].name.text;
    }
    chain->lookups = kh_arena_array(&chain->arena, plan->lookup_count + 1, sizeof(char *));
    uint32_t n = 0;
    for (uint32_t i = 0; i < plan->lookup_count; i++) {
        if (plan->lookups[i].rows) chain->lookups[n++] = plan->lookups[i].name.text;
    }
}

static const char *const *names(void *ctx, kh_refers refers)
{
    const kh_chain *chain = ctx;
    switch (refers) {
    case KH_REFERS_VALUE: return chain->open_ended ? NULL : chain->values;
    case KH_REFERS_RECORDS: return chain->records;
    case KH_REFERS_LOOKUP: return chain->lookups;
    default: return NULL;
    }
}

/* The names a stage adds are known to the stages behind it. */
static void add_defined(kh_chain *chain, const kh_option *options, const void *instance)
{
    for (; options && options->key; options++) {
        if (options->refers != KH_DEFINES_VALUE || options->type != KH_OPT_TEXT) continue;
        const char *name;
        memcpy(&name, (const char *)instance + options->offset, sizeof name);
        if (name) add_value(chain, name);
    }
}

/* Open the stage and let it check itself against the names of the plan. */
static void open_stage(kh_chain *chain, uint32_t index, kh_diags *diags)
{
    const kh_plan *plan = &chain->scheme->plan;
    kh_instance *instance = &chain->instances[index];
    const kh_strategy_ops *ops = instance->plugin->strategy;
    kh_error err = KH_ERROR_INIT;
    kh_status rc = ops->open ? ops->open(instance->self, &instance->host, &err) : KH_OK;
    chain->opened[index] = rc == KH_OK;
    if (rc == KH_OK && ops->check) {
        kh_full_sheet *sheet = kh_sheet_new(plan, NULL, NULL);
        rc = ops->check(instance->self, kh_sheet_view(sheet), &err);
        kh_sheet_free(sheet);
    }
    if (rc < 0) kh_diag_error(diags, plan->stages[index].name.place, &err);
}

kh_chain *kh_chain_new(const kh_scheme *scheme, kh_diags *diags)
{
    kh_chain *chain = calloc(1, sizeof *chain);
    if (!chain) abort();
    chain->scheme = scheme;
    const kh_plan *plan = &scheme->plan;
    chain->instances =
        kh_arena_array(&chain->arena, plan->stage_count + 1, sizeof *chain->instances);
    chain->opened = kh_arena_array(&chain->arena, plan->stage_count + 1, sizeof *chain->opened);
    collect_names(chain);
    kh_option_context context = {.folder = plan->folder, .names = names, .ctx = chain};
    for (uint32_t i = 0; i < plan->stage_count; i++) {
        const kh_stage_decl *stage = &plan->stages[i];
        if (!stage->plugin) {
            chain->open_ended = true;
            continue;
        }
        kh_instance *instance = &chain->instances[i];
        kh_instance_init(instance, stage->plugin, stage->options, stage->name.place, &context,
                         diags);
        add_defined(chain, stage->plugin->options, instance->self);
        if (!diags->errors) open_stage(chain, i, diags);
    }
    return chain;
}

void kh_chain_free(kh_chain *chain)
{
    if (!chain) return;
    for (uint32_t i = 0; i < chain->scheme->plan.stage_count; i++) {
        kh_instance *instance = &chain->instances[i];
        if (!instance->plugin) continue;
        const kh_strategy_ops *ops = instance->plugin->strategy;
        if (chain->opened[i] && ops->close) ops->close(instance->self);
        kh_instance_fini(instance);
    }
    kh_arena_fini(&chain->arena);
    free(chain);
}

/* A Lua stage says what it adds when it has somebody to look at: without anybody the stages behind
   it would miss that. */
static bool is_anybody_left(const kh_sheet *view)
{
    for (uint32_t s = 0; s < view->ops->subject_count(view); s++) {
        if (!view->ops->failed(view, s)) return true;
    }
    return false;
}

kh_status kh_chain_run(kh_chain *chain, kh_full_sheet *sheet, const kh_facts *facts,
                       kh_guard *guard, uint32_t slot, kh_error *err)
{
    const kh_plan *plan = &chain->scheme->plan;
    kh_sheet *view = kh_sheet_view(sheet);
    kh_status rc = KH_OK;
    for (uint32_t i = 0; rc == KH_OK && i < plan->stage_count && is_anybody_left(view); i++) {
        if (kh_host_is_cancelled()) return kh_fail(err, KH_ECANCELLED, "interrupted");
        kh_error why = KH_ERROR_INIT;
        if (plan->stages[i].plugin) {
            kh_instance *instance = &chain->instances[i];
            rc = instance->plugin->strategy->run(instance->self, view, &why);
        } else {
            rc = kh_lua_stage_run(chain->scheme, &plan->stages[i], view, facts, guard, slot, &why);
        }
        kh_spill_rest(facts->arena.spill);
        if (rc < 0) {
            kh_fail(err, rc, "%s:%d: stage '%s': %s", plan->stages[i].name.place.file,
                    plan->stages[i].name.place.line, plan->stages[i].name.text, why.text);
        }
    }
    return rc;
}
