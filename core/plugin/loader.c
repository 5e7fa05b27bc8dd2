/* Loading one shared object, carefully: the only door through which foreign code enters.
 *
 * libltdl reports every failure as "file not found", follows planted .la files and binds lazily, so
 * that an unresolved symbol kills the process at the first call. Hence the order here: an absolute
 * real path ending in .so, owner and mode, a strict dlopen for the linker's true words, and only
 * then lt_dlopenadvise. (docs/decisions/002-libltdl.md)
 */
#include "plugin/loader.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <ltdl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *kh_kind_name(kh_kind kind)
{
    switch (kind) {
    case KH_SOURCE: return "source";
    case KH_STRATEGY: return "strategy";
    case KH_OUTPUT: return "output";
    }
    return NULL;
}

/* Refuse what someone else could have put there or could change under us. */
static kh_status check_owner(const char *path, const char *what, kh_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        return kh_fail(err, KH_EUNAVAILABLE, "plugin '%s': %s", path, kh_tr_errno(errno));
    }
    if (st.st_uid != 0 && st.st_uid != geteuid()) {
        return kh_fail(err, KH_EDENIED,
                       "plugin refused: the %s '%s' belongs to user %u; it must belong to root or "
                       "to the user who runs kaohe (chown)",
                       what, path, (unsigned)st.st_uid);
    }
    if (st.st_mode & (S_IWGRP | S_IWOTH)) {
        return kh_fail(err, KH_EDENIED,
                       "plugin refused: the %s '%s' is writable by %s; run: chmod go-w '%s'", what,
                       path, st.st_mode & S_IWOTH ? kh_tr("everyone") : kh_tr("its group"), path);
    }
    return KH_OK;
}

/* What is wrong with one option, or NULL. `defaults` is the instance or row it lies in, or NULL. */
static const char *find_fault(const kh_option *option, uint32_t size, const char *defaults)
{
    static const size_t widths[] = {
        [KH_OPT_TEXT] = sizeof(char *),    [KH_OPT_INT] = sizeof(int64_t),
        [KH_OPT_BOOL] = sizeof(bool),      [KH_OPT_DECIMAL] = sizeof(kh_decimal),
        [KH_OPT_CHOICE] = sizeof(int32_t), [KH_OPT_DATE] = sizeof(kh_date),
        [KH_OPT_PATH] = sizeof(char *),    [KH_OPT_SECRET] = sizeof(char *),
        [KH_OPT_TEXTS] = sizeof(kh_texts), [KH_OPT_MAP] = sizeof(kh_map),
        [KH_OPT_ROWS] = sizeof(kh_rows)};
    if (option->type < KH_OPT_TEXT || option->type > KH_OPT_ROWS)
        return KH_N_("its type is unknown");
    if (option->offset + widths[option->type] > size)
        return KH_N_("its offset lies outside the instance");
    if (!option->help) return KH_N_("it has no help");
    if ((unsigned)option->refers > KH_DEFINES_VALUE) {
        return KH_N_("it refers to an unknown kind of name");
    }
    if (option->min > option->max) return KH_N_("its least value is above its greatest");
    if (option->type == KH_OPT_ROWS && (!option->row || !option->row_size)) {
        return KH_N_("its rows have no options or no size");
    }
    if (option->type == KH_OPT_CHOICE) {
        int32_t chosen = 0, count = 0;
        while (option->choices && option->choices[count]) count++;
        if (count == 0) return KH_N_("it has no choices");
        if (defaults) memcpy(&chosen, defaults + option->offset, sizeof chosen);
        if (chosen < 0 || chosen >= count) return KH_N_("its default is none of its choices");
    }
    return NULL;
}

enum { ROWS_DEEP = 4 }; /* rows within rows; a table that contains itself ends here */

/* Options must be readable without running the plugin: keys unique, types known, in bounds. */
static kh_status check_options(const char *path, const kh_option *options, uint32_t size,
                               const void *defaults, int depth, kh_error *err)
{
    for (const kh_option *option = options; option && option->key; option++) {
        const char *fault = depth > ROWS_DEEP ? KH_N_("its rows are nested too deeply")
                                              : find_fault(option, size, defaults);
        if (fault) {
            return kh_fail(err, KH_EDATA, "plugin refused: '%s' declares option '%s' wrongly: %s",
                           path, option->key, kh_tr(fault));
        }
        for (const kh_option *other = options; other < option; other++) {
            if (!strcmp(other->key, option->key)) {
                return kh_fail(err, KH_EDATA, "plugin refused: '%s' declares option '%s' twice",
                               path, option->key);
            }
        }
        if (option->type == KH_OPT_ROWS) {
            kh_status rc = check_options(path, option->row, option->row_size, option->row_defaults,
                                         depth + 1, err);
            if (rc < 0) return rc;
        }
    }
    return KH_OK;
}

static kh_status check_descriptor(const kh_plugin *plugin, const char *path, kh_error *err)
{
    const char *kind = kh_kind_name(plugin->kind);
    if (!kind || !plugin->name || !plugin->version || !plugin->summary || !plugin->license) {
        return kh_fail(err, KH_EDATA,
                       "plugin refused: '%s': kind, name, version, summary and license must be set",
                       path);
    }
    char expected[256];
    snprintf(expected, sizeof expected, "%s_%s.so", kind, plugin->name);
    const char *base = strrchr(path, '/') + 1;
    if (strcmp(base, expected) != 0) {
        return kh_fail(err, KH_EDATA,
                       "plugin refused: '%s' calls itself %s '%s'; its file must be named '%s'",
                       path, kind, plugin->name, expected);
    }
    bool ops = plugin->kind == KH_SOURCE     ? plugin->source != NULL
               : plugin->kind == KH_STRATEGY ? plugin->strategy != NULL
                                             : plugin->output != NULL;
    if (!ops) {
        return kh_fail(err, KH_EDATA, "plugin refused: '%s' has no ops for its kind '%s'", path,
                       kind);
    }
    return check_options(path, plugin->options, plugin->instance_size, plugin->defaults, 1, err);
}

static kh_status open_module(lt_dlhandle *out, const char *path, kh_error *err)
{
    static bool ready;
    if (!ready && lt_dlinit() != 0) {
        return kh_fail(err, KH_EINTERNAL, "libltdl does not start: %s", lt_dlerror());
    }
    ready = true;
    if (!dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE)) {
        return kh_fail(err, KH_EUNAVAILABLE, "plugin refused: %s", dlerror());
    }
    lt_dladvise advise;
    if (lt_dladvise_init(&advise) != 0) {
        return kh_fail(err, KH_EINTERNAL, "libltdl does not start: %s", lt_dlerror());
    }
    lt_dladvise_local(&advise);
    lt_dladvise_resident(&advise);
    *out = lt_dlopenadvise(path, advise);
    lt_dladvise_destroy(&advise);
    if (!*out) {
        return kh_fail(err, KH_EUNAVAILABLE, "plugin refused: '%s': %s", path, lt_dlerror());
    }
    return KH_OK;
}

kh_status kh_loader_load(kh_plugin *out, const char *path, kh_error *err)
{
    char real[PATH_MAX];
    if (!realpath(path, real)) {
        return kh_fail(err, KH_EUNAVAILABLE, "plugin '%s': %s", path, kh_tr_errno(errno));
    }
    size_t length = strlen(real);
    if (length < 4 || strcmp(real + length - 3, ".so") != 0) {
        return kh_fail(err, KH_EUSAGE, "plugin refused: '%s' does not end in .so", real);
    }
    char folder[PATH_MAX];
    memcpy(folder, real, length + 1);
    *strrchr(folder, '/') = '\0';
    kh_status rc;
    if ((rc = check_owner(folder[0] ? folder : "/", kh_tr("folder"), err)) < 0) return rc;
    if ((rc = check_owner(real, kh_tr("file"), err)) < 0) return rc;

    lt_dlhandle module = NULL;
    if ((rc = open_module(&module, real, err)) < 0) return rc;
    const kh_plugin *theirs = lt_dlsym(module, "kaohe_plugin");
    if (!theirs) {
        return kh_fail(err, KH_EUNSUPPORTED,
                       "plugin refused: '%s' has no symbol 'kaohe_plugin'; it is no kaohe plugin",
                       real);
    }
    if (theirs->abi != KH_ABI) {
        return kh_fail(err, KH_EUNSUPPORTED,
                       "plugin refused: '%s' was built for plugin ABI %u, this kaohe has ABI %u; "
                       "rebuild it against this version's headers",
                       real, theirs->abi, KH_ABI);
    }
    if (theirs->size < offsetof(kh_plugin, defaults)) {
        return kh_fail(err, KH_EDATA, "plugin refused: '%s': its descriptor has only %u bytes",
                       real, theirs->size);
    }
    memset(out, 0, sizeof *out);
    memcpy(out, theirs, theirs->size < sizeof *out ? theirs->size : sizeof *out);
    return check_descriptor(out, real, err);
}
