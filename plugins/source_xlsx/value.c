/* A cell of a sheet in the type that is asked for: numbers as Excel keeps them, serial days, texts. */
#include "xlsx.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EXCEL_DIGITS = 15, EXPONENT_MOST = 40, SERIAL_MOST = 2958465 /* 9999-12-31 */ };

/* The digits of a number without its point and leading zeros, and where the point stands. */
typedef struct digits {
    char text[32];
    int count, point; /* 0.text x 10^point */
    bool negative;
} digits;

static bool read_digits(const char *text, size_t length, digits *out)
{
    const char *end = text + length;
    *out = (digits){0};
    if (text < end && (*text == '-' || *text == '+')) out->negative = *text++ == '-';
    bool any = false, behind = false;
    for (; text < end && ((*text >= '0' && *text <= '9') || (*text == '.' && !behind)); text++) {
        if (*text == '.') {
            behind = true;
            continue;
        }
        any = true;
        if (out->count == 0 && *text == '0') {
            out->point -= behind;
            continue;
        }
        if (out->count == (int)sizeof out->text) return false;
        out->text[out->count++] = *text;
        out->point += !behind;
    }
    if (!any) return false;
    if (text < end && (*text == 'E' || *text == 'e')) {
        char exponent[8];
        size_t n = (size_t)(end - ++text);
        if (n == 0 || n >= sizeof exponent) return false;
        memcpy(exponent, text, n);
        exponent[n] = '\0';
        char *rest;
        long e = strtol(exponent, &rest, 10);
        if (*rest || e > EXPONENT_MOST || e < -EXPONENT_MOST) return false;
        out->point += (int)e;
        text = end;
    }
    return text == end;
}

/* Excel keeps 15 digits; what stands behind them is noise of binary fractions. */
static void round_digits(digits *d)
{
    if (d->count > EXCEL_DIGITS) {
        bool up = d->text[EXCEL_DIGITS] >= '5';
        d->count = EXCEL_DIGITS;
        int i = EXCEL_DIGITS - 1;
        for (; up && i >= 0 && d->text[i] == '9'; i--) d->text[i] = '0';
        if (up && i >= 0) {
            d->text[i]++;
        } else if (up) {
            d->text[0] = '1'; /* the rest is zeros */
            d->point++;
        }
    }
    while (d->count > 0 && d->text[d->count - 1] == '0') d->count--;
}

bool xlsx_number(const char *text, size_t length, char out[XLSX_VALUE_TEXT], int *whole_digits)
{
    digits d;
    if (!read_digits(text, length, &d)) return false;
    round_digits(&d);
    if (d.count == 0) d.point = 0;
    *whole_digits = d.point > 0 ? d.point : 0;
    int n = 0, places = d.count > d.point ? d.count - d.point : 0;
    if (*whole_digits + places + 4 > XLSX_VALUE_TEXT) return false;
    if (d.negative && d.count > 0) out[n++] = '-';
    if (d.point <= 0) out[n++] = '0';
    for (int i = 0; i < d.point; i++) out[n++] = '0';
    for (int i = 0; i < d.point && i < d.count; i++) out[n - d.point + i] = d.text[i];
    if (places > 0) {
        out[n++] = '.';
        for (int i = d.point; i < 0; i++) out[n++] = '0';
        for (int i = d.point > 0 ? d.point : 0; i < d.count; i++) out[n++] = d.text[i];
    }
    out[n] = '\0';
    return true;
}

/* Day 1 is 1900-01-01, and day 60 a 29 February that never was; or day 0 is 1904-01-01. */
static kh_status put_serial(const xlsx_source *source, const char *number,
                            char room[XLSX_VALUE_TEXT], sql_cell *out, kh_error *err)
{
    char *end;
    long day = strtol(number, &end, 10);
    if (*end == '.') {
        return kh_fail(err, KH_EDATA,
                       "it has a time of day; format it as a day, or cut the time with INT()");
    }
    int64_t least = source->epoch_1904 ? 0 : 1;
    if (*end || day < least || day > SERIAL_MOST || (!source->epoch_1904 && day == 60)) {
        return kh_fail(err, KH_EDATA, "'%s' is no day that Excel knows", number);
    }
    int64_t unix_day = day + (source->epoch_1904 ? -24107 : day > 60 ? -25569 : -25568);
    time_t seconds = (time_t)(unix_day * 86400);
    struct tm civil;
    if (!gmtime_r(&seconds, &civil)) abort(); /* cannot be: years have four digits here */
    size_t n = strftime(room, XLSX_VALUE_TEXT, "%Y-%m-%d", &civil);
    *out = (sql_cell){room, n, SQL_PLAIN};
    return KH_OK;
}

static kh_status put_number(const xlsx_source *source, const xlsx_cell *cell, const char *text,
                            kh_type type, char room[XLSX_VALUE_TEXT], sql_cell *out, kh_error *err)
{
    char number[XLSX_VALUE_TEXT];
    int whole;
    if (!xlsx_number(text, cell->length, number, &whole)) {
        return kh_fail(err, KH_EDATA, "'%.*s' is no number",
                       cell->length < 60 ? (int)cell->length : 60, text);
    }
    if (whole > EXCEL_DIGITS) {
        return kh_fail(err, KH_EDATA,
                       "'%s' has %d digits, of which Excel keeps 15; store it as text", number,
                       whole);
    }
    bool date = cell->format < source->format_count && source->dates[cell->format];
    bool packed = strlen(number) == 8 && strtol(number, NULL, 10) > SERIAL_MOST; /* 20090131 */
    if (type == KH_TYPE_DATE ? !packed : date && type == KH_TYPE_TEXT) {
        return put_serial(source, number, room, out, err);
    }
    if (date && type != KH_TYPE_DATE) {
        return kh_fail(err, KH_EDATA, "it shows a date where a number is due");
    }
    int n = snprintf(room, XLSX_VALUE_TEXT, "%s", number);
    *out = (sql_cell){room, (size_t)n, SQL_PLAIN};
    return KH_OK;
}

/* "1,234,567.80" without its commas when they stand where they should. */
static bool ungroup(const char *text, size_t length, char room[XLSX_VALUE_TEXT], size_t *out)
{
    const char *point = memchr(text, '.', length);
    const char *end = text + length, *whole = point ? point : end, *at = text;
    size_t n = 0;
    if (length >= XLSX_VALUE_TEXT) return false;
    if (at < whole && (*at == '-' || *at == '+')) room[n++] = *at++;
    if (at == whole || *at == ',') return false;
    for (; at < whole; at++) {
        bool due = (whole - at) % 4 == 0;
        if (*at == ',' ? !due : (*at < '0' || *at > '9') || due) return false;
        if (*at != ',') room[n++] = *at;
    }
    memcpy(room + n, whole, (size_t)(end - whole));
    *out = n + (size_t)(end - whole);
    return true;
}

kh_status xlsx_value(const xlsx_source *source, const xlsx_sheet *sheet, const xlsx_cell *cell,
                     kh_type type, char room[XLSX_VALUE_TEXT], sql_cell *out, kh_error *err)
{
    *out = (sql_cell){0};
    if (!cell) return KH_OK;
    const char *text = xlsx_sheet_text(sheet, cell);
    size_t length = cell->length;
    if (source->null && strlen(source->null) == length && !memcmp(source->null, text, length)) {
        return KH_OK;
    }
    switch (cell->kind) {
    case XLSX_NUMBER: return put_number(source, cell, text, type, room, out, err);
    case XLSX_ERROR:
        return kh_fail(err, KH_EDATA,
                       "it holds the error %.*s; mend its formula, or say null = \"%.*s\"",
                       (int)length, text, (int)length, text);
    case XLSX_UNSAVED:
        return kh_fail(err, KH_EDATA,
                       "it holds a formula without a value; open the file in Excel and save it");
    case XLSX_TRUTH:
        *out = type == KH_TYPE_TEXT
                   ? (sql_cell){*text == '1' ? "TRUE" : "FALSE", *text == '1' ? 4 : 5, SQL_PLAIN}
                   : (sql_cell){text, length, SQL_PLAIN};
        if (type == KH_TYPE_TEXT || type == KH_TYPE_BOOL) return KH_OK;
        return kh_fail(err, KH_EDATA, "it holds %s, not what the column is",
                       *text == '1' ? "TRUE" : "FALSE");
    case XLSX_ISO_DATE: {
        const char *time = memchr(text, 'T', length);
        *out = (sql_cell){text, time ? (size_t)(time - text) : length, SQL_PLAIN};
        return KH_OK;
    }
    default: break;
    }
    size_t plain;
    if (type == KH_TYPE_DECIMAL && memchr(text, ',', length) &&
        ungroup(text, length, room, &plain)) {
        *out = (sql_cell){room, plain, SQL_PLAIN};
    } else {
        *out = (sql_cell){text, length, SQL_PLAIN};
    }
    return KH_OK;
}
