/* Diagnostics as they are printed, to the byte, and the tree of settings they point into. */
#include "base/diag.h"
#include "base/setting.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/kaohe-diag-XXXXXX";
static char path[64];

static void make_folder(void)
{
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/scheme.lua", folder);
}

static void remove_folder(void)
{
    unlink(path);
    rmdir(folder);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "wb");
    cr_assert(file);
    fputs(text, file);
    fclose(file);
}

/* Print into a text that the caller frees. */
static char *printed(const kh_diags *diags, const char *base)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    kh_diags_print(diags, out, base);
    fclose(out);
    return text;
}

static void expect_printed(const kh_diags *diags, const char *base, const char *wanted)
{
    char *text = printed(diags, base);
    cr_expect_str_eq(text, wanted, "got:\n%s\nwanted:\n%s", text, wanted);
    free(text);
}

Test(diag, points_under_chinese_text_and_tabs, .init = make_folder, .fini = remove_folder)
{
    write_file("first\n"
               "measure \"存款\" { title = \"对公日均\", summ = \"balance\" }\n"
               "\tif\tsum < 3 then\r\n"
               "\n"
               "last");
    static const struct {
        kh_place place;
        const char *wanted;
    } cases[] = {
        {{path, 1, 1}, "scheme.lua:1:1: error: wrong\n    1 | first\n      | ^\n"},
        {{path, 2, 33},
         "scheme.lua:2:33: error: wrong\n"
         "    2 | measure \"存款\" { title = \"对公日均\", summ = \"balance\" }\n"
         "      |                                       ^\n"},
        {{path, 2, 10},
         "scheme.lua:2:10: error: wrong\n"
         "    2 | measure \"存款\" { title = \"对公日均\", summ = \"balance\" }\n"
         "      |          ^\n"},
        {{path, 3, 5},
         "scheme.lua:3:5: error: wrong\n    3 | \tif\tsum < 3 then\n      | \t  \t^\n"},
        {{path, 5, 99}, "scheme.lua:5:99: error: wrong\n    5 | last\n      |     ^\n"},
        {{path, 5, 0}, "scheme.lua:5: error: wrong\n    5 | last\n"},
        {{path, 4, 1}, "scheme.lua:4:1: error: wrong\n"},
        {{path, 6, 1}, "scheme.lua:6:1: error: wrong\n"},
        {{path, 0, 0}, "scheme.lua: error: wrong\n"},
        {{NULL, 0, 0}, "error: wrong\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kh_diags diags = {0};
        kh_diag_add(&diags, KH_DIAG_ERROR, cases[i].place, "wrong");
        expect_printed(&diags, folder, cases[i].wanted);
        kh_diags_fini(&diags);
    }
}

Test(diag, prints_no_line_it_cannot_trust, .init = make_folder, .fini = remove_folder)
{
    static const char *const contents[] = {"", "\xd5\xc5\xce\xb0 = 1\n", NULL};
    for (int i = 0; i < 3; i++) { /* an empty file, one in GBK, none at all */
        unlink(path);
        if (contents[i]) write_file(contents[i]);
        kh_diags diags = {0};
        kh_diag_add(&diags, KH_DIAG_WARNING, (kh_place){path, 1, 2}, "odd");
        expect_printed(&diags, folder, "scheme.lua:1:2: warning: odd\n");
        kh_diags_fini(&diags);
    }
}

Test(diag, shows_paths_relative_to_the_folder_they_lie_in)
{
    static const struct {
        const char *file, *folder, *shown;
    } cases[] = {
        {"/p/q/a.lua", "/p/q", "q: a.lua: error: x\n"},
        {"/p/q/a.lua", "/p/q/", "q/: a.lua: error: x\n"},
        {"/p/q/r/a.lua", "/p/q", "below: r/a.lua: error: x\n"},
        {"/p/quite/a.lua", "/p/q", "no part: /p/quite/a.lua: error: x\n"},
        {"/other/a.lua", "/p/q", "elsewhere: /other/a.lua: error: x\n"},
        {"/p/q/a.lua", NULL, "no folder: /p/q/a.lua: error: x\n"},
        {"/p/q/a.lua", "", "empty folder: /p/q/a.lua: error: x\n"},
        {"/p/q/a.lua", "/", "the root: /p/q/a.lua: error: x\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kh_diags diags = {0};
        kh_diag_add(&diags, KH_DIAG_ERROR, (kh_place){cases[i].file, 0, 0}, "x");
        expect_printed(&diags, cases[i].folder, strstr(cases[i].shown, ": ") + 2);
        kh_diags_fini(&diags);
    }
}

Test(diag, merges_what_is_said_twice_and_nothing_else)
{
    kh_diags diags = {0};
    kh_place here = {"/a", 1, 2};
    char file[] = "/a"; /* equal text, another address */
    kh_diag_add(&diags, KH_DIAG_ERROR, here, "%d wrong", 1);
    kh_diag_add(&diags, KH_DIAG_ERROR, (kh_place){file, 1, 2}, "%d wrong", 1);
    cr_expect_eq(diags.count, 1);
    cr_expect_eq(diags.errors, 1);
    kh_diag_add(&diags, KH_DIAG_ERROR, (kh_place){"/a", 1, 3}, "1 wrong");
    kh_diag_add(&diags, KH_DIAG_ERROR, (kh_place){"/a", 2, 2}, "1 wrong");
    kh_diag_add(&diags, KH_DIAG_ERROR, (kh_place){"/b", 1, 2}, "1 wrong");
    kh_diag_add(&diags, KH_DIAG_ERROR, here, "2 wrong");
    cr_expect_eq(diags.count, 5);
    kh_diag_add(&diags, KH_DIAG_ERROR, (kh_place){NULL, 0, 0}, "nowhere");
    kh_diag_add(&diags, KH_DIAG_ERROR, (kh_place){NULL, 0, 0}, "nowhere");
    cr_expect_eq(diags.count, 6, "also without a file");
    kh_diag_add(&diags, KH_DIAG_ERROR, (kh_place){"/a", 0, 0}, "nowhere");
    cr_expect_eq(diags.count, 7, "a file is not no file");
    kh_diag_add(&diags, KH_DIAG_WARNING, here, "grave");
    kh_diag_add(&diags, KH_DIAG_ERROR, here, "grave");
    cr_expect_eq(diags.count, 9, "an error is not swallowed by a warning");
    cr_expect_eq(diags.errors, 8);
    kh_diags_fini(&diags);
    cr_expect(diags.count == 0 && diags.errors == 0 && !diags.items);
}

Test(diag, keeps_order_and_copies_everything)
{
    kh_diags diags = {0};
    char file[32], wanted[4000] = "";
    for (int i = 0; i < 40; i++) {
        snprintf(file, sizeof file, "/f%d", i * 7 % 40);
        kh_diag_add(&diags, i % 2 ? KH_DIAG_WARNING : KH_DIAG_ERROR, (kh_place){file, 0, 0}, "n%d",
                    i);
        snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "/f%d: %s: n%d\n",
                 i * 7 % 40, i % 2 ? "warning" : "error", i);
    }
    memset(file, 'x', sizeof file - 1);
    expect_printed(&diags, NULL, wanted);
    cr_expect_eq(diags.errors, 20);
    kh_error err = KH_ERROR_INIT;
    kh_fail(&err, KH_EDATA, "100%% of %s", "张伟");
    kh_diag_error(&diags, (kh_place){NULL, 0, 0}, &err);
    cr_expect_str_eq(diags.items[40].text, "100% of 张伟");
    kh_diags_fini(&diags);
}

Test(setting, is_found_by_its_key)
{
    static const kh_setting one = {.kind = KH_SETTING_NUMBER}, two = {.kind = KH_SETTING_TEXT};
    static const kh_entry entries[] = {{"a", {NULL, 0, 0}, &one}, {"余额", {NULL, 0, 0}, &two}};
    static const kh_setting table = {
        .kind = KH_SETTING_TABLE, .entries = entries, .entry_count = 2};
    cr_expect_eq(kh_setting_get(&table, "a"), &one);
    cr_expect_eq(kh_setting_get(&table, "余额"), &two);
    cr_expect_null(kh_setting_get(&table, "余"));
    cr_expect_null(kh_setting_get(&one, "a"), "a number has no entries");
    cr_expect_null(kh_setting_get(NULL, "a"));
    static const char *const words[] = {"true or false", "a number", "a text",      "a table",
                                        "a function",    "a plugin", "env \"...\"", "file \"...\""};
    for (int kind = KH_SETTING_BOOL; kind <= KH_SETTING_FILE; kind++) {
        cr_expect_str_eq(kh_setting_kind_name((kh_setting_kind)kind), words[kind]);
    }
}
