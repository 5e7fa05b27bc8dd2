/* Special bytes to cells: the quoting rules of RFC 4180, blank lines, and places for messages.
 *
 * Strict: a quote stands at both ends of a cell or nowhere, a row has as many cells as the header.
 * Whatever breaks that is an error at its place, because the next rows would be read wrongly.
 */
#include "csv.h"

enum { ROOM_MOST = 64 << 20, COLUMNS_MOST = 4096 };

/* What stopped the cutting of a row. */
typedef enum stop { STOP_NEVER, STOP_MORE, STOP_BLANK, STOP_ERROR } stop;

static void find_marks(csv_rows *rows, char delimiter)
{
    char quote = rows->quote < 0 ? delimiter : (char)rows->quote;
    memset(rows->data + rows->size, 0, CSV_PAD);
    rows->mark_count = csv_scan(rows->data, rows->size, delimiter, quote, rows->marks);
    rows->marks[rows->mark_count] = (uint32_t)rows->size;
    rows->mark = 0;
}

kh_status csv_rows_open(csv_rows *rows, csv_source *source, const csv_file *file, int64_t from,
                        int64_t to, int64_t line, kh_error *err)
{
    *rows = (csv_rows){.file = file, .trim = source->trim, .line = line, .room = CSV_WINDOW};
    rows->quote = csv_quote(source);
    kh_status rc = csv_input_open(&rows->input, source, file, from, to, false, err);
    if (rc < 0) return rc;
    rows->block = csv_grow(NULL, 1 + rows->room + CSV_PAD);
    rows->data = rows->block + 1;
    rows->marks = csv_grow(NULL, (rows->room + 8) * sizeof *rows->marks);
    *rows->block = '\n'; /* cut_plain() looks at the byte before an empty cell */
    find_marks(rows, ',');
    return KH_OK;
}

void csv_rows_close(csv_rows *rows)
{
    csv_input_close(&rows->input);
    free(rows->block);
    free(rows->marks);
    rows->block = NULL;
    rows->marks = NULL;
}

void csv_rows_place(const csv_rows *rows, size_t start, size_t at, int64_t *line, int64_t *column)
{
    *column = 1;
    for (size_t i = start; i < at; i++) {
        if (rows->data[i] == '\n') {
            ++*line;
            *column = 1;
        } else if (((unsigned char)rows->data[i] & 0xC0) != 0x80) {
            ++*column;
        }
    }
}

/* Keep an error at byte `at` of the row that begins at rows->at. */
__attribute__((format(printf, 4, 5))) static stop refuse(csv_rows *rows, size_t at,
                                                         kh_status status, const char *format, ...)
{
    int64_t line = rows->line, column;
    csv_rows_place(rows, rows->at, at, &line, &column);
    char text[KH_ERROR_TEXT / 2];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, dgettext("kaohe", format), args);
    va_end(args);
    kh_fail(&rows->error, status, "%s:%lld:%lld: %s", rows->file->shown, (long long)line,
            (long long)column, text);
    return STOP_ERROR;
}

size_t csv_undouble(char *out, const char *text, size_t size, char quote)
{
    size_t n = 0;
    for (size_t i = 0; i < size; i++) {
        out[n++] = text[i];
        i += text[i] == quote;
    }
    return n;
}

/* ---- the window ---------------------------------------------------------------------------- */

/* Drop the rows that are done and read more behind the rest. */
static kh_status refill(csv_rows *rows, kh_error *err)
{
    if (rows->at > 0) {
        memmove(rows->data, rows->data + rows->at, rows->size - rows->at);
        rows->size -= rows->at;
        rows->at = 0;
    } else if (rows->room - rows->size < 32) {
        if (rows->room >= ROOM_MOST) {
            refuse(rows, 0, KH_ELIMIT,
                   "the row that begins here is longer than %d MB; is a quote not closed?",
                   ROOM_MOST >> 20);
            return KH_OK;
        }
        rows->room *= 2;
        rows->block = csv_grow(rows->block, 1 + rows->room + CSV_PAD);
        rows->data = rows->block + 1;
        rows->marks = csv_grow(rows->marks, (rows->room + 8) * sizeof *rows->marks);
    }
    while (!rows->ended && rows->room - rows->size >= 32) {
        size_t n; /* one byte is kept for the line feed below */
        kh_status rc = csv_input_read(&rows->input, rows->data + rows->size,
                                      rows->room - rows->size - 1, &n, err);
        if (rc < 0) return rc;
        rows->size += n;
        if (n > 0) continue;
        rows->ended = true;
        if (rows->size > 0 && rows->data[rows->size - 1] != '\n' && !rows->input.bad[0]) {
            rows->data[rows->size++] = '\n'; /* the last line may lack its end */
        }
    }
    find_marks(rows, rows->file->delimiter);
    return KH_OK;
}

/* ---- cells --------------------------------------------------------------------------------- */

/* A cell in quotes; on STOP_MORE *mark is at a NUL byte, or at the end of the window. */
static stop cut_quoted(csv_rows *rows, const uint32_t **mark, size_t at, csv_cut *cut)
{
    const char *data = rows->data, quote = (char)rows->quote;
    if (**mark != at) {
        return refuse(rows, **mark, KH_EDATA,
                      "a quote within a cell that does not begin with one; put the cell in quotes "
                      "and double the quotes in it");
    }
    bool doubled = false;
    const uint32_t *m = *mark + 1;
    for (;; m++) {
        if (data[*m] == quote) {
            if (data[*m + 1] != quote) break;
            doubled = true;
            m++;
        } else if (data[*m] == '\n') {
            rows->breaks++;
        } else if (data[*m] == '\0') {
            *mark = m;
            return STOP_MORE;
        }
    }
    *cut = (csv_cut){(uint32_t)at + 1, (uint32_t)(*m - at - 1) | (doubled ? CSV_DOUBLED : 0)};
    *mark = m + 1;
    if (m[1] == m[0] + 1) return STOP_NEVER;
    return refuse(rows, m[0] + 1, KH_EDATA,
                  "text behind a closing quote; double the quotes that belong to the text");
}

/* A cell without quotes. */
static inline __attribute__((always_inline)) void cut_plain(csv_cut *cut, const char *data,
                                                            size_t at, size_t to, bool trim)
{
    if (trim && csv_unlikely((data[at] == ' ') | (data[(ptrdiff_t)to - 1] == ' '))) {
        while (at < to && data[at] == ' ') at++;
        while (at < to && data[to - 1] == ' ') to--;
    }
    cut->at = (uint32_t)at; /* two stores: one of both would wait for its halves */
    cut->size = (uint32_t)(to - at);
}

/*
 * Cut the cell that begins at `at`, whose next special byte is **mark. Afterwards **mark is the
 * special byte behind it; whether that may end a cell is the caller's question.
 */
static stop cut_cell(csv_rows *rows, const uint32_t **mark, size_t at, csv_cut *cut)
{
    if ((unsigned char)rows->data[**mark] == rows->quote) return cut_quoted(rows, mark, at, cut);
    cut_plain(cut, rows->data, at, **mark, rows->trim);
    return STOP_NEVER;
}

/* True when the row ends at **mark; moves it to the line feed of a CR LF. */
static bool is_row_end(const char *data, const uint32_t **mark)
{
    if (data[**mark] == '\n') return true;
    if (data[**mark] != '\r' || data[**mark + 1] != '\n') return false;
    ++*mark;
    return true;
}

/* Why the special byte at `mark` may not stand behind the cell that begins at `cell`. */
static stop wrong_end(csv_rows *rows, const uint32_t *mark, uint32_t column, size_t cell)
{
    const char *data = rows->data;
    size_t at = *mark;
    if (at == rows->size) {
        if (!rows->ended) return STOP_MORE;
        if (rows->input.bad[0]) {
            return refuse(rows, at, KH_EDATA,
                          "the bytes '%s' are not GB18030; save the file as UTF-8",
                          rows->input.bad);
        }
        if (at == rows->at) return STOP_MORE;
        return refuse(rows, cell, KH_EDATA, "the quote is not closed before the file ends");
    }
    if (data[at] == '\0') {
        return refuse(rows, at, KH_EDATA,
                      "a NUL byte; the file is damaged, or UTF-16: save it as UTF-8");
    }
    if (data[at] == '\r' && data[at + 1] != '\n') {
        if (at + 1 == rows->size && !rows->ended) return STOP_MORE;
        return refuse(rows, at, KH_EDATA,
                      "a carriage return without a line feed; save the file with CRLF or LF at "
                      "line ends");
    }
    if (data[at] == rows->file->delimiter) {
        return refuse(rows, at + 1, KH_EDATA,
                      "the row has more cells than the %u columns; put a cell that holds '%c' in "
                      "quotes",
                      rows->width, rows->file->delimiter);
    }
    if (at == rows->at) return STOP_BLANK;
    return refuse(rows, at, KH_EDATA, "the row ends after %u of %u cells; complete or remove it",
                  column + 1, rows->width);
}

/* Cut rows from the window until `most` are there or something stops it. */
static stop cut_rows(csv_rows *rows, uint32_t most)
{
    const char *const data = rows->data;
    const uint32_t last = rows->width - 1;
    const char delimiter = rows->file->delimiter;
    const bool trim = rows->trim;
    csv_cut *const *const cuts = rows->cuts;
    const uint32_t *mark = rows->marks + rows->mark;
    for (uint32_t row = rows->count; row < most; row++) {
        const size_t start = rows->at;
        size_t at = start;
        rows->breaks = 0;
        for (uint32_t c = 0; c <= last; c++) {
            csv_cut *cut = &cuts[c][row];
            if (csv_likely(data[*mark] == (c < last ? delimiter : '\n'))) {
                cut_plain(cut, data, at, *mark, trim);
            } else {
                const uint32_t *m = mark; /* its own, so that `mark` stays in a register */
                stop why = cut_cell(rows, &m, at, cut);
                if (why == STOP_ERROR) return why;
                bool ends =
                    why == STOP_NEVER && (c < last ? data[*m] == delimiter : is_row_end(data, &m));
                if (!ends) return wrong_end(rows, m, c, at);
                mark = m;
            }
            at = *mark++ + 1;
        }
        if (last == 0 && (data[start] == '\n' || data[start] == '\r')) return STOP_BLANK;
        rows->starts[row] = (uint32_t)start;
        rows->lines[row] = rows->line;
        rows->line += 1 + rows->breaks;
        rows->mark = (uint32_t)(mark - rows->marks);
        rows->at = at;
        rows->count = row + 1;
    }
    return STOP_NEVER;
}

/*
 * Blank lines at the end mean nothing. Elsewhere they are empty cells of a table of one column, or
 * an error: a part of the file may be missing.
 */
static stop pass_blanks(csv_rows *rows)
{
    if (rows->blanks == 0) rows->blank_line = rows->line;
    for (;;) {
        const uint32_t *mark = rows->marks + rows->mark;
        const char *at = rows->data + rows->at;
        if (rows->at == rows->size) {
            if (!rows->ended) return STOP_MORE;
            if (!rows->more_behind) {
                rows->blanks = 0;
                return STOP_NEVER;
            }
            break;
        }
        if (*at == '\r' && rows->at + 1 == rows->size && !rows->ended) return STOP_MORE;
        if (*mark != rows->at || !is_row_end(rows->data, &mark)) break;
        rows->at = *mark + 1;
        rows->mark = (uint32_t)(mark + 1 - rows->marks);
        rows->blanks++;
        rows->line++;
    }
    if (rows->width > 1) {
        rows->line = rows->blank_line;
        return refuse(rows, rows->at, KH_EDATA, "the line is empty but rows follow; remove it");
    }
    rows->owed = rows->blanks;
    rows->blanks = 0;
    return STOP_NEVER;
}

/* Hand out the blank lines of a table of one column as rows with an empty cell. */
static void hand_out_blanks(csv_rows *rows, uint32_t most)
{
    for (; rows->owed > 0 && rows->count < most; rows->owed--) {
        rows->cuts[0][rows->count] = (csv_cut){(uint32_t)rows->at, 0};
        rows->starts[rows->count] = (uint32_t)rows->at;
        rows->lines[rows->count++] = rows->blank_line++;
    }
}

kh_status csv_rows_next(csv_rows *rows, uint32_t most, kh_error *err)
{
    rows->count = 0;
    for (;;) {
        stop why = rows->error.status < 0 ? STOP_ERROR
                   : rows->blanks > 0     ? pass_blanks(rows)
                                          : STOP_NEVER;
        if (why == STOP_NEVER && rows->owed > 0) hand_out_blanks(rows, most);
        if (why == STOP_NEVER && rows->owed == 0) why = cut_rows(rows, most);
        if (why == STOP_BLANK) why = pass_blanks(rows);
        if (rows->count > 0) return KH_OK; /* an error behind them is told the next time */
        if (why == STOP_ERROR) return kh_fail(err, rows->error.status, "%s", rows->error.text);
        if (why == STOP_NEVER) continue;
        if (rows->ended && rows->at == rows->size && !rows->input.bad[0]) return KH_OK;
        kh_status rc = refill(rows, err);
        if (rc < 0) return rc;
    }
}

/* ---- the header ---------------------------------------------------------------------------- */

/* The separator that occurs most often in the first row, outside quotes. */
static stop choose_delimiter(csv_rows *rows, csv_file *file)
{
    static const char candidates[] = ",;\t|";
    size_t counts[4] = {0};
    bool quoted = false;
    size_t at = 0;
    for (; at < rows->size && (quoted || rows->data[at] != '\n'); at++) {
        if ((unsigned char)rows->data[at] == rows->quote) quoted = !quoted;
        const char *found = quoted || !rows->data[at] ? NULL : strchr(candidates, rows->data[at]);
        if (found) counts[found - candidates]++;
    }
    if (at == rows->size && !rows->ended) return STOP_MORE;
    size_t best = 0;
    for (size_t i = 1; i < 4; i++) best = counts[i] > counts[best] ? i : best;
    for (size_t i = best + 1; i < 4; i++) {
        if (counts[best] > 0 && counts[i] == counts[best]) {
            return refuse(rows, 0, KH_EDATA,
                          "the line has as many '%s' as '%s'; set delimiter to the right one",
                          candidates[best] == '\t' ? "tab" : (char[]){candidates[best], 0},
                          candidates[i] == '\t' ? "tab" : (char[]){candidates[i], 0});
        }
    }
    file->delimiter = candidates[best];
    return STOP_NEVER;
}

/* A header's name, unescaped, which lives as long as the instance; NULL after an error. */
static char *make_name(csv_rows *rows, csv_cut cut)
{
    const char *text = rows->data + cut.at;
    size_t size = cut.size & CSV_SIZE, bad = csv_utf8_check(text, size);
    if (bad < size) {
        char hex[16];
        refuse(rows, cut.at + bad, KH_EDATA,
               "the bytes '%s' are not UTF-8; save the file as UTF-8 or set encoding to what it "
               "is",
               csv_hex(hex, text + bad, size - bad));
        return NULL;
    }
    char *name = csv_keep_text(rows->input.source, text, size);
    if (cut.size & CSV_DOUBLED) name[csv_undouble(name, text, size, (char)rows->quote)] = '\0';
    return name;
}

/* Cut one row of unknown width. */
static stop cut_header(csv_rows *rows, csv_file *file)
{
    const uint32_t *mark = rows->marks + rows->mark;
    size_t at = rows->at;
    uint32_t room = 0;
    const char **names = NULL;
    stop why;
    for (file->width = 0;;) {
        csv_cut cut;
        why = cut_cell(rows, &mark, at, &cut);
        if (why != STOP_NEVER) break;
        bool ends = is_row_end(rows->data, &mark);
        if (!ends && rows->data[*mark] != file->delimiter) break;
        if (file->width == COLUMNS_MOST) {
            why = refuse(rows, at, KH_ELIMIT, "more than %d columns; leave out what is not needed",
                         COLUMNS_MOST);
            break;
        }
        if (file->width == room) {
            room = room ? room * 2 : 64;
            names = csv_grow(names, room * sizeof *names);
        }
        char *name = make_name(rows, cut);
        if (!name) {
            why = STOP_ERROR;
            break;
        }
        names[file->width++] = name;
        at = *mark++ + 1;
        if (!ends) continue;
        file->names = csv_keep(rows->input.source, file->width * sizeof *names);
        memcpy(file->names, names, file->width * sizeof *names);
        free(names);
        return STOP_NEVER;
    }
    free(names);
    rows->width = file->width;
    return why == STOP_ERROR ? why : wrong_end(rows, mark, file->width, at);
}

kh_status csv_rows_header(csv_rows *rows, csv_file *file, kh_error *err)
{
    for (;;) {
        kh_status rc = refill(rows, err);
        if (rc < 0) return rc;
        stop why = rows->error.status < 0 ? STOP_ERROR
                   : file->delimiter      ? STOP_NEVER
                                          : choose_delimiter(rows, file);
        if (why == STOP_NEVER) {
            find_marks(rows, file->delimiter);
            why = cut_header(rows, file);
        }
        if (why == STOP_BLANK || (why == STOP_NEVER && file->width == 1 && !file->names[0][0])) {
            why = refuse(rows, 0, KH_EDATA,
                         "the line is empty, but the table should begin here; set skip to the "
                         "number of lines above it");
        }
        if (why == STOP_MORE && rows->ended) {
            why = refuse(rows, 0, KH_EDATA,
                         "the file ends here, before the table begins; export it again");
        }
        if (why == STOP_NEVER) return KH_OK;
        if (why == STOP_ERROR) return kh_fail(err, rows->error.status, "%s", rows->error.text);
    }
}
