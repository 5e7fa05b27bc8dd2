/* A private folder with copies of fixtures, so that a test may break their names, modes and owners. */
#ifndef KH_TESTS_PLUGIN_FOLDER_H
#define KH_TESTS_PLUGIN_FOLDER_H

#include "base/text.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static inline void folder_make(void)
{
    strcpy(folder, "/tmp/kaohe-plugin-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

/** The path of @p name in the folder; the same pointer each time, valid to the end of the test. */
static inline const char *folder_path(const char *name)
{
    static char paths[64][256];
    char path[256];
    cr_assert_lt(snprintf(path, sizeof path, "%s/%s", folder, name), (int)sizeof path);
    for (int i = 0; i < 64; i++) {
        if (!paths[i][0]) strcpy(paths[i], path);
        if (!strcmp(paths[i], path)) return paths[i];
    }
    cr_assert_fail("too many files in one test");
    return NULL;
}

static inline void folder_write(const char *name, const void *data, size_t size)
{
    FILE *file = fopen(folder_path(name), "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(data, 1, size, file), size);
    fclose(file);
    cr_assert_eq(chmod(folder_path(name), 0755), 0);
}

/** A copy of the fixture @p from under the name @p to; its path. */
static inline const char *folder_copy(const char *from, const char *to)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", KAOHE_FIXTURE_DIR, from);
    kh_buf buf = {0};
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_file_read(&buf, path, &err), KH_OK, "%s", err.text);
    folder_write(to, buf.data, buf.size);
    kh_buf_fini(&buf);
    return folder_path(to);
}

static inline void folder_remove(void)
{
    chmod(folder, 0700);
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (unlink(folder_path(entry->d_name)) != 0) rmdir(folder_path(entry->d_name));
    }
    if (dir) closedir(dir);
    rmdir(folder);
}

#endif
