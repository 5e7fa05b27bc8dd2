/* Rows appended one by one become Arrow batches: the service behind kh_rows_ops. */
#include "table/builder.h"

#include "base/decimal.h"
#include "table/reader.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_MOST = 1 << 26 };

typedef struct cells {
    char *name;
    kh_type type;
    int scale;
    uint8_t *valid; /* bitmap */
    char *data;     /* values; for text: the bytes */
    size_t used, room;
    int32_t *offsets; /* text: where each row's bytes begin */
} cells;

struct kh_builder {
    cells *columns; /* the last one is the origin */
    uint32_t count;
    size_t rows, room;
    kh_error error;
};

static void *grow(void *block, size_t size)
{
    void *bigger = realloc(block, size);
    if (!bigger) abort(); /* memory is out: nothing sensible is left to say */
    return bigger;
}

static size_t width_of(kh_type type)
{
    return type == KH_TYPE_DECIMAL ? 16 : type == KH_TYPE_DATE ? 4 : 8;
}

static void reserve_rows(kh_builder *rows, size_t need)
{
    if (need <= rows->room) return;
    size_t room = rows->room ? rows->room * 2 : 256;
    for (uint32_t c = 0; c < rows->count; c++) {
        cells *column = &rows->columns[c];
        column->valid = grow(column->valid, room / 8);
        memset(column->valid + rows->room / 8, 0, (room - rows->room) / 8);
        if (column->type == KH_TYPE_TEXT) {
            column->offsets = grow(column->offsets, (room + 1) * sizeof *column->offsets);
            if (rows->room == 0) column->offsets[0] = 0;
        } else if (column->type == KH_TYPE_BOOL) {
            column->data = grow(column->data, room / 8);
            memset(column->data + rows->room / 8, 0, (room - rows->room) / 8);
        } else {
            column->data = grow(column->data, room * width_of(column->type));
        }
    }
    rows->room = room;
}

static kh_builder *begin(const kh_field *fields, uint32_t count)
{
    kh_builder *rows = calloc(1, sizeof *rows);
    cells *columns = calloc(count + 1, sizeof *columns);
    if (!rows || !columns) abort();
    rows->columns = columns;
    rows->count = count + 1;
    for (uint32_t c = 0; c <= count; c++) {
        kh_field field = c < count ? fields[c] : (kh_field){KH_ORIGIN_ROW, KH_TYPE_INT, 0};
        columns[c].name = strdup(field.name);
        if (!columns[c].name) abort();
        columns[c].type = field.type == KH_TYPE_ANY ? KH_TYPE_TEXT : field.type;
        columns[c].scale = field.scale;
    }
    reserve_rows(rows, 1);
    return rows;
}

/* The cell that is about to be written, or NULL with the error kept. */
static cells *cell(kh_builder *rows, uint32_t column, kh_type type)
{
    if (column >= rows->count - 1) {
        kh_fail(&rows->error, KH_EINTERNAL, "there is no column number %u", column);
        return NULL;
    }
    if (rows->columns[column].type != type) {
        kh_fail(&rows->error, KH_EINTERNAL, "column '%s' holds %s, not %s",
                rows->columns[column].name, kh_type_name(rows->columns[column].type),
                kh_type_name(type));
        return NULL;
    }
    return &rows->columns[column];
}

static void mark(kh_builder *rows, cells *column)
{
    column->valid[rows->rows / 8] |= (uint8_t)(1U << rows->rows % 8);
}

static void unmark(kh_builder *rows, cells *column)
{
    column->valid[rows->rows / 8] &= (uint8_t) ~(1U << rows->rows % 8);
}

static void put_text(kh_builder *rows, uint32_t at, const char *text, size_t length)
{
    cells *column = cell(rows, at, KH_TYPE_TEXT);
    if (!column) return;
    column->used = (size_t)column->offsets[rows->rows]; /* a cell written twice keeps the last */
    if (length > INT32_MAX - column->used) {
        kh_fail(&rows->error, KH_ELIMIT, "column '%s' holds more than 2 GB of text", column->name);
        return;
    }
    if (column->used + length > column->room) {
        column->room = (column->used + length) * 2 + 64;
        column->data = grow(column->data, column->room);
    }
    if (length) memcpy(column->data + column->used, text, length);
    column->used += length;
    mark(rows, column);
}

static void put_decimal(kh_builder *rows, uint32_t at, kh_decimal value)
{
    cells *column = cell(rows, at, KH_TYPE_DECIMAL);
    if (!column) return;
    unmark(rows, column);
    if (kh_is_absent(value)) return;
    kh_int128 scaled = 0;
    kh_error why = KH_ERROR_INIT;
    kh_status rc = kh_dec_to_scaled(&scaled, value, column->scale, &why);
    if (rc < 0) {
        kh_fail(&rows->error, rc, "column '%s': %s", column->name, why.text);
        return;
    }
    memcpy(column->data + rows->rows * 16, &scaled, 16);
    mark(rows, column);
}

static void put_integer(kh_builder *rows, uint32_t at, int64_t value)
{
    if (at < rows->count - 1 && rows->columns[at].type == KH_TYPE_DECIMAL) {
        put_decimal(rows, at, kh_dec_int(value));
        return;
    }
    cells *column = cell(rows, at, KH_TYPE_INT);
    if (!column) return;
    memcpy(column->data + rows->rows * 8, &value, 8);
    mark(rows, column);
}

static void put_date(kh_builder *rows, uint32_t at, kh_date value)
{
    cells *column = cell(rows, at, KH_TYPE_DATE);
    if (!column) return;
    unmark(rows, column);
    if (value == KH_NO_DATE) return;
    memcpy(column->data + rows->rows * 4, &value, 4);
    mark(rows, column);
}

static void put_boolean(kh_builder *rows, uint32_t at, bool value)
{
    cells *column = cell(rows, at, KH_TYPE_BOOL);
    if (!column) return;
    char bits = (char)(1U << rows->rows % 8);
    column->data[rows->rows / 8] =
        (char)(value ? column->data[rows->rows / 8] | bits : column->data[rows->rows / 8] & ~bits);
    mark(rows, column);
}

/* ---- handing batches over ------------------------------------------------------------------ */

static void release_column(struct ArrowArray *array)
{
    for (int64_t b = 0; b < array->n_buffers; b++) free((void *)array->buffers[b]);
    free(array->buffers);
    array->release = NULL;
}

static void release_batch(struct ArrowArray *array)
{
    for (int64_t c = 0; c < array->n_children; c++) {
        if (array->children[c]->release) array->children[c]->release(array->children[c]);
        free(array->children[c]);
    }
    free(array->children);
    free(array->buffers);
    array->release = NULL;
}

static void export_batch(kh_builder *rows, struct ArrowArray *out)
{
    *out = (struct ArrowArray){.length = (int64_t)rows->rows,
                               .n_buffers = 1,
                               .n_children = rows->count,
                               .release = release_batch};
    out->buffers = calloc(1, sizeof *out->buffers);
    out->children = calloc(rows->count, sizeof *out->children);
    if (!out->buffers || !out->children) abort();
    for (uint32_t c = 0; c < rows->count; c++) {
        cells *column = &rows->columns[c];
        bool text = column->type == KH_TYPE_TEXT;
        struct ArrowArray *child = calloc(1, sizeof *child);
        const void **buffers = calloc(3, sizeof *buffers);
        if (!child || !buffers) abort();
        if (text && !column->data) column->data = grow(NULL, 1);
        buffers[0] = column->valid;
        buffers[1] = text ? (void *)column->offsets : column->data;
        buffers[2] = text ? column->data : NULL;
        *child = (struct ArrowArray){.length = (int64_t)rows->rows,
                                     .null_count = -1,
                                     .n_buffers = text ? 3 : 2,
                                     .buffers = buffers,
                                     .release = release_column};
        out->children[c] = child;
        column->valid = NULL;
        column->data = NULL;
        column->offsets = NULL;
        column->used = column->room = 0;
    }
    rows->rows = rows->room = 0;
    reserve_rows(rows, 1);
}

static void next_row(kh_builder *rows, int64_t origin)
{
    cells *last = &rows->columns[rows->count - 1];
    memcpy(last->data + rows->rows * 8, &origin, 8);
    mark(rows, last);
    for (uint32_t c = 0; c < rows->count; c++) {
        cells *column = &rows->columns[c];
        if (column->type == KH_TYPE_TEXT) column->offsets[rows->rows + 1] = (int32_t)column->used;
    }
    rows->rows++;
    if (rows->rows >= ROWS_MOST) {
        kh_fail(&rows->error, KH_ELIMIT, "more than %d rows in one batch", ROWS_MOST);
        rows->rows--;
    }
    reserve_rows(rows, rows->rows + 1);
}

static void discard(kh_builder *rows)
{
    if (!rows) return;
    for (uint32_t c = 0; c < rows->count; c++) {
        free(rows->columns[c].name);
        free(rows->columns[c].valid);
        free(rows->columns[c].data);
        free(rows->columns[c].offsets);
    }
    free(rows->columns);
    free(rows);
}

static kh_status batch(kh_builder *rows, struct ArrowArray *out, kh_error *err)
{
    if (rows->error.status < 0) {
        return kh_fail(err, rows->error.status, "%s", rows->error.text);
    }
    export_batch(rows, out);
    return KH_OK;
}

/* ---- the stream of finish() ---------------------------------------------------------------- */

static void release_schema_tree(struct ArrowSchema *schema)
{
    for (int64_t c = 0; c < schema->n_children; c++) {
        if (schema->children[c]->release) schema->children[c]->release(schema->children[c]);
        free(schema->children[c]);
    }
    free(schema->children);
    free((void *)schema->format);
    free((void *)schema->name);
    schema->release = NULL;
}

static void make_schema(struct ArrowSchema *out, const char *format, const char *name)
{
    *out = (struct ArrowSchema){.format = strdup(format),
                                .name = strdup(name),
                                .flags = ARROW_FLAG_NULLABLE,
                                .release = release_schema_tree};
    if (!out->format || !out->name) abort();
}

static void put_schema(const kh_builder *rows, struct ArrowSchema *out)
{
    make_schema(out, "+s", "");
    out->n_children = rows->count;
    out->children = calloc(rows->count, sizeof *out->children);
    if (!out->children) abort();
    for (uint32_t c = 0; c < rows->count; c++) {
        const cells *column = &rows->columns[c];
        char format[32];
        switch (column->type) {
        case KH_TYPE_DECIMAL: snprintf(format, sizeof format, "d:38,%d", column->scale); break;
        case KH_TYPE_INT: strcpy(format, "l"); break;
        case KH_TYPE_DATE: strcpy(format, "tdD"); break;
        case KH_TYPE_BOOL: strcpy(format, "b"); break;
        case KH_TYPE_FLOAT: strcpy(format, "g"); break;
        default: strcpy(format, "u"); break;
        }
        out->children[c] = calloc(1, sizeof *out->children[c]);
        if (!out->children[c]) abort();
        make_schema(out->children[c], format, column->name);
    }
}

static int stream_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    put_schema(stream->private_data, out);
    return 0;
}

static int stream_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    kh_builder *rows = stream->private_data;
    *out = (struct ArrowArray){0};
    if (rows->rows > 0) export_batch(rows, out);
    return 0;
}

static const char *stream_last_error(struct ArrowArrayStream *stream)
{
    (void)stream;
    return NULL;
}

static void stream_release(struct ArrowArrayStream *stream)
{
    discard(stream->private_data);
    stream->release = NULL;
}

static kh_status finish(kh_builder *rows, struct ArrowArrayStream *out, kh_error *err)
{
    *out = (struct ArrowArrayStream){0};
    if (rows->error.status < 0) {
        kh_status rc = kh_fail(err, rows->error.status, "%s", rows->error.text);
        discard(rows);
        return rc;
    }
    *out = (struct ArrowArrayStream){.get_schema = stream_schema,
                                     .get_next = stream_next,
                                     .get_last_error = stream_last_error,
                                     .release = stream_release,
                                     .private_data = rows};
    return KH_OK;
}

const kh_rows_ops kh_rows_table = {
    .size = sizeof(kh_rows_ops),
    .begin = begin,
    .text = put_text,
    .decimal = put_decimal,
    .integer = put_integer,
    .date = put_date,
    .boolean = put_boolean,
    .next = next_row,
    .batch = batch,
    .finish = finish,
    .discard = discard,
    .schema = put_schema,
};
