/* Reading what a template wrote: Lua tables with known keys, strictly.
 *
 * All functions work inside a protected call and raise on a mistake, with the way to it: "block 4
 * (table), row 2: ...". What they give lives in the intake's arena.
 */
#ifndef KH_DOCUMENT_INTAKE_H
#define KH_DOCUMENT_INTAKE_H

#include "document/sketch.h"
#include "script/sandbox.h"

/** What stands under a key, and what it becomes. */
typedef enum kh_key_kind {
    KH_KEY_TEXT,   /* const char * */
    KH_KEY_LENGTH, /* float, from `least` to `most` */
    KH_KEY_WHOLE,  /* uint32_t, from `least` to `most` */
    KH_KEY_NUMBER, /* kh_decimal */
    KH_KEY_COLOR,  /* kh_color; false = KH_NO_COLOR */
    KH_KEY_FLAG,   /* int: 0 or 1 */
    KH_KEY_CHOICE, /* int: index of `choices` */
    KH_KEY_OTHER   /* anything: the caller reads it with lua_getfield */
} kh_key_kind;

/** One key of a table. An array of them ends with { NULL }. */
typedef struct kh_key {
    const char *key;
    kh_key_kind kind;
    size_t offset; /* in the structure that is filled */
    float least, most;
    const char *const *choices;
} kh_key;

/** Where in the template's result the intake is. Lives on the stack of the function that set it. */
typedef struct kh_spot {
    const struct kh_spot *outer;
    const char *what; /* "row" */
    uint32_t number;  /* 0 = none */
    const char *name; /* "table": shown in brackets; NULL = none */
    int index;        /* of its table on the Lua stack; 0 = none */
} kh_spot;

typedef struct kh_intake {
    lua_State *L;
    kh_arena *arena;
    const kh_theme *theme;
    const kh_spot *spot;
    bool places; /* messages begin with the place of the nearest table that knows it */
    size_t left; /* how many parts a document may still have */
} kh_intake;

/** Parts (texts, cells, blocks, shapes) of one document; more is a mistake or an attack. */
enum { KH_INTAKE_PARTS = 2000000 };

/** Step into a part; @p spot must outlive the matching kh_intake_leave(). */
void kh_intake_enter(kh_intake *intake, kh_spot *spot, const char *what, uint32_t number,
                     int index);
void kh_intake_leave(kh_intake *intake);

/** Raise an error that says where it is. */
__attribute__((format(printf, 2, 3), noreturn)) void kh_intake_fail(kh_intake *intake,
                                                                    const char *format, ...);

/**
 * Fill a structure from the table at @p index; keys that are not given leave it as it is. Unknown
 * keys, values of another kind and holes in the list are mistakes.
 * @return how many elements its list has
 */
uint32_t kh_intake_fill(kh_intake *intake, int index, const kh_key *fields, void *out);

/** The text at @p index, checked; numbers are written in plain digits. NULL for anything else. */
const char *kh_intake_text(kh_intake *intake, int index);

/** "a table", "nil": what messages call the value at @p index. */
const char *kh_intake_kind(lua_State *L, int index);

#endif
