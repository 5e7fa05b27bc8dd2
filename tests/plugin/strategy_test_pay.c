/* The strategies payout, settle, blend, piecework and allocate: right to the cent, and explained. */
#include "plugin/strategy_kit.h"

/* One manager: a is the score, b the standard, c something else. */
static void given(play *p, const char *values, const char *lua, const char *stage)
{
    char facts[160], score[512];
    snprintf(facts, sizeof facts, "manager_id,date,a,b,c\nM1,2009-01-05,%s\n", values);
    snprintf(score, sizeof score, "function(card) return { score = card.m.a } end, %s", stage);
    play_open(p, "M1,张伟,城东\n", facts);
    play_lua(p, lua);
    play_run(p, score);
}

static const char curve[] = "lookup 'curve' { columns = { 'from', 'share' }, rows = { { 60, 0.5 }, "
                            "{ 80, 0.8 }, { 100, 1 } } }";

static const struct {
    const char *values, *stage, *wanted, *why;
} payouts[] = {
    {"90,5400,0", "payout { standard = 'b', rule = 'C38' }",
     "score 90\n+ C38: 得分 90.00 分,不低于 60:5,400.00 × 90.00 ÷ 100 = 4,860.00\n"
     "pay 本季挂钩工资 4860.00: 5,400.00 × 90.00 ÷ 100 = 4,860.00\n",
     "a part"},
    {"59.996,5400,0", "payout { standard = 'b' }",
     "score 59.996\n- 得分 59.996 分,低于 60 分,本季不发\npay 本季挂钩工资 0.00: 本季不发\n",
     "printed 60.00 it would not be understood"},
    {"59.999999,5400,0", "payout { standard = 'b' }",
     "score 59.999999\n- 得分 59.999999 分,低于 60 分,本季不发\n"
     "pay 本季挂钩工资 0.00: 本季不发\n",
     "however close"},
    {"59.996,5400,0", "payout { standard = 'b', compare_places = 2 }",
     "score 59.996\n+ 得分 59.996 分(四舍五入为 60.00),不低于 60:5,400.00 × 59.996 ÷ 100 = "
     "3,239.78\npay 本季挂钩工资 3239.78: 5,400.00 × 59.996 ÷ 100 = 3,239.78\n",
     "rounded before it is compared when the rule says so; paid by what it is"},
    {"60,5400,0", "payout { standard = 'b' }",
     "score 60\n+ 得分 60.00 分,不低于 60:5,400.00 × 60.00 ÷ 100 = 3,240.00\n"
     "pay 本季挂钩工资 3240.00: 5,400.00 × 60.00 ÷ 100 = 3,240.00\n",
     "the line itself is reached"},
    {"99.996,5400,0", "payout { standard = 'b' }",
     "score 99.996\n+ 得分 100.00 分,不低于 60:5,400.00 × 99.996 ÷ 100 = 5,399.78\n"
     "pay 本季挂钩工资 5399.78: 5,400.00 × 99.996 ÷ 100 = 5,399.78\n",
     "as many decimals as the cents need"},
    {"120,5400,0", "payout { standard = 'b' }",
     "score 120\n+ 得分 120.00 分,满 100,足额 5,400.00\npay 本季挂钩工资 5400.00: 满 100,足额 "
     "5,400.00\n",
     "no more than all"},
    {",5400,0", "payout { standard = 'b' }", "- 得分无数据,不计发\n", "no score"},
    {"90,,0", "payout { standard = 'b' }", "score 90\n- b无数据,不计发\n", "no standard"},
    {"90,-1,0", "payout { standard = 'b' }",
     "failed the pay at stake is negative; correct its source\nscore 90\n", "a standard below 0"},
    {"85,1000,0", "payout { standard = 'b', table = 'curve', title = '奖金' }",
     "score 85\n+ 得分 85.00 分,达到 80(80%):1,000.00 × 80% = 800.00\n"
     "pay 奖金 800.00: 1,000.00 × 80% = 800.00\n",
     "steps"},
    {"85,1000,0", "payout { standard = 'b', table = 'curve', linear = true, title = '奖金' }",
     "score 85\n+ 得分 85.00 分,在 80(80%)与 100(100%)之间:1,000.00 × 85% = 850.00\n"
     "pay 奖金 850.00: 1,000.00 × 85% = 850.00\n",
     "evenly between the rows"},
    {"79.996,1000,0",
     "payout { standard = 'b', table = 'curve', linear = true, compare_places = 2, title = '奖金' "
     "}",
     "score 79.996\n+ 得分 79.996 分(四舍五入为 80.00),在 80(80%)与 100(100%)之间:1,000.00 × 80% = "
     "800.00\npay 奖金 800.00: 1,000.00 × 80% = 800.00\n",
     "a row reached by rounding pays at least its share"},
    {"59.999,1000,0", "payout { standard = 'b', table = 'curve', title = '奖金', below = '不发' }",
     "score 59.999\n- 得分 59.999 分,低于 60 分,不发\npay 奖金 0.00: 不发\n",
     "below the first row"},
    {"101,1000,0", "payout { standard = 'b', table = 'curve', linear = true, title = '奖金' }",
     "score 101\n+ 得分 101.00 分,达到 100(100%):1,000.00 × 100% = 1,000.00\n"
     "pay 奖金 1000.00: 1,000.00 × 100% = 1,000.00\n",
     "beyond the last row"},
};

Test(payout, pays_to_the_cent_and_shows_the_sum)
{
    for (size_t i = 0; i < sizeof payouts / sizeof *payouts; i++) {
        play p;
        given(&p, payouts[i].values, curve, payouts[i].stage);
        play_expect(&p, "M1", payouts[i].wanted, payouts[i].why);
        play_close(&p);
    }
}

Test(payout, refuses_curves_that_fall)
{
    static const char lua[] =
        "lookup 'falls' { columns = { 'from', 'share' }, rows = { { 60, 0.8 }, { 80, 0.5 } } }\n"
        "lookup 'minus' { columns = { 'from', 'share' }, rows = { { 60, -0.8 } } }\n"
        "lookup 'empty' { columns = { 'from', 'share' }, rows = {} }";
    play_refuses(lua, "payout { standard = 'a', table = 'falls' }",
                 "does not rise in row 2; a better score must not pay less", "a falling share");
    play_refuses(lua, "payout { standard = 'a', table = 'minus' }", "does not rise in row 1",
                 "below 0");
    play_refuses(lua, "payout { standard = 'a', table = 'empty' }", "empty", "no row");
    play_refuses(lua, "payout { standard = 'a', table = 'falls', line = 60 }",
                 "give line and full, or a table", "both");
    play_refuses(lua, "payout { standard = 'a', line = 101 }", "line is above full", "no part");
    play_refuses(lua, "payout { standard = 'bb' }", "there is no measure or metric 'bb'", "a name");
}

/* ---- settle -------------------------------------------------------------------------------- */

static void settled(play *p, const char *values, const char *payments, const char *stage)
{
    char facts[160], csv[512], score[512];
    snprintf(facts, sizeof facts, "manager_id,date,a,b,c\nM1,2009-01-05,%s\n", values);
    snprintf(csv, sizeof csv, "manager_id,date,period,amount\n%s", payments);
    snprintf(score, sizeof score, "function(card) return { score = card.m.a } end, %s", stage);
    play_open(p, "M1,张伟,城东\n", facts);
    kit_csv(&p->kit, "payments", csv);
    play_lua(p, "records 'payments' { of = 'payments', columns = { period = 'text', "
                "amount = 'decimal(4)' } }");
    play_run(p, score);
}

#define TWO "M1,2009-01-10,一季度,4250\nM1,2009-01-20,二季度,0\n"

static const struct {
    const char *values, *payments, *stage, *wanted, *why;
} settlements[] = {
    {"85,20000,0", TWO, "settle { standard = 'b', from = 'payments', rule = 'C38' }",
     "score 85\n= C38: 已付 一季度:4,250\n= C38: 已付 二季度:0\n"
     "+ C38: 全年得分 85.00,计 85.00:全年应付 20,000.00 × 85.00 ÷ 100 = 17,000.00\n"
     "+ C38: 年终清算:应付 17,000.00 - 已付 4,250.00 = 12,750.00\n"
     "pay 年终清算 12750.00: 应付 17,000.00 - 已付 4,250.00 = 12,750.00\n",
     "each payment is shown"},
    {"110,20000,17000", "", "settle { standard = 'b', paid = 'c' }",
     "score 110\n+ 全年得分 110.00,计 110.00(超出部分 × 1):全年应付 20,000.00 × 110.00 ÷ 100 = "
     "22,000.00\n"
     "+ 年终清算:应付 22,000.00 - 已付 17,000.00 = 5,000.00\n"
     "pay 年终清算 5000.00: 应付 22,000.00 - 已付 17,000.00 = 5,000.00\n",
     "the excess is rewarded"},
    {"110,20000,17000", "", "settle { standard = 'b', paid = 'c', excess_rate = 0 }",
     "score 110\n+ 全年得分 110.00,计 100.00(超出部分 × 0):全年应付 20,000.00 × 100.00 ÷ 100 = "
     "20,000.00\n"
     "+ 年终清算:应付 20,000.00 - 已付 17,000.00 = 3,000.00\n"
     "pay 年终清算 3000.00: 应付 20,000.00 - 已付 17,000.00 = 3,000.00\n",
     "or not"},
    {"59.996,20000,5000", "", "settle { standard = 'b', paid = 'c' }",
     "score 59.996\n- 全年得分 59.996,低于 60,全年应付 0.00\n"
     "* 年终清算:应付 0.00 - 已付 5,000.00 = -5,000.00,应收回\n"
     "pay 年终清算 -5000.00: 应付 0.00 - 已付 5,000.00 = -5,000.00,应收回\n",
     "below the line everything is to be recovered"},
    {"59.996,20000,5000", "", "settle { standard = 'b', paid = 'c', mode = 'floor0' }",
     "score 59.996\n- 全年得分 59.996,低于 60,全年应付 0.00\n"
     "* 年终清算:应付 0.00 - 已付 5,000.00 = -5,000.00,多付不追\n"
     "pay 年终清算 0.00: 应付 0.00 - 已付 5,000.00 = -5,000.00,多付不追\n",
     "unless the branch does not"},
    {"85,20000,", "", "settle { standard = 'b', paid = 'c' }", "score 85\n- 已付无数据,不清算\n",
     "nobody knows what was paid"},
    {"85,20000,0", "M1,2009-01-10,一季度,10.005\n", "settle { standard = 'b', from = 'payments' }",
     "failed what was paid is 10.005, not whole cents; correct the payments\nscore 85\n"
     "= 已付 一季度:10.005\n",
     "half a cent was never paid"},
};

Test(settle, subtracts_what_was_paid)
{
    for (size_t i = 0; i < sizeof settlements / sizeof *settlements; i++) {
        play p;
        settled(&p, settlements[i].values, settlements[i].payments, settlements[i].stage);
        play_expect(&p, "M1", settlements[i].wanted, settlements[i].why);
        play_close(&p);
    }
}

Test(settle, refuses_two_or_no_sources_of_payments)
{
    static const char lua[] =
        "records 'p' { of = 'notes', columns = { number = 'decimal(2)', text = 'text' } }";
    play_refuses(lua, "settle { standard = 'a' }", "give one of 'from' (records) and 'paid'",
                 "none");
    play_refuses(lua, "settle { standard = 'a', from = 'p', paid = 'b' }",
                 "give one of 'from' (records) and 'paid'", "both");
    play_refuses(lua, "settle { standard = 'a', from = 'p' }",
                 "records \"p\" keeps no column 'amount'", "a column");
}

/* ---- blend --------------------------------------------------------------------------------- */

Test(blend, mixes_scores_with_fixed_weights)
{
    static const struct {
        const char *values, *stage, *wanted, *why;
    } cases[] = {
        {"140,80,90",
         "blend { parts = { { value = 'a', weight = 50, cap = 120 }, { value = 'b', weight = 30 }, "
         "{ value = 'c', weight = 20 } } }",
         "score 102\nitem a 60.00: 120 × 50 ÷ 100; 超过上限,按上限计\nitem b 24.00: 80 × 30 ÷ 100\n"
         "item c 18.00: 90 × 20 ÷ 100\n+ 各项分数 × 权重相加,综合得分 102.00\n",
         "C07, income capped"},
        {"80,,100",
         "blend { parts = { { value = 'a', weight = 0.6 }, { value = 'b', weight = 0.2 }, "
         "{ value = 'c', weight = 0.2 } } }",
         "score 85\nitem a 60.00: 80 × 0.6 ÷ 0.8\nitem b : ; 无数据,权重由其余各项分担\n"
         "item c 25.00: 100 × 0.2 ÷ 0.8\n+ 各项分数 × 权重相加,综合得分 85.00\n",
         "the others carry the weight"},
        {"80,,100",
         "blend { absent = 'zero', parts = { { value = 'a', weight = 60 }, "
         "{ value = 'b', weight = 20 }, { value = 'c', weight = 20 } } }",
         "score 68\nitem a 48.00: 80 × 60 ÷ 100\nitem b 0.00: ; 无数据,计 0 分\nitem c 20.00: 100 "
         "× "
         "20 ÷ 100\n"
         "+ 各项分数 × 权重相加,综合得分 68.00\n",
         "or it counts nothing"},
        {"80,,100",
         "blend { absent = 'block', as = 'mix', parts = { { weight = 60 }, "
         "{ value = 'b', weight = 40 } } }",
         "score 80\nitem 得分 80.00: 80 × 60 ÷ 60\nitem b : ; 无数据,权重由其余各项分担\n"
         "- 没有可计的分数,无综合得分\n",
         "or there is no result"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        play p;
        given(&p, cases[i].values, "", cases[i].stage);
        play_expect(&p, "M1", cases[i].wanted, cases[i].why);
        play_close(&p);
    }
    play_refuses("",
                 "blend { parts = { { value = 'a', weight = 60 }, { value = 'b', weight = 30 } } }",
                 "the weights add up to 90; they must add up to 100 or to 1", "weights");
}

Test(blend, takes_the_exact_mean_of_the_group)
{
    play p;
    play_open(&p, "M1,甲,城东\nM2,乙,城东\nM3,丙,城东\nM4,丁,城西\n",
              "manager_id,date,a\nM1,2009-01-05,60\nM2,2009-01-05,61\nM3,2009-01-05,59\n"
              "M4,2009-01-05,\n");
    play_run(&p, "blend { parts = { { value = 'a', weight = 70, title = '个人' }, "
                 "{ value = 'a', of = 'group', weight = 30, title = '团队' } } }");
    play_expect(
        &p, "M1",
        "score 60\nitem 个人 42.00: 60 × 70 ÷ 100\nitem 团队 18.00: 3 人合计 180 ÷ 3 × 30 ÷ 100\n"
        "+ 各项分数 × 权重相加,综合得分 60.00\n",
        "a mean of thirds is exact");
    play_expect_words(&p, "M4", "没有可计的分数", "an empty group");
    play_close(&p);
}

/* ---- piecework ----------------------------------------------------------------------------- */

Test(piecework, pays_by_the_piece_less_a_missed_target)
{
    static const struct {
        const char *values, *stage, *wanted, *why;
    } cases[] = {
        {"8,10,0",
         "piecework { products = { { volume = 'a', target = 'b', price = 12.5, title = '基金' } } "
         "}",
         "item 基金 80.00: 12.5 元 × 8 × 8 ÷ 10\n+ 1 项逐项四舍五入到分后相加,产品计价工资 80.00 "
         "元\n"
         "pay 产品计价工资 80.00: 1 项逐项四舍五入到分后相加\n",
         "80 % of 100"},
        {"12,10,0",
         "piecework { products = { { volume = 'a', target = 'b', price_value = 'fee' } } }",
         "item a 24.00: 2 元 × 12 × 100%\n+ 1 项逐项四舍五入到分后相加,产品计价工资 24.00 元\n"
         "pay 产品计价工资 24.00: 1 项逐项四舍五入到分后相加\n",
         "a target passed pays no more than all"},
        {"12,0,0",
         "piecework { zero_target = 'zero', products = { { volume = 'a', target = 'b', price = 1 } "
         "} }",
         "item a 0.00: 1 元 × 12; 目标为零\n+ 1 项逐项四舍五入到分后相加,产品计价工资 0.00 元\n"
         "pay 产品计价工资 0.00: 1 项逐项四舍五入到分后相加\n",
         "no target, no pay"},
        {"12,,0", "piecework { products = { { volume = 'a', target = 'b', price = 1 } } }",
         "item a 0.00: 1 元 × 12; 无目标\n+ 1 项逐项四舍五入到分后相加,产品计价工资 0.00 元\n"
         "pay 产品计价工资 0.00: 1 项逐项四舍五入到分后相加\n",
         "an absent target pays nothing"},
        {"40,50,12",
         "piecework { show = 'pay', name = 'sum', title = '合计', products = { "
         "{ volume = 'a', target = 'b', price = 20, title = '定投' }, "
         "{ volume = 'c', target = 'fee', price = 1.5 }, { volume = 'a', price = 1, name = 'x' } } "
         "}",
         "+ 3 项逐项四舍五入到分后相加,合计 698.00 元\n"
         "pay 定投 640.00: 20 元 × 40 × 40 ÷ 任务 50\npay c 18.00: 1.5 元 × 12 × 100%(任务 2)\n"
         "pay a 40.00: 1 元 × 40\npay 合计 698.00: 3 项逐项四舍五入到分后相加\n",
         "products as lines of pay"},
        {"40,50,12",
         "piecework { show = 'pay', uncapped = true, products = { "
         "{ volume = 'c', target = 'fee', price = 1.5 } } }",
         "+ 1 项逐项四舍五入到分后相加,产品计价工资 108.00 元\n"
         "pay c 108.00: 1.5 元 × 12 × 12 ÷ 任务 2\n"
         "pay 产品计价工资 108.00: 1 项逐项四舍五入到分后相加\n",
         "no cap: 18 × 12 ÷ 2"},
        {"40,0,",
         "piecework { show = 'pay', entitled = 'b', products = { { volume = 'a', price = 2 }, "
         "{ volume = 'c', price = 1 } } }",
         "- 1 项逐项四舍五入到分后相加,产品计价工资 0.00 元\npay a 0.00: 不计酬\n"
         "pay 产品计价工资 0.00: 1 项逐项四舍五入到分后相加\n",
         "not entitled; what is not known has no line"},
        {"40,,", "piecework { entitled = 'b', products = { { volume = 'a', price = 2 } } }", "",
         "no word where nobody knows"},
        {"-3,1,0.005",
         "piecework { products = { { volume = 'a', price = 1 }, { volume = 'b', price = 0.005 }, "
         "{ volume = 'c', price = 1 } } }",
         "item a 0.00: ; 没有净销量,不计价\nitem b 0.01: 0.005 元 × 1\nitem c 0.01: 1 元 × 0.005\n"
         "+ 3 项逐项四舍五入到分后相加,产品计价工资 0.02 元\n"
         "pay 产品计价工资 0.02: 3 项逐项四舍五入到分后相加\n",
         "each is rounded, then they are added"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        play p;
        char facts[160];
        snprintf(facts, sizeof facts, "manager_id,date,a,b,c\nM1,2009-01-05,%s\n", cases[i].values);
        play_open(&p, "M1,张伟,城东\n", facts);
        play_lua(&p, "param 'fee' { value = 2 }");
        play_run(&p, cases[i].stage);
        play_expect(&p, "M1", cases[i].wanted, cases[i].why);
        play_close(&p);
    }
    play_refuses("", "piecework { products = { { volume = 'a' } } }",
                 "product 'a' needs a price or a price_value, one of them", "no price");
    play_refuses("", "piecework { products = {} }", "products is empty", "no product");
}

/* ---- allocate ------------------------------------------------------------------------------ */

static void expect_slices(const char *facts, const char *stage, const char *wanted, const char *why)
{
    play p;
    char got[256] = "", shown[KH_DECIMAL_TEXT];
    play_open(&p, "M1,甲,城东\nM2,乙,城东\nM3,丙,城东\nM4,丁,城西\n", facts);
    play_lua(&p, "param 'pool' { value = 100 }");
    play_run(&p, stage);
    play_card(&p, "M1");
    for (uint32_t s = 0; s < p.results->card_count; s++) {
        size_t n = strlen(got);
        kh_dec_format(shown, play_value(&p, &p.results->cards[s], "slice"), KH_PLACES_OWN, false);
        snprintf(got + n, sizeof got - n, "%s%s", n ? " " : "", shown[0] ? shown : "-");
    }
    cr_expect_str_eq(got, wanted, "%s: %s, wanted %s", why, got, wanted);
    play_close(&p);
}

static const char weights[] = "manager_id,date,a,b\nM1,2009-01-05,1,20\nM2,2009-01-05,1,\n"
                              "M3,2009-01-05,1,90\nM4,2009-01-05,0,90\n";

Test(allocate, splits_by_weights_with_capacities)
{
    static const struct {
        const char *stage, *wanted, *why;
    } cases[] = {
        {"allocate { total = 'pool', weight = 'a', as = 'slice' }", "33.33 33.33 33.33 0.01",
         "rounded down, the rest to the last (PR-13)"},
        {"allocate { total = 'pool', weight = 'a', as = 'slice', within = 'group' }",
         "33.33 33.33 33.34 0", "each group has the total; weights of 0 share nothing"},
        {"allocate { total = 'pool', weight = 'a', as = 'slice', capacity = 'b', within = 'group' "
         "}",
         "20.00 40.00 40.00 0", "who is full leaves more for the others"},
        {"allocate { total = 'pool', turn = 'a', as = 'slice', capacity = 'b', places = 0 }",
         "10 0 0 90", "the lowest turn first, then by id (PR-18)"},
        {"allocate { total = 'pool', weight = 'b', as = 'slice' }", "10.00 - 45.00 45.00",
         "no weight, no part"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        expect_slices(weights, cases[i].stage, cases[i].wanted, cases[i].why);
    }
}

Test(allocate, says_what_nobody_could_hold)
{
    play p;
    play_open(&p, "M1,甲,城东\nM2,乙,城东\n",
              "manager_id,date,a,b\nM1,2009-01-05,3,20\nM2,2009-01-05,1,30\n");
    play_lua(&p, "param 'pool' { value = 100 }");
    play_run(&p, "allocate { total = 'pool', weight = 'a', capacity = 'b', as = 'slice', title = "
                 "'奖金', pay = 'bonus' }");
    play_expect(
        &p, "M1",
        "* 奖金:总额 100.00 × 3 ÷ 权重合计 4,向下取整,余数归末位,以容量 20.00 为限 = 20.00\n"
        "- 100.00 中有 50.00 无人可容,未分配\n"
        "pay 奖金 20.00: 总额 100.00 × 3 ÷ 权重合计 4,向下取整,余数归末位,以容量 20.00 为限\n",
        "nothing disappears");
    play_close(&p);
}

Test(allocate, refuses_what_cannot_be_split)
{
    play_refuses("", "allocate { total = 'a', weight = 'a', turn = 'b', as = 'x' }",
                 "give one of 'weight' and 'turn'", "two ways");
    play_refuses("", "allocate { total = 'a', turn = 'b', as = 'x' }", "name a capacity", "no end");
    play p;
    play_open(&p, "M1,甲,城东\nM2,乙,城东\n",
              "manager_id,date,a,b\nM1,2009-01-05,3,20\nM2,2009-01-05,4,-1\n");
    play_run(&p, "allocate { total = 'a', weight = 'b', as = 'slice' }");
    kit_expect_failure(&p.kit, "the total 'a' of M2 is 4, that of others 3");
    play_close(&p);
    play_open(&p, "M1,甲,城东\nM2,乙,城东\n",
              "manager_id,date,a,b\nM1,2009-01-05,3,20\nM2,2009-01-05,3,-1\n");
    play_run(&p, "allocate { total = 'a', weight = 'b', as = 'slice' }");
    kit_expect_failure(&p.kit, "the weight of M2 is negative");
    play_close(&p);
    play_open(&p, "M1,甲,城东\n", "manager_id,date,a,b\nM1,2009-01-05,3.005,20\n");
    play_run(&p, "allocate { total = 'a', weight = 'b', as = 'slice' }");
    kit_expect_failure(&p.kit, "with at most 2 decimals");
    play_close(&p);
}
