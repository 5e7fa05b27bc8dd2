/* How the rewritten source comes about: edits at byte offsets; private to the script room. */
#ifndef KH_SCRIPT_REWRITE_H
#define KH_SCRIPT_REWRITE_H

#include "script/lexer.h"
#include "script/syntax.h"

/** Arithmetic or a comparison that is not written out yet: it may become part of a larger one. */
typedef struct kh_node {
    uint8_t op;              /* kh_opcode, or NODE_PARENTHESES around `left` */
    uint16_t size;           /* leaves in it, ... */
    uint16_t arguments;      /* ... and those of them that are no literal numbers */
    uint32_t number;         /* KH_STEP_NUMBER: as in the step */
    uint32_t from, to;       /* bytes */
    uint32_t op_from, op_to; /* of a number: its digits, behind a minus */
    int line;                /* of the operator */
    struct kh_node *left, *right;
} kh_node;

enum { NODE_PARENTHESES = 255 };

/** From here on a calculation is cut in two: a call has room for so many arguments only. */
enum { KH_NODE_SIZE = 100, KH_NODE_ARGUMENTS = 25 };

/** At one offset: first what ends there, then what begins there (the outermost first). */
typedef enum kh_edit_kind { EDIT_CLOSE, EDIT_OPEN, EDIT_CUT } kh_edit_kind;

typedef struct kh_edit {
    uint32_t at, cut; /* bytes replaced */
    uint32_t order;
    kh_edit_kind kind;
    const char *text;
} kh_edit;

typedef struct kh_rewrite {
    kh_arena scratch;
    kh_edit *edits;
    uint32_t count;
    kh_node *unused;
    kh_syntax *out;
} kh_rewrite;

/** Room for one more in an array of @p count elements that only grows here. */
void *kh_syntax_room(kh_arena *arena, void *items, uint32_t count, size_t size);

/** @p text must live until the end: a literal, or in `scratch`. */
void kh_rewrite_insert(kh_rewrite *rewrite, uint32_t at, kh_edit_kind kind, const char *text);
void kh_rewrite_cut(kh_rewrite *rewrite, uint32_t from, uint32_t to, const char *text);

kh_node *kh_rewrite_node(kh_rewrite *rewrite, kh_node node);
/** Write a tree out as one call; its nodes are gone then. @p end is KH_STEP_END, _KEY, _BOUND. */
void kh_rewrite_program(kh_rewrite *rewrite, kh_node *tree, kh_opcode end, int line);

/** Apply all edits to the source. `scratch` is the caller's to free. */
void kh_rewrite_finish(kh_rewrite *rewrite);

#endif
