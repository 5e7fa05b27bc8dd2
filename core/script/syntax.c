/* Statements and files of Lua 5.4: checks a source, records its facts, and says what to rewrite.
 *
 * Rewriting keeps every line where it is:
 *   a + b * 2, a == b    __kh_calc(N,a,b): see kh_syntax_step. `==` beside a text, true, nil, a
 *                        table or a function stays: no number is equal to these
 *   0.6 (elsewhere)      __kh[N]
 *   t[e]                 t[__kh_calc(N,e)], where the program ends in KH_STEP_KEY
 *   for i = a, b         for i = __kh_calc(N,a), __kh_calc(N,b), where it ends in KH_STEP_BOUND
 *   a .. "x"             __kh_text(a,FROM,TO) .. "x": only texts ever meet at `..`
 *   ...                  __kh_rest(...), which counts and bounds what is copied
 *   function (a, b)      function (a, b,__kh_7): the name of an unused parameter tells the id
 *   { ... }              {[__kh_site]=N, ... } on request
 *   (f or g)()           ;(f or g)() so that nothing before it is taken for what is called
 */
#include "script/parser.h"

#include <assert.h>
#include <string.h>

/* ---- statements ---------------------------------------------------------------------------- */

static bool ends_block(const kh_parser *p, bool with_until)
{
    int word = p->token.word;
    return word == WORD_END || word == WORD_ELSE || word == WORD_ELSEIF || word == WORD_END_BLOCK ||
           (with_until && word == WORD_UNTIL);
}

static void read_inner_block(kh_parser *p, bool loop)
{
    kh_block block;
    uint32_t depth = p->body.depth;
    kh_scopes_enter(&p->scopes, &block, loop);
    kh_parser_read_block(p);
    kh_scopes_leave(&p->scopes);
    p->body.depth = depth;
}

static void read_if(kh_parser *p)
{
    kh_token start = p->token;
    uint32_t exits = KH_SYNTAX_NONE;
    do {
        kh_parser_next(p);
        kh_parser_read_expression(p);
        uint32_t unless = kh_body_step(p, KH_STEP_UNLESS, KH_SYNTAX_NONE);
        kh_parser_expect(p, WORD_THEN);
        read_inner_block(p, false);
        if (kh_body_reached(p)) exits = kh_body_step(p, KH_STEP_JUMP, exits);
        kh_body_land(p, unless);
    } while (p->token.word == WORD_ELSEIF);
    if (kh_parser_accept(p, WORD_ELSE)) read_inner_block(p, false);
    kh_body_land(p, exits);
    kh_parser_expect_match(p, WORD_END_BLOCK, &start);
}

static void read_while(kh_parser *p)
{
    kh_token start = p->token;
    kh_parser_next(p);
    kh_parser_read_expression(p);
    kh_parser_expect(p, WORD_DO);
    read_inner_block(p, true);
    kh_parser_expect_match(p, WORD_END_BLOCK, &start);
}

static void read_repeat(kh_parser *p)
{
    kh_token start = p->token;
    kh_parser_next(p);
    kh_block loop, block;
    kh_scopes_enter(&p->scopes, &loop, true);
    kh_scopes_enter(&p->scopes, &block, false);
    kh_parser_read_block(p);
    kh_parser_expect_match(p, WORD_UNTIL, &start);
    kh_parser_read_expression(p); /* sees the locals of the block */
    kh_scopes_leave(&p->scopes);
    kh_scopes_leave(&p->scopes);
}

static void read_bound(kh_parser *p)
{
    kh_expr e = kh_parser_read_operators(p, 0);
    kh_parser_seal_as(p, &e, KH_STEP_BOUND);
}

static void read_for(kh_parser *p)
{
    kh_token start = p->token;
    kh_parser_next(p);
    kh_block loop;
    kh_scopes_enter(&p->scopes, &loop, true);
    kh_parser_declare(p, kh_parser_expect_name(p), LOCAL_PLAIN);
    int hidden = 4; /* variables that control the loop count, too */
    if (kh_parser_accept(p, '=')) {
        hidden = 3;
        read_bound(p);
        kh_parser_expect(p, ',');
        read_bound(p);
        if (kh_parser_accept(p, ',')) read_bound(p);
    } else if (p->token.word == ',' || p->token.word == WORD_IN) {
        while (kh_parser_accept(p, ',')) {
            kh_parser_declare(p, kh_parser_expect_name(p), LOCAL_PLAIN);
        }
        kh_parser_expect(p, WORD_IN);
        kh_parser_read_list(p);
    } else {
        kh_parser_fail_near(p, "expected '=' or 'in'");
    }
    kh_parser_expect(p, WORD_DO);
    kh_token nameless = {.from = start.from, .to = start.from};
    while (hidden-- > 0) kh_parser_declare(p, nameless, LOCAL_PLAIN);
    kh_scopes_activate(&p->scopes);
    read_inner_block(p, false);
    kh_scopes_leave(&p->scopes);
    kh_parser_expect_match(p, WORD_END_BLOCK, &start);
}

static void check_target(kh_parser *p, const kh_expr *e, const kh_token *start)
{
    if (e->form != FORM_NAME && e->form != FORM_INDEX) {
        kh_lexer_fail(&p->lexer, start, "only a variable or a field can be assigned to");
        return;
    }
    if (e->form == FORM_NAME && e->local < 0) p->out->globals[e->global].assigned = true;
    kh_parser_escape(p, e->local, &e->token);
    int32_t function =
        e->form == FORM_NAME && e->local >= 0 ? p->scopes.locals[e->local].holds : -1;
    if (function >= 0) p->out->functions[function].program = KH_SYNTAX_NONE; /* no longer that */
    if (e->form == FORM_NAME && e->local >= 0 && p->scopes.locals[e->local].kind != LOCAL_PLAIN) {
        kh_lexer_fail(&p->lexer, &e->token,
                      "'%.*s' is constant: it was declared with <const> or <close>",
                      (int)(e->token.to - e->token.from), p->out->source + e->token.from);
    }
}

static void read_function_statement(kh_parser *p)
{
    kh_token start = p->token;
    kh_parser_next(p);
    if (p->token.word != WORD_NAME) {
        kh_parser_fail_expected(p, WORD_NAME, "");
        return;
    }
    kh_expr target = kh_parser_read_name(p);
    bool method = false, parameter = kh_parser_is_parameter(p, &target);
    while (!method && (p->token.word == '.' || p->token.word == ':')) {
        method = p->token.word == ':';
        kh_parser_next(p);
        kh_parser_expect_name(p);
        if (parameter) kh_parser_escape(p, target.local, &target.token);
        target.form = FORM_INDEX;
        target.local = -1;
    }
    check_target(p, &target, &target.token);
    kh_parser_read_function(p, &start, method);
}

static kh_local_kind read_attribute(kh_parser *p)
{
    if (!kh_parser_accept(p, '<')) return LOCAL_PLAIN;
    kh_token name = kh_parser_expect_name(p);
    size_t length = name.to - name.from;
    const char *text = p->out->source + name.from;
    kh_local_kind kind = LOCAL_PLAIN;
    if (length == 5 && !memcmp(text, "const", 5)) kind = LOCAL_CONST;
    if (length == 5 && !memcmp(text, "close", 5)) kind = LOCAL_CLOSE;
    if (kind == LOCAL_PLAIN) kh_lexer_fail(&p->lexer, &name, "an attribute is <const> or <close>");
    kh_parser_expect(p, '>');
    return kind;
}

static void read_local(kh_parser *p)
{
    kh_token start = p->token;
    kh_parser_next(p);
    if (p->token.word == WORD_FUNCTION) {
        start = p->token;
        kh_parser_next(p);
        kh_parser_declare(p, kh_parser_expect_name(p), LOCAL_PLAIN);
        kh_scopes_activate(&p->scopes); /* it can call itself */
        uint32_t local = p->scopes.local_count - 1;
        uint32_t id = kh_parser_read_function(p, &start, false);
        if (!p->lexer.failed) p->scopes.locals[local].holds = (int32_t)id;
        return;
    }
    int closing = 0;
    uint32_t count = 0, depth = p->body.depth;
    do {
        kh_token name = kh_parser_expect_name(p);
        kh_local_kind kind = read_attribute(p);
        if (kind == LOCAL_CLOSE && closing++ > 0) {
            kh_lexer_fail(&p->lexer, &name, "one statement can have one <close> variable");
        }
        if (kind == LOCAL_CLOSE) kh_body_stop(p);
        kh_parser_declare(p, name, kind);
        count++;
    } while (kh_parser_accept(p, ','));
    if (kh_parser_accept(p, '=')) kh_parser_read_list(p);
    kh_body_locals(p, depth, count);
    kh_scopes_activate(&p->scopes);
}

static void read_label(kh_parser *p)
{
    kh_parser_next(p);
    kh_token name = kh_parser_expect_name(p);
    kh_parser_expect(p, WORD_LABEL);
    int height = p->height;
    while (p->token.word == ';' || p->token.word == WORD_LABEL) {
        /* No-ops belong to the label: only so is it known to be the last of its block. */
        if (kh_parser_accept(p, ';')) continue;
        int before = kh_parser_enter(p);
        kh_parser_check_depth(p);
        read_label(p);
        kh_parser_leave(p, before);
    }
    if (p->height < height) p->height = height;
    kh_scopes_label(&p->scopes, &p->lexer, &name, ends_block(p, false));
}

static void read_return(kh_parser *p)
{
    uint32_t depth = p->body.depth;
    kh_parser_next(p);
    if (!ends_block(p, true) && p->token.word != ';') kh_parser_read_list(p);
    kh_body_return(p, depth);
    kh_parser_accept(p, ';');
}

static void read_call_or_assignment(kh_parser *p)
{
    kh_token start = p->token;
    if (start.word == '(') kh_rewrite_insert(&p->rewrite, start.from, EDIT_CLOSE, ";");
    kh_body body = p->body;
    kh_expr e = kh_parser_read_suffixes(p);
    if (p->token.word != '=') kh_body_stop(p);
    if (p->token.word != '=' && p->token.word != ',') {
        if (e.form == FORM_CALL || p->lexer.failed) return;
        kh_parser_fail_near(p, e.form == FORM_VALUE ? "this value is not used: expected a statement"
                                                    : "expected '=' or the arguments of a call");
        return;
    }
    check_target(p, &e, &start);
    int depth = p->depth;
    while (kh_parser_accept(p, ',')) {
        kh_body_stop(p);
        p->depth++; /* liblua reads a list of targets by recursion */
        kh_parser_check_depth(p);
        start = p->token;
        e = kh_parser_read_suffixes(p);
        check_target(p, &e, &start);
    }
    kh_parser_expect(p, '=');
    if (p->body.open) p->body = body; /* a target is not read */
    kh_parser_read_list(p);
    kh_body_assign(p, body.depth, &e);
    p->depth = depth;
}

static bool may_calculate(int word)
{
    return word == ';' || word == WORD_IF || word == WORD_DO || word == WORD_LOCAL ||
           word == WORD_RETURN || word == WORD_NAME;
}

static void read_statement(kh_parser *p)
{
    int height = kh_parser_enter(p);
    kh_parser_check_depth(p);
    kh_token start = p->token;
    if (!may_calculate(start.word)) kh_body_stop(p);
    switch (start.word) {
    case ';': kh_parser_next(p); break;
    case WORD_IF: read_if(p); break;
    case WORD_WHILE: read_while(p); break;
    case WORD_DO:
        kh_parser_next(p);
        read_inner_block(p, false);
        kh_parser_expect_match(p, WORD_END_BLOCK, &start);
        break;
    case WORD_FOR: read_for(p); break;
    case WORD_REPEAT: read_repeat(p); break;
    case WORD_FUNCTION: read_function_statement(p); break;
    case WORD_LOCAL: read_local(p); break;
    case WORD_LABEL: read_label(p); break;
    case WORD_RETURN: read_return(p); break;
    case WORD_BREAK:
        kh_parser_next(p);
        if (!kh_scopes_in_loop(&p->scopes))
            kh_lexer_fail(&p->lexer, &start, "'break' is outside of a loop");
        break;
    case WORD_GOTO:
        kh_parser_next(p);
        start = kh_parser_expect_name(p);
        if (!p->lexer.failed) kh_scopes_goto(&p->scopes, &p->lexer, &start);
        break;
    default: read_call_or_assignment(p);
    }
    kh_parser_leave(p, height);
}

void kh_parser_read_block(kh_parser *p)
{
    while (!ends_block(p, true)) {
        bool last = p->token.word == WORD_RETURN;
        read_statement(p);
        if (!last) continue;
        if (!ends_block(p, true)) kh_parser_fail_near(p, "'return' must end its block: found more");
        return;
    }
}

/* ---- a file -------------------------------------------------------------------------------- */

static bool check_bytes(kh_parser *p, size_t length)
{
    kh_lexer *lexer = &p->lexer;
    kh_token at = {.line = 1, .column = 1};
    if (length > KH_SYNTAX_BYTES) {
        kh_lexer_fail(&p->lexer, &at, "the file has more than %d MiB",
                      KH_SYNTAX_BYTES / 1024 / 1024);
        return false;
    }
    size_t bad = kh_utf8_check(lexer->text, length);
    const char *nul = memchr(lexer->text, 0, bad);
    if (nul) bad = (size_t)(nul - lexer->text);
    if (bad == length) return true;
    for (size_t i = 0; i < bad; i++) {
        unsigned char c = (unsigned char)lexer->text[i];
        if (c == '\n') {
            at.line++;
            at.column = 1;
        } else if ((c & 0xC0) != 0x80) {
            at.column++;
        }
    }
    kh_lexer_fail(&p->lexer, &at,
                  nul ? "there is a NUL byte: this is no text file"
                      : "this is not UTF-8; save the file with the encoding UTF-8");
    return false;
}

kh_status kh_syntax_read(kh_syntax *out, const char *path, const char *text, size_t length,
                         unsigned flags, uint32_t chunk, kh_diags *diags)
{
    assert(chunk <= 500);
    *out = (kh_syntax){.chunk = chunk};
    if (length == 0) text = "";
    out->path = kh_arena_text(&out->arena, path);
    if (length >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) {
        text += 3;
        length -= 3;
    }
    kh_parser p = {.out = out, .sites = (flags & KH_SYNTAX_SITES) != 0};
    p.first_site = chunk * KH_SYNTAX_CHUNK;
    p.rewrite.out = out;
    p.lexer = (kh_lexer){.path = out->path, .text = text, .line = 1, .column = 1, .diags = diags};
    if (check_bytes(&p, length)) {
        out->source = p.lexer.text = kh_arena_bytes(&out->arena, text, length);
        out->source_length = length;
        p.lexer.length = (uint32_t)length;
        kh_scope scope = {.vararg = true};
        kh_block block;
        kh_scopes_enter_function(&p.scopes, &scope, &block);
        p.depth = 2; /* of the function around it */
        kh_parser_next(&p);
        kh_parser_read_block(&p);
        if (p.token.word != WORD_END) kh_parser_fail_near(&p, "there is no block to end here");
        kh_scopes_leave_function(&p.scopes, &p.lexer);
    }
    if (!p.lexer.failed) kh_rewrite_finish(&p.rewrite);
    kh_scopes_fini(&p.scopes);
    kh_arena_fini(&p.rewrite.scratch);
    if (!p.lexer.failed) return KH_OK;
    kh_syntax_fini(out);
    return KH_EUSAGE;
}

void kh_syntax_fini(kh_syntax *syntax)
{
    kh_arena_fini(&syntax->arena);
    *syntax = (kh_syntax){0};
}
