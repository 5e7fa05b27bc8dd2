/* All rows of a small table in memory: lookups, subjects, records. */
#include "table/store.h"

#include <stdlib.h>
#include <string.h>

static size_t width_of(kh_type type)
{
    switch (type) {
    case KH_TYPE_DECIMAL: return sizeof(kh_int128);
    case KH_TYPE_INT: return sizeof(int64_t);
    case KH_TYPE_BOOL: return sizeof(uint8_t);
    default: return sizeof(int32_t);
    }
}

/* A spilled array leaves its old place behind; nobody touches that any more. */
static void *grow(kh_store *store, void *block, size_t count, size_t size)
{
    void *bigger = store->arena.spill ? kh_arena_array(&store->arena, count, size)
                                      : realloc(block, count * size);
    if (!bigger) abort(); /* memory is out: nothing sensible is left to say */
    if (store->arena.spill && store->rows) memcpy(bigger, block, store->rows * size);
    return bigger;
}

void kh_store_init(kh_store *store, const char *label, const kh_field *fields, uint32_t field_count)
{
    *store = (kh_store){.arena = {.spill = store->arena.spill}};
    store->label = kh_arena_text(&store->arena, label);
    store->columns = kh_arena_array(&store->arena, field_count + 1, sizeof *store->columns);
    store->column_count = field_count;
    for (uint32_t c = 0; c < field_count; c++) {
        store->columns[c].name = kh_arena_text(&store->arena, fields[c].name);
        store->columns[c].type = fields[c].type;
        store->columns[c].scale = fields[c].scale;
        store->columns[c].names.arena.spill = store->arena.spill;
    }
}

static void reserve(kh_store *store, uint32_t rows)
{
    if (rows <= store->capacity) return;
    uint32_t capacity = store->capacity ? store->capacity : 64;
    while (capacity < rows) capacity *= 2;
    for (uint32_t c = 0; c < store->column_count; c++) {
        kh_store_column *column = &store->columns[c];
        column->as.codes = grow(store, column->as.codes, capacity, width_of(column->type));
        column->nulls = grow(store, column->nulls, capacity, 1);
    }
    store->origins = grow(store, store->origins, capacity, sizeof *store->origins);
    store->capacity = capacity;
}

uint32_t kh_store_append(kh_store *store, int64_t origin)
{
    reserve(store, store->rows + 1);
    uint32_t row = store->rows++;
    for (uint32_t c = 0; c < store->column_count; c++) {
        kh_store_column *column = &store->columns[c];
        column->nulls[row] = 1;
        memset((char *)column->as.codes + row * width_of(column->type), 0, width_of(column->type));
    }
    store->origins[row] = origin;
    return row;
}

void kh_store_put_text(kh_store *store, uint32_t column, uint32_t row, const char *text,
                       size_t length)
{
    kh_store_column *to = &store->columns[column];
    to->as.codes[row] = (int32_t)kh_names_add(&to->names, text, length);
    to->nulls[row] = 0;
}

/* Copy one column of a batch behind the rows that are there. */
static void append_column(kh_store_column *to, const kh_view *from, uint32_t at, int64_t rows)
{
    memset(to->nulls + at, 0, (size_t)rows);
    if (from->nulls) memcpy(to->nulls + at, from->nulls, (size_t)rows);
    size_t width = width_of(to->type);
    if (to->type != KH_TYPE_TEXT) {
        memcpy((char *)to->as.codes + at * width, from->as.codes, (size_t)rows * width);
        return;
    }
    for (int64_t i = 0; i < rows; i++) {
        int32_t code = 0;
        if (!to->nulls[at + i]) {
            size_t length;
            const char *text = kh_view_text(from, from->as.codes[i], &length);
            code = (int32_t)kh_names_add(&to->names, text, length);
        }
        to->as.codes[at + i] = code;
    }
}

kh_status kh_store_load(kh_store *store, struct ArrowArrayStream *stream, const char *label,
                        const kh_field *fields, uint32_t field_count, kh_error *err)
{
    kh_store_init(store, label, fields, field_count);
    kh_reader *reader = NULL;
    kh_status rc = kh_reader_open(&reader, stream, label, fields, field_count, err);
    while (rc == KH_OK) {
        kh_batch batch;
        rc = kh_reader_next(reader, &batch, err);
        if (rc < 0 || batch.rows == 0) break;
        if (store->rows + batch.rows > KH_STORE_ROWS_MOST) {
            rc = kh_fail(err, KH_ELIMIT, "%s: more than %d rows, too many for a lookup or a list",
                         label, KH_STORE_ROWS_MOST);
            break;
        }
        reserve(store, store->rows + (uint32_t)batch.rows);
        for (uint32_t c = 0; c < field_count; c++) {
            append_column(&store->columns[c], &batch.columns[c], store->rows, batch.rows);
        }
        for (int64_t i = 0; i < batch.rows; i++) {
            store->origins[store->rows + i] =
                batch.origin_row.type == KH_TYPE_INT ? batch.origin_row.as.ints[i] : 0;
        }
        store->rows += (uint32_t)batch.rows;
    }
    kh_reader_close(reader);
    if (rc < 0) kh_store_fini(store);
    return rc;
}

const char *kh_store_text(const kh_store *store, uint32_t column, uint32_t row)
{
    const kh_store_column *from = &store->columns[column];
    return from->nulls[row] ? "" : from->names.items[from->as.codes[row]].text;
}

kh_decimal kh_store_number(const kh_store *store, uint32_t column, uint32_t row)
{
    const kh_store_column *from = &store->columns[column];
    if (from->nulls[row]) return KH_ABSENT;
    if (from->type == KH_TYPE_INT) return kh_dec_int(from->as.ints[row]);
    return kh_dec_from_scaled(from->as.decimals[row], from->scale);
}

kh_date kh_store_date(const kh_store *store, uint32_t column, uint32_t row)
{
    const kh_store_column *from = &store->columns[column];
    return from->nulls[row] ? KH_NO_DATE : from->as.dates[row];
}

void kh_store_view(const kh_store *store, uint32_t column, kh_view *view)
{
    const kh_store_column *from = &store->columns[column];
    *view = (kh_view){.type = from->type, .nulls = from->nulls, .names = &from->names};
    view->as.codes = from->as.codes;
}

void kh_store_fini(kh_store *store)
{
    for (uint32_t c = 0; c < store->column_count; c++) {
        if (!store->arena.spill) free(store->columns[c].as.codes);
        if (!store->arena.spill) free(store->columns[c].nulls);
        kh_names_fini(&store->columns[c].names);
    }
    if (!store->arena.spill) free(store->origins);
    kh_arena_fini(&store->arena);
    *store = (kh_store){0};
}
