/* Numbers in scripts: exact in every nesting, absent stays absent, errors name what was written. */
#include "unit/script_run.h"

#include "base/decimal.h"

static const run_case arithmetic[] = {
    {"return 0.1 + 0.2", "0.3", "decimals, not binary fractions"},
    {"return 0.1 + 0.2 == 0.3", "true", "also when compared"},
    {"return 3.20 * 100", "320.00", "decimals keep their places"},
    {"return 1 / 3", "0.3333333333333333333333333333333333", "34 digits"},
    {"return 7 / 2, 8 / 2", "3.5 4", "division of integers"},
    {"return 2 ^ 10, 2 ^ -2, 1.1 ^ 2, 2 ^ 3 ^ 2", "1024 0.25 1.21 512", "powers"},
    {"return -2 ^ 2, (-2) ^ 2, -2.5 ^ 2", "-4 4 -6.25", "minus binds less than a power"},
    {"return 7 // 2, -7 // 2, 7 // -2, 7.5 // 2, -7.5 // 2", "3 -4 -4 3 -4", "floor division"},
    {"return 7 % 3, -7 % 3, 7 % -3, 7.5 % 2, -7.5 % 2", "1 2 -2 1.5 0.5", "sign of the divisor"},
    {"return 5.00 % 2.5, 1 % 0.3", "0.00 0.1", "rest of decimals"},
    {"return 99999999 * 99999999 * 99999999", "999999970000000299999999", "no wrapping around"},
    {"return math.maxinteger + 1, math.mininteger - 1", "9223372036854775808 -9223372036854775809",
     "integers become decimals where they do not fit"},
    {"return math.mininteger // -1, math.mininteger % -1, -math.mininteger",
     "9223372036854775808 0 9223372036854775808", "the odd one"},
    {"return 123456789012345678901234567890", "123456789012345678901234567890", "many digits"},
    {"return 1e3, 1E-3, .5, 5., 12.50e1", "1000 0.001 0.5 5 125.0", "all forms of literals"},
    {"return 0xff, 0XA + 1, 0xFFFFFFFFFFFFFFFF, 0x10 / 4", "255 11 -1 4", "hexadecimal stays"},
    {"return 100000000 * 3, 99999999 * 3", "300000000 299999997", "9 digits and 8"},
    {"return -0.5, - -0.5, -(0.5), - - 5", "-0.5 0.5 -0.5 5", "minus and literals"},
    {"return 1.50 .. '', 1 .. 2, 2.5 .. 'x' .. 1.0", "1.50 12 2.5x1.0", "joined as written"},
    {"return 5 & 3, 5 | 3, 5 ~ 3, ~5, 1 << 4, 256 >> 4, 6.0 & 3", "1 7 6 -6 16 16 2", "bits"},
    {"return 1 << 63, 1 << 64, 1 << -1", "-9223372036854775808 0 0", "shifts as in Lua"},
    {"local t = {10, 20, 30} return t[6 / 3], t[1.0], t[1.5 * 2]", "20 10 30", "whole keys"},
    {"local t = {[2.0] = 'a', [100000000] = 'b'} return t[2], t[1e8], #t", "a b 0", "also there"},
    {"local s = '' for i = 1.0, 2.5 * 2 - 1, 4 / 2 do s = s .. i end return s", "13", "bounds"},
    {"for i = 9, 10 do return i, i + 0.5 end", "9 9.5", "loop variables are integers"},
    {"return 10000000000 * 10000000000 * 10000000000 * 10000",
     "10000000000000000000000000000000000", "34 digits"},
};

Test(script_number, computes_exactly)
{
    RUN_CASES(arithmetic);
}

static const run_case nestings[] = {
    {"local a, b, c = 1.0, 1, true return a == b == c", "true", "comparisons from the left"},
    {"local a, b = 1.0, 2 return not a == b, not (a == b)", "false true", "not binds tighter"},
    {"local x, y, z = 1.5, 1.25, 'z' return x + 1 == y * 2 and z", "z", "and binds less"},
    {"local x, y = 3, 4 return x + 1 == y or 'no'", "true", "or binds less"},
    {"local m = {f = function(self, n) return n * 2 end} return m:f(2) / 8 + m:f(1.5)", "3.5",
     "method calls"},
    {"local function f() return 6, 7 end return f() / f(), (f()) + 1", "1 7", "one value each"},
    {"local function f(...) return ... end return f(1, 2) + f(), f() == nil", "nil true",
     "no value is absent"},
    {"local function f(...) return ... + 1, ... == 1 end return f(1, 5)", "2 true", "dots"},
    {"local a = 2 return a -- one\n * --[[ two ]] (a -\n 0.5) / 3 -- three", "1.0", "many lines"},
    {"local a = {b = {c = 3}} return a.b.c * a['b'].c / a.b['c']", "3", "fields"},
    {"return ((1 + 2)) * (3 - (4 - 5)) / ((2))", "6", "parentheses"},
    {"return (1.25 + 1):round(1), (2.675):round(2) * 2, (5):round(1)", "2.3 5.36 5.0", "methods"},
    {"return 1 < 2 == true, 1 < 2.0 == (2 >= 1.0)", "true true", "order, then equality"},
    {"return 'a' < 'b', 'b' <= 'a', 'a' == 'a', '1' == 1, 1 == '1'", "true false true false false",
     "texts"},
    {"return 1 == 1.0, 2.50 == 2.5, 1 ~= 1.0, 1.5 ~= 2", "true true false true", "by value"},
    {"local t, u = {}, {} return t == t, t == u, t ~= u, nil == t, pairs == pairs",
     "true false true false true", "tables and functions"},
    {"local s = 0 for i = 1, 3 do s = s + i / 2 (function() s = s * 2 end)() end return s", "11.0",
     "a statement in parentheses behind a number"},
    {"local f = function() return 0.5 end return f() + 1, ({f() / 2})[1]", "1.5 0.25", "calls"},
    {"return 1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+0.5", "36.5",
     "more operators than one call takes"},
    {"local x = 2 return x^x^x^x, x-x-x-x, (x-(x-(x-x)))", "65536 -4 0", "right and left"},
    {"local x <const> = 0.5 local y = -x return y, -y, x * -y", "-0.5 0.5 0.25", "constants"},
    {"goto done do return 1 end ::done:: return 2.5 // 1", "2", "labels"},
    {"local t = {1.5, 2, x = 0.5, [1 + 2] = 4 / 2} return t[1], t[2], t.x, t[3]", "1.5 2 0.5 2",
     "constructors"},
    {"local a = 5 if a / 2 > 2.4 and a ~= 5.1 then return 'yes' end", "yes", "conditions"},
    {"return #'abc' / 2, #{1, 2} * 0.5, -#'ab'", "1.5 1.0 -2", "lengths"},
    {"return 2\n-- c\n+\n3 , [[\n]] .. 1", "5 1", "comments and long texts"},
};

Test(script_number, keeps_order_and_precedence)
{
    RUN_CASES(nestings);
}

static const run_case absences[] = {
    {"return nil + 1, 1 - nil, nil * nil, nil / 2, -nil, nil // 1, nil % 1, nil ^ 2",
     "nil nil nil "
     "nil nil nil nil nil",
     "absent as in SQL"},
    {"local m = {a = 1} return m.a + m.b * 2, (m.b or 0) + 1.5", "nil 1.5", "a missing measure"},
    {"return 1 / 0, 0 / 0, 1 // 0, 1 % 0, 1.5 // 0.0, 0 ^ -1", "nil nil nil nil nil nil",
     "a division by zero has no result"},
    {"return 9e999 * 1, 1e6000 * 1e6000", "9E+999 nil", "overflow has none, either"},
    {"return nil == nil, nil == 0, 0.0 == nil, nil ~= 1", "true false false true",
     "equality works"},
    {"return min(1, nil), max(nil), sum({}), sum(nil), abs(nil), round(nil, 2), dec(nil)",
     "nil nil 0 nil nil nil nil", "functions of it"},
    {"return nil & 1, ~nil, 1 << nil", "nil nil nil", "bits of it"},
    {"local m = {} return m.npl > 5",
     "! t.lua:1: 'm.npl' is absent (nil) and has no order; write "
     "(m.npl or 0), or test 'm.npl ~= nil' first",
     "comparing names the left side"},
    {"local m, p = {}, {a = 1.5}\nreturn p.a > 1 and\n p.a <= m['x']",
     "! t.lua:3: 'm['x']' is "
     "absent (nil) and has no order; write (m['x'] or 0), or test 'm['x'] ~= nil' first",
     "and the right one, with the line of the operator"},
    {"local m = {} return m.a.b", "! t.lua:1: attempt to index a nil value (field 'a')",
     "indexing"},
    {"local m return m.a", "! t.lua:1: attempt to index a nil value (local 'm')",
     "indexing a local"},
    {"local m = {} return 'x' .. m.a",
     "! t.lua:1: 'm.a' is absent (nil) and stands beside '..'; write (m.a or '') to leave it out",
     "joining"},
    {"local m = {} return 1.5 .. m.a",
     "! t.lua:1: 'm.a' is absent (nil) and stands beside '..'; write (m.a or '') to leave it out",
     "joining to a decimal"},
    {"return 'x' .. {}",
     "! t.lua:1: '{}' is a table; only texts and numbers can be joined with '..'",
     "joining a table"},
    {"return 1.50 .. 'x' .. 2 .. -3 .. ('y' .. 1 + 2)", "1.50x2-3y3", "joining numbers"},
    {"local m = {} for i = 1, m.n do end",
     "! t.lua:1: 'm.n' is absent (nil), but the bounds of a "
     "'for' must be whole",
     "a bound"},
    {"local t = {} return t[nil]", "nil", "reading with an absent key"},
};

Test(script_number, lets_absence_through_and_names_it)
{
    RUN_CASES(absences);
}

static const run_case refusals[] = {
    {"local m = {name = '12'} return m.name + 1",
     "! t.lua:1: 'm.name' is the text '12', not a "
     "number; dec(...) reads the number in a text",
     "no number is read from a text silently"},
    {"return 1.5 * '2'",
     "! t.lua:1: ''2'' is the text '2', not a number; dec(...) reads the number "
     "in a text",
     "also literally"},
    {"return -'2'",
     "! t.lua:1: ''2'' is the text '2', not a number; dec(...) reads the number in a "
     "text",
     "also with a minus"},
    {"return {} + 1", "! t.lua:1: '{}' is a table, not a number", "a table"},
    {"local f = pairs return (f or 1) / 2", "! t.lua:1: '(f or 1)' is a function, not a number",
     "a function"},
    {"return (1 < 2) + 1", "! t.lua:1: '(1 < 2)' is true or false, not a number", "a truth"},
    {"return 1 < 'x'", "! t.lua:1: '1' is 1 and ''x'' is the text 'x': these two have no order",
     "mixed order"},
    {"return {} < {}", "! t.lua:1: '{}' is a table and '{}' is a table: these two have no order",
     "tables"},
    {"return 1.5 & 1", "! t.lua:1: '1.5' is 1.5, not a whole number", "bits of a fraction"},
    {"return 'a' | 1",
     "! t.lua:1: ''a'' is the text 'a', not a whole number; dec(...) reads the "
     "number in a text",
     "bits of a text"},
    {"return 2 ^ 0.5", "! t.lua:1: the power '0.5' is not a whole number", "roots"},
    {"local t, i = {}, 1 t[i / 2] = 1",
     "! t.lua:1: 'i / 2' is 0.5, but a number used as a key must "
     "be whole",
     "a decimal key"},
    {"for i = 1, 2.5 do end", "! t.lua:1: '2.5' is 2.5, but the bounds of a 'for' must be whole",
     "a decimal bound"},
    {"for i = 1, '3' do end",
     "! t.lua:1: ''3'' is the text '3', but the bounds of a 'for' must be "
     "whole",
     "a text as a bound"},
    {"for i = 1, 3, 0 do end", "! t.lua:1: 'for' step is zero", "no step"},
    {"return 12345678901234567890123456789012345",
     "! 1:8: '12345678901234567890123456789012345' "
     "has more than 34 digits",
     "35 digits"},
    {"return 1.2.3", "! 1:8: '1.2.3' is not a number; write it like 1234.56", "two points"},
    {"return 3x", "! 1:8: '3x' is not a number; write it like 1234.56", "letters"},
    {"return 0x1p4",
     "! 1:8: '0x1p4' is no whole number; hexadecimal numbers have the digits 0-9 "
     "and a-f only",
     "hexadecimal fractions"},
    {"return 1e9999", "! 1:8: '1e9999' is out of range", "too large to mean anything"},
    {"return dec('1,234')", "! t.lua:1: '1,234' is not a number; write it like -1234.56", "dec"},
    {"return dec({})", "! t.lua:1: bad argument #1 to 'dec' (a number is needed, not a table)",
     "dec of a table"},
    {"return round('1.5')",
     "! t.lua:1: bad argument #1 to 'round' (a number is needed, not a text; "
     "use dec(...))",
     "round of a text"},
    {"return round(1.5, 99)",
     "! t.lua:1: bad argument #2 to 'round' (decimals are a whole number "
     "from -34 to 34)",
     "too many decimals"},
    {"return (1.5):int()", "! t.lua:1: 1.5 is not a whole number; round it first", "int"},
    {"return (1.5):rond(1)", "! t.lua:1: a number has no 'rond'; did you mean 'round'?", "methods"},
    {"return sum({1, 'x'})", "! t.lua:1: element 2 of the list is a text, not a number", "sum"},
    {"return math.sqrt(2)", "! t.lua:1: math has no 'sqrt'", "math is small"},
};

Test(script_number, refuses_what_is_not_exact)
{
    RUN_CASES(refusals);
}

static const run_case functions[] = {
    {"return dec('1.50'), dec(5), dec('-0.00'), dec(1.25)", "1.50 5 0.00 1.25", "dec"},
    {"return round(2.675, 2), round(-2.675, 2), round(2.5), round(1250, -2)", "2.68 -2.68 3 1300",
     "half away from zero"},
    {"return floor(-0.5), ceil(-0.5), floor(1.29, 1), ceil(1.21, 1)", "-1 0 1.2 1.3", "directions"},
    {"return abs(-3), abs(-2.50), abs(math.mininteger)", "3 2.50 9223372036854775808", "size"},
    {"return min(3, 2.5, 7), max(1.0, 1, 0), sum({1, 2.5, 3}), sum({1, 2})", "2.5 1.0 6.5 3",
     "lists"},
    {"return math.type(1), math.type(1.5), math.type('1'), type(1.5), type(1)",
     "integer decimal nil number number", "types"},
    {"return math.tointeger(3.00), math.tointeger(3.5), math.ult(1, -1), (5.00):int()",
     "3 nil true 5", "integers"},
    {"return tonumber('1.50'), tonumber(' -12 '), tonumber('1e2'), tonumber('x'), tonumber('')",
     "1.50 -12 100 nil nil", "reading texts"},
    {"return tonumber('123456789012'), tonumber(1.5), tonumber({}), tonumber('1 2')",
     "123456789012 1.5 nil nil", "more of them"},
    {"return tostring(1.50), tostring(100000000 * 10), tostring(nil), tostring(true)",
     "1.50 1000000000 nil true", "plain digits"},
    {"return string.format('%d|%5d|%-5d|%05d|%+d|% d', 3.0, 42, 42, -42, 5, 7)",
     "3|   42|42   |-0042|+5| 7", "whole numbers"},
    {"return string.format('%.2f|%8.3f|%,.2f|%.0f|%f|%,d', 2.675, 3.14159, -1234567.895, 0.5, 1, "
     "1234567)",
     "2.68|   3.142|-1,234,567.90|1|1.000000|1,234,567", "decimals, rounded exactly"},
    {"return string.format('%.20f', 0.1), string.format('%x %c %i %u', 255, 65, 2, 3)",
     "0.10000000000000000000 ff A 2 3", "no binary digits show"},
    {"return string.format('%s|%5s|%-5s|%.3s|%q|%%', 1.50, 'ab', 'ab', '余额', 'a\"\\\n')",
     "1.50|   ab|ab   |余|\"a\\\"\\010\"|%", "texts"},
    {"return string.format('%s %s %s', nil, {}, pairs)", "nil table function", "no address"},
};

Test(script_number, has_functions_that_work_on_decimals)
{
    RUN_CASES(functions);
}

/* ---- the same as liblua, wherever no decimals are in play ------------------------------------ */

static uint32_t pick(uint32_t *seed, uint32_t count)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 16) % count;
}

/* A random expression: n = a small integer, b = true or false, s = a text. */
static void add_random(kh_buf *out, uint32_t *seed, char type, int depth)
{
    static const char *const leaves[] = {"a", "b", "c", "7", "t[1]", "t.x", "f(3)", "12"};
    static const char *const numbers[] = {"(n)",
                                          "-n",
                                          "n + n",
                                          "n - n",
                                          "n * 3",
                                          "n // 2",
                                          "n // -3",
                                          "n % 5",
                                          "n % -4",
                                          "n & n",
                                          "n | n",
                                          "n ~ n",
                                          "~n",
                                          "n << 2",
                                          "n + (255 >> 3)",
                                          "#s",
                                          "f(n, n)",
                                          "(t[(n) % 3 + 1] or 0)",
                                          "(b and n or n)",
                                          "n --[[c]] +\n n",
                                          "g(n):get(n) + n"};
    static const char *const truths[] = {
        "(b)",    "not b", "n == n",  "n ~= n", "n < n",  "n <= n", "n > n",      "n >= n",
        "s == s", "s < s", "b and b", "b or b", "n == s", "b == b", "n < n == b", "t[n] == nil"};
    static const char *const texts[] = {"'x'", "s .. s", "s .. n", "n .. s", "(b and s or s)"};
    const char *form = depth == 0    ? NULL
                       : type == 'n' ? numbers[pick(seed, sizeof numbers / sizeof *numbers)]
                       : type == 'b' ? truths[pick(seed, sizeof truths / sizeof *truths)]
                                     : texts[pick(seed, sizeof texts / sizeof *texts)];
    if (!form) {
        kh_buf_text(out, type == 'n' ? leaves[pick(seed, 8)] : type == 'b' ? "yes" : "'y'");
        return;
    }
    for (; *form; form++) {
        bool word = form[1] >= 'a' && form[1] <= 'z';
        if (word && *form >= 'a' && *form <= 'z') { /* `not`, `and`, `or`, `get` */
            while (*form >= 'a' && *form <= 'z') kh_buf_add(out, form++, 1);
            form--;
        } else if (*form == 'n' || *form == 's' || (*form == 'b' && type == 'b') ||
                   (*form == 'b' && form[1] == ' ')) {
            kh_buf_text(out, "(");
            add_random(out, seed, *form, depth - 1);
            kh_buf_text(out, ")");
            if (pick(seed, 3) > 0) { /* most often without the parentheses */
                char *text = out->data;
                size_t open = out->size, level = 0;
                do {
                    open--;
                    if (text[open] == ')') level++;
                    if (text[open] == '(') level--;
                } while (level > 0);
                text[open] = text[out->size - 1] = ' ';
            }
        } else {
            kh_buf_add(out, form, 1);
        }
    }
}

static const char prologue[] =
    "local a, b, c, yes, t = 1, 5, -3, true, {4, 6, 8, x = 2}\n"
    "local function f(x, y) return x, y end\n"
    "local function g(x) return {get = function(self, y) return x - y end} end\n";

Test(script_number, agrees_with_liblua_on_random_expressions)
{
    uint32_t seed = 2009;
    int compared = 0;
    lua_State *plain = luaL_newstate();
    for (int i = 0; i < 600; i++) {
        kh_buf source = {0};
        kh_buf_text(&source, prologue);
        kh_buf_text(&source, "return ");
        add_random(&source, &seed, "nbs"[i % 3], 1 + i % 5);
        char ours[2000], theirs[2000] = "";
        kh_script *script = kh_script_new(MIB);
        kh_status rc = run_in(script, source.data, 0, 1000000, ours);
        kh_script_free(script);
        bool good = luaL_loadstring(plain, source.data) == LUA_OK &&
                    lua_pcall(plain, 0, LUA_MULTRET, 0) == LUA_OK;
        cr_expect(good == (rc == KH_OK), "%s\n%s\n%s", source.data, ours,
                  good ? "" : lua_tostring(plain, -1));
        for (int k = 1; good && k <= lua_gettop(plain); k++) {
            if (k > 1) strcat(theirs, " ");
            if (lua_isboolean(plain, k)) {
                strcat(theirs, lua_toboolean(plain, k) ? "true" : "false");
            } else {
                strcat(theirs, lua_isnil(plain, k) ? "nil" : lua_tostring(plain, k));
            }
        }
        if (good && rc == KH_OK) {
            cr_expect_str_eq(ours, theirs, "%s", source.data + sizeof prologue - 1);
            compared++;
        }
        lua_settop(plain, 0);
        kh_buf_fini(&source);
    }
    cr_expect(compared > 400, "only %d were values", compared);
    lua_close(plain);
}

/* Deeper and deeper calls let the stack grow while numbers are joined: see run_text() in calc.c. */
Test(script_number, joins_while_the_stack_moves)
{
    const char *got = run("local function f(n, d)\n"
                          "    if n == 0 then return 'a' .. d .. 'b' .. d .. 'c' end\n"
                          "    local r = f(n - 1, d)\n"
                          "    return r\n"
                          "end\n"
                          "for n = 0, 150 do\n"
                          "    if f(n, 1.5) ~= 'a1.5b1.5c' then return n end\n"
                          "end\n"
                          "return 'whole'");
    cr_expect_str_eq(got, "whole", "%s", got);
}

static int push_things(lua_State *L)
{
    lua_settop(L, 0);
    kh_number_push(L, kh_dec_of("1.50"));
    kh_number_push(L, KH_ABSENT);
    lua_pushnumber(L, 3.0);
    lua_pushnumber(L, 0.1);
    lua_pushnumber(L, 9007199254740994.0);
    lua_pushliteral(L, "7");
    return 6;
}

Test(script_number, crosses_the_border_to_c)
{
    kh_script *script = kh_script_new(MIB);
    lua_State *L = kh_script_lua(script);
    cr_assert_eq(kh_script_protect(script, push_things, NULL, 0, 6, NULL), KH_OK);
    kh_decimal x = KH_ONE;
    int64_t whole = -1;
    char text[KH_DECIMAL_TEXT];
    cr_expect(kh_number_get(L, 1, &x));
    cr_expect_eq(kh_number_text(L, 1, text), 4);
    cr_expect_str_eq(text, "1.50");
    cr_expect_not(kh_number_int(L, 1, &whole), "1.50 is not whole");
    cr_expect(kh_number_get(L, 2, &x) && kh_is_absent(x), "nil is absent");
    cr_expect(kh_number_get(L, 99, &x) && kh_is_absent(x), "none is absent");
    cr_expect(kh_number_int(L, 3, &whole) && whole == 3, "a whole float is a number");
    x = KH_ONE;
    cr_expect_not(kh_number_get(L, 4, &x), "0.1 in binary is not");
    cr_expect_not(kh_number_get(L, 5, &x), "nor is one beyond 2^53");
    cr_expect_not(kh_number_get(L, 6, &x), "nor a text");
    cr_expect_eq(x.lo, KH_ONE.lo, "the result is untouched");
    kh_script_free(script);
}

static int define_slot(lua_State *L)
{
    kh_decimal **slot = lua_touserdata(L, 1);
    lua_newtable(L);
    *slot = kh_number_slot(L, kh_dec_of("1.5"));
    lua_setfield(L, -2, "x");
    lua_pushnumber(L, 0.1);
    lua_setfield(L, -2, "float");
    lua_setglobal(L, "m");
    return 0;
}

Test(script_number, refills_a_slot_without_allocating)
{
    kh_script *script = kh_script_new(MIB);
    kh_decimal *slot = NULL;
    char out[2000];
    cr_assert_eq(kh_script_protect(script, define_slot, &slot, 0, 0, NULL), KH_OK);
    run_in(script, "return m.x * 2", 0, 1000, out);
    cr_expect_str_eq(out, "3.0");
    *slot = kh_dec_of("2.25");
    run_in(script, "return m.x * 2", 0, 1000, out);
    cr_expect_str_eq(out, "4.50");
    run_in(script, "return m.float * 2", 0, 1000, out);
    cr_expect_str_eq(out, "! t.lua:1: a binary fraction reached a calculation through 'm.float'; "
                          "give it as a decimal, like 0.1 or dec(\"0.1\")");
    run_in(script, "return m.float == 0.1", 0, 1000, out);
    cr_expect(strstr(out, "a binary fraction"), "equality is a calculation, too: %s", out);
    kh_script_free(script);
}
