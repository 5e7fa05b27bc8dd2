/* Functions that only calculate, as programs: see kh_syntax_step.
 *
 * Steps are written as the parser meets the values and operators, so operands come before what is
 * done with them. How many values lie on the stack is known at each step. Whatever the program
 * cannot say stops it: then the function has none.
 */
#include "script/parser.h"

#include <string.h>

/* So short that no budget of a formula comes near; places on the stack fit a byte. */
enum { STEPS_MOST = 1000, DEPTH_MOST = 250 };

void kh_body_begin(kh_parser *p, uint32_t parameters)
{
    kh_body *body = &p->body;
    if (!body->steps) {
        body->steps = kh_arena_array(&p->rewrite.scratch, STEPS_MOST, sizeof *body->steps);
    }
    *body = (kh_body){.steps = body->steps, .depth = parameters, .open = true, .one_value = true};
}

void kh_body_end(kh_parser *p, kh_syntax_function *function)
{
    kh_syntax *out = p->out;
    if (kh_body_reached(p)) kh_body_return(p, p->body.depth);
    function->program = p->body.open ? out->step_count : KH_SYNTAX_NONE;
    for (uint32_t i = 0; p->body.open && i < p->body.count; i++) {
        out->steps = kh_syntax_room(&out->arena, out->steps, out->step_count, sizeof *out->steps);
        out->steps[out->step_count++] = p->body.steps[i];
    }
    function->program_end = out->step_count;
    function->one_value = p->body.one_value;
    kh_body_stop(p); /* the one around it makes a function */
}

void kh_body_stop(kh_parser *p)
{
    p->body.open = false;
}

/* Does the program come to the step that will be next? */
bool kh_body_reached(const kh_parser *p)
{
    const kh_body *body = &p->body;
    return body->count == 0 || body->landed == body->count ||
           body->steps[body->count - 1].op != KH_STEP_END;
}

uint32_t kh_syntax_operands(const kh_syntax *syntax, kh_opcode op, uint32_t number)
{
    if (op >= KH_STEP_ADD && op <= KH_STEP_GE) return 2;
    if (op >= KH_STEP_ABS) return number;
    switch (op) {
    case KH_STEP_CALL: return syntax->functions[number].parameter_count;
    case KH_STEP_NUMBER:
    case KH_STEP_ACCESS:
    case KH_STEP_LOCAL:
    case KH_STEP_NIL:
    case KH_STEP_TRUE:
    case KH_STEP_FALSE:
    case KH_STEP_JUMP: return 0;
    default: return 1;
    }
}

/* Add a step; its index, for kh_body_land(). */
uint32_t kh_body_step(kh_parser *p, kh_opcode op, uint32_t number)
{
    kh_body *body = &p->body;
    uint32_t at = body->depth - kh_syntax_operands(p->out, op, number);
    if (body->count == STEPS_MOST || at >= DEPTH_MOST) kh_body_stop(p);
    if (!body->open) return KH_SYNTAX_NONE;
    body->steps[body->count] =
        (kh_syntax_step){.op = (uint8_t)op, .argument = (uint8_t)at, .number = number};
    bool gives = op != KH_STEP_SET && op != KH_STEP_END && (op < KH_STEP_AND || op > KH_STEP_JUMP);
    body->depth = at + gives;
    return body->count++;
}

/* The jump, and those that its number leads to, go to where the next step will be. */
void kh_body_land(kh_parser *p, uint32_t jump)
{
    while (p->body.open && jump != KH_SYNTAX_NONE) {
        kh_syntax_step *step = &p->body.steps[jump];
        jump = step->number;
        step->number = p->body.landed = p->body.count;
    }
}

/* A number, a name, or a field; calls and what is in parentheses have their steps. */
void kh_body_value(kh_parser *p, const kh_expr *e)
{
    bool own = e->local >= (int32_t)p->scopes.scope->first_local;
    if (e->form == FORM_NUMBER) {
        if (p->body.open) kh_body_step(p, KH_STEP_NUMBER, kh_parser_constant(p, e));
    } else if (e->form == FORM_NAME && own) {
        kh_body_step(p, KH_STEP_LOCAL, p->scopes.locals[e->local].place);
    } else if (e->form == FORM_INDEX && own) {
        kh_body_step(p, KH_STEP_ACCESS, e->access);
    } else if (e->form == FORM_NAME || e->form == FORM_INDEX) {
        kh_body_stop(p);
    }
}

/* A `local function` that calculates. It gets as many values as it takes. */
static void call_function(kh_parser *p, uint32_t id, uint32_t arguments)
{
    const kh_syntax_function *function = &p->out->functions[id];
    if (function->program == KH_SYNTAX_NONE || !function->one_value || function->vararg) {
        kh_body_stop(p);
    }
    for (; arguments < function->parameter_count; arguments++) kh_body_step(p, KH_STEP_NIL, 0);
    p->body.depth -= arguments - function->parameter_count;
    kh_body_step(p, KH_STEP_CALL, id);
}

void kh_body_call(kh_parser *p, const kh_expr *callee, uint32_t arguments)
{
    static const struct {
        const char *name;
        uint32_t most;
    } functions[] = {{"abs", 1}, {"ceil", 2}, {"floor", 2}, {"max", 20}, {"min", 20}, {"round", 2}};
    int32_t local = callee->form == FORM_NAME ? callee->local : -1;
    if (local >= 0 && p->scopes.locals[local].holds >= 0) {
        call_function(p, (uint32_t)p->scopes.locals[local].holds, arguments);
        return;
    }
    bool global = callee->form == FORM_NAME && callee->local < 0;
    const char *name = global ? p->out->globals[callee->global].name : "";
    for (uint32_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (strcmp(name, functions[i].name) != 0) continue;
        if (arguments < 1 || arguments > functions[i].most) break;
        kh_body_step(p, (kh_opcode)(KH_STEP_ABS + i), arguments);
        return;
    }
    kh_body_stop(p);
}

/* Behind `local` with @p count names: their values are those above @p depth. */
void kh_body_locals(kh_parser *p, uint32_t depth, uint32_t count)
{
    for (uint32_t have = p->body.depth - depth; have < count; have++) {
        kh_body_step(p, KH_STEP_NIL, 0);
    }
    for (uint32_t i = 0; i < count && !p->lexer.failed; i++) {
        p->scopes.locals[p->scopes.local_count - count + i].place = depth + i;
    }
}

/* The first value above @p depth becomes that of a variable. */
void kh_body_assign(kh_parser *p, uint32_t depth, const kh_expr *target)
{
    bool own = target->form == FORM_NAME && target->local >= (int32_t)p->scopes.scope->first_local;
    if (!own) kh_body_stop(p);
    p->body.depth = depth + 1;
    if (own) kh_body_step(p, KH_STEP_SET, p->scopes.locals[target->local].place);
}

/* The first value above @p depth is the result; without one it is nil. */
void kh_body_return(kh_parser *p, uint32_t depth)
{
    if (p->body.depth != depth + 1) p->body.one_value = false;
    if (p->body.depth == depth) kh_body_step(p, KH_STEP_NIL, 0);
    p->body.depth = depth + 1;
    kh_body_step(p, KH_STEP_END, 0);
}
