/* Decimals as Lua values, and what happens to absent ones.
 *
 * A decimal is a userdata of 16 bytes; to scripts its type is "number". Calculations take decimals,
 * Lua integers and floats that are whole and below 2^53; any other float is an error. Absent is nil
 * everywhere: arithmetic with nil gives nil, comparing nil is an error that names the variable.
 * Scripts calculate through programs (see kh_syntax_step), so decimals have no arithmetic
 * metamethods: C code takes them out with kh_number_get() and uses base/decimal.h.
 */
#ifndef KH_SCRIPT_NUMBER_H
#define KH_SCRIPT_NUMBER_H

#include <kaohe/decimal.h>
#include <lua.h>

/** Push a decimal; nil when it is absent. May raise (memory). */
void kh_number_push(lua_State *L, kh_decimal value);

/**
 * The number at @p index; nil and none give KH_ABSENT. Never raises.
 * @return false when it is no number (or a fractional float); @p out is untouched.
 */
bool kh_number_get(lua_State *L, int index, kh_decimal *out);

/** The whole number at @p index as an integer (also 5.00). Never raises. */
bool kh_number_int(lua_State *L, int index, int64_t *out);

/**
 * Push a new decimal and return its 16 bytes, which the caller may overwrite between calls as long
 * as it keeps the userdata alive. Never write an absent value: put nil in its place instead.
 * A script that kept the value sees the new one, so refill only between independent calls.
 */
kh_decimal *kh_number_slot(lua_State *L, kh_decimal value);

/** Write the number at @p index (known to be one) in plain digits; returns the length. */
size_t kh_number_text(lua_State *L, int index, char out[KH_DECIMAL_TEXT]);

#endif
