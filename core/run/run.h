/* The main job: a project's files to one scorecard for every subject. */
#ifndef KH_RUN_RUN_H
#define KH_RUN_RUN_H

#include "measure/lineage.h"
#include "metric/metric.h"
#include "scheme/scheme.h"
#include "script/guard.h"

#include <stdio.h>

/** What a run knows when all is computed and nothing is written. */
typedef struct kh_run_view {
    const kh_scheme *scheme;
    const kh_metrics *metrics;
    const kh_facts *facts;
    const kh_results *results;
} kh_run_view;

typedef struct kh_run_options {
    const char *folder;       /* of the project */
    const char *period;       /* NULL: the project's own */
    const char *out;          /* NULL: FOLDER/out */
    const kh_setting *params; /* go before the project's own; NULL: none */
    const char *const *only;  /* ids whose documents are made; NULL: all */
    uint32_t only_count;
    uint32_t jobs;     /* worker processes; 0: one per processor */
    bool resume;       /* keep the whole files a killed run left */
    bool results_only; /* no documents */
    bool rows_only;    /* databases send rows and compute nothing */
    bool quiet;
    bool json;     /* the summary as NDJSON */
    kh_date as_of; /* data cut-off; KH_NO_DATE: the last day of the period */
    /* A preview: one document of only[0], or of all results, and nothing else, in FOLDER/out/preview
       when `out` is NULL. */
    bool preview;
    const char
        *template; /* instead of the one of the project's first output of documents; or NULL */
    FILE *made; /* of a preview: the document's path, or an empty line, then the files it was made
                   from, one a line */
    kh_places places;
    kh_lineage *lineage; /* rows behind a subject's measures are kept in it; NULL: none */
    /** Called instead of writing files; NULL: files are written. */
    kh_status (*look)(void *ctx, const kh_run_view *view, kh_error *err);
    void *ctx;
} kh_run_options;

/**
 * Run a project. Prints its own messages (stderr) and summary (stdout).
 * @return the exit code: 0 ok, 1 some subjects failed, 2 usage, configuration or data, 3 a source
 *         or plugin is unavailable, 4 internal, 130 interrupted
 */
int kh_run_project(const kh_run_options *options);

/** Check a project without data. The exit code: 0 or 2. */
int kh_check_project(const char *folder, const kh_places *places, bool quiet);

/** What ended a process: "Killed", in the language of the user. */
const char *kh_signal_name(int number);

/** The exit code of a status. */
int kh_exit_code(kh_status status);

/**
 * Run @p work in a child process that is watched: user Lua cannot hang the caller. The child's
 * value is the exit code; a child that is late is killed and reported, exit code 2.
 */
int kh_supervise(int (*work)(void *ctx, kh_guard *guard), void *ctx);

#endif
