/* The inside of a bounded Lua state; private to the script room. */
#ifndef KH_SCRIPT_STATE_H
#define KH_SCRIPT_STATE_H

#include "script/sandbox.h"

/** Blocks up to this size are kept in lists of equal size. */
enum { KH_SMALL = 512, KH_SIZES = KH_SMALL / 16 + 1 };

typedef struct kh_free_block {
    struct kh_free_block *next;
} kh_free_block;

struct kh_script {
    lua_State *L;
    /* memory */
    kh_free_block *free[KH_SIZES];
    kh_arena slabs;
    char *slab; /* the rest of the newest slab */
    size_t slab_left;
    size_t used, cap, allowed; /* bytes; `allowed` is what the message says */
    /* the call that is running */
    int calls;            /* kh_script_call within each other */
    int64_t budget, left; /* instructions */
    int64_t step;         /* until the next hook */
    bool exhausted;       /* the budget is gone: the outermost call must end */
    kh_error bound;       /* the bound that was broken last, with its place */
    /* numbers */
    int number_ref; /* the metatable, in the registry */
    const void *number_meta;
    /* files */
    kh_syntax **chunks;
    uint32_t chunk_count;
    kh_arena arena;       /* `folders` */
    const char **folders; /* of `use`; ends with NULL */
    unsigned use_flags;
};

/** Keys that scripts never see: a table's site, kind of tag, name of tag. */
extern const char kh_site_key, kh_kind_key, kh_name_key;

static inline kh_script *kh_state(lua_State *L)
{
    return *(kh_script **)lua_getextraspace(L);
}

/** A message of liblua in the user's language: in @p out, or @p text itself when it is none. */
const char *kh_native_text(const char *text, char out[KH_ERROR_TEXT]);

/** What runs at @p level of the Lua stack or, where that is C, the nearest caller that is Lua. */
const kh_syntax *kh_script_locate(lua_State *L, int level, int *line);

/** Raise "file:line: text" for a place in a file that was read. */
_Noreturn void kh_script_raise(lua_State *L, const kh_syntax *syntax, int line, const char *text);

/**
 * Make reading an unknown member of the table on top of the stack an error with the nearest name;
 * @p name is how messages call the table, and lives for ever.
 */
void kh_library_guard(lua_State *L, const char *name);

/** Replace the table on top of the stack by one that looks the same and cannot be changed. */
void kh_library_protect(lua_State *L, const char *name);

/** The globals and libraries of number.c, library.c and text.c. */
void kh_number_open(lua_State *L);
void kh_library_open(lua_State *L);
void kh_text_open(lua_State *L);

/** A whole number as an argument of a function; raises an error for anything else. */
lua_Integer kh_library_integer(lua_State *L, int argument, lua_Integer otherwise);

/** A text grows from @p old to @p size bytes: raise an error if that is too long for a script. */
void kh_text_limit(lua_State *L, size_t old, size_t size);
bool kh_text_is_space(char c);

/** The name among a table's keys that is nearest to @p name, or NULL. May raise. */
const char *kh_library_nearest(lua_State *L, int table, const char *name);

/** Push the value at @p index as a text: plain digits, never an address. */
const char *kh_library_text(lua_State *L, int index, size_t *length);

/* ---- calculating --------------------------------------------------------------------------- */

typedef enum kh_value_kind {
    VALUE_ABSENT,
    VALUE_WHOLE,
    VALUE_DECIMAL,
    VALUE_TRUTH,    /* a comparison's result */
    VALUE_FRACTION, /* a binary float */
    VALUE_OTHER
} kh_value_kind;

typedef struct kh_value {
    kh_decimal decimal;
    int64_t whole; /* VALUE_WHOLE, VALUE_TRUTH */
    kh_value_kind kind;
    int index; /* VALUE_OTHER, VALUE_FRACTION: its index on the Lua stack */
} kh_value;

/** "a number", "a text": what messages call the value at @p index. */
const char *kh_value_name(lua_State *L, int index);
/** A number, or absent: not a binary fraction, a text, a table ... */
bool kh_value_is_operand(lua_State *L, int index);

void kh_value_get(lua_State *L, int index, kh_value *out);
void kh_value_push(lua_State *L, const kh_value *value);
/** Absent for what is no number. */
kh_decimal kh_value_decimal(const kh_value *value);
/** left = left op right for + - * / // % ^ of numbers and absent values. */
void kh_value_apply(kh_value *left, const kh_value *right, kh_opcode op);
/** -1, 0, 1; both are numbers. */
int kh_value_compare(const kh_value *left, const kh_value *right);

/** Push the helpers of the rewriter for one file: __kh_calc, __kh_rest, __kh_text. */
void kh_calc_push(lua_State *L, const kh_syntax *syntax);

#endif
