/* Row expressions: text to tree. */
#include "measure/expr.h"

#include "base/date.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MOST = 100, ARGS_MOST = 1000 };

typedef enum token_kind {
    T_END,
    T_NAME,   /* a bare name or keyword */
    T_QUOTED, /* "name" */
    T_TEXT,   /* 'text' */
    T_NUMBER,
    T_SYMBOL
} token_kind;

typedef struct parser {
    const char *text, *at;
    kh_place place;
    const kh_scope *scope;
    kh_diags *diags;
    token_kind kind;
    const char *from; /* start of the token in the text */
    char *word;       /* its content; symbols: one or two characters */
    int depth;
    bool failed;
} parser;

uint32_t kh_slots_add(kh_slots *slots, kh_arena *arena, const char *name, kh_type type, int scale,
                      kh_place place)
{
    for (uint32_t i = 0; i < slots->count; i++) {
        if (strcmp(slots->items[i].name, name) != 0) continue;
        if (slots->items[i].type == KH_TYPE_ANY) {
            slots->items[i].type = type;
            slots->items[i].scale = scale;
        }
        return i;
    }
    if (slots->count == slots->capacity) {
        uint32_t capacity = slots->capacity ? slots->capacity * 2 : 8;
        kh_slot *items = kh_arena_array(arena, capacity, sizeof *items);
        if (slots->count) memcpy(items, slots->items, slots->count * sizeof *items);
        slots->items = items;
        slots->capacity = capacity;
    }
    slots->items[slots->count] = (kh_slot){kh_arena_text(arena, name), type, scale, place};
    return slots->count++;
}

/* The expression is a Lua string that starts behind its quote at place.column. */
static kh_place place_of(const parser *p, const char *at)
{
    kh_place place = p->place;
    if (place.column > 0) {
        place.column++;
        for (const char *c = p->text; c < at;) {
            if (*c == '\n') {
                place.line++;
                place.column = 0;
            }
            place.column++;
            kh_utf8_next(&c, p->text + strlen(p->text));
        }
    }
    return place;
}

__attribute__((format(printf, 3, 4))) static void fail(parser *p, const char *at,
                                                       const char *format, ...)
{
    if (p->failed) return;
    p->failed = true;
    char text[KH_ERROR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, dgettext("kaohe", format), args);
    va_end(args);
    kh_diag_add(p->diags, KH_DIAG_ERROR, place_of(p, at), "%s", text);
}

static bool is_name_start(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void next(parser *p)
{
    while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r') p->at++;
    p->from = p->at;
    char c = *p->at;
    if (!c) {
        p->kind = T_END;
        p->word = kh_arena_text(p->scope->arena, "");
    } else if (is_name_start((unsigned char)c)) {
        while (is_name_start((unsigned char)*p->at) || is_digit(*p->at)) p->at++;
        p->kind = T_NAME;
        p->word = kh_arena_bytes(p->scope->arena, p->from, (size_t)(p->at - p->from));
    } else if (is_digit(c) || (c == '.' && is_digit(p->at[1]))) {
        while (is_digit(*p->at) || *p->at == '.') p->at++;
        p->kind = T_NUMBER;
        p->word = kh_arena_bytes(p->scope->arena, p->from, (size_t)(p->at - p->from));
    } else if (c == '\'' || c == '"') {
        char *to = p->word = kh_arena_alloc(p->scope->arena, strlen(p->at));
        for (p->at++; *p->at; p->at++) {
            if (*p->at == c) {
                if (p->at[1] != c) break;
                p->at++; /* a doubled quote stands for one */
            }
            *to++ = *p->at;
        }
        if (*p->at != c) fail(p, p->from, "the quote %c is not closed", c);
        else p->at++;
        p->kind = c == '"' ? T_QUOTED : T_TEXT;
    } else {
        static const char *const two[] = {"<>", "!=", "<=", ">=", "=="};
        size_t n = 1;
        for (size_t i = 0; i < sizeof two / sizeof *two; i++) {
            if (!strncmp(p->at, two[i], 2)) n = 2;
        }
        p->kind = T_SYMBOL;
        p->word = kh_arena_bytes(p->scope->arena, p->at, n);
        if (!strchr("()+-*/,=<>!.", c) || !strcmp(p->word, "!")) {
            fail(p, p->from, "'%c' has no meaning here", c);
        }
        p->at += n;
    }
}

static bool is_symbol(const parser *p, const char *symbol)
{
    return p->kind == T_SYMBOL && !strcmp(p->word, symbol);
}

static bool is_word(const parser *p, const char *word)
{
    return p->kind == T_NAME && !strcasecmp(p->word, word);
}

static bool accept_symbol(parser *p, const char *symbol)
{
    if (!is_symbol(p, symbol)) return false;
    next(p);
    return true;
}

static bool accept_word(parser *p, const char *word)
{
    if (!is_word(p, word)) return false;
    next(p);
    return true;
}

static void expect_symbol(parser *p, const char *symbol)
{
    if (!accept_symbol(p, symbol)) {
        fail(p, p->from, "expected '%s' before '%s'", symbol,
             p->kind == T_END ? kh_tr("the end") : p->word);
    }
}

static void expect_word(parser *p, const char *word)
{
    if (!accept_word(p, word)) {
        fail(p, p->from, "expected '%s' before '%s'", word,
             p->kind == T_END ? kh_tr("the end") : p->word);
    }
}

static kh_expr *node(parser *p, kh_op op, const char *at, uint32_t args)
{
    kh_expr *e = kh_arena_alloc(p->scope->arena, sizeof *e);
    e->op = op;
    e->place = place_of(p, at);
    e->table = -1;
    e->args = kh_arena_array(p->scope->arena, args + 1, sizeof *e->args);
    e->arg_count = args;
    return e;
}

static kh_expr *node1(parser *p, kh_op op, const char *at, kh_expr *a)
{
    kh_expr *e = node(p, op, at, 1);
    e->args[0] = a;
    return e;
}

static kh_expr *node2(parser *p, kh_op op, const char *at, kh_expr *a, kh_expr *b)
{
    kh_expr *e = node(p, op, at, 2);
    e->args[0] = a;
    e->args[1] = b;
    return e;
}

static kh_expr *parse_or(parser *p);

/* `first`, then more expressions separated by commas up to a closing parenthesis. */
static kh_expr *parse_list(parser *p, kh_op op, const char *at, kh_expr *first)
{
    kh_expr *args[ARGS_MOST];
    uint32_t count = 0;
    if (first) args[count++] = first;
    if (!is_symbol(p, ")")) {
        do {
            if (count == ARGS_MOST) {
                fail(p, p->from, "more than %d values in a list", ARGS_MOST);
                break;
            }
            args[count++] = parse_or(p);
        } while (!p->failed && accept_symbol(p, ","));
    }
    expect_symbol(p, ")");
    kh_expr *e = node(p, op, at, count);
    memcpy(e->args, args, count * sizeof *args);
    return e;
}

static const struct {
    const char *name;
    kh_op op;
    uint32_t least, most;
    const char *usage;
} functions[] = {{"coalesce", KH_OP_COALESCE, 1, ARGS_MOST, "coalesce(a, b, ...)"},
                 {"abs", KH_OP_ABS, 1, 1, "abs(number)"},
                 {"min", KH_OP_MIN, 1, ARGS_MOST, "min(a, b, ...)"},
                 {"max", KH_OP_MAX, 1, ARGS_MOST, "max(a, b, ...)"},
                 {"round", KH_OP_ROUND, 2, 2, "round(number, decimals)"},
                 {"days", KH_OP_DAYS, 2, 2, "days(from, to)"},
                 {"year", KH_OP_YEAR, 1, 1, "year(date)"},
                 {"month", KH_OP_MONTH, 1, 1, "month(date)"},
                 {"quarter", KH_OP_QUARTER, 1, 1, "quarter(date)"},
                 {"day", KH_OP_DAY, 1, 1, "day(date)"}};

static kh_expr *parse_function(parser *p, const char *name, const char *at)
{
    const char *names[sizeof functions / sizeof *functions + 1];
    size_t n = sizeof functions / sizeof *functions;
    for (size_t i = 0; i < n; i++) {
        names[i] = functions[i].name;
        if (strcasecmp(functions[i].name, name) != 0) continue;
        kh_expr *e = parse_list(p, functions[i].op, at, NULL);
        if (e->arg_count < functions[i].least || e->arg_count > functions[i].most) {
            fail(p, at, "write it as %s", functions[i].usage);
        } else if (e->op == KH_OP_ROUND && !p->failed) {
            int64_t places = 0;
            if (e->args[1]->op != KH_OP_NUMBER || !kh_dec_to_int(&places, e->args[1]->number) ||
                places < 0 || places > KH_QUOTIENT_SCALE) {
                fail(p, at, "round wants a plain number of decimals from 0 to %d",
                     KH_QUOTIENT_SCALE);
            }
            e->value = places;
            e->arg_count = 1;
        }
        return e;
    }
    names[n] = NULL;
    const char *near = kh_text_nearest(name, names);
    if (near) {
        fail(p, at, "there is no function '%s'; did you mean '%s'?", name, near);
    } else {
        fail(p, at, "there is no function '%s'", name);
    }
    return node(p, KH_OP_NULL, at, 0);
}

static kh_expr *parse_case(parser *p, const char *at)
{
    kh_expr *args[ARGS_MOST];
    uint32_t count = 0;
    while (!p->failed && count + 3 < ARGS_MOST && accept_word(p, "when")) {
        args[count++] = parse_or(p);
        expect_word(p, "then");
        args[count++] = parse_or(p);
    }
    if (count == 0) fail(p, p->from, "expected 'when' behind 'case'");
    if (accept_word(p, "else")) args[count++] = parse_or(p);
    else args[count++] = node(p, KH_OP_NULL, at, 0);
    expect_word(p, "end");
    kh_expr *e = node(p, KH_OP_CASE, at, count);
    memcpy(e->args, args, count * sizeof *args);
    return e;
}

static kh_expr *parse_constant(parser *p, const char *name, const char *at)
{
    static const char *const names[] = {"period_start", "period_end", "year_start", "period_days"};
    for (int i = 0; i < KH_CONSTANT_COUNT; i++) {
        if (strcasecmp(name, names[i]) != 0) continue;
        kh_expr *e = node(p, KH_OP_CONSTANT, at, 0);
        e->value = i;
        e->type = i == KH_PERIOD_DAYS ? KH_TYPE_DECIMAL : KH_TYPE_DATE;
        return e;
    }
    return NULL;
}

static kh_expr *parse_column(parser *p, const char *name, const char *at)
{
    kh_expr *e = node(p, KH_OP_COLUMN, at, 0);
    if (!is_symbol(p, ".")) {
        e->slot = kh_slots_add(p->scope->own, p->scope->arena, name, KH_TYPE_ANY, 0, e->place);
        return e;
    }
    next(p);
    if (p->kind != T_NAME && p->kind != T_QUOTED) {
        fail(p, p->from, "expected a column of '%s' behind the point", name);
        return e;
    }
    for (int32_t i = 0; p->scope->lookup_names[i]; i++) {
        if (!strcmp(p->scope->lookup_names[i], name)) e->table = i;
    }
    if (e->table < 0) {
        const char *near = kh_text_nearest(name, p->scope->lookup_names);
        if (near) fail(p, at, "there is no lookup '%s'; did you mean '%s'?", name, near);
        else fail(p, at, "there is no lookup '%s'", name);
        return e;
    }
    e->slot = kh_slots_add(p->scope->lookups[e->table], p->scope->arena, p->word, KH_TYPE_ANY, 0,
                           e->place);
    next(p);
    return e;
}

static kh_expr *parse_date(parser *p, const char *at)
{
    kh_expr *e = node(p, KH_OP_DATE, at, 0);
    kh_error err = KH_ERROR_INIT;
    kh_date date = 0;
    if (kh_date_parse(&date, p->word, strlen(p->word), &err) < 0) fail(p, p->from, "%s", err.text);
    e->value = date;
    next(p);
    return e;
}

static kh_expr *parse_primary(parser *p)
{
    const char *at = p->from;
    char *word = p->word;
    kh_expr *e;
    switch (p->kind) {
    case T_NUMBER: {
        kh_error err = KH_ERROR_INIT;
        e = node(p, KH_OP_NUMBER, at, 0);
        if (kh_dec_parse(&e->number, word, strlen(word), &err) < 0) fail(p, at, "%s", err.text);
        next(p);
        return e;
    }
    case T_TEXT:
        e = node(p, KH_OP_TEXT, at, 0);
        e->text = word;
        next(p);
        return e;
    case T_QUOTED: next(p); return parse_column(p, word, at);
    case T_NAME:
        next(p);
        if (!strcasecmp(word, "null")) return node(p, KH_OP_NULL, at, 0);
        if (!strcasecmp(word, "true") || !strcasecmp(word, "false")) {
            e = node(p, KH_OP_BOOL, at, 0);
            e->value = !strcasecmp(word, "true");
            return e;
        }
        if (!strcasecmp(word, "case")) return parse_case(p, at);
        if (!strcasecmp(word, "date") && p->kind == T_TEXT) return parse_date(p, at);
        if (accept_symbol(p, "(")) return parse_function(p, word, at);
        e = parse_constant(p, word, at);
        return e ? e : parse_column(p, word, at);
    case T_SYMBOL:
        if (accept_symbol(p, "(")) {
            e = parse_or(p);
            expect_symbol(p, ")");
            return e;
        }
        break;
    case T_END: break;
    }
    fail(p, at, "expected a value before '%s'", p->kind == T_END ? kh_tr("the end") : word);
    return node(p, KH_OP_NULL, at, 0);
}

static kh_expr *parse_factor(parser *p)
{
    const char *at = p->from;
    if (++p->depth > DEPTH_MOST) fail(p, at, "the expression is nested too deeply");
    kh_expr *e;
    if (p->failed) e = node(p, KH_OP_NULL, at, 0);
    else if (accept_symbol(p, "-")) e = node1(p, KH_OP_NEG, at, parse_factor(p));
    else e = parse_primary(p);
    p->depth--;
    return e;
}

static kh_expr *parse_term(parser *p)
{
    kh_expr *left = parse_factor(p);
    while (!p->failed && (is_symbol(p, "*") || is_symbol(p, "/"))) {
        const char *at = p->from;
        kh_op op = is_symbol(p, "*") ? KH_OP_MUL : KH_OP_DIV;
        next(p);
        left = node2(p, op, at, left, parse_factor(p));
    }
    return left;
}

static kh_expr *parse_sum(parser *p)
{
    kh_expr *left = parse_term(p);
    while (!p->failed && (is_symbol(p, "+") || is_symbol(p, "-"))) {
        const char *at = p->from;
        kh_op op = is_symbol(p, "+") ? KH_OP_ADD : KH_OP_SUB;
        next(p);
        left = node2(p, op, at, left, parse_term(p));
    }
    return left;
}

static kh_expr *parse_predicate(parser *p)
{
    static const struct {
        const char *symbol;
        kh_op op;
    } comparisons[] = {{"=", KH_OP_EQ},  {"==", KH_OP_EQ}, {"<>", KH_OP_NE}, {"!=", KH_OP_NE},
                       {"<=", KH_OP_LE}, {">=", KH_OP_GE}, {"<", KH_OP_LT},  {">", KH_OP_GT}};
    kh_expr *left = parse_sum(p);
    const char *at = p->from;
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++) {
        if (is_symbol(p, comparisons[i].symbol)) {
            next(p);
            return node2(p, comparisons[i].op, at, left, parse_sum(p));
        }
    }
    if (accept_word(p, "is")) {
        bool not = accept_word(p, "not");
        expect_word(p, "null");
        kh_expr *e = node1(p, KH_OP_IS_NULL, at, left);
        return not ? node1(p, KH_OP_NOT, at, e) : e;
    }
    bool not = accept_word(p, "not");
    kh_expr *e = NULL;
    if (accept_word(p, "in")) {
        expect_symbol(p, "(");
        e = parse_list(p, KH_OP_IN, at, left);
    } else if (accept_word(p, "between")) {
        kh_expr *low = parse_sum(p);
        expect_word(p, "and");
        e = node2(p, KH_OP_AND, at, node2(p, KH_OP_GE, at, left, low),
                  node2(p, KH_OP_LE, at, left, parse_sum(p)));
    } else if (accept_word(p, "like")) {
        if (p->kind != T_TEXT) fail(p, p->from, "like wants a 'text' with %% and _");
        e = node1(p, KH_OP_LIKE, at, left);
        e->text = p->word;
        next(p);
    }
    if (not &&!e) fail(p, p->from, "expected in, between or like behind 'not'");
    if (!e) return left;
    return not ? node1(p, KH_OP_NOT, at, e) : e;
}

static kh_expr *parse_not(parser *p)
{
    const char *at = p->from;
    if (is_word(p, "not")) {
        if (++p->depth > DEPTH_MOST) fail(p, at, "the expression is nested too deeply");
        next(p);
        kh_expr *e = p->failed ? node(p, KH_OP_NULL, at, 0) : node1(p, KH_OP_NOT, at, parse_not(p));
        p->depth--;
        return e;
    }
    return parse_predicate(p);
}

static kh_expr *parse_and(parser *p)
{
    kh_expr *left = parse_not(p);
    while (!p->failed && is_word(p, "and")) {
        const char *at = p->from;
        next(p);
        left = node2(p, KH_OP_AND, at, left, parse_not(p));
    }
    return left;
}

static kh_expr *parse_or(parser *p)
{
    kh_expr *left = parse_and(p);
    while (!p->failed && is_word(p, "or")) {
        const char *at = p->from;
        next(p);
        left = node2(p, KH_OP_OR, at, left, parse_and(p));
    }
    return left;
}

kh_expr *kh_expr_parse(const char *text, kh_place place, const kh_scope *scope, kh_diags *diags)
{
    parser p = {.text = text, .at = text, .place = place, .scope = scope, .diags = diags};
    if (kh_utf8_check(text, strlen(text)) != strlen(text)) {
        fail(&p, text, "the expression is not UTF-8");
        return NULL;
    }
    next(&p);
    kh_expr *e = parse_or(&p);
    if (!p.failed && p.kind != T_END) fail(&p, p.from, "'%s' was not expected here", p.word);
    return p.failed ? NULL : e;
}
