/* Decimals: the short cuts agree with the library, text goes in and out exactly, ties go away. */
#include "base/decimal.h"

#include <criterion/criterion.h>
#include <string.h>

static kh_decimal D(const char *text)
{
    return kh_dec_of(text);
}

static void expect(kh_decimal got, const char *text, const char *why)
{
    char shown[KH_DECIMAL_TEXT];
    kh_dec_format(shown, got, KH_PLACES_OWN, false);
    cr_expect_str_eq(shown, text, "%s: got %s, wanted %s", why, shown, text);
}

static const struct {
    const char *x;
    int places;
    const char *rounded, *why;
} roundings[] = {
    {"2.675", 2, "2.68", "a tie goes away from zero"},
    {"-2.675", 2, "-2.68", "also below zero"},
    {"2.6749999999999999999999999999999", 2, "2.67", "not a tie, however close"},
    {"-0.004", 2, "0.00", "there is no minus zero"},
    {"5", 2, "5.00", "decimals are filled up"},
    {"1234.5", -2, "1200", "negative places round whole digits"},
    {"1250", -2, "1300", "also their ties"},
    {"9999999999999999999.995", 2, "10000000000000000000.00", "a carry through all digits"},
    {"0.5", 0, "1", "half a unit"},
};

Test(decimal, rounds_half_away_from_zero)
{
    for (size_t i = 0; i < sizeof roundings / sizeof *roundings; i++) {
        kh_decimal got = kh_dec_round(D(roundings[i].x), roundings[i].places);
        char shown[KH_DECIMAL_TEXT];
        kh_dec_format(shown, got, roundings[i].places < 0 ? 0 : roundings[i].places, false);
        cr_expect_str_eq(shown, roundings[i].rounded, "%s: got %s", roundings[i].why, shown);
    }
    expect(kh_dec_round(D("9999999999999999999999999999999999"), 2),
           "9999999999999999999999999999999999", "too long to round stays");
}

Test(decimal, adds_and_multiplies_exactly)
{
    expect(kh_dec_add(D("0.1"), D("0.2")), "0.3", "not 0.30000000000000004");
    expect(kh_dec_add(D("1"), D("0.00000000000000000000000000000001")),
           "1.00000000000000000000000000000001", "far apart");
    expect(kh_dec_sub(D("1.10"), D("1.1")), "0.00", "zero keeps its decimals");
    expect(kh_dec_mul(D("40000000.00"), D("1.70")), "68000000.0000", "decimals add up");
    expect(kh_dec_mul(D("-0.5"), D("0")), "0.0", "no minus zero");
    expect(kh_dec_mul(D("99999999999999999999"), D("99999999999999999999")),
           "9999999999999999999800000000000000000000", "40 digits round to 34");
    expect(kh_dec_div(D("1800.00"), D("2000.00")), "0.9", "a ratio carries no extra zeros");
    expect(kh_dec_div(D("1"), D("3")), "0.3333333333333333333333333333333333", "34 digits");
    expect(kh_dec_muldiv(D("1"), D("60"), D("3")), "20", "multiply before dividing");
}

Test(decimal, treats_absence_as_absence)
{
    cr_expect(kh_is_absent(kh_dec_div(D("1"), D("0"))), "a division by zero is absent");
    cr_expect(kh_is_absent(kh_dec_add(KH_ABSENT, D("1"))));
    cr_expect(kh_is_absent(kh_dec_mul(D("1"), KH_ABSENT)));
    cr_expect(kh_is_absent(kh_dec_round(KH_ABSENT, 2)));
    cr_expect_not(kh_is_absent(KH_ZERO));
    cr_expect(kh_dec_is_zero(KH_ZERO));
    char text[KH_DECIMAL_TEXT];
    cr_expect_eq(kh_dec_format(text, KH_ABSENT, 2, true), 0);
}

Test(decimal, formats_with_separators)
{
    static const struct {
        const char *x;
        int places;
        const char *text;
    } cases[] = {{"1234567.891", 2, "1,234,567.89"},
                 {"-1234.5", 2, "-1,234.50"},
                 {"999", 0, "999"},
                 {"1000", 0, "1,000"},
                 {"0.05", 2, "0.05"},
                 {"-0.001", 2, "0.00"},
                 {"123456", KH_PLACES_OWN, "123,456"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[KH_DECIMAL_TEXT];
        kh_dec_format(text, D(cases[i].x), cases[i].places, true);
        cr_expect_str_eq(text, cases[i].text);
    }
}

Test(decimal, refuses_what_is_not_a_number)
{
    static const char *const bad[] = {
        "",   "-",      "1,000", "1e5", "0x10", "1.2.3", " 1",
        "1 ", "１２３", "--1",   "NaN", "inf",  ".",     "12345678901234567890123456789012345"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        kh_error err = KH_ERROR_INIT;
        kh_decimal x;
        cr_expect_lt(kh_dec_parse(&x, bad[i], strlen(bad[i]), &err), 0, "'%s' passed", bad[i]);
        cr_expect(strlen(err.text) > 0);
    }
    expect(D("+.5"), "0.5", "a sign and a bare point are fine");
    expect(D("007.10"), "7.10", "leading zeros do not count as digits");
}

Test(decimal, moves_to_scaled_integers_and_back)
{
    kh_int128 scaled;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_dec_to_scaled(&scaled, D("-12.5"), 2, &err), KH_OK);
    cr_expect(scaled == -1250);
    expect(kh_dec_from_scaled(-1250, 2), "-12.50", "and back");
    cr_expect_eq(kh_dec_to_scaled(&scaled, D("0.125"), 2, &err), KH_EDATA);
    err = (kh_error)KH_ERROR_INIT;
    cr_expect_eq(kh_dec_to_scaled(&scaled, D("9999999999999999999999999999999999"), 6, &err),
                 KH_ELIMIT);
    kh_int128 large = 1;
    for (int i = 0; i < 36; i++) large *= 10;
    expect(kh_dec_from_scaled(large + 5, 2), "10000000000000000000000000000000000",
           "37 digits lose the last ones");
}

/* A small deterministic generator: numbers of very different lengths and scales. */
static uint64_t seed = 88172645463325252ULL;
static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static kh_decimal random_decimal(void)
{
    char text[64];
    uint64_t r = next_random();
    int digits = (int)(r % 20), places = (int)((r >> 8) % 8);
    uint64_t number = next_random() >> (3 * (20 - digits) > 60 ? 60 : 3 * (20 - digits));
    snprintf(text, sizeof text, "%s%llu.%0*d", r & 64 ? "-" : "", (unsigned long long)number,
             places + 1, (int)(next_random() % 10));
    return D(text);
}

Test(decimal, obeys_the_laws_of_arithmetic_on_both_paths)
{
    /* (a+b)-b == a holds exactly while 34 digits suffice; products commute; comparison is the
       sign of the difference. Sizes straddle the border between short cut and library. */
    for (int i = 0; i < 200000; i++) {
        kh_decimal a = random_decimal(), b = random_decimal();
        kh_decimal sum = kh_dec_add(a, b);
        cr_assert_eq(kh_dec_cmp(kh_dec_sub(sum, b), a), 0);
        cr_assert_eq(kh_dec_cmp(kh_dec_mul(a, b), kh_dec_mul(b, a)), 0);
        kh_decimal difference = kh_dec_sub(a, b);
        int sign = kh_dec_is_zero(difference) ? 0 : kh_dec_is_negative(difference) ? -1 : 1;
        cr_assert_eq(kh_dec_cmp(a, b), sign);
        kh_decimal rounded = kh_dec_round(a, 2);
        kh_decimal off = kh_dec_abs(kh_dec_sub(rounded, a));
        cr_assert_leq(kh_dec_cmp(off, D("0.005")), 0);
    }
}
