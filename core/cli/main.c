/* kaohe: the command line. Finds its own parts, picks the language, hands over to a verb. */
#include "cli/cli.h"

#include "base/text.h"

#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    kh_verb *run;
    const char *usage, *help;
} verbs[] = {
    {"new", kh_verb_new, "DIR --pack NAME", KH_N_("a runnable project with sample data")},
    {"check", kh_verb_check, "DIR", KH_N_("everything that can be known without data")},
    {"run", kh_verb_run,
     "DIR [--period P] [--out DIR] [--only ID]... [--jobs N] [--resume] [--no-pushdown]",
     KH_N_("one scorecard for every subject")},
    {"preview", kh_verb_preview,
     "DIR --subject ID [--template T] [--period P] [--out DIR] [--watch]",
     KH_N_("one document of one subject as PDF and PNG; again after each change with --watch")},
    {"verify", kh_verb_verify, "DIR --code CODE [--out DIR]",
     KH_N_("whose scorecard a verification code stands on")},
    {"try", kh_verb_try,
     "RULE [key=value]... [--json '{...}'] | DIR METRIC [key=value]... | --list",
     KH_N_("one rule or metric with numbers typed by hand")},
    {"test", kh_verb_test, "FILE.json | DIR | PACK",
     KH_N_("worked examples of rules and of a project")},
    {"explain", kh_verb_explain,
     "DIR --subject ID [--metric NAME] [--period P] [--rows N] | DIR --sql",
     KH_N_("the tree from a score to the rows of the sources")},
    {"plugin", kh_verb_plugin, "list [DIR] | show NAME [DIR]",
     KH_N_("the plugins there are, their options")},
};

enum { VERBS = sizeof verbs / sizeof *verbs };

int kh_cli_usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("kaohe: ", stderr);
    vfprintf(stderr, dgettext("kaohe", format), args);
    fputc('\n', stderr);
    va_end(args);
    return 2;
}

int kh_cli_option(int answer, char **argv)
{
    const char *word = argv[optind - 1];
    if (answer == ':') {
        return kh_cli_usage("option '%s' needs a value; see kaohe %s --help", word, argv[0]);
    }
    return kh_cli_usage("there is no option '%s'; see kaohe %s --help", word, argv[0]);
}

static void print_help(void)
{
    printf(dgettext("kaohe",
                    "kaohe %s, scorecards from a branch's files\n\nusage: kaohe VERB ...\n\n"),
           KAOHE_VERSION);
    for (int i = 0; i < VERBS; i++) {
        printf("  kaohe %s %s\n      %s\n", verbs[i].name, verbs[i].usage, kh_tr(verbs[i].help));
    }
    puts(dgettext("kaohe", "\noptions of all verbs: --quiet, --json, --lang zh|en, --help"));
}

/* The program's own parts lie beside it: bin/kaohe, lib/kaohe, share/kaohe. */
static bool find_places(kh_places *places)
{
    static char plugins[PATH_MAX], share[PATH_MAX];
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) return false;
    self[n] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(self, '/');
        if (!slash) return false;
        *slash = '\0';
    }
    int a = snprintf(plugins, sizeof plugins, "%s/lib/kaohe", self);
    int b = snprintf(share, sizeof share, "%s/share/kaohe", self);
    *places = (kh_places){plugins, share};
    return a < PATH_MAX && b < PATH_MAX;
}

/* What the environment asks for, by gettext's rules: LC_ALL, LC_MESSAGES, LANG name a locale; unless
   that is plain C, LANGUAGE is a list of languages and goes first. */
static bool wants_chinese(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *locale = NULL, *list = getenv("LANGUAGE");
    for (int i = 0; i < 3 && !(locale && *locale); i++) locale = getenv(names[i]);
    if (!locale) locale = "";
    if (!strcmp(locale, "C") || !strcmp(locale, "POSIX")) return false;
    while (list && *list) {
        if (!strncmp(list, "zh", 2)) return true;
        if (!strncmp(list, "en", 2)) return false;
        list += strcspn(list, ":");
        list += *list == ':';
    }
    return !strncmp(locale, "zh", 2);
}

/* Messages only: numbers, sorting and dates never depend on the locale. gettext wants a locale that
   is not C before it looks for LANGUAGE; C.UTF-8 is on every system, zh_CN need not be. */
static void choose_language(const char *lang, const kh_places *places)
{
    static char folder[PATH_MAX];
    if (lang ? strcmp(lang, "zh") != 0 : !wants_chinese()) return;
    setenv("LANGUAGE", "zh_CN", 1);
    setenv("OUTPUT_CHARSET", "UTF-8", 1); /* for libraries with catalogues of their own */
    setenv("PGLOCALEDIR", "/", 1);        /* but libpq's words are read by source_postgres */
    if (!setlocale(LC_MESSAGES, "C.UTF-8")) setlocale(LC_MESSAGES, "zh_CN.UTF-8");
    snprintf(folder, sizeof folder, "%.4000s/locale", places->share);
    bindtextdomain("kaohe", folder);
    bind_textdomain_codeset("kaohe", "UTF-8");
    kh_tr("error"); /* reads the catalogue now: a caged worker opens no files */
}

static int unknown_verb(const char *name)
{
    const char *names[VERBS + 1];
    for (int i = 0; i < VERBS; i++) names[i] = verbs[i].name;
    names[VERBS] = NULL;
    const char *near = kh_text_nearest(name, names);
    if (near) return kh_cli_usage("there is no verb '%s'; did you mean '%s'?", name, near);
    return kh_cli_usage("there is no verb '%s'; 'kaohe --help' lists them", name);
}

/* What stands behind `--json` of kaohe try, where it is no switch. */
static bool is_record(const char *text)
{
    return text && text[strspn(text, " \t\n")] == '{';
}

/* Take the options of all verbs out of argv. */
static void take_common(kh_cli *cli, int *argc, char **argv, const char **lang, bool *help)
{
    int kept = 1;
    for (int i = 1; i < *argc; i++) {
        if (!strcmp(argv[i], "--quiet")) cli->quiet = true;
        else if (!strcmp(argv[i], "--json") && !is_record(argv[i + 1])) cli->json = true;
        else if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) *help = true;
        else if (!strncmp(argv[i], "--lang=", 7)) *lang = argv[i] + 7;
        else if (!strcmp(argv[i], "--lang") && i + 1 < *argc) *lang = argv[++i];
        else argv[kept++] = argv[i];
    }
    *argc = kept;
    argv[kept] = NULL;
}

int main(int argc, char **argv)
{
    kh_cli cli = {0};
    const char *lang = NULL;
    bool help = false;
    if (!find_places(&cli.places)) return kh_cli_usage("cannot find its own folder in /proc");
    take_common(&cli, &argc, argv, &lang, &help);
    choose_language(lang, &cli.places);
    if (lang && strcmp(lang, "zh") != 0 && strcmp(lang, "en") != 0) {
        return kh_cli_usage("--lang is zh or en, not '%s'", lang);
    }
    opterr = 0; /* kh_cli_option() says it better */
    if (argc > 1 && !strcmp(argv[1], "--version")) {
        puts("kaohe " KAOHE_VERSION);
        return 0;
    }
    if (argc < 2 || (argc == 2 && !strcmp(argv[1], "help"))) {
        help |= argc == 2;
        print_help();
        return help ? 0 : 2;
    }
    for (int i = 0; i < VERBS; i++) {
        if (strcmp(verbs[i].name, argv[1]) != 0) continue;
        if (help) {
            printf("kaohe %s %s\n%s\n", verbs[i].name, verbs[i].usage, kh_tr(verbs[i].help));
            return 0;
        }
        return verbs[i].run(&cli, argc - 1, argv + 1);
    }
    return unknown_verb(argv[1]);
}
