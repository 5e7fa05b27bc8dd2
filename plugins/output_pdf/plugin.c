/* The output pdf { ... }: documents laid out and written as PDF files. */
#include "file.h"

#include <kaohe/output.h>
#include <stddef.h>
#include <string.h>

typedef struct pdf_output {
    kh_font_names names; /* options */
    /* The rest is ours. */
    kh_fonts *fonts;
    kh_file *file;
    kh_pool pool;
} pdf_output;

static const char *const fallback[] = {"LXGW WenKai", "HanaMinA", "HanaMinB", "AR PL UMing CN"};

static const pdf_output defaults = {
    .names = {.regular = "Noto Sans CJK SC",
              .fallback = {fallback, sizeof fallback / sizeof *fallback}}};

static const kh_option options[] = {
    {.key = "font",
     .type = KH_OPT_TEXT,
     .offset = offsetof(pdf_output, names.regular),
     .help = "family of the text, or the absolute path of a font file (in a collection: path#2)"},
    {.key = "bold_font",
     .type = KH_OPT_TEXT,
     .offset = offsetof(pdf_output, names.bold),
     .help = "the same for bold text; without it the bold of `font`"},
    {.key = "fallback",
     .type = KH_OPT_TEXTS,
     .offset = offsetof(pdf_output, names.fallback),
     .help = "families or files for characters that `font` does not have, best first"},
    {0}};

static void close_output(void *self)
{
    pdf_output *output = self;
    if (output->fonts) kh_fonts_close(output->fonts);
    if (output->file) kh_file_close(output->file);
    kh_pool_fini(&output->pool);
}

static kh_status open_output(void *self, const kh_host *host, const kh_output_context *context,
                             kh_error *err)
{
    (void)context; /* fonts are made for each document: see font.h */
    pdf_output *output = self;
    output->fonts = host->alloc(host->ctx, sizeof *output->fonts);
    output->file = host->alloc(host->ctx, sizeof *output->file);
    if (!output->fonts || !output->file) {
        return kh_fail(err, KH_EINTERNAL, "pdf: memory is out");
    }
    bool given = output->names.fallback.items != fallback;
    kh_status rc = kh_fonts_open(output->fonts, &output->names, given, err);
    if (rc == KH_OK) rc = kh_file_open(output->file, err);
    if (rc < 0) close_output(self);
    return rc;
}

static kh_status write_document(void *self, const kh_document *document, const kh_sink *sink,
                                kh_error *err)
{
    pdf_output *output = self;
    kh_file *file = output->file;
    if (document->password && !document->password[0]) {
        return kh_fail(err, KH_EUSAGE, "%s: the password is empty: give one or none",
                       document->who);
    }
    kh_layout layout = {
        .pool = &output->pool, .fonts = output->fonts, .who = document->who, .err = err};
    kh_pages pages;
    kh_status rc = kh_layout_document(&layout, &pages, document);
    if (rc == KH_OK) rc = kh_file_write(file, &layout, document, &pages);
    kh_pool_reset(&output->pool);
    if (rc == KH_OK && document->password) {
        rc = kh_encrypt(&file->out, &file->out, document->password, err);
    }
    return rc < 0 ? rc : sink->write(sink->ctx, file->out.data, file->out.size, err);
}

static kh_status name_files(void *self, void (*tell)(void *ctx, const char *path), void *ctx,
                            kh_error *err)
{
    return kh_fonts_name_files(&((pdf_output *)self)->names, tell, ctx, err);
}

static const kh_output_ops ops = {.size = sizeof ops,
                                  .wants = KH_WANTS_DOCUMENTS,
                                  .extension = "pdf",
                                  .open = open_output,
                                  .close = close_output,
                                  .document = write_document,
                                  .files = name_files};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_OUTPUT,
             .name = "pdf",
             .version = "1.0",
             .summary = "documents as PDF files with embedded fonts",
             .license = "MIT",
             .instance_size = sizeof(pdf_output),
             .defaults = &defaults,
             .options = options,
             .output = &ops};
