/* kaohe explain as a tree for the terminal. */
#include "cli/explain.h"

#include <stdlib.h>
#include <string.h>

/* A tree being printed: `lead` is what stands before every line below the current node. */
typedef struct tree {
    const kh_explaining *e;
    kh_buf *out;
    char lead[256];
    bool *metric_shown, *measure_shown;
} tree;

static void number(kh_buf *out, kh_decimal value, int places)
{
    char text[KH_DECIMAL_TEXT];
    if (kh_is_absent(value)) {
        kh_buf_text(out, kh_tr("absent"));
        return;
    }
    kh_dec_format(text, places == KH_PLACES_OWN ? kh_dec_trim(value) : value, places, true);
    kh_buf_text(out, text);
}

/* One line of the tree; `last`: nothing follows on its level. */
static void branch(tree *t, bool last)
{
    kh_buf_printf(t->out, "%s%s", t->lead, last ? "└ " : "├ ");
}

static size_t descend(tree *t, bool last)
{
    size_t n = strlen(t->lead);
    snprintf(t->lead + n, sizeof t->lead - n, "%s", last ? "  " : "│ ");
    return n;
}

/* A text of several lines below a node, without the indent that all of them share. */
static void block(tree *t, const char *text, size_t length)
{
    const char *end = text + length, *at = memchr(text, '\n', length);
    size_t shared = SIZE_MAX;
    for (const char *line = at; line; line = memchr(line, '\n', (size_t)(end - line))) {
        size_t n = 0;
        for (line++; line + n < end && line[n] == ' ';) n++;
        if (line + n < end && line[n] != '\n' && n < shared) shared = n;
    }
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        if (!stop) stop = end;
        kh_buf_printf(t->out, "%s%.*s\n", t->lead, (int)(stop - text), text);
        text = stop < end ? stop + 1 : end;
        for (size_t n = 0; n < shared && text < end && *text == ' '; n++) text++;
    }
}

/* ---- rows ---------------------------------------------------------------------------------- */

enum { PLACE, KEY, DAYS, COLUMNS };

/* "2009-01-05", or "2009-01-01 .. 2009-02-16". */
static void days_text(const kh_trace *row, bool balance, kh_buf *out)
{
    char from[KH_DATE_TEXT], to[KH_DATE_TEXT];
    kh_date_format(from, row->from);
    kh_date_format(to, row->to - 1);
    kh_buf_text(out, from);
    if (balance) kh_buf_printf(out, " .. %s", to);
}

static void product(const kh_trace *row, bool balance, kh_buf *out)
{
    number(out, row->value, KH_PLACES_OWN);
    bool plain = true;
    if (!kh_is_absent(row->weight)) {
        kh_buf_text(out, " × ");
        number(out, row->weight, KH_PLACES_OWN);
        plain = false;
    }
    if (kh_dec_cmp(row->share, KH_ONE) != 0) {
        kh_buf_text(out, " × ");
        number(out, row->share, KH_PLACES_OWN);
        plain = false;
    }
    if (balance && row->times != 1) {
        kh_buf_printf(out, kh_tr(" × %lld days"), (long long)row->times);
        plain = false;
    }
    if (plain) return;
    kh_buf_text(out, " = ");
    number(out, row->amount, KH_PLACES_OWN);
}

static void rows(tree *t, uint32_t measure, const kh_traces *traces, bool last)
{
    const kh_measure_decl *decl = &t->e->view->scheme->plan.measures[measure];
    bool balance = decl->over != KH_OVER_NONE;
    if (traces->rows == 0) return;
    char(*cells)[COLUMNS][256] = calloc(traces->count + 1, sizeof *cells);
    if (!cells) abort();
    size_t widths[COLUMNS] = {0};
    for (uint32_t i = 0; i < traces->count; i++) {
        kh_buf text[COLUMNS] = {{0}};
        kh_explain_place(t->e, decl->dataset, traces->items[i].file, traces->items[i].line,
                         &text[PLACE]);
        kh_buf_text(&text[KEY], traces->items[i].key);
        days_text(&traces->items[i], balance, &text[DAYS]);
        for (int c = 0; c < COLUMNS; c++) {
            snprintf(cells[i][c], sizeof cells[i][c], "%s", text[c].data);
            kh_error_trim(cells[i][c], sizeof cells[i][c]);
            size_t width = kh_text_width(cells[i][c]);
            if (width > widths[c]) widths[c] = width;
            kh_buf_fini(&text[c]);
        }
    }
    bool more = traces->rows > traces->count;
    kh_decimal shown = KH_ZERO;
    for (uint32_t i = 0; i < traces->count; i++) {
        const kh_trace *row = &traces->items[i];
        branch(t, last && !more && i + 1 == traces->count);
        for (int c = 0; c < COLUMNS; c++) {
            int pad = (int)(widths[c] - kh_text_width(cells[i][c]));
            if (widths[c]) kh_buf_printf(t->out, "%s%*s  ", cells[i][c], pad, "");
        }
        product(row, balance, t->out);
        if (row->rule) kh_buf_printf(t->out, kh_tr("  left out: %s"), row->rule);
        kh_buf_text(t->out, "\n");
        shown = kh_dec_add(shown, row->amount);
    }
    if (more) {
        branch(t, last);
        kh_buf_printf(t->out, kh_tr("and %llu more rows: "),
                      (unsigned long long)(traces->rows - traces->count));
        number(t->out, kh_dec_sub(traces->amount, shown), KH_PLACES_OWN);
        kh_buf_text(t->out, "\n");
    }
    free(cells);
}

/* Is a measure the sum of its rows' amounts? */
static bool adds_up(const kh_measure_decl *decl)
{
    return decl->aggregate == KH_SUM && decl->over != KH_OVER_MAX;
}

static void measure(tree *t, uint32_t index, bool last)
{
    const kh_explaining *e = t->e;
    const kh_measure_decl *decl = &e->view->scheme->plan.measures[index];
    const kh_lineage_part *part = &e->lineage.parts[index];
    branch(t, last);
    kh_buf_printf(t->out, "%s %s = ", decl->name.text, decl->title);
    number(t->out, e->card->measures[index], KH_PLACES_OWN);
    kh_buf_printf(t->out, "%s%s", *decl->unit ? " " : "", decl->unit);
    if (t->measure_shown[index]) {
        kh_buf_text(t->out, kh_tr("  (see above)\n"));
        return;
    }
    t->measure_shown[index] = true;
    kh_buf_text(t->out, "\n");
    size_t lead = descend(t, last);
    kh_buf text = {0};
    kh_explain_measure_text(e, index, &text);
    bool any = part->counted.rows + part->left_out.rows > 0;
    kh_buf_printf(t->out, "%s%s%s\n", t->lead, any ? "│ " : "  ", text.data);
    kh_buf_fini(&text);
    kh_buf_printf(t->out, "%s%s", t->lead, any ? "│ " : "  ");
    kh_buf_printf(t->out, kh_tr("%llu rows"), (unsigned long long)part->counted.rows);
    if (part->counted.rows && adds_up(decl)) {
        kh_buf_text(t->out, kh_tr(", in all "));
        number(t->out, part->counted.amount, KH_PLACES_OWN);
        if (kh_dec_cmp(part->divisor, KH_ONE) != 0) {
            kh_buf_text(t->out, " / ");
            number(t->out, part->divisor, KH_PLACES_OWN);
        }
    }
    if (part->left_out.rows) {
        kh_buf_printf(t->out, kh_tr("; %llu rows left out, in all "),
                      (unsigned long long)part->left_out.rows);
        number(t->out, part->left_out.amount, KH_PLACES_OWN);
    }
    kh_buf_text(t->out, "\n");
    rows(t, index, &part->counted, part->left_out.rows == 0);
    rows(t, index, &part->left_out, true);
    t->lead[lead] = '\0';
}

/* Records a formula reads: history, decisions. */
static void records(tree *t, uint32_t index, bool last)
{
    const kh_explaining *e = t->e;
    uint32_t count = kh_explain_record_count(e, index);
    uint32_t shown = count < e->lineage.most ? count : e->lineage.most;
    branch(t, last);
    kh_buf_printf(t->out, "%s: ", e->view->scheme->plan.records[index].name.text);
    kh_buf_printf(t->out, kh_tr("%llu rows"), (unsigned long long)count);
    kh_buf_text(t->out, "\n");
    size_t lead = descend(t, last);
    for (uint32_t row = 0; row < shown; row++) {
        kh_buf place = {0}, text = {0};
        kh_explain_record(e, index, row, &place, &text);
        branch(t, row + 1 == count);
        kh_buf_printf(t->out, "%s  %s\n", place.data, text.data ? text.data : "");
        kh_buf_fini(&place);
        kh_buf_fini(&text);
    }
    if (shown < count) {
        branch(t, true);
        kh_buf_text(t->out, "…\n");
    }
    t->lead[lead] = '\0';
}

/* The records a formula reads, in the order of the plan; the next one from @p from on. */
static uint32_t next_records(const tree *t, uint32_t metric, uint32_t from)
{
    const kh_plan *plan = &t->e->view->scheme->plan;
    while (from < plan->records_count &&
           !kh_metrics_uses_records(t->e->view->metrics, metric, plan->records[from].name.text)) {
        from++;
    }
    return from;
}

/* ---- metrics ------------------------------------------------------------------------------- */

static void metric(tree *t, uint32_t index, bool last)
{
    const kh_explaining *e = t->e;
    const kh_plan *plan = &e->view->scheme->plan;
    const kh_metric_decl *decl = &plan->metrics[index];
    branch(t, last);
    kh_buf_printf(t->out, "%s %s = ", decl->name.text, decl->title);
    number(t->out, e->card->metrics[index], decl->round);
    kh_buf_printf(t->out, "%s%s", *decl->unit ? " " : "", decl->unit);
    if (t->metric_shown[index]) {
        kh_buf_text(t->out, kh_tr("  (see above)\n"));
        return;
    }
    t->metric_shown[index] = true;
    kh_buf_text(t->out, "\n");
    const char *const *uses = kh_metrics_uses(e->view->metrics, index);
    size_t outer = descend(t, last), length, inner = strlen(t->lead);
    const char *formula = kh_metrics_formula(e->view->metrics, index, &length);
    uint32_t kept = next_records(t, index, 0);
    bool more = kept < plan->records_count;
    snprintf(t->lead + inner, sizeof t->lead - inner, "%s", uses[0] || more ? "│ " : "  ");
    block(t, formula, length);
    for (uint32_t p = 0; p < plan->param_count; p++) {
        char value[KH_DECIMAL_TEXT];
        if (!kh_metrics_uses_param(e->view->metrics, index, plan->params[p].name.text)) continue;
        kh_explain_param(e, p, value);
        if (*value) {
            kh_buf_printf(t->out, "%s%s %s = %s%s%s\n", t->lead, plan->params[p].name.text,
                          plan->params[p].title, value, *plan->params[p].unit ? " " : "",
                          plan->params[p].unit);
        }
    }
    t->lead[inner] = '\0';
    for (; *uses; uses++) {
        bool is_metric;
        uint32_t used = kh_explain_find(e, *uses, &is_metric);
        if (strlen(t->lead) + 8 > sizeof t->lead) continue; /* nested beyond any screen */
        if (is_metric) metric(t, used, !uses[1] && !more);
        else measure(t, used, !uses[1] && !more);
    }
    while (kept < plan->records_count) {
        uint32_t next = next_records(t, index, kept + 1);
        records(t, kept, next == plan->records_count);
        kept = next;
    }
    t->lead[outer] = '\0';
}

static void item(tree *t, const kh_item *i)
{
    kh_buf_printf(t->out, "\n%s = ", i->title);
    number(t->out, i->points, i->places);
    const struct {
        const char *word;
        kh_decimal value;
    } parts[] = {{KH_N_("actual"), i->actual},
                 {KH_N_("target"), i->target},
                 {KH_N_("base"), i->base},
                 {KH_N_("rate"), i->rate},
                 {KH_N_("weight"), i->weight}};
    bool first = true;
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        if (kh_is_absent(parts[p].value)) continue;
        kh_buf_printf(t->out, "%s%s ", first ? "  (" : ", ", kh_tr(parts[p].word));
        number(t->out, parts[p].value, p < 3 ? i->value_places : KH_PLACES_OWN);
        first = false;
    }
    kh_buf_text(t->out, first ? "\n" : ")\n");
    if (i->rule && *i->rule) kh_buf_printf(t->out, "  %s\n", i->rule);
    if (i->reason) kh_buf_printf(t->out, "  %s\n", i->reason);
    bool is_metric;
    uint32_t index = kh_explain_find(t->e, i->name, &is_metric);
    if (index == UINT32_MAX) return;
    if (is_metric) metric(t, index, true);
    else measure(t, index, true);
}

static void card(tree *t)
{
    const kh_card *c = t->e->card;
    if (c->failed) kh_buf_printf(t->out, "%s\n", c->failed);
    if (!kh_is_absent(c->score)) {
        kh_buf_text(t->out, kh_tr("score "));
        number(t->out, c->score, c->score_places);
        if (c->rank) kh_buf_printf(t->out, kh_tr(", rank %u"), c->rank);
        if (c->band) kh_buf_printf(t->out, ", %s", c->band);
        kh_buf_text(t->out, "\n");
    }
    if (c->grade) kh_buf_printf(t->out, kh_tr("grade %s\n"), c->grade);
    for (uint32_t i = 0; i < c->step_count; i++) {
        const kh_step *s = &c->steps[i];
        kh_buf_printf(t->out, "  %s%s%s: %s\n", s->stage, *s->rule ? " " : "", s->rule, s->text);
    }
    for (uint32_t i = 0; i < c->pay_count; i++) {
        kh_buf_printf(t->out, "%s = ", c->pays[i].title);
        number(t->out, c->pays[i].amount, 2);
        kh_buf_printf(t->out, "  %s\n", c->pays[i].rule ? c->pays[i].rule : "");
    }
    for (uint32_t i = 0; i < c->note_count; i++) kh_buf_printf(t->out, "  %s\n", c->notes[i]);
    for (uint32_t i = 0; i < c->item_count; i++) item(t, &c->items[i]);
    /* What no line stands for: metrics that no other metric has shown, then measures. */
    const kh_plan *plan = &t->e->view->scheme->plan;
    for (uint32_t i = plan->metric_count; i-- > 0;) {
        if (t->metric_shown[i]) continue;
        kh_buf_text(t->out, "\n");
        metric(t, i, true);
    }
    for (uint32_t i = 0; i < plan->measure_count; i++) {
        if (t->measure_shown[i]) continue;
        kh_buf_text(t->out, "\n");
        measure(t, i, true);
    }
}

void kh_explain_text(const kh_explaining *e, uint32_t index, bool is_metric, kh_buf *out)
{
    const kh_plan *plan = &e->view->scheme->plan;
    char title[64];
    tree t = {.e = e, .out = out};
    t.metric_shown = calloc(plan->metric_count + 1, sizeof *t.metric_shown);
    t.measure_shown = calloc(plan->measure_count + 1, sizeof *t.measure_shown);
    if (!t.metric_shown || !t.measure_shown) abort();
    kh_period_title(title, sizeof title, &e->view->facts->period);
    kh_buf_printf(out, "%s %s  %s\n", e->card->subject->id, e->card->subject->name, title);
    if (index == UINT32_MAX) card(&t);
    else if (is_metric) metric(&t, index, true);
    else measure(&t, index, true);
    free(t.metric_shown);
    free(t.measure_shown);
}
