/* Ink: the content stream of a page. Coordinates are points from the top left, y downwards. */
#ifndef KH_PDF_INK_H
#define KH_PDF_INK_H

#include "line.h"

/**
 * A content stream being written, with the graphics state its operators have set so far, so that
 * a state is written only when it changes. Zero-initialise but for @p page_height.
 */
typedef struct kh_ink {
    kh_bytes out;
    float page_height;
    bool started;
    bool broken; /* a coordinate was no number or beyond what PDF readers take */
    kh_color fill, stroke;
    float width, dash;
    const kh_face *face;
    float size;
    bool bold_stroke;
} kh_ink;

/** Begin a page: forget content and state, keep the memory. */
void kh_ink_start(kh_ink *ink, float page_height);

void kh_ink_box(kh_ink *ink, float x, float y, float width, float height, kh_color fill);
/** Characters of one line, left end at @p x on the baseline @p y; marks their glyphs as used. */
void kh_ink_line(kh_ink *ink, kh_fonts *fonts, const kh_line *line, float x, float y);

/* The operators that canvases are drawn with. */
void kh_ink_number(kh_ink *ink, float value);
void kh_ink_op(kh_ink *ink, const char *op);
void kh_ink_at(kh_ink *ink, float x, float y, const char *op);
void kh_ink_curve(kh_ink *ink, const float p[6]);
/** Set colours and line for a shape. @return the painting operator, NULL = nothing to paint */
const char *kh_ink_paint(kh_ink *ink, kh_color fill, kh_color stroke, float width, float dash);

/** UTF-8 as a PDF text string in hexadecimal, UTF-16BE with its mark: <FEFF...>. */
void kh_hex_text(kh_bytes *out, const char *text);

/**
 * Draw a canvas with its top left corner at x, y, scaled as a whole.
 * A text that would leave the canvas sideways is moved inside, or set smaller.
 * @return KH_EDATA names the shape that has too few points, or the character that no font has
 */
kh_status kh_canvas_draw(kh_ink *ink, kh_pool *pool, kh_fonts *fonts, const kh_canvas *canvas,
                         float x, float y, float scale, const char *who, kh_error *err);

#endif
