/* Small steps that strategies share: inputs, ordered tables, places in a group, shown numbers.
 *
 * All of it is inline, for a plugin links to nothing of ours.
 */
#ifndef KAOHE_STAGE_H
#define KAOHE_STAGE_H

#include <kaohe/rules.h>
#include <kaohe/strategy.h>
#include <stdlib.h>
#include <string.h>

/* ---- numbers as they are shown ------------------------------------------------------------- */

/** A number written out; use it within one expression: kh_show(dec, x, 2).text. */
typedef struct kh_shown {
    char text[KH_DECIMAL_TEXT];
} kh_shown;

/** With `,` every three digits; KH_PLACES_OWN: no zeros at the end; "无数据" when absent. */
static inline kh_shown kh_show(const kh_decimal_ops *dec, kh_decimal x, int places)
{
    kh_shown shown;
    if (places < 0 && !kh_is_absent(x)) {
        for (places = 0; places < 34 && dec->cmp(dec->round(x, places), x) != 0;) places++;
    }
    if (kh_is_absent(x)) snprintf(shown.text, sizeof shown.text, "无数据");
    else dec->format(shown.text, x, places, true);
    return shown;
}

/** A ratio as percent with its own digits: 0.125 is "12.5". */
static inline kh_shown kh_show_percent(const kh_decimal_ops *dec, kh_decimal ratio)
{
    return kh_show(dec, dec->mul(ratio, dec->from_int(100)), KH_PLACES_OWN);
}

/**
 * With at least @p places decimals, and as many more as it takes that the reader sees on which
 * side of @p line it lies: 59.996 beside 60 is not "60.00".
 */
static inline kh_shown kh_show_beside(const kh_decimal_ops *dec, kh_decimal x, kh_decimal line,
                                      int places)
{
    if (kh_is_absent(x) || kh_is_absent(line)) return kh_show(dec, x, places);
    int side = dec->cmp(x, line);
    while (places < 34 && dec->cmp(dec->round(x, places), line) != side) places++;
    return kh_show(dec, x, places);
}

/** Rounded up: what is missing to a line, so that adding it is enough. */
static inline kh_shown kh_show_missing(const kh_decimal_ops *dec, kh_decimal x, int places)
{
    kh_decimal zero = dec->from_int(0);
    return kh_show(dec, dec->sub(zero, dec->floor(dec->sub(zero, x), places)), places);
}

/** Add a step whose text is written like printf, of any length. */
__attribute__((format(printf, 6, 7))) static inline void
kh_explain(kh_sheet *sheet, uint32_t subject, const char *stage, const char *rule,
           kh_outcome outcome, const char *format, ...)
{
    char small[512], *text = small;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (length >= (int)sizeof small && (text = (char *)malloc((size_t)length + 1)) != NULL) {
        va_start(args, format);
        vsnprintf(text, (size_t)length + 1, format, args);
        va_end(args);
    }
    if (!text) {
        sheet->ops->fail(sheet, subject, "out of memory");
        return;
    }
    kh_step step = {stage, rule, text, outcome};
    sheet->ops->add_step(sheet, subject, &step);
    if (text != small) free(text);
}

/* ---- inputs -------------------------------------------------------------------------------- */

/** What a stage looks at: a named value, or the score so far. */
typedef struct kh_input {
    kh_handle column; /* -1: the score */
    const char *title;
    const char *gap, *unit; /* gap: " " before a unit, "" when there is none */
    int32_t places;         /* decimals when shown */
} kh_input;

/** @p name NULL: the score. @p title NULL: the column's own. */
static inline kh_status kh_input_find(const kh_sheet *sheet, const char *name, const char *title,
                                      kh_input *out, kh_error *err)
{
    kh_input score = {-1, title ? title : "得分", " ", "分", 2};
    *out = score;
    if (!name) return KH_OK;
    out->column = sheet->ops->find(sheet, name);
    if (out->column < 0) return kh_fail(err, KH_EUSAGE, "there is no measure or metric '%s'", name);
    const kh_column *column = sheet->ops->column(sheet, out->column);
    out->title = title ? title : column->title && column->title[0] ? column->title : name;
    out->unit = column->unit;
    out->gap = column->unit[0] ? " " : "";
    if (column->places >= 0) out->places = column->places;
    return KH_OK;
}

static inline kh_decimal kh_input_value(const kh_sheet *sheet, const kh_input *input,
                                        uint32_t subject)
{
    return input->column < 0 ? sheet->ops->card(sheet, subject)->score
                             : sheet->ops->value(sheet, input->column, subject);
}

/** A condition given as a number: holds where it is there and not 0. No name: holds always. */
static inline bool kh_applies(const kh_host *host, const kh_sheet *sheet, const char *when,
                              kh_handle column, uint32_t subject)
{
    if (!when) return true;
    kh_decimal value = sheet->ops->value(sheet, column, subject);
    return !kh_is_absent(value) && host->decimal->cmp(value, host->decimal->from_int(0)) != 0;
}

/* ---- ordered tables ------------------------------------------------------------------------ */

/** A row of a constant table: a name and the least value that reaches it. */
typedef struct kh_rung {
    const char *name;
    kh_decimal from;
} kh_rung;

/**
 * Read a `lookup` with rows, lowest first; it must rise strictly and have a row.
 * @param from_column  NULL: only the names, in the order written
 * Ownership  the caller frees @p out with free(); the names live as long as the sheet.
 */
static inline kh_status kh_rungs_read(const kh_host *host, const kh_sheet *sheet, const char *table,
                                      const char *name_column, const char *from_column,
                                      kh_rung **out, uint32_t *count, kh_error *err)
{
    const kh_sheet_ops *ops = sheet->ops;
    kh_handle lookup = ops->find_lookup(sheet, table);
    if (lookup < 0) return kh_fail(err, KH_EUSAGE, "there is no lookup '%s' with rows", table);
    *count = ops->lookup_rows(sheet, lookup);
    if (*count == 0) return kh_fail(err, KH_EUSAGE, "lookup '%s' is empty; give it rows", table);
    kh_rung *rungs = (kh_rung *)calloc(*count, sizeof *rungs);
    if (!rungs) return kh_fail(err, KH_ELIMIT, "out of memory");
    kh_status rc = KH_OK;
    for (uint32_t i = 0; rc == KH_OK && i < *count; i++) {
        rc = ops->lookup_text(sheet, lookup, i, name_column, &rungs[i].name, err);
        if (rc < 0 || !from_column) continue;
        rc = ops->lookup_number(sheet, lookup, i, from_column, &rungs[i].from, err);
        if (rc == KH_OK && i > 0 && host->decimal->cmp(rungs[i].from, rungs[i - 1].from) <= 0) {
            rc = kh_fail(err, KH_EUSAGE,
                         "lookup '%s' does not rise at '%s'; write its rows from the lowest to the "
                         "highest",
                         table, rungs[i].name);
        }
    }
    if (rc < 0) free(rungs);
    else *out = rungs;
    return rc;
}

/** The row called @p name, or -1. */
static inline int32_t kh_rung_named(const kh_rung *rungs, uint32_t count, const char *name)
{
    for (uint32_t i = 0; name && i < count; i++) {
        if (!strcmp(rungs[i].name, name)) return (int32_t)i;
    }
    return -1;
}

/** The highest row that @p value reaches (reaching includes the number itself), or -1. */
static inline int32_t kh_rung_reached(const kh_decimal_ops *dec, const kh_rung *rungs,
                                      uint32_t count, kh_decimal value)
{
    int32_t at = -1;
    while (at + 1 < (int32_t)count && dec->cmp(value, rungs[at + 1].from) >= 0) at++;
    return at;
}

/* ---- the population ------------------------------------------------------------------------ */

/** The subjects that have not failed, taken together in pools; by id within a pool. */
typedef struct kh_pools {
    uint32_t *members; /* of pool p: members[starts[p]] .. members[starts[p + 1] - 1] */
    uint32_t *starts;
    uint32_t count;
} kh_pools;

typedef struct kh_pool_member {
    const char *group;
    uint32_t subject;
} kh_pool_member;

static inline int kh_pool_compare(const void *a, const void *b)
{
    const kh_pool_member *x = (const kh_pool_member *)a, *y = (const kh_pool_member *)b;
    int order = strcmp(x->group, y->group);
    return order ? order : (x->subject > y->subject) - (x->subject < y->subject);
}

static inline void kh_pools_free(kh_pools *pools)
{
    free(pools->members);
    free(pools->starts);
    pools->members = pools->starts = NULL;
}

/** One pool of all, or with @p by_group one for each group. Free it with kh_pools_free(). */
static inline kh_status kh_pools_make(const kh_sheet *sheet, bool by_group, kh_pools *out,
                                      kh_error *err)
{
    uint32_t subjects = sheet->ops->subject_count(sheet), n = 0;
    kh_pool_member *all = (kh_pool_member *)calloc(subjects + 1, sizeof *all);
    out->members = (uint32_t *)calloc(subjects + 1, sizeof *out->members);
    out->starts = (uint32_t *)calloc(subjects + 2, sizeof *out->starts);
    out->count = 0;
    if (!all || !out->members || !out->starts) {
        free(all);
        kh_pools_free(out);
        return kh_fail(err, KH_ELIMIT, "out of memory");
    }
    for (uint32_t s = 0; s < subjects; s++) {
        if (sheet->ops->failed(sheet, s)) continue;
        all[n].group = by_group ? sheet->ops->subject(sheet, s)->group : "";
        all[n++].subject = s;
    }
    if (by_group && n) qsort(all, n, sizeof *all, kh_pool_compare);
    for (uint32_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(all[i].group, all[i - 1].group) != 0) out->starts[out->count++] = i;
        out->members[i] = all[i].subject;
    }
    out->starts[out->count] = n;
    free(all);
    return KH_OK;
}

/** By what subjects are ranked. */
typedef struct kh_ranking {
    kh_input by;
    kh_texts ties; /* values that part equal ones, one after the other; higher first */
    bool low;      /* the lowest value of `by` is first */
    bool dense;    /* places 1, 2, 2, 3 instead of 1, 2, 2, 4 */
} kh_ranking;

/** Make @p keys into places (1, 2, 2, 3) parted further by @p values; absent values come last. */
static inline void kh_places_part(const kh_host *host, kh_decimal *keys, const kh_decimal *values,
                                  uint32_t count, uint32_t *first, uint32_t *second)
{
    host->rules->rank(keys, count, true, first);
    host->rules->rank(values, count, true, second);
    for (uint32_t i = 0; i < count; i++) {
        int64_t then = second[i] ? second[i] : (int64_t)count + 1;
        if (first[i]) keys[i] = host->decimal->from_int(-(first[i] * ((int64_t)count + 2) + then));
    }
}

/**
 * The place of each member within its pool: @p places[i] belongs to pools->members[i]; 0 for an
 * absent value.
 */
static inline kh_status kh_places_find(const kh_host *host, const kh_sheet *sheet,
                                       const kh_ranking *ranking, const kh_pools *pools,
                                       uint32_t *places, kh_error *err)
{
    const kh_decimal_ops *dec = host->decimal;
    uint32_t all = pools->starts[pools->count];
    kh_decimal *keys = (kh_decimal *)calloc(all + 1, sizeof *keys);
    kh_decimal *values = (kh_decimal *)calloc(all + 1, sizeof *values);
    uint32_t *second = (uint32_t *)calloc(all + 1, sizeof *second);
    kh_status rc = KH_OK;
    if (!keys || !values || !second) rc = kh_fail(err, KH_ELIMIT, "out of memory");
    for (uint32_t i = 0; rc == KH_OK && i < all; i++) {
        keys[i] = kh_input_value(sheet, &ranking->by, pools->members[i]);
        if (ranking->low) keys[i] = dec->sub(dec->from_int(0), keys[i]);
    }
    for (uint32_t t = 0; rc == KH_OK && t < ranking->ties.count; t++) {
        kh_input tie;
        rc = kh_input_find(sheet, ranking->ties.items[t], NULL, &tie, err);
        for (uint32_t i = 0; rc == KH_OK && i < all; i++) {
            values[i] = kh_input_value(sheet, &tie, pools->members[i]);
        }
        for (uint32_t p = 0; rc == KH_OK && p < pools->count; p++) {
            uint32_t from = pools->starts[p];
            kh_places_part(host, keys + from, values + from, pools->starts[p + 1] - from,
                           places + from, second + from);
        }
    }
    for (uint32_t p = 0; rc == KH_OK && p < pools->count; p++) {
        uint32_t from = pools->starts[p];
        host->rules->rank(keys + from, pools->starts[p + 1] - from, ranking->dense, places + from);
    }
    free(keys);
    free(values);
    free(second);
    return rc;
}

#endif
