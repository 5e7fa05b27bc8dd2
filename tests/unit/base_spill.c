/* Spilled memory: it rests and comes back, is shared with forks, and can be sealed in one. */
#include "base/arena.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* MB of files that this process holds in memory. */
static long resident_file_mb(void)
{
    char line[128];
    long kb = -1;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "RssFile: %ld", &kb) == 1) break;
    }
    if (file) fclose(file);
    return kb / 1024;
}

Test(spill, rests_and_comes_back)
{
    kh_spill *spill = kh_spill_new();
    cr_assert(spill, "no file can be made in /var/tmp");
    enum { BLOCKS = 64, SIZE = 1 << 20 };
    char *blocks[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = kh_spill_alloc(spill, SIZE - 5);
        cr_expect_eq((uintptr_t)blocks[i] % 16, 0);
        cr_expect(blocks[i][0] == 0 && blocks[i][SIZE - 6] == 0, "block %d is not zeroed", i);
        memset(blocks[i], i + 1, SIZE - 5);
    }
    long before = resident_file_mb();
    kh_spill_rest(spill);
    long after = resident_file_mb();
    cr_expect_leq(after, before - 60, "%ld MB before, %ld after", before, after);
    for (int i = 0; i < BLOCKS; i++) {
        cr_expect(blocks[i][0] == i + 1 && blocks[i][SIZE - 6] == i + 1, "block %d is lost", i);
    }
    kh_spill_free(spill);
}

Test(spill, takes_blocks_larger_than_a_segment)
{
    kh_spill *spill = kh_spill_new();
    size_t size = (size_t)40 << 20;
    char *large = kh_spill_alloc(spill, size), *small = kh_spill_alloc(spill, 16);
    large[size - 1] = 'x';
    small[0] = 'y';
    kh_spill_rest(spill);
    cr_expect(large[size - 1] == 'x' && small[0] == 'y');
    kh_spill_free(spill);
}

Test(spill, holds_what_an_arena_and_its_names_are_given)
{
    kh_spill *spill = kh_spill_new();
    kh_names names = {.arena = {.spill = spill}};
    enum { MANY = 200000 };
    const char **texts = malloc(MANY * sizeof *texts);
    for (uint32_t i = 0; i < MANY; i++) {
        char text[32];
        int n = snprintf(text, sizeof text, "客户 %u", i);
        cr_assert_eq(kh_names_add(&names, text, (size_t)n), i);
        texts[i] = names.items[i].text;
    }
    kh_names_close(&names);
    kh_spill_rest(spill);
    cr_expect_str_eq(texts[0], "客户 0");
    cr_expect_str_eq(texts[MANY - 1], "客户 199999");
    kh_names_fini(&names);
    kh_spill_free(spill);
    free(texts);
}

Test(spill, is_shared_with_forks_until_they_seal_it)
{
    kh_spill *spill = kh_spill_new();
    char *text = kh_spill_alloc(spill, 64);
    strcpy(text, "from the parent");
    pid_t pid = fork();
    if (pid == 0) {
        bool seen = !strcmp(text, "from the parent");
        strcpy(text, "from the child");
        kh_spill_seal(spill);
        kh_spill_rest(spill);
        if (!seen || strcmp(text, "from the child") != 0) _exit(1);
        signal(SIGSEGV, SIG_DFL);
        text[0] = 'X';
        _exit(2);
    }
    int status;
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV, "status %d", status);
    cr_expect_str_eq(text, "from the child");
    kh_spill_free(spill);
}

Test(spill, lies_in_memory_when_the_disk_is_full)
{
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){1 << 20, 1 << 20}), 0);
    kh_spill *spill = kh_spill_new();
    char *text = kh_spill_alloc(spill, 64);
    strcpy(text, "still here");
    kh_spill_rest(spill);
    cr_expect_str_eq(text, "still here");
    kh_spill_free(spill);
}

Test(spill, is_not_there_where_no_file_can_be_made)
{
    setenv("TMPDIR", "/nowhere", 1);
    cr_expect_null(kh_spill_new());
    kh_spill_rest(NULL);
    kh_spill_seal(NULL);
    kh_spill_free(NULL);
}

Test(arena, extends_the_last_block_only)
{
    kh_arena arena = {0};
    char *first = kh_arena_alloc(&arena, 10);
    first[15] = 'x'; /* behind the block, in its last cell */
    cr_expect(kh_arena_extend(&arena, first, 10, 40));
    cr_expect_eq(first[16], 0);
    char *second = kh_arena_alloc(&arena, 8);
    cr_expect_eq(second - first, 48);
    cr_expect_not(kh_arena_extend(&arena, first, 40, 80), "another one lies behind it");
    cr_expect_not(kh_arena_extend(&arena, second, 8, 1 << 20), "the chunk has no room");
    cr_expect(kh_arena_extend(&arena, second, 8, 8), "nothing to do");
    kh_arena_fini(&arena);
}
