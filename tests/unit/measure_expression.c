/* Row expressions: what each word gives, with nulls, to the last digit; and where a mistake is. */
#include "measure_kit.h"

/* One row, and its empty cells. */
#define ROW                                                                                        \
    "manager_id,date,kind,balance,rate,opened,客户 编号,open,none,never,nobody\n"              \
    "M1,2009-03-31,对公一般,-1234.56,3.25,2008-02-29,K'1,true,,,\n"

#define COLUMNS                                                                                    \
    "dataset \"s\" { columns = { kind = 'text', balance = 'money', rate = 'rate', opened = "       \
    "'date',"                                                                                      \
    " open = 'bool', none = 'money', never = 'date', nobody = 'text' } }\n"

static const struct {
    const char *text, *value;
} numbers[] = {
    {"1 + 2 * 3 - 4 / 8", "6.5"},
    {"(1 + 2) * 3", "9"},
    {"-balance", "1234.56"},
    {"- -1", "1"},
    {"balance * rate / 100", "-40.1232"},
    {"0.1 + 0.2", "0.3"},
    {"1 / 3", "0.3333333333333333333333333333333333"}, /* of the sum, once */
    {"2 / 3 + 0 * rate", "0.666666666666666667"},
    {"-2 / 3 + 0 * rate", "-0.666666666666666667"},
    {"balance / 0 + 1", ""},
    {"none + 1", ""},
    {"coalesce(none, balance, 5)", "-1234.56"},
    {"coalesce(none, 5)", "5"},
    {"coalesce(none, none)", ""},
    {"abs(balance)", "1234.56"},
    {"abs(none)", ""},
    {"min(balance, rate, 2)", "-1234.56"},
    {"max(balance, rate, 2)", "3.25"},
    {"max(1, none)", ""},
    {"round(2.675, 2) + round(-2.675, 2)", "0"},
    {"round(2.675, 2)", "2.68"},
    {"round(rate, 0)", "3"},
    {"round(-3.5 + 0 * rate, 0)", "-4"},
    {"round(1, 4)", "1"},
    {"days(opened, date)", "396"},
    {"days(date, opened)", "-396"},
    {"days(date '2009-01-01', period_end)", "89"},
    {"days(year_start, period_start)", "0"},
    {"period_days", "90"},
    {"year(opened) * 10000 + month(opened) * 100 + day(opened)", "20080229"},
    {"quarter(date) * 10 + quarter(opened)", "11"},
    {"days(never, date)", ""},
    {"year(never)", ""},
    {"case when rate > 3 then 1 when rate > 2 then 2 end", "1"},
    {"case when rate < 3 then 1 end", ""},
    {"case when none > 1 then 1 else 2 end", "2"},
    {"case when open then balance else 0 end", "-1234.56"},
    {"CASE WHEN Open AND NOT open THEN 1 ELSE 2 END", NULL}, /* names have case: no column 'Open' */
    {"case when kind = '对公一般' then 0.5 else 1 end", "0.5"},
};

static const struct {
    const char *text;
    int holds; /* 1, 0, or -1: null */
} conditions[] = {
    {"kind = '对公一般'", 1},
    {"kind <> '对公一般'", 0},
    {"kind != 'x'", 1},
    {"kind in ('a', '对公一般')", 1},
    {"kind not in ('a', 'b')", 1},
    {"kind in ('a', null)", -1},
    {"kind in ('对公一般', null)", 1},
    {"kind like '对%'", 1},
    {"kind like '_公__'", 1},
    {"kind like '_公_'", 0},
    {"kind like '%一%'", 1},
    {"kind not like '%一%'", 0},
    {"kind < '对公一艘'", 1},
    {"\"客户 编号\" = 'K''1'", 1},
    {"balance between -2000 and -1234.56", 1},
    {"balance not between 0 and 1", 1},
    {"date between '2009-01-01' and period_end", 1},
    {"date > opened", 1},
    {"opened = '2008/2/29'", 1},
    {"date >= date '2009-04-01'", 0},
    {"none is null and kind is not null", 1},
    {"none is not null", 0},
    {"none = none", -1},
    {"none > 1", -1},
    {"nobody = ''", -1},
    {"not (none > 1)", -1},
    {"none > 1 or true", 1},
    {"none > 1 or false", -1},
    {"none > 1 and false", 0},
    {"none > 1 and true", -1},
    {"open", 1},
    {"open = false", 0},
    {"not open or rate == 3.25", 1},
    {"not not open", 1},
    {"1 < 2 and 2 <= 2 and 3 > 2 and 2 >= 2", 1},
    {"true or true and false", 1},
    {"(true or true) and false", 0},
};

/* All cases as measures of one run. */
Test(expression, gives_what_sql_gives_exactly)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "s", ROW);
    kh_buf_text(&k.lua, COLUMNS);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (!numbers[i].value) continue;
        kh_buf_printf(&k.lua, "measure \"n%zu\" { of = 's', sum = [[%s]] }\n", i, numbers[i].text);
    }
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        kh_buf_printf(&k.lua, "measure \"c%zu\" { of = 's', count = true, where = [[%s]] }\n", i,
                      conditions[i].text);
        kh_buf_printf(&k.lua,
                      "measure \"u%zu\" { of = 's', count = true, where = [[(%s) is null]] }\n", i,
                      conditions[i].text);
    }
    kit_run(&k, "2009Q1");
    char name[16];
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        snprintf(name, sizeof name, "n%zu", i);
        if (numbers[i].value) kit_expect(&k, name, "M1", numbers[i].value, numbers[i].text);
    }
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        snprintf(name, sizeof name, "c%zu", i);
        kit_expect(&k, name, "M1", conditions[i].holds == 1 ? "1" : "0", conditions[i].text);
        snprintf(name, sizeof name, "u%zu", i);
        kit_expect(&k, name, "M1", conditions[i].holds == -1 ? "1" : "0", conditions[i].text);
    }
    kit_close(&k);
}

/* The column counts characters of the Lua line: `where = "` takes 34 of them. */
static const struct {
    const char *where;
    int column;
    const char *words;
} mistakes[] = {
    {"balance >", 43, "expected a value before 'the end'"},
    {"balance > 1 1", 46, "'1' was not expected here"},
    {"'对公' = kind and balanse > 1", 50, "no column 'balanse'; did you mean 'balance'?"},
    {"kind in ('a' 'b')", 47, "expected ')' before 'b'"},
    {"kind like 5", 44, "like wants a 'text' with % and _"},
    {"not", 37, "expected a value before 'the end'"},
    {"rate between 1", 48, "expected 'and' before 'the end'"},
    {"case kind = 'a' then 1 end = 1", 39, "expected 'when' behind 'case'"},
    {"rond(rate, 1) > 0", 34, "there is no function 'rond'; did you mean 'round'?"},
    {"round(rate) > 0", 34, "write it as round(number, decimals)"},
    {"round(rate, 99) > 0", 34, "round wants a plain number of decimals from 0 to 18"},
    {"days(date) > 0", 34, "write it as days(from, to)"},
    {"pool.rate > 0", 34, "there is no lookup 'pool'"},
    {"date > '2009-02-30'", 41, "a date is needed here"},
    {"date > date '2009-02-30'", 46, "'2009-02-30'"},
    {"balance + kind > 0", 44, "this column is a text, but a number is needed here"},
    {"balance", 34, "this column is a number, but a condition is needed here"},
    {"kind = 'a", 41, "the quote ' is not closed"},
    {"rate > 1.2.3", 41, "1.2.3"},
    {"rate # 1", 39, "'#' has no meaning here"},
    {"max(kind, 'a') = 'b'", 34, "but a number is needed here"},
    {"open > true", 34, "but a number is needed here"},
};

Test(expression, names_the_place_of_a_mistake)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        kit k;
        kit_open(&k);
        kit_csv(&k, "s", ROW);
        kh_buf_text(&k.lua, COLUMNS);
        kh_buf_printf(&k.lua, "measure \"x\" { of = 's', count = true, where =\n%32s\"%s\" }\n", "",
                      mistakes[i].where);
        kit_run(&k, "2009Q1");
        kit_expect_failure(&k, mistakes[i].words);
        if (k.diags.count) {
            cr_expect_eq(k.diags.items[0].place.column, mistakes[i].column,
                         "%s: column %d, wanted %d", mistakes[i].where,
                         k.diags.items[0].place.column, mistakes[i].column);
        }
        kit_close(&k);
    }
}

/* A window of any offset, for flows, balances and the constants of expressions. */
static const struct {
    const char *options, *value, *why;
} windows[] = {
    {"sum = 'amount', period = 'previous'", "4", "2008Q4"},
    {"sum = 'amount', period = -2", "3", "2008Q3"},
    {"sum = 'amount', period = -5", "1", "2007Q4"},
    {"sum = 'amount', period = 'same_last_year'", "2", "2008Q1"},
    {"sum = 'amount', period = 'year_to_date'", "5", "2009Q1 is all of the year so far"},
    {"sum = 'days(period_start, date)', period = 'previous'", "45", "the window's own constants"},
    {"sum = 'period_days', period = 'same_last_year'", "91", "a leap year's quarter"},
    {"sum = 'amount', over = 'last', period = 'same_last_year'", "2", "a balance of last year"},
    {"sum = 'amount', over = 'average', period = -4", "1.505494505494505494505494505494505",
     "carried in from 2007, 45 days of 1 and 46 of 2"},
};

Test(expression, looks_at_any_window)
{
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        kit k;
        kit_open(&k);
        kit_csv(&k, "s",
                "account,manager_id,date,amount\nA,M1,2007-11-15,1\nA,M1,2008-02-15,2\n"
                "A,M1,2008-08-15,3\nA,M1,2008-11-15,4\nA,M1,2009-02-15,5\n");
        kh_buf_printf(&k.lua, "dataset \"s\" { key = 'account' }\nmeasure \"x\" { of = 's', %s }\n",
                      windows[i].options);
        kit_run(&k, "2009Q1");
        kit_expect(&k, "x", "M1", windows[i].value, windows[i].why);
        kit_close(&k);
    }
}
