/* A stage of the chain written in Lua: one call for each subject. */
#ifndef KH_SCORE_LUA_STAGE_H
#define KH_SCORE_LUA_STAGE_H

#include "score/chain.h"

/**
 * Call the function of @p stage with the card of each subject and take over what it returns:
 *
 *   function(card, p) return { score = ..., places = 2, grade = "11级3档", band = "优秀",
 *       values = { linked = ... }, pay = { { name =, title =, amount =, rule = } },
 *       items = { { name =, title =, actual =, target =, rate =, weight =, points =, rule = } },
 *       steps = { { rule = "C16", text = "...", outcome = "passed" } }, notes = { "..." } } end
 *
 * card has id, name, group, the subject's fields, m (all values by name), r (records), score,
 * grade, band, rank. nil leaves everything as it is; every key is optional, unknown keys fail.
 */
kh_status kh_lua_stage_run(const kh_scheme *scheme, const kh_stage_decl *stage, kh_sheet *sheet,
                           const kh_facts *facts, kh_guard *guard, uint32_t slot, kh_error *err);

#endif
