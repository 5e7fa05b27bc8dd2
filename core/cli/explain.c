/* kaohe explain: the tree from a subject's score to the rows of the sources. */
#include "cli/explain.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 20, ROWS_MOST = 100000 };

uint32_t kh_explain_find(const kh_explaining *e, const char *name, bool *is_metric)
{
    const kh_plan *plan = &e->view->scheme->plan;
    *is_metric = true;
    for (uint32_t i = 0; i < plan->metric_count; i++) {
        if (!strcmp(plan->metrics[i].name.text, name)) return i;
    }
    *is_metric = false;
    for (uint32_t i = 0; i < plan->measure_count; i++) {
        if (!strcmp(plan->measures[i].name.text, name)) return i;
    }
    return UINT32_MAX;
}

void kh_explain_measure_text(const kh_explaining *e, uint32_t measure, kh_buf *out)
{
    static const char *const aggregates[] = {"sum", "count",        "count_distinct", "min", "max",
                                             "avg", "weighted_avg", "first",          "last"};
    static const char *const overs[] = {
        "", "average", "average_working", "first", "last", "last_seen", "max", "sum"};
    const kh_plan *plan = &e->view->scheme->plan;
    const kh_measure_decl *m = &plan->measures[measure];
    kh_buf_printf(out, "of = \"%s\", %s = ", plan->datasets[m->dataset].name.text,
                  aggregates[m->aggregate]);
    if (m->weight.text) kh_buf_printf(out, "{ \"%s\", \"%s\" }", m->value.text, m->weight.text);
    else if (m->value.text) kh_buf_printf(out, "\"%s\"", m->value.text);
    else kh_buf_text(out, "true");
    if (m->over != KH_OVER_NONE) kh_buf_printf(out, ", over = \"%s\"", overs[m->over]);
    if (m->where.text) kh_buf_printf(out, ", where = \"%s\"", m->where.text);
}

/* The file an option of the source names; NULL for databases. */
static const char *source_path(const kh_source_decl *source)
{
    const kh_option *option = source->instance.plugin->options;
    for (; option && option->key; option++) {
        const char *path;
        if (option->type != KH_OPT_PATH) continue;
        memcpy(&path, (const char *)source->instance.self + option->offset, sizeof path);
        if (path) return path;
    }
    return NULL;
}

void kh_explain_place(const kh_explaining *e, uint32_t dataset, const char *file, int64_t line,
                      kh_buf *out)
{
    const kh_plan *plan = &e->view->scheme->plan;
    const kh_source_decl *source = &plan->sources[plan->datasets[dataset].source];
    const char *path = file ? file : source_path(source);
    size_t folder = strlen(plan->folder);
    if (!path) path = source->name.text;
    else if (!strncmp(path, plan->folder, folder) && path[folder] == '/') path += folder + 1;
    kh_buf_text(out, path);
    if (line) kh_buf_printf(out, ":%lld", (long long)line);
}

uint32_t kh_explain_record_count(const kh_explaining *e, uint32_t records)
{
    const kh_records *r = &e->view->facts->records[records];
    return r->starts[e->lineage.index + 1] - r->starts[e->lineage.index];
}

void kh_explain_record(const kh_explaining *e, uint32_t records, uint32_t row, kh_buf *place,
                       kh_buf *text)
{
    const kh_records *r = &e->view->facts->records[records];
    uint32_t at = r->order[r->starts[e->lineage.index] + row];
    kh_explain_place(e, r->decl->dataset, NULL, r->store.origins[at], place);
    for (uint32_t i = 0; i < r->decl->column_count; i++) {
        const char *name = r->decl->columns[i].name.text;
        for (uint32_t c = 0; c < r->store.column_count; c++) {
            const kh_store_column *column = &r->store.columns[c];
            char value[KH_DECIMAL_TEXT] = "";
            if (strcmp(column->name, name) != 0 || column->nulls[at]) continue;
            kh_buf_printf(text, "%s%s = ", text->size ? ", " : "", name);
            if (column->type == KH_TYPE_TEXT) kh_buf_text(text, kh_store_text(&r->store, c, at));
            else if (column->type == KH_TYPE_DATE) kh_date_format(value, column->as.dates[at]);
            else if (column->type == KH_TYPE_BOOL) {
                snprintf(value, sizeof value, "%s", column->as.bools[at] ? "true" : "false");
            } else {
                kh_dec_format(value, kh_dec_trim(kh_store_number(&r->store, c, at)), KH_PLACES_OWN,
                              false);
            }
            kh_buf_text(text, value);
        }
    }
}

void kh_explain_param(const kh_explaining *e, uint32_t param, char out[KH_DECIMAL_TEXT])
{
    const kh_setting *value = e->view->scheme->plan.params[param].value;
    out[0] = '\0';
    if (value->kind == KH_SETTING_NUMBER) {
        kh_dec_format(out, value->number, KH_PLACES_OWN, false);
    } else if (value->kind == KH_SETTING_TEXT) {
        snprintf(out, KH_DECIMAL_TEXT, "%.*s", kh_text_quoted(value->text, strlen(value->text)),
                 value->text);
    } else if (value->kind == KH_SETTING_BOOL) {
        snprintf(out, KH_DECIMAL_TEXT, "%s", value->boolean ? "true" : "false");
    }
}

static kh_status look(void *ctx, const kh_run_view *view, kh_error *err)
{
    kh_explaining *e = ctx;
    e->view = view;
    e->card = &view->results->cards[e->lineage.index];
    bool is_metric = false;
    uint32_t index = UINT32_MAX;
    const kh_plan *plan = &view->scheme->plan;
    if (e->metric && (index = kh_explain_find(e, e->metric, &is_metric)) == UINT32_MAX) {
        const char **names = calloc(plan->metric_count + plan->measure_count + 1, sizeof *names);
        if (!names) abort();
        uint32_t n = 0;
        for (uint32_t i = 0; i < plan->metric_count; i++) names[n++] = plan->metrics[i].name.text;
        for (uint32_t i = 0; i < plan->measure_count; i++) names[n++] = plan->measures[i].name.text;
        const char *near = kh_text_nearest(e->metric, names);
        free(names);
        return kh_fail(err, KH_EUSAGE,
                       near ? "there is no metric or measure '%s'; did you mean '%s'?"
                            : "there is no metric or measure '%s'",
                       e->metric, near);
    }
    kh_buf out = {0};
    if (e->cli->json) kh_explain_json(e, index, is_metric, &out);
    else kh_explain_text(e, index, is_metric, &out);
    fwrite(out.data, out.size, 1, stdout);
    kh_buf_fini(&out);
    return KH_OK;
}

int kh_verb_explain(kh_cli *cli, int argc, char **argv)
{
    static const struct option options[] = {
        {"subject", required_argument, NULL, 's'}, {"metric", required_argument, NULL, 'm'},
        {"period", required_argument, NULL, 'p'},  {"rows", required_argument, NULL, 'r'},
        {"sql", no_argument, NULL, 'q'},           {0}};
    kh_explaining e = {.cli = cli, .lineage = {.most = ROWS}};
    kh_run_options run = {.quiet = true,
                          .results_only = true,
                          .as_of = KH_NO_DATE,
                          .places = cli->places,
                          .lineage = &e.lineage,
                          .look = look,
                          .ctx = &e};
    bool sql = false;
    for (int c; (c = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        char *end;
        switch (c) {
        case 's': e.lineage.subject = optarg; break;
        case 'm': e.metric = optarg; break;
        case 'p': run.period = optarg; break;
        case 'q': sql = true; break;
        case 'r':
            e.lineage.most = (uint32_t)strtoul(optarg, &end, 10);
            if (*end || e.lineage.most < 1 || e.lineage.most > ROWS_MOST) {
                return kh_cli_usage("--rows is a number from 1 to %d, not '%s'", ROWS_MOST, optarg);
            }
            break;
        default: return kh_cli_option(c, argv);
        }
    }
    if (sql && optind + 1 == argc) return kh_explain_sql(cli, argv[optind], run.period);
    if (optind + 1 != argc || !e.lineage.subject) {
        return kh_cli_usage("kaohe explain wants one project folder and --subject ID, or --sql");
    }
    run.folder = argv[optind];
    int code = kh_run_project(&run);
    kh_lineage_fini(&e.lineage);
    return code;
}
