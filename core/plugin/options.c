/* Options of plugins: filled from settings, checked, with the nearest name for a wrong one. */
#include "plugin/options.h"

#include "base/date.h"
#include "base/decimal.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct filling {
    const char *what;
    const kh_option_context *context;
    kh_arena *arena;
    kh_diags *diags;
    bool ok;
} filling;

static const kh_option *find_option(const kh_option *options, const char *key)
{
    for (; options && options->key; options++) {
        if (!strcmp(options->key, key)) return options;
    }
    return NULL;
}

__attribute__((format(printf, 3, 4))) static void refuse(filling *f, kh_place place,
                                                         const char *format, ...)
{
    char text[KH_ERROR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, dgettext("kaohe", format), args);
    va_end(args);
    kh_diag_add(f->diags, KH_DIAG_ERROR, place, "%s", text);
    f->ok = false;
}

static void refuse_kind(filling *f, const kh_option *option, const kh_setting *value,
                        const char *wanted)
{
    refuse(f, value->place, "option '%s' of '%s' wants %s, not %s", option->key, f->what,
           kh_tr(wanted), kh_setting_kind_name(value->kind));
}

/* env "NAME": the environment at this moment. NULL after an error. */
static const char *read_env(filling *f, const kh_setting *value)
{
    const char *text = getenv(value->text);
    if (text) return kh_arena_text(f->arena, text);
    refuse(f, value->place, "the environment variable '%s' is not set; export it before the run",
           value->text);
    return NULL;
}

static const char *absolute(filling *f, const char *path)
{
    if (path[0] == '/' || !f->context->folder) return kh_arena_text(f->arena, path);
    return kh_arena_printf(f->arena, "%s/%s", f->context->folder, path);
}

/* file "PATH": its first line; refused when others may read it. */
static const char *read_secret_file(filling *f, const kh_setting *value)
{
    const char *path = absolute(f, value->text);
    struct stat st;
    if (stat(path, &st) != 0) {
        refuse(f, value->place, "cannot read '%s': %s", path, kh_tr_errno(errno));
        return NULL;
    }
    if (st.st_mode & (S_IRWXG | S_IRWXO)) {
        refuse(f, value->place, "the secret in '%s' is readable by others; run: chmod 600 '%s'",
               path, path);
        return NULL;
    }
    kh_buf buf = {0};
    kh_error err = KH_ERROR_INIT;
    const char *text = NULL;
    if (kh_file_read(&buf, path, &err) < 0) {
        kh_diag_error(f->diags, value->place, &err);
        f->ok = false;
    } else if (strcspn(buf.data, "\r\n") == 0) {
        refuse(f, value->place, "the secret in '%s' is empty; write it into the first line", path);
    } else {
        text = kh_arena_bytes(f->arena, buf.data, strcspn(buf.data, "\r\n"));
    }
    kh_buf_fini(&buf);
    return text;
}

static const char *read_text(filling *f, const kh_option *option, const kh_setting *value)
{
    if (value->kind == KH_SETTING_ENV) return read_env(f, value);
    if (value->kind == KH_SETTING_FILE && option->type == KH_OPT_SECRET) {
        return read_secret_file(f, value);
    }
    if (option->type == KH_OPT_SECRET) {
        refuse(
            f, value->place,
            "option '%s' of '%s' is a secret: write env \"NAME\" or file \"PATH\", not the secret "
            "itself",
            option->key, f->what);
        return NULL;
    }
    if (value->kind != KH_SETTING_TEXT) {
        refuse_kind(f, option, value, "a text");
        return NULL;
    }
    return kh_arena_text(f->arena, value->text);
}

static void check_name(filling *f, const kh_option *option, const kh_setting *value)
{
    if (option->refers == KH_REFERS_NOTHING || option->refers == KH_DEFINES_VALUE ||
        !f->context->names) {
        return;
    }
    const char *const *names = f->context->names(f->context->ctx, option->refers);
    if (!names || value->kind != KH_SETTING_TEXT) return;
    for (const char *const *name = names; *name; name++) {
        if (!strcmp(*name, value->text)) return;
    }
    static const char *const words[] = {"", KH_N_("measure or metric"),
                                        KH_N_("records declaration"), KH_N_("lookup")};
    const char *near = kh_text_nearest(value->text, names);
    refuse(f, value->place,
           near ? "there is no %s '%s'; did you mean '%s'?" : "there is no %s '%s'",
           kh_tr(words[option->refers]), value->text, near);
}

static void fill_number(filling *f, const kh_option *option, const kh_setting *value, char *at)
{
    if (value->kind != KH_SETTING_NUMBER) {
        refuse_kind(f, option, value, "a number");
        return;
    }
    if (kh_is_absent(value->number)) { /* a division by zero, say */
        refuse(f, value->place, "option '%s' of '%s' has no value: its number is absent",
               option->key, f->what);
        return;
    }
    char shown[KH_DECIMAL_TEXT];
    kh_dec_format(shown, value->number, KH_PLACES_OWN, false);
    int64_t whole = 0;
    bool is_int = kh_dec_to_int(&whole, value->number);
    if (option->type == KH_OPT_INT && !is_int) {
        refuse(f, value->place, "option '%s' of '%s' wants a whole number, not %s", option->key,
               f->what, shown);
        return;
    }
    if ((option->min || option->max) && (kh_dec_cmp(value->number, kh_dec_int(option->min)) < 0 ||
                                         kh_dec_cmp(value->number, kh_dec_int(option->max)) > 0)) {
        refuse(f, value->place, "option '%s' of '%s' is %s; it must be between %lld and %lld",
               option->key, f->what, shown, (long long)option->min, (long long)option->max);
        return;
    }
    if ((option->flags & KH_OPT_POSITIVE) && kh_dec_cmp(value->number, KH_ZERO) <= 0) {
        refuse(f, value->place, "option '%s' of '%s' is %s; it must be above 0", option->key,
               f->what, shown);
        return;
    }
    if (option->type == KH_OPT_INT) {
        memcpy(at, &whole, sizeof whole);
    } else {
        memcpy(at, &value->number, sizeof value->number);
    }
}

static void fill_choice(filling *f, const kh_option *option, const kh_setting *value, char *at)
{
    if (value->kind != KH_SETTING_TEXT) {
        refuse_kind(f, option, value, "a text");
        return;
    }
    kh_buf all = {0};
    for (int32_t i = 0; option->choices[i]; i++) {
        if (!strcmp(option->choices[i], value->text)) {
            memcpy(at, &i, sizeof i);
            kh_buf_fini(&all);
            return;
        }
        kh_buf_printf(&all, "%s%s", i ? ", " : "", option->choices[i]);
    }
    refuse(f, value->place, "option '%s' of '%s' is '%s'; it must be one of: %s", option->key,
           f->what, value->text, all.data);
    kh_buf_fini(&all);
}

static void fill_texts(filling *f, const kh_option *option, const kh_setting *value, char *at)
{
    kh_texts texts = {0};
    if (value->kind == KH_SETTING_TEXT) { /* one text stands for a list of one */
        const char **items = kh_arena_alloc(f->arena, sizeof *items);
        items[0] = kh_arena_text(f->arena, value->text);
        check_name(f, option, value);
        texts = (kh_texts){items, 1};
    } else if (value->kind == KH_SETTING_TABLE && value->entry_count == 0) {
        const char **items = kh_arena_array(f->arena, value->list_count + 1, sizeof *items);
        for (uint32_t i = 0; i < value->list_count; i++) {
            items[i] = read_text(f, option, value->list[i]);
            if (items[i]) check_name(f, option, value->list[i]);
        }
        texts = (kh_texts){items, value->list_count};
    } else {
        refuse_kind(f, option, value, "a list of texts");
        return;
    }
    memcpy(at, &texts, sizeof texts);
}

static int compare_pairs(const void *a, const void *b)
{
    return strcmp(((const kh_pair *)a)->key, ((const kh_pair *)b)->key);
}

static void fill_map(filling *f, const kh_option *option, const kh_setting *value, char *at)
{
    if (value->kind != KH_SETTING_TABLE || value->list_count > 0) {
        refuse_kind(f, option, value, "a table like { name = \"text\" }");
        return;
    }
    kh_pair *pairs = kh_arena_array(f->arena, value->entry_count + 1, sizeof *pairs);
    for (uint32_t i = 0; i < value->entry_count; i++) {
        const kh_setting *entry = value->entries[i].value;
        char number[KH_DECIMAL_TEXT];
        const char *text = NULL;
        if (entry->kind == KH_SETTING_NUMBER) {
            kh_dec_format(number, entry->number, KH_PLACES_OWN, false);
            text = kh_arena_text(f->arena, number);
        } else {
            text = read_text(f, option, entry);
        }
        pairs[i] = (kh_pair){kh_arena_text(f->arena, value->entries[i].key), text};
    }
    if (value->entry_count) qsort(pairs, value->entry_count, sizeof *pairs, compare_pairs);
    kh_map map = {pairs, value->entry_count};
    memcpy(at, &map, sizeof map);
}

static void fill_table(filling *f, void *instance, const kh_option *options,
                       const kh_setting *table, kh_place place);

static void fill_rows(filling *f, const kh_option *option, const kh_setting *value, char *at)
{
    if (value->kind != KH_SETTING_TABLE || value->entry_count > 0) {
        refuse_kind(f, option, value, "a list of tables");
        return;
    }
    char *items = kh_arena_array(f->arena, value->list_count + 1, option->row_size);
    for (uint32_t i = 0; i < value->list_count; i++) {
        const kh_setting *row = value->list[i];
        char *item = items + (size_t)i * option->row_size;
        if (option->row_defaults) memcpy(item, option->row_defaults, option->row_size);
        if (row->kind != KH_SETTING_TABLE) {
            refuse_kind(f, option, row, "a table for each row");
            continue;
        }
        fill_table(f, item, option->row, row, row->place);
    }
    kh_rows rows = {items, value->list_count};
    memcpy(at, &rows, sizeof rows);
}

static void fill_option(filling *f, const kh_option *option, const kh_setting *value, char *at)
{
    const char *text;
    kh_error err = KH_ERROR_INIT;
    if (option->type == KH_OPT_SETTING) {
        memcpy(at, &value, sizeof value);
        return;
    }
    switch (option->type) {
    case KH_OPT_TEXT:
    case KH_OPT_SECRET:
    case KH_OPT_PATH:
        text = read_text(f, option, value);
        if (!text) return;
        check_name(f, option, value);
        if (option->type == KH_OPT_PATH) text = absolute(f, text);
        memcpy(at, &text, sizeof text);
        return;
    case KH_OPT_INT:
    case KH_OPT_DECIMAL: fill_number(f, option, value, at); return;
    case KH_OPT_BOOL:
        if (value->kind != KH_SETTING_BOOL) {
            refuse_kind(f, option, value, "true or false");
            return;
        }
        memcpy(at, &value->boolean, sizeof value->boolean);
        return;
    case KH_OPT_CHOICE: fill_choice(f, option, value, at); return;
    case KH_OPT_DATE: {
        kh_date date = KH_NO_DATE;
        if (value->kind != KH_SETTING_TEXT) {
            refuse_kind(f, option, value, "a date like \"2009-03-31\"");
        } else if (kh_date_parse(&date, value->text, strlen(value->text), &err) < 0) {
            kh_diag_error(f->diags, value->place, &err);
            f->ok = false;
        } else {
            memcpy(at, &date, sizeof date);
        }
        return;
    }
    case KH_OPT_TEXTS: fill_texts(f, option, value, at); return;
    case KH_OPT_MAP: fill_map(f, option, value, at); return;
    case KH_OPT_ROWS: fill_rows(f, option, value, at); return;
    }
}

static void refuse_unknown(filling *f, const kh_option *options, const kh_entry *entry)
{
    const char *keys[64];
    uint32_t count = 0;
    for (; options && options->key && count < 63; options++) keys[count++] = options->key;
    keys[count] = NULL;
    const char *near = kh_text_nearest(entry->key, keys);
    if (near) {
        refuse(f, entry->key_place, "'%s' has no option '%s'; did you mean '%s'?", f->what,
               entry->key, near);
        return;
    }
    kh_buf all = {0};
    for (uint32_t i = 0; i < count; i++) kh_buf_printf(&all, "%s%s", i ? ", " : "", keys[i]);
    refuse(f, entry->key_place, "'%s' has no option '%s'; its options are: %s", f->what, entry->key,
           all.data ? all.data : kh_tr("none"));
    kh_buf_fini(&all);
}

static void fill_table(filling *f, void *instance, const kh_option *options,
                       const kh_setting *table, kh_place place)
{
    if (table && table->list_count > 0) {
        refuse(f, table->list[0]->place, "'%s' takes named options only, as in { %s = ... }",
               f->what, options && options->key ? options->key : "name");
    }
    for (uint32_t i = 0; table && i < table->entry_count; i++) {
        const kh_option *option = find_option(options, table->entries[i].key);
        if (!option) {
            refuse_unknown(f, options, &table->entries[i]);
            continue;
        }
        fill_option(f, option, table->entries[i].value, (char *)instance + option->offset);
    }
    for (const kh_option *option = options; option && option->key; option++) {
        if ((option->flags & KH_OPT_REQUIRED) && !kh_setting_get(table, option->key)) {
            refuse(f, place, "'%s' needs the option '%s': %s", f->what, option->key,
                   kh_tr(option->help));
        }
    }
}

bool kh_options_fill(void *instance, const kh_option *options, const kh_setting *table,
                     kh_place place, const char *what, const kh_option_context *context,
                     kh_arena *arena, kh_diags *diags)
{
    filling f = {what, context, arena, diags, true};
    fill_table(&f, instance, options, table, place);
    return f.ok;
}

/* ---- printing ------------------------------------------------------------------------------ */

static void print_default(kh_buf *out, const kh_option *option, const char *at)
{
    char text[KH_DECIMAL_TEXT];
    const char *string;
    int64_t number;
    int32_t choice;
    kh_decimal decimal;
    switch (option->type) {
    case KH_OPT_TEXT:
    case KH_OPT_PATH:
        memcpy(&string, at, sizeof string);
        if (string && *string) kh_buf_printf(out, kh_tr(", default \"%s\""), string);
        break;
    case KH_OPT_INT:
        memcpy(&number, at, sizeof number);
        kh_buf_printf(out, kh_tr(", default %lld"), (long long)number);
        break;
    case KH_OPT_BOOL: kh_buf_printf(out, kh_tr(", default %s"), *at ? "true" : "false"); break;
    case KH_OPT_DECIMAL:
        memcpy(&decimal, at, sizeof decimal);
        kh_dec_format(text, decimal, KH_PLACES_OWN, false);
        if (*text) kh_buf_printf(out, kh_tr(", default %s"), text);
        break;
    case KH_OPT_CHOICE:
        memcpy(&choice, at, sizeof choice);
        kh_buf_printf(out, kh_tr(", default \"%s\""), option->choices[choice]);
        break;
    default: break;
    }
}

void kh_options_print(FILE *out, const kh_option *options, const void *defaults, int indent)
{
    static const char *const types[] = {"",
                                        KH_N_("text"),
                                        KH_N_("number"),
                                        KH_N_("true/false"),
                                        KH_N_("decimal"),
                                        KH_N_("text"),
                                        KH_N_("date"),
                                        KH_N_("path"),
                                        KH_N_("secret"),
                                        KH_N_("list of texts"),
                                        KH_N_("table"),
                                        KH_N_("list of tables")};
    for (const kh_option *option = options; option && option->key; option++) {
        kh_buf facts = {0};
        kh_buf_text(&facts, kh_tr(types[option->type]));
        for (int i = 0; option->type == KH_OPT_CHOICE && option->choices[i]; i++) {
            kh_buf_printf(&facts, "%s\"%s\"", i ? " | " : ": ", option->choices[i]);
        }
        if (option->flags & KH_OPT_REQUIRED) {
            kh_buf_text(&facts, kh_tr(", required"));
        } else if (defaults) {
            print_default(&facts, option, (const char *)defaults + option->offset);
        }
        if (option->min || option->max) {
            kh_buf_printf(&facts, kh_tr(", %lld to %lld"), (long long)option->min,
                          (long long)option->max);
        }
        if (option->flags & KH_OPT_POSITIVE) kh_buf_text(&facts, kh_tr(", above 0"));
        fprintf(out, "%*s%-16s %s (%s)\n", indent, "", option->key, kh_tr(option->help),
                facts.data);
        kh_buf_fini(&facts);
        if (option->type == KH_OPT_ROWS) {
            kh_options_print(out, option->row, option->row_defaults, indent + 4);
        }
    }
}
