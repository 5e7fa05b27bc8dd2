/* The reader of Lua sources: its state and its parts; private to the script room. */
#ifndef KH_SCRIPT_PARSER_H
#define KH_SCRIPT_PARSER_H

#include "script/rewrite.h"
#include "script/scope.h"

typedef enum kh_form {
    FORM_VALUE,
    FORM_NUMBER,
    FORM_TEXT,
    FORM_NAME,
    FORM_INDEX,
    FORM_CALL,
    FORM_FUNCTION
} kh_form;

/* An expression just read. Its tree or number is written out by seal(). */
typedef struct kh_expr {
    kh_form form;
    bool other;    /* surely no number: a text, true, nil, a table, a function, a comparison */
    bool whole;    /* surely a Lua integer */
    bool text;     /* surely a text */
    bool negative; /* FORM_NUMBER with a minus at `from` */
    uint32_t from, to;
    kh_token token;   /* FORM_NUMBER, FORM_TEXT, FORM_NAME */
    int32_t local;    /* FORM_NAME, or FORM_INDEX straight into a parameter; -1 = none */
    uint32_t access;  /* of the latter: index of the fact */
    uint32_t global;  /* FORM_NAME that is no local: index of the fact */
    int32_t function; /* FORM_FUNCTION: its id */
    kh_node *tree;
} kh_expr;

/* The innermost function as a program, as far as it was read. */
typedef struct kh_body {
    kh_syntax_step *steps;
    uint32_t count;
    uint32_t depth;  /* values on the stack */
    uint32_t landed; /* a jump leads to this step */
    bool open;       /* it does nothing but calculate */
    bool one_value;  /* each return so far has one */
} kh_body;

typedef struct kh_parser {
    kh_lexer lexer;
    kh_token token, ahead;
    bool has_ahead;
    uint32_t last_to; /* where the token before `token` ended */
    bool sites;
    uint32_t first_site;
    int depth, height; /* levels we are in; levels of what was read at this one */
    kh_scopes scopes;
    kh_rewrite rewrite;
    kh_body body;
    kh_syntax *out;
    uint32_t function; /* the innermost one that is being read */
} kh_parser;

void kh_parser_next(kh_parser *p);
void kh_parser_fail_near(kh_parser *p, const char *what);
void kh_parser_fail_expected(kh_parser *p, int word, const char *more);
bool kh_parser_accept(kh_parser *p, int word);
void kh_parser_expect(kh_parser *p, int word);
void kh_parser_expect_match(kh_parser *p, int word, const kh_token *start);
kh_token kh_parser_expect_name(kh_parser *p);
kh_place kh_parser_place(const kh_parser *p, const kh_token *token);
const char *kh_parser_name(kh_parser *p, const kh_token *token);
const char *kh_parser_text(kh_parser *p, const kh_token *token);
int kh_parser_enter(kh_parser *p);
void kh_parser_check_depth(kh_parser *p);
void kh_parser_leave(kh_parser *p, int height);
void kh_parser_seal_as(kh_parser *p, kh_expr *e, kh_opcode end);
void kh_parser_seal(kh_parser *p, kh_expr *e);
void kh_parser_seal_text(kh_parser *p, kh_expr *e);
uint32_t kh_parser_constant(kh_parser *p, const kh_expr *number);
kh_node *kh_parser_node(kh_parser *p, kh_expr *e);
void kh_parser_escape(kh_parser *p, int32_t local, const kh_token *at);
bool kh_parser_is_parameter(const kh_parser *p, const kh_expr *e);
void kh_parser_add_access(kh_parser *p, kh_expr *e, const char *name, const kh_token *at);
void kh_parser_add_call(kh_parser *p, const kh_token *name, const kh_token *text);
void kh_parser_declare(kh_parser *p, kh_token name, kh_local_kind kind);
kh_expr kh_parser_read_name(kh_parser *p);
uint32_t kh_parser_read_function(kh_parser *p, const kh_token *start, bool method);
void kh_parser_read_list(kh_parser *p);
kh_expr kh_parser_read_suffixes(kh_parser *p);
kh_expr kh_parser_read_operators(kh_parser *p, int limit);
kh_expr kh_parser_read_expression(kh_parser *p);
void kh_parser_read_block(kh_parser *p);

/* The program of a function, see body.c. */
void kh_body_begin(kh_parser *p, uint32_t parameters);
void kh_body_end(kh_parser *p, kh_syntax_function *function);
void kh_body_stop(kh_parser *p);
bool kh_body_reached(const kh_parser *p);
uint32_t kh_body_step(kh_parser *p, kh_opcode op, uint32_t number);
void kh_body_land(kh_parser *p, uint32_t jump);
void kh_body_value(kh_parser *p, const kh_expr *e);
void kh_body_call(kh_parser *p, const kh_expr *callee, uint32_t arguments);
void kh_body_locals(kh_parser *p, uint32_t depth, uint32_t count);
void kh_body_assign(kh_parser *p, uint32_t depth, const kh_expr *target);
void kh_body_return(kh_parser *p, uint32_t depth);

#endif
