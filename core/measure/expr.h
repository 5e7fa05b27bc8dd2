/* Row expressions: a small SQL-like language, parsed once, typed, evaluated over columns.
 *
 *   class = '对公一般' and overdue_days <= 90
 *   balance * (rate - pool.pool_rate) / 36000
 *   case when kind in ('A', 'B') then amount else 0 end
 *
 * Words: and or not in between like is null case when then else end true false; numbers, 'text',
 * names, "any name" (Chinese column names), lookup.column. Functions: coalesce abs min max round
 * days(a, b) year month quarter day. Constants of the run: period_start, period_end (its last day),
 * period_days, year_start.
 *
 * Numbers are exact: fixed point in 128 bits, the number of decimals known before any row is read.
 * A quotient keeps 18 decimals (half away from zero). Overflow is an error, never a wrong sum.
 * Missing  null as in SQL: arithmetic over null is null, conditions know three values, and a row
 *          whose condition is null does not count.
 */
#ifndef KH_MEASURE_EXPR_H
#define KH_MEASURE_EXPR_H

#include "base/arena.h"
#include "base/decimal.h"
#include "base/diag.h"

#include <kaohe/plugin.h>

/** Decimals of a quotient, and the most decimals a product may have. */
enum { KH_QUOTIENT_SCALE = 18, KH_SCALE_MOST = 30 };

/** Decimals of a number column whose source carries no types. */
enum { KH_DEFAULT_SCALE = 6 };

/** A column an expression needs. Its type is KH_TYPE_ANY until usage or the source fixes it. */
typedef struct kh_slot {
    const char *name;
    kh_type type;
    int scale;
    kh_place place; /* where it was first named */
} kh_slot;

/** The columns wanted from one table, in order of first use. */
typedef struct kh_slots {
    kh_slot *items;
    uint32_t count, capacity;
} kh_slots;

/** The slot called @p name, added when it is new. */
uint32_t kh_slots_add(kh_slots *slots, kh_arena *arena, const char *name, kh_type type, int scale,
                      kh_place place);

/** What names in an expression may mean: own columns, and lookups by name. */
typedef struct kh_scope {
    kh_arena *arena;
    kh_slots *own;
    const char *const *lookup_names; /* ends with NULL */
    kh_slots *const *lookups;
} kh_scope;

typedef enum kh_op {
    KH_OP_NUMBER,
    KH_OP_TEXT,
    KH_OP_DATE,
    KH_OP_BOOL,
    KH_OP_NULL,
    KH_OP_COLUMN,   /* table -1: own; else a lookup */
    KH_OP_CONSTANT, /* period_start ...: number of a kh_constant */
    KH_OP_NEG,
    KH_OP_ADD,
    KH_OP_SUB,
    KH_OP_MUL,
    KH_OP_DIV,
    KH_OP_EQ,
    KH_OP_NE,
    KH_OP_LT,
    KH_OP_LE,
    KH_OP_GT,
    KH_OP_GE,
    KH_OP_AND,
    KH_OP_OR,
    KH_OP_NOT,
    KH_OP_IN, /* arg 0 in the other args */
    KH_OP_LIKE,
    KH_OP_IS_NULL,
    KH_OP_CASE, /* condition, value, condition, value, ..., else */
    KH_OP_COALESCE,
    KH_OP_ABS,
    KH_OP_MIN,
    KH_OP_MAX,
    KH_OP_ROUND,
    KH_OP_DAYS,
    KH_OP_YEAR,
    KH_OP_MONTH,
    KH_OP_QUARTER,
    KH_OP_DAY
} kh_op;

typedef enum kh_constant {
    KH_PERIOD_START,
    KH_PERIOD_END,
    KH_YEAR_START,
    KH_PERIOD_DAYS,
    KH_CONSTANT_COUNT
} kh_constant;

typedef struct kh_expr {
    kh_op op;
    kh_type type; /* TEXT, DECIMAL, DATE or BOOL once typed; ANY for a bare null */
    int scale;    /* of a DECIMAL */
    kh_place place;
    struct kh_expr **args;
    uint32_t arg_count;
    kh_decimal number;
    const char *text;
    int64_t value; /* DATE, BOOL, the number of a constant, places of ROUND */
    int32_t table;
    uint32_t slot;
    uint32_t id; /* 0 .. count of nodes - 1, for evaluation */
} kh_expr;

/**
 * Parse @p text, written at @p place; names go into @p scope.
 * @return NULL after adding a diagnostic with its place inside the expression.
 */
kh_expr *kh_expr_parse(const char *text, kh_place place, const kh_scope *scope, kh_diags *diags);

/**
 * Find the types of all nodes and columns of @p expr, which must come out as @p wanted.
 * Call it for all expressions over a table, then again until nothing changes (returns true while a
 * column's type became known), then kh_expr_finish() once.
 */
bool kh_expr_infer(kh_expr *expr, kh_type wanted, const kh_scope *scope);

/** Fix what is still open (text), check every node, compute scales and ids. False: see @p diags. */
bool kh_expr_finish(kh_expr *expr, kh_type wanted, const kh_scope *scope, uint32_t *next_id,
                    kh_diags *diags);

/**
 * Take a constant divisor off the top: `x / 36000` becomes x with @p divisor 36000, so that sums
 * are divided once. Multiplications by constants stay. Returns the rest.
 */
kh_expr *kh_expr_split_divisor(kh_expr *expr, kh_decimal *divisor);

#endif
