/* Layout: blocks become strips, strips become pages.
 *
 * A strip is a piece of the page that is never cut: a line of a paragraph, a row of a table, a
 * chart. Every block turns into strips with their place only relative to the strip, so breaking
 * pages is choosing how many strips still fit. Blocks side by side are cut into pieces of at most
 * a page first, each of which is one strip.
 */
#ifndef KH_PDF_LAYOUT_H
#define KH_PDF_LAYOUT_H

#include "ink.h"

typedef struct kh_strip kh_strip;

/** Something drawn in a strip, placed from the strip's top left corner. */
typedef struct kh_piece {
    enum { KH_PIECE_BOX, KH_PIECE_LINE, KH_PIECE_CANVAS, KH_PIECE_STRIP, KH_PIECE_OUTLINE } kind;
    float x, y;
    struct kh_piece *next;
    union {
        struct {
            float width, height;
            kh_color fill;
        } box;
        const kh_line *line; /* y is its top */
        struct {
            const kh_canvas *canvas;
            float scale;
        } canvas;
        const kh_strip *strip;
        const kh_paragraph *outline; /* an entry of the document's outline points here */
    } as;
} kh_piece;

struct kh_strip {
    float space; /* above it, unless it is the first of its page, column or callout */
    float height;
    bool keep;                    /* no page break behind it */
    bool breaks;                  /* starts a new page */
    const struct kh_flow *header; /* strips to repeat when a page begins with this one; or NULL */
    kh_piece *pieces, **last;     /* drawn in order */
};

/** Strips one below the other. */
typedef struct kh_flow {
    kh_strip **strips;
    uint32_t count;
    float pending;                /* space before the next strip */
    bool breaks;                  /* the next strip starts a new page */
    const struct kh_flow *header; /* of the strips that are added */
} kh_flow;

/** What laying out a document needs. */
typedef struct kh_layout {
    kh_pool *pool;
    kh_fonts *fonts;
    const char *who;
    float limit;    /* height of a page's body: no strip is higher */
    float tight;    /* spaces between blocks and in tables are multiplied by it */
    uint32_t depth; /* of the blocks being laid out, one inside the other */
    kh_error *err;
} kh_layout;

/** Append a strip of @p height points. */
kh_status kh_flow_add(kh_layout *layout, kh_flow *flow, float height, kh_strip **out);
/** How many strips from @p from on fit into @p room; at least 1. */
uint32_t kh_flow_fit(const kh_flow *flow, uint32_t from, float room);
/** What @p count strips from @p from on take, with a repeated header. */
float kh_flow_height(const kh_flow *flow, uint32_t from, uint32_t count);
/** Put @p count strips from @p from on, with a repeated header, into @p target. */
void kh_flow_place(kh_layout *layout, const kh_flow *flow, uint32_t from, uint32_t count,
                   kh_strip *target, float x, float y);

kh_piece *kh_strip_piece(kh_layout *layout, kh_strip *strip, int kind, float x, float y);
void kh_strip_box(kh_layout *layout, kh_strip *strip, float x, float y, float width, float height,
                  kh_color fill);
void kh_strip_line(kh_layout *layout, kh_strip *strip, const kh_line *line, float x, float y);

/** The line height where the document leaves it open. */
#define KH_LEADING 1.4f

/**
 * A text broken into lines of @p width; where it needs more than one, it is set smaller, down to
 * @p least times its size, but no type below 8.5 points.
 */
kh_status kh_layout_text(kh_layout *layout, kh_lines *out, const kh_text *text, float width,
                         float leading, float least);

/** Append blocks to a flow of @p width points. */
kh_status kh_layout_blocks(kh_layout *layout, kh_flow *flow, const kh_block *blocks, uint32_t count,
                           float width);
kh_status kh_layout_table(kh_layout *layout, kh_flow *flow, const kh_table *table, float width);

/** Where the left end of something @p width wide stands in @p room. */
float kh_align_offset(kh_align align, float width, float room);

/** Pages of a document: strips from the top left of the page. */
typedef struct kh_pages {
    kh_strip **items;
    uint32_t count;
} kh_pages;

kh_status kh_layout_document(kh_layout *layout, kh_pages *out, const kh_document *document);

#endif
