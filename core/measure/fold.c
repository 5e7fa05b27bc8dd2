/* Folding rows into one number per measure and subject, exactly. */
#include "measure/fold.h"

#include <stdlib.h>
#include <string.h>

/* ---- sets and maps ------------------------------------------------------------------------- */

static bool set_add(struct kh_set *set, uint64_t key)
{
    if (set->used * 2 >= set->size) {
        struct kh_set bigger = {.size = set->size ? set->size * 2 : 1024};
        bigger.slots = calloc(bigger.size, sizeof *bigger.slots);
        if (!bigger.slots) abort();
        for (size_t i = 0; i < set->size; i++) {
            if (set->slots[i]) set_add(&bigger, set->slots[i] - 1);
        }
        free(set->slots);
        *set = bigger;
    }
    size_t mask = set->size - 1;
    for (size_t i = (key * 0x9e3779b97f4a7c15ULL >> 20) & mask;; i = (i + 1) & mask) {
        if (set->slots[i] == key + 1) return false;
        if (!set->slots[i]) {
            set->slots[i] = key + 1;
            set->used++;
            return true;
        }
    }
}

typedef struct excluded_key {
    uint32_t subject, local, rules;
    char key[];
} excluded_key;

kh_status kh_fold_too_long(const kh_pass *pass, uint32_t local, kh_error *err)
{
    return kh_fail(err, KH_ELIMIT, "measure '%s': the sum needs more than 38 digits",
                   pass->state->measures->plan->measures[pass->measures[local]].name.text);
}

kh_status kh_excluded_add(kh_pass *pass, uint32_t local, uint32_t subject, const char *key,
                          size_t length, uint32_t rules, kh_int128 amount, kh_error *err)
{
    char buffer[512];
    if (length > sizeof buffer - sizeof(excluded_key))
        length = sizeof buffer - sizeof(excluded_key);
    excluded_key head = {.subject = subject, .local = local, .rules = rules};
    memcpy(buffer, &head, sizeof head);
    memcpy(buffer + sizeof head, key, length);
    return kh_excluded_put(pass, buffer, sizeof head + length, amount, err);
}

kh_status kh_excluded_put(kh_pass *pass, const char *name, size_t size, kh_int128 amount,
                          kh_error *err)
{
    struct kh_excluded_map *map = pass->excluded;
    uint32_t number = kh_names_add(&map->names, name, size);
    if (number >= map->room) {
        uint32_t room = map->room ? map->room * 2 : 64;
        map->amounts = realloc(map->amounts, room * sizeof *map->amounts);
        if (!map->amounts) abort();
        memset(map->amounts + map->room, 0, (room - map->room) * sizeof *map->amounts);
        map->room = room;
    }
    if (__builtin_add_overflow(map->amounts[number], amount, &map->amounts[number])) {
        excluded_key head;
        memcpy(&head, name, sizeof head);
        return kh_fold_too_long(pass, head.local, err);
    }
    return KH_OK;
}

/* ---- folding ------------------------------------------------------------------------------- */

static const kh_measure_decl *decl_of(const kh_pass *pass, uint32_t local)
{
    return &pass->state->measures->plan->measures[pass->measures[local]];
}

static kh_cell *cell_of(kh_pass *pass, uint32_t local, uint32_t subject)
{
    return &pass->cells[(size_t)local * pass->state->facts->subject_count + subject];
}

kh_status kh_fold_row(kh_pass *pass, uint32_t local, uint32_t subject, kh_int128 value,
                      kh_int128 weight, kh_int128 share, kh_date day, kh_error *err)
{
    kh_cell *cell = cell_of(pass, local, subject);
    kh_int128 part;
    bool over = false;
    switch (decl_of(pass, local)->aggregate) {
    case KH_SUM:
        over = __builtin_mul_overflow(value, share, &part) ||
               __builtin_add_overflow(cell->sum, part, &cell->sum);
        break;
    case KH_AVG:
    case KH_WEIGHTED_AVG:
        over = __builtin_mul_overflow(weight, share, &weight) ||
               __builtin_mul_overflow(value, weight, &part) ||
               __builtin_add_overflow(cell->sum, part, &cell->sum) ||
               __builtin_add_overflow(cell->weight, weight, &cell->weight);
        break;
    case KH_MIN:
        if (cell->count == 0 || value < cell->sum) cell->sum = value;
        break;
    case KH_MAX:
        if (cell->count == 0 || value > cell->sum) cell->sum = value;
        break;
    case KH_FIRST:
        if (cell->count == 0 || day < cell->date) {
            cell->sum = value;
            cell->date = day;
        }
        break;
    case KH_LAST:
        if (cell->count == 0 || day >= cell->date) {
            cell->sum = value;
            cell->date = day;
        }
        break;
    case KH_COUNT:
    case KH_COUNT_DISTINCT: break;
    }
    cell->count++;
    return over ? kh_fold_too_long(pass, local, err) : KH_OK;
}

void kh_fold_distinct(kh_pass *pass, uint32_t local, uint32_t subject, const char *text,
                      size_t length)
{
    uint32_t value = kh_names_add(&pass->distinct_values[local], text, length);
    if (set_add(&pass->distinct[local], (uint64_t)subject << 32 | value)) {
        cell_of(pass, local, subject)->count++;
    }
}

/* How many days of [from, to) a measure counts. */
static int64_t days_between(const kh_pass *pass, kh_over over, kh_date from, kh_date to)
{
    if (over != KH_OVER_AVERAGE_WORKING) return (int64_t)to - from;
    return kh_calendar_workdays(&pass->state->calendar, from, to);
}

int64_t kh_fold_times(const kh_pass *pass, kh_over over, kh_date from, kh_date to)
{
    switch (over) {
    case KH_OVER_AVERAGE:
    case KH_OVER_AVERAGE_WORKING:
    case KH_OVER_SUM: return days_between(pass, over, from, to);
    case KH_OVER_FIRST: return from == pass->window.from;
    case KH_OVER_LAST:
    case KH_OVER_LAST_SEEN: return to == pass->window.to;
    default: return 1;
    }
}

kh_status kh_fold_balance(kh_pass *pass, uint32_t local, uint32_t subject, kh_int128 value,
                          kh_int128 share, kh_date from, kh_date to, kh_error *err)
{
    const kh_measure_decl *decl = decl_of(pass, local);
    kh_cell *cell = cell_of(pass, local, subject);
    kh_int128 amount;
    bool over = __builtin_mul_overflow(value, share, &amount);
    cell->count++;
    if (decl->over == KH_OVER_MAX) {
        size_t days = (size_t)(pass->window.to - pass->window.from) + 1;
        kh_int128 *begins =
            pass->daily->changes[local] + subject * days + (from - pass->window.from);
        kh_int128 *ends = begins + (to - from);
        over |= __builtin_add_overflow(*begins, amount, begins);
        over |= __builtin_sub_overflow(*ends, amount, ends);
    } else {
        int64_t times = kh_fold_times(pass, decl->over, from, to);
        over |= __builtin_mul_overflow(amount, times, &amount) ||
                __builtin_add_overflow(cell->sum, amount, &cell->sum);
    }
    return over ? kh_fold_too_long(pass, local, err) : KH_OK;
}

void kh_fold_init(kh_pass *pass)
{
    size_t subjects = pass->state->facts->subject_count;
    pass->cells = calloc(pass->count * subjects + 1, sizeof *pass->cells);
    pass->distinct = calloc(pass->count + 1, sizeof *pass->distinct);
    pass->distinct_values = calloc(pass->count + 1, sizeof *pass->distinct_values);
    pass->excluded = calloc(1, sizeof *pass->excluded);
    pass->daily = calloc(1, sizeof *pass->daily);
    if (!pass->cells || !pass->distinct || !pass->distinct_values || !pass->excluded ||
        !pass->daily) {
        abort();
    }
    pass->daily->changes = calloc(pass->count + 1, sizeof *pass->daily->changes);
    if (!pass->daily->changes) abort();
    size_t days = (size_t)(pass->window.to - pass->window.from) + 1;
    for (uint32_t i = 0; i < pass->count; i++) {
        if (decl_of(pass, i)->over != KH_OVER_MAX) continue;
        pass->daily->changes[i] = calloc(subjects * days + 1, sizeof **pass->daily->changes);
        if (!pass->daily->changes[i]) abort();
    }
}

void kh_fold_fini(kh_pass *pass)
{
    for (uint32_t i = 0; i < pass->count; i++) {
        if (pass->distinct) free(pass->distinct[i].slots);
        if (pass->distinct_values) kh_names_fini(&pass->distinct_values[i]);
        if (pass->daily) free(pass->daily->changes[i]);
    }
    if (pass->daily) free(pass->daily->changes);
    if (pass->excluded) {
        kh_names_fini(&pass->excluded->names);
        free(pass->excluded->amounts);
    }
    free(pass->daily);
    free(pass->excluded);
    free(pass->distinct);
    free(pass->distinct_values);
    free(pass->cells);
    pass->daily = NULL;
    pass->excluded = NULL;
    pass->distinct = NULL;
    pass->distinct_values = NULL;
    pass->cells = NULL;
}

/* ---- from cells to values ------------------------------------------------------------------ */

/* Decimals of what a cell sums up. Rows are counted as 1, whatever column they are counted by. */
int kh_fold_scale(const kh_pass *pass, uint32_t local)
{
    const kh_expr *value = pass->state->measures->exprs[pass->measures[local]].value;
    return value && decl_of(pass, local)->aggregate != KH_COUNT ? value->scale : 0;
}

kh_decimal kh_fold_divisor(const kh_pass *pass, uint32_t local)
{
    const kh_measure_decl *decl = decl_of(pass, local);
    kh_decimal divisor = pass->state->measures->exprs[pass->measures[local]].divisor;
    if (decl->over != KH_OVER_AVERAGE && decl->over != KH_OVER_AVERAGE_WORKING) return divisor;
    int64_t days = days_between(pass, decl->over, pass->window.from, pass->window.to);
    return kh_dec_mul(divisor, kh_dec_int(days));
}

/* A summed amount, divided once. */
static kh_decimal amount_of(const kh_pass *pass, uint32_t local, kh_int128 sum)
{
    kh_decimal amount = kh_dec_from_scaled(sum, kh_fold_scale(pass, local) + pass->share_scale);
    kh_decimal divisor = kh_fold_divisor(pass, local);
    return kh_dec_cmp(divisor, KH_ONE) == 0 ? amount : kh_dec_div(amount, divisor);
}

static kh_decimal value_of(kh_pass *pass, uint32_t local, uint32_t subject)
{
    const kh_measure_decl *decl = decl_of(pass, local);
    const kh_measure_exprs *exprs = &pass->state->measures->exprs[pass->measures[local]];
    const kh_cell *cell = cell_of(pass, local, subject);
    if (decl->aggregate == KH_COUNT || decl->aggregate == KH_COUNT_DISTINCT) {
        if (decl->over == KH_OVER_NONE) return kh_dec_int(cell->count); /* nothing to count is 0 */
        return amount_of(pass, local, cell->sum);
    }
    if (cell->count == 0) return decl->missing_zero ? KH_ZERO : KH_ABSENT;
    int scale = kh_fold_scale(pass, local);
    switch (decl->aggregate) {
    case KH_AVG:
    case KH_WEIGHTED_AVG: {
        int weight_scale = decl->aggregate == KH_AVG ? 0 : exprs->weight->scale;
        kh_decimal sum = kh_dec_from_scaled(cell->sum, scale + weight_scale + pass->share_scale);
        kh_decimal weight = kh_dec_from_scaled(cell->weight, weight_scale + pass->share_scale);
        return kh_dec_div(sum, kh_dec_mul(weight, exprs->divisor));
    }
    case KH_MIN:
    case KH_MAX:
    case KH_FIRST:
    case KH_LAST: return kh_dec_from_scaled(cell->sum, scale);
    default: break;
    }
    if (decl->over == KH_OVER_MAX) {
        size_t days = (size_t)(pass->window.to - pass->window.from);
        const kh_int128 *changes = pass->daily->changes[local] + subject * (days + 1);
        kh_int128 total = 0, most = 0;
        for (size_t day = 0; day < days; day++) {
            total += changes[day];
            if (day == 0 || total > most) most = total;
        }
        return amount_of(pass, local, most);
    }
    return amount_of(pass, local, cell->sum);
}

static void finish_excluded(kh_pass *pass)
{
    kh_facts *facts = pass->state->facts;
    const struct kh_excluded_map *map = pass->excluded;
    if (map->names.count == 0) return;
    kh_left_out *all =
        kh_arena_array(&facts->arena, facts->left_out_count + map->names.count, sizeof *all);
    if (facts->left_out_count) memcpy(all, facts->left_out, facts->left_out_count * sizeof *all);
    for (uint32_t i = 0; i < map->names.count; i++) {
        const struct kh_name *name = &map->names.items[i];
        excluded_key head;
        memcpy(&head, name->text, sizeof head);
        const kh_measure_decl *decl = decl_of(pass, head.local);
        char rules[512] = "";
        for (uint32_t r = 0; r < decl->exclude_count; r++) {
            if (!(head.rules >> r & 1)) continue;
            size_t n = strlen(rules);
            snprintf(rules + n, sizeof rules - n, "%s%s", n ? "、" : "",
                     decl->excludes[r].rule.text);
        }
        all[facts->left_out_count++] = (kh_left_out){
            head.subject, pass->measures[head.local],
            kh_arena_bytes(&facts->arena, name->text + sizeof head, name->length - sizeof head),
            kh_arena_text(&facts->arena, rules), amount_of(pass, head.local, map->amounts[i])};
    }
    facts->left_out = all;
}

void kh_fold_finish(kh_pass *pass)
{
    kh_facts *facts = pass->state->facts;
    for (uint32_t i = 0; i < pass->count; i++) {
        for (uint32_t s = 0; s < facts->subject_count; s++) {
            facts->values[(size_t)pass->measures[i] * facts->subject_count + s] =
                value_of(pass, i, s);
        }
    }
    finish_excluded(pass);
    if (pass->state->measures->lineage) kh_lineage_finish(pass);
}
