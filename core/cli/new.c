/* kaohe new: a runnable project from a pack, with its sample data. */
#include "cli/cli.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static kh_status copy_file(const char *from, const char *to, kh_error *err)
{
    kh_buf data = {0};
    kh_status rc = kh_file_read(&data, from, err);
    if (rc < 0) return rc;
    FILE *file = fopen(to, "wbx");
    bool ok = file && fwrite(data.data, 1, data.size, file) == data.size;
    if (file) ok &= fclose(file) == 0;
    if (!ok) rc = kh_fail(err, KH_EUSAGE, "cannot write '%s': %s", to, kh_tr_errno(errno));
    kh_buf_fini(&data);
    return rc;
}

static kh_status copy_folder(const char *from, const char *to, kh_error *err)
{
    if (mkdir(to, 0777) != 0 && errno != EEXIST) {
        return kh_fail(err, KH_EUSAGE, "cannot make '%s': %s", to, kh_tr_errno(errno));
    }
    DIR *dir = opendir(from);
    if (!dir) return kh_fail(err, KH_EUSAGE, "cannot read '%s': %s", from, kh_tr_errno(errno));
    kh_status rc = KH_OK;
    struct dirent *entry;
    while (rc == KH_OK && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.') continue;
        kh_buf source = {0}, target = {0};
        kh_buf_printf(&source, "%s/%s", from, entry->d_name);
        kh_buf_printf(&target, "%s/%s", to, entry->d_name);
        struct stat st;
        bool folder = stat(source.data, &st) == 0 && S_ISDIR(st.st_mode);
        rc = folder ? copy_folder(source.data, target.data, err)
                    : copy_file(source.data, target.data, err);
        kh_buf_fini(&source);
        kh_buf_fini(&target);
    }
    closedir(dir);
    return rc;
}

/* The sample project, and the pack's tests so that `kaohe test` finds them there. */
static kh_status copy_pack(const char *folder, const char *target, kh_arena *arena, kh_error *err)
{
    const char *tests = kh_arena_printf(arena, "%s/tests", folder);
    kh_status rc = copy_folder(kh_arena_printf(arena, "%s/sample", folder), target, err);
    if (rc < 0 || access(tests, F_OK) != 0) return rc;
    return copy_folder(tests, kh_arena_printf(arena, "%s/tests", target), err);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names of the packs, sorted, on stderr. */
static void list_packs(const kh_places *places)
{
    kh_arena arena = {0};
    char *names[256];
    size_t count = 0;
    DIR *dir = opendir(kh_arena_printf(&arena, "%s/scripts/packs", places->share));
    struct dirent *entry;
    while (dir && count < 256 && (entry = readdir(dir))) {
        if (kh_scheme_pack(places, entry->d_name, &arena)) {
            names[count++] = kh_arena_text(&arena, entry->d_name);
        }
    }
    if (dir) closedir(dir);
    qsort(names, count, sizeof *names, compare_names);
    fputs(dgettext("kaohe", "packs:"), stderr);
    for (size_t i = 0; i < count; i++) fprintf(stderr, " %s", names[i]);
    fputc('\n', stderr);
    kh_arena_fini(&arena);
}

static bool is_empty(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir) return true;
    bool empty = true;
    struct dirent *entry;
    while ((entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) empty = false;
    }
    closedir(dir);
    return empty;
}

int kh_verb_new(kh_cli *cli, int argc, char **argv)
{
    static const struct option options[] = {{"pack", required_argument, NULL, 'p'}, {0}};
    const char *pack = NULL;
    for (int c; (c = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        if (c != 'p') return kh_cli_option(c, argv);
        pack = optarg;
    }
    if (optind + 1 != argc || !pack) {
        kh_cli_usage("write: kaohe new DIR --pack NAME");
        list_packs(&cli->places);
        return 2;
    }
    const char *target = argv[optind];
    kh_arena arena = {0};
    int code = 0;
    const char *folder = kh_scheme_pack(&cli->places, pack, &arena);
    if (!folder) {
        code = kh_cli_usage("there is no pack '%s'", pack);
        list_packs(&cli->places);
    } else if (!is_empty(target)) {
        code = kh_cli_usage("'%s' is there already and not empty; nothing was changed", target);
    } else {
        kh_error err = KH_ERROR_INIT;
        if (copy_pack(folder, target, &arena, &err) < 0) {
            code = kh_cli_usage("%s", err.text);
        } else if (!cli->quiet) {
            printf(dgettext("kaohe", "made '%s' from pack '%s'; next: kaohe run %s\n"), target,
                   pack, target);
        }
    }
    kh_arena_fini(&arena);
    return code;
}
