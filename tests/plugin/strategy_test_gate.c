/* The strategies gate, deduct and protect: nothing is lowered or raised without its reason. */
#include "plugin/strategy_kit.h"

/* One manager with values a, b, c. */
static void given(play *p, const char *values, const char *lua, const char *score)
{
    char facts[128];
    snprintf(facts, sizeof facts, "manager_id,date,a,b,c\nM1,2009-01-05,%s\n", values);
    play_open(p, "M1,张伟,城东\n", facts);
    play_lua(p, lua);
    play_run(p, score);
}

static const char ladder[] =
    "lookup 'steps' { columns = { 'grade', 'from', 'deposit', 'down' }, rows = { "
    "{ '13级4档', 10, 0, '13级4档' }, { '12级1档', 25, 4000, '13级4档' }, "
    "{ '12级2档', 28, 4000, '13级4档' }, { '11级1档', 38, 5000, '12级2档' } } }\n"
    "measure 'money' { title = '日均存款', unit = '元', of = 'facts', sum = 'b' }\n";

#define LADDER "ladder { table = 'steps', value = 'a' }, "
#define C16                                                                                        \
    "gate { table = 'steps', to_column = 'down', rule = 'C16', conditions = { { value = 'money', " \
    "per = 10000, unit = '万元', standard = 'deposit' } }, "

static const struct {
    const char *values, *gate, *grade, *words, *why;
} standards[] = {
    {"40,50000000,0", C16 "}", "11级1档", "+ C16: 日均存款 5,000.00 万元,要求 ≥ 5,000 万元,满足\n",
     "reaching is enough"},
    {"40,49999999.99,0", C16 "}", "12级2档",
     "- C16: 日均存款 4,999.999999 万元,要求 ≥ 5,000 万元,不满足\n"
     "* C16: 未满足:日均存款;11级1档 改为 12级2档\n",
     "a cent less, and the reader sees it"},
    {"40,100,0", C16 "}", "12级2档", "11级1档 改为 12级2档\n", "one fall only, as written"},
    {"40,100,0", C16 "cascade = true }", "13级4档", "12级2档 改为 13级4档\n", "or until it holds"},
    {"5,100,0", C16 "}", "未达标", "= C16: 未达标不在门槛表内,不适用\n", "nothing to lose"},
    {"40,100,0", C16 "when = 'c' }", "11级1档", "达到 11级1档", "not for this one"},
    {"40,100,1", C16 "when = 'c' }", "12级2档", "改为 12级2档", "for this one"},
    {"40,,0", C16 "}", "12级2档", "- C16: 日均存款:无数据,不满足\n", "no data is no pass"},
};

Test(gate, lowers_to_where_the_table_says)
{
    for (size_t i = 0; i < sizeof standards / sizeof *standards; i++) {
        play p;
        char score[512];
        snprintf(score, sizeof score, LADDER "%s", standards[i].gate);
        given(&p, standards[i].values, ladder, score);
        cr_expect_str_eq(play_card(&p, "M1")->grade, standards[i].grade, "%s: %s", standards[i].why,
                         play_card(&p, "M1")->grade);
        play_expect_words(&p, "M1", standards[i].words, standards[i].why);
        play_close(&p);
    }
}

static const char scored[] = "function(card) return { score = card.m.a } end, ";

static const struct {
    const char *values, *gate, *wanted, *why;
} plain[] = {
    {"80,3,7",
     "gate { conditions = { { title = '合规', value = 'b', op = '<=', than = 3 } }, cap = 60 }",
     "score 80\n+ 合规 3.00,要求 ≤ 3,满足\n", "passed: nothing changes"},
    {"80,4,7",
     "gate { conditions = { { title = '合规', value = 'b', op = '<=', than = 3 } }, cap = 60 }",
     "score 60\n- 合规 4.00,要求 ≤ 3,不满足\n* 未满足:合规;得分 80.00 至多计 60\n",
     "the score is capped"},
    {"50,4,7",
     "gate { conditions = { { title = '合规', value = 'b', op = '<', than = 4 } }, cap = 60 }",
     "score 50\n- 合规 4.00,要求 < 4,不满足\n", "a lower score stays"},
    {"80,4,7",
     "gate { need = 'any', to = '初级', rule = 'C25', conditions = { "
     "{ title = '存款', value = 'b', than = 5 }, { title = '创利', value = 'c', than_value = 'b' } "
     "} }",
     "score 80\n= C25: 存款 4.00,要求 ≥ 5,不满足\n+ C25: 创利 7.00,要求 ≥ 4,满足\n",
     "any of them is enough"},
    {"80,4,3",
     "gate { need = 'any', to = '初级', conditions = { "
     "{ title = '存款', value = 'b', than = 5 }, { title = '创利', value = 'c', op = '>', than = 3 "
     "} } }",
     "score 80\ngrade 初级\n= 存款 4.00,要求 ≥ 5,不满足\n= 创利 3.00,要求 > 3,不满足\n"
     "* 未满足:存款、创利;定为 初级\n",
     "none holds"},
    {"59.996,4,3", "gate { of = 'band', to = '不合格', conditions = { { than = 60 } } }",
     "score 59.996\nband 不合格\n- 得分 59.996 分,要求 ≥ 60 分,不满足\n* 未满足:得分;定为 不合格\n",
     "the score itself, never shown as 60.00"},
    {"80,,3",
     "gate { cap = 1, conditions = { { title = '覆盖率', value = 'b', than = 1, absent = 'passes' "
     "} } }",
     "score 80\n+ 覆盖率:无数据,视为满足\n", "an empty population complies"},
};

Test(gate, tests_conditions_by_name)
{
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        play p;
        char score[512];
        snprintf(score, sizeof score, "%s%s", scored, plain[i].gate);
        given(&p, plain[i].values, "", score);
        play_expect(&p, "M1", plain[i].wanted, plain[i].why);
        play_close(&p);
    }
}

Test(gate, never_raises_with_a_table)
{
    play p;
    given(&p, "12,0,0", ladder,
          LADDER
          "gate { table = 'steps', to = '12级2档', conditions = { { value = 'b', than = 1 } } }");
    cr_expect_str_eq(play_card(&p, "M1")->grade, "13级4档", "the lower one stays");
    play_close(&p);
}

Test(gate, lets_a_waived_condition_pass_and_says_who_and_why)
{
    play p;
    play_open(&p, "M1,张伟,城东\nM2,李静,城东\n",
              "manager_id,date,a\nM1,2009-01-05,1\nM2,2009-01-05,1\n");
    kit_csv(&p.kit, "decisions",
            "manager_id,date,condition,by,reason\nM1,2009-02-01,学历,考核委员会,业绩突出\n");
    play_lua(&p,
             "records 'waivers' { of = 'decisions', columns = { 'condition', 'by', 'reason' } }");
    play_run(&p, "gate { to = '初级', as = 'passed', waivers = 'waivers', conditions = { "
                 "{ title = '学历', value = 'a', than = 2, waivable = true } } }");
    play_expect(&p, "M1", "- 学历 1.00,要求 ≥ 2,不满足\n* 学历:豁免(考核委员会:业绩突出)\n",
                "waived");
    play_expect(&p, "M2", "grade 初级\n- 学历 1.00,要求 ≥ 2,不满足\n* 未满足:学历;定为 初级\n",
                "not waived");
    cr_expect_eq(kh_dec_cmp(play_value(&p, play_card(&p, "M1"), "passed"), KH_ONE), 0);
    cr_expect_eq(kh_dec_cmp(play_value(&p, play_card(&p, "M2"), "passed"), KH_ZERO), 0);
    play_close(&p);
}

Test(gate, refuses_conditions_that_mean_nothing)
{
    static const struct {
        const char *score, *words, *why;
    } cases[] = {
        {"gate { to = 'X', conditions = {} }", "conditions is empty", "no condition"},
        {"gate { to = 'X', conditions = { { value = 'a' } } }",
         "condition 1 needs one of than, than_value and standard, not 0", "no standard"},
        {"gate { to = 'X', conditions = { { value = 'a', than = 1, than_value = 'b' } } }",
         "not 2 of them", "two standards"},
        {"gate { conditions = { { value = 'a', than = 1 } } }", "the gate changes nothing",
         "no effect"},
        {"gate { to = 'X', conditions = { { value = 'a', standard = 'deposit' } } }",
         "name its table", "a column of nothing"},
        {"gate { to = 'X', conditions = { { value = 'a', than = 1, waivable = true } } }",
         "name the records in waivers", "waived by nobody"},
        {"gate { table = 'steps', to_column = 'down', conditions = { { value = 'a', standard = "
         "'dep' } } }",
         "has no column 'dep'", "a misspelt column"},
        {"gate { table = 'steps', to_column = 'from', conditions = { { value = 'a', than = 1 } } }",
         "column 'from' of lookup \"steps\" holds a number, not a text", "a number is no grade"},
        {"gate { table = 'steps', to_column = 'up', conditions = { { value = 'a', than = 1 } } }",
         "who fails at '13级4档' would rise to '12级1档'", "a fall upwards"},
        {"gate { cascade = true, to = 'X', conditions = { { value = 'a', than = 1 } } }",
         "need a table", "a cascade of one"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        play_refuses(
            "lookup 'steps' { columns = { 'grade', 'from', 'deposit', 'down', 'up' }, rows = { "
            "{ '13级4档', 10, 0, '13级4档', '12级1档' }, "
            "{ '12级1档', 25, 4000, '13级4档', '12级1档' } } }",
            cases[i].score, cases[i].words, cases[i].why);
    }
}

/* ---- deduct -------------------------------------------------------------------------------- */

#define DECISIONS                                                                                  \
    "records 'decisions' { of = 'decision', columns = { rate = 'decimal(4)', reason = 'text' } }"

static void decided(play *p, const char *score_value, const char *rows, const char *stage)
{
    char facts[128], csv[512], score[512];
    snprintf(facts, sizeof facts, "manager_id,date,a\nM1,2009-01-05,%s\n", score_value);
    snprintf(csv, sizeof csv, "manager_id,date,rate,reason\n%s", rows);
    snprintf(score, sizeof score, "%s%s", scored, stage);
    play_open(p, "M1,张伟,城东\n", facts);
    kit_csv(&p->kit, "decision", csv);
    play_lua(p, DECISIONS);
    play_run(p, score);
}

static const struct {
    const char *score, *rows, *stage, *wanted, *why;
} deductions[] = {
    {"490000", "M1,2009-02-01,0.10,不当承诺\n", "deduct { from = 'decisions', rule = 'C21' }",
     "score 441000\n* C21: 扣减 10%:不当承诺\n* C21: 得分 490,000.00 × (1 - 10%) = 441,000.00\n",
     "a share of a gain"},
    {"490000", "M1,2009-02-01,0.20,甲\nM1,2009-02-02,0.15,乙\n",
     "deduct { from = 'decisions', least = 0.10, most = 0.30, total = 0.30 }",
     "score 343000\n* 扣减 20%:甲\n* 扣减 15%:乙\n"
     "* 得分 490,000.00 × (1 - 30%(合计至多 30%)) = 343,000.00\n",
     "several together have a limit"},
    {"-1000", "M1,2009-02-01,0.30,甲\n", "deduct { from = 'decisions' }",
     "score -1000\n* 扣减 30%:甲\n= 得分 -1,000.00 不是盈利,亏损不因扣减而减少\n",
     "a loss is not made smaller"},
    {"88", "M1,2009-02-01,5,迟到\nM1,2009-02-02,5,早退\n",
     "deduct { from = 'decisions', by = 'points' }",
     "score 78\n* 扣减 5 分:迟到\n* 扣减 5 分:早退\n* 得分 88.00 - 10 = 78.00\n", "points (C01)"},
    {"8", "M1,2009-02-01,10,迟到\n", "deduct { from = 'decisions', by = 'points', floor = 0 }",
     "score 0\n* 扣减 10 分:迟到\n* 得分 8.00 - 10 = 0.00\n", "not below the floor"},
    {"-8", "M1,2009-02-01,10,迟到\n", "deduct { from = 'decisions', by = 'points', floor = 0 }",
     "score -8\n* 扣减 10 分:迟到\n* 得分 -8.00 - 10 = -8.00\n", "the floor lifts nobody"},
    {"88", "", "deduct { from = 'decisions' }", "score 88\n", "no decision, no step"},
    {"88", "M1,2009-02-01,,降级\n", "deduct { from = 'decisions' }", "score 88\n",
     "a decision without a rate is another kind"},
    {"", "M1,2009-02-01,0.1,甲\n", "deduct { from = 'decisions' }", "* 扣减 10%:甲\n",
     "nothing to deduct from"},
    {"100", "M1,2009-02-01,0.35,甲\n", "deduct { from = 'decisions', least = 0.10, most = 0.30 }",
     "failed records 'decisions': the deduction 35% is outside 10% to 30%; correct the decision "
     "'甲'\n"
     "score 100\n",
     "outside the range nobody guesses"},
    {"100", "M1,2009-02-01,-0.1,甲\n", "deduct { from = 'decisions' }",
     "failed records 'decisions': the deduction -10% is outside 0% to any; correct the decision "
     "'甲'\n"
     "score 100\n",
     "a deduction is no reward"},
};

Test(deduct, takes_off_and_never_improves)
{
    for (size_t i = 0; i < sizeof deductions / sizeof *deductions; i++) {
        play p;
        decided(&p, deductions[i].score, deductions[i].rows, deductions[i].stage);
        play_expect(&p, "M1", deductions[i].wanted, deductions[i].why);
        play_close(&p);
    }
}

Test(deduct, keeps_the_result_under_a_name)
{
    play p;
    decided(&p, "200", "M1,2009-02-01,0.10,甲\n",
            "deduct { from = 'decisions', value = 'a', as = 'net' }, bands { value = 'net' }");
    play_expect(&p, "M1",
                "score 200\nband 优秀\n* 扣减 10%:甲\n* a 200.00 × (1 - 10%) = 180.00\n"
                "+ a 180.00,达到 优秀(90)\n",
                "the score is left alone");
    play_close(&p);
}

Test(deduct, refuses_columns_before_any_data)
{
    static const char lua[] =
        "records 'd' { of = 'notes', columns = { number = 'decimal(2)', text = 'text' } }";
    play_refuses(lua, "deduct { from = 'd', column = 'rate' }",
                 "records \"d\" keeps no column 'rate'; add it to its columns",
                 "a misspelt column");
    play_refuses(lua, "deduct { from = 'd', column = 'text', reason_column = 'text' }",
                 "column 'text' of records \"d\" is no number", "a text");
    play_refuses(lua, "deduct { from = 'd', column = 'number', reason_column = 'number' }",
                 "column 'number' of records \"d\" is a number; a text is wanted", "a number");
    play_refuses(
        lua,
        "deduct { from = 'd', column = 'number', reason_column = 'text', least = 0.3, most = 0.1 }",
        "least is above most", "an empty range");
    play_refuses(lua,
                 "deduct { from = 'd', column = 'number', reason_column = 'text', total = 1.5 }",
                 "total is above 1", "more than all");
    play_refuses(lua, "deduct { from = 'dd' }", "there is no records declaration 'dd'",
                 "no records");
}

/* ---- protect ------------------------------------------------------------------------------- */

static void sheltered(play *p, const char *value, const char *rows, const char *stage)
{
    char facts[128], csv[512], score[512];
    snprintf(facts, sizeof facts, "manager_id,date,a,b,c\nM1,2009-01-05,%s,0,0\n", value);
    snprintf(csv, sizeof csv, "manager_id,start,stop,grade,why\n%s", rows);
    snprintf(score, sizeof score, LADDER "%s", stage);
    play_open(p, "M1,张伟,城东\n", facts);
    kit_csv(&p->kit, "shelter", csv);
    play_lua(p, ladder);
    play_lua(p,
             "dataset 'shelter' { date = false }\nrecords 'shelters' { of = 'shelter', columns = { "
             "'start', 'stop', 'grade', 'why' }, period = 'any' }");
    play_run(p, score);
}

#define SHELTER                                                                                    \
    "protect { table = 'steps', from = 'shelters', rule = 'C22', start_column = 'start', "

static const struct {
    const char *value, *rows, *stage, *grade, *words, *why;
} shelters[] = {
    {"12", "M1,2008-12-01,,12级1档,新入行\n", SHELTER "months = 6 }", "12级1档",
     "* C22: 保护期,至 2009-06-01 止:考核 13级4档,按保护等级 12级1档\n", "under half a year"},
    {"12", "M1,2008-09-30,,12级1档,新入行\n", SHELTER "months = 6 }", "13级4档", "达到 13级4档",
     "half a year is over on 30 March"},
    {"12", "M1,2008-10-01,,12级1档,新入行\n", SHELTER "months = 6 }", "12级1档", "至 2009-04-01 止",
     "the last day of the period is inside"},
    {"12", "M1,2008-09-30,2009-03-31,12级1档,新入行\n", SHELTER "end_column = 'stop' }", "13级4档",
     "达到", "the end itself is outside"},
    {"12", "M1,2008-09-30,,12级1档,新入行\n",
     SHELTER "end_column = 'stop', reason_column = 'why' }", "12级1档",
     "* C22: 新入行:考核 13级4档,按保护等级 12级1档\n", "no end; the reason is shown"},
    {"12", "M1,2009-04-01,,12级1档,新入行\n", SHELTER "}", "13级4档", "达到", "not begun yet"},
    {"40", "M1,2008-12-01,,12级1档,新入行\n", SHELTER "}", "11级1档",
     "= C22: 保护期:考核 11级1档 不低于保护等级 12级1档,按考核等级\n", "a better result counts"},
    {"40", "M1,2008-12-01,,12级1档,休假\n", SHELTER "mode = 'replace' }", "12级1档",
     "* C22: 保护期:考核 11级1档,按保护等级 12级1档\n", "unless it is replaced (C24)"},
    {"5", "M1,2008-12-01,,12级1档,新入行\n", SHELTER "}", "12级1档",
     "考核 未达标,按保护等级 12级1档\n", "unranked stands below all"},
    {"12", "M1,2008-11-01,,12级2档,甲\nM1,2008-12-01,,12级1档,乙\n", SHELTER "}", "12级1档",
     "按保护等级 12级1档", "the last row in force"},
    {"12", "", "protect { table = 'steps', grade = '12级1档', when = 'a' }", "12级1档",
     "按保护等级 12级1档", "one grade for all"},
    {"12", "", "protect { table = 'steps', grade = '12级1档', when = 'b' }", "13级4档", "达到",
     "but not for this one"},
};

Test(protect, holds_the_grade_within_the_window)
{
    for (size_t i = 0; i < sizeof shelters / sizeof *shelters; i++) {
        play p;
        sheltered(&p, shelters[i].value, shelters[i].rows, shelters[i].stage);
        cr_expect_str_eq(play_card(&p, "M1")->grade, shelters[i].grade, "%s: %s", shelters[i].why,
                         play_card(&p, "M1")->grade);
        play_expect_words(&p, "M1", shelters[i].words, shelters[i].why);
        play_close(&p);
    }
}

Test(protect, clips_months_to_the_last_day)
{
    play p;
    sheltered(&p, "12", "M1,2008-08-31,,12级1档,甲\n", SHELTER "months = 6 }");
    cr_expect_str_eq(play_card(&p, "M1")->grade, "13级4档", "over on 28 February");
    play_close(&p);
    sheltered(&p, "12", "M1,2008-10-31,,12级1档,甲\n", SHELTER "months = 6 }");
    play_expect_words(&p, "M1", "至 2009-04-30 止", "30 April");
    play_close(&p);
}

Test(protect, refuses_what_it_cannot_follow)
{
    static const struct {
        const char *score, *words, *why;
    } cases[] = {
        {"protect { table = 'steps' }", "give one of 'from' (records) and 'grade' (for all)",
         "nothing"},
        {"protect { table = 'steps', grade = '9级' }", "'9级' is no grade of lookup 'steps'",
         "unknown"},
        {"protect { table = 'steps', grade = '12级1档', months = 6 }", "for a grade use 'when'",
         "months of nothing"},
        {"protect { table = 'steps', from = 'r', months = 6 }", "name its start_column",
         "no start"},
        {"protect { table = 'steps', from = 'r', start_column = 'text', end_column = 'text', "
         "months = 6 "
         "}",
         "give one of end_column and months", "two ends"},
        {"protect { table = 'steps', from = 'r', grade_column = 'g' }", "keeps no column 'g'",
         "a misspelt column"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        play_refuses("lookup 'steps' { columns = { 'grade' }, rows = { { '12级1档' } } }\n"
                     "records 'r' { of = 'notes', columns = { text = 'text', grade = 'text' } }",
                     cases[i].score, cases[i].words, cases[i].why);
    }
    play p;
    sheltered(&p, "12", "M1,2008-13-01,,12级1档,甲\n", SHELTER "}");
    kit_expect_failure(&p.kit, "column 'start': '2008-13-01' is no day like 2009-03-31");
    play_close(&p);
    sheltered(&p, "12", "M1,2008-12-01,,99级,甲\n", SHELTER "}");
    kit_expect_failure(&p.kit, "the protected grade '99级' of M1 is no grade of lookup 'steps'");
    play_close(&p);
}
