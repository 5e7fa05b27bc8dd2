/* Values of rules between JSON and Lua: pushing inputs, filling in defaults, writing outputs. */
#include "scheme/schema.h"

#include "base/decimal.h"
#include "script/sandbox.h"

#include <lauxlib.h>
#include <string.h>

/* Stands for a null of JSON until kh_schema_fill() takes it out. */
static const char null_mark;

static kh_decimal read_number(const char *text)
{
    kh_decimal number = KH_ABSENT;
    kh_dec_parse(&number, text, strlen(text), NULL);
    return number;
}

void kh_schema_push(lua_State *L, const kh_schema *type, const kh_json *value)
{
    luaL_checkstack(L, 4, kh_tr("values are nested too deeply"));
    if (value->kind == KH_JSON_NULL) {
        lua_pushlightuserdata(L, (void *)(uintptr_t)&null_mark);
        return;
    }
    int64_t whole = 0;
    switch (type->kind) {
    case KH_SCHEMA_NUMBER: kh_number_push(L, read_number(value->text)); return;
    case KH_SCHEMA_WHOLE:
        kh_dec_to_int(&whole, read_number(value->text));
        lua_pushinteger(L, whole);
        return;
    case KH_SCHEMA_BOOL: lua_pushboolean(L, value->truth); return;
    case KH_SCHEMA_LIST:
        lua_createtable(L, (int)value->count, 0);
        for (uint32_t i = 0; i < value->count; i++) {
            kh_schema_push(L, type->element, value->items[i]);
            lua_rawseti(L, -2, (lua_Integer)i + 1);
        }
        return;
    case KH_SCHEMA_RECORD:
        lua_createtable(L, 0, (int)value->count);
        for (uint32_t i = 0; i < type->field_count; i++) {
            const kh_json *item = kh_json_get(value, type->fields[i].name);
            if (!item) continue;
            kh_schema_push(L, type->fields[i].type, item);
            lua_setfield(L, -2, type->fields[i].name);
        }
        return;
    default: lua_pushstring(L, value->text); return;
    }
}

/* ---- defaults ------------------------------------------------------------------------------ */

static void check_names(lua_State *L, const kh_schema *record, int index, const char *what)
{
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TLIGHTUSERDATA) continue; /* hidden from scripts */
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "[]";
        if (kh_schema_find(record, key)) continue;
        const char *near = kh_schema_nearest(record, key);
        if (near) kh_script_fail(L, "%s has no input '%s'; did you mean '%s'?", what, key, near);
        kh_script_fail(L, "%s has no input '%s'", what, key);
    }
}

static bool is_null(lua_State *L, const kh_schema *type)
{
    if (lua_touserdata(L, -1) == &null_mark) return true;
    return type->nullable && type->kind != KH_SCHEMA_BOOL && lua_isboolean(L, -1) &&
           !lua_toboolean(L, -1);
}

/* ( value -- value ) with the defaults of the records inside */
static void fill_value(lua_State *L, const kh_schema *type, const char *what)
{
    if (!lua_istable(L, -1)) return;
    int value = lua_gettop(L);
    if (type->kind == KH_SCHEMA_RECORD) {
        kh_schema_fill(L, type, value, what);
        lua_replace(L, value);
    } else if (type->kind == KH_SCHEMA_LIST && type->element->kind == KH_SCHEMA_RECORD) {
        lua_Integer count = (lua_Integer)lua_rawlen(L, value);
        lua_createtable(L, (int)count, 0);
        for (lua_Integer i = 1; i <= count; i++) {
            lua_rawgeti(L, value, i);
            fill_value(L, type->element, what);
            lua_rawseti(L, value + 1, i);
        }
        lua_replace(L, value);
    }
}

void kh_schema_fill(lua_State *L, const kh_schema *record, int index, const char *what)
{
    luaL_checkstack(L, 8, kh_tr("values are nested too deeply"));
    index = lua_absindex(L, index);
    check_names(L, record, index, what);
    lua_createtable(L, 0, (int)record->field_count);
    for (uint32_t i = 0; i < record->field_count; i++) {
        const kh_schema_field *field = &record->fields[i];
        lua_pushstring(L, field->name);
        if (lua_rawget(L, index) == LUA_TNIL) {
            lua_pop(L, 1);
            if (field->otherwise) {
                kh_schema_push(L, field->type, field->otherwise);
            } else if (field->type->optional) {
                lua_newtable(L);
            } else {
                continue; /* absent, as everywhere in Lua */
            }
        }
        if (is_null(L, field->type)) {
            lua_pop(L, 1);
            continue;
        }
        fill_value(L, field->type, what);
        lua_setfield(L, -2, field->name);
    }
}

/* ---- outputs ------------------------------------------------------------------------------- */

/* "gave a table where a number is wanted" */
static void refuse(lua_State *L, const char *path, const char *wanted)
{
    if (lua_isnil(L, -1))
        kh_script_fail(L, "the rule gave no '%s'; %s is wanted", path, kh_tr(wanted));
    kh_script_fail(L, "the rule gave a %s as '%s'; %s is wanted", kh_tr(luaL_typename(L, -1)), path,
                   kh_tr(wanted));
}

static void write_number(lua_State *L, const kh_schema *type, const char *path, kh_buf *out)
{
    char text[KH_DECIMAL_TEXT];
    kh_decimal number = KH_ABSENT;
    int64_t whole;
    bool is_whole = type->kind == KH_SCHEMA_WHOLE;
    if (!kh_number_get(L, -1, &number) || kh_is_absent(number)) refuse(L, path, "a number");
    if (is_whole && !kh_dec_to_int(&whole, number)) refuse(L, path, "a whole number");
    kh_dec_format(text, number, is_whole ? 0 : type->places, false);
    kh_buf_printf(out, "\"%s\"", text);
}

static void write_list(lua_State *L, const kh_schema *type, const char *path, kh_buf *out)
{
    if (!lua_istable(L, -1)) refuse(L, path, "a list");
    int list = lua_gettop(L);
    lua_Integer count = (lua_Integer)lua_rawlen(L, list);
    kh_buf_text(out, "[");
    for (lua_Integer i = 1; i <= count; i++) {
        if (i > 1) kh_buf_text(out, ",");
        lua_rawgeti(L, list, i);
        kh_schema_write(L, type->element, -1, path, out);
        lua_pop(L, 1);
    }
    kh_buf_text(out, "]");
}

static void write_record(lua_State *L, const kh_schema *type, const char *path, kh_buf *out)
{
    if (!lua_istable(L, -1)) refuse(L, path, "a table");
    int record = lua_gettop(L);
    kh_buf_text(out, "{");
    for (uint32_t i = 0; i < type->field_count; i++) {
        const kh_schema_field *field = &type->fields[i];
        kh_buf_printf(out, "%s\"%s\":", i ? "," : "", field->name);
        lua_getfield(L, record, field->name);
        kh_schema_write(L, field->type, -1, field->name, out);
        lua_pop(L, 1);
    }
    kh_buf_text(out, "}");
    for (lua_pushnil(L); lua_next(L, record); lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TLIGHTUSERDATA) continue;
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "[]";
        if (!kh_schema_find(type, key)) {
            kh_script_fail(L, "the rule gave '%s', which is not among its outputs%s%s", key,
                           *path ? kh_tr(" in ") : "", path);
        }
    }
}

void kh_schema_write(lua_State *L, const kh_schema *type, int index, const char *path, kh_buf *out)
{
    luaL_checkstack(L, 8, kh_tr("values are nested too deeply"));
    lua_pushvalue(L, index);
    if (lua_isnil(L, -1) && type->nullable) {
        kh_buf_text(out, "null");
    } else if (type->kind <= KH_SCHEMA_WHOLE) {
        write_number(L, type, path, out);
    } else if (type->kind == KH_SCHEMA_BOOL) {
        if (!lua_isboolean(L, -1)) refuse(L, path, "true or false");
        kh_buf_text(out, lua_toboolean(L, -1) ? "true" : "false");
    } else if (type->kind == KH_SCHEMA_LIST) {
        write_list(L, type, path, out);
    } else if (type->kind == KH_SCHEMA_RECORD) {
        write_record(L, type, path, out);
    } else {
        if (lua_type(L, -1) != LUA_TSTRING) refuse(L, path, "a text");
        kh_buf_json(out, lua_tostring(L, -1));
    }
    lua_pop(L, 1);
}
