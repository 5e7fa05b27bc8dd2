/* Ink: the content stream of a page. Coordinates are points from the top left, y downwards. */
#include "ink.h"

#include <math.h>
#include <string.h>

/* ---- numbers and operators ----------------------------------------------------------------- */

/* Hundredths of a point, without trailing zeros and without any locale. */
void kh_ink_number(kh_ink *ink, float value)
{
    if (!(value > -30000 && value < 30000)) {
        ink->broken = true;
        value = 0;
    }
    uint8_t *start = kh_bytes_room(&ink->out, 12), *to = start;
    long v = lroundf(value * 100);
    if (v < 0) {
        *to++ = '-';
        v = -v;
    }
    uint8_t digits[8];
    int n = 0;
    for (long whole = v / 100; whole || n == 0; whole /= 10) digits[n++] = (uint8_t)(whole % 10);
    while (n > 0) *to++ = (uint8_t)('0' + digits[--n]);
    if (v % 100) {
        *to++ = '.';
        *to++ = (uint8_t)('0' + v % 100 / 10);
        if (v % 10) *to++ = (uint8_t)('0' + v % 10);
    }
    *to++ = ' ';
    ink->out.size += (size_t)(to - start);
}

void kh_ink_op(kh_ink *ink, const char *op)
{
    kh_bytes_text(&ink->out, op);
    kh_bytes_add(&ink->out, "\n", 1);
}

void kh_ink_at(kh_ink *ink, float x, float y, const char *op)
{
    kh_ink_number(ink, x);
    kh_ink_number(ink, ink->page_height - y);
    kh_ink_op(ink, op);
}

void kh_ink_curve(kh_ink *ink, const float p[6])
{
    for (int i = 0; i < 6; i += 2) {
        kh_ink_number(ink, p[i]);
        kh_ink_number(ink, ink->page_height - p[i + 1]);
    }
    kh_ink_op(ink, "c");
}

/* Three decimals tell 256 steps apart. */
static void put_color(kh_ink *ink, kh_color color, const char *op)
{
    for (int shift = 16; shift >= 0; shift -= 8) {
        unsigned v = ((color >> shift & 0xFF) * 1000 + 127) / 255;
        char digits[5] = {'.', (char)('0' + v / 100), (char)('0' + v / 10 % 10),
                          (char)('0' + v % 10), ' '};
        if (v == 0 || v == 1000) {
            kh_bytes_add(&ink->out, v ? "1 " : "0 ", 2);
        } else {
            kh_bytes_add(&ink->out, digits, sizeof digits);
        }
    }
    kh_ink_op(ink, op);
}

/* ---- state ---------------------------------------------------------------------------------- */

void kh_ink_start(kh_ink *ink, float page_height)
{
    kh_bytes out = ink->out;
    out.size = 0;
    *ink = (kh_ink){.out = out, .page_height = page_height, .width = 1, .broken = ink->broken};
    kh_ink_op(ink, "1 j"); /* round joins: no spikes on charts */
}

static void set_fill(kh_ink *ink, kh_color color)
{
    if (ink->fill != color) put_color(ink, color, "rg");
    ink->fill = color;
}

static void set_stroke(kh_ink *ink, kh_color color, float width)
{
    if (ink->stroke != color) put_color(ink, color, "RG");
    if (ink->width != width) {
        kh_ink_number(ink, width);
        kh_ink_op(ink, "w");
    }
    ink->stroke = color;
    ink->width = width;
}

static void set_dash(kh_ink *ink, float dash)
{
    if (ink->dash == dash) return;
    kh_bytes_text(&ink->out, "[ ");
    if (dash > 0) kh_ink_number(ink, dash);
    kh_ink_op(ink, "] 0 d");
    ink->dash = dash;
}

const char *kh_ink_paint(kh_ink *ink, kh_color fill, kh_color stroke, float width, float dash)
{
    bool fills = fill != KH_NO_COLOR, strokes = stroke != KH_NO_COLOR && width > 0;
    if (fills) set_fill(ink, fill);
    if (strokes) {
        set_stroke(ink, stroke, width);
        set_dash(ink, dash);
    }
    return fills && strokes ? "B" : fills ? "f" : strokes ? "S" : NULL;
}

void kh_ink_box(kh_ink *ink, float x, float y, float width, float height, kh_color fill)
{
    if (!kh_ink_paint(ink, fill, KH_NO_COLOR, 0, 0)) return;
    kh_ink_number(ink, x);
    kh_ink_number(ink, ink->page_height - y - height);
    kh_ink_number(ink, width);
    kh_ink_number(ink, height);
    kh_ink_op(ink, "re f");
}

/* ---- text ----------------------------------------------------------------------------------- */

static void set_font(kh_ink *ink, const kh_glyph *glyph, float size)
{
    if (ink->face != glyph->face || ink->size != size) {
        kh_bytes_printf(&ink->out, "/F%u ", glyph->face->number);
        kh_ink_number(ink, size);
        kh_ink_op(ink, "Tf");
        ink->face = glyph->face;
        ink->size = size;
    }
    if (ink->bold_stroke != glyph->stroke) kh_ink_op(ink, glyph->stroke ? "2 Tr" : "0 Tr");
    ink->bold_stroke = glyph->stroke;
}

/* Text codes as a literal string: two bytes each, escaped where PDF asks for it. */
static void put_codes(kh_ink *ink, kh_fonts *fonts, const kh_line *line, uint32_t from, uint32_t to)
{
    uint8_t *start = kh_bytes_room(&ink->out, (size_t)(to - from) * 4 + 2), *at = start;
    *at++ = '(';
    for (uint32_t i = from; i < to; i++) {
        kh_glyph *glyph = line->passage->chars[i].glyph;
        uint16_t cid = kh_glyph_use(kh_glyph_gapped(fonts, glyph, kh_line_gaps(line, i)));
        for (int shift = 8; shift >= 0; shift -= 8) {
            uint8_t byte = (uint8_t)(cid >> shift);
            if (byte == '(' || byte == ')' || byte == '\\' || byte == '\r') *at++ = '\\';
            *at++ = byte == '\r' ? 'r' : byte;
        }
    }
    *at++ = ')';
    ink->out.size += (size_t)(at - start);
    kh_ink_op(ink, "Tj");
}

void kh_ink_line(kh_ink *ink, kh_fonts *fonts, const kh_line *line, float x, float y)
{
    const kh_char *chars = line->passage->chars;
    if (line->from == line->to) return;
    kh_ink_op(ink, "BT");
    kh_ink_at(ink, x, y, "Td");
    for (uint32_t from = line->from, to; from < line->to; from = to) {
        const kh_run *run = chars[from].run;
        const kh_glyph *glyph = chars[from].glyph;
        for (to = from + 1; to < line->to; to++) {
            const kh_char *c = &chars[to];
            if (c->glyph->face != glyph->face || c->glyph->stroke != glyph->stroke) break;
            if (c->run != run && (c->run->size != run->size || c->run->color != run->color)) break;
        }
        float size = chars[from].size;
        set_fill(ink, run->color);
        /* A face without a bold is made bolder by a stroke round its outlines. */
        if (glyph->stroke) {
            set_stroke(ink, run->color, size * 0.03f);
            set_dash(ink, 0);
        }
        set_font(ink, glyph, size);
        put_codes(ink, fonts, line, from, to);
    }
    kh_ink_op(ink, "ET");
}

void kh_hex_text(kh_bytes *out, const char *text)
{
    kh_bytes_text(out, "<FEFF");
    for (uint32_t code; (code = kh_next_char(&text));) kh_bytes_utf16(out, code);
    kh_bytes_text(out, ">");
}
