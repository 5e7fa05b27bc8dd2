/* The CSV source from bytes to batches; each file of this folder is one step of that way.
 *
 *   files.c   which files, and what each one is: encoding, separator, header, where rows begin
 *   input.c   the bytes of one file as UTF-8: read, inflated, decoded (gb18030.c)
 *   scan.c    where the special bytes are: separator, quote, line end, NUL
 *   rows.c    special bytes to cells: the quoting rules, blank lines, places for messages
 *   cell.c    one cell to a number, a date, a truth value; the unusual forms and the refusals
 *   columns.c many cells of one column at once; the usual forms, fast
 *   dict.c    texts to codes
 *   batch.c   the Arrow arrays around all that
 *   stream.c  the files of a query one after the other, as batches
 *   plugin.c  options, and the operations the host calls
 *
 * Errors of data begin with "FILE:LINE:COLUMN: "; lines and columns count from 1, columns in
 * characters. Memory that is out ends the process, as everywhere in kaohe.
 */
#ifndef SOURCE_CSV_CSV_H
#define SOURCE_CSV_CSV_H

#include <kaohe/source.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#define csv_likely(x)   __builtin_expect(!!(x), 1)
#define csv_unlikely(x) __builtin_expect(!!(x), 0)

typedef __int128 csv_int128;

/* Sizes of buffers, which no result depends on: the fuzz target makes them tiny, to meet their
 * borders everywhere. A batch is a multiple of 512 rows. */
#ifndef CSV_TINY
enum { CSV_WINDOW = 256 << 10, CSV_CHUNK = 64 << 10, CSV_ROWS = 1024, CSV_BATCH = 16384 };
#else
enum { CSV_WINDOW = 64, CSV_CHUNK = 32, CSV_ROWS = 4, CSV_BATCH = 512 };
#endif

/* The choices of the options, in the order of their lists. */
typedef enum csv_encoding { CSV_AUTO, CSV_UTF8, CSV_GB18030 } csv_encoding;

/** One file, looked at but not read. */
typedef struct csv_file {
    const char *path;
    const char *shown; /* for messages: relative to the working folder where it lies in it */
    int64_t size;
    struct timespec modified;
    bool packed; /* gzip */
    csv_encoding encoding;
    char delimiter;
    /* Where the first row begins: bytes of the (inflated) file, and its line. */
    int64_t body, body_line;
    const char **names; /* of its columns */
    uint32_t width;
} csv_file;

/** The instance: the options as the host filled them, then what was found out. */
typedef struct csv_source {
    const kh_host *host;
    const char *path;
    kh_texts paths;
    int32_t encoding;
    int32_t delimiter;
    int32_t quote;
    int32_t thousands;
    int64_t skip;
    const char *null_text;
    kh_map columns;
    bool header, trim;

    volatile sig_atomic_t cancelled;
    csv_file *files;
    uint32_t file_count; /* 0 = not looked at yet */
    uint8_t *gb_pairs;   /* the table of gb18030.c, made when first needed */
} csv_source;

/** A cell: bytes of the window, without quotes and outer spaces. */
typedef struct csv_cut {
    uint32_t at;
    uint32_t size; /* with CSV_DOUBLED where it holds doubled quotes */
} csv_cut;

enum { CSV_SIZE = INT32_MAX };
#define CSV_DOUBLED (1U << 31)

/** Memory that lives as long as the instance; never NULL. */
void *csv_keep(const csv_source *source, size_t size);
char *csv_keep_text(const csv_source *source, const char *text, size_t size);
/** realloc() that does not fail. */
void *csv_grow(void *block, size_t size);

/* ---- files.c ------------------------------------------------------------------------------- */

/** Find the files and look at each of them, once. */
kh_status csv_files_look(csv_source *source, kh_error *err);
/** The column called @p name by us; KH_EDATA names the nearest and lists all. */
kh_status csv_column_find(const csv_source *source, const char *name, uint32_t *out, kh_error *err);
/** The quote as a byte, -1 for none. */
int csv_quote(const csv_source *source);

/**
 * Move from the row that begins at byte *@p start, on line *@p line, to the first row that begins
 * at or behind byte @p target: a line feed within quotes ends no row.
 * @p pass_blanks  blank lines belong to what is before, so that those at the end stay together
 */
kh_status csv_row_start(csv_source *source, const csv_file *file, int64_t target, bool pass_blanks,
                        int64_t *start, int64_t *line, kh_error *err);

/* ---- input.c ------------------------------------------------------------------------------- */

typedef struct csv_input {
    csv_source *source;
    const csv_file *file;
    int fd;
    int64_t left; /* bytes of the file still to be read; for gzip: of the packed file */
    z_stream z;
    unsigned char *packed;
    bool inflating, between; /* `between` two gzip members */
    bool decode;
    void *iconv;    /* iconv_t for what the table does not hold */
    char *raw;      /* bytes before decoding */
    size_t at, end; /* in raw */
    char bad[24];   /* the bytes that cannot be decoded, in hex; "" = none */
} csv_input;

/**
 * Open the bytes @p from .. @p to of a file. Of a gzip file @p from counts inflated bytes and @p to
 * is not looked at. @p raw: do not decode.
 */
kh_status csv_input_open(csv_input *in, csv_source *source, const csv_file *file, int64_t from,
                         int64_t to, bool raw, kh_error *err);
/**
 * Up to @p room (at least 16) bytes; 0 at the end, where in->bad may be set: the text up to there
 * was right, and the caller knows the place.
 */
kh_status csv_input_read(csv_input *in, char *to, size_t room, size_t *got, kh_error *err);
/** KH_EUNAVAILABLE when the file is not the one that was looked at any more. */
kh_status csv_input_unchanged(const csv_input *in, kh_error *err);
void csv_input_close(csv_input *in);

/* ---- gb18030.c ----------------------------------------------------------------------------- */

enum { CSV_GB_LEADS = 126, CSV_GB_TRAILS = 192 };

/** Make the table of two-byte characters. */
kh_status csv_gb_prepare(csv_source *source, kh_error *err);

typedef enum csv_decoded { CSV_DECODED, CSV_PARTIAL, CSV_BAD } csv_decoded;

/**
 * Decode from *@p from to *@p to and move both, until either has no room for a whole character
 * (CSV_DECODED), the input ends within one (CSV_PARTIAL) or is not GB18030 (CSV_BAD).
 */
csv_decoded csv_gb_decode(const uint8_t *pairs, void *iconv, const char **from, const char *end,
                          char **to, const char *to_end);

/* ---- scan.c -------------------------------------------------------------------------------- */

/** Bytes behind a text that may be read (never used) by the functions below and by columns.c. */
enum { CSV_PAD = 64 };

/**
 * Offsets of every @p delimiter, @p quote, CR, LF and NUL in the text, ascending.
 * @p marks has room for size + 8. Returns how many there are.
 */
uint32_t csv_scan(const char *text, size_t size, char delimiter, char quote, uint32_t *marks);
/** Offset of the first byte that is not ASCII, or @p size. */
size_t csv_ascii(const char *text, size_t size);
/** Length of the valid UTF-8 character at the start; 0 when there is none. */
size_t csv_utf8_length(const char *text, size_t size);
/** Offset of the first byte that is not UTF-8, or @p size. */
size_t csv_utf8_check(const char *text, size_t size);

/* ---- rows.c -------------------------------------------------------------------------------- */

typedef struct csv_rows {
    csv_input input;
    const csv_file *file;
    int quote;
    bool trim;
    bool more_behind; /* rows follow behind the end of the input: this is not the last share */
    uint32_t width;
    csv_cut *const *cuts; /* the cells of each column go here, CSV_ROWS of them */

    char *block;       /* one byte, then the window */
    char *data;        /* the window: whole rows and the beginning of one more */
    size_t size, room; /* data[size .. size + CSV_PAD) is zero */
    bool ended;        /* nothing follows behind the window */
    uint32_t *marks;   /* special bytes; marks[mark_count] == size */
    uint32_t mark_count, mark;
    size_t at;            /* the next row begins here ... */
    int64_t line;         /* ... on this line */
    int64_t blanks, owed; /* blank lines seen, not known if at the end; empty rows to hand out */
    int64_t blank_line;
    int64_t breaks; /* line feeds within the quotes of the row being cut */

    uint32_t count; /* rows of the last csv_rows_next() */
    uint32_t starts[CSV_ROWS];
    int64_t lines[CSV_ROWS];
    kh_error error; /* found behind the rows handed out last */
} csv_rows;

/** Begin at byte @p from, which is line @p line. */
kh_status csv_rows_open(csv_rows *rows, csv_source *source, const csv_file *file, int64_t from,
                        int64_t to, int64_t line, kh_error *err);
/** Read one row as names (UTF-8, checked); decides the delimiter where file->delimiter is 0. */
kh_status csv_rows_header(csv_rows *rows, csv_file *file, kh_error *err);
/** Cut up to @p most (<= CSV_ROWS) rows; rows->count == 0 at the end. */
kh_status csv_rows_next(csv_rows *rows, uint32_t most, kh_error *err);
/** Line and column of byte @p at of the window, which lies in a row that begins at @p start. */
void csv_rows_place(const csv_rows *rows, size_t start, size_t at, int64_t *line, int64_t *column);
/** Copy a cell and make one of each two quotes; returns the new size. */
size_t csv_undouble(char *out, const char *text, size_t size, char quote);
void csv_rows_close(csv_rows *rows);

/* ---- cell.c -------------------------------------------------------------------------------- */

/** A text for a message: cut to a readable length, control characters shown as spaces. */
enum { CSV_QUOTED = 96 };
const char *csv_quoted(char out[CSV_QUOTED], const char *text, size_t size);
/** "B6 D4": at most four bytes. */
const char *csv_hex(char out[16], const char *bytes, size_t size);

/* Each reads one cell that is not empty. KH_EDATA says "'TEXT' is not ...; FIX". */
kh_status csv_cell_decimal(csv_int128 *out, const char *text, size_t size, int scale,
                           bool thousands, kh_error *err);
kh_status csv_cell_int(int64_t *out, const char *text, size_t size, bool thousands, kh_error *err);
kh_status csv_cell_date(int32_t *out, const char *text, size_t size, kh_error *err);
kh_status csv_cell_bool(bool *out, const char *text, size_t size, kh_error *err);
/** Days since 1970-01-01; false when there is no such day. */
bool csv_days(int year, int month, int day, int32_t *out);

/* ---- dict.c -------------------------------------------------------------------------------- */

/** Memory that is shared with batches that are still held; grows by being replaced. */
typedef struct csv_block {
    uint32_t refs;
    size_t room;
    _Alignas(16) char data[];
} csv_block;

void csv_block_drop(csv_block *block);

typedef struct csv_dict {
    struct csv_slot *slots; /* 1 << bits of them */
    struct csv_entry *entries;
    uint32_t bits, count;
    uint32_t last;              /* the code given out last */
    csv_block *offsets, *bytes; /* offsets: count + 1 int32 */
} csv_dict;

void csv_dict_init(csv_dict *dict);
void csv_dict_fini(csv_dict *dict);
/**
 * The codes of @p count cells without NUL bytes; new texts are added. Stops at a cell that is
 * empty, has doubled quotes, is not UTF-8, or does not fit into 2 GB; returns how many it did.
 */
uint32_t csv_dict_codes(csv_dict *dict, const char *data, const csv_cut *cuts, uint32_t count,
                        int32_t *codes);

/* ---- columns.c ----------------------------------------------------------------------------- */

/** A column that is asked for. */
typedef struct csv_column {
    char *name;
    kh_type type;
    int32_t scale;
    uint32_t place; /* which column of the file */
    bool thousands;
    char quote;
    const char *null_text; /* null_size bytes; 0 = only the empty cell is missing */
    uint32_t null_size;
    csv_dict dict;
    uint64_t last_day[2]; /* bytes of the last date read fast ... */
    int32_t last_date;    /* ... and the date */
} csv_column;

/** Where converted cells go: values and validity bits from row @p at on. */
typedef struct csv_target {
    void *values;
    uint8_t *valid;
    int64_t at;
    int64_t nulls;
} csv_target;

/** Convert a column of the rows; returns the first bad row, rows->count when there is none. */
uint32_t csv_column_convert(csv_column *column, const csv_rows *rows, csv_target *out);
/** Say what is wrong with a cell that csv_column_convert() refused. */
kh_status csv_column_error(const csv_column *column, const csv_rows *rows, uint32_t row,
                           kh_error *err);

/* ---- batch.c ------------------------------------------------------------------------------- */

/** The memory of batches: what a consumer has released is used again. */
typedef struct csv_pool csv_pool;
typedef struct csv_batch csv_batch;

/** @p columns is borrowed until csv_pool_close(); batches that are still held live on. */
csv_pool *csv_pool_new(const csv_column *columns, uint32_t count);
void csv_pool_close(csv_pool *pool);
/** A batch with all rows valid. */
csv_batch *csv_pool_take(csv_pool *pool);
csv_target *csv_batch_target(csv_batch *batch, uint32_t column);
void csv_batch_drop(csv_batch *batch);
/** Move the first @p rows rows to @p out, which the consumer releases. */
void csv_batch_export(csv_batch *batch, int64_t rows, struct ArrowArray *out);
void csv_pool_schema(const csv_pool *pool, struct ArrowSchema *out);

/* ---- stream.c ------------------------------------------------------------------------------ */

kh_status csv_stream_open(csv_source *source, const kh_query *query, struct ArrowArrayStream *out,
                          kh_error *err);

#endif
