/* Strategy `quota`: at most so many in a band or grade, the best of them (rulebook PR-9, A20).
 *
 * A quota is ⌊share × people⌋. Places are filled from the top; people on the same place who do not
 * all fit all go down, so that the quota is never exceeded and nobody is chosen by chance. Those
 * who go down count for the quota of the level they come to.
 */
#include <kaohe/stage.h>

typedef struct quota {
    kh_rows limits;
    kh_texts ties;
    const char *value, *title, *base, *rule;
    int32_t of, within;
    const kh_host *host;
} quota;

typedef struct limit {
    const char *name, *down;
    kh_decimal share;
    int64_t count;
} limit;

enum { OF_BAND, OF_GRADE };
enum { WITHIN_ALL, WITHIN_GROUP };
static const char *const ofs[] = {"band", "grade", NULL};
static const char *const withins[] = {"all", "group", NULL};

static const limit limit_defaults = {.share = KH_ABSENT, .count = -1};
static const kh_option limit_options[] = {
    {.key = "name",
     .type = KH_OPT_TEXT,
     .offset = offsetof(limit, name),
     .flags = KH_OPT_REQUIRED,
     .help = "the band or grade that is limited"},
    {.key = "share",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(limit, share),
     .max = 1,
     .help = "at most this share of the people, rounded down: 0.2 of 12 is 2"},
    {.key = "count",
     .type = KH_OPT_INT,
     .offset = offsetof(limit, count),
     .min = -1,
     .max = 1000000,
     .help = "or at most so many people; -1: by share"},
    {.key = "down",
     .type = KH_OPT_TEXT,
     .offset = offsetof(limit, down),
     .flags = KH_OPT_REQUIRED,
     .help = "what those get who do not fit"},
    {0}};

static const quota defaults = {.rule = ""};
static const kh_option options[] = {
    {.key = "limits",
     .type = KH_OPT_ROWS,
     .offset = offsetof(quota, limits),
     .flags = KH_OPT_REQUIRED,
     .row = limit_options,
     .row_size = sizeof(limit),
     .row_defaults = &limit_defaults,
     .help = "what is limited, the highest first"},
    {.key = "of",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(quota, of),
     .choices = ofs,
     .help = "limit bands, or grades"},
    {.key = "value",
     .type = KH_OPT_TEXT,
     .offset = offsetof(quota, value),
     .refers = KH_REFERS_VALUE,
     .help = "higher values are served first; default: the score"},
    {.key = "ties",
     .type = KH_OPT_TEXTS,
     .offset = offsetof(quota, ties),
     .refers = KH_REFERS_VALUE,
     .help = "values that part equal ones, one after the other, higher first"},
    {.key = "within",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(quota, within),
     .choices = withins,
     .help = "one quota for all, or one for each group"},
    {.key = "base",
     .type = KH_OPT_TEXT,
     .offset = offsetof(quota, base),
     .refers = KH_REFERS_VALUE,
     .help = "people the share is taken of; default: those of the list without a failure"},
    {.key = "title",
     .type = KH_OPT_TEXT,
     .offset = offsetof(quota, title),
     .help = "shown instead of the value's title"},
    {.key = "rule",
     .type = KH_OPT_TEXT,
     .offset = offsetof(quota, rule),
     .help = "clause shown beside the step"},
    {0}};

/* One level of one pool while it is filled. */
typedef struct level {
    const limit *limit;
    kh_decimal people;
    int64_t most;
    const uint32_t *members;
    const uint32_t *places; /* within the pool; 0 = no value: served last */
    uint32_t count;
} level;

static kh_status open_quota(void *self, const kh_host *host, kh_error *err)
{
    (void)err;
    ((quota *)self)->host = host;
    return KH_OK;
}

static kh_status check(void *self, const kh_sheet *sheet, kh_error *err)
{
    const quota *q = self;
    const limit *limits = q->limits.items;
    (void)sheet;
    if (q->limits.count == 0) return kh_fail(err, KH_EUSAGE, "limits is empty; give it rows");
    for (uint32_t i = 0; i < q->limits.count; i++) {
        if (kh_is_absent(limits[i].share) == (limits[i].count < 0)) {
            return kh_fail(err, KH_EUSAGE,
                           "the limit of '%s' needs a share or a count, one of them",
                           limits[i].name);
        }
        for (uint32_t k = 0; k <= i; k++) {
            if (k < i && !strcmp(limits[k].name, limits[i].name)) {
                return kh_fail(err, KH_EUSAGE, "'%s' is limited twice", limits[i].name);
            }
            if (!strcmp(limits[k].name, limits[i].down)) {
                return kh_fail(err, KH_EUSAGE,
                               "'%s' goes down to '%s', which stands before it; write the limits "
                               "from the highest to the lowest",
                               limits[i].name, limits[i].down);
            }
        }
    }
    return KH_OK;
}

/* How many people the share is taken of: those of the pool, or what `base` says for all of it. */
static kh_status find_people(const quota *q, const kh_sheet *sheet, const kh_pools *pools,
                             uint32_t pool, kh_decimal *out, kh_error *err)
{
    const kh_decimal_ops *dec = q->host->decimal;
    uint32_t from = pools->starts[pool], to = pools->starts[pool + 1];
    *out = dec->from_int(to - from);
    if (!q->base) return KH_OK;
    kh_input base;
    kh_status rc = kh_input_find(sheet, q->base, NULL, &base, err);
    for (uint32_t i = from; rc == KH_OK && i < to; i++) {
        kh_decimal value = kh_input_value(sheet, &base, pools->members[i]);
        const char *id = sheet->ops->subject(sheet, pools->members[i])->id;
        if (kh_is_absent(value)) {
            rc = kh_fail(err, KH_EDATA, "'%s' is absent for %s; a quota needs its number of people",
                         q->base, id);
        } else if (i > from && dec->cmp(value, *out) != 0) {
            rc = kh_fail(err, KH_EDATA,
                         "'%s' is %s for %s and %s for others of the same quota; it must be the "
                         "same number of people",
                         q->base, kh_show(dec, value, KH_PLACES_OWN).text, id,
                         kh_show(dec, *out, KH_PLACES_OWN).text);
        }
        *out = value;
    }
    return rc;
}

static int64_t find_most(const quota *q, const limit *l, kh_decimal people)
{
    const kh_decimal_ops *dec = q->host->decimal;
    if (l->count >= 0) return l->count;
    kh_decimal exact = dec->floor(dec->mul(l->share, people), 0);
    int64_t most = 0; /* the largest whole number that is not above it */
    for (int64_t step = (int64_t)1 << 40; step > 0; step /= 2) {
        if (dec->cmp(dec->from_int(most + step), exact) <= 0) most += step;
    }
    return most;
}

static const char *held(const quota *q, const kh_sheet *sheet, uint32_t subject)
{
    const kh_card *card = sheet->ops->card(sheet, subject);
    return q->of == OF_BAND ? card->band : card->grade;
}

static bool holds(const quota *q, const kh_sheet *sheet, const level *v, uint32_t i)
{
    const char *now = held(q, sheet, v->members[i]);
    return now && !strcmp(now, v->limit->name);
}

/* Before whom i is served: absent values come behind all others. */
static uint32_t turn_of(const level *v, uint32_t i)
{
    return v->places[i] ? v->places[i] : v->count + 1;
}

static void explain(const quota *q, kh_sheet *sheet, const level *v, uint32_t i, uint32_t place,
                    uint32_t equal, const char *title)
{
    const kh_decimal_ops *dec = q->host->decimal;
    bool fits = place + equal - 1 <= v->most;
    char sum[KH_DECIMAL_TEXT * 2 + 32] = "", tied[64] = "";
    if (v->limit->count < 0) {
        snprintf(sum, sizeof sum, " = ⌊%s%% × %s 人⌋", kh_show_percent(dec, v->limit->share).text,
                 kh_show(dec, v->people, KH_PLACES_OWN).text);
    }
    if (equal > 1) snprintf(tied, sizeof tied, "(%u 人并列)", equal);
    if (fits) {
        kh_explain(sheet, v->members[i], "quota", q->rule, KH_PASSED,
                   "%s名额%s = %lld 名;按%s列第 %u 名%s,在名额之内", v->limit->name, sum,
                   (long long)v->most, title, place, tied);
    } else {
        kh_explain(sheet, v->members[i], "quota", q->rule, KH_CHANGED,
                   "%s名额%s = %lld 名;按%s列第 %u 名%s,%s,改为 %s", v->limit->name, sum,
                   (long long)v->most, title, place, tied,
                   place <= v->most ? "并列者容纳不下" : "超出名额", v->limit->down);
    }
}

/* Serve those who hold the level, in turn; the others go down. `before[t]`: whose turn is < t. */
static void fill(const quota *q, kh_sheet *sheet, const level *v, const char *title,
                 uint32_t *before)
{
    memset(before, 0, (v->count + 3) * sizeof *before);
    for (uint32_t i = 0; i < v->count; i++) {
        if (holds(q, sheet, v, i)) before[turn_of(v, i) + 1]++;
    }
    for (uint32_t t = 1; t < v->count + 3; t++) before[t] += before[t - 1];
    for (uint32_t i = 0; i < v->count; i++) {
        if (!holds(q, sheet, v, i)) continue;
        uint32_t turn = turn_of(v, i), first = before[turn], equal = before[turn + 1] - first;
        explain(q, sheet, v, i, first + 1, equal, title);
        if (first + equal <= v->most) continue;
        if (q->of == OF_BAND) sheet->ops->set_band(sheet, v->members[i], v->limit->down);
        else sheet->ops->set_grade(sheet, v->members[i], v->limit->down);
    }
}

static kh_status run_pool(const quota *q, kh_sheet *sheet, const kh_pools *pools, uint32_t pool,
                          const uint32_t *places, const char *title, uint32_t *before,
                          kh_error *err)
{
    const limit *limits = q->limits.items;
    uint32_t from = pools->starts[pool];
    level v = {.members = pools->members + from,
               .places = places + from,
               .count = pools->starts[pool + 1] - from};
    kh_status rc = find_people(q, sheet, pools, pool, &v.people, err);
    for (uint32_t l = 0; rc == KH_OK && l < q->limits.count; l++) {
        v.limit = &limits[l];
        v.most = find_most(q, v.limit, v.people);
        fill(q, sheet, &v, title, before);
    }
    return rc;
}

static kh_status run(void *self, kh_sheet *sheet, kh_error *err)
{
    const quota *q = self;
    kh_ranking ranking = {.ties = q->ties};
    kh_pools pools = {0};
    kh_status rc = kh_input_find(sheet, q->value, q->title, &ranking.by, err);
    if (rc == KH_OK) rc = kh_pools_make(sheet, q->within == WITHIN_GROUP, &pools, err);
    if (rc < 0) return rc;
    uint32_t all = pools.starts[pools.count];
    uint32_t *places = calloc(all + 1, sizeof *places), *before = calloc(all + 3, sizeof *before);
    if (!places || !before) rc = kh_fail(err, KH_ELIMIT, "out of memory");
    else rc = kh_places_find(q->host, sheet, &ranking, &pools, places, err);
    for (uint32_t p = 0; rc == KH_OK && p < pools.count; p++) {
        rc = run_pool(q, sheet, &pools, p, places, ranking.by.title, before, err);
    }
    free(places);
    free(before);
    kh_pools_free(&pools);
    return rc;
}

static const kh_strategy_ops quota_ops = {
    .size = sizeof quota_ops, .open = open_quota, .check = check, .run = run};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_STRATEGY,
             .name = "quota",
             .version = "1.0",
             .summary = "at most so many people in a band or grade, best first",
             .license = "MIT",
             .instance_size = sizeof(quota),
             .defaults = &defaults,
             .options = options,
             .strategy = &quota_ops};
