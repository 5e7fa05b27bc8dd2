/* Metrics: the admins' Lua formulas over measures, parameters and other metrics, one subject at a
 * time, in the order of their dependencies. */
#ifndef KH_METRIC_METRIC_H
#define KH_METRIC_METRIC_H

#include "measure/measure.h"
#include "scheme/scheme.h"
#include "script/guard.h"

typedef struct kh_metrics kh_metrics;

/**
 * Find what each formula uses and an order in which all can be computed. Unknown names, cycles and
 * uses that cannot be followed go to @p diags. Never NULL; use it only without errors.
 */
kh_metrics *kh_metrics_new(const kh_scheme *scheme, kh_diags *diags);
void kh_metrics_free(kh_metrics *metrics);

/** Evaluate only @p metric and those it depends on from now on. */
void kh_metrics_limit(kh_metrics *metrics, uint32_t metric);

/** Bounds for one call of a formula. */
enum {
    KH_FORMULA_INSTRUCTIONS = 1000000,
    KH_FORMULA_MEMORY = 1024 * 1024,
    KH_FORMULA_MILLISECONDS = 2000
};

/** Where a formula's failure goes; @p text names metric, file and line. */
typedef void kh_metric_failure(void *ctx, uint32_t subject, const char *text);

/**
 * Evaluate all metrics for the subjects first .. first + count - 1.
 *
 * Shape    values[k * subject_count + s] is metric k (in the order of the plan) of subject s.
 * Unit     each metric's; rounded only where it declares `round`.
 * Missing  a formula that returns nil gives KH_ABSENT. After a failure all metrics of that subject
 *          are absent and the others go on.
 * Bounds   per call the three above; the clock is watched from outside through @p guard (may be
 *          NULL), slot @p slot.
 */
kh_status kh_metrics_eval(kh_metrics *metrics, const kh_facts *facts, uint32_t first,
                          uint32_t count, kh_decimal *values, kh_guard *guard, uint32_t slot,
                          kh_metric_failure *failed, void *ctx, kh_error *err);

/** The formula as the user wrote it, for `explain`; not NUL-terminated. */
const char *kh_metrics_formula(const kh_metrics *metrics, uint32_t metric, size_t *length);

/** The measures and metrics a formula uses, by name, in the order of first use; ends with NULL. */
const char *const *kh_metrics_uses(const kh_metrics *metrics, uint32_t metric);

/** Does it run without Lua, wherever Lua would not answer with an error? */
bool kh_metrics_is_direct(const kh_metrics *metrics, uint32_t metric);

/** Does a formula use the parameter of this name? */
bool kh_metrics_uses_param(const kh_metrics *metrics, uint32_t metric, const char *name);
/** Does a formula read the records of this name? */
bool kh_metrics_uses_records(const kh_metrics *metrics, uint32_t metric, const char *name);

#endif
