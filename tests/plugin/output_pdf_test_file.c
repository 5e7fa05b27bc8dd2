/* Files: the same bytes each time, sound structure, properties, outline, passwords, failures. */
#include "plugin/output_pdf_look.h"
#include "plugin/output_pdf_page.h"

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

TestSuite(output_pdf_file, .init = start, .fini = stop);

static kh_buf render(kit *with, const kh_document *d)
{
    kh_buf pdf = {0};
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kit_render(with, d, &pdf, &err), KH_OK, "%s", err.text);
    return pdf;
}

static void expect_same(const kh_buf *a, const kh_buf *b, const char *why)
{
    cr_expect(a->size == b->size && !memcmp(a->data, b->data, a->size), "%s", why);
}

Test(output_pdf_file, depends_on_its_document_alone)
{
    const kh_document *one = kit_scorecard(&memory, "M00127", "欧阳𬭸");
    const kh_document *other = kit_scorecard(&memory, "M00128", "赵钱孙李周吴郑王");
    kh_buf first = render(&k, one), again = render(&k, one);
    expect_same(&first, &again, "twice");
    kh_buf between = render(&k, other), after = render(&k, one);
    expect_same(&first, &after, "after another person's document");
    cr_expect(between.size != first.size || memcmp(between.data, first.data, first.size));

    kit fresh;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kit_open(&fresh, NULL, &err), KH_OK);
    kh_buf alone = render(&fresh, other);
    expect_same(&between, &alone, "in a worker that has printed nothing else");
    kit_close(&fresh);

    /* Fonts are opened when they are needed first: their order must not show. */
    cr_assert_eq(kit_open(&fresh, NULL, &err), KH_OK);
    kh_block rare[] = {kit_paragraph(kit_text(&memory, 9, 0, false, "\U0002A6D0"))};
    kh_document odd = kit_document(rare, 1);
    kh_buf fallback = render(&fresh, &odd), later = render(&fresh, one);
    expect_same(&first, &later, "after a document in a fallback font");
    kit_close(&fresh);
    kh_buf_fini(&fallback);
    kh_buf_fini(&later);

    kh_block blocks[] = {kit_paragraph(kit_text(&memory, 9, 0, false, "张\U0010FFFD"))};
    kh_document bad = kit_document(blocks, 1);
    kh_buf nothing = {0};
    cr_expect_eq(kit_render(&k, &bad, &nothing, &err), KH_EDATA);
    kh_buf recovered = render(&k, one);
    expect_same(&first, &recovered, "after a document that failed");
    kh_buf *all[] = {&first, &again, &between, &after, &alone, &nothing, &recovered};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) kh_buf_fini(all[i]);
}

Test(output_pdf_file, is_sound_and_carries_its_properties)
{
    kh_document d = *kit_scorecard(&memory, "M00127", "欧阳𬭸");
    d.subject = "2009年(第一季度)";
    kh_buf pdf = render(&k, &d), out = {0};
    const char *path = look_save(&memory, &pdf, "properties.pdf");
    cr_expect_eq(look_run(&out, "qpdf --check %s", path), 0, "%s", out.data);
    cr_expect(strstr(out.data, "No syntax or stream encoding errors found"), "%s", out.data);
    cr_expect_eq(look_run(&out, "pdfinfo -enc UTF-8 %s", path), 0);
    static const char *const wanted[] = {
        "Title:           欧阳𬭸 2009年第一季度考核记分卡\n",
        "Subject:         2009年(第一季度)\n",
        "Keywords:        7KQ4-M2XW-90FD\n",
        "Author:          某某银行\n",
        "Encrypted:       no\n",
        "Pages:           1\n",
        "Page size:       595.28 x 841.89 pts (A4)\n"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        cr_expect(strstr(out.data, wanted[i]), "no '%s' in:\n%s", wanted[i], out.data);
    }
    cr_expect_not(strstr(out.data, "Date"), "no clock: %s", out.data);
    cr_expect_eq(look_run(&out, "mutool show %s trailer/Root/Lang", path), 0);
    cr_expect(strstr(out.data, "zh-CN"), "%s", out.data);
    cr_expect_eq(
        look_run(&out, "qpdf --qdf --object-streams=disable %s - | grep -a -c '/Alt <feff'", path),
        0);
    cr_expect_str_eq(out.data, "4\n", "four charts are described in words");
    kh_buf_fini(&pdf);
    kh_buf_fini(&out);
}

Test(output_pdf_file, carries_an_outline_by_levels)
{
    static const struct {
        const char *text;
        int level;
        const char *shown, *why; /* a tab for each level, the first one included */
    } heads[] = {{"一、概况", 1, "\t\"一、概况\"\t#page=1&", "the first level"},
                 {"欧阳𬭸", 2, "\t\t\"欧阳𬭸\"\t#page=2&", "below it"},
                 {"更深", 5, "\t\t\t\"更深\"\t#page=3&", "a level that skips some"},
                 {"二、明细", 1, "\t\"二、明细\"\t#page=4&", "back to the first"},
                 {"正文", 0, NULL, "not in the outline"},
                 {"直接更深", 5, "\t\t\"直接更深\"\t#page=6&", "below the new first level"},
                 {"附表", 2, "\t\t\"附表\"\t#page=7&", "below it, too"}};
    enum { COUNT = sizeof heads / sizeof *heads };
    kh_block blocks[2 * COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        blocks[2 * i] = (kh_block){.kind = KH_BLOCK_PAGE_BREAK};
        blocks[2 * i + 1] = kit_paragraph(kit_text(&memory, 12, 0, true, heads[i].text));
        blocks[2 * i + 1].as.paragraph.outline = heads[i].level;
    }
    /* A smaller remark behind a heading is not in its entry. */
    kh_run remark[] = {blocks[1].as.paragraph.text.runs[0], blocks[1].as.paragraph.text.runs[0]};
    remark[1].text = "21 人,单位 分";
    remark[1].size = 8.5f;
    blocks[1].as.paragraph.text = (kh_text){remark, 2};
    kh_document d = kit_document(blocks, 2 * COUNT);
    kh_buf pdf = render(&k, &d), out = {0};
    const char *path = look_save(&memory, &pdf, "outline.pdf");
    cr_assert_eq(look_run(&out, "mutool show %s outline", path), 0, "%s", out.data);
    char *line = strtok(out.data, "\n");
    for (uint32_t i = 0; i < COUNT; i++) {
        if (!heads[i].shown) continue;
        cr_assert(line, "%s: no line", heads[i].why);
        /* Each line begins with a mark for whether the entry is open. */
        cr_expect_eq(strncmp(line + 1, heads[i].shown, strlen(heads[i].shown)), 0, "%s: %s",
                     heads[i].why, line);
        line = strtok(NULL, "\n");
    }
    cr_expect_null(line);
    cr_expect_eq(look_run(&out, "qpdf --check %s", path), 0, "%s", out.data);
    kh_buf_fini(&pdf);
    kh_buf_fini(&out);
}

Test(output_pdf_file, opens_with_its_password_only)
{
    kh_document d = *kit_scorecard(&memory, "M00127", "欧阳𬭸");
    kh_buf plain = render(&k, &d), out = {0}, decrypted = {0};
    const char *open = look_save(&memory, &plain, "plain.pdf");
    d.password = "密码-20090331";
    kh_buf locked = render(&k, &d);
    const char *path = look_save(&memory, &locked, "locked.pdf");
    static const char *const wrong[] = {"", "-upw x", "-upw 20090331", "-opw ''"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cr_expect_neq(look_run(&out, "pdftotext %s %s -", wrong[i], path), 0, "opened with '%s'",
                      wrong[i]);
        cr_expect(strstr(out.data, "Incorrect password"), "%s", out.data);
    }
    cr_expect_eq(look_run(&out, "pdfinfo -upw '%s' %s", d.password, path), 0);
    cr_expect(strstr(out.data, "algorithm:AES-256"), "%s", out.data);
    cr_assert_eq(look_run(&out, "pdftotext %s -", open), 0);
    cr_assert_eq(look_run(&decrypted, "pdftotext -upw '%s' %s -", d.password, path), 0);
    cr_expect_str_eq(decrypted.data, out.data);
    cr_expect_not(memmem(locked.data, locked.size, "FEFF6B27", 8), "the title is encrypted too");
    kh_buf_fini(&plain);
    kh_buf_fini(&locked);
    kh_buf_fini(&out);
    kh_buf_fini(&decrypted);
}

static kh_status full_disk(void *ctx, const void *data, size_t size, kh_error *err)
{
    (void)ctx, (void)data, (void)size;
    return kh_fail(err, KH_EUNAVAILABLE, "no space left");
}

Test(output_pdf_file, passes_on_what_the_sink_says)
{
    kh_sink sink = {NULL, full_disk};
    kh_error err = KH_ERROR_INIT;
    const kh_document *d = kit_scorecard(&memory, "M00127", "欧阳𬭸");
    cr_expect_eq(k.instance.plugin->output->document(k.instance.self, d, &sink, &err),
                 KH_EUNAVAILABLE);
    cr_expect_str_eq(err.text, "no space left");
}

Test(output_pdf_file, holds_many_pages)
{
    kh_block blocks[400];
    for (int i = 0; i < 200; i++) {
        blocks[2 * i] = kit_paragraph(kit_text(&memory, 9, 0, false, "页"));
        blocks[2 * i + 1] = (kh_block){.kind = KH_BLOCK_PAGE_BREAK};
    }
    kh_document d = kit_document(blocks, 400);
    kh_buf pdf = render(&k, &d), out = {0};
    const char *path = look_save(&memory, &pdf, "pages.pdf");
    cr_expect_eq(look_run(&out, "qpdf --check %s", path), 0, "%s", out.data);
    cr_expect_eq(look_run(&out, "pdfinfo %s", path), 0);
    cr_expect(strstr(out.data, "Pages:           200\n"), "a break at the end adds no page: %s",
              out.data);
    kh_buf_fini(&pdf);
    kh_buf_fini(&out);
}
