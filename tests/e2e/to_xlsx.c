/* Writes CSV files as sheets of one workbook: amounts as numbers, days as serials, all else as text.
 * usage: to_xlsx OUT.xlsx TABLE.csv...    (a cell may stand in quotes, but holds no line end)
 */
#include "base/date.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

/* Written as Excel would write it again: no leading zeros, up to 15 digits. */
static bool is_number(const char *text)
{
    size_t sign = *text == '-', whole = strspn(text + sign, "0123456789");
    const char *rest = text + sign + whole;
    size_t places = *rest == '.' ? strspn(rest + 1, "0123456789") : 0;
    if (*rest == '.' ? places == 0 || rest[1 + places] : *rest != '\0') return false;
    return whole > 0 && whole + places <= 15 && !(whole > 1 && text[sign] == '0');
}

static void add_cell(kh_buf *out, int column, int row, const char *text)
{
    kh_date day;
    kh_error err = KH_ERROR_INIT;
    if (!*text) return;
    kh_buf_printf(out, "<c r=\"%c%d\"", 'A' + column, row);
    if (strlen(text) == 10 && text[4] == '-' && kh_date_parse(&day, text, 10, &err) == KH_OK) {
        kh_buf_printf(out, " s=\"1\"><v>%d</v></c>", day + 25569);
    } else if (is_number(text)) {
        kh_buf_printf(out, "><v>%s</v></c>", text);
    } else {
        kh_buf_text(out, " t=\"inlineStr\"><is><t>");
        for (; *text; text++) {
            if (*text == '&') kh_buf_text(out, "&amp;");
            else if (*text == '<') kh_buf_text(out, "&lt;");
            else kh_buf_add(out, text, 1);
        }
        kh_buf_text(out, "</t></is></c>");
    }
}

static void add_row(kh_buf *out, int number, char *line)
{
    line[strcspn(line, "\r\n")] = '\0';
    kh_buf_printf(out, "<row r=\"%d\">", number);
    for (int column = 0; line; column++) {
        bool quoted = *line == '"';
        char *cell = line + quoted, *end = strchr(cell, quoted ? '"' : ',');
        line = end ? end + 1 + quoted : NULL;
        if (end) {
            if (quoted && end[1] != ',') line = NULL;
            *end = '\0';
        }
        add_cell(out, column, number, cell);
    }
    kh_buf_text(out, "</row>");
}

static void add_part(zip_t *zip, const char *name, kh_buf *text)
{
    zip_source_t *source = zip_source_buffer(zip, text->data, text->size, 1);
    if (!source || zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) < 0) abort();
    *text = (kh_buf){0}; /* the zip file frees it */
}

static void add_text(zip_t *zip, const char *name, const char *text)
{
    kh_buf part = {0};
    kh_buf_text(&part, text);
    add_part(zip, name, &part);
}

static void add_sheet(zip_t *zip, const char *path, int number)
{
    FILE *file = fopen(path, "r");
    if (!file) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    kh_buf sheet = {0};
    char line[4096], name[64];
    kh_buf_text(&sheet, "<worksheet><sheetData>");
    for (int row = 1; fgets(line, sizeof line, file); row++) {
        add_row(&sheet, row, line + (row == 1 && !memcmp(line, "\xEF\xBB\xBF", 3) ? 3 : 0));
    }
    fclose(file);
    kh_buf_text(&sheet, "</sheetData></worksheet>");
    snprintf(name, sizeof name, "xl/worksheets/sheet%d.xml", number);
    add_part(zip, name, &sheet);
}

int main(int argc, char **argv)
{
    zip_t *zip = argc > 2 ? zip_open(argv[1], ZIP_CREATE | ZIP_TRUNCATE, NULL) : NULL;
    if (!zip) {
        fprintf(stderr, "usage: to_xlsx OUT.xlsx TABLE.csv...\n");
        return 2;
    }
    kh_buf book = {0}, relations = {0};
    kh_buf_text(&book, "<workbook><sheets>");
    kh_buf_text(&relations,
                "<Relationships><Relationship Id=\"s\" Type=\"r/styles\" Target=\"styles.xml\"/>");
    for (int i = 2; i < argc; i++) {
        const char *slash = strrchr(argv[i], '/'), *name = slash ? slash + 1 : argv[i];
        kh_buf_printf(&book, "<sheet name=\"%.*s\" r:id=\"r%d\"/>", (int)strcspn(name, "."), name,
                      i);
        kh_buf_printf(&relations,
                      "<Relationship Id=\"r%d\" Type=\"r/worksheet\" "
                      "Target=\"worksheets/sheet%d.xml\"/>",
                      i, i);
        add_sheet(zip, argv[i], i);
    }
    kh_buf_text(&book, "</sheets></workbook>");
    kh_buf_text(&relations, "</Relationships>");
    add_part(zip, "xl/workbook.xml", &book);
    add_part(zip, "xl/_rels/workbook.xml.rels", &relations);
    add_text(zip, "_rels/.rels",
             "<Relationships><Relationship Id=\"b\" Type=\"r/officeDocument\" "
             "Target=\"xl/workbook.xml\"/></Relationships>");
    add_text(
        zip, "xl/styles.xml",
        "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>");
    return zip_close(zip) == 0 ? 0 : 1;
}
