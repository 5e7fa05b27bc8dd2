/* Layout: paragraphs, fields, columns, callouts and canvases as strips. */
#include "layout.h"

#include <math.h>

#define VALUE_LEADING 1.25f /* of the large values of fields */
#define VALUE_LEAST   0.6f  /* how small a value may get to stay on one line */
#define TYPE_LEAST    8.5f  /* no type is set smaller than this to fit: points */
#define BAR_WIDTH     0.32f /* of a heading's bar, in the size of its text */
#define BAR_INDENT    0.96f /* of a heading's text behind its bar, in its size */
#define FIELD_PAD_X   10.0f
#define FIELD_PAD_Y   8.0f
#define FIELD_RULE    0.75f /* the white line between fields on a ground */

enum { DEPTH_MOST = 16 };

kh_status kh_layout_text(kh_layout *layout, kh_lines *out, const kh_text *text, float width,
                         float leading, float least)
{
    kh_passage *passage = kh_pool_alloc(layout->pool, sizeof *passage);
    kh_status rc =
        kh_passage_make(passage, layout->pool, layout->fonts, text, 1, 0, layout->who, layout->err);
    float scale = 1;
    /* More than once, because what is small already does not get smaller. */
    for (int i = 0; i < 4 && rc == KH_OK && passage->natural > width && scale > least; i++) {
        scale = fmaxf(scale * width / passage->natural, least);
        rc = kh_passage_make(passage, layout->pool, layout->fonts, text, scale, TYPE_LEAST,
                             layout->who, layout->err);
    }
    if (rc < 0) return rc;
    return kh_lines_break(out, layout->pool, passage, width, leading, layout->who, layout->err);
}

static kh_status add_lines(kh_layout *layout, kh_flow *flow, const kh_text *text, float width,
                           float leading, float least)
{
    kh_lines lines;
    kh_status rc = kh_layout_text(layout, &lines, text, width, leading, least);
    for (uint32_t i = 0; rc == KH_OK && i < lines.count; i++) {
        kh_strip *strip;
        rc = kh_flow_add(layout, flow, lines.items[i].height, &strip);
        if (rc == KH_OK) kh_strip_line(layout, strip, &lines.items[i], 0, 0);
    }
    return rc;
}

static kh_status add_paragraph(kh_layout *layout, kh_flow *flow, const kh_paragraph *p, float width)
{
    float size = p->text.run_count ? p->text.runs[0].size : 0;
    float indent = p->bar == KH_NO_COLOR ? 0 : size * BAR_INDENT;
    kh_lines lines;
    kh_status rc = kh_layout_text(layout, &lines, &p->text, width - indent,
                                  p->leading > 0 ? p->leading : KH_LEADING, 1);
    for (uint32_t i = 0; rc == KH_OK && i < lines.count; i++) {
        const kh_line *line = &lines.items[i];
        kh_strip *strip;
        if ((rc = kh_flow_add(layout, flow, line->height, &strip)) < 0) break;
        /* Neither the first nor the last line of a paragraph stands alone on a page. */
        strip->keep = i + 1 < lines.count && (i == 0 || i + 2 == lines.count);
        /* The bar is as high as the type of the first and the last line. */
        float pad = (line->height - size * 1.2f) / 2;
        float top = i == 0 ? pad : 0, bottom = i + 1 == lines.count ? pad : 0;
        kh_strip_box(layout, strip, 0, top, size * BAR_WIDTH, line->height - top - bottom, p->bar);
        if (i == 0 && p->outline > 0) {
            kh_strip_piece(layout, strip, KH_PIECE_OUTLINE, 0, 0)->as.outline = p;
        }
        kh_strip_line(layout, strip, line,
                      indent + kh_align_offset(p->align, line->width, width - indent), 0);
    }
    return rc;
}

static kh_status add_canvas(kh_layout *layout, kh_flow *flow, const kh_canvas *canvas, float width)
{
    float scale = 1;
    if (canvas->width > width) scale = width / canvas->width;
    if (canvas->height * scale > layout->limit) scale = layout->limit / canvas->height;
    kh_strip *strip;
    kh_status rc = kh_flow_add(layout, flow, canvas->height * scale, &strip);
    if (rc < 0) return rc;
    kh_piece *piece = kh_strip_piece(layout, strip, KH_PIECE_CANVAS, 0, 0);
    piece->as.canvas.canvas = canvas;
    piece->as.canvas.scale = scale;
    return KH_OK;
}

/* ---- blocks side by side -------------------------------------------------------------------- */

typedef struct side {
    kh_flow flow;
    float x, width;
    uint32_t done, fit;
} side;

/* Widths by share of @p width without the gaps; a share of 0 counts as 1. */
static void share_out(side *sides, uint32_t count, float width, float gap)
{
    float total = 0, x = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!(sides[i].width > 0)) sides[i].width = 1;
        total += sides[i].width;
    }
    for (uint32_t i = 0; i < count; i++) {
        sides[i].x = x;
        sides[i].width *= (width - gap * (float)(count - 1)) / total;
        x += sides[i].width + gap;
    }
}

/* Cut the flows of the sides into pieces of at most a page and set these side by side, one strip
   for each page they need. */
static kh_status add_sides(kh_layout *layout, kh_flow *flow, side *sides, uint32_t count,
                           float pad_x, float pad_y, kh_color fill, float width)
{
    for (bool first = true;; first = false) {
        float height = 0;
        bool any = first && count > 0;
        for (uint32_t i = 0; i < count; i++) {
            side *s = &sides[i];
            s->fit = 0;
            if (s->done == s->flow.count) continue;
            s->fit = kh_flow_fit(&s->flow, s->done, layout->limit - 2 * pad_y);
            float h = kh_flow_height(&s->flow, s->done, s->fit);
            if (h > height) height = h;
            any = true;
        }
        if (!any) return KH_OK;
        flow->breaks |= !first;
        kh_strip *strip;
        kh_status rc = kh_flow_add(layout, flow, height + 2 * pad_y, &strip);
        if (rc < 0) return rc;
        kh_strip_box(layout, strip, 0, 0, width, strip->height, fill);
        for (uint32_t i = 0; i < count; i++) {
            side *s = &sides[i];
            if (i > 0 && fill != KH_NO_COLOR) {
                kh_strip_box(layout, strip, s->x - FIELD_RULE / 2, 0, FIELD_RULE, strip->height,
                             0xFFFFFF);
            }
            if (s->fit == 0) continue;
            kh_flow_place(layout, &s->flow, s->done, s->fit, strip, s->x + pad_x, pad_y);
            s->done += s->fit;
        }
    }
}

static kh_status add_fields(kh_layout *layout, kh_flow *flow, const kh_fields *fields, float width)
{
    side *sides = kh_pool_array(layout->pool, fields->cell_count, sizeof *sides);
    kh_layout inner = *layout;
    inner.limit -= 2 * FIELD_PAD_Y;
    for (uint32_t i = 0; i < fields->cell_count; i++) sides[i].width = fields->cells[i].share;
    share_out(sides, fields->cell_count, width, 0);
    for (uint32_t i = 0; i < fields->cell_count; i++) {
        const kh_field_cell *cell = &fields->cells[i];
        float room = sides[i].width - 2 * FIELD_PAD_X;
        kh_flow *to = &sides[i].flow;
        kh_status rc = add_lines(&inner, to, &cell->label, room, KH_LEADING, 1);
        if (rc == KH_OK) rc = add_lines(&inner, to, &cell->value, room, VALUE_LEADING, VALUE_LEAST);
        if (rc == KH_OK) rc = add_lines(&inner, to, &cell->note, room, KH_LEADING, 1);
        if (rc < 0) return rc;
    }
    return add_sides(layout, flow, sides, fields->cell_count, FIELD_PAD_X, FIELD_PAD_Y,
                     fields->fill, width);
}

static kh_status add_columns(kh_layout *layout, kh_flow *flow, const kh_columns *columns,
                             float width)
{
    side *sides = kh_pool_array(layout->pool, columns->column_count, sizeof *sides);
    for (uint32_t i = 0; i < columns->column_count; i++) sides[i].width = columns->shares[i];
    share_out(sides, columns->column_count, width, columns->gap);
    for (uint32_t i = 0; i < columns->column_count; i++) {
        kh_status rc = kh_layout_blocks(layout, &sides[i].flow, columns->blocks[i],
                                        columns->block_counts[i], sides[i].width);
        if (rc < 0) return rc;
    }
    return add_sides(layout, flow, sides, columns->column_count, 0, 0, KH_NO_COLOR, width);
}

static kh_status add_callout(kh_layout *layout, kh_flow *flow, const kh_callout *callout,
                             float width)
{
    side only = {.width = width};
    kh_layout inner = *layout;
    inner.limit -= 2 * callout->padding;
    kh_status rc = kh_layout_blocks(&inner, &only.flow, callout->blocks, callout->block_count,
                                    width - 2 * callout->padding);
    if (rc < 0) return rc;
    return add_sides(layout, flow, &only, 1, callout->padding, callout->padding, callout->fill,
                     width);
}

/* ---- all of them ----------------------------------------------------------------------------- */

static kh_status add_block(kh_layout *layout, kh_flow *flow, const kh_block *block, float width)
{
    switch (block->kind) {
    case KH_BLOCK_PARAGRAPH: return add_paragraph(layout, flow, &block->as.paragraph, width);
    case KH_BLOCK_FIELDS: return add_fields(layout, flow, &block->as.fields, width);
    case KH_BLOCK_TABLE: return kh_layout_table(layout, flow, &block->as.table, width);
    case KH_BLOCK_COLUMNS: return add_columns(layout, flow, &block->as.columns, width);
    case KH_BLOCK_CALLOUT: return add_callout(layout, flow, &block->as.callout, width);
    case KH_BLOCK_CANVAS: return add_canvas(layout, flow, &block->as.canvas, width);
    case KH_BLOCK_RULE: {
        kh_strip *strip;
        kh_status rc = kh_flow_add(layout, flow, block->as.rule.width, &strip);
        if (rc == KH_OK) {
            kh_strip_box(layout, strip, 0, 0, width, strip->height, block->as.rule.color);
        }
        return rc;
    }
    case KH_BLOCK_SPACER: flow->pending += block->as.spacer * layout->tight; return KH_OK;
    case KH_BLOCK_PAGE_BREAK: flow->breaks = flow->count > 0; return KH_OK;
    }
    return kh_fail(layout->err, KH_EUNSUPPORTED,
                   "%s: the document has a block of kind %d: this "
                   "version of pdf { } does not draw it",
                   layout->who, (int)block->kind);
}

kh_status kh_layout_blocks(kh_layout *layout, kh_flow *flow, const kh_block *blocks, uint32_t count,
                           float width)
{
    if (layout->depth == DEPTH_MOST) {
        return kh_fail(layout->err, KH_EDATA,
                       "%s: blocks stand inside each other more than %d deep: flatten the template",
                       layout->who, DEPTH_MOST);
    }
    layout->depth++;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t before = flow->count;
        flow->pending += blocks[i].space_before * layout->tight;
        kh_status rc = add_block(layout, flow, &blocks[i], width);
        if (rc < 0) return rc;
        if (blocks[i].keep_with_next && flow->count > before) {
            flow->strips[flow->count - 1]->keep = true;
        }
        flow->pending += blocks[i].space_after * layout->tight;
    }
    layout->depth--;
    return KH_OK;
}
