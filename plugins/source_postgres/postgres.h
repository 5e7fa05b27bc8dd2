/* The inside of the PostgreSQL source. */
#ifndef SOURCE_POSTGRES_H
#define SOURCE_POSTGRES_H

#include "common/sql.h"

#include <libpq-fe.h>

typedef struct pg_source {
    sql_source sql;
    const char *dsn, *service, *server, *dbname, *user, *password, *sslmode, *sslrootcert;
    int64_t port, connect_timeout, statement_timeout;
    PGconn *db;
    PGresult *row;
    bool told_to_stop;
} pg_source;

/* types.c */
/** Learn a column from its type's number and modifier. */
void pg_add_column(sql_source *base, const char *name, Oid type, int modifier);
bool pg_term(sql_source *base, const sql_column *column, kh_type type, kh_sql_column *out);

#endif
