/* SHA-256 of files and texts, for the manifest and for telling whether a run can be resumed. */
#ifndef KH_RUN_DIGEST_H
#define KH_RUN_DIGEST_H

#include <kaohe/error.h>
#include <stddef.h>

enum { KH_DIGEST_TEXT = 65 };

/** Lower-case hex. */
kh_status kh_digest_file(char out[KH_DIGEST_TEXT], const char *path, kh_error *err);
void kh_digest_text(char out[KH_DIGEST_TEXT], const char *data, size_t size);

#endif
