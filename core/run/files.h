/* Output files: built aside, synced in batches, renamed into place. A killed run leaves whole files. */
#ifndef KH_RUN_FILES_H
#define KH_RUN_FILES_H

#include "base/arena.h"
#include "base/text.h"

#include <kaohe/output.h>

/** An output folder with its staging area. */
typedef struct kh_outbox kh_outbox;

/**
 * Make the folder if need be and clear what a killed run left in its staging area.
 * @param spill  rests whenever a part of a long file is written; may be NULL
 * KH_EUSAGE: the folder cannot be made or written, with the reason.
 */
kh_status kh_outbox_open(kh_outbox **out, const char *folder, const kh_spill *spill, kh_error *err);
/** Removes the staging area; files that were not committed are gone. */
void kh_outbox_close(kh_outbox *outbox);
/** For a forked worker: use its own part of the staging area from now on. */
void kh_outbox_enter(kh_outbox *outbox, uint32_t worker);

/**
 * Begin a file at @p path (relative to the folder); write it through @p sink, then finish it.
 * Only one file is open at a time.
 */
kh_status kh_outbox_begin(kh_outbox *outbox, const char *path, kh_sink *sink, kh_error *err);
/** @p keep false: throw the file away. After KH_OK it waits for the commit. */
kh_status kh_outbox_finish(kh_outbox *outbox, bool keep, kh_error *err);

/** Sync and rename all files that wait. Their number; negative: a status. */
int kh_outbox_commit(kh_outbox *outbox, kh_error *err);

/** How many files wait for a commit. */
uint32_t kh_outbox_waiting(const kh_outbox *outbox);

/** True when a whole file is there. */
bool kh_outbox_has(const kh_outbox *outbox, const char *path);

/** Read a small file of the folder; false when it is not there. */
bool kh_outbox_read(const kh_outbox *outbox, const char *path, kh_buf *out);

/**
 * Fill {period} {group} {id} {name} of a path pattern. Characters that cannot be in a file name
 * become '_'; a part never begins with a point. KH_EUSAGE names an unknown word.
 */
kh_status kh_path_fill(kh_buf *out, const char *pattern, const char *period,
                       const kh_subject *subject, kh_error *err);

#endif
