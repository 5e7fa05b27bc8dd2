/* Charts of lines: values over periods, values round a middle. */
#include "document/chart.h"

#include "base/decimal.h"
#include "document/show.h"

#include <math.h>

enum { BETWEEN = 4 };

static const char *show(const kh_chart *chart, kh_decimal value)
{
    char text[KH_SHOW_TEXT];
    kh_show_number(text, kh_dec_div(value, chart->per), chart->places, false);
    return kh_arena_text(chart->arena, text);
}

/* ---- trend --------------------------------------------------------------------------------- */

typedef struct dot {
    float x, y;
    bool absent;
} dot;

typedef struct trend {
    const kh_chart *chart;
    kh_sketch s;
    const kh_chart_value *points;
    uint32_t count;
    int32_t first, last, top; /* present points: the oldest, the newest, the greatest; -1 = none */
    dot *dots;
    kh_decimal low, high, step; /* of the ticks */
    kh_scale scale;
    float left, right, bottom; /* of the plot */
} trend;

static void find_points(trend *t)
{
    t->first = t->last = t->top = -1;
    for (uint32_t i = 0; i < t->count; i++) {
        if (kh_is_absent(t->points[i].value)) continue;
        if (t->first < 0) t->first = (int32_t)i;
        t->last = (int32_t)i;
        if (t->top < 0 || kh_dec_cmp(t->points[i].value, t->points[t->top].value) > 0) {
            t->top = (int32_t)i;
        }
    }
}

/* A range that is not flat, with ticks at its ends. */
static void find_range(trend *t)
{
    enum { TICKS = 3 };
    kh_decimal low = KH_ABSENT, high = KH_ABSENT;
    for (uint32_t i = 0; i < t->count; i++) {
        kh_decimal value = kh_dec_div(t->points[i].value, t->chart->per);
        if (kh_is_absent(value)) continue;
        if (kh_is_absent(low) || kh_dec_cmp(value, low) < 0) low = value;
        if (kh_is_absent(high) || kh_dec_cmp(value, high) > 0) high = value;
    }
    double range = kh_sketch_double(high) - kh_sketch_double(low);
    double size = fmax(fabs(kh_sketch_double(high)), fabs(kh_sketch_double(low)));
    if (!(range > size * 1e-6 && range > 1e-6)) range = size > 1e-6 ? size : 1;
    t->step = kh_scale_step(range, TICKS);
    t->low = kh_scale_floor(low, t->step);
    t->high = kh_scale_floor(high, t->step);
    if (kh_dec_cmp(t->high, high) < 0 || kh_dec_cmp(t->high, t->low) == 0) {
        t->high = kh_dec_add(t->high, t->step);
    }
}

/* What is done at each round number of the scale. */
typedef enum tick_pass { TICK_MEASURE, TICK_LINE, TICK_LABEL } tick_pass;

/* Lines across at round numbers, which are written left of the plot; its left is found first. */
static void draw_ticks(trend *t, tick_pass pass)
{
    const kh_theme *theme = t->chart->theme;
    kh_label label = kh_label_muted(theme);
    int places = kh_dec_places(kh_dec_trim(t->step));
    for (kh_decimal at = t->low; kh_dec_cmp(at, t->high) <= 0; at = kh_dec_add(at, t->step)) {
        char text[KH_SHOW_TEXT];
        float y = kh_scale_at(&t->scale, kh_sketch_double(at));
        kh_show_number(text, at, places, false);
        if (pass == TICK_MEASURE) {
            float width = fminf(kh_show_width(text, label.size, false), t->s.width * 0.35f);
            t->left = fmaxf(t->left, width + BETWEEN);
        } else if (pass == TICK_LINE) {
            kh_sketch_line(&t->s, t->left, y, t->right, y, theme->line, 0.6f, 0);
        } else {
            kh_sketch_label(&t->s, kh_arena_text(t->s.arena, text), t->left - BETWEEN,
                            y + label.size * 0.36f, KH_ALIGN_RIGHT, &label);
        }
    }
}

static void place_dots(trend *t)
{
    t->dots = kh_arena_array(t->s.arena, t->count + 1, sizeof *t->dots);
    float first = t->left + 8, span = t->right - 4 - first;
    for (uint32_t i = 0; i < t->count; i++) {
        kh_decimal value = kh_dec_div(t->points[i].value, t->chart->per);
        float part = t->count > 1 ? (float)i / (float)(t->count - 1) : 0.5f;
        t->dots[i] = (dot){first + span * part, kh_scale_at(&t->scale, kh_sketch_double(value)),
                           kh_is_absent(value)};
    }
}

/* Numbers keep off the line. */
static void reserve_line(kh_sketch *s, kh_point a, kh_point b)
{
    enum { APART = 3 };
    float length = hypotf(b.x - a.x, b.y - a.y);
    for (int i = 0; (float)(i * APART) < length; i++) {
        float part = (float)(i * APART) / length;
        kh_sketch_reserve(s, a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part, 1, 1);
    }
}

static void draw_lines(trend *t)
{
    kh_point *path = kh_arena_array(t->s.arena, t->count + 1, sizeof *path);
    for (uint32_t i = 0; i < t->count;) {
        uint32_t n = 0;
        for (; i < t->count && !t->dots[i].absent; i++) {
            path[n++] = (kh_point){t->dots[i].x, t->dots[i].y};
        }
        if (n > 1) {
            kh_sketch_path(&t->s, path, n, false, KH_NO_COLOR, t->chart->theme->accent, 1.6f);
        }
        for (uint32_t k = 1; k < n; k++) reserve_line(&t->s, path[k - 1], path[k]);
        while (i < t->count && t->dots[i].absent) i++;
    }
}

/* Does the line from point @p i to its neighbour run upwards on the page? */
static bool rises(const trend *t, uint32_t i)
{
    for (uint32_t k = i + 1; k < t->count; k++) {
        if (!t->dots[k].absent) return t->dots[k].y < t->dots[i].y;
    }
    return false;
}

/* A number above its point or, where the line goes up, below it; the first one rather begins at its
   point, for left of it stand the ticks. */
static void number_dot(trend *t, uint32_t i)
{
    kh_label label = kh_label_plain(t->chart->theme);
    const dot *d = &t->dots[i];
    const char *text = show(t->chart, t->points[i].value);
    float above = d->y - BETWEEN - 1, below = d->y + BETWEEN + 1 + label.size * KH_LABEL_ABOVE;
    bool room = below + label.size * KH_LABEL_BELOW < t->bottom;
    bool first_below = room && rises(t, i), oldest = (int32_t)i == t->first;
    kh_align anchor = oldest ? KH_ALIGN_LEFT : KH_ALIGN_CENTER;
    float x = oldest ? d->x - 4 : d->x;
    if (kh_sketch_label(&t->s, text, x, first_below ? below : above, anchor, &label)) return;
    if (room && kh_sketch_label(&t->s, text, x, first_below ? above : below, anchor, &label))
        return;
    if (oldest) kh_sketch_label(&t->s, text, d->x, above, KH_ALIGN_CENTER, &label);
}

/* The newest value stands right of its point. */
static void number_newest(trend *t)
{
    kh_label label = kh_label_bold(t->chart->theme);
    const dot *last = &t->dots[t->last];
    kh_sketch_label(&t->s, show(t->chart, t->points[t->last].value), last->x + 2 * BETWEEN,
                    last->y + label.size * 0.36f, KH_ALIGN_LEFT, &label);
}

/* The oldest and the greatest as far as there is room. */
static void number_others(trend *t)
{
    if (t->first != t->last) number_dot(t, (uint32_t)t->first);
    if (t->top != t->first && t->top != t->last) number_dot(t, (uint32_t)t->top);
}

/* The last and the first period, then those between while there is room. */
static void name_dots(trend *t, float baseline)
{
    kh_label label = kh_label_muted(t->chart->theme);
    for (uint32_t k = 0; k < t->count; k++) {
        uint32_t i = k == 0 ? t->count - 1 : k - 1;
        kh_sketch_label(&t->s, t->points[i].label, t->dots[i].x, baseline, KH_ALIGN_CENTER, &label);
    }
}

const kh_canvas *kh_chart_trend(const kh_chart *chart, const kh_chart_value *points, uint32_t count)
{
    const kh_theme *theme = chart->theme;
    trend t = {.chart = chart, .points = points, .count = count};
    kh_sketch_begin(&t.s, chart->arena, theme, chart->width, chart->height);
    float baseline = t.s.height - theme->small * KH_LABEL_BELOW;
    t.bottom = baseline - theme->small - BETWEEN;
    t.right = t.s.width;
    t.scale = (kh_scale){0, 1, t.bottom, theme->small};
    find_points(&t);
    if (t.last >= 0) {
        kh_label label = kh_label_bold(theme);
        float width = kh_show_width(show(chart, points[t.last].value), label.size, true);
        t.right -= fminf(width, t.s.width * 0.35f) + BETWEEN;
        find_range(&t);
        t.scale = (kh_scale){kh_sketch_double(t.low), kh_sketch_double(t.high), t.bottom - BETWEEN,
                             theme->small + 2 * BETWEEN};
        draw_ticks(&t, TICK_MEASURE);
        draw_ticks(&t, TICK_LINE);
    } else {
        kh_sketch_line(&t.s, 0, t.bottom, t.s.width, t.bottom, theme->line, 0.6f, 0);
    }
    place_dots(&t);
    draw_lines(&t);
    for (uint32_t i = 0; i < count; i++) {
        if (t.dots[i].absent) continue;
        bool last = (int32_t)i == t.last;
        kh_sketch_disc(&t.s, t.dots[i].x, t.dots[i].y, last ? 3 : 1.8f,
                       last ? theme->ink : theme->accent, KH_NO_COLOR);
        kh_sketch_reserve(&t.s, t.dots[i].x - 2, t.dots[i].y - 2, 4, 4);
    }
    if (t.last >= 0) {
        number_newest(&t);
        draw_ticks(&t, TICK_LABEL);
        number_others(&t);
    }
    name_dots(&t, baseline);
    return kh_sketch_end(&t.s, chart->alt);
}

/* ---- radar --------------------------------------------------------------------------------- */

enum { BESIDE = 7 }; /* points between the rim, with the dots on it, and the names of the axes */

static kh_point on_axis(const kh_sketch *s, uint32_t axis, uint32_t count, float radius)
{
    float angle = 6.2831853f * (float)axis / (float)count;
    return (kh_point){s->width / 2 + radius * sinf(angle), s->height / 2 - radius * cosf(angle)};
}

/* Name and number of an axis, outside of the rim. */
static void name_axis(const kh_chart *chart, kh_sketch *s, const kh_chart_value *axis, uint32_t i,
                      uint32_t count, float radius, float room)
{
    kh_label name = kh_label_plain(chart->theme), number = kh_label_muted(chart->theme);
    float size = name.size, side = sinf(6.2831853f * (float)i / (float)count);
    kh_point at = on_axis(s, i, count, radius + BESIDE);
    kh_align anchor = side > 0.1f ? KH_ALIGN_LEFT : side < -0.1f ? KH_ALIGN_RIGHT : KH_ALIGN_CENTER;
    /* Two lines, of which the pair's middle stands at the axis; on top above it, below under it. */
    float up = cosf(6.2831853f * (float)i / (float)count), y = at.y - size * (0.3f + 1.0f * up);
    const char *text = kh_show_fit(s->arena, axis->label, size, false, room);
    if (!kh_sketch_label(s, text, at.x, y, anchor, &name)) return;
    const char *shown =
        kh_is_absent(axis->value)
            ? KH_DASH
            : kh_arena_printf(s->arena, "%s%s", show(chart, axis->value), chart->unit);
    kh_sketch_label(s, shown, at.x, y + size * 1.15f, anchor, &number);
}

const kh_canvas *kh_chart_radar(const kh_chart *chart, const kh_chart_value *axes, uint32_t count,
                                kh_decimal most)
{
    enum { RINGS = 4 };
    const kh_theme *theme = chart->theme;
    kh_sketch s;
    kh_sketch_begin(&s, chart->arena, theme, chart->width, chart->height);
    float widest = 0, across = s.width / 2, upright = s.height / 2 - 2.2f * theme->small - BESIDE;
    for (uint32_t i = 0; i < count; i++) {
        float width = kh_show_width(axes[i].label, theme->small, false);
        if (width > widest) widest = width;
    }
    if (widest > s.width * 0.3f) widest = s.width * 0.3f;
    across -= widest + BESIDE;
    float radius = across < upright ? across : upright;
    if (radius < 4) radius = 4;
    kh_scale scale = {0, kh_sketch_double(most), 0, radius};
    if (!(scale.high > 0)) scale.high = 1;
    kh_point *path = kh_arena_array(s.arena, count + 1, sizeof *path);
    kh_point *rim = kh_arena_array(s.arena, count + 1, sizeof *rim);
    uint32_t present = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (kh_is_absent(axes[i].value)) continue;
        float part = kh_scale_at(&scale, kh_sketch_double(kh_dec_div(axes[i].value, chart->per)));
        path[present++] = on_axis(&s, i, count, part);
    }
    kh_color ground =
        theme->series[KH_THEME_SERIES - 1]; /* below the rings: nothing is see-through */
    if (present > 2) kh_sketch_path(&s, path, present, true, ground, KH_NO_COLOR, 0);
    for (uint32_t ring = RINGS; ring > 0; ring--) {
        for (uint32_t i = 0; i < count; i++) {
            rim[i] = on_axis(&s, i, count, radius * (float)ring / RINGS);
            if (ring < RINGS) continue;
            kh_sketch_line(&s, s.width / 2, s.height / 2, rim[i].x, rim[i].y, theme->line, 0.6f, 0);
        }
        kh_sketch_path(&s, rim, count, true, KH_NO_COLOR, theme->line, 0.6f);
    }
    if (present > 1) {
        kh_sketch_path(&s, path, present, present > 2, KH_NO_COLOR, theme->accent, 1.6f);
    }
    for (uint32_t i = 0; i < present; i++) {
        kh_sketch_disc(&s, path[i].x, path[i].y, 2.2f, theme->accent, KH_NO_COLOR);
    }
    for (uint32_t i = 0; i < count; i++) {
        name_axis(chart, &s, &axes[i], i, count, radius, s.width / 2 - 2);
    }
    return kh_sketch_end(&s, chart->alt);
}
