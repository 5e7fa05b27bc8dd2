/* The manifest: which files, scripts, plugins and options made these outputs. */
#include "run/manifest.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A list of files with their digests, by path; paths of the project are shown relative to it. */
typedef struct listing {
    kh_names paths;
    const char *folder;
    const char *share;
} listing;

static bool add_path(listing *l, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) return false;
    kh_names_add(&l->paths, path, strlen(path));
    return true;
}

static void tell_path(void *ctx, const char *path)
{
    add_path(ctx, path);
}

/* False when nothing fits. */
static bool add_pattern(listing *l, const char *pattern)
{
    glob_t found;
    struct stat st;
    if (stat(pattern, &st) == 0 || glob(pattern, 0, NULL, &found) != 0) return add_path(l, pattern);
    bool any = false;
    for (size_t i = 0; i < found.gl_pathc; i++) any |= add_path(l, found.gl_pathv[i]);
    globfree(&found);
    return any;
}

/* The files a source's options name, or a pattern's; false when what it reads is no file. */
static bool add_option_files(listing *l, const kh_option *options, const void *instance)
{
    bool found = false;
    for (; options && options->key; options++) {
        if (options->type != KH_OPT_PATH) continue;
        const char *path;
        memcpy(&path, (const char *)instance + options->offset, sizeof path);
        bool file = path && add_pattern(l, path);
        found |= file && (options->flags & KH_OPT_REQUIRED); /* not a certificate, say */
    }
    return found;
}

/* False when some source is no file, so that no digest says what it held. */
static bool add_inputs(listing *l, const kh_plan *plan)
{
    bool all = true;
    for (uint32_t i = 0; i < plan->source_count; i++) {
        const kh_instance *instance = &plan->sources[i].instance;
        if (!instance->plugin) continue;
        all &= add_option_files(l, instance->plugin->options, instance->self);
    }
    return all;
}

/* Files that outputs read by themselves. */
static kh_status add_resources(listing *l, const kh_plan *plan, kh_error *err)
{
    kh_status rc = KH_OK;
    for (uint32_t i = 0; rc == KH_OK && i < plan->output_count; i++) {
        const kh_instance *instance = &plan->outputs[i].instance;
        const kh_output_ops *ops = instance->plugin->output;
        if (ops->files) rc = ops->files(instance->self, tell_path, l, err);
    }
    return rc;
}

kh_digests *kh_manifest_ahead(const kh_plan *plan)
{
    listing l = {0};
    kh_error ignored = KH_ERROR_INIT; /* told when they are needed */
    add_inputs(&l, plan);
    add_resources(&l, plan, &ignored);
    const char **paths = calloc(l.paths.count + 1, sizeof *paths);
    if (!paths) abort();
    for (uint32_t i = 0; i < l.paths.count; i++) paths[i] = l.paths.items[i].text;
    kh_digests *digests = kh_digests_start(paths, l.paths.count);
    free(paths);
    kh_names_fini(&l.paths);
    return digests;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *shown_path(const listing *l, const char *path)
{
    const char *roots[] = {l->folder, l->share};
    for (int i = 0; i < 2; i++) {
        size_t n = strlen(roots[i]);
        if (!strncmp(path, roots[i], n) && path[n] == '/') return path + n + 1;
    }
    const char *base = strrchr(path, '/');
    return base ? base + 1 : path;
}

static kh_status put_files(kh_buf *out, const char *key, listing *l, kh_digests *digests,
                           kh_error *err)
{
    const char **sorted = calloc(l->paths.count + 1, sizeof *sorted);
    if (!sorted) abort();
    for (uint32_t i = 0; i < l->paths.count; i++) sorted[i] = l->paths.items[i].text;
    if (l->paths.count) qsort(sorted, l->paths.count, sizeof *sorted, compare_paths);
    kh_buf_printf(out, ",\n\"%s\":{", key);
    kh_status rc = KH_OK;
    for (uint32_t i = 0; rc == KH_OK && i < l->paths.count; i++) {
        char digest[KH_DIGEST_TEXT];
        rc = kh_digests_file(digests, digest, sorted[i], err);
        kh_buf_text(out, i ? ",\n " : "\n ");
        kh_buf_json(out, shown_path(l, sorted[i]));
        kh_buf_printf(out, ":\"%s\"", digest);
    }
    kh_buf_text(out, "}");
    free(sorted);
    kh_names_fini(&l->paths);
    return rc;
}

static void add_scripts(const kh_manifest *m, listing *l)
{
    const kh_plan *plan = &m->scheme->plan;
    for (uint32_t i = 0; i < plan->file_count; i++) add_path(l, plan->files[i].path);
    for (uint32_t i = 0; m->templates && i < plan->output_count; i++) {
        if (!m->templates[i]) continue;
        const char *const *files = kh_template_files(m->templates[i]);
        for (; *files; files++) add_path(l, *files);
    }
}

void kh_manifest_name_files(const kh_manifest *m, FILE *out)
{
    listing l = {0};
    add_inputs(&l, &m->scheme->plan);
    add_scripts(m, &l);
    for (uint32_t i = 0; i < l.paths.count; i++) fprintf(out, "%s\n", l.paths.items[i].text);
    kh_names_fini(&l.paths);
}

kh_status kh_manifest_describe(kh_manifest *m, kh_error *err)
{
    const kh_plan *plan = &m->scheme->plan;
    char date[KH_DATE_TEXT];
    kh_date_format(date, m->as_of);
    kh_buf_printf(&m->text,
                  "{\"format\":\"kaohe-manifest/1\",\"kaohe\":\"%s\",\"period\":\"%s\","
                  "\"as_of\":\"%s\",\n\"scheme\":",
                  KAOHE_VERSION, m->period->name, date);
    kh_buf_json(&m->text, plan->scheme.name);
    listing l = {.folder = plan->folder, .share = m->places->share};
    m->unknown_inputs = !add_inputs(&l, plan);
    kh_status rc = put_files(&m->text, "inputs", &l, m->digests, err);
    kh_digest_text(m->data_key, m->text.data, m->text.size);
    if (rc < 0 || m->data_only) return rc;
    add_scripts(m, &l);
    if (rc == KH_OK) rc = put_files(&m->text, "scripts", &l, NULL, err);
    uint32_t count;
    const kh_found *found = kh_registry_list(m->scheme->registry, &count);
    for (uint32_t i = 0; i < count; i++) {
        bool used = false;
        for (uint32_t s = 0; s < plan->source_count; s++) {
            used |= found[i].kind == KH_SOURCE &&
                    !strcmp(plan->sources[s].instance.plugin->name, found[i].name);
        }
        for (uint32_t s = 0; s < plan->stage_count; s++) {
            used |= found[i].kind == KH_STRATEGY && plan->stages[s].plugin &&
                    !strcmp(plan->stages[s].plugin->name, found[i].name);
        }
        for (uint32_t o = 0; o < plan->output_count; o++) {
            used |= found[i].kind == KH_OUTPUT &&
                    !strcmp(plan->outputs[o].instance.plugin->name, found[i].name);
        }
        if (used) add_path(&l, found[i].path);
    }
    if (rc == KH_OK) rc = put_files(&m->text, "plugins", &l, NULL, err);
    if (rc == KH_OK) rc = add_resources(&l, plan, err);
    if (rc == KH_OK) rc = put_files(&m->text, "resources", &l, m->digests, err);
    kh_buf_text(&m->text, "}\n");
    kh_digest_text(m->key, m->text.data, m->text.size);
    return rc;
}

static void key_path(const kh_manifest *m, char out[64])
{
    snprintf(out, 64, "%s/.kaohe-run", m->period->name);
}

kh_status kh_manifest_begin(kh_manifest *m, kh_outbox *outbox, bool resume, bool *resumed,
                            kh_error *err)
{
    char path[64];
    key_path(m, path);
    kh_buf old = {0};
    *resumed = false;
    bool there = kh_outbox_read(outbox, path, &old);
    bool same = there && old.size >= 64 && !memcmp(old.data, m->key, 64);
    kh_buf_fini(&old);
    if (resume && there && !same) {
        return kh_fail(err, KH_EUSAGE,
                       "the run in '%s' was made from other files or another version; run again "
                       "without --resume",
                       m->period->name);
    }
    *resumed = resume && same && !m->unknown_inputs; /* else they may be others by now */
    kh_sink sink;
    kh_status rc = kh_outbox_begin(outbox, path, &sink, err);
    if (rc < 0) return rc;
    rc = sink.write(sink.ctx, m->key, 64, err);
    if (rc == KH_OK) rc = sink.write(sink.ctx, "\n", 1, err);
    kh_status kept = kh_outbox_finish(outbox, rc == KH_OK, err);
    if (rc == KH_OK) rc = kept;
    int n = rc == KH_OK ? kh_outbox_commit(outbox, err) : (int)rc;
    return n < 0 ? (kh_status)n : KH_OK;
}

kh_status kh_manifest_end(kh_manifest *m, kh_outbox *outbox, kh_error *err)
{
    char path[64];
    snprintf(path, sizeof path, "%s/manifest.json", m->period->name);
    kh_sink sink;
    kh_status rc = kh_outbox_begin(outbox, path, &sink, err);
    if (rc < 0) return rc;
    rc = sink.write(sink.ctx, m->text.data, m->text.size, err);
    kh_status kept = kh_outbox_finish(outbox, rc == KH_OK, err);
    return rc < 0 ? rc : kept;
}

void kh_manifest_fini(kh_manifest *m)
{
    kh_buf_fini(&m->text);
}
