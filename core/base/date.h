/* Dates, periods and calendars: parsing, month arithmetic, working days. */
#ifndef KH_BASE_DATE_H
#define KH_BASE_DATE_H

#include <kaohe/date.h>
#include <kaohe/error.h>
#include <stddef.h>

/** Longest ISO date with NUL. */
enum { KH_DATE_TEXT = 16 };

typedef struct kh_ymd {
    int32_t year, month, day; /* month and day from 1 */
} kh_ymd;

kh_date kh_date_of(int year, int month, int day);
kh_ymd kh_date_ymd(kh_date date);
int kh_month_days(int year, int month);
/** 1 = Monday .. 7 = Sunday. */
int kh_date_weekday(kh_date date);

/**
 * Read 2025-07-01, 2025/7/1, 2025.7.1, 2025年7月1日, 20250701 or 250701 (70..99 are 19xx), with an
 * optional time of day (and zone) behind a space or 'T', which is checked and dropped.
 * @return KH_EDATA names the text; a day that does not exist is refused.
 */
kh_status kh_date_parse(kh_date *out, const char *text, size_t length, kh_error *err);

/** ISO 8601; "" for KH_NO_DATE. */
void kh_date_format(char out[KH_DATE_TEXT], kh_date date);

/**
 * Same day of month, clipped to the month's last day (rulebook Part 0 item 8). KH_NO_DATE for
 * KH_NO_DATE and beyond the years 1 to 9999.
 */
kh_date kh_date_add_months(kh_date date, int months);
/** Completed years from @p from to @p on; 29 February counts from 1 March in common years. */
int kh_date_years(kh_date from, kh_date on);

/** 2009Q1 (or 2009-Q1), 2009-03, 2009H1 or 2009. */
kh_status kh_period_parse(kh_period *out, const char *text, kh_error *err);
/** The period @p n steps later (negative: earlier) of the same kind; the caller bounds @p n. */
kh_period kh_period_shift(const kh_period *period, int n);
/** The same period @p n years later. */
kh_period kh_period_shift_years(const kh_period *period, int n);
/** From the first day of the period's year to the end of the period. */
kh_period kh_period_year_to_date(const kh_period *period);
/** The period of @p kind that holds @p day. */
kh_period kh_period_of(char kind, kh_date day);
/** "2009年第一季度", "2009年3月", "2009年上半年", "2009年". */
void kh_period_title(char *out, size_t size, const kh_period *period);

/**
 * Working days: Monday to Friday, minus holidays, plus make-up days (调休).
 * Rulebook Part 0 item 7. Arrays need no order; both may be empty.
 */
typedef struct kh_calendar {
    const kh_date *holidays;
    size_t holiday_count;
    const kh_date *makeup;
    size_t makeup_count;
} kh_calendar;

bool kh_calendar_is_workday(const kh_calendar *calendar, kh_date day);
/**
 * The last day of "within @p workdays working days", counted from the next working day.
 * KH_NO_DATE when that is more than ten years away.
 */
kh_date kh_calendar_deadline(const kh_calendar *calendar, kh_date from, int workdays);
int kh_calendar_workdays(const kh_calendar *calendar, kh_date from, kh_date to);

#endif
