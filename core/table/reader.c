/* Batches of a source, checked and laid out the way the engine reads them. */
#include "table/reader.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_MOST = 1 << 28, COLUMNS_MOST = 4096, SCALE_MOST = 37 };

/* Sums of offsets below it do not run over, and no slice of real data starts beyond it. */
static const int64_t OFFSET_MOST = 1LL << 40;

static const int64_t DAY_LEAST = -719162, DAY_MOST = 2932896; /* 0001-01-01 to 9999-12-31 */

/* How one column arrives. */
typedef enum wire_kind {
    WIRE_UTF8,
    WIRE_DICTIONARY,
    WIRE_INT8,
    WIRE_INT16,
    WIRE_INT32,
    WIRE_INT64,
    WIRE_DECIMAL,
    WIRE_DATE,
    WIRE_BOOL,
    WIRE_FLOAT,
    WIRE_STAMP
} wire_kind;

typedef struct arrival {
    char *name;
    kh_type type; /* as asked for; of an origin column: what it is */
    int scale;    /* as asked for */
    wire_kind wire;
    int wire_scale;
    int64_t per_day;     /* WIRE_STAMP: units in a day */
    wire_kind code_wire; /* WIRE_DICTIONARY */
    bool grows;          /* the dictionary keeps its codes */
    int child;           /* index in the batch */
    void *values;        /* scratch for converted values */
    uint8_t *nulls;
    size_t room;      /* rows the scratch holds */
    kh_names names;   /* WIRE_UTF8: our own dictionary */
    int32_t *offsets; /* its offsets */
    kh_buf bytes;
    uint32_t known; /* entries in offsets / of the source's dictionary checked so far */
} arrival;

struct kh_reader {
    struct ArrowArrayStream stream;
    struct ArrowArray batch;
    char *name;
    arrival *columns;
    kh_view *views;
    uint32_t field_count;
    arrival origin_row, origin_file;
    int64_t child_count;
};

const char *kh_type_name(kh_type type)
{
    static const char *const names[] = {"any", "text", "decimal", "int", "date", "bool", "float"};
    return names[type];
}

/* A number of one or two digits. */
static bool read_number(const char **at, int *out)
{
    *out = 0;
    int n = 0;
    for (; **at >= '0' && **at <= '9' && n < 2; n++) *out = *out * 10 + (*(*at)++ - '0');
    return n > 0;
}

/* "38,2" or "38,2,128" */
static bool parse_decimal(const char *at, int *scale)
{
    int precision;
    if (!read_number(&at, &precision) || *at++ != ',' || !read_number(&at, scale)) return false;
    return (*at == '\0' || !strcmp(at, ",128")) && precision >= 1 && precision <= 38 &&
           *scale <= SCALE_MOST;
}

/* What the format string of a schema means; false for what kaohe does not read. A time with a zone
   other than UTC is an instant whose day depends on the reader, so it is none of them. */
static bool parse_format(const char *format, wire_kind *out, int *scale, int64_t *per_day)
{
    *scale = 0;
    *per_day = 0;
    if (!format) return false;
    if (!strcmp(format, "u")) *out = WIRE_UTF8;
    else if (!strcmp(format, "c")) *out = WIRE_INT8;
    else if (!strcmp(format, "s")) *out = WIRE_INT16;
    else if (!strcmp(format, "i")) *out = WIRE_INT32;
    else if (!strcmp(format, "l")) *out = WIRE_INT64;
    else if (!strcmp(format, "b")) *out = WIRE_BOOL;
    else if (!strcmp(format, "g")) *out = WIRE_FLOAT;
    else if (!strcmp(format, "tdD")) *out = WIRE_DATE;
    else if (!strncmp(format, "d:", 2)) {
        *out = WIRE_DECIMAL;
        return parse_decimal(format + 2, scale);
    } else if (!strncmp(format, "ts", 2) && format[2] && format[3] == ':') {
        int64_t unit = format[2] == 's'   ? 1
                       : format[2] == 'm' ? 1000
                       : format[2] == 'u' ? 1000000
                       : format[2] == 'n' ? 1000000000
                                          : 0;
        *per_day = unit * 86400;
        *out = WIRE_STAMP;
        return unit != 0 && (!format[4] || !strcmp(format + 4, "UTC"));
    } else {
        return false;
    }
    return true;
}

static bool can_become(wire_kind from, kh_type to)
{
    switch (to) {
    case KH_TYPE_TEXT: return from == WIRE_UTF8 || from == WIRE_DICTIONARY;
    case KH_TYPE_DECIMAL: return from == WIRE_DECIMAL || (from >= WIRE_INT8 && from <= WIRE_INT64);
    case KH_TYPE_INT: return from >= WIRE_INT8 && from <= WIRE_INT64;
    case KH_TYPE_DATE: return from == WIRE_DATE || from == WIRE_STAMP;
    case KH_TYPE_BOOL: return from == WIRE_BOOL;
    case KH_TYPE_FLOAT: return from == WIRE_FLOAT;
    case KH_TYPE_ANY: return true;
    }
    return false;
}

static kh_status bind_column(kh_reader *reader, arrival *column, const struct ArrowSchema *schema,
                             kh_error *err)
{
    bool ok = parse_format(schema->format, &column->wire, &column->wire_scale, &column->per_day);
    if (ok && schema->dictionary) {
        wire_kind entries;
        int scale;
        int64_t per_day;
        column->code_wire = column->wire;
        ok = column->wire >= WIRE_INT8 && column->wire <= WIRE_INT64 &&
             parse_format(schema->dictionary->format, &entries, &scale, &per_day) &&
             entries == WIRE_UTF8;
        column->wire = WIRE_DICTIONARY;
        column->grows = schema->flags & (1LL << 16);
    }
    if (!ok) {
        return kh_fail(err, KH_EUNSUPPORTED,
                       "%s: column '%s' has the Arrow format '%s'%s, which "
                       "kaohe does not read; cast it in the source",
                       reader->name, column->name, schema->format ? schema->format : "",
                       schema->dictionary ? kh_tr(" (dictionary)") : "");
    }
    if (column->type == KH_TYPE_ANY) { /* an origin column: take it as it comes */
        column->type = can_become(column->wire, KH_TYPE_TEXT) ? KH_TYPE_TEXT : KH_TYPE_INT;
    }
    if (!can_become(column->wire, column->type)) {
        if (column->wire == WIRE_FLOAT) {
            return kh_fail(err, KH_EDATA,
                           "%s: column '%s' holds binary floating point, which "
                           "cannot carry an amount; store it as text or scaled integers",
                           reader->name, column->name);
        }
        return kh_fail(err, KH_EDATA, "%s: column '%s' was asked for as %s but arrives as '%s'",
                       reader->name, column->name, kh_type_name(column->type), schema->format);
    }
    if (column->type == KH_TYPE_DECIMAL && (column->scale < 0 || column->scale > SCALE_MOST)) {
        return kh_fail(err, KH_EUSAGE,
                       "%s: column '%s' is declared with %d decimals; 0 to %d are possible",
                       reader->name, column->name, column->scale, SCALE_MOST);
    }
    if (column->wire == WIRE_DECIMAL && column->wire_scale > column->scale + 18) {
        return kh_fail(err, KH_EUNSUPPORTED,
                       "%s: column '%s' has %d decimals, more than kaohe reads", reader->name,
                       column->name, column->wire_scale);
    }
    return KH_OK;
}

static kh_status stream_error(kh_reader *reader, int code, kh_error *err)
{
    const char *text =
        reader->stream.get_last_error ? reader->stream.get_last_error(&reader->stream) : NULL;
    kh_status status = code >= 1 && code <= 8 ? (kh_status)-code : KH_EUNAVAILABLE;
    if (text && *text) return kh_fail(err, status, "%s", text);
    return kh_fail(err, status, "%s: the source failed with code %d and gave no reason",
                   reader->name, code);
}

static kh_status bind_schema(kh_reader *reader, const struct ArrowSchema *schema, kh_error *err)
{
    if (!schema->format || strcmp(schema->format, "+s") != 0 || schema->n_children < 0 ||
        schema->n_children > COLUMNS_MOST || (schema->n_children && !schema->children)) {
        return kh_fail(err, KH_EDATA, "%s: the stream is not a table", reader->name);
    }
    reader->child_count = schema->n_children;
    for (uint32_t f = 0; f < reader->field_count + 2; f++) {
        arrival *column = f < reader->field_count    ? &reader->columns[f]
                          : f == reader->field_count ? &reader->origin_row
                                                     : &reader->origin_file;
        column->child = -1;
        for (int64_t c = 0; c < schema->n_children; c++) {
            const struct ArrowSchema *child = schema->children[c];
            if (!child || !child->name || strcmp(child->name, column->name) != 0) continue;
            if (column->child >= 0) {
                return kh_fail(err, KH_EDATA, "%s: there are two columns '%s'; rename one",
                               reader->name, column->name);
            }
            column->child = (int)c;
        }
        if (column->child >= 0) {
            kh_status rc = bind_column(reader, column, schema->children[column->child], err);
            if (rc < 0) return rc;
        } else if (f < reader->field_count) {
            return kh_fail(err, KH_EDATA, "%s: there is no column '%s'", reader->name,
                           column->name);
        }
    }
    return KH_OK;
}

static char *copy_text(const char *text)
{
    char *copy = strdup(text);
    if (!copy) abort();
    return copy;
}

kh_status kh_reader_open(kh_reader **out, struct ArrowArrayStream *stream, const char *name,
                         const kh_field *fields, uint32_t field_count, kh_error *err)
{
    *out = NULL;
    kh_reader *reader = calloc(1, sizeof *reader);
    if (!reader) abort();
    reader->stream = *stream;
    stream->release = NULL;
    reader->name = copy_text(name);
    reader->field_count = field_count;
    reader->columns = calloc(field_count + 1, sizeof *reader->columns);
    reader->views = calloc(field_count + 1, sizeof *reader->views);
    if (!reader->columns || !reader->views) abort();
    for (uint32_t f = 0; f < field_count; f++) {
        reader->columns[f].name = copy_text(fields[f].name);
        reader->columns[f].type = fields[f].type;
        reader->columns[f].scale = fields[f].scale;
    }
    reader->origin_row.name = copy_text(KH_ORIGIN_ROW);
    reader->origin_file.name = copy_text(KH_ORIGIN_FILE);

    struct ArrowSchema schema = {0};
    kh_status rc;
    int code;
    if (!reader->stream.release || !reader->stream.get_schema || !reader->stream.get_next) {
        rc = kh_fail(err, KH_EINTERNAL, "%s: the source succeeded without a stream; report this",
                     name);
    } else if ((code = reader->stream.get_schema(&reader->stream, &schema)) != 0) {
        rc = stream_error(reader, code, err);
    } else {
        rc = bind_schema(reader, &schema, err);
        if (schema.release) schema.release(&schema);
    }
    if (rc < 0) {
        kh_reader_close(reader);
        return rc;
    }
    *out = reader;
    return KH_OK;
}

static void free_column(arrival *column)
{
    free(column->name);
    free(column->values);
    free(column->nulls);
    free(column->offsets);
    kh_buf_fini(&column->bytes);
    kh_names_fini(&column->names);
}

void kh_reader_close(kh_reader *reader)
{
    if (!reader) return;
    if (reader->batch.release) reader->batch.release(&reader->batch);
    if (reader->stream.release) reader->stream.release(&reader->stream);
    for (uint32_t f = 0; f < reader->field_count; f++) free_column(&reader->columns[f]);
    free_column(&reader->origin_row);
    free_column(&reader->origin_file);
    free(reader->columns);
    free(reader->views);
    free(reader->name);
    free(reader);
}

/* ---- one batch ----------------------------------------------------------------------------- */

static inline bool bit(const uint8_t *bits, int64_t i)
{
    return bits[i >> 3] >> (i & 7) & 1;
}

static void reserve(arrival *column, int64_t rows)
{
    if ((size_t)rows <= column->room && column->values) return;
    column->room = (size_t)rows > 1024 ? (size_t)rows : 1024;
    free(column->values);
    free(column->nulls);
    column->values = aligned_alloc(16, column->room * 16);
    column->nulls = malloc(column->room);
    if (!column->values || !column->nulls) abort();
}

static kh_status broken(const kh_reader *reader, const arrival *column, const char *what,
                        kh_error *err)
{
    return kh_fail(err, KH_EDATA, "%s: column '%s': the batch breaks the Arrow rules: %s",
                   reader->name, column->name, kh_tr(what));
}

/* Nulls as one byte a row, or NULL when there are none. */
static kh_status read_nulls(const kh_reader *reader, arrival *column,
                            const struct ArrowArray *array, int64_t rows, kh_view *view,
                            kh_error *err)
{
    const uint8_t *bits = array->buffers[0];
    if (!bits && array->null_count > 0)
        return broken(reader, column, "nulls without a bitmap", err);
    if (!bits || array->null_count == 0) return KH_OK;
    bool any = false;
    for (int64_t i = 0; i < rows; i++) {
        column->nulls[i] = !bit(bits, array->offset + i);
        any |= column->nulls[i];
    }
    if (any) view->nulls = column->nulls;
    return KH_OK;
}

/* For arrays that must hold no null: the rows themselves and the entries of a dictionary. */
static bool has_nulls(const struct ArrowArray *array)
{
    const uint8_t *bits = array->n_buffers > 0 && array->buffers ? array->buffers[0] : NULL;
    if (!bits || array->null_count == 0) return array->null_count > 0;
    for (int64_t i = 0; i < array->length; i++) {
        if (!bit(bits, array->offset + i)) return true;
    }
    return false;
}

static size_t alignment_of(const arrival *column)
{
    switch (column->wire == WIRE_DICTIONARY ? column->code_wire : column->wire) {
    case WIRE_INT16: return 2;
    case WIRE_UTF8:
    case WIRE_INT32:
    case WIRE_DATE: return 4;
    case WIRE_INT64:
    case WIRE_FLOAT:
    case WIRE_STAMP: return 8;
    default: return 1; /* decimals may lie anywhere */
    }
}

static int64_t load_int(const void *data, wire_kind wire, int64_t i)
{
    switch (wire) {
    case WIRE_INT8: return ((const int8_t *)data)[i];
    case WIRE_INT16: return ((const int16_t *)data)[i];
    case WIRE_INT32: return ((const int32_t *)data)[i];
    default: return ((const int64_t *)data)[i];
    }
}

static kh_int128 power_of_ten(int n)
{
    kh_int128 p = 1;
    while (n-- > 0) p *= 10;
    return p;
}

static kh_status read_decimals(const kh_reader *reader, arrival *column,
                               const struct ArrowArray *array, int64_t rows, kh_view *view,
                               kh_error *err)
{
    const char *data = array->buffers[1];
    if (column->wire == WIRE_DECIMAL && column->wire_scale == column->scale &&
        ((uintptr_t)data & 15) == 0) {
        view->as.decimals = (const kh_int128 *)data + array->offset;
        return KH_OK;
    }
    kh_int128 *out = column->values;
    int from = column->wire == WIRE_DECIMAL ? column->wire_scale : 0;
    kh_int128 up = from < column->scale ? power_of_ten(column->scale - from) : 1;
    kh_int128 down = from > column->scale ? power_of_ten(from - column->scale) : 1;
    for (int64_t i = 0; i < rows; i++) {
        if (view->nulls && view->nulls[i]) {
            out[i] = 0;
            continue;
        }
        kh_int128 value;
        if (column->wire == WIRE_DECIMAL) {
            memcpy(&value, data + (array->offset + i) * 16, 16);
        } else {
            value = load_int(data, column->wire, array->offset + i);
        }
        if (down > 1 && value % down != 0) {
            return kh_fail(err, KH_EDATA,
                           "%s: column '%s' has a value with more than %d decimals; "
                           "declare more, as in columns = { %s = \"decimal(%d)\" }",
                           reader->name, column->name, column->scale, column->name, from);
        }
        if (__builtin_mul_overflow(value / down, up, &out[i])) {
            return kh_fail(err, KH_ELIMIT, "%s: column '%s' has a value beyond 38 digits",
                           reader->name, column->name);
        }
    }
    view->as.decimals = out;
    return KH_OK;
}

/* The bytes between two offsets; NULL when that is no text. A buffer without bytes may be NULL. */
static const char *text_between(const char *bytes, int32_t from, int32_t to)
{
    if (from < 0 || to < from) return NULL;
    return to == from ? "" : bytes ? bytes + from : NULL;
}

/* Check the entries from..count of a dictionary: offsets ascend, text is UTF-8. */
static kh_status check_strings(const kh_reader *reader, const arrival *column,
                               const kh_strings *strings, uint32_t from, kh_error *err)
{
    for (uint32_t i = from; i < strings->count; i++) {
        int32_t at = strings->offsets[i], end = strings->offsets[i + 1];
        const char *text = text_between(strings->bytes, at, end);
        if (!text)
            return broken(reader, column, "string offsets go backwards or have no bytes", err);
        size_t length = (size_t)(end - at);
        if (kh_utf8_check(text, length) != length) {
            return kh_fail(err, KH_EDATA, "%s: column '%s' has text that is not UTF-8",
                           reader->name, column->name);
        }
    }
    return KH_OK;
}

static kh_status read_dictionary(const kh_reader *reader, arrival *column,
                                 const struct ArrowArray *array, int64_t rows, kh_view *view,
                                 kh_error *err)
{
    const struct ArrowArray *entries = array->dictionary;
    if (!entries || entries->n_buffers != 3 || !entries->buffers || entries->length < 0 ||
        entries->length > INT32_MAX - 1 || entries->offset < 0 || entries->offset > OFFSET_MOST ||
        (entries->length > 0 && !entries->buffers[1]) || (uintptr_t)entries->buffers[1] % 4) {
        return broken(reader, column, "the dictionary is not a list of strings", err);
    }
    if (has_nulls(entries)) return broken(reader, column, "the dictionary has a null entry", err);
    static const int32_t none[1] = {0};
    kh_strings *strings = &view->strings;
    strings->count = (uint32_t)entries->length;
    strings->offsets =
        entries->length ? (const int32_t *)entries->buffers[1] + entries->offset : none;
    strings->bytes = entries->length ? entries->buffers[2] : NULL;
    strings->same = column->grows && column->known <= strings->count ? column->known : 0;
    kh_status rc = check_strings(reader, column, strings, strings->same, err);
    if (rc < 0) return rc;
    column->known = strings->count;
    if (!strings->bytes) strings->bytes = "";

    const void *codes = array->buffers[1];
    if (column->code_wire == WIRE_INT32 && !view->nulls) { /* codes of nulls may be wild */
        const uint32_t *direct = (const uint32_t *)codes + array->offset;
        uint32_t most = 0;
        for (int64_t i = 0; i < rows; i++) most = direct[i] > most ? direct[i] : most;
        if (rows > 0 && most >= strings->count) {
            return broken(reader, column, "a code is outside its dictionary", err);
        }
        view->as.codes = (const int32_t *)direct;
        return KH_OK;
    }
    int32_t *out = column->values;
    for (int64_t i = 0; i < rows; i++) {
        int64_t code = load_int(codes, column->code_wire, array->offset + i);
        bool null = view->nulls && view->nulls[i];
        if (!null && (code < 0 || code >= strings->count)) {
            return broken(reader, column, "a code is outside its dictionary", err);
        }
        out[i] = null ? 0 : (int32_t)code;
    }
    view->as.codes = out;
    return KH_OK;
}

/* Plain utf8 gets codes in order of arrival, so the engine has one kind of text to deal with. */
static kh_status read_utf8(const kh_reader *reader, arrival *column, const struct ArrowArray *array,
                           int64_t rows, kh_view *view, kh_error *err)
{
    if (array->n_buffers != 3) return broken(reader, column, "text needs three buffers", err);
    const int32_t *offsets = (const int32_t *)array->buffers[1] + array->offset;
    const char *bytes = array->buffers[2];
    int32_t *out = column->values;
    uint32_t before = column->names.count;
    for (int64_t i = 0; i < rows; i++) {
        out[i] = 0;
        if (view->nulls && view->nulls[i]) continue;
        const char *text = text_between(bytes, offsets[i], offsets[i + 1]);
        if (!text)
            return broken(reader, column, "string offsets go backwards or have no bytes", err);
        size_t length = (size_t)(offsets[i + 1] - offsets[i]);
        uint32_t known = column->names.count;
        uint32_t code = kh_names_add(&column->names, text, length);
        if (code == known && kh_utf8_check(text, length) != length) {
            return kh_fail(err, KH_EDATA, "%s: column '%s' has text that is not UTF-8",
                           reader->name, column->name);
        }
        out[i] = (int32_t)code;
    }
    if (column->names.count > before || !column->offsets) {
        column->offsets =
            realloc(column->offsets, (column->names.count + 1) * sizeof *column->offsets);
        if (!column->offsets) abort();
        for (uint32_t n = before; n < column->names.count; n++) {
            column->offsets[n] = (int32_t)column->bytes.size;
            kh_buf_add(&column->bytes, column->names.items[n].text, column->names.items[n].length);
        }
        if (column->bytes.size > INT32_MAX) {
            return kh_fail(err, KH_ELIMIT, "%s: column '%s' has more than 2 GB of distinct text",
                           reader->name, column->name);
        }
        column->offsets[column->names.count] = (int32_t)column->bytes.size;
    }
    view->strings = (kh_strings){column->offsets, column->bytes.data ? column->bytes.data : "",
                                 column->names.count, before};
    view->as.codes = out;
    return KH_OK;
}

static kh_status read_dates(const kh_reader *reader, arrival *column,
                            const struct ArrowArray *array, int64_t rows, kh_view *view,
                            kh_error *err)
{
    int32_t *out = column->values;
    if (column->wire == WIRE_DATE && !view->nulls) {
        const int32_t *days = (const int32_t *)array->buffers[1] + array->offset;
        int32_t least = DAY_LEAST, most = DAY_MOST;
        for (int64_t i = 0; i < rows; i++) {
            least = days[i] < least ? days[i] : least;
            most = days[i] > most ? days[i] : most;
        }
        view->as.dates = days;
        if (least == DAY_LEAST && most == DAY_MOST) return KH_OK;
    }
    for (int64_t i = 0; i < rows; i++) {
        int64_t day;
        if (view->nulls && view->nulls[i]) {
            out[i] = 0;
            continue;
        }
        if (column->wire == WIRE_DATE) {
            day = load_int(array->buffers[1], WIRE_INT32, array->offset + i);
        } else {
            int64_t stamp = load_int(array->buffers[1], WIRE_INT64, array->offset + i);
            day = stamp / column->per_day - (stamp % column->per_day < 0);
        }
        if (day < DAY_LEAST || day > DAY_MOST) {
            return kh_fail(err, KH_EDATA,
                           "%s: column '%s' has a day outside the years 1 to 9999: %lld days from "
                           "1970-01-01",
                           reader->name, column->name, (long long)day);
        }
        out[i] = (int32_t)day;
    }
    view->as.dates = out;
    return KH_OK;
}

static kh_status read_column(kh_reader *reader, arrival *column, kh_view *view, kh_error *err)
{
    const struct ArrowArray *array = reader->batch.children[column->child];
    int64_t rows = reader->batch.length;
    *view = (kh_view){.type = column->type};
    if (!array || array->length < rows + reader->batch.offset || array->offset < 0 ||
        array->offset > OFFSET_MOST || array->n_buffers < 2 || !array->buffers ||
        !array->buffers[1]) {
        return broken(reader, column, "too few rows or buffers", err);
    }
    if ((uintptr_t)array->buffers[1] % alignment_of(column)) {
        return broken(reader, column, "a buffer is not aligned", err);
    }
    struct ArrowArray shifted = *array; /* the offset of the struct applies to its children */
    shifted.offset += reader->batch.offset;
    array = &shifted;
    reserve(column, rows);
    kh_status rc = read_nulls(reader, column, array, rows, view, err);
    if (rc < 0) return rc;
    switch (column->type) {
    case KH_TYPE_TEXT:
        return column->wire == WIRE_UTF8 ? read_utf8(reader, column, array, rows, view, err)
                                         : read_dictionary(reader, column, array, rows, view, err);
    case KH_TYPE_DECIMAL: return read_decimals(reader, column, array, rows, view, err);
    case KH_TYPE_DATE: return read_dates(reader, column, array, rows, view, err);
    case KH_TYPE_FLOAT: view->as.floats = (const double *)array->buffers[1] + array->offset; break;
    case KH_TYPE_INT: {
        if (column->wire == WIRE_INT64) {
            view->as.ints = (const int64_t *)array->buffers[1] + array->offset;
            break;
        }
        int64_t *out = column->values;
        for (int64_t i = 0; i < rows; i++) {
            out[i] = load_int(array->buffers[1], column->wire, array->offset + i);
        }
        view->as.ints = out;
        break;
    }
    case KH_TYPE_BOOL: {
        uint8_t *out = column->values;
        for (int64_t i = 0; i < rows; i++) out[i] = bit(array->buffers[1], array->offset + i);
        view->as.bools = out;
        break;
    }
    case KH_TYPE_ANY: break;
    }
    return KH_OK;
}

kh_status kh_reader_next(kh_reader *reader, kh_batch *out, kh_error *err)
{
    *out = (kh_batch){0};
    do { /* empty batches are legal and mean nothing */
        if (reader->batch.release) reader->batch.release(&reader->batch);
        reader->batch = (struct ArrowArray){0};
        int code = reader->stream.get_next(&reader->stream, &reader->batch);
        if (code != 0) return stream_error(reader, code, err);
        if (!reader->batch.release) return KH_OK;
    } while (reader->batch.length == 0);

    const struct ArrowArray *batch = &reader->batch;
    if (batch->length < 0 || batch->length > ROWS_MOST || batch->offset < 0 ||
        batch->offset > OFFSET_MOST || batch->n_children != reader->child_count ||
        (batch->n_children > 0 && !batch->children) || has_nulls(batch)) {
        return kh_fail(err, KH_EDATA,
                       "%s: a batch breaks the Arrow rules: its size or columns differ from the "
                       "schema, or a whole row is null",
                       reader->name);
    }
    for (uint32_t f = 0; f < reader->field_count; f++) {
        kh_status rc = read_column(reader, &reader->columns[f], &reader->views[f], err);
        if (rc < 0) return rc;
    }
    arrival *origins[] = {&reader->origin_row, &reader->origin_file};
    kh_view *views[] = {&out->origin_row, &out->origin_file};
    for (int i = 0; i < 2; i++) {
        if (origins[i]->child < 0) continue;
        kh_status rc = read_column(reader, origins[i], views[i], err);
        if (rc < 0) return rc;
    }
    out->rows = batch->length;
    out->columns = reader->views;
    return KH_OK;
}
