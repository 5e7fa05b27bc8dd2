/* kaohe plugin: what plugins there are, and what each can be told. */
#include "cli/cli.h"

#include "base/text.h"
#include "plugin/loader.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static int list(kh_cli *cli, kh_registry *registry)
{
    uint32_t count;
    const kh_found *found = kh_registry_list(registry, &count);
    int code = 0;
    for (uint32_t i = 0; i < count; i++) {
        const kh_plugin *plugin;
        kh_error err = KH_ERROR_INIT;
        if (kh_registry_get(registry, found[i].kind, found[i].name, &plugin, &err) < 0) {
            fprintf(stderr, "kaohe: %s\n", err.text);
            code = 3;
            continue;
        }
        if (cli->json) {
            kh_buf line = {0};
            kh_buf_printf(&line, "{\"kind\":\"%s\",\"name\":", kh_kind_name(plugin->kind));
            kh_buf_json(&line, plugin->name);
            kh_buf_text(&line, ",\"version\":");
            kh_buf_json(&line, plugin->version);
            kh_buf_text(&line, ",\"summary\":");
            kh_buf_json(&line, plugin->summary);
            printf("%s}\n", line.data);
            kh_buf_fini(&line);
        } else {
            printf("%-9s %-14s %-6s %s\n", kh_kind_name(plugin->kind), plugin->name,
                   plugin->version, kh_tr(plugin->summary));
        }
    }
    return code;
}

/* "csv" may be a source and an output: both are shown; "source_csv" is one of them. */
static int show(kh_registry *registry, const char *name)
{
    uint32_t count, shown = 0;
    const kh_found *found = kh_registry_list(registry, &count);
    for (uint32_t i = 0; i < count; i++) {
        char full[160];
        snprintf(full, sizeof full, "%s_%s", kh_kind_name(found[i].kind), found[i].name);
        if (strcmp(found[i].name, name) != 0 && strcmp(full, name) != 0) continue;
        const kh_plugin *plugin;
        kh_error err = KH_ERROR_INIT;
        if (kh_registry_get(registry, found[i].kind, found[i].name, &plugin, &err) < 0) {
            fprintf(stderr, "kaohe: %s\n", err.text);
            return 3;
        }
        printf("%s%s %s %s: %s (%s)\n%s\n", shown++ ? "\n" : "", kh_kind_name(plugin->kind),
               plugin->name, plugin->version, kh_tr(plugin->summary), plugin->license,
               found[i].path);
        if (plugin->options && plugin->options->key) {
            puts(kh_tr("options:"));
            kh_options_print(stdout, plugin->options, plugin->defaults, 2);
        } else {
            puts(kh_tr("no options"));
        }
    }
    if (shown) return 0;
    const char *names[256];
    uint32_t n = 0;
    for (uint32_t i = 0; i < count && n < 255; i++) names[n++] = found[i].name;
    names[n] = NULL;
    const char *near = kh_text_nearest(name, names);
    if (near) return kh_cli_usage("there is no plugin '%s'; did you mean '%s'?", name, near);
    return kh_cli_usage("there is no plugin '%s'; 'kaohe plugin list' shows all", name);
}

int kh_verb_plugin(kh_cli *cli, int argc, char **argv)
{
    bool listing = argc >= 2 && argc <= 3 && !strcmp(argv[1], "list"),
         showing = argc >= 3 && argc <= 4 && !strcmp(argv[1], "show");
    if (!listing && !showing)
        return kh_cli_usage("write: kaohe plugin list [DIR], or kaohe plugin show NAME [DIR]");
    const char *folder = argv[listing ? 2 : 3]; /* a project with plugins of its own, or NULL */
    char real[PATH_MAX];
    if (folder && !realpath(folder, real)) return kh_cli_usage("there is no folder '%s'", folder);
    kh_registry *registry;
    kh_error err = KH_ERROR_INIT;
    kh_status rc = kh_scheme_plugins(&registry, &cli->places, folder ? real : NULL, &err);
    if (rc < 0) {
        fprintf(stderr, "kaohe: %s\n", err.text);
        return kh_exit_code(rc);
    }
    int code = listing ? list(cli, registry) : show(registry, argv[2]);
    kh_registry_free(registry);
    return code;
}
