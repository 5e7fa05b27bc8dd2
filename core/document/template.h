/* Templates: Lua that turns one card (or all results) into a document of blocks. */
#ifndef KH_DOCUMENT_TEMPLATE_H
#define KH_DOCUMENT_TEMPLATE_H

#include "measure/measure.h"
#include "scheme/scheme.h"
#include "script/guard.h"

#include <kaohe/document.h>
#include <kaohe/scorecard.h>

typedef struct kh_template kh_template;

/** Bounds for one document. */
enum { KH_TEMPLATE_INSTRUCTIONS = 5000000, KH_TEMPLATE_MILLISECONDS = 5000 };

/** What a template makes. */
typedef enum kh_template_kind {
    KH_TEMPLATE_SUBJECT, /* one document for each subject */
    KH_TEMPLATE_RESULTS  /* one document for the run: a branch summary */
} kh_template_kind;

/**
 * Load the template called @p name: NAME.lua of the project's folder, of its folder templates/, or
 * of the scheme's or the program's templates/ (the first that is there). Mistakes go to @p diags.
 * @return KH_EUSAGE when it cannot be used
 */
kh_status kh_template_new(kh_template **out, const kh_scheme *scheme, const kh_places *places,
                          const kh_word *name, kh_diags *diags, kh_error *err);
void kh_template_free(kh_template *template);

kh_template_kind kh_template_kind_of(const kh_template *template);

/** The file it was loaded from, and the other files it uses; ends with NULL. For the manifest. */
const char *const *kh_template_files(const kh_template *template);

/**
 * Text that all its documents may share: the literal texts of the template and the titles, units
 * and words of the scheme. The same for every subject and selection (kh_output_context).
 */
const char *kh_template_common_text(kh_template *template, const kh_results *results);

/**
 * Make the document of card @p index (ignored for KH_TEMPLATE_RESULTS).
 * Everything in the document lives in @p arena. Errors name the template, its line and the subject.
 */
kh_status kh_template_render(kh_template *template, const kh_results *results,
                             const kh_facts *facts, uint32_t index, kh_arena *arena,
                             const kh_document **out, kh_error *err);

#endif
