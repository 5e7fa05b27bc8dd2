/* A scorecard page as a template would build it, for the tests and the benchmark of output_pdf. */
#include "plugin/output_pdf_page.h"

#include <math.h>
#include <string.h>

/* A list of shapes that is being drawn up. */
typedef struct sketch {
    kh_arena *a;
    kh_shape shapes[128];
    uint32_t count;
} sketch;

static kh_point *points(kh_arena *a, uint32_t count, const float *xy)
{
    kh_point *p = kh_arena_array(a, count, sizeof *p);
    for (uint32_t i = 0; i < count; i++) p[i] = (kh_point){xy[2 * i], xy[2 * i + 1]};
    return p;
}

static void box(sketch *s, float x, float y, float w, float h, kh_color fill, kh_color stroke)
{
    s->shapes[s->count++] = (kh_shape){.kind = KH_SHAPE_RECT,
                                       .fill = fill,
                                       .stroke = stroke,
                                       .stroke_width = 0.75f,
                                       .points = points(s->a, 2, (float[]){x, y, w, h}),
                                       .point_count = 2};
}

static void polyline(sketch *s, uint32_t count, const float *xy, kh_color color, float width,
                     float dash)
{
    s->shapes[s->count++] = (kh_shape){.kind = KH_SHAPE_POLYLINE,
                                       .fill = KH_NO_COLOR,
                                       .stroke = color,
                                       .stroke_width = width,
                                       .dash = dash,
                                       .points = points(s->a, count, xy),
                                       .point_count = count};
}

static void dot(sketch *s, float x, float y, float radius, kh_color fill)
{
    s->shapes[s->count++] = (kh_shape){.kind = KH_SHAPE_CIRCLE,
                                       .fill = fill,
                                       .stroke = KH_NO_COLOR,
                                       .points = points(s->a, 1, (float[]){x, y}),
                                       .point_count = 1,
                                       .radius = radius};
}

static void label(sketch *s, float x, float y, kh_align anchor, float size, kh_color color,
                  bool bold, const char *text)
{
    s->shapes[s->count++] = (kh_shape){.kind = KH_SHAPE_TEXT,
                                       .points = points(s->a, 1, (float[]){x, y}),
                                       .point_count = 1,
                                       .text = {kh_arena_text(s->a, text), size, color, bold},
                                       .anchor = anchor};
}

static kh_canvas finish(sketch *s, float width, float height, const char *alt)
{
    kh_shape *shapes = kh_arena_array(s->a, s->count, sizeof *shapes);
    memcpy(shapes, s->shapes, s->count * sizeof *shapes);
    return (kh_canvas){width, height, shapes, s->count, alt};
}

static kh_canvas waterfall(kh_arena *a)
{
    static const struct {
        const char *name;
        float value;
        const char *text;
    } bars[] = {{"对公存款", 17.00f, "17.00"}, {"个人存款", 3.63f, "3.63"},
                {"同业存款", 0.80f, "0.80"},   {"一般贷款", 11.25f, "11.25"},
                {"票据贴现", 1.33f, "1.33"},   {"表外业务", 3.00f, "3.00"},
                {"其他中收", 0.55f, "0.55"},   {"产品销售", 1.60f, "1.60"}};
    sketch s = {.a = a};
    const float step = 35.8f, wide = 27, base = 99, unit = 87 / 39.16f;
    float sum = 0;
    for (uint32_t i = 0; i < 8; i++) {
        float x = 4 + (float)i * step, top = base - (sum + bars[i].value) * unit;
        box(&s, x, top, wide, bars[i].value * unit, i % 2 ? KIT_PALE : KIT_BLUE, KH_NO_COLOR);
        label(&s, x + wide / 2, top - 3, KH_ALIGN_CENTER, 6.75f, KIT_INK, false, bars[i].text);
        label(&s, x + wide / 2, 109, KH_ALIGN_CENTER, 6.75f, KIT_GREY, false, bars[i].name);
        polyline(&s, 2, (float[]){x + wide, top, x + step, top}, KIT_GREY, 0.45f, 1.5f);
        sum += bars[i].value;
    }
    float x = 4 + 8 * step;
    box(&s, x, base - 87, wide, 87, KIT_INK, KH_NO_COLOR);
    label(&s, x + wide / 2, base - 90, KH_ALIGN_CENTER, 7.5f, KIT_INK, true, "39.16");
    label(&s, x + wide / 2, 109, KH_ALIGN_CENTER, 6.75f, KIT_INK, true, "综合创利");
    return finish(&s, 322, 113, "瀑布图:八项创利相加得综合创利 39.16 万元");
}

static kh_canvas ladder(kh_arena *a)
{
    static const struct {
        const char *grade, *from;
    } steps[] = {{"11级3档", "46 万元"},
                 {"11级2档", "42 万元"},
                 {"11级1档", "38 万元"},
                 {"12级4档", "34 万元"},
                 {"12级3档", "31 万元"}};
    sketch s = {.a = a};
    for (uint32_t i = 0; i < 5; i++) {
        float y = 6 + (float)i * 20.2f;
        bool here = i == 2;
        box(&s, 38, y, 92, 15.8f, here ? KIT_BLUE : 0xFFFFFF, here ? KIT_BLUE : KIT_LINE);
        label(&s, 84, y + 10.8f, KH_ALIGN_CENTER, 7.9f, here ? 0xFFFFFF : KIT_INK, here,
              steps[i].grade);
        label(&s, 34, y + 10.5f, KH_ALIGN_RIGHT, 6.75f, KIT_GREY, false, steps[i].from);
    }
    polyline(&s, 4, (float[]){134, 34, 140, 34, 140, 54, 134, 54}, KIT_RED, 0.9f, 0);
    label(&s, 144, 46.5f, KH_ALIGN_LEFT, 7.1f, KIT_RED, false, "还差 2.84 万元");
    return finish(&s, 194, 113, "等级台阶:现在 11级1档,距 11级2档还差 2.84 万元");
}

static kh_canvas trend(kh_arena *a)
{
    static const float values[] = {21.3f, 24.8f, 26.1f, 29.9f, 28.4f, 33.2f, 36.9f, 39.16f};
    static const char *const quarters[] = {"07Q2", "07Q3", "07Q4", "08Q1",
                                           "08Q2", "08Q3", "08Q4", "09Q1"};
    sketch s = {.a = a};
    float xy[16];
    for (int v = 20; v <= 40; v += 10) {
        float y = 50 - (float)(v - 20) * 1.55f;
        polyline(&s, 2, (float[]){15, y, 246, y}, KIT_LINE, 0.5f, 0);
        label(&s, 12, y + 2.3f, KH_ALIGN_RIGHT, 6, KIT_GREY, false, kh_arena_printf(a, "%d", v));
    }
    for (uint32_t i = 0; i < 8; i++) {
        xy[2 * i] = 22 + (float)i * 30.2f;
        xy[2 * i + 1] = 50 - (values[i] - 20) * 1.55f;
        label(&s, xy[2 * i], 68, KH_ALIGN_CENTER, 6, KIT_GREY, false, quarters[i]);
    }
    polyline(&s, 8, xy, KIT_BLUE, 1.35f, 0);
    for (uint32_t i = 0; i < 8; i++)
        dot(&s, xy[2 * i], xy[2 * i + 1], i < 7 ? 1.5f : 2.4f, i < 7 ? KIT_BLUE : KIT_INK);
    label(&s, xy[0], xy[1] - 5, KH_ALIGN_CENTER, 6.75f, KIT_INK, false, "21.30");
    label(&s, xy[6], xy[7] - 5, KH_ALIGN_CENTER, 6.75f, KIT_INK, false, "29.90");
    label(&s, xy[14], xy[15] - 5, KH_ALIGN_CENTER, 6.75f, KIT_INK, true, "39.16");
    return finish(&s, 250, 72, "近八季综合创利,从 21.30 升到 39.16 万元");
}

static kh_canvas position(kh_arena *a)
{
    static const float heights[] = {3, 8, 19, 34, 52, 60, 54, 36, 27, 14, 7, 3};
    sketch s = {.a = a};
    for (uint32_t i = 0; i < 12; i++) {
        float x = 8 + (float)i * 19;
        box(&s, x, 58 - heights[i] * 0.8f, 17, heights[i] * 0.8f, i == 7 ? KIT_INK : 0xc9d3dc,
            KH_NO_COLOR);
        if (i % 2 == 0) {
            label(&s, x, 67, KH_ALIGN_CENTER, 6, KIT_GREY, false, kh_arena_printf(a, "%u", i * 6));
        }
    }
    label(&s, 236, 67, KH_ALIGN_LEFT, 6, KIT_GREY, false, "万元");
    label(&s, 149.5f, 7, KH_ALIGN_CENTER, 6.75f, KIT_INK, true, "您在这里");
    return finish(&s, 250, 72, "全行 320 名客户经理的分布,本人在 42 到 48 万元一段");
}

static kh_canvas *bar(kh_arena *a, float now, float before)
{
    sketch s = {.a = a};
    box(&s, 0, 1, now, 7, KIT_BLUE, KH_NO_COLOR);
    box(&s, before, 0, 1.2f, 9, KIT_INK, KH_NO_COLOR);
    kh_canvas *canvas = kh_arena_alloc(a, sizeof *canvas);
    *canvas = finish(&s, 70, 9, "");
    return canvas;
}

static kh_block heading(kh_arena *a, const char *title, const char *note)
{
    kh_text text = kit_text(a, 9.5f, KIT_INK, true, title);
    if (note)
        text =
            kit_join(a, text, kit_text(a, 7.5f, KIT_GREY, false, kh_arena_printf(a, "  %s", note)));
    kh_block block = kit_paragraph(text);
    block.as.paragraph.bar = KIT_BLUE;
    block.as.paragraph.leading = 1.3f;
    block.as.paragraph.outline = 1;
    block.space_before = 9;
    block.space_after = 4;
    block.keep_with_next = true;
    return block;
}

static kh_block canvas_block(kh_canvas canvas)
{
    return (kh_block){.kind = KH_BLOCK_CANVAS, .as.canvas = canvas};
}

static kh_row row(kh_arena *a, const kh_cell *cells, uint32_t count)
{
    kh_cell *copy = kh_arena_array(a, count, sizeof *copy);
    memcpy(copy, cells, count * sizeof *copy);
    return (kh_row){copy, count, KIT_LINE, 0.45f, KH_NO_COLOR};
}

static kh_block fields(kh_arena *a, const char *id, const char *name)
{
    kh_field_cell *cells = kh_arena_array(a, 4, sizeof *cells);
    kh_text up = kit_text(a, 9, KIT_GREEN, false, " ▲ 1档");
    cells[0] = (kh_field_cell){
        .value = kit_text(a, 15, KIT_INK, true, name),
        .note =
            kit_text(a, 7.5f, KIT_GREY, false,
                     kh_arena_printf(a, "工号 %s · 湖滨支行 · 对公客户经理 · 2005-07 入行", id)),
        .share = 1.35f};
    cells[1] =
        (kh_field_cell){.label = kit_text(a, 7.5f, KIT_GREY, false, "综合创利(元)"),
                        .value = kit_text(a, 16.5f, KIT_INK, true, "391,633.33"),
                        .note = kit_join(a, kit_text(a, 7.5f, KIT_GREY, false, "上季 368,600.00 "),
                                         kit_text(a, 7.5f, KIT_GREEN, false, "▲ 6.2%"))};
    cells[2] =
        (kh_field_cell){.label = kit_text(a, 7.5f, KIT_GREY, false, "本季行员等级"),
                        .value = kit_join(a, kit_text(a, 16.5f, KIT_INK, true, "11级1档"), up),
                        .note = kit_text(a, 7.5f, KIT_GREY, false, "上季 12级4档")};
    cells[3] = (kh_field_cell){.label = kit_text(a, 7.5f, KIT_GREY, false, "分行排名"),
                               .value = kit_join(a, kit_text(a, 16.5f, KIT_INK, true, "23"),
                                                 kit_text(a, 9, KIT_GREY, false, " / 320")),
                               .note = kit_text(a, 7.5f, KIT_GREY, false, "湖滨支行 第 2 / 26")};
    return (kh_block){.kind = KH_BLOCK_FIELDS,
                      .space_before = 9,
                      .as.fields = {.cells = cells, .cell_count = 4, .fill = KIT_GROUND}};
}

static kh_block items(kh_arena *a)
{
    static const struct {
        const char *name, *base, *margin, *days, *factor, *profit;
        float now, before;
        const char *change;
    } lines[] = {
        {"对公存款", "日均 40,000,000.00", "3.20 − 1.50 = 1.70", "90/360", "1.00", "170,000.00", 69,
         64, "+11,800.00"},
        {"个人存款", "日均 12,000,000.00", "3.20 − 2.10 = 1.10", "90/360", "1.10", "36,300.00", 15,
         14, "+2,350.00"},
        {"同业存款", "日均 20,000,000.00", "3.00 − 2.80 = 0.20", "90/360", "0.80", "8,000.00", 3.2f,
         4, "−1,600.00"},
        {"一般贷款", "日均 25,000,000.00", "5.40 − 3.60 = 1.80", "90/360", "1.00", "112,500.00", 46,
         49, "−8,550.00"},
        {"票据贴现", "票面 10,000,000.00", "3.30 − 2.90 = 0.40", "120/360", "1.00", "13,333.33",
         5.4f, 0, "+13,333.33"},
        {"表外业务", "手续费 30,000.00", "—", "—", "1.00", "30,000.00", 12, 11, "+3,600.00"},
        {"其他中收", "手续费 5,500.00", "—", "—", "1.00", "5,500.00", 2.2f, 3, "−1,600.00"},
        {"产品销售", "基金、保险 2 项", "—", "—", "见附表", "16,000.00", 6.5f, 5, "+3,700.00"}};
    static const char *const titles[] = {"项目", "基数(元)", "利差(%)", "天数",
                                         "系数", "创利(元)", "",        "较上季"};
    static const kh_table_column columns[] = {{.share = 0},
                                              {.share = 1.4f, .align = KH_ALIGN_POINT},
                                              {.share = 1.2f, .align = KH_ALIGN_CENTER},
                                              {.share = 0.7f, .align = KH_ALIGN_CENTER},
                                              {.share = 0.6f, .align = KH_ALIGN_CENTER},
                                              {.share = 1, .align = KH_ALIGN_POINT, .min_size = 6},
                                              {.width = 80},
                                              {.share = 1, .align = KH_ALIGN_POINT, .min_size = 6}};
    kh_row *rows = kh_arena_array(a, 10, sizeof *rows);
    kh_cell cells[8];
    for (uint32_t i = 0; i < 8; i++)
        cells[i] = kit_cell(kit_text(a, 7.5f, KIT_GREY, false, titles[i]), -1);
    rows[0] = row(a, cells, 8);
    rows[0].line_below = KIT_INK;
    rows[0].line_width = 0.75f;
    for (uint32_t i = 0; i < 8; i++) {
        const char *texts[] = {lines[i].name,
                               lines[i].base,
                               lines[i].margin,
                               lines[i].days,
                               lines[i].factor,
                               lines[i].profit,
                               "",
                               lines[i].change};
        for (uint32_t c = 0; c < 8; c++) {
            kh_color color = c < 7 ? KIT_INK : texts[c][0] == '+' ? KIT_GREEN : KIT_RED;
            cells[c] = kit_cell(kit_text(a, c < 7 ? 8.25f : 7.5f, color, c == 5, texts[c]), -1);
        }
        cells[6].canvas = bar(a, lines[i].now, lines[i].before);
        rows[i + 1] = row(a, cells, 8);
    }
    cells[0] = kit_cell(kit_text(a, 8.25f, KIT_INK, true, "综合创利"), -1);
    cells[1] = kit_cell((kh_text){0}, -1);
    cells[1].span = 4;
    cells[2] = kit_cell(kit_text(a, 8.25f, KIT_INK, true, "391,633.33"), -1);
    cells[3] = kit_cell((kh_text){0}, -1);
    cells[4] = kit_cell(kit_text(a, 7.5f, KIT_GREEN, true, "+23,033.33"), -1);
    rows[9] = row(a, cells, 5);
    rows[9].line_above = KIT_INK;
    rows[9].line_below = KIT_INK;
    rows[9].line_width = 1;
    rows[8].line_below = KH_NO_COLOR;
    return (kh_block){.kind = KH_BLOCK_TABLE,
                      .as.table = {.columns = columns,
                                   .column_count = 8,
                                   .rows = rows,
                                   .row_count = 10,
                                   .header_rows = 1,
                                   .padding = 2.4f,
                                   .gap = 4}};
}

static kh_block checks(kh_arena *a)
{
    static const char *const texts[][2] = {
        {"✓", "不含产品销售 375,633.33 元 → 12级4档"},
        {"✓", "含产品销售 391,633.33 元 → 11级1档,上升 1 档,不超过封顶 2 档"},
        {"✓", "日均存款 7,200.00 万元,达到 11级标准 5,000.00 万元"},
        {"–", "本季无扣减、无保护、无裁定"}};
    static const kh_table_column columns[] = {{.width = 17}, {.share = 1}};
    kh_row *rows = kh_arena_array(a, 4, sizeof *rows);
    for (uint32_t i = 0; i < 4; i++) {
        kh_cell cells[] = {kit_cell(kit_text(a, 8.25f, KIT_GREEN, true, texts[i][0]), -1),
                           kit_cell(kit_text(a, 8.25f, KIT_INK, false, texts[i][1]), -1)};
        rows[i] = row(a, cells, 2);
    }
    return (kh_block){.kind = KH_BLOCK_TABLE,
                      .as.table = {.columns = columns,
                                   .column_count = 2,
                                   .rows = rows,
                                   .row_count = 4,
                                   .padding = 2.4f,
                                   .gap = 4}};
}

static kh_block excluded(kh_arena *a)
{
    static const char *const texts[] = {
        "借据",          "日均余额",     "原因",
        "L-20080411-07", "2,600,000.00", "2009-02-11 由正常下调为关注",
        "L-20070920-02", "800,000.00",   "季末个人贷款逾期 12 天"};
    static const kh_table_column columns[] = {
        {.share = 0}, {.align = KH_ALIGN_POINT}, {.share = 1}};
    return kit_table(a, columns, 3, texts, 3, 8);
}

static kh_block side_by_side(kh_arena *a, const kh_block *left, uint32_t left_count,
                             const kh_block *right, uint32_t right_count, float share, float gap)
{
    const kh_block **lists = kh_arena_array(a, 2, sizeof *lists);
    uint32_t *counts = kh_arena_array(a, 2, sizeof *counts);
    float *shares = kh_arena_array(a, 2, sizeof *shares);
    lists[0] = (kh_block *)kh_arena_bytes(a, (const char *)left, left_count * sizeof *left);
    lists[1] = (kh_block *)kh_arena_bytes(a, (const char *)right, right_count * sizeof *right);
    counts[0] = left_count;
    counts[1] = right_count;
    shares[0] = share;
    shares[1] = 1;
    return (kh_block){.kind = KH_BLOCK_COLUMNS,
                      .space_before = 10,
                      .as.columns = {.blocks = lists,
                                     .block_counts = counts,
                                     .shares = shares,
                                     .column_count = 2,
                                     .gap = gap}};
}

const kh_document *kit_scorecard(kh_arena *a, const char *id, const char *name)
{
    kh_block b[16];
    uint32_t n = 0;
    kh_block title[2] = {kit_paragraph(kit_text(a, 8.25f, KIT_GREY, false, "某某银行 · 城东分行")),
                         kit_paragraph(kit_text(a, 16, KIT_INK, true, "客户经理季度考核记分卡"))};
    kh_block period[2] = {
        kit_paragraph(kit_text(a, 11.5f, KIT_INK, true, "2009 年第一季度")),
        kit_paragraph(kit_text(a, 8.25f, KIT_GREY, false, "2009-01-01 至 2009-03-31 · 审定"))};
    period[0].as.paragraph.align = period[1].as.paragraph.align = KH_ALIGN_RIGHT;
    period[0].space_before = 8;
    kh_block lead[3] = {{.kind = KH_BLOCK_SPACER, .as.spacer = 7}, period[0], period[1]};
    b[n++] = side_by_side(a, title, 2, lead + 1, 2, 1, 20);
    b[n++] = (kh_block){
        .kind = KH_BLOCK_RULE, .space_before = 5, .as.rule = {.color = KIT_BLUE, .width = 1.9f}};
    b[n++] = fields(a, id, name);
    kh_block left[2] = {heading(a, "创利从哪里来", "万元"), canvas_block(waterfall(a))};
    kh_block right[2] = {heading(a, "等级台阶", "季度创利达到"), canvas_block(ladder(a))};
    b[n++] = side_by_side(a, left, 2, right, 2, 1.66f, 10);
    b[n++] = heading(a, "逐项计算",
                     "创利 = 余额 × 利差 ÷ 100 × 天数 ÷ 360 × 系数,逐行四舍五入到分;竖线为上季");
    b[n++] = items(a);
    kh_block left2[2] = {heading(a, "规则如何落到等级", NULL), checks(a)};
    kh_block right2[2] = {heading(a, "不计创利的贷款", "2 笔 · 余额 3,400,000.00 元"), excluded(a)};
    b[n++] = side_by_side(a, left2, 2, right2, 2, 1, 18);
    kh_block left3[2] = {heading(a, "近八季走势", "综合创利,万元"), canvas_block(trend(a))};
    kh_block right3[2] = {heading(a, "在全行的位置", "320 名客户经理"), canvas_block(position(a))};
    b[n++] = side_by_side(a, left3, 2, right3, 2, 1, 18);
    kh_block *inside = kh_arena_array(a, 1, sizeof *inside);
    inside[0] = kit_paragraph(kit_join(
        a,
        kit_join(
            a, kit_text(a, 7.9f, KIT_INK, true, "下一台阶"),
            kit_text(
                a, 7.9f, KIT_INK, false,
                " 创利再增 28,366.67 元可达 11级2档;按本季利差,约合对公日均存款再增 667 万元。 ")),
        kit_join(a, kit_text(a, 7.9f, KIT_INK, true, "复议"),
                 kit_text(a, 7.9f, KIT_INK, false,
                          " 如有异议,请在公布后三个工作日内(2009-04-09 前)向分行考核委员会书面提出,"
                          "注明工号与核验码。"))));
    inside[0].as.paragraph.leading = 1.6f;
    b[n++] = (kh_block){
        .kind = KH_BLOCK_CALLOUT,
        .space_before = 9,
        .as.callout = {.blocks = inside, .block_count = 1, .fill = KIT_GROUND, .padding = 8}};
    kh_document *document = kh_arena_alloc(a, sizeof *document);
    *document = kit_document((kh_block *)kh_arena_bytes(a, (const char *)b, n * sizeof *b), n);
    document->title = kh_arena_printf(a, "%s 2009年第一季度考核记分卡", name);
    document->who = kh_arena_printf(a, "%s %s", id, name);
    document->code = "7KQ4-M2XW-90FD";
    document->margin_left = document->margin_right = 34.5f;
    document->margin_top = 30;
    document->footer_left =
        kit_text(a, 6.75f, KIT_GREY, false,
                 "办法 profit-contribution 2009.1 · 数据截至 2009-03-31 · 核验码 7KQ4-M2XW-90FD");
    document->footer_right =
        kit_text(a, 6.75f, KIT_GREY, false, "仅供本人 · 第 {page} 页 / 共 {pages} 页");
    return document;
}
