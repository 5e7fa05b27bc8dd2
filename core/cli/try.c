/* kaohe try: one rule, or one metric of a project, with numbers typed by hand. */
#include "cli/try.h"

#include "base/text.h"
#include "scheme/rules.h"

#include <string.h>
#include <unistd.h>

enum { MILLISECONDS = 20000 };

/* One line of JSON, or two lines to read. */
static void show_rule(const kh_rule *rule, bool json)
{
    if (!json) {
        kh_buf inputs = {0};
        for (const char *c = rule->inputs_text; *c; c++) { /* on one line, single blanks */
            bool blank = *c == ' ' || *c == '\n' || *c == '\t';
            if (!blank) kh_buf_add(&inputs, c, 1);
            else if (inputs.size && inputs.data[inputs.size - 1] != ' ') kh_buf_text(&inputs, " ");
        }
        printf("%s  %s\n    %s\n", rule->name, rule->title, inputs.data ? inputs.data : "");
        kh_buf_fini(&inputs);
        return;
    }
    const char *const members[][2] = {
        {"name", rule->name},     {"family", rule->family},      {"title", rule->title},
        {"source", rule->source}, {"inputs", rule->inputs_text}, {"outputs", rule->outputs_text}};
    kh_buf line = {0};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        kh_buf_printf(&line, "%s\"%s\":", i ? "," : "{", members[i][0]);
        kh_buf_json(&line, members[i][1]);
    }
    printf("%s}\n", line.data);
    kh_buf_fini(&line);
}

/* The inputs: --json first, then each key=value, which wins. */
static kh_status read_inputs(const kh_trying *t, const kh_rule *rule, kh_arena *arena,
                             kh_json **out, kh_error *err)
{
    kh_status rc = KH_OK;
    *out = kh_json_new(arena, KH_JSON_RECORD, NULL);
    if (t->json) rc = kh_json_read(out, arena, "--json", t->json, strlen(t->json), err);
    if (rc == KH_OK && (*out)->kind != KH_JSON_RECORD) {
        rc = kh_fail(err, KH_EUSAGE, "--json wants a record {\"key\":\"value\"}");
    }
    for (int i = 0; rc == KH_OK && i < t->word_count; i++) {
        const char *word = t->words[i], *sign = strchr(word, '=');
        const char *key = kh_arena_bytes(arena, word, (size_t)(sign - word));
        const kh_schema_field *field = kh_schema_find(rule->inputs, key);
        kh_json *value;
        if (!field) {
            const char *near = kh_schema_nearest(rule->inputs, key);
            return kh_fail(err, KH_EUSAGE,
                           near ? "%s: there is no input '%s'; did you mean '%s'?"
                                : "%s: there is no input '%s'",
                           rule->name, key, near);
        }
        rc = kh_schema_read(field->type, arena, key, sign + 1, &value, err);
        if (rc == KH_OK) kh_json_set(arena, *out, key, value);
    }
    return rc;
}

static kh_status try_rule(const kh_trying *t, kh_rules *rules, kh_error *err)
{
    const kh_rule *rule;
    kh_arena arena = {0};
    kh_json *inputs;
    kh_buf out = {0};
    kh_status rc = kh_rules_find(rules, t->name, &rule, err);
    if (rc == KH_OK) rc = read_inputs(t, rule, &arena, &inputs, err);
    if (rc == KH_OK) rc = kh_rules_eval(rules, rule, inputs, &out, err);
    if (rc == KH_OK) puts(out.data);
    kh_buf_fini(&out);
    kh_arena_fini(&arena);
    return rc;
}

static int try_child(void *ctx, kh_guard *guard)
{
    const kh_trying *t = ctx;
    kh_rules *rules;
    kh_error err = KH_ERROR_INIT;
    kh_guard_enter(guard, 0, "rule", t->name ? t->name : "", MILLISECONDS);
    kh_status rc = kh_rules_new(&rules, t->cli->places.share, &err);
    if (rc == KH_OK && t->name) rc = try_rule(t, rules, &err);
    for (uint32_t i = 0; rc == KH_OK && !t->name && i < kh_rules_count(rules); i++) {
        show_rule(kh_rules_at(rules, i), t->cli->json);
    }
    if (rc < 0) fprintf(stderr, "kaohe: %s\n", err.text);
    kh_guard_leave(guard, 0);
    kh_rules_free(rules);
    return kh_exit_code(rc);
}

static bool is_project(const char *path)
{
    kh_arena arena = {0};
    bool found = access(kh_arena_printf(&arena, "%s/kaohe.lua", path), R_OK) == 0;
    kh_arena_fini(&arena);
    return found;
}

int kh_verb_try(kh_cli *cli, int argc, char **argv)
{
    kh_trying t = {.cli = cli, .words = argv};
    bool list = false;
    for (int i = 1; i < argc; i++) {
        char *word = argv[i];
        if (!strcmp(word, "--list")) {
            list = true;
        } else if (!strcmp(word, "--json")) {
            t.json = argv[++i]; /* main.c leaves it here only with a record behind it */
        } else if (!strncmp(word, "--json=", 7)) {
            t.json = word + 7;
        } else if (!strncmp(word, "--period=", 9)) {
            t.period = word + 9;
        } else if (!strcmp(word, "--period") && i + 1 < argc) {
            t.period = argv[++i];
        } else if (word[0] == '-') {
            return kh_cli_usage("there is no option '%s'; see kaohe %s --help", word, argv[0]);
        } else if (!t.name && !t.folder && is_project(word)) {
            t.folder = word;
        } else if (!t.name && !strchr(word, '=')) {
            t.name = word;
        } else if (strchr(word, '=')) {
            t.words[t.word_count++] = word;
        } else {
            return kh_cli_usage("'%s': write key=value", word);
        }
    }
    if (list == !!t.name) return kh_cli_usage("write: kaohe try RULE key=value ..., or --list");
    return kh_supervise(t.folder ? kh_try_metric : try_child, &t);
}
