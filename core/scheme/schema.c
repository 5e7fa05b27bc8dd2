/* Schemas of rules: parsing them, and checking JSON values against them. */
#include "scheme/schema.h"

#include "base/date.h"
#include "base/decimal.h"

#include <string.h>

enum { DEPTH_MOST = 16, FIELDS_MOST = 64, PLACES_MOST = 30, PATH_SIZE = 200 };

const kh_schema_field *kh_schema_find(const kh_schema *record, const char *name)
{
    for (uint32_t i = 0; i < record->field_count; i++) {
        if (!strcmp(record->fields[i].name, name)) return &record->fields[i];
    }
    return NULL;
}

const char *kh_schema_nearest(const kh_schema *record, const char *name)
{
    const char *names[FIELDS_MOST + 1];
    for (uint32_t i = 0; i < record->field_count; i++) names[i] = record->fields[i].name;
    names[record->field_count] = NULL;
    return kh_text_nearest(name, names);
}

/* ---- parsing ------------------------------------------------------------------------------- */

typedef struct reader {
    kh_arena *arena;
    const char *at;
    bool outputs;
    int depth;
    kh_error *err;
} reader;

static const char *const comparisons[] = {">=", ">", "<=", "<", NULL};

static void skip_blanks(reader *r)
{
    while (*r->at == ' ' || *r->at == '\n' || *r->at == '\t') r->at++;
}

static bool take(reader *r, char c)
{
    skip_blanks(r);
    if (*r->at != c) return false;
    r->at++;
    return true;
}

/* "at 'balance q, ...': there is no type" */
static kh_status refuse(reader *r, const char *at, const char *reason)
{
    size_t length = strcspn(at, "\n;");
    return kh_fail(r->err, KH_EUSAGE, "at '%.*s': %s",
                   kh_text_quoted(at, length < 40 ? length : 40), at, kh_tr(reason));
}

static kh_status read_fields(reader *r, kh_schema *record, char end);
static kh_status read_type(reader *r, kh_schema **out);

static kh_status read_words(reader *r, kh_schema *type)
{
    const char *from = r->at;
    const char **words = kh_arena_array(r->arena, FIELDS_MOST + 1, sizeof *words);
    uint32_t count = 0;
    type->kind = KH_SCHEMA_WORD;
    type->words = words;
    do {
        skip_blanks(r);
        size_t length = strcspn(r->at, "|) \n\t");
        if (length == 0 || count == FIELDS_MOST) return refuse(r, from, "write words like (a|b|c)");
        words[count++] = kh_arena_bytes(r->arena, r->at, length);
        r->at += length;
    } while (take(r, '|'));
    return take(r, ')') ? KH_OK : refuse(r, from, "a ')' is missing");
}

/* Behind n, r, p: how many decimals an output shows. */
static kh_status read_places(reader *r, kh_schema *type, const char *from)
{
    type->places = KH_PLACES_OWN;
    bool given = *r->at == 'x' || (*r->at >= '0' && *r->at <= '9');
    if (given != r->outputs) {
        return refuse(r, from,
                      r->outputs ? "say how many decimals are shown: n2, r6, or nx"
                                 : "only outputs say how many decimals are shown");
    }
    if (!given || *r->at == 'x') {
        r->at += given;
        return KH_OK;
    }
    for (type->places = 0; *r->at >= '0' && *r->at <= '9'; r->at++) {
        type->places = 10 * type->places + *r->at - '0';
        if (type->places > PLACES_MOST) return refuse(r, from, "there are at most 30 decimals");
    }
    return KH_OK;
}

static kh_status read_letter(reader *r, kh_schema *type)
{
    const char *from = r->at;
    static const struct {
        char letter;
        kh_schema_kind kind;
    } letters[] = {{'n', KH_SCHEMA_NUMBER}, {'r', KH_SCHEMA_NUMBER}, {'p', KH_SCHEMA_NUMBER},
                   {'i', KH_SCHEMA_WHOLE},  {'b', KH_SCHEMA_BOOL},   {'d', KH_SCHEMA_DAY},
                   {'m', KH_SCHEMA_MONTH},  {'t', KH_SCHEMA_TEXT},   {'g', KH_SCHEMA_GRADE},
                   {'o', KH_SCHEMA_WORD}};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (*r->at != letters[i].letter) continue;
        r->at++;
        type->kind = letters[i].kind;
        if (type->kind == KH_SCHEMA_WORD) type->words = comparisons;
        kh_status rc = type->kind == KH_SCHEMA_NUMBER ? read_places(r, type, from) : KH_OK;
        if (rc == KH_OK && *r->at && !strchr("?=,]}; \n\t", *r->at)) {
            return refuse(r, from, "there is no such type");
        }
        return rc;
    }
    return refuse(r, from,
                  "there is no such type; write n i r p b d m t g o, (a|b), [type] or "
                  "{fields}");
}

static kh_status read_list(reader *r, kh_schema *type, const char *from)
{
    kh_schema *element;
    type->kind = KH_SCHEMA_LIST;
    kh_status rc = read_type(r, &element);
    if (rc < 0) return rc;
    type->element = element;
    if (element->nullable) return refuse(r, from, "elements of a list cannot be null");
    return take(r, ']') ? KH_OK : refuse(r, from, "a ']' is missing");
}

static kh_status read_type(reader *r, kh_schema **out)
{
    kh_schema *type = *out = kh_arena_alloc(r->arena, sizeof *type);
    skip_blanks(r);
    const char *from = r->at;
    if (++r->depth > DEPTH_MOST) return refuse(r, from, "types are nested too deeply");
    kh_status rc;
    if (take(r, '{')) {
        type->kind = KH_SCHEMA_RECORD;
        rc = read_fields(r, type, '}');
    } else if (take(r, '[')) {
        rc = read_list(r, type, from);
    } else if (take(r, '(')) {
        rc = read_words(r, type);
    } else {
        rc = read_letter(r, type);
    }
    r->depth--;
    if (rc == KH_OK && *r->at == '?') {
        r->at++;
        type->nullable = true;
    }
    return rc;
}

/* The default: a bare word, or [a, b] for a list. */
static kh_status read_default(reader *r, const kh_schema *type, const char *name, kh_json **out)
{
    const char *from = r->at;
    if (r->outputs) return refuse(r, from, "outputs have no defaults");
    size_t length = *from == '[' ? strcspn(from, "]") + 1 : strcspn(from, ",]}; \n\t");
    if (length > strlen(from)) return refuse(r, from, "a ']' is missing");
    r->at += length;
    kh_status rc =
        kh_schema_read(type, r->arena, name, kh_arena_bytes(r->arena, from, length), out, r->err);
    return rc == KH_OK ? kh_schema_check(type, *out, name, r->err) : rc;
}

static kh_status read_field(reader *r, kh_schema *record)
{
    skip_blanks(r);
    const char *from = r->at;
    size_t length = strspn(from, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (length == 0) return refuse(r, from, "a name with small letters is needed");
    const char *name = kh_arena_bytes(r->arena, from, length);
    if (kh_schema_find(record, name)) return refuse(r, from, "the name is taken");
    if (record->field_count == FIELDS_MOST) return refuse(r, from, "there are too many fields");
    kh_schema_field *field = &record->fields[record->field_count++];
    field->name = name;
    r->at += length;
    kh_schema *type;
    kh_json *value = NULL;
    kh_status rc = read_type(r, &type);
    if (rc < 0) return rc;
    field->type = type;
    if (take(r, '=')) {
        rc = read_default(r, type, field->name, &value);
        field->otherwise = value;
    }
    return rc;
}

static kh_status read_fields(reader *r, kh_schema *record, char end)
{
    record->fields = kh_arena_array(r->arena, FIELDS_MOST + 1, sizeof *record->fields);
    record->optional = !r->outputs;
    bool more = !take(r, end);
    while (more) {
        kh_status rc = read_field(r, record);
        if (rc < 0) return rc;
        const kh_schema_field *field = &record->fields[record->field_count - 1];
        record->optional &= field->otherwise || field->type->optional;
        const char *at = r->at;
        more = take(r, ',');
        if (!more && !take(r, end)) return refuse(r, at, "a ',' or the end is missing");
        skip_blanks(r);
        if (more && *r->at == end) { /* a comma behind the last one */
            r->at++;
            more = false;
        }
    }
    return KH_OK;
}

kh_status kh_schema_parse(const kh_schema **out, kh_arena *arena, const char *text, bool outputs,
                          kh_error *err)
{
    kh_schema *record = kh_arena_alloc(arena, sizeof *record);
    record->kind = KH_SCHEMA_RECORD;
    *out = record;
    /* One more character, so that the end of the text can be taken like any other mark. */
    char *copy = kh_arena_printf(arena, "%s;", text);
    reader r = {.arena = arena, .at = copy, .outputs = outputs, .err = err};
    kh_status rc = read_fields(&r, record, ';');
    if (rc == KH_OK && *r.at) rc = refuse(&r, r.at, "a ';' has no place here");
    return rc;
}

/* ---- values -------------------------------------------------------------------------------- */

kh_status kh_schema_read(const kh_schema *type, kh_arena *arena, const char *key, const char *text,
                         kh_json **out, kh_error *err)
{
    if (type->nullable && !strcmp(text, "null")) {
        *out = kh_json_new(arena, KH_JSON_NULL, NULL);
    } else if (type->kind == KH_SCHEMA_BOOL && (!strcmp(text, "true") || !strcmp(text, "false"))) {
        *out = kh_json_new(arena, KH_JSON_BOOL, NULL);
        (*out)->truth = text[0] == 't';
    } else if (type->kind == KH_SCHEMA_LIST || type->kind == KH_SCHEMA_RECORD) {
        kh_error why = KH_ERROR_INIT;
        if (kh_json_read(out, arena, key, text, strlen(text), &why) < 0) {
            return kh_fail(err, KH_EUSAGE, "'%s' is '%.*s'; write %s as JSON", key,
                           kh_text_quoted(text, strlen(text)), text,
                           type->kind == KH_SCHEMA_LIST ? kh_tr("a list like [\"1\",\"2\"]")
                                                        : kh_tr("a record like {\"a\":\"1\"}"));
        }
    } else {
        *out = kh_json_new(arena, KH_JSON_TEXT, text);
    }
    return KH_OK;
}

/* "11级3档" or "未达标" */
static bool is_grade(const char *text)
{
    if (!strcmp(text, "未达标")) return true;
    static const char *const marks[] = {"级", "档"};
    for (int i = 0; i < 2; i++) {
        size_t digits = strspn(text, "0123456789");
        if (digits < 1 || digits > 2 || text[0] == '0') return false;
        text += digits;
        if (strncmp(text, marks[i], strlen(marks[i])) != 0) return false;
        text += strlen(marks[i]);
    }
    return *text == '\0';
}

static bool is_day(const char *text)
{
    kh_date day;
    char again[KH_DATE_TEXT];
    kh_error ignored = KH_ERROR_INIT;
    if (kh_date_parse(&day, text, strlen(text), &ignored) < 0) return false;
    kh_date_format(again, day);
    return !strcmp(again, text);
}

static bool is_month(const char *text)
{
    char day[KH_DATE_TEXT];
    int length = snprintf(day, sizeof day, "%s-01", text);
    return length == 10 && is_day(day);
}

/* A scalar that is not null. */
static bool fits(const kh_schema *type, const kh_json *value)
{
    bool text = value->kind == KH_JSON_TEXT;
    kh_error ignored = KH_ERROR_INIT;
    kh_decimal number;
    int64_t whole;
    switch (type->kind) {
    case KH_SCHEMA_NUMBER:
    case KH_SCHEMA_WHOLE:
        return (text || value->kind == KH_JSON_NUMBER) &&
               kh_dec_parse(&number, value->text, strlen(value->text), &ignored) == KH_OK &&
               (type->kind == KH_SCHEMA_NUMBER || kh_dec_to_int(&whole, number));
    case KH_SCHEMA_BOOL: return value->kind == KH_JSON_BOOL;
    case KH_SCHEMA_DAY: return text && is_day(value->text);
    case KH_SCHEMA_MONTH: return text && is_month(value->text);
    case KH_SCHEMA_GRADE: return text && is_grade(value->text);
    case KH_SCHEMA_WORD:
        for (const char *const *word = type->words; text && *word; word++) {
            if (!strcmp(*word, value->text)) return true;
        }
        return false;
    default: return text;
    }
}

/* "'a.b' is "x"; a number like 12.5 is wanted" */
static kh_status refuse_value(const kh_schema *type, const kh_json *value, const char *path,
                              kh_error *err)
{
    static const char *const wanted[] = {KH_N_("a number like 12.5"),
                                         KH_N_("a whole number"),
                                         KH_N_("true or false"),
                                         KH_N_("a day like 2009-03-31"),
                                         KH_N_("a month like 2009-03"),
                                         KH_N_("a text"),
                                         KH_N_("a grade like 11级3档 or 未达标"),
                                         KH_N_("one of "),
                                         KH_N_("a list"),
                                         KH_N_("a record")};
    kh_buf shown = {0}, words = {0};
    kh_json_write(&shown, value);
    kh_buf_text(&words, kh_tr(wanted[type->kind]));
    for (uint32_t i = 0; type->words && type->words[i]; i++) {
        kh_buf_printf(&words, "%s%s", i ? ", " : "", type->words[i]);
    }
    if (type->nullable) kh_buf_text(&words, kh_tr(", or null,"));
    kh_status rc = kh_fail(err, KH_EUSAGE, "'%s' is %.*s; %s is wanted", path,
                           kh_text_quoted(shown.data, shown.size), shown.data, words.data);
    kh_buf_fini(&shown);
    kh_buf_fini(&words);
    return rc;
}

static void join(char out[PATH_SIZE], const char *path, const char *name)
{
    snprintf(out, PATH_SIZE, "%.120s%s%.60s", path, *path ? "." : "", name);
}

static kh_status refuse_key(const kh_schema *type, const char *path, const char *key, kh_error *err)
{
    char whole[PATH_SIZE];
    join(whole, path, key);
    const char *near = kh_schema_nearest(type, key);
    return kh_fail(err, KH_EUSAGE,
                   near ? "there is no input '%s'; did you mean '%s'?" : "there is no input '%s'",
                   whole, near);
}

static kh_status check_record(const kh_schema *type, const kh_json *value, const char *path,
                              kh_error *err)
{
    char whole[PATH_SIZE];
    for (uint32_t i = 0; i < value->count; i++) {
        const kh_schema_field *field = kh_schema_find(type, value->keys[i]);
        if (!field) return refuse_key(type, path, value->keys[i], err);
        join(whole, path, value->keys[i]);
        kh_status rc = kh_schema_check(field->type, value->items[i], whole, err);
        if (rc < 0) return rc;
    }
    for (uint32_t f = 0; f < type->field_count; f++) {
        const kh_schema_field *field = &type->fields[f];
        if (field->otherwise || field->type->optional || kh_json_get(value, field->name)) continue;
        join(whole, path, field->name);
        return kh_fail(err, KH_EUSAGE, "the input '%s' is missing and has no default", whole);
    }
    return KH_OK;
}

kh_status kh_schema_check(const kh_schema *type, const kh_json *value, const char *path,
                          kh_error *err)
{
    if (value->kind == KH_JSON_NULL && type->nullable) return KH_OK;
    if (type->kind == KH_SCHEMA_RECORD && value->kind == KH_JSON_RECORD) {
        return check_record(type, value, path, err);
    }
    if (type->kind == KH_SCHEMA_LIST && value->kind == KH_JSON_LIST) {
        for (uint32_t i = 0; i < value->count; i++) {
            char whole[PATH_SIZE];
            snprintf(whole, sizeof whole, "%.150s[%u]", path, i + 1);
            kh_status rc = kh_schema_check(type->element, value->items[i], whole, err);
            if (rc < 0) return rc;
        }
        return KH_OK;
    }
    bool scalar = type->kind < KH_SCHEMA_LIST;
    return scalar && fits(type, value) ? KH_OK : refuse_value(type, value, path, err);
}
