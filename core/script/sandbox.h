/* One bounded Lua state: whitelisted globals, a budget of instructions, a cap on memory.
 *
 * Whatever a script does ends in a value or in an error that names file:line; a call that ran over
 * a bound cannot swallow that. Time spent in one single C call is watched by guard.h.
 */
#ifndef KH_SCRIPT_SANDBOX_H
#define KH_SCRIPT_SANDBOX_H

#include "base/setting.h"
#include "script/number.h"
#include "script/syntax.h"

#include <lua.h>

typedef struct kh_script kh_script;

enum {
    KH_SCRIPT_SITES = KH_SYNTAX_SITES, /* project and scheme files: settings know their places */
    KH_SCRIPT_GLOBALS = 1 << 1         /* the file may assign globals that are not built in */
};

/** Longest text a script can build. */
enum { KH_SCRIPT_TEXT = 1024 * 1024 };

/** @p memory bytes for the user's own values, above what the empty state needs. Never NULL. */
kh_script *kh_script_new(size_t memory);
void kh_script_free(kh_script *script);

/** Allow @p memory bytes above what is in use now. */
void kh_script_cap(kh_script *script, size_t memory);

lua_State *kh_script_lua(kh_script *script);
kh_script *kh_script_of(lua_State *L);

/**
 * Check, rewrite and compile a source and push it as a function. Globals it reads must be defined
 * by now (give those that change later a first value); a misspelt one is an error at its place.
 * @return KH_EUSAGE: @p diags has the reason with its place, nothing was pushed.
 */
kh_status kh_script_load(kh_script *script, const char *path, const char *text, size_t length,
                         unsigned flags, kh_diags *diags);

/**
 * Like lua_pcall, for at most @p instructions VM instructions (long texts and sorts in C count,
 * too). Within a running call the outer budget holds as well.
 * On failure nothing is left on the stack and the state stays usable.
 * @return KH_EUSAGE; KH_ELIMIT for budget and memory. @p err is "file:line: message".
 */
kh_status kh_script_call(kh_script *script, int nargs, int nresults, int64_t instructions,
                         kh_error *err);

/** For C functions that kh_script_call() runs: the budget starts afresh, for the next of many. */
void kh_script_renew(kh_script *script, int64_t instructions);

/**
 * Run our own C code that uses the Lua API: @p function finds @p context as light userdata at
 * index 1 and the @p nargs values from the top of the stack behind it; its results stay on the
 * stack. Errors as in kh_script_call; no budget of its own.
 */
kh_status kh_script_protect(kh_script *script, lua_CFunction function, void *context, int nargs,
                            int nresults, kh_error *err);

/** For C functions that Lua calls: luaL_error with printf's formats, in the user's language. */
__attribute__((format(printf, 2, 3), noreturn)) int kh_script_fail(lua_State *L, const char *format,
                                                                   ...);
/** luaL_argerror in the same way. */
__attribute__((format(printf, 3, 4), noreturn)) int
kh_script_fail_argument(lua_State *L, int argument, const char *format, ...);

/** For C functions that do much work: count it against the budget. May raise. */
void kh_script_charge(lua_State *L, size_t instructions);

/**
 * For C functions that Lua calls: where the call is written. The column is known when @p text is
 * the literal text of that call (measure "corp_adb"); then *text_place is the place of the text.
 * @p text_place may be NULL. The file's name lives as long as the script.
 */
kh_place kh_script_here(lua_State *L, const char *text, kh_place *text_place);

/**
 * Where the constructor of the table at @p index is written; no file when its chunk was read without
 * KH_SCRIPT_SITES, or when C made the table. Never raises.
 */
kh_place kh_script_site(lua_State *L, int index);

/** The file read as number @p index (from 0), or NULL behind the last. Lives as long as the script. */
const kh_syntax *kh_script_chunk(const kh_script *script, uint32_t index);

/**
 * Facts about the Lua function at @p index; they live as long as the script. NULL for a C function,
 * and for one of several functions with `...` that share their lines.
 */
const kh_syntax_function *kh_script_function(kh_script *script, int index);

/**
 * Define `use "name"`, which runs NAME.lua from the first of @p folders that has it, once, and
 * returns its value. Names are [a-z0-9_-] words joined by '/'. @p folders ends with NULL; it is
 * copied. @p flags as for kh_script_load.
 */
kh_status kh_script_use(kh_script *script, const char *const *folders, unsigned flags,
                        kh_error *err);

/**
 * For C functions: make the table on top of the stack convert into KH_SETTING_PLUGIN, _ENV or
 * _FILE of that name. May raise. Tags and sites are keys that are light userdata: scripts cannot
 * see them, C code that walks a table with lua_next() skips them.
 */
void kh_script_tag(lua_State *L, kh_setting_kind kind, const char *name);

/** The tag of the table at @p index; KH_SETTING_TABLE and NULL when it has none. */
kh_setting_kind kh_script_tag_of(lua_State *L, int index, const char **name);

/**
 * Convert the value at @p index into settings with the places where they were written. Functions
 * become KH_SETTING_FUNCTION with a reference in the registry (`lua_rawgeti(L, LUA_REGISTRYINDEX,
 * ref)`) that lives as long as the script. Entries keep the order written.
 *
 * @param arena       owns the result
 * @param fallback    place of the value; with line 0 a table tells its own
 * @param[out] out    unspecified after a failure
 * @return KH_EUSAGE: @p diags has every cycle, odd key, hole and value that cannot be a setting.
 */
kh_status kh_script_setting(kh_script *script, int index, kh_place fallback, kh_arena *arena,
                            const kh_setting **out, kh_diags *diags);

/** Push one setting as a Lua value: decimals, texts, booleans, tables of them. May raise. */
void kh_script_push_setting(lua_State *L, const kh_setting *value);

#endif
