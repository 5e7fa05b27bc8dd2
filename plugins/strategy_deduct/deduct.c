/* Strategy `deduct`: decisions take a share or points off a result, never improving it (PR-7, C21). */
#include <kaohe/stage.h>

typedef struct deduct {
    const char *from, *column, *reason_column, *value, *as, *title, *rule;
    kh_decimal least, most, total, floor;
    int32_t by;
    int64_t places;
    const kh_host *host;
} deduct;

enum { BY_RATE, BY_POINTS };
static const char *const bys[] = {"rate", "points", NULL};

static const deduct defaults = {.column = "rate",
                                .reason_column = "reason",
                                .rule = "",
                                .least = KH_ABSENT,
                                .most = KH_ABSENT,
                                .total = KH_ABSENT,
                                .floor = KH_ABSENT,
                                .places = 2};
static const kh_option options[] = {
    {.key = "from",
     .type = KH_OPT_TEXT,
     .offset = offsetof(deduct, from),
     .flags = KH_OPT_REQUIRED,
     .refers = KH_REFERS_RECORDS,
     .help = "records of the decisions, one row each"},
    {.key = "by",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(deduct, by),
     .choices = bys,
     .help = "a row takes a share (0.10 = 10 %) of a gain, or points"},
    {.key = "column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(deduct, column),
     .help = "column with the share or the points; not negative"},
    {.key = "reason_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(deduct, reason_column),
     .help = "column with the reason shown"},
    {.key = "least",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(deduct, least),
     .help = "a row below it is refused: the subject has no result until it is mended"},
    {.key = "most",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(deduct, most),
     .help = "a row above it is refused"},
    {.key = "total",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(deduct, total),
     .help = "most of all rows together; default: the whole gain, any number of points"},
    {.key = "floor",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(deduct, floor),
     .help = "deductions stop here; a result below it stays as it is"},
    {.key = "value",
     .type = KH_OPT_TEXT,
     .offset = offsetof(deduct, value),
     .refers = KH_REFERS_VALUE,
     .help = "what is deducted from; default: the score"},
    {.key = "as",
     .type = KH_OPT_TEXT,
     .offset = offsetof(deduct, as),
     .refers = KH_DEFINES_VALUE,
     .help = "keep the result as a value of this name; default: it is the score"},
    {.key = "places",
     .type = KH_OPT_INT,
     .offset = offsetof(deduct, places),
     .max = 12,
     .help = "decimals of the result when shown"},
    {.key = "title",
     .type = KH_OPT_TEXT,
     .offset = offsetof(deduct, title),
     .help = "shown instead of the value's title"},
    {.key = "rule",
     .type = KH_OPT_TEXT,
     .offset = offsetof(deduct, rule),
     .help = "clause shown beside the steps"},
    {0}};

static kh_status open_deduct(void *self, const kh_host *host, kh_error *err)
{
    (void)err;
    ((deduct *)self)->host = host;
    return KH_OK;
}

static kh_status check(void *self, const kh_sheet *sheet, kh_error *err)
{
    const deduct *d = self;
    kh_handle records = sheet->ops->find_records(sheet, d->from);
    kh_status rc = sheet->ops->check_record(sheet, records, d->column, true, err);
    if (rc == KH_OK) rc = sheet->ops->check_record(sheet, records, d->reason_column, false, err);
    const kh_decimal_ops *dec = d->host->decimal;
    if (rc == KH_OK && !kh_is_absent(d->least) && !kh_is_absent(d->most) &&
        dec->cmp(d->least, d->most) > 0) {
        rc = kh_fail(err, KH_EUSAGE, "least is above most; no row could be taken");
    }
    if (rc == KH_OK && d->by == BY_RATE && !kh_is_absent(d->total) &&
        dec->cmp(d->total, dec->from_int(1)) > 0) {
        rc = kh_fail(err, KH_EUSAGE, "total is above 1; more than the whole cannot be deducted");
    }
    return rc;
}

static kh_shown show_amount(const deduct *d, kh_decimal amount)
{
    const kh_decimal_ops *dec = d->host->decimal;
    return d->by == BY_RATE ? kh_show_percent(dec, amount) : kh_show(dec, amount, KH_PLACES_OWN);
}

static const char *unit_of(const deduct *d)
{
    return d->by == BY_RATE ? "%" : " 分";
}

/* The row cannot be taken: the subject has no result until somebody mends it. */
static void refuse(const deduct *d, kh_sheet *sheet, uint32_t s, kh_decimal amount,
                   const char *reason)
{
    char text[512];
    snprintf(
        text, sizeof text,
        kh_tr(
            "records '%s': the deduction %s%s is outside %s%s to %s%s; correct the decision '%s'"),
        d->from, show_amount(d, amount).text, unit_of(d),
        kh_is_absent(d->least) ? "0" : show_amount(d, d->least).text, unit_of(d),
        kh_is_absent(d->most) ? kh_tr("any") : show_amount(d, d->most).text,
        kh_is_absent(d->most) ? "" : unit_of(d), reason);
    kh_error_trim(text, sizeof text);
    sheet->ops->fail(sheet, s, text);
}

/* Add up the rows, a step for each. *refused: the subject failed. */
static kh_status add_rows(const deduct *d, kh_sheet *sheet, kh_handle records, uint32_t s,
                          kh_decimal *sum, bool *refused, kh_error *err)
{
    const kh_decimal_ops *dec = d->host->decimal;
    *sum = dec->from_int(0);
    *refused = false;
    for (uint32_t i = 0; i < sheet->ops->record_count(sheet, records, s); i++) {
        kh_decimal amount = KH_ABSENT;
        const char *reason = "";
        kh_status rc = sheet->ops->record_number(sheet, records, s, i, d->column, &amount, err);
        if (rc == KH_OK) {
            rc = sheet->ops->record_text(sheet, records, s, i, d->reason_column, &reason, err);
        }
        if (rc < 0) return rc;
        if (kh_is_absent(amount)) continue; /* a decision of another kind: a demotion, say */
        bool low = dec->cmp(amount, kh_is_absent(d->least) ? dec->from_int(0) : d->least) < 0;
        bool high = !kh_is_absent(d->most) && dec->cmp(amount, d->most) > 0;
        if (low || high) {
            refuse(d, sheet, s, amount, reason);
            *refused = true;
            return KH_OK;
        }
        *sum = dec->add(*sum, amount);
        kh_explain(sheet, s, "deduct", d->rule, KH_CHANGED, "扣减 %s%s:%s",
                   show_amount(d, amount).text, unit_of(d), reason);
    }
    return KH_OK;
}

static kh_decimal lesser(const kh_decimal_ops *dec, kh_decimal a, kh_decimal b)
{
    return dec->cmp(a, b) <= 0 ? a : b;
}

/* x - rate × max(0, x), or x - points; never above x. */
static kh_decimal apply(const deduct *d, kh_decimal x, kh_decimal sum)
{
    const kh_decimal_ops *dec = d->host->decimal;
    kh_decimal zero = dec->from_int(0), result;
    if (d->by == BY_RATE) {
        result = dec->cmp(x, zero) > 0 ? dec->sub(x, dec->mul(sum, x)) : x;
    } else {
        result = dec->sub(x, sum);
    }
    if (!kh_is_absent(d->floor) && dec->cmp(result, d->floor) < 0)
        result = lesser(dec, x, d->floor);
    return result;
}

static void explain(const deduct *d, kh_sheet *sheet, uint32_t s, const kh_input *input,
                    kh_decimal x, kh_decimal sum, bool capped, kh_decimal result)
{
    const kh_decimal_ops *dec = d->host->decimal;
    int places = (int)d->places;
    kh_shown before = kh_show(dec, x, places), after = kh_show(dec, result, places);
    char most[KH_DECIMAL_TEXT + 32] = "";
    if (capped) {
        snprintf(most, sizeof most, "(合计至多 %s%s)", show_amount(d, sum).text, unit_of(d));
    }
    if (d->by == BY_POINTS) {
        kh_explain(sheet, s, "deduct", d->rule, KH_CHANGED, "%s %s - %s%s = %s", input->title,
                   before.text, show_amount(d, sum).text, most, after.text);
    } else if (dec->cmp(x, dec->from_int(0)) <= 0) {
        kh_explain(sheet, s, "deduct", d->rule, KH_KEPT, "%s %s 不是盈利,亏损不因扣减而减少",
                   input->title, before.text);
    } else {
        kh_explain(sheet, s, "deduct", d->rule, KH_CHANGED, "%s %s × (1 - %s%%%s) = %s",
                   input->title, before.text, show_amount(d, sum).text, most, after.text);
    }
}

static kh_status run(void *self, kh_sheet *sheet, kh_error *err)
{
    const deduct *d = self;
    const kh_sheet_ops *ops = sheet->ops;
    const kh_decimal_ops *dec = d->host->decimal;
    kh_decimal total = d->total;
    kh_input input;
    kh_status rc = kh_input_find(sheet, d->value, d->title, &input, err);
    if (rc < 0) return rc;
    if (kh_is_absent(total) && d->by == BY_RATE) total = dec->from_int(1);
    kh_handle records = ops->find_records(sheet, d->from);
    kh_column added = {d->as, input.title, input.unit, (int32_t)d->places};
    kh_handle as = d->as ? ops->add_column(sheet, &added) : -1;
    for (uint32_t s = 0; rc == KH_OK && s < ops->subject_count(sheet); s++) {
        if (ops->failed(sheet, s)) continue;
        kh_decimal x = kh_input_value(sheet, &input, s), sum;
        bool refused;
        rc = add_rows(d, sheet, records, s, &sum, &refused, err);
        if (rc < 0 || refused || kh_is_absent(x)) continue;
        bool any = dec->cmp(sum, dec->from_int(0)) > 0;
        bool capped = any && !kh_is_absent(total) && dec->cmp(sum, total) > 0;
        if (capped) sum = total;
        kh_decimal result = any ? apply(d, x, sum) : x;
        if (any) explain(d, sheet, s, &input, x, sum, capped, result);
        if (as >= 0) ops->set_value(sheet, as, s, result);
        else ops->set_score(sheet, s, result, (int32_t)d->places);
    }
    return rc;
}

static const kh_strategy_ops deduct_ops = {
    .size = sizeof deduct_ops, .open = open_deduct, .check = check, .run = run};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_STRATEGY,
             .name = "deduct",
             .version = "1.0",
             .summary = "decisions take a share or points off a result, never improving it",
             .license = "MIT",
             .instance_size = sizeof(deduct),
             .defaults = &defaults,
             .options = options,
             .strategy = &deduct_ops};
