/* Verification codes: what stands on a page, as twelve letters that the page carries. */
#include "run/code.h"

#include "base/decimal.h"
#include "run/digest.h"

#include <string.h>

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* ---- what goes into a code ------------------------------------------------------------------ */

static void add_text(kh_buf *out, const char *text)
{
    kh_buf_text(out, text ? text : "\x1e");
    kh_buf_add(out, "\x1f", 1);
}

static void add_number(kh_buf *out, kh_decimal x)
{
    char text[KH_DECIMAL_TEXT];
    kh_dec_format(text, x, KH_PLACES_OWN, false);
    add_text(out, kh_is_absent(x) ? NULL : text);
}

static void add_items(kh_buf *out, const kh_card *card)
{
    for (uint32_t i = 0; i < card->item_count; i++) {
        const kh_item *item = &card->items[i];
        const kh_decimal numbers[] = {item->actual, item->target, item->base,
                                      item->rate,   item->weight, item->points};
        add_text(out, item->name);
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) add_number(out, numbers[k]);
        add_text(out, item->rule);
        add_text(out, item->reason);
    }
}

static void add_card(kh_buf *out, const kh_results *results, const kh_card *card)
{
    const char *const texts[] = {card->subject->id, card->subject->name, card->subject->group,
                                 card->band,        card->grade,         card->failed};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) add_text(out, texts[i]);
    add_number(out, card->score);
    add_number(out, kh_dec_int(card->rank));
    for (uint32_t i = 0; i < results->measure_count; i++) add_number(out, card->measures[i]);
    for (uint32_t i = 0; i < results->metric_count; i++) add_number(out, card->metrics[i]);
    add_items(out, card);
    for (uint32_t i = 0; i < card->step_count; i++) add_text(out, card->steps[i].text);
    for (uint32_t i = 0; i < card->pay_count; i++) {
        add_text(out, card->pays[i].name);
        add_number(out, card->pays[i].amount);
    }
    for (uint32_t i = 0; i < card->note_count; i++) add_text(out, card->notes[i]);
    for (uint32_t i = 0; i < card->excluded_count; i++) {
        add_text(out, card->excluded[i].row);
        add_text(out, card->excluded[i].rule);
        add_number(out, card->excluded[i].amount);
    }
}

/* The rows given to card @p index, which begin at @p from; where the next card's begin. */
static uint32_t add_given(kh_buf *out, const kh_results *results, uint32_t from, uint32_t index)
{
    for (; from < results->given_count && results->given[from].card == index; from++) {
        const kh_given *given = &results->given[from];
        add_text(out, given->records);
        add_text(out, given->row);
        add_text(out, given->why);
    }
    return from;
}

/* The first bits of a digest in hex, as letters of five bits each. */
static void spell(char *out, int count, const char *hex)
{
    uint64_t bits = 0;
    for (int i = 0; i < 16; i++) {
        bits = bits << 4 | (uint64_t)(hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10);
    }
    for (int i = 0; i < count; i++) out[i] = letters[bits >> (59 - 5 * i) & 31];
}

/* Twelve letters in groups of four. */
static void write_code(char out[KH_CODE_TEXT], const char plain[12])
{
    for (int i = 0, at = 0; i < 12; i++) {
        if (i && i % 4 == 0) out[at++] = '-';
        out[at++] = plain[i];
    }
    out[KH_CODE_TEXT - 1] = '\0';
}

void kh_codes_make(char (*codes)[KH_CODE_TEXT], const char *run, const kh_results *results,
                   const kh_spill *spill)
{
    char digest[KH_DIGEST_TEXT], plain[12];
    kh_buf text = {0};
    add_text(&text, run);
    add_text(&text, results->scheme);
    add_text(&text, results->period.name);
    size_t head = text.size;
    kh_digest_text(digest, text.data, head);
    spell(plain, 4, digest);
    struct sha256_ctx all;
    sha256_init(&all);
    sha256_update(&all, head, (const uint8_t *)text.data);
    for (uint32_t i = 0, given = 0; i < results->card_count; i++) {
        text.size = head;
        add_card(&text, results, &results->cards[i]);
        given = add_given(&text, results, given, i);
        sha256_update(&all, text.size - head, (const uint8_t *)text.data + head);
        kh_digest_text(digest, text.data, text.size);
        spell(plain + 4, 8, digest);
        write_code(codes[i], plain);
        if (i % 1024 == 0) kh_spill_rest(spill);
    }
    kh_digest_end(digest, &all);
    spell(plain + 4, 8, digest);
    write_code(codes[results->card_count], plain);
    kh_buf_fini(&text);
}

/* ---- reading ---------------------------------------------------------------------------------- */

bool kh_code_read(char out[KH_CODE_TEXT], const char *text)
{
    char plain[12];
    int count = 0;
    for (; *text; text++) {
        char c = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;
        if (c == '-' || c == ' ') continue;
        if (c == 'O') c = '0';
        if (c == 'I' || c == 'L') c = '1';
        if (count == 12 || !memchr(letters, c, sizeof letters - 1)) return false;
        plain[count++] = c;
    }
    if (count == 12) write_code(out, plain);
    return count == 12;
}

/* ---- the list ---------------------------------------------------------------------------------- */

static void add_cell(kh_buf *out, const char *text, const char *end)
{
    kh_buf_text(out, "\"");
    for (; *text; text++) kh_buf_add(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    kh_buf_text(out, "\"");
    kh_buf_text(out, end);
}

kh_status kh_codes_write(kh_outbox *outbox, const kh_results *results, char (*codes)[KH_CODE_TEXT],
                         kh_error *err)
{
    kh_buf text = {0};
    char path[64], score[KH_DECIMAL_TEXT];
    kh_sink sink;
    snprintf(path, sizeof path, "%s/codes.csv", results->period.name);
    kh_status rc = kh_outbox_begin(outbox, path, &sink, err);
    if (rc < 0) return rc;
    kh_buf_text(&text, "code,id,name,group,score,grade\n");
    kh_buf_printf(&text, "%s,,,,,\n", codes[results->card_count]);
    for (uint32_t i = 0; rc == KH_OK && i < results->card_count; i++) {
        const kh_card *card = &results->cards[i];
        if (card->failed) continue;
        kh_dec_format(score,
                      kh_is_absent(card->score) || card->score_places < 0
                          ? card->score
                          : kh_dec_round(card->score, card->score_places),
                      card->score_places, false);
        kh_buf_printf(&text, "%s,", codes[i]);
        add_cell(&text, card->subject->id, ",");
        add_cell(&text, card->subject->name, ",");
        add_cell(&text, card->subject->group, ",");
        kh_buf_printf(&text, "%s,", kh_is_absent(card->score) ? "" : score);
        add_cell(&text, card->grade ? card->grade : card->band ? card->band : "", "\n");
        rc = sink.write(sink.ctx, text.data, text.size, err);
        text.size = 0;
    }
    if (rc == KH_OK) rc = sink.write(sink.ctx, text.data, text.size, err); /* without any card */
    kh_buf_fini(&text);
    kh_error ignored = KH_ERROR_INIT;
    kh_status kept = kh_outbox_finish(outbox, rc == KH_OK, rc == KH_OK ? err : &ignored);
    return rc < 0 ? rc : kept;
}
