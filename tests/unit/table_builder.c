/* Rows appended by a plugin arrive at the reader as they were written, and nothing leaks. */
#include "table/builder.h"
#include "unit/table_arrow.h"

static const kh_rows_ops *const ops = &kh_rows_table;

static const kh_field fields[] = {{"name", KH_TYPE_TEXT, 0}, {"amount", KH_TYPE_DECIMAL, 2},
                                  {"count", KH_TYPE_INT, 0}, {"day", KH_TYPE_DATE, 0},
                                  {"flag", KH_TYPE_BOOL, 0}, {"any", KH_TYPE_ANY, 0}};
static const kh_field wanted[] = {{"name", KH_TYPE_TEXT, 0}, {"amount", KH_TYPE_DECIMAL, 2},
                                  {"count", KH_TYPE_INT, 0}, {"day", KH_TYPE_DATE, 0},
                                  {"flag", KH_TYPE_BOOL, 0}, {"any", KH_TYPE_TEXT, 0}};
enum { NAME, AMOUNT, NUMBER, DAY, FLAG, ANY, FIELDS };

static kh_reader *read_stream(struct ArrowArrayStream *stream)
{
    kh_reader *reader;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_reader_open(&reader, stream, "built", wanted, FIELDS, &err), KH_OK, "%s",
                 err.text);
    return reader;
}

static kh_reader *finish(kh_builder *rows)
{
    struct ArrowArrayStream stream;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(ops->finish(rows, &stream, &err), KH_OK, "%s", err.text);
    return read_stream(&stream);
}

static kh_batch next_batch(kh_reader *reader)
{
    kh_batch batch;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_reader_next(reader, &batch, &err), KH_OK, "%s", err.text);
    return batch;
}

static void put_text(kh_builder *rows, uint32_t column, const char *text)
{
    ops->text(rows, column, text, strlen(text));
}

Test(builder, carries_every_type_and_null)
{
    kh_builder *rows = ops->begin(fields, FIELDS);
    put_text(rows, NAME, "张伟");
    ops->decimal(rows, AMOUNT, kh_dec_of("-12.5"));
    ops->integer(rows, NUMBER, INT64_MIN);
    ops->date(rows, DAY, -1);
    ops->boolean(rows, FLAG, true);
    put_text(rows, ANY, "x");
    ops->next(rows, 2);
    ops->next(rows, 3); /* nothing set: all null */
    put_text(rows, NAME, "");
    ops->decimal(rows, AMOUNT, KH_ABSENT);
    ops->integer(rows, NUMBER, 0);
    ops->date(rows, DAY, KH_NO_DATE);
    ops->boolean(rows, FLAG, false);
    ops->next(rows, INT64_MAX);
    ops->integer(rows, AMOUNT, -3); /* whole numbers may go into decimals */
    ops->next(rows, -1);
    put_text(rows, NAME, "never ended");

    kh_reader *reader = finish(rows);
    kh_batch batch = next_batch(reader);
    cr_expect_eq(batch.rows, 4, "a row that was not ended does not count");
    static const char *const shown[FIELDS] = {
        "张伟 -  -", "-1250 - - -300", "-9223372036854775808 - 0 -",
        "-1 - - -",  "t - f -",        "x - - -"};
    for (int c = 0; c < FIELDS; c++) {
        cr_expect_str_eq(arrow_shown(&batch.columns[c], 4), shown[c], "%s", wanted[c].name);
    }
    cr_expect_str_eq(arrow_shown(&batch.origin_row, 4), "2 3 9223372036854775807 -1");
    cr_expect_eq(next_batch(reader).rows, 0);
    kh_reader_close(reader);
}

Test(builder, keeps_the_last_of_a_cell_written_twice)
{
    kh_builder *rows = ops->begin(fields, FIELDS);
    for (int r = 0; r < 2; r++) {
        put_text(rows, NAME, "the first and longer one");
        put_text(rows, NAME, "last");
        ops->decimal(rows, AMOUNT, KH_ONE);
        ops->decimal(rows, AMOUNT, r ? KH_ABSENT : KH_ZERO);
        ops->integer(rows, NUMBER, 1);
        ops->integer(rows, NUMBER, 2);
        ops->date(rows, DAY, 1);
        ops->date(rows, DAY, r ? KH_NO_DATE : 2);
        ops->boolean(rows, FLAG, true);
        ops->boolean(rows, FLAG, false);
        ops->next(rows, r);
    }
    kh_reader *reader = finish(rows);
    kh_batch batch = next_batch(reader);
    static const char *const shown[FIELDS] = {"last last", "0 -", "2 2", "2 -", "f f", "- -"};
    for (int c = 0; c < FIELDS; c++) {
        cr_expect_str_eq(arrow_shown(&batch.columns[c], 2), shown[c], "%s", wanted[c].name);
    }
    kh_reader_close(reader);
}

/* Numbers that cross every border of growth; null by a pattern that fits no power of two. */
Test(builder, grows_without_losing_a_row)
{
    enum { ROWS = 3000 };
    kh_builder *rows = ops->begin(fields, FIELDS);
    char text[64];
    for (int r = 0; r < ROWS; r++) {
        snprintf(text, sizeof text, "row %0*d", r % 40 + 1, r);
        if (r % 3) put_text(rows, NAME, text);
        if (r % 5) ops->decimal(rows, AMOUNT, kh_dec_from_scaled(r, 2));
        if (r % 7) ops->integer(rows, NUMBER, r);
        if (r % 11) ops->date(rows, DAY, r);
        if (r % 13) ops->boolean(rows, FLAG, r % 2);
        ops->next(rows, r + 1);
    }
    kh_reader *reader = finish(rows);
    kh_batch batch = next_batch(reader);
    cr_assert_eq(batch.rows, ROWS);
    for (int r = 0; r < ROWS; r++) {
        char number[16];
        snprintf(text, sizeof text, "row %0*d", r % 40 + 1, r);
        snprintf(number, sizeof number, "%d", r);
        cr_assert_str_eq(arrow_cell(&batch.columns[NAME], r), r % 3 ? text : "-");
        cr_assert_str_eq(arrow_cell(&batch.columns[AMOUNT], r), r % 5 ? number : "-");
        cr_assert_str_eq(arrow_cell(&batch.columns[NUMBER], r), r % 7 ? number : "-");
        cr_assert_str_eq(arrow_cell(&batch.columns[DAY], r), r % 11 ? number : "-");
        cr_assert_str_eq(arrow_cell(&batch.columns[FLAG], r), r % 13 ? r % 2 ? "t" : "f" : "-");
        cr_assert_eq(batch.origin_row.as.ints[r], r + 1);
    }
    kh_reader_close(reader);
}

/* What a plugin with its own stream does: one batch after the other from the same builder. */
typedef struct batches {
    kh_builder *rows;
    int left;
} batches;

static int next_of_three(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    batches *self = stream->private_data;
    *out = (struct ArrowArray){0};
    if (self->left == 0) return 0;
    for (int r = 0; r < 300; r++) {
        char text[16];
        snprintf(text, sizeof text, "%d/%d", self->left, r);
        put_text(self->rows, NAME, text);
        ops->boolean(self->rows, FLAG, (r + self->left) % 2);
        ops->next(self->rows, r);
    }
    put_text(self->rows, NAME, "begun before batch() and lost");
    self->left--;
    return -ops->batch(self->rows, out, NULL);
}

static void release_three(struct ArrowArrayStream *stream)
{
    ops->discard(((batches *)stream->private_data)->rows);
    stream->release = NULL;
}

Test(builder, gives_one_batch_after_the_other)
{
    batches self = {ops->begin(fields, FIELDS), 3};
    struct ArrowArrayStream schema_of; /* a stream of no rows lends its schema */
    cr_assert_eq(ops->finish(ops->begin(fields, FIELDS), &schema_of, NULL), KH_OK);
    struct ArrowArrayStream stream = {.get_schema = schema_of.get_schema,
                                      .get_next = next_of_three,
                                      .release = release_three,
                                      .private_data = &self};
    struct ArrowSchema schema;
    cr_assert_eq(schema_of.get_schema(&schema_of, &schema), 0);
    cr_expect_eq(schema.n_children, FIELDS + 1, "the columns and their origin");
    static const char *const formats[] = {"u", "d:38,2", "l", "tdD", "b", "u", "l"};
    for (int c = 0; c <= FIELDS; c++) {
        cr_expect_str_eq(schema.children[c]->format, formats[c]);
        cr_expect_str_eq(schema.children[c]->name, c < FIELDS ? fields[c].name : "kaohe:row");
    }
    schema.release(&schema);
    cr_expect_null(schema.release);

    struct ArrowArray none;
    cr_expect_eq(schema_of.get_next(&schema_of, &none), 0);
    cr_expect_null(none.release, "no rows, no batch");
    schema_of.release(&schema_of);
    cr_expect_null(schema_of.release);

    struct ArrowArray batch;
    for (int left = 3; left > 0; left--) {
        cr_assert_eq(stream.get_next(&stream, &batch), 0);
        cr_expect_eq(batch.length, 300);
        const int32_t *offsets = batch.children[NAME]->buffers[1];
        const char *bytes = batch.children[NAME]->buffers[2];
        char text[16];
        snprintf(text, sizeof text, "%d/%d", left, 299);
        cr_expect_eq(memcmp(bytes + offsets[299], text, strlen(text)), 0);
        cr_expect_eq((size_t)(offsets[300] - offsets[299]), strlen(text), "nothing was left over");
        struct ArrowArray moved = *batch.children[NAME]; /* a child may be taken out */
        batch.children[NAME]->release = NULL;
        batch.release(&batch);
        cr_expect_null(batch.release);
        moved.release(&moved);
    }
    stream.release(&stream);
}

Test(builder, gives_an_empty_batch_when_there_are_no_rows)
{
    kh_builder *rows = ops->begin(fields, FIELDS);
    struct ArrowArray batch;
    cr_assert_eq(ops->batch(rows, &batch, NULL), KH_OK);
    cr_expect_eq(batch.length, 0);
    cr_expect_eq(batch.n_children, FIELDS + 1);
    batch.release(&batch);
    ops->discard(rows);
    ops->discard(NULL);
}

Test(builder, has_no_way_to_write_binary_floating_point)
{
    kh_field number = {"x", KH_TYPE_FLOAT, 0};
    kh_builder *rows = ops->begin(&number, 1);
    ops->next(rows, 1);
    struct ArrowArrayStream stream;
    cr_assert_eq(ops->finish(rows, &stream, NULL), KH_OK);
    cr_expect_null(stream.get_last_error(&stream), "mistakes are told by finish()");
    kh_reader *reader;
    cr_assert_eq(kh_reader_open(&reader, &stream, "built", &number, 1, NULL), KH_OK);
    kh_batch batch = next_batch(reader);
    cr_expect_str_eq(arrow_shown(&batch.columns[0], 1), "-");
    kh_reader_close(reader);
}

Test(builder, needs_no_columns)
{
    kh_builder *rows = ops->begin(NULL, 0);
    for (int r = 0; r < 5; r++) ops->next(rows, r);
    struct ArrowArrayStream stream;
    cr_assert_eq(ops->finish(rows, &stream, NULL), KH_OK);
    kh_reader *reader;
    cr_assert_eq(kh_reader_open(&reader, &stream, "built", NULL, 0, NULL), KH_OK);
    cr_expect_eq(next_batch(reader).rows, 5);
    kh_reader_close(reader);
}

/* ---- mistakes are kept and told at the end ------------------------------------------------- */

static void wrong_column(kh_builder *rows)
{
    ops->integer(rows, 6, 1); /* the origin is not the plugin's to write */
}
static void text_into_int(kh_builder *rows)
{
    put_text(rows, NUMBER, "1");
}
static void int_into_date(kh_builder *rows)
{
    ops->integer(rows, DAY, 1);
}
static void bool_into_text(kh_builder *rows)
{
    ops->boolean(rows, ANY, true);
}
static void too_many_decimals(kh_builder *rows)
{
    ops->decimal(rows, AMOUNT, kh_dec_of("0.125"));
}
static void too_many_digits(kh_builder *rows)
{
    ops->decimal(rows, AMOUNT,
                 kh_dec_mul(kh_dec_of("9999999999999999999999999999999999"), kh_dec_of("1000")));
}
static void too_much_text(kh_builder *rows)
{
    put_text(rows, NAME, "a little");
    ops->next(rows, 1);
    ops->text(rows, NAME, "refused before it is read", INT32_MAX);
}
static void endless_text(kh_builder *rows)
{
    ops->text(rows, NAME, "also before a sum runs over", SIZE_MAX);
}
static void two_mistakes(kh_builder *rows)
{
    too_many_decimals(rows);
    too_much_text(rows);
}

static const struct {
    void (*err)(kh_builder *rows);
    kh_status rc;
    const char *message;
} mistakes[] = {
    {wrong_column, KH_EINTERNAL, "there is no column number 6"},
    {text_into_int, KH_EINTERNAL, "column 'count' holds int, not text"},
    {int_into_date, KH_EINTERNAL, "column 'day' holds date, not int"},
    {bool_into_text, KH_EINTERNAL, "column 'any' holds text, not bool"},
    {too_many_decimals, KH_EDATA, "column 'amount': 0.125 has more than 2 decimals"},
    {too_many_digits, KH_ELIMIT,
     "column 'amount': 9999999999999999999999999999999999000 with 2 decimals does not fit 38 "
     "digits"},
    {too_much_text, KH_ELIMIT, "column 'name' holds more than 2 GB of text"},
    {endless_text, KH_ELIMIT, "column 'name' holds more than 2 GB of text"},
    {two_mistakes, KH_EDATA, "column 'amount': 0.125 has more than 2 decimals"},
};

Test(builder, tells_the_first_mistake_at_the_end)
{
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        kh_builder *rows = ops->begin(fields, FIELDS);
        ops->next(rows, 1);
        mistakes[i].err(rows);
        ops->next(rows, 2);
        struct ArrowArray batch = {0};
        kh_error err = KH_ERROR_INIT;
        cr_expect_eq(ops->batch(rows, &batch, &err), mistakes[i].rc);
        cr_expect_str_eq(err.text, mistakes[i].message);
        cr_expect_null(batch.release);
        struct ArrowArrayStream stream;
        err = (kh_error)KH_ERROR_INIT;
        cr_expect_eq(ops->finish(rows, &stream, &err), mistakes[i].rc);
        cr_expect_str_eq(err.text, mistakes[i].message);
        cr_expect_null(stream.release, "a failed finish adopts the rows and gives no stream");
    }
}
