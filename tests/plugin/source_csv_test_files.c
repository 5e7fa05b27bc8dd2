/* The CSV source and its files: encodings, gzip, patterns, several files, files that change. */
#include "plugin/source_kit.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(csv_files, .init = kit_enter, .fini = kit_leave);

static void expect_describe(const char *const *options, const char *wanted, const char *why)
{
    char *got = kit_describe(options);
    cr_expect_str_eq(got, wanted, "%s: %s", why, got);
    free(got);
}

/* ---- encodings ----------------------------------------------------------------------------- */

Test(csv_files, decides_the_encoding_by_looking)
{
    const char *table = "编号,余额\n甲,1\n";
    kit_text("a.csv", table);
    expect_describe(OPTIONS("path", "a.csv"), "编号 余额; encoding UTF-8, delimiter ,", "UTF-8");
    kit_text("a.csv", "\xEF\xBB\xBF编号,余额\n甲,1\n");
    expect_describe(OPTIONS("path", "a.csv"), "编号 余额; encoding UTF-8, delimiter ,", "a mark");
    kit_expect(OPTIONS("path", "a.csv"), "编号:text", KIT_ORIGIN, "2: 甲\n", "the mark is no text");
    kit_gb18030("a.csv", table);
    expect_describe(OPTIONS("path", "a.csv"), "编号 余额; encoding GB18030, delimiter ,",
                    "GB18030");
    kit_expect(OPTIONS("path", "a.csv"), "编号:text 余额:int", KIT_ORIGIN, "2: 甲|1\n", "rows");
    expect_describe(OPTIONS("path", "a.csv", "encoding", "gb18030", "delimiter", ","), "编号 余额",
                    "what was declared is no decision");
    kit_gb18030("a.csv", "\uFEFF编号,余额\n甲,1\n");
    kit_expect(OPTIONS("path", "a.csv"), "编号:text", KIT_ORIGIN, "2: 甲\n", "a mark in GB18030");
    kit_gb18030("a.csv", "x\n对");
    expect_describe(OPTIONS("path", "a.csv"), "x; encoding GB18030, delimiter ,",
                    "one character at the very end");
    kit_text("a.csv", "x,y\n");
    expect_describe(OPTIONS("path", "a.csv"), "x y; encoding UTF-8, delimiter ,", "ASCII is UTF-8");
    kit_text("a.csv", "\xEF\xBB\xBFx,y\n");
    kit_expect(OPTIONS("path", "a.csv", "encoding", "gb18030"), "x:text", 0,
               "! -1 a.csv: the file says that it is UTF-8; remove encoding = \"gb18030\"",
               "a contradiction");
}

Test(csv_files, finds_the_first_chinese_character_far_behind)
{
    size_t n = 300000;
    char *file = malloc(n + 64);
    strcpy(file, "x,y\n");
    for (size_t at = 4; at < n; at += 4) memcpy(file + at, "a,1\n", 4);
    strcpy(file + n, "余额,2\n");
    kit_gb18030("a.csv", file);
    expect_describe(OPTIONS("path", "a.csv"), "x y; encoding GB18030, delimiter ,", "plain");
    kit_text("a.csv", file);
    expect_describe(OPTIONS("path", "a.csv"), "x y; encoding UTF-8, delimiter ,", "UTF-8");
    char *got = kit_read(OPTIONS("path", "a.csv"), "x:text", 0);
    cr_expect(!strcmp(got + strlen(got) - 7, "余额\n"));
    free(got);
    free(file);
}

/* 0x81 0x5C is 乗 and 0x81 0x7C is 亅: their second bytes are a backslash and a bar. */
Test(csv_files, decodes_before_it_looks_for_separators)
{
    const char bytes[] = "x|y\n\x81\x7C|\x81\x5C\n\"\x81\x7C|\"|\x95\x32\x82\x39\n";
    kit_write("a.csv", bytes, sizeof bytes - 1);
    kit_expect(OPTIONS("path", "a.csv", "encoding", "gb18030"), "x:text y:text", 0,
               "亅|乗\n亅||\xF0\xA0\x80\x83\n", "bars within characters, and one of four bytes");
}

Test(csv_files, converts_every_character_as_iconv_does)
{
    /* Every character of the basic plane that is neither special nor a surrogate. */
    char *file = malloc(1 << 20), *wanted = malloc(1 << 20);
    size_t n = (size_t)sprintf(file, "x\n"), m = 0;
    for (uint32_t c = 0x80; c < 0xFFFE; c++) {
        if (c >= 0xD800 && c < 0xF900) continue; /* also what is for private use */
        if (c >= 0xFE10 && c < 0xFE20) continue; /* iconv has two codes for these */
        char text[4];
        size_t size = c < 0x800 ? 2 : 3;
        if (size == 2) sprintf(text, "%c%c", 0xC0 | c >> 6, 0x80 | (c & 63));
        else sprintf(text, "%c%c%c", 0xE0 | c >> 12, 0x80 | (c >> 6 & 63), 0x80 | (c & 63));
        n += (size_t)sprintf(file + n, "%s\n", text);
        m += (size_t)sprintf(wanted + m, "%s\n", text);
    }
    kit_gb18030("a.csv", file);
    char *got = kit_read(OPTIONS("path", "a.csv", "encoding", "gb18030"), "x:text", 0);
    size_t same = 0;
    while (got[same] && got[same] == wanted[same]) same++;
    cr_expect(!strcmp(got, wanted), "from byte %zu on: %.20s", same, got + same);
    free(got);
    free(wanted);
    free(file);
}

typedef struct bytes_case {
    const char *bytes, *encoding, *wanted, *why;
} bytes_case;

static const bytes_case broken[] = {
    {"x,y\n余额,\xB6\xD4\n", "utf8",
     "! -2 a.csv:2:4: column 'y': the bytes 'B6 D4' are not UTF-8; save the file as UTF-8 or set "
     "encoding to what it is",
     "GBK read as UTF-8"},
    {"x,y\na,bc\xE4\xBD\n", "utf8",
     "! -2 a.csv:2:5: column 'y': the bytes 'E4 BD' are not UTF-8; save the file as UTF-8 or set "
     "encoding to what it is",
     "half a character"},
    {"x,y\na,\xED\xA0\x80\n", "utf8",
     "! -2 a.csv:2:3: column 'y': the bytes 'ED A0 80' are not UTF-8; save the file as UTF-8 or "
     "set "
     "encoding to what it is",
     "a surrogate"},
    {"x,y\na,\xC0\xAF\n", "utf8",
     "! -2 a.csv:2:3: column 'y': the bytes 'C0 AF' are not UTF-8; save the file as UTF-8 or set "
     "encoding to what it is",
     "a slash in disguise"},
    {"x,\xFF\n", "utf8",
     "! -2 a.csv:1:3: the bytes 'FF' are not UTF-8; save the file as UTF-8 or set encoding to what "
     "it "
     "is",
     "in the header"},
    {"客户,余额,经理,机构,日期\n客户,\xB6\xD4,经理,机构,日期\n", "auto",
     "! -2 a.csv:2:4: column '余额': the bytes 'B6 D4' are not UTF-8; save the file as UTF-8 or "
     "set "
     "encoding to what it is",
     "one broken cell does not make a file of UTF-8 GB18030"},
    {"x,y\n1,2\na,b\xFF\n", "gb18030",
     "! -2 a.csv:3:4: the bytes 'FF 0A' are not GB18030; save the file as UTF-8",
     "a byte that begins nothing"},
    {"x,y\n1,\xB6", "gb18030",
     "! -2 a.csv:2:3: the bytes 'B6' are not GB18030; save the file as UTF-8",
     "half a character at the end"},
    {"x,y\n\xB6\xD4,\x81\x30\x20\x31\n", "gb18030",
     "! -2 a.csv:2:3: the bytes '81 30 20 31' are not GB18030; save the file as UTF-8",
     "half of four bytes"},
    {"\xFFx,y\n", "gb18030",
     "! -2 a.csv:1:1: the bytes 'FF 78 2C 79' are not GB18030; save the file as UTF-8",
     "the first byte"},
    {"\xFF\xFEx", "auto", "! -2 a.csv: the file is UTF-16; save it as UTF-8", "UTF-16"},
    {"\xFE\xFFx", "utf8", "! -2 a.csv: the file is UTF-16; save it as UTF-8",
     "the other way round"},
};

Test(csv_files, names_the_bytes_that_are_no_text)
{
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        kit_text("a.csv", broken[i].bytes);
        bool chinese = strstr(broken[i].bytes, "客户") != NULL;
        kit_expect(OPTIONS("path", "a.csv", "encoding", broken[i].encoding),
                   chinese ? "客户:text 余额:text" : "x:text y:text", 0, broken[i].wanted,
                   broken[i].why);
    }
    kit_text("a.csv", "x,y\n\xFF,1\n");
    kit_expect(OPTIONS("path", "a.csv", "encoding", "utf8"), "y:int", 0, "1\n",
               "a column that nobody asked for is not judged");
    kit_text("a.csv", "x,y\n1,\xFF\n");
    kit_expect(
        OPTIONS("path", "a.csv", "encoding", "utf8"), "y:int", 0,
        "! -2 a.csv:2:3: column 'y': the bytes 'FF' are not UTF-8; save the file as UTF-8 or "
        "set encoding to what it is",
        "in a number");
}

/* ---- gzip ---------------------------------------------------------------------------------- */

Test(csv_files, reads_gzip)
{
    kit_gzip("a.csv.gz", "x,y\n1,2\n", 8, "wb");
    kit_expect(OPTIONS("path", "a.csv.gz"), "x:text y:int", KIT_ORIGIN, "2: 1|2\n", "one member");
    kit_gzip("a.csv.gz", "3,4\n", 4, "ab");
    kit_expect(OPTIONS("path", "a.csv.gz"), "x:text y:int", KIT_ORIGIN, "2: 1|2\n3: 3|4\n", "two");
    kit_gb18030("b", "说明\nx,y\n余额,4\n");
    kh_arena arena = {0};
    char *bytes = kh_arena_alloc(&arena, 64);
    FILE *file = fopen("b", "rb");
    size_t n = fread(bytes, 1, 64, file);
    fclose(file);
    kit_gzip("b.gz", bytes, n, "wb");
    kit_expect(OPTIONS("path", "b.gz", "skip", "1"), "x:text y:int", KIT_ORIGIN, "3: 余额|4\n",
               "with GB18030 in it");
    kh_arena_fini(&arena);
}

Test(csv_files, refuses_damaged_gzip)
{
    char *rows = malloc(400000);
    size_t n = (size_t)sprintf(rows, "x,y\n");
    for (unsigned i = 0, r = 1; i < 30000; i++) {
        r = r * 1103515245 + 12345;
        n += (size_t)sprintf(rows + n, "%u,%u\n", i, r >> 16 & 0xFFF);
    }
    kit_gzip("a.gz", rows, n, "wb");
    free(rows);
    struct stat st;
    stat("a.gz", &st);
    char *bytes = malloc((size_t)st.st_size + 16);
    FILE *file = fopen("a.gz", "rb");
    n = fread(bytes, 1, (size_t)st.st_size, file);
    fclose(file);
    kit_write("b.gz", bytes, n - 3);
    kit_expect(OPTIONS("path", "b.gz"), "x:text", 0,
               "! -2 b.gz: the compressed file ends too early; fetch it again", "no end");
    kit_write("b.gz", bytes, n / 2);
    kit_expect(OPTIONS("path", "b.gz"), "x:text", 0,
               "! -2 b.gz: the compressed file ends too early; fetch it again", "half");
    kit_write("b.gz", bytes, 2);
    kit_expect(OPTIONS("path", "b.gz"), "x:text", 0,
               "! -2 b.gz: the compressed file ends too early; fetch it again", "two bytes");
    memcpy(bytes + n, "1,2\n", 4);
    kit_write("b.gz", bytes, n + 4);
    kit_expect(OPTIONS("path", "b.gz"), "x:text", 0,
               "! -2 b.gz: the compressed file is damaged (incorrect header check); fetch it again",
               "rows behind the end would be lost");
    bytes[n - 6] ^= 1;
    kit_write("b.gz", bytes, n);
    kit_expect(OPTIONS("path", "b.gz"), "x:text", 0,
               "! -2 b.gz: the compressed file is damaged (incorrect data check); fetch it again",
               "a flipped bit");
    free(bytes);
}

/* ---- several files ------------------------------------------------------------------------- */

Test(csv_files, reads_several_files_as_one_table)
{
    mkdir("d", 0755);
    kit_text("d/b-2.csv", "x,y\n3,c\n");
    kit_text("d/b-1.csv", "x,y\n1,a\n2,b\n");
    kit_text("d/b-10.csv", "x;y\n4;a\n");
    kit_text("d/c.csv", "x,y\n9,z\n");
    kit_text("d/.b-3.csv", "hidden\n");
    mkdir("d/b-4.csv", 0755);
    kit_expect(OPTIONS("path", "d/b-*.csv"), "y:text x:int", KIT_ORIGIN,
               "2@d/b-1.csv: a|1\n3@d/b-1.csv: b|2\n2@d/b-10.csv: a|4\n2@d/b-2.csv: c|3\n",
               "in the order of the names' bytes");
    kit_expect(OPTIONS("path", "d/b-?.csv"), "x:int", 0, "1\n2\n3\n", "a question mark");
    kit_expect(OPTIONS("path", "d/b-1.csv", "paths", "c.csv ../d/b-10.csv"), "x:int", KIT_ORIGIN,
               "2@d/../d/b-10.csv: 4\n2@d/b-1.csv: 1\n3@d/b-1.csv: 2\n2@d/c.csv: 9\n", "named");
    kit_expect(OPTIONS("path", "d/b-1.csv", "paths", "c.* b-1?.csv"), "x:int", 0, "1\n2\n4\n9\n",
               "named and patterns");
    expect_describe(OPTIONS("path", "d/*.csv"),
                    "x y; encoding UTF-8, delimiter ,; encoding UTF-8, delimiter ; "
                    "from d/b-10.csv on; encoding UTF-8, delimiter , from d/b-2.csv on",
                    "each file has its separator");
    kit_text("d/账-一.csv", "x,y\n7,a\n");
    kit_expect(OPTIONS("path", "d/账-?.csv"), "x:int", KIT_ORIGIN, "2: 7\n", "? is a character");
    kit_text("d/b-[*].csv", "x,y\n8,a\n");
    kit_expect(OPTIONS("path", "d/b-[*].csv"), "x:int", 0, "8\n", "a file of that very name");
}

Test(csv_files, refuses_files_that_do_not_belong_together)
{
    kit_text("b-1.csv", "x,y\n1,a\n");
    kit_text("b-2.csv", "y,x\n1,a\n");
    kit_expect(
        OPTIONS("path", "b-*.csv"), "x:int", 0,
        "! -2 b-1.csv and b-2.csv do not have the same columns: column 1 is 'x' there and 'y' "
        "here; export them alike",
        "another order");
    kit_text("b-2.csv", "x,y,z\n1,a,2\n");
    kit_expect(
        OPTIONS("path", "b-*.csv"), "x:int", 0,
        "! -2 b-1.csv and b-2.csv do not have the same columns: column 3 is '' there and 'z' "
        "here; export them alike",
        "one more column");
    kit_expect(OPTIONS("path", "b-1.csv", "paths", "b-1.csv"), "x:int", 0,
               "! -1 b-1.csv: the file is named twice; its rows would count twice", "twice");
    kit_text("b-2.csv", "x,y\n1,a\nx,a\n");
    kit_expect(OPTIONS("path", "b-*.csv"), "x:int", 0,
               "! -2 b-2.csv:3:1: column 'x': 'x' is not a whole number; write it like 1234.56",
               "a bad cell in the second");
}

Test(csv_files, says_what_is_missing)
{
    kit_expect(OPTIONS("path", "none.csv"), "x:int", 0,
               "! -1 none.csv: cannot open: No such file or directory", "a file");
    kit_expect(OPTIONS("path", "none-*.csv"), "x:int", 0, "! -1 no file matches 'none-*.csv'",
               "a pattern");
    kit_expect(OPTIONS("path", "none/*.csv"), "x:int", 0,
               "! -1 cannot read the folder 'none': No such file or directory", "a folder");
    mkdir("d", 0755);
    kit_expect(OPTIONS("path", "d"), "x:int", 0,
               "! -1 d: is not a file; path names a file or a pattern of files",
               "a folder as file");
    mkfifo("f", 0644);
    kit_expect(OPTIONS("path", "f"), "x:int", 0,
               "! -1 f: is not a file; path names a file or a pattern of files", "a pipe");
    if (geteuid() != 0) {
        kit_text("a.csv", "x\n");
        chmod("a.csv", 0);
        kit_expect(OPTIONS("path", "a.csv"), "x:int", 0,
                   "! -4 a.csv: cannot open: Permission denied", "a right");
    }
    char *text = kit_describe(OPTIONS("encoding", "utf8"));
    cr_expect_str_eq(text, "! -1 'csv' needs the option 'path': the file, or a pattern like "
                           "balance-*.csv: files in order of their names, one table");
    free(text);
}

Test(csv_files, shows_paths_beyond_the_working_folder_in_full)
{
    mkdir("d", 0755);
    kit_text("a.csv", "x\n1\n");
    char *folder = getcwd(NULL, 0), wanted[256];
    cr_assert_eq(chdir("d"), 0);
    snprintf(wanted, sizeof wanted, "! -2 %s/a.csv: there is no column 'y'; its columns are: x",
             folder);
    kit_expect(OPTIONS("path", "a.csv"), "y:int", 0, wanted, "the project lies elsewhere");
    free(folder);
    cr_assert_eq(chdir(".."), 0);
}

/* ---- files that change --------------------------------------------------------------------- */

static const char changed[] =
    "a.csv: the file was changed while it was read; run again when it is complete";

/* A stream over 100,000 rows of which one batch was read. */
static void open_stream(kit *k, struct ArrowArrayStream *stream)
{
    char *rows = malloc(1 << 20);
    size_t n = (size_t)sprintf(rows, "x\n");
    for (int i = 0; i < 100000; i++) n += (size_t)sprintf(rows + n, "%d\n", i);
    kit_write("a.csv", rows, n);
    free(rows);
    kit_open(k, OPTIONS("path", "a.csv"));
    kh_error err = KH_ERROR_INIT;
    kh_field field = {"x", KH_TYPE_INT, 0};
    kh_query query = {.size = sizeof query, .fields = &field, .field_count = 1, .parts = 1};
    struct ArrowArray batch;
    cr_assert_eq(k->instance.plugin->source->read(k->instance.self, &query, stream, &err), KH_OK);
    cr_assert_eq(stream->get_next(stream, &batch), 0);
    cr_assert_eq(batch.length, 16384);
    batch.release(&batch);
}

static void expect_end(struct ArrowArrayStream *stream, kh_status status, const char *text)
{
    struct ArrowArray batch;
    int rc;
    while ((rc = stream->get_next(stream, &batch)) == 0 && batch.release) batch.release(&batch);
    cr_expect_eq(rc, -status, "%d", rc);
    cr_expect_str_eq(stream->get_last_error(stream), text);
    cr_expect_eq(stream->get_next(stream, &batch), -status, "an error stays");
    stream->release(stream);
}

Test(csv_files, survives_files_that_shrink_or_grow)
{
    kit k;
    struct ArrowArrayStream stream;
    open_stream(&k, &stream);
    cr_assert_eq(truncate("a.csv", 1000), 0);
    expect_end(&stream, KH_EUNAVAILABLE, changed);
    char *got = kit_rows(&k, "x:int", 0, 0, 1);
    cr_expect(strstr(got, changed), "looked at before: %s", got);
    free(got);
    kit_close(&k);

    open_stream(&k, &stream);
    FILE *file = fopen("a.csv", "ab");
    fputs("1\n", file);
    fclose(file);
    expect_end(&stream, KH_EUNAVAILABLE, changed);
    kit_close(&k);
}

Test(csv_files, stops_when_asked)
{
    kit k;
    struct ArrowArrayStream stream;
    open_stream(&k, &stream);
    k.instance.plugin->source->cancel(k.instance.self);
    expect_end(&stream, KH_ECANCELLED, "a.csv: cancelled");
    char *got = kit_rows(&k, "x:int", 0, 0, 1);
    cr_expect_eq(got[0], '0', "a new read is not stopped: %.40s", got);
    free(got);
    kh_host_cancel();
    got = kit_rows(&k, "x:int", 0, 0, 1);
    cr_expect_str_eq(got, "! -6 a.csv: cancelled");
    free(got);
    kit_close(&k);
}

/* ---- the real thing ------------------------------------------------------------------------ */

Test(csv_files, reads_the_pkdd99_files_with_defaults)
{
    static const struct {
        const char *name, *fields;
        size_t rows;
    } files[] = {
        {"account", "account_id:int district_id:int frequency:text date:date", 4500},
        {"card", "card_id:int disp_id:int type:text issued:date", 892},
        {"client", "client_id:int birth_number:text district_id:int", 5369},
        {"disp", "disp_id:int client_id:int account_id:int type:text", 5369},
        {"district", "A1:int A2:text A4:int A10:decimal(1) A11:int A13:decimal(2)", 77},
        {"loan",
         "loan_id:int date:date amount:decimal(2) duration:int payments:decimal(2) status:text",
         682},
        {"order",
         "order_id:int account_id:int bank_to:text account_to:text amount:decimal(2) k_symbol:text",
         6471},
        {"trans",
         "trans_id:int date:date type:text amount:decimal(2) balance:decimal(2) account:text",
         49102},
    };
    const char *folder = getenv("KAOHE_PKDD99");
    if (!folder) folder = KAOHE_SOURCE_DIR "/../shared/data/pkdd99";
    if (access(folder, R_OK) != 0) {
        cr_skip_test("KAOHE_PKDD99 names no folder with the PKDD'99 files: '%s'", folder);
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s.asc", folder, files[i].name);
        kit k;
        kit_open(&k, OPTIONS("path", path));
        for (uint32_t parts = 1; parts <= 3; parts += 2) {
            size_t rows = 0;
            for (uint32_t part = 0; part < parts; part++) {
                char *got = kit_rows(&k, files[i].fields, 0, part, parts);
                cr_expect_neq(got[0], '!', "%s", got);
                for (char *at = got; (at = strchr(at, '\n')); at++) rows++;
                if (part == 0 && !strcmp(files[i].name, "loan")) {
                    cr_expect(!strncmp(got, "5314|1993-07-05|96396.00|12|8033.00|B\n", 37), "%.60s",
                              got);
                }
                free(got);
            }
            cr_expect_eq(rows, files[i].rows, "%s: %zu rows", files[i].name, rows);
        }
        kit_close(&k);
    }
}
