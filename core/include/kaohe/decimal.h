/* Exact numbers: IEEE 754 decimal128 values and the arithmetic the host lends to plugins. */
#ifndef KAOHE_DECIMAL_H
#define KAOHE_DECIMAL_H

#include <kaohe/error.h>
#include <stddef.h>

/**
 * A decimal128 number in the binary (BID) encoding: 34 digits, passed by value.
 * Money is CNY, rates are percent unless a name says otherwise.
 *
 * Missing  an absent value (n/a) is KH_ABSENT, a quiet NaN. It is not 0. Arithmetic over an absent
 *          value is absent; comparisons must test kh_is_absent() first.
 */
typedef struct kh_decimal {
    uint64_t lo __attribute__((aligned(16))); /* not _Alignas, which C++ does not know */
    uint64_t hi;
} kh_decimal;

#define KH_ABSENT ((kh_decimal){0, 0x7c00000000000000ULL})
#define KH_ZERO   ((kh_decimal){0, 0x3040000000000000ULL})
#define KH_ONE    ((kh_decimal){1, 0x3040000000000000ULL})

/** True for n/a (and for an infinity, which never leaves a kaohe function). */
static inline bool kh_is_absent(kh_decimal x)
{
    return (x.hi & 0x7800000000000000ULL) == 0x7800000000000000ULL;
}

/** `places` that keeps a number's own digits when it is written. */
enum { KH_PLACES_OWN = -1 };

/** Longest text of a decimal written without exponent, with separators, sign and NUL. */
enum { KH_DECIMAL_TEXT = 96 };

/**
 * Decimal arithmetic, as function pointers of the host (a plugin links to nothing of ours).
 *
 * Bounds   results are rounded to 34 digits, half away from zero; beyond 10^6144 is absent.
 * Missing  any absent argument gives an absent result; a division by zero is absent.
 * Threads  pure functions, callable from anywhere.
 */
typedef struct kh_decimal_ops {
    uint32_t size;
    kh_decimal (*from_int)(int64_t value);
    kh_decimal (*add)(kh_decimal a, kh_decimal b);
    kh_decimal (*sub)(kh_decimal a, kh_decimal b);
    kh_decimal (*mul)(kh_decimal a, kh_decimal b);
    kh_decimal (*div)(kh_decimal a, kh_decimal b);
    /** a * b / c with a single rounding at the end where the product fits 34 digits. */
    kh_decimal (*muldiv)(kh_decimal a, kh_decimal b, kh_decimal c);
    /** -1, 0 or 1 by value (2.0 equals 2.00). Neither side may be absent. */
    int (*cmp)(kh_decimal a, kh_decimal b);
    /** Round half away from zero to @p places decimals (may be negative); never gives -0. */
    kh_decimal (*round)(kh_decimal x, int places);
    /** Largest number with @p places decimals that is not above x. */
    kh_decimal (*floor)(kh_decimal x, int places);
    /** Strict: [+-]digits[.digits]. KH_EDATA names the text. */
    kh_status (*parse)(kh_decimal *out, const char *text, size_t length, kh_error *err);
    /**
     * Write without exponent; @p places decimals or KH_PLACES_OWN; `,` every three digits when
     * @p grouped. An absent value is written as "". More than 40 digits before or behind the point
     * do not fit: such a number is written as 1E+45. Returns the length; the text ends with NUL.
     */
    size_t (*format)(char out[KH_DECIMAL_TEXT], kh_decimal x, int places, bool grouped);
} kh_decimal_ops;

#endif
