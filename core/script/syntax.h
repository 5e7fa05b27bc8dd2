/* What a Lua source says: checked against the whole grammar, rewritten to stay exact, described. */
#ifndef KH_SCRIPT_SYNTAX_H
#define KH_SCRIPT_SYNTAX_H

#include "base/diag.h"

#include <kaohe/decimal.h>
#include <stddef.h>

/* Limits of one file. Names that start with __kh belong to the rewriter. */
enum {
    KH_SYNTAX_BYTES = 4 * 1024 * 1024,
    KH_SYNTAX_NESTING = 180 /* levels of the rewritten text; liblua stops at 200 of its own */
};

/** Give each table constructor its hidden site number, so that settings know their places. */
enum { KH_SYNTAX_SITES = 1 << 0 };

/** A site's number in a running state is chunk * KH_SYNTAX_CHUNK + its index in `sites`. */
enum { KH_SYNTAX_CHUNK = 1 << 22 };

/** One field of a table constructor, in the order written. */
typedef struct kh_syntax_field {
    const char *key;    /* `key = value`, `["key"] = value`; NULL: an element, or a computed key */
    uint32_t index;     /* position in the list from 1, also of `[3] = value`; 0 = a keyed field */
    int32_t function;   /* id, when the value is a function expression; -1 = it is not */
    kh_place key_place; /* of an element: the place of its value */
    kh_place value_place;
} kh_syntax_field;

typedef struct kh_syntax_site {
    kh_place place; /* of the '{' */
    kh_syntax_field *fields;
    uint32_t field_count;
} kh_syntax_site;

/** A call with a literal text: measure "corp_adb" { ... }, env "NAME", use("rules/base"). */
typedef struct kh_syntax_call {
    const char *name; /* the last name of what is called: "measure" */
    const char *text;
    kh_place place;      /* of the name */
    kh_place text_place; /* of the opening quote */
} kh_syntax_call;

typedef struct kh_syntax_parameter {
    const char *name;
    /** Used in another way than `param.name` or `param["name"]`: passed on, indexed by a value,
     *  written to. So the accesses are not all that happens to it. */
    bool escapes;
    kh_place escape_place; /* of the first such use */
} kh_syntax_parameter;

/** `param.name` or `param["name"]`, anywhere in the function and the functions inside it. */
typedef struct kh_syntax_access {
    uint32_t parameter; /* index into `parameters` */
    const char *name;
    kh_place place; /* of the name */
} kh_syntax_access;

typedef struct kh_syntax_function {
    uint32_t id;        /* index into `functions` */
    kh_place place;     /* of the word `function` */
    kh_place end_place; /* of its `end` */
    const char *text;   /* as the user wrote it, from `function` to `end`; not NUL-terminated */
    size_t length;
    kh_syntax_parameter *parameters; /* with `self` where a method has it */
    uint32_t parameter_count;
    bool vararg;
    kh_syntax_access *accesses; /* in source order */
    uint32_t access_count;
} kh_syntax_function;

/** A name that is no local variable, each time it is written. */
typedef struct kh_syntax_global {
    const char *name;
    kh_place place;
    bool assigned;
} kh_syntax_global;

/** An arithmetic or order operator, so that an error can name what stood beside it. */
typedef struct kh_syntax_operation {
    char op[3];                                /* "+", "<=" */
    int line;                                  /* as Lua reports it */
    uint32_t left, left_end, right, right_end; /* byte ranges of `source`; no left: unary */
} kh_syntax_operation;

/** Everything known about one file. Lives in its own arena until kh_syntax_fini(). */
typedef struct kh_syntax {
    kh_arena arena;
    const char *path;   /* as given */
    const char *source; /* as the user wrote it, without a byte order mark */
    size_t source_length;
    /**
     * The rewritten source: a chunk that takes the values named in kh_syntax_helpers (see
     * syntax.c) and returns the user's chunk. User's line n is its line n.
     */
    const char *text;
    size_t text_length;
    kh_decimal *numbers; /* numbers[i] is __kh[i + 1] */
    uint32_t number_count;
    kh_syntax_site *sites; /* only with KH_SYNTAX_SITES */
    uint32_t site_count;
    kh_syntax_call *calls;
    uint32_t call_count;
    kh_syntax_function *functions;
    uint32_t function_count;
    kh_syntax_global *globals;
    uint32_t global_count;
    kh_syntax_operation *operations; /* by the place of the operator's right side */
    uint32_t operation_count;
} kh_syntax;

/**
 * What the rewritten chunk takes as arguments, in this order; ends with NULL. The first is the
 * list of decimal constants, the second the hidden key of sites, the others are functions.
 */
extern const char *const kh_syntax_helpers[];

/**
 * Check and rewrite one source.
 *
 * @param path   named in diagnostics and places; copied
 * @param chunk  0 .. 500; makes the site numbers of several files of one state differ
 * @return KH_OK, or KH_EUSAGE after adding the first mistake (file:line:column) to @p diags;
 *         @p out then holds nothing and needs no fini.
 */
kh_status kh_syntax_read(kh_syntax *out, const char *path, const char *text, size_t length,
                         unsigned flags, uint32_t chunk, kh_diags *diags);

void kh_syntax_fini(kh_syntax *syntax);

/**
 * Read the digits of a number as Lua writes it (12, 3.20, .5, 1e-3), without a sign.
 * @return KH_EDATA when it is none, KH_ELIMIT when it has more than 34 digits.
 */
kh_status kh_syntax_number(kh_decimal *out, const char *text, size_t length, kh_error *err);

#endif
