/* A small project run through measures, metrics and its chain: results as lines of text. */
#ifndef KH_TESTS_STRATEGY_KIT_H
#define KH_TESTS_STRATEGY_KIT_H

#include "metric/metric.h"
#include "score/chain.h"
#include "unit/measure_kit.h"

typedef struct play {
    kit kit;
    kh_metrics *metrics;
    kh_chain *chain;
    kh_decimal *values;
    kh_full_sheet *sheet;
    const kh_results *results;
} play;

static inline void play_metric_failed(void *ctx, uint32_t subject, const char *text)
{
    kh_sheet_fail(((play *)ctx)->sheet, subject, text);
}

/**
 * Begin with @p people ("id,name,group" lines) and @p facts ("manager_id,date,..." with a header):
 * each further column becomes a measure of its name.
 */
static inline void play_open(play *p, const char *people, const char *facts)
{
    memset(p, 0, sizeof *p);
    kit_open(&p->kit);
    kh_buf text = {0};
    kh_buf_printf(&text, "manager_id,name,branch\n%s", people);
    kit_file(&p->kit, "staff.csv", text.data);
    kh_buf_fini(&text);
    kh_buf_fini(&p->kit.lua);
    kh_buf_text(&p->kit.lua, "subject { from = \"staff\", key = \"manager_id\", name = \"name\", "
                             "group = \"branch\" }\n");
    kit_csv(&p->kit, "facts", facts);
    char header[512];
    snprintf(header, sizeof header, "%.*s", (int)strcspn(facts, "\n"), facts);
    char *rest = NULL;
    for (char *name = strtok_r(header, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        if (!strcmp(name, "manager_id") || !strcmp(name, "date")) continue;
        kh_buf_printf(&p->kit.lua, "measure \"%s\" { of = \"facts\", sum = \"%s\" }\n", name, name);
    }
}

static inline void play_lua(play *p, const char *text)
{
    kh_buf_text(&p->kit.lua, text);
    kh_buf_text(&p->kit.lua, "\n");
}

/** Run all of it; a failure is in kit.status with its message in kit.err or kit.diags. */
static inline void play_run(play *p, const char *score)
{
    kit *k = &p->kit;
    kh_buf_printf(&k->lua, "score { %s }\n", score);
    kit_run(k, "2009Q1");
    if (k->scheme) p->chain = kh_chain_new(k->scheme, &k->diags);
    if (k->scheme) p->metrics = kh_metrics_new(k->scheme, &k->diags);
    if (k->status == KH_OK && k->diags.errors) k->status = KH_EUSAGE;
    if (k->status < 0) return;
    size_t cells = (size_t)k->scheme->plan.metric_count * k->facts.subject_count + 1;
    p->values = calloc(cells, sizeof *p->values);
    for (size_t i = 0; i < cells; i++) p->values[i] = KH_ABSENT;
    p->sheet = kh_sheet_new(&k->scheme->plan, &k->facts, p->values);
    k->status = kh_metrics_eval(p->metrics, &k->facts, 0, k->facts.subject_count, p->values, NULL,
                                0, play_metric_failed, p, &k->err);
    if (k->status == KH_OK) {
        k->status = kh_chain_run(p->chain, p->sheet, &k->facts, NULL, 0, &k->err);
    }
    if (k->status == KH_OK) p->results = kh_sheet_results(p->sheet, k->facts.period.to - 1);
}

static inline void play_close(play *p)
{
    kh_sheet_free(p->sheet);
    kh_chain_free(p->chain);
    kh_metrics_free(p->metrics);
    free(p->values);
    kit_close(&p->kit);
}

static inline const kh_card *play_card(const play *p, const char *id)
{
    cr_assert_eq(p->kit.status, KH_OK, "%s %s", p->kit.err.text,
                 p->kit.diags.count ? p->kit.diags.items[0].text : "");
    for (uint32_t s = 0; s < p->results->card_count; s++) {
        if (!strcmp(p->results->cards[s].subject->id, id)) return &p->results->cards[s];
    }
    cr_assert_fail("no subject %s", id);
    return NULL;
}

static inline void play_number(kh_buf *out, const char *word, kh_decimal x)
{
    char text[KH_DECIMAL_TEXT];
    if (kh_is_absent(x)) return;
    kh_dec_format(text, kh_dec_trim(x), KH_PLACES_OWN, false);
    kh_buf_printf(out, "%s %s\n", word, text);
}

/** A value that a stage added, or a metric; absent when there is none. */
static inline kh_decimal play_value(const play *p, const kh_card *card, const char *name)
{
    for (uint32_t m = 0; m < p->results->metric_count; m++) {
        if (!strcmp(p->results->metrics[m].name, name)) return card->metrics[m];
    }
    return KH_ABSENT;
}

/**
 * All that stages wrote about one subject, a line each: score, rank, band, grade, items, steps
 * (with + passed, - failed, * changed, = kept), pay, notes, failure. The caller frees it.
 */
static inline char *play_text(const play *p, const char *id)
{
    static const char marks[] = "=+*-";
    const kh_card *card = play_card(p, id);
    kh_buf out = {0};
    kh_buf_text(&out, "");
    if (card->failed) kh_buf_printf(&out, "failed %s\n", card->failed);
    play_number(&out, "score", card->score);
    if (card->band) kh_buf_printf(&out, "band %s\n", card->band);
    if (card->grade) kh_buf_printf(&out, "grade %s\n", card->grade);
    for (uint32_t i = 0; i < card->item_count; i++) {
        const kh_item *item = &card->items[i];
        char points[KH_DECIMAL_TEXT];
        kh_dec_format(points, item->points, item->places, false);
        kh_buf_printf(&out, "item %s %s: %s%s%s\n", item->title, points, item->rule,
                      item->reason ? "; " : "", item->reason ? item->reason : "");
    }
    for (uint32_t i = 0; i < card->step_count; i++) {
        const kh_step *step = &card->steps[i];
        kh_buf_printf(&out, "%c %s%s%s\n", marks[step->outcome], step->rule,
                      step->rule[0] ? ": " : "", step->text);
    }
    for (uint32_t i = 0; i < card->pay_count; i++) {
        char amount[KH_DECIMAL_TEXT];
        kh_dec_format(amount, card->pays[i].amount, KH_PLACES_OWN, false);
        kh_buf_printf(&out, "pay %s %s: %s\n", card->pays[i].title, amount, card->pays[i].rule);
    }
    for (uint32_t i = 0; i < card->note_count; i++)
        kh_buf_printf(&out, "note %s\n", card->notes[i]);
    return kh_buf_take(&out);
}

static inline void play_expect(const play *p, const char *id, const char *wanted, const char *why)
{
    char *got = play_text(p, id);
    cr_expect_str_eq(got, wanted, "%s: %s is\n%swanted\n%s", why, id, got, wanted);
    free(got);
}

/** The result holds these words. */
static inline void play_expect_words(const play *p, const char *id, const char *words,
                                     const char *why)
{
    char *got = play_text(p, id);
    cr_expect(strstr(got, words) != NULL, "%s: %s has no '%s' in\n%s", why, id, words, got);
    free(got);
}

/**
 * A chain that must be refused with @p words. There are measures a and b, and a source "notes" with
 * the columns number, text and grade.
 */
static inline void play_refuses(const char *lua, const char *score, const char *words,
                                const char *why)
{
    play p;
    play_open(&p, "M1,张伟,城东\n", "manager_id,date,a,b\nM1,2009-01-05,1,2\n");
    kit_csv(&p.kit, "notes", "manager_id,date,number,text,grade\n");
    play_lua(&p, lua);
    play_run(&p, score);
    bool found = strstr(p.kit.err.text, words) != NULL;
    for (uint32_t i = 0; i < p.kit.diags.count; i++) {
        found |= strstr(p.kit.diags.items[i].text, words) != NULL;
    }
    cr_expect_lt(p.kit.status, 0, "%s: it was not refused", why);
    cr_expect(found, "%s: no message has '%s': '%s' '%s'", why, words, p.kit.err.text,
              p.kit.diags.count ? p.kit.diags.items[0].text : "");
    play_close(&p);
}

/** Numbers from a seed, which the test prints; the same numbers everywhere. */
typedef struct dice {
    uint64_t state;
} dice;

static inline uint32_t dice_below(dice *d, uint32_t n)
{
    d->state ^= d->state << 13;
    d->state ^= d->state >> 7;
    d->state ^= d->state << 17;
    return (uint32_t)(d->state >> 33) % n;
}

/** KAOHE_SEED, or @p seed; printed, so that a failure can be played again. */
static inline dice dice_new(uint64_t seed)
{
    const char *given = getenv("KAOHE_SEED");
    dice d = {given ? strtoull(given, NULL, 10) : seed};
    if (d.state == 0) d.state = seed;
    printf("seed %llu (KAOHE_SEED plays another)\n", (unsigned long long)d.state);
    return d;
}

#endif
