/* Loading one shared object, carefully: the only door through which foreign code enters. */
#ifndef KH_PLUGIN_LOADER_H
#define KH_PLUGIN_LOADER_H

#include <kaohe/plugin.h>

/** "source", "strategy", "output"; NULL for a number that is no kind. */
const char *kh_kind_name(kh_kind kind);

/**
 * Load a plugin and check its descriptor; none of its functions runs.
 *
 * The path must end in .so; file and folder must belong to root or to the user and not be writable
 * by others. A plugin is never unloaded, so the descriptor lives as long as the process.
 *
 * @param[out] out  a complete copy of the descriptor: members that the plugin's (older, smaller)
 *                  struct lacks are zero
 * @return KH_EDENIED owner or mode; KH_EUNAVAILABLE not loadable, with the linker's own words;
 *         KH_EUNSUPPORTED another ABI; KH_EDATA a descriptor that contradicts itself
 * Threads one caller at a time.
 */
kh_status kh_loader_load(kh_plugin *out, const char *path, kh_error *err);

#endif
