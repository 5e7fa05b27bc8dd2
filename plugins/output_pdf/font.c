/* Faces: found through fontconfig, opened when a character needs them, asked for glyphs. */
#include "line.h"

#include <fontconfig/fontconfig.h>
#include <hb-ot.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- finding ------------------------------------------------------------------------------- */

/* How well a font of the right family suits: 0 is best, -1 not at all. A bold must be one. */
static int misfit(FcPattern *font, bool bold)
{
    int weight, slant = FC_SLANT_ROMAN, width = FC_WIDTH_NORMAL;
    if (FcPatternGetInteger(font, FC_WEIGHT, 0, &weight) != FcResultMatch) return -1;
    if (bold && weight < FC_WEIGHT_DEMIBOLD) return -1;
    FcPatternGetInteger(font, FC_SLANT, 0, &slant);
    FcPatternGetInteger(font, FC_WIDTH, 0, &width);
    return abs(weight - (bold ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR)) +
           1000 * (abs(slant) + abs(width - FC_WIDTH_NORMAL));
}

/* The file of a family in a weight; NULL when there is none. The caller frees the text.
   The fonts are listed, not matched: a match would find some other family, and call bold what the
   renderer is to make bold. */
static char *find_family(FcConfig *config, const char *family, bool bold, int *index)
{
    FcPattern *wanted = FcPatternBuild(NULL, FC_FAMILY, FcTypeString, family, NULL);
    FcObjectSet *asked =
        FcObjectSetBuild(FC_FILE, FC_INDEX, FC_WEIGHT, FC_SLANT, FC_WIDTH, (char *)NULL);
    FcFontSet *found = FcFontList(config, wanted, asked);
    const char *best = NULL;
    int least = 0;
    for (int i = 0; found && i < found->nfont; i++) {
        FcChar8 *file;
        int at, off = misfit(found->fonts[i], bold);
        if (off < 0 || FcPatternGetString(found->fonts[i], FC_FILE, 0, &file) != FcResultMatch ||
            FcPatternGetInteger(found->fonts[i], FC_INDEX, 0, &at) != FcResultMatch) {
            continue;
        }
        /* The list has no order of its own, so equals are told apart by name. */
        if (best && (off > least || (off == least && strcmp((const char *)file, best) > 0))) {
            continue;
        }
        best = (const char *)file;
        least = off;
        *index = at;
    }
    char *path = best ? strdup(best) : NULL;
    if (found) FcFontSetDestroy(found);
    FcObjectSetDestroy(asked);
    FcPatternDestroy(wanted);
    return path;
}

/* "/path/of.ttc#2" as a path and an index. */
static char *split_path(const char *name, int *index)
{
    char *path = strdup(name), *mark = strrchr(path, '#');
    *index = 0;
    if (mark && mark[1] && strspn(mark + 1, "0123456789") == strlen(mark + 1)) {
        *index = atoi(mark + 1);
        *mark = '\0';
    }
    return path;
}

/* ---- opening ------------------------------------------------------------------------------- */

static void read_name(kh_face *face, hb_face_t *hb)
{
    unsigned size = sizeof face->name;
    hb_ot_name_get_utf8(hb, HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &size, face->name);
    char *to = face->name;
    for (const char *at = face->name; *at; at++) {
        if (*at > ' ' && *at < 127 && !strchr("[](){}<>/%#", *at)) *to++ = *at;
    }
    *to = '\0';
    if (to == face->name) strcpy(face->name, "Font");
}

static void read_metrics(kh_face *face, hb_face_t *hb)
{
    hb_font_extents_t extents;
    hb_font_get_h_extents(face->font, &extents);
    face->ascent = extents.ascender;
    face->descent = extents.descender;
    hb_position_t height;
    face->cap_height = hb_ot_metrics_get_position(face->font, HB_OT_METRICS_TAG_CAP_HEIGHT, &height)
                           ? height
                           : 700;
    hb_codepoint_t bar;
    hb_glyph_extents_t box;
    face->stem = hb_font_get_nominal_glyph(face->font, '|', &bar) &&
                         hb_font_get_glyph_extents(face->font, bar, &box)
                     ? box.width
                     : 80;
    hb_blob_t *head = hb_face_reference_table(hb, HB_TAG('h', 'e', 'a', 'd'));
    unsigned size;
    const uint8_t *data = (const uint8_t *)hb_blob_get_data(head, &size);
    int units = (int)hb_face_get_upem(hb);
    for (int i = 0; i < 4 && size >= 44; i++) {
        int16_t v = (int16_t)(data[36 + 2 * i] << 8 | data[37 + 2 * i]);
        face->box[i] = v * 1000 / units;
    }
    hb_blob_destroy(head);
}

/* Amounts stand under each other only if all digits are equally wide. Few fonts whose plain digits
   are not have tabular ones, so each digit is set in the middle of the widest one's width. */
static void read_digits(kh_face *face)
{
    for (hb_codepoint_t digit = '0', glyph; digit <= '9'; digit++) {
        if (!hb_font_get_nominal_glyph(face->font, digit, &glyph)) continue;
        int advance = hb_font_get_glyph_h_advance(face->font, glyph);
        if (advance > face->digit_width) face->digit_width = advance;
    }
}

static kh_face *open_face(kh_fonts *fonts, const char *path, int index)
{
    hb_blob_t *blob = hb_blob_create_from_file_or_fail(path);
    if (!blob) return NULL;
    /* fontconfig puts the instance of a variable font above the index in the collection. */
    hb_face_t *hb = hb_face_create(blob, (unsigned)index & 0xFFFF);
    hb_blob_destroy(blob);
    kh_face *face = NULL;
    if (hb_face_get_glyph_count(hb) > 0) {
        face = kh_pool_alloc(&fonts->pool, sizeof *face);
        face->font = hb_font_create(hb);
        hb_font_set_scale(face->font, 1000, 1000);
        if (index >> 16) hb_font_set_var_named_instance(face->font, (unsigned)(index >> 16) - 1);
        read_name(face, hb);
        read_metrics(face, hb);
        read_digits(face);
    }
    hb_face_destroy(hb);
    return face;
}

/* NULL when there is none. The caller frees the text. */
static char *find_file(const kh_fonts *fonts, const struct kh_font_choice *choice, int *index)
{
    return choice->name[0] == '/' ? split_path(choice->name, index)
                                  : find_family(fonts->config, choice->name, choice->bold, index);
}

static kh_face *open_choice(kh_fonts *fonts, struct kh_font_choice *choice)
{
    if (!choice->tried) {
        choice->tried = true;
        int index = 0;
        char *path = find_file(fonts, choice, &index);
        if (path) choice->face = open_face(fonts, path, index);
        if (choice->face) choice->face->number = (uint32_t)(choice - fonts->choices);
        free(path);
    }
    return choice->face;
}

static void add_choice(kh_fonts *fonts, const char *name, bool bold)
{
    fonts->choices[fonts->choice_count++] = (struct kh_font_choice){.name = name, .bold = bold};
}

/* The faces the options name, best first, not opened yet. */
static kh_status choose_fonts(kh_fonts *fonts, const kh_font_names *names, kh_error *err)
{
    fonts->config = FcInitLoadConfigAndFonts();
    if (!fonts->config) {
        return kh_fail(err, KH_EUNAVAILABLE, "fontconfig does not start: check its configuration");
    }
    if (names->fallback.count > (KH_FACES_MOST - 2) / 2) {
        return kh_fail(err, KH_EUSAGE, "fallback names %u fonts: name at most %d",
                       names->fallback.count, (KH_FACES_MOST - 2) / 2);
    }
    add_choice(fonts, names->bold ? names->bold : names->regular, true);
    add_choice(fonts, names->regular, false);
    for (uint32_t i = 0; i < names->fallback.count; i++) {
        add_choice(fonts, names->fallback.items[i], true);
        add_choice(fonts, names->fallback.items[i], false);
    }
    return KH_OK;
}

kh_status kh_fonts_open(kh_fonts *fonts, const kh_font_names *names, bool strict, kh_error *err)
{
    kh_status rc = choose_fonts(fonts, names, err);
    if (rc < 0) return rc;
    for (uint32_t i = 0; i < fonts->choice_count; i++) {
        struct kh_font_choice *choice = &fonts->choices[i];
        bool needed = i == 0 ? names->bold != NULL : i == 1 || (strict && i % 2);
        if (needed && !open_choice(fonts, choice)) {
            return kh_fail(
                err, KH_EUSAGE,
                "font '%s'%s is not installed: install it (the default is in the package "
                "fonts-noto-cjk) or name another in the options of pdf { }",
                choice->name, choice->bold ? kh_tr(" in bold") : "");
        }
    }
    return KH_OK;
}

kh_status kh_fonts_name_files(const kh_font_names *names, void (*tell)(void *ctx, const char *path),
                              void *ctx, kh_error *err)
{
    kh_fonts *fonts = calloc(1, sizeof *fonts);
    if (!fonts) return kh_fail(err, KH_EINTERNAL, "pdf: memory is out");
    kh_status rc = choose_fonts(fonts, names, err);
    for (uint32_t i = 0; rc == KH_OK && i < fonts->choice_count; i++) {
        int index;
        char *path = find_file(fonts, &fonts->choices[i], &index);
        if (path) tell(ctx, path);
        free(path);
    }
    kh_fonts_close(fonts);
    free(fonts);
    return rc;
}

void kh_fonts_close(kh_fonts *fonts)
{
    for (uint32_t i = 0; i < fonts->choice_count; i++) {
        kh_face *face = fonts->choices[i].face;
        if (!face) continue;
        hb_font_destroy(face->font);
        kh_bytes_fini(&face->outlines);
        free(face->used);
    }
    if (fonts->config) FcConfigDestroy(fonts->config);
    kh_pool_fini(&fonts->pool);
    *fonts = (kh_fonts){0};
}

/* ---- glyphs -------------------------------------------------------------------------------- */

static bool is_blank(uint32_t code)
{
    return code == 0x20 || code == 0xA0 || (code >= 0x2000 && code <= 0x200D) || code == 0x202F ||
           code == 0x205F || code == 0x2060 || code == 0x3000;
}

static kh_glyph *make_glyph(kh_fonts *fonts, kh_face *face, uint32_t code, int gaps)
{
    hb_codepoint_t number;
    if (!hb_font_get_nominal_glyph(face->font, code, &number)) return NULL;
    int advance = hb_font_get_glyph_h_advance(face->font, number), shift = 0;
    if (code >= '0' && code <= '9') {
        shift = (face->digit_width - advance) / 2;
        advance = face->digit_width;
    }
    if (gaps & KH_GAP_BEFORE) {
        shift += KH_GAP;
        advance += KH_GAP;
    }
    if (gaps & KH_GAP_AFTER) advance += KH_GAP;
    size_t start = face->outlines.size;
    bool drawn = kh_outline_write(&face->outlines, face->font, number, advance, shift);
    if (!drawn && !is_blank(code)) {
        /* The font claims the character but would print nothing: another one must draw it. */
        face->outlines.size = start;
        return NULL;
    }
    kh_glyph *glyph = kh_pool_alloc(&fonts->pool, sizeof *glyph);
    *glyph = (kh_glyph){.face = face,
                        .code = code,
                        .start = (uint32_t)start,
                        .length = (uint32_t)(face->outlines.size - start),
                        .advance = (uint16_t)advance,
                        .kind = kh_char_kind(code)};
    glyph->gapped[0] = glyph;
    return glyph;
}

kh_glyph *kh_fonts_glyph(kh_fonts *fonts, int weight, uint32_t code)
{
    if (code > 0x10FFFF) return NULL;
    kh_glyph ***page = &fonts->pages[weight][code >> 8];
    if (!*page) *page = kh_pool_array(&fonts->pool, 256, sizeof **page);
    kh_glyph **slot = &(*page)[code & 255];
    for (uint32_t i = 0; !*slot && i < fonts->choice_count; i++) {
        struct kh_font_choice *choice = &fonts->choices[i];
        if (weight == KH_REGULAR && choice->bold) continue;
        kh_face *face = open_choice(fonts, choice);
        if (!face) continue;
        *slot = make_glyph(fonts, face, code, 0);
        if (*slot) (*slot)->stroke = weight == KH_BOLD && !choice->bold;
    }
    return *slot;
}

kh_glyph *kh_glyph_gapped(kh_fonts *fonts, kh_glyph *glyph, int gaps)
{
    if (!glyph->gapped[gaps]) {
        glyph->gapped[gaps] = make_glyph(fonts, glyph->face, glyph->code, gaps);
        glyph->gapped[gaps]->stroke = glyph->stroke;
    }
    return glyph->gapped[gaps];
}

uint16_t kh_glyph_use(kh_glyph *glyph)
{
    if (glyph->cid == 0) {
        kh_face *face = glyph->face;
        face->used = kh_grow(face->used, face->used_count, sizeof *face->used);
        face->used[face->used_count++] = glyph;
        glyph->cid = (uint16_t)face->used_count;
    }
    return glyph->cid;
}

void kh_fonts_forget(kh_fonts *fonts)
{
    for (uint32_t i = 0; i < fonts->choice_count; i++) {
        kh_face *face = fonts->choices[i].face;
        if (!face) continue;
        for (uint32_t j = 0; j < face->used_count; j++) face->used[j]->cid = 0;
        face->used_count = 0;
    }
}
