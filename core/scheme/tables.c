/* From statements to the plan: datasets, lookups and owners. */
#include "scheme/build.h"

#include "base/text.h"

#include <string.h>

/* ---- columns and spans --------------------------------------------------------------------- */

static bool parse_column_type(const char *text, kh_type *type, int *scale)
{
    static const struct {
        const char *name;
        kh_type type;
        int scale;
    } types[] = {{"text", KH_TYPE_TEXT, 0},    {"money", KH_TYPE_DECIMAL, 2},
                 {"rate", KH_TYPE_DECIMAL, 6}, {"number", KH_TYPE_DECIMAL, 6},
                 {"int", KH_TYPE_INT, 0},      {"date", KH_TYPE_DATE, 0},
                 {"bool", KH_TYPE_BOOL, 0}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i].name, text) != 0) continue;
        *type = types[i].type;
        *scale = types[i].scale;
        return true;
    }
    int used = 0;
    if (sscanf(text, "decimal(%d)%n", scale, &used) == 1 && !text[used] && *scale >= 0 &&
        *scale <= 18) {
        *type = KH_TYPE_DECIMAL;
        return true;
    }
    return false;
}

/* columns = { balance = "money", day = "date" } */
void kh_build_columns(kh_building *b, const kh_setting *table, kh_column_decl **out,
                      uint32_t *count)
{
    *count = 0;
    *out = NULL;
    if (!table) return;
    if (table->kind != KH_SETTING_TABLE) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, table->place,
                    "columns wants a table like { balance = \"money\", day = \"date\" }");
        return;
    }
    *out =
        kh_arena_array(kh_build_arena(b), table->entry_count + table->list_count + 1, sizeof **out);
    for (uint32_t i = 0; i < table->list_count; i++) { /* a bare name is text */
        const kh_setting *name = table->list[i];
        if (name->kind != KH_SETTING_TEXT) {
            kh_diag_add(b->diags, KH_DIAG_ERROR, name->place, "a column is a text, its name");
            continue;
        }
        (*out)[(*count)++] = (kh_column_decl){{name->text, name->place}, KH_TYPE_TEXT, 0};
    }
    for (uint32_t i = 0; i < table->entry_count; i++) {
        const kh_entry *entry = &table->entries[i];
        kh_column_decl column = {{entry->key, entry->key_place}, KH_TYPE_TEXT, 0};
        if (entry->value->kind != KH_SETTING_TEXT ||
            !parse_column_type(entry->value->text, &column.type, &column.scale)) {
            kh_diag_add(
                b->diags, KH_DIAG_ERROR, entry->value->place,
                "the type of column '%s' must be text, money, rate, number, decimal(N), int, "
                "date or bool",
                entry->key);
            continue;
        }
        (*out)[(*count)++] = column;
    }
}

/* valid = { "from_date", "to_date" } */
kh_span_decl kh_build_span(kh_building *b, const kh_setting *list)
{
    kh_span_decl span = {0};
    if (!list) return span;
    if (list->kind != KH_SETTING_TABLE || list->list_count != 2 ||
        list->list[0]->kind != KH_SETTING_TEXT || list->list[1]->kind != KH_SETTING_TEXT) {
        kh_diag_add(
            b->diags, KH_DIAG_ERROR, list->place,
            "write two columns, the first day and the first day after: { \"from\", \"to\" }");
        return span;
    }
    span.from = (kh_word){list->list[0]->text, list->list[0]->place};
    span.to = (kh_word){list->list[1]->text, list->list[1]->place};
    return span;
}

/* on = { account_id = "account_id" } or on = "account_id" */
static uint32_t build_on(kh_building *b, const kh_setting *on, kh_word **columns, kh_word **own)
{
    *columns = kh_arena_array(kh_build_arena(b), 9, sizeof **columns);
    *own = kh_arena_array(kh_build_arena(b), 9, sizeof **own);
    if (!on) return 0;
    if (on->kind == KH_SETTING_TEXT) {
        **columns = **own = (kh_word){on->text, on->place};
        return 1;
    }
    uint32_t count = 0;
    bool ok = on->kind == KH_SETTING_TABLE && on->entry_count + on->list_count <= 8;
    for (uint32_t i = 0; ok && i < on->list_count; i++) {
        ok = on->list[i]->kind == KH_SETTING_TEXT;
        (*columns)[count] = (*own)[count] = (kh_word){on->list[i]->text, on->list[i]->place};
        count++;
    }
    for (uint32_t i = 0; ok && i < on->entry_count; i++) {
        const kh_entry *entry = &on->entries[i];
        ok = entry->value->kind == KH_SETTING_TEXT;
        (*columns)[count] = (kh_word){entry->key, entry->key_place};
        (*own)[count] = (kh_word){entry->value->text, entry->value->place};
        count++;
    }
    if (!ok) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, on->place,
                    "on wants the key's columns: \"account_id\", or { column_here = "
                    "\"column_of_the_dataset\" }, at most 8");
        return 0;
    }
    return count;
}

/* ---- datasets, lookups, owners ------------------------------------------------------------- */

typedef struct dataset_fields {
    const char *from, *key, *owner, *period;
    const kh_setting *date, *subject, *columns;
    int32_t same_day, unknown;
} dataset_fields;

static const kh_option dataset_options[] = {
    KH_BUILD_FIELD(dataset_fields, from, KH_OPT_TEXT, 0,
                   "the source; default: the one of the same name"),
    KH_BUILD_FIELD(dataset_fields, key, KH_OPT_TEXT, 0, "the column that says what a row is about"),
    KH_BUILD_FIELD(dataset_fields, date, KH_OPT_SETTING, 0,
                   "the day column; false = rows carry no day"),
    KH_BUILD_FIELD(dataset_fields, period, KH_OPT_TEXT, 0,
                   "instead of date: a column with 2009Q1, 2009-03"),
    KH_BUILD_FIELD(dataset_fields, subject, KH_OPT_SETTING, 0,
                   "the column with the subject's key; false = rows belong to nobody yet"),
    KH_BUILD_FIELD(dataset_fields, owner, KH_OPT_TEXT, 0,
                   "instead of subject: an owner declaration"),
    KH_BUILD_FIELD(dataset_fields, columns, KH_OPT_SETTING, 0,
                   "types of columns: { balance = \"money\" }"),
    {.key = "same_day",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(dataset_fields, same_day),
     .help = "two rows of one key on one day",
     .choices = (const char *const[]){"error", "last", "sum", NULL}},
    {.key = "unknown",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(dataset_fields, unknown),
     .help = "rows of unknown subjects",
     .choices = (const char *const[]){"error", "ignore", NULL}},
    {0}};

/* Defaults: the day is in `date`, the subject in the column named like the subject's key. */
static void default_columns(const kh_building *b, kh_dataset_decl *d, bool undated, bool nobody)
{
    if (!d->date.text && !d->period.text && !undated) d->date = (kh_word){"date", d->name.place};
    if (!d->subject.text && !d->owner.text && !nobody) {
        d->subject = (kh_word){b->plan->subject.key.text, d->name.place};
    }
}

static bool is_false(const kh_setting *value)
{
    return value && value->kind == KH_SETTING_BOOL && !value->boolean;
}

void kh_build_dataset(kh_building *b, const kh_statement *s)
{
    kh_plan *plan = b->plan;
    for (uint32_t i = 0; i < plan->dataset_count; i++) {
        if (kh_build_is_again(b, s, &plan->datasets[i].name)) return;
    }
    dataset_fields f = {0};
    kh_build_fill(b, s, dataset_options, &f);
    kh_dataset_decl *d = &plan->datasets[plan->dataset_count++];
    d->name = kh_build_name(s);
    kh_word from = f.from ? kh_build_word(s->table, "from") : d->name;
    int32_t source = kh_build_source(b, &from);
    d->source = source < 0 ? 0 : (uint32_t)source;
    d->key = kh_build_word(s->table, "key");
    d->period = kh_build_word(s->table, "period");
    d->subject = kh_build_word(s->table, "subject");
    d->owner = kh_build_word(s->table, "owner");
    d->same_day = (kh_same_day)f.same_day;
    d->ignore_unknown = f.unknown == 1;
    bool undated = is_false(f.date), nobody = is_false(f.subject);
    d->date = kh_build_word(s->table, "date");
    if (f.date && !undated && !d->date.text) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, f.date->place,
                    "date is a column, or false for rows without a day");
    }
    if (f.subject && !nobody && !d->subject.text) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, f.subject->place,
                    "subject is a column, or false for rows that belong to nobody yet");
    }
    kh_build_columns(b, f.columns, &d->columns, &d->column_count);
    default_columns(b, d, undated, nobody);
}

/* The dataset of a measure: declared, or a source of that name taken as it is. */
int32_t kh_build_find_dataset(kh_building *b, const kh_word *of)
{
    kh_plan *plan = b->plan;
    for (uint32_t i = 0; of->text && i < plan->dataset_count; i++) {
        if (!strcmp(plan->datasets[i].name.text, of->text)) return (int32_t)i;
    }
    for (uint32_t i = 0; of->text && i < plan->source_count; i++) {
        if (strcmp(plan->sources[i].name.text, of->text) != 0) continue;
        kh_dataset_decl *d = &plan->datasets[plan->dataset_count];
        d->name = *of;
        d->source = i;
        default_columns(b, d, false, false);
        return (int32_t)plan->dataset_count++;
    }
    if (!of->text) return -1;
    const char **names = kh_arena_array(
        kh_build_arena(b), plan->dataset_count + plan->source_count + 1, sizeof *names);
    uint32_t n = 0;
    for (uint32_t i = 0; i < plan->dataset_count; i++) names[n++] = plan->datasets[i].name.text;
    for (uint32_t i = 0; i < plan->source_count; i++) names[n++] = plan->sources[i].name.text;
    kh_build_refuse(b, of->place, "dataset", of->text, names);
    return -1;
}

typedef struct lookup_fields {
    const char *from, *date, *where;
    const kh_setting *on, *valid, *band, *columns, *rows;
    int32_t at, within, pick;
} lookup_fields;

static const kh_option lookup_options[] = {
    KH_BUILD_FIELD(lookup_fields, from, KH_OPT_TEXT, 0,
                   "the source; default: the one of the same name"),
    KH_BUILD_FIELD(lookup_fields, on, KH_OPT_SETTING, 0,
                   "the key: { column_here = \"column_of_the_dataset\" }"),
    KH_BUILD_FIELD(lookup_fields, valid, KH_OPT_SETTING, 0,
                   "{ \"first day\", \"first day after\" } columns"),
    KH_BUILD_FIELD(lookup_fields, band, KH_OPT_SETTING, 0,
                   "{ of = \"term\", \"from\", \"below\" } columns"),
    KH_BUILD_FIELD(lookup_fields, date, KH_OPT_TEXT, 0, "the day column of an event table"),
    KH_BUILD_FIELD(lookup_fields, where, KH_OPT_TEXT, 0, "condition for rows that can be found"),
    KH_BUILD_FIELD(lookup_fields, columns, KH_OPT_SETTING, 0, "types of columns"),
    KH_BUILD_FIELD(lookup_fields, rows, KH_OPT_SETTING, 0, "constant rows instead of a source"),
    {.key = "at",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(lookup_fields, at),
     .help = "the day that decides: of the row, or the first or last of the period",
     .choices = (const char *const[]){"row", "start", "end", NULL}},
    {.key = "within",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(lookup_fields, within),
     .help = "events of which time",
     .choices = (const char *const[]){"ever", "period", "year", NULL}},
    {.key = "pick",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(lookup_fields, pick),
     .help = "which of several rows",
     .choices = (const char *const[]){"only", "first", "last", NULL}},
    {0}};

/* Constant rows: a list of lists; the first row fixes which columns are texts and numbers. */
static void check_rows(kh_building *b, kh_lookup_decl *l, const kh_setting *columns)
{
    const kh_setting *rows = l->rows;
    if (rows->kind != KH_SETTING_TABLE || rows->entry_count || !columns ||
        columns->kind != KH_SETTING_TABLE || columns->entry_count) {
        kh_diag_add(
            b->diags, KH_DIAG_ERROR, rows->place,
            "constant rows need columns = { \"grade\", \"least\" }, rows = { { \"A\", 60 }, ... }");
        l->rows = NULL;
        return;
    }
    for (uint32_t r = 0; r < rows->list_count; r++) {
        const kh_setting *row = rows->list[r];
        if (row->kind != KH_SETTING_TABLE || row->entry_count ||
            row->list_count != l->column_count) {
            kh_diag_add(b->diags, KH_DIAG_ERROR, row->place, "this row must have %u values",
                        l->column_count);
            l->rows = NULL;
            return;
        }
        for (uint32_t c = 0; c < row->list_count; c++) {
            kh_setting_kind kind = row->list[c]->kind;
            bool number = kind == KH_SETTING_NUMBER;
            if (r == 0 && number) {
                l->columns[c].type = KH_TYPE_DECIMAL;
                l->columns[c].scale = 6;
            }
            if ((l->columns[c].type == KH_TYPE_DECIMAL) != number ||
                (!number && kind != KH_SETTING_TEXT)) {
                kh_diag_add(b->diags, KH_DIAG_ERROR, row->list[c]->place,
                            "column '%s' mixes numbers and texts", l->columns[c].name.text);
                l->rows = NULL;
                return;
            }
        }
    }
}

void kh_build_lookup(kh_building *b, const kh_statement *s)
{
    kh_plan *plan = b->plan;
    for (uint32_t i = 0; i < plan->lookup_count; i++) {
        if (kh_build_is_again(b, s, &plan->lookups[i].name)) return;
    }
    lookup_fields f = {0};
    kh_build_fill(b, s, lookup_options, &f);
    kh_lookup_decl *l = &plan->lookups[plan->lookup_count++];
    l->name = kh_build_name(s);
    l->source = -1;
    l->rows = f.rows;
    kh_build_columns(b, f.columns, &l->columns, &l->column_count);
    if (f.rows) {
        check_rows(b, l, f.columns);
        if (!l->rows) plan->lookup_count--;
        return;
    }
    kh_word from = f.from ? kh_build_word(s->table, "from") : l->name;
    l->source = kh_build_source(b, &from);
    if (l->source < 0) l->source = 0;
    l->on_count = build_on(b, f.on, &l->on_column, &l->on_dataset);
    bool keyless =
        f.on && f.on->kind == KH_SETTING_TABLE && !f.on->list_count && !f.on->entry_count;
    if (l->on_count == 0 && !keyless) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, s->place,
                    "lookup \"%s\" needs its key: on = \"account_id\", or on = {} for rows found "
                    "by day only",
                    s->name);
    }
    l->valid = kh_build_span(b, f.valid);
    if (f.band) {
        l->band = kh_build_span(b, f.band);
        l->band.column = kh_build_word(f.band, "of");
        if (!l->band.column.text) {
            kh_diag_add(
                b->diags, KH_DIAG_ERROR, f.band->place,
                "band needs the dataset's column: { of = \"term\", \"term_from\", \"term_to\" }");
        }
    }
    l->date = kh_build_word(s->table, "date");
    l->where = kh_build_word(s->table, "where");
    l->at = (kh_at)f.at;
    l->within = (kh_within)f.within;
    l->pick = (kh_pick)f.pick;
}

typedef struct owner_fields {
    const char *from, *subject, *share;
    const kh_setting *on, *valid;
} owner_fields;

static const kh_option owner_options[] = {
    KH_BUILD_FIELD(owner_fields, from, KH_OPT_TEXT, 0,
                   "the source; default: the one of the same name"),
    KH_BUILD_FIELD(owner_fields, on, KH_OPT_SETTING, KH_OPT_REQUIRED, "the key of what is owned"),
    KH_BUILD_FIELD(owner_fields, subject, KH_OPT_TEXT, 0, "the column with the subject's key"),
    KH_BUILD_FIELD(owner_fields, share, KH_OPT_TEXT, 0,
                   "the column with the share; default: all of it"),
    KH_BUILD_FIELD(owner_fields, valid, KH_OPT_SETTING, 0,
                   "{ \"first day\", \"first day after\" } columns"),
    {0}};

void kh_build_owner(kh_building *b, const kh_statement *s)
{
    kh_plan *plan = b->plan;
    for (uint32_t i = 0; i < plan->owner_count; i++) {
        if (kh_build_is_again(b, s, &plan->owners[i].name)) return;
    }
    owner_fields f = {0};
    kh_build_fill(b, s, owner_options, &f);
    kh_owner_decl *o = &plan->owners[plan->owner_count++];
    o->name = kh_build_name(s);
    kh_word from = f.from ? kh_build_word(s->table, "from") : o->name;
    int32_t source = kh_build_source(b, &from);
    o->source = source < 0 ? 0 : (uint32_t)source;
    kh_word *columns, *own;
    if (build_on(b, f.on, &columns, &own) != 1 && f.on) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, f.on->place, "an owner has one key column");
    }
    o->on_column = *columns;
    o->on_dataset = *own;
    o->subject = kh_build_word(s->table, "subject");
    if (!o->subject.text) o->subject = (kh_word){plan->subject.key.text, s->place};
    o->share = kh_build_word(s->table, "share");
    o->valid = kh_build_span(b, f.valid);
}

void kh_build_check_owners(kh_building *b)
{
    const kh_plan *plan = b->plan;
    const char **names = kh_arena_array(kh_build_arena(b), plan->owner_count + 1, sizeof *names);
    for (uint32_t i = 0; i < plan->owner_count; i++) names[i] = plan->owners[i].name.text;
    for (uint32_t d = 0; d < plan->dataset_count; d++) {
        const kh_word *owner = &plan->datasets[d].owner;
        bool found = !owner->text;
        for (uint32_t i = 0; !found && names[i]; i++) found = !strcmp(names[i], owner->text);
        if (!found) kh_build_refuse(b, owner->place, "owner", owner->text, names);
    }
}
