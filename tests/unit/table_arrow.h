/* Arrow tables made by hand for tests: every buffer is its own exact allocation, so that a read
 * beyond it shows, and every release is counted. */
#ifndef KH_TESTS_TABLE_ARROW_H
#define KH_TESTS_TABLE_ARROW_H

#include "table/reader.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/** What was handed out and what came back; equal at the end of every test. */
static struct {
    int arrays, arrays_released, schemas, schemas_released, streams, streams_released;
} arrow_count;

static inline void arrow_expect_all_released(const char *why)
{
    cr_expect_eq(arrow_count.arrays_released, arrow_count.arrays, "%s: %d of %d arrays", why,
                 arrow_count.arrays_released, arrow_count.arrays);
    cr_expect_eq(arrow_count.schemas_released, arrow_count.schemas, "%s: %d of %d schemas", why,
                 arrow_count.schemas_released, arrow_count.schemas);
    cr_expect_eq(arrow_count.streams_released, arrow_count.streams, "%s: %d of %d streams", why,
                 arrow_count.streams_released, arrow_count.streams);
}

/* ---- arrays -------------------------------------------------------------------------------- */

static inline void arrow_release_array(struct ArrowArray *array)
{
    cr_assert_not_null(array->release, "released twice");
    arrow_count.arrays_released++;
    for (int64_t c = 0; c < array->n_children; c++) {
        if (!array->children || !array->children[c]) continue;
        if (array->children[c]->release) array->children[c]->release(array->children[c]);
        free(array->children[c]);
    }
    if (array->dictionary) {
        if (array->dictionary->release) array->dictionary->release(array->dictionary);
        free(array->dictionary);
    }
    /* private_data holds what was allocated, whatever a test did to the public members. */
    void **owned = array->private_data;
    for (int b = 0; b < 3; b++) free(owned[b]);
    free(owned[3]);
    free(owned[4]);
    free(owned);
    array->release = NULL;
}

static inline struct ArrowArray *arrow_array(int64_t length, int64_t n_buffers)
{
    struct ArrowArray *array = calloc(1, sizeof *array);
    void **owned = calloc(5, sizeof *owned);
    array->length = length;
    array->n_buffers = n_buffers;
    array->buffers = calloc(3, sizeof *array->buffers);
    owned[3] = array->buffers;
    array->private_data = owned;
    array->release = arrow_release_array;
    arrow_count.arrays++;
    return array;
}

static inline void arrow_buffer(struct ArrowArray *array, int index, const void *data, size_t size)
{
    void **owned = array->private_data;
    free(owned[index]);
    owned[index] = malloc(size ? size : 1);
    if (size) memcpy(owned[index], data, size);
    array->buffers[index] = owned[index];
}

/** @p pattern has one character a row from the array's start, `-` for null. */
static inline struct ArrowArray *arrow_nulls(struct ArrowArray *array, const char *pattern)
{
    uint8_t bits[64] = {0};
    size_t rows = strlen(pattern);
    array->null_count = 0;
    for (size_t i = 0; i < rows; i++) {
        if (pattern[i] == '-') array->null_count++;
        else bits[i / 8] |= (uint8_t)(1U << i % 8);
    }
    arrow_buffer(array, 0, bits, (rows + 7) / 8);
    return array;
}

/** Fixed-width values. */
static inline struct ArrowArray *arrow_values(const void *data, int64_t count, size_t width)
{
    struct ArrowArray *array = arrow_array(count, 2);
    arrow_buffer(array, 1, data, (size_t)count * width);
    return array;
}

static inline struct ArrowArray *arrow_texts(const char *const *texts, int64_t count)
{
    struct ArrowArray *array = arrow_array(count, 3);
    int32_t offsets[64] = {0};
    char bytes[4096];
    for (int64_t i = 0; i < count; i++) {
        size_t length = strlen(texts[i]);
        memcpy(bytes + offsets[i], texts[i], length);
        offsets[i + 1] = offsets[i] + (int32_t)length;
    }
    arrow_buffer(array, 1, offsets, (size_t)(count + 1) * sizeof *offsets);
    arrow_buffer(array, 2, bytes, (size_t)offsets[count]);
    return array;
}

static inline struct ArrowArray *arrow_bools(const char *pattern)
{
    uint8_t bits[64] = {0};
    size_t rows = strlen(pattern);
    for (size_t i = 0; i < rows; i++) bits[i / 8] |= (uint8_t)((pattern[i] == 't') << i % 8);
    struct ArrowArray *array = arrow_array((int64_t)rows, 2);
    arrow_buffer(array, 1, bits, (rows + 7) / 8);
    return array;
}

static inline struct ArrowArray *arrow_slice(struct ArrowArray *array, int64_t from, int64_t length)
{
    array->offset = from;
    array->length = length;
    return array;
}

/** A batch of @p count columns, which it adopts; its length is that of the first. */
static inline struct ArrowArray *arrow_batch(struct ArrowArray *const *columns, int count)
{
    struct ArrowArray *batch = arrow_array(count ? columns[0]->length : 0, 1);
    void **owned = batch->private_data;
    batch->n_children = count;
    batch->children = calloc((size_t)count + 1, sizeof *batch->children);
    owned[4] = batch->children;
    if (count) memcpy(batch->children, columns, (size_t)count * sizeof *columns);
    return batch;
}

/* ---- a stream of them ---------------------------------------------------------------------- */

typedef struct arrow_column {
    const char *format, *name;
    const char *entries; /* format of the dictionary's entries; NULL = no dictionary */
    int64_t flags;
} arrow_column;

typedef struct arrow_fake {
    const arrow_column *columns;
    int column_count;
    struct ArrowArray *batches[8];
    int batch_count, next;
    int schema_code, next_code; /* what get_schema and get_next return, the latter at the end */
    const char *text;           /* of get_last_error */
    const char *table_format;   /* instead of "+s" */
} arrow_fake;

static inline void arrow_release_schema(struct ArrowSchema *schema)
{
    cr_assert_not_null(schema->release, "released twice");
    arrow_count.schemas_released++;
    for (int64_t c = 0; c < schema->n_children; c++) {
        if (schema->children[c]->release) schema->children[c]->release(schema->children[c]);
        free(schema->children[c]);
    }
    free(schema->children);
    if (schema->dictionary) {
        if (schema->dictionary->release) schema->dictionary->release(schema->dictionary);
        free(schema->dictionary);
    }
    schema->release = NULL;
}

static inline void arrow_schema(struct ArrowSchema *out, const char *format, const char *name)
{
    *out = (struct ArrowSchema){.format = format, .name = name, .release = arrow_release_schema};
    arrow_count.schemas++;
}

static inline int arrow_get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    const arrow_fake *fake = stream->private_data;
    if (fake->schema_code) return fake->schema_code;
    arrow_schema(out, fake->table_format ? fake->table_format : "+s", "");
    out->n_children = fake->column_count;
    out->children = calloc((size_t)fake->column_count + 1, sizeof *out->children);
    for (int c = 0; c < fake->column_count; c++) {
        out->children[c] = calloc(1, sizeof *out->children[c]);
        arrow_schema(out->children[c], fake->columns[c].format, fake->columns[c].name);
        out->children[c]->flags = fake->columns[c].flags;
        if (fake->columns[c].entries) {
            out->children[c]->dictionary = calloc(1, sizeof *out->children[c]);
            arrow_schema(out->children[c]->dictionary, fake->columns[c].entries, NULL);
        }
    }
    return 0;
}

static inline int arrow_get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    arrow_fake *fake = stream->private_data;
    if (fake->next == fake->batch_count) {
        *out = (struct ArrowArray){0};
        return fake->next_code;
    }
    *out = *fake->batches[fake->next]; /* moved */
    free(fake->batches[fake->next++]);
    return 0;
}

static inline const char *arrow_last_error(struct ArrowArrayStream *stream)
{
    return ((arrow_fake *)stream->private_data)->text;
}

static inline void arrow_release_stream(struct ArrowArrayStream *stream)
{
    arrow_fake *fake = stream->private_data;
    cr_assert_not_null(stream->release, "released twice");
    arrow_count.streams_released++;
    for (; fake->next < fake->batch_count; fake->next++) { /* what nobody fetched */
        fake->batches[fake->next]->release(fake->batches[fake->next]);
        free(fake->batches[fake->next]);
    }
    stream->release = NULL;
}

/** @p fake stays the caller's and must outlive the stream. */
static inline struct ArrowArrayStream arrow_stream(arrow_fake *fake)
{
    arrow_count.streams++;
    return (struct ArrowArrayStream){.get_schema = arrow_get_schema,
                                     .get_next = arrow_get_next,
                                     .get_last_error = arrow_last_error,
                                     .release = arrow_release_stream,
                                     .private_data = fake};
}

/* ---- what a reader shows ------------------------------------------------------------------- */

/** Row @p row as text, `-` for null. */
static inline const char *arrow_cell(const kh_view *view, int64_t row)
{
    static char text[256];
    if (view->nulls && view->nulls[row]) return "-";
    switch (view->type) {
    case KH_TYPE_TEXT: {
        int32_t code = view->as.codes[row];
        cr_assert(code >= 0 && (uint32_t)code < view->strings.count, "code %d", code);
        const int32_t *at = view->strings.offsets + code;
        snprintf(text, sizeof text, "%.*s", at[1] - at[0], view->strings.bytes + at[0]);
        break;
    }
    case KH_TYPE_DECIMAL: {
        kh_int128 value; /* the scale is the caller's business */
        memcpy(&value, &view->as.decimals[row], sizeof value);
        kh_dec_format(text, kh_dec_from_scaled(value, 0), KH_PLACES_OWN, false);
        break;
    }
    case KH_TYPE_INT: snprintf(text, sizeof text, "%lld", (long long)view->as.ints[row]); break;
    case KH_TYPE_DATE: snprintf(text, sizeof text, "%d", view->as.dates[row]); break;
    case KH_TYPE_BOOL: snprintf(text, sizeof text, "%s", view->as.bools[row] ? "t" : "f"); break;
    case KH_TYPE_FLOAT: snprintf(text, sizeof text, "%g", view->as.floats[row]); break;
    default: snprintf(text, sizeof text, "?"); break;
    }
    return text;
}

/** A whole column as "a b - c". */
static inline const char *arrow_shown(const kh_view *view, int64_t rows)
{
    static char text[2][4096];
    static int turn;
    char *at = text[turn = !turn];
    *at = '\0';
    for (int64_t i = 0; i < rows; i++) {
        if (i) strcat(at, " ");
        strcat(at, arrow_cell(view, i));
    }
    return at;
}

#endif
