/* Diagnostics: every mistake in a configuration, with file:line:column, the line and a caret. */
#ifndef KH_BASE_DIAG_H
#define KH_BASE_DIAG_H

#include "base/arena.h"

#include <kaohe/error.h>

/** Where something was written. Lines and columns count from 1, columns in characters; 0 = unknown. */
typedef struct kh_place {
    const char *file;
    int line, column;
} kh_place;

typedef enum kh_severity { KH_DIAG_ERROR, KH_DIAG_WARNING } kh_severity;

typedef struct kh_diag {
    kh_severity severity;
    kh_place place;
    char *text;
} kh_diag;

/** A list of diagnostics in order of discovery. Zero-initialise. */
typedef struct kh_diags {
    kh_arena arena;
    kh_diag *items;
    uint32_t count, capacity;
    uint32_t errors;
} kh_diags;

/** Add one. @p place may have no file. The same text at the same place is added once. */
__attribute__((format(printf, 4, 5))) void kh_diag_add(kh_diags *diags, kh_severity severity,
                                                       kh_place place, const char *format, ...);

/** Add an error from a kh_error. */
void kh_diag_error(kh_diags *diags, kh_place place, const kh_error *err);

/**
 * Print all: "file:line:col: error: text", the source line, a caret under the column.
 * Paths are shown relative to @p folder where they lie in it.
 */
void kh_diags_print(const kh_diags *diags, FILE *out, const char *folder);

void kh_diags_fini(kh_diags *diags);

#endif
