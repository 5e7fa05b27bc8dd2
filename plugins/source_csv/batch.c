/* The Arrow arrays of a batch: one piece of memory each, used again after its release.
 *
 * A batch counts the arrays that point into it (itself, its columns, their dictionaries), because a
 * consumer may move a column out and keep it longer. Dictionaries share the blocks of dict.c.
 */
#include "csv.h"

#include <stdio.h>

typedef struct batch_column {
    struct ArrowArray array, dictionary;
    const void *buffers[2], *texts[3];
    csv_block *offsets, *bytes;
    csv_target target;
} batch_column;

struct csv_batch {
    csv_pool *pool;
    csv_batch *next; /* in the list of free ones */
    uint32_t refs;
    const void *none[1]; /* the batch itself has no nulls */
    struct ArrowArray **pointers;
    batch_column children[];
};

struct csv_pool {
    const csv_column *columns;
    uint32_t count;
    uint32_t refs; /* the stream, and each batch that is not free */
    csv_batch *free;
};

static size_t width_of(kh_type type)
{
    return type == KH_TYPE_DECIMAL ? 16 : type == KH_TYPE_INT ? 8 : 4;
}

csv_pool *csv_pool_new(const csv_column *columns, uint32_t count)
{
    csv_pool *pool = csv_grow(NULL, sizeof *pool);
    *pool = (csv_pool){columns, count, 1, NULL};
    return pool;
}

static void pool_drop(csv_pool *pool)
{
    if (--pool->refs > 0) return;
    while (pool->free) {
        csv_batch *next = pool->free->next;
        free(pool->free);
        pool->free = next;
    }
    free(pool);
}

void csv_pool_close(csv_pool *pool)
{
    pool->columns = NULL;
    pool_drop(pool);
}

/* The head, the pointers, then per column values and validity bits, all at borders of 64 bytes. */
static csv_batch *batch_new(csv_pool *pool)
{
    enum { VALID = CSV_BATCH / 8 };
    size_t head = sizeof(csv_batch) + pool->count * sizeof(batch_column);
    size_t size = head + pool->count * sizeof(struct ArrowArray *);
    size = (size + 63) & ~(size_t)63;
    size_t values = size;
    for (uint32_t c = 0; c < pool->count; c++) {
        size += CSV_BATCH * width_of(pool->columns[c].type) + VALID;
    }
    csv_batch *batch = aligned_alloc(64, size);
    if (!batch) abort();
    memset(batch, 0, values);
    batch->pool = pool;
    batch->pointers = (struct ArrowArray **)((char *)batch + head);
    char *at = (char *)batch + values;
    for (uint32_t c = 0; c < pool->count; c++) {
        csv_target *target = &batch->children[c].target;
        batch->pointers[c] = &batch->children[c].array;
        target->values = at;
        at += CSV_BATCH * width_of(pool->columns[c].type);
        target->valid = (uint8_t *)at;
        at += VALID;
    }
    return batch;
}

csv_batch *csv_pool_take(csv_pool *pool)
{
    csv_batch *batch = pool->free;
    if (batch) pool->free = batch->next;
    else batch = batch_new(pool);
    pool->refs++;
    batch->refs = 1;
    for (uint32_t c = 0; c < pool->count; c++) {
        csv_target *target = &batch->children[c].target;
        memset(target->valid, 0xFF, CSV_BATCH / 8);
        target->at = target->nulls = 0;
    }
    return batch;
}

csv_target *csv_batch_target(csv_batch *batch, uint32_t column)
{
    return &batch->children[column].target;
}

void csv_batch_drop(csv_batch *batch)
{
    if (--batch->refs > 0) return;
    csv_pool *pool = batch->pool;
    batch->next = pool->free;
    pool->free = batch;
    pool_drop(pool);
}

/* ---- arrays -------------------------------------------------------------------------------- */

static void release_dictionary(struct ArrowArray *array)
{
    batch_column *c = array->private_data;
    csv_block_drop(c->offsets);
    csv_block_drop(c->bytes);
    c->offsets = c->bytes = NULL;
    array->release = NULL;
}

static void release_column(struct ArrowArray *array)
{
    csv_batch *batch = array->private_data;
    if (array->dictionary && array->dictionary->release) {
        array->dictionary->release(array->dictionary);
    }
    array->release = NULL;
    csv_batch_drop(batch);
}

static void release_batch(struct ArrowArray *array)
{
    csv_batch *batch = array->private_data;
    for (int64_t c = 0; c < array->n_children; c++) {
        if (array->children[c]->release) array->children[c]->release(array->children[c]);
    }
    array->release = NULL;
    csv_batch_drop(batch);
}

void csv_batch_export(csv_batch *batch, int64_t rows, struct ArrowArray *out)
{
    const csv_pool *pool = batch->pool;
    for (uint32_t n = 0; n < pool->count; n++) {
        batch_column *c = &batch->children[n];
        const csv_dict *dict = &pool->columns[n].dict;
        c->buffers[0] = c->target.valid;
        c->buffers[1] = c->target.values;
        c->array = (struct ArrowArray){.length = rows,
                                       .null_count = c->target.nulls,
                                       .n_buffers = 2,
                                       .buffers = c->buffers,
                                       .release = release_column,
                                       .private_data = batch};
        batch->refs++;
        if (!dict->slots) continue;
        c->offsets = dict->offsets;
        c->bytes = dict->bytes;
        c->offsets->refs++;
        c->bytes->refs++;
        c->texts[1] = c->offsets->data;
        c->texts[2] = c->bytes->data;
        c->dictionary = (struct ArrowArray){.length = dict->count,
                                            .n_buffers = 3,
                                            .buffers = c->texts,
                                            .release = release_dictionary,
                                            .private_data = c};
        c->array.dictionary = &c->dictionary;
    }
    batch->refs++;
    *out = (struct ArrowArray){.length = rows,
                               .n_buffers = 1,
                               .buffers = batch->none,
                               .n_children = pool->count,
                               .children = batch->pointers,
                               .release = release_batch,
                               .private_data = batch};
}

/* ---- schema -------------------------------------------------------------------------------- */

static void release_schema(struct ArrowSchema *schema)
{
    for (int64_t c = 0; c < schema->n_children; c++) {
        if (schema->children[c]->release) schema->children[c]->release(schema->children[c]);
        free(schema->children[c]);
    }
    if (schema->dictionary && schema->dictionary->release) {
        schema->dictionary->release(schema->dictionary);
    }
    free(schema->dictionary);
    free(schema->children);
    free((void *)schema->format);
    free((void *)schema->name);
    schema->release = NULL;
}

static void make_schema(struct ArrowSchema *out, const char *format, const char *name)
{
    *out = (struct ArrowSchema){.flags = ARROW_FLAG_NULLABLE, .release = release_schema};
    out->format = strdup(format);
    out->name = strdup(name);
    if (!out->format || !out->name) abort();
}

void csv_pool_schema(const csv_pool *pool, struct ArrowSchema *out)
{
    make_schema(out, "+s", "");
    out->children = csv_grow(NULL, (pool->count + 1) * sizeof *out->children);
    for (uint32_t c = 0; c < pool->count; c++) {
        const csv_column *column = &pool->columns[c];
        struct ArrowSchema *child = csv_grow(NULL, sizeof *child);
        char format[16] = "i";
        if (column->type == KH_TYPE_DECIMAL) {
            snprintf(format, sizeof format, "d:38,%d", column->scale);
        } else if (column->type != KH_TYPE_TEXT) {
            strcpy(format, column->type == KH_TYPE_INT    ? "l"
                           : column->type == KH_TYPE_DATE ? "tdD"
                                                          : "b");
        }
        make_schema(child, format, column->name);
        if (column->type == KH_TYPE_TEXT) {
            child->flags |= KH_DICTIONARY_GROWS;
            child->dictionary = csv_grow(NULL, sizeof *child->dictionary);
            make_schema(child->dictionary, "u", "");
        }
        out->children[out->n_children++] = child;
    }
}
