/* Strategy `gate`: conditions with names; who fails keeps a lower grade or score (PR-4, C16, C18). */
#include <kaohe/stage.h>

typedef struct gate {
    kh_rows conditions;
    const char *table, *name_column, *to, *to_column, *when, *waivers, *as, *rule;
    const char *condition_column, *by_column, *reason_column;
    kh_decimal cap;
    int32_t need, of;
    bool cascade;
    const kh_host *host;
} gate;

typedef struct condition {
    const char *title, *value, *than_value, *standard, *unit;
    kh_decimal than, per;
    int32_t op, absent;
    bool waivable;
} condition;

enum { NEED_ALL, NEED_ANY };
enum { OF_GRADE, OF_BAND };
enum { ABSENT_FAILS, ABSENT_PASSES };
enum { AT_LEAST, ABOVE, AT_MOST, BELOW, EQUAL };
static const char *const needs[] = {"all", "any", NULL};
static const char *const ofs[] = {"grade", "band", NULL};
static const char *const absents[] = {"fails", "passes", NULL};
static const char *const ops[] = {">=", ">", "<=", "<", "==", NULL};
static const char *const signs[] = {"≥", ">", "≤", "<", "="};

static const condition condition_defaults = {.than = KH_ABSENT, .per = KH_ONE};
static const kh_option condition_options[] = {
    {.key = "title",
     .type = KH_OPT_TEXT,
     .offset = offsetof(condition, title),
     .help = "the condition's name; default: the value's title"},
    {.key = "value",
     .type = KH_OPT_TEXT,
     .offset = offsetof(condition, value),
     .refers = KH_REFERS_VALUE,
     .help = "what is tested; default: the score"},
    {.key = "per",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(condition, per),
     .flags = KH_OPT_POSITIVE,
     .help = "the value is divided by it: 10000 for a standard in 万元"},
    {.key = "unit",
     .type = KH_OPT_TEXT,
     .offset = offsetof(condition, unit),
     .help = "shown instead of the value's unit"},
    {.key = "op",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(condition, op),
     .choices = ops,
     .help = "how it must stand to the standard"},
    {.key = "than",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(condition, than),
     .help = "the standard: a number"},
    {.key = "than_value",
     .type = KH_OPT_TEXT,
     .offset = offsetof(condition, than_value),
     .refers = KH_REFERS_VALUE,
     .help = "or a value of the subject"},
    {.key = "standard",
     .type = KH_OPT_TEXT,
     .offset = offsetof(condition, standard),
     .help = "or the column of `table` in the row of the subject's grade"},
    {.key = "absent",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(condition, absent),
     .choices = absents,
     .help = "what an absent value does"},
    {.key = "waivable",
     .type = KH_OPT_BOOL,
     .offset = offsetof(condition, waivable),
     .help = "`waivers` may let it pass"},
    {0}};

static const gate defaults = {.rule = "",
                              .cap = KH_ABSENT,
                              .condition_column = "condition",
                              .by_column = "by",
                              .reason_column = "reason"};
static const kh_option options[] = {
    {.key = "conditions",
     .type = KH_OPT_ROWS,
     .offset = offsetof(gate, conditions),
     .flags = KH_OPT_REQUIRED,
     .row = condition_options,
     .row_size = sizeof(condition),
     .row_defaults = &condition_defaults,
     .help = "what must hold"},
    {.key = "need",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(gate, need),
     .choices = needs,
     .help = "all conditions, or any of them"},
    {.key = "when",
     .type = KH_OPT_TEXT,
     .offset = offsetof(gate, when),
     .refers = KH_REFERS_VALUE,
     .help = "only for subjects whose value of this name is there and not 0"},
    {.key = "of",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(gate, of),
     .choices = ofs,
     .help = "what is lowered"},
    {.key = "to",
     .type = KH_OPT_TEXT,
     .offset = offsetof(gate, to),
     .help = "the grade of those who fail; with `table` never a higher one than before"},
    {.key = "table",
     .type = KH_OPT_TEXT,
     .offset = offsetof(gate, table),
     .refers = KH_REFERS_LOOKUP,
     .help = "lookup with one row a grade, lowest first: standards, and where to fall"},
    {.key = "to_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(gate, to_column),
     .help = "column of `table`: the grade of those who fail at this row"},
    {.key = "cascade",
     .type = KH_OPT_BOOL,
     .offset = offsetof(gate, cascade),
     .help = "test again at the lower grade until it holds"},
    {.key = "name_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(gate, name_column),
     .help = "column of `table` with the grade; default: the word of `of`"},
    {.key = "cap",
     .type = KH_OPT_DECIMAL,
     .offset = offsetof(gate, cap),
     .help = "highest score of those who fail"},
    {.key = "as",
     .type = KH_OPT_TEXT,
     .offset = offsetof(gate, as),
     .refers = KH_DEFINES_VALUE,
     .help = "keep 1 (passed) or 0 as a value of this name"},
    {.key = "waivers",
     .type = KH_OPT_TEXT,
     .offset = offsetof(gate, waivers),
     .refers = KH_REFERS_RECORDS,
     .help = "records that let a waivable condition pass: which, who decided, why"},
    {.key = "condition_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(gate, condition_column),
     .help = "column of `waivers` with the condition's title"},
    {.key = "by_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(gate, by_column),
     .help = "column of `waivers` with who decided"},
    {.key = "reason_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(gate, reason_column),
     .help = "column of `waivers` with the reason"},
    {.key = "rule",
     .type = KH_OPT_TEXT,
     .offset = offsetof(gate, rule),
     .help = "clause shown beside the steps"},
    {0}};

/* One run: the names found, the table read. */
typedef struct running {
    const gate *gate;
    kh_sheet *sheet;
    kh_input *inputs, *thans;
    kh_rung *rungs;
    uint32_t rung_count;
    kh_handle table, waivers, when, as;
} running;

static kh_status open_gate(void *self, const kh_host *host, kh_error *err)
{
    (void)err;
    ((gate *)self)->host = host;
    return KH_OK;
}

static const char *name_column(const gate *g)
{
    return g->name_column ? g->name_column : ofs[g->of];
}

/* ---- checking ------------------------------------------------------------------------------ */

static kh_status check_condition(const gate *g, const condition *c, uint32_t number, kh_error *err)
{
    int given = !kh_is_absent(c->than) + (c->than_value != NULL) + (c->standard != NULL);
    if (given != 1) {
        return kh_fail(err, KH_EUSAGE,
                       "condition %u needs one of than, than_value and standard, not %d of them",
                       number + 1, given);
    }
    if (c->standard && !g->table) {
        return kh_fail(err, KH_EUSAGE, "condition %u has standard = '%s', a column; name its table",
                       number + 1, c->standard);
    }
    if (c->waivable && !g->waivers) {
        return kh_fail(err, KH_EUSAGE, "condition %u is waivable; name the records in waivers",
                       number + 1);
    }
    return KH_OK;
}

static kh_status check_table(const gate *g, const kh_sheet *sheet, kh_error *err)
{
    const kh_sheet_ops *o = sheet->ops;
    const condition *conditions = g->conditions.items;
    kh_rung *rungs = NULL;
    uint32_t count;
    kh_status rc =
        kh_rungs_read(g->host, sheet, g->table, name_column(g), NULL, &rungs, &count, err);
    if (rc < 0) return rc;
    kh_handle table = o->find_lookup(sheet, g->table);
    for (uint32_t i = 0; rc == KH_OK && i < count; i++) {
        kh_decimal number;
        const char *to = g->to;
        for (uint32_t c = 0; rc == KH_OK && c < g->conditions.count; c++) {
            const char *column = conditions[c].standard;
            if (column) rc = o->lookup_number(sheet, table, i, column, &number, err);
        }
        if (rc == KH_OK && g->to_column) {
            rc = o->lookup_text(sheet, table, i, g->to_column, &to, err);
        }
        if (rc == KH_OK && g->to_column && kh_rung_named(rungs, count, to) > (int32_t)i) {
            rc = kh_fail(err, KH_EUSAGE, "lookup '%s': who fails at '%s' would rise to '%s'",
                         g->table, rungs[i].name, to);
        }
    }
    free(rungs);
    return rc;
}

static kh_status check(void *self, const kh_sheet *sheet, kh_error *err)
{
    const gate *g = self;
    const condition *conditions = g->conditions.items;
    kh_status rc = KH_OK;
    if (g->conditions.count == 0)
        return kh_fail(err, KH_EUSAGE, "conditions is empty; a gate without any lets all pass");
    for (uint32_t i = 0; rc == KH_OK && i < g->conditions.count; i++) {
        rc = check_condition(g, &conditions[i], i, err);
    }
    if (rc < 0) return rc;
    if (!g->to && !g->to_column && kh_is_absent(g->cap) && !g->as) {
        return kh_fail(err, KH_EUSAGE,
                       "the gate changes nothing; give it to, to_column, cap, or as");
    }
    if ((g->to_column || g->cascade) && (!g->table || !g->to_column || g->to)) {
        return kh_fail(err, KH_EUSAGE,
                       "to_column and cascade need a table, and exclude a fixed 'to'");
    }
    if (g->table) rc = check_table(g, sheet, err);
    if (rc == KH_OK && g->waivers) {
        kh_handle waivers = sheet->ops->find_records(sheet, g->waivers);
        const char *columns[] = {g->condition_column, g->by_column, g->reason_column};
        for (int i = 0; rc == KH_OK && i < 3; i++) {
            rc = sheet->ops->check_record(sheet, waivers, columns[i], false, err);
        }
    }
    return rc;
}

/* ---- running ------------------------------------------------------------------------------- */

static bool holds(const kh_decimal_ops *dec, int32_t op, kh_decimal a, kh_decimal b)
{
    int order = dec->cmp(a, b);
    switch (op) {
    case AT_LEAST: return order >= 0;
    case ABOVE: return order > 0;
    case AT_MOST: return order <= 0;
    case BELOW: return order < 0;
    default: return order == 0;
    }
}

static const char *title_of(const running *r, uint32_t c)
{
    const condition *conditions = r->gate->conditions.items;
    return conditions[c].title ? conditions[c].title : r->inputs[c].title;
}

/* The record that lets the condition pass; its words go into @p by and @p reason. */
static kh_status find_waiver(const running *r, uint32_t s, uint32_t c, const char **by,
                             const char **reason, kh_error *err)
{
    const gate *g = r->gate;
    const kh_sheet_ops *o = r->sheet->ops;
    *by = NULL;
    for (uint32_t i = 0; i < o->record_count(r->sheet, r->waivers, s); i++) {
        const char *name;
        kh_status rc = o->record_text(r->sheet, r->waivers, s, i, g->condition_column, &name, err);
        if (rc < 0) return rc;
        if (strcmp(name, title_of(r, c)) != 0) continue;
        rc = o->record_text(r->sheet, r->waivers, s, i, g->by_column, by, err);
        if (rc < 0) return rc;
        return o->record_text(r->sheet, r->waivers, s, i, g->reason_column, reason, err);
    }
    return KH_OK;
}

/* Test one condition at row @p at of the table, and say how it went. */
static kh_status test(const running *r, uint32_t s, uint32_t c, int32_t at, bool *ok, kh_error *err)
{
    const gate *g = r->gate;
    const kh_decimal_ops *dec = g->host->decimal;
    const condition *it = (const condition *)g->conditions.items + c;
    const kh_input *input = &r->inputs[c];
    kh_decimal value = kh_input_value(r->sheet, input, s), than = it->than;
    kh_outcome miss = g->need == NEED_ANY ? KH_KEPT : KH_FAILED;
    kh_status rc = KH_OK;
    if (it->than_value) than = kh_input_value(r->sheet, &r->thans[c], s);
    if (it->standard) {
        rc = r->sheet->ops->lookup_number(r->sheet, r->table, (uint32_t)at, it->standard, &than,
                                          err);
        if (rc < 0) return rc;
    }
    value = dec->div(value, it->per);
    bool absent = kh_is_absent(value) || kh_is_absent(than);
    *ok = absent ? it->absent == ABSENT_PASSES : holds(dec, it->op, value, than);
    const char *by = NULL, *reason = NULL, *unit = it->unit ? it->unit : input->unit;
    const char *gap = unit[0] ? " " : "";
    if (!*ok && it->waivable) rc = find_waiver(r, s, c, &by, &reason, err);
    if (rc < 0) return rc;
    if (absent) {
        kh_explain(r->sheet, s, "gate", g->rule, *ok ? KH_PASSED : miss, "%s:%s,%s", title_of(r, c),
                   kh_is_absent(value) ? "无数据" : "无标准", *ok ? "视为满足" : "不满足");
    } else {
        kh_explain(r->sheet, s, "gate", g->rule, *ok ? KH_PASSED : miss,
                   "%s %s%s%s,要求 %s %s%s%s,%s", title_of(r, c),
                   kh_show_beside(dec, value, than, input->places).text, gap, unit, signs[it->op],
                   kh_show(dec, than, KH_PLACES_OWN).text, gap, unit, *ok ? "满足" : "不满足");
    }
    if (by) {
        *ok = true;
        kh_explain(r->sheet, s, "gate", g->rule, KH_CHANGED, "%s:豁免(%s:%s)", title_of(r, c), by,
                   reason);
    }
    return KH_OK;
}

/* Test all; the names of those that fail go into @p fails, joined. */
static kh_status test_all(const running *r, uint32_t s, int32_t at, bool *passed, char fails[512],
                          kh_error *err)
{
    uint32_t held = 0, count = r->gate->conditions.count;
    fails[0] = '\0';
    for (uint32_t c = 0; c < count; c++) {
        bool ok;
        kh_status rc = test(r, s, c, at, &ok, err);
        if (rc < 0) return rc;
        held += ok;
        size_t n = strlen(fails), more = strlen(title_of(r, c)) + 4;
        if (!ok && n + more < 500)
            snprintf(fails + n, 512 - n, "%s%s", n ? "、" : "", title_of(r, c));
    }
    *passed = r->gate->need == NEED_ANY ? held > 0 : held == count;
    return KH_OK;
}

static const char *grade_of(const running *r, uint32_t s)
{
    const kh_card *card = r->sheet->ops->card(r->sheet, s);
    return r->gate->of == OF_BAND ? card->band : card->grade;
}

static void lower(const running *r, uint32_t s, const char *to, const char *fails)
{
    const gate *g = r->gate;
    const char *from = grade_of(r, s);
    int32_t was = kh_rung_named(r->rungs, r->rung_count, from);
    bool rises = was >= 0 && kh_rung_named(r->rungs, r->rung_count, to) > was;
    if (rises || (from && !strcmp(from, to))) return;
    kh_explain(r->sheet, s, "gate", g->rule, KH_CHANGED, "未满足:%s;%s%s%s", fails,
               from ? from : "", from ? " 改为 " : "定为 ", to);
    if (g->of == OF_BAND) r->sheet->ops->set_band(r->sheet, s, to);
    else r->sheet->ops->set_grade(r->sheet, s, to);
}

static void lower_score(const running *r, uint32_t s, const char *fails)
{
    const kh_decimal_ops *dec = r->gate->host->decimal;
    const kh_card *card = r->sheet->ops->card(r->sheet, s);
    kh_decimal score = card->score, cap = r->gate->cap;
    int32_t places = card->score_places;
    if (kh_is_absent(cap) || kh_is_absent(score) || dec->cmp(score, cap) <= 0) return;
    kh_explain(r->sheet, s, "gate", r->gate->rule, KH_CHANGED, "未满足:%s;得分 %s 至多计 %s", fails,
               kh_show_beside(dec, score, cap, places >= 0 ? places : 2).text,
               kh_show(dec, cap, KH_PLACES_OWN).text);
    r->sheet->ops->set_score(r->sheet, s, cap, places);
}

static kh_status run_subject(const running *r, uint32_t s, kh_error *err)
{
    const gate *g = r->gate;
    bool passed = true;
    char fails[512];
    for (uint32_t turn = 0; turn <= r->rung_count; turn++) {
        const char *now = grade_of(r, s), *to = g->to;
        int32_t at = kh_rung_named(r->rungs, r->rung_count, now);
        if (g->table && at < 0) { /* below the ladder: there is nothing to lose */
            if (turn == 0) {
                kh_explain(r->sheet, s, "gate", g->rule, KH_KEPT, "%s不在门槛表内,不适用",
                           now ? now : "尚无等级,");
            }
            break;
        }
        kh_status rc = test_all(r, s, at, &passed, fails, err);
        if (rc < 0) return rc;
        if (passed) break;
        if (g->to_column) {
            rc = r->sheet->ops->lookup_text(r->sheet, r->table, (uint32_t)at, g->to_column, &to,
                                            err);
            if (rc < 0) return rc;
        }
        if (to) lower(r, s, to, fails);
        lower_score(r, s, fails);
        if (!g->cascade || (now && grade_of(r, s) && !strcmp(now, grade_of(r, s)))) break;
    }
    if (r->as >= 0) {
        r->sheet->ops->set_value(r->sheet, r->as, s, g->host->decimal->from_int(passed));
    }
    return KH_OK;
}

static kh_status prepare(running *r, kh_error *err)
{
    const gate *g = r->gate;
    const condition *conditions = g->conditions.items;
    kh_input when = {0};
    kh_status rc = KH_OK;
    r->inputs = calloc(g->conditions.count, sizeof *r->inputs);
    r->thans = calloc(g->conditions.count, sizeof *r->thans);
    if (!r->inputs || !r->thans) return kh_fail(err, KH_ELIMIT, "out of memory");
    for (uint32_t c = 0; rc == KH_OK && c < g->conditions.count; c++) {
        rc = kh_input_find(r->sheet, conditions[c].value, NULL, &r->inputs[c], err);
        if (rc == KH_OK && conditions[c].than_value) {
            rc = kh_input_find(r->sheet, conditions[c].than_value, NULL, &r->thans[c], err);
        }
    }
    if (rc == KH_OK && g->when) rc = kh_input_find(r->sheet, g->when, NULL, &when, err);
    if (rc == KH_OK && g->table) {
        r->table = r->sheet->ops->find_lookup(r->sheet, g->table);
        rc = kh_rungs_read(g->host, r->sheet, g->table, name_column(g), NULL, &r->rungs,
                           &r->rung_count, err);
    }
    r->when = when.column;
    r->waivers = g->waivers ? r->sheet->ops->find_records(r->sheet, g->waivers) : -1;
    kh_column added = {g->as, g->as, "", 0};
    r->as = g->as && rc == KH_OK ? r->sheet->ops->add_column(r->sheet, &added) : -1;
    return rc;
}

static kh_status run(void *self, kh_sheet *sheet, kh_error *err)
{
    running r = {.gate = self, .sheet = sheet};
    kh_status rc = prepare(&r, err);
    for (uint32_t s = 0; rc == KH_OK && s < sheet->ops->subject_count(sheet); s++) {
        if (sheet->ops->failed(sheet, s)) continue;
        if (!kh_applies(r.gate->host, sheet, r.gate->when, r.when, s)) continue;
        rc = run_subject(&r, s, err);
    }
    free(r.inputs);
    free(r.thans);
    free(r.rungs);
    return rc;
}

static const kh_strategy_ops gate_ops = {
    .size = sizeof gate_ops, .open = open_gate, .check = check, .run = run};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_STRATEGY,
             .name = "gate",
             .version = "1.0",
             .summary = "named conditions; who fails gets a lower grade, band or score",
             .license = "MIT",
             .instance_size = sizeof(gate),
             .defaults = &defaults,
             .options = options,
             .strategy = &gate_ops};
