/* The strategies rank, bands and quota: places with ties, lines of bands, quotas never exceeded. */
#include "plugin/strategy_kit.h"

static const char people[] =
    "M1,张伟,城东\nM2,李静,城东\nM3,王芳,城西\nM4,刘洋,城西\nM5,陈杰,城西\n";
static const char facts[] = "manager_id,date,a,b\n"
                            "M1,2009-01-05,90,1\nM2,2009-01-05,80,2\nM3,2009-01-05,80,3\n"
                            "M4,2009-01-05,70,4\nM5,2009-01-05,,5\n";

static void given(play *p, const char *score)
{
    play_open(p, people, facts);
    play_run(p, score);
}

/* The ranks of M1 .. M5 as text. */
static void expect_ranks(const char *score, const char *wanted, const char *why)
{
    play p;
    char got[64] = "";
    given(&p, score);
    play_card(&p, "M1");
    for (uint32_t s = 0; s < p.results->card_count; s++) {
        size_t n = strlen(got);
        snprintf(got + n, sizeof got - n, "%s%u", n ? " " : "", p.results->cards[s].rank);
    }
    cr_expect_str_eq(got, wanted, "%s: %s, wanted %s", why, got, wanted);
    play_close(&p);
}

static const struct {
    const char *score, *places, *why;
} rankings[] = {
    {"rank { value = 'a' }", "1 2 2 4 0", "equal values share a place, the next one is skipped"},
    {"rank { value = 'a', numbering = 'dense' }", "1 2 2 3 0", "dense skips none"},
    {"rank { value = 'a', order = 'low' }", "4 2 2 1 0", "the lowest first"},
    {"rank { value = 'a', ties = { 'b' } }", "1 3 2 4 0", "the tie-breaker's higher value first"},
    {"rank { value = 'a', ties = { 'b' }, order = 'low' }", "4 3 2 1 0",
     "the order is that of the value, not of the tie-breaker"},
    {"rank { value = 'a', within = 'group' }", "1 2 1 2 0", "places start afresh in each group"},
    {"rank { value = 'b', within = 'group', order = 'low' }", "1 2 1 2 3", "within 城西 too"},
};

Test(rank, gives_the_places)
{
    for (size_t i = 0; i < sizeof rankings / sizeof *rankings; i++) {
        expect_ranks(rankings[i].score, rankings[i].places, rankings[i].why);
    }
}

Test(rank, says_how_many_share_a_place_and_who_has_none)
{
    play p;
    given(&p, "rank { value = 'a', title = '得分', rule = 'E04' }");
    play_expect(&p, "M2", "+ E04: 得分 80.00,在全部 4 人中列第 2 名(2 人并列),距第一名 10.00\n",
                "a shared place");
    play_expect(&p, "M5", "- E04: 得分无数据,不排名\n", "no value, no place");
    play_close(&p);
    given(&p, "rank { value = 'a', within = 'group' }");
    play_expect(&p, "M4", "+ a 70.00,在城西 2 人中列第 2 名,距第一名 10.00\n",
                "the group is named");
    play_close(&p);
}

Test(rank, keeps_a_place_as_a_value_that_later_stages_see)
{
    play p;
    given(&p, "rank { value = 'b', within = 'group', as = 'group_place' }, "
              "rank { value = 'group_place', order = 'low' }");
    cr_expect_eq(play_card(&p, "M2")->rank, 1, "second of 城东: %u", play_card(&p, "M2")->rank);
    cr_expect_eq(play_card(&p, "M3")->rank, 5, "third of 城西: %u", play_card(&p, "M3")->rank);
    cr_expect_eq(play_card(&p, "M4")->rank, 3, "ties 1, 1, 3: %u", play_card(&p, "M4")->rank);
    play_close(&p);
}

Test(rank, leaves_out_subjects_that_failed)
{
    play p;
    play_open(&p, people, facts);
    play_lua(&p,
             "metric 'broken' { formula = function(m, p, s) if s.id == 'M1' then error('x') end "
             "return 1 end }");
    play_run(&p, "rank { value = 'a' }");
    cr_expect_eq(play_card(&p, "M1")->rank, 0);
    cr_expect_eq(play_card(&p, "M2")->rank, 1, "the failed one takes no place");
    play_close(&p);
}

Test(rank, refuses_names_that_are_not_there)
{
    play_refuses("", "rank { value = 'aa' }",
                 "there is no measure or metric 'aa'; did you mean 'a'", "a misspelt value");
    play_refuses("", "rank { ties = { 'c' } }", "there is no measure or metric 'c'",
                 "a misspelt tie-breaker");
    play_refuses("", "rank { order = 'up' }", "up", "an order that is none");
}

/* ---- bands --------------------------------------------------------------------------------- */

static const char table[] =
    "lookup 'marks' { columns = { 'band', 'from' }, rows = { { 'C', 0 }, { 'B', 60 }, "
    "{ 'A', 79.995 } } }";

static const struct {
    const char *value, *options, *wanted, *why;
} banded[] = {
    {"90", "", "band 优秀\n+ a 90.00,达到 优秀(90)\n", "reaching includes the number"},
    {"89.999", "", "band 良好\n+ a 89.999,达到 良好(80),距 优秀(90)还差 0.01\n",
     "not shown as the line it misses"},
    {"89.999", "compare_places = 2", "band 优秀\n+ a 90.00,达到 优秀(90)\n",
     "rounded first when the rule says so"},
    {"59.996", "", "band 不合格\n- a 59.996,为 不合格,距 合格(60)还差 0.01\n", "unrounded"},
    {"-3", "below = '差'", "band 差\n- a -3.00,为 差,距 合格(60)还差 63.00\n", "below the first"},
    {"80", "table = 'marks'", "band A\n+ a 80.00,达到 A(79.995)\n", "its own table"},
    {"79.99", "table = 'marks'", "band B\n+ a 79.99,达到 B(60),距 A(79.995)还差 0.01\n",
     "what is missing is rounded up"},
    {"", "", "- a无数据,不评等次\n", "no value, no band"},
};

Test(bands, give_the_band_and_say_what_is_missing)
{
    for (size_t i = 0; i < sizeof banded / sizeof *banded; i++) {
        play p;
        char text[128], score[128];
        snprintf(text, sizeof text, "manager_id,date,a\nM1,2009-01-05,%s\n", banded[i].value);
        snprintf(score, sizeof score, "bands { value = 'a', %s }", banded[i].options);
        play_open(&p, "M1,张伟,城东\n", text);
        play_lua(&p, table);
        play_run(&p, score);
        play_expect(&p, "M1", banded[i].wanted, banded[i].why);
        play_close(&p);
    }
}

Test(bands, refuse_a_table_that_does_not_rise)
{
    play_refuses("lookup 't' { columns = { 'band', 'from' }, rows = { { 'A', 90 }, { 'B', 80 } } }",
                 "bands { table = 't' }", "lookup 't' does not rise at 'B'", "highest first");
    play_refuses("lookup 't' { columns = { 'name', 'from' }, rows = { { 'A', 90 } } }",
                 "bands { table = 't' }", "has no column 'band'", "another column");
    play_refuses("", "bands { table = 't' }", "there is no lookup 't'", "no table");
}

/* ---- quota --------------------------------------------------------------------------------- */

static const char staff[] = "M1,甲,城东\nM2,乙,城东\nM3,丙,城东\nM4,丁,城西\nM5,戊,城西\n";

static void expect_bands(const char *facts_text, const char *score, const char *wanted,
                         const char *why)
{
    play p;
    char got[128] = "";
    play_open(&p, staff, facts_text);
    play_lua(&p, "param 'staff' { value = 60 }");
    play_run(&p, score);
    play_card(&p, "M1");
    for (uint32_t s = 0; s < p.results->card_count; s++) {
        size_t n = strlen(got);
        const char *band = p.results->cards[s].band;
        snprintf(got + n, sizeof got - n, "%s%s", n ? " " : "", band ? band : "-");
    }
    cr_expect_str_eq(got, wanted, "%s: %s, wanted %s", why, got, wanted);
    play_close(&p);
}

#define BANDS "bands { value = 'a' }, "

Test(quota, serves_the_best_and_moves_the_others_down)
{
    static const char high[] = "manager_id,date,a,b\nM1,2009-01-05,95,1\nM2,2009-01-05,93,2\n"
                               "M3,2009-01-05,93,3\nM4,2009-01-05,91,4\nM5,2009-01-05,50,5\n";
    static const struct {
        const char *score, *wanted, *why;
    } cases[] = {
        {BANDS "quota { value = 'a', limits = { { name = '优秀', share = 0.4, down = '良好' } } }",
         "优秀 良好 良好 良好 不合格", "⌊0.4 × 5⌋ is 2, but the second place is shared by two"},
        {BANDS "quota { value = 'a', ties = { 'b' }, "
               "limits = { { name = '优秀', share = 0.4, down = '良好' } } }",
         "优秀 良好 优秀 良好 不合格", "a tie-breaker decides"},
        {BANDS "quota { value = 'a', limits = { { name = '优秀', count = 3, down = '良好' } } }",
         "优秀 优秀 优秀 良好 不合格", "by count; the tie fits"},
        {BANDS "quota { value = 'a', limits = { { name = '优秀', share = 0.2, down = '良好' }, "
               "{ name = '良好', count = 2, down = '合格' } } }",
         "优秀 良好 良好 合格 不合格", "those who go down count at the next level"},
        {BANDS "quota { value = 'a', within = 'group', "
               "limits = { { name = '优秀', share = 0.5, down = '良好' } } }",
         "优秀 良好 良好 优秀 不合格", "one quota for each group: ⌊1.5⌋ and ⌊1⌋"},
        {BANDS "quota { value = 'a', base = 'staff', "
               "limits = { { name = '优秀', share = 0.05, down = '良好' } } }",
         "优秀 优秀 优秀 良好 不合格", "5 % of 60 marketers (A20)"},
        {BANDS "quota { value = 'a', limits = { { name = '优秀', share = 0, down = '良好' } } }",
         "良好 良好 良好 良好 不合格", "none at all"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        expect_bands(high, cases[i].score, cases[i].wanted, cases[i].why);
    }
}

Test(quota, explains_the_sum_the_place_and_the_tie)
{
    play p;
    play_open(&p, staff,
              "manager_id,date,a,b\nM1,2009-01-05,95,1\nM2,2009-01-05,93,2\nM3,2009-01-05,93,3\n"
              "M4,2009-01-05,91,4\nM5,2009-01-05,50,5\n");
    play_run(&p, "bands { value = 'a' }, quota { value = 'a', title = '得分', rule = 'A20', "
                 "limits = { { name = '优秀', share = 0.4, down = '良好' } } }");
    play_expect_words(
        &p, "M1", "+ A20: 优秀名额 = ⌊40% × 5 人⌋ = 2 名;按得分列第 1 名,在名额之内\n", "served");
    play_expect_words(&p, "M2",
                      "* A20: 优秀名额 = ⌊40% × 5 人⌋ = 2 名;按得分列第 2 名(2 人并列),"
                      "并列者容纳不下,改为 良好\n",
                      "a tie that does not fit");
    play_expect_words(&p, "M4", "列第 4 名,超出名额,改为 良好\n", "beyond");
    play_close(&p);
}

Test(quota, refuses_limits_that_cannot_be_followed)
{
    play_refuses("", "quota { limits = {} }", "limits is empty", "no limit");
    play_refuses("", "quota { limits = { { name = 'A', down = 'B' } } }",
                 "needs a share or a count, one of them", "neither");
    play_refuses("", "quota { limits = { { name = 'A', share = 0.1, count = 2, down = 'B' } } }",
                 "needs a share or a count, one of them", "both");
    play_refuses("",
                 "quota { limits = { { name = 'A', count = 1, down = 'B' }, "
                 "{ name = 'B', count = 1, down = 'A' } } }",
                 "'B' goes down to 'A', which stands before it", "a circle");
    play_refuses("", "quota { limits = { { name = 'A', share = 1.5, down = 'B' } } }", "share",
                 "more than all");
    play p;
    play_open(&p, staff,
              "manager_id,date,a,n\nM1,2009-01-05,95,5\nM2,2009-01-05,93,6\n"
              "M3,2009-01-05,93,6\nM4,2009-01-05,93,6\nM5,2009-01-05,93,6\n");
    play_run(
        &p,
        "quota { value = 'a', base = 'n', limits = { { name = 'A', share = 1, down = 'B' } } }");
    kit_expect_failure(&p.kit, "it must be the same number of people");
    play_close(&p);
}
