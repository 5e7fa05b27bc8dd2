/* Worker processes: forked over a list of jobs, watched, replaced when one dies. */
#ifndef KH_RUN_POOL_H
#define KH_RUN_POOL_H

#include "script/guard.h"

/** What became of a job. */
typedef enum kh_job_state {
    KH_JOB_PENDING,
    KH_JOB_CLAIMED, /* a worker is at it */
    KH_JOB_STAGED,  /* done, but lost if its worker dies now */
    KH_JOB_DONE,
    KH_JOB_FAILED
} kh_job_state;

typedef struct kh_pool kh_pool;

/**
 * The work of one process. Functions run in the worker; they may use pool functions below.
 * Failures of single jobs go through kh_pool_fail(); a negative status ends the whole run.
 */
typedef struct kh_work {
    void *ctx;
    kh_guard_profile profile;
    uint32_t batch; /* staged jobs are committed after so many; 0 = jobs are done at once */
    kh_status (*begin)(void *ctx, kh_pool *pool, kh_error *err);
    /** One job. KH_OK: it is staged (or done). */
    kh_status (*job)(void *ctx, kh_pool *pool, uint32_t job, kh_error *err);
    /** Make the staged jobs durable. */
    kh_status (*commit)(void *ctx, kh_pool *pool, kh_error *err);
} kh_work;

/** Told in the parent: @p text says why a job failed. */
typedef void kh_pool_failure(void *ctx, uint32_t job, const char *text);
/** Told in the parent a few times a second. */
typedef void kh_pool_progress(void *ctx, uint32_t done, uint32_t total);

typedef struct kh_pool_options {
    uint32_t workers;
    uint32_t jobs;
    const uint8_t *skip; /* one per job: not to be done; NULL = none */
    kh_pool_failure *failed;
    kh_pool_progress *progress; /* may be NULL */
    void *ctx;
} kh_pool_options;

/**
 * Run all jobs. A worker that dies or is late costs the job it was at, which fails with what it
 * was doing; the rest is done by a new worker.
 * @param[out] done  jobs that succeeded
 */
kh_status kh_pool_run(const kh_work *work, const kh_pool_options *options, uint32_t *done,
                      kh_error *err);

/** In a worker: its number, its guard. */
uint32_t kh_pool_worker(const kh_pool *pool);
kh_guard *kh_pool_guard(kh_pool *pool);
/** In a worker: this job failed; the others go on. */
void kh_pool_fail(kh_pool *pool, uint32_t job, const char *text);

#endif
