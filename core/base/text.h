/* Text: UTF-8 checks, terminal width, growable buffers, nearest names, file reading. */
#ifndef KH_BASE_TEXT_H
#define KH_BASE_TEXT_H

#include <kaohe/error.h>
#include <stddef.h>

/** Offset of the first byte that is not valid UTF-8, or @p length when all of it is. */
size_t kh_utf8_check(const char *text, size_t length);

/** Decode one character of valid UTF-8 and move @p at behind it; 0 at the end. */
uint32_t kh_utf8_next(const char **at, const char *end);

/** Columns a terminal needs: Chinese characters take two. */
size_t kh_text_width(const char *text);

/**
 * How many bytes of a user's text to quote in a message, for "%.*s": at most 80, and only whole
 * characters of valid UTF-8.
 */
int kh_text_quoted(const char *text, size_t length);

/**
 * Edit distance over characters (insert, delete, replace, swap of neighbours), at most @p limit;
 * anything farther gives limit + 1.
 */
int kh_text_distance(const char *a, const char *b, int limit);

/**
 * The candidate nearest to what the user wrote, or NULL when none is near enough to suggest.
 * Ties go to the first candidate. @p candidates ends with NULL.
 */
const char *kh_text_nearest(const char *written, const char *const *candidates);

/* ---- growable buffer ----------------------------------------------------------------------- */

/** Bytes that grow; always NUL-terminated once something was added. Zero-initialise. */
typedef struct kh_buf {
    char *data;
    size_t size, capacity;
} kh_buf;

void kh_buf_add(kh_buf *buf, const void *data, size_t size);
void kh_buf_text(kh_buf *buf, const char *text);
__attribute__((format(printf, 2, 3))) void kh_buf_printf(kh_buf *buf, const char *format, ...);
/** Text as a JSON string with its quotes. */
void kh_buf_json(kh_buf *buf, const char *text);
void kh_buf_fini(kh_buf *buf);
/** The caller now owns the text (free with free()); the buffer is empty again. */
char *kh_buf_take(kh_buf *buf);

/** Read a whole file. KH_EUSAGE names the path and the reason. */
kh_status kh_file_read(kh_buf *out, const char *path, kh_error *err);

#endif
