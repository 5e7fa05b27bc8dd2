/* The templates of the product as pages, for people and branches of every kind: nothing leaves the
 * page, covers something else, is blank or too small to read. */
#include "plugin/output_pdf_kit.h"
#include "plugin/output_pdf_look.h"
#include "plugin/output_pdf_people.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* The size of every text as mupdf finds it in the finished file. */
static void check_sizes(const char *path)
{
    kh_buf out = {0};
    cr_assert_eq(look_run(&out, "mutool draw -q -F stext %s", path), 0, "%s", out.data);
    uint32_t runs = 0;
    for (const char *at = out.data; (at = strstr(at, "<font ")); at++, runs++) {
        const char *size = strstr(at, " size=\"");
        cr_assert(size, "%s", at);
        cr_expect_geq(strtod(size + 7, NULL), 8.49, "%s: text of %.4s points", path, size + 7);
    }
    cr_expect_gt(runs, 10, "%s: %u texts", path, runs);
    kh_buf_fini(&out);
}

static int pages_of(const look_words *words)
{
    return words->count ? words->items[words->count - 1].page : 0;
}

/* Words of a page without those of its footer. */
static uint32_t body_words(const look_words *words, int page, const kh_document *d)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < words->count; i++) {
        const look_word *w = &words->items[i];
        count += w->page == page && w->y0 < d->page_height - d->margin_bottom;
    }
    return count;
}

static bool stands_on(const look_words *words, int page, const char *text)
{
    for (uint32_t i = 0; i < words->count; i++) {
        if (words->items[i].page == page && strstr(words->items[i].text, text)) return true;
    }
    return false;
}

Test(output_pdf_people, every_page_can_be_read)
{
    kit k;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kit_open(&k, NULL, &err), KH_OK, "%s", err.text);
    for (uint32_t i = 0; i < people_case_count; i++) {
        const people_case *c = &people_cases[i];
        kh_arena a = {0};
        kh_buf pdf = {0};
        const kh_document *d = people_open(c);
        cr_assert_eq(kit_render(&k, d, &pdf, &err), KH_OK, "%s", err.text);
        const char *name = kh_arena_printf(&a, "%s-%s.pdf", c->template, c->name);
        const char *path = look_save(&a, &pdf, name);
        look_words words = look_check(&a, d, path, true);
        check_sizes(path);
        int pages = pages_of(&words);
        for (int page = 1; page <= pages; page++) {
            cr_expect(stands_on(&words, page, "核验码"), "%s: page %d has no footer", name, page);
            cr_expect_gt(body_words(&words, page, d), 5, "%s: page %d is empty", name, page);
            if (page > 1 && c->sees) {
                cr_expect(stands_on(&words, page, c->sees), "%s: no '%s' on page %d", name, c->sees,
                          page);
            }
        }
        printf("%s: %d pages, %zu bytes\n", name, pages, pdf.size);
        people_close();
        kh_buf_fini(&pdf);
        kh_arena_fini(&a);
    }
    kit_close(&k);
}
