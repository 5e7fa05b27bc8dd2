/* A canvas while it is drawn: shapes in an arena, and labels that neither leave it nor overlap. */
#ifndef KH_DOCUMENT_SKETCH_H
#define KH_DOCUMENT_SKETCH_H

#include "base/arena.h"

#include <kaohe/decimal.h>
#include <kaohe/document.h>

enum { KH_THEME_SERIES = 6 };

/** No text is smaller than this: points. */
#define KH_SIZE_LEAST 8.5f

/** The colours and sizes of a document; see templates/theme.lua. */
typedef struct kh_theme {
    kh_color ink, muted, line, ground, accent, pale, up, down;
    kh_color series[KH_THEME_SERIES]; /* parts of a whole, from dark to light */
    float small, table, body, heading, value, title; /* sizes of texts */
    float margin;                    /* of the page */
} kh_theme;

/** A place that is taken: by a label, or by what labels should not cover. */
typedef struct kh_label_box {
    float left, top, right, bottom;
} kh_label_box;

typedef struct kh_sketch {
    kh_arena *arena;
    const kh_theme *theme;
    float width, height;
    kh_shape *shapes;
    uint32_t count, room;
    kh_label_box *taken;
    uint32_t taken_count, taken_room;
} kh_sketch;

void kh_sketch_begin(kh_sketch *sketch, kh_arena *arena, const kh_theme *theme, float width,
                     float height);
/** @p alt says in words what it shows; kept as it is. */
const kh_canvas *kh_sketch_end(kh_sketch *sketch, const char *alt);

/* Points that lie outside of the canvas are moved onto its edge. */
void kh_sketch_rect(kh_sketch *sketch, float x, float y, float width, float height, kh_color fill,
                    float radius);
/** A rectangle with a line inside its edge. */
void kh_sketch_frame(kh_sketch *sketch, float x, float y, float width, float height, kh_color fill,
                     kh_color stroke, float stroke_width);
void kh_sketch_line(kh_sketch *sketch, float x1, float y1, float x2, float y2, kh_color color,
                    float width, float dash);
void kh_sketch_path(kh_sketch *sketch, const kh_point *points, uint32_t count, bool closed,
                    kh_color fill, kh_color stroke, float width);
void kh_sketch_disc(kh_sketch *sketch, float x, float y, float radius, kh_color fill,
                    kh_color stroke);
/** A ring segment; degrees from the top, clockwise. */
void kh_sketch_arc(kh_sketch *sketch, float x, float y, float radius, float inner, float from,
                   float to, kh_color fill);

typedef struct kh_label {
    float size;
    kh_color color;
    bool bold;
    bool must; /* drawn even when it touches another label */
} kh_label;

/**
 * Set a label at (x, y), @p y being its baseline; it is moved into the canvas, and cut when it is
 * wider than that.
 * @return false when it would touch what is there already: then nothing was drawn
 */
bool kh_sketch_label(kh_sketch *sketch, const char *text, float x, float y, kh_align anchor,
                     const kh_label *label);

/** Labels that need not be drawn keep out of this place, too. */
void kh_sketch_reserve(kh_sketch *sketch, float x, float y, float width, float height);

/** What a label of this size takes above and below its baseline. */
#define KH_LABEL_ABOVE 0.86f
#define KH_LABEL_BELOW 0.14f

/** Styles of labels: plain, grey, bold. */
kh_label kh_label_plain(const kh_theme *theme);
kh_label kh_label_muted(const kh_theme *theme);
kh_label kh_label_bold(const kh_theme *theme);

/* ---- from numbers to places ----------------------------------------------------------------- */

/** The number as a binary fraction: only for places on a canvas. 0 when it is absent. */
double kh_sketch_double(kh_decimal x);

/** A linear scale; low < high. */
typedef struct kh_scale {
    double low, high;
    float from, to; /* where low and high stand */
} kh_scale;

/** Where a number stands, not beyond the ends of the scale. */
float kh_scale_at(const kh_scale *scale, double value);

/** 1, 2 or 5 times a power of ten, so that at most @p most steps cover @p range > 0. */
kh_decimal kh_scale_step(double range, int most);

/** The greatest multiple of @p step that is not above @p x. */
kh_decimal kh_scale_floor(kh_decimal x, kh_decimal step);

#endif
