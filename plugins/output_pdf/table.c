/* Tables: widths from what the cells hold, rows as strips, headers that come again on each page. */
#include "layout.h"

/* A ground keeps off the line above it: at the size of a screen it would cover it. */
#define FILL_BELOW 0.5f

/* A cell with what was measured of it. */
typedef struct box {
    const kh_cell *cell;
    uint32_t column, span;
    kh_align align;
    bool numeric;       /* stands on its column's decimal point */
    kh_passage passage; /* in full size */
    float before_point; /* width of what stands left of the decimal point, in full size */
    kh_lines lines;
    uint32_t done, take; /* lines already set, lines in the piece being set */
    bool drawn;          /* its canvas */
} box;

typedef struct column {
    const kh_table_column *as;
    float least, natural; /* width its words need, width its lines want; with the gaps */
    float left, right;    /* widest parts beside the decimal point, in full size */
    float size;           /* its largest type */
    float x, width;
    bool known; /* its width */
} column;

typedef struct grid {
    kh_layout *layout;
    const kh_table *table;
    column *columns;
    box **rows;
    float width;
} grid;

/* ---- measuring ------------------------------------------------------------------------------- */

/* How much smaller the text of a column may be set. */
static float least_scale(const column *c, float size)
{
    float least = c->as->min_size;
    return least > 0 && least < size ? least / size : 1;
}

/* Find the decimal point, or the place behind the last digit where it would be. */
static bool find_point(const kh_passage *p, float *before)
{
    uint32_t point = 0, end = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        const kh_char *c = p->chars + i;
        if (!c->glyph) return false;
        if (c->glyph->kind & KH_IS_DIGIT) {
            end = i + 1;
            if (i >= 2 && c[-1].glyph->code == '.' && c[-2].glyph->kind & KH_IS_DIGIT) {
                point = i - 1;
            }
        }
    }
    *before = 0;
    for (uint32_t i = 0; i < (point ? point : end); i++) *before += p->chars[i].advance;
    return end > 0;
}

static void measure_cell(grid *g, box *b, bool header)
{
    column *c = &g->columns[b->column];
    float gaps = 2 * g->table->gap, natural = b->passage.natural, least = b->passage.word;
    if (b->span > 1) return;
    if (b->cell->canvas) {
        natural = least = b->cell->canvas->width;
    } else {
        if (b->passage.size > c->size) c->size = b->passage.size;
        if (b->align == KH_ALIGN_POINT && !header && find_point(&b->passage, &b->before_point)) {
            b->numeric = true;
            float after = natural - b->before_point;
            if (b->before_point > c->left) c->left = b->before_point;
            if (after > c->right) c->right = after;
            natural = least = c->left + c->right;
        }
        least *= least_scale(c, b->passage.size);
    }
    if (natural + gaps > c->natural) c->natural = natural + gaps;
    if (least + gaps > c->least) c->least = least + gaps;
}

static kh_status measure_row(grid *g, uint32_t r)
{
    const kh_table *table = g->table;
    const kh_row *row = &table->rows[r];
    box *boxes = g->rows[r] = kh_pool_array(g->layout->pool, row->cell_count, sizeof *boxes);
    uint32_t at = 0;
    for (uint32_t i = 0; i < row->cell_count; i++) {
        const kh_cell *cell = &row->cells[i];
        box *b = &boxes[i];
        b->cell = cell;
        b->column = at;
        b->span = cell->span ? cell->span : 1;
        if (b->span > table->column_count - at) {
            return kh_fail(g->layout->err, KH_EDATA,
                           "%s: row %u of a table covers more than its %u columns: take cells away",
                           g->layout->who, r + 1, table->column_count);
        }
        at += b->span;
        b->align = cell->align < 0 ? table->columns[b->column].align : (kh_align)cell->align;
        kh_status rc = kh_passage_make(&b->passage, g->layout->pool, g->layout->fonts, &cell->text,
                                       1, 0, g->layout->who, g->layout->err);
        if (rc < 0) return rc;
        measure_cell(g, b, r < table->header_rows);
    }
    return KH_OK;
}

/* ---- widths ---------------------------------------------------------------------------------- */

/* Columns by share divide what the others leave; none gets less than its words need. */
static void share_out(column *columns, uint32_t count, float room)
{
    for (bool again = true; again;) {
        float shares = 0, left = room;
        again = false;
        for (uint32_t i = 0; i < count; i++) {
            if (columns[i].known) {
                left -= columns[i].width;
            } else {
                shares += columns[i].as->share;
            }
        }
        for (uint32_t i = 0; i < count; i++) {
            column *c = &columns[i];
            if (c->known) continue;
            c->width = c->as->share * left / shares;
            if (c->width < c->least) {
                c->width = c->least;
                c->known = again = true;
            }
        }
    }
}

/* Fixed and natural widths first; where they are too wide, what is more than their words need is
   given up in proportion, and in the end all columns shrink alike. */
static void find_widths(grid *g, float room)
{
    uint32_t count = g->table->column_count;
    column *columns = g->columns;
    float total = 0, spare = 0;
    for (uint32_t i = 0; i < count; i++) {
        column *c = &columns[i];
        c->known = c->as->width > 0 || !(c->as->share > 0);
        if (c->as->width > 0) {
            c->width = c->as->width > c->least ? c->as->width : c->least;
        } else if (c->known) {
            c->width = c->natural;
        }
    }
    share_out(columns, count, room);
    for (uint32_t i = 0; i < count; i++) {
        total += columns[i].width;
        spare += columns[i].width - columns[i].least;
    }
    float excess = total - room;
    if (excess > 0) {
        float given = spare > 0 ? (excess < spare ? excess / spare : 1) : 0;
        float shrink = excess > spare ? room / (total - spare) : 1;
        for (uint32_t i = 0; i < count; i++) {
            column *c = &columns[i];
            c->width = (c->width - (c->width - c->least) * given) * shrink;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        columns[i].x = g->width;
        g->width += columns[i].width;
    }
}

static float room_of(const grid *g, const box *b)
{
    float room = -2 * g->table->gap;
    for (uint32_t i = 0; i < b->span; i++) room += g->columns[b->column + i].width;
    return room;
}

static float canvas_scale(const grid *g, const box *b)
{
    float room = room_of(g, b), width = b->cell->canvas->width;
    return width > room ? room / width : 1;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static kh_status break_cell(grid *g, box *b)
{
    kh_layout *layout = g->layout;
    const column *c = &g->columns[b->column];
    float room = room_of(g, b), wanted = b->passage.natural, scale = 1;
    if (b->cell->canvas || b->passage.count == 0) return KH_OK;
    if (b->numeric) wanted = c->left + c->right; /* one size for all numbers of a column */
    if (wanted > room) {
        float least = least_scale(c, b->numeric ? c->size : b->passage.size);
        if (wanted * least <= room + 0.01f) {
            scale = room / wanted;
        } else if (b->passage.word > room) {
            scale = least;
        }
    }
    if (scale < 1) {
        kh_status rc = kh_passage_make(&b->passage, layout->pool, layout->fonts, &b->cell->text,
                                       scale, c->as->min_size, layout->who, layout->err);
        if (rc < 0) return rc;
    }
    if (wanted * scale > room + 0.01f) b->numeric = false;
    return kh_lines_break(&b->lines, layout->pool, &b->passage, room, KH_LEADING, layout->who,
                          layout->err);
}

/* Where the next lines of a row stand in its strip. */
typedef struct place {
    float top, height; /* of the room inside the padding */
    float text;        /* top of the text */
    float line;        /* height of its first line; 0 = no text */
    float baseline;    /* of that line, from its top */
} place;

static void set_cell(grid *g, kh_strip *strip, box *b, const place *at)
{
    kh_layout *layout = g->layout;
    float x = g->columns[b->column].x + g->table->gap, room = room_of(g, b);
    const kh_canvas *canvas = b->cell->canvas;
    if (canvas && !b->drawn) {
        float scale = canvas_scale(g, b);
        if (canvas->height * scale > at->height) scale = at->height / canvas->height;
        x += kh_align_offset(b->align, canvas->width * scale, room);
        float height = canvas->height * scale, y = at->top + (at->height - height) / 2;
        /* Beside a text of several lines, what is no higher than a line belongs to the first. */
        if (height <= at->line) y = at->text + (at->line - height) / 2;
        kh_piece *piece = kh_strip_piece(layout, strip, KH_PIECE_CANVAS, x, y);
        piece->as.canvas.canvas = canvas;
        piece->as.canvas.scale = scale;
        b->drawn = true;
    }
    float y = at->text;
    for (uint32_t i = b->done; i < b->done + b->take; i++) {
        const kh_line *line = &b->lines.items[i];
        float offset = kh_align_offset(b->align, line->width, room);
        if (b->numeric) {
            const column *c = &g->columns[b->column];
            offset = room - (c->right + b->before_point) * b->passage.scale;
        }
        if (i == b->done) y += at->baseline - line->baseline;
        kh_strip_line(layout, strip, line, x + offset, y);
        y += line->height;
    }
    b->done += b->take;
}

/* Neighbours of one colour share one box, so that no seam shows between them. */
static void fill_cells(grid *g, kh_strip *strip, uint32_t r, float top, float height)
{
    const box *boxes = g->rows[r];
    for (uint32_t i = 0, next; i < g->table->rows[r].cell_count; i = next) {
        kh_color fill = boxes[i].cell->fill;
        float x = g->columns[boxes[i].column].x, right = x;
        for (next = i; next < g->table->rows[r].cell_count && boxes[next].cell->fill == fill;
             next++) {
            const column *last = &g->columns[boxes[next].column + boxes[next].span - 1];
            right = last->x + last->width;
        }
        kh_strip_box(g->layout, strip, x, top, right - x, height, fill);
    }
}

/* Baseline of the first line that is still to be set, the same for all cells. */
static float next_baseline(const box *boxes, uint32_t count)
{
    float baseline = 0;
    for (uint32_t i = 0; i < count; i++) {
        const box *b = &boxes[i];
        if (b->done < b->lines.count && b->lines.items[b->done].baseline > baseline) {
            baseline = b->lines.items[b->done].baseline;
        }
    }
    return baseline;
}

/* Take the next lines of all cells: every one, or one of each. @return their height */
static float take_lines(box *boxes, uint32_t count, float baseline, bool all)
{
    float height = 0;
    for (uint32_t i = 0; i < count; i++) {
        box *b = &boxes[i];
        uint32_t left = b->lines.count - b->done;
        b->take = all || left < 1 ? left : 1;
        if (b->take == 0) continue;
        float y = baseline - b->lines.items[b->done].baseline;
        for (uint32_t k = 0; k < b->take; k++) y += b->lines.items[b->done + k].height;
        if (y > height) height = y;
    }
    return height;
}

/* One row as a strip; one that is higher than a page as a strip for each of its lines. */
static kh_status add_row(grid *g, kh_flow *flow, uint32_t r)
{
    const kh_row *row = &g->table->rows[r];
    float above = row->line_above == KH_NO_COLOR ? 0 : row->line_width;
    float below = row->line_below == KH_NO_COLOR ? 0 : row->line_width;
    float padding = g->table->padding * g->layout->tight, picture = 0;
    float most = g->layout->limit - above - below - 2 * padding;
    if (flow->header) most -= kh_flow_height(flow->header, 0, flow->header->count);
    box *boxes = g->rows[r];
    for (uint32_t i = 0; i < row->cell_count; i++) {
        box *b = &boxes[i];
        kh_status rc = break_cell(g, b);
        if (rc < 0) return rc;
        float height = b->cell->canvas ? b->cell->canvas->height * canvas_scale(g, b) : 0;
        if (height > picture) picture = height;
    }
    if (picture > most) picture = most;
    bool whole =
        take_lines(boxes, row->cell_count, next_baseline(boxes, row->cell_count), true) <= most;
    for (bool more = true, first = true; more; first = false) {
        float baseline = next_baseline(boxes, row->cell_count);
        float line = take_lines(boxes, row->cell_count, baseline, false);
        float text = take_lines(boxes, row->cell_count, baseline, whole);
        float height = first && picture > text ? picture : text;
        more = false;
        for (uint32_t i = 0; i < row->cell_count; i++) {
            more |= boxes[i].done + boxes[i].take < boxes[i].lines.count;
        }
        float top = first ? above + padding : 0, bottom = more ? 0 : padding + below;
        kh_strip *strip;
        kh_status rc = kh_flow_add(g->layout, flow, top + height + bottom, &strip);
        if (rc < 0) return rc;
        float from = first ? above + FILL_BELOW : 0;
        fill_cells(g, strip, r, from, strip->height - from - (more ? 0 : below));
        place at = {top, height, top + (height - text) / 2, line, baseline};
        for (uint32_t i = 0; i < row->cell_count; i++) {
            set_cell(g, strip, &boxes[i], &at);
        }
        if (first) kh_strip_box(g->layout, strip, 0, 0, g->width, above, row->line_above);
        if (!more) {
            kh_strip_box(g->layout, strip, 0, strip->height - below, g->width, below,
                         row->line_below);
        }
    }
    return KH_OK;
}

kh_status kh_layout_table(kh_layout *layout, kh_flow *flow, const kh_table *table, float width)
{
    grid g = {.layout = layout, .table = table};
    kh_status rc = KH_OK;
    if (table->row_count == 0) return KH_OK;
    g.columns = kh_pool_array(layout->pool, table->column_count, sizeof *g.columns);
    g.rows = kh_pool_array(layout->pool, table->row_count, sizeof *g.rows);
    for (uint32_t i = 0; i < table->column_count; i++) g.columns[i].as = &table->columns[i];
    for (uint32_t r = 0; r < table->row_count; r++) {
        if ((rc = measure_row(&g, r)) < 0) return rc;
    }
    find_widths(&g, width);

    uint32_t headers =
        table->header_rows < table->row_count ? table->header_rows : table->row_count;
    kh_flow *header = kh_pool_alloc(layout->pool, sizeof *header);
    for (uint32_t r = 0; r < headers; r++) {
        if ((rc = add_row(&g, header, r)) < 0) return rc;
    }
    if (headers > 0) {
        kh_strip *strip;
        rc = kh_flow_add(layout, flow, kh_flow_height(header, 0, header->count), &strip);
        if (rc < 0) return rc;
        kh_flow_place(layout, header, 0, header->count, strip, 0, 0);
        strip->keep = headers < table->row_count;
    }
    const kh_flow *outer = flow->header;
    flow->header = headers > 0 ? header : NULL;
    for (uint32_t r = headers; r < table->row_count && rc == KH_OK; r++) {
        rc = add_row(&g, flow, r);
        /* The last row, often the total, does not stand alone on a page; one cell across all
           columns is the heading of the rows below it. */
        bool heading = table->column_count > 1 && table->rows[r].cell_count == 1 &&
                       g.rows[r][0].span == table->column_count && r + 1 < table->row_count;
        if (rc == KH_OK && (heading || r + 2 == table->row_count)) {
            flow->strips[flow->count - 1]->keep = true;
        }
    }
    flow->header = outer;
    return rc;
}
