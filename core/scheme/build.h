/* From statements to the plan: names resolved, options checked, defaults filled in. */
#ifndef KH_SCHEME_BUILD_H
#define KH_SCHEME_BUILD_H

#include "scheme/declare.h"
#include "scheme/scheme.h"

/** What building needs; all borrowed. */
typedef struct kh_building {
    kh_plan *plan;
    kh_registry *registry;
    const kh_statements *statements;
    kh_diags *diags;
    kh_option_context options; /* for tables of the declaration language */
} kh_building;

/** All statements, in an order that lets later ones refer to earlier kinds. */
void kh_build_statements(kh_building *b);
/** Parameters that the project sets to other values. */
void kh_build_overrides(kh_building *b, const kh_setting *params);

/** The text under @p key with its place; empty when it is not there or no text. */
kh_word kh_build_word(const kh_setting *table, const char *key);
/** Index of the source called @p word, or -1 after a diagnostic with the nearest name. */
int32_t kh_build_source(kh_building *b, const kh_word *word);

kh_arena *kh_build_arena(kh_building *b);
/** Fill `out` from a statement's table by an option table of our own. */
bool kh_build_fill(kh_building *b, const kh_statement *s, const kh_option *options, void *out);
/** "there is no WHAT 'NAME'; did you mean ...?" */
void kh_build_refuse(kh_building *b, kh_place place, const char *what, const char *name,
                     const char *const *names);
/** True, after a diagnostic, when a statement of this name was there before. */
bool kh_build_is_again(kh_building *b, const kh_statement *s, const kh_word *earlier);
/** The name of a statement with its place. */
kh_word kh_build_name(const kh_statement *s);

/* tables.c */
/** columns = { "name", balance = "money" } */
void kh_build_columns(kh_building *b, const kh_setting *table, kh_column_decl **out,
                      uint32_t *count);
/** valid = { "from_date", "to_date" } */
kh_span_decl kh_build_span(kh_building *b, const kh_setting *list);
/** The dataset of a measure: declared, or a source of that name taken as it is; or -1. */
int32_t kh_build_find_dataset(kh_building *b, const kh_word *of);
void kh_build_dataset(kh_building *b, const kh_statement *s);
void kh_build_lookup(kh_building *b, const kh_statement *s);
void kh_build_owner(kh_building *b, const kh_statement *s);
void kh_build_check_owners(kh_building *b);

/* values.c */
void kh_build_measure(kh_building *b, const kh_statement *s);
void kh_build_records(kh_building *b, const kh_statement *s);
void kh_build_param(kh_building *b, const kh_statement *s);
void kh_build_metric(kh_building *b, const kh_statement *s);

#define KH_BUILD_FIELD(struct_, key_, type_, flags_, help_)                                        \
    {                                                                                              \
        .key = #key_, .type = (type_), .offset = offsetof(struct_, key_), .flags = (flags_),       \
        .help = (help_)                                                                            \
    }

#endif
