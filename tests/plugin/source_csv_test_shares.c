/* The CSV source in shares and batches: every row once, at its line; batches outlive everything. */
#include "plugin/source_kit.h"

#include "base/text.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(csv_shares, .init = kit_enter, .fini = kit_leave);

/* All shares one after the other; ends at the first error. */
static char *read_shares(kit *k, const char *fields, uint32_t parts)
{
    kh_buf all = {0};
    kh_buf_text(&all, "");
    for (uint32_t part = 0; part < parts; part++) {
        char *got = kit_rows(k, fields, KIT_ORIGIN, part, parts);
        if (got[0] == '!') {
            kh_buf_fini(&all);
            return got;
        }
        kh_buf_text(&all, got);
        free(got);
    }
    return kh_buf_take(&all);
}

static void expect_shares(const char *const *options, const char *fields, const char *why)
{
    kit k;
    kit_open(&k, options);
    char *whole = kit_rows(&k, fields, KIT_ORIGIN, 0, 1);
    for (uint32_t parts = 2; parts <= 40; parts += parts < 7 ? 1 : 11) {
        char *got = read_shares(&k, fields, parts);
        cr_expect(!strcmp(got, whole), "%s, %u shares:\n%.300s\ninstead of\n%.300s", why, parts,
                  got, whole);
        free(got);
    }
    free(whole);
    kit_close(&k);
}

static const struct {
    const char *file, *why;
} files[] = {
    {"x,y\n1,a\n2,b\n3,c\n4,d\n5,e\n6,f\n7,g\n", "plain rows"},
    {"x,y\r\n1,a\r\n2,b\r\n3,c\r\n4,d\r\n5,e", "CR LF and no end"},
    {"x,y\n1,\"a\nb\"\n2,\"\n\n\n\"\n3,\"c,\"\"\n\"\"\"\n4,d\n5,\"\r\n6,\"\n7,g\n",
     "line ends in quotes"},
    {"x,\"y\nz\"\n1,a\n2,b\n", "a line end in the header"},
    {"x,y\n", "no rows"},
    {"x,y", "no rows, no end"},
    {"x,y\n1,a\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n", "blank lines at the end"},
    {"x,y\n1,a\n\n\n\n\n\n\n\n\n2,b\n", "an error: blank lines in the middle"},
    {"x,y\n1,a\n2,b\n3,c\n4\n5,e\n6,f\n", "an error: too few cells"},
    {"x,y\n1,a\n\r\n\r\n\r\n\r\n\r\n\n\r\n\r", "blank lines with CR at the end"},
    {"x,y\n\n\n\n\n1,a\n2,b\n", "an error: blank lines behind the header"},
    {"x,y\n1,a\n\n\r2,b\n\r3,c\n\n\r\r4,d\n", "an error: lines that begin with CR"},
    {"x,y\n1,a\n2,b\n3,c\nz,d\n5,e\n6,f\n", "an error: a bad cell"},
    {"x,y\n1,a\n2,b\n3,c\n4,\"d\n5,e\n6,f\n", "an error: an open quote"},
};

Test(csv_shares, give_every_row_once_in_order)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        kit_text("a.csv", files[i].file);
        expect_shares(OPTIONS("path", "a.csv"), "x:int", files[i].why);
    }
    kit_text("a.csv", "x\n\n\n\n1\n\n\n\n\n\n2\n\n\n3\n\n\n\n\n\n");
    expect_shares(OPTIONS("path", "a.csv"), "x:int", "blank lines in one column");
    kit_text("a.csv", "the \"title\n\nx,y\n1,a\n2,\"b\n\"\n3,c\n");
    expect_shares(OPTIONS("path", "a.csv", "skip", "2"), "x:int y:text", "lines above");
    kit_text("a.csv", "1,a\n2,\"b\n\"\n3,c\n");
    expect_shares(OPTIONS("path", "a.csv", "header", "false"), "A1:int A2:text", "no header");
    kit_text("a.csv", "x,y\n1,\"a\n2,\"\"b\n3,\"c\n");
    expect_shares(OPTIONS("path", "a.csv", "quote", "none"), "x:int y:text", "no quotes");
    kit_gb18030("a.csv", "编号,名称\n1,张伟\n2,\"王\n芳\"\n3,李娜\n4,刘洋\n");
    expect_shares(OPTIONS("path", "a.csv"), "编号:int 名称:text", "GB18030");
}

Test(csv_shares, divide_many_files_between_them)
{
    kit_text("a-1.csv", "x,y\n1,a\n2,b\n3,\"\n\n\"\n");
    kit_text("a-2.csv", "x,y\n");
    kit_gzip("a-3.csv", "x,y\n4,a\n5,b\n", 12, "wb");
    kit_text("a-4.csv", "x,y\n6,a\n7,b\n8,c\n9,d\n\n\n");
    kit_gzip("a-5.csv", "x,y\n10,a\n", 9, "wb");
    expect_shares(OPTIONS("path", "a-*.csv"), "x:int y:text", "a pattern");
}

Test(csv_shares, are_promised_by_the_plan)
{
    kit_text("a-1.csv", "x,y\n1,a\n");
    kit_text("a-2.csv", "x,y\n");
    kit k;
    kit_open(&k, OPTIONS("path", "a-*.csv"));
    kh_source_plan plan = {.size = sizeof plan};
    kh_error err = KH_ERROR_INIT;
    cr_expect_eq(k.instance.plugin->source->plan(k.instance.self, &plan, &err), KH_OK);
    cr_expect_eq(plan.can, KH_CAN_SPLIT);
    cr_expect_eq(plan.bytes, 12);
    char *got = kit_rows(&k, "x:int", 0, 2, 2);
    cr_expect_str_eq(got, "! -1 share 2 of 2 does not exist");
    free(got);
    kit_close(&k);
}

Test(csv_shares, agree_on_a_large_file_with_quotes)
{
    kh_buf file = {0};
    kh_buf_text(&file, "x,y,z\n");
    for (unsigned i = 0; i < 60000; i++) {
        if (i % 97 == 0) kh_buf_printf(&file, "%u,\"line\nof %u \"\"quotes\"\"\n\",3\n", i, i);
        else kh_buf_printf(&file, "%u,plain %u,3\n", i, i % 1000);
    }
    kit_write("a.csv", file.data, file.size);
    kh_buf_fini(&file);
    expect_shares(OPTIONS("path", "a.csv"), "x:int y:text z:decimal(2)", "60,000 rows");
}

/* ---- batches ------------------------------------------------------------------------------- */

enum { ROWS = 70000, HELD = 8 };

static void open_rows(kit *k, struct ArrowArrayStream *stream, const kh_field *fields,
                      uint32_t count)
{
    kh_buf file = {0};
    kh_buf_text(&file, "name,amount\n");
    for (int i = 0; i < ROWS; i++) kh_buf_printf(&file, "客户编号第%d号,%d.5\n", i % 50000, i);
    kit_write("a.csv", file.data, file.size);
    kh_buf_fini(&file);
    kit_open(k, OPTIONS("path", "a.csv"));
    kh_error err = KH_ERROR_INIT;
    kh_query query = {.size = sizeof query,
                      .fields = fields,
                      .field_count = count,
                      .want_origin = true,
                      .parts = 1};
    cr_assert_eq(k->instance.plugin->source->read(k->instance.self, &query, stream, &err), KH_OK,
                 "%s", err.text);
}

static void expect_name(const struct ArrowArray *names, int64_t row, int64_t number)
{
    const struct ArrowArray *dictionary = names->dictionary;
    int32_t code = ((const int32_t *)names->buffers[1])[row];
    const int32_t *offsets = dictionary->buffers[1];
    char wanted[64];
    snprintf(wanted, sizeof wanted, "客户编号第%d号", (int)(number % 50000));
    cr_expect_eq(code, number % 50000, "codes go by arrival");
    cr_assert(code >= 0 && code < dictionary->length);
    cr_expect(!strncmp((const char *)dictionary->buffers[2] + offsets[code], wanted,
                       (size_t)(offsets[code + 1] - offsets[code])));
}

Test(csv_shares, batches_live_until_they_are_released)
{
    static const kh_field fields[] = {{"name", KH_TYPE_TEXT, 0}, {"amount", KH_TYPE_DECIMAL, 2}};
    kit k;
    struct ArrowArrayStream stream;
    struct ArrowArray held[HELD], moved = {0};
    int64_t from[HELD + 1] = {0};
    open_rows(&k, &stream, fields, 2);
    int n = 0;
    for (; n < HELD; n++) {
        cr_assert_eq(stream.get_next(&stream, &held[n]), 0);
        if (!held[n].release) break;
        from[n + 1] = from[n] + held[n].length;
    }
    cr_assert_eq(from[n], ROWS);
    cr_assert(n > 2);
    moved = *held[1].children[0]; /* a consumer may take a column out */
    held[1].children[0]->release = NULL;
    held[1].release(&held[1]);
    stream.release(&stream);
    kit_close(&k);
    for (int b = 0; b < n; b++) {
        const struct ArrowArray *names = b == 1 ? &moved : held[b].children[0];
        for (int64_t row = 0; row < names->length; row += 777)
            expect_name(names, row, from[b] + row);
        if (b == 1) continue;
        const kh_int128 *amounts = held[b].children[1]->buffers[1];
        const int64_t *lines = held[b].children[2]->buffers[1];
        for (int64_t row = 0; row < names->length; row += 777) {
            cr_expect_eq((int64_t)amounts[row], (from[b] + row) * 100 + 50);
            cr_expect_eq(lines[row], from[b] + row + 2);
        }
    }
    moved.release(&moved);
    cr_expect_null(moved.release);
    for (int b = n - 1; b >= 0; b--) {
        if (b != 1) held[b].release(&held[b]);
    }
}

Test(csv_shares, batches_that_were_released_are_used_again)
{
    static const kh_field fields[] = {{"amount", KH_TYPE_DECIMAL, 1}};
    kit k;
    struct ArrowArrayStream stream;
    open_rows(&k, &stream, fields, 1);
    const void *buffers[2] = {NULL, NULL};
    struct ArrowArray batch;
    for (int b = 0; b < 2; b++) {
        cr_assert_eq(stream.get_next(&stream, &batch), 0);
        buffers[b] = batch.children[0]->buffers[1];
        batch.release(&batch);
    }
    cr_expect_eq(buffers[0], buffers[1]);
    stream.release(&stream); /* in the middle of a file */
    cr_expect_null(stream.release);
    kit_close(&k);
}

Test(csv_shares, nothing_is_left_of_a_batch_in_the_next)
{
    kh_buf file = {0};
    kh_buf_text(&file, "x,b\n");
    for (int i = 0; i < 40000; i++) kh_buf_printf(&file, i < 20000 ? ",\n" : "7,1\n");
    kit_write("a.csv", file.data, file.size);
    kh_buf_fini(&file);
    char *got = kit_read(OPTIONS("path", "a.csv"), "x:int b:bool", 0);
    cr_expect(!strncmp(got, "-|-\n", 4));
    cr_expect(!strcmp(got + strlen(got) - 6, "7|yes\n"));
    size_t nulls = 0;
    for (char *at = got; (at = strstr(at, "-|-\n")); at += 4) nulls++;
    cr_expect_eq(nulls, 20000);
    free(got);
}

Test(csv_shares, the_schema_says_what_comes)
{
    static const kh_field fields[] = {{"name", KH_TYPE_TEXT, 0}, {"amount", KH_TYPE_DECIMAL, 3}};
    kit k;
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    open_rows(&k, &stream, fields, 2);
    cr_assert_eq(stream.get_schema(&stream, &schema), 0);
    cr_expect_eq(schema.n_children, 3);
    cr_expect_str_eq(schema.format, "+s");
    cr_expect_str_eq(schema.children[0]->format, "i");
    cr_expect(schema.children[0]->flags & KH_DICTIONARY_GROWS);
    cr_expect_str_eq(schema.children[0]->dictionary->format, "u");
    cr_expect_str_eq(schema.children[1]->format, "d:38,3");
    cr_expect_str_eq(schema.children[2]->name, KH_ORIGIN_ROW);
    schema.release(&schema);
    stream.release(&stream);
    kit_close(&k);
}
