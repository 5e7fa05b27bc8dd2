/* From statements to the plan: what all of them share, and those without a name. */
#include "scheme/build.h"

#include "base/text.h"

#include <kaohe/strategy.h>
#include <stdlib.h>
#include <string.h>

kh_word kh_build_word(const kh_setting *table, const char *key)
{
    const kh_setting *value = kh_setting_get(table, key);
    if (!value || value->kind != KH_SETTING_TEXT) return (kh_word){0};
    return (kh_word){value->text, value->place};
}

kh_arena *kh_build_arena(kh_building *b)
{
    return &b->plan->arena;
}

void kh_build_refuse(kh_building *b, kh_place place, const char *what, const char *name,
                     const char *const *names)
{
    const char *near = kh_text_nearest(name, names);
    if (near) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, place, "there is no %s '%s'; did you mean '%s'?",
                    kh_tr(what), name, near);
    } else {
        kh_diag_add(b->diags, KH_DIAG_ERROR, place, "there is no %s '%s'", kh_tr(what), name);
    }
}

int32_t kh_build_source(kh_building *b, const kh_word *word)
{
    const kh_plan *plan = b->plan;
    const char **names = kh_arena_array(kh_build_arena(b), plan->source_count + 1, sizeof *names);
    for (uint32_t i = 0; i < plan->source_count; i++) {
        names[i] = plan->sources[i].name.text;
        if (word->text && !strcmp(names[i], word->text)) return (int32_t)i;
    }
    if (word->text) {
        const char *near = kh_text_nearest(word->text, names);
        if (near) {
            kh_diag_add(b->diags, KH_DIAG_ERROR, word->place,
                        "there is no source '%s'; did you mean '%s'?", word->text, near);
        } else {
            kh_diag_add(b->diags, KH_DIAG_ERROR, word->place,
                        "there is no source '%s'; add it to `sources` in kaohe.lua", word->text);
        }
    }
    return -1;
}

bool kh_build_fill(kh_building *b, const kh_statement *s, const kh_option *options, void *out)
{
    char what[160];
    snprintf(what, sizeof what, s->name ? "%s \"%s\"" : "%s", kh_word_name(s->kind), s->name);
    return kh_options_fill(out, options, s->table, s->place, what, &b->options, kh_build_arena(b),
                           b->diags);
}

static uint32_t count_kind(const kh_building *b, kh_word_kind kind)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->statements->count; i++) n += b->statements->items[i].kind == kind;
    return n;
}

bool kh_build_is_again(kh_building *b, const kh_statement *s, const kh_word *earlier)
{
    if (!earlier->text || strcmp(earlier->text, s->name) != 0) return false;
    kh_diag_add(b->diags, KH_DIAG_ERROR, s->name_place,
                "'%s' is declared twice; the first is on line %d", s->name, earlier->place.line);
    return true;
}

kh_word kh_build_name(const kh_statement *s)
{
    return (kh_word){s->name, s->name_place};
}

/* ---- statements without a name ------------------------------------------------------------- */

static void build_scheme(kh_building *b, const kh_statement *s)
{
    struct {
        const char *title, *version, *regulation;
    } f = {0};
    static const kh_option options[] = {
        {.key = "title", .type = KH_OPT_TEXT, .offset = 0, .help = "title of the regulation"},
        {.key = "version", .type = KH_OPT_TEXT, .offset = sizeof(char *), .help = "version, shown"},
        {.key = "regulation",
         .type = KH_OPT_TEXT,
         .offset = 2 * sizeof(char *),
         .help = "the document it follows"},
        {0}};
    kh_build_fill(b, s, options, &f);
    if (f.title) b->plan->scheme.title = f.title;
    if (f.version) b->plan->scheme.version = f.version;
    if (f.regulation) b->plan->scheme.regulation = f.regulation;
}

typedef struct subject_fields {
    const char *from, *key, *name, *group, *where;
    const kh_setting *fields, *active;
} subject_fields;

static const kh_option subject_options[] = {
    KH_BUILD_FIELD(subject_fields, from, KH_OPT_TEXT, KH_OPT_REQUIRED,
                   "the source with one row a subject"),
    KH_BUILD_FIELD(subject_fields, key, KH_OPT_TEXT, KH_OPT_REQUIRED,
                   "the column with the unique key"),
    KH_BUILD_FIELD(subject_fields, name, KH_OPT_TEXT, 0, "the column with the name"),
    KH_BUILD_FIELD(subject_fields, group, KH_OPT_TEXT, 0, "the column with the branch or team"),
    KH_BUILD_FIELD(subject_fields, where, KH_OPT_TEXT, 0, "condition for rows that are scored"),
    KH_BUILD_FIELD(subject_fields, fields, KH_OPT_SETTING, 0,
                   "other columns for scorecards and formulas"),
    KH_BUILD_FIELD(subject_fields, active, KH_OPT_SETTING, 0,
                   "{ \"first day\", \"first day after\" } columns"),
    {0}};

static void build_subject(kh_building *b, const kh_statement *s)
{
    kh_plan *plan = b->plan;
    subject_fields f = {0};
    if (plan->subject.place.line) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, s->place,
                    "subject is declared twice; the first is on line %d", plan->subject.place.line);
        return;
    }
    plan->subject.place = s->place;
    kh_build_fill(b, s, subject_options, &f);
    kh_word from = kh_build_word(s->table, "from");
    int32_t source = kh_build_source(b, &from);
    plan->subject.source = source < 0 ? 0 : (uint32_t)source;
    plan->subject.key = kh_build_word(s->table, "key");
    plan->subject.name = kh_build_word(s->table, "name");
    plan->subject.group = kh_build_word(s->table, "group");
    plan->subject.where = kh_build_word(s->table, "where");
    plan->subject.active = kh_build_span(b, f.active);
    const kh_setting *fields = f.fields;
    if (!fields) return;
    if (fields->kind != KH_SETTING_TABLE) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, fields->place,
                    "fields wants columns: { \"post\", branch = \"branch.name\" }");
        return;
    }
    uint32_t room = fields->list_count + fields->entry_count + 1;
    plan->subject.fields = kh_arena_array(kh_build_arena(b), room, sizeof(kh_word));
    plan->subject.field_values = kh_arena_array(kh_build_arena(b), room, sizeof(kh_word));
    for (uint32_t i = 0; i < room - 1; i++) {
        bool listed = i < fields->list_count;
        const kh_setting *value =
            listed ? fields->list[i] : fields->entries[i - fields->list_count].value;
        if (value->kind != KH_SETTING_TEXT) {
            kh_diag_add(b->diags, KH_DIAG_ERROR, value->place,
                        "a field is a column or an expression");
            continue;
        }
        uint32_t n = plan->subject.field_count++;
        plan->subject.field_values[n] = (kh_word){value->text, value->place};
        plan->subject.fields[n] = plan->subject.field_values[n];
        if (!listed) {
            const kh_entry *entry = &fields->entries[i - fields->list_count];
            plan->subject.fields[n] = (kh_word){entry->key, entry->key_place};
        }
    }
}

static void build_calendar(kh_building *b, const kh_statement *s)
{
    struct {
        const char *from, *date, *kind;
    } f = {0};
    static const kh_option options[] = {
        {.key = "from",
         .type = KH_OPT_TEXT,
         .offset = 0,
         .flags = KH_OPT_REQUIRED,
         .help = "the source with holidays"},
        {.key = "date", .type = KH_OPT_TEXT, .offset = sizeof(char *), .help = "its day column"},
        {.key = "kind",
         .type = KH_OPT_TEXT,
         .offset = 2 * sizeof(char *),
         .help = "column: holiday or makeup (调休)"},
        {0}};
    kh_build_fill(b, s, options, &f);
    kh_word from = kh_build_word(s->table, "from");
    b->plan->calendar.source = kh_build_source(b, &from);
    b->plan->calendar.date = kh_build_word(s->table, "date");
    if (!b->plan->calendar.date.text) b->plan->calendar.date = (kh_word){"date", s->place};
    b->plan->calendar.kind = kh_build_word(s->table, "kind");
}

static void build_stage(kh_building *b, const kh_setting *value)
{
    kh_plan *plan = b->plan;
    kh_stage_decl *stage = &plan->stages[plan->stage_count];
    if (value->kind == KH_SETTING_FUNCTION) {
        stage->name = (kh_word){"function", value->place};
        stage->function = value->ref;
    } else if (value->kind == KH_SETTING_PLUGIN) {
        kh_error err = KH_ERROR_INIT;
        stage->name = (kh_word){value->text, value->place};
        stage->options = value;
        if (kh_registry_get(b->registry, KH_STRATEGY, value->text, &stage->plugin, &err) < 0) {
            kh_diag_error(b->diags, value->place, &err);
            return;
        }
    } else {
        kh_diag_add(b->diags, KH_DIAG_ERROR, value->place,
                    "a stage of score is a strategy like weighted { ... } or a function, not %s",
                    kh_setting_kind_name(value->kind));
        return;
    }
    plan->stage_count++;
}

static void build_score(kh_building *b, const kh_statement *s)
{
    kh_plan *plan = b->plan;
    if (plan->stages) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, s->place,
                    "score is declared twice; make it one chain");
        return;
    }
    plan->stages =
        kh_arena_array(kh_build_arena(b), s->table->list_count + 1, sizeof *plan->stages);
    for (uint32_t i = 0; i < s->table->entry_count; i++) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, s->table->entries[i].key_place,
                    "score is a list of stages; '%s = ...' does not belong there",
                    s->table->entries[i].key);
    }
    for (uint32_t i = 0; i < s->table->list_count; i++) build_stage(b, s->table->list[i]);
}

/* ---- all of them --------------------------------------------------------------------------- */

static void reserve(kh_building *b)
{
    kh_plan *plan = b->plan;
    kh_arena *arena = kh_build_arena(b);
    uint32_t implicit = count_kind(b, KH_WORD_MEASURE) + count_kind(b, KH_WORD_RECORDS);
    plan->datasets = kh_arena_array(arena, count_kind(b, KH_WORD_DATASET) + implicit + 1,
                                    sizeof *plan->datasets);
    plan->lookups = kh_arena_array(arena, count_kind(b, KH_WORD_LOOKUP) + 1, sizeof *plan->lookups);
    plan->owners = kh_arena_array(arena, count_kind(b, KH_WORD_OWNER) + 1, sizeof *plan->owners);
    plan->measures =
        kh_arena_array(arena, count_kind(b, KH_WORD_MEASURE) + 1, sizeof *plan->measures);
    plan->records =
        kh_arena_array(arena, count_kind(b, KH_WORD_RECORDS) + 1, sizeof *plan->records);
    plan->params = kh_arena_array(arena, count_kind(b, KH_WORD_PARAM) + 1, sizeof *plan->params);
    plan->metrics = kh_arena_array(arena, count_kind(b, KH_WORD_METRIC) + 1, sizeof *plan->metrics);
    plan->calendar.source = -1;
}

void kh_build_statements(kh_building *b)
{
    static const struct {
        kh_word_kind kind;
        void (*build)(kh_building *, const kh_statement *);
    } order[] = {{KH_WORD_SCHEME, build_scheme},      {KH_WORD_SUBJECT, build_subject},
                 {KH_WORD_CALENDAR, build_calendar},  {KH_WORD_DATASET, kh_build_dataset},
                 {KH_WORD_LOOKUP, kh_build_lookup},   {KH_WORD_OWNER, kh_build_owner},
                 {KH_WORD_MEASURE, kh_build_measure}, {KH_WORD_RECORDS, kh_build_records},
                 {KH_WORD_PARAM, kh_build_param},     {KH_WORD_METRIC, kh_build_metric},
                 {KH_WORD_SCORE, build_score}};
    reserve(b);
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        for (uint32_t i = 0; i < b->statements->count; i++) {
            if (b->statements->items[i].kind == order[k].kind) {
                order[k].build(b, &b->statements->items[i]);
            }
        }
    }
    kh_build_check_owners(b);
}
