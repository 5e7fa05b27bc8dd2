/* Templates: finding, loading and calling them. */
#include "document/template.h"

#include "base/text.h"
#include "document/blocks.h"
#include "document/desk.h"
#include "document/literals.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char desk_key;

struct kh_template {
    const kh_scheme *scheme;
    kh_desk *desk;
    const char *name;
    kh_template_kind kind;
    int make; /* the function, in the registry */
    kh_arena arena;
    const char **files;
    uint32_t first_chunk, end_chunk; /* what was read for it */
    char *common;
};

/* ---- the desk ------------------------------------------------------------------------------ */

static int free_desk(lua_State *L)
{
    kh_desk *desk = lua_touserdata(L, 1);
    kh_names_fini(&desk->columns);
    kh_arena_fini(&desk->kept);
    return 0;
}

kh_desk *kh_desk_open(lua_State *L, const kh_scheme *scheme)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &desk_key) == LUA_TUSERDATA) {
        kh_desk *found = lua_touserdata(L, -1);
        lua_pop(L, 1);
        return found;
    }
    kh_desk *desk = lua_newuserdatauv(L, sizeof *desk, 0);
    *desk = (kh_desk){.L = L, .scheme = scheme};
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, free_desk);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    kh_blocks_open(L);
    kh_desk_open_cards(desk);
    kh_desk_open_helpers(desk);
    kh_desk_open_charts(desk);
    lua_newtable(L);
    lua_setglobal(L, "theme");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &desk_key);
    lua_settop(L, 0);
    return desk;
}

kh_intake kh_desk_intake(kh_desk *desk)
{
    if (!desk->arena) {
        kh_script_fail(desk->L, "charts are made inside of the function of a template");
    }
    return (kh_intake){
        .L = desk->L, .arena = desk->arena, .theme = &desk->theme, .left = KH_INTAKE_PARTS};
}

/* ---- loading ------------------------------------------------------------------------------- */

typedef struct loading {
    kh_template *template;
    int of; /* a kh_template_kind */
} loading;

static int open_desk(lua_State *L)
{
    loading *l = lua_touserdata(L, 1);
    l->template->desk = kh_desk_open(L, l->template->scheme);
    return 0;
}

/* ( path -- ) theme = use "theme", also as the colours and sizes of the C side */
static int take_theme(lua_State *L)
{
#define COLOR(key_)                                                                                \
    {                                                                                              \
#key_, KH_KEY_COLOR, offsetof(kh_theme, key_), 0, 0, NULL                                  \
    }
#define SIZE(key_)                                                                                 \
    {                                                                                              \
#key_, KH_KEY_LENGTH, offsetof(kh_theme, key_), KH_SIZE_LEAST, 60, NULL                    \
    }
    static const kh_key fields[] = {
        COLOR(ink),
        COLOR(muted),
        COLOR(line),
        COLOR(ground),
        COLOR(accent),
        COLOR(pale),
        COLOR(up),
        COLOR(down),
        SIZE(small),
        SIZE(table),
        SIZE(body),
        SIZE(value),
        SIZE(heading),
        SIZE(title),
        {"margin", KH_KEY_LENGTH, offsetof(kh_theme, margin), 10, 150, NULL},
        {"series", KH_KEY_OTHER, 0, 0, 0, NULL},
        {0}};
    loading *l = lua_touserdata(L, 1);
    kh_theme theme = {0};
    kh_arena arena = {0};
    kh_intake r = {.L = L, .arena = &arena, .places = true, .left = 100};
    kh_spot spot;
    lua_getglobal(L, "use");
    lua_pushliteral(L, "theme");
    lua_call(L, 1, 1);
    kh_intake_enter(&r, &spot, "theme", 0, lua_gettop(L));
    if (!lua_istable(L, -1)) kh_intake_fail(&r, "the file theme.lua returns no table");
    kh_intake_fill(&r, -1, fields, &theme);
    for (const kh_key *f = fields; f->key; f++) {
        if (lua_getfield(L, -1, f->key) == LUA_TNIL) kh_intake_fail(&r, "'%s' is missing", f->key);
        lua_pop(L, 1);
    }
    lua_getfield(L, -1, "series");
    for (int i = 0; i < KH_THEME_SERIES; i++) {
        int64_t color;
        if (!lua_istable(L, -1)) kh_intake_fail(&r, "'series' is a list of colours");
        lua_rawgeti(L, -1, i + 1);
        if (!kh_number_int(L, -1, &color) || color < 0 || color > 0xFFFFFF) {
            kh_intake_fail(&r, "'series' has %d colours, dark to light", KH_THEME_SERIES);
        }
        theme.series[i] = (kh_color)color;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    l->template->desk->theme = theme;
    kh_desk_guard_theme(L);
    lua_setglobal(L, "theme");
    return 0;
}

/* ( value -- ) what the file of a template returned: { of = "subject", make = function } */
static int take_template(lua_State *L)
{
    static const char *const kinds[] = {"subject", "results", NULL};
    static const kh_key fields[] = {{"of", KH_KEY_CHOICE, offsetof(loading, of), 0, 0, kinds},
                                    {"make", KH_KEY_OTHER, 0, 0, 0, NULL},
                                    {0}};
    loading *l = lua_touserdata(L, 1);
    kh_arena arena = {0};
    kh_intake r = {.L = L, .arena = &arena, .places = true, .left = 100};
    kh_spot spot;
    kh_intake_enter(&r, &spot, "template", 0, lua_istable(L, 2) ? 2 : 0);
    if (!lua_istable(L, 2)) {
        kh_intake_fail(&r,
                       "the file returns %s, not { of = \"subject\", make = function(card, run) "
                       "... end }",
                       kh_intake_kind(L, 2));
    }
    l->of = -1;
    kh_intake_fill(&r, 2, fields, l);
    if (l->of < 0) kh_intake_fail(&r, "it needs of = \"subject\" or of = \"results\"");
    if (lua_getfield(L, 2, "make") != LUA_TFUNCTION) {
        kh_intake_fail(&r, "'make' is %s, not a function", kh_intake_kind(L, -1));
    }
    l->template->kind = (kh_template_kind)l->of;
    l->template->make = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

static bool is_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    return *name && strspn(name, letters) == strlen(name);
}

static kh_status load_file(kh_template *t, const char *path, kh_diags *diags, kh_error *err)
{
    kh_script *script = t->scheme->script;
    kh_buf text = {0};
    kh_status rc = kh_file_read(&text, path, err);
    if (rc == KH_OK) {
        rc = kh_script_load(script, path, text.data ? text.data : "", text.size, KH_SCRIPT_SITES,
                            diags);
        if (rc < 0) kh_fail(err, rc, "template '%s' has mistakes", t->name);
    }
    kh_buf_fini(&text);
    return rc;
}

/* Read the file and everything it uses; what was wrong is in *err. */
static kh_status load_template(kh_template *t, const char *path, kh_diags *diags, kh_error *err)
{
    kh_script *script = t->scheme->script;
    loading l = {.template = t};
    while (kh_script_chunk(script, t->first_chunk)) t->first_chunk++;
    kh_status rc = kh_script_protect(script, take_theme, &l, 0, 0, err);
    if (rc == KH_OK) rc = load_file(t, path, diags, err);
    if (rc == KH_OK) rc = kh_script_call(script, 0, 1, KH_TEMPLATE_INSTRUCTIONS, err);
    if (rc == KH_OK) rc = kh_script_protect(script, take_template, &l, 1, 0, err);
    t->end_chunk = t->first_chunk;
    while (kh_script_chunk(script, t->end_chunk)) t->end_chunk++;
    return rc;
}

/* The file itself first, then the theme and what else it uses. */
static void list_files(kh_template *t, const char *path)
{
    uint32_t n = 0;
    t->files = kh_arena_array(&t->arena, t->end_chunk - t->first_chunk + 2, sizeof *t->files);
    t->files[n++] = path;
    for (uint32_t i = t->first_chunk; i < t->end_chunk; i++) {
        const char *file = kh_script_chunk(t->scheme->script, i)->path;
        if (strcmp(file, path) != 0) t->files[n++] = file;
    }
}

kh_status kh_template_new(kh_template **out, const kh_scheme *scheme, const kh_places *places,
                          const kh_word *name, kh_diags *diags, kh_error *err)
{
    const kh_plan *plan = &scheme->plan;
    *out = NULL;
    if (!is_name(name->text)) {
        kh_diag_add(diags, KH_DIAG_ERROR, name->place,
                    "template '%s': a name has small letters, digits, '_' and '-'", name->text);
        return kh_fail(err, KH_EUSAGE, "template '%s' cannot be found", name->text);
    }
    kh_template *t = calloc(1, sizeof *t);
    if (!t) abort(); /* memory is out: nothing sensible is left to say */
    t->scheme = scheme;
    t->make = LUA_NOREF;
    t->name = kh_arena_text(&t->arena, name->text);
    const char *const folders[] = {plan->folder,
                                   kh_arena_printf(&t->arena, "%s/templates", plan->folder),
                                   kh_arena_printf(&t->arena, "%s/templates", plan->scheme.folder),
                                   kh_arena_printf(&t->arena, "%s/templates", places->share),
                                   kh_arena_printf(&t->arena, "%s/scripts", places->share),
                                   NULL};
    const char *path = NULL;
    for (int i = 0; i < 4 && !path; i++) {
        const char *file = kh_arena_printf(&t->arena, "%s/%s.lua", folders[i], t->name);
        if (access(file, F_OK) == 0) path = file;
    }
    kh_error why = KH_ERROR_INIT;
    kh_status rc = KH_EUSAGE;
    loading l = {.template = t};
    if (!path) {
        kh_fail(&why, rc, "there is no template '%s.lua' in '%s', '%s' and '%s'", t->name,
                folders[1], folders[2], folders[3]);
    } else {
        rc = kh_script_protect(scheme->script, open_desk, &l, 0, 0, &why);
        if (rc == KH_OK) rc = kh_script_use(scheme->script, folders, KH_SCRIPT_SITES, &why);
        if (rc == KH_OK) rc = load_template(t, path, diags, &why);
    }
    if (rc == KH_OK) {
        list_files(t, path);
        *out = t;
        return KH_OK;
    }
    kh_diag_error(diags, name->place, &why);
    kh_template_free(t);
    return kh_fail(err, rc, "%s", why.text);
}

void kh_template_free(kh_template *t)
{
    if (!t) return;
    if (t->make != LUA_NOREF) {
        luaL_unref(kh_script_lua(t->scheme->script), LUA_REGISTRYINDEX, t->make);
    }
    free(t->common);
    kh_arena_fini(&t->arena);
    free(t);
}

kh_template_kind kh_template_kind_of(const kh_template *t)
{
    return t->kind;
}

const char *const *kh_template_files(const kh_template *t)
{
    return t->files;
}

/* ---- common text --------------------------------------------------------------------------- */

static void add_line(kh_buf *out, const char *text)
{
    if (!text) return;
    kh_buf_text(out, text);
    kh_buf_text(out, "\n");
}

/* All texts of a setting: of parameters, constant tables, options of stages. */
static void add_setting(kh_buf *out, const kh_setting *value)
{
    if (!value) return;
    if (value->kind == KH_SETTING_TEXT) add_line(out, value->text);
    for (uint32_t i = 0; i < value->list_count; i++) add_setting(out, value->list[i]);
    for (uint32_t i = 0; i < value->entry_count; i++) add_setting(out, value->entries[i].value);
}

static void add_columns(kh_buf *out, const kh_column *columns, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        add_line(out, columns[i].title);
        add_line(out, columns[i].unit);
    }
}

const char *kh_template_common_text(kh_template *t, const kh_results *results)
{
    /* What the helpers and charts write by themselves. */
    static const char own[] = "0123456789,.+−—…%年月日第季度上半下一二三四其他项还差不到未达标";
    const kh_plan *plan = &t->scheme->plan;
    kh_buf out = {0};
    char period[64];
    add_line(&out, own);
    for (uint32_t i = t->first_chunk; i < t->end_chunk; i++) {
        const kh_syntax *chunk = kh_script_chunk(t->scheme->script, i);
        kh_literals_add(&out, chunk->source, chunk->source_length);
    }
    kh_period_title(period, sizeof period, &results->period);
    const char *const texts[] = {
        period,          results->period.name,  results->project,        results->organisation,
        results->scheme, results->scheme_title, results->scheme_version, plan->scheme.regulation};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) add_line(&out, texts[i]);
    add_columns(&out, results->measures, results->measure_count);
    add_columns(&out, results->metrics, results->metric_count);
    for (uint32_t i = 0; i < plan->param_count; i++) add_setting(&out, plan->params[i].value);
    for (uint32_t i = 0; i < plan->lookup_count; i++) add_setting(&out, plan->lookups[i].rows);
    for (uint32_t i = 0; i < plan->stage_count; i++) add_setting(&out, plan->stages[i].options);
    for (uint32_t i = 0; i < plan->measure_count; i++) {
        const kh_measure_decl *measure = &plan->measures[i];
        for (uint32_t k = 0; k < measure->exclude_count; k++) {
            add_line(&out, measure->excludes[k].rule.text);
        }
    }
    free(t->common);
    t->common = kh_buf_take(&out);
    return t->common;
}

/* ---- rendering ----------------------------------------------------------------------------- */

typedef struct rendering {
    kh_template *template;
    const kh_results *results;
    const kh_facts *facts;
    uint32_t index;
    const char *code;
    kh_arena *arena;
    const kh_document *document;
} rendering;

/* ( -- function card run ) or ( -- function run ) */
static int push_call(lua_State *L)
{
    rendering *c = lua_touserdata(L, 1);
    kh_desk *desk = c->template->desk;
    kh_desk_take(desk, c->results, c->facts);
    kh_blocks_new_round(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, c->template->make);
    if (c->template->kind == KH_TEMPLATE_SUBJECT) kh_desk_push_card(desk, c->index);
    kh_desk_push_run(desk, c->code);
    return c->template->kind == KH_TEMPLATE_SUBJECT ? 3 : 2;
}

/* ( value -- ) */
static int convert(lua_State *L)
{
    rendering *c = lua_touserdata(L, 1);
    kh_intake r = {.L = L,
                   .arena = c->arena,
                   .theme = &c->template->desk->theme,
                   .places = true,
                   .left = KH_INTAKE_PARTS};
    c->document = kh_blocks_document(&r, 2);
    return 0;
}

static kh_status call_template(rendering *c, kh_error *err)
{
    kh_script *script = c->template->scheme->script;
    bool subject = c->template->kind == KH_TEMPLATE_SUBJECT;
    int64_t budget = KH_TEMPLATE_INSTRUCTIONS;
    if (!subject) budget += (int64_t)c->results->card_count * KH_TEMPLATE_PER_CARD;
    kh_status rc = kh_script_protect(script, push_call, c, 0, subject ? 3 : 2, err);
    if (rc == KH_OK) rc = kh_script_call(script, subject ? 2 : 1, 1, budget, err);
    return rc < 0 ? rc : kh_script_protect(script, convert, c, 1, 0, err);
}

kh_status kh_template_render(kh_template *t, const kh_results *results, const kh_facts *facts,
                             uint32_t index, const char *code, kh_arena *arena,
                             const kh_document **out, kh_error *err)
{
    rendering c = {t, results, facts, index, code, arena, NULL};
    kh_error why = KH_ERROR_INIT;
    const kh_subject *subject =
        t->kind == KH_TEMPLATE_SUBJECT ? results->cards[index].subject : NULL;
    t->desk->arena = arena;
    kh_status rc = call_template(&c, &why);
    t->desk->arena = NULL;
    if (rc < 0) return kh_fail(err, rc, "template '%s': %s", t->name, why.text);
    kh_document *document = kh_arena_alloc(arena, sizeof *document);
    *document = *c.document;
    document->code = kh_arena_text(arena, code);
    if (!*document->author) document->author = kh_arena_text(arena, results->organisation);
    document->who = subject ? kh_arena_printf(arena, "%s %s", subject->id, subject->name) : t->name;
    *out = document;
    return KH_OK;
}
