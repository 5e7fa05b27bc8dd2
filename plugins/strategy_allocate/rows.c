/* Rows of nobody go to people one by one, each within his capacity (PR-18).
 *
 * Who has a row already keeps it, beyond his capacity, too. The others are handed out best first,
 * in each pool to the first in turn who still has room. What nobody can hold stays over and is said.
 */
#include "allocate.h"

enum { NAMED_MOST = 10 }; /* keys written out in one step */

/* A row while it is handed out. */
typedef struct row {
    const char *key, *pool;
    uint32_t *places; /* its place by each column of `by`, best first */
    uint32_t by_count, number;
    uint32_t keeper; /* KH_NOBODY: none */
} row;

/* Who had a row before. */
typedef struct holding {
    const char *key;
    uint32_t subject;
} holding;

/* What a subject takes part with, and what he gets. */
typedef struct taker {
    kh_decimal turn, capacity, room;
    uint32_t kept, given;
    uint32_t first; /* of the rows given; KH_NOBODY: none */
} taker;

typedef struct waiting {
    uint32_t place, subject;
} waiting;

typedef struct dealing {
    const allocate *allocate;
    kh_sheet *sheet;
    const kh_sheet_ops *ops;
    const kh_decimal_ops *dec;
    kh_input turn, capacity;
    kh_handle records, keeper;
    kh_handle column, added, over_column; /* all he has, what is new; what his pool has left over */
    kh_pools pools;
    row *rows;
    uint32_t count;
    uint32_t *places; /* of all rows and columns */
    holding *held;
    uint32_t held_count;
    taker *takers;   /* one per subject */
    uint32_t *queue; /* of pool p: takers in turn, from pools.starts[p] on */
    uint32_t *ends;  /* of pool p: behind the last taker */
    uint32_t *heads; /* of pool p: the taker who is served now */
    uint32_t *over;  /* of pool p: rows nobody can hold */
    uint32_t *dealt; /* of pool p: rows without a keeper so far */
    kh_gift *gifts;
    uint32_t gift_count;
    uint32_t *next;    /* of row i: the next one given to the same, or left over in the same pool */
    uint32_t *left;    /* of pool p: the first row left over */
    char (*words)[64]; /* the words of each gift */
} dealing;

kh_status check_rows(const allocate *a, const kh_sheet *sheet, kh_error *err)
{
    const kh_sheet_ops *ops = sheet->ops;
    if (!a->key || !a->turn || !a->capacity) {
        return kh_fail(err, KH_EUSAGE,
                       "rows are handed out in turn, within capacities: give 'key', 'turn' and "
                       "'capacity'");
    }
    if (a->weight || a->pay || a->total) {
        return kh_fail(err, KH_EUSAGE, "'%s' belongs to a total; rows are handed out one by one",
                       a->weight ? "weight"
                       : a->pay  ? "pay"
                                 : "total");
    }
    if ((a->within == WITHIN_GROUP) != (a->pool != NULL)) {
        return kh_fail(err, KH_EUSAGE,
                       "rows for each group need both: within = \"group\", and 'pool' with the "
                       "column that names the group");
    }
    kh_handle rows = ops->find_records(sheet, a->rows);
    if (!ops->records_of_nobody(sheet, rows)) {
        return kh_fail(err, KH_EUSAGE,
                       "the rows of records \"%s\" belong to subjects already; declare their "
                       "dataset with subject = false",
                       a->rows);
    }
    kh_status rc = ops->check_record(sheet, rows, a->key, false, err);
    if (rc == KH_OK && a->pool) rc = ops->check_record(sheet, rows, a->pool, false, err);
    for (uint32_t i = 0; rc == KH_OK && i < a->by.count; i++) {
        rc = ops->check_record(sheet, rows, a->by.items[i], true, err);
    }
    if (rc < 0 || !a->keeper) return rc;
    return ops->check_record(sheet, ops->find_records(sheet, a->keeper), a->key, false, err);
}

/* ---- the rows, best first ------------------------------------------------------------------ */

static int compare_rows(const void *x, const void *y)
{
    const row *a = x, *b = y;
    for (uint32_t i = 0; i < a->by_count; i++) {
        if (a->places[i] != b->places[i]) return a->places[i] < b->places[i] ? -1 : 1;
    }
    return strcmp(a->key, b->key);
}

static int compare_keys(const void *x, const void *y)
{
    const holding *a = x, *b = y;
    int order = strcmp(a->key, b->key);
    return order ? order : (a->subject > b->subject) - (a->subject < b->subject);
}

/* The places of all rows by one column, the highest value first, absent ones last. */
static kh_status place_rows(dealing *d, uint32_t by, kh_error *err)
{
    const allocate *a = d->allocate;
    kh_decimal *values = calloc(d->count + 1, sizeof *values);
    uint32_t *places = calloc(d->count + 1, sizeof *places);
    kh_status rc = values && places ? KH_OK : kh_fail(err, KH_ELIMIT, "out of memory");
    for (uint32_t i = 0; rc == KH_OK && i < d->count; i++) {
        rc = d->ops->record_number(d->sheet, d->records, KH_NOBODY, i, a->by.items[by], &values[i],
                                   err);
    }
    if (rc == KH_OK) a->host->rules->rank(values, d->count, true, places);
    for (uint32_t i = 0; rc == KH_OK && i < d->count; i++) {
        d->rows[i].places[by] = places[i] ? places[i] : UINT32_MAX;
    }
    free(values);
    free(places);
    return rc;
}

static kh_status read_rows(dealing *d, kh_error *err)
{
    const allocate *a = d->allocate;
    kh_status rc = KH_OK;
    for (uint32_t i = 0; rc == KH_OK && i < d->count; i++) {
        row *r = &d->rows[i];
        *r = (row){.places = d->places + (size_t)i * a->by.count,
                   .by_count = a->by.count,
                   .number = i,
                   .pool = "",
                   .keeper = KH_NOBODY};
        rc = d->ops->record_text(d->sheet, d->records, KH_NOBODY, i, a->key, &r->key, err);
        if (rc == KH_OK && a->pool) {
            rc = d->ops->record_text(d->sheet, d->records, KH_NOBODY, i, a->pool, &r->pool, err);
        }
        if (rc == KH_OK && !r->key[0]) {
            rc = kh_fail(err, KH_EDATA,
                         "records \"%s\": a row has no '%s'; nobody can be told of it", a->rows,
                         a->key);
        }
    }
    for (uint32_t by = 0; rc == KH_OK && by < a->by.count; by++) rc = place_rows(d, by, err);
    if (rc == KH_OK && d->count) qsort(d->rows, d->count, sizeof *d->rows, compare_rows);
    return rc;
}

/* Who has which key now; a key two people have cannot be kept by both. */
static kh_status read_holdings(dealing *d, kh_error *err)
{
    const allocate *a = d->allocate;
    uint32_t subjects = d->ops->subject_count(d->sheet), rows = 0;
    for (uint32_t s = 0; s < subjects; s++) rows += d->ops->record_count(d->sheet, d->keeper, s);
    d->held = calloc(rows + 1, sizeof *d->held);
    if (!d->held) return kh_fail(err, KH_ELIMIT, "out of memory");
    for (uint32_t s = 0; s < subjects; s++) {
        for (uint32_t i = 0; i < d->ops->record_count(d->sheet, d->keeper, s); i++) {
            holding *h = &d->held[d->held_count++];
            h->subject = s;
            kh_status rc = d->ops->record_text(d->sheet, d->keeper, s, i, a->key, &h->key, err);
            if (rc < 0) return rc;
        }
    }
    if (d->held_count) qsort(d->held, d->held_count, sizeof *d->held, compare_keys);
    for (uint32_t i = 1; i < d->held_count; i++) {
        const holding *one = &d->held[i - 1], *two = &d->held[i];
        if (strcmp(one->key, two->key) != 0 || one->subject == two->subject) continue;
        return kh_fail(err, KH_EDATA, "'%s' is kept by %s and by %s; one of them at a time",
                       one->key, d->ops->subject(d->sheet, one->subject)->id,
                       d->ops->subject(d->sheet, two->subject)->id);
    }
    return KH_OK;
}

static uint32_t keeper_of(const dealing *d, const char *key)
{
    uint32_t low = 0, high = d->held_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (strcmp(d->held[middle].key, key) < 0) low = middle + 1;
        else high = middle;
    }
    return low < d->held_count && !strcmp(d->held[low].key, key) ? d->held[low].subject : KH_NOBODY;
}

/* A row stands there once; kept rows use up the room of their keepers first. */
static kh_status keep_rows(dealing *d, kh_error *err)
{
    uint32_t subjects = d->ops->subject_count(d->sheet);
    holding *keys = calloc(d->count + 1, sizeof *keys);
    if (!keys) return kh_fail(err, KH_ELIMIT, "out of memory");
    for (uint32_t i = 0; i < d->count; i++) keys[i] = (holding){d->rows[i].key, i};
    if (d->count) qsort(keys, d->count, sizeof *keys, compare_keys);
    kh_status rc = KH_OK;
    for (uint32_t i = 1; rc == KH_OK && i < d->count; i++) {
        if (strcmp(keys[i - 1].key, keys[i].key) != 0) continue;
        rc = kh_fail(err, KH_EDATA, "records \"%s\": '%s' stands there twice; keep one row of it",
                     d->allocate->rows, keys[i].key);
    }
    free(keys);
    for (uint32_t i = 0; rc == KH_OK && i < d->count; i++) {
        uint32_t s = d->rows[i].keeper = keeper_of(d, d->rows[i].key);
        if (s != KH_NOBODY) d->takers[s].kept++;
    }
    for (uint32_t s = 0; rc == KH_OK && s < subjects; s++) {
        taker *t = &d->takers[s];
        t->room = d->dec->sub(t->capacity, d->dec->from_int(t->kept)); /* absent: no limit */
    }
    return rc;
}

/* ---- the people, in turn ------------------------------------------------------------------- */

static kh_status read_takers(dealing *d, kh_error *err)
{
    uint32_t subjects = d->ops->subject_count(d->sheet);
    for (uint32_t s = 0; s < subjects; s++) {
        taker *t = &d->takers[s];
        t->first = KH_NOBODY;
        t->turn = kh_input_value(d->sheet, &d->turn, s);
        t->capacity = kh_input_value(d->sheet, &d->capacity, s);
        if (kh_is_absent(t->capacity)) continue;
        if (d->dec->cmp(t->capacity, d->dec->from_int(0)) < 0) {
            return kh_fail(err, KH_EDATA, "the capacity '%s' of %s is negative; give at least 0",
                           d->allocate->capacity, d->ops->subject(d->sheet, s)->id);
        }
        t->capacity = d->dec->floor(t->capacity, 0);
    }
    return KH_OK;
}

static int compare_waiting(const void *x, const void *y)
{
    const waiting *a = x, *b = y;
    if (a->place != b->place) return a->place < b->place ? -1 : 1;
    return (a->subject > b->subject) - (a->subject < b->subject);
}

/* The takers of a pool by their turns, the lowest first, equal ones by id. */
static kh_status line_up(dealing *d, uint32_t p, kh_error *err)
{
    uint32_t from = d->pools.starts[p], count = d->pools.starts[p + 1] - from, end = from;
    kh_decimal *turns = calloc(count + 1, sizeof *turns);
    uint32_t *places = calloc(count + 1, sizeof *places);
    waiting *line = calloc(count + 1, sizeof *line);
    kh_status rc = turns && places && line ? KH_OK : kh_fail(err, KH_ELIMIT, "out of memory");
    for (uint32_t i = 0; rc == KH_OK && i < count; i++) {
        turns[i] = d->dec->sub(d->dec->from_int(0), d->takers[d->pools.members[from + i]].turn);
    }
    if (rc == KH_OK) d->allocate->host->rules->rank(turns, count, true, places);
    for (uint32_t i = 0; rc == KH_OK && i < count; i++) {
        line[i] = (waiting){places[i], d->pools.members[from + i]};
    }
    if (rc == KH_OK && count) qsort(line, count, sizeof *line, compare_waiting);
    for (uint32_t i = 0; rc == KH_OK && i < count; i++) {
        if (line[i].place) d->queue[end++] = line[i].subject;
    }
    d->heads[p] = from;
    d->ends[p] = end;
    free(turns);
    free(places);
    free(line);
    return rc;
}

static bool has_room(const dealing *d, uint32_t s)
{
    kh_decimal room = d->takers[s].room;
    return kh_is_absent(room) || d->dec->cmp(room, d->dec->from_int(0)) > 0;
}

/* The pool called @p name; pools lie in the order of their names. KH_NOBODY when there is none. */
static uint32_t pool_named(const dealing *d, const char *name)
{
    if (!d->allocate->pool) return d->pools.count ? 0 : KH_NOBODY;
    uint32_t low = 0, high = d->pools.count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        uint32_t member = d->pools.members[d->pools.starts[middle]];
        int order = strcmp(d->ops->subject(d->sheet, member)->group, name);
        if (order == 0) return middle;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return KH_NOBODY;
}

/* A group whose people have all failed gets nothing; one that does not exist is a mistake. */
static kh_status miss_pool(const dealing *d, const row *r, kh_error *err)
{
    if (!d->allocate->pool) return KH_OK;
    for (uint32_t s = 0; s < d->ops->subject_count(d->sheet); s++) {
        if (!strcmp(d->ops->subject(d->sheet, s)->group, r->pool)) return KH_OK;
    }
    return kh_fail(err, KH_EDATA,
                   "records \"%s\": '%s' belongs to the group '%s', where nobody is; put it right, "
                   "or leave the row out with where",
                   d->allocate->rows, r->key, r->pool);
}

static void give(dealing *d, const row *r, uint32_t s, uint32_t place)
{
    char *words = d->words[d->gift_count];
    if (place) snprintf(words, sizeof d->words[0], "第 %u 位分入", place);
    else snprintf(words, sizeof d->words[0], "沿用");
    d->gifts[d->gift_count++] = (kh_gift){r->number, s, r->key, words};
    if (!place) return;
    taker *t = &d->takers[s];
    t->given++;
    t->room = d->dec->sub(t->room, d->dec->from_int(1));
}

/* Who gets a row without a keeper; KH_NOBODY: it stays over in *pool, or there is no such pool. */
static kh_status find_taker(dealing *d, const row *r, uint32_t *pool, uint32_t *out, kh_error *err)
{
    uint32_t p = *pool = pool_named(d, r->pool);
    *out = KH_NOBODY;
    if (p == KH_NOBODY) return miss_pool(d, r, err);
    d->dealt[p]++;
    while (d->heads[p] < d->ends[p] && !has_room(d, d->queue[d->heads[p]])) d->heads[p]++;
    if (d->heads[p] < d->ends[p]) *out = d->queue[d->heads[p]];
    else d->over[p]++;
    return KH_OK;
}

static kh_status deal(dealing *d, kh_error *err)
{
    uint32_t **links = calloc(d->count + 1, sizeof *links); /* where row i is the first */
    kh_status rc = links ? KH_OK : kh_fail(err, KH_ELIMIT, "out of memory");
    for (uint32_t i = 0; rc == KH_OK && i < d->count; i++) {
        const row *r = &d->rows[i];
        uint32_t p, s = r->keeper;
        if (s != KH_NOBODY) {
            if (!d->ops->failed(d->sheet, s)) give(d, r, s, 0);
            continue;
        }
        rc = find_taker(d, r, &p, &s, err);
        if (rc < 0 || p == KH_NOBODY) continue;
        if (s != KH_NOBODY) give(d, r, s, d->dealt[p]);
        links[i] = s != KH_NOBODY ? &d->takers[s].first : &d->left[p];
    }
    for (uint32_t i = d->count; rc == KH_OK && i-- > 0;) {
        if (!links[i]) continue;
        d->next[i] = *links[i];
        *links[i] = i;
    }
    free(links);
    return rc;
}

/* ---- words --------------------------------------------------------------------------------- */

/* The keys of @p first and the rows linked to it. */
static void name_rows(const dealing *d, uint32_t first, char *out, size_t size)
{
    size_t used = 0;
    uint32_t named = 0;
    out[0] = 0;
    for (uint32_t i = first; i != KH_NOBODY; i = d->next[i]) {
        const char *key = d->rows[i].key;
        if (named++ == NAMED_MOST || used + strlen(key) + 8 > size) {
            snprintf(out + used, size - used, "等");
            return;
        }
        used += (size_t)snprintf(out + used, size - used, "%s%s", named > 1 ? "、" : "", key);
    }
}

static void explain(const dealing *d, uint32_t s)
{
    const allocate *a = d->allocate;
    const taker *t = &d->takers[s];
    char given[512], more[640] = "", limit[KH_DECIMAL_TEXT * 2 + 64] = "";
    uint32_t all = t->kept + t->given;
    bool beyond = !kh_is_absent(t->room) && d->dec->cmp(t->room, d->dec->from_int(0)) < 0;
    if (kh_is_absent(t->turn)) {
        if (!all) return;
        snprintf(more, sizeof more, ",无%s,不参加新分", d->turn.title);
    } else if (t->given) {
        name_rows(d, t->first, given, sizeof given);
        snprintf(more, sizeof more, ",分入 %u %s(%s)", t->given, a->unit, given);
    }
    if (!kh_is_absent(t->capacity)) {
        kh_decimal room = beyond ? d->dec->sub(d->dec->from_int(0), t->room) : t->room;
        snprintf(limit, sizeof limit, ",容量 %s %s,%s %s %s", kh_show(d->dec, t->capacity, 0).text,
                 a->unit, beyond ? "超出" : "余", kh_show(d->dec, room, 0).text, a->unit);
    }
    kh_outcome outcome = beyond ? KH_FAILED : t->given ? KH_CHANGED : all ? KH_PASSED : KH_KEPT;
    kh_explain(d->sheet, s, "allocate", a->rule, outcome, "%s:沿用 %u %s%s,合计 %u %s%s", a->title,
               t->kept, a->unit, more, all, a->unit, limit);
}

static void set_count(const dealing *d, kh_handle column, uint32_t s, uint32_t count)
{
    if (column >= 0) d->ops->set_value(d->sheet, column, s, d->dec->from_int(count));
}

static void explain_pool(const dealing *d, uint32_t p)
{
    const allocate *a = d->allocate;
    char left[512];
    if (d->over[p]) name_rows(d, d->left[p], left, sizeof left);
    for (uint32_t i = d->pools.starts[p]; i < d->pools.starts[p + 1]; i++) {
        uint32_t s = d->pools.members[i];
        const taker *t = &d->takers[s];
        set_count(d, d->column, s, t->kept + t->given);
        set_count(d, d->added, s, t->given);
        set_count(d, d->over_column, s, d->over[p]);
        explain(d, s);
        if (!d->over[p] || kh_is_absent(t->turn)) continue;
        kh_explain(d->sheet, s, "allocate", a->rule, KH_FAILED, "%s:%s有 %u %s无人可容,未分配(%s)",
                   a->title, a->pool ? d->ops->subject(d->sheet, s)->group : "", d->over[p],
                   a->unit, left);
    }
}

/* ---- the stage ----------------------------------------------------------------------------- */

static kh_handle add_column(dealing *d, const char *name, const char *title)
{
    kh_column column = {name, title, d->allocate->unit, 0};
    return name ? d->ops->add_column(d->sheet, &column) : -1;
}

static kh_status find_all(dealing *d, kh_error *err)
{
    const allocate *a = d->allocate;
    kh_status rc = kh_input_find(d->sheet, a->turn, NULL, &d->turn, err);
    if (rc == KH_OK) rc = kh_input_find(d->sheet, a->capacity, NULL, &d->capacity, err);
    if (rc == KH_OK) rc = kh_pools_make(d->sheet, a->pool != NULL, &d->pools, err);
    if (rc < 0) return rc;
    d->records = d->ops->find_records(d->sheet, a->rows);
    d->keeper = a->keeper ? d->ops->find_records(d->sheet, a->keeper) : -1;
    d->count = d->ops->record_count(d->sheet, d->records, KH_NOBODY);
    size_t rows = (size_t)d->count + 1, subjects = (size_t)d->ops->subject_count(d->sheet) + 1;
    size_t pools = (size_t)d->pools.count + 1;
    d->rows = calloc(rows, sizeof *d->rows);
    d->places = calloc(rows * (a->by.count + 1), sizeof *d->places);
    d->takers = calloc(subjects, sizeof *d->takers);
    d->queue = calloc(subjects, sizeof *d->queue);
    d->ends = calloc(pools * 5, sizeof *d->ends);
    d->gifts = calloc(rows, sizeof *d->gifts);
    d->next = calloc(rows, sizeof *d->next);
    d->words = calloc(rows, sizeof *d->words);
    if (!d->rows || !d->places || !d->takers || !d->queue || !d->ends || !d->gifts || !d->next ||
        !d->words) {
        return kh_fail(err, KH_ELIMIT, "out of memory");
    }
    d->heads = d->ends + pools;
    d->over = d->heads + pools;
    d->dealt = d->over + pools;
    d->left = d->dealt + pools;
    for (uint32_t p = 0; p < d->pools.count; p++) d->left[p] = KH_NOBODY;
    d->column = add_column(d, a->as, a->title);
    d->added = add_column(d, a->as_new, "新分入");
    d->over_column = add_column(d, a->as_over, "未分配");
    return KH_OK;
}

static void free_all(dealing *d)
{
    kh_pools_free(&d->pools);
    free(d->rows);
    free(d->places);
    free(d->held);
    free(d->takers);
    free(d->queue);
    free(d->ends);
    free(d->gifts);
    free(d->next);
    free(d->words);
}

kh_status run_rows(const allocate *a, kh_sheet *sheet, kh_error *err)
{
    dealing d = {.allocate = a, .sheet = sheet, .ops = sheet->ops, .dec = a->host->decimal};
    kh_status rc = find_all(&d, err);
    if (rc == KH_OK) rc = read_rows(&d, err);
    if (rc == KH_OK && a->keeper) rc = read_holdings(&d, err);
    if (rc == KH_OK) rc = read_takers(&d, err);
    if (rc == KH_OK) rc = keep_rows(&d, err);
    for (uint32_t p = 0; rc == KH_OK && p < d.pools.count; p++) rc = line_up(&d, p, err);
    if (rc == KH_OK) rc = deal(&d, err);
    if (rc == KH_OK) {
        d.ops->give_records(sheet, d.records, d.gifts, d.gift_count);
        for (uint32_t p = 0; p < d.pools.count; p++) explain_pool(&d, p);
    }
    free_all(&d);
    return rc;
}
