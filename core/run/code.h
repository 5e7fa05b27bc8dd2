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

/**
 * The code of each card, and behind them the one of all cards together.
 * @param codes  one more than there are cards
 * @param run    a digest of the data
 * @param spill  where the results lie; NULL = in memory
 */
void kh_codes_make(char (*codes)[KH_CODE_TEXT], const char *run, const kh_results *results,
                   const kh_spill *spill);

/** A code as somebody typed it; false when it is none. */
bool kh_code_read(char out[KH_CODE_TEXT], const char *text);

/**
 * Write PERIOD/codes.csv: the code of all, then of every card with a result. The file waits for the
 * commit.
 */
kh_status kh_codes_write(kh_outbox *outbox, const kh_results *results, char (*codes)[KH_CODE_TEXT],
                         kh_error *err);

#endif
