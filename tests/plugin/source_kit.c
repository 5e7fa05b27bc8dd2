/* What the tests of sources that read files share: files in a temporary folder, and tables as text. */
#include "plugin/source_kit.h"

#include "base/date.h"
#include "base/text.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#ifndef KIT_SOURCE
#define KIT_SOURCE "csv" /* the plugin to load */
#endif

static char folder[] = "/tmp/kaohe-csv-XXXXXX";

void kit_enter(void)
{
    strcpy(folder, "/tmp/kaohe-csv-XXXXXX");
    if (!mkdtemp(folder) || chdir(folder) != 0) abort();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st, (void)type, (void)walk;
    return remove(path);
}

void kit_leave(void)
{
    if (chdir("/") == 0) nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void kit_write(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) abort();
}

void kit_text(const char *path, const char *text)
{
    kit_write(path, text, strlen(text));
}

void kit_gb18030(const char *path, const char *text)
{
    iconv_t convert = iconv_open("GB18030", "UTF-8");
    size_t left = strlen(text), room = left * 2 + 16, all = room;
    char *out = malloc(room), *to = out, *from = (char *)text;
    if (iconv(convert, &from, &left, &to, &room) == (size_t)-1) abort();
    kit_write(path, out, all - room);
    iconv_close(convert);
    free(out);
}

void kit_gzip(const char *path, const void *bytes, size_t size, const char *mode)
{
    gzFile file = gzopen(path, mode);
    if (!file || gzwrite(file, bytes, (unsigned)size) != (int)size || gzclose(file) != Z_OK) {
        abort();
    }
}

/* ---- options ------------------------------------------------------------------------------- */

static kh_setting *text_setting(kh_arena *arena, const char *text)
{
    kh_setting *setting = kh_arena_alloc(arena, sizeof *setting);
    setting->kind = KH_SETTING_TEXT;
    setting->text = kh_arena_text(arena, text);
    return setting;
}

static const kh_setting *list_setting(kh_arena *arena, const char *words, bool map)
{
    kh_setting *setting = kh_arena_alloc(arena, sizeof *setting);
    const kh_setting **list = kh_arena_array(arena, 32, sizeof(kh_setting *));
    kh_entry *entries = kh_arena_array(arena, 32, sizeof(kh_entry));
    setting->kind = KH_SETTING_TABLE;
    char *copy = kh_arena_text(arena, words), *rest = NULL;
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(word, '=');
        if (!map) {
            list[setting->list_count++] = text_setting(arena, word);
        } else {
            *value++ = '\0';
            entries[setting->entry_count++] =
                (kh_entry){.key = word, .value = text_setting(arena, value)};
        }
    }
    setting->list = list;
    setting->entries = entries;
    return setting;
}

static const kh_setting *make_setting(kh_arena *arena, const kh_plugin *plugin, const char *key,
                                      const char *value)
{
    const kh_option *option = plugin->options;
    while (option->key && strcmp(option->key, key) != 0) option++;
    kh_setting *setting = text_setting(arena, value);
    switch (option->key ? option->type : KH_OPT_TEXT) {
    case KH_OPT_BOOL:
        setting->kind = KH_SETTING_BOOL;
        setting->boolean = !strcmp(value, "true");
        return setting;
    case KH_OPT_INT:
        setting->kind = KH_SETTING_NUMBER;
        setting->number = kh_dec_of(value);
        return setting;
    case KH_OPT_TEXTS: return list_setting(arena, value, false);
    case KH_OPT_MAP: return list_setting(arena, value, true);
    default: return setting;
    }
}

void kit_open(kit *k, const char *const *options)
{
    *k = (kit){0};
    const char *folders[] = {KAOHE_BUILD_DIR "/lib/kaohe", NULL};
    const kh_plugin *plugin;
    if (kh_registry_new(&k->registry, folders, &k->error) < 0 ||
        kh_registry_get(k->registry, KH_SOURCE, KIT_SOURCE, &plugin, &k->error) < 0) {
        cr_assert_fail("%s", k->error.text);
    }
    kh_setting table = {.kind = KH_SETTING_TABLE};
    kh_entry *entries = kh_arena_array(&k->arena, 32, sizeof *entries);
    for (; options[0]; options += 2) {
        entries[table.entry_count++] = (kh_entry){
            .key = options[0], .value = make_setting(&k->arena, plugin, options[0], options[1])};
    }
    table.entries = entries;
    kh_option_context context = {.folder = folder};
    kh_diags diags = {0};
    if (!kh_instance_init(&k->instance, plugin, &table, (kh_place){0}, &context, &diags)) {
        kh_fail(&k->error, KH_EUSAGE, "%s", diags.items[0].text);
    } else {
        plugin->source->open(k->instance.self, &k->instance.host, &k->error);
    }
    kh_diags_fini(&diags);
}

void kit_close(kit *k)
{
    const kh_plugin *plugin = k->instance.plugin;
    if (plugin && plugin->source->close) plugin->source->close(k->instance.self);
    kh_instance_fini(&k->instance);
    kh_registry_free(k->registry);
    kh_arena_fini(&k->arena);
}

/* ---- reading ------------------------------------------------------------------------------- */

uint32_t kit_fields(const char *fields, kh_field out[16])
{
    static char names[1024];
    static const char *const types[] = {"any", "text", "decimal", "int", "date", "bool", "float"};
    snprintf(names, sizeof names, "%s", fields);
    uint32_t count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(names, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        char *type = strrchr(word, ':'), *scale = strchr(type, '(');
        *type++ = '\0';
        if (scale) *scale++ = '\0';
        out[count] = (kh_field){word, KH_TYPE_ANY, scale ? atoi(scale) : 0};
        for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
            if (!strcmp(type, types[t])) out[count].type = (kh_type)t;
        }
        count++;
    }
    return count;
}

static void show_text(kh_buf *out, const kh_view *view, int64_t row)
{
    const kh_strings *s = &view->strings;
    int32_t code = view->as.codes[row];
    kh_buf_add(out, s->bytes + s->offsets[code], (size_t)(s->offsets[code + 1] - s->offsets[code]));
}

static void show_cell(kh_buf *out, const kh_view *view, int scale, int64_t row)
{
    char text[KH_DECIMAL_TEXT];
    if (view->nulls && view->nulls[row]) {
        kh_buf_text(out, "-");
        return;
    }
    switch (view->type) {
    case KH_TYPE_TEXT: show_text(out, view, row); break;
    case KH_TYPE_DECIMAL: {
        kh_int128 value =
            view->as.decimals[row]; /* by hand: 38 digits are more than a kh_decimal */
        char digits[64];
        int n = 0;
        unsigned __int128 rest = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
        for (; rest > 0 || n <= scale; rest /= 10) {
            if (n == scale && scale > 0) digits[n++] = '.';
            digits[n++] = (char)('0' + (int)(rest % 10));
            if (n > scale + 1 && rest < 10) break;
        }
        if (value < 0) kh_buf_text(out, "-");
        while (n > 0) kh_buf_add(out, &digits[--n], 1);
        break;
    }
    case KH_TYPE_INT: kh_buf_printf(out, "%lld", (long long)view->as.ints[row]); break;
    case KH_TYPE_DATE:
        kh_date_format(text, view->as.dates[row]);
        kh_buf_text(out, text);
        break;
    case KH_TYPE_BOOL: kh_buf_text(out, view->as.bools[row] ? "yes" : "no"); break;
    default: kh_buf_text(out, "?"); break;
    }
}

static void show_batch(kh_buf *out, const kh_batch *batch, const kh_field *fields, uint32_t count,
                       int flags)
{
    for (int64_t row = 0; row < batch->rows; row++) {
        if ((flags & KIT_ORIGIN) && batch->origin_row.type != KH_TYPE_ANY) {
            kh_buf_printf(out, "%lld", (long long)batch->origin_row.as.ints[row]);
            if (batch->origin_file.type != KH_TYPE_ANY) {
                kh_buf_text(out, "@");
                show_text(out, &batch->origin_file, row);
            }
            kh_buf_text(out, ": ");
        }
        for (uint32_t f = 0; f < count; f++) {
            if (f) kh_buf_text(out, "|");
            show_cell(out, &batch->columns[f], fields[f].scale, row);
        }
        kh_buf_text(out, "\n");
    }
}

static char *show_error(kh_buf *out, const kh_error *err)
{
    kh_buf_fini(out);
    kh_buf_printf(out, "! %d %s", err->status, err->text);
    return kh_buf_take(out);
}

char *kit_rows(kit *k, const char *fields, int flags, uint32_t part, uint32_t parts)
{
    kh_buf out = {0};
    kh_error err = KH_ERROR_INIT;
    kh_field list[16];
    uint32_t count = kit_fields(fields, list);
    if (k->error.status < 0) return show_error(&out, &k->error);
    const kh_source_ops *ops = k->instance.plugin->source;
    struct ArrowArrayStream stream;
    kh_query query = {.size = sizeof query,
                      .fields = list,
                      .field_count = count,
                      .want_origin = flags & KIT_ORIGIN,
                      .part = part,
                      .parts = parts};
    if (ops->read(k->instance.self, &query, &stream, &err) < 0) return show_error(&out, &err);
    kh_reader *reader;
    if (kh_reader_open(&reader, &stream, KIT_SOURCE, list, count, &err) < 0) {
        return show_error(&out, &err);
    }
    kh_batch batch;
    kh_buf_text(&out, "");
    while (kh_reader_next(reader, &batch, &err) == KH_OK && batch.rows > 0) {
        show_batch(&out, &batch, list, count, flags);
    }
    kh_reader_close(reader);
    return err.status < 0 ? show_error(&out, &err) : kh_buf_take(&out);
}

char *kit_read(const char *const *options, const char *fields, int flags)
{
    kit k;
    kit_open(&k, options);
    char *text = kit_rows(&k, fields, flags, 0, 1);
    kit_close(&k);
    return text;
}

void kit_expect(const char *const *options, const char *fields, int flags, const char *wanted,
                const char *why)
{
    char *got = kit_read(options, fields, flags);
    cr_expect_str_eq(got, wanted, "%s:\n  got    %s\n  wanted %s", why, got, wanted);
    free(got);
}

/* ---- describe ------------------------------------------------------------------------------ */

static void add_field(void *ctx, const char *name, kh_type type, int32_t scale)
{
    kh_buf *out = ctx;
    cr_expect_eq(type, KH_TYPE_ANY);
    cr_expect_eq(scale, 0);
    kh_buf_printf(out, "%s%s", out->size ? " " : "", name);
}

static void add_decision(void *ctx, const char *text)
{
    kh_buf_printf(ctx, "; %s", text);
}

char *kit_describe(const char *const *options)
{
    kit k;
    kh_buf out = {0};
    kh_error err = KH_ERROR_INIT;
    kit_open(&k, options);
    kh_describe describe = {&out, add_field, add_decision};
    kh_status rc = k.error.status;
    if (rc < 0) err = k.error;
    else rc = k.instance.plugin->source->describe(k.instance.self, &describe, &err);
    kit_close(&k);
    return rc < 0 ? show_error(&out, &err) : kh_buf_take(&out);
}
