/* What all of the grammar needs: words, writing out, variables and facts. */
#include "script/parser.h"

#include "base/decimal.h"

#include <string.h>

/* ---- words --------------------------------------------------------------------------------- */

void kh_parser_next(kh_parser *p)
{
    p->last_to = p->token.to;
    if (p->has_ahead) {
        p->token = p->ahead;
        p->has_ahead = false;
    } else {
        kh_lexer_next(&p->lexer, &p->token);
    }
    if (p->lexer.failed) p->token.word = WORD_END;
}

void kh_parser_fail_near(kh_parser *p, const char *what)
{
    char shown[64];
    static const struct {
        int word;
        const char *text;
    } hints[] = {{'=', KH_N_("; to compare, write '=='")},
                 {'&', KH_N_("; 'and' is written as a word")},
                 {'|', KH_N_("; 'or' is written as a word")}};
    const char *hint = "";
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        if (p->token.word == hints[i].word) hint = hints[i].text;
    }
    kh_lexer_fail(&p->lexer, &p->token, "%s near %s%s", kh_tr(what),
                  kh_lexer_show(&p->lexer, &p->token, shown), kh_tr(hint));
    p->token.word = WORD_END;
}

void kh_parser_fail_expected(kh_parser *p, int word, const char *more)
{
    char text[64], shown[16];
    snprintf(text, sizeof text, kh_tr("expected %s%s"), kh_word_text(word, shown), more);
    kh_parser_fail_near(p, text);
}

bool kh_parser_accept(kh_parser *p, int word)
{
    if (p->token.word != word) return false;
    kh_parser_next(p);
    return true;
}

void kh_parser_expect(kh_parser *p, int word)
{
    if (!kh_parser_accept(p, word)) kh_parser_fail_expected(p, word, "");
}

/* The end of something that began at @p start. */
void kh_parser_expect_match(kh_parser *p, int word, const kh_token *start)
{
    if (kh_parser_accept(p, word)) return;
    char more[48] = "", shown[16];
    if (start->line != p->token.line) {
        snprintf(more, sizeof more, kh_tr(" (to close %s at line %d)"),
                 kh_word_text(start->word, shown), start->line);
    }
    kh_parser_fail_expected(p, word, more);
}

kh_token kh_parser_expect_name(kh_parser *p)
{
    kh_token name = p->token;
    kh_parser_expect(p, WORD_NAME);
    return name;
}

kh_place kh_parser_place(const kh_parser *p, const kh_token *token)
{
    return (kh_place){p->out->path, token->line, token->column};
}

const char *kh_parser_name(kh_parser *p, const kh_token *token)
{
    return kh_arena_bytes(&p->out->arena, p->out->source + token->from, token->to - token->from);
}

/* The value of a literal text; NULL when it holds a NUL byte. */
const char *kh_parser_text(kh_parser *p, const kh_token *token)
{
    kh_buf buf = {0};
    kh_lexer_text(&p->lexer, token, &buf);
    const char *text = NULL;
    if (strlen(buf.data) == buf.size) text = kh_arena_bytes(&p->out->arena, buf.data, buf.size);
    kh_buf_fini(&buf);
    return text;
}

/* liblua bounds how deep its own reader of the rewritten text may go. */
int kh_parser_enter(kh_parser *p)
{
    int height = p->height;
    p->height = 0;
    p->depth++;
    return height;
}

void kh_parser_check_depth(kh_parser *p)
{
    if (p->depth + p->height > KH_SYNTAX_NESTING) {
        kh_lexer_fail(&p->lexer, &p->token,
                      "this is nested too deeply; use local variables for its parts");
        p->token.word = WORD_END;
    }
}

void kh_parser_leave(kh_parser *p, int height)
{
    kh_parser_check_depth(p);
    p->depth--;
    p->height++;
    if (p->height < height) p->height = height;
}

/* ---- writing out --------------------------------------------------------------------------- */

static kh_decimal decimal_of(kh_parser *p, const kh_expr *number)
{
    kh_decimal value = kh_dec_int(number->token.integer);
    if (number->token.word == WORD_DECIMAL) {
        kh_syntax_number(&value, p->out->source + number->token.from,
                         number->token.to - number->token.from, NULL);
    }
    return number->negative ? kh_dec_neg(value) : value;
}

/* A number that stands alone becomes a constant of the chunk. */
static void write_decimal(kh_parser *p, const kh_expr *e)
{
    kh_syntax *out = p->out;
    out->numbers =
        kh_syntax_room(&out->arena, out->numbers, out->number_count, sizeof *out->numbers);
    out->numbers[out->number_count++] = decimal_of(p, e);
    if (e->negative) kh_rewrite_cut(&p->rewrite, e->from, e->from + 1, "");
    kh_rewrite_cut(&p->rewrite, e->token.from, e->token.to,
                   kh_arena_printf(&p->rewrite.scratch, " __kh[%u]", out->number_count));
}

void kh_parser_seal_as(kh_parser *p, kh_expr *e, kh_opcode end)
{
    if (!e->tree && !e->whole && (end == KH_STEP_BOUND || (end == KH_STEP_KEY && !e->other))) {
        e->tree = kh_parser_node(p, e);
    }
    if (e->tree) {
        kh_rewrite_program(&p->rewrite, e->tree, end, p->token.line);
        e->tree = NULL;
        p->height++;
        kh_parser_check_depth(p);
    } else if (e->form == FORM_NUMBER && e->token.word == WORD_DECIMAL) {
        write_decimal(p, e);
    }
    e->form = FORM_VALUE;
}

/* An operand of `..`: see run_text() in calc.c. */
void kh_parser_seal_text(kh_parser *p, kh_expr *e)
{
    kh_parser_seal(p, e);
    if (e->text) return;
    kh_rewrite_insert(&p->rewrite, e->from, EDIT_OPEN, " __kh_text(");
    kh_rewrite_insert(&p->rewrite, e->to, EDIT_CLOSE,
                      kh_arena_printf(&p->rewrite.scratch, ",%u,%u)", e->from, e->to));
    p->height++;
    kh_parser_check_depth(p);
}

void kh_parser_seal(kh_parser *p, kh_expr *e)
{
    kh_parser_seal_as(p, e, KH_STEP_END);
}

/* A number of a program. */
uint32_t kh_parser_constant(kh_parser *p, const kh_expr *number)
{
    kh_syntax *out = p->out;
    kh_syntax_constant value = {.whole = number->token.word == WORD_INTEGER,
                                .integer = number->token.integer};
    if (number->negative) value.integer = (int64_t)(0 - (uint64_t)value.integer);
    value.decimal = decimal_of(p, number);
    out->constants = kh_syntax_room(&out->arena, out->constants, out->constant_count, sizeof value);
    out->constants[out->constant_count] = value;
    return out->constant_count++;
}

/* An operand of a calculation. */
kh_node *kh_parser_node(kh_parser *p, kh_expr *e)
{
    if (e->tree && !e->other && e->tree->size < KH_NODE_SIZE &&
        e->tree->arguments < KH_NODE_ARGUMENTS) {
        return e->tree;
    }
    kh_node node = {.op = KH_STEP_ARGUMENT, .size = 1, .from = e->from, .to = e->to};
    node.arguments = e->form != FORM_NUMBER;
    if (e->form == FORM_NUMBER) {
        node.op = KH_STEP_NUMBER;
        node.number = kh_parser_constant(p, e);
        node.op_from = e->token.from;
    } else {
        kh_parser_seal(p, e);
    }
    return kh_rewrite_node(&p->rewrite, node);
}

/* ---- names and facts ----------------------------------------------------------------------- */

void kh_parser_escape(kh_parser *p, int32_t local, const kh_token *at)
{
    const kh_local *variable = local < 0 ? NULL : &p->scopes.locals[local];
    if (!variable || variable->parameter < 0) return;
    kh_syntax_parameter *parameter =
        &p->out->functions[variable->function].parameters[variable->parameter];
    if (!parameter->escapes) parameter->escape_place = kh_parser_place(p, at);
    parameter->escapes = true;
}

bool kh_parser_is_parameter(const kh_parser *p, const kh_expr *e)
{
    return e->form == FORM_NAME && e->local >= 0 && p->scopes.locals[e->local].parameter >= 0;
}

void kh_parser_add_access(kh_parser *p, kh_expr *e, const char *name, const kh_token *at)
{
    const kh_local *variable = &p->scopes.locals[e->local];
    kh_syntax_function *function = &p->out->functions[variable->function];
    function->accesses = kh_syntax_room(&p->out->arena, function->accesses, function->access_count,
                                        sizeof *function->accesses);
    e->access = function->access_count;
    function->accesses[function->access_count++] =
        (kh_syntax_access){(uint32_t)variable->parameter, name, kh_parser_place(p, at)};
}

void kh_parser_add_call(kh_parser *p, const kh_token *name, const kh_token *text)
{
    kh_syntax *out = p->out;
    kh_syntax_call call = {kh_parser_name(p, name), kh_parser_text(p, text),
                           kh_parser_place(p, name), kh_parser_place(p, text)};
    if (!call.text) return;
    out->calls = kh_syntax_room(&out->arena, out->calls, out->call_count, sizeof call);
    out->calls[out->call_count++] = call;
}

/* A local variable, which can be seen from kh_scopes_activate() on. */
void kh_parser_declare(kh_parser *p, kh_token name, kh_local_kind kind)
{
    if (p->lexer.failed) return;
    kh_local local = {.name = p->out->source + name.from,
                      .length = name.to - name.from,
                      .kind = kind,
                      .parameter = -1,
                      .holds = -1};
    if (!kh_scopes_add_local(&p->scopes, local)) {
        kh_lexer_fail(&p->lexer, &name,
                      "a function can have %d local variables at a time; put some in a table",
                      KH_LOCALS_MOST);
    }
}

kh_expr kh_parser_read_name(kh_parser *p)
{
    kh_expr e = {.form = FORM_NAME, .token = p->token, .function = -1};
    e.from = p->token.from;
    e.to = p->token.to;
    e.local = kh_scopes_find(&p->scopes, p->out->source + e.from, e.to - e.from);
    if (e.local < 0) {
        kh_syntax *out = p->out;
        out->globals =
            kh_syntax_room(&out->arena, out->globals, out->global_count, sizeof *out->globals);
        e.global = out->global_count++;
        out->globals[e.global] =
            (kh_syntax_global){kh_parser_name(p, &e.token), kh_parser_place(p, &e.token), false};
    }
    kh_parser_next(p);
    return e;
}
