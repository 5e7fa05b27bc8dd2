/* Schemas of rules: which inputs and outputs there are, their types, how numbers are shown.
 *
 *   name type[?][=default], ...
 *
 * Types: n number, i whole number, r ratio, p percent number, b boolean, d day YYYY-MM-DD, m month
 * YYYY-MM, t text, g grade (11级3档, 未达标), o comparison (>= > <= <), (a|b|c) one of these words,
 * [type] list, {fields} record. `?` may be null. In outputs a number says its decimals: n2, r6;
 * nx keeps the number's own. A record whose fields all have defaults may be left out.
 */
#ifndef KH_SCHEME_SCHEMA_H
#define KH_SCHEME_SCHEMA_H

#include "base/json.h"

#include <kaohe/decimal.h>
#include <lua.h>

typedef enum kh_schema_kind {
    KH_SCHEMA_NUMBER, /* n, r, p */
    KH_SCHEMA_WHOLE,
    KH_SCHEMA_BOOL,
    KH_SCHEMA_DAY,
    KH_SCHEMA_MONTH,
    KH_SCHEMA_TEXT,
    KH_SCHEMA_GRADE,
    KH_SCHEMA_WORD, /* one of `words`: o and (a|b|c) */
    KH_SCHEMA_LIST,
    KH_SCHEMA_RECORD
} kh_schema_kind;

typedef struct kh_schema kh_schema;

typedef struct kh_schema_field {
    const char *name;
    const kh_schema *type;
    const kh_json *otherwise; /* the default; NULL = none */
} kh_schema_field;

struct kh_schema {
    kh_schema_kind kind;
    bool nullable;
    bool optional;            /* RECORD: every field has a default */
    int places;               /* NUMBER of outputs; KH_PLACES_OWN */
    const char *const *words; /* WORD; ends with NULL */
    const kh_schema *element; /* LIST */
    kh_schema_field *fields;  /* RECORD */
    uint32_t field_count;
};

/**
 * Parse a list of fields into a record. Lives in @p arena.
 * @param outputs  numbers need decimals, there are no defaults
 * @return KH_EUSAGE quotes the part that is wrong
 */
kh_status kh_schema_parse(const kh_schema **out, kh_arena *arena, const char *text, bool outputs,
                          kh_error *err);

/**
 * Does @p value fit? Keys without default must be there, also those that may be null; unknown keys
 * are refused with the nearest name.
 * @param path  how messages call the value; "" for the outermost record
 */
kh_status kh_schema_check(const kh_schema *type, const kh_json *value, const char *path,
                          kh_error *err);

/**
 * The value that a text typed by hand means: `[1,2]` for a list, true for a boolean, null. Whether
 * it fits is another question (kh_schema_check).
 */
kh_status kh_schema_read(const kh_schema *type, kh_arena *arena, const char *key, const char *text,
                         kh_json **out, kh_error *err);

/** The field called @p name, or NULL. */
const kh_schema_field *kh_schema_find(const kh_schema *record, const char *name);
/** The name of a field that is near to @p name, or NULL. */
const char *kh_schema_nearest(const kh_schema *record, const char *name);

/* ---- Lua values; all may raise ---------------------------------------------------------------- */

/** Push a checked value. Its nulls are kept apart from missing keys until kh_schema_fill(). */
void kh_schema_push(lua_State *L, const kh_schema *type, const kh_json *value);

/**
 * Push a copy of the record at @p index in which defaults stand for what is missing, and nothing
 * for what is null (from JSON) or, where null is allowed, `false`. An unknown key is an error.
 */
void kh_schema_fill(lua_State *L, const kh_schema *record, int index, const char *what);

/** Write the value at @p index as JSON: keys in the schema's order, numbers as texts. */
void kh_schema_write(lua_State *L, const kh_schema *type, int index, const char *path, kh_buf *out);

#endif
