/* The scanners of the CSV source against the obvious loop; both, whatever this processor can. */
#include "../plugins/source_csv/scan.c"

#include <criterion/criterion.h>

static uint32_t scan_slow(const char *text, size_t size, char delimiter, char quote,
                          uint32_t *marks)
{
    uint32_t n = 0;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (c == delimiter || c == quote || c == '\n' || c == '\r' || c == 0) {
            marks[n++] = (uint32_t)i;
        }
    }
    return n;
}

typedef uint32_t (*scanner)(const char *, size_t, char, char, uint32_t *);

Test(csv_scan, all_scanners_find_the_same)
{
    enum { MOST = 700 };
    static char text[MOST + CSV_PAD];
    uint32_t wanted[MOST + 8], got[MOST + 8], r = 1;
    const scanner scanners[] = {scan_plain, is_wide() ? scan_wide : scan_plain, csv_scan};
    if (!is_wide()) printf("this processor has no AVX2: the wide scanner is not tested\n");
    for (int round = 0; round < 4000; round++) {
        r = r * 1103515245 + 12345;
        size_t size = (r >> 8) % MOST;
        int dense = round % 5; /* 0: everything is special */
        for (size_t i = 0; i < sizeof text; i++) {
            r = r * 1103515245 + 12345;
            text[i] =
                dense == 0 || (r >> 16) % 8 == 0 ? ",\"\n\r\0;"[(r >> 20) % 6] : (char)(r >> 24);
        }
        uint32_t n = scan_slow(text, size, ',', '"', wanted);
        for (int s = 0; s < 3; s++) {
            cr_assert_eq(scanners[s](text, size, ',', '"', got), n, "scanner %d, %zu bytes", s,
                         size);
            cr_assert(!memcmp(got, wanted, n * sizeof *got), "scanner %d, %zu bytes", s, size);
        }
    }
}

Test(csv_scan, knows_utf8_as_unicode_defines_it)
{
    static const struct {
        const char *text;
        size_t good;
        const char *why;
    } cases[] = {
        {"", 0, "nothing"},
        {"abcdefghijkl", 12, "ASCII"},
        {"abcdefg\xC3\xA9", 9, "two bytes at a border of eight"},
        {"\xE5\xAF\xB9", 3, "three bytes"},
        {"\xF0\xA0\xAE\xB7", 4, "four bytes"},
        {"\xF4\x8F\xBF\xBF", 4, "the last character"},
        {"a\x80", 1, "a byte that only continues"},
        {"a\xC1\xBF", 1, "two bytes for ASCII"},
        {"a\xE0\x9F\xBF", 1, "three bytes for two"},
        {"a\xF0\x8F\xBF\xBF", 1, "four bytes for three"},
        {"a\xED\xA0\x80", 1, "a surrogate"},
        {"a\xF4\x90\x80\x80", 1, "beyond the last character"},
        {"a\xF5\x80\x80\x80", 1, "no first byte"},
        {"ab\xE5\xAF", 2, "cut"},
        {"ab\xE5\xAF"
         "c",
         2, "broken off"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect_eq(csv_utf8_check(cases[i].text, strlen(cases[i].text)), cases[i].good, "%s",
                     cases[i].why);
    }
}
