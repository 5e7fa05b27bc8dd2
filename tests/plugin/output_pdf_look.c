/* A look at finished PDFs through the eyes of poppler, mupdf and qpdf; failures are test failures. */
#include "plugin/output_pdf_look.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

const char *look_save(kh_arena *a, const kh_buf *pdf, const char *name)
{
    mkdir(KAOHE_BUILD_DIR "/tests/pdf", 0755);
    const char *path = kh_arena_printf(a, "%s/tests/pdf/%s", KAOHE_BUILD_DIR, name);
    FILE *file = fopen(path, "wb");
    cr_assert(file, "%s", path);
    cr_assert_eq(fwrite(pdf->data, 1, pdf->size, file), pdf->size);
    cr_assert_eq(fclose(file), 0);
    return path;
}

int look_run(kh_buf *out, const char *format, ...)
{
    char command[1024];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(command, sizeof command - 6, format, args);
    va_end(args);
    cr_assert(n > 0 && (size_t)n < sizeof command - 6);
    strcat(command, " 2>&1");
    out->size = 0;
    kh_buf_add(out, "", 0);
    FILE *pipe = popen(command, "r");
    cr_assert(pipe);
    char block[65536];
    for (size_t got; (got = fread(block, 1, sizeof block, pipe)) > 0;) kh_buf_add(out, block, got);
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static look_image read_image(kh_arena *a, const char *path)
{
    kh_buf out = {0};
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_file_read(&out, path, &err), KH_OK, "%s", err.text);
    look_image image;
    int depth, used = 0;
    cr_assert_eq(sscanf(out.data, "P5 %d %d %d%n", &image.width, &image.height, &depth, &used), 3);
    size_t size = (size_t)image.width * (size_t)image.height;
    cr_assert_eq(depth, 255);
    cr_assert_eq(out.size, (size_t)used + 1 + size);
    image.pixels = (uint8_t *)kh_arena_bytes(a, out.data + used + 1, size);
    kh_buf_fini(&out);
    return image;
}

look_image look_raster(kh_arena *a, const char *path, int page, int dpi, bool mupdf)
{
    kh_buf out = {0};
    const char *to = kh_arena_printf(a, "%s.%s.pgm", path, mupdf ? "mupdf" : "poppler");
    int status = mupdf ? look_run(&out, "mutool draw -q -N -r %d -c gray -F pgm -o %s %s %d", dpi,
                                  to, path, page)
                       : look_run(&out, "pdftoppm -r %d -gray -f %d -singlefile %s %.*s", dpi, page,
                                  path, (int)strlen(to) - 4, to);
    cr_assert_eq(status, 0, "%s", out.data);
    cr_assert_eq(out.size, 0, "rendering said: %s", out.data);
    kh_buf_fini(&out);
    return read_image(a, to);
}

void look_raster_all(const char *path, int dpi)
{
    kh_buf out = {0};
    cr_assert_eq(look_run(&out, "pdftoppm -r %d -gray %s %s", dpi, path, path), 0, "%s", out.data);
    cr_assert_eq(out.size, 0, "rendering said: %s", out.data);
    kh_buf_fini(&out);
}

look_image look_page(kh_arena *a, const char *path, int page, int pages)
{
    const char *from = kh_arena_printf(a, pages < 10 ? "%s-%d.pgm" : "%s-%02d.pgm", path, page);
    look_image image = read_image(a, from);
    cr_assert_eq(unlink(from), 0);
    return image;
}

int look_ink(const look_image *image, float x0, float y0, float x1, float y1)
{
    int dark = 0;
    for (int y = y0 < 0 ? 0 : (int)y0; y < image->height && (float)y < y1; y++) {
        for (int x = x0 < 0 ? 0 : (int)x0; x < image->width && (float)x < x1; x++) {
            dark += image->pixels[y * image->width + x] < 128;
        }
    }
    return dark;
}

look_words look_find_words(kh_arena *a, const char *path)
{
    kh_buf out = {0};
    /* On pages without words it says so, in the middle of its output. */
    cr_assert_eq(look_run(&out, "(pdftotext -bbox %s - 2>/dev/null)", path), 0, "%s", out.data);
    look_words words = {kh_arena_array(a, out.size / 40 + 1, sizeof *words.items), 0};
    int page = 0;
    for (char *line = strtok(out.data, "\n"); line; line = strtok(NULL, "\n")) {
        if (strstr(line, "<page ")) page++;
        char *word = strstr(line, "<word ");
        if (!word) continue;
        look_word *w = &words.items[words.count++];
        w->page = page;
        cr_assert_eq(sscanf(word, "<word xMin=\"%f\" yMin=\"%f\" xMax=\"%f\" yMax=\"%f\"", &w->x0,
                            &w->y0, &w->x1, &w->y1),
                     4);
        char *from = strchr(word, '>') + 1;
        *strstr(from, "</word>") = '\0';
        w->text = kh_arena_text(a, from);
    }
    kh_buf_fini(&out);
    return words;
}

static bool apart(const look_word *a, const look_word *b)
{
    /* poppler's boxes are higher than the type: the middle half is what must be free. */
    float ah = (a->y1 - a->y0) / 4, bh = (b->y1 - b->y0) / 4;
    return a->x1 <= b->x0 + 0.1f || b->x1 <= a->x0 + 0.1f || a->y1 - ah <= b->y0 + bh ||
           b->y1 - bh <= a->y0 + ah;
}

/* The difference of the lightest and the darkest pixel: white on a dark ground is ink too. */
static int contrast(const look_image *page, const look_word *w, float zoom)
{
    int dark = 255, light = 0;
    for (int y = (int)(w->y0 * zoom); y <= (int)(w->y1 * zoom) && y < page->height; y++) {
        for (int x = (int)(w->x0 * zoom); x <= (int)(w->x1 * zoom) && x < page->width; x++) {
            int pixel = page->pixels[y * page->width + x];
            if (pixel < dark) dark = pixel;
            if (pixel > light) light = pixel;
        }
    }
    return light - dark;
}

look_words look_check(kh_arena *a, const kh_document *d, const char *path, bool rendered)
{
    look_words words = look_find_words(a, path);
    look_image pages[2] = {{0}};
    for (uint32_t i = 0; i < words.count; i++) {
        const look_word *w = &words.items[i];
        cr_expect_geq(w->x0, d->margin_left - 0.1f, "%s: '%s' begins at %g", path, w->text,
                      (double)w->x0);
        cr_expect_leq(w->x1, d->page_width - d->margin_right + 0.1f, "%s: '%s' ends at %g", path,
                      w->text, (double)w->x1);
        cr_expect(w->y1 >= d->margin_top && w->y0 <= d->page_height - 10, "%s: '%s' stands at %g",
                  path, w->text, (double)w->y0);
        for (uint32_t j = i + 1; j < words.count && words.items[j].page == w->page; j++) {
            cr_expect(apart(w, &words.items[j]), "%s, page %d: '%s' and '%s' overlap", path,
                      w->page, w->text, words.items[j].text);
        }
        for (int m = 0; rendered && m < 2; m++) {
            enum { DPI = 100 };
            if (i == 0 || w->page != w[-1].page) pages[m] = look_raster(a, path, w->page, DPI, m);
            cr_expect_gt(contrast(&pages[m], w, DPI / 72.0f), 40,
                         "%s, page %d: '%s' is not to be seen", path, w->page, w->text);
        }
    }
    return words;
}
