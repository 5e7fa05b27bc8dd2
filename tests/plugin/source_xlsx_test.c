/* The XLSX source: types of cells, dates of both epochs, titles over rows, and files that mean harm. */
#include "plugin/source_kit.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

TestSuite(xlsx, .init = kit_enter, .fini = kit_leave);

#define HEAD      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
#define RELATIONS "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

typedef struct book {
    const char *sheet;   /* rows of 台账 */
    const char *shared;  /* <si> elements */
    const char *formats; /* <numFmts>, <cellXfs> */
    const char *book;    /* before <sheets> */
    const char *prolog;  /* of the sheet's part */
} book;

static void add_part(zip_t *zip, const char *name, const char *text)
{
    zip_source_t *source = zip_source_buffer(zip, strdup(text), strlen(text), 1);
    if (!source || zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) < 0) abort();
}

/* A workbook of two sheets, 说明 and 台账, as Excel lays it out. */
static void write_book(const char *path, const book *b)
{
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    if (!zip) abort();
    char *text;
    add_part(zip, "_rels/.rels",
             HEAD "<Relationships><Relationship Id=\"rId1\" Type=\"" RELATIONS
                  "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
    add_part(zip, "xl/_rels/workbook.xml.rels",
             HEAD "<Relationships><Relationship Id=\"rId1\" Type=\"" RELATIONS
                  "worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" "
                  "Type=\"" RELATIONS
                  "worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/><Relationship Id=\"rId3\" "
                  "Type=\"" RELATIONS
                  "sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"rId4\" "
                  "Type=\"" RELATIONS "styles\" Target=\"styles.xml\"/></Relationships>");
    if (asprintf(&text,
                 HEAD "<workbook xmlns:r=\"r\">%s<sheets><sheet name=\"说明\" sheetId=\"1\" "
                      "r:id=\"rId1\"/><sheet name=\"台账\" sheetId=\"2\" "
                      "r:id=\"rId2\"/></sheets></workbook>",
                 b->book ? b->book : "") < 0) {
        abort();
    }
    add_part(zip, "xl/workbook.xml", text);
    free(text);
    if (asprintf(&text, HEAD "<sst>%s</sst>", b->shared ? b->shared : "") < 0) abort();
    add_part(zip, "xl/sharedStrings.xml", text);
    free(text);
    if (asprintf(&text, HEAD "<styleSheet>%s</styleSheet>", b->formats ? b->formats : "") < 0) {
        abort();
    }
    add_part(zip, "xl/styles.xml", text);
    free(text);
    add_part(zip, "xl/worksheets/sheet1.xml",
             HEAD "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>说明"
                  "</t></is></c></row></sheetData></worksheet>");
    if (asprintf(&text, "%s<worksheet><sheetData>%s</sheetData></worksheet>",
                 b->prolog ? b->prolog : HEAD, b->sheet) < 0) {
        abort();
    }
    add_part(zip, "xl/worksheets/sheet2.xml", text);
    free(text);
    if (zip_close(zip) != 0) abort();
}

#define TEXT(place, text)   "<c r=\"" place "\" t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define NUMBER(place, text) "<c r=\"" place "\"><v>" text "</v></c>"
#define ROW(number, cells)  "<row r=\"" #number "\">" cells "</row>"
#define BOOK(...)           write_book("a.xlsx", &(book){__VA_ARGS__})
#define SHEET               OPTIONS("path", "a.xlsx", "sheet", "台账")

Test(xlsx, reads_every_kind_of_cell)
{
    BOOK(.sheet = ROW(1, TEXT("A1", "id") TEXT("B1", "name") TEXT("C1", "amount") TEXT("D1", "day")
                             TEXT("E1", "good")) ROW(2, "<c r=\"A2\"><v>10001</v></c>"
                                                        "<c r=\"B2\" t=\"s\"><v>1</v></c>"
                                                        "<c r=\"C2\"><v>1234.56</v></c>"
                                                        "<c r=\"D2\" s=\"1\"><v>39903</v></c>"
                                                        "<c r=\"E2\" t=\"b\"><v>1</v></c>")
             ROW(4, "<c r=\"A4\" t=\"str\"><f>B1&amp;1</f><v>M2</v></c>"
                    "<c r=\"C4\" t=\"s\"><v>2</v></c>"
                    "<c r=\"D4\" t=\"d\"><v>2009-03-31T00:00:00</v></c>"
                    "<c r=\"E4\" t=\"inlineStr\"><is><t>否</t></is></c>"),
         .shared =
             "<si><t>无</t></si><si><r><t>欧阳</t></r><r><t xml:space=\"preserve\">𬭸</t></r>"
             "<rPh sb=\"0\" eb=\"1\"><t>ouyang</t></rPh></si><si><t>-1,234,567.80</t></si>",
         .formats = "<numFmts><numFmt numFmtId=\"170\" formatCode=\"0.00&quot;days&quot;\"/>"
                    "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
                    "<cellXfs><xf numFmtId=\"170\"/><xf numFmtId=\"31\"/></cellXfs>");
    kit_expect(SHEET, "id:text name:text amount:decimal(2) day:date good:bool", KIT_ORIGIN,
               "2: 10001|欧阳𬭸|1234.56|2009-03-31|yes\n4: M2|-|-1234567.80|2009-03-31|no\n",
               "numbers, shared and inline texts, formulas, dates, truth");
    kit_expect(SHEET, "day:text", 0, "2009-03-31\n2009-03-31\n", "a date as text");
    char *described = kit_describe(OPTIONS("path", "a.xlsx"));
    cr_expect_str_eq(described, "说明; a.xlsx: sheet '说明', the first");
    free(described);
}

Test(xlsx, numbers_are_those_that_excel_shows)
{
    static const struct {
        const char *written, *wanted, *why;
    } cases[] = {
        {"0.1", "0.100000\n", "plain"},
        {"0.30000000000000004", "0.300000\n", "noise of a binary fraction"},
        {"1234567.8899999999", "1234567.890000\n", "noise below"},
        {"1.5E-3", "0.001500\n", "a small one"},
        {"1.2345E+5", "123450.000000\n", "a large one"},
        {"-9.9999999999999995E-1", "-1.000000\n", "nines round up to one"},
        {"0", "0.000000\n", "zero"},
        {"-0", "0.000000\n", "there is no minus zero"},
        {"1E+2", "100.000000\n", "zeros behind the digits"},
        {"123456789012345", "123456789012345.000000\n", "as long as Excel keeps"},
        {"1234567890123456",
         "! -2 a.xlsx:台账!A2: column 'x': '1234567890123460' has 16 digits, of "
         "which Excel keeps 15; store it as text",
         "longer"},
        {"0.0000001",
         "! -2 a.xlsx:台账!A2: column 'x': '0.0000001' has 7 decimals but the column "
         "keeps 6; declare it as decimal(7)",
         "more decimals than the column"},
        {"1.2.3", "! -2 a.xlsx:台账!A2: column 'x': '1.2.3' is no number", "two points"},
        {"1E", "! -2 a.xlsx:台账!A2: column 'x': '1E' is no number", "no exponent"},
        {"1E999999", "! -2 a.xlsx:台账!A2: column 'x': '1E999999' is no number",
         "an exponent too far"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *rows;
        if (asprintf(&rows, ROW(1, TEXT("A1", "x")) "<row r=\"2\"><c r=\"A2\"><v>%s</v></c></row>",
                     cases[i].written) < 0) {
            abort();
        }
        BOOK(.sheet = rows);
        free(rows);
        kit_expect(SHEET, "x:decimal(6)", 0, cases[i].wanted, cases[i].why);
    }
}

Test(xlsx, days_of_both_epochs)
{
    static const struct {
        const char *serial, *epoch, *wanted, *why;
    } cases[] = {
        {"1", "0", "1900-01-01\n", "the first day"},
        {"59", "0", "1900-02-28\n", "before the day that never was"},
        {"60", "0", "! -2 a.xlsx:台账!A2: column 'x': '60' is no day that Excel knows",
         "1900-02-29 never was"},
        {"61", "0", "1900-03-01\n", "behind it"},
        {"39903", "0", "2009-03-31\n", "a day of ours"},
        {"2958465", "0", "9999-12-31\n", "the last day"},
        {"0", "0", "! -2 a.xlsx:台账!A2: column 'x': '0' is no day that Excel knows",
         "a time only"},
        {"39903.5", "0",
         "! -2 a.xlsx:台账!A2: column 'x': it has a time of day; format it as a day, or cut the "
         "time with INT()",
         "a time of day"},
        {"20090331", "0", "2009-03-31\n", "a number that reads as a date"},
        {"0", "1", "1904-01-01\n", "the first day of the other epoch"},
        {"38441", "1", "2009-03-31\n", "the same day of ours"},
        {"60", "true", "1904-03-01\n", "1904 had a 29 February"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char rows[256], epoch[64];
        snprintf(rows, sizeof rows,
                 ROW(1, TEXT("A1", "x")) "<row r=\"2\"><c r=\"A2\"><v>%s</v></c></row>",
                 cases[i].serial);
        snprintf(epoch, sizeof epoch, "<workbookPr date1904=\"%s\"/>", cases[i].epoch);
        BOOK(.sheet = rows, .book = epoch);
        kit_expect(SHEET, "x:date", 0, cases[i].wanted, cases[i].why);
    }
}

Test(xlsx, formats_that_show_a_date)
{
    static const struct {
        const char *code;
        bool date;
    } cases[] = {
        {"yyyy\\-mm\\-dd", true},
        {"[$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@", true},
        {"[Red]0.00", false},
        {"0.00_);[Red]\\(0.00\\)", false},
        {"&quot;days: &quot;0", false},
        {"#,##0\\d", false},
        {"h:mm", true},
        {"0;yyyy", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char formats[400];
        snprintf(formats, sizeof formats,
                 "<numFmts><numFmt numFmtId=\"200\" formatCode=\"%s\"/></numFmts>"
                 "<cellXfs><xf numFmtId=\"200\"/></cellXfs>",
                 cases[i].code);
        BOOK(.sheet = ROW(1, TEXT("A1", "x")) ROW(2, NUMBER("A2", "39903")), .formats = formats);
        kit_expect(SHEET, "x:text", 0, cases[i].date ? "2009-03-31\n" : "39903\n", cases[i].code);
    }
}

Test(xlsx, titles_over_several_rows)
{
    BOOK(.sheet = ROW(1, TEXT("A1", "城东分行贷款台账"))
             ROW(3, TEXT("A3", "工号") TEXT("B3", "贷款") TEXT("D3", "日期"))
                 ROW(4, TEXT("B4", "余\n额 ") TEXT("C4", "利率"))
                     ROW(5, TEXT("A5", "M1") NUMBER("B5", "100") NUMBER("C5", "5.31")
                                NUMBER("D5", "39903")));
    const char *const options[] = {"path", "a.xlsx", "sheet", "台账",    "skip",
                                   "1",    "header", "2",     "columns", "id=工号 rate=贷款/利率",
                                   NULL};
    kit_expect(options, "id:text 贷款/余额:int rate:decimal(2) 日期:date", KIT_ORIGIN,
               "5: M1|100|5.31|2009-03-31\n", "two rows of titles below a headline");
}

Test(xlsx, says_what_is_wrong_and_where)
{
    BOOK(.sheet = ROW(1, TEXT("A1", "id") TEXT("B1", "amount"))
             ROW(2, TEXT("A2", "M1") "<c r=\"B2\" t=\"e\"><v>#N/A</v></c>"));
    kit_expect(
        SHEET, "amount:decimal(2)", 0,
        "! -2 a.xlsx:台账!B2: column 'amount': it holds the error #N/A; mend its formula, or "
        "say null = \"#N/A\"",
        "an error value");
    kit_expect(OPTIONS("path", "a.xlsx", "sheet", "台账", "null", "#N/A"), "amount:decimal(2)", 0,
               "-\n", "which may mean missing");
    kit_expect(SHEET, "id:decimal(2)", 0,
               "! -2 a.xlsx:台账!A2: column 'id': 'M1' is not a number; write it like -1234.56",
               "a text where a number is due");
    kit_expect(SHEET, "none:text", 0,
               "! -2 a.xlsx: sheet '台账' has no column 'none'; there are: id, amount",
               "a column that is not there");
    kit_expect(OPTIONS("path", "a.xlsx", "sheet", "台帐"), "id:text", 0,
               "! -1 a.xlsx: there is no sheet '台帐'; there are: 说明, 台账",
               "a sheet that is not");
    kit_expect(OPTIONS("path", "none.xlsx"), "id:text", 0, "! -1 none.xlsx: there is no such file",
               "no file");
    BOOK(.sheet = ROW(1, TEXT("A1", "id") TEXT("B1", "id")));
    kit_expect(SHEET, "id:text", 0,
               "! -2 a.xlsx: sheet '台账' has two columns 'id', A1 and B1; rename one",
               "a title twice");
    BOOK(.sheet = ROW(1, TEXT("A1", "x")) ROW(2, "<c r=\"A2\"><f>1+1</f></c>"));
    kit_expect(SHEET, "x:int", 0,
               "! -2 a.xlsx:台账!A2: column 'x': it holds a formula without a value; open the file "
               "in Excel and save it",
               "a formula that was never computed");
    BOOK(.sheet = ROW(1, TEXT("A1", "x")) ROW(2, "<c r=\"A2\" t=\"b\"><v>1</v></c>"));
    kit_expect(SHEET, "x:decimal(0)", 0,
               "! -2 a.xlsx:台账!A2: column 'x': it holds TRUE, not what the column is",
               "a truth where a number is due");
    BOOK(.sheet = "");
    kit_expect(SHEET, "x:int", 0,
               "! -2 a.xlsx: sheet '台账' is empty; it needs a row of column titles", "no rows");
}

Test(xlsx, files_that_are_broken_or_mean_harm)
{
    kit_text("a.xlsx", "not a zip file");
    kit_expect(SHEET, "x:int", 0, "! -2 a.xlsx: it is no .xlsx file", "a text");
    kit_write("a.xlsx", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest", 12);
    kit_expect(
        SHEET, "x:int", 0,
        "! -2 a.xlsx: it is an old .xls file or has a password; save it as .xlsx without one",
        "the format of 1997");
    BOOK(.sheet = ROW(1, TEXT("A1", "x")) "<row r=\"2\"><c");
    kit_expect(SHEET, "x:int", 0,
               "! -2 a.xlsx: its part 'xl/worksheets/sheet2.xml' is broken on line 1: not "
               "well-formed (invalid token)",
               "XML that ends early");
    BOOK(.sheet = ROW(1, TEXT("A1", "&lol;")),
         .prolog = "<!DOCTYPE x [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]>");
    kit_expect(
        SHEET, "x:int", 0,
        "! -2 a.xlsx: 'xl/worksheets/sheet2.xml' declares a document type, which no workbook "
        "does",
        "entities that grow");
    BOOK(.sheet = ROW(1, TEXT("A1", "x")) ROW(2, "<c r=\"A2\" t=\"s\"><v>7</v></c>"));
    kit_expect(
        SHEET, "x:text", 0,
        "! -2 a.xlsx: sheet '台账', row 2: a cell names a text that the workbook does not have",
        "a shared text that is not there");
    BOOK(.sheet = ROW(2, TEXT("A2", "x")) ROW(1, NUMBER("A1", "1")));
    kit_expect(SHEET, "x:int", 0, "! -2 a.xlsx: sheet '台账', row 1: rows are not in order",
               "rows out of order");
    BOOK(.sheet = ROW(1, TEXT("B1", "x") TEXT("A1", "y")));
    kit_expect(SHEET, "x:int", 0, "! -2 a.xlsx: sheet '台账', row 1: its cells are not in order",
               "cells out of order");
    BOOK(.sheet = ROW(1, TEXT("ZZZZ1", "x")));
    kit_expect(SHEET, "x:int", 0,
               "! -2 a.xlsx: sheet '台账', row 1: a cell has no proper reference", "beyond XFD");
    size_t size = 3 << 20;
    char *blanks = malloc(size + 1);
    memset(blanks, ' ', size);
    blanks[size] = '\0';
    BOOK(.sheet = blanks);
    free(blanks);
    kit_expect(OPTIONS("path", "a.xlsx", "sheet", "台账", "max_size", "2"), "x:int", 0,
               "! -7 a.xlsx: its part 'xl/worksheets/sheet2.xml' unpacks to more than 2 MB; if it "
               "should, raise max_size",
               "a zip bomb");
}

/* Many rows come in several batches, and read the same again. */
Test(xlsx, streams_rows)
{
    enum { ROWS = 10000 };
    size_t room = (size_t)ROWS * 80 + 100;
    char *rows = malloc(room), *wanted = malloc((size_t)ROWS * 16 + 1);
    size_t n = (size_t)snprintf(rows, room, "%s", ROW(1, TEXT("A1", "x"))), w = 0;
    for (int i = 0; i < ROWS; i++) {
        n += (size_t)snprintf(rows + n, room - n,
                              "<row r=\"%d\"><c r=\"A%d\"><v>%d.5</v></c></row>", i + 2, i + 2, i);
        w += (size_t)snprintf(wanted + w, 16, "%d.5\n", i);
    }
    BOOK(.sheet = rows);
    kit k;
    kit_open(&k, SHEET);
    for (int again = 0; again < 2; again++) {
        char *got = kit_rows(&k, "x:decimal(1)", 0, 0, 1);
        cr_expect(!strcmp(got, wanted), "reading %d", again + 1);
        free(got);
    }
    kit_close(&k);
    free(rows);
    free(wanted);
}
