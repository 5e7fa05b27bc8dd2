/* Worker processes: forked over a list of jobs, watched, replaced when one dies.
 *
 * Jobs live in shared memory as one byte of state and one of owner. A worker claims a job with a
 * compare-and-swap, so no locks and no messages are needed to hand out work; only failures travel,
 * through a pipe. When a worker dies, the parent reads from the bytes what it was at.
 */
#include "run/pool.h"

#include "base/text.h"
#include "plugin/registry.h"
#include "run/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS_MOST = 64, TEXT_MOST = 1000, TICK = 50 };

struct kh_pool {
    const kh_work *work;
    uint32_t jobs;
    _Atomic uint8_t *states; /* shared */
    _Atomic uint8_t *owners; /* shared: worker + 1 */
    _Atomic uint32_t *next;  /* shared: jobs below it are handed out, `portion` at a time */
    uint32_t portion;
    uint32_t at, end; /* of this worker: what it was handed */
    size_t mapped;
    kh_guard *guard;
    int pipe[2];
    uint32_t worker;
    struct {
        pid_t pid;
        uint32_t deaths;
    } workers[WORKERS_MOST];
    uint32_t worker_count;
    kh_status status; /* of the run, when a worker ended it */
    kh_error error;
};

/* A message from a worker. */
typedef struct message {
    uint32_t job; /* UINT32_MAX: the whole run fails, `status` says how */
    int32_t status;
    char text[TEXT_MOST];
} message;

uint32_t kh_pool_worker(const kh_pool *pool)
{
    return pool->worker;
}

kh_guard *kh_pool_guard(kh_pool *pool)
{
    return pool->guard;
}

/* ---- in a worker --------------------------------------------------------------------------- */

/* Messages are below PIPE_BUF, so they arrive whole. */
static void send(kh_pool *pool, uint32_t job, kh_status status, const char *text)
{
    message m = {.job = job, .status = status};
    snprintf(m.text, sizeof m.text, "%s", text);
    kh_error_trim(m.text, sizeof m.text);
    while (write(pool->pipe[1], &m, sizeof m) < 0 && errno == EINTR) {
    }
}

void kh_pool_fail(kh_pool *pool, uint32_t job, const char *text)
{
    atomic_store(&pool->states[job], KH_JOB_FAILED);
    send(pool, job, KH_EUSAGE, text);
}

static bool claim(kh_pool *pool, uint32_t job)
{
    uint8_t pending = KH_JOB_PENDING;
    if (!atomic_compare_exchange_strong(&pool->states[job], &pending, KH_JOB_CLAIMED)) return false;
    atomic_store(&pool->owners[job], (uint8_t)(pool->worker + 1));
    return true;
}

/* The next job that nobody has: mostly the next of this worker's portion, at the end those of dead
   workers. */
static bool take_job(kh_pool *pool, uint32_t *job)
{
    for (;;) {
        if (pool->at == pool->end) {
            if (atomic_load(pool->next) >= pool->jobs) break;
            pool->at = atomic_fetch_add(pool->next, pool->portion);
            if (pool->at > pool->jobs) pool->at = pool->jobs;
            pool->end = pool->at + pool->portion;
            if (pool->end > pool->jobs) pool->end = pool->jobs;
            continue;
        }
        uint32_t n = pool->at++;
        if (claim(pool, n)) {
            *job = n;
            return true;
        }
    }
    for (uint32_t n = 0; n < pool->jobs; n++) {
        if (atomic_load(&pool->states[n]) == KH_JOB_PENDING && claim(pool, n)) {
            *job = n;
            return true;
        }
    }
    return false;
}

static kh_status commit(kh_pool *pool, uint32_t *staged, uint32_t *count, kh_error *err)
{
    kh_status rc = KH_OK;
    if (pool->work->commit) rc = pool->work->commit(pool->work->ctx, pool, err);
    for (uint32_t i = 0; rc == KH_OK && i < *count; i++) {
        atomic_store(&pool->states[staged[i]], KH_JOB_DONE);
    }
    *count = 0;
    return rc;
}

static kh_status work_loop(kh_pool *pool, kh_error *err)
{
    const kh_work *work = pool->work;
    uint32_t batch = work->batch ? work->batch : 1, count = 0, job;
    uint32_t *staged = calloc(batch, sizeof *staged);
    if (!staged) abort();
    kh_status rc = work->begin ? work->begin(work->ctx, pool, err) : KH_OK;
    while (rc == KH_OK && !kh_host_is_cancelled() && take_job(pool, &job)) {
        rc = work->job(work->ctx, pool, job, err);
        if (rc < 0 || atomic_load(&pool->states[job]) == KH_JOB_FAILED) continue;
        atomic_store(&pool->states[job], KH_JOB_STAGED);
        staged[count++] = job;
        if (count == batch) rc = commit(pool, staged, &count, err);
    }
    if (rc == KH_OK) rc = commit(pool, staged, &count, err);
    free(staged);
    return rc;
}

static void run_worker(kh_pool *pool, uint32_t worker, pid_t parent)
{
    pool->worker = worker;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(4); /* the parent died before the line above */
    close(pool->pipe[0]);
    kh_error err = KH_ERROR_INIT;
    kh_guard_limits limits = {.memory = (size_t)4 << 30};
    kh_guard_confine(pool->work->profile, &limits, &err); /* without seccomp the limits hold */
    err = (kh_error)KH_ERROR_INIT;
    kh_status rc = work_loop(pool, &err);
    if (rc < 0) send(pool, UINT32_MAX, rc, err.text);
    fflush(NULL);
    _exit(rc < 0 ? 4 : 0);
}

/* ---- in the parent ------------------------------------------------------------------------- */

static kh_status start(kh_pool *pool, uint32_t worker, kh_error *err)
{
    pid_t parent = getpid();
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) return kh_fail(err, KH_ELIMIT, "cannot start a worker: %s", kh_tr_errno(errno));
    if (pid == 0) run_worker(pool, worker, parent);
    pool->workers[worker].pid = pid;
    return KH_OK;
}

static void receive(kh_pool *pool, const kh_pool_options *options)
{
    message m;
    while (read(pool->pipe[0], &m, sizeof m) == (ssize_t)sizeof m) {
        m.text[sizeof m.text - 1] = '\0';
        if (m.job < pool->jobs) {
            options->failed(options->ctx, m.job, m.text);
        } else if (pool->status == KH_OK) {
            pool->status = (kh_status)m.status;
            kh_fail(&pool->error, pool->status, "%s", m.text);
        }
    }
}

/* A worker died at a job: the job fails with what it was doing, its staged jobs are done again. */
static void bury(kh_pool *pool, const kh_pool_options *options, uint32_t worker, int status,
                 const char *late)
{
    kh_guard_view view;
    char text[512];
    kh_guard_look(pool->guard, worker, &view);
    const char *doing = view.sequence ? view.text : kh_tr("a job");
    if (late) {
        snprintf(text, sizeof text, "%s", late);
    } else if (WIFSIGNALED(status)) {
        snprintf(text, sizeof text, kh_tr("the process died (%s) in: %s"),
                 kh_signal_name(WTERMSIG(status)), doing);
    } else {
        snprintf(text, sizeof text, kh_tr("the process ended with code %d in: %s"),
                 WEXITSTATUS(status), doing);
    }
    for (uint32_t job = 0; job < pool->jobs; job++) {
        if (atomic_load(&pool->owners[job]) != worker + 1) continue;
        uint8_t state = atomic_load(&pool->states[job]);
        if (state == KH_JOB_CLAIMED) {
            atomic_store(&pool->states[job], KH_JOB_FAILED);
            options->failed(options->ctx, job, text);
        } else if (state == KH_JOB_STAGED) {
            atomic_store(&pool->states[job], KH_JOB_PENDING);
        }
    }
}

static uint32_t count_state(const kh_pool *pool, kh_job_state state)
{
    uint32_t n = 0;
    for (uint32_t job = 0; job < pool->jobs; job++) n += atomic_load(&pool->states[job]) == state;
    return n;
}

static bool is_pending(const kh_pool *pool)
{
    for (uint32_t job = 0; job < pool->jobs; job++) {
        if (atomic_load(&pool->states[job]) == KH_JOB_PENDING) return true;
    }
    return false;
}

static void kill_all(kh_pool *pool)
{
    for (uint32_t w = 0; w < pool->worker_count; w++) {
        if (pool->workers[w].pid > 0) kill(pool->workers[w].pid, SIGKILL);
    }
}

/* Look at the clock of every worker; a late one is killed and buried. */
static void watch(kh_pool *pool, char late[512], uint32_t *late_worker)
{
    kh_guard_view view;
    int slot = kh_guard_expired(pool->guard, &view);
    *late_worker = UINT32_MAX;
    if (slot < 0 || (uint32_t)slot >= pool->worker_count || pool->workers[slot].pid <= 0) return;
    snprintf(late, 512, kh_tr("stopped, it ran too long: %s"), view.text);
    *late_worker = (uint32_t)slot;
    kill(pool->workers[slot].pid, SIGKILL);
}

static kh_status supervise(kh_pool *pool, const kh_pool_options *options, kh_error *err)
{
    uint32_t alive = pool->worker_count;
    char late[512];
    while (alive > 0) {
        struct pollfd ready = {.fd = pool->pipe[0], .events = POLLIN};
        poll(&ready, 1, TICK);
        receive(pool, options);
        if (kh_host_is_cancelled() || pool->status < 0) kill_all(pool);
        uint32_t late_worker;
        watch(pool, late, &late_worker);
        if (options->progress) {
            options->progress(options->ctx,
                              count_state(pool, KH_JOB_DONE) + count_state(pool, KH_JOB_STAGED),
                              pool->jobs);
        }
        for (uint32_t w = 0; w < pool->worker_count; w++) {
            int status;
            pid_t pid = pool->workers[w].pid;
            if (pid <= 0 || waitpid(pid, &status, w == late_worker ? 0 : WNOHANG) != pid) continue;
            pool->workers[w].pid = 0;
            alive--;
            receive(pool, options);
            if (kh_host_is_cancelled() || pool->status < 0) continue;
            if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
                bury(pool, options, w, status, w == late_worker ? late : NULL);
                if (++pool->workers[w].deaths > 20) {
                    return kh_fail(err, KH_EINTERNAL, "workers keep dying; the run ends");
                }
            }
            if (is_pending(pool)) {
                kh_status rc = start(pool, w, err);
                if (rc < 0) return rc;
                alive++;
            }
        }
    }
    return KH_OK;
}

/* A worker may die between taking a job and signing for it: nobody buried that job. */
static void sweep(kh_pool *pool, const kh_pool_options *options)
{
    for (uint32_t job = 0; job < pool->jobs; job++) {
        uint8_t state = atomic_load(&pool->states[job]);
        if (state == KH_JOB_DONE || state == KH_JOB_FAILED) continue;
        atomic_store(&pool->states[job], KH_JOB_FAILED);
        options->failed(options->ctx, job, kh_tr("its worker died; run again"));
    }
}

static kh_status open_pool(kh_pool *pool, const kh_work *work, const kh_pool_options *options,
                           kh_error *err)
{
    *pool = (kh_pool){.work = work, .jobs = options->jobs, .pipe = {-1, -1}};
    pool->worker_count = options->workers < 1 ? 1 : options->workers;
    if (pool->worker_count > WORKERS_MOST) pool->worker_count = WORKERS_MOST;
    if (pool->worker_count > options->jobs) pool->worker_count = options->jobs;
    /* Results of neighbours share cache lines; small runs are still handed out evenly. */
    pool->portion = options->jobs / (pool->worker_count * 32);
    if (pool->portion < 1) pool->portion = 1;
    if (pool->portion > 64) pool->portion = 64;
    pool->mapped = (size_t)options->jobs * 2 + 64;
    char *shared =
        mmap(NULL, pool->mapped, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pool->guard = kh_guard_new(pool->worker_count);
    if (shared == MAP_FAILED || !pool->guard || pipe2(pool->pipe, O_CLOEXEC) != 0) {
        return kh_fail(err, KH_ELIMIT, "cannot start workers: %s", kh_tr_errno(errno));
    }
    fcntl(pool->pipe[0], F_SETFL, O_NONBLOCK);
    pool->next = (_Atomic uint32_t *)(void *)shared;
    pool->states = (_Atomic uint8_t *)(shared + 64);
    pool->owners = pool->states + options->jobs;
    for (uint32_t job = 0; options->skip && job < options->jobs; job++) {
        if (options->skip[job]) atomic_store(&pool->states[job], KH_JOB_DONE);
    }
    return KH_OK;
}

static void close_pool(kh_pool *pool)
{
    kh_guard_free(pool->guard);
    if (pool->next) munmap((void *)pool->next, pool->mapped);
    if (pool->pipe[0] >= 0) close(pool->pipe[0]);
    if (pool->pipe[1] >= 0) close(pool->pipe[1]);
}

kh_status kh_pool_run(const kh_work *work, const kh_pool_options *options, uint32_t *done,
                      kh_error *err)
{
    kh_pool pool;
    *done = 0;
    if (options->jobs == 0) return KH_OK;
    kh_status rc = open_pool(&pool, work, options, err);
    uint32_t skipped = rc == KH_OK ? count_state(&pool, KH_JOB_DONE) : 0;
    if (rc == KH_OK && skipped < options->jobs) {
        for (uint32_t w = 0; rc == KH_OK && w < pool.worker_count; w++) rc = start(&pool, w, err);
        if (rc == KH_OK) rc = supervise(&pool, options, err);
        if (rc < 0) kill_all(&pool);
        else if (!kh_host_is_cancelled() && pool.status == KH_OK) sweep(&pool, options);
        for (uint32_t w = 0; w < pool.worker_count; w++) {
            if (pool.workers[w].pid > 0) waitpid(pool.workers[w].pid, NULL, 0);
        }
    }
    if (rc == KH_OK && kh_host_is_cancelled()) rc = kh_fail(err, KH_ECANCELLED, "interrupted");
    if (rc == KH_OK && pool.status < 0) rc = kh_fail(err, pool.status, "%s", pool.error.text);
    if (rc == KH_OK) *done = count_state(&pool, KH_JOB_DONE) - skipped;
    if (options->progress && rc == KH_OK)
        options->progress(options->ctx, options->jobs, options->jobs);
    close_pool(&pool);
    return rc;
}
