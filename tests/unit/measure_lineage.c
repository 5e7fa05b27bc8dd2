/* Lineage: which rows a measure is made of, and that they add up to it. */
#include "measure_kit.h"

static void expect_number(kh_decimal value, const char *wanted, const char *what)
{
    char text[KH_DECIMAL_TEXT];
    kh_dec_format(text, kh_dec_trim(value), KH_PLACES_OWN, false);
    cr_expect_str_eq(text, wanted, "%s: '%s', wanted '%s'", what, text, wanted);
}

static void expect_row(const kh_trace *row, int line, const char *key, const char *days,
                       const char *value, const char *share, int64_t times, const char *amount)
{
    char from[KH_DATE_TEXT], to[KH_DATE_TEXT], text[64];
    kh_date_format(from, row->from);
    kh_date_format(to, row->to - 1);
    snprintf(text, sizeof text, "%s..%s", from, to);
    cr_expect_eq(row->line, line, "line %lld, wanted %d", (long long)row->line, line);
    cr_expect_str_eq(row->key, key);
    cr_expect_str_eq(text, days);
    expect_number(row->value, value, "value");
    expect_number(row->share, share, "share");
    cr_expect_eq(row->times, times, "times %lld", (long long)row->times);
    expect_number(row->amount, amount, "amount");
}

#define BALANCES                                                                                   \
    "account,date,kind,balance\n"                                                                  \
    "A1,2008-12-20,x,100\nA2,2009-01-01,y,7\nA1,2009-01-11,x,200\nA1,2009-03-02,x,50\n"            \
    "A3,2009-01-01,x,10000\n"

static void run_balances(kit *k, kh_lineage *lineage)
{
    kit_open(k);
    k->lineage = lineage;
    kit_csv(k, "b", BALANCES);
    kit_csv(k, "own",
            "account,manager_id,share,from,to\nA1,M1,1,,2009-02-17\nA1,M1,0.25,2009-02-17,\n"
            "A1,M2,0.75,2009-02-17,\nA2,M1,1,,\nA3,M2,1,,\n");
    kh_buf_text(
        &k->lua,
        "owner \"own\" { on = 'account', share = 'share', valid = { 'from', 'to' } }\n"
        "dataset \"b\" { key = 'account', owner = 'own' }\n"
        "measure \"x\" { of = 'b', sum = 'balance', over = 'average', exclude = {\n"
        "  { rule = '7.1 y', when = \"kind = 'y'\" }, { rule = '7.2', when = 'balance < 8' } } }\n"
        "measure \"l\" { of = 'b', sum = 'balance', over = 'last' }\n");
    kit_run(k, "2009Q1");
}

Test(lineage, of_a_balance_is_split_where_its_owner_changes)
{
    kit k;
    kh_lineage l = {.subject = "M1", .most = 10};
    run_balances(&k, &l);
    kit_expect(&k, "x", "M1", "104.7222222222222222222222222222222",
               "(10 x 100 + 37 x 200 + 13 x 50 + 30 x 12.5) / 90");
    const kh_lineage_part *x = &l.parts[0];
    cr_assert_eq(x->counted.count, 4);
    expect_row(&x->counted.items[0], 4, "A1", "2009-01-11..2009-02-16", "200", "1", 37, "7400");
    expect_row(&x->counted.items[1], 2, "A1", "2009-01-01..2009-01-10", "100", "1", 10, "1000");
    expect_row(&x->counted.items[2], 4, "A1", "2009-02-17..2009-03-01", "200", "0.25", 13, "650");
    expect_row(&x->counted.items[3], 5, "A1", "2009-03-02..2009-03-31", "50", "0.25", 30, "375");
    expect_number(x->divisor, "90", "days of the quarter");
    expect_number(x->counted.amount, "9425", "all");
    cr_assert_eq(x->left_out.count, 1);
    expect_row(&x->left_out.items[0], 3, "A2", "2009-01-01..2009-03-31", "7", "1", 90, "630");
    cr_expect_str_eq(x->left_out.items[0].rule, "7.1 y、7.2", "all rules that hit");
    const kh_lineage_part *last = &l.parts[1];
    cr_assert_eq(last->counted.count, 2, "only what holds on the last day");
    expect_row(&last->counted.items[0], 5, "A1", "2009-03-02..2009-03-31", "50", "0.25", 1, "12.5");
    expect_row(&last->counted.items[1], 3, "A2", "2009-01-01..2009-03-31", "7", "1", 1, "7");
    kh_lineage_fini(&l);
    kit_close(&k);
}

Test(lineage, does_not_change_what_is_computed)
{
    kit with, without;
    kh_lineage l = {.subject = "M2", .most = 1};
    run_balances(&with, &l);
    run_balances(&without, NULL);
    cr_assert_eq(with.status, KH_OK, "%s", with.err.text);
    for (uint32_t i = 0; i < 4; i++) {
        cr_expect_eq(kh_dec_cmp(with.facts.values[i], without.facts.values[i]), 0, "value %u", i);
    }
    kh_lineage_fini(&l);
    kit_close(&with);
    kit_close(&without);
}

static const struct {
    const char *options;
    int lines[3]; /* of the rows kept, in order */
    const char *amount, *why;
} flows[] = {
    {"sum = 'amount'", {5, 3, 4}, "-48", "the weightiest first, whatever their sign"},
    {"max = 'amount'", {3, 4, 2}, "-48", "the one that decides first"},
    {"min = 'amount'", {5, 2, 6}, "-48", "the one that decides first"},
    {"first = 'amount'", {2, 3, 4}, "-48", "in order of days"},
    {"last = 'amount'", {6, 5, 4}, "-48", "the latest first"},
    {"count = true", {2, 3, 4}, "5", "each counts one"},
    {"count_distinct = 'kind'", {2, 3, 4}, "5", "all rows, also those seen before"},
    {"weighted_avg = { 'amount', 'qty' }", {3, 5, 4}, "40", "value times weight"},
};

Test(lineage, keeps_the_rows_that_matter_and_counts_the_others)
{
    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++) {
        kit k;
        kh_lineage l = {.subject = "M1", .most = 3};
        kit_open(&k);
        k.lineage = &l;
        kit_csv(&k, "s",
                "manager_id,date,kind,amount,qty\nM1,2009-01-01,a,1,1\nM1,2009-01-02,a,30,4\n"
                "M1,2009-01-03,b,20,2\nM1,2009-01-04,a,-100,1\nM1,2009-01-05,c,1,-21\n"
                "M2,2009-01-05,c,999,1\nM1,2009-04-01,c,999,1\n");
        kh_buf_printf(&k.lua, "measure \"x\" { of = 's', %s }\n", flows[i].options);
        kit_run(&k, "2009Q1");
        cr_assert_eq(k.status, KH_OK, "%s %s", flows[i].options, k.err.text);
        const kh_traces *rows = &l.parts[0].counted;
        cr_expect_eq(rows->rows, 5, "%s: %u rows", flows[i].options, (unsigned)rows->rows);
        cr_assert_eq(rows->count, 3);
        for (int r = 0; r < 3; r++) {
            cr_expect_eq(rows->items[r].line, flows[i].lines[r], "%s: row %d is line %d: %s",
                         flows[i].options, r, (int)rows->items[r].line, flows[i].why);
        }
        expect_number(rows->amount, flows[i].amount, flows[i].options);
        kh_lineage_fini(&l);
        kit_close(&k);
    }
}

Test(lineage, of_nobody_is_refused)
{
    kit k;
    kh_lineage l = {.subject = "M", .most = 3};
    run_balances(&k, &l);
    kit_expect_failure(&k, "there is no subject 'M'");
    kh_lineage_fini(&l);
    kit_close(&k);
}
