/* The SQLite source: tables and queries of a database file, opened for reading only. */
#include "common/sql.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INT_DIGITS = 19, STEPS = 4000 /* of SQLite's machine between two looks at Ctrl-C */ };

typedef struct sqlite_source {
    sql_source sql;
    const char *path;
    int64_t busy_timeout;
    sqlite3 *db;
    sqlite3_stmt *statement;
} sqlite_source;

static kh_status failed(const sqlite_source *source, kh_error *err)
{
    int code = sqlite3_extended_errcode(source->db);
    const char *words = sqlite3_errmsg(source->db);
    switch (code & 0xFF) {
    case SQLITE_INTERRUPT: return kh_fail(err, KH_ECANCELLED, "interrupted");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return kh_fail(err, KH_EUNAVAILABLE,
                       "%s: %s for longer than %lld ms; end the other program, or raise "
                       "busy_timeout",
                       source->path, words, (long long)source->busy_timeout);
    case SQLITE_NOTADB: return kh_fail(err, KH_EDATA, "%s: it is no SQLite file", source->path);
    case SQLITE_PERM:
    case SQLITE_AUTH: return kh_fail(err, KH_EDENIED, "%s: %s", source->path, words);
    case SQLITE_CORRUPT: return kh_fail(err, KH_EDATA, "%s: %s", source->path, words);
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR: return kh_fail(err, KH_EUNAVAILABLE, "%s: %s", source->path, words);
    case SQLITE_ERROR: return kh_fail(err, KH_EUSAGE, "%s: %s", source->path, words);
    default: return kh_fail(err, KH_EDATA, "%s: %s", source->path, words);
    }
}

static int look_for_cancel(void *ctx)
{
    return sql_is_cancelled(ctx);
}

static kh_status connect(sql_source *base, kh_error *err)
{
    sqlite_source *source = (sqlite_source *)base;
    if (source->db) return KH_OK;
    if (access(source->path, F_OK) != 0) {
        return kh_fail(err, KH_EUSAGE, "%s: there is no such file", source->path);
    }
    if (access(source->path, R_OK) != 0) {
        return kh_fail(err, KH_EDENIED, "%s: it may not be read", source->path);
    }
    int rc = sqlite3_open_v2(source->path, &source->db, SQLITE_OPEN_READONLY, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_busy_timeout(source->db, (int)source->busy_timeout);
        sqlite3_progress_handler(source->db, STEPS, look_for_cancel, base);
        /* One snapshot for everything that is read. */
        rc = sqlite3_exec(source->db, "BEGIN", NULL, NULL, NULL);
    }
    return rc == SQLITE_OK ? KH_OK : failed(source, err);
}

static kh_status prepare(sqlite_source *source, const char *sql, sqlite3_stmt **out, kh_error *err)
{
    int rc = sqlite3_prepare_v2(source->db, sql, -1, out, NULL);
    return rc == SQLITE_OK ? KH_OK : failed(source, err);
}

/* ---- types --------------------------------------------------------------------------------- */

static bool has_word(const char *declared, const char *word)
{
    size_t n = strlen(word);
    for (; *declared; declared++) {
        if (sqlite3_strnicmp(declared, word, (int)n) == 0) return true;
    }
    return false;
}

/* A declared type is a wish in SQLite; each cell has its own. So it decides what to ask for, and
   cells that are something else are refused when they are read. */
static kh_type type_of(const char *declared, int32_t *scale)
{
    *scale = 0;
    if (!declared || !*declared) return KH_TYPE_ANY;
    if (has_word(declared, "INT")) return KH_TYPE_INT;
    if (has_word(declared, "CHAR") || has_word(declared, "TEXT") || has_word(declared, "CLOB")) {
        return KH_TYPE_ANY;
    }
    if (has_word(declared, "DATE") || has_word(declared, "TIMESTAMP")) return KH_TYPE_DATE;
    if (has_word(declared, "BOOL")) return KH_TYPE_BOOL;
    if (has_word(declared, "REAL") || has_word(declared, "FLOA") || has_word(declared, "DOUB")) {
        return KH_TYPE_FLOAT;
    }
    const char *comma = strchr(declared, ',');
    if (!comma || !(has_word(declared, "DEC") || has_word(declared, "NUM"))) return KH_TYPE_ANY;
    long places = strtol(comma + 1, NULL, 10);
    *scale = places >= 0 && places <= 18 ? (int32_t)places : 0;
    return KH_TYPE_DECIMAL;
}

static kh_status look(sql_source *base, const char *sql, kh_error *err)
{
    sqlite_source *source = (sqlite_source *)base;
    sqlite3_stmt *statement;
    kh_status rc = prepare(source, sql, &statement, err);
    if (rc < 0) return rc;
    for (int c = 0; c < sqlite3_column_count(statement); c++) {
        const char *declared = sqlite3_column_decltype(statement, c);
        int32_t scale;
        kh_type type = type_of(declared, &scale);
        sql_add_column(base, sqlite3_column_name(statement, c), declared, type, scale,
                       type == KH_TYPE_INT ? INT_DIGITS : 0);
    }
    sqlite3_finalize(statement);
    /* Tables have rowids, views and queries do not. */
    if (base->table &&
        sqlite3_prepare_v2(source->db, sql_text(base, "SELECT rowid FROM %s", base->from), -1,
                           &statement, NULL) == SQLITE_OK) {
        base->row_term = "rowid";
        sqlite3_finalize(statement);
    }
    return KH_OK;
}

static bool is_text(const sql_column *column)
{
    return has_word(column->declared, "CHAR") || has_word(column->declared, "TEXT") ||
           has_word(column->declared, "CLOB");
}

static bool term(sql_source *base, const sql_column *column, kh_type type, kh_sql_column *out)
{
    const char *name = sql_quoted(base, column->name);
    bool whole = has_word(column->declared, "INT");
    *out = (kh_sql_column){.sql = name};
    switch (type) {
    case KH_TYPE_DECIMAL:
        if (!whole) return false;
        out->guard = sql_text(base, "typeof(%s) IN ('integer', 'null')", name);
        out->scale = column->unit > 0 ? column->unit : 0;
        out->digits = INT_DIGITS;
        return true;
    case KH_TYPE_TEXT:
        if (whole) {
            out->sql = sql_text(base, "CAST(%s AS TEXT)", name);
            out->guard = sql_text(base, "typeof(%s) IN ('integer', 'null')", name);
            return true;
        }
        out->sql = sql_text(base, "%s COLLATE BINARY", name);
        out->guard = sql_text(base, "typeof(%s) IN ('text', 'null')", name);
        return is_text(column);
    case KH_TYPE_DATE:
        if (whole) { /* 20090131 */
            out->sql = sql_text(base,
                                "CASE WHEN %s IS NOT NULL THEN printf('%%04d-%%02d-%%02d', "
                                "%s / 10000, %s / 100 %% 100, %s %% 100) END",
                                name, name, name, name);
        } else {
            out->sql = sql_text(base, "%s COLLATE BINARY", name);
        }
        out->guard = sql_text(base, "date(%s) IS (%s)", out->sql, out->sql);
        out->misplaced = true; /* 2009-1-5 comes behind 2009-03-31 */
        return whole || is_text(column) || column->type == KH_TYPE_DATE;
    default: return false;
    }
}

/* ---- rows ---------------------------------------------------------------------------------- */

static kh_status start(sql_source *base, const char *sql, const kh_sql_value *values,
                       uint32_t value_count, uint32_t columns, kh_error *err)
{
    sqlite_source *source = (sqlite_source *)base;
    (void)columns;
    kh_status rc = prepare(source, sql, &source->statement, err);
    for (uint32_t i = 0; rc == KH_OK && i < value_count; i++) {
        if (sqlite3_bind_text(source->statement, (int)i + 1, values[i].text, -1,
                              SQLITE_TRANSIENT) != SQLITE_OK) {
            rc = failed(source, err);
        }
    }
    return rc;
}

static kh_status next(sql_source *base, sql_cell *cells, bool *more, kh_error *err)
{
    sqlite_source *source = (sqlite_source *)base;
    int rc = sqlite3_step(source->statement);
    *more = rc == SQLITE_ROW;
    if (rc == SQLITE_DONE) return KH_OK;
    if (rc != SQLITE_ROW) {
        /* The sum of whole numbers beyond 64 bits: the engine can do it by rows. */
        if (strstr(sqlite3_errmsg(source->db), "integer overflow")) {
            return kh_fail(err, KH_EDATA, "%s: integer overflow", source->path);
        }
        return failed(source, err);
    }
    for (int c = 0; c < sqlite3_column_count(source->statement); c++) {
        int type = sqlite3_column_type(source->statement, c);
        const void *text = type == SQLITE_NULL ? NULL : sqlite3_column_text(source->statement, c);
        if (type == SQLITE_BLOB && !text) text = "";
        cells[c] = (sql_cell){.text = text,
                              .length = (size_t)sqlite3_column_bytes(source->statement, c),
                              .kind = type == SQLITE_FLOAT  ? SQL_FLOAT
                                      : type == SQLITE_BLOB ? SQL_BLOB
                                                            : SQL_PLAIN};
    }
    return KH_OK;
}

static void stop(sql_source *base)
{
    sqlite_source *source = (sqlite_source *)base;
    sqlite3_finalize(source->statement);
    source->statement = NULL;
}

/* ---- the plugin ---------------------------------------------------------------------------- */

static const sql_driver driver = {
    .connect = connect, .look = look, .start = start, .next = next, .stop = stop, .term = term};

static kh_status open_source(void *self, const kh_host *host, kh_error *err)
{
    sqlite_source *source = self;
    source->sql.driver = &driver;
    source->sql.quote = '"';
    source->sql.dialect =
        (kh_dialect){.text_value = "?#",
                     .date_value = "?#",
                     .days_between = "CAST(julianday(#2) - julianday(#1) AS INTEGER)",
                     .digits = INT_DIGITS,
                     .whole_numbers = true};
    return sql_open(&source->sql, host, err);
}

static void close_source(void *self)
{
    sqlite_source *source = self;
    sqlite3_close(source->db);
    source->db = NULL;
    source->sql.known = false;
}

static const sqlite_source defaults = {.busy_timeout = 5000};

static const kh_option options[] = {{.key = "path",
                                     .type = KH_OPT_PATH,
                                     .offset = offsetof(sqlite_source, path),
                                     .flags = KH_OPT_REQUIRED,
                                     .help = "the database file"},
                                    SQL_OPTIONS(sqlite_source),
                                    {.key = "busy_timeout",
                                     .type = KH_OPT_INT,
                                     .offset = offsetof(sqlite_source, busy_timeout),
                                     .max = 3600000,
                                     .help = "milliseconds to wait while another program writes"},
                                    {0}};

static const kh_source_ops ops = {.size = sizeof ops,
                                  .open = open_source,
                                  .close = close_source,
                                  .check = sql_check,
                                  .describe = sql_describe,
                                  .plan = sql_plan,
                                  .read = sql_read,
                                  .cancel = sql_cancel};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_SOURCE,
             .name = "sqlite",
             .version = "1.0",
             .summary = "tables and queries of a SQLite file",
             .license = "MIT",
             .instance_size = sizeof(sqlite_source),
             .defaults = &defaults,
             .options = options,
             .source = &ops};
