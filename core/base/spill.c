/* Memory in a file without a name: what is not in use need not stay in memory. */
#include "base/spill.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SEGMENT = 16 << 20 };

typedef struct segment {
    struct segment *next;
    char *data;
    size_t used, size;
    bool on_disk;
} segment;

struct kh_spill {
    int file;
    off_t length;
    segment *segments; /* the first one is being filled */
};

kh_spill *kh_spill_new(void)
{
    const char *folder = getenv("TMPDIR");
    int file = open(folder && *folder ? folder : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0) return NULL;
    kh_spill *spill = calloc(1, sizeof *spill);
    if (!spill) abort();
    spill->file = file;
    return spill;
}

void kh_spill_free(kh_spill *spill)
{
    if (!spill) return;
    while (spill->segments) {
        segment *next = spill->segments->next;
        munmap(spill->segments->data, spill->segments->size);
        free(spill->segments);
        spill->segments = next;
    }
    close(spill->file);
    free(spill);
}

static void add_segment(kh_spill *spill, size_t size)
{
    segment *fresh = calloc(1, sizeof *fresh);
    if (!fresh) abort();
    fresh->size = size > SEGMENT ? (size + 4095) & ~(size_t)4095 : SEGMENT;
    /* Room on the disk is taken now: a page that finds none later would end the process. */
    fresh->on_disk = posix_fallocate(spill->file, spill->length, (off_t)fresh->size) == 0;
    int flags = fresh->on_disk ? MAP_SHARED : MAP_SHARED | MAP_ANONYMOUS;
    fresh->data = mmap(NULL, fresh->size, PROT_READ | PROT_WRITE, flags,
                       fresh->on_disk ? spill->file : -1, fresh->on_disk ? spill->length : 0);
    if (fresh->data == MAP_FAILED) abort(); /* memory is out: nothing sensible is left to say */
    if (fresh->on_disk) spill->length += (off_t)fresh->size;
    fresh->next = spill->segments;
    spill->segments = fresh;
}

void *kh_spill_alloc(kh_spill *spill, size_t size)
{
    if (size > PTRDIFF_MAX / 2) abort(); /* the rounding would run over */
    size = (size + 15) & ~(size_t)15;
    if (!spill->segments || spill->segments->size - spill->segments->used < size) {
        add_segment(spill, size);
    }
    segment *first = spill->segments;
    void *block = first->data + first->used;
    first->used += size;
    return block;
}

void kh_spill_rest(const kh_spill *spill)
{
    for (const segment *s = spill ? spill->segments : NULL; s; s = s->next) {
        if (s->on_disk) madvise(s->data, s->size, MADV_DONTNEED);
    }
}

void kh_spill_seal(const kh_spill *spill)
{
    for (const segment *s = spill ? spill->segments : NULL; s; s = s->next) {
        mprotect(s->data, s->size, PROT_READ);
    }
}
