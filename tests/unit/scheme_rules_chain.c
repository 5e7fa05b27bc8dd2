/* The grade chain: the same as a second, literal calculation, and sane: more never gives less. */
#include "unit/scheme_rules_kit.h"

TestSuite(chain, .init = open_library, .fini = close_library);

/* ---- a second calculation, by level and step, in hundredths of 万元 ----------------------------- */

static const struct {
    int level, profit[4], deposit; /* profit in hundredths */
} table[12] = {
    {15, {800, 950, 1100, 1250}, 3000},       {14, {1400, 1550, 1700, 1850}, 3300},
    {13, {2000, 2100, 2200, 2350}, 3600},     {12, {2500, 2800, 3100, 3400}, 4000},
    {11, {3800, 4200, 4600, 5000}, 5000},     {10, {5500, 6000, 6500, 7000}, 6500},
    {9, {8000, 9000, 10000, 11000}, 8500},    {8, {12500, 14000, 15500, 17000}, 11000},
    {7, {19000, 21000, 23000, 25000}, 14000}, {6, {28000, 31000, 34000, 37000}, 17500},
    {5, {41000, 45000, 49000, 53000}, 21500}, {4, {58000, 63000, 68000, 73000}, 26000},
};

typedef struct grade {
    int level, step; /* level 0: 未达标 */
} grade;

static const grade unranked = {0, 0};

static int order(grade g) /* how high, for comparisons only */
{
    return g.level ? (16 - g.level) * 10 + g.step : 0;
}

static grade up(grade g) /* one step */
{
    if (!g.level) return (grade){15, 1};
    if (g.step < 4) return (grade){g.level, g.step + 1};
    return g.level > 4 ? (grade){g.level - 1, 1} : g;
}

static grade drop(grade g) /* the top step of the next lower level */
{
    return g.level == 0 || g.level == 15 ? unranked : (grade){g.level + 1, 4};
}

static grade of_profit(long hundredths, int percent_off)
{
    grade best = unranked;
    long kept = hundredths > 0 ? hundredths * (100 - percent_off) : hundredths * 100;
    for (int i = 0; i < 12; i++) {
        for (int s = 0; s < 4; s++) {
            grade g = {table[i].level, s + 1};
            if (kept >= table[i].profit[s] * 100L && order(g) > order(best)) best = g;
        }
    }
    return best;
}

typedef struct chain_case {
    long ex, product, deposit; /* hundredths of 万元 */
    int quarter, percent_off;
    bool studio, demote, cascade, all_quarters;
} chain_case;

static int standard(int level)
{
    return table[15 - level].deposit;
}

static grade article_17(grade g, long deposit)
{
    int level = deposit >= 360000 ? 13 : deposit >= 330000 ? 14 : deposit >= 300000 ? 15 : 0;
    if (!level) return unranked;
    if (g.level == level) return g;
    return (grade){level, order(g) > order((grade){level, 4}) ? 4 : 1};
}

static grade gate(const chain_case *c, grade g)
{
    bool gated = c->quarter <= 3 || c->all_quarters || c->studio;
    if (!gated) return g;
    if (c->studio && c->quarter <= 3) {
        return g.level && c->deposit * 2 < standard(g.level) * 100L ? drop(g) : g;
    }
    if (g.level == 0 || g.level >= 13) return article_17(g, c->deposit);
    while (g.level && g.level <= 12 && c->deposit < standard(g.level) * 100L) {
        g = drop(g);
        if (!c->cascade) return g;
        if (g.level == 13) return article_17(g, c->deposit);
    }
    return g;
}

typedef struct chain_result {
    grade base, with_product, capped, gated, final;
} chain_result;

static chain_result calculate(const chain_case *c)
{
    chain_result r;
    r.base = of_profit(c->ex, c->percent_off);
    r.with_product = of_profit(c->ex + c->product, c->percent_off);
    int steps = r.base.level && r.base.level <= 10 ? 1 : 2;
    grade most = r.base;
    while (steps-- > 0) most = up(most);
    r.capped = order(r.with_product) < order(most) ? r.with_product : most;
    r.gated = gate(c, r.capped);
    r.final = c->demote ? drop(r.gated) : r.gated;
    return r;
}

/* ---- the rule ------------------------------------------------------------------------------ */

static grade read_grade(const kh_json *out, const char *key)
{
    grade g = {0, 0};
    const char *text = kh_json_get_text(out, key);
    cr_assert_not_null(text, "there is no '%s'", key);
    if (strcmp(text, "未达标") != 0) {
        cr_assert_eq(sscanf(text, "%d级%d档", &g.level, &g.step), 2, "%s", text);
    }
    return g;
}

static void print_wan(kh_buf *out, const char *key, long hundredths)
{
    kh_buf_printf(out, "\"%s\":\"%s%ld.%02ld\",", key, hundredths < 0 ? "-" : "",
                  labs(hundredths) / 100, labs(hundredths) % 100);
}

static char *inputs_of(const chain_case *c)
{
    kh_buf text = {0};
    kh_buf_text(&text, "{");
    print_wan(&text, "ex_product_wan", c->ex);
    print_wan(&text, "product_wan", c->product);
    print_wan(&text, "deposit_wan", c->deposit);
    kh_buf_printf(&text,
                  "\"quarter\":%d,\"studio\":%s,\"deduction_rate\":\"0.%02d\",\"demote\":%s,"
                  "\"gate_cascade\":%s,\"gate_quarters\":[1,2,3%s]}",
                  c->quarter, c->studio ? "true" : "false", c->percent_off,
                  c->demote ? "true" : "false", c->cascade ? "true" : "false",
                  c->all_quarters ? ",4" : "");
    return kh_buf_take(&text);
}

static chain_result run_rule(const chain_case *c)
{
    kh_arena arena = {0};
    char *inputs = inputs_of(c);
    const kh_json *out = evaluate(&arena, "deposit_gate", inputs);
    chain_result r = {read_grade(out, "base"), read_grade(out, "with_product"),
                      read_grade(out, "after_cap"), read_grade(out, "after_gate"),
                      read_grade(out, "final")};
    bool needs_hq = order(r.final) > order((grade){5, 4});
    cr_expect_eq(kh_json_get(out, "needs_hq")->truth, needs_hq, "%s", inputs);
    cr_expect_eq(kh_json_get(out, "after_demotion")->kind, c->demote ? KH_JSON_TEXT : KH_JSON_NULL,
                 "%s", inputs);
    free(inputs);
    kh_arena_fini(&arena);
    return r;
}

static chain_case random_case(void)
{
    static const int percents[] = {0, 0, 0, 10, 15, 30};
    chain_case c = {.quarter = 1 + (int)random_below(4),
                    .percent_off = percents[random_below(6)],
                    .studio = random_below(3) == 0,
                    .demote = random_below(6) == 0,
                    .cascade = random_below(2),
                    .all_quarters = random_below(3) == 0};
    /* Half of the profits and deposits lie within a hundredth of a threshold. */
    unsigned i = random_below(12), s = random_below(4);
    c.ex = random_below(2) ? table[i].profit[s] + (long)random_below(3) - 1
                           : (long)random_below(80000) - 2000;
    c.product = random_below(2) ? 0 : (long)random_below(9000) - 500;
    long half = random_below(2) ? table[random_below(12)].deposit * 50L : 0;
    c.deposit = random_below(2)
                    ? table[random_below(12)].deposit * 100L - half + (long)random_below(3) - 1
                    : (long)random_below(3000000);
    return c;
}

static void expect_same(const char *step, grade got, grade wanted, const chain_case *c)
{
    if (order(got) == order(wanted)) return;
    char *inputs = inputs_of(c);
    cr_expect(false, "%s: got %d级%d档, wanted %d级%d档 for %s", step, got.level, got.step,
              wanted.level, wanted.step, inputs);
    free(inputs);
}

Test(chain, agrees_with_a_second_calculation)
{
    for (int i = 0; i < 6000; i++) {
        chain_case c = random_case();
        chain_result got = run_rule(&c), wanted = calculate(&c);
        expect_same("base", got.base, wanted.base, &c);
        expect_same("with product", got.with_product, wanted.with_product, &c);
        expect_same("cap", got.capped, wanted.capped, &c);
        expect_same("gate", got.gated, wanted.gated, &c);
        expect_same("final", got.final, wanted.final, &c);
    }
}

Test(chain, never_gives_less_for_more)
{
    for (int i = 0; i < 1500; i++) {
        chain_case less = random_case(), more = less;
        switch (random_below(3)) {
        case 0: more.ex += random_below(3000); break;
        case 1: more.product += random_below(3000); break;
        default: more.deposit += random_below(200000);
        }
        chain_result low = run_rule(&less), high = run_rule(&more);
        char *inputs = inputs_of(&less);
        cr_expect_geq(order(high.final), order(low.final), "%s", inputs);
        free(inputs);
    }
}

Test(chain, deductions_and_demotions_never_improve)
{
    for (int i = 0; i < 1500; i++) {
        chain_case without = random_case(), with;
        without.percent_off = 0;
        without.demote = false;
        with = without;
        with.percent_off = 10 + (int)random_below(21);
        chain_result before = run_rule(&without), after = run_rule(&with);
        char *inputs = inputs_of(&with);
        cr_expect_leq(order(after.base), order(before.base), "%s", inputs);
        cr_expect_leq(order(after.final), order(before.final), "%s", inputs);
        with = without;
        with.demote = true;
        after = run_rule(&with);
        cr_expect_leq(order(after.final), order(before.final), "%s", inputs);
        free(inputs);
    }
}

Test(chain, only_named_gates_change_a_grade)
{
    for (int i = 0; i < 1500; i++) {
        chain_case c = random_case();
        c.demote = false;
        chain_result r = run_rule(&c);
        char *inputs = inputs_of(&c);
        bool open = !c.studio && c.quarter == 4 && !c.all_quarters;
        if (open) cr_expect_eq(order(r.gated), order(r.capped), "no gate: %s", inputs);
        if (c.studio && c.quarter < 4) {
            cr_expect(order(r.gated) == order(r.capped) || order(r.gated) == order(drop(r.capped)),
                      "one drop at most: %s", inputs);
        }
        cr_expect_leq(order(r.capped), order(r.with_product), "%s", inputs);
        cr_expect_leq(order(r.capped), order(up(up(r.base))), "%s", inputs);
        free(inputs);
    }
}

Test(chain, has_one_calculation_under_seven_names)
{
    static const char *const names[] = {
        "head_office_ceiling", "deposit_gate",     "deposit_based_grade",  "studio_gate",
        "product_cap",         "committee_ruling", "deduction_or_demotion"};
    for (int i = 0; i < 60; i++) {
        chain_case c = random_case();
        char *inputs = inputs_of(&c);
        kh_buf first = {0};
        for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
            kh_arena arena = {0};
            kh_buf text = {0};
            kh_json_write(&text, evaluate(&arena, names[n], inputs));
            if (n == 0) kh_buf_text(&first, text.data);
            cr_expect_str_eq(text.data, first.data);
            kh_buf_fini(&text);
            kh_arena_fini(&arena);
        }
        kh_buf_fini(&first);
        free(inputs);
    }
}

static const char *text_of(kh_arena *arena, const char *rule, const char *key, const char *format,
                           ...)
{
    char inputs[400];
    va_list args;
    va_start(args, format);
    vsnprintf(inputs, sizeof inputs, format, args);
    va_end(args);
    return kh_json_get_text(evaluate(arena, rule, inputs), key);
}

Test(chain, is_the_sum_of_its_steps)
{
    for (int i = 0; i < 800; i++) {
        chain_case c = random_case();
        c.percent_off = 0;
        c.product = labs(c.product);
        c.deposit = labs(c.deposit);
        kh_arena arena = {0};
        char *inputs = inputs_of(&c);
        const kh_json *whole = evaluate(&arena, "deposit_gate", inputs);
        const char *base =
            text_of(&arena, "profit_grade", "grade", "{\"quarter_profit_wan\":\"%s%ld.%02ld\"}",
                    c.ex < 0 ? "-" : "", labs(c.ex) / 100, labs(c.ex) % 100);
        cr_expect_str_eq(base, kh_json_get_text(whole, "base"));
        const char *with = kh_json_get_text(whole, "with_product");
        const char *capped = text_of(&arena, "capped_grade", "grade",
                                     "{\"base\":\"%s\",\"with_product\":\"%s\"}", base, with);
        cr_expect_str_eq(capped, kh_json_get_text(whole, "after_cap"));
        const char *gated = text_of(
            &arena, "gated_grade", "grade",
            "{\"grade\":\"%s\",\"deposit_wan\":\"%ld.%02ld\",\"quarter\":%d,\"studio\":%s,"
            "\"gate_cascade\":%s,\"gate_quarters\":[1,2,3%s]}",
            capped, c.deposit / 100, c.deposit % 100, c.quarter, c.studio ? "true" : "false",
            c.cascade ? "true" : "false", c.all_quarters ? ",4" : "");
        cr_expect_str_eq(gated, kh_json_get_text(whole, "after_gate"), "%s", inputs);
        const char *demoted =
            text_of(&arena, "demoted_grade", "grade", "{\"grade\":\"%s\"}", gated);
        if (c.demote) cr_expect_str_eq(demoted, kh_json_get_text(whole, "after_demotion"));
        const char *final = kh_json_get_text(whole, "final");
        char held[100];
        snprintf(held, sizeof held, "{\"grade\":\"%s\"}", final);
        const kh_json *ceiling = evaluate(&arena, "held_grade", held);
        bool needs_hq = kh_json_get(whole, "needs_hq")->truth;
        cr_expect_eq(kh_json_get(ceiling, "needs_hq")->truth, needs_hq);
        cr_expect_str_eq(kh_json_get_text(ceiling, "grade"), needs_hq ? "5级4档" : final);
        free(inputs);
        kh_arena_fini(&arena);
    }
}

/* ---- the way up ---------------------------------------------------------------------------- */

/* An amount in 万元 with at most two decimals. */
static long hundredths(const kh_json *record, const char *key)
{
    long whole = 0;
    char tenth[3] = "00";
    const char *text = kh_json_get_text(record, key);
    cr_assert_not_null(text, "there is no '%s'", key);
    cr_assert_geq(sscanf(text, "%ld.%2[0-9]", &whole, tenth), 1, "%s", text);
    return whole * 100 + (tenth[0] - '0') * 10 + (tenth[1] ? tenth[1] - '0' : 0);
}

static grade with_more(const chain_case *c, long profit, long deposit)
{
    chain_case more = *c;
    more.ex += profit;
    more.deposit += deposit;
    return calculate(&more).gated;
}

/* By the second calculation: what is named is enough, a hundredth less of any part is not. */
static void check_way(const chain_case *c, const kh_json *way, grade own, const char *inputs)
{
    long profit = hundredths(way, "profit_wan"), deposit = hundredths(way, "deposit_wan");
    grade reached = with_more(c, profit, deposit), wanted = read_grade(way, "grade");
    cr_expect_eq(order(reached), order(wanted), "%ld and %ld for %s", profit, deposit, inputs);
    cr_expect_gt(order(reached), order(own), "%s", inputs);
    if (profit) cr_expect_leq(order(with_more(c, profit - 1, deposit)), order(own), "%s", inputs);
    if (deposit) cr_expect_leq(order(with_more(c, profit, deposit - 1)), order(own), "%s", inputs);
}

Test(chain, names_what_really_lifts_the_grade)
{
    int kinds[3] = {0};
    for (int i = 0; i < 1500; i++) {
        chain_case c = random_case();
        c.percent_off = 0;
        c.demote = false;
        kh_arena arena = {0};
        char inputs[400];
        kh_buf text = {0};
        kh_buf_text(&text, "{");
        print_wan(&text, "ex_product_wan", c.ex);
        print_wan(&text, "product_wan", c.product);
        print_wan(&text, "deposit_wan", c.deposit);
        snprintf(inputs, sizeof inputs,
                 "%s\"quarter\":%d,\"studio\":%s,\"gate_cascade\":%s,\"gate_quarters\":[1,2,3%s]}",
                 text.data, c.quarter, c.studio ? "true" : "false", c.cascade ? "true" : "false",
                 c.all_quarters ? ",4" : "");
        kh_buf_fini(&text);
        const kh_json *out = evaluate(&arena, "next_grade", inputs);
        const kh_json *ways = kh_json_get(out, "ways");
        grade own = calculate(&c).gated;
        cr_expect_eq(order(read_grade(out, "grade")), order(own), "%s", inputs);
        for (uint32_t w = 0; w < ways->count; w++) {
            const kh_json *way = ways->items[w];
            check_way(&c, way, own, inputs);
            bool profit = hundredths(way, "profit_wan"), deposit = hundredths(way, "deposit_wan");
            kinds[profit && deposit ? 2 : deposit ? 1 : 0]++;
            if (profit && deposit) cr_expect_eq(ways->count, 1, "both only when one is not enough");
        }
        if (ways->count == 0) {
            cr_expect_leq(order(with_more(&c, 10000000, 10000000)), order(own), "%s", inputs);
        }
        kh_arena_fini(&arena);
    }
    for (int kind = 0; kind < 3; kind++)
        cr_expect_gt(kinds[kind], 10, "kind %d: %d times", kind, kinds[kind]);
}

Test(chain, refuses_what_makes_no_sense)
{
    static const struct {
        const char *change, *words;
    } cases[] = {
        {"\"quarter\":5", "'quarter' is 1 to 4, not 5"},
        {"\"quarter\":1,\"deduction_rate\":\"-0.1\"", "a deduction rate lies between 0 and 1"},
        {"\"quarter\":1,\"deduction_rate\":\"1.01\"", "a deduction rate lies between 0 and 1"},
        {"\"quarter\":1,\"committee_grade\":\"3级1档\"", "the ladder has no grade '3级1档'"},
        {"\"quarter\":1,\"ladder_steps\":5", "'ladder_steps' is 5"},
        {"\"quarter\":1,\"ladder_steps\":0", "'ladder_steps' is 0"},
        {"\"quarter\":1,\"committee_grade\":\"高级\"", "a grade like 11级3档 or 未达标"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char inputs[300];
        snprintf(inputs, sizeof inputs, "{\"ex_product_wan\":60,\"deposit_wan\":6500,%s}",
                 cases[i].change);
        const char *text = refusal("committee_ruling", inputs);
        cr_expect_not_null(strstr(text, cases[i].words), "%s: %s", cases[i].change, text);
    }
}
