/* Dated attribution: who owns a thing, with which share, from when to when (rulebook PR-14). */
#include "measure/internal.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_MOST = 20 }; /* mistakes listed one by one */

void kh_owner_prepare(const kh_owner_decl *decl, kh_slots *slots, kh_arena *arena)
{
    const struct {
        const kh_word *word;
        kh_type type;
    } columns[] = {{&decl->on_column, KH_TYPE_TEXT},
                   {&decl->subject, KH_TYPE_TEXT},
                   {&decl->share, KH_TYPE_DECIMAL},
                   {&decl->valid.from, KH_TYPE_DATE},
                   {&decl->valid.to, KH_TYPE_DATE}};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if (!columns[i].word->text) continue;
        kh_slots_add(slots, arena, columns[i].word->text, columns[i].type,
                     columns[i].type == KH_TYPE_DECIMAL ? KH_DEFAULT_SCALE : 0,
                     columns[i].word->place);
    }
}

/* Which column of the store holds a declared word; -1 when it was not declared. */
static int32_t column_of(const kh_store *store, const kh_word *word)
{
    for (uint32_t c = 0; word->text && c < store->column_count; c++) {
        if (!strcmp(store->columns[c].name, word->text)) return (int32_t)c;
    }
    return -1;
}

typedef struct row {
    uint32_t thing, line;
    kh_span span;
} row;

static int compare_rows(const void *a, const void *b)
{
    const row *x = a, *y = b;
    if (x->thing != y->thing) return x->thing < y->thing ? -1 : 1;
    if (x->span.from != y->span.from) return x->span.from < y->span.from ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static void report(kh_run_state *state, const kh_store *store, uint32_t line, const char *thing,
                   const char *text, kh_date day, uint32_t *mistakes)
{
    if (++*mistakes > SHOWN_MOST) return;
    char date[KH_DATE_TEXT];
    kh_date_format(date, day);
    kh_place place = {store->label, (int)line, 0};
    kh_diag_add(state->problems, KH_DIAG_ERROR, place, "'%s' on %s: %s", thing, date, text);
}

/* On each day between the first and the last, the shares of one thing must add up to 1. */
static void check_thing(kh_run_state *state, const kh_store *store, const char *thing,
                        const row *rows, uint32_t count, kh_int128 one, uint32_t *mistakes)
{
    kh_date last = INT32_MIN;
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i].span.to > last) last = rows[i].span.to;
    }
    for (kh_date day = rows[0].span.from; day < last;) {
        kh_int128 sum = 0;
        kh_date next = last;
        uint32_t line = rows[0].line;
        for (uint32_t i = 0; i < count; i++) {
            const kh_span *span = &rows[i].span;
            if (span->from <= day && day < span->to) {
                sum += span->share;
                line = rows[i].line;
                if (span->to < next) next = span->to;
            } else if (span->from > day && span->from < next) {
                next = span->from;
            }
        }
        if (sum != one) {
            char shown[KH_DECIMAL_TEXT], text[256];
            kh_int128 scaled = one;
            int scale = 0;
            while (scaled > 1) {
                scaled /= 10;
                scale++;
            }
            kh_dec_format(shown, kh_dec_trim(kh_dec_from_scaled(sum, scale)), KH_PLACES_OWN, false);
            if (sum == 0) snprintf(text, sizeof text, kh_tr("nobody owns it; close the gap"));
            else snprintf(text, sizeof text, kh_tr("its shares add up to %s instead of 1"), shown);
            report(state, store, line, thing, text, day, mistakes);
        }
        day = next;
    }
}

/* As many decimals as the shares really have: fewer digits leave more room for amounts. */
static int shrink_scale(row *rows, uint32_t count, int scale)
{
    while (scale > 0) {
        for (uint32_t i = 0; i < count; i++) {
            if (rows[i].span.share % 10) return scale;
        }
        for (uint32_t i = 0; i < count; i++) rows[i].span.share /= 10;
        scale--;
    }
    return scale;
}

kh_status kh_owners_load(kh_run_state *state, uint32_t owner, kh_error *err)
{
    const kh_owner_decl *decl = &state->measures->plan->owners[owner];
    kh_owners *owners = &state->owners[owner];
    kh_store store;
    kh_status rc = kh_feed_load(&state->feeds[decl->source], &state->measures->owner_slots[owner],
                                &store, err);
    if (rc < 0) return rc;
    int32_t thing = column_of(&store, &decl->on_column),
            subject = column_of(&store, &decl->subject), share = column_of(&store, &decl->share),
            from = column_of(&store, &decl->valid.from), to = column_of(&store, &decl->valid.to);
    int scale = share < 0 ? 0 : store.columns[share].scale;
    kh_int128 one = 1;
    for (int i = 0; i < scale; i++) one *= 10;
    row *rows = calloc(store.rows + 1, sizeof *rows);
    if (!rows) abort();
    uint32_t count = 0, mistakes = 0;
    for (uint32_t r = 0; r < store.rows; r++) {
        uint32_t line = (uint32_t)store.origins[r];
        const char *key = kh_store_text(&store, (uint32_t)thing, r);
        const char *who = kh_store_text(&store, (uint32_t)subject, r);
        kh_date begins = from < 0 ? INT32_MIN + 1 : kh_store_date(&store, (uint32_t)from, r);
        kh_date ends = to < 0 ? INT32_MAX : kh_store_date(&store, (uint32_t)to, r);
        if (begins == KH_NO_DATE) begins = INT32_MIN + 1;
        if (ends == KH_NO_DATE) ends = INT32_MAX;
        uint32_t index = kh_subject_find(state, who, strlen(who));
        kh_place place = {store.label, (int)line, 0};
        if (index == KH_UNKNOWN) {
            if (++mistakes <= SHOWN_MOST) {
                kh_diag_add(state->problems, KH_DIAG_ERROR, place,
                            "'%s' belongs to '%s', who is not among the subjects", key, who);
            }
            continue;
        }
        if (begins >= ends) {
            if (++mistakes <= SHOWN_MOST) {
                kh_diag_add(state->problems, KH_DIAG_ERROR, place,
                            "'%s': the interval is empty: it ends on or before the day it begins",
                            key);
            }
            continue;
        }
        kh_int128 part = share < 0 ? one : store.columns[share].as.decimals[r];
        if (share >= 0 && store.columns[share].nulls[r]) part = one;
        rows[count++] = (row){
            kh_names_add(&owners->things, key, strlen(key)), line, {index, begins, ends, part}};
    }
    if (count) qsort(rows, count, sizeof *rows, compare_rows);
    for (uint32_t i = 0; i < count;) {
        uint32_t n = 1;
        while (i + n < count && rows[i + n].thing == rows[i].thing) n++;
        check_thing(state, &store, owners->things.items[rows[i].thing].text, &rows[i], n, one,
                    &mistakes);
        i += n;
    }
    owners->scale = shrink_scale(rows, count, scale);
    owners->spans = calloc(count + 1, sizeof *owners->spans);
    owners->starts = calloc(owners->things.count + 2, sizeof *owners->starts);
    if (!owners->spans || !owners->starts) abort();
    for (uint32_t i = 0; i < count; i++) {
        owners->spans[i] = rows[i].span;
        owners->starts[rows[i].thing + 1] = i + 1;
    }
    free(rows);
    if (mistakes) {
        rc = kh_fail(err, KH_EDATA, "%s: %u rows of the owner '%s' are wrong", store.label,
                     mistakes, decl->name.text);
    }
    kh_store_fini(&store);
    return rc;
}

void kh_owners_fini(kh_owners *owners)
{
    kh_names_fini(&owners->things);
    free(owners->starts);
    free(owners->spans);
    *owners = (kh_owners){0};
}
