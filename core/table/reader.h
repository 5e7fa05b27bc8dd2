/* Batches of a source, checked and laid out the way the engine reads them.
 *
 * A reader adopts an Arrow stream, checks its schema against the columns that were asked for and
 * every batch against the Arrow rules, and shows each column in one canonical form:
 *   text     int32 codes into a list of strings (plain utf8 is encoded here)
 *   decimal  16-byte integers scaled by the requested scale (integers are widened)
 *   int      int64 · date int32 · bool one byte a row · float double
 * Missing    nulls[i] != 0 where row i is null; `nulls` is NULL when no row is.
 * Ownership  views are valid until the next kh_reader_next().   Threads  one reader, one thread.
 */
#ifndef KH_TABLE_READER_H
#define KH_TABLE_READER_H

#include "base/arena.h"
#include "base/decimal.h"

#include <kaohe/arrow.h>
#include <kaohe/plugin.h>

/** The strings that codes stand for; entry i is bytes[offsets[i] .. offsets[i+1]). */
typedef struct kh_strings {
    const int32_t *offsets;
    const char *bytes;
    uint32_t count;
    /** Entries below `same` are those of the batch before, with the same codes. */
    uint32_t same;
} kh_strings;

typedef struct kh_view {
    kh_type type;
    const uint8_t *nulls;
    union {
        const int32_t *codes;
        const kh_int128 *decimals;
        const int64_t *ints;
        const int32_t *dates;
        const uint8_t *bools;
        const double *floats;
    } as;
    kh_strings strings;    /* for KH_TYPE_TEXT */
    const kh_names *names; /* instead of strings, in a view of a store */
} kh_view;

/** The text behind a code of a text view; not NUL-terminated. */
static inline const char *kh_view_text(const kh_view *view, int32_t code, size_t *length)
{
    if (view->names) {
        *length = view->names->items[code].length;
        return view->names->items[code].text;
    }
    *length = (size_t)(view->strings.offsets[code + 1] - view->strings.offsets[code]);
    return view->strings.bytes + view->strings.offsets[code];
}

/** How many codes a text view has, and how many of them are those of the batch before. */
static inline uint32_t kh_view_codes(const kh_view *view, uint32_t *same)
{
    *same = view->names ? view->names->count : view->strings.same;
    return view->names ? view->names->count : view->strings.count;
}

typedef struct kh_batch {
    int64_t rows;
    const kh_view *columns; /* one per requested field, in that order */
    /** Where rows came from; type KH_TYPE_ANY when the source did not say. */
    kh_view origin_row, origin_file;
} kh_batch;

typedef struct kh_reader kh_reader;

/** Adopts @p stream, also on failure. @p fields is copied. @p name is for messages. */
kh_status kh_reader_open(kh_reader **out, struct ArrowArrayStream *stream, const char *name,
                         const kh_field *fields, uint32_t field_count, kh_error *err);
/** The next batch; rows == 0 at the end. */
kh_status kh_reader_next(kh_reader *reader, kh_batch *out, kh_error *err);
void kh_reader_close(kh_reader *reader);

/** "text", "decimal", ... for messages. */
const char *kh_type_name(kh_type type);

#endif
