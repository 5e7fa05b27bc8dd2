/* Outlines: what harfbuzz draws, written as an unhinted Type 2 charstring (Adobe note 5177). */
#include "font.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A line has only d[4], d[5]; a curve has all three control points, each relative to the last. */
typedef struct segment {
    bool curve;
    int d[6]; /* dx, dy of three points */
} segment;

typedef struct pen {
    kh_bytes *out;
    segment *segments; /* of the open contour */
    uint32_t count, capacity;
    int x, y;             /* where the pen is */
    int start_x, start_y; /* of the open contour */
    int from_x, from_y;   /* the last point in the charstring */
    int shift, advance;
    bool open, drawn;
} pen;

enum {
    RMOVETO = 21,
    HMOVETO = 22,
    VMOVETO = 4,
    RLINETO = 5,
    HLINETO = 6,
    VLINETO = 7,
    RRCURVETO = 8,
    ENDCHAR = 14,
    VVCURVETO = 26,
    HHCURVETO = 27,
    VHCURVETO = 30,
    HVCURVETO = 31,
    STACK = 48
};

static void put_byte(kh_bytes *out, int byte)
{
    *kh_bytes_room(out, 1) = (uint8_t)byte;
    out->size++;
}

static void put_number(kh_bytes *out, int v)
{
    if (v >= -107 && v <= 107) {
        put_byte(out, v + 139);
    } else if (v >= 108 && v <= 1131) {
        put_byte(out, 247 + ((v - 108) >> 8));
        put_byte(out, (v - 108) & 255);
    } else if (v >= -1131 && v <= -108) {
        put_byte(out, 251 + ((-v - 108) >> 8));
        put_byte(out, (-v - 108) & 255);
    } else {
        put_byte(out, 28);
        put_byte(out, (v >> 8) & 255);
        put_byte(out, v & 255);
    }
}

static void put_numbers(kh_bytes *out, const int *v, int count)
{
    for (int i = 0; i < count; i++) put_number(out, v[i]);
}

/* The width stands before the arguments of the first operator. */
static void put_width(pen *p)
{
    if (!p->drawn && p->advance != KH_WIDTH_DEFAULT) {
        put_number(p->out, p->advance - KH_WIDTH_NOMINAL);
    }
    p->drawn = true;
}

/* Lines: right-angled ones alternate in one operator, the others share rlineto. */
static uint32_t put_lines(pen *p, uint32_t at)
{
    const segment *s = p->segments;
    uint32_t first = at;
    if (s[at].d[4] && s[at].d[5]) {
        for (; at < p->count && !s[at].curve && s[at].d[4] && s[at].d[5] &&
               (at - first + 1) * 2 <= STACK - 1;
             at++) {
            put_numbers(p->out, s[at].d + 4, 2);
        }
        put_byte(p->out, RLINETO);
        return at;
    }
    bool horizontal = s[at].d[5] == 0;
    for (bool h = horizontal; at < p->count && !s[at].curve && s[at].d[h ? 5 : 4] == 0 &&
                              s[at].d[h ? 4 : 5] != 0 && at - first < STACK - 1;
         at++, h = !h) {
        put_number(p->out, s[at].d[h ? 4 : 5]);
    }
    put_byte(p->out, horizontal ? HLINETO : VLINETO);
    return at;
}

/* Curves that leave along one axis and arrive along the other alternate in one operator; the last
   one may arrive at any angle, with one argument more. */
static uint32_t put_turning_curves(pen *p, uint32_t at)
{
    const segment *s = p->segments;
    bool horizontal = s[at].d[1] == 0, h = horizontal;
    for (int args = 0; at < p->count && s[at].curve && args + 5 < STACK; h = !h) {
        const int *d = s[at].d;
        if (d[h ? 1 : 0] != 0) break;
        bool turns = d[h ? 4 : 5] == 0;
        put_number(p->out, d[h ? 0 : 1]);
        put_numbers(p->out, d + 2, 2);
        put_number(p->out, d[h ? 5 : 4]);
        if (!turns) put_number(p->out, d[h ? 4 : 5]);
        args += 4;
        at++;
        if (!turns) break;
    }
    put_byte(p->out, horizontal ? HVCURVETO : VHCURVETO);
    return at;
}

/* Curves that leave and arrive along the same axis; the first may leave at any angle. */
static uint32_t put_parallel_curves(pen *p, uint32_t at, bool h)
{
    const segment *s = p->segments;
    if (s[at].d[h ? 1 : 0] != 0) put_number(p->out, s[at].d[h ? 1 : 0]);
    for (int args = 1; at < p->count && s[at].curve && args + 4 < STACK; at++, args += 4) {
        const int *d = s[at].d;
        if (d[h ? 5 : 4] != 0 || (args > 1 && d[h ? 1 : 0] != 0)) break;
        put_number(p->out, d[h ? 0 : 1]);
        put_numbers(p->out, d + 2, 2);
        put_number(p->out, d[h ? 4 : 5]);
    }
    put_byte(p->out, h ? HHCURVETO : VVCURVETO);
    return at;
}

static uint32_t put_curves(pen *p, uint32_t at)
{
    const segment *s = p->segments;
    const int *d = s[at].d;
    bool leaves_h = d[1] == 0, leaves_v = d[0] == 0;
    bool arrives_h = d[5] == 0, arrives_v = d[4] == 0;
    if ((leaves_h && arrives_h) || (!leaves_v && !leaves_h && arrives_h)) {
        return put_parallel_curves(p, at, true);
    }
    if ((leaves_v && arrives_v) || (!leaves_v && !leaves_h && arrives_v)) {
        return put_parallel_curves(p, at, false);
    }
    if (leaves_h || leaves_v) return put_turning_curves(p, at);
    for (int args = 0; at < p->count && s[at].curve && args + 6 < STACK; at++, args += 6) {
        d = s[at].d;
        if (!d[0] || !d[1] || !d[4] || !d[5]) break;
        put_numbers(p->out, d, 6);
    }
    put_byte(p->out, RRCURVETO);
    return at;
}

static void end_contour(pen *p)
{
    if (p->open && p->count > 0) {
        /* Filling closes the contour, so a last line home is not needed. */
        int back_x = 0, back_y = 0;
        if (p->x == p->start_x && p->y == p->start_y && !p->segments[p->count - 1].curve) {
            const segment *last = &p->segments[--p->count];
            back_x = last->d[4];
            back_y = last->d[5];
        }
        int dx = p->start_x - p->from_x, dy = p->start_y - p->from_y;
        put_width(p);
        if (dx || !dy) put_number(p->out, dx);
        if (dy) put_number(p->out, dy);
        put_byte(p->out, dy == 0 ? HMOVETO : dx == 0 ? VMOVETO : RMOVETO);
        for (uint32_t at = 0; at < p->count;) {
            at = p->segments[at].curve ? put_curves(p, at) : put_lines(p, at);
        }
        p->from_x = p->x - back_x;
        p->from_y = p->y - back_y;
    }
    p->open = false;
    p->count = 0;
}

static segment *add_segment(pen *p)
{
    if (p->count == p->capacity) {
        p->capacity = p->capacity ? p->capacity * 2 : 256;
        segment *more = reallocarray(p->segments, p->capacity, sizeof *more);
        if (!more) abort();
        p->segments = more;
    }
    segment *s = &p->segments[p->count++];
    *s = (segment){0};
    return s;
}

/* Steps between rounded points, so that errors do not add up along the contour. */
static void step(pen *p, int d[2], float x, float y)
{
    int to_x = (int)lroundf(x) + p->shift, to_y = (int)lroundf(y);
    d[0] = to_x - p->x;
    d[1] = to_y - p->y;
    p->x = to_x;
    p->y = to_y;
}

static void move_to(hb_draw_funcs_t *funcs, void *data, hb_draw_state_t *state, float x, float y,
                    void *user)
{
    (void)funcs, (void)state, (void)user;
    pen *p = data;
    int ignored[2];
    end_contour(p);
    step(p, ignored, x, y);
    p->start_x = p->x;
    p->start_y = p->y;
    p->open = true;
}

static void line_to(hb_draw_funcs_t *funcs, void *data, hb_draw_state_t *state, float x, float y,
                    void *user)
{
    (void)funcs, (void)state, (void)user;
    pen *p = data;
    segment *s = add_segment(p);
    step(p, s->d + 4, x, y);
    if (!s->d[4] && !s->d[5]) p->count--;
}

static void cubic_to(hb_draw_funcs_t *funcs, void *data, hb_draw_state_t *state, float x1, float y1,
                     float x2, float y2, float x3, float y3, void *user)
{
    (void)funcs, (void)state, (void)user;
    pen *p = data;
    segment *s = add_segment(p);
    s->curve = true;
    step(p, s->d, x1, y1);
    step(p, s->d + 2, x2, y2);
    step(p, s->d + 4, x3, y3);
}

static void close_path(hb_draw_funcs_t *funcs, void *data, hb_draw_state_t *state, void *user)
{
    (void)funcs, (void)state, (void)user;
    end_contour(data);
}

bool kh_outline_write(kh_bytes *out, hb_font_t *font, uint32_t glyph, int advance, int shift)
{
    /* Without a callback for them harfbuzz raises quadratic curves to cubic ones. */
    hb_draw_funcs_t *funcs = hb_draw_funcs_create();
    hb_draw_funcs_set_move_to_func(funcs, move_to, NULL, NULL);
    hb_draw_funcs_set_line_to_func(funcs, line_to, NULL, NULL);
    hb_draw_funcs_set_cubic_to_func(funcs, cubic_to, NULL, NULL);
    hb_draw_funcs_set_close_path_func(funcs, close_path, NULL, NULL);
    pen p = {.out = out, .shift = shift, .advance = advance};
    hb_font_get_glyph_shape(font, glyph, funcs, &p);
    end_contour(&p);
    bool drawn = p.drawn;
    put_width(&p);
    put_byte(out, ENDCHAR);
    free(p.segments);
    hb_draw_funcs_destroy(funcs);
    return drawn;
}
