/* The measures of a dataset that are folded together: the same window, flows or balances. */
#include "measure/fold.h"

#include <stdlib.h>

static bool same_window(const kh_period *a, const kh_period *b)
{
    return a->from == b->from && a->to == b->to;
}

kh_pass *kh_passes_new(kh_run_state *state, uint32_t dataset, uint32_t *count)
{
    const kh_plan *plan = state->measures->plan;
    kh_dataset *d = &state->measures->datasets[dataset];
    kh_pass *passes = calloc(plan->measure_count + 1, sizeof *passes);
    if (!passes) abort();
    *count = 0;
    for (uint32_t i = 0; i < plan->measure_count; i++) {
        const kh_measure_decl *decl = &plan->measures[i];
        if (decl->dataset != dataset || state->pushed[i]) continue;
        kh_period window = kh_window_of(&decl->window, &state->facts->period);
        bool balance = decl->over != KH_OVER_NONE;
        kh_pass *pass = NULL;
        for (uint32_t p = 0; p < *count; p++) {
            if (same_window(&passes[p].window, &window) && passes[p].balance == balance) {
                pass = &passes[p];
            }
        }
        if (!pass) {
            pass = &passes[(*count)++];
            pass->state = state;
            pass->dataset = d;
            pass->window = window;
            pass->balance = balance;
            pass->measures = calloc(plan->measure_count, sizeof *pass->measures);
            if (!pass->measures) abort();
            if (d->owner >= 0) {
                pass->owners = &state->owners[d->owner];
                pass->share_scale = pass->owners->scale;
            }
        }
        pass->measures[pass->count++] = i;
    }
    return passes;
}

void kh_passes_free(kh_pass *passes, uint32_t count)
{
    for (uint32_t p = 0; p < count; p++) free(passes[p].measures);
    free(passes);
}
