/* SHA-256 of files and texts, for the manifest and for telling whether a run can be resumed. */
#include "run/digest.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

static void finish(struct sha256_ctx *sha, char out[KH_DIGEST_TEXT])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(sha, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) snprintf(out + i * 2, 3, "%02x", digest[i]);
}

void kh_digest_text(char out[KH_DIGEST_TEXT], const char *data, size_t size)
{
    struct sha256_ctx sha;
    sha256_init(&sha);
    sha256_update(&sha, size, (const uint8_t *)data);
    finish(&sha, out);
}

kh_status kh_digest_file(char out[KH_DIGEST_TEXT], const char *path, kh_error *err)
{
    FILE *file = fopen(path, "rb");
    if (!file) return kh_fail(err, KH_EUSAGE, "cannot read '%s': %s", path, kh_tr_errno(errno));
    struct sha256_ctx sha;
    sha256_init(&sha);
    static uint8_t buffer[1 << 16];
    size_t n;
    while ((n = fread(buffer, 1, sizeof buffer, file)) > 0) sha256_update(&sha, n, buffer);
    bool bad = ferror(file);
    fclose(file);
    if (bad) return kh_fail(err, KH_EUSAGE, "cannot read '%s': %s", path, kh_tr_errno(errno));
    finish(&sha, out);
    return KH_OK;
}
