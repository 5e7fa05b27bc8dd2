/* Formulas that are one calculation, like m.a * (p.rate - 1) / 100: they run without Lua. */
#include "metric/direct.h"

#include "base/decimal.h"

#include <string.h>

enum { STEPS_MOST = 200 }; /* and so the depth of the stack */

/* m.name or p.name; false when the value is no number or nobody knows it. */
static bool resolve(kh_direct_step *step, const kh_syntax_access *access, const kh_plan *plan)
{
    for (uint32_t i = 0; access->parameter == 0 && i < plan->measure_count; i++) {
        step->index = i;
        if (!strcmp(plan->measures[i].name.text, access->name)) return true;
    }
    step->metric = true;
    for (uint32_t i = 0; access->parameter == 0 && i < plan->metric_count; i++) {
        step->index = i;
        if (!strcmp(plan->metrics[i].name.text, access->name)) return true;
    }
    for (uint32_t i = 0; access->parameter == 1 && i < plan->param_count; i++) {
        const kh_setting *value = plan->params[i].value;
        if (strcmp(plan->params[i].name.text, access->name) != 0) continue;
        step->op = KH_STEP_NUMBER;
        step->number = value->number;
        return value->kind == KH_SETTING_NUMBER;
    }
    return false;
}

const kh_direct_step *kh_direct_new(const kh_syntax *syntax, const kh_syntax_function *function,
                                    const kh_plan *plan, kh_arena *arena)
{
    if (function->program == KH_SYNTAX_NONE) return NULL;
    const kh_syntax_step *from = &syntax->steps[function->program];
    uint32_t count = 0;
    while (from[count].op != KH_STEP_END) count++;
    if (count > STEPS_MOST) return NULL;
    kh_direct_step *steps = kh_arena_array(arena, count + 1, sizeof *steps);
    for (uint32_t i = 0; i <= count; i++) {
        steps[i].op = from[i].op;
        switch ((kh_opcode)from[i].op) {
        case KH_STEP_ARGUMENT:
            if (!resolve(&steps[i], &function->accesses[from[i].number], plan)) return NULL;
            break;
        case KH_STEP_NUMBER: steps[i].number = syntax->constants[from[i].number].decimal; break;
        case KH_STEP_ADD:
        case KH_STEP_SUB:
        case KH_STEP_MUL:
        case KH_STEP_DIV:
        case KH_STEP_NEG:
        case KH_STEP_END: break;
        default: return NULL; /* can raise an error, or gives no number */
        }
    }
    return steps;
}

kh_decimal kh_direct_run(const kh_direct_step *steps, const kh_facts *facts,
                         const kh_decimal *values, uint32_t subject)
{
    kh_decimal stack[STEPS_MOST], *top = stack; /* `top` is the first free one */
    for (;; steps++) {
        /* A program pushes what it takes: the parser makes no other. */
        long takes = steps->op == KH_STEP_ARGUMENT || steps->op == KH_STEP_NUMBER ? 0
                     : steps->op == KH_STEP_NEG || steps->op == KH_STEP_END       ? 1
                                                                                  : 2;
        if (top - stack < takes) __builtin_unreachable();
        switch ((kh_opcode)steps->op) {
        case KH_STEP_ARGUMENT: {
            const kh_decimal *matrix = steps->metric ? values : facts->values;
            *top++ = matrix[(size_t)steps->index * facts->subject_count + subject];
            break;
        }
        case KH_STEP_NUMBER: *top++ = steps->number; break;
        case KH_STEP_NEG: top[-1] = kh_dec_neg(top[-1]); break;
        case KH_STEP_ADD: top--, top[-1] = kh_dec_add(top[-1], *top); break;
        case KH_STEP_SUB: top--, top[-1] = kh_dec_sub(top[-1], *top); break;
        case KH_STEP_MUL: top--, top[-1] = kh_dec_mul(top[-1], *top); break;
        case KH_STEP_DIV: top--, top[-1] = kh_dec_div(top[-1], *top); break;
        default: return top[-1]; /* KH_STEP_END */
        }
    }
}
