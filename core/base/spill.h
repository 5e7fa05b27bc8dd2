/* Memory in a file without a name: what is not in use need not stay in memory. */
#ifndef KH_BASE_SPILL_H
#define KH_BASE_SPILL_H

#include <stddef.h>

/**
 * Where everything lies that a run knows of all its subjects. Blocks are shared with processes
 * forked later. The file is in $TMPDIR, else /var/tmp, and gone with the last process.
 */
typedef struct kh_spill kh_spill;

/** NULL where no such file can be made: things then lie in memory as ever. */
kh_spill *kh_spill_new(void);
/** Blocks are gone with it. NULL is fine. */
void kh_spill_free(kh_spill *spill);

/** Zeroed, aligned for any type; it lies in memory when the disk is full. Never NULL. */
void *kh_spill_alloc(kh_spill *spill, size_t size);

/** Let go of all pages; they come back by themselves when they are touched. NULL is fine. */
void kh_spill_rest(const kh_spill *spill);

/** In a forked process: from now on it may only read. NULL is fine. */
void kh_spill_seal(const kh_spill *spill);

#endif
