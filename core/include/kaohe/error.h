/* How every call across the plugin border reports failure. */
#ifndef KAOHE_ERROR_H
#define KAOHE_ERROR_H

#include <libintl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/**
 * What the caller should do about a failure. Each code is a reaction, not a place.
 * Success is 0, every failure is negative, so `if (rc < 0)` is enough.
 */
typedef enum kh_status {
    KH_OK = 0,
    KH_EUSAGE = -1,       /* the configuration is wrong: mend it (exit 2) */
    KH_EDATA = -2,        /* the input data is wrong: mend it (exit 2) */
    KH_EUNAVAILABLE = -3, /* a source or plugin is out of reach: try again (exit 3) */
    KH_EDENIED = -4,      /* credentials or permissions: ask who owns them (exit 3) */
    KH_EUNSUPPORTED = -5, /* this plugin cannot do that: choose another way (exit 2) */
    KH_ECANCELLED = -6,   /* the user interrupted (exit 130) */
    KH_ELIMIT = -7,       /* a declared bound was broken: time, memory, digits (exit 2) */
    KH_EINTERNAL = -8     /* ours: report it (exit 4) */
} kh_status;

/** Marks a literal as a message of the catalogue, where it is not looked up at once. */
#define KH_N_(text) text

/** A message in the language of the user; for texts that become a part of another message. */
__attribute__((format_arg(1))) static inline const char *kh_tr(const char *text)
{
    return *text ? dgettext("kaohe", text) : text;
}

/** strerror() in the language of the user, which the C library would answer in its own charset. */
static inline const char *kh_tr_errno(int code)
{
#ifdef _GNU_SOURCE
    const char *text = strerrordesc_np(code);
    return text ? kh_tr(text) : "?";
#else
    return strerror(code);
#endif
}

/** One line, UTF-8, NUL-terminated. Longer messages are cut at a character border. */
enum { KH_ERROR_TEXT = 1000 };

/**
 * A caller-owned error: lives on the stack, is never freed.
 * The first cause wins: kh_fail() on an error that is already set changes nothing.
 */
typedef struct kh_error {
    kh_status status;
    char text[KH_ERROR_TEXT];
} kh_error;

#define KH_ERROR_INIT                                                                              \
    {                                                                                              \
        KH_OK, ""                                                                                  \
    }

/**
 * Make @p text (which snprintf may have truncated) one line in which no character is left half;
 * line breaks and other control characters, which quoted data may hold, become blanks.
 */
static inline void kh_error_trim(char *text, size_t size)
{
    size_t n = 0;
    for (; n < size && text[n]; n++) {
        if ((unsigned char)text[n] < 0x20 || text[n] == 0x7f) text[n] = ' ';
    }
    if (n < size - 1) return;
    while (n > 0 && ((unsigned char)text[n - 1] & 0xC0) == 0x80) n--;
    if (n > 0 && ((unsigned char)text[n - 1] & 0xC0) == 0xC0) n--;
    text[n] = '\0';
}

/** va_list form of kh_fail(). */
static inline kh_status kh_vfail(kh_error *err, kh_status status, const char *format, va_list args)
{
    if (err && err->status == KH_OK) {
        err->status = status;
        /* The format is looked up in the catalogue of messages, so call sites stay plain. */
        vsnprintf(err->text, sizeof err->text, dgettext("kaohe", format), args);
        kh_error_trim(err->text, sizeof err->text);
    }
    return err ? err->status : status;
}

/**
 * Record a failure and return its code, for `return kh_fail(err, KH_EDATA, "...", ...)`.
 *
 * The line is lower case, quotes what the user wrote, names file:line:column where there is one,
 * and ends with the fix. @p err may be NULL.
 */
__attribute__((format(printf, 3, 4))) static inline kh_status
kh_fail(kh_error *err, kh_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    kh_status rc = kh_vfail(err, status, format, args);
    va_end(args);
    return rc;
}
#ifdef __clang_analyzer__ /* does not look into functions with '...' */
#define kh_fail(err, status, ...) (kh_fail(err, status, __VA_ARGS__), (status))
#endif

#endif
