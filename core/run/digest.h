/* SHA-256 of files and texts, for the manifest and for telling whether a run can be resumed. */
#ifndef KH_RUN_DIGEST_H
#define KH_RUN_DIGEST_H

#include <kaohe/error.h>
#include <nettle/sha2.h>
#include <stddef.h>

enum { KH_DIGEST_TEXT = 65 };

/** Lower-case hex. */
kh_status kh_digest_file(char out[KH_DIGEST_TEXT], const char *path, kh_error *err);
void kh_digest_text(char out[KH_DIGEST_TEXT], const char *data, size_t size);
/** Of what went into @p sha, which begins anew. */
void kh_digest_end(char out[KH_DIGEST_TEXT], struct sha256_ctx *sha);

/**
 * Digests of large files, made by a process of its own while this one reads them for its sums.
 * kh_digests_file() waits for it; a file it does not know is digested on the spot.
 */
typedef struct kh_digests kh_digests;

/** @p paths are copied. NULL when the files are so small that a process would not pay. */
kh_digests *kh_digests_start(const char *const *paths, uint32_t count);
/** @p digests may be NULL. */
kh_status kh_digests_file(kh_digests *digests, char out[KH_DIGEST_TEXT], const char *path,
                          kh_error *err);
/** Ends the process if it still runs. NULL is fine. */
void kh_digests_free(kh_digests *digests);

#endif
