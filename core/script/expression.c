/* Expressions of Lua 5.4: operators, calls, tables, functions. */
#include "script/parser.h"

#include <stdlib.h>
#include <string.h>

static void add_parameter(kh_parser *p, uint32_t id, const char *name, const kh_token *at)
{
    kh_syntax_function *function = &p->out->functions[id];
    function->parameters = kh_syntax_room(&p->out->arena, function->parameters,
                                          function->parameter_count, sizeof *function->parameters);
    function->parameters[function->parameter_count] = (kh_syntax_parameter){.name = name};
    kh_parser_declare(p, *at, LOCAL_PLAIN);
    if (p->lexer.failed) return;
    kh_local *local = &p->scopes.locals[p->scopes.local_count - 1];
    local->active = true;
    local->name = name;
    local->length = (uint32_t)strlen(name);
    local->function = id;
    local->place = function->parameter_count;
    local->parameter = (int32_t)function->parameter_count++;
}

static void read_parameters(kh_parser *p, uint32_t id, bool method, kh_scope *scope)
{
    kh_parser_expect(p, '(');
    if (method) add_parameter(p, id, "self", &p->token);
    if (p->token.word != ')') {
        do {
            if (kh_parser_accept(p, WORD_DOTS)) {
                scope->vararg = true;
                break;
            }
            kh_token name = kh_parser_expect_name(p);
            if (!p->lexer.failed) add_parameter(p, id, kh_parser_name(p, &name), &name);
        } while (kh_parser_accept(p, ','));
    }
    p->out->functions[id].vararg = scope->vararg;
    if (!scope->vararg) {
        bool empty = p->out->functions[id].parameter_count == (uint32_t)method;
        kh_rewrite_insert(&p->rewrite, p->token.from, EDIT_CLOSE,
                          kh_arena_printf(&p->rewrite.scratch, "%s__kh_%u", empty ? "" : ",", id));
    }
    kh_parser_expect(p, ')');
}

/* Behind the word `function` and a name, if any. */
uint32_t kh_parser_read_function(kh_parser *p, const kh_token *start, bool method)
{
    kh_syntax *out = p->out;
    out->functions =
        kh_syntax_room(&out->arena, out->functions, out->function_count, sizeof *out->functions);
    uint32_t id = out->function_count++;
    out->functions[id] = (kh_syntax_function){.id = id, .place = kh_parser_place(p, start)};
    kh_scope scope = {0};
    kh_block block;
    uint32_t outer = p->function;
    p->function = id;
    kh_scopes_enter_function(&p->scopes, &scope, &block);
    read_parameters(p, id, method, &scope);
    kh_body_begin(p, out->functions[id].parameter_count);
    kh_parser_read_block(p);
    kh_token end = p->token;
    p->function = outer;
    kh_syntax_function *function = &out->functions[id];
    function->end_place = kh_parser_place(p, &end);
    function->text = out->source + start->from;
    function->length = end.to - start->from;
    kh_body_end(p, function);
    kh_parser_expect_match(p, WORD_END_BLOCK, start);
    kh_scopes_leave_function(&p->scopes, &p->lexer);
    return id;
}

void kh_parser_read_list(kh_parser *p)
{
    do {
        kh_parser_read_expression(p);
    } while (kh_parser_accept(p, ','));
}

/* The word behind the current one. */
static int look_ahead(kh_parser *p)
{
    kh_lexer_next(&p->lexer, &p->ahead);
    p->has_ahead = true;
    return p->ahead.word;
}

static void read_field(kh_parser *p, kh_syntax_field *field, uint32_t *position)
{
    kh_token at = p->token;
    *field = (kh_syntax_field){.function = -1, .key_place = kh_parser_place(p, &at)};
    if (p->token.word == WORD_NAME && look_ahead(p) == '=') {
        if (p->sites) field->key = kh_parser_name(p, &at);
        kh_parser_next(p);
        kh_parser_next(p);
    } else if (kh_parser_accept(p, '[')) {
        kh_expr key = kh_parser_read_operators(p, 0);
        if (p->sites && key.form == FORM_TEXT && !p->lexer.failed) {
            field->key = kh_parser_text(p, &key.token);
        } else if (key.form == FORM_NUMBER && key.whole && !key.negative &&
                   key.token.integer <= INT32_MAX) {
            field->index = (uint32_t)key.token.integer;
        }
        kh_parser_seal_as(p, &key, KH_STEP_KEY);
        kh_parser_expect(p, ']');
        kh_parser_expect(p, '=');
    } else {
        field->index = ++*position;
    }
    field->value_place = kh_parser_place(p, &p->token);
    kh_expr value = kh_parser_read_expression(p);
    if (value.function >= 0) field->function = value.function;
}

/* Lua keeps the last value of a key that is written twice; the user did not mean that. */
static void check_keys(kh_parser *p, const kh_syntax_site *site, uint32_t positions)
{
    kh_names names = {0};
    uint32_t *lines = calloc(site->field_count + 1, sizeof *lines);
    if (!lines) abort();
    for (uint32_t i = 0; i < site->field_count && !p->lexer.failed; i++) {
        const kh_syntax_field *field = &site->fields[i];
        bool element = field->key_place.line == field->value_place.line &&
                       field->key_place.column == field->value_place.column;
        if (element || (!field->key && field->index == 0)) continue;
        char number[32];
        snprintf(number, sizeof number, "[%u]", field->index);
        const char *key = field->key ? field->key : number;
        uint32_t known = names.count, at = kh_names_add(&names, key, strlen(key));
        if (at < known || (field->index > 0 && field->index <= positions)) {
            kh_token token = {.line = field->key_place.line, .column = field->key_place.column};
            kh_lexer_fail(&p->lexer, &token,
                          "'%s' is written twice in this table; the first is in line %u", key,
                          at < known ? lines[at] : (unsigned)site->place.line);
        }
        if (at == known) lines[at] = (uint32_t)field->key_place.line;
    }
    free(lines);
    kh_names_fini(&names);
}

static void read_table(kh_parser *p)
{
    kh_token start = p->token;
    kh_syntax *out = p->out;
    kh_body_stop(p);
    kh_syntax_site site = {.place = kh_parser_place(p, &start)};
    uint32_t number = 0, position = 0;
    kh_parser_expect(p, '{');
    if (p->sites) {
        out->sites = kh_syntax_room(&out->arena, out->sites, out->site_count, sizeof site);
        number = out->site_count++;
        kh_rewrite_insert(
            &p->rewrite, start.to, EDIT_CLOSE,
            kh_arena_printf(&p->rewrite.scratch, "[__kh_site]=%u,", p->first_site + number));
    }
    while (p->token.word != '}' && !p->lexer.failed) {
        kh_syntax_field field;
        read_field(p, &field, &position);
        if (p->sites) {
            site.fields = kh_syntax_room(&out->arena, site.fields, site.field_count, sizeof field);
            site.fields[site.field_count++] = field;
        }
        if (!kh_parser_accept(p, ',') && !kh_parser_accept(p, ';')) break;
    }
    kh_parser_expect_match(p, '}', &start);
    if (p->sites) {
        out->sites[number] = site;
        check_keys(p, &site, position);
    }
}

/* Behind a callee whose last name was @p name (from == to: it has none). */
static void read_arguments(kh_parser *p, const kh_token *name)
{
    kh_token start = p->token;
    bool named = name->from < name->to;
    if (start.word == WORD_TEXT) {
        kh_parser_next(p);
        if (named) kh_parser_add_call(p, name, &start);
    } else if (start.word == '{') {
        read_table(p);
    } else if (kh_parser_accept(p, '(')) {
        kh_token first = p->token;
        if (p->token.word != ')') {
            if (first.word == WORD_TEXT && named) {
                int after = look_ahead(p);
                if (after == ')' || after == ',') kh_parser_add_call(p, name, &first);
            }
            kh_parser_read_list(p);
        }
        kh_parser_expect_match(p, ')', &start);
    } else {
        kh_parser_fail_near(p, "expected the arguments of a call");
    }
}

static kh_expr read_primary(kh_parser *p)
{
    if (p->token.word == WORD_NAME) return kh_parser_read_name(p);
    kh_token start = p->token;
    if (!kh_parser_accept(p, '(')) {
        kh_parser_fail_near(p, "expected a value");
        return (kh_expr){.local = -1, .function = -1, .from = start.from, .to = start.from};
    }
    kh_expr e = kh_parser_read_operators(p, 0);
    kh_token end = p->token;
    kh_parser_expect_match(p, ')', &start);
    if (e.tree) {
        kh_node node = {.op = NODE_PARENTHESES, .from = start.from, .to = end.to, .left = e.tree};
        node.size = e.tree->size;
        node.arguments = e.tree->arguments;
        e.tree = kh_rewrite_node(&p->rewrite, node);
    } else {
        kh_parser_seal(p, &e);
    }
    e.form = FORM_VALUE;
    e.local = e.function = -1;
    e.from = start.from;
    e.to = end.to;
    return e;
}

static void read_index(kh_parser *p, kh_expr *e, bool parameter)
{
    int32_t base = e->local;
    kh_body body = p->body;
    kh_parser_next(p);
    kh_expr key = kh_parser_read_operators(p, 0);
    bool access = parameter && key.form == FORM_TEXT && !p->lexer.failed;
    const char *name = access ? kh_parser_text(p, &key.token) : NULL;
    if (name) {
        p->body = body; /* the text is part of the access */
        kh_parser_add_access(p, e, name, &key.token);
    } else if (parameter) {
        kh_parser_escape(p, base, &e->token);
    }
    kh_parser_seal_as(p, &key, KH_STEP_KEY);
    kh_parser_expect(p, ']');
    e->local = name ? base : -1;
}

/* A name or something in parentheses with what follows: fields, indexes, calls. */
kh_expr kh_parser_read_suffixes(kh_parser *p)
{
    kh_expr e = read_primary(p);
    kh_token name = e.token;
    if (e.form != FORM_NAME) name.to = name.from;
    for (;;) {
        int word = p->token.word;
        if (word != '.' && word != '[' && word != ':' && word != '(' && word != '{' &&
            word != WORD_TEXT) {
            break;
        }
        if (e.tree) kh_parser_seal(p, &e);
        bool parameter = kh_parser_is_parameter(p, &e);
        if (word == '.') {
            kh_parser_next(p);
            name = kh_parser_expect_name(p);
            if (p->lexer.failed) break;
            if (parameter) {
                kh_parser_add_access(p, &e, kh_parser_name(p, &name), &name);
            } else {
                e.local = -1;
            }
            e.form = FORM_INDEX;
        } else if (word == '[') {
            read_index(p, &e, parameter);
            name.to = name.from;
            e.form = FORM_INDEX;
        } else {
            if (parameter) kh_parser_escape(p, e.local, &e.token);
            if (word == ':') e.form = FORM_VALUE; /* it is not what is called */
            if (kh_parser_accept(p, ':')) name = kh_parser_expect_name(p);
            uint32_t depth = p->body.depth;
            read_arguments(p, &name);
            kh_body_call(p, &e, p->body.depth - depth);
            name.to = name.from;
            e.form = FORM_CALL;
            e.local = -1;
        }
        e.other = e.whole = e.text = false;
        e.to = p->last_to;
    }
    if (kh_parser_is_parameter(p, &e)) kh_parser_escape(p, e.local, &e.token);
    kh_body_value(p, &e);
    return e;
}

static kh_expr read_simple(kh_parser *p)
{
    kh_token start = p->token;
    kh_expr e = {.local = -1, .function = -1, .token = start, .from = start.from};
    switch (start.word) {
    case WORD_INTEGER:
    case WORD_DECIMAL:
        kh_parser_next(p);
        e.form = FORM_NUMBER;
        e.whole = start.word == WORD_INTEGER;
        kh_body_value(p, &e);
        break;
    case WORD_TEXT:
        kh_parser_next(p);
        kh_body_stop(p);
        e.form = FORM_TEXT;
        e.text = true;
        e.other = start.to - start.from < 200; /* comparing longer ones is work to be counted */
        break;
    case WORD_NIL:
    case WORD_TRUE:
    case WORD_FALSE:
        kh_parser_next(p);
        kh_body_step(p,
                     start.word == WORD_NIL    ? KH_STEP_NIL
                     : start.word == WORD_TRUE ? KH_STEP_TRUE
                                               : KH_STEP_FALSE,
                     0);
        e.other = true;
        break;
    case WORD_DOTS:
        if (!p->scopes.scope->vararg) {
            kh_lexer_fail(&p->lexer, &start, "'...' is outside of a function that has it");
        }
        kh_parser_next(p);
        kh_body_stop(p);
        kh_rewrite_insert(&p->rewrite, start.from, EDIT_OPEN, " __kh_rest(");
        kh_rewrite_insert(&p->rewrite, start.to, EDIT_CLOSE, ")");
        break;
    case '{':
        read_table(p);
        e.other = true;
        break;
    case WORD_FUNCTION:
        kh_parser_next(p);
        e.function = (int32_t)kh_parser_read_function(p, &start, false);
        e.form = FORM_FUNCTION;
        e.other = true;
        break;
    default: return kh_parser_read_suffixes(p);
    }
    e.to = p->last_to;
    return e;
}

/* Binary operators; those from KH_STEP_ADD on in the order of that enum. */
static const struct {
    int word;
    int left, right; /* binding power */
} operators[] = {{'+', 10, 10},       {'-', 10, 10},   {'*', 11, 11},       {'/', 11, 11},
                 {WORD_IDIV, 11, 11}, {'%', 11, 11},   {'^', 14, 13},       {'&', 6, 6},
                 {'|', 4, 4},         {'~', 5, 5},     {WORD_SHL, 7, 7},    {WORD_SHR, 7, 7},
                 {WORD_EQ, 3, 3},     {WORD_NE, 3, 3}, {'<', 3, 3},         {WORD_LE, 3, 3},
                 {'>', 3, 3},         {WORD_GE, 3, 3}, {WORD_CONCAT, 9, 8}, {WORD_AND, 2, 2},
                 {WORD_OR, 1, 1}};
enum { UNARY = 12, OPERATORS = sizeof operators / sizeof *operators };

static int find_operator(int word)
{
    for (int i = 0; i < OPERATORS; i++) {
        if (operators[i].word == word) return i;
    }
    return -1;
}

static kh_expr read_unary(kh_parser *p)
{
    kh_token op = p->token;
    kh_parser_next(p);
    kh_expr e = kh_parser_read_operators(p, UNARY);
    if (op.word == '-') kh_body_step(p, KH_STEP_NEG, 0);
    else if (op.word == WORD_NOT) kh_body_step(p, KH_STEP_NOT, 0);
    else kh_body_stop(p);
    if (op.word == '-' && e.form == FORM_NUMBER && !e.negative) {
        e.negative = true;
    } else if (op.word == '-' || op.word == '~') {
        kh_node node = {.op = op.word == '-' ? KH_STEP_NEG : KH_STEP_BNOT,
                        .from = op.from,
                        .to = e.to,
                        .op_from = op.from,
                        .op_to = op.to,
                        .line = op.line,
                        .right = kh_parser_node(p, &e)};
        node.size = node.right->size;
        node.arguments = node.right->arguments;
        e.tree = kh_rewrite_node(&p->rewrite, node);
        e.form = FORM_VALUE;
        e.whole = e.other = false;
    } else {
        kh_parser_seal(p, &e);
        e.whole = op.word == '#';
        e.other = op.word == WORD_NOT;
    }
    e.function = -1;
    e.text = false;
    e.from = op.from;
    return e;
}

static void make_decimal(kh_parser *p, const kh_node *node)
{
    if (node->op == KH_STEP_NUMBER) p->out->constants[node->number].whole = false;
}

/* left op right, where both are read. */
static void combine(kh_parser *p, kh_expr *left, kh_expr *right, kh_opcode step, const kh_token *op)
{
    bool equality = step == KH_STEP_EQ || step == KH_STEP_NE;
    bool comparison = step >= KH_STEP_EQ && step <= KH_STEP_GE;
    bool joins = op->word == WORD_CONCAT;
    if (step <= KH_STEP_GE) kh_body_step(p, step, 0);
    if (joins) {
        kh_body_stop(p);
        kh_parser_seal_text(p, left);
        kh_parser_seal_text(p, right);
        left->other = true;
    } else if (step > KH_STEP_GE || (equality && (left->other || right->other))) {
        kh_parser_seal(p, left);
        kh_parser_seal(p, right);
        left->other = comparison;
    } else {
        kh_node node = {.op = (uint8_t)step,
                        .from = left->from,
                        .to = right->to,
                        .op_from = op->from,
                        .op_to = op->to,
                        .line = op->line};
        node.left = kh_parser_node(p, left);
        node.right = kh_parser_node(p, right);
        if (step == KH_STEP_DIV) { /* gives a decimal in any case */
            make_decimal(p, node.left);
            make_decimal(p, node.right);
        }
        node.size = node.left->size + node.right->size;
        node.arguments = node.left->arguments + node.right->arguments;
        left->tree = kh_rewrite_node(&p->rewrite, node);
        left->other = comparison;
    }
    left->form = FORM_VALUE;
    left->whole = false;
    left->text = joins;
    left->local = left->function = -1;
    left->to = right->to;
}

kh_expr kh_parser_read_operators(kh_parser *p, int limit)
{
    int height = kh_parser_enter(p);
    kh_parser_check_depth(p);
    int word = p->token.word;
    bool unary = word == WORD_NOT || word == '-' || word == '#' || word == '~';
    kh_expr left = unary ? read_unary(p) : read_simple(p);
    for (;;) {
        kh_token op = p->token;
        int index = find_operator(op.word);
        if (index < 0 || operators[index].left <= limit || p->lexer.failed) break;
        kh_parser_next(p);
        kh_opcode step = (kh_opcode)(KH_STEP_ADD + index);
        uint32_t jump = KH_SYNTAX_NONE;
        if (op.word == WORD_AND) jump = kh_body_step(p, KH_STEP_AND, jump);
        if (op.word == WORD_OR) jump = kh_body_step(p, KH_STEP_OR, jump);
        kh_expr right = kh_parser_read_operators(p, operators[index].right);
        combine(p, &left, &right, step, &op);
        kh_body_land(p, jump);
    }
    kh_parser_leave(p, height);
    return left;
}

kh_expr kh_parser_read_expression(kh_parser *p)
{
    kh_expr e = kh_parser_read_operators(p, 0);
    int32_t function = e.form == FORM_FUNCTION ? e.function : -1;
    kh_parser_seal(p, &e);
    e.function = function;
    return e;
}
