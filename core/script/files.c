/* Sources in a state: reading and compiling them, `use`, and finding the facts again. */
#include "script/sandbox.h"

#include "base/text.h"
#include "script/state.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The file that a function came from; its chunk is called "=#N". */
static const kh_syntax *chunk_of(const kh_script *script, const lua_Debug *frame)
{
    unsigned chunk;
    char rest;
    if (sscanf(frame->source, "=#%u%c", &chunk, &rest) != 1) return NULL;
    return chunk < script->chunk_count ? script->chunks[chunk] : NULL;
}

const kh_syntax *kh_script_locate(lua_State *L, int level, int *line)
{
    lua_Debug frame;
    for (; lua_getstack(L, level, &frame); level++) {
        lua_getinfo(L, "Sl", &frame);
        const kh_syntax *syntax = chunk_of(kh_state(L), &frame);
        *line = frame.currentline;
        if (syntax && *line > 0) return syntax;
    }
    return NULL;
}

/* ---- loading ------------------------------------------------------------------------------- */

typedef struct load {
    kh_script *script;
    kh_syntax *syntax;
    unsigned flags;
    kh_diags *diags;
    bool failed;
} load;

/* Each global that is misspelt or must not be assigned, once. */
static void check_globals(lua_State *L, load *job)
{
    const kh_syntax *syntax = job->syntax;
    bool may_assign = job->flags & KH_SCRIPT_GLOBALS;
    lua_pushglobaltable(L);
    int known = lua_gettop(L);
    lua_newtable(L); /* names that need no further look; false: assigned in this file */
    for (uint32_t i = 0; i < syntax->global_count && may_assign; i++) {
        if (!syntax->globals[i].assigned) continue;
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, syntax->globals[i].name);
    }
    for (uint32_t i = 0; i < syntax->global_count; i++, lua_settop(L, known + 1)) {
        const kh_syntax_global *global = &syntax->globals[i];
        lua_pushstring(L, global->name);
        lua_pushvalue(L, -1);
        bool defined = lua_rawget(L, known) != LUA_TNIL;
        lua_pushvalue(L, known + 2);
        bool seen = lua_rawget(L, known + 1) != LUA_TNIL;
        if (global->assigned && (!may_assign || defined)) {
            job->failed = true;
            kh_diag_add(job->diags, KH_DIAG_ERROR, global->place,
                        defined ? "'%s' is built in; choose another name"
                                : "'%s' is not declared; write 'local %s'",
                        global->name, global->name);
        } else if (!global->assigned && !defined && !seen) {
            job->failed = true;
            const char *nearest = kh_library_nearest(L, known, global->name);
            kh_diag_add(job->diags, KH_DIAG_ERROR, global->place,
                        nearest ? "'%s' is not defined; did you mean '%s'?" : "'%s' is not defined",
                        global->name, nearest);
            lua_pushvalue(L, known + 2);
            lua_pushboolean(L, 1);
            lua_rawset(L, known + 1);
        }
    }
    lua_settop(L, known - 1);
}

/* Compile the rewritten text and run its outer chunk, which gives the user's function. */
static int compile(lua_State *L)
{
    load *job = lua_touserdata(L, 1);
    const kh_syntax *syntax = job->syntax;
    lua_settop(L, 0);
    check_globals(L, job);
    if (job->failed) return 0;
    const char *name = lua_pushfstring(L, "=#%d", (int)syntax->chunk);
    if (luaL_loadbufferx(L, syntax->text, syntax->text_length, name, "t") != LUA_OK) {
        return lua_error(L);
    }
    lua_createtable(L, (int)syntax->number_count, 0);
    for (uint32_t i = 0; i < syntax->number_count; i++) {
        kh_number_push(L, syntax->numbers[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_pushlightuserdata(L, (void *)(uintptr_t)&kh_site_key);
    kh_calc_push(L, syntax);
    lua_call(L, 5, 1);
    return 1;
}

kh_status kh_script_load(kh_script *script, const char *path, const char *text, size_t length,
                         unsigned flags, kh_diags *diags)
{
    kh_place place = {.file = path};
    kh_syntax **chunks = realloc(script->chunks, (script->chunk_count + 1) * sizeof *chunks);
    kh_syntax *syntax = calloc(1, sizeof *syntax);
    if (!chunks || !syntax) abort(); /* memory is out: nothing sensible is left to say */
    script->chunks = chunks;
    load job = {.script = script, .syntax = syntax, .flags = flags, .diags = diags};
    kh_status rc = KH_EUSAGE;
    if (script->chunk_count > 500) {
        kh_diag_add(diags, KH_DIAG_ERROR, place, "a project can have 500 Lua files");
    } else {
        rc = kh_syntax_read(syntax, path, text, length, flags & KH_SCRIPT_SITES,
                            script->chunk_count, diags);
    }
    if (rc < 0) {
        free(syntax);
        return rc;
    }
    script->chunks[script->chunk_count++] = syntax;
    kh_error err = KH_ERROR_INIT;
    rc = kh_script_protect(script, compile, &job, 0, 1, &err);
    if (rc == KH_OK && !job.failed) return KH_OK;
    if (rc == KH_OK) {
        lua_pop(script->L, 1);
    } else {
        /* What our reader lets pass and liblua does not: too many variables, say. */
        size_t at = strlen(path);
        if (strlen(err.text) > at && !memcmp(err.text, path, at) && err.text[at] == ':') {
            place.line = (int)strtol(err.text + at + 1, NULL, 10);
            at += 1 + strcspn(err.text + at + 1, " ");
        } else {
            at = 0;
        }
        kh_diag_add(diags, KH_DIAG_ERROR, place, "%s", err.text + at + (err.text[at] == ' '));
    }
    return KH_EUSAGE;
}

/* ---- use ----------------------------------------------------------------------------------- */

static bool is_module_name(const char *name, size_t length)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    if (strlen(name) != length || length == 0 || length > 200) return false;
    for (;;) {
        size_t word = strspn(name, letters);
        if (word == 0) return false;
        name += word;
        if (*name == '\0') return true;
        if (*name++ != '/') return false;
    }
}

/* Read the file of a module; its path is in @p path. */
static kh_status read_module(const kh_script *script, const char *name, char path[4096],
                             kh_buf *text, kh_error *err)
{
    for (const char **folder = script->folders; *folder; folder++) {
        snprintf(path, 4096, "%s/%s.lua", *folder, name);
        if (access(path, F_OK) == 0) return kh_file_read(text, path, err);
    }
    kh_fail(err, KH_EUSAGE, "there is no '%s.lua' in the folders of scripts", name);
    return KH_EUSAGE;
}

/* use "name"; upvalue: the values of the modules so far, false while one is running */
static int run_use(lua_State *L)
{
    kh_script *script = kh_state(L);
    size_t length;
    luaL_checktype(L, 1, LUA_TSTRING);
    const char *name = lua_tolstring(L, 1, &length);
    lua_settop(L, 1);
    if (!is_module_name(name, length)) {
        return kh_script_fail(L,
                              "use \"%s\": a name has small letters, digits, '_', '-' and '/' "
                              "between words",
                              name);
    }
    lua_pushvalue(L, 1);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
        if (lua_type(L, 2) == LUA_TLIGHTUSERDATA) {
            return kh_script_fail(L,
                                  "use \"%s\": this file is being loaded right now; two files use "
                                  "each other",
                                  name);
        }
        return 1;
    }
    kh_buf text = {0};
    kh_error err = KH_ERROR_INIT;
    char path[4096];
    kh_diags diags = {0};
    kh_status rc = read_module(script, name, path, &text, &err);
    if (rc == KH_OK) {
        rc = kh_script_load(script, path, text.data, text.size, script->use_flags, &diags);
    }
    kh_buf_fini(&text);
    if (diags.count > 0) {
        const kh_diag *first = &diags.items[0];
        kh_fail(&err, KH_EUSAGE, "%s:%d:%d: %s", first->place.file, first->place.line,
                first->place.column, first->text);
    }
    kh_diags_fini(&diags);
    if (rc < 0) return kh_script_fail(L, "use \"%s\": %s", name, err.text);
    lua_pushvalue(L, 1);
    lua_pushlightuserdata(L, (void *)(uintptr_t)&kh_site_key);
    lua_rawset(L, lua_upvalueindex(1));
    lua_call(L, 0, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, 1);
    }
    lua_pushvalue(L, 1);
    lua_pushvalue(L, -2);
    lua_rawset(L, lua_upvalueindex(1));
    return 1;
}

static int define_use(lua_State *L)
{
    lua_newtable(L);
    lua_pushcclosure(L, run_use, 1);
    lua_setglobal(L, "use");
    return 0;
}

kh_status kh_script_use(kh_script *script, const char *const *folders, unsigned flags,
                        kh_error *err)
{
    size_t count = 0;
    while (folders[count]) count++;
    script->folders = kh_arena_array(&script->arena, count + 1, sizeof *script->folders);
    for (size_t i = 0; i < count; i++) {
        script->folders[i] = kh_arena_text(&script->arena, folders[i]);
    }
    script->use_flags = flags;
    return kh_script_protect(script, define_use, NULL, 0, 0, err);
}

/* ---- facts --------------------------------------------------------------------------------- */

kh_place kh_script_here(lua_State *L, const char *text, kh_place *text_place)
{
    kh_place place = {0};
    const kh_syntax *syntax = kh_script_locate(L, 1, &place.line);
    if (text_place) *text_place = place;
    if (!syntax) return place;
    place.file = syntax->path;
    if (text_place) *text_place = place;
    for (uint32_t i = 0; i < syntax->call_count && text; i++) {
        const kh_syntax_call *call = &syntax->calls[i];
        if (place.line < call->place.line || place.line > call->text_place.line ||
            strcmp(call->text, text) != 0) {
            continue;
        }
        if (text_place) *text_place = call->text_place;
        return call->place;
    }
    return place;
}

kh_place kh_script_site(lua_State *L, int index)
{
    kh_place place = {0};
    if (!lua_istable(L, index) || !lua_checkstack(L, 1)) return place;
    int is_number;
    lua_rawgetp(L, index, &kh_site_key);
    lua_Integer number = lua_tointegerx(L, -1, &is_number);
    lua_pop(L, 1);
    if (!is_number) return place;
    return kh_state(L)->chunks[number / KH_SYNTAX_CHUNK]->sites[number % KH_SYNTAX_CHUNK].place;
}

const kh_syntax *kh_script_chunk(const kh_script *script, uint32_t index)
{
    return index < script->chunk_count ? script->chunks[index] : NULL;
}

const kh_syntax_function *kh_script_function(kh_script *script, int index)
{
    lua_State *L = script->L;
    if (!lua_isfunction(L, index) || !lua_checkstack(L, 2)) return NULL;
    lua_Debug frame;
    lua_pushvalue(L, index);
    const char *name, *last = "";
    for (int n = 1; (name = lua_getlocal(L, NULL, n)) != NULL; n++) last = name;
    lua_getinfo(L, ">S", &frame);
    const kh_syntax *syntax = chunk_of(script, &frame);
    if (!syntax) return NULL;
    unsigned id;
    if (sscanf(last, "__kh_%u", &id) == 1 && id < syntax->function_count) {
        return &syntax->functions[id];
    }
    /* A function with `...` has no hidden parameter: it must be the only one in its lines. */
    const kh_syntax_function *found = NULL;
    for (uint32_t i = 0; i < syntax->function_count; i++) {
        const kh_syntax_function *function = &syntax->functions[i];
        if (!function->vararg || function->place.line != frame.linedefined ||
            function->end_place.line != frame.lastlinedefined) {
            continue;
        }
        if (found) return NULL;
        found = function;
    }
    return found;
}
