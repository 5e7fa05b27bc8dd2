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
    KH_CAN_SPLIT = 1 << 0, /* read() honours `part` and `parts`: disjoint shares, all rows once */
    KH_CAN_SQL = 1 << 1 /* read() honours `where` and `sql`; `dialect` says how they are written */
};

/** How SQL names a column of the source. The texts live as long as the instance. */
typedef struct kh_sql_column {
    const char *sql;   /* a term with the exact value, texts compared byte by byte */
    const char *guard; /* false for cells that break their type; NULL: there are none */
    int32_t scale;     /* decimals of a number; the term is scaled where `whole_numbers` says so */
    int32_t digits;    /* most digits of a number */
    bool misplaced;    /* broken cells may compare as anything, so no comparison leaves them out */
} kh_sql_column;

/**
 * The SQL of a source that can take over filters and sums. In texts, `#` stands for the number of
 * a bound value (from 1), `#1` and `#2` for terms. A source whose answers are not exactly those of
 * the engine (collations, paddings, floating point) must not say KH_CAN_SQL. A statement whose
 * numbers run over must fail with KH_EDATA: the engine reads the rows instead.
 */
typedef struct kh_dialect {
    uint32_t size;
    const char *from;         /* what stands behind FROM */
    const char *text_value;   /* a bound text, compared byte by byte */
    const char *date_value;   /* a bound date, given as 2009-01-31 */
    const char *days_between; /* whole days from #1 to #2 */
    int32_t digits;           /* most digits it calculates with; 0 = no matter */
    bool whole_numbers;       /* numbers are integers, scaled by their decimals */
    /** The column as @p type (text, decimal or date). False: it cannot be one in SQL, exactly. */
    bool (*column)(void *self, const char *name, kh_type type, kh_sql_column *out);
} kh_dialect;

/** A value bound to a statement; a date is written 2009-01-31. */
typedef struct kh_sql_value {
    kh_type type; /* KH_TYPE_TEXT or KH_TYPE_DATE */
    const char *text;
} kh_sql_value;

typedef struct kh_source_plan {
    uint32_t size;
    uint32_t can;
    int64_t bytes;             /* how much there is to read, for progress; 0 = not known */
    const kh_dialect *dialect; /* with KH_CAN_SQL; lives as long as the instance */
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
    /** With KH_CAN_SQL: the rows wanted, a condition; NULL = all rows. */
    const char *where;
    /** With KH_CAN_SQL: read this statement instead; its columns are the fields, in order. */
    const char *sql;
    /** What is bound in `where` or `sql`. */
    const kh_sql_value *values;
    uint32_t value_count;
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
