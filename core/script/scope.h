/* Which local variables, labels and loops can be seen where; private to the script room. */
#ifndef KH_SCRIPT_SCOPE_H
#define KH_SCRIPT_SCOPE_H

#include "script/lexer.h"

/** Lua allows 200 in one function; one is the hidden parameter that tells a function's id. */
enum { KH_LOCALS_MOST = 199 };

typedef enum kh_local_kind { LOCAL_PLAIN, LOCAL_CONST, LOCAL_CLOSE } kh_local_kind;

typedef struct kh_local {
    const char *name; /* not NUL-terminated */
    uint32_t length;
    kh_local_kind kind;
    bool active;       /* it can be seen: its declaration is complete */
    uint32_t function; /* a parameter's function, ... */
    int32_t parameter; /* ... and its index; -1 = no parameter */
    uint32_t place;    /* on the stack of the function's program */
    int32_t holds;     /* of `local function`: its id; -1 = anything */
} kh_local;

typedef struct kh_block {
    struct kh_block *outer; /* of the same function */
    bool loop;
    uint32_t first_local, first_label, first_goto;
} kh_block;

typedef struct kh_scope {
    struct kh_scope *outer;
    kh_block *block;
    bool vararg;
    uint32_t first_local, first_label;
} kh_scope;

/** A label, or a goto whose label was not seen yet. */
typedef struct kh_jump {
    kh_token name;
    uint32_t locals; /* variables in sight */
} kh_jump;

typedef struct kh_jumps {
    kh_jump *items;
    uint32_t count, capacity;
} kh_jumps;

/** Zero-initialise. Blocks and scopes belong to the callers and nest like them. */
typedef struct kh_scopes {
    kh_local *locals;
    uint32_t local_count, capacity;
    kh_jumps labels, gotos;
    kh_scope *scope;
} kh_scopes;

void kh_scopes_enter_function(kh_scopes *scopes, kh_scope *scope, kh_block *block);
void kh_scopes_leave_function(kh_scopes *scopes, kh_lexer *lexer);
void kh_scopes_enter(kh_scopes *scopes, kh_block *block, bool loop);
void kh_scopes_leave(kh_scopes *scopes);
bool kh_scopes_in_loop(const kh_scopes *scopes);

/** A variable that cannot be seen before kh_scopes_activate(); false when there are too many. */
bool kh_scopes_add_local(kh_scopes *scopes, kh_local local);
void kh_scopes_activate(kh_scopes *scopes);
/** Index of a variable, -1 when no local has the name. */
int32_t kh_scopes_find(const kh_scopes *scopes, const char *name, size_t length);

/** @p last: nothing but the end of the block follows, so its variables are out of sight. */
void kh_scopes_label(kh_scopes *scopes, kh_lexer *lexer, const kh_token *name, bool last);
void kh_scopes_goto(kh_scopes *scopes, const kh_lexer *lexer, const kh_token *name);

void kh_scopes_fini(kh_scopes *scopes);

#endif
