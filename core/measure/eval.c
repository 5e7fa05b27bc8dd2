/* Row expressions over columns: a chunk of rows at a time, one buffer a node.
 *
 * Numbers are 128-bit integers with a scale known per node, so adding is an integer addition and
 * every overflow is seen. Conditions on a text column against constants are answered once per
 * dictionary entry and then looked up by code.
 */
#include "measure/eval.h"

#include "base/date.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* What a node keeps between chunks. */
typedef struct slot {
    void *values;   /* KH_CHUNK values */
    uint8_t *nulls; /* KH_CHUNK flags */
    uint8_t *known; /* answers per dictionary code */
    uint32_t known_count, known_room;
    uint64_t known_batch;
} slot;

struct kh_eval {
    slot *slots;
    uint32_t nodes;
    int64_t constants[KH_CONSTANT_COUNT];
    uint64_t batch;
};

static const uint8_t no_nulls[KH_CHUNK];

kh_eval *kh_eval_new(uint32_t nodes, const int64_t constants[KH_CONSTANT_COUNT])
{
    kh_eval *eval = calloc(1, sizeof *eval);
    if (!eval) abort();
    eval->slots = calloc(nodes + 1, sizeof *eval->slots);
    if (!eval->slots) abort();
    eval->nodes = nodes;
    eval->batch = 1;
    memcpy(eval->constants, constants, sizeof eval->constants);
    return eval;
}

void kh_eval_free(kh_eval *eval)
{
    if (!eval) return;
    for (uint32_t i = 0; i < eval->nodes; i++) {
        free(eval->slots[i].values);
        free(eval->slots[i].nulls);
        free(eval->slots[i].known);
    }
    free(eval->slots);
    free(eval);
}

void kh_eval_batch(kh_eval *eval)
{
    eval->batch++;
}

static slot *open_slot(kh_eval *eval, const kh_expr *e)
{
    slot *s = &eval->slots[e->id];
    if (!s->values) {
        s->values = aligned_alloc(64, KH_CHUNK * sizeof(kh_int128));
        s->nulls = malloc(KH_CHUNK);
        if (!s->values || !s->nulls) abort();
    }
    return s;
}

static kh_int128 ten_to(int n)
{
    kh_int128 p = 1;
    while (n-- > 0) p *= 10;
    return p;
}

static kh_status too_long(const kh_expr *e, kh_error *err)
{
    return kh_fail(err, KH_ELIMIT,
                   "%s:%d:%d: a value needs more than 38 digits (%d of them decimals); "
                   "round a factor",
                   e->place.file ? e->place.file : "", e->place.line, e->place.column, e->scale);
}

static uint32_t row_at(const kh_chunk *chunk, uint32_t i)
{
    return chunk->rows ? chunk->rows[i] : chunk->first + i;
}

/* ---- columns ------------------------------------------------------------------------------- */

/* Where row i of the chunk lies in the node's table; -1 when a lookup found nothing. */
static int64_t cell_of(const kh_expr *e, const kh_chunk *chunk, uint32_t i)
{
    return e->table < 0 ? (int64_t)row_at(chunk, i) : chunk->matches[e->table][i];
}

static kh_view view_of(const kh_expr *e, const kh_chunk *chunk)
{
    if (e->table < 0) return chunk->own[e->slot];
    kh_view view;
    kh_store_view(chunk->lookups[e->table], e->slot, &view);
    return view;
}

static void run_column(kh_eval *eval, const kh_expr *e, const kh_chunk *chunk, kh_vec *out)
{
    slot *s = open_slot(eval, e);
    kh_view view = view_of(e, chunk);
    if (e->table < 0 && !chunk->rows && !view.nulls && view.type == KH_TYPE_DECIMAL) {
        out->as.numbers = view.as.decimals + chunk->first; /* nothing to copy */
        out->nulls = no_nulls;
        return;
    }
    kh_int128 *numbers = s->values;
    if (e->table < 0 && !view.nulls && view.type == KH_TYPE_DECIMAL) {
        const uint32_t *rows = chunk->rows;
        for (uint32_t i = 0; i < chunk->count; i++) numbers[i] = view.as.decimals[rows[i]];
        out->as.numbers = numbers;
        out->nulls = no_nulls;
        return;
    }
    out->nulls = s->nulls;
    out->as.numbers = s->values;
    int32_t *dates = s->values;
    uint8_t *bools = s->values;
    kh_string *texts = s->values;
    for (uint32_t i = 0; i < chunk->count; i++) {
        int64_t at = cell_of(e, chunk, i);
        bool null = at < 0 || (view.nulls && view.nulls[at]);
        s->nulls[i] = null;
        if (null) at = 0;
        switch (view.type) {
        case KH_TYPE_DECIMAL: numbers[i] = null ? 0 : view.as.decimals[at]; break;
        case KH_TYPE_INT: numbers[i] = null ? 0 : view.as.ints[at]; break;
        case KH_TYPE_DATE: dates[i] = null ? 0 : view.as.dates[at]; break;
        case KH_TYPE_BOOL: bools[i] = null ? 0 : view.as.bools[at]; break;
        case KH_TYPE_TEXT:
            texts[i] = (kh_string){"", 0};
            if (!null) texts[i].text = kh_view_text(&view, view.as.codes[at], &texts[i].length);
            break;
        default: s->nulls[i] = 1; break;
        }
    }
}

/* ---- text conditions answered per dictionary entry ----------------------------------------- */

/* SQL like over characters: % any run, _ one character. Linear: a greedy scan with one fallback. */
static bool is_like(const char *text, size_t length, const char *pattern)
{
    const char *end = text + length, *back = NULL, *star = NULL;
    while (text < end) {
        if (*pattern == '%') {
            star = ++pattern;
            back = text;
            continue;
        }
        const char *at = text;
        uint32_t c = kh_utf8_next(&at, end);
        if (*pattern) {
            const char *p = pattern;
            uint32_t want = kh_utf8_next(&p, pattern + strlen(pattern));
            if (*pattern == '_' || want == c) {
                text = at;
                pattern = p;
                continue;
            }
        }
        if (!star) return false;
        kh_utf8_next(&back, end);
        text = back;
        pattern = star;
    }
    while (*pattern == '%') pattern++;
    return !*pattern;
}

static bool equals(const char *text, size_t length, const char *other)
{
    return strlen(other) == length && !memcmp(text, other, length);
}

static bool answer(const kh_expr *e, const char *text, size_t length)
{
    if (e->op == KH_OP_LIKE) return is_like(text, length, e->text);
    if (e->op == KH_OP_NE) return !equals(text, length, e->args[1]->text);
    for (uint32_t i = 1; i < e->arg_count; i++) {
        if (equals(text, length, e->args[i]->text)) return true;
    }
    return false;
}

/* A text column compared with constants only. */
static bool is_coded(const kh_expr *e)
{
    if (e->op != KH_OP_EQ && e->op != KH_OP_NE && e->op != KH_OP_IN && e->op != KH_OP_LIKE) {
        return false;
    }
    if (e->args[0]->op != KH_OP_COLUMN || e->args[0]->type != KH_TYPE_TEXT) return false;
    for (uint32_t i = 1; i < e->arg_count; i++) {
        if (e->args[i]->op != KH_OP_TEXT) return false;
    }
    return true;
}

static void run_coded(kh_eval *eval, const kh_expr *e, const kh_chunk *chunk, kh_vec *out)
{
    slot *s = open_slot(eval, e);
    const kh_expr *column = e->args[0];
    kh_view view = view_of(column, chunk);
    uint32_t same, count = kh_view_codes(&view, &same);
    if (s->known_batch != eval->batch) {
        /* Answers hold on only if this node saw the batch before, or the table never changes. */
        bool kept = s->known_batch + 1 == eval->batch || column->table >= 0;
        if (!kept || s->known_count > same) s->known_count = kept ? same : 0;
        s->known_batch = eval->batch;
    }
    if (count > s->known_room) {
        s->known_room = count * 2;
        s->known = realloc(s->known, s->known_room);
        if (!s->known) abort();
    }
    for (; s->known_count < count; s->known_count++) {
        size_t length;
        const char *text = kh_view_text(&view, (int32_t)s->known_count, &length);
        s->known[s->known_count] = answer(e, text, length);
    }
    uint8_t *restrict bools = s->values;
    const uint8_t *known = s->known;
    const int32_t *codes = view.as.codes;
    out->as.bools = bools;
    if (column->table < 0 && !view.nulls) {
        const uint32_t *rows = chunk->rows;
        if (!rows) codes += chunk->first;
        for (uint32_t i = 0; i < chunk->count; i++) bools[i] = known[codes[rows ? rows[i] : i]];
        out->nulls = no_nulls;
        return;
    }
    for (uint32_t i = 0; i < chunk->count; i++) {
        int64_t at = cell_of(column, chunk, i);
        bool null = at < 0 || (view.nulls && view.nulls[at]);
        s->nulls[i] = null;
        bools[i] = !null && known[codes[at]];
    }
    out->nulls = s->nulls;
}

/* ---- numbers ------------------------------------------------------------------------------- */

static kh_status run_add(const kh_expr *e, const kh_chunk *chunk, const kh_vec *a, const kh_vec *b,
                         slot *s, kh_error *err)
{
    kh_int128 *out = s->values;
    kh_int128 ua = ten_to(e->scale - e->args[0]->scale), ub = ten_to(e->scale - e->args[1]->scale);
    bool bad = false;
    for (uint32_t i = 0; i < chunk->count; i++) {
        s->nulls[i] = a->nulls[i] | b->nulls[i];
        kh_int128 x, y;
        bool over = __builtin_mul_overflow(a->as.numbers[i], ua, &x);
        over |= __builtin_mul_overflow(b->as.numbers[i], ub, &y);
        over |= e->op == KH_OP_ADD ? __builtin_add_overflow(x, y, &out[i])
                                   : __builtin_sub_overflow(x, y, &out[i]);
        bad |= over && !s->nulls[i];
    }
    return bad ? too_long(e, err) : KH_OK;
}

static kh_status run_mul(const kh_expr *e, const kh_chunk *chunk, const kh_vec *a, const kh_vec *b,
                         slot *s, kh_error *err)
{
    kh_int128 *out = s->values;
    bool bad = false;
    for (uint32_t i = 0; i < chunk->count; i++) {
        s->nulls[i] = a->nulls[i] | b->nulls[i];
        bool over = __builtin_mul_overflow(a->as.numbers[i], b->as.numbers[i], &out[i]);
        bad |= over && !s->nulls[i];
    }
    return bad ? too_long(e, err) : KH_OK;
}

static const kh_int128 LEAST = (kh_int128)((unsigned __int128)1 << 127);

/* Neither number is LEAST: it has no negative. */
static kh_int128 divide_away(kh_int128 a, kh_int128 b)
{
    kh_int128 whole = a / b, rest = a % b;
    kh_int128 size = rest < 0 ? -rest : rest, unit = b < 0 ? -b : b;
    if (size >= unit - size) whole += (a < 0) == (b < 0) ? 1 : -1;
    return whole;
}

static kh_status run_div(const kh_expr *e, const kh_chunk *chunk, const kh_vec *a, const kh_vec *b,
                         slot *s, kh_error *err)
{
    kh_int128 *out = s->values;
    int shift = e->scale + e->args[1]->scale - e->args[0]->scale;
    bool far = shift > 38; /* no number but 0 can be moved so far */
    kh_int128 up = ten_to(far ? 0 : shift), down = ten_to(-shift);
    bool bad = false;
    for (uint32_t i = 0; i < chunk->count; i++) {
        kh_int128 divisor = b->as.numbers[i], x;
        s->nulls[i] = a->nulls[i] | b->nulls[i] | (divisor == 0);
        if (s->nulls[i]) {
            out[i] = 0;
            continue;
        }
        bool over = shift >= 0 ? __builtin_mul_overflow(a->as.numbers[i], up, &x)
                               : __builtin_mul_overflow(divisor, down, &divisor);
        if (shift < 0) x = a->as.numbers[i];
        over |= (far && x != 0) || x == LEAST || divisor == LEAST;
        out[i] = over ? 0 : divide_away(x, divisor);
        bad |= over;
    }
    return bad ? too_long(e, err) : KH_OK;
}

static kh_status rescale(const kh_expr *e, int scale, kh_int128 value, kh_int128 *out,
                         kh_error *err)
{
    if (__builtin_mul_overflow(value, ten_to(e->scale - scale), out)) return too_long(e, err);
    return KH_OK;
}

/* ---- the tree ------------------------------------------------------------------------------ */

static kh_status run(kh_eval *eval, const kh_expr *e, const kh_chunk *chunk, kh_vec *out,
                     kh_error *err);

static void run_constant(kh_eval *eval, const kh_expr *e, const kh_chunk *chunk, kh_vec *out)
{
    slot *s = open_slot(eval, e);
    int64_t value = e->op == KH_OP_CONSTANT ? eval->constants[e->value] : e->value;
    kh_int128 number = value;
    if (e->op == KH_OP_NUMBER) kh_dec_to_scaled(&number, e->number, e->scale, NULL);
    for (uint32_t i = 0; i < chunk->count; i++) {
        switch (e->type) {
        case KH_TYPE_DECIMAL: ((kh_int128 *)s->values)[i] = number; break;
        case KH_TYPE_DATE: ((int32_t *)s->values)[i] = (int32_t)value; break;
        case KH_TYPE_BOOL: ((uint8_t *)s->values)[i] = (uint8_t)value; break;
        default:
            ((kh_string *)s->values)[i] =
                e->text ? (kh_string){e->text, strlen(e->text)} : (kh_string){"", 0};
            break;
        }
    }
    memset(s->nulls, e->op == KH_OP_NULL, chunk->count);
    out->as.numbers = s->values;
    out->nulls = s->nulls;
}

static int compare_cells(const kh_expr *a, const kh_vec *x, const kh_expr *b, const kh_vec *y,
                         uint32_t i, kh_int128 up_a, kh_int128 up_b, bool *over)
{
    switch (a->type) {
    case KH_TYPE_DECIMAL: {
        kh_int128 p, q;
        *over |= __builtin_mul_overflow(x->as.numbers[i], up_a, &p);
        *over |= __builtin_mul_overflow(y->as.numbers[i], up_b, &q);
        return (p > q) - (p < q);
    }
    case KH_TYPE_DATE: return (x->as.dates[i] > y->as.dates[i]) - (x->as.dates[i] < y->as.dates[i]);
    case KH_TYPE_BOOL: return x->as.bools[i] - y->as.bools[i];
    default: {
        const kh_string *p = &x->as.texts[i], *q = &y->as.texts[i];
        size_t n = p->length < q->length ? p->length : q->length;
        int order = n ? memcmp(p->text, q->text, n) : 0;
        (void)b;
        return order ? order : (p->length > q->length) - (p->length < q->length);
    }
    }
}

static bool holds(kh_op op, int order)
{
    switch (op) {
    case KH_OP_EQ: return order == 0;
    case KH_OP_NE: return order != 0;
    case KH_OP_LT: return order < 0;
    case KH_OP_LE: return order <= 0;
    case KH_OP_GT: return order > 0;
    default: return order >= 0;
    }
}

static kh_status run_compare(kh_eval *eval, const kh_expr *e, const kh_chunk *chunk, kh_vec *out,
                             kh_error *err)
{
    slot *s = open_slot(eval, e);
    const kh_expr *a = e->args[0];
    kh_vec x, y;
    kh_status rc = run(eval, a, chunk, &x, err);
    uint8_t *bools = s->values;
    memset(bools, 0, chunk->count);
    memset(s->nulls, 0, chunk->count);
    /* `in` is a row of equalities: true wins over null, null over false. */
    for (uint32_t arg = 1; rc == KH_OK && arg < e->arg_count; arg++) {
        const kh_expr *b = e->args[arg];
        if ((rc = run(eval, b, chunk, &y, err)) != KH_OK) break;
        int scale = a->scale > b->scale ? a->scale : b->scale;
        kh_int128 ua = ten_to(scale - a->scale), ub = ten_to(scale - b->scale);
        bool bad = false;
        for (uint32_t i = 0; i < chunk->count; i++) {
            if (bools[i]) continue;
            if (x.nulls[i] | y.nulls[i]) {
                s->nulls[i] = 1;
                continue;
            }
            bool over = false;
            int order = compare_cells(a, &x, b, &y, i, ua, ub, &over);
            bad |= over;
            bools[i] = holds(e->op == KH_OP_IN ? KH_OP_EQ : e->op, order);
            if (bools[i]) s->nulls[i] = 0;
        }
        if (bad) return too_long(a, err);
    }
    out->as.bools = bools;
    out->nulls = s->nulls;
    return rc;
}

static kh_status run_logic(kh_eval *eval, const kh_expr *e, const kh_chunk *chunk, kh_vec *out,
                           kh_error *err)
{
    slot *s = open_slot(eval, e);
    uint8_t *bools = s->values;
    kh_vec x, y;
    kh_status rc = run(eval, e->args[0], chunk, &x, err);
    if (rc != KH_OK) return rc;
    if (e->op == KH_OP_NOT || e->op == KH_OP_IS_NULL) {
        for (uint32_t i = 0; i < chunk->count; i++) {
            bools[i] = e->op == KH_OP_IS_NULL ? x.nulls[i] != 0 : !x.as.bools[i];
            s->nulls[i] = e->op == KH_OP_NOT ? x.nulls[i] : 0;
        }
    } else {
        if ((rc = run(eval, e->args[1], chunk, &y, err)) < 0) return rc;
        for (uint32_t i = 0; i < chunk->count; i++) {
            bool tx = !x.nulls[i] && x.as.bools[i], fx = !x.nulls[i] && !x.as.bools[i];
            bool ty = !y.nulls[i] && y.as.bools[i], fy = !y.nulls[i] && !y.as.bools[i];
            bool t = e->op == KH_OP_AND ? tx && ty : tx || ty;
            bool f = e->op == KH_OP_AND ? fx || fy : fx && fy;
            bools[i] = t;
            s->nulls[i] = !t && !f;
        }
    }
    out->as.bools = bools;
    out->nulls = s->nulls;
    return KH_OK;
}

/* Take row i of `from` (a node of the same type) as the value of node e. */
static kh_status take(const kh_expr *e, slot *s, uint32_t i, const kh_expr *arg, const kh_vec *from,
                      kh_error *err)
{
    s->nulls[i] = from->nulls[i];
    if (from->nulls[i]) return KH_OK;
    switch (e->type) {
    case KH_TYPE_DECIMAL:
        return rescale(e, arg->scale, from->as.numbers[i], &((kh_int128 *)s->values)[i], err);
    case KH_TYPE_DATE: ((int32_t *)s->values)[i] = from->as.dates[i]; return KH_OK;
    case KH_TYPE_BOOL: ((uint8_t *)s->values)[i] = from->as.bools[i]; return KH_OK;
    default: ((kh_string *)s->values)[i] = from->as.texts[i]; return KH_OK;
    }
}

static kh_status run_choice(kh_eval *eval, const kh_expr *e, const kh_chunk *chunk, kh_vec *out,
                            kh_error *err)
{
    slot *s = open_slot(eval, e);
    uint8_t done[KH_CHUNK] = {0};
    memset(s->nulls, 1, chunk->count);
    memset(s->values, 0, KH_CHUNK * sizeof(kh_int128));
    kh_status rc = KH_OK;
    uint32_t step = e->op == KH_OP_CASE ? 2 : 1;
    for (uint32_t arg = 0; rc == KH_OK && arg < e->arg_count; arg += step) {
        bool conditional = e->op == KH_OP_CASE && arg + 1 < e->arg_count;
        const kh_expr *value = e->args[conditional ? arg + 1 : arg];
        kh_vec condition, v;
        if (conditional && (rc = run(eval, e->args[arg], chunk, &condition, err)) != KH_OK) break;
        if ((rc = run(eval, value, chunk, &v, err)) != KH_OK) break;
        for (uint32_t i = 0; i < chunk->count && rc == KH_OK; i++) {
            bool fits = conditional ? !condition.nulls[i] && condition.as.bools[i]
                                    : e->op == KH_OP_CASE || !v.nulls[i];
            if (done[i] || !fits) continue;
            done[i] = 1;
            rc = take(e, s, i, value, &v, err);
        }
    }
    out->as.numbers = s->values;
    out->nulls = s->nulls;
    return rc;
}

static kh_status run_extreme(kh_eval *eval, const kh_expr *e, const kh_chunk *chunk, kh_vec *out,
                             kh_error *err)
{
    slot *s = open_slot(eval, e);
    memset(s->nulls, 0, chunk->count);
    kh_status rc = KH_OK;
    for (uint32_t arg = 0; rc == KH_OK && arg < e->arg_count; arg++) {
        kh_vec v;
        if ((rc = run(eval, e->args[arg], chunk, &v, err)) != KH_OK) break;
        for (uint32_t i = 0; i < chunk->count && rc == KH_OK; i++) {
            if (s->nulls[i]) continue; /* one null makes the result null */
            if (arg == 0 || v.nulls[i]) {
                rc = take(e, s, i, e->args[arg], &v, err);
                continue;
            }
            kh_vec so_far = {.nulls = s->nulls};
            so_far.as.numbers = s->values;
            bool over = false;
            int order = compare_cells(e->args[arg], &v, e, &so_far, i,
                                      ten_to(e->scale - e->args[arg]->scale), 1, &over);
            if (over) rc = too_long(e, err);
            else if (e->op == KH_OP_MIN ? order < 0 : order > 0)
                rc = take(e, s, i, e->args[arg], &v, err);
        }
    }
    out->as.numbers = s->values;
    out->nulls = s->nulls;
    return rc;
}

static kh_status run_function(kh_eval *eval, const kh_expr *e, const kh_chunk *chunk, kh_vec *out,
                              kh_error *err)
{
    slot *s = open_slot(eval, e);
    kh_int128 *numbers = s->values;
    kh_vec x, y = {0};
    kh_status rc = run(eval, e->args[0], chunk, &x, err);
    if (rc == KH_OK && e->op == KH_OP_DAYS) rc = run(eval, e->args[1], chunk, &y, err);
    if (rc != KH_OK) return rc;
    int shift = e->scale - e->args[0]->scale; /* of ROUND */
    kh_int128 up = ten_to(shift), down = ten_to(-shift);
    bool bad = false;
    for (uint32_t i = 0; i < chunk->count; i++) {
        s->nulls[i] = x.nulls[i] | (e->op == KH_OP_DAYS ? y.nulls[i] : 0);
        if (s->nulls[i]) {
            numbers[i] = 0;
            continue;
        }
        kh_ymd d = {0};
        if (e->args[0]->type == KH_TYPE_DATE) d = kh_date_ymd(x.as.dates[i]);
        switch (e->op) {
        case KH_OP_NEG:
            bad |= __builtin_sub_overflow((kh_int128)0, x.as.numbers[i], &numbers[i]);
            break;
        case KH_OP_ABS:
            numbers[i] = x.as.numbers[i];
            if (numbers[i] < 0) {
                bad |= __builtin_sub_overflow((kh_int128)0, numbers[i], &numbers[i]);
            }
            break;
        case KH_OP_ROUND:
            if (shift >= 0) bad |= __builtin_mul_overflow(x.as.numbers[i], up, &numbers[i]);
            else if (x.as.numbers[i] == LEAST) bad = true;
            else numbers[i] = divide_away(x.as.numbers[i], down);
            break;
        case KH_OP_DAYS: numbers[i] = (kh_int128)y.as.dates[i] - x.as.dates[i]; break;
        case KH_OP_YEAR: numbers[i] = d.year; break;
        case KH_OP_MONTH: numbers[i] = d.month; break;
        case KH_OP_QUARTER: numbers[i] = (d.month - 1) / 3 + 1; break;
        default: numbers[i] = d.day; break;
        }
    }
    out->as.numbers = numbers;
    out->nulls = s->nulls;
    return bad ? too_long(e, err) : KH_OK;
}

static kh_status run_arithmetic(kh_eval *eval, const kh_expr *e, const kh_chunk *chunk, kh_vec *out,
                                kh_error *err)
{
    slot *s = open_slot(eval, e);
    kh_vec a, b;
    kh_status rc = run(eval, e->args[0], chunk, &a, err);
    if (rc == KH_OK) rc = run(eval, e->args[1], chunk, &b, err);
    if (rc != KH_OK) return rc;
    out->as.numbers = s->values;
    out->nulls = s->nulls;
    if (e->op == KH_OP_MUL) return run_mul(e, chunk, &a, &b, s, err);
    if (e->op == KH_OP_DIV) return run_div(e, chunk, &a, &b, s, err);
    return run_add(e, chunk, &a, &b, s, err);
}

static kh_status run_node(kh_eval *eval, const kh_expr *e, const kh_chunk *chunk, kh_vec *out,
                          kh_error *err)
{
    if (is_coded(e)) {
        run_coded(eval, e, chunk, out);
        return KH_OK;
    }
    switch (e->op) {
    case KH_OP_COLUMN: run_column(eval, e, chunk, out); return KH_OK;
    case KH_OP_NUMBER:
    case KH_OP_TEXT:
    case KH_OP_DATE:
    case KH_OP_BOOL:
    case KH_OP_NULL:
    case KH_OP_CONSTANT: run_constant(eval, e, chunk, out); return KH_OK;
    case KH_OP_ADD:
    case KH_OP_SUB:
    case KH_OP_MUL:
    case KH_OP_DIV: return run_arithmetic(eval, e, chunk, out, err);
    case KH_OP_EQ:
    case KH_OP_NE:
    case KH_OP_LT:
    case KH_OP_LE:
    case KH_OP_GT:
    case KH_OP_GE:
    case KH_OP_IN: return run_compare(eval, e, chunk, out, err);
    case KH_OP_AND:
    case KH_OP_OR:
    case KH_OP_NOT:
    case KH_OP_IS_NULL: return run_logic(eval, e, chunk, out, err);
    case KH_OP_CASE:
    case KH_OP_COALESCE: return run_choice(eval, e, chunk, out, err);
    case KH_OP_MIN:
    case KH_OP_MAX: return run_extreme(eval, e, chunk, out, err);
    case KH_OP_LIKE: {
        slot *s = open_slot(eval, e);
        kh_vec x;
        kh_status rc = run(eval, e->args[0], chunk, &x, err);
        for (uint32_t i = 0; rc == KH_OK && i < chunk->count; i++) {
            s->nulls[i] = x.nulls[i];
            ((uint8_t *)s->values)[i] =
                !x.nulls[i] && is_like(x.as.texts[i].text, x.as.texts[i].length, e->text);
        }
        out->as.bools = s->values;
        out->nulls = s->nulls;
        return rc;
    }
    default: return run_function(eval, e, chunk, out, err);
    }
}

static kh_status run(kh_eval *eval, const kh_expr *e, const kh_chunk *chunk, kh_vec *out,
                     kh_error *err)
{
    kh_status rc = run_node(eval, e, chunk, out, err);
    if (rc == KH_OK && !out->nulls) __builtin_unreachable(); /* for the static analysis */
    return rc;
}

kh_status kh_eval_run(kh_eval *eval, const kh_expr *expr, const kh_chunk *chunk, kh_vec *out,
                      kh_error *err)
{
    return run(eval, expr, chunk, out, err);
}

kh_status kh_eval_mask(kh_eval *eval, const kh_expr *expr, const kh_chunk *chunk,
                       const uint8_t **out, kh_error *err)
{
    kh_vec v;
    kh_status rc = run(eval, expr, chunk, &v, err);
    if (rc != KH_OK) return rc;
    *out = v.as.bools;
    if (v.nulls == no_nulls) return KH_OK;
    slot *s = open_slot(eval, expr);
    uint8_t *bools = s->values;
    for (uint32_t i = 0; i < chunk->count; i++) bools[i] = v.as.bools[i] && !v.nulls[i];
    *out = bools;
    return KH_OK;
}
