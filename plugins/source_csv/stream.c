/* The files of a query one after the other, as batches. */
#include "csv.h"

typedef struct stream {
    csv_source *source;
    csv_column *columns; /* as asked for; then the origins */
    uint32_t field_count, column_count;
    bool origin, origin_file;
    csv_pool *pool;
    int64_t from, to; /* the share: bytes of all files behind each other */
    uint32_t file;    /* the one that is open, or comes next */
    int64_t base;     /* bytes of the files before it */
    int32_t file_code;
    bool open;
    csv_cut **cuts; /* per column of the file; those that are not wanted share the first */
    csv_cut *cells;
    csv_rows rows;
    kh_error error; /* told again by every further call */
} stream;

/* Byte `share` of the files behind each other, as a byte of the file that begins at `base`. */
static int64_t clamp(int64_t share, int64_t base, int64_t size)
{
    return share <= base ? 0 : share - base >= size ? size : share - base;
}

/*
 * Move *at and *line from one row to the one at which the share behind byte `target` begins. A
 * compressed file is not divided: it belongs to the share of its first byte.
 */
static kh_status find_border(stream *s, const csv_file *file, int64_t target, int64_t *at,
                             int64_t *line, kh_error *err)
{
    if (file->packed ? target <= 0 : target <= *at) return KH_OK;
    if (!file->packed && target < file->size) {
        return csv_row_start(s->source, file, target, true, at, line, err);
    }
    *at = file->packed ? INT64_MAX : file->size;
    return KH_OK;
}

/* Open the next file that has rows in this share; s->open stays false behind the last. */
static kh_status open_next(stream *s, kh_error *err)
{
    for (; s->file < s->source->file_count; s->base += s->source->files[s->file++].size) {
        const csv_file *file = &s->source->files[s->file];
        int64_t from = clamp(s->from, s->base, file->size), to = clamp(s->to, s->base, file->size);
        if (from >= to) continue;
        int64_t begin = file->body, line = file->body_line;
        kh_status rc = find_border(s, file, from, &begin, &line, err);
        int64_t end = begin, end_line = line;
        if (rc == KH_OK) rc = find_border(s, file, to, &end, &end_line, err);
        if (rc < 0) return rc;
        if (begin >= end) continue;
        rc = csv_rows_open(&s->rows, s->source, file, begin, end, line, err);
        if (rc < 0) return rc;
        s->rows.width = file->width;
        s->rows.cuts = s->cuts;
        s->rows.more_behind = !file->packed && end < file->size;
        s->open = true;
        if (s->origin_file) {
            csv_dict *names = &s->columns[s->column_count - 1].dict;
            size_t size = strlen(file->shown);
            char *padded = csv_grow(NULL, size + CSV_PAD);
            memcpy(padded, file->shown, size);
            csv_dict_codes(names, padded, &(csv_cut){0, (uint32_t)size}, 1, &s->file_code);
            free(padded);
        }
        return KH_OK;
    }
    return KH_OK;
}

static void close_file(stream *s)
{
    s->base += s->source->files[s->file++].size;
    csv_rows_close(&s->rows);
    s->open = false;
}

/* Convert the rows that were cut; the first bad cell in the order of the file is the error. */
static kh_status convert(stream *s, csv_batch *batch, kh_error *err)
{
    const csv_rows *rows = &s->rows;
    uint32_t bad_row = rows->count;
    const csv_column *bad = NULL;
    for (uint32_t c = 0; c < s->field_count; c++) {
        csv_column *column = &s->columns[c];
        csv_target *target = csv_batch_target(batch, c);
        uint32_t row = csv_column_convert(column, rows, target);
        target->at += rows->count;
        if (row < bad_row || (bad && row == bad_row && column->place < bad->place)) {
            bad_row = row;
            bad = column;
        }
    }
    if (bad) return csv_column_error(bad, rows, bad_row, err);
    uint32_t c = s->field_count;
    if (s->origin) {
        csv_target *target = csv_batch_target(batch, c++);
        memcpy((int64_t *)target->values + target->at, rows->lines,
               rows->count * sizeof *rows->lines);
        target->at += rows->count;
    }
    if (s->origin_file) {
        csv_target *target = csv_batch_target(batch, c);
        int32_t *codes = (int32_t *)target->values + target->at;
        for (uint32_t row = 0; row < rows->count; row++) codes[row] = s->file_code;
        target->at += rows->count;
    }
    return KH_OK;
}

static kh_status fill(stream *s, csv_batch *batch, int64_t *rows, kh_error *err)
{
    while (*rows < CSV_BATCH) {
        kh_status rc;
        if (!s->open && (rc = open_next(s, err)) < 0) return rc;
        if (!s->open) return KH_OK;
        int64_t room = CSV_BATCH - *rows;
        rc = csv_rows_next(&s->rows, room < CSV_ROWS ? (uint32_t)room : CSV_ROWS, err);
        if (rc < 0) return rc;
        if (s->rows.count > 0) {
            if ((rc = convert(s, batch, err)) < 0) return rc;
            *rows += s->rows.count;
        } else {
            if ((rc = csv_input_unchanged(&s->rows.input, err)) < 0) return rc;
            close_file(s);
        }
    }
    return KH_OK;
}

/* ---- the Arrow stream ---------------------------------------------------------------------- */

static int get_schema(struct ArrowArrayStream *self, struct ArrowSchema *out)
{
    csv_pool_schema(((stream *)self->private_data)->pool, out);
    return 0;
}

static int get_next(struct ArrowArrayStream *self, struct ArrowArray *out)
{
    stream *s = self->private_data;
    *out = (struct ArrowArray){0};
    if (s->error.status < 0) return -s->error.status;
    csv_batch *batch = csv_pool_take(s->pool);
    int64_t rows = 0;
    if (fill(s, batch, &rows, &s->error) == KH_OK && rows > 0) {
        csv_batch_export(batch, rows, out);
    }
    csv_batch_drop(batch); /* what was exported counts for itself */
    return -s->error.status;
}

static const char *get_last_error(struct ArrowArrayStream *self)
{
    const stream *s = self->private_data;
    return s->error.status < 0 ? s->error.text : NULL;
}

static void release(struct ArrowArrayStream *self)
{
    stream *s = self->private_data;
    if (s->open) csv_rows_close(&s->rows);
    if (s->pool) csv_pool_close(s->pool);
    for (uint32_t c = 0; c < s->column_count; c++) {
        if (s->columns[c].dict.slots) csv_dict_fini(&s->columns[c].dict);
        free(s->columns[c].name);
    }
    free(s->columns);
    free(s->cuts);
    free(s->cells);
    free(s);
    self->release = NULL;
}

/* ---- opening ------------------------------------------------------------------------------- */

static void add_column(stream *s, const char *name, kh_type type, int32_t scale)
{
    const csv_source *source = s->source;
    csv_column *column = &s->columns[s->column_count++];
    *column = (csv_column){.name = strdup(name),
                           .type = type == KH_TYPE_ANY ? KH_TYPE_TEXT : type,
                           .scale = scale,
                           .thousands = source->thousands == 0,
                           .quote = (char)csv_quote(source),
                           .null_text = source->null_text,
                           .null_size = (uint32_t)strlen(source->null_text)};
    if (!column->name) abort();
    if (column->type == KH_TYPE_TEXT) csv_dict_init(&column->dict);
}

/* Bind the fields to columns of the file, and give each column that is wanted room for its cuts. */
static kh_status bind_fields(stream *s, const kh_query *query, kh_error *err)
{
    uint32_t width = s->source->files[0].width, wanted = 1;
    uint32_t *numbers = csv_grow(NULL, width * sizeof *numbers);
    memset(numbers, 0, width * sizeof *numbers);
    kh_status rc = KH_OK;
    for (uint32_t f = 0; f < query->field_count && rc == KH_OK; f++) {
        const kh_field *field = &query->fields[f];
        if (field->type == KH_TYPE_FLOAT || field->scale < 0 || field->scale > 37) {
            rc = kh_fail(err, KH_EUNSUPPORTED,
                         "%s: column '%s': csv reads decimals of 0 to 37 places, no binary "
                         "floating point; declare it as decimal(2)",
                         s->source->files[0].shown, field->name);
            break;
        }
        if (!strncmp(field->name, "kaohe:", 6)) {
            rc = kh_fail(err, KH_EUSAGE,
                         "%s: column '%s': names like this are kaohe's own; give it another by the "
                         "option columns",
                         s->source->files[0].shown, field->name);
            break;
        }
        uint32_t place;
        if ((rc = csv_column_find(s->source, field->name, &place, err)) < 0) break;
        add_column(s, field->name, field->type, field->scale);
        s->columns[f].place = place;
        if (numbers[place] == 0) numbers[place] = wanted++;
    }
    s->cells = csv_grow(NULL, (size_t)wanted * CSV_ROWS * sizeof *s->cells);
    s->cuts = csv_grow(NULL, width * sizeof *s->cuts);
    for (uint32_t c = 0; c < width; c++) s->cuts[c] = s->cells + (size_t)numbers[c] * CSV_ROWS;
    free(numbers);
    return rc;
}

kh_status csv_stream_open(csv_source *source, const kh_query *query, struct ArrowArrayStream *out,
                          kh_error *err)
{
    *out = (struct ArrowArrayStream){0};
    kh_status rc = csv_files_look(source, err);
    if (rc < 0) return rc;
    if (query->parts == 0 || query->part >= query->parts) {
        return kh_fail(err, KH_EUSAGE, "share %u of %u does not exist", query->part, query->parts);
    }
    stream *s = csv_grow(NULL, sizeof *s);
    memset(s, 0, sizeof *s);
    s->source = source;
    s->columns = csv_grow(NULL, (query->field_count + 2) * sizeof *s->columns);
    out->private_data = s;
    if ((rc = bind_fields(s, query, err)) < 0) {
        release(out);
        return rc;
    }
    s->field_count = s->column_count;
    s->origin = query->want_origin;
    s->origin_file = query->want_origin && source->file_count > 1;
    if (s->origin) add_column(s, KH_ORIGIN_ROW, KH_TYPE_INT, 0);
    if (s->origin_file) add_column(s, KH_ORIGIN_FILE, KH_TYPE_TEXT, 0);
    s->pool = csv_pool_new(s->columns, s->column_count);

    int64_t total = 0;
    for (uint32_t f = 0; f < source->file_count; f++) total += source->files[f].size;
    s->from = (int64_t)((csv_int128)total * query->part / query->parts);
    s->to = (int64_t)((csv_int128)total * (query->part + 1) / query->parts);
    *out = (struct ArrowArrayStream){.get_schema = get_schema,
                                     .get_next = get_next,
                                     .get_last_error = get_last_error,
                                     .release = release,
                                     .private_data = s};
    return KH_OK;
}
