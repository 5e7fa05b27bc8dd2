/* One cell of a database to text, amount, whole number, date or truth value. */
#include "common/sql.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 60 };

/* Fixed-width columns are filled with blanks, which mean nothing around a number or a date. */
static sql_cell trimmed(const sql_cell *cell)
{
    sql_cell out = *cell;
    while (out.length && out.text[0] == ' ') {
        out.text++;
        out.length--;
    }
    while (out.length && out.text[out.length - 1] == ' ') out.length--;
    return out;
}

static int shown(const sql_cell *cell)
{
    return cell->length < SHOWN ? (int)cell->length : SHOWN;
}

bool sql_cell_int(const sql_cell *cell, int64_t *out)
{
    char text[24];
    if (cell->length == 0 || cell->length >= sizeof text) return false;
    memcpy(text, cell->text, cell->length);
    text[cell->length] = '\0';
    if (text[0] == ' ' || strlen(text) != cell->length) return false;
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return errno == 0 && *end == '\0';
}

/* Decimals up to the last that is not 0. */
static int decimals_of(const sql_cell *cell)
{
    const char *point = memchr(cell->text, '.', cell->length);
    if (!point) return 0;
    const char *end = cell->text + cell->length;
    while (end > point + 1 && end[-1] == '0') end--;
    return (int)(end - point) - 1;
}

static kh_status put_decimal(const kh_host *host, kh_builder *rows, uint32_t at,
                             const sql_target *target, const sql_cell *cell, kh_error *err)
{
    char text[64];
    kh_decimal value;
    sql_cell number = *cell;
    if (target->unit >= 0) {
        int64_t whole;
        if (!sql_cell_int(cell, &whole)) {
            return kh_fail(err, KH_EDATA,
                           "'%.*s' is not a whole number, but option 'scale' says that the column "
                           "holds one; take it out of 'scale'",
                           shown(cell), cell->text);
        }
        uint64_t size = whole < 0 ? 0 - (uint64_t)whole : (uint64_t)whole, unit = 1;
        for (int i = 0; i < target->unit; i++) unit *= 10;
        int n = snprintf(text, sizeof text, "%s%llu.%0*llu", whole < 0 ? "-" : "",
                         (unsigned long long)(size / unit), target->unit ? target->unit : 1,
                         (unsigned long long)(size % unit)); /* unit 0: "5.0" */
        number = (sql_cell){text, (size_t)n, SQL_PLAIN};
    }
    kh_status rc = host->decimal->parse(&value, number.text, number.length, err);
    if (rc < 0) return rc;
    int decimals = decimals_of(&number);
    if (decimals > target->field.scale) {
        return kh_fail(err, KH_EDATA,
                       "'%.*s' has %d decimals but the column keeps %d; declare it as decimal(%d)",
                       shown(&number), number.text, decimals, target->field.scale, decimals);
    }
    host->rows->decimal(rows, at, value);
    return KH_OK;
}

static kh_status put_bool(const kh_host *host, kh_builder *rows, uint32_t at, const sql_cell *cell,
                          kh_error *err)
{
    static const struct {
        const char *text;
        bool value;
    } words[] = {{"t", true},      {"f", false}, {"1", true},  {"0", false}, {"true", true},
                 {"false", false}, {"Y", true},  {"N", false}, {"是", true}, {"否", false}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].text) != cell->length) continue;
        if (memcmp(words[i].text, cell->text, cell->length) != 0) continue;
        host->rows->boolean(rows, at, words[i].value);
        return KH_OK;
    }
    return kh_fail(err, KH_EDATA, "'%.*s' is neither yes nor no; write 1 or 0, 是 or 否, Y or N",
                   shown(cell), cell->text);
}

kh_status sql_cell_put(const kh_host *host, kh_builder *rows, uint32_t at, const sql_target *target,
                       const sql_cell *cell, kh_error *err)
{
    if (!cell->text) return KH_OK;
    if (cell->kind == SQL_FLOAT) {
        return kh_fail(err, KH_EDATA,
                       "'%.*s' is stored as binary floating point, which is never exact; store it "
                       "as TEXT, or as a whole number with scale = { %s = 2 }",
                       shown(cell), cell->text, target->field.name);
    }
    if (cell->kind == SQL_BLOB) {
        return kh_fail(err, KH_EDATA, "it holds bytes (BLOB), not text; cast it in a query");
    }
    if (target->field.type == KH_TYPE_TEXT) {
        host->rows->text(rows, at, cell->text, cell->length);
        return KH_OK;
    }
    sql_cell bare = trimmed(cell);
    if (bare.length == 0) return KH_OK; /* an empty text where a number or a date is due: missing */
    int64_t whole;
    kh_date date;
    kh_status rc;
    switch (target->field.type) {
    case KH_TYPE_DECIMAL: return put_decimal(host, rows, at, target, &bare, err);
    case KH_TYPE_INT:
        if (!sql_cell_int(&bare, &whole)) {
            return kh_fail(err, KH_EDATA,
                           "'%.*s' is not a whole number within 64 bits; declare the column as "
                           "decimal(N)",
                           shown(&bare), bare.text);
        }
        host->rows->integer(rows, at, whole);
        return KH_OK;
    case KH_TYPE_DATE:
        rc = host->parse_date(&date, bare.text, bare.length, err);
        if (rc == KH_OK) host->rows->date(rows, at, date);
        return rc;
    case KH_TYPE_BOOL: return put_bool(host, rows, at, &bare, err);
    default:
        return kh_fail(err, KH_EUNSUPPORTED,
                       "binary floating point cannot carry an amount; declare it as decimal(2)");
    }
}
