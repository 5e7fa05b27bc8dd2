/* The loaded plugin output_pdf and a builder of documents, for its tests and its benchmark. */
#include "plugin/output_pdf_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const kh_color KIT_INK = 0x1d2733, KIT_GREY = 0x66717e, KIT_BLUE = 0x0b5c8a, KIT_PALE = 0x7fb2cf,
               KIT_LINE = 0xd9dee4, KIT_GREEN = 0x2f7d4f, KIT_RED = 0xb4541a, KIT_GROUND = 0xf5f7f9;

/* ---- the plugin ----------------------------------------------------------------------------- */

static kh_setting *text_setting(kh_arena *a, const char *text)
{
    kh_setting *setting = kh_arena_alloc(a, sizeof *setting);
    *setting = (kh_setting){.kind = KH_SETTING_TEXT, .text = text};
    return setting;
}

static const kh_setting *list_setting(kh_arena *a, const kh_texts *texts)
{
    kh_setting *setting = kh_arena_alloc(a, sizeof *setting);
    const kh_setting **list = kh_arena_array(a, texts->count + 1, sizeof *list);
    for (uint32_t i = 0; i < texts->count; i++) list[i] = text_setting(a, texts->items[i]);
    *setting = (kh_setting){.kind = KH_SETTING_TABLE, .list = list, .list_count = texts->count};
    return setting;
}

kh_status kit_open(kit *k, const kit_options *options, kh_error *err)
{
    *k = (kit){0};
    kh_entry entries[3];
    kh_setting table = {.kind = KH_SETTING_TABLE, .entries = entries};
    if (options && options->font) {
        entries[table.entry_count++] =
            (kh_entry){.key = "font", .value = text_setting(&k->memory, options->font)};
    }
    if (options && options->bold_font) {
        entries[table.entry_count++] =
            (kh_entry){.key = "bold_font", .value = text_setting(&k->memory, options->bold_font)};
    }
    if (options && options->fallback.items) {
        entries[table.entry_count++] =
            (kh_entry){.key = "fallback", .value = list_setting(&k->memory, &options->fallback)};
    }
    const char *folders[] = {KAOHE_BUILD_DIR "/lib/kaohe", NULL};
    const kh_plugin *plugin;
    kh_option_context context = {.folder = "/"};
    kh_diags diags = {0};
    if (kh_registry_new(&k->registry, folders, err) < 0 ||
        kh_registry_get(k->registry, KH_OUTPUT, "pdf", &plugin, err) < 0 ||
        !kh_instance_init(&k->instance, plugin, &table, (kh_place){0}, &context, &diags)) {
        fprintf(stderr, "pdf { } is not to be used: %s\n",
                diags.count ? diags.items[0].text : err->text);
        abort();
    }
    kh_diags_fini(&diags);
    kh_output_context output = {.size = sizeof output, .common_text = "客户经理季度考核记分卡"};
    kh_status rc = plugin->output->open(k->instance.self, &k->instance.host, &output, err);
    k->open = rc == KH_OK;
    if (rc < 0) kit_close(k);
    return rc;
}

void kit_close(kit *k)
{
    if (k->open) k->instance.plugin->output->close(k->instance.self);
    kh_instance_fini(&k->instance);
    kh_registry_free(k->registry);
    kh_arena_fini(&k->memory);
    *k = (kit){0};
}

static kh_status sink_write(void *ctx, const void *data, size_t size, kh_error *err)
{
    (void)err;
    kh_buf_add(ctx, data, size);
    return KH_OK;
}

kh_status kit_render(kit *k, const kh_document *document, kh_buf *out, kh_error *err)
{
    out->size = 0;
    kh_sink sink = {out, sink_write};
    return k->instance.plugin->output->document(k->instance.self, document, &sink, err);
}

/* ---- documents ------------------------------------------------------------------------------ */

kh_text kit_text(kh_arena *a, float size, kh_color color, bool bold, const char *text)
{
    kh_run *run = kh_arena_alloc(a, sizeof *run);
    *run = (kh_run){kh_arena_text(a, text), size, color, bold};
    return (kh_text){run, 1};
}

kh_text kit_join(kh_arena *a, kh_text first, kh_text second)
{
    uint32_t count = first.run_count + second.run_count;
    kh_run *runs = kh_arena_array(a, count, sizeof *runs);
    memcpy(runs, first.runs, first.run_count * sizeof *runs);
    memcpy(runs + first.run_count, second.runs, second.run_count * sizeof *runs);
    return (kh_text){runs, count};
}

kh_block kit_paragraph(kh_text text)
{
    return (kh_block){.kind = KH_BLOCK_PARAGRAPH,
                      .as.paragraph = {.text = text, .bar = KH_NO_COLOR}};
}

kh_cell kit_cell(kh_text text, int align)
{
    return (kh_cell){.text = text, .align = align, .fill = KH_NO_COLOR};
}

kh_document kit_document(const kh_block *blocks, uint32_t count)
{
    return (kh_document){.size = sizeof(kh_document),
                         .title = "记分卡",
                         .author = "某某银行",
                         .subject = "考核",
                         .who = "M0001 张伟",
                         .code = "",
                         .page_width = 595.28f,
                         .page_height = 841.89f,
                         .margin_left = 40,
                         .margin_right = 40,
                         .margin_top = 40,
                         .margin_bottom = 40,
                         .blocks = blocks,
                         .block_count = count,
                         .footer_line = KIT_LINE};
}

kh_block kit_table(kh_arena *a, const kh_table_column *columns, uint32_t column_count,
                   const char *const *texts, uint32_t row_count, float size)
{
    kh_row *rows = kh_arena_array(a, row_count, sizeof *rows);
    for (uint32_t r = 0; r < row_count; r++) {
        kh_cell *cells = kh_arena_array(a, column_count, sizeof *cells);
        for (uint32_t c = 0; c < column_count; c++) {
            cells[c] = kit_cell(
                kit_text(a, size, r ? KIT_INK : KIT_GREY, false, texts[r * column_count + c]), -1);
        }
        rows[r] = (kh_row){.cells = cells,
                           .cell_count = column_count,
                           .line_below = r ? KIT_LINE : KIT_INK,
                           .line_width = 0.5f,
                           .line_above = KH_NO_COLOR};
    }
    return (kh_block){.kind = KH_BLOCK_TABLE,
                      .as.table = {.columns = columns,
                                   .column_count = column_count,
                                   .rows = rows,
                                   .row_count = row_count,
                                   .header_rows = 1,
                                   .padding = 2.5f,
                                   .gap = 4}};
}
