/* Options, columns and the stream of rows of every database source. */
#include "common/sql.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 16384, LOOK_UP = 512 };

typedef struct sql_stream {
    sql_source *source;
    sql_target *targets;
    uint32_t count;
    bool has_row_id;
    sql_cell *cells;
    kh_builder *rows;
    int64_t row;
    bool running;
    kh_error error; /* told again by every further call */
} sql_stream;

/* ---- texts --------------------------------------------------------------------------------- */

void *sql_keep(const sql_source *source, size_t size)
{
    void *block = source->host->alloc(source->host->ctx, size);
    if (!block) abort(); /* memory is out: nothing sensible is left to say */
    return block;
}

const char *sql_text(const sql_source *source, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = sql_keep(source, (size_t)n + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)n + 1, format, args);
    va_end(args);
    return text;
}

const char *sql_quoted(const sql_source *source, const char *name)
{
    if (source->quote == ' ') return sql_text(source, "%s", name);
    char *out = sql_keep(source, strlen(name) * 2 + 3), *to = out;
    *to++ = source->quote;
    for (; *name; name++) {
        if (*name == source->quote) *to++ = *name;
        *to++ = *name;
    }
    *to = source->quote;
    return out;
}

/* dm.daily_balance: schema and table are quoted each. */
static const char *quoted_table(const sql_source *source, const char *table)
{
    const char *point = strchr(table, '.');
    if (!point) return sql_quoted(source, table);
    const char *schema = sql_text(source, "%.*s", (int)(point - table), table);
    return sql_text(source, "%s.%s", sql_quoted(source, schema), quoted_table(source, point + 1));
}

bool sql_is_cancelled(const sql_source *source)
{
    return source->cancelled || source->host->should_cancel(source->host->ctx);
}

/* ---- columns ------------------------------------------------------------------------------- */

kh_status sql_open(sql_source *source, const kh_host *host, kh_error *err)
{
    source->host = host;
    if (!source->table == !source->query) {
        return kh_fail(err, KH_EUSAGE, "give either a table or a query, as in table = \"%s\"",
                       source->table ? source->table : "dm.daily_balance");
    }
    for (uint32_t i = 0; i < source->scale.count; i++) {
        const kh_pair *pair = &source->scale.items[i];
        sql_cell cell = {pair->value, pair->value ? strlen(pair->value) : 0, SQL_PLAIN};
        int64_t places;
        if (!pair->value || !sql_cell_int(&cell, &places) || places < 0 || places > 18) {
            return kh_fail(err, KH_EUSAGE,
                           "scale of '%s' is '%s'; it must be a whole number between 0 and 18",
                           pair->key, pair->value ? pair->value : "");
        }
    }
    source->label = source->table ? source->table : "query";
    return KH_OK;
}

static const char *make_from(const sql_source *source)
{
    if (source->table) return quoted_table(source, source->table);
    size_t n = strlen(source->query);
    while (n && strchr("; \t\r\n", source->query[n - 1])) n--;
    /* the line end closes a comment behind the query */
    return sql_text(source, "(%.*s\n) AS kaohe_query", (int)n, source->query);
}

sql_column *sql_add_column(sql_source *source, const char *name, const char *declared, kh_type type,
                           int32_t scale, int32_t digits)
{
    if (source->count == source->room) {
        source->room = source->room ? source->room * 2 : 32;
        sql_column *more = sql_keep(source, source->room * sizeof *more);
        if (source->count) memcpy(more, source->items, source->count * sizeof *more);
        source->items = more;
    }
    sql_column *column = &source->items[source->count++];
    *column = (sql_column){.name = sql_text(source, "%s", name),
                           .declared = sql_text(source, "%s", declared ? declared : ""),
                           .type = type,
                           .scale = scale,
                           .digits = digits,
                           .unit = -1};
    column->shown = column->name;
    return column;
}

/* A column by our name or the database's. */
static sql_column *find(const sql_source *source, const char *name)
{
    for (uint32_t i = 0; i < source->count; i++) {
        if (!strcmp(source->items[i].shown, name)) return &source->items[i];
    }
    for (uint32_t i = 0; i < source->count; i++) {
        if (!strcmp(source->items[i].name, name)) return &source->items[i];
    }
    return NULL;
}

static kh_status need(const sql_source *source, const char *name, sql_column **out, kh_error *err)
{
    *out = find(source, name);
    if (*out) return KH_OK;
    char all[512] = "";
    for (uint32_t i = 0; i < source->count && strlen(all) < sizeof all - 80; i++) {
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%.70s", i ? ", " : "",
                 source->items[i].name);
    }
    return kh_fail(err, KH_EUSAGE, "%s: there is no column '%s'; there are: %s", source->label,
                   name, all);
}

static kh_status apply_options(sql_source *source, kh_error *err)
{
    sql_column *column;
    kh_status rc;
    for (uint32_t i = 0; i < source->columns.count; i++) {
        const kh_pair *pair = &source->columns.items[i];
        if ((rc = need(source, pair->value ? pair->value : "", &column, err)) < 0) return rc;
        if (column->shown != column->name) {
            return kh_fail(err, KH_EUSAGE, "%s: column '%s' is called both '%s' and '%s'; use one",
                           source->label, column->name, column->shown, pair->key);
        }
        column->shown = pair->key;
    }
    for (uint32_t i = 0; i < source->scale.count; i++) {
        const kh_pair *pair = &source->scale.items[i];
        if ((rc = need(source, pair->key, &column, err)) < 0) return rc;
        bool whole = column->type == KH_TYPE_INT || column->type == KH_TYPE_ANY ||
                     (column->type == KH_TYPE_DECIMAL && column->scale == 0);
        if (!whole) {
            return kh_fail(err, KH_EUSAGE,
                           "%s: column '%s' is %s and not a whole number; take it out of 'scale'",
                           source->label, pair->key, column->declared);
        }
        column->unit = (int32_t)strtol(pair->value, NULL, 10);
        column->type = KH_TYPE_DECIMAL;
        column->scale = column->unit;
    }
    for (uint32_t i = 0; i < source->order.count; i++) {
        if ((rc = need(source, source->order.items[i], &column, err)) < 0) return rc;
    }
    if (source->row_id) {
        if ((rc = need(source, source->row_id, &column, err)) < 0) return rc;
        source->row_term = sql_quoted(source, column->name);
    }
    return KH_OK;
}

kh_status sql_check(void *self, kh_error *err)
{
    sql_source *source = self; /* the first member of every instance */
    if (source->known) return KH_OK;
    kh_status rc = source->driver->connect(source, err);
    if (rc < 0) return rc;
    source->count = 0;
    source->from = make_from(source);
    rc = source->driver->look(source, sql_text(source, "SELECT * FROM %s", source->from), err);
    if (rc == KH_OK && source->count == 0) {
        rc = kh_fail(err, KH_EUSAGE, "%s: there are no columns; is it a SELECT?", source->label);
    }
    if (rc == KH_OK) rc = apply_options(source, err);
    source->known = rc == KH_OK;
    return rc;
}

kh_status sql_describe(void *self, const kh_describe *out, kh_error *err)
{
    const sql_source *source = self;
    kh_status rc = sql_check(self, err);
    for (uint32_t i = 0; rc == KH_OK && i < source->count; i++) {
        const sql_column *column = &source->items[i];
        out->field(out->ctx, column->shown, column->type, column->scale);
    }
    return rc;
}

static bool dialect_column(void *self, const char *name, kh_type type, kh_sql_column *out)
{
    sql_source *source = self;
    const sql_column *column = find(source, name);
    return column && source->driver->term(source, column, type, out);
}

kh_status sql_plan(void *self, kh_source_plan *out, kh_error *err)
{
    sql_source *source = self;
    kh_status rc = sql_check(self, err);
    if (rc < 0 || !source->driver->term) return rc;
    source->dialect.size = sizeof source->dialect;
    source->dialect.from = source->from;
    source->dialect.column = dialect_column;
    out->can |= KH_CAN_SQL;
    out->dialect = &source->dialect;
    return KH_OK;
}

void sql_cancel(void *self)
{
    ((sql_source *)self)->cancelled = 1;
}

/* ---- the Arrow stream ---------------------------------------------------------------------- */

static int get_schema(struct ArrowArrayStream *self, struct ArrowSchema *out)
{
    sql_stream *s = self->private_data;
    s->source->host->rows->schema(s->rows, out);
    return 0;
}

static kh_status put_row(sql_stream *s, kh_error *err)
{
    const sql_source *source = s->source;
    int64_t id = s->row;
    if (s->has_row_id && !(s->cells[s->count].text && sql_cell_int(&s->cells[s->count], &id))) {
        return kh_fail(err, KH_EDATA,
                       "%s: row %lld: column '%s' is not a whole number; it cannot "
                       "be the row_id",
                       source->label, (long long)s->row, source->row_id);
    }
    for (uint32_t c = 0; c < s->count; c++) {
        kh_error why = KH_ERROR_INIT;
        kh_status rc = sql_cell_put(source->host, s->rows, c, &s->targets[c], &s->cells[c], &why);
        if (rc < 0) {
            return kh_fail(err, rc, "%s: row %lld: column '%s': %s", source->label, (long long)id,
                           s->targets[c].field.name, why.text);
        }
    }
    source->host->rows->next(s->rows, id);
    return KH_OK;
}

static kh_status fill(sql_stream *s, struct ArrowArray *out, kh_error *err)
{
    sql_source *source = s->source;
    kh_status rc = KH_OK;
    int64_t rows = 0;
    for (bool more = s->running; rc == KH_OK && more && rows < BATCH;) {
        if (rows % LOOK_UP == 0 && sql_is_cancelled(source)) {
            return kh_fail(err, KH_ECANCELLED, "interrupted");
        }
        rc = source->driver->next(source, s->cells, &more, err);
        s->running = rc == KH_OK && more;
        if (!s->running) break;
        s->row++;
        rows++;
        rc = put_row(s, err);
    }
    if (rc == KH_OK && rows) rc = source->host->rows->batch(s->rows, out, err);
    return rc;
}

static int get_next(struct ArrowArrayStream *self, struct ArrowArray *out)
{
    sql_stream *s = self->private_data;
    *out = (struct ArrowArray){0};
    if (s->error.status == KH_OK) fill(s, out, &s->error);
    return -s->error.status;
}

static const char *get_last_error(struct ArrowArrayStream *self)
{
    const sql_stream *s = self->private_data;
    return s->error.status < 0 ? s->error.text : NULL;
}

static void release(struct ArrowArrayStream *self)
{
    sql_stream *s = self->private_data;
    sql_source *source = s->source;
    if (source->stream == s) {
        source->driver->stop(source);
        source->stream = NULL;
    }
    source->host->rows->discard(s->rows);
    for (uint32_t i = 0; i < s->count; i++) free((char *)s->targets[i].field.name);
    free(s->targets);
    free(s->cells);
    free(s);
    self->release = NULL;
}

/* ---- statements ---------------------------------------------------------------------------- */

/* A text that grows; what the statements are put together in. */
typedef struct words {
    char *text;
    size_t size, room;
} words;

static void add(words *w, const char *text)
{
    size_t n = strlen(text);
    if (w->size + n + 1 > w->room) {
        w->room = (w->size + n + 1) * 2;
        w->text = realloc(w->text, w->room);
        if (!w->text) abort();
    }
    memcpy(w->text + w->size, text, n + 1);
    w->size += n;
}

/* SELECT the fields FROM the table, as the query wants them. */
static kh_status make_select(sql_stream *s, const kh_query *query, words *out, kh_error *err)
{
    const sql_source *source = s->source;
    add(out, "SELECT ");
    for (uint32_t f = 0; f < query->field_count; f++) {
        sql_column *column;
        kh_status rc = need(source, query->fields[f].name, &column, err);
        if (rc < 0) return rc;
        if (column->type == KH_TYPE_FLOAT) {
            return kh_fail(err, KH_EDATA,
                           "%s: column '%s' is %s, binary floating point, which is never exact; "
                           "make it a DECIMAL, or cast it in a query",
                           source->label, column->shown, column->declared);
        }
        if (column->refused && query->fields[f].type != KH_TYPE_TEXT) {
            return kh_fail(err, KH_EDATA, "%s: column '%s' is %s: %s", source->label, column->shown,
                           column->declared, dgettext("kaohe", column->refused));
        }
        s->targets[f].unit = query->fields[f].type == KH_TYPE_DECIMAL ? column->unit : -1;
        if (f) add(out, ", ");
        add(out, column->select ? column->select : sql_quoted(source, column->name));
    }
    if (query->field_count == 0) add(out, "1");
    s->has_row_id = query->want_origin && source->row_term && query->field_count;
    if (s->has_row_id) {
        add(out, ", ");
        add(out, source->row_term);
    }
    add(out, " FROM ");
    add(out, source->from);
    if (query->where) {
        add(out, " WHERE ");
        add(out, query->where);
    }
    for (uint32_t i = 0; i < source->order.count; i++) {
        add(out, i ? ", " : " ORDER BY ");
        add(out, sql_quoted(source, find(source, source->order.items[i])->name));
    }
    return KH_OK;
}

kh_status sql_read(void *self, const kh_query *query, struct ArrowArrayStream *out, kh_error *err)
{
    sql_source *source = self;
    *out = (struct ArrowArrayStream){0};
    source->cancelled = 0;
    kh_status rc = sql_check(source, err);
    if (rc < 0) return rc;
    if (source->stream) {
        return kh_fail(err, KH_EINTERNAL, "%s: it is being read already; report this",
                       source->label);
    }
    sql_stream *s = calloc(1, sizeof *s);
    if (!s) abort();
    s->source = source;
    s->targets = calloc(query->field_count + 1, sizeof *s->targets);
    s->cells = calloc(query->field_count + 2, sizeof *s->cells);
    if (!s->targets || !s->cells) abort();
    for (uint32_t f = 0; f < query->field_count; f++) {
        s->targets[f] = (sql_target){query->fields[f], -1};
        s->targets[f].field.name = strdup(query->fields[f].name);
        if (!s->targets[f].field.name) abort();
        s->count++;
    }
    s->rows = source->host->rows->begin(query->fields, query->field_count);
    *out = (struct ArrowArrayStream){.get_schema = get_schema,
                                     .get_next = get_next,
                                     .get_last_error = get_last_error,
                                     .release = release,
                                     .private_data = s};
    words sql = {0};
    if (query->sql) add(&sql, query->sql);
    else rc = make_select(s, query, &sql, err);
    uint32_t columns = query->field_count ? query->field_count + s->has_row_id : 1;
    if (rc == KH_OK) {
        source->stream = s;
        source->computes = query->sql != NULL;
        rc = source->driver->start(source, sql.text, query->values, query->value_count, columns,
                                   err);
    }
    free(sql.text);
    s->running = rc == KH_OK;
    if (rc < 0) release(out);
    return rc;
}
