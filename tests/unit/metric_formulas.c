/* Formulas: in Lua or without it they give the same; one that fails costs its subject only. */
#include "plugin/strategy_kit.h"

enum { PEOPLE = 300 };

/* Pairs of one calculation: the first runs without Lua, the second has a loop in front. */
static const char *const calculations[] = {
    "m.a + m.b",
    "m.a - m.b * p.rate",
    "m.a / m.b",
    "(m.a - m.b) / m.b * 100 + (m.c - m.a) * 0.05",
    "-m.a * -(m.b + 2)",
    "m.a * 0.35 + m.b * 0.25 + m.c * 0.4 - p.base",
    "m.a / 3 / p.base * 100",
    "m[\"a\"] * 1.1 - 5 + m.c / 100",
    "m.a * m.a * m.b * m.c * 1234567.891",
    "m.a / m.b / m.c",
};
enum { CALCULATIONS = sizeof calculations / sizeof *calculations };

static void fill(kh_buf *out, dice *d)
{
    static const char *const odd[] = {"", "0", "0.000001", "-1", "99999999999.99", "3"};
    for (int i = 0; i < 3; i++) {
        if (dice_below(d, 5) == 0) kh_buf_printf(out, ",%s", odd[dice_below(d, 6)]);
        else kh_buf_printf(out, ",%u.%02u", dice_below(d, 90000000), dice_below(d, 100));
    }
    kh_buf_text(out, "\n");
}

static kh_decimal metric(const play *p, uint32_t person, const char *name)
{
    return play_value(p, &p->results->cards[person], name);
}

Test(formulas, give_the_same_with_and_without_lua)
{
    dice d = dice_new(20090110);
    play p;
    kh_buf staff = {0}, facts = {0}, lua = {0};
    kh_buf_text(&facts, "manager_id,date,a,b,c\n");
    for (uint32_t i = 0; i < PEOPLE; i++) {
        kh_buf_printf(&staff, "M%03u,甲,城东\n", i);
        kh_buf_printf(&facts, "M%03u,2009-01-05", i);
        fill(&facts, &d);
    }
    kh_buf_text(&lua, "param 'rate' { value = 1.85 }\nparam 'base' { value = 360 }\n");
    for (int i = 0; i < CALCULATIONS; i++) {
        kh_buf_printf(
            &lua,
            "metric 'x%d' { formula = function(m, p) return %s end }\n"
            "metric 'y%d' { formula = function(m, p) for i = 1, 0 do end return %s end }\n"
            "metric 'z%d' { formula = function(m) return m.x%d - m.y%d end }\n",
            i, calculations[i], i, calculations[i], i, i, i);
    }
    play_open(&p, staff.data, facts.data);
    play_lua(&p, lua.data);
    play_run(&p, "rank { value = 'x0' }");
    cr_assert_eq(p.kit.status, KH_OK, "%s %s", p.kit.err.text,
                 p.kit.diags.count ? p.kit.diags.items[0].text : "");
    uint32_t present = 0, absent = 0;
    for (uint32_t i = 0; i < PEOPLE; i++) {
        for (int k = 0; k < CALCULATIONS; k++) {
            char x[8], y[8], z[8];
            snprintf(x, sizeof x, "x%d", k);
            snprintf(y, sizeof y, "y%d", k);
            snprintf(z, sizeof z, "z%d", k);
            kh_decimal a = metric(&p, i, x), b = metric(&p, i, y), rest = metric(&p, i, z);
            cr_expect(a.lo == b.lo && a.hi == b.hi, "%s of %u differs", calculations[k], i);
            cr_expect(kh_is_absent(a) ? kh_is_absent(rest) : kh_dec_is_zero(rest), "%s of %u", z,
                      i);
            present += !kh_is_absent(a);
            absent += kh_is_absent(a);
        }
    }
    cr_expect(present > 1000 && absent > 100, "%u values, %u absent", present, absent);
    play_close(&p);
    kh_buf_fini(&staff);
    kh_buf_fini(&facts);
    kh_buf_fini(&lua);
}

static void three(play *p, const char *lua)
{
    play_open(p, "M1,甲,城东\nM2,乙,城东\nM3,丙,城西\n",
              "manager_id,date,a\nM1,2009-01-05,1\nM2,2009-01-05,2\nM3,2009-01-05,3\n");
    play_lua(p, lua);
    play_run(p, "rank { value = 'last' }");
}

/* The metric as text, "-" when absent, for M1 .. M3. */
static void expect_metric(const play *p, const char *name, const char *wanted, const char *why)
{
    char got[128] = "", shown[KH_DECIMAL_TEXT];
    play_card(p, "M1");
    for (uint32_t i = 0; i < 3; i++) {
        kh_dec_format(shown, metric(p, i, name), KH_PLACES_OWN, false);
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", i ? " " : "",
                 shown[0] ? shown : "-");
    }
    cr_expect_str_eq(got, wanted, "%s: %s, wanted %s", why, got, wanted);
}

Test(formulas, that_fail_cost_their_subject_only)
{
    play p;
    three(&p, "metric 'first' { formula = function(m) return m.a * 10 end }\n"
              "metric 'middle' { formula = function(m) if m.a == 2 then error('no') end "
              "return m.first + 1 end }\n"
              "metric 'last' { formula = function(m) return m.middle + m.first end }");
    expect_metric(&p, "first", "10.000000 - 30.000000", "a failed subject has no values");
    expect_metric(&p, "last", "21.000000 - 61.000000", "the next one has its own");
    const char *failed = play_card(&p, "M2")->failed;
    cr_assert_not_null(failed);
    cr_expect(strstr(failed, "metric 'middle': ") == failed, "%s", failed);
    cr_expect(strstr(failed, "kaohe.lua:") && strstr(failed, "no"), "%s", failed);
    play_close(&p);
}

Test(formulas, have_a_budget_each)
{
    play p;
    three(&p,
          "metric 'busy' { formula = function(m) local n = 0 for i = 1, 60000 do n = n + 1 end "
          "return n end }\n"
          "metric 'again' { formula = function(m) local n = 0 for i = 1, 60000 do n = n + 1 end "
          "return m.busy + n end }\n"
          "metric 'last' { formula = function(m) while m.a == 3 do end return m.again end }");
    expect_metric(&p, "last", "120000 120000 -", "two that are long, one that does not end");
    cr_expect(strstr(play_card(&p, "M3")->failed, "metric 'last'") != NULL);
    cr_expect(strstr(play_card(&p, "M3")->failed, "budget") != NULL, "%s",
              play_card(&p, "M3")->failed);
    play_close(&p);
}

Test(formulas, see_no_value_of_the_subject_before)
{
    play p;
    three(
        &p,
        "metric 'some' { formula = function(m) if m.a ~= 2 then return m.a end end }\n"
        "metric 'more' { formula = function(m) return m.some end }\n"
        "metric 'last' { formula = function(m) local x = m.some return x end, missing = 'zero' }");
    expect_metric(&p, "more", "1.000000 - 3.000000", "absent is absent");
    expect_metric(&p, "last", "1.000000 0 3.000000", "or 0 where the metric says so");
    play_close(&p);
}

Test(formulas, run_in_lua_where_one_may_change_a_parameter)
{
    play p;
    three(&p, "param 'rate' { value = 2 }\n"
              "metric 'odd' { formula = function(m, p) p.rate = 5 return m.a end }\n"
              "metric 'last' { formula = function(m, p) return m.odd * p.rate end }");
    expect_metric(&p, "last", "5.000000 10.000000 15.000000", "all formulas see the same p");
    play_close(&p);
}

Test(formulas, must_return_a_number)
{
    play p;
    three(&p, "metric 'last' { formula = function(m, p, s) return s.id end }");
    cr_expect(strstr(play_card(&p, "M1")->failed, "the formula returned a string, not a number"),
              "%s", play_card(&p, "M1")->failed);
    play_close(&p);
}
