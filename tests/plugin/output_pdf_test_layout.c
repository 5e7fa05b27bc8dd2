/* Layout: nothing overlaps, nothing leaves the margins, nothing is lost, pages break where they may. */
#include "plugin/output_pdf_look.h"
#include "plugin/output_pdf_page.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static kh_arena memory;
static kit k;

static void start(void)
{
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kit_open(&k, NULL, &err), KH_OK, "%s", err.text);
}

static void stop(void)
{
    kit_close(&k);
    kh_arena_fini(&memory);
}

TestSuite(output_pdf_layout, .init = start, .fini = stop);

static const char *render(const kh_document *d, const char *name)
{
    kh_buf pdf = {0};
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kit_render(&k, d, &pdf, &err), KH_OK, "%s", err.text);
    const char *path = look_save(&memory, &pdf, name);
    kh_buf_fini(&pdf);
    return path;
}

static void expect_error(const kh_document *d, kh_status status, const char *words, const char *why)
{
    kh_buf pdf = {0};
    kh_error err = KH_ERROR_INIT;
    cr_expect_eq(kit_render(&k, d, &pdf, &err), status, "%s: %s", why, err.text);
    cr_expect(strstr(err.text, words) && strstr(err.text, "M0001 张伟"), "%s: %s", why, err.text);
    kh_buf_fini(&pdf);
}

static kh_text text(const char *t)
{
    return kit_text(&memory, 9, KIT_INK, false, t);
}

static kh_block paragraph(const char *t)
{
    return kit_paragraph(text(t));
}

static look_words check(const kh_document *d, const char *path)
{
    return look_check(&memory, d, path, true);
}

static uint32_t count_words(const look_words *words, const char *t, int page)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < words->count; i++) {
        count += !strcmp(words->items[i].text, t) && (page == 0 || words->items[i].page == page);
    }
    return count;
}

static const look_word *find(const look_words *words, const char *t)
{
    for (uint32_t i = 0; i < words->count; i++) {
        if (!strcmp(words->items[i].text, t)) return &words->items[i];
    }
    cr_assert_fail("'%s' is not on the page", t);
    return NULL;
}

static int last_page(const look_words *words)
{
    return words->count ? words->items[words->count - 1].page : 0;
}

/* ---- the scorecard --------------------------------------------------------------------------- */

Test(output_pdf_layout, prints_a_scorecard_on_one_page_with_every_word_visible)
{
    static const char *const names[] = {"欧阳𬭸", "张伟", "买买提·阿卜杜拉·吐尔逊江"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const kh_document *d = kit_scorecard(&memory, "M00127", names[i]);
        const char *path = render(d, kh_arena_printf(&memory, "scorecard-%zu.pdf", i));
        look_words words = check(d, path);
        cr_expect_gt(words.count, 150);
        cr_expect_eq(last_page(&words), 1);
        find(&words, names[i]);
        find(&words, "391,633.33");
        cr_expect_eq(count_words(&words, "页", 0), 2, "第 1 页 / 共 1 页");
    }
}

/* ---- tables ---------------------------------------------------------------------------------- */

Test(output_pdf_layout, repeats_the_header_on_each_page_of_a_long_table)
{
    enum { ROWS = 300 };
    static const char *cells[(ROWS + 1) * 3] = {"编号", "金额合计", "客户名称"};
    for (int i = 1; i <= ROWS; i++) {
        cells[i * 3] = kh_arena_printf(&memory, "R%03d", i);
        cells[i * 3 + 1] =
            kh_arena_printf(&memory, "%s%d.%02d", i % 3 ? "" : "-", i * 7919, i % 100);
        cells[i * 3 + 2] = i % 10 ? "城东实业"
                                  : "名称特别长的客户有限责任公司,它的名称要折成好几行才能放得下,"
                                    "不管这一行落在哪一页上都一样,不会被截断或者重叠";
    }
    static const kh_table_column columns[] = {{0}, {.align = KH_ALIGN_POINT}, {.width = 120}};
    kh_block blocks[] = {paragraph("台账"), kit_table(&memory, columns, 3, cells, ROWS + 1, 8),
                         paragraph("完")};
    blocks[0].keep_with_next = true;
    kh_document d = kit_document(blocks, 3);
    d.footer_right = text("{page}/{pages}");
    look_words words = check(&d, render(&d, "rows.pdf"));
    int pages = last_page(&words), row = 0;
    cr_expect_gt(pages, 5);
    for (int p = 1; p <= pages; p++) {
        cr_expect_eq(count_words(&words, "编号", p), 1, "page %d has a header", p);
        cr_expect_eq(count_words(&words, kh_arena_printf(&memory, "%d/%d", p, pages), p), 1);
    }
    for (uint32_t i = 0; i < words.count; i++) {
        int n;
        if (sscanf(words.items[i].text, "R%d", &n) == 1) cr_expect_eq(n, ++row);
    }
    cr_expect_eq(row, ROWS, "every row is there, in order");
}

Test(output_pdf_layout, keeps_a_header_with_a_row_and_the_last_row_with_the_one_before)
{
    static const char *const cells[] = {"表头", "甲", "乙", "丙", "合计"};
    static const kh_table_column columns[] = {{.share = 1}};
    for (int filler = 40; filler < 62; filler++) {
        kh_block blocks[70];
        for (int i = 0; i < filler; i++) blocks[i] = paragraph("行");
        blocks[filler] = paragraph("标题");
        blocks[filler].keep_with_next = true;
        blocks[filler + 1] = kit_table(&memory, columns, 1, cells, 5, 9);
        kh_document d = kit_document(blocks, (uint32_t)filler + 2);
        look_words words = look_find_words(&memory, render(&d, "keep.pdf"));
        cr_expect_eq(find(&words, "标题")->page, find(&words, "甲")->page, "%d lines before",
                     filler);
        cr_expect_geq(count_words(&words, "表头", find(&words, "甲")->page), 1);
        cr_expect_eq(find(&words, "丙")->page, find(&words, "合计")->page, "%d lines before",
                     filler);
    }
}

Test(output_pdf_layout, keeps_the_heading_of_a_group_of_rows_with_its_first_row)
{
    static const char *const cells[] = {"a1", "b1", "a2", "b2", "组", "",
                                        "a3", "b3", "a4", "b4", "a5", "b5"};
    static const kh_table_column columns[] = {{.share = 1}, {.share = 1}};
    for (int filler = 40; filler < 62; filler++) {
        kh_block blocks[70];
        for (int i = 0; i < filler; i++) blocks[i] = paragraph("行");
        kh_block *table = &blocks[filler];
        *table = kit_table(&memory, columns, 2, cells, 6, 9);
        table->as.table.header_rows = 0;
        kh_row *row = (kh_row *)(uintptr_t)&table->as.table.rows[2];
        ((kh_cell *)(uintptr_t)row->cells)->span = 2;
        row->cell_count = 1;
        kh_document d = kit_document(blocks, (uint32_t)filler + 1);
        look_words words = look_find_words(&memory, render(&d, "group.pdf"));
        cr_expect_eq(find(&words, "组")->page, find(&words, "a3")->page, "%d lines before", filler);
    }
}

Test(output_pdf_layout, puts_decimal_points_under_each_other)
{
    static const char *const cells[] = {"项目", "金额",   "甲", "1.50",
                                        "乙",   "-12.25", "丙", "999,999,999,999.99",
                                        "丁",   "7",      "戊", "−0.5%"};
    static const kh_table_column columns[] = {{.width = 60}, {.share = 1, .align = KH_ALIGN_POINT}};
    kh_block blocks[] = {kit_table(&memory, columns, 2, cells, 6, 9), paragraph("1.50"),
                         paragraph("1"), paragraph("−0.5%"), paragraph("−0")};
    kh_document d = kit_document(blocks, 5);
    look_words words = check(&d, render(&d, "points.pdf"));
    float point = find(&words, "1.50")->x1;
    cr_expect_float_eq(find(&words, "-12.25")->x1, point, 0.05);
    cr_expect_float_eq(find(&words, "999,999,999,999.99")->x1, point, 0.05);
    const look_word *last = &words.items[words.count - 4];
    float fraction = (last[0].x1 - last[0].x0) - (last[1].x1 - last[1].x0);
    cr_expect_float_eq(find(&words, "7")->x1, point - fraction, 0.05,
                       "a whole number ends at the point");
    float percent = (last[2].x1 - last[2].x0) - (last[3].x1 - last[3].x0);
    cr_expect_float_eq(find(&words, "−0.5%")->x1, point - fraction + percent, 0.05);
}

Test(output_pdf_layout, shrinks_a_number_down_to_its_least_size_before_it_breaks_one)
{
    static const char *const cells[] = {"名称", "金额", "甲", "123,456,789,012.00", "乙", "1.00"};
    kh_table_column columns[] = {{.width = 400},
                                 {.width = 60, .align = KH_ALIGN_RIGHT, .min_size = 5}};
    kh_block blocks[] = {kit_table(&memory, columns, 2, cells, 3, 9)};
    kh_document d = kit_document(blocks, 1);
    look_words words = check(&d, render(&d, "shrink.pdf"));
    const look_word *large = find(&words, "123,456,789,012.00"), *small = find(&words, "1.00");
    cr_expect_lt(large->y1 - large->y0, (small->y1 - small->y0) * 0.8f, "it is set smaller");
    cr_expect_leq(large->x1 - large->x0, 52.1f, "it stays in its column");
}

Test(output_pdf_layout, takes_tables_of_any_shape)
{
    static const char *const one[] = {"只有表头", "没有数据", "第三列"};
    static const char *const wide[] = {
        "项目",
        "金额",
        "比率",
        "备注",
        "对公存款日均",
        "999,999,999,999.00",
        "12.5%",
        "很长的备注需要换行才能显示完整的内容,否则放不下 LONGWORDWITHOUTBREAKS123456"};
    kh_table_column even[] = {{.share = 1}, {.share = 1}, {.share = 1}, {.share = 1}};
    kh_table_column natural[4] = {{0}};
    kh_table_column fixed[] = {
        {.width = 300}, {.width = 300, .align = KH_ALIGN_POINT}, {.width = 300}, {.share = 1}};
    kh_table_column narrow[] = {{.width = 30}, {.width = 40}, {.width = 20}, {.width = 60}};
    kh_block none = kit_table(&memory, even, 3, one, 1, 9);
    none.as.table.row_count = 0;
    kh_block blocks[] = {
        kit_table(&memory, even, 3, one, 1, 9),   none,
        kit_table(&memory, even, 4, wide, 2, 9),  kit_table(&memory, natural, 4, wide, 2, 9),
        kit_table(&memory, fixed, 4, wide, 2, 9), kit_table(&memory, narrow, 4, wide, 2, 9)};
    kh_document d = kit_document(blocks, 6);
    look_words words = check(&d, render(&d, "tables.pdf"));
    cr_expect_eq(count_words(&words, "999,999,999,999.00", 0), 4, "no amount is broken");
    cr_expect_eq(count_words(&words, "只有表头", 0), 1, "a table without rows prints nothing");
}

Test(output_pdf_layout, breaks_a_row_that_is_higher_than_a_page)
{
    kh_buf long_text = {0};
    for (int i = 0; i < 300; i++) kh_buf_printf(&long_text, "第S%03d句,这是一段很长的说明。 ", i);
    const char *cells[] = {"项", "说明", "甲", long_text.data, "乙", "短"};
    static const kh_table_column columns[] = {{.width = 40}, {.width = 160}};
    kh_block blocks[] = {paragraph("开头"), kit_table(&memory, columns, 2, cells, 3, 9)};
    kh_document d = kit_document(blocks, 2);
    look_words words = check(&d, render(&d, "high-row.pdf"));
    int next = 0;
    for (uint32_t i = 0; i < words.count; i++) {
        int n;
        if (sscanf(words.items[i].text, "第S%d句", &n) == 1) cr_expect_eq(n, next++);
    }
    cr_expect_eq(next, 300, "every sentence is there, in order");
    cr_expect_eq(find(&words, "开头")->page, find(&words, "甲")->page,
                 "it begins where there is room");
    cr_expect_gt(last_page(&words), 2);
    kh_buf_fini(&long_text);
}

Test(output_pdf_layout, refuses_a_table_that_cannot_be_printed)
{
    static const char *cells[80];
    static kh_table_column columns[80];
    for (int i = 0; i < 80; i++) {
        cells[i] = "列";
        columns[i] = (kh_table_column){.width = 50};
    }
    kh_block blocks[] = {kit_table(&memory, columns, 80, cells, 1, 9)};
    kh_document d = kit_document(blocks, 1);
    expect_error(&d, KH_EDATA, "does not fit", "80 columns leave no room for a character");

    static const char *const two[] = {"一", "二"};
    blocks[0] = kit_table(&memory, columns, 2, two, 1, 9);
    blocks[0].as.table.column_count = 1;
    expect_error(&d, KH_EDATA, "row 1 of a table", "more cells than columns");

    blocks[0] = kit_table(&memory, columns, 1, two, 1, 9);
    kh_cell *cell = (kh_cell *)blocks[0].as.table.rows[0].cells;
    cell->span = 2;
    expect_error(&d, KH_EDATA, "row 1 of a table", "a span over the edge");
}

/* ---- other blocks ---------------------------------------------------------------------------- */

Test(output_pdf_layout, cuts_columns_and_callouts_that_are_higher_than_a_page)
{
    kh_block inside[90];
    for (int i = 0; i < 90; i++) {
        inside[i] = paragraph(kh_arena_printf(&memory, "L%03d", i));
        inside[i].space_after = 5;
    }
    const kh_block *lists[] = {inside, inside + 50};
    uint32_t counts[] = {90, 10};
    float shares[] = {2, 1};
    kh_block blocks[] = {paragraph("开头"),
                         {.kind = KH_BLOCK_COLUMNS, .as.columns = {lists, counts, shares, 2, 20}},
                         {.kind = KH_BLOCK_CALLOUT, .as.callout = {inside, 90, KIT_GROUND, 10}},
                         {.kind = KH_BLOCK_PAGE_BREAK},
                         paragraph("新页")};
    kh_document d = kit_document(blocks, 5);
    look_words words = check(&d, render(&d, "cut.pdf"));
    for (int i = 0; i < 90; i++) {
        uint32_t wanted = i >= 50 && i < 60 ? 3 : 2;
        cr_expect_eq(count_words(&words, kh_arena_printf(&memory, "L%03d", i), 0), wanted, "L%03d",
                     i);
    }
    cr_expect_eq(count_words(&words, "新页", last_page(&words)), 1);
    cr_expect_eq(words.items[words.count - 2].page, last_page(&words) - 1, "a new page was begun");
}

Test(output_pdf_layout, breaks_the_page_inside_columns_where_it_is_told)
{
    kh_block left[] = {paragraph("左上"), {.kind = KH_BLOCK_PAGE_BREAK}, paragraph("左下")};
    kh_block right[] = {paragraph("右上")};
    const kh_block *lists[] = {left, right};
    uint32_t counts[] = {3, 1};
    float shares[] = {1, 1};
    kh_block blocks[] = {{.kind = KH_BLOCK_COLUMNS, .as.columns = {lists, counts, shares, 2, 20}},
                         paragraph("后面")};
    kh_document d = kit_document(blocks, 2);
    look_words words = check(&d, render(&d, "column-break.pdf"));
    cr_expect_eq(find(&words, "左上")->page, 1);
    cr_expect_eq(find(&words, "右上")->page, 1);
    cr_expect_eq(find(&words, "左下")->page, 2);
    cr_expect_eq(find(&words, "后面")->page, 2);
}

Test(output_pdf_layout, refuses_blocks_inside_each_other_without_end)
{
    enum { DEEP = 100000 };
    kh_block *blocks = kh_arena_array(&memory, DEEP, sizeof *blocks);
    for (int i = 0; i + 1 < DEEP; i++) {
        blocks[i] = (kh_block){.kind = KH_BLOCK_CALLOUT, .as.callout = {&blocks[i + 1], 1, 0, 0}};
    }
    blocks[DEEP - 1] = paragraph("底");
    kh_document d = kit_document(blocks, 1);
    expect_error(&d, KH_EDATA, "inside each other", "a hundred thousand callouts");
}

Test(output_pdf_layout, keeps_canvases_and_their_texts_inside)
{
    kh_point at[] = {{780, 20}, {-30, 40}, {400, 60}};
    kh_shape shapes[3];
    for (int i = 0; i < 3; i++) {
        shapes[i] = (kh_shape){.kind = KH_SHAPE_TEXT,
                               .points = &at[i],
                               .point_count = 1,
                               .anchor = KH_ALIGN_CENTER,
                               .text = {"还差一点点的标签", 18, KIT_INK, false}};
    }
    kh_block blocks[] = {{.kind = KH_BLOCK_CANVAS, .as.canvas = {800, 2000, shapes, 3, ""}},
                         {.kind = KH_BLOCK_CANVAS, .as.canvas = {800, 100, shapes, 3, "说明"}},
                         {.kind = KH_BLOCK_CANVAS, .as.canvas = {70, 100, shapes, 1, "窄"}}};
    kh_document d = kit_document(blocks, 3);
    look_words words = check(&d, render(&d, "canvas.pdf"));
    cr_expect_eq(count_words(&words, "还差一点点的标签", 0), 7);
    uint32_t narrow = 0;
    for (uint32_t i = 0; i < words.count; i++) {
        narrow += words.items[i].page == 2 && words.items[i].x1 <= 40 + 70 + 0.1f;
    }
    cr_expect_eq(narrow, 1, "set smaller in a narrow canvas");
}

Test(output_pdf_layout, refuses_geometry_that_is_none)
{
    kh_point at[] = {{NAN, 20}, {10, 40}};
    kh_shape shape = {.kind = KH_SHAPE_POLYLINE,
                      .fill = KH_NO_COLOR,
                      .stroke_width = 1,
                      .points = at,
                      .point_count = 2};
    kh_block blocks[] = {{.kind = KH_BLOCK_CANVAS, .as.canvas = {100, 100, &shape, 1, ""}}};
    kh_document d = kit_document(blocks, 1);
    expect_error(&d, KH_EDATA, "no number", "a coordinate that is not a number");
    at[0].x = 1e9f;
    expect_error(&d, KH_EDATA, "no number", "a coordinate beyond all pages");
    at[0].x = 5;
    shape.point_count = 1;
    expect_error(&d, KH_EDATA, "has 1 points", "a line of one point");
    shape.kind = (kh_shape_kind)77;
    expect_error(&d, KH_EDATA, "shape 1", "a kind of shape nobody knows");
    shape = (kh_shape){.kind = KH_SHAPE_ARC,
                       .fill = 0,
                       .stroke = KH_NO_COLOR,
                       .points = at,
                       .point_count = 1,
                       .radius = 9,
                       .to = INFINITY};
    expect_error(&d, KH_EDATA, "no number", "an arc without end");

    blocks[0] = kit_paragraph(kit_text(&memory, -1, KIT_INK, false, "张"));
    expect_error(&d, KH_EDATA, "the size -1", "a size below 0");
    blocks[0] = kit_paragraph(kit_text(&memory, 400, KIT_INK, false, "张"));
    d.page_height = 300;
    expect_error(&d, KH_EDATA, "does not fit on a page", "a line higher than the page");
    d.page_height = 20000;
    expect_error(&d, KH_EUSAGE, "14400", "a page larger than PDF readers take");
    d.page_height = 60;
    expect_error(&d, KH_EUSAGE, "margins", "no room between the margins");
    blocks[0].kind = (kh_block_kind)99;
    d.page_height = 300;
    expect_error(&d, KH_EUNSUPPORTED, "kind 99", "a block nobody knows");
}

Test(output_pdf_layout, gives_up_body_for_a_footer_that_is_higher_than_the_margin)
{
    kh_block blocks[200];
    for (int i = 0; i < 200; i++) blocks[i] = paragraph("正文");
    kh_document d = kit_document(blocks, 200);
    d.margin_bottom = 20;
    d.footer_left = text("第一行\n第二行\n第三行\n第四行 {page}/{pages}");
    d.footer_right = text("右");
    look_words words = check(&d, render(&d, "footer.pdf"));
    cr_expect_eq(count_words(&words, "正文", 0), 200);
    cr_expect_eq((int)count_words(&words, "第四行", 0), last_page(&words));
}

Test(output_pdf_layout, prints_an_empty_document_as_one_page)
{
    kh_document d = kit_document(NULL, 0);
    kh_buf out = {0};
    cr_expect_eq(look_run(&out, "pdfinfo %s", render(&d, "empty.pdf")), 0);
    cr_expect(strstr(out.data, "Pages:           1\n"), "%s", out.data);
    kh_buf_fini(&out);
}
