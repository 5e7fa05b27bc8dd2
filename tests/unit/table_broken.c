/* Streams that lie, break off or fail: each refusal names its true cause, and nothing leaks. */
#include "unit/table_arrow.h"

#define VALUES(type, ...)                                                                          \
    arrow_values((const type[]){__VA_ARGS__}, sizeof((const type[]){__VA_ARGS__}) / sizeof(type),  \
                 sizeof(type))

#define TEXTS(...)                                                                                 \
    arrow_texts((const char *const[]){__VA_ARGS__},                                                \
                sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* ---- schemas ------------------------------------------------------------------------------- */

static void expect_refused(arrow_fake *fake, const kh_field *field, kh_status rc,
                           const char *message, const char *why)
{
    struct ArrowArrayStream stream = arrow_stream(fake);
    kh_reader *reader = NULL;
    kh_error err = KH_ERROR_INIT;
    cr_expect_eq(kh_reader_open(&reader, &stream, "loans", field, 1, &err), rc, "%s", why);
    cr_expect_str_eq(err.text, message, "%s: got %s", why, err.text);
    cr_expect_null(reader);
    cr_expect_null(stream.release, "the stream was adopted all the same");
    kh_reader_close(reader);
    arrow_expect_all_released(why);
}

#define FORMAT_MESSAGE(format)                                                                     \
    "loans: column 'x' has the Arrow format '" format                                              \
    "', which kaohe does not read; cast it in the source"
#define TYPE_MESSAGE(type, format)                                                                 \
    "loans: column 'x' was asked for as " type " but arrives as '" format "'"

static const struct {
    arrow_column column;
    kh_type type;
    int scale;
    kh_status rc;
    const char *message;
} schemas[] = {
    {{"U", "x", NULL, 0}, KH_TYPE_TEXT, 0, KH_EUNSUPPORTED, FORMAT_MESSAGE("U")},
    {{"z", "x", NULL, 0}, KH_TYPE_TEXT, 0, KH_EUNSUPPORTED, FORMAT_MESSAGE("z")},
    {{"C", "x", NULL, 0}, KH_TYPE_INT, 0, KH_EUNSUPPORTED, FORMAT_MESSAGE("C")},
    {{"L", "x", NULL, 0}, KH_TYPE_INT, 0, KH_EUNSUPPORTED, FORMAT_MESSAGE("L")},
    {{"ll", "x", NULL, 0}, KH_TYPE_INT, 0, KH_EUNSUPPORTED, FORMAT_MESSAGE("ll")},
    {{"", "x", NULL, 0}, KH_TYPE_INT, 0, KH_EUNSUPPORTED, FORMAT_MESSAGE("")},
    {{NULL, "x", NULL, 0}, KH_TYPE_INT, 0, KH_EUNSUPPORTED, FORMAT_MESSAGE("")},
    {{"+s", "x", NULL, 0}, KH_TYPE_INT, 0, KH_EUNSUPPORTED, FORMAT_MESSAGE("+s")},
    {{"n", "x", NULL, 0}, KH_TYPE_INT, 0, KH_EUNSUPPORTED, FORMAT_MESSAGE("n")},
    {{"tdm", "x", NULL, 0}, KH_TYPE_DATE, 0, KH_EUNSUPPORTED, FORMAT_MESSAGE("tdm")},
    {{"ts", "x", NULL, 0}, KH_TYPE_DATE, 0, KH_EUNSUPPORTED, FORMAT_MESSAGE("ts")},
    {{"tsu", "x", NULL, 0}, KH_TYPE_DATE, 0, KH_EUNSUPPORTED, FORMAT_MESSAGE("tsu")},
    {{"tsx:", "x", NULL, 0}, KH_TYPE_DATE, 0, KH_EUNSUPPORTED, FORMAT_MESSAGE("tsx:")},
    {{"tsu:Asia/Shanghai", "x", NULL, 0},
     KH_TYPE_DATE,
     0,
     KH_EUNSUPPORTED,
     FORMAT_MESSAGE("tsu:Asia/Shanghai")},
    {{"tsu:+08:00", "x", NULL, 0}, KH_TYPE_DATE, 0, KH_EUNSUPPORTED, FORMAT_MESSAGE("tsu:+08:00")},
    {{"d:", "x", NULL, 0}, KH_TYPE_DECIMAL, 2, KH_EUNSUPPORTED, FORMAT_MESSAGE("d:")},
    {{"d:38", "x", NULL, 0}, KH_TYPE_DECIMAL, 2, KH_EUNSUPPORTED, FORMAT_MESSAGE("d:38")},
    {{"d:38,", "x", NULL, 0}, KH_TYPE_DECIMAL, 2, KH_EUNSUPPORTED, FORMAT_MESSAGE("d:38,")},
    {{"d:,2", "x", NULL, 0}, KH_TYPE_DECIMAL, 2, KH_EUNSUPPORTED, FORMAT_MESSAGE("d:,2")},
    {{"d:39,2", "x", NULL, 0}, KH_TYPE_DECIMAL, 2, KH_EUNSUPPORTED, FORMAT_MESSAGE("d:39,2")},
    {{"d:0,0", "x", NULL, 0}, KH_TYPE_DECIMAL, 2, KH_EUNSUPPORTED, FORMAT_MESSAGE("d:0,0")},
    {{"d:38,38", "x", NULL, 0}, KH_TYPE_DECIMAL, 2, KH_EUNSUPPORTED, FORMAT_MESSAGE("d:38,38")},
    {{"d:38,-2", "x", NULL, 0}, KH_TYPE_DECIMAL, 2, KH_EUNSUPPORTED, FORMAT_MESSAGE("d:38,-2")},
    {{"d: 38,2", "x", NULL, 0}, KH_TYPE_DECIMAL, 2, KH_EUNSUPPORTED, FORMAT_MESSAGE("d: 38,2")},
    {{"d:+38,2", "x", NULL, 0}, KH_TYPE_DECIMAL, 2, KH_EUNSUPPORTED, FORMAT_MESSAGE("d:+38,2")},
    {{"d:38,2,256", "x", NULL, 0},
     KH_TYPE_DECIMAL,
     2,
     KH_EUNSUPPORTED,
     FORMAT_MESSAGE("d:38,2,256")},
    {{"d:38,2,128x", "x", NULL, 0},
     KH_TYPE_DECIMAL,
     2,
     KH_EUNSUPPORTED,
     FORMAT_MESSAGE("d:38,2,128x")},
    {{"d:99999999999999999999,2", "x", NULL, 0},
     KH_TYPE_DECIMAL,
     2,
     KH_EUNSUPPORTED,
     FORMAT_MESSAGE("d:99999999999999999999,2")},
    {{"u", "x", "u", 0},
     KH_TYPE_TEXT,
     0,
     KH_EUNSUPPORTED,
     "loans: column 'x' has the Arrow format 'u' (dictionary), which kaohe does not read; "
     "cast it in the source"},
    {{"c", "x", "l", 0},
     KH_TYPE_TEXT,
     0,
     KH_EUNSUPPORTED,
     "loans: column 'x' has the Arrow format 'c' (dictionary), which kaohe does not read; "
     "cast it in the source"},
    {{"l", "x", NULL, 0}, KH_TYPE_TEXT, 0, KH_EDATA, TYPE_MESSAGE("text", "l")},
    {{"u", "x", NULL, 0}, KH_TYPE_DECIMAL, 2, KH_EDATA, TYPE_MESSAGE("decimal", "u")},
    {{"c", "x", "u", 0}, KH_TYPE_INT, 0, KH_EDATA, TYPE_MESSAGE("int", "c")},
    {{"d:38,0", "x", NULL, 0}, KH_TYPE_INT, 0, KH_EDATA, TYPE_MESSAGE("int", "d:38,0")},
    {{"l", "x", NULL, 0}, KH_TYPE_DATE, 0, KH_EDATA, TYPE_MESSAGE("date", "l")},
    {{"l", "x", NULL, 0}, KH_TYPE_BOOL, 0, KH_EDATA, TYPE_MESSAGE("bool", "l")},
    {{"l", "x", NULL, 0}, KH_TYPE_FLOAT, 0, KH_EDATA, TYPE_MESSAGE("float", "l")},
    {{"g", "x", NULL, 0},
     KH_TYPE_DECIMAL,
     2,
     KH_EDATA,
     "loans: column 'x' holds binary floating point, which cannot carry an amount; store it as "
     "text or scaled integers"},
    {{"d:38,30", "x", NULL, 0},
     KH_TYPE_DECIMAL,
     2,
     KH_EUNSUPPORTED,
     "loans: column 'x' has 30 decimals, more than kaohe reads"},
    {{"l", "x", NULL, 0},
     KH_TYPE_DECIMAL,
     38,
     KH_EUSAGE,
     "loans: column 'x' is declared with 38 decimals; 0 to 37 are possible"},
    {{"l", "x", NULL, 0},
     KH_TYPE_DECIMAL,
     -1,
     KH_EUSAGE,
     "loans: column 'x' is declared with -1 decimals; 0 to 37 are possible"},
    {{"l", "y", NULL, 0}, KH_TYPE_INT, 0, KH_EDATA, "loans: there is no column 'x'"},
    {{"l", NULL, NULL, 0}, KH_TYPE_INT, 0, KH_EDATA, "loans: there is no column 'x'"},
    {{"g", "kaohe:row", NULL, 0}, KH_TYPE_INT, 0, KH_EDATA, "loans: there is no column 'x'"},
};

Test(broken_stream, with_a_wrong_schema_is_refused)
{
    for (size_t i = 0; i < COUNT(schemas); i++) {
        arrow_fake fake = {.columns = &schemas[i].column, .column_count = 1};
        kh_field field = {"x", schemas[i].type, schemas[i].scale};
        expect_refused(&fake, &field, schemas[i].rc, schemas[i].message, schemas[i].message);
    }
}

Test(broken_stream, with_a_wrong_table_is_refused)
{
    static const kh_field field = {"x", KH_TYPE_INT, 0};
    static const arrow_column twice[] = {{"l", "x", NULL, 0}, {"u", "x", NULL, 0}};
    static const arrow_column origin[] = {{"l", "x", NULL, 0}, {"g", "kaohe:row", NULL, 0}};
    arrow_fake fake = {.columns = twice, .column_count = 2};
    expect_refused(&fake, &field, KH_EDATA, "loans: there are two columns 'x'; rename one",
                   "two columns of one name");
    fake = (arrow_fake){.columns = twice, .column_count = 1, .table_format = "l"};
    expect_refused(&fake, &field, KH_EDATA, "loans: the stream is not a table", "no struct");
    fake = (arrow_fake){.columns = origin, .column_count = 2};
    expect_refused(&fake, &field, KH_EDATA,
                   "loans: column 'kaohe:row' holds binary floating point, which cannot carry an "
                   "amount; store it as text or scaled integers",
                   "an origin that is no number");
    arrow_column *many = calloc(4097, sizeof *many);
    for (int i = 0; i < 4097; i++) many[i] = twice[0];
    fake = (arrow_fake){.columns = many, .column_count = 4097};
    expect_refused(&fake, &field, KH_EDATA, "loans: the stream is not a table", "4,097 columns");
    free(many);
}

Test(broken_stream, that_is_none_is_refused)
{
    struct ArrowArrayStream stream = {0};
    kh_reader *reader;
    kh_error err = KH_ERROR_INIT;
    cr_expect_eq(kh_reader_open(&reader, &stream, "loans", NULL, 0, &err), KH_EINTERNAL);
    cr_expect_str_eq(err.text, "loans: the source succeeded without a stream; report this");
    arrow_fake fake = {0};
    stream = arrow_stream(&fake);
    stream.get_next = NULL;
    err = (kh_error)KH_ERROR_INIT;
    cr_expect_eq(kh_reader_open(&reader, &stream, "loans", NULL, 0, &err), KH_EINTERNAL);
    arrow_expect_all_released("a stream without functions is released nevertheless");
}

/* ---- failures the source reports ----------------------------------------------------------- */

static const struct {
    int code;
    const char *text;
    kh_status rc;
    const char *message;
} failures[] = {
    {1, "bad option", KH_EUSAGE, "bad option"},
    {2, "a.csv:7:3: 'x' is not an amount", KH_EDATA, "a.csv:7:3: 'x' is not an amount"},
    {3, "no route", KH_EUNAVAILABLE, "no route"},
    {4, "no password", KH_EDENIED, "no password"},
    {5, "no views", KH_EUNSUPPORTED, "no views"},
    {6, "interrupted", KH_ECANCELLED, "interrupted"},
    {7, "2 GB", KH_ELIMIT, "2 GB"},
    {8, "a bug", KH_EINTERNAL, "a bug"},
    {9, "code 9 is none of ours", KH_EUNAVAILABLE, "code 9 is none of ours"},
    {-2, "neither is -2", KH_EUNAVAILABLE, "neither is -2"},
    {110, NULL, KH_EUNAVAILABLE, "loans: the source failed with code 110 and gave no reason"},
    {2, "", KH_EDATA, "loans: the source failed with code 2 and gave no reason"},
    {2, "100 % of %s", KH_EDATA, "100 % of %s"},
};

Test(broken_stream, passes_on_the_reason_and_the_reaction)
{
    static const kh_field field = {"x", KH_TYPE_INT, 0};
    static const arrow_column column = {"l", "x", NULL, 0};
    for (size_t i = 0; i < COUNT(failures); i++) {
        arrow_fake fake = {.schema_code = failures[i].code, .text = failures[i].text};
        expect_refused(&fake, &field, failures[i].rc, failures[i].message, "get_schema");

        for (int without = 0; without < 2; without++) { /* get_last_error may be missing */
            if (without && failures[i].text) continue;
            struct ArrowArray *array = VALUES(int64_t, 1);
            fake = (arrow_fake){.columns = &column,
                                .column_count = 1,
                                .batch_count = 1,
                                .next_code = failures[i].code,
                                .text = failures[i].text};
            fake.batches[0] = arrow_batch(&array, 1);
            struct ArrowArrayStream stream = arrow_stream(&fake);
            if (without) stream.get_last_error = NULL;
            kh_reader *reader;
            kh_batch batch;
            kh_error err = KH_ERROR_INIT;
            cr_assert_eq(kh_reader_open(&reader, &stream, "loans", &field, 1, &err), KH_OK);
            cr_expect_eq(kh_reader_next(reader, &batch, &err), KH_OK);
            cr_expect_eq(batch.rows, 1);
            cr_expect_eq(kh_reader_next(reader, &batch, &err), failures[i].rc);
            cr_expect_str_eq(err.text, failures[i].message);
            cr_expect_eq(batch.rows, 0, "nothing is shown after a failure");
            kh_reader_close(reader);
            arrow_expect_all_released("get_next");
        }
    }
}

/* ---- batches ------------------------------------------------------------------------------- */

/* Each spoils one thing of a sound batch of two rows. */
enum { TEXT, INT, DATE, CODES, EXACT, COLUMNS };

static void set_offsets(struct ArrowArray *text, int32_t a, int32_t b, int32_t c)
{
    int32_t offsets[] = {a, b, c};
    arrow_buffer(text, 1, offsets, sizeof offsets);
}

static void fewer_children(struct ArrowArray *b)
{
    b->n_children--;
    struct ArrowArray *cut = b->children[b->n_children];
    cut->release(cut); /* or nobody would */
    free(cut);
}
static void negative_children(struct ArrowArray *b)
{
    while (b->n_children > 0) fewer_children(b);
    b->n_children = -1;
}
static void no_children(struct ArrowArray *b)
{
    while (b->n_children > 0) fewer_children(b);
    b->n_children = COLUMNS;
    b->children = NULL;
}
static void missing_child(struct ArrowArray *b)
{
    b->children[INT]->release(b->children[INT]);
    free(b->children[INT]);
    b->children[INT] = NULL;
}
static void negative_length(struct ArrowArray *b)
{
    b->length = -1;
}
static void huge_length(struct ArrowArray *b)
{
    b->length = INT64_MAX;
}
static void long_length(struct ArrowArray *b)
{
    b->length = 3;
}
static void negative_offset(struct ArrowArray *b)
{
    b->offset = -1;
}
static void huge_offset(struct ArrowArray *b)
{
    b->offset = INT64_MAX;
}
static void large_offset(struct ArrowArray *b)
{
    b->offset = 1LL << 40;
}
static void sliced_beyond(struct ArrowArray *b)
{
    b->offset = 1;
}
static void null_row(struct ArrowArray *b)
{
    arrow_nulls(b, "1-");
}
static void null_row_unsaid(struct ArrowArray *b)
{
    arrow_nulls(b, "1-");
    b->null_count = -1;
}
static void null_row_without_bitmap(struct ArrowArray *b)
{
    b->null_count = 1;
}
static void short_column(struct ArrowArray *b)
{
    b->children[INT]->length = 1;
}
static void column_before_start(struct ArrowArray *b)
{
    b->children[INT]->offset = -1;
}
static void column_far_away(struct ArrowArray *b)
{
    b->children[INT]->offset = INT64_MAX;
}
static void no_buffers(struct ArrowArray *b)
{
    b->children[INT]->buffers = NULL;
}
static void no_values(struct ArrowArray *b)
{
    b->children[INT]->buffers[1] = NULL;
}
static void one_buffer(struct ArrowArray *b)
{
    b->children[INT]->n_buffers = 1;
}
static void unaligned_values(struct ArrowArray *b)
{
    arrow_buffer(b->children[INT], 1, "12345678901234567", 17);
    b->children[INT]->buffers[1] = (const char *)b->children[INT]->buffers[1] + 1;
}
static void nulls_without_bitmap(struct ArrowArray *b)
{
    b->children[INT]->null_count = 1;
}
static void two_text_buffers(struct ArrowArray *b)
{
    b->children[TEXT]->n_buffers = 2;
}
static void no_text_offsets(struct ArrowArray *b)
{
    b->children[TEXT]->buffers[1] = NULL;
}
static void unaligned_offsets(struct ArrowArray *b)
{
    arrow_buffer(b->children[TEXT], 1, "1234567890123", 13);
    b->children[TEXT]->buffers[1] = (const char *)b->children[TEXT]->buffers[1] + 2;
}
static void no_text_bytes(struct ArrowArray *b)
{
    b->children[TEXT]->buffers[2] = NULL;
}
static void offsets_backwards(struct ArrowArray *b)
{
    set_offsets(b->children[TEXT], 0, 2, 1);
}
static void offsets_negative(struct ArrowArray *b)
{
    set_offsets(b->children[TEXT], -1, 0, 1);
}
static void offsets_wild(struct ArrowArray *b)
{
    set_offsets(b->children[TEXT], INT32_MAX, INT32_MIN, 0);
}
static void text_in_gbk(struct ArrowArray *b)
{
    arrow_buffer(b->children[TEXT], 2, "a\xd5", 2);
}
static void date_too_late(struct ArrowArray *b)
{
    arrow_buffer(b->children[DATE], 1, (const int32_t[]){0, 2932897}, 8);
}
static void date_too_early(struct ArrowArray *b)
{
    arrow_buffer(b->children[DATE], 1, (const int32_t[]){INT32_MIN, 0}, 8);
}
static void code_beyond(struct ArrowArray *b)
{
    arrow_buffer(b->children[CODES], 1, (const int32_t[]){0, 2}, 8);
}
static void code_negative(struct ArrowArray *b)
{
    arrow_buffer(b->children[CODES], 1, (const int32_t[]){-1, 0}, 8);
}
static void no_dictionary(struct ArrowArray *b)
{
    struct ArrowArray *entries = b->children[CODES]->dictionary;
    entries->release(entries);
    free(entries);
    b->children[CODES]->dictionary = NULL;
}
static struct ArrowArray *entries_of(struct ArrowArray *b)
{
    return b->children[CODES]->dictionary;
}
static void dictionary_of_two_buffers(struct ArrowArray *b)
{
    entries_of(b)->n_buffers = 2;
}
static void dictionary_without_buffers(struct ArrowArray *b)
{
    entries_of(b)->buffers = NULL;
}
static void dictionary_without_offsets(struct ArrowArray *b)
{
    entries_of(b)->buffers[1] = NULL;
}
static void dictionary_without_bytes(struct ArrowArray *b)
{
    entries_of(b)->buffers[2] = NULL;
}
static void dictionary_negative(struct ArrowArray *b)
{
    entries_of(b)->length = -1;
}
static void dictionary_endless(struct ArrowArray *b)
{
    entries_of(b)->length = INT64_MAX;
}
static void dictionary_elsewhere(struct ArrowArray *b)
{
    entries_of(b)->offset = INT64_MAX;
}
static void dictionary_unaligned(struct ArrowArray *b)
{
    entries_of(b)->buffers[1] = (const char *)entries_of(b)->buffers[1] + 1;
}
static void dictionary_backwards(struct ArrowArray *b)
{
    set_offsets(entries_of(b), 0, 2, 1);
}
static void dictionary_negative_text(struct ArrowArray *b)
{
    set_offsets(entries_of(b), -5, 1, 2);
}
static void dictionary_in_gbk(struct ArrowArray *b)
{
    arrow_buffer(entries_of(b), 2, "b\xff", 2);
}
static void dictionary_with_null(struct ArrowArray *b)
{
    arrow_nulls(entries_of(b), "b-");
}
static void too_many_places(struct ArrowArray *b)
{
    arrow_buffer(b->children[EXACT], 1, (const kh_int128[]){1000, 1001}, 32);
}

#define TABLE_MESSAGE                                                                              \
    "loans: a batch breaks the Arrow rules: its size or columns differ from the schema, or a "     \
    "whole row is null"
#define BROKEN(column, what) "loans: column '" column "': the batch breaks the Arrow rules: " what

static const struct {
    void (*spoil)(struct ArrowArray *batch);
    const char *message;
} spoilers[] = {
    {fewer_children, TABLE_MESSAGE},
    {negative_children, TABLE_MESSAGE},
    {no_children, TABLE_MESSAGE},
    {negative_length, TABLE_MESSAGE},
    {huge_length, TABLE_MESSAGE},
    {negative_offset, TABLE_MESSAGE},
    {huge_offset, TABLE_MESSAGE},
    {null_row, TABLE_MESSAGE},
    {null_row_unsaid, TABLE_MESSAGE},
    {null_row_without_bitmap, TABLE_MESSAGE},
    {missing_child, BROKEN("int", "too few rows or buffers")},
    {long_length, BROKEN("text", "too few rows or buffers")},
    {sliced_beyond, BROKEN("text", "too few rows or buffers")},
    {large_offset, BROKEN("text", "too few rows or buffers")},
    {short_column, BROKEN("int", "too few rows or buffers")},
    {column_before_start, BROKEN("int", "too few rows or buffers")},
    {column_far_away, BROKEN("int", "too few rows or buffers")},
    {no_buffers, BROKEN("int", "too few rows or buffers")},
    {no_values, BROKEN("int", "too few rows or buffers")},
    {one_buffer, BROKEN("int", "too few rows or buffers")},
    {unaligned_values, BROKEN("int", "a buffer is not aligned")},
    {nulls_without_bitmap, BROKEN("int", "nulls without a bitmap")},
    {two_text_buffers, BROKEN("text", "text needs three buffers")},
    {no_text_offsets, BROKEN("text", "too few rows or buffers")},
    {unaligned_offsets, BROKEN("text", "a buffer is not aligned")},
    {no_text_bytes, BROKEN("text", "string offsets go backwards or have no bytes")},
    {offsets_backwards, BROKEN("text", "string offsets go backwards or have no bytes")},
    {offsets_negative, BROKEN("text", "string offsets go backwards or have no bytes")},
    {offsets_wild, BROKEN("text", "string offsets go backwards or have no bytes")},
    {text_in_gbk, "loans: column 'text' has text that is not UTF-8"},
    {date_too_late, "loans: column 'date' has a day outside the years 1 to 9999: 2932897 days from "
                    "1970-01-01"},
    {date_too_early, "loans: column 'date' has a day outside the years 1 to 9999: -2147483648 days "
                     "from 1970-01-01"},
    {code_beyond, BROKEN("codes", "a code is outside its dictionary")},
    {code_negative, BROKEN("codes", "a code is outside its dictionary")},
    {no_dictionary, BROKEN("codes", "the dictionary is not a list of strings")},
    {dictionary_of_two_buffers, BROKEN("codes", "the dictionary is not a list of strings")},
    {dictionary_without_buffers, BROKEN("codes", "the dictionary is not a list of strings")},
    {dictionary_without_offsets, BROKEN("codes", "the dictionary is not a list of strings")},
    {dictionary_negative, BROKEN("codes", "the dictionary is not a list of strings")},
    {dictionary_endless, BROKEN("codes", "the dictionary is not a list of strings")},
    {dictionary_elsewhere, BROKEN("codes", "the dictionary is not a list of strings")},
    {dictionary_unaligned, BROKEN("codes", "the dictionary is not a list of strings")},
    {dictionary_with_null, BROKEN("codes", "the dictionary has a null entry")},
    {dictionary_without_bytes, BROKEN("codes", "string offsets go backwards or have no bytes")},
    {dictionary_backwards, BROKEN("codes", "string offsets go backwards or have no bytes")},
    {dictionary_negative_text, BROKEN("codes", "string offsets go backwards or have no bytes")},
    {dictionary_in_gbk, "loans: column 'codes' has text that is not UTF-8"},
    {too_many_places,
     "loans: column 'exact' has a value with more than 0 decimals; declare more, as in columns = "
     "{ exact = \"decimal(2)\" }"},
};

static struct ArrowArray *sound_batch(void)
{
    struct ArrowArray *arrays[COLUMNS] = {
        [TEXT] = TEXTS("a", "b"),
        [INT] = VALUES(int64_t, 1, 2),
        [DATE] = VALUES(int32_t, 3, 4),
        [CODES] = VALUES(int32_t, 1, 0),
        [EXACT] = VALUES(kh_int128, 500, 600),
    };
    arrays[CODES]->dictionary = TEXTS("b", "c");
    return arrow_batch(arrays, COLUMNS);
}

static kh_status read_twice(void (*spoil)(struct ArrowArray *), kh_error *err)
{
    static const arrow_column columns[COLUMNS] = {{"u", "text", NULL, 0},
                                                  {"l", "int", NULL, 0},
                                                  {"tdD", "date", NULL, 0},
                                                  {"i", "codes", "u", 0},
                                                  {"d:38,2", "exact", NULL, 0}};
    static const kh_field fields[COLUMNS] = {{"text", KH_TYPE_TEXT, 0},
                                             {"int", KH_TYPE_INT, 0},
                                             {"date", KH_TYPE_DATE, 0},
                                             {"codes", KH_TYPE_TEXT, 0},
                                             {"exact", KH_TYPE_DECIMAL, 0}};
    arrow_fake fake = {.columns = columns, .column_count = COLUMNS, .batch_count = 3};
    for (int i = 0; i < 3; i++) fake.batches[i] = sound_batch();
    if (spoil) spoil(fake.batches[1]); /* a sound one before and one never fetched behind */
    struct ArrowArrayStream stream = arrow_stream(&fake);
    kh_reader *reader;
    kh_batch batch;
    cr_assert_eq(kh_reader_open(&reader, &stream, "loans", fields, COLUMNS, err), KH_OK, "%s",
                 err->text);
    cr_assert_eq(kh_reader_next(reader, &batch, err), KH_OK, "%s", err->text);
    cr_expect_str_eq(arrow_shown(&batch.columns[EXACT], 2), "5 6");
    kh_status rc = kh_reader_next(reader, &batch, err);
    kh_reader_close(reader);
    return rc;
}

Test(broken_batch, is_refused_with_its_true_cause)
{
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(read_twice(NULL, &err), KH_OK, "the batch they all start from is sound");
    arrow_expect_all_released("sound");
    for (size_t i = 0; i < COUNT(spoilers); i++) {
        err = (kh_error)KH_ERROR_INIT;
        cr_expect_eq(read_twice(spoilers[i].spoil, &err), KH_EDATA, "case %zu: %s", i,
                     spoilers[i].message);
        cr_expect_str_eq(err.text, spoilers[i].message, "case %zu: got %s", i, err.text);
        arrow_expect_all_released(spoilers[i].message);
    }
}

Test(broken_batch, with_an_amount_beyond_38_digits_is_refused)
{
    static const arrow_column column = {"d:38,0", "x", NULL, 0};
    static const kh_int128 large[] = {(kh_int128)1 << 126, -((kh_int128)1 << 126)};
    for (size_t i = 0; i < COUNT(large); i++) {
        struct ArrowArray *array = arrow_values(&large[i], 1, sizeof large[i]);
        arrow_fake fake = {.columns = &column, .column_count = 1, .batch_count = 1};
        fake.batches[0] = arrow_batch(&array, 1);
        struct ArrowArrayStream stream = arrow_stream(&fake);
        kh_reader *reader;
        kh_batch batch;
        kh_error err = KH_ERROR_INIT;
        kh_field field = {"x", KH_TYPE_DECIMAL, 2};
        cr_assert_eq(kh_reader_open(&reader, &stream, "loans", &field, 1, &err), KH_OK);
        cr_expect_eq(kh_reader_next(reader, &batch, &err), KH_ELIMIT);
        cr_expect_str_eq(err.text, "loans: column 'x' has a value beyond 38 digits");
        kh_reader_close(reader);
        arrow_expect_all_released("limit");
    }
}

Test(broken_batch, whose_text_is_not_utf8_is_refused)
{
    static const char *const bad[] = {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe5\xbc",
                                      "\xd5\xc5"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        for (int coded = 0; coded < 2; coded++) {
            arrow_column column = {coded ? "c" : "u", "x", coded ? "u" : NULL, 0};
            struct ArrowArray *array = TEXTS("fine", bad[i], "fine");
            if (coded) {
                struct ArrowArray *codes = VALUES(int8_t, 0, 0);
                codes->dictionary = array; /* refused although no row uses it */
                array = codes;
            }
            arrow_fake fake = {.columns = &column, .column_count = 1, .batch_count = 1};
            fake.batches[0] = arrow_batch(&array, 1);
            struct ArrowArrayStream stream = arrow_stream(&fake);
            kh_reader *reader;
            kh_batch batch;
            kh_error err = KH_ERROR_INIT;
            kh_field field = {"x", KH_TYPE_TEXT, 0};
            cr_assert_eq(kh_reader_open(&reader, &stream, "loans", &field, 1, &err), KH_OK);
            cr_expect_eq(kh_reader_next(reader, &batch, &err), KH_EDATA);
            cr_expect_str_eq(err.text, "loans: column 'x' has text that is not UTF-8");
            kh_reader_close(reader);
            arrow_expect_all_released("utf8");
        }
    }
}
