/* What the tests of sources that read files share: files in a temporary folder, and tables as text. */
#ifndef TESTS_SOURCE_KIT_H
#define TESTS_SOURCE_KIT_H

#include "plugin/registry.h"
#include "table/reader.h"

#include <kaohe/source.h>

/** An open instance of the plugin, loaded through the registry. */
typedef struct kit {
    kh_registry *registry;
    kh_instance instance;
    kh_arena arena;
    kh_error error; /* of the options or of open(); the instance is not usable then */
} kit;

/** Work in a new folder under /tmp; kit_leave() removes it. For .init and .fini. */
void kit_enter(void);
void kit_leave(void);

void kit_write(const char *path, const void *bytes, size_t size);
void kit_text(const char *path, const char *text);
/** The same text in GB18030; gzipped. */
void kit_gb18030(const char *path, const char *text);
void kit_gzip(const char *path, const void *bytes, size_t size, const char *mode);

/**
 * Open the plugin with options given as key, value, ..., NULL. Lists are written with spaces
 * between, maps as ours=theirs.
 */
void kit_open(kit *k, const char *const *options);
void kit_close(kit *k);

enum { KIT_ORIGIN = 1 };

/**
 * Read share @p part of @p parts. @p fields is like "day:date name:text balance:decimal(2)".
 * The result is a line per row, cells between bars, "-" for null, with KIT_ORIGIN the line number
 * and perhaps the file in front; or "! STATUS MESSAGE". The caller frees it.
 */
char *kit_rows(kit *k, const char *fields, int flags, uint32_t part, uint32_t parts);
/** All of it at once: options, read, close. */
char *kit_read(const char *const *options, const char *fields, int flags);
/** What describe() says: the columns, then "; " and each decision. */
char *kit_describe(const char *const *options);

/** Parse the words of kit_rows() into @p out (room for 16); returns how many. Names are static. */
uint32_t kit_fields(const char *fields, kh_field out[16]);

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

/** Expect that reading with these options gives exactly this. */
void kit_expect(const char *const *options, const char *fields, int flags, const char *wanted,
                const char *why);

#endif
