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

void kh_body_begin(kh_parser *p)
{
    if (!p->body.steps) {
        p->body.steps = kh_arena_array(&p->rewrite.scratch, STEPS_MOST, sizeof *p->body.steps);
    }
    p->body = (kh_body){.steps = p->body.steps, .open = true};
}

void kh_body_end(kh_parser *p, kh_syntax_function *function)
{
    kh_syntax *out = p->out;
    kh_body_return(p, p->body.depth);
    function->program = p->body.open ? out->step_count : KH_SYNTAX_NONE;
    for (uint32_t i = 0; p->body.open && i < p->body.count; i++) {
        out->steps = kh_syntax_room(&out->arena, out->steps, out->step_count, sizeof *out->steps);
        out->steps[out->step_count++] = p->body.steps[i];
    }
    function->program_end = out->step_count;
    kh_body_stop(p); /* the one around it makes a function */
}

void kh_body_stop(kh_parser *p)
{
    p->body.open = false;
}

static uint32_t operand_count(kh_opcode op, uint32_t number)
{
    if (op >= KH_STEP_ADD && op <= KH_STEP_GE) return 2;
    if (op >= KH_STEP_ABS) return number;
    return op >= KH_STEP_NEG && op != KH_STEP_ACCESS && op != KH_STEP_LOCAL && op != KH_STEP_JUMP &&
           (op < KH_STEP_NIL || op > KH_STEP_FALSE);
}

/* Add a step; its index, for kh_body_land(). */
uint32_t kh_body_step(kh_parser *p, kh_opcode op, uint32_t number)
{
    kh_body *body = &p->body;
    uint32_t at = body->depth - operand_count(op, number);
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
        step->number = p->body.count;
    }
}

/* A number, a name, or a field; calls and what is in parentheses have their steps. */
void kh_body_value(kh_parser *p, const kh_expr *e)
{
    const kh_local *local = e->local >= 0 ? &p->scopes.locals[e->local] : NULL;
    bool own = e->local >= (int32_t)p->scopes.scope->first_local;
    if (e->form == FORM_NUMBER) {
        if (p->body.open) kh_body_step(p, KH_STEP_NUMBER, kh_parser_constant(p, e));
    } else if (e->form == FORM_NAME && own && local->parameter < 0) {
        kh_body_step(p, KH_STEP_LOCAL, local->place);
    } else if (e->form == FORM_INDEX && own) {
        kh_body_step(p, KH_STEP_ACCESS, e->access);
    } else if (e->form == FORM_NAME || e->form == FORM_INDEX) {
        kh_body_stop(p);
    }
}

void kh_body_call(kh_parser *p, const kh_expr *callee, uint32_t arguments)
{
    static const struct {
        const char *name;
        uint32_t most;
    } functions[] = {{"abs", 1}, {"ceil", 2}, {"floor", 2}, {"max", 20}, {"min", 20}, {"round", 2}};
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
    bool own = target->form == FORM_NAME &&
               target->local >= (int32_t)p->scopes.scope->first_local &&
               p->scopes.locals[target->local].parameter < 0;
    if (!own) kh_body_stop(p);
    p->body.depth = depth + 1;
    if (own) kh_body_step(p, KH_STEP_SET, p->scopes.locals[target->local].place);
}

/* The first value above @p depth is the result; without one it is nil. */
void kh_body_return(kh_parser *p, uint32_t depth)
{
    if (p->body.depth == depth) kh_body_step(p, KH_STEP_NIL, 0);
    p->body.depth = depth + 1;
    kh_body_step(p, KH_STEP_END, 0);
}
