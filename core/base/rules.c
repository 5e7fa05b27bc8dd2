/* Rules that strategies and Lua formulas share: exact completion and weighting, ranking.
 *
 * A score is a sum of ratios. Rounding each ratio to 34 digits would make three thirds of 20 a hair
 * less than 20, on the wrong side of a threshold, so the sum is kept as one exact fraction (GMP)
 * and rounded once.
 */
#include "base/rules.h"

#include "base/decimal.h"

#include <gmp.h>
#include <stdlib.h>

/* The decimal as an exact fraction, straight from its encoding: coefficient and exponent. */
static void to_fraction(mpq_t out, kh_decimal x)
{
    uint64_t words[] = {x.lo, x.hi & 0x1ffffffffffffULL};
    long exponent = (long)(x.hi >> 49 & 0x3fff) - 6176;
    mpz_import(mpq_numref(out), 2, -1, sizeof *words, 0, 0, words);
    if (x.hi >> 63) mpz_neg(mpq_numref(out), mpq_numref(out));
    mpz_ui_pow_ui(mpq_denref(out), 10, (unsigned long)(exponent < 0 ? -exponent : exponent));
    if (exponent > 0) {
        mpz_mul(mpq_numref(out), mpq_numref(out), mpq_denref(out));
        mpz_set_ui(mpq_denref(out), 1);
    }
    mpq_canonicalize(out);
}

/* The nearest decimal of 34 digits, half away from zero. */
static kh_decimal from_fraction(const mpq_t x)
{
    if (mpq_sgn(x) == 0) return KH_ZERO;
    /* Find the scale that leaves 34 digits before the point, then round the quotient. */
    mpz_t scaled, rest, unit;
    mpz_inits(scaled, rest, unit, NULL);
    kh_decimal result = KH_ABSENT;
    size_t whole = mpz_sizeinbase(mpq_numref(x), 10), below = mpz_sizeinbase(mpq_denref(x), 10);
    int scale = 34 + (int)below - (int)whole;
    for (scale = scale < 0 ? 0 : scale; scale >= 0; scale--) {
        mpz_ui_pow_ui(unit, 10, (unsigned long)scale);
        mpz_mul(scaled, mpq_numref(x), unit);
        mpz_tdiv_qr(scaled, rest, scaled, mpq_denref(x));
        mpz_mul_ui(rest, rest, 2);
        if (mpz_cmpabs(rest, mpq_denref(x)) >= 0) {
            if (mpq_sgn(x) > 0) mpz_add_ui(scaled, scaled, 1);
            else mpz_sub_ui(scaled, scaled, 1);
        }
        mpz_ui_pow_ui(unit, 10, 34);
        if (mpz_cmpabs(scaled, unit) >= 0) continue; /* 35 digits: one decimal less */
        uint64_t words[2] = {0, 0};
        mpz_export(words, NULL, -1, sizeof *words, 0, 0, scaled);
        kh_int128 value = (kh_int128)((unsigned __int128)words[1] << 64 | words[0]);
        result = kh_dec_trim(kh_dec_from_scaled(mpq_sgn(x) < 0 ? -value : value, scale));
        break;
    }
    mpz_clears(scaled, rest, unit, NULL);
    return result;
}

typedef struct rate {
    mpq_t value;
    kh_goal_state state;
} rate;

/* PR-1: the rate of one goal; its state says when it is not plainly actual / target. */
static void find_rate(const kh_goal *goal, rate *out)
{
    bool increment = !kh_is_absent(goal->base);
    out->state = KH_GOAL_PLAIN;
    if (kh_is_absent(goal->actual) || kh_is_absent(goal->target)) {
        bool excluded = goal->if_absent == KH_ABSENT_EXCLUDE || goal->if_absent == KH_ABSENT_BLOCK;
        out->state = excluded ? KH_GOAL_EXCLUDED : KH_GOAL_ABSENT;
        mpq_set_ui(out->value, goal->if_absent == KH_ABSENT_FULL, 1);
        return;
    }
    kh_decimal above = increment ? kh_dec_sub(goal->actual, goal->base) : goal->actual;
    kh_decimal below = increment ? kh_dec_sub(goal->target, goal->base) : goal->target;
    if (kh_dec_is_zero(below)) {
        out->state = goal->zero_target == KH_ZERO_EXCLUDE ? KH_GOAL_EXCLUDED : KH_GOAL_ZERO_TARGET;
        bool full = goal->zero_target == KH_ZERO_FULL && !kh_dec_is_negative(above);
        mpq_set_ui(out->value, full, 1);
        return;
    }
    mpq_t divisor;
    mpq_init(divisor);
    to_fraction(out->value, above);
    to_fraction(divisor, below);
    mpq_div(out->value, out->value, divisor);
    if (!kh_is_absent(goal->floor)) {
        to_fraction(divisor, goal->floor);
        if (mpq_cmp(out->value, divisor) < 0) {
            mpq_set(out->value, divisor);
            out->state = KH_GOAL_FLOORED;
        }
    }
    if (!kh_is_absent(goal->cap)) {
        to_fraction(divisor, goal->cap);
        if (mpq_cmp(out->value, divisor) > 0) {
            mpq_set(out->value, divisor);
            out->state = KH_GOAL_CAPPED;
        }
    }
    mpq_clear(divisor);
}

kh_decimal kh_rule_weigh(const kh_goal *goals, uint32_t count, kh_goal_result *results)
{
    rate *rates = calloc(count + 1, sizeof *rates);
    if (!rates) abort();
    mpq_t all, used, sum, part;
    mpq_inits(all, used, sum, part, NULL);
    bool blocked = false;
    for (uint32_t i = 0; i < count; i++) {
        mpq_init(rates[i].value);
        find_rate(&goals[i], &rates[i]);
        to_fraction(part, goals[i].weight);
        mpq_add(all, all, part);
        if (rates[i].state != KH_GOAL_EXCLUDED) mpq_add(used, used, part);
        bool absent = kh_is_absent(goals[i].actual) || kh_is_absent(goals[i].target);
        blocked |= absent && goals[i].if_absent == KH_ABSENT_BLOCK;
    }
    bool none = mpq_sgn(used) == 0;
    for (uint32_t i = 0; i < count; i++) {
        results[i] = (kh_goal_result){KH_ABSENT, KH_ABSENT, rates[i].state};
        if (rates[i].state != KH_GOAL_EXCLUDED && !none) {
            results[i].rate = from_fraction(rates[i].value);
            to_fraction(part, goals[i].weight);
            mpq_mul(part, part, rates[i].value);
            if (!mpq_equal(all, used)) { /* the others carry the weight of the excluded ones */
                mpq_mul(part, part, all);
                mpq_div(part, part, used);
            }
            mpq_add(sum, sum, part);
            results[i].points = from_fraction(part);
        }
        mpq_clear(rates[i].value);
    }
    kh_decimal score = none || blocked ? KH_ABSENT : from_fraction(sum);
    mpq_clears(all, used, sum, part, NULL);
    free(rates);
    return score;
}

typedef struct place {
    kh_decimal value;
    uint32_t index;
} place;

static int compare_places(const void *a, const void *b)
{
    const place *x = a, *y = b;
    int order = kh_dec_cmp(y->value, x->value); /* higher first */
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

void kh_rule_rank(const kh_decimal *values, uint32_t count, bool dense, uint32_t *places)
{
    place *sorted = calloc(count + 1, sizeof *sorted);
    if (!sorted) abort();
    uint32_t ranked = 0;
    for (uint32_t i = 0; i < count; i++) {
        places[i] = 0;
        if (!kh_is_absent(values[i])) sorted[ranked++] = (place){values[i], i};
    }
    if (ranked) qsort(sorted, ranked, sizeof *sorted, compare_places);
    uint32_t last = 0;
    for (uint32_t i = 0; i < ranked; i++) {
        bool tie = i > 0 && kh_dec_cmp(sorted[i].value, sorted[i - 1].value) == 0;
        if (!tie) last = dense ? last + 1 : i + 1;
        places[sorted[i].index] = last;
    }
    free(sorted);
}

const kh_rule_ops kh_rules_table = {
    .size = sizeof(kh_rule_ops), .weigh = kh_rule_weigh, .rank = kh_rule_rank};
