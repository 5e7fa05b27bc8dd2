/* JSON: numbers stay text, values know their lines, what is doubtful is refused. */
#include "base/json.h"

#include <criterion/criterion.h>
#include <string.h>

static kh_arena arena;

static kh_status read_text(const char *text, kh_json **out, kh_error *err)
{
    return kh_json_read(out, &arena, "t.json", text, strlen(text), err);
}

Test(json, keeps_numbers_as_they_were_written)
{
    static const char *const texts[] = {"0.10",
                                        "-5",
                                        "12345678901234567890123456789012345678.90",
                                        "[1.50,{\"a\":null}]",
                                        "{\"b\":true,\"a\":[],\"c\":{}}",
                                        "\"级 \\\" \\\\\"",
                                        "[[],[false]]"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        kh_json *value;
        kh_error err = KH_ERROR_INIT;
        kh_buf out = {0};
        cr_assert_eq(read_text(texts[i], &value, &err), KH_OK, "%s: %s", texts[i], err.text);
        kh_json_write(&out, value);
        cr_expect_str_eq(out.data, texts[i]);
        kh_buf_fini(&out);
    }
    kh_arena_fini(&arena);
}

Test(json, knows_the_line_of_each_value)
{
    kh_json *value;
    cr_assert_eq(read_text("{\n \"a\": 1,\n\n \"b\": [\n  2 ]\n}", &value, NULL), KH_OK);
    cr_expect_eq(value->line, 1);
    cr_expect_eq(kh_json_get(value, "a")->line, 2);
    cr_expect_eq(kh_json_get(value, "b")->line, 4);
    cr_expect_eq(kh_json_get(value, "b")->items[0]->line, 5);
    cr_expect_null(kh_json_get(value, "c"));
    cr_expect_null(kh_json_get(kh_json_get(value, "a"), "a"), "a number has no keys");
    cr_expect_null(kh_json_get_text(value, "a"), "a number is no text");
    kh_arena_fini(&arena);
}

Test(json, sets_and_replaces)
{
    kh_json *record = kh_json_new(&arena, KH_JSON_RECORD, NULL);
    kh_buf out = {0};
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 20; i++) {
            char key[8];
            snprintf(key, sizeof key, "k%d", i);
            kh_json_set(&arena, record, key, kh_json_new(&arena, KH_JSON_TEXT, round ? "x" : "y"));
        }
    }
    cr_expect_eq(record->count, 20);
    cr_expect_str_eq(kh_json_get_text(record, "k19"), "x");
    kh_json *list = kh_json_new(&arena, KH_JSON_LIST, NULL);
    kh_json_append(&arena, list, kh_json_new(&arena, KH_JSON_NUMBER, "1"));
    kh_json_append(&arena, list, kh_json_new(&arena, KH_JSON_NULL, NULL));
    kh_json_write(&out, list);
    cr_expect_str_eq(out.data, "[1,null]");
    kh_buf_fini(&out);
    kh_arena_fini(&arena);
}

Test(json, refuses_what_is_doubtful)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "t.json:1: this is not JSON"},
        {" \n ", "t.json:2: this is not JSON"},
        {"{\"a\":1,\n\"a\":2}", "t.json:2: the key 'a' stands there twice"},
        {"\"a\\u0000b\"", "\\u0000"},
        {"{\"a\\u0000\":1}", "\\u0000"},
        {"[1,]", "t.json:1: this is not JSON"},
        {"[1\n,\n2", "t.json:3: this is not JSON"},
        {"1 2", "this is not JSON"},
        {"{'a':1}", "this is not JSON"},
        {"\"\xff\"", "this is not JSON"},
        {"01", "this is not JSON"},
        {"NaN", "this is not JSON"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kh_json *value;
        kh_error err = KH_ERROR_INIT;
        cr_expect_eq(read_text(cases[i].text, &value, &err), KH_EUSAGE, "'%s' passed",
                     cases[i].text);
        cr_expect_not_null(strstr(err.text, cases[i].words), "'%s': %s", cases[i].text, err.text);
    }
    char deep[202];
    memset(deep, '[', 100);
    memset(deep + 100, ']', 100);
    deep[200] = '\0';
    kh_json *value;
    kh_error err = KH_ERROR_INIT;
    cr_expect_eq(read_text(deep, &value, &err), KH_EUSAGE);
    cr_expect_not_null(strstr(err.text, "nested deeper than 64"), "%s", err.text);
    kh_buf many = {0};
    for (int i = 0; i <= 1000; i++) kh_buf_printf(&many, "%s\"k%d\":1", i ? "," : "{", i);
    kh_buf_text(&many, "}");
    err = (kh_error)KH_ERROR_INIT;
    cr_expect_eq(read_text(many.data, &value, &err), KH_EUSAGE);
    cr_expect_not_null(strstr(err.text, "more than 1000 keys"), "%s", err.text);
    kh_buf_fini(&many);
    kh_arena_fini(&arena);
}
