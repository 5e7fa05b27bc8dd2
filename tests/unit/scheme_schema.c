/* Schemas: what they say, what fits them, and how mistakes in both are told. */
#include "scheme/schema.h"

#include <criterion/criterion.h>
#include <string.h>

static kh_arena arena;

static const kh_schema *parse(const char *text, bool outputs)
{
    const kh_schema *schema;
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_schema_parse(&schema, &arena, text, outputs, &err), KH_OK, "%s: %s", text,
                 err.text);
    return schema;
}

Test(schema, reads_all_types)
{
    const kh_schema *s = parse("a n, b i?, c [r]=[1,2.50],\n d {x b=true, y [{id t}]=[] },"
                               "e (full|zero)=full, f o=>=, g g?=null, h d, i m, j p=-1,",
                               false);
    cr_assert_eq(s->field_count, 10);
    cr_expect_eq(s->fields[1].type->kind, KH_SCHEMA_WHOLE);
    cr_expect(s->fields[1].type->nullable);
    cr_expect_str_eq(s->fields[2].otherwise->items[1]->text, "2.50");
    cr_expect(s->fields[3].type->optional, "a record whose fields all have defaults");
    cr_expect_eq(s->fields[3].type->fields[1].type->element->kind, KH_SCHEMA_RECORD);
    cr_expect_str_eq(s->fields[4].type->words[1], "zero");
    cr_expect_str_eq(s->fields[5].otherwise->text, ">=");
    cr_expect_eq(s->fields[6].otherwise->kind, KH_JSON_NULL);
    cr_expect_not(s->optional, "'a' has no default");
    s = parse("a n2, b r6?, c nx, d [{id t, score n2}], e i", true);
    cr_expect_eq(s->fields[1].type->places, 6);
    cr_expect_eq(s->fields[2].type->places, KH_PLACES_OWN);
    cr_expect_eq(parse("", false)->field_count, 0, "no inputs at all");
    kh_arena_fini(&arena);
}

Test(schema, refuses_what_is_no_schema)
{
    static const struct {
        const char *text;
        bool outputs;
        const char *words;
    } cases[] = {
        {"a q", false, "at 'q': there is no such type"},
        {"a nn", false, "at 'nn': there is no such type"},
        {"a n b n", false, "a ',' or the end is missing"},
        {"a n; b n", false, "has no place here"},
        {"a n, a n", false, "the name is taken"},
        {"A n", false, "a name with small letters is needed"},
        {"a n,, b n", false, "a name with small letters is needed"},
        {"a", false, "there is no such type"},
        {"a n2", false, "only outputs say how many decimals"},
        {"a n", true, "say how many decimals are shown"},
        {"a n99", true, "at most 30 decimals"},
        {"a n2=1", true, "outputs have no defaults"},
        {"a [n?]", false, "elements of a list cannot be null"},
        {"a [n", false, "a ']' is missing"},
        {"a {b n", false, "a ',' or the end is missing"},
        {"a (x|)", false, "write words like (a|b|c)"},
        {"a (x|y", false, "a ')' is missing"},
        {"a n=x", false, "'a' is \"x\"; a number like 12.5 is wanted"},
        {"a i=1.5", false, "a whole number is wanted"},
        {"a n=null", false, "a number like 12.5 is wanted"},
        {"a (x|y)=z", false, "one of x, y is wanted"},
        {"a [n]=[1,x]", false, "write a list like"},
        {"a [n]=[1", false, "a ']' is missing"},
        {"a [[[[[[[[[[[[[[[[[[n]]]]]]]]]]]]]]]]]]", false, "nested too deeply"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const kh_schema *schema;
        kh_error err = KH_ERROR_INIT;
        kh_status rc = kh_schema_parse(&schema, &arena, cases[i].text, cases[i].outputs, &err);
        cr_expect_eq(rc, KH_EUSAGE, "'%s' passed", cases[i].text);
        cr_expect_not_null(strstr(err.text, cases[i].words), "'%s': %s", cases[i].text, err.text);
    }
    kh_buf many = {0};
    for (int i = 0; i < 65; i++) kh_buf_printf(&many, "k%d n,", i);
    const kh_schema *schema;
    kh_error err = KH_ERROR_INIT;
    cr_expect_eq(kh_schema_parse(&schema, &arena, many.data, false, &err), KH_EUSAGE);
    cr_expect_not_null(strstr(err.text, "too many fields"), "%s", err.text);
    kh_buf_fini(&many);
    kh_arena_fini(&arena);
}

Test(schema, tells_which_value_does_not_fit)
{
    const kh_schema *s =
        parse("n n=0, i i=0, b b=true, d d=2009-01-01, m m=2009-01, t t=x, g g?=null, "
              "o o=>=, list [{id t, x n}]=[], rec {a n=1, deep {b n}}?=null",
              false);
    static const struct {
        const char *json, *words; /* NULL: it fits */
    } cases[] = {
        {"{}", NULL},
        {"{\"n\":\"-0.50\",\"i\":3,\"b\":false}", NULL},
        {"{\"i\":\"3.00\"}", NULL},
        {"{\"g\":\"11级3档\"}", NULL},
        {"{\"g\":\"未达标\"}", NULL},
        {"{\"rec\":{\"deep\":{\"b\":1}}}", NULL},
        {"{\"n\":\"1,000\"}", "'n' is \"1,000\"; a number like 12.5 is wanted"},
        {"{\"n\":1e3}", "'n' is 1e3; a number"},
        {"{\"n\":null}", "'n' is null; a number"},
        {"{\"n\":true}", "'n' is true; a number"},
        {"{\"i\":\"2.5\"}", "a whole number"},
        {"{\"i\":\"99999999999999999999\"}", "a whole number"},
        {"{\"b\":\"true\"}", "true or false"},
        {"{\"d\":\"2009-02-30\"}", "a day like 2009-03-31"},
        {"{\"d\":\"2009/02/03\"}", "a day like"},
        {"{\"m\":\"2009-13\"}", "a month like 2009-03"},
        {"{\"m\":\"2009-1\"}", "a month like"},
        {"{\"t\":5}", "a text"},
        {"{\"g\":\"11级\"}", "a grade like 11级3档 or 未达标, or null, is wanted"},
        {"{\"g\":\"011级3档\"}", "a grade"},
        {"{\"g\":\"11级3档x\"}", "a grade"},
        {"{\"o\":\"=\"}", "one of >=, >, <=, <"},
        {"{\"list\":{}}", "'list' is {}; a list"},
        {"{\"list\":[{\"id\":\"a\",\"x\":1},{\"id\":\"b\",\"x\":\"y\"}]}", "'list[2].x' is \"y\""},
        {"{\"list\":[{\"id\":\"a\"}]}", "the input 'list[1].x' is missing"},
        {"{\"rec\":{\"deep\":{}}}", "the input 'rec.deep.b' is missing and has no default"},
        {"{\"rec\":{\"deep\":{\"b\":1,\"c\":2}}}", "there is no input 'rec.deep.c'"},
        {"{\"rec\":[]}", "'rec' is []; a record, or null, is wanted"},
        {"{\"lst\":[]}", "there is no input 'lst'; did you mean 'list'?"},
        {"{\"zzzzzz\":1}", "there is no input 'zzzzzz'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kh_json *value;
        kh_error err = KH_ERROR_INIT;
        cr_assert_eq(kh_json_read(&value, &arena, "", cases[i].json, strlen(cases[i].json), NULL),
                     KH_OK);
        kh_status rc = kh_schema_check(s, value, "", &err);
        if (!cases[i].words) {
            cr_expect_eq(rc, KH_OK, "%s: %s", cases[i].json, err.text);
            continue;
        }
        cr_expect_eq(rc, KH_EUSAGE, "%s passed", cases[i].json);
        cr_expect_not_null(strstr(err.text, cases[i].words), "%s: %s", cases[i].json, err.text);
    }
    kh_arena_fini(&arena);
}
