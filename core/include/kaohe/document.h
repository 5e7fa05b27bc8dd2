/* A document as templates build it and output formats draw it: blocks of text, tables, shapes.
 *
 * The document says what belongs together and how it should look; breaking lines and pages is the
 * output's work. All lengths are points (1/72 inch). All text is UTF-8, NUL-terminated, validated.
 * Everything is borrowed for the call of kh_output_ops.document and constant.
 */
#ifndef KAOHE_DOCUMENT_H
#define KAOHE_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** 0xRRGGBB. */
typedef uint32_t kh_color;

/** "No fill", "no stroke". */
#define KH_NO_COLOR ((kh_color)0xFF000000)

/** A stretch of text in one style. "\n" ends a line. */
typedef struct kh_run {
    const char *text;
    float size;
    kh_color color;
    bool bold;
} kh_run;

/** Runs that flow together as one paragraph. */
typedef struct kh_text {
    const kh_run *runs;
    uint32_t run_count;
} kh_text;

typedef enum kh_align {
    KH_ALIGN_LEFT,
    KH_ALIGN_CENTER,
    KH_ALIGN_RIGHT,
    KH_ALIGN_POINT /* numbers stand with their decimal points under each other, as a right column */
} kh_align;

/* ---- shapes: charts and ornaments ---------------------------------------------------------- */

typedef enum kh_shape_kind {
    KH_SHAPE_RECT,     /* points[0] = top left, points[1] = width and height; radius rounds */
    KH_SHAPE_POLYLINE, /* open, stroked */
    KH_SHAPE_POLYGON,  /* closed, filled and stroked */
    KH_SHAPE_CIRCLE,   /* points[0] = centre, radius */
    KH_SHAPE_ARC,      /* ring segment: centre, radius (outer), inner (0 = a slice), from/to in
                          degrees, 0 = up, clockwise; 360 or more = the whole ring */
    KH_SHAPE_TEXT      /* points[0] = anchor on the baseline; one line; moved inside or set smaller
                          when it would leave the canvas sideways */
} kh_shape_kind;

typedef struct kh_point {
    float x, y;
} kh_point;

/** Drawn in order. Coordinates of the canvas: origin top left, y downwards. */
typedef struct kh_shape {
    kh_shape_kind kind;
    kh_color fill, stroke;
    float stroke_width;
    float dash; /* length of dashes and gaps; 0 = solid */
    const kh_point *points;
    uint32_t point_count;
    float radius, inner, from, to;
    kh_run text;     /* KH_SHAPE_TEXT; its color is the fill */
    kh_align anchor; /* KH_SHAPE_TEXT: which end of the text stands at the point */
} kh_shape;

/** Scaled down as a whole where it is wider than its column or higher than a page. */
typedef struct kh_canvas {
    float width, height;
    const kh_shape *shapes;
    uint32_t shape_count;
    const char *alt; /* what it shows, in words, for readers who do not see it; may be "" */
} kh_canvas;

/* ---- blocks -------------------------------------------------------------------------------- */

typedef enum kh_block_kind {
    KH_BLOCK_PARAGRAPH,
    KH_BLOCK_FIELDS, /* cells in a row: small label above, large value, note below; a value is set
                        smaller, down to 0.6 of its size, to stay on one line */
    KH_BLOCK_TABLE,
    KH_BLOCK_COLUMNS, /* blocks side by side */
    KH_BLOCK_CALLOUT, /* blocks on a tinted ground */
    KH_BLOCK_CANVAS,
    KH_BLOCK_RULE, /* a horizontal line */
    KH_BLOCK_SPACER,
    KH_BLOCK_PAGE_BREAK
} kh_block_kind;

typedef struct kh_block kh_block;

typedef struct kh_paragraph {
    kh_text text;
    kh_align align;
    float leading; /* line height as a multiple of the size; 0 = 1.4 */
    kh_color bar;  /* a short vertical bar before a heading; KH_NO_COLOR = none */
    int outline;   /* 1.. = an entry of the document's outline at this level; 0 = none */
} kh_paragraph;

typedef struct kh_field_cell {
    kh_text label, value, note;
    float share; /* of the width; 0 = 1 */
} kh_field_cell;

typedef struct kh_fields {
    const kh_field_cell *cells;
    uint32_t cell_count;
    kh_color fill; /* KH_NO_COLOR = none */
} kh_fields;

typedef struct kh_table_column {
    float width; /* points; wider where a word or number needs it; 0 = by share */
    float share; /* of what the other columns leave; 0 = as wide as its widest cell */
    kh_align align;
    float min_size; /* text may shrink down to this size to stay on one line; 0 = wrap instead */
} kh_table_column;

typedef struct kh_cell {
    kh_text text;
    const kh_canvas *canvas; /* instead of text; NULL = none */
    uint32_t span;           /* columns it covers; 0 = 1 */
    int align;               /* a kh_align, or -1 = the column's */
    kh_color fill;           /* KH_NO_COLOR = none */
} kh_cell;

typedef struct kh_row {
    const kh_cell *cells;
    uint32_t cell_count;
    kh_color line_below; /* KH_NO_COLOR = none */
    float line_width;    /* points */
    kh_color line_above; /* KH_NO_COLOR = none */
} kh_row;

typedef struct kh_table {
    const kh_table_column *columns;
    uint32_t column_count;
    const kh_row *rows;
    uint32_t row_count;
    uint32_t header_rows; /* the first rows, repeated on each page the table reaches */
    float padding;        /* above and below the text of a cell */
    float gap;            /* left and right of the text of a cell */
} kh_table;

typedef struct kh_columns {
    const kh_block *const *blocks; /* one list for each column */
    const uint32_t *block_counts;
    const float *shares; /* of the width without the gaps */
    uint32_t column_count;
    float gap;
} kh_columns;

typedef struct kh_callout {
    const kh_block *blocks;
    uint32_t block_count;
    kh_color fill;
    float padding;
} kh_callout;

/**
 * Spaces of neighbours add up; at the top of a page, column or callout there is none.
 * Blocks in columns, fields and callouts stay on one page unless they are higher than a page.
 */
struct kh_block {
    kh_block_kind kind;
    float space_before, space_after;
    bool keep_with_next; /* no page break between this block and the next */
    union {
        kh_paragraph paragraph;
        kh_fields fields;
        kh_table table;
        kh_columns columns;
        kh_callout callout;
        kh_canvas canvas;
        struct {
            kh_color color;
            float width;
        } rule;
        float spacer;
    } as;
};

typedef struct kh_document {
    uint32_t size;
    const char *title, *author, *subject; /* document properties */
    const char *who;                      /* for messages: "M0001 张伟" */
    const char *code;              /* verification code (a document property too); "" = none */
    float page_width, page_height; /* A4: 595.28 x 841.89 */
    float margin_left, margin_right, margin_top, margin_bottom;
    const kh_block *blocks;
    uint32_t block_count;
    /**
     * On every page, in the bottom margin under the line; "{page}" and "{pages}" are replaced.
     * A footer that is higher than the margin takes its room from the body.
     */
    kh_text footer_left, footer_right;
    kh_color footer_line;
    const char *password; /* NULL = none; else needed to open the file, and not "" */
} kh_document;

#endif
