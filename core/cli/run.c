/* kaohe run: the main job. */
#include "cli/cli.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

int kh_verb_run(kh_cli *cli, int argc, char **argv)
{
    static const struct option options[] = {
        {"period", required_argument, NULL, 'p'}, {"out", required_argument, NULL, 'o'},
        {"only", required_argument, NULL, 'n'},   {"jobs", required_argument, NULL, 'j'},
        {"resume", no_argument, NULL, 'r'},       {"as-of", required_argument, NULL, 'a'},
        {"no-pushdown", no_argument, NULL, 's'},  {0}};
    kh_run_options run = {
        .quiet = cli->quiet, .json = cli->json, .places = cli->places, .as_of = KH_NO_DATE};
    const char **only = calloc((size_t)argc + 1, sizeof *only);
    if (!only) abort();
    run.only = only;
    kh_error err = KH_ERROR_INIT;
    int code = -1;
    for (int c; code < 0 && (c = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        char *end;
        switch (c) {
        case 'p': run.period = optarg; break;
        case 'o': run.out = optarg; break;
        case 'n': only[run.only_count++] = optarg; break;
        case 'j':
            run.jobs = (uint32_t)strtoul(optarg, &end, 10);
            if (*end || run.jobs < 1 || run.jobs > 64) {
                code = kh_cli_usage("--jobs is a number from 1 to 64, not '%s'", optarg);
            }
            break;
        case 'r': run.resume = true; break;
        case 's': run.rows_only = true; break;
        case 'a':
            if (kh_date_parse(&run.as_of, optarg, strlen(optarg), &err) < 0) {
                code = kh_cli_usage("%s", err.text);
            }
            break;
        default: code = kh_cli_option(c, argv); break;
        }
    }
    if (code < 0 && optind + 1 != argc) code = kh_cli_usage("kaohe run wants one project folder");
    if (code < 0) {
        run.folder = argv[optind];
        code = kh_run_project(&run);
    }
    free(only);
    return code;
}
