/* Balances: a row holds until the next row of the same key, or until a dated lookup changes it.
 *
 * Only the latest row of each key is kept, so memory is bound by keys and not by rows. That needs
 * the rows of one key in order of days, as every core system exports them; where they are not, all
 * rows are collected, sorted and put through the same state.
 */
#include "measure/fold.h"

#include <stdlib.h>
#include <string.h>

struct kh_balances {
    kh_names keys;
    kh_balance **latest; /* per key; NULL before its first row */
    uint32_t room;
    kh_balance *recycled;
    kh_arena arena;
    struct collected {
        uint32_t key;
        uint32_t number;
        kh_balance *balance;
    } * all; /* keep_order: every row */
    uint32_t all_count, all_room;
};

void kh_balances_init(kh_pass *pass)
{
    pass->balances = calloc(1, sizeof *pass->balances);
    if (!pass->balances) abort();
}

void kh_balances_fini(kh_pass *pass)
{
    if (!pass->balances) return;
    kh_names_fini(&pass->balances->keys);
    free(pass->balances->latest);
    free(pass->balances->all);
    kh_arena_fini(&pass->balances->arena);
    free(pass->balances);
    pass->balances = NULL;
}

kh_balance *kh_balance_new(kh_pass *pass)
{
    struct kh_balances *b = pass->balances;
    kh_balance *balance = b->recycled;
    if (balance) {
        b->recycled = balance->change;
    } else {
        balance = kh_arena_alloc(&b->arena, sizeof *balance);
        balance->values = kh_arena_array(&b->arena, pass->count, sizeof *balance->values);
        balance->rules = kh_arena_array(&b->arena, pass->count, sizeof *balance->rules);
    }
    balance->change = NULL;
    return balance;
}

static void recycle(struct kh_balances *b, kh_balance *balance)
{
    while (balance) {
        kh_balance *change = balance->change;
        balance->change = b->recycled;
        b->recycled = balance;
        balance = change;
    }
}

static kh_status count_for(kh_pass *pass, const kh_balance *balance, uint32_t key, uint32_t subject,
                           kh_int128 share, kh_date from, kh_date to, kh_error *err)
{
    if (subject == KH_INACTIVE) return KH_OK;
    const struct kh_name *name = &pass->balances->keys.items[key];
    kh_status rc = KH_OK;
    for (uint32_t m = 0; rc == KH_OK && m < pass->count; m++) {
        const kh_measure_decl *decl = &pass->state->measures->plan->measures[pass->measures[m]];
        if (balance->rules[m] == KH_NOT_COUNTED) continue;
        if (decl->over == KH_OVER_LAST_SEEN &&
            (balance->recorded < pass->window.from || balance->recorded >= pass->window.to)) {
            continue;
        }
        if (balance->rules[m] == 0) {
            rc = kh_fold_balance(pass, m, subject, balance->values[m], share, from, to, err);
            continue;
        }
        kh_int128 amount = kh_fold_times(pass, decl->over, from, to);
        if (amount == 0) continue;
        if (__builtin_mul_overflow(amount, balance->values[m], &amount) ||
            __builtin_mul_overflow(amount, share, &amount)) {
            return kh_fail(err, KH_ELIMIT, "measure '%s': '%s' needs more than 38 digits",
                           decl->name.text, name->text);
        }
        rc = kh_excluded_add(pass, m, subject, name->text, name->length, balance->rules[m], amount,
                             err);
    }
    return rc;
}

/* Nobody owns the thing on a day on which it counts. */
static void orphan(kh_pass *pass, const kh_balance *balance, uint32_t key, kh_date day)
{
    bool counts = false;
    for (uint32_t m = 0; m < pass->count; m++) {
        counts |= balance->rules[m] != KH_NOT_COUNTED && balance->values[m] != 0;
    }
    if (!counts || pass->dataset->decl->ignore_unknown) return;
    char date[KH_DATE_TEXT];
    kh_date_format(date, day);
    kh_place place = {pass->state->feeds[pass->dataset->decl->source].name, (int)balance->line, 0};
    kh_diag_add(pass->state->problems, KH_DIAG_ERROR, place,
                "'%s' has a balance, but nobody owns it on %s; add it to the owner '%s'",
                pass->balances->keys.items[key].text, date, pass->dataset->decl->owner.text);
}

/* A balance held from `from` to `to`: for its subject, or for its owners by their shares. */
static kh_status hold(kh_pass *pass, const kh_balance *balance, uint32_t key, kh_date from,
                      kh_date to, kh_error *err)
{
    if (from < pass->window.from) from = pass->window.from;
    if (to > pass->window.to) to = pass->window.to;
    if (from >= to) return KH_OK;
    if (!pass->owners) {
        return count_for(pass, balance, key, balance->who, 1, from, to, err);
    }
    uint32_t thing = balance->who;
    if (thing == KH_NO_NAME) {
        orphan(pass, balance, key, from);
        return KH_OK;
    }
    kh_status rc = KH_OK;
    kh_date covered = from;
    for (uint32_t i = pass->owners->starts[thing];
         rc == KH_OK && i < pass->owners->starts[thing + 1]; i++) {
        const kh_span *span = &pass->owners->spans[i];
        kh_date begins = span->from > from ? span->from : from;
        kh_date ends = span->to < to ? span->to : to;
        if (begins >= ends) continue;
        if (begins > covered) orphan(pass, balance, key, covered);
        if (ends > covered) covered = ends;
        rc = count_for(pass, balance, key, span->subject, span->share, begins, ends, err);
    }
    if (covered < to) orphan(pass, balance, key, covered);
    return rc;
}

/* A row and its later changes held until `end`. */
static kh_status settle(kh_pass *pass, const kh_balance *balance, uint32_t key, kh_date end,
                        kh_error *err)
{
    kh_status rc = KH_OK;
    for (; rc == KH_OK && balance && balance->day < end; balance = balance->change) {
        kh_date until = balance->change && balance->change->day < end ? balance->change->day : end;
        rc = hold(pass, balance, key, balance->day, until, err);
    }
    return rc;
}

static kh_status same_day(kh_pass *pass, kh_balance *old, kh_balance *fresh, const char *key,
                          kh_error *err)
{
    char day[KH_DATE_TEXT];
    switch (pass->dataset->decl->same_day) {
    case KH_SAME_DAY_LAST: return KH_OK;
    case KH_SAME_DAY_SUM:
        for (uint32_t m = 0; m < pass->count; m++) {
            if (fresh->rules[m] == KH_NOT_COUNTED) {
                fresh->rules[m] = old->rules[m];
                fresh->values[m] = old->values[m];
            } else if (old->rules[m] == fresh->rules[m]) {
                fresh->values[m] += old->values[m];
            }
        }
        return KH_OK;
    default: break;
    }
    kh_date_format(day, fresh->day);
    return kh_fail(err, KH_EDATA,
                   "%s: '%s' has two rows on %s (lines %lld and %lld); a balance is one row a day: "
                   "declare dataset \"%s\" { key = ... }, or same_day = \"last\" or \"sum\"",
                   pass->state->feeds[pass->dataset->decl->source].name, key, day,
                   (long long)old->line, (long long)fresh->line, pass->dataset->decl->name.text);
}

static kh_status advance(kh_pass *pass, uint32_t key, kh_balance *balance, kh_error *err)
{
    struct kh_balances *b = pass->balances;
    kh_balance *old = b->latest[key];
    kh_status rc = KH_OK;
    if (old && balance->day < old->day) {
        pass->keep_order = true;
        return kh_fail(err, KH_ELIMIT, "rows are not in order of days");
    }
    if (old && balance->day == old->day) {
        rc = same_day(pass, old, balance, b->keys.items[key].text, err);
    } else if (old) {
        rc = settle(pass, old, key, balance->day, err);
    }
    recycle(b, old);
    b->latest[key] = balance;
    return rc;
}

uint32_t kh_balance_key(kh_pass *pass, const char *key, size_t length)
{
    struct kh_balances *b = pass->balances;
    uint32_t number = kh_names_add(&b->keys, key, length);
    if (number >= b->room) {
        uint32_t room = b->room ? b->room * 2 : 1024;
        b->latest = realloc(b->latest, room * sizeof *b->latest);
        if (!b->latest) abort();
        memset(b->latest + b->room, 0, (room - b->room) * sizeof *b->latest);
        b->room = room;
    }
    return number;
}

kh_status kh_balance_put(kh_pass *pass, uint32_t key, kh_balance *balance, kh_error *err)
{
    struct kh_balances *b = pass->balances;
    if (!pass->keep_order) return advance(pass, key, balance, err);
    if (b->all_count == b->all_room) {
        b->all_room = b->all_room ? b->all_room * 2 : 4096;
        b->all = realloc(b->all, b->all_room * sizeof *b->all);
        if (!b->all) abort();
    }
    b->all[b->all_count] = (struct collected){key, b->all_count, balance};
    b->all_count++;
    return KH_OK;
}

static int compare_collected(const void *a, const void *b)
{
    const struct collected *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    if (x->balance->day != y->balance->day) return x->balance->day < y->balance->day ? -1 : 1;
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
        if (b->latest[key]) rc = settle(pass, b->latest[key], key, INT32_MAX, err);
    }
    return rc;
}
