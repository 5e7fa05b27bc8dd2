/* What the tests of output_pdf share: the loaded plugin, a builder of documents, a look at PDFs. */
#ifndef OUTPUT_PDF_KIT_H
#define OUTPUT_PDF_KIT_H

#include "base/arena.h"
#include "base/text.h"

#include <kaohe/output.h>

/* ---- the plugin ----------------------------------------------------------------------------- */

/** An open instance of pdf { ... }. */
typedef struct kit {
    const kh_plugin *plugin;
    void *instance;
    kh_arena host_memory;
    kh_host host;
} kit;

/** Options as the host would fill them; NULL or none = the default. */
typedef struct kit_options {
    const char *font, *bold_font;
    kh_texts fallback;
} kit_options;

kh_status kit_open(kit *k, const kit_options *options, kh_error *err);
void kit_close(kit *k);
/** One document into @p out (emptied first). */
kh_status kit_render(kit *k, const kh_document *document, kh_buf *out, kh_error *err);

/* ---- documents ------------------------------------------------------------------------------ */

extern const kh_color KIT_INK, KIT_GREY, KIT_BLUE, KIT_PALE, KIT_LINE, KIT_GREEN, KIT_RED,
    KIT_GROUND;

kh_text kit_text(kh_arena *a, float size, kh_color color, bool bold, const char *text);
/** Two styles one behind the other. */
kh_text kit_join(kh_arena *a, kh_text first, kh_text second);
kh_block kit_paragraph(kh_text text);
/** A cell of text; align -1 = the column's. */
kh_cell kit_cell(kh_text text, int align);
/** An A4 page with margins of 40 points and no footer. */
kh_document kit_document(const kh_block *blocks, uint32_t count);
/** A table of plain text: rows of @p columns strings, the first of them a header. */
kh_block kit_table(kh_arena *a, const kh_table_column *columns, uint32_t column_count,
                   const char *const *texts, uint32_t row_count, float size);

/* ---- looking at PDFs ------------------------------------------------------------------------ */

/** Write bytes into a file of the build folder and return its path (lives in the arena). */
const char *kit_save(kh_arena *a, const kh_buf *pdf, const char *name);
/** Run a command, catch what it prints (both streams); its exit status. */
int kit_run(kh_buf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** A rendered page: one byte a pixel, 0 = black. */
typedef struct kit_image {
    uint8_t *pixels;
    int width, height;
} kit_image;

/** Render a page (from 1) with poppler, or with mupdf; asserts that it works. */
kit_image kit_raster(kh_arena *a, const char *path, int page, int dpi, bool mupdf);
/** Pixels darker than half in a box in pixels, clipped to the page. */
int kit_ink(const kit_image *image, float x0, float y0, float x1, float y1);

/** A word as poppler finds it: its text and its box in points from the top left. */
typedef struct kit_word {
    const char *text;
    int page;
    float x0, y0, x1, y1;
} kit_word;
typedef struct kit_words {
    kit_word *items;
    uint32_t count;
} kit_words;
kit_words kit_find_words(kh_arena *a, const char *path);

#endif
