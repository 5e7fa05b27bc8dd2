/* Charts of bars: a bar in a cell, the way to a total, the distribution of people. */
#include "document/chart.h"

#include "base/decimal.h"
#include "document/show.h"

#include <math.h>

/* Smaller spans than this count as none: there is nothing to compare. */
#define FLAT 1e-9

enum { BETWEEN = 3 }; /* points between a label and what it belongs to */

static kh_decimal shown(const kh_chart *chart, kh_decimal value)
{
    return kh_dec_div(value, chart->per);
}

static void widen(double *low, double *high, double value)
{
    if (value < *low) *low = value;
    if (value > *high) *high = value;
}

static kh_scale scale_of(double low, double high, float from, float to)
{
    if (!(high - low > FLAT)) high = low + 1;
    return (kh_scale){low, high, from, to};
}

/* ---- a bar in a cell ----------------------------------------------------------------------- */

const kh_canvas *kh_chart_bar(const kh_chart *chart, kh_decimal value, kh_decimal mark,
                              kh_decimal low, kh_decimal high, bool track)
{
    const kh_theme *theme = chart->theme;
    kh_sketch s;
    kh_sketch_begin(&s, chart->arena, theme, chart->width, chart->height);
    double from = 0, to = 0, number = kh_sketch_double(value), at = kh_sketch_double(mark);
    if (kh_is_absent(low) || kh_is_absent(high)) {
        widen(&from, &to, number);
        widen(&from, &to, at);
    }
    widen(&from, &to, kh_sketch_double(low));
    widen(&from, &to, kh_sketch_double(high));
    kh_scale scale = scale_of(from, to, 1, s.width - 1);
    float zero = kh_scale_at(&scale, 0), end = kh_scale_at(&scale, number);
    float top = s.height * 0.2f, height = s.height - 2 * top;
    if (track) kh_sketch_rect(&s, 1, top, s.width - 2, height, theme->line, 0);
    if (!kh_is_absent(value) && number < 0) {
        /* Hollow, so that a loss is seen without colours, too. */
        kh_sketch_frame(&s, end, top, zero - end, height, 0xFFFFFF, theme->down, 1);
    } else if (!kh_is_absent(value) && number > 0) {
        float width = end - zero > 0.6f ? end - zero : 0.6f;
        kh_sketch_rect(&s, zero, top, width, height, theme->accent, 0);
        if (number > to + FLAT) { /* it goes on: a slit near its end */
            kh_sketch_rect(&s, end - 7, top, 2, height, 0xFFFFFF, 0);
        }
    }
    if (from < 0) kh_sketch_line(&s, zero, 0, zero, s.height, theme->muted, 0.5f, 0);
    if (!kh_is_absent(mark)) {
        float x = kh_scale_at(&scale, at);
        kh_sketch_line(&s, x, s.height * 0.04f, x, s.height * 0.96f, theme->ink, 1.4f, 0);
    }
    return kh_sketch_end(&s, chart->alt);
}

/* ---- waterfall ----------------------------------------------------------------------------- */

enum { LABEL_LINES = 2 };

/* One line of the waterfall, or its total. */
typedef struct fall {
    const kh_chart_value *line;
    kh_decimal value; /* as shown */
    double from, to;
    bool total;
    const char *label[LABEL_LINES];
    uint32_t label_lines;
} fall;

/* Indices of the falls, the most important ones first: the total, then by size. */
static void by_weight(const fall *falls, uint32_t count, uint32_t *order)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = i;
        double size = falls[i].total ? HUGE_VAL : fabs(falls[i].to - falls[i].from);
        for (; at > 0; at--) {
            const fall *before = &falls[order[at - 1]];
            if (before->total || fabs(before->to - before->from) >= size) break;
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
}

static void name_falls(kh_sketch *s, const fall *falls, uint32_t count, const uint32_t *order,
                       float slot, float baseline)
{
    for (uint32_t k = 0; k < count; k++) {
        const fall *f = &falls[order[k]];
        kh_label label = kh_label_muted(s->theme);
        float x = slot * ((float)order[k] + 0.5f), y = baseline;
        if (f->total) {
            label.bold = true;
            label.color = s->theme->ink;
        }
        /* So narrow that no name would stand clearly under its own bar: only the total has one. */
        if (f->label_lines == 0 && f->total) {
            kh_sketch_label(s, f->line->label, x, y, KH_ALIGN_CENTER, &label);
        }
        for (uint32_t i = 0; i < f->label_lines; i++, y += label.size * 1.15f) {
            kh_sketch_label(s, f->label[i], x, y, KH_ALIGN_CENTER, &label);
        }
    }
}

/* The number beside its bar: in the middle or, where that is taken, towards where the bars came
   from. */
static void number_fall(const kh_chart *chart, kh_sketch *s, const fall *f, const kh_scale *scale,
                        float left, float width)
{
    char text[KH_SHOW_TEXT];
    kh_label label = f->total ? kh_label_bold(s->theme) : kh_label_plain(s->theme);
    bool down = f->to < f->from;
    if (kh_is_absent(f->value)) label.color = s->theme->muted;
    kh_show_number(text, f->value, chart->places, false);
    float y = kh_scale_at(scale, f->to);
    y = down ? y + BETWEEN + label.size * KH_LABEL_ABOVE : y - BETWEEN;
    const char *kept = kh_arena_text(s->arena, text);
    if (!kh_sketch_label(s, kept, left + width / 2, y, KH_ALIGN_CENTER, &label)) {
        kh_sketch_label(s, kept, left + width, y, KH_ALIGN_RIGHT, &label);
    }
}

static void draw_fall(kh_sketch *s, const fall *f, const kh_scale *scale, float left, float width)
{
    float a = kh_scale_at(scale, f->from), b = kh_scale_at(scale, f->to);
    float top = a < b ? a : b, height = a < b ? b - a : a - b;
    if (kh_is_absent(f->value)) return;
    if (height < 1) height = 1;
    if (f->total) {
        kh_sketch_rect(s, left, top, width, height, s->theme->ink, 0);
    } else if (f->to < f->from) {
        kh_sketch_frame(s, left, top, width, height > 2 ? height : 2, 0xFFFFFF, s->theme->down, 1);
    } else {
        kh_sketch_rect(s, left, top, width, height, s->theme->accent, 0);
    }
    kh_sketch_reserve(s, left, top, width, height);
}

const kh_canvas *kh_chart_waterfall(const kh_chart *chart, const kh_chart_value *lines,
                                    uint32_t count, const kh_chart_value *total)
{
    const kh_theme *theme = chart->theme;
    kh_sketch s;
    kh_sketch_begin(&s, chart->arena, theme, chart->width, chart->height);
    uint32_t n = count + (total->label != NULL), label_lines = 1;
    fall *falls = kh_arena_array(s.arena, n + 1, sizeof *falls);
    uint32_t *order = kh_arena_array(s.arena, n + 1, sizeof *order);
    float slot = s.width / (float)(n ? n : 1), width = slot * 0.72f < 40 ? slot * 0.72f : 40;
    double sum = 0, low = 0, high = 0;
    for (uint32_t i = 0; i < n; i++) {
        fall *f = &falls[i];
        f->total = i == count;
        f->line = f->total ? total : &lines[i];
        f->value = shown(chart, f->line->value);
        f->from = f->total ? 0 : sum;
        f->to = f->from + kh_sketch_double(f->value);
        sum = f->to;
        widen(&low, &high, f->to);
        f->label_lines = kh_show_wrap(s.arena, f->line->label, theme->small, f->total,
                                      slot - BETWEEN, LABEL_LINES, f->label);
        if (f->label_lines > label_lines) label_lines = f->label_lines;
    }
    by_weight(falls, n, order);
    float line = theme->small * 1.15f;
    float names = s.height - theme->small * KH_LABEL_BELOW - line * (float)(label_lines - 1);
    float bottom = names - theme->small - BETWEEN, top = theme->small + 0.5f + BETWEEN + 1;
    if (low < 0) bottom -= theme->small + BETWEEN; /* numbers below bars that go down */
    kh_scale scale = scale_of(low, high, bottom, top);
    for (uint32_t i = 0; i < n; i++) {
        float left = slot * (float)i + (slot - width) / 2;
        float level = kh_scale_at(&scale, falls[i].to);
        draw_fall(&s, &falls[i], &scale, left, width);
        if (i + 1 < n) {
            float next = i + 1 == count ? left + slot : left + slot + width;
            kh_sketch_line(&s, kh_is_absent(falls[i].value) ? left : left + width, level, next,
                           level, theme->muted, 0.5f, 2);
        }
    }
    float zero = kh_scale_at(&scale, 0);
    kh_sketch_line(&s, 0, zero, s.width, zero, theme->muted, 0.6f, 0);
    name_falls(&s, falls, n, order, slot, names);
    for (uint32_t k = 0; k < n; k++) {
        float left = slot * (float)order[k] + (slot - width) / 2;
        number_fall(chart, &s, &falls[order[k]], &scale, left, width);
    }
    return kh_sketch_end(&s, chart->alt);
}

/* ---- histogram ----------------------------------------------------------------------------- */

int kh_histogram_bin(const kh_histogram *h, kh_decimal x)
{
    if (kh_is_absent(x) || h->bins == 0) return -1;
    int64_t bin = 0;
    kh_decimal at = kh_dec_floor(kh_dec_div(kh_dec_sub(x, h->from), h->step), 0);
    bool below = kh_dec_is_negative(at);
    if (below || kh_dec_cmp(at, kh_dec_int(h->bins)) >= 0) {
        if (!(below ? h->open_below : h->open_above)) return -1;
        return below ? 0 : (int)h->bins - 1;
    }
    kh_dec_to_int(&bin, at);
    return (int)bin;
}

/* The number at an edge of a bin. */
static const char *edge_text(const kh_chart *chart, kh_arena *arena, const kh_histogram *h,
                             uint32_t edge)
{
    char text[KH_SHOW_TEXT];
    if ((edge == 0 && h->open_below) || (edge == h->bins && h->open_above)) return "…";
    kh_decimal at = kh_dec_add(h->from, kh_dec_mul(h->step, kh_dec_int(edge)));
    kh_show_number(text, shown(chart, at), kh_dec_places(kh_dec_trim(shown(chart, h->step))),
                   false);
    return kh_arena_text(arena, text);
}

/* Width of the widest number under an edge. */
static float edge_width(const kh_chart *chart, kh_arena *arena, const kh_histogram *h)
{
    float widest = 0;
    for (uint32_t i = 0; h->bins > 0 && i <= h->bins; i++) {
        float width = kh_show_width(edge_text(chart, arena, h, i), chart->theme->small, false);
        if (width > widest) widest = width;
    }
    return widest;
}

/* Numbers under the edges of the bins: as many as have room, evenly. */
static void number_edges(const kh_chart *chart, kh_sketch *s, const kh_histogram *h, float left,
                         float slot, float baseline)
{
    kh_label label = kh_label_muted(s->theme);
    uint32_t every = (uint32_t)ceilf((edge_width(chart, s->arena, h) + 6) / slot);
    for (uint32_t i = 0; i <= h->bins; i += every) {
        kh_sketch_label(s, edge_text(chart, s->arena, h, i), left + slot * (float)i, baseline,
                        KH_ALIGN_CENTER, &label);
    }
}

/* How many people a bar stands for, above it; "you are here" and narrow bars go first. */
static void number_bars(kh_sketch *s, const kh_histogram *h, const kh_scale *scale, float left,
                        float slot)
{
    kh_label label = kh_label_muted(s->theme);
    for (uint32_t i = 0; i < h->bins; i++) {
        char text[KH_SHOW_TEXT];
        if (h->counts[i] == 0) continue;
        kh_show_number(text, kh_dec_int(h->counts[i]), 0, false);
        if (kh_show_width(text, label.size, false) > slot) continue;
        kh_sketch_label(s, kh_arena_text(s->arena, text), left + slot * ((float)i + 0.5f),
                        kh_scale_at(scale, h->counts[i]) - BETWEEN, KH_ALIGN_CENTER, &label);
    }
}

const kh_canvas *kh_chart_histogram(const kh_chart *chart, const kh_histogram *h, kh_decimal here,
                                    const char *label)
{
    enum { WIDEST = 64 };
    const kh_theme *theme = chart->theme;
    kh_sketch s;
    kh_sketch_begin(&s, chart->arena, theme, chart->width, chart->height);
    int own = kh_histogram_bin(h, here);
    kh_label style = kh_label_bold(theme);
    /* Half a number stands out on either side of the bars, so that it is under its edge. */
    float inset = fminf(edge_width(chart, s.arena, h), s.width / 2) / 2;
    float slot = (s.width - 2 * inset) / (float)(h->bins ? h->bins : 1);
    float width = fminf(slot * 0.88f, WIDEST);
    float bottom = s.height - theme->small - BETWEEN, highest = bottom;
    float reach = kh_show_width(label, style.size, true) / 2;
    float middle = inset + slot * ((float)own + 0.5f);
    if (middle < reach) middle = reach;
    if (middle > s.width - reach) middle = s.width - reach;
    double peak = 0;
    for (uint32_t i = 0; i < h->bins; i++) peak = fmax(peak, h->counts[i]);
    kh_scale scale = scale_of(0, peak, bottom, style.size + 2 * BETWEEN);
    for (uint32_t i = 0; i < h->bins; i++) {
        float left = inset + slot * (float)i, top = kh_scale_at(&scale, h->counts[i]);
        if (h->counts[i] > 0 && bottom - top < 1) top = bottom - 1; /* one person is seen, too */
        kh_sketch_rect(&s, left + (slot - width) / 2, top, width, bottom - top,
                       (int)i == own ? theme->ink : theme->pale, 0);
        if (own >= 0 && left < middle + reach && left + slot > middle - reach && top < highest) {
            highest = top;
        }
    }
    kh_sketch_line(&s, 0, bottom, s.width, bottom, theme->muted, 0.6f, 0);
    if (own >= 0) {
        /* Above every bar it reaches over, with a line down to the person's own. */
        float top = kh_scale_at(&scale, h->counts[own]), x = inset + slot * ((float)own + 0.5f);
        kh_sketch_label(&s, label, middle, highest - BETWEEN, KH_ALIGN_CENTER, &style);
        if (top - highest > 2) {
            kh_sketch_line(&s, x, highest - 1, x, top, theme->ink, 0.8f, 0);
            kh_sketch_reserve(&s, x - 1, highest, 2, top - highest);
        }
    }
    number_bars(&s, h, &scale, inset, slot);
    if (h->bins > 0) {
        number_edges(chart, &s, h, inset, slot, s.height - theme->small * KH_LABEL_BELOW);
    }
    return kh_sketch_end(&s, chart->alt);
}
