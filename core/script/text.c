/* The libraries `string` and `utf8`: plain searching, exact formatting, bounded results. */
#include "script/state.h"

#include "base/decimal.h"
#include "base/text.h"

#include <inttypes.h>
#include <lauxlib.h>
#include <string.h>
#include <unistr.h>

void kh_text_limit(lua_State *L, size_t old, size_t size)
{
    const kh_script *script = kh_state(L);
    if (size > KH_SCRIPT_TEXT) kh_script_fail(L, "a text would grow beyond 1 MiB");
    bool doubled = size > 1U << 14 && __builtin_clzll(size) != __builtin_clzll(old | 1);
    if (doubled && script->cap - script->used < size * 4) {
        /* liblua's buffers do not collect garbage before they give up. */
        kh_script_charge(L, script->used / 64);
        lua_gc(L, LUA_GCCOLLECT);
    }
}

bool kh_text_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static const char *text_argument(lua_State *L, int argument, size_t *length)
{
    if (lua_type(L, argument) != LUA_TSTRING) {
        kh_script_fail_argument(L, argument, "a text is needed, not %s",
                                kh_value_name(L, argument));
    }
    const char *text = lua_tolstring(L, argument, length);
    kh_script_charge(L, *length / 64);
    return text;
}

/* Positions count from 1; negative ones from the end. */
static lua_Integer position(lua_Integer at, size_t length)
{
    if (at >= 0) return at;
    return at < -(lua_Integer)length ? 0 : (lua_Integer)length + at + 1;
}

/* The bytes [*from, *to) that arguments i and j of a function mean. */
static void range_arguments(lua_State *L, int i, lua_Integer first, lua_Integer last, size_t length,
                            size_t *from, size_t *to)
{
    lua_Integer a = position(kh_library_integer(L, i, first), length);
    lua_Integer b = position(kh_library_integer(L, i + 1, last), length);
    if (a < 1) a = 1;
    if (b > (lua_Integer)length) b = (lua_Integer)length;
    *from = a > b ? 0 : (size_t)a - 1;
    *to = a > b ? 0 : (size_t)b;
}

/* ---- string -------------------------------------------------------------------------------- */

static int text_byte(lua_State *L)
{
    size_t length, from, to;
    const char *text = text_argument(L, 1, &length);
    lua_Integer first = kh_library_integer(L, 2, 1);
    range_arguments(L, 2, 1, first, length, &from, &to);
    if (to - from > 1000) return kh_script_fail(L, "string.byte gives at most 1000 values");
    kh_script_charge(L, to - from);
    luaL_checkstack(L, (int)(to - from), kh_tr("too many values"));
    for (size_t i = from; i < to; i++) lua_pushinteger(L, (unsigned char)text[i]);
    return (int)(to - from);
}

static int text_char(lua_State *L)
{
    int count = lua_gettop(L);
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (int i = 1; i <= count; i++) {
        lua_Integer byte = kh_library_integer(L, i, -1);
        if (byte < 0 || byte > 255) kh_script_fail_argument(L, i, "a byte from 0 to 255 is needed");
        luaL_addchar(&buffer, (char)byte);
    }
    luaL_pushresult(&buffer);
    return 1;
}

static int text_find(lua_State *L)
{
    size_t length, wanted;
    const char *text = text_argument(L, 1, &length), *what = text_argument(L, 2, &wanted);
    lua_Integer from = position(kh_library_integer(L, 3, 1), length);
    if (from < 1) from = 1;
    const char *start = text + from - 1, *found = NULL;
    if ((size_t)from <= length + 1) {
        found = memmem(start, length - (size_t)(start - text), what, wanted);
    }
    if (!found) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, found - text + 1);
    lua_pushinteger(L, found - text + (lua_Integer)wanted);
    return 2;
}

static int text_len(lua_State *L)
{
    size_t length;
    text_argument(L, 1, &length);
    lua_pushinteger(L, (lua_Integer)length);
    return 1;
}

static int push_mapped(lua_State *L, int kind)
{
    size_t length;
    const char *text = text_argument(L, 1, &length);
    kh_text_limit(L, 0, length);
    luaL_Buffer buffer;
    char *out = luaL_buffinitsize(L, &buffer, length);
    for (size_t i = 0; i < length; i++) {
        char c = kind == 'r' ? text[length - 1 - i] : text[i];
        if (kind == 'l' && c >= 'A' && c <= 'Z') c = (char)(c + 32);
        if (kind == 'u' && c >= 'a' && c <= 'z') c = (char)(c - 32);
        out[i] = c;
    }
    luaL_pushresultsize(&buffer, length);
    return 1;
}

static int text_lower(lua_State *L)
{
    return push_mapped(L, 'l');
}

static int text_upper(lua_State *L)
{
    return push_mapped(L, 'u');
}

static int text_reverse(lua_State *L)
{
    return push_mapped(L, 'r');
}

static int text_rep(lua_State *L)
{
    size_t length, between = 0;
    const char *text = text_argument(L, 1, &length);
    lua_Integer count = kh_library_integer(L, 2, 0);
    const char *separator = lua_isnoneornil(L, 3) ? "" : text_argument(L, 3, &between);
    if (count <= 0 || length + between == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if ((size_t)count > KH_SCRIPT_TEXT) kh_text_limit(L, 0, (size_t)count);
    size_t total = (size_t)count * (length + between) - between;
    kh_text_limit(L, 0, total);
    luaL_Buffer buffer;
    char *out = luaL_buffinitsize(L, &buffer, total);
    while (count-- > 0) {
        memcpy(out, text, length);
        out += length;
        if (count == 0) break;
        memcpy(out, separator, between);
        out += between;
    }
    luaL_pushresultsize(&buffer, total);
    return 1;
}

static int text_sub(lua_State *L)
{
    size_t length, from, to;
    const char *text = text_argument(L, 1, &length);
    range_arguments(L, 2, 1, -1, length, &from, &to);
    lua_pushlstring(L, text + from, to - from);
    return 1;
}

static int text_split(lua_State *L)
{
    size_t length, wanted;
    const char *text = text_argument(L, 1, &length), *separator = text_argument(L, 2, &wanted);
    if (wanted <= 0) kh_script_fail_argument(L, 2, "a separator cannot be empty");
    const char *end = text + length;
    lua_newtable(L);
    for (lua_Integer i = 1;; i++) {
        const char *found = memmem(text, (size_t)(end - text), separator, wanted);
        kh_script_charge(L, 8);
        lua_pushlstring(L, text, (size_t)((found ? found : end) - text));
        lua_rawseti(L, -2, i);
        if (!found) return 1;
        text = found + wanted;
    }
}

/* White space at one end; with the full-width blank U+3000. */
static size_t space_at(const char *text, const char *end, bool backwards)
{
    if (text >= end) return 0;
    if (kh_text_is_space(backwards ? end[-1] : *text)) return 1;
    if (end - text >= 3 && !memcmp(backwards ? end - 3 : text, "\xE3\x80\x80", 3)) return 3;
    return 0;
}

static int text_trim(lua_State *L)
{
    size_t length, n;
    const char *text = text_argument(L, 1, &length), *end = text + length;
    while ((n = space_at(text, end, false)) > 0) text += n;
    while ((n = space_at(text, end, true)) > 0) end -= n;
    lua_pushlstring(L, text, (size_t)(end - text));
    return 1;
}

static int text_starts(lua_State *L)
{
    size_t length, wanted;
    const char *text = text_argument(L, 1, &length), *what = text_argument(L, 2, &wanted);
    lua_pushboolean(L, length >= wanted && !memcmp(text, what, wanted));
    return 1;
}

static int text_ends(lua_State *L)
{
    size_t length, wanted;
    const char *text = text_argument(L, 1, &length), *what = text_argument(L, 2, &wanted);
    lua_pushboolean(L, length >= wanted && !memcmp(text + length - wanted, what, wanted));
    return 1;
}

static int text_replace(lua_State *L)
{
    size_t length, wanted, instead, total = 0;
    const char *text = text_argument(L, 1, &length), *what = text_argument(L, 2, &wanted);
    const char *by = text_argument(L, 3, &instead), *end = text + length;
    if (wanted <= 0) kh_script_fail_argument(L, 2, "the text to replace cannot be empty");
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (;;) {
        const char *found = memmem(text, (size_t)(end - text), what, wanted);
        size_t kept = (size_t)((found ? found : end) - text);
        size_t more = kept + (found ? instead : 0);
        kh_text_limit(L, total, total + more);
        total += more;
        luaL_addlstring(&buffer, text, kept);
        if (!found) break;
        kh_script_charge(L, 4);
        luaL_addlstring(&buffer, by, instead);
        text = found + wanted;
    }
    luaL_pushresult(&buffer);
    return 1;
}

/* ---- string.format ------------------------------------------------------------------------- */

typedef struct spec {
    bool left, plus, blank, zero, grouped;
    int width, precision; /* -1: not given */
    char letter;
} spec;

static const char *read_spec(lua_State *L, const char *at, spec *out)
{
    const char *start = at;
    *out = (spec){.precision = -1};
    for (;; at++) {
        if (*at == '-') out->left = true;
        else if (*at == '+') out->plus = true;
        else if (*at == ' ') out->blank = true;
        else if (*at == '0') out->zero = true;
        else if (*at == ',') out->grouped = true;
        else break;
    }
    for (int i = 0; i < 2 && *at >= '0' && *at <= '9'; i++)
        out->width = out->width * 10 + *at++ - '0';
    if (*at == '.') {
        at++;
        out->precision = 0;
        for (int i = 0; i < 2 && *at >= '0' && *at <= '9'; i++) {
            out->precision = out->precision * 10 + *at++ - '0';
        }
    }
    out->letter = *at;
    if (!*at || !strchr("sdiucxqf", *at) || (out->precision >= 0 && !strchr("sf", *at)) ||
        out->precision > 34) {
        kh_script_fail(L,
                       "'%%%s' is not a format: there are %%s %%d %%c %%x %%q %%f, like %%5d, "
                       "%%.2f and %%,.2f",
                       lua_pushlstring(L, start, (size_t)(at - start) + (*at != 0)));
    }
    return at + 1;
}

/* A text with its sign, filled up to the width. */
static void add_padded(luaL_Buffer *buffer, const spec *s, const char *sign, const char *text,
                       size_t length)
{
    size_t used = length + strlen(sign),
           fill = (size_t)s->width > used ? (size_t)s->width - used : 0;
    bool zeros = s->zero && !s->left && s->letter != 's';
    for (size_t i = 0; i < fill && !s->left && !zeros; i++) luaL_addchar(buffer, ' ');
    luaL_addstring(buffer, sign);
    for (size_t i = 0; i < fill && zeros; i++) luaL_addchar(buffer, '0');
    luaL_addlstring(buffer, text, length);
    for (size_t i = 0; i < fill && s->left; i++) luaL_addchar(buffer, ' ');
}

static void add_number(lua_State *L, luaL_Buffer *buffer, const spec *s, int argument)
{
    kh_decimal value = KH_ABSENT;
    char text[KH_DECIMAL_TEXT], kind[8] = {'%', s->letter};
    int64_t whole = 0;
    if (!kh_number_get(L, argument, &value) || kh_is_absent(value)) {
        kh_script_fail_argument(
            L, argument, "%s needs a number, not %s%s", kind, kh_value_name(L, argument),
            lua_isnoneornil(L, argument) ? kh_tr("; write (x or 0), or leave it out") : "");
    }
    if (s->letter != 'f' && !kh_number_int(L, argument, &whole)) {
        kh_number_text(L, argument, text);
        kh_script_fail_argument(L, argument,
                                "%s needs a whole number, not %s; use %%.2f "
                                "or round it",
                                kind, text);
    }
    int places = s->letter == 'f' ? (s->precision < 0 ? 6 : s->precision) : 0;
    size_t length = kh_dec_format(text, value, places, s->grouped);
    if (s->letter == 'x') length = (size_t)snprintf(text, sizeof text, "%" PRIx64, (uint64_t)whole);
    bool negative = text[0] == '-';
    add_padded(buffer, s,
               negative   ? "-"
               : s->plus  ? "+"
               : s->blank ? " "
                          : "",
               text + negative, length - negative);
}

/* As a Lua literal. */
static void add_quoted(lua_State *L, luaL_Buffer *buffer, int argument)
{
    if (lua_type(L, argument) != LUA_TSTRING) {
        if (!(kh_value_is_operand(L, argument) || lua_isboolean(L, argument)))
            kh_script_fail_argument(L, argument, "this has no literal");
        kh_library_text(L, argument, NULL);
        luaL_addvalue(buffer);
        return;
    }
    size_t length;
    const char *text = text_argument(L, argument, &length);
    luaL_addchar(buffer, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        char escaped[8] = {(char)c};
        if (c == '"' || c == '\\') snprintf(escaped, sizeof escaped, "\\%c", c);
        if (c < 0x20 || c == 0x7f) snprintf(escaped, sizeof escaped, "\\%03d", c);
        luaL_addstring(buffer, escaped);
    }
    luaL_addchar(buffer, '"');
}

static void add_text(lua_State *L, luaL_Buffer *buffer, const spec *s, int argument)
{
    size_t length;
    const char *text = kh_library_text(L, argument, &length);
    if (s->precision >= 0 && (size_t)s->precision < length) {
        length = (size_t)s->precision; /* no half characters */
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) length--;
    }
    lua_replace(L, argument); /* out of the buffer's way */
    add_padded(buffer, s, "", text, length);
}

static int text_format(lua_State *L)
{
    size_t length;
    const char *at = text_argument(L, 1, &length), *end = at + length;
    int argument = 1, count = lua_gettop(L);
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    while (at < end) {
        const char *percent = memchr(at, '%', (size_t)(end - at));
        luaL_addlstring(&buffer, at, (size_t)((percent ? percent : end) - at));
        if (!percent) break;
        at = percent + 1;
        if (*at == '%') {
            luaL_addchar(&buffer, '%');
            at++;
            continue;
        }
        spec s;
        at = read_spec(L, at, &s);
        if (++argument > count)
            kh_script_fail_argument(L, argument, "there is no value for this format");
        size_t more = lua_type(L, argument) == LUA_TSTRING ? lua_rawlen(L, argument) : 0;
        kh_text_limit(L, luaL_bufflen(&buffer), luaL_bufflen(&buffer) + more);
        if (s.letter == 's') {
            add_text(L, &buffer, &s, argument);
        } else if (s.letter == 'q') {
            add_quoted(L, &buffer, argument);
        } else if (s.letter == 'c') {
            lua_Integer byte = kh_library_integer(L, argument, -1);
            if (byte < 0 || byte > 255)
                kh_script_fail_argument(L, argument, "a byte from 0 to 255 is needed");
            add_padded(&buffer, &s, "", (char[]){(char)byte}, 1);
        } else {
            add_number(L, &buffer, &s, argument);
        }
    }
    kh_text_limit(L, 0, luaL_bufflen(&buffer));
    luaL_pushresult(&buffer);
    return 1;
}

/* ---- utf8 ---------------------------------------------------------------------------------- */

/* Decode one character; 0 when it is broken or @p text is at the end. */
static int decode(const char *text, const char *end, lua_Integer *code)
{
    ucs4_t c;
    if (text >= end) return 0;
    int n = u8_mbtoucr(&c, (const uint8_t *)text, (size_t)(end - text));
    *code = (lua_Integer)c;
    return n < 0 ? 0 : n;
}

static bool inside(const char *text, size_t length, lua_Integer at)
{
    return at >= 0 && (size_t)at < length && ((unsigned char)text[at] & 0xC0) == 0x80;
}

static int utf8_char(lua_State *L)
{
    int count = lua_gettop(L);
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (int i = 1; i <= count; i++) {
        uint8_t bytes[6];
        lua_Integer code = kh_library_integer(L, i, -1);
        int n = code < 0 || code > 0x10ffff ? -1 : u8_uctomb(bytes, (ucs4_t)code, sizeof bytes);
        if (n <= 0) kh_script_fail_argument(L, i, "this is no character's number");
        luaL_addlstring(&buffer, (const char *)bytes, (size_t)n);
    }
    luaL_pushresult(&buffer);
    return 1;
}

static int utf8_codepoint(lua_State *L)
{
    size_t length, from, to;
    const char *text = text_argument(L, 1, &length), *end = text + length;
    lua_Integer first = kh_library_integer(L, 2, 1), code;
    range_arguments(L, 2, 1, position(first, length), length, &from, &to);
    int count = 0, n;
    for (const char *at = text + from; at < text + to; at += n, count++) {
        n = decode(at, end, &code);
        if (n == 0) return kh_script_fail(L, "the text is not UTF-8");
        if (count == 1000) return kh_script_fail(L, "utf8.codepoint gives at most 1000 values");
        luaL_checkstack(L, 1, kh_tr("too many values"));
        lua_pushinteger(L, code);
    }
    return count;
}

static int utf8_len(lua_State *L)
{
    size_t length, from, to;
    const char *text = text_argument(L, 1, &length), *end = text + length;
    range_arguments(L, 2, 1, -1, length, &from, &to);
    lua_Integer count = 0, code;
    int n;
    for (const char *at = text + from; at < text + to; at += n, count++) {
        n = decode(at, end, &code);
        if (n > 0) continue;
        lua_pushnil(L);
        lua_pushinteger(L, at - text + 1);
        return 2;
    }
    lua_pushinteger(L, count);
    return 1;
}

/* utf8.offset(text, n, i): where the n-th character from byte i begins. */
static int utf8_offset(lua_State *L)
{
    size_t length;
    const char *text = text_argument(L, 1, &length);
    lua_Integer n = kh_library_integer(L, 2, 1);
    lua_Integer at =
        position(kh_library_integer(L, 3, n >= 0 ? 1 : (lua_Integer)length + 1), length) - 1;
    if (at < 0 || at > (lua_Integer)length)
        kh_script_fail_argument(L, 3, "the position is outside of the text");
    if (n == 0) {
        while (at > 0 && inside(text, length, at)) at--;
        lua_pushinteger(L, at + 1);
        return 1;
    }
    if (inside(text, length, at)) return kh_script_fail(L, "the position is inside of a character");
    for (; n < 0 && at > 0; n++) {
        do at--;
        while (at > 0 && inside(text, length, at));
    }
    for (; n > 1 && at < (lua_Integer)length; n--) {
        do at++;
        while (inside(text, length, at));
    }
    if (n != 0 && n != 1) {
        lua_pushnil(L);
    } else {
        lua_pushinteger(L, at + 1);
    }
    return 1;
}

static int iterate_codes(lua_State *L)
{
    size_t length;
    const char *text = text_argument(L, 1, &length);
    lua_Integer at = kh_library_integer(L, 2, 0), code;
    while (inside(text, length, at)) at++; /* `at` counts from 1: the byte behind the first one */
    if (at >= (lua_Integer)length) return 0;
    if (decode(text + at, text + length, &code) == 0) {
        return kh_script_fail(L, "the text is not UTF-8");
    }
    lua_pushinteger(L, at + 1);
    lua_pushinteger(L, code);
    return 2;
}

static int utf8_codes(lua_State *L)
{
    size_t length;
    text_argument(L, 1, &length);
    lua_pushcfunction(L, iterate_codes);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

void kh_text_open(lua_State *L)
{
    static const luaL_Reg string[] = {{"byte", text_byte},       {"char", text_char},
                                      {"ends", text_ends},       {"find", text_find},
                                      {"format", text_format},   {"len", text_len},
                                      {"lower", text_lower},     {"rep", text_rep},
                                      {"replace", text_replace}, {"reverse", text_reverse},
                                      {"split", text_split},     {"starts", text_starts},
                                      {"sub", text_sub},         {"trim", text_trim},
                                      {"upper", text_upper},     {NULL, NULL}};
    static const luaL_Reg utf8[] = {{"char", utf8_char},     {"codepoint", utf8_codepoint},
                                    {"codes", utf8_codes},   {"len", utf8_len},
                                    {"offset", utf8_offset}, {NULL, NULL}};
    lua_pushliteral(L, ""); /* any text: the metatable is that of all */
    lua_newtable(L);
    luaL_newlib(L, string);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__index");
    kh_library_protect(L, "string");
    lua_setglobal(L, "string");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
    luaL_newlib(L, utf8);
    kh_library_protect(L, "utf8");
    lua_setglobal(L, "utf8");
}
