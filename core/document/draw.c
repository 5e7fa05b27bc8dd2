/* chart.*: the charts as functions that templates call. */
#include "document/desk.h"

#include "base/decimal.h"
#include "document/blocks.h"

#include <lauxlib.h>

/* What any chart may be given; each takes some of it. */
typedef struct request {
    kh_chart chart;
    kh_decimal value, mark, low, high, here, most;
    const char *grade, *label, *middle;
    uint32_t rows;
    int sign, missing;
    float size;
} request;

#define COMMON                                                                                     \
    {"width", KH_KEY_LENGTH, offsetof(request, chart.width), 8, 2000, NULL},                       \
        {"height", KH_KEY_LENGTH, offsetof(request, chart.height), 4, 2000, NULL},                 \
        {"alt", KH_KEY_TEXT, offsetof(request, chart.alt), 0, 0, NULL},                            \
    {                                                                                              \
        0                                                                                          \
    }
#define NUMBERS                                                                                    \
    {"per", KH_KEY_NUMBER, offsetof(request, chart.per), 0, 0, NULL},                              \
        {"places", KH_KEY_WHOLE, offsetof(request, chart.places), 0, 12, NULL},                    \
        {"unit", KH_KEY_TEXT, offsetof(request, chart.unit), 0, 0, NULL}, COMMON
#define OTHER(key_)                                                                                \
    {                                                                                              \
        key_, KH_KEY_OTHER, 0, 0, 0, NULL                                                          \
    }
#define NUMBER(key_)                                                                               \
    {                                                                                              \
#key_, KH_KEY_NUMBER, offsetof(request, key_), 0, 0, NULL                                  \
    }
#define TEXT(key_)                                                                                 \
    {                                                                                              \
#key_, KH_KEY_TEXT, offsetof(request, key_), 0, 0, NULL                                    \
    }

static const kh_key bar_fields[] = {NUMBER(value), NUMBER(mark), NUMBER(low), NUMBER(high), COMMON};
static const kh_key waterfall_fields[] = {OTHER("lines"), OTHER("total"), NUMBERS};
static const kh_key histogram_fields[] = {OTHER("of"), NUMBER(here), TEXT(label), NUMBERS};
static const kh_key trend_fields[] = {OTHER("points"), NUMBERS};
static const kh_key radar_fields[] = {OTHER("axes"), NUMBER(most), NUMBERS};
static const kh_key ladder_fields[] = {
    OTHER("steps"),
    NUMBER(value),
    TEXT(grade),
    {"rows", KH_KEY_WHOLE, offsetof(request, rows), 2, 50, NULL},
    {"missing", KH_KEY_FLAG, offsetof(request, missing), 0, 0, NULL},
    NUMBERS};
static const kh_key ring_fields[] = {OTHER("parts"), TEXT(middle), NUMBERS};
static const char *const signs[] = {"kept", "passed", "changed", "failed", NULL};
static const kh_key mark_fields[] = {{"sign", KH_KEY_CHOICE, offsetof(request, sign), 0, 0, signs},
                                     {"size", KH_KEY_LENGTH, offsetof(request, size), 4, 100, NULL},
                                     {"alt", KH_KEY_TEXT, offsetof(request, chart.alt), 0, 0, NULL},
                                     {0}};

/* ---- arguments ----------------------------------------------------------------------------- */

/* A row { label = ..., value = ... } on top of the stack. */
static void read_value(kh_intake *r, kh_chart_value *out)
{
    static const kh_key fields[] = {
        {"label", KH_KEY_TEXT, offsetof(kh_chart_value, label), 0, 0, NULL},
        {"value", KH_KEY_NUMBER, offsetof(kh_chart_value, value), 0, 0, NULL},
        {0}};
    if (!lua_istable(r->L, -1)) {
        kh_intake_fail(r, "%s, not { label = ..., value = ... }", kh_intake_kind(r->L, -1));
    }
    *out = (kh_chart_value){NULL, KH_ABSENT};
    if (kh_intake_fill(r, -1, fields, out)) {
        kh_intake_fail(r, "a list, not { label = ..., value = ... }");
    }
    if (!out->label) kh_intake_fail(r, "it has no label");
}

/* The list under @p key of the chart's table. */
static kh_chart_value *read_values(kh_intake *r, const char *key, const char *what, uint32_t *count)
{
    enum { MOST = 1000 };
    lua_State *L = r->L;
    if (lua_getfield(L, 1, key) != LUA_TTABLE) {
        kh_intake_fail(r, "'%s' is %s, not a list of { label = ..., value = ... }", key,
                       kh_intake_kind(L, -1));
    }
    *count = (uint32_t)lua_rawlen(L, -1);
    if (*count > MOST) kh_intake_fail(r, "'%s' has %u elements; %d is the most", key, *count, MOST);
    kh_script_charge(L, (size_t)*count * 4);
    kh_chart_value *values = kh_arena_array(r->arena, *count + 1, sizeof *values);
    for (uint32_t i = 0; i < *count; i++) {
        kh_spot spot;
        kh_intake_enter(r, &spot, what, i + 1, 0);
        lua_rawgeti(L, -1, i + 1);
        read_value(r, &values[i]);
        lua_pop(L, 1);
        kh_intake_leave(r);
    }
    lua_pop(L, 1);
    return values;
}

static kh_histogram read_histogram(kh_intake *r)
{
    typedef struct flags {
        kh_decimal from, step;
        int open_below, open_above;
        uint32_t people;
    } flags;
    static const kh_key fields[] = {
        {"from", KH_KEY_NUMBER, offsetof(flags, from), 0, 0, NULL},
        {"step", KH_KEY_NUMBER, offsetof(flags, step), 0, 0, NULL},
        {"open_below", KH_KEY_FLAG, offsetof(flags, open_below), 0, 0, NULL},
        {"open_above", KH_KEY_FLAG, offsetof(flags, open_above), 0, 0, NULL},
        {"people", KH_KEY_WHOLE, offsetof(flags, people), 0, 4e9f, NULL},
        OTHER("counts"),
        {0}};
    enum { MOST = 200 };
    lua_State *L = r->L;
    flags f = {KH_ZERO, KH_ZERO, 0, 0, 0};
    if (lua_getfield(L, 1, "of") != LUA_TTABLE) {
        kh_intake_fail(r, "'of' is %s; use run.histogram(\"score\")", kh_intake_kind(L, -1));
    }
    kh_intake_fill(r, -1, fields, &f);
    lua_pushliteral(L, "counts");
    lua_rawget(L, -2);
    if (kh_is_absent(f.step) || kh_is_absent(f.from) || kh_dec_cmp(f.step, KH_ZERO) <= 0 ||
        !lua_istable(L, -1) || lua_rawlen(L, -1) > MOST) {
        kh_intake_fail(r, "'of' is no distribution; use run.histogram(\"score\")");
    }
    uint32_t bins = (uint32_t)lua_rawlen(L, -1);
    uint32_t *counts = kh_arena_array(r->arena, bins + 1, sizeof *counts);
    for (uint32_t i = 0; i < bins; i++) {
        int64_t count = 0;
        lua_rawgeti(L, -1, i + 1);
        if (!kh_number_int(L, -1, &count) || count < 0 || count > UINT32_MAX) {
            kh_intake_fail(r, "count %u is no whole number", i + 1);
        }
        counts[i] = (uint32_t)count;
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
    return (kh_histogram){f.from, f.step, counts, bins, f.open_below, f.open_above, f.people};
}

/* ---- functions ----------------------------------------------------------------------------- */

static kh_intake open_intake(lua_State *L, kh_spot *spot, const char *name)
{
    kh_desk *desk = lua_touserdata(L, lua_upvalueindex(1));
    kh_intake r = kh_desk_intake(desk);
    kh_intake_enter(&r, spot, name, 0, 0);
    if (!lua_istable(L, 1)) {
        kh_intake_fail(&r, "%s where a table is needed", kh_intake_kind(L, 1));
    }
    kh_script_charge(L, 200);
    return r;
}

static request open_request(kh_intake *r, const kh_key *fields)
{
    request q = {.chart = {.arena = r->arena,
                           .theme = r->theme,
                           .alt = "",
                           .per = KH_ONE,
                           .places = 2,
                           .unit = ""},
                 .value = KH_ABSENT,
                 .mark = KH_ABSENT,
                 .low = KH_ABSENT,
                 .high = KH_ABSENT,
                 .here = KH_ABSENT,
                 .most = KH_ONE,
                 .missing = true,
                 .label = "",
                 .middle = "",
                 .rows = 5,
                 .size = 9};
    if (kh_intake_fill(r, 1, fields, &q)) kh_intake_fail(r, "it takes names, not a list");
    if (fields != mark_fields && (q.chart.width == 0 || q.chart.height == 0)) {
        kh_intake_fail(r, "it needs a width and a height, in points");
    }
    if (kh_is_absent(q.chart.per) || kh_dec_cmp(q.chart.per, KH_ZERO) <= 0) {
        kh_intake_fail(r, "'per' is a number above 0");
    }
    return q;
}

static int give(lua_State *L, const kh_canvas *canvas)
{
    kh_blocks_push_canvas(L, canvas);
    return 1;
}

static int draw_bar(lua_State *L, const char *name, bool track)
{
    kh_spot spot;
    kh_intake r = open_intake(L, &spot, name);
    request q = open_request(&r, bar_fields);
    return give(L, kh_chart_bar(&q.chart, q.value, q.mark, q.low, q.high, track));
}

static int run_bar(lua_State *L)
{
    return draw_bar(L, "chart.bar", false);
}

static int run_bullet(lua_State *L)
{
    return draw_bar(L, "chart.bullet", true);
}

static int run_waterfall(lua_State *L)
{
    kh_spot spot, inner;
    kh_intake r = open_intake(L, &spot, "chart.waterfall");
    request q = open_request(&r, waterfall_fields);
    uint32_t count;
    kh_chart_value *lines = read_values(&r, "lines", "line", &count);
    kh_chart_value total = {NULL, KH_ABSENT};
    if (lua_getfield(L, 1, "total") != LUA_TNIL) {
        kh_intake_enter(&r, &inner, "total", 0, 0);
        read_value(&r, &total);
        kh_intake_leave(&r);
    }
    return give(L, kh_chart_waterfall(&q.chart, lines, count, &total));
}

static int run_histogram(lua_State *L)
{
    kh_spot spot;
    kh_intake r = open_intake(L, &spot, "chart.histogram");
    request q = open_request(&r, histogram_fields);
    kh_histogram histogram = read_histogram(&r);
    return give(L, kh_chart_histogram(&q.chart, &histogram, q.here, q.label));
}

static int run_trend(lua_State *L)
{
    kh_spot spot;
    kh_intake r = open_intake(L, &spot, "chart.trend");
    request q = open_request(&r, trend_fields);
    uint32_t count;
    kh_chart_value *points = read_values(&r, "points", "point", &count);
    return give(L, kh_chart_trend(&q.chart, points, count));
}

static int run_radar(lua_State *L)
{
    kh_spot spot;
    kh_intake r = open_intake(L, &spot, "chart.radar");
    request q = open_request(&r, radar_fields);
    uint32_t count;
    kh_chart_value *axes = read_values(&r, "axes", "axis", &count);
    if (count < 3) kh_intake_fail(&r, "it needs at least 3 axes, not %u", count);
    return give(L, kh_chart_radar(&q.chart, axes, count, q.most));
}

static int run_ladder(lua_State *L)
{
    kh_spot spot;
    kh_intake r = open_intake(L, &spot, "chart.ladder");
    request q = open_request(&r, ladder_fields);
    uint32_t count;
    kh_chart_value *steps = read_values(&r, "steps", "step", &count);
    if (count == 0) kh_intake_fail(&r, "it has no steps");
    for (uint32_t i = 0; i < count; i++) {
        if (kh_is_absent(steps[i].value) ||
            (i > 0 && kh_dec_cmp(steps[i].value, steps[i - 1].value) <= 0)) {
            kh_intake_fail(&r, "step %u ('%s') is not above the one before it", i + 1,
                           steps[i].label);
        }
    }
    return give(L, kh_chart_ladder(&q.chart, steps, count, q.value, q.grade, q.rows, q.missing));
}

static int run_ring(lua_State *L)
{
    kh_spot spot;
    kh_intake r = open_intake(L, &spot, "chart.ring");
    request q = open_request(&r, ring_fields);
    uint32_t count;
    kh_chart_value *parts = read_values(&r, "parts", "part", &count);
    return give(L, kh_chart_ring(&q.chart, parts, count, q.middle));
}

static int run_mark(lua_State *L)
{
    kh_spot spot;
    kh_intake r = open_intake(L, &spot, "chart.mark");
    request q = open_request(&r, mark_fields);
    q.chart.width = q.chart.height = q.size;
    return give(L, kh_chart_mark(&q.chart, (kh_chart_sign)q.sign));
}

void kh_desk_open_charts(kh_desk *desk)
{
    static const luaL_Reg charts[] = {{"bar", run_bar},
                                      {"bullet", run_bullet},
                                      {"waterfall", run_waterfall},
                                      {"histogram", run_histogram},
                                      {"trend", run_trend},
                                      {"radar", run_radar},
                                      {"ladder", run_ladder},
                                      {"ring", run_ring},
                                      {"mark", run_mark},
                                      {NULL, NULL}};
    lua_State *L = desk->L;
    lua_createtable(L, 0, 12);
    lua_pushlightuserdata(L, desk);
    luaL_setfuncs(L, charts, 1);
    lua_setglobal(L, "chart");
}
