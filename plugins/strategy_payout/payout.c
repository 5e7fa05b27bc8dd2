/* Strategy `payout`: a score to a share of the linked pay, to the cent (PR-11, C38). */
#include <kaohe/stage.h>

typedef struct payout {
    const char *standard, *value, *table, *from_column, *share_column;
    const char *name, *title, *below, *as, *rule;
    kh_decimal line, full;
    int64_t compare_places;
    bool linear;
    const kh_host *host;
} payout;

static const payout defaults = {.from_column = "from",
                                .share_column = "share",
                                .name = "linked",
                                .title = "本季挂钩工资",
                                .below = "本季不发",
                                .rule = "",
                                .line = KH_ABSENT,
                                .full = KH_ABSENT,
                                .compare_places = KH_PLACES_OWN};
static const kh_option options[] = {
    {.key = "standard",
     .type = KH_OPT_TEXT,
     .offset = offsetof(payout, standard),
     .flags = KH_OPT_REQUIRED,
     .refers = KH_REFERS_VALUE,
     .help = "the pay at stake, in 元"},
    {.key = "value",
     .type = KH_OPT_TEXT,
     .offset = offsetof(payout, value),
     .refers = KH_REFERS_VALUE,
     .help = "what decides; default: the score"},
    {.key = "line",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(payout, line),
     .help = "below it nothing is paid, from it on score ÷ full; default 60"},
    {.key = "full",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(payout, full),
     .flags = KH_OPT_POSITIVE,
     .help = "from it on all is paid; default 100"},
    {.key = "table",
     .type = KH_OPT_TEXT,
     .offset = offsetof(payout, table),
     .refers = KH_REFERS_LOOKUP,
     .help = "or a lookup: from which score which share (0.8 = 80 %), lowest first"},
    {.key = "linear",
     .type = KH_OPT_BOOL,
     .offset = offsetof(payout, linear),
     .help = "the share grows evenly between the rows of `table`"},
    {.key = "from_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(payout, from_column),
     .help = "column of `table` with the least score"},
    {.key = "share_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(payout, share_column),
     .help = "column of `table` with the share"},
    {.key = "compare_places",
     .type = KH_OPT_INT,
     .offset = offsetof(payout, compare_places),
     .min = KH_PLACES_OWN,
     .max = 12,
     .help = "round to that many decimals before comparing; -1: compare unrounded"},
    {.key = "name",
     .type = KH_OPT_TEXT,
     .offset = offsetof(payout, name),
     .help = "name of the pay line"},
    {.key = "title", .type = KH_OPT_TEXT, .offset = offsetof(payout, title), .help = "its title"},
    {.key = "below",
     .type = KH_OPT_TEXT,
     .offset = offsetof(payout, below),
     .help = "said to those below the line"},
    {.key = "as",
     .type = KH_OPT_TEXT,
     .offset = offsetof(payout, as),
     .refers = KH_DEFINES_VALUE,
     .help = "keep the amount as a value of this name, too"},
    {.key = "rule",
     .type = KH_OPT_TEXT,
     .offset = offsetof(payout, rule),
     .help = "clause shown beside the step"},
    {0}};

/* A point of the curve. */
typedef struct point {
    kh_decimal from, share;
} point;

static kh_status open_payout(void *self, const kh_host *host, kh_error *err)
{
    payout *p = self;
    p->host = host;
    if (p->table && (!kh_is_absent(p->line) || !kh_is_absent(p->full))) {
        return kh_fail(err, KH_EUSAGE, "give line and full, or a table");
    }
    if (kh_is_absent(p->line)) p->line = host->decimal->from_int(60);
    if (kh_is_absent(p->full)) p->full = host->decimal->from_int(100);
    if (host->decimal->cmp(p->line, p->full) > 0) {
        return kh_fail(err, KH_EUSAGE, "line is above full; nobody could be paid a part");
    }
    return KH_OK;
}

/* The table, which must rise in both columns. The caller frees. */
static kh_status read_points(const payout *p, const kh_sheet *sheet, point **out, uint32_t *count,
                             kh_error *err)
{
    const kh_sheet_ops *ops = sheet->ops;
    const kh_decimal_ops *dec = p->host->decimal;
    kh_handle table = ops->find_lookup(sheet, p->table);
    if (table < 0) return kh_fail(err, KH_EUSAGE, "there is no lookup '%s' with rows", p->table);
    *count = ops->lookup_rows(sheet, table);
    if (*count == 0) return kh_fail(err, KH_EUSAGE, "lookup '%s' is empty; give it rows", p->table);
    point *points = calloc(*count, sizeof *points);
    if (!points) return kh_fail(err, KH_ELIMIT, "out of memory");
    kh_status rc = KH_OK;
    for (uint32_t i = 0; rc == KH_OK && i < *count; i++) {
        point *at = &points[i];
        rc = ops->lookup_number(sheet, table, i, p->from_column, &at->from, err);
        if (rc == KH_OK) rc = ops->lookup_number(sheet, table, i, p->share_column, &at->share, err);
        if (rc < 0) break;
        bool rises = dec->cmp(at->share, i ? points[i - 1].share : dec->from_int(0)) >= 0 &&
                     (i == 0 || dec->cmp(at->from, points[i - 1].from) > 0);
        if (rises) continue;
        rc = kh_fail(err, KH_EUSAGE,
                     "lookup '%s' does not rise in row %u; a better score must not pay less",
                     p->table, i + 1);
    }
    if (rc < 0) free(points);
    else *out = points;
    return rc;
}

static kh_status check(void *self, const kh_sheet *sheet, kh_error *err)
{
    const payout *p = self;
    point *points;
    uint32_t count;
    if (!p->table) return KH_OK;
    kh_status rc = read_points(p, sheet, &points, &count, err);
    if (rc == KH_OK) free(points);
    return rc;
}

/* One run. */
typedef struct running {
    const payout *payout;
    kh_sheet *sheet;
    kh_input score, standard;
    point *points;
    uint32_t count;
    kh_handle as;
} running;

static void pay(const running *r, uint32_t s, kh_decimal amount, const char *rule)
{
    const payout *p = r->payout;
    kh_pay line = {p->name, p->title, amount, rule};
    r->sheet->ops->add_pay(r->sheet, s, &line);
    if (r->as >= 0) r->sheet->ops->set_value(r->sheet, r->as, s, amount);
}

enum { SHOWN = KH_DECIMAL_TEXT * 2 + 256 }; /* a title, a score and what it was rounded to */

/* With as many decimals as it takes that standard × it ÷ full gives the same cents. */
static kh_shown show_factor(const running *r, kh_decimal score, kh_decimal standard,
                            kh_decimal amount)
{
    const kh_decimal_ops *dec = r->payout->host->decimal;
    int places = r->score.places;
    for (; places < 34; places++) {
        kh_decimal product = dec->muldiv(standard, dec->round(score, places), r->payout->full);
        if (dec->cmp(dec->round(product, 2), amount) == 0) break;
    }
    return kh_show(dec, score, places);
}

/* A score, and what is compared with the lines: the pay itself follows the score. */
typedef struct mark {
    kh_decimal score, compared;
} mark;

/* The score beside a line, with what it was rounded to where that decides. */
static void show_mark(const running *r, const mark *m, kh_decimal line, char *out, size_t size)
{
    const kh_decimal_ops *dec = r->payout->host->decimal;
    int n = snprintf(out, size, "%s %s%s%s", r->score.title,
                     kh_show_beside(dec, m->score, line, r->score.places).text, r->score.gap,
                     r->score.unit);
    if (n < 0 || (size_t)n >= size) { /* a very long title */
        kh_error_trim(out, size);
        return;
    }
    bool reached = dec->cmp(m->score, line) >= 0;
    if (reached == (dec->cmp(m->compared, line) >= 0)) return;
    snprintf(out + n, size - (size_t)n, "(四舍五入为 %s)",
             kh_show(dec, m->compared, (int)r->payout->compare_places).text);
}

/* Below the line: the score is shown so exactly that everybody sees it is below. */
static void pay_nothing(const running *r, uint32_t s, const mark *m, kh_decimal line)
{
    const payout *p = r->payout;
    const kh_decimal_ops *dec = p->host->decimal;
    char shown[SHOWN];
    show_mark(r, m, line, shown, sizeof shown);
    kh_explain(r->sheet, s, "payout", p->rule, KH_FAILED, "%s,低于 %s%s%s,%s", shown,
               kh_show(dec, line, KH_PLACES_OWN).text, r->score.gap, r->score.unit, p->below);
    pay(r, s, dec->round(dec->from_int(0), 2), p->below);
}

static void pay_by_line(const running *r, uint32_t s, const mark *m, kh_decimal standard)
{
    const payout *p = r->payout;
    const kh_decimal_ops *dec = p->host->decimal;
    char rule[KH_DECIMAL_TEXT * 4 + 64], shown[SHOWN];
    if (dec->cmp(m->compared, p->line) < 0) {
        pay_nothing(r, s, m, p->line);
        return;
    }
    kh_shown full = kh_show(dec, p->full, KH_PLACES_OWN), at_stake = kh_show(dec, standard, 2);
    if (dec->cmp(m->compared, p->full) >= 0) {
        kh_decimal amount = dec->round(standard, 2);
        snprintf(rule, sizeof rule, "满 %s,足额 %s", full.text, at_stake.text);
        show_mark(r, m, p->full, shown, sizeof shown);
        kh_explain(r->sheet, s, "payout", p->rule, KH_PASSED, "%s,%s", shown, rule);
        pay(r, s, amount, rule);
        return;
    }
    kh_decimal amount = dec->round(dec->muldiv(standard, m->score, p->full), 2);
    snprintf(rule, sizeof rule, "%s × %s ÷ %s = %s", at_stake.text,
             show_factor(r, m->score, standard, amount).text, full.text,
             kh_show(dec, amount, 2).text);
    show_mark(r, m, p->line, shown, sizeof shown);
    kh_explain(r->sheet, s, "payout", p->rule, KH_PASSED, "%s,不低于 %s:%s", shown,
               kh_show(dec, p->line, KH_PLACES_OWN).text, rule);
    pay(r, s, amount, rule);
}

static void pay_by_table(const running *r, uint32_t s, const mark *m, kh_decimal standard)
{
    const payout *p = r->payout;
    const kh_decimal_ops *dec = p->host->decimal;
    uint32_t reached = 0;
    while (reached < r->count && dec->cmp(m->compared, r->points[reached].from) >= 0) reached++;
    if (reached == 0) {
        pay_nothing(r, s, m, r->points[0].from);
        return;
    }
    const point *low = &r->points[reached - 1], *high = reached < r->count ? low + 1 : NULL;
    kh_decimal share = low->share, score = m->score;
    if (dec->cmp(score, low->from) < 0) score = low->from; /* reached by rounding */
    if (p->linear && high) {
        share = dec->add(share,
                         dec->muldiv(dec->sub(high->share, low->share), dec->sub(score, low->from),
                                     dec->sub(high->from, low->from)));
    }
    kh_decimal amount = dec->round(dec->mul(standard, share), 2);
    char rule[KH_DECIMAL_TEXT * 4 + 64];
    snprintf(rule, sizeof rule, "%s × %s%% = %s", kh_show(dec, standard, 2).text,
             kh_show_percent(dec, share).text, kh_show(dec, amount, 2).text);
    char shown[SHOWN];
    show_mark(r, m, (high && dec->cmp(m->score, low->from) >= 0 ? high : low)->from, shown,
              sizeof shown);
    if (p->linear && high) {
        kh_explain(r->sheet, s, "payout", p->rule, KH_PASSED, "%s,在 %s(%s%%)与 %s(%s%%)之间:%s",
                   shown, kh_show(dec, low->from, KH_PLACES_OWN).text,
                   kh_show_percent(dec, low->share).text,
                   kh_show(dec, high->from, KH_PLACES_OWN).text,
                   kh_show_percent(dec, high->share).text, rule);
    } else {
        kh_explain(r->sheet, s, "payout", p->rule, KH_PASSED, "%s,达到 %s(%s%%):%s", shown,
                   kh_show(dec, low->from, KH_PLACES_OWN).text,
                   kh_show_percent(dec, low->share).text, rule);
    }
    pay(r, s, amount, rule);
}

static void run_subject(const running *r, uint32_t s)
{
    const payout *p = r->payout;
    const kh_decimal_ops *dec = p->host->decimal;
    kh_decimal score = kh_input_value(r->sheet, &r->score, s);
    kh_decimal standard = kh_input_value(r->sheet, &r->standard, s);
    if (kh_is_absent(score) || kh_is_absent(standard)) {
        kh_explain(r->sheet, s, "payout", p->rule, KH_FAILED, "%s无数据,不计发",
                   kh_is_absent(score) ? r->score.title : r->standard.title);
        return;
    }
    if (dec->cmp(standard, dec->from_int(0)) < 0) {
        r->sheet->ops->fail(r->sheet, s, "the pay at stake is negative; correct its source");
        return;
    }
    mark m = {score, score};
    if (p->compare_places >= 0) m.compared = dec->round(score, (int)p->compare_places);
    if (p->table) pay_by_table(r, s, &m, standard);
    else pay_by_line(r, s, &m, standard);
}

static kh_status run(void *self, kh_sheet *sheet, kh_error *err)
{
    const payout *p = self;
    running r = {.payout = p, .sheet = sheet};
    kh_status rc = kh_input_find(sheet, p->value, NULL, &r.score, err);
    if (rc == KH_OK) rc = kh_input_find(sheet, p->standard, NULL, &r.standard, err);
    if (rc == KH_OK && p->table) rc = read_points(p, sheet, &r.points, &r.count, err);
    if (rc < 0) return rc;
    kh_column added = {p->as, p->title, "元", 2};
    r.as = p->as ? sheet->ops->add_column(sheet, &added) : -1;
    for (uint32_t s = 0; s < sheet->ops->subject_count(sheet); s++) {
        if (!sheet->ops->failed(sheet, s)) run_subject(&r, s);
    }
    free(r.points);
    return KH_OK;
}

static const kh_strategy_ops payout_ops = {
    .size = sizeof payout_ops, .open = open_payout, .check = check, .run = run};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_STRATEGY,
             .name = "payout",
             .version = "1.0",
             .summary = "a score to a share of the linked pay, to the cent",
             .license = "MIT",
             .instance_size = sizeof(payout),
             .defaults = &defaults,
             .options = options,
             .strategy = &payout_ops};
