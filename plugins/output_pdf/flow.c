/* Flows: strips one below the other, cut into pages where they may be cut. */
#include "layout.h"

#include <string.h>

/* Sums of heights may differ from their limit by rounding. */
#define SLACK 0.01f

kh_status kh_flow_add(kh_layout *layout, kh_flow *flow, float height, kh_strip **out)
{
    float above = flow->header ? kh_flow_height(flow->header, 0, flow->header->count) : 0;
    if (!(height >= 0 && height + above <= layout->limit + SLACK)) {
        return kh_fail(layout->err, KH_EDATA,
                       "%s: a piece of %.1f points does not fit on a page of %.1f: mend its size",
                       layout->who, (double)(height + above), (double)layout->limit);
    }
    kh_strip *strip = kh_pool_alloc(layout->pool, sizeof *strip);
    strip->height = height;
    strip->space = flow->pending;
    strip->breaks = flow->breaks;
    strip->header = flow->header;
    strip->last = &strip->pieces;
    if ((flow->count & (flow->count - 1)) == 0) {
        kh_strip **more =
            kh_pool_array(layout->pool, flow->count ? flow->count * 2 : 1, sizeof(kh_strip *));
        if (flow->count) memcpy(more, flow->strips, flow->count * sizeof *more);
        flow->strips = more;
    }
    flow->strips[flow->count++] = strip;
    flow->pending = 0;
    flow->breaks = false;
    *out = strip;
    return KH_OK;
}

float kh_flow_height(const kh_flow *flow, uint32_t from, uint32_t count)
{
    const kh_flow *header = flow->strips[from]->header;
    float height = header ? kh_flow_height(header, 0, header->count) : 0;
    for (uint32_t i = from; i < from + count; i++) {
        height += flow->strips[i]->height + (i > from ? flow->strips[i]->space : 0);
    }
    return height;
}

uint32_t kh_flow_fit(const kh_flow *flow, uint32_t from, float room)
{
    float y = kh_flow_height(flow, from, 1) - flow->strips[from]->height;
    uint32_t fit = from, good = from; /* strips that fit; strips behind which a page may end */
    for (uint32_t i = from; i < flow->count; i++) {
        const kh_strip *strip = flow->strips[i];
        if (i > from && strip->breaks) {
            good = i;
            break;
        }
        y += strip->height + (i > from ? strip->space : 0);
        if (y > room + SLACK) break;
        fit = i + 1;
        if (!strip->keep || fit == flow->count) good = fit;
    }
    /* A chain of strips that belong together but need more than a page is cut all the same. */
    if (good == from) good = fit > from ? fit : from + 1;
    return good - from;
}

void kh_flow_place(kh_layout *layout, const kh_flow *flow, uint32_t from, uint32_t count,
                   kh_strip *target, float x, float y)
{
    const kh_flow *header = flow->strips[from]->header;
    if (header) {
        kh_flow_place(layout, header, 0, header->count, target, x, y);
        y += kh_flow_height(header, 0, header->count);
    }
    for (uint32_t i = from; i < from + count; i++) {
        const kh_strip *strip = flow->strips[i];
        if (i > from) y += strip->space;
        kh_strip_piece(layout, target, KH_PIECE_STRIP, x, y)->as.strip = strip;
        y += strip->height;
    }
}

kh_piece *kh_strip_piece(kh_layout *layout, kh_strip *strip, int kind, float x, float y)
{
    kh_piece *piece = kh_pool_alloc(layout->pool, sizeof *piece);
    piece->kind = kind;
    piece->x = x;
    piece->y = y;
    *strip->last = piece;
    strip->last = &piece->next;
    return piece;
}

void kh_strip_box(kh_layout *layout, kh_strip *strip, float x, float y, float width, float height,
                  kh_color fill)
{
    if (fill == KH_NO_COLOR || !(width > 0 && height > 0)) return;
    kh_piece *piece = kh_strip_piece(layout, strip, KH_PIECE_BOX, x, y);
    piece->as.box.width = width;
    piece->as.box.height = height;
    piece->as.box.fill = fill;
}

void kh_strip_line(kh_layout *layout, kh_strip *strip, const kh_line *line, float x, float y)
{
    kh_strip_piece(layout, strip, KH_PIECE_LINE, x, y)->as.line = line;
}

float kh_align_offset(kh_align align, float width, float room)
{
    switch (align) {
    case KH_ALIGN_CENTER: return (room - width) / 2;
    case KH_ALIGN_RIGHT:
    case KH_ALIGN_POINT: return room - width;
    case KH_ALIGN_LEFT: break;
    }
    return 0;
}
