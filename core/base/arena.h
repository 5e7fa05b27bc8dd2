/* Memory that is freed all at once, and a map from names to numbers that lives in it. */
#ifndef KH_BASE_ARENA_H
#define KH_BASE_ARENA_H

#include "base/spill.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * Zero-initialise. Pointers stay valid until kh_arena_fini().
 * With @p spill (borrowed) everything lies there, until kh_spill_free().
 */
typedef struct kh_arena {
    struct kh_arena_chunk *chunks;
    kh_spill *spill;
} kh_arena;

/** Zeroed, aligned for any type. Never NULL: when memory is out the process ends. */
void *kh_arena_alloc(kh_arena *arena, size_t size);
/** @p count elements of @p size bytes, with the product checked. */
void *kh_arena_array(kh_arena *arena, size_t count, size_t size);
char *kh_arena_text(kh_arena *arena, const char *text);
char *kh_arena_bytes(kh_arena *arena, const char *data, size_t size);
__attribute__((format(printf, 2, 3))) char *kh_arena_printf(kh_arena *arena, const char *format,
                                                            ...);
/** Make the block that was asked for last larger where it lies; false: there is no room. */
bool kh_arena_extend(kh_arena *arena, const void *block, size_t old_size, size_t size);
void kh_arena_fini(kh_arena *arena);
/** Forget everything but keep one chunk, for use in a loop; not with a spill. */
void kh_arena_reset(kh_arena *arena);

/**
 * Names to the numbers 0, 1, 2, ... in order of arrival. Zero-initialise; names are copied.
 * Iteration goes by number, so no order of hashes is ever seen.
 */
typedef struct kh_names {
    kh_arena arena;
    struct kh_name {
        const char *text;
        uint32_t length;
        uint32_t hash;
    } * items;
    uint32_t count, capacity;
    uint32_t *slots; /* number + 1; 0 = free */
    uint32_t slot_count;
} kh_names;

enum { KH_NO_NAME = UINT32_MAX };

/** The number of a name, KH_NO_NAME when it is not known. */
uint32_t kh_names_find(const kh_names *names, const char *text, size_t length);
/** The number of a name, which is added when it is new. */
uint32_t kh_names_add(kh_names *names, const char *text, size_t length);
/** Forget the numbers; texts that were handed out stay until kh_names_fini(). */
void kh_names_close(kh_names *names);
void kh_names_fini(kh_names *names);

#endif
