/* Lines: a text measured character by character and broken by the rules of Chinese typesetting. */
#ifndef KH_PDF_LINE_H
#define KH_PDF_LINE_H

#include "font.h"

#include <kaohe/document.h>

/** What the line breaker knows about a character: a set of these. */
enum {
    KH_IS_SPACE = 1 << 0,
    KH_IS_OPENING = 1 << 1, /* ends no line */
    KH_IS_CLOSING = 1 << 2, /* starts no line */
    KH_IS_WORD = 1 << 3,    /* holds together with its like */
    KH_IS_DIGIT = 1 << 4,
    KH_IS_ROMAN = 1 << 5, /* stands a quarter em off Chinese */
    KH_IS_HAN = 1 << 6,   /* stands a quarter em off Roman */
    KH_IS_UNIT = 1 << 7,  /* stays with the number before it */
    KH_IS_FACTOR = 1 << 8 /* stays with the unit behind it */
};
uint16_t kh_char_kind(uint32_t code);

/** One character of a passage. */
typedef struct kh_char {
    const kh_run *run;
    kh_glyph *glyph; /* NULL = the line ends here ("\n") */
    float size;      /* points, in whole hundredths */
    float advance;   /* points, gaps included */
    uint8_t gaps;    /* KH_GAP_BEFORE | KH_GAP_AFTER; they vanish at the ends of a line */
    bool breakable;  /* a line may break before it */
} kh_char;

/** A text with its measures, in points. */
typedef struct kh_passage {
    kh_char *chars;
    uint32_t count;
    float scale;   /* of the sizes of its runs */
    float natural; /* width of its longest line when only "\n" breaks */
    float word;    /* width of its longest part that should not be broken */
    float size;    /* its largest size */
} kh_passage;

/** Characters [from, to) of a passage, without the spaces at its end. */
typedef struct kh_line {
    const kh_passage *passage;
    uint32_t from, to;
    float width, height;
    float baseline; /* from the top */
} kh_line;

typedef struct kh_lines {
    kh_line *items;
    uint32_t count;
    float height, width;
} kh_lines;

/** The white space of a character that is printed, given its place in its line. */
static inline int kh_line_gaps(const kh_line *line, uint32_t at)
{
    int gaps = line->passage->chars[at].gaps;
    if (at == line->from) gaps &= ~KH_GAP_BEFORE;
    if (at + 1 == line->to) gaps &= ~KH_GAP_AFTER;
    return gaps;
}

/**
 * Look up and measure the characters of @p text, sizes multiplied by @p scale.
 * @param least  no type is made smaller than this; 0 = as small as @p scale says
 * @param who    for messages
 * @return KH_EDATA names the character that no font has, or the size that is none
 */
kh_status kh_passage_make(kh_passage *out, kh_pool *pool, kh_fonts *fonts, const kh_text *text,
                          float scale, float least, const char *who, kh_error *err);

/**
 * Break a passage into lines no wider than @p width; @p leading is the line height as a multiple
 * of the largest size in the line. Words wider than the line are broken.
 * @return KH_EDATA when not even one character fits
 */
kh_status kh_lines_break(kh_lines *out, kh_pool *pool, const kh_passage *passage, float width,
                         float leading, const char *who, kh_error *err);

/** Width of characters [from, to), white space at the ends left out. */
float kh_passage_width(const kh_passage *passage, uint32_t from, uint32_t to);

/** Decode one character of UTF-8 and move @p at behind it; 0 at the end, KH_NO_CHAR for half a one. */
enum { KH_NO_CHAR = 0x110000 };
uint32_t kh_next_char(const char **at);

#endif
