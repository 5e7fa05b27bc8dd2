/* Templates: Lua that turns one card (or all results) into a document of blocks. */
#ifndef KH_DOCUMENT_TEMPLATE_H
#define KH_DOCUMENT_TEMPLATE_H

#include "measure/measure.h"
#include "scheme/scheme.h"
#include "script/guard.h"

#include <kaohe/document.h>
#include <kaohe/scorecard.h>

typedef struct kh_template kh_template;

/** Bounds for one document; one for all results may use more instructions for each card. */
enum {
    KH_TEMPLATE_INSTRUCTIONS = 5000000,
    KH_TEMPLATE_PER_CARD = 20000,
    KH_TEMPLATE_MILLISECONDS = 5000
};

/** What a template makes. */
typedef enum kh_template_kind {
    KH_TEMPLATE_SUBJECT, /* one document for each subject */
    KH_TEMPLATE_RESULTS  /* one document for the run: a branch summary */
} kh_template_kind;

/**
 * Load the template called @p name: NAME.lua of the project's folder, of its folder templates/, or
 * of the scheme's or the program's templates/ (the first that is there). The files it uses are
 * looked for in the same folders, so a project replaces any of them by its own.
 * Mistakes go to @p diags.
 * @return KH_EUSAGE when it cannot be used
 * Ownership  the scheme is borrowed; free the template before it.
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
 *
 * @param facts  where the records come from; its subjects are in the order of the cards; may be
 *               NULL where the scheme declares no records
 * @param code   the verification code; "" = none
 * @return KH_EUSAGE, KH_ELIMIT: the text names the template and its line
 * Ownership  everything in the document lives in @p arena. @p results must stay as they are until
 *            the next call with other results or the end of the scheme: what all subjects share is
 *            computed for them once.
 */
kh_status kh_template_render(kh_template *template, const kh_results *results,
                             const kh_facts *facts, uint32_t index, const char *code,
                             kh_arena *arena, const kh_document **out, kh_error *err);

#endif
