/* What one run holds, shared by the files that load, compute and write. */
#ifndef KH_RUN_RUNNING_H
#define KH_RUN_RUNNING_H

#include "document/template.h"
#include "metric/metric.h"
#include "run/code.h"
#include "run/digest.h"
#include "run/pool.h"
#include "run/progress.h"
#include "run/run.h"
#include "score/chain.h"

/** Everything one run holds. */
typedef struct kh_running {
    const kh_run_options *options;
    kh_guard *guard;
    kh_scheme *scheme;
    kh_diags diags;
    kh_measures *measures;
    kh_metrics *metrics;
    kh_chain *chain;
    kh_period period;
    kh_date as_of;
    kh_facts facts;
    kh_decimal *values; /* shared: metrics x subjects */
    size_t values_size;
    kh_full_sheet *sheet;
    const kh_results *results;
    kh_template **templates; /* per output; NULL for outputs that want results */
    kh_digests *digests;
    uint32_t output_count; /* of the plan's outputs, so many are made */
    kh_outbox *outbox;
    kh_spill *spill; /* NULL when nothing is written, or in memory only */
    kh_arena arena;
    char *out;
    uint32_t failures;
    struct kh_reason {
        const char *text;
        uint32_t count;
    } reasons[20]; /* of failures; those beyond are only counted */
    uint32_t reason_count;
    bool again; /* failures are told already */
    uint32_t documents;
    const char *made;            /* path of a preview's document */
    char (*codes)[KH_CODE_TEXT]; /* one for each subject, the last one for all of them */
    kh_progress progress;
} kh_running;

/* ---- load.c -------------------------------------------------------------------------------- */

/** The project, its scheme and templates; mistakes go to the diags. */
kh_status kh_running_load(kh_running *r, kh_error *err);
/** What --period says, else the project. */
kh_status kh_running_choose_period(kh_running *r, kh_error *err);
/** Where among the fields of a subject its password is; -1 = nowhere. */
int kh_running_password(const kh_plan *plan, const kh_output_decl *output);

/* ---- failures.c ---------------------------------------------------------------------------- */

/** Tell that a subject has no result, or no document; a few are named for each reason. */
void kh_running_failed(kh_running *r, uint32_t subject, const char *text);
/** At the end: how many more there were. */
void kh_running_tell_rest(const kh_running *r);
/** A kh_pool_progress whose context is the run. */
void kh_running_progress(void *ctx, uint32_t done, uint32_t total);

/* ---- documents.c --------------------------------------------------------------------------- */

/** All outputs, the codes and the manifest. */
kh_status kh_running_write(kh_running *r, kh_error *err);

#endif
