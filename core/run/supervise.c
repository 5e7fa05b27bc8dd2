/* A child process does the work, this one watches its clock and passes signals on. */
#include "plugin/registry.h"
#include "run/run.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int kh_exit_code(kh_status status)
{
    switch (status) {
    case KH_OK: return 0;
    case KH_EUNAVAILABLE:
    case KH_EDENIED: return 3;
    case KH_EINTERNAL: return 4;
    case KH_ECANCELLED: return 130;
    default: return 2;
    }
}

const char *kh_signal_name(int number)
{
    const char *text = sigdescr_np(number);
    return text ? kh_tr(text) : "?";
}

static volatile sig_atomic_t child; /* pid, for the handler */
static volatile sig_atomic_t signals;

static void pass_on(int number)
{
    signals++;
    if (child > 0) kill((pid_t)child, signals > 2 ? SIGKILL : number);
}

static void cancel(int number)
{
    (void)number;
    kh_host_cancel();
}

static void handle(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int kh_supervise(int (*work)(void *ctx, kh_guard *guard), void *ctx)
{
    kh_guard *guard = kh_guard_new(1);
    if (!guard) return 4;
    fflush(NULL);
    pid_t parent = getpid(), pid = fork();
    if (pid < 0) {
        fprintf(stderr, kh_tr("kaohe: cannot start: %s\n"), kh_tr_errno(errno));
        return 4;
    }
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(4);
        handle(cancel);
        int code = work(ctx, guard);
        exit(code);
    }
    child = pid;
    handle(pass_on);
    int code = 4;
    for (;;) {
        int status;
        pid_t ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid) {
            if (WIFEXITED(status)) {
                code = WEXITSTATUS(status);
            } else {
                kh_guard_view view;
                kh_guard_look(guard, 0, &view);
                fprintf(stderr, kh_tr("kaohe: the process died (%s)%s%s\n"),
                        kh_signal_name(WTERMSIG(status)), view.sequence ? kh_tr(" in: ") : "",
                        view.sequence ? view.text : "");
                code = signals ? 130 : 4;
            }
            break;
        }
        if (ended < 0 && errno != EINTR) break;
        kh_guard_view view;
        if (kh_guard_expired(guard, &view) == 0) {
            kill(pid, SIGKILL);
            waitpid(pid, NULL, 0);
            fprintf(stderr, kh_tr("kaohe: stopped, it ran too long: %s\n"), view.text);
            code = 2;
            break;
        }
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    child = 0;
    handle(SIG_DFL);
    kh_guard_free(guard);
    return code;
}
