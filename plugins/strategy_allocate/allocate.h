/* What the two ways of allocating share: the options of the plugin. */
#ifndef KH_ALLOCATE_H
#define KH_ALLOCATE_H

#include <kaohe/stage.h>

typedef struct allocate {
    const char *total, *weight, *turn, *capacity, *as, *title, *pay, *rule;
    const char *rows, *key, *pool, *keeper, *unit, *as_new, *as_over;
    kh_texts by;
    int32_t within;
    int64_t places;
    const kh_host *host;
} allocate;

enum { WITHIN_ALL, WITHIN_GROUP };

/* rows.c: rows of nobody go to people one by one */
kh_status check_rows(const allocate *a, const kh_sheet *sheet, kh_error *err);
kh_status run_rows(const allocate *a, kh_sheet *sheet, kh_error *err);

#endif
