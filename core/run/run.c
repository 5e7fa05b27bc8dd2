/* The main job: a project's files to one scorecard for every subject.
 *
 * load → measures → metrics (workers) → chain → documents (workers) → results → manifest.
 * Everything from `load` on runs in a supervised child (supervise.c).
 */
#include "run/manifest.h"
#include "run/running.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- metrics ------------------------------------------------------------------------------- */

static void metric_failed(void *ctx, uint32_t subject, const char *text)
{
    void **both = ctx;
    kh_pool_fail(both[1], subject, text);
}

static kh_status metric_begin(void *ctx, kh_pool *pool, kh_error *err)
{
    (void)pool, (void)err;
    kh_spill_seal(((kh_running *)ctx)->spill);
    return KH_OK;
}

static kh_status metric_job(void *ctx, kh_pool *pool, uint32_t job, kh_error *err)
{
    kh_running *r = ctx;
    void *both[] = {r, pool};
    return kh_metrics_eval(r->metrics, &r->facts, job, 1, r->values, kh_pool_guard(pool),
                           kh_pool_worker(pool), metric_failed, both, err);
}

static void subject_failed(void *ctx, uint32_t job, const char *text)
{
    kh_running *r = ctx;
    kh_running_failed(r, job, text);
    for (uint32_t m = 0; m < r->scheme->plan.metric_count; m++) {
        r->values[(size_t)m * r->facts.subject_count + job] = KH_ABSENT;
    }
    kh_sheet_fail(r->sheet, job, text);
}

/* All subjects but those of @p skip, which may be NULL, into a new sheet. */
static kh_status eval_metrics(kh_running *r, const uint8_t *skip, kh_error *err)
{
    const kh_plan *plan = &r->scheme->plan;
    kh_sheet_free(r->sheet);
    r->sheet = kh_sheet_new(plan, &r->facts, r->values);
    if (plan->metric_count == 0) return KH_OK;
    kh_work work = {
        .ctx = r, .profile = KH_GUARD_COMPUTE, .begin = metric_begin, .job = metric_job};
    kh_pool_options options = {.workers = r->options->jobs,
                               .jobs = r->facts.subject_count,
                               .skip = skip,
                               .failed = subject_failed,
                               .progress = kh_running_progress,
                               .ctx = r};
    uint32_t done;
    kh_progress_begin(&r->progress, "metrics", r->options->quiet);
    kh_status rc = kh_pool_run(&work, &options, &done, err);
    kh_progress_end(&r->progress);
    return rc;
}

static kh_status make_values(kh_running *r, kh_error *err)
{
    const kh_plan *plan = &r->scheme->plan;
    r->values_size = ((size_t)plan->metric_count * r->facts.subject_count + 1) * sizeof *r->values;
    r->values =
        mmap(NULL, r->values_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (r->values == MAP_FAILED) {
        r->values = NULL;
        return kh_fail(err, KH_ELIMIT, "not enough memory for the metrics");
    }
    return KH_OK;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static kh_status check_only(const kh_running *r, kh_error *err)
{
    for (uint32_t i = 0; i < r->options->only_count; i++) {
        bool found = false;
        for (uint32_t s = 0; s < r->facts.subject_count && !found; s++) {
            found = !strcmp(r->facts.subjects[s].id, r->options->only[i]);
        }
        if (!found) {
            const char **ids = calloc(r->facts.subject_count + 1, sizeof *ids);
            if (!ids) abort();
            for (uint32_t s = 0; s < r->facts.subject_count; s++) ids[s] = r->facts.subjects[s].id;
            const char *near = kh_text_nearest(r->options->only[i], ids);
            kh_status rc = kh_fail(err, KH_EUSAGE,
                                   near ? "there is no subject '%s'; did you mean '%s'?"
                                        : "there is no subject '%s'",
                                   r->options->only[i], near);
            free(ids);
            return rc;
        }
    }
    return KH_OK;
}

/* A stage fails single subjects, too; those failed by a metric are reported already. */
static kh_status score_all(kh_running *r, kh_error *err)
{
    uint32_t count = r->facts.subject_count;
    kh_sheet *sheet = kh_sheet_view(r->sheet);
    bool *known = calloc(count + 1, sizeof *known);
    if (!known) abort();
    for (uint32_t s = 0; s < count; s++) known[s] = sheet->ops->failed(sheet, s);
    kh_status rc = kh_chain_run(r->chain, r->sheet, &r->facts, r->guard, 0, err);
    if (rc == KH_OK) {
        r->results = kh_sheet_results(r->sheet, r->as_of);
        for (uint32_t s = 0; s < count; s++) {
            const char *why = r->results->cards[s].failed;
            if (why && !known[s]) kh_running_failed(r, s, why);
        }
    }
    free(known);
    return rc;
}

/* The reasons of failures stand in the results, which must not depend on the language of messages:
   they are found once more in the language of the sources. */
static kh_status score_plainly(kh_running *r, kh_error *err)
{
    bool translated = strcmp(kh_tr("error"), "error") != 0;
    if (r->failures == 0 || !translated) return KH_OK;
    uint32_t count = r->facts.subject_count;
    uint8_t *skip = kh_arena_alloc(&r->arena, count + 1);
    for (uint32_t s = 0; s < count; s++) skip[s] = r->results->cards[s].failed == NULL;
    locale_t users = uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
    r->again = true;
    kh_status rc = eval_metrics(r, skip, err);
    if (rc == KH_OK) rc = score_all(r, err);
    r->again = false;
    uselocale(users);
    return rc;
}

static kh_status compute(kh_running *r, kh_error *err)
{
    kh_status rc = kh_running_load(r, err);
    if (rc == KH_OK) rc = kh_running_choose_period(r, err);
    if (rc == KH_OK) {
        if (!r->options->look && !r->options->preview)
            r->digests = kh_manifest_ahead(&r->scheme->plan);
        if (r->options->lineage) kh_measures_trace(r->measures, r->options->lineage);
        kh_measures_share(r->measures, r->options->jobs);
        rc = kh_measures_run(r->measures, &r->period, &r->facts, &r->diags, err);
    }
    if (rc == KH_OK) rc = check_only(r, err);
    if (rc == KH_OK) rc = make_values(r, err);
    if (rc == KH_OK) rc = eval_metrics(r, NULL, err);
    if (rc == KH_OK) rc = score_all(r, err);
    return rc == KH_OK ? score_plainly(r, err) : rc;
}

static void summarise(const kh_running *r, double seconds)
{
    if (r->options->json) {
        printf("{\"event\":\"done\",\"period\":\"%s\",\"out\":", r->period.name);
        kh_buf text = {0};
        kh_buf_json(&text, r->out);
        printf("%s,\"subjects\":%u,\"documents\":%u,\"failed\":%u,\"seconds\":\"%.2f\"}\n",
               text.data, r->facts.subject_count, r->documents, r->failures, seconds);
        kh_buf_fini(&text);
    } else if (!r->options->quiet) {
        printf(dgettext("kaohe", "%s: %u subjects, %u documents, %u failed, %.2f s -> %s\n"),
               r->period.name, r->facts.subject_count, r->documents, r->failures, seconds, r->out);
    }
}

/* What the caller of a preview wants to know, also after mistakes. */
static void tell_made(const kh_running *r)
{
    const kh_manifest manifest = {.scheme = r->scheme, .templates = r->templates};
    FILE *out = r->options->made;
    if (r->made) fprintf(out, "%s/%s", r->out, r->made);
    fputc('\n', out);
    if (r->scheme) kh_manifest_name_files(&manifest, out);
    fflush(out);
}

static int run_child(void *ctx, kh_guard *guard)
{
    kh_running r = {.options = ctx, .guard = guard};
    kh_error err = KH_ERROR_INIT;
    double start = seconds_now();
    if (!r.options->look && !r.options->preview) r.spill = kh_spill_new();
    r.facts.arena.spill = r.arena.spill = r.spill;
    kh_status rc = compute(&r, &err);
    if (rc == KH_OK && r.options->look) {
        kh_run_view view = {r.scheme, r.metrics, &r.facts, r.results};
        rc = r.options->look(r.options->ctx, &view, &err);
    } else if (rc == KH_OK) {
        r.out = r.options->out ? kh_arena_text(&r.arena, r.options->out)
                               : kh_arena_printf(&r.arena, "%s/out%s", r.scheme->plan.folder,
                                                 r.options->preview ? "/preview" : "");
        rc = kh_running_write(&r, &err);
    }
    kh_diags_print(&r.diags, stderr, r.scheme ? r.scheme->plan.folder : r.options->folder);
    kh_running_tell_rest(&r);
    if (rc < 0) fprintf(stderr, "kaohe: %s\n", err.text);
    else if (!r.options->preview && !r.options->look) summarise(&r, seconds_now() - start);
    if (r.options->made) tell_made(&r);
    int code = rc < 0 ? kh_exit_code(rc) : r.failures ? 1 : 0;
    for (uint32_t i = 0; r.scheme && i < r.scheme->plan.output_count; i++) {
        if (r.templates) kh_template_free(r.templates[i]);
    }
    kh_digests_free(r.digests);
    kh_sheet_free(r.sheet);
    if (r.values) munmap(r.values, r.values_size);
    kh_facts_fini(&r.facts);
    kh_chain_free(r.chain);
    kh_metrics_free(r.metrics);
    kh_measures_free(r.measures);
    kh_scheme_free(r.scheme);
    kh_diags_fini(&r.diags);
    kh_arena_fini(&r.arena);
    kh_spill_free(r.spill);
    return code;
}

int kh_run_project(const kh_run_options *options)
{
    kh_run_options copy = *options;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (copy.jobs == 0) copy.jobs = processors > 0 ? (uint32_t)processors : 1;
    return kh_supervise(run_child, &copy);
}

/* ---- check --------------------------------------------------------------------------------- */

typedef struct checking {
    const char *folder;
    const kh_places *places;
    bool quiet;
} checking;

static int check_child(void *ctx, kh_guard *guard)
{
    const checking *c = ctx;
    kh_run_options options = {.folder = c->folder, .places = *c->places};
    kh_running r = {.options = &options, .guard = guard};
    kh_error err = KH_ERROR_INIT;
    kh_status rc = kh_running_load(&r, &err);
    if (r.measures) kh_measures_check(r.measures, &r.diags);
    kh_diags_print(&r.diags, stderr, r.scheme ? r.scheme->plan.folder : c->folder);
    bool bad = rc != KH_OK || r.diags.errors;
    if (rc != KH_OK && !r.diags.errors) fprintf(stderr, "kaohe: %s\n", err.text);
    if (bad && r.diags.errors) {
        fprintf(stderr, dgettext("kaohe", "kaohe: %u mistakes\n"), r.diags.errors);
    }
    if (!bad && r.scheme && !c->quiet) {
        const kh_plan *plan = &r.scheme->plan;
        printf(
            dgettext("kaohe", "ok: %u sources, %u measures, %u metrics, %u stages, %u outputs\n"),
            plan->source_count, plan->measure_count, plan->metric_count, plan->stage_count,
            plan->output_count);
    }
    for (uint32_t i = 0; r.scheme && r.templates && i < r.scheme->plan.output_count; i++) {
        kh_template_free(r.templates[i]);
    }
    kh_chain_free(r.chain);
    kh_metrics_free(r.metrics);
    kh_measures_free(r.measures);
    kh_scheme_free(r.scheme);
    kh_diags_fini(&r.diags);
    kh_arena_fini(&r.arena);
    return bad ? 2 : 0;
}

int kh_check_project(const char *folder, const kh_places *places, bool quiet)
{
    checking c = {folder, places, quiet};
    return kh_supervise(check_child, &c);
}
