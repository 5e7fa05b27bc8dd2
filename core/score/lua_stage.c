/* A stage of the chain written in Lua: one call for each subject. */
#include "score/lua_stage.h"

#include "base/decimal.h"
#include "metric/values.h"

#include <lauxlib.h>
#include <string.h>

typedef struct stage_call {
    const kh_scheme *scheme;
    const kh_stage_decl *stage;
    kh_sheet *sheet;
    const kh_facts *facts;
    uint32_t subject;
    int params; /* the table p, in the registry: one for all subjects */
} stage_call;

static const kh_sheet_ops *ops_of(const stage_call *c)
{
    return c->sheet->ops;
}

static void set_text(lua_State *L, const char *key, const char *text)
{
    if (!text) return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, key);
}

/* m: every value of the sheet by name, those that earlier stages added included. */
static void push_values(lua_State *L, const stage_call *c)
{
    const kh_plan *plan = &c->scheme->plan;
    lua_createtable(L, 0, (int)(plan->measure_count + plan->metric_count));
    for (kh_handle h = 0; h < (kh_handle)kh_sheet_width(c->sheet); h++) {
        kh_decimal value = ops_of(c)->value(c->sheet, h, c->subject);
        if (kh_is_absent(value)) continue;
        kh_number_push(L, value);
        lua_setfield(L, -2, ops_of(c)->column(c->sheet, h)->name);
    }
}

/* ( -- function card p ) */
static int push_call(lua_State *L)
{
    const stage_call *c = lua_touserdata(L, 1);
    const kh_card *card = ops_of(c)->card(c->sheet, c->subject);
    lua_rawgeti(L, LUA_REGISTRYINDEX, c->stage->function);
    kh_push_subject(L, &c->scheme->plan, card->subject);
    push_values(L, c);
    lua_setfield(L, -2, "m");
    kh_push_records(L, c->facts, c->subject);
    lua_setfield(L, -2, "r");
    kh_number_push(L, card->score);
    lua_setfield(L, -2, "score");
    set_text(L, "grade", card->grade);
    set_text(L, "band", card->band);
    if (card->rank) {
        lua_pushinteger(L, card->rank);
        lua_setfield(L, -2, "rank");
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, c->params);
    return 3;
}

/* ---- taking over the result ---------------------------------------------------------------- */

static kh_decimal get_number(lua_State *L, int table, const char *key)
{
    kh_decimal number = KH_ABSENT;
    lua_getfield(L, table, key);
    if (!kh_number_get(L, -1, &number)) kh_script_fail(L, "'%s' is no number", key);
    lua_pop(L, 1);
    return number;
}

/* NULL when it is nil. The text stays on the stack below the pop only as long as the table. */
static const char *get_text(lua_State *L, int table, const char *key)
{
    lua_getfield(L, table, key);
    if (!lua_isnil(L, -1) && lua_type(L, -1) != LUA_TSTRING)
        kh_script_fail(L, "'%s' is no text", key);
    const char *text = lua_tostring(L, -1);
    lua_pop(L, 1);
    return text;
}

static void check_keys(lua_State *L, int table, const char *what, const char *const *known)
{
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        bool found = false;
        if (lua_type(L, -1) == LUA_TSTRING) {
            for (const char *const *name = known; *name; name++) {
                found |= !strcmp(*name, lua_tostring(L, -1));
            }
            if (!found) kh_script_fail(L, "%s has no '%s'", kh_tr(what), lua_tostring(L, -1));
        }
    }
}

/* Call `take` for each row of the list under `key`. */
static void each_row(lua_State *L, int table, const char *key, const stage_call *c,
                     void (*take)(lua_State *, int, const stage_call *))
{
    lua_getfield(L, table, key);
    if (!lua_isnil(L, -1)) {
        if (!lua_istable(L, -1)) kh_script_fail(L, "'%s' is a list", key);
        int list = lua_gettop(L);
        for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(L, list); i++) {
            lua_rawgeti(L, list, i);
            take(L, lua_gettop(L), c);
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

static void need_table(lua_State *L, int row, const char *what)
{
    if (!lua_istable(L, row)) kh_script_fail(L, "%s is a table", kh_tr(what));
}

static void take_pay(lua_State *L, int row, const stage_call *c)
{
    static const char *const keys[] = {"name", "title", "amount", "rule", NULL};
    need_table(L, row, "a row of pay");
    check_keys(L, row, "a row of pay", keys);
    kh_pay pay = {get_text(L, row, "name"), get_text(L, row, "title"), get_number(L, row, "amount"),
                  get_text(L, row, "rule")};
    if (!pay.title) pay.title = pay.name;
    ops_of(c)->add_pay(c->sheet, c->subject, &pay);
}

static void take_step(lua_State *L, int row, const stage_call *c)
{
    static const char *const keys[] = {"rule", "text", "outcome", "stage", NULL};
    static const char *const outcomes[] = {"kept", "passed", "changed", "failed"};
    need_table(L, row, "a step");
    check_keys(L, row, "a step", keys);
    kh_step step = {get_text(L, row, "stage"), get_text(L, row, "rule"), get_text(L, row, "text"),
                    KH_KEPT};
    const char *outcome = get_text(L, row, "outcome");
    for (int i = 0; outcome && i < 4; i++) {
        if (!strcmp(outcomes[i], outcome)) step.outcome = (kh_outcome)i;
    }
    ops_of(c)->add_step(c->sheet, c->subject, &step);
}

static void take_note(lua_State *L, int row, const stage_call *c)
{
    if (lua_type(L, row) != LUA_TSTRING) kh_script_fail(L, "a note is a text");
    ops_of(c)->add_note(c->sheet, c->subject, lua_tostring(L, row));
}

static int get_places(lua_State *L, int table, const char *key)
{
    int64_t places;
    kh_decimal number = get_number(L, table, key);
    return kh_dec_to_int(&places, number) ? (int)places : KH_PLACES_OWN;
}

static void take_item(lua_State *L, int row, const stage_call *c)
{
    static const char *const keys[] = {"name",         "title", "unit",   "actual", "target",
                                       "base",         "rate",  "weight", "points", "places",
                                       "value_places", "rule",  "reason", NULL};
    need_table(L, row, "an item");
    check_keys(L, row, "an item", keys);
    kh_item item = {.name = get_text(L, row, "name"),
                    .title = get_text(L, row, "title"),
                    .unit = get_text(L, row, "unit"),
                    .actual = get_number(L, row, "actual"),
                    .target = get_number(L, row, "target"),
                    .base = get_number(L, row, "base"),
                    .rate = get_number(L, row, "rate"),
                    .weight = get_number(L, row, "weight"),
                    .points = get_number(L, row, "points"),
                    .places = get_places(L, row, "places"),
                    .value_places = get_places(L, row, "value_places"),
                    .rule = get_text(L, row, "rule"),
                    .reason = get_text(L, row, "reason")};
    if (!item.title) item.title = item.name;
    ops_of(c)->add_item(c->sheet, c->subject, &item);
}

/* The next name of `values` after @p last in the order of bytes: hash order must not show. */
static const char *next_name(lua_State *L, int values, const char *last)
{
    const char *best = NULL;
    lua_pushnil(L);
    while (lua_next(L, values)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING) continue;
        const char *name = lua_tostring(L, -1);
        if (last && strcmp(name, last) <= 0) continue;
        if (!best || strcmp(name, best) < 0) best = name;
    }
    return best;
}

static void take_values(lua_State *L, int table, const stage_call *c)
{
    lua_getfield(L, table, "values");
    int values = lua_gettop(L);
    const char *name = lua_istable(L, values) ? next_name(L, values, NULL) : NULL;
    for (; name; name = next_name(L, values, name)) {
        kh_decimal number;
        lua_getfield(L, values, name);
        if (!kh_number_get(L, -1, &number)) kh_script_fail(L, "values.%s is no number", name);
        kh_column column = {name, name, "", KH_PLACES_OWN};
        ops_of(c)->set_value(c->sheet, ops_of(c)->add_column(c->sheet, &column), c->subject,
                             number);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* ( result -- ) */
static int take_result(lua_State *L)
{
    static const char *const keys[] = {"score", "places", "grade", "band",  "values",
                                       "pay",   "items",  "steps", "notes", NULL};
    const stage_call *c = lua_touserdata(L, 1);
    int result = 2;
    if (lua_isnil(L, result)) return 0;
    need_table(L, result, "the result of a stage");
    check_keys(L, result, "the result of a stage", keys);
    kh_decimal score = get_number(L, result, "score");
    if (!kh_is_absent(score)) {
        ops_of(c)->set_score(c->sheet, c->subject, score, get_places(L, result, "places"));
    }
    const char *grade = get_text(L, result, "grade"), *band = get_text(L, result, "band");
    if (grade) ops_of(c)->set_grade(c->sheet, c->subject, grade);
    if (band) ops_of(c)->set_band(c->sheet, c->subject, band);
    take_values(L, result, c);
    each_row(L, result, "items", c, take_item);
    each_row(L, result, "pay", c, take_pay);
    each_row(L, result, "steps", c, take_step);
    each_row(L, result, "notes", c, take_note);
    return 0;
}

/* What serves all subjects: `p`, and `period` as the metrics have another process. */
static int prepare(lua_State *L)
{
    stage_call *c = lua_touserdata(L, 1);
    kh_set_period(L, c->facts);
    kh_push_params(L, &c->scheme->plan);
    c->params = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

static int finish(lua_State *L)
{
    const stage_call *c = lua_touserdata(L, 1);
    luaL_unref(L, LUA_REGISTRYINDEX, c->params);
    return 0;
}

static kh_status run_subject(stage_call *c, kh_error *err)
{
    kh_script *script = c->scheme->script;
    kh_status rc = kh_script_protect(script, push_call, c, 0, 3, err);
    if (rc == KH_OK) rc = kh_script_call(script, 2, 1, KH_STAGE_INSTRUCTIONS, err);
    if (rc < 0) return rc;
    return kh_script_protect(script, take_result, c, 1, 0, err);
}

kh_status kh_lua_stage_run(const kh_scheme *scheme, const kh_stage_decl *stage, kh_sheet *sheet,
                           const kh_facts *facts, kh_guard *guard, uint32_t slot, kh_error *err)
{
    stage_call c = {scheme, stage, sheet, facts, 0, LUA_NOREF};
    kh_status rc = kh_script_protect(scheme->script, prepare, &c, 0, 0, err);
    if (rc < 0) return rc;
    char what[96];
    snprintf(what, sizeof what, kh_tr("score stage on line %d"), stage->name.place.line);
    for (c.subject = 0; c.subject < facts->subject_count; c.subject++) {
        if (sheet->ops->failed(sheet, c.subject)) continue;
        char who[160];
        snprintf(who, sizeof who, kh_tr("subject %s"), facts->subjects[c.subject].id);
        kh_error why = KH_ERROR_INIT;
        if (guard) kh_guard_enter(guard, slot, what, who, KH_STAGE_MILLISECONDS);
        rc = run_subject(&c, &why);
        if (guard) kh_guard_leave(guard, slot);
        if (rc < 0) sheet->ops->fail(sheet, c.subject, why.text);
    }
    return kh_script_protect(scheme->script, finish, &c, 0, 0, err);
}
