/* The rule library: pure Lua functions with named inputs and outputs, in scripts/rules/FAMILY.lua.
 *
 * A file gives a table of rules, each made by `rule { title, source, inputs, outputs, run }`. Calling
 * a rule from Lua fills in the defaults of missing inputs and gives what `run` returned, unrounded;
 * kh_rules_eval() checks inputs and shows outputs as the schemas say.
 */
#ifndef KH_SCHEME_RULES_H
#define KH_SCHEME_RULES_H

#include "base/diag.h"
#include "scheme/schema.h"
#include "script/sandbox.h"

/** One rule, as its file wrote it. */
typedef struct kh_rule {
    const char *name;   /* "vip_score" */
    const char *family; /* the file: "completion" */
    const char *title, *source;
    const char *inputs_text, *outputs_text;
    const kh_schema *inputs, *outputs;
    kh_place place;
} kh_rule;

typedef struct kh_rules kh_rules;

/** Define `rule` in a script, so that `use "rules/FAMILY"` works there. */
kh_status kh_rules_open(kh_script *script, kh_error *err);

/**
 * Load all files of @p share/scripts/rules.
 * @return KH_EUSAGE: a file is wrong, or two rules have one name; names file and line
 */
kh_status kh_rules_new(kh_rules **out, const char *share, kh_error *err);
void kh_rules_free(kh_rules *rules);

/** Rules by file and line. They live as long as the library. */
uint32_t kh_rules_count(const kh_rules *rules);
const kh_rule *kh_rules_at(const kh_rules *rules, uint32_t index);
/** KH_EUSAGE with the nearest name when there is none. */
kh_status kh_rules_find(const kh_rules *rules, const char *name, const kh_rule **out,
                        kh_error *err);

/**
 * Evaluate a rule of this library.
 * @param inputs    a record
 * @param[out] out  the outputs are appended as JSON without blanks; nothing after a failure
 * @return KH_EUSAGE, KH_ELIMIT: begins with the rule's name
 */
kh_status kh_rules_eval(kh_rules *rules, const kh_rule *rule, const kh_json *inputs, kh_buf *out,
                        kh_error *err);

#endif
