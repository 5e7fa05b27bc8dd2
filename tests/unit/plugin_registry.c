/* Finding plugins by kind and name, completing their ops, and instances that work end to end. */
#include "plugin/registry.h"
#include "plugin/folder.h"
#include "table/reader.h"

#include <kaohe/output.h>
#include <kaohe/source.h>
#include <kaohe/strategy.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

TestSuite(registry, .init = folder_make, .fini = folder_remove);
TestSuite(instance, .init = folder_make, .fini = folder_remove);

static kh_registry *registry_of(const char *const *folders)
{
    kh_registry *registry = NULL;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_registry_new(&registry, folders, &err), KH_OK, "%s", err.text);
    return registry;
}

static kh_registry *registry_here(void)
{
    return registry_of((const char *const[]){folder, NULL});
}

Test(registry, lists_plugins_by_kind_and_name)
{
    static const char *const files[] = {"output_pdf.so",
                                        "source_xlsx.so",
                                        "strategy_ladder.so",
                                        "source_csv.so",
                                        "output_json.so",
                                        "source_a_b.so",
                                        "README",
                                        "source_.so",
                                        "source_x.so.1",
                                        "source_x.txt",
                                        "libsource_x.so",
                                        "sources_x.so",
                                        "other_x.so",
                                        "source_xso",
                                        "SOURCE_x.so",
                                        ".so"};
    for (size_t i = 0; i < COUNT(files); i++) folder_write(files[i], "", 0);
    static const struct {
        kh_kind kind;
        const char *name, *file;
    } wanted[] = {
        {KH_SOURCE, "a_b", "source_a_b.so"},   {KH_SOURCE, "csv", "source_csv.so"},
        {KH_SOURCE, "xlsx", "source_xlsx.so"}, {KH_STRATEGY, "ladder", "strategy_ladder.so"},
        {KH_OUTPUT, "json", "output_json.so"}, {KH_OUTPUT, "pdf", "output_pdf.so"}};
    kh_registry *registry = registry_here();
    uint32_t count;
    const kh_found *found = kh_registry_list(registry, &count);
    cr_assert_eq(count, COUNT(wanted));
    for (uint32_t i = 0; i < count; i++) {
        cr_expect_eq(found[i].kind, wanted[i].kind);
        cr_expect_str_eq(found[i].name, wanted[i].name);
        cr_expect_str_eq(found[i].path, folder_path(wanted[i].file));
    }
    cr_expect(kh_registry_knows(registry, "ladder"), "of any kind");
    cr_expect_not(kh_registry_knows(registry, "ladde"));
    cr_expect_not(kh_registry_knows(registry, "x"));
    kh_registry_free(registry);
}

Test(registry, may_be_empty)
{
    kh_registry *registry = registry_of((const char *const[]){NULL});
    uint32_t count = 99;
    kh_registry_list(registry, &count);
    cr_expect_eq(count, 0);
    cr_expect_not(kh_registry_knows(registry, "csv"));
    const kh_plugin *plugin;
    kh_error err = KH_ERROR_INIT;
    cr_expect_eq(kh_registry_get(registry, KH_SOURCE, "csv", &plugin, &err), KH_EUSAGE);
    cr_expect_str_eq(err.text, "there is no source plugin 'csv'; 'kaohe plugin list' shows all");
    kh_registry_free(registry);
    kh_registry_free(NULL);
}

Test(registry, suggests_the_nearest_name_of_the_kind)
{
    folder_write("source_postgres.so", "", 0);
    folder_write("output_postscript.so", "", 0);
    static const struct {
        kh_kind kind;
        const char *name, *message;
    } cases[] = {
        {KH_SOURCE, "postgress", "there is no source plugin 'postgress'; did you mean 'postgres'?"},
        {KH_OUTPUT, "postscrip",
         "there is no output plugin 'postscrip'; did you mean "
         "'postscript'?"},
        {KH_OUTPUT, "postgres",
         "there is no output plugin 'postgres'; 'kaohe plugin list' shows "
         "all"},
        {KH_STRATEGY, "postgres",
         "there is no strategy plugin 'postgres'; 'kaohe plugin list' "
         "shows all"},
    };
    kh_registry *registry = registry_here();
    for (size_t i = 0; i < COUNT(cases); i++) {
        const kh_plugin *plugin;
        kh_error err = KH_ERROR_INIT;
        cr_expect_eq(kh_registry_get(registry, cases[i].kind, cases[i].name, &plugin, &err),
                     KH_EUSAGE);
        cr_expect_str_eq(err.text, cases[i].message);
    }
    kh_registry_free(registry);
}

Test(registry, refuses_a_name_that_is_there_twice)
{
    static char second[] = "/tmp/kaohe-second-XXXXXX";
    cr_assert_not_null(mkdtemp(second));
    char file[128], wanted[512];
    snprintf(file, sizeof file, "%s/source_csv.so", second);
    fclose(fopen(file, "w"));
    folder_write("source_csv.so", "", 0);
    folder_write("output_csv.so", "", 0); /* another kind may have the name */
    kh_registry *registry;
    kh_error err = KH_ERROR_INIT;
    const char *const both[] = {folder, second, NULL}, *const same[] = {second, second, NULL};
    cr_expect_eq(kh_registry_new(&registry, both, &err), KH_EUSAGE);
    snprintf(wanted, sizeof wanted,
             "there are two source plugins named 'csv': '%s' and one in '%s'; remove one",
             folder_path("source_csv.so"), second);
    cr_expect_str_eq(err.text, wanted);
    err = (kh_error)KH_ERROR_INIT;
    cr_expect_eq(kh_registry_new(&registry, same, &err), KH_EUSAGE, "the same folder twice");
    unlink(file);
    rmdir(second);
    err = (kh_error)KH_ERROR_INIT;
    cr_expect_eq(kh_registry_new(&registry, both, &err), KH_EUNAVAILABLE);
    snprintf(wanted, sizeof wanted, "cannot read the plugin folder '%s': No such file or directory",
             second);
    cr_expect_str_eq(err.text, wanted);
}

Test(registry, loads_a_plugin_when_it_is_wanted)
{
    folder_copy("source_good.so", "source_good.so");
    folder_write("source_noise.so", "noise", 5); /* does not disturb the others */
    kh_registry *registry = registry_here();
    const kh_plugin *plugin, *again;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_registry_get(registry, KH_SOURCE, "good", &plugin, &err), KH_OK, "%s",
                 err.text);
    cr_expect_str_eq(plugin->summary, "says hello");
    cr_assert_eq(kh_registry_get(registry, KH_SOURCE, "good", &again, &err), KH_OK);
    cr_expect_eq(plugin, again, "loaded once");
    for (int i = 0; i < 2; i++) { /* a refusal stays one */
        char wanted[256];
        snprintf(wanted, sizeof wanted, "plugin refused: %s: file too short",
                 folder_path("source_noise.so"));
        err = (kh_error)KH_ERROR_INIT;
        cr_expect_eq(kh_registry_get(registry, KH_SOURCE, "noise", &plugin, &err), KH_EUNAVAILABLE);
        cr_expect_str_eq(err.text, wanted);
    }
    kh_registry_free(registry);
}

static const struct {
    const char *file, *as;
    kh_kind kind;
    const char *name, *message;
} refusals[] = {
    {"source_good.so", "source_better.so", KH_SOURCE, "better",
     "plugin refused: '%s' calls itself source 'good'; its file must be named 'source_good.so'"},
    {"source_good.so", "output_good.so", KH_OUTPUT, "good",
     "plugin refused: '%s' calls itself source 'good'; its file must be named 'source_good.so'"},
    {"source_noread.so", "source_noread.so", KH_SOURCE, "noread",
     "plugin refused: '%s' has no 'read' in its ops"},
    {"strategy_norun.so", "strategy_norun.so", KH_STRATEGY, "norun",
     "plugin refused: '%s' has no 'run' in its ops"},
    {"output_nodocument.so", "output_nodocument.so", KH_OUTPUT, "nodocument",
     "plugin refused: '%s' has no 'document' in its ops"},
    {"output_wantless.so", "output_wantless.so", KH_OUTPUT, "wantless",
     "plugin refused: '%s' has no 'wants' in its ops"},
};

Test(registry, refuses_a_wrong_file_name_and_half_a_plugin)
{
    for (size_t i = 0; i < COUNT(refusals); i++) folder_copy(refusals[i].file, refusals[i].as);
    kh_registry *registry = registry_here();
    for (size_t i = 0; i < COUNT(refusals); i++) {
        const kh_plugin *plugin;
        kh_error err = KH_ERROR_INIT;
        char wanted[512];
        snprintf(wanted, sizeof wanted, refusals[i].message, folder_path(refusals[i].as));
        cr_expect_eq(kh_registry_get(registry, refusals[i].kind, refusals[i].name, &plugin, &err),
                     KH_EDATA);
        cr_expect_str_eq(err.text, wanted);
    }
    kh_registry_free(registry);
}

Test(registry, completes_the_ops_of_older_and_newer_plugins)
{
    folder_copy("source_older.so", "source_older.so");
    folder_copy("source_newer.so", "source_newer.so");
    kh_registry *registry = registry_here();
    static const char *const names[] = {"older", "newer"};
    for (int i = 0; i < 2; i++) {
        const kh_plugin *plugin;
        kh_error err = KH_ERROR_INIT;
        cr_assert_eq(kh_registry_get(registry, KH_SOURCE, names[i], &plugin, &err), KH_OK, "%s",
                     err.text);
        cr_expect_not_null(plugin->source->describe);
        cr_expect_not_null(plugin->source->read);
        cr_expect_null(plugin->source->cancel, "%s: nothing from beyond its size", names[i]);
        cr_expect_null(plugin->strategy);
        cr_expect_null(plugin->output);
    }
    folder_copy("output_good.so", "output_good.so");
    kh_registry_free(registry);
    registry = registry_here();
    const kh_plugin *output;
    cr_assert_eq(kh_registry_get(registry, KH_OUTPUT, "good", &output, NULL), KH_OK);
    cr_expect_str_eq(output->output->extension, "txt");
    cr_expect_null(output->output->document);
    kh_registry_free(registry);
}

/* ---- instances ----------------------------------------------------------------------------- */

static void count_field(void *ctx, const char *name, kh_type type, int32_t scale)
{
    static const char *const names[] = {"greeting", "number"};
    int *count = ctx;
    cr_assert_lt(*count, 2);
    cr_expect_str_eq(name, names[*count]);
    cr_expect_eq(type, *count ? KH_TYPE_INT : KH_TYPE_TEXT);
    cr_expect_eq(scale, 0);
    ++*count;
}

Test(instance, runs_a_source_from_its_options_to_its_rows)
{
    folder_copy("source_good.so", "source_good.so");
    kh_registry *registry = registry_here();
    const kh_plugin *plugin;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_registry_get(registry, KH_SOURCE, "good", &plugin, &err), KH_OK);
    const kh_setting greeting = {.kind = KH_SETTING_TEXT, .text = "你好"};
    const kh_entry entries[] = {{"greeting", {NULL, 0, 0}, &greeting}};
    const kh_setting table = {.kind = KH_SETTING_TABLE, .entries = entries, .entry_count = 1};
    kh_diags diags = {0};
    kh_instance instance;
    kh_place nowhere = {NULL, 0, 0};
    kh_option_context context = {.folder = folder};
    cr_assert(kh_instance_init(&instance, plugin, &table, nowhere, &context, &diags));
    cr_expect_eq(diags.count, 0);

    const kh_source_ops *ops = plugin->source;
    cr_assert_eq(ops->open(instance.self, &instance.host, &err), KH_OK);
    int fields = 0;
    kh_describe describe = {.ctx = &fields, .field = count_field};
    cr_assert_eq(ops->describe(instance.self, &describe, &err), KH_OK);
    cr_expect_eq(fields, 2);
    static const kh_field columns[] = {{"number", KH_TYPE_INT, 0}, {"greeting", KH_TYPE_TEXT, 0}};
    kh_query query = {.size = sizeof query, .fields = columns, .field_count = 2, .parts = 1};
    struct ArrowArrayStream stream;
    cr_assert_eq(ops->read(instance.self, &query, &stream, &err), KH_OK);
    kh_reader *reader;
    kh_batch batch;
    cr_assert_eq(kh_reader_open(&reader, &stream, "good", columns, 2, &err), KH_OK);
    cr_assert_eq(kh_reader_next(reader, &batch, &err), KH_OK);
    cr_assert_eq(batch.rows, 3, "the default of `rows`");
    for (int r = 0; r < 3; r++) {
        cr_expect_eq(batch.columns[0].as.ints[r], r);
        cr_expect_eq(batch.columns[1].as.codes[r], 0);
        cr_expect_eq(batch.origin_row.as.ints[r], r + 1);
    }
    cr_expect_eq(strncmp(batch.columns[1].strings.bytes, "你好", 6), 0, "the configured text");
    kh_reader_close(reader);
    kh_instance_fini(&instance);
    cr_expect_null(instance.plugin);

    const kh_setting wrong = {.kind = KH_SETTING_NUMBER, .number = KH_ONE};
    const kh_entry unfit[] = {{"greeting", {NULL, 0, 0}, &wrong}};
    const kh_setting bad = {.kind = KH_SETTING_TABLE, .entries = unfit, .entry_count = 1};
    cr_expect_not(kh_instance_init(&instance, plugin, &bad, nowhere, &context, &diags));
    cr_expect_eq(diags.errors, 1);
    cr_expect_str_eq(diags.items[0].text, "option 'greeting' of 'good' wants a text, not a number");
    kh_instance_fini(&instance);
    kh_diags_fini(&diags);
    kh_registry_free(registry);
}

Test(instance, has_the_services_of_the_host)
{
    folder_copy("strategy_good.so", "strategy_good.so");
    kh_registry *registry = registry_here();
    const kh_plugin *plugin;
    cr_assert_eq(kh_registry_get(registry, KH_STRATEGY, "good", &plugin, NULL), KH_OK);
    kh_instance instance;
    kh_option_context context = {0};
    kh_diags diags = {0};
    cr_assert(kh_instance_init(&instance, plugin, NULL, (kh_place){NULL, 0, 0}, &context, &diags),
              "a plugin without options needs no table");
    const kh_host *host = &instance.host;
    cr_expect_eq(host->abi, KH_ABI);
    cr_expect_eq(host->size, sizeof(kh_host));
    cr_expect_eq(host->decimal->size, sizeof(kh_decimal_ops));
    cr_expect_eq(host->rows->size, sizeof(kh_rows_ops));
    kh_decimal sum = host->decimal->add(host->decimal->from_int(2), KH_ONE);
    cr_expect_eq(host->decimal->cmp(sum, host->decimal->from_int(3)), 0);
    char *block = host->alloc(host->ctx, 10000);
    for (int i = 0; i < 10000; i++) cr_assert_eq(block[i], 0);
    memset(block, 1, 10000);
    cr_expect_not_null(host->decimal->format);
    cr_expect_not_null(host->rows->discard);

    char text[256] = "";
    FILE *kept = stderr; /* what log() says, and what it keeps to itself */
    stderr = fmemopen(text, sizeof text, "w");
    host->log(host->ctx, KH_LOG_DEBUG, "silent");
    host->log(host->ctx, KH_LOG_INFO, "100 %s of 张伟");
    host->log(host->ctx, KH_LOG_WARN, "careful");
    fclose(stderr);
    stderr = kept;
    cr_expect_str_eq(text, "good: 100 %s of 张伟\ngood: careful\n");

    cr_expect_not(host->should_cancel(host->ctx));
    cr_expect_not(kh_host_is_cancelled());
    kh_host_cancel();
    cr_expect(host->should_cancel(host->ctx));
    cr_expect(kh_host_is_cancelled());
    kh_instance_fini(&instance);
    kh_diags_fini(&diags);
    kh_registry_free(registry);
}
