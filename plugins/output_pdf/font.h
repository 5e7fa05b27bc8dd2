/* Fonts: characters to glyphs, glyphs to charstrings, charstrings to embedded PDF fonts.
 *
 * Every outline, of whatever font format, is taken through harfbuzz at 1000 units per em and
 * written anew as a Type 2 charstring without hints, so there is one road for all fonts. A font
 * program is put together for each document from the glyphs it draws and nothing else: the bytes
 * of a file depend on that file alone, and no name of another person travels with it.
 * docs/decisions/001-fonts-per-document.md has the measurements.
 *
 * Text is not shaped as a run: Chinese and Latin text needs one glyph for each character and its
 * advance. Kerning stays off, so digits keep their columns.
 */
#ifndef KH_PDF_FONT_H
#define KH_PDF_FONT_H

#include "mem.h"

#include <hb.h>
#include <kaohe/plugin.h>

typedef struct kh_face kh_face;

/** White space that belongs to a glyph, so that extracted text shows no space there. */
enum { KH_GAP_BEFORE = 1, KH_GAP_AFTER = 2, KH_GAP_KINDS = 4, KH_GAP = 250 /* 1/1000 em */ };

/** One character of one face. Lives as long as its kh_fonts. */
typedef struct kh_glyph {
    kh_face *face;
    struct kh_glyph *gapped[KH_GAP_KINDS]; /* the same with white space; [0] is the glyph itself */
    uint32_t code;                         /* Unicode */
    uint32_t start, length;                /* its charstring in face->outlines */
    uint16_t advance;                      /* 1/1000 em */
    uint16_t cid;                          /* its text code in the document being drawn; 0 = none */
    uint16_t kind;                         /* see kh_char_kind() */
    bool stroke;                           /* bold made of a regular face: fill and stroke */
} kh_glyph;

struct kh_face {
    char name[64]; /* PostScript name, printable ASCII without delimiters */
    hb_font_t *font;
    int ascent, descent, cap_height, stem; /* 1/1000 em */
    int digit_width;
    int box[4]; /* left, bottom, right, top of all its glyphs */
    kh_bytes outlines;
    /* Of the document being drawn: */
    kh_glyph **used; /* in order of first use; used[i] has cid i + 1 */
    uint32_t used_count;
    uint32_t number; /* its place in kh_fonts.choices, also /F<number> in page resources */
};

enum { KH_REGULAR, KH_BOLD, KH_WEIGHTS, KH_FACES_MOST = 32 };

/** All faces of a worker. Zero-initialise. */
typedef struct kh_fonts {
    kh_pool pool;
    void *config; /* fontconfig's */
    /** In order of preference; opened when a character needs them. */
    struct kh_font_choice {
        const char *name;
        bool bold, tried;
        kh_face *face; /* NULL = not opened, or not there */
    } choices[KH_FACES_MOST];
    uint32_t choice_count;
    kh_glyph **pages[KH_WEIGHTS][0x110000 >> 8];
} kh_fonts;

/** What the options name. */
typedef struct kh_font_names {
    const char *regular; /* a family, or the absolute path of a font file (path#index) */
    const char *bold;    /* NULL = the bold of `regular`, as far as there is one */
    kh_texts fallback;
} kh_font_names;

/**
 * Find and open the first faces.
 * @param strict  the user has named the fallback fonts: each must be there
 * @return KH_EUSAGE names the font that is missing and how to get it
 * Ownership  the names live as long as @p fonts.
 */
kh_status kh_fonts_open(kh_fonts *fonts, const kh_font_names *names, bool strict, kh_error *err);
void kh_fonts_close(kh_fonts *fonts);
/** The files of all faces that kh_fonts_open() and the first use of a face would find. */
kh_status kh_fonts_name_files(const kh_font_names *names, void (*tell)(void *ctx, const char *path),
                              void *ctx, kh_error *err);

/** The glyph of the first face that draws @p code; NULL when none does. */
kh_glyph *kh_fonts_glyph(kh_fonts *fonts, int weight, uint32_t code);
/** The same glyph with white space (KH_GAP_BEFORE | KH_GAP_AFTER) inside its advance. */
kh_glyph *kh_glyph_gapped(kh_fonts *fonts, kh_glyph *glyph, int gaps);

/** The text code of a glyph in the document being drawn; the first use gives the next number. */
uint16_t kh_glyph_use(kh_glyph *glyph);
/** Forget which glyphs the last document used. */
void kh_fonts_forget(kh_fonts *fonts);

/**
 * Append the outline of a glyph as a Type 2 charstring, moved right by @p shift.
 * False when nothing was drawn: the charstring is then the one of a blank.
 */
bool kh_outline_write(kh_bytes *out, hb_font_t *font, uint32_t glyph, int advance, int shift);
enum { KH_WIDTH_DEFAULT = 1000, KH_WIDTH_NOMINAL = 600 };

/** The used glyphs of a face as a CID-keyed CFF font program; CIDs are their text codes. */
void kh_cff_write(kh_bytes *out, const kh_face *face, const char *name);

#endif
