/* Around a worker: one that hangs is seen and named, one that is caged gets nowhere. */
#include "script/guard.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void pause_milliseconds(long n)
{
    nanosleep(&(struct timespec){.tv_nsec = n * 1000000}, NULL);
}

Test(script_guard, names_the_child_that_hangs)
{
    kh_guard *guard = kh_guard_new(3);
    cr_assert(guard);
    kh_guard_view view;
    cr_expect_eq(kh_guard_expired(guard, &view), -1, "nobody works yet");
    pid_t child = fork();
    if (child == 0) {
        kh_guard_enter(guard, 1, "metric corp_profit", "subject M0001", 50);
        for (;;) pause(); /* a C call that never returns */
    }
    int slot = -1;
    for (int i = 0; i < 400 && slot < 0; i++) {
        pause_milliseconds(10);
        slot = kh_guard_expired(guard, &view);
    }
    cr_expect_eq(slot, 1);
    cr_expect_str_eq(view.text, "metric corp_profit, subject M0001");
    cr_expect(view.busy && view.late >= 0 && view.sequence == 1);
    kill(child, SIGKILL);
    cr_assert_eq(waitpid(child, NULL, 0), child);
    kh_guard_look(guard, 1, &view);
    cr_expect_str_eq(view.text, "metric corp_profit, subject M0001", "known after its death");
    kh_guard_free(guard);
}

Test(script_guard, leaves_the_child_that_is_in_time)
{
    kh_guard *guard = kh_guard_new(1);
    kh_guard_view view;
    kh_guard_enter(guard, 0, "metric a", "", 60000);
    cr_expect_eq(kh_guard_expired(guard, &view), -1);
    kh_guard_look(guard, 0, &view);
    cr_expect_str_eq(view.text, "metric a", "no comma without a subject");
    cr_expect(view.busy && view.late < 0);
    kh_guard_enter(guard, 0, "metric b", "subject x", 0);
    cr_expect_eq(kh_guard_expired(guard, &view), 0, "its time is over at once");
    kh_guard_leave(guard, 0);
    cr_expect_eq(kh_guard_expired(guard, &view), -1, "but it is done");
    kh_guard_look(guard, 0, &view);
    cr_expect(!view.busy && view.sequence == 2);
    char long_name[200];
    memset(long_name, 'x', sizeof long_name);
    memcpy(long_name + 93, "余额", 6);
    long_name[199] = '\0';
    kh_guard_enter(guard, 0, long_name, "s", 0);
    kh_guard_look(guard, 0, &view);
    cr_expect_eq(strlen(view.text), 93 + 3, "cut before half a character");
    kh_guard_free(guard);
}

/* Run @p attempt in a caged child; what it returns is the exit code. */
static int in_cage(kh_guard_profile profile, kh_guard_limits limits, int (*attempt)(void))
{
    pid_t child = fork();
    if (child == 0) {
        kh_error err = KH_ERROR_INIT;
        if (kh_guard_confine(profile, &limits, &err) < 0) {
            fprintf(stderr, "%s\n", err.text);
            _exit(99);
        }
        _exit(attempt());
    }
    int status = 0;
    cr_assert_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

static char folder[] = "/tmp/kh_cage_XXXXXX";
static int open_file;

static int denied(long result)
{
    return result < 0 && errno == EPERM ? 1 : 2;
}

static int try_open(void)
{
    return denied(open("/etc/passwd", O_RDONLY));
}

static int try_create(void)
{
    char path[100];
    snprintf(path, sizeof path, "%s/x", folder);
    return denied(open(path, O_WRONLY | O_CREAT, 0600));
}

static int try_stat(void)
{
    struct stat st;
    return denied(stat("/etc/passwd", &st));
}

static int try_socket(void)
{
    return denied(socket(AF_INET, SOCK_STREAM, 0));
}

static int try_exec(void)
{
    return denied(execl("/bin/true", "true", (char *)NULL));
}

static int try_fork(void)
{
    return denied(fork());
}

static int try_ptrace(void)
{
    return denied(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int try_kill(void)
{
    return denied(kill(getppid(), 0));
}

static int try_unlink(void)
{
    return denied(unlink("/nonexistent"));
}

static int do_work(void)
{
    size_t size = 1 << 20;
    char *block = malloc(size);
    if (!block) return 2;
    memset(block, 'x', size);
    struct timespec now;
    struct stat st;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0 || time(NULL) == 0) return 3;
    if (write(open_file, block, 1000) != 1000 || lseek(open_file, 0, SEEK_SET) != 0) return 4;
    if (read(open_file, block, 1000) != 1000 || fstat(open_file, &st) != 0) return 5;
    block = realloc(block, 3 * size);
    if (!block) return 6;
    free(block);
    pause_milliseconds(1);
    return 1;
}

static int do_write(void)
{
    char from[100], to[100];
    snprintf(from, sizeof from, "%s/a/part", folder);
    snprintf(to, sizeof to, "%s/a/whole", folder);
    *strrchr(from, '/') = '\0';
    if (mkdir(from, 0700) != 0) return 2;
    from[strlen(from)] = '/';
    FILE *file = fopen(from, "w");
    if (!file || fputs("text", file) < 0 || fflush(file) != 0) return 3;
    if (fsync(fileno(file)) != 0 || fclose(file) != 0) return 4;
    if (rename(from, to) != 0 || access(to, R_OK) != 0 || unlink(to) != 0) return 5;
    return 1;
}

static int do_abort(void)
{
    abort();
}

static const struct {
    const char *what;
    int (*attempt)(void);
    int compute, render; /* 1: as it should be in either */
} attempts[] = {{"open a file", try_open, 1, 2},
                {"create a file", try_create, 1, 2},
                {"look at a file", try_stat, 1, 2},
                {"delete a file", try_unlink, 1, 2},
                {"open a socket", try_socket, 1, 1},
                {"run a program", try_exec, 1, 1},
                {"fork", try_fork, 1, 1},
                {"trace", try_ptrace, 1, 1},
                {"signal another", try_kill, 1, 1},
                {"compute", do_work, 1, 1},
                {"write a file as a whole", do_write, 2, 1},
                {"abort", do_abort, 100 + SIGABRT, 100 + SIGABRT}};

Test(script_guard, cages_a_worker)
{
    cr_assert(mkdtemp(folder));
    char path[100];
    snprintf(path, sizeof path, "%s/open", folder);
    open_file = open(path, O_RDWR | O_CREAT, 0600);
    kh_guard_limits limits = {.memory = 256 << 20, .cpu_seconds = 20, .file_size = 1 << 20};
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        int got = in_cage(KH_GUARD_COMPUTE, limits, attempts[i].attempt);
        cr_expect_eq(got, attempts[i].compute, "computing: %s gives %d", attempts[i].what, got);
        got = in_cage(KH_GUARD_RENDER, limits, attempts[i].attempt);
        cr_expect_eq(got, attempts[i].render, "rendering: %s gives %d", attempts[i].what, got);
    }
    char command[100];
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
}

static int check_limits(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) == 0 || errno != EPERM) return 2; /* not even reading */
    return 1;
}

static int use_up_time(void)
{
    volatile unsigned i = 0;
    while (i < 2) i = 1 - i;
    return 2;
}

static int write_much(void)
{
    static char block[4096];
    signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < 10; i++) {
        if (write(open_file, block, sizeof block) < 0) return errno == EFBIG ? 1 : 3;
    }
    return 2;
}

Test(script_guard, limits_time_and_files)
{
    open_file = fileno(tmpfile());
    kh_guard_limits limits = {.cpu_seconds = 1, .file_size = 10000};
    int got = in_cage(KH_GUARD_COMPUTE, limits, use_up_time);
    cr_expect(got == 100 + SIGXCPU || got == 100 + SIGKILL, "%d", got);
    cr_expect_eq(in_cage(KH_GUARD_COMPUTE, limits, write_much), 1);
    cr_expect_eq(in_cage(KH_GUARD_COMPUTE, limits, check_limits), 1, "nothing can be lifted");
}
