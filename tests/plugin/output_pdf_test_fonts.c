/* Fonts: every glyph that is embedded looks like the one in the font file, none is blank. */
#include "plugin/output_pdf_kit.h"
#include "plugin/output_pdf_look.h"

#include <criterion/criterion.h>
#include <ft2build.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include FT_FREETYPE_H

/* Characters in a grid of one per cell, each with its origin on a whole pixel at 144 dpi. */
enum {
    SIZE = 12,
    CELL = 14,
    COLUMNS = 42,
    ROWS = 60,
    PER_PAGE = COLUMNS * ROWS,
    DPI = 144,
    ZOOM = 2
};

static char *utf8(kh_arena *a, uint32_t c)
{
    char *t = kh_arena_alloc(a, 5);
    int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (int k = n - 1; k > 0; k--, c >>= 6) t[k] = (char)(0x80 | (c & 0x3F));
    t[0] = (char)(n == 1 ? c : (0xF00u >> n & 0xFF) | c);
    return t;
}

static kh_point cell_origin(uint32_t i)
{
    return (kh_point){(float)(6 + CELL * (i % PER_PAGE % COLUMNS)),
                      (float)(14 + CELL * (i % PER_PAGE / COLUMNS))};
}

/* A document that draws the characters, PER_PAGE on each page. */
static kh_document grid(kh_arena *a, const uint32_t *codes, uint32_t count, bool bold)
{
    uint32_t pages = (count + PER_PAGE - 1) / PER_PAGE;
    kh_shape *shapes = kh_arena_array(a, count, sizeof *shapes);
    kh_block *blocks = kh_arena_array(a, pages, sizeof *blocks);
    for (uint32_t i = 0; i < count; i++) {
        kh_point *origin = kh_arena_alloc(a, sizeof *origin);
        *origin = cell_origin(i);
        shapes[i] = (kh_shape){.kind = KH_SHAPE_TEXT,
                               .points = origin,
                               .point_count = 1,
                               .text = {utf8(a, codes[i]), SIZE, 0, bold}};
    }
    for (uint32_t p = 0; p < pages; p++) {
        uint32_t left = count - p * PER_PAGE;
        blocks[p] = (kh_block){
            .kind = KH_BLOCK_CANVAS,
            .as.canvas = {600, 860, shapes + p * PER_PAGE, left < PER_PAGE ? left : PER_PAGE, ""}};
    }
    kh_document d = kit_document(blocks, pages);
    d.page_width = 600;
    d.page_height = 860;
    d.margin_left = d.margin_right = d.margin_top = d.margin_bottom = 0;
    return d;
}

static FT_Face open_face(FT_Library library, const char *family, const char *style)
{
    kh_buf out = {0};
    cr_assert_eq(
        look_run(&out, "fc-match -f '%%{family}|%%{file}|%%{index}' '%s:style=%s'", family, style),
        0);
    cr_assert(strstr(out.data, family), "%s is not installed", family);
    char *path = strchr(out.data, '|') + 1, *index = strrchr(out.data, '|');
    *index++ = '\0';
    FT_Face face;
    cr_assert_eq(FT_New_Face(library, path, atoi(index), &face), 0, "%s", path);
    cr_assert_eq(FT_Set_Pixel_Sizes(face, 0, SIZE * ZOOM), 0);
    kh_buf_fini(&out);
    return face;
}

/* How far what was printed is from what the font file draws: 0 = the same, 1 = nothing of it. */
static double distance(const look_image *page, FT_Face face, uint32_t code, kh_point origin)
{
    cr_assert_eq(FT_Load_Char(face, code, FT_LOAD_RENDER | FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP),
                 0);
    const FT_Bitmap *bitmap = &face->glyph->bitmap;
    long off = 0, ink = 0;
    for (unsigned y = 0; y < bitmap->rows; y++) {
        for (unsigned x = 0; x < bitmap->width; x++) {
            int px = (int)origin.x * ZOOM + face->glyph->bitmap_left + (int)x;
            int py = (int)origin.y * ZOOM - face->glyph->bitmap_top + (int)y;
            if (px < 0 || py < 0 || px >= page->width || py >= page->height) continue;
            int wanted = bitmap->buffer[(int)y * bitmap->pitch + (int)x];
            off += abs(255 - page->pixels[py * page->width + px] - wanted);
            ink += wanted;
        }
    }
    cr_assert_gt(ink, 0, "U+%04X is blank in the font itself", code);
    return (double)off / (double)ink;
}

/* A face, and the characters that are looked at, as far as it has them. */
typedef struct sample {
    const char *family, *style;
    bool bold;
    uint32_t from, to;
    uint32_t least; /* so many it must have */
    const char *why;
} sample;

/* The characters of a sample as printed, page by page, against the font file itself. */
static void compare(FT_Library library, const sample *s, const char *name)
{
    static const char *const none[] = {NULL};
    FT_Face face = open_face(library, s->family, s->style);
    kh_arena a = {0};
    uint32_t *codes = kh_arena_array(&a, s->to - s->from + 1, sizeof *codes), count = 0;
    for (uint32_t c = s->from; c <= s->to; c++) {
        if (FT_Get_Char_Index(face, c) != 0) codes[count++] = c;
    }
    cr_expect_geq(count, s->least, "%s has %u", s->family, count);
    kit k;
    kh_error err = KH_ERROR_INIT;
    kit_options options = {.font = s->family, .fallback = {none, 0}};
    cr_assert_eq(kit_open(&k, &options, &err), KH_OK, "%s", err.text);
    kh_document d = grid(&a, codes, count, s->bold);
    kh_buf pdf = {0};
    cr_assert_eq(kit_render(&k, &d, &pdf, &err), KH_OK, "%s", err.text);
    const char *path = look_save(&a, &pdf, name);
    int pages = (int)((count + PER_PAGE - 1) / PER_PAGE);
    look_raster_all(path, DPI);
    double worst[2] = {0};
    for (uint32_t p = 0; p * PER_PAGE < count; p++) {
        for (int mupdf = 0; mupdf < (p == 0 ? 2 : 1); mupdf++) {
            kh_arena pixels = {0};
            look_image page = mupdf ? look_raster(&pixels, path, (int)p + 1, DPI, true)
                                    : look_page(&pixels, path, (int)p + 1, pages);
            for (uint32_t i = p * PER_PAGE; i < count && i < (p + 1) * PER_PAGE; i++) {
                double off = distance(&page, face, codes[i], cell_origin(i));
                if (off > worst[mupdf]) worst[mupdf] = off;
                cr_expect_lt(off, 0.15, "%s (%s): U+%04X is %.0f %% off", s->family, s->why,
                             codes[i], off * 100);
            }
            kh_arena_fini(&pixels);
        }
    }
    printf("%s %s: %u glyphs, at most %.2f (poppler) and %.2f (mupdf) off\n", s->family, s->style,
           count, worst[0], worst[1]);
    kh_buf_fini(&pdf);
    kit_close(&k);
    kh_arena_fini(&a);
    FT_Done_Face(face);
}

/* @p name: of the file; tests that run side by side need their own */
static void compare_all(const sample *samples, size_t count, const char *name)
{
    FT_Library library;
    cr_assert_eq(FT_Init_FreeType(&library), 0);
    for (size_t i = 0; i < count; i++) compare(library, &samples[i], name);
    FT_Done_FreeType(library);
}

/* Two tests of about the same length: they run side by side. */
Test(output_pdf_fonts, prints_every_ideograph_as_its_font_draws_it)
{
    static const sample samples[] = {
        {"Noto Sans CJK SC", "Regular", false, 0x4E00, 0x9FA5, 20902, "CFF in a collection"},
        {"Noto Sans CJK SC", "Bold", true, 0x4E00, 0x9FA5, 20902, "its bold"},
        {"LXGW WenKai", "Regular", false, 0x4E00, 0x9FA5, 20000, "TrueType, composites"},
        {"LXGW WenKai", "Bold", true, 0x4E00, 0x9FA5, 20000, "its bold"}};
    compare_all(samples, sizeof samples / sizeof *samples, "glyphs.pdf");
}

Test(output_pdf_fonts, prints_every_ideograph_as_its_fallback_font_draws_it)
{
    static const sample samples[] = {
        {"AR PL UMing CN", "Light", false, 0x4E00, 0x9FA5, 18000, "a TrueType collection"},
        {"HanaMinA", "Regular", false, 0x4E00, 0x9FA5, 20000, "TrueType"},
        {"HanaMinA", "Regular", false, 0x3400, 0x4DB5, 6000, "extension A"},
        {"HanaMinB", "Regular", false, 0x20000, 0x2A6D6, 40000, "extension B"},
        {"HanaMinB", "Regular", false, 0x2A700, 0x2CEA1, 8000, "extensions C to E"}};
    compare_all(samples, sizeof samples / sizeof *samples, "glyphs-fallback.pdf");
}

/* Characters of names and places beyond the basic block (extensions A to G), as they stand in the
   national list of characters and in registers of names. */
static const char rare[] =
    "㑇㕮㛃㛚㛹㟃㠇㤘㧐㧑㫰㬎㮾㳇㵐㸆㺄㽏䁖䂮䃅䌹䎃䏝䓖䗖䜣䝙䢺䥽䲟䴓䶮"
    "𠅤𠙶𠳐𡎚𡐓𠮷𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌"
    "𪟝𪣻𪤗𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀𫍙𫍟𫍢𫍣𫍯𫍲𫍽𫐄𫐐𫐓𫑡𫓧𫓯𫓶𫓹𫔍𫔎𫔶𫖮𫖯𫖳𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭"
    "𫞩𫟅𫟦𫟹𫟼𫠆𫠊𫠜𫢸𫫇𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩𬀩𬀪𬂩𬃊"
    "𬇕"
    "𬇙"
    "𬇹"
    "𬉼"
    "𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔𬒗𬕂𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯"
    "𬞟𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁"
    "𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂"
    "𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓"
    "𰻝";

Test(output_pdf_fonts, finds_rare_characters_of_names_in_some_font_and_keeps_them_bold)
{
    kh_arena a = {0};
    uint32_t codes[512], count = 0;
    for (const char *at = rare, *end = rare + sizeof rare - 1; at < end;) {
        codes[count++] = kh_utf8_next(&at, end);
    }
    cr_assert_gt(count, 200);
    kit k;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kit_open(&k, NULL, &err), KH_OK, "%s", err.text);
    long total[2] = {0};
    for (int bold = 0; bold < 2; bold++) {
        kh_document d = grid(&a, codes, count, bold);
        kh_buf pdf = {0};
        cr_assert_eq(kit_render(&k, &d, &pdf, &err), KH_OK, "%s", err.text);
        const char *path = look_save(&a, &pdf, bold ? "rare-bold.pdf" : "rare.pdf");
        look_image pages[2] = {look_raster(&a, path, 1, DPI, false),
                               look_raster(&a, path, 1, DPI, true)};
        for (uint32_t i = 0; i < count; i++) {
            kh_point o = cell_origin(i);
            for (int m = 0; m < 2; m++) {
                int ink = look_ink(&pages[m], o.x * ZOOM - 2, (o.y - SIZE) * ZOOM,
                                   (o.x + SIZE) * ZOOM + 2, o.y * ZOOM + 6);
                cr_expect_gt(ink, 60, "U+%04X prints %d pixels%s", codes[i], ink,
                             bold ? " bold" : "");
                total[bold] += ink;
            }
        }
        kh_buf_fini(&pdf);
    }
    cr_expect_gt((double)total[1], (double)total[0] * 1.15,
                 "bold is bolder, also where it is made");
    kit_close(&k);
    kh_arena_fini(&a);
}

Test(output_pdf_fonts, makes_a_font_without_bold_bolder_by_a_stroke)
{
    static const char *const none[] = {NULL};
    kh_arena a = {0};
    kit k;
    kh_error err = KH_ERROR_INIT;
    kit_options options = {.font = "HanaMinA", .fallback = {none, 0}};
    cr_assert_eq(kit_open(&k, &options, &err), KH_OK, "%s", err.text);
    double cover[2] = {0};
    for (int bold = 0; bold < 2; bold++) {
        kh_block blocks[] = {kit_paragraph(kit_text(&a, 40, 0xA0A0A0, bold, "张伟李娜"))};
        kh_document d = kit_document(blocks, 1);
        kh_buf pdf = {0};
        cr_assert_eq(kit_render(&k, &d, &pdf, &err), KH_OK, "%s", err.text);
        look_image page = look_raster(&a, look_save(&a, &pdf, "stroke.pdf"), 1, 72, false);
        for (int i = 0; i < page.width * page.height; i++) {
            cr_assert_geq(page.pixels[i], 0x9E, "the stroke has the colour of the text");
            cover[bold] += 255 - page.pixels[i];
        }
        kh_buf_fini(&pdf);
    }
    cr_expect(cover[1] > cover[0] * 1.15 && cover[1] < cover[0] * 2, "regular %.0f, bold %.0f",
              cover[0], cover[1]);
    kit_close(&k);
    kh_arena_fini(&a);
}

Test(output_pdf_fonts, gives_all_digits_one_width)
{
    static const char *const families[] = {"Noto Sans CJK SC", "Noto Serif CJK SC", "LXGW WenKai",
                                           "AR PL UMing CN"};
    kh_arena a = {0};
    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        for (int bold = 0; bold < 2; bold++) {
            kit k;
            kh_error err = KH_ERROR_INIT;
            cr_assert_eq(kit_open(&k, &(kit_options){.font = families[f]}, &err), KH_OK, "%s",
                         err.text);
            kh_block blocks[10];
            for (int i = 0; i < 10; i++) {
                char *ten = kh_arena_alloc(&a, 11);
                memset(ten, '0' + i, 10);
                blocks[i] = kit_paragraph(kit_text(&a, 20, 0, bold, ten));
            }
            kh_document d = kit_document(blocks, 10);
            kh_buf pdf = {0};
            cr_assert_eq(kit_render(&k, &d, &pdf, &err), KH_OK, "%s", err.text);
            const char *path = look_save(&a, &pdf, "digits.pdf");
            look_words words = look_find_words(&a, path);
            look_image page = look_raster(&a, path, 1, 72, false);
            cr_assert_eq(words.count, 10);
            for (uint32_t i = 0; i < 10; i++) {
                const look_word *w = &words.items[i];
                cr_expect_float_eq(w->x1, words.items[0].x1, 0.01, "%s: %s", families[f], w->text);
                cr_expect_eq(look_ink(&page, 0, w->y0, w->x0 - 1, w->y1), 0, "%s", w->text);
                cr_expect_eq(look_ink(&page, w->x1 + 1, w->y0, 595, w->y1), 0, "%s", w->text);
            }
            kh_buf_fini(&pdf);
            kit_close(&k);
        }
    }
    kh_arena_fini(&a);
}

Test(output_pdf_fonts, embeds_every_font_as_a_subset_and_no_font_in_vain)
{
    kh_arena a = {0};
    kit k;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kit_open(&k, NULL, &err), KH_OK, "%s", err.text);
    kh_block blocks[] = {kit_paragraph(kit_text(&a, 10, 0, false, "欧阳𬭸 regular 123"))};
    kh_document d = kit_document(blocks, 1);
    kh_buf pdf = {0}, out = {0};
    cr_assert_eq(kit_render(&k, &d, &pdf, &err), KH_OK, "%s", err.text);
    cr_assert_eq(look_run(&out, "pdffonts %s", look_save(&a, &pdf, "one.pdf")), 0);
    cr_expect(strstr(out.data, "NotoSansCJKsc-Regular"), "%s", out.data);
    cr_expect(strstr(out.data, "CID Type 0C       Identity-H       yes yes yes"), "%s", out.data);
    cr_expect_not(strstr(out.data, "Bold"), "nothing was bold: %s", out.data);
    cr_expect_lt(pdf.size, 12000, "a page of 16 characters takes %zu bytes", pdf.size);
    kh_buf_fini(&pdf);
    kh_buf_fini(&out);
    kit_close(&k);
    kh_arena_fini(&a);
}

Test(output_pdf_fonts, takes_a_font_file_by_its_path)
{
    kh_arena a = {0};
    kh_buf out = {0}, pdf = {0};
    cr_assert_eq(look_run(&out, "fc-match -f '%%{file}#%%{index}' 'AR PL UMing CN'"), 0);
    kit k;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kit_open(&k, &(kit_options){.font = out.data}, &err), KH_OK, "%s", err.text);
    kh_block blocks[] = {kit_paragraph(kit_text(&a, 10, 0, false, "张伟"))};
    kh_document d = kit_document(blocks, 1);
    cr_assert_eq(kit_render(&k, &d, &pdf, &err), KH_OK, "%s", err.text);
    cr_assert_eq(look_run(&out, "pdffonts %s", look_save(&a, &pdf, "path.pdf")), 0);
    cr_expect(strstr(out.data, "UMingCN"), "%s", out.data);
    kh_buf_fini(&pdf);
    kh_buf_fini(&out);
    kit_close(&k);
    kh_arena_fini(&a);
}

Test(output_pdf_fonts, says_which_font_is_missing_and_where_it_comes_from)
{
    static const char *const wrong[] = {"LXGW WenKai", "No Such Fallback"};
    static const struct {
        kit_options options;
        const char *name, *why;
    } cases[] = {
        {{.font = "No Such Sans"}, "'No Such Sans'", "a family that is not there"},
        {{.bold_font = "No Such Bold"}, "'No Such Bold' in bold", "a bold that is not there"},
        {{.fallback = {wrong, 2}}, "'No Such Fallback'", "a fallback the user has named"},
        {{.font = "/nowhere/font.ttf"}, "'/nowhere/font.ttf'", "a file that is not there"},
        {{.font = "/etc/passwd"}, "'/etc/passwd'", "a file that is no font"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kit k;
        kh_error err = KH_ERROR_INIT;
        cr_expect_eq(kit_open(&k, &cases[i].options, &err), KH_EUSAGE, "%s", cases[i].why);
        cr_expect(strstr(err.text, cases[i].name), "%s: %s", cases[i].why, err.text);
        cr_expect(strstr(err.text, "fonts-noto-cjk"), "%s", err.text);
    }
}

Test(output_pdf_fonts, refuses_a_character_that_no_font_has)
{
    static const struct {
        const char *text, *code, *why;
    } cases[] = {{"张\U0010FFFD", "(U+10FFFD)", "a private character"},
                 {"张\xEE\x80\x80", "(U+E000)", "a private character of the BMP"},
                 {"张\x07", "(U+0007)", "a control character"},
                 {"张\xE4\xBC", "(U+110000)", "a character that is cut off"}};
    kh_arena a = {0};
    kit k;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kit_open(&k, NULL, &err), KH_OK, "%s", err.text);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kh_block blocks[] = {kit_paragraph(kit_text(&a, 10, 0, false, cases[i].text))};
        kh_document d = kit_document(blocks, 1);
        kh_buf pdf = {0};
        err = (kh_error)KH_ERROR_INIT;
        cr_expect_eq(kit_render(&k, &d, &pdf, &err), KH_EDATA, "%s", cases[i].why);
        cr_expect(strstr(err.text, "M0001 张伟") && strstr(err.text, cases[i].code) &&
                      strstr(err.text, "fallback"),
                  "%s: %s", cases[i].why, err.text);
        cr_expect_eq(pdf.size, 0, "nothing is written");
        kh_buf_fini(&pdf);
    }
    kit_close(&k);
    kh_arena_fini(&a);
}
