/* The main job: a project's files to one scorecard for every subject. */
#ifndef KH_RUN_RUN_H
#define KH_RUN_RUN_H

#include "scheme/scheme.h"
#include "script/guard.h"

typedef struct kh_run_options {
    const char *folder;      /* of the project */
    const char *period;      /* NULL: the project's own */
    const char *out;         /* NULL: FOLDER/out */
    const char *const *only; /* ids whose documents are made; NULL: all */
    uint32_t only_count;
    uint32_t jobs;     /* worker processes; 0: one per processor */
    bool resume;       /* keep the whole files a killed run left */
    bool results_only; /* no documents */
    bool rows_only;    /* databases send rows and compute nothing */
    bool quiet;
    bool json;     /* the summary as NDJSON */
    kh_date as_of; /* data cut-off; KH_NO_DATE: the last day of the period */
    kh_places places;
} kh_run_options;

/**
 * Run a project. Prints its own messages (stderr) and summary (stdout).
 * @return the exit code: 0 ok, 1 some subjects failed, 2 usage, configuration or data, 3 a source
 *         or plugin is unavailable, 4 internal, 130 interrupted
 */
int kh_run_project(const kh_run_options *options);

/** Check a project without data. The exit code: 0 or 2. */
int kh_check_project(const char *folder, const kh_places *places, bool quiet);

/** The exit code of a status. */
int kh_exit_code(kh_status status);

/**
 * Run @p work in a child process that is watched: user Lua cannot hang the caller. The child's
 * value is the exit code; a child that is late is killed and reported, exit code 2.
 */
int kh_supervise(int (*work)(void *ctx, kh_guard *guard), void *ctx);

#endif
