/* Dated attribution: who owns a thing, with which share, from when to when (rulebook PR-14). */
#include "measure/internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

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

/* One owner table while it is loaded. */
typedef struct loading {
    kh_run_state *state;
    const kh_store *store;
    kh_period days; /* the windows of all measures that ask for owners */
    kh_int128 one;  /* a whole share, scaled */
    int scale;
    uint32_t mistakes;
} loading;

__attribute__((format(printf, 3, 4))) static void report(loading *l, uint32_t line,
                                                         const char *format, ...)
{
    if (++l->mistakes > KH_SHOWN_MOST) return;
    char text[KH_ERROR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, dgettext("kaohe", format), args);
    va_end(args);
    kh_error_trim(text, sizeof text);
    kh_place place = {l->store->label, (int)line, 0};
    kh_diag_add(l->state->problems, KH_DIAG_ERROR, place, "%s", text);
}

/* The shares of a thing from one day to another do not add up to 1. */
static void report_days(loading *l, const char *thing, const row *rows, uint32_t count,
                        kh_date from, kh_date to, kh_int128 sum)
{
    char first[KH_DATE_TEXT], last[KH_DATE_TEXT], shown[KH_DECIMAL_TEXT], lines[128] = "";
    kh_date_format(first, from);
    kh_date_format(last, to - 1);
    uint32_t line = rows[0].line, owned = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i].span.from > from || rows[i].span.to <= from) continue;
        size_t n = strlen(lines);
        if (owned++ == 0) line = rows[i].line;
        if (owned < 8) snprintf(lines + n, sizeof lines - n, "%s%u", n ? ", " : "", rows[i].line);
    }
    if (owned == 0) {
        report(l, line, "'%s' from %s to %s: nobody owns it; close the gap", thing, first, last);
        return;
    }
    kh_dec_format(shown, kh_dec_trim(kh_dec_from_scaled(sum, l->scale)), KH_PLACES_OWN, false);
    report(l, line, "'%s' from %s to %s: its shares add up to %s instead of 1 (lines %s)", thing,
           first, last, shown, lines);
}

/*
 * On each day that some measure looks at, between the first and the last of a thing, its shares add
 * up to 1. Neighbouring days with the same sum are told together.
 */
static void check_thing(loading *l, const char *thing, const row *rows, uint32_t count)
{
    kh_date end = INT32_MIN, day = rows[0].span.from;
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i].span.to > end) end = rows[i].span.to;
    }
    if (day < l->days.from) day = l->days.from;
    if (end > l->days.to) end = l->days.to;
    kh_int128 before = l->one;
    kh_date since = day;
    for (kh_date next; day < end; day = next) {
        kh_int128 sum = 0;
        next = end;
        for (uint32_t i = 0; i < count; i++) {
            const kh_span *span = &rows[i].span;
            if (span->from <= day && day < span->to) {
                sum += span->share;
                if (span->to < next) next = span->to;
            } else if (span->from > day && span->from < next) {
                next = span->from;
            }
        }
        if (sum == before) continue;
        if (before != l->one) report_days(l, thing, rows, count, since, day, before);
        before = sum;
        since = day;
    }
    if (before != l->one && since < end) report_days(l, thing, rows, count, since, end, before);
}

/* From the first to the last day on which a measure asks who owns something. */
static kh_period days_of(const kh_run_state *state, uint32_t owner)
{
    const kh_measures *m = state->measures;
    kh_period days = {.from = INT32_MAX, .to = INT32_MIN};
    for (uint32_t i = 0; i < m->plan->measure_count; i++) {
        const kh_measure_decl *decl = &m->plan->measures[i];
        if (m->datasets[decl->dataset].owner != (int32_t)owner) continue;
        kh_period window = kh_window_of(&decl->window, &state->facts->period);
        if (window.from < days.from) days.from = window.from;
        if (window.to > days.to) days.to = window.to;
    }
    return days;
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
    kh_store store = {0};
    kh_status rc = kh_feed_load(&state->feeds[decl->source], &state->measures->owner_slots[owner],
                                &store, err);
    if (rc < 0) return rc;
    int32_t thing = column_of(&store, &decl->on_column),
            subject = column_of(&store, &decl->subject), share = column_of(&store, &decl->share),
            from = column_of(&store, &decl->valid.from), to = column_of(&store, &decl->valid.to);
    loading l = {.state = state,
                 .store = &store,
                 .days = days_of(state, owner),
                 .one = 1,
                 .scale = share < 0 ? 0 : store.columns[share].scale};
    for (int i = 0; i < l.scale; i++) l.one *= 10;
    row *rows = calloc(store.rows + 1, sizeof *rows);
    if (!rows) abort();
    uint32_t count = 0;
    for (uint32_t r = 0; r < store.rows; r++) {
        uint32_t line = (uint32_t)store.origins[r];
        const char *key = kh_store_text(&store, (uint32_t)thing, r);
        const char *who = kh_store_text(&store, (uint32_t)subject, r);
        kh_date begins = from < 0 ? INT32_MIN + 1 : kh_store_date(&store, (uint32_t)from, r);
        kh_date ends = to < 0 ? INT32_MAX : kh_store_date(&store, (uint32_t)to, r);
        if (begins == KH_NO_DATE) begins = INT32_MIN + 1;
        if (ends == KH_NO_DATE) ends = INT32_MAX;
        if (begins >= ends) {
            report(&l, line, "'%s': the interval is empty: it ends on or before the day it begins",
                   key);
            continue;
        }
        if (begins >= l.days.to || ends <= l.days.from) continue; /* on no day that counts */
        uint32_t index = kh_subject_find(state, who, strlen(who));
        if (index == KH_UNKNOWN) {
            report(&l, line, "'%s' belongs to '%s', who is not among the subjects", key, who);
            index = KH_INACTIVE;
        }
        kh_int128 part = share < 0 ? l.one : store.columns[share].as.decimals[r];
        if (share >= 0 && store.columns[share].nulls[r]) part = l.one;
        if (part < 0 || part > l.one) {
            char shown[KH_DECIMAL_TEXT];
            kh_dec_format(shown, kh_dec_trim(kh_dec_from_scaled(part, l.scale)), KH_PLACES_OWN,
                          false);
            report(&l, line, "'%s': a share lies between 0 and 1, not %s", key, shown);
        }
        rows[count++] = (row){
            kh_names_add(&owners->things, key, strlen(key)), line, {index, begins, ends, part}};
    }
    if (count) qsort(rows, count, sizeof *rows, compare_rows);
    for (uint32_t i = 0; i < count;) {
        uint32_t n = 1;
        while (i + n < count && rows[i + n].thing == rows[i].thing) n++;
        check_thing(&l, owners->things.items[rows[i].thing].text, &rows[i], n);
        i += n;
    }
    owners->scale = shrink_scale(rows, count, l.scale);
    owners->spans = calloc(count + 1, sizeof *owners->spans);
    owners->starts = calloc(owners->things.count + 2, sizeof *owners->starts);
    if (!owners->spans || !owners->starts) abort();
    for (uint32_t i = 0; i < count; i++) {
        owners->spans[i] = rows[i].span;
        owners->starts[rows[i].thing + 1] = i + 1;
    }
    free(rows);
    if (l.mistakes) {
        rc = kh_fail(err, KH_EDATA, "%s: %u mistakes in the owner '%s'", store.label, l.mistakes,
                     decl->name.text);
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
