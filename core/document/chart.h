/* Charts as vector shapes. Numbers come exact; they become places on the canvas at the very end.
 *
 * All charts take what is absent for absent, never for zero, and keep every shape and label inside
 * the canvas. Labels that would touch another one are left out, the most important ones last.
 */
#ifndef KH_DOCUMENT_CHART_H
#define KH_DOCUMENT_CHART_H

#include "document/sketch.h"

/** What all charts have. */
typedef struct kh_chart {
    kh_arena *arena;
    const kh_theme *theme;
    float width, height;
    const char *alt;  /* what it shows, in words */
    kh_decimal per;   /* numbers are divided by it before they are shown: 10000 for 万元 */
    int places;       /* decimals of the numbers shown */
    const char *unit; /* behind a number that stands alone; "" = none */
} kh_chart;

/** A labelled number. */
typedef struct kh_chart_value {
    const char *label;
    kh_decimal value;
} kh_chart_value;

/**
 * A bar in the cell of a table, from zero to @p value, with a line at @p mark.
 * @p low and @p high are the ends of the scale that all rows share; absent: fitted to this bar.
 * @p track shows the whole scale as a pale ground (a bullet chart).
 */
const kh_canvas *kh_chart_bar(const kh_chart *chart, kh_decimal value, kh_decimal mark,
                              kh_decimal low, kh_decimal high, bool track);

/** Lines that lead one after the other to a total, which stands last; its label may be NULL. */
const kh_canvas *kh_chart_waterfall(const kh_chart *chart, const kh_chart_value *lines,
                                    uint32_t count, const kh_chart_value *total);

/** Counts of people over a scale of numbers. */
typedef struct kh_histogram {
    kh_decimal from, step; /* bin i holds from + i * step <= x < from + (i + 1) * step */
    const uint32_t *counts;
    uint32_t bins;
    bool open_below, open_above; /* the outermost bins hold everything beyond, too */
    uint32_t people;
} kh_histogram;

/** The bin of @p x; -1 when it is absent or in none. */
int kh_histogram_bin(const kh_histogram *histogram, kh_decimal x);

/** @p here is marked with @p label; absent: nobody is. */
const kh_canvas *kh_chart_histogram(const kh_chart *chart, const kh_histogram *histogram,
                                    kh_decimal here, const char *label);

/** Values one period after the other; gaps where they are absent. */
const kh_canvas *kh_chart_trend(const kh_chart *chart, const kh_chart_value *points,
                                uint32_t count);

/** One axis for each value (at least 3), from 0 in the middle to @p most at the rim. */
const kh_canvas *kh_chart_radar(const kh_chart *chart, const kh_chart_value *axes, uint32_t count,
                                kh_decimal most);

/**
 * Steps with the least value of each, lowest first; the one @p value reaches, and with @p missing
 * what is missing to the next. @p grade is the label of the step that was given in the end, NULL = none: where it
 * is not the one reached, both are shown. At most @p rows steps are drawn.
 */
const kh_canvas *kh_chart_ladder(const kh_chart *chart, const kh_chart_value *steps, uint32_t count,
                                 kh_decimal value, const char *grade, uint32_t rows, bool missing);

/** Parts of a whole with their shares; negative and absent ones have none. */
const kh_canvas *kh_chart_ring(const kh_chart *chart, const kh_chart_value *parts, uint32_t count,
                               const char *middle);

/** What a sign in front of a line says. */
typedef enum kh_chart_sign {
    KH_SIGN_KEPT,    /* a dash */
    KH_SIGN_PASSED,  /* a tick */
    KH_SIGN_CHANGED, /* an arrow */
    KH_SIGN_FAILED   /* a cross */
} kh_chart_sign;

/** A small sign, as high and wide as the canvas. */
const kh_canvas *kh_chart_mark(const kh_chart *chart, kh_chart_sign sign);

#endif
