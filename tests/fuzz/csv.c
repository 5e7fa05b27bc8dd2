/* Fuzzing the CSV source: two bytes of options, then the file.
 *
 * Beyond "it does not crash": rows pass the checks of the reader, and three shares give as many
 * rows with the same line numbers as the whole, or fail where the whole fails.
 */
#include "base/arena.h"
#include "plugin/registry.h"
#include "table/builder.h"
#include "table/reader.h"

#include <kaohe/source.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FIELDS = 6 };
static const kh_type types[FIELDS] = {KH_TYPE_TEXT, KH_TYPE_DECIMAL, KH_TYPE_DATE,
                                      KH_TYPE_TEXT, KH_TYPE_INT,     KH_TYPE_BOOL};

extern const kh_plugin kaohe_plugin;

static void *keep(void *ctx, size_t size)
{
    return kh_arena_alloc(ctx, size);
}

static bool should_cancel(void *ctx)
{
    (void)ctx;
    return false;
}

/* Set a choice or a truth value of the instance by the option's key. */
static void set_option(char *self, const char *key, int32_t value)
{
    const kh_option *option = kaohe_plugin.options;
    while (strcmp(option->key, key) != 0) option++;
    if (option->type == KH_OPT_BOOL) {
        self[option->offset] = value & 1;
        return;
    }
    int32_t count = 0;
    while (option->choices[count]) count++;
    value %= count;
    memcpy(self + option->offset, &value, sizeof value);
}

static void take_name(void *ctx, const char *name, kh_type type, int32_t scale)
{
    kh_names *names = ctx;
    (void)type, (void)scale;
    if (names->count < FIELDS) kh_names_add(names, name, strlen(name));
}

/* Rows of a share and the sum of their lines; false when it fails. */
static bool read_share(char *self, const kh_field *fields, uint32_t count, uint32_t part,
                       uint32_t parts, int64_t *rows, int64_t *lines)
{
    kh_error err = KH_ERROR_INIT;
    struct ArrowArrayStream stream;
    kh_query query = {.size = sizeof query,
                      .fields = fields,
                      .field_count = count,
                      .want_origin = true,
                      .part = part,
                      .parts = parts};
    if (kaohe_plugin.source->read(self, &query, &stream, &err) < 0) return false;
    kh_reader *reader;
    if (kh_reader_open(&reader, &stream, "csv", fields, count, &err) < 0) abort();
    kh_batch batch;
    while (kh_reader_next(reader, &batch, &err) == KH_OK && batch.rows > 0) {
        *rows += batch.rows;
        for (int64_t i = 0; i < batch.rows; i++) *lines += batch.origin_row.as.ints[i];
    }
    kh_reader_close(reader);
    if (!strncmp(err.text, "csv: ", 5)) abort(); /* the reader's words, not the source's */
    return err.status == KH_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    static char path[64];
    if (fd < 0) {
        fd = memfd_create("csv", MFD_CLOEXEC);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (size < 2) return 0;
    unsigned bits = data[0] | (unsigned)data[1] << 8;
    if (ftruncate(fd, 0) != 0 || pwrite(fd, data + 2, size - 2, 0) != (ssize_t)size - 2) abort();

    kh_arena arena = {0};
    kh_host host = {.abi = KH_ABI,
                    .size = sizeof host,
                    .ctx = &arena,
                    .should_cancel = should_cancel,
                    .decimal = &kh_decimal_table,
                    .rows = &kh_rows_table,
                    .alloc = keep};
    char *self = kh_arena_alloc(&arena, kaohe_plugin.instance_size);
    memcpy(self, kaohe_plugin.defaults, kaohe_plugin.instance_size);
    const char *where = path;
    memcpy(self + kaohe_plugin.options[0].offset, &where, sizeof where);
    set_option(self, "encoding", bits & 3);
    set_option(self, "delimiter", bits >> 2 & 7);
    set_option(self, "quote", bits >> 5 & 3);
    set_option(self, "thousands", bits >> 7 & 1);
    set_option(self, "header", ~bits >> 8 & 1);
    set_option(self, "trim", ~bits >> 9 & 1);

    kh_error err = KH_ERROR_INIT;
    kh_names names = {0};
    kh_describe describe = {.ctx = &names, .field = take_name};
    if (kaohe_plugin.source->open(self, &host, &err) < 0) abort();
    if (kaohe_plugin.source->describe(self, &describe, &err) == KH_OK) {
        kh_field fields[FIELDS];
        for (uint32_t f = 0; f < names.count; f++) {
            fields[f] = (kh_field){names.items[f].text, bits & 0x8000 ? KH_TYPE_TEXT : types[f], 2};
        }
        int64_t rows[2] = {0}, lines[2] = {0};
        bool right = read_share(self, fields, names.count, 0, 1, &rows[0], &lines[0]);
        bool shares = true;
        for (uint32_t part = 0; part < 3; part++) {
            shares &= read_share(self, fields, names.count, part, 3, &rows[1], &lines[1]);
        }
        if (right != shares || (right && (rows[0] != rows[1] || lines[0] != lines[1]))) abort();
    }
    kh_names_fini(&names);
    kh_arena_fini(&arena);
    return 0;
}
