/* One cell to a number, a date or a truth value: every form that is taken, every refusal.
 *
 * columns.c reads the usual forms itself and comes here for the others, so this file alone says
 * what a cell may look like.
 */
#include "csv.h"

const char *csv_quoted(char out[CSV_QUOTED], const char *text, size_t size)
{
    enum { MOST = CSV_QUOTED - 8 };
    size_t n = 0;
    while (n < size) {
        size_t length = csv_utf8_length(text + n, size - n);
        if (length == 0 || n + length > MOST) break;
        memcpy(out + n, text + n, length);
        if ((unsigned char)out[n] < 0x20 || out[n] == 0x7F) out[n] = ' ';
        n += length;
    }
    memcpy(out + n, n < size ? "…" : "", n < size ? sizeof "…" : 1);
    return out;
}

const char *csv_hex(char out[16], const char *bytes, size_t size)
{
    out[0] = '\0';
    for (size_t i = 0; i < size && i < 4; i++) {
        snprintf(out + strlen(out), 4, i ? " %02X" : "%02X", (unsigned char)bytes[i]);
    }
    return out;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool skip_text(const char **at, const char *end, const char *text)
{
    size_t n = strlen(text);
    if ((size_t)(end - *at) < n || memcmp(*at, text, n) != 0) return false;
    *at += n;
    return true;
}

static bool ends_with(const char *at, const char *end, const char *text)
{
    size_t n = strlen(text);
    return (size_t)(end - at) >= n && !memcmp(end - n, text, n);
}

/* ---- numbers ------------------------------------------------------------------------------- */

/* What is wrong with a text that is no number, as a hint how to mend it. */
static const char *number_hint(const char *text, const char *at, const char *end, bool thousands)
{
    if (ends_with(text, end, "%") || ends_with(text, end, "％")) {
        return kh_tr("remove the percent sign: a rate is the number before it");
    }
    if (at > text && at < end && (*at == 'e' || *at == 'E')) {
        return kh_tr("export it without exponent, as a number with all its digits");
    }
    for (const char *c = text; c < end; c++) {
        if (end - c >= 3 && !memcmp(c, "\xEF\xBC", 2) && c[2] >= '\x90' && c[2] <= '\x99') {
            return kh_tr("write it with half-width digits");
        }
    }
    if (memchr(text, ',', (size_t)(end - text))) {
        return thousands ? kh_tr("a comma stands before each group of three digits, as in 1,234.56")
                         : kh_tr("write it without commas, or set thousands to \",\"");
    }
    return kh_tr("write it like 1234.56");
}

typedef struct number {
    csv_int128 value; /* scaled */
    int decimals;     /* up to the last that is not 0 */
    bool too_long;
} number;

static void add_digit(number *n, int digit)
{
    const csv_int128 most = ((csv_int128)5421010862427522170LL << 64) + 687399551400673279LL;
    if (n->value > (most - digit) / 10) { /* most = 10^38 - 1 */
        n->too_long = true;
    } else {
        n->value = n->value * 10 + digit;
    }
}

/* Digits with an optional grouping and decimals; returns where they end, NULL if grouped wrongly. */
static const char *read_digits(number *n, const char *at, const char *end, int scale,
                               bool thousands)
{
    const char *begin = at;
    int group = 0; /* digits since the last comma */
    bool grouped = false;
    for (; at < end && (is_digit(*at) || (thousands && *at == ',')); at++) {
        if (*at == ',') {
            if (grouped ? group != 3 : group < 1 || group > 3) return NULL;
            grouped = true;
            group = 0;
        } else {
            add_digit(n, *at - '0');
            group++;
        }
    }
    if (grouped && group != 3) return NULL;
    int places = 0;
    if (at < end && *at == '.') {
        if (at + 1 == end || !is_digit(at[1])) return NULL;
        for (at++; at < end && is_digit(*at); at++) {
            places++;
            if (*at != '0') n->decimals = places;
            if (places <= scale) add_digit(n, *at - '0');
        }
    } else if (at == begin) {
        return NULL;
    }
    for (; places < scale; places++) add_digit(n, 0);
    return at;
}

/*
 * [sign] [¥] digits | ¥ sign digits | digits- | (digits). False: not a number, and *stop is where
 * it ceased to be one.
 */
static bool read_number(number *n, const char *text, size_t size, int scale, bool thousands,
                        const char **stop)
{
    const char *at = text, *end = text + size;
    bool bracket = size > 2 && text[0] == '(' && end[-1] == ')';
    if (bracket) {
        at++;
        end--;
    }
    bool negative = bracket, signed_already = bracket;
    for (int i = 0, money = 0; i < 2 && at < end; i++) {
        if (!signed_already && (*at == '-' || *at == '+')) {
            negative = *at++ == '-';
            signed_already = true;
        } else if (!money) {
            money = skip_text(&at, end, "¥") || skip_text(&at, end, "￥");
        }
    }
    if (!signed_already && at < end && end[-1] == '-') {
        negative = true;
        end--;
    }
    const char *behind = read_digits(n, at, end, scale, thousands);
    *stop = behind ? behind : text;
    if (behind != end) return false;
    if (negative) n->value = -n->value;
    return true;
}

kh_status csv_cell_decimal(csv_int128 *out, const char *text, size_t size, int scale,
                           bool thousands, kh_error *err)
{
    char shown[CSV_QUOTED];
    const char *stop;
    number n = {0};
    if (!read_number(&n, text, size, scale, thousands, &stop)) {
        return kh_fail(err, KH_EDATA, "'%s' is not an amount; %s", csv_quoted(shown, text, size),
                       number_hint(text, stop, text + size, thousands));
    }
    if (n.decimals > scale) {
        return kh_fail(err, KH_EDATA,
                       "'%s' has %d decimals but the column keeps %d; declare it as decimal(%d)",
                       csv_quoted(shown, text, size), n.decimals, scale, n.decimals);
    }
    if (n.too_long) {
        return kh_fail(err, KH_ELIMIT, "'%s' with %d decimals is longer than 38 digits; shorten it",
                       csv_quoted(shown, text, size), scale);
    }
    *out = n.value;
    return KH_OK;
}

kh_status csv_cell_int(int64_t *out, const char *text, size_t size, bool thousands, kh_error *err)
{
    char shown[CSV_QUOTED];
    const char *stop;
    number n = {0};
    if (!read_number(&n, text, size, 0, thousands, &stop)) {
        return kh_fail(err, KH_EDATA, "'%s' is not a whole number; %s",
                       csv_quoted(shown, text, size),
                       number_hint(text, stop, text + size, thousands));
    }
    if (n.decimals > 0) {
        return kh_fail(err, KH_EDATA,
                       "'%s' is not a whole number; declare the column as decimal(%d)",
                       csv_quoted(shown, text, size), n.decimals);
    }
    if (n.too_long || n.value > INT64_MAX || n.value < INT64_MIN) {
        return kh_fail(err, KH_ELIMIT,
                       "'%s' is beyond the largest whole number; declare the column as text",
                       csv_quoted(shown, text, size));
    }
    *out = (int64_t)n.value;
    return KH_OK;
}

/* ---- dates --------------------------------------------------------------------------------- */

/* Days since 1970-01-01; false when there is no such day. */
static bool days_of(int year, int month, int day, int32_t *out)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    if (year < 1 || month < 1 || month > 12 || day < 1) return false;
    int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day > before[month] - before[month - 1] + (month == 2 && leap)) return false;
    int y = year - 1;
    *out = y * 365 + y / 4 - y / 100 + y / 400 + before[month - 1] + (month > 2 && leap) + day - 1 -
           719162; /* days from 0001-01-01 to 1970-01-01 */
    return true;
}

/* Between `least` and `most` digits. */
static bool read_int(const char **at, const char *end, int least, int most, int *out)
{
    int n = 0;
    for (*out = 0; *at < end && n < most && is_digit(**at); n++) {
        *out = *out * 10 + (*(*at)++ - '0');
    }
    return n >= least;
}

/* 9:30, 09:30:00, 09:30:00.000, with Z or +08:00 behind: checked for its form, then dropped. */
static bool is_time(const char *at, const char *end)
{
    int n;
    if (!read_int(&at, end, 1, 2, &n) || !skip_text(&at, end, ":") ||
        !read_int(&at, end, 2, 2, &n)) {
        return false;
    }
    if (skip_text(&at, end, ":") && !read_int(&at, end, 2, 2, &n)) return false;
    if (skip_text(&at, end, ".") && !read_int(&at, end, 1, 9, &n)) return false;
    if (at < end && (*at == '+' || *at == '-')) {
        at++;
        if (!read_int(&at, end, 2, 2, &n)) return false;
        skip_text(&at, end, ":");
        return read_int(&at, end, 0, 2, &n) && at == end;
    }
    skip_text(&at, end, "Z");
    return at == end;
}

/* The forms of kh_date_parse(): 2025-07-01, 2025/7/1, 2025.7.1, 2025年7月1日, 20250701, 250701. */
static bool read_day(const char **at, const char *end, int *year, int *month, int *day)
{
    const char *begin = *at;
    while (*at < end && is_digit(**at)) ++*at;
    ptrdiff_t digits = *at - begin;
    if (digits == 8 || digits == 6) {
        *at = begin;
        read_int(at, end, 1, (int)digits - 4, year);
        if (digits == 6) *year += *year >= 70 ? 1900 : 2000;
        return read_int(at, end, 2, 2, month) && read_int(at, end, 2, 2, day);
    }
    *at = begin;
    if (digits != 4 || !read_int(at, end, 4, 4, year) || *at == end) return false;
    if (skip_text(at, end, "年")) {
        return read_int(at, end, 1, 2, month) && skip_text(at, end, "月") &&
               read_int(at, end, 1, 2, day) && skip_text(at, end, "日");
    }
    char mark = *(*at)++;
    return (mark == '-' || mark == '/' || mark == '.') && read_int(at, end, 1, 2, month) &&
           *at < end && *(*at)++ == mark && read_int(at, end, 1, 2, day);
}

kh_status csv_cell_date(int32_t *out, const char *text, size_t size, kh_error *err)
{
    const char *at = text, *end = text + size;
    char shown[CSV_QUOTED];
    int year = 0, month = 0, day = 0;
    bool ok = read_day(&at, end, &year, &month, &day);
    if (ok && at < end) ok = (*at == ' ' || *at == 'T') && is_time(at + 1, end);
    if (!ok) {
        return kh_fail(err, KH_EDATA, "'%s' is not a date; write it like 2025-07-01",
                       csv_quoted(shown, text, size));
    }
    if (!days_of(year, month, day, out)) {
        return kh_fail(err, KH_EDATA, "'%s' is a day that does not exist; correct it",
                       csv_quoted(shown, text, size));
    }
    return KH_OK;
}

/* ---- truth values -------------------------------------------------------------------------- */

kh_status csv_cell_bool(bool *out, const char *text, size_t size, kh_error *err)
{
    static const struct {
        const char *text;
        bool value;
    } words[] = {{"1", true},      {"0", false}, {"true", true}, {"false", false}, {"TRUE", true},
                 {"FALSE", false}, {"是", true}, {"否", false},  {"Y", true},      {"N", false},
                 {"y", true},      {"n", false}, {"True", true}, {"False", false}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].text) == size && !memcmp(words[i].text, text, size)) {
            *out = words[i].value;
            return KH_OK;
        }
    }
    char shown[CSV_QUOTED];
    return kh_fail(err, KH_EDATA, "'%s' is neither yes nor no; write 1 or 0, 是 or 否, Y or N",
                   csv_quoted(shown, text, size));
}
