/* Lua values become settings, with the places where they were written, and come back. */
#include "script/sandbox.h"

#include "base/decimal.h"
#include "base/text.h"
#include "script/number.h"
#include "script/state.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MOST = 100, VALUES_MOST = 1000000 };

typedef struct conversion {
    kh_script *script;
    kh_arena *arena;
    kh_diags *diags;
    kh_place place;
    const kh_setting *result;
    const void *tables[DEPTH_MOST]; /* being converted, the outermost first */
    int depth;
    uint32_t values;
    bool failed;
} conversion;

void kh_script_tag(lua_State *L, kh_setting_kind kind, const char *name)
{
    const char *old;
    if (kh_script_tag_of(L, -1, &old) != KH_SETTING_TABLE) {
        kh_script_fail(L, "this table is '%s' already and cannot be '%s', too", old, name);
    }
    lua_pushinteger(L, kind);
    lua_rawsetp(L, -2, &kh_kind_key);
    lua_pushstring(L, name);
    lua_rawsetp(L, -2, &kh_name_key);
}

kh_setting_kind kh_script_tag_of(lua_State *L, int index, const char **name)
{
    kh_setting_kind kind = KH_SETTING_TABLE;
    *name = NULL;
    index = lua_absindex(L, index);
    if (lua_rawgetp(L, index, &kh_kind_key) == LUA_TNUMBER) {
        kind = (kh_setting_kind)lua_tointeger(L, -1);
        lua_rawgetp(L, index, &kh_name_key);
        *name = lua_tostring(L, -1); /* the table keeps it alive */
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return kind;
}

__attribute__((format(printf, 3, 4))) static void fail(conversion *job, kh_place place,
                                                       const char *format, ...)
{
    char text[KH_ERROR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, dgettext("kaohe", format), args);
    va_end(args);
    kh_error_trim(text, sizeof text);
    kh_diag_add(job->diags, KH_DIAG_ERROR, place, "%s", text);
    job->failed = true;
}

static const kh_syntax_site *site_of(const conversion *job, lua_State *L, int index)
{
    static const kh_syntax_site nowhere;
    lua_rawgetp(L, index, &kh_site_key);
    int is_number;
    lua_Integer number = lua_tointegerx(L, -1, &is_number);
    lua_pop(L, 1);
    if (!is_number) return &nowhere;
    return &job->script->chunks[number / KH_SYNTAX_CHUNK]->sites[number % KH_SYNTAX_CHUNK];
}

static void read_value(conversion *job, lua_State *L, int index, kh_place place, kh_setting *out);

static const char *read_text(conversion *job, lua_State *L, int index, kh_place place)
{
    size_t length;
    const char *text = lua_tolstring(L, index, &length);
    if (strlen(text) != length || kh_utf8_check(text, length) != length) {
        fail(job, place, "this text holds bytes that are not UTF-8 text");
        return "";
    }
    return kh_arena_bytes(job->arena, text, length);
}

/* Elements 1 .. n of the table. */
static void read_list(conversion *job, lua_State *L, int table, const kh_syntax_site *site,
                      kh_setting *out)
{
    uint32_t count = 0;
    while (lua_rawgeti(L, table, (lua_Integer)count + 1) != LUA_TNIL && count < VALUES_MOST) {
        lua_pop(L, 1);
        count++;
    }
    lua_pop(L, 1);
    if (count == 0) return;
    kh_setting *values = kh_arena_array(job->arena, count, sizeof *values);
    const kh_setting **list = kh_arena_array(job->arena, count, sizeof *list);
    for (uint32_t i = 0; i < count; i++) values[i].place = out->place;
    for (uint32_t i = 0; i < site->field_count; i++) {
        const kh_syntax_field *field = &site->fields[i];
        if (field->index > 0 && field->index <= count) {
            values[field->index - 1].place = field->value_place;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        lua_rawgeti(L, table, (lua_Integer)i + 1);
        read_value(job, L, lua_gettop(L), values[i].place, &values[i]);
        lua_pop(L, 1);
        list[i] = &values[i];
    }
    out->list = list;
    out->list_count = count;
}

/* The number of text keys; anything else but list positions is a mistake. */
static uint32_t count_keys(conversion *job, lua_State *L, int table, const kh_syntax_site *site,
                           const kh_setting *out)
{
    uint32_t count = 0;
    bool hole = false;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        int type = lua_type(L, -2);
        lua_Integer at = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
        if (type == LUA_TSTRING) {
            count++;
        } else if (type == LUA_TNUMBER && at > 0 && !hole && at > out->list_count) {
            hole = true; /* told once */
            kh_place place = out->place;
            for (uint32_t i = 0; i < site->field_count; i++) {
                if (site->fields[i].index == out->list_count + 1) {
                    place = site->fields[i].value_place;
                }
            }
            fail(job, place, "the list has a hole: its element %u is absent (nil)",
                 out->list_count + 1);
        } else if (type != LUA_TLIGHTUSERDATA && at <= 0) {
            fail(job, out->place, "a key must be a name or a list position, not %s",
                 type == LUA_TNUMBER ? kh_tr("a number below 1")
                                     : kh_value_name(L, lua_gettop(L) - 1));
        }
    }
    return count;
}

/* One keyed entry; the value is on top of the Lua stack. */
static void add_entry(conversion *job, lua_State *L, kh_setting *out, kh_entry *entries,
                      kh_entry entry, kh_place place)
{
    kh_setting *value = kh_arena_alloc(job->arena, sizeof *value);
    value->place = place;
    read_value(job, L, lua_gettop(L), place, value);
    entry.value = value;
    entries[out->entry_count++] = entry;
}

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const kh_entry *)a)->key, ((const kh_entry *)b)->key);
}

/* Entries in the order written; those that were added later follow, sorted. */
static void read_entries(conversion *job, lua_State *L, int table, const kh_syntax_site *site,
                         kh_setting *out)
{
    uint32_t count = count_keys(job, L, table, site, out);
    if (count == 0) return;
    kh_entry *entries = kh_arena_array(job->arena, count, sizeof *entries);
    for (uint32_t i = 0; i < site->field_count; i++) {
        const kh_syntax_field *field = &site->fields[i];
        if (!field->key) continue;
        lua_pushstring(L, field->key);
        if (lua_rawget(L, table) != LUA_TNIL) {
            add_entry(job, L, out, entries, (kh_entry){field->key, field->key_place, NULL},
                      field->value_place);
        }
        lua_pop(L, 1);
    }
    uint32_t written = out->entry_count;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) continue;
        const char *key = lua_tostring(L, -2);
        uint32_t i = 0;
        while (i < written && strcmp(entries[i].key, key) != 0) i++;
        if (i < written) continue;
        kh_entry entry = {read_text(job, L, lua_gettop(L) - 1, out->place), out->place, NULL};
        add_entry(job, L, out, entries, entry, out->place);
    }
    qsort(entries + written, out->entry_count - written, sizeof *entries, compare_entries);
    out->entries = entries;
}

static void read_table(conversion *job, lua_State *L, int index, kh_setting *out)
{
    const void *self = lua_topointer(L, index);
    for (int i = 0; i < job->depth; i++) {
        if (job->tables[i] != self) continue;
        fail(job, out->place, "this table contains itself");
        return;
    }
    if (job->depth == DEPTH_MOST) {
        fail(job, out->place, "tables are nested more than %d deep", DEPTH_MOST);
        return;
    }
    luaL_checkstack(L, 10, kh_tr("settings"));
    job->tables[job->depth++] = self;
    const kh_syntax_site *site = site_of(job, L, index);
    if (out->place.line == 0 && site->place.line > 0) out->place = site->place;
    const char *name;
    out->kind = kh_script_tag_of(L, index, &name);
    if (name) out->text = kh_arena_text(job->arena, name);
    read_list(job, L, index, site, out);
    read_entries(job, L, index, site, out);
    job->depth--;
}

static void read_value(conversion *job, lua_State *L, int index, kh_place place, kh_setting *out)
{
    if (++job->values > VALUES_MOST) kh_script_fail(L, "more than %d settings", VALUES_MOST);
    out->place = place;
    kh_value value;
    kh_value_get(L, index, &value);
    switch (lua_type(L, index)) {
    case LUA_TBOOLEAN:
        out->kind = KH_SETTING_BOOL;
        out->boolean = lua_toboolean(L, index);
        return;
    case LUA_TSTRING:
        out->kind = KH_SETTING_TEXT;
        out->text = read_text(job, L, index, place);
        return;
    case LUA_TFUNCTION:
        out->kind = KH_SETTING_FUNCTION;
        lua_pushvalue(L, index);
        out->ref = luaL_ref(L, LUA_REGISTRYINDEX);
        return;
    case LUA_TTABLE: read_table(job, L, index, out); return;
    default: break;
    }
    if (value.kind == VALUE_WHOLE || value.kind == VALUE_DECIMAL) {
        out->kind = KH_SETTING_NUMBER;
        out->number = kh_value_decimal(&value);
    } else {
        fail(job, place, "a setting cannot be %s", kh_value_name(L, index));
    }
}

/* run(context, value) */
static int run_conversion(lua_State *L)
{
    conversion *job = lua_touserdata(L, 1);
    kh_setting *result = kh_arena_alloc(job->arena, sizeof *result);
    read_value(job, L, 2, job->place, result);
    job->result = result;
    return 0;
}

kh_status kh_script_setting(kh_script *script, int index, kh_place fallback, kh_arena *arena,
                            const kh_setting **out, kh_diags *diags)
{
    conversion job = {.script = script, .arena = arena, .diags = diags, .place = fallback};
    kh_error err = KH_ERROR_INIT;
    kh_status rc = kh_fail(&err, KH_ELIMIT, "too many values on the Lua stack");
    if (lua_checkstack(script->L, 1)) {
        err = (kh_error)KH_ERROR_INIT;
        lua_pushvalue(script->L, index);
        rc = kh_script_protect(script, run_conversion, &job, 1, 0, &err);
    }
    if (rc < 0) kh_diag_error(diags, fallback, &err);
    *out = job.result;
    return rc == KH_OK && job.failed ? KH_EUSAGE : rc;
}

void kh_script_push_setting(lua_State *L, const kh_setting *value)
{
    luaL_checkstack(L, 4, kh_tr("a setting is nested too deeply"));
    switch (value->kind) {
    case KH_SETTING_BOOL: lua_pushboolean(L, value->boolean); return;
    case KH_SETTING_NUMBER: {
        int64_t whole;
        if (kh_dec_places(value->number) == 0 && kh_dec_to_int(&whole, value->number)) {
            lua_pushinteger(L, whole);
        } else {
            kh_number_push(L, value->number);
        }
        return;
    }
    case KH_SETTING_TABLE:
        lua_createtable(L, (int)value->list_count, (int)value->entry_count);
        for (uint32_t i = 0; i < value->list_count; i++) {
            kh_script_push_setting(L, value->list[i]);
            lua_rawseti(L, -2, i + 1);
        }
        for (uint32_t i = 0; i < value->entry_count; i++) {
            kh_script_push_setting(L, value->entries[i].value);
            lua_setfield(L, -2, value->entries[i].key);
        }
        return;
    case KH_SETTING_FUNCTION: lua_rawgeti(L, LUA_REGISTRYINDEX, value->ref); return;
    default: lua_pushstring(L, value->text); return;
    }
}
