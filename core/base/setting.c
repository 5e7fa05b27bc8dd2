/* Settings: what a configuration says, as a tree of values that remember where they were written. */
#include "base/setting.h"

#include <string.h>

const kh_setting *kh_setting_get(const kh_setting *table, const char *key)
{
    for (uint32_t i = 0; table && i < table->entry_count; i++) {
        if (!strcmp(table->entries[i].key, key)) return table->entries[i].value;
    }
    return NULL;
}

const char *kh_setting_kind_name(kh_setting_kind kind)
{
    static const char *const names[] = {
        KH_N_("true or false"), KH_N_("a number"), KH_N_("a text"), KH_N_("a table"),
        KH_N_("a function"),    KH_N_("a plugin"), "env \"...\"",   "file \"...\""};
    return kh_tr(names[kind]);
}
