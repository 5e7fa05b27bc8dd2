/* The end of a run: documents made by workers, results, codes, manifest. */
#include "run/manifest.h"
#include "run/running.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 128 };

/* One output while its documents are made. */
typedef struct rendering {
    kh_running *run;
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
    kh_spill_seal(d->run->spill);
    kh_spill_rest(d->run->spill);
    kh_instance *instance = (kh_instance *)&d->output->instance;
    kh_outbox_enter(d->run->outbox, kh_pool_worker(pool) + 1);
    return instance->plugin->output->open
               ? instance->plugin->output->open(instance->self, &instance->host, &context, err)
               : KH_OK;
}

static kh_status take_password(rendering *d, uint32_t job, kh_document *document, kh_error *err)
{
    const kh_subject *subject = &d->run->facts.subjects[job];
    const char *text = subject->fields[kh_running_password(&d->run->scheme->plan, d->output)];
    if (!text || !*text) {
        return kh_fail(err, KH_EDATA,
                       "field '%s' is empty: a document without its password is not written",
                       d->output->password.text);
    }
    document->password = text;
    return KH_OK;
}

static kh_status render_one(rendering *d, uint32_t job, kh_error *err)
{
    const kh_document *document;
    kh_document locked;
    const kh_instance *instance = &d->output->instance;
    const char *code = d->run->codes[d->per_subject ? job : d->run->results->card_count];
    kh_sink sink;
    kh_arena_reset(&d->scratch);
    kh_status rc = kh_template_render(d->template, d->run->results, &d->run->facts, job, code,
                                      &d->scratch, &document, err);
    if (rc == KH_OK && d->output->password.text && !d->run->options->preview) {
        locked = *document;
        document = &locked;
        rc = take_password(d, job, &locked, err);
    }
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
    kh_spill_rest(d->run->spill);
    int n = kh_outbox_commit(d->run->outbox, err);
    return n < 0 ? (kh_status)n : KH_OK;
}

static void document_failed(void *ctx, uint32_t job, const char *text)
{
    rendering *d = ctx;
    if (d->per_subject) {
        kh_running_failed(d->run, job, text);
    } else {
        d->run->failures++;
        fprintf(stderr, "kaohe: %s\n", text);
    }
}

static void render_progress(void *ctx, uint32_t done, uint32_t total)
{
    kh_running_progress(((rendering *)ctx)->run, done, total);
}

/* Every document has its own path; two subjects with one path would lose a scorecard. */
static kh_status plan_paths(rendering *d, uint32_t jobs, kh_error *err)
{
    kh_running *r = d->run;
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

static bool is_wanted(const kh_running *r, const char *id)
{
    if (r->options->only_count == 0) return true;
    for (uint32_t i = 0; i < r->options->only_count; i++) {
        if (!strcmp(r->options->only[i], id)) return true;
    }
    return false;
}

static kh_status render_output(kh_running *r, uint32_t index, bool resumed, kh_error *err)
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
    kh_spill_rest(r->spill);
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

static kh_status write_results(kh_running *r, uint32_t index, kh_error *err)
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

kh_status kh_running_write(kh_running *r, kh_error *err)
{
    const kh_plan *plan = &r->scheme->plan;
    bool resumed = false;
    kh_status rc = kh_outbox_open(&r->outbox, r->out, r->spill, err);
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
    r->codes = kh_arena_array(&r->arena, r->results->card_count + 1, sizeof *r->codes);
    if (rc == KH_OK) kh_codes_make(r->codes, manifest.data_key, r->results, r->spill);
    if (rc == KH_OK && whole)
        rc = kh_manifest_begin(&manifest, r->outbox, r->options->resume, &resumed, err);
    for (uint32_t i = 0; rc == KH_OK && i < r->output_count; i++) {
        if (r->templates[i]) rc = render_output(r, i, resumed, err);
    }
    for (uint32_t i = 0; rc == KH_OK && i < r->output_count; i++) {
        if (!plan->outputs[i].template.text) rc = write_results(r, i, err);
    }
    if (rc == KH_OK && whole) rc = kh_codes_write(r->outbox, r->results, r->codes, err);
    if (rc == KH_OK && whole) rc = kh_manifest_end(&manifest, r->outbox, err);
    if (rc == KH_OK) {
        int n = kh_outbox_commit(r->outbox, err);
        if (n < 0) rc = (kh_status)n;
    }
    kh_manifest_fini(&manifest);
    kh_outbox_close(r->outbox);
    return rc;
}
