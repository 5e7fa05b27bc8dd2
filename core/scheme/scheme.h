/* Loading a project: its kaohe.lua and its scheme become one validated plan.
 *
 * Runs the user's Lua in a sandbox; call it in a process that someone watches (script/guard.h).
 */
#ifndef KH_SCHEME_SCHEME_H
#define KH_SCHEME_SCHEME_H

#include "scheme/plan.h"
#include "script/sandbox.h"

typedef struct kh_scheme {
    kh_plan plan;
    kh_script *script; /* formulas, parameters and Lua stages live in it */
    kh_registry *registry;
} kh_scheme;

/** Where the program's own parts are. */
typedef struct kh_places {
    const char *plugins; /* folder of the modules */
    const char *share;   /* folder with scripts/ and templates/ */
} kh_places;

/**
 * Load the project in @p folder.
 *
 * Everything that can be known without data is checked; all mistakes go to @p diags. With errors
 * in @p diags the result is still returned where a plan could be made of the rest, so that the
 * rooms to the right can add theirs; it must not be run.
 * @param params  values of parameters that go before the project's own; may be NULL, is borrowed
 * @return KH_EUSAGE when there is no plan at all
 */
kh_status kh_scheme_load(kh_scheme **out, const char *folder, const kh_setting *params,
                         const kh_places *places, kh_diags *diags, kh_error *err);
void kh_scheme_free(kh_scheme *scheme);

/**
 * The plugins a project sees: the program's own and those in PROJECT/plugins, if there are any.
 * @param folder absolute; NULL = the program's own only
 */
kh_status kh_scheme_plugins(kh_registry **out, const kh_places *places, const char *folder,
                            kh_error *err);

/** The folder of a pack ("vip-points") below share, or NULL. In @p arena. */
const char *kh_scheme_pack(const kh_places *places, const char *name, kh_arena *arena);

#endif
