/* Reading what a template wrote: Lua tables with known keys, strictly. */
#include "document/intake.h"

#include "base/decimal.h"
#include "base/text.h"

#include <lauxlib.h>
#include <string.h>

void kh_intake_enter(kh_intake *intake, kh_spot *spot, const char *what, uint32_t number, int index)
{
    *spot = (kh_spot){intake->spot, what, number, NULL, index};
    intake->spot = spot;
    if (intake->left == 0)
        kh_intake_fail(intake, "the document has more than %d parts", KH_INTAKE_PARTS);
    intake->left--;
}

void kh_intake_leave(kh_intake *intake)
{
    intake->spot = intake->spot->outer;
}

/* ---- mistakes ------------------------------------------------------------------------------ */

static void add_way(kh_buf *out, const kh_spot *spot)
{
    if (spot->outer) add_way(out, spot->outer);
    if (!*spot->what) return; /* it only knows a place */
    kh_buf_text(out, out->size ? ", " : "");
    kh_buf_text(out, kh_tr(spot->what));
    if (spot->number) kh_buf_printf(out, " %u", spot->number);
    if (spot->name) kh_buf_printf(out, " (%s)", spot->name);
}

void kh_intake_fail(kh_intake *intake, const char *format, ...)
{
    lua_State *L = intake->L;
    char text[KH_ERROR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, dgettext("kaohe", format), args);
    va_end(args);
    kh_buf message = {0}, way = {0};
    kh_place place = {0};
    for (const kh_spot *s = intake->spot; s && intake->places && !place.file; s = s->outer) {
        if (s->index) place = kh_script_site(L, s->index);
    }
    if (place.file) kh_buf_printf(&message, "%s:%d:%d: ", place.file, place.line, place.column);
    if (intake->spot) add_way(&way, intake->spot);
    if (way.size) kh_buf_printf(&message, "%s: ", way.data);
    kh_buf_fini(&way);
    kh_buf_text(&message, text);
    /* The buffer must not be lost when the error is raised, so Lua takes over its text. */
    kh_error whole = KH_ERROR_INIT;
    kh_fail(&whole, KH_EUSAGE, "%s", message.data);
    kh_buf_fini(&message);
    kh_script_fail(L, "%s", whole.text);
    __builtin_unreachable();
}

const char *kh_intake_kind(lua_State *L, int index)
{
    kh_decimal number;
    switch (lua_type(L, index)) {
    case LUA_TNIL: return "nil";
    case LUA_TBOOLEAN: return lua_toboolean(L, index) ? "true" : "false";
    case LUA_TSTRING: return kh_tr("a text");
    case LUA_TTABLE: return kh_tr("a table");
    case LUA_TFUNCTION: return kh_tr("a function");
    default: return kh_number_get(L, index, &number) ? kh_tr("a number") : kh_tr("a chart");
    }
}

/* The key that is unknown, the first one by its bytes: the order of hashes must not be seen. */
__attribute__((noreturn)) static void refuse_key(kh_intake *r, int index, const kh_key *fields)
{
    lua_State *L = r->L;
    const char *names[64], *first = NULL;
    uint32_t count = 0;
    for (const kh_key *f = fields; f->key && count < 63; f++) names[count++] = f->key;
    names[count] = NULL;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) continue;
        const char *key = lua_tostring(L, -2);
        bool known = false;
        for (const kh_key *f = fields; f->key; f++) known |= !strcmp(f->key, key);
        if (!known && (!first || strcmp(key, first) < 0)) first = key;
    }
    const char *nearest = kh_text_nearest(first, names);
    if (nearest) kh_intake_fail(r, "'%s' is not known here; did you mean '%s'?", first, nearest);
    kh_intake_fail(r, "'%s' is not known here", first);
}

__attribute__((noreturn)) static void refuse_value(kh_intake *r, const kh_key *field,
                                                   const char *wanted)
{
    kh_intake_fail(r, "'%s' is %s, not %s", field->key, kh_intake_kind(r->L, -1), kh_tr(wanted));
}

/* ---- values -------------------------------------------------------------------------------- */

const char *kh_intake_text(kh_intake *intake, int index)
{
    lua_State *L = intake->L;
    char digits[KH_DECIMAL_TEXT];
    size_t length;
    if (lua_type(L, index) == LUA_TSTRING) {
        const char *text = lua_tolstring(L, index, &length);
        size_t bad = kh_utf8_check(text, length);
        if (bad < length) {
            kh_intake_fail(intake, "the text is not UTF-8 at byte %zu: 0x%02x", bad + 1,
                           (unsigned)(unsigned char)text[bad]);
        }
        if (strlen(text) < length) kh_intake_fail(intake, "the text has a NUL byte");
        size_t weight = length / 64;
        if (weight > intake->left) kh_intake_fail(intake, "the texts of the document are too long");
        intake->left -= weight;
        return kh_arena_bytes(intake->arena, text, length);
    }
    kh_decimal number;
    if (lua_isnil(L, index) || !kh_number_get(L, index, &number)) return NULL;
    size_t size = kh_number_text(L, index, digits);
    return kh_arena_bytes(intake->arena, digits, size);
}

/* The number on top of the stack as a length or count; refuses it outside of the field's range. */
static double ranged_number(kh_intake *r, const kh_key *field)
{
    kh_decimal number;
    if (lua_isnil(r->L, -1) || !kh_number_get(r->L, -1, &number)) {
        refuse_value(r, field, "a number");
    }
    double value = kh_sketch_double(number);
    if (!(value >= (double)field->least && value <= (double)field->most)) {
        char text[KH_DECIMAL_TEXT];
        kh_number_text(r->L, -1, text);
        kh_intake_fail(r, "'%s' is %s; it can be from %g to %g", field->key, text,
                       (double)field->least, (double)field->most);
    }
    return value;
}

static int choice(kh_intake *r, const kh_key *field)
{
    if (lua_type(r->L, -1) != LUA_TSTRING) refuse_value(r, field, "a text");
    kh_buf all = {0};
    for (int i = 0; field->choices[i]; i++) {
        if (!strcmp(field->choices[i], lua_tostring(r->L, -1))) {
            kh_buf_fini(&all);
            return i;
        }
        kh_buf_printf(&all, "%s\"%s\"", i ? ", " : "", field->choices[i]);
    }
    const char *list = lua_pushstring(r->L, all.data);
    kh_buf_fini(&all);
    kh_intake_fail(r, "'%s' is \"%s\"; it can be %s", field->key, lua_tostring(r->L, -2), list);
}

/* The value on top of the stack into its place. */
static void take_value(kh_intake *r, const kh_key *field, char *out)
{
    lua_State *L = r->L;
    void *to = out + field->offset;
    int64_t whole;
    switch (field->kind) {
    case KH_KEY_TEXT:
        if (!(*(const char **)to = kh_intake_text(r, -1))) refuse_value(r, field, "a text");
        return;
    case KH_KEY_LENGTH: *(float *)to = (float)ranged_number(r, field); return;
    case KH_KEY_WHOLE:
        ranged_number(r, field);
        if (!kh_number_int(L, -1, &whole)) refuse_value(r, field, "a whole number");
        *(uint32_t *)to = (uint32_t)whole;
        return;
    case KH_KEY_NUMBER:
        if (!kh_number_get(L, -1, to)) refuse_value(r, field, "a number");
        return;
    case KH_KEY_COLOR:
        if (lua_isboolean(L, -1) && !lua_toboolean(L, -1)) {
            *(kh_color *)to = KH_NO_COLOR;
            return;
        }
        if (!kh_number_int(L, -1, &whole) || whole < 0 || whole > 0xFFFFFF) {
            refuse_value(r, field, "a colour from 0x000000 to 0xffffff");
        }
        *(kh_color *)to = (kh_color)whole;
        return;
    case KH_KEY_FLAG:
        if (!lua_isboolean(L, -1)) refuse_value(r, field, "true or false");
        *(int *)to = lua_toboolean(L, -1);
        return;
    case KH_KEY_CHOICE: *(int *)to = choice(r, field); return;
    case KH_KEY_OTHER: return;
    }
}

/* Lists have no holes: a nil in the middle of a row would move all cells behind it. */
static void check_list(kh_intake *r, int index, uint32_t length, uint32_t found)
{
    if (found == length) return;
    for (uint32_t i = 1; i <= length; i++) {
        bool nil = lua_rawgeti(r->L, index, i) == LUA_TNIL;
        lua_pop(r->L, 1);
        if (nil)
            kh_intake_fail(r, "element %u is nil; write \"\" or dash(...) for an absent value", i);
    }
    kh_intake_fail(r, "the list ends at element %u, but has more behind it", length);
}

uint32_t kh_intake_fill(kh_intake *r, int index, const kh_key *fields, void *out)
{
    lua_State *L = r->L;
    luaL_checkstack(L, 8, kh_tr("a document is nested too deeply"));
    index = lua_absindex(L, index);
    uint32_t length = (uint32_t)lua_rawlen(L, index), found = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        switch (lua_type(L, -2)) {
        case LUA_TLIGHTUSERDATA: break; /* hidden from scripts */
        case LUA_TNUMBER: found++; break;
        case LUA_TSTRING: {
            const char *key = lua_tostring(L, -2);
            const kh_key *f = fields;
            while (f->key && strcmp(f->key, key) != 0) f++;
            if (!f->key) refuse_key(r, index, fields);
            take_value(r, f, out);
            break;
        }
        default: kh_intake_fail(r, "a key is %s", kh_intake_kind(L, -2));
        }
    }
    check_list(r, index, length, found);
    return length;
}
