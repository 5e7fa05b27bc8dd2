/* Rules that strategies and Lua formulas share: exact completion and weighting, ranking. */
#ifndef KH_BASE_RULES_H
#define KH_BASE_RULES_H

#include <kaohe/rules.h>

/** The table lent to plugins. */
extern const kh_rule_ops kh_rules_table;

kh_decimal kh_rule_weigh(const kh_goal *goals, uint32_t count, kh_goal_result *results);
void kh_rule_rank(const kh_decimal *values, uint32_t count, bool dense, uint32_t *places);

#endif
