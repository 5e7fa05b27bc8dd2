/* The MariaDB source: also for MySQL and its relatives, by the text protocol, row after row. */
#include "mariadb.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { PATIENCE = 200 /* milliseconds between two looks at Ctrl-C */ };

/* ---- errors -------------------------------------------------------------------------------- */

static kh_status status_of(const my_source *source, unsigned number)
{
    static const struct {
        unsigned number;
        kh_status status;
    } known[] = {{1044, KH_EDENIED},      {1045, KH_EDENIED},      {1142, KH_EDENIED},
                 {1143, KH_EDENIED},      {1227, KH_EDENIED},      {1698, KH_EDENIED},
                 {1049, KH_EUSAGE},       {1054, KH_EUSAGE},       {1064, KH_EUSAGE},
                 {1146, KH_EUSAGE},       {1052, KH_EUSAGE},       {1060, KH_EUSAGE},
                 {1969, KH_ELIMIT},       {3024, KH_ELIMIT},       {1040, KH_EUNAVAILABLE},
                 {1053, KH_EUNAVAILABLE}, {1205, KH_EUNAVAILABLE}, {1927, KH_EUNAVAILABLE},
                 {1317, KH_EUNAVAILABLE}};
    if (sql_is_cancelled(&source->sql)) return KH_ECANCELLED;
    if (number >= 2000 && number < 3000) return KH_EUNAVAILABLE; /* the connection */
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].number == number) return known[i].status;
    }
    return KH_EDATA;
}

static kh_status failed(const my_source *source, const char *where, kh_error *err)
{
    unsigned number = mysql_errno(source->db);
    kh_status status = status_of(source, number);
    const char *words = mysql_error(source->db);
    if (status == KH_ECANCELLED) return kh_fail(err, status, "interrupted");
    if (status == KH_ELIMIT) {
        return kh_fail(err, status,
                       "%s: mariadb: %s; it took longer than statement_timeout, which is %lld ms",
                       where, words, (long long)source->statement_timeout);
    }
    return kh_fail(err, status, "%s: mariadb: %s (%u)", where, words, number);
}

/* ---- connecting ---------------------------------------------------------------------------- */

/* What only some relatives know is asked for, and missed in silence. */
static void try(my_source *source, const char *sql)
{
    mysql_query(source->db, sql);
}

static kh_status connect_server(sql_source *base, kh_error *err)
{
    my_source *source = (my_source *)base;
    if (source->db) return KH_OK;
    unsigned wait = (unsigned)source->connect_timeout, off = 0;
    my_bool verify = source->ssl_ca != NULL;
    source->db = mysql_init(NULL);
    if (!source->db) abort(); /* memory is out: nothing sensible is left to say */
    mysql_options(source->db, MYSQL_OPT_CONNECT_TIMEOUT, &wait);
    mysql_options(source->db, MYSQL_OPT_LOCAL_INFILE, &off); /* a server must not read our files */
    mysql_options(source->db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (source->ssl_ca) {
        mysql_ssl_set(source->db, NULL, NULL, source->ssl_ca, NULL, NULL);
        mysql_options(source->db, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
    }
    if (!mysql_real_connect(source->db, source->server, source->user, source->password,
                            source->dbname, (unsigned)source->port, source->socket, 0)) {
        kh_status rc = status_of(source, mysql_errno(source->db));
        kh_fail(err, rc == KH_EDATA ? KH_EUNAVAILABLE : rc,
                rc == KH_EDENIED
                    ? "mariadb: %s; check user, password and database, or ask who owns "
                      "it"
                    : "mariadb: %s",
                mysql_error(source->db));
        mysql_close(source->db);
        source->db = NULL;
        return err ? err->status : rc;
    }
    char limit[80];
    try(source, "SET SESSION sql_mode = ''");
    if (source->statement_timeout) {
        snprintf(limit, sizeof limit, "SET SESSION max_statement_time = %lld.%03lld",
                 (long long)source->statement_timeout / 1000,
                 (long long)source->statement_timeout % 1000);
        try(source, limit);
        snprintf(limit, sizeof limit, "SET SESSION max_execution_time = %lld",
                 (long long)source->statement_timeout);
        try(source, limit);
    }
    /* One snapshot for everything that is read. */
    try(source, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    try(source, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
    return KH_OK;
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* Send a statement and wait for its answer; Ctrl-C breaks the connection. */
static kh_status run(my_source *source, const char *sql, kh_error *err)
{
    if (mysql_send_query(source->db, sql, strlen(sql)) != 0) {
        return failed(source, source->sql.label, err);
    }
    struct pollfd answer = {.fd = mysql_get_socket(source->db), .events = POLLIN};
    while (poll(&answer, 1, PATIENCE) <= 0) {
        if (!sql_is_cancelled(&source->sql)) continue;
        shutdown(answer.fd, SHUT_RDWR);
        break;
    }
    if (mysql_read_query_result(source->db) != 0) return failed(source, source->sql.label, err);
    return KH_OK;
}

static kh_status look(sql_source *base, const char *sql, kh_error *err)
{
    my_source *source = (my_source *)base;
    kh_status rc = run(source, sql_text(base, "%s LIMIT 0", sql), err);
    if (rc < 0) return rc;
    MYSQL_RES *result = mysql_use_result(source->db);
    if (!result) return failed(source, base->label, err);
    for (unsigned c = 0; c < mysql_num_fields(result); c++) {
        my_add_column(base, mysql_fetch_field_direct(result, c));
    }
    mysql_free_result(result);
    return KH_OK;
}

/* Values become variables of the session: texts as their bytes in hex, so nothing is quoted. */
static kh_status set_values(my_source *source, const kh_sql_value *values, uint32_t count,
                            kh_error *err)
{
    size_t room = 16;
    for (uint32_t i = 0; i < count; i++) room += strlen(values[i].text) * 2 + 32;
    char *sql = malloc(room), *at = sql;
    if (!sql) abort();
    at += sprintf(at, "SET ");
    for (uint32_t i = 0; i < count; i++) {
        at += sprintf(at, "%s@kaohe%u = x'", i ? ", " : "", i + 1);
        for (const char *byte = values[i].text; *byte; byte++) {
            at += sprintf(at, "%02X", (unsigned char)*byte);
        }
        at += sprintf(at, "'");
    }
    kh_status rc = run(source, sql, err);
    free(sql);
    return rc;
}

static kh_status start(sql_source *base, const char *sql, const kh_sql_value *values,
                       uint32_t value_count, uint32_t columns, kh_error *err)
{
    my_source *source = (my_source *)base;
    (void)columns;
    kh_status rc = value_count ? set_values(source, values, value_count, err) : KH_OK;
    if (rc == KH_OK) rc = run(source, sql, err);
    if (rc < 0) return rc;
    source->result = mysql_use_result(source->db);
    return source->result ? KH_OK : failed(source, base->label, err);
}

static kh_status next(sql_source *base, sql_cell *cells, bool *more, kh_error *err)
{
    my_source *source = (my_source *)base;
    MYSQL_ROW row = mysql_fetch_row(source->result);
    *more = row != NULL;
    if (!row && mysql_errno(source->db)) return failed(source, base->label, err);
    if (!row && base->computes && mysql_warning_count(source->db)) {
        /* Numbers that run over are cut to 65 nines, with a warning only. */
        return kh_fail(err, KH_EDATA, "%s: mariadb: the statement gave warnings", base->label);
    }
    if (!row) return KH_OK;
    const unsigned long *lengths = mysql_fetch_lengths(source->result);
    for (unsigned c = 0; c < mysql_num_fields(source->result); c++) {
        cells[c] = (sql_cell){.text = row[c], .length = lengths[c]};
    }
    return KH_OK;
}

static void stop(sql_source *base)
{
    my_source *source = (my_source *)base;
    if (!source->result) return;
    /* What is left of the rows would be read to its end. */
    if (sql_is_cancelled(base)) shutdown(mysql_get_socket(source->db), SHUT_RDWR);
    mysql_free_result(source->result);
    source->result = NULL;
}

/* ---- the plugin ---------------------------------------------------------------------------- */

static const sql_driver driver = {.connect = connect_server,
                                  .look = look,
                                  .start = start,
                                  .next = next,
                                  .stop = stop,
                                  .term = my_term};

static kh_status open_source(void *self, const kh_host *host, kh_error *err)
{
    my_source *source = self;
    source->sql.driver = &driver;
    source->sql.quote = '`';
    source->sql.dialect = (kh_dialect){.text_value = "@kaohe#",
                                       .date_value = "CAST(@kaohe# AS DATE)",
                                       .days_between = "DATEDIFF(#2, #1)",
                                       .digits = 65};
    return sql_open(&source->sql, host, err);
}

static void close_source(void *self)
{
    my_source *source = self;
    if (source->db) mysql_close(source->db);
    source->db = NULL;
    source->sql.known = false;
}

static const my_source defaults = {.connect_timeout = 10};

static const kh_option options[] = {
    {.key = "host",
     .type = KH_OPT_TEXT,
     .offset = offsetof(my_source, server),
     .help = "name or address of the server"},
    {.key = "port",
     .type = KH_OPT_INT,
     .offset = offsetof(my_source, port),
     .max = 65535,
     .help = "0 = the usual one"},
    {.key = "socket",
     .type = KH_OPT_PATH,
     .offset = offsetof(my_source, socket),
     .help = "the server's socket, on this machine"},
    {.key = "dbname",
     .type = KH_OPT_TEXT,
     .offset = offsetof(my_source, dbname),
     .help = "the database"},
    {.key = "user", .type = KH_OPT_TEXT, .offset = offsetof(my_source, user), .help = "login"},
    {.key = "password",
     .type = KH_OPT_SECRET,
     .offset = offsetof(my_source, password),
     .help = "env \"NAME\" or file \"PATH\""},
    {.key = "ssl_ca",
     .type = KH_OPT_PATH,
     .offset = offsetof(my_source, ssl_ca),
     .help = "who signed the server's certificate, which is then insisted on"},
    {.key = "connect_timeout",
     .type = KH_OPT_INT,
     .offset = offsetof(my_source, connect_timeout),
     .min = 1,
     .max = 600,
     .help = "seconds to wait for the server"},
    {.key = "statement_timeout",
     .type = KH_OPT_INT,
     .offset = offsetof(my_source, statement_timeout),
     .max = 86400000,
     .help = "milliseconds a statement may take; 0 = no limit of ours"},
    SQL_OPTIONS(my_source),
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
             .name = "mariadb",
             .version = "1.0",
             .summary = "tables and queries of MariaDB, MySQL and their relatives",
             .license = "MIT",
             .instance_size = sizeof(my_source),
             .defaults = &defaults,
             .options = options,
             .source = &ops};
