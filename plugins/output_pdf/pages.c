/* Pages: the body of a document cut into pages, each with its footer. */
#include "layout.h"

#include <stdio.h>
#include <string.h>

#define FOOTER_RULE 0.6f
/* A few lines alone on a last page look lost: spaces become this much smaller if that saves it. */
static const float tighter[] = {0.8f, 0.6f, 0.45f};
#define TIGHT_TAIL  0.3f /* what the last page holds at most, in pages */
#define TIGHT_PAGES 3    /* longer documents stay as they are */

enum { FOOTER_GAP = 5, FOOTER_EDGE = 10, FOOTER_BETWEEN = 12, PAGE_MOST = 14400 };

/* Both sides of the footer of one page. */
typedef struct footer {
    kh_lines left, right;
    float right_x, top, height; /* height with the line above it */
} footer;

/* The text with its placeholders filled in. */
static kh_text fill_text(kh_layout *layout, const kh_text *text, uint32_t page, uint32_t pages)
{
    kh_run *runs = kh_pool_array(layout->pool, text->run_count, sizeof *runs);
    for (uint32_t i = 0; i < text->run_count; i++) {
        const char *from = text->runs[i].text;
        size_t room = 1, size = 0;
        for (const char *at = from; *at; at++) room += *at == '{' ? 12 : 1;
        char *to = kh_pool_alloc(layout->pool, room);
        while (*from) {
            bool one = strncmp(from, "{page}", 6) == 0, all = strncmp(from, "{pages}", 7) == 0;
            if (one || all) {
                size += (size_t)snprintf(to + size, room - size, "%u", one ? page : pages);
                from += one ? 6 : 7;
            } else {
                to[size++] = *from++;
            }
        }
        runs[i] = text->runs[i];
        runs[i].text = to;
    }
    return (kh_text){runs, text->run_count};
}

static kh_status make_footer(kh_layout *layout, footer *out, const kh_document *d, uint32_t page,
                             uint32_t pages)
{
    float width = d->page_width - d->margin_left - d->margin_right;
    kh_text left = fill_text(layout, &d->footer_left, page, pages);
    kh_text right = fill_text(layout, &d->footer_right, page, pages);
    *out = (footer){0};
    kh_status rc = kh_layout_text(layout, &out->right, &right, width / 2, KH_LEADING, 1);
    float taken = out->right.width > 0 ? out->right.width + FOOTER_BETWEEN : 0;
    if (rc == KH_OK) {
        rc = kh_layout_text(layout, &out->left, &left, width - taken, KH_LEADING, 1);
    }
    float text = out->left.height > out->right.height ? out->left.height : out->right.height;
    if (text > 0) out->height = FOOTER_RULE + FOOTER_GAP + text;
    /* In the bottom margin; if that is too small, it grows into the body. */
    out->top = d->page_height - d->margin_bottom + FOOTER_GAP;
    if (out->top + out->height > d->page_height - FOOTER_EDGE) {
        out->top = d->page_height - FOOTER_EDGE - out->height;
    }
    return rc;
}

static void draw_lines(kh_layout *layout, kh_strip *page, const kh_lines *lines, float x, float y,
                       float width, kh_align align)
{
    for (uint32_t i = 0; i < lines->count; i++) {
        const kh_line *line = &lines->items[i];
        kh_strip_line(layout, page, line, x + kh_align_offset(align, line->width, width), y);
        y += line->height;
    }
}

static kh_status draw_footer(kh_layout *layout, kh_strip *page, const kh_document *d,
                             uint32_t number, uint32_t count)
{
    footer f;
    kh_status rc = make_footer(layout, &f, d, number, count);
    if (rc < 0 || f.height == 0) return rc;
    float width = d->page_width - d->margin_left - d->margin_right;
    float y = f.top + FOOTER_RULE + FOOTER_GAP;
    kh_strip_box(layout, page, d->margin_left, f.top, width, FOOTER_RULE, d->footer_line);
    draw_lines(layout, page, &f.left, d->margin_left, y, width, KH_ALIGN_LEFT);
    draw_lines(layout, page, &f.right, d->margin_left, y, width, KH_ALIGN_RIGHT);
    return KH_OK;
}

/* Cut the blocks into pages; @p tail becomes the height of what stands on the last one. */
static kh_status lay_out(kh_layout *layout, kh_pages *out, const kh_document *d, float width,
                         float *tail)
{
    kh_flow flow = {0};
    kh_status rc = kh_layout_blocks(layout, &flow, d->blocks, d->block_count, width);
    if (rc < 0) return rc;
    *out = (kh_pages){.items = kh_pool_array(layout->pool, flow.count + 1, sizeof *out->items)};
    *tail = 0;
    for (uint32_t from = 0; from < flow.count || out->count == 0;) {
        kh_strip *page = kh_pool_alloc(layout->pool, sizeof *page);
        page->last = &page->pieces;
        if (from < flow.count) {
            uint32_t fit = kh_flow_fit(&flow, from, layout->limit);
            *tail = kh_flow_height(&flow, from, fit);
            kh_flow_place(layout, &flow, from, fit, page, d->margin_left, d->margin_top);
            from += fit;
        }
        out->items[out->count++] = page;
    }
    return KH_OK;
}

kh_status kh_layout_document(kh_layout *layout, kh_pages *out, const kh_document *d)
{
    /* The footer with the widest numbers tells how much of the page is left for the body. */
    footer widest;
    kh_status rc = make_footer(layout, &widest, d, 88888, 88888);
    if (rc < 0) return rc;
    float bottom = d->page_height - d->margin_bottom;
    if (widest.height > 0 && widest.top - FOOTER_GAP < bottom) bottom = widest.top - FOOTER_GAP;
    float width = d->page_width - d->margin_left - d->margin_right;
    layout->limit = bottom - d->margin_top;
    if (!(d->page_width <= PAGE_MOST && d->page_height <= PAGE_MOST)) {
        return kh_fail(layout->err, KH_EUSAGE,
                       "%s: a page of %g x %g points is more than %d points: "
                       "make it smaller",
                       layout->who, (double)d->page_width, (double)d->page_height, PAGE_MOST);
    }
    if (!(width > 0 && layout->limit > 0)) {
        return kh_fail(layout->err, KH_EUSAGE,
                       "%s: a page of %g x %g points has no room between its margins: make them "
                       "smaller",
                       layout->who, (double)d->page_width, (double)d->page_height);
    }
    float tail;
    layout->tight = 1;
    if ((rc = lay_out(layout, out, d, width, &tail)) < 0) return rc;
    uint32_t full = out->count;
    bool lost = full > 1 && full <= TIGHT_PAGES && tail < layout->limit * TIGHT_TAIL;
    for (size_t i = 0; lost && out->count == full && i < sizeof tighter / sizeof *tighter; i++) {
        kh_pages closer;
        layout->tight = tighter[i];
        if ((rc = lay_out(layout, &closer, d, width, &tail)) < 0) return rc;
        if (closer.count < full) *out = closer;
    }
    for (uint32_t i = 0; i < out->count; i++) {
        if ((rc = draw_footer(layout, out->items[i], d, i + 1, out->count)) < 0) return rc;
    }
    return KH_OK;
}
