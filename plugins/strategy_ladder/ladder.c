/* Strategy `ladder`: a value to a grade by ordered thresholds (rulebook PR-3, C15). */
#include <kaohe/strategy.h>

#include <stdlib.h>
#include <string.h>

typedef struct ladder {
    const char *table, *value, *grade_column, *from_column, *below, *ceiling, *rule, *unit, *title;
    kh_decimal per;
    int64_t places;
    const kh_host *host;
} ladder;

/* A step of the ladder: its grade and the least value, in the unit of the table. */
typedef struct rung {
    const char *grade;
    kh_decimal from;
} rung;

static const ladder defaults = {.grade_column = "grade",
                                .from_column = "from",
                                .below = "未达标",
                                .unit = "万元",
                                .title = "本季创利",
                                .rule = "",
                                .per = KH_ONE,
                                .places = 2};
static const kh_option options[] = {
    {.key = "table",
     .type = KH_OPT_TEXT,
     .offset = offsetof(ladder, table),
     .flags = KH_OPT_REQUIRED,
     .refers = KH_REFERS_LOOKUP,
     .help = "lookup with one row a step, lowest first"},
    {.key = "value",
     .type = KH_OPT_TEXT,
     .offset = offsetof(ladder, value),
     .refers = KH_REFERS_VALUE,
     .help = "what is looked up; default: the score"},
    {.key = "per",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(ladder, per),
     .flags = KH_OPT_POSITIVE,
     .help = "the value is divided by it: 10000 for a table in 万元"},
    {.key = "unit",
     .type = KH_OPT_TEXT,
     .offset = offsetof(ladder, unit),
     .help = "unit of the table, shown"},
    {.key = "title",
     .type = KH_OPT_TEXT,
     .offset = offsetof(ladder, title),
     .help = "what the value is called, shown"},
    {.key = "grade_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(ladder, grade_column),
     .help = "column with the grade"},
    {.key = "from_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(ladder, from_column),
     .help = "column with the least value"},
    {.key = "below",
     .type = KH_OPT_TEXT,
     .offset = offsetof(ladder, below),
     .help = "the grade below the first step"},
    {.key = "ceiling",
     .type = KH_OPT_TEXT,
     .offset = offsetof(ladder, ceiling),
     .help = "highest grade that needs no approval; above it this one is kept for now"},
    {.key = "rule",
     .type = KH_OPT_TEXT,
     .offset = offsetof(ladder, rule),
     .help = "clause shown beside the step"},
    {.key = "places",
     .type = KH_OPT_INT,
     .offset = offsetof(ladder, places),
     .max = 12,
     .help = "decimals of the value when shown"},
    {0}};

static kh_status open_ladder(void *self, const kh_host *host, kh_error *err)
{
    (void)err;
    ((ladder *)self)->host = host;
    return KH_OK;
}

/* Read the table; refuse one that is not in order. The caller frees. */
static kh_status read_rungs(const ladder *l, const kh_sheet *sheet, rung **out, uint32_t *count,
                            int32_t *ceiling, kh_error *err)
{
    const kh_sheet_ops *ops = sheet->ops;
    kh_handle table = ops->find_lookup(sheet, l->table);
    if (table < 0) return kh_fail(err, KH_EUSAGE, "there is no lookup '%s'", l->table);
    *count = ops->lookup_rows(sheet, table);
    *ceiling = -1;
    rung *rungs = calloc(*count + 1, sizeof *rungs);
    if (!rungs) return kh_fail(err, KH_ELIMIT, "out of memory");
    kh_status rc = KH_OK;
    for (uint32_t i = 0; rc == KH_OK && i < *count; i++) {
        rc = ops->lookup_text(sheet, table, i, l->grade_column, &rungs[i].grade, err);
        if (rc == KH_OK) {
            rc = ops->lookup_number(sheet, table, i, l->from_column, &rungs[i].from, err);
        }
        if (rc == KH_OK && i > 0 && l->host->decimal->cmp(rungs[i].from, rungs[i - 1].from) <= 0) {
            rc = kh_fail(err, KH_EUSAGE, "lookup '%s' is not in rising order at '%s'", l->table,
                         rungs[i].grade);
        }
        if (rc == KH_OK && l->ceiling && !strcmp(rungs[i].grade, l->ceiling)) *ceiling = (int32_t)i;
    }
    if (rc == KH_OK && *count == 0) rc = kh_fail(err, KH_EUSAGE, "lookup '%s' is empty", l->table);
    if (rc == KH_OK && l->ceiling && *ceiling < 0) {
        rc = kh_fail(err, KH_EUSAGE, "the ceiling '%s' is no grade of lookup '%s'", l->ceiling,
                     l->table);
    }
    if (rc < 0) free(rungs);
    else *out = rungs;
    return rc;
}

/* A value as it is shown: never so rounded that it seems to reach a step it misses. */
static void show(const ladder *l, char out[KH_DECIMAL_TEXT], kh_decimal value, const rung *next)
{
    const kh_decimal_ops *dec = l->host->decimal;
    int places = (int)l->places;
    while (next && places < 12 && dec->cmp(dec->round(value, places), next->from) >= 0) places++;
    dec->format(out, value, places, true);
}

/* What is still missing to the next step: rounded up, so that it is enough. */
static void show_missing(const ladder *l, char out[KH_DECIMAL_TEXT], kh_decimal missing)
{
    const kh_decimal_ops *dec = l->host->decimal;
    kh_decimal below = dec->floor(missing, (int)l->places);
    if (dec->cmp(below, missing) < 0) {
        kh_decimal unit = dec->from_int(1);
        for (int64_t i = 0; i < l->places; i++) unit = dec->div(unit, dec->from_int(10));
        below = dec->add(below, unit);
    }
    dec->format(out, below, (int)l->places, true);
}

static void explain(const ladder *l, kh_sheet *sheet, uint32_t s, kh_decimal value,
                    const rung *rungs, uint32_t count, int32_t at)
{
    const kh_decimal_ops *dec = l->host->decimal;
    const rung *next = at + 1 < (int32_t)count ? &rungs[at + 1] : NULL;
    char shown[KH_DECIMAL_TEXT], from[KH_DECIMAL_TEXT], text[400];
    show(l, shown, value, next);
    dec->format(from, rungs[at >= 0 ? at : 0].from, KH_PLACES_OWN, true);
    if (at >= 0) {
        snprintf(text, sizeof text, "%s %s %s,达到 %s(%s %s)", l->title, shown, l->unit,
                 rungs[at].grade, from, l->unit);
    } else {
        snprintf(text, sizeof text, "%s %s %s,低于最低档 %s %s", l->title, shown, l->unit, from,
                 l->unit);
    }
    kh_step step = {"ladder", l->rule, text, at >= 0 ? KH_PASSED : KH_FAILED};
    sheet->ops->add_step(sheet, s, &step);
    if (next) {
        show_missing(l, shown, dec->sub(next->from, value));
        snprintf(text, sizeof text, "再增 %s %s 可达 %s", shown, l->unit, next->grade);
        sheet->ops->add_note(sheet, s, text);
    }
}

static kh_status run(void *self, kh_sheet *sheet, kh_error *err)
{
    const ladder *l = self;
    const kh_sheet_ops *ops = sheet->ops;
    const kh_decimal_ops *dec = l->host->decimal;
    rung *rungs = NULL;
    uint32_t count = 0;
    int32_t ceiling;
    kh_status rc = read_rungs(l, sheet, &rungs, &count, &ceiling, err);
    if (rc < 0) return rc;
    kh_handle source = l->value ? ops->find(sheet, l->value) : -1;
    if (l->value && source < 0) {
        free(rungs);
        return kh_fail(err, KH_EUSAGE, "there is no measure or metric '%s'", l->value);
    }
    for (uint32_t s = 0; s < ops->subject_count(sheet); s++) {
        if (ops->failed(sheet, s)) continue;
        kh_decimal value = l->value ? ops->value(sheet, source, s) : ops->card(sheet, s)->score;
        if (kh_is_absent(value)) {
            kh_step step = {"ladder", l->rule, "没有数据,不评等级", KH_FAILED};
            ops->add_step(sheet, s, &step);
            continue;
        }
        value = dec->div(value, l->per);
        int32_t at = -1; /* thresholds are reached, not passed: 以上 includes the number */
        while (at + 1 < (int32_t)count && dec->cmp(value, rungs[at + 1].from) >= 0) at++;
        explain(l, sheet, s, value, rungs, count, at);
        if (ceiling >= 0 && at > ceiling) {
            char text[256];
            snprintf(text, sizeof text, "%s 须报总行审批,批准前暂按 %s", rungs[at].grade,
                     l->ceiling);
            kh_step step = {"ladder", l->rule, text, KH_CHANGED};
            ops->add_step(sheet, s, &step);
            at = ceiling;
        }
        ops->set_grade(sheet, s, at < 0 ? l->below : rungs[at].grade);
    }
    free(rungs);
    return KH_OK;
}

static kh_status check(void *self, const kh_sheet *sheet, kh_error *err)
{
    /* The table is part of the scheme, so its order is known before any data. */
    ladder *l = self;
    rung *rungs = NULL;
    uint32_t count;
    int32_t ceiling;
    kh_status rc = read_rungs(l, sheet, &rungs, &count, &ceiling, err);
    free(rungs);
    return rc;
}

static const kh_strategy_ops ladder_ops = {
    .size = sizeof ladder_ops, .open = open_ladder, .check = check, .run = run};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_STRATEGY,
             .name = "ladder",
             .version = "1.0",
             .summary = "a value to a grade by ordered thresholds",
             .license = "MIT",
             .instance_size = sizeof(ladder),
             .defaults = &defaults,
             .options = options,
             .strategy = &ladder_ops};
