/* Types of MariaDB: what a column is read as, and as which term a filter may use it. */
#include "mariadb.h"

#include <string.h>

enum { BYTES = 63 /* the character set of columns without one */, INT_DIGITS = 20 };

static const char *name_of(enum enum_field_types type)
{
    switch (type) {
    case MYSQL_TYPE_FLOAT: return "float";
    case MYSQL_TYPE_DOUBLE: return "double";
    case MYSQL_TYPE_TIMESTAMP: return "timestamp";
    case MYSQL_TYPE_BIT: return "bit";
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL: return "decimal";
    case MYSQL_TYPE_DATE: return "date";
    case MYSQL_TYPE_DATETIME: return "datetime";
    default: return "text";
    }
}

void my_add_column(sql_source *base, const MYSQL_FIELD *field)
{
    kh_type type = KH_TYPE_ANY;
    int32_t scale = 0, digits = 0;
    const char *refused = NULL;
    switch (field->type) {
    case MYSQL_TYPE_LONGLONG:
        /* an unsigned one has more digits than a whole number of ours */
        type = field->flags & UNSIGNED_FLAG ? KH_TYPE_DECIMAL : KH_TYPE_INT;
        digits = INT_DIGITS;
        break;
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_YEAR:
        type = KH_TYPE_INT;
        digits = INT_DIGITS;
        break;
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
        type = KH_TYPE_DECIMAL;
        scale = (int32_t)field->decimals;
        digits = (int32_t)field->length; /* with sign and point: one or two too many */
        break;
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE: type = KH_TYPE_FLOAT; break;
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
    case MYSQL_TYPE_DATETIME: type = KH_TYPE_DATE; break;
    case MYSQL_TYPE_TIMESTAMP:
        refused = KH_N_("its day depends on the time zone; say which one in a query, as in "
                        "date(convert_tz(t, '+00:00', '+08:00'))");
        break;
    case MYSQL_TYPE_BIT:
        refused = KH_N_("it arrives as bytes; cast it to unsigned in a query");
        break;
    default: break;
    }
    sql_column *column =
        sql_add_column(base, field->name, name_of(field->type), type, scale, digits);
    column->refused = refused;
    column->native = (int32_t)field->charsetnr;
}

bool my_term(sql_source *base, const sql_column *column, kh_type type, kh_sql_column *out)
{
    const char *name = sql_quoted(base, column->name);
    *out = (kh_sql_column){.sql = name};
    if (column->refused) return false;
    switch (type) {
    case KH_TYPE_DECIMAL:
        if (!column->digits) return false;
        out->scale = column->scale;
        out->digits = column->digits;
        if (column->type == KH_TYPE_INT || column->unit >= 0) {
            out->sql = sql_text(base, "CAST(%s AS DECIMAL(20))", name);
        }
        if (column->unit > 0) { /* a product is exact, a quotient need not be */
            out->sql = sql_text(base, "(%s * 0.%0*d)", out->sql, column->unit, 1);
        }
        return true;
    case KH_TYPE_TEXT:
        if (column->type == KH_TYPE_INT) {
            out->sql = sql_text(base, "CAST(CAST(%s AS CHAR) AS BINARY)", name);
            return true;
        }
        /* bytes instead of a collation, which may not tell 'a', 'A' and 'a ' apart */
        out->sql = sql_text(base, "CAST(CONVERT(%s USING utf8mb4) AS BINARY)", name);
        return column->type == KH_TYPE_ANY && column->native != BYTES;
    case KH_TYPE_DATE:
        if (strcmp(column->declared, "date") != 0) {
            out->sql = sql_text(base, "CAST(%s AS DATE)", name);
        }
        out->guard = sql_text(base, "(MONTH(%s) > 0 AND DAYOFMONTH(%s) > 0)", name, name);
        return column->type == KH_TYPE_DATE;
    default: return false;
    }
}
