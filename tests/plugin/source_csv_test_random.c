/* The CSV source against a slow reader written here, and against files that are not CSV. */
#include "plugin/source_kit.h"

#include "base/date.h"
#include "base/text.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(csv_random, .init = kit_enter, .fini = kit_leave, .timeout = 280);

static uint64_t state = 88172645463325252ULL;

static uint32_t pick(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 33) % below;
}

/* ---- a file of all forms ------------------------------------------------------------------- */

static void add_amount(kh_buf *out)
{
    uint32_t whole = pick(10) < 7 ? pick(10000000) : pick(2000000000), cents = pick(100);
    switch (pick(12)) {
    case 0: kh_buf_printf(out, "-%u.%02u", whole, cents); break;
    case 1: kh_buf_printf(out, "%u", whole); break;
    case 2: kh_buf_printf(out, "%u.%u", whole, cents % 10); break;
    case 3: kh_buf_printf(out, "(%u.%02u)", whole, cents); break;
    case 4: kh_buf_printf(out, "%u.%02u-", whole, cents); break;
    case 5: kh_buf_printf(out, "\"%u,%03u.%02u\"", 1 + whole % 999, whole % 1000, cents); break;
    case 6: kh_buf_printf(out, "￥%u.%02u000", whole, cents); break;
    case 7: kh_buf_printf(out, "%u%09u.%02u", 1 + whole, cents, cents); break;
    case 8: break;
    default: kh_buf_printf(out, "%u.%02u", whole, cents); break;
    }
}

static void add_date(kh_buf *out)
{
    static const char *const forms[] = {"%04d-%02d-%02d", "%04d/%d/%d", "%04d%02d%02d",
                                        "%04d年%d月%d日", "%04d.%d.%d", "%04d-%02d-%02d 12:30:00"};
    uint32_t form = pick(12);
    if (form == 11) return;
    kh_buf_printf(out, forms[form < 6 ? form : 0], 1950 + (int)pick(150), 1 + (int)pick(12),
                  1 + (int)pick(28));
}

static void add_text(kh_buf *out)
{
    static const char *const words[] = {
        "对公一般", "个人储蓄", "x", "", "  padded ", "保证金存款账户", "协定存款(一年以内含一年)"};
    switch (pick(8)) {
    case 0: kh_buf_printf(out, "\"%u, \"\"%u\"\"\n\"", pick(50), pick(3)); break;
    case 1: kh_buf_printf(out, "\"%s\"", words[pick(7)]); break;
    case 2: kh_buf_printf(out, "A%06u", pick(200000)); break;
    default: kh_buf_text(out, words[pick(7)]); break;
    }
}

/* ---- the slow reader ----------------------------------------------------------------------- */

typedef struct slow {
    const char *at, *end;
    int64_t line, lines; /* of the row; line ends passed */
} slow;

/* One cell into `out`, as the standard says; returns the byte that ended it, 0 at the end. */
static char slow_cell(slow *s, kh_buf *out)
{
    out->size = 0;
    kh_buf_text(out, "");
    if (s->at < s->end && *s->at == '"') {
        for (s->at++; s->at < s->end; s->at++) {
            if (*s->at == '"' && (s->at + 1 == s->end || s->at[1] != '"')) break;
            s->at += *s->at == '"';
            s->lines += *s->at == '\n';
            kh_buf_add(out, s->at, 1);
        }
        s->at++;
    } else {
        while (s->at < s->end && *s->at == ' ') s->at++;
        while (s->at < s->end && !strchr(",\r\n", *s->at)) kh_buf_add(out, s->at++, 1);
        while (out->size && out->data[out->size - 1] == ' ') out->data[--out->size] = '\0';
    }
    if (s->at < s->end && *s->at == '\r') s->at++;
    if (s->at == s->end) return 0;
    s->lines += *s->at == '\n';
    return *s->at++;
}

static void slow_amount(kh_buf *out, const kh_buf *cell)
{
    char plain[64];
    size_t n = 0;
    bool negative = false;
    for (size_t i = 0; i < cell->size; i++) {
        char c = cell->data[i];
        negative |= c == '-' || c == '(';
        if (strchr("0123456789.", c)) plain[n++] = c;
    }
    kh_decimal value;
    char text[KH_DECIMAL_TEXT];
    cr_assert_eq(kh_dec_parse(&value, plain, n, NULL), KH_OK);
    if (negative) value = kh_dec_neg(value);
    kh_dec_format(text, kh_dec_round(value, 2), 2, false);
    kh_buf_text(out, text);
}

static char *slow_rows(const char *file, size_t size)
{
    slow s = {file, file + size, 1, 0};
    kh_buf out = {0}, cell = {0};
    while (slow_cell(&s, &cell) == ',') continue; /* the header */
    for (; s.at < s.end; s.lines++, s.lines--) {
        kh_buf_printf(&out, "%lld: ", (long long)s.lines + 1);
        for (int column = 0; column < 4; column++) {
            char ended = slow_cell(&s, &cell);
            cr_assert(column < 3 ? ended == ',' : ended != ',');
            if (column) kh_buf_text(&out, "|");
            if (cell.size == 0) {
                kh_buf_text(&out, "-");
            } else if (column == 1) {
                slow_amount(&out, &cell);
            } else if (column == 2) {
                kh_date date;
                char text[KH_DATE_TEXT];
                cr_assert_eq(kh_date_parse(&date, cell.data, cell.size, NULL), KH_OK);
                kh_date_format(text, date);
                kh_buf_text(&out, text);
            } else {
                kh_buf_add(&out, cell.data, cell.size);
            }
        }
        kh_buf_text(&out, "\n");
    }
    kh_buf_fini(&cell);
    return kh_buf_take(&out);
}

static void expect_same(const char *got, const char *wanted, const char *what)
{
    size_t same = 0, row = 0;
    while (got[same] && got[same] == wanted[same]) {
        if (got[same++] == '\n') row = same;
    }
    cr_expect(got[same] == wanted[same], "%s differs:\n  got    %.200s\n  wanted %.200s", what,
              got + row, wanted + row);
}

Test(csv_random, a_million_rows_are_as_a_slow_reader_sees_them)
{
    static const char fields[] = "text:text amount:decimal(2) day:date id:text";
    kh_buf file = {0};
    kh_buf_text(&file, "text,amount,day,id\r\n");
    for (int row = 0; row < 1000000; row++) {
        add_text(&file);
        kh_buf_text(&file, ",");
        add_amount(&file);
        kh_buf_text(&file, ",");
        add_date(&file);
        kh_buf_printf(&file, ",%06d%s", row % 70000, row & 1 ? "\n" : "\r\n");
    }
    kit_write("a.csv", file.data, file.size);
    char *wanted = slow_rows(file.data, file.size);
    kh_buf_fini(&file);
    kit k;
    kit_open(&k, OPTIONS("path", "a.csv"));
    char *got = kit_rows(&k, fields, KIT_ORIGIN, 0, 1);
    expect_same(got, wanted, "the whole");
    free(got);
    const char *rest = wanted;
    for (uint32_t part = 0; part < 5; part++) {
        got = kit_rows(&k, fields, KIT_ORIGIN, part, 5);
        size_t n = strlen(got);
        cr_expect(n > 0 && !strncmp(got, rest, n), "share %u: %.200s", part, got);
        rest += n < strlen(rest) ? n : strlen(rest);
        free(got);
    }
    cr_expect_eq(*rest, '\0', "nothing is missing");
    free(wanted);
    kit_close(&k);
}

/* ---- files that are not CSV ---------------------------------------------------------------- */

static const char seeds[][160] = {
    "x,y,z\n1,2009-01-01,\"a \"\"b\"\"\nc\"\n-1.5,20090101,\"\"\n1,090101,对公一般\n\n",
    "\xEF\xBB\xBFx;y;z\r\n1;2009/1/1;a\r\n2;2009年1月1日;\"b;c\"\r\n",
    "x|y|z\n\xB6\xD4|\xB9\xAB|\x81\x30\x81\x30\n1|2009.1.1|\xD2\xBB\x81\x5C\n",
    "x\ty\tz\n(1,234.50)\t1999-12-31 10:00\ta\n￥5-\t\t\n\n\n\n",
};

/* Either rows or one line that begins with the file; shares give the same rows or also an error. */
static bool expect_robust(const char *const *options, const char *fields, uint64_t seed)
{
    kit k;
    kit_open(&k, options);
    char *whole = kit_rows(&k, fields, KIT_ORIGIN, 0, 1);
    bool failed = whole[0] == '!';
    if (failed) {
        cr_expect(!strncmp(whole, "! -2 m.csv: ", 12) || !strncmp(whole, "! -2 m.csv:", 11) ||
                      !strncmp(whole, "! -7 m.csv:", 11),
                  "%llu: %s", (unsigned long long)seed, whole);
        cr_expect(!strchr(whole, '\n') && kh_utf8_check(whole, strlen(whole)) == strlen(whole),
                  "%llu: %s", (unsigned long long)seed, whole);
    }
    const char *rest = whole;
    bool share_failed = false;
    for (uint32_t part = 0; part < 3; part++) {
        char *got = kit_rows(&k, fields, KIT_ORIGIN, part, 3);
        size_t n = strlen(got);
        share_failed |= got[0] == '!';
        if (!failed) {
            cr_expect(!strncmp(got, rest, n), "%llu: share %u: %s\nof %s", (unsigned long long)seed,
                      part, got, whole);
            rest += n < strlen(rest) ? n : strlen(rest);
        }
        free(got);
    }
    cr_expect_eq(failed, share_failed, "%llu: %s", (unsigned long long)seed, whole);
    if (!failed) cr_expect_eq(*rest, '\0', "%llu: all rows", (unsigned long long)seed);
    free(whole);
    kit_close(&k);
    return !failed;
}

Test(csv_random, no_file_breaks_it)
{
    int right = 0;
    static const char bytes[] = ",;\t|\"'\r\n\0 \xFF\x81\xE4\xB8\x80-(){}%.0123456789aZ";
    for (int i = 0; i < 5000; i++) {
        uint64_t seed = state;
        char file[400];
        size_t n = 0;
        for (uint32_t copies = 1 + pick(2); copies > 0; copies--) {
            const char *from = seeds[pick(4)];
            n += (size_t)sprintf(file + n, "%s", from);
        }
        for (uint32_t changes = pick(6); changes > 0 && n > 1; changes--) {
            size_t at = pick((uint32_t)n);
            switch (pick(4)) {
            case 0: file[at] = bytes[pick(sizeof bytes - 1)]; break;
            case 1: file[at] ^= (char)(1 << pick(8)); break;
            case 2: n = at + 1; break;
            default: /* cut something out */
            {
                size_t gone = pick((uint32_t)(n - at)) % 8;
                memmove(file + at, file + at + gone, n - at - gone);
                n -= gone;
            }
            }
        }
        kit_write("m.csv", file, n);
        switch (pick(4)) {
        case 0:
            right += expect_robust(OPTIONS("path", "m.csv"), "x:text y:text z:text", seed);
            break;
        case 1:
            right += expect_robust(OPTIONS("path", "m.csv"), "x:decimal(2) y:date z:text", seed);
            break;
        case 2:
            right += expect_robust(OPTIONS("path", "m.csv", "header", "false"), "A1:text", seed);
            break;
        default:
            right += expect_robust(
                OPTIONS("path", "m.csv", "quote", "none", "trim", "false", "null", "1"),
                "x:text y:int", seed);
        }
    }
    cr_expect(right > 500 && right < 4500, "files of both kinds: %d were right", right);
}
