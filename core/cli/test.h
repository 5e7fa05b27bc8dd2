/* What the two kinds of test files share. */
#ifndef KH_CLI_TEST_H
#define KH_CLI_TEST_H

#include "base/json.h"
#include "cli/cli.h"

/** Counted in shared memory: rules are evaluated in a child process. */
typedef struct kh_tally {
    uint32_t passed, failed;
} kh_tally;

typedef struct kh_testing {
    const kh_cli *cli;
    kh_tally *tally;
    const char *project; /* the folder a run test runs */
    const char *path;    /* of the test file */
    const kh_json *file;
} kh_testing;

/** Print a difference; the case is counted by the caller. @p remark and @p key may be NULL. */
void kh_test_report(const kh_testing *t, const char *id, const char *remark, const char *key,
                    const char *wanted, const char *got);

/** Same value: numbers are texts and equal only as texts; the order of keys does not count. */
bool kh_test_equal(const kh_json *a, const kh_json *b);

/** kaohe-run-test/1: run the project, compare subjects. 0, or an exit code when it cannot run. */
int kh_test_run(const kh_testing *t);

#endif
