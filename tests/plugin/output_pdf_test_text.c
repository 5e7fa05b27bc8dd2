/* Text: what is written can be read back exactly, and lines break where Chinese lines may. */
#include "plugin/output_pdf_kit.h"
#include "plugin/output_pdf_look.h"

#include <criterion/criterion.h>
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

TestSuite(output_pdf_text, .init = start, .fini = stop);

static const char *render(const kh_document *d, const char *name)
{
    kh_buf pdf = {0};
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kit_render(&k, d, &pdf, &err), KH_OK, "%s", err.text);
    const char *path = look_save(&memory, &pdf, name);
    kh_buf_fini(&pdf);
    return path;
}

static kh_block paragraph(const char *text)
{
    return kit_paragraph(kit_text(&memory, 10, KIT_INK, false, text));
}

static const struct {
    const char *text, *why;
} lines[] = {{"欧阳𬭸、𠮷野家、㛃与𰻝", "characters beyond the BMP"},
             {"11级1档", "white space between Chinese and digits is no space"},
             {"日均1,234.56万元增长12.5%以上", "numbers inside Chinese"},
             {"办法 profit-contribution 2009.1 · 数据截至 2009-03-31", "spaces stay"},
             {"“引号”《书名》（括号）【方头】……省略——破折号", "full-width punctuation"},
             {"3.20 − 1.50 = 1.70 × 2 ÷ 3 ± 0.5 ≥ 1 ≤ 2 √ ‰ →", "signs"},
             {"(a\\b) [c] {d} <e> 100% #1 $2 ¥3", "characters that PDF strings escape"},
             {"▲ 6.2% ▼ 1.0% ✓ ✗ ● ○ ①②③ Ⅳ ㎡ ℃", "symbols"},
             {"Ünïcode Ärger — naïve café", "accented Latin"},
             {"αβγ Привет", "Greek and Cyrillic"}};

Test(output_pdf_text, is_read_back_exactly_by_poppler_and_mupdf)
{
    enum { COUNT = sizeof lines / sizeof *lines };
    kh_block blocks[2 * COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        blocks[2 * i] = paragraph(lines[i].text);
        blocks[2 * i + 1] = kit_paragraph(kit_text(&memory, 10, KIT_INK, true, lines[i].text));
    }
    kh_document d = kit_document(blocks, 2 * COUNT);
    const char *path = render(&d, "text.pdf");
    static const char *const commands[] = {"pdftotext -raw %s -", "mutool draw -q -N -F txt %s"};
    for (int c = 0; c < 2; c++) {
        kh_buf out = {0};
        cr_assert_eq(look_run(&out, commands[c], path), 0, "%s", out.data);
        const char *at = out.data;
        for (uint32_t i = 0; i < 2 * COUNT; i++) {
            char *line = kh_arena_printf(&memory, "%s\n", lines[i / 2].text);
            const char *found = strstr(at, line);
            cr_expect(found, "%s: '%s' is not in:\n%s", lines[i / 2].why, lines[i / 2].text, at);
            if (found) at = found + strlen(line);
        }
        kh_buf_fini(&out);
    }
}

/* More than 3,400 different characters reach every byte value in both bytes of a text code,
   among them those that a PDF string must escape. */
Test(output_pdf_text, is_read_back_whatever_its_text_codes_are)
{
    kh_buf text = {0}, out = {0};
    for (uint32_t c = 0x4E00; c < 0x4E00 + 4000; c++) {
        char utf8[4] = {(char)(0xE0 | c >> 12), (char)(0x80 | (c >> 6 & 63)),
                        (char)(0x80 | (c & 63)), 0};
        kh_buf_text(&text, utf8);
    }
    kh_block blocks[] = {paragraph(text.data)};
    kh_document d = kit_document(blocks, 1);
    cr_assert_eq(look_run(&out, "pdftotext -raw %s -", render(&d, "codes.pdf")), 0);
    char *to = out.data;
    for (const char *at = out.data; *at; at++) {
        if (*at != '\n' && *at != '\f') *to++ = *at;
    }
    *to = '\0';
    cr_expect_str_eq(out.data, text.data);
    kh_buf_fini(&text);
    kh_buf_fini(&out);
}

/* ---- breaking ------------------------------------------------------------------------------- */

static const char article[] =
    "考核办法第12条规定:客户经理的综合创利由对公存款、个人存款、同业存款、一般贷款、票据贴现、"
    "表外业务、其他中收与产品销售八项构成;各项创利=日均余额×利差÷100×天数÷360×系数,"
    "逐行四舍五入到分。"
    "《办法》自2009-03-31起施行(以下简称“本办法”),2009年第一季度全行日均存款达到7,200.00 万元,"
    "比上季增长12.5%!罚款 ¥100 元?不良率－0.35％……全行共 320 名客户经理——含 26 名新入行员工。"
    "如有疑问,请致电400-800-1234或写信至kaohe@example-bank.com.cn（工作日）。";

static const char *const never_first[] = {"，", "。", "、", "；", "：", "！", "？",
                                          "）", "》", "”",  "％", "…",  "—",  ",",
                                          ";",  ":",  "!",  "?",  ")",  "%"};
static const char *const never_last[] = {"（", "《", "“", "(", "¥", "第"};
/* Numbers with their signs and units, words: never torn apart. */
static const char *const whole[] = {
    "2009-03-31", "7,200.00 万元", "12.5%",  "¥100 元", "320 名",
    "26 名",      "400-800-1234",  "第12条", "2009年",  "kaohe@example-bank.com.cn"};

Test(output_pdf_text, breaks_lines_by_the_rules_at_every_width)
{
    kh_block blocks[] = {paragraph(article)};
    for (int width = 150; width < 520; width += 7) {
        kh_document d = kit_document(blocks, 1);
        d.page_width = (float)width + d.margin_left + d.margin_right;
        kh_buf out = {0};
        cr_assert_eq(look_run(&out, "pdftotext -raw %s -", render(&d, "breaks.pdf")), 0);
        for (char *line = strtok(out.data, "\n\f"); line; line = strtok(NULL, "\n\f")) {
            for (size_t i = 0; i < sizeof never_first / sizeof *never_first; i++) {
                cr_expect_neq(strncmp(line, never_first[i], strlen(never_first[i])), 0,
                              "at width %d a line starts with %s: %s", width, never_first[i], line);
            }
            for (size_t i = 0; i < sizeof never_last / sizeof *never_last; i++) {
                size_t n = strlen(line), m = strlen(never_last[i]);
                cr_expect(n < m || strcmp(line + n - m, never_last[i]) != 0,
                          "at width %d a line ends with %s: %s", width, never_last[i], line);
            }
        }
        look_run(&out, "pdftotext -raw %s -",
                 kh_arena_printf(&memory, "%s/tests/pdf/breaks.pdf", KAOHE_BUILD_DIR));
        for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
            cr_expect(strstr(out.data, whole[i]), "at width %d '%s' is torn apart:\n%s", width,
                      whole[i], out.data);
        }
        kh_buf_fini(&out);
    }
}

Test(output_pdf_text, never_leaves_its_width_even_with_words_that_are_too_long)
{
    kh_block blocks[] = {
        paragraph(
            "Anextremelylongwordwithoutanyspaceswhichmustbebrokensomewhere1234567890123456789"),
        paragraph("，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，"),
        paragraph("（（（（（（（（（（（（（（（（（（（（（（（（（（（（")};
    for (int width = 20; width < 300; width += 13) {
        kh_document d = kit_document(blocks, 3);
        d.page_width = (float)width + d.margin_left + d.margin_right;
        look_words words = look_find_words(&memory, render(&d, "long-words.pdf"));
        cr_assert_gt(words.count, 0);
        for (uint32_t i = 0; i < words.count; i++) {
            cr_expect_leq(words.items[i].x1, d.page_width - d.margin_right + 0.1f,
                          "at width %d '%s' ends at %g", width, words.items[i].text,
                          (double)words.items[i].x1);
        }
    }
}

static float width_of(const char *text)
{
    kh_block blocks[] = {paragraph(text)};
    kh_document d = kit_document(blocks, 1);
    look_words words = look_find_words(&memory, render(&d, "width.pdf"));
    cr_assert_gt(words.count, 0);
    return words.items[words.count - 1].x1 - words.items[0].x0;
}

Test(output_pdf_text, puts_a_quarter_em_between_chinese_and_roman)
{
    /* 10 points: an ideograph is 10 wide, a quarter em 2.5. */
    float digits = width_of("100"), word = width_of("abc"), percent = width_of("12.5%");
    static const double slack = 0.02;
    cr_expect_float_eq(width_of("日均100元"), 30 + digits + 5, slack, "on both sides of a number");
    cr_expect_float_eq(width_of("日均abc"), 20 + word + 2.5f, slack, "before a word");
    cr_expect_float_eq(width_of("12.5%的"), percent + 10 + 2.5f, slack, "behind a percent sign");
    cr_expect_float_eq(width_of("，100"), 10 + digits, slack, "not at punctuation");
    cr_expect_float_eq(width_of("日均"), 20, slack, "not inside Chinese");
    float space = width_of("日 均") - 20;
    cr_expect_float_eq(width_of("日均 100 元"), 30 + digits + 2 * space, slack, "not at a space");
}

/* The first and the last column of pixels with ink in the lines of a word. */
static void ink_columns(const look_image *page, const look_word *w, float zoom, int out[2])
{
    out[0] = out[1] = -1;
    for (int x = 0; x < page->width; x++) {
        float px = (float)x;
        if (!look_ink(page, px, w->y0 * zoom, px + 1, w->y1 * zoom)) continue;
        if (out[0] < 0) out[0] = x;
        out[1] = x;
    }
}

Test(output_pdf_text, drops_the_quarter_em_at_the_ends_of_lines)
{
    /* Room for three ideographs: the number must stand as flush as it does alone. */
    kh_block blocks[] = {paragraph("日均日2009"), paragraph("2009日均日"), paragraph("2009"),
                         paragraph("2009")};
    blocks[1].as.paragraph.align = blocks[3].as.paragraph.align = KH_ALIGN_RIGHT;
    kh_document d = kit_document(blocks, 4);
    d.page_width = 30.2f + d.margin_left + d.margin_right;
    const char *path = render(&d, "ends.pdf");
    look_words words = look_find_words(&memory, path);
    look_image page = look_raster(&memory, path, 1, 288, false);
    static const char *const wanted[] = {"日均日", "2009", "2009", "日均日", "2009", "2009"};
    int at[6][2];
    cr_assert_eq(words.count, 6);
    for (uint32_t i = 0; i < 6; i++) {
        cr_expect_str_eq(words.items[i].text, wanted[i]);
        ink_columns(&page, &words.items[i], 4, at[i]);
    }
    cr_expect_eq(at[1][0], at[4][0], "left ends at pixels %d and %d", at[1][0], at[4][0]);
    cr_expect_eq(at[2][1], at[5][1], "right ends at pixels %d and %d", at[2][1], at[5][1]);
}

Test(output_pdf_text, aligns_the_baselines_of_mixed_sizes)
{
    kh_block blocks[] = {
        kit_paragraph(kit_join(&memory, kit_text(&memory, 24, KIT_INK, false, "Hx "),
                               kit_text(&memory, 8, KIT_INK, false, "Hx")))};
    kh_document d = kit_document(blocks, 1);
    const char *path = render(&d, "baseline.pdf");
    look_words words = look_find_words(&memory, path);
    cr_assert_eq(words.count, 2);
    look_image page = look_raster(&memory, path, 1, 144, false);
    /* Neither H nor x goes below the baseline: the lowest ink of both is on the same row. */
    int lowest[2] = {0};
    for (int w = 0; w < 2; w++) {
        const look_word *word = &words.items[w];
        for (int y = 0; y < page.height; y++) {
            if (look_ink(&page, word->x0 * 2, (float)y, word->x1 * 2, (float)y + 1)) lowest[w] = y;
        }
    }
    cr_expect_gt(lowest[0], 0);
    cr_expect_leq(lowest[0] - lowest[1], 1, "%d and %d", lowest[0], lowest[1]);
    cr_expect_leq(lowest[1] - lowest[0], 1, "%d and %d", lowest[0], lowest[1]);
}

Test(output_pdf_text, ends_lines_where_it_is_told)
{
    kh_block blocks[] = {paragraph("一\n二\n\n四\n"), paragraph("五")};
    kh_document d = kit_document(blocks, 2);
    look_words words = look_find_words(&memory, render(&d, "newlines.pdf"));
    cr_assert_eq(words.count, 4);
    static const float at[] = {0, 1, 3, 4};
    for (uint32_t i = 0; i < 4; i++) {
        cr_expect_float_eq(words.items[i].y0 - words.items[0].y0, at[i] * 14, 0.05, "line %u", i);
    }
}
