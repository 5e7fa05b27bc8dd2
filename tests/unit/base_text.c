/* Text: what is UTF-8 and what is not, width, nearest names, buffers, JSON, files, error lines. */
#include "base/text.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
    const char *bytes;
    size_t length, valid;
    const char *why;
} encodings[] = {
    {"", 0, 0, "nothing"},
    {"abc", 3, 3, "ASCII"},
    {"a\0b", 3, 3, "a NUL is a character"},
    {"张伟", 6, 6, "Chinese"},
    {"\xc2\x80", 2, 2, "the least of two bytes"},
    {"\xe0\xa0\x80", 3, 3, "the least of three"},
    {"\xf0\x90\x80\x80", 4, 4, "the least of four"},
    {"\xf0\xa0\xae\xb7", 4, 4, "U+20BB7, beyond the first plane"},
    {"\xf4\x8f\xbf\xbf", 4, 4, "U+10FFFF, the last"},
    {"\xed\x9f\xbf", 3, 3, "just below the surrogates"},
    {"\xee\x80\x80", 3, 3, "just above them"},
    {"\xef\xbf\xbf", 3, 3, "U+FFFF is valid, if no character"},
    {"a\x80", 2, 1, "a continuation alone"},
    {"\xc0\x80", 2, 0, "NUL in two bytes"},
    {"\xc1\xbf", 2, 0, "overlong ASCII"},
    {"\xe0\x9f\xbf", 3, 0, "overlong in three bytes"},
    {"\xf0\x8f\xbf\xbf", 4, 0, "overlong in four bytes"},
    {"\xed\xa0\x80", 3, 0, "the first surrogate"},
    {"\xed\xbf\xbf", 3, 0, "the last surrogate"},
    {"\xf4\x90\x80\x80", 4, 0, "U+110000"},
    {"\xf5\x80\x80\x80", 4, 0, "a lead beyond the range"},
    {"\xf8\x88\x80\x80\x80", 5, 0, "five bytes"},
    {"\xff", 1, 0, "no lead at all"},
    {"ab\xe5\xbc", 4, 2, "cut behind two of three bytes"},
    {"ab\xe5", 3, 2, "cut behind one of three"},
    {"\xf0\xa0\xae", 3, 0, "cut behind three of four"},
    {"\xe5\xbc"
     "a",
     3, 0, "a letter inside a character"},
    {"\xd5\xc5\xce\xb0", 4, 0, "GBK for 张伟"},
};

Test(text, knows_utf8)
{
    for (size_t i = 0; i < COUNT(encodings); i++) {
        char *copy = malloc(encodings[i].length + 1); /* exact, so that an overread shows */
        memcpy(copy, encodings[i].bytes, encodings[i].length);
        cr_expect_eq(kh_utf8_check(copy, encodings[i].length), encodings[i].valid, "%s",
                     encodings[i].why);
        free(copy);
    }
}

Test(text, decodes_characters_one_by_one)
{
    static const uint32_t wanted[] = {'a', 0xe9, 0x5f20, 0x20bb7, 0};
    const char *text = "a\xc3\xa9张\xf0\xa0\xae\xb7", *at = text, *end = text + strlen(text);
    for (size_t i = 0; i < COUNT(wanted); i++) cr_expect_eq(kh_utf8_next(&at, end), wanted[i]);
    cr_expect_eq(at, end);
    at = text;
    cr_expect_eq(kh_utf8_next(&at, text), 0, "an empty text");
    cr_expect_eq(at, text);
}

Test(text, measures_terminal_columns)
{
    static const struct {
        const char *text;
        size_t width;
        const char *why;
    } cases[] = {
        {"", 0, "nothing"},
        {"abc", 3, "ASCII"},
        {"张伟", 4, "two columns a character"},
        {"对公(日均)", 10, "mixed"},
        {"（含）", 6, "full-width brackets"},
        {"\xf0\xa0\xae\xb7", 2, "beyond the first plane"},
        {"e\xcc\x81", 1, "an accent that combines"},
        {"ｱ", 1, "half-width kana"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        cr_expect_eq(kh_text_width(cases[i].text), cases[i].width, "%s", cases[i].why);
    }
}

Test(text, counts_edits_by_character)
{
    static const struct {
        const char *a, *b;
        int limit, distance;
        const char *why;
    } cases[] = {
        {"balance", "balance", 3, 0, "the same"},
        {"balance", "balnace", 3, 1, "two swapped"},
        {"balance", "balanc", 3, 1, "one missing"},
        {"balance", "balancee", 3, 1, "one too many"},
        {"balance", "balamce", 3, 1, "one replaced"},
        {"对公存款", "对公存宽", 3, 1, "one character, not three bytes"},
        {"对公存款", "公对存款", 3, 1, "two characters swapped"},
        {"", "abc", 3, 3, "all missing"},
        {"", "", 3, 0, "nothing at all"},
        {"kitten", "sitting", 3, 3, "the classic"},
        {"kitten", "sitting", 2, 3, "beyond the limit"},
        {"abc", "xyz", 1, 2, "beyond the limit"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int d = kh_text_distance(cases[i].a, cases[i].b, cases[i].limit);
        cr_expect_eq(d, cases[i].distance, "%s: %d", cases[i].why, d);
        cr_expect_eq(kh_text_distance(cases[i].b, cases[i].a, cases[i].limit), d);
    }
    char longest[66] = {0};
    memset(longest, 'a', 64);
    cr_expect_eq(kh_text_distance(longest, longest, 2), 0, "64 characters are compared");
    longest[64] = 'a';
    cr_expect_eq(kh_text_distance(longest, longest, 2), 3, "65 are not");
}

Test(text, suggests_the_nearest_name)
{
    static const char *const names[] = {"balance", "corp_adb", "sum", "对公日均存款",
                                        "不良率",  "余额",     "x",   NULL};
    static const struct {
        const char *written, *nearest, *why;
    } cases[] = {
        {"balnce", "balance", "a slip"},
        {"BALANCE", NULL, "seven slips"},
        {"corp-adb", "corp_adb", "the wrong mark"},
        {"smu", "sum", "a swap in a short name"},
        {"max", NULL, "a short name needs to be near"},
        {"对公日均贷款", "对公日均存款", "one of six characters"},
        {"不良", "不良率", "one missing"},
        {"不良额", "不良率", "one of three"},
        {"金额", "余额", "one of two"},
        {"y", NULL, "a single character that differs is another name"},
        {"", NULL, "nothing resembles nothing"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *near = kh_text_nearest(cases[i].written, names);
        cr_expect_str_eq(near ? near : "(none)", cases[i].nearest ? cases[i].nearest : "(none)",
                         "%s: '%s'", cases[i].why, cases[i].written);
    }
    static const char *const twins[] = {"rate_b", "rate_a", NULL};
    cr_expect_str_eq(kh_text_nearest("rate_c", twins), "rate_b", "ties go to the first");
    cr_expect_null(kh_text_nearest("rate", (const char *const[]){NULL}));
}

Test(text, quotes_whole_characters_only)
{
    static const char text[] =
        "余额余额余额余额余额余额余额余额余额余额余额余额余额余额"; /* 84 bytes */
    cr_expect_eq(kh_text_quoted(text, strlen(text)), 78, "26 characters of 3 bytes fit 80");
    cr_expect_eq(kh_text_quoted(text, 7), 6, "a text that is cut already");
    cr_expect_eq(kh_text_quoted("abc", 3), 3);
    cr_expect_eq(kh_text_quoted("ab\xff"
                                "cd",
                                5),
                 2, "up to the first byte that is no text");
}

/* ---- error lines --------------------------------------------------------------------------- */

Test(error, is_never_cut_inside_a_character)
{
    for (int lead = 0; lead < 8; lead++) { /* all ways a character can meet the end */
        char text[1300];
        size_t n = 0;
        for (int i = 0; i < lead; i++) text[n++] = 'a';
        while (n < 1200) {
            const char *character = n % 2 ? "张" : "\xf0\xa0\xae\xb7";
            memcpy(text + n, character, strlen(character));
            n += strlen(character);
        }
        text[n] = '\0';
        kh_error err = KH_ERROR_INIT;
        cr_expect_eq(kh_fail(&err, KH_EDATA, "%s", text), KH_EDATA);
        size_t length = strlen(err.text);
        cr_expect_eq(kh_utf8_check(err.text, length), length, "%d letters in front", lead);
        cr_expect_gt(length, KH_ERROR_TEXT - 10);
        cr_expect_eq(memcmp(err.text, text, length), 0);
    }
}

Test(error, is_one_line)
{
    kh_error err = KH_ERROR_INIT;
    kh_fail(&err, KH_EDATA, "'%s' is not an amount", "1\r\n2\t3\x1b[31m\x7f张");
    cr_expect_str_eq(err.text, "'1  2 3 [31m 张' is not an amount");
}

Test(error, keeps_the_first_cause)
{
    kh_error err = KH_ERROR_INIT;
    cr_expect_eq(kh_fail(&err, KH_EDENIED, "first"), KH_EDENIED);
    cr_expect_eq(kh_fail(&err, KH_EINTERNAL, "second"), KH_EDENIED, "the code of the first");
    cr_expect_str_eq(err.text, "first");
    cr_expect_eq(err.status, KH_EDENIED);
    cr_expect_eq(kh_fail(NULL, KH_ELIMIT, "nobody listens"), KH_ELIMIT);
}

/* ---- buffers and files --------------------------------------------------------------------- */

Test(buffer, grows_and_hands_over)
{
    kh_buf buf = {0};
    for (int i = 0; i < 1000; i++) kh_buf_printf(&buf, "%d,", i % 10);
    cr_expect_eq(buf.size, 2000);
    cr_expect_eq(strlen(buf.data), 2000, "it ends with NUL");
    kh_buf_add(&buf, "\0x", 2);
    cr_expect_eq(buf.size, 2002, "NULs count");
    cr_expect_eq(memcmp(buf.data + 1998, "9,\0x", 5), 0);
    char *text = kh_buf_take(&buf);
    cr_expect(buf.data == NULL && buf.size == 0);
    free(text);
    text = kh_buf_take(&buf);
    cr_expect_str_eq(text, "", "an empty buffer gives an empty text");
    free(text);
    kh_buf_text(&buf, "");
    cr_expect_str_eq(buf.data, "", "also after adding nothing");
    kh_buf_fini(&buf);
    kh_buf_fini(&buf);
}

Test(buffer, writes_json_strings)
{
    static const struct {
        const char *text, *json;
    } cases[] = {
        {"", "\"\""},
        {"张伟", "\"张伟\""},
        {"a\"b\\c/", "\"a\\\"b\\\\c/\""},
        {"\n", "\"\\n\""},
        {"\t\r\b\f\x1f\x01", "\"\\u0009\\u000d\\u0008\\u000c\\u001f\\u0001\""},
        {"\x7f\xf0\xa0\xae\xb7", "\"\x7f\xf0\xa0\xae\xb7\""},
        {"\"\"", "\"\\\"\\\"\""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kh_buf buf = {0};
        kh_buf_text(&buf, "x=");
        kh_buf_json(&buf, cases[i].text);
        cr_expect_str_eq(buf.data + 2, cases[i].json);
        kh_buf_fini(&buf);
    }
}

static char folder[] = "/tmp/kaohe-text-XXXXXX";
static char path[128];

static void write_file(const char *name, const char *data, size_t size)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    cr_assert(file);
    cr_assert_eq(fwrite(data, 1, size, file), size);
    fclose(file);
}

static void make_folder(void)
{
    cr_assert(mkdtemp(folder));
}

static void remove_folder(void)
{
    unlink(path);
    rmdir(folder);
}

Test(file, is_read_whole, .init = make_folder, .fini = remove_folder)
{
    char *data = calloc(1, 100000);
    memset(data, 'z', 99999);
    data[500] = '\0';
    write_file("data", data, 100000);
    kh_buf buf = {0};
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_file_read(&buf, path, &err), KH_OK, "%s", err.text);
    cr_expect_eq(buf.size, 100000);
    cr_expect_eq(memcmp(buf.data, data, 100000), 0);
    kh_buf_fini(&buf);
    free(data);
}

Test(file, that_is_empty_is_an_empty_text, .init = make_folder, .fini = remove_folder)
{
    write_file("data", "", 0);
    kh_buf buf = {0};
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_file_read(&buf, path, &err), KH_OK, "%s", err.text);
    cr_assert(buf.data);
    cr_expect_str_eq(buf.data, "");
    kh_buf_fini(&buf);
}

Test(file, that_cannot_be_read_is_named, .init = make_folder, .fini = remove_folder)
{
    kh_buf buf = {0};
    kh_error err = KH_ERROR_INIT;
    char wanted[256];
    cr_expect_eq(kh_file_read(&buf, folder, &err), KH_EUSAGE);
    snprintf(wanted, sizeof wanted, "cannot read '%s': it is a folder", folder);
    cr_expect_str_eq(err.text, wanted);
    err = (kh_error)KH_ERROR_INIT;
    snprintf(path, sizeof path, "%s/none", folder);
    cr_expect_eq(kh_file_read(&buf, path, &err), KH_EUSAGE);
    snprintf(wanted, sizeof wanted, "cannot read '%s': No such file or directory", path);
    cr_expect_str_eq(err.text, wanted);
    err = (kh_error)KH_ERROR_INIT;
    cr_expect_eq(kh_file_read(&buf, "/proc/self/mem", &err), KH_EUSAGE);
    cr_expect_str_eq(err.text, "cannot read '/proc/self/mem': Input/output error");
    kh_buf_fini(&buf);
}
