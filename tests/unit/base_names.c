/* Arenas and the map of names: alignment, zeroes, large blocks, reuse, numbers in order of arrival. */
#include "base/arena.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_zero(const char *block, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (block[i]) return false;
    }
    return true;
}

Test(arena, gives_zeroed_aligned_blocks_that_do_not_overlap)
{
    enum { BLOCKS = 3000 };
    static struct {
        char *at;
        size_t size;
    } blocks[BLOCKS];
    kh_arena arena = {0};
    for (int round = 0; round < 3; round++) { /* the second round meets used memory */
        for (int i = 0; i < BLOCKS; i++) {
            size_t size = i % 300 == 299 ? 70000U : i % 97 == 96 ? 16385U : (size_t)i * 7 % 200;
            blocks[i].at = kh_arena_alloc(&arena, size);
            blocks[i].size = size;
            cr_assert_eq((uintptr_t)blocks[i].at % 16, 0);
            cr_assert(is_zero(blocks[i].at, size), "block %d of round %d", i, round);
            memset(blocks[i].at, i % 251 + 1, size);
        }
        for (int i = 0; i < BLOCKS; i++) {
            for (size_t b = 0; b < blocks[i].size; b++) {
                cr_assert_eq((unsigned char)blocks[i].at[b], i % 251 + 1);
            }
        }
        kh_arena_reset(&arena);
    }
    kh_arena_fini(&arena);
    cr_expect_null(arena.chunks);
    kh_arena_fini(&arena);
    kh_arena_reset(&arena);
}

Test(arena, keeps_one_chunk_for_a_loop)
{
    kh_arena arena = {0};
    char *first = kh_arena_alloc(&arena, 100);
    for (int i = 0; i < 100; i++) {
        kh_arena_reset(&arena);
        cr_expect_eq(kh_arena_alloc(&arena, 100), first, "no new memory in a loop");
        kh_arena_alloc(&arena, 1 << 20);
        cr_expect_eq((char *)kh_arena_alloc(&arena, 16), first + 112,
                     "a large block leaves the open chunk in use");
    }
    kh_arena_fini(&arena);
}

Test(arena, copies_and_prints_text)
{
    kh_arena arena = {0};
    cr_expect_str_eq(kh_arena_text(&arena, "张伟"), "张伟");
    cr_expect_str_eq(kh_arena_text(&arena, ""), "");
    char *bytes = kh_arena_bytes(&arena, "a\0b", 3);
    cr_expect_eq(memcmp(bytes, "a\0b", 4), 0, "NULs are kept and one is added");
    cr_expect_str_eq(kh_arena_bytes(&arena, NULL, 0), "");
    char *text = kh_arena_printf(&arena, "%s:%d %060000d", "文件", 7, 1);
    cr_expect_eq(strlen(text), strlen("文件") + 3 + 60000);
    cr_expect_eq(strncmp(text, "文件:7 000", 12), 0);
    kh_arena_fini(&arena);
}

Test(arena, ends_the_process_on_a_size_that_runs_over, .signal = SIGABRT)
{
    kh_arena arena = {0};
    kh_arena_alloc(&arena, SIZE_MAX - 3); /* rounded up, this would be 0 */
}

Test(arena, ends_the_process_on_a_product_that_runs_over, .signal = SIGABRT)
{
    kh_arena arena = {0};
    kh_arena_array(&arena, SIZE_MAX / 8 + 2, 8);
}

Test(names, are_numbered_in_order_of_arrival)
{
    kh_names names = {0};
    cr_expect_eq(kh_names_find(&names, "x", 1), KH_NO_NAME, "an empty map knows nothing");
    char text[32];
    for (uint32_t i = 0; i < 20000; i++) {
        int n = snprintf(text, sizeof text, "客户%u", i * 7919 % 20011);
        cr_assert_eq(kh_names_find(&names, text, (size_t)n), KH_NO_NAME);
        cr_assert_eq(kh_names_add(&names, text, (size_t)n), i);
        cr_assert_eq(kh_names_add(&names, text, (size_t)n), i, "again");
    }
    cr_expect_eq(names.count, 20000);
    for (uint32_t i = 0; i < 20000; i++) {
        int n = snprintf(text, sizeof text, "客户%u", i * 7919 % 20011);
        cr_assert_eq(kh_names_find(&names, text, (size_t)n), i);
        cr_assert_str_eq(names.items[i].text, text);
        cr_assert_eq(names.items[i].length, (uint32_t)n);
    }
    kh_names_fini(&names);
    cr_expect_eq(kh_names_find(&names, "客户1", 7), KH_NO_NAME);
    kh_names_fini(&names);
}

Test(names, are_bytes_not_strings)
{
    kh_names names = {0};
    cr_expect_eq(kh_names_add(&names, "", 0), 0, "an empty name is a name");
    cr_expect_eq(kh_names_add(&names, "a", 1), 1);
    cr_expect_eq(kh_names_add(&names, "a\0", 2), 2);
    cr_expect_eq(kh_names_add(&names, "a\0b", 3), 3);
    cr_expect_eq(kh_names_add(&names, "ab", 1), 1, "only the given length counts");
    cr_expect_eq(kh_names_add(&names, NULL, 0), 0);
    char volatile_text[] = "kept";
    cr_expect_eq(kh_names_add(&names, volatile_text, 4), 4);
    memset(volatile_text, 'x', 4);
    cr_expect_eq(kh_names_find(&names, "kept", 4), 4, "the text is copied");
    kh_names_fini(&names);
}
