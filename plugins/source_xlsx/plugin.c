/* The XLSX source: a sheet of a workbook as a table, row by row. */
#include "xlsx.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BATCH = 4096 };

/* ---- the header ---------------------------------------------------------------------------- */

/* A title may be broken into lines; that is layout, not part of the name. */
static void add_title(char *name, size_t room, const char *text, size_t length)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < length && n + 1 < room; i++) {
        if (text[i] != '\n' && text[i] != '\r') name[n++] = text[i];
    }
    while (n > 0 && name[n - 1] == ' ') n--;
    name[n] = '\0';
}

typedef struct title {
    char text[400];
} title;

/* Titles over several rows: what is above several columns stands in the first of them. */
static kh_status read_titles(xlsx_source *source, xlsx_sheet *sheet, title **out, uint32_t *count,
                             kh_error *err)
{
    title *titles = NULL;
    bool more = true;
    kh_status rc = KH_OK;
    *count = 0;
    for (int64_t level = 0; rc == KH_OK && more && level < source->header;) {
        rc = xlsx_sheet_next(sheet, &more, err);
        if (rc < 0 || !more || sheet->row <= source->skip) continue;
        uint32_t width = sheet->cells[sheet->count - 1].column + 1;
        if (width > *count) {
            titles = xlsx_grow(titles, width * sizeof *titles);
            memset(titles + *count, 0, (width - *count) * sizeof *titles);
            *count = width;
        }
        bool last = ++level == source->header;
        const xlsx_cell *above = NULL;
        for (uint32_t c = 0; c < *count; c++) {
            const xlsx_cell *cell = xlsx_sheet_cell(sheet, c);
            if (cell) above = cell;
            if (last) above = cell;
            if (!above) continue;
            if (titles[c].text[0]) add_title(titles[c].text, sizeof titles[c].text, "/", 1);
            add_title(titles[c].text, sizeof titles[c].text, xlsx_sheet_text(sheet, above),
                      above->length);
        }
    }
    *out = titles;
    if (rc == KH_OK && *count == 0) {
        rc = kh_fail(err, KH_EDATA, "%s: sheet '%s' is empty; it needs a row of column titles",
                     source->shown, source->sheet_name);
    }
    return rc;
}

static xlsx_column *find(const xlsx_source *source, const char *name)
{
    for (uint32_t i = 0; i < source->count; i++) {
        if (!strcmp(source->items[i].shown, name)) return &source->items[i];
    }
    for (uint32_t i = 0; i < source->count; i++) {
        if (!strcmp(source->items[i].name, name)) return &source->items[i];
    }
    return NULL;
}

static kh_status need(const xlsx_source *source, const char *name, xlsx_column **out, kh_error *err)
{
    *out = find(source, name);
    if (*out) return KH_OK;
    char all[512] = "";
    for (uint32_t i = 0; i < source->count && strlen(all) < sizeof all - 80; i++) {
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%.70s", i ? ", " : "",
                 source->items[i].name);
    }
    return kh_fail(err, KH_EDATA, "%s: sheet '%s' has no column '%s'; there are: %s", source->shown,
                   source->sheet_name, name, all);
}

static kh_status take_titles(xlsx_source *source, const title *titles, uint32_t count, int64_t row,
                             kh_error *err)
{
    source->items = source->host->alloc(source->host->ctx, count * sizeof *source->items);
    if (!source->items) abort();
    source->count = 0;
    for (uint32_t c = 0; c < count; c++) {
        if (!titles[c].text[0]) continue;
        const char *name = xlsx_text(source, "%s", titles[c].text);
        const xlsx_column *same = find(source, name);
        if (same) {
            char here[16], there[16];
            xlsx_reference(here, c, row);
            xlsx_reference(there, same->at, row);
            return kh_fail(err, KH_EDATA,
                           "%s: sheet '%s' has two columns '%s', %s and %s; rename one",
                           source->shown, source->sheet_name, name, there, here);
        }
        source->items[source->count++] = (xlsx_column){name, name, c};
    }
    for (uint32_t i = 0; i < source->columns.count; i++) {
        const kh_pair *pair = &source->columns.items[i];
        xlsx_column *column;
        kh_status rc = need(source, pair->value ? pair->value : "", &column, err);
        if (rc < 0) return rc;
        column->shown = pair->key;
    }
    return KH_OK;
}

static kh_status look(xlsx_source *source, kh_error *err)
{
    if (source->known) return KH_OK;
    kh_status rc = xlsx_package_open(source, err);
    if (rc == KH_OK) rc = xlsx_book_open(source, err);
    if (rc < 0) return rc;
    xlsx_sheet sheet;
    title *titles = NULL;
    uint32_t count;
    rc = xlsx_sheet_open(&sheet, source, err);
    if (rc == KH_OK) rc = read_titles(source, &sheet, &titles, &count, err);
    if (rc == KH_OK) rc = take_titles(source, titles, count, sheet.row, err);
    xlsx_sheet_close(&sheet);
    free(titles);
    source->known = rc == KH_OK;
    return rc;
}

/* ---- rows ---------------------------------------------------------------------------------- */

typedef struct reading {
    xlsx_source *source;
    xlsx_sheet sheet;
    kh_builder *rows;
    sql_target *targets;
    xlsx_column **columns;
    uint32_t count;
    int64_t header; /* rows of the header still to come */
    bool ended;
    kh_error error;
} reading;

static kh_status put_row(reading *r, kh_error *err)
{
    const xlsx_source *source = r->source;
    for (uint32_t f = 0; f < r->count; f++) {
        char room[XLSX_VALUE_TEXT];
        sql_cell cell;
        kh_error why = KH_ERROR_INIT;
        const xlsx_cell *from = xlsx_sheet_cell(&r->sheet, r->columns[f]->at);
        kh_status rc =
            xlsx_value(source, &r->sheet, from, r->targets[f].field.type, room, &cell, &why);
        if (rc == KH_OK) {
            rc = sql_cell_put(source->host, r->rows, f, &r->targets[f], &cell, &why);
        }
        if (rc < 0) {
            char place[16];
            xlsx_reference(place, r->columns[f]->at, r->sheet.row);
            return kh_fail(err, rc, "%s:%s!%s: column '%s': %s", source->shown, source->sheet_name,
                           place, r->targets[f].field.name, why.text);
        }
    }
    source->host->rows->next(r->rows, r->sheet.row);
    return KH_OK;
}

static kh_status fill(reading *r, struct ArrowArray *out, kh_error *err)
{
    kh_status rc = KH_OK;
    int64_t rows = 0;
    while (rc == KH_OK && !r->ended && rows < BATCH) {
        bool more;
        rc = xlsx_sheet_next(&r->sheet, &more, err);
        r->ended = rc < 0 || !more;
        if (r->ended || r->sheet.row <= r->source->skip) continue;
        if (r->header > 0) {
            r->header--;
            continue;
        }
        rc = put_row(r, err);
        rows++;
    }
    if (rc == KH_OK && rows) rc = r->source->host->rows->batch(r->rows, out, err);
    return rc;
}

static int get_schema(struct ArrowArrayStream *self, struct ArrowSchema *out)
{
    const reading *r = self->private_data;
    r->source->host->rows->schema(r->rows, out);
    return 0;
}

static int get_next(struct ArrowArrayStream *self, struct ArrowArray *out)
{
    reading *r = self->private_data;
    *out = (struct ArrowArray){0};
    if (r->error.status == KH_OK) fill(r, out, &r->error);
    return -r->error.status;
}

static const char *get_last_error(struct ArrowArrayStream *self)
{
    const reading *r = self->private_data;
    return r->error.status < 0 ? r->error.text : NULL;
}

static void release(struct ArrowArrayStream *self)
{
    reading *r = self->private_data;
    xlsx_sheet_close(&r->sheet);
    r->source->host->rows->discard(r->rows);
    for (uint32_t i = 0; i < r->count; i++) free((char *)r->targets[i].field.name);
    free(r->targets);
    free(r->columns);
    free(r);
    self->release = NULL;
}

static kh_status read_rows(void *self, const kh_query *query, struct ArrowArrayStream *out,
                           kh_error *err)
{
    xlsx_source *source = self;
    *out = (struct ArrowArrayStream){0};
    source->cancelled = 0;
    kh_status rc = look(source, err);
    if (rc < 0) return rc;
    reading *r = xlsx_grow(NULL, sizeof *r);
    *r = (reading){.source = source, .header = source->header};
    r->targets = xlsx_grow(NULL, query->field_count * sizeof *r->targets);
    r->columns = xlsx_grow(NULL, query->field_count * sizeof(xlsx_column *));
    r->rows = source->host->rows->begin(query->fields, query->field_count);
    *out = (struct ArrowArrayStream){.get_schema = get_schema,
                                     .get_next = get_next,
                                     .get_last_error = get_last_error,
                                     .release = release,
                                     .private_data = r};
    for (uint32_t f = 0; rc == KH_OK && f < query->field_count; f++) {
        rc = need(source, query->fields[f].name, &r->columns[f], err);
        r->targets[f] = (sql_target){query->fields[f], -1};
        r->targets[f].field.name = strdup(query->fields[f].name);
        if (!r->targets[f].field.name) abort();
        r->count++;
    }
    if (rc == KH_OK) rc = xlsx_sheet_open(&r->sheet, source, err);
    if (rc < 0) release(out);
    return rc;
}

/* ---- the plugin ---------------------------------------------------------------------------- */

static kh_status open_source(void *self, const kh_host *host, kh_error *err)
{
    xlsx_source *source = self;
    char folder[4096];
    (void)err;
    source->host = host;
    source->shown = source->path;
    if (getcwd(folder, sizeof folder)) {
        size_t n = strlen(folder);
        if (!strncmp(source->path, folder, n) && source->path[n] == '/') source->shown += n + 1;
    }
    return KH_OK;
}

static void close_source(void *self)
{
    xlsx_source *source = self;
    if (source->zip) zip_discard(source->zip);
    free(source->shared.bytes);
    free(source->shared.ends);
    free(source->dates);
    source->zip = NULL;
    source->shared = (xlsx_texts){0};
    source->dates = NULL;
    source->known = false;
}

static kh_status check(void *self, kh_error *err)
{
    return look(self, err);
}

static kh_status describe(void *self, const kh_describe *out, kh_error *err)
{
    xlsx_source *source = self;
    kh_status rc = look(source, err);
    for (uint32_t i = 0; rc == KH_OK && i < source->count; i++) {
        out->field(out->ctx, source->items[i].shown, KH_TYPE_ANY, 0);
    }
    if (rc == KH_OK && !source->sheet) {
        out->decided(out->ctx, xlsx_text(source, "%s: sheet '%s', the first", source->shown,
                                         source->sheet_name));
    }
    return rc;
}

static void cancel(void *self)
{
    ((xlsx_source *)self)->cancelled = 1;
}

static const xlsx_source defaults = {.header = 1, .max_size = 2048};

static const kh_option options[] = {
    {.key = "path",
     .type = KH_OPT_PATH,
     .offset = offsetof(xlsx_source, path),
     .flags = KH_OPT_REQUIRED,
     .help = "the workbook, an .xlsx file"},
    {.key = "sheet",
     .type = KH_OPT_TEXT,
     .offset = offsetof(xlsx_source, sheet),
     .help = "the sheet's name; the first one when not given"},
    {.key = "columns",
     .type = KH_OPT_MAP,
     .offset = offsetof(xlsx_source, columns),
     .help = "our names for titles, like { manager_id = \"客户经理编号\" }"},
    {.key = "header",
     .type = KH_OPT_INT,
     .offset = offsetof(xlsx_source, header),
     .min = 1,
     .max = 10,
     .help = "rows of titles; over several rows they become one: \"贷款/余额\""},
    {.key = "skip",
     .type = KH_OPT_INT,
     .offset = offsetof(xlsx_source, skip),
     .max = 1000,
     .help = "rows of the sheet above the titles"},
    {.key = "null",
     .type = KH_OPT_TEXT,
     .offset = offsetof(xlsx_source, null),
     .help = "a text that means missing, besides the empty cell"},
    {.key = "max_size",
     .type = KH_OPT_INT,
     .offset = offsetof(xlsx_source, max_size),
     .min = 1,
     .max = 1 << 20,
     .help = "megabytes that one part of the file may unpack to"},
    {0}};

static const kh_source_ops ops = {.size = sizeof ops,
                                  .open = open_source,
                                  .close = close_source,
                                  .check = check,
                                  .describe = describe,
                                  .read = read_rows,
                                  .cancel = cancel};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_SOURCE,
             .name = "xlsx",
             .version = "1.0",
             .summary = "sheets of Excel workbooks",
             .license = "MIT",
             .instance_size = sizeof(xlsx_source),
             .defaults = &defaults,
             .options = options,
             .source = &ops};
