/* File: pages, fonts, properties and outline put together as a PDF by libharu. */
#ifndef KH_PDF_FILE_H
#define KH_PDF_FILE_H

#include "layout.h"

#include <hpdf.h>
#include <hpdf_doc.h>
#include <libdeflate.h>

/** A worker's writer: one libharu document that is emptied for each file. Zero-initialise. */
typedef struct kh_file {
    HPDF_Doc doc;
    HPDF_STATUS failure; /* the first one libharu reported; later ones follow from it */
    struct libdeflate_compressor *deflate;
    kh_ink ink;
    kh_bytes out, scratch;
    kh_pool *pool; /* of the document being written */
} kh_file;

kh_status kh_file_open(kh_file *file, kh_error *err);
void kh_file_close(kh_file *file);

/** Draw the pages and leave the finished PDF in file->out. */
kh_status kh_file_write(kh_file *file, kh_layout *layout, const kh_document *document,
                        const kh_pages *pages);

/** An indirect dictionary with these entries; the text lives in the pool. */
HPDF_Dict kh_file_dict(kh_file *file, const char *entries);
/** A stream of bytes as they are; data and entries live in the pool. */
HPDF_Dict kh_file_stream(kh_file *file, const char *entries, const void *data, size_t size);
/** The same, deflated. */
HPDF_Dict kh_file_deflated(kh_file *file, const void *data, size_t size);
/** The scratch bytes as text in the pool; they are empty again. */
const char *kh_file_keep(kh_file *file);
/** Object number, as in "7 0 R". */
unsigned kh_file_number(HPDF_Dict dict);

/** Embed the used glyphs of a face. @return its Type 0 font */
HPDF_Dict kh_font_embed(kh_file *file, const kh_face *face);

/** AES-256: who opens the file needs @p password. */
kh_status kh_encrypt(kh_bytes *out, const kh_bytes *pdf, const char *password, kh_error *err);

#endif
