/* kaohe explain: where results come from. */
#include "cli/cli.h"

#include <getopt.h>

int kh_verb_explain(kh_cli *cli, int argc, char **argv)
{
    static const struct option options[] = {
        {"period", required_argument, NULL, 'p'}, {"sql", no_argument, NULL, 's'}, {0}};
    const char *period = NULL;
    bool sql = false;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'p') period = optarg;
        else if (c == 's') sql = true;
        else return 2;
    }
    if (argc - optind != 1 || !sql) return kh_cli_usage("usage: kaohe explain DIR --sql");
    return kh_explain_sql(cli, argv[optind], period);
}
