/* Exact decimal arithmetic over Intel's decimal128 library, with short cuts for usual numbers.
 *
 * A finite value is sign, a 113-bit binary coefficient and a decimal exponent. Amounts of a bank
 * have coefficients of at most 64 bits nearly always, and quotients of them 34 digits, so whatever
 * can be done with 128-bit integers takes a path of a few instructions; everything else goes
 * through the library. Both paths give the same value and the same number of decimals; tests
 * compare them.
 */
#include "base/decimal.h"

#include "base/text.h"

#include <assert.h>
#include <bid_conf.h>
#include <bid_functions.h>
#include <string.h>

typedef unsigned __int128 u128;

enum { BIAS = 6176, EXPONENT_MAX = 12287, DIGITS = 34, PRINTED_MOST = 40 };

#define SIGN             (1ULL << 63)
#define COEFFICIENT_HIGH 0x1ffffffffffffULL

static const uint64_t TEN[20] = {1ULL,
                                 10ULL,
                                 100ULL,
                                 1000ULL,
                                 10000ULL,
                                 100000ULL,
                                 1000000ULL,
                                 10000000ULL,
                                 100000000ULL,
                                 1000000000ULL,
                                 10000000000ULL,
                                 100000000000ULL,
                                 1000000000000ULL,
                                 10000000000000ULL,
                                 100000000000000ULL,
                                 1000000000000000ULL,
                                 10000000000000000ULL,
                                 100000000000000000ULL,
                                 1000000000000000000ULL,
                                 10000000000000000000ULL};

/* 10^n for n <= 38. */
static u128 ten_to(int n)
{
    return n < 20 ? TEN[n] : (u128)TEN[19] * TEN[n - 19];
}

static const u128 LIMIT = (u128)10000000000000000000ULL * 1000000000000000ULL; /* 10^34 */

static BID_UINT128 to_bid(kh_decimal x)
{
    BID_UINT128 b;
    b.w[0] = x.lo;
    b.w[1] = x.hi;
    return b;
}

static kh_decimal from_bid(BID_UINT128 b)
{
    kh_decimal x = {b.w[0], b.w[1]};
    if (kh_is_absent(x)) return KH_ABSENT;
    return x;
}

/* Sign, coefficient and exponent of a finite number. */
typedef struct parts {
    u128 coefficient;
    int exponent; /* unbiased */
    bool negative;
} parts;

static parts split(kh_decimal x)
{
    parts p;
    if ((x.hi & 0x6000000000000000ULL) == 0x6000000000000000ULL) {
        /* non-canonical: counts as zero; none of our functions makes one */
        p.coefficient = 0;
        p.exponent = (int)((x.hi >> 47) & 0x3fff) - BIAS;
    } else {
        p.coefficient = (u128)(x.hi & COEFFICIENT_HIGH) << 64 | x.lo;
        p.exponent = (int)((x.hi >> 49) & 0x3fff) - BIAS;
        if (p.coefficient >= LIMIT) p.coefficient = 0;
    }
    p.negative = x.hi >> 63;
    return p;
}

/* coefficient < 10^34 and the exponent in range. */
static kh_decimal join(u128 coefficient, int exponent, bool negative)
{
    uint64_t high = (uint64_t)(coefficient >> 64); /* NOLINT: the analyzer knows 64 bits only */
    return (kh_decimal){(uint64_t)coefficient,
                        high | (uint64_t)(exponent + BIAS) << 49 | (negative ? SIGN : 0)};
}

/* Both finite, coefficients of 64 bits: the short cut applies. */
static inline bool is_small(kh_decimal x)
{
    return (x.hi & (0x6000000000000000ULL | COEFFICIENT_HIGH)) < 0x6000000000000000ULL &&
           (x.hi & COEFFICIENT_HIGH) == 0;
}

static inline int exponent_of(kh_decimal x)
{
    return (int)((x.hi >> 49) & 0x3fff) - BIAS;
}

static int digit_count(u128 x)
{
    uint64_t high = (uint64_t)(x >> 64), low = (uint64_t)x;
    int bits = high ? 128 - __builtin_clzll(high) : low ? 64 - __builtin_clzll(low) : 0;
    int digits = bits * 1233 >> 12; /* log10(2) */
    return digits + (x >= ten_to(digits));
}

/* x / divisor where the quotient fits 64 bits; *rest is what remains. */
static inline uint64_t divide(u128 x, uint64_t divisor, uint64_t *rest)
{
#ifdef __x86_64__
    uint64_t quotient, high = (uint64_t)(x >> 64);
    __asm__("divq %4"
            : "=a"(quotient), "=d"(*rest)
            : "a"((uint64_t)x), "d"(high), "r"(divisor)
            : "cc");
    return quotient;
#else
    uint64_t quotient = (uint64_t)(x / divisor);
    *rest = (uint64_t)(x - (u128)quotient * divisor);
    return quotient;
#endif
}

/* x / divisor, in schoolbook steps of 64 bits. */
static u128 divide_long(u128 x, uint64_t divisor, uint64_t *rest)
{
    uint64_t high = (uint64_t)(x >> 64), above = high / divisor;
    u128 below = (u128)(high - above * divisor) << 64 | (uint64_t)x;
    return (u128)above << 64 | divide(below, divisor, rest);
}

/* Like join, for any coefficient below 10^39: rounded half away from zero to 34 digits. */
static kh_decimal join_rounded(u128 coefficient, int exponent, bool negative)
{
    if (coefficient < LIMIT) return join(coefficient, exponent, negative && coefficient != 0);
    int drop = digit_count(coefficient) - DIGITS;
    if (drop < 1 || drop > 5) __builtin_unreachable();
    uint64_t unit = TEN[drop], rest;
    u128 whole = divide_long(coefficient, unit, &rest);
    if (rest >= unit - rest) whole++;
    if (whole == LIMIT) {
        whole /= 10;
        drop++;
    }
    return join(whole, exponent + drop, negative);
}

/* Finite, canonical and far from the ends of the exponent: the 128-bit paths may try. */
static inline bool is_usual(const parts *p, kh_decimal x)
{
    return (x.hi & 0x6000000000000000ULL) != 0x6000000000000000ULL && p->exponent > -3000 &&
           p->exponent < 3000;
}

kh_decimal kh_dec_int(int64_t value)
{
    return join(value < 0 ? -(u128)value : (u128)value, 0, value < 0);
}

/* a + b where both fit 38 digits with equal exponents. */
static bool add_aligned(kh_decimal a, kh_decimal b, kh_decimal *out)
{
    parts x = split(a), y = split(b);
    if (!is_usual(&x, a) || !is_usual(&y, b)) return false;
    if (x.exponent < y.exponent) {
        parts other = x;
        x = y;
        y = other;
    }
    int shift = x.exponent - y.exponent;
    if (shift > 38 || x.coefficient >= ten_to(38 - shift)) return false;
    kh_int128 sum = (kh_int128)(x.coefficient * ten_to(shift));
    if (x.negative) sum = -sum;
    sum += y.negative ? -(kh_int128)y.coefficient : (kh_int128)y.coefficient;
    *out = join_rounded(sum < 0 ? -(u128)sum : (u128)sum, y.exponent, sum < 0);
    return true;
}

kh_decimal kh_dec_add(kh_decimal a, kh_decimal b)
{
    kh_decimal usual;
    if (is_small(a) && is_small(b)) {
        int ea = exponent_of(a), eb = exponent_of(b);
        int low = ea < eb ? ea : eb;
        if (ea - low <= 18 && eb - low <= 18) {
            kh_int128 x = (kh_int128)((u128)a.lo * TEN[ea - low]);
            kh_int128 y = (kh_int128)((u128)b.lo * TEN[eb - low]);
            if (a.hi & SIGN) x = -x;
            if (b.hi & SIGN) y = -y;
            kh_int128 sum = x + y; /* each below 2^64 * 10^18 < 2^124 */
            u128 size = sum < 0 ? (u128)-sum : (u128)sum;
            if (size < LIMIT) return join(size, low, sum < 0);
        }
    }
    if (add_aligned(a, b, &usual)) return usual;
    _IDEC_flags flags = 0;
    kh_decimal sum = from_bid(bid128_add(to_bid(a), to_bid(b), BID_ROUNDING_TIES_AWAY, &flags));
    if (kh_dec_is_zero(sum)) sum.hi &= ~SIGN;
    return sum;
}

kh_decimal kh_dec_neg(kh_decimal a)
{
    if (kh_is_absent(a) || kh_dec_is_zero(a)) return a;
    a.hi ^= SIGN;
    return a;
}

kh_decimal kh_dec_abs(kh_decimal a)
{
    if (!kh_is_absent(a)) a.hi &= ~SIGN;
    return a;
}

kh_decimal kh_dec_sub(kh_decimal a, kh_decimal b)
{
    return kh_dec_add(a, kh_dec_neg(b));
}

/* a * b where one of them is so small that 128 bits hold the product. */
static bool mul_short(kh_decimal a, kh_decimal b, kh_decimal *out)
{
    parts x = split(a), y = split(b);
    if (!is_usual(&x, a) || !is_usual(&y, b)) return false;
    u128 least = x.coefficient < y.coefficient ? x.coefficient : y.coefficient;
    if (least >= 10000) return false; /* 10^34 times it stays below 10^38 */
    *out = join_rounded(x.coefficient * y.coefficient, x.exponent + y.exponent,
                        x.negative != y.negative);
    return true;
}

kh_decimal kh_dec_mul(kh_decimal a, kh_decimal b)
{
    kh_decimal usual;
    if (is_small(a) && is_small(b)) {
        u128 product = (u128)a.lo * b.lo;
        int exponent = exponent_of(a) + exponent_of(b);
        if (product < LIMIT && exponent >= -BIAS && exponent <= EXPONENT_MAX - BIAS) {
            return join(product, exponent, product != 0 && ((a.hi ^ b.hi) & SIGN) != 0);
        }
    }
    if (mul_short(a, b, &usual)) return usual;
    _IDEC_flags flags = 0;
    kh_decimal product = from_bid(bid128_mul(to_bid(a), to_bid(b), BID_ROUNDING_TIES_AWAY, &flags));
    if (kh_dec_is_zero(product)) product.hi &= ~SIGN;
    return product;
}

/* Inlined with a constant power: then it is no division. */
static inline int strip(uint64_t *x, uint64_t power, int zeros)
{
    if (*x % power != 0) return 0;
    *x /= power;
    return zeros;
}

/* Take zeros off the end of x, which is not 0 and has at most 19 digits; how many there were. */
static int strip_zeros(uint64_t *x)
{
    int zeros = strip(x, 10000000000000000ULL, 16);
    zeros += strip(x, 100000000, 8);
    zeros += strip(x, 10000, 4);
    zeros += strip(x, 100, 2);
    zeros += strip(x, 10, 1);
    if (zeros > 18) __builtin_unreachable(); /* x is below 10^19 */
    return zeros;
}

/* The next 19 decimals of a quotient whose rest is *rest, which moves on. */
static uint64_t next_decimals(uint64_t *rest, uint64_t divisor)
{
    return divide((u128)*rest * TEN[19], divisor, rest);
}

static inline bool ends_in_zero(u128 x)
{
    return ((uint64_t)(x >> 64) % 10 * 6 + (uint64_t)x % 10) % 10 == 0; /* 2^64 ends in 6 */
}

/* a / 10, 100, 1000 or 10000: the point moves, and zeros that are not needed go. */
static bool div_ten(const parts *x, uint64_t divisor, int exponent, bool negative, kh_decimal *out)
{
    int power = divisor == 100 ? 2 : divisor == 10000 ? 4 : divisor == 10 ? 1 : 3;
    if (divisor != TEN[power] || x->coefficient == 0) return false;
    u128 coefficient = x->coefficient;
    for (; power > 0 && ends_in_zero(coefficient); power--) {
        coefficient = coefficient >> 64 ? coefficient / 10 : (uint64_t)coefficient / 10;
    }
    *out = join(coefficient, exponent - power, negative);
    return true;
}

/* head × 10^19 + chunk with `keep` of the chunk's 19 digits; what is dropped rounds half up. The
   digits behind the chunk cannot matter: half a unit is whole in it. */
static kh_decimal join_chunk(u128 head, uint64_t chunk, int keep, int exponent, bool negative)
{
    uint64_t unit = TEN[19 - keep], kept = chunk / unit, rest = chunk % unit;
    u128 coefficient = head * ten_to(keep) + kept + (rest >= unit - rest);
    if (coefficient == LIMIT) return join(LIMIT / 10, exponent - keep + 1, negative);
    return join(coefficient, exponent - keep, negative);
}

/* a / b for a divisor of 64 bits: the whole part, then 19 decimals at a time. An exact quotient
   has no more decimals than it needs, any other 34 digits. */
static bool div_short(kh_decimal a, kh_decimal b, kh_decimal *out)
{
    parts x = split(a), y = split(b);
    if (!is_usual(&x, a) || !is_usual(&y, b) || y.coefficient > UINT64_MAX) return false;
    uint64_t divisor = (uint64_t)y.coefficient;
    if (divisor == 0) return false;
    bool negative = x.negative != y.negative;
    int exponent = x.exponent - y.exponent;
    if (div_ten(&x, divisor, exponent, negative, out)) return true;
    uint64_t rest;
    u128 head = divide_long(x.coefficient, divisor, &rest);
    for (int chunk = 0; chunk < 2 && rest != 0; chunk++) {
        int have = digit_count(head), keep = DIGITS - have;
        uint64_t decimals = next_decimals(&rest, divisor), exact = decimals;
        int needed = rest == 0 ? 19 - strip_zeros(&exact) : 20;
        if (rest == 0 && needed <= keep) {
            *out = join(head * ten_to(needed) + exact, exponent - needed, negative);
            return true;
        }
        if (keep < 19) {
            *out = join_chunk(head, decimals, keep, exponent, negative);
            return true;
        }
        head = head * TEN[19] + decimals;
        exponent -= 19;
    }
    if (rest != 0) return false; /* a quotient so small that it needs a third chunk */
    *out = join(head, exponent, negative && head != 0);
    return true;
}

kh_decimal kh_dec_div(kh_decimal a, kh_decimal b)
{
    kh_decimal usual;
    if (kh_is_absent(a) || kh_is_absent(b) || kh_dec_is_zero(b)) return KH_ABSENT;
    if (div_short(a, b, &usual)) return usual;
    _IDEC_flags flags = 0;
    kh_decimal ratio = from_bid(bid128_div(to_bid(a), to_bid(b), BID_ROUNDING_TIES_AWAY, &flags));
    if (kh_dec_is_zero(ratio)) ratio.hi &= ~SIGN;
    return ratio;
}

kh_decimal kh_dec_muldiv(kh_decimal a, kh_decimal b, kh_decimal c)
{
    return kh_dec_div(kh_dec_mul(a, b), c);
}

int kh_dec_cmp(kh_decimal a, kh_decimal b)
{
    assert(!kh_is_absent(a) && !kh_is_absent(b));
    if (is_small(a) && is_small(b) && exponent_of(a) == exponent_of(b)) {
        kh_int128 x = (a.hi & SIGN) ? -(kh_int128)a.lo : (kh_int128)a.lo;
        kh_int128 y = (b.hi & SIGN) ? -(kh_int128)b.lo : (kh_int128)b.lo;
        return (x > y) - (x < y);
    }
    parts x = split(a), y = split(b);
    int sign = x.negative ? -1 : 1;
    if (x.coefficient == 0 && y.coefficient == 0) return 0;
    if (x.coefficient == 0) return y.negative ? 1 : -1;
    if (y.coefficient == 0 || x.negative != y.negative) return sign;
    int shift = x.exponent - y.exponent;
    parts *high = shift >= 0 ? &x : &y; /* the one that must grow; beyond 38 digits it is larger */
    if (shift < 0) shift = -shift;
    if (shift > 38 || high->coefficient >= ten_to(38 - shift)) return high == &x ? sign : -sign;
    high->coefficient *= ten_to(shift);
    return x.coefficient == y.coefficient ? 0 : x.coefficient > y.coefficient ? sign : -sign;
}

/* Quantize to `places` decimals in the given direction. A number too long for that many decimals
   already has none to lose, so it is returned as it is. */
static kh_decimal quantize(kh_decimal x, int places, _IDEC_round mode)
{
    if (kh_is_absent(x)) return KH_ABSENT;
    if (places < -6000) places = -6000;
    if (places > 6000) places = 6000;
    _IDEC_flags flags = 0;
    BID_UINT128 unit = to_bid(join(1, -places, false));
    kh_decimal rounded = from_bid(bid128_quantize(to_bid(x), unit, mode, &flags));
    if (kh_is_absent(rounded)) return x;
    if (kh_dec_is_zero(rounded)) rounded.hi &= ~SIGN;
    return rounded;
}

kh_decimal kh_dec_round(kh_decimal x, int places)
{
    if (is_small(x) && places > -6000 && places < 6000) {
        int drop = -exponent_of(x) - places;
        if (drop == 0) {
            if (x.lo == 0) x.hi &= ~SIGN;
            return x;
        }
        if (drop > 0 && drop <= 19) {
            uint64_t unit = TEN[drop], whole = x.lo / unit, rest = x.lo % unit;
            if (rest >= unit - rest) whole++;
            return join(whole, -places, whole != 0 && (x.hi & SIGN));
        }
    }
    return quantize(x, places, BID_ROUNDING_TIES_AWAY);
}

kh_decimal kh_dec_floor(kh_decimal x, int places)
{
    return quantize(x, places, BID_ROUNDING_DOWN);
}

kh_decimal kh_dec_ceil(kh_decimal x, int places)
{
    return quantize(x, places, BID_ROUNDING_UP);
}

kh_decimal kh_dec_trim(kh_decimal x)
{
    if (kh_is_absent(x)) return KH_ABSENT;
    parts p = split(x);
    if (p.coefficient == 0) return join(0, p.exponent < 0 ? 0 : p.exponent, p.negative);
    for (int step = 16; step > 0; step /= 2) {
        while (p.exponent + step <= 0 && p.coefficient % TEN[step] == 0) {
            p.coefficient /= TEN[step];
            p.exponent += step;
        }
    }
    return join(p.coefficient, p.exponent, p.negative);
}

kh_decimal kh_dec_power(kh_decimal a, int64_t n)
{
    if (kh_is_absent(a) || n > 1000 || n < -1000) return KH_ABSENT;
    kh_decimal result = KH_ONE;
    for (int64_t left = n < 0 ? -n : n; left > 0; left >>= 1) {
        if (left & 1) result = kh_dec_mul(result, a);
        if (left > 1) a = kh_dec_mul(a, a);
    }
    return n < 0 ? kh_dec_div(KH_ONE, result) : result;
}

kh_status kh_dec_parse(kh_decimal *out, const char *text, size_t length, kh_error *err)
{
    size_t i = 0;
    bool negative = false;
    if (i < length && (text[i] == '+' || text[i] == '-')) negative = text[i++] == '-';
    u128 coefficient = 0;
    int digits = 0, significant = 0, places = 0;
    bool point = false;
    for (; i < length; i++) {
        if (text[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (text[i] < '0' || text[i] > '9') break;
        digits++;
        if (coefficient > 0 || text[i] != '0') significant++;
        if (significant > DIGITS) {
            return kh_fail(err, KH_ELIMIT, "'%.*s' has more than 34 digits",
                           kh_text_quoted(text, length), text);
        }
        coefficient = coefficient * 10 + (unsigned)(text[i] - '0');
        if (point) places++;
    }
    if (i != length || digits == 0 || places > 6000) {
        return kh_fail(err, KH_EDATA, "'%.*s' is not a number; write it like -1234.56",
                       kh_text_quoted(text, length), text);
    }
    *out = join(coefficient, -places, negative && coefficient != 0);
    return KH_OK;
}

kh_decimal kh_dec_of(const char *text)
{
    kh_decimal x = KH_ABSENT;
    kh_status rc = kh_dec_parse(&x, text, strlen(text), NULL);
    assert(rc == KH_OK);
    (void)rc;
    return x;
}

int kh_dec_places(kh_decimal x)
{
    if (kh_is_absent(x)) return 0;
    int exponent = split(x).exponent;
    return exponent < 0 ? -exponent : 0;
}

size_t kh_dec_format(char out[KH_DECIMAL_TEXT], kh_decimal x, int places, bool grouped)
{
    out[0] = '\0';
    if (kh_is_absent(x)) return 0;
    if (places > PRINTED_MOST) places = KH_PLACES_OWN;
    if (places >= 0) x = kh_dec_round(x, places);
    parts p = split(x);
    if (p.coefficient == 0 && p.exponent < -PRINTED_MOST) p.exponent = 0;
    char digits[64]; /* coefficient, most significant first */
    int count = 0;
    char reversed[64];
    for (u128 rest = p.coefficient; rest > 0;) {
        if (rest <= UINT64_MAX) {
            for (uint64_t low = (uint64_t)rest; low > 0; low /= 10) {
                reversed[count++] = (char)('0' + low % 10);
            }
            break;
        }
        reversed[count++] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    }
    for (int i = 0; i < count; i++) digits[i] = reversed[count - 1 - i];
    int decimals = p.exponent < 0 ? -p.exponent : 0;
    int zeros = p.exponent > 0 && count > 0 ? p.exponent : 0; /* behind the digits */
    int shown = places >= 0 ? places : decimals;
    int whole = count + zeros - decimals; /* digits before the point, may be <= 0 */
    if (whole > PRINTED_MOST || shown > PRINTED_MOST) {
        /* Not an amount anyone prints; the caller's buffer is bounded, so show the bare digits. */
        int n = snprintf(out, KH_DECIMAL_TEXT, "%s%.*sE%+d", p.negative ? "-" : "", count, digits,
                         p.exponent);
        return (size_t)n;
    }
    char *to = out;
    if (p.negative && count > 0) *to++ = '-';
    if (whole <= 0) *to++ = '0';
    for (int i = 0; i < whole; i++) {
        *to++ = i < count ? digits[i] : '0';
        int left = whole - 1 - i;
        if (grouped && left > 0 && left % 3 == 0) *to++ = ',';
    }
    if (shown > 0) {
        *to++ = '.';
        for (int i = 0; i < shown; i++) {
            int at = whole + i;
            *to++ = at >= 0 && at < count ? digits[at] : '0';
        }
    }
    *to = '\0';
    return (size_t)(to - out);
}

bool kh_dec_to_int(int64_t *out, kh_decimal x)
{
    if (kh_is_absent(x)) return false;
    kh_int128 value = 0;
    kh_error err = KH_ERROR_INIT;
    if (kh_dec_to_scaled(&value, x, 0, &err) < 0) return false;
    if (value > INT64_MAX || value < INT64_MIN) return false;
    *out = (int64_t)value;
    return true;
}

kh_decimal kh_dec_from_scaled(kh_int128 value, int scale)
{
    return join_rounded(value < 0 ? -(u128)value : (u128)value, -scale, value < 0);
}

kh_status kh_dec_to_scaled(kh_int128 *out, kh_decimal x, int scale, kh_error *err)
{
    char text[KH_DECIMAL_TEXT];
    if (kh_is_absent(x)) return kh_fail(err, KH_EDATA, "there is no number");
    parts p = split(x);
    int shift = p.exponent + scale;
    u128 size = p.coefficient;
    if (shift < 0 && size != 0) {
        if (shift < -38 || size % ten_to(-shift) != 0) {
            kh_dec_format(text, x, KH_PLACES_OWN, false);
            return kh_fail(err, KH_EDATA, "%s has more than %d decimals", text, scale);
        }
        size /= ten_to(-shift);
    } else if (shift > 0 && size != 0) {
        if (shift > 38 || size > (ten_to(38) - 1) / ten_to(shift)) {
            kh_dec_format(text, x, KH_PLACES_OWN, false);
            return kh_fail(err, KH_ELIMIT, "%s with %d decimals does not fit 38 digits", text,
                           scale);
        }
        size *= ten_to(shift);
    }
    *out = p.negative ? -(kh_int128)size : (kh_int128)size;
    return KH_OK;
}

const kh_decimal_ops kh_decimal_table = {
    .size = sizeof(kh_decimal_ops),
    .from_int = kh_dec_int,
    .add = kh_dec_add,
    .sub = kh_dec_sub,
    .mul = kh_dec_mul,
    .div = kh_dec_div,
    .muldiv = kh_dec_muldiv,
    .cmp = kh_dec_cmp,
    .round = kh_dec_round,
    .floor = kh_dec_floor,
    .parse = kh_dec_parse,
    .format = kh_dec_format,
};
