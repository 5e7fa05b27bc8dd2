/* The last line of defence around a worker, outside its process: a watched clock and a cage.
 *
 * User Lua runs in forked children only. The parent maps one page of slots before it forks; each
 * worker writes into its own slot what it is doing and until when. The parent looks now and then,
 * kills the child whose time is over and reports what it was doing.
 */
#ifndef KH_SCRIPT_GUARD_H
#define KH_SCRIPT_GUARD_H

#include <kaohe/error.h>
#include <stddef.h>

typedef struct kh_guard kh_guard;

/** Longest `what` and `who`, with NUL; longer ones are cut at a character border. */
enum { KH_GUARD_TEXT = 96 };

/** @p slots workers, shared with every child forked later. NULL when memory is out. */
kh_guard *kh_guard_new(uint32_t slots);
void kh_guard_free(kh_guard *guard);

/** Worker: "metric corp_profit", "subject M0001" begins and may take @p milliseconds. */
void kh_guard_enter(kh_guard *guard, uint32_t slot, const char *what, const char *who,
                    int64_t milliseconds);
/** Worker: for the same `who` something else begins. */
void kh_guard_turn(kh_guard *guard, uint32_t slot, const char *what, int64_t milliseconds);
/** Worker: it is done. What it was stays readable, the deadline is gone. */
void kh_guard_leave(kh_guard *guard, uint32_t slot);

/** What a slot's worker is, or last was, doing. */
typedef struct kh_guard_view {
    uint32_t sequence;                /* calls begun so far; 0 = none */
    bool busy;                        /* between enter and leave */
    int64_t late;                     /* milliseconds past the deadline; negative: still time */
    char text[2 * KH_GUARD_TEXT + 2]; /* "metric corp_profit, subject M0001" */
} kh_guard_view;

/** Parent: look at one slot, e.g. after its child died. */
void kh_guard_look(const kh_guard *guard, uint32_t slot, kh_guard_view *out);

/** Parent: the first slot past its deadline, seen through @p out; -1 when there is none. */
int kh_guard_expired(const kh_guard *guard, kh_guard_view *out);

typedef enum kh_guard_profile {
    KH_GUARD_COMPUTE, /* memory, time, open descriptors: nothing can be opened, started, sent */
    KH_GUARD_RENDER   /* also files: open, write, rename, sync; no sockets, processes, signals */
} kh_guard_profile;

/** 0 leaves a limit as it is. */
typedef struct kh_guard_limits {
    size_t memory;        /* bytes of address space, beside what is mapped now */
    uint32_t cpu_seconds; /* of this process from now on */
    size_t file_size;     /* bytes of one file written; nothing dumps core in any case */
} kh_guard_limits;

/**
 * Cage this process for the rest of its life. A refused call fails with EPERM.
 * @return KH_EUNSUPPORTED when the kernel has no seccomp; the limits then hold all the same.
 */
kh_status kh_guard_confine(kh_guard_profile profile, const kh_guard_limits *limits, kh_error *err);

#endif
