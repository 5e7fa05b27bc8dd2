/* What another process collected from its share of the rows, there and back.
 *
 * Both ends are the same program over the same plan, so numbers travel as they lie in memory. Sums
 * are integers: added in any order they are the same; what depends on the order of rows (first,
 * last, balances) is added in the order of the shares.
 */
#include "measure/scan.h"

#include <string.h>

/* ---- there --------------------------------------------------------------------------------- */

static void put(FILE *file, const void *data, size_t size)
{
    if (size) fwrite(data, size, 1, file);
}

static void put_count(FILE *file, uint32_t n)
{
    put(file, &n, sizeof n);
}

static void put_names(FILE *file, const kh_names *names)
{
    put_count(file, names->count);
    for (uint32_t i = 0; i < names->count; i++) {
        put_count(file, names->items[i].length);
        put(file, names->items[i].text, names->items[i].length);
    }
}

static void put_turns(FILE *file, const kh_turn *turns, uint32_t count)
{
    put_count(file, count);
    for (uint32_t i = 0; i < count; i++) {
        put(file, &turns[i], sizeof *turns);
        put(file, turns[i].held, turns[i].count * sizeof *turns[i].held);
    }
}

static void put_balances(FILE *file, const kh_pass *pass)
{
    kh_arena arena = {0};
    for (uint32_t key = 0; key < kh_balances_keys(pass); key++) {
        kh_ends ends;
        kh_arena_reset(&arena);
        if (!kh_balances_ends(pass, key, &ends, &arena)) continue;
        put_count(file, (uint32_t)ends.length + 1);
        put(file, ends.key, ends.length);
        put(file, &ends.until, sizeof ends.until);
        put_turns(file, ends.first, ends.first_count);
        put_turns(file, ends.last, ends.last_count);
    }
    put_count(file, 0);
    kh_arena_fini(&arena);
}

static size_t days_of(const kh_pass *pass)
{
    return (size_t)(pass->window.to - pass->window.from) + 1;
}

bool kh_share_write(const kh_scan *s, FILE *file)
{
    size_t subjects = s->state->facts->subject_count;
    for (uint32_t p = 0; p < s->pass_count; p++) {
        const kh_pass *pass = &s->passes[p];
        put(file, pass->cells, pass->count * subjects * sizeof *pass->cells);
        for (uint32_t m = 0; m < pass->count; m++) {
            const kh_int128 *daily = pass->daily->changes[m];
            if (daily) put(file, daily, subjects * days_of(pass) * sizeof *daily);
            const struct kh_set *set = &pass->distinct[m];
            put_names(file, &pass->distinct_values[m]);
            put_count(file, (uint32_t)set->used);
            for (size_t i = 0; i < set->size; i++) {
                if (set->slots[i]) put(file, &set->slots[i], sizeof set->slots[i]);
            }
        }
        put_names(file, &pass->excluded->names);
        put(file, pass->excluded->amounts,
            pass->excluded->names.count * sizeof *pass->excluded->amounts);
        if (pass->balance) put_balances(file, pass);
    }
    return fflush(file) == 0 && !ferror(file);
}

/* ---- and back ------------------------------------------------------------------------------ */

typedef struct intake {
    const char *at, *end;
    bool bad;
} intake;

/* The next bytes; NULL when there are not so many. */
static const char *take(intake *in, size_t size)
{
    if (in->bad || (size_t)(in->end - in->at) < size) {
        in->bad = true;
        return NULL;
    }
    in->at += size;
    return in->at - size;
}

static bool take_into(intake *in, void *to, size_t size)
{
    const char *from = take(in, size);
    if (from && size) memcpy(to, from, size);
    return from != NULL;
}

static uint32_t take_count(intake *in)
{
    uint32_t n = 0;
    take_into(in, &n, sizeof n);
    return n;
}

/* A cell of the rows behind. False: too long a sum. */
static bool add_cell(kh_cell *to, const kh_cell *from, kh_aggregate aggregate)
{
    bool fits = true, none = to->count == 0, replace = false;
    if (from->count == 0) return true;
    switch (aggregate) {
    case KH_MIN: replace = none || from->sum < to->sum; break;
    case KH_MAX: replace = none || from->sum > to->sum; break;
    case KH_FIRST: replace = none || from->date < to->date; break;
    case KH_LAST: replace = none || from->date >= to->date; break;
    default:
        fits = !__builtin_add_overflow(to->sum, from->sum, &to->sum) &&
               !__builtin_add_overflow(to->weight, from->weight, &to->weight);
        break;
    }
    if (replace) {
        to->sum = from->sum;
        to->date = from->date;
    }
    to->count += from->count;
    return fits;
}

static bool add_cells(kh_pass *pass, intake *in)
{
    size_t subjects = pass->state->facts->subject_count;
    const kh_measure_decl *measures = pass->state->measures->plan->measures;
    bool fits = true;
    for (size_t i = 0; i < pass->count * subjects; i++) {
        kh_cell from;
        if (!take_into(in, &from, sizeof from)) return false;
        kh_aggregate aggregate = measures[pass->measures[i / subjects]].aggregate;
        if (aggregate == KH_COUNT_DISTINCT) continue; /* counted by its values */
        fits &= add_cell(&pass->cells[i], &from, aggregate);
    }
    return fits;
}

static bool add_daily(kh_pass *pass, uint32_t m, intake *in)
{
    kh_int128 *daily = pass->daily->changes[m], from;
    size_t count = daily ? pass->state->facts->subject_count * days_of(pass) : 0;
    bool fits = true;
    for (size_t i = 0; i < count && take_into(in, &from, sizeof from); i++) {
        fits &= !__builtin_add_overflow(daily[i], from, &daily[i]);
    }
    return fits;
}

static kh_names take_names(intake *in)
{
    kh_names names = {0};
    for (uint32_t i = take_count(in); i > 0 && !in->bad; i--) {
        uint32_t length = take_count(in);
        const char *text = take(in, length);
        if (text) kh_names_add(&names, text, length);
    }
    return names;
}

static void add_distinct(kh_pass *pass, uint32_t m, intake *in)
{
    kh_names names = take_names(in);
    for (uint32_t i = take_count(in); i > 0; i--) {
        uint64_t pair = 0;
        if (!take_into(in, &pair, sizeof pair)) break;
        pair--; /* as a set keeps it */
        in->bad |= (uint32_t)pair >= names.count;
        if (in->bad) break;
        const struct kh_name *name = &names.items[(uint32_t)pair];
        kh_fold_distinct(pass, m, (uint32_t)(pair >> 32), name->text, name->length);
    }
    kh_names_fini(&names);
}

static kh_status add_excluded(kh_pass *pass, intake *in, kh_error *err)
{
    kh_names names = take_names(in);
    kh_status rc = KH_OK;
    for (uint32_t i = 0; rc == KH_OK && i < names.count; i++) {
        kh_int128 amount = 0;
        if (!take_into(in, &amount, sizeof amount)) break;
        rc = kh_excluded_put(pass, names.items[i].text, names.items[i].length, amount, err);
    }
    kh_names_fini(&names);
    return rc;
}

static kh_turn *take_turns(intake *in, uint32_t *count, kh_arena *arena)
{
    *count = take_count(in);
    kh_turn *turns = in->bad ? NULL : kh_arena_array(arena, *count + 1, sizeof *turns);
    for (uint32_t i = 0; i < *count; i++) {
        if (!take_into(in, &turns[i], sizeof *turns)) return NULL;
        turns[i].held = kh_arena_array(arena, turns[i].count + 1, sizeof *turns[i].held);
        if (!take_into(in, turns[i].held, turns[i].count * sizeof *turns[i].held)) return NULL;
    }
    return turns;
}

static kh_status add_balances(kh_pass *pass, intake *in, kh_error *err)
{
    kh_arena arena = {0};
    kh_status rc = KH_OK;
    for (uint32_t size = take_count(in); rc == KH_OK && size && !in->bad; size = take_count(in)) {
        kh_ends ends = {.length = size - 1};
        kh_arena_reset(&arena);
        ends.key = take(in, ends.length);
        take_into(in, &ends.until, sizeof ends.until);
        ends.first = take_turns(in, &ends.first_count, &arena);
        ends.last = take_turns(in, &ends.last_count, &arena);
        if (ends.first_count == 0) ends.first = NULL;
        if (!in->bad) rc = kh_balances_follow(pass, &ends, err);
    }
    kh_arena_fini(&arena);
    return rc;
}

kh_status kh_share_add(kh_scan *s, const char *data, size_t size, kh_error *err)
{
    intake in = {data, data + size, false};
    kh_status rc = KH_OK;
    bool fits = true;
    for (uint32_t p = 0; rc == KH_OK && p < s->pass_count; p++) {
        kh_pass *pass = &s->passes[p];
        fits &= add_cells(pass, &in);
        for (uint32_t m = 0; m < pass->count; m++) {
            fits &= add_daily(pass, m, &in);
            add_distinct(pass, m, &in);
        }
        rc = add_excluded(pass, &in, err);
        if (rc == KH_OK && pass->balance) rc = add_balances(pass, &in, err);
    }
    if (rc == KH_OK && (in.bad || !fits)) rc = kh_fail(err, KH_ELIMIT, "a share does not fit");
    return rc;
}
