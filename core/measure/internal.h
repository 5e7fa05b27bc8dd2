/* What the files of the measure room share: parsed expressions, windows, passes over a dataset. */
#ifndef KH_MEASURE_INTERNAL_H
#define KH_MEASURE_INTERNAL_H

#include "measure/lineage.h"
#include "measure/lookup.h"
#include "measure/measure.h"

/** The expressions of one measure, in the scope of its dataset. */
typedef struct kh_measure_exprs {
    kh_expr *value, *weight, *where; /* value NULL: count rows */
    kh_expr **excludes;
    kh_decimal divisor; /* taken off the value: sums are divided once */
} kh_measure_exprs;

/** A dataset with the columns its expressions need. */
typedef struct kh_dataset {
    const kh_dataset_decl *decl;
    kh_slots slots;
    kh_scope scope;
    uint32_t nodes;
    int32_t key, date, period, subject, owner_key; /* slots; -1 = none */
    int32_t owner;                                 /* index of the owner declaration; -1 = none */
    bool used;                                     /* by a measure or records */
    kh_feed_filter filter;                         /* what a scan asks the source for */
} kh_dataset;

/** The lookups of a plan as one dataset (or the subject table) sees them. */
typedef struct kh_joins {
    kh_key_part **parts; /* per lookup: where its key comes from; NULL = not used */
    int32_t *band_slots;
} kh_joins;

typedef struct kh_records_exprs {
    kh_expr *where;
    uint32_t *slots; /* of the dataset, one per column */
} kh_records_exprs;

struct kh_measures {
    const kh_plan *plan;
    kh_arena arena;
    kh_dataset *datasets; /* one per declaration; the last one is the subject table */
    kh_joins *joins;      /* one per dataset */
    kh_slots *lookup_slots;
    kh_slots **lookup_slot_list;
    const char **lookup_names;
    kh_expr **lookup_wheres;
    uint32_t *lookup_nodes;
    kh_scope *lookup_scopes;
    kh_slots *owner_slots;
    kh_measure_exprs *exprs;
    kh_records_exprs *records;
    kh_expr *subject_name, *subject_group, *subject_where, **subject_fields;
    kh_slots calendar_slots;
    bool *lookup_used;
    kh_lineage *lineage; /* NULL: nobody asks */
    uint32_t jobs;       /* processes that read one dataset; 0 and 1: this one */
    bool rows_only;      /* nothing is left to databases */
};

/** Dated attribution, loaded: who owns a thing from when to when. */
typedef struct kh_span {
    uint32_t subject;
    kh_date from, to;
    kh_int128 share; /* scaled by kh_owners.scale */
} kh_span;

typedef struct kh_owners {
    kh_names things;
    uint32_t *starts; /* spans of thing t: spans[starts[t]] .. spans[starts[t + 1] - 1] */
    kh_span *spans;
    int scale;
} kh_owners;

/** A lookup loaded for one window; kept for all passes that look at it. */
typedef struct kh_loaded_lookup {
    uint32_t index;
    kh_period window;
    kh_lookup lookup;
    struct kh_loaded_lookup *next;
} kh_loaded_lookup;

/** The state of one run. */
typedef struct kh_run_state {
    kh_measures *measures;
    kh_facts *facts;
    kh_feed *feeds; /* one per source of the plan */
    kh_names subject_names;
    uint32_t *subject_index; /* number of a name -> index in facts->subjects or KH_INACTIVE */
    kh_owners *owners;       /* one per owner declaration; loaded when `things.count` > 0 */
    kh_loaded_lookup *lookups;
    kh_calendar calendar;
    kh_diags *problems;
    bool *pushed; /* per measure: the database computed it */
} kh_run_state;

enum { KH_SHOWN_MOST = 20 }; /* mistakes of one kind listed one by one */

/* prepare.c */
void kh_constants_of(const kh_period *window, int64_t out[KH_CONSTANT_COUNT]);
bool kh_measures_infer(kh_measures *measures, kh_diags *diags);
/** Read the dataset's key with its rows. */
void kh_dataset_want_key(kh_measures *measures, uint32_t dataset);

/* frame.c: the lookups of one dataset for one window, ready to evaluate chunks of its rows */
typedef struct kh_frame {
    kh_eval *eval;
    uint32_t lookup_count;
    kh_matcher *matchers;    /* per lookup; lookup == NULL where the dataset does not use it */
    const kh_store **stores; /* per lookup */
    int32_t **matches;       /* per lookup, KH_CHUNK rows */
    int32_t **picked;        /* the same for rows picked out of a chunk */
    uint32_t picked_rows[KH_CHUNK];
    const kh_view *own;
} kh_frame;

kh_status kh_frame_init(kh_frame *frame, kh_run_state *state, uint32_t dataset,
                        const kh_period *window, kh_error *err);
void kh_frame_fini(kh_frame *frame);
/** New rows are behind the views. */
void kh_frame_batch(kh_frame *frame, const kh_view *own);
/** The row of lookup @p l that holds for a row of the batch on @p day; -1 = none. */
int32_t kh_frame_find(const kh_frame *frame, uint32_t l, uint32_t row, kh_date day);
/** The next day, before @p end, on which a lookup gives this row other values. */
kh_date kh_frame_next_change(const kh_frame *frame, uint32_t row, kh_date day, kh_date end);
/** A chunk of rows; @p days says on which day each row looks things up. */
kh_chunk kh_frame_chunk(kh_frame *frame, const uint32_t *rows, uint32_t count, const kh_date *days);
/** The rows of @p chunk at these places; holds until the next call. */
kh_chunk kh_frame_pick(kh_frame *frame, const kh_chunk *chunk, const uint32_t *places,
                       uint32_t count);

/* subjects.c */
kh_status kh_subjects_load(kh_run_state *state, kh_error *err);
/** Index of the subject with this key, or one of the two below. */
uint32_t kh_subject_find(const kh_run_state *state, const char *key, size_t length);
#define KH_INACTIVE (UINT32_MAX - 1) /* known, but not scored in this period */
#define KH_UNKNOWN  UINT32_MAX

/* owner.c */
void kh_owner_prepare(const kh_owner_decl *decl, kh_slots *slots, kh_arena *arena);
kh_status kh_owners_load(kh_run_state *state, uint32_t owner, kh_error *err);
void kh_owners_fini(kh_owners *owners);

/* run.c */
/** Open the sources and bind the plan to them; kh_run_close() also after a failure. */
kh_status kh_run_open(kh_run_state *state, kh_error *err);
void kh_run_close(kh_run_state *state);
kh_status kh_lookup_for(kh_run_state *state, uint32_t index, const kh_period *window,
                        const kh_lookup **out, kh_error *err);

/* scan.c */
kh_status kh_dataset_scan(kh_run_state *state, uint32_t dataset, kh_error *err);

/* lineage.c */
/** Find the subject that is asked about. */
kh_status kh_lineage_begin(kh_run_state *state, kh_error *err);

/* records.c */
kh_status kh_records_load(kh_run_state *state, uint32_t index, kh_error *err);

#endif
