/* Charts: every shape and label stays inside the canvas and apart from the others, whatever the
 * numbers are; and what is drawn says what the numbers say. */
#include "document/chart.h"

#include "base/decimal.h"
#include "document/show.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static const kh_theme theme = {.ink = 0x1d2733,
                               .muted = 0x5a6572,
                               .line = 0xd5dbe1,
                               .ground = 0xf4f6f8,
                               .accent = 0x0b5c8a,
                               .pale = 0x9dc3da,
                               .up = 0x0b5c8a,
                               .down = 0xb04a12,
                               .series = {1, 2, 3, 4, 5, 6},
                               .small = 8.5f,
                               .table = 9,
                               .body = 9.5f,
                               .heading = 11,
                               .value = 18,
                               .title = 17,
                               .margin = 40};

static kh_decimal D(const char *text)
{
    return *text ? kh_dec_of(text) : KH_ABSENT;
}

static kh_chart chart_of(kh_arena *arena, float width, float height)
{
    return (kh_chart){arena, &theme, width, height, "", KH_ONE, 2, "万元"};
}

/* ---- hostile numbers ------------------------------------------------------------------------ */

enum { MOST = 40 };

/* A set of values: "" is absent; `repeat` sets one value that many times. */
static const struct {
    const char *values[9];
    int repeat;
    const char *why;
} sets[] = {
    {{"17", "3.63", "0.8", "11.25", "1.33", "3", "0.55", "1.6", NULL}, 0, "an ordinary person"},
    {{"0", "0", "0", "0", NULL}, 0, "all zero"},
    {{"", "", "", NULL}, 0, "all absent"},
    {{"5", NULL}, 0, "one value"},
    {{"", NULL}, 0, "one absent value"},
    {{"", "7", "", "", "3", "", NULL}, 0, "gaps"},
    {{"-5", "-3", "-8.25", NULL}, 0, "only losses"},
    {{"25500", "-54000", "0", "", "31", NULL}, 0, "losses that outweigh gains"},
    {{"123456789012.34", "999999999999.99", "0.01", NULL}, 0, "twelve digits"},
    {{"-123456789012.34", "123456789012.34", NULL}, 0, "twelve digits on both sides"},
    {{"1", "1.0000000001", "0.9999999999", NULL}, 0, "hardly any difference"},
    {{"0.0000000000000001", "0.00000000000000000002", NULL}, 0, "next to nothing"},
    {{"9999999999999999999999999999999999", "-1", NULL}, 0, "34 digits"},
    {{"12345.67", NULL}, MOST, "forty equal values"},
    {{"-3", "4", "0", "", "99.5", NULL}, 8, "forty mixed values"},
};
enum { SETS = sizeof sets / sizeof *sets };

static const char *const labels[] = {
    "对公存款", "一般贷款(含贴现与垫款)",      "08Q4", "个人", "ROEC", "综合创利",
    "𠮷",       "城东分行营业部个人金融业务部"};

static uint32_t fill_values(int set, kh_chart_value *out)
{
    uint32_t n = 0;
    for (int r = 0; r < (sets[set].repeat ? sets[set].repeat : 1); r++) {
        for (const char *const *v = sets[set].values; *v && n < MOST; v++, n++) {
            out[n] = (kh_chart_value){labels[n % 8], D(*v)};
        }
    }
    return n;
}

static const struct {
    float width, height;
} canvases[] = {{515, 128}, {298, 116}, {197, 128}, {80, 60}, {40, 24}, {8, 4}};
enum { CANVASES = sizeof canvases / sizeof *canvases };

/* ---- what must hold ------------------------------------------------------------------------- */

static void expect_inside(const kh_canvas *c, float x1, float y1, float x2, float y2,
                          const char *what, const char *why)
{
    const float slack = 0.02f;
    cr_expect(x1 >= -slack && y1 >= -slack && x2 <= c->width + slack && y2 <= c->height + slack,
              "%s: %s from (%g, %g) to (%g, %g) leaves the canvas of %g x %g", why, what,
              (double)x1, (double)y1, (double)x2, (double)y2, (double)c->width, (double)c->height);
}

static kh_label_box box_of(const kh_shape *s)
{
    float width = kh_show_width(s->text.text, s->text.size, s->text.bold), x = s->points[0].x;
    if (s->anchor == KH_ALIGN_CENTER) x -= width / 2;
    if (s->anchor == KH_ALIGN_RIGHT) x -= width;
    return (kh_label_box){x, s->points[0].y - s->text.size * KH_LABEL_ABOVE, x + width,
                          s->points[0].y + s->text.size * KH_LABEL_BELOW};
}

static void check_shape(const kh_canvas *c, const kh_shape *s, const char *why)
{
    float half = s->stroke == KH_NO_COLOR ? 0 : s->stroke_width / 2;
    const kh_point *p = s->points;
    for (uint32_t i = 0; i < s->point_count; i++) {
        cr_expect(isfinite(p[i].x) && isfinite(p[i].y), "%s: a point is no number", why);
    }
    switch (s->kind) {
    case KH_SHAPE_RECT:
        cr_expect(p[1].x >= 0 && p[1].y >= 0, "%s: a rectangle is inside out", why);
        expect_inside(c, p[0].x - half, p[0].y - half, p[0].x + p[1].x + half,
                      p[0].y + p[1].y + half, "a rectangle", why);
        break;
    case KH_SHAPE_TEXT: {
        kh_label_box box = box_of(s);
        cr_expect(s->text.size >= KH_SIZE_LEAST, "%s: '%s' is too small", why, s->text.text);
        expect_inside(c, box.left, box.top, box.right, box.bottom, s->text.text, why);
        break;
    }
    case KH_SHAPE_CIRCLE:
    case KH_SHAPE_ARC:
        expect_inside(c, p[0].x - s->radius - half, p[0].y - s->radius - half,
                      p[0].x + s->radius + half, p[0].y + s->radius + half, "a circle", why);
        break;
    default:
        for (uint32_t i = 0; i < s->point_count; i++) {
            expect_inside(c, p[i].x - half, p[i].y - half, p[i].x + half, p[i].y + half, "a line",
                          why);
        }
    }
}

static void check_canvas(const kh_canvas *c, const char *why)
{
    for (uint32_t i = 0; i < c->shape_count; i++) {
        const kh_shape *s = &c->shapes[i];
        /* A canvas that is smaller than one label cannot hold it. */
        if (c->height < 12 && (s->kind == KH_SHAPE_TEXT || s->kind == KH_SHAPE_CIRCLE)) continue;
        check_shape(c, s, why);
        if (s->kind != KH_SHAPE_TEXT || c->height < 40) continue;
        kh_label_box a = box_of(s);
        for (uint32_t k = i + 1; k < c->shape_count; k++) {
            if (c->shapes[k].kind != KH_SHAPE_TEXT) continue;
            kh_label_box b = box_of(&c->shapes[k]);
            bool apart = a.right <= b.left + 0.1f || b.right <= a.left + 0.1f ||
                         a.bottom <= b.top + 0.1f || b.bottom <= a.top + 0.1f;
            cr_expect(apart, "%s: '%s' and '%s' overlap on %g x %g", why, s->text.text,
                      c->shapes[k].text.text, (double)c->width, (double)c->height);
        }
    }
}

/* Run @p draw over all sets of numbers and all canvases. */
static void check_all(const char *name,
                      const kh_canvas *(*draw)(const kh_chart *, const kh_chart_value *, uint32_t))
{
    kh_chart_value values[MOST];
    for (int set = 0; set < SETS; set++) {
        uint32_t count = fill_values(set, values);
        for (int c = 0; c < CANVASES; c++) {
            kh_arena arena = {0};
            char why[100];
            kh_chart chart = chart_of(&arena, canvases[c].width, canvases[c].height);
            snprintf(why, sizeof why, "%s of %s", name, sets[set].why);
            check_canvas(draw(&chart, values, count), why);
            kh_arena_fini(&arena);
        }
    }
}

/* ---- one way to draw each ------------------------------------------------------------------- */

static const kh_canvas *draw_waterfall(const kh_chart *chart, const kh_chart_value *v, uint32_t n)
{
    kh_chart_value total = {"综合创利", KH_ZERO};
    for (uint32_t i = 0; i < n; i++) {
        if (!kh_is_absent(v[i].value)) total.value = kh_dec_add(total.value, v[i].value);
    }
    return kh_chart_waterfall(chart, v, n, &total);
}

static const kh_canvas *draw_without_total(const kh_chart *chart, const kh_chart_value *v,
                                           uint32_t n)
{
    return kh_chart_waterfall(chart, v, n, &(kh_chart_value){NULL, KH_ABSENT});
}

static const kh_canvas *draw_bars(const kh_chart *chart, const kh_chart_value *v, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        kh_arena other = {0};
        kh_chart own = *chart;
        own.arena = &other;
        check_canvas(kh_chart_bar(&own, v[i].value, v[i - 1].value, D("-2"), D("1.2"), true),
                     "bar");
        kh_arena_fini(&other);
    }
    return kh_chart_bar(chart, v[0].value, v[n - 1].value, KH_ABSENT, KH_ABSENT, false);
}

static const kh_canvas *draw_radar(const kh_chart *chart, const kh_chart_value *v, uint32_t n)
{
    return kh_chart_radar(chart, v, n, D("120"));
}

static const kh_canvas *draw_ring(const kh_chart *chart, const kh_chart_value *v, uint32_t n)
{
    return kh_chart_ring(chart, v, n, "3,400 万元");
}

/* The values as a person on a ladder of 48 steps, one after the other. */
static const kh_canvas *draw_ladder(const kh_chart *chart, const kh_chart_value *v, uint32_t n)
{
    static kh_chart_value steps[48];
    for (int i = 0; i < 48; i++) {
        steps[i] = (kh_chart_value){labels[i % 8], kh_dec_int(i * i * 3 + 8)};
    }
    for (uint32_t i = 1; i < n; i++) {
        kh_arena other = {0};
        kh_chart own = *chart;
        own.arena = &other;
        check_canvas(kh_chart_ladder(&own, steps, i % 48 + 1, v[i].value, labels[i % 7], 5, i % 2),
                     "ladder");
        kh_arena_fini(&other);
    }
    return kh_chart_ladder(chart, steps, 48, v[0].value, NULL, 7, true);
}

static const kh_canvas *draw_histogram(const kh_chart *chart, const kh_chart_value *v, uint32_t n)
{
    static uint32_t counts[MOST];
    for (uint32_t i = 0; i < n; i++) counts[i] = i * 37 % 61;
    kh_histogram h = {D("-5"), D("2.5"), counts, n, n % 2 == 0, n % 3 == 0, 320};
    return kh_chart_histogram(chart, &h, v[n - 1].value, "您在这里");
}

Test(document_charts, keep_everything_inside_and_apart)
{
    check_all("a waterfall", draw_waterfall);
    check_all("a waterfall without total", draw_without_total);
    check_all("a bar", draw_bars);
    check_all("a trend", kh_chart_trend);
    check_all("a radar", draw_radar);
    check_all("a ring", draw_ring);
    check_all("a ladder", draw_ladder);
    check_all("a histogram", draw_histogram);
}

/* ---- what is said --------------------------------------------------------------------------- */

static bool says(const kh_canvas *c, const char *text)
{
    for (uint32_t i = 0; i < c->shape_count; i++) {
        const kh_shape *s = &c->shapes[i];
        if (s->kind == KH_SHAPE_TEXT && !strcmp(s->text.text, text)) return true;
    }
    return false;
}

static uint32_t count_shapes(const kh_canvas *c, kh_shape_kind kind, kh_color fill)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->shape_count; i++) {
        n += c->shapes[i].kind == kind && c->shapes[i].fill == fill;
    }
    return n;
}

Test(document_charts, waterfall_leads_to_the_total_and_hollows_losses)
{
    kh_arena arena = {0};
    kh_chart chart = chart_of(&arena, 300, 120);
    chart.per = D("10000");
    const kh_chart_value lines[] = {{"存款", D("25500")}, {"利息", D("")}, {"贷款", D("-54000")}};
    const kh_chart_value total = {"合计", D("-28500")};
    const kh_canvas *c = kh_chart_waterfall(&chart, lines, 3, &total);
    cr_expect(says(c, "2.55") && says(c, "−5.40") && says(c, "−2.85"), "numbers in the unit");
    cr_expect(says(c, "—"), "an absent line is a dash");
    cr_expect_eq(count_shapes(c, KH_SHAPE_RECT, theme.accent), 1, "one gain");
    cr_expect_eq(count_shapes(c, KH_SHAPE_RECT, 0xFFFFFF), 1, "one loss, hollow");
    cr_expect_eq(count_shapes(c, KH_SHAPE_RECT, theme.ink), 1, "one total");
    const kh_shape *gain = NULL, *sum = NULL;
    for (uint32_t i = 0; i < c->shape_count; i++) {
        if (c->shapes[i].kind != KH_SHAPE_RECT) continue;
        if (c->shapes[i].fill == theme.accent) gain = &c->shapes[i];
        if (c->shapes[i].fill == theme.ink) sum = &c->shapes[i];
    }
    cr_assert(gain && sum);
    cr_expect_float_eq(gain->points[0].y + gain->points[1].y, sum->points[0].y, 0.01,
                       "a gain stands on the zero line, a negative total hangs from it");
    cr_expect_float_eq(gain->points[1].y / sum->points[1].y, 25.5 / 28.5, 0.001, "one scale");
    kh_arena_fini(&arena);
}

Test(document_charts, bars_tell_absent_from_zero)
{
    kh_arena arena = {0};
    kh_chart chart = chart_of(&arena, 92, 12);
    const kh_canvas *c = kh_chart_bar(&chart, KH_ABSENT, D("1"), KH_ZERO, D("1.2"), true);
    cr_expect_eq(count_shapes(c, KH_SHAPE_RECT, theme.accent), 0);
    cr_expect_eq(count_shapes(c, KH_SHAPE_RECT, theme.line), 1, "the track");
    c = kh_chart_bar(&chart, D("0.6"), KH_ABSENT, KH_ZERO, D("1.2"), false);
    const kh_shape *bar = &c->shapes[0];
    cr_expect_float_eq(bar->points[1].x, 45, 0.01, "half of the scale");
    cr_expect_eq(c->shape_count, 1, "no mark where there is none");
    c = kh_chart_bar(&chart, D("3"), KH_ABSENT, KH_ZERO, D("1.2"), false);
    cr_expect_eq(count_shapes(c, KH_SHAPE_RECT, 0xFFFFFF), 1, "a slit: it goes on");
    kh_arena_fini(&arena);
}

static const struct {
    const char *value, *grade;
    const char *said[3], *unsaid, *why;
} climbs[] = {
    {"39.163333", "11级1档", {"还差", "2.84 万元", "42 万元"}, "未达标", "the next step"},
    {"37.999999996", "12级4档", {"还差不到", "0.01 万元", "38 万元"}, "还差", "never 0.00 to go"},
    {"38.0875", "11级1档", {"还差", "3.92 万元", "42 万元"}, "3.91 万元", "3.91 is not enough"},
    {"38", NULL, {"11级1档", "4.00 万元", "还差"}, "还差不到", "a step is reached exactly"},
    {"-2.85", "未达标", {"未达标", "36.85 万元", "12级4档"}, "12级3档", "below the first step"},
    {"47", "11级3档", {"11级3档", "46 万元", "11级2档"}, "还差", "nothing above the top"},
    {"43", "12级4档", {"11级2档", "12级4档", "3.00 万元"}, "未达标", "reached and given differ"},
    {"", NULL, {"11级3档", "12级4档", "34 万元"}, "还差", "no value, no distance"},
};

Test(document_charts, ladder_says_what_is_missing)
{
    const kh_chart_value steps[] = {
        {"12级4档", D("34")}, {"11级1档", D("38")}, {"11级2档", D("42")}, {"11级3档", D("46")}};
    for (size_t i = 0; i < sizeof climbs / sizeof *climbs; i++) {
        kh_arena arena = {0};
        kh_chart chart = chart_of(&arena, 197, 116);
        const kh_canvas *c =
            kh_chart_ladder(&chart, steps, 4, D(climbs[i].value), climbs[i].grade, 5, true);
        for (int s = 0; s < 3; s++) {
            cr_expect(says(c, climbs[i].said[s]), "%s: '%s' is missing", climbs[i].why,
                      climbs[i].said[s]);
        }
        cr_expect_not(says(c, climbs[i].unsaid), "%s: '%s' is too much", climbs[i].why,
                      climbs[i].unsaid);
        c = kh_chart_ladder(&chart, steps, 4, D(climbs[i].value), climbs[i].grade, 5, false);
        cr_expect_not(says(c, "还差") || says(c, "还差不到"), "%s: not asked for", climbs[i].why);
        kh_arena_fini(&arena);
    }
}

Test(document_charts, thresholds_of_a_ladder_have_equal_decimals)
{
    const kh_chart_value steps[] = {
        {"15级1档", D("8")}, {"15级2档", D("9.5")}, {"15级3档", D("11")}};
    kh_arena arena = {0};
    kh_chart chart = chart_of(&arena, 197, 116);
    const kh_canvas *c = kh_chart_ladder(&chart, steps, 3, D("9"), "15级1档", 5, true);
    cr_expect(says(c, "8.0 万元") && says(c, "9.5 万元") && says(c, "11.0 万元"));
    kh_arena_fini(&arena);
}

Test(document_charts, histogram_finds_the_own_bin)
{
    static const uint32_t counts[] = {2, 30, 11, 1};
    kh_histogram h = {D("10"), D("10"), counts, 4, true, false, 44};
    static const struct {
        const char *x;
        int bin;
        const char *why;
    } cases[] = {{"10", 0, "the lower edge belongs to it"},
                 {"19.99999999999999999999", 0, "up to the next edge, exactly"},
                 {"20", 1, "which belongs to the next"},
                 {"-1000000", 0, "everything below, because it is open"},
                 {"49.99", 3, "the last one"},
                 {"50", -1, "closed above"},
                 {"", -1, "absent"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect_eq(kh_histogram_bin(&h, D(cases[i].x)), cases[i].bin, "%s", cases[i].why);
    }
    kh_arena arena = {0};
    kh_chart chart = chart_of(&arena, 246, 84);
    const kh_canvas *c = kh_chart_histogram(&chart, &h, D("22"), "您在这里");
    cr_expect(says(c, "您在这里") && says(c, "20") && says(c, "…"));
    cr_expect_eq(count_shapes(c, KH_SHAPE_RECT, theme.ink), 1, "one dark bar");
    cr_expect(says(c, "11") && says(c, "1"), "people are counted above their bars");
    c = kh_chart_histogram(&chart, &h, KH_ABSENT, "您在这里");
    cr_expect_not(says(c, "您在这里"), "nobody is marked");
    kh_arena_fini(&arena);
}

Test(document_charts, trend_leaves_gaps_and_names_the_newest)
{
    kh_arena arena = {0};
    kh_chart chart = chart_of(&arena, 246, 84);
    const kh_chart_value points[] = {{"08Q1", D("21.3")},
                                     {"08Q2", D("25")},
                                     {"08Q3", D("")},
                                     {"08Q4", D("36")},
                                     {"09Q1", D("39.16")}};
    const kh_canvas *c = kh_chart_trend(&chart, points, 5);
    uint32_t lines = 0;
    for (uint32_t i = 0; i < c->shape_count; i++) {
        lines += c->shapes[i].kind == KH_SHAPE_POLYLINE && c->shapes[i].stroke == theme.accent;
    }
    cr_expect_eq(lines, 2, "the line is interrupted where a period is absent");
    cr_expect(says(c, "39.16") && says(c, "21.30") && says(c, "09Q1") && says(c, "08Q1"));
    kh_arena_fini(&arena);
}

Test(document_charts, ring_folds_small_parts_and_skips_negative_ones)
{
    kh_arena arena = {0};
    kh_chart chart = chart_of(&arena, 300, 120);
    kh_chart_value parts[MOST];
    for (uint32_t i = 0; i < 10; i++) parts[i] = (kh_chart_value){labels[i % 8], kh_dec_int(i)};
    parts[0].value = D("-7");
    const kh_canvas *c = kh_chart_ring(&chart, parts, 10, "");
    cr_expect(says(c, "20.0%"), "9 of 45: the negative part has no share");
    cr_expect(says(c, "其他 4 项"), "1, 2, 3 and 4 have no colour of their own");
    kh_arena_fini(&arena);
}

/* ---- scales --------------------------------------------------------------------------------- */

Test(document_charts, steps_of_scales_are_round_and_exact)
{
    static const struct {
        double range;
        int most;
        const char *step;
    } cases[] = {{10, 10, "1"},         {10, 3, "5"},
                 {100, 12, "10"},       {0.03, 3, "0.01"},
                 {7, 3, "5"},           {150000, 12, "20000"},
                 {0.0007, 5, "0.0002"}, {999999999999.0, 4, "500000000000"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[KH_DECIMAL_TEXT];
        kh_dec_format(text, kh_dec_trim(kh_scale_step(cases[i].range, cases[i].most)),
                      KH_PLACES_OWN, false);
        cr_expect_str_eq(text, cases[i].step, "%g in %d: %s", cases[i].range, cases[i].most, text);
    }
    cr_expect_float_eq(kh_sketch_double(D("-123.456")), -123.456, 1e-12);
    cr_expect_float_eq(kh_sketch_double(KH_ABSENT), 0, 1e-12);
    cr_expect_float_eq(kh_sketch_double(D("9999999999999999999999999999999999")) / 1e34, 1, 1e-12);
}
