/* One reading of a dataset for all measures over it: rows to subjects, chunk by chunk. */
#include "measure/scan.h"

#include "plugin/registry.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Extend a map to the codes of a view; the caller fills ids[from..count). */
static uint32_t extend(kh_codes *map, const kh_view *view)
{
    uint32_t same, count = kh_view_codes(view, &same);
    if (map->count > same) map->count = same;
    if (count > map->room || !map->ids) {
        map->room = count * 2 + 1;
        map->ids = realloc(map->ids, map->room * sizeof *map->ids);
        if (!map->ids) abort();
    }
    uint32_t from = map->count;
    map->count = count;
    return from;
}

static const char *feed_name(const kh_scan *s)
{
    return s->state->feeds[s->dataset->decl->source].name;
}

static kh_status map_batch(kh_scan *s, const kh_batch *batch, kh_error *err)
{
    const kh_dataset *d = s->dataset;
    size_t length;
    if (d->subject >= 0) {
        const kh_view *view = &batch->columns[d->subject];
        for (uint32_t c = extend(&s->subjects, view); c < s->subjects.count; c++) {
            const char *text = kh_view_text(view, (int32_t)c, &length);
            s->subjects.ids[c] = kh_subject_find(s->state, text, length);
        }
    }
    if (d->owner_key >= 0) {
        const kh_view *view = &batch->columns[d->owner_key];
        const kh_owners *owners = &s->state->owners[d->owner];
        for (uint32_t c = extend(&s->things, view); c < s->things.count; c++) {
            const char *text = kh_view_text(view, (int32_t)c, &length);
            s->things.ids[c] = kh_names_find(&owners->things, text, length);
        }
    }
    if (d->period >= 0) {
        const kh_view *view = &batch->columns[d->period];
        uint32_t from = extend(&s->periods, view);
        s->known_periods =
            realloc(s->known_periods, (s->periods.room + 1) * sizeof *s->known_periods);
        if (!s->known_periods) abort();
        for (uint32_t c = from; c < s->periods.count; c++) {
            char text[32] = "";
            const char *name = kh_view_text(view, (int32_t)c, &length);
            memcpy(text, name, length < sizeof text - 1 ? length : sizeof text - 1);
            kh_error why = KH_ERROR_INIT;
            if (kh_period_parse(&s->known_periods[c], text, &why) < 0) {
                return kh_fail(err, KH_EDATA, "%s: column '%s': %s", feed_name(s),
                               d->decl->period.text, why.text);
            }
        }
    }
    for (uint32_t p = 0; p < s->pass_count; p++) {
        if (!s->passes[p].balance) continue;
        const kh_view *view = &batch->columns[d->key];
        for (uint32_t c = extend(&s->keys[p], view); c < s->keys[p].count; c++) {
            const char *text = kh_view_text(view, (int32_t)c, &length);
            s->keys[p].ids[c] = kh_balance_key(&s->passes[p], text, length);
        }
    }
    return KH_OK;
}

int64_t kh_scan_line(const kh_batch *batch, uint32_t row)
{
    return batch->origin_row.type == KH_TYPE_INT ? batch->origin_row.as.ints[row] : 0;
}

uint32_t kh_scan_file(kh_pass *pass, const kh_batch *batch, uint32_t row)
{
    const kh_view *view = &batch->origin_file;
    if (!pass->state->measures->lineage || view->type != KH_TYPE_TEXT) return 0;
    size_t length;
    const char *file = kh_view_text(view, view->as.codes[row], &length);
    return kh_lineage_file(pass, file, length);
}

void kh_scan_report(kh_scan *s, const kh_batch *batch, uint32_t row, const char *format,
                    const char *what)
{
    if (++s->mistakes > KH_SHOWN_MOST) return;
    kh_place place = {feed_name(s), (int)kh_scan_line(batch, row), 0};
    kh_diag_add(s->state->problems, KH_DIAG_ERROR, place, format, what);
}

uint32_t kh_scan_subject(kh_scan *s, const kh_batch *batch, uint32_t row)
{
    const kh_view *view = &batch->columns[s->dataset->subject];
    uint32_t subject =
        kh_view_is_null(view, row) ? KH_UNKNOWN : s->subjects.ids[view->as.codes[row]];
    if (__builtin_expect(subject != KH_UNKNOWN, 1) || s->dataset->decl->ignore_unknown) {
        return subject;
    }
    char name[128] = "";
    if (!kh_view_is_null(view, row)) {
        size_t length;
        const char *text = kh_view_text(view, view->as.codes[row], &length);
        memcpy(name, text, length < sizeof name - 1 ? length : sizeof name - 1);
        kh_error_trim(name, sizeof name);
    }
    uint32_t told = s->reported.count;
    if (kh_names_add(&s->reported, name, strlen(name)) == told) {
        kh_scan_report(
            s, batch, row,
            *name ? "'%s' is not among the subjects; add it there, or say unknown = \"ignore\" in "
                    "the dataset"
                  : "the subject's column is empty%s",
            name);
    }
    return KH_UNKNOWN;
}

uint32_t kh_scan_thing(const kh_scan *s, const kh_batch *batch, uint32_t row)
{
    const kh_view *view = &batch->columns[s->dataset->owner_key];
    return kh_view_is_null(view, row) ? KH_NO_NAME : s->things.ids[view->as.codes[row]];
}

/* Bit r: the exclusion r of a measure holds. */
static kh_status find_rules(kh_pass *pass, uint32_t index, const kh_chunk *chunk, kh_counted *out,
                            kh_error *err)
{
    const kh_measure_decl *decl = &pass->state->measures->plan->measures[index];
    const kh_measure_exprs *exprs = &pass->state->measures->exprs[index];
    kh_status rc = KH_OK;
    memset(out->hits, 0, chunk->count * sizeof *out->hits);
    out->rules = out->hits;
    for (uint32_t x = 0; rc == KH_OK && x < decl->exclude_count; x++) {
        const uint8_t *hit;
        rc = kh_eval_mask(pass->frame.eval, exprs->excludes[x], chunk, &hit, err);
        for (uint32_t i = 0; rc == KH_OK && i < chunk->count; i++) {
            out->hits[i] |= (uint32_t)hit[i] << x;
        }
    }
    return rc;
}

kh_status kh_scan_count(kh_pass *pass, uint32_t local, const kh_chunk *chunk, kh_counted *out,
                        kh_error *err)
{
    static uint32_t all[KH_CHUNK]; /* 0, 1, 2, ... */
    if (all[1] == 0) {
        for (uint32_t i = 0; i < KH_CHUNK; i++) all[i] = i;
    }
    uint32_t index = pass->measures[local];
    const kh_measure_exprs *exprs = &pass->state->measures->exprs[index];
    kh_chunk picked = *chunk;
    out->at = all;
    out->rules = NULL;
    kh_status rc = KH_OK;
    if (exprs->where) {
        const uint8_t *mask;
        rc = kh_eval_mask(pass->frame.eval, exprs->where, chunk, &mask, err);
        uint32_t count = 0;
        for (uint32_t i = 0; rc == KH_OK && i < chunk->count; i++) {
            out->places[count] = i;
            count += mask[i];
        }
        if (rc == KH_OK && count < chunk->count) {
            picked = kh_frame_pick(&pass->frame, chunk, out->places, count);
            out->at = out->places;
        }
    }
    out->count = picked.count;
    if (rc < 0 || picked.count == 0) return rc;
    if (exprs->value) rc = kh_eval_run(pass->frame.eval, exprs->value, &picked, &out->value, err);
    if (rc == KH_OK && exprs->weight) {
        rc = kh_eval_run(pass->frame.eval, exprs->weight, &picked, &out->weight, err);
    }
    if (rc == KH_OK && pass->state->measures->plan->measures[index].exclude_count) {
        rc = find_rules(pass, index, &picked, out, err);
    }
    return rc;
}

/* ---- passes -------------------------------------------------------------------------------- */

/* Group the dataset's measures by window and by flow or balance. */
static void group_measures(kh_scan *s, uint32_t dataset)
{
    s->passes = kh_passes_new(s->state, dataset, &s->pass_count);
    s->keys = calloc(s->pass_count + 1, sizeof *s->keys);
    if (!s->keys) abort();
}

static kh_status read_all(kh_scan *s, kh_error *err)
{
    const kh_dataset *d = s->dataset;
    const kh_feed *feed = &s->state->feeds[d->decl->source];
    kh_arena arena = {0};
    struct ArrowArrayStream stream;
    kh_reader *reader = NULL;
    kh_status rc = kh_feed_read_rows(feed, &d->slots, &d->filter, s->part, s->parts, &stream, err);
    if (rc == KH_OK) {
        rc = kh_reader_open(&reader, &stream, feed->name, kh_slots_fields(&d->slots, &arena),
                            d->slots.count, err);
    }
    while (rc == KH_OK) {
        kh_batch batch;
        rc = kh_reader_next(reader, &batch, err);
        if (rc < 0 || batch.rows == 0) break;
        if (kh_host_is_cancelled()) rc = kh_fail(err, KH_ECANCELLED, "interrupted");
        if (rc == KH_OK) rc = map_batch(s, &batch, err);
        for (uint32_t p = 0; rc == KH_OK && p < s->pass_count; p++) {
            kh_frame_batch(&s->passes[p].frame, batch.columns);
            rc = s->passes[p].balance ? kh_scan_balance(s, p, &batch, err)
                                      : kh_scan_flow(s, &s->passes[p], &batch, err);
        }
    }
    kh_reader_close(reader);
    kh_arena_fini(&arena);
    return rc;
}

static kh_status open_passes(kh_scan *s, kh_error *err)
{
    kh_status rc = KH_OK;
    uint32_t dataset = (uint32_t)(s->dataset - s->state->measures->datasets);
    for (uint32_t p = 0; rc == KH_OK && p < s->pass_count; p++) {
        kh_pass *pass = &s->passes[p];
        rc = kh_frame_init(&pass->frame, s->state, dataset, &pass->window, err);
        kh_fold_init(pass);
        if (pass->balance) kh_balances_init(pass);
    }
    return rc;
}

static void close_passes(kh_scan *s)
{
    for (uint32_t p = 0; p < s->pass_count; p++) {
        kh_frame_fini(&s->passes[p].frame);
        kh_balances_fini(&s->passes[p]);
        kh_fold_fini(&s->passes[p]);
        free(s->keys[p].ids);
    }
    memset(s->keys, 0, s->pass_count * sizeof *s->keys);
    free(s->subjects.ids);
    free(s->things.ids);
    free(s->periods.ids);
    free(s->known_periods);
    kh_names_fini(&s->reported);
    s->subjects = s->things = s->periods = (kh_codes){0};
    s->known_periods = NULL;
}

/* ---- shares -------------------------------------------------------------------------------- */

enum { SHARE_BYTES = 1 << 20, SHARES_MOST = 64 }; /* less is read faster than it is divided */

/* How many processes read the dataset. */
static uint32_t count_shares(const kh_scan *s)
{
    kh_source_plan plan;
    uint32_t jobs = s->state->measures->jobs;
    if (s->state->measures->lineage) return 1; /* its rows are kept here */
    if (jobs < 2 || kh_feed_plan(&s->state->feeds[s->dataset->decl->source], &plan) < 0) return 1;
    if (!(plan.can & KH_CAN_SPLIT)) return 1;
    int64_t most = plan.bytes / SHARE_BYTES < SHARES_MOST ? plan.bytes / SHARE_BYTES : SHARES_MOST;
    return most < 2 ? 1 : most < jobs ? (uint32_t)most : jobs;
}

/* In a new process: read a share, leave what was collected in the file. Any trouble is code 1. */
static void read_share(kh_scan *s, uint32_t part, int fd, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    kh_error err = KH_ERROR_INIT;
    s->part = part;
    for (uint32_t p = 0; p < s->pass_count; p++) s->passes[p].later = true;
    bool good = read_all(s, &err) == KH_OK && !s->mistakes && !s->state->problems->count;
    FILE *file = good ? fdopen(fd, "w") : NULL;
    good = file && kh_share_write(s, file);
    if (file) good &= fclose(file) == 0;
    _exit(good ? 0 : 1);
}

static kh_status add_share(kh_scan *s, int fd, kh_error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || st.st_size == 0) return kh_fail(err, KH_EINTERNAL, "an empty share");
    size_t size = (size_t)st.st_size;
    char *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED) return kh_fail(err, KH_ELIMIT, "cannot map a share");
    kh_status rc = kh_share_add(s, data, size, err);
    munmap(data, size);
    return rc;
}

/* Wait for a process, at once when it is not wanted any more. */
static bool end_share(pid_t pid, bool wanted)
{
    int status = 0;
    if (!wanted) kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) return false;
        if (kh_host_is_cancelled()) kill(pid, SIGKILL);
    }
    return wanted && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static kh_status finish_balances(kh_scan *s, kh_error *err)
{
    kh_status rc = KH_OK;
    for (uint32_t p = 0; rc == KH_OK && p < s->pass_count; p++) {
        if (s->passes[p].balance) rc = kh_balances_finish(&s->passes[p], err);
    }
    return rc;
}

/*
 * The first share is read here, the others by processes of their own; added up in the order of the
 * rows they give what one reading gives. Whatever goes wrong (a mistake in a row, rows out of order)
 * makes this false and leaves no word: the one reading that follows tells it, always alike.
 */
static bool read_shares(kh_scan *s)
{
    kh_diags *problems = s->state->problems, quiet = {0};
    kh_error err = KH_ERROR_INIT;
    pid_t pids[SHARES_MOST], self = getpid();
    int files[SHARES_MOST];
    uint32_t started = 1;
    s->state->problems = &quiet;
    fflush(NULL);
    for (; started < s->parts; started++) {
        files[started] = memfd_create("kaohe-share", MFD_CLOEXEC);
        if (files[started] < 0) break;
        pids[started] = fork();
        if (pids[started] == 0) read_share(s, started, files[started], self);
        if (pids[started] < 0) {
            close(files[started]);
            break;
        }
    }
    bool good = started == s->parts && read_all(s, &err) == KH_OK && !s->mistakes && !quiet.count;
    for (uint32_t part = 1; part < started; part++) {
        good = end_share(pids[part], good) && good;
        good = good && add_share(s, files[part], &err) == KH_OK && !quiet.count;
        close(files[part]);
    }
    good = good && finish_balances(s, &err) == KH_OK && !quiet.count;
    kh_diags_fini(&quiet);
    s->state->problems = problems;
    s->part = 0;
    s->parts = 1;
    return good;
}

/* All rows into open passes, in one reading. */
static kh_status read_rows(kh_scan *s, kh_error *err)
{
    s->part = 0;
    s->parts = 1;
    kh_status rc = read_all(s, err);
    return rc == KH_OK ? finish_balances(s, err) : rc;
}

/* Forget what was read. */
static kh_status start_again(kh_scan *s, bool keep_order, kh_error *err)
{
    close_passes(s);
    s->mistakes = 0;
    for (uint32_t p = 0; p < s->pass_count; p++) {
        s->passes[p].keep_order = keep_order;
        s->passes[p].orphans = 0;
    }
    return open_passes(s, err);
}

/* In order of days, as files mostly are; where they are not, once more: collect and sort. */
static kh_status read_in_order(kh_scan *s, kh_error *err)
{
    kh_diags *problems = s->state->problems, first = {0};
    s->state->problems = &first;
    kh_status rc = read_rows(s, err);
    s->state->problems = problems;
    bool again = false;
    for (uint32_t p = 0; p < s->pass_count; p++) again |= s->passes[p].keep_order;
    if (rc == KH_ELIMIT && again) {
        *err = (kh_error)KH_ERROR_INIT;
        rc = start_again(s, true, err);
        if (rc == KH_OK) rc = read_rows(s, err);
    } else {
        for (uint32_t i = 0; i < first.count; i++) {
            kh_diag_add(problems, first.items[i].severity, first.items[i].place, "%s",
                        first.items[i].text);
        }
    }
    kh_diags_fini(&first);
    return rc;
}

static kh_status read_dataset(kh_scan *s, kh_error *err)
{
    kh_status rc = open_passes(s, err);
    if (rc < 0) return rc;
    s->parts = count_shares(s);
    if (s->parts > 1) {
        if (read_shares(s)) return KH_OK;
        rc = start_again(s, false, err);
    }
    return rc == KH_OK ? read_in_order(s, err) : rc;
}

kh_status kh_dataset_scan(kh_run_state *state, uint32_t dataset, kh_error *err)
{
    kh_scan s = {.state = state, .dataset = &state->measures->datasets[dataset]};
    group_measures(&s, dataset);
    kh_status rc = s.pass_count ? read_dataset(&s, err) : KH_OK;
    for (uint32_t p = 0; rc == KH_OK && p < s.pass_count; p++) kh_fold_finish(&s.passes[p]);
    for (uint32_t p = 0; p < s.pass_count; p++) s.mistakes += s.passes[p].orphans;
    if (s.mistakes && rc == KH_OK) {
        rc = kh_fail(err, KH_EDATA, "%s: %u rows cannot be counted", feed_name(&s), s.mistakes);
    }
    close_passes(&s);
    kh_passes_free(s.passes, s.pass_count);
    free(s.keys);
    return rc;
}
