/* What templates write numbers, dates and texts with: rounding, separators, signs, absence. */
#include "document_kit.h"

/* The title of a document made of one expression; "! message" when it is refused. */
static const char *evaluate(kit *k, const char *expression)
{
    static char text[KH_ERROR_TEXT];
    char error[KH_ERROR_TEXT];
    kit_write(k, "templates/one.lua",
              kh_arena_printf(&k->arena,
                              "return { of = \"subject\", make = function(card, run)\n"
                              "return { title = %s } end }",
                              expression));
    kh_template *template = kit_template(k, "one", error);
    cr_assert(template, "%s: %s", expression, error);
    const kh_document *document = kit_render(k, template, 0, error);
    const char *place = strstr(error, "one.lua:2: ");
    snprintf(text, sizeof text, "%s%s", document ? "" : "! ",
             document ? document->title
             : place  ? place + strlen("one.lua:2: ")
                      : error);
    kh_template_free(template);
    return text;
}

static const struct {
    const char *expression, *text, *why;
} cases[] = {
    {"money(1234.5)", "1,234.50", "two decimals, separators"},
    {"money(2.675)", "2.68", "half away from zero"},
    {"money(-2.675)", "−2.68", "also below zero, with a true minus sign"},
    {"money(-0.004)", "0.00", "there is no minus zero"},
    {"money(999999999999.995)", "1,000,000,000,000.00", "a carry through twelve digits"},
    {"money(1234567, 0)", "1,234,567", "other decimals"},
    {"money(nil)", "—", "absent is a dash, not zero"},
    {"money(0)", "0.00", "zero is not absent"},
    {"number(1234.50)", "1,234.50", "its own decimals"},
    {"number(0.125, 2)", "0.13", "or as many as asked for"},
    {"number(100 / 3, 1)", "33.3", "also of a quotient"},
    {"number(7)", "7", "a whole number"},
    {"number(nil, 2)", "—", "absent"},
    {"signed(11800)", "+11,800.00", "a plus sign"},
    {"signed(-1600)", "−1,600.00", "a minus sign"},
    {"signed(0)", "0.00", "none for zero"},
    {"signed(0.004)", "0.00", "nor for what is shown as zero"},
    {"signed(-0.004)", "0.00", "on either side"},
    {"signed(nil)", "—", "absent"},
    {"wan(391633.33)", "39.16", "in ten thousands"},
    {"wan(150, 4)", "0.0150", "with other decimals"},
    {"wan(49.9999)", "0.00", "rounded once, after the division"},
    {"wan(50)", "0.01", "a tie goes away from zero"},
    {"wan(nil)", "—", "absent has no unit either"},
    {"percent(0.9)", "90.00%", "a ratio"},
    {"percent(0.06249, 1)", "6.2%", "one decimal"},
    {"percent(-0.0005, 1)", "−0.1%", "negative, a tie"},
    {"percent(nil)", "—", "absent, without a sign"},
    {"date_cn(\"2009-03-31\")", "2009年3月31日", "a date"},
    {"date_cn(\"20090401\")", "2009年4月1日", "in any form that the data may have"},
    {"date_cn(nil)", "—", "absent"},
    {"period_cn(\"2008Q4\")", "2008年第四季度", "a period"},
    {"dash(\"甲\")", "甲", "a text stays"},
    {"dash(\"\")", "—", "an empty one is absent"},
    {"dash(nil)", "—", "nil is absent"},
    {"dash(1.50)", "1.50", "a number in plain digits"},
    {"cut(\"城东分行营业部\", 4)", "城东分…", "cut by characters"},
    {"cut(\"城东分行\", 4)", "城东分行", "not when it fits"},
    {"cut(\"𠮷𬭸马䶮\", 3)", "𠮷𬭸…", "also beyond the BMP"},
    {"fill(\"{a} × {b:2} = {a:wan}\", { a = 12345.6, b = dec(\"0.5\") })", "12,345.6 × 0.50 = 1.23",
     "values by name"},
    {"fill(\"{x} {y:percent}\", { x = \"甲\" }, { y = 0.5 })", "甲 50.00%", "from several tables"},
    {"fill(\"日均 {adb}\", card.m)", "日均 —", "a known name without a value"},
    {"fill(\"\", {}) .. fill(\"没有\", {})", "没有", "without names"},

    {"money(\"12\")", "! money: a number is needed, not a text", "texts are not calculated with"},
    {"money(1, 99)", "! money: decimals are a whole number from 0 to 30", "decimals out of range"},
    {"number(1, 0.5)", "! number: decimals are a whole number from 0 to 30", "half a decimal"},
    {"percent({})", "! percent: a number is needed, not a table", "a table"},
    {"date_cn(\"2009-02-30\")", "! date_cn: '2009-02-30' is not a date", "no such day"},
    {"cut(\"甲\", 0)", "! cut: how many characters? a whole number from 1", "cut to nothing"},
    {"dash({})", "! dash: a text or a number is needed, not a table", "no text at all"},
    {"fill(\"{nobody}\", card.m)", "! fill: there is no value 'nobody' for {nobody}",
     "a misspelt name is never a dash"},
    {"fill(\"{a:3x}\", { a = 1 })", "! fill: {a:3x} is not known; it can be 0 to 9, wan or percent",
     "a format that is none"},
    {"fill(\"{a\", { a = 1 })", "! fill: '{' needs a name and '}', like {corp_adb}", "no end"},
    {"fill(\"{a}\", { a = {} })", "! fill: {a} is a table, not a number or a text", "no value"},
};

Test(document_helpers, write_numbers_dates_and_texts)
{
    kit k;
    kit_open(&k);
    kit_people(&k, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = evaluate(&k, cases[i].expression);
        bool same = cases[i].text[0] == '!' ? !strncmp(got, cases[i].text, strlen(cases[i].text))
                                            : !strcmp(got, cases[i].text);
        cr_expect(same, "%s: %s gives '%s', not '%s'", cases[i].why, cases[i].expression, got,
                  cases[i].text);
    }
    kit_close(&k);
}

/* ---- widths --------------------------------------------------------------------------------- */

Test(document_show, estimates_widths_by_kinds_of_characters)
{
    cr_expect_float_eq(kh_show_width("对公存款", 10, false), 40, 0.01, "full width is the size");
    cr_expect_float_eq(kh_show_width("1234", 10, false), 22.4, 0.01, "digits are 0.56 of it");
    cr_expect_float_eq(kh_show_width("", 10, false), 0, 0.01);
    cr_expect_float_eq(kh_show_width("11级", 10, false), 11.2 + 2.5 + 10, 0.01,
                       "a quarter em stands between digits and Chinese");
    cr_expect(kh_show_width("39.16", 10, true) > kh_show_width("39.16", 10, false),
              "bold digits are wider");
}

Test(document_show, cuts_and_wraps_texts_to_their_room)
{
    static const char *const texts[] = {"", "甲", "一般贷款", "1,234,567,890.12", "城东分行营业部(筹)",
                                        "𠮷𬭸Ab9"};
    kh_arena arena = {0};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (float width = 0; width < 120; width += 3.7f) {
            const char *fit = kh_show_fit(&arena, texts[i], 9, false, width);
            cr_expect(kh_show_width(fit, 9, false) <= width + 0.01f, "'%s' in %g", fit,
                      (double)width);
            cr_expect_eq(kh_utf8_check(fit, strlen(fit)), strlen(fit), "whole characters");
            const char *lines[3];
            uint32_t n = kh_show_wrap(&arena, texts[i], 9, false, width, 3, lines);
            cr_expect(n <= 3);
            for (uint32_t line = 0; line < n; line++) {
                cr_expect(kh_show_width(lines[line], 9, false) <= width + 0.01f, "'%s' in %g",
                          lines[line], (double)width);
            }
        }
    }
    const char *lines[2];
    cr_expect_eq(kh_show_wrap(&arena, "一般贷款", 9, false, 30, 2, lines), 2);
    cr_expect_str_eq(lines[0], "一般", "two lines of one length, not three and one");
    cr_expect_str_eq(lines[1], "贷款");
    kh_arena_fini(&arena);
}
