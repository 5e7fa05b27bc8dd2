/* How the rewritten source comes about: edits at byte offsets. */
#include "script/rewrite.h"

#include <stdlib.h>
#include <string.h>

void *kh_syntax_room(kh_arena *arena, void *items, uint32_t count, size_t size)
{
    if (count & (count - 1)) return items; /* the room doubles at each power of two */
    void *larger = kh_arena_array(arena, count ? (size_t)count * 2 : 1, size);
    if (count) memcpy(larger, items, count * size);
    return larger;
}

static void add_edit(kh_rewrite *rewrite, kh_edit edit)
{
    edit.order = rewrite->count;
    rewrite->edits = kh_syntax_room(&rewrite->scratch, rewrite->edits, rewrite->count, sizeof edit);
    rewrite->edits[rewrite->count++] = edit;
}

void kh_rewrite_insert(kh_rewrite *rewrite, uint32_t at, kh_edit_kind kind, const char *text)
{
    add_edit(rewrite, (kh_edit){.at = at, .kind = kind, .text = text});
}

void kh_rewrite_cut(kh_rewrite *rewrite, uint32_t from, uint32_t to, const char *text)
{
    add_edit(rewrite, (kh_edit){.at = from, .cut = to - from, .kind = EDIT_CUT, .text = text});
}

kh_node *kh_rewrite_node(kh_rewrite *rewrite, kh_node node)
{
    kh_node *fresh = rewrite->unused;
    if (fresh) {
        rewrite->unused = fresh->left;
    } else {
        fresh = kh_arena_alloc(&rewrite->scratch, sizeof *fresh);
    }
    *fresh = node;
    return fresh;
}

static void add_step(kh_syntax *out, kh_syntax_step step)
{
    out->steps = kh_syntax_room(&out->arena, out->steps, out->step_count, sizeof step);
    out->steps[out->step_count++] = step;
}

/* Postfix steps of a tree; what is no argument of the call disappears from the text. */
static void write_node(kh_rewrite *rewrite, kh_node *node, uint8_t *arguments)
{
    switch (node->op) {
    case KH_STEP_ARGUMENT:
        kh_rewrite_insert(rewrite, node->from, EDIT_OPEN, ",");
        add_step(rewrite->out, (kh_syntax_step){.op = node->op, .argument = ++*arguments});
        break;
    case KH_STEP_NUMBER:
        if (node->from < node->op_from) kh_rewrite_cut(rewrite, node->from, node->from + 1, "");
        kh_rewrite_cut(rewrite, node->op_from, node->to, "");
        add_step(rewrite->out, (kh_syntax_step){.op = node->op, .number = node->number});
        break;
    case NODE_PARENTHESES:
        kh_rewrite_cut(rewrite, node->from, node->from + 1, "");
        write_node(rewrite, node->left, arguments);
        kh_rewrite_cut(rewrite, node->to - 1, node->to, "");
        break;
    default: {
        kh_syntax_step step = {.op = node->op, .line = node->line};
        step.right = node->right->from;
        step.right_end = node->right->to;
        if (node->left) {
            step.left = node->left->from;
            step.left_end = node->left->to;
            write_node(rewrite, node->left, arguments);
        }
        kh_rewrite_cut(rewrite, node->op_from, node->op_to, "");
        write_node(rewrite, node->right, arguments);
        add_step(rewrite->out, step);
    }
    }
    node->left = rewrite->unused;
    rewrite->unused = node;
}

void kh_rewrite_program(kh_rewrite *rewrite, kh_node *tree, kh_opcode end, int line)
{
    while (tree->op == NODE_PARENTHESES) tree = tree->left; /* these stay outside of the call */
    uint32_t from = tree->from, to = tree->to, first = rewrite->out->step_count;
    uint8_t arguments = 0;
    write_node(rewrite, tree, &arguments);
    add_step(rewrite->out,
             (kh_syntax_step){.op = (uint8_t)end, .line = line, .left = from, .left_end = to});
    kh_rewrite_insert(rewrite, from, EDIT_OPEN,
                      kh_arena_printf(&rewrite->scratch, " __kh_calc(%u", first));
    kh_rewrite_insert(rewrite, to, EDIT_CLOSE, ")");
}

static int compare_edits(const void *a, const void *b)
{
    const kh_edit *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    bool earlier = x->order < y->order;
    return earlier == (x->kind != EDIT_OPEN) ? -1 : 1; /* the inner ones were found first */
}

void kh_rewrite_finish(kh_rewrite *rewrite)
{
    kh_syntax *out = rewrite->out;
    if (rewrite->count) qsort(rewrite->edits, rewrite->count, sizeof(kh_edit), compare_edits);
    kh_buf text = {0};
    kh_buf_text(&text, "local __kh,__kh_site,__kh_calc,__kh_rest,__kh_text=... "
                       "return function(...) ");
    size_t done = 0;
    for (uint32_t i = 0; i < rewrite->count; i++) {
        const kh_edit *edit = &rewrite->edits[i];
        kh_buf_add(&text, out->source + done, edit->at - done);
        kh_buf_text(&text, edit->text);
        done = edit->at + edit->cut;
    }
    kh_buf_add(&text, out->source + done, out->source_length - done);
    kh_buf_text(&text, "\nend");
    out->text_length = text.size;
    out->text = kh_arena_bytes(&out->arena, text.data, text.size);
    kh_buf_fini(&text);
}
