/* The Lua values that formulas, Lua stages and templates share: period, parameters, subjects. */
#include "metric/values.h"

#include "base/decimal.h"

#include <lauxlib.h>
#include <string.h>

void kh_push_period(lua_State *L, const kh_period *period)
{
    char text[64];
    lua_createtable(L, 0, 9);
    lua_pushstring(L, period->name);
    lua_setfield(L, -2, "name");
    kh_period_title(text, sizeof text, period);
    lua_pushstring(L, text);
    lua_setfield(L, -2, "title");
    lua_pushlstring(L, &period->kind, 1);
    lua_setfield(L, -2, "kind");
    lua_pushinteger(L, period->year);
    lua_setfield(L, -2, "year");
    lua_pushinteger(L, period->index);
    lua_setfield(L, -2, "index");
    lua_pushinteger(L, (kh_date_ymd(period->to - 1).month - 1) / 3 + 1);
    lua_setfield(L, -2, "quarter");
    lua_pushinteger(L, period->to - period->from);
    lua_setfield(L, -2, "days");
    kh_date_format(text, period->from);
    lua_pushstring(L, text);
    lua_setfield(L, -2, "from");
    kh_date_format(text, period->to - 1);
    lua_pushstring(L, text);
    lua_setfield(L, -2, "to");
}

static void set_days(lua_State *L, const char *key, const kh_date *days, uint32_t count)
{
    char text[KH_DATE_TEXT];
    lua_createtable(L, (int)count, 0);
    for (uint32_t i = 0; i < count; i++) {
        kh_date_format(text, days[i]);
        lua_pushstring(L, text);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, key);
}

void kh_set_period(lua_State *L, const kh_facts *facts)
{
    kh_push_period(L, &facts->period);
    set_days(L, "holidays", facts->holidays, facts->holiday_count);
    set_days(L, "makeup", facts->makeup, facts->makeup_count);
    lua_setglobal(L, "period");
}

void kh_push_params(lua_State *L, const kh_plan *plan)
{
    lua_createtable(L, 0, (int)plan->param_count);
    for (uint32_t i = 0; i < plan->param_count; i++) {
        kh_script_push_setting(L, plan->params[i].value);
        lua_setfield(L, -2, plan->params[i].name.text);
    }
}

void kh_push_subject(lua_State *L, const kh_plan *plan, const kh_subject *subject)
{
    lua_createtable(L, 0, (int)plan->subject.field_count + 3);
    for (uint32_t i = 0; i < plan->subject.field_count; i++) {
        lua_pushstring(L, subject->fields[i]);
        lua_setfield(L, -2, plan->subject.fields[i].text);
    }
    lua_pushstring(L, subject->id);
    lua_setfield(L, -2, "id");
    lua_pushstring(L, subject->name);
    lua_setfield(L, -2, "name");
    lua_pushstring(L, subject->group);
    lua_setfield(L, -2, "group");
}

static int32_t find_column(const kh_store *store, const char *name)
{
    for (uint32_t c = 0; c < store->column_count; c++) {
        if (!strcmp(store->columns[c].name, name)) return (int32_t)c;
    }
    return -1;
}

static void push_cell(lua_State *L, const kh_store *store, uint32_t column, uint32_t row)
{
    const kh_store_column *cells = &store->columns[column];
    char date[KH_DATE_TEXT];
    if (cells->nulls[row]) {
        lua_pushnil(L);
        return;
    }
    switch (cells->type) {
    case KH_TYPE_DECIMAL:
    case KH_TYPE_INT: kh_number_push(L, kh_store_number(store, column, row)); return;
    case KH_TYPE_DATE:
        kh_date_format(date, cells->as.dates[row]);
        lua_pushstring(L, date);
        return;
    case KH_TYPE_BOOL: lua_pushboolean(L, cells->as.bools[row]); return;
    default: lua_pushstring(L, kh_store_text(store, column, row)); return;
    }
}

void kh_push_records(lua_State *L, const kh_facts *facts, uint32_t subject)
{
    lua_createtable(L, 0, (int)facts->records_count);
    for (uint32_t r = 0; r < facts->records_count; r++) {
        const kh_records *records = &facts->records[r];
        uint32_t from = records->starts[subject], to = records->starts[subject + 1];
        lua_createtable(L, (int)(to - from), 0);
        for (uint32_t i = from; i < to; i++) {
            lua_createtable(L, 0, (int)records->decl->column_count);
            for (uint32_t c = 0; c < records->decl->column_count; c++) {
                const char *name = records->decl->columns[c].name.text;
                int32_t column = find_column(&records->store, name);
                push_cell(L, &records->store, (uint32_t)column, records->order[i]);
                lua_setfield(L, -2, name);
            }
            if (records->why) {
                lua_pushstring(L, records->why[i]);
                lua_setfield(L, -2, "why");
            }
            lua_rawseti(L, -2, i - from + 1);
        }
        lua_setfield(L, -2, records->decl->name.text);
    }
}
