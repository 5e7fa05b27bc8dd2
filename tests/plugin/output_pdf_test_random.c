/* Random documents: whatever is put together, it keeps the rules of the page or is refused. */
#include "plugin/output_pdf_kit.h"
#include "plugin/output_pdf_look.h"

#include <criterion/criterion.h>

static kh_arena memory;
static uint64_t state;

static uint32_t any(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 11) % below);
}

static float between(float low, float high)
{
    return low + (high - low) * (float)any(10000) / 10000;
}

static kh_color any_fill(void)
{
    return any(2) ? KH_NO_COLOR : 0xF0F0F0 + any(0x0F);
}

static kh_text any_text(void)
{
    static const char *const words[] = {"客户经理",
                                        "综合创利",
                                        "1,234.56",
                                        "-0.5%",
                                        "（",
                                        "）",
                                        "，",
                                        "。",
                                        "第",
                                        "12",
                                        "档",
                                        "万元",
                                        " ",
                                        "\n",
                                        "“",
                                        "”",
                                        "——",
                                        "……",
                                        "profit",
                                        "2009-03-31",
                                        "¥100",
                                        "▲",
                                        "·",
                                        "𬭸",
                                        "𠮷",
                                        "　",
                                        "a\u00A0z",
                                        "Anextremelylongwordwithoutbreaks",
                                        "12345678901234567890"};
    uint32_t count = any(4);
    kh_run *runs = kh_arena_array(&memory, count + 1, sizeof *runs);
    for (uint32_t i = 0; i < count; i++) {
        kh_buf text = {0};
        kh_buf_text(&text, "");
        for (uint32_t n = any(30) ? any(12) : any(400); n > 0; n--) {
            kh_buf_text(&text, words[any(sizeof words / sizeof *words)]);
        }
        runs[i] = (kh_run){kh_arena_text(&memory, text.data), between(5, 14), 0, any(2)};
        kh_buf_fini(&text);
    }
    return (kh_text){runs, count};
}

/* Shapes without labels: where labels stand is the template's affair. */
static kh_canvas any_canvas(void)
{
    uint32_t count = any(8);
    kh_shape *shapes = kh_arena_array(&memory, count + 1, sizeof *shapes);
    for (uint32_t i = 0; i < count; i++) {
        kh_point *points = kh_arena_array(&memory, 8, sizeof *points);
        for (int p = 0; p < 8; p++) points[p] = (kh_point){between(-20, 300), between(-20, 200)};
        shapes[i] = (kh_shape){.kind = (kh_shape_kind)any(KH_SHAPE_TEXT),
                               .fill = any_fill(),
                               .stroke = any_fill(),
                               .stroke_width = between(0, 3),
                               .dash = any(3) ? 0 : between(0, 5),
                               .points = points,
                               .point_count = 3 + any(5),
                               .radius = between(0, 50),
                               .inner = any(2) ? 0 : between(0, 20),
                               .from = between(-400, 400),
                               .to = between(-400, 800)};
    }
    return (kh_canvas){between(1, 600), between(1, 300), shapes, count, any(2) ? "" : "说明𬭸"};
}

static kh_table any_table(void)
{
    uint32_t column_count = 1 + any(6), row_count = any(20) ? any(12) : any(200);
    kh_table_column *columns = kh_arena_array(&memory, column_count, sizeof *columns);
    kh_row *rows = kh_arena_array(&memory, row_count + 1, sizeof *rows);
    for (uint32_t c = 0; c < column_count; c++) {
        columns[c] = (kh_table_column){any(2) ? 0 : between(10, 200), any(2) ? 0 : between(0, 3),
                                       (kh_align)any(4), any(2) ? 0 : between(3, 9)};
    }
    for (uint32_t r = 0; r < row_count; r++) {
        uint32_t count = any(column_count + 1);
        kh_cell *cells = kh_arena_array(&memory, count + 1, sizeof *cells);
        for (uint32_t c = 0; c < count; c++) {
            cells[c] = (kh_cell){any_text(), NULL, 0, (int)any(5) - 1, any_fill()};
            if (any(9)) continue;
            kh_canvas *canvas = kh_arena_alloc(&memory, sizeof *canvas);
            *canvas = any_canvas();
            cells[c].canvas = canvas;
        }
        if (count && count < column_count && !any(3)) cells[any(count)].span = 2;
        rows[r] = (kh_row){cells, count, any_fill(), between(0, 2), any_fill()};
    }
    return (kh_table){columns, column_count, rows, row_count, any(3), between(0, 5), between(0, 6)};
}

static kh_block *any_blocks(uint32_t count, int depth);

static kh_columns any_columns(int depth)
{
    uint32_t count = any(4);
    const kh_block **lists = kh_arena_array(&memory, count + 1, sizeof *lists);
    uint32_t *counts = kh_arena_array(&memory, count + 1, sizeof *counts);
    float *shares = kh_arena_array(&memory, count + 1, sizeof *shares);
    for (uint32_t i = 0; i < count; i++) {
        counts[i] = any(6);
        lists[i] = any_blocks(counts[i], depth + 1);
        shares[i] = between(0, 2);
    }
    return (kh_columns){lists, counts, shares, count, between(0, 20)};
}

static kh_fields any_fields(void)
{
    uint32_t count = any(5);
    kh_field_cell *cells = kh_arena_array(&memory, count + 1, sizeof *cells);
    for (uint32_t i = 0; i < count; i++) {
        cells[i] = (kh_field_cell){any_text(), any_text(), any_text(), between(0, 2)};
    }
    return (kh_fields){cells, count, any_fill()};
}

static kh_block any_block(int depth)
{
    kh_block b = {.space_before = any(3) ? 0 : between(0, 40),
                  .space_after = any(3) ? 0 : between(0, 20),
                  .keep_with_next = any(5) == 0};
    b.kind = (kh_block_kind)any(KH_BLOCK_PAGE_BREAK + 1);
    bool nests = b.kind == KH_BLOCK_COLUMNS || b.kind == KH_BLOCK_CALLOUT;
    if (nests && depth > 3) b.kind = KH_BLOCK_PARAGRAPH;
    switch (b.kind) {
    case KH_BLOCK_PARAGRAPH:
        b.as.paragraph = (kh_paragraph){any_text(), (kh_align)any(4), any(2) ? 0 : between(1, 2),
                                        any_fill(), (int)any(4)};
        break;
    case KH_BLOCK_FIELDS: b.as.fields = any_fields(); break;
    case KH_BLOCK_TABLE: b.as.table = any_table(); break;
    case KH_BLOCK_COLUMNS: b.as.columns = any_columns(depth); break;
    case KH_BLOCK_CALLOUT: {
        uint32_t count = any(6);
        b.as.callout =
            (kh_callout){any_blocks(count, depth + 1), count, any_fill(), between(0, 15)};
        break;
    }
    case KH_BLOCK_CANVAS: b.as.canvas = any_canvas(); break;
    case KH_BLOCK_RULE:
        b.as.rule.color = any_fill();
        b.as.rule.width = between(0, 3);
        break;
    case KH_BLOCK_SPACER: b.as.spacer = between(0, 60); break;
    case KH_BLOCK_PAGE_BREAK: break;
    }
    return b;
}

static kh_block *any_blocks(uint32_t count, int depth)
{
    kh_block *blocks = kh_arena_array(&memory, count + 1, sizeof *blocks);
    for (uint32_t i = 0; i < count; i++) blocks[i] = any_block(depth);
    return blocks;
}

Test(output_pdf_random, documents_keep_the_rules_of_the_page_or_are_refused)
{
    enum { DOCUMENTS = 2500, LOOK_EVERY = 25 };
    kit k;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kit_open(&k, NULL, &err), KH_OK, "%s", err.text);
    uint32_t printed = 0;
    kh_buf pdf = {0}, out = {0};
    for (uint32_t i = 1; i <= DOCUMENTS; i++) {
        state = 0x9E3779B97F4A7C15ULL * i;
        uint32_t count = any(12);
        kh_document d = kit_document(any_blocks(count, 0), count);
        d.page_width = between(250, 900);
        d.page_height = between(150, 1000);
        d.footer_left = any_text();
        d.footer_right = any_text();
        err = (kh_error)KH_ERROR_INIT;
        kh_status rc = kit_render(&k, &d, &pdf, &err);
        /* What is too wide or too high for its page is the template's mistake, and told so. */
        cr_expect(rc == KH_OK || rc == KH_EDATA || rc == KH_EUSAGE, "document %u: %s", i, err.text);
        if (rc == KH_OK && ++printed % LOOK_EVERY == 0) {
            const char *path = look_save(&memory, &pdf, "random.pdf");
            look_check(&memory, &d, path, false);
            cr_expect_eq(look_run(&out, "qpdf --check %s", path), 0, "document %u: %s", i,
                         out.data);
        }
        kh_arena_reset(&memory);
    }
    cr_expect_gt(printed, DOCUMENTS / 3, "%u of %d were printed", printed, DOCUMENTS);
    kh_buf_fini(&pdf);
    kh_buf_fini(&out);
    kit_close(&k);
    kh_arena_fini(&memory);
}
