/* A look at finished PDFs through the eyes of poppler, mupdf and qpdf; failures are test failures. */
#ifndef OUTPUT_PDF_LOOK_H
#define OUTPUT_PDF_LOOK_H

#include "base/arena.h"
#include "base/text.h"

#include <kaohe/document.h>

/** Write bytes into a file of the build folder and return its path (lives in the arena). */
const char *look_save(kh_arena *a, const kh_buf *pdf, const char *name);
/** Run a command, catch what it prints (both streams); its exit status. */
int look_run(kh_buf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** A rendered page: one byte a pixel, 0 = black. */
typedef struct look_image {
    uint8_t *pixels;
    int width, height;
} look_image;

/** Render a page (from 1) with poppler, or with mupdf; asserts that it works. */
look_image look_raster(kh_arena *a, const char *path, int page, int dpi, bool mupdf);
/**
 * Render all pages with poppler, in one process that reads the fonts once; look_page() takes them
 * one by one, from 1, and removes their files.
 */
void look_raster_all(const char *path, int dpi);
look_image look_page(kh_arena *a, const char *path, int page, int pages);
/** Pixels darker than half in a box in pixels, clipped to the page. */
int look_ink(const look_image *image, float x0, float y0, float x1, float y1);

/** A word as poppler finds it: its text and its box in points from the top left. */
typedef struct look_word {
    const char *text;
    int page;
    float x0, y0, x1, y1;
} look_word;
typedef struct look_words {
    look_word *items;
    uint32_t count;
} look_words;
look_words look_find_words(kh_arena *a, const char *path);

/**
 * The rules every page must keep: words inside the margins, no two on the same place; and when
 * @p rendered, contrast under each of them in two renderers.
 */
look_words look_check(kh_arena *a, const kh_document *d, const char *path, bool rendered);

#endif
