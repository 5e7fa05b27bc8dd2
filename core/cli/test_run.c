/* kaohe-run-test/1: what a project must give for some subjects.
 *
 *   {"format": "kaohe-run-test/1", "period": "2009Q1", "subjects": [
 *     {"id": "M0127", "expect": {"score": "391633.33", "items.loan.points": "112500.00"},
 *      "why": "40,000,000.00 x 1.70 % x 90/360 = ..."}]}
 *
 * "params": {"gate_cascade": true} gives parameters other values for this file.
 * The project runs without documents into a temporary folder. A path of `expect` leads through the
 * subject of results.json; in a list the next word is the `name` of an element, the `rule` of a
 * step, or its number.
 */
#include "cli/test.h"

#include "base/decimal.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the folder ---------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static kh_buf found; /* path of the results; nftw has no argument of its own */

static int find_results(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)ftw;
    size_t length = strlen(path);
    if (kind != FTW_F || length < 5 || strcmp(path + length - 5, ".json") != 0) return 0;
    kh_arena arena = {0};
    kh_buf text = {0};
    kh_json *file = NULL;
    bool ours = kh_file_read(&text, path, NULL) == KH_OK &&
                kh_json_read(&file, &arena, path, text.data, text.size, NULL) == KH_OK;
    const char *format = ours ? kh_json_get_text(file, "format") : NULL;
    if (format && !strcmp(format, "kaohe-results/1")) kh_buf_text(&found, path);
    kh_buf_fini(&text);
    kh_arena_fini(&arena);
    return found.size > 0;
}

/* ---- comparing ----------------------------------------------------------------------------- */

static const kh_json *find_named(const kh_json *list, const char *key, const char *name)
{
    for (uint32_t i = 0; list && list->kind == KH_JSON_LIST && i < list->count; i++) {
        const char *text = kh_json_get_text(list->items[i], key);
        if (text && !strcmp(text, name)) return list->items[i];
    }
    return NULL;
}

/* "items.loan.points" */
static const kh_json *follow(const kh_json *value, const char *path, kh_arena *arena)
{
    while (value && *path) {
        size_t length = strcspn(path, ".");
        const char *word = kh_arena_bytes(arena, path, length);
        path += length + (path[length] == '.');
        if (value->kind == KH_JSON_LIST) {
            char *end;
            unsigned long at = strtoul(word, &end, 10);
            bool number = *word && !*end && at >= 1 && at <= value->count;
            const kh_json *named = number ? value->items[at - 1] : find_named(value, "name", word);
            value = named ? named : find_named(value, "rule", word);
        } else {
            value = kh_json_get(value, word);
        }
    }
    return value;
}

static bool compare_subject(const kh_testing *t, const kh_json *test, const kh_json *results,
                            kh_arena *arena)
{
    const char *id = kh_json_get_text(test, "id"), *why = kh_json_get_text(test, "why");
    const kh_json *expect = kh_json_get(test, "expect");
    const kh_json *subject = find_named(kh_json_get(results, "subjects"), "id", id ? id : "");
    bool same = id && expect && expect->count > 0 && subject;
    if (!same) {
        kh_test_report(t, id ? id : "?", why, NULL, NULL,
                       !id || !expect || !expect->count
                           ? KH_N_("a subject needs id and expect")
                           : KH_N_("the results have no such subject"));
    }
    for (uint32_t i = 0; subject && expect && i < expect->count; i++) {
        const kh_json *wanted = expect->items[i], *got = follow(subject, expect->keys[i], arena);
        if (got && kh_test_equal(wanted, got)) continue;
        kh_buf left = {0}, right = {0};
        kh_json_write(&left, wanted);
        if (got) kh_json_write(&right, got);
        kh_test_report(t, id, why, expect->keys[i], left.data, got ? right.data : KH_N_("nothing"));
        kh_buf_fini(&left);
        kh_buf_fini(&right);
        same = false;
    }
    return same;
}

static int compare_results(const kh_testing *t, const char *path)
{
    kh_arena arena = {0};
    kh_buf text = {0};
    kh_json *results = NULL;
    kh_error err = KH_ERROR_INIT;
    int code = 0;
    const kh_json *subjects = kh_json_get(t->file, "subjects");
    if (kh_file_read(&text, path, &err) < 0 ||
        kh_json_read(&results, &arena, path, text.data, text.size, &err) < 0) {
        code = kh_cli_usage("%s", err.text);
    }
    for (uint32_t i = 0; code == 0 && subjects && i < subjects->count; i++) {
        bool same = compare_subject(t, subjects->items[i], results, &arena);
        if (same) t->tally->passed++;
        else t->tally->failed++;
    }
    kh_buf_fini(&text);
    kh_arena_fini(&arena);
    return code;
}

/* ---- parameters ---------------------------------------------------------------------------- */

static const kh_setting *setting_of(const kh_json *value, const char *path, kh_arena *arena)
{
    kh_setting *s = kh_arena_array(arena, 1, sizeof *s);
    s->place = (kh_place){path, value->line, 0};
    switch (value->kind) {
    case KH_JSON_BOOL: s->kind = KH_SETTING_BOOL; break;
    case KH_JSON_NUMBER: s->kind = KH_SETTING_NUMBER; break;
    case KH_JSON_LIST:
    case KH_JSON_RECORD: s->kind = KH_SETTING_TABLE; break;
    default: s->kind = KH_SETTING_TEXT; break;
    }
    s->boolean = value->truth;
    s->text = value->text;
    if (s->kind == KH_SETTING_NUMBER) {
        kh_dec_parse(&s->number, value->text, strlen(value->text), NULL);
    }
    const kh_setting **list = kh_arena_array(arena, value->count + 1, sizeof *list);
    kh_entry *entries = kh_arena_array(arena, value->count + 1, sizeof *entries);
    for (uint32_t i = 0; i < value->count; i++) {
        list[i] = setting_of(value->items[i], path, arena);
        if (value->kind == KH_JSON_RECORD) {
            entries[i] = (kh_entry){value->keys[i], list[i]->place, list[i]};
        }
    }
    if (value->kind == KH_JSON_LIST) s->list = list, s->list_count = value->count;
    if (value->kind == KH_JSON_RECORD) s->entries = entries, s->entry_count = value->count;
    return s;
}

int kh_test_run(const kh_testing *t)
{
    kh_arena arena = {0};
    const kh_json *params = kh_json_get(t->file, "params");
    const char *temporary = getenv("TMPDIR");
    kh_buf folder = {0};
    kh_buf_printf(&folder, "%s/kaohe-test-XXXXXX", temporary && *temporary ? temporary : "/tmp");
    if (!mkdtemp(folder.data)) {
        int code = kh_cli_usage("cannot make '%s': %s", folder.data, kh_tr_errno(errno));
        kh_buf_fini(&folder);
        return code;
    }
    kh_run_options run = {.folder = t->project,
                          .period = kh_json_get_text(t->file, "period"),
                          .out = folder.data,
                          .params = params ? setting_of(params, t->path, &arena) : NULL,
                          .quiet = true,
                          .results_only = true,
                          .as_of = KH_NO_DATE,
                          .places = t->cli->places};
    int code = kh_run_project(&run);
    if (code <= 1) { /* 1: some subjects failed; the others can still be compared */
        nftw(folder.data, find_results, 8, FTW_PHYS);
        code = found.size ? compare_results(t, found.data)
                          : kh_cli_usage("%s: the project writes no results; give it json { path = "
                                         "\"{period}/results.json\" }",
                                         t->path);
        kh_buf_fini(&found);
    }
    nftw(folder.data, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    kh_buf_fini(&folder);
    kh_arena_fini(&arena);
    return code;
}
