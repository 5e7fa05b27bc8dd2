/* Numbers as a document shows them, and how wide a text will be. */
#include "document/show.h"

#include "base/decimal.h"
#include "base/text.h"

#include <string.h>

#define MINUS "\xe2\x88\x92"
#define DOTS  "…"

size_t kh_show_number(char out[KH_SHOW_TEXT], kh_decimal x, int places, bool plus)
{
    char text[KH_DECIMAL_TEXT];
    if (kh_is_absent(x)) return (size_t)snprintf(out, KH_SHOW_TEXT, KH_DASH);
    if (places >= 0) x = kh_dec_round(x, places);
    kh_dec_format(text, x, places, true);
    bool negative = text[0] == '-';
    const char *sign = negative ? MINUS : plus && !kh_dec_is_zero(x) ? "+" : "";
    return (size_t)snprintf(out, KH_SHOW_TEXT, "%s%s", sign, text + negative);
}

/* ---- widths -------------------------------------------------------------------------------- */

/* Advances of U+0020 .. U+007E in hundredths of the size. */
static const uint8_t roman[] = {
    22, 32, 47, 56, 56, 92, 68, 28, 34, 34, 47, 56, 28, 35, 28, 39, 56, 56, 56, 56, 56, 56, 56, 56,
    56, 56, 28, 28, 56, 56, 56, 47, 95, 61, 66, 64, 69, 59, 55, 69, 73, 29, 54, 65, 54, 81, 72, 74,
    63, 74, 64, 60, 60, 72, 58, 88, 57, 53, 60, 34, 39, 34, 56, 56, 61, 56, 62, 51, 62, 55, 33, 56,
    61, 28, 28, 55, 28, 93, 61, 61, 62, 62, 39, 47, 38, 61, 52, 80, 50, 52, 48, 34, 27, 34, 56};

enum { BETWEEN = 25 }; /* Chinese and Roman characters stand this far apart */

/* In hundredths of the size; *kind becomes 1 for Roman letters and digits, 2 for Chinese. */
static int advance(uint32_t code, bool bold, int *kind)
{
    *kind = 0;
    if (code >= 0x20 && code < 0x7F) {
        bool letter = (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
                      (code >= 'a' && code <= 'z') || code == '%';
        *kind = letter;
        return bold ? (roman[code - 0x20] * 107 + 99) / 100 : roman[code - 0x20];
    }
    if (code == 0x2212 || code == 0x2013) return bold ? 59 : 56; /* minus, en dash */
    if (code >= 0x2E80 && !(code >= 0x3000 && code <= 0x303F) &&
        !(code >= 0xFE10 && code <= 0xFFEF)) {
        *kind = 2;
    }
    return 100;
}

/* Width of the longest start of @p text that has room; *end is behind it. */
static float measure(const char *text, float size, bool bold, float room, const char **end)
{
    const char *at = text, *last = text + strlen(text);
    int total = 0, kind, before = 0;
    *end = at;
    for (uint32_t code; (code = kh_utf8_next(&at, last)) != 0; before = kind) {
        int more = advance(code, bold, &kind);
        if (kind && before && kind != before) more += BETWEEN;
        if ((float)(total + more) * 0.01f * size > room) break;
        total += more;
        *end = at;
    }
    return (float)total * 0.01f * size;
}

float kh_show_width(const char *text, float size, bool bold)
{
    const char *end;
    return measure(text, size, bold, 1e9f, &end);
}

const char *kh_show_fit(kh_arena *arena, const char *text, float size, bool bold, float width)
{
    const char *end;
    measure(text, size, bold, width, &end);
    if (!*end) return text;
    measure(text, size, bold, width - size, &end);
    if (end == text) return "";
    return kh_arena_printf(arena, "%.*s" DOTS, (int)(end - text), text);
}

/* How many lines of @p width a text needs. */
static uint32_t count_lines(const char *text, float size, bool bold, float width)
{
    uint32_t count = 0;
    for (; *text; count++) measure(text, size, bold, width, &text);
    return count;
}

uint32_t kh_show_wrap(kh_arena *arena, const char *text, float size, bool bold, float width,
                      uint32_t most, const char **lines)
{
    uint32_t count = 0;
    if (width < 2 * size) return 0;
    uint32_t needed = count_lines(text, size, bold, width);
    if (needed > 1 && needed <= most) { /* lines of about the same length look better */
        float even = kh_show_width(text, size, bold) / (float)needed;
        while (even < width && count_lines(text, size, bold, even) > needed) even += size / 4;
        if (even < width) width = even;
    }
    while (*text && count < most) {
        const char *end;
        if (count + 1 == most) {
            lines[count++] = kh_show_fit(arena, text, size, bold, width);
            break;
        }
        measure(text, size, bold, width, &end);
        lines[count++] = kh_arena_bytes(arena, text, (size_t)(end - text));
        text = end;
    }
    return count;
}
