/* Lines: a text measured character by character and broken by the rules of Chinese typesetting. */
#include "line.h"

#include <math.h>
#include <string.h>
#include <uchar.h>

/* The em box of Chinese type: what stands above and below the baseline, the same for all fonts, so
   that a fallback font never moves a line. */
#define ASCENT 0.88f

uint32_t kh_next_char(const char **at)
{
    const unsigned char *s = (const unsigned char *)*at;
    if (s[0] == 0) return 0;
    int more = s[0] < 0x80 ? 0 : s[0] < 0xE0 ? 1 : s[0] < 0xF0 ? 2 : 3;
    uint32_t code = more == 0 ? s[0] : s[0] & (0x3Fu >> more);
    for (int i = 1; i <= more; i++) {
        if ((s[i] & 0xC0) != 0x80) { /* never step over the end of a text that is cut */
            *at += i;
            return KH_NO_CHAR;
        }
        code = code << 6 | (s[i] & 0x3Fu);
    }
    *at += more + 1;
    return code;
}

/* ---- kinds of characters (GB/T 15834 and the requirements for Chinese text layout) ---------- */

static bool is_in(const char16_t *set, uint32_t code)
{
    for (; *set; set++) {
        if (*set == code) return true;
    }
    return false;
}

uint16_t kh_char_kind(uint32_t code)
{
    static const char16_t opening[] = u"([{$£¥€“‘（《〈「『【〔〖［｛＄￥￡№▲▼△▽↑↓";
    static const char16_t closing[] =
        u")]}!,.:;?%/°·’”‰′″℃—…、。〃々》〉」』】〕〗！％），．／：；？］｝～";
    static const char16_t units[] =
        u"元万亿千百十角分厘点档级笔户天年月日号季度周时人名项个次件页条位倍岁折家";
    static const char16_t factors[] = u"万亿千百十个";
    if (code == ' ' || code == 0x3000 || (code >= 0x2000 && code <= 0x200B && code != 0x2007)) {
        return KH_IS_SPACE;
    }
    if (is_in(u"\u00A0\u2007\u202F\u2060", code)) return KH_IS_OPENING | KH_IS_CLOSING;
    int kind = 0;
    if (is_in(opening, code)) kind |= KH_IS_OPENING;
    if (is_in(closing, code)) kind |= KH_IS_CLOSING;
    if (code < 0x2E80) {
        kind |= KH_IS_WORD;
        bool letter = (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z') ||
                      (code >= 0xC0 && code <= 0x52F && code != 0xD7 && code != 0xF7) ||
                      (code >= 0x1E00 && code <= 0x1FFF);
        if (code >= '0' && code <= '9') kind |= KH_IS_DIGIT | KH_IS_ROMAN;
        if (letter || is_in(u"%‰$£¥€", code)) kind |= KH_IS_ROMAN;
        return (uint16_t)kind;
    }
    if (code == u'第') return KH_IS_OPENING | KH_IS_HAN; /* stays with its number */
    if (is_in(units, code)) kind |= KH_IS_UNIT;
    if (is_in(factors, code)) kind |= KH_IS_FACTOR;
    bool mark = code <= 0x303F || (code >= 0xFE10 && code <= 0xFFEF);
    if (!mark && !kind) kind = KH_IS_HAN;
    if (kind & KH_IS_UNIT) kind |= KH_IS_HAN;
    return (uint16_t)kind;
}

/* May a line end behind @p a (spaces skipped) and the next one begin with @p b? */
static bool may_break(int a, int b, bool spaced)
{
    if ((b & (KH_IS_SPACE | KH_IS_CLOSING)) || (a & KH_IS_OPENING)) return false;
    if ((a & KH_IS_DIGIT) && (b & KH_IS_UNIT)) return false;
    if ((a & KH_IS_FACTOR) && (b & KH_IS_UNIT) && !spaced) return false;
    return spaced || !(a & KH_IS_WORD) || !(b & KH_IS_WORD);
}

/* ---- measuring ------------------------------------------------------------------------------ */

static kh_status no_glyph(uint32_t code, const kh_run *run, const char *who, kh_error *err)
{
    char shown[5] = "?";
    if (code >= 0x20 && code != 0x7F && code != KH_NO_CHAR) {
        const char *at = run->text;
        for (const char *next = at; kh_next_char(&next) != code;) at = next;
        const char *end = at;
        kh_next_char(&end);
        memcpy(shown, at, (size_t)(end - at));
        shown[end - at] = '\0';
    }
    return kh_fail(
        err, KH_EDATA,
        "%s: no font has the character '%s' (U+%04X): install a font that has it and name "
        "it in 'fallback' of pdf { }",
        who, shown, code);
}

static void measure(kh_passage *p)
{
    float line = 0, word = 0, spaces = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        const kh_char *c = &p->chars[i];
        if (!c->glyph) {
            line = word = spaces = 0;
            continue;
        }
        if (c->breakable) word = 0;
        if (c->glyph->kind & KH_IS_SPACE) {
            spaces += c->advance;
            continue;
        }
        line += spaces + c->advance;
        word += (word > 0 ? spaces : 0) + c->advance;
        spaces = 0;
        if (line > p->natural) p->natural = line;
        if (word > p->word) p->word = word;
    }
}

kh_status kh_passage_make(kh_passage *out, kh_pool *pool, kh_fonts *fonts, const kh_text *text,
                          float scale, float least, const char *who, kh_error *err)
{
    size_t room = 0;
    for (uint32_t i = 0; i < text->run_count; i++) room += strlen(text->runs[i].text);
    *out = (kh_passage){.chars = kh_pool_array(pool, room, sizeof *out->chars), .scale = scale};
    kh_char *c = out->chars, *before = NULL; /* before: the last one that is not a space */
    for (uint32_t i = 0; i < text->run_count; i++) {
        const kh_run *run = &text->runs[i];
        /* The size as it will be printed, or long lines would end elsewhere than measured. */
        float size =
            scale == 1 ? roundf(run->size * 100) / 100 : floorf(run->size * scale * 100) / 100;
        if (size < least && scale < 1) size = fminf(roundf(run->size * 100) / 100, least);
        if (!(size > 0 && size < 1000)) {
            return kh_fail(err, KH_EDATA,
                           "%s: text '%.40s' has the size %g: give it points above 0", who,
                           run->text, (double)run->size);
        }
        if (size > out->size) out->size = size;
        const char *at = run->text;
        for (uint32_t code; (code = kh_next_char(&at)); c++) {
            c->run = run;
            c->size = size;
            if (code == '\n') {
                before = NULL;
                continue;
            }
            c->glyph = kh_fonts_glyph(fonts, run->bold ? KH_BOLD : KH_REGULAR, code);
            if (!c->glyph) return no_glyph(code, run, who, err);
            c->advance = size * 0.001f * (float)c->glyph->advance;
            int kind = c->glyph->kind;
            if (before) {
                int last = before->glyph->kind;
                bool spaced = before + 1 != c;
                c->breakable = may_break(last, kind, spaced);
                if (!spaced && (last & KH_IS_HAN) && (kind & KH_IS_ROMAN)) {
                    c->gaps |= KH_GAP_BEFORE;
                    c->advance += size * 0.001f * KH_GAP;
                } else if (!spaced && (last & KH_IS_ROMAN) && (kind & KH_IS_HAN)) {
                    before->gaps |= KH_GAP_AFTER;
                    before->advance += before->size * 0.001f * KH_GAP;
                }
            }
            if (!(kind & KH_IS_SPACE)) before = c;
        }
    }
    out->count = (uint32_t)(c - out->chars);
    measure(out);
    return KH_OK;
}

/* ---- breaking ------------------------------------------------------------------------------- */

static float gap_width(const kh_char *c, int gap)
{
    return c->gaps & gap ? c->size * 0.001f * KH_GAP : 0;
}

float kh_passage_width(const kh_passage *p, uint32_t from, uint32_t to)
{
    float width = 0;
    for (uint32_t i = from; i < to; i++) width += p->chars[i].advance;
    if (from < to) {
        width -= gap_width(&p->chars[from], KH_GAP_BEFORE);
        width -= gap_width(&p->chars[to - 1], KH_GAP_AFTER);
    }
    return width;
}

/* Where the line that starts at @p from ends; 0 when not one character fits. */
static uint32_t line_end(const kh_passage *p, uint32_t from, float width)
{
    float x = -gap_width(&p->chars[from], KH_GAP_BEFORE);
    uint32_t stop = from;
    for (uint32_t i = from; i < p->count; i++) {
        const kh_char *c = &p->chars[i];
        if (!c->glyph) return i + 1;
        if (i > from && c->breakable) stop = i;
        x += c->advance;
        if (!(c->glyph->kind & KH_IS_SPACE) && x - gap_width(c, KH_GAP_AFTER) > width + 0.01f) {
            return stop > from ? stop : i > from ? i : 0;
        }
    }
    return p->count;
}

kh_status kh_lines_break(kh_lines *out, kh_pool *pool, const kh_passage *p, float width,
                         float leading, const char *who, kh_error *err)
{
    *out = (kh_lines){0};
    uint32_t room = 0;
    for (uint32_t from = 0; from < p->count;) {
        uint32_t next = line_end(p, from, width), to = next;
        if (next == 0) {
            return kh_fail(
                err, KH_EDATA,
                "%s: text of %g points does not fit into a width of %.1f points: make its "
                "column wider or the columns fewer",
                who, (double)p->size, (double)width);
        }
        /* Text that is set smaller to fit keeps the line and the baseline of its full size. */
        float size = 0;
        for (uint32_t i = from; i < next; i++) {
            if (p->chars[i].run->size > size) size = p->chars[i].run->size;
        }
        while (to > from &&
               (!p->chars[to - 1].glyph || p->chars[to - 1].glyph->kind & KH_IS_SPACE)) {
            to--;
        }
        if (out->count == room) {
            room = room ? room * 2 : 4;
            kh_line *more = kh_pool_array(pool, room, sizeof *more);
            if (out->count) memcpy(more, out->items, out->count * sizeof *more);
            out->items = more;
        }
        kh_line *line = &out->items[out->count++];
        *line = (kh_line){.passage = p, .from = from, .to = to, .height = size * leading};
        line->baseline = (line->height - size) / 2 + ASCENT * size;
        line->width = kh_passage_width(p, from, to);
        out->height += line->height;
        if (line->width > out->width) out->width = line->width;
        from = next;
    }
    return KH_OK;
}
