/* The manifest: which files, scripts, plugins and options made these outputs. */
#ifndef KH_RUN_MANIFEST_H
#define KH_RUN_MANIFEST_H

#include "document/template.h"
#include "run/digest.h"
#include "run/files.h"

#include <stdio.h>

typedef struct kh_manifest {
    const kh_scheme *scheme;
    kh_template *const *templates; /* per output, may hold NULL */
    const kh_period *period;
    kh_date as_of;
    const kh_places *places;
    kh_digests *digests; /* of inputs, begun before they were read; may be NULL */
    bool data_only;      /* a preview: no more than what `data_key` needs */
    /* filled by kh_manifest_describe() */
    kh_buf text;
    char data_key[65];   /* of the period and the inputs: for the verification codes */
    char key[65];        /* of everything */
    bool unknown_inputs; /* a source is no file: no digest says what it held */
} kh_manifest;

/** Begin to digest the files that sources and outputs of a plan read; NULL when they are small. */
kh_digests *kh_manifest_ahead(const kh_plan *plan);

/** Digest everything that goes into the run. */
kh_status kh_manifest_describe(kh_manifest *manifest, kh_error *err);

/**
 * Compare what was described with what an interrupted run left.
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

/** The files of the user that go into a run, inputs and scripts, one a line; kh_manifest.scheme and
 *  .templates are needed. */
void kh_manifest_name_files(const kh_manifest *manifest, FILE *out);

#endif
