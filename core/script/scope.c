/* Which local variables, labels and loops can be seen where. */
#include "script/scope.h"

#include <stdlib.h>
#include <string.h>

void kh_scopes_enter_function(kh_scopes *scopes, kh_scope *scope, kh_block *block)
{
    scope->outer = scopes->scope;
    scope->first_local = scopes->local_count;
    scope->first_label = scopes->labels.count;
    scopes->scope = scope;
    kh_scopes_enter(scopes, block, false);
}

void kh_scopes_enter(kh_scopes *scopes, kh_block *block, bool loop)
{
    block->outer = scopes->scope->block;
    block->loop = loop;
    block->first_local = scopes->local_count;
    block->first_label = scopes->labels.count;
    block->first_goto = scopes->gotos.count;
    scopes->scope->block = block;
}

void kh_scopes_leave(kh_scopes *scopes)
{
    kh_block *block = scopes->scope->block;
    scopes->local_count = block->first_local;
    scopes->labels.count = block->first_label;
    for (uint32_t i = block->first_goto; i < scopes->gotos.count; i++) {
        scopes->gotos.items[i].locals = block->first_local;
    }
    scopes->scope->block = block->outer;
}

void kh_scopes_leave_function(kh_scopes *scopes, kh_lexer *lexer)
{
    uint32_t first = scopes->scope->block->first_goto;
    if (first < scopes->gotos.count) {
        const kh_token *name = &scopes->gotos.items[first].name;
        kh_lexer_fail(lexer, name, "there is no label '%.*s' that this 'goto' can see",
                      (int)(name->to - name->from), lexer->text + name->from);
    }
    scopes->gotos.count = first;
    kh_scopes_leave(scopes);
    scopes->scope = scopes->scope->outer;
}

bool kh_scopes_in_loop(const kh_scopes *scopes)
{
    const kh_block *block = scopes->scope->block;
    while (block && !block->loop) block = block->outer;
    return block != NULL;
}

static void *grow(void *items, uint32_t count, uint32_t *capacity, size_t size)
{
    if (count < *capacity) return items;
    *capacity = *capacity ? *capacity * 2 : 32;
    items = realloc(items, *capacity * size);
    if (!items) abort(); /* memory is out: nothing sensible is left to say */
    return items;
}

bool kh_scopes_add_local(kh_scopes *scopes, kh_local local)
{
    if (scopes->local_count - scopes->scope->first_local >= KH_LOCALS_MOST) return false;
    scopes->locals = grow(scopes->locals, scopes->local_count, &scopes->capacity, sizeof local);
    scopes->locals[scopes->local_count++] = local;
    return true;
}

void kh_scopes_activate(kh_scopes *scopes)
{
    for (uint32_t i = scopes->local_count; i > 0 && !scopes->locals[i - 1].active; i--) {
        scopes->locals[i - 1].active = true;
    }
}

int32_t kh_scopes_find(const kh_scopes *scopes, const char *name, size_t length)
{
    for (uint32_t i = scopes->local_count; i > 0; i--) {
        const kh_local *local = &scopes->locals[i - 1];
        if (local->active && local->length == length && !memcmp(local->name, name, length)) {
            return (int32_t)i - 1;
        }
    }
    return -1;
}

static void add_jump(kh_jumps *jumps, kh_jump jump)
{
    jumps->items = grow(jumps->items, jumps->count, &jumps->capacity, sizeof jump);
    jumps->items[jumps->count++] = jump;
}

static bool same_name(const kh_lexer *lexer, const kh_token *a, const kh_token *b)
{
    size_t length = a->to - a->from;
    return length == b->to - b->from &&
           !memcmp(lexer->text + a->from, lexer->text + b->from, length);
}

/* The label of that name in the current function, or NULL. */
static const kh_jump *find_label(const kh_scopes *scopes, const kh_lexer *lexer,
                                 const kh_token *name)
{
    for (uint32_t i = scopes->scope->first_label; i < scopes->labels.count; i++) {
        const kh_jump *label = &scopes->labels.items[i];
        if (same_name(lexer, &label->name, name)) return label;
    }
    return NULL;
}

void kh_scopes_label(kh_scopes *scopes, kh_lexer *lexer, const kh_token *name, bool last)
{
    if (lexer->failed) return;
    const kh_jump *known = find_label(scopes, lexer, name);
    if (known) {
        kh_lexer_fail(lexer, name, "label '%.*s' is already in line %d",
                      (int)(name->to - name->from), lexer->text + name->from, known->name.line);
        return;
    }
    const kh_block *block = scopes->scope->block;
    kh_jump label = {*name, last ? block->first_local : scopes->local_count};
    add_jump(&scopes->labels, label);
    uint32_t kept = block->first_goto;
    for (uint32_t i = kept; i < scopes->gotos.count; i++) {
        const kh_jump *jump = &scopes->gotos.items[i];
        if (!same_name(lexer, &jump->name, name)) {
            scopes->gotos.items[kept++] = *jump;
        } else if (jump->locals < label.locals) {
            const kh_local *local = &scopes->locals[jump->locals];
            kh_lexer_fail(lexer, &jump->name, "this 'goto' jumps into the scope of local '%.*s'",
                          (int)local->length, local->name);
        }
    }
    scopes->gotos.count = kept;
}

void kh_scopes_goto(kh_scopes *scopes, const kh_lexer *lexer, const kh_token *name)
{
    if (find_label(scopes, lexer, name)) return;
    add_jump(&scopes->gotos, (kh_jump){*name, scopes->local_count});
}

void kh_scopes_fini(kh_scopes *scopes)
{
    free(scopes->locals);
    free(scopes->labels.items);
    free(scopes->gotos.items);
    *scopes = (kh_scopes){0};
}
