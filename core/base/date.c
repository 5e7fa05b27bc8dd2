/* Dates, periods and calendars: parsing, month arithmetic, working days. */
#include "base/date.h"

#include "base/text.h"

#include <string.h>

/* Days before each year and month by the civil calendar; the era trick of counting from 1 March. */
kh_date kh_date_of(int year, int month, int day)
{
    int y = year - (month <= 2);
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

kh_ymd kh_date_ymd(kh_date date)
{
    int z = date + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    int month = mp < 10 ? mp + 3 : mp - 9;
    return (kh_ymd){yoe + era * 400 + (month <= 2), month, doy - (153 * mp + 2) / 5 + 1};
}

int kh_month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

int kh_date_weekday(kh_date date)
{
    int n = (date + 3) % 7; /* 1970-01-01 was a Thursday */
    return (n < 0 ? n + 7 : n) + 1;
}

/* Read up to `most` digits; returns how many there were. */
static size_t read_digits(const char **at, const char *end, size_t most, int *out)
{
    size_t n = 0;
    *out = 0;
    while (*at < end && n < most && **at >= '0' && **at <= '9') {
        *out = *out * 10 + (**at - '0');
        (*at)++;
        n++;
    }
    return n;
}

static bool skip_text(const char **at, const char *end, const char *text)
{
    size_t n = strlen(text);
    if ((size_t)(end - *at) < n || memcmp(*at, text, n) != 0) return false;
    *at += n;
    return true;
}

/* H:MM[:SS[.fraction]] with an optional zone, as databases and spreadsheets append it. */
static bool skip_time(const char **at, const char *end)
{
    int hour, minute, second, fraction;
    if (read_digits(at, end, 2, &hour) == 0 || hour > 23 || !skip_text(at, end, ":") ||
        read_digits(at, end, 2, &minute) != 2 || minute > 59) {
        return false;
    }
    if (skip_text(at, end, ":")) {
        if (read_digits(at, end, 2, &second) != 2 || second > 60) return false;
        if (skip_text(at, end, ".") && read_digits(at, end, 9, &fraction) == 0) return false;
    }
    if (skip_text(at, end, "+") || skip_text(at, end, "-")) {
        if (read_digits(at, end, 2, &hour) != 2) return false;
        bool colon = skip_text(at, end, ":");
        size_t n = read_digits(at, end, 2, &minute);
        return n == 2 || (n == 0 && !colon);
    }
    skip_text(at, end, "Z");
    return true;
}

kh_status kh_date_parse(kh_date *out, const char *text, size_t length, kh_error *err)
{
    const char *at = text, *end = text + length;
    int year = 0, month = 0, day = 0;
    size_t n = read_digits(&at, end, 8, &year);
    bool ok = false;
    if (n == 8) {
        day = year % 100;
        month = year / 100 % 100;
        year /= 10000;
        ok = true;
    } else if (n == 6) {
        day = year % 100;
        month = year / 100 % 100;
        year /= 10000;
        year += year >= 70 ? 1900 : 2000;
        ok = true;
    } else if (n == 4 && at < end) {
        if (skip_text(&at, end, "年")) {
            ok = read_digits(&at, end, 2, &month) > 0 && skip_text(&at, end, "月") &&
                 read_digits(&at, end, 2, &day) > 0 && skip_text(&at, end, "日");
        } else {
            char mark = *at++;
            ok = (mark == '-' || mark == '/' || mark == '.') &&
                 read_digits(&at, end, 2, &month) > 0 && at < end && *at++ == mark &&
                 read_digits(&at, end, 2, &day) > 0;
        }
    }
    if (ok && at < end) {
        ok = (skip_text(&at, end, " ") || skip_text(&at, end, "T")) && skip_time(&at, end) &&
             at == end;
    }
    if (!ok || year < 1 || month < 1 || month > 12 || day < 1 || day > kh_month_days(year, month)) {
        return kh_fail(err, KH_EDATA, "'%.*s' is not a date; write it like 2025-07-01",
                       kh_text_quoted(text, length), text);
    }
    *out = kh_date_of(year, month, day);
    return KH_OK;
}

void kh_date_format(char out[KH_DATE_TEXT], kh_date date)
{
    out[0] = '\0';
    if (date == KH_NO_DATE) return;
    kh_ymd d = kh_date_ymd(date);
    snprintf(out, KH_DATE_TEXT, "%04d-%02d-%02d", d.year % 10000, d.month % 100, d.day % 100);
}

kh_date kh_date_add_months(kh_date date, int months)
{
    if (date == KH_NO_DATE) return KH_NO_DATE;
    kh_ymd d = kh_date_ymd(date);
    int64_t total = (int64_t)d.year * 12 + d.month - 1 + months;
    if (total < 12 || total >= 120000) return KH_NO_DATE;
    int year = (int)(total / 12), month = (int)(total % 12) + 1;
    int last = kh_month_days(year, month);
    return kh_date_of(year, month, d.day < last ? d.day : last);
}

int kh_date_years(kh_date from, kh_date on)
{
    kh_ymd a = kh_date_ymd(from), b = kh_date_ymd(on);
    int years = b.year - a.year;
    if (b.month < a.month || (b.month == a.month && b.day < a.day)) years--;
    return years;
}

static kh_period make_period(char kind, int year, int index)
{
    kh_period p;
    memset(&p, 0, sizeof p);
    int months = kind == 'Y' ? 12 : kind == 'H' ? 6 : kind == 'Q' ? 3 : 1;
    p.kind = kind;
    p.year = year;
    p.index = index;
    p.from = kh_date_of(year, (index - 1) * months + 1, 1);
    p.to = kh_date_of(year + index * months / 12, index * months % 12 + 1, 1);
    unsigned y = (unsigned)year % 10000, i = (unsigned)index % 100;
    switch (kind) {
    case 'Y': snprintf(p.name, sizeof p.name, "%04u", y); break;
    case 'M': snprintf(p.name, sizeof p.name, "%04u-%02u", y, i); break;
    default: snprintf(p.name, sizeof p.name, "%04u%c%u", y, kind, i); break;
    }
    return p;
}

kh_status kh_period_parse(kh_period *out, const char *text, kh_error *err)
{
    const char *at = text, *end = text + strlen(text);
    int year = 0, index = 1;
    char kind = 'Y';
    bool ok = read_digits(&at, end, 4, &year) == 4 && year > 0;
    if (ok && at < end) {
        char mark = *at++;
        if (mark == '-' && at < end && strchr("QqHh", *at)) mark = *at++; /* 2009-Q1 */
        kind = mark == '-' ? 'M' : mark == 'q' ? 'Q' : mark == 'h' ? 'H' : mark;
        size_t n = read_digits(&at, end, 2, &index);
        int most = mark == '-' ? 12 : kind == 'Q' ? 4 : kind == 'H' ? 2 : 0;
        ok = at == end && n == (kind == 'M' ? 2U : 1U) && index >= 1 && index <= most;
    }
    if (!ok) {
        return kh_fail(err, KH_EUSAGE,
                       "'%s' is not a period; write 2009Q1, 2009-03, 2009H1 or 2009", text);
    }
    *out = make_period(kind, year, index);
    return KH_OK;
}

kh_period kh_period_shift(const kh_period *period, int n)
{
    int per_year = period->kind == 'Y' ? 1 : period->kind == 'H' ? 2 : period->kind == 'Q' ? 4 : 12;
    int total = period->year * per_year + period->index - 1 + n;
    int year = total >= 0 ? total / per_year : -((per_year - 1 - total) / per_year);
    return make_period(period->kind, year, total - year * per_year + 1);
}

kh_period kh_period_shift_years(const kh_period *period, int n)
{
    return make_period(period->kind, period->year + n, period->index);
}

kh_period kh_period_year_to_date(const kh_period *period)
{
    kh_period p = *period;
    p.from = kh_date_of(period->year, 1, 1);
    return p;
}

kh_period kh_period_of(char kind, kh_date day)
{
    kh_ymd d = kh_date_ymd(day);
    int months = kind == 'Y' ? 12 : kind == 'H' ? 6 : kind == 'Q' ? 3 : 1;
    return make_period(kind, d.year, (d.month - 1) / months + 1);
}

void kh_period_title(char *out, size_t size, const kh_period *period)
{
    static const char *const quarters[] = {"一", "二", "三", "四"};
    switch (period->kind) {
    case 'Q': snprintf(out, size, "%d年第%s季度", period->year, quarters[period->index - 1]); break;
    case 'H':
        snprintf(out, size, "%d年%s半年", period->year, period->index == 1 ? "上" : "下");
        break;
    case 'M': snprintf(out, size, "%d年%d月", period->year, period->index); break;
    default: snprintf(out, size, "%d年", period->year); break;
    }
}

static bool holds(const kh_date *days, size_t count, kh_date day)
{
    for (size_t i = 0; i < count; i++) {
        if (days[i] == day) return true;
    }
    return false;
}

bool kh_calendar_is_workday(const kh_calendar *calendar, kh_date day)
{
    if (holds(calendar->makeup, calendar->makeup_count, day)) return true;
    return kh_date_weekday(day) <= 5 && !holds(calendar->holidays, calendar->holiday_count, day);
}

kh_date kh_calendar_deadline(const kh_calendar *calendar, kh_date from, int workdays)
{
    kh_date day = from;
    for (int left = workdays; left > 0;) {
        if (day == from + 3660) return KH_NO_DATE; /* a calendar of holidays would never end */
        if (kh_calendar_is_workday(calendar, ++day)) left--;
    }
    return day;
}

int kh_calendar_workdays(const kh_calendar *calendar, kh_date from, kh_date to)
{
    int n = 0;
    for (kh_date day = from; day < to; day++) n += kh_calendar_is_workday(calendar, day);
    return n;
}
