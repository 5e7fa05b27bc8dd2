/* What the parts of the XLSX source share: the file's parts, the book around its sheets, a sheet's rows.
 *
 * A workbook is a zip file of XML parts. Nothing is unpacked to disk; a sheet streams through the
 * parser row by row, so memory is bound by the shared texts and one row.
 */
#ifndef SOURCE_XLSX_XLSX_H
#define SOURCE_XLSX_XLSX_H

#include "common/sql.h"

#include <expat.h>
#include <zip.h>

enum {
    XLSX_COLUMNS_MOST = 16384, /* the format's own bound */
    XLSX_ROW_TEXT = 16 << 20,  /* bytes of text in one row */
    XLSX_SHARED_MOST = 1 << 30 /* bytes of shared texts */
};

/** A growing list of texts that lie in one piece of memory. */
typedef struct xlsx_texts {
    char *bytes;
    size_t size, room;
    size_t *ends; /* text i is bytes[i ? ends[i - 1] : 0, ends[i]) */
    size_t count, end_room;
} xlsx_texts;

typedef struct xlsx_column {
    const char *name;  /* in the header */
    const char *shown; /* ours: option `columns`, else the same */
    uint32_t at;       /* 0 = column A */
} xlsx_column;

typedef struct xlsx_source {
    const kh_host *host;
    /* options */
    const char *path, *sheet, *null;
    kh_map columns;
    int64_t header, skip, max_size;
    /* known after xlsx_look() */
    const char *shown; /* the path, for messages */
    zip_t *zip;
    bool known;
    bool epoch_1904;
    xlsx_texts shared;
    bool *dates; /* by cell format: it shows a date */
    size_t format_count;
    const char *sheet_name, *sheet_part;
    xlsx_column *items;
    uint32_t count;
    volatile sig_atomic_t cancelled;
} xlsx_source;

void *xlsx_grow(void *memory, size_t size);
__attribute__((format(printf, 2, 3))) const char *xlsx_text(const xlsx_source *source,
                                                            const char *format, ...);

/* ---- package.c: parts of the zip file through the XML parser --------------------------------- */

/** Reading one part. Handlers report with xlsx_part_fail(). */
typedef struct xlsx_part {
    xlsx_source *source;
    const char *name;
    zip_file_t *file;
    XML_Parser parser;
    int64_t read;
    bool ended, paused;
    void *ctx; /* of the handlers */
    kh_error error;
} xlsx_part;

/** Open the workbook. */
kh_status xlsx_package_open(xlsx_source *source, kh_error *err);
bool xlsx_package_has(const xlsx_source *source, const char *name);

/** The handlers get the xlsx_part as their first argument. */
kh_status xlsx_part_open(xlsx_part *part, xlsx_source *source, const char *name,
                         XML_StartElementHandler start, XML_EndElementHandler end,
                         XML_CharacterDataHandler text, void *ctx, kh_error *err);
/** Parse on to the next pause or to the end. */
kh_status xlsx_part_continue(xlsx_part *part, kh_error *err);
void xlsx_part_pause(xlsx_part *part);
void xlsx_part_close(xlsx_part *part);
/** Parse a whole part. */
kh_status xlsx_part_read(xlsx_source *source, const char *name, XML_StartElementHandler start,
                         XML_EndElementHandler end, XML_CharacterDataHandler text, void *ctx,
                         kh_error *err);

/** The name without its prefix: "x:row" and "row" are the same. */
const char *xlsx_local(const char *name);
/** An attribute by its local name, or NULL. */
const char *xlsx_attribute(const char **attributes, const char *name);

/* ---- book.c: sheets, shared texts, formats --------------------------------------------------- */

/** Find the sheet and what its cells refer to. */
kh_status xlsx_book_open(xlsx_source *source, kh_error *err);
void xlsx_texts_add(xlsx_texts *texts, const char *bytes, size_t size);
void xlsx_texts_end(xlsx_texts *texts);

/* ---- sheet.c: rows of cells ------------------------------------------------------------------ */

typedef enum xlsx_kind {
    XLSX_NOTHING,
    XLSX_NUMBER,
    XLSX_TEXT,
    XLSX_TRUTH,
    XLSX_ISO_DATE,
    XLSX_ERROR,
    XLSX_UNSAVED /* a formula without a value */
} xlsx_kind;

typedef struct xlsx_cell {
    uint32_t column;
    xlsx_kind kind;
    uint32_t format;
    size_t from, length; /* in the row's texts */
} xlsx_cell;

typedef struct xlsx_sheet {
    xlsx_part part;
    int64_t row; /* 1 = the first of the sheet */
    xlsx_cell *cells;
    uint32_t count, room;
    xlsx_texts texts;
    /* where the parser is */
    int depth_value; /* inside of <v> or <t> */
    bool shared, phonetic, formula, complete;
    xlsx_cell now;
    int64_t last_row;
    uint32_t next_column;
} xlsx_sheet;

kh_status xlsx_sheet_open(xlsx_sheet *sheet, xlsx_source *source, kh_error *err);
/** The next row that has cells; *more is false behind the last. */
kh_status xlsx_sheet_next(xlsx_sheet *sheet, bool *more, kh_error *err);
void xlsx_sheet_close(xlsx_sheet *sheet);
/** The cell of a column, or NULL. */
const xlsx_cell *xlsx_sheet_cell(const xlsx_sheet *sheet, uint32_t column);
const char *xlsx_sheet_text(const xlsx_sheet *sheet, const xlsx_cell *cell);
/** "AB12" of a column counted from 0 and a row counted from 1. */
void xlsx_reference(char out[16], uint32_t column, int64_t row);

/* ---- value.c: a cell in the type that is asked for ------------------------------------------- */

enum { XLSX_VALUE_TEXT = 64 };

/**
 * The cell as a text that common/cell.c turns into @p type; `text` NULL for null. Short texts are
 * written to @p room. The error says what is wrong, not where.
 */
kh_status xlsx_value(const xlsx_source *source, const xlsx_sheet *sheet, const xlsx_cell *cell,
                     kh_type type, char room[XLSX_VALUE_TEXT], sql_cell *out, kh_error *err);

/**
 * A number as Excel writes it, without exponent and with the 15 digits that Excel keeps.
 * False when it is no number or too long.
 */
bool xlsx_number(const char *text, size_t length, char out[XLSX_VALUE_TEXT], int *whole_digits);

#endif
