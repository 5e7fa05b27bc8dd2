/* Charts of steps and shares: the ladder of grades, the ring, signs in front of lines. */
#include "document/chart.h"

#include "base/decimal.h"
#include "document/show.h"

#include <string.h>

/* ---- ladder -------------------------------------------------------------------------------- */

typedef struct ladder {
    const kh_chart *chart;
    kh_sketch s;
    const kh_chart_value *steps;
    int32_t count, reached, given; /* indices of steps; -1 = below the first */
    kh_decimal value;
    const char *grade;
    int32_t first, last;     /* what is drawn; -1 is the place below the first step */
    const char **thresholds; /* from `first` on */
    int places;              /* of the thresholds: all alike, so that they stand in columns */
    float left, right;       /* of the boxes */
    float pitch;             /* from one to the next */
    const char *missing[2];
} ladder;

/* Which steps are drawn: the one reached and the next, the one given, and neighbours. */
static void choose_rows(ladder *l, uint32_t rows)
{
    int32_t bottom = l->reached < 0 && !kh_is_absent(l->value) ? -1 : 0;
    int32_t low = l->reached, high = l->reached + 1, most = (int32_t)rows;
    if (l->given >= 0 && l->given < low) low = l->given;
    if (l->given > high) high = l->given;
    if (high - low >= most) { /* too far apart: the value's own place is the more useful one */
        low = l->reached;
        high = l->reached + 1;
    }
    l->first = low - (most - (high - low + 1)) / 2;
    if (l->first + most > l->count) l->first = l->count - most;
    if (l->first < bottom) l->first = bottom;
    l->last = l->first + most - 1;
    if (l->last >= l->count) l->last = l->count - 1;
}

/* The words beside the bracket; false when there is no next step. */
static bool find_missing(ladder *l)
{
    const kh_chart *chart = l->chart;
    char text[KH_SHOW_TEXT];
    if (kh_is_absent(l->value) || l->reached + 1 >= l->count) return false;
    kh_decimal missing =
        kh_dec_div(kh_dec_sub(l->steps[l->reached + 1].value, l->value), chart->per);
    /* Rounded up, as strategies say it: who adds what is written here gets there. */
    bool tiny = kh_dec_is_zero(kh_dec_round(missing, chart->places));
    kh_decimal shown = kh_dec_ceil(missing, chart->places);
    kh_show_number(text, shown, chart->places, false);
    l->missing[0] = tiny ? "还差不到" : "还差";
    l->missing[1] =
        kh_arena_printf(chart->arena, "%s%s%s", text, *chart->unit ? " " : "", chart->unit);
    return true;
}

static const char *threshold(const ladder *l, int32_t step, bool unit)
{
    char text[KH_SHOW_TEXT];
    if (step < 0) return "";
    kh_show_number(text, kh_dec_div(l->steps[step].value, l->chart->per), l->places, false);
    return kh_arena_printf(l->chart->arena, "%s%s%s", text, unit ? " " : "",
                           unit ? l->chart->unit : "");
}

/* Room for the thresholds on the left and the distance on the right of the boxes; where that leaves
   too little for them, the thresholds stand without their unit. */
static void find_sides(ladder *l, bool missing)
{
    enum { LEAST = 44, GAP = 6, BRACKET = 16 };
    const kh_theme *theme = l->chart->theme;
    uint32_t count = (uint32_t)(l->last - l->first + 1);
    l->thresholds = kh_arena_array(l->chart->arena, count, sizeof *l->thresholds);
    for (int32_t i = l->first < 0 ? 0 : l->first; i <= l->last; i++) {
        int places = kh_dec_places(kh_dec_trim(kh_dec_div(l->steps[i].value, l->chart->per)));
        if (places > l->places) l->places = places;
    }
    l->right = l->s.width;
    for (int i = 0; i < 2 && missing; i++) {
        float width = kh_show_width(l->missing[i], theme->small, true) + BRACKET;
        if (l->s.width - width < l->right) l->right = l->s.width - width;
    }
    for (int unit = 1; unit >= 0; unit--) {
        l->left = 0;
        for (uint32_t i = 0; i < count; i++) {
            l->thresholds[i] = threshold(l, l->first + (int32_t)i, unit);
            float width = kh_show_width(l->thresholds[i], theme->small, false) + GAP;
            if (width > l->left) l->left = width;
        }
        if (l->right - l->left >= LEAST) return;
    }
}

static float row_top(const ladder *l, int32_t step)
{
    return l->pitch * (float)(l->last - step);
}

static void draw_row(ladder *l, int32_t i, float height)
{
    const kh_theme *theme = l->chart->theme;
    bool given = i == l->given, reached = i == l->reached;
    kh_label label = kh_label_plain(theme);
    float top = row_top(l, i), baseline = top + height / 2 + label.size * 0.36f;
    kh_color fill = given ? theme->accent : 0xFFFFFF;
    kh_color edge = given || reached ? theme->accent : theme->line;
    kh_sketch_frame(&l->s, l->left, top, l->right - l->left, height, fill, edge,
                    reached && !given ? 1.4f : 0.7f);
    label.size = given ? theme->small + 0.5f : theme->small;
    label.bold = given || reached;
    label.color = given ? 0xFFFFFF : theme->ink;
    label.must = true;
    const char *name = i >= 0 ? l->steps[i].label : l->grade && l->given < 0 ? l->grade : "未达标";
    name = kh_show_fit(l->s.arena, name, label.size, label.bold, l->right - l->left - 4);
    kh_sketch_label(&l->s, name, (l->left + l->right) / 2, baseline, KH_ALIGN_CENTER, &label);
    if (i < 0) return;
    label = kh_label_muted(theme);
    kh_sketch_label(&l->s, l->thresholds[i - l->first], l->left - 6, baseline, KH_ALIGN_RIGHT,
                    &label);
}

static void draw_bracket(ladder *l, float height)
{
    const kh_theme *theme = l->chart->theme;
    float low = row_top(l, l->reached) + height / 2, high = row_top(l, l->reached + 1) + height / 2;
    float x = l->right + 4, middle = (low + high) / 2;
    kh_label label = kh_label_bold(theme);
    kh_point path[] = {{x, low}, {x + 6, low}, {x + 6, high}, {x, high}};
    kh_sketch_path(&l->s, path, 4, false, KH_NO_COLOR, theme->ink, 1);
    label.size = theme->small;
    label.must = false;
    label.bold = false;
    kh_sketch_label(&l->s, l->missing[0], x + 10, middle - label.size * 0.2f, KH_ALIGN_LEFT,
                    &label);
    label.bold = true;
    kh_sketch_label(&l->s, l->missing[1], x + 10, middle + label.size, KH_ALIGN_LEFT, &label);
}

const kh_canvas *kh_chart_ladder(const kh_chart *chart, const kh_chart_value *steps, uint32_t count,
                                 kh_decimal value, const char *grade, uint32_t rows, bool missing)
{
    ladder l = {.chart = chart,
                .steps = steps,
                .count = (int32_t)count,
                .reached = -1,
                .given = -1,
                .value = value,
                .grade = grade};
    kh_sketch_begin(&l.s, chart->arena, chart->theme, chart->width, chart->height);
    for (int32_t i = 0; i < l.count; i++) {
        if (!kh_is_absent(value) && kh_dec_cmp(value, steps[i].value) >= 0) l.reached = i;
        if (grade && !strcmp(steps[i].label, grade)) l.given = i;
    }
    if (!grade) l.given = kh_is_absent(value) ? -2 : l.reached;
    /* A step needs the height of its label. */
    uint32_t most = (uint32_t)(chart->height / (chart->theme->small * 1.6f));
    if (rows > most) rows = most;
    if (rows < 2) rows = 2;
    choose_rows(&l, rows);
    missing = missing && find_missing(&l);
    find_sides(&l, missing);
    l.pitch = l.s.height / (float)(l.last - l.first + 1);
    if (l.pitch > chart->theme->small * 3) l.pitch = chart->theme->small * 3;
    float height = l.pitch * 0.8f;
    for (int32_t i = l.last; i >= l.first; i--) draw_row(&l, i, height);
    if (missing) draw_bracket(&l, height);
    return kh_sketch_end(&l.s, chart->alt);
}

/* ---- ring ---------------------------------------------------------------------------------- */

/* Parts in falling order; what the theme has no colour for goes together into the last one. */
static uint32_t order_parts(const kh_chart *chart, const kh_chart_value *parts, uint32_t count,
                            kh_chart_value *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (kh_is_absent(parts[i].value) || kh_dec_is_zero(parts[i].value) ||
            kh_dec_is_negative(parts[i].value)) {
            continue;
        }
        uint32_t at = n++;
        for (; at > 0 && kh_dec_cmp(out[at - 1].value, parts[i].value) < 0; at--) {
            out[at] = out[at - 1];
        }
        out[at] = parts[i];
    }
    if (n <= KH_THEME_SERIES) return n;
    kh_chart_value *rest = &out[KH_THEME_SERIES - 1];
    rest->label = kh_arena_printf(chart->arena, "其他 %u 项", n - KH_THEME_SERIES + 1);
    for (uint32_t i = KH_THEME_SERIES; i < n; i++) {
        rest->value = kh_dec_add(rest->value, out[i].value);
    }
    return KH_THEME_SERIES;
}

const kh_canvas *kh_chart_ring(const kh_chart *chart, const kh_chart_value *parts, uint32_t count,
                               const char *middle)
{
    enum { GAP = 14, SQUARE = 8 };
    const kh_theme *theme = chart->theme;
    kh_sketch s;
    kh_sketch_begin(&s, chart->arena, theme, chart->width, chart->height);
    kh_chart_value *kept = kh_arena_array(s.arena, count + 1, sizeof *kept);
    uint32_t n = order_parts(chart, parts, count, kept);
    kh_decimal total = KH_ZERO;
    for (uint32_t i = 0; i < n; i++) total = kh_dec_add(total, kept[i].value);
    float radius = s.height / 2 < s.width * 0.22f ? s.height / 2 : s.width * 0.22f;
    float y = s.height / 2, from = 0, legend = 2 * radius + GAP;
    float line = theme->small * 1.7f;
    if (line * (float)n > s.height) line = s.height / (float)n;
    if (n == 0) kh_sketch_arc(&s, radius, y, radius, radius * 0.62f, 0, 360, theme->line);
    for (uint32_t i = 0; i < n; i++) {
        char text[KH_SHOW_TEXT];
        kh_decimal share = kh_dec_muldiv(kept[i].value, kh_dec_int(100), total);
        float to = from + (float)kh_sketch_double(share) * 3.6f;
        if (i + 1 == n) to = 360;
        kh_sketch_arc(&s, radius, y, radius, radius * 0.62f, from, to, theme->series[i]);
        from = to;
        float top = y - line * (float)n / 2 + line * (float)i, base = top + line * 0.5f + 3;
        kh_label label = kh_label_plain(theme);
        kh_sketch_rect(&s, legend, base - SQUARE + 1, SQUARE, SQUARE, theme->series[i], 0);
        size_t length = kh_show_number(text, share, 1, false);
        snprintf(text + length, sizeof text - length, "%%");
        float width = kh_show_width(text, label.size, false);
        kh_sketch_label(&s, kh_arena_text(s.arena, text), s.width, base, KH_ALIGN_RIGHT, &label);
        float left = legend + SQUARE + 5;
        kh_sketch_label(
            &s, kh_show_fit(s.arena, kept[i].label, label.size, false, s.width - left - width - 6),
            left, base, KH_ALIGN_LEFT, &label);
    }
    for (uint32_t i = 1; i <= n && n > 1; i++) { /* seams, so that neighbours differ in grey, too */
        kh_decimal sum = KH_ZERO;
        for (uint32_t k = 0; k < i; k++) sum = kh_dec_add(sum, kept[k].value);
        float at = (float)kh_sketch_double(kh_dec_muldiv(sum, kh_dec_int(100), total)) * 3.6f;
        kh_sketch_arc(&s, radius, y, radius, radius * 0.62f, at - 0.8f, at + 0.8f, 0xFFFFFF);
    }
    kh_label label = kh_label_bold(theme);
    if (*middle) {
        middle = kh_show_fit(s.arena, middle, label.size, true, radius * 1.15f);
        kh_sketch_label(&s, middle, radius, y + label.size * 0.36f, KH_ALIGN_CENTER, &label);
    }
    return kh_sketch_end(&s, chart->alt);
}

/* ---- signs --------------------------------------------------------------------------------- */

const kh_canvas *kh_chart_mark(const kh_chart *chart, kh_chart_sign sign)
{
    const kh_theme *theme = chart->theme;
    kh_sketch s;
    kh_sketch_begin(&s, chart->arena, theme, chart->width, chart->height);
    float w = s.width, h = s.height;
    kh_point dash[] = {{w * 0.25f, h * 0.5f}, {w * 0.75f, h * 0.5f}};
    kh_point tick[] = {{w * 0.15f, h * 0.55f}, {w * 0.4f, h * 0.8f}, {w * 0.85f, h * 0.22f}};
    kh_point shaft[] = {{w * 0.12f, h * 0.5f}, {w * 0.85f, h * 0.5f}};
    kh_point head[] = {{w * 0.55f, h * 0.2f}, {w * 0.86f, h * 0.5f}, {w * 0.55f, h * 0.8f}};
    kh_point fall[] = {{w * 0.22f, h * 0.22f}, {w * 0.78f, h * 0.78f}};
    kh_point rise[] = {{w * 0.22f, h * 0.78f}, {w * 0.78f, h * 0.22f}};
    const float thick = 1.3f;
    switch (sign) {
    case KH_SIGN_KEPT: kh_sketch_path(&s, dash, 2, false, KH_NO_COLOR, theme->muted, thick); break;
    case KH_SIGN_PASSED: kh_sketch_path(&s, tick, 3, false, KH_NO_COLOR, theme->up, thick); break;
    case KH_SIGN_CHANGED:
        kh_sketch_path(&s, shaft, 2, false, KH_NO_COLOR, theme->ink, thick);
        kh_sketch_path(&s, head, 3, false, KH_NO_COLOR, theme->ink, thick);
        break;
    case KH_SIGN_FAILED:
        kh_sketch_path(&s, fall, 2, false, KH_NO_COLOR, theme->down, thick);
        kh_sketch_path(&s, rise, 2, false, KH_NO_COLOR, theme->down, thick);
        break;
    }
    return kh_sketch_end(&s, chart->alt);
}
