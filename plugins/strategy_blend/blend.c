/* Strategy `blend`: a fixed-weight mix of scores, also of the own and the group's (PR-22). */
#include <kaohe/stage.h>

typedef struct blend {
    kh_rows parts;
    const char *title, *as, *rule;
    int32_t absent;
    int64_t places;
    const kh_host *host;
} blend;

typedef struct part {
    const char *value, *title;
    kh_decimal weight, cap;
    int32_t of;
} part;

enum { OF_OWN, OF_GROUP };
enum { ABSENT_EXCLUDE, ABSENT_ZERO, ABSENT_BLOCK };
static const char *const ofs[] = {"own", "group", NULL};
static const char *const absents[] = {"exclude", "zero", "block", NULL};

static const part part_defaults = {.weight = KH_ABSENT, .cap = KH_ABSENT};
static const kh_option part_options[] = {{.key = "value",
                                          .type = KH_OPT_TEXT,
                                          .offset = offsetof(part, value),
                                          .refers = KH_REFERS_VALUE,
                                          .help = "a score; default: the score so far"},
                                         {.key = "of",
                                          .type = KH_OPT_CHOICE,
                                          .offset = offsetof(part, of),
                                          .choices = ofs,
                                          .help = "the subject's own, or the mean of its group"},
                                         {.key = "weight",
                                          .type = KH_OPT_DECIMAL,
                                          .offset = offsetof(part, weight),
                                          .flags = KH_OPT_REQUIRED | KH_OPT_POSITIVE,
                                          .help = "all weights add up to 100, or to 1"},
                                         {.key = "cap",
                                          .type = KH_OPT_DECIMAL,
                                          .offset = offsetof(part, cap),
                                          .help = "the highest that counts"},
                                         {.key = "title",
                                          .type = KH_OPT_TEXT,
                                          .offset = offsetof(part, title),
                                          .help = "shown instead of the value's title"},
                                         {0}};

static const blend defaults = {.title = "综合得分", .rule = "", .places = 2};
static const kh_option options[] = {
    {.key = "parts",
     .type = KH_OPT_ROWS,
     .offset = offsetof(blend, parts),
     .flags = KH_OPT_REQUIRED,
     .row = part_options,
     .row_size = sizeof(part),
     .row_defaults = &part_defaults,
     .help = "what is mixed"},
    {.key = "absent",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(blend, absent),
     .choices = absents,
     .help = "an absent score: the others carry its weight, it counts 0, or there is no result"},
    {.key = "as",
     .type = KH_OPT_TEXT,
     .offset = offsetof(blend, as),
     .refers = KH_DEFINES_VALUE,
     .help = "keep the result as a value of this name; default: it is the score"},
    {.key = "places",
     .type = KH_OPT_INT,
     .offset = offsetof(blend, places),
     .max = 12,
     .help = "decimals when shown"},
    {.key = "title",
     .type = KH_OPT_TEXT,
     .offset = offsetof(blend, title),
     .help = "what the result is called"},
    {.key = "rule",
     .type = KH_OPT_TEXT,
     .offset = offsetof(blend, rule),
     .help = "clause shown beside the step"},
    {0}};

/* What a part is for one subject: sum ÷ people, so that a mean stays an exact fraction. */
typedef struct cell {
    kh_decimal sum;
    uint32_t people;
    bool capped;
} cell;

static kh_status open_blend(void *self, const kh_host *host, kh_error *err)
{
    (void)err;
    ((blend *)self)->host = host;
    return KH_OK;
}

static kh_decimal all_weights(const blend *b)
{
    const part *parts = b->parts.items;
    kh_decimal all = b->host->decimal->from_int(0);
    for (uint32_t i = 0; i < b->parts.count; i++) {
        all = b->host->decimal->add(all, parts[i].weight);
    }
    return all;
}

static kh_status check(void *self, const kh_sheet *sheet, kh_error *err)
{
    const blend *b = self;
    const kh_decimal_ops *dec = b->host->decimal;
    kh_decimal all = all_weights(b);
    (void)sheet;
    if (dec->cmp(all, dec->from_int(100)) != 0 && dec->cmp(all, dec->from_int(1)) != 0) {
        return kh_fail(err, KH_EUSAGE, "the weights add up to %s; they must add up to 100 or to 1",
                       kh_show(dec, all, KH_PLACES_OWN).text);
    }
    return KH_OK;
}

/* Fill the cells of one part for all subjects; `at` counts cells of a subject. */
static void fill_part(const blend *b, const kh_sheet *sheet, const part *p, const kh_input *input,
                      const kh_pools *groups, cell *cells)
{
    const kh_decimal_ops *dec = b->host->decimal;
    uint32_t step = b->parts.count;
    for (uint32_t g = 0; g < groups->count; g++) {
        cell mean = {.sum = dec->from_int(0)};
        for (uint32_t i = groups->starts[g]; i < groups->starts[g + 1]; i++) {
            cell *own = &cells[(size_t)groups->members[i] * step];
            *own = (cell){kh_input_value(sheet, input, groups->members[i]), 1, false};
            if (kh_is_absent(own->sum)) continue;
            own->capped = !kh_is_absent(p->cap) && dec->cmp(own->sum, p->cap) > 0;
            if (own->capped) own->sum = p->cap;
            mean.sum = dec->add(mean.sum, own->sum);
            mean.people++;
        }
        if (mean.people == 0) mean = (cell){KH_ABSENT, 1, false};
        for (uint32_t i = groups->starts[g]; p->of == OF_GROUP && i < groups->starts[g + 1]; i++) {
            cells[(size_t)groups->members[i] * step] = mean;
        }
    }
}

static void show_part(const blend *b, kh_sheet *sheet, uint32_t s, const part *p,
                      const kh_input *input, const cell *c, kh_decimal used,
                      const kh_goal_result *result)
{
    const kh_decimal_ops *dec = b->host->decimal;
    kh_decimal value = dec->div(c->sum, dec->from_int(c->people));
    char rule[KH_DECIMAL_TEXT * 4 + 64] = "", weight[KH_DECIMAL_TEXT * 2 + 16];
    bool counts = !kh_is_absent(value) && result->state != KH_GOAL_EXCLUDED;
    bool whole = dec->cmp(used, dec->from_int(1)) == 0;
    snprintf(weight, sizeof weight, whole ? "%s" : "%s ÷ %s",
             kh_show(dec, p->weight, KH_PLACES_OWN).text, kh_show(dec, used, KH_PLACES_OWN).text);
    if (counts && p->of == OF_GROUP) {
        snprintf(rule, sizeof rule, "%u 人合计 %s ÷ %u × %s", c->people,
                 kh_show(dec, c->sum, KH_PLACES_OWN).text, c->people, weight);
    } else if (counts) {
        snprintf(rule, sizeof rule, "%s × %s", kh_show(dec, value, KH_PLACES_OWN).text, weight);
    }
    kh_item item = {.name = p->value ? p->value : "score",
                    .title = input->title,
                    .unit = input->unit,
                    .actual = value,
                    .target = KH_ABSENT,
                    .base = KH_ABSENT,
                    .rate = KH_ABSENT,
                    .weight = p->weight,
                    .points = result->points,
                    .places = (int32_t)b->places,
                    .value_places = input->places,
                    .rule = rule,
                    .reason = counts ? c->capped ? "超过上限,按上限计" : NULL
                              : b->absent == ABSENT_ZERO ? "无数据,计 0 分"
                                                         : "无数据,权重由其余各项分担"};
    sheet->ops->add_item(sheet, s, &item);
}

static void run_subject(const blend *b, kh_sheet *sheet, uint32_t s, const kh_input *inputs,
                        const cell *cells, kh_handle as, kh_goal *goals, kh_goal_result *results)
{
    static const kh_if_absent meaning[] = {KH_ABSENT_EXCLUDE, KH_ABSENT_ZERO, KH_ABSENT_BLOCK};
    const kh_decimal_ops *dec = b->host->decimal;
    const part *parts = b->parts.items;
    kh_decimal all = all_weights(b);
    for (uint32_t i = 0; i < b->parts.count; i++) {
        goals[i] = (kh_goal){.actual = cells[i].sum, /* sum ÷ (all × people) × weight */
                             .target = dec->mul(all, dec->from_int(cells[i].people)),
                             .base = KH_ABSENT,
                             .weight = parts[i].weight,
                             .floor = KH_ABSENT,
                             .cap = KH_ABSENT,
                             .if_absent = meaning[b->absent]};
    }
    kh_decimal score = b->host->rules->weigh(goals, b->parts.count, results);
    kh_decimal used = dec->from_int(0);
    for (uint32_t i = 0; i < b->parts.count; i++) {
        if (results[i].state != KH_GOAL_EXCLUDED) used = dec->add(used, parts[i].weight);
    }
    for (uint32_t i = 0; i < b->parts.count; i++) {
        show_part(b, sheet, s, &parts[i], &inputs[i], &cells[i], used, &results[i]);
    }
    if (kh_is_absent(score)) {
        kh_explain(sheet, s, "blend", b->rule, KH_FAILED, "没有可计的分数,无%s", b->title);
    } else {
        kh_explain(sheet, s, "blend", b->rule, KH_PASSED, "各项分数 × 权重相加,%s %s", b->title,
                   kh_show(dec, score, (int)b->places).text);
    }
    if (as >= 0) sheet->ops->set_value(sheet, as, s, score);
    else sheet->ops->set_score(sheet, s, score, (int32_t)b->places);
}

static kh_status run(void *self, kh_sheet *sheet, kh_error *err)
{
    const blend *b = self;
    const kh_sheet_ops *ops = sheet->ops;
    const part *parts = b->parts.items;
    uint32_t count = b->parts.count, subjects = ops->subject_count(sheet);
    kh_pools groups = {0};
    kh_status rc = kh_pools_make(sheet, true, &groups, err);
    if (rc < 0) return rc;
    kh_input *inputs = calloc(count, sizeof *inputs);
    kh_goal *goals = calloc(count, sizeof *goals);
    kh_goal_result *results = calloc(count, sizeof *results);
    cell *cells = calloc((size_t)subjects * count + 1, sizeof *cells);
    if (!inputs || !goals || !results || !cells) rc = kh_fail(err, KH_ELIMIT, "out of memory");
    for (uint32_t i = 0; rc == KH_OK && i < count; i++) {
        rc = kh_input_find(sheet, parts[i].value, parts[i].title, &inputs[i], err);
        if (rc == KH_OK) fill_part(b, sheet, &parts[i], &inputs[i], &groups, cells + i);
    }
    kh_column added = {b->as, b->title, "分", (int32_t)b->places};
    kh_handle as = rc == KH_OK && b->as ? ops->add_column(sheet, &added) : -1;
    for (uint32_t s = 0; rc == KH_OK && s < subjects; s++) {
        if (ops->failed(sheet, s)) continue;
        run_subject(b, sheet, s, inputs, cells + (size_t)s * count, as, goals, results);
    }
    free(inputs);
    free(goals);
    free(results);
    free(cells);
    kh_pools_free(&groups);
    return rc;
}

static const kh_strategy_ops blend_ops = {
    .size = sizeof blend_ops, .open = open_blend, .check = check, .run = run};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_STRATEGY,
             .name = "blend",
             .version = "1.0",
             .summary = "a fixed-weight mix of scores, also of the own and the group's",
             .license = "MIT",
             .instance_size = sizeof(blend),
             .defaults = &defaults,
             .options = options,
             .strategy = &blend_ops};
