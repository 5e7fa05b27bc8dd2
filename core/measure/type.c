/* Row expressions: the types of nodes and columns, and the decimals of every number. */
#include "measure/expr.h"

#include "base/date.h"

#include <string.h>

static bool is_comparison(kh_op op)
{
    return op >= KH_OP_EQ && op <= KH_OP_GE;
}

static kh_slot *slot_of(const kh_expr *e, const kh_scope *scope)
{
    kh_slots *slots = e->table < 0 ? scope->own : scope->lookups[e->table];
    return &slots->items[e->slot];
}

/* What a node must be, as far as it says so itself. */
static kh_type result_of(const kh_expr *e)
{
    switch (e->op) {
    case KH_OP_NUMBER:
    case KH_OP_NEG:
    case KH_OP_ADD:
    case KH_OP_SUB:
    case KH_OP_MUL:
    case KH_OP_DIV:
    case KH_OP_ABS:
    case KH_OP_ROUND:
    case KH_OP_DAYS:
    case KH_OP_YEAR:
    case KH_OP_MONTH:
    case KH_OP_QUARTER:
    case KH_OP_DAY: return KH_TYPE_DECIMAL;
    case KH_OP_TEXT: return KH_TYPE_TEXT;
    case KH_OP_DATE: return KH_TYPE_DATE;
    case KH_OP_CONSTANT: return e->value == KH_PERIOD_DAYS ? KH_TYPE_DECIMAL : KH_TYPE_DATE;
    case KH_OP_BOOL:
    case KH_OP_EQ:
    case KH_OP_NE:
    case KH_OP_LT:
    case KH_OP_LE:
    case KH_OP_GT:
    case KH_OP_GE:
    case KH_OP_AND:
    case KH_OP_OR:
    case KH_OP_NOT:
    case KH_OP_IN:
    case KH_OP_LIKE:
    case KH_OP_IS_NULL: return KH_TYPE_BOOL;
    default: return KH_TYPE_ANY;
    }
}

/* What an argument must be whatever its neighbours are. */
static kh_type wanted_of(const kh_expr *e, uint32_t arg)
{
    switch (e->op) {
    case KH_OP_NEG:
    case KH_OP_ADD:
    case KH_OP_SUB:
    case KH_OP_MUL:
    case KH_OP_DIV:
    case KH_OP_ABS:
    case KH_OP_ROUND: return KH_TYPE_DECIMAL;
    case KH_OP_DAYS:
    case KH_OP_YEAR:
    case KH_OP_MONTH:
    case KH_OP_QUARTER:
    case KH_OP_DAY: return KH_TYPE_DATE;
    case KH_OP_AND:
    case KH_OP_OR:
    case KH_OP_NOT: return KH_TYPE_BOOL;
    case KH_OP_LIKE: return KH_TYPE_TEXT;
    case KH_OP_CASE: return arg % 2 == 0 && arg + 1 < e->arg_count ? KH_TYPE_BOOL : KH_TYPE_ANY;
    default: return KH_TYPE_ANY;
    }
}

/* Arguments that must agree with each other: comparisons, in, min, max, and values of case. */
static bool is_peer(const kh_expr *e, uint32_t arg)
{
    if (e->op == KH_OP_CASE) return arg % 2 == 1 || arg + 1 == e->arg_count;
    return is_comparison(e->op) || e->op == KH_OP_IN || e->op == KH_OP_COALESCE ||
           e->op == KH_OP_MIN || e->op == KH_OP_MAX;
}

/* A text that is written like a date may be one, when its neighbour is a date. */
static bool text_is_date(const kh_expr *e, kh_date *date)
{
    return e->op == KH_OP_TEXT && kh_date_parse(date, e->text, strlen(e->text), NULL) == KH_OK;
}

static bool infer(kh_expr *e, kh_type wanted, const kh_scope *scope)
{
    bool changed = false;
    kh_date date;
    if (e->op == KH_OP_COLUMN) {
        kh_slot *slot = slot_of(e, scope);
        if (slot->type == KH_TYPE_ANY && wanted != KH_TYPE_ANY) {
            slot->type = wanted;
            slot->scale = wanted == KH_TYPE_DECIMAL ? KH_DEFAULT_SCALE : 0;
            changed = true;
        }
        /* whole numbers are read as decimals without decimals */
        e->type = slot->type == KH_TYPE_INT ? KH_TYPE_DECIMAL : slot->type;
        return changed;
    }
    if (wanted == KH_TYPE_DATE && text_is_date(e, &date)) {
        e->op = KH_OP_DATE;
        e->value = date;
    }
    kh_type peers = result_of(e);
    if (is_comparison(e->op) || e->op == KH_OP_IN || peers == KH_TYPE_ANY) {
        peers = is_comparison(e->op) || e->op == KH_OP_IN ? KH_TYPE_ANY : wanted;
    }
    /* A text beside a date is a date; so look for the strongest word among the peers first. */
    for (uint32_t i = 0; i < e->arg_count; i++) {
        if (!is_peer(e, i)) continue;
        changed |= infer(e->args[i], KH_TYPE_ANY, scope);
        kh_type type = e->args[i]->type;
        if (peers == KH_TYPE_ANY || (peers == KH_TYPE_TEXT && type == KH_TYPE_DATE)) peers = type;
    }
    for (uint32_t i = 0; i < e->arg_count; i++) {
        kh_type want = is_peer(e, i) ? peers : wanted_of(e, i);
        changed |= infer(e->args[i], want, scope);
    }
    e->type = result_of(e);
    if (e->type == KH_TYPE_ANY) e->type = peers;
    if (e->op == KH_OP_NULL) e->type = wanted;
    return changed;
}

bool kh_expr_infer(kh_expr *expr, kh_type wanted, const kh_scope *scope)
{
    return infer(expr, wanted, scope);
}

/* ---- checking ------------------------------------------------------------------------------ */

static const char *type_word(kh_type type)
{
    static const char *const words[] = {
        KH_N_("nothing"), KH_N_("a text"),      KH_N_("a number"),       KH_N_("a number"),
        KH_N_("a date"),  KH_N_("a condition"), KH_N_("a binary number")};
    return kh_tr(words[type]);
}

static bool mismatch(const kh_expr *e, kh_type wanted, kh_diags *diags)
{
    if (e->op == KH_OP_COLUMN) {
        kh_diag_add(diags, KH_DIAG_ERROR, e->place, "this column is %s, but %s is needed here",
                    type_word(e->type), type_word(wanted));
    } else {
        kh_diag_add(diags, KH_DIAG_ERROR, e->place, "this is %s, but %s is needed here",
                    type_word(e->type), type_word(wanted));
    }
    return false;
}

static int max_int(int a, int b)
{
    return a > b ? a : b;
}

/* The decimals of a number node, from those of its arguments. */
static bool find_scale(kh_expr *e, const kh_scope *scope, kh_diags *diags)
{
    int most = 0;
    for (uint32_t i = 0; i < e->arg_count; i++) {
        if (e->args[i]->type == KH_TYPE_DECIMAL) most = max_int(most, e->args[i]->scale);
    }
    switch (e->op) {
    case KH_OP_NUMBER: e->scale = kh_dec_places(e->number); break;
    case KH_OP_COLUMN: {
        const kh_slot *slot = slot_of(e, scope);
        e->scale = slot->type == KH_TYPE_DECIMAL ? slot->scale : 0;
        break;
    }
    case KH_OP_MUL: e->scale = e->args[0]->scale + e->args[1]->scale; break;
    case KH_OP_DIV: e->scale = KH_QUOTIENT_SCALE; break;
    case KH_OP_ROUND: e->scale = (int)e->value; break;
    case KH_OP_CONSTANT:
    case KH_OP_DAYS:
    case KH_OP_YEAR:
    case KH_OP_MONTH:
    case KH_OP_QUARTER:
    case KH_OP_DAY: e->scale = 0; break;
    default: e->scale = most; break;
    }
    if (e->scale > KH_SCALE_MOST) {
        kh_diag_add(diags, KH_DIAG_ERROR, e->place,
                    "this product has %d decimals, more than %d; round a factor first", e->scale,
                    KH_SCALE_MOST);
        return false;
    }
    return true;
}

static bool finish(kh_expr *e, kh_type wanted, const kh_scope *scope, uint32_t *next_id,
                   kh_diags *diags)
{
    bool ok = true;
    kh_type peers = KH_TYPE_ANY;
    for (uint32_t i = 0; i < e->arg_count; i++) {
        if (is_peer(e, i) && peers == KH_TYPE_ANY) peers = e->args[i]->type;
    }
    for (uint32_t i = 0; i < e->arg_count; i++) {
        kh_type want = is_peer(e, i) ? peers : wanted_of(e, i);
        ok &= finish(e->args[i], want, scope, next_id, diags);
    }
    e->id = (*next_id)++;
    /* A choice is what its values are, whatever its place wanted. */
    if (result_of(e) == KH_TYPE_ANY && peers != KH_TYPE_ANY) e->type = peers;
    if (e->op == KH_OP_NULL) {
        if (e->type == KH_TYPE_ANY) e->type = wanted == KH_TYPE_ANY ? KH_TYPE_TEXT : wanted;
        return ok;
    }
    if (e->type == KH_TYPE_ANY) { /* nothing tells: text, as it stands in the file */
        e->type = KH_TYPE_TEXT;
        if (e->op == KH_OP_COLUMN) slot_of(e, scope)->type = KH_TYPE_TEXT;
    }
    if (e->type == KH_TYPE_FLOAT) {
        kh_diag_add(diags, KH_DIAG_ERROR, e->place,
                    "this column holds binary floating point, which cannot carry an amount; store "
                    "it as text or scaled integers");
        return false;
    }
    if (wanted != KH_TYPE_ANY && e->type != wanted) return mismatch(e, wanted, diags);
    if (e->type == KH_TYPE_TEXT && (e->op == KH_OP_MIN || e->op == KH_OP_MAX)) {
        return mismatch(e, KH_TYPE_DECIMAL, diags);
    }
    if (e->type == KH_TYPE_BOOL && is_comparison(e->op) && peers == KH_TYPE_BOOL &&
        e->op != KH_OP_EQ && e->op != KH_OP_NE) {
        return mismatch(e->args[0], KH_TYPE_DECIMAL, diags);
    }
    return ok && find_scale(e, scope, diags);
}

bool kh_expr_finish(kh_expr *expr, kh_type wanted, const kh_scope *scope, uint32_t *next_id,
                    kh_diags *diags)
{
    return finish(expr, wanted, scope, next_id, diags);
}

kh_expr *kh_expr_split_divisor(kh_expr *expr, kh_decimal *divisor)
{
    *divisor = KH_ONE;
    while (expr->op == KH_OP_DIV && expr->args[1]->op == KH_OP_NUMBER &&
           !kh_dec_is_zero(expr->args[1]->number)) {
        *divisor = kh_dec_mul(*divisor, expr->args[1]->number);
        expr = expr->args[0];
    }
    return expr;
}
