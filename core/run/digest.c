/* SHA-256 of files and texts, for the manifest and for telling whether a run can be resumed. */
#include "run/digest.h"

#include "base/arena.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

void kh_digest_end(char out[KH_DIGEST_TEXT], struct sha256_ctx *sha)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(sha, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) snprintf(out + i * 2, 3, "%02x", digest[i]);
}

void kh_digest_text(char out[KH_DIGEST_TEXT], const char *data, size_t size)
{
    struct sha256_ctx sha;
    sha256_init(&sha);
    sha256_update(&sha, size, (const uint8_t *)data);
    kh_digest_end(out, &sha);
}

kh_status kh_digest_file(char out[KH_DIGEST_TEXT], const char *path, kh_error *err)
{
    FILE *file = fopen(path, "rb");
    if (!file) return kh_fail(err, KH_EUSAGE, "cannot read '%s': %s", path, kh_tr_errno(errno));
    struct sha256_ctx sha;
    sha256_init(&sha);
    static uint8_t buffer[1 << 16];
    size_t n;
    while ((n = fread(buffer, 1, sizeof buffer, file)) > 0) sha256_update(&sha, n, buffer);
    bool bad = ferror(file);
    fclose(file);
    if (bad) return kh_fail(err, KH_EUSAGE, "cannot read '%s': %s", path, kh_tr_errno(errno));
    kh_digest_end(out, &sha);
    return KH_OK;
}

/* ---- ahead of time ------------------------------------------------------------------------- */

enum { WORTH_A_PROCESS = 8 << 20 };

typedef struct slot {
    _Atomic bool done;
    char digest[KH_DIGEST_TEXT];
} slot;

struct kh_digests {
    kh_names paths;
    slot *slots; /* shared with the process, one per path */
    pid_t pid;   /* 0: it has ended */
};

static void digest_all(const kh_digests *d, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    for (uint32_t i = 0; i < d->paths.count; i++) {
        slot *s = &d->slots[i];
        if (kh_digest_file(s->digest, d->paths.items[i].text, NULL) == KH_OK) {
            atomic_store(&s->done, true);
        }
    }
    _exit(0);
}

kh_digests *kh_digests_start(const char *const *paths, uint32_t count)
{
    int64_t bytes = 0;
    struct stat st;
    for (uint32_t i = 0; i < count; i++) {
        if (stat(paths[i], &st) == 0) bytes += st.st_size;
    }
    if (bytes < WORTH_A_PROCESS) return NULL;
    kh_digests *d = calloc(1, sizeof *d);
    if (!d) abort();
    for (uint32_t i = 0; i < count; i++) kh_names_add(&d->paths, paths[i], strlen(paths[i]));
    d->slots = mmap(NULL, count * sizeof *d->slots, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t self = getpid();
    fflush(NULL);
    d->pid = d->slots == MAP_FAILED ? -1 : fork();
    if (d->pid == 0) digest_all(d, self);
    if (d->pid > 0) return d;
    if (d->slots != MAP_FAILED) munmap(d->slots, count * sizeof *d->slots);
    kh_names_fini(&d->paths);
    free(d);
    return NULL;
}

static void wait_for(kh_digests *d)
{
    while (d->pid > 0 && waitpid(d->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    d->pid = 0;
}

kh_status kh_digests_file(kh_digests *digests, char out[KH_DIGEST_TEXT], const char *path,
                          kh_error *err)
{
    uint32_t i = digests ? kh_names_find(&digests->paths, path, strlen(path)) : KH_NO_NAME;
    if (i == KH_NO_NAME) return kh_digest_file(out, path, err);
    if (!atomic_load(&digests->slots[i].done)) wait_for(digests);
    if (!atomic_load(&digests->slots[i].done)) return kh_digest_file(out, path, err);
    memcpy(out, digests->slots[i].digest, KH_DIGEST_TEXT);
    return KH_OK;
}

void kh_digests_free(kh_digests *digests)
{
    if (!digests) return;
    if (digests->pid > 0) kill(digests->pid, SIGKILL);
    wait_for(digests);
    munmap(digests->slots, digests->paths.count * sizeof *digests->slots);
    kh_names_fini(&digests->paths);
    free(digests);
}
