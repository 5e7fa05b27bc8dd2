/* Output files: built aside, synced in batches, renamed into place. A killed run leaves whole files. */
#include "run/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAGING ".kaohe-partial"

enum { BUFFER = 256 * 1024 };

struct kh_outbox {
    int folder; /* descriptor of the output folder */
    char *name;
    const kh_spill *spill;
    uint32_t worker, number;
    int file; /* being written; -1 = none */
    char *buffer;
    size_t used;
    kh_buf target;   /* of the file being written */
    char staged[64]; /* its name below the folder */
    struct waiting {
        char *staged, *target;
    } * waiting;
    uint32_t count, room;
};

/* Delete the staging area with everything in it (it is flat). */
static void clear_staging(int folder)
{
    int fd = openat(folder, STAGING, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    DIR *dir = fdopendir(fd);
    struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        if (entry->d_name[0] != '.') unlinkat(fd, entry->d_name, 0);
    }
    if (dir) closedir(dir);
    unlinkat(folder, STAGING, AT_REMOVEDIR);
}

/* mkdir -p below a descriptor. */
static int make_folders(int folder, const char *path)
{
    char part[4096];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        size_t n = (size_t)(slash - path);
        if (n >= sizeof part) return -1;
        memcpy(part, path, n);
        part[n] = '\0';
        if (mkdirat(folder, part, 0777) != 0 && errno != EEXIST) return -1;
    }
    return 0;
}

kh_status kh_outbox_open(kh_outbox **out, const char *folder, const kh_spill *spill, kh_error *err)
{
    kh_buf path = {0};
    kh_buf_printf(&path, "%s/", folder);
    int made = make_folders(AT_FDCWD, path.data);
    kh_buf_fini(&path);
    int fd = made < 0 ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return kh_fail(err, KH_EUSAGE, "cannot make the output folder '%s': %s", folder,
                       kh_tr_errno(errno));
    }
    clear_staging(fd);
    if (mkdirat(fd, STAGING, 0700) != 0) {
        kh_status rc =
            kh_fail(err, KH_EUSAGE, "cannot write into '%s': %s", folder, kh_tr_errno(errno));
        close(fd);
        return rc;
    }
    kh_outbox *outbox = calloc(1, sizeof *outbox);
    if (!outbox) abort();
    outbox->folder = fd;
    outbox->file = -1;
    outbox->spill = spill;
    outbox->name = strdup(folder);
    outbox->buffer = malloc(BUFFER);
    if (!outbox->name || !outbox->buffer) abort();
    *out = outbox;
    return KH_OK;
}

static void forget(kh_outbox *outbox)
{
    for (uint32_t i = 0; i < outbox->count; i++) {
        free(outbox->waiting[i].staged);
        free(outbox->waiting[i].target);
    }
    outbox->count = 0;
}

void kh_outbox_close(kh_outbox *outbox)
{
    if (!outbox) return;
    if (outbox->file >= 0) close(outbox->file);
    forget(outbox);
    clear_staging(outbox->folder);
    close(outbox->folder);
    free(outbox->waiting);
    free(outbox->buffer);
    free(outbox->name);
    kh_buf_fini(&outbox->target);
    free(outbox);
}

void kh_outbox_enter(kh_outbox *outbox, uint32_t worker)
{
    forget(outbox);
    outbox->worker = worker;
    outbox->number = 0;
}

static kh_status write_error(const kh_outbox *outbox, kh_error *err)
{
    return kh_fail(err, errno == EACCES || errno == EPERM ? KH_EDENIED : KH_ELIMIT,
                   "cannot write '%s/%s': %s", outbox->name, outbox->target.data,
                   kh_tr_errno(errno));
}

static kh_status flush(kh_outbox *outbox, kh_error *err)
{
    for (size_t done = 0; done < outbox->used;) {
        ssize_t n = write(outbox->file, outbox->buffer + done, outbox->used - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return write_error(outbox, err);
        done += (size_t)n;
    }
    outbox->used = 0;
    return KH_OK;
}

static kh_status sink_write(void *ctx, const void *data, size_t size, kh_error *err)
{
    kh_outbox *outbox = ctx;
    while (size > 0) {
        size_t room = BUFFER - outbox->used, n = size < room ? size : room;
        memcpy(outbox->buffer + outbox->used, data, n);
        outbox->used += n;
        data = (const char *)data + n;
        size -= n;
        if (outbox->used == BUFFER) {
            kh_status rc = flush(outbox, err);
            if (rc < 0) return rc;
            kh_spill_rest(outbox->spill);
        }
    }
    return KH_OK;
}

kh_status kh_outbox_begin(kh_outbox *outbox, const char *path, kh_sink *sink, kh_error *err)
{
    outbox->target.size = 0;
    kh_buf_text(&outbox->target, path);
    snprintf(outbox->staged, sizeof outbox->staged, STAGING "/%u-%u", outbox->worker,
             outbox->number++);
    outbox->file =
        openat(outbox->folder, outbox->staged, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (outbox->file < 0) return write_error(outbox, err);
    outbox->used = 0;
    *sink = (kh_sink){outbox, sink_write};
    return KH_OK;
}

kh_status kh_outbox_finish(kh_outbox *outbox, bool keep, kh_error *err)
{
    kh_status rc = keep ? flush(outbox, err) : KH_OK;
    if (close(outbox->file) != 0 && rc == KH_OK) rc = write_error(outbox, err);
    outbox->file = -1;
    if (!keep || rc < 0) {
        unlinkat(outbox->folder, outbox->staged, 0);
        return rc;
    }
    if (outbox->count == outbox->room) {
        outbox->room = outbox->room ? outbox->room * 2 : 64;
        outbox->waiting = realloc(outbox->waiting, outbox->room * sizeof *outbox->waiting);
        if (!outbox->waiting) abort();
    }
    struct waiting *w = &outbox->waiting[outbox->count++];
    w->staged = strdup(outbox->staged);
    w->target = strdup(outbox->target.data);
    if (!w->staged || !w->target) abort();
    return KH_OK;
}

int kh_outbox_commit(kh_outbox *outbox, kh_error *err)
{
    if (outbox->count == 0) return 0;
    /* One sync for the whole batch: a file that has its name is on the disk. */
    if (syncfs(outbox->folder) != 0) {
        return kh_fail(err, KH_ELIMIT, "cannot sync '%s': %s", outbox->name, kh_tr_errno(errno));
    }
    int done = 0;
    for (uint32_t i = 0; i < outbox->count; i++) {
        const struct waiting *w = &outbox->waiting[i];
        if (make_folders(outbox->folder, w->target) != 0 ||
            renameat(outbox->folder, w->staged, outbox->folder, w->target) != 0) {
            return kh_fail(err, KH_ELIMIT, "cannot write '%s/%s': %s", outbox->name, w->target,
                           kh_tr_errno(errno));
        }
        done++;
    }
    forget(outbox);
    return done;
}

uint32_t kh_outbox_waiting(const kh_outbox *outbox)
{
    return outbox->count;
}

bool kh_outbox_has(const kh_outbox *outbox, const char *path)
{
    return faccessat(outbox->folder, path, F_OK, 0) == 0;
}

bool kh_outbox_read(const kh_outbox *outbox, const char *path, kh_buf *out)
{
    int fd = openat(outbox->folder, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    char chunk[4096];
    ssize_t n;
    while ((n = read(fd, chunk, sizeof chunk)) > 0) kh_buf_add(out, chunk, (size_t)n);
    close(fd);
    return n == 0;
}

/* ---- paths --------------------------------------------------------------------------------- */

/* One value as part of a file name. */
static void add_part(kh_buf *out, const char *text)
{
    bool first = out->size == 0 || out->data[out->size - 1] == '/';
    if (first && *text == '.') {
        kh_buf_text(out, "_");
        text++;
    }
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool bad = c < 0x20 || c == 0x7f || strchr("/\\:*?\"<>|", c);
        kh_buf_add(out, bad ? "_" : text, 1);
    }
}

kh_status kh_path_fill(kh_buf *out, const char *pattern, const char *period,
                       const kh_subject *subject, kh_error *err)
{
    const struct {
        const char *word, *value;
    } words[] = {{"period", period},
                 {"group", subject ? subject->group : NULL},
                 {"id", subject ? subject->id : NULL},
                 {"name", subject ? subject->name : NULL}};
    out->size = 0;
    if (pattern[0] == '/' || strstr(pattern, "..")) {
        return kh_fail(err, KH_EUSAGE,
                       "the path '%s' must stay in the output folder: no '/' at the "
                       "start, no '..'",
                       pattern);
    }
    for (const char *at = pattern; *at;) {
        const char *end = *at == '{' ? strchr(at, '}') : NULL;
        if (!end) {
            kh_buf_add(out, at++, 1);
            continue;
        }
        bool found = false;
        for (size_t i = 0; i < sizeof words / sizeof *words && !found; i++) {
            size_t n = strlen(words[i].word);
            found =
                n == (size_t)(end - at - 1) && !memcmp(at + 1, words[i].word, n) && words[i].value;
            if (found) add_part(out, *words[i].value ? words[i].value : "_");
        }
        if (!found) {
            return kh_fail(err, KH_EUSAGE,
                           "the path '%s' has an unknown word %.*s; known are {period}%s", pattern,
                           (int)(end - at + 1), at, subject ? " {group} {id} {name}" : "");
        }
        at = end + 1;
    }
    return KH_OK;
}
