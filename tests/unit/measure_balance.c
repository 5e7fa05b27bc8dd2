/* Balances: carried over days, split where something changes; checked against a day-by-day sum. */
#include "measure_kit.h"

/* One account of M1: 100 from 2008-12-20, 200 from 2009-01-11, 0 from 2009-03-02. */
#define ROWS                                                                                       \
    "account,manager_id,date,class,balance\n"                                                      \
    "A1,M1,2008-12-20,x,100\n"                                                                     \
    "A1,M1,2009-01-11,x,200\n"                                                                     \
    "A1,M1,2009-03-02,x,0\n"

static const struct {
    const char *options, *value, *why;
} overs[] = {
    {"over = 'average'", "122.2222222222222222222222222222222",
     "(10 x 100 + 50 x 200 + 30 x 0) / 90"},
    {"over = 'sum'", "11000", "the day's balances added up (积数)"},
    {"over = 'sum', period = 'previous'", "1200", "12 days of 100 in December"},
    {"over = 'first'", "100", "carried into the first day"},
    {"over = 'last'", "0", "of the last day"},
    {"over = 'last', where = \"balance > 0\"", "0",
     "a balance that left the filter counts no more"},
    {"over = 'last_seen'", "0", "the last row of the quarter"},
    {"over = 'last', period = 'previous'", "100", "of the quarter before"},
    {"over = 'max'", "200", "the highest day"},
    {"over = 'average_working'", "120.3125",
     "(7 x 100 + 35 x 200) / 64 days from Monday to Friday"},
};

Test(balance, holds_until_the_next_row)
{
    for (size_t i = 0; i < sizeof overs / sizeof *overs; i++) {
        kit k;
        kit_open(&k);
        kit_csv(&k, "b", ROWS);
        kh_buf text = {0};
        kh_buf_printf(
            &text,
            "dataset \"b\" { key = 'account' }\nmeasure \"x\" { of = 'b', sum = 'balance', %s }\n",
            overs[i].options);
        kh_buf_text(&k.lua, text.data);
        kh_buf_fini(&text);
        kit_run(&k, "2009Q1");
        kit_expect(&k, "x", "M1", overs[i].value, overs[i].why);
        kit_expect(&k, "x", "M2", "", "no account, no balance");
        kit_close(&k);
    }
}

Test(balance, adds_the_highest_total_over_accounts)
{
    kit k;
    kit_open(&k);
    kit_csv(
        &k, "b",
        "account,manager_id,date,balance\n"
        "A1,M1,2009-01-01,100\nA2,M1,2009-01-01,10\nA1,M1,2009-02-01,50\nA2,M1,2009-02-01,70\n");
    kh_buf_text(
        &k.lua,
        "dataset \"b\" { key = 'account' }\n"
        "measure \"x\" { of = 'b', sum = 'balance', over = 'max' }\n"
        "measure \"n\" { of = 'b', count = true, over = 'last', where = 'balance > 60' }\n");
    kit_run(&k, "2009Q1");
    kit_expect(&k, "x", "M1", "120", "the day's total, not the sum of each one's highest");
    kit_expect(&k, "n", "M1", "1", "accounts above 60 on the last day");
    kit_close(&k);
}

Test(balance, does_not_care_about_the_order_of_rows)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "b",
            "account,manager_id,date,class,balance\n"
            "A1,M1,2009-03-02,x,0\nA1,M1,2008-12-20,x,100\nA1,M1,2009-01-11,x,200\n");
    kh_buf_text(&k.lua, "dataset \"b\" { key = 'account' }\n"
                        "measure \"x\" { of = 'b', sum = 'balance', over = 'sum' }\n");
    kit_run(&k, "2009Q1");
    kit_expect(&k, "x", "M1", "11000", "as in order");
    kit_close(&k);
}

Test(balance, does_not_care_about_the_order_of_rows_in_two_windows)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "b",
            "account,manager_id,date,balance\n"
            "A1,M1,2009-03-02,7\nA1,M1,2008-12-02,5\nA1,M1,2008-11-01,3\nA1,M1,2009-01-02,6\n");
    kh_buf_text(&k.lua,
                "dataset \"b\" { key = 'account' }\n"
                "measure \"now\" { of = 'b', sum = 'balance', over = 'last' }\n"
                "measure \"before\" { of = 'b', sum = 'balance', over = 'last', period = -1 }\n");
    kit_run(&k, "2009Q1");
    kit_expect(&k, "now", "M1", "7", "the last of this quarter");
    kit_expect(&k, "before", "M1", "5", "the last of the quarter before");
    kit_close(&k);
}

static const struct {
    const char *policy, *value;
} policies[] = {{"last", "20"}, {"sum", "30"}};

/* Each window is a pass of its own: the second one meets the disorder too. */
Test(balance, does_not_care_about_order_in_several_windows)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "balance",
            "account_id,manager_id,date,balance\n"
            "A1,M1,2009-04-01,300.00\n"
            "A1,M1,2009-01-01,100.00\n"
            "A1,M1,2009-02-15,100.00\n");
    kh_buf_text(&k.lua, "dataset 'balance' { key = 'account_id' }\n"
                        "measure 'now' { of = 'balance', sum = 'balance', over = 'average' }\n"
                        "measure 'before' { of = 'balance', sum = 'balance', over = 'average',"
                        " period = 'previous' }\n");
    kit_run(&k, "2009Q2");
    kit_expect(&k, "now", "M1", "300", "the second quarter");
    kit_expect(&k, "before", "M1", "100", "the first quarter");
    kit_close(&k);
}

Test(balance, follows_the_policy_for_two_rows_on_one_day)
{
    static const char rows[] =
        "account,manager_id,date,balance\nA1,M1,2009-01-01,10\nA1,M1,2009-01-01,20\n";
    for (size_t i = 0; i < 2; i++) {
        kit k;
        kit_open(&k);
        kit_csv(&k, "b", rows);
        kh_buf_printf(&k.lua, "dataset \"b\" { key = 'account', same_day = '%s' }\n",
                      policies[i].policy);
        kh_buf_text(&k.lua, "measure \"x\" { of = 'b', sum = 'balance', over = 'last' }\n");
        kit_run(&k, "2009Q1");
        kit_expect(&k, "x", "M1", policies[i].value, policies[i].policy);
        kit_close(&k);
    }
    kit k;
    kit_open(&k);
    kit_csv(&k, "b", rows);
    kh_buf_text(&k.lua, "dataset \"b\" { key = 'account' }\n"
                        "measure \"x\" { of = 'b', sum = 'balance', over = 'last' }\n");
    kit_run(&k, "2009Q1");
    kit_expect_failure(&k, "'A1' has two rows on 2009-01-01 (lines 2 and 3)");
    kit_close(&k);
}

Test(balance, is_split_where_a_price_changes)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "b", "account,manager_id,date,kind,balance\nA1,M1,2009-01-01,s,100\n");
    kit_csv(&k, "price",
            "kind,from,to,rate\ns,2009-01-01,2009-02-01,2\ns,2009-02-01,2009-03-01,3\ns,2009-03-01,"
            ",5\n");
    kh_buf_text(
        &k.lua,
        "dataset \"b\" { key = 'account' }\n"
        "lookup \"price\" { on = 'kind', valid = { 'from', 'to' } }\n"
        "measure \"x\" { of = 'b', sum = 'balance * price.rate', over = 'sum' }\n"
        "measure \"y\" { of = 'b', sum = 'balance', over = 'sum', where = 'price.rate > 2',\n"
        "  exclude = { { rule = 'R', when = 'price.rate = 5' } } }\n");
    kit_run(&k, "2009Q1");
    kit_expect(&k, "x", "M1", "30100", "100 x (31 x 2 + 28 x 3 + 31 x 5)");
    kit_expect(&k, "y", "M1", "2800", "28 days; 31 are filtered, 31 left out");
    cr_assert_eq(k.facts.left_out_count, 1);
    cr_expect_str_eq(k.facts.left_out[0].key, "A1");
    cr_expect_eq(kh_dec_cmp(k.facts.left_out[0].amount, kh_dec_int(3100)), 0, "the days left out");
    kit_close(&k);
}

Test(balance, is_handed_over_in_mid_quarter)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "b", "account,date,balance\nA1,2009-01-01,90\n");
    kit_csv(
        &k, "own",
        "account,manager_id,share,from,to\nA1,M1,1,2009-01-01,2009-02-17\nA1,M2,1,2009-02-17,\n");
    kh_buf_text(&k.lua,
                "owner \"own\" { on = 'account', share = 'share', valid = { 'from', 'to' } }\n"
                "dataset \"b\" { key = 'account', owner = 'own' }\n"
                "measure \"x\" { of = 'b', sum = 'balance', over = 'average' }\n"
                "measure \"l\" { of = 'b', sum = 'balance', over = 'last' }\n");
    kit_run(&k, "2009Q1");
    kit_expect(&k, "x", "M1", "47", "47 of 90 days");
    kit_expect(&k, "x", "M2", "43", "43 of 90 days");
    kit_expect(&k, "l", "M1", "0", "his in the quarter, not on the last day");
    kit_expect(&k, "l", "M2", "90", "hers");
    kit_close(&k);
}

Test(balance, of_nobody_is_reported)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "b", "account,date,balance\nA1,2009-01-01,90\nA2,2009-01-05,1\n");
    kit_csv(&k, "own", "account,manager_id,from,to\nA1,M1,2009-01-01,2009-02-17\n");
    kh_buf_text(&k.lua, "owner \"own\" { on = 'account', valid = { 'from', 'to' } }\n"
                        "dataset \"b\" { key = 'account', owner = 'own' }\n"
                        "measure \"x\" { of = 'b', sum = 'balance', over = 'average' }\n");
    kit_run(&k, "2009Q1");
    kit_expect_failure(&k, "'A1' has a balance, but nobody owns it on 2009-02-17");
    kit_expect_failure(&k, "'A2' has a balance, but nobody owns it on 2009-01-05");
    kit_close(&k);
}

Test(balance, is_owned_by_another_column_than_its_key)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "b", "account,customer,date,balance\nA1,C1,2009-01-01,90\nA2,C2,2009-01-01,8\n");
    kit_csv(&k, "own", "customer,manager_id\nC1,M1\nC2,M2\n");
    kh_buf_text(&k.lua, "owner \"own\" { on = 'customer' }\n"
                        "dataset \"b\" { key = 'account', owner = 'own' }\n"
                        "measure \"x\" { of = 'b', sum = 'balance', over = 'average' }\n");
    kit_run(&k, "2009Q1");
    kit_expect(&k, "x", "M1", "90", "the customer's account");
    kit_expect(&k, "x", "M2", "8", "the customer's account");
    kit_close(&k);
}

static const struct {
    const char *measure, *words;
} refused[] = {
    {"sum = 'balance', over = 'average'",
     "dataset \"b\" has none; declare dataset \"b\" { key = \"account_id\" }"},
    {"max = 'balance', over = 'last'", "over goes with sum or count only"},
    {"count_distinct = 'account', over = 'last'", "over goes with sum or count only"},
};

Test(balance, without_a_key_or_a_sum_is_refused)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        kit k;
        kit_open(&k);
        kit_csv(&k, "b", ROWS);
        if (i > 0) kh_buf_text(&k.lua, "dataset \"b\" { key = 'account' }\n");
        kh_buf_text(&k.lua, "measure \"x\" { of = 'b', ");
        kh_buf_text(&k.lua, refused[i].measure);
        kh_buf_text(&k.lua, " }\n");
        kit_run(&k, "2009Q1");
        kit_expect_failure(&k, refused[i].words);
        kit_close(&k);
    }
}

/* Two rows of one day whose prices change on different days, and of which one is left out. */
Test(balance, of_two_rows_on_one_day_follows_the_changes_of_both)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "b",
            "account,manager_id,date,kind,balance\n"
            "A1,M1,2009-01-01,s,10\nA1,M1,2009-01-01,t,20\n");
    kit_csv(&k, "price",
            "kind,from,to,rate\ns,2009-01-01,2009-02-01,2\ns,2009-02-01,,3\n"
            "t,2009-01-01,2009-03-01,1\nt,2009-03-01,,4\n");
    kh_buf_text(&k.lua, "dataset \"b\" { key = 'account', same_day = 'sum' }\n"
                        "lookup \"price\" { on = 'kind', valid = { 'from', 'to' } }\n"
                        "measure \"x\" { of = 'b', sum = 'balance * price.rate', over = 'sum' }\n"
                        "measure \"y\" { of = 'b', sum = 'balance * price.rate', over = 'sum',\n"
                        "  exclude = { { rule = 'R', when = \"kind = 't'\" } } }\n");
    kit_run(&k, "2009Q1");
    kit_expect(&k, "x", "M1", "6050", "10 x (31 x 2 + 59 x 3) + 20 x (59 x 1 + 31 x 4)");
    kit_expect(&k, "y", "M1", "2390", "only the first");
    cr_assert_eq(k.facts.left_out_count, 1);
    cr_expect_eq(kh_dec_cmp(k.facts.left_out[0].amount, kh_dec_int(3660)), 0, "the second");
    kit_close(&k);
}

Test(balance, of_two_subjects_on_one_day_is_refused)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "b", "account,manager_id,date,balance\nA1,M1,2009-01-01,10\nA1,M2,2009-01-01,2\n");
    kh_buf_text(&k.lua, "dataset \"b\" { key = 'account', same_day = 'sum' }\n"
                        "measure \"x\" { of = 'b', sum = 'balance', over = 'sum' }\n");
    kit_run(&k, "2009Q1");
    kit_expect_failure(&k, "'A1' belongs to two on one day (lines 2 and 3)");
    kit_close(&k);
}

/* Thousands of price days before the window change nothing and take no room. */
Test(balance, is_priced_from_the_first_day_of_the_window)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "b", "account,manager_id,date,balance\nA1,M1,2003-01-01,10\n");
    kh_buf price = {0};
    kh_buf_text(&price, "from,to,rate\n");
    for (kh_date day = kh_date_of(2003, 1, 1); day < kh_date_of(2009, 4, 1); day++) {
        char from[KH_DATE_TEXT], to[KH_DATE_TEXT];
        kh_date_format(from, day);
        kh_date_format(to, day + 1);
        kh_buf_printf(&price, "%s,%s,%d\n", from, to, kh_date_ymd(day).month);
    }
    kit_csv(&k, "price", price.data);
    kh_buf_fini(&price);
    kh_buf_text(&k.lua, "dataset \"b\" { key = 'account' }\n"
                        "lookup \"price\" { on = {}, valid = { 'from', 'to' } }\n"
                        "measure \"x\" { of = 'b', sum = 'balance * price.rate', over = 'sum' }\n");
    kit_run(&k, "2009Q1");
    kit_expect(&k, "x", "M1", "1800", "10 x (31 x 1 + 28 x 2 + 31 x 3)");
    kit_close(&k);
}

/* ---- against a day-by-day sum -------------------------------------------------------------- */

static uint64_t seed = 88172645463325252ULL;
static uint32_t random_below(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 33) % n;
}

enum { ACCOUNTS = 5, DAYS = 150 };

/* Random rows, prices, owners; in order or shuffled. The expected sums are added up day by day. */
static void try_random(bool shuffled)
{
    kit k;
    kit_open(&k);
    kh_date start = kh_date_of(2008, 12, 1);
    int64_t balance[ACCOUNTS][DAYS] = {0}, rate[DAYS];
    int owner[ACCOUNTS][DAYS];
    char *lines[ACCOUNTS * DAYS];
    size_t count = 0;
    char text[128], date[KH_DATE_TEXT];
    kh_buf csv = {0}, price = {0}, own = {0};
    kh_buf_text(&csv, "account,date,balance\n");
    kh_buf_text(&price, "name,from,to,rate\n");
    kh_buf_text(&own, "account,manager_id,from,to\n");
    for (int d = 0, from = 0; d <= DAYS; d++) {
        if (d > from && (d == DAYS || random_below(40) == 0)) {
            int64_t r = random_below(9);
            for (int i = from; i < d; i++) rate[i] = r;
            char to[KH_DATE_TEXT];
            kh_date_format(date, start + from);
            kh_date_format(to, start + d);
            kh_buf_printf(&price, "p,%s,%s,%lld\n", date, d == DAYS ? "" : to, (long long)r);
            from = d;
        }
    }
    for (int a = 0; a < ACCOUNTS; a++) {
        int64_t now = 0;
        int whose = (int)random_below(2), from = 0;
        for (int d = 0; d < DAYS; d++) {
            if (random_below(20) == 0) {
                now = random_below(1000);
                kh_date_format(date, start + d);
                snprintf(text, sizeof text, "A%d,%s,%lld\n", a, date, (long long)now);
                lines[count++] = strdup(text);
            }
            if (d > from && random_below(50) == 0) {
                char to[KH_DATE_TEXT];
                kh_date_format(date, start + from);
                kh_date_format(to, start + d);
                kh_buf_printf(&own, "A%d,M%d,%s,%s\n", a, whose + 1, date, to);
                whose = !whose;
                from = d;
            }
            balance[a][d] = now;
            owner[a][d] = whose;
        }
        kh_date_format(date, start + from);
        kh_buf_printf(&own, "A%d,M%d,%s,\n", a, whose + 1, date);
    }
    for (size_t i = count; shuffled && i > 1; i--) {
        size_t j = random_below((uint32_t)i);
        char *swap = lines[i - 1];
        lines[i - 1] = lines[j];
        lines[j] = swap;
    }
    for (size_t i = 0; i < count; i++) {
        kh_buf_text(&csv, lines[i]);
        free(lines[i]);
    }
    kit_csv(&k, "b", csv.data);
    kit_csv(&k, "price", price.data);
    kit_csv(&k, "own", own.data);
    kh_buf_fini(&csv);
    kh_buf_fini(&price);
    kh_buf_fini(&own);
    kh_buf_text(&k.lua,
                "owner \"own\" { on = 'account', valid = { 'from', 'to' } }\n"
                "lookup \"price\" { on = {}, valid = { 'from', 'to' } }\n"
                "dataset \"b\" { key = 'account', owner = 'own' }\n"
                "measure \"sum\" { of = 'b', sum = 'balance * price.rate', over = 'sum', missing = "
                "'zero' }\n"
                "measure \"last\" { of = 'b', sum = 'balance', over = 'last', missing = 'zero' }\n"
                "measure \"most\" { of = 'b', sum = 'balance', over = 'max', missing = 'zero' }\n");
    kit_run(&k, "2009Q1");
    cr_assert_eq(k.status, KH_OK, "%s", k.err.text);
    int from = kh_date_of(2009, 1, 1) - start, to = kh_date_of(2009, 4, 1) - start;
    for (int m = 0; m < 2; m++) {
        int64_t sum = 0, last = 0, most = 0;
        for (int d = from; d < to; d++) {
            int64_t day = 0;
            for (int a = 0; a < ACCOUNTS; a++) {
                if (owner[a][d] != m) continue;
                sum += balance[a][d] * rate[d];
                day += balance[a][d];
                if (d == to - 1) last += balance[a][d];
            }
            if (day > most) most = day;
        }
        const char *id = m ? "M2" : "M1";
        cr_expect_eq(kh_dec_cmp(kit_value(&k, "sum", id), kh_dec_int(sum)), 0, "sum of %s", id);
        cr_expect_eq(kh_dec_cmp(kit_value(&k, "last", id), kh_dec_int(last)), 0, "last of %s", id);
        cr_expect_eq(kh_dec_cmp(kit_value(&k, "most", id), kh_dec_int(most)), 0, "most of %s", id);
    }
    kit_close(&k);
}

Test(balance, equals_a_day_by_day_sum)
{
    for (int i = 0; i < 60; i++) try_random(i % 2);
}
