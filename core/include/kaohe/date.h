/* Dates and periods as they cross the plugin border. */
#ifndef KAOHE_DATE_H
#define KAOHE_DATE_H

#include <stdint.h>

/** Days since 1970-01-01 (Arrow date32), proleptic Gregorian. */
typedef int32_t kh_date;

/** A date that is not known. */
#define KH_NO_DATE INT32_MIN

/** A period of assessment, half-open: its days are from <= day < to. */
typedef struct kh_period {
    char name[16]; /* "2009Q1", "2009-03", "2009H1", "2009"; NUL-terminated */
    kh_date from;  /* first day */
    kh_date to;    /* first day after the last one */
    int32_t year;  /* 2009 */
    int32_t index; /* 1..4, 1..12, 1..2; 1 for a year */
    char kind;     /* 'Q', 'M', 'H' or 'Y' */
} kh_period;

#endif
