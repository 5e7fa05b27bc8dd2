/* kaohe explain: what the files of the verb share. */
#ifndef KH_CLI_EXPLAIN_H
#define KH_CLI_EXPLAIN_H

#include "base/text.h"
#include "cli/cli.h"

typedef struct kh_explaining {
    const kh_cli *cli;
    const char *metric; /* a metric or measure; NULL: everything */
    kh_lineage lineage;
    /* of the view */
    const kh_run_view *view;
    const kh_card *card;
} kh_explaining;

/** A metric (then *@p is_metric) or a measure of that name; UINT32_MAX: neither. */
uint32_t kh_explain_find(const kh_explaining *e, const char *name, bool *is_metric);
/** "average of balance per day", as the scheme says it, in @p out. */
void kh_explain_measure_text(const kh_explaining *e, uint32_t measure, kh_buf *out);
/** The place of a row of a dataset: "data/balance.csv:17"; @p file NULL: the source tells. */
void kh_explain_place(const kh_explaining *e, uint32_t dataset, const char *file, int64_t line,
                      kh_buf *out);
/** Records of the subject that a formula reads, row by row: "text" for each of their columns. */
uint32_t kh_explain_record_count(const kh_explaining *e, uint32_t records);
void kh_explain_record(const kh_explaining *e, uint32_t records, uint32_t row, kh_buf *place,
                       kh_buf *text);
/** The value of a parameter as text; "" for a table. */
void kh_explain_param(const kh_explaining *e, uint32_t param, char out[KH_DECIMAL_TEXT]);

/* explain_text.c, explain_json.c */
void kh_explain_text(const kh_explaining *e, uint32_t index, bool is_metric, kh_buf *out);
void kh_explain_json(const kh_explaining *e, uint32_t index, bool is_metric, kh_buf *out);

#endif
