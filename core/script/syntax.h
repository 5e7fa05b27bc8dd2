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

#define KH_SYNTAX_NONE UINT32_MAX

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
    /** The steps of the body as a program, `program` .. `program_end` - 1; KH_SYNTAX_NONE where it
     *  does anything else than calculate (see KH_STEP_ACCESS). */
    uint32_t program, program_end;
    bool one_value; /* the program ends with one value, never with none or two */
} kh_syntax_function;

/** A name that is no local variable, each time it is written. */
typedef struct kh_syntax_global {
    const char *name;
    kh_place place;
    bool assigned;
} kh_syntax_global;

/**
 * Arithmetic and comparisons run as small programs for a stack of numbers, one for each whole
 * expression: `m.a * (m.b - 1) / 100` is __kh_calc(N, m.a, m.b), where N is its first step. That is
 * exact, costs one call instead of four, and lets errors name what the user wrote.
 *
 * A function that only calculates is one program besides, with its conditions as jumps: who knows
 * what its accesses stand for can run it without Lua. Each of its steps says where on the stack it
 * works: at the bottom lie the parameters, then the local variables, then the operands.
 */
typedef struct kh_syntax_step {
    uint8_t op;                                /* kh_opcode */
    uint8_t argument;                          /* KH_STEP_ARGUMENT: from 1; in the program of a
                                                  function: its first operand and its result */
    uint32_t number;                           /* KH_STEP_NUMBER: index into `constants`; else as
                                                  the opcode says */
    int line;                                  /* of the operator */
    uint32_t left, left_end, right, right_end; /* its operands, as byte ranges of `source` */
} kh_syntax_step;

typedef enum kh_opcode {
    KH_STEP_ARGUMENT,
    KH_STEP_NUMBER,
    KH_STEP_ADD, /* the binary operators, in the order of the table in syntax.c */
    KH_STEP_SUB,
    KH_STEP_MUL,
    KH_STEP_DIV,
    KH_STEP_IDIV,
    KH_STEP_MOD,
    KH_STEP_POW,
    KH_STEP_BAND,
    KH_STEP_BOR,
    KH_STEP_BXOR,
    KH_STEP_SHL,
    KH_STEP_SHR,
    KH_STEP_EQ,
    KH_STEP_NE,
    KH_STEP_LT,
    KH_STEP_LE,
    KH_STEP_GT,
    KH_STEP_GE,
    KH_STEP_NEG, /* unary: only `right` is known */
    KH_STEP_BNOT,
    KH_STEP_END,   /* the result is a value */
    KH_STEP_KEY,   /* ... the key of a table: whole numbers become Lua integers */
    KH_STEP_BOUND, /* ... of a numeric `for`: must be whole */
    /* Only in the program of a function, which has no KH_STEP_ARGUMENT, _KEY, _BOUND: */
    KH_STEP_ACCESS, /* number: index into the function's `accesses` */
    KH_STEP_LOCAL,  /* number: where the variable lies */
    KH_STEP_SET,    /* number: where the variable lies */
    KH_STEP_NIL,
    KH_STEP_TRUE,
    KH_STEP_FALSE,
    KH_STEP_NOT,
    KH_STEP_AND, /* number: the step to go on with, the operand being the result, when it is ... */
    KH_STEP_OR,  /* ... false or nil; or when it is not */
    KH_STEP_UNLESS, /* number: the step to go on with when the operand is false or nil */
    KH_STEP_JUMP,   /* number: the step to go on with */
    KH_STEP_CALL,   /* number: index into `functions`; its parameters lie where the result will */
    KH_STEP_ABS,    /* the functions of these names; number: how many operands */
    KH_STEP_CEIL,
    KH_STEP_FLOOR,
    KH_STEP_MAX,
    KH_STEP_MIN,
    KH_STEP_ROUND
} kh_opcode;

/** A number written in a calculation. */
typedef struct kh_syntax_constant {
    bool whole; /* use the integer */
    int64_t integer;
    kh_decimal decimal; /* has the value in any case */
} kh_syntax_constant;

/** Everything known about one file. Lives in its own arena until kh_syntax_fini(). */
typedef struct kh_syntax {
    kh_arena arena;
    uint32_t chunk;
    const char *path;   /* as given */
    const char *source; /* as the user wrote it, without a byte order mark */
    size_t source_length;
    /**
     * The rewritten source: a chunk that takes (__kh, __kh_site, __kh_calc, __kh_rest, __kh_text) and
     * returns the user's chunk. User's line n is its line n. __kh is the list of `numbers`, __kh_site the
     * hidden key of sites, the others are functions.
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
    kh_syntax_step *steps;
    uint32_t step_count;
    kh_syntax_constant *constants;
    uint32_t constant_count;
} kh_syntax;

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

/** How many values a step takes, from `argument` on, in the program of a function. */
uint32_t kh_syntax_operands(const kh_syntax *syntax, kh_opcode op, uint32_t number);

/**
 * Read the digits of a number as Lua writes it (12, 3.20, .5, 1e-3), without a sign.
 * @return KH_EDATA when it is none, KH_ELIMIT when it has more than 34 digits.
 */
kh_status kh_syntax_number(kh_decimal *out, const char *text, size_t length, kh_error *err);

#endif
