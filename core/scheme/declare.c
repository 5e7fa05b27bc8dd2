/* The declaration language: what project and scheme files say, statement by statement. */
#include "scheme/declare.h"

#include "base/text.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

enum { INSTRUCTIONS = 20 * 1000 * 1000 }; /* for one file; a scheme needs some thousands */

const char *kh_word_name(kh_word_kind kind)
{
    static const char *const names[] = {"scheme",  "subject", "calendar", "score",
                                        "dataset", "lookup",  "owner",    "measure",
                                        "records", "param",   "metric"};
    return names[kind];
}

static bool has_name(kh_word_kind kind)
{
    return kind >= KH_WORD_DATASET;
}

static kh_statement *add_statement(kh_statements *all)
{
    if (all->count == all->capacity) {
        uint32_t capacity = all->capacity ? all->capacity * 2 : 32;
        kh_statement *items = kh_arena_array(all->arena, capacity, sizeof *items);
        if (all->count) memcpy(items, all->items, all->count * sizeof *items);
        all->items = items;
        all->capacity = capacity;
    }
    return &all->items[all->count++];
}

/* Upvalues: statements, kind; for a named word also name, and its places as a userdata. */
typedef struct named_place {
    kh_place word, name;
} named_place;

/* ( table -- ) The table of a statement arrives: keep it as settings. */
static void take_table(lua_State *L, kh_statements *all, kh_word_kind kind, const char *name,
                       kh_place place, kh_place name_place)
{
    if (!lua_istable(L, 1)) {
        kh_script_fail(L, "write %s%s%s%s { ... }, with a table", kh_word_name(kind),
                       name ? " \"" : "", name ? name : "", name ? "\"" : "");
    }
    const kh_setting *table = NULL;
    if (kh_script_setting(kh_script_of(L), 1, place, all->arena, &table, all->diags) < 0) return;
    kh_statement *statement = add_statement(all);
    *statement = (kh_statement){kind, name ? kh_arena_text(all->arena, name) : NULL, place,
                                name_place, table};
}

bool kh_param_fits(const kh_setting *value, bool number, const kh_setting *other)
{
    if (other->kind == KH_SETTING_NUMBER && number) return true;
    if (other->kind == KH_SETTING_BOOL && number) return !other->boolean;
    return other->kind == value->kind;
}

/* ( table -- value ) A parameter's value in this project, so that the scheme can be built by it.
   One of the wrong kind is left for kh_build_overrides() to refuse. */
static void push_param(lua_State *L, const kh_statements *all, const kh_statement *statement)
{
    const kh_setting *value = kh_setting_get(statement->table, "value");
    const kh_setting *number = kh_setting_get(statement->table, "number");
    for (int i = 1; value && i >= 0; i--) { /* the weaker first: the last that fits stands */
        const kh_setting *other =
            all->params[i] ? kh_setting_get(all->params[i], statement->name) : NULL;
        if (other && kh_param_fits(value, number && number->boolean, other)) value = other;
    }
    if (value) kh_script_push_setting(L, value);
    else lua_pushnil(L);
}

static int named_table(lua_State *L)
{
    kh_statements *all = lua_touserdata(L, lua_upvalueindex(1));
    kh_word_kind kind = (kh_word_kind)lua_tointeger(L, lua_upvalueindex(2));
    const char *name = lua_tostring(L, lua_upvalueindex(3));
    const named_place *places = lua_touserdata(L, lua_upvalueindex(4));
    all->open--;
    uint32_t before = all->count;
    take_table(L, all, kind, name, places->word, places->name);
    if (kind != KH_WORD_PARAM || all->count == before) return 0;
    push_param(L, all, &all->items[before]);
    return 1;
}

/* measure "name": returns the function that waits for the table. */
static int named_word(lua_State *L)
{
    kh_statements *all = lua_touserdata(L, lua_upvalueindex(1));
    kh_word_kind kind = (kh_word_kind)lua_tointeger(L, lua_upvalueindex(2));
    if (lua_type(L, 1) != LUA_TSTRING) {
        return kh_script_fail(L, "write %s \"name\" { ... }", kh_word_name(kind));
    }
    const char *name = lua_tostring(L, 1);
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_pushvalue(L, 1);
    named_place *places = lua_newuserdatauv(L, sizeof *places, 0);
    places->word = kh_script_here(L, name, &places->name);
    all->open++;
    all->open_place = places->word;
    all->open_name = kh_arena_printf(all->arena, "%s \"%s\"", kh_word_name(kind), name);
    lua_pushcclosure(L, named_table, 4);
    return 1;
}

static int plain_word(lua_State *L)
{
    kh_statements *all = lua_touserdata(L, lua_upvalueindex(1));
    kh_word_kind kind = (kh_word_kind)lua_tointeger(L, lua_upvalueindex(2));
    kh_place place = kh_script_here(L, NULL, NULL);
    lua_settop(L, 1);
    take_table(L, all, kind, NULL, place, place);
    return 0;
}

/* csv { ... }, project { ... }: the table itself, marked. */
static int constructor(lua_State *L)
{
    const char *name = lua_tostring(L, lua_upvalueindex(1));
    if (lua_gettop(L) == 0) lua_newtable(L);
    if (!lua_istable(L, 1)) return kh_script_fail(L, "write %s { ... }, with a table", name);
    lua_settop(L, 1);
    kh_script_tag(L, KH_SETTING_PLUGIN, name);
    return 1;
}

/* env "NAME", file "PATH". */
static int reference(lua_State *L)
{
    kh_setting_kind kind = (kh_setting_kind)lua_tointeger(L, lua_upvalueindex(1));
    if (lua_type(L, 1) != LUA_TSTRING) {
        return kh_script_fail(L, "write %s",
                              kind == KH_SETTING_ENV ? "env \"NAME\"" : "file \"PATH\"");
    }
    lua_newtable(L);
    kh_script_tag(L, kind, lua_tostring(L, 1));
    return 1;
}

typedef struct opening {
    kh_statements *out;
    const char *const *plugins;
} opening;

static int open_words(lua_State *L)
{
    const opening *o = lua_touserdata(L, 1);
    for (kh_word_kind kind = KH_WORD_SCHEME; kind < KH_WORD_COUNT; kind++) {
        lua_pushlightuserdata(L, o->out);
        lua_pushinteger(L, kind);
        lua_pushcclosure(L, has_name(kind) ? named_word : plain_word, 2);
        lua_setglobal(L, kh_word_name(kind));
    }
    for (const char *const *name = o->plugins; *name; name++) {
        lua_pushstring(L, *name);
        lua_pushcclosure(L, constructor, 1);
        lua_setglobal(L, *name);
    }
    lua_newtable(L); /* formulas name it; each run fills it in */
    lua_setglobal(L, "period");
    lua_pushliteral(L, "project");
    lua_pushcclosure(L, constructor, 1);
    lua_setglobal(L, "project");
    static const struct {
        const char *name;
        kh_setting_kind kind;
    } references[] = {{"env", KH_SETTING_ENV}, {"file", KH_SETTING_FILE}};
    for (int i = 0; i < 2; i++) {
        lua_pushinteger(L, references[i].kind);
        lua_pushcclosure(L, reference, 1);
        lua_setglobal(L, references[i].name);
    }
    return 0;
}

kh_status kh_declare_open(kh_script *script, kh_statements *out, const char *const *plugins,
                          kh_error *err)
{
    opening o = {out, plugins};
    return kh_script_protect(script, open_words, &o, 0, 0, err);
}

kh_status kh_declare_file(kh_script *script, kh_statements *out, const char *path,
                          const kh_setting **value, kh_error *err)
{
    lua_State *L = kh_script_lua(script);
    kh_buf text = {0};
    *value = NULL;
    kh_status rc = kh_file_read(&text, path, err);
    if (rc == KH_OK) {
        rc = kh_script_load(script, path, text.data, text.size, KH_SCRIPT_SITES, out->diags);
        if (rc < 0) kh_fail(err, rc, "'%s' has mistakes", path);
    }
    kh_buf_fini(&text);
    if (rc < 0) return rc;
    rc = kh_script_call(script, 0, 1, INSTRUCTIONS, err);
    if (rc < 0) return rc;
    if (!lua_isnil(L, -1)) {
        kh_place place = {path, 1, 0};
        rc = kh_script_setting(script, lua_gettop(L), place, out->arena, value, out->diags);
        if (rc < 0) kh_fail(err, rc, "'%s' has mistakes", path);
    }
    lua_pop(L, 1);
    if (rc == KH_OK && out->open) {
        kh_diag_add(out->diags, KH_DIAG_ERROR, out->open_place,
                    "%s has no table behind it; write %s "
                    "{ ... }",
                    out->open_name, out->open_name);
        out->open = 0;
    }
    return rc;
}
