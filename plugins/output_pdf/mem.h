/* Memory of the plugin: a pool that is emptied after each document, and growing bytes. */
#ifndef KH_PDF_MEM_H
#define KH_PDF_MEM_H

#include <stddef.h>
#include <stdint.h>

/** Zero-initialise. Pointers stay valid until kh_pool_reset() or kh_pool_fini(). */
typedef struct kh_pool {
    struct kh_pool_chunk *chunks;
} kh_pool;

/** Zeroed, aligned for any type. Never NULL: when memory is out the process ends. */
void *kh_pool_alloc(kh_pool *pool, size_t size);
/** @p count elements of @p size bytes, with the product checked. */
void *kh_pool_array(kh_pool *pool, size_t count, size_t size);
/** Forget everything but keep the chunks of ordinary size for the next document. */
void kh_pool_reset(kh_pool *pool);
void kh_pool_fini(kh_pool *pool);

/** Bytes that grow. Zero-initialise. */
typedef struct kh_bytes {
    uint8_t *data;
    size_t size, capacity;
} kh_bytes;

/** Make room for @p more bytes and return where they go; the caller adds to `size`. */
uint8_t *kh_bytes_room(kh_bytes *bytes, size_t more);
void kh_bytes_add(kh_bytes *bytes, const void *data, size_t size);
void kh_bytes_text(kh_bytes *bytes, const char *text);
__attribute__((format(printf, 2, 3))) void kh_bytes_printf(kh_bytes *bytes, const char *format,
                                                           ...);
/** @p value as @p digits upper case hexadecimal digits. */
void kh_bytes_hex(kh_bytes *bytes, uint32_t value, int digits);
/** A character in UTF-16BE as hexadecimal digits. */
void kh_bytes_utf16(kh_bytes *bytes, uint32_t code);
void kh_bytes_fini(kh_bytes *bytes);

/** Room for one more of @p count elements of @p size bytes in a malloc'ed array, doubled. */
void *kh_grow(void *array, size_t count, size_t size);

#endif
