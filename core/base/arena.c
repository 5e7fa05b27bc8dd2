/* Memory that is freed all at once, and a map from names to numbers that lives in it. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64 * 1024, SPILL_CHUNK = 1024 * 1024 };

struct kh_arena_chunk {
    struct kh_arena_chunk *next;
    size_t used, size;
    _Alignas(max_align_t) char data[];
};

/* Blocks take whole cells of 16 bytes. */
static size_t round_up(size_t size)
{
    return (size + 15) & ~(size_t)15;
}

static struct kh_arena_chunk *take_chunk(kh_arena *arena, size_t room)
{
    size_t size = sizeof(struct kh_arena_chunk) + room;
    struct kh_arena_chunk *fresh;
    if (arena->spill) {
        kh_spill_rest(arena->spill); /* what is filled may go */
        fresh = kh_spill_alloc(arena->spill, size);
    } else {
        fresh = malloc(size);
    }
    if (!fresh) abort(); /* memory is out: nothing sensible is left to say */
    return fresh;
}

void *kh_arena_alloc(kh_arena *arena, size_t size)
{
    if (size > PTRDIFF_MAX) abort(); /* the rounding and the sum below would run over */
    size = round_up(size);
    struct kh_arena_chunk *chunk = arena->chunks;
    if (!chunk || chunk->size - chunk->used < size) {
        size_t usual = arena->spill ? SPILL_CHUNK : CHUNK, room = size > usual / 4 ? size : usual;
        struct kh_arena_chunk *fresh = take_chunk(arena, room);
        fresh->used = 0;
        fresh->size = room;
        if (chunk && room == size && room != usual) { /* a large block goes behind the open chunk */
            fresh->next = chunk->next;
            chunk->next = fresh;
        } else {
            fresh->next = chunk;
            arena->chunks = fresh;
        }
        chunk = fresh;
    }
    void *block = chunk->data + chunk->used;
    chunk->used += size;
    return memset(block, 0, size);
}

void *kh_arena_array(kh_arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) abort();
    return kh_arena_alloc(arena, total);
}

char *kh_arena_bytes(kh_arena *arena, const char *data, size_t size)
{
    char *copy = kh_arena_alloc(arena, size + 1);
    if (size) memcpy(copy, data, size);
    return copy;
}

char *kh_arena_text(kh_arena *arena, const char *text)
{
    return kh_arena_bytes(arena, text, strlen(text));
}

char *kh_arena_printf(kh_arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = kh_arena_alloc(arena, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text;
}

bool kh_arena_extend(kh_arena *arena, const void *block, size_t old_size, size_t size)
{
    struct kh_arena_chunk *chunk = arena->chunks;
    old_size = round_up(old_size), size = round_up(size);
    if (!chunk || chunk->used < old_size || chunk->data + chunk->used - old_size != block ||
        chunk->size - chunk->used < size - old_size) {
        return false;
    }
    memset(chunk->data + chunk->used, 0, size - old_size);
    chunk->used += size - old_size;
    return true;
}

void kh_arena_fini(kh_arena *arena)
{
    while (arena->chunks) {
        struct kh_arena_chunk *next = arena->chunks->next;
        if (!arena->spill) free(arena->chunks);
        arena->chunks = next;
    }
}

void kh_arena_reset(kh_arena *arena)
{
    struct kh_arena_chunk *keep = NULL;
    while (arena->chunks) {
        struct kh_arena_chunk *next = arena->chunks->next;
        if (!keep && arena->chunks->size == CHUNK) {
            keep = arena->chunks;
        } else {
            free(arena->chunks);
        }
        arena->chunks = next;
    }
    if (keep) {
        keep->next = NULL;
        keep->used = 0;
        arena->chunks = keep;
    }
}

/* FNV-1a with a final mix; only speed depends on it, never an order. */
static uint32_t hash_text(const char *text, size_t length)
{
    uint64_t h = 0xcbf29ce484222325ULL;
    for (size_t i = 0; i < length; i++) h = (h ^ (unsigned char)text[i]) * 0x100000001b3ULL;
    return (uint32_t)(h ^ h >> 32);
}

static uint32_t *find_slot(const kh_names *names, const char *text, size_t length, uint32_t hash)
{
    uint32_t mask = names->slot_count - 1;
    for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
        uint32_t number = names->slots[i];
        if (number == 0) return &names->slots[i];
        const struct kh_name *name = &names->items[number - 1];
        if (name->hash == hash && name->length == length &&
            (length == 0 || !memcmp(name->text, text, length))) {
            return &names->slots[i];
        }
    }
}

uint32_t kh_names_find(const kh_names *names, const char *text, size_t length)
{
    if (names->slot_count == 0) return KH_NO_NAME;
    uint32_t number = *find_slot(names, text, length, hash_text(text, length));
    return number ? number - 1 : KH_NO_NAME;
}

static void grow(kh_names *names)
{
    uint32_t slot_count = names->slot_count ? names->slot_count * 2 : 32;
    free(names->slots);
    names->slots = calloc(slot_count, sizeof *names->slots);
    names->capacity = slot_count / 2;
    struct kh_name *items = realloc(names->items, names->capacity * sizeof *items);
    if (!names->slots || !items) abort();
    names->items = items;
    names->slot_count = slot_count;
    for (uint32_t i = 0; i < names->count; i++) {
        uint32_t at = items[i].hash & (slot_count - 1);
        while (names->slots[at]) at = (at + 1) & (slot_count - 1);
        names->slots[at] = i + 1;
    }
}

uint32_t kh_names_add(kh_names *names, const char *text, size_t length)
{
    if (names->count == names->capacity) grow(names);
    uint32_t hash = hash_text(text, length);
    uint32_t *slot = find_slot(names, text, length, hash);
    if (*slot == 0) {
        names->items[names->count] =
            (struct kh_name){kh_arena_bytes(&names->arena, text, length), (uint32_t)length, hash};
        *slot = ++names->count;
    }
    return *slot - 1;
}

void kh_names_close(kh_names *names)
{
    free(names->items);
    free(names->slots);
    *names = (kh_names){.arena = names->arena};
}

void kh_names_fini(kh_names *names)
{
    kh_names_close(names);
    kh_arena_fini(&names->arena);
    *names = (kh_names){0};
}
