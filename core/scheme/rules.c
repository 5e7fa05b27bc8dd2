/* The rule library: the constructor `rule`, loading the files, evaluating one rule. */
#include "scheme/rules.h"

#include <dirent.h>
#include <errno.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

enum {
    MEMORY = 128 * 1024 * 1024,
    FILE_INSTRUCTIONS = 20 * 1000 * 1000,
    RULE_INSTRUCTIONS = 200 * 1000 * 1000
};

static const char metatable[] = "rule"; /* also its name in messages of Lua */

/* ---- the constructor ----------------------------------------------------------------------- */

/* The userdata of a rule; its user value 1 is `run`. */
typedef struct made_rule {
    kh_rule rule;
    kh_arena arena;
} made_rule;

static int free_rule(lua_State *L)
{
    made_rule *made = luaL_checkudata(L, 1, metatable);
    kh_arena_fini(&made->arena);
    return 0;
}

/* rules.NAME { inputs } */
static int call_rule(lua_State *L)
{
    made_rule *made = luaL_checkudata(L, 1, metatable);
    if (!lua_istable(L, 2))
        return kh_script_fail(L, "call '%s' with { name = value, ... }", made->rule.title);
    lua_settop(L, 2);
    lua_getiuservalue(L, 1, 1);
    char what[200];
    snprintf(what, sizeof what, "'%.150s'", made->rule.title);
    kh_schema_fill(L, made->rule.inputs, 2, what);
    lua_call(L, 1, 1);
    return 1;
}

/* rule.title ... */
static int read_rule(lua_State *L)
{
    const made_rule *made = luaL_checkudata(L, 1, metatable);
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    const struct {
        const char *key, *text;
    } members[] = {{"title", made->rule.title},
                   {"source", made->rule.source},
                   {"inputs", made->rule.inputs_text},
                   {"outputs", made->rule.outputs_text}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (strcmp(key, members[i].key) != 0) continue;
        lua_pushstring(L, members[i].text);
        return 1;
    }
    return kh_script_fail(L, "a rule has title, source, inputs and outputs, but no '%s'", key);
}

static const char *text_field(lua_State *L, made_rule *made, const char *key)
{
    lua_getfield(L, 1, key);
    if (lua_type(L, -1) != LUA_TSTRING) kh_script_fail(L, "rule: '%s' must be a text", key);
    const char *text = kh_arena_text(&made->arena, lua_tostring(L, -1));
    lua_pop(L, 1);
    return text;
}

static const kh_schema *schema_field(lua_State *L, made_rule *made, const char *key,
                                     const char *text)
{
    const kh_schema *schema;
    kh_error err = KH_ERROR_INIT;
    if (kh_schema_parse(&schema, &made->arena, text, !strcmp(key, "outputs"), &err) < 0) {
        kh_script_fail(L, "rule '%s': %s: %s", made->rule.title, key, err.text);
    }
    return schema;
}

static void check_keys(lua_State *L)
{
    static const char *const keys[] = {"title", "source", "inputs", "outputs", "run", NULL};
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TLIGHTUSERDATA) continue; /* hidden from scripts */
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "[]";
        size_t i = 0;
        while (keys[i] && strcmp(keys[i], key) != 0) i++;
        if (!keys[i]) {
            kh_script_fail(L, "rule: there is no '%s'; write title, source, inputs, outputs, run",
                           key);
        }
    }
}

/* rule { title =, source =, inputs =, outputs =, run = } */
static int make_rule(lua_State *L)
{
    if (!lua_istable(L, 1))
        return kh_script_fail(L, "write rule { title = ..., run = function(x) }");
    lua_settop(L, 1);
    check_keys(L);
    made_rule *made = lua_newuserdatauv(L, sizeof *made, 1);
    memset(made, 0, sizeof *made);
    luaL_setmetatable(L, metatable);
    kh_rule *rule = &made->rule;
    kh_place place = kh_script_here(L, NULL, NULL);
    rule->place = place;
    rule->title = text_field(L, made, "title");
    rule->source = text_field(L, made, "source");
    rule->inputs_text = text_field(L, made, "inputs");
    rule->outputs_text = text_field(L, made, "outputs");
    rule->inputs = schema_field(L, made, "inputs", rule->inputs_text);
    rule->outputs = schema_field(L, made, "outputs", rule->outputs_text);
    if (lua_getfield(L, 1, "run") != LUA_TFUNCTION) {
        return kh_script_fail(L, "rule '%s': run must be a function", rule->title);
    }
    lua_setiuservalue(L, 2, 1);
    return 1;
}

static int open_rules(lua_State *L)
{
    static const luaL_Reg members[] = {
        {"__gc", free_rule}, {"__call", call_rule}, {"__index", read_rule}, {NULL, NULL}};
    luaL_newmetatable(L, metatable);
    luaL_setfuncs(L, members, 0);
    lua_pop(L, 1);
    lua_pushcfunction(L, make_rule);
    lua_setglobal(L, "rule");
    return 0;
}

kh_status kh_rules_open(kh_script *script, kh_error *err)
{
    return kh_script_protect(script, open_rules, NULL, 0, 0, err);
}

/* ---- the library --------------------------------------------------------------------------- */

typedef struct entry {
    kh_rule *rule;
    int ref; /* of the userdata, in the registry */
} entry;

struct kh_rules {
    kh_script *script;
    kh_arena arena;
    entry *entries;
    uint32_t count, capacity;
};

static bool is_rule_name(const char *name)
{
    return *name >= 'a' && *name <= 'z' &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static void add_entry(kh_rules *rules, kh_rule *rule, int ref)
{
    if (rules->count == rules->capacity) {
        uint32_t capacity = rules->capacity ? 2 * rules->capacity : 128;
        entry *entries = kh_arena_array(&rules->arena, capacity, sizeof *entries);
        if (rules->count) memcpy(entries, rules->entries, rules->count * sizeof *entries);
        rules->entries = entries;
        rules->capacity = capacity;
    }
    rules->entries[rules->count++] = (entry){rule, ref};
}

typedef struct adding {
    kh_rules *rules;
    const char *family;
} adding;

/* (context, module) Keep the rules of a module; its other members are for other files. */
static int add_module(lua_State *L)
{
    adding *a = lua_touserdata(L, 1);
    if (!lua_istable(L, 2)) {
        return kh_script_fail(L, "scripts/rules/%s.lua must end with 'return M', a table of rules",
                              a->family);
    }
    for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
        made_rule *made = luaL_testudata(L, -1, metatable);
        if (!made) continue;
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "[]";
        if (!is_rule_name(name)) {
            return kh_script_fail(L,
                                  "%s:%d: a rule cannot be called '%s'; use small letters, digits "
                                  "and '_'",
                                  made->rule.place.file, made->rule.place.line, name);
        }
        if (made->rule.name) {
            return kh_script_fail(L, "%s:%d: this rule has two names, '%s' and '%s'",
                                  made->rule.place.file, made->rule.place.line, made->rule.name,
                                  name);
        }
        made->rule.name = kh_arena_text(&a->rules->arena, name);
        made->rule.family = a->family;
        lua_pushvalue(L, -1);
        add_entry(a->rules, &made->rule, luaL_ref(L, LUA_REGISTRYINDEX));
    }
    return 0;
}

/* (context) Push `use` and the name of a module. */
static int push_use(lua_State *L)
{
    const adding *a = lua_touserdata(L, 1);
    lua_getglobal(L, "use");
    lua_pushfstring(L, "rules/%s", a->family);
    return 2;
}

static kh_status load_family(kh_rules *rules, const char *family, kh_error *err)
{
    adding a = {rules, family};
    kh_status rc = kh_script_protect(rules->script, push_use, &a, 0, 2, err);
    if (rc == KH_OK) rc = kh_script_call(rules->script, 1, 1, FILE_INSTRUCTIONS, err);
    if (rc == KH_OK) rc = kh_script_protect(rules->script, add_module, &a, 1, 0, err);
    return rc;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "completion", "gate", ...: the files of the folder, sorted. */
static kh_status list_families(kh_rules *rules, const char *folder, char ***out, uint32_t *count,
                               kh_error *err)
{
    enum { FAMILIES_MOST = 200 };
    DIR *dir = opendir(folder);
    if (!dir) return kh_fail(err, KH_EUSAGE, "cannot read '%s': %s", folder, kh_tr_errno(errno));
    char **names = *out = kh_arena_array(&rules->arena, FAMILIES_MOST, sizeof *names);
    *count = 0;
    struct dirent *file;
    while ((file = readdir(dir)) && *count < FAMILIES_MOST) {
        size_t length = strlen(file->d_name);
        if (length < 5 || strcmp(file->d_name + length - 4, ".lua") != 0) continue;
        names[(*count)++] = kh_arena_bytes(&rules->arena, file->d_name, length - 4);
    }
    closedir(dir);
    qsort(names, *count, sizeof *names, compare_texts);
    return KH_OK;
}

static int compare_entries(const void *a, const void *b)
{
    const kh_rule *x = ((const entry *)a)->rule, *y = ((const entry *)b)->rule;
    int order = strcmp(x->family, y->family);
    if (!order) order = (x->place.line > y->place.line) - (x->place.line < y->place.line);
    return order ? order : strcmp(x->name, y->name);
}

static kh_status refuse_doubles(const kh_rules *rules, kh_error *err)
{
    for (uint32_t i = 0; i < rules->count; i++) {
        const kh_rule *rule = rules->entries[i].rule;
        for (uint32_t k = 0; k < i; k++) {
            const kh_rule *other = rules->entries[k].rule;
            if (strcmp(rule->name, other->name) != 0) continue;
            return kh_fail(err, KH_EUSAGE,
                           "%s:%d: the rule '%s' stands in %s:%d already; give it "
                           "another name",
                           rule->place.file, rule->place.line, rule->name, other->place.file,
                           other->place.line);
        }
    }
    return KH_OK;
}

kh_status kh_rules_new(kh_rules **out, const char *share, kh_error *err)
{
    kh_rules *rules = calloc(1, sizeof *rules);
    if (!rules) abort();
    rules->script = kh_script_new(MEMORY);
    const char *scripts = kh_arena_printf(&rules->arena, "%s/scripts", share);
    const char *const folders[] = {scripts, NULL};
    char **families;
    uint32_t count = 0;
    kh_status rc = kh_rules_open(rules->script, err);
    if (rc == KH_OK) rc = kh_script_use(rules->script, folders, 0, err);
    if (rc == KH_OK) {
        const char *folder = kh_arena_printf(&rules->arena, "%s/rules", scripts);
        rc = list_families(rules, folder, &families, &count, err);
    }
    for (uint32_t i = 0; rc == KH_OK && i < count; i++) rc = load_family(rules, families[i], err);
    if (rc == KH_OK && rules->count) {
        qsort(rules->entries, rules->count, sizeof *rules->entries, compare_entries);
        rc = refuse_doubles(rules, err);
    }
    *out = rules;
    if (rc < 0) {
        kh_rules_free(rules);
        *out = NULL;
    }
    return rc;
}

void kh_rules_free(kh_rules *rules)
{
    if (!rules) return;
    kh_script_free(rules->script);
    kh_arena_fini(&rules->arena);
    free(rules);
}

uint32_t kh_rules_count(const kh_rules *rules)
{
    return rules->count;
}

const kh_rule *kh_rules_at(const kh_rules *rules, uint32_t index)
{
    return rules->entries[index].rule;
}

kh_status kh_rules_find(const kh_rules *rules, const char *name, const kh_rule **out, kh_error *err)
{
    const char **names = calloc(rules->count + 1, sizeof *names);
    if (!names) abort();
    *out = NULL;
    for (uint32_t i = 0; i < rules->count; i++) {
        names[i] = rules->entries[i].rule->name;
        if (!strcmp(names[i], name)) *out = rules->entries[i].rule;
    }
    kh_status rc = KH_OK;
    if (!*out) {
        const char *near = kh_text_nearest(name, names);
        rc = near ? kh_fail(err, KH_EUSAGE, "there is no rule '%s'; did you mean '%s'?", name, near)
                  : kh_fail(err, KH_EUSAGE, "there is no rule '%s'; 'kaohe try --list' shows all",
                            name);
    }
    free(names);
    return rc;
}

/* ---- evaluation ---------------------------------------------------------------------------- */

typedef struct evaluation {
    const kh_rule *rule;
    int ref;
    const kh_json *inputs;
    kh_buf *out;
} evaluation;

static int push_inputs(lua_State *L)
{
    const evaluation *e = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, e->ref);
    kh_schema_push(L, e->rule->inputs, e->inputs);
    return 2;
}

static int write_outputs(lua_State *L)
{
    const evaluation *e = lua_touserdata(L, 1);
    kh_schema_write(L, e->rule->outputs, 2, "", e->out);
    return 0;
}

kh_status kh_rules_eval(kh_rules *rules, const kh_rule *rule, const kh_json *inputs, kh_buf *out,
                        kh_error *err)
{
    evaluation e = {rule, LUA_NOREF, inputs, out};
    kh_error why = KH_ERROR_INIT;
    size_t before = out->size;
    for (uint32_t i = 0; i < rules->count; i++) {
        if (rules->entries[i].rule == rule) e.ref = rules->entries[i].ref;
    }
    kh_status rc = kh_schema_check(rule->inputs, inputs, "", &why);
    if (rc == KH_OK) rc = kh_script_protect(rules->script, push_inputs, &e, 0, 2, &why);
    if (rc == KH_OK) rc = kh_script_call(rules->script, 1, 1, RULE_INSTRUCTIONS, &why);
    if (rc == KH_OK) rc = kh_script_protect(rules->script, write_outputs, &e, 1, 0, &why);
    if (rc == KH_OK) return rc;
    out->size = before;
    if (out->data) out->data[before] = '\0';
    return kh_fail(err, rc, "%s: %s", rule->name, why.text);
}
