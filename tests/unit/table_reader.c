/* Batches as a source may legally send them: every type, nulls, slices, dictionaries, scales. */
#include "unit/table_arrow.h"

static kh_reader *open_reader(arrow_fake *fake, const kh_field *fields, uint32_t count)
{
    struct ArrowArrayStream stream = arrow_stream(fake);
    kh_reader *reader;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_reader_open(&reader, &stream, "balances", fields, count, &err), KH_OK, "%s",
                 err.text);
    cr_expect_null(stream.release, "the stream was moved");
    return reader;
}

static kh_batch next_batch(kh_reader *reader)
{
    kh_batch batch;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_reader_next(reader, &batch, &err), KH_OK, "%s", err.text);
    return batch;
}

/* One column through a reader, and the end of the stream behind it. */
static void expect_column(struct ArrowArray *array, arrow_column column, kh_type type, int scale,
                          const char *wanted, const char *why)
{
    arrow_fake fake = {.columns = &column, .column_count = 1, .batch_count = 1};
    fake.batches[0] = arrow_batch(&array, 1);
    kh_field field = {"x", type, scale};
    column.name = "x";
    kh_reader *reader = open_reader(&fake, &field, 1);
    kh_batch batch = next_batch(reader);
    const char *got = arrow_shown(&batch.columns[0], batch.rows);
    cr_expect_eq(batch.columns[0].type, type);
    cr_expect_str_eq(got, wanted, "%s: got %s, wanted %s", why, got, wanted);
    cr_expect_eq(next_batch(reader).rows, 0, "the end");
    cr_expect_eq(next_batch(reader).rows, 0, "and it stays the end");
    kh_reader_close(reader);
    arrow_expect_all_released(why);
}

#define EXPECT(array, format, type, scale, wanted, why)                                            \
    expect_column(array, (arrow_column){format, NULL, NULL, 0}, type, scale, wanted, why)

#define VALUES(type, ...)                                                                          \
    arrow_values((const type[]){__VA_ARGS__}, sizeof((const type[]){__VA_ARGS__}) / sizeof(type),  \
                 sizeof(type))

#define TEXTS(...)                                                                                 \
    arrow_texts((const char *const[]){__VA_ARGS__},                                                \
                sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

Test(reader, reads_every_type)
{
    EXPECT(VALUES(int8_t, 1, -128, 127), "c", KH_TYPE_INT, 0, "1 -128 127", "int8");
    EXPECT(VALUES(int16_t, 1, -32768, 32767), "s", KH_TYPE_INT, 0, "1 -32768 32767", "int16");
    EXPECT(VALUES(int32_t, INT32_MIN, INT32_MAX), "i", KH_TYPE_INT, 0, "-2147483648 2147483647",
           "int32");
    EXPECT(VALUES(int64_t, INT64_MIN, INT64_MAX), "l", KH_TYPE_INT, 0,
           "-9223372036854775808 9223372036854775807", "int64");
    EXPECT(arrow_bools("tfttfffft"), "b", KH_TYPE_BOOL, 0, "t f t t f f f f t", "bool");
    EXPECT(VALUES(int32_t, 0, -1, 20000), "tdD", KH_TYPE_DATE, 0, "0 -1 20000", "date32");
    EXPECT(VALUES(int32_t, -719162, 2932896), "tdD", KH_TYPE_DATE, 0, "-719162 2932896",
           "the years 1 and 9999");
    EXPECT(VALUES(double, 1.5, -0.25), "g", KH_TYPE_FLOAT, 0, "1.5 -0.25", "float64");
    EXPECT(TEXTS("张伟", "", "a b", "张伟"), "u", KH_TYPE_TEXT, 0, "张伟  a b 张伟", "utf8");
    EXPECT(VALUES(kh_int128, 12345, -1), "d:38,2", KH_TYPE_DECIMAL, 2, "12345 -1", "decimal128");
    EXPECT(VALUES(kh_int128, 12345), "d:10,2,128", KH_TYPE_DECIMAL, 2, "12345", "its long form");
}

Test(reader, reads_nulls_of_every_type)
{
    EXPECT(arrow_nulls(VALUES(int8_t, 1, 2, 3), "1-3"), "c", KH_TYPE_INT, 0, "1 - 3", "int8");
    EXPECT(arrow_nulls(VALUES(int64_t, 1, 2, 3), "---"), "l", KH_TYPE_INT, 0, "- - -", "int64");
    EXPECT(arrow_nulls(arrow_bools("tft"), "-ft"), "b", KH_TYPE_BOOL, 0, "- f t", "bool");
    EXPECT(arrow_nulls(VALUES(int32_t, 5, INT32_MIN), "5-"), "tdD", KH_TYPE_DATE, 0, "5 -",
           "a null date may hold anything");
    EXPECT(arrow_nulls(VALUES(int64_t, INT64_MIN, 86400), "-1"), "tss:", KH_TYPE_DATE, 0, "- 1",
           "so may a null time");
    EXPECT(arrow_nulls(TEXTS("a", "\xff", "b"), "a-b"), "u", KH_TYPE_TEXT, 0, "a - b",
           "and a null text");
    EXPECT(arrow_nulls(VALUES(kh_int128, 1, 2), "-2"), "d:38,2", KH_TYPE_DECIMAL, 2, "- 2",
           "decimal128");
    EXPECT(arrow_nulls(VALUES(kh_int128, 155, 200), "-2"), "d:38,2", KH_TYPE_DECIMAL, 0, "- 2",
           "a null decimal that could not be rescaled");
    EXPECT(arrow_nulls(VALUES(double, 0.5, 1), "-1"), "g", KH_TYPE_FLOAT, 0, "- 1", "float64");

    struct ArrowArray *unknown = arrow_nulls(VALUES(int64_t, 1, 2), "1-");
    unknown->null_count = -1;
    EXPECT(unknown, "l", KH_TYPE_INT, 0, "1 -", "a null count that is not known");
    struct ArrowArray *full = arrow_nulls(VALUES(int64_t, 1, 2), "12");
    full->null_count = -1;
    EXPECT(full, "l", KH_TYPE_INT, 0, "1 2", "a bitmap without a null");
    struct ArrowArray *bare = VALUES(int64_t, 1, 2);
    bare->null_count = -1;
    EXPECT(bare, "l", KH_TYPE_INT, 0, "1 2", "no bitmap at all");
}

Test(reader, shows_no_bitmap_where_there_are_no_nulls)
{
    arrow_fake fake = {
        .columns = &(arrow_column){"l", "x", NULL, 0}, .column_count = 1, .batch_count = 2};
    struct ArrowArray *first = arrow_nulls(VALUES(int64_t, 1, 2), "-2");
    struct ArrowArray *second = arrow_nulls(VALUES(int64_t, 3, 4), "34");
    second->null_count = -1;
    fake.batches[0] = arrow_batch(&first, 1);
    fake.batches[1] = arrow_batch(&second, 1);
    kh_reader *reader = open_reader(&fake, &(kh_field){"x", KH_TYPE_INT, 0}, 1);
    cr_expect_not_null(next_batch(reader).columns[0].nulls);
    cr_expect_null(next_batch(reader).columns[0].nulls);
    kh_reader_close(reader);
    arrow_expect_all_released("closed before the end");
}

/* Ten rows of each type, cut in every way: an offset of the column, of the batch, of both. */
Test(reader, reads_slices)
{
    static const arrow_column columns[] = {
        {"l", "int", NULL, 0},        {"c", "small", NULL, 0},       {"b", "bool", NULL, 0},
        {"tdD", "date", NULL, 0},     {"tss:", "time", NULL, 0},     {"u", "text", NULL, 0},
        {"d:38,2", "exact", NULL, 0}, {"d:38,1", "scaled", NULL, 0}, {"s", "code", "u", 0}};
    static const kh_field fields[] = {
        {"int", KH_TYPE_INT, 0},       {"small", KH_TYPE_INT, 0},      {"bool", KH_TYPE_BOOL, 0},
        {"date", KH_TYPE_DATE, 0},     {"time", KH_TYPE_DATE, 0},      {"text", KH_TYPE_TEXT, 0},
        {"exact", KH_TYPE_DECIMAL, 2}, {"scaled", KH_TYPE_DECIMAL, 2}, {"code", KH_TYPE_TEXT, 0}};
    enum { COLUMNS = 9, ROWS = 10 };
    static const char *const wanted[COLUMNS][ROWS] = {
        {"0", "10", "-", "30", "40", "-", "60", "70", "80", "90"},
        {"0", "1", "-", "3", "4", "-", "6", "7", "8", "9"},
        {"t", "f", "-", "f", "t", "-", "t", "f", "t", "f"},
        {"100", "101", "-", "103", "104", "-", "106", "107", "108", "109"},
        {"200", "201", "-", "203", "204", "-", "206", "207", "208", "209"},
        {"r0", "r1", "-", "r3", "r4", "-", "r6", "r7", "r8", "r9"},
        {"0", "1", "-", "3", "4", "-", "6", "7", "8", "9"},
        {"0", "10", "-", "30", "40", "-", "60", "70", "80", "90"},
        {"e0", "e1", "-", "e0", "e1", "-", "e0", "e1", "e2", "e0"}};
    for (int child = 0; child < 4; child++) {
        for (int batch_offset = 0; batch_offset < 4; batch_offset++) {
            struct ArrowArray *arrays[COLUMNS] = {
                VALUES(int64_t, 0, 10, 20, 30, 40, 50, 60, 70, 80, 90),
                VALUES(int8_t, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
                arrow_bools("tftftftftf"),
                VALUES(int32_t, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109),
                VALUES(int64_t, 200 * 86400, 201 * 86400, 0, 203 * 86400, 204 * 86400, 0,
                       206 * 86400, 207 * 86400, 208 * 86400, 209 * 86400),
                TEXTS("r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9"),
                VALUES(kh_int128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
                VALUES(kh_int128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
                VALUES(int16_t, 0, 1, -9, 0, 1, 99, 0, 1, 2, 0)};
            arrays[8]->dictionary = arrow_slice(TEXTS("none", "e0", "e1", "e2"), 1, 3);
            for (int c = 0; c < COLUMNS; c++) {
                arrow_slice(arrow_nulls(arrays[c], "01-34-6789"), child, ROWS - child);
                if (c % 2) arrays[c]->null_count = -1;
            }
            arrow_fake fake = {.columns = columns, .column_count = COLUMNS, .batch_count = 1};
            fake.batches[0] = arrow_batch(arrays, COLUMNS);
            int rows = ROWS - child - batch_offset - 1; /* the last row is cut off */
            arrow_slice(fake.batches[0], batch_offset, rows);
            kh_reader *reader = open_reader(&fake, fields, COLUMNS);
            kh_batch batch = next_batch(reader);
            cr_assert_eq(batch.rows, rows);
            for (int c = 0; c < COLUMNS; c++) {
                for (int r = 0; r < rows; r++) {
                    cr_expect_str_eq(
                        arrow_cell(&batch.columns[c], r), wanted[c][child + batch_offset + r],
                        "%s, row %d, offsets %d and %d", fields[c].name, r, child, batch_offset);
                }
            }
            kh_reader_close(reader);
            arrow_expect_all_released("slices");
        }
    }
}

/* ---- text ---------------------------------------------------------------------------------- */

static struct ArrowArray *coded(struct ArrowArray *codes, struct ArrowArray *entries)
{
    codes->dictionary = entries;
    return codes;
}

Test(reader, reads_dictionaries_of_all_widths)
{
    static const struct {
        const char *format;
        size_t width;
    } widths[] = {{"c", 1}, {"s", 2}, {"i", 4}, {"l", 8}};
    static const int64_t codes[] = {2, 0, -7, 1, 2};
    for (size_t w = 0; w < COUNT(widths); w++) {
        for (int nulls = 0; nulls < 2; nulls++) { /* the wild code is legal under a null only */
            char bytes[64];
            int64_t rows = nulls ? 5 : 2;
            for (int64_t i = 0; i < rows; i++) { /* little-endian: the low bytes come first */
                memcpy(bytes + (size_t)i * widths[w].width, &codes[i], widths[w].width);
            }
            struct ArrowArray *array = arrow_values(bytes, rows, widths[w].width);
            if (nulls) arrow_nulls(array, "20-12");
            array->dictionary = TEXTS("对公", "对私", "同业");
            expect_column(array, (arrow_column){widths[w].format, NULL, "u", 0}, KH_TYPE_TEXT, 0,
                          nulls ? "同业 对公 - 对私 同业" : "同业 对公", widths[w].format);
        }
    }
}

Test(reader, reads_text_without_a_byte)
{
    struct ArrowArray *empty = TEXTS("", "");
    empty->buffers[2] = NULL; /* legal: the buffer has no bytes */
    EXPECT(empty, "u", KH_TYPE_TEXT, 0, " ", "utf8");
    struct ArrowArray *entries = TEXTS("");
    entries->buffers[2] = NULL;
    expect_column(coded(VALUES(int8_t, 0, 0), entries), (arrow_column){"c", NULL, "u", 0},
                  KH_TYPE_TEXT, 0, " ", "dictionary");
    struct ArrowArray *nothing = arrow_array(0, 3);
    expect_column(coded(arrow_nulls(VALUES(int8_t, 9), "-"), nothing),
                  (arrow_column){"c", NULL, "u", 0}, KH_TYPE_TEXT, 0, "-",
                  "an empty dictionary under nulls");
}

Test(reader, gives_plain_text_codes_that_stay)
{
    arrow_fake fake = {
        .columns = &(arrow_column){"u", "x", NULL, 0}, .column_count = 1, .batch_count = 3};
    struct ArrowArray *batches[] = {TEXTS("b", "a", "b"), TEXTS("a", "c"), TEXTS("b", "c")};
    for (int i = 0; i < 3; i++) fake.batches[i] = arrow_batch(&batches[i], 1);
    kh_reader *reader = open_reader(&fake, &(kh_field){"x", KH_TYPE_TEXT, 0}, 1);
    static const struct {
        int32_t codes[3];
        uint32_t count, same;
    } wanted[] = {{{0, 1, 0}, 2, 0}, {{1, 2, 0}, 3, 2}, {{0, 2, 0}, 3, 3}};
    for (int i = 0; i < 3; i++) {
        kh_batch batch = next_batch(reader);
        for (int64_t r = 0; r < batch.rows; r++) {
            cr_expect_eq(batch.columns[0].as.codes[r], wanted[i].codes[r], "batch %d", i);
        }
        cr_expect_eq(batch.columns[0].strings.count, wanted[i].count, "batch %d", i);
        cr_expect_eq(batch.columns[0].strings.same, wanted[i].same, "batch %d", i);
    }
    kh_reader_close(reader);
    arrow_expect_all_released("codes");
}

Test(reader, knows_which_entries_of_a_dictionary_stay)
{
    for (int grows = 0; grows < 2; grows++) {
        arrow_column column = {"i", "x", "u", grows ? 1LL << 16 : 0};
        arrow_fake fake = {.columns = &column, .column_count = 1, .batch_count = 4};
        struct ArrowArray *batches[] = {
            coded(VALUES(int32_t, 1, 0), TEXTS("a", "b")),
            coded(VALUES(int32_t, 2, 1), TEXTS("a", "b", "c")),
            VALUES(int32_t, 0), /* an empty batch between them changes nothing */
            grows ? coded(VALUES(int32_t, 0, 2), TEXTS("a", "b", "c"))
                  : coded(VALUES(int32_t, 0, 1), TEXTS("z", "y"))};
        arrow_slice(batches[2], 0, 0);
        for (int i = 0; i < 4; i++) fake.batches[i] = arrow_batch(&batches[i], 1);
        kh_reader *reader = open_reader(&fake, &(kh_field){"x", KH_TYPE_TEXT, 0}, 1);
        static const struct {
            const char *shown[2];
            uint32_t same[2];
        } wanted[] = {{{"b a", "b a"}, {0, 0}}, {{"c b", "c b"}, {0, 2}}, {{"z y", "a c"}, {0, 3}}};
        for (int i = 0; i < 3; i++) {
            kh_batch batch = next_batch(reader);
            cr_expect_str_eq(arrow_shown(&batch.columns[0], batch.rows), wanted[i].shown[grows]);
            cr_expect_eq(batch.columns[0].strings.same, wanted[i].same[grows], "%d, batch %d",
                         grows, i);
        }
        kh_reader_close(reader);
        arrow_expect_all_released("dictionaries");
    }
}

Test(reader, reads_text_by_the_thousand)
{
    arrow_fake fake = {
        .columns = &(arrow_column){"u", "x", NULL, 0}, .column_count = 1, .batch_count = 1};
    enum { ROWS = 5000 }; /* more than the first scratch holds */
    int32_t *offsets = calloc(ROWS + 1, sizeof *offsets);
    char *bytes = malloc(ROWS * 8);
    for (int i = 0; i < ROWS; i++) {
        offsets[i + 1] = offsets[i] + sprintf(bytes + offsets[i], "%d", i % 1234);
    }
    struct ArrowArray *array = arrow_array(ROWS, 3);
    arrow_buffer(array, 1, offsets, (ROWS + 1) * sizeof *offsets);
    arrow_buffer(array, 2, bytes, (size_t)offsets[ROWS]);
    free(offsets);
    free(bytes);
    fake.batches[0] = arrow_batch(&array, 1);
    kh_reader *reader = open_reader(&fake, &(kh_field){"x", KH_TYPE_TEXT, 0}, 1);
    kh_batch batch = next_batch(reader);
    cr_expect_eq(batch.columns[0].strings.count, 1234);
    for (int i = 0; i < ROWS; i++) {
        char wanted[16];
        sprintf(wanted, "%d", i % 1234);
        cr_assert_str_eq(arrow_cell(&batch.columns[0], i), wanted);
    }
    kh_reader_close(reader);
}

/* ---- decimals and times -------------------------------------------------------------------- */

Test(reader, rescales_decimals_exactly)
{
    EXPECT(VALUES(kh_int128, 125, -5), "d:38,1", KH_TYPE_DECIMAL, 3, "12500 -500", "more places");
    EXPECT(VALUES(kh_int128, 12500, -700), "d:38,4", KH_TYPE_DECIMAL, 2, "125 -7", "fewer places");
    EXPECT(VALUES(int8_t, 7, -7), "c", KH_TYPE_DECIMAL, 2, "700 -700", "int8 widened");
    EXPECT(VALUES(int16_t, 300), "s", KH_TYPE_DECIMAL, 0, "300", "int16 widened");
    EXPECT(VALUES(int32_t, -70000), "i", KH_TYPE_DECIMAL, 1, "-700000", "int32 widened");
    EXPECT(VALUES(int64_t, INT64_MIN), "l", KH_TYPE_DECIMAL, 2, "-922337203685477580800",
           "int64 widened");
    EXPECT(VALUES(kh_int128, 1), "d:1,0", KH_TYPE_DECIMAL, 37,
           "10000000000000000000000000000000000000", "as far as it goes");
    EXPECT(VALUES(kh_int128, 0), "d:38,18", KH_TYPE_DECIMAL, 0, "0", "a zero of 18 places");
}

Test(reader, reads_decimals_that_are_not_aligned)
{
    for (int shift = 0; shift < 16; shift++) {
        struct ArrowArray *array = arrow_array(2, 2);
        char bytes[64] = {0};
        kh_int128 values[] = {-12345, 678};
        memcpy(bytes + shift, values, sizeof values);
        arrow_buffer(array, 1, bytes, (size_t)shift + sizeof values);
        array->buffers[1] = (const char *)array->buffers[1] + shift;
        EXPECT(array, "d:38,2", KH_TYPE_DECIMAL, 2, "-12345 678", "shifted");
    }
}

Test(reader, takes_the_day_of_a_time)
{
    static const struct {
        const char *format;
        int64_t unit;
    } units[] = {
        {"tss:", 1}, {"tsm:", 1000}, {"tsu:", 1000000}, {"tsn:", 1000000000}, {"tsu:UTC", 1000000}};
    for (size_t u = 0; u < COUNT(units); u++) {
        int64_t day = 86400 * units[u].unit;
        EXPECT(VALUES(int64_t, 0, day - 1, day, -1, -day, -day - 1, 20000 * day + day / 2),
               units[u].format, KH_TYPE_DATE, 0, "0 0 1 -1 -1 -2 20000", units[u].format);
    }
}

/* ---- columns and batches ------------------------------------------------------------------- */

Test(reader, takes_the_columns_it_wants_in_its_own_order)
{
    static const arrow_column columns[] = {
        {"l", "c", NULL, 0}, {"+l", "nested", NULL, 0}, {"u", "a", NULL, 0}, {"l", "b", NULL, 0}};
    struct ArrowArray *arrays[] = {VALUES(int64_t, 3), VALUES(int64_t, 0), TEXTS("x"),
                                   VALUES(int64_t, 2)};
    arrow_fake fake = {.columns = columns, .column_count = 4, .batch_count = 1};
    fake.batches[0] = arrow_batch(arrays, 4);
    kh_field fields[] = {{"a", KH_TYPE_TEXT, 0}, {"b", KH_TYPE_INT, 0}, {"c", KH_TYPE_INT, 0}};
    kh_reader *reader = open_reader(&fake, fields, 3);
    kh_batch batch = next_batch(reader);
    cr_expect_str_eq(arrow_cell(&batch.columns[0], 0), "x");
    cr_expect_str_eq(arrow_cell(&batch.columns[1], 0), "2");
    cr_expect_str_eq(arrow_cell(&batch.columns[2], 0), "3");
    cr_expect_eq(batch.origin_row.type, KH_TYPE_ANY, "no origin was sent");
    cr_expect_eq(batch.origin_file.type, KH_TYPE_ANY);
    kh_reader_close(reader);
    arrow_expect_all_released("a column nobody asked for may be of any type");
}

Test(reader, takes_any_column_as_text_or_number)
{
    static const arrow_column columns[] = {{"s", "n", NULL, 0}, {"c", "t", "u", 0}};
    struct ArrowArray *arrays[] = {VALUES(int16_t, 7), coded(VALUES(int8_t, 0), TEXTS("x"))};
    arrow_fake fake = {.columns = columns, .column_count = 2, .batch_count = 1};
    fake.batches[0] = arrow_batch(arrays, 2);
    kh_field fields[] = {{"t", KH_TYPE_ANY, 0}, {"n", KH_TYPE_ANY, 0}};
    kh_reader *reader = open_reader(&fake, fields, 2);
    kh_batch batch = next_batch(reader);
    cr_expect_eq(batch.columns[0].type, KH_TYPE_TEXT);
    cr_expect_str_eq(arrow_cell(&batch.columns[0], 0), "x");
    cr_expect_eq(batch.columns[1].type, KH_TYPE_INT);
    cr_expect_str_eq(arrow_cell(&batch.columns[1], 0), "7");
    kh_reader_close(reader);
    arrow_expect_all_released("any");
}

Test(reader, shows_where_rows_came_from)
{
    static const struct {
        arrow_column row;
        const char *shown;
        kh_type type;
    } kinds[] = {{{"l", "kaohe:row", NULL, 0}, "11 12", KH_TYPE_INT},
                 {{"u", "kaohe:row", NULL, 0}, "A7 A8", KH_TYPE_TEXT}};
    for (int k = 0; k < 2; k++) {
        arrow_column columns[] = {kinds[k].row, {"c", "kaohe:file", "u", 0}, {"l", "v", NULL, 0}};
        struct ArrowArray *arrays[] = {k ? TEXTS("A7", "A8") : VALUES(int64_t, 11, 12),
                                       coded(VALUES(int8_t, 0, 1), TEXTS("a.csv", "b.csv")),
                                       VALUES(int64_t, 1, 2)};
        arrow_fake fake = {.columns = columns, .column_count = 3, .batch_count = 1};
        fake.batches[0] = arrow_batch(arrays, 3);
        kh_reader *reader = open_reader(&fake, &(kh_field){"v", KH_TYPE_INT, 0}, 1);
        kh_batch batch = next_batch(reader);
        cr_expect_eq(batch.origin_row.type, kinds[k].type);
        cr_expect_str_eq(arrow_shown(&batch.origin_row, 2), kinds[k].shown);
        cr_expect_str_eq(arrow_shown(&batch.origin_file, 2), "a.csv b.csv");
        kh_reader_close(reader);
        arrow_expect_all_released("origins");
    }
}

Test(reader, counts_rows_of_a_table_without_columns)
{
    arrow_fake fake = {.batch_count = 1};
    fake.batches[0] = arrow_batch(NULL, 0);
    fake.batches[0]->length = 42;
    fake.batches[0]->children = NULL;
    kh_reader *reader = open_reader(&fake, NULL, 0);
    cr_expect_eq(next_batch(reader).rows, 42);
    cr_expect_eq(next_batch(reader).rows, 0);
    kh_reader_close(reader);
    arrow_expect_all_released("no columns");
}

Test(reader, skips_empty_batches)
{
    arrow_fake fake = {
        .columns = &(arrow_column){"l", "x", NULL, 0}, .column_count = 1, .batch_count = 4};
    struct ArrowArray *batches[] = {arrow_array(0, 2), VALUES(int64_t, 5), arrow_array(0, 2),
                                    arrow_array(0, 2)};
    for (int i = 0; i < 4; i++) fake.batches[i] = arrow_batch(&batches[i], 1);
    kh_reader *reader = open_reader(&fake, &(kh_field){"x", KH_TYPE_INT, 0}, 1);
    kh_batch batch = next_batch(reader);
    cr_expect_eq(batch.rows, 1);
    cr_expect_str_eq(arrow_cell(&batch.columns[0], 0), "5");
    cr_expect_eq(next_batch(reader).rows, 0);
    kh_reader_close(reader);
    arrow_expect_all_released("empty batches");
}

Test(reader, names_types)
{
    static const char *const names[] = {"any", "text", "decimal", "int", "date", "bool", "float"};
    for (int type = KH_TYPE_ANY; type <= KH_TYPE_FLOAT; type++) {
        cr_expect_str_eq(kh_type_name((kh_type)type), names[type]);
    }
    kh_reader_close(NULL);
}
