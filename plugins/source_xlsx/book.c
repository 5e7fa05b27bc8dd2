/* The workbook around its sheets: which part a sheet is, shared texts, cell formats, the epoch. */
#include "xlsx.h"

#include <stdlib.h>
#include <string.h>

/* ---- texts --------------------------------------------------------------------------------- */

void xlsx_texts_add(xlsx_texts *texts, const char *bytes, size_t size)
{
    if (texts->size + size > texts->room) {
        texts->room = (texts->size + size) * 2;
        texts->bytes = xlsx_grow(texts->bytes, texts->room);
    }
    if (size) memcpy(texts->bytes + texts->size, bytes, size);
    texts->size += size;
}

void xlsx_texts_end(xlsx_texts *texts)
{
    if (texts->count == texts->end_room) {
        texts->end_room = texts->end_room ? texts->end_room * 2 : 256;
        texts->ends = xlsx_grow(texts->ends, texts->end_room * sizeof *texts->ends);
    }
    texts->ends[texts->count++] = texts->size;
}

/* ---- relations: ids and kinds to parts ----------------------------------------------------- */

typedef struct relation {
    const char *id, *kind, *part;
} relation;

typedef struct relations {
    const char *folder; /* that targets start from, "xl/" */
    relation *items;
    size_t count;
} relations;

/* "worksheets/sheet1.xml" from xl/, "/xl/styles.xml", "../x.xml". */
static const char *resolve(const xlsx_source *source, const char *folder, const char *target)
{
    if (target[0] == '/') return xlsx_text(source, "%s", target + 1);
    size_t length = strlen(folder);
    while (!strncmp(target, "../", 3) && length > 0) {
        target += 3;
        for (length--; length > 0 && folder[length - 1] != '/';) length--;
    }
    return xlsx_text(source, "%.*s%s", (int)length, folder, target);
}

static void XMLCALL see_relation(void *ctx, const char *name, const char **attributes)
{
    xlsx_part *part = ctx;
    relations *r = part->ctx;
    if (strcmp(xlsx_local(name), "Relationship") != 0) return;
    const char *id = xlsx_attribute(attributes, "Id");
    const char *type = xlsx_attribute(attributes, "Type");
    const char *target = xlsx_attribute(attributes, "Target");
    if (!id || !type || !target) return;
    const char *kind = strrchr(type, '/');
    r->items = xlsx_grow(r->items, (r->count + 1) * sizeof *r->items);
    r->items[r->count++] = (relation){xlsx_text(part->source, "%s", id),
                                      xlsx_text(part->source, "%s", kind ? kind + 1 : type),
                                      resolve(part->source, r->folder, target)};
}

/* The relations of a part; "" is the whole package. */
static kh_status read_relations(xlsx_source *source, const char *part, relations *out,
                                kh_error *err)
{
    const char *slash = strrchr(part, '/');
    int folder = slash ? (int)(slash - part) + 1 : 0;
    out->folder = xlsx_text(source, "%.*s", folder, part);
    const char *name = xlsx_text(source, "%s_rels/%s.rels", out->folder, part + folder);
    return xlsx_part_read(source, name, see_relation, NULL, NULL, out, err);
}

static const char *find_relation(const relations *r, const char *kind, const char *id)
{
    for (size_t i = 0; i < r->count; i++) {
        if (kind && !strcmp(r->items[i].kind, kind)) return r->items[i].part;
        if (id && !strcmp(r->items[i].id, id)) return r->items[i].part;
    }
    return NULL;
}

/* ---- the list of sheets -------------------------------------------------------------------- */

typedef struct sheets {
    const relations *relations;
    char names[600]; /* all, for messages */
} sheets;

static void XMLCALL see_sheet(void *ctx, const char *name, const char **attributes)
{
    xlsx_part *part = ctx;
    xlsx_source *source = part->source;
    sheets *s = part->ctx;
    name = xlsx_local(name);
    if (!strcmp(name, "workbookPr")) {
        const char *epoch = xlsx_attribute(attributes, "date1904");
        source->epoch_1904 = epoch && (!strcmp(epoch, "1") || !strcmp(epoch, "true"));
    }
    if (strcmp(name, "sheet") != 0) return;
    const char *title = xlsx_attribute(attributes, "name");
    const char *id = NULL; /* r:id, not sheetId */
    for (const char **a = attributes; *a; a += 2) {
        if (strchr(a[0], ':') && !strcmp(xlsx_local(a[0]), "id")) id = a[1];
    }
    const char *sheet_part = id ? find_relation(s->relations, NULL, id) : NULL;
    if (!title || !sheet_part) return;
    size_t used = strlen(s->names);
    snprintf(s->names + used, sizeof s->names - used, "%s%.90s", used ? ", " : "", title);
    bool wanted = source->sheet ? !strcmp(title, source->sheet) : !source->sheet_part;
    if (!wanted) return;
    source->sheet_name = xlsx_text(source, "%s", title);
    source->sheet_part = sheet_part;
}

/* ---- shared texts -------------------------------------------------------------------------- */

typedef struct shared {
    bool in_text, phonetic;
} shared;

static void XMLCALL shared_start(void *ctx, const char *name, const char **attributes)
{
    xlsx_part *part = ctx;
    shared *s = part->ctx;
    (void)attributes;
    name = xlsx_local(name);
    if (!strcmp(name, "t")) s->in_text = !s->phonetic;
    else if (!strcmp(name, "rPh")) s->phonetic = true; /* how to read it, not what it says */
}

static void XMLCALL shared_end(void *ctx, const char *name)
{
    xlsx_part *part = ctx;
    shared *s = part->ctx;
    name = xlsx_local(name);
    if (!strcmp(name, "t")) s->in_text = false;
    else if (!strcmp(name, "rPh")) s->phonetic = false;
    else if (!strcmp(name, "si")) xlsx_texts_end(&part->source->shared);
}

static void XMLCALL shared_text(void *ctx, const char *text, int length)
{
    xlsx_part *part = ctx;
    const shared *s = part->ctx;
    xlsx_texts *texts = &part->source->shared;
    if (!s->in_text) return;
    if (texts->size + (size_t)length > XLSX_SHARED_MOST) {
        kh_fail(&part->error, KH_ELIMIT, "%s: its shared texts are longer than 1 GiB",
                part->source->shown);
        XML_StopParser(part->parser, XML_FALSE);
        return;
    }
    xlsx_texts_add(texts, text, (size_t)length);
}

/* ---- formats ------------------------------------------------------------------------------- */

typedef struct formats {
    long *own; /* numbers of the book's own formats that show a date */
    size_t own_count;
    bool in_cell_formats;
} formats;

/* Outside of "quotes", [brackets] and after \ a date's format has y, m, d, h or s. */
static bool shows_date(const char *code)
{
    for (; *code && *code != ';'; code++) {
        if (*code == '"') {
            for (code++; *code && *code != '"';) code++;
        } else if (*code == '[') {
            for (; *code && *code != ']';) code++;
        } else if (*code == '\\' || *code == '_' || *code == '*') {
            code += code[1] != '\0';
        } else if (strchr("yYmMdDhHsS", *code)) {
            return true;
        }
        if (!*code) break;
    }
    return false;
}

/* The numbers that every book knows, Chinese ones among them. */
static bool is_known_date(long number)
{
    return (number >= 14 && number <= 22) || (number >= 27 && number <= 36) ||
           (number >= 45 && number <= 47) || (number >= 50 && number <= 58);
}

static void XMLCALL formats_start(void *ctx, const char *name, const char **attributes)
{
    xlsx_part *part = ctx;
    xlsx_source *source = part->source;
    formats *f = part->ctx;
    name = xlsx_local(name);
    const char *number = xlsx_attribute(attributes, "numFmtId");
    if (!strcmp(name, "numFmt") && number) {
        const char *code = xlsx_attribute(attributes, "formatCode");
        if (!code || !shows_date(code)) return;
        f->own = xlsx_grow(f->own, (f->own_count + 1) * sizeof *f->own);
        f->own[f->own_count++] = strtol(number, NULL, 10);
    } else if (!strcmp(name, "cellXfs")) {
        f->in_cell_formats = true;
    } else if (!strcmp(name, "xf") && f->in_cell_formats) {
        long id = number ? strtol(number, NULL, 10) : 0;
        bool date = is_known_date(id);
        for (size_t i = 0; i < f->own_count; i++) date |= f->own[i] == id;
        source->dates = xlsx_grow(source->dates, source->format_count + 1);
        source->dates[source->format_count++] = date;
    }
}

static void XMLCALL formats_end(void *ctx, const char *name)
{
    formats *f = ((xlsx_part *)ctx)->ctx;
    if (!strcmp(xlsx_local(name), "cellXfs")) f->in_cell_formats = false;
}

/* ---- the book ------------------------------------------------------------------------------ */

static kh_status read_parts(xlsx_source *source, const relations *parts, kh_error *err)
{
    kh_status rc = KH_OK;
    shared s = {0};
    formats f = {0};
    const char *part = find_relation(parts, "sharedStrings", NULL);
    if (part && xlsx_package_has(source, part)) {
        rc = xlsx_part_read(source, part, shared_start, shared_end, shared_text, &s, err);
    }
    part = find_relation(parts, "styles", NULL);
    if (rc == KH_OK && part && xlsx_package_has(source, part)) {
        rc = xlsx_part_read(source, part, formats_start, formats_end, NULL, &f, err);
    }
    free(f.own);
    return rc;
}

kh_status xlsx_book_open(xlsx_source *source, kh_error *err)
{
    relations package = {0}, parts = {0};
    kh_status rc = read_relations(source, "", &package, err);
    const char *book = rc == KH_OK ? find_relation(&package, "officeDocument", NULL) : NULL;
    if (rc == KH_OK && !book) {
        rc = kh_fail(err, KH_EDATA, "%s: there is no workbook in it", source->shown);
    }
    sheets s = {.relations = &parts};
    source->sheet_part = NULL;
    if (rc == KH_OK) rc = read_relations(source, book, &parts, err);
    if (rc == KH_OK) rc = xlsx_part_read(source, book, see_sheet, NULL, NULL, &s, err);
    if (rc == KH_OK && !source->sheet_part) {
        rc = kh_fail(err, KH_EUSAGE, "%s: there is no sheet '%s'; there are: %s", source->shown,
                     source->sheet ? source->sheet : "", s.names);
    }
    if (rc == KH_OK) rc = read_parts(source, &parts, err);
    free(package.items);
    free(parts.items);
    return rc;
}
