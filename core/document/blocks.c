/* From what a template returns to the blocks of a document. */
#include "document/blocks.h"

#include "base/decimal.h"

#include <lauxlib.h>
#include <string.h>

enum { DEPTH = 8, RUN_DEPTH = 4 };

/* Limits of lengths, in points. */
#define PAGE     2000
#define TEXT_TOP 200

/* ---- charts -------------------------------------------------------------------------------- */

static const char canvas_meta, round_key;

typedef struct canvas_value {
    const kh_canvas *canvas;
    lua_Integer round;
} canvas_value;

void kh_blocks_open(lua_State *L)
{
    lua_createtable(L, 0, 2);
    lua_pushliteral(L, "chart");
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &canvas_meta);
}

static lua_Integer current_round(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &round_key);
    lua_Integer round = lua_tointeger(L, -1);
    lua_pop(L, 1);
    return round;
}

void kh_blocks_new_round(lua_State *L)
{
    lua_pushinteger(L, current_round(L) + 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &round_key);
}

void kh_blocks_push_canvas(lua_State *L, const kh_canvas *canvas)
{
    canvas_value *value = lua_newuserdatauv(L, sizeof *value, 0);
    *value = (canvas_value){canvas, current_round(L)};
    lua_rawgetp(L, LUA_REGISTRYINDEX, &canvas_meta);
    lua_setmetatable(L, -2);
}

/* The chart at @p index, or NULL when it is none. */
static const kh_canvas *get_canvas(kh_intake *r, int index)
{
    lua_State *L = r->L;
    if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index)) return NULL;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &canvas_meta);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    if (!same) return NULL;
    const canvas_value *value = lua_touserdata(L, index);
    if (value->round != current_round(L)) {
        kh_intake_fail(r, "the chart was made for an earlier document; make it anew each time");
    }
    return value->canvas;
}

/* ---- texts --------------------------------------------------------------------------------- */

/* What is not set comes from outside: size 0, no colour, bold -1. */
typedef struct style {
    float size;
    kh_color color;
    int bold;
} style;

static const style unset = {0, KH_NO_COLOR, -1};

static style styled(const style *outer, const style *inner)
{
    return (style){inner->size > 0 ? inner->size : outer->size,
                   inner->color != KH_NO_COLOR ? inner->color : outer->color,
                   inner->bold >= 0 ? inner->bold : outer->bold};
}

/* The keys of a style, for structures whose first member is one. */
#define STYLE_KEYS                                                                                 \
    {"size", KH_KEY_LENGTH, offsetof(style, size), KH_SIZE_LEAST, TEXT_TOP, NULL},                 \
        {"color", KH_KEY_COLOR, offsetof(style, color), 0, 0, NULL},                               \
    {                                                                                              \
        "bold", KH_KEY_FLAG, offsetof(style, bold), 0, 0, NULL                                     \
    }

typedef struct run_list {
    kh_run *items;
    uint32_t count, room;
} run_list;

static void add_run(kh_intake *r, run_list *runs, const char *text, const style *s)
{
    if (runs->count == runs->room) {
        uint32_t room = runs->room ? runs->room * 2 : 1;
        kh_run *bigger = kh_arena_array(r->arena, room, sizeof *bigger);
        if (runs->count) memcpy(bigger, runs->items, runs->count * sizeof *bigger);
        runs->items = bigger;
        runs->room = room;
    }
    runs->items[runs->count++] = (kh_run){text, s->size, s->color, s->bold > 0};
}

static const char text_wanted[] = KH_N_("a text, a number or a list of them");

/* Add what stands at @p index: a text, a number, or a list of such things with a style. */
static void add_runs(kh_intake *r, run_list *runs, int index, const style *outer, int depth)
{
    static const kh_key fields[] = {STYLE_KEYS, {0}};
    lua_State *L = r->L;
    const char *text = kh_intake_text(r, index);
    if (text) {
        add_run(r, runs, text, outer);
        return;
    }
    if (!lua_istable(L, index) || depth == RUN_DEPTH) {
        kh_intake_fail(r, "%s where %s is needed", kh_intake_kind(L, index), text_wanted);
    }
    style own = unset;
    kh_spot spot;
    kh_intake_enter(r, &spot, "text", 0, index);
    uint32_t count = kh_intake_fill(r, index, fields, &own);
    own = styled(outer, &own);
    for (uint32_t i = 1; i <= count; i++) {
        lua_rawgeti(L, index, i);
        add_runs(r, runs, lua_gettop(L), &own, depth + 1);
        lua_pop(L, 1);
    }
    kh_intake_leave(r);
}

static kh_text read_text(kh_intake *r, int index, const style *s)
{
    run_list runs = {0};
    add_runs(r, &runs, lua_absindex(r->L, index), s, 0);
    return (kh_text){runs.items, runs.count};
}

/* The text under a key of the table at @p index; none when it is not there. */
static kh_text text_field(kh_intake *r, int index, const char *key, const style *s)
{
    kh_text text = {0};
    if (lua_getfield(r->L, index, key) != LUA_TNIL) {
        kh_spot spot;
        kh_intake_enter(r, &spot, key, 0, 0);
        text = read_text(r, -1, s);
        kh_intake_leave(r);
    }
    lua_pop(r->L, 1);
    return text;
}

/* ---- tables -------------------------------------------------------------------------------- */

static const char *const aligns[] = {"left", "center", "right", "point", NULL};

typedef struct column_value {
    style style;
    kh_table_column as;
} column_value;

typedef struct table_value {
    kh_table as;
    style style;
    int lines;
    const column_value *columns;
} table_value;

static void read_columns(kh_intake *r, int index, table_value *table)
{
    static const kh_key fields[] = {
        {"width", KH_KEY_LENGTH, offsetof(column_value, as.width), 0, PAGE, NULL},
        {"share", KH_KEY_LENGTH, offsetof(column_value, as.share), 0, 1000, NULL},
        {"align", KH_KEY_CHOICE, offsetof(column_value, as.align), 0, 0, aligns},
        {"min_size", KH_KEY_LENGTH, offsetof(column_value, as.min_size), KH_SIZE_LEAST, TEXT_TOP,
         NULL},
        STYLE_KEYS,
        {0}};
    lua_State *L = r->L;
    if (lua_getfield(L, index, "columns") != LUA_TTABLE) {
        kh_intake_fail(r,
                       "'columns' is %s; a table needs a list like { { share = 1 }, { align = "
                       "\"right\" } }",
                       kh_intake_kind(L, -1));
    }
    int list = lua_gettop(L);
    uint32_t count = (uint32_t)lua_rawlen(L, list);
    if (count == 0 || count > 64) kh_intake_fail(r, "a table has 1 to 64 columns, not %u", count);
    column_value *columns = kh_arena_array(r->arena, count, sizeof *columns);
    kh_table_column *plain = kh_arena_array(r->arena, count, sizeof *plain);
    for (uint32_t i = 0; i < count; i++) {
        kh_spot spot;
        lua_rawgeti(L, list, i + 1);
        kh_intake_enter(r, &spot, "column", i + 1, lua_gettop(L));
        if (!lua_istable(L, -1)) kh_intake_fail(r, "%s, not a table", kh_intake_kind(L, -1));
        columns[i].style = unset;
        if (kh_intake_fill(r, -1, fields, &columns[i])) kh_intake_fail(r, "a column has no list");
        plain[i] = columns[i].as;
        kh_intake_leave(r);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    table->as.columns = plain;
    table->as.column_count = count;
    table->columns = columns;
}

typedef struct cell_value {
    style style;
    kh_cell as;
} cell_value;

/* The cell at the top of the stack. */
static void read_cell(kh_intake *r, kh_cell *out, const style *outer)
{
    static const kh_key fields[] = {
        {"span", KH_KEY_WHOLE, offsetof(cell_value, as.span), 1, 64, NULL},
        {"align", KH_KEY_CHOICE, offsetof(cell_value, as.align), 0, 0, aligns},
        {"fill", KH_KEY_COLOR, offsetof(cell_value, as.fill), 0, 0, NULL},
        STYLE_KEYS,
        {0}};
    lua_State *L = r->L;
    int index = lua_gettop(L);
    cell_value cell = {unset, {.align = -1, .fill = KH_NO_COLOR}};
    cell.as.canvas = get_canvas(r, index);
    if (lua_istable(L, index)) {
        uint32_t count = kh_intake_fill(r, index, fields, &cell);
        style s = styled(outer, &cell.style);
        run_list runs = {0};
        for (uint32_t i = 1; i <= count; i++) {
            lua_rawgeti(L, index, i);
            const kh_canvas *canvas = get_canvas(r, -1);
            if (canvas && count > 1) kh_intake_fail(r, "a chart stands alone in its cell");
            if (canvas) cell.as.canvas = canvas;
            else add_runs(r, &runs, lua_gettop(L), &s, 0);
            lua_pop(L, 1);
        }
        cell.as.text = (kh_text){runs.items, runs.count};
    } else if (!cell.as.canvas) {
        cell.as.text = read_text(r, index, outer);
    }
    *out = cell.as;
}

typedef struct row_value {
    style style;
    kh_row as;
    kh_color fill;
} row_value;

/* The row at the top of the stack. */
static void read_row(kh_intake *r, kh_row *out, const table_value *table, bool header)
{
    static const kh_key fields[] = {
        {"fill", KH_KEY_COLOR, offsetof(row_value, fill), 0, 0, NULL},
        {"line_below", KH_KEY_COLOR, offsetof(row_value, as.line_below), 0, 0, NULL},
        {"line_above", KH_KEY_COLOR, offsetof(row_value, as.line_above), 0, 0, NULL},
        {"line_width", KH_KEY_LENGTH, offsetof(row_value, as.line_width), 0, 10, NULL},
        STYLE_KEYS,
        {0}};
    lua_State *L = r->L;
    const kh_theme *theme = r->theme;
    int index = lua_gettop(L);
    if (!lua_istable(L, index)) kh_intake_fail(r, "%s, not a list", kh_intake_kind(L, index));
    kh_color line = header ? theme->ink : table->lines ? theme->line : KH_NO_COLOR;
    row_value row = {
        unset, {.line_below = line, .line_above = KH_NO_COLOR, .line_width = 0.6f}, KH_NO_COLOR};
    if (header) row.style = (style){theme->small, theme->muted, 0};
    uint32_t count = kh_intake_fill(r, index, fields, &row), covered = 0;
    kh_cell *cells = kh_arena_array(r->arena, count + 1, sizeof *cells);
    for (uint32_t i = 0; i < count; i++) {
        kh_spot spot;
        kh_intake_enter(r, &spot, "cell", i + 1, 0);
        const column_value *column =
            &table
                 ->columns[covered < table->as.column_count ? covered : table->as.column_count - 1];
        style s = header ? table->style : styled(&table->style, &column->style);
        s = styled(&s, &row.style);
        lua_rawgeti(L, index, i + 1);
        if (lua_istable(L, -1)) spot.index = lua_gettop(L);
        read_cell(r, &cells[i], &s);
        lua_pop(L, 1);
        if (cells[i].fill == KH_NO_COLOR) cells[i].fill = row.fill;
        covered += cells[i].span ? cells[i].span : 1;
        kh_intake_leave(r);
    }
    if (covered != table->as.column_count) {
        kh_intake_fail(r, "its cells cover %u columns, the table has %u", covered,
                       table->as.column_count);
    }
    *out = row.as;
    out->cells = cells;
    out->cell_count = count;
}

static void read_table(kh_intake *r, int index, kh_block *out, table_value *table)
{
    lua_State *L = r->L;
    read_columns(r, index, table);
    lua_getfield(L, index, "table");
    int list = lua_gettop(L);
    bool header = lua_getfield(L, index, "header") != LUA_TNIL;
    if (!lua_istable(L, list)) kh_intake_fail(r, "'table' is a list of rows");
    uint32_t count = (uint32_t)lua_rawlen(L, list);
    if (count > r->left) kh_intake_fail(r, "the table has too many rows: %u", count);
    kh_row *rows = kh_arena_array(r->arena, count + 2, sizeof *rows);
    if (header) {
        kh_spot spot;
        kh_intake_enter(r, &spot, "header", 0, lua_gettop(L));
        read_row(r, &rows[0], table, true);
        kh_intake_leave(r);
    }
    for (uint32_t i = 0; i < count; i++) {
        kh_spot spot;
        lua_rawgeti(L, list, i + 1);
        kh_intake_enter(r, &spot, "row", i + 1, lua_istable(L, -1) ? lua_gettop(L) : 0);
        read_row(r, &rows[header + i], table, false);
        kh_intake_leave(r);
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
    table->as.rows = rows;
    table->as.row_count = count + header;
    table->as.header_rows = header;
    out->as.table = table->as;
}

/* ---- fields -------------------------------------------------------------------------------- */

static void read_fields(kh_intake *r, int list, kh_block *out)
{
    static const kh_key fields[] = {
        {"label", KH_KEY_OTHER, 0, 0, 0, NULL},
        {"value", KH_KEY_OTHER, 0, 0, 0, NULL},
        {"note", KH_KEY_OTHER, 0, 0, 0, NULL},
        {"share", KH_KEY_LENGTH, offsetof(kh_field_cell, share), 0, 1000, NULL},
        {0}};
    lua_State *L = r->L;
    const kh_theme *theme = r->theme;
    const style small = {theme->small, theme->muted, 0}, value = {theme->value, theme->ink, 1};
    uint32_t count = (uint32_t)lua_rawlen(L, list);
    if (count == 0 || count > 16) kh_intake_fail(r, "a row of fields has 1 to 16 of them");
    kh_field_cell *cells = kh_arena_array(r->arena, count, sizeof *cells);
    for (uint32_t i = 0; i < count; i++) {
        kh_spot spot;
        lua_rawgeti(L, list, i + 1);
        int index = lua_gettop(L);
        kh_intake_enter(r, &spot, "field", i + 1, index);
        if (!lua_istable(L, index)) kh_intake_fail(r, "%s, not a table", kh_intake_kind(L, index));
        if (kh_intake_fill(r, index, fields, &cells[i])) kh_intake_fail(r, "a field has no list");
        cells[i].label = text_field(r, index, "label", &small);
        cells[i].value = text_field(r, index, "value", &value);
        cells[i].note = text_field(r, index, "note", &small);
        kh_intake_leave(r);
        lua_pop(L, 1);
    }
    out->as.fields.cells = cells;
    out->as.fields.cell_count = count;
}

/* ---- blocks -------------------------------------------------------------------------------- */

/* All keys of all kinds of blocks; each kind takes some of them. */
typedef struct block_value {
    style style;
    kh_block as;
    kh_paragraph paragraph;
    table_value table;
    float padding, gap, rule, spacer;
    kh_color fill;
    int keep, page_break;
} block_value;

#define COMMON                                                                                     \
    {"before", KH_KEY_LENGTH, offsetof(block_value, as.space_before), 0, PAGE, NULL},              \
        {"after", KH_KEY_LENGTH, offsetof(block_value, as.space_after), 0, PAGE, NULL},            \
        {"keep", KH_KEY_FLAG, offsetof(block_value, keep), 0, 0, NULL},                            \
    {                                                                                              \
        0                                                                                          \
    }

static const kh_key paragraph_fields[] = {
    {"paragraph", KH_KEY_OTHER, 0, 0, 0, NULL},
    {"align", KH_KEY_CHOICE, offsetof(block_value, paragraph.align), 0, 0, aligns},
    {"leading", KH_KEY_LENGTH, offsetof(block_value, paragraph.leading), 1, 10, NULL},
    {"bar", KH_KEY_COLOR, offsetof(block_value, paragraph.bar), 0, 0, NULL},
    {"outline", KH_KEY_WHOLE, offsetof(block_value, paragraph.outline), 0, 6, NULL},
    STYLE_KEYS,
    COMMON};
static const kh_key fields_fields[] = {
    {"fields", KH_KEY_OTHER, 0, 0, 0, NULL},
    {"fill", KH_KEY_COLOR, offsetof(block_value, fill), 0, 0, NULL},
    COMMON};
static const kh_key table_fields[] = {
    {"table", KH_KEY_OTHER, 0, 0, 0, NULL},
    {"columns", KH_KEY_OTHER, 0, 0, 0, NULL},
    {"header", KH_KEY_OTHER, 0, 0, 0, NULL},
    {"lines", KH_KEY_FLAG, offsetof(block_value, table.lines), 0, 0, NULL},
    {"padding", KH_KEY_LENGTH, offsetof(block_value, padding), 0, 100, NULL},
    {"gap", KH_KEY_LENGTH, offsetof(block_value, gap), 0, 100, NULL},
    STYLE_KEYS,
    COMMON};
static const kh_key columns_fields[] = {
    {"columns", KH_KEY_OTHER, 0, 0, 0, NULL},
    {"shares", KH_KEY_OTHER, 0, 0, 0, NULL},
    {"gap", KH_KEY_LENGTH, offsetof(block_value, gap), 0, PAGE, NULL},
    COMMON};
static const kh_key callout_fields[] = {
    {"callout", KH_KEY_OTHER, 0, 0, 0, NULL},
    {"fill", KH_KEY_COLOR, offsetof(block_value, fill), 0, 0, NULL},
    {"padding", KH_KEY_LENGTH, offsetof(block_value, padding), 0, 200, NULL},
    COMMON};
static const kh_key chart_fields[] = {{"chart", KH_KEY_OTHER, 0, 0, 0, NULL}, COMMON};
static const kh_key rule_fields[] = {
    {"rule", KH_KEY_LENGTH, offsetof(block_value, rule), 0.1f, 50, NULL},
    {"color", KH_KEY_COLOR, offsetof(block_value, style.color), 0, 0, NULL},
    COMMON};
static const kh_key spacer_fields[] = {
    {"spacer", KH_KEY_LENGTH, offsetof(block_value, spacer), 0, PAGE, NULL}, COMMON};
static const kh_key break_fields[] = {
    {"page_break", KH_KEY_FLAG, offsetof(block_value, page_break), 0, 0, NULL}, COMMON};

/* A block is what the first of these keys says that it has. */
static const struct {
    const char *key;
    kh_block_kind kind;
    const kh_key *fields;
} kinds[] = {{"paragraph", KH_BLOCK_PARAGRAPH, paragraph_fields},
             {"table", KH_BLOCK_TABLE, table_fields},
             {"fields", KH_BLOCK_FIELDS, fields_fields},
             {"columns", KH_BLOCK_COLUMNS, columns_fields},
             {"callout", KH_BLOCK_CALLOUT, callout_fields},
             {"chart", KH_BLOCK_CANVAS, chart_fields},
             {"rule", KH_BLOCK_RULE, rule_fields},
             {"spacer", KH_BLOCK_SPACER, spacer_fields},
             {"page_break", KH_BLOCK_PAGE_BREAK, break_fields}};
enum { KINDS = sizeof kinds / sizeof *kinds };

typedef struct block_list {
    kh_block *items;
    uint32_t count, room;
} block_list;

/* A list of blocks has no keys; these get a suggestion when the key of a block is misspelt. */
static const kh_key list_fields[] = {
    {"paragraph", KH_KEY_OTHER, 0, 0, 0, NULL},  {"table", KH_KEY_OTHER, 0, 0, 0, NULL},
    {"fields", KH_KEY_OTHER, 0, 0, 0, NULL},     {"columns", KH_KEY_OTHER, 0, 0, 0, NULL},
    {"callout", KH_KEY_OTHER, 0, 0, 0, NULL},    {"chart", KH_KEY_OTHER, 0, 0, 0, NULL},
    {"rule", KH_KEY_OTHER, 0, 0, 0, NULL},       {"spacer", KH_KEY_OTHER, 0, 0, 0, NULL},
    {"page_break", KH_KEY_OTHER, 0, 0, 0, NULL}, {0}};

static void read_blocks(kh_intake *r, int list, uint32_t count, block_list *out, int depth);

static block_list blocks_of(kh_intake *r, int list, int depth)
{
    block_list blocks = {0};
    if (!lua_istable(r->L, list)) {
        kh_intake_fail(r, "%s, not a list of blocks", kh_intake_kind(r->L, list));
    }
    read_blocks(r, list, kh_intake_fill(r, list, list_fields, NULL), &blocks, depth);
    return blocks;
}

static void read_side_by_side(kh_intake *r, int index, int lists, kh_block *out, int depth)
{
    lua_State *L = r->L;
    uint32_t count = (uint32_t)lua_rawlen(L, lists);
    if (count == 0 || count > 8) kh_intake_fail(r, "there can be 1 to 8 columns side by side");
    const kh_block **blocks = kh_arena_array(r->arena, count, sizeof *blocks);
    uint32_t *counts = kh_arena_array(r->arena, count, sizeof *counts);
    float *shares = kh_arena_array(r->arena, count, sizeof *shares);
    bool shared = lua_getfield(L, index, "shares") != LUA_TNIL;
    int list = lua_gettop(L);
    if (shared && (!lua_istable(L, list) || lua_rawlen(L, list) != count)) {
        kh_intake_fail(r, "'shares' is a list of %u numbers, one for each column", count);
    }
    for (uint32_t i = 0; i < count; i++) {
        kh_spot spot;
        kh_decimal share = KH_ONE;
        kh_intake_enter(r, &spot, "column", i + 1, 0);
        if (shared) {
            lua_rawgeti(L, list, i + 1);
            if (!kh_number_get(L, -1, &share) || !(kh_sketch_double(share) > 0)) {
                kh_intake_fail(r, "its share is %s, not a number above 0", kh_intake_kind(L, -1));
            }
            lua_pop(L, 1);
        }
        shares[i] = (float)kh_sketch_double(share);
        lua_rawgeti(L, lists, i + 1);
        if (lua_istable(L, -1)) spot.index = lua_gettop(L);
        block_list column = blocks_of(r, lua_gettop(L), depth);
        blocks[i] = column.items;
        counts[i] = column.count;
        lua_pop(L, 1);
        kh_intake_leave(r);
    }
    lua_pop(L, 1);
    out->as.columns.blocks = blocks;
    out->as.columns.block_counts = counts;
    out->as.columns.shares = shares;
    out->as.columns.column_count = count;
}

/* The block at @p index, which is a table with the key of @p kind; its value is on top. */
static void read_block(kh_intake *r, int index, int kind, kh_block *out, int depth)
{
    lua_State *L = r->L;
    const kh_theme *theme = r->theme;
    const style body = {theme->body, theme->ink, 0};
    int value = lua_gettop(L);
    block_value b = {.as.kind = kinds[kind].kind,
                     .paragraph.bar = KH_NO_COLOR,
                     .style = unset,
                     .table.lines = 1,
                     .padding = -1,
                     .gap = -1,
                     .fill = theme->ground};
    if (kh_intake_fill(r, index, kinds[kind].fields, &b)) {
        kh_intake_fail(r, "a list stands beside '%s'", kinds[kind].key);
    }
    b.as.keep_with_next = b.keep;
    style s = styled(&body, &b.style);
    switch (b.as.kind) {
    case KH_BLOCK_PARAGRAPH:
        b.as.as.paragraph = b.paragraph;
        b.as.as.paragraph.text = read_text(r, value, &s);
        break;
    case KH_BLOCK_TABLE:
        b.table.style = s;
        if (!(b.style.size > 0)) b.table.style.size = theme->table;
        b.table.as.padding = b.padding < 0 ? 2.6f : b.padding;
        b.table.as.gap = b.gap < 0 ? 4 : b.gap;
        read_table(r, index, &b.as, &b.table);
        break;
    case KH_BLOCK_CANVAS:
        if (!get_canvas(r, value)) {
            kh_intake_fail(r, "%s where a chart is needed, like chart.trend { ... }",
                           kh_intake_kind(L, value));
        }
        b.as.as.canvas = *get_canvas(r, value);
        break;
    case KH_BLOCK_RULE:
        b.as.as.rule.color = b.style.color == KH_NO_COLOR ? theme->line : b.style.color;
        b.as.as.rule.width = b.rule;
        break;
    case KH_BLOCK_SPACER: b.as.as.spacer = b.spacer; break;
    case KH_BLOCK_PAGE_BREAK: break;
    default: /* those that hold lists */
        if (!lua_istable(L, value)) {
            kh_intake_fail(r, "'%s' is %s, not a list", kinds[kind].key, kh_intake_kind(L, value));
        }
        if (b.as.kind == KH_BLOCK_FIELDS) {
            read_fields(r, value, &b.as);
            b.as.as.fields.fill = b.fill;
        } else if (b.as.kind == KH_BLOCK_COLUMNS) {
            read_side_by_side(r, index, value, &b.as, depth + 1);
            b.as.as.columns.gap = b.gap < 0 ? 18 : b.gap;
        } else {
            block_list inner = blocks_of(r, value, depth + 1);
            b.as.as.callout =
                (kh_callout){inner.items, inner.count, b.fill, b.padding < 0 ? 9 : b.padding};
        }
    }
    *out = b.as;
}

/* The key that tells the kind of the block at @p index, with its value on top; -1 = there is none
   and nothing on top. */
static int find_kind(lua_State *L, int index)
{
    for (int k = 0; k < KINDS; k++) {
        lua_pushstring(L, kinds[k].key);
        if (lua_rawget(L, index) != LUA_TNIL) return k;
        lua_pop(L, 1);
    }
    return -1;
}

static kh_block *next_block(kh_intake *r, block_list *blocks)
{
    if (blocks->count == blocks->room) {
        blocks->room = blocks->room ? blocks->room * 2 : 16;
        kh_block *bigger = kh_arena_array(r->arena, blocks->room, sizeof *bigger);
        if (blocks->count) memcpy(bigger, blocks->items, blocks->count * sizeof *bigger);
        blocks->items = bigger;
    }
    return &blocks->items[blocks->count++];
}

/* Add the first @p count elements of a list; lists within it are taken as if their blocks stood
   there, and `false` is nothing, so that a template can write `condition and block or false`. */
static void read_blocks(kh_intake *r, int list, uint32_t count, block_list *out, int depth)
{
    lua_State *L = r->L;
    luaL_checkstack(L, 16, kh_tr("a document is nested too deeply"));
    if (depth > DEPTH) kh_intake_fail(r, "blocks are nested deeper than %d", DEPTH);
    for (uint32_t i = 1; i <= count; i++) {
        kh_spot spot;
        lua_rawgeti(L, list, i);
        int index = lua_gettop(L);
        bool is_table = lua_istable(L, index);
        if (lua_isboolean(L, index) && !lua_toboolean(L, index)) {
            lua_pop(L, 1);
            continue;
        }
        kh_intake_enter(r, &spot, "block", out->count + 1, is_table ? index : 0);
        if (!is_table) {
            kh_intake_fail(r, "%s, not a block; write false for nothing", kh_intake_kind(L, index));
        }
        int kind = find_kind(L, index);
        if (kind < 0) {
            uint32_t inner = kh_intake_fill(r, index, list_fields, NULL);
            kh_intake_leave(r);
            read_blocks(r, index, inner, out, depth + 1);
        } else {
            spot.name = kinds[kind].key;
            kh_block block;
            read_block(r, index, kind, &block, depth);
            *next_block(r, out) = block;
            kh_intake_leave(r);
        }
        lua_settop(L, index - 1);
    }
}

const kh_document *kh_blocks_document(kh_intake *r, int index)
{
    static const kh_key fields[] = {
        {"title", KH_KEY_TEXT, offsetof(kh_document, title), 0, 0, NULL},
        {"author", KH_KEY_TEXT, offsetof(kh_document, author), 0, 0, NULL},
        {"subject", KH_KEY_TEXT, offsetof(kh_document, subject), 0, 0, NULL},
        {"footer_left", KH_KEY_OTHER, 0, 0, 0, NULL},
        {"footer_right", KH_KEY_OTHER, 0, 0, 0, NULL},
        {0}};
    const kh_theme *theme = r->theme;
    const style small = {theme->small, theme->muted, 0};
    if (!lua_istable(r->L, index)) {
        kh_intake_fail(r, "the function returned %s, not a document { title = ..., blocks... }",
                       kh_intake_kind(r->L, index));
    }
    kh_document *d = kh_arena_alloc(r->arena, sizeof *d);
    *d = (kh_document){.size = sizeof *d,
                       .title = "",
                       .author = "",
                       .subject = "",
                       .who = "",
                       .code = "",
                       .page_width = 595.28f,
                       .page_height = 841.89f,
                       .margin_left = theme->margin,
                       .margin_right = theme->margin,
                       .margin_top = theme->margin,
                       .margin_bottom = theme->margin,
                       .footer_line = theme->line};
    kh_spot spot;
    kh_intake_enter(r, &spot, "document", 0, index);
    uint32_t count = kh_intake_fill(r, index, fields, d);
    if (!*d->title) kh_intake_fail(r, "it needs a title = \"...\"");
    d->footer_left = text_field(r, index, "footer_left", &small);
    d->footer_right = text_field(r, index, "footer_right", &small);
    kh_intake_leave(r);
    block_list blocks = {0};
    kh_intake_enter(r, &spot, "", 0, index);
    read_blocks(r, index, count, &blocks, 0);
    kh_intake_leave(r);
    d->blocks = blocks.items;
    d->block_count = blocks.count;
    return d;
}
