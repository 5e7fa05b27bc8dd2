/* The chain of strategies: from metrics to points, grades and pay. */
#ifndef KH_SCORE_CHAIN_H
#define KH_SCORE_CHAIN_H

#include "score/sheet.h"
#include "script/guard.h"

typedef struct kh_chain kh_chain;

/**
 * Fill the options of every stage and let each check itself against the names of the plan.
 * Mistakes go to @p diags. Never NULL.
 */
kh_chain *kh_chain_new(const kh_scheme *scheme, kh_diags *diags);
void kh_chain_free(kh_chain *chain);

/** Bounds for one call of a Lua stage (one subject). */
enum { KH_STAGE_INSTRUCTIONS = 5000000, KH_STAGE_MILLISECONDS = 5000 };

/**
 * Run all stages over the sheet.
 * A Lua stage that raises fails its subject; a plugin that fails ends the run.
 * The clock is watched through @p guard (may be NULL), slot @p slot.
 */
kh_status kh_chain_run(kh_chain *chain, kh_full_sheet *sheet, const kh_facts *facts,
                       kh_guard *guard, uint32_t slot, kh_error *err);

#endif
