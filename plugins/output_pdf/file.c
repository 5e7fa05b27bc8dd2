/* File: pages, fonts, properties and outline put together as a PDF by libharu.
 *
 * libharu numbers the objects and writes the page tree, the outline tree, the cross-reference
 * table and the trailer. Contents and fonts are handed to it as finished bytes, through members
 * and functions its installed headers declare: dictionaries with our own text, streams with our
 * own reader. It copies byte by byte, so our bytes do not pass through its memory streams.
 */
#include "file.h"

#include <hpdf_pages.h>
#include <stdlib.h>
#include <string.h>

enum { OUTLINE_DEPTH = 8, PAGES_MOST = 32767, DEFLATE_LEVEL = 1 };

/* ---- objects --------------------------------------------------------------------------------- */

static HPDF_STATUS write_entries(HPDF_Dict dict, HPDF_Stream stream)
{
    const char *entries = dict->attr;
    return HPDF_Stream_Write(stream, (const HPDF_BYTE *)entries, (HPDF_UINT)strlen(entries));
}

static void set_entries(HPDF_Dict dict, const char *entries)
{
    dict->attr = (void *)entries;
    dict->write_fn = write_entries;
}

typedef struct reader {
    const uint8_t *data;
    size_t size, at;
} reader;

static HPDF_STATUS reader_read(HPDF_Stream stream, HPDF_BYTE *to, HPDF_UINT *size)
{
    reader *r = stream->attr;
    size_t n = r->size - r->at < *size ? r->size - r->at : *size;
    memcpy(to, r->data + r->at, n);
    r->at += n;
    *size = (HPDF_UINT)n;
    return r->at == r->size ? HPDF_STREAM_EOF : HPDF_OK;
}

static HPDF_STATUS reader_seek(HPDF_Stream stream, HPDF_INT position, HPDF_WhenceMode mode)
{
    (void)mode;
    ((reader *)stream->attr)->at = (size_t)position;
    return HPDF_OK;
}

static HPDF_UINT32 reader_size(HPDF_Stream stream)
{
    return (HPDF_UINT32)((reader *)stream->attr)->size;
}

static void set_data(kh_file *file, HPDF_Dict dict, const char *entries, const void *data,
                     size_t size)
{
    reader *r = kh_pool_alloc(file->pool, sizeof *r);
    *r = (reader){.data = data, .size = size};
    set_entries(dict, entries);
    HPDF_Stream_Free(dict->stream);
    dict->stream =
        HPDF_CallbackReader_New(file->doc->mmgr, reader_read, reader_seek, NULL, reader_size, r);
}

HPDF_Dict kh_file_dict(kh_file *file, const char *entries)
{
    HPDF_Dict dict = HPDF_Dict_New(file->doc->mmgr);
    if (!dict || HPDF_Xref_Add(file->doc->xref, dict) != HPDF_OK) abort();
    set_entries(dict, entries);
    return dict;
}

HPDF_Dict kh_file_stream(kh_file *file, const char *entries, const void *data, size_t size)
{
    HPDF_Dict dict = HPDF_DictStream_New(file->doc->mmgr, file->doc->xref);
    if (!dict) abort();
    set_data(file, dict, entries, data, size);
    return dict;
}

static size_t deflate(kh_file *file, void **out, const void *data, size_t size)
{
    size_t room = libdeflate_zlib_compress_bound(file->deflate, size);
    *out = kh_pool_alloc(file->pool, room);
    return libdeflate_zlib_compress(file->deflate, data, size, *out, room);
}

HPDF_Dict kh_file_deflated(kh_file *file, const void *data, size_t size)
{
    void *packed;
    size = deflate(file, &packed, data, size);
    return kh_file_stream(file, "/Filter /FlateDecode\n", packed, size);
}

const char *kh_file_keep(kh_file *file)
{
    kh_bytes *s = &file->scratch;
    char *text = kh_pool_alloc(file->pool, s->size + 1);
    if (s->size) memcpy(text, s->data, s->size);
    s->size = 0;
    return text;
}

unsigned kh_file_number(HPDF_Dict dict)
{
    return dict->header.obj_id & 0x00FFFFFF;
}

/* ---- drawing --------------------------------------------------------------------------------- */

/* What is needed while the strips of one page are drawn. */
typedef struct drawing {
    kh_file *file;
    kh_layout *layout;
    HPDF_Page page;
    HPDF_Outline levels[OUTLINE_DEPTH + 1]; /* the last entry of each level */
} drawing;

static void add_outline(drawing *d, const kh_paragraph *p, float y)
{
    kh_file *file = d->file;
    int level = p->outline < OUTLINE_DEPTH ? p->outline : OUTLINE_DEPTH;
    HPDF_Outline parent = NULL;
    for (int i = level - 1; i > 0 && !parent; i--) parent = d->levels[i];
    /* libharu's own titles and destinations know neither characters beyond the BMP nor "keep the
       zoom", so these two entries are ours. */
    HPDF_Outline outline = HPDF_CreateOutline(file->doc, parent, "", NULL);
    if (!outline) return;
    HPDF_Dict_RemoveElement(outline, "Title");
    kh_bytes_text(&file->scratch, "/Title <FEFF");
    for (uint32_t i = 0; i < p->text.run_count; i++) {
        if (p->text.runs[i].size < p->text.runs[0].size) continue; /* a remark behind the heading */
        const char *at = p->text.runs[i].text;
        for (uint32_t code; (code = kh_next_char(&at));) {
            kh_bytes_utf16(&file->scratch, code == '\n' ? ' ' : code);
        }
    }
    kh_bytes_printf(&file->scratch, ">\n/Dest [%u 0 R /XYZ null %d null]\n",
                    kh_file_number(d->page), (int)(file->ink.page_height - y) + 4);
    set_entries(outline, kh_file_keep(file));
    d->levels[level] = outline;
    for (int i = level + 1; i <= OUTLINE_DEPTH; i++) d->levels[i] = NULL;
}

static kh_status draw_strip(drawing *d, const kh_strip *strip, float x, float y)
{
    kh_ink *ink = &d->file->ink;
    kh_layout *layout = d->layout;
    for (const kh_piece *piece = strip->pieces; piece; piece = piece->next) {
        float at_x = x + piece->x, at_y = y + piece->y;
        kh_status rc = KH_OK;
        switch (piece->kind) {
        case KH_PIECE_BOX:
            kh_ink_box(ink, at_x, at_y, piece->as.box.width, piece->as.box.height,
                       piece->as.box.fill);
            break;
        case KH_PIECE_LINE:
            kh_ink_line(ink, layout->fonts, piece->as.line, at_x, at_y + piece->as.line->baseline);
            break;
        case KH_PIECE_CANVAS:
            rc = kh_canvas_draw(ink, layout->pool, layout->fonts, piece->as.canvas.canvas, at_x,
                                at_y, piece->as.canvas.scale, layout->who, layout->err);
            break;
        case KH_PIECE_STRIP: rc = draw_strip(d, piece->as.strip, at_x, at_y); break;
        case KH_PIECE_OUTLINE: add_outline(d, piece->as.outline, at_y); break;
        }
        if (rc < 0) return rc;
    }
    return KH_OK;
}

static kh_status draw_page(drawing *d, const kh_document *document, const kh_strip *strip,
                           HPDF_Dict fonts)
{
    kh_file *file = d->file;
    d->page = HPDF_AddPage(file->doc);
    if (!d->page) return KH_OK; /* told at the end */
    HPDF_Page_SetWidth(d->page, document->page_width);
    HPDF_Page_SetHeight(d->page, document->page_height);
    HPDF_Dict resources = HPDF_Dict_GetItem(d->page, "Resources", HPDF_OCLASS_DICT);
    HPDF_Dict_Add(resources, "Font", fonts);
    kh_ink_start(&file->ink, document->page_height);
    kh_status rc = draw_strip(d, strip, 0, 0);
    if (rc < 0) return rc;
    void *packed;
    size_t size = deflate(file, &packed, file->ink.out.data, file->ink.out.size);
    HPDF_PageAttr attr = d->page->attr;
    set_data(file, attr->contents, "/Filter /FlateDecode\n", packed, size);
    attr->stream = attr->contents->stream;
    return KH_OK;
}

/* ---- the document ---------------------------------------------------------------------------- */

static void set_properties(kh_file *file, const kh_document *document)
{
    const struct {
        const char *key, *text;
    } properties[] = {{"Title", document->title},
                      {"Author", document->author},
                      {"Subject", document->subject},
                      {"Keywords", document->code}};
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
        if (!properties[i].text || !properties[i].text[0]) continue;
        kh_bytes_printf(&file->scratch, "/%s ", properties[i].key);
        kh_hex_text(&file->scratch, properties[i].text);
        kh_bytes_text(&file->scratch, "\n");
    }
    set_entries(file->doc->info, kh_file_keep(file));
    HPDF_Dict_Add(file->doc->catalog, "Lang", HPDF_String_New(file->doc->mmgr, "zh-CN", NULL));
}

static HPDF_STATUS write_out(HPDF_Stream stream, const HPDF_BYTE *data, HPDF_UINT size)
{
    kh_bytes_add(stream->attr, data, size);
    return HPDF_OK;
}

/* What HPDF_SaveToStream does, into our own bytes. */
static void save(kh_file *file)
{
    HPDF_Doc doc = file->doc;
    file->out.size = 0;
    HPDF_Stream out = HPDF_CallbackWriter_New(doc->mmgr, write_out, &file->out);
    if (!out) return;
    HPDF_Stream_WriteStr(out, "%PDF-1.7\n%\267\276\255\252\n");
    HPDF_Dict_Add(doc->trailer, "Root", doc->catalog);
    HPDF_Dict_Add(doc->trailer, "Info", doc->info);
    HPDF_Xref_WriteToStream(doc->xref, out, NULL);
    HPDF_Stream_Free(out);
}

static void remember_failure(HPDF_STATUS code, HPDF_STATUS detail, void *user)
{
    (void)detail;
    kh_file *file = user;
    if (file->failure == HPDF_OK) file->failure = code;
}

kh_status kh_file_open(kh_file *file, kh_error *err)
{
    file->doc = HPDF_New(remember_failure, file);
    file->deflate = libdeflate_alloc_compressor(DEFLATE_LEVEL);
    if (file->doc && file->deflate) return KH_OK;
    return kh_fail(err, KH_EINTERNAL, "libharu or libdeflate does not start: memory is out");
}

void kh_file_close(kh_file *file)
{
    if (file->doc) HPDF_Free(file->doc);
    if (file->deflate) libdeflate_free_compressor(file->deflate);
    kh_bytes_fini(&file->ink.out);
    kh_bytes_fini(&file->out);
    kh_bytes_fini(&file->scratch);
    *file = (kh_file){0};
}

/* The fonts the pages have used, as the entries of the resource dictionary they all share. */
static kh_status embed_fonts(kh_file *file, const kh_layout *layout, HPDF_Dict resources)
{
    kh_bytes entries = {0};
    for (uint32_t i = 0; i < layout->fonts->choice_count; i++) {
        const kh_face *face = layout->fonts->choices[i].face;
        if (!face || face->used_count == 0) continue;
        if (face->used_count >= UINT16_MAX) {
            kh_bytes_fini(&entries);
            return kh_fail(layout->err, KH_ELIMIT,
                           "%s: more than 65,534 different characters in one font: split the "
                           "document",
                           layout->who);
        }
        kh_bytes_printf(&entries, "/F%u %u 0 R\n", i, kh_file_number(kh_font_embed(file, face)));
    }
    kh_bytes_add(&file->scratch, entries.data, entries.size);
    set_entries(resources, kh_file_keep(file));
    kh_bytes_fini(&entries);
    return KH_OK;
}

static kh_status write_file(kh_file *file, kh_layout *layout, const kh_document *document,
                            const kh_pages *pages)
{
    drawing d = {.file = file, .layout = layout};
    if (pages->count > PAGES_MOST) {
        return kh_fail(layout->err, KH_ELIMIT,
                       "%s: %u pages are more than the %d of a file: split it", layout->who,
                       pages->count, PAGES_MOST);
    }
    if (HPDF_NewDoc(file->doc) == HPDF_OK) {
        HPDF_Dict fonts = kh_file_dict(file, "");
        set_properties(file, document);
        for (uint32_t i = 0; i < pages->count; i++) {
            kh_status rc = draw_page(&d, document, pages->items[i], fonts);
            if (rc < 0) return rc;
        }
        kh_status rc = embed_fonts(file, layout, fonts);
        if (rc < 0) return rc;
        save(file);
    }
    if (file->ink.broken) {
        return kh_fail(layout->err, KH_EDATA,
                       "%s: a coordinate of the document is no number or above 30,000 points: mend "
                       "the template",
                       layout->who);
    }
    if (file->failure != HPDF_OK) {
        return kh_fail(layout->err, KH_EINTERNAL,
                       "%s: libharu refused the document with error 0x%04lX", layout->who,
                       (unsigned long)file->failure);
    }
    return KH_OK;
}

kh_status kh_file_write(kh_file *file, kh_layout *layout, const kh_document *document,
                        const kh_pages *pages)
{
    file->pool = layout->pool;
    file->failure = HPDF_OK;
    file->ink.broken = false;
    file->scratch.size = 0;
    kh_status rc = write_file(file, layout, document, pages);
    HPDF_FreeDoc(file->doc);
    kh_fonts_forget(layout->fonts);
    return rc;
}
