/* Diagnostics: every mistake in a configuration, with file:line:column, the line and a caret. */
#include "base/diag.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static bool same_place(const kh_place *a, const kh_place *b)
{
    if (a->line != b->line || a->column != b->column) return false;
    return a->file && b->file ? !strcmp(a->file, b->file) : a->file == b->file;
}

void kh_diag_add(kh_diags *diags, kh_severity severity, kh_place place, const char *format, ...)
{
    char text[KH_ERROR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, dgettext("kaohe", format), args);
    va_end(args);
    kh_error_trim(text, sizeof text);
    for (uint32_t i = 0; i < diags->count; i++) {
        const kh_diag *old = &diags->items[i];
        if (old->severity == severity && same_place(&old->place, &place) &&
            !strcmp(old->text, text)) {
            return;
        }
    }
    if (diags->count == diags->capacity) {
        diags->capacity = diags->capacity ? diags->capacity * 2 : 8;
        diags->items = realloc(diags->items, diags->capacity * sizeof *diags->items);
        if (!diags->items) abort();
    }
    if (place.file) place.file = kh_arena_text(&diags->arena, place.file);
    diags->items[diags->count++] = (kh_diag){severity, place, kh_arena_text(&diags->arena, text)};
    if (severity == KH_DIAG_ERROR) diags->errors++;
}

void kh_diag_error(kh_diags *diags, kh_place place, const kh_error *err)
{
    kh_diag_add(diags, KH_DIAG_ERROR, place, "%s", err->text);
}

/* The n-th line of a text, without its end. */
static const char *find_line(const char *text, int line, size_t *length)
{
    for (int i = 1; i < line && text; i++) {
        text = strchr(text, '\n');
        if (text) text++;
    }
    if (!text) return NULL;
    *length = strcspn(text, "\r\n");
    return text;
}

static void print_line(FILE *out, const kh_place *place)
{
    kh_buf buf = {0};
    size_t length = 0;
    const char *line = NULL;
    if (kh_file_read(&buf, place->file, NULL) == KH_OK && buf.data) {
        line = find_line(buf.data, place->line, &length);
    }
    if (line && length > 0 && kh_utf8_check(line, length) == length) {
        fprintf(out, "%5d | %.*s\n", place->line, (int)length, line);
        if (place->column > 0) {
            fputs("      | ", out);
            const char *at = line, *end = line + length;
            for (int i = 1; i < place->column && at < end; i++) {
                const char *from = at;
                kh_utf8_next(&at, end);
                if (*from == '\t') {
                    fputc('\t', out);
                    continue;
                }
                char character[8] = {0};
                memcpy(character, from, (size_t)(at - from));
                for (size_t w = kh_text_width(character); w > 0; w--) fputc(' ', out);
            }
            fputs("^\n", out);
        }
    }
    kh_buf_fini(&buf);
}

void kh_diags_print(const kh_diags *diags, FILE *out, const char *folder)
{
    size_t cut = folder ? strlen(folder) : 0;
    while (cut > 0 && folder[cut - 1] == '/') cut--;
    for (uint32_t i = 0; i < diags->count; i++) {
        const kh_diag *diag = &diags->items[i];
        const char *word = diag->severity == KH_DIAG_ERROR ? dgettext("kaohe", "error")
                                                           : dgettext("kaohe", "warning");
        if (!diag->place.file) {
            fprintf(out, "%s: %s\n", word, diag->text);
            continue;
        }
        const char *shown = diag->place.file;
        if (cut && !strncmp(shown, folder, cut) && shown[cut] == '/') shown += cut + 1;
        fprintf(out, "%s", shown);
        if (diag->place.line > 0) fprintf(out, ":%d", diag->place.line);
        if (diag->place.line > 0 && diag->place.column > 0) fprintf(out, ":%d", diag->place.column);
        fprintf(out, ": %s: %s\n", word, diag->text);
        if (diag->place.line > 0) print_line(out, &diag->place);
    }
}

void kh_diags_fini(kh_diags *diags)
{
    kh_arena_fini(&diags->arena);
    free(diags->items);
    *diags = (kh_diags){0};
}
