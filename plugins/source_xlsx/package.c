/* Parts of the workbook's zip file, streamed through the XML parser: sizes bounded, DTDs refused. */
#include "xlsx.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64 * 1024 };

void *xlsx_grow(void *memory, size_t size)
{
    memory = realloc(memory, size ? size : 1);
    if (!memory) abort();
    return memory;
}

const char *xlsx_text(const xlsx_source *source, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    char *text = source->host->alloc(source->host->ctx, (size_t)length + 1);
    if (!text) abort();
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

const char *xlsx_local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *xlsx_attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2) {
        if (!strcmp(xlsx_local(attributes[0]), name)) return attributes[1];
    }
    return NULL;
}

/* Files of the old format, and workbooks with a password, are OLE containers. */
static bool is_ole(const char *path)
{
    unsigned char head[4] = {0};
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    bool is = fread(head, 1, 4, file) == 4 && !memcmp(head, "\xD0\xCF\x11\xE0", 4);
    fclose(file);
    return is;
}

kh_status xlsx_package_open(xlsx_source *source, kh_error *err)
{
    if (source->zip) return KH_OK;
    int code;
    source->zip = zip_open(source->path, ZIP_RDONLY, &code);
    if (source->zip) return KH_OK;
    if (code == ZIP_ER_NOENT) {
        return kh_fail(err, KH_EUSAGE, "%s: there is no such file", source->shown);
    }
    if (code == ZIP_ER_OPEN || code == ZIP_ER_READ) {
        return kh_fail(err, errno == EACCES ? KH_EDENIED : KH_EUNAVAILABLE, "%s: cannot be read",
                       source->shown);
    }
    if (is_ole(source->path)) {
        return kh_fail(err, KH_EDATA,
                       "%s: it is an old .xls file or has a password; save it as .xlsx without one",
                       source->shown);
    }
    return kh_fail(err, KH_EDATA, "%s: it is no .xlsx file", source->shown);
}

bool xlsx_package_has(const xlsx_source *source, const char *name)
{
    return zip_name_locate(source->zip, name, ZIP_FL_ENC_UTF_8) >= 0;
}

static void XMLCALL refuse_doctype(void *ctx, const char *name, const char *system,
                                   const char *public, int internal)
{
    xlsx_part *part = ctx;
    (void)name, (void)system, (void)public, (void)internal;
    kh_fail(&part->error, KH_EDATA, "%s: '%s' declares a document type, which no workbook does",
            part->source->shown, part->name);
    XML_StopParser(part->parser, XML_FALSE);
}

kh_status xlsx_part_open(xlsx_part *part, xlsx_source *source, const char *name,
                         XML_StartElementHandler start, XML_EndElementHandler end,
                         XML_CharacterDataHandler text, void *ctx, kh_error *err)
{
    *part = (xlsx_part){.source = source, .name = name, .ctx = ctx};
    part->file = zip_fopen(source->zip, name, ZIP_FL_ENC_UTF_8);
    if (!part->file) {
        return kh_fail(err, KH_EDATA, "%s: its part '%s' cannot be read: %s", source->shown, name,
                       zip_strerror(source->zip));
    }
    part->parser = XML_ParserCreate(NULL);
    if (!part->parser) abort();
    XML_SetUserData(part->parser, part);
    XML_SetElementHandler(part->parser, start, end);
    XML_SetCharacterDataHandler(part->parser, text);
    XML_SetStartDoctypeDeclHandler(part->parser, refuse_doctype);
    return KH_OK;
}

void xlsx_part_pause(xlsx_part *part)
{
    XML_StopParser(part->parser, XML_TRUE);
}

/* What the parser said; XML_STATUS_OK when it wants more. */
static kh_status judge(xlsx_part *part, enum XML_Status status, kh_error *err)
{
    part->paused = status == XML_STATUS_SUSPENDED;
    if (part->error.status < 0) return kh_fail(err, part->error.status, "%s", part->error.text);
    if (status != XML_STATUS_ERROR) return KH_OK;
    return kh_fail(err, KH_EDATA, "%s: its part '%s' is broken on line %lu: %s",
                   part->source->shown, part->name,
                   (unsigned long)XML_GetCurrentLineNumber(part->parser),
                   XML_ErrorString(XML_GetErrorCode(part->parser)));
}

kh_status xlsx_part_continue(xlsx_part *part, kh_error *err)
{
    const xlsx_source *source = part->source;
    kh_status rc = part->paused ? judge(part, XML_ResumeParser(part->parser), err) : KH_OK;
    while (rc == KH_OK && !part->paused && !part->ended) {
        if (source->cancelled || source->host->should_cancel(source->host->ctx)) {
            return kh_fail(err, KH_ECANCELLED, "interrupted");
        }
        void *room = XML_GetBuffer(part->parser, CHUNK);
        if (!room) abort();
        zip_int64_t n = zip_fread(part->file, room, CHUNK);
        if (n < 0) {
            return kh_fail(err, KH_EDATA, "%s: its part '%s' is damaged: %s", source->shown,
                           part->name, zip_file_strerror(part->file));
        }
        part->read += n;
        if (part->read > source->max_size * 1024 * 1024) {
            return kh_fail(err, KH_ELIMIT,
                           "%s: its part '%s' unpacks to more than %lld MB; if it should, raise "
                           "max_size",
                           source->shown, part->name, (long long)source->max_size);
        }
        part->ended = n == 0;
        rc = judge(part, XML_ParseBuffer(part->parser, (int)n, part->ended), err);
    }
    return rc;
}

void xlsx_part_close(xlsx_part *part)
{
    if (part->parser) XML_ParserFree(part->parser);
    if (part->file) zip_fclose(part->file);
    part->parser = NULL;
    part->file = NULL;
}

kh_status xlsx_part_read(xlsx_source *source, const char *name, XML_StartElementHandler start,
                         XML_EndElementHandler end, XML_CharacterDataHandler text, void *ctx,
                         kh_error *err)
{
    xlsx_part part;
    kh_status rc = xlsx_part_open(&part, source, name, start, end, text, ctx, err);
    if (rc == KH_OK) rc = xlsx_part_continue(&part, err);
    xlsx_part_close(&part);
    return rc;
}
