/* The one door for foreign code: sound plugins come in, each other one is told its true cause. */
#include "plugin/loader.h"
#include "plugin/folder.h"

#include <kaohe/source.h>
#include <limits.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

TestSuite(loader, .init = folder_make, .fini = folder_remove);

/* @p wanted may hold one %s for the real path. */
static void expect_refused(const char *path, kh_status rc, const char *wanted)
{
    kh_plugin plugin;
    kh_error err = KH_ERROR_INIT;
    char real[PATH_MAX], message[PATH_MAX + 300];
    snprintf(message, sizeof message, wanted, realpath(path, real) ? real : path,
             realpath(path, real) ? real : path);
    cr_expect_eq(kh_loader_load(&plugin, path, &err), rc, "%s", path);
    cr_expect_str_eq(err.text, message, "\ngot    %s\nwanted %s", err.text, message);
}

static void expect_loaded(const char *path, const char *name)
{
    kh_plugin plugin;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_loader_load(&plugin, path, &err), KH_OK, "%s", err.text);
    cr_expect_str_eq(plugin.name, name);
}

Test(loader, takes_a_sound_plugin)
{
    kh_plugin plugin;
    kh_error err = KH_ERROR_INIT;
    const char *path = folder_copy("source_good.so", "source_good.so");
    cr_assert_eq(kh_loader_load(&plugin, path, &err), KH_OK, "%s", err.text);
    cr_expect_eq(plugin.abi, KH_ABI);
    cr_expect_eq(plugin.kind, KH_SOURCE);
    cr_expect_str_eq(plugin.name, "good");
    cr_expect_str_eq(plugin.version, "1.2");
    cr_expect_str_eq(plugin.options[1].key, "rows");
    cr_expect_not_null(plugin.source);
    cr_expect_null(plugin.strategy);
    expect_loaded(path, "good"); /* twice is fine */
    expect_loaded(folder_copy("strategy_good.so", "strategy_good.so"), "good");
    expect_loaded(folder_copy("output_good.so", "output_good.so"), "good");
    char shown[256]; /* a relative path becomes absolute before the linker could search for it */
    cr_assert_eq(chdir(folder), 0);
    expect_loaded("source_good.so", "good");
    snprintf(shown, sizeof shown, "../%s/./source_good.so", strrchr(folder, '/') + 1);
    expect_loaded(shown, "good");
}

Test(loader, reads_the_missing_members_of_an_older_plugin_as_zero)
{
    kh_plugin plugin;
    kh_error err = KH_ERROR_INIT;
    const char *path = folder_copy("source_older.so", "source_older.so");
    cr_assert_eq(kh_loader_load(&plugin, path, &err), KH_OK, "%s", err.text);
    cr_expect_str_eq(plugin.version, "0.9");
    cr_expect_not_null(plugin.source);
    cr_expect_null(plugin.strategy, "what lies behind its end is not looked at");
    cr_expect_null(plugin.output);
}

Test(loader, reads_our_part_of_a_newer_plugin)
{
    struct {
        kh_plugin plugin;
        char behind[64];
    } room;
    memset(&room, 0x77, sizeof room);
    kh_error err = KH_ERROR_INIT;
    const char *path = folder_copy("source_newer.so", "source_newer.so");
    cr_assert_eq(kh_loader_load(&room.plugin, path, &err), KH_OK, "%s", err.text);
    cr_expect_str_eq(room.plugin.version, "9.0");
    cr_expect_gt(room.plugin.size, sizeof(kh_plugin));
    for (size_t i = 0; i < sizeof room.behind; i++) cr_expect_eq(room.behind[i], 0x77);
}

#define WRONGLY(option, fault) "plugin refused: '%s' declares option '" option "' wrongly: " fault

static const struct {
    const char *file;
    kh_status rc;
    const char *message;
} refusals[] = {
    {"source_abi.so", KH_EUNSUPPORTED,
     "plugin refused: '%s' was built for plugin ABI 2, this kaohe has ABI 1; rebuild it against "
     "this version's headers"},
    {"source_tiny.so", KH_EDATA, "plugin refused: '%s': its descriptor has only 8 bytes"},
    {"source_nosymbol.so", KH_EUNSUPPORTED,
     "plugin refused: '%s' has no symbol 'kaohe_plugin'; it is no kaohe plugin"},
    {"source_unresolved.so", KH_EUNAVAILABLE,
     "plugin refused: %s: undefined symbol: kaohe_test_defined_nowhere"},
    {"source_alias.so", KH_EDATA,
     "plugin refused: '%s' calls itself source 'csv'; its file must be named 'source_csv.so'"},
    {"source_nokind.so", KH_EDATA,
     "plugin refused: '%s': kind, name, version, summary and license must be set"},
    {"source_nolicense.so", KH_EDATA,
     "plugin refused: '%s': kind, name, version, summary and license must be set"},
    {"source_noops.so", KH_EDATA, "plugin refused: '%s' has no ops for its kind 'source'"},
    {"source_option_type.so", KH_EDATA, WRONGLY("bad", "its type is unknown")},
    {"source_option_offset.so", KH_EDATA, WRONGLY("bad", "its offset lies outside the instance")},
    {"source_option_helpless.so", KH_EDATA, WRONGLY("bad", "it has no help")},
    {"source_option_refers.so", KH_EDATA, WRONGLY("bad", "it refers to an unknown kind of name")},
    {"source_option_range.so", KH_EDATA, WRONGLY("bad", "its least value is above its greatest")},
    {"source_option_rowless.so", KH_EDATA, WRONGLY("bad", "its rows have no options or no size")},
    {"source_option_choiceless.so", KH_EDATA, WRONGLY("bad", "it has no choices")},
    {"source_option_default.so", KH_EDATA, WRONGLY("bad", "its default is none of its choices")},
    {"source_option_row.so", KH_EDATA, WRONGLY("wide", "its offset lies outside the instance")},
    {"source_option_endless.so", KH_EDATA, WRONGLY("again", "its rows are nested too deeply")},
    {"source_option_twice.so", KH_EDATA, "plugin refused: '%s' declares option 'fine' twice"},
};

Test(loader, names_the_real_cause)
{
    for (size_t i = 0; i < COUNT(refusals); i++) {
        const char *path = folder_copy(refusals[i].file, refusals[i].file);
        expect_refused(path, refusals[i].rc, refusals[i].message);
    }
}

Test(loader, names_the_real_cause_of_what_is_no_module)
{
    static const char noise[512] = {0x13, 0x37, 0x42};
    static const char head[] = "\177ELF\2\1\1"; /* a module that breaks off */
    folder_write("source_noise.so", noise, sizeof noise);
    expect_refused(folder_path("source_noise.so"), KH_EUNAVAILABLE,
                   "plugin refused: %s: invalid ELF header");
    folder_write("source_text.so", "return 'a script'\n", 18);
    expect_refused(folder_path("source_text.so"), KH_EUNAVAILABLE,
                   "plugin refused: %s: file too short");
    folder_write("source_empty.so", "", 0);
    expect_refused(folder_path("source_empty.so"), KH_EUNAVAILABLE,
                   "plugin refused: %s: file too short");
    folder_write("source_head.so", head, sizeof head);
    expect_refused(folder_path("source_head.so"), KH_EUNAVAILABLE,
                   "plugin refused: %s: file too short");
    mkdir(folder_path("source_folder.so"), 0755);
    expect_refused(folder_path("source_folder.so"), KH_EUNAVAILABLE,
                   "plugin refused: %s: cannot read file data: Is a directory");
    expect_refused(folder_path("source_none.so"), KH_EUNAVAILABLE,
                   "plugin '%s': No such file or directory");
    expect_refused(folder_copy("source_good.so", "source_good.txt"), KH_EUSAGE,
                   "plugin refused: '%s' does not end in .so");
    expect_refused(folder_copy("source_good.so", ".so"), KH_EDATA,
                   "plugin refused: '%s' calls itself source 'good'; its file must be named "
                   "'source_good.so'");
}

Test(loader, refuses_what_others_could_change)
{
    const char *path = folder_copy("source_good.so", "source_good.so");
    chmod(path, 0666);
    expect_refused(path, KH_EDENIED,
                   "plugin refused: the file '%s' is writable by everyone; run: chmod go-w '%s'");
    chmod(path, 0664);
    expect_refused(path, KH_EDENIED,
                   "plugin refused: the file '%s' is writable by its group; run: chmod go-w '%s'");
    chmod(path, 0755);
    char wanted[512];
    chmod(folder, 0775);
    snprintf(wanted, sizeof wanted,
             "plugin refused: the folder '%s' is writable by its group; run: chmod go-w '%s'",
             folder, folder);
    expect_refused(path, KH_EDENIED, wanted);
    chmod(folder, 0757);
    snprintf(wanted, sizeof wanted,
             "plugin refused: the folder '%s' is writable by everyone; run: chmod go-w '%s'",
             folder, folder);
    expect_refused(path, KH_EDENIED, wanted);
    chmod(folder, 0755);
    expect_loaded(path, "good");
}

Test(loader, refuses_what_belongs_to_someone_else)
{
    if (geteuid() != 0) cr_skip_test("only root can give a file to another user");
    const char *path = folder_copy("source_good.so", "source_good.so");
    cr_assert_eq(chown(path, 12345, 0), 0);
    expect_refused(path, KH_EDENIED,
                   "plugin refused: the file '%s' belongs to user 12345; it must belong to root or "
                   "to the user who runs kaohe (chown)");
    cr_assert_eq(chown(path, 0, 12345), 0); /* a foreign group that may not write is fine */
    expect_loaded(path, "good");
    cr_assert_eq(chown(folder, 12345, 0), 0);
    char wanted[512];
    snprintf(wanted, sizeof wanted,
             "plugin refused: the folder '%s' belongs to user 12345; it must belong to root or to "
             "the user who runs kaohe (chown)",
             folder);
    expect_refused(path, KH_EDENIED, wanted);
    cr_assert_eq(chown(folder, 0, 0), 0);

    /* Someone else may use what root installed. */
    cr_assert_eq(chmod(folder, 0755), 0);
    cr_assert_eq(chmod(path, 0755), 0);
    cr_assert_eq(seteuid(12345), 0);
    expect_loaded(path, "good");
    cr_assert_eq(seteuid(0), 0);
}

Test(loader, follows_no_planted_libtool_archive)
{
    const char *path = folder_copy("source_good.so", "source_good.so");
    folder_copy("source_evil.so", "source_evil.so");
    char text[512];
    int n = snprintf(text, sizeof text,
                     "# Generated by libtool\ndlname='source_evil.so'\n"
                     "library_names='source_evil.so'\ndependency_libs=''\ninstalled=yes\n"
                     "shouldnotlink=yes\nlibdir='%s'\n",
                     folder);
    folder_write("source_good.la", text, (size_t)n);
    folder_write("source_good.so.la", text, (size_t)n);
    expect_loaded(path, "good");
    cr_expect_null(getenv("KAOHE_TEST_EVIL"), "the archive beside it was obeyed");
    expect_refused(folder_path("source_good.la"), KH_EUSAGE,
                   "plugin refused: '%s' does not end in .so");
    expect_loaded(folder_path("source_evil.so"), "evil"); /* the mark works */
    cr_expect_not_null(getenv("KAOHE_TEST_EVIL"));
}

Test(loader, follows_a_link_and_judges_its_target)
{
    const char *path = folder_copy("source_good.so", "source_good.so");
    const char *link = folder_path("source_link.so");
    cr_assert_eq(symlink(path, link), 0);
    expect_loaded(link, "good");
    chmod(path, 0757);
    expect_refused(link, KH_EDENIED,
                   "plugin refused: the file '%s' is writable by everyone; run: chmod go-w '%s'");
    const char *dangling = folder_path("source_dangling.so");
    cr_assert_eq(symlink("nowhere.so", dangling), 0);
    expect_refused(dangling, KH_EUNAVAILABLE, "plugin '%s': No such file or directory");
    const char *loop = folder_path("source_loop.so");
    cr_assert_eq(symlink("source_loop.so", loop), 0);
    expect_refused(loop, KH_EUNAVAILABLE, "plugin '%s': Too many levels of symbolic links");
}

Test(loader, names_kinds)
{
    cr_expect_str_eq(kh_kind_name(KH_SOURCE), "source");
    cr_expect_str_eq(kh_kind_name(KH_STRATEGY), "strategy");
    cr_expect_str_eq(kh_kind_name(KH_OUTPUT), "output");
    cr_expect_null(kh_kind_name((kh_kind)0));
    cr_expect_null(kh_kind_name((kh_kind)4));
}
