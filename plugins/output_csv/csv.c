/* Output `csv`: one row a subject, for spreadsheets: results, then every measure and metric. */
#include <kaohe/output.h>

#include <string.h>

typedef struct csv {
    bool bom;
    const kh_host *host;
} csv;

static const csv defaults = {.bom = true};
static const kh_option options[] = {
    {.key = "bom",
     .type = KH_OPT_BOOL,
     .offset = offsetof(csv, bom),
     .help = "begin with a byte order mark, so that Excel reads UTF-8"},
    {0}};

typedef struct writer {
    const kh_decimal_ops *decimal;
    const kh_sink *sink;
    kh_error *err;
    kh_status status;
    bool in_row;
} writer;

static void put(writer *w, const char *text, size_t length)
{
    if (w->status == KH_OK && length) {
        w->status = w->sink->write(w->sink->ctx, text, length, w->err);
    }
}

/* A cell; quoted where it must be. A text that a spreadsheet would take for a formula gets a
   leading apostrophe, so that a name can never run as one. */
static void put_cell(writer *w, const char *text)
{
    if (w->in_row) put(w, ",", 1);
    w->in_row = true;
    bool formula = strchr("=+@\t", text[0]) && text[0];
    if (!formula && !strpbrk(text, ",\"\r\n")) {
        put(w, text, strlen(text));
        return;
    }
    put(w, "\"", 1);
    if (formula) put(w, "'", 1);
    for (; *text; text++) {
        if (*text == '"') put(w, "\"", 1);
        put(w, text, 1);
    }
    put(w, "\"", 1);
}

static void put_number(writer *w, kh_decimal x, int places)
{
    char text[KH_DECIMAL_TEXT];
    w->decimal->format(text, x, places, false);
    put_cell(w, text);
}

static void end_row(writer *w)
{
    put(w, "\r\n", 2);
    w->in_row = false;
}

static void put_header(writer *w, const kh_results *results)
{
    static const char *const fixed[] = {"编号", "姓名", "机构", "得分", "名次", "档次", "等级"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) put_cell(w, fixed[i]);
    for (uint32_t i = 0; i < results->measure_count; i++) put_cell(w, results->measures[i].title);
    for (uint32_t i = 0; i < results->metric_count; i++) put_cell(w, results->metrics[i].title);
    put_cell(w, "说明");
    end_row(w);
}

static void put_card(writer *w, const kh_results *results, const kh_card *card)
{
    char rank[16] = "";
    if (card->rank) snprintf(rank, sizeof rank, "%u", card->rank);
    put_cell(w, card->subject->id);
    put_cell(w, card->subject->name);
    put_cell(w, card->subject->group);
    put_number(w, card->score, card->score_places);
    put_cell(w, rank);
    put_cell(w, card->band ? card->band : "");
    put_cell(w, card->grade ? card->grade : "");
    for (uint32_t i = 0; i < results->measure_count; i++) {
        put_number(w, card->measures[i], results->measures[i].places);
    }
    for (uint32_t i = 0; i < results->metric_count; i++) {
        put_number(w, card->metrics[i], results->metrics[i].places);
    }
    put_cell(w, card->failed ? card->failed : "");
    end_row(w);
}

static kh_status open_csv(void *self, const kh_host *host, const kh_output_context *context,
                          kh_error *err)
{
    (void)context;
    (void)err;
    ((csv *)self)->host = host;
    return KH_OK;
}

static kh_status write_results(void *self, const kh_results *results, const kh_sink *sink,
                               kh_error *err)
{
    const csv *c = self;
    writer w = {.decimal = c->host->decimal, .sink = sink, .err = err};
    if (c->bom) put(&w, "\xEF\xBB\xBF", 3);
    put_header(&w, results);
    for (uint32_t i = 0; i < results->card_count; i++) put_card(&w, results, &results->cards[i]);
    return w.status;
}

static const kh_output_ops csv_ops = {.size = sizeof csv_ops,
                                      .wants = KH_WANTS_RESULTS,
                                      .extension = "csv",
                                      .open = open_csv,
                                      .results = write_results};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_OUTPUT,
             .name = "csv",
             .version = "1.0",
             .summary = "one row a subject, for spreadsheets",
             .license = "MIT",
             .instance_size = sizeof(csv),
             .defaults = &defaults,
             .options = options,
             .output = &csv_ops};
