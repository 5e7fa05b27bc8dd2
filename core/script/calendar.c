/* The table `date`: days as texts YYYY-MM-DD, months, completed years, working days (PR-15).
 *
 * An absent day (nil) gives an absent result; a text that is no day raises an error.
 */
#include "script/bindings.h"

#include "base/date.h"
#include "base/text.h"
#include "script/sandbox.h"
#include "script/state.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

enum { YEAR_MOST = 9999, WORKDAYS_MOST = 1000 };

/* So many months or days cannot be meant. */
static const int64_t months_most = INT64_C(12) * YEAR_MOST, days_most = INT64_C(366) * YEAR_MOST;

/* Strictly YYYY-MM-DD. */
static bool read_day(const char *text, size_t length, kh_date *out)
{
    kh_error ignored = KH_ERROR_INIT;
    char again[KH_DATE_TEXT];
    if (length != 10 || kh_date_parse(out, text, length, &ignored) < 0) return false;
    kh_date_format(again, *out);
    return !memcmp(again, text, 10);
}

/* False when the argument is absent. */
static bool day_argument(lua_State *L, int argument, kh_date *out)
{
    size_t length;
    *out = KH_NO_DATE;
    if (lua_isnoneornil(L, argument)) return false;
    if (lua_type(L, argument) != LUA_TSTRING) {
        return kh_script_fail_argument(L, argument,
                                       "a day like '2009-03-31' is needed, "
                                       "not %s",
                                       kh_value_name(L, argument));
    }
    const char *text = lua_tolstring(L, argument, &length);
    if (read_day(text, length, out)) return true;
    char quoted[100];
    snprintf(quoted, sizeof quoted, "%.*s", kh_text_quoted(text, length), text);
    return kh_script_fail(L, "'%s' is not a day; write it like 2009-03-31", quoted);
}

static int push_absent(lua_State *L)
{
    lua_pushnil(L);
    return 1;
}

static int push_day(lua_State *L, int64_t day)
{
    char text[KH_DATE_TEXT];
    if (day < kh_date_of(1, 1, 1) || day > kh_date_of(YEAR_MOST, 12, 31)) {
        return kh_script_fail(L, "the day lies outside of the years 1 to %d", YEAR_MOST);
    }
    kh_date_format(text, (kh_date)day);
    lua_pushstring(L, text);
    return 1;
}

static int64_t steps_argument(lua_State *L, int argument, int64_t most)
{
    lua_Integer n = kh_library_integer(L, argument, 0);
    if (n < -most || n > most)
        return kh_script_fail_argument(L, argument, "the number is too large");
    return n;
}

static int date_add_months(lua_State *L)
{
    kh_date day;
    if (!day_argument(L, 1, &day) || lua_isnoneornil(L, 2)) return push_absent(L);
    int64_t months = steps_argument(L, 2, months_most);
    kh_ymd d = kh_date_ymd(day);
    int64_t total = d.year * INT64_C(12) + d.month - 1 + months;
    if (total < 12 || total >= (YEAR_MOST + 1) * INT64_C(12)) return push_day(L, INT64_MAX);
    return push_day(L, kh_date_add_months(day, (int)months));
}

static int date_add_days(lua_State *L)
{
    kh_date day;
    if (!day_argument(L, 1, &day) || lua_isnoneornil(L, 2)) return push_absent(L);
    return push_day(L, day + steps_argument(L, 2, days_most));
}

static int date_days(lua_State *L)
{
    kh_date from, to;
    if (!day_argument(L, 1, &from) || !day_argument(L, 2, &to)) return push_absent(L);
    lua_pushinteger(L, (lua_Integer)to - from);
    return 1;
}

static int date_years(lua_State *L)
{
    kh_date from, on;
    if (!day_argument(L, 1, &from) || !day_argument(L, 2, &on)) return push_absent(L);
    lua_pushinteger(L, kh_date_years(from, on));
    return 1;
}

static int date_parts(lua_State *L)
{
    kh_date day;
    if (!day_argument(L, 1, &day)) return push_absent(L);
    kh_ymd d = kh_date_ymd(day);
    lua_createtable(L, 0, 4);
    lua_pushinteger(L, d.year);
    lua_setfield(L, -2, "year");
    lua_pushinteger(L, d.month);
    lua_setfield(L, -2, "month");
    lua_pushinteger(L, d.day);
    lua_setfield(L, -2, "day");
    lua_pushinteger(L, (d.month - 1) / 3 + 1);
    lua_setfield(L, -2, "quarter");
    return 1;
}

static int date_weekday(lua_State *L)
{
    kh_date day;
    if (!day_argument(L, 1, &day)) return push_absent(L);
    lua_pushinteger(L, kh_date_weekday(day));
    return 1;
}

static int date_month_end(lua_State *L)
{
    kh_date day;
    if (!day_argument(L, 1, &day)) return push_absent(L);
    kh_ymd d = kh_date_ymd(day);
    return push_day(L, kh_date_of(d.year, d.month, kh_month_days(d.year, d.month)));
}

static int date_valid(lua_State *L)
{
    kh_date day;
    size_t length;
    const char *text = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &length) : NULL;
    lua_pushboolean(L, text && read_day(text, length, &day));
    return 1;
}

/* The days of the list at @p argument, in memory of the Lua state; nil is an empty list. */
static const kh_date *days_argument(lua_State *L, int argument, size_t *count)
{
    *count = 0;
    if (lua_isnoneornil(L, argument)) return NULL;
    luaL_checktype(L, argument, LUA_TTABLE);
    size_t length = lua_rawlen(L, argument);
    kh_script_charge(L, 4 * length);
    kh_date *days = lua_newuserdatauv(L, (length + 1) * sizeof *days, 0);
    for (; *count < length; ++*count) {
        lua_rawgeti(L, argument, (lua_Integer)*count + 1);
        if (!day_argument(L, lua_gettop(L), &days[*count])) {
            kh_script_fail_argument(L, argument, "the list of days has a hole");
        }
        lua_pop(L, 1);
    }
    return days; /* the userdata stays on the stack until the call ends */
}

static kh_calendar calendar_arguments(lua_State *L, int holidays, int makeup)
{
    kh_calendar calendar;
    lua_settop(L, makeup);
    calendar.holidays = days_argument(L, holidays, &calendar.holiday_count);
    calendar.makeup = days_argument(L, makeup, &calendar.makeup_count);
    return calendar;
}

static int date_is_workday(lua_State *L)
{
    kh_date day;
    if (!day_argument(L, 1, &day)) return push_absent(L);
    kh_calendar calendar = calendar_arguments(L, 2, 3);
    lua_pushboolean(L, kh_calendar_is_workday(&calendar, day));
    return 1;
}

static int date_deadline(lua_State *L)
{
    kh_date from;
    if (!day_argument(L, 1, &from) || lua_isnoneornil(L, 2)) return push_absent(L);
    lua_Integer workdays = kh_library_integer(L, 2, 0);
    if (workdays < 0 || workdays > WORKDAYS_MOST)
        kh_script_fail_argument(L, 2, "working days are a number from 0 to 1000");
    kh_calendar calendar = calendar_arguments(L, 3, 4);
    kh_script_charge(L, (size_t)workdays * (calendar.holiday_count + calendar.makeup_count + 4));
    return push_day(L, kh_calendar_deadline(&calendar, from, (int)workdays));
}

void kh_calendar_open(lua_State *L)
{
    static const luaL_Reg functions[] = {{"add_months", date_add_months},
                                         {"add_days", date_add_days},
                                         {"days", date_days},
                                         {"years", date_years},
                                         {"parts", date_parts},
                                         {"weekday", date_weekday},
                                         {"is_workday", date_is_workday},
                                         {"deadline", date_deadline},
                                         {"month_end", date_month_end},
                                         {"valid", date_valid},
                                         {NULL, NULL}};
    luaL_newlib(L, functions);
    kh_library_protect(L, "date");
    lua_setglobal(L, "date");
}
