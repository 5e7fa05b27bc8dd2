/* Row expressions as SQL: the same digits as eval.c gives, or nothing. */
#ifndef KH_MEASURE_SQL_H
#define KH_MEASURE_SQL_H

#include "base/text.h"
#include "measure/expr.h"

#include <kaohe/source.h>

/** Values a statement binds; conditions with more of them are evaluated here. */
enum { KH_SQL_VALUES_MOST = 500 };

/** What the terms of one statement share. Zero-initialise, then fill the first part. */
typedef struct kh_sql {
    const kh_dialect *dialect;
    void *source; /* the instance behind the dialect */
    const kh_slots *slots;
    const int64_t *constants; /* one per kh_constant */
    kh_arena *arena;

    kh_sql_value values[KH_SQL_VALUES_MOST];
    uint32_t value_count;
    kh_names guards; /* conditions that are false for cells which break their type */
    bool misplaced;  /* a column was used whose broken cells may compare as anything */
    bool strict;     /* inside a comparison, where numbers that run over would not be noticed */
    const char *why; /* after a failure: what cannot be said in SQL */
} kh_sql;

/**
 * The expression as SQL; NULL where the database could give other digits or another truth, with
 * the reason in sql->why.
 *
 * Numbers    in a dialect with whole numbers they are scaled by expr->scale.
 * Ownership  the text lives in the arena.
 */
const char *kh_sql_term(kh_sql *sql, const kh_expr *expr);

/** A condition that is true wherever @p expr is, from those of its parts that SQL can say. */
const char *kh_sql_filter(kh_sql *sql, const kh_expr *expr);

/** A column of the dataset as text or date. */
const char *kh_sql_column_term(kh_sql *sql, const char *name, kh_type type);

/** A bound date. */
const char *kh_sql_date(kh_sql *sql, kh_date date);

/** Days from one term to another. */
const char *kh_sql_days(kh_sql *sql, const char *from, const char *to);

/** The guards from number @p first on, before @p end, as one condition; NULL: there are none. */
const char *kh_sql_guard(kh_sql *sql, uint32_t first, uint32_t end);

void kh_sql_fini(kh_sql *sql);

#endif
