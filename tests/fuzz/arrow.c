/* Hostile Arrow streams: bytes choose a schema and batches that lie wherever a lie can be told apart.
 *
 * Arrow does not say how long a buffer is, so every buffer is as long as its array claims and not a
 * byte longer; claims nobody could keep (negative, astronomical) come with a token buffer and must
 * be refused. Whatever the reader accepts must keep its promises, and everything is released once.
 */
#include "base/text.h"
#include "table/reader.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { COLUMNS_MOST = 4, BATCHES_MOST = 3, SMALL = 48 };

/* ---- bytes to choices; zeros when they run out --------------------------------------------- */

static const uint8_t *at, *end;

static uint8_t byte(void)
{
    return at < end ? *at++ : 0;
}

static uint32_t below(uint32_t limit)
{
    return byte() % limit;
}

/* Mostly `usual`, else something small, else what no array can have. */
static int64_t claim(int64_t usual)
{
    static const int64_t absurd[] = {-1, INT64_MIN, INT64_MAX, (1LL << 40) + 1, -SMALL};
    uint8_t choice = byte();
    if (choice < 160) return usual;
    return choice < 235 ? choice % SMALL : absurd[choice % 5];
}

static bool is_small(int64_t n)
{
    return n >= 0 && n <= SMALL;
}

/* ---- arrays -------------------------------------------------------------------------------- */

static int alive; /* arrays, schemas and streams handed out and not released */

static void check(bool ok)
{
    if (!ok) abort();
}

/* Everything an array owns, whatever its members say. */
typedef struct owned {
    void *buffers[3];
    const void **list;
    struct ArrowArray *children[COLUMNS_MOST], **child_list, *dictionary;
} owned;

static void release_array(struct ArrowArray *array)
{
    check(array->release != NULL);
    owned *o = array->private_data;
    for (int i = 0; i < COLUMNS_MOST; i++) {
        if (o->children[i] && o->children[i]->release) o->children[i]->release(o->children[i]);
        free(o->children[i]);
    }
    if (o->dictionary && o->dictionary->release) o->dictionary->release(o->dictionary);
    free(o->dictionary);
    for (int i = 0; i < 3; i++) free(o->buffers[i]);
    free(o->list);
    free(o->child_list);
    free(o);
    array->release = NULL;
    alive--;
}

static struct ArrowArray *new_array(int64_t length, int64_t offset, int64_t n_buffers)
{
    struct ArrowArray *array = calloc(1, sizeof *array);
    owned *o = calloc(1, sizeof *o);
    check(array && o);
    o->list = calloc(3, sizeof *o->list);
    *array = (struct ArrowArray){.length = length,
                                 .offset = offset,
                                 .n_buffers = n_buffers,
                                 .buffers = byte() == 255 ? NULL : o->list,
                                 .release = release_array,
                                 .private_data = o};
    array->null_count = claim(below(2) ? -1 : 0);
    alive++;
    return array;
}

/* A buffer of input bytes; rarely missing, rarely off its alignment. */
static uint8_t *add_buffer(struct ArrowArray *array, int index, size_t size)
{
    owned *o = array->private_data;
    uint8_t style = byte();
    size_t shift = style >= 240 && style < 250 ? style - 239U : 0;
    uint8_t *block = malloc(size + shift + (size + shift == 0));
    check(block != NULL);
    for (size_t i = 0; i < size + shift; i++) block[i] = byte();
    o->buffers[index] = block;
    o->list[index] = style >= 250 ? NULL : block + shift;
    return block + shift;
}

static size_t width_of(const char *format)
{
    switch (format[0]) {
    case 'c': return 1;
    case 's': return 2;
    case 'i': return 4;
    case 'd': return 16;
    case 't': return format[1] == 'd' ? 4 : 8;
    default: return 8;
    }
}

/* How many rows an array of these claims must really have for a reader of `wanted` rows. */
static size_t rows_of(int64_t length, int64_t offset, int64_t wanted)
{
    if (!is_small(offset) || length < 0) return 1;
    if (!is_small(length)) length = wanted > 0 ? wanted : 0;
    return (size_t)(offset + length);
}

static struct ArrowArray *make_values(const char *format, int64_t wanted)
{
    bool text = format[0] == 'u';
    int64_t length = claim(wanted >= 0 ? wanted : SMALL), offset = claim(below(4));
    struct ArrowArray *array = new_array(length, offset, claim(text ? 3 : 2));
    size_t rows = rows_of(length, offset, wanted);
    if (below(2)) add_buffer(array, 0, (rows + 7) / 8);
    if (format[0] == 'b') {
        add_buffer(array, 1, (rows + 7) / 8);
    } else if (!text) {
        add_buffer(array, 1, rows * width_of(format));
    } else {
        uint8_t *offsets = add_buffer(array, 1, (rows + 1) * 4);
        int32_t most = 0, last = 0;
        bool sorted = below(8) != 0;
        for (size_t i = 0; i <= rows; i++) { /* small steps; the text reaches as far as they say */
            int32_t offset_here = sorted ? last + offsets[i * 4] % 8 : (int8_t)offsets[i * 4];
            memcpy(offsets + i * 4, &offset_here, 4);
            last = offset_here;
            if (offset_here > most) most = offset_here;
        }
        uint8_t *bytes = add_buffer(array, 2, (size_t)most);
        if (below(4)) { /* mostly letters, or no text would get far */
            for (int32_t i = 0; i < most; i++) bytes[i] &= 0x7f;
        }
    }
    return array;
}

/* ---- the schema ---------------------------------------------------------------------------- */

static const char *const formats[] = {
    "u",      "c",          "s",    "i",    "l",       "b", "g", "tdD", "d:38,2",
    "d:38,5", "d:20,0,128", "tsu:", "tss:", "tsn:UTC", "u", "i", "l",   "d:38,37",
    "tsu:+8", "d:38,2,9",   "+s",   "z",    "d:,",     "C", "",  "ts"};
enum { FORMATS = sizeof formats / sizeof *formats };

static const char *const names[] = {"a", "b", "c", "d", "kaohe:row", "kaohe:file", ""};

typedef struct plan {
    struct {
        const char *format, *name, *entries;
        int64_t flags;
    } columns[COLUMNS_MOST];
    uint32_t column_count, batches;
} plan;

static void release_schema(struct ArrowSchema *schema)
{
    check(schema->release != NULL);
    for (int64_t c = 0; c < schema->n_children; c++) {
        schema->children[c]->release(schema->children[c]);
        free(schema->children[c]);
    }
    free(schema->children);
    if (schema->dictionary) schema->dictionary->release(schema->dictionary);
    free(schema->dictionary);
    schema->release = NULL;
    alive--;
}

static void make_schema(struct ArrowSchema *out, const char *format, const char *name)
{
    *out = (struct ArrowSchema){.format = format, .name = name, .release = release_schema};
    alive++;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    const plan *p = stream->private_data;
    make_schema(out, byte() == 255 ? "+l" : "+s", NULL);
    out->n_children = p->column_count;
    out->children = calloc(COLUMNS_MOST, sizeof *out->children);
    for (uint32_t c = 0; c < p->column_count; c++) {
        out->children[c] = calloc(1, sizeof *out->children[c]);
        make_schema(out->children[c], p->columns[c].format, p->columns[c].name);
        out->children[c]->flags = p->columns[c].flags;
        if (p->columns[c].entries) {
            out->children[c]->dictionary = calloc(1, sizeof *out->children[c]);
            make_schema(out->children[c]->dictionary, p->columns[c].entries, NULL);
        }
    }
    return 0;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    plan *p = stream->private_data;
    *out = (struct ArrowArray){0};
    if (p->batches == 0) return byte() == 255 ? 2 : 0;
    p->batches--;
    int64_t rows = claim(below(SMALL / 2)), offset = claim(below(3));
    int64_t wanted = is_small(rows) && is_small(offset) ? rows + offset : -1;
    struct ArrowArray *batch = new_array(rows, offset, claim(1));
    owned *o = batch->private_data;
    o->child_list = calloc(COLUMNS_MOST, sizeof *o->child_list);
    batch->children = byte() == 255 ? NULL : o->child_list;
    batch->n_children = claim(p->column_count);
    if (batch->n_buffers > 0 && byte() > 240) {
        add_buffer(batch, 0, (rows_of(rows, offset, -1) + 7) / 8);
    }
    for (uint32_t c = 0; c < p->column_count; c++) {
        o->children[c] = make_values(p->columns[c].format, wanted);
        o->child_list[c] = byte() == 255 ? NULL : o->children[c];
        if (p->columns[c].entries) {
            struct ArrowArray *entries = make_values("u", (int64_t)below(8));
            ((owned *)o->children[c]->private_data)->dictionary = entries;
            o->children[c]->dictionary = byte() == 255 ? NULL : entries;
        }
    }
    *out = *batch;
    free(batch);
    return 0;
}

static const char *last_error(struct ArrowArrayStream *stream)
{
    (void)stream;
    return byte() & 1 ? "the source failed" : NULL;
}

static void release_stream(struct ArrowArrayStream *stream)
{
    check(stream->release != NULL);
    stream->release = NULL;
    alive--;
}

/* ---- what the engine may rely on ----------------------------------------------------------- */

static void use_text(const kh_view *view, int64_t row)
{
    int32_t code = view->as.codes[row];
    check(code >= 0 && (uint32_t)code < view->strings.count);
    int32_t from = view->strings.offsets[code], to = view->strings.offsets[code + 1];
    check(from >= 0 && from <= to);
    size_t length = (size_t)(to - from);
    check(kh_utf8_check(view->strings.bytes + from, length) == length);
}

static volatile uint64_t sink; /* every value is read, or an overread would not be seen */

static void use_view(const kh_view *view, int64_t rows)
{
    for (int64_t i = 0; i < rows; i++) {
        if (view->nulls && view->nulls[i]) continue;
        switch (view->type) {
        case KH_TYPE_TEXT: use_text(view, i); break;
        case KH_TYPE_DECIMAL: sink += (uint64_t)view->as.decimals[i]; break;
        case KH_TYPE_INT: sink += (uint64_t)view->as.ints[i]; break;
        case KH_TYPE_DATE:
            check(view->as.dates[i] >= -719162 && view->as.dates[i] <= 2932896);
            break;
        case KH_TYPE_BOOL: check(view->as.bools[i] <= 1); break;
        case KH_TYPE_FLOAT: sink += view->as.floats[i] == 0; break;
        case KH_TYPE_ANY: break;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    at = data;
    end = data + size;
    plan p = {.column_count = below(COLUMNS_MOST + 1), .batches = below(BATCHES_MOST + 1)};
    for (uint32_t c = 0; c < p.column_count; c++) {
        uint8_t dictionary = byte();
        p.columns[c].format = formats[below(FORMATS)];
        p.columns[c].name = names[byte() < 200 ? c : below(7)];
        p.columns[c].entries = dictionary % 3 == 0 ? "u" : dictionary == 254 ? "i" : NULL;
        p.columns[c].flags = dictionary & 4 ? 1LL << 16 : 0;
    }
    kh_field fields[COLUMNS_MOST];
    uint32_t field_count = below(COLUMNS_MOST + 1);
    for (uint32_t f = 0; f < field_count; f++) {
        fields[f] = (kh_field){names[f], (kh_type)below(KH_TYPE_FLOAT + 1), below(40)};
    }
    struct ArrowArrayStream stream = {.get_schema = get_schema,
                                      .get_next = get_next,
                                      .get_last_error = last_error,
                                      .release = release_stream,
                                      .private_data = &p};
    alive++;
    kh_error err = KH_ERROR_INIT;
    kh_reader *reader = NULL;
    kh_batch batch = {.rows = 1};
    if (kh_reader_open(&reader, &stream, "fuzz", fields, field_count, &err) == KH_OK) {
        while (batch.rows > 0 && kh_reader_next(reader, &batch, &err) == KH_OK) {
            for (uint32_t f = 0; f < field_count && batch.rows > 0; f++) {
                use_view(&batch.columns[f], batch.rows);
            }
            if (batch.origin_row.type) use_view(&batch.origin_row, batch.rows);
            if (batch.origin_file.type) use_view(&batch.origin_file, batch.rows);
        }
    }
    check(kh_utf8_check(err.text, strlen(err.text)) == strlen(err.text));
    check((err.status == KH_OK) == (err.text[0] == '\0'));
    kh_reader_close(reader);
    check(alive == 0);
    return 0;
}
