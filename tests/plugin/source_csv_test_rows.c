/* The CSV source, row by row: quoting, line ends, blank lines, headers, and what breaks them. */
#include "plugin/source_kit.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(csv_rows, .init = kit_enter, .fini = kit_leave);

typedef struct file_case {
    const char *file, *fields, *wanted, *why;
} file_case;

static void expect_files(const file_case *cases, size_t count, const char *const *options,
                         int flags)
{
    for (size_t i = 0; i < count; i++) {
        kit_text("a.csv", cases[i].file);
        kit_expect(options, cases[i].fields, flags, cases[i].wanted, cases[i].why);
    }
}

#define EXPECT_FILES(cases, flags, ...)                                                            \
    expect_files(cases, sizeof cases / sizeof *cases, OPTIONS("path", "a.csv", __VA_ARGS__), flags)

static const file_case rows[] = {
    {"x,y\n1,2\n3,4\n", "x:text y:text", "2: 1|2\n3: 3|4\n", "line feeds"},
    {"x,y\r\n1,2\r\n3,4\r\n", "x:text y:text", "2: 1|2\n3: 3|4\n", "carriage returns with them"},
    {"x,y\n1,2\r\n3,4", "x:text y:text", "2: 1|2\n3: 3|4\n", "mixed, and no end of the last line"},
    {"x,y\r\n1,2\r", "x:text y:text", "2: 1|2\n", "half a line end at the end"},
    {"x,y\n", "x:text y:int", "", "no rows"},
    {"x,y", "x:text y:int", "", "no rows and no line end"},
    {"x,y\n1,2\n\n\r\n\n", "x:text y:text", "2: 1|2\n", "blank lines at the end"},
    {"x,y\n\n\n", "x:text y:text", "", "only blank lines"},
    {"x,y\n1,2\n\n3,4\n", "x:text", "! -2 a.csv:3:1: the line is empty but rows follow; remove it",
     "a blank line in the middle"},
    {"x,y\n1,2\n\n\n\r\n3,4\n", "x:text",
     "! -2 a.csv:3:1: the line is empty but rows follow; remove it", "several"},
    {"x\n1\n\n\r\n2\n\n\n", "x:text", "2: 1\n3: -\n4: -\n5: 2\n",
     "in one column a blank line is an empty cell"},
    {"x,y\n\n1,2\n", "x:text", "! -2 a.csv:2:1: the line is empty but rows follow; remove it",
     "a blank line behind the header"},
    {"x\n\n\r\n2\n", "x:text", "2: -\n3: -\n4: 2\n", "the same in one column"},
    {"x,y\n\"a,b\",\"c\"\n", "x:text y:text", "2: a,b|c\n", "a separator in quotes"},
    {"x,y\n\"a \"\"b\"\" c\",\"\"\"\"\n", "x:text y:text", "2: a \"b\" c|\"\n", "doubled quotes"},
    {"x,y\n\"a\nb\",1\n\"c\r\nd\",2\n3,4\n", "x:text y:text", "2: a\nb|1\n4: c\r\nd|2\n6: 3|4\n",
     "line ends in quotes; a row has its first line"},
    {"x,y\r\n\"a\",\"b\"\r\n", "x:text y:text", "2: a|b\n", "quotes before CR LF"},
    {"x\n\"a\"", "x:text", "2: a\n", "quotes at the very end"},
    {"\"x\",\"the \"\"y\"\"\"\n1,2\n", "x:text", "2: 1\n", "quotes in the header"},
    {"x,y\n1,2\n3\n", "y:text",
     "! -2 a.csv:3:2: the row ends after 1 of 2 cells; complete or remove it", "too few cells"},
    {"x,y,z\n1,2,3\r\n4,余额\r\n", "x:text",
     "! -2 a.csv:3:5: the row ends after 2 of 3 cells; complete or remove it",
     "too few cells, counted in characters"},
    {"x,y\n1,2\n3,4,5\n", "x:text",
     "! -2 a.csv:3:5: the row has more cells than the 2 columns; put a cell that holds ',' in "
     "quotes",
     "too many cells"},
    {"x\n1\n3,4\n", "x:text",
     "! -2 a.csv:3:3: the row has more cells than the 1 columns; put a cell that holds ',' in "
     "quotes",
     "too many for one column"},
    {"x,y\n1,5\" pipe\n", "x:text",
     "! -2 a.csv:2:4: a quote within a cell that does not begin with one; put the cell in quotes "
     "and "
     "double the quotes in it",
     "a quote in the middle"},
    {"x,y\n1, \"a\"\n", "x:text",
     "! -2 a.csv:2:4: a quote within a cell that does not begin with one; put the cell in quotes "
     "and "
     "double the quotes in it",
     "a space before a quote"},
    {"x,y\n\"a\"b,1\n", "x:text",
     "! -2 a.csv:2:4: text behind a closing quote; double the quotes that belong to the text",
     "text behind the quote"},
    {"x,y\n\"a\" ,1\n", "x:text",
     "! -2 a.csv:2:4: text behind a closing quote; double the quotes that belong to the text",
     "a space behind the quote"},
    {"x,y\n1,2\n3,\"a\nb\n", "x:text",
     "! -2 a.csv:3:3: the quote is not closed before the file ends", "an open quote"},
    {"x,y\n\"", "x:text", "! -2 a.csv:2:1: the quote is not closed before the file ends",
     "an open quote and nothing else"},
    {"x,y\n1,2\r3,4\n", "x:text",
     "! -2 a.csv:2:4: a carriage return without a line feed; save the file with CRLF or LF at line "
     "ends",
     "an old Macintosh"},
};

Test(csv_rows, follows_rfc_4180_and_names_what_does_not)
{
    EXPECT_FILES(rows, KIT_ORIGIN, "encoding", "utf8");
}

static const file_case headers[] = {
    {"", "x:text", "! -2 a.csv: the file is empty; export it again", "no byte"},
    {"\n1,2\n", "x:text",
     "! -2 a.csv:1:1: the line is empty, but the table should begin here; set skip to the number "
     "of "
     "lines above it",
     "a blank header"},
    {"\xEF\xBB\xBF", "x:text",
     "! -2 a.csv:1:1: the file ends here, before the table begins; export it again", "only a mark"},
    {"x,y,x\n1,2,3\n", "y:text", "! -2 a.csv:1: columns 1 and 3 are both called 'x'; rename one",
     "a name twice"},
    {"x,,\n1,2,3\n", "x:text", "1\n", "columns without a name are not in the way"},
    {"manager_id,balance,余额\n", "manger_id:text",
     "! -2 a.csv: there is no column 'manger_id'; did you mean 'manager_id'? its columns are: "
     "manager_id, balance, 余额",
     "the nearest name"},
    {"x,y\n", "completely_other:text",
     "! -2 a.csv: there is no column 'completely_other'; its columns are: x, y", "nothing near"},
    {"客户经理编号,余额\n", "客户经理号:text",
     "! -2 a.csv: there is no column '客户经理号'; did you mean '客户经理编号'? its columns are: "
     "客户经理编号, 余额",
     "the nearest Chinese name"},
    {"a;b,c\n1;2,3\n", "a:text",
     "! -2 a.csv:1:1: the line has as many ',' as ';'; set delimiter to the right one",
     "two separators"},
    {"a\tb;c\n", "a:text",
     "! -2 a.csv:1:1: the line has as many ';' as 'tab'; set delimiter to the right one", "a tab"},
    {"\"a;b;c\",d\n1,2\n", "d:text", "2\n", "separators in quotes do not count"},
    {"a|b|c,d\n1|2|3\n", "a:text c,d:text", "1|3\n", "the one that is there most often"},
    {"a\n1\n", "a:text", "1\n", "one column has no separator"},
    {"a;b\n1;2\n", "b:text", "2\n", "semicolons"},
    {"a\tb\n1\t2\n", "b:text", "2\n", "tabs"},
    {"a\"b,c\n", "c:text",
     "! -2 a.csv:1:2: a quote within a cell that does not begin with one; put the cell in quotes "
     "and "
     "double the quotes in it",
     "a quote in a name"},
    {"a,\"b\n1,2\n", "a:text", "! -2 a.csv:1:3: the quote is not closed before the file ends",
     "an open quote in the header"},
};

Test(csv_rows, understands_headers)
{
    EXPECT_FILES(headers, 0, "encoding", "utf8");
}

Test(csv_rows, gives_columns_our_names)
{
    kit_text("a.csv", "客户经理编号,余额,备注\nM1,12.5,x\n");
    const char *const *options =
        OPTIONS("path", "a.csv", "columns", "manager_id=客户经理编号 balance=余额");
    kit_expect(options, "balance:decimal(2) manager_id:text 备注:text", 0, "12.50|M1|x\n", "both");
    kit_expect(options, "余额:decimal(1) balance:decimal(2)", 0, "12.5|12.50\n",
               "the header's own name still works");
    char *text = kit_describe(options);
    cr_expect_str_eq(text, "manager_id balance 备注; encoding UTF-8, delimiter ,");
    free(text);
    text = kit_describe(OPTIONS("path", "a.csv", "columns", "manager_id=客户经理号"));
    cr_expect_str_eq(text, "! -2 a.csv: there is no column '客户经理号'; did you mean "
                           "'客户经理编号'? its columns are: 客户经理编号, 余额, 备注");
    free(text);
    kit_text("a.csv", "balance,余额\n1,2\n");
    text = kit_describe(OPTIONS("path", "a.csv", "columns", "balance=余额"));
    cr_expect_str_eq(text, "balance; encoding UTF-8, delimiter ,", "one hides the other: %s", text);
    free(text);
    kit_expect(OPTIONS("path", "a.csv", "columns", "balance=余额"), "balance:text", 0, "2\n",
               "what is declared wins");
}

Test(csv_rows, keeps_names_of_its_own)
{
    kit_text("a.csv", "kaohe:row\n1\n");
    kit_expect(
        OPTIONS("path", "a.csv"), "kaohe:row:text", KIT_ORIGIN,
        "! -1 a.csv: column 'kaohe:row': names like this are kaohe's own; give it another by "
        "the option columns",
        "the reader could not tell it from the origin");
    kit_expect(OPTIONS("path", "a.csv", "columns", "row=kaohe:row"), "row:text", KIT_ORIGIN,
               "2: 1\n", "renamed");
}

Test(csv_rows, reads_without_header)
{
    kit_text("a.csv", "M1;1\nM2;2\n");
    const char *const *options = OPTIONS("path", "a.csv", "header", "false");
    kit_expect(options, "A2:int A1:text", KIT_ORIGIN, "1: 1|M1\n2: 2|M2\n", "names by number");
    char *text = kit_describe(options);
    cr_expect_str_eq(text, "A1 A2; encoding UTF-8, delimiter ;");
    free(text);
    kit_expect(OPTIONS("path", "a.csv", "header", "false", "columns", "id=A1"), "id:text", 0,
               "M1\nM2\n", "and ours");
    kit_expect(options, "A3:text", 0,
               "! -2 a.csv: there is no column 'A3'; did you mean 'A1'? its columns are: A1, A2",
               "beyond the last");
    kit_text("a.csv", "\xEF\xBB\xBFM1;1\n");
    kit_expect(options, "A1:text", KIT_ORIGIN, "1: M1\n", "behind a mark");
}

Test(csv_rows, skips_lines_above_the_table)
{
    kit_text("a.csv", "城东分行 \"余额表\n\n制表,:,张伟\r\nx,y\n1,2\n");
    kit_expect(OPTIONS("path", "a.csv", "skip", "3"), "x:text y:int", KIT_ORIGIN, "5: 1|2\n",
               "whatever they hold");
    kit_expect(OPTIONS("path", "a.csv", "skip", "4", "header", "false"), "A1:text", KIT_ORIGIN,
               "5: 1\n", "without a header");
    kit_expect(OPTIONS("path", "a.csv", "skip", "5"), "x:text", 0,
               "! -2 a.csv:6:1: the file ends here, before the table begins; export it again",
               "all of them");
    kit_expect(OPTIONS("path", "a.csv", "skip", "6"), "x:text", 0,
               "! -2 a.csv: the file has fewer than the 6 lines of skip", "more than there are");
    kit_expect(OPTIONS("path", "a.csv", "skip", "3"), "x:int z:text", 0,
               "! -2 a.csv: there is no column 'z'; its columns are: x, y", "a name");
}

Test(csv_rows, takes_other_quotes_and_separators)
{
    kit_text("a.csv", "x,y\n'a,''b',\"\n");
    kit_expect(OPTIONS("path", "a.csv", "quote", "'"), "x:text y:text", 0, "a,'b|\"\n", "single");
    kit_text("a.csv", "x|y\n\"a|5\" pipe\n");
    kit_expect(OPTIONS("path", "a.csv", "quote", "none"), "x:text y:text", 0, "\"a|5\" pipe\n",
               "none");
    kit_text("a.csv", "x;y\na,b;c\n");
    kit_expect(OPTIONS("path", "a.csv", "delimiter", ","), "x;y:text", 0,
               "! -2 a.csv:2:3: the row has more cells than the 1 columns; put a cell that holds "
               "',' in quotes",
               "the option wins");
    kit_text("a.csv", "x\ty\na \t b\n");
    kit_expect(OPTIONS("path", "a.csv", "delimiter", "tab"), "x:text y:text", 0, "a|b\n", "tab");
}

Test(csv_rows, refuses_nul_bytes)
{
    kit_write("a.csv", "x,y\n1,\0\n", 8);
    kit_expect(OPTIONS("path", "a.csv"), "x:text", 0,
               "! -2 a.csv:2:3: a NUL byte; the file is damaged, or UTF-16: save it as UTF-8",
               "in a cell");
    kit_write("a.csv", "x,y\n1,\"a\0b\"\n", 13);
    kit_expect(OPTIONS("path", "a.csv"), "x:text", 0,
               "! -2 a.csv:2:5: a NUL byte; the file is damaged, or UTF-16: save it as UTF-8",
               "in quotes");
    kit_write("a.csv", "x\n1\n\0\0\0\0", 8);
    kit_expect(OPTIONS("path", "a.csv"), "x:text", 0,
               "! -2 a.csv:3:1: a NUL byte; the file is damaged, or UTF-16: save it as UTF-8",
               "where a crash left zeros");
    kit_write("a.csv", "x\0,\0y\0\n\0", 8);
    kit_expect(OPTIONS("path", "a.csv"), "x:text", 0,
               "! -2 a.csv:1:2: a NUL byte; the file is damaged, or UTF-16: save it as UTF-8",
               "in the header");
}

/* The window is 256 KB and grows: cells, rows and line ends across its border. */
Test(csv_rows, reads_cells_of_any_size)
{
    size_t sizes[] = {250000, 262100, 262136, 262140, 262141, 262142,
                      262143, 262144, 262150, 524280, 600000, 5000000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (int quoted = 0; quoted < 2; quoted++) {
            size_t n = sizes[i];
            char *file = malloc(n + 64), *wanted = malloc(n + 64);
            size_t at = (size_t)sprintf(file, "x,y\r\n1,%s", quoted ? "\"" : "");
            memset(file + at, 'a', n);
            if (quoted) file[at + n / 2] = '\n';
            strcpy(file + at + n, quoted ? "\"\r\n2,b\r\n" : "\r\n2,b\r\n");
            size_t to = (size_t)sprintf(wanted, "2: 1|");
            memcpy(wanted + to, file + at, n);
            strcpy(wanted + to + n, quoted ? "\n4: 2|b\n" : "\n3: 2|b\n");
            kit_text("a.csv", file);
            char *got = kit_read(OPTIONS("path", "a.csv"), "x:text y:text", KIT_ORIGIN);
            cr_expect(!strcmp(got, wanted), "a cell of %zu bytes%s: %.80s", n,
                      quoted ? " in quotes" : "", got);
            free(got);
            free(file);
            free(wanted);
        }
    }
}

Test(csv_rows, refuses_a_row_without_end)
{
    size_t n = 70 << 20;
    char *file = malloc(n);
    memset(file, '\n', n);
    memcpy(file, "x,y\n1,2\n3,\"", 11);
    kit_write("a.csv", file, n);
    kit_expect(
        OPTIONS("path", "a.csv"), "x:text", 0,
        "! -7 a.csv:3:1: the row that begins here is longer than 64 MB; is a quote not closed?",
        "an open quote in a large file");
    memset(file, ',', n);
    kit_write("a.csv", file, n);
    kit_expect(
        OPTIONS("path", "a.csv"), "x:text", 0,
        "! -7 a.csv:1:1: the row that begins here is longer than 64 MB; is a quote not closed?",
        "a header of separators");
    kit_write("a.csv", file, 5000);
    kit_expect(OPTIONS("path", "a.csv"), "x:text", 0,
               "! -7 a.csv:1:4097: more than 4096 columns; leave out what is not needed",
               "columns");
    free(file);
}

/* Blank lines over several windows, at the end and before a row. */
Test(csv_rows, passes_any_number_of_blank_lines)
{
    size_t n = 1 << 20;
    char *file = malloc(n + 64);
    memcpy(file, "x,y\n1,2\n", 8);
    memset(file + 8, '\n', n);
    kit_write("a.csv", file, n);
    kit_expect(OPTIONS("path", "a.csv"), "x:text", 0, "1\n", "at the end");
    memcpy(file + n, "3,4\n", 4);
    kit_write("a.csv", file, n + 4);
    kit_expect(OPTIONS("path", "a.csv"), "x:text", 0,
               "! -2 a.csv:3:1: the line is empty but rows follow; remove it", "before a row");
    memcpy(file, "x\n1\n\n\n\n\n", 8);
    memcpy(file + n, "3\n\n\n", 4);
    kit_write("a.csv", file, n + 4);
    char *got = kit_read(OPTIONS("path", "a.csv"), "x:text", 0);
    cr_expect_eq(strlen(got), 2 + (n - 4) * 2 + 2, "null rows between: %zu", strlen(got));
    cr_expect(!strncmp(got, "1\n-\n-\n", 6) && !strcmp(got + strlen(got) - 6, "-\n-\n3\n"));
    free(got);
    free(file);
}
