/* kaohe try DIR METRIC: one formula of a project, with measures and parameters typed by hand. */
#include "base/decimal.h"
#include "base/text.h"
#include "cli/try.h"
#include "metric/metric.h"

#include <string.h>

enum { LOAD_MILLISECONDS = 10000 };

typedef struct metric_trial {
    const kh_trying *trying;
    kh_scheme *scheme;
    kh_metrics *metrics;
    kh_diags diags;
    kh_facts facts; /* of one subject without data */
    kh_subject subject;
    kh_error why;
} metric_trial;

static void metric_failed(void *ctx, uint32_t subject, const char *text)
{
    (void)subject;
    kh_fail(&((metric_trial *)ctx)->why, KH_EUSAGE, "%s", text);
}

/* A parameter gets a new value of the kind it has. */
static kh_status set_param(metric_trial *m, kh_param_decl *param, const char *text, kh_error *err)
{
    kh_setting *value = kh_arena_alloc(&m->scheme->plan.arena, sizeof *value);
    *value = *param->value;
    param->value = value;
    switch (value->kind) {
    case KH_SETTING_NUMBER: return kh_dec_parse(&value->number, text, strlen(text), err);
    case KH_SETTING_TEXT: value->text = text; return KH_OK;
    case KH_SETTING_BOOL:
        value->boolean = !strcmp(text, "true");
        if (value->boolean || !strcmp(text, "false")) return KH_OK;
        return kh_fail(err, KH_EUSAGE, "'%s' is true or false, not '%s'", param->name.text, text);
    default:
        return kh_fail(err, KH_EUSAGE, "'%s' is a table; change it in the project's params",
                       param->name.text);
    }
}

/* A parameter goes before a measure of the same name. */
static kh_status set_value(metric_trial *m, const char *key, const char *text, kh_error *err)
{
    kh_plan *plan = &m->scheme->plan;
    const char **names =
        kh_arena_array(&plan->arena, plan->measure_count + plan->param_count + 1, sizeof *names);
    for (uint32_t i = 0; i < plan->param_count; i++) {
        if (!strcmp(plan->params[i].name.text, key)) {
            return set_param(m, &plan->params[i], text, err);
        }
        names[i] = plan->params[i].name.text;
    }
    for (uint32_t i = 0; i < plan->measure_count; i++) {
        names[plan->param_count + i] = plan->measures[i].name.text;
        if (strcmp(plan->measures[i].name.text, key) != 0) continue;
        return kh_dec_parse(&m->facts.values[i], text, strlen(text), err);
    }
    const char *near = kh_text_nearest(key, names);
    return kh_fail(err, KH_EUSAGE,
                   near ? "there is no measure or parameter '%s'; did you mean '%s'?"
                        : "there is no measure or parameter '%s'",
                   key, near);
}

static kh_status prepare(metric_trial *m, uint32_t *metric, kh_error *err)
{
    const kh_trying *t = m->trying;
    kh_status rc = kh_scheme_load(&m->scheme, t->folder, NULL, &t->cli->places, &m->diags, err);
    if (rc < 0) return rc;
    kh_plan *plan = &m->scheme->plan;
    m->metrics = kh_metrics_new(m->scheme, &m->diags);
    if (m->diags.errors) return kh_fail(err, KH_EUSAGE, "the configuration has mistakes");
    const char **names = kh_arena_array(&plan->arena, plan->metric_count + 1, sizeof *names);
    for (uint32_t i = 0; i < plan->metric_count; i++) names[i] = plan->metrics[i].name.text;
    for (*metric = 0; names[*metric] && strcmp(names[*metric], t->name) != 0;) ++*metric;
    if (!names[*metric]) {
        const char *near = kh_text_nearest(t->name, names);
        return kh_fail(err, KH_EUSAGE,
                       near ? "there is no metric '%s'; did you mean '%s'?"
                            : "there is no metric '%s'",
                       t->name, near);
    }
    const char *period = t->period ? t->period : plan->period;
    if (!period) return kh_fail(err, KH_EUSAGE, "which period? give --period 2009Q1");
    rc = kh_period_parse(&m->facts.period, period, err);
    m->subject = (kh_subject){.id = "", .name = "", .group = ""};
    m->subject.fields =
        kh_arena_array(&plan->arena, plan->subject.field_count + 1, sizeof *m->subject.fields);
    m->facts.subjects = &m->subject;
    m->facts.subject_count = 1;
    m->facts.values = kh_arena_array(&plan->arena, plan->measure_count + 1, sizeof(kh_decimal));
    for (uint32_t i = 0; i < plan->measure_count; i++) m->facts.values[i] = KH_ABSENT;
    for (int i = 0; rc == KH_OK && i < t->word_count; i++) {
        const char *sign = strchr(t->words[i], '=');
        const char *key = kh_arena_bytes(&plan->arena, t->words[i], (size_t)(sign - t->words[i]));
        rc = set_value(m, key, sign + 1, err);
    }
    return rc;
}

int kh_try_metric(void *trying, kh_guard *guard)
{
    metric_trial m = {.trying = trying};
    kh_error err = KH_ERROR_INIT;
    uint32_t metric = 0;
    char text[KH_DECIMAL_TEXT];
    kh_guard_enter(guard, 0, "reading the configuration", m.trying->folder, LOAD_MILLISECONDS);
    kh_status rc = prepare(&m, &metric, &err);
    if (rc == KH_OK) {
        const kh_metric_decl *decl = &m.scheme->plan.metrics[metric];
        kh_decimal *values =
            kh_arena_array(&m.scheme->plan.arena, m.scheme->plan.metric_count + 1, sizeof *values);
        kh_metrics_limit(m.metrics, metric);
        rc = kh_metrics_eval(m.metrics, &m.facts, 0, 1, values, guard, 0, metric_failed, &m, &err);
        if (rc == KH_OK && m.why.status < 0) rc = kh_fail(&err, m.why.status, "%s", m.why.text);
        bool absent = kh_is_absent(values[metric]);
        kh_dec_format(text, values[metric], decl->round, false);
        const char *mark = absent ? "" : "\"";
        if (rc == KH_OK) {
            printf("{\"%s\":%s%s%s}\n", decl->name.text, mark, absent ? "null" : text, mark);
        }
    }
    kh_guard_leave(guard, 0);
    kh_diags_print(&m.diags, stderr, m.trying->folder);
    if (rc < 0) fprintf(stderr, "kaohe: %s\n", err.text);
    kh_metrics_free(m.metrics);
    kh_scheme_free(m.scheme);
    kh_diags_fini(&m.diags);
    return kh_exit_code(rc);
}
