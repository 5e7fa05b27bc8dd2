/* The inside of the MariaDB source. */
#ifndef SOURCE_MARIADB_H
#define SOURCE_MARIADB_H

#include "common/sql.h"

#include <mysql.h>

typedef struct my_source {
    sql_source sql;
    const char *server, *socket, *dbname, *user, *password, *ssl_ca;
    int64_t port, connect_timeout, statement_timeout;
    MYSQL *db;
    MYSQL_RES *result;
} my_source;

/* types.c */
void my_add_column(sql_source *base, const MYSQL_FIELD *field);
bool my_term(sql_source *base, const sql_column *column, kh_type type, kh_sql_column *out);

#endif
