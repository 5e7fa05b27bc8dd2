/* Output `json`: all results in one file, format kaohe-results/1, amounts as text, fixed order. */
#include <kaohe/output.h>

#include <string.h>

typedef struct json {
    const kh_host *host;
} json;

/* A sink with a small buffer; the first failure stops everything behind it. */
typedef struct writer {
    const kh_decimal_ops *decimal;
    const kh_sink *sink;
    kh_error *err;
    kh_status status;
    size_t used;
    char buffer[8192];
} writer;

static void flush(writer *w)
{
    if (w->status == KH_OK && w->used) {
        w->status = w->sink->write(w->sink->ctx, w->buffer, w->used, w->err);
    }
    w->used = 0;
}

static void put(writer *w, const char *text, size_t length)
{
    while (length > 0) {
        if (w->used == sizeof w->buffer) flush(w);
        size_t room = sizeof w->buffer - w->used, n = length < room ? length : room;
        memcpy(w->buffer + w->used, text, n);
        w->used += n;
        text += n;
        length -= n;
    }
}

static void put_text(writer *w, const char *text)
{
    put(w, text, strlen(text));
}

static void put_string(writer *w, const char *text)
{
    if (!text) {
        put_text(w, "null");
        return;
    }
    put(w, "\"", 1);
    for (const char *from = text;; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        put(w, from, (size_t)(text - from));
        if (!c) break;
        char escape[8];
        if (c == '"' || c == '\\') snprintf(escape, sizeof escape, "\\%c", c);
        else if (c == '\n') strcpy(escape, "\\n");
        else snprintf(escape, sizeof escape, "\\u%04x", c);
        put_text(w, escape);
        from = text + 1;
    }
    put(w, "\"", 1);
}

static void put_key(writer *w, const char *key)
{
    put_string(w, key);
    put(w, ":", 1);
}

static void put_number(writer *w, kh_decimal x, int places)
{
    char text[KH_DECIMAL_TEXT];
    if (kh_is_absent(x)) {
        put_text(w, "null");
        return;
    }
    w->decimal->format(text, x, places, false);
    put(w, "\"", 1);
    put_text(w, text);
    put(w, "\"", 1);
}

/* An unrounded value: its own digits without zeros at the end, but at least `least` decimals. */
static void put_exact(writer *w, kh_decimal x, int least)
{
    char text[KH_DECIMAL_TEXT];
    if (kh_is_absent(x)) {
        put_text(w, "null");
        return;
    }
    size_t n = w->decimal->format(text, x, KH_PLACES_OWN, false);
    char *point = memchr(text, '.', n);
    size_t keep = point ? (size_t)(point - text) + 1 + (size_t)(least > 0 ? least : 0) : n;
    while (point && n > keep && text[n - 1] == '0') n--;
    if (point && n == (size_t)(point - text) + 1) n--;
    text[n] = '\0';
    size_t decimals = point && n > (size_t)(point - text) ? n - (size_t)(point - text) - 1 : 0;
    put(w, "\"", 1);
    put_text(w, text);
    if (least > 0 && decimals == 0) put(w, ".", 1);
    for (size_t i = decimals; (int)i < least; i++) put(w, "0", 1);
    put(w, "\"", 1);
}

static void put_values(writer *w, const char *key, const kh_column *columns, uint32_t count,
                       const kh_decimal *values)
{
    put_key(w, key);
    put(w, "{", 1);
    for (uint32_t i = 0; i < count; i++) {
        if (i) put(w, ",", 1);
        put_key(w, columns[i].name);
        put_exact(w, values[i], columns[i].places);
    }
    put(w, "}", 1);
}

static void put_items(writer *w, const kh_card *card)
{
    put_key(w, "items");
    put(w, "[", 1);
    for (uint32_t i = 0; i < card->item_count; i++) {
        const kh_item *item = &card->items[i];
        put_text(w, i ? ",{" : "{");
        put_key(w, "name");
        put_string(w, item->name);
        put_text(w, ",\"title\":");
        put_string(w, item->title);
        put_text(w, ",\"actual\":");
        put_exact(w, item->actual, item->value_places);
        put_text(w, ",\"target\":");
        put_exact(w, item->target, item->value_places);
        put_text(w, ",\"rate\":");
        put_exact(w, item->rate, KH_PLACES_OWN);
        put_text(w, ",\"weight\":");
        put_exact(w, item->weight, KH_PLACES_OWN);
        put_text(w, ",\"points\":");
        put_number(w, item->points, item->places);
        put_text(w, ",\"reason\":");
        put_string(w, item->reason);
        put(w, "}", 1);
    }
    put(w, "]", 1);
}

static void put_steps(writer *w, const kh_card *card)
{
    static const char *const outcomes[] = {"kept", "passed", "changed", "failed"};
    put_key(w, "steps");
    put(w, "[", 1);
    for (uint32_t i = 0; i < card->step_count; i++) {
        put_text(w, i ? ",{" : "{");
        put_key(w, "stage");
        put_string(w, card->steps[i].stage);
        put_text(w, ",\"rule\":");
        put_string(w, card->steps[i].rule);
        put_text(w, ",\"outcome\":");
        put_string(w, outcomes[card->steps[i].outcome]);
        put_text(w, ",\"text\":");
        put_string(w, card->steps[i].text);
        put(w, "}", 1);
    }
    put(w, "]", 1);
}

static void put_excluded(writer *w, const kh_card *card)
{
    put_key(w, "excluded");
    put(w, "[", 1);
    for (uint32_t i = 0; i < card->excluded_count; i++) {
        put_text(w, i ? ",{" : "{");
        put_key(w, "measure");
        put_string(w, card->excluded[i].measure);
        put_text(w, ",\"row\":");
        put_string(w, card->excluded[i].row);
        put_text(w, ",\"rule\":");
        put_string(w, card->excluded[i].rule);
        put_text(w, ",\"amount\":");
        put_exact(w, card->excluded[i].amount, 2);
        put(w, "}", 1);
    }
    put(w, "]", 1);
}

/* What was given to a card; *next runs through the rows of all cards, which are in their order. */
static void put_given(writer *w, const kh_results *results, uint32_t card, uint32_t *next)
{
    const kh_given *given = results->given;
    uint32_t first = *next;
    for (; *next < results->given_count && given[*next].card == card; ++*next) {
        put_text(w, *next == first ? ",\n  \"given\":[{" : ",{");
        put_key(w, "of");
        put_string(w, given[*next].records);
        put_text(w, ",\"row\":");
        put_string(w, given[*next].row);
        put_text(w, ",\"why\":");
        put_string(w, given[*next].why);
        put(w, "}", 1);
    }
    if (*next > first) put(w, "]", 1);
}

static void put_card(writer *w, const kh_results *results, uint32_t index, uint32_t *next)
{
    const kh_card *card = &results->cards[index];
    char rank[16];
    put(w, "{", 1);
    put_key(w, "id");
    put_string(w, card->subject->id);
    put_text(w, ",\"name\":");
    put_string(w, card->subject->name);
    put_text(w, ",\"group\":");
    put_string(w, card->subject->group);
    put_text(w, ",\n  ");
    put_values(w, "measures", results->measures, results->measure_count, card->measures);
    put_text(w, ",\n  ");
    put_values(w, "metrics", results->metrics, results->metric_count, card->metrics);
    put_text(w, ",\n  ");
    put_items(w, card);
    put_text(w, ",\n  \"score\":");
    put_number(w, card->score, card->score_places);
    snprintf(rank, sizeof rank, card->rank ? "%u" : "null", card->rank);
    put_text(w, ",\"rank\":");
    put_text(w, rank);
    put_text(w, ",\"band\":");
    put_string(w, card->band);
    put_text(w, ",\"grade\":");
    put_string(w, card->grade);
    put_text(w, ",\"pay\":{");
    for (uint32_t i = 0; i < card->pay_count; i++) {
        if (i) put(w, ",", 1);
        put_key(w, card->pays[i].name);
        put_number(w, card->pays[i].amount, 2);
    }
    put_text(w, "},\n  ");
    put_steps(w, card);
    put_text(w, ",\n  ");
    put_excluded(w, card);
    put_text(w, ",\n  \"notes\":[");
    for (uint32_t i = 0; i < card->note_count; i++) {
        if (i) put(w, ",", 1);
        put_string(w, card->notes[i]);
    }
    put_text(w, "]");
    put_given(w, results, index, next);
    if (card->failed) {
        put_text(w, ",\"failed\":");
        put_string(w, card->failed);
    }
    put(w, "}", 1);
}

static kh_status open_json(void *self, const kh_host *host, const kh_output_context *context,
                           kh_error *err)
{
    (void)context;
    (void)err;
    ((json *)self)->host = host;
    return KH_OK;
}

static kh_status write_results(void *self, const kh_results *results, const kh_sink *sink,
                               kh_error *err)
{
    writer w = {.decimal = ((json *)self)->host->decimal, .sink = sink, .err = err};
    put_text(&w, "{\"format\":\"kaohe-results/1\",\"period\":");
    put_string(&w, results->period.name);
    put_text(&w, ",\"scheme\":");
    put_string(&w, results->scheme);
    put_text(&w, ",\"subjects\":[");
    for (uint32_t i = 0, next = 0; i < results->card_count; i++) {
        put_text(&w, i ? ",\n " : "\n ");
        put_card(&w, results, i, &next);
    }
    put_text(&w, "\n]}\n");
    flush(&w);
    return w.status;
}

static const kh_output_ops json_ops = {.size = sizeof json_ops,
                                       .wants = KH_WANTS_RESULTS,
                                       .extension = "json",
                                       .open = open_json,
                                       .results = write_results};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_OUTPUT,
             .name = "json",
             .version = "1.0",
             .summary = "all results in one file, kaohe-results/1",
             .license = "MIT",
             .instance_size = sizeof(json),
             .output = &json_ops};
