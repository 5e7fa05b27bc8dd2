/* Decimals as Lua values, and the functions that work on numbers. */
#include "script/number.h"

#include "base/decimal.h"
#include "script/state.h"

#include <assert.h>
#include <lauxlib.h>
#include <string.h>

kh_decimal *kh_number_slot(lua_State *L, kh_decimal value)
{
    assert(!kh_is_absent(value));
    kh_decimal *slot = lua_newuserdatauv(L, sizeof *slot, 0);
    assert(((uintptr_t)slot & 15) == 0); /* our allocator and the size of liblua's header */
    *slot = value;
    lua_rawgeti(L, LUA_REGISTRYINDEX, kh_state(L)->number_ref);
    lua_setmetatable(L, -2);
    return slot;
}

void kh_number_push(lua_State *L, kh_decimal value)
{
    if (kh_is_absent(value)) {
        lua_pushnil(L);
    } else {
        kh_number_slot(L, value);
    }
}

bool kh_number_get(lua_State *L, int index, kh_decimal *out)
{
    kh_value value;
    kh_value_get(L, lua_absindex(L, index), &value);
    if (value.kind > VALUE_DECIMAL) return false;
    *out = kh_value_decimal(&value);
    return true;
}

bool kh_number_int(lua_State *L, int index, int64_t *out)
{
    kh_value value;
    kh_value_get(L, lua_absindex(L, index), &value);
    if (value.kind == VALUE_DECIMAL) return kh_dec_to_int(out, value.decimal);
    if (value.kind != VALUE_WHOLE) return false;
    *out = value.whole;
    return true;
}

size_t kh_number_text(lua_State *L, int index, char out[KH_DECIMAL_TEXT])
{
    kh_decimal value = KH_ABSENT;
    kh_number_get(L, index, &value);
    return kh_dec_format(out, value, KH_PLACES_OWN, false);
}

/* ---- arguments ----------------------------------------------------------------------------- */

/* A number or absent; anything else is an error. */
static kh_value number_argument(lua_State *L, int argument)
{
    kh_value value;
    kh_value_get(L, argument, &value);
    if (value.kind == VALUE_FRACTION) {
        kh_script_fail_argument(L, argument,
                                "a binary fraction reached a calculation; give it as a decimal, "
                                "like 0.1 or dec(\"0.1\")");
    } else if (value.kind > VALUE_DECIMAL) {
        kh_script_fail_argument(L, argument, "a number is needed, not %s%s",
                                kh_value_name(L, argument),
                                lua_isstring(L, argument) ? kh_tr("; use dec(...)") : "");
    }
    return value;
}

static kh_decimal decimal_argument(lua_State *L, int argument)
{
    kh_value value = number_argument(L, argument);
    return kh_value_decimal(&value);
}

static int places_argument(lua_State *L, int argument)
{
    int64_t places = 0;
    if (lua_isnoneornil(L, argument)) return 0;
    if (!kh_number_int(L, argument, &places) || places < -34 || places > 34) {
        kh_script_fail_argument(L, argument, "decimals are a whole number from -34 to 34");
    }
    return (int)places;
}

/* ---- functions ----------------------------------------------------------------------------- */

static int run_dec(lua_State *L)
{
    if (lua_type(L, 1) == LUA_TSTRING) {
        kh_decimal value;
        kh_error err = KH_ERROR_INIT;
        size_t length;
        const char *text = lua_tolstring(L, 1, &length);
        if (kh_dec_parse(&value, text, length, &err) < 0) kh_script_fail(L, "%s", err.text);
        kh_number_push(L, value);
        return 1;
    }
    kh_number_push(L, decimal_argument(L, 1));
    return 1;
}

/* Whole results are Lua integers where they fit. */
static int push_rounded(lua_State *L, kh_decimal value, int places)
{
    int64_t whole;
    if (places <= 0 && kh_dec_to_int(&whole, value)) {
        lua_pushinteger(L, whole);
    } else {
        kh_number_push(L, value);
    }
    return 1;
}

static int run_round(lua_State *L)
{
    kh_decimal value = decimal_argument(L, 1);
    int places = places_argument(L, 2);
    return push_rounded(L, kh_dec_round(value, places), places);
}

static int run_floor(lua_State *L)
{
    kh_decimal value = decimal_argument(L, 1);
    int places = places_argument(L, 2);
    return push_rounded(L, kh_dec_floor(value, places), places);
}

static int run_ceil(lua_State *L)
{
    kh_decimal value = decimal_argument(L, 1);
    int places = places_argument(L, 2);
    return push_rounded(L, kh_dec_ceil(value, places), places);
}

static int run_abs(lua_State *L)
{
    kh_value value = number_argument(L, 1), zero = {.kind = VALUE_WHOLE};
    if (value.kind != VALUE_ABSENT && kh_value_compare(&value, &zero) < 0) {
        kh_value_apply(&zero, &value, KH_STEP_SUB);
        value = zero;
    }
    kh_value_push(L, &value);
    return 1;
}

/* The extreme argument itself; absent when one is. */
static int push_extreme(lua_State *L, int sign)
{
    kh_value best = number_argument(L, 1);
    int index = 1, count = lua_gettop(L);
    if (count <= 0) kh_script_fail_argument(L, 1, "a number is needed");
    for (int i = 2; i <= count && best.kind != VALUE_ABSENT; i++) {
        kh_value value = number_argument(L, i);
        if (value.kind == VALUE_ABSENT || kh_value_compare(&value, &best) * sign > 0) {
            best = value;
            index = i;
        }
    }
    lua_pushvalue(L, index);
    return 1;
}

static int run_min(lua_State *L)
{
    return push_extreme(L, -1);
}

static int run_max(lua_State *L)
{
    return push_extreme(L, 1);
}

static int run_sum(lua_State *L)
{
    kh_value sum = {.kind = VALUE_WHOLE};
    if (lua_isnoneornil(L, 1)) {
        lua_pushnil(L);
        return 1;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Unsigned count = lua_rawlen(L, 1);
    kh_script_charge(L, 4 * count);
    for (lua_Unsigned i = 1; i <= count && sum.kind != VALUE_ABSENT; i++) {
        lua_rawgeti(L, 1, (lua_Integer)i);
        kh_value value;
        kh_value_get(L, 2, &value);
        if (value.kind > VALUE_DECIMAL) {
            kh_script_fail(L, "element %d of the list is %s, not a number", (int)i,
                           kh_value_name(L, 2));
        }
        kh_value_apply(&sum, &value, KH_STEP_ADD);
        lua_settop(L, 1);
    }
    kh_value_push(L, &sum);
    return 1;
}

static int run_int(lua_State *L)
{
    int64_t whole = 0;
    char text[KH_DECIMAL_TEXT];
    number_argument(L, 1);
    if (!kh_number_int(L, 1, &whole)) {
        kh_number_text(L, 1, text);
        kh_script_fail(L, "%s is not a whole number; round it first", text);
    }
    lua_pushinteger(L, whole);
    return 1;
}

static int run_tointeger(lua_State *L)
{
    int64_t whole;
    if (kh_number_int(L, 1, &whole)) {
        lua_pushinteger(L, whole);
    } else {
        lua_pushnil(L);
    }
    return 1;
}

static int run_type(lua_State *L)
{
    kh_value value;
    luaL_checkany(L, 1);
    kh_value_get(L, 1, &value);
    if (value.kind == VALUE_WHOLE) {
        lua_pushliteral(L, "integer");
    } else if (value.kind == VALUE_DECIMAL) {
        lua_pushliteral(L, "decimal");
    } else {
        lua_pushnil(L);
    }
    return 1;
}

static int run_ult(lua_State *L)
{
    int64_t a = 0, b = 0;
    if (!kh_number_int(L, 1, &a)) kh_script_fail_argument(L, 1, "a whole number is needed");
    if (!kh_number_int(L, 2, &b)) kh_script_fail_argument(L, 2, "a whole number is needed");
    lua_pushboolean(L, (uint64_t)a < (uint64_t)b);
    return 1;
}

/* ---- the metatable: what the C API reaches; the rewriter takes care of the rest ------------------- */

static int meta_compare(lua_State *L)
{
    kh_value a, b;
    kh_value_get(L, 1, &a);
    kh_value_get(L, 2, &b);
    int op = (int)lua_tointeger(L, lua_upvalueindex(1));
    bool numbers = (a.kind == VALUE_WHOLE || a.kind == VALUE_DECIMAL) &&
                   (b.kind == VALUE_WHOLE || b.kind == VALUE_DECIMAL);
    if (!numbers && op != LUA_OPEQ) {
        kh_script_fail(L, "%s and %s have no order", kh_value_name(L, 1), kh_value_name(L, 2));
    }
    int order = numbers ? kh_value_compare(&a, &b) : 1;
    lua_pushboolean(L, op == LUA_OPEQ ? order == 0 : op == LUA_OPLT ? order < 0 : order <= 0);
    return 1;
}

void kh_number_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"round", run_round}, {"floor", run_floor},
                                       {"ceil", run_ceil},   {"abs", run_abs},
                                       {"int", run_int},     {NULL, NULL}};
    static const luaL_Reg globals[] = {
        {"dec", run_dec},   {"round", run_round}, {"floor", run_floor},
        {"ceil", run_ceil}, {"abs", run_abs},     {"min", run_min},
        {"max", run_max},   {"sum", run_sum},     {NULL, NULL}};
    static const luaL_Reg math[] = {
        {"abs", run_abs},     {"min", run_min},   {"max", run_max},
        {"floor", run_floor}, {"ceil", run_ceil}, {"tointeger", run_tointeger},
        {"type", run_type},   {"ult", run_ult},   {NULL, NULL}};
    static const struct {
        const char *name;
        int op;
    } orders[] = {{"__eq", LUA_OPEQ}, {"__lt", LUA_OPLT}, {"__le", LUA_OPLE}};
    lua_newtable(L); /* the metatable */
    luaL_newlib(L, methods);
    kh_library_guard(L, "a number");
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "number");
    lua_setfield(L, -2, "__name"); /* how liblua's own messages call it */
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        lua_pushinteger(L, orders[i].op);
        lua_pushcclosure(L, meta_compare, 1);
        lua_setfield(L, -2, orders[i].name);
    }
    kh_state(L)->number_meta = lua_topointer(L, -1);
    kh_state(L)->number_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pushinteger(L, 0); /* Lua's integers have the methods, too */
    lua_newtable(L);
    luaL_newlib(L, methods);
    kh_library_guard(L, "a number");
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
    lua_pushglobaltable(L);
    luaL_setfuncs(L, globals, 0);
    luaL_newlib(L, math);
    lua_pushinteger(L, LUA_MAXINTEGER);
    lua_setfield(L, -2, "maxinteger");
    lua_pushinteger(L, LUA_MININTEGER);
    lua_setfield(L, -2, "mininteger");
    kh_library_protect(L, "math");
    lua_setfield(L, -2, "math");
    lua_pop(L, 1);
}
