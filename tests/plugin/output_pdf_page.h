/* A scorecard page as a template would build it, for the tests and the benchmark of output_pdf. */
#ifndef OUTPUT_PDF_PAGE_H
#define OUTPUT_PDF_PAGE_H

#include "plugin/output_pdf_kit.h"

/** The scorecard of one person; everything lives in the arena. */
const kh_document *kit_scorecard(kh_arena *a, const char *id, const char *name);

#endif
