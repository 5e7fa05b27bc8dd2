/* Decimals against school arithmetic on digit strings, which shares no code with either path. */
#include "base/decimal.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- whole numbers as digits, the units first ---------------------------------------------- */

enum { LONGEST = 200, KEPT = 34 };

typedef struct digits {
    int count; /* 0 for zero; no leading zeros */
    unsigned char at[LONGEST];
} digits;

static void trim(digits *x)
{
    while (x->count > 0 && x->at[x->count - 1] == 0) x->count--;
}

static digits digits_of(unsigned __int128 value)
{
    digits x = {0};
    for (; value > 0; value /= 10) x.at[x.count++] = (unsigned char)(value % 10);
    return x;
}

static digits shifted(const digits *x, int places)
{
    digits out = {0};
    if (x->count == 0) return out;
    cr_assert(places >= 0 && x->count + places <= LONGEST);
    memcpy(out.at + places, x->at, (size_t)x->count);
    out.count = x->count + places;
    return out;
}

static int compare(const digits *x, const digits *y)
{
    if (x->count != y->count) return x->count < y->count ? -1 : 1;
    for (int i = x->count - 1; i >= 0; i--) {
        if (x->at[i] != y->at[i]) return x->at[i] < y->at[i] ? -1 : 1;
    }
    return 0;
}

static digits added(const digits *x, const digits *y)
{
    digits out = {0};
    int carry = 0, most = x->count > y->count ? x->count : y->count;
    for (int i = 0; i < most || carry; i++) {
        int sum = carry + (i < x->count ? x->at[i] : 0) + (i < y->count ? y->at[i] : 0);
        out.at[out.count++] = (unsigned char)(sum % 10);
        carry = sum / 10;
    }
    return out;
}

/* x - y for x >= y */
static digits subtracted(const digits *x, const digits *y)
{
    digits out = *x;
    int borrow = 0;
    for (int i = 0; i < x->count; i++) {
        int rest = x->at[i] - borrow - (i < y->count ? y->at[i] : 0);
        borrow = rest < 0;
        out.at[i] = (unsigned char)(rest + 10 * borrow);
    }
    trim(&out);
    return out;
}

static digits multiplied(const digits *x, const digits *y)
{
    int sums[LONGEST] = {0};
    for (int i = 0; i < x->count; i++) {
        for (int j = 0; j < y->count; j++) sums[i + j] += x->at[i] * y->at[j];
    }
    digits out = {.count = x->count + y->count};
    for (int i = 0; i + 1 < LONGEST; i++) {
        out.at[i] = (unsigned char)(sums[i] % 10);
        sums[i + 1] += sums[i] / 10;
    }
    trim(&out);
    return out;
}

/* The whole part of x / y; `exact` says whether nothing is left. */
static digits divided(const digits *x, const digits *y, bool *exact)
{
    digits out = {.count = x->count}, rest = {0};
    for (int i = x->count - 1; i >= 0; i--) {
        rest = shifted(&rest, 1);
        if (rest.count == 0) rest.count = x->at[i] != 0;
        rest.at[0] = x->at[i];
        while (compare(&rest, y) >= 0) {
            rest = subtracted(&rest, y);
            out.at[i]++;
        }
    }
    trim(&out);
    *exact = rest.count == 0;
    return out;
}

/* ---- decimals over them -------------------------------------------------------------------- */

typedef struct number {
    bool negative;
    digits size;
    int exponent;
} number;

/* Straight from the encoding, so that no function under test is believed. */
static number number_of(kh_decimal x)
{
    unsigned __int128 size = (unsigned __int128)(x.hi & 0x1ffffffffffffULL) << 64 | x.lo;
    return (number){x.hi >> 63, digits_of(size), (int)(x.hi >> 49 & 0x3fff) - 6176};
}

/* To 34 digits, half away from zero, dropping no more digits than it must. */
static number rounded(number x)
{
    int drop = x.size.count > KEPT ? x.size.count - KEPT : 0;
    if (drop == 0) return x;
    bool up = x.size.at[drop - 1] >= 5;
    memmove(x.size.at, x.size.at + drop, (size_t)KEPT);
    memset(x.size.at + KEPT, 0, LONGEST - KEPT);
    x.size.count = KEPT;
    x.exponent += drop;
    if (up) {
        digits one = digits_of(1);
        x.size = added(&x.size, &one);
    }
    return rounded(x);
}

static number sum_of(number x, number y)
{
    int low = x.exponent < y.exponent ? x.exponent : y.exponent;
    digits a = shifted(&x.size, x.exponent - low), b = shifted(&y.size, y.exponent - low);
    number out = {.exponent = low};
    int order = compare(&a, &b);
    if (x.negative == y.negative) {
        out.size = added(&a, &b);
        out.negative = x.negative;
    } else {
        out.size = order >= 0 ? subtracted(&a, &b) : subtracted(&b, &a);
        out.negative = order >= 0 ? x.negative : y.negative;
    }
    if (out.size.count == 0) out.negative = false;
    return rounded(out);
}

static number product_of(number x, number y)
{
    number out = {.exponent = x.exponent + y.exponent, .size = multiplied(&x.size, &y.size)};
    out.negative = out.size.count > 0 && x.negative != y.negative;
    return rounded(out);
}

/* 40 digits and one more for whatever is left: enough to round right to 34. */
static number ratio_of(number x, number y)
{
    int shift = 40 + y.size.count;
    digits top = shifted(&x.size, shift);
    bool exact;
    number out = {.exponent = x.exponent - y.exponent - shift};
    out.size = divided(&top, &y.size, &exact);
    if (!exact) {
        out.size = shifted(&out.size, 1);
        out.size.at[0] = 1;
        out.exponent--;
    }
    out.negative = out.size.count > 0 && x.negative != y.negative;
    return rounded(out);
}

static bool same_value(number x, number y)
{
    int low = x.exponent < y.exponent ? x.exponent : y.exponent;
    if (x.size.count == 0 || y.size.count == 0) return x.size.count == y.size.count;
    if (x.exponent - low > 100 || y.exponent - low > 100) return false;
    digits a = shifted(&x.size, x.exponent - low), b = shifted(&y.size, y.exponent - low);
    return x.negative == y.negative && compare(&a, &b) == 0;
}

static bool same_number(number x, number y)
{
    return x.negative == y.negative && x.exponent == y.exponent && compare(&x.size, &y.size) == 0;
}

/* ---- numbers of all sizes, the same in each run -------------------------------------------- */

static uint64_t seed = 0x9e3779b97f4a7c15ULL;

static uint32_t random_below(uint32_t limit)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 32) % limit;
}

/* 0 to 34 digits with runs of zeros and nines, -20 to 12 as exponent. */
static kh_decimal random_decimal(void)
{
    kh_int128 value = 0;
    uint32_t style = random_below(4);
    for (uint32_t n = random_below(35); n > 0; n--) {
        uint32_t digit = random_below(10);
        if (style == 0) digit = digit < 5 ? 0 : 9;
        if (style == 1 && digit < 7) digit = 0;
        value = value * 10 + digit;
    }
    return kh_dec_from_scaled(random_below(2) ? -value : value, (int)random_below(33) - 12);
}

static const char *shown(kh_decimal x)
{
    static char texts[4][KH_DECIMAL_TEXT];
    static int turn;
    turn = (turn + 1) % 4;
    kh_dec_format(texts[turn], x, KH_PLACES_OWN, false);
    return texts[turn];
}

Test(decimal_exact, adds_subtracts_and_multiplies_like_digits_on_paper)
{
    for (int i = 0; i < 100000; i++) {
        kh_decimal a = random_decimal(), b = random_decimal();
        number x = number_of(a), y = number_of(b), minus = y;
        minus.negative = y.size.count > 0 && !y.negative;
        cr_assert(same_number(number_of(kh_dec_add(a, b)), sum_of(x, y)), "%s + %s gave %s",
                  shown(a), shown(b), shown(kh_dec_add(a, b)));
        cr_assert(same_number(number_of(kh_dec_sub(a, b)), sum_of(x, minus)), "%s - %s gave %s",
                  shown(a), shown(b), shown(kh_dec_sub(a, b)));
        cr_assert(same_number(number_of(kh_dec_mul(a, b)), product_of(x, y)), "%s * %s gave %s",
                  shown(a), shown(b), shown(kh_dec_mul(a, b)));
    }
}

Test(decimal_exact, compares_like_digits_on_paper)
{
    for (int i = 0; i < 100000; i++) {
        kh_decimal a = random_decimal(), b = i % 3 ? random_decimal() : kh_dec_add(a, KH_ZERO);
        number minus = number_of(b);
        minus.negative = minus.size.count > 0 && !minus.negative;
        number difference = sum_of(number_of(a), minus);
        int wanted = difference.size.count == 0 ? 0 : difference.negative ? -1 : 1;
        cr_assert_eq(kh_dec_cmp(a, b), wanted, "%s against %s", shown(a), shown(b));
        cr_assert_eq(kh_dec_cmp(b, a), -wanted);
    }
}

Test(decimal_exact, divides_like_digits_on_paper)
{
    for (int i = 0; i < 4000; i++) {
        kh_decimal a = random_decimal(), b = random_decimal(), c = random_decimal();
        if (kh_dec_is_zero(b)) {
            cr_assert(kh_is_absent(kh_dec_div(a, b)));
            continue;
        }
        cr_assert(same_value(number_of(kh_dec_div(a, b)), ratio_of(number_of(a), number_of(b))),
                  "%s / %s gave %s", shown(a), shown(b), shown(kh_dec_div(a, b)));
        number product = product_of(number_of(a), number_of(c));
        cr_assert(same_value(number_of(kh_dec_muldiv(a, c, b)), ratio_of(product, number_of(b))),
                  "%s * %s / %s gave %s", shown(a), shown(c), shown(b),
                  shown(kh_dec_muldiv(a, c, b)));
    }
}

/* Powers of ten go their own way; the digits they give are those of the long way. */
Test(decimal_exact, divides_by_powers_of_ten)
{
    static const int powers[] = {10, 100, 1000, 10000};
    for (int i = 0; i < 40000; i++) {
        kh_decimal wide = random_decimal(), ten = kh_dec_int(powers[i % 4]);
        cr_assert(
            same_value(number_of(kh_dec_div(wide, ten)), ratio_of(number_of(wide), number_of(ten))),
            "%s / %s gave %s", shown(wide), shown(ten), shown(kh_dec_div(wide, ten)));
        kh_decimal a = kh_dec_int(random_below(100000) * (i % 7 ? 1 : 1000)), three = kh_dec_int(3);
        const char *quick = shown(kh_dec_div(a, ten));
        const char *slow = shown(kh_dec_div(kh_dec_mul(a, three), kh_dec_mul(ten, three)));
        cr_assert_str_eq(quick, slow, "%s / %s", shown(a), shown(ten));
    }
}

Test(decimal_exact, rounds_like_digits_on_paper)
{
    for (int i = 0; i < 100000; i++) {
        kh_decimal a = random_decimal();
        int places = (int)random_below(30) - 8;
        number x = number_of(a), got = number_of(kh_dec_round(a, places));
        int drop = -places - x.exponent;
        if (drop <= 0) {
            cr_assert(same_value(got, x), "round(%s, %d)", shown(a), places);
            continue;
        }
        number wanted = {.negative = x.negative, .exponent = -places};
        if (drop <= x.size.count) {
            digits one = digits_of(x.size.at[drop - 1] >= 5);
            memmove(x.size.at, x.size.at + drop, (size_t)(x.size.count - drop));
            memset(x.size.at + x.size.count - drop, 0, (size_t)drop);
            x.size.count -= drop;
            wanted.size = added(&x.size, &one);
        }
        if (wanted.size.count == 0) wanted.negative = false;
        cr_assert(same_number(got, wanted), "round(%s, %d) gave %s", shown(a), places,
                  shown(kh_dec_round(a, places)));
    }
}

Test(decimal_exact, floors_and_ceils_enclose_the_number)
{
    for (int i = 0; i < 100000; i++) {
        kh_decimal a = random_decimal();
        int places = (int)random_below(20) - 6;
        kh_decimal down = kh_dec_floor(a, places), up = kh_dec_ceil(a, places);
        cr_assert_leq(kh_dec_cmp(down, a), 0, "floor(%s, %d)", shown(a), places);
        cr_assert_geq(kh_dec_cmp(up, a), 0, "ceil(%s, %d)", shown(a), places);
        kh_decimal unit = kh_dec_from_scaled(1, places), gap = kh_dec_sub(up, down);
        bool whole = kh_dec_cmp(a, down) == 0;
        cr_assert_eq(kh_dec_cmp(gap, whole ? KH_ZERO : unit), 0, "%s to %d places: %s, %s",
                     shown(a), places, shown(down), shown(up));
        kh_decimal mirrored = kh_dec_neg(kh_dec_floor(kh_dec_neg(a), places));
        cr_assert_eq(kh_dec_cmp(mirrored, up), 0);
    }
}

Test(decimal_exact, survives_being_written_and_read)
{
    for (int i = 0; i < 100000; i++) {
        kh_decimal a = random_decimal(), back;
        char plain[KH_DECIMAL_TEXT], grouped[KH_DECIMAL_TEXT];
        size_t length = kh_dec_format(plain, a, KH_PLACES_OWN, false);
        cr_assert_eq(length, strlen(plain));
        number x = number_of(a);
        if (x.size.count + x.exponent > 34) continue; /* more digits than parse takes */
        kh_error err = KH_ERROR_INIT;
        cr_assert_eq(kh_dec_parse(&back, plain, length, &err), KH_OK, "%s", err.text);
        cr_assert(same_value(number_of(back), x), "%s came back as %s", plain, shown(back));
        cr_assert_eq(kh_dec_places(back), kh_dec_places(a), "%s", plain);

        /* Without its commas the grouped text is the plain one; each stands before 3 digits. */
        length = kh_dec_format(grouped, a, KH_PLACES_OWN, true);
        cr_assert_eq(length, strlen(grouped));
        const char *end = strchr(grouped, '.');
        if (!end) end = grouped + length;
        size_t n = 0;
        for (const char *at = grouped; *at; at++) {
            bool due = at < end && (end - at) % 4 == 0 && at[0] == ',';
            cr_assert(*at != ',' || due, "%s", grouped);
            if (*at != ',') cr_assert_eq(*at, plain[n++], "%s against %s", grouped, plain);
        }
        cr_assert_eq(plain[n], '\0');
        cr_assert((end - grouped) - (grouped[0] == '-') < 4 || strchr(grouped, ','), "%s", grouped);
    }
}

/* ---- powers, limits, scaled integers ------------------------------------------------------- */

Test(decimal_exact, raises_to_whole_powers)
{
    static const struct {
        const char *base;
        int64_t n;
        const char *result, *why;
    } cases[] = {
        {"1.05", 3, "1.157625", "three years of interest"},
        {"2", 10, "1024", "a whole number"},
        {"-2", 3, "-8", "an odd power keeps the sign"},
        {"-2", 4, "16", "an even one does not"},
        {"7", 0, "1", "to the 0"},
        {"0", 0, "1", "0 to the 0 is 1 here"},
        {"0", 5, "0", "0 stays 0"},
        {"4", -1, "0.25", "a negative power divides"},
        {"10", 34, "10000000000000000000000000000000000", "35 digits, exact"},
        {"1", 1000, "1", "the last power"},
        {"2", 1001, NULL, "beyond it"},
        {"2", -1001, NULL, "beyond it, below 0"},
        {"2", INT64_MIN, NULL, "the least power"},
        {"0", -1, NULL, "1 over 0"},
        {"9999999999999999999999999999999999", 1000, NULL, "more than the format holds"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kh_decimal got = kh_dec_power(kh_dec_of(cases[i].base), cases[i].n);
        if (!cases[i].result) {
            cr_expect(kh_is_absent(got), "%s: got %s", cases[i].why, shown(got));
        } else {
            cr_expect_str_eq(shown(got), cases[i].result, "%s: got %s", cases[i].why, shown(got));
        }
    }
    cr_expect(kh_is_absent(kh_dec_power(KH_ABSENT, 0)));
    kh_decimal x = kh_dec_of("1.0003"), slow = KH_ONE;
    for (int n = 0; n <= 8; n++) { /* exact up to 34 digits */
        cr_expect_eq(kh_dec_cmp(kh_dec_power(x, n), slow), 0);
        slow = kh_dec_mul(slow, x);
    }
}

static kh_int128 ten_to(int n)
{
    kh_int128 power = 1;
    while (n-- > 0) power *= 10;
    return power;
}

Test(decimal_exact, knows_the_limits_of_scaled_integers)
{
    static const kh_int128 most = (kh_int128)(~(unsigned __int128)0 >> 1);
    static const struct {
        const char *x;
        int scale;
        kh_status rc;
        const char *message;
    } cases[] = {
        {"9999999999999999999999999999999999", 4, KH_OK, ""},
        {"-9999999999999999999999999999999999", 4, KH_OK, ""},
        {"9999999999999999999999999999999999", 5, KH_ELIMIT,
         "9999999999999999999999999999999999 with 5 decimals does not fit 38 digits"},
        {"1", 37, KH_OK, ""},
        {"1", 38, KH_ELIMIT, "1 with 38 decimals does not fit 38 digits"},
        {"10", 37, KH_ELIMIT, "10 with 37 decimals does not fit 38 digits"},
        {"0", 1000, KH_OK, ""},
        {"0.000000", 0, KH_OK, ""},
        {"1.500", 1, KH_OK, ""},
        {"1.55", 1, KH_EDATA, "1.55 has more than 1 decimals"},
        {"-0.01", 0, KH_EDATA, "-0.01 has more than 0 decimals"},
        {"0.0000000000000000000000000000000000000001", 0, KH_EDATA,
         "0.0000000000000000000000000000000000000001 has more than 0 decimals"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kh_int128 value = 77;
        kh_error err = KH_ERROR_INIT;
        kh_status rc = kh_dec_to_scaled(&value, kh_dec_of(cases[i].x), cases[i].scale, &err);
        cr_expect_eq(rc, cases[i].rc, "%s", cases[i].x);
        cr_expect_str_eq(err.text, cases[i].message);
        if (rc == KH_OK) {
            kh_decimal back = kh_dec_from_scaled(value, cases[i].scale);
            cr_expect_eq(kh_dec_cmp(back, kh_dec_of(cases[i].x)), 0, "%s", cases[i].x);
        } else {
            cr_expect(value == 77, "%s: a refusal wrote a result", cases[i].x);
        }
    }
    kh_error err = KH_ERROR_INIT;
    kh_int128 value;
    cr_expect_eq(kh_dec_to_scaled(&value, KH_ABSENT, 2, &err), KH_EDATA);
    cr_expect_str_eq(err.text, "there is no number");

    cr_expect_str_eq(shown(kh_dec_from_scaled(most, 0)), "170141183460469231731687303715884100000",
                     "39 digits keep 34");
    cr_expect_str_eq(shown(kh_dec_from_scaled(-most - 1, 38)),
                     "-1.701411834604692317316873037158841", "the least integer");
    cr_expect_str_eq(shown(kh_dec_from_scaled(ten_to(38) - 1, 4)),
                     "10000000000000000000000000000000000", "a carry through 38 nines");
    cr_expect_str_eq(shown(kh_dec_from_scaled(0, 3)), "0.000");
}

Test(decimal_exact, tells_whole_numbers_apart)
{
    static const struct {
        const char *x, *result;
    } cases[] = {
        {"9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"9223372036854775808", NULL},
        {"-9223372036854775809", NULL},
        {"12.000", "12"},
        {"12.001", NULL},
        {"-0.0", "0"},
        {"9999999999999999999999999999999999", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t whole = 42;
        bool is = kh_dec_to_int(&whole, kh_dec_of(cases[i].x));
        cr_expect_eq(is, cases[i].result != NULL, "%s", cases[i].x);
        if (is) {
            cr_expect_str_eq(shown(kh_dec_int(whole)), cases[i].result);
        } else {
            cr_expect_eq(whole, 42);
        }
    }
    int64_t whole;
    cr_expect_not(kh_dec_to_int(&whole, KH_ABSENT));
    cr_expect(kh_dec_to_int(&whole, kh_dec_from_scaled(12, -3)) && whole == 12000, "12E3");
}

Test(decimal_exact, writes_the_extremes)
{
    kh_decimal small = kh_dec_from_scaled(1, 40), tiny = kh_dec_from_scaled(1, 41);
    cr_expect_str_eq(shown(small), "0.0000000000000000000000000000000000000001");
    cr_expect_str_eq(shown(tiny), "1E-41", "41 decimals do not fit");
    cr_expect_str_eq(shown(kh_dec_sub(tiny, tiny)), "0", "a zero is 0, whatever it carries");
    cr_expect_str_eq(shown(kh_dec_from_scaled(-15, -39)), "-15E+39", "41 digits do not fit");
    cr_expect_str_eq(shown(kh_dec_from_scaled(0, -39)), "0");
    char text[KH_DECIMAL_TEXT];
    kh_dec_format(text, kh_dec_of("1.5"), 40, false);
    cr_expect_str_eq(text, "1.5000000000000000000000000000000000000000");
    kh_dec_format(text, kh_dec_of("1.5"), 41, false);
    cr_expect_str_eq(text, "1.5", "more places than fit: its own");
    kh_decimal longest = kh_dec_from_scaled(-(ten_to(34) - 1), -6);
    cr_expect_eq(kh_dec_format(text, longest, 40, true), KH_DECIMAL_TEXT - 1, "the longest text");
    cr_expect_str_eq(text, "-9,999,999,999,999,999,999,999,999,999,999,999,000,000."
                           "0000000000000000000000000000000000000000");
    for (int sign = -1; sign <= 1; sign += 2) { /* a place nobody has is no crash */
        int far = sign < 0 ? INT32_MIN : INT32_MAX;
        cr_expect_str_eq(shown(kh_dec_round(kh_dec_of("1.5"), far)), sign < 0 ? "0" : "1.5");
    }
}

/* What no function of ours makes, but a plugin could hand in. */
Test(decimal_exact, takes_a_malformed_number_for_zero)
{
    static const kh_decimal odd[] = {
        {5, 0x6c10000000000000ULL},          /* a coefficient from 2^113 on */
        {UINT64_MAX, 0x3041ed09bead87c1ULL}, /* 10^34 and more */
        {UINT64_MAX, 0x3041ffffffffffffULL}, /* 2^113 - 1 */
        {0, 0xb040000000000000ULL},          /* minus zero */
    };
    for (size_t i = 0; i < COUNT(odd); i++) {
        cr_expect_str_eq(shown(odd[i]), "0");
        cr_expect_eq(kh_dec_cmp(odd[i], KH_ZERO), 0);
        cr_expect_str_eq(shown(kh_dec_add(odd[i], KH_ONE)), "1");
        cr_expect(kh_is_absent(kh_dec_div(KH_ONE, odd[i])));
        kh_int128 value = 7;
        cr_expect_eq(kh_dec_to_scaled(&value, odd[i], 2, NULL), KH_OK);
        cr_expect(value == 0);
    }
    static const kh_decimal infinite = {0, 0x7800000000000000ULL};
    cr_expect(kh_is_absent(infinite));
    cr_expect(kh_is_absent(kh_dec_add(infinite, KH_ONE)));
}

Test(decimal_exact, quotes_a_bad_number_in_whole_characters)
{
    static const char bad[] =
        "1234567890123456789012345678901234567890123456789012345678901234567890"
        "x金额是一千二百三十四元";
    kh_error err = KH_ERROR_INIT;
    kh_decimal x;
    cr_expect_eq(kh_dec_parse(&x,
                              "x金额是一千二百三十四元零五分金额是一千二百三十四元零五分"
                              "金额是一千二百三十四元零五分",
                              120, &err),
                 KH_EDATA);
    cr_expect_str_eq(err.text, "'x金额是一千二百三十四元零五分金额是一千二百三十四元零' "
                               "is not a number; write it like -1234.56");
    err = (kh_error)KH_ERROR_INIT;
    cr_expect_eq(kh_dec_parse(&x, bad, strlen(bad), &err), KH_ELIMIT);
    cr_expect_str_eq(err.text,
                     "'1234567890123456789012345678901234567890123456789012345678901234567"
                     "890x金额是' has more than 34 digits");
    err = (kh_error)KH_ERROR_INIT;
    cr_expect_eq(kh_dec_parse(&x, "12\n34", 5, &err), KH_EDATA);
    cr_expect_str_eq(err.text, "'12 34' is not a number; write it like -1234.56", "one line");
}
