/* Embedding: the dictionaries, widths and ToUnicode map that make a font program a PDF font. */
#include "file.h"

#include <string.h>

/* Six letters that tell subsets of a face apart: a hash of the characters in it. */
static void subset_tag(char tag[7], const kh_face *face)
{
    uint64_t hash = 0xcbf29ce484222325ULL;
    for (uint32_t i = 0; i < face->used_count; i++) {
        hash = (hash ^ face->used[i]->code) * 0x100000001b3ULL;
    }
    hash ^= hash >> 32;
    for (int i = 0; i < 6; i++, hash /= 26) tag[i] = (char)('A' + hash % 26);
    tag[6] = '\0';
}

static void write_unicode(kh_bytes *out, const kh_face *face)
{
    kh_bytes_text(out, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
                       "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
                       "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
                       "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
    enum { BLOCK = 100 }; /* more entries than that are not allowed in one */
    for (uint32_t i = 0; i < face->used_count; i++) {
        uint32_t left = face->used_count - i;
        if (i % BLOCK == 0) kh_bytes_printf(out, "%u beginbfchar\n", left < BLOCK ? left : BLOCK);
        kh_bytes_text(out, "<");
        kh_bytes_hex(out, i + 1, 4);
        kh_bytes_text(out, "> <");
        kh_bytes_utf16(out, face->used[i]->code);
        kh_bytes_text(out, ">\n");
        if (i % BLOCK == BLOCK - 1 || left == 1) kh_bytes_text(out, "endbfchar\n");
    }
    kh_bytes_text(out, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
}

/* Widths of the codes that are not a full em wide, in runs: first [width width ...]. */
static void write_widths(kh_bytes *out, const kh_face *face)
{
    bool open = false;
    kh_bytes_text(out, "/DW 1000 /W [");
    for (uint32_t i = 0; i < face->used_count; i++) {
        unsigned width = face->used[i]->advance;
        if (width == 1000) {
            if (open) kh_bytes_text(out, "]");
            open = false;
            continue;
        }
        if (!open) kh_bytes_printf(out, "%u[", i + 1);
        kh_bytes_printf(out, "%u ", width);
        open = true;
    }
    kh_bytes_text(out, open ? "]]\n" : "]\n");
}

HPDF_Dict kh_font_embed(kh_file *file, const kh_face *face)
{
    char tag[7];
    kh_bytes *s = &file->scratch;
    subset_tag(tag, face);
    kh_bytes_printf(s, "%s+%s", tag, face->name);
    const char *name = kh_file_keep(file);

    /* The program is stored as it is: outlines shrink by a tenth only, and deflating them would
       take longer than everything else (docs/decisions/001-fonts-per-document.md). */
    kh_cff_write(s, face, name);
    size_t size = s->size;
    HPDF_Dict program = kh_file_stream(file, "/Subtype /CIDFontType0C\n", kh_file_keep(file), size);
    write_unicode(s, face);
    HPDF_Dict unicode = kh_file_deflated(file, s->data, s->size);
    s->size = 0;

    kh_bytes_printf(s,
                    "/Type /FontDescriptor /FontName /%s /Flags 4 /ItalicAngle 0 /Ascent %d "
                    "/Descent %d /CapHeight %d /StemV %d /FontBBox [%d %d %d %d] "
                    "/FontFile3 %u 0 R\n",
                    name, face->ascent, face->descent, face->cap_height, face->stem, face->box[0],
                    face->box[1], face->box[2], face->box[3], kh_file_number(program));
    HPDF_Dict descriptor = kh_file_dict(file, kh_file_keep(file));
    kh_bytes_printf(s,
                    "/Type /Font /Subtype /CIDFontType0 /BaseFont /%s /FontDescriptor %u 0 R "
                    "/CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>>\n",
                    name, kh_file_number(descriptor));
    write_widths(s, face);
    HPDF_Dict font = kh_file_dict(file, kh_file_keep(file));
    kh_bytes_printf(s,
                    "/Type /Font /Subtype /Type0 /BaseFont /%s-Identity-H /Encoding /Identity-H "
                    "/DescendantFonts [%u 0 R] /ToUnicode %u 0 R\n",
                    name, kh_file_number(font), kh_file_number(unicode));
    return kh_file_dict(file, kh_file_keep(file));
}
