/* The declaration language: what project and scheme files say, statement by statement. */
#ifndef KH_SCHEME_DECLARE_H
#define KH_SCHEME_DECLARE_H

#include "script/sandbox.h"

typedef enum kh_word_kind {
    KH_WORD_SCHEME,
    KH_WORD_SUBJECT,
    KH_WORD_CALENDAR,
    KH_WORD_SCORE,
    KH_WORD_DATASET,
    KH_WORD_LOOKUP,
    KH_WORD_OWNER,
    KH_WORD_MEASURE,
    KH_WORD_RECORDS,
    KH_WORD_PARAM,
    KH_WORD_METRIC,
    KH_WORD_COUNT
} kh_word_kind;

/** One statement: measure "corp_adb" { ... }. */
typedef struct kh_statement {
    kh_word_kind kind;
    const char *name; /* NULL for kinds without a name */
    kh_place place;   /* of the word */
    kh_place name_place;
    const kh_setting *table;
} kh_statement;

/** Statements in the order written; lives in `arena`. Must not move while scripts run. */
typedef struct kh_statements {
    kh_arena *arena;
    kh_diags *diags;
    kh_statement *items;
    uint32_t count, capacity;
    uint32_t open; /* names without a table so far */
    kh_place open_place;
    const char *open_name;
    const kh_setting *params[2]; /* other values of parameters, the strongest first; or NULL */
} kh_statements;

/** Whether @p other may stand for a parameter's own value; @p number: a number, or false. */
bool kh_param_fits(const kh_setting *value, bool number, const kh_setting *other);

/** "measure", ... */
const char *kh_word_name(kh_word_kind kind);

/**
 * Define the words of the language, `project`, `env`, `file` and a constructor for every name in
 * @p plugins (ends with NULL).
 */
kh_status kh_declare_open(kh_script *script, kh_statements *out, const char *const *plugins,
                          kh_error *err);

/** Read and run one file; its value goes to @p value (NULL when it returns none). */
kh_status kh_declare_file(kh_script *script, kh_statements *out, const char *path,
                          const kh_setting **value, kh_error *err);

#endif
