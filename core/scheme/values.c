/* From statements to the plan: measures, records, parameters and metrics. */
#include "scheme/build.h"

#include "base/decimal.h"

#include <string.h>

/* ---- measures, records, params, metrics ---------------------------------------------------- */

typedef struct measure_fields {
    const char *title, *unit, *of, *sum, *count_distinct, *min, *max, *avg, *first, *last, *where;
    const kh_setting *count, *weighted_avg, *period, *exclude;
    int32_t over, missing;
    int64_t places;
} measure_fields;

static const kh_option measure_options[] = {
    KH_BUILD_FIELD(measure_fields, title, KH_OPT_TEXT, 0, "shown on scorecards"),
    KH_BUILD_FIELD(measure_fields, unit, KH_OPT_TEXT, 0, "元, %, 户 ..."),
    KH_BUILD_FIELD(measure_fields, of, KH_OPT_TEXT, KH_OPT_REQUIRED, "the dataset"),
    KH_BUILD_FIELD(measure_fields, sum, KH_OPT_TEXT, 0, "expression to add up"),
    KH_BUILD_FIELD(measure_fields, count, KH_OPT_SETTING, 0,
                   "true, or an expression that is not null"),
    KH_BUILD_FIELD(measure_fields, count_distinct, KH_OPT_TEXT, 0,
                   "expression whose values are counted once"),
    KH_BUILD_FIELD(measure_fields, min, KH_OPT_TEXT, 0, "least value"),
    KH_BUILD_FIELD(measure_fields, max, KH_OPT_TEXT, 0, "greatest value"),
    KH_BUILD_FIELD(measure_fields, avg, KH_OPT_TEXT, 0, "mean over rows"),
    KH_BUILD_FIELD(measure_fields, weighted_avg, KH_OPT_SETTING, 0, "{ \"value\", \"weight\" }"),
    KH_BUILD_FIELD(measure_fields, first, KH_OPT_TEXT, 0, "value of the first day"),
    KH_BUILD_FIELD(measure_fields, last, KH_OPT_TEXT, 0, "value of the last day"),
    KH_BUILD_FIELD(measure_fields, where, KH_OPT_TEXT, 0, "condition for rows that count"),
    KH_BUILD_FIELD(measure_fields, period, KH_OPT_SETTING, 0,
                   "this, previous, same_last_year, year_to_date, or -N"),
    KH_BUILD_FIELD(measure_fields, exclude, KH_OPT_SETTING, 0,
                   "{ { rule = \"7.1\", when = \"...\" }, ... }"),
    {.key = "over",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(measure_fields, over),
     .help = "how balances are taken over the period",
     .choices = (const char *const[]){"rows", "average", "average_working", "first", "last",
                                      "last_seen", "max", "sum", NULL}},
    {.key = "missing",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(measure_fields, missing),
     .help = "without rows the value is",
     .choices = (const char *const[]){"absent", "zero", NULL}},
    {.key = "places",
     .type = KH_OPT_INT,
     .offset = offsetof(measure_fields, places),
     .min = 0,
     .max = 12,
     .help = "decimals when shown"},
    {0}};

static bool build_window(kh_building *b, const kh_setting *value, kh_window_decl *out)
{
    int64_t shift = 0;
    if (!value) return true;
    if (value->kind == KH_SETTING_NUMBER && kh_dec_to_int(&shift, value->number) && shift >= -400 &&
        shift <= 0) {
        out->shift = (int)shift;
        return true;
    }
    if (value->kind == KH_SETTING_TEXT) {
        if (!strcmp(value->text, "this")) return true;
        if (!strcmp(value->text, "previous")) {
            out->shift = -1;
            return true;
        }
        if (!strcmp(value->text, "same_last_year")) {
            out->shift_years = -1;
            return true;
        }
        if (!strcmp(value->text, "year_to_date")) {
            out->year_to_date = true;
            return true;
        }
    }
    kh_diag_add(
        b->diags, KH_DIAG_ERROR, value->place,
        "period is \"this\", \"previous\", \"same_last_year\", \"year_to_date\" or a number of "
        "periods back like -2");
    return false;
}

static void build_excludes(kh_building *b, const kh_setting *list, kh_measure_decl *m)
{
    if (!list) return;
    bool ok = list->kind == KH_SETTING_TABLE && !list->entry_count && list->list_count <= 30;
    m->excludes = kh_arena_array(kh_build_arena(b), list->list_count + 1, sizeof *m->excludes);
    for (uint32_t i = 0; ok && i < list->list_count; i++) {
        const kh_setting *row = list->list[i];
        kh_exclude_decl *x = &m->excludes[m->exclude_count];
        if (row->kind == KH_SETTING_TABLE) {
            x->rule = kh_build_word(row, "rule");
            x->when = kh_build_word(row, "when");
        }
        ok = x->rule.text && x->when.text;
        m->exclude_count += ok;
    }
    if (!ok) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, list->place,
                    "exclude wants at most 30 rows like { rule = \"7.1 次级以下\", when = \"class "
                    "= '次级'\" }");
    }
}

/* Exactly one of sum, count, ... */
static void build_aggregate(kh_building *b, const kh_statement *s, const measure_fields *f,
                            kh_measure_decl *m)
{
    static const struct {
        const char *key;
        kh_aggregate aggregate;
    } words[] = {{"sum", KH_SUM},  {"count_distinct", KH_COUNT_DISTINCT},
                 {"min", KH_MIN},  {"max", KH_MAX},
                 {"avg", KH_AVG},  {"first", KH_FIRST},
                 {"last", KH_LAST}};
    int found = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        kh_word value = kh_build_word(s->table, words[i].key);
        if (!value.text) continue;
        found++;
        m->aggregate = words[i].aggregate;
        m->value = value;
    }
    if (f->count) {
        found++;
        m->aggregate = KH_COUNT;
        if (f->count->kind == KH_SETTING_TEXT)
            m->value = (kh_word){f->count->text, f->count->place};
        else if (f->count->kind != KH_SETTING_BOOL || !f->count->boolean) {
            kh_diag_add(b->diags, KH_DIAG_ERROR, f->count->place, "count is true or an expression");
        }
    }
    if (f->weighted_avg) {
        const kh_setting *pair = f->weighted_avg;
        found++;
        m->aggregate = KH_WEIGHTED_AVG;
        if (pair->kind == KH_SETTING_TABLE && pair->list_count == 2 &&
            pair->list[0]->kind == KH_SETTING_TEXT && pair->list[1]->kind == KH_SETTING_TEXT) {
            m->value = (kh_word){pair->list[0]->text, pair->list[0]->place};
            m->weight = (kh_word){pair->list[1]->text, pair->list[1]->place};
        } else {
            kh_diag_add(b->diags, KH_DIAG_ERROR, pair->place,
                        "weighted_avg wants two expressions: { \"value\", \"weight\" }");
        }
    }
    if (found != 1) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, s->place,
                    "measure \"%s\" needs one of sum, count, count_distinct, min, max, avg, "
                    "weighted_avg, first, last",
                    s->name);
    }
    if (m->over != KH_OVER_NONE && m->aggregate != KH_SUM && m->aggregate != KH_COUNT) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, s->place,
                    "measure \"%s\": over goes with sum or count only", s->name);
    }
}

/* Money shows two decimals unless the scheme says otherwise. */
static int default_places(const char *unit)
{
    return unit && (!strcmp(unit, "元") || !strcmp(unit, "CNY")) ? 2 : KH_PLACES_OWN;
}

/* m.NAME in formulas: measures and metrics share their names. */
static bool is_value_name_taken(kh_building *b, const kh_statement *s)
{
    const kh_plan *plan = b->plan;
    for (uint32_t i = 0; i < plan->measure_count; i++) {
        if (kh_build_is_again(b, s, &plan->measures[i].name)) return true;
    }
    for (uint32_t i = 0; i < plan->metric_count; i++) {
        if (kh_build_is_again(b, s, &plan->metrics[i].name)) return true;
    }
    return false;
}

void kh_build_measure(kh_building *b, const kh_statement *s)
{
    kh_plan *plan = b->plan;
    if (is_value_name_taken(b, s)) return;
    measure_fields f = {.places = -1};
    kh_build_fill(b, s, measure_options, &f);
    kh_measure_decl *m = &plan->measures[plan->measure_count];
    m->name = kh_build_name(s);
    m->title = f.title ? f.title : s->name;
    m->unit = f.unit ? f.unit : "";
    m->over = (kh_over)f.over;
    m->missing_zero = f.missing == 1;
    m->places = f.places >= 0 ? (int)f.places : default_places(f.unit);
    m->where = kh_build_word(s->table, "where");
    build_window(b, f.period, &m->window);
    build_aggregate(b, s, &f, m);
    build_excludes(b, f.exclude, m);
    kh_word of = kh_build_word(s->table, "of");
    int32_t dataset = kh_build_find_dataset(b, &of);
    if (dataset < 0) return;
    m->dataset = (uint32_t)dataset;
    plan->measure_count++;
    const kh_dataset_decl *d = &plan->datasets[dataset];
    if (!d->subject.text && !d->owner.text) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, s->place,
                    "measure \"%s\": the rows of dataset \"%s\" belong to nobody; declare its "
                    "subject or owner",
                    s->name, d->name.text);
    }
    if (m->over != KH_OVER_NONE && !d->date.text) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, s->place,
                    "measure \"%s\": over needs a dataset with a day; "
                    "declare dataset \"%s\" { date = ... }",
                    s->name, d->name.text);
    }
    if (m->over != KH_OVER_NONE && !d->key.text) {
        kh_diag_add(
            b->diags, KH_DIAG_ERROR, s->place,
            "measure \"%s\": a balance holds until the next row of the same key, but dataset "
            "\"%s\" has none; declare dataset \"%s\" { key = \"account_id\" }",
            s->name, d->name.text, d->name.text);
    }
    if (m->aggregate != KH_COUNT && !m->value.text) plan->measure_count--;
}

typedef struct records_fields {
    const char *of, *where;
    const kh_setting *columns, *period;
} records_fields;

static const kh_option records_options[] = {
    KH_BUILD_FIELD(records_fields, of, KH_OPT_TEXT, 0,
                   "the dataset; default: the one of the same name"),
    KH_BUILD_FIELD(records_fields, columns, KH_OPT_SETTING, KH_OPT_REQUIRED,
                   "columns to keep, with types"),
    KH_BUILD_FIELD(records_fields, where, KH_OPT_TEXT, 0, "condition for rows that are kept"),
    KH_BUILD_FIELD(records_fields, period, KH_OPT_SETTING, 0, "this, previous, ..., or any"),
    {0}};

void kh_build_records(kh_building *b, const kh_statement *s)
{
    kh_plan *plan = b->plan;
    for (uint32_t i = 0; i < plan->records_count; i++) {
        if (kh_build_is_again(b, s, &plan->records[i].name)) return;
    }
    records_fields f = {0};
    kh_build_fill(b, s, records_options, &f);
    kh_records_decl *r = &plan->records[plan->records_count];
    r->name = kh_build_name(s);
    r->where = kh_build_word(s->table, "where");
    r->any_time = f.period && f.period->kind == KH_SETTING_TEXT && !strcmp(f.period->text, "any");
    if (!r->any_time) build_window(b, f.period, &r->window);
    kh_build_columns(b, f.columns, &r->columns, &r->column_count);
    kh_word of = f.of ? kh_build_word(s->table, "of") : r->name;
    int32_t dataset = kh_build_find_dataset(b, &of);
    if (dataset < 0) return;
    r->dataset = (uint32_t)dataset;
    plan->records_count++;
    if (plan->datasets[dataset].owner.text) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, s->place,
                    "records \"%s\": the dataset needs a subject column, not an owner", s->name);
    }
}

typedef struct param_fields {
    const char *title, *unit;
    const kh_setting *value;
    bool number;
} param_fields;

static const kh_option param_options[] = {
    KH_BUILD_FIELD(param_fields, title, KH_OPT_TEXT, 0, "shown to people"),
    KH_BUILD_FIELD(param_fields, unit, KH_OPT_TEXT, 0, "元, %, ..."),
    KH_BUILD_FIELD(param_fields, value, KH_OPT_SETTING, KH_OPT_REQUIRED,
                   "number, text, boolean or table"),
    KH_BUILD_FIELD(param_fields, number, KH_OPT_BOOL, 0, "a number; false says none"),
    {0}};

void kh_build_param(kh_building *b, const kh_statement *s)
{
    kh_plan *plan = b->plan;
    for (uint32_t i = 0; i < plan->param_count; i++) {
        if (kh_build_is_again(b, s, &plan->params[i].name)) return;
    }
    param_fields f = {0};
    kh_build_fill(b, s, param_options, &f);
    if (!f.value) return;
    plan->params[plan->param_count++] = (kh_param_decl){
        kh_build_name(s), f.title ? f.title : s->name, f.unit ? f.unit : "", f.value, f.number};
}

typedef struct metric_fields {
    const char *title, *unit;
    const kh_setting *formula;
    int64_t round, places;
    int32_t missing;
} metric_fields;

static const kh_option metric_options[] = {
    KH_BUILD_FIELD(metric_fields, title, KH_OPT_TEXT, 0, "shown on scorecards"),
    KH_BUILD_FIELD(metric_fields, unit, KH_OPT_TEXT, 0, "元, %, 分 ..."),
    KH_BUILD_FIELD(metric_fields, formula, KH_OPT_SETTING, KH_OPT_REQUIRED,
                   "function(m, p) ... end"),
    {.key = "round",
     .type = KH_OPT_INT,
     .offset = offsetof(metric_fields, round),
     .min = 0,
     .max = 12,
     .help = "round half away from zero to so many decimals"},
    {.key = "places",
     .type = KH_OPT_INT,
     .offset = offsetof(metric_fields, places),
     .min = 0,
     .max = 12,
     .help = "decimals when shown; the value stays as it is"},
    {.key = "missing",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(metric_fields, missing),
     .help = "an absent result is",
     .choices = (const char *const[]){"absent", "zero", NULL}},
    {0}};

void kh_build_metric(kh_building *b, const kh_statement *s)
{
    kh_plan *plan = b->plan;
    if (is_value_name_taken(b, s)) return;
    metric_fields f = {.round = KH_PLACES_OWN, .places = KH_PLACES_OWN};
    kh_build_fill(b, s, metric_options, &f);
    if (!f.formula) return;
    if (f.formula->kind != KH_SETTING_FUNCTION) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, f.formula->place,
                    "formula is a function(m, p) ... end, not %s",
                    kh_setting_kind_name(f.formula->kind));
        return;
    }
    plan->metrics[plan->metric_count++] =
        (kh_metric_decl){.name = kh_build_name(s),
                         .title = f.title ? f.title : s->name,
                         .unit = f.unit ? f.unit : "",
                         .round = (int)f.round,
                         .places = (int)(f.places >= 0 ? f.places : f.round),
                         .formula = f.formula->ref,
                         .formula_place = f.formula->place,
                         .missing_zero = f.missing == 1};
}
