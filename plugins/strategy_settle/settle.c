/* Strategy `settle`: what the year is worth, less what was paid, to the cent (PR-12, C38). */
#include <kaohe/stage.h>

typedef struct settle {
    const char *standard, *value, *paid, *from, *amount_column, *period_column;
    const char *name, *title, *as, *rule;
    kh_decimal line, full, excess_rate;
    int64_t compare_places;
    int32_t mode;
    const kh_host *host;
} settle;

enum { MODE_NET, MODE_FLOOR0 };
static const char *const modes[] = {"net", "floor0", NULL};

static const settle defaults = {.amount_column = "amount",
                                .period_column = "period",
                                .name = "settlement",
                                .title = "年终清算",
                                .rule = "",
                                .line = KH_ABSENT,
                                .full = KH_ABSENT,
                                .excess_rate = KH_ONE,
                                .compare_places = KH_PLACES_OWN};
static const kh_option options[] = {
    {.key = "standard",
     .type = KH_OPT_TEXT,
     .offset = offsetof(settle, standard),
     .flags = KH_OPT_REQUIRED,
     .refers = KH_REFERS_VALUE,
     .help = "the pay at stake of the whole year, in 元"},
    {.key = "value",
     .type = KH_OPT_TEXT,
     .offset = offsetof(settle, value),
     .refers = KH_REFERS_VALUE,
     .help = "the year's score; default: the score"},
    {.key = "from",
     .type = KH_OPT_TEXT,
     .offset = offsetof(settle, from),
     .refers = KH_REFERS_RECORDS,
     .help = "records of what was paid, one row a payment, to the cent"},
    {.key = "amount_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(settle, amount_column),
     .help = "column of `from` with the amount"},
    {.key = "period_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(settle, period_column),
     .help = "column of `from` with what it was for, shown"},
    {.key = "paid",
     .type = KH_OPT_TEXT,
     .offset = offsetof(settle, paid),
     .refers = KH_REFERS_VALUE,
     .help = "or the sum of what was paid"},
    {.key = "line",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(settle, line),
     .help = "below it the year is worth nothing; default 60"},
    {.key = "full",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(settle, full),
     .flags = KH_OPT_POSITIVE,
     .help = "worth the whole standard; default 100"},
    {.key = "excess_rate",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(settle, excess_rate),
     .max = 100,
     .help = "what each point above full counts: 0 nothing, 1 as any other"},
    {.key = "mode",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(settle, mode),
     .choices = modes,
     .help = "net: too much paid is to be recovered; floor0: it is not"},
    {.key = "compare_places",
     .type = KH_OPT_INT,
     .offset = offsetof(settle, compare_places),
     .min = KH_PLACES_OWN,
     .max = 12,
     .help = "round to that many decimals before comparing with line; -1: unrounded"},
    {.key = "name",
     .type = KH_OPT_TEXT,
     .offset = offsetof(settle, name),
     .help = "name of the pay line"},
    {.key = "title", .type = KH_OPT_TEXT, .offset = offsetof(settle, title), .help = "its title"},
    {.key = "as",
     .type = KH_OPT_TEXT,
     .offset = offsetof(settle, as),
     .refers = KH_DEFINES_VALUE,
     .help = "keep the amount as a value of this name, too"},
    {.key = "rule",
     .type = KH_OPT_TEXT,
     .offset = offsetof(settle, rule),
     .help = "clause shown beside the steps"},
    {0}};

static kh_status open_settle(void *self, const kh_host *host, kh_error *err)
{
    settle *t = self;
    t->host = host;
    if (kh_is_absent(t->line)) t->line = host->decimal->from_int(60);
    if (kh_is_absent(t->full)) t->full = host->decimal->from_int(100);
    if ((t->from != NULL) == (t->paid != NULL)) {
        return kh_fail(err, KH_EUSAGE, "give one of 'from' (records) and 'paid' (a sum)");
    }
    return KH_OK;
}

static kh_status check(void *self, const kh_sheet *sheet, kh_error *err)
{
    const settle *t = self;
    if (!t->from) return KH_OK;
    kh_handle records = sheet->ops->find_records(sheet, t->from);
    kh_status rc = sheet->ops->check_record(sheet, records, t->amount_column, true, err);
    if (rc < 0) return rc;
    return sheet->ops->check_record(sheet, records, t->period_column, false, err);
}

/* One run. */
typedef struct running {
    const settle *settle;
    kh_sheet *sheet;
    kh_input score, standard, paid;
    kh_handle records, as;
} running;

/* What the year is worth: standard × (min(score, full) + excess × rate) ÷ full, in cents. */
static kh_decimal find_due(const running *r, uint32_t s, kh_decimal score, kh_decimal standard)
{
    const settle *t = r->settle;
    const kh_decimal_ops *dec = t->host->decimal;
    kh_decimal compared = score, zero = dec->from_int(0), counted = score;
    if (t->compare_places >= 0) compared = dec->round(score, (int)t->compare_places);
    if (dec->cmp(compared, t->line) < 0) {
        kh_explain(r->sheet, s, "settle", t->rule, KH_FAILED, "全年%s %s,低于 %s,全年应付 0.00",
                   r->score.title, kh_show_beside(dec, compared, t->line, r->score.places).text,
                   kh_show(dec, t->line, KH_PLACES_OWN).text);
        return dec->round(zero, 2);
    }
    char excess[KH_DECIMAL_TEXT * 2 + 32] = "";
    if (dec->cmp(score, t->full) > 0) {
        counted = dec->add(t->full, dec->mul(dec->sub(score, t->full), t->excess_rate));
        snprintf(excess, sizeof excess, "(超出部分 × %s)",
                 kh_show(dec, t->excess_rate, KH_PLACES_OWN).text);
    }
    kh_decimal due = dec->round(dec->muldiv(standard, counted, t->full), 2);
    int places = r->score.places; /* as many decimals as give the same cents */
    for (; places < 34; places++) {
        kh_decimal product = dec->muldiv(standard, dec->round(counted, places), t->full);
        if (dec->cmp(dec->round(product, 2), due) == 0) break;
    }
    kh_explain(r->sheet, s, "settle", t->rule, KH_PASSED,
               "全年%s %s,计 %s%s:全年应付 %s × %s ÷ %s = %s", r->score.title,
               kh_show_beside(dec, score, t->line, r->score.places).text,
               kh_show(dec, counted, places).text, excess, kh_show(dec, standard, 2).text,
               kh_show(dec, counted, places).text, kh_show(dec, t->full, KH_PLACES_OWN).text,
               kh_show(dec, due, 2).text);
    return due;
}

/* What was paid, a step for each payment; absent when it is not known or the subject failed. */
static kh_status find_paid(const running *r, uint32_t s, kh_decimal *out, kh_error *err)
{
    const settle *t = r->settle;
    const kh_decimal_ops *dec = t->host->decimal;
    *out = t->paid ? kh_input_value(r->sheet, &r->paid, s) : dec->from_int(0);
    uint32_t rows = t->from ? r->sheet->ops->record_count(r->sheet, r->records, s) : 0;
    for (uint32_t i = 0; i < rows; i++) {
        kh_decimal amount = KH_ABSENT;
        const char *period = "";
        kh_status rc = r->sheet->ops->record_number(r->sheet, r->records, s, i, t->amount_column,
                                                    &amount, err);
        if (rc == KH_OK) {
            rc = r->sheet->ops->record_text(r->sheet, r->records, s, i, t->period_column, &period,
                                            err);
        }
        if (rc < 0) return rc;
        *out = dec->add(*out, amount);
        kh_explain(r->sheet, s, "settle", t->rule, KH_KEPT, "已付 %s:%s", period,
                   kh_show(dec, amount, KH_PLACES_OWN).text);
    }
    if (kh_is_absent(*out)) return KH_OK;
    if (dec->cmp(dec->round(*out, 2), *out) != 0) {
        char text[KH_ERROR_TEXT];
        snprintf(text, sizeof text,
                 kh_tr("what was paid is %s, not whole cents; correct the payments"),
                 kh_show(dec, *out, KH_PLACES_OWN).text);
        r->sheet->ops->fail(r->sheet, s, text);
        *out = KH_ABSENT;
    }
    return KH_OK;
}

static kh_status run_subject(const running *r, uint32_t s, kh_error *err)
{
    const settle *t = r->settle;
    const kh_decimal_ops *dec = t->host->decimal;
    kh_decimal score = kh_input_value(r->sheet, &r->score, s), paid;
    kh_decimal standard = kh_input_value(r->sheet, &r->standard, s), zero = dec->from_int(0);
    kh_status rc = find_paid(r, s, &paid, err);
    if (rc < 0 || r->sheet->ops->failed(r->sheet, s)) return rc;
    if (kh_is_absent(score) || kh_is_absent(standard) || kh_is_absent(paid)) {
        kh_explain(r->sheet, s, "settle", t->rule, KH_FAILED, "%s无数据,不清算",
                   kh_is_absent(score)      ? r->score.title
                   : kh_is_absent(standard) ? r->standard.title
                                            : "已付");
        return KH_OK;
    }
    if (dec->cmp(standard, zero) < 0) {
        r->sheet->ops->fail(r->sheet, s, "the pay at stake is negative; correct its source");
        return KH_OK;
    }
    kh_decimal due = find_due(r, s, score, standard), rest = dec->round(dec->sub(due, paid), 2);
    bool over = dec->cmp(rest, zero) < 0, waived = over && t->mode == MODE_FLOOR0;
    char rule[KH_DECIMAL_TEXT * 4 + 64];
    snprintf(rule, sizeof rule, "应付 %s - 已付 %s = %s%s", kh_show(dec, due, 2).text,
             kh_show(dec, paid, 2).text, kh_show(dec, rest, 2).text,
             !over    ? ""
             : waived ? ",多付不追"
                      : ",应收回");
    if (waived) rest = dec->round(zero, 2);
    kh_explain(r->sheet, s, "settle", t->rule, over ? KH_CHANGED : KH_PASSED, "%s:%s", t->title,
               rule);
    kh_pay line = {t->name, t->title, rest, rule};
    r->sheet->ops->add_pay(r->sheet, s, &line);
    if (r->as >= 0) r->sheet->ops->set_value(r->sheet, r->as, s, rest);
    return KH_OK;
}

static kh_status run(void *self, kh_sheet *sheet, kh_error *err)
{
    const settle *t = self;
    running r = {.settle = t, .sheet = sheet, .records = -1};
    kh_status rc = kh_input_find(sheet, t->value, NULL, &r.score, err);
    if (rc == KH_OK) rc = kh_input_find(sheet, t->standard, NULL, &r.standard, err);
    if (rc == KH_OK && t->paid) rc = kh_input_find(sheet, t->paid, NULL, &r.paid, err);
    if (rc < 0) return rc;
    if (t->from) r.records = sheet->ops->find_records(sheet, t->from);
    kh_column added = {t->as, t->title, "元", 2};
    r.as = t->as ? sheet->ops->add_column(sheet, &added) : -1;
    for (uint32_t s = 0; rc == KH_OK && s < sheet->ops->subject_count(sheet); s++) {
        if (!sheet->ops->failed(sheet, s)) rc = run_subject(&r, s, err);
    }
    return rc;
}

static const kh_strategy_ops settle_ops = {
    .size = sizeof settle_ops, .open = open_settle, .check = check, .run = run};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_STRATEGY,
             .name = "settle",
             .version = "1.0",
             .summary = "what the year is worth, less what was paid, to the cent",
             .license = "MIT",
             .instance_size = sizeof(settle),
             .defaults = &defaults,
             .options = options,
             .strategy = &settle_ops};
