/* Fuzzing the XLSX source: a byte that says which part, then that part of a sound workbook.
 *
 * 0 the whole file, 1 the sheet, 2 the shared texts, 3 the formats, 4 the list of sheets. Rows must
 * pass the checks of the reader, and read the same twice.
 */
#include "base/arena.h"
#include "base/date.h"
#include "plugin/registry.h"
#include "table/builder.h"
#include "table/reader.h"

#include <kaohe/source.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zip.h>

enum { FIELDS = 5, PARTS = 4 };
static const kh_type types[FIELDS] = {KH_TYPE_TEXT, KH_TYPE_DECIMAL, KH_TYPE_DATE, KH_TYPE_INT,
                                      KH_TYPE_BOOL};

extern const kh_plugin kaohe_plugin;

#define KIND "Type=\"r/"
static const struct {
    const char *name, *text;
} parts[] = {
    {"xl/worksheets/sheet1.xml",
     "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" "
     "t=\"s\"><v>1</v>"
     "</c><c r=\"C1\" t=\"inlineStr\"><is><t>c</t></is></c></row><row r=\"2\"><c "
     "r=\"A2\"><v>1</v></c>"
     "<c r=\"C2\" s=\"1\"><v>39903</v></c></row></sheetData></worksheet>"},
    {"xl/sharedStrings.xml", "<sst><si><t>a</t></si><si><r><t>b</t></r></si></sst>"},
    {"xl/styles.xml", "<s><numFmts><numFmt numFmtId=\"200\" formatCode=\"yyyy\"/></numFmts>"
                      "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"200\"/></cellXfs></s>"},
    {"xl/workbook.xml", "<workbook><sheets><sheet name=\"x\" r:id=\"a\"/></sheets></workbook>"},
    {"_rels/.rels",
     "<R><Relationship Id=\"a\" " KIND "officeDocument\" Target=\"xl/workbook.xml\"/></R>"},
    {"xl/_rels/workbook.xml.rels",
     "<R><Relationship Id=\"a\" " KIND "worksheet\" Target=\"worksheets/sheet1.xml\"/>"
     "<Relationship Id=\"b\" " KIND "sharedStrings\" Target=\"sharedStrings.xml\"/>"
     "<Relationship Id=\"c\" " KIND "styles\" Target=\"styles.xml\"/></R>"},
};

static void *keep(void *ctx, size_t size)
{
    return kh_arena_alloc(ctx, size);
}

static bool should_cancel(void *ctx)
{
    (void)ctx;
    return false;
}

static void add(zip_t *zip, const char *name, const void *bytes, size_t size)
{
    zip_source_t *source = zip_source_buffer(zip, bytes, size, 0);
    if (!source || zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) < 0) abort();
}

/* The workbook with part @p chosen as given. */
static void write_book(const char *path, unsigned chosen, const uint8_t *data, size_t size)
{
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    if (!zip) abort();
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (i + 1 == chosen) add(zip, parts[i].name, data, size);
        else add(zip, parts[i].name, parts[i].text, strlen(parts[i].text));
        zip_set_file_compression(zip, i, ZIP_CM_STORE, 0);
    }
    if (zip_close(zip) != 0) abort();
}

static void take_name(void *ctx, const char *name, kh_type type, int32_t scale)
{
    kh_names *names = ctx;
    (void)type, (void)scale;
    if (names->count < FIELDS) kh_names_add(names, name, strlen(name));
}

static void ignore(void *ctx, const char *text)
{
    (void)ctx, (void)text;
}

/* How many rows there are; -1 when reading fails. */
static int64_t read_rows(char *self, const kh_field *fields, uint32_t count)
{
    kh_error err = KH_ERROR_INIT;
    struct ArrowArrayStream stream;
    kh_query query = {.size = sizeof query,
                      .fields = fields,
                      .field_count = count,
                      .want_origin = true,
                      .parts = 1};
    if (kaohe_plugin.source->read(self, &query, &stream, &err) < 0) return -1;
    kh_reader *reader;
    if (kh_reader_open(&reader, &stream, "xlsx", fields, count, &err) < 0) abort();
    kh_batch batch;
    int64_t rows = 0;
    while (kh_reader_next(reader, &batch, &err) == KH_OK && batch.rows > 0) rows += batch.rows;
    kh_reader_close(reader);
    if (!strncmp(err.text, "xlsx: ", 6)) abort(); /* the reader's words, not the source's */
    return err.status == KH_OK ? rows : -1;
}

static void read_book(const char *path)
{
    kh_arena arena = {0};
    kh_host host = {.abi = KH_ABI,
                    .size = sizeof host,
                    .ctx = &arena,
                    .should_cancel = should_cancel,
                    .decimal = &kh_decimal_table,
                    .rows = &kh_rows_table,
                    .alloc = keep,
                    .parse_date = kh_date_parse};
    char *self = kh_arena_alloc(&arena, kaohe_plugin.instance_size);
    memcpy(self, kaohe_plugin.defaults, kaohe_plugin.instance_size);
    memcpy(self + kaohe_plugin.options[0].offset, &path, sizeof path);
    kh_error err = KH_ERROR_INIT;
    kh_names names = {0};
    kh_describe describe = {.ctx = &names, .field = take_name, .decided = ignore};
    if (kaohe_plugin.source->open(self, &host, &err) < 0) abort();
    if (kaohe_plugin.source->describe(self, &describe, &err) == KH_OK) {
        kh_field fields[FIELDS];
        for (uint32_t f = 0; f < names.count; f++) {
            fields[f] = (kh_field){names.items[f].text, types[f], 2};
        }
        int64_t rows = read_rows(self, fields, names.count);
        if (rows != read_rows(self, fields, names.count)) abort();
        for (uint32_t f = 0; f < names.count; f++) fields[f].type = KH_TYPE_TEXT;
        read_rows(self, fields, names.count);
    }
    kaohe_plugin.source->close(self);
    kh_names_fini(&names);
    kh_arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[64];
    if (!*path) snprintf(path, sizeof path, "/dev/shm/kaohe-fuzz-xlsx-%ld", (long)getpid());
    if (size < 1) return 0;
    unsigned chosen = data[0] % (PARTS + 1);
    if (chosen > 0) {
        write_book(path, chosen, data + 1, size - 1);
    } else {
        FILE *file = fopen(path, "wb");
        if (!file || fwrite(data + 1, 1, size - 1, file) != size - 1 || fclose(file) != 0) abort();
    }
    read_book(path);
    remove(path);
    return 0;
}
