/* Options of plugins: filled from settings, checked, with the nearest name for a wrong one. */
#ifndef KH_PLUGIN_OPTIONS_H
#define KH_PLUGIN_OPTIONS_H

#include "base/arena.h"
#include "base/setting.h"

#include <kaohe/plugin.h>

/** For the host's own tables only: the setting as it is (const kh_setting *). */
#define KH_OPT_SETTING ((kh_option_type)100)

/** What filling options needs to know about the project. */
typedef struct kh_option_context {
    const char *folder; /* paths are relative to it */
    /**
     * The names an option of this kind may refer to, ending with NULL; NULL = do not check.
     * Borrowed; valid for the call of kh_options_fill().
     */
    const char *const *(*names)(void *ctx, kh_refers refers);
    void *ctx;
} kh_option_context;

/**
 * Fill @p instance (instance_size bytes, already holding the defaults) from @p table.
 * Every mistake is added to @p diags with its place; text lives in @p arena.
 * @p what names the owner in messages: "csv". Returns false when there were errors.
 */
bool kh_options_fill(void *instance, const kh_option *options, const kh_setting *table,
                     kh_place place, const char *what, const kh_option_context *context,
                     kh_arena *arena, kh_diags *diags);

/** Print the table of options: key, type, default, range, help. */
void kh_options_print(FILE *out, const kh_option *options, const void *defaults, int indent);

#endif
