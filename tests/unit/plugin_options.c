/* Options of plugins: what is filled from a configuration, and every mistake with its exact words. */
#include "plugin/options.h"
#include "base/date.h"
#include "base/decimal.h"
#include "plugin/folder.h"

#include <stdarg.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

TestSuite(options, .init = folder_make, .fini = folder_remove);

/* ---- the plugin ---------------------------------------------------------------------------- */

typedef struct line {
    const char *item;
    int64_t weight;
    kh_rows parts;
} line;

typedef struct part {
    const char *name;
} part;

typedef struct instance {
    const char *text, *path, *secret, *measure;
    int64_t number, bounded;
    bool flag;
    kh_decimal rate, share;
    int32_t mode;
    kh_date day;
    kh_texts names, measures;
    kh_map map;
    kh_rows lines;
} instance;

static const char *const modes[] = {"level", "increment", NULL};
static const line line_defaults = {.item = "余额", .weight = 10};

static const kh_option part_options[] = {
    {.key = "name", .type = KH_OPT_TEXT, .offset = offsetof(part, name), .help = "its name"}, {0}};

static const kh_option line_options[] = {{.key = "item",
                                          .type = KH_OPT_TEXT,
                                          .offset = offsetof(line, item),
                                          .refers = KH_REFERS_VALUE,
                                          .help = "what counts"},
                                         {.key = "weight",
                                          .type = KH_OPT_INT,
                                          .offset = offsetof(line, weight),
                                          .flags = KH_OPT_REQUIRED,
                                          .min = 1,
                                          .max = 100,
                                          .help = "its points"},
                                         {.key = "parts",
                                          .type = KH_OPT_ROWS,
                                          .offset = offsetof(line, parts),
                                          .row = part_options,
                                          .row_size = sizeof(part),
                                          .help = "its parts"},
                                         {0}};

#define AT(member) .offset = offsetof(instance, member)

static const kh_option options[] = {
    {.key = "text", .type = KH_OPT_TEXT, AT(text), .help = "a text"},
    {.key = "path", .type = KH_OPT_PATH, AT(path), .help = "a file"},
    {.key = "secret", .type = KH_OPT_SECRET, AT(secret), .help = "a password"},
    {.key = "measure", .type = KH_OPT_TEXT, AT(measure), .refers = KH_REFERS_VALUE, .help = "one"},
    {.key = "number", .type = KH_OPT_INT, AT(number), .help = "any whole number"},
    {.key = "bounded", .type = KH_OPT_INT, AT(bounded), .min = -5, .max = 9, .help = "a few"},
    {.key = "flag", .type = KH_OPT_BOOL, AT(flag), .help = "yes or no"},
    {.key = "rate", .type = KH_OPT_DECIMAL, AT(rate), .flags = KH_OPT_POSITIVE, .help = "a rate"},
    {.key = "share", .type = KH_OPT_DECIMAL, AT(share), .min = 0, .max = 1, .help = "a share"},
    {.key = "mode", .type = KH_OPT_CHOICE, AT(mode), .choices = modes, .help = "a basis"},
    {.key = "day", .type = KH_OPT_DATE, AT(day), .help = "a day"},
    {.key = "names", .type = KH_OPT_TEXTS, AT(names), .help = "some names"},
    {.key = "measures",
     .type = KH_OPT_TEXTS,
     AT(measures),
     .refers = KH_REFERS_VALUE,
     .help = "some measures"},
    {.key = "map", .type = KH_OPT_MAP, AT(map), .help = "titles"},
    {.key = "lines",
     .type = KH_OPT_ROWS,
     AT(lines),
     .row = line_options,
     .row_size = sizeof(line),
     .row_defaults = &line_defaults,
     .help = "lines"},
    {0}};

static const instance defaults = {.text = "as it was", .number = 7, .mode = 1, .flag = true};

/* ---- configurations by hand ---------------------------------------------------------------- */

static kh_arena arena; /* of the settings; each test is its own process */

static const kh_setting *keep(kh_setting setting)
{
    kh_setting *kept = kh_arena_alloc(&arena, sizeof *kept);
    *kept = setting;
    return kept;
}

static const kh_setting *text(const char *value)
{
    return keep((kh_setting){.kind = KH_SETTING_TEXT, .text = value});
}

static const kh_setting *number(const char *value)
{
    kh_decimal x = value ? kh_dec_of(value) : KH_ABSENT;
    return keep((kh_setting){.kind = KH_SETTING_NUMBER, .number = x});
}

static const kh_setting *of_kind(kh_setting_kind kind, const char *value)
{
    return keep((kh_setting){.kind = kind, .text = value, .boolean = true});
}

/* list(a, b, ..., NULL) */
static const kh_setting *list(const kh_setting *first, ...)
{
    const kh_setting **items = kh_arena_array(&arena, 16, sizeof *items);
    uint32_t count = 0;
    va_list args;
    va_start(args, first);
    for (const kh_setting *at = first; at; at = va_arg(args, const kh_setting *)) {
        items[count++] = at;
    }
    va_end(args);
    return keep((kh_setting){.kind = KH_SETTING_TABLE, .list = items, .list_count = count});
}

/* table("key", value, ..., NULL); the n-th entry stands on line n */
static const kh_setting *table(const char *key, ...)
{
    kh_entry *entries = kh_arena_array(&arena, 24, sizeof *entries);
    uint32_t count = 0;
    va_list args;
    va_start(args, key);
    for (const char *at = key; at; at = va_arg(args, const char *)) {
        kh_setting *value = kh_arena_alloc(&arena, sizeof *value);
        *value = *va_arg(args, const kh_setting *);
        value->place = (kh_place){"kaohe.lua", (int)count + 1, 20};
        entries[count] = (kh_entry){at, {"kaohe.lua", (int)count + 1, 3}, value};
        count++;
    }
    va_end(args);
    return keep((kh_setting){.kind = KH_SETTING_TABLE, .entries = entries, .entry_count = count});
}

static const char *const *known_names(void *ctx, kh_refers refers)
{
    static const char *const values[] = {"corp_adb", "npl", "对公日均存款", NULL};
    cr_expect_eq(ctx, &arena);
    return refers == KH_REFERS_VALUE ? values : NULL;
}

static instance got;
static kh_diags diags;

static bool fill(const kh_setting *from)
{
    kh_option_context context = {.folder = folder, .names = known_names, .ctx = &arena};
    got = defaults;
    kh_diags_fini(&diags);
    kh_place here = {"kaohe.lua", 9, 1};
    return kh_options_fill(&got, options, from, here, "probe", &context, &arena, &diags);
}

static void expect_filled(const kh_setting *from)
{
    bool ok = fill(from);
    cr_assert(ok, "%s", diags.count ? diags.items[0].text : "no reason");
    cr_expect_eq(diags.count, 0);
}

static void expect_refused(const kh_setting *from, int row, int column, const char *message)
{
    cr_expect_not(fill(from), "%s", message);
    cr_assert_eq(diags.count, 1, "%u messages instead of '%s'", diags.count, message);
    cr_expect_str_eq(diags.items[0].text, message);
    cr_expect_eq(diags.items[0].severity, KH_DIAG_ERROR);
    cr_expect(diags.items[0].place.line == row && diags.items[0].place.column == column,
              "%s: at %d:%d", message, diags.items[0].place.line, diags.items[0].place.column);
}

/* ---- what is filled ------------------------------------------------------------------------ */

Test(options, keep_their_defaults)
{
    expect_filled(NULL);
    cr_expect_eq(memcmp(&got, &defaults, sizeof got), 0, "no table at all");
    expect_filled(table(NULL));
    cr_expect_eq(memcmp(&got, &defaults, sizeof got), 0, "an empty table");
}

Test(options, take_values_of_every_type)
{
    expect_filled(table("text", text("你好"), "number", number("-9223372036854775808"), "bounded",
                        number("9.0"), "flag", keep((kh_setting){.kind = KH_SETTING_BOOL}), "rate",
                        number("0.000000000000000000000000000001"), "share", number("0.6"), "mode",
                        text("level"), "day", text("2009年3月31日"), "names",
                        list(text("a"), text("乙"), text("a"), NULL), "map",
                        table("z", text("last"), "a", text("first"), "甲", text("Chinese"), NULL),
                        "measure", text("npl"), "measures", list(text("corp_adb"), NULL), NULL));
    cr_expect_str_eq(got.text, "你好");
    cr_expect_eq(got.number, INT64_MIN);
    cr_expect_eq(got.bounded, 9, "9.0 is whole");
    cr_expect_not(got.flag);
    cr_expect_eq(kh_dec_cmp(got.rate, kh_dec_of("0.000000000000000000000000000001")), 0);
    cr_expect_eq(kh_dec_cmp(got.share, kh_dec_of("0.6")), 0);
    cr_expect_eq(got.mode, 0);
    cr_expect_eq(got.day, kh_date_of(2009, 3, 31));
    cr_assert_eq(got.names.count, 3);
    cr_expect_str_eq(got.names.items[1], "乙");
    cr_assert_eq(got.map.count, 3);
    cr_expect_str_eq(got.map.items[0].key, "a", "in order of the keys");
    cr_expect_str_eq(got.map.items[1].value, "last");
    cr_expect_str_eq(got.map.items[2].key, "甲");
    cr_expect_str_eq(got.measure, "npl");
    cr_expect_str_eq(got.measures.items[0], "corp_adb");
}

Test(options, take_the_limits_of_their_ranges)
{
    expect_filled(table("bounded", number("-5"), "share", number("1"), NULL));
    cr_expect_eq(got.bounded, -5);
    expect_filled(table("bounded", number("9"), "share", number("0.00"), NULL));
    cr_expect_eq(got.bounded, 9);
    cr_expect(kh_dec_is_zero(got.share));
}

Test(options, take_one_text_for_a_list_and_empty_ones)
{
    expect_filled(table("names", text("only"), "measures", text("npl"), NULL));
    cr_assert_eq(got.names.count, 1);
    cr_expect_str_eq(got.names.items[0], "only");
    cr_expect_eq(got.measures.count, 1);
    expect_filled(table("names", table(NULL), "map", table(NULL), "lines", table(NULL), NULL));
    cr_expect_eq(got.names.count, 0);
    cr_expect_eq(got.map.count, 0);
    cr_expect_eq(got.lines.count, 0);
}

Test(options, keep_a_number_of_a_map_as_its_text)
{
    expect_filled(table("map", table("places", number("2"), "rate", number("3.20"), NULL), NULL));
    cr_assert_eq(got.map.count, 2);
    cr_expect_str_eq(got.map.items[0].value, "2");
    cr_expect_str_eq(got.map.items[1].value, "3.20");
}

Test(options, fill_rows_from_the_defaults_of_a_row)
{
    expect_filled(table("lines",
                        list(table("weight", number("40"), NULL),
                             table("weight", number("60"), "item", text("npl"), "parts",
                                   list(table("name", text("x"), NULL), table(NULL), NULL), NULL),
                             NULL),
                        NULL));
    cr_assert_eq(got.lines.count, 2);
    const line *lines = got.lines.items;
    cr_expect_str_eq(lines[0].item, "余额");
    cr_expect_eq(lines[0].weight, 40);
    cr_expect_str_eq(lines[1].item, "npl");
    cr_assert_eq(lines[1].parts.count, 2, "rows within rows");
    const part *parts = lines[1].parts.items;
    cr_expect_str_eq(parts[0].name, "x");
    cr_expect_null(parts[1].name, "without defaults a row begins with zeros");
}

Test(options, make_paths_absolute)
{
    expect_filled(table("path", text("data/a.csv"), NULL));
    cr_expect_str_eq(got.path, folder_path("data/a.csv"));
    expect_filled(table("path", text("/data/a.csv"), NULL));
    cr_expect_str_eq(got.path, "/data/a.csv");
    setenv("KAOHE_TEST_PATH", "b.csv", 1);
    expect_filled(table("path", of_kind(KH_SETTING_ENV, "KAOHE_TEST_PATH"), NULL));
    cr_expect_str_eq(got.path, folder_path("b.csv"));
}

Test(options, take_text_from_the_environment)
{
    setenv("KAOHE_TEST_TEXT", "outside", 1);
    const kh_setting *env = of_kind(KH_SETTING_ENV, "KAOHE_TEST_TEXT");
    expect_filled(table("text", env, "names", list(text("a"), env, NULL), "map",
                        table("k", env, NULL), NULL));
    cr_expect_str_eq(got.text, "outside");
    cr_expect_str_eq(got.names.items[1], "outside");
    cr_expect_str_eq(got.map.items[0].value, "outside");
    setenv("KAOHE_TEST_TEXT", "changed", 1);
    cr_expect_str_eq(got.text, "outside", "copied");
}

/* ---- secrets ------------------------------------------------------------------------------- */

Test(options, take_secrets_by_reference_only)
{
    setenv("KAOHE_TEST_SECRET", "geheim", 1);
    expect_filled(table("secret", of_kind(KH_SETTING_ENV, "KAOHE_TEST_SECRET"), NULL));
    cr_expect_str_eq(got.secret, "geheim");

    static const char *const contents[] = {"geheim", "geheim\n", "geheim\r\nsecond line\n"};
    for (size_t i = 0; i < COUNT(contents); i++) {
        folder_write("pw", contents[i], strlen(contents[i]));
        chmod(folder_path("pw"), i == 1 ? 0400 : 0600);
        expect_filled(table("secret", of_kind(KH_SETTING_FILE, "pw"), NULL));
        cr_expect_str_eq(got.secret, "geheim", "its first line");
        chmod(folder_path("pw"), 0600);
    }
    const kh_setting *absolute = of_kind(KH_SETTING_FILE, folder_path("pw"));
    expect_filled(table("secret", absolute, NULL));
    cr_expect_str_eq(got.secret, "geheim");

    expect_refused(table("secret", text("geheim"), NULL), 1, 20,
                   "option 'secret' of 'probe' is a secret: write env \"NAME\" or file \"PATH\", "
                   "not the secret itself");
}

Test(options, refuse_secrets_others_may_read)
{
    char wanted[512];
    static const mode_t modes_of_others[] = {0644, 0640, 0604, 0620, 0610, 0601, 0777};
    folder_write("pw", "geheim\n", 7);
    for (size_t i = 0; i < COUNT(modes_of_others); i++) {
        chmod(folder_path("pw"), modes_of_others[i]);
        snprintf(wanted, sizeof wanted,
                 "the secret in '%s' is readable by others; run: chmod 600 '%s'", folder_path("pw"),
                 folder_path("pw"));
        expect_refused(table("secret", of_kind(KH_SETTING_FILE, "pw"), NULL), 1, 20, wanted);
    }
    static const char *const empty[] = {"", "\n", "\r\n", "\nsecond line"};
    for (size_t i = 0; i < COUNT(empty); i++) {
        folder_write("pw", empty[i], strlen(empty[i]));
        chmod(folder_path("pw"), 0600);
        snprintf(wanted, sizeof wanted, "the secret in '%s' is empty; write it into the first line",
                 folder_path("pw"));
        expect_refused(table("secret", of_kind(KH_SETTING_FILE, "pw"), NULL), 1, 20, wanted);
    }
    snprintf(wanted, sizeof wanted, "cannot read '%s': No such file or directory",
             folder_path("none"));
    expect_refused(table("secret", of_kind(KH_SETTING_FILE, "none"), NULL), 1, 20, wanted);
    mkdir(folder_path("dir"), 0700);
    snprintf(wanted, sizeof wanted, "cannot read '%s': it is a folder", folder_path("dir"));
    expect_refused(table("secret", of_kind(KH_SETTING_FILE, "dir"), NULL), 1, 20, wanted);
    unsetenv("KAOHE_TEST_NONE");
    expect_refused(table("secret", of_kind(KH_SETTING_ENV, "KAOHE_TEST_NONE"), NULL), 1, 20,
                   "the environment variable 'KAOHE_TEST_NONE' is not set; export it before the "
                   "run");
}

/* ---- mistakes ------------------------------------------------------------------------------ */

Test(options, refuse_wrong_values_with_their_place)
{
    struct {
        const char *key;
        const kh_setting *value;
        const char *message;
    } cases[] = {
        {"text", number("1"), "option 'text' of 'probe' wants a text, not a number"},
        {"text", of_kind(KH_SETTING_BOOL, NULL),
         "option 'text' of 'probe' wants a text, not true or false"},
        {"text", table(NULL), "option 'text' of 'probe' wants a text, not a table"},
        {"text", of_kind(KH_SETTING_FUNCTION, NULL),
         "option 'text' of 'probe' wants a text, not a function"},
        {"text", of_kind(KH_SETTING_PLUGIN, "csv"),
         "option 'text' of 'probe' wants a text, not a plugin"},
        {"text", of_kind(KH_SETTING_FILE, "x"),
         "option 'text' of 'probe' wants a text, not file \"...\""},
        {"path", number("1"), "option 'path' of 'probe' wants a text, not a number"},
        {"number", text("1"), "option 'number' of 'probe' wants a number, not a text"},
        {"number", number("1.5"), "option 'number' of 'probe' wants a whole number, not 1.5"},
        {"number", number("9223372036854775808"),
         "option 'number' of 'probe' wants a whole number, not 9223372036854775808"},
        {"number", number(NULL), "option 'number' of 'probe' has no value: its number is absent"},
        {"bounded", number("10"), "option 'bounded' of 'probe' is 10; it must be between -5 and 9"},
        {"bounded", number("-6"), "option 'bounded' of 'probe' is -6; it must be between -5 and 9"},
        {"share", number("1.0000001"),
         "option 'share' of 'probe' is 1.0000001; it must be between 0 and 1"},
        {"share", number(NULL), "option 'share' of 'probe' has no value: its number is absent"},
        {"rate", number("0"), "option 'rate' of 'probe' is 0; it must be above 0"},
        {"rate", number("-0.5"), "option 'rate' of 'probe' is -0.5; it must be above 0"},
        {"rate", number(NULL), "option 'rate' of 'probe' has no value: its number is absent"},
        {"flag", text("true"), "option 'flag' of 'probe' wants true or false, not a text"},
        {"mode", text("levels"),
         "option 'mode' of 'probe' is 'levels'; it must be one of: level, increment"},
        {"mode", number("0"), "option 'mode' of 'probe' wants a text, not a number"},
        {"day", text("2009-02-29"), "'2009-02-29' is not a date; write it like 2025-07-01"},
        {"day", number("20090331"),
         "option 'day' of 'probe' wants a date like \"2009-03-31\", not a number"},
        {"names", number("1"), "option 'names' of 'probe' wants a list of texts, not a number"},
        {"names", table("a", text("b"), NULL),
         "option 'names' of 'probe' wants a list of texts, not a table"},
        {"map", text("a"),
         "option 'map' of 'probe' wants a table like { name = \"text\" }, not a text"},
        {"map", list(text("a"), NULL),
         "option 'map' of 'probe' wants a table like { name = \"text\" }, not a table"},
        {"lines", text("a"), "option 'lines' of 'probe' wants a list of tables, not a text"},
        {"lines", table("weight", number("1"), NULL),
         "option 'lines' of 'probe' wants a list of tables, not a table"},
        {"measure", text("corp_abd"),
         "there is no measure or metric 'corp_abd'; did you mean 'corp_adb'?"},
        {"measure", text("对公日均贷款"),
         "there is no measure or metric '对公日均贷款'; did you mean '对公日均存款'?"},
        {"measure", text("nothing_like_it"), "there is no measure or metric 'nothing_like_it'"},
        {"measures", text("nlp"), "there is no measure or metric 'nlp'; did you mean 'npl'?"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        expect_refused(table(cases[i].key, cases[i].value, NULL), 1, 20, cases[i].message);
    }
}

Test(options, refuse_unknown_keys_with_the_nearest)
{
    expect_refused(table("txt", text("x"), NULL), 1, 3,
                   "'probe' has no option 'txt'; did you mean 'text'?");
    expect_refused(table("text", text("x"), "colour", text("x"), NULL), 2, 3,
                   "'probe' has no option 'colour'; its options are: text, path, secret, measure, "
                   "number, bounded, flag, rate, share, mode, day, names, measures, map, lines");
    kh_diags none = {0};
    cr_expect_not(kh_options_fill(NULL, NULL, table("x", text("y"), NULL), (kh_place){NULL, 0, 0},
                                  "bare", &(kh_option_context){0}, &arena, &none));
    cr_expect_str_eq(none.items[0].text, "'bare' has no option 'x'; its options are: none");
    kh_diags_fini(&none);
}

Test(options, refuse_values_without_a_name)
{
    expect_refused(list(text("data.csv"), NULL), 0, 0,
                   "'probe' takes named options only, as in { text = ... }");
}

static const char *const *no_names(void *ctx, kh_refers refers)
{
    static const char *const names[] = {NULL};
    cr_expect_null(ctx);
    return refers == KH_REFERS_LOOKUP ? NULL : names;
}

Test(options, say_what_kind_of_name_is_missing)
{
    static const kh_option referring[] = {
        {.key = "a", .type = KH_OPT_TEXT, .refers = KH_REFERS_VALUE, .help = "?"},
        {.key = "b", .type = KH_OPT_TEXT, .refers = KH_REFERS_RECORDS, .help = "?"},
        {.key = "c", .type = KH_OPT_TEXT, .refers = KH_REFERS_LOOKUP, .help = "?"},
        {0}};
    const char *member;
    kh_diags none = {0};
    kh_option_context context = {.names = no_names};
    cr_expect_not(kh_options_fill(&member, referring,
                                  table("a", text("x"), "b", text("x"), "c", text("x"), NULL),
                                  (kh_place){NULL, 0, 0}, "probe", &context, &arena, &none));
    cr_assert_eq(none.count, 2, "names that are not known yet are not checked");
    cr_expect_str_eq(none.items[0].text, "there is no measure or metric 'x'");
    cr_expect_str_eq(none.items[1].text, "there is no records declaration 'x'");
    kh_diags_fini(&none);
}

Test(options, are_required_where_they_are_missing)
{
    static const kh_option strict[] = {
        {.key = "path", .type = KH_OPT_PATH, .flags = KH_OPT_REQUIRED, .help = "the file to read"},
        {0}};
    kh_diags none = {0};
    const char *path = NULL;
    cr_expect_not(kh_options_fill(&path, strict, NULL, (kh_place){"kaohe.lua", 4, 2}, "csv",
                                  &(kh_option_context){0}, &arena, &none));
    cr_expect_str_eq(none.items[0].text, "'csv' needs the option 'path': the file to read");
    cr_expect(none.items[0].place.line == 4 && none.items[0].place.column == 2);
    kh_diags_fini(&none);
    const kh_setting *row = keep((kh_setting){.kind = KH_SETTING_TABLE, .place = {"a", 5, 6}});
    expect_refused(table("lines", list(row, NULL), NULL), 5, 6,
                   "'probe' needs the option 'weight': its points");
}

Test(options, tell_all_mistakes_at_once)
{
    const kh_setting *from =
        table("number", text("x"), "nmaes", text("x"), "names",
              list(number("1"), text("fine"), of_kind(KH_SETTING_BOOL, NULL), NULL), "map",
              table("a", of_kind(KH_SETTING_BOOL, NULL), "b", table(NULL), NULL), "lines",
              list(text("no table"), table("weight", number("101"), "size", number("1"), NULL),
                   table(NULL), NULL),
              "measures", list(text("nlp"), text("npl"), text("corp_abd"), NULL), "text",
              text("kept"), NULL);
    static const char *const wanted[] = {
        "option 'number' of 'probe' wants a number, not a text",
        "'probe' has no option 'nmaes'; did you mean 'names'?",
        "option 'names' of 'probe' wants a text, not a number",
        "option 'names' of 'probe' wants a text, not true or false",
        "option 'map' of 'probe' wants a text, not true or false",
        "option 'map' of 'probe' wants a text, not a table",
        "option 'lines' of 'probe' wants a table for each row, not a text",
        "option 'weight' of 'probe' is 101; it must be between 1 and 100",
        "'probe' has no option 'size'; its options are: item, weight, parts",
        "'probe' needs the option 'weight': its points",
        "there is no measure or metric 'nlp'; did you mean 'npl'?",
        "there is no measure or metric 'corp_abd'; did you mean 'corp_adb'?",
    };
    cr_expect_not(fill(from));
    cr_assert_eq(diags.count, COUNT(wanted));
    for (size_t i = 0; i < COUNT(wanted); i++) cr_expect_str_eq(diags.items[i].text, wanted[i]);
    cr_expect_str_eq(got.text, "kept", "what is right is filled all the same");
}

/* ---- printing ------------------------------------------------------------------------------ */

Test(options, are_printed_with_what_one_needs_to_know)
{
    static const kh_option shown[] = {
        {.key = "path", .type = KH_OPT_PATH, .flags = KH_OPT_REQUIRED, AT(path), .help = "a file"},
        {.key = "secret", .type = KH_OPT_SECRET, AT(secret), .help = "a password"},
        {.key = "text", .type = KH_OPT_TEXT, AT(text), .help = "a text"},
        {.key = "number", .type = KH_OPT_INT, AT(number), .min = 1, .max = 9, .help = "a few"},
        {.key = "rate", .type = KH_OPT_DECIMAL, AT(rate), .flags = KH_OPT_POSITIVE, .help = "?"},
        {.key = "flag", .type = KH_OPT_BOOL, AT(flag), .help = "yes or no"},
        {.key = "mode", .type = KH_OPT_CHOICE, AT(mode), .choices = modes, .help = "a basis"},
        {.key = "a_rather_long_option", .type = KH_OPT_TEXTS, AT(names), .help = "some names"},
        {.key = "lines",
         .type = KH_OPT_ROWS,
         AT(lines),
         .row = line_options,
         .row_size = sizeof(line),
         .row_defaults = &line_defaults,
         .help = "lines"},
        {0}};
    instance example = defaults;
    example.rate = kh_dec_of("3.20");
    example.secret = "never printed";
    char *printed = NULL;
    size_t size;
    FILE *out = open_memstream(&printed, &size);
    kh_options_print(out, shown, &example, 2);
    fclose(out);
    cr_expect_str_eq(printed,
                     "  path             a file (path, required)\n"
                     "  secret           a password (secret)\n"
                     "  text             a text (text, default \"as it was\")\n"
                     "  number           a few (number, default 7, 1 to 9)\n"
                     "  rate             ? (decimal, default 3.20, above 0)\n"
                     "  flag             yes or no (true/false, default true)\n"
                     "  mode             a basis (text: \"level\" | \"increment\", default "
                     "\"increment\")\n"
                     "  a_rather_long_option some names (list of texts)\n"
                     "  lines            lines (list of tables)\n"
                     "      item             what counts (text, default \"余额\")\n"
                     "      weight           its points (number, required, 1 to 100)\n"
                     "      parts            its parts (list of tables)\n"
                     "          name             its name (text)\n",
                     "got:\n%s", printed);
    free(printed);
}
