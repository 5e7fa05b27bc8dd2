/* People and branches at the edges of what templates must show, as documents of the templates. */
#ifndef OUTPUT_PDF_PEOPLE_H
#define OUTPUT_PDF_PEOPLE_H

#include <kaohe/document.h>

#include <stdbool.h>
#include <stdint.h>

/** One document: who it is about and what is unusual about them. */
typedef struct people_case {
    const char *name;     /* "40-items": also the name of its file */
    const char *template; /* "scorecard" */
    /* What is unusual; 0 and NULL: as usual. */
    bool points;     /* a scheme of 100 points instead of one of profits */
    uint32_t people; /* in the branch: 1 = nobody but the one */
    uint32_t items;
    uint32_t excluded, decisions, notes, steps, history;
    const char *amount; /* "huge", "negative", "mixed", "tiny" */
    const char *id, *who, *group, *post, *title;
    const char *failed;
    bool absent;      /* items without data, and no score */
    bool rules;       /* the scheme has words for each line */
    const char *sees; /* must be on the last page */
} people_case;

extern const people_case people_cases[];
extern const uint32_t people_case_count;

/** Lives until people_close(). */
const kh_document *people_open(const people_case *which);
void people_close(void);

#endif
