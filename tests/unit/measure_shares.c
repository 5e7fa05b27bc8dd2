/* Shares of a dataset read by several processes: any number of them gives the same facts. */
#include "measure_kit.h"

#include "measure/scan.h"

enum { ROWS = 90000, ACCOUNTS = 700 };

static uint64_t seed;
static uint32_t random_below(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 33) % n;
}

/* About 3 MB in order of days: three shares and more; several rows an account on one day. */
static void write_rows(kh_buf *csv, const char *last_manager)
{
    static const char *const kinds[] = {"A", "B", "C", ""};
    seed = 88172645463325252ULL;
    kh_buf_text(csv, "id,account,manager_id,date,kind,amount\n");
    for (uint32_t row = 0; row < ROWS; row++) {
        uint32_t account = random_below(ACCOUNTS);
        char date[KH_DATE_TEXT];
        kh_date_format(date, kh_date_of(2008, 12, 20) + (int)(row * 100ULL / ROWS));
        bool last = row + 1 == ROWS;
        kh_buf_printf(csv, "T%07u,A%u,%s,%s,%s,", row, account,
                      last && last_manager ? last_manager
                      : account % 3        ? "M1"
                                           : "M2",
                      date, kinds[random_below(4)]);
        if (random_below(20)) {
            kh_buf_printf(csv, "%s%u.%02u", random_below(4) ? "" : "-", random_below(100000),
                          random_below(100));
        }
        kh_buf_text(csv, "\n");
    }
}

#define SCHEME                                                                                     \
    "lookup \"price\" { on = 'kind', valid = { 'from', 'to' } }\n"                                 \
    "dataset \"rows\" { key = 'id' }\n"                                                            \
    "dataset \"held\" { from = 'rows', key = 'account', same_day = 'sum' }\n"                      \
    "dataset \"last\" { from = 'rows', key = 'account', same_day = 'last' }\n"                     \
    "dataset \"owned\" { from = 'rows', key = 'account', owner = 'own', same_day = 'last' }\n"     \
    "owner \"own\" { on = 'account', share = 'share', valid = { 'from', 'to' } }\n"                \
    "measure \"sum\" { of = 'rows', sum = 'amount', where = \"kind <> 'C'\" }\n"                   \
    "measure \"priced\" { of = 'rows', sum = 'amount * price.rate', exclude = {\n"                 \
    "  { rule = 'R', when = 'amount > 90000' }, { rule = 'S', when = \"kind = 'B'\" } } }\n"       \
    "measure \"count\" { of = 'rows', count = true }\n"                                            \
    "measure \"kinds\" { of = 'rows', count_distinct = 'kind' }\n"                                 \
    "measure \"accounts\" { of = 'rows', count_distinct = 'account', where = 'amount < 50' }\n"    \
    "measure \"amounts\" { of = 'rows', count_distinct = 'amount' }\n"                             \
    "measure \"avg\" { of = 'rows', avg = 'amount' }\n"                                            \
    "measure \"weighted\" { of = 'rows', weighted_avg = { 'amount', 'day(date)' } }\n"             \
    "measure \"min\" { of = 'rows', min = 'amount' }\n"                                            \
    "measure \"max\" { of = 'rows', max = 'amount' }\n"                                            \
    "measure \"first\" { of = 'rows', first = 'amount' }\n"                                        \
    "measure \"latest\" { of = 'rows', last = 'amount' }\n"                                        \
    "measure \"before\" { of = 'rows', sum = 'amount', period = 'previous' }\n"                    \
    "measure \"h_avg\" { of = 'held', sum = 'amount', over = 'average' }\n"                        \
    "measure \"h_sum\" { of = 'held', sum = 'amount * price.rate', over = 'sum', exclude = {\n"    \
    "  { rule = 'R', when = \"kind = 'C'\" } } }\n"                                                \
    "measure \"h_max\" { of = 'held', sum = 'amount', over = 'max' }\n"                            \
    "measure \"l_last\" { of = 'last', sum = 'amount', over = 'last' }\n"                          \
    "measure \"l_first\" { of = 'last', sum = 'amount', over = 'first' }\n"                        \
    "measure \"l_seen\" { of = 'last', count = true, over = 'last_seen', where = 'amount > 0' }\n" \
    "measure \"l_work\" { of = 'last', sum = 'amount', over = 'average_working' }\n"               \
    "measure \"o_avg\" { of = 'owned', sum = 'amount', over = 'average' }\n"

static void open_rows(kit *k, const char *last_manager, uint32_t jobs)
{
    kit_open(k);
    k->jobs = jobs;
    kh_buf csv = {0}, own = {0};
    write_rows(&csv, last_manager);
    cr_assert_gt(csv.size, 3u << 20, "too few rows for three shares: %zu bytes", csv.size);
    kit_csv(k, "rows", csv.data);
    kit_csv(k, "price", "kind,from,to,rate\nA,2009-01-01,2009-02-01,2\nA,2009-02-01,,3\nB,,,1.5\n");
    kh_buf_text(&own, "account,manager_id,share,from,to\n");
    for (int a = 0; a < ACCOUNTS; a++) {
        kh_buf_printf(&own, "A%d,M1,1,,2009-02-17\nA%d,M1,0.25,2009-02-17,\n", a, a);
        kh_buf_printf(&own, "A%d,M2,0.75,2009-02-17,\n", a);
    }
    kit_csv(k, "own", own.data);
    kh_buf_text(&k->lua, SCHEME);
    kh_buf_fini(&csv);
    kh_buf_fini(&own);
}

/* Everything the facts say, as text. */
static void write_facts(const kit *k, kh_buf *out)
{
    char text[KH_DECIMAL_TEXT];
    const kh_facts *f = &k->facts;
    kh_buf_printf(out, "%d %s\n", k->status, k->err.text);
    for (uint32_t i = 0; i < k->diags.count; i++) {
        kh_buf_printf(out, "%d: %s\n", k->diags.items[i].place.line, k->diags.items[i].text);
    }
    if (k->status < 0) return;
    for (uint32_t m = 0; m < k->scheme->plan.measure_count; m++) {
        for (uint32_t s = 0; s < f->subject_count; s++) {
            kh_dec_format(text, f->values[m * f->subject_count + s], KH_PLACES_OWN, false);
            kh_buf_printf(out, "%s %s %s\n", k->scheme->plan.measures[m].name.text,
                          f->subjects[s].id, text);
        }
    }
    for (uint32_t i = 0; i < f->left_out_count; i++) {
        kh_dec_format(text, f->left_out[i].amount, KH_PLACES_OWN, false);
        kh_buf_printf(out, "%u %u %s %s %s\n", f->left_out[i].subject, f->left_out[i].measure,
                      f->left_out[i].key, f->left_out[i].rule, text);
    }
}

static void run_rows(const char *last_manager, uint32_t jobs, kh_buf *out)
{
    kit k;
    open_rows(&k, last_manager, jobs);
    kit_run(&k, "2009Q1");
    write_facts(&k, out);
    kit_close(&k);
}

Test(shares, of_any_number_give_the_same_facts)
{
    kh_buf alone = {0};
    run_rows(NULL, 1, &alone);
    cr_assert_eq(strncmp(alone.data, "0 \nsum M1 ", 10), 0, "%.200s", alone.data);
    cr_expect_not_null(strstr(alone.data, "\n0 1 T"), "some row is left out");
    for (uint32_t jobs = 2; jobs < 6; jobs += jobs < 3 ? 1 : 2) {
        kh_buf shared = {0};
        run_rows(NULL, jobs, &shared);
        cr_expect_str_eq(shared.data, alone.data, "%u processes", jobs);
        kh_buf_fini(&shared);
    }
    kh_buf_fini(&alone);
}

Test(shares, tell_mistakes_as_one_reading_does)
{
    kh_buf alone = {0}, shared = {0};
    run_rows("M9", 1, &alone);
    run_rows("M9", 3, &shared);
    cr_expect_not_null(strstr(alone.data, "'M9' is not among the subjects"), "%s", alone.data);
    cr_expect_str_eq(shared.data, alone.data);
    kh_buf_fini(&alone);
    kh_buf_fini(&shared);
}

Test(shares, out_of_order_are_sorted)
{
    kh_buf csv = {0};
    kh_buf_text(&csv, "account,manager_id,date,balance\n");
    for (int row = 0; row < 60000; row++) { /* each account's days backwards over the whole file */
        char date[KH_DATE_TEXT];
        kh_date_format(date, kh_date_of(2009, 3, 31) - row / 1000);
        kh_buf_printf(&csv, "account-number-%09d,%s,%s,1\n", row % 1000, row % 2 ? "M1" : "M2",
                      date);
    }
    for (uint32_t jobs = 1; jobs < 3; jobs++) {
        kit k;
        kit_open(&k);
        k.jobs = jobs;
        kit_csv(&k, "b", csv.data);
        kh_buf_text(&k.lua, "dataset \"b\" { key = 'account' }\n"
                            "measure \"x\" { of = 'b', sum = 'balance', over = 'sum' }\n");
        kit_run(&k, "2009Q1");
        kit_expect(&k, "x", "M1", "30000", "500 accounts on 60 days");
        kit_close(&k);
    }
    kh_buf_fini(&csv);
}

/* The way back must not trust its length. */
Test(shares, cut_short_are_refused)
{
    kit k;
    kit_open(&k);
    kit_csv(&k, "b", "account,manager_id,date,balance\nA1,M1,2009-01-01,5\n");
    kh_buf_text(&k.lua, "dataset \"b\" { key = 'account' }\n"
                        "measure \"x\" { of = 'b', sum = 'balance', over = 'max' }\n"
                        "measure \"n\" { of = 'b', count_distinct = 'account' }\n");
    kit_run(&k, "2009Q1");
    kit_expect(&k, "x", "M1", "5", "so that the plan is whole");
    kh_run_state state = {.measures = k.measures, .facts = &k.facts, .problems = &k.diags};
    uint32_t measures[] = {0, 1};
    kh_period window = k.facts.period;
    kh_pass pass = {.state = &state,
                    .dataset = &k.measures->datasets[0],
                    .window = window,
                    .balance = true,
                    .measures = measures,
                    .count = 2};
    kh_scan scan = {.state = &state, .passes = &pass, .pass_count = 1};
    kh_fold_init(&pass);
    kh_balances_init(&pass);
    kh_held held = {.value = 5, .measure = 0};
    kh_turn turn = {.day = window.from, .who = 0, .count = 1, .held = &held};
    cr_assert_eq(kh_balance_put(&pass, kh_balance_key(&pass, "A1", 2), &turn, 1, NULL), KH_OK);
    kh_fold_distinct(&pass, 1, 0, "A1", 2);
    char *data;
    size_t size;
    FILE *file = open_memstream(&data, &size);
    cr_assert(kh_share_write(&scan, file));
    fclose(file);
    for (size_t cut = 0; cut < size; cut++) {
        kh_error err = KH_ERROR_INIT;
        char *part = malloc(cut + 1); /* of the exact size: a byte too far shows */
        memcpy(part, data, cut);
        kh_balances_fini(&pass);
        kh_fold_fini(&pass);
        kh_fold_init(&pass);
        kh_balances_init(&pass);
        cr_expect_lt(kh_share_add(&scan, part, cut, &err), 0, "cut at %zu of %zu", cut, size);
        free(part);
    }
    kh_balances_fini(&pass);
    kh_fold_fini(&pass);
    free(data);
    kit_close(&k);
}
