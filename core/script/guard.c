/* The last line of defence around a worker, outside its process: a watched clock and a cage. */
#include "script/guard.h"

#include <errno.h>
#include <seccomp.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Written by one worker, read by the parent at any moment: `version` is odd while the texts
   change, so that a reader who saw it change looks again. */
typedef struct slot {
    _Alignas(64) _Atomic uint32_t version; /* workers do not share a cache line */
    _Atomic uint32_t sequence;
    _Atomic int64_t deadline; /* nanoseconds of CLOCK_MONOTONIC; 0 = not busy */
    char what[KH_GUARD_TEXT], who[KH_GUARD_TEXT];
} slot;

struct kh_guard {
    size_t size;
    uint32_t count;
    slot slots[];
};

/* Deadlines are seconds away, and a worker asks before every formula: a few milliseconds do. */
static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

kh_guard *kh_guard_new(uint32_t slots)
{
    size_t size = sizeof(kh_guard) + slots * sizeof(slot);
    kh_guard *guard = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (guard == MAP_FAILED) return NULL;
    guard->size = size;
    guard->count = slots;
    return guard;
}

void kh_guard_free(kh_guard *guard)
{
    if (guard) munmap(guard, guard->size);
}

/* A plain loop: the texts are short, and this is done before every formula. */
static void copy_text(char out[KH_GUARD_TEXT], const char *text)
{
    size_t n = 0;
    for (; n < KH_GUARD_TEXT - 1 && text[n]; n++) out[n] = text[n];
    out[n] = '\0';
    if (text[n]) kh_error_trim(out, KH_GUARD_TEXT);
}

/* Nobody else writes into the slot, so plain stores in order do. @p who NULL: as before. */
static void write_slot(slot *mine, const char *what, const char *who, int64_t milliseconds)
{
    uint32_t version = atomic_load_explicit(&mine->version, memory_order_relaxed);
    uint32_t sequence = atomic_load_explicit(&mine->sequence, memory_order_relaxed);
    atomic_store_explicit(&mine->version, version + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    copy_text(mine->what, what);
    if (who) copy_text(mine->who, who);
    atomic_store_explicit(&mine->version, version + 2, memory_order_release);
    atomic_store_explicit(&mine->sequence, sequence + 1, memory_order_release);
    atomic_store_explicit(&mine->deadline, now() + milliseconds * 1000000, memory_order_release);
}

void kh_guard_enter(kh_guard *guard, uint32_t index, const char *what, const char *who,
                    int64_t milliseconds)
{
    write_slot(&guard->slots[index], kh_tr(what), who, milliseconds);
}

void kh_guard_turn(kh_guard *guard, uint32_t index, const char *what, int64_t milliseconds)
{
    write_slot(&guard->slots[index], what, NULL, milliseconds);
}

void kh_guard_leave(kh_guard *guard, uint32_t index)
{
    atomic_store_explicit(&guard->slots[index].deadline, 0, memory_order_release);
}

void kh_guard_look(const kh_guard *guard, uint32_t index, kh_guard_view *out)
{
    const slot *other = &guard->slots[index];
    /* A worker killed while it wrote leaves an odd version for ever: try a few times only. */
    for (int tries = 0; tries < 100; tries++) {
        uint32_t before = atomic_load(&other->version);
        snprintf(out->text, sizeof out->text, "%.*s%s%.*s", KH_GUARD_TEXT - 1, other->what,
                 other->who[0] ? ", " : "", KH_GUARD_TEXT - 1, other->who);
        if (before % 2 == 0 && before == atomic_load(&other->version)) break;
    }
    int64_t deadline = atomic_load(&other->deadline);
    out->sequence = atomic_load(&other->sequence);
    out->busy = deadline != 0;
    out->late = out->busy ? (now() - deadline) / 1000000 : INT64_MIN;
}

int kh_guard_expired(const kh_guard *guard, kh_guard_view *out)
{
    int64_t time = now();
    for (uint32_t i = 0; i < guard->count; i++) {
        int64_t deadline = atomic_load(&guard->slots[i].deadline);
        if (deadline == 0 || deadline > time) continue;
        kh_guard_look(guard, i, out);
        if (out->busy && out->late >= 0) return (int)i;
    }
    return -1;
}

/* ---- the cage ------------------------------------------------------------------------------ */

/* Calls of a process that computes: memory, time, descriptors that are open already. */
static const int compute_calls[] = {SCMP_SYS(brk),
                                    SCMP_SYS(mmap),
                                    SCMP_SYS(munmap),
                                    SCMP_SYS(mremap),
                                    SCMP_SYS(mprotect),
                                    SCMP_SYS(madvise),
                                    SCMP_SYS(read),
                                    SCMP_SYS(write),
                                    SCMP_SYS(readv),
                                    SCMP_SYS(writev),
                                    SCMP_SYS(pread64),
                                    SCMP_SYS(pwrite64),
                                    SCMP_SYS(lseek),
                                    SCMP_SYS(close),
                                    SCMP_SYS(fstat),
                                    SCMP_SYS(fcntl),
                                    SCMP_SYS(poll),
                                    SCMP_SYS(ppoll),
                                    SCMP_SYS(clock_gettime),
                                    SCMP_SYS(clock_getres),
                                    SCMP_SYS(gettimeofday),
                                    SCMP_SYS(time),
                                    SCMP_SYS(nanosleep),
                                    SCMP_SYS(clock_nanosleep),
                                    SCMP_SYS(getrandom),
                                    SCMP_SYS(getpid),
                                    SCMP_SYS(gettid),
                                    SCMP_SYS(getrusage),
                                    SCMP_SYS(sysinfo),
                                    SCMP_SYS(uname),
                                    SCMP_SYS(futex),
                                    SCMP_SYS(sched_yield),
                                    SCMP_SYS(rt_sigaction),
                                    SCMP_SYS(rt_sigprocmask),
                                    SCMP_SYS(rt_sigreturn),
                                    SCMP_SYS(sigaltstack),
                                    SCMP_SYS(restart_syscall),
                                    SCMP_SYS(exit),
                                    SCMP_SYS(exit_group)};

/* Calls of a process that also writes files. */
static const int render_calls[] = {
    SCMP_SYS(open),       SCMP_SYS(openat),    SCMP_SYS(stat),       SCMP_SYS(lstat),
    SCMP_SYS(newfstatat), SCMP_SYS(statx),     SCMP_SYS(access),     SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2), SCMP_SYS(readlink),  SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
    SCMP_SYS(getdents64), SCMP_SYS(mkdir),     SCMP_SYS(mkdirat),    SCMP_SYS(rename),
    SCMP_SYS(renameat),   SCMP_SYS(renameat2), SCMP_SYS(unlink),     SCMP_SYS(unlinkat),
    SCMP_SYS(rmdir),      SCMP_SYS(ftruncate), SCMP_SYS(fsync),      SCMP_SYS(syncfs),
    SCMP_SYS(fdatasync),  SCMP_SYS(fchmod),    SCMP_SYS(chmod),      SCMP_SYS(umask),
    SCMP_SYS(dup)};

static bool has_sanitizer(void)
{
#if defined(__SANITIZE_ADDRESS__)
    return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    return true;
#endif
#endif
    return false;
}

static kh_status set_limit(int resource, rlim_t value, const char *what, kh_error *err)
{
    struct rlimit limit;
    getrlimit((__rlimit_resource_t)resource, &limit);
    if (value > limit.rlim_max) value = limit.rlim_max;
    limit.rlim_cur = limit.rlim_max = value;
    if (setrlimit((__rlimit_resource_t)resource, &limit) == 0) return KH_OK;
    return kh_fail(err, KH_EUNSUPPORTED, "cannot limit %s: %s", kh_tr(what), kh_tr_errno(errno));
}

/* Bytes of address space in use; 0 when that cannot be known. */
static size_t mapped(void)
{
    size_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file) return 0;
    if (fscanf(file, "%zu", &pages) != 1) pages = 0;
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static kh_status set_limits(const kh_guard_limits *limits, kh_error *err)
{
    kh_status rc = set_limit(RLIMIT_CORE, 0, "core files", err);
    if (rc == KH_OK && limits->file_size) {
        rc = set_limit(RLIMIT_FSIZE, limits->file_size, "the size of files", err);
    }
    if (rc == KH_OK && limits->cpu_seconds) {
        struct rusage used;
        getrusage(RUSAGE_SELF, &used);
        rc = set_limit(RLIMIT_CPU,
                       (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + limits->cpu_seconds +
                           1,
                       "processor time", err);
    }
    /* A sanitizer maps terabytes that it never touches. */
    if (rc == KH_OK && limits->memory && !has_sanitizer()) {
        size_t used = mapped();
        if (used == 0) return kh_fail(err, KH_EUNSUPPORTED, "cannot read /proc/self/statm");
        rc = set_limit(RLIMIT_AS, used + limits->memory, "memory", err);
    }
    return rc;
}

kh_status kh_guard_confine(kh_guard_profile profile, const kh_guard_limits *limits, kh_error *err)
{
    kh_status rc = set_limits(limits, err);
    if (rc < 0) return rc;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter) return kh_fail(err, KH_EUNSUPPORTED, "cannot set up seccomp");
    int failure = 0;
    for (size_t i = 0; i < sizeof compute_calls / sizeof *compute_calls && !failure; i++) {
        failure = seccomp_rule_add(filter, SCMP_ACT_ALLOW, compute_calls[i], 0);
    }
    for (size_t i = 0; i < sizeof render_calls / sizeof *render_calls && !failure; i++) {
        if (profile != KH_GUARD_RENDER) break;
        failure = seccomp_rule_add(filter, SCMP_ACT_ALLOW, render_calls[i], 0);
    }
    if (!failure) { /* abort() */
        failure = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                   SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
    }
    if (!failure && profile == KH_GUARD_COMPUTE) { /* glibc's fstat */
        failure = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                                   SCMP_A3(SCMP_CMP_MASKED_EQ, 0x1000, 0x1000));
    }
    if (!failure) failure = seccomp_load(filter);
    seccomp_release(filter);
    if (failure == 0) return KH_OK;
    return kh_fail(err, KH_EUNSUPPORTED, "this system refuses seccomp: %s", kh_tr_errno(-failure));
}
