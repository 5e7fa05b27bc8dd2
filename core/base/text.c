/* Text: UTF-8 checks, terminal width, growable buffers, nearest names, file reading. */
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistr.h>
#include <uniwidth.h>

size_t kh_utf8_check(const char *text, size_t length)
{
    const uint8_t *bad = u8_check((const uint8_t *)text, length);
    return bad ? (size_t)(bad - (const uint8_t *)text) : length;
}

uint32_t kh_utf8_next(const char **at, const char *end)
{
    if (*at >= end) return 0;
    ucs4_t c;
    int n = u8_mbtouc(&c, (const uint8_t *)*at, (size_t)(end - *at));
    *at += n;
    return c;
}

size_t kh_text_width(const char *text)
{
    int n = u8_strwidth((const uint8_t *)text, "UTF-8");
    return n > 0 ? (size_t)n : 0;
}

int kh_text_quoted(const char *text, size_t length)
{
    return (int)kh_utf8_check(text, length < 80 ? length : 80);
}

enum { NAME_MOST = 64 }; /* longer names are not compared */

static int decode_name(const char *text, uint32_t out[NAME_MOST])
{
    const char *end = text + strlen(text);
    int n = 0;
    while (text < end) {
        if (n == NAME_MOST) return -1;
        out[n++] = kh_utf8_next(&text, end);
    }
    return n;
}

int kh_text_distance(const char *a, const char *b, int limit)
{
    uint32_t x[NAME_MOST], y[NAME_MOST];
    int n = decode_name(a, x), m = decode_name(b, y);
    if (n < 0 || m < 0) return limit + 1;
    int rows[3][NAME_MOST + 1];
    for (int j = 0; j <= m; j++) rows[0][j] = j;
    for (int i = 1; i <= n; i++) {
        int *now = rows[i % 3], *before = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];
        now[0] = i;
        for (int j = 1; j <= m; j++) {
            int best = before[j - 1] + (x[i - 1] != y[j - 1]);
            if (before[j] + 1 < best) best = before[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1] &&
                two[j - 2] + 1 < best) {
                best = two[j - 2] + 1;
            }
            now[j] = best;
        }
    }
    int distance = rows[n % 3][m];
    return distance <= limit ? distance : limit + 1;
}

const char *kh_text_nearest(const char *written, const char *const *candidates)
{
    size_t characters = 0;
    for (const char *at = written, *end = at + strlen(at); at < end; characters++) {
        kh_utf8_next(&at, end);
    }
    /* One character that differs is another name, not a slip. */
    int limit = characters <= 1 ? 0 : characters <= 3 ? 1 : characters <= 6 ? 2 : 3;
    const char *nearest = NULL;
    int least = limit + 1;
    for (; *candidates; candidates++) {
        int distance = kh_text_distance(written, *candidates, limit);
        if (distance < least) {
            least = distance;
            nearest = *candidates;
        }
    }
    return nearest;
}

static void reserve(kh_buf *buf, size_t more)
{
    size_t need = buf->size + more + 1;
    if (need <= buf->capacity) return;
    size_t capacity = buf->capacity ? buf->capacity : 64;
    while (capacity < need) capacity *= 2;
    char *data = realloc(buf->data, capacity);
    if (!data) abort(); /* memory is out: nothing sensible is left to say */
    buf->data = data;
    buf->capacity = capacity;
}

void kh_buf_add(kh_buf *buf, const void *data, size_t size)
{
    reserve(buf, size);
    if (size) memcpy(buf->data + buf->size, data, size);
    buf->size += size;
    buf->data[buf->size] = '\0';
}

void kh_buf_text(kh_buf *buf, const char *text)
{
    kh_buf_add(buf, text, strlen(text));
}

void kh_buf_printf(kh_buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n > 0) {
        reserve(buf, (size_t)n);
        vsnprintf(buf->data + buf->size, (size_t)n + 1, format, again);
        buf->size += (size_t)n;
    }
    va_end(again);
}

void kh_buf_json(kh_buf *buf, const char *text)
{
    kh_buf_add(buf, "\"", 1);
    const char *from = text;
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        kh_buf_add(buf, from, (size_t)(text - from));
        from = text + 1;
        if (c == '\n') {
            kh_buf_text(buf, "\\n");
        } else if (c == '"' || c == '\\') {
            kh_buf_add(buf, (char[]){'\\', (char)c}, 2);
        } else {
            kh_buf_printf(buf, "\\u%04x", c);
        }
    }
    kh_buf_add(buf, from, (size_t)(text - from));
    kh_buf_add(buf, "\"", 1);
}

void kh_buf_fini(kh_buf *buf)
{
    free(buf->data);
    *buf = (kh_buf){0};
}

char *kh_buf_take(kh_buf *buf)
{
    reserve(buf, 0);
    buf->data[buf->size] = '\0';
    char *text = buf->data;
    *buf = (kh_buf){0};
    return text;
}

kh_status kh_file_read(kh_buf *out, const char *path, kh_error *err)
{
    FILE *file = fopen(path, "rb");
    if (!file) return kh_fail(err, KH_EUSAGE, "cannot read '%s': %s", path, kh_tr_errno(errno));
    struct stat st;
    kh_status rc = KH_OK;
    if (fstat(fileno(file), &st) == 0 && S_ISDIR(st.st_mode)) {
        rc = kh_fail(err, KH_EUSAGE, "cannot read '%s': it is a folder", path);
        goto out;
    }
    char chunk[16384];
    size_t n;
    kh_buf_add(out, "", 0); /* an empty file is an empty text */
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0) kh_buf_add(out, chunk, n);
    if (ferror(file)) {
        rc = kh_fail(err, KH_EUSAGE, "cannot read '%s': %s", path, kh_tr_errno(errno));
    }
out:
    fclose(file);
    return rc;
}
