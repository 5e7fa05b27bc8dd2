/* Verification codes: what stands on a page, as twelve letters that the page carries.
 *
 * "7KQ4-M2XW-90FD": the first four come from the data and the period of the run, the others from
 * these and all results of the subject. Same data and same results, same code; another digit in a
 * result, another code. Letters are those of Crockford's base 32: no I, L, O, U.
 */
#ifndef KH_RUN_CODE_H
#define KH_RUN_CODE_H

#include "run/files.h"

#include <kaohe/scorecard.h>

enum { KH_CODE_TEXT = 15 };

/** The code of a card, or of all cards together: UINT32_MAX. @p run: a digest of the data. */
#define KH_CODE_ALL UINT32_MAX
void kh_code_make(char out[KH_CODE_TEXT], const char *run, const kh_results *results,
                  uint32_t index);

/** A code as somebody typed it; false when it is none. */
bool kh_code_read(char out[KH_CODE_TEXT], const char *text);

/**
 * Write PERIOD/codes.csv: the code of the summary, then of every card with a result; @p codes has
 * one for each card and one behind them. The file waits for the commit.
 */
kh_status kh_code_write(kh_outbox *outbox, const kh_results *results, char (*codes)[KH_CODE_TEXT],
                        kh_error *err);

#endif
