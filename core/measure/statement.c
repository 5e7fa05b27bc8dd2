/* A pass over a dataset as one SQL statement, with the result of kh_fold for each subject.
 *
 * Each statement also counts what it must not count: cells that break their type, keys and days
 * that are missing, two balances on one day. Where there is one, the rows are read instead, so the
 * mistake is found and named with its place.
 */
#include "measure/push.h"

#include <string.h>

/* One measure in SQL. */
typedef struct parts {
    const char *where; /* NULL: every row */
    const char *value; /* NULL: rows are counted */
} parts;

static const char *cannot(kh_sql *sql, const char *why)
{
    sql->why = why;
    return NULL;
}

/* False: sql->why. */
static bool make_parts(kh_sql *sql, const kh_pass *pass, uint32_t local, parts *out)
{
    uint32_t index = pass->measures[local];
    const kh_measure_decl *decl = &pass->state->measures->plan->measures[index];
    const kh_measure_exprs *exprs = &pass->state->measures->exprs[index];
    *out = (parts){0};
    if (decl->exclude_count) return cannot(sql, KH_N_("it keeps what its rules exclude"));
    switch (decl->aggregate) {
    case KH_SUM:
    case KH_COUNT: break;
    case KH_MIN:
    case KH_MAX:
    case KH_AVG:
        if (!pass->balance) break;
        return cannot(sql, KH_N_("a balance is summed or counted"));
    default: return cannot(sql, KH_N_("its aggregate needs the rows"));
    }
    if (pass->balance && (decl->over == KH_OVER_MAX || decl->over == KH_OVER_AVERAGE_WORKING)) {
        return cannot(sql, KH_N_("it looks at every day"));
    }
    if (exprs->where && !(out->where = kh_sql_term(sql, exprs->where))) return false;
    if (!exprs->value) return true;
    out->value = kh_sql_term(sql, exprs->value);
    return out->value != NULL;
}

/* True for the rows that count, NULL-safe: the value is there. */
static void put_condition(kh_buf *out, const parts *p)
{
    if (p->where && p->value) kh_buf_printf(out, "(%s AND %s IS NOT NULL)", p->where, p->value);
    else if (p->where) kh_buf_text(out, p->where);
    else if (p->value) kh_buf_printf(out, "%s IS NOT NULL", p->value);
    else kh_buf_text(out, "1 = 1");
}

/* 1 for a row that must not be there. */
static void put_bad(kh_buf *out, const char *guard, const char *more)
{
    kh_buf_printf(out, "CASE WHEN %s%s%s%s THEN 1 ELSE 0 END", guard ? "NOT " : "",
                  guard ? guard : "", guard && more ? " OR " : "", more ? more : "");
}

/* ---- flows --------------------------------------------------------------------------------- */

static const char *aggregate_word(kh_aggregate aggregate)
{
    return aggregate == KH_MIN ? "MIN" : aggregate == KH_MAX ? "MAX" : "SUM";
}

/* What cells must be: those of the day if a comparison may miss them, the others, and all. */
typedef struct guards {
    const char *day, *rest, *all;
} guards;

static guards guards_of(kh_sql *sql, uint32_t day_guards)
{
    return (guards){kh_sql_guard(sql, 0, day_guards),
                    kh_sql_guard(sql, day_guards, sql->guards.count),
                    kh_sql_guard(sql, 0, sql->guards.count)};
}

/*
 * The rows of a window that meet one of the conditions. Rows with broken cells must not hide behind
 * a condition; those of other days may, so that the database can use an index of days.
 */
static const char *chosen_rows(kh_sql *sql, const char *day, const char *from, const char *to,
                               const char *conditions, const guards *g)
{
    kh_buf out = {0};
    if (g->day) kh_buf_printf(&out, "NOT %s OR ", g->day);
    if (day) kh_buf_printf(&out, "(%s >= %s AND %s < %s", day, from, day, to);
    if (conditions) {
        kh_buf_printf(&out, "%s(%s", day ? " AND " : "(", conditions);
        if (g->rest) kh_buf_printf(&out, " OR NOT %s", g->rest);
        kh_buf_text(&out, ")");
    }
    const char *text = day || conditions ? kh_arena_printf(sql->arena, "%s)", out.data) : NULL;
    kh_buf_fini(&out);
    return text;
}

/* "a OR b"; NULL when one of the measures takes every row. */
static const char *any_of(kh_sql *sql, const parts *all, uint32_t count)
{
    kh_buf out = {0};
    bool every = false;
    for (uint32_t i = 0; i < count; i++) {
        every |= !all[i].where;
        if (!every) kh_buf_printf(&out, "%s%s", i ? " OR " : "", all[i].where);
    }
    const char *text = every ? NULL : kh_arena_text(sql->arena, out.data);
    kh_buf_fini(&out);
    return text;
}

static bool put_flow(kh_buf *out, kh_sql *sql, const kh_pass *pass, const char *subject,
                     const char *day, uint32_t day_guards, const parts *all)
{
    const kh_plan *plan = pass->state->measures->plan;
    const char *from = day ? kh_sql_date(sql, pass->window.from) : NULL;
    const char *to = day ? kh_sql_date(sql, pass->window.to) : NULL;
    if (day && (!from || !to)) return false;
    guards g = guards_of(sql, day_guards);
    kh_buf_printf(out, "SELECT %s AS s,\n  SUM(", subject);
    put_bad(out, g.all, g.all ? NULL : "1 = 0");
    kh_buf_text(out, ") AS bad, COUNT(*) AS counted");
    for (uint32_t i = 0; i < pass->count; i++) {
        const kh_measure_decl *decl = &plan->measures[pass->measures[i]];
        kh_buf_text(out, ",\n  SUM(CASE WHEN ");
        put_condition(out, &all[i]);
        kh_buf_printf(out, " THEN 1 ELSE 0 END) AS n%u", i);
        if (decl->aggregate == KH_COUNT || !all[i].value) continue;
        kh_buf_printf(out, ", %s(CASE WHEN ", aggregate_word(decl->aggregate));
        put_condition(out, &all[i]);
        kh_buf_printf(out, " THEN %s END) AS v%u", all[i].value, i);
    }
    const char *where = chosen_rows(sql, day, from, to, any_of(sql, all, pass->count), &g);
    kh_buf_printf(out, "\nFROM %s%s%s\nGROUP BY %s", sql->dialect->from, where ? "\nWHERE " : "",
                  where ? where : "", subject);
    return true;
}

/* ---- balances ------------------------------------------------------------------------------ */

/*
 * Two levels: the rows of each key one after the other, each with the day of the next one, cut to
 * the window; then the sums of what held, per subject.
 */
static bool put_balance(kh_buf *out, kh_sql *sql, const kh_pass *pass, const char *subject,
                        const char *day, uint32_t day_guards, const parts *all)
{
    const kh_plan *plan = pass->state->measures->plan;
    const char *key = kh_sql_column_term(sql, pass->dataset->decl->key.text, KH_TYPE_TEXT);
    const char *from = kh_sql_date(sql, pass->window.from), *to = kh_sql_date(sql, pass->window.to);
    if (!key || !from || !to) return false;
    guards g = guards_of(sql, day_guards);
    const char *days = kh_sql_days(sql, "b", "e");
    kh_buf_text(out, "SELECT s, SUM(bad) AS bad,\n  SUM(CASE WHEN ");
    for (uint32_t i = 0; i < pass->count; i++) {
        kh_buf_printf(out, "%sx%u IS NOT NULL", i ? " OR " : "", i);
    }
    kh_buf_text(out, " THEN 1 ELSE 0 END) AS counted");
    for (uint32_t i = 0; i < pass->count; i++) {
        const kh_over over = plan->measures[pass->measures[i]].over;
        const char *seen =
            kh_arena_printf(sql->arena,
                            over == KH_OVER_LAST_SEEN ? "x%u IS NOT NULL AND b < e AND d >= %s"
                                                      : "x%u IS NOT NULL AND b < e",
                            i, from);
        kh_buf_printf(out, ",\n  SUM(CASE WHEN %s THEN 1 ELSE 0 END) AS n%u", seen, i);
        kh_buf_printf(out, ", SUM(CASE WHEN %s", seen);
        if (over == KH_OVER_FIRST) kh_buf_printf(out, " AND b = %s THEN x%u END)", from, i);
        else if (over == KH_OVER_LAST || over == KH_OVER_LAST_SEEN) {
            kh_buf_printf(out, " AND e = %s THEN x%u END)", to, i);
        } else {
            kh_buf_printf(out, " THEN x%u * %s END)", i, days);
        }
        kh_buf_printf(out, " AS v%u", i);
    }
    kh_buf_printf(out,
                  "\nFROM (SELECT s, d, CASE WHEN d < %s THEN %s ELSE d END AS b,\n"
                  "    CASE WHEN e IS NULL OR e > %s THEN %s ELSE e END AS e,\n"
                  "    CASE WHEN broken = 1 OR e = d THEN 1 ELSE 0 END AS bad",
                  from, from, to, to);
    for (uint32_t i = 0; i < pass->count; i++) kh_buf_printf(out, ", x%u", i);
    kh_buf_printf(out,
                  "\n  FROM (SELECT %s AS s, %s AS d,\n"
                  "      LEAD(%s) OVER (PARTITION BY %s ORDER BY %s) AS e,\n"
                  "      ",
                  subject, day, day, key, day);
    put_bad(out, g.all, kh_arena_printf(sql->arena, "%s IS NULL OR %s IS NULL", key, day));
    kh_buf_text(out, " AS broken");
    for (uint32_t i = 0; i < pass->count; i++) {
        const kh_measure_decl *decl = &plan->measures[pass->measures[i]];
        kh_buf_text(out, ",\n      CASE WHEN ");
        put_condition(out, &all[i]);
        bool counted = decl->aggregate == KH_COUNT || !all[i].value;
        kh_buf_printf(out, " THEN %s END AS x%u", counted ? "1" : all[i].value, i);
    }
    kh_buf_printf(out, "\n    FROM %s\n    WHERE %s%s%s%s < %s OR %s IS NULL) AS states) AS spans",
                  sql->dialect->from, g.day ? "NOT " : "", g.day ? g.day : "", g.day ? " OR " : "",
                  day, to, day);
    kh_buf_text(out, "\nGROUP BY s");
    return true;
}

/* ---- the whole statement ------------------------------------------------------------------- */

void kh_statement_make(kh_statement *out, const kh_pass *pass, const kh_dialect *dialect,
                       void *source, const int64_t constants[KH_CONSTANT_COUNT], kh_arena *arena)
{
    const kh_dataset_decl *decl = pass->dataset->decl;
    *out = (kh_statement){.state = {.dialect = dialect,
                                    .source = source,
                                    .slots = &pass->dataset->slots,
                                    .constants = constants,
                                    .arena = arena},
                          .measure = pass->measures[0]};
    kh_sql *sql = &out->state;
    if (pass->dataset->owner >= 0) {
        sql->why = KH_N_("its rows belong to owners");
        return;
    }
    if (decl->period.text) {
        sql->why = KH_N_("its rows name their period");
        return;
    }
    const char *day =
        decl->date.text ? kh_sql_column_term(sql, decl->date.text, KH_TYPE_DATE) : NULL;
    uint32_t day_guards = sql->misplaced ? sql->guards.count : 0;
    const char *subject = kh_sql_column_term(sql, decl->subject.text, KH_TYPE_TEXT);
    if (!subject || (decl->date.text && !day)) return;
    parts *all = kh_arena_array(arena, pass->count, sizeof *all);
    for (uint32_t i = 0; i < pass->count; i++) {
        out->measure = pass->measures[i];
        if (!make_parts(sql, pass, i, &all[i])) return;
    }
    kh_buf text = {0};
    bool ok = pass->balance ? put_balance(&text, sql, pass, subject, day, day_guards, all)
                            : put_flow(&text, sql, pass, subject, day, day_guards, all);
    if (ok) out->sql = kh_arena_text(arena, text.data);
    kh_buf_fini(&text);
}

/* ---- filters ------------------------------------------------------------------------------- */

/* What all measures of a flow ask for, as far as SQL can say it. NULL: all rows. */
static const char *wanted_rows(kh_sql *sql, const kh_pass *pass)
{
    uint32_t before = sql->value_count;
    parts *all = kh_arena_array(sql->arena, pass->count, sizeof *all);
    for (uint32_t i = 0; i < pass->count; i++) {
        const kh_expr *where = pass->state->measures->exprs[pass->measures[i]].where;
        all[i].where = where ? kh_sql_filter(sql, where) : NULL;
    }
    const char *text = any_of(sql, all, pass->count);
    if (!text) sql->value_count = before;
    return text;
}

const char *kh_statement_filter(kh_sql *sql, const kh_pass *passes, uint32_t pass_count)
{
    const kh_dataset_decl *decl = passes[0].dataset->decl;
    if (decl->period.text) return NULL; /* every row's period is checked */
    const char *day =
        decl->date.text ? kh_sql_column_term(sql, decl->date.text, KH_TYPE_DATE) : NULL;
    uint32_t day_guards = sql->misplaced ? sql->guards.count : 0;
    const char *day_guard = kh_sql_guard(sql, 0, day_guards);
    kh_buf all = {0};
    bool every = false;
    for (uint32_t p = 0; !every && p < pass_count; p++) {
        const kh_pass *pass = &passes[p];
        const char *text = NULL;
        int64_t constants[KH_CONSTANT_COUNT];
        kh_constants_of(&pass->window, constants);
        sql->constants = constants;
        const char *from = day && !pass->balance ? kh_sql_date(sql, pass->window.from) : NULL;
        const char *to = day ? kh_sql_date(sql, pass->window.to) : NULL;
        if (!pass->balance) {
            const char *wanted = wanted_rows(sql, pass);
            guards g = guards_of(sql, day_guards);
            text = chosen_rows(sql, from && to ? day : NULL, from, to, wanted, &g);
        } else if (to) { /* a row ends the balance before it, whether it counts or not */
            text =
                kh_arena_printf(sql->arena, "%s%s%s%s < %s OR %s IS NULL", day_guard ? "NOT " : "",
                                day_guard ? day_guard : "", day_guard ? " OR " : "", day, to, day);
        }
        every = !text;
        if (text) kh_buf_printf(&all, "%s%s", p ? " OR " : "(", text);
    }
    const char *text = every ? NULL : kh_arena_printf(sql->arena, "%s)", all.data);
    if (every) sql->value_count = 0;
    sql->constants = NULL;
    kh_buf_fini(&all);
    return text;
}
