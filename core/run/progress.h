/* A progress bar on a terminal; nothing elsewhere. */
#ifndef KH_RUN_PROGRESS_H
#define KH_RUN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/** What is being done; zero-initialise, then kh_progress_begin(). */
typedef struct kh_progress {
    const char *what;
    bool shown;
    uint32_t last; /* per mille shown last */
} kh_progress;

/** @p quiet or no terminal at stderr: stays silent. */
void kh_progress_begin(kh_progress *progress, const char *what, bool quiet);
void kh_progress_show(kh_progress *progress, uint32_t done, uint32_t total);
/** Clear the line. */
void kh_progress_end(kh_progress *progress);

#endif
