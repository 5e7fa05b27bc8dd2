/* From what a template returns to the blocks of a document. */
#ifndef KH_DOCUMENT_BLOCKS_H
#define KH_DOCUMENT_BLOCKS_H

#include "document/intake.h"

#include <kaohe/document.h>

/**
 * Convert the table at @p index, a document as docs/templates.md describes it. Fields that are not
 * the template's business (who, code, password) are left empty. Raises on a mistake.
 */
const kh_document *kh_blocks_document(kh_intake *intake, int index);

/** A chart as a Lua value, valid until the document is made. Pushed by the functions of `chart`. */
void kh_blocks_push_canvas(lua_State *L, const kh_canvas *canvas);

/** Forget all charts that Lua still holds: their memory goes away now. */
void kh_blocks_new_round(lua_State *L);

/** Once for each state, before the two above. */
void kh_blocks_open(lua_State *L);

#endif
