/* CFF: the font program of one document, CID-keyed with the identity charset (Adobe note 5176). */
#include "font.h"

#include <string.h>

static void put(kh_bytes *out, uint32_t value, int size)
{
    uint8_t *to = kh_bytes_room(out, (size_t)size);
    for (int i = size - 1; i >= 0; i--, value >>= 8) to[i] = (uint8_t)value;
    out->size += (size_t)size;
}

/* A dict operand that always takes five bytes, so that offsets are known before they are. */
static void put_long(kh_bytes *out, uint32_t value)
{
    put(out, 29, 1);
    put(out, value, 4);
}

static void put_operator(kh_bytes *out, int op)
{
    put(out, (uint32_t)op, op > 255 ? 2 : 1);
}

/* An INDEX with a single object. */
static void put_single(kh_bytes *out, const void *data, size_t size)
{
    put(out, 1, 2);
    put(out, 2, 1);
    put(out, 1, 2);
    put(out, (uint32_t)size + 1, 2);
    kh_bytes_add(out, data, size);
}

enum {
    OP_FONT_BBOX = 5,
    OP_CHARSET = 15,
    OP_CHARSTRINGS = 17,
    OP_PRIVATE = 18,
    OP_DEFAULT_WIDTH = 20,
    OP_NOMINAL_WIDTH = 21,
    OP_ROS = 12 << 8 | 30,
    OP_CID_COUNT = 12 << 8 | 34,
    OP_FD_ARRAY = 12 << 8 | 36,
    OP_FD_SELECT = 12 << 8 | 37,
    SID_ADOBE = 391, /* the first string of our own */
    SID_IDENTITY = 392,
    ENDCHAR = 14
};

static void put_charstrings(kh_bytes *out, const kh_face *face)
{
    uint32_t total = 1;
    for (uint32_t i = 0; i < face->used_count; i++) total += face->used[i]->length;
    int size = total < 0xFFFF ? 2 : total < 0xFFFFFF ? 3 : 4;
    put(out, face->used_count + 1, 2);
    put(out, (uint32_t)size, 1);
    uint32_t offset = 1;
    put(out, offset++, size);
    put(out, offset, size); /* .notdef is a single endchar */
    for (uint32_t i = 0; i < face->used_count; i++) {
        offset += face->used[i]->length;
        put(out, offset, size);
    }
    put(out, ENDCHAR, 1);
    for (uint32_t i = 0; i < face->used_count; i++) {
        const kh_glyph *glyph = face->used[i];
        kh_bytes_add(out, face->outlines.data + glyph->start, glyph->length);
    }
}

void kh_cff_write(kh_bytes *out, const kh_face *face, const char *name)
{
    uint32_t glyphs = face->used_count + 1;
    size_t base = out->size;
    kh_bytes_add(out, "\1\0\4\4", 4);
    put_single(out, name, strlen(name));

    /* Everything before the charstrings has a size that does not depend on the glyphs. */
    enum { TOP = 3 * 5 + 2 + 4 * 5 + 1 + 5 + 2 + 5 + 1 + 5 + 2 + 5 + 1 + 5 + 2 };
    uint32_t strings = (uint32_t)(out->size - base) + 7 + TOP;
    uint32_t charset = strings + (2 + 1 + 3 * 1 + 5 + 8) + 2;
    uint32_t fd_select = charset + 5;
    uint32_t private = fd_select + 8;
    enum { PRIVATE = 2 * (5 + 1) };
    uint32_t fd_array = private + PRIVATE;
    uint32_t charstrings = fd_array + 7 + 11;

    put(out, 1, 2);
    put(out, 2, 1);
    put(out, 1, 2);
    put(out, TOP + 1, 2);
    put_long(out, SID_ADOBE);
    put_long(out, SID_IDENTITY);
    put_long(out, 0);
    put_operator(out, OP_ROS);
    for (int i = 0; i < 4; i++) put_long(out, (uint32_t)face->box[i]);
    put_operator(out, OP_FONT_BBOX);
    put_long(out, glyphs);
    put_operator(out, OP_CID_COUNT);
    put_long(out, charset);
    put_operator(out, OP_CHARSET);
    put_long(out, fd_select);
    put_operator(out, OP_FD_SELECT);
    put_long(out, charstrings);
    put_operator(out, OP_CHARSTRINGS);
    put_long(out, fd_array);
    put_operator(out, OP_FD_ARRAY);

    kh_bytes_add(out, "\0\2\1\1\6\16AdobeIdentity", 19); /* the string INDEX */
    put(out, 0, 2);                                      /* no global subroutines */

    put(out, 2, 1); /* charset, format 2: CIDs 1, 2, 3, ... */
    put(out, 1, 2);
    put(out, glyphs - 2, 2);

    put(out, 3, 1); /* FDSelect, format 3: all glyphs in the only font dict */
    put(out, 1, 2);
    put(out, 0, 2);
    put(out, 0, 1);
    put(out, glyphs, 2);

    put_long(out, KH_WIDTH_DEFAULT);
    put_operator(out, OP_DEFAULT_WIDTH);
    put_long(out, KH_WIDTH_NOMINAL);
    put_operator(out, OP_NOMINAL_WIDTH);

    put(out, 1, 2); /* the font dict */
    put(out, 2, 1);
    put(out, 1, 2);
    put(out, 11 + 1, 2);
    put_long(out, PRIVATE);
    put_long(out, private);
    put_operator(out, OP_PRIVATE);

    put_charstrings(out, face);
}
