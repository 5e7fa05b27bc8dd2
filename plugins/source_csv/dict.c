/* Texts to codes 0, 1, 2, ... in order of arrival.
 *
 * An entry holds the first 16 bytes of its text, so the usual short key is known without a look at
 * the text itself; no text holds a NUL byte, so the zeros behind it say where it ends. It also
 * remembers which text came next the last time: files list the same accounts day after day, and
 * following that track is several times faster than asking the hash table.
 *
 * Bytes and offsets only ever grow, so a batch that is still held stays valid: it sees the first of
 * them.
 */
#include "csv.h"

struct csv_entry {
    uint64_t head[2]; /* 16 bytes of text; of a longer text its hash and 0 */
    uint32_t size;
    uint32_t next; /* code of the text behind this one */
};

struct csv_slot {
    uint32_t hash;
    uint32_t number; /* code + 1; 0 = free */
};

enum { FIRST_BITS = 8, CODES_MOST = 1 << 29 };

static csv_block *block_new(size_t room)
{
    csv_block *block = csv_grow(NULL, sizeof *block + room);
    block->refs = 1;
    block->room = room;
    return block;
}

void csv_block_drop(csv_block *block)
{
    if (block && --block->refs == 0) free(block);
}

/* Room for `need` bytes, of which `used` are kept; a block that is shared stays as it is. */
static csv_block *block_reserve(csv_block *block, size_t used, size_t need)
{
    if (need <= block->room) return block;
    csv_block *bigger = block_new(need * 2);
    memcpy(bigger->data, block->data, used);
    csv_block_drop(block);
    return bigger;
}

/* Twice as many slots, and entries for half of them. */
static void grow(csv_dict *dict)
{
    dict->bits = dict->bits ? dict->bits + 1 : FIRST_BITS;
    size_t size = sizeof *dict->slots << dict->bits;
    struct csv_slot *old = dict->slots;
    uint32_t mask = (1U << dict->bits) - 1, count = old ? 1U << (dict->bits - 1) : 0;
    dict->slots = memset(csv_grow(NULL, size), 0, size);
    for (uint32_t n = 0; n < count; n++) {
        if (old[n].number == 0) continue;
        uint32_t i = old[n].hash >> (32 - dict->bits);
        while (dict->slots[i].number) i = (i + 1) & mask;
        dict->slots[i] = old[n];
    }
    free(old);
    dict->entries = csv_grow(dict->entries, sizeof *dict->entries << (dict->bits - 1));
}

void csv_dict_init(csv_dict *dict)
{
    *dict = (csv_dict){.offsets = block_new(1024), .bytes = block_new(1024)};
    memset(dict->offsets->data, 0, sizeof(int32_t));
    grow(dict);
    dict->entries[0] = (struct csv_entry){{0, 0}, 0, 0}; /* no cell has the size 0 */
}

void csv_dict_fini(csv_dict *dict)
{
    free(dict->slots);
    free(dict->entries);
    csv_block_drop(dict->offsets);
    csv_block_drop(dict->bytes);
    *dict = (csv_dict){0};
}

static inline uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product =
        (unsigned __int128)(a ^ 0x9E3779B97F4A7C15ULL) * (b ^ 0xD1B54A32D192ED03ULL);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t load(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return word;
}

static inline void take_head(uint64_t head[2], const char *text, size_t size)
{
    if (csv_likely(size <= 16)) {
        static const char mask[32] = {-1, -1, -1, -1, -1, -1, -1, -1,
                                      -1, -1, -1, -1, -1, -1, -1, -1};
        head[0] = load(text) & load(mask + 16 - size);
        head[1] = load(text + 8) & load(mask + 24 - size);
        return;
    }
    uint64_t hash = size;
    for (size_t i = 0; i + 8 <= size; i += 8) hash = mix(hash, load(text + i));
    head[0] = mix(hash, load(text + size - 8));
    head[1] = 0;
}

static inline const int32_t *offsets_of(const csv_dict *dict)
{
    return (const int32_t *)dict->offsets->data;
}

static inline bool is_entry(const csv_dict *dict, uint32_t code, const uint64_t head[2],
                            const char *text, uint32_t size)
{
    const struct csv_entry *entry = &dict->entries[code];
    return entry->head[0] == head[0] && entry->head[1] == head[1] && entry->size == size &&
           (size <= 16 || !memcmp(dict->bytes->data + offsets_of(dict)[code], text, size));
}

/* The slot of a text: with its number, or free. */
static inline struct csv_slot *find_slot(const csv_dict *dict, uint32_t hash,
                                         const uint64_t head[2], const char *text, uint32_t size)
{
    uint32_t mask = (1U << dict->bits) - 1;
    for (uint32_t i = hash >> (32 - dict->bits);; i = (i + 1) & mask) {
        struct csv_slot *slot = &dict->slots[i];
        if (slot->number == 0 ||
            (slot->hash == hash && is_entry(dict, slot->number - 1, head, text, size))) {
            return slot;
        }
    }
}

static bool add_text(csv_dict *dict, struct csv_slot *slot, uint32_t hash, const uint64_t head[2],
                     const char *text, uint32_t size)
{
    size_t used = (size_t)offsets_of(dict)[dict->count];
    if (csv_utf8_check(text, size) < size) return false;
    if (used + size > INT32_MAX || dict->count >= CODES_MOST) return false;
    dict->bytes = block_reserve(dict->bytes, used, used + size);
    memcpy(dict->bytes->data + used, text, size);
    size_t offsets = ((size_t)dict->count + 1) * sizeof(int32_t);
    dict->offsets = block_reserve(dict->offsets, offsets, offsets + sizeof(int32_t));
    int32_t end = (int32_t)(used + size);
    memcpy(dict->offsets->data + offsets, &end, sizeof end);
    dict->entries[dict->count] = (struct csv_entry){{head[0], head[1]}, size, 0};
    *slot = (struct csv_slot){hash, ++dict->count};
    if (dict->count == 1U << (dict->bits - 1)) grow(dict);
    return true;
}

uint32_t csv_dict_codes(csv_dict *dict, const char *data, const csv_cut *cuts, uint32_t count,
                        int32_t *codes)
{
    uint32_t last = dict->last, i = 0;
    for (; i < count; i++) {
        const char *text = data + cuts[i].at;
        uint32_t size = cuts[i].size;
        if (csv_unlikely(size - 1 >= CSV_SIZE)) break; /* empty, or with CSV_DOUBLED */
        uint64_t head[2];
        take_head(head, text, size);
        uint32_t code = dict->entries[last].next;
        if (!is_entry(dict, code, head, text, size)) {
            uint32_t hash = (uint32_t)(mix(head[0], head[1]) >> 32);
            struct csv_slot *slot = find_slot(dict, hash, head, text, size);
            code = slot->number - 1;
            if (csv_unlikely(slot->number == 0)) {
                code = dict->count;
                if (!add_text(dict, slot, hash, head, text, size)) break;
            }
            dict->entries[last].next = code;
        }
        codes[i] = (int32_t)code;
        last = code;
    }
    dict->last = last;
    return i;
}
