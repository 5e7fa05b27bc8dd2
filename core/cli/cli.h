/* The verbs of the command line: one file each, called by main.c. */
#ifndef KH_CLI_CLI_H
#define KH_CLI_CLI_H

#include "run/run.h"

/** What every verb gets. */
typedef struct kh_cli {
    kh_places places;
    bool quiet, json;
} kh_cli;

/** A verb: argv[0] is its name. The value is the exit code. */
typedef int kh_verb(kh_cli *cli, int argc, char **argv);

kh_verb kh_verb_new, kh_verb_check, kh_verb_run, kh_verb_preview, kh_verb_verify, kh_verb_try,
    kh_verb_test, kh_verb_plugin, kh_verb_explain;

/** explain --sql: the statements a run would send; @p period NULL: the project's. */
int kh_explain_sql(const kh_cli *cli, const char *folder, const char *period);

/** "kaohe: text" on stderr; the value is exit code 2. */
__attribute__((format(printf, 1, 2))) int kh_cli_usage(const char *format, ...);

/** After getopt_long() answered '?' or ':' (its option string is ":"): says why, gives exit code 2. */
int kh_cli_option(int answer, char **argv);

#endif
