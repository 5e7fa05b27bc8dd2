/* Templates: found, loaded, called; what they see of a card and of the run. */
#include "document_kit.h"

/* ---- finding and loading -------------------------------------------------------------------- */

static const char plain[] = "return { of = \"subject\", make = function(card, run) "
                            "return { title = use \"words\" } end }";

static const char *title_of(kit *k, const char *name)
{
    static char title[KH_ERROR_TEXT];
    char error[KH_ERROR_TEXT];
    kh_template *template = kit_template(k, name, error);
    if (!template) return "none";
    const kh_document *d = kit_render(k, template, 0, error);
    snprintf(title, sizeof title, "%s", d ? d->title : error);
    kh_template_free(template);
    return title;
}

Test(document_template, the_project_replaces_files_of_the_program)
{
    kit k;
    kit_open(&k);
    kit_people(&k, 1);
    cr_assert_eq(mkdir(kit_path(&k, "scheme"), 0700), 0);
    cr_assert_eq(mkdir(kit_path(&k, "scheme/templates"), 0700), 0);
    k.scheme.plan.scheme.folder = kit_path(&k, "scheme");
    kit_write(&k, "scheme/templates/own.lua", plain);
    kit_write(&k, "scheme/templates/words.lua", "return \"of the scheme\"");
    cr_expect_str_eq(title_of(&k, "own"), "of the scheme");
    kit_write(&k, "templates/words.lua", "return \"of the project's templates\"");
    cr_expect_str_eq(title_of(&k, "own"), "of the project's templates");
    kit_write(&k, "words.lua", "return \"of the project\"");
    cr_expect_str_eq(title_of(&k, "own"), "of the project");
    kit_close(&k);
}

static const struct {
    const char *name, *source, *text, *why;
} refusals[] = {
    {"nowhere", NULL, "there is no template 'nowhere.lua' in '", "no such file"},
    {"../secret", NULL, "template '../secret': a name has small letters, digits, '_' and '-'",
     "a path is no name"},
    {"one", "return 1", "template: the file returns a number, not { of = \"subject\", make =", "no table"},
    {"one", "return { make = function() end }",
     "one.lua:1:8: template: it needs of = \"subject\" or of = \"results\"", "of what?"},
    {"one", "return { of = \"branch\", make = function() end }",
     "one.lua:1:8: template: 'of' is \"branch\"; it can be \"subject\", \"results\"", "of nothing"},
    {"one", "return { of = \"subject\", make = 1 }",
     "one.lua:1:8: template: 'make' is a number, not a function", "no function"},
    {"one", "return { of = \"subject\", mak = function() end }",
     "one.lua:1:8: template: 'mak' is not known here; did you mean 'make'?", "a misspelt key"},
    {"one", "return { of = \"subject\" make = 1 }", "one.lua:1:25: ", "a syntax error"},
    {"one", "return { of = \"subject\", make = function() return monney(1) end }",
     "one.lua:1:51: 'monney' is not defined; did you mean 'money'?", "a misspelt helper"},
    {"one", "use \"parts/nothing\"", "one.lua:1: use \"parts/nothing\": there is no", "a missing part"},
};

Test(document_template, refuses_what_is_no_template)
{
    kit k;
    char error[KH_ERROR_TEXT];
    kit_open(&k);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        if (refusals[i].source) kit_write(&k, "templates/one.lua", refusals[i].source);
        kh_template *template = kit_template(&k, refusals[i].name, error);
        cr_expect_null(template, "%s", refusals[i].why);
        cr_expect(strstr(error, refusals[i].text), "%s: '%s', not '%s'", refusals[i].why, error,
                  refusals[i].text);
    }
    kit_close(&k);
}

Test(document_template, refuses_a_broken_theme)
{
    static const struct {
        const char *source, *text;
    } cases[] = {
        {"return 1", "theme: the file theme.lua returns no table"},
        {"return { ink = 0 }", "theme.lua:1:8: theme: 'muted' is missing"},
        {"return { ink = 0, small = 6 }",
         "theme.lua:1:8: theme: 'small' is 6; it can be from 8.5 to 60"},
        {"return { inc = 0 }", "theme.lua:1:8: theme: 'inc' is not known here; did you mean 'ink'?"},
    };
    kit k;
    char error[KH_ERROR_TEXT];
    kit_open(&k);
    kit_write(&k, "templates/one.lua", plain);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kit_write(&k, "theme.lua", cases[i].source);
        cr_expect_null(kit_template(&k, "one", error), "%s", cases[i].source);
        cr_expect(strstr(error, cases[i].text), "'%s', not '%s'", error, cases[i].text);
    }
    kit_close(&k);
}

Test(document_template, knows_its_kind_files_and_texts)
{
    kit k;
    char error[KH_ERROR_TEXT];
    kit_open(&k);
    kit_people(&k, 1);
    kit_param(&k, "words", "{ title = \"参数里的字\", { \"更深的字\" } }");
    kit_ladder(&k, "{ { \"11级1档\", 38 } }");
    kit_stage(&k, "contribution", "{ title = \"综合创利\" }");
    kit_write(&k, "templates/one.lua", "-- 注释里的字\nlocal w = use \"words\"\n"
                                       "return { of = \"results\", make = function(run)\n"
                                       "return { title = w .. '单引号' .. [[长括号]] } end }");
    kit_write(&k, "templates/words.lua", "return \"部件里的字\"");
    kh_template *template = kit_template(&k, "one", error);
    cr_assert(template, "%s", error);
    cr_expect_eq(kh_template_kind_of(template), KH_TEMPLATE_RESULTS);
    const char *const *files = kh_template_files(template);
    cr_expect_str_eq(files[0], kit_path(&k, "templates/one.lua"));
    cr_assert(files[1] && files[2] && !files[3], "the template, the theme, the part");
    cr_expect(strstr(files[1], "/theme.lua"));
    cr_expect_str_eq(files[2], kit_path(&k, "templates/words.lua"));
    const char *text = kh_template_common_text(template, &k.results);
    static const char *const in[] = {"单引号", "长括号", "部件里的字", "参数里的字", "更深的字",
                                     "11级1档", "综合创利", "日均存款", "创利", "某某银行",
                                     "2009年第一季度", "管理办法"};
    for (size_t i = 0; i < sizeof in / sizeof *in; i++) cr_expect(strstr(text, in[i]), "%s", in[i]);
    cr_expect_null(strstr(text, "注释里的字"), "comments are not printed");
    cr_expect_null(strstr(text, "M0001"), "nothing of single people");
    kh_template_free(template);
    kit_close(&k);
}

/* ---- what a template sees ------------------------------------------------------------------- */

/* The title of card @p person's document made by an expression. */
static const char *see(kit *k, uint32_t person, const char *expression)
{
    static char text[KH_ERROR_TEXT];
    char error[KH_ERROR_TEXT];
    kit_write(k, "templates/one.lua",
              kh_arena_printf(&k->arena,
                              "local function join(...) local out = {}\n"
                              "for i, v in ipairs(table.pack(...)) do out[i] = tostring(v) end\n"
                              "return table.concat(out, \" \") end\n"
                              "return { of = \"subject\", make = function(card, run)\n"
                              "return { title = join(%s) } end }",
                              expression));
    kh_template *template = kit_template(k, "one", error);
    cr_assert(template, "%s: %s", expression, error);
    const kh_document *d = kit_render(k, template, person, error);
    const char *place = strstr(error, "one.lua:5: ");
    snprintf(text, sizeof text, "%s", d       ? d->title
                                      : place ? place + strlen("one.lua:5: ")
                                              : error);
    kh_template_free(template);
    return text;
}

static const struct {
    const char *expression, *text;
} views[] = {
    {"card.id, card.name, card.group, card.fields.post", "M0002 甲 湖滨支行 对公客户经理"},
    {"card.score, card.score_places, card.grade, card.band or \"无\"", "300.25 2 11级1档 无"},
    {"card.rank, card.rank_count, card.group_rank, card.group_count", "1 3 1 1"},
    {"card.m.adb, card.m.profit, card.m.loans == nil", "40000000.00 300.25 true"},
    {"run.column.adb.title, run.column.adb.unit, run.column.adb.places", "日均存款 元 2"},
    {"#card.items, card.items[1].name, card.items[1].points, card.items[2].reason",
     "2 line1 300.25 本期无数据"},
    {"card.items[2].points == nil, card.items[1].target == nil", "true true"},
    {"card.steps[1].stage, card.steps[1].rule, card.steps[1].text, card.steps[1].outcome",
     "ladder C15 达到 changed"},
    {"card.pays[1].title, card.pays[1].amount", "挂钩 12.50"},
    {"card.notes[1], #card.notes", "说明一 1"},
    {"card.excluded[1].row, card.excluded[1].rule, card.excluded[1].title, card.excluded[1].amount",
     "L-1 7.3 个贷逾期 贷款 800000.00"},
    {"#card.r.history, card.r.history[1].period, card.r.history[1].score", "1 2008Q4 21.30"},
    {"run.title, run.organisation, run.scheme.name, run.scheme.version, run.scheme.regulation",
     "季度考核 某某银行 · 城东分行 profit 2009.1 管理办法"},
    {"run.period.name, run.period.title, run.previous[1].name, run.previous[8].name",
     "2009Q1 2009年第一季度 2008Q4 2007Q1"},
    {"run.as_of, run.count, run.code == nil", "2009-03-31 4 true"},
    {"run.params.words.title, run.lookups.grades[1].grade, run.lookups.grades[1].from",
     "题目 11级1档 38"},
    {"run.stages[1].name, run.stages[1].options.table", "ladder grades"},
    {"#run.cards, run.cards[1].id, run.cards[2].items[1].points", "4 M0001 300.25"},
    {"run.histogram(\"score\").people, run.histogram(\"adb\").people, #run.histogram().counts > 0",
     "3 1 true"},
    {"run.column.nobody == nil, run.params.nobody == nil, run.lookups.nobody == nil",
     "true true true"},
    /* misspelt names are mistakes, not absent values */
    {"card.scroe", "a card has no 'scroe'; did you mean 'score'?"},
    {"card.m.porfit", "card.m has no 'porfit'; did you mean 'profit'?"},
    {"card.items[1].pionts", "an item has no 'pionts'; did you mean 'points'?"},
    {"card.steps[1].outcom", "a step has no 'outcom'; did you mean 'outcome'?"},
    {"card.excluded[1].reason", "a row of excluded has no 'reason'"},
    {"run.perod", "run has no 'perod'; did you mean 'period'?"},
    {"run.histogram(\"nobody\")", "there is no measure or metric 'nobody'"},
    {"card[1]", "a card is no list"},
};

static void fill_run(kit *k)
{
    static const kh_step steps[] = {{"ladder", "C15", "达到", KH_CHANGED}};
    static const char *const notes[] = {"说明一"};
    static const char *const points[] = {"300.25", ""};
    static const kit_past past[] = {{1, "2008Q4", "12级4档", "21.30"}};
    kit_people(k, 4);
    kh_card *card = &k->cards[1];
    kit_items(k, 1, points, 2);
    card->grade = "11级1档";
    card->steps = steps;
    card->step_count = 1;
    card->notes = notes;
    card->note_count = 1;
    kh_pay *pay = kh_arena_alloc(&k->arena, sizeof *pay);
    *pay = (kh_pay){"linked", "挂钩", D("12.50"), ""};
    card->pays = pay;
    card->pay_count = 1;
    kh_excluded *out = kh_arena_alloc(&k->arena, sizeof *out);
    *out = (kh_excluded){"loans", "L-1", "7.3 个贷逾期", D("800000.00")};
    card->excluded = out;
    card->excluded_count = 1;
    ((kh_decimal *)(uintptr_t)card->measures)[0] = D("40000000.00");
    ((kh_decimal *)(uintptr_t)card->metrics)[0] = D("300.25");
    k->cards[0].score = D("-5");
    k->cards[2].score = D("7");
    card->rank = 1;
    k->cards[2].rank = 2;
    k->cards[0].rank = 3;
    kit_history(k, past, 1);
    kit_param(k, "words", "{ title = \"题目\" }");
    kit_ladder(k, "{ { \"11级1档\", 38 }, { \"11级2档\", 42 } }");
    kit_stage(k, "ladder", "{ table = \"grades\" }");
}

Test(document_template, shows_a_card_and_the_run)
{
    kit k;
    kit_open(&k);
    fill_run(&k);
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        const char *got = see(&k, 1, views[i].expression);
        cr_expect_str_eq(got, views[i].text, "%s\n gives '%s'\n not   '%s'", views[i].expression,
                         got, views[i].text);
    }
    cr_expect_str_eq(see(&k, 3, "card.score == nil, card.rank == nil, card.group_rank == nil, "
                                "card.grade == nil, #card.items"),
                     "true true true true 0", "a person without anything");
    kit_close(&k);
}

Test(document_template, passes_the_code_to_the_document_and_the_page)
{
    kit k;
    char error[KH_ERROR_TEXT];
    kit_open(&k);
    kit_people(&k, 1);
    kit_write(&k, "templates/one.lua", "return { of = \"subject\", make = function(card, run)\n"
                                       "return { title = run.code or \"none\" } end }");
    kh_template *template = kit_template(&k, "one", error);
    cr_assert(template, "%s", error);
    const kh_document *d = kit_render(&k, template, 0, error);
    cr_expect_str_eq(d->title, "none", "no code is invented");
    cr_expect_str_eq(d->code, "");
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_template_render(template, &k.results, &k.facts, 0, "7KQ4-M2XW", &k.document, &d,
                                    &err),
                 KH_OK);
    cr_expect_str_eq(d->title, "7KQ4-M2XW");
    cr_expect_str_eq(d->code, "7KQ4-M2XW");
    cr_expect_str_eq(d->author, "某某银行 · 城东分行", "the author is the organisation");
    kh_template_free(template);
    kit_close(&k);
}

Test(document_template, ranks_within_groups_with_ties)
{
    kit k;
    kit_open(&k);
    kit_people(&k, 7);
    /* 望江支行: 1, 3, 5, 7; 湖滨支行: 2, 4, 6 */
    static const uint32_t ranks[] = {4, 1, 2, 5, 2, 0, 6};
    for (uint32_t i = 0; i < 7; i++) k.cards[i].rank = ranks[i];
    static const char *const shown[] = {"3 4", "1 2", "1 4", "2 2", "1 4", "nil nil", "4 4"};
    for (uint32_t i = 0; i < 7; i++) {
        cr_expect_str_eq(see(&k, i, "tostring(card.group_rank), tostring(card.group_count)"),
                         shown[i], "person %u", i + 1);
    }
    kit_close(&k);
}

Test(document_template, a_distribution_is_not_squeezed_by_a_few)
{
    kit k;
    kit_open(&k);
    kit_people(&k, 100);
    for (int i = 0; i < 100; i++) k.cards[i].score = kh_dec_int(i * 10);
    k.cards[99].score = D("99999999");
    k.cards[98].failed = "没有结果";
    cr_expect_str_eq(see(&k, 0, "run.histogram().from, run.histogram().step, run.histogram().people"),
                     "0 100 99", "the one far off has no say, the one who failed is not there");
    cr_expect_str_eq(see(&k, 0, "sum(run.histogram().counts), run.histogram().open_above"),
                     "99 true", "but everybody is counted");
    kit_close(&k);
}

Test(document_template, another_run_is_taken_up)
{
    kit k;
    char error[KH_ERROR_TEXT];
    kit_open(&k);
    kit_people(&k, 2);
    kit_write(&k, "templates/one.lua", "local first\nreturn { of = \"subject\", make = function(card, run)\n"
                                       "first = first or card\n"
                                       "return { title = run.period.name, { paragraph = #first.items } } end }");
    kh_template *template = kit_template(&k, "one", error);
    cr_assert(template, "%s", error);
    const kh_document *d = kit_render(&k, template, 1, error);
    cr_assert(d, "%s", error);
    cr_expect_str_eq(d->title, "2009Q1");
    kh_results other = k.results;
    kh_error err = KH_ERROR_INIT;
    other.card_count = 1;
    cr_assert_eq(kh_period_parse(&other.period, "2009Q2", &err), KH_OK);
    cr_assert_eq(kh_template_render(template, &other, NULL, 0, "", &k.document, &d, &err), KH_OK,
                 "%s", err.text);
    cr_expect_str_eq(d->title, "2009Q2", "what was built for the first run is gone");
    kh_template_free(template);
    kit_close(&k);
}

Test(document_template, makes_one_document_of_all_results)
{
    kit k;
    char error[KH_ERROR_TEXT];
    kit_open(&k);
    kit_people(&k, 3000);
    kit_write(&k, "templates/one.lua",
              "return { of = \"results\", make = function(run)\nlocal rows = {}\n"
              "for i, card in ipairs(run.cards) do rows[i] = { card.id, #card.items } end\n"
              "return { title = \"全体\", { table = rows, columns = { {}, {} } } } end }");
    kh_template *template = kit_template(&k, "one", error);
    cr_assert(template, "%s", error);
    const kh_document *d = kit_render(&k, template, 0, error);
    cr_assert(d, "%s", error);
    cr_expect_eq(d->blocks[0].as.table.row_count, 3000);
    cr_expect_str_eq(d->who, "one");
    kh_template_free(template);
    kit_close(&k);
}
