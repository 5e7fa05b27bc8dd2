/* The contract of an output format: documents or results in, bytes into a sink out. */
#ifndef KAOHE_OUTPUT_H
#define KAOHE_OUTPUT_H

#include <kaohe/document.h>
#include <kaohe/plugin.h>
#include <kaohe/scorecard.h>

/** Where bytes go. The host opens, syncs and renames files; a plugin only writes. */
typedef struct kh_sink {
    void *ctx;
    kh_status (*write)(void *ctx, const void *data, size_t size, kh_error *err);
} kh_sink;

/** What an output wants to be called with. */
typedef enum kh_wants {
    KH_WANTS_DOCUMENTS = 1, /* document(), once for each file */
    KH_WANTS_RESULTS = 2    /* results(), once for the run */
} kh_wants;

/** What is known before the first document. Borrowed for the call. */
typedef struct kh_output_context {
    uint32_t size;
    kh_period period;
    /**
     * Text that many documents share (the template's and the scheme's own words), UTF-8.
     * An output may prepare it once, e.g. as one font subset for all files. The same for every
     * worker and for every selection of subjects, so it may shape the bytes of a file.
     */
    const char *common_text;
} kh_output_context;

typedef struct kh_output_ops {
    uint32_t size;
    kh_wants wants;
    const char *extension; /* "pdf" */
    /** Options are filled. Called once in each worker, after the fork. May be NULL. */
    kh_status (*open)(void *self, const kh_host *host, const kh_output_context *context,
                      kh_error *err);
    void (*close)(void *self);
    /** One laid-out document (a scorecard, a branch summary) into one file. */
    kh_status (*document)(void *self, const kh_document *document, const kh_sink *sink,
                          kh_error *err);
    /** All results into one file. */
    kh_status (*results)(void *self, const kh_results *results, const kh_sink *sink, kh_error *err);
    /**
     * Tell the files besides its options that shape what it writes, such as fonts, as absolute
     * paths: the manifest holds their digests. Options are filled; open() was not called. May be
     * NULL.
     */
    kh_status (*files)(void *self, void (*tell)(void *ctx, const char *path), void *ctx,
                       kh_error *err);
} kh_output_ops;

#endif
