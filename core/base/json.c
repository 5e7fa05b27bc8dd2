/* JSON as a tree: numbers stay the text they were written as, every value knows its line. */
#include "base/json.h"

#include <string.h>
#include <yajl/yajl_parse.h>

enum { DEPTH_MOST = 64, KEYS_MOST = 1000 };

/* ---- the tree ------------------------------------------------------------------------------ */

kh_json *kh_json_new(kh_arena *arena, kh_json_kind kind, const char *text)
{
    kh_json *value = kh_arena_alloc(arena, sizeof *value);
    value->kind = kind;
    value->text = text ? kh_arena_text(arena, text) : "";
    return value;
}

kh_json *kh_json_get(const kh_json *record, const char *key)
{
    if (!record || record->kind != KH_JSON_RECORD) return NULL;
    for (uint32_t i = 0; i < record->count; i++) {
        if (!strcmp(record->keys[i], key)) return record->items[i];
    }
    return NULL;
}

const char *kh_json_get_text(const kh_json *record, const char *key)
{
    const kh_json *value = kh_json_get(record, key);
    return value && value->kind == KH_JSON_TEXT ? value->text : NULL;
}

/* Room for one more child. */
static void grow(kh_arena *arena, kh_json *parent)
{
    if (parent->count < parent->capacity) return;
    uint32_t capacity = parent->capacity ? 2 * parent->capacity : 8;
    kh_json **items = kh_arena_array(arena, capacity, sizeof *items);
    const char **keys = kh_arena_array(arena, capacity, sizeof *keys);
    if (parent->count) {
        memcpy(items, parent->items, parent->count * sizeof *items);
        memcpy(keys, parent->keys, parent->count * sizeof *keys);
    }
    parent->items = items;
    parent->keys = keys;
    parent->capacity = capacity;
}

void kh_json_append(kh_arena *arena, kh_json *list, kh_json *value)
{
    grow(arena, list);
    list->items[list->count++] = value;
}

void kh_json_set(kh_arena *arena, kh_json *record, const char *key, kh_json *value)
{
    for (uint32_t i = 0; i < record->count; i++) {
        if (strcmp(record->keys[i], key) != 0) continue;
        record->items[i] = value;
        return;
    }
    grow(arena, record);
    record->keys[record->count] = kh_arena_text(arena, key);
    record->items[record->count++] = value;
}

void kh_json_write(kh_buf *out, const kh_json *value)
{
    switch (value->kind) {
    case KH_JSON_NULL: kh_buf_text(out, "null"); return;
    case KH_JSON_BOOL: kh_buf_text(out, value->truth ? "true" : "false"); return;
    case KH_JSON_NUMBER: kh_buf_text(out, value->text); return;
    case KH_JSON_TEXT: kh_buf_json(out, value->text); return;
    default: break;
    }
    bool record = value->kind == KH_JSON_RECORD;
    kh_buf_text(out, record ? "{" : "[");
    for (uint32_t i = 0; i < value->count; i++) {
        if (i) kh_buf_text(out, ",");
        if (record) {
            kh_buf_json(out, value->keys[i]);
            kh_buf_text(out, ":");
        }
        kh_json_write(out, value->items[i]);
    }
    kh_buf_text(out, record ? "}" : "]");
}

/* ---- reading ------------------------------------------------------------------------------- */

typedef struct reading {
    kh_arena *arena;
    yajl_handle parser;
    const char *path, *text;
    size_t seen; /* bytes whose lines are counted */
    int line;
    kh_json *open[DEPTH_MOST];
    int depth;
    const char *key; /* of the value that comes next */
    kh_json *root;
    kh_error *err;
} reading;

static int here(reading *r)
{
    size_t at = yajl_get_bytes_consumed(r->parser);
    for (; r->seen < at; r->seen++) r->line += r->text[r->seen] == '\n';
    return r->line;
}

static kh_json *add(reading *r, kh_json_kind kind, const char *text, size_t length)
{
    kh_json *value = kh_arena_alloc(r->arena, sizeof *value);
    value->kind = kind;
    value->line = here(r);
    value->text = kh_arena_bytes(r->arena, text, length);
    if (r->depth == 0) {
        r->root = value;
        return value;
    }
    kh_json *parent = r->open[r->depth - 1];
    grow(r->arena, parent);
    parent->keys[parent->count] = r->key;
    parent->items[parent->count++] = value;
    return value;
}

static int open_value(reading *r, kh_json_kind kind)
{
    kh_json *value = add(r, kind, "", 0);
    if (r->depth == DEPTH_MOST) {
        kh_fail(r->err, KH_EUSAGE, "%s:%d: the values are nested deeper than %d", r->path,
                value->line, DEPTH_MOST);
        return 0;
    }
    r->open[r->depth++] = value;
    return 1;
}

static int on_null(void *ctx)
{
    add(ctx, KH_JSON_NULL, "", 0);
    return 1;
}

static int on_bool(void *ctx, int truth)
{
    add(ctx, KH_JSON_BOOL, "", 0)->truth = truth;
    return 1;
}

static int on_number(void *ctx, const char *text, size_t length)
{
    add(ctx, KH_JSON_NUMBER, text, length);
    return 1;
}

static int refuse_nul(reading *r, const unsigned char *text, size_t length)
{
    if (!memchr(text, '\0', length)) return 1;
    kh_fail(r->err, KH_EUSAGE, "%s:%d: a text holds the character \\u0000", r->path, here(r));
    return 0;
}

static int on_text(void *ctx, const unsigned char *text, size_t length)
{
    add(ctx, KH_JSON_TEXT, (const char *)text, length);
    return refuse_nul(ctx, text, length);
}

static int on_key(void *ctx, const unsigned char *text, size_t length)
{
    reading *r = ctx;
    const kh_json *record = r->open[r->depth - 1];
    r->key = kh_arena_bytes(r->arena, (const char *)text, length);
    if (!refuse_nul(r, text, length)) return 0;
    if (kh_json_get(record, r->key)) {
        kh_fail(r->err, KH_EUSAGE, "%s:%d: the key '%.*s' stands there twice", r->path, here(r),
                kh_text_quoted(r->key, length), r->key);
        return 0;
    }
    if (record->count == KEYS_MOST) {
        kh_fail(r->err, KH_EUSAGE, "%s:%d: more than %d keys", r->path, here(r), KEYS_MOST);
        return 0;
    }
    return 1;
}

static int on_record(void *ctx)
{
    return open_value(ctx, KH_JSON_RECORD);
}

static int on_list(void *ctx)
{
    return open_value(ctx, KH_JSON_LIST);
}

static int on_end(void *ctx)
{
    ((reading *)ctx)->depth--;
    return 1;
}

kh_status kh_json_read(kh_json **out, kh_arena *arena, const char *path, const char *text,
                       size_t length, kh_error *err)
{
    static const yajl_callbacks callbacks = {.yajl_null = on_null,
                                             .yajl_boolean = on_bool,
                                             .yajl_number = on_number,
                                             .yajl_string = on_text,
                                             .yajl_start_map = on_record,
                                             .yajl_map_key = on_key,
                                             .yajl_end_map = on_end,
                                             .yajl_start_array = on_list,
                                             .yajl_end_array = on_end};
    reading r = {.arena = arena, .path = path, .text = text, .line = 1, .err = err};
    kh_error own = KH_ERROR_INIT;
    if (!r.err) r.err = &own;
    r.parser = yajl_alloc(&callbacks, NULL, &r);
    kh_status rc = KH_OK;
    yajl_status status = yajl_parse(r.parser, (const unsigned char *)text, length);
    if (status == yajl_status_ok) {
        here(&r); /* an error from now on is one at the end */
        status = yajl_complete_parse(r.parser);
    }
    if (status != yajl_status_ok) {
        unsigned char *reason = yajl_get_error(r.parser, 0, (const unsigned char *)text, length);
        const char *words = (const char *)reason;
        rc = kh_fail(r.err, KH_EUSAGE, "%s:%d: this is not JSON: %.*s", path, here(&r),
                     (int)strcspn(words, "\n"), words);
        yajl_free_error(r.parser, reason);
    }
    yajl_free(r.parser);
    *out = r.root;
    return rc;
}
