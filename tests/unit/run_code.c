/* Verification codes: any other result is another code, and they survive being typed by hand. */
#include "run/code.h"

#include "base/decimal.h"

#include <criterion/criterion.h>
#include <string.h>

static const kh_subject subjects[] = {{"M0001", "张伟", "望江支行", NULL},
                                      {"M0002", "王芳", "湖滨支行", NULL}};
static const kh_column measures[] = {{"adb", "日均", "元", 2}};

/* Two people and all that a card can hold; made anew for each test. */
typedef struct fixture {
    kh_decimal measured[2];
    kh_item items[1];
    kh_step steps[1];
    kh_pay pays[1];
    kh_excluded excluded[1];
    kh_given given[1];
    const char *notes[1];
    kh_card cards[2];
    kh_results results;
} fixture;

static void set(fixture *f)
{
    *f = (fixture){.measured = {kh_dec_int(40000000), KH_ABSENT},
                   .items = {{.name = "corp", .title = "对公", .unit = "元", .rule = ""}},
                   .steps = {{"ladder", "C15", "达到 11级1档", KH_PASSED}},
                   .pays = {{"linked", "挂钩工资", kh_dec_int(4149), ""}},
                   .excluded = {{"adb", "L-0001", "7.2", kh_dec_int(100)}},
                   .given = {{0, "customers", "C00001", "第 1 位分入"}},
                   .notes = {"再增 2.84 万元"}};
    f->items[0].actual = f->items[0].points = kh_dec_of("170000.00");
    f->items[0].target = f->items[0].base = f->items[0].rate = f->items[0].weight = KH_ABSENT;
    for (int i = 0; i < 2; i++) {
        f->cards[i] = (kh_card){.subject = &subjects[i],
                                .measures = &f->measured[i],
                                .items = f->items,
                                .item_count = 1,
                                .steps = f->steps,
                                .step_count = 1,
                                .pays = f->pays,
                                .pay_count = 1,
                                .notes = f->notes,
                                .note_count = 1,
                                .excluded = f->excluded,
                                .excluded_count = 1,
                                .score = kh_dec_of("391633.33"),
                                .score_places = 2,
                                .rank = 1,
                                .grade = "11级1档"};
    }
    f->results = (kh_results){.scheme = "profit",
                              .period = {.name = "2009Q1"},
                              .measures = measures,
                              .measure_count = 1,
                              .cards = f->cards,
                              .card_count = 2,
                              .given = f->given,
                              .given_count = 1};
}

Test(run_code, same_results_same_code_and_every_change_another)
{
    fixture f;
    char first[3][KH_CODE_TEXT], other[3][KH_CODE_TEXT];
    set(&f);
    kh_codes_make(first, "key", &f.results, NULL);
    kh_codes_make(other, "key", &f.results, NULL);
    cr_expect_eq(memcmp(first, other, sizeof first), 0);
    cr_expect_eq(strlen(first[0]), 14);
    cr_expect(first[0][4] == '-' && first[0][9] == '-', "%s", first[0]);
    cr_expect_str_neq(first[0], first[1]);
    cr_expect_str_neq(first[1], first[2], "one card is not all of them");
    for (int change = 0; change < 19; change++) {
        set(&f);
        switch (change) {
        case 0: f.measured[0] = kh_dec_of("40000000.01"); break;
        case 1: f.measured[0] = KH_ABSENT; break;
        case 2: f.items[0].points = kh_dec_of("170000.01"); break;
        case 3: f.items[0].target = KH_ZERO; break;
        case 4: f.items[0].rule = "封顶"; break;
        case 5: f.items[0].reason = ""; break;
        case 6: f.steps[0].text = "达到 11级2档"; break;
        case 7: f.pays[0].amount = kh_dec_int(4150); break;
        case 8: f.notes[0] = ""; break;
        case 9: f.excluded[0].amount = kh_dec_int(101); break;
        case 10: f.cards[0].score = kh_dec_of("391633.34"); break;
        case 11: f.cards[0].rank = 2; break;
        case 12: f.cards[0].grade = NULL; break;
        case 13: f.cards[0].band = "合格"; break;
        case 14: f.cards[0].subject = &subjects[1]; break;
        case 15: f.cards[0].item_count = 0; break;
        case 16: f.cards[0].failed = "除数为零"; break;
        case 17: f.given[0].row = "C00002"; break;
        case 18: f.results.given_count = 0; break;
        }
        kh_codes_make(other, "key", &f.results, NULL);
        cr_expect_str_neq(other[0], first[0], "change %d keeps the code", change);
        cr_expect_str_neq(other[2], first[2], "change %d keeps the code of all", change);
        cr_expect_eq(memcmp(other[0], first[0], 4), 0, "the run is the same");
    }
    set(&f);
    kh_codes_make(other, "other data", &f.results, NULL);
    cr_expect_neq(memcmp(other[0], first[0], 4), 0, "other data, other run");
    f.results.period.name[5] = '2';
    kh_codes_make(other, "key", &f.results, NULL);
    cr_expect_neq(memcmp(other[0], first[0], 4), 0, "another period, another run");
}

Test(run_code, takes_codes_as_people_type_them)
{
    static const struct {
        const char *typed, *code, *why;
    } cases[] = {{"7KQ4-M2XW-90FD", "7KQ4-M2XW-90FD", "as printed"},
                 {"7kq4m2xw90fd", "7KQ4-M2XW-90FD", "small, without dashes"},
                 {" 7KQ4 M2XW 9OFD ", "7KQ4-M2XW-90FD", "spaces, O for 0"},
                 {"lI23-4567-89AB", "1123-4567-89AB", "l and I for 1"},
                 {"7KQ4-M2XW-90F", NULL, "too short"},
                 {"7KQ4-M2XW-90FDE", NULL, "too long"},
                 {"7KQ4-M2XW-90FU", NULL, "U is no letter"},
                 {"7KQ4-M2XW-90F张", NULL, "nor is a Chinese character"},
                 {"", NULL, "nothing"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char code[KH_CODE_TEXT] = "";
        bool ok = kh_code_read(code, cases[i].typed);
        cr_expect_eq(ok, cases[i].code != NULL, "%s", cases[i].why);
        if (ok) cr_expect_str_eq(code, cases[i].code, "%s: %s", cases[i].why, code);
    }
}
