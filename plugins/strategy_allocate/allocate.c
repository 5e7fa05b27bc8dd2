/* Strategy `allocate`: a total is split by weights or fills capacities in turn (PR-13, PR-18).
 *
 * In place of a total, rows that belong to nobody are handed out one by one: rows.c.
 * By weights: each slice is rounded down, what remains goes to the last one. Whoever would get more
 * than his capacity gets his capacity, and the others share the rest anew. In turn: each takes
 * what he can hold until nothing is left. What nobody can hold stays over and is said.
 */
#include "allocate.h"

static const char *const withins[] = {"all", "group", NULL};

static const allocate defaults = {.title = "分配", .rule = "", .unit = "项", .places = 2};
static const kh_option options[] = {
    {.key = "total",
     .type = KH_OPT_TEXT,
     .offset = offsetof(allocate, total),
     .refers = KH_REFERS_VALUE,
     .help = "what is given out: a parameter, or a value that all of a pool share"},
    {.key = "weight",
     .type = KH_OPT_TEXT,
     .offset = offsetof(allocate, weight),
     .refers = KH_REFERS_VALUE,
     .help = "split in proportion to it; default: the score. Absent: takes no part"},
    {.key = "turn",
     .type = KH_OPT_TEXT,
     .offset = offsetof(allocate, turn),
     .refers = KH_REFERS_VALUE,
     .help = "or fill capacities one after the other, lowest first. Absent: takes no part"},
    {.key = "capacity",
     .type = KH_OPT_TEXT,
     .offset = offsetof(allocate, capacity),
     .refers = KH_REFERS_VALUE,
     .help = "the most one can get; absent: no limit"},
    {.key = "within",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(allocate, within),
     .choices = withins,
     .help = "one total for all, or one for each group"},
    {.key = "rows",
     .type = KH_OPT_TEXT,
     .offset = offsetof(allocate, rows),
     .refers = KH_REFERS_RECORDS,
     .help =
         "instead of a total: records of a dataset with subject = false, handed out one by one"},
    {.key = "key",
     .type = KH_OPT_TEXT,
     .offset = offsetof(allocate, key),
     .help = "of rows: the column with their key, which also parts equal ones"},
    {.key = "by",
     .type = KH_OPT_TEXTS,
     .offset = offsetof(allocate, by),
     .help = "of rows: columns of numbers or true and false; the highest is handed out first"},
    {.key = "pool",
     .type = KH_OPT_TEXT,
     .offset = offsetof(allocate, pool),
     .help = "of rows, within = \"group\": the column with the group whose people can get them"},
    {.key = "keeper",
     .type = KH_OPT_TEXT,
     .offset = offsetof(allocate, keeper),
     .refers = KH_REFERS_RECORDS,
     .help = "of rows: records with the same key column; whose they are keeps the row"},
    {.key = "unit",
     .type = KH_OPT_TEXT,
     .offset = offsetof(allocate, unit),
     .help = "of rows: what one is: \"户\""},
    {.key = "places",
     .type = KH_OPT_INT,
     .offset = offsetof(allocate, places),
     .max = 12,
     .help = "decimals of a slice: 2 for 元, 0 for customers"},
    {.key = "as",
     .type = KH_OPT_TEXT,
     .offset = offsetof(allocate, as),
     .flags = KH_OPT_REQUIRED,
     .refers = KH_DEFINES_VALUE,
     .help = "the name of the value with each one's slice"},
    {.key = "as_new",
     .type = KH_OPT_TEXT,
     .offset = offsetof(allocate, as_new),
     .refers = KH_DEFINES_VALUE,
     .help = "of rows: the name of the value with those given anew"},
    {.key = "as_over",
     .type = KH_OPT_TEXT,
     .offset = offsetof(allocate, as_over),
     .refers = KH_DEFINES_VALUE,
     .help = "of rows: the name of the value with those nobody of his pool can hold"},
    {.key = "title", .type = KH_OPT_TEXT, .offset = offsetof(allocate, title), .help = "its title"},
    {.key = "pay",
     .type = KH_OPT_TEXT,
     .offset = offsetof(allocate, pay),
     .help = "name of a pay line with the slice, in 元"},
    {.key = "rule",
     .type = KH_OPT_TEXT,
     .offset = offsetof(allocate, rule),
     .help = "clause shown beside the step"},
    {0}};

/* One who takes part. */
typedef struct taker {
    uint32_t subject, place; /* place: its turn */
    kh_decimal weight, capacity, slice;
    bool full; /* the capacity is used up */
} taker;

/* One pool of one run. */
typedef struct pool {
    const allocate *allocate;
    kh_sheet *sheet;
    const kh_input *total, *key, *capacity; /* key: the weight or the turn */
    taker *takers;                          /* in the order of ids, or of turns */
    uint32_t count;
    kh_decimal sum, left; /* the total; what is not given out yet */
} pool;

static kh_status open_allocate(void *self, const kh_host *host, kh_error *err)
{
    (void)err;
    ((allocate *)self)->host = host;
    return KH_OK;
}

static kh_status check(void *self, const kh_sheet *sheet, kh_error *err)
{
    const allocate *a = self;
    if (a->rows) return check_rows(a, sheet, err);
    if (!a->total)
        return kh_fail(err, KH_EUSAGE, "say what is given out: 'total', or 'rows' one by one");
    if (a->key || a->by.count || a->pool || a->keeper || a->as_new || a->as_over) {
        return kh_fail(err, KH_EUSAGE, "'%s' belongs to 'rows'",
                       a->key        ? "key"
                       : a->by.count ? "by"
                       : a->pool     ? "pool"
                       : a->keeper   ? "keeper"
                       : a->as_new   ? "as_new"
                                     : "as_over");
    }
    if (a->turn && a->weight) return kh_fail(err, KH_EUSAGE, "give one of 'weight' and 'turn'");
    if (a->turn && !a->capacity)
        return kh_fail(err, KH_EUSAGE, "with 'turn' the first would take all; name a capacity");
    return KH_OK;
}

static int compare_turns(const void *x, const void *y)
{
    const taker *a = x, *b = y;
    if (a->place != b->place) return a->place < b->place ? -1 : 1;
    return (a->subject > b->subject) - (a->subject < b->subject);
}

/* Sort by turn: the lowest value first, equal ones by id. */
static kh_status sort_takers(pool *p, kh_error *err)
{
    const kh_host *host = p->allocate->host;
    kh_decimal *values = calloc(p->count + 1, sizeof *values);
    uint32_t *places = calloc(p->count + 1, sizeof *places);
    if (!values || !places) {
        free(values);
        free(places);
        return kh_fail(err, KH_ELIMIT, "out of memory");
    }
    for (uint32_t i = 0; i < p->count; i++) {
        values[i] = host->decimal->sub(host->decimal->from_int(0), p->takers[i].weight);
    }
    host->rules->rank(values, p->count, true, places);
    for (uint32_t i = 0; i < p->count; i++) p->takers[i].place = places[i];
    if (p->count) qsort(p->takers, p->count, sizeof *p->takers, compare_turns);
    free(values);
    free(places);
    return KH_OK;
}

/* Who takes part; a negative weight or capacity is a mistake of the data. */
static kh_status collect(pool *p, const uint32_t *members, uint32_t count, kh_error *err)
{
    const allocate *a = p->allocate;
    const kh_decimal_ops *dec = a->host->decimal;
    kh_decimal zero = dec->from_int(0);
    p->sum = KH_ABSENT;
    p->count = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t s = members[i];
        const char *id = p->sheet->ops->subject(p->sheet, s)->id;
        kh_decimal total = kh_input_value(p->sheet, p->total, s);
        kh_decimal key = kh_input_value(p->sheet, p->key, s);
        kh_decimal capacity = a->capacity ? kh_input_value(p->sheet, p->capacity, s) : KH_ABSENT;
        if (kh_is_absent(total) || dec->cmp(total, zero) < 0 ||
            dec->cmp(dec->round(total, (int)a->places), total) != 0) {
            return kh_fail(err, KH_EDATA,
                           "the total '%s' of %s is %s; it must be at least 0, with at most %d "
                           "decimals",
                           a->total, id, kh_show(dec, total, KH_PLACES_OWN).text, (int)a->places);
        }
        if (i > 0 && dec->cmp(total, p->sum) != 0) {
            return kh_fail(err, KH_EDATA, "the total '%s' of %s is %s, that of others %s", a->total,
                           id, kh_show(dec, total, KH_PLACES_OWN).text,
                           kh_show(dec, p->sum, KH_PLACES_OWN).text);
        }
        p->sum = total;
        if (kh_is_absent(key)) {
            kh_explain(p->sheet, s, "allocate", a->rule, KH_KEPT, "%s无数据,不参加分配",
                       p->key->title);
            continue;
        }
        if ((!a->turn && dec->cmp(key, zero) < 0) ||
            (!kh_is_absent(capacity) && dec->cmp(capacity, zero) < 0)) {
            return kh_fail(err, KH_EDATA, "%s of %s is negative; nothing can be split by it",
                           kh_is_absent(capacity) || dec->cmp(capacity, zero) >= 0
                               ? kh_tr("the weight")
                               : kh_tr("the capacity"),
                           id);
        }
        if (!kh_is_absent(capacity)) capacity = dec->floor(capacity, (int)a->places);
        p->takers[p->count++] =
            (taker){.subject = s, .weight = key, .capacity = capacity, .slice = zero};
    }
    p->left = p->sum;
    return KH_OK;
}

static void give(pool *p, taker *t, kh_decimal amount)
{
    const kh_decimal_ops *dec = p->allocate->host->decimal;
    t->slice = dec->add(t->slice, amount);
    p->left = dec->sub(p->left, amount);
}

/* What the taker can still hold of this amount. */
static kh_decimal holdable(const pool *p, const taker *t, kh_decimal amount)
{
    const kh_decimal_ops *dec = p->allocate->host->decimal;
    if (kh_is_absent(t->capacity)) return amount;
    kh_decimal room = dec->sub(t->capacity, t->slice);
    return dec->cmp(room, amount) < 0 ? room : amount;
}

static void fill_in_turn(pool *p)
{
    for (uint32_t i = 0; i < p->count; i++) {
        taker *t = &p->takers[i];
        kh_decimal room = holdable(p, t, p->left);
        t->full = p->allocate->host->decimal->cmp(room, p->left) < 0;
        give(p, t, room);
    }
}

static kh_decimal weigh_open(const pool *p)
{
    const kh_decimal_ops *dec = p->allocate->host->decimal;
    kh_decimal all = dec->from_int(0);
    for (uint32_t i = 0; i < p->count; i++) {
        if (!p->takers[i].full) all = dec->add(all, p->takers[i].weight);
    }
    return all;
}

/* Those whose share exceeds their capacity get it, until all shares fit. The weights left over. */
static kh_decimal fill_small(pool *p)
{
    const kh_decimal_ops *dec = p->allocate->host->decimal;
    for (;;) {
        kh_decimal all = weigh_open(p), left = p->left;
        bool any = false;
        for (uint32_t i = 0; i < p->count; i++) {
            taker *t = &p->takers[i];
            if (t->full || kh_is_absent(t->capacity)) continue;
            if (dec->cmp(dec->mul(left, t->weight), dec->mul(t->capacity, all)) <= 0) continue;
            t->full = any = true;
            give(p, t, t->capacity);
        }
        if (!any) return all;
    }
}

static void split(pool *p)
{
    const kh_decimal_ops *dec = p->allocate->host->decimal;
    kh_decimal all = fill_small(p), left = p->left, zero = dec->from_int(0);
    if (dec->cmp(all, zero) == 0) return;
    for (uint32_t i = 0; i < p->count; i++) {
        taker *t = &p->takers[i];
        if (t->full) continue;
        kh_decimal slice = dec->floor(dec->muldiv(left, t->weight, all), (int)p->allocate->places);
        give(p, t, holdable(p, t, slice));
    }
    for (uint32_t i = p->count; i-- > 0 && dec->cmp(p->left, zero) > 0;) { /* to the last one */
        if (!p->takers[i].full) give(p, &p->takers[i], holdable(p, &p->takers[i], p->left));
    }
}

static void explain(const pool *p, const taker *t, kh_decimal all)
{
    const allocate *a = p->allocate;
    const kh_decimal_ops *dec = a->host->decimal;
    int places = (int)a->places;
    kh_shown slice = kh_show(dec, t->slice, places), sum = kh_show(dec, p->sum, places);
    kh_shown key = kh_show(dec, t->weight, KH_PLACES_OWN);
    char limit[KH_DECIMAL_TEXT + 32] = "", rule[KH_DECIMAL_TEXT * 4 + 128];
    if (t->full) {
        snprintf(limit, sizeof limit, ",以容量 %s 为限", kh_show(dec, t->capacity, places).text);
    }
    if (a->turn) {
        snprintf(rule, sizeof rule, "总数 %s,次序 %s%s", sum.text, key.text, limit);
    } else {
        snprintf(rule, sizeof rule, "总额 %s × %s ÷ 权重合计 %s,向下取整,余数归末位%s", sum.text,
                 key.text, kh_show(dec, all, KH_PLACES_OWN).text, limit);
    }
    kh_explain(p->sheet, t->subject, "allocate", a->rule, t->full ? KH_CHANGED : KH_PASSED,
               "%s:%s = %s", a->title, rule, slice.text);
    if (dec->cmp(p->left, dec->from_int(0)) > 0) {
        kh_explain(p->sheet, t->subject, "allocate", a->rule, KH_FAILED,
                   "%s 中有 %s 无人可容,未分配", sum.text, kh_show(dec, p->left, places).text);
    }
    if (!a->pay) return;
    kh_pay line = {a->pay, a->title, t->slice, rule};
    p->sheet->ops->add_pay(p->sheet, t->subject, &line);
}

static kh_status run_pool(pool *p, const uint32_t *members, uint32_t count, kh_handle column,
                          kh_error *err)
{
    const allocate *a = p->allocate;
    kh_status rc = collect(p, members, count, err);
    if (rc == KH_OK && a->turn) rc = sort_takers(p, err);
    if (rc < 0) return rc;
    kh_decimal all = weigh_open(p);
    if (a->turn) fill_in_turn(p);
    else split(p);
    for (uint32_t i = 0; i < p->count; i++) {
        p->sheet->ops->set_value(p->sheet, column, p->takers[i].subject, p->takers[i].slice);
        explain(p, &p->takers[i], all);
    }
    return KH_OK;
}

static kh_status run(void *self, kh_sheet *sheet, kh_error *err)
{
    const allocate *a = self;
    if (a->rows) return run_rows(a, sheet, err);
    kh_input total, key, capacity = {0};
    kh_pools pools = {0};
    kh_status rc = kh_input_find(sheet, a->total, NULL, &total, err);
    if (rc == KH_OK) rc = kh_input_find(sheet, a->turn ? a->turn : a->weight, NULL, &key, err);
    if (rc == KH_OK && a->capacity) rc = kh_input_find(sheet, a->capacity, NULL, &capacity, err);
    if (rc == KH_OK) rc = kh_pools_make(sheet, a->within == WITHIN_GROUP, &pools, err);
    if (rc < 0) return rc;
    kh_column added = {a->as, a->title, a->pay ? "元" : "", (int32_t)a->places};
    kh_handle column = sheet->ops->add_column(sheet, &added);
    pool p = {.allocate = a, .sheet = sheet, .total = &total, .key = &key, .capacity = &capacity};
    p.takers = calloc(pools.starts[pools.count] + 1, sizeof *p.takers);
    if (!p.takers) rc = kh_fail(err, KH_ELIMIT, "out of memory");
    for (uint32_t i = 0; rc == KH_OK && i < pools.count; i++) {
        uint32_t from = pools.starts[i];
        rc = run_pool(&p, pools.members + from, pools.starts[i + 1] - from, column, err);
    }
    free(p.takers);
    kh_pools_free(&pools);
    return rc;
}

static const kh_strategy_ops allocate_ops = {
    .size = sizeof allocate_ops, .open = open_allocate, .check = check, .run = run};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_STRATEGY,
             .name = "allocate",
             .version = "1.0",
             .summary =
                 "a total split by weights, or filling capacities in turn; or rows handed out",
             .license = "MIT",
             .instance_size = sizeof(allocate),
             .defaults = &defaults,
             .options = options,
             .strategy = &allocate_ops};
