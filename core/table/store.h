/* All rows of a small table in memory: lookups, subjects, records. */
#ifndef KH_TABLE_STORE_H
#define KH_TABLE_STORE_H

#include "table/reader.h"

typedef struct kh_store_column {
    const char *name;
    kh_type type;
    int scale;
    union {
        int32_t *codes; /* into `names` */
        kh_int128 *decimals;
        int64_t *ints;
        int32_t *dates;
        uint8_t *bools;
    } as;
    uint8_t *nulls; /* one byte a row, always there */
    kh_names names;
} kh_store_column;

/** Zero-initialise; with a spill in its arena, the rows lie there. */
typedef struct kh_store {
    kh_arena arena;
    kh_store_column *columns;
    uint32_t column_count;
    uint32_t rows, capacity;
    int64_t *origins;  /* line or rowid of each row; 0 = not known */
    const char *label; /* what messages call the table: a path or a source's name */
} kh_store;

/** Rows a store accepts; larger tables belong into measures, which stream. */
enum { KH_STORE_ROWS_MOST = 50000000 };

/** Adopts @p stream and reads it to its end. */
kh_status kh_store_load(kh_store *store, struct ArrowArrayStream *stream, const char *label,
                        const kh_field *fields, uint32_t field_count, kh_error *err);

/** Make an empty store with these columns, to be filled by kh_store_put_*. */
void kh_store_init(kh_store *store, const char *label, const kh_field *fields,
                   uint32_t field_count);
/** Append a row of nulls; returns its number. */
uint32_t kh_store_append(kh_store *store, int64_t origin);
void kh_store_put_text(kh_store *store, uint32_t column, uint32_t row, const char *text,
                       size_t length);

/** The text of a cell; "" when null. Valid as long as the store. */
const char *kh_store_text(const kh_store *store, uint32_t column, uint32_t row);
/** A number (decimal or int) of a cell; absent when null. */
kh_decimal kh_store_number(const kh_store *store, uint32_t column, uint32_t row);
/** KH_NO_DATE when null. */
kh_date kh_store_date(const kh_store *store, uint32_t column, uint32_t row);

/** All rows of a column as a view. */
void kh_store_view(const kh_store *store, uint32_t column, kh_view *view);

void kh_store_fini(kh_store *store);

#endif
