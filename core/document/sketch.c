/* A canvas while it is drawn: shapes in an arena, and labels that neither leave it nor overlap. */
#include "document/sketch.h"

#include "base/decimal.h"
#include "document/show.h"

#include <math.h>
#include <string.h>

void kh_sketch_begin(kh_sketch *sketch, kh_arena *arena, const kh_theme *theme, float width,
                     float height)
{
    *sketch = (kh_sketch){.arena = arena, .theme = theme, .width = width, .height = height};
}

const kh_canvas *kh_sketch_end(kh_sketch *sketch, const char *alt)
{
    kh_canvas *canvas = kh_arena_alloc(sketch->arena, sizeof *canvas);
    *canvas = (kh_canvas){.width = sketch->width,
                          .height = sketch->height,
                          .shapes = sketch->shapes,
                          .shape_count = sketch->count,
                          .alt = alt};
    return canvas;
}

/* ---- shapes -------------------------------------------------------------------------------- */

static float within(float x, float low, float high)
{
    return x > low ? (x < high ? x : high) : low; /* what is no number is `low` */
}

/* Room for one more in an array that doubles in the arena. */
static void *grow(kh_arena *arena, void *items, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room) return items;
    *room = *room ? *room * 2 : 32;
    void *bigger = kh_arena_array(arena, *room, size);
    if (count) memcpy(bigger, items, count * size);
    return bigger;
}

/* A new shape; its points are for the caller to fill in. */
static kh_shape *add(kh_sketch *s, kh_shape_kind kind, uint32_t count, kh_point **points)
{
    s->shapes = grow(s->arena, s->shapes, s->count, &s->room, sizeof *s->shapes);
    *points = kh_arena_array(s->arena, count, sizeof **points);
    kh_shape *shape = &s->shapes[s->count++];
    *shape = (kh_shape){.kind = kind,
                        .fill = KH_NO_COLOR,
                        .stroke = KH_NO_COLOR,
                        .points = *points,
                        .point_count = count};
    return shape;
}

/* A point on the canvas, `margin` from its edges. */
static kh_point point(const kh_sketch *s, float x, float y, float margin)
{
    return (kh_point){within(x, margin, s->width - margin), within(y, margin, s->height - margin)};
}

static kh_shape *add_rect(kh_sketch *s, float x, float y, float width, float height, float margin)
{
    kh_point *points, to = point(s, x + width, y + height, margin);
    kh_shape *shape = add(s, KH_SHAPE_RECT, 2, &points);
    points[0] = point(s, x, y, margin);
    points[1] = (kh_point){fmaxf(to.x - points[0].x, 0), fmaxf(to.y - points[0].y, 0)};
    return shape;
}

void kh_sketch_rect(kh_sketch *s, float x, float y, float width, float height, kh_color fill,
                    float radius)
{
    kh_shape *shape = add_rect(s, x, y, width, height, 0);
    shape->fill = fill;
    shape->radius = radius;
}

void kh_sketch_frame(kh_sketch *s, float x, float y, float width, float height, kh_color fill,
                     kh_color stroke, float stroke_width)
{
    stroke_width = fminf(stroke_width, fminf(width, height)); /* a thin one is all line */
    float half = stroke_width / 2;
    kh_shape *shape =
        add_rect(s, x + half, y + half, width - stroke_width, height - stroke_width, half);
    shape->fill = fill;
    shape->stroke = stroke;
    shape->stroke_width = stroke_width;
}

void kh_sketch_line(kh_sketch *s, float x1, float y1, float x2, float y2, kh_color color,
                    float width, float dash)
{
    kh_point *points;
    kh_shape *shape = add(s, KH_SHAPE_POLYLINE, 2, &points);
    points[0] = point(s, x1, y1, width / 2);
    points[1] = point(s, x2, y2, width / 2);
    shape->stroke = color;
    shape->stroke_width = width;
    shape->dash = dash;
}

void kh_sketch_path(kh_sketch *s, const kh_point *path, uint32_t count, bool closed, kh_color fill,
                    kh_color stroke, float width)
{
    kh_point *points;
    kh_shape *shape = add(s, closed ? KH_SHAPE_POLYGON : KH_SHAPE_POLYLINE, count, &points);
    float margin = stroke == KH_NO_COLOR ? 0 : width / 2;
    for (uint32_t i = 0; i < count; i++) points[i] = point(s, path[i].x, path[i].y, margin);
    shape->fill = fill;
    shape->stroke = stroke;
    shape->stroke_width = width;
}

void kh_sketch_disc(kh_sketch *s, float x, float y, float radius, kh_color fill, kh_color stroke)
{
    kh_point *points;
    kh_shape *shape = add(s, KH_SHAPE_CIRCLE, 1, &points);
    float width = stroke == KH_NO_COLOR ? 0 : 1;
    points[0] = point(s, x, y, radius + width / 2);
    shape->radius = radius;
    shape->fill = fill;
    shape->stroke = stroke;
    shape->stroke_width = width;
}

void kh_sketch_arc(kh_sketch *s, float x, float y, float radius, float inner, float from, float to,
                   kh_color fill)
{
    kh_point *points;
    kh_shape *shape = add(s, KH_SHAPE_ARC, 1, &points);
    points[0] = point(s, x, y, radius);
    shape->radius = radius;
    shape->inner = inner;
    shape->from = from;
    shape->to = to;
    shape->fill = fill;
}

/* ---- labels -------------------------------------------------------------------------------- */

static bool touches(const kh_sketch *s, const kh_label_box *box)
{
    for (uint32_t i = 0; i < s->taken_count; i++) {
        const kh_label_box *other = &s->taken[i];
        if (box->left < other->right && other->left < box->right && box->top < other->bottom &&
            other->top < box->bottom) {
            return true;
        }
    }
    return false;
}

static void take(kh_sketch *s, kh_label_box box)
{
    s->taken = grow(s->arena, s->taken, s->taken_count, &s->taken_room, sizeof *s->taken);
    s->taken[s->taken_count++] = box;
}

void kh_sketch_reserve(kh_sketch *s, float x, float y, float width, float height)
{
    take(s, (kh_label_box){x, y, x + width, y + height});
}

bool kh_sketch_label(kh_sketch *s, const char *text, float x, float y, kh_align anchor,
                     const kh_label *label)
{
    enum { APART = 2 }; /* points between two labels of one line */
    text = kh_show_fit(s->arena, text, label->size, label->bold, s->width);
    if (!*text) return false;
    float width = kh_show_width(text, label->size, label->bold);
    float before = anchor == KH_ALIGN_LEFT ? 0 : anchor == KH_ALIGN_CENTER ? width / 2 : width;
    float left = within(x - before, 0, s->width - width);
    y = within(y, label->size * KH_LABEL_ABOVE, s->height - label->size * KH_LABEL_BELOW);
    kh_label_box box = {left, y - label->size * KH_LABEL_ABOVE, left + width,
                        y + label->size * KH_LABEL_BELOW};
    kh_label_box apart = {left - APART, box.top, left + width + APART, box.bottom};
    if (!label->must && touches(s, &apart)) return false;
    take(s, box);
    kh_point *points;
    kh_shape *shape = add(s, KH_SHAPE_TEXT, 1, &points);
    shape->anchor = anchor;
    shape->text = (kh_run){text, label->size, label->color, label->bold};
    points[0] = (kh_point){left + before, y};
    return true;
}

kh_label kh_label_plain(const kh_theme *theme)
{
    return (kh_label){theme->small, theme->ink, false, false};
}

kh_label kh_label_muted(const kh_theme *theme)
{
    return (kh_label){theme->small, theme->muted, false, false};
}

kh_label kh_label_bold(const kh_theme *theme)
{
    return (kh_label){theme->small + 0.5f, theme->ink, true, true};
}

/* ---- from numbers to places ----------------------------------------------------------------- */

double kh_sketch_double(kh_decimal x)
{
    if (kh_is_absent(x)) return 0;
    double digits = (double)(x.hi & 0x1ffffffffffffULL) * 18446744073709551616.0 + (double)x.lo;
    int exponent = (int)(x.hi >> 49 & 0x3fff) - 6176;
    double value = exponent < 0 ? digits / pow(10, -exponent) : digits * pow(10, exponent);
    return x.hi >> 63 ? -value : value;
}

float kh_scale_at(const kh_scale *scale, double value)
{
    double part = (value - scale->low) / (scale->high - scale->low);
    part = part > 0 ? (part < 1 ? part : 1) : 0;
    return scale->from + (float)part * (scale->to - scale->from);
}

kh_decimal kh_scale_step(double range, int most)
{
    double raw = range / most;
    int power = (int)floor(log10(raw));
    double part = raw / pow(10, power);
    /* A step that is a hair too small by rounding would be one step too many. */
    int digit = part <= 1 + 1e-9 ? 1 : part <= 2 + 1e-9 ? 2 : part <= 5 + 1e-9 ? 5 : 10;
    kh_decimal ten = kh_dec_power(kh_dec_int(10), power < 0 ? -power : power);
    kh_decimal step = kh_dec_int(digit);
    return power < 0 ? kh_dec_div(step, ten) : kh_dec_mul(step, ten);
}

kh_decimal kh_scale_floor(kh_decimal x, kh_decimal step)
{
    return kh_dec_mul(kh_dec_floor(kh_dec_div(x, step), 0), step);
}
