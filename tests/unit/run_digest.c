/* Digests of files: known values, ahead of time as on the spot, and files that go away. */
#include "run/digest.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_zeros(const char *path, size_t size)
{
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    cr_assert_eq(ftruncate(fileno(file), (off_t)size), 0);
    fclose(file);
}

Test(digest, of_texts_and_files_is_sha_256)
{
    char text[KH_DIGEST_TEXT], file[KH_DIGEST_TEXT], path[] = "/tmp/kaohe-digest-XXXXXX";
    kh_digest_text(text, "abc", 3);
    cr_expect_str_eq(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    int fd = mkstemp(path);
    cr_assert_eq(write(fd, "abc", 3), 3);
    close(fd);
    cr_assert_eq(kh_digest_file(file, path, NULL), KH_OK);
    cr_expect_str_eq(file, text);
    unlink(path);
}

Test(digest, made_ahead_is_the_same)
{
    char folder[] = "/tmp/kaohe-digest-XXXXXX", a[64], b[64], ahead[KH_DIGEST_TEXT],
         now[KH_DIGEST_TEXT];
    cr_assert_not_null(mkdtemp(folder));
    snprintf(a, sizeof a, "%s/a", folder);
    snprintf(b, sizeof b, "%s/b", folder);
    write_zeros(a, 9 << 20);
    write_zeros(b, 100);
    const char *paths[] = {a, "/nowhere/at/all"};
    kh_digests *digests = kh_digests_start(paths, 2);
    cr_assert_not_null(digests);
    cr_assert_eq(kh_digests_file(digests, ahead, a, NULL), KH_OK);
    cr_assert_eq(kh_digest_file(now, a, NULL), KH_OK);
    cr_expect_str_eq(ahead, now);
    cr_assert_eq(kh_digests_file(digests, ahead, b, NULL), KH_OK, "not among them");
    cr_assert_eq(kh_digest_file(now, b, NULL), KH_OK);
    cr_expect_str_eq(ahead, now);
    kh_error err = KH_ERROR_INIT;
    cr_expect_eq(kh_digests_file(digests, ahead, "/nowhere/at/all", &err), KH_EUSAGE);
    cr_expect_not_null(strstr(err.text, "cannot read '/nowhere/at/all'"), "%s", err.text);
    kh_digests_free(digests);
    cr_expect_null(kh_digests_start((const char *const[]){b}, 1), "not worth a process");
    unlink(a);
    unlink(b);
    rmdir(folder);
}
