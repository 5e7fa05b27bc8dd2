/* The Arrow C Data and C Stream interfaces: the two published structs, with their own guards.
 *
 * The subset kaohe reads (arrow.apache.org, "The Arrow C data interface"):
 *   "u" utf8 · dictionary<utf8> with int8..int32 codes · "c" "s" "i" "l" int8..int64 · "b" bool
 *   "d:P,S" and "d:P,S,128" decimal128 · "tdD" date32
 *   "tss:" "tsm:" "tsu:" "tsn:" timestamps without a zone, or with UTC: the day is taken as written
 *   "g" float64 only where the scheme declares the column as float
 * A batch is a struct ("+s") whose children are the columns. Slices (offset != 0) are legal.
 *
 * Origin   a column named "kaohe:row" (int64 or utf8) tells where a row came from: line number,
 *          rowid or primary key. "kaohe:file" (dictionary<utf8>) names the file where there are
 *          several. Both are sent only when the query asks (kh_query.want_origin).
 */
#ifndef KAOHE_ARROW_H
#define KAOHE_ARROW_H

#include <stdint.h>

#define KH_ORIGIN_ROW  "kaohe:row"
#define KH_ORIGIN_FILE "kaohe:file"

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE           2
#define ARROW_FLAG_MAP_KEYS_SORTED    4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif

#endif
