/* One reading of a dataset for all measures over it: rows to subjects, chunk by chunk. */
#include "measure/fold.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_MOST = 20 }; /* mistakes listed one by one */

/* What a pass needs while batches come in: codes of the batch to subjects, things and keys. */
typedef struct code_map {
    uint32_t *ids;
    uint32_t count, room;
} code_map;

typedef struct scan {
    kh_run_state *state;
    kh_dataset *dataset;
    kh_pass *passes;
    uint32_t pass_count;
    code_map subjects, things, periods;
    kh_period *known_periods; /* by code of the period column */
    code_map *keys;           /* per pass */
    uint32_t mistakes;
    kh_names reported; /* unknown subjects told once */
} scan;

/* Extend a map to the codes of a view; the caller fills ids[from..count). */
static uint32_t extend(code_map *map, const kh_view *view)
{
    uint32_t same, count = kh_view_codes(view, &same);
    if (map->count > same) map->count = same;
    if (count > map->room) {
        map->room = count * 2;
        map->ids = realloc(map->ids, map->room * sizeof *map->ids);
        if (!map->ids) abort();
    }
    uint32_t from = map->count;
    map->count = count;
    return from;
}

static const char *feed_name(const scan *s)
{
    return s->state->feeds[s->dataset->decl->source].name;
}

static kh_status map_batch(scan *s, const kh_batch *batch, kh_error *err)
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
        s->known_periods = realloc(s->known_periods, s->periods.room * sizeof *s->known_periods);
        if (!s->known_periods && s->periods.room) abort();
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

static int64_t line_of(const kh_batch *batch, uint32_t row)
{
    return batch->origin_row.type == KH_TYPE_INT ? batch->origin_row.as.ints[row] : 0;
}

static void report(scan *s, const kh_batch *batch, uint32_t row, const char *format,
                   const char *what)
{
    if (++s->mistakes > SHOWN_MOST) return;
    kh_place place = {feed_name(s), (int)line_of(batch, row), 0};
    kh_diag_add(s->state->problems, KH_DIAG_ERROR, place, format, what);
}

static bool is_null(const kh_view *view, uint32_t row)
{
    return view->nulls && view->nulls[row];
}

/* The subject of a row, by its own column; KH_UNKNOWN after a report (or when it is to be left
   out). */
static uint32_t subject_of(scan *s, const kh_batch *batch, uint32_t row)
{
    const kh_view *view = &batch->columns[s->dataset->subject];
    uint32_t subject = is_null(view, row) ? KH_UNKNOWN : s->subjects.ids[view->as.codes[row]];
    if (subject != KH_UNKNOWN || s->dataset->decl->ignore_unknown) return subject;
    char name[128] = "";
    if (!is_null(view, row)) {
        size_t length;
        const char *text = kh_view_text(view, view->as.codes[row], &length);
        memcpy(name, text, length < sizeof name - 1 ? length : sizeof name - 1);
        kh_error_trim(name, sizeof name);
    }
    uint32_t told = s->reported.count;
    if (kh_names_add(&s->reported, name, strlen(name)) == told) {
        report(s, batch, row,
               *name
                   ? "'%s' is not among the subjects; add it there, or say unknown = \"ignore\" in "
                     "the dataset"
                   : "the subject's column is empty%s",
               name);
    }
    return KH_UNKNOWN;
}

/* ---- flows --------------------------------------------------------------------------------- */

/* Is the row's day (or period) within the window? Rows without either always count. */
static bool in_window(const scan *s, const kh_pass *pass, const kh_batch *batch, uint32_t row,
                      kh_date *day)
{
    const kh_dataset *d = s->dataset;
    *day = pass->window.to - 1;
    if (d->date >= 0) {
        const kh_view *view = &batch->columns[d->date];
        if (is_null(view, row)) return false;
        *day = view->as.dates[row];
        return *day >= pass->window.from && *day < pass->window.to;
    }
    if (d->period >= 0) {
        const kh_view *view = &batch->columns[d->period];
        if (is_null(view, row)) return false;
        const kh_period *period = &s->known_periods[view->as.codes[row]];
        return period->from >= pass->window.from && period->to <= pass->window.to;
    }
    return true;
}

/* The expressions of one measure over a chunk. */
typedef struct chunk_values {
    kh_vec value, weight;
    const uint8_t *where;
    uint32_t rules[KH_CHUNK]; /* bit r: exclusion r holds */
} chunk_values;

static kh_status eval_measure(kh_pass *pass, uint32_t local, const kh_chunk *chunk,
                              chunk_values *out, kh_error *err)
{
    uint32_t index = pass->measures[local];
    const kh_measure_decl *decl = &pass->state->measures->plan->measures[index];
    const kh_measure_exprs *exprs = &pass->state->measures->exprs[index];
    kh_status rc = KH_OK;
    out->where = NULL;
    if (exprs->where) rc = kh_eval_mask(pass->frame.eval, exprs->where, chunk, &out->where, err);
    if (rc == KH_OK && exprs->value) {
        rc = kh_eval_run(pass->frame.eval, exprs->value, chunk, &out->value, err);
    }
    if (rc == KH_OK && exprs->weight) {
        rc = kh_eval_run(pass->frame.eval, exprs->weight, chunk, &out->weight, err);
    }
    if (decl->exclude_count) memset(out->rules, 0, chunk->count * sizeof *out->rules);
    for (uint32_t x = 0; rc == KH_OK && x < decl->exclude_count; x++) {
        const uint8_t *hit;
        rc = kh_eval_mask(pass->frame.eval, exprs->excludes[x], chunk, &hit, err);
        for (uint32_t i = 0; rc == KH_OK && i < chunk->count; i++) {
            out->rules[i] |= (uint32_t)hit[i] << x;
        }
    }
    return rc;
}

/* Fold row i of the chunk for one subject. */
static kh_status fold_one(kh_pass *pass, uint32_t local, uint32_t subject, kh_int128 share,
                          const kh_batch *batch, uint32_t row, uint32_t i, kh_date day,
                          const chunk_values *values, kh_error *err)
{
    uint32_t index = pass->measures[local];
    const kh_measure_decl *decl = &pass->state->measures->plan->measures[index];
    const kh_measure_exprs *exprs = &pass->state->measures->exprs[index];
    const kh_dataset *d = pass->dataset;
    if (decl->aggregate == KH_COUNT_DISTINCT) {
        const kh_string *text = &values->value.as.texts[i];
        char number[64];
        if (exprs->value->type == KH_TYPE_TEXT) {
            kh_fold_distinct(pass, local, subject, text->text, text->length);
        } else {
            size_t size =
                exprs->value->type == KH_TYPE_DECIMAL ? sizeof(kh_int128) : sizeof(int32_t);
            memcpy(number, (const char *)values->value.as.numbers + i * size, size);
            kh_fold_distinct(pass, local, subject, number, size);
        }
        return KH_OK;
    }
    bool counted = decl->aggregate == KH_COUNT || !exprs->value;
    kh_int128 value = counted ? 1 : values->value.as.numbers[i];
    if (decl->exclude_count && values->rules[i]) {
        size_t length = 0;
        const char *key = "";
        if (d->key >= 0 && !is_null(&batch->columns[d->key], row)) {
            key = kh_view_text(&batch->columns[d->key], batch->columns[d->key].as.codes[row],
                               &length);
        }
        kh_int128 amount;
        if (__builtin_mul_overflow(value, share, &amount)) amount = 0;
        return kh_excluded_add(pass, local, subject, key, length, values->rules[i], amount, err);
    }
    kh_int128 weight = exprs->weight ? values->weight.as.numbers[i] : 1;
    return kh_fold_row(pass, local, subject, value, weight, share, day, err);
}

static kh_status fold_owned(scan *s, kh_pass *pass, uint32_t local, const kh_batch *batch,
                            uint32_t row, uint32_t i, kh_date day, const chunk_values *values,
                            kh_error *err)
{
    const kh_view *view = &batch->columns[s->dataset->owner_key];
    uint32_t thing = is_null(view, row) ? KH_NO_NAME : s->things.ids[view->as.codes[row]];
    kh_status rc = KH_OK;
    bool owned = false;
    for (uint32_t k = thing == KH_NO_NAME ? 0 : pass->owners->starts[thing];
         rc == KH_OK && thing != KH_NO_NAME && k < pass->owners->starts[thing + 1]; k++) {
        const kh_span *span = &pass->owners->spans[k];
        if (day < span->from || day >= span->to) continue;
        owned = true;
        if (span->subject == KH_INACTIVE) continue;
        rc = fold_one(pass, local, span->subject, span->share, batch, row, i, day, values, err);
    }
    if (!owned && !s->dataset->decl->ignore_unknown) {
        report(s, batch, row, "nobody owns this row on its day; add it to the owner '%s'",
               s->dataset->decl->owner.text);
    }
    return rc;
}

static kh_status scan_flow(scan *s, kh_pass *pass, const kh_batch *batch, kh_error *err)
{
    uint32_t rows[KH_CHUNK];
    kh_date days[KH_CHUNK];
    chunk_values values;
    kh_status rc = KH_OK;
    for (uint32_t row = 0; rc == KH_OK && row < (uint32_t)batch->rows;) {
        uint32_t count = 0;
        for (; row < (uint32_t)batch->rows && count < KH_CHUNK; row++) {
            if (in_window(s, pass, batch, row, &days[count])) rows[count++] = row;
        }
        if (count == 0) break;
        kh_chunk chunk = kh_frame_chunk(&pass->frame, rows, count, days);
        for (uint32_t m = 0; rc == KH_OK && m < pass->count; m++) {
            rc = eval_measure(pass, m, &chunk, &values, err);
            const kh_expr *value = s->state->measures->exprs[pass->measures[m]].value;
            for (uint32_t i = 0; rc == KH_OK && i < count; i++) {
                if (values.where && !values.where[i]) continue;
                if (value && values.value.nulls[i]) continue;
                if (pass->owners) {
                    rc = fold_owned(s, pass, m, batch, rows[i], i, days[i], &values, err);
                    continue;
                }
                uint32_t subject = subject_of(s, batch, rows[i]);
                if (subject == KH_UNKNOWN || subject == KH_INACTIVE) continue;
                rc = fold_one(pass, m, subject, 1, batch, rows[i], i, days[i], &values, err);
            }
        }
    }
    return rc;
}

/* ---- balances ------------------------------------------------------------------------------ */

/* Up to KH_CHUNK states to evaluate: rows of the batch, and their later changes. */
typedef struct states {
    uint32_t rows[KH_CHUNK];
    kh_date days[KH_CHUNK];
    bool change[KH_CHUNK]; /* a later day of the row before */
    uint32_t count;
} states;

static kh_status put_states(scan *s, uint32_t p, const kh_batch *batch, const states *st,
                            kh_error *err)
{
    kh_pass *pass = &s->passes[p];
    const kh_dataset *d = s->dataset;
    kh_chunk chunk = kh_frame_chunk(&pass->frame, st->rows, st->count, st->days);
    kh_balance *made[KH_CHUNK];
    for (uint32_t i = 0; i < st->count; i++) {
        kh_balance *b = made[i] = kh_balance_new(pass);
        b->day = st->days[i];
        b->recorded = st->change[i] && i > 0 ? made[i - 1]->recorded : st->days[i];
        b->line = line_of(batch, st->rows[i]);
        b->subject = KH_UNKNOWN;
    }
    kh_status rc = KH_OK;
    chunk_values values;
    uint8_t counts[KH_CHUNK] = {0};
    for (uint32_t m = 0; rc == KH_OK && m < pass->count; m++) {
        const kh_measure_decl *decl = &s->state->measures->plan->measures[pass->measures[m]];
        const kh_expr *value = s->state->measures->exprs[pass->measures[m]].value;
        rc = eval_measure(pass, m, &chunk, &values, err);
        for (uint32_t i = 0, first = 0; rc == KH_OK && i < st->count; i++) {
            if (!st->change[i]) first = i;
            bool counted = (!values.where || values.where[i]) && !(value && values.value.nulls[i]);
            made[i]->rules[m] = !counted              ? KH_NOT_COUNTED
                                : decl->exclude_count ? values.rules[i]
                                                      : 0;
            made[i]->values[m] = !counted ? 0
                                 : decl->aggregate == KH_COUNT || !value
                                     ? 1
                                     : values.value.as.numbers[i];
            counts[first] |= counted;
        }
    }
    for (uint32_t i = 0, next; rc == KH_OK && i < st->count; i = next) {
        kh_balance *b = made[i];
        for (next = i + 1; next < st->count && st->change[next]; next++) {
            made[next - 1]->change = made[next];
        }
        uint32_t row = st->rows[i];
        const kh_view *keys = &batch->columns[d->key];
        if (is_null(keys, row)) {
            report(s, batch, row, "the column '%s' is empty; a balance needs its key",
                   d->decl->key.text);
            continue;
        }
        if (d->subject >= 0 && counts[i]) b->subject = subject_of(s, batch, row);
        if (b->subject == KH_UNKNOWN) b->subject = KH_INACTIVE;
        for (kh_balance *change = b->change; change; change = change->change) {
            change->subject = b->subject;
        }
        rc = kh_balance_put(pass, s->keys[p].ids[keys->as.codes[row]], b, err);
    }
    return rc;
}

static kh_status scan_balance(scan *s, uint32_t p, const kh_batch *batch, kh_error *err)
{
    kh_pass *pass = &s->passes[p];
    const kh_view *dates = &batch->columns[s->dataset->date];
    states st;
    kh_status rc = KH_OK;
    st.count = 0;
    for (uint32_t row = 0; rc == KH_OK && row < (uint32_t)batch->rows; row++) {
        if (is_null(dates, row)) {
            report(s, batch, row, "the column '%s' is empty; a balance needs its day",
                   s->dataset->decl->date.text);
            continue;
        }
        kh_date day = dates->as.dates[row];
        if (day >= pass->window.to) continue;
        /* A row and all its changes go into one chunk; more changes than a chunk holds cannot be:
           a period has fewer days. */
        kh_date change[KH_CHUNK];
        uint32_t changes = 0;
        for (kh_date next = kh_frame_next_change(&pass->frame, row, day, pass->window.to);
             next < pass->window.to && changes < KH_CHUNK - 1;
             next = kh_frame_next_change(&pass->frame, row, next, pass->window.to)) {
            change[changes++] = next;
        }
        if (st.count + 1 + changes > KH_CHUNK) {
            rc = put_states(s, p, batch, &st, err);
            st.count = 0;
        }
        st.rows[st.count] = row;
        st.days[st.count] = day;
        st.change[st.count++] = false;
        for (uint32_t c = 0; c < changes; c++) {
            st.rows[st.count] = row;
            st.days[st.count] = change[c];
            st.change[st.count++] = true;
        }
    }
    if (rc == KH_OK && st.count) rc = put_states(s, p, batch, &st, err);
    return rc;
}

/* ---- passes -------------------------------------------------------------------------------- */

/* Group the dataset's measures by window and by flow or balance. */
static void group_measures(scan *s, uint32_t dataset)
{
    s->passes = kh_passes_new(s->state, dataset, &s->pass_count);
    s->keys = calloc(s->pass_count + 1, sizeof *s->keys);
    if (!s->keys) abort();
}

static kh_status read_all(scan *s, kh_error *err)
{
    const kh_dataset *d = s->dataset;
    const kh_feed *feed = &s->state->feeds[d->decl->source];
    kh_arena arena = {0};
    struct ArrowArrayStream stream;
    kh_reader *reader = NULL;
    kh_status rc = kh_feed_read_rows(feed, &d->slots, &d->filter, 0, 1, &stream, err);
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
            rc = s->passes[p].balance ? scan_balance(s, p, &batch, err)
                                      : scan_flow(s, &s->passes[p], &batch, err);
        }
    }
    kh_reader_close(reader);
    kh_arena_fini(&arena);
    for (uint32_t p = 0; rc == KH_OK && p < s->pass_count; p++) {
        if (s->passes[p].balance) rc = kh_balances_finish(&s->passes[p], err);
    }
    return rc;
}

static kh_status open_passes(scan *s, kh_error *err)
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

static void close_passes(scan *s)
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
    s->subjects = s->things = s->periods = (code_map){0};
    s->known_periods = NULL;
}

kh_status kh_dataset_scan(kh_run_state *state, uint32_t dataset, kh_error *err)
{
    scan s = {.state = state, .dataset = &state->measures->datasets[dataset]};
    group_measures(&s, dataset);
    kh_status rc = KH_OK;
    for (int attempt = 0; attempt < 2 && s.pass_count; attempt++) {
        rc = open_passes(&s, err);
        if (rc == KH_OK) rc = read_all(&s, err);
        bool again = false;
        for (uint32_t p = 0; p < s.pass_count; p++) again |= s.passes[p].keep_order;
        if (rc != KH_ELIMIT || !again || attempt > 0) break;
        *err = (kh_error)KH_ERROR_INIT; /* not in order of days: collect and sort, in all windows */
        for (uint32_t p = 0; p < s.pass_count; p++) s.passes[p].keep_order = true;
        close_passes(&s);
    }
    for (uint32_t p = 0; rc == KH_OK && p < s.pass_count; p++) kh_fold_finish(&s.passes[p]);
    if (s.mistakes && rc == KH_OK) {
        rc = kh_fail(err, KH_EDATA, "%s: %u rows cannot be counted", feed_name(&s), s.mistakes);
    }
    close_passes(&s);
    kh_passes_free(s.passes, s.pass_count);
    free(s.keys);
    return rc;
}
