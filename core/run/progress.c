/* A progress bar on a terminal; nothing elsewhere. */
#include "run/progress.h"

#include <kaohe/error.h>
#include <string.h>
#include <unistd.h>

enum { WIDTH = 30 };

void kh_progress_begin(kh_progress *progress, const char *what, bool quiet)
{
    *progress =
        (kh_progress){.what = what, .shown = !quiet && isatty(STDERR_FILENO), .last = UINT32_MAX};
}

void kh_progress_show(kh_progress *progress, uint32_t done, uint32_t total)
{
    if (!progress->shown || total == 0) return;
    uint32_t part = (uint32_t)((uint64_t)done * 1000 / total);
    if (part == progress->last) return;
    progress->last = part;
    char bar[WIDTH + 1];
    uint32_t full = part * WIDTH / 1000;
    memset(bar, '.', WIDTH);
    memset(bar, '#', full);
    bar[WIDTH] = '\0';
    fprintf(stderr, "\r%s [%s] %u/%u", kh_tr(progress->what), bar, done, total);
    fflush(stderr);
}

void kh_progress_end(kh_progress *progress)
{
    if (progress->shown && progress->last != UINT32_MAX) fputs("\r\033[K", stderr);
    progress->shown = false;
}
