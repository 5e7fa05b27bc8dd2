/* What the base room lends to scripts: days, completion and weighting, places. */
#include "base/text.h"
#include "script/sandbox.h"

#include <criterion/criterion.h>
#include <string.h>

/* The text that a Lua expression gives, or its error. */
static const char *show(const char *expression)
{
    static char shown[1200];
    kh_script *script = kh_script_new(1024 * 1024);
    kh_diags diags = {0};
    kh_error err = KH_ERROR_INIT;
    char text[1000];
    int length = snprintf(text, sizeof text, "return tostring(%s)", expression);
    kh_status rc = kh_script_load(script, "t.lua", text, (size_t)length, 0, &diags);
    cr_assert_eq(rc, KH_OK, "%s: %s", text, diags.count ? diags.items[0].text : "");
    rc = kh_script_call(script, 0, 1, 1000000, &err);
    snprintf(shown, sizeof shown, "%s",
             rc == KH_OK ? lua_tostring(kh_script_lua(script), -1) : err.text);
    kh_diags_fini(&diags);
    kh_script_free(script);
    return shown;
}

typedef struct expectation {
    const char *expression, *shown;
} expectation;

static void expect_all(const expectation *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *shown = show(cases[i].expression);
        cr_expect_not_null(strstr(shown, cases[i].shown), "%s gave %s", cases[i].expression, shown);
    }
}

Test(bindings, calculates_with_days)
{
    static const expectation cases[] = {
        {"date.add_months('2009-01-31', 1)", "2009-02-28"},
        {"date.add_months('2008-01-31', 1)", "2008-02-29"},
        {"date.add_months('2009-03-31', -1)", "2009-02-28"},
        {"date.add_months('2009-12-15', 2)", "2010-02-15"},
        {"date.add_months(nil, 2)", "nil"},
        {"date.add_days('2008-02-28', 2)", "2008-03-01"},
        {"date.days('2009-01-01', '2009-03-31')", "89"},
        {"date.days('2009-03-31', '2009-01-01')", "-89"},
        {"date.days('2009-03-31', nil)", "nil"},
        {"date.years('1964-03-02', '2009-03-01')", "44"},
        {"date.years('1964-03-02', '2009-03-02')", "45"},
        {"date.years('2008-02-29', '2009-02-28')", "0"},
        {"date.parts('2009-11-30').quarter", "4"},
        {"date.parts('2009-11-30').day", "30"},
        {"date.weekday('2009-03-31')", "2"},
        {"date.month_end('2008-02-01')", "2008-02-29"},
        {"date.valid('2009-02-29')", "false"},
        {"date.valid('2009-2-1')", "false"},
        {"date.valid('2008-02-29')", "true"},
        {"date.valid(20090101)", "false"},
        {"date.is_workday('2009-01-04')", "false"},
        {"date.is_workday('2009-01-04', {}, { '2009-01-04' })", "true"},
        {"date.is_workday('2009-01-02', { '2009-01-02' })", "false"},
        {"date.deadline('2009-03-31', 3)", "2009-04-03"},
        {"date.deadline('2009-04-03', 3, { '2009-04-06' }, {})", "2009-04-09"},
        {"date.deadline('2009-09-26', 1, {}, { '2009-09-27' })", "2009-09-27"},
        {"date.deadline('2009-04-03', 0)", "2009-04-03"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
}

Test(bindings, refuses_what_is_no_day)
{
    static const expectation cases[] = {
        {"date.add_months('2009-02-30', 1)", "t.lua:1: '2009-02-30' is not a day"},
        {"date.add_months('2009/02/01', 1)", "'2009/02/01' is not a day; write it like 2009-03-31"},
        {"date.add_months(20090101, 1)", "a day like '2009-03-31' is needed, not a number"},
        {"date.add_months('2009-01-01', 1.5)", "a whole number is needed"},
        {"date.add_months('9999-12-01', 1)", "the day lies outside of the years 1 to 9999"},
        {"date.add_months('0001-01-01', -1)", "the day lies outside"},
        {"date.add_months('2009-01-01', 9999999999)", "the number is too large"},
        {"date.add_days('9999-12-31', 1)", "the day lies outside"},
        {"date.deadline('2009-01-01', -1)", "working days are a number from 0 to 1000"},
        {"date.deadline('2009-01-01', 1, { 'x' })", "'x' is not a day"},
        {"date.add_month('2009-01-01', 1)", "date has no 'add_month'; did you mean 'add_months'?"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
}

Test(bindings, weighs_exactly)
{
    static const expectation cases[] = {
        {"weigh { items = { { actual = 1, target = 3, weight = 20 }, { actual = 1, target = 3, "
         "weight = 20 }, { actual = 1, target = 3, weight = 20 } } }.score == 20",
         "true"},
        {"weigh { items = { { actual = 5, target = 4, weight = 10, cap = 1.2 } } }.items[1].state",
         "capped"},
        {"weigh { items = { { actual = -5, target = 4, weight = 10, floor = 0 } } }.items[1].state",
         "floored"},
        {"weigh { items = { { actual = 0, target = 0, weight = 10 } } }.score", "10"},
        {"weigh { items = { { actual = -1, target = 0, weight = 10 } } }.score", "0"},
        {"weigh { items = { { actual = 1, target = 0, weight = 10, zero_target = 'zero' } } "
         "}.score",
         "0"},
        {"weigh { items = { { actual = 1, target = 0, weight = 10, zero_target = 'exclude' } } }"
         ".score",
         "nil"},
        {"weigh { items = { { actual = 1, target = 0, weight = 10, zero_target = 'exclude' }, "
         "{ actual = 1, target = 2, weight = 30 } } }.score",
         "20"},
        {"weigh { items = { { actual = 900, target = 1000, base = 800, weight = 1 } } }"
         ".items[1].rate",
         "0.5"},
        {"weigh { items = { { target = 2, weight = 10 }, { actual = 1, target = 1, weight = 10 } } "
         "}"
         ".score",
         "20"},
        {"weigh { items = { { target = 2, weight = 10, absent = 'block' }, { actual = 1, target = "
         "1,"
         " weight = 10 } } }.score",
         "nil"},
        {"weigh { items = {} }.score", "nil"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
}

Test(bindings, refuses_goals_that_make_no_sense)
{
    static const expectation cases[] = {
        {"weigh { items = { { actual = 1, target = 1 } } }", "item 1 needs a weight of 0 or more"},
        {"weigh { items = { { actual = 1, target = 1, weight = -1 } } }", "item 1 needs a weight"},
        {"weigh { items = { { actual = 1, target = -1, weight = 1 } } }", "negative target"},
        {"weigh { items = { { actual = 'x', weight = 1 } } }", "'actual' is a text, not a number"},
        {"weigh { items = { { actul = 1, weight = 1 } } }", "did you mean 'actual'?"},
        {"weigh { items = { { weight = 1, zero_target = 'none' } } }",
         "'zero_target' cannot be 'none'"},
        {"weigh { items = { 5 } }", "item 1 is a number, not a table"},
        {"weigh { itms = {} }", "weigh has no 'itms'; did you mean 'items'?"},
        {"weigh {}", "weigh needs items"},
        {"weigh()", "write weigh { items"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
}

Test(bindings, ranks_with_ties)
{
    static const expectation cases[] = {
        {"table.concat(rank({ 90, 80, 80, 70 }), ',')", "1,2,2,4"},
        {"table.concat(rank({ 90, 80, 80, 70 }, true), ',')", "1,2,2,3"},
        {"table.concat(rank({ 70, 90.0, 90 }), ',')", "3,1,1"},
        {"table.concat(rank({}), ',')", ""},
        {"rank({ 1, 'x' })", "element 2 is a text, not a number"},
        {"rank(5)", "write rank({ ... })"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
}
