/* Many people with random columns in a small project, for tests over whole populations. */
#ifndef KH_TESTS_STRATEGY_PEOPLE_H
#define KH_TESTS_STRATEGY_PEOPLE_H

#include "plugin/strategy_kit.h"

/* People M000 .. in a few groups, with the columns a .. e filled by @p fill. */
static inline void many(play *p, dice *d, uint32_t people, void (*fill)(kh_buf *, dice *, uint32_t))
{
    kh_buf staff = {0}, facts = {0};
    kh_buf_text(&facts, "manager_id,date,a,b,c,d,e\n");
    for (uint32_t i = 0; i < people; i++) {
        kh_buf_printf(&staff, "M%03u,甲,G%u\n", i, i % 7 * (i % 3));
        kh_buf_printf(&facts, "M%03u,2009-01-05,", i);
        fill(&facts, d, i);
    }
    play_open(p, staff.data, facts.data);
    kh_buf_fini(&staff);
    kh_buf_fini(&facts);
}

static inline kh_decimal value(const play *p, uint32_t person, const char *name)
{
    const kh_card *card = &p->results->cards[person];
    for (uint32_t m = 0; m < p->results->measure_count; m++) {
        if (!strcmp(p->results->measures[m].name, name)) return card->measures[m];
    }
    return play_value(p, card, name);
}

static inline const char *id_of(const play *p, uint32_t person)
{
    return p->results->cards[person].subject->id;
}

/* The two values agree in every digit, and are there. */
static inline void expect_same(const play *p, uint32_t person, const char *ours, const char *rules)
{
    kh_decimal a = value(p, person, ours), b = value(p, person, rules);
    char x[KH_DECIMAL_TEXT], y[KH_DECIMAL_TEXT];
    kh_dec_format(x, kh_dec_trim(a), KH_PLACES_OWN, false);
    kh_dec_format(y, kh_dec_trim(b), KH_PLACES_OWN, false);
    cr_expect_str_neq(x, "", "%s has no %s", id_of(p, person), ours);
    cr_expect_str_eq(x, y, "%s: %s is '%s', %s is '%s'", id_of(p, person), ours, x, rules, y);
}

static inline void expect_ok(const play *p)
{
    cr_assert_eq(p->kit.status, KH_OK, "%s %s", p->kit.err.text,
                 p->kit.diags.count ? p->kit.diags.items[0].text : "");
}

#endif
