/* The reader of sources: it agrees with liblua, says where a mistake is, and keeps the facts. */
#include "base/text.h"
#include "script/syntax.h"

#include <criterion/criterion.h>
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

static bool liblua_takes(const char *text, size_t length)
{
    lua_State *L = luaL_newstate();
    bool good = luaL_loadbufferx(L, text, length, "=t", "t") == LUA_OK;
    lua_close(L);
    return good;
}

/* The rewritten text has the line ends of the source, in the same order, and one more. */
static bool keeps_lines(const kh_syntax *syntax)
{
    const char *text = syntax->text;
    for (const char *at = syntax->source; *at; at++) {
        if (*at != '\n' && *at != '\r') continue;
        text += strcspn(text, "\n\r");
        if (*text++ != *at) return false;
    }
    return !strcmp(text + strcspn(text, "\n\r"), "\nend");
}

/* Each construct of the grammar; both readers take it. */
static const char *const accepted[] = {
    "",
    ";;;",
    "-- only a comment",
    "--[==[ long ]] ]=] \n comment ]==] return 1",
    "local a",
    "local a, b, c = 1",
    "local a <const>, b <close> = 1, nil",
    "local function f() end",
    "function f() end function t.a.b() end function t.a:m() end",
    "return",
    "return;",
    "return 1, 'x', nil, true, false, ...",
    "do end do local x end",
    "while x do break end",
    "repeat local y = f() until y",
    "if a then elseif b then elseif c then else end",
    "for i = 1, 2 do end for i = 1, 2, 3 do i = 5 end",
    "for k in pairs(t) do end for a, b, c, d in f, s, v, x do end",
    "goto l ::l::",
    "do goto l end ::l:: local x",
    "::a:: ::b:: ; ::c::",
    "do goto l; local y; ::l:: end",
    "do goto l; local y; ::l:: ; ::m:: end",
    "repeat do goto continue end ::continue:: until true",
    "for i = 1, 2 do goto c; local z; ::c:: end",
    "do ::x:: end do ::x:: end",
    "while true do while true do break end break end",
    "a = 1 a.b = 2 a[1] = 3 a.b.c[d].e = 4 f().x = 5 f'x'.y = 6 (a).b = 7",
    "a, b.c, d[1] = f(), 2",
    "f() f(1) f(1, 2) f'x' f\"x\" f[[x]] f{1} a.b() a:b() a:b'x' a:b{} f()()() (f)() (f or g)(x)",
    "f\n(1)",
    "x = {} x = {1} x = {1,} x = {1;2;} x = {a = 1, ['b'] = 2, [3] = 4, f(), ...}",
    "x = {{{}}} x = {a, a = a, [a] = a}",
    "x = a + b - c * d / e // f % g ^ h .. i",
    "x = a == b ~= c < d > e <= f >= g",
    "x = a and b or c and not d or - - - e",
    "x = a & b | c ~ d << e >> f x = ~a x = ~ ~a",
    "x = #a x = #'abc' x = -#a ^ 2 x = not not nil",
    "x = 'a\\a\\b\\f\\n\\r\\t\\v\\\\\\\"\\'\\065\\x41\\u{48}\\u{7FFFFFFF}\\z   b\\\nc'",
    "x = [[\nlong]] x = [==[ ]] ]=] ]==] x = [=[]=]",
    "x = 0 x = 007 x = 3.14 x = .5 x = 5. x = 1e5 x = 1E+5 x = 1e-5 x = 0x10 x = 0Xabcdef",
    "x = 3 ..2",
    "x = function() end x = function(a) end x = function(a, b, ...) return ... end",
    "x = function(...) local a, b = ... return select('#', ...) end",
    "x = (1) x = ((f())) x = (...) x = ('x'):rep(2) x = ({})[1] x = (function() end)()",
    "x = a.b['c'].d:e(1)[2]'x'{3}",
    "x = a / 2 (f)() y = 2 == 3 (g)() z = 'x' .. 'y' (h)()",
    "local x = 0.5 (f)() local y = {0.5} (g)()",
    "local t = {f = function(a) return a end, [function() end] = 1}",
    "x = a--[[c]]+--[[d]]b--e\n*c",
    "\r\nx = 1\r\ny = 2\n\rz = 3\rw = 4",
    "local _x, _, x_1, end_, local_, E = 1",
    "return function(...) return function(...) return ... end end == nil and 1 or {...}",
    "local a <const> = 5 local b = a + a",
    "x = a.and_ y = a.b.c.d.e.f.g.h",
    "x = y\n\n\n\n(function() end)()",
    "return#'x'",
    "x=1;y=2;z=.5;w=-.5",
    "return-x,not-x,-x^-x",
    "if-x then elseif.5==x then end",
    "x=y and.5 or-.5",
};

Test(script_syntax, accepts_what_lua_accepts)
{
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
        const char *text = accepted[i];
        size_t length = strlen(text);
        cr_expect(liblua_takes(text, length), "the case itself is wrong: %s", text);
        for (unsigned flags = 0; flags <= KH_SYNTAX_SITES; flags++) {
            kh_syntax syntax;
            kh_diags diags = {0};
            kh_status rc = kh_syntax_read(&syntax, "t.lua", text, length, flags, 2, &diags);
            cr_expect_eq(rc, KH_OK, "%s\n  %s", text, diags.count ? diags.items[0].text : "");
            if (rc == KH_OK) {
                cr_expect(liblua_takes(syntax.text, syntax.text_length), "%s\n  became\n  %s", text,
                          syntax.text);
                cr_expect(keeps_lines(&syntax), "%s\n  became\n  %s", text, syntax.text);
                kh_syntax_fini(&syntax);
            }
            kh_diags_fini(&diags);
        }
    }
}

/* What liblua refuses, with our place and words. */
static const struct {
    const char *text;
    int line, column;
    const char *message;
} refused[] = {
    {"x = = 1", 1, 5, "expected a value near '='; to compare, write '=='"},
    {"if a = 1 then end", 1, 6, "expected 'then' near '='; to compare, write '=='"},
    {"if a && b then end", 1, 7, "expected a value near '&'; 'and' is written as a word"},
    {"if a || b then end", 1, 7, "expected a value near '|'; 'or' is written as a word"},
    {"if a != b then end", 1, 6, "'!' is not Lua; write 'not x' and 'a ~= b'"},
    {"function f()\n  return 1\n", 3, 1,
     "expected 'end' (to close 'function' at line 1) near the end of the file"},
    {"local t = {\n 1, 2\n x = 3 }", 3, 2, "expected '}' (to close '{' at line 1) near 'x'"},
    {"f(1, 2", 1, 7, "expected ')' near the end of the file"},
    {"for i = 1 do end", 1, 11, "expected ',' near 'do'"},
    {"for i do end", 1, 7, "expected '=' or 'in' near 'do'"},
    {"while true end", 1, 12, "expected 'do' near 'end'"},
    {"repeat x = 1", 1, 13, "expected 'until' near the end of the file"},
    {"return 1 x = 2", 1, 10, "'return' must end its block: found more near 'x'"},
    {"end", 1, 1, "there is no block to end here near 'end'"},
    {"x", 1, 2, "expected '=' or the arguments of a call near the end of the file"},
    {"a.b", 1, 4, "expected '=' or the arguments of a call near the end of the file"},
    {"1 = 2", 1, 1, "expected a value near '1'"},
    {"f() = 1", 1, 1, "only a variable or a field can be assigned to"},
    {"(a) = 1", 1, 1, "only a variable or a field can be assigned to"},
    {"a, f() = 1", 1, 4, "only a variable or a field can be assigned to"},
    {"(a + b)", 1, 8, "this value is not used: expected a statement near the end of the file"},
    {"break", 1, 1, "'break' is outside of a loop"},
    {"while x do local f = function() break end end", 1, 33, "'break' is outside of a loop"},
    {"goto nowhere", 1, 6, "there is no label 'nowhere' that this 'goto' can see"},
    {"do ::l:: end goto l", 1, 19, "there is no label 'l' that this 'goto' can see"},
    {"::l:: function f() goto l end", 1, 25, "there is no label 'l' that this 'goto' can see"},
    {"goto l; local y; ::l:: y = 1", 1, 6, "this 'goto' jumps into the scope of local 'y'"},
    {"repeat goto l; local z; ::l:: until z", 1, 13,
     "this 'goto' jumps into the scope of local 'z'"},
    {"::l:: do ::l:: end", 1, 12, "label 'l' is already in line 1"},
    {"local a <const> = 1\na = 2", 2, 1,
     "'a' is constant: it was declared with <const> or <close>"},
    {"local a <close> = nil; function f() a = 2 end", 1, 37,
     "'a' is constant: it was declared with <const> or <close>"},
    {"local a <final> = 1", 1, 10, "an attribute is <const> or <close>"},
    {"local a <close>, b <close> = 1", 1, 18, "one statement can have one <close> variable"},
    {"function f() return ... end", 1, 21, "'...' is outside of a function that has it"},
    {"function f(..., a) end", 1, 15, "expected ')' near ','"},
    {"function f(a,) end", 1, 14, "expected a name near ')'"},
    {"local function t.x() end", 1, 17, "expected '(' near '.'"},
    {"local 5", 1, 7, "expected a name near '5'"},
    {"x = 'abc\ny = 1", 1, 5, "this text has no closing ' in its line"},
    {"x = [==[ abc ]=] ]]", 1, 5, "this long text has no end; close it with ']==]'"},
    {"--[[ abc\n\n", 1, 1, "this comment has no end; close it with ']]'"},
    {"x = 'a\\qb'", 1, 7, "this escape is not known; a plain backslash is '\\\\'"},
    {"x = '\\300'", 1, 6, "a byte written as '\\ddd' is at most \\255"},
    {"x = '\\x4g'", 1, 6, "'\\x' needs two hexadecimal digits"},
    {"x = '\\u{80000000}'", 1, 6, "'\\u' is written like \\u{4E2D}"},
    {"x = 3..2", 1, 5, "'3..2' is not a number; write it like 1234.56"},
    {"x = 0x", 1, 5, "a hexadecimal number has 1 to 16 digits"},
    {"x = 5 @ 3", 1, 7, "unexpected '@'"},
    {"x = $y", 1, 5, "unexpected '$'"},
    {"x = a.5", 1, 6, "expected a value near '.5'"},
    {"余额 = 5", 1, 1,
     "'余' can stand in texts and comments only; names are letters a-z, digits and '_', other keys "
     "are written [\"余\"]"},
    {"local 标题 = '余额'，1", 1, 7, NULL},
    {"x = '余额余额'，1", 1, 11, "'，' is a full-width sign; write ','"},
    {"f（1）", 1, 2, "'（' is a full-width sign; write '('"},
    {"x = “a”", 1, 5, "'“' is a full-width sign; write '\"'"},
    {"x = 1\r\n\r\n  y = = 2", 3, 7, "expected a value near '='; to compare, write '=='"},
    {"x = '余\\\n额' y = = 1", 2, 8, "expected a value near '='; to compare, write '=='"},
    {"x = a b = = 1", 1, 11, "expected a value near '='; to compare, write '=='"},
};

Test(script_syntax, names_the_place_and_the_fix)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        kh_syntax syntax;
        kh_diags diags = {0};
        const char *text = refused[i].text;
        kh_status rc = kh_syntax_read(&syntax, "t.lua", text, strlen(text), 0, 0, &diags);
        cr_expect_not(liblua_takes(text, strlen(text)), "liblua takes %s", text);
        cr_expect_eq(rc, KH_EUSAGE, "we take %s", text);
        cr_assert_eq(diags.count, 1, "%s: one mistake, one message", text);
        const kh_diag *diag = &diags.items[0];
        cr_expect(diag->place.line == refused[i].line && diag->place.column == refused[i].column,
                  "%s\n  is at %d:%d", text, diag->place.line, diag->place.column);
        if (refused[i].message) cr_expect_str_eq(diag->text, refused[i].message, "%s", text);
        cr_expect_str_eq(diag->place.file, "t.lua");
        kh_diags_fini(&diags);
    }
}

/* What Lua takes and we do not, because it would not be exact, or not be seen. */
static const struct {
    const char *text;
    int line, column;
    const char *message;
} ours[] = {
    {"local __kh = 1", 1, 7, "names that start with '__kh' are reserved"},
    {"x = t.__kh_site", 1, 7, "names that start with '__kh' are reserved"},
    {"goto __khl ::__khl::", 1, 6, "names that start with '__kh' are reserved"},
    {"_ENV.x = 1", 1, 1, "'_ENV' is not available here"},
    {"local _ENV <const> = {}", 1, 7, "'_ENV' is not available here"},
    {"x = 0x1.8", 1, 5,
     "'0x1.8' is no whole number; hexadecimal numbers have the digits 0-9 and a-f only"},
    {"x = 0x12345678901234567", 1, 5, "a hexadecimal number has 1 to 16 digits"},
    {"x = 0.12345678901234567890123456789012345", 1, 5,
     "'0.12345678901234567890123456789012345' has more than 34 digits"},
    {"x = { a = 1,\n b = 2,\n ['a'] = 3 }", 3, 2,
     "'a' is written twice in this table; the first is in line 1"},
    {"x = { 'a', [1] = 'b' }", 1, 12,
     "'[1]' is written twice in this table; the first is in line 1"},
    {"x = 1\n\xff", 2, 1, "this is not UTF-8; save the file with the encoding UTF-8"},
    {"-- 余额\xd3\xe0", 1, 6, "this is not UTF-8; save the file with the encoding UTF-8"},
};

Test(script_syntax, refuses_what_would_not_be_exact)
{
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        kh_syntax syntax;
        kh_diags diags = {0};
        const char *text = ours[i].text;
        kh_status rc =
            kh_syntax_read(&syntax, "t.lua", text, strlen(text), KH_SYNTAX_SITES, 0, &diags);
        cr_expect(liblua_takes(text, strlen(text)) || strstr(text, "\xff"), "%s", text);
        cr_assert_eq(rc, KH_EUSAGE, "we take %s", text);
        cr_expect_str_eq(diags.items[0].text, ours[i].message);
        cr_expect(diags.items[0].place.line == ours[i].line &&
                      diags.items[0].place.column == ours[i].column,
                  "%s\n  is at %d:%d", text, diags.items[0].place.line,
                  diags.items[0].place.column);
        kh_diags_fini(&diags);
    }
}

static kh_status read_bytes(const char *text, size_t length, char message[200])
{
    kh_syntax syntax;
    kh_diags diags = {0};
    kh_status rc = kh_syntax_read(&syntax, "t.lua", text, length, 0, 0, &diags);
    snprintf(message, 200, "%s", diags.count ? diags.items[0].text : "");
    if (rc == KH_OK) {
        cr_expect(liblua_takes(syntax.text, syntax.text_length), "%.40s", text);
        kh_syntax_fini(&syntax);
    }
    kh_diags_fini(&diags);
    return rc;
}

Test(script_syntax, bounds_a_file)
{
    char message[200];
    cr_expect_eq(read_bytes("x = 1\0", 6, message), KH_EUSAGE);
    cr_expect_str_eq(message, "there is a NUL byte: this is no text file");
    cr_expect_eq(read_bytes("\xef\xbb\xbfx = 1", 8, message), KH_OK, "a byte order mark");
    cr_expect_eq(read_bytes(NULL, 0, message), KH_OK, "nothing at all");
    size_t size = KH_SYNTAX_BYTES + 1;
    char *large = malloc(size);
    memset(large, ' ', size);
    cr_expect_eq(read_bytes(large, size, message), KH_EUSAGE);
    cr_expect_str_eq(message, "the file has more than 4 MiB");
    cr_expect_eq(read_bytes(large, size - 1, message), KH_OK, "4 MiB of blanks");
    free(large);
}

/* @p open n times, @p middle, @p close n times. */
static char *nest(const char *open, const char *middle, const char *close, int n)
{
    kh_buf buf = {0};
    for (int i = 0; i < n; i++) kh_buf_text(&buf, open);
    kh_buf_text(&buf, middle);
    for (int i = 0; i < n; i++) kh_buf_text(&buf, close);
    return kh_buf_take(&buf);
}

Test(script_syntax, bounds_nesting_so_that_liblua_never_does)
{
    static const struct {
        const char *open, *middle, *close;
    } shapes[] = {{"do ", "", "end "},
                  {"x = {", "", "}"},
                  {"x = (", "1", ")"},
                  {"x = (a + ", "1", ")"},
                  {"x = - ", "1", ""},
                  {"x = not ", "1", ""},
                  {"x = f(", "1", ")"},
                  {"x = t[", "1", "]"},
                  {"x = a .. ", "1", ""},
                  {"x = a ^ ", "1", ""},
                  {"x = a == (", "b", ")"},
                  {"x = function() return ", "1", " end"},
                  {"if x then ", "", " end "},
                  {"while x do ", "", " end "},
                  {"for i = 1, 2 do ", "", "end "},
                  {"repeat ", "", " until x "}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        bool refused_one = false;
        for (int depth = 40; depth <= 260; depth += 5) {
            bool statement = strchr(shapes[i].open, '=') && shapes[i].open[0] == 'x';
            char *inner = nest(shapes[i].open + (statement ? 4 : 0), shapes[i].middle,
                               shapes[i].close, depth);
            char *text = malloc(strlen(inner) + 8), message[200];
            sprintf(text, "%s%s", statement ? "x = " : "", inner);
            if (read_bytes(text, strlen(text), message) < 0) {
                cr_expect(strstr(message, "nested too deeply") || strstr(message, "199 local"),
                          "%s %d: %s", shapes[i].open, depth, message);
                cr_expect(depth > 45, "%s refused at %d", shapes[i].open, depth);
                refused_one = true;
            }
            free(text);
            free(inner);
        }
        cr_expect(refused_one, "%s is never refused", shapes[i].open);
    }
    char message[200], *sum = nest("", "return a", " + a * 1.5", 2000);
    cr_expect_eq(read_bytes(sum, strlen(sum), message), KH_OK, "a long sum is not deep: %s",
                 message);
    free(sum);
    char *list = nest("", "return {1", ", 'a'", 20000);
    strcpy(list + strlen(list) - 1, "'");
    cr_expect_eq(read_bytes(list, strlen(list), message), KH_EUSAGE, "no end of a list");
    free(list);
}

/* ---- facts --------------------------------------------------------------------------------- */

static kh_syntax read_facts(const char *text)
{
    kh_syntax syntax;
    kh_diags diags = {0};
    kh_status rc = kh_syntax_read(&syntax, "s.lua", text, strlen(text), KH_SYNTAX_SITES, 0, &diags);
    cr_assert_eq(rc, KH_OK, "%s", diags.count ? diags.items[0].text : "");
    kh_diags_fini(&diags);
    return syntax;
}

static void expect_place(kh_place place, int line, int column, const char *what)
{
    cr_expect(place.line == line && place.column == column, "%s is at %d:%d, not at %d:%d", what,
              place.line, place.column, line, column);
}

Test(script_syntax, tells_what_a_formula_reads)
{
    kh_syntax s = read_facts("metric \"x\" { f = function(m, p, q)\n"
                             "  local function inner(m) return m.hidden + p[\"余额\"] end\n"
                             "  local q = q\n"
                             "  return m.corp_adb * p.pool / m . corp_adb + q.x + inner(q) end }");
    cr_assert_eq(s.function_count, 2);
    const kh_syntax_function *f = &s.functions[0], *inner = &s.functions[1];
    expect_place(f->place, 1, 18, "function");
    expect_place(f->end_place, 4, 62, "end");
    cr_expect_eq(f->parameter_count, 3);
    cr_expect_str_eq(f->parameters[1].name, "p");
    cr_expect_not(f->vararg);
    cr_assert_eq(f->access_count, 4);
    cr_expect_str_eq(f->accesses[0].name, "余额");
    cr_expect_eq(f->accesses[0].parameter, 1);
    expect_place(f->accesses[0].place, 2, 47, "p[\"余额\"]");
    cr_expect_str_eq(f->accesses[1].name, "corp_adb");
    expect_place(f->accesses[1].place, 4, 12, "m.corp_adb");
    cr_expect_str_eq(f->accesses[2].name, "pool");
    expect_place(f->accesses[3].place, 4, 36, "m . corp_adb");
    cr_expect_not(f->parameters[0].escapes, "m is only read by names");
    cr_expect_not(f->parameters[1].escapes);
    cr_expect(f->parameters[2].escapes, "q is copied to a local");
    expect_place(f->parameters[2].escape_place, 3, 13, "q");
    cr_expect_eq(inner->access_count, 1, "the inner m is another one");
    cr_expect_str_eq(inner->accesses[0].name, "hidden");
    cr_expect_eq(strncmp(f->text, "function(m, p, q)", 17), 0);
    cr_expect_eq(strncmp(f->text + f->length - 3, "end", 3), 0);
    kh_syntax_fini(&s);
}

Test(script_syntax, sees_each_other_use_of_a_parameter)
{
    static const struct {
        const char *text;
        bool escapes;
        uint32_t accesses;
    } cases[] = {{"return function(m) return m.a end", false, 1},
                 {"return function(m) return m['a'].b end", false, 1},
                 {"return function(m) return (m.a) + m.b.c[1] end", false, 2},
                 {"return function(m) return function() return m.a end end", false, 1},
                 {"return function(m) return f(m.a) end", false, 1},
                 {"return function(m) return m end", true, 0},
                 {"return function(m) return f(m) end", true, 0},
                 {"return function(m) return (m).a end", true, 0},
                 {"return function(m) return m[k] end", true, 0},
                 {"return function(m) return m[1] end", true, 0},
                 {"return function(m) return m:get('a') end", true, 0},
                 {"return function(m) return m() end", true, 0},
                 {"return function(m) return m + 1 end", true, 0},
                 {"return function(m) return #m end", true, 0},
                 {"return function(m) return {m} end", true, 0},
                 {"return function(m) m.a = 1 end", true, 1},
                 {"return function(m) m = {} return m.a end", true, 1},
                 {"return function(m) function m.f() end end", true, 0},
                 {"return function(m) for k in pairs(m) do end end", true, 0},
                 {"return function(m) local m = 1 return m end", false, 0},
                 {"return function(m) for m = 1, 2 do f(m) end return m.a end", false, 1},
                 {"return function(m) m.a.b = 1 end", false, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kh_syntax s = read_facts(cases[i].text);
        cr_expect_eq(s.functions[0].parameters[0].escapes, cases[i].escapes, "%s", cases[i].text);
        cr_expect_eq(s.functions[0].access_count, cases[i].accesses, "%s", cases[i].text);
        kh_syntax_fini(&s);
    }
}

Test(script_syntax, keeps_the_places_of_tables_and_calls)
{
    kh_syntax s = read_facts("measure \"对公\" {\n"
                             "  of = 'x', [\"余额\"] = env \"E\",\n"
                             "  1.5, { }, [7] = 2, f = function() end, [g()] = 3 }\n"
                             "a.b:c('d', 2) use('e/f') h(k('l') .. 'm') n('o' .. p)");
    cr_assert_eq(s.site_count, 2);
    const kh_syntax_site *site = &s.sites[0];
    expect_place(site->place, 1, 14, "{");
    expect_place(s.sites[1].place, 3, 8, "the inner {");
    cr_assert_eq(site->field_count, 7);
    static const struct {
        const char *key;
        uint32_t index;
        int32_t function;
        int key_line, key_column, line, column;
    } fields[] = {{"of", 0, -1, 2, 3, 2, 8},   {"余额", 0, -1, 2, 13, 2, 22},
                  {NULL, 1, -1, 3, 3, 3, 3},   {NULL, 2, -1, 3, 8, 3, 8},
                  {NULL, 7, -1, 3, 13, 3, 19}, {"f", 0, 0, 3, 22, 3, 26},
                  {NULL, 0, -1, 3, 42, 3, 50}};
    for (uint32_t i = 0; i < 7; i++) {
        const kh_syntax_field *field = &site->fields[i];
        cr_expect(fields[i].key ? field->key && !strcmp(field->key, fields[i].key) : !field->key,
                  "key of field %u", i);
        cr_expect_eq(field->index, fields[i].index, "index of field %u", i);
        cr_expect_eq(field->function, fields[i].function, "function of field %u", i);
        expect_place(field->key_place, fields[i].key_line, fields[i].key_column, "a key");
        expect_place(field->value_place, fields[i].line, fields[i].column, "a value");
    }
    static const struct {
        const char *name, *text;
        int column, text_column;
    } calls[] = {{"measure", "对公", 1, 9},
                 {"env", "E", 22, 26},
                 {"c", "d", 5, 7},
                 {"use", "e/f", 15, 19},
                 {"k", "l", 28, 30}};
    cr_assert_eq(s.call_count, 5);
    for (uint32_t i = 0; i < 5; i++) {
        cr_expect_str_eq(s.calls[i].name, calls[i].name);
        cr_expect_str_eq(s.calls[i].text, calls[i].text);
        cr_expect_eq(s.calls[i].place.column, calls[i].column, "%s", calls[i].name);
        cr_expect_eq(s.calls[i].text_place.column, calls[i].text_column, "%s", calls[i].name);
    }
    kh_syntax_fini(&s);
}

Test(script_syntax, lists_globals)
{
    kh_syntax s = read_facts("local a = b; c = a; function d() return e, a.f end d.g = 1");
    static const struct {
        const char *name;
        bool assigned;
        int column;
    } globals[] = {
        {"b", false, 11}, {"c", true, 14}, {"d", true, 30}, {"e", false, 41}, {"d", false, 52}};
    cr_assert_eq(s.global_count, 5);
    for (uint32_t i = 0; i < 5; i++) {
        cr_expect_str_eq(s.globals[i].name, globals[i].name);
        cr_expect_eq(s.globals[i].assigned, globals[i].assigned, "%s", globals[i].name);
        cr_expect_eq(s.globals[i].place.column, globals[i].column, "%s", globals[i].name);
    }
    kh_syntax_fini(&s);
}
