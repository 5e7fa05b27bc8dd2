/* The bounded state: whatever a script does ends in a value or in an error with file and line. */
#include "unit/script_run.h"

#include "base/decimal.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The eight known ways round a Lua hook, and others. Each must end, within its budget. */
static const struct {
    const char *source;
    kh_status status;
    const char *error; /* how it begins */
    const char *why;
} attacks[] = {
    {"while true do pcall(function() while true do end end) end", KH_EUSAGE,
     "! 1:15: 'pcall' is not defined", "1: an error that is caught in a loop"},
    {"for i = 1, 100 do coroutine.wrap(function() while true do end end)() end", KH_EUSAGE,
     "! 1:19: 'coroutine' is not defined", "2: counting starts again in each coroutine"},
    {"return string.rep('', 1e15)", KH_OK, "", "3: a loop of 1e15 empty copies"},
    {"table.move({}, 1, math.maxinteger - 1, 2)", KH_EUSAGE, "! t.lua:1: table has no 'move'",
     "4: a loop in C"},
    {"return ('a'):rep(30):find(('a?'):rep(30) .. ('a'):rep(30))", KH_OK, "nil",
     "5: a pattern that backtracks is plain text"},
    {"return ('a'):rep(30):match('.-.-.-.-b')", KH_EUSAGE,
     "! t.lua:1: string has no 'match'; there "
     "are no patterns: use find, split or replace",
     "5: there are no patterns"},
    {"setmetatable({}, {__gc = function() while true do end end})", KH_EUSAGE,
     "! 1:1: 'setmetatable' is not defined", "6: a finaliser that never ends"},
    {"local s = 'x' while true do s = s .. s end", KH_ELIMIT,
     "! t.lua:1: a text would grow beyond 1 MiB", "7: a text that doubles"},
    {"load(string.dump(print))()", KH_EUSAGE, "! 1:1: 'load' is not defined", "8: binary chunks"},
    {"return string.dump", KH_EUSAGE, "! t.lua:1: string has no 'dump'", "8: no dump, either"},
    {"\n\nwhile true do end", KH_ELIMIT,
     "! t.lua:3: ran over its budget of 1000000 instructions; look for an endless loop",
     "an endless loop"},
    {"::top:: goto top", KH_ELIMIT, "! t.lua:1: ran over its budget", "a loop by goto"},
    {"repeat until false", KH_ELIMIT, "! t.lua:1: ran over its budget", "repeat"},
    {"for i = 1, math.maxinteger do end", KH_ELIMIT, "! t.lua:1: ran over its budget",
     "a long for"},
    {"local function f() return f() end f()", KH_ELIMIT, "! t.lua:1: ran over its budget",
     "tail calls"},
    {"local function f() return 1 + f() end f()", KH_ELIMIT, "! t.lua:1: needs more than 4 MiB",
     "deep recursion"},
    {"local function f(...) return f(1, ...) end f()", KH_EUSAGE,
     "! t.lua:1: a function got more than 1000 values", "arguments that grow"},
    {"local t = {} while true do t[#t + 1] = {} end", KH_ELIMIT, "! t.lua:1: needs more than 4 MiB",
     "a list that grows"},
    {"local t = {} for i = 1, 1e9 do t['k' .. i] = i end", KH_ELIMIT,
     "! t.lua:1: needs more than 4 MiB", "text keys that grow"},
    {"local s = ('x'):rep(1000000) while true do local t = s .. 'y' end", KH_ELIMIT,
     "! t.lua:1: ran over its budget", "long texts count as work"},
    {"local s = ('x'):rep(1000000) while true do s:find('y') end", KH_ELIMIT,
     "! t.lua:1: ran over its budget", "searching counts"},
    {"local s = ('x'):rep(1000000) while true do s:replace('x', 'y') end", KH_ELIMIT,
     "! t.lua:1: ran over its budget", "replacing counts"},
    {"local s, u = ('x'):rep(1000000), ('x'):rep(1000000) .. 'y' while true do local b = s < u end",
     KH_ELIMIT, "! t.lua:1: ran over its budget", "comparing counts"},
    {"local t = {} for i = 1, 20000 do t[i] = i end while true do table.insert(t, 1, 0) "
     "table.remove(t) end",
     KH_ELIMIT, "! t.lua:1: ran over its budget", "moving elements counts"},
    {"local t = {} for i = 1, 20000 do t[i] = i end while true do table.sort(t) end", KH_ELIMIT,
     "! t.lua:1: ran over its budget", "sorting counts"},
    {"table.sort({3, 2, 1}, function() while true do end end)", KH_ELIMIT,
     "! t.lua:1: ran over its budget", "a comparator that never ends"},
    {"table.sort({3, 2, 1},\nfunction() error('boom') end)", KH_EUSAGE, "! t.lua:2: boom",
     "a comparator that raises"},
    {"local function f(a, b) table.sort({1, 2, 3}, f) end f()", KH_EUSAGE,
     "! t.lua:1: C stack overflow", "a comparator within itself"},
    {"return ('x'):rep(1e15)", KH_EUSAGE, "! t.lua:1: a text would grow beyond 1 MiB", "rep"},
    {"return ('x'):rep(1000000, ('y'):rep(1000))", KH_EUSAGE,
     "! t.lua:1: a text would grow beyond 1 MiB", "rep with a separator"},
    {"return table.concat({('x'):rep(600000), ('x'):rep(600000)})", KH_EUSAGE,
     "! t.lua:1: a text would grow beyond 1 MiB", "concat"},
    {"local s = ('x'):rep(600000) return string.format('%s%s', s, s)", KH_EUSAGE,
     "! t.lua:1: a text would grow beyond 1 MiB", "format"},
    {"return ('xxx'):rep(100000):replace('xxx', 'yyyyyyyyyyyyyyyy')", KH_EUSAGE,
     "! t.lua:1: a text would grow beyond 1 MiB", "replace"},
    {"return table.unpack({}, 1, 1e9)", KH_EUSAGE, "! t.lua:1: table.unpack gives at most 1000",
     "unpack"},
    {"return string.byte(('x'):rep(2000), 1, -1)", KH_EUSAGE,
     "! t.lua:1: string.byte gives at most 1000", "byte"},
    {"return table.concat({}, 'x', 1, 1e15)", KH_EUSAGE, "! t.lua:1: element 1 is absent (nil)",
     "concat without end"},
    {"return string.format('%99999d', 1)", KH_EUSAGE, "! t.lua:1: '%999' is not a format", "width"},
    {"return string.format('%p', {})", KH_EUSAGE, "! t.lua:1: '%p' is not a format", "addresses"},
    {"return string.format('%g', 1.5)", KH_EUSAGE, "! t.lua:1: '%g' is not a format", "floats"},
    {"error({})", KH_EUSAGE,
     "! t.lua:1: error(...) needs a text that says what is wrong, not a "
     "table",
     "errors are texts"},
    {"error()", KH_EUSAGE, "! t.lua:1: error(...) needs a text", "an empty error"},
    {"local function f() error('bad', 2) end\nf()", KH_EUSAGE, "! t.lua:2: bad", "level 2"},
    {"error('#0:7: faked', 0)", KH_EUSAGE, "! t.lua:1: #0:7: faked", "a place cannot be faked"},
    {"assert(1 == 2)", KH_EUSAGE, "! t.lua:1: assertion failed", "assert"},
    {"assert(nil, 'no ' .. 1.5)", KH_EUSAGE, "! t.lua:1: no 1.5", "assert with a text"},
    {"local x <close> = {}", KH_EUSAGE, "! t.lua:1: variable 'x' got a non-closable value",
     "close"},
    {"string.rep = nil", KH_EUSAGE, "! t.lua:1: 'string' cannot be changed", "libraries are fixed"},
    {"table.insert(math, 1)", KH_EUSAGE, "! t.lua:1: 'math' cannot be changed", "also from C"},
    {"tostring = 5", KH_EUSAGE, "! 1:1: 'tostring' is built in; choose another name", "globals"},
    {"local t = {} t[t] = 1 for k in pairs(t) do end", KH_EUSAGE,
     "! t.lua:1: a table with a table as a key has no fixed order", "keys without an order"},
    {"local t = {a = 1, b = 2} for k in next, t do t[k] = nil t[k .. 'x'] = 1 end", KH_ELIMIT,
     "! t.lua:1: ran over its budget", "next over a table that changes"},
    {"return (1)()", KH_EUSAGE, "! t.lua:1: attempt to call a number value", "calls"},
    {"return (1.5)()", KH_EUSAGE, "! t.lua:1: attempt to call a number value", "of decimals"},
    {"return ({}).x.y", KH_EUSAGE, "! t.lua:1: attempt to index a nil value (field 'x')", "fields"},
};

Test(script_sandbox, survives_every_known_attack)
{
    kh_script *script = kh_script_new(4 * MIB);
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        char out[2000];
        kh_status rc = run_in(script, attacks[i].source, 0, 1000000, out);
        cr_expect_eq(rc, attacks[i].status, "%s: %d, %s", attacks[i].why, rc, out);
        cr_expect_eq(strncmp(out, attacks[i].error, strlen(attacks[i].error)), 0, "%s:\n  %s\n  %s",
                     attacks[i].why, attacks[i].source, out);
        rc = run_in(script, "return 6 * 7", 0, 1000, out);
        cr_assert(rc == KH_OK && !strcmp(out, "42"), "%s: the state is broken: %s", attacks[i].why,
                  out);
    }
    kh_script_free(script);
}

static const run_case libraries[] = {
    {"local s = '' for k, v in pairs({10, 20, [4] = 40, [-1] = 'n', b = 1, a = 2, ['余'] = 3, "
     "[true] = 4, [false] = 5}) do s = s .. tostring(k) .. ' ' end return s",
     "1 2 -1 4 a b 余 false true ", "pairs has one order"},
    {"local t, s = {1, 2, 3, x = 1}, '' for k in pairs(t) do t[k] = nil s = s .. k end return s, "
     "next(t)",
     "123x nil", "pairs while elements go"},
    {"local t, s = {b = 1, a = 1}, '' for k in pairs(t) do t[k .. 'new'] = 1 s = s .. k end return "
     "s",
     "ab", "pairs does not see what comes"},
    {"local t, k, s = {5, 6, z = 1, y = 2}, nil, '' repeat k = next(t, k) s = s .. tostring(k) "
     "until "
     "k == nil return s",
     "12yznil", "next has the same order"},
    {"return next({}), next({a = 1}, 'zzz'), next({a = 1}, 'A')", "nil nil a 1", "next of any key"},
    {"local s = '' for i, v in ipairs({1.5, 2, nil, 4}) do s = s .. i .. '=' .. v .. ' ' end "
     "return s",
     "1=1.5 2=2 ", "ipairs"},
    {"return select('#', 1, nil, 3), select(2, 'a', 'b'), select(-1, 'a', 'b')", "3 b b", "select"},
    {"local t = {5, 2, 9, 1} table.sort(t) return table.concat(t, ',')", "1,2,5,9", "sort"},
    {"local t = {2.5, 1, 1.5} table.sort(t, function(a, b) return a > b end) return "
     "table.concat(t, ',')",
     "2.5,1.5,1", "sort with decimals"},
    {"local t = {} for i = 1, 100 do t[i] = {i % 3, i} end table.sort(t, function(a, b) return "
     "a[1] "
     "< b[1] end) for i = 2, 100 do assert(t[i - 1][1] < t[i][1] or t[i - 1][1] == t[i][1] and "
     "t[i - 1][2] < t[i][2]) end return t[1][2], t[100][2]",
     "3 98", "sort is stable"},
    {"local t, n = {}, 0 for i = 1, 50 do t[i] = i end table.sort(t, function(a, b) n = n + 1 "
     "return "
     "n % 2 == 0 end) table.sort(t) return table.concat(t, ' ', 1, 5), t[50], #t",
     "1 2 3 4 5 50 50", "an inconsistent comparator loses nothing"},
    {"local t = {1, 2} table.insert(t, 3) table.insert(t, 1.0, 0) return table.concat(t, ''), "
     "table.remove(t), table.remove(t, 1), table.concat(t, '-'), table.remove({})",
     "0123 3 0 1-2 nil", "insert and remove"},
    {"local t = table.pack(1, nil, 3) return t.n, table.unpack(t, 1, 3)", "3 1 nil 3", "pack"},
    {"return ('a,b,,c'):split(',')[3], #(',') :split(','), ('余额表'):split('额')[2]", " 2 表",
     "split"},
    {"return ('  余额　 '):trim(), ('abc'):starts('ab'), ('abc'):ends('bc'), ('abc'):starts('bc')",
     "余额 true true false", "ends"},
    {"return ('a.b.c'):replace('.', '%1'), ('aaa'):replace('aa', 'b'), ('余额'):replace('额', '')",
     "a%1b%1c ba 余", "replace is plain"},
    {"return ('a.b'):find('.'), ('abc'):find('c', 2), ('abc'):find(''), ('abc'):find('z')",
     "2 3 1 nil", "find is plain"},
    {"return ('abc'):sub(2), ('abc'):sub(-2, -2), ('abc'):sub(2, 1), ('abc'):sub(0, 9), #'余'",
     "bc b  abc 3", "sub"},
    {"return ('aBc'):upper(), ('AbC'):lower(), ('abc'):reverse(), ('ab'):rep(2, '-'), "
     "('a'):byte(), string.char(72, 105)",
     "ABC abc cba ab-ab 97 Hi", "bytes"},
    {"return utf8.len('余额'), utf8.char(20313, 97), utf8.codepoint('余'), utf8.offset('余额a', "
     "3), "
     "utf8.offset('余额a', -2), utf8.len('\\xff')",
     "2 余a 20313 7 4 nil 1", "utf8"},
    {"local s = '' for at, c in utf8.codes('余a') do s = s .. at .. ':' .. c .. ' ' end return s",
     "1:20313 4:97 ", "codes"},
    {"return type({}), type(nil), type(type), type('')", "table nil function string", "type"},
    {"return tostring({}), tostring(print or pairs)", "! 1:31: 'print' is not defined", "no print"},
    {"return strin.len('x')", "! 1:8: 'strin' is not defined; did you mean 'string'?", "nearest"},
    {"local x = 1 y = x", "! 1:13: 'y' is not declared; write 'local y'", "assigning"},
    {"return ('x'):uper()", "! t.lua:1: string has no 'uper'; did you mean 'upper'?", "methods"},
    {"return table.maxn", "! t.lua:1: table has no 'maxn'", "members"},
    {"return ('x'):rep({})", "! t.lua:1: bad argument #1 to 'rep' (a whole number is needed)",
     "arguments"},
    {"return string.len(5)", "! t.lua:1: bad argument #1 to 'len' (a text is needed, not a number)",
     "texts only"},
};

Test(script_sandbox, has_libraries_with_one_order_and_no_addresses)
{
    RUN_CASES(libraries);
}

Test(script_sandbox, is_exact_about_the_budget)
{
    kh_script *script = kh_script_new(4 * MIB);
    char out[2000];
    int64_t least = 0, most = 100000; /* find the least budget that is enough */
    while (least < most) {
        int64_t middle = (least + most) / 2;
        kh_status rc =
            run_in(script, "local n = 0 for i = 1, 5000 do n = i end return n", 0, middle, out);
        if (rc == KH_OK) most = middle;
        else least = middle + 1;
    }
    cr_expect(least > 10000 && least < 10100, "5000 rounds of two instructions: %ld", (long)least);
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(
            run_in(script, "local n = 0 for i = 1, 5000 do n = i end return n", 0, least, out),
            KH_OK, "the same every time: %s", out);
    }
    kh_script_free(script);
}

static int call_again(lua_State *L)
{
    kh_script *script = kh_script_of(L);
    kh_error err = KH_ERROR_INIT;
    lua_pushvalue(L, 1);
    kh_status rc = kh_script_call(script, 0, 0, 5000, &err);
    lua_pushboolean(L, rc == KH_OK);
    return 1; /* swallows the error */
}

static int define_call(lua_State *L)
{
    lua_pushcfunction(L, call_again);
    lua_setglobal(L, "again");
    return 0;
}

Test(script_sandbox, lets_nobody_swallow_a_bound)
{
    kh_script *script = kh_script_new(4 * MIB);
    char out[2000];
    cr_assert_eq(kh_script_protect(script, define_call, NULL, 0, 0, NULL), KH_OK);
    cr_expect_eq(run_in(script, "again(function() local x = 1 end) return 'ok'", 0, 100000, out),
                 KH_OK);
    cr_expect_str_eq(out, "ok");
    cr_expect_eq(
        run_in(script, "again(function() while true do end end) return 'ok'", 0, 100000, out),
        KH_ELIMIT, "C code that goes on after an inner bound: %s", out);
    cr_expect_eq(run_in(script, "while true do again(function() end) end", 0, 100000, out),
                 KH_ELIMIT, "calls within calls count: %s", out);
    run_in(script, "local function f() again(f) end f()", 0, 100000, out); /* it ends */
    cr_expect_eq(run_in(script, "return 'ok'", 0, 100000, out), KH_OK, "%s", out);
    kh_script_free(script);
}

Test(script_sandbox, keeps_memory_within_its_cap_call_after_call)
{
    kh_script *script = kh_script_new(256 * 1024);
    char out[2000];
    for (int i = 0; i < 50; i++) {
        kh_status rc =
            run_in(script, "local t = {} for i = 1, 1e6 do t[i] = {} end", 0, 1 << 30, out);
        cr_assert_eq(rc, KH_ELIMIT);
        cr_assert_str_eq(out, "! t.lua:1: needs more than 256 KiB of memory");
    }
    cr_expect_eq(
        run_in(script, "local t = {} for i = 1, 1000 do t[i] = {} end return #t", 0, 1 << 30, out),
        KH_OK, "%s", out);
    kh_script_free(script);
}

Test(script_sandbox, ends_well_with_any_amount_of_memory)
{
    static const char source[] =
        "local t = {f = function(m) return m.a * 1.5 end}\n"
        "for i = 1, 50 do t['key' .. i] = {i, i / 3, ('x'):rep(i * 10)} end\n"
        "local keys = {} for k in pairs(t) do keys[#keys + 1] = k end\n"
        "table.sort(keys, function(a, b) return a > b end)\n"
        "return string.format('%s %d %.2f', table.concat(keys, ','):sub(1, 10), #keys, "
        "t.f({a = 2}))";
    bool enough = false;
    for (size_t memory = 0; memory < 200000; memory += memory < 20000 ? 256 : 2048) {
        char out[2000];
        kh_script *script = kh_script_new(memory);
        kh_status rc = run_in(script, source, KH_SCRIPT_SITES, 1000000, out);
        if (rc == KH_OK) {
            cr_expect_str_eq(out, "key9,key8, 51 3.00");
            enough = true;
        } else {
            cr_expect(strstr(out, "needs more than"), "%zu bytes: %s", memory, out);
            cr_expect_not(enough, "%zu bytes are too few, but less was enough", memory);
        }
        kh_script_free(script);
    }
    cr_expect(enough);
}

Test(script_sandbox, assigns_globals_only_where_the_host_says_so)
{
    kh_script *script = kh_script_new(MIB);
    char out[2000];
    run_in(script, "x = 5 function f() return x + 1 end return f()", KH_SCRIPT_GLOBALS, 1000, out);
    cr_expect_str_eq(out, "6");
    run_in(script, "return x", 0, 1000, out);
    cr_expect_str_eq(out, "5", "a later file sees it");
    run_in(script, "x = 6", 0, 1000, out);
    cr_expect_str_eq(out, "! 1:1: 'x' is built in; choose another name");
    run_in(script, "if laterwards then return 1 end laterwards = 1", KH_SCRIPT_GLOBALS, 1000, out);
    cr_expect_str_eq(out, "! t.lua:1: 'laterwards' is not defined", "read before it is assigned");
    run_in(script, "round = 5", KH_SCRIPT_GLOBALS, 1000, out);
    cr_expect_str_eq(out, "! 1:1: 'round' is built in; choose another name");
    kh_script_free(script);
}

Test(script_sandbox, reports_every_unknown_name_of_a_file_once)
{
    kh_script *script = kh_script_new(MIB);
    kh_diags diags = {0};
    const char *text = "a()\nb = 1\nlocal c = a + metrc\nfor i = 1, rond(2) do b = 2 end";
    cr_expect_eq(kh_script_load(script, "dir/x.lua", text, strlen(text), 0, &diags), KH_EUSAGE);
    cr_assert_eq(diags.count, 5);
    cr_expect_str_eq(diags.items[0].text, "'a' is not defined");
    cr_expect_str_eq(diags.items[1].text, "'b' is not declared; write 'local b'");
    cr_expect_str_eq(diags.items[2].text, "'metrc' is not defined");
    cr_expect_eq(diags.items[2].place.line, 3);
    cr_expect_eq(diags.items[2].place.column, 15);
    cr_expect_str_eq(diags.items[2].place.file, "dir/x.lua");
    cr_expect_str_eq(diags.items[3].text, "'rond' is not defined; did you mean 'round'?");
    cr_expect_eq(lua_gettop(kh_script_lua(script)), 0, "nothing is left on the stack");
    cr_expect_eq(kh_script_load(script, "dir/x.lua", text, strlen(text), 0, &diags), KH_EUSAGE,
                 "again, though no message is new");
    kh_diags_fini(&diags);
    kh_script_free(script);
}

Test(script_sandbox, shows_long_paths_whole)
{
    kh_script *script = kh_script_new(MIB);
    kh_diags diags = {0};
    kh_error err = KH_ERROR_INIT;
    const char *path = "/srv/kaohe/城东分行/2009年第一季度/客户经理季度考核办法/scripts/rules/"
                       "profit-contribution.lua";
    const char *text = "local m = {}\nreturn m.a.b";
    cr_assert_eq(kh_script_load(script, path, text, strlen(text), 0, &diags), KH_OK);
    cr_expect_eq(kh_script_call(script, 0, 1, 1000, &err), KH_EUSAGE);
    cr_expect_eq(strncmp(err.text, path, strlen(path)), 0, "%s", err.text);
    cr_expect_str_eq(err.text + strlen(path), ":2: attempt to index a nil value (field 'a')");
    kh_script_free(script);
    kh_diags_fini(&diags);
}

Test(script_sandbox, tells_liblua_s_own_bounds_with_the_line)
{
    kh_buf text = {0};
    kh_buf_text(&text, "local t = {}\nreturn function()\n");
    for (int block = 0; block < 2; block++) { /* 300 upvalues: more than the 255 of a function */
        for (int i = 0; i < 150; i++) kh_buf_printf(&text, "local v%d_%d\n", block, i);
        kh_buf_text(&text, "return function()\n");
    }
    kh_buf_text(&text, "return {");
    for (int i = 0; i < 300; i++) kh_buf_printf(&text, "v%d_%d,", i / 150, i % 150);
    kh_buf_text(&text, "}\nend end end");
    char out[2000];
    kh_script *script = kh_script_new(MIB);
    kh_status rc = run_in(script, text.data, 0, 1000, out);
    cr_expect_eq(rc, KH_EUSAGE);
    cr_expect(strstr(out, "! 305:0: too many upvalues (limit is 255)"), "%s", out);
    kh_buf_fini(&text);
    kh_script_free(script);
}

/* ---- use ----------------------------------------------------------------------------------- */

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    cr_assert(file);
    fputs(text, file);
    fclose(file);
}

Test(script_sandbox, uses_modules_once)
{
    char folder[] = "/tmp/kh_use_XXXXXX", sub[300], out[2000];
    cr_assert(mkdtemp(folder));
    snprintf(sub, sizeof sub, "%s/rules", folder);
    mkdir(sub, 0700);
    write_file(folder, "base.lua", "return { count = 0, half = function(x) return x / 2 end }");
    write_file(folder, "rules/more.lua",
               "local b = use 'base' b.count = b.count + 1 return b.count");
    write_file(folder, "one.lua", "return use 'two'");
    write_file(folder, "two.lua", "\nreturn use 'one'");
    write_file(folder, "broken.lua", "return 1 +");
    write_file(folder, "nothing.lua", "local x = 1");
    write_file(folder, "late.lua", "local t\nreturn t.x");
    write_file(folder, "endless.lua", "while true do end");
    static const run_case cases[] = {
        {"return use('base').half(3)", "1.5", "a value"},
        {"use 'rules/more' use 'rules/more' return use('base').count", "1", "run once"},
        {"return use 'nothing'", "true", "without a value"},
        {"return use 'one'",
         "two.lua:2: use \"one\": this file is being loaded right now; two files "
         "use each other",
         "a circle"},
        {"return use 'broken'", "broken.lua:1:11: expected a value near the end of the file",
         "a mistake in it"},
        {"return use 'late'", "late.lua:2: attempt to index a nil value (local 't')", "a late one"},
        {"return use 'endless'", "endless.lua:1: ran over its budget", "the budget holds in it"},
        {"return use 'missing'", "t.lua:1: use \"missing\": there is no 'missing.lua'", "no file"},
        {"return use '../base'", "t.lua:1: use \"../base\": a name has", "no way out"},
        {"return use '/etc/passwd'", "t.lua:1: use \"/etc/passwd\": a name has", "nor in"},
        {"return use 'rules//more'", "a name has", "empty words"},
        {"return use 'rules/'", "a name has", "a folder"},
        {"return use ''", "a name has", "nothing"},
        {"return use 'Base'", "a name has", "capitals"},
        {"return use 'base\\0x'", "a name has", "a NUL byte"},
        {"return use(5)", "bad argument #1 to 'use' (string expected, got number)", "a number"},
    };
    const char *const folders[] = {"/nonexistent", folder, NULL};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kh_script *script = kh_script_new(4 * MIB);
        cr_assert_eq(kh_script_use(script, folders, 0, NULL), KH_OK);
        run_in(script, cases[i].source, 0, 100000, out);
        cr_expect(strstr(out, cases[i].result), "%s: %s", cases[i].why, out);
        kh_script_free(script);
    }
    char command[300];
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
}

/* ---- facts of running functions ------------------------------------------------------------- */

static int ask_place(lua_State *L)
{
    kh_place text_place, place = kh_script_here(L, lua_tostring(L, 1), &text_place);
    lua_pushfstring(L, "%s:%d:%d:%d", place.file, place.line, place.column, text_place.column);
    return 1;
}

static int define_place(lua_State *L)
{
    lua_pushcfunction(L, ask_place);
    lua_setglobal(L, "measure");
    return 0;
}

Test(script_sandbox, knows_where_it_was_called)
{
    kh_script *script = kh_script_new(MIB);
    char out[2000];
    cr_assert_eq(kh_script_protect(script, define_place, NULL, 0, 0, NULL), KH_OK);
    run_in(script, "local n = 'x'\nreturn measure 'a', measure(\"b\"),\n measure(n)", 0, 1000, out);
    cr_expect_str_eq(out, "t.lua:2:8:16 t.lua:2:21:29 t.lua:3:0:0");
    kh_script_free(script);
}

Test(script_sandbox, finds_the_facts_of_a_function)
{
    static const char *const sources[] = {
        "return function(m, p) return m.a + p.b end",
        "local f, g = function(m) return m.x end, function(m) return m.a end return g",
        "local t = {} function t:m(q) return self.a, q end return t.m",
        "local function outer() return function(m) return m.a end end return outer()",
        "local f, g = function() end, function(...) local x = ... return x end return g"};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        kh_script *script = kh_script_new(MIB);
        kh_diags diags = {0};
        cr_assert_eq(kh_script_load(script, "t.lua", sources[i], strlen(sources[i]), 0, &diags),
                     KH_OK);
        cr_assert_eq(kh_script_call(script, 0, 1, 1000, NULL), KH_OK);
        const kh_syntax_function *facts = kh_script_function(script, -1);
        cr_assert(facts, "%s", sources[i]);
        if (i < 4) {
            cr_assert(facts->access_count > 0, "%s", sources[i]);
            cr_expect_str_eq(facts->accesses[0].name, "a", "%s", sources[i]);
        } else {
            cr_expect(facts->vararg);
        }
        cr_expect_eq(lua_gettop(kh_script_lua(script)), 1, "the stack is as it was");
        lua_pushcfunction(kh_script_lua(script), ask_place);
        cr_expect_null(kh_script_function(script, -1), "a C function has none");
        lua_pushinteger(kh_script_lua(script), 1);
        cr_expect_null(kh_script_function(script, -1), "nor has a number");
        kh_diags_fini(&diags);
        kh_script_free(script);
    }
}
