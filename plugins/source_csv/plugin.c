/* The CSV source: its options, and the operations the host calls. */
#include "csv.h"

void *csv_keep(const csv_source *source, size_t size)
{
    void *block = source->host->alloc(source->host->ctx, size);
    if (!block) abort(); /* memory is out: nothing sensible is left to say */
    return block;
}

char *csv_keep_text(const csv_source *source, const char *text, size_t size)
{
    char *copy = csv_keep(source, size + 1);
    memcpy(copy, text, size);
    return copy;
}

void *csv_grow(void *block, size_t size)
{
    void *bigger = realloc(block, size);
    if (!bigger) abort();
    return bigger;
}

static kh_status open_source(void *self, const kh_host *host, kh_error *err)
{
    (void)err;
    ((csv_source *)self)->host = host;
    return KH_OK;
}

static kh_status check(void *self, kh_error *err)
{
    csv_source *source = self;
    kh_status rc = csv_files_look(source, err);
    for (uint32_t i = 0; rc == KH_OK && i < source->columns.count; i++) {
        uint32_t ignored;
        rc = csv_column_find(source, source->columns.items[i].key, &ignored, err);
    }
    return rc;
}

/* What was decided by looking, said once for files that are alike. */
static void tell_decisions(const csv_source *source, const kh_describe *out)
{
    if (source->encoding != CSV_AUTO && source->delimiter != 0) return;
    char last[64] = "";
    for (uint32_t i = 0; out->decided && i < source->file_count; i++) {
        const csv_file *file = &source->files[i];
        const char *encoding = file->encoding == CSV_UTF8 ? "UTF-8" : "GB18030";
        const char *delimiter = file->delimiter == '\t' ? "tab" : (char[]){file->delimiter, 0};
        char text[64], where[KH_ERROR_TEXT];
        snprintf(text, sizeof text, "encoding %s, delimiter %s", encoding, delimiter);
        if (!strcmp(text, last)) continue;
        memcpy(last, text, sizeof last);
        snprintf(where, sizeof where, i ? "%s from %s on" : "%s", text, file->shown);
        kh_error_trim(where, sizeof where);
        out->decided(out->ctx, where);
    }
}

static kh_status describe(void *self, const kh_describe *out, kh_error *err)
{
    csv_source *source = self;
    kh_status rc = check(source, err);
    if (rc < 0) return rc;
    const csv_file *file = &source->files[0];
    for (uint32_t c = 0; c < file->width; c++) {
        /* Our names for it, else its own, which another column may have taken. */
        bool named = !file->names[c][0];
        for (uint32_t i = 0; i < source->columns.count; i++) {
            const kh_pair *pair = &source->columns.items[i];
            bool ours = !strcmp(pair->value, file->names[c]);
            if (ours) out->field(out->ctx, pair->key, KH_TYPE_ANY, 0);
            named |= ours || !strcmp(pair->key, file->names[c]);
        }
        if (!named) out->field(out->ctx, file->names[c], KH_TYPE_ANY, 0);
    }
    tell_decisions(source, out);
    return KH_OK;
}

static kh_status plan(void *self, kh_source_plan *out, kh_error *err)
{
    csv_source *source = self;
    kh_status rc = csv_files_look(source, err);
    if (rc < 0) return rc;
    out->can = KH_CAN_SPLIT;
    out->bytes = 0;
    for (uint32_t i = 0; i < source->file_count; i++) out->bytes += source->files[i].size;
    return KH_OK;
}

static kh_status read_rows(void *self, const kh_query *query, struct ArrowArrayStream *out,
                           kh_error *err)
{
    csv_source *source = self;
    source->cancelled = 0;
    return csv_stream_open(source, query, out, err);
}

static void cancel(void *self)
{
    ((csv_source *)self)->cancelled = 1;
}

static const char *const encodings[] = {"auto", "utf8", "gb18030", NULL};
static const char *const delimiters[] = {"auto", ",", ";", "tab", "|", NULL};
static const char *const quotes[] = {"\"", "'", "none", NULL};
static const char *const separators[] = {",", "none", NULL};

static const csv_source defaults = {.header = true, .trim = true, .null_text = ""};

static const kh_option options[] = {
    {.key = "path",
     .type = KH_OPT_PATH,
     .offset = offsetof(csv_source, path),
     .flags = KH_OPT_REQUIRED,
     .help = "the file, or a pattern like balance-*.csv: files in order of their names, one table"},
    {.key = "paths",
     .type = KH_OPT_TEXTS,
     .offset = offsetof(csv_source, paths),
     .help = "more files or patterns of the same table, in the folder of path"},
    {.key = "columns",
     .type = KH_OPT_MAP,
     .offset = offsetof(csv_source, columns),
     .help = "our names for headers, like { manager_id = \"客户经理编号\" }"},
    {.key = "encoding",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(csv_source, encoding),
     .choices = encodings,
     .help = "gb18030 includes GBK"},
    {.key = "delimiter",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(csv_source, delimiter),
     .choices = delimiters,
     .help = "what separates cells"},
    {.key = "quote",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(csv_source, quote),
     .choices = quotes,
     .help = "what surrounds cells that hold a delimiter or a line end"},
    {.key = "header",
     .type = KH_OPT_BOOL,
     .offset = offsetof(csv_source, header),
     .help = "the first line names the columns; without it they are A1, A2, ..."},
    {.key = "skip",
     .type = KH_OPT_INT,
     .offset = offsetof(csv_source, skip),
     .max = 1000,
     .help = "lines above the table"},
    {.key = "null",
     .type = KH_OPT_TEXT,
     .offset = offsetof(csv_source, null_text),
     .help = "a text that means missing, besides the empty cell"},
    {.key = "thousands",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(csv_source, thousands),
     .choices = separators,
     .help = "what may group the digits of a number; the decimal point is always ."},
    {.key = "trim",
     .type = KH_OPT_BOOL,
     .offset = offsetof(csv_source, trim),
     .help = "drop spaces around cells without quotes"},
    {0}};

static const kh_source_ops ops = {.size = sizeof ops,
                                  .open = open_source,
                                  .check = check,
                                  .describe = describe,
                                  .plan = plan,
                                  .read = read_rows,
                                  .cancel = cancel};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_SOURCE,
             .name = "csv",
             .version = "1.0",
             .summary = "tables in text files: CSV of core systems and Excel, also gzipped",
             .license = "MIT",
             .instance_size = sizeof(csv_source),
             .defaults = &defaults,
             .options = options,
             .source = &ops};
