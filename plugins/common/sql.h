/* What the sources over databases share: options, columns, typed cells, the stream of rows.
 *
 * A database brings a driver: how to connect, to learn the columns of a statement, to run one and
 * to step through its rows. Cells come as the database writes them; what they become is decided
 * in cell.c alone, so five databases read an amount or a date in the same way.
 *
 * A plugin's instance begins with a sql_source. One statement runs at a time.
 */
#ifndef COMMON_SQL_H
#define COMMON_SQL_H

#include <kaohe/source.h>
#include <signal.h>

/** A column as the database describes it. */
typedef struct sql_column {
    const char *name;     /* in the database */
    const char *shown;    /* ours: option `columns`, else the same */
    const char *declared; /* its type in the database's words */
    kh_type type;
    int32_t scale;
    int32_t digits;      /* of an exact number; 0 = not known */
    int32_t unit;        /* option `scale`: a whole number counts 10^-unit; -1 = not given */
    int32_t native;      /* whatever the driver remembers about the type */
    const char *select;  /* how it is read; NULL: by its name */
    const char *refused; /* why it can only be read as text, with the way out; NULL: it is fine */
} sql_column;

/** What a cell may be, besides a text that its type explains. */
typedef enum sql_kind { SQL_PLAIN, SQL_FLOAT, SQL_BLOB } sql_kind;

/** The text of a cell, valid until the next row; NULL = null. */
typedef struct sql_cell {
    const char *text;
    size_t length;
    sql_kind kind; /* databases whose cells have types of their own say so here */
} sql_cell;

typedef struct sql_source sql_source;

typedef struct sql_driver {
    /** Connect if need be; called before all others. */
    kh_status (*connect)(sql_source *source, kh_error *err);
    /** Call sql_add_column() for each column of @p sql, which is not run. */
    kh_status (*look)(sql_source *source, const char *sql, kh_error *err);
    /** Run @p sql; @p columns is how many cells a row has. */
    kh_status (*start)(sql_source *source, const char *sql, const kh_sql_value *values,
                       uint32_t value_count, uint32_t columns, kh_error *err);
    /** Fill the cells of the next row; *more is false behind the last. */
    kh_status (*next)(sql_source *source, sql_cell *cells, bool *more, kh_error *err);
    /** End the running statement, also in the middle of its rows. */
    void (*stop)(sql_source *source);
    /** The column as a term of exactly this type; NULL: this database takes no filters. */
    bool (*term)(sql_source *source, const sql_column *column, kh_type type, kh_sql_column *out);
} sql_driver;

struct sql_source {
    const kh_host *host;
    const sql_driver *driver; /* set by the plugin before sql_open() */
    char quote;               /* around names; by then, or when it is connected; ' ' = none */
    kh_dialect dialect;       /* without term: not used */
    /* options */
    const char *table, *query, *row_id;
    kh_map columns, scale;
    kh_texts order;
    /* known after sql_check() */
    const char *label;    /* the table, for messages */
    const char *from;     /* what stands behind FROM */
    const char *row_term; /* NULL: rows are counted */
    sql_column *items;
    uint32_t count, room;
    bool known;
    bool computes;             /* the statement is the engine's own, and must give exact numbers */
    struct sql_stream *stream; /* the one that runs */
    volatile sig_atomic_t cancelled;
};

/** The options of every database source; @p type is the plugin's instance, its base is `sql`. */
#define SQL_OPTIONS(type_)                                                                         \
    {.key = "table",                                                                               \
     .type = KH_OPT_TEXT,                                                                          \
     .offset = offsetof(type_, sql.table),                                                         \
     .help = "the table or view, like dm.daily_balance"},                                          \
        {.key = "query",                                                                           \
         .type = KH_OPT_TEXT,                                                                      \
         .offset = offsetof(type_, sql.query),                                                     \
         .help = "a SELECT instead of a table"},                                                   \
        {.key = "columns",                                                                         \
         .type = KH_OPT_MAP,                                                                       \
         .offset = offsetof(type_, sql.columns),                                                   \
         .help = "our names for columns, like { manager_id = \"客户经理编号\" }"},                 \
        {.key = "scale",                                                                           \
         .type = KH_OPT_MAP,                                                                       \
         .offset = offsetof(type_, sql.scale),                                                     \
         .help = "decimals of amounts kept as whole numbers, like { balance = 2 } for cents"},     \
        {.key = "order",                                                                           \
         .type = KH_OPT_TEXTS,                                                                     \
         .offset = offsetof(type_, sql.order),                                                     \
         .help = "columns that sort the rows, where first, last or records depend on it"},         \
    {                                                                                              \
        .key = "row_id", .type = KH_OPT_TEXT, .offset = offsetof(type_, sql.row_id),               \
        .help = "a column with whole numbers that names a row in messages, else rows are counted"  \
    }

/* ---- for plugins --------------------------------------------------------------------------- */

/** Check the options above. Nothing is connected yet. */
kh_status sql_open(sql_source *source, const kh_host *host, kh_error *err);

/* Members of kh_source_ops as they are. */
kh_status sql_check(void *self, kh_error *err);
kh_status sql_describe(void *self, const kh_describe *out, kh_error *err);
kh_status sql_plan(void *self, kh_source_plan *out, kh_error *err);
kh_status sql_read(void *self, const kh_query *query, struct ArrowArrayStream *out, kh_error *err);
void sql_cancel(void *self);

/** For sql_driver.look: one more column; texts are copied. Returns it for further facts. */
sql_column *sql_add_column(sql_source *source, const char *name, const char *declared, kh_type type,
                           int32_t scale, int32_t digits);

/** True when the user wants an end. */
bool sql_is_cancelled(const sql_source *source);

/** Memory and texts that live as long as the instance. */
void *sql_keep(const sql_source *source, size_t size);
__attribute__((format(printf, 2, 3))) const char *sql_text(const sql_source *source,
                                                           const char *format, ...);
/** A name in the database's quotes. */
const char *sql_quoted(const sql_source *source, const char *name);

/* ---- cell.c -------------------------------------------------------------------------------- */

/** Where a cell goes. */
typedef struct sql_target {
    kh_field field;
    int32_t unit; /* see sql_column; -1 = none */
} sql_target;

/** Put a cell into column @p at of the rows. The error says what is wrong, not where. */
kh_status sql_cell_put(const kh_host *host, kh_builder *rows, uint32_t at, const sql_target *target,
                       const sql_cell *cell, kh_error *err);
/** A whole number within 64 bits. */
bool sql_cell_int(const sql_cell *cell, int64_t *out);

#endif
