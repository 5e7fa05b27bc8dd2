/* The rule library: files with mistakes name their place, calls from Lua fill in defaults. */
#include "unit/scheme_rules_kit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A share folder with the files given; up to three. */
typedef struct share {
    char folder[64];
    kh_rules *rules;
    kh_error err;
} share;

static void put_file(const share *s, const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/scripts/rules/%s", s->folder, name);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static void make_share(share *s)
{
    char path[200];
    strcpy(s->folder, "/tmp/kaohe-rules-XXXXXX");
    cr_assert_not_null(mkdtemp(s->folder));
    snprintf(path, sizeof path, "%s/scripts", s->folder);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/scripts/rules", s->folder);
    mkdir(path, 0755);
    s->rules = NULL;
    s->err = (kh_error)KH_ERROR_INIT;
}

static void drop_share(share *s)
{
    char command[200];
    kh_rules_free(s->rules);
    snprintf(command, sizeof command, "rm -r %s", s->folder);
    cr_assert_eq(system(command), 0);
}

#define RULE(inputs, outputs, body)                                                                \
    "local M = {}\nM.a = rule { title = '标题', source = 'x',\n inputs = '" inputs                 \
    "', outputs = '" outputs "',\n run = function(x) " body " end }\nreturn M\n"

static kh_status load_one(share *s, const char *text)
{
    make_share(s);
    put_file(s, "one.lua", text);
    return kh_rules_new(&s->rules, s->folder, &s->err);
}

/* Evaluate rule `a`; its outputs or the error. */
static const char *evaluate_a(share *s, const char *inputs)
{
    static char shown[1200];
    kh_arena arena = {0};
    kh_buf out = {0};
    kh_json *in;
    const kh_rule *rule;
    s->err = (kh_error)KH_ERROR_INIT;
    kh_status rc = kh_rules_find(s->rules, "a", &rule, &s->err);
    if (rc == KH_OK) rc = kh_json_read(&in, &arena, "", inputs, strlen(inputs), &s->err);
    if (rc == KH_OK) rc = kh_rules_eval(s->rules, rule, in, &out, &s->err);
    snprintf(shown, sizeof shown, "%s", rc == KH_OK ? out.data : s->err.text);
    kh_buf_fini(&out);
    kh_arena_fini(&arena);
    return shown;
}

Test(rules, are_read_from_their_files)
{
    share s;
    make_share(&s);
    put_file(&s, "two.lua",
             "local M = { n = 5 }\n"
             "M.later = rule { title = 'c', source = '', inputs = '', outputs = '',"
             " run = function() return {} end }\n"
             "M.early = rule { title = 'b', source = '', inputs = '', outputs = '',"
             " run = function() return {} end }\n"
             "return M");
    put_file(&s, "one.lua",
             "local two = use 'rules/two'\nassert(two.later.title == 'c')\n" RULE(
                 "", "n n2", "return { n = two.n }"));
    put_file(&s, "notes.txt", "not Lua");
    cr_assert_eq(kh_rules_new(&s.rules, s.folder, &s.err), KH_OK, "%s", s.err.text);
    cr_assert_eq(kh_rules_count(s.rules), 3);
    cr_expect_str_eq(kh_rules_at(s.rules, 0)->name, "a");
    cr_expect_str_eq(kh_rules_at(s.rules, 1)->name, "later", "in the order of the file");
    cr_expect_str_eq(kh_rules_at(s.rules, 2)->family, "two");
    cr_expect_eq(kh_rules_at(s.rules, 2)->place.line, 3);
    cr_expect_str_eq(evaluate_a(&s, "{}"), "{\"n\":\"5.00\"}");
    const kh_rule *rule;
    kh_error err = KH_ERROR_INIT;
    cr_expect_lt(kh_rules_find(s.rules, "latr", &rule, &err), 0);
    cr_expect_str_eq(err.text, "there is no rule 'latr'; did you mean 'later'?");
    drop_share(&s);
}

Test(rules, name_the_place_of_a_mistake)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"local M = {}\nM.a = rule { title = 't', source = '', inputs = 'x q', outputs = '', run = "
         "function() end }\nreturn M",
         "scripts/rules/one.lua:2: rule 't': inputs: at 'q': there is no such type"},
        {RULE("", "n n", "return {}"), "one.lua:2: rule '标题': outputs: at 'n': say how many"},
        {"\nrule { title = 't' }", "one.lua:2: rule: 'source' must be a text"},
        {"rule { titel = 't' }", "rule: there is no 'titel'"},
        {"rule { title = 't', source = '', inputs = '', outputs = '' }", "run must be a function"},
        {"rule(5)", "write rule { title = ..."},
        {"local M = {}", "scripts/rules/one.lua must end with 'return M'"},
        {"local M = {}\nreturn M.x.y", "one.lua:2: "},
        {"return {", "one.lua:1:"},
        {"local r = rule { title = 't', source = '', inputs = '', outputs = '', run = function() "
         "end }\nreturn { a = r, b = r }",
         "this rule has two names, "},
        {"return { Ab = rule { title = 't', source = '', inputs = '', outputs = '', run = "
         "function() end } }",
         "a rule cannot be called 'Ab'"},
        {"while true do end", "one.lua:1: "},
        {"local M = rule { title = 't', source = '', inputs = '', outputs = '', run = function() "
         "end }\nlocal x = M.tilte",
         "a rule has title, source, inputs and outputs, but no 'tilte'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        share s;
        cr_expect_lt(load_one(&s, cases[i].text), 0, "'%s' passed", cases[i].text);
        cr_expect_not_null(strstr(s.err.text, cases[i].words), "'%s': %s", cases[i].text,
                           s.err.text);
        drop_share(&s);
    }
    share s;
    make_share(&s);
    put_file(&s, "one.lua", RULE("", "", "return {}"));
    put_file(&s, "two.lua", "\n" RULE("", "", "return {}"));
    cr_expect_lt(kh_rules_new(&s.rules, s.folder, &s.err), 0);
    cr_expect_not_null(strstr(s.err.text, "two.lua:3: the rule 'a' stands in"), "%s", s.err.text);
    cr_expect_not_null(strstr(s.err.text, "one.lua:2 already"), "%s", s.err.text);
    drop_share(&s);
    kh_error err = KH_ERROR_INIT;
    kh_rules *rules;
    cr_expect_lt(kh_rules_new(&rules, "/nonexistent", &err), 0);
    cr_expect_not_null(strstr(err.text, "/nonexistent/scripts/rules"), "%s", err.text);
}

Test(rules, tell_null_and_missing_apart)
{
    share s;
    cr_assert_eq(load_one(&s, RULE("n n?=5, m n?, w {x n=1, y n?=2}, l [{v n?=3}]=[]",
                                   "n n2?, m nx?, x i, y i?, l [{v i?}]",
                                   "return { n = x.n, m = x.m, x = x.w.x, y = x.w.y, l = x.l }")),
                 KH_OK, "%s", s.err.text);
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"{\"m\":\"1.50\"}", "{\"n\":\"5.00\",\"m\":\"1.50\",\"x\":\"1\",\"y\":\"2\",\"l\":[]}"},
        {"{\"n\":null,\"m\":null}", "{\"n\":null,\"m\":null,\"x\":\"1\",\"y\":\"2\",\"l\":[]}"},
        {"{\"m\":\"-0.00\",\"w\":{\"y\":null},\"l\":[{},{\"v\":null},{\"v\":7}]}",
         "{\"n\":\"5.00\",\"m\":\"0.00\",\"x\":\"1\",\"y\":null,\"l\":[{\"v\":\"3\"},{\"v\":null},"
         "{\"v\":\"7\"}]}"},
        {"{}", "a: the input 'm' is missing and has no default"},
        {"[]", "a: '' is []; a record is wanted"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect_str_eq(evaluate_a(&s, cases[i].in), cases[i].out);
    }
    drop_share(&s);
}

Test(rules, can_be_called_from_lua)
{
    /* The rules called here have names of their own; `a` shows what came back. */
    static const struct {
        const char *call, *shown;
    } cases[] = {
        {"M.b { m = 2 }.text", "{\"t\":\"5 2 1 2\"}"},
        {"M.b { m = 2, n = false, w = { y = false } }.text", "{\"t\":\"nil 2 1 nil\"}"},
        {"M.b {}.text", "{\"t\":\"5 nil 1 2\"}"},
        {"M.b { k = 2 }.text", "'加' has no input 'k'"},
        {"M.b { w = { z = 2 } }.text", "'加' has no input 'z'"},
        {"M.b { 2 }.text", "'加' has no input '[]'"},
        {"M.b(5).text", "call '加' with { name = value, ... }"},
        {"tostring(M.b { m = dec('1') / 3 }.third == dec('1') / 3)", "{\"t\":\"true\"}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        share s;
        char text[1500];
        snprintf(text, sizeof text,
                 "local M = {}\nlocal s = tostring\n"
                 "M.b = rule { title = '加', source = '', inputs = 'n n?=5, m n?, w {x n=1, y "
                 "n?=2}', outputs = 'third n2',\n"
                 "run = function(x) return { third = x.m, text = s(x.n) .. ' ' .. s(x.m) .. ' ' .. "
                 "s(x.w.x) .. ' ' .. s(x.w.y) } end }\n"
                 "M.a = rule { title = '', source = '', inputs = '', outputs = 't t', run = "
                 "function() return { t = %s } end }\nreturn M",
                 cases[i].call);
        cr_assert_eq(load_one(&s, text), KH_OK, "%s", s.err.text);
        const char *shown = evaluate_a(&s, "{}");
        cr_expect_not_null(strstr(shown, cases[i].shown), "%s gave %s", cases[i].call, shown);
        drop_share(&s);
    }
}

Test(rules, must_give_what_they_promise)
{
    static const struct {
        const char *outputs, *body, *words;
    } cases[] = {
        {"n n2", "return { n = dec(\"2.675\") }", "{\"n\":\"2.68\"}"},
        {"n n2, b b, t t", "return { t = \"a\", b = false, n = -0.001 }",
         "{\"n\":\"0.00\",\"b\":false,\"t\":\"a\"}"},
        {"n n2", "return {}", "a: the rule gave no 'n'; a number is wanted"},
        {"n n2", "return { n = \"5\" }", "the rule gave a string as 'n'; a number is wanted"},
        {"n i", "return { n = 1.5 }", "a whole number is wanted"},
        {"n n2", "return { n = 5, m = 6 }", "the rule gave 'm', which is not among its outputs"},
        {"b b", "return { b = 1 }", "true or false is wanted"},
        {"t t", "return { t = 1 }", "a text is wanted"},
        {"l [i]", "return { l = 1 }", "a list is wanted"},
        {"l [i]", "return { l = { 1, true } }", "a number is wanted"},
        {"r {x i}", "return { r = 5 }", "a table is wanted"},
        {"n i", "return 5", "a table is wanted"},
        {"n i", "error \"so\"", "scripts/rules/one.lua:4: so"},
        {"n i", "while true do end", "one.lua:4: "},
        {"n i", "return { n = x.nothing < 5 }", "'x.nothing' is absent (nil) and has no order"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        share s;
        char text[800];
        snprintf(text, sizeof text,
                 "local M = {}\nM.a = rule { title = 't', source = '', inputs = '',\noutputs = "
                 "'%s',\nrun = function(x) %s end }\nreturn M",
                 cases[i].outputs, cases[i].body);
        cr_assert_eq(load_one(&s, text), KH_OK, "%s", s.err.text);
        const char *shown = evaluate_a(&s, "{}");
        cr_expect_not_null(strstr(shown, cases[i].words), "%s: %s", cases[i].body, shown);
        drop_share(&s);
    }
}

Test(rules, of_the_product_all_have_a_title_and_a_source, .init = open_library,
     .fini = close_library)
{
    cr_assert_gt(kh_rules_count(library), 40);
    for (uint32_t i = 0; i < kh_rules_count(library); i++) {
        const kh_rule *rule = kh_rules_at(library, i);
        cr_expect_gt(strlen(rule->title), 0, "%s", rule->name);
        cr_expect_gt(strlen(rule->source), 0, "%s", rule->name);
        cr_expect_gt(rule->outputs->field_count, 0, "%s", rule->name);
    }
}
