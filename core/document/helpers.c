/* The functions that templates write numbers, dates and texts with. */
#include "document/desk.h"

#include "base/date.h"
#include "base/decimal.h"
#include "base/text.h"
#include "document/show.h"

#include <lauxlib.h>
#include <string.h>

/* ---- arguments ----------------------------------------------------------------------------- */

static kh_decimal number_argument(lua_State *L, const char *name)
{
    kh_decimal x = KH_ABSENT;
    if (!lua_isnone(L, 1) && !kh_number_get(L, 1, &x)) {
        kh_script_fail(L, "%s: a number is needed, not %s", name, kh_intake_kind(L, 1));
    }
    return x;
}

static int places_argument(lua_State *L, const char *name, int otherwise)
{
    int64_t places = otherwise;
    if (lua_isnoneornil(L, 2)) return otherwise;
    if (!kh_number_int(L, 2, &places) || places < 0 || places > 30) {
        kh_script_fail(L, "%s: decimals are a whole number from 0 to 30", name);
    }
    return (int)places;
}

static int push_number(lua_State *L, kh_decimal x, int places, bool plus, const char *behind)
{
    char text[KH_SHOW_TEXT + 8];
    size_t length = kh_show_number(text, x, places, plus);
    if (!kh_is_absent(x)) length += (size_t)snprintf(text + length, 8, "%s", behind);
    lua_pushlstring(L, text, length);
    return 1;
}

/* ---- numbers ------------------------------------------------------------------------------- */

static int run_money(lua_State *L)
{
    return push_number(L, number_argument(L, "money"), places_argument(L, "money", 2), false, "");
}

static int run_number(lua_State *L)
{
    return push_number(L, number_argument(L, "number"), places_argument(L, "number", KH_PLACES_OWN),
                       false, "");
}

static int run_signed(lua_State *L)
{
    return push_number(L, number_argument(L, "signed"), places_argument(L, "signed", 2), true, "");
}

static int run_wan(lua_State *L)
{
    kh_decimal x = kh_dec_div(number_argument(L, "wan"), kh_dec_int(10000));
    return push_number(L, x, places_argument(L, "wan", 2), false, "");
}

static int run_percent(lua_State *L)
{
    kh_decimal x = kh_dec_mul(number_argument(L, "percent"), kh_dec_int(100));
    return push_number(L, x, places_argument(L, "percent", 2), false, "%");
}

/* ---- dates --------------------------------------------------------------------------------- */

static int run_date_cn(lua_State *L)
{
    kh_date date;
    kh_error err = KH_ERROR_INIT;
    size_t length;
    if (lua_isnoneornil(L, 1)) return lua_pushliteral(L, KH_DASH), 1;
    const char *text = luaL_checklstring(L, 1, &length);
    if (kh_date_parse(&date, text, length, &err) < 0) {
        return kh_script_fail(L, "date_cn: %s", err.text);
    }
    kh_ymd ymd = kh_date_ymd(date);
    lua_pushfstring(L, "%d年%d月%d日", (int)ymd.year, (int)ymd.month, (int)ymd.day);
    return 1;
}

static int run_period_cn(lua_State *L)
{
    kh_period period;
    kh_error err = KH_ERROR_INIT;
    char title[64];
    if (lua_isnoneornil(L, 1)) return lua_pushliteral(L, KH_DASH), 1;
    if (kh_period_parse(&period, luaL_checkstring(L, 1), &err) < 0) {
        return kh_script_fail(L, "period_cn: %s", err.text);
    }
    kh_period_title(title, sizeof title, &period);
    lua_pushstring(L, title);
    return 1;
}

/* ---- texts --------------------------------------------------------------------------------- */

static int run_dash(lua_State *L)
{
    char digits[KH_DECIMAL_TEXT];
    size_t length = 0;
    kh_decimal x;
    if (lua_type(L, 1) == LUA_TSTRING && (lua_tolstring(L, 1, &length), length > 0)) {
        lua_settop(L, 1);
    } else if (lua_isnoneornil(L, 1) || lua_type(L, 1) == LUA_TSTRING) {
        lua_pushliteral(L, KH_DASH);
    } else if (kh_number_get(L, 1, &x)) {
        lua_pushlstring(L, digits, kh_number_text(L, 1, digits));
    } else {
        return kh_script_fail(L, "dash: a text or a number is needed, not %s",
                              kh_intake_kind(L, 1));
    }
    return 1;
}

static int run_cut(lua_State *L)
{
    size_t length;
    int64_t most = 0;
    if (lua_isnoneornil(L, 1)) return lua_pushliteral(L, KH_DASH), 1;
    const char *text = luaL_checklstring(L, 1, &length), *at = text, *end = text + length;
    if (!kh_number_int(L, 2, &most) || most < 1) {
        return kh_script_fail(L, "cut: how many characters? a whole number from 1");
    }
    if (kh_utf8_check(text, length) < length)
        return kh_script_fail(L, "cut: the text is not UTF-8");
    const char *last = text;
    for (int64_t n = 0; n < most && at < end; n++) {
        last = at;
        kh_utf8_next(&at, end);
    }
    if (at == end) return lua_settop(L, 1), 1;
    lua_pushlstring(L, text, (size_t)(last - text));
    lua_pushliteral(L, "…");
    lua_concat(L, 2);
    return 1;
}

/* The value called @p name in the tables at 2 .. @p top, on top of the stack; nil when absent. */
static void find_value(lua_State *L, const kh_desk *desk, const char *name, int top)
{
    for (int table = 2; table <= top; table++) {
        lua_pushstring(L, name);
        if (lua_rawget(L, table) != LUA_TNIL) return;
        lua_pop(L, 1);
    }
    if (!desk->results || kh_desk_column(desk, name) == KH_NO_NAME) {
        kh_script_fail(L, "fill: there is no value '%s' for {%s}", name, name);
    }
    lua_pushnil(L);
}

/* Decimals that the column declares. */
static int column_places(const kh_desk *desk, const char *name)
{
    const kh_results *results = desk->results;
    uint32_t number = results ? kh_desk_column(desk, name) : KH_NO_NAME;
    if (number == KH_NO_NAME) return KH_PLACES_OWN;
    return number < results->measure_count
               ? results->measures[number].places
               : results->metrics[number - results->measure_count].places;
}

/* Add the value on top of the stack, shown as @p format says: "", "2", "wan", "percent". */
static void add_value(lua_State *L, const kh_desk *desk, luaL_Buffer *out, const char *name,
                      const char *format, int index)
{
    char text[KH_SHOW_TEXT + 8];
    kh_decimal x = KH_ABSENT;
    int places = *format ? 2 : column_places(desk, name);
    if (lua_type(L, index) == LUA_TSTRING) {
        size_t length;
        const char *words = lua_tolstring(L, index, &length);
        luaL_addlstring(out, words, length);
        return;
    }
    if (!kh_number_get(L, index, &x)) {
        kh_script_fail(L, "fill: {%s} is %s, not a number or a text", name,
                       kh_intake_kind(L, index));
    }
    bool percent = !strcmp(format, "percent"), digit = *format >= '0' && *format <= '9';
    if (!strcmp(format, "wan")) x = kh_dec_div(x, kh_dec_int(10000));
    else if (percent) x = kh_dec_mul(x, kh_dec_int(100));
    else if (digit && !format[1]) places = *format - '0';
    else if (*format)
        kh_script_fail(L, "fill: {%s:%s} is not known; it can be 0 to 9, wan or percent", name,
                       format);
    size_t length = kh_show_number(text, x, places, false);
    if (percent && !kh_is_absent(x)) text[length++] = '%';
    luaL_addlstring(out, text, length);
}

/* fill(text, table...): {name}, {name:2}, {name:wan} and {name:percent} by their values */
static int run_fill(lua_State *L)
{
    kh_desk *desk = lua_touserdata(L, lua_upvalueindex(1));
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    int top = lua_gettop(L);
    for (int i = 2; i <= top; i++) luaL_checktype(L, i, LUA_TTABLE);
    lua_settop(L, top + 1); /* a place for the value: the buffer uses the stack above it */
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    kh_script_charge(L, length / 8);
    while (*text) {
        size_t plain = strcspn(text, "{");
        luaL_addlstring(&out, text, plain);
        text += plain;
        if (!*text) break;
        char name[128], *format;
        size_t inside = strcspn(++text, "}");
        if (!text[inside] || inside == 0 || inside >= sizeof name) {
            return kh_script_fail(L, "fill: '{' needs a name and '}', like {corp_adb}");
        }
        memcpy(name, text, inside);
        name[inside] = '\0';
        format = strchr(name, ':');
        if (format) *format++ = '\0';
        else format = name + inside;
        text += inside + 1;
        find_value(L, desk, name, top);
        lua_replace(L, top + 1);
        add_value(L, desk, &out, name, format, top + 1);
    }
    luaL_pushresult(&out);
    return 1;
}

void kh_desk_open_helpers(kh_desk *desk)
{
    static const luaL_Reg helpers[] = {{"money", run_money},
                                       {"number", run_number},
                                       {"signed", run_signed},
                                       {"wan", run_wan},
                                       {"percent", run_percent},
                                       {"date_cn", run_date_cn},
                                       {"period_cn", run_period_cn},
                                       {"dash", run_dash},
                                       {"cut", run_cut},
                                       {"fill", run_fill},
                                       {NULL, NULL}};
    lua_State *L = desk->L;
    lua_pushglobaltable(L);
    lua_pushlightuserdata(L, desk);
    luaL_setfuncs(L, helpers, 1);
    lua_pop(L, 1);
}
