/* Which plugins there are, by kind and name; instances of them. */
#ifndef KH_PLUGIN_REGISTRY_H
#define KH_PLUGIN_REGISTRY_H

#include "plugin/options.h"

typedef struct kh_registry kh_registry;

/** A plugin file that was found; loaded when it is first needed. */
typedef struct kh_found {
    kh_kind kind;
    const char *name, *path;
} kh_found;

/**
 * Find `kind_name.so` in @p folders (absolute, ends with NULL). Nothing is loaded. The same kind
 * and name twice is an error: no folder overrides another.
 */
kh_status kh_registry_new(kh_registry **out, const char *const *folders, kh_error *err);
void kh_registry_free(kh_registry *registry);

/** All plugins by kind, then name. */
const kh_found *kh_registry_list(const kh_registry *registry, uint32_t *count);

/**
 * The descriptor of a plugin, loaded now if need be. Lives as long as the registry.
 * KH_EUSAGE with the nearest name when there is none; else the loader's refusal.
 */
kh_status kh_registry_get(kh_registry *registry, kh_kind kind, const char *name,
                          const kh_plugin **out, kh_error *err);

/** True when some plugin of any kind has this name. */
bool kh_registry_knows(const kh_registry *registry, const char *name);

/** A plugin with its options filled and its host. Must not move while it is in use. */
typedef struct kh_instance {
    const kh_plugin *plugin;
    void *self;
    kh_host host;
    kh_arena arena; /* everything the instance points to */
} kh_instance;

/** Make an instance and fill its options; its `open` is not called. False: see @p diags. */
bool kh_instance_init(kh_instance *instance, const kh_plugin *plugin, const kh_setting *table,
                      kh_place place, const kh_option_context *context, kh_diags *diags);
/** Does not call `close`. */
void kh_instance_fini(kh_instance *instance);

/** Ask all plugins to stop (async-signal-safe); they see it through should_cancel. */
void kh_host_cancel(void);
bool kh_host_is_cancelled(void);

#endif
