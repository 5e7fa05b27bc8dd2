/* What a template returns becomes blocks, strictly: every mistake is named with its place. */
#include "document_kit.h"

/* A document with @p body as its list, made by a template of that one function. */
static kh_template *template_of(kit *k, const char *body)
{
    char error[KH_ERROR_TEXT];
    kit_write(k, "templates/one.lua",
              kh_arena_printf(&k->arena,
                              "return { of = \"subject\", make = function(card, run)\n"
                              "return { title = \"标题\", %s }\nend }",
                              body));
    kh_template *template = kit_template(k, "one", error);
    cr_assert(template, "%s: %s", body, error);
    return template;
}

/* ---- what is right -------------------------------------------------------------------------- */

Test(document_blocks, takes_over_all_kinds_of_blocks)
{
    kit k;
    char error[KH_ERROR_TEXT];
    kit_open(&k);
    kit_people(&k, 1);
    kh_template *template = template_of(
        &k, "author = \"分行\", subject = \"办法\", footer_left = { \"左\", 1.50 }, footer_right = \"右\",\n"
            "{ paragraph = { \"甲\", { \"乙\", bold = true, size = 12 }, 3.20 }, align = \"center\",\n"
            "  bar = 0x0b5c8a, outline = 2, before = 4, after = 5, keep = true, leading = 2 },\n"
            "{ fields = { { label = \"工号\", value = 7, note = \"说明\", share = 2 }, { value = \"x\" } } },\n"
            "{ columns = { { { spacer = 3 } }, { { rule = 2 } } }, shares = { 2, 1 }, gap = 9 },\n"
            "{ callout = { { paragraph = \"里\" } }, fill = 0xffffff, padding = 5 },\n"
            "{ chart = chart.mark { sign = \"passed\", size = 9 } },\n"
            "{ page_break = true }, false, { { { spacer = 1 }, { spacer = 2 } }, {} }");
    const kh_document *d = kit_render(&k, template, 0, error);
    cr_assert(d, "%s", error);
    cr_expect_str_eq(d->title, "标题");
    cr_expect_str_eq(d->author, "分行");
    cr_expect_str_eq(d->who, "M0001 甲");
    cr_expect_eq(d->footer_left.run_count, 2);
    cr_expect_str_eq(d->footer_left.runs[1].text, "1.50", "a number in plain digits");
    cr_expect_float_eq(d->footer_left.runs[0].size, 8.5f, 0.01);
    cr_assert_eq(d->block_count, 8, "%u blocks", d->block_count);

    const kh_block *b = &d->blocks[0];
    cr_expect_eq(b->kind, KH_BLOCK_PARAGRAPH);
    cr_expect(b->keep_with_next && b->space_before == 4 && b->space_after == 5);
    cr_expect_eq(b->as.paragraph.align, KH_ALIGN_CENTER);
    cr_expect_eq(b->as.paragraph.bar, 0x0b5c8a);
    cr_expect_eq(b->as.paragraph.outline, 2);
    cr_assert_eq(b->as.paragraph.text.run_count, 3);
    const kh_run *runs = b->as.paragraph.text.runs;
    cr_expect(!runs[0].bold && runs[1].bold && runs[1].size == 12 && runs[0].size == 9.5f);
    cr_expect_str_eq(runs[2].text, "3.20");

    b = &d->blocks[1];
    cr_expect_eq(b->kind, KH_BLOCK_FIELDS);
    cr_assert_eq(b->as.fields.cell_count, 2);
    cr_expect_str_eq(b->as.fields.cells[0].value.runs[0].text, "7");
    cr_expect_eq(b->as.fields.cells[0].share, 2);
    cr_expect_eq(b->as.fields.cells[1].label.run_count, 0);

    b = &d->blocks[2];
    cr_expect_eq(b->kind, KH_BLOCK_COLUMNS);
    cr_assert_eq(b->as.columns.column_count, 2);
    cr_expect_eq(b->as.columns.shares[0], 2);
    cr_expect_eq(b->as.columns.gap, 9);
    cr_expect_eq(b->as.columns.blocks[1][0].kind, KH_BLOCK_RULE);

    b = &d->blocks[3];
    cr_expect_eq(b->kind, KH_BLOCK_CALLOUT);
    cr_expect_eq(b->as.callout.block_count, 1);
    cr_expect_eq(d->blocks[4].kind, KH_BLOCK_CANVAS);
    cr_expect_eq(d->blocks[4].as.canvas.width, 9);
    cr_expect_eq(d->blocks[5].kind, KH_BLOCK_PAGE_BREAK);
    cr_expect_eq(d->blocks[7].as.spacer, 2, "lists within lists are blocks one after the other");
    kh_template_free(template);
    kit_close(&k);
}

Test(document_blocks, takes_over_tables)
{
    kit k;
    char error[KH_ERROR_TEXT];
    kit_open(&k);
    kit_people(&k, 1);
    kh_template *template = template_of(
        &k, "{ table = { { \"存款\", 170000.00, chart.bar { width = 40, height = 9, value = 1 } },\n"
            "{ { \"合计\", span = 2, fill = 0x111111 }, { \"1\", align = \"left\", color = 0x222222 },\n"
            "  bold = true, line_below = 0x333333, line_width = 1.2, line_above = 0x444444 } },\n"
            "header = { \"项目\", \"金额\", \"\" }, padding = 3, gap = 5,\n"
            "columns = { { share = 1 }, { align = \"point\", min_size = 8.5, bold = true }, { width = 50 } } }");
    const kh_document *d = kit_render(&k, template, 0, error);
    cr_assert(d, "%s", error);
    const kh_table *t = &d->blocks[0].as.table;
    cr_expect_eq(t->column_count, 3);
    cr_expect_eq(t->columns[1].align, KH_ALIGN_POINT);
    cr_expect_eq(t->columns[1].min_size, 8.5f);
    cr_assert_eq(t->row_count, 3, "the header is a row");
    cr_expect_eq(t->header_rows, 1);
    cr_expect(t->padding == 3 && t->gap == 5);
    cr_expect_eq(t->rows[0].cells[0].text.runs[0].size, 8.5f, "headers are small");
    cr_expect_not(t->rows[0].cells[1].text.runs[0].bold, "and do not take the column's style");
    const kh_row *row = &t->rows[1];
    cr_expect_str_eq(row->cells[1].text.runs[0].text, "170000.00", "plain digits, as they are");
    cr_expect(row->cells[1].text.runs[0].bold, "the column's style");
    cr_expect_eq(row->cells[1].align, -1);
    cr_expect(row->cells[2].canvas && row->cells[2].text.run_count == 0);
    row = &t->rows[2];
    cr_expect_eq(row->cell_count, 2);
    cr_expect_eq(row->cells[0].span, 2);
    cr_expect_eq(row->cells[0].fill, 0x111111);
    cr_expect_eq(row->cells[1].align, KH_ALIGN_LEFT);
    cr_expect_eq(row->cells[1].text.runs[0].color, 0x222222);
    cr_expect(row->cells[1].text.runs[0].bold, "the row's style");
    cr_expect(row->line_below == 0x333333 && row->line_above == 0x444444 &&
              row->line_width == 1.2f);
    kh_template_free(template);
    kit_close(&k);
}

/* ---- what is wrong -------------------------------------------------------------------------- */

#define TABLE "{ table = { { \"a\", \"b\" } }, columns = { {}, {} }"

static const struct {
    const char *body, *text, *why;
} mistakes[] = {
    {"{ pargraph = \"x\" }", "2:24: block 1: 'pargraph' is not known here; did you mean 'paragraph'?",
     "a misspelt kind"},
    {"{ paragraph = \"x\", colour = 1 }",
     "2:24: block 1 (paragraph): 'colour' is not known here; did you mean 'color'?", "a misspelt key"},
    {"{ paragraph = \"x\", zebra = 1, apple = 2 }",
     "2:24: block 1 (paragraph): 'apple' is not known here", "the first of several, by its bytes"},
    {"{ paragraph = true }",
     "2:24: block 1 (paragraph): true where a text, a number or a list of them is needed", "no text"},
    {"{ paragraph = { \"x\", {} , { {} , { {}, { { {} } } } } } }",
     "a text, a number or a list of them is needed", "texts nested too deeply"},
    {"{ paragraph = \"\\xff\" }",
     "2:24: block 1 (paragraph): the text is not UTF-8 at byte 1: 0xff", "broken text"},
    {"{ paragraph = \"a\\0b\" }", "2:24: block 1 (paragraph): the text has a NUL byte", "a NUL"},
    {"{ paragraph = \"x\", size = 7 }",
     "2:24: block 1 (paragraph): 'size' is 7; it can be from 8.5 to 200", "too small to read"},
    {"{ paragraph = \"x\", size = \"9\" }",
     "2:24: block 1 (paragraph): 'size' is a text, not a number", "a text for a number"},
    {"{ paragraph = \"x\", color = \"red\" }",
     "2:24: block 1 (paragraph): 'color' is a text, not a colour from 0x000000 to 0xffffff",
     "no colour"},
    {"{ paragraph = \"x\", color = 0x1000000 }",
     "2:24: block 1 (paragraph): 'color' is a number, not a colour from 0x000000 to 0xffffff",
     "beyond the last colour"},
    {"{ paragraph = \"x\", align = \"middle\" }",
     "2:24: block 1 (paragraph): 'align' is \"middle\"; it can be \"left\", \"center\", \"right\", "
     "\"point\"",
     "a word that is not one of them"},
    {"{ paragraph = \"x\", keep = 1 }",
     "2:24: block 1 (paragraph): 'keep' is a number, not true or false", "no flag"},
    {"{ paragraph = \"x\", \"y\" }", "2:24: block 1 (paragraph): a list stands beside 'paragraph'",
     "a list beside the text"},
    {"{ spacer = -1 }", "2:24: block 1 (spacer): 'spacer' is -1; it can be from 0 to 2000",
     "negative space"},
    {"{ spacer = 1 }, nil, { spacer = 2 }",
     "2:8: document: element 2 is nil; write \"\" or dash(...) for an absent value", "a hole"},
    {"{ spacer = 1 }, \"x\"", "2:8: block 2: a text, not a block; write false for nothing",
     "a text between blocks"},
    {"{ spacer = 1 }, true", "2:8: block 2: true, not a block; write false for nothing", "true"},
    {"tilte = \"x\"", "2:8: document: 'tilte' is not known here; did you mean 'title'?",
     "a misspelt key of the document"},
    {"footer_left = {}  , footer_right = chart",
     "2:8: document, footer_right, text: 'bar' is not known here", "a footer that is no text"},
    {"{ chart = \"x\" }", "2:24: block 1 (chart): a text where a chart is needed, like chart.trend "
                          "{ ... }",
     "no chart"},
    {"{ fields = {} }", "2:24: block 1 (fields): a row of fields has 1 to 16 of them", "no fields"},
    {"{ fields = { { lable = 1 } } }",
     "2:37: block 1 (fields), field 1: 'lable' is not known here; did you mean 'label'?",
     "a misspelt field"},
    {"{ columns = {} }", "2:24: block 1 (columns): there can be 1 to 8 columns side by side",
     "no columns"},
    {"{ columns = { {}, {} }, shares = { 1 } }",
     "2:24: block 1 (columns): 'shares' is a list of 2 numbers, one for each column", "a share short"},
    {"{ columns = { {}, {} }, shares = { 1, 0 } }",
     "2:24: block 1 (columns), column 2: its share is a number, not a number above 0", "no share"},
    {"{ columns = { { { spacer = 1 } }, { { spacer = 1 }, { rule = 1, colr = 2 } } } }",
     "2:76: block 1 (columns), column 2, block 2 (rule): 'colr' is not known here; did you mean "
     "'color'?",
     "the way into columns"},
    {"{ callout = { { paragraph = {} }, { rule = 99 } } }",
     "2:58: block 1 (callout), block 2 (rule): 'rule' is 99; it can be from 0.1 to 50",
     "the way into a callout"},
    {"{ table = { { \"a\" } } }",
     "2:24: block 1 (table): 'columns' is nil; a table needs a list like { { share = 1 }, { align = "
     "\"right\" } }",
     "a table without columns"},
    {"{ table = { { \"a\" }, { \"b\", \"c\" } }, columns = { {} } }",
     "2:45: block 1 (table), row 2: its cells cover 2 columns, the table has 1", "a cell too many"},
    {"{ table = { { \"a\" } }, columns = { {}, {} } }",
     "2:36: block 1 (table), row 1: its cells cover 1 columns, the table has 2", "a cell too few"},
    {"{ table = { { \"a\", { \"b\", span = 2 } } }, columns = { {}, {} } }",
     "2:36: block 1 (table), row 1: its cells cover 3 columns, the table has 2", "a span too wide"},
    {"{ table = { { \"a\", card.score, \"b\" } }, columns = { {}, {}, {} } }",
     "2:36: block 1 (table), row 1: element 2 is nil; write \"\" or dash(...) for an absent value",
     "an absent value in a row"},
    {"{ table = { { \"a\", { \"b\", colr = 1 } } }, columns = { {}, {} } }",
     "2:43: block 1 (table), row 1, cell 2: 'colr' is not known here; did you mean 'color'?",
     "a misspelt key of a cell"},
    {"{ table = { { \"a\", money } }, columns = { {}, {} } }",
     "2:36: block 1 (table), row 1, cell 2: a function where a text, a number or a list of them is "
     "needed",
     "a function for a text"},
    {"{ table = { { { chart.mark { sign = \"kept\" }, \"x\" } } }, columns = { {} } }",
     "2:38: block 1 (table), row 1, cell 1: a chart stands alone in its cell", "a chart and a text"},
    {TABLE ", header = { \"a\" } }",
     "2:83: block 1 (table), header: its cells cover 1 columns, the table has 2", "a short header"},
    {"{ table = { \"a\" }, columns = { {} } }",
     "2:24: block 1 (table), row 1: a text, not a list", "a row that is none"},
    {"{ table = {}, columns = { { widht = 1 } } }",
     "2:50: block 1 (table), column 1: 'widht' is not known here; did you mean 'width'?",
     "a misspelt key of a column"},
    {"{ table = {}, columns = { { align = \"top\" } } }",
     "2:50: block 1 (table), column 1: 'align' is \"top\"; it can be \"left\", \"center\", "
     "\"right\", \"point\"",
     "an alignment that is none"},
    {"{ chart = chart.trend { width = 10, height = 10 } }",
     "2: chart.trend: 'points' is nil, not a list of { label = ..., value = ... }",
     "a chart without numbers"},
    {"{ chart = chart.trend { width = 10, height = 10, points = { { label = \"a\" }, { value = 1 } } } }",
     "2: chart.trend, point 2: it has no label", "a point without label"},
    {"{ chart = chart.trend { points = {} } }",
     "2: chart.trend: it needs a width and a height, in points", "a chart without size"},
    {"{ chart = chart.trend { width = 10, height = 10, points = {}, per = 0 } }",
     "2: chart.trend: 'per' is a number above 0", "a division by zero"},
    {"{ chart = chart.radar { width = 10, height = 10, axes = { { label = \"a\" } } } }",
     "2: chart.radar: it needs at least 3 axes, not 1", "a radar of one axis"},
    {"{ chart = chart.ladder { width = 10, height = 10, steps = {} } }",
     "2: chart.ladder: it has no steps", "a ladder without steps"},
    {"{ chart = chart.ladder { width = 10, height = 10, steps = { { label = \"a\", value = 2 },\n"
     "{ label = \"b\", value = 2 } } } }",
     "2: chart.ladder: step 2 ('b') is not above the one before it", "a ladder that does not rise"},
    {"{ chart = chart.mark { sign = \"maybe\" } }",
     "2: chart.mark: 'sign' is \"maybe\"; it can be \"kept\", \"passed\", \"changed\", \"failed\"",
     "no such sign"},
    {"{ chart = chart.mark(1) }", "2: chart.mark: a number where a table is needed", "no table"},
    {"{ chart = chart.histogram { width = 10, height = 10, of = { 1 } } }",
     "2: chart.histogram: 'of' is no distribution; use run.histogram(\"score\")", "no distribution"},
    {"{ chart = chart.pie { } }", "2: attempt to call a nil value (field 'pie')", "no such chart"},
};

Test(document_blocks, names_every_mistake_with_its_place)
{
    kit k;
    char error[KH_ERROR_TEXT];
    kit_open(&k);
    kit_people(&k, 1);
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        kh_template *template = template_of(&k, mistakes[i].body);
        const kh_document *d = kit_render(&k, template, 0, error);
        cr_expect_null(d, "%s: %s is accepted", mistakes[i].why, mistakes[i].body);
        const char *at = strstr(error, "one.lua:");
        at = at ? at + strlen("one.lua:") : error;
        bool same = !strncmp(error, "template 'one': ", 16) && strstr(at, mistakes[i].text);
        cr_expect(same, "%s: %s\n gives '%s'\n not   '%s'", mistakes[i].why, mistakes[i].body, at,
                  mistakes[i].text);
        kh_template_free(template);
        lua_gc(kh_script_lua(k.scheme.script), LUA_GCCOLLECT);
    }
    kit_close(&k);
}

Test(document_blocks, end_at_their_limits)
{
    static const struct {
        const char *source, *text;
    } cases[] = {
        {"local t = {} t[1] = { callout = t } return { title = \"x\", t[1] }",
         "blocks are nested deeper than 8"},
        {"local t = {} t[1] = t return { title = \"x\", t }", "blocks are nested deeper than 8"},
        {"local row = { { \"a\" } } local rows = {}\n"
         "for i = 1, 1000 do rows[i] = row[1] end\n"
         "local b = { table = rows, columns = { {} } } local bs = {}\n"
         "for i = 1, 1000 do bs[i] = b end local all = { title = \"x\" }\n"
         "for i = 1, 1000 do all[i] = bs end return all",
         "the document has more than 2000000 parts"},
        {"local t = \"x\" for i = 1, 19 do t = t .. t end local all = { title = \"x\" }\n"
         "for i = 1, 1000 do all[i] = { paragraph = t } end return all",
         "the texts of the document are too long"},
        {"while true do end", "ran over its budget of 5000000 instructions"},
        {"return { title = \"x\", { paragraph = string.rep(\"x\", 9000000) } }", "1 MiB"},
    };
    kit k;
    char error[KH_ERROR_TEXT];
    kit_open(&k);
    kit_people(&k, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kit_write(&k, "templates/one.lua",
                  kh_arena_printf(&k.arena,
                                  "return { of = \"subject\", make = function(card, run) %s end }",
                                  cases[i].source));
        kh_template *template = kit_template(&k, "one", error);
        cr_assert(template, "%s", error);
        cr_expect_null(kit_render(&k, template, 0, error), "%s", cases[i].source);
        cr_expect(strstr(error, cases[i].text), "'%s' not '%s'", error, cases[i].text);
        kh_template_free(template);
    }
    kit_close(&k);
}

Test(document_blocks, charts_of_an_earlier_document_are_refused)
{
    kit k;
    char error[KH_ERROR_TEXT];
    kit_open(&k);
    kit_people(&k, 2);
    kit_write(&k, "templates/one.lua",
              "local kept\nreturn { of = \"subject\", make = function(card, run)\n"
              "kept = kept or chart.mark { sign = \"kept\" }\n"
              "return { title = \"x\", { chart = kept } } end }");
    kh_template *template = kit_template(&k, "one", error);
    cr_assert(template, "%s", error);
    cr_expect(kit_render(&k, template, 0, error));
    cr_expect_null(kit_render(&k, template, 1, error));
    cr_expect(strstr(error, "one.lua:4:23: block 1 (chart): the chart was made for an earlier "
                            "document; make it anew each time"),
              "%s", error);
    kh_template_free(template);
    kit_write(&k, "templates/two.lua", "local c = chart.mark { sign = \"kept\" }\n"
                                       "return { of = \"subject\", make = function() end }");
    cr_expect_null(kit_template(&k, "two", error));
    cr_expect(strstr(error, "two.lua:1: charts are made inside of the function of a template"), "%s",
              error);
    kit_close(&k);
}
