/* kaohe verify: whose scorecard a verification code stands on, and what is on it. */
#include "cli/cli.h"

#include "base/arena.h"
#include "base/text.h"
#include "run/code.h"

#include <getopt.h>
#include <glob.h>
#include <string.h>

enum { CELLS = 6 }; /* code, id, name, group, score, grade */

/* The next line of a codes.csv as cells, in place; false at the end. */
static bool next_row(char **at, const char *cells[CELLS])
{
    if (!**at) return false;
    for (int i = 0; i < CELLS; i++) cells[i] = "";
    for (int i = 0; **at && **at != '\n'; i++) {
        char *to = *at;
        bool quoted = *to == '"';
        char *from = to + quoted;
        if (i < CELLS) cells[i] = to;
        for (; *from && (quoted || (*from != ',' && *from != '\n')); from++) {
            if (quoted && *from == '"' && *++from != '"') break;
            *to++ = *from;
        }
        char end = *from;
        *to = '\0';
        *at = end ? from + 1 : from;
        if (end != ',') return true;
    }
    if (**at) ++*at;
    return true;
}

/* How many letters differ. */
static int distance(const char *a, const char *b)
{
    int off = 0;
    for (; *a && *b; a++, b++) off += *a != *b;
    return off + (*a || *b);
}

static void say(const kh_cli *cli, const char *period, const char *const cells[CELLS])
{
    static const char *const keys[CELLS] = {"code", "id", "name", "group", "score", "grade"};
    kh_buf text = {0};
    if (cli->json) {
        kh_buf_text(&text, "{\"period\":");
        kh_buf_json(&text, period);
        for (int i = 0; i < CELLS; i++) {
            kh_buf_printf(&text, ",\"%s\":", keys[i]);
            kh_buf_json(&text, cells[i]);
        }
        kh_buf_text(&text, "}");
    } else if (*cells[1]) {
        kh_buf_printf(&text, "%s %s", period, cells[0]);
        for (int i = 1; i < CELLS; i++) {
            if (*cells[i]) kh_buf_printf(&text, "%s%s", i == 1 ? ": " : ", ", cells[i]);
        }
    } else {
        kh_buf_printf(&text, dgettext("kaohe", "%s %s: the summary of all"), period, cells[0]);
    }
    puts(text.data);
    kh_buf_fini(&text);
}

/* Look into one codes.csv; @p near becomes a code that differs in one letter. */
static kh_status search(const kh_cli *cli, const char *path, const char *code,
                        char near[KH_CODE_TEXT], bool *found, kh_error *err)
{
    kh_buf data = {0};
    kh_arena arena = {0};
    kh_status rc = kh_file_read(&data, path, err);
    const char *end = strrchr(path, '/'), *start = end;
    while (start > path && start[-1] != '/') start--;
    const char *period = kh_arena_bytes(&arena, start, (size_t)(end - start));
    char *at = data.data;
    const char *cells[CELLS];
    while (rc == KH_OK && next_row(&at, cells)) {
        if (!strcmp(cells[0], code)) {
            say(cli, period, cells);
            *found = true;
        } else if (distance(cells[0], code) == 1) {
            snprintf(near, KH_CODE_TEXT, "%s", cells[0]);
        }
    }
    kh_arena_fini(&arena);
    kh_buf_fini(&data);
    return rc;
}

static int search_all(const kh_cli *cli, const char *out, const char *code)
{
    kh_buf pattern = {0};
    kh_error err = KH_ERROR_INIT;
    glob_t runs = {0};
    bool found = false;
    char near[KH_CODE_TEXT] = "";
    kh_status rc = KH_OK;
    kh_buf_printf(&pattern, "%s/*/codes.csv", out);
    if (glob(pattern.data, 0, NULL, &runs) != 0) runs.gl_pathc = 0;
    for (size_t i = 0; rc == KH_OK && i < runs.gl_pathc; i++) {
        rc = search(cli, runs.gl_pathv[i], code, near, &found, &err);
    }
    if (rc < 0) {
        fprintf(stderr, "kaohe: %s\n", err.text);
    } else if (runs.gl_pathc == 0) {
        kh_cli_usage("there is no run in '%s'; name its folder with --out", out);
    } else if (!found && *near) {
        kh_cli_usage("no page of the runs in '%s' has the code %s; did you mean %s?", out, code,
                     near);
    } else if (!found) {
        kh_cli_usage("no page of the runs in '%s' has the code %s: the data or the results were "
                     "others",
                     out, code);
    }
    int result = rc < 0 ? kh_exit_code(rc) : runs.gl_pathc == 0 ? 2 : found ? 0 : 1;
    globfree(&runs);
    kh_buf_fini(&pattern);
    return result;
}

int kh_verb_verify(kh_cli *cli, int argc, char **argv)
{
    static const struct option options[] = {
        {"code", required_argument, NULL, 'c'}, {"out", required_argument, NULL, 'o'}, {0}};
    const char *typed = NULL, *out = NULL;
    char code[KH_CODE_TEXT];
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 'c': typed = optarg; break;
        case 'o': out = optarg; break;
        default: return 2;
        }
    }
    if (optind + 1 != argc) return kh_cli_usage("kaohe verify wants one project folder");
    if (!typed) return kh_cli_usage("which code? give --code 7KQ4-M2XW-90FD");
    if (!kh_code_read(code, typed)) {
        return kh_cli_usage("'%s' is no code; it has twelve letters and digits, without U, like "
                            "7KQ4-M2XW-90FD",
                            typed);
    }
    kh_arena arena = {0};
    if (!out) out = kh_arena_printf(&arena, "%s/out", argv[optind]);
    int result = search_all(cli, out, code);
    kh_arena_fini(&arena);
    return result;
}
