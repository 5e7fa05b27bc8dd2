/* Formulas that only calculate: they run without Lua. */
#include "metric/direct.h"

#include "base/decimal.h"

#include <string.h>

/* Truth values on the stack: absent to calculations, but no absent value has these bits. */
#define TRUTH ((kh_decimal){1, 0x7c00000000000001ULL})
#define FALSE ((kh_decimal){0, 0x7c00000000000001ULL})

static inline bool is_truth(kh_decimal x)
{
    return x.hi == TRUTH.hi;
}

static inline kh_decimal truth(bool value)
{
    return value ? TRUTH : FALSE;
}

/* As a condition: everything but nil and false. */
static inline bool holds(kh_decimal x)
{
    return !kh_is_absent(x) || (is_truth(x) && x.lo);
}

/* ---- reading ------------------------------------------------------------------------------- */

/* Steps of a formula with all it calls: far from the budget of a call. And values on the stack. */
enum { STEPS_MOST = 2000, STACK = 512 };

/* What lies at a place of the stack. All that is done with tables is to hand them on. */
enum { VALUE, TABLE_M, TABLE_P, TABLE_OTHER };

typedef struct linker {
    const kh_syntax *syntax;
    const kh_plan *plan;
    kh_arena *arena;
    uint32_t steps; /* so far */
} linker;

/* As kh_script_push_setting() hands it to formulas. */
static bool read_param(kh_direct_step *step, const kh_setting *value)
{
    int64_t whole;
    step->op = KH_STEP_NUMBER;
    step->number = value->kind == KH_SETTING_BOOL ? truth(value->boolean) : value->number;
    if (value->kind == KH_SETTING_NUMBER && kh_dec_places(value->number) == 0 &&
        kh_dec_to_int(&whole, value->number)) {
        step->number = kh_dec_int(whole);
    }
    return value->kind == KH_SETTING_BOOL || value->kind == KH_SETTING_NUMBER;
}

/* m.name or p.name; false when the value is no number or nobody knows it. */
static bool resolve(kh_direct_step *step, uint8_t table, const char *name, const kh_plan *plan)
{
    for (uint32_t i = 0; table == TABLE_M && i < plan->measure_count; i++) {
        step->index = i;
        if (!strcmp(plan->measures[i].name.text, name)) return true;
    }
    step->metric = true;
    for (uint32_t i = 0; table == TABLE_M && i < plan->metric_count; i++) {
        step->index = i;
        if (!strcmp(plan->metrics[i].name.text, name)) return true;
    }
    for (uint32_t i = 0; table == TABLE_P && i < plan->param_count; i++) {
        if (strcmp(plan->params[i].name.text, name) != 0) continue;
        return read_param(step, plan->params[i].value);
    }
    return false;
}

static bool all_values(const uint8_t *at, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (at[i] != VALUE) return false;
    }
    return true;
}

static const kh_direct_step *link_function(linker *l, const kh_syntax_function *function,
                                           uint32_t base, const uint8_t *given);

/* @p places: what lies on the stack of this function; false when the step needs Lua. */
static bool link_step(linker *l, kh_direct_step *step, const kh_syntax_function *function,
                      uint32_t base, uint8_t *places)
{
    const kh_syntax *syntax = l->syntax;
    uint32_t taken = kh_syntax_operands(syntax, (kh_opcode)step->op, step->index);
    uint8_t *at = places + step->at, kind = VALUE;
    if (step->op != KH_STEP_CALL && !all_values(at, taken)) return false;
    switch ((kh_opcode)step->op) {
    case KH_STEP_ACCESS: {
        const kh_syntax_access *access = &function->accesses[step->index];
        if (!resolve(step, places[access->parameter], access->name, l->plan)) return false;
        break;
    }
    case KH_STEP_NUMBER: step->number = syntax->constants[step->index].decimal; break;
    case KH_STEP_NIL:
    case KH_STEP_TRUE:
    case KH_STEP_FALSE:
        step->number = step->op == KH_STEP_NIL ? KH_ABSENT : truth(step->op == KH_STEP_TRUE);
        step->op = KH_STEP_NUMBER;
        break;
    case KH_STEP_LOCAL:
        kind = places[step->index];
        if (kind == VALUE) break;
        step->op = KH_STEP_NUMBER; /* nobody looks at it */
        step->number = KH_ABSENT;
        break;
    case KH_STEP_SET:
        if (places[step->index] != VALUE) return false;
        break;
    case KH_STEP_CALL:
        step->called = link_function(l, &syntax->functions[step->index], base + step->at, at);
        if (!step->called) return false;
        memset(at, VALUE, taken);
        break;
    case KH_STEP_IDIV:
    case KH_STEP_MOD:
    case KH_STEP_POW:
    case KH_STEP_BAND:
    case KH_STEP_BOR:
    case KH_STEP_BXOR:
    case KH_STEP_SHL:
    case KH_STEP_SHR:
    case KH_STEP_BNOT: return false; /* too rare to be worth it */
    default: break;
    }
    *at = kind;
    return true;
}

/* @p base: where its stack begins; @p given: what its parameters are. */
static const kh_direct_step *link_function(linker *l, const kh_syntax_function *function,
                                           uint32_t base, const uint8_t *given)
{
    uint32_t count = function->program_end - function->program;
    if (function->program == KH_SYNTAX_NONE || (l->steps += count) > STEPS_MOST) return NULL;
    const kh_syntax_step *from = &l->syntax->steps[function->program];
    kh_direct_step *steps = kh_arena_array(l->arena, count, sizeof *steps);
    bool landing[STEPS_MOST] = {false};
    uint8_t places[UINT8_MAX + 1] = {VALUE};
    memcpy(places, given, function->parameter_count);
    for (uint32_t i = 0; i < count; i++) {
        if (from[i].op >= KH_STEP_AND && from[i].op <= KH_STEP_JUMP) landing[from[i].number] = true;
    }
    for (uint32_t i = 0; i < count; i++) {
        steps[i] =
            (kh_direct_step){.op = from[i].op, .at = from[i].argument, .index = from[i].number};
        /* Which way it came here is unknown; so would be what a table is. */
        uint32_t own = function->parameter_count;
        if (landing[i] && !all_values(places + own, sizeof places - own)) return NULL;
        if (base + steps[i].at >= STACK || !link_step(l, &steps[i], function, base, places)) {
            return NULL;
        }
    }
    return steps;
}

const kh_direct_step *kh_direct_new(const kh_syntax *syntax, const kh_syntax_function *function,
                                    const kh_plan *plan, kh_arena *arena)
{
    static const uint8_t given[] = {TABLE_M, TABLE_P, TABLE_OTHER, TABLE_OTHER};
    linker l = {.syntax = syntax, .plan = plan, .arena = arena};
    if (function->parameter_count > sizeof given) return NULL;
    return link_function(&l, function, 0, given);
}

/* ---- running ------------------------------------------------------------------------------- */

/* The result of a calculation takes the place of its operands; false where one was no number. */
static inline bool put(kh_decimal *at, kh_decimal result)
{
    if (kh_is_absent(result) && (is_truth(at[0]) || is_truth(at[1]))) return false;
    *at = result;
    return true;
}

static bool is_equal(kh_decimal a, kh_decimal b)
{
    if (kh_is_absent(a) && kh_is_absent(b)) return a.hi == b.hi && a.lo == b.lo;
    return !kh_is_absent(a) && !kh_is_absent(b) && kh_dec_cmp(a, b) == 0;
}

static bool compare(kh_decimal *at, kh_opcode op)
{
    if (kh_is_absent(at[0]) || kh_is_absent(at[1])) return false;
    int order = kh_dec_cmp(at[0], at[1]);
    *at = truth(op == KH_STEP_LT   ? order < 0
                : op == KH_STEP_LE ? order <= 0
                : op == KH_STEP_GT ? order > 0
                                   : order >= 0);
    return true;
}

/* The extreme operand itself; absent when one is. */
static bool find_extreme(kh_decimal *at, uint32_t count, int sign)
{
    for (uint32_t i = 0; i < count; i++) {
        if (is_truth(at[i])) return false;
    }
    for (uint32_t i = 1; i < count && !kh_is_absent(*at); i++) {
        if (kh_is_absent(at[i]) || kh_dec_cmp(at[i], *at) * sign > 0) *at = at[i];
    }
    return true;
}

/* Whole results are whole numbers where they fit, as in Lua. */
static bool round_to(kh_decimal *at, uint32_t count, kh_opcode op)
{
    int64_t places = 0, whole;
    if (is_truth(*at) || (count > 1 && is_truth(at[1]))) return false;
    if (count > 1 && !kh_is_absent(at[1]) &&
        (!kh_dec_to_int(&places, at[1]) || places < -34 || places > 34)) {
        return false;
    }
    *at = op == KH_STEP_ROUND   ? kh_dec_round(*at, (int)places)
          : op == KH_STEP_FLOOR ? kh_dec_floor(*at, (int)places)
                                : kh_dec_ceil(*at, (int)places);
    if (places <= 0 && kh_dec_to_int(&whole, *at)) *at = kh_dec_int(whole);
    return true;
}

/* The result takes the place of the parameters. */
static bool run(kh_decimal *stack, const kh_direct_step *program, const kh_facts *facts,
                const kh_decimal *values, uint32_t subject)
{
    for (const kh_direct_step *step = program;; step++) {
        kh_decimal *at = &stack[step->at];
        bool known = true;
        switch ((kh_opcode)step->op) {
        case KH_STEP_ACCESS: {
            const kh_decimal *matrix = step->metric ? values : facts->values;
            *at = matrix[(size_t)step->index * facts->subject_count + subject];
            break;
        }
        case KH_STEP_NUMBER: *at = step->number; break;
        case KH_STEP_LOCAL: *at = stack[step->index]; break;
        case KH_STEP_SET: stack[step->index] = *at; break;
        case KH_STEP_ADD: known = put(at, kh_dec_add(at[0], at[1])); break;
        case KH_STEP_SUB: known = put(at, kh_dec_sub(at[0], at[1])); break;
        case KH_STEP_MUL: known = put(at, kh_dec_mul(at[0], at[1])); break;
        case KH_STEP_DIV: known = put(at, kh_dec_div(at[0], at[1])); break;
        case KH_STEP_NEG:
            known = !is_truth(*at);
            *at = kh_dec_neg(*at);
            break;
        case KH_STEP_EQ: *at = truth(is_equal(at[0], at[1])); break;
        case KH_STEP_NE: *at = truth(!is_equal(at[0], at[1])); break;
        case KH_STEP_LT:
        case KH_STEP_LE:
        case KH_STEP_GT:
        case KH_STEP_GE: known = compare(at, (kh_opcode)step->op); break;
        case KH_STEP_NOT: *at = truth(!holds(*at)); break;
        case KH_STEP_AND:
        case KH_STEP_UNLESS:
            if (!holds(*at)) step = program + step->index - 1;
            break;
        case KH_STEP_OR:
            if (holds(*at)) step = program + step->index - 1;
            break;
        case KH_STEP_JUMP: step = program + step->index - 1; break;
        case KH_STEP_ABS:
            known = !is_truth(*at);
            if (kh_dec_is_negative(*at)) *at = kh_dec_sub(KH_ZERO, *at);
            break;
        case KH_STEP_MIN: known = find_extreme(at, step->index, -1); break;
        case KH_STEP_MAX: known = find_extreme(at, step->index, 1); break;
        case KH_STEP_ROUND:
        case KH_STEP_FLOOR:
        case KH_STEP_CEIL: known = round_to(at, step->index, (kh_opcode)step->op); break;
        case KH_STEP_CALL: known = run(at, step->called, facts, values, subject); break;
        default: /* KH_STEP_END */ *stack = *at; return true;
        }
        if (!known) return false;
    }
}

bool kh_direct_run(kh_decimal *out, const kh_direct_step *program, const kh_facts *facts,
                   const kh_decimal *values, uint32_t subject)
{
    kh_decimal stack[STACK];
    if (!run(stack, program, facts, values, subject) || is_truth(*stack)) return false;
    *out = *stack;
    return true;
}
