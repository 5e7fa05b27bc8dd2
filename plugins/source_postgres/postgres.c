/* The PostgreSQL source: connection, statements, rows one by one as they arrive. */
#include "postgres.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE = 200 /* milliseconds between two looks at Ctrl-C */ };

/* Server messages end with a line break. */
static int length_of(const char *text)
{
    size_t n = strlen(text);
    while (n && strchr(" \r\n", text[n - 1])) n--;
    return (int)n;
}

/* ---- errors -------------------------------------------------------------------------------- */

static kh_status status_of(const pg_source *source, const char *state)
{
    if (!state) return KH_EUNAVAILABLE; /* the connection broke */
    if (!strcmp(state, "57014")) return sql_is_cancelled(&source->sql) ? KH_ECANCELLED : KH_ELIMIT;
    if (!strcmp(state, "42501") || !strncmp(state, "28", 2)) return KH_EDENIED;
    static const struct {
        const char *begins;
        kh_status status;
    } classes[] = {{"42", KH_EUSAGE},       {"3D", KH_EUSAGE},       {"3F", KH_EUSAGE},
                   {"08", KH_EUNAVAILABLE}, {"53", KH_EUNAVAILABLE}, {"55", KH_EUNAVAILABLE},
                   {"57", KH_EUNAVAILABLE}, {"58", KH_EUNAVAILABLE}, {"XX", KH_EUNAVAILABLE}};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (!strncmp(state, classes[i].begins, 2)) return classes[i].status;
    }
    return KH_EDATA;
}

/* @p result may be NULL: the connection itself failed. */
static kh_status failed(const pg_source *source, const PGresult *result, kh_error *err)
{
    const char *words = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    if (!words) words = PQerrorMessage(source->db);
    kh_status status = status_of(source, state);
    if (status == KH_ECANCELLED) return kh_fail(err, status, "interrupted");
    if (status == KH_ELIMIT && source->statement_timeout > 0) {
        return kh_fail(
            err, status,
            "%s: postgres: %.*s; it took longer than statement_timeout, which is %lld ms",
            source->sql.label, length_of(words), words, (long long)source->statement_timeout);
    }
    return kh_fail(err, status, "%s: postgres: %.*s", source->sql.label, length_of(words), words);
}

static kh_status connection_failed(pg_source *source, const char *const *keys,
                                   const char *const *values, kh_error *err)
{
    const char *words = PQerrorMessage(source->db);
    int n = length_of(words);
    if (strstr(words, "authentication method 10")) {
        return kh_fail(err, KH_EUNSUPPORTED,
                       "postgres: %.*s; this server is openGauss or GaussDB, whose SHA-256 login "
                       "libpq does not know: use the odbc source with the driver of the server",
                       n, words);
    }
    /* Who answers a ping was reached, and refuses this user. */
    bool refused = PQconnectionNeedsPassword(source->db) || PQconnectionUsedPassword(source->db) ||
                   PQpingParams(keys, values, 1) == PQPING_OK;
    if (refused) {
        return kh_fail(err, KH_EDENIED,
                       "postgres: %.*s; check user, password and database, or ask who owns it", n,
                       words);
    }
    return kh_fail(err, KH_EUNAVAILABLE, "postgres: %.*s", n, words);
}

/* ---- connecting ---------------------------------------------------------------------------- */

static kh_status run(pg_source *source, const char *sql, kh_error *err)
{
    PGresult *result = PQexec(source->db, sql);
    kh_status rc = PQresultStatus(result) == PGRES_COMMAND_OK ? KH_OK : failed(source, result, err);
    PQclear(result);
    return rc;
}

static void log_notice(void *ctx, const char *text)
{
    const pg_source *source = ctx;
    source->sql.host->log(source->sql.host->ctx, KH_LOG_DEBUG, text);
}

static kh_status connect(sql_source *base, kh_error *err)
{
    pg_source *source = (pg_source *)base;
    if (source->db) return KH_OK;
    char port[24], wait[24];
    snprintf(port, sizeof port, "%lld", (long long)source->port);
    snprintf(wait, sizeof wait, "%lld", (long long)source->connect_timeout);
    const char *keys[16], *values[16];
    int n = 0;
    const struct {
        const char *key, *value;
    } all[] = {{"dbname", source->dsn},
               {"service", source->service},
               {"host", source->server},
               {"port", source->port ? port : NULL},
               {"dbname", source->dbname},
               {"user", source->user},
               {"password", source->password},
               {"sslmode", source->sslmode},
               {"sslrootcert", source->sslrootcert},
               {"connect_timeout", wait},
               {"client_encoding", "UTF8"},
               {"application_name", "kaohe"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!all[i].value) continue;
        keys[n] = all[i].key;
        values[n++] = all[i].value;
    }
    keys[n] = values[n] = NULL;
    source->db = PQconnectdbParams(keys, values, 1);
    if (!source->db) abort(); /* memory is out: nothing sensible is left to say */
    if (PQstatus(source->db) != CONNECTION_OK) {
        kh_status rc = connection_failed(source, keys, values, err);
        PQfinish(source->db);
        source->db = NULL;
        return rc;
    }
    PQsetNoticeProcessor(source->db, log_notice, source);
    /* Rows in the order in which they lie, whoever else reads; older relatives do not know it. */
    PQclear(PQexec(source->db, "SET synchronize_seqscans = off"));
    char limit[64];
    snprintf(limit, sizeof limit, "SET statement_timeout = %lld",
             (long long)source->statement_timeout);
    kh_status rc = run(source, "SET datestyle = 'ISO, YMD'", err);
    if (rc == KH_OK && source->statement_timeout) rc = run(source, limit, err);
    /* One snapshot for everything that is read. */
    if (rc == KH_OK) rc = run(source, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
    return rc;
}

static kh_status look(sql_source *base, const char *sql, kh_error *err)
{
    pg_source *source = (pg_source *)base;
    PGresult *result = PQprepare(source->db, "", sql, 0, NULL);
    if (PQresultStatus(result) == PGRES_COMMAND_OK) {
        PQclear(result);
        result = PQdescribePrepared(source->db, "");
    }
    kh_status rc = KH_OK;
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        rc = failed(source, result, err);
    } else {
        for (int c = 0; c < PQnfields(result); c++) {
            pg_add_column(base, PQfname(result, c), PQftype(result, c), PQfmod(result, c));
        }
    }
    PQclear(result);
    return rc;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static kh_status start(sql_source *base, const char *sql, const kh_sql_value *values,
                       uint32_t value_count, uint32_t columns, kh_error *err)
{
    pg_source *source = (pg_source *)base;
    (void)columns;
    /* A statement that fails must not spoil the transaction: rows are read instead. */
    kh_status rc = run(source, "SAVEPOINT kaohe", err);
    if (rc < 0) return rc;
    const char **texts = calloc(value_count + 1, sizeof *texts);
    if (!texts) abort();
    for (uint32_t i = 0; i < value_count; i++) texts[i] = values[i].text;
    int sent = PQsendQueryParams(source->db, sql, (int)value_count, NULL, texts, NULL, NULL, 0) &&
               PQsetSingleRowMode(source->db);
    free(texts);
    source->told_to_stop = false;
    return sent ? KH_OK : failed(source, NULL, err);
}

static void tell_to_stop(pg_source *source)
{
    char words[256];
    PGcancel *cancel = PQgetCancel(source->db);
    if (cancel) PQcancel(cancel, words, sizeof words);
    PQfreeCancel(cancel);
    source->told_to_stop = true;
}

/* Wait until a whole result is there; Ctrl-C ends the statement on the server. */
static kh_status wait_for_row(pg_source *source, kh_error *err)
{
    while (PQisBusy(source->db)) {
        if (!source->told_to_stop && sql_is_cancelled(&source->sql)) tell_to_stop(source);
        struct pollfd socket = {.fd = PQsocket(source->db), .events = POLLIN};
        poll(&socket, 1, PATIENCE);
        if (socket.revents && !PQconsumeInput(source->db)) return failed(source, NULL, err);
    }
    return KH_OK;
}

static kh_status next(sql_source *base, sql_cell *cells, bool *more, kh_error *err)
{
    pg_source *source = (pg_source *)base;
    PQclear(source->row);
    source->row = NULL;
    *more = false;
    kh_status rc = wait_for_row(source, err);
    if (rc < 0) return rc;
    source->row = PQgetResult(source->db);
    ExecStatusType status = PQresultStatus(source->row);
    if (status == PGRES_TUPLES_OK) return KH_OK;
    if (status != PGRES_SINGLE_TUPLE) return failed(source, source->row, err);
    *more = true;
    for (int c = 0; c < PQnfields(source->row); c++) {
        bool null = PQgetisnull(source->row, 0, c);
        cells[c] = (sql_cell){.text = null ? NULL : PQgetvalue(source->row, 0, c),
                              .length = (size_t)PQgetlength(source->row, 0, c)};
    }
    return KH_OK;
}

static void stop(sql_source *base)
{
    pg_source *source = (pg_source *)base;
    PQclear(source->row);
    source->row = NULL;
    if (PQtransactionStatus(source->db) == PQTRANS_ACTIVE) tell_to_stop(source);
    for (PGresult *rest; (rest = PQgetResult(source->db));) PQclear(rest);
    bool broken = PQtransactionStatus(source->db) == PQTRANS_INERROR;
    PQclear(PQexec(source->db, broken ? "ROLLBACK TO SAVEPOINT kaohe" : "RELEASE SAVEPOINT kaohe"));
}

/* ---- the plugin ---------------------------------------------------------------------------- */

static const sql_driver driver = {
    .connect = connect, .look = look, .start = start, .next = next, .stop = stop, .term = pg_term};

static kh_status open_source(void *self, const kh_host *host, kh_error *err)
{
    pg_source *source = self;
    source->sql.driver = &driver;
    source->sql.quote = '"';
    source->sql.dialect = (kh_dialect){.text_value = "CAST($# AS text)",
                                       .date_value = "CAST($# AS date)",
                                       .days_between = "(#2 - #1)"};
    return sql_open(&source->sql, host, err);
}

static void close_source(void *self)
{
    pg_source *source = self;
    PQfinish(source->db);
    source->db = NULL;
    source->sql.known = false;
}

static const pg_source defaults = {.connect_timeout = 10};

static const kh_option options[] = {
    {.key = "dsn",
     .type = KH_OPT_TEXT,
     .offset = offsetof(pg_source, dsn),
     .help =
         "a connection string or URI, like \"host=db1 dbname=dw\"; env \"NAME\" if it is secret"},
    {.key = "service",
     .type = KH_OPT_TEXT,
     .offset = offsetof(pg_source, service),
     .help = "a section of pg_service.conf"},
    {.key = "host",
     .type = KH_OPT_TEXT,
     .offset = offsetof(pg_source, server),
     .help = "name or address of the server, or the folder of its socket"},
    {.key = "port",
     .type = KH_OPT_INT,
     .offset = offsetof(pg_source, port),
     .min = 0,
     .max = 65535,
     .help = "0 = the usual one"},
    {.key = "dbname",
     .type = KH_OPT_TEXT,
     .offset = offsetof(pg_source, dbname),
     .help = "the database"},
    {.key = "user", .type = KH_OPT_TEXT, .offset = offsetof(pg_source, user), .help = "login"},
    {.key = "password",
     .type = KH_OPT_SECRET,
     .offset = offsetof(pg_source, password),
     .help = "env \"NAME\" or file \"PATH\""},
    {.key = "sslmode",
     .type = KH_OPT_TEXT,
     .offset = offsetof(pg_source, sslmode),
     .help = "disable, prefer, require, verify-ca or verify-full"},
    {.key = "sslrootcert",
     .type = KH_OPT_PATH,
     .offset = offsetof(pg_source, sslrootcert),
     .help = "who signed the server's certificate"},
    {.key = "connect_timeout",
     .type = KH_OPT_INT,
     .offset = offsetof(pg_source, connect_timeout),
     .min = 2,
     .max = 600,
     .help = "seconds to wait for the server"},
    {.key = "statement_timeout",
     .type = KH_OPT_INT,
     .offset = offsetof(pg_source, statement_timeout),
     .max = 86400000,
     .help = "milliseconds a statement may take; 0 = no limit of ours"},
    SQL_OPTIONS(pg_source),
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
             .name = "postgres",
             .version = "1.0",
             .summary = "tables and queries of PostgreSQL and its relatives",
             .license = "MIT",
             .instance_size = sizeof(pg_source),
             .defaults = &defaults,
             .options = options,
             .source = &ops};
