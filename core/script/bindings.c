/* `weigh` and `rank` for scripts: exact completion and weighting, places (PR-1, PR-2, PR-16). */
#include "script/bindings.h"

#include "base/decimal.h"
#include "base/rules.h"
#include "base/text.h"
#include "script/sandbox.h"
#include "script/state.h"

#include <lauxlib.h>
#include <string.h>

static const char *const zero_words[] = {"full", "zero", "exclude", NULL};
static const char *const absent_words[] = {"exclude", "zero", "full", "block", NULL};
static const char *const state_words[] = {"plain",       "floored", "capped",
                                          "zero_target", "absent",  "excluded"};
static const char *const goal_keys[] = {"actual", "target", "base",        "weight", "floor",
                                        "cap",    "absent", "zero_target", NULL};

/* The keys of the table at @p index must all be known. */
static void check_keys(lua_State *L, int index, const char *what, const char *const *known)
{
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TLIGHTUSERDATA) continue; /* hidden from scripts */
        if (lua_type(L, -2) != LUA_TSTRING)
            kh_script_fail(L, "%s has names, no list elements", kh_tr(what));
        const char *key = lua_tostring(L, -2);
        size_t i = 0;
        while (known[i] && strcmp(known[i], key) != 0) i++;
        if (known[i]) continue;
        const char *near = kh_text_nearest(key, known);
        if (near) kh_script_fail(L, "%s has no '%s'; did you mean '%s'?", kh_tr(what), key, near);
        kh_script_fail(L, "%s has no '%s'", kh_tr(what), key);
    }
}

static kh_decimal number_field(lua_State *L, int index, int item, const char *key)
{
    kh_decimal number = KH_ABSENT;
    lua_getfield(L, index, key);
    if (!kh_number_get(L, -1, &number)) {
        kh_script_fail(L, "item %d: '%s' is %s, not a number", item, key,
                       kh_value_name(L, lua_gettop(L)));
    }
    lua_pop(L, 1);
    return number;
}

static int word_field(lua_State *L, int index, int item, const char *key, const char *const *words)
{
    int found = 0;
    if (lua_getfield(L, index, key) != LUA_TNIL) {
        const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
        while (words[found] && strcmp(words[found], text) != 0) found++;
        if (!words[found]) kh_script_fail(L, "item %d: '%s' cannot be '%s'", item, key, text);
    }
    lua_pop(L, 1);
    return found;
}

static kh_goal read_goal(lua_State *L, int index, int item)
{
    if (!lua_istable(L, index))
        kh_script_fail(L, "item %d is %s, not a table", item, kh_value_name(L, index));
    check_keys(L, index, "an item of weigh", goal_keys);
    kh_goal goal = {.actual = number_field(L, index, item, "actual"),
                    .target = number_field(L, index, item, "target"),
                    .base = number_field(L, index, item, "base"),
                    .weight = number_field(L, index, item, "weight"),
                    .floor = number_field(L, index, item, "floor"),
                    .cap = number_field(L, index, item, "cap"),
                    .zero_target =
                        (kh_zero_target)word_field(L, index, item, "zero_target", zero_words),
                    .if_absent = (kh_if_absent)word_field(L, index, item, "absent", absent_words)};
    if (kh_is_absent(goal.weight) || kh_dec_is_negative(goal.weight)) {
        kh_script_fail(L, "item %d needs a weight of 0 or more", item);
    }
    if (kh_is_absent(goal.base) && kh_dec_is_negative(goal.target)) {
        kh_script_fail(
            L, "item %d has a negative target; only with a base (increment) may it be one", item);
    }
    return goal;
}

/* weigh { items = { { actual =, target =, weight = ... }, ... } } -> { score =, items = ... } */
static int run_weigh(lua_State *L)
{
    static const char *const keys[] = {"items", NULL};
    if (!lua_istable(L, 1)) kh_script_fail(L, "write weigh { items = { ... } }");
    lua_settop(L, 1);
    check_keys(L, 1, "weigh", keys);
    if (lua_getfield(L, 1, "items") != LUA_TTABLE) kh_script_fail(L, "weigh needs items = { ... }");
    int count = (int)lua_rawlen(L, 2);
    kh_script_charge(L, 40 * (size_t)count);
    kh_goal *goals = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof *goals, 0);
    kh_goal_result *results = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof *results, 0);
    for (int i = 0; i < count; i++) {
        lua_rawgeti(L, 2, i + 1);
        goals[i] = read_goal(L, lua_gettop(L), i + 1);
        lua_pop(L, 1);
    }
    kh_decimal score = kh_rule_weigh(goals, (uint32_t)count, results);
    lua_createtable(L, 0, 2);
    kh_number_push(L, score);
    lua_setfield(L, -2, "score");
    lua_createtable(L, count, 0);
    for (int i = 0; i < count; i++) {
        lua_createtable(L, 0, 3);
        kh_number_push(L, results[i].rate);
        lua_setfield(L, -2, "rate");
        kh_number_push(L, results[i].points);
        lua_setfield(L, -2, "points");
        lua_pushstring(L, state_words[results[i].state]);
        lua_setfield(L, -2, "state");
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "items");
    return 1;
}

/* rank(values, dense) -> places in the order of the values, higher values first */
static int run_rank(lua_State *L)
{
    if (!lua_istable(L, 1)) kh_script_fail(L, "write rank({ ... }), with a list of numbers");
    lua_settop(L, 2);
    int count = (int)lua_rawlen(L, 1);
    kh_script_charge(L, 20 * (size_t)count);
    kh_decimal *values = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof *values, 0);
    uint32_t *places = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof *places, 0);
    for (int i = 0; i < count; i++) {
        lua_rawgeti(L, 1, i + 1);
        if (lua_isnil(L, -1) || !kh_number_get(L, -1, &values[i])) {
            kh_script_fail(L, "element %d is %s, not a number", i + 1,
                           kh_value_name(L, lua_gettop(L)));
        }
        lua_pop(L, 1);
    }
    kh_rule_rank(values, (uint32_t)count, lua_toboolean(L, 2), places);
    lua_createtable(L, count, 0);
    for (int i = 0; i < count; i++) {
        lua_pushinteger(L, places[i]);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

void kh_bindings_open(lua_State *L)
{
    kh_calendar_open(L);
    lua_pushcfunction(L, run_weigh);
    lua_setglobal(L, "weigh");
    lua_pushcfunction(L, run_rank);
    lua_setglobal(L, "rank");
}
