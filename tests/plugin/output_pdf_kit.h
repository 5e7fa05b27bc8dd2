/* The loaded plugin output_pdf and a builder of documents, for its tests and its benchmark.
 *
 * What should never fail here ends the program with a line that says why.
 */
#ifndef OUTPUT_PDF_KIT_H
#define OUTPUT_PDF_KIT_H

#include "base/arena.h"
#include "base/text.h"
#include "plugin/registry.h"

#include <kaohe/output.h>

/* ---- the plugin ----------------------------------------------------------------------------- */

/** An open instance of pdf { ... }, through the registry and the loader. Must not move. */
typedef struct kit {
    kh_registry *registry;
    kh_instance instance;
    kh_arena memory;
    bool open;
} kit;

/** What the configuration says; NULL or none = the default. */
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

#endif
