/* What all templates of one Lua state share: the theme, the run, the document being made. */
#ifndef KH_DOCUMENT_DESK_H
#define KH_DOCUMENT_DESK_H

#include "document/chart.h"
#include "document/intake.h"
#include "measure/measure.h"
#include "scheme/scheme.h"

/** Ranks of everybody, computed once for a run. */
typedef struct kh_population {
    uint32_t ranked;                     /* people with a rank */
    uint32_t *group_rank, *group_ranked; /* by card; 0 = not ranked */
} kh_population;

/** The ranks within groups, from the ranks of the cards. @p spill: where these lie, or NULL. */
kh_population kh_population_of(const kh_results *results, const kh_spill *spill, kh_arena *arena);

/** The distribution of one column, which is sorted; `bins` is 0 when nobody has a value. */
kh_histogram kh_population_histogram(kh_decimal *values, uint32_t count, kh_arena *arena);

/** Lives in the Lua state that it belongs to. */
typedef struct kh_desk {
    lua_State *L;
    const kh_scheme *scheme;
    kh_theme theme;
    kh_arena *arena; /* of the document being made; NULL in between */
    /* the run; what is computed for it lives in `kept` until the next one */
    const kh_results *results;
    const kh_results *taken; /* those of which all is there */
    const kh_facts *facts;
    kh_arena kept;
    kh_population population;
    kh_names columns;  /* names of measures and metrics */
    uint32_t *numbers; /* by column: its number among the measures and then the metrics */
    kh_histogram *histograms;
    bool *counted; /* by column: is it computed? the last one is the score's */
} kh_desk;

/** The number of a measure or metric as in `numbers`; KH_NO_NAME when there is none. */
uint32_t kh_desk_column(const kh_desk *desk, const char *name);

/**
 * The desk of a scheme's state. The first call defines the functions that templates use and may
 * raise; later ones only find it.
 */
kh_desk *kh_desk_open(lua_State *L, const kh_scheme *scheme);

/** A intake for the arguments of a function that a template calls. Raises outside of a document. */
kh_intake kh_desk_intake(kh_desk *desk);

/** Take up another run. Raises. */
void kh_desk_take(kh_desk *desk, const kh_results *results, const kh_facts *facts);

/* card.c */
/**
 * Push the run as templates see it, with the code of this document ("" = none); the same table
 * until another run is taken up. Raises.
 */
void kh_desk_push_run(kh_desk *desk, const char *code);
/** Push card @p index as templates see it. Raises. */
void kh_desk_push_card(kh_desk *desk, uint32_t index);
void kh_desk_open_cards(kh_desk *desk);
/** Make reading an unknown name of the theme, the table on top of the stack, a mistake. */
void kh_desk_guard_theme(lua_State *L);

/* helpers.c, draw.c */
void kh_desk_open_helpers(kh_desk *desk);
void kh_desk_open_charts(kh_desk *desk);

#endif
