/* kaohe preview: one document as PDF and pictures, and again whenever a file it is made from changes. */
#include "cli/cli.h"

#include "base/text.h"

#include <errno.h>
#include <getopt.h>
#include <glob.h>
#include <limits.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* ---- pictures ------------------------------------------------------------------------------- */

/* "DIR/M0001-scorecard.pdf": what its pictures are called before "-1.png". */
static const char *stem_of(const char *pdf, kh_arena *arena)
{
    const char *dot = strrchr(pdf, '.'), *slash = strrchr(pdf, '/');
    size_t length = dot && (!slash || dot > slash) ? (size_t)(dot - pdf) : strlen(pdf);
    return kh_arena_bytes(arena, pdf, length);
}

/* The pictures there are, in order of their pages. */
static void find_pictures(glob_t *found, const char *stem)
{
    kh_buf pattern = {0};
    for (const char *c = stem; *c; c++) {
        if (strchr("*?[]\\", *c)) kh_buf_text(&pattern, "\\");
        kh_buf_add(&pattern, c, 1);
    }
    kh_buf_text(&pattern, "-[0-9]*.png");
    if (glob(pattern.data, 0, NULL, found) != 0) found->gl_pathc = 0;
    kh_buf_fini(&pattern);
}

/* One PNG a page by pdftoppm; what an earlier preview left is gone. False: it was said why not. */
static bool draw_pictures(const char *pdf, const char *stem)
{
    glob_t old;
    find_pictures(&old, stem);
    for (size_t i = 0; i < old.gl_pathc; i++) unlink(old.gl_pathv[i]);
    if (old.gl_pathc) globfree(&old);
    const char *const words[] = {"pdftoppm", "-r", "100", "-png", pdf, stem, NULL};
    pid_t pid;
    int status = 0,
        error = posix_spawnp(&pid, words[0], NULL, NULL, (char *const *)(uintptr_t)words, environ);
    if (error == 0) {
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
    }
    if (error == ENOENT) {
        fprintf(stderr, "%s",
                dgettext("kaohe", "kaohe: no PNG: there is no pdftoppm; install poppler-utils\n"));
    } else if (error || status) {
        fprintf(stderr, dgettext("kaohe", "kaohe: no PNG: pdftoppm failed: %s\n"),
                error ? kh_tr_errno(error) : pdf);
    }
    return error == 0 && status == 0;
}

/* ---- one preview ------------------------------------------------------------------------------ */

typedef struct preview {
    const kh_cli *cli;
    kh_run_options run;
    kh_arena arena; /* of the last preview */
    char *pdf;      /* "" = there is none */
    char **folders; /* where its files lie, and where files of the project may come */
    uint32_t folder_count, folder_room;
    int notify; /* inotify; -1 = once is enough */
} preview;

static void add_folder(preview *p, const char *path, size_t length)
{
    const char *folder = kh_arena_bytes(&p->arena, path, length ? length : 1);
    for (uint32_t i = 0; i < p->folder_count; i++) {
        if (!strcmp(p->folders[i], folder)) return;
    }
    if (p->folder_count == p->folder_room) {
        p->folder_room = p->folder_room ? p->folder_room * 2 : 16;
        p->folders = realloc(p->folders, p->folder_room * sizeof *p->folders);
        if (!p->folders) abort();
    }
    p->folders[p->folder_count++] = (char *)(uintptr_t)folder;
}

/* Also those where no file is used yet: a template may be put there to replace a shipped one. */
static void add_project_folders(preview *p)
{
    add_folder(p, p->run.folder, strlen(p->run.folder));
    const char *own = kh_arena_printf(&p->arena, "%s/templates", p->run.folder);
    add_folder(p, own, strlen(own));
}

/* What the run has told: the document, then the files it was made from. */
static void read_made(preview *p, FILE *made)
{
    char *line = NULL;
    size_t room = 0;
    kh_arena_fini(&p->arena);
    p->arena = (kh_arena){0};
    p->folder_count = 0;
    p->pdf = kh_arena_text(&p->arena, "");
    rewind(made);
    for (bool first = true; getline(&line, &room, made) > 0; first = false) {
        line[strcspn(line, "\n")] = '\0';
        const char *slash = strrchr(line, '/');
        if (first) p->pdf = kh_arena_text(&p->arena, line);
        else if (slash) add_folder(p, line, (size_t)(slash - line));
    }
    free(line);
    add_project_folders(p);
}

static void say(const preview *p, const glob_t *pictures, double seconds)
{
    if (!p->cli->json) {
        printf("%s\n", p->pdf);
        for (size_t i = 0; i < pictures->gl_pathc; i++) printf("%s\n", pictures->gl_pathv[i]);
        if (!p->cli->quiet) fprintf(stderr, "%.2f s\n", seconds);
    } else {
        kh_buf text = {0};
        kh_buf_text(&text, "{\"event\":\"preview\",\"pdf\":");
        kh_buf_json(&text, p->pdf);
        kh_buf_text(&text, ",\"png\":[");
        for (size_t i = 0; i < pictures->gl_pathc; i++) {
            if (i) kh_buf_text(&text, ",");
            kh_buf_json(&text, pictures->gl_pathv[i]);
        }
        printf("%s],\"seconds\":\"%.2f\"}\n", text.data, seconds);
        kh_buf_fini(&text);
    }
    fflush(stdout);
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Watch the folders of the last preview from now on; false when nothing can be watched. */
static bool watch_folders(const preview *p)
{
    uint32_t watched = 0;
    for (uint32_t i = 0; i < p->folder_count; i++) {
        watched += inotify_add_watch(p->notify, p->folders[i],
                                     IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM |
                                         IN_DELETE | IN_ONLYDIR) >= 0;
    }
    if (watched == 0) {
        fprintf(stderr, dgettext("kaohe", "kaohe: cannot watch '%s': %s\n"), p->run.folder,
                kh_tr_errno(errno));
    }
    return watched > 0;
}

/* The exit code. */
static int make(preview *p)
{
    double start = seconds_now();
    p->run.made = tmpfile();
    if (!p->run.made) {
        fprintf(stderr, kh_tr("kaohe: no temporary file: %s\n"), kh_tr_errno(errno));
        return 4;
    }
    int code = kh_run_project(&p->run);
    read_made(p, p->run.made);
    fclose(p->run.made);
    if (p->notify >= 0) watch_folders(p); /* before anyone hears of it and changes something */
    if (!*p->pdf) return code;
    const char *stem = stem_of(p->pdf, &p->arena);
    glob_t pictures = {0};
    if (draw_pictures(p->pdf, stem)) find_pictures(&pictures, stem);
    say(p, &pictures, seconds_now() - start);
    if (pictures.gl_pathc) globfree(&pictures);
    return code;
}

/* ---- again -------------------------------------------------------------------------------------- */

/* Not what editors keep beside a file, and not what a preview makes. */
static bool is_source(const struct inotify_event *event)
{
    if (event->mask & IN_Q_OVERFLOW) return true;
    if (event->len == 0 || event->name[0] == '.' || strchr(event->name, '~')) return false;
    const char *dot = strrchr(event->name, '.');
    if (event->mask & IN_CREATE) return !strcmp(event->name, "templates"); /* to be watched, too */
    return !dot || (strcmp(dot, ".pdf") != 0 && strcmp(dot, ".png") != 0);
}

/* Wait for a change, then for a moment without any. */
static void wait_for_change(const preview *p)
{
    enum { QUIET = 60 }; /* ms: an editor writes a file in several steps */
    char events[4096] __attribute__((aligned(8)));
    struct pollfd ready = {.fd = p->notify, .events = POLLIN};
    for (bool changed = false; poll(&ready, 1, changed ? QUIET : -1) != 0;) {
        ssize_t size = read(p->notify, events, sizeof events);
        for (ssize_t at = 0; at < size;) {
            const struct inotify_event *event = (const struct inotify_event *)(events + at);
            changed |= is_source(event);
            at += (ssize_t)(sizeof *event + event->len);
        }
    }
}

int kh_verb_preview(kh_cli *cli, int argc, char **argv)
{
    static const struct option options[] = {
        {"subject", required_argument, NULL, 's'}, {"template", required_argument, NULL, 't'},
        {"period", required_argument, NULL, 'p'},  {"out", required_argument, NULL, 'o'},
        {"watch", no_argument, NULL, 'w'},         {0}};
    const char *subject = NULL;
    preview p = {.cli = cli,
                 .notify = -1,
                 .run = {.quiet = true,
                         .places = cli->places,
                         .as_of = KH_NO_DATE,
                         .preview = true,
                         .only = &subject}};
    bool watch = false;
    for (int c; (c = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        switch (c) {
        case 's': subject = optarg; break;
        case 't': p.run.template = optarg; break;
        case 'p': p.run.period = optarg; break;
        case 'o': p.run.out = optarg; break;
        case 'w': watch = true; break;
        default: return kh_cli_option(c, argv);
        }
    }
    if (optind + 1 != argc) return kh_cli_usage("kaohe preview wants one project folder");
    p.run.folder = argv[optind];
    p.run.only_count = subject != NULL;
    int code = 2;
    if (watch) { /* from before the first preview: no change is missed */
        p.notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        add_project_folders(&p);
    }
    bool go = !watch || watch_folders(&p);
    if (go) code = make(&p);
    while (watch && go) {
        wait_for_change(&p);
        go = watch_folders(&p); /* also those that are new; what is in them is read now */
        if (go) code = make(&p);
    }
    if (p.notify >= 0) close(p.notify);
    free(p.folders);
    kh_arena_fini(&p.arena);
    return code;
}
