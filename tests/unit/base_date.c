/* Dates, periods and working days: every accepted form, the calendar itself, the rulebook's cases. */
#include "base/date.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static kh_date day_of(const char *text)
{
    kh_date date = KH_NO_DATE;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_date_parse(&date, text, strlen(text), &err), KH_OK, "%s", err.text);
    return date;
}

static void expect_day(kh_date got, const char *iso, const char *why)
{
    char shown[KH_DATE_TEXT];
    kh_date_format(shown, got);
    cr_expect_str_eq(shown, iso, "%s: got %s, wanted %s", why, shown, iso);
}

static kh_period period_of(const char *text)
{
    kh_period period;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_period_parse(&period, text, &err), KH_OK, "%s", err.text);
    return period;
}

static const struct {
    const char *text, *iso, *why;
} accepted[] = {
    {"2025-07-01", "2025-07-01", "ISO 8601"},
    {"2025-7-1", "2025-07-01", "without zeros"},
    {"2025/7/1", "2025-07-01", "a spreadsheet"},
    {"2025/07/01", "2025-07-01", "a spreadsheet with zeros"},
    {"2025.7.1", "2025-07-01", "points"},
    {"2025年7月1日", "2025-07-01", "Chinese"},
    {"2025年07月01日", "2025-07-01", "Chinese with zeros"},
    {"20250701", "2025-07-01", "packed"},
    {"250701", "2025-07-01", "packed, two digits of the year"},
    {"691231", "2069-12-31", "the last year of the 2000s"},
    {"700101", "1970-01-01", "70 to 99 are 19xx"},
    {"991231", "1999-12-31", "70 to 99 are 19xx"},
    {"2024-02-29", "2024-02-29", "a leap year"},
    {"2000-02-29", "2000-02-29", "a leap century"},
    {"0001-01-01", "0001-01-01", "the first day"},
    {"9999-12-31", "9999-12-31", "the last day"},
    {"2025-07-01 08:30", "2025-07-01", "minutes"},
    {"2025/7/1 0:00", "2025-07-01", "a spreadsheet's time"},
    {"2025-07-01T23:59:59", "2025-07-01", "seconds"},
    {"2025-07-01T23:59:60", "2025-07-01", "a leap second"},
    {"2025-07-01 00:00:00.000000", "2025-07-01", "a fraction"},
    {"2025-07-01T00:00:00Z", "2025-07-01", "a zone is dropped, the day stays as written"},
    {"2025-07-01 00:00:00+08", "2025-07-01", "a zone in hours"},
    {"2025-07-01 00:00:00+08:00", "2025-07-01", "a zone with a colon"},
    {"2025-07-01 00:00:00.5-0330", "2025-07-01", "a zone without one"},
    {"20250701 120000", NULL, "a time without colons"},
    {"20250701 12:00", "2025-07-01", "packed, with a time"},
    {"2025年7月1日 9:05", "2025-07-01", "Chinese, with a time"},
    {"", NULL, "nothing"},
    {" 2025-07-01", NULL, "a blank in front"},
    {"2025-07-01 ", NULL, "a blank behind"},
    {"2025-07-01T", NULL, "a time that is missing"},
    {"2025-07-01 2025-07-02", NULL, "two dates are not one"},
    {"2025-07-01 24:00", NULL, "that is the day after"},
    {"2025-07-01 12:60", NULL, "minute 60"},
    {"2025-07-01 12:00:61", NULL, "second 61"},
    {"2025-07-01 12:00:00.", NULL, "a fraction without digits"},
    {"2025-07-01 12:00:00+", NULL, "a zone without digits"},
    {"2025-07-01 12:00:00+08:", NULL, "half a zone"},
    {"2025-07-01 12:00:00 +08", NULL, "a zone apart"},
    {"2025-07-01 :::", NULL, "colons only"},
    {"2025-07-01x", NULL, "a letter behind"},
    {"2025-02-29", NULL, "no leap year"},
    {"1900-02-29", NULL, "no leap century"},
    {"20250229", NULL, "no leap year, packed"},
    {"2025-04-31", NULL, "thirty days has April"},
    {"2025-13-01", NULL, "month 13"},
    {"2025-00-10", NULL, "month 0"},
    {"2025-01-00", NULL, "day 0"},
    {"2025-01-32", NULL, "day 32"},
    {"0000-00-00", NULL, "a database's zero date"},
    {"0000-01-01", NULL, "there is no year 0"},
    {"00000101", NULL, "there is no year 0, packed"},
    {"2025-07/01", NULL, "two kinds of marks"},
    {"2025--07-01", NULL, "two marks"},
    {"2025-07", NULL, "no day"},
    {"2025-07-", NULL, "no day"},
    {"2025-", NULL, "no month"},
    {"2025", NULL, "a year only"},
    {"202507", NULL, "2020-25-07: six digits are yymmdd"},
    {"2025070", NULL, "seven digits"},
    {"202507011", NULL, "nine digits"},
    {"25-07-01", NULL, "two digits of the year with marks"},
    {"2025-007-01", NULL, "three digits of the month"},
    {"2025年7月1", NULL, "no 日"},
    {"2025年7-1日", NULL, "mixed"},
    {"01/07/2025", NULL, "the day first is ambiguous"},
    {"45839", NULL, "a spreadsheet's serial number"},
    {"２０２５-07-01", NULL, "full-width digits"},
    {"-2025-07-01", NULL, "a sign"},
    {"今天", NULL, "a word"},
};

Test(date, reads_the_declared_forms_and_nothing_else)
{
    for (size_t i = 0; i < COUNT(accepted); i++) {
        const char *text = accepted[i].text;
        kh_error err = KH_ERROR_INIT;
        kh_date date = 12345;
        kh_status rc = kh_date_parse(&date, text, strlen(text), &err);
        if (accepted[i].iso) {
            cr_expect_eq(rc, KH_OK, "%s: %s", accepted[i].why, err.text);
            expect_day(date, accepted[i].iso, accepted[i].why);
        } else {
            char wanted[200];
            snprintf(wanted, sizeof wanted, "'%s' is not a date; write it like 2025-07-01", text);
            cr_expect_eq(rc, KH_EDATA, "%s: '%s' passed", accepted[i].why, text);
            cr_expect_str_eq(err.text, wanted);
            cr_expect_eq(date, 12345, "%s: a refusal wrote a result", accepted[i].why);
        }
    }
}

Test(date, reads_no_byte_beyond_its_length)
{
    kh_date date;
    cr_expect_eq(kh_date_parse(&date, "2025-07-015", 10, NULL), KH_OK);
    expect_day(date, "2025-07-01", "ten bytes");
    static const char cut[] = {'2', '0', '2', '5', '\xe5', '\xb9'}; /* two thirds of 年 */
    cr_expect_eq(kh_date_parse(&date, cut, sizeof cut, NULL), KH_EDATA);
    cr_expect_eq(kh_date_parse(&date, "2025-", 5, NULL), KH_EDATA);
}

/* An odometer that knows nothing but the lengths of months, and a formula by another author. */
Test(date, agrees_with_counting_day_by_day_over_eight_hundred_years)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    static const int sakamoto[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
    int year = 1600, month = 1, day = 1, weekday = 6; /* 1600-01-01 was a Saturday */
    kh_date date = kh_date_of(1600, 1, 1);
    cr_assert_eq(date, -135140);
    for (; year < 2401; date++) {
        cr_assert_eq(kh_date_of(year, month, day), date, "%d-%d-%d", year, month, day);
        kh_ymd got = kh_date_ymd(date);
        cr_assert(got.year == year && got.month == month && got.day == day, "%d-%d-%d", year, month,
                  day);
        cr_assert_eq(kh_date_weekday(date), weekday, "%d-%d-%d", year, month, day);
        int y = year - (month < 3);
        int formula = (y + y / 4 - y / 100 + y / 400 + sakamoto[month - 1] + day) % 7;
        cr_assert_eq(kh_date_weekday(date) % 7, formula, "%d-%d-%d", year, month, day);

        bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
        int length = lengths[month - 1] + (month == 2 && leap);
        cr_assert_eq(kh_month_days(year, month), length);
        weekday = weekday % 7 + 1;
        if (++day > length) {
            day = 1;
            if (++month > 12) {
                month = 1;
                year++;
            }
        }
    }
    cr_expect_eq(kh_date_of(1970, 1, 1), 0);
    cr_expect_eq(kh_date_weekday(0), 4, "1970-01-01 was a Thursday");
    cr_expect_eq(kh_date_weekday(kh_date_of(2025, 10, 1)), 3, "2025-10-01 was a Wednesday");
}

Test(date, writes_what_it_reads)
{
    char text[KH_DATE_TEXT];
    kh_date_format(text, KH_NO_DATE);
    cr_expect_str_eq(text, "", "an unknown date is empty");
    for (kh_date date = kh_date_of(1, 1, 1); date <= kh_date_of(9999, 12, 31); date += 97) {
        kh_date_format(text, date);
        cr_assert_eq(day_of(text), date, "%s", text);
    }
}

Test(date, adds_months_clipped_to_the_end_of_the_month)
{
    static const struct {
        const char *date;
        int months;
        const char *result, *why;
    } cases[] = {
        {"2009-01-31", 1, "2009-02-28", "rulebook PR-16"},
        {"2009-12-15", 2, "2010-02-15", "rulebook PR-18"},
        {"2008-01-31", 1, "2008-02-29", "a leap year"},
        {"2009-03-31", -1, "2009-02-28", "backwards"},
        {"2009-03-31", 3, "2009-06-30", "a quarter"},
        {"2009-02-28", 1, "2009-03-28", "the end of the month does not stick"},
        {"2009-01-15", -1, "2008-12-15", "over the year backwards"},
        {"2009-01-15", -13, "2007-12-15", "more than a year backwards"},
        {"2009-12-31", 12, "2010-12-31", "a year"},
        {"2008-02-29", 12, "2009-02-28", "a year from a leap day"},
        {"2008-02-29", 48, "2012-02-29", "four years from a leap day"},
        {"2009-05-20", 0, "2009-05-20", "nothing"},
        {"2009-05-20", 1200, "2109-05-20", "a century"},
        {"2009-05-20", -2400, "1809-05-20", "two centuries back"},
        {"9999-11-30", 1, "9999-12-30", "the last month there is"},
        {"9999-12-01", 1, "", "beyond it"},
        {"0001-02-01", -1, "0001-01-01", "the first one"},
        {"0001-01-31", -1, "", "before it"},
        {"2009-05-20", INT32_MAX, "", "far beyond"},
        {"2009-05-20", INT32_MIN, "", "far before"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kh_date got = kh_date_add_months(day_of(cases[i].date), cases[i].months);
        expect_day(got, cases[i].result, cases[i].why);
    }
    cr_expect_eq(kh_date_add_months(KH_NO_DATE, 1), KH_NO_DATE, "an unknown date stays unknown");
    cr_expect_eq(kh_date_add_months(KH_NO_DATE, -1), KH_NO_DATE);
}

Test(date, counts_completed_years)
{
    static const struct {
        const char *from, *on;
        int years;
        const char *why;
    } cases[] = {
        {"2000-05-10", "2009-05-10", 9, "on the day"},
        {"2000-05-10", "2009-05-09", 8, "the day before"},
        {"2000-05-10", "2009-06-01", 9, "a later month with an earlier day"},
        {"2004-02-29", "2005-02-28", 0, "a leap day waits"},
        {"2004-02-29", "2005-03-01", 1, "until 1 March"},
        {"2004-02-29", "2008-02-29", 4, "or the next leap day"},
        {"2009-05-10", "2009-05-10", 0, "the first day"},
        {"2009-05-10", "2009-05-09", -1, "not begun"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        cr_expect_eq(kh_date_years(day_of(cases[i].from), day_of(cases[i].on)), cases[i].years,
                     "%s", cases[i].why);
    }
}

/* ---- periods ------------------------------------------------------------------------------- */

Test(period, is_read_named_and_titled)
{
    static const struct {
        const char *text, *name, *from, *to, *title;
        char kind;
        int index;
    } cases[] = {
        {"2009Q1", "2009Q1", "2009-01-01", "2009-04-01", "2009年第一季度", 'Q', 1},
        {"2009Q2", "2009Q2", "2009-04-01", "2009-07-01", "2009年第二季度", 'Q', 2},
        {"2009q3", "2009Q3", "2009-07-01", "2009-10-01", "2009年第三季度", 'Q', 3},
        {"2009Q4", "2009Q4", "2009-10-01", "2010-01-01", "2009年第四季度", 'Q', 4},
        {"2009-Q1", "2009Q1", "2009-01-01", "2009-04-01", "2009年第一季度", 'Q', 1},
        {"2009-h2", "2009H2", "2009-07-01", "2010-01-01", "2009年下半年", 'H', 2},
        {"2009-03", "2009-03", "2009-03-01", "2009-04-01", "2009年3月", 'M', 3},
        {"2008-02", "2008-02", "2008-02-01", "2008-03-01", "2008年2月", 'M', 2},
        {"2009-12", "2009-12", "2009-12-01", "2010-01-01", "2009年12月", 'M', 12},
        {"2009H1", "2009H1", "2009-01-01", "2009-07-01", "2009年上半年", 'H', 1},
        {"2009h2", "2009H2", "2009-07-01", "2010-01-01", "2009年下半年", 'H', 2},
        {"2009", "2009", "2009-01-01", "2010-01-01", "2009年", 'Y', 1},
        {"0001Q1", "0001Q1", "0001-01-01", "0001-04-01", "1年第一季度", 'Q', 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kh_period p = period_of(cases[i].text);
        char title[64];
        kh_period_title(title, sizeof title, &p);
        cr_expect_str_eq(p.name, cases[i].name);
        cr_expect_str_eq(title, cases[i].title);
        cr_expect(p.kind == cases[i].kind && p.index == cases[i].index, "%s", cases[i].text);
        expect_day(p.from, cases[i].from, cases[i].text);
        expect_day(p.to, cases[i].to, cases[i].text);
    }
}

Test(period, refuses_what_is_none)
{
    static const char *const bad[] = {"",        "2009Q0", "2009Q5",     "2009H3",  "2009H0",
                                      "2009-0",  "2009-3", "2009-13",    "2009-00", "2009M3",
                                      "2009M03", "2009Y1", "2009Q",      "2009Q11", "09Q1",
                                      "0000",    "20091",  "2009-03-01", " 2009",   "2009年",
                                      "2009 ",   "2009-Q", "2009-Q5",    "2009Q-1", "2009--Q1"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        kh_period p;
        kh_error err = KH_ERROR_INIT;
        char wanted[200];
        snprintf(wanted, sizeof wanted,
                 "'%s' is not a period; write 2009Q1, 2009-03, 2009H1 or 2009", bad[i]);
        cr_expect_eq(kh_period_parse(&p, bad[i], &err), KH_EUSAGE, "'%s' passed", bad[i]);
        cr_expect_str_eq(err.text, wanted);
    }
}

Test(period, shifts_over_year_borders)
{
    static const struct {
        const char *period;
        int n;
        const char *result;
    } cases[] = {
        {"2009Q1", -1, "2008Q4"},  {"2009Q4", 1, "2010Q1"},     {"2009Q2", 0, "2009Q2"},
        {"2009Q1", -5, "2007Q4"},  {"2009Q1", 8, "2011Q1"},     {"2009-01", -1, "2008-12"},
        {"2009-12", 1, "2010-01"}, {"2009-06", -18, "2007-12"}, {"2009H1", -1, "2008H2"},
        {"2009H2", 1, "2010H1"},   {"2009", -9, "2000"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kh_period p = period_of(cases[i].period), wanted = period_of(cases[i].result);
        kh_period got = kh_period_shift(&p, cases[i].n);
        cr_expect_str_eq(got.name, wanted.name);
        cr_expect(got.from == wanted.from && got.to == wanted.to, "%s", wanted.name);
        kh_period back = kh_period_shift(&got, -cases[i].n);
        cr_expect_str_eq(back.name, p.name, "shifting back");
    }
    kh_period p = period_of("2009Q3");
    kh_period far = kh_period_shift(&p, -4 * 3000);
    cr_expect(far.index == 3 && far.year == -991, "before year 0 the index stays in its range");
    far = kh_period_shift_years(&p, -2);
    cr_expect_str_eq(far.name, "2007Q3");
}

Test(period, holds_each_day_once)
{
    static const char kinds[] = {'M', 'Q', 'H', 'Y'};
    for (size_t k = 0; k < COUNT(kinds); k++) {
        kh_date day = kh_date_of(2007, 1, 1), end = kh_date_of(2013, 1, 1);
        while (day < end) { /* the periods follow each other without a gap */
            kh_period p = kh_period_of(kinds[k], day);
            cr_assert_eq(p.from, day, "%s", p.name);
            kh_period last = kh_period_of(kinds[k], p.to - 1);
            cr_assert_str_eq(last.name, p.name);
            day = p.to;
        }
        cr_assert_eq(day, end);
    }
    kh_period p = period_of("2009Q3"), year = kh_period_year_to_date(&p);
    expect_day(year.from, "2009-01-01", "from the first day of the year");
    expect_day(year.to, "2009-10-01", "to the end of the period");
}

/* ---- working days -------------------------------------------------------------------------- */

typedef struct year {
    const char *holidays[32], *makeup[8];
} year;

/* The rulebook's own table for 2009, and the real one of 2025. */
static const year y2009 = {{"2009-01-01", "2009-01-02", "2009-04-06", "2009-10-01", "2009-10-02",
                            "2009-10-03", "2009-10-04", "2009-10-05", "2009-10-06", "2009-10-07",
                            "2009-10-08"},
                           {"2009-01-04", "2009-09-27", "2009-10-10"}};
static const year y2025 = {{"2025-01-01", "2025-01-28", "2025-01-29", "2025-01-30", "2025-01-31",
                            "2025-02-01", "2025-02-02", "2025-02-03", "2025-02-04", "2025-04-04",
                            "2025-04-05", "2025-04-06", "2025-05-01", "2025-05-02", "2025-05-03",
                            "2025-05-04", "2025-05-05", "2025-05-31", "2025-06-01", "2025-06-02",
                            "2025-10-01", "2025-10-02", "2025-10-03", "2025-10-04", "2025-10-05",
                            "2025-10-06", "2025-10-07", "2025-10-08"},
                           {"2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"}};
static const year none = {{NULL}, {NULL}};

typedef struct days {
    kh_date holidays[32], makeup[8];
} days;

static kh_calendar calendar_of(const year *from, days *store)
{
    kh_calendar calendar = {store->holidays, 0, store->makeup, 0};
    for (; from->holidays[calendar.holiday_count]; calendar.holiday_count++) {
        store->holidays[calendar.holiday_count] = day_of(from->holidays[calendar.holiday_count]);
    }
    for (; from->makeup[calendar.makeup_count]; calendar.makeup_count++) {
        store->makeup[calendar.makeup_count] = day_of(from->makeup[calendar.makeup_count]);
    }
    return calendar;
}

static const struct {
    const year *year;
    const char *from;
    int workdays;
    const char *deadline, *why;
} deadlines[] = {
    {&y2009, "2009-03-31", 3, "2009-04-03", "rulebook C13-1"},
    {&y2009, "2008-12-31", 3, "2009-01-06", "rulebook C13-3: a Sunday made up"},
    {&y2009, "2009-04-03", 3, "2009-04-09", "rulebook C28-1: a Monday off"},
    {&y2009, "2009-09-30", 3, "2009-10-12", "a Saturday made up behind the golden week"},
    {&y2025, "2025-09-30", 3, "2025-10-11", "2025: the third day is a Saturday"},
    {&y2025, "2025-01-25", 2, "2025-01-27", "2025: a Sunday made up before the festival"},
    {&y2025, "2025-01-27", 1, "2025-02-05", "2025: over the Spring Festival"},
    {&none, "2025-07-04", 1, "2025-07-07", "a Friday, without any table"},
    {&none, "2025-07-05", 5, "2025-07-11", "from a Saturday"},
    {&none, "2025-07-05", 0, "2025-07-05", "no working day at all"},
};

Test(calendar, finds_the_deadlines_of_the_rulebook)
{
    for (size_t i = 0; i < COUNT(deadlines); i++) {
        days store;
        kh_calendar calendar = calendar_of(deadlines[i].year, &store);
        kh_date from = day_of(deadlines[i].from);
        kh_date got = kh_calendar_deadline(&calendar, from, deadlines[i].workdays);
        expect_day(got, deadlines[i].deadline, deadlines[i].why);
        cr_expect_eq(kh_calendar_workdays(&calendar, from + 1, got + 1), deadlines[i].workdays,
                     "%s: counting them gives the same number", deadlines[i].why);
    }
}

Test(calendar, knows_working_days)
{
    days store;
    kh_calendar calendar = calendar_of(&y2025, &store);
    cr_expect(kh_calendar_is_workday(&calendar, day_of("2025-10-11")), "a Saturday made up");
    cr_expect_not(kh_calendar_is_workday(&calendar, day_of("2025-10-12")), "a plain Sunday");
    cr_expect_not(kh_calendar_is_workday(&calendar, day_of("2025-10-08")), "a Wednesday off");
    cr_expect(kh_calendar_is_workday(&calendar, day_of("2025-10-09")), "a plain Thursday");
    cr_expect_eq(kh_calendar_workdays(&calendar, day_of("2025-01-01"), day_of("2026-01-01")), 248,
                 "the official number for 2025");
    cr_expect_eq(kh_calendar_workdays(&calendar, day_of("2025-01-02"), day_of("2025-01-02")), 0,
                 "an empty span");
    kh_date both = day_of("2025-07-05");
    kh_calendar torn = {&both, 1, &both, 1};
    cr_expect(kh_calendar_is_workday(&torn, both), "a make-up day outranks a holiday");
    cr_expect_eq(kh_calendar_deadline(&calendar, both, 2600), both + 3645, "nearly ten years");
    cr_expect_eq(kh_calendar_deadline(&calendar, both, 5000), KH_NO_DATE, "twenty years");
}
