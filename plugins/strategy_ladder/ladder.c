/* Strategy `ladder`: a value to a grade by ordered thresholds (rulebook PR-3, C15). */
#include <kaohe/stage.h>

typedef struct ladder {
    const char *table, *value, *grade_column, *from_column, *below, *ceiling, *rule, *unit, *title;
    kh_decimal per;
    int64_t places;
    bool note;
    const kh_host *host;
} ladder;

static const ladder defaults = {.grade_column = "grade",
                                .from_column = "from",
                                .below = "未达标",
                                .unit = "万元",
                                .title = "本季创利",
                                .rule = "",
                                .per = KH_ONE,
                                .places = 2,
                                .note = true};
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
    {.key = "note",
     .type = KH_OPT_BOOL,
     .offset = offsetof(ladder, note),
     .help = "say in a note what is missing to the next step; false where later stages decide it"},
    {0}};

static kh_status open_ladder(void *self, const kh_host *host, kh_error *err)
{
    (void)err;
    ((ladder *)self)->host = host;
    return KH_OK;
}

/* The table, lowest step first, and the row of the ceiling (-1: none). The caller frees. */
static kh_status read_rungs(const ladder *l, const kh_sheet *sheet, kh_rung **out, uint32_t *count,
                            int32_t *ceiling, kh_error *err)
{
    kh_status rc =
        kh_rungs_read(l->host, sheet, l->table, l->grade_column, l->from_column, out, count, err);
    if (rc < 0) return rc;
    *ceiling = kh_rung_named(*out, *count, l->ceiling);
    if (!l->ceiling || *ceiling >= 0) return KH_OK;
    free(*out);
    return kh_fail(err, KH_EUSAGE, "the ceiling '%s' is no grade of lookup '%s'", l->ceiling,
                   l->table);
}

static void explain(const ladder *l, kh_sheet *sheet, uint32_t s, kh_decimal value,
                    const kh_rung *rungs, uint32_t count, int32_t at)
{
    const kh_decimal_ops *dec = l->host->decimal;
    const kh_rung *next = at + 1 < (int32_t)count ? &rungs[at + 1] : NULL;
    int places = (int)l->places;
    kh_shown shown = kh_show_beside(dec, value, next ? next->from : KH_ABSENT, places);
    kh_shown from = kh_show(dec, rungs[at >= 0 ? at : 0].from, KH_PLACES_OWN);
    if (at >= 0) {
        kh_explain(sheet, s, "ladder", l->rule, KH_PASSED, "%s %s %s,达到 %s(%s %s)", l->title,
                   shown.text, l->unit, rungs[at].name, from.text, l->unit);
    } else {
        kh_explain(sheet, s, "ladder", l->rule, KH_FAILED, "%s %s %s,低于最低档 %s %s", l->title,
                   shown.text, l->unit, from.text, l->unit);
    }
    if (!next || !l->note) return;
    char note[512];
    snprintf(note, sizeof note, "再增 %s %s 可达 %s",
             kh_show_missing(dec, dec->sub(next->from, value), places).text, l->unit, next->name);
    kh_error_trim(note, sizeof note);
    sheet->ops->add_note(sheet, s, note);
}

static kh_status run(void *self, kh_sheet *sheet, kh_error *err)
{
    const ladder *l = self;
    const kh_sheet_ops *ops = sheet->ops;
    const kh_decimal_ops *dec = l->host->decimal;
    kh_input input;
    kh_rung *rungs = NULL;
    uint32_t count;
    int32_t ceiling;
    kh_status rc = kh_input_find(sheet, l->value, NULL, &input, err);
    if (rc == KH_OK) rc = read_rungs(l, sheet, &rungs, &count, &ceiling, err);
    if (rc < 0 || !rungs) return rc;
    for (uint32_t s = 0; s < ops->subject_count(sheet); s++) {
        if (ops->failed(sheet, s)) continue;
        kh_decimal value = dec->div(kh_input_value(sheet, &input, s), l->per);
        if (kh_is_absent(value)) {
            kh_explain(sheet, s, "ladder", l->rule, KH_FAILED, "没有数据,不评等级");
            continue;
        }
        int32_t at = kh_rung_reached(dec, rungs, count, value);
        explain(l, sheet, s, value, rungs, count, at);
        if (ceiling >= 0 && at > ceiling) {
            kh_explain(sheet, s, "ladder", l->rule, KH_CHANGED, "%s 须报总行审批,批准前暂按 %s",
                       rungs[at].name, l->ceiling);
            at = ceiling;
        }
        ops->set_grade(sheet, s, at < 0 ? l->below : rungs[at].name);
    }
    free(rungs);
    return KH_OK;
}

static kh_status check(void *self, const kh_sheet *sheet, kh_error *err)
{
    /* The table is part of the scheme, so its order is known before any data. */
    kh_rung *rungs;
    uint32_t count;
    int32_t ceiling;
    kh_status rc = read_rungs(self, sheet, &rungs, &count, &ceiling, err);
    if (rc == KH_OK) free(rungs);
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
