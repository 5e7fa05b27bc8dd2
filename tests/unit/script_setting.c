/* Lua values become settings: every value, key and mistake knows where it was written. */
#include "unit/script_run.h"

#include "base/decimal.h"

/* csv { ... }, file "...", like the scheme room does it */
static int make_plugin(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    kh_script_tag(L, KH_SETTING_PLUGIN, "csv");
    return 1;
}

static int make_file(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TSTRING);
    lua_newtable(L);
    kh_script_tag(L, KH_SETTING_FILE, lua_tostring(L, 1));
    return 1;
}

static int define(lua_State *L)
{
    lua_pushcfunction(L, make_plugin);
    lua_setglobal(L, "csv");
    lua_pushcfunction(L, make_file);
    lua_setglobal(L, "file");
    lua_pushnumber(L, 0.5);
    lua_setglobal(L, "half");
    return 0;
}

typedef struct fixture {
    kh_script *script;
    kh_arena arena;
    kh_diags diags;
    const kh_setting *value;
    kh_status rc;
} fixture;

static fixture convert(const char *source, unsigned flags)
{
    fixture f = {.script = kh_script_new(4 * MIB)};
    cr_assert_eq(kh_script_protect(f.script, define, NULL, 0, 0, NULL), KH_OK);
    f.rc = kh_script_load(f.script, "k.lua", source, strlen(source), flags, &f.diags);
    cr_assert_eq(f.rc, KH_OK, "%s", f.diags.count ? f.diags.items[0].text : "");
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_script_call(f.script, 0, 1, 1000000, &err), KH_OK, "%s", err.text);
    f.rc = kh_script_setting(f.script, -1, (kh_place){"k.lua", 0, 0}, &f.arena, &f.value, &f.diags);
    cr_expect_eq(lua_gettop(kh_script_lua(f.script)), 1, "the stack is as it was");
    return f;
}

static void finish(fixture *f)
{
    kh_diags_fini(&f->diags);
    kh_arena_fini(&f->arena);
    kh_script_free(f->script);
}

static void expect_place(kh_place place, int line, int column, const char *what)
{
    cr_expect(place.line == line && place.column == column, "%s is at %d:%d, not at %d:%d", what,
              place.line, place.column, line, column);
    cr_expect_str_eq(place.file, "k.lua");
}

Test(script_setting, converts_every_kind_with_its_place)
{
    fixture f = convert("return { title = '余额', weight = 3.20, n = 5, on = true,\n"
                        "  source = csv { path = \"a.csv\" },\n"
                        "  key = file 'k.txt', f = function(m) return m.x end,\n"
                        "  'one', { 'two' }, ['中文'] = 1 + 1 }",
                        KH_SCRIPT_SITES);
    cr_assert_eq(f.rc, KH_OK, "%s", f.diags.count ? f.diags.items[0].text : "");
    const kh_setting *t = f.value;
    cr_expect_eq(t->kind, KH_SETTING_TABLE);
    expect_place(t->place, 1, 8, "the table");
    static const char *const keys[] = {"title", "weight", "n", "on", "source", "key", "f", "中文"};
    cr_assert_eq(t->entry_count, 8);
    for (uint32_t i = 0; i < 8; i++) cr_expect_str_eq(t->entries[i].key, keys[i], "in order");
    expect_place(t->entries[1].key_place, 1, 24, "weight");
    const kh_setting *title = kh_setting_get(t, "title"), *weight = kh_setting_get(t, "weight");
    cr_expect_eq(title->kind, KH_SETTING_TEXT);
    cr_expect_str_eq(title->text, "余额");
    expect_place(title->place, 1, 18, "the title");
    cr_expect_eq(weight->kind, KH_SETTING_NUMBER);
    cr_expect_eq(kh_dec_cmp(weight->number, kh_dec_of("3.20")), 0);
    expect_place(weight->place, 1, 33, "3.20");
    cr_expect_eq(kh_setting_get(t, "n")->kind, KH_SETTING_NUMBER);
    cr_expect(kh_setting_get(t, "on")->boolean);
    const kh_setting *source = kh_setting_get(t, "source"), *key = kh_setting_get(t, "key");
    cr_expect_eq(source->kind, KH_SETTING_PLUGIN);
    cr_expect_str_eq(source->text, "csv");
    expect_place(source->place, 2, 12, "csv");
    expect_place(kh_setting_get(source, "path")->place, 2, 25, "the path");
    cr_expect_eq(key->kind, KH_SETTING_FILE);
    cr_expect_str_eq(key->text, "k.txt");
    expect_place(key->place, 3, 9, "file");
    cr_expect_eq(key->entry_count, 0);
    const kh_setting *function = kh_setting_get(t, "f");
    cr_expect_eq(function->kind, KH_SETTING_FUNCTION);
    lua_State *L = kh_script_lua(f.script);
    cr_expect_eq(lua_rawgeti(L, LUA_REGISTRYINDEX, function->ref), LUA_TFUNCTION);
    const kh_syntax_function *facts = kh_script_function(f.script, -1);
    cr_assert(facts && facts->access_count == 1);
    cr_expect_str_eq(facts->accesses[0].name, "x");
    cr_assert_eq(t->list_count, 2);
    cr_expect_str_eq(t->list[0]->text, "one");
    expect_place(t->list[0]->place, 4, 3, "element 1");
    cr_expect_str_eq(t->list[1]->list[0]->text, "two");
    expect_place(t->list[1]->list[0]->place, 4, 12, "the inner element");
    cr_expect_eq(kh_dec_cmp(kh_setting_get(t, "中文")->number, kh_dec_int(2)), 0);
    finish(&f);
}

Test(script_setting, places_values_that_came_by_another_way)
{
    fixture f = convert("local inner = { a = 1 }\n"
                        "local t = { x = inner,\n z = nil, gone = 2 }\n"
                        "t.later = 'b' t.again = 'c' t.gone = nil t[1] = 'd'\n"
                        "for i = 2, 3 do t[i] = i end\n"
                        "return t",
                        KH_SCRIPT_SITES);
    cr_assert_eq(f.rc, KH_OK);
    const kh_setting *t = f.value;
    cr_assert_eq(t->entry_count, 3);
    cr_expect_str_eq(t->entries[0].key, "x");
    cr_expect_str_eq(t->entries[1].key, "again", "what was added later is sorted");
    cr_expect_str_eq(t->entries[2].key, "later");
    expect_place(t->entries[0].value->place, 2, 17, "where it was put");
    expect_place(kh_setting_get(t->entries[0].value, "a")->place, 1, 21, "where it was written");
    expect_place(t->entries[2].value->place, 2, 11, "nothing better is known than the table");
    cr_expect_eq(t->list_count, 3);
    finish(&f);
    f = convert("return { a = { 1 } }", 0);
    cr_assert_eq(f.rc, KH_OK, "without sites there are no places, but all values");
    cr_expect_eq(kh_setting_get(f.value, "a")->list_count, 1);
    cr_expect_eq(f.value->place.line, 0);
    finish(&f);
    f = convert("return 1.5", 0);
    cr_expect_eq(f.value->kind, KH_SETTING_NUMBER, "any value can be a setting");
    finish(&f);
}

Test(script_setting, converts_tables_within_tables_that_came_by_another_way)
{
    fixture f =
        convert("local t = {}\nfor i = 1, 9 do t['a' .. i] = { ['x' .. i] = i, y = 2 } end\n"
                "return t",
                0);
    cr_assert_eq(f.rc, KH_OK, "%s", f.diags.count ? f.diags.items[0].text : "");
    cr_assert_eq(f.value->entry_count, 9);
    for (uint32_t i = 0; i < 9; i++) {
        cr_assert_eq(f.value->entries[i].key[1], '1' + (char)i, "sorted");
        cr_expect_eq(f.value->entries[i].value->entry_count, 2);
    }
    finish(&f);
}

static const struct {
    const char *source;
    int line, column;
    const char *message;
} mistakes[] = {
    {"local t = { a = 1 } t.self = { t } return t", 1, 32, "this table contains itself"},
    {"return {\n 'a', nil, 'c' }", 2, 7, "the list has a hole: its element 2 is absent (nil)"},
    {"return { x = { [3] = 1 } }", 1, 14, "the list has a hole: its element 1 is absent (nil)"},
    {"return { [true] = 1 }", 1, 8, "a key must be a name or a list position, not true or false"},
    {"return { [0] = 1 }", 1, 8, "a key must be a name or a list position, not a number below 1"},
    {"local k = {} return { [k] = 1 }", 1, 21,
     "a key must be a name or a list position, not a table"},
    {"return { a = '\\xff' }", 1, 14, "this text holds bytes that are not UTF-8 text"},
    {"return { a = 'x\\0y' }", 1, 14, "this text holds bytes that are not UTF-8 text"},
    {"return { a = half }", 1, 14, "a setting cannot be a binary fraction"},
    {"return nil", 0, 0, "a setting cannot be absent (nil)"},
    {"local t = {} for i = 1, 200 do t = { t } end return t", 1, 38,
     "tables are nested more than 100 deep"},
};

Test(script_setting, tells_what_cannot_be_a_setting)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        fixture f = convert(mistakes[i].source, KH_SCRIPT_SITES);
        cr_expect_eq(f.rc, KH_EUSAGE, "%s", mistakes[i].source);
        cr_assert_eq(f.diags.count, 1, "%s: %u", mistakes[i].source, f.diags.count);
        cr_expect_str_eq(f.diags.items[0].text, mistakes[i].message);
        cr_expect(f.diags.items[0].place.line == mistakes[i].line &&
                      f.diags.items[0].place.column == mistakes[i].column,
                  "%s\n  is at %d:%d", mistakes[i].source, f.diags.items[0].place.line,
                  f.diags.items[0].place.column);
        finish(&f);
    }
    fixture f =
        convert("return { a = half, b = { [true] = 1 }, c = { 1, nil, 2 } }", KH_SCRIPT_SITES);
    cr_expect_eq(f.diags.count, 3, "all mistakes are told at once");
    finish(&f);
}

Test(script_setting, bounds_what_a_table_unfolds_to)
{
    fixture f = convert("local t = { 1 } for i = 1, 30 do t = { t, t } end return t", 0);
    cr_expect_eq(f.rc, KH_EUSAGE, "2^30 values");
    cr_assert_eq(f.diags.count, 1);
    cr_expect(strstr(f.diags.items[0].text, "more than 1000000 settings"), "%s",
              f.diags.items[0].text);
    finish(&f);
}

Test(script_setting, hides_sites_and_tags_from_scripts)
{
    kh_script *script = kh_script_new(MIB);
    char out[2000];
    cr_assert_eq(kh_script_protect(script, define, NULL, 0, 0, NULL), KH_OK);
    run_in(script,
           "local t, s = csv { 'a', b = 1 }, '' for k in pairs(t) do s = s .. k end "
           "local u = {} return s, #t, next(t), next(t, 'b'), next(u), #u, "
           "select('#', table.unpack(t)), table.concat(t)",
           KH_SCRIPT_SITES, 100000, out);
    cr_expect_str_eq(out, "1b 1 1 nil nil 0 1 a");
    run_in(script, "return csv(csv { })", KH_SCRIPT_SITES, 100000, out);
    cr_expect_str_eq(out, "! t.lua:1: this table is 'csv' already and cannot be 'csv', too");
    kh_script_free(script);
}
