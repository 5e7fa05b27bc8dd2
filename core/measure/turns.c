/* Rows of balances: what each row says from its day on, and from each later day on which a dated
 * lookup gives it other values.
 */
#include "measure/scan.h"

#include <stdlib.h>

/* Up to KH_CHUNK turns to evaluate: rows of the batch, and their later changes. */
typedef struct chunk {
    uint32_t rows[KH_CHUNK];
    kh_date since[KH_CHUNK]; /* the day from which a turn holds */
    kh_date days[KH_CHUNK];  /* the day on which it looks things up: since, or the first of all */
    bool change[KH_CHUNK];   /* a later day of the row before */
    uint32_t count;
} chunk;

/* Evaluate all measures: each turn gets the values of those that count it. */
static kh_status fill_turns(kh_pass *pass, const kh_batch *batch, const chunk *ch, kh_turn *turns,
                            kh_error *err)
{
    const kh_measures *measures = pass->state->measures;
    kh_chunk rows = kh_frame_chunk(&pass->frame, ch->rows, ch->count, ch->days);
    for (uint32_t i = 0; i < ch->count; i++) {
        turns[i].day = ch->since[i];
        turns[i].recorded = ch->change[i] ? turns[i - 1].recorded : ch->since[i];
        turns[i].line = kh_scan_line(batch, ch->rows[i]);
        turns[i].file = kh_scan_file(pass, batch, ch->rows[i]);
        turns[i].held = pass->held + (size_t)i * pass->count;
        turns[i].count = 0;
    }
    kh_status rc = KH_OK;
    kh_counted c;
    for (uint32_t m = 0; rc == KH_OK && m < pass->count; m++) {
        uint32_t index = pass->measures[m];
        const kh_expr *value = measures->exprs[index].value;
        bool counting = measures->plan->measures[index].aggregate == KH_COUNT || !value;
        rc = kh_scan_count(pass, m, &rows, &c, err);
        for (uint32_t n = 0; rc == KH_OK && n < c.count; n++) {
            if (value && c.value.nulls[n]) continue;
            kh_turn *turn = &turns[c.at[n]];
            turn->held[turn->count++] = (kh_held){.measure = m,
                                                  .rules = c.rules ? c.rules[n] : 0,
                                                  .value = counting ? 1 : c.value.as.numbers[n]};
        }
    }
    return rc;
}

static kh_status put_turns(kh_scan *s, uint32_t p, const kh_batch *batch, const chunk *ch,
                           kh_error *err)
{
    kh_pass *pass = &s->passes[p];
    const kh_view *keys = &batch->columns[s->dataset->key];
    kh_turn turns[KH_CHUNK];
    kh_status rc = fill_turns(pass, batch, ch, turns, err);
    for (uint32_t i = 0, next; rc == KH_OK && i < ch->count; i = next) {
        bool counts = turns[i].count > 0;
        for (next = i + 1; next < ch->count && ch->change[next]; next++) {
            counts |= turns[next].count > 0;
        }
        uint32_t row = ch->rows[i], who;
        if (kh_view_is_null(keys, row)) {
            kh_scan_report(s, batch, row, "the column '%s' is empty; a balance needs its key",
                           s->dataset->decl->key.text);
            continue;
        }
        if (pass->owners) who = kh_scan_thing(s, batch, row);
        else who = counts ? kh_scan_subject(s, batch, row) : KH_INACTIVE;
        if (!pass->owners && who == KH_UNKNOWN) who = KH_INACTIVE;
        for (uint32_t t = i; t < next; t++) turns[t].who = who;
        rc = kh_balance_put(pass, s->keys[p].ids[keys->as.codes[row]], &turns[i], next - i, err);
    }
    return rc;
}

kh_status kh_scan_balance(kh_scan *s, uint32_t p, const kh_batch *batch, kh_error *err)
{
    kh_pass *pass = &s->passes[p];
    const kh_view *dates = &batch->columns[s->dataset->date];
    chunk ch;
    kh_status rc = KH_OK;
    ch.count = 0;
    for (uint32_t row = 0; rc == KH_OK && row < (uint32_t)batch->rows; row++) {
        if (kh_view_is_null(dates, row)) {
            kh_scan_report(s, batch, row, "the column '%s' is empty; a balance needs its day",
                           s->dataset->decl->date.text);
            continue;
        }
        kh_date day = dates->as.dates[row];
        if (day >= pass->window.to) continue;
        /* What was before the window counts on no day. A row and all its changes go into one chunk;
           more changes than a chunk holds cannot be: a window has fewer days. */
        kh_date from = day < pass->window.from ? pass->window.from : day;
        kh_date change[KH_CHUNK];
        uint32_t changes = 0;
        for (kh_date next = kh_frame_next_change(&pass->frame, row, from, pass->window.to);
             next < pass->window.to && changes < KH_CHUNK - 1;
             next = kh_frame_next_change(&pass->frame, row, next, pass->window.to)) {
            change[changes++] = next;
        }
        if (ch.count + 1 + changes > KH_CHUNK) {
            rc = put_turns(s, p, batch, &ch, err);
            ch.count = 0;
        }
        ch.rows[ch.count] = row;
        ch.since[ch.count] = day;
        ch.days[ch.count] = from;
        ch.change[ch.count++] = false;
        for (uint32_t c = 0; c < changes; c++) {
            ch.rows[ch.count] = row;
            ch.since[ch.count] = ch.days[ch.count] = change[c];
            ch.change[ch.count++] = true;
        }
    }
    if (rc == KH_OK && ch.count) rc = put_turns(s, p, batch, &ch, err);
    return rc;
}
