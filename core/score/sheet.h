/* The sheet: facts and metrics of all subjects, and what the stages of the chain write on it. */
#ifndef KH_SCORE_SHEET_H
#define KH_SCORE_SHEET_H

#include "measure/measure.h"
#include "scheme/scheme.h"

#include <kaohe/strategy.h>

/** The sheet behind the plugin's view; kh_sheet is its first member. */
typedef struct kh_full_sheet kh_full_sheet;

/**
 * @param facts    may be NULL for checks without data: no subjects then
 * @param metrics  the matrix of kh_metrics_eval()
 * Ownership  everything is borrowed and must outlive the sheet; it lies where the facts lie.
 */
kh_full_sheet *kh_sheet_new(const kh_plan *plan, const kh_facts *facts, const kh_decimal *metrics);
void kh_sheet_free(kh_full_sheet *sheet);

/** The view strategies get. */
kh_sheet *kh_sheet_view(kh_full_sheet *sheet);

/** How many columns there are now: handles are 0 .. count - 1. */
uint32_t kh_sheet_width(const kh_sheet *sheet);

/** Mark a subject as failed before or between stages. */
void kh_sheet_fail(kh_full_sheet *sheet, uint32_t subject, const char *text);

/**
 * The results as outputs see them. Lives as long as the sheet; call it after the last stage.
 * The pointers inside go into the sheet.
 */
const kh_results *kh_sheet_results(kh_full_sheet *sheet, kh_date as_of);

#endif
