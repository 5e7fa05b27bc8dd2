/* What every plugin exports: one data symbol, an option table, and the ops of its kind.
 *
 * A plugin is one shared object `kind_name.so` that exports the symbol `kaohe_plugin` and nothing
 * else. It links to nothing of ours: the host lends its services as a table (kh_host). The host
 * reads the descriptor before any code of the plugin runs, so a refused plugin never ran.
 *
 *     #include <kaohe/source.h>
 *
 *     typedef struct hello { const kh_host *host; const char *path; } hello;
 *     static const hello defaults = {.path = "hello.txt"};
 *     static const kh_option options[] = {
 *         {.key = "path", .type = KH_OPT_PATH, .offset = offsetof(hello, path), .help = "file"},
 *         {0}};
 *     static const kh_source_ops ops = {.size = sizeof ops, .open = ..., .read = ...};
 *     KH_PLUGIN = {KH_ABI, sizeof(kh_plugin), KH_SOURCE, "hello", "1.0", "says hello", "MIT",
 *                  sizeof(hello), &defaults, options, .source = &ops};
 *
 * Threads    one instance is called by one process at a time.
 * Habits     no exit, longjmp, setlocale, chdir, setenv or signal handlers in a plugin.
 */
#ifndef KAOHE_PLUGIN_H
#define KAOHE_PLUGIN_H

#include <kaohe/date.h>
#include <kaohe/decimal.h>
#include <kaohe/error.h>
#include <stddef.h>

/** Version of this border. A plugin built for another one is refused, both numbers printed. */
#define KH_ABI 1

typedef enum kh_kind { KH_SOURCE = 1, KH_STRATEGY = 2, KH_OUTPUT = 3 } kh_kind;

/** What a column holds. */
typedef enum kh_type {
    KH_TYPE_ANY = 0, /* describe only: text that can be read as any of the others */
    KH_TYPE_TEXT,
    KH_TYPE_DECIMAL, /* decimal128(38, scale) */
    KH_TYPE_INT,     /* int64 */
    KH_TYPE_DATE,    /* date32 */
    KH_TYPE_BOOL,
    KH_TYPE_FLOAT /* binary: never for an amount */
} kh_type;

/** A named, typed column. `scale` counts the decimals of KH_TYPE_DECIMAL. */
typedef struct kh_field {
    const char *name;
    kh_type type;
    int32_t scale;
} kh_field;

/* ---- options ------------------------------------------------------------------------------- */

typedef enum kh_option_type {
    KH_OPT_TEXT = 1, /* const char *                                                */
    KH_OPT_INT,      /* int64_t, within [min, max] unless both are 0                */
    KH_OPT_BOOL,     /* bool                                                        */
    KH_OPT_DECIMAL,  /* kh_decimal, within [min, max] unless both are 0             */
    KH_OPT_CHOICE,   /* int32_t, index into `choices`                               */
    KH_OPT_DATE,     /* kh_date                                                     */
    KH_OPT_PATH,     /* const char *, made absolute against the project's folder    */
    KH_OPT_SECRET,   /* const char *, given as env "NAME" or file "PATH"; not logged */
    KH_OPT_TEXTS,    /* kh_texts                                                    */
    KH_OPT_MAP,      /* kh_map: text keys to texts (or numbers), in order of the keys */
    KH_OPT_ROWS      /* kh_rows: a list of tables, each checked against `row`       */
} kh_option_type;

/** What the name in a text option must be the name of; checked before any data is read. */
typedef enum kh_refers {
    KH_REFERS_NOTHING = 0,
    KH_REFERS_VALUE,   /* a measure, a metric or a value set by an earlier stage */
    KH_REFERS_RECORDS, /* a `records` declaration */
    KH_REFERS_LOOKUP,  /* a `lookup` declaration */
    KH_DEFINES_VALUE   /* the other way round: names a value this stage adds for later ones */
} kh_refers;

enum {
    KH_OPT_REQUIRED = 1 << 0, /* refuse a configuration without it */
    KH_OPT_POSITIVE = 1 << 1  /* the number must be above 0 */
};

typedef struct kh_texts {
    const char *const *items;
    uint32_t count;
} kh_texts;

typedef struct kh_pair {
    const char *key, *value;
} kh_pair;

typedef struct kh_map {
    const kh_pair *items;
    uint32_t count;
} kh_map;

/** A list of records laid out as the plugin's own row struct (`row_size` bytes each). */
typedef struct kh_rows {
    const void *items;
    uint32_t count;
} kh_rows;

/**
 * One option of a plugin. The table ends with a row whose key is NULL. The host fills the instance
 * from `defaults`, then from the configuration, and refuses unknown keys with the nearest name.
 * Ownership: every pointer the host writes into an instance lives as long as the instance.
 */
typedef struct kh_option {
    const char *key;
    kh_option_type type;
    uint32_t offset;             /* offsetof(the instance, or the row, member) */
    const char *help;            /* one line */
    uint32_t flags;              /* KH_OPT_REQUIRED | ... */
    kh_refers refers;            /* for KH_OPT_TEXT and KH_OPT_TEXTS */
    int64_t min, max;            /* for KH_OPT_INT and KH_OPT_DECIMAL; inclusive */
    const char *const *choices;  /* for KH_OPT_CHOICE; ends with NULL */
    const struct kh_option *row; /* for KH_OPT_ROWS: the options of one row */
    uint32_t row_size;           /* for KH_OPT_ROWS */
    const void *row_defaults;    /* for KH_OPT_ROWS; NULL = zeros */
} kh_option;

/* ---- what the host lends ------------------------------------------------------------------- */

struct ArrowArray;
struct ArrowArrayStream;
struct ArrowSchema;

/** Rows being collected; see kh_rows_ops. */
typedef struct kh_builder kh_builder;

/**
 * Append rows without seeing Arrow. A cell that is not set is null; set twice, it keeps the last.
 * Errors are kept inside and told by finish() or batch(), so cells need no checks.
 */
typedef struct kh_rows_ops {
    uint32_t size;
    /** @p fields are copied. NULL only when memory is out. */
    kh_builder *(*begin)(const kh_field *fields, uint32_t count);
    void (*text)(kh_builder *rows, uint32_t column, const char *text, size_t length);
    void (*decimal)(kh_builder *rows, uint32_t column, kh_decimal value);
    void (*integer)(kh_builder *rows, uint32_t column, int64_t value);
    void (*date)(kh_builder *rows, uint32_t column, kh_date value);
    void (*boolean)(kh_builder *rows, uint32_t column, bool value);
    /** End the row; @p origin is its line number or rowid (KH_ORIGIN_ROW). */
    void (*next)(kh_builder *rows, int64_t origin);
    /** Move the rows so far into @p out as one batch and start a new one. */
    kh_status (*batch)(kh_builder *rows, struct ArrowArray *out, kh_error *err);
    /** Adopts @p rows, also on failure: @p out streams all rows, the host drains it. */
    kh_status (*finish)(kh_builder *rows, struct ArrowArrayStream *out, kh_error *err);
    /** Free rows that are not wanted any more; NULL is fine. */
    void (*discard)(kh_builder *rows);
    /** The schema of the batches, for a source with a stream of its own. The caller releases it. */
    void (*schema)(const kh_builder *rows, struct ArrowSchema *out);
} kh_rows_ops;

typedef enum kh_log_level { KH_LOG_DEBUG, KH_LOG_INFO, KH_LOG_WARN } kh_log_level;

/** Services of the host. Valid as long as the instance. Only ever appended to. */
typedef struct kh_host {
    uint32_t abi;
    uint32_t size;
    void *ctx;
    /** One line for the person who runs kaohe; never a secret. */
    void (*log)(void *ctx, kh_log_level level, const char *text);
    /** True after Ctrl-C or a time limit: stop soon with KH_ECANCELLED. */
    bool (*should_cancel)(void *ctx);
    const kh_decimal_ops *decimal;
    const kh_rows_ops *rows;
    /** Memory that lives as long as the instance, zeroed; NULL when it is out. */
    void *(*alloc)(void *ctx, size_t size);
    const struct kh_rule_ops *rules; /* <kaohe/rules.h> */
    /** 2025-07-01, 2025/7/1, 2025年7月1日, 20250701, a time behind it is dropped. KH_EDATA else. */
    kh_status (*parse_date)(kh_date *out, const char *text, size_t length, kh_error *err);
} kh_host;

/* ---- the descriptor ------------------------------------------------------------------------ */

struct kh_source_ops;
struct kh_strategy_ops;
struct kh_output_ops;

typedef struct kh_plugin {
    uint32_t abi;  /* KH_ABI */
    uint32_t size; /* sizeof(kh_plugin) as this plugin's compiler saw it */
    kh_kind kind;
    const char *name; /* the constructor in the configuration: csv { ... } */
    const char *version;
    const char *summary; /* one line */
    const char *license;
    uint32_t instance_size;
    const void *defaults; /* an instance with its defaults; NULL = zeros */
    const kh_option *options;
    const struct kh_source_ops *source;
    const struct kh_strategy_ops *strategy;
    const struct kh_output_ops *output;
} kh_plugin;

#define KH_PLUGIN __attribute__((visibility("default"))) const kh_plugin kaohe_plugin

#endif
