/* What must hold of the strategies for any numbers, and that they agree with the rule library. */
#include "plugin/strategy_people.h"

enum { PEOPLE = 400, TURNS = 12 };

/* ---- grades -------------------------------------------------------------------------------- */

/* a: profit in 万元, b: deposits in 万元, c: a grade number, d: quarter 1 or 4, e: unused. */
static void fill_grades(kh_buf *out, dice *d, uint32_t i)
{
    (void)i;
    kh_buf_printf(out, "%u.%02u,%u,%u,%u,0\n", dice_below(d, 80), dice_below(d, 100),
                  dice_below(d, 5) ? dice_below(d, 30000) : 500 * dice_below(d, 14),
                  dice_below(d, 48), dice_below(d, 2) ? 1 : 4);
}

/* The ladder of the rule library, in declarations: profit, deposit standard, one fall down. */
static const char ladder[] =
    "local rows, levels = {}, { { 15, { 8, 9.5, 11, 12.5 }, 3000 }, { 14, { 14, 15.5, 17, 18.5 }, "
    "3300 }, { 13, { 20, 21, 22, 23.5 }, 3600 }, { 12, { 25, 28, 31, 34 }, 4000 }, "
    "{ 11, { 38, 42, 46, 50 }, 5000 }, { 10, { 55, 60, 65, 70 }, 6500 }, "
    "{ 9, { 80, 90, 100, 110 }, 8500 } }\n"
    "local high = {}\n"
    "for i, level in ipairs(levels) do for step = 1, 4 do\n"
    "  local name = level[1] .. '级' .. step .. '档'\n"
    "  rows[#rows + 1] = { name, level[2][step] }\n"
    "  if level[1] <= 12 then high[#high + 1] = { name, level[3], levels[i - 1][1] .. '级4档' } "
    "end\n"
    "end end\n"
    "lookup 'steps' { columns = { 'grade', 'from' }, rows = rows }\n"
    "lookup 'standards' { columns = { 'grade', 'deposit', 'down' }, rows = high }\n"
    "local chain, ladders = use 'rules/chain', use 'rules/ladder'\n";

/* A Lua stage that writes 1 as `same` where the grade is the rule's. */
#define COMPARE(rule)                                                                              \
    "function(card) local m = card.m; local wanted = " rule                                        \
    "; return { values = { same = card.grade == wanted and 1 or 0 } } end"

Test(properties, grades_and_gates_are_those_of_the_rule_library)
{
    dice d = dice_new(20090101);
    play p;
    many(&p, &d, PEOPLE, fill_grades);
    play_lua(&p, ladder);
    play_run(
        &p,
        "ladder { table = 'steps', value = 'a' }, " COMPARE(
            "ladders.profit_grade { quarter_profit_wan = m.a }.grade") ", "
                                                                       "gate { table = "
                                                                       "'standards', to_column = "
                                                                       "'down', rule = 'C16', "
                                                                       "conditions = { "
                                                                       "{ value = 'b', standard = "
                                                                       "'deposit' } } }, "
                                                                       "function(card) local m = "
                                                                       "card.m\n"
                                                                       "local plain = "
                                                                       "ladders.profit_grade { "
                                                                       "quarter_profit_wan = m.a "
                                                                       "}.grade\n"
                                                                       "local rule = "
                                                                       "chain.gated_grade { grade "
                                                                       "= plain, deposit_wan = "
                                                                       "m.b, quarter = 1 }\n"
                                                                       "if rule.article ~= 'C16' "
                                                                       "then return { values = { "
                                                                       "gated = 1 } } end\n"
                                                                       "return { values = { gated "
                                                                       "= card.grade == rule.grade "
                                                                       "and 1 or 0 } } end");
    expect_ok(&p);
    for (uint32_t i = 0; i < PEOPLE; i++) {
        cr_expect_eq(kh_dec_cmp(value(&p, i, "same"), KH_ONE), 0, "ladder: %s", id_of(&p, i));
        cr_expect_eq(kh_dec_cmp(value(&p, i, "gated"), KH_ONE), 0, "gate: %s %s", id_of(&p, i),
                     p.results->cards[i].grade);
    }
    play_close(&p);
}

/* Pairs of people alike but for the profit: the second has at least as much. */
static void fill_pairs(kh_buf *out, dice *d, uint32_t i)
{
    static uint32_t profit, deposit;
    if (i % 2 == 0) {
        profit = dice_below(d, 9000);
        deposit = dice_below(d, 3) ? dice_below(d, 9000) : 500 * dice_below(d, 14);
    } else {
        profit += dice_below(d, 3) ? dice_below(d, 200) : 1;
    }
    kh_buf_printf(out, "%u.%02u,%u,0,0,0\n", profit / 100, profit % 100, deposit);
}

static int32_t place_of(const char *grade)
{
    int level, step;
    return sscanf(grade, "%d级%d档", &level, &step) == 2 ? (15 - level) * 4 + step : 0;
}

/* True when the gate said so. */
static bool was_gated(const kh_card *card)
{
    for (uint32_t i = 0; i < card->step_count; i++) {
        if (!strcmp(card->steps[i].stage, "gate") && card->steps[i].outcome == KH_CHANGED)
            return true;
    }
    return false;
}

Test(properties, a_higher_profit_lowers_a_grade_only_through_a_named_gate)
{
    dice d = dice_new(20090102);
    play p;
    many(&p, &d, PEOPLE, fill_pairs);
    play_lua(&p, ladder);
    play_run(&p, "ladder { table = 'steps', value = 'a' }, "
                 "gate { table = 'standards', to_column = 'down', rule = 'C16', conditions = { "
                 "{ value = 'b', standard = 'deposit' } } }");
    expect_ok(&p);
    uint32_t lowered = 0, equal = 0;
    for (uint32_t i = 0; i < PEOPLE; i += 2) {
        const kh_card *less = &p.results->cards[i], *more = &p.results->cards[i + 1];
        bool lower = place_of(more->grade) < place_of(less->grade);
        cr_expect(!lower || was_gated(more),
                  "%s %s has more profit than %s %s and no gate says why", more->subject->id,
                  more->grade, less->subject->id, less->grade);
        lowered += was_gated(more);
        equal += place_of(more->grade) >= place_of(less->grade);
    }
    cr_expect(lowered > 0 && equal > 0, "the numbers try both: %u gated, %u not lower", lowered,
              equal);
    play_close(&p);
}

/* ---- deductions ---------------------------------------------------------------------------- */

static void fill_amounts(kh_buf *out, dice *d, uint32_t i)
{
    const char *sign = dice_below(d, 4) ? "" : "-";
    (void)i;
    kh_buf_printf(out, "%s%u.%02u,0.%02u,%u,0,0\n", sign, dice_below(d, 900000), dice_below(d, 100),
                  10 + dice_below(d, 21), dice_below(d, 9));
}

Test(properties, deductions_never_improve_and_are_those_of_the_rule_library)
{
    dice d = dice_new(20090103);
    play p;
    kh_buf rows = {0};
    kh_buf_text(&rows, "manager_id,date,rate,points,reason\n");
    many(&p, &d, PEOPLE, fill_amounts);
    for (uint32_t i = 0; i < PEOPLE; i++) {
        for (uint32_t k = dice_below(&d, 3); k > 0; k--) {
            kh_buf_printf(&rows, "M%03u,2009-02-0%u,0.%02u,%u,甲\n", i, k, 10 + dice_below(&d, 21),
                          dice_below(&d, 20));
        }
    }
    kit_csv(&p.kit, "decision", rows.data);
    kh_buf_fini(&rows);
    play_lua(&p, "local chain = use 'rules/chain'\n"
                 "records 'decisions' { of = 'decision', columns = { rate = 'decimal(2)', "
                 "points = 'decimal(2)', reason = 'text' } }");
    play_run(&p, "deduct { from = 'decisions', value = 'a', as = 'net', least = 0.10, most = 0.30, "
                 "total = 0.30 }, "
                 "deduct { from = 'decisions', value = 'a', as = 'pointed', by = 'points', "
                 "column = 'points', floor = 0 }, "
                 "function(card) local rates = {}\n"
                 "for i, row in ipairs(card.r.decisions) do rates[i] = row.rate end\n"
                 "local rate = chain.deduction_rate { rates = rates }.applied\n"
                 "local net = chain.deducted_profit { profit_wan = card.m.a, rate = rate }\n"
                 "return { values = { rule_net = net.profit_wan } } end");
    expect_ok(&p);
    for (uint32_t i = 0; i < PEOPLE; i++) {
        kh_decimal before = value(&p, i, "a");
        expect_same(&p, i, "net", "rule_net");
        cr_expect_leq(kh_dec_cmp(value(&p, i, "net"), before), 0, "%s got more", id_of(&p, i));
        cr_expect_leq(kh_dec_cmp(value(&p, i, "pointed"), before), 0, "%s by points", id_of(&p, i));
    }
    play_close(&p);
}

/* ---- quotas and places --------------------------------------------------------------------- */

static void fill_scores(kh_buf *out, dice *d, uint32_t i)
{
    (void)i;
    if (dice_below(d, 20) == 0) kh_buf_text(out, ",");
    else kh_buf_printf(out, "%u,", 85 + dice_below(d, 15));
    kh_buf_printf(out, "%u,0,0,0\n", dice_below(d, 4));
}

/* How many of a group (NULL: of all) are in the band. */
static uint32_t holders(const play *p, const char *group, const char *band)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->results->card_count; i++) {
        const kh_card *card = &p->results->cards[i];
        if (group && strcmp(card->subject->group, group) != 0) continue;
        count += !band || (card->band && !strcmp(card->band, band));
    }
    return count;
}

Test(properties, quotas_are_never_exceeded_and_serve_the_better_first)
{
    dice d = dice_new(20090104);
    for (int turn = 0; turn < TURNS; turn++) {
        play p;
        char score[512];
        uint32_t people = 1 + dice_below(&d, 60), percent = dice_below(&d, 101);
        bool grouped = dice_below(&d, 2), parted = dice_below(&d, 2);
        many(&p, &d, people, fill_scores);
        snprintf(score, sizeof score,
                 "bands { value = 'a' }, quota { value = 'a', %s within = '%s', limits = { "
                 "{ name = '优秀', share = 0.%02u, down = '良好' }, "
                 "{ name = '良好', share = 0.3, down = '合格' } } }",
                 parted ? "ties = { 'b' }," : "", grouped ? "group" : "all", percent % 100);
        play_run(&p, score);
        expect_ok(&p);
        for (uint32_t i = 0; i < people; i++) {
            const kh_card *card = &p.results->cards[i];
            const char *group = grouped ? card->subject->group : NULL;
            uint32_t all = holders(&p, group, NULL), best = holders(&p, group, "优秀");
            cr_expect_leq(best, all * (percent % 100) / 100, "%u of %u in %u %%", best, all,
                          percent % 100);
            cr_expect_leq(holders(&p, group, "良好"), all * 30 / 100);
            for (uint32_t k = 0; k < people; k++) { /* who is served is not behind who is not */
                const kh_card *other = &p.results->cards[k];
                bool same = !grouped || !strcmp(other->subject->group, card->subject->group);
                if (!same || !card->band || !other->band || strcmp(card->band, "优秀") != 0)
                    continue;
                bool behind = kh_dec_cmp(value(&p, k, "a"), value(&p, i, "a")) > 0;
                cr_expect(!behind || !strcmp(other->band, "优秀"), "%s before %s",
                          card->subject->id, other->subject->id);
            }
        }
        play_close(&p);
    }
}

Test(properties, places_count_those_who_are_better)
{
    dice d = dice_new(20090105);
    play p;
    many(&p, &d, PEOPLE, fill_scores);
    play_run(&p, "rank { value = 'a' }, rank { value = 'a', numbering = 'dense', as = 'dense' }");
    expect_ok(&p);
    for (uint32_t i = 0; i < PEOPLE; i++) {
        const kh_card *card = &p.results->cards[i];
        kh_decimal own = value(&p, i, "a");
        uint32_t better = 0;
        for (uint32_t k = 0; k < PEOPLE; k++) {
            kh_decimal other = value(&p, k, "a");
            if (kh_is_absent(own) || kh_is_absent(other)) continue;
            better += kh_dec_cmp(other, own) > 0;
            if (kh_dec_cmp(other, own) == 0) cr_expect_eq(p.results->cards[k].rank, card->rank);
        }
        cr_expect_eq(card->rank, kh_is_absent(own) ? 0 : better + 1, "%s: %u, %u are better",
                     card->subject->id, card->rank, better);
    }
    play_close(&p);
}

/* ---- money --------------------------------------------------------------------------------- */

/* a: score, b: standard, c: paid, d: year score, e: a third of a score. */
static void fill_pay(kh_buf *out, dice *d, uint32_t i)
{
    (void)i;
    uint32_t score = dice_below(d, 4) ? 55000 + dice_below(d, 60000) : 59990 + dice_below(d, 20);
    kh_buf_printf(out, "%u.%03u,%u.%02u,%u.%02u,%u,%u\n", score / 1000, score % 1000,
                  dice_below(d, 9000), dice_below(d, 100), dice_below(d, 9000), dice_below(d, 100),
                  50 + dice_below(d, 70), dice_below(d, 300));
}

Test(properties, pay_is_that_of_the_rule_library_to_the_cent)
{
    dice d = dice_new(20090106);
    play p;
    many(&p, &d, PEOPLE, fill_pay);
    play_lua(&p, "local payout_rules, income = use 'rules/payout', use 'rules/income'\n"
                 "metric 'third' { formula = function(m) return m.e / 3 end }");
    play_run(
        &p,
        "payout { standard = 'b', value = 'a', as = 'paid' }, "
        "payout { standard = 'b', value = 'third', as = 'paid_third', name = 'x' }, "
        "settle { standard = 'b', value = 'd', paid = 'c', as = 'settled' }, "
        "settle { standard = 'b', value = 'd', paid = 'c', as = 'floored', mode = 'floor0', "
        "excess_rate = 0.5, name = 'y' }, "
        "piecework { as = 'priced', products = { { volume = 'e', target = 'd', price = 1.35 }, "
        "{ volume = 'a', target = 'e', price = 0.07 } } }, "
        "function(card) local m = card.m\n"
        "local function quarter(score) return round(payout_rules.quarter_payment { "
        "standard = m.b, score = score }.paid, 2) end\n"
        "local function year(mode, rate) return payout_rules.payout_settlement { "
        "quarter_standard = m.b, quarter_scores = { 0 }, year_score = m.d, settle_mode = 'net', "
        "excess_rate = rate }.year_due - m.c end\n"
        "return { values = { rule_paid = quarter(m.a), rule_third = quarter(m.third), "
        "rule_settled = year('net', 1), rule_floored = max(year('net', 0.5), 0), "
        "rule_priced = income.priced_products { items = { { price = 1.35, volume = m.e, "
        "target = m.d }, { price = 0.07, volume = m.a, target = m.e } } }.total } } end");
    expect_ok(&p);
    for (uint32_t i = 0; i < PEOPLE; i++) {
        expect_same(&p, i, "paid", "rule_paid");
        expect_same(&p, i, "paid_third", "rule_third");
        expect_same(&p, i, "settled", "rule_settled");
        expect_same(&p, i, "floored", "rule_floored");
        expect_same(&p, i, "priced", "rule_priced");
        cr_expect_leq(kh_dec_cmp(value(&p, i, "paid"), value(&p, i, "b")), 0, "more than all");
    }
    play_close(&p);
}

Test(properties, a_better_score_is_never_paid_less)
{
    dice d = dice_new(20090107);
    play p;
    many(&p, &d, PEOPLE, fill_pay);
    play_lua(&p,
             "param 'pool' { value = 5000 }\n"
             "lookup 'curve' { columns = { 'from', 'share' }, rows = { { 60, 0.5 }, { 70, 0.5 }, "
             "{ 90, 0.95 }, { 100, 1.2 } } }");
    play_run(&p, "payout { standard = 'pool', value = 'a', as = 'lined' }, "
                 "payout { standard = 'pool', value = 'a', as = 'stepped', table = 'curve' }, "
                 "payout { standard = 'pool', value = 'a', as = 'curved', table = 'curve', "
                 "linear = true }");
    expect_ok(&p);
    static const char *const names[] = {"lined", "stepped", "curved"};
    for (uint32_t i = 0; i < PEOPLE; i++) {
        for (uint32_t k = 0; k < PEOPLE; k++) {
            if (kh_dec_cmp(value(&p, i, "a"), value(&p, k, "a")) < 0) continue;
            for (int n = 0; n < 3; n++) {
                cr_expect_geq(kh_dec_cmp(value(&p, i, names[n]), value(&p, k, names[n])), 0,
                              "%s: %s is better than %s", names[n], id_of(&p, i), id_of(&p, k));
            }
        }
    }
    play_close(&p);
}

/* ---- shares -------------------------------------------------------------------------------- */

/* a: weight, b: capacity or none, c: an order. */
static void fill_shares(kh_buf *out, dice *d, uint32_t i)
{
    (void)i;
    kh_buf_printf(out, "%u.%u,", dice_below(d, 30), dice_below(d, 10));
    if (dice_below(d, 3)) kh_buf_printf(out, "%u.%02u", dice_below(d, 400), dice_below(d, 100));
    kh_buf_printf(out, ",%u,0,0\n", dice_below(d, 4));
}

static kh_decimal total_of(const play *p, const char *name)
{
    kh_decimal sum = KH_ZERO;
    for (uint32_t i = 0; i < p->results->card_count; i++) {
        kh_decimal one = value(p, i, name);
        if (!kh_is_absent(one)) sum = kh_dec_add(sum, one);
    }
    return sum;
}

Test(properties, shares_add_up_to_the_cent_within_capacities)
{
    dice d = dice_new(20090108);
    for (int turn = 0; turn < TURNS; turn++) {
        play p;
        char lua[512];
        uint32_t people = 1 + dice_below(&d, 40), pool = dice_below(&d, 20000);
        many(&p, &d, people, fill_shares);
        snprintf(lua, sizeof lua,
                 "param 'pool' { value = %u.%02u }\nlocal common = use 'rules/common'\n", pool,
                 dice_below(&d, 100));
        play_lua(&p, lua);
        play_run(&p, "allocate { total = 'pool', weight = 'a', as = 'free' }, "
                     "allocate { total = 'pool', weight = 'a', capacity = 'b', as = 'held' }, "
                     "allocate { total = 'pool', turn = 'c', capacity = 'b', as = 'turned' }");
        expect_ok(&p);
        kh_decimal all = value(&p, 0, "pool"), room = KH_ZERO, sum = total_of(&p, "free");
        bool unlimited = false, weightless = kh_dec_is_zero(total_of(&p, "a"));
        if (kh_is_absent(all)) all = p.kit.scheme->plan.params[0].value->number;
        for (uint32_t i = 0; i < people; i++) {
            kh_decimal capacity = value(&p, i, "b");
            if (kh_is_absent(capacity)) {
                unlimited = true;
                continue;
            }
            room = kh_dec_add(room, capacity);
            cr_expect_leq(kh_dec_cmp(value(&p, i, "held"), capacity), 0, "%s", id_of(&p, i));
            cr_expect_leq(kh_dec_cmp(value(&p, i, "turned"), capacity), 0, "%s", id_of(&p, i));
        }
        if (!weightless) cr_expect_eq(kh_dec_cmp(sum, all), 0, "the slices are the whole");
        kh_decimal turned = total_of(&p, "turned"), least = all;
        if (!unlimited && kh_dec_cmp(room, all) < 0) least = room;
        cr_expect_eq(kh_dec_cmp(turned, least), 0, "all, or as much as there is room");
        cr_expect_leq(kh_dec_cmp(total_of(&p, "held"), all), 0, "not more than there is");
        play_close(&p);
    }
}

/* PR-13 as the rule library has it (common.split), over the people in the order of ids. */
Test(properties, slices_are_those_of_the_rule_library)
{
    dice d = dice_new(20090109);
    play p;
    kh_decimal pool = kh_dec_of("1000.01"), left = pool;
    many(&p, &d, PEOPLE, fill_shares);
    play_lua(&p, "param 'pool' { value = 1000.01 }");
    play_run(&p, "allocate { total = 'pool', weight = 'a', as = 'slice' }");
    expect_ok(&p);
    kh_decimal all = total_of(&p, "a");
    for (uint32_t i = 0; i < PEOPLE; i++) {
        kh_decimal share = kh_dec_div(kh_dec_mul(pool, value(&p, i, "a")), all);
        kh_decimal slice = i + 1 < PEOPLE ? kh_dec_floor(share, 2) : left;
        left = kh_dec_sub(left, slice);
        cr_expect_eq(kh_dec_cmp(slice, value(&p, i, "slice")), 0, "%s", id_of(&p, i));
    }
    play_close(&p);
}
