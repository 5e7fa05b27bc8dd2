/* Attribution: shares add up on every day that counts, what does not is listed row by row, and
 * hand-overs split to the last digit; calendars with holidays and make-up days.
 */
#include "measure_kit.h"

#define SCHEME                                                                                     \
    "owner \"own\" { on = 'account', share = 'share', valid = { 'from', 'to' } }\n"                \
    "dataset \"fees\" { owner = 'own' }\n"                                                         \
    "dataset \"b\" { key = 'account', owner = 'own' }\n"                                           \
    "measure \"x\" { of = 'fees', sum = 'amount' }\n"                                              \
    "measure \"y\" { of = 'b', sum = 'balance', over = 'sum' }\n"

static void run_owners(kit *k, const char *rows)
{
    kit_open(k);
    kit_csv(k, "fees", "account,date,amount\nA1,2009-02-10,100\n");
    kit_csv(k, "b", "account,date,balance\nA1,2009-01-01,1\n");
    kh_buf own = {0};
    kh_buf_printf(&own, "account,manager_id,share,from,to\n%s", rows);
    kit_csv(k, "own", own.data);
    kh_buf_fini(&own);
    kh_buf_text(&k->lua, SCHEME);
    kit_run(k, "2009Q1");
}

static const struct {
    const char *rows, *words, *why;
    int line;
} refused[] = {
    {"A1,M1,0.5,2009-01-01,\n",
     "'A1' from 2009-01-01 to 2009-03-31: its shares add up to 0.5 instead of 1 (lines 2)",
     "half of it is nobody's", 2},
    {"A1,M1,1,2009-01-01,\nA1,M2,0.1,2009-02-01,2009-02-11\n",
     "'A1' from 2009-02-01 to 2009-02-10: its shares add up to 1.1 instead of 1 (lines 2, 3)",
     "an overlap, with its days and rows", 2},
    {"A1,M1,0.6,2009-01-01,\nA1,M2,0.5,2009-01-01,2009-02-01\nA1,M2,0.5,2009-02-01,\n",
     "'A1' from 2009-01-01 to 2009-03-31: its shares add up to 1.1 instead of 1",
     "days with one sum are told together", 2},
    {"A1,M1,1,2009-01-01,2009-02-01\nA1,M2,1,2009-02-03,\n",
     "'A1' from 2009-02-01 to 2009-02-02: nobody owns it; close the gap", "a gap", 2},
    {"A1,M9,1,2009-01-01,\n", "'A1' belongs to 'M9', who is not among the subjects", "an orphan",
     2},
    {"A1,M1,1,2009-01-01,\nA1,M1,1,2009-03-01,2009-03-01\n",
     "'A1': the interval is empty: it ends on or before the day it begins", "no day at all", 3},
    {"A1,M1,1.5,2009-01-01,\nA1,M2,-0.5,2009-01-01,\n",
     "'A1': a share lies between 0 and 1, not 1.5", "shares that only add up", 2},
    {"A1,M1,1,,2009-03-01\n", "'A1' has a balance, but nobody owns it on 2009-03-01",
     "its end comes before the period's", 2},
};

Test(owner, lists_what_does_not_add_up)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        kit k;
        run_owners(&k, refused[i].rows);
        kit_expect_failure(&k, refused[i].words);
        cr_expect_eq(k.diags.items[0].place.line, refused[i].line, "%s: line %d", refused[i].why,
                     k.diags.items[0].place.line);
        kit_close(&k);
    }
}

Test(owner, looks_only_at_days_that_count)
{
    kit k;
    run_owners(&k, "A1,M9,1,1999-01-01,2001-01-01\nA1,M1,0.7,2001-01-01,2008-12-31\n"
                   "A1,M1,1,2009-01-01,\nA1,M2,1,2009-04-01,\n");
    kit_expect(&k, "x", "M1", "100", "what happened before and after does not stop this quarter");
    kit_close(&k);
}

Test(owner, tells_the_first_mistakes_and_how_many_there_are)
{
    kh_buf rows = {0};
    for (int i = 0; i < 30; i++) kh_buf_printf(&rows, "Z%d,M9,1,,\n", i);
    kit k;
    run_owners(&k, rows.data);
    cr_expect_eq(k.diags.count, 20);
    kit_expect_failure(&k, "own: 30 mistakes in the owner 'own'");
    kit_close(&k);
    kh_buf_fini(&rows);
}

/* Thirds of an odd amount over a hand-over: the parts are exactly the whole. */
Test(owner, splits_to_the_last_digit)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "b", "account,date,balance\nA1,2009-01-01,1000000.01\nA1,2009-02-20,0.07\n");
    kit_csv(&k, "own",
            "account,manager_id,share,from,to\nA1,M1,0.333333,,2009-02-17\n"
            "A1,M2,0.666667,,2009-02-17\nA1,M2,1,2009-02-17,\n");
    kh_buf_text(&k.lua,
                "owner \"own\" { on = 'account', share = 'share', valid = { 'from', 'to' } }\n"
                "dataset \"b\" { key = 'account', owner = 'own' }\n"
                "measure \"x\" { of = 'b', sum = 'balance', over = 'sum' }\n");
    kit_run(&k, "2009Q1");
    kit_expect(&k, "x", "M1", "15666651.15666651", "47 days x 0.333333");
    kit_expect(&k, "x", "M2", "34333352.14333349", "47 x 0.666667 + 3 whole days + 40 x 0.07");
    kh_decimal sum = kh_dec_add(kit_value(&k, "x", "M1"), kit_value(&k, "x", "M2"));
    cr_expect_eq(kh_dec_cmp(sum, kh_dec_of("50000003.3")), 0, "50 x 1000000.01 + 40 x 0.07");
    kit_close(&k);
}

/* ---- calendars ----------------------------------------------------------------------------- */

static void run_calendar(kit *k, const char *days)
{
    kit_open(k);
    kit_csv(k, "b", "account,manager_id,date,balance\nA1,M1,2009-01-01,100\nA1,M1,2009-01-24,10\n");
    kit_csv(k, "days", days);
    kh_buf_text(&k->lua, "calendar { from = 'days', date = 'date', kind = 'kind' }\n"
                         "dataset \"b\" { key = 'account' }\n"
                         "measure \"x\" { of = 'b', sum = 'balance', over = 'average_working' }\n");
    kit_run(k, "2009-01");
}

Test(calendar, averages_over_working_days_with_make_up_days)
{
    kit k;
    /* January 2009: 22 days from Monday to Friday, 1 and 2 and 26 to 30 off, 4 and 24 made up. */
    run_calendar(&k, "date,kind\n2009-01-01,holiday\n2009-01-02,节假日\n2009-01-04,调休\n"
                     "2009-01-24,makeup\n2009-01-26,holiday\n2009-01-27,holiday\n"
                     "2009-01-28,holiday\n2009-01-29,holiday\n2009-01-30,holiday\n");
    kit_expect(&k, "x", "M1", "94.70588235294117647058823529411765",
               "(16 days of 100 and the Saturday of 10) / 17");
    kit_close(&k);
}

Test(calendar, refuses_kinds_it_does_not_know)
{
    kit k;
    run_calendar(&k, "date,kind\n2009-01-01,holliday\n");
    kit_expect_failure(&k, "'holliday' is no kind of day; write holiday (节假日) or makeup (调休)");
    kit_close(&k);
}
