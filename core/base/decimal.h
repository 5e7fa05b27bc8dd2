/* Exact decimal arithmetic over Intel's decimal128 library, with short cuts for small numbers. */
#ifndef KH_BASE_DECIMAL_H
#define KH_BASE_DECIMAL_H

#include <kaohe/decimal.h>

/** 128-bit integers carry scaled amounts in columns and sums. */
typedef __int128 kh_int128;

/** The table lent to plugins; its members are the functions below. */
extern const kh_decimal_ops kh_decimal_table;

kh_decimal kh_dec_int(int64_t value);
kh_decimal kh_dec_add(kh_decimal a, kh_decimal b);
kh_decimal kh_dec_sub(kh_decimal a, kh_decimal b);
kh_decimal kh_dec_mul(kh_decimal a, kh_decimal b);
kh_decimal kh_dec_div(kh_decimal a, kh_decimal b);
kh_decimal kh_dec_muldiv(kh_decimal a, kh_decimal b, kh_decimal c);
kh_decimal kh_dec_neg(kh_decimal a);
kh_decimal kh_dec_abs(kh_decimal a);
int kh_dec_cmp(kh_decimal a, kh_decimal b);
static inline bool kh_dec_is_zero(kh_decimal a);

/** Half away from zero; never -0. Absent stays absent. */
kh_decimal kh_dec_round(kh_decimal x, int places);
/** Towards minus infinity, towards plus infinity. */
kh_decimal kh_dec_floor(kh_decimal x, int places);
kh_decimal kh_dec_ceil(kh_decimal x, int places);

/** The same value without zeros at the end of its decimals: 1.50 becomes 1.5. */
kh_decimal kh_dec_trim(kh_decimal x);

/** a to the power of a whole number, by repeated multiplication; |n| <= 1000. */
kh_decimal kh_dec_power(kh_decimal a, int64_t n);

kh_status kh_dec_parse(kh_decimal *out, const char *text, size_t length, kh_error *err);
/** For constants in our own C code; asserts that the text is a number. */
kh_decimal kh_dec_of(const char *text);
size_t kh_dec_format(char out[KH_DECIMAL_TEXT], kh_decimal x, int places, bool grouped);

/** The whole number x, if it is one and fits; false leaves @p out alone. */
bool kh_dec_to_int(int64_t *out, kh_decimal x);

/** value / 10^scale, exact up to 34 digits (beyond: rounded half away from zero). */
kh_decimal kh_dec_from_scaled(kh_int128 value, int scale);

/**
 * x * 10^scale as an integer.
 * @return KH_EDATA when x has more than @p scale decimals, KH_ELIMIT when it does not fit.
 */
kh_status kh_dec_to_scaled(kh_int128 *out, kh_decimal x, int scale, kh_error *err);

/** Digits after the point as the number carries them (1.50 has 2, 1E+3 has 0). */
int kh_dec_places(kh_decimal x);

static inline bool kh_dec_is_zero(kh_decimal a)
{
    return a.lo == 0 && (a.hi & 0x1ffffffffffffULL) == 0 && !kh_is_absent(a);
}

static inline bool kh_dec_is_negative(kh_decimal a)
{
    return !kh_is_absent(a) && (a.hi >> 63) && !kh_dec_is_zero(a);
}

#endif
