/* The sheet: facts and metrics of all subjects, and what the stages of the chain write on it. */
#include "score/sheet.h"

#include "base/decimal.h"
#include "base/rules.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What one subject has collected. Arrays grow in the sheet's arena. */
typedef struct card {
    kh_card shown;
    uint32_t item_room, step_room, pay_room, note_room;
} card;

struct kh_full_sheet {
    kh_sheet view;
    const kh_plan *plan;
    const kh_facts *facts;
    kh_arena arena;
    kh_names texts;        /* every text handed in, once */
    kh_column *columns;    /* measures, metrics, params with numbers, then added ones */
    kh_decimal **values;   /* per column: one per subject; NULL for a parameter */
    kh_decimal *constants; /* per column: the parameter's value */
    uint32_t column_count, column_room, first_added;
    card *cards;
    uint32_t count;
    kh_results results;
};

static kh_full_sheet *full(const kh_sheet *sheet)
{
    return (kh_full_sheet *)sheet;
}

/* ---- reading ------------------------------------------------------------------------------- */

static uint32_t subject_count(const kh_sheet *sheet)
{
    return full(sheet)->count;
}

static const kh_subject *subject(const kh_sheet *sheet, uint32_t s)
{
    return &full(sheet)->facts->subjects[s];
}

static const kh_period *period(const kh_sheet *sheet)
{
    return &full(sheet)->facts->period;
}

static kh_handle find(const kh_sheet *sheet, const char *name)
{
    const kh_full_sheet *f = full(sheet);
    for (uint32_t i = 0; i < f->column_count; i++) {
        if (!strcmp(f->columns[i].name, name)) return (kh_handle)i;
    }
    return -1;
}

static const kh_column *column(const kh_sheet *sheet, kh_handle handle)
{
    return &full(sheet)->columns[handle];
}

static kh_decimal value(const kh_sheet *sheet, kh_handle handle, uint32_t s)
{
    const kh_full_sheet *f = full(sheet);
    if (handle < 0) return KH_ABSENT;
    return f->values[handle] ? f->values[handle][s] : f->constants[handle];
}

static const kh_card *get_card(const kh_sheet *sheet, uint32_t s)
{
    return &full(sheet)->cards[s].shown;
}

static bool has_failed(const kh_sheet *sheet, uint32_t s)
{
    return full(sheet)->cards[s].shown.failed != NULL;
}

static kh_handle find_records(const kh_sheet *sheet, const char *name)
{
    const kh_plan *plan = full(sheet)->plan;
    for (uint32_t i = 0; i < plan->records_count; i++) {
        if (!strcmp(plan->records[i].name.text, name)) return (kh_handle)i;
    }
    return -1;
}

static uint32_t record_count(const kh_sheet *sheet, kh_handle handle, uint32_t s)
{
    const kh_records *records = &full(sheet)->facts->records[handle];
    if (s == KH_NOBODY) return records->pool_count;
    return records->starts[s + 1] - records->starts[s];
}

/* The column of a record, if the declaration keeps it. */
static kh_status find_cell(const kh_sheet *sheet, kh_handle handle, uint32_t s, uint32_t row,
                           const char *name, const kh_store **store, uint32_t *cell_column,
                           uint32_t *cell_row, kh_error *err)
{
    const kh_records *records = &full(sheet)->facts->records[handle];
    *store = &records->store;
    *cell_row = s == KH_NOBODY ? records->pool[row] : records->order[records->starts[s] + row];
    for (uint32_t c = 0; c < records->decl->column_count; c++) {
        if (strcmp(records->decl->columns[c].name.text, name) != 0) continue;
        for (uint32_t k = 0; k < records->store.column_count; k++) {
            if (!strcmp(records->store.columns[k].name, name)) {
                *cell_column = k;
                return KH_OK;
            }
        }
    }
    return kh_fail(err, KH_EUSAGE, "records \"%s\" keeps no column '%s'; add it to its columns",
                   records->decl->name.text, name);
}

static kh_status record_text(const kh_sheet *sheet, kh_handle handle, uint32_t s, uint32_t row,
                             const char *name, const char **out, kh_error *err)
{
    const kh_store *store;
    uint32_t c, r;
    kh_status rc = find_cell(sheet, handle, s, row, name, &store, &c, &r, err);
    if (rc < 0) return rc;
    char date[KH_DATE_TEXT];
    switch (store->columns[c].type) {
    case KH_TYPE_TEXT: *out = kh_store_text(store, c, r); return KH_OK;
    case KH_TYPE_DATE:
        kh_date_format(date, kh_store_date(store, c, r));
        *out = kh_arena_text(&full(sheet)->arena, date);
        return KH_OK;
    case KH_TYPE_BOOL:
        *out = store->columns[c].nulls[r] ? "" : store->columns[c].as.bools[r] ? "true" : "false";
        return KH_OK;
    default: return kh_fail(err, KH_EUSAGE, "column '%s' of the records is a number", name);
    }
}

static kh_status record_number(const kh_sheet *sheet, kh_handle handle, uint32_t s, uint32_t row,
                               const char *name, kh_decimal *out, kh_error *err)
{
    const kh_store *store;
    uint32_t c, r;
    kh_status rc = find_cell(sheet, handle, s, row, name, &store, &c, &r, err);
    if (rc < 0) return rc;
    if (store->columns[c].type == KH_TYPE_BOOL) {
        *out = store->columns[c].nulls[r] ? KH_ABSENT : kh_dec_int(store->columns[c].as.bools[r]);
        return KH_OK;
    }
    if (store->columns[c].type != KH_TYPE_DECIMAL && store->columns[c].type != KH_TYPE_INT) {
        return kh_fail(err, KH_EUSAGE,
                       "column '%s' of the records is no number; declare columns = { "
                       "%s = \"number\" }",
                       name, name);
    }
    *out = kh_store_number(store, c, r);
    return KH_OK;
}

static kh_status check_record(const kh_sheet *sheet, kh_handle handle, const char *name,
                              bool number, kh_error *err)
{
    const kh_records_decl *decl = &full(sheet)->plan->records[handle];
    for (uint32_t c = 0; c < decl->column_count; c++) {
        if (strcmp(decl->columns[c].name.text, name) != 0) continue;
        kh_type type = decl->columns[c].type;
        bool is_number = type == KH_TYPE_DECIMAL || type == KH_TYPE_INT;
        if (type == KH_TYPE_ANY || type == KH_TYPE_BOOL || is_number == number) return KH_OK;
        return kh_fail(err, KH_EUSAGE,
                       number
                           ? "column '%s' of records \"%s\" is no number; declare columns = { %s "
                             "= \"number\" }"
                           : "column '%s' of records \"%s\" is a number; a text is wanted",
                       name, decl->name.text, name);
    }
    return kh_fail(err, KH_EUSAGE, "records \"%s\" keeps no column '%s'; add it to its columns",
                   decl->name.text, name);
}

static bool records_of_nobody(const kh_sheet *sheet, kh_handle handle)
{
    const kh_plan *plan = full(sheet)->plan;
    const kh_dataset_decl *dataset = &plan->datasets[plan->records[handle].dataset];
    return !dataset->subject.text && !dataset->owner.text;
}

/* ---- constant tables ----------------------------------------------------------------------- */

static kh_handle find_lookup(const kh_sheet *sheet, const char *name)
{
    const kh_plan *plan = full(sheet)->plan;
    for (uint32_t i = 0; i < plan->lookup_count; i++) {
        if (plan->lookups[i].rows && !strcmp(plan->lookups[i].name.text, name)) return (kh_handle)i;
    }
    return -1;
}

static uint32_t lookup_rows(const kh_sheet *sheet, kh_handle handle)
{
    return full(sheet)->plan->lookups[handle].rows->list_count;
}

static const kh_setting *lookup_cell(const kh_sheet *sheet, kh_handle handle, uint32_t row,
                                     const char *name, kh_setting_kind kind, kh_error *err)
{
    const kh_lookup_decl *decl = &full(sheet)->plan->lookups[handle];
    for (uint32_t c = 0; c < decl->column_count; c++) {
        if (strcmp(decl->columns[c].name.text, name) != 0) continue;
        const kh_setting *cell = decl->rows->list[row]->list[c];
        if (cell->kind == kind) return cell;
        kh_fail(err, KH_EUSAGE, "column '%s' of lookup \"%s\" holds %s, not %s", name,
                decl->name.text, kh_setting_kind_name(cell->kind), kh_setting_kind_name(kind));
        return NULL;
    }
    kh_fail(err, KH_EUSAGE, "lookup \"%s\" has no column '%s'", decl->name.text, name);
    return NULL;
}

static kh_status lookup_text(const kh_sheet *sheet, kh_handle handle, uint32_t row,
                             const char *name, const char **out, kh_error *err)
{
    const kh_setting *cell = lookup_cell(sheet, handle, row, name, KH_SETTING_TEXT, err);
    if (!cell) return KH_EUSAGE;
    *out = cell->text;
    return KH_OK;
}

static kh_status lookup_number(const kh_sheet *sheet, kh_handle handle, uint32_t row,
                               const char *name, kh_decimal *out, kh_error *err)
{
    const kh_setting *cell = lookup_cell(sheet, handle, row, name, KH_SETTING_NUMBER, err);
    if (!cell) return KH_EUSAGE;
    *out = cell->number;
    return KH_OK;
}

/* ---- writing ------------------------------------------------------------------------------- */

/* Titles and rules repeat for every subject: keep each text once. */
static const char *keep(kh_full_sheet *f, const char *text)
{
    if (!text) return NULL;
    uint32_t number = kh_names_add(&f->texts, text, strlen(text)); /* may move the items */
    return f->texts.items[number].text;
}

static const char *keep_or_empty(kh_full_sheet *f, const char *text)
{
    return keep(f, text ? text : "");
}

static kh_handle add_any_column(kh_full_sheet *f, const kh_column *added, kh_decimal *values,
                                kh_decimal constant)
{
    if (f->column_count == f->column_room) {
        f->column_room = f->column_room ? f->column_room * 2 : 64;
        f->columns = realloc(f->columns, f->column_room * sizeof *f->columns);
        f->values = realloc(f->values, f->column_room * sizeof *f->values);
        f->constants = realloc(f->constants, f->column_room * sizeof *f->constants);
        if (!f->columns || !f->values || !f->constants) abort();
    }
    f->columns[f->column_count] = (kh_column){keep(f, added->name), keep_or_empty(f, added->title),
                                              keep_or_empty(f, added->unit), added->places};
    f->values[f->column_count] = values;
    f->constants[f->column_count] = constant;
    return (kh_handle)f->column_count++;
}

static kh_handle add_column(kh_sheet *sheet, const kh_column *added)
{
    kh_full_sheet *f = full(sheet);
    kh_handle found = find(sheet, added->name);
    if (found >= (kh_handle)f->first_added) return found;
    kh_decimal *values = kh_arena_array(&f->arena, f->count + 1, sizeof *values);
    for (uint32_t s = 0; s < f->count; s++) values[s] = KH_ABSENT;
    return add_any_column(f, added, values, KH_ABSENT);
}

static void give_records(kh_sheet *sheet, kh_handle handle, const kh_gift *gifts, uint32_t count)
{
    kh_full_sheet *f = full(sheet);
    kh_records *records = &f->facts->records[handle];
    uint32_t *starts = records->starts;
    assert(records->pool && count <= records->pool_count);
    records->keys = kh_arena_array(&f->arena, count + 1, sizeof *records->keys);
    records->why = kh_arena_array(&f->arena, count + 1, sizeof *records->why);
    memset(starts, 0, (f->count + 2) * sizeof *starts);
    for (uint32_t i = 0; i < count; i++) starts[gifts[i].subject + 2]++;
    for (uint32_t s = 0; s < f->count; s++) starts[s + 2] += starts[s + 1];
    /* starts[s + 1] runs from the first row of s to behind its last. */
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = starts[gifts[i].subject + 1]++;
        records->order[at] = records->pool[gifts[i].row];
        records->keys[at] = keep(f, gifts[i].key);
        records->why[at] = keep(f, gifts[i].why);
    }
}

static void set_value(kh_sheet *sheet, kh_handle handle, uint32_t s, kh_decimal number)
{
    kh_full_sheet *f = full(sheet);
    if (handle >= (kh_handle)f->first_added) f->values[handle][s] = number;
}

/* The next free element of a card's array. A stage that writes one card after the other fills
   arrays without a gap; one that comes back later moves them. */
static void *next_element(kh_full_sheet *f, const void **array, uint32_t *count, uint32_t *room,
                          size_t size)
{
    if (*count == *room && *room &&
        kh_arena_extend(&f->arena, *array, *room * size, (*room + 1) * size)) {
        ++*room;
    } else if (*count == *room) {
        *room += *room / 2 + 1;
        void *bigger = kh_arena_array(&f->arena, *room, size);
        if (*count) memcpy(bigger, *array, *count * size);
        *array = bigger;
    }
    return (char *)(uintptr_t)*array + (*count)++ * size;
}

static void add_item(kh_sheet *sheet, uint32_t s, const kh_item *item)
{
    kh_full_sheet *f = full(sheet);
    card *c = &f->cards[s];
    kh_item *to = next_element(f, (const void **)&c->shown.items, &c->shown.item_count,
                               &c->item_room, sizeof *to);
    *to = *item;
    to->name = keep_or_empty(f, item->name);
    to->title = keep_or_empty(f, item->title);
    to->unit = keep_or_empty(f, item->unit);
    to->rule = keep_or_empty(f, item->rule);
    to->reason = keep(f, item->reason);
}

static void add_step(kh_sheet *sheet, uint32_t s, const kh_step *step)
{
    kh_full_sheet *f = full(sheet);
    card *c = &f->cards[s];
    kh_step *to = next_element(f, (const void **)&c->shown.steps, &c->shown.step_count,
                               &c->step_room, sizeof *to);
    *to = (kh_step){keep_or_empty(f, step->stage), keep_or_empty(f, step->rule),
                    keep_or_empty(f, step->text), step->outcome};
}

static void add_pay(kh_sheet *sheet, uint32_t s, const kh_pay *pay)
{
    kh_full_sheet *f = full(sheet);
    card *c = &f->cards[s];
    kh_pay *to = next_element(f, (const void **)&c->shown.pays, &c->shown.pay_count, &c->pay_room,
                              sizeof *to);
    *to = (kh_pay){keep_or_empty(f, pay->name), keep_or_empty(f, pay->title), pay->amount,
                   keep_or_empty(f, pay->rule)};
}

static void add_note(kh_sheet *sheet, uint32_t s, const char *text)
{
    kh_full_sheet *f = full(sheet);
    card *c = &f->cards[s];
    const char **to = next_element(f, (const void **)&c->shown.notes, &c->shown.note_count,
                                   &c->note_room, sizeof *to);
    *to = keep_or_empty(f, text);
}

static void set_score(kh_sheet *sheet, uint32_t s, kh_decimal score, int32_t places)
{
    full(sheet)->cards[s].shown.score = score;
    full(sheet)->cards[s].shown.score_places = places;
}

static void set_rank(kh_sheet *sheet, uint32_t s, uint32_t rank)
{
    full(sheet)->cards[s].shown.rank = rank;
}

static void set_band(kh_sheet *sheet, uint32_t s, const char *band)
{
    full(sheet)->cards[s].shown.band = keep(full(sheet), band);
}

static void set_grade(kh_sheet *sheet, uint32_t s, const char *grade)
{
    full(sheet)->cards[s].shown.grade = keep(full(sheet), grade);
}

/* Where a project or the program lies is nothing that results may depend on: "/srv/x/kaohe.lua:3"
   becomes "kaohe.lua:3", a file of the program "scripts/...". */
static const char *shorten(kh_full_sheet *f, const char *text)
{
    const char *folder = f->plan->folder, *own;
    size_t n = strlen(folder);
    kh_buf out = {0};
    kh_buf_text(&out, "");
    for (const char *at = text; *at;) {
        size_t path = *at == '/' ? strcspn(at, ": '\"\n") : 0;
        if (path && !strncmp(at, folder, n) && at[n] == '/') { /* may have spaces */
            at += n + 1;
        } else if (path && (own = strstr(at, "/scripts/")) && own < at + path) {
            at = own + 1;
        } else {
            size_t step = path ? path : 1;
            kh_buf_add(&out, at, step);
            at += step;
        }
    }
    const char *kept = keep(f, out.data);
    kh_buf_fini(&out);
    return kept;
}

void kh_sheet_fail(kh_full_sheet *sheet, uint32_t s, const char *text)
{
    kh_card *shown = &sheet->cards[s].shown;
    if (!shown->failed) shown->failed = shorten(sheet, text);
}

static void fail(kh_sheet *sheet, uint32_t s, const char *text)
{
    kh_sheet_fail(full(sheet), s, kh_tr(text));
}

static const kh_sheet_ops ops = {.size = sizeof ops,
                                 .subject_count = subject_count,
                                 .subject = subject,
                                 .period = period,
                                 .find = find,
                                 .column = column,
                                 .value = value,
                                 .card = get_card,
                                 .failed = has_failed,
                                 .find_records = find_records,
                                 .record_count = record_count,
                                 .record_text = record_text,
                                 .record_number = record_number,
                                 .find_lookup = find_lookup,
                                 .lookup_rows = lookup_rows,
                                 .lookup_text = lookup_text,
                                 .lookup_number = lookup_number,
                                 .add_column = add_column,
                                 .set_value = set_value,
                                 .add_item = add_item,
                                 .add_step = add_step,
                                 .add_pay = add_pay,
                                 .add_note = add_note,
                                 .set_score = set_score,
                                 .set_rank = set_rank,
                                 .set_band = set_band,
                                 .set_grade = set_grade,
                                 .fail = fail,
                                 .check_record = check_record,
                                 .records_of_nobody = records_of_nobody,
                                 .give_records = give_records};

/* ---- the sheet ----------------------------------------------------------------------------- */

static void add_plan_columns(kh_full_sheet *f, const kh_decimal *metrics)
{
    const kh_plan *plan = f->plan;
    for (uint32_t i = 0; i < plan->measure_count; i++) {
        const kh_measure_decl *decl = &plan->measures[i];
        kh_column c = {decl->name.text, decl->title, decl->unit, decl->places};
        kh_decimal *values = f->facts ? f->facts->values + (size_t)i * f->count : NULL;
        add_any_column(f, &c, values, KH_ABSENT);
    }
    for (uint32_t i = 0; i < plan->metric_count; i++) {
        const kh_metric_decl *decl = &plan->metrics[i];
        kh_column c = {decl->name.text, decl->title, decl->unit, decl->places};
        add_any_column(f, &c, metrics ? (kh_decimal *)metrics + (size_t)i * f->count : NULL,
                       KH_ABSENT);
    }
    for (uint32_t i = 0; i < plan->param_count; i++) {
        const kh_param_decl *decl = &plan->params[i];
        if (decl->value->kind != KH_SETTING_NUMBER || find(&f->view, decl->name.text) >= 0)
            continue;
        kh_column c = {decl->name.text, decl->title, decl->unit, KH_PLACES_OWN};
        add_any_column(f, &c, NULL, decl->value->number);
    }
    f->first_added = f->column_count;
}

/* Rows of nobody are nobody's again: what another sheet gave does not count. */
static void take_back_records(const kh_facts *facts)
{
    for (uint32_t i = 0; i < facts->records_count; i++) {
        if (!facts->records[i].pool) continue;
        memset(facts->records[i].starts, 0, (facts->subject_count + 2) * sizeof(uint32_t));
        facts->records[i].keys = facts->records[i].why = NULL;
    }
}

kh_full_sheet *kh_sheet_new(const kh_plan *plan, const kh_facts *facts, const kh_decimal *metrics)
{
    kh_full_sheet *f = calloc(1, sizeof *f);
    if (!f) abort();
    f->view.ops = &ops;
    f->plan = plan;
    f->facts = facts;
    f->count = facts ? facts->subject_count : 0;
    f->arena.spill = f->texts.arena.spill = facts ? facts->arena.spill : NULL;
    f->cards = kh_arena_array(&f->arena, f->count + 1, sizeof *f->cards);
    add_plan_columns(f, metrics);
    if (facts) take_back_records(facts);
    for (uint32_t s = 0; s < f->count; s++) {
        kh_card *shown = &f->cards[s].shown;
        shown->subject = &f->facts->subjects[s];
        shown->score = KH_ABSENT;
        shown->score_places = KH_PLACES_OWN;
    }
    return f;
}

void kh_sheet_free(kh_full_sheet *sheet)
{
    if (!sheet) return;
    free(sheet->columns);
    free(sheet->values);
    free(sheet->constants);
    kh_names_fini(&sheet->texts);
    kh_arena_fini(&sheet->arena);
    free(sheet);
}

uint32_t kh_sheet_width(const kh_sheet *sheet)
{
    return full(sheet)->column_count;
}

kh_sheet *kh_sheet_view(kh_full_sheet *sheet)
{
    return &sheet->view;
}

/* Values lie column by column; a card shows them row by row. */
static const kh_decimal *row_of(kh_full_sheet *f, uint32_t from, uint32_t count, uint32_t s)
{
    kh_decimal *row = kh_arena_array(&f->arena, count + 1, sizeof *row);
    for (uint32_t i = 0; i < count; i++) row[i] = f->values[from + i][s];
    return row;
}

static void add_excluded(kh_full_sheet *f)
{
    for (uint32_t i = 0; i < f->facts->left_out_count;) {
        uint32_t s = f->facts->left_out[i].subject, n = 0;
        while (i + n < f->facts->left_out_count && f->facts->left_out[i + n].subject == s) n++;
        kh_excluded *rows = kh_arena_array(&f->arena, n, sizeof *rows);
        for (uint32_t k = 0; k < n; k++) {
            const kh_left_out *out = &f->facts->left_out[i + k];
            const kh_measure_decl *decl = &f->plan->measures[out->measure];
            rows[k] = (kh_excluded){decl->name.text, out->key, out->rule, out->amount};
        }
        f->cards[s].shown.excluded = rows;
        f->cards[s].shown.excluded_count = n;
        i += n;
    }
}

static void add_given(kh_full_sheet *f)
{
    uint32_t count = 0;
    for (uint32_t r = 0; r < f->facts->records_count; r++) {
        if (f->facts->records[r].why) count += f->facts->records[r].starts[f->count];
    }
    kh_given *given = kh_arena_array(&f->arena, count + 1, sizeof *given);
    uint32_t n = 0;
    for (uint32_t s = 0; s < f->count; s++) {
        for (uint32_t r = 0; r < f->facts->records_count; r++) {
            const kh_records *records = &f->facts->records[r];
            for (uint32_t i = records->starts[s]; records->why && i < records->starts[s + 1]; i++) {
                given[n++] =
                    (kh_given){s, records->decl->name.text, records->keys[i], records->why[i]};
            }
        }
    }
    f->results.given = given;
    f->results.given_count = n;
}

/* Where no stage ranks, the score does: equal scores share a place (rulebook PR-16). */
static void rank_by_score(kh_full_sheet *f, kh_card *cards)
{
    kh_decimal *scores = kh_arena_array(&f->arena, f->count + 1, sizeof *scores);
    uint32_t *places = kh_arena_array(&f->arena, f->count + 1, sizeof *places);
    for (uint32_t s = 0; s < f->count; s++) {
        if (cards[s].rank) return;
        scores[s] = cards[s].failed ? KH_ABSENT : cards[s].score;
    }
    kh_rule_rank(scores, f->count, false, places);
    for (uint32_t s = 0; s < f->count; s++) cards[s].rank = places[s];
}

const kh_results *kh_sheet_results(kh_full_sheet *f, kh_date as_of)
{
    const kh_plan *plan = f->plan;
    /* Columns that stages added are shown behind the metrics: they are results, too. */
    uint32_t added = f->column_count - f->first_added, metrics = plan->metric_count + added;
    kh_column *columns = kh_arena_array(&f->arena, metrics + 1, sizeof *columns);
    memcpy(columns, f->columns + plan->measure_count, plan->metric_count * sizeof *columns);
    memcpy(columns + plan->metric_count, f->columns + f->first_added, added * sizeof *columns);
    const char **fields = kh_arena_array(&f->arena, plan->subject.field_count + 1, sizeof *fields);
    for (uint32_t i = 0; i < plan->subject.field_count; i++)
        fields[i] = plan->subject.fields[i].text;
    kh_card *cards = kh_arena_array(&f->arena, f->count + 1, sizeof *cards);
    add_excluded(f);
    for (uint32_t s = 0; s < f->count; s++) {
        cards[s] = f->cards[s].shown;
        cards[s].measures = row_of(f, 0, plan->measure_count, s);
        kh_decimal *row = kh_arena_array(&f->arena, metrics + 1, sizeof *row);
        for (uint32_t i = 0; i < metrics; i++) {
            uint32_t from = i < plan->metric_count ? plan->measure_count + i
                                                   : f->first_added + i - plan->metric_count;
            row[i] = f->values[from][s];
        }
        cards[s].metrics = row;
        if (s % 1024 == 0) kh_spill_rest(f->arena.spill);
    }
    rank_by_score(f, cards);
    kh_names_close(&f->texts);
    f->results = (kh_results){.size = sizeof f->results,
                              .project = plan->title,
                              .organisation = plan->organisation,
                              .scheme = plan->scheme.name,
                              .scheme_title = plan->scheme.title,
                              .scheme_version = plan->scheme.version,
                              .period = f->facts->period,
                              .as_of = as_of,
                              .measures = f->columns,
                              .measure_count = plan->measure_count,
                              .metrics = columns,
                              .metric_count = metrics,
                              .fields = fields,
                              .field_count = plan->subject.field_count,
                              .cards = cards,
                              .card_count = f->count};
    add_given(f);
    return &f->results;
}
