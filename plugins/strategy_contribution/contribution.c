/* Strategy `contribution`: lines of profit added up to one total (rulebook C09). */
#include <kaohe/strategy.h>

typedef struct contribution {
    kh_texts lines;
    const char *title;
    int64_t places;
    int32_t absent;
    const kh_host *host;
} contribution;

static const char *const absents[] = {"zero", "block", NULL};

static const contribution defaults = {.title = "综合创利", .places = 2};
static const kh_option options[] = {{.key = "lines",
                                     .type = KH_OPT_TEXTS,
                                     .offset = offsetof(contribution, lines),
                                     .flags = KH_OPT_REQUIRED,
                                     .refers = KH_REFERS_VALUE,
                                     .help = "the metrics that are added up"},
                                    {.key = "title",
                                     .type = KH_OPT_TEXT,
                                     .offset = offsetof(contribution, title),
                                     .help = "what the total is called"},
                                    {.key = "places",
                                     .type = KH_OPT_INT,
                                     .offset = offsetof(contribution, places),
                                     .max = 12,
                                     .help = "decimals of the total when shown"},
                                    {.key = "absent",
                                     .type = KH_OPT_CHOICE,
                                     .offset = offsetof(contribution, absent),
                                     .choices = absents,
                                     .help = "an absent line adds nothing, or there is no total"},
                                    {0}};

static kh_status open_contribution(void *self, const kh_host *host, kh_error *err)
{
    (void)err;
    ((contribution *)self)->host = host;
    return KH_OK;
}

static kh_status run(void *self, kh_sheet *sheet, kh_error *err)
{
    const contribution *c = self;
    const kh_sheet_ops *ops = sheet->ops;
    const kh_decimal_ops *dec = c->host->decimal;
    for (uint32_t s = 0; s < ops->subject_count(sheet); s++) {
        if (ops->failed(sheet, s)) continue;
        kh_decimal total = KH_ZERO;
        uint32_t present = 0;
        for (uint32_t i = 0; i < c->lines.count; i++) {
            kh_handle line = ops->find(sheet, c->lines.items[i]);
            if (line < 0) {
                return kh_fail(err, KH_EUSAGE, "there is no metric '%s'", c->lines.items[i]);
            }
            const kh_column *column = ops->column(sheet, line);
            kh_decimal value = ops->value(sheet, line, s);
            bool absent = kh_is_absent(value);
            if (!absent) total = dec->add(total, value);
            present += !absent;
            kh_item item = {.name = column->name,
                            .title = column->title,
                            .unit = column->unit,
                            .actual = value,
                            .target = KH_ABSENT,
                            .base = KH_ABSENT,
                            .rate = KH_ABSENT,
                            .weight = KH_ABSENT,
                            .points = value,
                            .places = (int32_t)c->places,
                            .value_places = column->places,
                            .rule = "",
                            .reason = absent ? "本期无数据" : NULL};
            ops->add_item(sheet, s, &item);
        }
        bool none = present == 0 || (c->absent == 1 && present < c->lines.count);
        ops->set_score(sheet, s, none ? KH_ABSENT : total, (int32_t)c->places);
        char shown[KH_DECIMAL_TEXT], text[256];
        dec->format(shown, total, (int)c->places, true);
        snprintf(text, sizeof text, "%u 项相加,%s %s 元", present, c->title, shown);
        kh_step step = {"contribution", "", none ? "本期没有任何数据,不计综合创利" : text,
                        none ? KH_FAILED : KH_PASSED};
        ops->add_step(sheet, s, &step);
    }
    return KH_OK;
}

static const kh_strategy_ops contribution_ops = {
    .size = sizeof contribution_ops, .open = open_contribution, .run = run};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_STRATEGY,
             .name = "contribution",
             .version = "1.0",
             .summary = "lines of profit added up to one total",
             .license = "MIT",
             .instance_size = sizeof(contribution),
             .defaults = &defaults,
             .options = options,
             .strategy = &contribution_ops};
