/* Rows of a dataset kept one by one for each subject: decisions, history, leave; or for nobody. */
#include "measure/internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct kept {
    uint32_t subject, row;
    kh_date day;
} kept;

static int compare_kept(const void *a, const void *b)
{
    const kept *x = a, *y = b;
    if (x->subject != y->subject) return x->subject < y->subject ? -1 : 1;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* The day that orders a row and decides whether it lies in the window. */
static kh_status day_of(const kh_dataset *d, const kh_store *store, uint32_t row, kh_date *from,
                        kh_date *to, kh_error *err)
{
    *from = KH_NO_DATE;
    *to = KH_NO_DATE;
    if (d->date >= 0) {
        *from = kh_store_date(store, (uint32_t)d->date, row);
        *to = *from == KH_NO_DATE ? KH_NO_DATE : *from + 1;
    } else if (d->period >= 0 && !store->columns[d->period].nulls[row]) {
        kh_period period;
        kh_error why = KH_ERROR_INIT;
        if (kh_period_parse(&period, kh_store_text(store, (uint32_t)d->period, row), &why) < 0) {
            return kh_fail(err, KH_EDATA, "%s:%lld: column '%s': %s", store->label,
                           (long long)store->origins[row], d->decl->period.text, why.text);
        }
        *from = period.from;
        *to = period.to;
    }
    return KH_OK;
}

static kh_status mask_rows(kh_run_state *state, uint32_t index, const kh_store *store,
                           const kh_period *window, uint8_t *keep, kh_error *err)
{
    const kh_records_decl *decl = &state->measures->plan->records[index];
    const kh_dataset *d = &state->measures->datasets[decl->dataset];
    const kh_expr *where = state->measures->records[index].where;
    memset(keep, 1, store->rows);
    if (!where) return KH_OK;
    kh_frame frame;
    kh_status rc = kh_frame_init(&frame, state, decl->dataset, window, err);
    kh_view *views = calloc(store->column_count + 1, sizeof *views);
    if (!views) abort();
    for (uint32_t c = 0; c < store->column_count; c++) kh_store_view(store, c, &views[c]);
    if (rc == KH_OK) kh_frame_batch(&frame, views);
    uint32_t rows[KH_CHUNK];
    kh_date days[KH_CHUNK];
    for (uint32_t first = 0; rc == KH_OK && first < store->rows; first += KH_CHUNK) {
        uint32_t n = store->rows - first < KH_CHUNK ? store->rows - first : KH_CHUNK;
        for (uint32_t i = 0; i < n; i++) {
            rows[i] = first + i;
            days[i] =
                d->date < 0 ? window->to - 1 : kh_store_date(store, (uint32_t)d->date, rows[i]);
        }
        kh_chunk chunk = kh_frame_chunk(&frame, rows, n, days);
        const uint8_t *mask;
        rc = kh_eval_mask(frame.eval, where, &chunk, &mask, err);
        if (rc == KH_OK) memcpy(keep + first, mask, n);
    }
    free(views);
    kh_frame_fini(&frame);
    return rc;
}

/* Load the dataset's columns of this declaration, keep the rows of the window, sort by subject. */
kh_status kh_records_load(kh_run_state *state, uint32_t index, kh_error *err)
{
    const kh_records_decl *decl = &state->measures->plan->records[index];
    const kh_dataset *d = &state->measures->datasets[decl->dataset];
    kh_facts *facts = state->facts;
    kh_records *out = &facts->records[index];
    kh_period window = kh_window_of(&decl->window, &facts->period);
    out->decl = decl;
    out->store.arena.spill = facts->arena.spill;
    kh_status rc = kh_feed_load(&state->feeds[d->decl->source], &d->slots, &out->store, err);
    if (rc < 0) return rc;
    uint32_t rows = out->store.rows, count = 0, mistakes = 0;
    uint8_t *keep = malloc(rows + 1);
    kept *all = calloc(rows + 1, sizeof *all);
    out->order = kh_arena_array(&facts->arena, rows + 1, sizeof *out->order);
    out->starts = kh_arena_array(&facts->arena, facts->subject_count + 2, sizeof *out->starts);
    if (!keep || !all) abort();
    rc = mask_rows(state, index, &out->store, &window, keep, err);
    for (uint32_t r = 0; rc == KH_OK && r < rows; r++) {
        kh_date from, to;
        if (!keep[r]) continue;
        if ((rc = day_of(d, &out->store, r, &from, &to, err)) < 0) break;
        bool dated = d->date >= 0 || d->period >= 0;
        bool inside = from != KH_NO_DATE && from >= window.from && to <= window.to;
        if (dated && !decl->any_time && !inside) continue;
        if (d->subject < 0) {
            all[count++] = (kept){0, r, from};
            continue;
        }
        const char *who = kh_store_text(&out->store, (uint32_t)d->subject, r);
        uint32_t subject = kh_subject_find(state, who, strlen(who));
        if (subject == KH_UNKNOWN && !d->decl->ignore_unknown) {
            kh_place place = {out->store.label, (int)out->store.origins[r], 0};
            if (++mistakes <= 20) {
                kh_diag_add(state->problems, KH_DIAG_ERROR, place,
                            "'%s' is not among the subjects; "
                            "add it there, or say unknown = \"ignore\" in the dataset",
                            who);
            }
        }
        if (subject == KH_UNKNOWN || subject == KH_INACTIVE) continue;
        all[count++] = (kept){subject, r, from};
    }
    if (count) qsort(all, count, sizeof *all, compare_kept);
    if (d->subject < 0) {
        out->pool = kh_arena_array(&facts->arena, rows + 1, sizeof *out->pool);
        out->pool_count = count;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (out->pool) out->pool[i] = all[i].row;
        else out->order[i] = all[i].row;
        if (!out->pool) out->starts[all[i].subject + 1] = i + 1;
    }
    for (uint32_t s = 0; s < facts->subject_count; s++) { /* subjects without rows */
        if (out->starts[s + 1] < out->starts[s]) out->starts[s + 1] = out->starts[s];
    }
    free(keep);
    free(all);
    if (rc == KH_OK && mistakes) {
        rc = kh_fail(err, KH_EDATA, "%s: %u rows cannot be kept", out->store.label, mistakes);
    }
    return rc;
}
