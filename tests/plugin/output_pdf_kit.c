/* What the tests of output_pdf share: the loaded plugin, a builder of documents, a look at PDFs. */
#include "plugin/output_pdf_kit.h"

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

const kh_color KIT_INK = 0x1d2733, KIT_GREY = 0x66717e, KIT_BLUE = 0x0b5c8a, KIT_PALE = 0x7fb2cf,
               KIT_LINE = 0xd9dee4, KIT_GREEN = 0x2f7d4f, KIT_RED = 0xb4541a,
               KIT_GROUND = 0xf5f7f9;

/* ---- the plugin ----------------------------------------------------------------------------- */

static void *host_alloc(void *ctx, size_t size)
{
    return kh_arena_alloc(ctx, size);
}

static void host_log(void *ctx, kh_log_level level, const char *text)
{
    (void)ctx, (void)level, (void)text;
}

static bool host_should_cancel(void *ctx)
{
    (void)ctx;
    return false;
}

static const kh_option *find_option(const kh_plugin *plugin, const char *key)
{
    for (const kh_option *o = plugin->options; o->key; o++) {
        if (!strcmp(o->key, key)) return o;
    }
    cr_assert_fail("pdf { } has no option '%s'", key);
    return NULL;
}

kh_status kit_open(kit *k, const kit_options *options, kh_error *err)
{
    *k = (kit){0};
    void *module = dlopen(KAOHE_BUILD_DIR "/lib/kaohe/output_pdf.so", RTLD_NOW | RTLD_LOCAL |
                                                                          RTLD_NODELETE);
    cr_assert(module, "%s", dlerror());
    k->plugin = dlsym(module, "kaohe_plugin");
    cr_assert(k->plugin && k->plugin->abi == KH_ABI && k->plugin->kind == KH_OUTPUT);
    k->host = (kh_host){.abi = KH_ABI,
                        .size = sizeof k->host,
                        .ctx = &k->host_memory,
                        .log = host_log,
                        .should_cancel = host_should_cancel,
                        .alloc = host_alloc};
    char *instance = kh_arena_alloc(&k->host_memory, k->plugin->instance_size);
    memcpy(instance, k->plugin->defaults, k->plugin->instance_size);
    if (options && options->font) {
        *(const char **)(instance + find_option(k->plugin, "font")->offset) = options->font;
    }
    if (options && options->bold_font) {
        *(const char **)(instance + find_option(k->plugin, "bold_font")->offset) =
            options->bold_font;
    }
    if (options && options->fallback.items) {
        *(kh_texts *)(instance + find_option(k->plugin, "fallback")->offset) = options->fallback;
    }
    kh_output_context context = {.size = sizeof context, .common_text = "客户经理季度考核记分卡"};
    kh_status rc = k->plugin->output->open(instance, &k->host, &context, err);
    if (rc == KH_OK) {
        k->instance = instance;
    } else {
        kh_arena_fini(&k->host_memory);
    }
    return rc;
}

void kit_close(kit *k)
{
    if (k->instance) k->plugin->output->close(k->instance);
    kh_arena_fini(&k->host_memory);
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
    return k->plugin->output->document(k->instance, document, &sink, err);
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
    return (kh_block){.kind = KH_BLOCK_PARAGRAPH, .as.paragraph = {.text = text, .bar = KH_NO_COLOR}};
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
            cells[c] = kit_cell(kit_text(a, size, r ? KIT_INK : KIT_GREY, false,
                                         texts[r * column_count + c]),
                                -1);
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

/* ---- looking at PDFs ------------------------------------------------------------------------ */

const char *kit_save(kh_arena *a, const kh_buf *pdf, const char *name)
{
    mkdir(KAOHE_BUILD_DIR "/tests/pdf", 0755);
    const char *path = kh_arena_printf(a, "%s/tests/pdf/%s", KAOHE_BUILD_DIR, name);
    FILE *file = fopen(path, "wb");
    cr_assert(file, "%s", path);
    cr_assert_eq(fwrite(pdf->data, 1, pdf->size, file), pdf->size);
    cr_assert_eq(fclose(file), 0);
    return path;
}

int kit_run(kh_buf *out, const char *format, ...)
{
    char command[1024];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(command, sizeof command - 6, format, args);
    va_end(args);
    cr_assert(n > 0 && (size_t)n < sizeof command - 6);
    strcat(command, " 2>&1");
    out->size = 0;
    kh_buf_add(out, "", 0);
    FILE *pipe = popen(command, "r");
    cr_assert(pipe);
    char block[65536];
    for (size_t got; (got = fread(block, 1, sizeof block, pipe)) > 0;) kh_buf_add(out, block, got);
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

kit_image kit_raster(kh_arena *a, const char *path, int page, int dpi, bool mupdf)
{
    kh_buf out = {0};
    const char *to = kh_arena_printf(a, "%s.%s.pgm", path, mupdf ? "mupdf" : "poppler");
    int status = mupdf ? kit_run(&out, "mutool draw -q -r %d -c gray -F pgm -o %s %s %d", dpi, to,
                                 path, page)
                       : kit_run(&out, "pdftoppm -r %d -gray -f %d -singlefile %s %.*s", dpi, page,
                                 path, (int)strlen(to) - 4, to);
    cr_assert_eq(status, 0, "%s", out.data);
    cr_assert_eq(out.size, 0, "rendering said: %s", out.data);
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_file_read(&out, to, &err), KH_OK, "%s", err.text);
    kit_image image;
    int depth, used = 0;
    cr_assert_eq(sscanf(out.data, "P5 %d %d %d%n", &image.width, &image.height, &depth, &used), 3);
    size_t size = (size_t)image.width * (size_t)image.height;
    cr_assert_eq(depth, 255);
    cr_assert_eq(out.size, (size_t)used + 1 + size);
    image.pixels = (uint8_t *)kh_arena_bytes(a, out.data + used + 1, size);
    kh_buf_fini(&out);
    return image;
}

int kit_ink(const kit_image *image, float x0, float y0, float x1, float y1)
{
    int dark = 0;
    for (int y = y0 < 0 ? 0 : (int)y0; y < image->height && (float)y < y1; y++) {
        for (int x = x0 < 0 ? 0 : (int)x0; x < image->width && (float)x < x1; x++) {
            dark += image->pixels[y * image->width + x] < 128;
        }
    }
    return dark;
}

kit_words kit_find_words(kh_arena *a, const char *path)
{
    kh_buf out = {0};
    cr_assert_eq(kit_run(&out, "pdftotext -bbox %s -", path), 0, "%s", out.data);
    kit_words words = {kh_arena_array(a, out.size / 40 + 1, sizeof *words.items), 0};
    int page = 0;
    for (char *line = strtok(out.data, "\n"); line; line = strtok(NULL, "\n")) {
        if (strstr(line, "<page ")) page++;
        char *word = strstr(line, "<word ");
        if (!word) continue;
        kit_word *w = &words.items[words.count++];
        w->page = page;
        cr_assert_eq(sscanf(word, "<word xMin=\"%f\" yMin=\"%f\" xMax=\"%f\" yMax=\"%f\"", &w->x0,
                            &w->y0, &w->x1, &w->y1),
                     4);
        char *from = strchr(word, '>') + 1;
        *strstr(from, "</word>") = '\0';
        w->text = kh_arena_text(a, from);
    }
    kh_buf_fini(&out);
    return words;
}
