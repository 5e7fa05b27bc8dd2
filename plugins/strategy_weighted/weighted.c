/* Strategy `weighted`: completion rates times weights (rulebook PR-1, PR-2, C37). */
#include <kaohe/stage.h>

typedef struct weighted {
    kh_rows items;
    kh_decimal cap, floor;
    int32_t zero_target, absent;
    int64_t places;
    const char *title;
    const kh_host *host;
} weighted;

/* One row of `items`. */
typedef struct item {
    const char *metric, *target, *base, *title;
    kh_decimal weight, cap, floor;
} item;

static const char *const zero_targets[] = {"full", "zero", "exclude", NULL};
static const char *const absents[] = {"exclude", "zero", "full", "block", NULL};

static const item item_defaults = {.weight = KH_ABSENT, .cap = KH_ABSENT, .floor = KH_ABSENT};
static const kh_option item_options[] = {
    {.key = "metric",
     .type = KH_OPT_TEXT,
     .offset = offsetof(item, metric),
     .flags = KH_OPT_REQUIRED,
     .refers = KH_REFERS_VALUE,
     .help = "what was reached"},
    {.key = "target",
     .type = KH_OPT_TEXT,
     .offset = offsetof(item, target),
     .flags = KH_OPT_REQUIRED,
     .refers = KH_REFERS_VALUE,
     .help = "what was to be reached"},
    {.key = "base",
     .type = KH_OPT_TEXT,
     .offset = offsetof(item, base),
     .refers = KH_REFERS_VALUE,
     .help = "opening value: the rate is (actual-base)/(target-base)"},
    {.key = "weight",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(item, weight),
     .flags = KH_OPT_REQUIRED,
     .help = "points at a rate of 100 %"},
    {.key = "cap",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(item, cap),
     .help = "highest rate of this item, 1.2 = 120 %"},
    {.key = "floor",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(item, floor),
     .help = "lowest rate of this item"},
    {.key = "title",
     .type = KH_OPT_TEXT,
     .offset = offsetof(item, title),
     .help = "shown instead of the metric's title"},
    {0}};

static const weighted defaults = {.cap = KH_ABSENT, .floor = KH_ZERO, .places = 2, .title = "得分"};
static const kh_option options[] = {{.key = "items",
                                     .type = KH_OPT_ROWS,
                                     .offset = offsetof(weighted, items),
                                     .flags = KH_OPT_REQUIRED,
                                     .row = item_options,
                                     .row_size = sizeof(item),
                                     .row_defaults = &item_defaults,
                                     .help = "what is weighed"},
                                    {.key = "cap",
                                     .type = KH_OPT_DECIMAL,
                                     .offset = offsetof(weighted, cap),
                                     .help = "highest rate of every item"},
                                    {.key = "floor",
                                     .type = KH_OPT_DECIMAL,
                                     .offset = offsetof(weighted, floor),
                                     .help = "lowest rate of every item"},
                                    {.key = "zero_target",
                                     .type = KH_OPT_CHOICE,
                                     .offset = offsetof(weighted, zero_target),
                                     .choices = zero_targets,
                                     .help = "what a zero target counts"},
                                    {.key = "absent",
                                     .type = KH_OPT_CHOICE,
                                     .offset = offsetof(weighted, absent),
                                     .choices = absents,
                                     .help = "what an absent value or target counts"},
                                    {.key = "places",
                                     .type = KH_OPT_INT,
                                     .offset = offsetof(weighted, places),
                                     .max = 12,
                                     .help = "decimals of points when shown"},
                                    {.key = "title",
                                     .type = KH_OPT_TEXT,
                                     .offset = offsetof(weighted, title),
                                     .help = "what the total is called"},
                                    {0}};

static kh_status open_weighted(void *self, const kh_host *host, kh_error *err)
{
    (void)err;
    ((weighted *)self)->host = host;
    return KH_OK;
}

static kh_status check(void *self, const kh_sheet *sheet, kh_error *err)
{
    const weighted *w = self;
    (void)sheet;
    if (w->items.count == 0)
        return kh_fail(err, KH_EUSAGE, "items is empty; nothing can be scored");
    return KH_OK;
}

/* Why a rate is not plainly actual / target; NULL when it is. */
static const char *reason_of(const weighted *w, const kh_goal *goal, kh_goal_state state)
{
    switch (state) {
    case KH_GOAL_FLOORED: return "完成率低于下限,按下限计";
    case KH_GOAL_CAPPED: return "完成率超过上限,按上限计";
    case KH_GOAL_ZERO_TARGET:
        return w->zero_target == KH_ZERO_FULL ? "目标为零,按满分计" : "目标为零,不得分";
    case KH_GOAL_ABSENT: return w->absent == KH_ABSENT_FULL ? "无数据,按满分计" : "无数据,不得分";
    case KH_GOAL_EXCLUDED:
        if (kh_is_absent(goal->target)) return "无目标,不计分,权重由其余各项分担";
        if (kh_is_absent(goal->actual)) return "无数据,不计分,权重由其余各项分担";
        return "目标为零,不计分,权重由其余各项分担";
    default: return NULL;
    }
}

/* " × 100 ÷ 80": what the others carry of items that are left out; "" when none is. */
static void describe_scale(const weighted *w, const kh_goal *goals, const kh_goal_result *results,
                           char out[2 * KH_DECIMAL_TEXT + 16])
{
    const kh_decimal_ops *dec = w->host->decimal;
    kh_decimal all = dec->from_int(0), used = all;
    for (uint32_t i = 0; i < w->items.count; i++) {
        all = dec->add(all, goals[i].weight);
        if (results[i].state != KH_GOAL_EXCLUDED) used = dec->add(used, goals[i].weight);
    }
    out[0] = '\0';
    if (dec->cmp(all, used) == 0) return;
    snprintf(out, 2 * KH_DECIMAL_TEXT + 16, " × %s ÷ %s", kh_show(dec, all, KH_PLACES_OWN).text,
             kh_show(dec, used, KH_PLACES_OWN).text);
}

static void add_item(const weighted *w, kh_sheet *sheet, uint32_t subject, const item *row,
                     const kh_goal *goal, const kh_goal_result *result, kh_handle metric,
                     const char *scale)
{
    const kh_decimal_ops *dec = w->host->decimal;
    const kh_column *column = sheet->ops->column(sheet, metric);
    char rate[KH_DECIMAL_TEXT], weight[KH_DECIMAL_TEXT], rule[4 * KH_DECIMAL_TEXT + 32];
    dec->format(rate, dec->mul(result->rate, dec->from_int(100)), 2, false);
    dec->format(weight, goal->weight, KH_PLACES_OWN, false);
    snprintf(rule, sizeof rule, "%s%% × %s%s", rate, weight, scale);
    kh_item shown = {.name = row->metric,
                     .title = row->title ? row->title : column->title,
                     .unit = column->unit,
                     .actual = goal->actual,
                     .target = goal->target,
                     .base = goal->base,
                     .rate = result->rate,
                     .weight = goal->weight,
                     .points = result->points,
                     .places = (int32_t)w->places,
                     .value_places = column->places,
                     .rule = kh_is_absent(result->rate) ? "" : rule,
                     .reason = reason_of(w, goal, result->state)};
    sheet->ops->add_item(sheet, subject, &shown);
}

static kh_status run(void *self, kh_sheet *sheet, kh_error *err)
{
    const weighted *w = self;
    const kh_sheet_ops *ops = sheet->ops;
    const item *rows = w->items.items;
    size_t count = w->items.count;
    kh_goal *goals = calloc(count, sizeof *goals);
    kh_goal_result *results = calloc(count, sizeof *results);
    kh_handle *handles = calloc(count * 3, sizeof *handles);
    kh_status rc = KH_OK;
    if (!goals || !results || !handles) rc = kh_fail(err, KH_ELIMIT, "out of memory");
    for (size_t i = 0; rc == KH_OK && i < count; i++) {
        const char *names[] = {rows[i].metric, rows[i].target, rows[i].base};
        for (int k = 0; k < 3; k++) {
            handles[i * 3 + k] = names[k] ? ops->find(sheet, names[k]) : -1;
            if (names[k] && handles[i * 3 + k] < 0) {
                rc = kh_fail(err, KH_EUSAGE, "there is no measure or metric '%s'", names[k]);
            }
        }
    }
    for (uint32_t s = 0; rc == KH_OK && s < ops->subject_count(sheet); s++) {
        if (ops->failed(sheet, s)) continue;
        for (size_t i = 0; i < count; i++) {
            goals[i] = (kh_goal){.actual = ops->value(sheet, handles[i * 3], s),
                                 .target = ops->value(sheet, handles[i * 3 + 1], s),
                                 .base = ops->value(sheet, handles[i * 3 + 2], s),
                                 .weight = rows[i].weight,
                                 .floor = kh_is_absent(rows[i].floor) ? w->floor : rows[i].floor,
                                 .cap = kh_is_absent(rows[i].cap) ? w->cap : rows[i].cap,
                                 .zero_target = (kh_zero_target)w->zero_target,
                                 .if_absent = (kh_if_absent)w->absent};
        }
        kh_decimal score = w->host->rules->weigh(goals, count, results);
        char scale[2 * KH_DECIMAL_TEXT + 16];
        describe_scale(w, goals, results, scale);
        for (size_t i = 0; i < count; i++) {
            add_item(w, sheet, s, &rows[i], &goals[i], &results[i], handles[i * 3], scale);
        }
        ops->set_score(sheet, s, score, (int32_t)w->places);
        if (kh_is_absent(score)) {
            kh_explain(sheet, s, "weighted", "", KH_FAILED, "没有可计分的项目");
        } else {
            kh_explain(sheet, s, "weighted", "", KH_PASSED, "各项完成率 × 权重相加,%s %s 分",
                       w->title, kh_show(w->host->decimal, score, (int)w->places).text);
        }
    }
    free(goals);
    free(results);
    free(handles);
    return rc;
}

static const kh_strategy_ops weighted_ops = {
    .size = sizeof weighted_ops, .open = open_weighted, .check = check, .run = run};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_STRATEGY,
             .name = "weighted",
             .version = "1.0",
             .summary = "completion rates times weights, summed exactly",
             .license = "MIT",
             .instance_size = sizeof(weighted),
             .defaults = &defaults,
             .options = options,
             .strategy = &weighted_ops};
