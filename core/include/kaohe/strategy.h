/* The contract of a scoring strategy: one stage of the chain that turns metrics into results.
 *
 * A strategy is a pure function of the sheet: no clock, no files, no state between runs.
 * Every number it writes comes with the rule and the inputs it came from.
 */
#ifndef KAOHE_STRATEGY_H
#define KAOHE_STRATEGY_H

#include <kaohe/plugin.h>
#include <kaohe/scorecard.h>

typedef struct kh_sheet kh_sheet;

/** A named column of the sheet (measure, metric, param or value of an earlier stage); -1 = none. */
typedef int32_t kh_handle;

/** No subject: the rows of records that belong to nobody yet. */
#define KH_NOBODY UINT32_MAX

/** A row of nobody goes to a subject. */
typedef struct kh_gift {
    uint32_t row, subject; /* row: among those of KH_NOBODY */
    const char *key;       /* what the row is about: "C04737" */
    const char *why;       /* shown beside it: "第 4 位分入" */
} kh_gift;

/**
 * What a strategy can read and write. @p subject is 0 .. subject_count-1, by subject id.
 * Ownership: text handed in is copied; text handed out lives as long as the sheet.
 */
typedef struct kh_sheet_ops {
    uint32_t size;

    /* -- read -- */
    uint32_t (*subject_count)(const kh_sheet *sheet);
    const kh_subject *(*subject)(const kh_sheet *sheet, uint32_t subject);
    const kh_period *(*period)(const kh_sheet *sheet);
    /** The column called @p name, or -1. */
    kh_handle (*find)(const kh_sheet *sheet, const char *name);
    const kh_column *(*column)(const kh_sheet *sheet, kh_handle column);
    kh_decimal (*value)(const kh_sheet *sheet, kh_handle column, uint32_t subject);
    /** Results so far; the card's arrays may move at the next write. */
    const kh_card *(*card)(const kh_sheet *sheet, uint32_t subject);
    /** True when the subject failed (its formulas raised): write nothing for it. */
    bool (*failed)(const kh_sheet *sheet, uint32_t subject);

    /* -- rows kept per subject (`records` declarations); of a dataset without subjects all rows are
          those of KH_NOBODY, and a subject has the ones given to it -- */
    kh_handle (*find_records)(const kh_sheet *sheet, const char *name);
    uint32_t (*record_count)(const kh_sheet *sheet, kh_handle records, uint32_t subject);
    /** "" when null. KH_EUSAGE when there is no such column. */
    kh_status (*record_text)(const kh_sheet *sheet, kh_handle records, uint32_t subject,
                             uint32_t row, const char *column, const char **out, kh_error *err);
    /** Also of a column with true and false: 1 and 0. */
    kh_status (*record_number)(const kh_sheet *sheet, kh_handle records, uint32_t subject,
                               uint32_t row, const char *column, kh_decimal *out, kh_error *err);

    /* -- constant tables (`lookup` declarations with rows) -- */
    kh_handle (*find_lookup)(const kh_sheet *sheet, const char *name);
    uint32_t (*lookup_rows)(const kh_sheet *sheet, kh_handle lookup);
    kh_status (*lookup_text)(const kh_sheet *sheet, kh_handle lookup, uint32_t row,
                             const char *column, const char **out, kh_error *err);
    kh_status (*lookup_number)(const kh_sheet *sheet, kh_handle lookup, uint32_t row,
                               const char *column, kh_decimal *out, kh_error *err);

    /* -- write -- */
    /** A new column that later stages and outputs see; find() knows it at once. */
    kh_handle (*add_column)(kh_sheet *sheet, const kh_column *column);
    void (*set_value)(kh_sheet *sheet, kh_handle column, uint32_t subject, kh_decimal value);
    void (*add_item)(kh_sheet *sheet, uint32_t subject, const kh_item *item);
    void (*add_step)(kh_sheet *sheet, uint32_t subject, const kh_step *step);
    void (*add_pay)(kh_sheet *sheet, uint32_t subject, const kh_pay *pay);
    void (*add_note)(kh_sheet *sheet, uint32_t subject, const char *text);
    void (*set_score)(kh_sheet *sheet, uint32_t subject, kh_decimal score, int32_t places);
    void (*set_rank)(kh_sheet *sheet, uint32_t subject, uint32_t rank);
    void (*set_band)(kh_sheet *sheet, uint32_t subject, const char *band);
    void (*set_grade)(kh_sheet *sheet, uint32_t subject, const char *grade);
    /** This subject has no result; the others go on. @p text names the cause and the fix. It
        is a message of the catalogue, or made of one with kh_tr(). */
    void (*fail)(kh_sheet *sheet, uint32_t subject, const char *text);

    /* -- for check() -- */
    /** KH_EUSAGE when the records keep no column @p name, or none of the wanted type. */
    kh_status (*check_record)(const kh_sheet *sheet, kh_handle records, const char *name,
                              bool number, kh_error *err);

    /* -- rows of nobody -- */
    /** True where the dataset has `subject = false`; known in check(), too. */
    bool (*records_of_nobody)(const kh_sheet *sheet, kh_handle records);
    /** Give rows away, all at once: a further call takes back what was given before. A subject has
        its rows in the order of @p gifts; formulas of later stages and templates see them. */
    void (*give_records)(kh_sheet *sheet, kh_handle records, const kh_gift *gifts, uint32_t count);
} kh_sheet_ops;

struct kh_sheet {
    const kh_sheet_ops *ops;
};

typedef struct kh_strategy_ops {
    uint32_t size;
    /** Options are filled. May be NULL. */
    kh_status (*open)(void *self, const kh_host *host, kh_error *err);
    void (*close)(void *self);
    /** Opened; no data yet: check the options against the names of the sheet. May be NULL. */
    kh_status (*check)(void *self, const kh_sheet *sheet, kh_error *err);
    /** Do the stage for all subjects. A failure here ends the run; use fail() for one subject. */
    kh_status (*run)(void *self, kh_sheet *sheet, kh_error *err);
} kh_strategy_ops;

#endif
