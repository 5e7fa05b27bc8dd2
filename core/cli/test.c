/* kaohe test: worked examples of rules, and results that a project must give.
 *
 * kaohe-examples/1: every case of every function, through the rule library of this program.
 * kaohe-run-test/1: see test_run.c.
 */
#include "cli/test.h"

#include "base/decimal.h"
#include "scheme/rules.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOAD_MILLISECONDS = 20000, CASE_MILLISECONDS = 10000, FILES_MOST = 256 };

/* ---- telling and comparing ----------------------------------------------------------------- */

void kh_test_report(const kh_testing *t, const char *id, const char *remark, const char *key,
                    const char *wanted, const char *got)
{
    if (!t->cli->json) {
        printf("%s%s%s%s%s%s: ", id, remark ? " (" : "", remark ? remark : "", remark ? ")" : "",
               key ? " " : "", key ? key : "");
        if (wanted) printf(kh_tr("wanted %s, got %s\n"), kh_tr(wanted), kh_tr(got));
        else printf("%s\n", kh_tr(got));
        return;
    }
    const char *const members[][2] = {
        {"failed", id}, {"case", remark}, {"key", key}, {"wanted", wanted}, {"got", got}};
    kh_buf line = {0};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        kh_buf_printf(&line, "%s\"%s\":", i ? "," : "{", members[i][0]);
        if (members[i][1]) kh_buf_json(&line, members[i][1]);
        else kh_buf_text(&line, "null");
    }
    printf("%s}\n", line.data);
    kh_buf_fini(&line);
}

bool kh_test_equal(const kh_json *a, const kh_json *b)
{
    if (a->kind != b->kind || a->count != b->count || a->truth != b->truth) return false;
    for (uint32_t i = 0; i < a->count; i++) {
        const kh_json *other = a->kind == KH_JSON_LIST ? b->items[i] : kh_json_get(b, a->keys[i]);
        if (!other || !kh_test_equal(a->items[i], other)) return false;
    }
    return !strcmp(a->text, b->text);
}

/* ---- worked examples ----------------------------------------------------------------------- */

static void report_values(const kh_testing *t, const char *id, const char *remark, const char *key,
                          const kh_json *wanted, const kh_json *got)
{
    kh_buf left = {0}, right = {0};
    if (wanted) kh_json_write(&left, wanted);
    if (got) kh_json_write(&right, got);
    kh_test_report(t, id, remark, key, wanted ? left.data : KH_N_("nothing"),
                   got ? right.data : KH_N_("nothing"));
    kh_buf_fini(&left);
    kh_buf_fini(&right);
}

/* Exact values (nx) have no decimals of their own to agree on: 60.0 is 60. */
static bool is_same_value(const kh_schema *type, const kh_json *wanted, const kh_json *got)
{
    kh_decimal a, b;
    if (type->kind != KH_SCHEMA_NUMBER || type->places != KH_PLACES_OWN) return false;
    if (wanted->kind != KH_JSON_TEXT || got->kind != KH_JSON_TEXT) return false;
    return kh_dec_parse(&a, wanted->text, strlen(wanted->text), NULL) == KH_OK &&
           kh_dec_parse(&b, got->text, strlen(got->text), NULL) == KH_OK && kh_dec_cmp(a, b) == 0;
}

/* Each key of either side that differs. */
static bool compare_outputs(const kh_testing *t, const char *id, const char *remark,
                            const kh_schema *outputs, const kh_json *wanted, const kh_json *got)
{
    bool same = true;
    for (uint32_t i = 0; i < wanted->count; i++) {
        const kh_json *other = kh_json_get(got, wanted->keys[i]);
        const kh_schema_field *field = kh_schema_find(outputs, wanted->keys[i]);
        if (other && kh_test_equal(wanted->items[i], other)) continue;
        if (other && field && is_same_value(field->type, wanted->items[i], other)) continue;
        report_values(t, id, remark, wanted->keys[i], wanted->items[i], other);
        same = false;
    }
    for (uint32_t i = 0; i < got->count; i++) {
        if (kh_json_get(wanted, got->keys[i])) continue;
        report_values(t, id, remark, got->keys[i], NULL, got->items[i]);
        same = false;
    }
    return same;
}

static bool run_case(const kh_testing *t, kh_rules *rules, const char *function,
                     const kh_json *test)
{
    const char *id = kh_json_get_text(test, "id"), *remark = kh_json_get_text(test, "case");
    const kh_json *in = kh_json_get(test, "in"), *wanted = kh_json_get(test, "out");
    kh_error err = KH_ERROR_INIT;
    kh_arena arena = {0};
    kh_buf out = {0};
    const kh_rule *rule;
    kh_json *got = NULL;
    if (!id) id = "?";
    if (!in || !wanted || wanted->kind != KH_JSON_RECORD) {
        kh_fail(&err, KH_EUSAGE, "%s:%d: a case needs id, in and out", t->path, test->line);
        kh_test_report(t, id, remark, NULL, NULL, err.text);
        return false;
    }
    kh_status rc = kh_rules_find(rules, function, &rule, &err);
    if (rc == KH_OK) rc = kh_rules_eval(rules, rule, in, &out, &err);
    if (rc == KH_OK) rc = kh_json_read(&got, &arena, function, out.data, out.size, &err);
    bool same = rc == KH_OK && compare_outputs(t, id, remark, rule->outputs, wanted, got);
    if (rc < 0) kh_test_report(t, id, remark, NULL, NULL, err.text);
    kh_buf_fini(&out);
    kh_arena_fini(&arena);
    return same;
}

static int examples_child(void *ctx, kh_guard *guard)
{
    const kh_testing *t = ctx;
    kh_rules *rules;
    kh_error err = KH_ERROR_INIT;
    const kh_json *systems = kh_json_get(t->file, "systems");
    kh_guard_enter(guard, 0, "loading the rules", "", LOAD_MILLISECONDS);
    if (kh_rules_new(&rules, t->cli->places.share, &err) < 0) {
        fprintf(stderr, "kaohe: %s\n", err.text);
        return kh_exit_code(err.status);
    }
    for (uint32_t s = 0; systems && s < systems->count; s++) {
        const char *function = kh_json_get_text(systems->items[s], "function");
        const kh_json *cases = kh_json_get(systems->items[s], "cases");
        for (uint32_t c = 0; cases && c < cases->count; c++) {
            kh_guard_enter(guard, 0, "rule", function ? function : "", CASE_MILLISECONDS);
            bool same = run_case(t, rules, function ? function : "", cases->items[c]);
            if (same) t->tally->passed++;
            else t->tally->failed++;
        }
    }
    kh_guard_leave(guard, 0);
    kh_rules_free(rules);
    return 0;
}

/* ---- files --------------------------------------------------------------------------------- */

/* 0, or an exit code when the file cannot be run at all. */
static int test_file(kh_testing *t, const char *path)
{
    kh_arena arena = {0};
    kh_buf text = {0};
    kh_error err = KH_ERROR_INIT;
    kh_json *file = NULL;
    kh_status rc = kh_file_read(&text, path, &err);
    if (rc == KH_OK) rc = kh_json_read(&file, &arena, path, text.data, text.size, &err);
    const char *format = kh_json_get_text(file, "format");
    int code;
    t->path = path;
    t->file = file;
    if (rc < 0) {
        code = kh_cli_usage("%s", err.text);
    } else if (format && !strcmp(format, "kaohe-examples/1")) {
        code = kh_supervise(examples_child, t);
    } else if (format && !strcmp(format, "kaohe-run-test/1")) {
        code = kh_test_run(t);
    } else {
        code =
            kh_cli_usage("%s: its \"format\" must be kaohe-examples/1 or kaohe-run-test/1", path);
    }
    kh_buf_fini(&text);
    kh_arena_fini(&arena);
    return code;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int test_folder(kh_testing *t, const char *folder, kh_arena *arena)
{
    char *paths[FILES_MOST];
    size_t count = 0;
    DIR *dir = opendir(folder);
    if (!dir) return kh_cli_usage("there is no folder '%s' with test files (*.json)", folder);
    struct dirent *file;
    while ((file = readdir(dir)) && count < FILES_MOST) {
        size_t length = strlen(file->d_name);
        if (length < 6 || strcmp(file->d_name + length - 5, ".json") != 0) continue;
        paths[count++] = kh_arena_printf(arena, "%s/%s", folder, file->d_name);
    }
    closedir(dir);
    qsort(paths, count, sizeof *paths, compare_paths);
    int code = count ? 0 : kh_cli_usage("there are no test files (*.json) in '%s'", folder);
    for (size_t i = 0; i < count && code == 0; i++) code = test_file(t, paths[i]);
    return code;
}

static bool is_there(const char *folder, const char *name, kh_arena *arena)
{
    return access(kh_arena_printf(arena, "%s/%s", folder, name), R_OK) == 0;
}

/* Tests lie in FOLDER/tests; FOLDER is a project, or a pack whose project is its sample. */
static const char *project_of(const char *folder, kh_arena *arena)
{
    if (is_there(folder, "kaohe.lua", arena)) return folder;
    return kh_arena_printf(arena, "%s/sample", folder);
}

static int test_target(kh_testing *t, const char *target, kh_arena *arena)
{
    struct stat st;
    if (stat(target, &st) == 0 && !S_ISDIR(st.st_mode)) {
        const char *slash = strrchr(target, '/');
        const char *tests = slash ? kh_arena_bytes(arena, target, (size_t)(slash - target)) : ".";
        t->project = project_of(kh_arena_printf(arena, "%s/..", tests), arena);
        return test_file(t, target);
    }
    const char *folder = is_there(target, "kaohe.lua", arena)
                             ? target
                             : kh_scheme_pack(&t->cli->places, target, arena);
    if (!folder) return kh_cli_usage("'%s' is no test file, no project and no pack", target);
    t->project = project_of(folder, arena);
    return test_folder(t, kh_arena_printf(arena, "%s/tests", folder), arena);
}

int kh_verb_test(kh_cli *cli, int argc, char **argv)
{
    if (argc != 2) return kh_cli_usage("write: kaohe test FILE.json, a project folder, or a pack");
    kh_testing t = {.cli = cli};
    kh_arena arena = {0};
    t.tally =
        mmap(NULL, sizeof *t.tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (t.tally == MAP_FAILED) return 4;
    int code = test_target(&t, argv[1], &arena);
    const kh_tally tally = *t.tally;
    if (code == 0 && tally.passed + tally.failed == 0) {
        code = kh_cli_usage("'%s' has no cases", argv[1]);
    }
    if (code == 0 || tally.passed + tally.failed > 0) {
        printf(cli->json ? "{\"passed\":%u,\"failed\":%u}\n" : kh_tr("%u passed, %u failed\n"),
               tally.passed, tally.failed);
    }
    munmap(t.tally, sizeof *t.tally);
    kh_arena_fini(&arena);
    return code ? code : tally.failed ? 1 : 0;
}
