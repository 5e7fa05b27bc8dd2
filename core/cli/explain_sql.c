/* kaohe explain DIR --sql: what the databases would be asked for. */
#include "cli/cli.h"

#include "measure/measure.h"

enum { LOAD_MILLISECONDS = 10000 };

typedef struct asking {
    const kh_cli *cli;
    const char *folder, *period;
} asking;

static kh_status ask(const asking *a, kh_guard *guard, kh_scheme **scheme, kh_measures **measures,
                     kh_buf *out, kh_diags *diags, kh_error *err)
{
    kh_guard_enter(guard, 0, "reading the configuration", a->folder, LOAD_MILLISECONDS);
    kh_status rc = kh_scheme_load(scheme, a->folder, NULL, &a->cli->places, diags, err);
    if (rc == KH_OK) *measures = kh_measures_new(&(*scheme)->plan, diags);
    kh_guard_leave(guard, 0);
    if (rc < 0) return rc;
    if (diags->errors) return kh_fail(err, KH_EUSAGE, "the configuration has mistakes");
    const char *text = a->period ? a->period : (*scheme)->plan.period;
    if (!text) return kh_fail(err, KH_EUSAGE, "which period? give --period 2009Q1");
    kh_period period;
    rc = kh_period_parse(&period, text, err);
    return rc < 0 ? rc : kh_measures_sql(*measures, &period, out, diags, err);
}

static int ask_child(void *ctx, kh_guard *guard)
{
    const asking *a = ctx;
    kh_scheme *scheme = NULL;
    kh_measures *measures = NULL;
    kh_buf out = {0};
    kh_diags diags = {0};
    kh_error err = KH_ERROR_INIT;
    kh_status rc = ask(a, guard, &scheme, &measures, &out, &diags, &err);
    kh_diags_print(&diags, stderr, scheme ? scheme->plan.folder : a->folder);
    if (rc < 0) fprintf(stderr, "kaohe: %s\n", err.text);
    else if (out.data) fputs(out.data, stdout);
    kh_buf_fini(&out);
    kh_measures_free(measures);
    kh_scheme_free(scheme);
    kh_diags_fini(&diags);
    return kh_exit_code(rc);
}

int kh_explain_sql(const kh_cli *cli, const char *folder, const char *period)
{
    asking a = {cli, folder, period};
    return kh_supervise(ask_child, &a);
}
