/* Any bytes through the reader of Lua sources: it agrees with liblua about what is Lua, what it
 * rewrites compiles with the same lines, and its facts lie inside of the source.
 */
#include "script/syntax.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool good, const char *what, const char *detail)
{
    if (good) return;
    fprintf(stderr, "%s: %s\n", what, detail);
    abort();
}

/* Words of messages about bounds, which differ between liblua and us. */
static bool is_about(const char *message, const char *const *words)
{
    while (*words && !strstr(message, *words)) words++;
    return *words != NULL;
}

static const char *const lua_bounds[] = {"too many", "limit", "overflow", "too long", NULL};
static const char *const our_bounds[] = {
    "reserved",    "_ENV",         "UTF-8",         "NUL byte",        "nested", "34 digits",
    "hexadecimal", "out of range", "written twice", "local variables", NULL};

static bool compiles(lua_State *L, const char *text, size_t length, const char *what)
{
    bool good = luaL_loadbufferx(L, text, length, "=fuzz", "t") == LUA_OK;
    if (!good && what) {
        demand(is_about(lua_tostring(L, -1), lua_bounds), what, lua_tostring(L, -1));
    }
    lua_settop(L, 0);
    return good;
}

/* The line ends of the source, and one more, are those of the rewritten text. */
static bool same_lines(const kh_syntax *syntax)
{
    const char *at = syntax->source, *end = at + syntax->source_length, *text = syntax->text;
    for (; at < end; at++) {
        if (*at != '\n' && *at != '\r') continue;
        text += strcspn(text, "\n\r");
        if (*text++ != *at) return false;
    }
    text += strcspn(text, "\n\r");
    return !strcmp(text, "\nend");
}

static void check_place(kh_place place)
{
    demand(place.line >= 1 && place.column >= 1, "a fact without a place", place.file);
}

/* It ends: jumps lead forward, calls to functions that were read before. */
static void check_program(const kh_syntax *syntax, const kh_syntax_function *function)
{
    uint32_t first = function->program, count = function->program_end - first;
    demand(first < syntax->step_count && function->program_end <= syntax->step_count && count > 0 &&
               syntax->steps[first + count - 1].op == KH_STEP_END,
           "a program", "without an end");
    for (uint32_t i = 0; i < count; i++) {
        const kh_syntax_step *step = &syntax->steps[first + i];
        uint32_t number = step->number;
        bool good = true;
        switch ((kh_opcode)step->op) {
        case KH_STEP_NUMBER: good = number < syntax->constant_count; break;
        case KH_STEP_ACCESS: good = number < function->access_count; break;
        case KH_STEP_LOCAL:
        case KH_STEP_SET: good = number < step->argument; break;
        case KH_STEP_AND:
        case KH_STEP_OR:
        case KH_STEP_UNLESS:
        case KH_STEP_JUMP: good = number > i && number < count; break;
        case KH_STEP_CALL: good = number < function->id; break;
        case KH_STEP_ARGUMENT:
        case KH_STEP_KEY:
        case KH_STEP_BOUND: good = false; break;
        default: break;
        }
        demand(good, "a step", "that leads out of its program");
    }
}

static void check_facts(const kh_syntax *syntax)
{
    for (uint32_t i = 0; i < syntax->function_count; i++) {
        const kh_syntax_function *function = &syntax->functions[i];
        demand(function->text >= syntax->source && function->length >= 8 &&
                   function->text + function->length <= syntax->source + syntax->source_length &&
                   !memcmp(function->text, "function", 8) &&
                   !memcmp(function->text + function->length - 3, "end", 3),
               "a function's text", "is somewhere else");
        check_place(function->end_place);
        if (function->program != KH_SYNTAX_NONE) check_program(syntax, function);
        for (uint32_t k = 0; k < function->access_count; k++) {
            check_place(function->accesses[k].place);
            demand(function->accesses[k].parameter < function->parameter_count, "an access",
                   "to no parameter");
        }
    }
    for (uint32_t i = 0; i < syntax->site_count; i++) {
        check_place(syntax->sites[i].place);
        for (uint32_t k = 0; k < syntax->sites[i].field_count; k++) {
            check_place(syntax->sites[i].fields[k].value_place);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static lua_State *L;
    if (!L) L = luaL_newstate();
    const char *text = size ? (const char *)data : "";
    kh_syntax syntax;
    kh_diags diags = {0};
    unsigned flags = size % 2 ? KH_SYNTAX_SITES : 0;
    kh_status rc = kh_syntax_read(&syntax, "fuzz.lua", text, size, flags, 3, &diags);
    demand((rc == KH_OK) == (diags.count == 0), "status and diagnostics", "disagree");
    if (size >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) {
        text += 3;
        size -= 3;
    }
    if (rc == KH_OK) {
        compiles(L, text, size, "liblua refuses what we accept");
        compiles(L, syntax.text, syntax.text_length, "the rewritten text does not compile");
        demand(same_lines(&syntax), "lines", "moved");
        check_facts(&syntax);
        kh_syntax_fini(&syntax);
    } else {
        check_place(diags.items[0].place);
        if (!is_about(diags.items[0].text, our_bounds)) {
            demand(!compiles(L, text, size, NULL), "we refuse what liblua accepts",
                   diags.items[0].text);
        }
    }
    kh_diags_fini(&diags);
    return 0;
}
