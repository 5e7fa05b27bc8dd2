/* Where the special bytes of a text are, 64 bytes at a time. */
#include "csv.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "bit i stands for byte i");

/* Append the offsets of the bits of `mask`: eight stores without a branch beat a loop per bit. */
static inline __attribute__((always_inline)) uint32_t *put_marks(uint32_t *out, uint32_t base,
                                                                 uint64_t mask)
{
    const uint64_t top = 1ULL << 63; /* keeps the count of zeros defined when no bit is left */
    uint32_t n = (uint32_t)__builtin_popcountll(mask);
#define PUT(i) out[i] = base + (uint32_t)__builtin_ctzll(mask | top), mask &= mask - 1
    PUT(0), PUT(1), PUT(2), PUT(3), PUT(4), PUT(5), PUT(6), PUT(7);
    if (csv_unlikely(n > 8)) {
        for (uint32_t i = 8; i < n; i++) PUT(i);
    }
#undef PUT
    return out + n;
}

typedef unsigned char bytes16 __attribute__((vector_size(16)));
typedef uint64_t words16 __attribute__((vector_size(16)));

/* One bit for each of 16 bytes that are 0 or 0xFF. */
static inline uint64_t bits16(bytes16 same)
{
    words16 words = (words16)same & 0x8040201008040201ULL;
    return (words[0] * 0x0101010101010101ULL >> 56) | (words[1] * 0x0101010101010101ULL >> 56) << 8;
}

static inline uint64_t special64(const char *text, char delimiter, char quote)
{
    uint64_t mask = 0;
    for (int i = 0; i < 4; i++) {
        bytes16 v;
        memcpy(&v, text + i * 16, sizeof v);
        bytes16 same = (bytes16)(v == (unsigned char)delimiter) |
                       (bytes16)(v == (unsigned char)quote) | (bytes16)(v == '\n') |
                       (bytes16)(v == '\r') | (bytes16)(v == 0);
        mask |= bits16(same) << i * 16;
    }
    return mask;
}

/* The bits of the first `left` bytes of a block. */
static inline uint64_t cut_mask(uint64_t mask, size_t left)
{
    return left < 64 ? mask & ((1ULL << left) - 1) : mask;
}

static uint32_t scan_plain(const char *text, size_t size, char delimiter, char quote,
                           uint32_t *marks)
{
    uint32_t *out = marks;
    for (size_t i = 0; i < size; i += 64) {
        uint64_t mask = special64(text + i, delimiter, quote);
        out = put_marks(out, (uint32_t)i, cut_mask(mask, size - i));
    }
    return (uint32_t)(out - marks);
}

#ifdef __x86_64__
/* The same twice as wide, for the processors that can: 64 bits of result in two instructions. */
typedef unsigned char bytes32 __attribute__((vector_size(32)));
typedef char chars32 __attribute__((vector_size(32)));
#define WIDE __attribute__((target("avx2,bmi,popcnt")))

WIDE static inline uint64_t bits32(bytes32 same)
{
    return (uint32_t)__builtin_ia32_pmovmskb256((chars32)same);
}

WIDE static inline uint64_t special32(const char *text, char delimiter, char quote)
{
    bytes32 v;
    memcpy(&v, text, sizeof v);
    return bits32((bytes32)(v == (unsigned char)delimiter) | (bytes32)(v == (unsigned char)quote) |
                  (bytes32)(v == '\n') | (bytes32)(v == '\r') | (bytes32)(v == 0));
}

WIDE static uint32_t scan_wide(const char *text, size_t size, char delimiter, char quote,
                               uint32_t *marks)
{
    uint32_t *out = marks;
    for (size_t i = 0; i < size; i += 64) {
        uint64_t mask = special32(text + i, delimiter, quote) |
                        special32(text + i + 32, delimiter, quote) << 32;
        out = put_marks(out, (uint32_t)i, cut_mask(mask, size - i));
    }
    return (uint32_t)(out - marks);
}

static bool is_wide(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("popcnt");
}
#else
#define scan_wide scan_plain

static bool is_wide(void)
{
    return false;
}
#endif

uint32_t csv_scan(const char *text, size_t size, char delimiter, char quote, uint32_t *marks)
{
    return is_wide() ? scan_wide(text, size, delimiter, quote, marks)
                     : scan_plain(text, size, delimiter, quote, marks);
}

size_t csv_ascii(const char *text, size_t size)
{
    size_t i = 0;
    for (; i + 8 <= size; i += 8) {
        uint64_t word;
        memcpy(&word, text + i, 8);
        if (word & 0x8080808080808080ULL) break;
    }
    while (i < size && !(text[i] & 0x80)) i++;
    return i;
}

size_t csv_utf8_length(const char *text, size_t size)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t n = s[0] < 0x80 ? 1 : s[0] < 0xC2 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    if (n == 0 || n > size || s[0] > 0xF4) return 0;
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80) return 0;
    }
    /* too long forms, surrogates, beyond U+10FFFF */
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
        (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F)) {
        return 0;
    }
    return n;
}

size_t csv_utf8_check(const char *text, size_t size)
{
    size_t i = csv_ascii(text, size);
    while (i < size) {
        size_t n = csv_utf8_length(text + i, size - i);
        if (n == 0) break;
        i += n;
    }
    return i;
}
