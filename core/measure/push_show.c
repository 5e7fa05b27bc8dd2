/* The SQL a run would send, for people: kaohe explain DIR --sql. */
#include "measure/push.h"

#include <string.h>

static void show_values(kh_buf *out, const kh_sql_value *values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        bool text = values[i].type == KH_TYPE_TEXT;
        kh_buf_printf(out, "%s%u = %s%s%s", i ? ", " : "-- ", i + 1, text ? "'" : "",
                      values[i].text, text ? "'" : "");
    }
    if (count) kh_buf_text(out, "\n");
}

static void show_names(kh_buf *out, const kh_pass *pass)
{
    for (uint32_t i = 0; i < pass->count; i++) {
        kh_buf_printf(out, "%s%s", i ? ", " : "",
                      pass->state->measures->plan->measures[pass->measures[i]].name.text);
    }
}

/* A pass as its statement; false when its rows are read. */
static bool show_pass(kh_buf *out, const kh_pass *pass, const kh_dialect *dialect,
                      const kh_feed *feed)
{
    kh_arena arena = {0};
    int64_t constants[KH_CONSTANT_COUNT];
    kh_constants_of(&pass->window, constants);
    kh_statement statement;
    kh_statement_make(&statement, pass, dialect, feed->instance->self, constants, &arena);
    bool said = statement.sql != NULL;
    kh_buf_printf(out, "-- %s %s: ", feed->name, pass->window.name);
    show_names(out, pass);
    if (said) {
        kh_buf_printf(out, "\n%s;\n", statement.sql);
        show_values(out, statement.state.values, statement.state.value_count);
    } else {
        const kh_measure_decl *decl = &pass->state->measures->plan->measures[statement.measure];
        kh_buf_printf(out, kh_tr("\n-- computed from rows, because of '%s': %s\n"), decl->name.text,
                      kh_tr(statement.state.why));
    }
    kh_buf_text(out, "\n");
    kh_sql_fini(&statement.state);
    kh_arena_fini(&arena);
    return said;
}

static void show_filter(kh_buf *out, kh_dataset *d, const kh_dialect *dialect, const kh_feed *feed,
                        const kh_pass *passes, uint32_t count)
{
    kh_arena arena = {0};
    kh_sql sql = {
        .dialect = dialect, .source = feed->instance->self, .slots = &d->slots, .arena = &arena};
    const char *where = kh_statement_filter(&sql, passes, count);
    kh_buf_printf(out, kh_tr("-- %s, rows for the measures above\n"), feed->name);
    kh_buf_text(out, "SELECT ");
    for (uint32_t i = 0; i < d->slots.count; i++) {
        kh_buf_printf(out, "%s%s", i ? ", " : "", d->slots.items[i].name);
    }
    kh_buf_printf(out, "\nFROM %s%s%s;\n", dialect->from, where ? "\nWHERE " : "",
                  where ? where : "");
    show_values(out, sql.values, sql.value_count);
    kh_buf_text(out, "\n");
    kh_sql_fini(&sql);
    kh_arena_fini(&arena);
}

static void show_dataset(kh_buf *out, kh_run_state *state, uint32_t dataset)
{
    kh_dataset *d = &state->measures->datasets[dataset];
    const kh_feed *feed = &state->feeds[d->decl->source];
    uint32_t count, left = 0;
    kh_pass *passes = kh_passes_new(state, dataset, &count);
    kh_source_plan plan;
    bool takes_sql = kh_feed_plan(feed, &plan) == KH_OK && (plan.can & KH_CAN_SQL);
    for (uint32_t p = 0; p < count; p++) {
        if (!takes_sql) {
            kh_buf_printf(out, "-- %s %s: ", feed->name, passes[p].window.name);
            show_names(out, &passes[p]);
            kh_buf_printf(out, kh_tr("\n-- computed from rows: source '%s' takes no SQL\n\n"),
                          feed->instance->plugin->name);
        } else if (!show_pass(out, &passes[p], plan.dialect, feed)) {
            kh_pass pass = passes[p];
            passes[p] = passes[left];
            passes[left++] = pass;
        }
    }
    if (left) show_filter(out, d, plan.dialect, feed, passes, left);
    kh_passes_free(passes, count);
}

kh_status kh_measures_sql(kh_measures *measures, const kh_period *period, kh_buf *out,
                          kh_diags *problems, kh_error *err)
{
    kh_facts facts = {.period = *period};
    kh_run_state state = {.measures = measures, .facts = &facts, .problems = problems};
    kh_status rc = kh_run_open(&state, err);
    for (uint32_t d = 0; rc == KH_OK && d < measures->plan->dataset_count; d++) {
        if (measures->datasets[d].used) show_dataset(out, &state, d);
    }
    kh_run_close(&state);
    kh_facts_fini(&facts);
    return rc;
}
