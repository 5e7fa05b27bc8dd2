/* The strategies weighted, contribution and ladder, line by line. */
#include "plugin/strategy_kit.h"

static const char steps[] = "lookup 'steps' { columns = { 'grade', 'from' }, rows = { "
                            "{ '15级1档', 8 }, { '12级1档', 25 }, { '11级1档', 38 } } }";

static void given(play *p, const char *values, const char *score)
{
    char facts[128];
    snprintf(facts, sizeof facts, "manager_id,date,a,b,c\nM1,2009-01-05,%s\n", values);
    play_open(p, "M1,张伟,城东\n", facts);
    play_lua(p, steps);
    play_run(p, score);
}

static const struct {
    const char *values, *score, *wanted, *why;
} cases[] = {
    {"380000,0,0", "ladder { table = 'steps', value = 'a', per = 10000, rule = 'C15' }",
     "grade 11级1档\n+ C15: 本季创利 38.00 万元,达到 11级1档(38 万元)\n", "reaching is enough"},
    {"379999.9999,0,0", "ladder { table = 'steps', value = 'a', per = 10000 }",
     "grade 12级1档\n+ 本季创利 37.99999999 万元,达到 12级1档(25 万元)\n"
     "note 再增 0.01 万元 可达 11级1档\n",
     "a hair less, and the reader sees it"},
    {"-5,0,0", "ladder { table = 'steps', value = 'a' }",
     "grade 未达标\n- 本季创利 -5.00 万元,低于最低档 8 万元\nnote 再增 13.00 万元 可达 15级1档\n",
     "below the first"},
    {"40,0,0", "ladder { table = 'steps', value = 'a', ceiling = '12级1档' }",
     "grade 12级1档\n+ 本季创利 40.00 万元,达到 11级1档(38 万元)\n"
     "* 11级1档 须报总行审批,批准前暂按 12级1档\n",
     "held at the ceiling"},
    {",0,0", "ladder { table = 'steps', value = 'a' }", "- 没有数据,不评等级\n", "no value"},
    {"90,100,0",
     "weighted { items = { { metric = 'a', target = 'b', weight = 40 }, "
     "{ metric = 'b', target = 'c', weight = 60 } } }",
     "score 96\nitem a 36.00: 90.00% × 40\nitem b 60.00: 100.00% × 60; 目标为零,按满分计\n"
     "+ 各项完成率 × 权重相加,得分 96.00 分\n",
     "a target of zero counts in full"},
    {"90,100,",
     "weighted { items = { { metric = 'a', target = 'b', weight = 40 }, "
     "{ metric = 'b', target = 'c', weight = 60 } } }",
     "score 90\nitem a 90.00: 90.00% × 40 × 100 ÷ 40\n"
     "item b : ; 无目标,不计分,权重由其余各项分担\n+ 各项完成率 × 权重相加,得分 90.00 分\n",
     "the line says what it carries of the others"},
    {"1.5,,2", "contribution { lines = { 'a', 'b', 'c' } }",
     "score 3.5\nitem a 1.50: \nitem b : ; 本期无数据\nitem c 2.00: \n+ 2 项相加,综合创利 3.50 "
     "元\n",
     "an absent line adds nothing"},
};

Test(first, strategies_write_what_a_pencil_can_check)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        play p;
        given(&p, cases[i].values, cases[i].score);
        play_expect(&p, "M1", cases[i].wanted, cases[i].why);
        play_close(&p);
    }
}

Test(first, strategies_refuse_tables_and_names)
{
    static const char lua[] =
        "lookup 'falls' { columns = { 'grade', 'from' }, rows = { { 'A', 9 }, "
        "{ 'B', 8 } } }";
    play_refuses(lua, "ladder { table = 'falls' }", "lookup 'falls' does not rise at 'B'", "order");
    play_refuses("", "ladder { table = 'none' }", "there is no lookup 'none'", "no table");
    play_refuses("lookup 't' { columns = { 'grade', 'from' }, rows = { { 'A', 9 } } }",
                 "ladder { table = 't', ceiling = 'Z' }",
                 "the ceiling 'Z' is no grade of lookup 't'", "a ceiling");
    play_refuses("", "weighted { items = {} }", "items is empty", "nothing to weigh");
    play_refuses("", "contribution { lines = { 'aa' } }",
                 "there is no measure or metric 'aa'; did you mean 'a'?", "a name");
}
