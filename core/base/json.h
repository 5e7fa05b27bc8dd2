/* JSON as a tree: numbers stay the text they were written as, every value knows its line. */
#ifndef KH_BASE_JSON_H
#define KH_BASE_JSON_H

#include "base/arena.h"
#include "base/text.h"

typedef enum kh_json_kind {
    KH_JSON_NULL,
    KH_JSON_BOOL,
    KH_JSON_NUMBER,
    KH_JSON_TEXT,
    KH_JSON_LIST,
    KH_JSON_RECORD
} kh_json_kind;

typedef struct kh_json {
    kh_json_kind kind;
    int line;
    bool truth;             /* BOOL */
    const char *text;       /* TEXT, and NUMBER as written; UTF-8, NUL-terminated */
    struct kh_json **items; /* LIST, RECORD */
    const char **keys;      /* RECORD: unique, in the order written */
    uint32_t count, capacity;
} kh_json;

/**
 * Read one JSON value. Twice the same key, a NUL character and nesting beyond 64 are refused.
 * @param path  for messages: "PATH:LINE: ..."
 * @return KH_EUSAGE
 * Ownership  the tree lives in @p arena; @p text may go.
 */
kh_status kh_json_read(kh_json **out, kh_arena *arena, const char *path, const char *text,
                       size_t length, kh_error *err);

/** A value without children. @p text may be NULL; it is copied. */
kh_json *kh_json_new(kh_arena *arena, kh_json_kind kind, const char *text);
/** The value under @p key, or NULL; also for what is no record. */
kh_json *kh_json_get(const kh_json *record, const char *key);
/** The text under @p key, or NULL when there is none. */
const char *kh_json_get_text(const kh_json *record, const char *key);
/** Set or replace. */
void kh_json_set(kh_arena *arena, kh_json *record, const char *key, kh_json *value);
void kh_json_append(kh_arena *arena, kh_json *list, kh_json *value);

/** Write without blanks. */
void kh_json_write(kh_buf *out, const kh_json *value);

#endif
