/* Settings: what a configuration says, as a tree of values that remember where they were written.
 *
 * The script room builds it from Lua tables; plugins' options and the scheme are read from it.
 * Everything lives in the arena it was built in.
 */
#ifndef KH_BASE_SETTING_H
#define KH_BASE_SETTING_H

#include "base/diag.h"

#include <kaohe/decimal.h>

typedef enum kh_setting_kind {
    KH_SETTING_BOOL,
    KH_SETTING_NUMBER,
    KH_SETTING_TEXT,
    KH_SETTING_TABLE,
    KH_SETTING_FUNCTION, /* `ref` names it in the Lua state it came from */
    KH_SETTING_PLUGIN,   /* a constructor: csv { ... }: `text` is its name, the table its options */
    KH_SETTING_ENV,      /* env "NAME": `text` is the name */
    KH_SETTING_FILE      /* file "PATH": `text` is the path */
} kh_setting_kind;

typedef struct kh_setting kh_setting;

/** A keyed entry of a table; keys are unique and keep the order in which they were written. */
typedef struct kh_entry {
    const char *key;
    kh_place key_place;
    const kh_setting *value;
} kh_entry;

struct kh_setting {
    kh_setting_kind kind;
    kh_place place;
    bool boolean;
    kh_decimal number;
    const char *text;
    int ref;
    const kh_setting *const *list; /* list[0] is element 1 of the table */
    uint32_t list_count;
    const kh_entry *entries;
    uint32_t entry_count;
};

/** The value under @p key, or NULL. */
const kh_setting *kh_setting_get(const kh_setting *table, const char *key);

/** "a text", "a number": for messages. */
const char *kh_setting_kind_name(kh_setting_kind kind);

#endif
