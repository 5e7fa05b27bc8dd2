/* Flows: every aggregate, filters, windows, lookups, owners, exclusions, and what is refused. */
#include "measure_kit.h"

#define SALES                                                                                      \
    "id,manager_id,date,kind,amount,qty\n"                                                         \
    "S1,M1,2009-01-05,A,100.10,3\n"                                                                \
    "S2,M1,2009-02-05,B,200.20,1\n"                                                                \
    "S3,M1,2009-03-31,A,,2\n"                                                                      \
    "S4,M1,2009-04-01,A,1000,9\n"                                                                  \
    "S5,M1,2008-12-31,A,1000,9\n"                                                                  \
    "S6,M1,2008-02-01,B,7.77,1\n"

static const struct {
    const char *options, *m1, *m2, *why;
} flows[] = {
    {"sum = 'amount'", "300.3", "", "rows of the quarter, null left out; no rows is absent"},
    {"sum = 'amount', missing = 'zero'", "300.3", "0", "absence may be declared to be zero"},
    {"sum = 'amount', where = \"kind = 'A'\"", "100.1", "", "a filter on text"},
    {"sum = 'amount * qty'", "500.5", "", "an expression, exactly"},
    {"sum = 'amount / 3'", "100.1", "", "a constant divisor divides once: 300.30 / 3"},
    {"sum = 'amount / qty'", "233.566666666666666667", "",
     "a row's own quotient keeps 18 decimals"},
    {"count = true", "3", "0", "counts rows; nothing to count is 0"},
    {"count = 'amount'", "2", "0", "counts values that are there"},
    {"count_distinct = 'kind'", "2", "0", "texts once each"},
    {"count_distinct = 'qty'", "3", "0", "numbers once each"},
    {"min = 'amount'", "100.1", "", "least"},
    {"max = 'amount'", "200.2", "", "greatest"},
    {"avg = 'qty'", "2", "", "mean of 3, 1, 2"},
    {"weighted_avg = { 'amount', 'qty' }", "125.125", "", "(100.10 x 3 + 200.20 x 1) / 4"},
    {"first = 'amount'", "100.1", "", "value of the first day"},
    {"last = 'amount'", "200.2", "", "value of the last day with a value"},
    {"sum = 'amount', period = 'previous'", "1000", "", "the quarter before"},
    {"sum = 'amount', period = 'same_last_year'", "7.77", "", "the same quarter of last year"},
    {"sum = 'amount', period = -4", "7.77", "", "four quarters back"},
    {"sum = \"case when kind = 'A' then amount else -amount end\"", "-100.1", "", "case"},
    {"sum = 'amount', where = \"date between '2009-02-01' and '2009-02-28'\"", "200.2", "",
     "dates"},
    {"sum = 'days(date, period_end) * qty'", "309", "", "85 x 3 + 54 x 1 + 0 x 2"},
    {"sum = 'coalesce(amount, 5)'", "305.3", "", "null replaced"},
    {"sum = 'amount', where = \"not (kind = 'B') or kind like 'B%'\"", "300.3", "", "logic"},
};

Test(flow, folds_rows_of_the_window)
{
    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++) {
        kit k;
        kit_open(&k);
        kit_csv(&k, "sales", SALES);
        kh_buf text = {0};
        kh_buf_printf(&text, "measure \"x\" { of = 'sales', %s }\n", flows[i].options);
        kh_buf_text(&k.lua, text.data);
        kh_buf_fini(&text);
        kit_run(&k, "2009Q1");
        kit_expect(&k, "x", "M1", flows[i].m1, flows[i].why);
        kit_expect(&k, "x", "M2", flows[i].m2, flows[i].why);
        kit_close(&k);
    }
}

Test(flow, adds_the_year_to_date)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "sales", SALES);
    kh_buf_text(&k.lua,
                "measure \"x\" { of = 'sales', sum = 'amount', period = 'year_to_date' }\n");
    kit_run(&k, "2009Q2");
    kit_expect(&k, "x", "M1", "1300.3", "first and second quarter");
    kit_close(&k);
}

Test(flow, looks_prices_up_by_day_and_key)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "sales", SALES);
    kit_csv(&k, "price", "kind,from,to,rate\nA,2009-01-01,2009-02-01,2\nA,2009-02-01,,3\nB,,,10\n");
    kh_buf_text(&k.lua, "lookup \"price\" { on = 'kind', valid = { 'from', 'to' } }\n"
                        "measure \"x\" { of = 'sales', sum = 'qty * price.rate' }\n");
    kit_run(&k, "2009Q1");
    kit_expect(&k, "x", "M1", "22", "3 x 2 on 5 January, 1 x 10, 2 x 3 on 31 March");
    kit_close(&k);
}

Test(flow, finds_bands_chains_and_rows_by_day_only)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "sales", SALES);
    kit_csv(&k, "kinds", "kind,class\nA,big\nB,small\n");
    kit_csv(&k, "band", "class,low,high,bonus\nbig,0,3,1\nbig,3,,100\nsmall,,,1000\n");
    kit_csv(&k, "day",
            "name,from,to,factor\nyes,2009-01-01,2009-03-01,1\nyes,2009-03-01,,5\nno,,,9\n");
    kh_buf_text(
        &k.lua,
        "lookup \"kinds\" { on = 'kind' }\n"
        "lookup \"band\" { on = { class = 'kinds.class' }, band = { of = 'qty', 'low', 'high' } }\n"
        "lookup \"day\" { on = {}, where = \"name = 'yes'\", valid = { 'from', 'to' } }\n"
        "measure \"x\" { of = 'sales', sum = 'band.bonus * day.factor' }\n");
    kit_run(&k, "2009Q1");
    kit_expect(&k, "x", "M1", "1105", "3 is in the upper band: 100 + 1000 + 1 x 5");
    kit_close(&k);
}

Test(flow, keeps_rows_that_a_rule_leaves_out)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "sales", SALES);
    kh_buf_text(&k.lua, "dataset \"sales\" { key = 'id' }\n"
                        "measure \"x\" { of = 'sales', sum = 'amount', exclude = {\n"
                        "  { rule = '大于150', when = 'amount > 150' },\n"
                        "  { rule = 'B类', when = \"kind = 'B'\" } } }\n");
    kit_run(&k, "2009Q1");
    kit_expect(&k, "x", "M1", "100.1", "what is left");
    cr_assert_eq(k.facts.left_out_count, 1);
    char amount[KH_DECIMAL_TEXT];
    kh_dec_format(amount, kh_dec_trim(k.facts.left_out[0].amount), KH_PLACES_OWN, false);
    cr_expect_str_eq(amount, "200.2");
    cr_expect_str_eq(k.facts.left_out[0].key, "S2");
    cr_expect_str_eq(k.facts.left_out[0].rule, "大于150、B类", "all rules that hit, in order");
    kit_close(&k);
}

Test(flow, splits_by_dated_owners_and_shares)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "fees",
            "account,date,amount\nA1,2009-01-10,100\nA1,2009-02-10,100\nA2,2009-03-10,1\n");
    kit_csv(&k, "own",
            "account,manager_id,share,from,to\n"
            "A1,M1,1,2009-01-01,2009-02-01\n"
            "A1,M1,0.6,2009-02-01,\nA1,M2,0.4,2009-02-01,\n"
            "A2,M1,0.333333,2009-01-01,\nA2,M2,0.666667,2009-01-01,\n");
    kh_buf_text(&k.lua,
                "owner \"own\" { on = 'account', share = 'share', valid = { 'from', 'to' } }\n"
                "dataset \"fees\" { owner = 'own' }\n"
                "measure \"x\" { of = 'fees', sum = 'amount' }\n");
    kit_run(&k, "2009Q1");
    kit_expect(&k, "x", "M1", "160.333333", "100 + 60 + a third of 1");
    kit_expect(&k, "x", "M2", "40.666667", "40 + the rest");
    kit_close(&k);
}

static const struct {
    const char *source, *csv, *lua, *words, *why;
} refusals[] = {
    {"sales", "manager_id,date,amount\nM9,2009-01-05,1\n",
     "measure \"x\" { of = 'sales', sum = 'amount' }", "'M9' is not among the subjects",
     "an unknown manager in a fact row"},
    {"sales", "manager_id,date,amount\n,2009-01-05,1\n",
     "measure \"x\" { of = 'sales', sum = 'amount' }", "the subject's column is empty",
     "a row of nobody"},
    {"sales", "manager_id,date,amont\nM1,2009-01-05,1\n",
     "measure \"x\" { of = 'sales', sum = 'amount' }",
     "source 'sales' has no column 'amount'; did you mean 'amont'?", "a column that is not there"},
    {"sales", "manager_id,day,amount\nM1,2009-01-05,1\n",
     "measure \"x\" { of = 'sales', sum = 'amount' }", "has no column 'date'",
     "a dataset without a day must say so"},
    {"sales", "manager_id,date,amount\nM1,2009-01-05,99999999999999999999999999\n",
     "measure \"x\" { of = 'sales', sum = 'amount * amount * amount' }", "38 digits",
     "too long a product"},
    {"sales", "manager_id,date,amount\nM1,2009-01-05,1\n",
     "measure \"x\" { of = 'sales', sum = 'amount + date' }", "but a number is needed here",
     "adding a day to an amount"},
    {"sales", "manager_id,date,amount\nM1,2009-01-05,1\n",
     "measure \"x\" { of = 'salles', sum = 'amount' }",
     "there is no dataset 'salles'; did you mean 'sales'?", "a wrong dataset"},
    {"sales", "manager_id,date,amount\nM1,2009-01-05,1\n",
     "measure \"x\" { of = 'sales', sum = 'amount', where = 'amount >' }",
     "expected a value before", "a broken expression"},
    {"sales", "manager_id,date,amount\nM1,2009-01-05,1\n", "measure \"x\" { of = 'sales' }",
     "needs one of sum, count", "no aggregate"},
    {"price", "kind,from,to,rate\nA,2009-01-01,,2\nA,2009-02-01,,3\n",
     "lookup \"price\" { on = 'kind', valid = { 'from', 'to' } }\n"
     "dataset \"d\" { from = 'price', date = 'from', subject = 'kind' }\n"
     "measure \"x\" { of = 'd', sum = 'price.rate' }",
     "two rows answer for the key 'A'", "prices that overlap"},
};

Test(flow, refuses_with_the_cause_and_the_fix)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        kit k;
        kit_open(&k);
        kit_csv(&k, refusals[i].source, refusals[i].csv);
        kh_buf_text(&k.lua, refusals[i].lua);
        kit_run(&k, "2009Q1");
        kit_expect_failure(&k, refusals[i].words);
        kit_close(&k);
    }
}

Test(flow, leaves_unknown_subjects_out_when_told)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "sales", "manager_id,date,amount\nM9,2009-01-05,1\nM1,2009-01-05,2\n");
    kh_buf_text(&k.lua, "dataset \"sales\" { unknown = 'ignore' }\n"
                        "measure \"x\" { of = 'sales', sum = 'amount' }\n");
    kit_run(&k, "2009Q1");
    kit_expect(&k, "x", "M1", "2", "only known subjects");
    kit_close(&k);
}

Test(flow, refuses_subjects_that_are_there_twice)
{
    kit k;
    kit_open(&k);
    kit_file(&k, "staff.csv", "manager_id,name\nM1,张伟\nM2,李静\nM1,王芳\n");
    kit_run(&k, "2009Q1");
    kit_expect_failure(&k, "subject 'M1' is there twice, on line 2 too");
    kit_close(&k);
}

static const struct {
    const char *rows, *words, *why;
} owners[] = {
    {"A1,M1,0.5,2009-01-01,\n", "its shares add up to 0.5 instead of 1", "half of it is nobody's"},
    {"A1,M1,1,2009-01-01,\nA1,M2,0.1,2009-02-01,\n", "its shares add up to 1.1 instead of 1",
     "too much"},
    {"A1,M1,1,2009-01-01,2009-02-01\nA1,M2,1,2009-02-02,\n", "nobody owns it; close the gap",
     "a gap"},
    {"A1,M9,1,2009-01-01,\n", "'A1' belongs to 'M9', who is not among the subjects", "an orphan"},
    {"A1,M1,1,2009-03-01,2009-03-01\n", "the interval is empty", "no day at all"},
    {"A2,M1,1,2009-01-01,\n", "nobody owns this row on its day", "a thing without owner"},
};

Test(flow, lists_what_is_wrong_with_owners)
{
    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
        kit k;
        kit_open(&k);
        kit_csv(&k, "fees", "account,date,amount\nA1,2009-01-10,100\n");
        kh_buf rows = {0};
        kh_buf_printf(&rows, "account,manager_id,share,from,to\n%s", owners[i].rows);
        kit_csv(&k, "own", rows.data);
        kh_buf_fini(&rows);
        kh_buf_text(&k.lua,
                    "owner \"own\" { on = 'account', share = 'share', valid = { 'from', 'to' } }\n"
                    "dataset \"fees\" { owner = 'own' }\n"
                    "measure \"x\" { of = 'fees', sum = 'amount' }\n");
        kit_run(&k, "2009Q1");
        kit_expect_failure(&k, owners[i].words);
        kit_close(&k);
    }
}

Test(flow, keeps_records_in_order_of_days)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "decision",
            "id,manager_id,period,rate\nD3,M2,2009Q2,0.3\nD1,M2,2009Q1,0.1\nD2,M1,2009Q1,0.2\n");
    kh_buf_text(&k.lua,
                "dataset \"decision\" { period = 'period' }\n"
                "records \"now\" { of = 'decision', columns = { 'id', rate = 'number' } }\n"
                "records \"all\" { of = 'decision', columns = { 'id' }, period = 'any' }\n");
    kit_run(&k, "2009Q1");
    cr_assert_eq(k.status, KH_OK, "%s", k.err.text);
    const kh_records *now = &k.facts.records[0], *all = &k.facts.records[1];
    cr_expect_eq(now->starts[1] - now->starts[0], 1, "M1 has one this quarter");
    cr_expect_eq(now->starts[2] - now->starts[1], 1, "M2 too");
    cr_assert_eq(all->starts[2] - all->starts[1], 2, "M2 has two at any time");
    uint32_t column = 0;
    while (strcmp(all->store.columns[column].name, "id") != 0) column++;
    cr_expect_str_eq(kh_store_text(&all->store, column, all->order[all->starts[1]]), "D1",
                     "the earlier period first");
    kit_close(&k);
}
