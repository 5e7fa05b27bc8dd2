/* Numbers as a document shows them, and how wide a text will be. */
#ifndef KH_DOCUMENT_SHOW_H
#define KH_DOCUMENT_SHOW_H

#include "base/arena.h"

#include <kaohe/decimal.h>
#include <kaohe/error.h>

/** Longest number shown, with separators, signs and NUL. */
enum { KH_SHOW_TEXT = KH_DECIMAL_TEXT + 8 };

/** What stands where a value is absent. */
#define KH_DASH "—"

/**
 * Write a number with a `,` every three digits and a true minus sign (U+2212), rounded half away
 * from zero to @p places (KH_PLACES_OWN: its own digits); with @p plus a `+` before a number that
 * is shown greater than zero. An absent number is KH_DASH. Returns the length.
 */
size_t kh_show_number(char out[KH_SHOW_TEXT], kh_decimal x, int places, bool plus);

/**
 * The width of one line of UTF-8 in points, as a Chinese sans serif sets it: full-width characters
 * take their size, Roman ones what Noto Sans gives them, and a quarter em stands between the two.
 * An estimate for placing labels; outputs measure with their own fonts.
 */
float kh_show_width(const char *text, float size, bool bold);

/** @p text, cut with "…" where it is wider than @p width; "" when not even that fits. */
const char *kh_show_fit(kh_arena *arena, const char *text, float size, bool bold, float width);

/**
 * Break a text that has no room on one line into at most @p most lines of @p width points, wherever
 * the line is full; the last one is cut with "…".
 * @return the number of lines; 0 when the width has no room for two characters
 */
uint32_t kh_show_wrap(kh_arena *arena, const char *text, float size, bool bold, float width,
                      uint32_t most, const char **lines);

#endif
