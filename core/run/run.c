/* The main job: a project's files to one scorecard for every subject.
 *
 * load → measures → metrics (workers) → chain → documents (workers) → results → manifest.
 * Everything from `load` on runs in a supervised child (supervise.c).
 */
#include "run/run.h"

#include "base/text.h"
#include "document/template.h"
#include "metric/metric.h"
#include "run/code.h"
#include "run/digest.h"
#include "run/files.h"
#include "run/manifest.h"
#include "run/pool.h"
#include "run/progress.h"
#include "score/chain.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { LOAD_MILLISECONDS = 10000, BATCH = 128, SHOWN_MOST = 20 };

/* Everything one run holds. */
typedef struct running {
    const kh_run_options *options;
    kh_guard *guard;
    kh_scheme *scheme;
    kh_diags diags;
    kh_measures *measures;
    kh_metrics *metrics;
    kh_chain *chain;
    kh_period period;
    kh_date as_of;
    kh_facts facts;
    kh_decimal *values; /* shared: metrics x subjects */
    size_t values_size;
    kh_full_sheet *sheet;
    const kh_results *results;
    kh_template **templates; /* per output; NULL for outputs that want results */
    kh_digests *digests;
    uint32_t output_count; /* of the plan's outputs, so many are made */
    kh_outbox *outbox;
    kh_arena arena;
    char *out;
    uint32_t failures;
    bool again; /* failures are told already */
    uint32_t documents;
    const char *made;            /* path of a preview's document */
    char (*codes)[KH_CODE_TEXT]; /* one for each subject, the last one for all of them */
    kh_progress progress;
} running;

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- loading ------------------------------------------------------------------------------- */

/* The first output of documents comes first, with the template that is asked for. */
static kh_status keep_preview(running *r, kh_error *err)
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
static kh_status place_preview(running *r, kh_error *err)
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

static kh_status load(running *r, kh_error *err)
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
        }
    }
    kh_guard_leave(r->guard, 0);
    if (rc == KH_OK && r->diags.errors)
        rc = kh_fail(err, KH_EUSAGE, "the configuration has mistakes");
    if (rc == KH_OK && r->options->preview) rc = place_preview(r, err);
    return rc;
}

static kh_status choose_period(running *r, kh_error *err)
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

/* ---- metrics ------------------------------------------------------------------------------- */

static void metric_failed(void *ctx, uint32_t subject, const char *text)
{
    void **both = ctx;
    kh_pool_fail(both[1], subject, text);
}

static kh_status metric_job(void *ctx, kh_pool *pool, uint32_t job, kh_error *err)
{
    running *r = ctx;
    void *both[] = {r, pool};
    return kh_metrics_eval(r->metrics, &r->facts, job, 1, r->values, kh_pool_guard(pool),
                           kh_pool_worker(pool), metric_failed, both, err);
}

static void report_failure(running *r, uint32_t subject, const char *text)
{
    const kh_subject *who = &r->facts.subjects[subject];
    if (r->again) return;
    if (++r->failures <= SHOWN_MOST) {
        kh_progress_end(&r->progress);
        fprintf(stderr, dgettext("kaohe", "kaohe: %s %s: %s\n"), who->id, who->name, text);
    }
}

static void subject_failed(void *ctx, uint32_t job, const char *text)
{
    running *r = ctx;
    report_failure(r, job, text);
    for (uint32_t m = 0; m < r->scheme->plan.metric_count; m++) {
        r->values[(size_t)m * r->facts.subject_count + job] = KH_ABSENT;
    }
    kh_sheet_fail(r->sheet, job, text);
}

static void show_progress(void *ctx, uint32_t done, uint32_t total)
{
    kh_progress_show(&((running *)ctx)->progress, done, total);
}

/* All subjects but those of @p skip, which may be NULL, into a new sheet. */
static kh_status eval_metrics(running *r, const uint8_t *skip, kh_error *err)
{
    const kh_plan *plan = &r->scheme->plan;
    kh_sheet_free(r->sheet);
    r->sheet = kh_sheet_new(plan, &r->facts, r->values);
    if (plan->metric_count == 0) return KH_OK;
    kh_work work = {.ctx = r, .profile = KH_GUARD_COMPUTE, .job = metric_job};
    kh_pool_options options = {.workers = r->options->jobs,
                               .jobs = r->facts.subject_count,
                               .skip = skip,
                               .failed = subject_failed,
                               .progress = show_progress,
                               .ctx = r};
    uint32_t done;
    kh_progress_begin(&r->progress, "metrics", r->options->quiet);
    kh_status rc = kh_pool_run(&work, &options, &done, err);
    kh_progress_end(&r->progress);
    return rc;
}

static kh_status make_values(running *r, kh_error *err)
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

/* ---- documents ----------------------------------------------------------------------------- */

/* One output while its documents are made. */
typedef struct rendering {
    running *run;
    const kh_output_decl *output;
    kh_template *template;
    const char **paths; /* one per job */
    bool per_subject;
    kh_arena scratch;
} rendering;

static kh_status render_begin(void *ctx, kh_pool *pool, kh_error *err)
{
    rendering *d = ctx;
    kh_output_context context = {.size = sizeof context,
                                 .period = d->run->period,
                                 .common_text =
                                     kh_template_common_text(d->template, d->run->results)};
    kh_instance *instance = (kh_instance *)&d->output->instance;
    kh_outbox_enter(d->run->outbox, kh_pool_worker(pool) + 1);
    return instance->plugin->output->open
               ? instance->plugin->output->open(instance->self, &instance->host, &context, err)
               : KH_OK;
}

static kh_status render_one(rendering *d, uint32_t job, kh_error *err)
{
    const kh_document *document;
    const kh_instance *instance = &d->output->instance;
    const char *code = d->run->codes[d->per_subject ? job : d->run->results->card_count];
    kh_sink sink;
    kh_arena_reset(&d->scratch);
    kh_status rc = kh_template_render(d->template, d->run->results, &d->run->facts, job, code,
                                      &d->scratch, &document, err);
    if (rc == KH_OK) rc = kh_outbox_begin(d->run->outbox, d->paths[job], &sink, err);
    if (rc < 0) return rc;
    rc = instance->plugin->output->document(instance->self, document, &sink, err);
    kh_error ignored = KH_ERROR_INIT;
    kh_status kept = kh_outbox_finish(d->run->outbox, rc == KH_OK, rc == KH_OK ? err : &ignored);
    return rc < 0 ? rc : kept;
}

static kh_status render_job(void *ctx, kh_pool *pool, uint32_t job, kh_error *err)
{
    rendering *d = ctx;
    kh_error why = KH_ERROR_INIT;
    char who[160] = "";
    if (d->per_subject) {
        snprintf(who, sizeof who, kh_tr("subject %s"), d->run->facts.subjects[job].id);
    }
    kh_guard_enter(kh_pool_guard(pool), kh_pool_worker(pool), "document", who,
                   (int64_t)2 * KH_TEMPLATE_MILLISECONDS);
    kh_status rc = render_one(d, job, &why);
    kh_guard_leave(kh_pool_guard(pool), kh_pool_worker(pool));
    /* Disk full or a denied folder concerns all files; anything else this one. */
    if (rc == KH_EDENIED) return kh_fail(err, rc, "%s", why.text);
    if (rc < 0) kh_pool_fail(pool, job, why.text);
    return KH_OK;
}

static kh_status render_commit(void *ctx, kh_pool *pool, kh_error *err)
{
    (void)pool;
    rendering *d = ctx;
    int n = kh_outbox_commit(d->run->outbox, err);
    return n < 0 ? (kh_status)n : KH_OK;
}

static void document_failed(void *ctx, uint32_t job, const char *text)
{
    rendering *d = ctx;
    if (d->per_subject) {
        report_failure(d->run, job, text);
    } else {
        d->run->failures++;
        fprintf(stderr, "kaohe: %s\n", text);
    }
}

static void render_progress(void *ctx, uint32_t done, uint32_t total)
{
    show_progress(((rendering *)ctx)->run, done, total);
}

/* Every document has its own path; two subjects with one path would lose a scorecard. */
static kh_status plan_paths(rendering *d, uint32_t jobs, kh_error *err)
{
    running *r = d->run;
    kh_names seen = {0};
    kh_buf path = {0};
    kh_status rc = KH_OK;
    d->paths = kh_arena_array(&r->arena, jobs + 1, sizeof *d->paths);
    for (uint32_t job = 0; rc == KH_OK && job < jobs; job++) {
        const kh_subject *subject = d->per_subject ? &r->facts.subjects[job] : NULL;
        rc = kh_path_fill(&path, d->output->path.text, r->period.name, subject, err);
        if (rc < 0) break;
        uint32_t before = seen.count, n = kh_names_add(&seen, path.data, path.size);
        if (n < before) {
            rc = kh_fail(err, KH_EUSAGE,
                         "subjects %s and %s would both be written to '%s'; put {id} "
                         "into the path",
                         r->facts.subjects[n].id, subject->id, path.data);
        }
        d->paths[job] = kh_arena_text(&r->arena, path.data);
    }
    kh_buf_fini(&path);
    kh_names_fini(&seen);
    return rc;
}

static bool is_wanted(const running *r, const char *id)
{
    if (r->options->only_count == 0) return true;
    for (uint32_t i = 0; i < r->options->only_count; i++) {
        if (!strcmp(r->options->only[i], id)) return true;
    }
    return false;
}

static kh_status render_output(running *r, uint32_t index, bool resumed, kh_error *err)
{
    rendering d = {
        .run = r, .output = &r->scheme->plan.outputs[index], .template = r->templates[index]};
    d.per_subject = kh_template_kind_of(d.template) == KH_TEMPLATE_SUBJECT;
    uint32_t jobs = d.per_subject ? r->facts.subject_count : 1, done = 0, skipped = 0;
    kh_status rc = plan_paths(&d, jobs, err);
    uint8_t *skip = kh_arena_alloc(&r->arena, jobs + 1);
    for (uint32_t job = 0; rc == KH_OK && job < jobs; job++) {
        bool failed = d.per_subject && r->results->cards[job].failed;
        bool wanted = !d.per_subject || is_wanted(r, r->facts.subjects[job].id);
        bool there = resumed && kh_outbox_has(r->outbox, d.paths[job]);
        skip[job] = failed || !wanted || there;
        skipped += there && wanted && !failed;
    }
    kh_work work = {.ctx = &d,
                    .profile = KH_GUARD_RENDER,
                    .batch = BATCH,
                    .begin = render_begin,
                    .job = render_job,
                    .commit = render_commit};
    kh_pool_options options = {.workers = r->options->jobs,
                               .jobs = jobs,
                               .skip = skip,
                               .failed = document_failed,
                               .progress = render_progress,
                               .ctx = &d};
    kh_progress_begin(&r->progress, "documents", r->options->quiet);
    if (rc == KH_OK) rc = kh_pool_run(&work, &options, &done, err);
    kh_progress_end(&r->progress);
    kh_arena_fini(&d.scratch);
    r->documents += done + skipped;
    for (uint32_t job = 0; r->options->preview && done && job < jobs; job++) {
        if (!skip[job]) r->made = d.paths[job];
    }
    return rc;
}

static kh_status write_results(running *r, uint32_t index, kh_error *err)
{
    const kh_output_decl *output = &r->scheme->plan.outputs[index];
    kh_instance *instance = (kh_instance *)&output->instance;
    const kh_output_ops *ops = instance->plugin->output;
    kh_output_context context = {.size = sizeof context, .period = r->period, .common_text = ""};
    kh_buf path = {0};
    kh_sink sink;
    kh_status rc = kh_path_fill(&path, output->path.text, r->period.name, NULL, err);
    if (rc == KH_OK && ops->open) rc = ops->open(instance->self, &instance->host, &context, err);
    if (rc == KH_OK) {
        rc = kh_outbox_begin(r->outbox, path.data, &sink, err);
        if (rc == KH_OK) {
            rc = ops->results(instance->self, r->results, &sink, err);
            kh_error ignored = KH_ERROR_INIT;
            kh_status kept = kh_outbox_finish(r->outbox, rc == KH_OK, rc == KH_OK ? err : &ignored);
            if (rc == KH_OK) rc = kept;
        }
        if (ops->close) ops->close(instance->self);
    }
    kh_buf_fini(&path);
    return rc;
}

static void make_codes(running *r, const char *key)
{
    uint32_t count = r->results->card_count;
    r->codes = kh_arena_array(&r->arena, count + 1, sizeof *r->codes);
    for (uint32_t i = 0; i < count; i++) kh_code_make(r->codes[i], key, r->results, i);
    kh_code_make(r->codes[count], key, r->results, KH_CODE_ALL);
}

static kh_status write_all(running *r, kh_error *err)
{
    const kh_plan *plan = &r->scheme->plan;
    bool resumed = false;
    kh_status rc = kh_outbox_open(&r->outbox, r->out, err);
    if (rc < 0) return rc;
    kh_manifest manifest = {.scheme = r->scheme,
                            .templates = r->templates,
                            .period = &r->period,
                            .as_of = r->as_of,
                            .places = &r->options->places,
                            .digests = r->digests};
    bool whole = !r->options->preview;
    manifest.data_only = !whole;
    rc = kh_manifest_describe(&manifest, err);
    if (rc == KH_OK) make_codes(r, manifest.data_key);
    if (rc == KH_OK && whole)
        rc = kh_manifest_begin(&manifest, r->outbox, r->options->resume, &resumed, err);
    for (uint32_t i = 0; rc == KH_OK && i < r->output_count; i++) {
        if (r->templates[i]) rc = render_output(r, i, resumed, err);
    }
    for (uint32_t i = 0; rc == KH_OK && i < r->output_count; i++) {
        if (!plan->outputs[i].template.text) rc = write_results(r, i, err);
    }
    if (rc == KH_OK && whole) rc = kh_code_write(r->outbox, r->results, r->codes, err);
    if (rc == KH_OK && whole) rc = kh_manifest_end(&manifest, r->outbox, err);
    if (rc == KH_OK) {
        int n = kh_outbox_commit(r->outbox, err);
        if (n < 0) rc = (kh_status)n;
    }
    kh_manifest_fini(&manifest);
    kh_outbox_close(r->outbox);
    return rc;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static kh_status check_only(const running *r, kh_error *err)
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
static kh_status score_all(running *r, kh_error *err)
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
            if (why && !known[s]) report_failure(r, s, why);
        }
    }
    free(known);
    return rc;
}

/* The reasons of failures stand in the results, which must not depend on the language of messages:
   they are found once more in the language of the sources. */
static kh_status score_plainly(running *r, kh_error *err)
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

static kh_status compute(running *r, kh_error *err)
{
    kh_status rc = load(r, err);
    if (rc == KH_OK) rc = choose_period(r, err);
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

static void summarise(const running *r, double seconds)
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
static void tell_made(const running *r)
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
    running r = {.options = ctx, .guard = guard};
    kh_error err = KH_ERROR_INIT;
    double start = seconds_now();
    kh_status rc = compute(&r, &err);
    if (rc == KH_OK && r.options->look) {
        kh_run_view view = {r.scheme, r.metrics, &r.facts, r.results};
        rc = r.options->look(r.options->ctx, &view, &err);
    } else if (rc == KH_OK) {
        r.out = r.options->out ? kh_arena_text(&r.arena, r.options->out)
                               : kh_arena_printf(&r.arena, "%s/out%s", r.scheme->plan.folder,
                                                 r.options->preview ? "/preview" : "");
        rc = write_all(&r, &err);
    }
    kh_diags_print(&r.diags, stderr, r.scheme ? r.scheme->plan.folder : r.options->folder);
    if (r.failures > SHOWN_MOST) {
        fprintf(stderr, dgettext("kaohe", "kaohe: ... and %u more failures\n"),
                r.failures - SHOWN_MOST);
    }
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
    running r = {.options = &options, .guard = guard};
    kh_error err = KH_ERROR_INIT;
    kh_status rc = load(&r, &err);
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
