/* Strategy `bands`: a score to a named band (rulebook PR-19, E26). */
#include <kaohe/stage.h>

typedef struct bands {
    const char *table, *value, *below, *title, *rule, *band_column, *from_column;
    int64_t compare_places;
    const kh_host *host;
} bands;

static const bands defaults = {.below = "不合格",
                               .rule = "",
                               .band_column = "band",
                               .from_column = "from",
                               .compare_places = KH_PLACES_OWN};
static const kh_option options[] = {
    {.key = "table",
     .type = KH_OPT_TEXT,
     .offset = offsetof(bands, table),
     .refers = KH_REFERS_LOOKUP,
     .help = "lookup, lowest band first; default: 合格 from 60, 良好 80, 优秀 90"},
    {.key = "value",
     .type = KH_OPT_TEXT,
     .offset = offsetof(bands, value),
     .refers = KH_REFERS_VALUE,
     .help = "what is looked up; default: the score. Absent: no band"},
    {.key = "below",
     .type = KH_OPT_TEXT,
     .offset = offsetof(bands, below),
     .help = "the band below the first row"},
    {.key = "compare_places",
     .type = KH_OPT_INT,
     .offset = offsetof(bands, compare_places),
     .min = KH_PLACES_OWN,
     .max = 12,
     .help = "round to that many decimals before comparing; -1: compare unrounded"},
    {.key = "band_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(bands, band_column),
     .help = "column with the band's name"},
    {.key = "from_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(bands, from_column),
     .help = "column with the least value"},
    {.key = "title",
     .type = KH_OPT_TEXT,
     .offset = offsetof(bands, title),
     .help = "shown instead of the value's title"},
    {.key = "rule",
     .type = KH_OPT_TEXT,
     .offset = offsetof(bands, rule),
     .help = "clause shown beside the step"},
    {0}};

static kh_status open_bands(void *self, const kh_host *host, kh_error *err)
{
    (void)err;
    ((bands *)self)->host = host;
    return KH_OK;
}

/* The table, or the usual four bands. The caller frees. */
static kh_status read_bands(const bands *b, const kh_sheet *sheet, kh_rung **out, uint32_t *count,
                            kh_error *err)
{
    if (b->table) {
        return kh_rungs_read(b->host, sheet, b->table, b->band_column, b->from_column, out, count,
                             err);
    }
    const kh_decimal_ops *dec = b->host->decimal;
    const kh_rung usual[] = {
        {"合格", dec->from_int(60)}, {"良好", dec->from_int(80)}, {"优秀", dec->from_int(90)}};
    *count = sizeof usual / sizeof *usual;
    *out = malloc(sizeof usual);
    if (!*out) return kh_fail(err, KH_ELIMIT, "out of memory");
    memcpy(*out, usual, sizeof usual);
    return KH_OK;
}

static void explain(const bands *b, kh_sheet *sheet, uint32_t s, const kh_input *input,
                    kh_decimal value, const kh_rung *rungs, uint32_t count, int32_t at)
{
    const kh_decimal_ops *dec = b->host->decimal;
    const kh_rung *next = at + 1 < (int32_t)count ? &rungs[at + 1] : NULL;
    const char *band = at >= 0 ? rungs[at].name : b->below, *word = at >= 0 ? "达到" : "为";
    kh_outcome outcome = at >= 0 ? KH_PASSED : KH_FAILED;
    kh_shown shown = kh_show_beside(dec, value, (next ? next : &rungs[at])->from, input->places);
    char from[KH_DECIMAL_TEXT + 8] = "";
    if (at >= 0) {
        snprintf(from, sizeof from, "(%s)", kh_show(dec, rungs[at].from, KH_PLACES_OWN).text);
    }
    if (!next) {
        kh_explain(sheet, s, "bands", b->rule, outcome, "%s %s%s%s,%s %s%s", input->title,
                   shown.text, input->gap, input->unit, word, band, from);
        return;
    }
    kh_explain(sheet, s, "bands", b->rule, outcome, "%s %s%s%s,%s %s%s,距 %s(%s)还差 %s",
               input->title, shown.text, input->gap, input->unit, word, band, from, next->name,
               kh_show(dec, next->from, KH_PLACES_OWN).text,
               kh_show_missing(dec, dec->sub(next->from, value), input->places).text);
}

static kh_status check(void *self, const kh_sheet *sheet, kh_error *err)
{
    kh_rung *rungs;
    uint32_t count;
    kh_status rc = read_bands(self, sheet, &rungs, &count, err);
    if (rc == KH_OK) free(rungs);
    return rc;
}

static kh_status run(void *self, kh_sheet *sheet, kh_error *err)
{
    const bands *b = self;
    const kh_sheet_ops *ops = sheet->ops;
    const kh_decimal_ops *dec = b->host->decimal;
    kh_input input;
    kh_rung *rungs;
    uint32_t count;
    kh_status rc = kh_input_find(sheet, b->value, b->title, &input, err);
    if (rc == KH_OK) rc = read_bands(b, sheet, &rungs, &count, err);
    if (rc < 0) return rc;
    for (uint32_t s = 0; s < ops->subject_count(sheet); s++) {
        if (ops->failed(sheet, s)) continue;
        kh_decimal value = kh_input_value(sheet, &input, s);
        if (kh_is_absent(value)) {
            kh_explain(sheet, s, "bands", b->rule, KH_FAILED, "%s无数据,不评等次", input.title);
            continue;
        }
        if (b->compare_places >= 0) value = dec->round(value, (int)b->compare_places);
        int32_t at = kh_rung_reached(dec, rungs, count, value);
        explain(b, sheet, s, &input, value, rungs, count, at);
        ops->set_band(sheet, s, at < 0 ? b->below : rungs[at].name);
    }
    free(rungs);
    return KH_OK;
}

static const kh_strategy_ops bands_ops = {
    .size = sizeof bands_ops, .open = open_bands, .check = check, .run = run};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_STRATEGY,
             .name = "bands",
             .version = "1.0",
             .summary = "a score to a named band, compared unrounded",
             .license = "MIT",
             .instance_size = sizeof(bands),
             .defaults = &defaults,
             .options = options,
             .strategy = &bands_ops};
