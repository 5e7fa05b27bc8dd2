/* The ODBC source: whatever has a driver for unixODBC; rows only, nothing is computed there.
 *
 * Drivers take texts as UTF-16 or as bytes. The driver manager converts between the two by the
 * locale, which would turn Chinese into question marks without a word. So a text is sent and read
 * back first, in both ways, and the way in which it survives is used.
 */
#include "common/sql.h"

#include <sql.h>
#include <sqlext.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 256, WORDS = 800, PIECE = 4096 /* bytes */ };

/* A column of the row: as it comes, piece by piece, then as UTF-8. */
typedef struct odbc_cell {
    char *raw, *text;
    size_t size, room;
} odbc_cell;

typedef struct odbc_source {
    sql_source sql;
    const char *dsn, *connection, *user, *password;
    int64_t login_timeout, statement_timeout;
    SQLHENV environment;
    SQLHDBC db;
    SQLHSTMT statement;
    bool connected;
    bool bytes; /* the driver takes UTF-8 as it is, and no UTF-16 */
    odbc_cell *cells;
    uint32_t columns;
} odbc_source;

/* ---- UTF-8 and UTF-16 ---------------------------------------------------------------------- */

/* UTF-8, which the project's files are checked to be, as UTF-16; the caller frees it. */
static SQLWCHAR *widen(const char *text)
{
    SQLWCHAR *out = malloc((strlen(text) + 1) * sizeof *out), *to = out;
    if (!out) abort(); /* memory is out: nothing sensible is left to say */
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        uint32_t c = *at++;
        int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
        if (more) c &= 0x3FU >> more;
        for (; more && (*at & 0xC0) == 0x80; more--) c = c << 6 | (*at++ & 0x3F);
        if (c >= 0x10000) {
            *to++ = (SQLWCHAR)(0xD800 + ((c - 0x10000) >> 10));
            c = 0xDC00 + (c & 0x3FF);
        }
        *to++ = (SQLWCHAR)c;
    }
    *to = 0;
    return out;
}

/* One UTF-16 text as UTF-8, at most four bytes a unit; returns the length. */
static size_t narrow(char *out, const SQLWCHAR *text, size_t units)
{
    char *to = out;
    for (size_t i = 0; i < units; i++) {
        uint32_t c = text[i];
        if (c >= 0xD800 && c < 0xDC00 && i + 1 < units && (text[i + 1] & 0xFC00) == 0xDC00) {
            c = 0x10000 + ((c & 0x3FF) << 10) + (text[++i] & 0x3FF);
        }
        if (c < 0x80) {
            *to++ = (char)c;
        } else if (c < 0x800) {
            *to++ = (char)(0xC0 | c >> 6);
        } else if (c < 0x10000) {
            *to++ = (char)(0xE0 | c >> 12);
            *to++ = (char)(0x80 | (c >> 6 & 0x3F));
        } else {
            *to++ = (char)(0xF0 | c >> 18);
            *to++ = (char)(0x80 | (c >> 12 & 0x3F));
            *to++ = (char)(0x80 | (c >> 6 & 0x3F));
        }
        if (c >= 0x80) *to++ = (char)(0x80 | (c & 0x3F));
    }
    *to = '\0';
    return (size_t)(to - out);
}

/* ---- errors -------------------------------------------------------------------------------- */

static kh_status status_of(const odbc_source *source, const char *state)
{
    static const struct {
        const char *begins;
        kh_status status;
    } classes[] = {{"28", KH_EDENIED},      {"08", KH_EUNAVAILABLE}, {"IM", KH_EUSAGE},
                   {"01S00", KH_EUSAGE},    {"HYT", KH_ELIMIT},      {"42501", KH_EDENIED},
                   {"42", KH_EUSAGE},       {"S0", KH_EUSAGE},       {"57014", KH_ELIMIT},
                   {"57", KH_EUNAVAILABLE}, {"3D", KH_EUSAGE},       {"HY001", KH_EUNAVAILABLE}};
    if (sql_is_cancelled(&source->sql)) return KH_ECANCELLED;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (!strncmp(state, classes[i].begins, strlen(classes[i].begins))) return classes[i].status;
    }
    SQLUINTEGER dead = SQL_CD_FALSE;
    if (!source->connected) return KH_EUNAVAILABLE;
    SQLGetConnectAttr(source->db, SQL_ATTR_CONNECTION_DEAD, &dead, sizeof dead, NULL);
    return dead == SQL_CD_TRUE ? KH_EUNAVAILABLE : KH_EDATA;
}

static kh_status failed(const odbc_source *source, SQLSMALLINT kind, SQLHANDLE handle,
                        kh_error *err)
{
    SQLWCHAR wide_state[6] = {0}, wide_words[WORDS];
    SQLSMALLINT length = 0;
    SQLINTEGER number;
    char state[32], words[WORDS * 4] = "the driver gives no reason";
    SQLRETURN got =
        SQLGetDiagRecW(kind, handle, 1, wide_state, &number, wide_words, WORDS, &length);
    if (SQL_SUCCEEDED(got)) {
        narrow(words, wide_words, length < WORDS ? (size_t)length : WORDS - 1);
    }
    narrow(state, wide_state, 5);
    kh_status status = status_of(source, state);
    if (status == KH_ECANCELLED) return kh_fail(err, status, "interrupted");
    return kh_fail(err, status, "%s: odbc: %s (%s)", source->sql.label, words, state);
}

/* ---- connecting ---------------------------------------------------------------------------- */

/* key=value, or {value} with } doubled where it has characters that mean something. */
static char *add_word(char *at, const char *key, const char *value)
{
    if (!value) return at;
    if (!strpbrk(value, "[]{}(),;?*=!@")) return at + sprintf(at, "%s=%s;", key, value);
    at += sprintf(at, "%s={", key);
    for (; *value; value++) {
        if (*value == '}') *at++ = '}';
        *at++ = *value;
    }
    return at + sprintf(at, "};");
}

static SQLWCHAR *connection_text(const odbc_source *source)
{
    const char *const all[] = {source->dsn, source->connection, source->user, source->password};
    size_t room = 64;
    for (int i = 0; i < 4; i++) room += all[i] ? strlen(all[i]) * 2 : 0;
    char *text = malloc(room), *at = text;
    if (!text) abort();
    if (source->dsn) at += sprintf(at, "DSN=%s;", source->dsn);
    if (source->connection) at += sprintf(at, "%s;", source->connection);
    at = add_word(at, "UID", source->user);
    at = add_word(at, "PWD", source->password);
    *at = '\0';
    SQLWCHAR *wide = widen(text);
    memset(text, 0, room);
    free(text);
    return wide;
}

static void find_quote(odbc_source *source)
{
    SQLWCHAR quote[8] = {0};
    SQLSMALLINT bytes = 0;
    source->sql.quote = '"';
    if (SQL_SUCCEEDED(
            SQLGetInfoW(source->db, SQL_IDENTIFIER_QUOTE_CHAR, quote, sizeof quote, &bytes)) &&
        quote[0] >= ' ' && quote[0] < 0x7F) {
        source->sql.quote = (char)quote[0];
    }
}

/* ---- columns ------------------------------------------------------------------------------- */

static void add_column(sql_source *base, const char *name, SQLSMALLINT native, SQLSMALLINT decimals)
{
    kh_type type = KH_TYPE_ANY;
    const char *declared = "text";
    switch (native) {
    case SQL_BIT: type = KH_TYPE_BOOL; break;
    case SQL_TINYINT:
    case SQL_SMALLINT:
    case SQL_INTEGER:
    case SQL_BIGINT: type = KH_TYPE_INT; break;
    case SQL_DECIMAL:
    case SQL_NUMERIC:
        type = decimals >= 0 && decimals <= 30 ? KH_TYPE_DECIMAL : KH_TYPE_ANY;
        declared = "numeric";
        break;
    case SQL_REAL:
    case SQL_FLOAT:
    case SQL_DOUBLE:
        type = KH_TYPE_FLOAT;
        declared = "double";
        break;
    case SQL_TYPE_DATE:
    case SQL_TYPE_TIMESTAMP: type = KH_TYPE_DATE; break;
    default: break;
    }
    sql_add_column(base, name, declared, type, type == KH_TYPE_DECIMAL ? decimals : 0, 0);
}

static kh_status execute(odbc_source *source, const char *sql, kh_error *err)
{
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, source->db, &source->statement))) {
        source->statement = NULL;
        return failed(source, SQL_HANDLE_DBC, source->db, err);
    }
    SQLSetStmtAttr(source->statement, SQL_ATTR_QUERY_TIMEOUT, (SQLPOINTER)source->statement_timeout,
                   0);
    SQLRETURN done;
    if (source->bytes) {
        done = SQLExecDirect(source->statement, (SQLCHAR *)sql, SQL_NTS);
    } else {
        SQLWCHAR *wide = widen(sql);
        done = SQLExecDirectW(source->statement, wide, SQL_NTS);
        free(wide);
    }
    if (SQL_SUCCEEDED(done)) return KH_OK;
    return failed(source, SQL_HANDLE_STMT, source->statement, err);
}

static void stop(sql_source *base)
{
    odbc_source *source = (odbc_source *)base;
    if (source->statement) SQLFreeHandle(SQL_HANDLE_STMT, source->statement);
    source->statement = NULL;
    for (uint32_t c = 0; c < source->columns; c++) {
        free(source->cells[c].raw);
        free(source->cells[c].text);
    }
    free(source->cells);
    source->cells = NULL;
    source->columns = 0;
}

static kh_status look_at(odbc_source *source, SQLSMALLINT column, kh_error *err)
{
    SQLWCHAR wide[NAME];
    char name[NAME * 4];
    SQLSMALLINT length = 0, native = 0, decimals = 0, nullable;
    SQLULEN size;
    SQLRETURN got;
    if (source->bytes) {
        got = SQLDescribeCol(source->statement, (SQLUSMALLINT)column, (SQLCHAR *)name, sizeof name,
                             &length, &native, &size, &decimals, &nullable);
    } else {
        got = SQLDescribeColW(source->statement, (SQLUSMALLINT)column, wide, NAME, &length, &native,
                              &size, &decimals, &nullable);
        narrow(name, wide, SQL_SUCCEEDED(got) && length < NAME ? (size_t)length : 0);
    }
    if (!SQL_SUCCEEDED(got)) return failed(source, SQL_HANDLE_STMT, source->statement, err);
    add_column(&source->sql, name, native, decimals);
    return KH_OK;
}

static kh_status look(sql_source *base, const char *sql, kh_error *err)
{
    odbc_source *source = (odbc_source *)base;
    kh_status rc = execute(source, sql_text(base, "%s WHERE 1 = 0", sql), err);
    SQLSMALLINT count = 0;
    if (rc == KH_OK) SQLNumResultCols(source->statement, &count);
    for (SQLSMALLINT c = 1; rc == KH_OK && c <= count; c++) rc = look_at(source, c, err);
    stop(base);
    return rc;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static kh_status start(sql_source *base, const char *sql, const kh_sql_value *values,
                       uint32_t value_count, uint32_t columns, kh_error *err)
{
    odbc_source *source = (odbc_source *)base;
    (void)values;
    (void)value_count; /* none: nothing is pushed down */
    source->cells = calloc(columns, sizeof *source->cells);
    if (!source->cells) abort();
    source->columns = columns;
    return execute(source, sql, err);
}

static void reserve(odbc_cell *cell, size_t size)
{
    if (size <= cell->room) return;
    cell->room = size * 2;
    cell->raw = realloc(cell->raw, cell->room);
    cell->text = realloc(cell->text, cell->room * 2 + 1);
    if (!cell->raw || !cell->text) abort();
}

/* A cell in pieces, as long as the driver says that there is more. */
static kh_status get_cell(odbc_source *source, uint32_t column, sql_cell *out, kh_error *err)
{
    odbc_cell *cell = &source->cells[column];
    size_t end = source->bytes ? 1 : sizeof(SQLWCHAR); /* of the zero behind each piece */
    cell->size = 0;
    for (bool whole = false; !whole;) {
        SQLLEN size = 0;
        reserve(cell, cell->size + PIECE);
        SQLRETURN got = SQLGetData(source->statement, (SQLUSMALLINT)(column + 1),
                                   source->bytes ? SQL_C_CHAR : SQL_C_WCHAR, cell->raw + cell->size,
                                   PIECE, &size);
        if (got == SQL_NO_DATA) break;
        if (!SQL_SUCCEEDED(got)) return failed(source, SQL_HANDLE_STMT, source->statement, err);
        if (size == SQL_NULL_DATA) {
            *out = (sql_cell){0};
            return KH_OK;
        }
        whole = size >= 0 && size <= (SQLLEN)(PIECE - end);
        cell->size += whole ? (size_t)size : PIECE - end;
    }
    if (source->bytes) {
        *out = (sql_cell){.text = cell->raw, .length = cell->size};
    } else {
        size_t n = narrow(cell->text, (SQLWCHAR *)cell->raw, cell->size / sizeof(SQLWCHAR));
        *out = (sql_cell){.text = cell->text, .length = n};
    }
    return KH_OK;
}

static kh_status next(sql_source *base, sql_cell *cells, bool *more, kh_error *err)
{
    odbc_source *source = (odbc_source *)base;
    SQLRETURN got = SQLFetch(source->statement);
    *more = SQL_SUCCEEDED(got);
    if (got == SQL_NO_DATA) return KH_OK;
    if (!*more) return failed(source, SQL_HANDLE_STMT, source->statement, err);
    kh_status rc = KH_OK;
    for (uint32_t c = 0; rc == KH_OK && c < source->columns; c++) {
        rc = get_cell(source, c, &cells[c], err);
    }
    return rc;
}

/* ---- connecting, once rows can be read ------------------------------------------------------ */

/* What became of a text sent and read back: not even run, changed, or the same. */
typedef enum fate { NOT_RUN, CHANGED, SURVIVED } fate;

static fate send_text(odbc_source *source)
{
    static const char *const tries[] = {"SELECT '张𠮷'", "SELECT '张𠮷' FROM dual"};
    fate result = NOT_RUN;
    for (int i = 0; i < 2 && result == NOT_RUN; i++) {
        sql_cell cell = {0};
        bool more = false;
        if (start(&source->sql, tries[i], NULL, 0, 1, NULL) == KH_OK &&
            next(&source->sql, &cell, &more, NULL) == KH_OK && more) {
            bool same = cell.text && cell.length == 7 && !memcmp(cell.text, "张𠮷", 7);
            result = same ? SURVIVED : CHANGED;
        }
        stop(&source->sql);
    }
    return result;
}

static kh_status choose_text(odbc_source *source, kh_error *err)
{
    fate wide = send_text(source);
    if (wide == SURVIVED) return KH_OK;
    source->bytes = true;
    fate bytes = send_text(source);
    if (bytes == SURVIVED) return KH_OK;
    source->bytes = false;
    if (wide == NOT_RUN && bytes == NOT_RUN) return KH_OK; /* another SQL: trust the driver */
    return kh_fail(err, KH_EUNSUPPORTED,
                   "odbc: Chinese texts do not come back as they were sent; use the driver's "
                   "Unicode variant, or set its character set to UTF-8 in the connection");
}

static kh_status connect(sql_source *base, kh_error *err)
{
    odbc_source *source = (odbc_source *)base;
    if (source->connected) return KH_OK;
    if (SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &source->environment) != SQL_SUCCESS)
        abort();
    SQLSetEnvAttr(source->environment, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
    if (SQLAllocHandle(SQL_HANDLE_DBC, source->environment, &source->db) != SQL_SUCCESS) abort();
    SQLSetConnectAttr(source->db, SQL_ATTR_LOGIN_TIMEOUT, (SQLPOINTER)source->login_timeout, 0);
    SQLSetConnectAttr(source->db, SQL_ATTR_ACCESS_MODE, (SQLPOINTER)SQL_MODE_READ_ONLY, 0);
    SQLWCHAR *text = connection_text(source);
    SQLRETURN done =
        SQLDriverConnectW(source->db, NULL, text, SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    free(text);
    if (!SQL_SUCCEEDED(done)) return failed(source, SQL_HANDLE_DBC, source->db, err);
    source->connected = true;
    find_quote(source);
    kh_status rc = choose_text(source, err);
    if (rc < 0) return rc;
    /* One snapshot for everything that is read, where the driver can. */
    SQLSetConnectAttr(source->db, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
    SQLSetConnectAttr(source->db, SQL_ATTR_TXN_ISOLATION, (SQLPOINTER)SQL_TXN_REPEATABLE_READ, 0);
    return KH_OK;
}

/* ---- the plugin ---------------------------------------------------------------------------- */

static const sql_driver driver = {
    .connect = connect, .look = look, .start = start, .next = next, .stop = stop};

static kh_status open_source(void *self, const kh_host *host, kh_error *err)
{
    odbc_source *source = self;
    source->sql.driver = &driver;
    if (!source->dsn && !source->connection) {
        return kh_fail(err, KH_EUSAGE,
                       "odbc wants a dsn, or a connection like \"Driver=SQLite3;Database=b.db\"");
    }
    return sql_open(&source->sql, host, err);
}

static void close_source(void *self)
{
    odbc_source *source = self;
    if (source->connected) {
        SQLEndTran(SQL_HANDLE_DBC, source->db, SQL_ROLLBACK);
        SQLDisconnect(source->db);
    }
    if (source->db) SQLFreeHandle(SQL_HANDLE_DBC, source->db);
    if (source->environment) SQLFreeHandle(SQL_HANDLE_ENV, source->environment);
    source->db = NULL;
    source->environment = NULL;
    source->connected = false;
    source->sql.known = false;
}

static const odbc_source defaults = {.login_timeout = 10};

static const kh_option options[] = {
    {.key = "dsn",
     .type = KH_OPT_TEXT,
     .offset = offsetof(odbc_source, dsn),
     .help = "a name of odbc.ini"},
    {.key = "connection",
     .type = KH_OPT_TEXT,
     .offset = offsetof(odbc_source, connection),
     .help = "words for the driver, like \"Driver=PostgreSQL Unicode;Servername=db1;Database=dw\""},
    {.key = "user", .type = KH_OPT_TEXT, .offset = offsetof(odbc_source, user), .help = "login"},
    {.key = "password",
     .type = KH_OPT_SECRET,
     .offset = offsetof(odbc_source, password),
     .help = "env \"NAME\" or file \"PATH\""},
    {.key = "login_timeout",
     .type = KH_OPT_INT,
     .offset = offsetof(odbc_source, login_timeout),
     .min = 1,
     .max = 600,
     .help = "seconds to wait for the server"},
    {.key = "statement_timeout",
     .type = KH_OPT_INT,
     .offset = offsetof(odbc_source, statement_timeout),
     .max = 86400,
     .help = "seconds a statement may take, where the driver knows how; 0 = no limit of ours"},
    SQL_OPTIONS(odbc_source),
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
             .name = "odbc",
             .version = "1.0",
             .summary = "tables and queries of anything with an ODBC driver",
             .license = "MIT",
             .instance_size = sizeof(odbc_source),
             .defaults = &defaults,
             .options = options,
             .source = &ops};
