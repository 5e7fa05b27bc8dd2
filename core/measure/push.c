/* What databases compute themselves: sums per subject, else at least which rows are wanted. */
#include "measure/push.h"

#include <stdlib.h>
#include <string.h>

/* The first columns of every statement. */
enum { SUBJECT, BAD, COUNTED, FIRST };

/* The fields of a statement's result, and where each measure's are. */
typedef struct shape {
    kh_field *fields;
    uint32_t count;
    uint32_t *counts; /* per measure of the pass: column of its count */
    int32_t *values;  /* ... and of its value; -1 = none */
} shape;

static shape shape_of(const kh_pass *pass, const kh_dialect *dialect, kh_arena *arena)
{
    shape s = {.count = FIRST};
    s.fields = kh_arena_array(arena, FIRST + 2 * pass->count, sizeof *s.fields);
    s.counts = kh_arena_array(arena, pass->count, sizeof *s.counts);
    s.values = kh_arena_array(arena, pass->count, sizeof *s.values);
    s.fields[SUBJECT] = (kh_field){"s", KH_TYPE_TEXT, 0};
    s.fields[BAD] = (kh_field){"bad", KH_TYPE_INT, 0};
    s.fields[COUNTED] = (kh_field){"counted", KH_TYPE_INT, 0};
    for (uint32_t i = 0; i < pass->count; i++) {
        const kh_measure_decl *decl = &pass->state->measures->plan->measures[pass->measures[i]];
        const kh_expr *value = pass->state->measures->exprs[pass->measures[i]].value;
        bool counted = decl->aggregate == KH_COUNT || !value;
        s.counts[i] = s.count;
        s.fields[s.count++] = (kh_field){kh_arena_printf(arena, "n%u", i), KH_TYPE_INT, 0};
        s.values[i] = -1;
        if (counted && !pass->balance) continue;
        s.values[i] = (int32_t)s.count;
        int scale = counted || dialect->whole_numbers ? 0 : value->scale;
        s.fields[s.count++] = (kh_field){kh_arena_printf(arena, "v%u", i), KH_TYPE_DECIMAL, scale};
    }
    return s;
}

/* Put one subject's sums where kh_fold would have collected them. False: rows must be read. */
static bool take_row(kh_pass *pass, const shape *s, const kh_store *store, uint32_t row)
{
    const kh_store_column *columns = store->columns;
    if (columns[BAD].as.ints[row] != 0) return false;
    bool counts = false;
    for (uint32_t i = 0; i < pass->count; i++) counts |= columns[s->counts[i]].as.ints[row] > 0;
    if (pass->balance) counts = columns[COUNTED].as.ints[row] > 0;
    if (!counts) return true;
    const char *id = kh_store_text(store, SUBJECT, row);
    uint32_t subject =
        columns[SUBJECT].nulls[row] ? KH_UNKNOWN : kh_subject_find(pass->state, id, strlen(id));
    if (subject == KH_UNKNOWN) return pass->dataset->decl->ignore_unknown;
    if (subject == KH_INACTIVE) return true;
    for (uint32_t i = 0; i < pass->count; i++) {
        kh_cell *cell = &pass->cells[(size_t)i * pass->state->facts->subject_count + subject];
        cell->count = columns[s->counts[i]].as.ints[row];
        cell->weight = cell->count;
        if (s->values[i] < 0 || columns[s->values[i]].nulls[row]) continue;
        cell->sum = columns[s->values[i]].as.decimals[row];
    }
    return true;
}

/* A failure after which reading rows may help, or will tell the mistake with its place. */
static bool may_read_rows(kh_status rc)
{
    return rc == KH_EDATA || rc == KH_ELIMIT || rc == KH_EUNSUPPORTED;
}

/* Compute a pass in the database; *done stays false where the rows must be read. */
static kh_status push_pass(kh_pass *pass, const kh_dialect *dialect, const kh_feed *feed,
                           bool *done, kh_error *err)
{
    kh_arena arena = {0};
    int64_t constants[KH_CONSTANT_COUNT];
    kh_constants_of(&pass->window, constants);
    kh_statement statement;
    kh_statement_make(&statement, pass, dialect, feed->instance->self, constants, &arena);
    kh_status rc = KH_OK;
    if (statement.sql) {
        shape s = shape_of(pass, dialect, &arena);
        kh_query query = {.size = sizeof query,
                          .fields = s.fields,
                          .field_count = s.count,
                          .parts = 1,
                          .sql = statement.sql,
                          .values = statement.state.values,
                          .value_count = statement.state.value_count};
        kh_store store = {0};
        kh_error why = KH_ERROR_INIT;
        struct ArrowArrayStream stream;
        rc = kh_feed_query(feed, &query, &stream, &why);
        if (rc == KH_OK) {
            rc = kh_store_load(&store, &stream, feed->name, s.fields, s.count, &why);
        }
        if (rc == KH_OK) {
            *done = true;
            kh_fold_init(pass);
            for (uint32_t row = 0; *done && row < store.rows; row++) {
                *done = take_row(pass, &s, &store, row);
            }
            if (*done) kh_fold_finish(pass);
            kh_fold_fini(pass);
            kh_store_fini(&store);
        } else {
            rc = may_read_rows(rc) ? KH_OK : kh_fail(err, rc, "%s", why.text);
        }
    }
    kh_sql_fini(&statement.state);
    kh_arena_fini(&arena);
    return rc;
}

/* What is left to be scanned needs fewer rows than there are. */
static void find_filter(kh_dataset *dataset, const kh_dialect *dialect, const kh_feed *feed,
                        const kh_pass *passes, uint32_t count, kh_arena *arena)
{
    kh_sql sql = {.dialect = dialect,
                  .source = feed->instance->self,
                  .slots = &dataset->slots,
                  .arena = arena};
    dataset->filter.where = kh_statement_filter(&sql, passes, count);
    dataset->filter.value_count = sql.value_count;
    kh_sql_value *values = kh_arena_array(arena, sql.value_count + 1, sizeof *values);
    memcpy(values, sql.values, sql.value_count * sizeof *values);
    dataset->filter.values = values;
    kh_sql_fini(&sql);
}

kh_status kh_push_dataset(kh_run_state *state, uint32_t dataset, kh_error *err)
{
    kh_measures *m = state->measures;
    kh_dataset *d = &m->datasets[dataset];
    d->filter = (kh_feed_filter){0};
    const kh_feed *feed = &state->feeds[d->decl->source];
    kh_source_plan plan;
    if (m->rows_only || m->lineage) return KH_OK; /* lineage shows the rows behind a value */
    if (kh_feed_plan(feed, &plan) < 0 || !(plan.can & KH_CAN_SQL)) return KH_OK;
    uint32_t count, left = 0;
    kh_pass *passes = kh_passes_new(state, dataset, &count);
    kh_status rc = KH_OK;
    for (uint32_t p = 0; rc == KH_OK && p < count; p++) {
        bool done = false;
        rc = push_pass(&passes[p], plan.dialect, feed, &done, err);
        for (uint32_t i = 0; done && i < passes[p].count; i++) {
            state->pushed[passes[p].measures[i]] = true;
        }
        if (done) continue;
        kh_pass pass = passes[p];
        passes[p] = passes[left];
        passes[left++] = pass;
    }
    if (rc == KH_OK && left) {
        find_filter(d, plan.dialect, feed, passes, left, &state->facts->arena);
    }
    kh_passes_free(passes, count);
    return rc;
}
