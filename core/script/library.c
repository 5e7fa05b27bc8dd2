/* The whitelisted globals and `table`: nothing that hides an error, shows an address or an order
 * of hashes, or works for long without counting it.
 */
#include "script/state.h"

#include "base/decimal.h"
#include "base/text.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

/* ---- unknown names ------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *kh_library_nearest(lua_State *L, int table, const char *name)
{
    table = lua_absindex(L, table);
    size_t count = 0, used = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) count++;
    const char **names = lua_newuserdatauv(L, (count + 1) * sizeof *names, 0);
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TSTRING) names[used++] = lua_tostring(L, -2);
    }
    names[used] = NULL;
    qsort(names, used, sizeof *names, compare_names);
    const char *nearest = kh_text_nearest(name, names);
    lua_pop(L, 1);
    return nearest; /* the table keeps it alive */
}

/* __index of a guarded table */
static int unknown_member(lua_State *L)
{
    const char *owner = lua_touserdata(L, lua_upvalueindex(1));
    if (lua_type(L, 2) != LUA_TSTRING) return kh_script_fail(L, "%s has no elements", kh_tr(owner));
    const char *name = lua_tostring(L, 2);
    const char *nearest = kh_library_nearest(L, 1, name);
    lua_pushfstring(L, nearest ? kh_tr("; did you mean '%s'?") : "", nearest);
    if (!strcmp(name, "match") || !strcmp(name, "gmatch") || !strcmp(name, "gsub")) {
        lua_pushstring(L, kh_tr("; there are no patterns: use find, split or replace"));
    }
    const char *more = lua_tostring(L, -1);
    return *owner ? kh_script_fail(L, "%s has no '%s'%s", kh_tr(owner), name, more)
                  : kh_script_fail(L, "'%s' is not defined%s", name, more);
}

void kh_library_guard(lua_State *L, const char *name)
{
    lua_createtable(L, 0, 1);
    lua_pushlightuserdata(L, (void *)(uintptr_t)name);
    lua_pushcclosure(L, unknown_member, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
}

static int read_only(lua_State *L)
{
    return kh_script_fail(L, "'%s' cannot be changed", lua_tostring(L, lua_upvalueindex(1)));
}

void kh_library_protect(lua_State *L, const char *name)
{
    kh_library_guard(L, name);
    lua_newtable(L);
    lua_createtable(L, 0, 2);
    lua_rotate(L, -3, -1); /* proxy, meta, table */
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, name);
    lua_pushcclosure(L, read_only, 1);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
}

/* ---- the order of keys --------------------------------------------------------------------- */

/* Keys in their fixed order: integers, texts by their bytes, false, true. */
typedef struct key {
    int kind; /* LUA_TNUMBER, LUA_TSTRING, LUA_TBOOLEAN */
    lua_Integer integer;
    const char *text;
    size_t length;
} key;

static int rank(const key *k)
{
    return k->kind == LUA_TNUMBER ? 0 : k->kind == LUA_TSTRING ? 1 : 2;
}

static int compare_keys(const void *a, const void *b)
{
    const key *x = a, *y = b;
    if (x->kind != y->kind) return rank(x) - rank(y);
    if (x->kind != LUA_TSTRING) return (x->integer > y->integer) - (x->integer < y->integer);
    size_t least = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->text, y->text, least);
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

/* The key at @p index; false when it is hidden from scripts. */
static bool read_key(lua_State *L, int index, key *out)
{
    *out = (key){.kind = lua_type(L, index)};
    switch (out->kind) {
    case LUA_TLIGHTUSERDATA: return false;
    case LUA_TBOOLEAN: out->integer = lua_toboolean(L, index); return true;
    case LUA_TSTRING: out->text = lua_tolstring(L, index, &out->length); return true;
    case LUA_TNUMBER:
        out->integer = lua_tointeger(L, index);
        if (lua_isinteger(L, index)) return true;
        break;
    default: break;
    }
    kh_script_fail(L, "a table with %s as a key has no fixed order", kh_value_name(L, index));
    return false;
}

static void push_key(lua_State *L, const key *k)
{
    if (k->kind == LUA_TSTRING) {
        lua_pushlstring(L, k->text, k->length);
    } else if (k->kind == LUA_TNUMBER) {
        lua_pushinteger(L, k->integer);
    } else {
        lua_pushboolean(L, (int)k->integer);
    }
}

static bool in_list(const key *k, lua_Integer length)
{
    return k->kind == LUA_TNUMBER && k->integer >= 1 && k->integer <= length;
}

/* Elements 1 .. n without a hole. */
static lua_Integer list_length(lua_State *L, int table)
{
    lua_Integer n = 0;
    while (lua_rawgeti(L, table, n + 1) != LUA_TNIL) {
        lua_pop(L, 1);
        n++;
    }
    lua_pop(L, 1);
    kh_script_charge(L, (size_t)n);
    return n;
}

/* next(table, key): by scanning, so that any change in between does no harm. */
static int run_next(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    lua_Integer length = list_length(L, 1);
    key last = {0}, best = {0}, k;
    bool first = lua_isnil(L, 2), found = false;
    if (!first && !read_key(L, 2, &last)) first = true;
    bool listed = !first && in_list(&last, length);
    if ((first && length > 0) || (listed && last.integer < length)) {
        lua_pushinteger(L, first ? 1 : last.integer + 1);
        found = true;
    } else {
        size_t entries = 0;
        for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1), entries++) {
            if (!read_key(L, 3, &k) || in_list(&k, length)) continue;
            if (!first && !listed && compare_keys(&k, &last) <= 0) continue;
            if (!found || compare_keys(&k, &best) < 0) best = k;
            found = true;
        }
        kh_script_charge(L, 2 * entries);
        if (found) push_key(L, &best);
    }
    if (!found) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushvalue(L, -1);
    lua_rawget(L, 1);
    return 2;
}

/* The keys of the table at index 1 behind its list, sorted, as a new list. */
static void push_rest(lua_State *L, lua_Integer length)
{
    size_t count = 0, used = 0;
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) count++;
    kh_script_charge(L, 16 * count); /* it will be sorted */
    key *keys = lua_newuserdatauv(L, (count + 1) * sizeof *keys, 0);
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        if (read_key(L, -2, &keys[used]) && !in_list(&keys[used], length)) used++;
    }
    qsort(keys, used, sizeof *keys, compare_keys);
    lua_createtable(L, (int)used, 0);
    for (size_t i = 0; i < used; i++) {
        push_key(L, &keys[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_remove(L, -2);
}

/* Iterator of pairs; upvalues: how far it is, the sorted keys behind the list or nil. */
static int iterate(lua_State *L)
{
    lua_settop(L, 1);
    lua_Integer at = lua_tointeger(L, lua_upvalueindex(1)) + 1;
    if (lua_isnil(L, lua_upvalueindex(2))) {
        lua_pushinteger(L, at);
        if (lua_rawgeti(L, 1, at) != LUA_TNIL) {
            lua_pushinteger(L, at);
            lua_replace(L, lua_upvalueindex(1));
            return 2;
        }
        lua_settop(L, 1);
        push_rest(L, at - 1);
        lua_replace(L, lua_upvalueindex(2));
        at = 1;
    }
    for (;; at++) {
        lua_settop(L, 1);
        if (lua_rawgeti(L, lua_upvalueindex(2), at) == LUA_TNIL) return 1;
        lua_pushvalue(L, -1);
        if (lua_rawget(L, 1) != LUA_TNIL) break;
    }
    lua_pushinteger(L, at);
    lua_replace(L, lua_upvalueindex(1));
    return 2;
}

static int run_pairs(lua_State *L)
{
    if (lua_type(L, 1) != LUA_TTABLE) {
        kh_script_fail_argument(L, 1, "a table is needed, not %s", kh_value_name(L, 1));
    }
    lua_pushinteger(L, 0);
    lua_pushnil(L);
    lua_pushcclosure(L, iterate, 2);
    lua_pushvalue(L, 1);
    return 2;
}

static int iterate_list(lua_State *L)
{
    lua_Integer i = lua_tointeger(L, 2) + 1;
    lua_pushinteger(L, i);
    return lua_geti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

static int run_ipairs(lua_State *L)
{
    if (lua_type(L, 1) != LUA_TTABLE) {
        kh_script_fail_argument(L, 1, "a table is needed, not %s", kh_value_name(L, 1));
    }
    lua_pushcfunction(L, iterate_list);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

/* ---- values -------------------------------------------------------------------------------- */

const char *kh_library_text(lua_State *L, int index, size_t *length)
{
    char number[KH_DECIMAL_TEXT];
    index = lua_absindex(L, index);
    switch (lua_type(L, index)) {
    case LUA_TSTRING: lua_pushvalue(L, index); break;
    case LUA_TBOOLEAN: lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false"); break;
    case LUA_TNIL: lua_pushliteral(L, "nil"); break;
    default:
        if (kh_value_is_operand(L, index)) {
            lua_pushlstring(L, number, kh_number_text(L, index, number));
        } else {
            lua_pushstring(L, luaL_typename(L, index));
        }
    }
    return lua_tolstring(L, -1, length);
}

static int run_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    kh_library_text(L, 1, NULL);
    return 1;
}

static int run_tonumber(lua_State *L)
{
    luaL_checkany(L, 1);
    if (!lua_isnoneornil(L, 2))
        kh_script_fail_argument(L, 2, "other bases than 10 are not available");
    if (lua_type(L, 1) != LUA_TSTRING) {
        lua_settop(L, 1);
        if (!kh_value_is_operand(L, 1)) lua_pushnil(L);
        return 1;
    }
    size_t length;
    const char *text = lua_tolstring(L, 1, &length), *end = text + length;
    while (text < end && kh_text_is_space(*text)) text++;
    while (end > text && kh_text_is_space(end[-1])) end--;
    bool negative = text < end && *text == '-';
    if (text < end && (*text == '-' || *text == '+')) text++;
    kh_decimal value;
    int64_t whole;
    if (kh_syntax_number(&value, text, (size_t)(end - text), NULL) < 0) return lua_pushnil(L), 1;
    if (negative) value = kh_dec_neg(value);
    if (end - text <= 8 && kh_dec_places(value) == 0 && kh_dec_to_int(&whole, value)) {
        lua_pushinteger(L, whole);
    } else {
        kh_number_push(L, value);
    }
    return 1;
}

static int run_type(lua_State *L)
{
    luaL_checkany(L, 1);
    bool decimal = lua_isuserdata(L, 1) && kh_value_is_operand(L, 1);
    lua_pushstring(L, decimal ? "number" : luaL_typename(L, 1));
    return 1;
}

static int run_select(lua_State *L)
{
    int count = lua_gettop(L);
    if (lua_type(L, 1) == LUA_TSTRING && !strcmp(lua_tostring(L, 1), "#")) {
        lua_pushinteger(L, count - 1);
        return 1;
    }
    int64_t n = 0;
    if (!kh_number_int(L, 1, &n)) kh_script_fail_argument(L, 1, "'#' or a whole number is needed");
    if (n < 0) n = count + n;
    if (n < 1) kh_script_fail_argument(L, 1, "there is no such argument");
    kh_script_charge(L, (size_t)count / 4);
    return n >= count ? 0 : count - (int)n;
}

static int run_error(lua_State *L)
{
    int64_t level = 1;
    if (!lua_isstring(L, 1) && (lua_isnoneornil(L, 1) || !kh_value_is_operand(L, 1))) {
        return kh_script_fail(L, "error(...) needs a text that says what is wrong, not %s",
                              kh_value_name(L, 1));
    }
    if (!lua_isnoneornil(L, 2) && !kh_number_int(L, 2, &level)) level = 1;
    luaL_where(L, level == 2 ? 2 : 1);
    kh_library_text(L, 1, NULL);
    lua_concat(L, 2);
    return lua_error(L);
}

static int run_assert(lua_State *L)
{
    luaL_checkany(L, 1);
    if (lua_toboolean(L, 1)) return lua_gettop(L);
    if (lua_isnoneornil(L, 2)) return kh_script_fail(L, "assertion failed");
    return kh_script_fail(L, "%s", kh_library_text(L, 2, NULL));
}

/* ---- table --------------------------------------------------------------------------------- */

lua_Integer kh_library_integer(lua_State *L, int argument, lua_Integer otherwise)
{
    int64_t value = otherwise;
    if (!lua_isnoneornil(L, argument) && !kh_number_int(L, argument, &value)) {
        kh_script_fail_argument(L, argument, "a whole number is needed");
    }
    return value;
}

static int table_insert(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer end = (lua_Integer)lua_rawlen(L, 1) + 1, at = end;
    int count = lua_gettop(L);
    if (count == 3) {
        at = kh_library_integer(L, 2, end);
        if (at < 1 || at > end)
            kh_script_fail_argument(L, 2, "the position lies outside of the list");
        kh_script_charge(L, 2 * (size_t)(end - at));
        for (lua_Integer i = end; i > at; i--) {
            lua_geti(L, 1, i - 1);
            lua_seti(L, 1, i);
        }
    } else if (count != 2) {
        return kh_script_fail(L, "table.insert takes (list, value) or (list, position, value)");
    }
    lua_seti(L, 1, at);
    return 0;
}

static int table_remove(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer length = (lua_Integer)lua_rawlen(L, 1);
    lua_Integer at = kh_library_integer(L, 2, length);
    if (length == 0 && at == length) return lua_pushnil(L), 1;
    if (at < 1 || at > length)
        kh_script_fail_argument(L, 2, "the position lies outside of the list");
    kh_script_charge(L, 2 * (size_t)(length - at));
    lua_geti(L, 1, at);
    for (; at < length; at++) {
        lua_geti(L, 1, at + 1);
        lua_seti(L, 1, at);
    }
    lua_pushnil(L);
    lua_seti(L, 1, at);
    return 1;
}

static int table_pack(lua_State *L)
{
    int count = lua_gettop(L);
    lua_createtable(L, count, 1);
    lua_insert(L, 1);
    for (int i = count; i >= 1; i--) lua_rawseti(L, 1, i);
    lua_pushinteger(L, count);
    lua_setfield(L, 1, "n");
    return 1;
}

static int table_unpack(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer from = kh_library_integer(L, 2, 1);
    lua_Integer to = kh_library_integer(L, 3, (lua_Integer)lua_rawlen(L, 1));
    if (from > to) return 0;
    lua_Unsigned count = (lua_Unsigned)to - (lua_Unsigned)from;
    if (count >= 1000) return kh_script_fail(L, "table.unpack gives at most 1000 values");
    kh_script_charge(L, count);
    luaL_checkstack(L, (int)count + 1, kh_tr("too many values"));
    for (lua_Unsigned i = 0; i <= count; i++) lua_geti(L, 1, from + (lua_Integer)i);
    return (int)count + 1;
}

static int table_concat(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    size_t between, length, total = 0;
    const char *separator = luaL_optlstring(L, 2, "", &between);
    lua_Integer from = kh_library_integer(L, 3, 1);
    lua_Integer to = kh_library_integer(L, 4, (lua_Integer)lua_rawlen(L, 1));
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (lua_Integer i = from; i <= to; i++) {
        kh_script_charge(L, 4);
        lua_geti(L, 1, i);
        if (!lua_isstring(L, -1) && (lua_isnil(L, -1) || !kh_value_is_operand(L, lua_gettop(L)))) {
            return kh_script_fail(L, "element %lld is %s; only texts and numbers can be joined", i,
                                  kh_value_name(L, lua_gettop(L)));
        }
        kh_library_text(L, -1, &length);
        lua_remove(L, -2);
        kh_text_limit(L, total, total + length + between);
        total += length + between;
        luaL_addvalue(&buffer);
        if (i < to) luaL_addlstring(&buffer, separator, between);
        if (i == LUA_MAXINTEGER) break;
    }
    luaL_pushresult(&buffer);
    return 1;
}

/* Is the value on top less than the one below it? */
static bool is_less(lua_State *L)
{
    if (lua_isnil(L, 2)) return lua_compare(L, -1, -2, LUA_OPLT);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -4);
    lua_call(L, 2, 1);
    bool less = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return less;
}

/* Merge the sorted runs [low, middle) and [middle, high) of the list at 3 into the one at 4. */
static void merge(lua_State *L, int from, int to, lua_Integer low, lua_Integer middle,
                  lua_Integer high)
{
    lua_Integer left = low, right = middle;
    for (lua_Integer at = low; at < high; at++) {
        bool take_right = left >= middle;
        if (left < middle && right < high) {
            lua_rawgeti(L, from, left);
            lua_rawgeti(L, from, right);
            take_right = is_less(L);
            lua_pop(L, 2);
        }
        lua_rawgeti(L, from, take_right ? right++ : left++);
        lua_rawseti(L, to, at);
    }
}

/* A stable merge sort on copies: what a comparator answers or does cannot break it. */
static int table_sort(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_Integer length = (lua_Integer)lua_rawlen(L, 1);
    lua_createtable(L, (int)length, 0);
    lua_createtable(L, (int)length, 0);
    for (lua_Integer i = 1; i <= length; i++) {
        if (lua_geti(L, 1, i) == LUA_TNIL) return kh_script_fail(L, "element %d is nil", (int)i);
        lua_rawseti(L, 3, i);
    }
    int from = 3, to = 4;
    for (lua_Integer width = 1; width < length; width *= 2) {
        kh_script_charge(L, 8 * (size_t)length);
        for (lua_Integer low = 1; low <= length; low += 2 * width) {
            lua_Integer middle = low + width, high = middle + width;
            if (middle > length) middle = length + 1;
            if (high > length) high = length + 1;
            merge(L, from, to, low, middle, high);
        }
        from = 7 - from;
        to = 7 - to;
    }
    for (lua_Integer i = 1; i <= length; i++) {
        lua_rawgeti(L, from, i);
        lua_seti(L, 1, i);
    }
    return 0;
}

void kh_library_open(lua_State *L)
{
    static const luaL_Reg globals[] = {{"assert", run_assert},     {"error", run_error},
                                       {"ipairs", run_ipairs},     {"pairs", run_pairs},
                                       {"next", run_next},         {"select", run_select},
                                       {"tonumber", run_tonumber}, {"tostring", run_tostring},
                                       {"type", run_type},         {NULL, NULL}};
    static const luaL_Reg table[] = {{"concat", table_concat},
                                     {"insert", table_insert},
                                     {"pack", table_pack},
                                     {"remove", table_remove},
                                     {"sort", table_sort},
                                     {"unpack", table_unpack},
                                     {NULL, NULL}};
    lua_pushglobaltable(L);
    luaL_setfuncs(L, globals, 0);
    luaL_newlib(L, table);
    kh_library_protect(L, "table");
    lua_setfield(L, -2, "table");
    kh_library_guard(L, "");
    lua_pop(L, 1);
}
