/* Strategy `piecework`: price × volume, less where the target was missed, to the cent (E02). */
#include <kaohe/stage.h>

typedef struct piecework {
    kh_rows products;
    const char *name, *title, *as, *rule, *entitled;
    kh_decimal cap;
    int32_t zero_target, absent, show;
    bool uncapped;
    const kh_host *host;
} piecework;

typedef struct product {
    const char *volume, *target, *price_value, *name, *title;
    kh_decimal price;
} product;

enum { ABSENT_NOTHING, ABSENT_FULL };
static const char *const zero_targets[] = {"full", "zero", "exclude", NULL};
static const char *const absents[] = {"zero", "full", NULL};
enum { SHOW_ITEMS, SHOW_PAY };
static const char *const shows[] = {"items", "pay", NULL};

static const product product_defaults = {.price = KH_ABSENT};
static const kh_option product_options[] = {
    {.key = "volume",
     .type = KH_OPT_TEXT,
     .offset = offsetof(product, volume),
     .flags = KH_OPT_REQUIRED,
     .refers = KH_REFERS_VALUE,
     .help = "what was sold; absent or negative pays nothing"},
    {.key = "price",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(product, price),
     .help = "元 for one of it"},
    {.key = "price_value",
     .type = KH_OPT_TEXT,
     .offset = offsetof(product, price_value),
     .refers = KH_REFERS_VALUE,
     .help = "or a parameter with the price"},
    {.key = "target",
     .type = KH_OPT_TEXT,
     .offset = offsetof(product, target),
     .refers = KH_REFERS_VALUE,
     .help = "what was to be sold; none: the price is paid in full"},
    {.key = "name",
     .type = KH_OPT_TEXT,
     .offset = offsetof(product, name),
     .help = "name of its line; default: that of the volume"},
    {.key = "title",
     .type = KH_OPT_TEXT,
     .offset = offsetof(product, title),
     .help = "shown instead of the volume's title"},
    {0}};

static const piecework defaults = {
    .name = "priced", .title = "产品计价工资", .rule = "", .cap = KH_ONE};
static const kh_option options[] = {
    {.key = "products",
     .type = KH_OPT_ROWS,
     .offset = offsetof(piecework, products),
     .flags = KH_OPT_REQUIRED,
     .row = product_options,
     .row_size = sizeof(product),
     .row_defaults = &product_defaults,
     .help = "what is paid by the piece"},
    {.key = "cap",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(piecework, cap),
     .flags = KH_OPT_POSITIVE,
     .help = "highest completion rate that is paid; 1: a target passed pays no more"},
    {.key = "uncapped",
     .type = KH_OPT_BOOL,
     .offset = offsetof(piecework, uncapped),
     .help = "no highest rate at all: who sells more than the target is paid more for each"},
    {.key = "entitled",
     .type = KH_OPT_TEXT,
     .offset = offsetof(piecework, entitled),
     .refers = KH_REFERS_VALUE,
     .help = "a value: where it is 0 nothing is paid, where it is absent nothing is said either"},
    {.key = "show",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(piecework, show),
     .choices = shows,
     .help = "products as items of the score, or as lines of pay above the sum; no line where "
             "neither price nor volume is known"},
    {.key = "zero_target",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(piecework, zero_target),
     .choices = zero_targets,
     .help = "a target of 0 pays in full, or nothing"},
    {.key = "absent",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(piecework, absent),
     .choices = absents,
     .help = "an absent target pays nothing, or in full"},
    {.key = "name",
     .type = KH_OPT_TEXT,
     .offset = offsetof(piecework, name),
     .help = "name of the pay line"},
    {.key = "title",
     .type = KH_OPT_TEXT,
     .offset = offsetof(piecework, title),
     .help = "its title"},
    {.key = "as",
     .type = KH_OPT_TEXT,
     .offset = offsetof(piecework, as),
     .refers = KH_DEFINES_VALUE,
     .help = "keep the amount as a value of this name, too"},
    {.key = "rule",
     .type = KH_OPT_TEXT,
     .offset = offsetof(piecework, rule),
     .help = "clause shown beside the step"},
    {0}};

/* The inputs of one product. */
typedef struct inputs {
    kh_input volume, price, target;
} inputs;

static kh_status open_piecework(void *self, const kh_host *host, kh_error *err)
{
    (void)err;
    ((piecework *)self)->host = host;
    return KH_OK;
}

static kh_status check(void *self, const kh_sheet *sheet, kh_error *err)
{
    const piecework *w = self;
    const product *products = w->products.items;
    (void)sheet;
    if (w->products.count == 0) return kh_fail(err, KH_EUSAGE, "products is empty; give it rows");
    for (uint32_t i = 0; i < w->products.count; i++) {
        if (kh_is_absent(products[i].price) == (products[i].price_value == NULL)) {
            return kh_fail(err, KH_EUSAGE,
                           "product '%s' needs a price or a price_value, one of them",
                           products[i].volume);
        }
    }
    return KH_OK;
}

/* What one product pays, and the words for it. */
typedef struct piece {
    kh_decimal volume, price, target, earned;
    kh_goal_result result;
    char rule[KH_DECIMAL_TEXT * 4 + 64];
    const char *reason; /* NULL: nothing unusual */
    bool known;         /* price and volume are there */
} piece;

/* "20 元 × 40 × 40 ÷ 50"; as a line of pay with the unit and what 50 is. */
static void explain_piece(const piecework *w, const product *p, const inputs *in, piece *one)
{
    const kh_decimal_ops *dec = w->host->decimal;
    bool line = w->show == SHOW_PAY;
    kh_shown volume = kh_show(dec, one->volume, KH_PLACES_OWN);
    kh_shown target = kh_show(dec, one->target, KH_PLACES_OWN);
    int n = snprintf(one->rule, sizeof one->rule, "%s 元 × %s%s%s",
                     kh_show(dec, one->price, KH_PLACES_OWN).text, volume.text,
                     line ? in->volume.gap : "", line ? in->volume.unit : "");
    char *more = one->rule + n;
    size_t room = sizeof one->rule - (size_t)n;
    if (one->result.state == KH_GOAL_CAPPED) {
        kh_shown cap = kh_show_percent(dec, w->cap);
        if (line) snprintf(more, room, " × %s%%(任务 %s)", cap.text, target.text);
        else snprintf(more, room, " × %s%%", cap.text);
    } else if (one->result.state == KH_GOAL_PLAIN && p->target) {
        snprintf(more, room, " × %s ÷ %s%s", volume.text, line ? "任务 " : "", target.text);
    } else if (p->target) {
        one->reason = kh_is_absent(one->target) ? "无目标" : "目标为零";
    }
}

static piece weigh_product(const piecework *w, const kh_sheet *sheet, uint32_t s, const product *p,
                           const inputs *in, bool entitled)
{
    const kh_decimal_ops *dec = w->host->decimal;
    kh_decimal zero = dec->from_int(0);
    piece one = {.volume = kh_input_value(sheet, &in->volume, s),
                 .price = p->price_value ? kh_input_value(sheet, &in->price, s) : p->price};
    one.target = p->target ? kh_input_value(sheet, &in->target, s) : one.volume;
    kh_decimal full = dec->mul(one.price, one.volume);
    one.known = !kh_is_absent(full);
    bool sold = one.known && dec->cmp(full, zero) > 0; /* more returned than sold: none */
    kh_goal goal = {.actual = one.volume,
                    .target = one.target,
                    .base = KH_ABSENT,
                    .weight = sold && entitled ? full : zero,
                    .floor = zero,
                    .cap = w->uncapped ? KH_ABSENT : w->cap,
                    .zero_target = (kh_zero_target)w->zero_target,
                    .if_absent = w->absent == ABSENT_FULL ? KH_ABSENT_FULL : KH_ABSENT_ZERO};
    kh_decimal earned = w->host->rules->weigh(&goal, 1, &one.result);
    one.earned = dec->round(kh_is_absent(earned) ? zero : earned, 2);
    if (!entitled) one.reason = "不计酬";
    else if (!sold) one.reason = one.known ? "没有净销量,不计价" : "无数据,不计价";
    else explain_piece(w, p, in, &one);
    return one;
}

static void add_line(kh_sheet *sheet, uint32_t s, const product *p, const inputs *in, piece *one)
{
    if (!one->known) return;
    size_t n = strlen(one->rule);
    if (one->reason) {
        snprintf(one->rule + n, sizeof one->rule - n, "%s%s", n ? "," : "", one->reason);
    }
    kh_pay line = {p->name ? p->name : p->volume, in->volume.title, one->earned, one->rule};
    sheet->ops->add_pay(sheet, s, &line);
}

static void add_item(kh_sheet *sheet, uint32_t s, const product *p, const inputs *in,
                     const piece *one)
{
    kh_item item = {.name = p->name ? p->name : p->volume,
                    .title = in->volume.title,
                    .unit = in->volume.unit,
                    .actual = one->volume,
                    .target = p->target ? one->target : KH_ABSENT,
                    .base = KH_ABSENT,
                    .rate = p->target ? one->result.rate : KH_ABSENT,
                    .weight = one->price,
                    .points = one->earned,
                    .places = 2,
                    .value_places = in->volume.places,
                    .rule = one->rule,
                    .reason = one->reason};
    sheet->ops->add_item(sheet, s, &item);
}

static kh_status run(void *self, kh_sheet *sheet, kh_error *err)
{
    const piecework *w = self;
    const kh_sheet_ops *ops = sheet->ops;
    const kh_decimal_ops *dec = w->host->decimal;
    const product *products = w->products.items;
    uint32_t count = w->products.count;
    inputs *in = calloc(count, sizeof *in);
    if (!in) return kh_fail(err, KH_ELIMIT, "out of memory");
    kh_status rc = KH_OK;
    for (uint32_t i = 0; rc == KH_OK && i < count; i++) {
        rc = kh_input_find(sheet, products[i].volume, products[i].title, &in[i].volume, err);
        if (rc == KH_OK)
            rc = kh_input_find(sheet, products[i].price_value, NULL, &in[i].price, err);
        if (rc == KH_OK) rc = kh_input_find(sheet, products[i].target, NULL, &in[i].target, err);
    }
    kh_column added = {w->as, w->title, "元", 2};
    kh_handle right = w->entitled ? ops->find(sheet, w->entitled) : -1;
    kh_handle as = rc == KH_OK && w->as ? ops->add_column(sheet, &added) : -1;
    for (uint32_t s = 0; rc == KH_OK && s < ops->subject_count(sheet); s++) {
        if (ops->failed(sheet, s)) continue;
        kh_decimal total = dec->round(dec->from_int(0), 2);
        kh_decimal entitled = w->entitled ? ops->value(sheet, right, s) : dec->from_int(1);
        if (kh_is_absent(entitled)) continue;
        bool paid = dec->cmp(entitled, dec->from_int(0)) != 0;
        uint32_t lines = 0;
        for (uint32_t i = 0; i < count; i++) {
            piece one = weigh_product(w, sheet, s, &products[i], &in[i], paid);
            total = dec->add(total, one.earned);
            lines += w->show == SHOW_ITEMS || one.known;
            if (w->show == SHOW_PAY) add_line(sheet, s, &products[i], &in[i], &one);
            else add_item(sheet, s, &products[i], &in[i], &one);
        }
        char rule[64];
        snprintf(rule, sizeof rule, "%u 项逐项四舍五入到分后相加", lines);
        kh_pay line = {w->name, w->title, total, rule};
        ops->add_pay(sheet, s, &line);
        kh_explain(sheet, s, "piecework", w->rule, paid ? KH_PASSED : KH_FAILED, "%s,%s %s 元",
                   rule, w->title, kh_show(dec, total, 2).text);
        if (as >= 0) ops->set_value(sheet, as, s, total);
    }
    free(in);
    return rc;
}

static const kh_strategy_ops piecework_ops = {
    .size = sizeof piecework_ops, .open = open_piecework, .check = check, .run = run};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_STRATEGY,
             .name = "piecework",
             .version = "1.0",
             .summary = "price times volume, less where the target was missed, to the cent",
             .license = "MIT",
             .instance_size = sizeof(piecework),
             .defaults = &defaults,
             .options = options,
             .strategy = &piecework_ops};
