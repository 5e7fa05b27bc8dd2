/* Which plugins there are, by kind and name; instances of them. */
#include "plugin/registry.h"

#include "base/date.h"
#include "base/decimal.h"
#include "base/rules.h"
#include "base/text.h"
#include "plugin/loader.h"
#include "table/builder.h"

#include <kaohe/output.h>
#include <kaohe/source.h>
#include <kaohe/strategy.h>

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* The ops are copied to their full size, so members that an older plugin lacks read as NULL. */
typedef struct module {
    kh_found found;
    kh_plugin plugin;
    union {
        kh_source_ops source;
        kh_strategy_ops strategy;
        kh_output_ops output;
    } ops;
    bool loaded;
} module;

struct kh_registry {
    kh_arena arena;
    kh_found *found;
    module **modules;
    uint32_t count, capacity;
};

/* "source_csv.so" -> kind and name; false when the file is no plugin by its name. */
static bool parse_file_name(const char *file, kh_kind *kind, char *name, size_t size)
{
    for (kh_kind k = KH_SOURCE; k <= KH_OUTPUT; k++) {
        const char *word = kh_kind_name(k);
        size_t n = strlen(word), length = strlen(file);
        if (length > n + 4 && !strncmp(file, word, n) && file[n] == '_' &&
            !strcmp(file + length - 3, ".so") && length - n - 4 < size) {
            memcpy(name, file + n + 1, length - n - 4);
            name[length - n - 4] = '\0';
            *kind = k;
            return true;
        }
    }
    return false;
}

static kh_status add(kh_registry *registry, kh_kind kind, const char *name, const char *folder,
                     kh_error *err)
{
    for (uint32_t i = 0; i < registry->count; i++) {
        const kh_found *old = &registry->modules[i]->found;
        if (old->kind == kind && !strcmp(old->name, name)) {
            return kh_fail(err, KH_EUSAGE,
                           "there are two %s plugins named '%s': '%s' and one in '%s'; remove one",
                           kh_kind_name(kind), name, old->path, folder);
        }
    }
    if (registry->count == registry->capacity) {
        registry->capacity = registry->capacity ? registry->capacity * 2 : 32;
        registry->modules =
            realloc(registry->modules, registry->capacity * sizeof *registry->modules);
        if (!registry->modules) abort();
    }
    module *fresh = kh_arena_alloc(&registry->arena, sizeof *fresh);
    fresh->found.kind = kind;
    fresh->found.name = kh_arena_text(&registry->arena, name);
    fresh->found.path =
        kh_arena_printf(&registry->arena, "%s/%s_%s.so", folder, kh_kind_name(kind), name);
    registry->modules[registry->count++] = fresh;
    return KH_OK;
}

static int compare_modules(const void *a, const void *b)
{
    const kh_found *x = &(*(module *const *)a)->found, *y = &(*(module *const *)b)->found;
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : strcmp(x->name, y->name);
}

kh_status kh_registry_new(kh_registry **out, const char *const *folders, kh_error *err)
{
    kh_registry *registry = calloc(1, sizeof *registry);
    if (!registry) abort();
    kh_status rc = KH_OK;
    for (; *folders && rc == KH_OK; folders++) {
        DIR *dir = opendir(*folders);
        if (!dir) {
            rc = kh_fail(err, KH_EUNAVAILABLE, "cannot read the plugin folder '%s': %s", *folders,
                         kh_tr_errno(errno));
            break;
        }
        struct dirent *file;
        while (rc == KH_OK && (file = readdir(dir))) {
            kh_kind kind;
            char name[128];
            if (parse_file_name(file->d_name, &kind, name, sizeof name)) {
                rc = add(registry, kind, name, *folders, err);
            }
        }
        closedir(dir);
    }
    if (rc < 0) {
        kh_registry_free(registry);
        return rc;
    }
    if (registry->count) {
        qsort(registry->modules, registry->count, sizeof *registry->modules, compare_modules);
    }
    registry->found =
        kh_arena_array(&registry->arena, registry->count + 1, sizeof *registry->found);
    for (uint32_t i = 0; i < registry->count; i++) {
        registry->found[i] = registry->modules[i]->found;
    }
    *out = registry;
    return KH_OK;
}

void kh_registry_free(kh_registry *registry)
{
    if (!registry) return;
    kh_arena_fini(&registry->arena);
    free(registry->modules);
    free(registry);
}

const kh_found *kh_registry_list(const kh_registry *registry, uint32_t *count)
{
    *count = registry->count;
    return registry->found;
}

bool kh_registry_knows(const kh_registry *registry, const char *name)
{
    for (uint32_t i = 0; i < registry->count; i++) {
        if (!strcmp(registry->found[i].name, name)) return true;
    }
    return false;
}

static kh_status not_found(const kh_registry *registry, kh_kind kind, const char *name,
                           kh_error *err)
{
    const char **names = calloc(registry->count + 1, sizeof *names);
    if (!names) abort();
    uint32_t n = 0;
    for (uint32_t i = 0; i < registry->count; i++) {
        if (registry->found[i].kind == kind) names[n++] = registry->found[i].name;
    }
    const char *near = kh_text_nearest(name, names);
    kh_status rc;
    if (near) {
        rc = kh_fail(err, KH_EUSAGE, "there is no %s plugin '%s'; did you mean '%s'?",
                     kh_kind_name(kind), name, near);
    } else {
        rc = kh_fail(err, KH_EUSAGE, "there is no %s plugin '%s'; 'kaohe plugin list' shows all",
                     kh_kind_name(kind), name);
    }
    free(names);
    return rc;
}

/* The size is the first member of all ops. */
static void complete_ops(module *loaded)
{
    kh_plugin *plugin = &loaded->plugin;
    const void *theirs = plugin->kind == KH_SOURCE     ? (const void *)plugin->source
                         : plugin->kind == KH_STRATEGY ? (const void *)plugin->strategy
                                                       : (const void *)plugin->output;
    size_t ours = plugin->kind == KH_SOURCE     ? sizeof loaded->ops.source
                  : plugin->kind == KH_STRATEGY ? sizeof loaded->ops.strategy
                                                : sizeof loaded->ops.output;
    uint32_t size;
    memcpy(&size, theirs, sizeof size);
    memcpy(&loaded->ops, theirs, size < ours ? size : ours);
    plugin->source = plugin->kind == KH_SOURCE ? &loaded->ops.source : NULL;
    plugin->strategy = plugin->kind == KH_STRATEGY ? &loaded->ops.strategy : NULL;
    plugin->output = plugin->kind == KH_OUTPUT ? &loaded->ops.output : NULL;
}

static const char *missing_output_op(const kh_output_ops *ops)
{
    if (!(ops->wants & (KH_WANTS_DOCUMENTS | KH_WANTS_RESULTS))) return "wants";
    if ((ops->wants & KH_WANTS_DOCUMENTS) && !ops->document) return "document";
    if ((ops->wants & KH_WANTS_RESULTS) && !ops->results) return "results";
    return ops->extension ? NULL : "extension";
}

/* What the kind cannot do without, or NULL when all of it is there. */
static const char *missing_op(const kh_plugin *plugin)
{
    switch (plugin->kind) {
    case KH_SOURCE:
        return !plugin->source->describe ? "describe" : !plugin->source->read ? "read" : NULL;
    case KH_STRATEGY: return plugin->strategy->run ? NULL : "run";
    case KH_OUTPUT: return missing_output_op(plugin->output);
    }
    return NULL;
}

kh_status kh_registry_get(kh_registry *registry, kh_kind kind, const char *name,
                          const kh_plugin **out, kh_error *err)
{
    for (uint32_t i = 0; i < registry->count; i++) {
        module *found = registry->modules[i];
        if (found->found.kind != kind || strcmp(found->found.name, name) != 0) continue;
        if (!found->loaded) {
            kh_status rc = kh_loader_load(&found->plugin, found->found.path, err);
            if (rc < 0) return rc;
            complete_ops(found);
            const char *missing = missing_op(&found->plugin);
            if (missing) {
                return kh_fail(err, KH_EDATA, "plugin refused: '%s' has no '%s' in its ops",
                               found->found.path, missing);
            }
            found->loaded = true;
        }
        *out = &found->plugin;
        return KH_OK;
    }
    return not_found(registry, kind, name, err);
}

/* ---- instances ----------------------------------------------------------------------------- */

static volatile sig_atomic_t cancelled;

void kh_host_cancel(void)
{
    cancelled = 1;
}

bool kh_host_is_cancelled(void)
{
    return cancelled;
}

static bool host_should_cancel(void *ctx)
{
    (void)ctx;
    return cancelled;
}

static void host_log(void *ctx, kh_log_level level, const char *text)
{
    const kh_instance *instance = ctx;
    if (level == KH_LOG_DEBUG) return;
    fprintf(stderr, "%s: %s\n", instance->plugin->name, text);
}

static void *host_alloc(void *ctx, size_t size)
{
    return kh_arena_alloc(&((kh_instance *)ctx)->arena, size);
}

bool kh_instance_init(kh_instance *instance, const kh_plugin *plugin, const kh_setting *table,
                      kh_place place, const kh_option_context *context, kh_diags *diags)
{
    *instance = (kh_instance){.plugin = plugin};
    instance->host = (kh_host){.abi = KH_ABI,
                               .size = sizeof(kh_host),
                               .ctx = instance,
                               .log = host_log,
                               .should_cancel = host_should_cancel,
                               .decimal = &kh_decimal_table,
                               .rows = &kh_rows_table,
                               .alloc = host_alloc,
                               .rules = &kh_rules_table,
                               .parse_date = kh_date_parse};
    instance->self = kh_arena_alloc(&instance->arena, (size_t)plugin->instance_size + 1);
    if (plugin->defaults) memcpy(instance->self, plugin->defaults, plugin->instance_size);
    return kh_options_fill(instance->self, plugin->options, table, place, plugin->name, context,
                           &instance->arena, diags);
}

void kh_instance_fini(kh_instance *instance)
{
    kh_arena_fini(&instance->arena);
    *instance = (kh_instance){0};
}
