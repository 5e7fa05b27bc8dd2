/* One bounded Lua state: memory, instructions, errors, calls.
 *
 * No script can catch an error, so a bound ends the whole call. A count hook alone is no budget:
 * work in C and large blocks of memory count as instructions, too, and once the budget is gone the
 * hook fires at every instruction until the outermost call is over.
 */
#include "script/sandbox.h"

#include "script/bindings.h"
#include "script/state.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

enum { SLAB = 32 * 1024, HOOK_STEP = 1000 };

const char kh_site_key, kh_kind_key, kh_name_key;

/* ---- memory -------------------------------------------------------------------------------- */

/* Remember which bound was broken; only the first one counts. */
__attribute__((format(printf, 3, 4))) static void break_bound(kh_script *script, int level,
                                                              const char *format, ...)
{
    if (script->exhausted) return;
    int line = 0;
    char text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, dgettext("kaohe", format), args);
    va_end(args);
    const kh_syntax *syntax = script->L ? kh_script_locate(script->L, level, &line) : NULL;
    script->bound = (kh_error)KH_ERROR_INIT;
    if (syntax) {
        kh_fail(&script->bound, KH_ELIMIT, "%s:%d: %s", syntax->path, line, text);
    } else {
        kh_fail(&script->bound, KH_ELIMIT, "%s", text);
    }
}

static void *take_small(kh_script *script, size_t class)
{
    kh_free_block *block = script->free[class];
    if (block) {
        script->free[class] = block->next;
        return block;
    }
    size_t size = class * 16;
    if (script->slab_left < size) {
        script->slab = kh_arena_alloc(&script->slabs, SLAB);
        script->slab_left = SLAB;
    }
    block = (kh_free_block *)(void *)script->slab;
    script->slab += size;
    script->slab_left -= size;
    return block;
}

static void release(kh_script *script, void *block, size_t size)
{
    size_t class = (size + 15) / 16;
    if (class >= KH_SIZES) {
        free(block);
        return;
    }
    kh_free_block *free_block = block;
    free_block->next = script->free[class];
    script->free[class] = free_block;
}

/* lua_Alloc. liblua says the old size of each block, and of a new one what it is for. */
static void *allocate(void *context, void *old, size_t old_size, size_t size)
{
    kh_script *script = context;
    bool text = !old && old_size == LUA_TSTRING;
    if (!old) old_size = 0;
    if (size == 0) {
        if (old) release(script, old, old_size);
        script->used -= old_size;
        return NULL;
    }
    if (size > old_size) {
        size_t more = size - old_size;
        if (text && size > KH_SCRIPT_TEXT + 64) {
            break_bound(script, 0, "a text would grow beyond 1 MiB");
            return NULL;
        }
        if (more > script->cap || script->used > script->cap - more) {
            script->left -= (int64_t)(script->used / 64); /* liblua collects and tries again */
            bool large = script->allowed >= 1U << 20;
            break_bound(script, 0, "needs more than %zu %s of memory",
                        script->allowed / (large ? 1024 * 1024 : 1024), large ? "MiB" : "KiB");
            return NULL;
        }
        script->left -= (int64_t)(more / 64); /* the hook sees it */
    }
    size_t class = (size + 15) / 16, old_class = (old_size + 15) / 16;
    void *block = old;
    if (old && class >= KH_SIZES && old_class >= KH_SIZES) {
        block = realloc(old, size);
    } else if (!old || class != old_class) {
        block = class < KH_SIZES ? take_small(script, class) : malloc(size);
        if (block && old) {
            memcpy(block, old, old_size < size ? old_size : size);
            release(script, old, old_size);
        }
    }
    if (!block) {
        break_bound(script, 0, "needs more memory than this machine has");
        return NULL;
    }
    script->used += size - old_size;
    return block;
}

void kh_script_cap(kh_script *script, size_t memory)
{
    lua_gc(script->L, LUA_GCCOLLECT);
    script->allowed = memory;
    script->cap = memory > SIZE_MAX - script->used ? SIZE_MAX : script->used + memory;
}

/* ---- instructions -------------------------------------------------------------------------- */

static void count_hook(lua_State *L, lua_Debug *frame);

static void set_hook(kh_script *script)
{
    int64_t step = script->left < HOOK_STEP ? script->left : HOOK_STEP;
    script->step = step < 1 ? 1 : step;
    lua_sethook(script->L, count_hook, LUA_MASKCOUNT, (int)script->step);
}

static _Noreturn void run_out(kh_script *script, int level)
{
    break_bound(script, level, "ran over its budget of %lld instructions; look for an endless loop",
                (long long)script->budget);
    script->exhausted = true;
    script->left = 0;
    set_hook(script); /* at every instruction */
    kh_script_fail(script->L, "%s", script->bound.text);
}

static void count_hook(lua_State *L, lua_Debug *frame)
{
    (void)frame;
    kh_script *script = kh_state(L);
    if (script->calls == 0) return;
    script->left -= script->step;
    if (script->left <= 0 || script->exhausted) run_out(script, 0);
    if (script->left < script->step) set_hook(script);
}

void kh_script_renew(kh_script *script, int64_t instructions)
{
    if (script->exhausted) return;
    script->budget = script->left = instructions;
    if (script->step < HOOK_STEP) set_hook(script);
}

void kh_script_charge(lua_State *L, size_t instructions)
{
    kh_script *script = kh_state(L);
    if (script->calls == 0) return;
    script->left -= instructions > INT32_MAX ? INT32_MAX : (int64_t)instructions;
    if (script->left <= 0) run_out(script, 1);
}

/* ---- errors -------------------------------------------------------------------------------- */

void kh_script_raise(lua_State *L, const kh_syntax *syntax, int line, const char *text)
{
    lua_pushfstring(L, "#%d:%d: %s", (int)syntax->chunk, line, text);
    lua_error(L);
    abort(); /* liblua's header does not say that lua_error() never returns */
}

int kh_script_fail(lua_State *L, const char *format, ...)
{
    char text[KH_ERROR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, dgettext("kaohe", format), args);
    va_end(args);
    kh_error_trim(text, sizeof text);
    luaL_error(L, "%s", text);
    abort(); /* liblua's header does not say that luaL_error() never returns */
}

int kh_script_fail_argument(lua_State *L, int argument, const char *format, ...)
{
    char text[KH_ERROR_TEXT / 2];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, dgettext("kaohe", format), args);
    va_end(args);
    kh_error_trim(text, sizeof text);
    lua_Debug frame = {0};
    if (lua_getstack(L, 0, &frame)) lua_getinfo(L, "n", &frame);
    if (!frame.name) kh_script_fail(L, "bad argument #%d (%s)", argument, text);
    if (!strcmp(frame.namewhat, "method") && --argument == 0) {
        kh_script_fail(L, "'%s' is called on the wrong value (%s)", frame.name, text);
    }
    kh_script_fail(L, "bad argument #%d to '%s' (%s)", argument, frame.name, text);
}

/* Errors arrive as "#CHUNK:LINE: text", because liblua cuts long paths; or without a place. */
static int handle_error(lua_State *L)
{
    kh_script *script = kh_state(L);
    const char *text =
        lua_type(L, 1) == LUA_TSTRING ? lua_tostring(L, 1) : kh_tr("an error without text");
    char native[KH_ERROR_TEXT];
    unsigned chunk;
    int line, at = 0;
    if (sscanf(text, "#%u:%d:%n", &chunk, &line, &at) == 2 && at > 0 && text[at] == ' ' &&
        chunk < script->chunk_count) {
        lua_pushfstring(L, "%s:%d: %s", script->chunks[chunk]->path, line,
                        kh_native_text(text + at + 1, native));
        return 1;
    }
    const kh_syntax *syntax = kh_script_locate(L, 1, &line);
    if (syntax) {
        lua_pushfstring(L, "%s:%d: %s", syntax->path, line, kh_native_text(text, native));
    } else {
        lua_pushstring(L, kh_native_text(text, native));
    }
    return 1;
}

/* lua_pcall, with the error in *err. */
static kh_status protected_call(kh_script *script, int nargs, int nresults, kh_error *err)
{
    lua_State *L = script->L;
    int base = lua_gettop(L) - nargs;
    if (!lua_checkstack(L, LUA_MINSTACK)) {
        lua_settop(L, base - 1);
        return kh_fail(err, KH_ELIMIT, "too many values on the Lua stack");
    }
    lua_pushcfunction(L, handle_error);
    lua_insert(L, base);
    int rc = lua_pcall(L, nargs, nresults, base);
    lua_remove(L, base);
    if (rc == LUA_OK && !script->exhausted) return KH_OK;
    kh_status status = rc == LUA_ERRMEM || script->exhausted ? KH_ELIMIT : KH_EUSAGE;
    kh_fail(err, status, "%s", status == KH_ELIMIT ? script->bound.text : lua_tostring(L, -1));
    lua_settop(L, base - 1);
    if (rc == LUA_ERRMEM) lua_gc(L, LUA_GCCOLLECT); /* a deep stack shrinks only here */
    return status;
}

kh_status kh_script_call(kh_script *script, int nargs, int nresults, int64_t instructions,
                         kh_error *err)
{
    enum { CALL_COST = 50 }; /* so that calls within calls end, too */
    int64_t outer_left = script->left, outer_budget = script->budget;
    bool outermost = script->calls++ == 0;
    if (outermost) {
        script->exhausted = false;
        script->budget = script->left = instructions;
        set_hook(script);
    } else {
        outer_left -= CALL_COST;
        if (instructions < outer_left) {
            script->budget = script->left = instructions;
        } else {
            script->left = outer_left;
        }
    }
    int64_t began_with = script->left;
    kh_status rc = protected_call(script, nargs, nresults, err);
    script->calls--;
    if (outermost) {
        script->exhausted = false;
    } else {
        script->left = outer_left - (began_with - script->left);
        script->budget = outer_budget;
    }
    return rc;
}

kh_status kh_script_protect(kh_script *script, lua_CFunction function, void *context, int nargs,
                            int nresults, kh_error *err)
{
    lua_State *L = script->L;
    int base = lua_gettop(L) - nargs + 1;
    if (!lua_checkstack(L, 2)) {
        lua_settop(L, base - 1);
        return kh_fail(err, KH_ELIMIT, "too many values on the Lua stack");
    }
    lua_pushcfunction(L, function);
    lua_insert(L, base);
    lua_pushlightuserdata(L, context);
    lua_insert(L, base + 1);
    return protected_call(script, nargs + 1, nresults, err);
}

/* ---- the state ----------------------------------------------------------------------------- */

static int open_libraries(lua_State *L)
{
    kh_number_open(L);
    kh_library_open(L);
    kh_text_open(L);
    kh_bindings_open(L);
    return 0;
}

kh_script *kh_script_new(size_t memory)
{
    kh_script *script = calloc(1, sizeof *script);
    if (!script) abort(); /* memory is out: nothing sensible is left to say */
    script->cap = SIZE_MAX;
    lua_State *L = lua_newstate(allocate, script);
    if (!L) abort();
    *(kh_script **)lua_getextraspace(L) = script;
    script->L = L;
    if (kh_script_protect(script, open_libraries, NULL, 0, 0, NULL) < 0) abort();
    kh_script_cap(script, memory);
    return script;
}

void kh_script_free(kh_script *script)
{
    if (!script) return;
    lua_close(script->L);
    for (uint32_t i = 0; i < script->chunk_count; i++) {
        kh_syntax_fini(script->chunks[i]);
        free(script->chunks[i]);
    }
    free(script->chunks);
    kh_arena_fini(&script->slabs);
    kh_arena_fini(&script->arena);
    free(script);
}

lua_State *kh_script_lua(kh_script *script)
{
    return script->L;
}

kh_script *kh_script_of(lua_State *L)
{
    return kh_state(L);
}
