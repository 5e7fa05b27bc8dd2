/* The Lua values that formulas, Lua stages and templates share: period, parameters, subjects. */
#ifndef KH_METRIC_VALUES_H
#define KH_METRIC_VALUES_H

#include "measure/measure.h"
#include "scheme/scheme.h"

/* All push one table and may raise: call them in a protected call. */

/** { name, title, kind, year, index, quarter, days, from, to } - to is the last day, ISO dates. */
void kh_push_period(lua_State *L, const kh_period *period);
/** Set the global `period`: the above and the lists holidays, makeup of the calendar. */
void kh_set_period(lua_State *L, const kh_facts *facts);
/** Parameters by name: decimals, texts, booleans, tables of them. */
void kh_push_params(lua_State *L, const kh_plan *plan);
/** { id, name, group, and the fields of the subject declaration by name }. */
void kh_push_subject(lua_State *L, const kh_plan *plan, const kh_subject *subject);
/** Records by name, each a list of rows { column = value }; of rows given by a stage also `why`. */
void kh_push_records(lua_State *L, const kh_facts *facts, uint32_t subject);

#endif
