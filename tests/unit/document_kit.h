/* A scheme, its run and templates made by hand, for the tests of the document room. */
#ifndef DOCUMENT_KIT_H
#define DOCUMENT_KIT_H

#include "base/decimal.h"
#include "base/text.h"
#include "document/show.h"
#include "document/template.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))

enum { KIT_ROOM = 16 };

/** Zeroed by kit_open(); everything lives until kit_close(). */
typedef struct kit {
    kh_arena arena;
    char folder[64];
    kh_scheme scheme;
    kh_plugin plugins[KIT_ROOM];
    kh_results results;
    kh_facts facts;
    kh_subject *subjects;
    kh_card *cards;
    kh_records records;
    kh_records_decl records_decl;
    kh_arena document; /* of the last document */
} kit;

UNUSED static kh_decimal D(const char *text)
{
    return *text ? kh_dec_of(text) : KH_ABSENT;
}

/* ---- files and settings --------------------------------------------------------------------- */

UNUSED static const char *kit_path(kit *k, const char *name)
{
    return kh_arena_printf(&k->arena, "%s/%s", k->folder, name);
}

UNUSED static void kit_write(kit *k, const char *name, const char *text)
{
    FILE *file = fopen(kit_path(k, name), "w");
    cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0, "cannot write %s", name);
}

/* A Lua table written down, as a setting. */
UNUSED static const kh_setting *kit_setting(kit *k, const char *lua)
{
    const char *source = kh_arena_printf(&k->arena, "return %s", lua);
    const kh_setting *out = NULL;
    kh_diags diags = {0};
    kh_script *script = k->scheme.script;
    kh_place place = {0};
    kh_error err = KH_ERROR_INIT;
    kh_status rc = kh_script_load(script, "setting", source, strlen(source), 0, &diags);
    if (rc == KH_OK) rc = kh_script_call(script, 0, 1, 100000, &err);
    if (rc == KH_OK) rc = kh_script_setting(script, -1, place, &k->arena, &out, &diags);
    cr_assert_eq(rc, KH_OK, "%s: %s", lua, diags.count ? diags.items[0].text : err.text);
    lua_settop(kh_script_lua(script), 0);
    kh_diags_fini(&diags);
    return out;
}

UNUSED static void kit_param(kit *k, const char *name, const char *lua)
{
    kh_plan *plan = &k->scheme.plan;
    plan->params[plan->param_count++] =
        (kh_param_decl){.name = {name, {0}}, .title = "", .unit = "", .value = kit_setting(k, lua)};
}

/* A constant lookup with the columns grade and from. */
UNUSED static void kit_ladder(kit *k, const char *rows)
{
    kh_plan *plan = &k->scheme.plan;
    kh_lookup_decl *lookup = &plan->lookups[plan->lookup_count++];
    lookup->name.text = "grades";
    lookup->columns = kh_arena_array(&k->arena, 2, sizeof *lookup->columns);
    lookup->columns[0].name.text = "grade";
    lookup->columns[1].name.text = "from";
    lookup->column_count = 2;
    lookup->rows = kit_setting(k, rows);
}

UNUSED static void kit_stage(kit *k, const char *plugin, const char *options)
{
    kh_plan *plan = &k->scheme.plan;
    k->plugins[plan->stage_count] = (kh_plugin){.name = plugin};
    plan->stages[plan->stage_count] = (kh_stage_decl){.options = kit_setting(k, options),
                                                      .plugin = &k->plugins[plan->stage_count]};
    plan->stage_count++;
}

/* ---- the run -------------------------------------------------------------------------------- */

UNUSED static void kit_open(kit *k)
{
    static const char *const fields[] = {"post"};
    static const kh_column measures[] = {{"adb", "日均存款", "元", 2}, {"loans", "贷款", "元", 2}};
    static const kh_column metrics[] = {{"profit", "创利", "元", 2}};
    memset(k, 0, sizeof *k);
    strcpy(k->folder, "/tmp/kaohe-document-XXXXXX");
    cr_assert(mkdtemp(k->folder));
    cr_assert_eq(mkdir(kit_path(k, "templates"), 0700), 0);
    kh_plan *plan = &k->scheme.plan;
    plan->folder = k->folder;
    plan->scheme.folder = k->folder;
    plan->scheme.regulation = "管理办法";
    plan->params = kh_arena_array(&k->arena, KIT_ROOM, sizeof *plan->params);
    plan->lookups = kh_arena_array(&k->arena, KIT_ROOM, sizeof *plan->lookups);
    plan->stages = kh_arena_array(&k->arena, KIT_ROOM, sizeof *plan->stages);
    k->scheme.script = kh_script_new(64 * 1024 * 1024);
    k->results = (kh_results){.size = sizeof k->results,
                              .project = "季度考核",
                              .organisation = "某某银行 · 城东分行",
                              .scheme = "profit",
                              .scheme_title = "考核办法",
                              .scheme_version = "2009.1",
                              .measures = measures,
                              .measure_count = 2,
                              .metrics = metrics,
                              .metric_count = 1,
                              .fields = fields,
                              .field_count = 1};
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_period_parse(&k->results.period, "2009Q1", &err), KH_OK);
    k->results.as_of = k->results.period.to - 1;
}

/* @p count people called M0001 甲 of two branches, all absent. */
UNUSED static void kit_people(kit *k, uint32_t count)
{
    static const char *const posts[] = {"对公客户经理"};
    k->subjects = kh_arena_array(&k->arena, count + 1, sizeof *k->subjects);
    k->cards = kh_arena_array(&k->arena, count + 1, sizeof *k->cards);
    for (uint32_t i = 0; i < count; i++) {
        kh_decimal *measures = kh_arena_array(&k->arena, 2, sizeof *measures);
        kh_decimal *metrics = kh_arena_array(&k->arena, 1, sizeof *metrics);
        measures[0] = measures[1] = metrics[0] = KH_ABSENT;
        k->subjects[i] = (kh_subject){kh_arena_printf(&k->arena, "M%04u", i + 1), "甲",
                                      i % 2 ? "湖滨支行" : "望江支行", posts};
        k->cards[i] = (kh_card){.subject = &k->subjects[i],
                                .measures = measures,
                                .metrics = metrics,
                                .score = KH_ABSENT,
                                .score_places = 2};
    }
    k->results.cards = k->cards;
    k->results.card_count = count;
}

/* Lines of a contribution: their sum is the score. */
UNUSED static kh_item *kit_items(kit *k, uint32_t person, const char *const *points, uint32_t count)
{
    static const char *const titles[] = {"对公存款", "个人存款", "同业存款", "一般贷款",
                                         "票据贴现", "表外业务", "其他业务", "产品销售"};
    kh_item *items = kh_arena_array(&k->arena, count + 1, sizeof *items);
    kh_decimal sum = KH_ZERO;
    for (uint32_t i = 0; i < count; i++) {
        kh_decimal value = D(points[i]);
        items[i] = (kh_item){.name = kh_arena_printf(&k->arena, "line%u", i + 1),
                             .title = titles[i % 8],
                             .unit = "元",
                             .actual = value,
                             .target = KH_ABSENT,
                             .base = KH_ABSENT,
                             .rate = KH_ABSENT,
                             .weight = KH_ABSENT,
                             .points = value,
                             .places = 2,
                             .value_places = 2,
                             .rule = "",
                             .reason = kh_is_absent(value) ? "本期无数据" : NULL};
        if (!kh_is_absent(value)) sum = kh_dec_add(sum, value);
    }
    k->cards[person].items = items;
    k->cards[person].item_count = count;
    k->cards[person].score = sum;
    return items;
}

typedef struct kit_past {
    uint32_t person;
    const char *period, *grade, *score;
} kit_past;

/* Records called history: period, grade, score; @p rows by person. */
UNUSED static void kit_history(kit *k, const kit_past *rows, uint32_t count)
{
    static kh_column_decl columns[] = {
        {.name = {"period", {0}}}, {.name = {"grade", {0}}}, {.name = {"score", {0}}}};
    static const kh_field fields[] = {
        {"period", KH_TYPE_TEXT, 0}, {"grade", KH_TYPE_TEXT, 0}, {"score", KH_TYPE_DECIMAL, 2}};
    kh_store *store = &k->records.store;
    uint32_t people = k->results.card_count;
    k->records_decl = (kh_records_decl){
        .name = {"history", {0}}, .columns = columns, .column_count = 3};
    k->records.decl = &k->records_decl;
    k->records.starts = kh_arena_array(&k->arena, people + 2, sizeof(uint32_t));
    k->records.order = kh_arena_array(&k->arena, count + 1, sizeof(uint32_t));
    kh_store_init(store, "history", fields, 3);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = kh_store_append(store, i + 1);
        kh_store_put_text(store, 0, row, rows[i].period, strlen(rows[i].period));
        kh_store_put_text(store, 1, row, rows[i].grade, strlen(rows[i].grade));
        kh_int128 scaled;
        cr_assert_eq(kh_dec_to_scaled(&scaled, D(rows[i].score), 2, NULL), KH_OK);
        store->columns[2].as.decimals[row] = scaled;
        store->columns[2].nulls[row] = 0;
        k->records.order[i] = row;
        for (uint32_t p = rows[i].person + 1; p <= people; p++) k->records.starts[p]++;
    }
    k->facts.records = &k->records;
    k->facts.records_count = 1;
}

UNUSED static void kit_close(kit *k)
{
    kh_script_free(k->scheme.script);
    if (k->facts.records_count) kh_store_fini(&k->records.store);
    kh_arena_fini(&k->document);
    const char *remove = kh_arena_printf(&k->arena, "rm -rf '%s'", k->folder);
    cr_expect_eq(system(remove), 0);
    kh_arena_fini(&k->arena);
}

/* ---- templates ------------------------------------------------------------------------------ */

/* NULL with the first diagnostic in @p text. */
UNUSED static kh_template *kit_template(kit *k, const char *name, char text[KH_ERROR_TEXT])
{
    kh_places places = {"", KAOHE_BUILD_DIR "/share/kaohe"};
    kh_word word = {name, {"kaohe.lua", 1, 1}};
    kh_diags diags = {0};
    kh_error err = KH_ERROR_INIT;
    kh_template *template = NULL;
    kh_status rc = kh_template_new(&template, &k->scheme, &places, &word, &diags, &err);
    text[0] = '\0';
    if (rc < 0) {
        const kh_diag *first = diags.count ? &diags.items[0] : NULL;
        snprintf(text, KH_ERROR_TEXT, "%s", first ? first->text : "no diagnostic");
        if (first && first->place.file && strcmp(first->place.file, "kaohe.lua") != 0) {
            snprintf(text, KH_ERROR_TEXT, "%s:%d:%d: %s", first->place.file, first->place.line,
                     first->place.column, first->text);
        }
        cr_expect_eq(rc, KH_EUSAGE);
        cr_expect_null(template);
        cr_expect_neq(err.status, KH_OK);
    }
    kh_diags_fini(&diags);
    return template;
}

/* The document of a person; NULL with the error in @p text. Lives until the next one. */
UNUSED static const kh_document *kit_render(kit *k, kh_template *template, uint32_t person,
                                            char text[KH_ERROR_TEXT])
{
    const kh_document *document = NULL;
    kh_error err = KH_ERROR_INIT;
    kh_arena_fini(&k->document);
    k->document = (kh_arena){0};
    kh_status rc = kh_template_render(template, &k->results, &k->facts, person, "", &k->document,
                                      &document, &err);
    snprintf(text, KH_ERROR_TEXT, "%s", err.text);
    return rc == KH_OK ? document : NULL;
}

/* ---- looking at documents -------------------------------------------------------------------- */

UNUSED static void kit_add_text(kh_buf *out, const kh_text *text)
{
    for (uint32_t i = 0; i < text->run_count; i++) kh_buf_text(out, text->runs[i].text);
    if (text->run_count) kh_buf_text(out, "|");
}

UNUSED static void kit_add_canvas(kh_buf *out, const kh_canvas *canvas)
{
    for (uint32_t i = 0; i < canvas->shape_count; i++) {
        if (canvas->shapes[i].kind != KH_SHAPE_TEXT) continue;
        kh_buf_text(out, canvas->shapes[i].text.text);
        kh_buf_text(out, "|");
    }
}

/* All texts of blocks in their order, each followed by "|"; rows of tables end with a newline. */
UNUSED static void kit_add_blocks(kh_buf *out, const kh_block *blocks, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const kh_block *b = &blocks[i];
        switch (b->kind) {
        case KH_BLOCK_PARAGRAPH: kit_add_text(out, &b->as.paragraph.text); break;
        case KH_BLOCK_FIELDS:
            for (uint32_t c = 0; c < b->as.fields.cell_count; c++) {
                kit_add_text(out, &b->as.fields.cells[c].label);
                kit_add_text(out, &b->as.fields.cells[c].value);
                kit_add_text(out, &b->as.fields.cells[c].note);
            }
            break;
        case KH_BLOCK_TABLE:
            for (uint32_t r = 0; r < b->as.table.row_count; r++) {
                const kh_row *row = &b->as.table.rows[r];
                for (uint32_t c = 0; c < row->cell_count; c++) kit_add_text(out, &row->cells[c].text);
                kh_buf_text(out, "\n");
            }
            break;
        case KH_BLOCK_COLUMNS:
            for (uint32_t c = 0; c < b->as.columns.column_count; c++) {
                kit_add_blocks(out, b->as.columns.blocks[c], b->as.columns.block_counts[c]);
            }
            break;
        case KH_BLOCK_CALLOUT:
            kit_add_blocks(out, b->as.callout.blocks, b->as.callout.block_count);
            break;
        case KH_BLOCK_CANVAS: kit_add_canvas(out, &b->as.canvas); break;
        default: break;
        }
    }
    if (count) kh_buf_text(out, "\n");
}

/* Free with free(). */
UNUSED static char *kit_words(const kh_document *document)
{
    kh_buf out = {0};
    kh_buf_text(&out, "");
    kit_add_blocks(&out, document->blocks, document->block_count);
    return kh_buf_take(&out);
}

#endif
