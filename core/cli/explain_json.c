/* kaohe explain --json: one object, amounts as texts, the tree as names. */
#include "cli/explain.h"

#include <stdlib.h>
#include <string.h>

/* `"key":` and the text, null when there is none; a comma before all but the first. */
static void put_text(kh_buf *out, const char *key, const char *text)
{
    if (out->data[out->size - 1] != '{') kh_buf_text(out, ",");
    kh_buf_json(out, key);
    kh_buf_text(out, ":");
    if (text) kh_buf_json(out, text);
    else kh_buf_text(out, "null");
}

static void put_number(kh_buf *out, const char *key, kh_decimal value, int places)
{
    char text[KH_DECIMAL_TEXT];
    kh_dec_format(text, places == KH_PLACES_OWN ? kh_dec_trim(value) : value, places, false);
    put_text(out, key, kh_is_absent(value) ? NULL : text);
}

static void put_date(kh_buf *out, const char *key, kh_date date)
{
    char text[KH_DATE_TEXT];
    kh_date_format(text, date);
    put_text(out, key, text);
}

static void put_rows(const kh_explaining *e, uint32_t measure, const char *key,
                     const kh_traces *traces, kh_buf *out)
{
    kh_decimal shown = KH_ZERO;
    kh_buf_printf(out, ",\"%s\":{\"rows\":%llu", key, (unsigned long long)traces->rows);
    put_number(out, "amount", traces->amount, KH_PLACES_OWN);
    kh_buf_text(out, ",\"shown\":[");
    for (uint32_t i = 0; i < traces->count; i++) {
        const kh_trace *row = &traces->items[i];
        kh_buf place = {0};
        kh_explain_place(e, e->view->scheme->plan.measures[measure].dataset, row->file, row->line,
                         &place);
        kh_buf_text(out, i ? ",\n   {" : "\n   {");
        put_text(out, "place", place.data);
        kh_buf_fini(&place);
        put_text(out, "key", row->key);
        put_date(out, "from", row->from);
        put_date(out, "to", row->to - 1);
        put_number(out, "value", row->value, KH_PLACES_OWN);
        if (!kh_is_absent(row->weight)) put_number(out, "weight", row->weight, KH_PLACES_OWN);
        put_number(out, "share", row->share, KH_PLACES_OWN);
        kh_buf_printf(out, ",\"times\":%lld", (long long)row->times);
        put_number(out, "amount", row->amount, KH_PLACES_OWN);
        if (row->rule) put_text(out, "rule", row->rule);
        kh_buf_text(out, "}");
        shown = kh_dec_add(shown, row->amount);
    }
    kh_buf_printf(out, "],\"more\":{\"rows\":%llu",
                  (unsigned long long)(traces->rows - traces->count));
    put_number(out, "amount", kh_dec_sub(traces->amount, shown), KH_PLACES_OWN);
    kh_buf_text(out, "}}");
}

static void put_measure(const kh_explaining *e, uint32_t index, kh_buf *out)
{
    const kh_measure_decl *decl = &e->view->scheme->plan.measures[index];
    const kh_lineage_part *part = &e->lineage.parts[index];
    kh_buf text = {0};
    kh_explain_measure_text(e, index, &text);
    kh_buf_text(out, "{");
    put_text(out, "name", decl->name.text);
    put_text(out, "title", decl->title);
    put_text(out, "unit", decl->unit);
    put_number(out, "value", e->card->measures[index], KH_PLACES_OWN);
    put_text(out, "text", text.data);
    kh_buf_fini(&text);
    kh_period window = kh_window_of(&decl->window, &e->view->facts->period);
    put_date(out, "from", window.from);
    put_date(out, "to", window.to - 1);
    put_number(out, "divisor", part->divisor, KH_PLACES_OWN);
    put_rows(e, index, "counted", &part->counted, out);
    put_rows(e, index, "left_out", &part->left_out, out);
    kh_buf_text(out, "}");
}

static void put_metric(const kh_explaining *e, uint32_t index, kh_buf *out)
{
    const kh_plan *plan = &e->view->scheme->plan;
    const kh_metric_decl *decl = &plan->metrics[index];
    size_t length;
    const char *formula = kh_metrics_formula(e->view->metrics, index, &length);
    kh_buf text = {0};
    kh_buf_add(&text, formula, length);
    kh_buf_text(out, "{");
    put_text(out, "name", decl->name.text);
    put_text(out, "title", decl->title);
    put_text(out, "unit", decl->unit);
    put_number(out, "value", e->card->metrics[index], decl->round);
    put_text(out, "formula", text.data);
    kh_buf_fini(&text);
    kh_buf_text(out, ",\"params\":{");
    for (uint32_t p = 0; p < plan->param_count; p++) {
        char value[KH_DECIMAL_TEXT];
        if (!kh_metrics_uses_param(e->view->metrics, index, plan->params[p].name.text)) continue;
        kh_explain_param(e, p, value);
        put_text(out, plan->params[p].name.text, *value ? value : NULL);
    }
    kh_buf_text(out, "},\"uses\":[");
    const char *const *uses = kh_metrics_uses(e->view->metrics, index);
    for (uint32_t i = 0; uses[i]; i++) {
        if (i) kh_buf_text(out, ",");
        kh_buf_json(out, uses[i]);
    }
    kh_buf_text(out, "],\"records\":{");
    for (uint32_t r = 0; r < plan->records_count; r++) {
        const char *name = plan->records[r].name.text;
        if (!kh_metrics_uses_records(e->view->metrics, index, name)) continue;
        if (out->data[out->size - 1] != '{') kh_buf_text(out, ",");
        kh_buf_json(out, name);
        kh_buf_text(out, ":[");
        uint32_t count = kh_explain_record_count(e, r);
        for (uint32_t row = 0; row < count && row < e->lineage.most; row++) {
            kh_buf place = {0}, cells = {0};
            kh_explain_record(e, r, row, &place, &cells);
            kh_buf_text(out, row ? ",{" : "{");
            put_text(out, "place", place.data);
            put_text(out, "text", cells.data ? cells.data : "");
            kh_buf_text(out, "}");
            kh_buf_fini(&place);
            kh_buf_fini(&cells);
        }
        kh_buf_text(out, "]");
    }
    kh_buf_text(out, "}}");
}

/* A metric and all it depends on. */
static void mark(const kh_explaining *e, uint32_t metric, bool *metrics, bool *measures)
{
    if (metrics[metric]) return;
    metrics[metric] = true;
    const char *const *uses = kh_metrics_uses(e->view->metrics, metric);
    for (; *uses; uses++) {
        bool is_metric;
        uint32_t used = kh_explain_find(e, *uses, &is_metric);
        if (is_metric) mark(e, used, metrics, measures);
        else measures[used] = true;
    }
}

static void put_card(const kh_card *c, kh_buf *out)
{
    put_number(out, "score", c->score, c->score_places);
    if (c->rank) kh_buf_printf(out, ",\"rank\":%u", c->rank);
    put_text(out, "band", c->band);
    put_text(out, "grade", c->grade);
    put_text(out, "failed", c->failed);
    kh_buf_text(out, ",\n \"items\":[");
    for (uint32_t i = 0; i < c->item_count; i++) {
        const kh_item *item = &c->items[i];
        kh_buf_text(out, i ? ",\n  {" : "\n  {");
        put_text(out, "name", item->name);
        put_text(out, "title", item->title);
        put_number(out, "actual", item->actual, KH_PLACES_OWN);
        put_number(out, "target", item->target, KH_PLACES_OWN);
        put_number(out, "rate", item->rate, KH_PLACES_OWN);
        put_number(out, "weight", item->weight, KH_PLACES_OWN);
        put_number(out, "points", item->points, item->places);
        put_text(out, "rule", item->rule);
        put_text(out, "reason", item->reason);
        kh_buf_text(out, "}");
    }
    kh_buf_text(out, "],\n \"steps\":[");
    for (uint32_t i = 0; i < c->step_count; i++) {
        kh_buf_text(out, i ? ",\n  {" : "\n  {");
        put_text(out, "stage", c->steps[i].stage);
        put_text(out, "rule", c->steps[i].rule);
        put_text(out, "text", c->steps[i].text);
        kh_buf_text(out, "}");
    }
    kh_buf_text(out, "],\n \"pay\":[");
    for (uint32_t i = 0; i < c->pay_count; i++) {
        kh_buf_text(out, i ? ",\n  {" : "\n  {");
        put_text(out, "name", c->pays[i].name);
        put_text(out, "title", c->pays[i].title);
        put_number(out, "amount", c->pays[i].amount, KH_PLACES_OWN);
        put_text(out, "rule", c->pays[i].rule);
        kh_buf_text(out, "}");
    }
    kh_buf_text(out, "]");
}

void kh_explain_json(const kh_explaining *e, uint32_t index, bool is_metric, kh_buf *out)
{
    const kh_plan *plan = &e->view->scheme->plan;
    bool *metrics = calloc(plan->metric_count + 1, sizeof *metrics);
    bool *measures = calloc(plan->measure_count + 1, sizeof *measures);
    if (!metrics || !measures) abort();
    bool all = index == UINT32_MAX;
    if (all) memset(metrics, 1, plan->metric_count * sizeof *metrics);
    if (all) memset(measures, 1, plan->measure_count * sizeof *measures);
    else if (is_metric) mark(e, index, metrics, measures);
    else measures[index] = true;
    kh_buf_text(out, "{");
    put_text(out, "format", "kaohe-explain/1");
    put_text(out, "period", e->view->facts->period.name);
    put_text(out, "id", e->card->subject->id);
    put_text(out, "name", e->card->subject->name);
    put_text(out, "group", e->card->subject->group);
    if (all) put_card(e->card, out);
    kh_buf_text(out, ",\n \"metrics\":[");
    const char *comma = "\n  ";
    for (uint32_t i = 0; i < plan->metric_count; i++) {
        if (!metrics[i]) continue;
        kh_buf_text(out, comma);
        put_metric(e, i, out);
        comma = ",\n  ";
    }
    kh_buf_text(out, "],\n \"measures\":[");
    comma = "\n  ";
    for (uint32_t i = 0; i < plan->measure_count; i++) {
        if (!measures[i]) continue;
        kh_buf_text(out, comma);
        put_measure(e, i, out);
        comma = ",\n  ";
    }
    kh_buf_text(out, "]}\n");
    free(metrics);
    free(measures);
}
