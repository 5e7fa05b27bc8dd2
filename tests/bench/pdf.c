/* How fast one page becomes a PDF: ours from its kh_document, Cairo and libharu from what stands
 * where on it; and that list as JSON for peers in other languages.
 *
 * The peers are handed the texts and shapes at the places our layout found, so they only draw.
 * Times are of the process. tests/bench/pdf.sh runs this and the other peers in turn.
 */
#include "../../plugins/output_pdf/layout.h"
#include "plugin/output_pdf_page.h"

#include <cairo-ft.h>
#include <cairo-pdf.h>
#include <hpdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What stands on the page, in points from the top left. */
typedef struct mark {
    enum { TEXT, BOX, PATH, DISC } kind;
    const char *text;
    float x, y, width, height, size; /* TEXT: baseline and size; DISC: centre and radius in size */
    bool bold;
    kh_color fill, stroke;
    float stroke_width, dash;
    kh_point points[16];
    uint32_t point_count;
} mark;

typedef struct page {
    mark marks[1024];
    uint32_t count, texts, shapes;
    kh_arena *a;
} page;

static mark *add(page *p, int kind, float x, float y)
{
    mark *m = &p->marks[p->count++];
    *m = (mark){.kind = kind, .x = x, .y = y, .fill = KH_NO_COLOR, .stroke = KH_NO_COLOR};
    if (kind == TEXT) {
        p->texts++;
    } else {
        p->shapes++;
    }
    return m;
}

static void add_line(page *p, const kh_line *line, float x, float y)
{
    for (uint32_t i = line->from, to; i < line->to; i = to) {
        const kh_run *run = line->passage->chars[i].run;
        mark *m = add(p, TEXT, x, y);
        kh_buf text = {0};
        for (to = i; to < line->to && line->passage->chars[to].run == run; to++) {
            uint32_t c = line->passage->chars[to].glyph->code;
            char utf8[4];
            int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            for (int k = n - 1; k > 0; k--, c >>= 6) utf8[k] = (char)(0x80 | (c & 0x3F));
            utf8[0] = (char)(n == 1 ? c : (0xF00u >> n & 0xFF) | c);
            kh_buf_add(&text, utf8, (size_t)n);
            x += line->passage->chars[to].advance;
        }
        m->text = kh_arena_text(p->a, text.data);
        kh_buf_fini(&text);
        m->size = run->size * line->passage->scale;
        m->bold = run->bold;
        m->fill = run->color;
    }
}

static void add_canvas(page *p, kh_layout *layout, const kh_canvas *canvas, float x, float y)
{
    for (uint32_t i = 0; i < canvas->shape_count; i++) {
        const kh_shape *s = &canvas->shapes[i];
        float px = x + s->points[0].x, py = y + s->points[0].y;
        if (s->kind == KH_SHAPE_TEXT) {
            kh_passage *passage = kh_pool_alloc(layout->pool, sizeof *passage);
            kh_passage_make(passage, layout->pool, layout->fonts, &(kh_text){&s->text, 1}, 1, 0, "",
                            NULL);
            kh_line line = {passage, 0, passage->count, passage->natural, 0, 0};
            add_line(p, &line, px + kh_align_offset(s->anchor, line.width, 0), py);
            continue;
        }
        mark *m = add(p,
                      s->kind == KH_SHAPE_RECT     ? BOX
                      : s->kind == KH_SHAPE_CIRCLE ? DISC
                                                   : PATH,
                      px, py);
        m->fill = s->fill;
        m->stroke = s->stroke;
        m->stroke_width = s->stroke_width;
        m->dash = s->dash;
        m->size = s->radius;
        if (m->kind == BOX) {
            m->width = s->points[1].x;
            m->height = s->points[1].y;
        }
        for (uint32_t k = 0; k < s->point_count; k++) {
            m->points[k] = (kh_point){x + s->points[k].x, y + s->points[k].y};
        }
        m->point_count = s->point_count;
    }
}

static void add_strip(page *p, kh_layout *layout, const kh_strip *strip, float x, float y)
{
    for (const kh_piece *piece = strip->pieces; piece; piece = piece->next) {
        float px = x + piece->x, py = y + piece->y;
        switch (piece->kind) {
        case KH_PIECE_BOX: {
            mark *m = add(p, BOX, px, py);
            m->width = piece->as.box.width;
            m->height = piece->as.box.height;
            m->fill = piece->as.box.fill;
            break;
        }
        case KH_PIECE_LINE: add_line(p, piece->as.line, px, py + piece->as.line->baseline); break;
        case KH_PIECE_CANVAS: add_canvas(p, layout, piece->as.canvas.canvas, px, py); break;
        case KH_PIECE_STRIP: add_strip(p, layout, piece->as.strip, px, py); break;
        case KH_PIECE_OUTLINE: break;
        }
    }
}

/* ---- the peers ------------------------------------------------------------------------------- */

static float part(kh_color color, int shift)
{
    return (float)(color >> shift & 0xFF) / 255;
}

static cairo_font_face_t *cairo_faces[2];

static cairo_status_t cairo_sink(void *ctx, const unsigned char *data, unsigned size)
{
    kh_buf_add(ctx, data, size);
    return CAIRO_STATUS_SUCCESS;
}

static void cairo_color(cairo_t *cr, kh_color c)
{
    cairo_set_source_rgb(cr, (double)part(c, 16), (double)part(c, 8), (double)part(c, 0));
}

/* Faces are kept from page to page, and state is set only where it changes. */
static void draw_cairo(const page *p, kh_buf *out)
{
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(cairo_sink, out, 595.28, 841.89);
    cairo_t *cr = cairo_create(surface);
    int face = -1;
    float size = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        const mark *m = &p->marks[i];
        if (m->kind == TEXT) {
            if (face != m->bold) cairo_set_font_face(cr, cairo_faces[m->bold]);
            if (size != m->size) cairo_set_font_size(cr, (double)m->size);
            face = m->bold;
            size = m->size;
            cairo_color(cr, m->fill);
            cairo_move_to(cr, (double)m->x, (double)m->y);
            cairo_show_text(cr, m->text);
            continue;
        }
        if (m->kind == BOX) {
            cairo_rectangle(cr, (double)m->x, (double)m->y, (double)m->width, (double)m->height);
        } else if (m->kind == DISC) {
            cairo_new_sub_path(cr);
            cairo_arc(cr, (double)m->x, (double)m->y, (double)m->size, 0, 2 * M_PI);
        }
        for (uint32_t k = 0; m->kind == PATH && k < m->point_count; k++) {
            (k ? cairo_line_to : cairo_move_to)(cr, (double)m->points[k].x, (double)m->points[k].y);
        }
        if (m->fill != KH_NO_COLOR) {
            cairo_color(cr, m->fill);
            cairo_fill_preserve(cr);
        }
        if (m->stroke != KH_NO_COLOR) {
            double dash = (double)m->dash;
            cairo_color(cr, m->stroke);
            cairo_set_line_width(cr, (double)m->stroke_width);
            cairo_set_dash(cr, &dash, dash > 0, 0);
            cairo_stroke_preserve(cr);
        }
        cairo_new_path(cr);
    }
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
}

/* As its examples do it: the font is loaded and embedded for each document. libharu takes no CFF
   fonts, so the family is another one. */
static void draw_libharu(const page *p, kh_buf *out)
{
    static const char *const files[2] = {
        "/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf",
        "/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Bold.ttf"};
    HPDF_Doc pdf = HPDF_New(NULL, NULL);
    HPDF_SetCompressionMode(pdf, HPDF_COMP_ALL);
    HPDF_UseUTFEncodings(pdf);
    HPDF_Font fonts[2];
    for (int i = 0; i < 2; i++) {
        fonts[i] = HPDF_GetFont(pdf, HPDF_LoadTTFontFromFile(pdf, files[i], HPDF_TRUE), "UTF-8");
    }
    HPDF_Page hp = HPDF_AddPage(pdf);
    HPDF_Page_SetWidth(hp, 595.28f);
    HPDF_Page_SetHeight(hp, 841.89f);
    for (uint32_t i = 0; i < p->count; i++) {
        const mark *m = &p->marks[i];
        float y = 841.89f - m->y;
        if (m->fill != KH_NO_COLOR) {
            HPDF_Page_SetRGBFill(hp, part(m->fill, 16), part(m->fill, 8), part(m->fill, 0));
        }
        if (m->kind == TEXT) {
            HPDF_Page_BeginText(hp);
            HPDF_Page_SetFontAndSize(hp, fonts[m->bold], m->size);
            HPDF_Page_TextOut(hp, m->x, y, m->text);
            HPDF_Page_EndText(hp);
            continue;
        }
        bool strokes = m->stroke != KH_NO_COLOR;
        if (strokes) {
            HPDF_UINT16 dash = m->dash > 1 ? (HPDF_UINT16)m->dash : 1;
            HPDF_Page_SetRGBStroke(hp, part(m->stroke, 16), part(m->stroke, 8), part(m->stroke, 0));
            HPDF_Page_SetLineWidth(hp, m->stroke_width);
            HPDF_Page_SetDash(hp, &dash, m->dash > 0, 0);
        }
        if (m->kind == BOX) HPDF_Page_Rectangle(hp, m->x, y - m->height, m->width, m->height);
        if (m->kind == DISC) HPDF_Page_Circle(hp, m->x, y, m->size);
        for (uint32_t k = 0; m->kind == PATH && k < m->point_count; k++) {
            (k ? HPDF_Page_LineTo : HPDF_Page_MoveTo)(hp, m->points[k].x, 841.89f - m->points[k].y);
        }
        if (m->fill != KH_NO_COLOR && strokes) {
            HPDF_Page_FillStroke(hp);
        } else if (strokes) {
            HPDF_Page_Stroke(hp);
        } else {
            HPDF_Page_Fill(hp);
        }
    }
    HPDF_SaveToStream(pdf);
    HPDF_UINT32 size = HPDF_GetStreamSize(pdf);
    HPDF_BYTE *bytes = malloc(size);
    HPDF_ReadFromStream(pdf, bytes, &size);
    kh_buf_add(out, bytes, size);
    free(bytes);
    HPDF_Free(pdf);
}

/* ---- the page as JSON ------------------------------------------------------------------------ */

static void put_color(kh_buf *out, const char *key, kh_color color)
{
    if (color != KH_NO_COLOR) kh_buf_printf(out, ",\"%s\":\"#%06x\"", key, (unsigned)color);
}

static void put_mark(kh_buf *out, const mark *m)
{
    static const char *const kinds[] = {
        [TEXT] = "text", [BOX] = "box", [PATH] = "path", [DISC] = "disc"};
    kh_buf_printf(out, "{\"kind\":\"%s\",\"x\":%.2f,\"y\":%.2f", kinds[m->kind], (double)m->x,
                  (double)m->y);
    put_color(out, "fill", m->fill);
    put_color(out, "stroke", m->stroke);
    if (m->kind == TEXT || m->kind == DISC) kh_buf_printf(out, ",\"size\":%.2f", (double)m->size);
    if (m->kind == TEXT) {
        kh_buf_printf(out, ",\"bold\":%s,\"text\":", m->bold ? "true" : "false");
        kh_buf_json(out, m->text);
    } else {
        kh_buf_printf(out, ",\"stroke_width\":%.2f,\"dash\":%.2f", (double)m->stroke_width,
                      (double)m->dash);
    }
    if (m->kind == BOX) {
        kh_buf_printf(out, ",\"width\":%.2f,\"height\":%.2f", (double)m->width, (double)m->height);
    }
    if (m->kind == PATH) {
        kh_buf_text(out, ",\"points\":[");
        for (uint32_t k = 0; k < m->point_count; k++) {
            kh_buf_printf(out, "%s[%.2f,%.2f]", k ? "," : "", (double)m->points[k].x,
                          (double)m->points[k].y);
        }
        kh_buf_text(out, "]");
    }
    kh_buf_text(out, "}");
}

static void put_page(kh_buf *out, const page *p)
{
    kh_buf_text(out, "[");
    for (uint32_t i = 0; i < p->count; i++) {
        if (i) kh_buf_text(out, ",\n");
        put_mark(out, &p->marks[i]);
    }
    kh_buf_text(out, "]\n");
}

/* ---- timing ---------------------------------------------------------------------------------- */

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void fail(const char *why)
{
    fprintf(stderr, "%s\n", why);
    exit(1);
}

enum { PEOPLE = 5 };

static double time_ours(const char *family, const kh_document *const *documents, kh_buf *out,
                        int pages)
{
    static const char *const fallback[] = {"Noto Sans CJK SC"};
    kit k;
    kh_error err = KH_ERROR_INIT;
    if (kit_open(&k, &(kit_options){.font = family, .fallback = {fallback, 1}}, &err) < 0) {
        fail(err.text);
    }
    double start = 0;
    for (int i = -pages / 4; i < pages; i++) { /* the first ones warm up */
        if (i == 0) start = seconds();
        if (kit_render(&k, documents[(i + pages) % PEOPLE], out, &err) < 0) fail(err.text);
    }
    double took = seconds() - start;
    kit_close(&k);
    return pages / took;
}

static double time_peer(void (*draw)(const page *, kh_buf *), const page *p, kh_buf *out, int pages)
{
    double start = 0;
    for (int i = -1; i < pages; i++) {
        if (i == 0) start = seconds();
        out->size = 0;
        draw(p, out);
    }
    return pages / (seconds() - start);
}

static void find_marks(page *p, const char *family, const kh_document *document)
{
    static kh_fonts fonts; /* and their memory: until the end */
    static kh_pool pool;
    static const char *const fallback[] = {"Noto Sans CJK SC"};
    kh_error err = KH_ERROR_INIT;
    kh_pages pages;
    kh_font_names names = {.regular = family, .fallback = {fallback, 1}};
    kh_layout layout = {.pool = &pool, .fonts = &fonts, .who = "", .err = &err};
    if (kh_fonts_open(&fonts, &names, true, &err) < 0 ||
        kh_layout_document(&layout, &pages, document) < 0) {
        fail(err.text);
    }
    add_strip(p, &layout, pages.items[0], 0, 0);
}

static void save(const char *path, const kh_buf *bytes)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes->data, 1, bytes->size, file) != bytes->size || fclose(file) != 0) {
        fail("the file is not writable");
    }
}

static void open_cairo_faces(const char *family)
{
    for (int i = 0; i < 2; i++) {
        FcPattern *pattern =
            FcPatternBuild(NULL, FC_FAMILY, FcTypeString, family, FC_WEIGHT, FcTypeInteger,
                           i ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR, NULL);
        cairo_faces[i] = cairo_ft_font_face_create_for_pattern(pattern);
        FcPatternDestroy(pattern);
    }
}

int main(int argc, char **argv)
{
    static page p;
    if (argc != 5) {
        fprintf(stderr, "usage: bench_pdf ours|cairo|libharu|marks FAMILY PAGES FILE\n");
        return 2;
    }
    const char *who = argv[1], *family = argv[2];
    int pages = atoi(argv[3]);
    kh_arena a = {0};
    kh_buf out = {0};
    static const char *const names[PEOPLE] = {"欧阳明", "王芳", "李伟", "张敏", "陈静"};
    const kh_document *documents[PEOPLE];
    for (int i = 0; i < PEOPLE; i++) {
        documents[i] = kit_scorecard(&a, kh_arena_printf(&a, "M%05d", 127 + i), names[i]);
    }
    double speed = 0;
    p.a = &a;
    find_marks(&p, family, documents[0]);
    if (!strcmp(who, "marks")) {
        put_page(&out, &p);
    } else if (!strcmp(who, "cairo")) {
        open_cairo_faces(family);
        speed = time_peer(draw_cairo, &p, &out, pages);
    } else if (!strcmp(who, "libharu")) {
        speed = time_peer(draw_libharu, &p, &out, pages);
    } else {
        speed = time_ours(family, documents, &out, pages);
    }
    save(argv[4], &out);
    printf("%.1f %u texts, %u shapes\n", speed, p.texts, p.shapes);
    kh_buf_fini(&out);
    kh_arena_fini(&a);
    return 0;
}
