/* The beginning of a run: the project, its scheme and its templates, and which period. */
#include "run/running.h"

#include <string.h>

enum { LOAD_MILLISECONDS = 10000 };

/* The first output of documents comes first, with the template that is asked for. */
static kh_status keep_preview(kh_running *r, kh_error *err)
{
    kh_plan *plan = &r->scheme->plan;
    uint32_t i = 0;
    while (i < plan->output_count && !plan->outputs[i].template.text) i++;
    if (i == plan->output_count) {
        return kh_fail(err, KH_EUSAGE,
                       "the project makes no documents; give outputs = { pdf { template = "
                       "\"scorecard\" } }");
    }
    kh_output_decl chosen = plan->outputs[i];
    plan->outputs[i] = plan->outputs[0];
    if (r->options->template) chosen.template = (kh_word){.text = r->options->template};
    plan->outputs[0] = chosen;
    return KH_OK;
}

/* Where the preview goes, now that the template has said what it makes. */
static kh_status place_preview(kh_running *r, kh_error *err)
{
    kh_output_decl *output = &r->scheme->plan.outputs[0];
    bool one = kh_template_kind_of(r->templates[0]) == KH_TEMPLATE_SUBJECT;
    if (one && r->options->only_count == 0) {
        return kh_fail(err, KH_EUSAGE, "the template '%s' is about one subject: give --subject ID",
                       output->template.text);
    }
    output->path.text =
        kh_arena_printf(&r->arena, "%s%s.%s", one ? "{id}-" : "", output->template.text,
                        output->instance.plugin->output->extension);
    return KH_OK;
}

int kh_running_password(const kh_plan *plan, const kh_output_decl *output)
{
    for (uint32_t i = 0; i < plan->subject.field_count; i++) {
        if (!strcmp(plan->subject.fields[i].text, output->password.text)) return (int)i;
    }
    return -1;
}

static void check_password(kh_running *r, uint32_t index)
{
    const kh_plan *plan = &r->scheme->plan;
    const kh_output_decl *output = &plan->outputs[index];
    if (!output->password.text || !r->templates[index]) return;
    if (kh_template_kind_of(r->templates[index]) != KH_TEMPLATE_SUBJECT) {
        kh_diag_add(&r->diags, KH_DIAG_ERROR, output->password.place,
                    "'%s' is one document for all; a password is for documents of one subject",
                    output->template.text);
    } else if (kh_running_password(plan, output) < 0) {
        kh_diag_add(&r->diags, KH_DIAG_ERROR, output->password.place,
                    "subjects have no field '%s'; add it to the fields of subject { }",
                    output->password.text);
    }
}

kh_status kh_running_load(kh_running *r, kh_error *err)
{
    kh_guard_enter(r->guard, 0, "reading the configuration", r->options->folder, LOAD_MILLISECONDS);
    kh_status rc = kh_scheme_load(&r->scheme, r->options->folder, r->options->params,
                                  &r->options->places, &r->diags, err);
    if (rc == KH_OK && r->options->preview) rc = keep_preview(r, err);
    if (rc == KH_OK) {
        const kh_plan *plan = &r->scheme->plan;
        r->output_count = r->options->preview ? 1 : plan->output_count;
        r->measures = kh_measures_new(plan, &r->diags);
        if (r->options->rows_only) kh_measures_rows_only(r->measures);
        r->metrics = kh_metrics_new(r->scheme, &r->diags);
        r->chain = kh_chain_new(r->scheme, &r->diags);
        r->templates = kh_arena_array(&r->arena, plan->output_count + 1, sizeof *r->templates);
        for (uint32_t i = 0; rc == KH_OK && i < r->output_count; i++) {
            if (!plan->outputs[i].template.text || r->options->results_only) continue;
            kh_error why = KH_ERROR_INIT;
            if (kh_template_new(&r->templates[i], r->scheme, &r->options->places,
                                &plan->outputs[i].template, &r->diags, &why) < 0 &&
                !r->diags.errors) {
                kh_diag_error(&r->diags, plan->outputs[i].template.place, &why);
            }
            check_password(r, i);
        }
    }
    kh_guard_leave(r->guard, 0);
    if (rc == KH_OK && r->diags.errors)
        rc = kh_fail(err, KH_EUSAGE, "the configuration has mistakes");
    if (rc == KH_OK && r->options->preview) rc = place_preview(r, err);
    return rc;
}

kh_status kh_running_choose_period(kh_running *r, kh_error *err)
{
    const char *text = r->options->period ? r->options->period : r->scheme->plan.period;
    if (!text) {
        return kh_fail(err, KH_EUSAGE,
                       "which period? give --period 2009Q1, or period = \"2009Q1\" in "
                       "kaohe.lua");
    }
    kh_status rc = kh_period_parse(&r->period, text, err);
    r->as_of = r->options->as_of == KH_NO_DATE ? r->period.to - 1 : r->options->as_of;
    return rc;
}
