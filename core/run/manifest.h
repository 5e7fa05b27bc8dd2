/* The manifest: which files, scripts, plugins and options made these outputs. */
#ifndef KH_RUN_MANIFEST_H
#define KH_RUN_MANIFEST_H

#include "document/template.h"
#include "run/files.h"

typedef struct kh_manifest {
    const kh_scheme *scheme;
    kh_template *const *templates; /* per output, may hold NULL */
    const kh_period *period;
    kh_date as_of;
    const kh_places *places;
    /* filled by kh_manifest_begin() */
    kh_buf text;
    char key[65];
    bool unknown_inputs; /* a source is a server or many files: no digest says what it held */
} kh_manifest;

/**
 * Digest everything that goes into the run and compare it with what an interrupted run left.
 *
 * @param resume   the user asks to go on
 * @param resumed  true: the files that are there were made from the same inputs and may stay
 * @return KH_EUSAGE when asked to resume a run of other inputs
 */
kh_status kh_manifest_begin(kh_manifest *manifest, kh_outbox *outbox, bool resume, bool *resumed,
                            kh_error *err);
/** Write PERIOD/manifest.json; it waits for the commit. */
kh_status kh_manifest_end(kh_manifest *manifest, kh_outbox *outbox, kh_error *err);
void kh_manifest_fini(kh_manifest *manifest);

#endif
