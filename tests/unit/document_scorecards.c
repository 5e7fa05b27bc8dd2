/* The templates of the product over people of every kind: what is there is said, what is not there
 * takes no room, and the lines add up. */
#include "document_kit.h"

/* ---- people --------------------------------------------------------------------------------- */

static const char ladder_rows[] =
    "{ { \"13级4档\", 23.5 }, { \"12级1档\", 25 }, { \"12级4档\", 34 }, { \"11级1档\", 38 },\n"
    "{ \"11级2档\", 42 }, { \"11级3档\", 46 } }";

static const char *const ordinary[] = {"170000.00",  "36300.00", "8000.00", "112500.00",
                                       "13333.3333", "30000.00", "5500.00", "16000.00"};

static void add_steps(kit *k, kh_card *card)
{
    kh_step *steps = kh_arena_array(&k->arena, 4, sizeof *steps);
    steps[0] = (kh_step){"contribution", "", "8 项相加", KH_PASSED};
    steps[1] = (kh_step){"ladder", "C15", "达到 11级1档", KH_CHANGED};
    steps[2] = (kh_step){"gate", "C16", "日均存款未达标准", KH_FAILED};
    steps[3] = (kh_step){"protect", "", "本季无保护", KH_KEPT};
    card->steps = steps;
    card->step_count = 4;
}

static void add_excluded(kit *k, kh_card *card, uint32_t count)
{
    kh_excluded *rows = kh_arena_array(&k->arena, count, sizeof *rows);
    for (uint32_t i = 0; i < count; i++) {
        /* Two measures leave out the same loan: it is listed once. */
        const char *row = kh_arena_printf(&k->arena, "L-%04u", i / 2 + 1);
        rows[i] = (kh_excluded){i % 2 ? "loans" : "adb", row, "7.2 正常转关注以下", D("1000.00")};
    }
    card->excluded = rows;
    card->excluded_count = count;
}

static void add_notes(kh_card *card)
{
    static const char *const notes[] = {"再增 2.84 万元 可达 11级2档"};
    card->notes = notes;
    card->note_count = 1;
}

/* A scheme of profits and a person M0001 with everything; the others have only a score. */
static void open_profit(kit *k, uint32_t people)
{
    static const kit_past past[] = {{0, "2007Q2", "12级1档", "213000.00"},
                                    {0, "2008Q3", "12级4档", "343000.00"},
                                    {0, "2008Q4", "12级4档", "368600.00"}};
    kit_open(k);
    kit_people(k, people);
    kit_ladder(k, ladder_rows);
    kit_stage(k, "contribution", "{ title = \"综合创利\" }");
    kit_stage(k, "ladder", "{ table = \"grades\", per = 10000 }");
    kit_param(k, "reconsider", "{ [\"until\"] = \"2009-04-09\", to = \"分行考核委员会\" }");
    for (uint32_t i = 0; i < people; i++) {
        k->cards[i].score = kh_dec_int((int64_t)(i + 1) * 20000);
        k->cards[i].rank = people - i;
    }
    kh_card *card = &k->cards[0];
    kit_items(k, 0, ordinary, 8);
    card->grade = "11级1档";
    add_steps(k, card);
    add_notes(card);
    kit_history(k, past, 3);
}

/* ---- what must hold for every document ------------------------------------------------------ */

static void check_blocks(const kh_block *blocks, uint32_t count, const char *why)
{
    for (uint32_t i = 0; i < count; i++) {
        const kh_block *b = &blocks[i];
        bool heading = b->kind == KH_BLOCK_PARAGRAPH && b->as.paragraph.bar != KH_NO_COLOR;
        cr_expect_not(heading && i + 1 == count, "%s: a heading stands over nothing", why);
        if (b->kind == KH_BLOCK_TABLE) {
            cr_expect(b->as.table.row_count > b->as.table.header_rows, "%s: an empty table", why);
        }
        if (b->kind == KH_BLOCK_COLUMNS) {
            for (uint32_t c = 0; c < b->as.columns.column_count; c++) {
                cr_expect(b->as.columns.block_counts[c] > 0, "%s: an empty column", why);
                check_blocks(b->as.columns.blocks[c], b->as.columns.block_counts[c], why);
            }
        }
        if (b->kind == KH_BLOCK_CALLOUT) {
            cr_expect(b->as.callout.block_count > 0, "%s: an empty callout", why);
        }
    }
}

/* The words of a person's document, to be freed. */
static char *words_of(kit *k, const char *name, uint32_t person, const char *why)
{
    char error[KH_ERROR_TEXT];
    kh_template *template = kit_template(k, name, error);
    cr_assert(template, "%s: %s", why, error);
    const kh_document *d = kit_render(k, template, person, error);
    cr_assert(d, "%s: %s", why, error);
    check_blocks(d->blocks, d->block_count, why);
    char *words = kit_words(d);
    cr_expect_null(strstr(words, "nil"), "%s: %s", why, words);
    kh_template_free(template);
    return words;
}

static void expect_words(const char *words, const char *const *said, const char *why)
{
    for (; *said; said++) {
        bool no = **said == '!';
        bool found = strstr(words, *said + no) != NULL;
        cr_expect(found != no, "%s: '%s' is %s in\n%s", why, *said + no, no ? "" : "not", words);
    }
}

/* ---- scorecard ------------------------------------------------------------------------------ */

Test(document_scorecards, scorecard_of_an_ordinary_person)
{
    static const char *const said[] = {
        "某某银行 · 城东分行|客户经理考核记分卡|\n2009-01-01 至 2009-03-31|2009年第一季度|",
        "工号 M0001|甲|望江支行 · 对公客户经理|",
        "综合创利(元)|391,633.33|上季 368,600.00 ▲ 6.2%|",
        "本季等级|11级1档  ▲ 1 档|上季 12级4档|",
        "综合创利从哪里来  万元|",
        "还差|",
        "2.84 万元|",
        "对公存款|170,000.00|",
        "综合创利|391,633.33|",
        "达到 11级1档|C15|",
        "近 8 期走势  综合创利,单位 万元|",
        "在全体中的位置  8 人,横轴单位 万元,柱上为人数|",
        "您在这里|",
        "请于 2009年4月9日前向分行考核委员会书面提出复议,注明工号。",
        "!四舍五入差额",
        "!扣减与裁定",
        "!不计入的业务",
        "!核验码",
        NULL};
    kit k;
    open_profit(&k, 8);
    char *words = words_of(&k, "scorecard", 0, "an ordinary person");
    expect_words(words, said, "an ordinary person");
    free(words);
    kit_close(&k);
}

Test(document_scorecards, scorecard_explains_what_rounding_leaves_over)
{
    static const char *const thirds[] = {"33.335", "33.335", "33.335"};
    static const char *const said[] = {"四舍五入差额|−0.01|", "综合创利|100.01|", NULL};
    static const char *const other[] = {"其他调整(见规则)|−50.00|", "综合创利|50.02|",
                                        "!四舍五入差额", NULL};
    kit k;
    open_profit(&k, 1);
    kit_items(&k, 0, thirds, 3);
    char *words = words_of(&k, "scorecard", 0, "3 x 33.335");
    expect_words(words, said, "33.34 + 33.34 + 33.34 - 0.01 = 100.01");
    free(words);
    k.cards[0].score = D("50.02");
    words = words_of(&k, "scorecard", 0, "a deduction");
    expect_words(words, other, "a deduction is not called rounding");
    free(words);
    kit_close(&k);
}

Test(document_scorecards, scorecard_of_sparse_people)
{
    static const char *const none[] = {"", "", ""};
    static const char *const nothing[] = {"综合创利(元)|—|", "本期无数据", "!走势",  "!您在这里",
                                          "!还差",           "!从哪里来",  "!排名|", NULL};
    static const char *const nobody[] = {"工号 M0001|", "综合创利|—|", "!逐项计算", "!规则", NULL};
    kit k;
    open_profit(&k, 1);
    kit_items(&k, 0, none, 3);
    kh_card *card = &k.cards[0];
    card->score = KH_ABSENT;
    card->grade = NULL;
    card->rank = 0;
    k.facts.records_count = 0;
    char *words = words_of(&k, "scorecard", 0, "a person without data");
    expect_words(words, nothing, "a person without data");
    free(words);
    card->item_count = card->step_count = card->note_count = 0;
    words = words_of(&k, "scorecard", 0, "no items at all");
    expect_words(words, nobody, "no items at all");
    free(words);
    k.facts.records_count = 1;
    kit_close(&k);
}

Test(document_scorecards, scorecard_says_why_there_is_no_result)
{
    static const char *const said[] = {"本期没有考核结果|metric corp_profit: 除数为零|", NULL};
    kit k;
    open_profit(&k, 8);
    k.cards[0].failed = "metric corp_profit: 除数为零";
    char *words = words_of(&k, "scorecard", 0, "a failed person");
    expect_words(words, said, "a failed person");
    free(words);
    kit_close(&k);
}

Test(document_scorecards, scorecard_of_many_things)
{
    const char *points[40];
    for (int i = 0; i < 40; i++) points[i] = i % 3 ? "123456789012.34" : "-99999999999.99";
    static const char *const said[] = {"工号 M0001|", "−99,999,999,999.99|",         "L-0001|",
                                       "L-0150|",     "150 笔 · 合计 150,000.00 元", "!L-0151",
                                       NULL};
    kit k;
    open_profit(&k, 8);
    kit_items(&k, 0, points, 40);
    add_excluded(&k, &k.cards[0], 300);
    k.subjects[0].name = "欧阳𬭸𠮷";
    k.subjects[0].group = "某某银行股份有限公司城东分行营业部高新技术产业开发区科技支行(筹)";
    char *words = words_of(&k, "scorecard", 0, "forty lines, 300 rows, a long name");
    expect_words(words, said, "forty lines, 300 rows, a long name");
    free(words);
    kit_close(&k);
}

Test(document_scorecards, scorecard_uses_the_words_of_the_scheme)
{
    static const char *const said[] = {"|季度成绩单|", "怎样算出|", "日均 40,000,000.00 × 1.70%|",
                                       "在结果公布后 3 个工作日内向考核部门", NULL};
    kit k;
    open_profit(&k, 1);
    k.scheme.plan.param_count = 0;
    kit_param(&k, "scorecard",
              "{ title = \"季度成绩单\", rules = { line1 = \"日均 {adb} × {margin}%\" } }");
    kit_param(&k, "margin", "\"1.70\"");
    kit_param(&k, "reconsider", "{ days = 3 }");
    ((kh_decimal *)(uintptr_t)k.cards[0].measures)[0] = D("40000000");
    char *words = words_of(&k, "scorecard", 0, "rules of the scheme");
    expect_words(words, said, "rules of the scheme");
    free(words);
    kit_close(&k);
}

/* ---- points and dimensions ------------------------------------------------------------------ */

/* Four weighted items: reached, capped, without a target, zero. */
static void open_points(kit *k)
{
    kit_open(k);
    kit_people(k, 6);
    kit_stage(k, "weighted", "{ title = \"得分\" }");
    static const struct {
        const char *name, *title, *actual, *target, *rate, *weight, *points, *reason;
    } rows[] = {
        {"assets", "管户总资产", "41055539.82", "41960945.72", "0.97842", "40", "39.1369", NULL},
        {"savings", "储蓄余额", "37557905.78", "38700867.05", "0.97046", "40", "38.8184", NULL},
        {"wealth", "理财销售", "200000", "", "", "10", "", "无目标,不计分"},
        {"fund", "基金销售", "0", "52500", "0", "10", "0", NULL}};
    kh_item *items = kh_arena_array(&k->arena, 4, sizeof *items);
    for (int i = 0; i < 4; i++) {
        items[i] = (kh_item){.name = rows[i].name,
                             .title = rows[i].title,
                             .unit = "元",
                             .actual = D(rows[i].actual),
                             .target = D(rows[i].target),
                             .base = KH_ABSENT,
                             .rate = D(rows[i].rate),
                             .weight = D(rows[i].weight),
                             .points = D(rows[i].points),
                             .places = 2,
                             .value_places = 2,
                             .rule = "",
                             .reason = rows[i].reason};
    }
    static const kh_pay pays[] = {{"linked", "本季挂钩工资", {0}, "挂钩标准 × 得分 ÷ 100"},
                                  {"settlement", "年终结算", {0}, "应发减已发"}};
    kh_pay *own = kh_arena_array(&k->arena, 2, sizeof *own);
    memcpy(own, pays, sizeof pays);
    own[0].amount = D("4149.43");
    own[1].amount = D("-120");
    for (uint32_t p = 0; p < 6; p++) {
        k->cards[p].items = items;
        k->cards[p].item_count = 4;
        k->cards[p].score = D("77.9553");
        k->cards[p].rank = 1;
        k->cards[p].band = "合格";
        k->cards[p].pays = own;
        k->cards[p].pay_count = 2;
    }
}

Test(document_scorecards, points_show_targets_rates_and_pay)
{
    static const char *const said[] = {"得分|77.96|",
                                       "本季档次|合格|",
                                       "目标(元)|实际(元)|完成率|",
                                       "管户总资产|41,960,945.72|41,055,539.82|97.84%|40|39.14|",
                                       "理财销售\n无目标,不计分|—|200,000.00|—||10|—|",
                                       "得分||||||77.96|",
                                       "本季挂钩工资|挂钩标准 × 得分 ÷ 100|4,149.43|",
                                       "年终结算|应发减已发|−120.00|",
                                       "!期初",
                                       "!挂钩工资|怎样",
                                       NULL};
    kit k;
    open_points(&k);
    char *words = words_of(&k, "scorecard-points", 0, "points");
    expect_words(words, said, "points");
    free(words);
    ((kh_item *)(uintptr_t)k.cards[0].items)[0].base = D("39971260.96");
    words = words_of(&k, "scorecard-points", 0, "an increment");
    static const char *const increment[] = {"期初(元)|", "39,971,260.96|", "(实际 − 期初)", NULL};
    expect_words(words, increment, "an increment");
    free(words);
    k.cards[0].item_count = 0;
    free(words_of(&k, "scorecard-points", 0, "no items"));
    kit_close(&k);
}

Test(document_scorecards, weights_taken_over_are_printed)
{
    static const char *const said[] = {
        "得分 = 完成率 × 权重,→ 后为分担后的权重|",
        "管户总资产|41,960,945.72|41,055,539.82|97.84%|40 → 44.4444|43.49|",
        "基金销售|52,500.00|0.00|0.00%|10|0.00|", NULL};
    kit k;
    open_points(&k);
    kh_item *items = (kh_item *)(uintptr_t)k.cards[0].items;
    items[0].points = D("43.4853333333333333333"); /* 0.97842 x 40 x 100 / 90 */
    items[2].reason = "无目标,不计分,权重由其余各项分担";
    char *words = words_of(&k, "scorecard-points", 0, "an item without a target");
    expect_words(words, said, "an item without a target");
    free(words);
    items[0].points = D("39.14"); /* 40 x 97.842 %, rounded by the scheme */
    words = words_of(&k, "scorecard-points", 0, "points rounded before");
    static const char *const rounded[] = {"|97.84%|40|39.14|", NULL};
    expect_words(words, rounded, "rounding does not change a weight");
    free(words);
    kit_close(&k);
}

Test(document_scorecards, sentences_have_the_minus_sign_of_numbers)
{
    static const char *const said[] = {"增量 −7.00 万元,2009-04-10 公布(−1%) L-20080411-07 A-3|",
                                       "再增 −0.5 万元", NULL};
    static const char *const notes[] = {"再增 -0.5 万元"};
    kit k;
    open_profit(&k, 1);
    kh_step *steps = (kh_step *)(uintptr_t)k.cards[0].steps;
    steps[0].text = "增量 -7.00 万元,2009-04-10 公布(-1%) L-20080411-07 A-3";
    k.cards[0].notes = notes;
    char *words = words_of(&k, "scorecard", 0, "hyphens");
    expect_words(words, said, "only a sign in front of a number is one");
    free(words);
    kit_close(&k);
}

Test(document_scorecards, bsc_adds_items_up_to_dimensions)
{
    static const char *const own[] = {"各维度完成率  外圈为 120%|", "管户总资产|97.8%|",
                                      "!维度得分", NULL};
    static const char *const grouped[] = {"维度得分|",
                                          "客户|80|77.96|97.44%|",
                                          "产品|20|0.00|0.00%|",
                                          "!财务",
                                          "!其他|",
                                          "!各维度完成率",
                                          NULL};
    static const char *const rest[] = {"维度得分|", "其他|60|38.82|77.64%|", NULL};
    kit k;
    open_points(&k);
    char *words = words_of(&k, "scorecard-bsc", 0, "no dimensions declared");
    expect_words(words, own, "every item is its own dimension");
    free(words);
    k.cards[0].item_count = 0;
    free(words_of(&k, "scorecard-bsc", 0, "no items"));
    kit_close(&k);

    open_points(&k);
    kit_param(&k, "dimensions",
              "{ { title = \"客户\", items = { \"assets\", \"savings\" } },\n"
              "{ title = \"产品\", items = { \"fund\", \"wealth\" } },\n"
              "{ title = \"财务\", items = { \"nobody\" } } }");
    words = words_of(&k, "scorecard-bsc", 0, "two dimensions");
    expect_words(words, grouped, "two dimensions; a third one without items is not there");
    free(words);
    kit_close(&k);

    open_points(&k);
    kit_param(&k, "dimensions", "{ { title = \"客户\", items = { \"assets\" } } }");
    words = words_of(&k, "scorecard-bsc", 0, "items without a dimension");
    expect_words(words, rest, "items without a dimension");
    free(words);
    kit_close(&k);
}

/* ---- summary -------------------------------------------------------------------------------- */

Test(document_scorecards, summary_of_a_branch)
{
    static const char *const said[] = {"考核结果汇总|",
                                       "考核人数|30|其中没有结果 1 人|",
                                       "分布  29 人",
                                       "网点并排  按人均",
                                       "望江支行|14|",
                                       "湖滨支行|15|",
                                       "等级结构|",
                                       "等级去向  行为上季,列为本季",
                                       "全员排名  29 人",
                                       "没有结果的人  1 人",
                                       "M0005|甲|望江支行|除数为零|",
                                       "只差一步  ",
                                       "M0008|甲|湖滨支行|37.99|12级4档|11级1档|不到 0.01|",
                                       NULL};
    static const kit_past past[] = {{0, "2008Q4", "12级4档", "368600.00"},
                                    {2, "2008Q4", "12级1档", "1.00"}};
    kit k;
    open_profit(&k, 30);
    kh_store_fini(&k.records.store);
    kit_history(&k, past, 2);
    k.cards[2].grade = "12级1档";
    k.cards[4].failed = "除数为零";
    k.cards[7].score = D("379999.99996");
    k.cards[7].grade = "12级4档";
    char *words = words_of(&k, "branch-summary", 0, "a branch");
    expect_words(words, said, "a branch");
    free(words);
    kit_close(&k);
}

Test(document_scorecards, summary_of_nobody)
{
    static const char *const said[] = {"考核人数|0|", "!分布", "!排名", NULL};
    kit k;
    kit_open(&k);
    kit_people(&k, 0);
    char *words = words_of(&k, "branch-summary", 0, "nobody");
    expect_words(words, said, "nobody");
    free(words);
    kit_close(&k);
}
