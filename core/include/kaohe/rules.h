/* Rules that strategies and Lua formulas share, each written once in the host. */
#ifndef KAOHE_RULES_H
#define KAOHE_RULES_H

#include <kaohe/decimal.h>

/** What a zero target means (rulebook PR-1). */
typedef enum kh_zero_target {
    KH_ZERO_FULL,   /* reached when the actual value is not negative */
    KH_ZERO_ZERO,   /* nothing */
    KH_ZERO_EXCLUDE /* the item is left out, the others carry its weight */
} kh_zero_target;

/** What an absent actual value or target means. */
typedef enum kh_if_absent {
    KH_ABSENT_EXCLUDE, /* left out, the others carry its weight */
    KH_ABSENT_ZERO,    /* nothing */
    KH_ABSENT_FULL,    /* as if reached exactly */
    KH_ABSENT_BLOCK    /* no score at all */
} kh_if_absent;

/** One item to be completed: actual against target. */
typedef struct kh_goal {
    kh_decimal actual, target;
    kh_decimal base; /* the opening value on an increment basis; absent = level basis */
    kh_decimal weight;
    kh_decimal floor, cap; /* of the rate; absent = none */
    kh_zero_target zero_target;
    kh_if_absent if_absent;
} kh_goal;

/** Why a rate is what it is. */
typedef enum kh_goal_state {
    KH_GOAL_PLAIN,
    KH_GOAL_FLOORED,
    KH_GOAL_CAPPED,
    KH_GOAL_ZERO_TARGET,
    KH_GOAL_ABSENT,
    KH_GOAL_EXCLUDED /* absent or zero target, left out */
} kh_goal_state;

typedef struct kh_goal_result {
    kh_decimal rate;   /* absent when excluded */
    kh_decimal points; /* rate x weight, scaled to the full weight when others are excluded */
    kh_goal_state state;
} kh_goal_result;

typedef struct kh_rule_ops {
    uint32_t size;
    /**
     * Completion rates and their weighted sum (PR-1, PR-2). The sum is computed as one exact
     * fraction, so thirds that add up to 60 are exactly 60; it is rounded to 34 digits at the end.
     * @param results one per goal  @return the score; absent when a goal blocks or all are excluded
     */
    kh_decimal (*weigh)(const kh_goal *goals, uint32_t count, kh_goal_result *results);
    /** Places 1, 2, 2, 4 (PR-16), or 1, 2, 2, 3 when @p dense; higher values first; absent = 0. */
    void (*rank)(const kh_decimal *values, uint32_t count, bool dense, uint32_t *places);
} kh_rule_ops;

#endif
