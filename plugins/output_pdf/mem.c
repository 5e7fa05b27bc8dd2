/* Memory of the plugin: a pool that is emptied after each document, and growing bytes. */
#include "mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 256 * 1024 };

struct kh_pool_chunk {
    struct kh_pool_chunk *next;
    size_t used, size;
    _Alignas(max_align_t) char data[];
};

void *kh_pool_alloc(kh_pool *pool, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    struct kh_pool_chunk *chunk = pool->chunks;
    if (!chunk || chunk->size - chunk->used < size) {
        size_t room = size > CHUNK ? size : CHUNK;
        struct kh_pool_chunk *fresh = malloc(sizeof *fresh + room);
        if (!fresh) abort(); /* memory is out: nothing sensible is left to say */
        *fresh = (struct kh_pool_chunk){.next = chunk, .size = room};
        pool->chunks = chunk = fresh;
    }
    void *block = chunk->data + chunk->used;
    chunk->used += size;
    return memset(block, 0, size);
}

void *kh_pool_array(kh_pool *pool, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) abort();
    return kh_pool_alloc(pool, total);
}

void kh_pool_reset(kh_pool *pool)
{
    struct kh_pool_chunk *keep = NULL;
    while (pool->chunks) {
        struct kh_pool_chunk *next = pool->chunks->next;
        if (!keep && pool->chunks->size == CHUNK) {
            keep = pool->chunks;
        } else {
            free(pool->chunks);
        }
        pool->chunks = next;
    }
    if (keep) {
        keep->next = NULL;
        keep->used = 0;
        pool->chunks = keep;
    }
}

void kh_pool_fini(kh_pool *pool)
{
    while (pool->chunks) {
        struct kh_pool_chunk *next = pool->chunks->next;
        free(pool->chunks);
        pool->chunks = next;
    }
}

uint8_t *kh_bytes_room(kh_bytes *bytes, size_t more)
{
    size_t need;
    if (__builtin_add_overflow(bytes->size, more, &need)) abort();
    if (need > bytes->capacity) {
        size_t capacity = bytes->capacity ? bytes->capacity : 1024;
        while (capacity < need) capacity *= 2;
        uint8_t *data = realloc(bytes->data, capacity);
        if (!data) abort();
        bytes->data = data;
        bytes->capacity = capacity;
    }
    return bytes->data + bytes->size;
}

void kh_bytes_add(kh_bytes *bytes, const void *data, size_t size)
{
    if (size) memcpy(kh_bytes_room(bytes, size), data, size);
    bytes->size += size;
}

void kh_bytes_text(kh_bytes *bytes, const char *text)
{
    kh_bytes_add(bytes, text, strlen(text));
}

void kh_bytes_printf(kh_bytes *bytes, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    size_t room = 256;
    int n = vsnprintf((char *)kh_bytes_room(bytes, room), room, format, args);
    va_end(args);
    if ((size_t)n >= room) {
        vsnprintf((char *)kh_bytes_room(bytes, (size_t)n + 1), (size_t)n + 1, format, again);
    }
    va_end(again);
    bytes->size += (size_t)n;
}

void kh_bytes_hex(kh_bytes *bytes, uint32_t value, int digits)
{
    uint8_t *to = kh_bytes_room(bytes, (size_t)digits);
    for (int i = digits - 1; i >= 0; i--, value >>= 4)
        to[i] = (uint8_t) "0123456789ABCDEF"[value & 15];
    bytes->size += (size_t)digits;
}

void kh_bytes_utf16(kh_bytes *bytes, uint32_t code)
{
    if (code < 0x10000) {
        kh_bytes_hex(bytes, code, 4);
    } else {
        kh_bytes_hex(bytes, 0xD7C0 + (code >> 10), 4);
        kh_bytes_hex(bytes, 0xDC00 | (code & 0x3FF), 4);
    }
}

void kh_bytes_fini(kh_bytes *bytes)
{
    free(bytes->data);
    *bytes = (kh_bytes){0};
}

void *kh_grow(void *array, size_t count, size_t size)
{
    /* Full at 0, 16, 32, 64, ...: the capacity follows from the count. */
    if (count != 0 && (count < 16 || (count & (count - 1)) != 0)) return array;
    void *fresh = reallocarray(array, count ? count * 2 : 16, size);
    if (!fresh) abort();
    return fresh;
}
