/* Row expressions as SQL: the same digits as eval.c gives, or nothing.
 *
 * What is left out on purpose: texts in order (collations), like (case), quotients and rounding
 * (places differ), date parts, lookups, and numbers that would not fit the database's digits.
 */
#include "measure/sql.h"

#include "base/date.h"

#include <stdlib.h>
#include <string.h>

/* A term with the most digits its number can have. */
typedef struct term {
    const char *text; /* NULL: cannot be said */
    int digits;
} term;

static const term nothing = {NULL, 0};

static term refuse(kh_sql *sql, const char *why)
{
    sql->why = why;
    return nothing;
}

/* A dialect's text with `#1` and `#2`, or `#` alone, replaced. */
static const char *filled(kh_sql *sql, const char *pattern, const char *one, const char *two)
{
    kh_buf out = {0};
    for (const char *at = pattern; *at; at++) {
        if (*at != '#') {
            kh_buf_add(&out, at, 1);
        } else if (two && (at[1] == '1' || at[1] == '2')) {
            kh_buf_text(&out, *++at == '1' ? one : two);
        } else {
            kh_buf_text(&out, one);
        }
    }
    const char *text = kh_arena_text(sql->arena, out.data ? out.data : "");
    kh_buf_fini(&out);
    return text;
}

static const char *bind(kh_sql *sql, kh_type type, const char *text)
{
    if (sql->value_count == KH_SQL_VALUES_MOST) {
        sql->why = KH_N_("it needs too many values");
        return NULL;
    }
    sql->values[sql->value_count++] = (kh_sql_value){type, kh_arena_text(sql->arena, text)};
    char number[16];
    snprintf(number, sizeof number, "%u", sql->value_count);
    const kh_dialect *d = sql->dialect;
    return filled(sql, type == KH_TYPE_DATE ? d->date_value : d->text_value, number, NULL);
}

const char *kh_sql_date(kh_sql *sql, kh_date date)
{
    char text[KH_DATE_TEXT];
    kh_date_format(text, date);
    return bind(sql, KH_TYPE_DATE, text);
}

const char *kh_sql_days(kh_sql *sql, const char *from, const char *to)
{
    return filled(sql, sql->dialect->days_between, from, to);
}

/* ---- leaves -------------------------------------------------------------------------------- */

/* A number that runs over turns into floating point, or is cut: a sum shows that, for the source
   refuses it; a comparison does not. */
static term check_digits(kh_sql *sql, term t)
{
    if (sql->strict && sql->dialect->digits && t.digits > sql->dialect->digits) {
        return refuse(sql, KH_N_("its numbers may be longer than the database calculates exactly"));
    }
    return t;
}

static const char *ten_to(kh_sql *sql, int n)
{
    return kh_arena_printf(sql->arena, "1%0*d", n, 0);
}

static term number_at(kh_sql *sql, kh_decimal number, int scale)
{
    char text[KH_DECIMAL_TEXT];
    if (sql->dialect->whole_numbers) {
        kh_int128 scaled;
        if (kh_dec_to_scaled(&scaled, number, scale, NULL) < 0) {
            return refuse(sql, KH_N_("a number in it is too long"));
        }
        number = kh_dec_from_scaled(scaled, 0);
    }
    kh_dec_format(text, number, KH_PLACES_OWN, false);
    term t = {kh_arena_printf(sql->arena, *text == '-' ? "(%s)" : "%s", text), 0};
    for (const char *at = text; *at; at++) t.digits += *at >= '0' && *at <= '9';
    if (sql->dialect->digits && t.digits >= sql->dialect->digits) {
        return refuse(sql, KH_N_("a number in it is too long"));
    }
    return t;
}

/* A number moved to more decimals, where the dialect keeps them in whole numbers. */
static term at_scale(kh_sql *sql, const kh_expr *e, term t, int scale)
{
    if (!t.text || !sql->dialect->whole_numbers || scale == e->scale) return t;
    if (e->op == KH_OP_NUMBER) return number_at(sql, e->number, scale);
    int more = scale - e->scale;
    if (more >= sql->dialect->digits)
        return refuse(sql, KH_N_("its numbers have very many decimals"));
    if (e->op != KH_OP_NULL) {
        t.text = kh_arena_printf(sql->arena, "(%s * %s)", t.text, ten_to(sql, more));
    }
    t.digits += more;
    return check_digits(sql, t);
}

static term column(kh_sql *sql, const char *name, kh_type type, int scale)
{
    kh_sql_column found = {0};
    if (!sql->dialect->column(sql->source, name, type, &found)) {
        return refuse(
            sql,
            kh_arena_printf(sql->arena,
                            kh_tr("column '%s' is not exact in SQL as what it is used for"), name));
    }
    if (found.guard) kh_names_add(&sql->guards, found.guard, strlen(found.guard));
    sql->misplaced |= found.misplaced;
    term t = {found.sql, found.digits};
    if (type != KH_TYPE_DECIMAL || !sql->dialect->whole_numbers) return t;
    if (found.scale > scale)
        return refuse(sql, KH_N_("a column keeps more decimals than are read"));
    kh_expr as_found = {.op = KH_OP_COLUMN, .scale = found.scale};
    return at_scale(sql, &as_found, t, scale);
}

const char *kh_sql_column_term(kh_sql *sql, const char *name, kh_type type)
{
    return column(sql, name, type, 0).text;
}

static term constant(kh_sql *sql, const kh_expr *e)
{
    int64_t value = sql->constants[e->value];
    if (e->type == KH_TYPE_DATE) return (term){kh_sql_date(sql, (kh_date)value), 0};
    return number_at(sql, kh_dec_int(value), e->scale);
}

/* ---- the tree ------------------------------------------------------------------------------ */

static term make(kh_sql *sql, const kh_expr *e);

static int whole_digits(const kh_expr *e, term t)
{
    return t.digits > e->scale ? t.digits - e->scale : 0;
}

static term arithmetic(kh_sql *sql, const kh_expr *e)
{
    const kh_expr *a = e->args[0], *b = e->args[1];
    bool product = e->op == KH_OP_MUL;
    term x = make(sql, a), y = x.text ? make(sql, b) : nothing;
    int most = whole_digits(a, x) > whole_digits(b, y) ? whole_digits(a, x) : whole_digits(b, y);
    int digits = product ? x.digits + y.digits : most + 1 + e->scale;
    if (!product) {
        x = at_scale(sql, a, x, e->scale);
        y = at_scale(sql, b, y, e->scale);
    }
    if (!x.text || !y.text) return nothing;
    const char *sign = product ? "*" : e->op == KH_OP_ADD ? "+" : "-";
    return check_digits(
        sql, (term){kh_arena_printf(sql->arena, "(%s %s %s)", x.text, sign, y.text), digits});
}

/* Comparisons and `in`: all sides with the same decimals. */
static term compare(kh_sql *sql, const kh_expr *e)
{
    static const char *const signs[] = {"=", "<>", "<", "<=", ">", ">="};
    kh_type type = e->args[0]->type;
    bool ordered = e->op >= KH_OP_LT && e->op <= KH_OP_GE;
    if (type == KH_TYPE_TEXT && ordered)
        return refuse(sql, KH_N_("it compares texts by their order"));
    if (type != KH_TYPE_TEXT && type != KH_TYPE_DECIMAL && type != KH_TYPE_DATE) {
        return refuse(sql, KH_N_("it compares truth values"));
    }
    int scale = 0;
    for (uint32_t i = 0; i < e->arg_count; i++) {
        if (e->args[i]->scale > scale) scale = e->args[i]->scale;
    }
    kh_buf out = {0};
    bool ok = true, strict = sql->strict;
    sql->strict = true;
    for (uint32_t i = 0; ok && i < e->arg_count; i++) {
        term t = make(sql, e->args[i]);
        if (type == KH_TYPE_DECIMAL) t = at_scale(sql, e->args[i], t, scale);
        ok = t.text != NULL;
        if (!ok) break;
        if (e->op == KH_OP_IN) kh_buf_text(&out, i == 0 ? "(" : i == 1 ? " IN (" : ", ");
        else if (i == 0) kh_buf_text(&out, "(");
        else kh_buf_printf(&out, " %s ", signs[e->op - KH_OP_EQ]);
        kh_buf_text(&out, t.text);
    }
    sql->strict = strict;
    kh_buf_text(&out, e->op == KH_OP_IN ? "))" : ")");
    term t = {ok ? kh_arena_text(sql->arena, out.data) : NULL, 0};
    kh_buf_fini(&out);
    return t;
}

/* case and coalesce over numbers. */
static term choice(kh_sql *sql, const kh_expr *e)
{
    if (e->type != KH_TYPE_DECIMAL) return refuse(sql, KH_N_("it chooses between texts or dates"));
    bool is_case = e->op == KH_OP_CASE;
    kh_buf out = {0};
    kh_buf_text(&out, is_case ? "CASE" : "COALESCE(");
    int most = 0;
    bool ok = true;
    for (uint32_t i = 0; ok && i < e->arg_count; i++) {
        bool last = i + 1 == e->arg_count, condition = is_case && i % 2 == 0 && !last;
        term t = make(sql, e->args[i]);
        if (!condition) t = at_scale(sql, e->args[i], t, e->scale);
        ok = t.text != NULL;
        if (!ok) break;
        if (!condition && whole_digits(e->args[i], t) > most) most = whole_digits(e->args[i], t);
        const char *word = condition ? " WHEN " : last ? " ELSE " : " THEN ";
        kh_buf_printf(&out, "%s%s", is_case ? word : i ? ", " : "", t.text);
    }
    kh_buf_text(&out, is_case ? " END" : ")");
    term t = {ok ? kh_arena_text(sql->arena, out.data) : NULL, most + e->scale};
    kh_buf_fini(&out);
    return ok ? check_digits(sql, t) : nothing;
}

static term around(kh_sql *sql, const kh_expr *e, const char *before, const char *behind)
{
    term t = make(sql, e->args[0]);
    if (t.text) t.text = kh_arena_printf(sql->arena, "%s%s%s", before, t.text, behind);
    return t;
}

static term make(kh_sql *sql, const kh_expr *e)
{
    term x, y;
    switch (e->op) {
    case KH_OP_NUMBER: return number_at(sql, e->number, e->scale);
    case KH_OP_TEXT: return (term){bind(sql, KH_TYPE_TEXT, e->text), 0};
    case KH_OP_DATE: return (term){kh_sql_date(sql, (kh_date)e->value), 0};
    case KH_OP_NULL:
        if (e->type == KH_TYPE_DECIMAL) return (term){"NULL", 1};
        return refuse(sql, KH_N_("it has a null that is no number"));
    case KH_OP_CONSTANT: return constant(sql, e);
    case KH_OP_COLUMN:
        if (e->table >= 0) return refuse(sql, KH_N_("it uses a lookup"));
        return column(sql, sql->slots->items[e->slot].name, e->type, e->scale);
    case KH_OP_NEG: return around(sql, e, "(-", ")");
    case KH_OP_ABS: return around(sql, e, "ABS(", ")");
    case KH_OP_ADD:
    case KH_OP_SUB:
    case KH_OP_MUL: return arithmetic(sql, e);
    case KH_OP_EQ:
    case KH_OP_NE:
    case KH_OP_LT:
    case KH_OP_LE:
    case KH_OP_GT:
    case KH_OP_GE:
    case KH_OP_IN: return compare(sql, e);
    case KH_OP_NOT: return around(sql, e, "(NOT ", ")");
    case KH_OP_IS_NULL: return around(sql, e, "(", " IS NULL)");
    case KH_OP_AND:
    case KH_OP_OR:
        x = make(sql, e->args[0]);
        y = x.text ? make(sql, e->args[1]) : nothing;
        if (!x.text || !y.text) return nothing;
        return (term){kh_arena_printf(sql->arena, e->op == KH_OP_AND ? "(%s AND %s)" : "(%s OR %s)",
                                      x.text, y.text),
                      0};
    case KH_OP_CASE:
    case KH_OP_COALESCE: return choice(sql, e);
    case KH_OP_DAYS:
        x = make(sql, e->args[0]);
        y = x.text ? make(sql, e->args[1]) : nothing;
        if (!x.text || !y.text) return nothing;
        return (term){kh_sql_days(sql, x.text, y.text), 8};
    case KH_OP_DIV: return refuse(sql, KH_N_("it divides"));
    case KH_OP_BOOL: return refuse(sql, KH_N_("it has a truth value"));
    default: return refuse(sql, KH_N_("it uses like or a function that databases do differently"));
    }
}

/* What a failed attempt has bound is forgotten; a statement must not bind more than it uses. */
static term attempt(kh_sql *sql, const kh_expr *e)
{
    uint32_t before = sql->value_count;
    term t = make(sql, e);
    if (!t.text) sql->value_count = before;
    return t;
}

const char *kh_sql_term(kh_sql *sql, const kh_expr *expr)
{
    return attempt(sql, expr).text;
}

const char *kh_sql_filter(kh_sql *sql, const kh_expr *expr)
{
    if (expr->op != KH_OP_AND) return kh_sql_term(sql, expr);
    const char *a = kh_sql_filter(sql, expr->args[0]), *b = kh_sql_filter(sql, expr->args[1]);
    return a && b ? kh_arena_printf(sql->arena, "(%s AND %s)", a, b) : a ? a : b;
}

const char *kh_sql_guard(kh_sql *sql, uint32_t first, uint32_t end)
{
    kh_buf all = {0};
    for (uint32_t i = first; i < end; i++) {
        kh_buf_printf(&all, "%s%s", i > first ? " AND " : "(", sql->guards.items[i].text);
    }
    const char *text = all.data ? kh_arena_printf(sql->arena, "%s)", all.data) : NULL;
    kh_buf_fini(&all);
    return text;
}

void kh_sql_fini(kh_sql *sql)
{
    kh_names_fini(&sql->guards);
}
