/* The contract of a data source: describe the columns, then stream the rows that are asked for. */
#ifndef KAOHE_SOURCE_H
#define KAOHE_SOURCE_H

#include <kaohe/arrow.h>
#include <kaohe/plugin.h>

/** Receives the columns of a table from kh_source_ops.describe. */
typedef struct kh_describe {
    void *ctx;
    /** @p name is copied. KH_TYPE_ANY for text formats that carry no types. */
    void (*field)(void *ctx, const char *name, kh_type type, int32_t scale);
    /** A decision the source took by itself ("encoding GB18030"); shown by doctor and explain. */
    void (*decided)(void *ctx, const char *text);
} kh_describe;

/** What a plan can take over from the engine, bit by bit. 0 is a correct answer. */
enum {
    KH_CAN_SPLIT = 1 << 0 /* read() honours `part` and `parts`: disjoint shares, all rows once */
};

typedef struct kh_source_plan {
    uint32_t size;
    uint32_t can;
    int64_t bytes; /* how much there is to read, for progress; 0 = not known */
} kh_source_plan;

/** What the engine wants to read. Everything in it is borrowed for the call of read() only. */
typedef struct kh_query {
    uint32_t size;
    /** The columns, in this order, with the type each must arrive in. */
    const kh_field *fields;
    uint32_t field_count;
    /** Append KH_ORIGIN_ROW (and KH_ORIGIN_FILE where there are several files). */
    bool want_origin;
    /** Share @p part of @p parts (0/1 unless the plan said KH_CAN_SPLIT). */
    uint32_t part, parts;
} kh_query;

/**
 * Errors of a stream: get_next returns 0 or minus a kh_status (so 2 means KH_EDATA), and
 * get_last_error the line to print, which names file:line:column or the server's words.
 */
typedef struct kh_source_ops {
    uint32_t size;
    /** Options are filled. Cheap: no data is read. May be NULL. */
    kh_status (*open)(void *self, const kh_host *host, kh_error *err);
    /** Always called after a successful open, also after failures. May be NULL. */
    void (*close)(void *self);
    /** Is it reachable and readable? For `kaohe doctor`. May be NULL. */
    kh_status (*check)(void *self, kh_error *err);
    /** Name the columns. */
    kh_status (*describe)(void *self, const kh_describe *out, kh_error *err);
    /** Say what read() can take over. May be NULL: nothing. */
    kh_status (*plan)(void *self, kh_source_plan *plan, kh_error *err);
    /**
     * Stream the rows. A text column may arrive as utf8 or as dictionary<utf8>; a dictionary
     * whose schema carries the flag below only ever grows, and keeps its codes in all batches.
     * A cell that cannot be read in its type is KH_EDATA with its place and its text.
     */
    kh_status (*read)(void *self, const kh_query *query, struct ArrowArrayStream *out,
                      kh_error *err);
    /** Ask a running read to end soon. Async-signal-safe. May be NULL. */
    void (*cancel)(void *self);
} kh_source_ops;

/** ArrowSchema.flags of a dictionary column whose entries keep their codes through the stream. */
#define KH_DICTIONARY_GROWS (1LL << 16)

#endif
