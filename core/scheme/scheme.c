/* Loading a project: its kaohe.lua and its scheme become one validated plan. */
#include "scheme/scheme.h"

#include "base/text.h"
#include "scheme/build.h"
#include "scheme/rules.h"

#include <kaohe/output.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MEMORY = 64 * 1024 * 1024 }; /* for all of a project's Lua values */

const char *kh_scheme_pack(const kh_places *places, const char *name, kh_arena *arena)
{
    if (strchr(name, '/') || name[0] == '.') return NULL;
    const char *folder = kh_arena_printf(arena, "%s/scripts/packs/%s", places->share, name);
    return access(kh_arena_printf(arena, "%s/scheme.lua", folder), R_OK) == 0 ? folder : NULL;
}

/* ---- the project's table ------------------------------------------------------------------- */

static void build_sources(kh_building *b, const kh_setting *table)
{
    kh_plan *plan = b->plan;
    if (!table) return;
    if (table->kind != KH_SETTING_TABLE || table->list_count) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, table->place,
                    "sources wants names: { staff = csv { path = \"data/staff.csv\" } }");
        return;
    }
    plan->sources = kh_arena_array(&plan->arena, table->entry_count + 1, sizeof *plan->sources);
    for (uint32_t i = 0; i < table->entry_count; i++) {
        const kh_entry *entry = &table->entries[i];
        const kh_plugin *plugin;
        kh_error err = KH_ERROR_INIT;
        if (entry->value->kind != KH_SETTING_PLUGIN) {
            kh_diag_add(b->diags, KH_DIAG_ERROR, entry->value->place,
                        "source '%s' is %s; write a plugin like csv { path = ... }", entry->key,
                        kh_setting_kind_name(entry->value->kind));
            continue;
        }
        if (kh_registry_get(b->registry, KH_SOURCE, entry->value->text, &plugin, &err) < 0) {
            kh_diag_error(b->diags, entry->value->place, &err);
            continue;
        }
        kh_source_decl *source = &plan->sources[plan->source_count++];
        source->name = (kh_word){entry->key, entry->key_place};
        kh_instance_init(&source->instance, plugin, entry->value, entry->value->place, &b->options,
                         b->diags);
    }
}

/* path, template and password belong to the host, the rest to the plugin. */
static kh_setting *split_output(kh_building *b, const kh_setting *value, kh_output_decl *output)
{
    kh_setting *rest = kh_arena_alloc(&b->plan->arena, sizeof *rest);
    *rest = *value;
    kh_entry *entries = kh_arena_array(&b->plan->arena, value->entry_count + 1, sizeof *entries);
    rest->entries = entries;
    rest->entry_count = 0;
    for (uint32_t i = 0; i < value->entry_count; i++) {
        const kh_entry *entry = &value->entries[i];
        bool host = !strcmp(entry->key, "path") || !strcmp(entry->key, "template") ||
                    !strcmp(entry->key, "password");
        if (!host) {
            entries[rest->entry_count++] = *entry;
        } else if (entry->value->kind != KH_SETTING_TEXT) {
            kh_diag_add(b->diags, KH_DIAG_ERROR, entry->value->place, "'%s' is a text", entry->key);
        }
    }
    output->path = kh_build_word(value, "path");
    output->template = kh_build_word(value, "template");
    output->password = kh_build_word(value, "password");
    return rest;
}

static void build_outputs(kh_building *b, const kh_setting *list)
{
    kh_plan *plan = b->plan;
    if (!list) return;
    if (list->kind != KH_SETTING_TABLE || list->entry_count) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, list->place,
                    "outputs is a list: { pdf { template = \"scorecard\", path = \"...\" }, json { "
                    "... } }");
        return;
    }
    plan->outputs = kh_arena_array(&plan->arena, list->list_count + 1, sizeof *plan->outputs);
    for (uint32_t i = 0; i < list->list_count; i++) {
        const kh_setting *value = list->list[i];
        const kh_plugin *plugin;
        kh_error err = KH_ERROR_INIT;
        if (value->kind != KH_SETTING_PLUGIN) {
            kh_diag_add(b->diags, KH_DIAG_ERROR, value->place,
                        "an output is a plugin like pdf { ... }, not %s",
                        kh_setting_kind_name(value->kind));
            continue;
        }
        if (kh_registry_get(b->registry, KH_OUTPUT, value->text, &plugin, &err) < 0) {
            kh_diag_error(b->diags, value->place, &err);
            continue;
        }
        kh_output_decl *output = &plan->outputs[plan->output_count++];
        output->name = (kh_word){value->text, value->place};
        kh_setting *options = split_output(b, value, output);
        kh_instance_init(&output->instance, plugin, options, value->place, &b->options, b->diags);
        bool documents = plugin->output->wants == KH_WANTS_DOCUMENTS;
        if (!output->path.text) {
            output->path.text =
                documents ? kh_arena_printf(&plan->arena, "{period}/{group}/{id}-{name}.%s",
                                            plugin->output->extension)
                          : kh_arena_printf(&plan->arena, "{period}/results.%s",
                                            plugin->output->extension);
            output->path.place = value->place;
        }
        if (!documents && output->password.text) {
            kh_diag_add(b->diags, KH_DIAG_ERROR, output->password.place,
                        "'%s' makes no documents; take its password away", value->text);
        }
        if (documents && !output->template.text) {
            kh_diag_add(b->diags, KH_DIAG_ERROR, value->place,
                        "'%s' needs template = \"scorecard\" or another one", value->text);
        }
    }
}

typedef struct project_fields {
    const char *title, *organisation, *scheme, *period;
    const kh_setting *sources, *outputs, *params;
} project_fields;

static const kh_option project_options[] = {
    {.key = "title",
     .type = KH_OPT_TEXT,
     .offset = offsetof(project_fields, title),
     .help = "title of the project"},
    {.key = "organisation",
     .type = KH_OPT_TEXT,
     .offset = offsetof(project_fields, organisation),
     .help = "the bank and branch, shown on top of scorecards"},
    {.key = "scheme",
     .type = KH_OPT_TEXT,
     .offset = offsetof(project_fields, scheme),
     .help = "a pack's name, or the path of a scheme.lua"},
    {.key = "period",
     .type = KH_OPT_TEXT,
     .offset = offsetof(project_fields, period),
     .help = "the period when --period is not given"},
    {.key = "sources",
     .type = KH_OPT_SETTING,
     .offset = offsetof(project_fields, sources),
     .flags = KH_OPT_REQUIRED,
     .help = "where the data is: { staff = csv { path = ... } }"},
    {.key = "outputs",
     .type = KH_OPT_SETTING,
     .offset = offsetof(project_fields, outputs),
     .help = "what is made: { pdf { template = ... }, json { ... } }"},
    {.key = "params",
     .type = KH_OPT_SETTING,
     .offset = offsetof(project_fields, params),
     .help = "other values for the scheme's parameters"},
    {0}};

void kh_build_overrides(kh_building *b, const kh_setting *params)
{
    kh_plan *plan = b->plan;
    if (!params) return;
    const char **names = kh_arena_array(&plan->arena, plan->param_count + 1, sizeof *names);
    for (uint32_t i = 0; i < plan->param_count; i++) names[i] = plan->params[i].name.text;
    if (params->kind != KH_SETTING_TABLE) {
        kh_diag_add(b->diags, KH_DIAG_ERROR, params->place, "params wants a table { pool = 3.20 }");
        return;
    }
    for (uint32_t e = 0; e < params->entry_count; e++) {
        const kh_entry *entry = &params->entries[e];
        kh_param_decl *param = NULL;
        for (uint32_t i = 0; i < plan->param_count; i++) {
            if (!strcmp(names[i], entry->key)) param = &plan->params[i];
        }
        if (!param) {
            const char *near = kh_text_nearest(entry->key, names);
            kh_diag_add(b->diags, KH_DIAG_ERROR, entry->key_place,
                        near ? "the scheme has no parameter '%s'; did you mean '%s'?"
                             : "the scheme has no parameter '%s'",
                        entry->key, near);
        } else if (!kh_param_fits(param->value, param->number, entry->value)) {
            kh_diag_add(b->diags, KH_DIAG_ERROR, entry->value->place,
                        "parameter '%s' is %s, not %s", entry->key,
                        param->number ? kh_tr("a number, or false for none")
                                      : kh_setting_kind_name(param->value->kind),
                        kh_setting_kind_name(entry->value->kind));
        } else {
            param->value = entry->value;
        }
    }
}

/* ---- files --------------------------------------------------------------------------------- */

/* Names of all plugins, without doubles: one constructor may stand for a source and an output. */
static const char **plugin_names(const kh_registry *registry, kh_arena *arena)
{
    uint32_t count, n = 0;
    const kh_found *found = kh_registry_list(registry, &count);
    const char **names = kh_arena_array(arena, count + 1, sizeof *names);
    for (uint32_t i = 0; i < count; i++) {
        bool again = false;
        for (uint32_t k = 0; k < n; k++) again |= !strcmp(names[k], found[i].name);
        if (!again) names[n++] = found[i].name;
    }
    return names;
}

typedef struct loading {
    kh_scheme *scheme;
    const kh_places *places;
    kh_statements statements;
    kh_building building;
    kh_diags *diags;
} loading;

static void remember_file(loading *l, const char *path)
{
    kh_plan *plan = &l->scheme->plan;
    kh_script_file *files = kh_arena_array(&plan->arena, plan->file_count + 1, sizeof *files);
    if (plan->file_count) memcpy(files, plan->files, plan->file_count * sizeof *files);
    files[plan->file_count++].path = path;
    plan->files = files;
}

/* "profit-contribution" is a pack; "scheme.lua" or "rules/mine.lua" a file of the project. */
static const char *find_scheme(loading *l, const kh_word *name)
{
    kh_plan *plan = &l->scheme->plan;
    size_t length = strlen(name->text);
    bool is_path =
        strchr(name->text, '/') || (length > 4 && !strcmp(name->text + length - 4, ".lua"));
    if (is_path) {
        const char *path = name->text[0] == '/'
                               ? name->text
                               : kh_arena_printf(&plan->arena, "%s/%s", plan->folder, name->text);
        plan->scheme.folder =
            kh_arena_bytes(&plan->arena, path, (size_t)(strrchr(path, '/') - path));
        plan->scheme.name = name->text;
        return path;
    }
    plan->scheme.name = name->text;
    plan->scheme.folder = kh_scheme_pack(l->places, name->text, &plan->arena);
    if (plan->scheme.folder)
        return kh_arena_printf(&plan->arena, "%s/scheme.lua", plan->scheme.folder);
    kh_diag_add(l->diags, KH_DIAG_ERROR, name->place,
                "there is no pack '%s' in '%s/scripts/packs', and a scheme's path ends in .lua",
                name->text, l->places->share);
    return NULL;
}

static kh_status open_script(loading *l, kh_error *err)
{
    kh_scheme *scheme = l->scheme;
    scheme->script = kh_script_new(MEMORY);
    l->statements.arena = &scheme->plan.arena;
    l->statements.diags = l->diags;
    const char *rules = kh_arena_printf(&scheme->plan.arena, "%s/scripts", l->places->share);
    const char *const folders[] = {scheme->plan.folder, rules, NULL};
    kh_status rc = kh_declare_open(scheme->script, &l->statements,
                                   plugin_names(scheme->registry, &scheme->plan.arena), err);
    if (rc == KH_OK) rc = kh_rules_open(scheme->script, err);
    if (rc == KH_OK) rc = kh_script_use(scheme->script, folders, KH_SCRIPT_SITES, err);
    return rc;
}

static kh_status load_files(loading *l, kh_error *err)
{
    kh_plan *plan = &l->scheme->plan;
    const char *path = kh_arena_printf(&plan->arena, "%s/kaohe.lua", plan->folder);
    const kh_setting *project = NULL, *ignored;
    remember_file(l, path);
    kh_status rc = kh_declare_file(l->scheme->script, &l->statements, path, &project, err);
    if (rc < 0) return rc;
    if (!project || project->kind != KH_SETTING_PLUGIN || strcmp(project->text, "project") != 0) {
        kh_place place = {path, 1, 0};
        kh_diag_add(l->diags, KH_DIAG_ERROR, place,
                    "the file must end with: return project { ... }");
        return kh_fail(err, KH_EUSAGE, "'%s' has mistakes", path);
    }
    project_fields f = {0};
    kh_options_fill(&f, project_options, project, project->place, "project", &l->building.options,
                    &plan->arena, l->diags);
    plan->title = f.title ? f.title : "";
    plan->organisation = f.organisation ? f.organisation : "";
    plan->period = f.period;
    l->statements.params[1] = f.params;
    build_sources(&l->building, f.sources);
    kh_word name = kh_build_word(project, "scheme");
    if (name.text) {
        const char *scheme_path = find_scheme(l, &name);
        if (!scheme_path) return kh_fail(err, KH_EUSAGE, "there is no scheme");
        remember_file(l, scheme_path);
        rc = kh_declare_file(l->scheme->script, &l->statements, scheme_path, &ignored, err);
        if (rc < 0) return rc;
    } else {
        plan->scheme.name = "kaohe.lua";
        plan->scheme.folder = plan->folder;
    }
    kh_build_statements(&l->building);
    kh_build_overrides(&l->building, f.params);
    kh_build_overrides(&l->building, l->statements.params[0]);
    build_outputs(&l->building, f.outputs);
    if (!plan->subject.key.text) {
        kh_place place = {plan->files[plan->file_count - 1].path, 1, 0};
        kh_diag_add(
            l->diags, KH_DIAG_ERROR, place,
            "the scheme needs subject { from = \"staff\", key = \"manager_id\", name = \"name\" }");
        return kh_fail(err, KH_EUSAGE, "there is no subject");
    }
    return KH_OK;
}

kh_status kh_scheme_plugins(kh_registry **out, const kh_places *places, const char *folder,
                            kh_error *err)
{
    char own[PATH_MAX];
    int length = folder ? snprintf(own, sizeof own, "%s/plugins", folder) : 0;
    bool has = length > 0 && length < (int)sizeof own && access(own, F_OK) == 0;
    const char *const folders[] = {places->plugins, has ? own : NULL, NULL};
    return kh_registry_new(out, folders, err);
}

kh_status kh_scheme_load(kh_scheme **out, const char *folder, const kh_setting *params,
                         const kh_places *places, kh_diags *diags, kh_error *err)
{
    *out = NULL;
    kh_scheme *scheme = calloc(1, sizeof *scheme);
    if (!scheme) abort();
    kh_plan *plan = &scheme->plan;
    loading l = {.scheme = scheme, .places = places, .statements.params = {params}, .diags = diags};
    char real[PATH_MAX];
    kh_status rc = KH_OK;
    if (!realpath(folder, real)) {
        rc = kh_fail(err, KH_EUSAGE, "there is no folder '%s'", folder);
        goto out;
    }
    plan->folder = kh_arena_text(&plan->arena, real);
    plan->scheme.title = "";
    plan->scheme.version = "";
    plan->scheme.regulation = "";
    if ((rc = kh_scheme_plugins(&scheme->registry, places, plan->folder, err)) < 0) goto out;
    l.building = (kh_building){.plan = plan,
                               .registry = scheme->registry,
                               .statements = &l.statements,
                               .diags = diags,
                               .options = {.folder = plan->folder}};
    rc = open_script(&l, err);
    if (rc == KH_OK) rc = load_files(&l, err);
out:
    if (rc < 0) {
        kh_scheme_free(scheme);
        return rc;
    }
    *out = scheme;
    return KH_OK;
}

void kh_scheme_free(kh_scheme *scheme)
{
    if (!scheme) return;
    for (uint32_t i = 0; i < scheme->plan.source_count; i++) {
        kh_instance_fini(&scheme->plan.sources[i].instance);
    }
    for (uint32_t i = 0; i < scheme->plan.output_count; i++) {
        kh_instance_fini(&scheme->plan.outputs[i].instance);
    }
    if (scheme->script) kh_script_free(scheme->script);
    kh_registry_free(scheme->registry);
    kh_arena_fini(&scheme->plan.arena);
    free(scheme);
}
