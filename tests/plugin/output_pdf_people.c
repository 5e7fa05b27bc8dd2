/* People and branches at the edges of what templates must show, as documents of the templates. */
#include "plugin/output_pdf_people.h"

#include "unit/document_kit.h"

#define LONG_GROUP "某某银行股份有限公司城东分行营业部高新技术产业开发区科技支行(筹备组)"
#define RARE_NAME  "欧阳𬭸𠮷·𰻝"

enum { MANY = 40, AS_USUAL = 8, NONE = 999 }; /* NONE: really 0 */

const people_case people_cases[] = {
    {.name = "plain", .template = "scorecard", .history = 7},
    {.name = "rules", .template = "scorecard", .rules = true, .history = 3, .decisions = 2},
    {.name = "long-group",
     .template = "scorecard",
     .group = LONG_GROUP,
     .post = "对公客户经理(高级)"},
    {.name = "rare-name", .template = "scorecard", .who = RARE_NAME},
    {.name = "long-name",
     .template = "scorecard",
     .who = "阿卜杜勒热合曼·买买提伊布拉音江",
     .id = "CD-2009-0000127-A",
     .title = "某某银行城东分行2009年度客户经理季度综合创利考核记分卡(试行)"},
    {.name = "40-items", .template = "scorecard", .items = MANY, .history = 7, .rules = true},
    {.name = "0-items", .template = "scorecard", .items = NONE},
    {.name = "1-item", .template = "scorecard", .items = 1, .people = 2},
    {.name = "huge", .template = "scorecard", .amount = "huge", .history = 7},
    {.name = "negative", .template = "scorecard", .amount = "negative", .history = 7},
    {.name = "mixed", .template = "scorecard", .amount = "mixed", .history = 7, .rules = true},
    {.name = "tiny", .template = "scorecard", .amount = "tiny", .history = 2},
    {.name = "40-huge", .template = "scorecard", .items = MANY, .amount = "mixed", .excluded = 12},
    {.name = "no-history", .template = "scorecard", .history = NONE},
    {.name = "alone", .template = "scorecard", .people = 1, .history = NONE},
    {.name = "no-data", .template = "scorecard", .absent = true, .history = 4},
    {.name = "failed",
     .template = "scorecard",
     .history = NONE,
     .items = NONE,
     .failed = "metric corp_profit: 对公存款日均为空,scheme.lua:88:5: 先判断 nil 再比较"},
    {.name = "300-excluded", .template = "scorecard", .excluded = 600, .sees = "编号"},
    {.name = "25-steps",
     .template = "scorecard",
     .steps = 25,
     .decisions = 30,
     .notes = 6,
     .excluded = 6},

    {.name = "plain", .template = "scorecard-points", .points = true, .history = 7},
    {.name = "long-group", .template = "scorecard-points", .points = true, .group = LONG_GROUP},
    {.name = "rare-name", .template = "scorecard-points", .points = true, .who = RARE_NAME},
    {.name = "40-items", .template = "scorecard-points", .points = true, .items = MANY},
    {.name = "0-items", .template = "scorecard-points", .points = true, .items = NONE},
    {.name = "huge", .template = "scorecard-points", .points = true, .amount = "huge"},
    {.name = "negative", .template = "scorecard-points", .points = true, .amount = "negative"},
    {.name = "no-history", .template = "scorecard-points", .points = true, .history = NONE},
    {.name = "no-data", .template = "scorecard-points", .points = true, .absent = true},
    {.name = "failed",
     .template = "scorecard-points",
     .points = true,
     .items = NONE,
     .failed = "目标表没有 M0001 的目标"},
    {.name = "300-excluded",
     .template = "scorecard-points",
     .points = true,
     .excluded = 600,
     .decisions = 4,
     .sees = "编号"},

    {.name = "plain", .template = "scorecard-bsc", .points = true, .history = 7, .rules = true},
    {.name = "own", .template = "scorecard-bsc", .points = true, .history = 7},
    {.name = "long-group",
     .template = "scorecard-bsc",
     .points = true,
     .group = LONG_GROUP,
     .rules = true},
    {.name = "rare-name", .template = "scorecard-bsc", .points = true, .who = RARE_NAME},
    {.name = "40-items", .template = "scorecard-bsc", .points = true, .items = MANY, .rules = true},
    {.name = "40-own", .template = "scorecard-bsc", .points = true, .items = MANY},
    {.name = "0-items", .template = "scorecard-bsc", .points = true, .items = NONE, .rules = true},
    {.name = "huge", .template = "scorecard-bsc", .points = true, .amount = "huge", .rules = true},
    {.name = "negative",
     .template = "scorecard-bsc",
     .points = true,
     .amount = "negative",
     .rules = true},
    {.name = "no-history",
     .template = "scorecard-bsc",
     .points = true,
     .history = NONE,
     .rules = true},
    {.name = "no-data", .template = "scorecard-bsc", .points = true, .absent = true, .rules = true},
    {.name = "failed",
     .template = "scorecard-bsc",
     .points = true,
     .items = NONE,
     .failed = "目标表没有 M0001 的目标",
     .rules = true},
    {.name = "300-excluded",
     .template = "scorecard-bsc",
     .points = true,
     .excluded = 600,
     .rules = true,
     .sees = "编号"},

    {.name = "plain", .template = "branch-summary", .people = 60, .history = 7},
    {.name = "320-people", .template = "branch-summary", .people = 320, .history = 7},
    {.name = "long-group",
     .template = "branch-summary",
     .people = 30,
     .group = LONG_GROUP,
     .who = RARE_NAME,
     .history = 7},
    {.name = "huge", .template = "branch-summary", .people = 40, .amount = "huge", .history = 7},
    {.name = "negative", .template = "branch-summary", .people = 40, .amount = "negative"},
    {.name = "points", .template = "branch-summary", .people = 40, .points = true},
    {.name = "no-data", .template = "branch-summary", .people = 20, .absent = true},
    {.name = "failed",
     .template = "branch-summary",
     .people = 60,
     .items = NONE,
     .failed = "metric corp_profit: 对公存款日均为空,scheme.lua:88:5: 先判断 nil 再比较",
     .sees = "原因"},
    {.name = "alone", .template = "branch-summary", .people = 1, .history = NONE},
};
const uint32_t people_case_count = sizeof people_cases / sizeof *people_cases;

static kit world;

static uint32_t given(uint32_t count, uint32_t usual)
{
    return count == NONE ? 0 : count ? count : usual;
}

static bool is(const people_case *c, const char *amount)
{
    return c->amount && !strcmp(c->amount, amount);
}

/* The amount of line @p i of person @p p, in yuan. */
static kh_decimal amount_of(const people_case *c, uint32_t p, uint32_t i)
{
    static const char *const usual[] = {"170000.00",  "36300.00", "8000.00", "112500.00",
                                        "13333.3333", "30000.00", "5500.00", "16000.00"};
    kh_decimal x =
        kh_dec_mul(D(usual[(p * 3 + i) % 8]), kh_dec_div(kh_dec_int(p % 97 + 20), kh_dec_int(20)));
    if (is(c, "huge")) return kh_dec_sub(D("987654321098.76"), kh_dec_int(p * 7777777777 + i));
    if (is(c, "negative")) return kh_dec_sub(KH_ZERO, kh_dec_mul(x, kh_dec_int(p + 1)));
    if (is(c, "mixed")) return i % 2 ? D("-999999999999.99") : D("123456789012.34");
    if (is(c, "tiny")) return D(i % 2 ? "0.01" : "-0.01");
    return x;
}

static const char *const titles[] = {
    "对公存款", "个人存款", "同业存款", "一般贷款",
    "票据贴现", "表外业务", "其他业务", "代销开放式基金与保险及贵金属等产品销售折算"};

/* Lines that add up to the score. */
static void add_lines(const people_case *c, uint32_t p)
{
    uint32_t count = given(c->items, AS_USUAL);
    kh_item *items = kh_arena_array(&world.arena, count + 1, sizeof *items);
    kh_card *card = &world.cards[p];
    kh_decimal sum = KH_ZERO;
    for (uint32_t i = 0; i < count; i++) {
        kh_decimal x = c->absent ? KH_ABSENT : amount_of(c, p, i);
        items[i] = (kh_item){.name = kh_arena_printf(&world.arena, "line%u", i + 1),
                             .title = titles[i % 8],
                             .unit = "元",
                             .actual = x,
                             .target = KH_ABSENT,
                             .base = KH_ABSENT,
                             .rate = KH_ABSENT,
                             .weight = KH_ABSENT,
                             .points = x,
                             .places = 2,
                             .value_places = 2,
                             .rule = "",
                             .reason = c->absent ? "本期无数据" : NULL};
        if (!c->absent) sum = kh_dec_add(sum, x);
    }
    card->items = items;
    card->item_count = count;
    card->score = c->absent || count == 0 ? KH_ABSENT : sum;
}

/* Weighted lines: reached, capped, missed, without a target. */
static void add_points(const people_case *c, uint32_t p)
{
    static const char *const rates[] = {"0.97842", "2.5", "0.31", "1", "1.1799", "0"};
    uint32_t count = given(c->items, 6);
    kh_item *items = kh_arena_array(&world.arena, count + 1, sizeof *items);
    kh_card *card = &world.cards[p];
    kh_decimal sum = KH_ZERO;
    for (uint32_t i = 0; i < count; i++) {
        bool none = c->absent || i % 6 == 5;
        kh_decimal target = kh_dec_mul(amount_of(c, p, i), kh_dec_int(240));
        kh_decimal rate = none ? KH_ABSENT : D(rates[i % 6]), weight = D(i % 2 ? "12.5" : "20");
        if (is(c, "huge")) target = amount_of(c, p, i);
        if (is(c, "negative") && !none) rate = kh_dec_sub(KH_ZERO, rate);
        kh_decimal points = none ? KH_ABSENT : kh_dec_mul(rate, weight);
        items[i] = (kh_item){.name = kh_arena_printf(&world.arena, "line%u", i + 1),
                             .title = titles[i % 8],
                             .unit = i % 3 == 2 ? "户" : "元",
                             .actual = none ? KH_ABSENT : kh_dec_mul(target, rate),
                             .target = none ? KH_ABSENT : target,
                             .base = KH_ABSENT,
                             .rate = rate,
                             .weight = weight,
                             .points = points,
                             .places = 2,
                             .value_places = 2,
                             .rule = "",
                             .reason = none ? "无目标,不计分" : NULL};
        if (!none) sum = kh_dec_add(sum, points);
    }
    kh_pay *pays = kh_arena_array(&world.arena, 2, sizeof *pays);
    kh_decimal linked = is(c, "huge") ? D("987654321098.76") : D("4149.43");
    pays[0] = (kh_pay){"linked", "本季挂钩工资", linked, "挂钩标准 5,000.00 × 得分 ÷ 100"};
    pays[1] = (kh_pay){"settlement", "年终结算", kh_dec_sub(KH_ZERO, linked), "应发减已发"};
    card->items = items;
    card->item_count = count;
    card->score = c->absent || count == 0 ? KH_ABSENT : sum;
    card->pays = pays;
    card->pay_count = c->absent ? 0 : 2;
    card->band = c->absent ? NULL : "合格";
}

static const char *const ladder[][2] = {
    {"13级1档", "-50"}, {"13级4档", "23.5"}, {"12级1档", "25"}, {"12级2档", "28"},
    {"12级3档", "31"},  {"12级4档", "34"},   {"11级1档", "38"}, {"11级2档", "42"},
    {"11级3档", "46"},  {"11级4档", "50"},   {"10级1档", "55"}, {"9级1档", "80"},
    {"8级1档", "125"},  {"7级1档", "190"},   {"6级1档", "280"}, {"5级4档", "530000000"}};
enum { STEPS = sizeof ladder / sizeof *ladder };

static void give_grade(uint32_t p)
{
    kh_card *card = &world.cards[p];
    card->grade = NULL;
    for (int i = 0; i < STEPS && !kh_is_absent(card->score); i++) {
        kh_decimal from = kh_dec_mul(D(ladder[i][1]), kh_dec_int(10000));
        if (kh_dec_cmp(card->score, from) >= 0) card->grade = ladder[i][0];
    }
}

static int by_score(const void *a, const void *b)
{
    const kh_card *x = *(kh_card *const *)a, *y = *(kh_card *const *)b;
    if (kh_is_absent(x->score) || kh_is_absent(y->score)) {
        return kh_is_absent(x->score) - kh_is_absent(y->score);
    }
    return kh_dec_cmp(y->score, x->score);
}

static void give_ranks(uint32_t people)
{
    kh_card **order = kh_arena_array(&world.arena, people + 1, sizeof *order);
    for (uint32_t p = 0; p < people; p++) order[p] = &world.cards[p];
    qsort(order, people, sizeof *order, by_score);
    for (uint32_t p = 0; p < people; p++)
        order[p]->rank = kh_is_absent(order[p]->score) ? 0 : p + 1;
}

/* ---- records --------------------------------------------------------------------------------- */

/* A table of texts and numbers with two places; every row belongs to the person of its number. */
static void open_records(uint32_t index, const char *name, const char *const *columns,
                         uint32_t count, uint32_t numbers_from)
{
    kh_records *records = &world.facts.records[index];
    kh_records_decl *decl = kh_arena_alloc(&world.arena, sizeof *decl);
    kh_field *fields = kh_arena_array(&world.arena, count, sizeof *fields);
    decl->columns = kh_arena_array(&world.arena, count, sizeof *decl->columns);
    decl->column_count = count;
    decl->name.text = name;
    for (uint32_t i = 0; i < count; i++) {
        decl->columns[i].name.text = columns[i];
        fields[i] = (kh_field){columns[i], i < numbers_from ? KH_TYPE_TEXT : KH_TYPE_DECIMAL, 2};
    }
    records->decl = decl;
    kh_store_init(&records->store, name, fields, count);
}

static void put_number(kh_store *store, uint32_t column, uint32_t row, kh_decimal x)
{
    kh_int128 scaled;
    cr_assert_eq(kh_dec_to_scaled(&scaled, kh_dec_round(x, 2), 2, NULL), KH_OK);
    store->columns[column].as.decimals[row] = scaled;
    store->columns[column].nulls[row] = 0;
}

/* @p rows of each person, one after the other. */
static void close_records(uint32_t index, uint32_t rows, uint32_t people)
{
    kh_records *records = &world.facts.records[index];
    records->order = kh_arena_array(&world.arena, people * rows + 1, sizeof(uint32_t));
    records->starts = kh_arena_array(&world.arena, people + 2, sizeof(uint32_t));
    for (uint32_t i = 0; i < people * rows; i++) records->order[i] = i;
    for (uint32_t p = 0; p <= people; p++) records->starts[p] = p * rows;
}

static void add_history(const people_case *c, uint32_t people)
{
    static const char *const periods[] = {"2008Q4", "2008Q3", "2008Q2", "2008Q1",
                                          "2007Q4", "2007Q3", "2007Q2"};
    static const char *const columns[] = {"period", "grade", "score", "line1", "line2", "line4"};
    uint32_t rows = given(c->history, 1);
    kh_store *store = &world.facts.records[0].store;
    open_records(0, "history", columns, 6, 2);
    for (uint32_t p = 0; p < people; p++) {
        for (uint32_t i = 0; i < rows; i++) {
            uint32_t row = kh_store_append(store, p * rows + i + 1);
            kh_decimal score = world.cards[p].score;
            const char *grade = ladder[(p * 5 + i) % STEPS][0];
            kh_store_put_text(store, 0, row, periods[i], 6);
            kh_store_put_text(store, 1, row, grade, strlen(grade));
            if (kh_is_absent(score)) score = D("368600.00");
            score =
                kh_dec_mul(score, kh_dec_div(kh_dec_int(110 - (p + i * 9) % 37), kh_dec_int(100)));
            put_number(store, 2, row, score);
            put_number(store, 3, row, kh_dec_mul(amount_of(c, p, 0), D("0.93")));
            put_number(store, 4, row, kh_dec_mul(amount_of(c, p, 1), D("1.07")));
            put_number(store, 5, row, KH_ZERO);
        }
    }
    close_records(0, rows, people);
}

static void add_decisions(const people_case *c, uint32_t people)
{
    static const char *const columns[] = {"decision_id", "kind", "reason", "amount"};
    kh_store *store = &world.facts.records[1].store;
    open_records(1, "decisions", columns, 4, 3);
    for (uint32_t i = 0; i < c->decisions * people; i++) {
        uint32_t row = kh_store_append(store, i + 1);
        const char *id = kh_arena_printf(&world.arena, "城东考〔2009〕%u号", i + 1);
        static const char reason[] =
            "授信后检查未按规定频次进行,经分行考核委员会第三次会议审定,按办法第二十六条予以扣减";
        kh_store_put_text(store, 0, row, id, strlen(id));
        kh_store_put_text(store, 1, row, "扣减", strlen("扣减"));
        kh_store_put_text(store, 2, row, reason, strlen(reason));
        put_number(store, 3, row, D("-8600.00"));
    }
    close_records(1, c->decisions, people);
}

/* ---- what the first person has ----------------------------------------------------------------- */

static void add_excluded(kh_card *card, uint32_t count)
{
    kh_excluded *rows = kh_arena_array(&world.arena, count + 1, sizeof *rows);
    for (uint32_t i = 0; i < count; i++) {
        const char *row = kh_arena_printf(&world.arena, "L-%04u", i / 2 + 1);
        rows[i] =
            (kh_excluded){i % 2 ? "loans" : "adb", row,
                          i % 7 ? "7.2 正常转关注以下" : "7.1 应收未收、7.3 个贷逾期、归口总行",
                          D(i % 5 ? "2600000.00" : "987654321098.76")};
    }
    card->excluded = rows;
    card->excluded_count = count;
}

static void add_steps(kh_card *card, uint32_t count)
{
    static const kh_step some[] = {
        {"contribution", "", "8 项相加,综合创利 391,633.33 元", KH_PASSED},
        {"ladder", "C15", "本季创利 39.16 万元,达到 11级1档(38 万元)", KH_CHANGED},
        {"gate", "C16", "日均存款 4,800.00 万元,未达到 11级标准 5,000.00 万元,等级下调一档",
         KH_FAILED},
        {"protect", "C20、C21", "本季无保护", KH_KEPT}};
    kh_step *steps = kh_arena_array(&world.arena, count, sizeof *steps);
    for (uint32_t i = 0; i < count; i++) steps[i] = some[i % 4];
    card->steps = steps;
    card->step_count = count;
}

static void add_notes(kh_card *card, uint32_t count)
{
    const char **notes = kh_arena_array(&world.arena, count, sizeof *notes);
    for (uint32_t i = 0; i < count; i++) {
        notes[i] = "再增 2.84 万元可达 11级2档;按本季利差,约合对公日均存款再增 667 万元。";
    }
    card->notes = notes;
    card->note_count = count;
}

static void add_words(const people_case *c)
{
    kh_buf text = {0};
    kh_buf_printf(&text, "{ title = \"%s\", rules = {",
                  c->title ? c->title : "客户经理季度考核记分卡");
    for (int i = 0; i < MANY && c->rules; i++) {
        kh_buf_printf(&text, " line%d = \"日均 {adb:2};利差积数 {loans:2} ÷ 100 ÷ 360\",", i + 1);
    }
    kh_buf_text(&text, "} }");
    kit_param(&world, "scorecard", text.data);
    kh_buf_fini(&text);
    if (!c->points || !c->rules) return;
    kit_param(&world, "dimensions",
              "{ { title = \"财务\", items = { \"line1\", \"line2\" } },\n"
              "{ title = \"客户\", items = { \"line3\" } },\n"
              "{ title = \"内部流程与合规\", items = { \"line4\", \"line6\" } },\n"
              "{ title = \"学习与成长\", items = { \"line5\", \"line7\" } } }");
}

/* ---- the whole --------------------------------------------------------------------------------- */

const kh_document *people_open(const people_case *c)
{
    uint32_t people = c->people ? c->people : 24;
    char error[KH_ERROR_TEXT];
    kit_open(&world);
    kit_people(&world, people);
    world.facts.records = kh_arena_array(&world.arena, 2, sizeof *world.facts.records);
    world.facts.records_count = 2;
    kit_stage(&world, c->points ? "weighted" : "contribution",
              c->points ? "{ title = \"得分\" }" : "{ title = \"综合创利\" }");
    if (!c->points) {
        kh_buf rows = {0};
        kh_buf_text(&rows, "{");
        for (int i = 0; i < STEPS; i++) {
            kh_buf_printf(&rows, "{ \"%s\", %s },", ladder[i][0], ladder[i][1]);
        }
        kh_buf_text(&rows, "}");
        kit_ladder(&world, rows.data);
        kh_buf_fini(&rows);
        kit_stage(&world, "ladder", "{ table = \"grades\", per = 10000 }");
    }
    add_words(c);
    kit_param(&world, "reconsider", "{ [\"until\"] = \"2009-04-09\", to = \"分行考核委员会\" }");
    static const char *const names[] = {"张伟", "王芳", "欧阳明", "李娜", "刘洋", "陈静", "赵磊"};
    static const char *const groups[] = {"望江支行", "湖滨支行", "钱江新城支行", "营业部"};
    for (uint32_t p = 0; p < people; p++) {
        (c->points ? add_points : add_lines)(c, p);
        world.subjects[p].name = names[p % 7];
        world.subjects[p].group = groups[p * p % 4];
        if (!c->points) give_grade(p);
    }
    give_ranks(people);
    kh_card *card = &world.cards[0];
    bool summary = !strcmp(c->template, "branch-summary");
    for (uint32_t p = 0; p < (summary ? people : 1); p++) {
        if (c->who) world.subjects[p].name = c->who;
        if (c->group) world.subjects[p].group = p % 3 ? c->group : groups[p % 4];
        if (c->failed) world.cards[p].failed = c->failed;
        if (c->failed) world.cards[p].score = KH_ABSENT;
        if (c->failed) world.cards[p].rank = 0;
    }
    if (c->group) world.subjects[0].group = c->group;
    if (c->id) world.subjects[0].id = c->id;
    if (c->post) {
        static const char *fields[1];
        fields[0] = c->post;
        world.subjects[0].fields = fields;
    }
    ((kh_decimal *)(uintptr_t)card->measures)[0] =
        is(c, "mixed") ? D("-987654321098.76") : D("40000000");
    ((kh_decimal *)(uintptr_t)card->measures)[1] = D("6120000000");
    add_history(c, people);
    add_decisions(c, people);
    if (!c->failed) add_steps(card, given(c->steps, 4));
    add_notes(card, given(c->notes, 1));
    add_excluded(card, c->excluded ? c->excluded : 4);
    kh_template *template = kit_template(&world, c->template, error);
    cr_assert(template, "%s: %s", c->name, error);
    const kh_document *document = NULL;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_template_render(template, &world.results, &world.facts, 0, "7KQ4-M2XW-90FD",
                                    &world.document, &document, &err),
                 KH_OK, "%s %s: %s", c->template, c->name, err.text);
    kh_template_free(template);
    return document;
}

void people_close(void)
{
    kh_store_fini(&world.facts.records[0].store);
    kh_store_fini(&world.facts.records[1].store);
    world.facts.records_count = 0;
    kh_arena_fini(&world.document);
    kit_close(&world);
}
