/* kaohe check: every mistake that can be known without data. */
#include "cli/cli.h"

int kh_verb_check(kh_cli *cli, int argc, char **argv)
{
    if (argc != 2) return kh_cli_usage("kaohe check wants one project folder");
    return kh_check_project(argv[1], &cli->places, cli->quiet);
}
