/* Balances: a row holds until the next row of the same key, or until a dated lookup changes it.
 *
 * Only the latest row of each key is kept, so memory is bound by keys and not by rows. That needs
 * the rows of one key in order of days, as every core system exports them; where they are not, all
 * rows are collected, sorted and put through the same state.
 *
 * A pass over a later share of the rows keeps the first row of each key as well, unsettled: the
 * last row of the share before holds until then, or shares its day.
 */
#include "measure/fold.h"

#include <stdlib.h>
#include <string.h>

/* One row of a key as it is kept. */
typedef struct balance {
    kh_turn turn; /* turn.held is `held` */
    uint32_t room;
    struct balance *change; /* a later day on which a dated lookup changes the values */
    kh_held held[];
} balance;

typedef struct thing {
    balance *latest; /* NULL before the first row */
    balance *first;  /* in a later share, once it is not the latest any more; holds ... */
    kh_date until;   /* ... until this day */
} thing;

enum { CLASSES = 32 };

struct kh_balances {
    kh_names keys;
    thing *things; /* per key */
    uint32_t room;
    balance *recycled[CLASSES]; /* by the power of two of their room */
    kh_arena arena;
    struct collected {
        uint32_t key;
        uint32_t number;
        balance *balance;
    } * all; /* keep_order: every row */
    uint32_t all_count, all_room;
};

void kh_balances_init(kh_pass *pass)
{
    pass->balances = calloc(1, sizeof *pass->balances);
    pass->held = calloc((size_t)KH_CHUNK * pass->count, sizeof *pass->held);
    if (!pass->balances || !pass->held) abort();
}

void kh_balances_fini(kh_pass *pass)
{
    free(pass->held);
    pass->held = NULL;
    if (!pass->balances) return;
    kh_names_fini(&pass->balances->keys);
    free(pass->balances->things);
    free(pass->balances->all);
    kh_arena_fini(&pass->balances->arena);
    free(pass->balances);
    pass->balances = NULL;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static uint32_t class_of(uint32_t count)
{
    return count < 2 ? 0 : 32 - (uint32_t)__builtin_clz(count - 1);
}

static balance *new_balance(struct kh_balances *b, uint32_t count)
{
    uint32_t class = class_of(count);
    balance *fresh = b->recycled[class];
    if (fresh) {
        b->recycled[class] = fresh->change;
    } else {
        uint32_t room = 1U << class;
        fresh = kh_arena_alloc(&b->arena, sizeof *fresh + room * sizeof *fresh->held);
        fresh->room = room;
    }
    fresh->change = NULL;
    return fresh;
}

static void recycle(struct kh_balances *b, balance *old)
{
    while (old) {
        balance *change = old->change;
        uint32_t class = class_of(old->room);
        old->change = b->recycled[class];
        b->recycled[class] = old;
        old = change;
    }
}

static void fill(balance *to, const kh_turn *turn)
{
    to->turn = *turn;
    to->turn.held = to->held;
    if (turn->count) memcpy(to->held, turn->held, turn->count * sizeof *to->held);
}

/* A row and its changes. */
static balance *keep(struct kh_balances *b, const kh_turn *turns, uint32_t count)
{
    balance *next = NULL;
    for (uint32_t i = count; i-- > 0;) {
        balance *kept = new_balance(b, turns[i].count);
        fill(kept, &turns[i]);
        kept->change = next;
        next = kept;
    }
    return next;
}

/* ---- settling ------------------------------------------------------------------------------ */

static kh_status count_for(kh_pass *pass, const kh_turn *turn, uint32_t key, uint32_t subject,
                           kh_int128 share, kh_date from, kh_date to, kh_error *err)
{
    if (subject == KH_INACTIVE) return KH_OK;
    kh_status rc = KH_OK;
    for (uint32_t i = 0; rc == KH_OK && i < turn->count; i++) {
        const kh_held *held = &turn->held[i];
        const kh_measure_decl *decl =
            &pass->state->measures->plan->measures[pass->measures[held->measure]];
        if (decl->over == KH_OVER_LAST_SEEN &&
            (turn->recorded < pass->window.from || turn->recorded >= pass->window.to)) {
            continue;
        }
        const struct kh_name *name = &pass->balances->keys.items[key];
        kh_int128 amount = kh_fold_times(pass, decl->over, from, to);
        if (amount != 0 && kh_lineage_wants(pass, subject)) {
            kh_lineage_row row = {.value = held->value,
                                  .weight = 1,
                                  .share = share,
                                  .times = (int64_t)amount,
                                  .line = turn->line,
                                  .key = name->text,
                                  .length = name->length,
                                  .file = turn->file,
                                  .rules = held->rules,
                                  .from = from,
                                  .to = to};
            kh_lineage_add(pass, held->measure, &row);
        }
        if (held->rules == 0) {
            rc = kh_fold_balance(pass, held->measure, subject, held->value, share, from, to, err);
            continue;
        }
        if (amount == 0) continue;
        if (__builtin_mul_overflow(amount, held->value, &amount) ||
            __builtin_mul_overflow(amount, share, &amount)) {
            return kh_fail(err, KH_ELIMIT, "measure '%s': '%s' needs more than 38 digits",
                           decl->name.text, name->text);
        }
        rc = kh_excluded_add(pass, held->measure, subject, name->text, name->length, held->rules,
                             amount, err);
    }
    return rc;
}

/* Nobody owns the thing on a day on which it counts. */
static void orphan(kh_pass *pass, const kh_turn *turn, uint32_t key, kh_date day)
{
    bool counts = false;
    for (uint32_t i = 0; i < turn->count; i++) counts |= turn->held[i].value != 0;
    if (!counts || pass->dataset->decl->ignore_unknown) return;
    if (++pass->orphans > KH_SHOWN_MOST) return;
    char date[KH_DATE_TEXT];
    kh_date_format(date, day);
    kh_place place = {pass->state->feeds[pass->dataset->decl->source].name, (int)turn->line, 0};
    kh_diag_add(pass->state->problems, KH_DIAG_ERROR, place,
                "'%s' has a balance, but nobody owns it on %s; add it to the owner '%s'",
                pass->balances->keys.items[key].text, date, pass->dataset->decl->owner.text);
}

/* A balance held from `from` to `to`: for its subject, or for its owners by their shares. */
static kh_status hold(kh_pass *pass, const kh_turn *turn, uint32_t key, kh_date from, kh_date to,
                      kh_error *err)
{
    if (from < pass->window.from) from = pass->window.from;
    if (to > pass->window.to) to = pass->window.to;
    if (from >= to) return KH_OK;
    if (!pass->owners) return count_for(pass, turn, key, turn->who, 1, from, to, err);
    if (turn->who == KH_NO_NAME) {
        orphan(pass, turn, key, from);
        return KH_OK;
    }
    kh_status rc = KH_OK;
    kh_date covered = from;
    for (uint32_t i = pass->owners->starts[turn->who];
         rc == KH_OK && i < pass->owners->starts[turn->who + 1]; i++) {
        const kh_span *span = &pass->owners->spans[i];
        kh_date begins = span->from > from ? span->from : from;
        kh_date ends = span->to < to ? span->to : to;
        if (begins >= ends) continue;
        if (begins > covered) orphan(pass, turn, key, covered);
        if (ends > covered) covered = ends;
        rc = count_for(pass, turn, key, span->subject, span->share, begins, ends, err);
    }
    if (covered < to) orphan(pass, turn, key, covered);
    return rc;
}

/* A row and its later changes held until `end`. */
static kh_status settle(kh_pass *pass, const balance *row, uint32_t key, kh_date end, kh_error *err)
{
    kh_status rc = KH_OK;
    for (; rc == KH_OK && row && row->turn.day < end; row = row->change) {
        kh_date until = row->change && row->change->turn.day < end ? row->change->turn.day : end;
        rc = hold(pass, &row->turn, key, row->turn.day, until, err);
    }
    return rc;
}

/* ---- two rows on one day ------------------------------------------------------------------- */

/* The values of two rows on one day, added up. */
static bool add_held(struct kh_balances *b, balance **into, const balance *more)
{
    balance *sum = new_balance(b, (*into)->turn.count + more->turn.count);
    fill(sum, &(*into)->turn);
    sum->change = (*into)->change;
    bool fits = true;
    for (uint32_t i = 0; i < more->turn.count; i++) {
        const kh_held *held = &more->held[i];
        uint32_t at = 0;
        while (at < sum->turn.count &&
               (sum->held[at].measure != held->measure || sum->held[at].rules != held->rules)) {
            at++;
        }
        if (at == sum->turn.count) sum->held[sum->turn.count++] = *held;
        else
            fits &= !__builtin_add_overflow(sum->held[at].value, held->value, &sum->held[at].value);
    }
    (*into)->change = NULL;
    recycle(b, *into);
    *into = sum;
    return fits;
}

/* The row or change that holds on a day. */
static const balance *on_day(const balance *row, kh_date day)
{
    while (row->change && row->change->turn.day <= day) row = row->change;
    return row;
}

/* Where only one of two rows changes, the other one goes on: give each a turn on all days. */
static void align(struct kh_balances *b, balance *row, const balance *other)
{
    for (const balance *o = other->change; o; o = o->change) {
        balance *at = row;
        while (at->change && at->change->turn.day <= o->turn.day) at = at->change;
        if (at->turn.day == o->turn.day) continue;
        kh_turn turn = at->turn;
        turn.day = o->turn.day;
        balance *added = keep(b, &turn, 1);
        added->change = at->change;
        at->change = added;
    }
}

static kh_status add_up(kh_pass *pass, const balance *old, balance **fresh, const char *key,
                        kh_error *err)
{
    struct kh_balances *b = pass->balances;
    const char *source = pass->state->feeds[pass->dataset->decl->source].name;
    if (old->turn.who != (*fresh)->turn.who) {
        /* A row that no measure counts has no subject. */
        bool idle = !pass->owners && (*fresh)->turn.who == KH_INACTIVE;
        if (!idle && (pass->owners || old->turn.who != KH_INACTIVE)) {
            return kh_fail(err, KH_EDATA,
                           "%s: '%s' belongs to two on one day (lines %lld and %lld); take a key "
                           "that tells them apart",
                           source, key, (long long)old->turn.line, (long long)(*fresh)->turn.line);
        }
        for (balance *f = *fresh; f && idle; f = f->change) f->turn.who = old->turn.who;
    }
    align(b, *fresh, old);
    bool fits = true;
    for (balance **at = fresh; *at; at = &(*at)->change) {
        fits &= add_held(b, at, on_day(old, (*at)->turn.day));
    }
    return fits ? KH_OK
                : kh_fail(err, KH_ELIMIT, "%s: '%s' needs more than 38 digits", source, key);
}

static kh_status same_day(kh_pass *pass, const balance *old, balance **fresh, const char *key,
                          kh_error *err)
{
    char day[KH_DATE_TEXT];
    switch (pass->dataset->decl->same_day) {
    case KH_SAME_DAY_LAST: return KH_OK;
    case KH_SAME_DAY_SUM: return add_up(pass, old, fresh, key, err);
    default: break;
    }
    kh_date_format(day, old->turn.day);
    return kh_fail(err, KH_EDATA,
                   "%s: '%s' has two rows on %s (lines %lld and %lld); a balance is one row a day: "
                   "declare dataset \"%s\" { key = ... }, or same_day = \"last\" or \"sum\"",
                   pass->state->feeds[pass->dataset->decl->source].name, key, day,
                   (long long)old->turn.line, (long long)(*fresh)->turn.line,
                   pass->dataset->decl->name.text);
}

/* ---- the state of a key -------------------------------------------------------------------- */

static kh_status advance(kh_pass *pass, uint32_t key, balance *fresh, kh_error *err)
{
    struct kh_balances *b = pass->balances;
    thing *t = &b->things[key];
    balance *old = t->latest;
    kh_status rc = KH_OK;
    if (old && fresh->turn.day < old->turn.day) {
        pass->keep_order = true;
        return kh_fail(err, KH_ELIMIT, "rows are not in order of days");
    }
    if (old && fresh->turn.day == old->turn.day) {
        rc = same_day(pass, old, &fresh, b->keys.items[key].text, err);
    } else if (old && pass->later && !t->first) {
        t->first = old;
        t->until = fresh->turn.day;
        old = NULL;
    } else if (old) {
        rc = settle(pass, old, key, fresh->turn.day, err);
    }
    recycle(b, old);
    t->latest = fresh;
    return rc;
}

uint32_t kh_balance_key(kh_pass *pass, const char *key, size_t length)
{
    struct kh_balances *b = pass->balances;
    uint32_t number = kh_names_add(&b->keys, key, length);
    if (number >= b->room) {
        uint32_t room = b->room ? b->room * 2 : 1024;
        b->things = realloc(b->things, room * sizeof *b->things);
        if (!b->things) abort();
        memset(b->things + b->room, 0, (room - b->room) * sizeof *b->things);
        b->room = room;
    }
    return number;
}

kh_status kh_balance_put(kh_pass *pass, uint32_t key, const kh_turn *turns, uint32_t count,
                         kh_error *err)
{
    struct kh_balances *b = pass->balances;
    if (!pass->keep_order) {
        thing *t = &b->things[key];
        balance *old = t->latest;
        bool in_place = old && count == 1 && !old->change && turns->count <= old->room &&
                        turns->day > old->turn.day && (!pass->later || t->first);
        if (!in_place) return advance(pass, key, keep(b, turns, count), err);
        kh_status rc = hold(pass, &old->turn, key, old->turn.day, turns->day, err);
        fill(old, turns);
        return rc;
    }
    if (b->all_count == b->all_room) {
        b->all_room = b->all_room ? b->all_room * 2 : 4096;
        b->all = realloc(b->all, b->all_room * sizeof *b->all);
        if (!b->all) abort();
    }
    b->all[b->all_count] = (struct collected){key, b->all_count, keep(b, turns, count)};
    b->all_count++;
    return KH_OK;
}

static int compare_collected(const void *a, const void *b)
{
    const struct collected *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    kh_date p = x->balance->turn.day, q = y->balance->turn.day;
    if (p != q) return p < q ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

kh_status kh_balances_finish(kh_pass *pass, kh_error *err)
{
    struct kh_balances *b = pass->balances;
    kh_status rc = KH_OK;
    if (b->all_count) qsort(b->all, b->all_count, sizeof *b->all, compare_collected);
    for (uint32_t i = 0; rc == KH_OK && i < b->all_count; i++) {
        rc = advance(pass, b->all[i].key, b->all[i].balance, err);
    }
    for (uint32_t key = 0; rc == KH_OK && key < b->keys.count; key++) {
        if (b->things[key].latest) rc = settle(pass, b->things[key].latest, key, INT32_MAX, err);
    }
    return rc;
}

/* ---- shares -------------------------------------------------------------------------------- */

static kh_turn *copy_turns(const balance *row, uint32_t *count, kh_arena *arena)
{
    *count = 0;
    for (const balance *r = row; r; r = r->change) ++*count;
    kh_turn *turns = kh_arena_array(arena, *count + 1, sizeof *turns);
    for (uint32_t i = 0; row; row = row->change) turns[i++] = row->turn;
    return turns;
}

uint32_t kh_balances_keys(const kh_pass *pass)
{
    return pass->balances->keys.count;
}

bool kh_balances_ends(const kh_pass *pass, uint32_t key, kh_ends *out, kh_arena *arena)
{
    const struct kh_balances *b = pass->balances;
    const thing *t = &b->things[key];
    if (!t->latest) return false;
    *out = (kh_ends){
        .key = b->keys.items[key].text, .length = b->keys.items[key].length, .until = t->until};
    if (t->first) out->first = copy_turns(t->first, &out->first_count, arena);
    out->last = copy_turns(t->latest, &out->last_count, arena);
    return true;
}

kh_status kh_balances_follow(kh_pass *pass, const kh_ends *ends, kh_error *err)
{
    struct kh_balances *b = pass->balances;
    uint32_t key = kh_balance_key(pass, ends->key, ends->length);
    balance *last = keep(b, ends->last, ends->last_count);
    if (!ends->first) return advance(pass, key, last, err);
    kh_status rc = advance(pass, key, keep(b, ends->first, ends->first_count), err);
    if (rc < 0) return rc;
    /* Between the first row and the last the other process has settled all. */
    thing *t = &b->things[key];
    rc = settle(pass, t->latest, key, ends->until, err);
    recycle(b, t->latest);
    t->latest = last;
    return rc;
}
