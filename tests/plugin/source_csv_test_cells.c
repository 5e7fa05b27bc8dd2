/* The CSV source, cell by cell: every form that is read and every refusal with its words. */
#include "plugin/source_kit.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(csv_cells, .init = kit_enter, .fini = kit_leave);

typedef struct cell_case {
    const char *cell, *wanted, *why;
} cell_case;

/* Each cell twice: as it is, and in quotes. A refusal is "! ..." without file and column name. */
static void expect_cells(const char *type, const cell_case *cases, size_t count,
                         const char *const *options)
{
    for (size_t i = 0; i < count * 2; i++) {
        const cell_case *c = &cases[i / 2];
        bool quoted = i % 2;
        char text[512], field[64], wanted[640];
        snprintf(text, sizeof text, quoted ? "k;x\n1;\"%s\"\n" : "k;x\n1;%s\n", c->cell);
        kit_text("a.csv", text);
        snprintf(field, sizeof field, "x:%s", type);
        if (c->wanted[0] == '!') {
            snprintf(wanted, sizeof wanted, "! %d a.csv:2:%d: column 'x': %s",
                     strstr(c->wanted, "38 digits") || strstr(c->wanted, "largest") ? KH_ELIMIT
                                                                                    : KH_EDATA,
                     quoted ? 4 : 3, c->wanted + 2);
        } else {
            snprintf(wanted, sizeof wanted, "%s\n", c->wanted);
        }
        kit_expect(options, field, 0, wanted, c->why);
    }
}

#define EXPECT_CELLS(type, cases, ...)                                                             \
    expect_cells(type, cases, sizeof cases / sizeof *cases, OPTIONS("path", "a.csv", __VA_ARGS__))

static const cell_case amounts[] = {
    {"1234.56", "1234.56", "the plain form"},
    {"0", "0.00", "a whole number gets decimals"},
    {"7", "7.00", "one digit"},
    {"12345678", "12345678.00", "eight digits"},
    {"123456789", "123456789.00", "nine digits"},
    {"1234567.8", "1234567.80", "one decimal"},
    {"12345678.90", "12345678.90", "a point behind eight digits"},
    {"1234567890123.45", "1234567890123.45", "sixteen characters"},
    {"12345678901234.56", "12345678901234.56", "seventeen characters"},
    {"-1234567890123.45", "-1234567890123.45", "sixteen characters and a sign"},
    {"-0.05", "-0.05", "below zero"},
    {"-0.00", "0.00", "there is no minus zero"},
    {"+5", "5.00", "a plus sign"},
    {"00012.30", "12.30", "zeros in front"},
    {"1.50000", "1.50", "more decimals that are zero"},
    {"1.500000000000000000000000000", "1.50", "very many of them"},
    {".5", "0.50", "Oracle leaves out the zero before the point"},
    {"1,234.56", "1234.56", "grouped"},
    {"-12,345,678.90", "-12345678.90", "grouped twice"},
    {"999,999", "999999.00", "grouped without decimals"},
    {"123.45-", "-123.45", "SAP writes the sign behind"},
    {"1,234-", "-1234.00", "also when grouped"},
    {"(123.45)", "-123.45", "accountants write losses in brackets"},
    {"(1,234.00)", "-1234.00", "also when grouped"},
    {"¥1,234.56", "1234.56", "a currency sign"},
    {"￥12", "12.00", "the wide one"},
    {"-¥12", "-12.00", "the sign before it"},
    {"¥-12", "-12.00", "the sign behind it"},
    {"(¥12.50)", "-12.50", "in brackets"},
    {"999999999999999999999999999999999999.99", "999999999999999999999999999999999999.99",
     "38 digits"},
    {"-999999999999999999999999999999999999.99", "-999999999999999999999999999999999999.99",
     "38 digits below zero"},
    {"1000000000000000000000000000000000000",
     "! '1000000000000000000000000000000000000' with 2 decimals is longer than 38 digits; shorten "
     "it",
     "39 digits with the decimals"},
    {"12,34.5",
     "! '12,34.5' is not an amount; a comma stands before each group of three digits, as in "
     "1,234.56",
     "a group of two"},
    {"1,2345",
     "! '1,2345' is not an amount; a comma stands before each group of three digits, as in "
     "1,234.56",
     "a group of four"},
    {"1234,567",
     "! '1234,567' is not an amount; a comma stands before each group of three digits, as in "
     "1,234.56",
     "four digits before a group"},
    {",123",
     "! ',123' is not an amount; a comma stands before each group of three digits, as in 1,234.56",
     "nothing before a group"},
    {"1,234,",
     "! '1,234,' is not an amount; a comma stands before each group of three digits, as in "
     "1,234.56",
     "an empty group"},
    {"1.234,56",
     "! '1.234,56' is not an amount; a comma stands before each group of three digits, as in "
     "1,234.56",
     "the European form would be another number"},
    {"12%", "! '12%' is not an amount; remove the percent sign: a rate is the number before it",
     "is it 12 or 0.12?"},
    {"12％", "! '12％' is not an amount; remove the percent sign: a rate is the number before it",
     "the wide sign"},
    {"1.2E+05",
     "! '1.2E+05' is not an amount; export it without exponent, as a number with all its digits",
     "Excel has dropped digits"},
    {"1e3", "! '1e3' is not an amount; export it without exponent, as a number with all its digits",
     "a small exponent"},
    {"１２３", "! '１２３' is not an amount; write it with half-width digits", "full-width digits"},
    {"12３", "! '12３' is not an amount; write it with half-width digits", "one of them"},
    {"1.234", "! '1.234' has 3 decimals but the column keeps 2; declare it as decimal(3)",
     "a lost decimal is a wrong cent"},
    {"0.00100", "! '0.00100' has 3 decimals but the column keeps 2; declare it as decimal(3)",
     "zeros at the end do not count"},
    {"1.2345678901",
     "! '1.2345678901' has 10 decimals but the column keeps 2; declare it as decimal(10)", "many"},
    {"abc", "! 'abc' is not an amount; write it like 1234.56", "a word"},
    {"-", "! '-' is not an amount; write it like 1234.56", "a dash is not zero"},
    {".", "! '.' is not an amount; write it like 1234.56", "a point"},
    {"5.", "! '5.' is not an amount; write it like 1234.56", "nothing behind the point"},
    {"1.2.3", "! '1.2.3' is not an amount; write it like 1234.56", "two points"},
    {"--5", "! '--5' is not an amount; write it like 1234.56", "two signs"},
    {"-5-", "! '-5-' is not an amount; write it like 1234.56", "a sign at both ends"},
    {"(-5)", "! '(-5)' is not an amount; write it like 1234.56", "brackets and a sign"},
    {"(5", "! '(5' is not an amount; write it like 1234.56", "one bracket"},
    {"()", "! '()' is not an amount; write it like 1234.56", "brackets alone"},
    {"¥", "! '¥' is not an amount; write it like 1234.56", "a currency sign alone"},
    {"1 234", "! '1 234' is not an amount; write it like 1234.56", "a space within"},
    {"1234567x", "! '1234567x' is not an amount; write it like 1234.56", "a letter behind digits"},
    {"12345678/", "! '12345678/' is not an amount; write it like 1234.56", "next to the digits"},
    {"1:", "! '1:' is not an amount; write it like 1234.56", "next to the digits, above"},
    {"0x10", "! '0x10' is not an amount; write it like 1234.56", "a hexadecimal number"},
    {"12元", "! '12元' is not an amount; write it like 1234.56", "a unit"},
};

Test(csv_cells, reads_amounts_exactly_or_says_why_not)
{
    EXPECT_CELLS("decimal(2)", amounts, "delimiter", ";");
}

static const cell_case plain_amounts[] = {
    {"1234.5", "1234.5000", "without commas all is as before"},
    {"-.25", "-0.2500", "a short one"},
    {"1,234.5", "! '1,234.5' is not an amount; write it without commas, or set thousands to \",\"",
     "a comma"},
};

Test(csv_cells, refuses_commas_where_none_are_declared)
{
    EXPECT_CELLS("decimal(4)", plain_amounts, "delimiter", ";", "thousands", "none");
}

Test(csv_cells, keeps_the_scale_that_is_asked_for)
{
    static const struct {
        const char *type, *cell, *wanted;
    } cases[] = {
        {"decimal(0)", "12.00", "12\n"},
        {"decimal(1)", "-3.1", "-3.1\n"},
        {"decimal(6)", "3.250000", "3.250000\n"},
        {"decimal(10)", "0.0123456789", "0.0123456789\n"},
        {"decimal(11)", "1.5", "1.50000000000\n"},
        {"decimal(37)", "-1.5", "-1.5000000000000000000000000000000000000\n"},
        {"decimal(37)", "9.9999999999999999999999999999999999999",
         "9.9999999999999999999999999999999999999\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[128], field[64];
        snprintf(text, sizeof text, "x\n%s\n", cases[i].cell);
        snprintf(field, sizeof field, "x:%s", cases[i].type);
        kit_text("a.csv", text);
        kit_expect(OPTIONS("path", "a.csv"), field, 0, cases[i].wanted, cases[i].type);
    }
    kit_text("a.csv", "x\n1\n");
    kit_expect(OPTIONS("path", "a.csv"), "x:decimal(38)", 0,
               "! -5 a.csv: column 'x': csv reads decimals of 0 to 37 places, no binary floating "
               "point; declare it as decimal(2)",
               "a scale beyond the format");
    kit_expect(OPTIONS("path", "a.csv"), "x:float", 0,
               "! -5 a.csv: column 'x': csv reads decimals of 0 to 37 places, no binary floating "
               "point; declare it as decimal(2)",
               "binary floating point");
}

static const cell_case integers[] = {
    {"0", "0", "zero"},
    {"-42", "-42", "below zero"},
    {"1,234,567", "1234567", "grouped"},
    {"12.00", "12", "decimals that are zero"},
    {"9223372036854775807", "9223372036854775807", "the largest"},
    {"-9223372036854775808", "-9223372036854775808", "the smallest"},
    {"9223372036854775808",
     "! '9223372036854775808' is beyond the largest whole number; declare the column as text",
     "one more"},
    {"99999999999999999999999999999999999999999",
     "! '99999999999999999999999999999999999999999' is beyond the largest whole number; declare "
     "the column as text",
     "beyond 38 digits"},
    {"12.5", "! '12.5' is not a whole number; declare the column as decimal(1)", "half a unit"},
    {"x", "! 'x' is not a whole number; write it like 1234.56", "a letter"},
};

Test(csv_cells, reads_whole_numbers)
{
    EXPECT_CELLS("int", integers, "delimiter", ";");
}

static const cell_case dates[] = {
    {"2025-07-01", "2025-07-01", "ISO 8601"},
    {"2025/07/01", "2025-07-01", "slashes"},
    {"2025/7/1", "2025-07-01", "Excel leaves out zeros"},
    {"2025.7.1", "2025-07-01", "points"},
    {"2025年7月1日", "2025-07-01", "Chinese"},
    {"20250701", "2025-07-01", "core systems"},
    {"250701", "2025-07-01", "six digits"},
    {"930101", "1993-01-01", "six digits of the last century"},
    {"700101", "1970-01-01", "where it begins"},
    {"691231", "2069-12-31", "the day before"},
    {"2025-07-01 00:00:00", "2025-07-01", "a time behind is dropped"},
    {"2025-07-01T23:59:59.999+08:00", "2025-07-01", "in ISO 8601"},
    {"2025/7/1 9:30", "2025-07-01", "without seconds"},
    {"250701 00:00:00", "2025-07-01", "behind six digits"},
    {"20250701 12:00:00Z", "2025-07-01", "with a zone"},
    {"2024-02-29", "2024-02-29", "a leap day"},
    {"2000-02-29", "2000-02-29", "a leap day at a century"},
    {"1969-12-31", "1969-12-31", "before 1970"},
    {"0001-01-01", "0001-01-01", "the first day"},
    {"9999-12-31", "9999-12-31", "no end"},
    {"2025-02-29", "! '2025-02-29' is a day that does not exist; correct it", "no leap year"},
    {"1900-02-29", "! '1900-02-29' is a day that does not exist; correct it", "no leap century"},
    {"2025-13-01", "! '2025-13-01' is a day that does not exist; correct it", "month 13"},
    {"2025-00-10", "! '2025-00-10' is a day that does not exist; correct it", "month 0"},
    {"2025-04-31", "! '2025-04-31' is a day that does not exist; correct it", "31 April"},
    {"0000-01-01", "! '0000-01-01' is a day that does not exist; correct it", "year 0"},
    {"00000000", "! '00000000' is a day that does not exist; correct it", "zeros for nothing"},
    {"2025-07/01", "! '2025-07/01' is not a date; write it like 2025-07-01", "mixed marks"},
    {"2025-7", "! '2025-7' is not a date; write it like 2025-07-01", "no day"},
    {"01/07/2025", "! '01/07/2025' is not a date; write it like 2025-07-01", "day or month first?"},
    {"1-Jul-25", "! '1-Jul-25' is not a date; write it like 2025-07-01", "English"},
    {"45839", "! '45839' is not a date; write it like 2025-07-01", "Excel's day number"},
    {"2025-07-01x", "! '2025-07-01x' is not a date; write it like 2025-07-01", "a letter behind"},
    {"2025-07-01 ", "2025-07-01", "a space behind"},
    {"2025-07-01 noon", "! '2025-07-01 noon' is not a date; write it like 2025-07-01", "no time"},
    {"2025-07-01 1:2", "! '2025-07-01 1:2' is not a date; write it like 2025-07-01", "half a time"},
    {"202507011", "! '202507011' is not a date; write it like 2025-07-01", "nine digits"},
    {"2025年7月1", "! '2025年7月1' is not a date; write it like 2025-07-01", "without 日"},
    {"today", "! 'today' is not a date; write it like 2025-07-01", "a word"},
};

Test(csv_cells, reads_dates_of_every_system)
{
    /* a space behind is only dropped outside quotes */
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        bool space = dates[i].cell[strlen(dates[i].cell) - 1] == ' ';
        if (!space) {
            expect_cells("date", &dates[i], 1, OPTIONS("path", "a.csv", "delimiter", ";"));
        }
    }
    kit_text("a.csv", "x\n 2025-07-01 \n\" 2025-07-01\"\n");
    kit_expect(OPTIONS("path", "a.csv"), "x:date", 0,
               "! -2 a.csv:3:2: column 'x': ' 2025-07-01' is not a date; write it like 2025-07-01",
               "spaces within quotes belong to the cell");
}

static const cell_case booleans[] = {
    {"1", "yes", "number"},
    {"0", "no", "number"},
    {"true", "yes", "word"},
    {"FALSE", "no", "Excel"},
    {"是", "yes", "Chinese"},
    {"否", "no", "Chinese"},
    {"Y", "yes", "letter"},
    {"n", "no", "letter"},
    {"2", "! '2' is neither yes nor no; write 1 or 0, 是 or 否, Y or N", "no truth value"},
    {"yes", "! 'yes' is neither yes nor no; write 1 or 0, 是 or 否, Y or N", "not in the list"},
    {"t", "! 't' is neither yes nor no; write 1 or 0, 是 or 否, Y or N", "half a word"},
};

Test(csv_cells, reads_truth_values)
{
    EXPECT_CELLS("bool", booleans, "delimiter", ";");
}

static const cell_case texts[] = {
    {"abc", "abc", "a word"},
    {"0123", "0123", "zeros in front of a number stay"},
    {"对公一般", "对公一般", "12 bytes"},
    {"12345678", "12345678", "8 bytes"},
    {"1234567890123456", "1234567890123456", "16 bytes"},
    {"12345678901234567", "12345678901234567", "17 bytes"},
    {"城东分行营业部对公客户经理一部", "城东分行营业部对公客户经理一部", "45 bytes"},
    {"𠮷𬬸", "𠮷𬬸", "beyond the basic plane"},
};

Test(csv_cells, reads_text)
{
    EXPECT_CELLS("text", texts, "delimiter", ";");
    EXPECT_CELLS("any", texts, "delimiter", ";");
}

Test(csv_cells, knows_texts_apart_that_begin_alike)
{
    kit_text("a.csv", "x\n1234567890123456\n12345678901234567\n123456789012345\n"
                      "1234567890123456A\n1234567890123456B\n12345678901234567\na\nab\na\n");
    kit_expect(OPTIONS("path", "a.csv"), "x:text", 0,
               "1234567890123456\n12345678901234567\n123456789012345\n1234567890123456A\n"
               "1234567890123456B\n12345678901234567\na\nab\na\n",
               "heads of 16 bytes");
}

Test(csv_cells, tells_missing_from_zero)
{
    kit_text("a.csv", "t,d,n,i,b\n,,,,\n\"\",\"\",\"\",\"\",\"\"\n  ,  ,  ,  ,  \n"
                      "NULL,NULL,NULL,NULL,NULL\nx,2009-01-01,0,0,0\n");
    kit_expect(OPTIONS("path", "a.csv", "null", "NULL"), "t:text d:date n:decimal(2) i:int b:bool",
               0, "-|-|-|-|-\n-|-|-|-|-\n-|-|-|-|-\n-|-|-|-|-\nx|2009-01-01|0.00|0|no\n",
               "empty, quoted empty, blank, the text for null");
    kit_expect(OPTIONS("path", "a.csv"), "t:text n:decimal(2)", 0,
               "! -2 a.csv:5:11: column 'n': 'NULL' is not an amount; write it like 1234.56",
               "without the option it is a text like any other");
}

Test(csv_cells, keeps_spaces_when_told)
{
    kit_text("a.csv", "x ,y\n a ,\" b \"\n");
    kit_expect(OPTIONS("path", "a.csv"), "x:text y:text", 0, "a| b \n", "trimmed");
    kit_expect(OPTIONS("path", "a.csv", "trim", "false"), "x:text y:text", 0,
               "! -2 a.csv: there is no column 'x'; its columns are: x , y", "headers too");
    kit_text("a.csv", "x,y\n a ,\" b \"\n");
    kit_expect(OPTIONS("path", "a.csv", "trim", "false"), "x:text y:text", 0, " a | b \n", "cells");
}

Test(csv_cells, quotes_what_was_written_in_one_short_line)
{
    kit_text("a.csv", "x,y\n1,\"12\n34\"\n");
    kit_expect(OPTIONS("path", "a.csv"), "y:int", 0,
               "! -2 a.csv:2:4: column 'y': '12 34' is not a whole number; write it like 1234.56",
               "a line break is shown as a space");
    kit_text(
        "a.csv",
        "x\n一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十\n");
    kit_expect(OPTIONS("path", "a.csv"), "x:date", 0,
               "! -2 a.csv:2:1: column 'x': "
               "'一二三四五六七八九十一二三四五六七八九十一二三四五六七八九…' is not a date; write "
               "it like 2025-07-01",
               "a long cell is cut at a character");
    kit_text("a.csv", "x\n\"1\"\"2\"\n");
    kit_expect(OPTIONS("path", "a.csv"), "x:int", 0,
               "! -2 a.csv:2:2: column 'x': '1\"\"2' is not a whole number; write it like 1234.56",
               "doubled quotes as they are in the file");
}

Test(csv_cells, names_the_first_bad_cell_of_the_file)
{
    kit_text("a.csv", "a,b,c\n1,1,1\n1,x,y\nz,1,1\n");
    kit_expect(OPTIONS("path", "a.csv"), "c:int b:int a:int", 0,
               "! -2 a.csv:3:3: column 'b': 'x' is not a whole number; write it like 1234.56",
               "in the order of the file, whatever the order of the query");
    kit_expect(OPTIONS("path", "a.csv"), "a:int c:text", 0,
               "! -2 a.csv:4:1: column 'a': 'z' is not a whole number; write it like 1234.56",
               "cells that nobody asked for are not judged");
    kit_text("a.csv", "a,b\n1,1\nx,1\n1\n");
    kit_expect(OPTIONS("path", "a.csv"), "a:int", 0,
               "! -2 a.csv:3:1: column 'a': 'x' is not a whole number; write it like 1234.56",
               "a bad cell before a broken row");
    kit_text("a.csv", "a,说明\n1,\"第一行\n第二行\"\n2,x\n余额,x\n");
    kit_expect(OPTIONS("path", "a.csv"), "a:int", 0,
               "! -2 a.csv:5:1: column 'a': '余额' is not a whole number; write it like 1234.56",
               "lines within quotes count");
    kit_text("a.csv", "说明,a\n\"第一行\n第二\"\"行\"\"\",十\n");
    kit_expect(OPTIONS("path", "a.csv"), "a:int", 0,
               "! -2 a.csv:3:10: column 'a': '十' is not a whole number; write it like 1234.56",
               "the place is that of the cell, in characters");
}
