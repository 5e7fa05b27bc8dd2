/* Flows: rows that count on their day, chunk by chunk. */
#include "measure/scan.h"

#include <string.h>

/* Is the row's day (or period) within the window? Rows without either always count. */
static bool in_window(const kh_scan *s, const kh_pass *pass, const kh_batch *batch, uint32_t row,
                      kh_date *day)
{
    const kh_dataset *d = s->dataset;
    *day = pass->window.to - 1;
    if (d->date >= 0) {
        const kh_view *view = &batch->columns[d->date];
        if (kh_view_is_null(view, row)) return false;
        *day = view->as.dates[row];
        return *day >= pass->window.from && *day < pass->window.to;
    }
    if (d->period >= 0) {
        const kh_view *view = &batch->columns[d->period];
        if (kh_view_is_null(view, row)) return false;
        const kh_period *period = &s->known_periods[view->as.codes[row]];
        return period->from >= pass->window.from && period->to <= pass->window.to;
    }
    return true;
}

/* The rows of a chunk: those of the window, with their days and (without an owner) subjects. */
typedef struct window {
    uint32_t rows[KH_CHUNK];
    kh_date days[KH_CHUNK];
    uint32_t subjects[KH_CHUNK];
    uint32_t count;
} window;

static uint32_t fill(const kh_scan *s, const kh_pass *pass, const kh_batch *batch, uint32_t row,
                     window *w)
{
    uint32_t end = (uint32_t)batch->rows;
    w->count = 0;
    for (; row < end && w->count < KH_CHUNK; row++) {
        w->rows[w->count] = row;
        w->count += in_window(s, pass, batch, row, &w->days[w->count]);
    }
    if (s->dataset->subject < 0) return row;
    const kh_view *view = &batch->columns[s->dataset->subject];
    for (uint32_t i = 0; i < w->count; i++) {
        uint32_t at = w->rows[i];
        w->subjects[i] =
            kh_view_is_null(view, at) ? KH_UNKNOWN : s->subjects.ids[view->as.codes[at]];
    }
    return row;
}

/* The dataset's key of a row; "" when it has none. */
static const char *key_of(const kh_dataset *d, const kh_batch *batch, uint32_t row, size_t *length)
{
    *length = 0;
    if (d->key < 0 || kh_view_is_null(&batch->columns[d->key], row)) return "";
    const kh_view *keys = &batch->columns[d->key];
    return kh_view_text(keys, keys->as.codes[row], length);
}

static void trace(kh_pass *pass, uint32_t local, kh_int128 share, const kh_batch *batch,
                  uint32_t row, kh_date day, const kh_counted *c, uint32_t n)
{
    uint32_t index = pass->measures[local];
    const kh_measure_decl *decl = &pass->state->measures->plan->measures[index];
    const kh_measure_exprs *exprs = &pass->state->measures->exprs[index];
    bool counted = decl->aggregate == KH_COUNT || decl->aggregate == KH_COUNT_DISTINCT;
    bool shared = decl->aggregate == KH_SUM || decl->aggregate == KH_AVG ||
                  decl->aggregate == KH_WEIGHTED_AVG;
    kh_int128 whole = 1;
    for (int i = 0; i < pass->share_scale; i++) whole *= 10;
    kh_lineage_row out = {.value = counted || !exprs->value ? 1 : c->value.as.numbers[n],
                          .weight = exprs->weight ? c->weight.as.numbers[n] : 1,
                          .share = shared ? share : whole,
                          .times = 1,
                          .line = kh_scan_line(batch, row),
                          .file = kh_scan_file(pass, batch, row),
                          .rules = c->rules ? c->rules[n] : 0,
                          .from = day,
                          .to = day + 1};
    out.key = key_of(pass->dataset, batch, row, &out.length);
    kh_lineage_add(pass, local, &out);
}

/* Row `n` of the counted ones, for one subject and its share. */
static kh_status fold_one(kh_pass *pass, uint32_t local, uint32_t subject, kh_int128 share,
                          const kh_batch *batch, uint32_t row, kh_date day, const kh_counted *c,
                          uint32_t n, kh_error *err)
{
    uint32_t index = pass->measures[local];
    const kh_measure_decl *decl = &pass->state->measures->plan->measures[index];
    const kh_measure_exprs *exprs = &pass->state->measures->exprs[index];
    if (kh_lineage_wants(pass, subject)) trace(pass, local, share, batch, row, day, c, n);
    if (decl->aggregate == KH_COUNT_DISTINCT) {
        const kh_string *text = &c->value.as.texts[n];
        char number[sizeof(kh_int128)];
        if (exprs->value->type == KH_TYPE_TEXT) {
            kh_fold_distinct(pass, local, subject, text->text, text->length);
        } else {
            size_t size = exprs->value->type == KH_TYPE_DECIMAL ? sizeof(kh_int128)
                          : exprs->value->type == KH_TYPE_BOOL  ? 1
                                                                : sizeof(int32_t);
            memcpy(number, (const char *)c->value.as.numbers + n * size, size);
            kh_fold_distinct(pass, local, subject, number, size);
        }
        return KH_OK;
    }
    bool counted = decl->aggregate == KH_COUNT || !exprs->value;
    kh_int128 value = counted ? 1 : c->value.as.numbers[n];
    if (c->rules && c->rules[n]) {
        size_t length;
        const char *key = key_of(pass->dataset, batch, row, &length);
        kh_int128 amount;
        if (__builtin_mul_overflow(value, share, &amount)) {
            return kh_fail(err, KH_ELIMIT,
                           "measure '%s': an excluded amount needs more than 38 "
                           "digits",
                           decl->name.text);
        }
        return kh_excluded_add(pass, local, subject, key, length, c->rules[n], amount, err);
    }
    kh_int128 weight = exprs->weight ? c->weight.as.numbers[n] : 1;
    return kh_fold_row(pass, local, subject, value, weight, share, day, err);
}

static kh_status fold_owned(kh_scan *s, kh_pass *pass, uint32_t local, const kh_batch *batch,
                            uint32_t row, kh_date day, const kh_counted *c, uint32_t n,
                            kh_error *err)
{
    uint32_t thing = kh_scan_thing(s, batch, row);
    kh_status rc = KH_OK;
    bool owned = false;
    for (uint32_t k = thing == KH_NO_NAME ? 0 : pass->owners->starts[thing];
         rc == KH_OK && thing != KH_NO_NAME && k < pass->owners->starts[thing + 1]; k++) {
        const kh_span *span = &pass->owners->spans[k];
        if (day < span->from || day >= span->to) continue;
        owned = true;
        if (span->subject == KH_INACTIVE) continue;
        rc = fold_one(pass, local, span->subject, span->share, batch, row, day, c, n, err);
    }
    if (!owned && !s->dataset->decl->ignore_unknown) {
        kh_scan_report(s, batch, row, "nobody owns this row on its day; add it to the owner '%s'",
                       s->dataset->decl->owner.text);
    }
    return rc;
}

static kh_status fold_rows(kh_scan *s, kh_pass *pass, uint32_t local, const kh_batch *batch,
                           const window *w, const kh_counted *c, kh_error *err)
{
    const kh_expr *value = s->state->measures->exprs[pass->measures[local]].value;
    kh_status rc = KH_OK;
    for (uint32_t n = 0; rc == KH_OK && n < c->count; n++) {
        if (value && c->value.nulls[n]) continue;
        uint32_t i = c->at[n];
        if (pass->owners) {
            rc = fold_owned(s, pass, local, batch, w->rows[i], w->days[i], c, n, err);
            continue;
        }
        uint32_t subject = w->subjects[i];
        if (subject == KH_UNKNOWN) kh_scan_subject(s, batch, w->rows[i]); /* reports */
        if (subject == KH_UNKNOWN || subject == KH_INACTIVE) continue;
        rc = fold_one(pass, local, subject, 1, batch, w->rows[i], w->days[i], c, n, err);
    }
    return rc;
}

/* Plain sums over the row's own subject are most of all work, so they have a loop of their own. */
static bool is_plain_sum(const kh_pass *pass, uint32_t local)
{
    uint32_t index = pass->measures[local];
    const kh_measure_decl *decl = &pass->state->measures->plan->measures[index];
    return decl->aggregate == KH_SUM && !pass->owners && !decl->exclude_count &&
           !pass->state->measures->lineage;
}

static kh_status sum_rows(kh_scan *s, kh_pass *pass, uint32_t local, const kh_batch *batch,
                          const window *w, const kh_counted *c, kh_error *err)
{
    kh_cell *cells = pass->cells + (size_t)local * s->state->facts->subject_count;
    bool over = false;
    for (uint32_t n = 0; n < c->count; n++) {
        uint32_t subject = w->subjects[c->at[n]];
        if (c->value.nulls[n] || subject == KH_INACTIVE) continue;
        if (subject == KH_UNKNOWN) {
            kh_scan_subject(s, batch, w->rows[c->at[n]]); /* reports */
            continue;
        }
        kh_cell *cell = &cells[subject];
        over |= __builtin_add_overflow(cell->sum, c->value.as.numbers[n], &cell->sum);
        cell->count++;
    }
    return over ? kh_fold_too_long(pass, local, err) : KH_OK;
}

kh_status kh_scan_flow(kh_scan *s, kh_pass *pass, const kh_batch *batch, kh_error *err)
{
    window w;
    kh_counted c;
    kh_status rc = KH_OK;
    for (uint32_t row = 0; rc == KH_OK && row < (uint32_t)batch->rows;) {
        row = fill(s, pass, batch, row, &w);
        if (w.count == 0) break;
        kh_chunk chunk = kh_frame_chunk(&pass->frame, w.rows, w.count, w.days);
        for (uint32_t m = 0; rc == KH_OK && m < pass->count; m++) {
            rc = kh_scan_count(pass, m, &chunk, &c, err);
            if (rc < 0) break;
            rc = is_plain_sum(pass, m) ? sum_rows(s, pass, m, batch, &w, &c, err)
                                       : fold_rows(s, pass, m, batch, &w, &c, err);
        }
    }
    return rc;
}
