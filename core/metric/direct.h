/* Formulas that only calculate: they run without Lua.
 *
 * A formula made of local variables, conditions, calculations, comparisons, the usual functions of
 * numbers and local functions made of the same is a program of the script room. Here its names
 * become places in the matrices of measures and metrics. It cannot loop, so it needs neither budget
 * nor clock. What Lua answers with an error (an absent value in a comparison, say) it does not
 * answer: Lua has to, with its message.
 */
#ifndef KH_METRIC_DIRECT_H
#define KH_METRIC_DIRECT_H

#include "measure/measure.h"
#include "script/syntax.h"

/** One step; KH_STEP_NUMBER is any constant here: nil, true, false, a parameter of the scheme. */
typedef struct kh_direct_step {
    uint8_t op;     /* kh_opcode */
    uint8_t at;     /* on the stack: its first operand and its result */
    bool metric;    /* KH_STEP_ACCESS: `index` is that of a metric, else of a measure */
    uint32_t index; /* KH_STEP_ACCESS; else as in kh_syntax_step */
    union {
        kh_decimal number;                   /* KH_STEP_NUMBER */
        const struct kh_direct_step *called; /* KH_STEP_CALL */
    };
} kh_direct_step;

/** NULL when the function has no program, or may see something else than decimals. */
const kh_direct_step *kh_direct_new(const kh_syntax *syntax, const kh_syntax_function *function,
                                    const kh_plan *plan, kh_arena *arena);

/**
 * The value for one subject. @p values is the matrix of metrics computed so far.
 * @return false when Lua has to say what comes out
 */
bool kh_direct_run(kh_decimal *out, const kh_direct_step *program, const kh_facts *facts,
                   const kh_decimal *values, uint32_t subject);

#endif
