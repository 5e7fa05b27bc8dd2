/* Run a piece of Lua in the sandbox and get what it returns, or its error, as one text. */
#ifndef SCRIPT_RUN_H
#define SCRIPT_RUN_H

#include "base/text.h"
#include "script/sandbox.h"

#include <criterion/criterion.h>
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

enum { MIB = 1024 * 1024 };

/* All values on the stack above @p base, as scripts see them. */
static void show_values(lua_State *L, int base, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (int i = base + 1; i <= lua_gettop(L); i++) {
        char number[KH_DECIMAL_TEXT];
        const char *text = luaL_typename(L, i);
        if (lua_isboolean(L, i)) text = lua_toboolean(L, i) ? "true" : "false";
        if (lua_type(L, i) == LUA_TSTRING) text = lua_tostring(L, i);
        if (lua_type(L, i) == LUA_TNUMBER || lua_isuserdata(L, i)) {
            kh_number_text(L, i, number);
            text = number;
        }
        if (used < size) {
            used +=
                (size_t)snprintf(out + used, size - used, "%s%s", i > base + 1 ? " " : "", text);
        }
    }
}

/* What @p source returns; an error as "! line:column: text" or, when it runs, "! file:line: text". */
__attribute__((unused)) static kh_status run_in(kh_script *script, const char *source,
                                                unsigned flags, int64_t budget, char out[2000])
{
    kh_diags diags = {0};
    lua_State *L = kh_script_lua(script);
    int base = lua_gettop(L);
    kh_status rc = kh_script_load(script, "t.lua", source, strlen(source), flags, &diags);
    if (rc < 0) {
        const kh_diag *first = &diags.items[0];
        snprintf(out, 2000, "! %d:%d: %s", first->place.line, first->place.column, first->text);
    } else {
        kh_error err = KH_ERROR_INIT;
        rc = kh_script_call(script, 0, LUA_MULTRET, budget, &err);
        if (rc < 0) snprintf(out, 2000, "! %s", err.text);
        if (rc == KH_OK) show_values(L, base, out, 2000);
    }
    lua_settop(L, base);
    kh_diags_fini(&diags);
    return rc;
}

__attribute__((unused)) static const char *run(const char *source)
{
    static char out[2000];
    kh_script *script = kh_script_new(4 * MIB);
    run_in(script, source, 0, 1000000, out);
    kh_script_free(script);
    return out;
}

typedef struct run_case {
    const char *source, *result, *why;
} run_case;

__attribute__((unused)) static void run_cases(const run_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = run(cases[i].source);
        cr_expect_str_eq(got, cases[i].result, "%s\n  %s\n  got    %s\n  wanted %s", cases[i].why,
                         cases[i].source, got, cases[i].result);
    }
}

#define RUN_CASES(cases) run_cases(cases, sizeof(cases) / sizeof *(cases))

#endif
