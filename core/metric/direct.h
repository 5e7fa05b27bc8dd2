/* Formulas that are one calculation, like m.a * (p.rate - 1) / 100: they run without Lua.
 *
 * The program is the one that Lua would hand to __kh_calc; over decimals and absent values it has
 * no other outcome than a decimal or absent, so neither budget nor clock is needed.
 */
#ifndef KH_METRIC_DIRECT_H
#define KH_METRIC_DIRECT_H

#include "measure/measure.h"
#include "script/syntax.h"

/** One step; `op` is a kh_opcode. */
typedef struct kh_direct_step {
    uint8_t op;
    bool metric;       /* KH_STEP_ARGUMENT: `index` is that of a metric, else of a measure */
    uint32_t index;    /* KH_STEP_ARGUMENT */
    kh_decimal number; /* KH_STEP_NUMBER: a constant, or a parameter of the scheme */
} kh_direct_step;

/** NULL when the function is anything else, or may see something else than decimals. */
const kh_direct_step *kh_direct_new(const kh_syntax *syntax, const kh_syntax_function *function,
                                    const kh_plan *plan, kh_arena *arena);

/** The value for one subject. @p values is the matrix of metrics computed so far. */
kh_decimal kh_direct_run(const kh_direct_step *steps, const kh_facts *facts,
                         const kh_decimal *values, uint32_t subject);

#endif
