/* The rows of a sheet, one at a time: the parser pauses behind each. */
#include "xlsx.h"

#include <stdlib.h>
#include <string.h>

void xlsx_reference(char out[16], uint32_t column, int64_t row)
{
    char letters[8];
    int n = 0;
    for (uint32_t c = column + 1; c > 0 && n < 7; c = (c - 1) / 26) {
        letters[n++] = (char)('A' + (c - 1) % 26);
    }
    int at = 0;
    while (n > 0) out[at++] = letters[--n];
    snprintf(out + at, 16 - (size_t)at, "%lld", (long long)row);
}

/* "AB12" to column 27; false when it is no reference. */
static bool read_reference(const char *text, uint32_t *column)
{
    uint32_t c = 0;
    const char *at = text;
    for (; *at >= 'A' && *at <= 'Z' && c <= XLSX_COLUMNS_MOST; at++) {
        c = c * 26 + (uint32_t)(*at - 'A') + 1;
    }
    if (c == 0 || c > XLSX_COLUMNS_MOST || *at < '1' || *at > '9') return false;
    *column = c - 1;
    return true;
}

static void refuse(xlsx_part *part, const char *reason)
{
    kh_fail(&part->error, KH_EDATA, "%s: sheet '%s', row %lld: %s", part->source->shown,
            part->source->sheet_name, (long long)((xlsx_sheet *)part->ctx)->row, kh_tr(reason));
    XML_StopParser(part->parser, XML_FALSE);
}

static xlsx_kind kind_of(const char *type)
{
    if (!type || !strcmp(type, "n")) return XLSX_NUMBER;
    if (!strcmp(type, "b")) return XLSX_TRUTH;
    if (!strcmp(type, "d")) return XLSX_ISO_DATE;
    if (!strcmp(type, "e")) return XLSX_ERROR;
    return XLSX_TEXT; /* s, str, inlineStr */
}

static void start_cell(xlsx_part *part, xlsx_sheet *sheet, const char **attributes)
{
    const char *reference = xlsx_attribute(attributes, "r");
    const char *type = xlsx_attribute(attributes, "t");
    const char *format = xlsx_attribute(attributes, "s");
    uint32_t column = sheet->next_column;
    if (reference && !read_reference(reference, &column)) {
        refuse(part, KH_N_("a cell has no proper reference"));
        return;
    }
    if (column < sheet->next_column || column >= XLSX_COLUMNS_MOST) {
        refuse(part, KH_N_("its cells are not in order"));
        return;
    }
    sheet->next_column = column + 1;
    sheet->shared = type && !strcmp(type, "s");
    sheet->formula = false;
    sheet->now = (xlsx_cell){.column = column,
                             .kind = kind_of(type),
                             .format = format ? (uint32_t)strtoul(format, NULL, 10) : 0,
                             .from = sheet->texts.size};
}

static void start_row(xlsx_part *part, xlsx_sheet *sheet, const char **attributes)
{
    const char *number = xlsx_attribute(attributes, "r");
    sheet->row = number ? strtoll(number, NULL, 10) : sheet->last_row + 1;
    if (sheet->row <= sheet->last_row) refuse(part, KH_N_("rows are not in order"));
    sheet->last_row = sheet->row;
    sheet->next_column = 0;
}

static void XMLCALL element_start(void *ctx, const char *name, const char **attributes)
{
    xlsx_part *part = ctx;
    xlsx_sheet *sheet = part->ctx;
    name = xlsx_local(name);
    if (!strcmp(name, "c")) start_cell(part, sheet, attributes);
    else if (!strcmp(name, "row")) start_row(part, sheet, attributes);
    else if (!strcmp(name, "v") || !strcmp(name, "t")) sheet->depth_value += !sheet->phonetic;
    else if (!strcmp(name, "rPh")) sheet->phonetic = true;
    else if (!strcmp(name, "f")) sheet->formula = true;
}

/* The index of a shared text becomes the text. */
static bool take_shared(xlsx_part *part, xlsx_sheet *sheet)
{
    const xlsx_texts *shared = &part->source->shared;
    xlsx_texts_add(&sheet->texts, "", 1);
    char *end;
    const char *digits = sheet->texts.bytes + sheet->now.from;
    unsigned long long at = strtoull(digits, &end, 10);
    bool fine = end != digits && *end == '\0' && at < shared->count;
    sheet->texts.size = sheet->now.from;
    if (!fine) {
        refuse(part, KH_N_("a cell names a text that the workbook does not have"));
        return false;
    }
    size_t from = at ? shared->ends[at - 1] : 0;
    xlsx_texts_add(&sheet->texts, shared->bytes + from, shared->ends[at] - from);
    return true;
}

static void end_cell(xlsx_part *part, xlsx_sheet *sheet)
{
    bool empty = sheet->texts.size == sheet->now.from;
    if (sheet->shared && !empty && !take_shared(part, sheet)) return;
    sheet->now.length = sheet->texts.size - sheet->now.from;
    if (empty && sheet->formula && sheet->now.kind == XLSX_NUMBER) sheet->now.kind = XLSX_UNSAVED;
    else if (sheet->now.length == 0) return;
    if (sheet->count == sheet->room) {
        sheet->room = sheet->room ? sheet->room * 2 : 64;
        sheet->cells = xlsx_grow(sheet->cells, sheet->room * sizeof *sheet->cells);
    }
    sheet->cells[sheet->count++] = sheet->now;
}

static void XMLCALL element_end(void *ctx, const char *name)
{
    xlsx_part *part = ctx;
    xlsx_sheet *sheet = part->ctx;
    name = xlsx_local(name);
    if (!strcmp(name, "v") || !strcmp(name, "t")) {
        sheet->depth_value -= !sheet->phonetic;
    } else if (!strcmp(name, "rPh")) {
        sheet->phonetic = false;
    } else if (!strcmp(name, "c")) {
        end_cell(part, sheet);
    } else if (!strcmp(name, "row") && sheet->count > 0 && part->error.status == KH_OK) {
        sheet->complete = true;
        xlsx_part_pause(part);
    }
}

static void XMLCALL element_text(void *ctx, const char *text, int length)
{
    xlsx_part *part = ctx;
    xlsx_sheet *sheet = part->ctx;
    if (sheet->depth_value <= 0) return;
    if (sheet->texts.size + (size_t)length > XLSX_ROW_TEXT) {
        refuse(part, KH_N_("it holds more than 16 MiB of text"));
        return;
    }
    xlsx_texts_add(&sheet->texts, text, (size_t)length);
}

kh_status xlsx_sheet_open(xlsx_sheet *sheet, xlsx_source *source, kh_error *err)
{
    *sheet = (xlsx_sheet){0};
    return xlsx_part_open(&sheet->part, source, source->sheet_part, element_start, element_end,
                          element_text, sheet, err);
}

kh_status xlsx_sheet_next(xlsx_sheet *sheet, bool *more, kh_error *err)
{
    sheet->count = 0;
    sheet->texts.size = 0;
    sheet->complete = false;
    kh_status rc = xlsx_part_continue(&sheet->part, err);
    *more = rc == KH_OK && sheet->complete;
    return rc;
}

void xlsx_sheet_close(xlsx_sheet *sheet)
{
    xlsx_part_close(&sheet->part);
    free(sheet->cells);
    free(sheet->texts.bytes);
    *sheet = (xlsx_sheet){0};
}

const xlsx_cell *xlsx_sheet_cell(const xlsx_sheet *sheet, uint32_t column)
{
    uint32_t low = 0, high = sheet->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (sheet->cells[middle].column < column) low = middle + 1;
        else high = middle;
    }
    bool found = low < sheet->count && sheet->cells[low].column == column;
    return found ? &sheet->cells[low] : NULL;
}

const char *xlsx_sheet_text(const xlsx_sheet *sheet, const xlsx_cell *cell)
{
    return sheet->texts.bytes + cell->from;
}
