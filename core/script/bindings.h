/* What the base room lends to scripts: the table `date`, the functions `weigh` and `rank`. */
#ifndef KH_SCRIPT_BINDINGS_H
#define KH_SCRIPT_BINDINGS_H

#include <lua.h>

/** Define the three globals. May raise. */
void kh_bindings_open(lua_State *L);

/** The part of calendar.c. */
void kh_calendar_open(lua_State *L);

#endif
