/* What the two ways of `kaohe try` share. */
#ifndef KH_CLI_TRY_H
#define KH_CLI_TRY_H

#include "cli/cli.h"

typedef struct kh_trying {
    const kh_cli *cli;
    const char *folder; /* of a project, for a metric; NULL: a rule of the library */
    const char *name;   /* of the rule or metric; NULL: list the rules */
    const char *period; /* NULL: the project's own */
    const char *json;   /* inputs, or NULL */
    char **words;       /* key=value ... */
    int word_count;
} kh_trying;

/** In a watched child: evaluate one metric, print it. The exit code. */
int kh_try_metric(void *trying, kh_guard *guard);

#endif
