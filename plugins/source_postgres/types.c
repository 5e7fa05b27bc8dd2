/* Types of PostgreSQL: what a column is read as, and as which term a filter may use it. */
#include "postgres.h"

#include <string.h>

/* Numbers of types, as in pg_type.h; they never change. */
enum {
    PG_BOOL = 16,
    PG_INT8 = 20,
    PG_INT2 = 21,
    PG_INT4 = 23,
    PG_TEXT = 25,
    PG_FLOAT4 = 700,
    PG_FLOAT8 = 701,
    PG_MONEY = 790,
    PG_BPCHAR = 1042,
    PG_VARCHAR = 1043,
    PG_DATE = 1082,
    PG_TIMESTAMP = 1114,
    PG_TIMESTAMPTZ = 1184,
    PG_NUMERIC = 1700
};

enum { INT_DIGITS = 19, HEADER = 4, SCALE_BITS = 0x7FF };

void pg_add_column(sql_source *base, const char *name, Oid type, int modifier)
{
    static const struct {
        Oid oid;
        kh_type type;
        const char *declared, *refused;
    } types[] = {
        {PG_BOOL, KH_TYPE_BOOL, "boolean", NULL},
        {PG_INT8, KH_TYPE_INT, "bigint", NULL},
        {PG_INT2, KH_TYPE_INT, "smallint", NULL},
        {PG_INT4, KH_TYPE_INT, "integer", NULL},
        {PG_TEXT, KH_TYPE_ANY, "text", NULL},
        {PG_FLOAT4, KH_TYPE_FLOAT, "real", NULL},
        {PG_FLOAT8, KH_TYPE_FLOAT, "double precision", NULL},
        {PG_MONEY, KH_TYPE_ANY, "money",
         KH_N_("it is written as the server's locale likes; cast it to numeric in a query")},
        {PG_BPCHAR, KH_TYPE_ANY, "char", NULL},
        {PG_VARCHAR, KH_TYPE_ANY, "varchar", NULL},
        {PG_DATE, KH_TYPE_DATE, "date", NULL},
        {PG_TIMESTAMP, KH_TYPE_DATE, "timestamp", NULL},
        {PG_TIMESTAMPTZ, KH_TYPE_ANY, "timestamp with time zone",
         KH_N_("its day depends on the time zone; say which one in a query, as in (t at time zone "
               "'Asia/Shanghai')::date")},
        {PG_NUMERIC, KH_TYPE_ANY, "numeric", NULL}};
    size_t at = 0, count = sizeof types / sizeof *types;
    while (at < count && types[at].oid != type) at++;
    kh_type is = at < count ? types[at].type : KH_TYPE_ANY;
    int32_t scale = 0, digits = is == KH_TYPE_INT ? INT_DIGITS : 0;
    if (type == PG_NUMERIC && modifier >= HEADER) {
        digits = (modifier - HEADER) >> 16 & 0xFFFF;
        scale = ((modifier - HEADER) & SCALE_BITS);
        if (scale <= 30) is = KH_TYPE_DECIMAL; /* negative ones look huge: usage decides */
        else digits = scale = 0;
    }
    sql_column *column = sql_add_column(
        base, name, at < count ? types[at].declared : kh_tr("another type"), is, scale, digits);
    column->native = (int32_t)type;
    if (at < count) column->refused = types[at].refused;
    /* The blanks that fill a char(n) are no part of the value. */
    if (type == PG_BPCHAR) {
        column->select = sql_text(base, "CAST(%s AS text)", sql_quoted(base, column->name));
    }
}

static bool decimal_term(sql_source *base, const sql_column *column, const char *name,
                         kh_sql_column *out)
{
    bool whole =
        column->native == PG_INT2 || column->native == PG_INT4 || column->native == PG_INT8;
    if (column->digits == 0) return false;
    out->scale = column->scale;
    out->digits = column->digits;
    if (whole) {
        out->sql = sql_text(base, "CAST(%s AS numeric)", name);
    } else {
        out->guard = sql_text(base, "%s <> 'NaN'", name);
    }
    if (column->unit > 0) { /* a product is exact, a quotient need not be */
        out->sql = sql_text(base, "(%s * 0.%0*d)", out->sql, column->unit, 1);
    }
    return true;
}

bool pg_term(sql_source *base, const sql_column *column, kh_type type, kh_sql_column *out)
{
    const char *name = sql_quoted(base, column->name);
    *out = (kh_sql_column){.sql = name};
    switch (column->native) {
    case PG_INT2:
    case PG_INT4:
    case PG_INT8:
        out->sql = sql_text(base, "CAST(%s AS text) COLLATE \"C\"", name);
        if (type == KH_TYPE_TEXT) return true;
        out->sql = name;
        return type == KH_TYPE_DECIMAL && decimal_term(base, column, name, out);
    case PG_NUMERIC: return type == KH_TYPE_DECIMAL && decimal_term(base, column, name, out);
    case PG_TEXT:
    case PG_VARCHAR:
        out->sql = sql_text(base, "%s COLLATE \"C\"", name);
        return type == KH_TYPE_TEXT;
    case PG_BPCHAR:
        out->sql = sql_text(base, "CAST(%s AS text) COLLATE \"C\"", name);
        return type == KH_TYPE_TEXT;
    case PG_DATE:
    case PG_TIMESTAMP:
        out->guard = sql_text(base, "isfinite(%s)", name);
        if (column->native == PG_TIMESTAMP) out->sql = sql_text(base, "CAST(%s AS date)", name);
        return type == KH_TYPE_DATE;
    default: return false;
    }
}
