/* One reading of a dataset for all measures over it: what the files of the scan share.
 *
 *   scan.c   passes, batches, shares of the rows, mistakes in rows
 *   flow.c   rows that count on their day
 *   turns.c  rows of balances, and the days on which a dated lookup changes them
 *   share.c  what another process collected from its share, there and back
 */
#ifndef KH_MEASURE_SCAN_H
#define KH_MEASURE_SCAN_H

#include "measure/fold.h"

/** Codes of a column's dictionary to numbers of ours. */
typedef struct kh_codes {
    uint32_t *ids;
    uint32_t count, room;
} kh_codes;

typedef struct kh_scan {
    kh_run_state *state;
    kh_dataset *dataset;
    kh_pass *passes;
    uint32_t pass_count;
    kh_codes subjects, things, periods;
    kh_period *known_periods; /* by code of the period column */
    kh_codes *keys;           /* per pass */
    uint32_t mistakes;
    kh_names reported;    /* unknown subjects told once */
    uint32_t part, parts; /* the share of the rows read here */
} kh_scan;

/** The rows of a chunk that a measure counts, with its values for them. */
typedef struct kh_counted {
    uint32_t count;
    const uint32_t *at;    /* their places in the chunk, ascending */
    kh_vec value, weight;  /* one for each of them, in that order */
    const uint32_t *rules; /* bit r: exclusion r holds; NULL: the measure excludes nothing */
    uint32_t places[KH_CHUNK], hits[KH_CHUNK];
} kh_counted;

/**
 * Evaluate a measure over a chunk: its condition first, so that nothing else is computed for rows
 * that do not count.
 */
kh_status kh_scan_count(kh_pass *pass, uint32_t local, const kh_chunk *chunk, kh_counted *out,
                        kh_error *err);

/** A mistake in a row: told with its place as long as there are few. */
void kh_scan_report(kh_scan *s, const kh_batch *batch, uint32_t row, const char *format,
                    const char *what);
/** The subject of a row by its own column; KH_UNKNOWN after a report, or when it is left out. */
uint32_t kh_scan_subject(kh_scan *s, const kh_batch *batch, uint32_t row);
/** What the owners own of a row; KH_NO_NAME when they do not know it. */
uint32_t kh_scan_thing(const kh_scan *s, const kh_batch *batch, uint32_t row);
/** The line or rowid of a row; 0 = not known. */
int64_t kh_scan_line(const kh_batch *batch, uint32_t row);

/** The number of the file a row comes from, when somebody asks for it; 0 = not known. */
uint32_t kh_scan_file(kh_pass *pass, const kh_batch *batch, uint32_t row);

static inline bool kh_view_is_null(const kh_view *view, uint32_t row)
{
    return view->nulls && view->nulls[row];
}

/* flow.c */
kh_status kh_scan_flow(kh_scan *s, kh_pass *pass, const kh_batch *batch, kh_error *err);

/* turns.c */
kh_status kh_scan_balance(kh_scan *s, uint32_t pass, const kh_batch *batch, kh_error *err);

/* share.c */
/** Write what the passes have collected. False: the file did not take it. */
bool kh_share_write(const kh_scan *s, FILE *file);
/**
 * Add what another process collected from the rows behind those counted here.
 * @return KH_ELIMIT when the rows must be read in one go: see kh_balance_put().
 */
kh_status kh_share_add(kh_scan *s, const char *data, size_t size, kh_error *err);

#endif
