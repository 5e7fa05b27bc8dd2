/* kaohe try and kaohe test from outside: what they print, and their exit codes. */
#include "base/text.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Run `kaohe ARGUMENTS` by the shell; both streams together. */
static int run(kh_buf *out, const char *arguments)
{
    kh_buf command = {0};
    char piece[4096];
    size_t n;
    kh_buf_printf(&command, "%s/bin/kaohe --lang en %s 2>&1", KAOHE_BUILD_DIR, arguments);
    FILE *pipe = popen(command.data, "r");
    cr_assert_not_null(pipe);
    out->size = 0;
    kh_buf_text(out, "");
    while ((n = fread(piece, 1, sizeof piece, pipe)) > 0) kh_buf_add(out, piece, n);
    int status = pclose(pipe);
    kh_buf_fini(&command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

typedef struct expectation {
    const char *arguments;
    int code;
    const char *words; /* with a line break at the end: the whole output */
} expectation;

static void expect_all(const expectation *cases, size_t count)
{
    kh_buf out = {0};
    for (size_t i = 0; i < count; i++) {
        int code = run(&out, cases[i].arguments);
        const char *words = cases[i].words;
        bool whole = words[0] && words[strlen(words) - 1] == '\n';
        cr_expect_eq(code, cases[i].code, "%s: exit %d, %s", cases[i].arguments, code, out.data);
        cr_expect(whole ? !strcmp(out.data, words) : strstr(out.data, words) != NULL, "%s: %s",
                  cases[i].arguments, out.data);
    }
    kh_buf_fini(&out);
}

Test(try, prints_the_outputs_on_one_line)
{
    static const expectation cases[] = {
        {"try profit_grade quarter_profit_wan=55", 0, "{\"grade\":\"10级1档\"}\n"},
        {"try round_half_up --json '{\"x\":\"2.675\",\"places\":2}'", 0,
         "{\"rounded\":\"2.68\"}\n"},
        {"try round_half_up --json '{\"x\":\"2.675\",\"places\":2}' places=1", 0,
         "{\"rounded\":\"2.7\"}\n"},
        {"try round_half_up x=-5.5 --json=' {\"places\": 0}'", 0, "{\"rounded\":\"-6\"}\n"},
        {"try round_half_up x=5 --json '\n{}'", 0, "{\"rounded\":\"5.00\"}\n"},
        {"try deduction_rate 'rates=[\"0.2\",0.15]'", 0,
         "{\"accepted\":true,\"applied\":\"0.3000\"}\n"},
        {"try exit_notice assessment_failed=true attitude_failed=false notice_date=2009-01-31", 0,
         "{\"end_date\":null}\n"},
        {"try quarter_payment standard=6000 score=null", 0, "{\"ratio\":null,\"paid\":null}\n"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
}

Test(try, names_key_value_and_what_is_wanted)
{
    static const expectation cases[] = {
        {"try profit_grad x=1", 2,
         "kaohe: there is no rule 'profit_grad'; did you mean "
         "'profit_grade'?\n"},
        {"try nosuchrule", 2, "'kaohe try --list' shows all"},
        {"try profit_grade", 2,
         "profit_grade: the input 'quarter_profit_wan' is missing and has no "
         "default"},
        {"try profit_grade quarter_profit_wa=1", 2,
         "there is no input 'quarter_profit_wa'; did you mean 'quarter_profit_wan'?"},
        {"try profit_grade quarter_profit_wan=1,000", 2,
         "'quarter_profit_wan' is \"1,000\"; a number like 12.5 is wanted"},
        {"try profit_grade quarter_profit_wan=null", 2,
         "'quarter_profit_wan' is \"null\"; a number"},
        {"try deduction_rate rates=0.2", 2, "'rates' is 0.2; a list is wanted"},
        {"try deduction_rate rates=[0.2", 2, "'rates' is '[0.2'; write a list like"},
        {"try round_half_up --json '{\"x\":1,\"x\":2}'", 2, "the key 'x' stands there twice"},
        {"try round_half_up --json=[]", 2, "--json wants a record"},
        {"try held_grade grade=3级1档", 2, "the ladder has no grade '3级1档'"},
        {"try", 2, "write: kaohe try RULE"},
        {"try a b", 2, "'b': write key=value"},
        {"try --lst", 2, "there is no option '--lst'"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
}

Test(try, lists_the_rules)
{
    static const expectation cases[] = {
        {"try --list", 0, "profit_grade  创利定级\n    quarter_profit_wan n, "},
        {"try --list --json", 0, "{\"name\":\"profit_grade\",\"family\":\"ladder\",\"title\":"},
        {"try --list profit_grade", 2, "write: kaohe try RULE"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
}

/* ---- a small project ------------------------------------------------------------------------ */

static char folder[64];

static void put_file(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static void make_project(void)
{
    char tests[80];
    strcpy(folder, "/tmp/kaohe-try-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(tests, sizeof tests, "%s/tests", folder);
    mkdir(tests, 0755);
    put_file("staff.csv", "id,name\nM1,张伟\nM2,王芳\n");
    put_file("sale.csv", "id,date,amount\nM1,2009-01-05,100.10\nM1,2009-03-31,50\n");
    put_file(
        "kaohe.lua",
        "local chain = use 'rules/chain'\n"
        "subject { from = 'staff', key = 'id', name = 'name' }\n"
        "dataset 'sale' { subject = 'id', date = 'date' }\n"
        "measure 'amount' { of = 'sale', sum = 'amount', missing = 'zero' }\n"
        "param 'rate' { value = 0.10 }\n"
        "metric 'kept' { formula = function(m, p)\n"
        "  return chain.deducted_profit { profit_wan = m.amount, rate = p.rate }.profit_wan end }\n"
        "metric 'broken' { formula = function(m) return m.kept < nil end }\n"
        "score { contribution { lines = { 'kept' } } }\n"
        "return project { period = '2009Q1', sources = { staff = csv { path = 'staff.csv' },\n"
        "  sale = csv { path = 'sale.csv' } }, outputs = { json { path = 'r.json' } } }\n");
}

static void drop_project(void)
{
    char command[100];
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(project, .init = make_project, .fini = drop_project);

static void expect_project(const char *verb, const char *rest, int code, const char *words)
{
    char arguments[300];
    snprintf(arguments, sizeof arguments, "%s %s%s", verb, folder, rest);
    expectation one = {arguments, code, words};
    expect_all(&one, 1);
}

Test(project, tries_one_metric)
{
    expect_project("try", " kept amount=200", 0, "{\"kept\":\"180.00\"}\n");
    expect_project("try", " kept amount=200 rate=0.30 --period 2009Q2", 0,
                   "{\"kept\":\"140.00\"}\n");
    expect_project("try", " kept", 0, "{\"kept\":null}\n");
    expect_project("try", " broken amount=1", 2, "metric 'broken'");
    expect_project("try", " kep", 2, "there is no metric 'kep'; did you mean 'kept'?");
    expect_project("try", " kept amont=1", 2, "no measure or parameter 'amont'; did you mean");
    expect_project("try", " kept amount=x", 2, "'x'");
    expect_project("try", " kept amount=1 --period 2009Q5", 2, "'2009Q5' is not a period");
}

Test(project, is_compared_with_what_it_must_give)
{
    expect_project("test", "", 2, "there are no test files (*.json)");
    put_file("tests/b.json",
             "{\"format\":\"kaohe-examples/1\",\"systems\":[{\"function\":"
             "\"add_months\",\"cases\":[{\"id\":\"x\",\"in\":{\"date\":\"2009-01-31\","
             "\"months\":1},\"out\":{\"result\":\"2009-02-28\"}}]}]}");
    expect_project("test", "", 0, "1 passed, 0 failed\n");
    /* The broken metric fails its subjects; the run goes on. */
    put_file("tests/a.json",
             "{\"format\":\"kaohe-run-test/1\",\"period\":\"2009Q1\",\"subjects\":["
             "{\"id\":\"M1\",\"expect\":{\"measures.amount\":\"150.1\"}},"
             "{\"id\":\"M2\",\"expect\":{\"measures.amount\":\"0.5\"},\"why\":\"w\"},"
             "{\"id\":\"M3\",\"expect\":{\"score\":\"1\"}},{\"id\":\"M2\"}]}");
    expect_project("test", "", 1,
                   "M2 (w) measures.amount: wanted \"0.5\", got \"0\"\n"
                   "M3: the results have no such subject\n"
                   "M2: a subject needs id and expect\n"
                   "2 passed, 3 failed");
    expect_project("test", "/tests/a.json --json", 1, "{\"passed\":1,\"failed\":3}");
    put_file("tests/a.json", "{\"format\":\"other\"}");
    expect_project("test", "", 2, "its \"format\" must be");
    put_file("tests/a.json", "{\"format\"");
    expect_project("test", "", 2, "tests/a.json:1: this is not JSON");
}

Test(project, has_examples_that_can_fail)
{
    put_file("tests/a.json",
             "{\"format\":\"kaohe-examples/1\",\"systems\":[{\"function\":\"round_half_up\","
             "\"cases\":[{\"id\":\"1\",\"case\":\"c\",\"in\":{\"x\":\"1\"},\"out\":{\"rounded\":"
             "\"1.1\"}},{\"id\":\"2\",\"in\":{\"x\":\"y\"},\"out\":{}},{\"id\":\"3\",\"in\":{\"x\":"
             "1},\"out\":{\"round\":\"1.00\"}},{\"id\":\"4\"}]},{\"function\":\"nosuch\",\"cases\":"
             "[{\"id\":\"5\",\"in\":{},\"out\":{}}]}]}");
    expect_project("test", "/tests/a.json", 1, "1 (c) rounded: wanted \"1.1\", got \"1.00\"");
    expect_project("test", "/tests/a.json", 1, "2: round_half_up: 'x' is \"y\"; a number");
    expect_project("test", "/tests/a.json", 1,
                   "3 round: wanted \"1.00\", got nothing\n3 rounded: "
                   "wanted nothing, got \"1.00\"");
    expect_project("test", "/tests/a.json", 1, "a case needs id, in and out");
    expect_project("test", "/tests/a.json", 1, "5: there is no rule 'nosuch'");
    expect_project("test", "/tests/a.json", 1, "0 passed, 5 failed");
    /* Where decimals are given they count; an exact value (nx) has none of its own. */
    put_file("tests/a.json",
             "{\"format\":\"kaohe-examples/1\",\"systems\":[{\"function\":\"plan_variance\","
             "\"cases\":[{\"id\":\"1\",\"in\":{\"plan_wan\":\"1\",\"actual_wan\":\"1.50\"},"
             "\"out\":{\"deviation_wan\":\"0.5\",\"deviation_rate\":\"0.5\"}},"
             "{\"id\":\"2\",\"in\":{\"plan_wan\":\"1\",\"actual_wan\":\"1.50\"},"
             "\"out\":{\"deviation_wan\":\"0.5x\",\"deviation_rate\":\"0.500000\"}}]}]}");
    expect_project("test", "/tests/a.json", 1,
                   "1 deviation_rate: wanted \"0.5\", got \"0.500000\"\n"
                   "2 deviation_wan: wanted \"0.5x\", got \"0.50\"\n0 passed, 2 failed");
    put_file("tests/a.json", "{\"format\":\"kaohe-examples/1\",\"systems\":[]}");
    expect_project("test", "/tests/a.json", 2, "has no cases");
    expect_project("test", "/nothing", 2, "is no test file, no project and no pack");
}
