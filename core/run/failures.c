/* What a run tells while it works: subjects that failed, and how far it is. */
#include "run/running.h"

#include <string.h>

/* One mistake in a formula concerns everybody: a few are named, the others counted. */
enum { NAMED_MOST = 3 };

void kh_running_failed(kh_running *r, uint32_t subject, const char *text)
{
    const kh_subject *who = &r->facts.subjects[subject];
    uint32_t i = 0;
    if (r->again) return;
    r->failures++;
    while (i < r->reason_count && strcmp(r->reasons[i].text, text) != 0) i++;
    if (i == sizeof r->reasons / sizeof *r->reasons) return;
    if (i == r->reason_count) {
        r->reasons[r->reason_count++] = (struct kh_reason){kh_arena_text(&r->arena, text), 0};
    }
    if (++r->reasons[i].count > NAMED_MOST) return;
    kh_progress_end(&r->progress);
    fprintf(stderr, dgettext("kaohe", "kaohe: %s %s: %s\n"), who->id, who->name, text);
}

void kh_running_tell_rest(const kh_running *r)
{
    uint32_t told = 0;
    for (uint32_t i = 0; i < r->reason_count; i++) {
        uint32_t count = r->reasons[i].count;
        told += count;
        if (count <= NAMED_MOST) continue;
        fprintf(stderr, dgettext("kaohe", "kaohe: and %u more: %s\n"), count - NAMED_MOST,
                r->reasons[i].text);
    }
    if (told < r->failures) {
        fprintf(stderr, dgettext("kaohe", "kaohe: ... and %u more failures\n"), r->failures - told);
    }
}

void kh_running_progress(void *ctx, uint32_t done, uint32_t total)
{
    kh_progress_show(&((kh_running *)ctx)->progress, done, total);
}
