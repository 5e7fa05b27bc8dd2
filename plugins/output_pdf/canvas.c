/* Canvases: the vector shapes of charts and ornaments as path operators. */
#include "ink.h"

#include <math.h>

/* How far the control points of a quarter circle stand off its ends, in radii. */
#define ROUND  0.5522847f
#define DEGREE 0.017453293f

/* Where a canvas stands on its page. */
typedef struct frame {
    kh_ink *ink;
    float x, y, scale;
} frame;

static void go(const frame *f, float x, float y, const char *op)
{
    kh_ink_at(f->ink, f->x + x * f->scale, f->y + y * f->scale, op);
}

static void curve(const frame *f, float x1, float y1, float x2, float y2, float x3, float y3)
{
    kh_ink_curve(f->ink,
                 (float[6]){f->x + x1 * f->scale, f->y + y1 * f->scale, f->x + x2 * f->scale,
                            f->y + y2 * f->scale, f->x + x3 * f->scale, f->y + y3 * f->scale});
}

static void rectangle(const frame *f, float x, float y, float w, float h, float r)
{
    if (r > w / 2) r = w / 2;
    if (r > h / 2) r = h / 2;
    if (!(r > 0)) {
        kh_ink_number(f->ink, f->x + x * f->scale);
        kh_ink_number(f->ink, f->ink->page_height - f->y - (y + h) * f->scale);
        kh_ink_number(f->ink, w * f->scale);
        kh_ink_number(f->ink, h * f->scale);
        kh_ink_op(f->ink, "re");
        return;
    }
    float k = r - r * ROUND;
    go(f, x + r, y, "m");
    go(f, x + w - r, y, "l");
    curve(f, x + w - k, y, x + w, y + k, x + w, y + r);
    go(f, x + w, y + h - r, "l");
    curve(f, x + w, y + h - k, x + w - k, y + h, x + w - r, y + h);
    go(f, x + r, y + h, "l");
    curve(f, x + k, y + h, x, y + h - k, x, y + h - r);
    go(f, x, y + r, "l");
    curve(f, x, y + k, x + k, y, x + r, y);
    kh_ink_op(f->ink, "h");
}

/* An arc round (cx, cy) in pieces of at most 90 degrees, 0 = up, clockwise; the pen is at its
   beginning. */
static void arc(const frame *f, float cx, float cy, float r, float from, float to)
{
    int pieces = (int)ceilf(fabsf(to - from) / 90);
    float step = (to - from) / (float)(pieces ? pieces : 1) * DEGREE;
    float k = 4.0f / 3 * tanf(step / 4) * r;
    for (int i = 0; i < pieces; i++) {
        float a = from * DEGREE + (float)i * step, b = a + step;
        float sa = sinf(a), ca = cosf(a), sb = sinf(b), cb = cosf(b);
        curve(f, cx + r * sa + k * ca, cy - r * ca + k * sa, cx + r * sb - k * cb,
              cy - r * cb - k * sb, cx + r * sb, cy - r * cb);
    }
}

static void arc_start(const frame *f, float cx, float cy, float r, float angle, const char *op)
{
    go(f, cx + r * sinf(angle * DEGREE), cy - r * cosf(angle * DEGREE), op);
}

/* A slice, a ring segment, or a whole ring of two circles that run against each other. */
static void ring(const frame *f, const kh_shape *s)
{
    float cx = s->points[0].x, cy = s->points[0].y, from = s->from, to = s->to;
    if (!(fabsf(from) < 10000 && fabsf(to) < 10000)) {
        f->ink->broken = true;
        return;
    }
    bool whole = fabsf(to - from) >= 360;
    if (whole) to = from + 360;
    arc_start(f, cx, cy, s->radius, from, "m");
    arc(f, cx, cy, s->radius, from, to);
    if (whole && s->inner > 0) {
        kh_ink_op(f->ink, "h");
        arc_start(f, cx, cy, s->inner, to, "m");
        arc(f, cx, cy, s->inner, to, from);
    } else if (s->inner > 0) {
        arc_start(f, cx, cy, s->inner, to, "l");
        arc(f, cx, cy, s->inner, to, from);
    } else if (!whole) {
        go(f, cx, cy, "l");
    }
    kh_ink_op(f->ink, "h");
}

static kh_status label(const frame *f, kh_pool *pool, kh_fonts *fonts, const kh_canvas *canvas,
                       const kh_shape *s, const char *who, kh_error *err)
{
    kh_passage *passage = kh_pool_alloc(pool, sizeof *passage);
    kh_text text = {&s->text, 1};
    kh_status rc = kh_passage_make(passage, pool, fonts, &text, f->scale, 0, who, err);
    if (rc < 0) return rc;
    kh_line line = {.passage = passage};
    while (line.to < passage->count && passage->chars[line.to].glyph) line.to++;
    float width = kh_passage_width(passage, 0, line.to), room = canvas->width * f->scale;
    if (width > room) {
        rc = kh_passage_make(passage, pool, fonts, &text, f->scale * room / width, 0, who, err);
        if (rc < 0) return rc;
        width = kh_passage_width(passage, 0, line.to);
    }
    float x = s->points[0].x * f->scale;
    if (s->anchor == KH_ALIGN_CENTER) x -= width / 2;
    if (s->anchor == KH_ALIGN_RIGHT || s->anchor == KH_ALIGN_POINT) x -= width;
    if (x > room - width) x = room - width;
    if (x < 0) x = 0;
    kh_ink_line(f->ink, fonts, &line, f->x + x, f->y + s->points[0].y * f->scale);
    return KH_OK;
}

static void path(const frame *f, const kh_shape *s)
{
    const kh_point *p = s->points;
    switch (s->kind) {
    case KH_SHAPE_RECT: rectangle(f, p[0].x, p[0].y, p[1].x, p[1].y, s->radius); break;
    case KH_SHAPE_CIRCLE:
        arc_start(f, p[0].x, p[0].y, s->radius, 0, "m");
        arc(f, p[0].x, p[0].y, s->radius, 0, 360);
        kh_ink_op(f->ink, "h");
        break;
    case KH_SHAPE_ARC: ring(f, s); break;
    case KH_SHAPE_POLYLINE:
    case KH_SHAPE_POLYGON:
        for (uint32_t i = 0; i < s->point_count; i++) go(f, p[i].x, p[i].y, i ? "l" : "m");
        if (s->kind == KH_SHAPE_POLYGON) kh_ink_op(f->ink, "h");
        break;
    case KH_SHAPE_TEXT: break;
    }
}

kh_status kh_canvas_draw(kh_ink *ink, kh_pool *pool, kh_fonts *fonts, const kh_canvas *canvas,
                         float x, float y, float scale, const char *who, kh_error *err)
{
    static const uint32_t least[] = {
        [KH_SHAPE_RECT] = 2,   [KH_SHAPE_POLYLINE] = 2, [KH_SHAPE_POLYGON] = 3,
        [KH_SHAPE_CIRCLE] = 1, [KH_SHAPE_ARC] = 1,      [KH_SHAPE_TEXT] = 1};
    frame f = {ink, x, y, scale};
    bool described = canvas->alt && canvas->alt[0];
    if (described) {
        kh_bytes_text(&ink->out, "/Span <</Alt ");
        kh_hex_text(&ink->out, canvas->alt);
        kh_ink_op(ink, ">> BDC");
    }
    for (uint32_t i = 0; i < canvas->shape_count; i++) {
        const kh_shape *s = &canvas->shapes[i];
        if ((unsigned)s->kind >= sizeof least / sizeof *least || s->point_count < least[s->kind]) {
            return kh_fail(err, KH_EDATA, "%s: shape %u of kind %d has %u points: give it more",
                           who, i + 1, (int)s->kind, s->point_count);
        }
        if (s->kind == KH_SHAPE_TEXT) {
            kh_status rc = label(&f, pool, fonts, canvas, s, who, err);
            if (rc < 0) return rc;
            continue;
        }
        kh_color fill = s->kind == KH_SHAPE_POLYLINE ? KH_NO_COLOR : s->fill;
        const char *paint =
            kh_ink_paint(ink, fill, s->stroke, s->stroke_width * scale, s->dash * scale);
        if (!paint) continue;
        path(&f, s);
        kh_ink_op(ink, paint);
    }
    if (described) kh_ink_op(ink, "EMC");
    return KH_OK;
}
