/* The run and its cards as templates see them.
 *
 * The table of the run is built once; a card's lists are built when they are first read. Reading a
 * name that does not exist is a mistake of the template, reading an absent value gives nil.
 */
#include "document/desk.h"

#include "base/decimal.h"
#include "base/text.h"
#include "metric/values.h"

#include <ctype.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

enum { PREVIOUS = 8 };

static const char run_ref, index_key, card_meta, run_meta;

/* A kind of table with a fixed set of keys. */
typedef struct shape {
    const char *what;
    const char *const *keys;
    char meta; /* its address is the metatable's key in the registry */
} shape;

static const char *const card_keys[] = {
    "id",           "name",   "group",      "fields",     "m",           "r",
    "items",        "steps",  "pays",       "notes",      "excluded",    "score",
    "score_places", "rank",   "rank_count", "group_rank", "group_count", "grade",
    "band",         "failed", NULL};
static const char *const run_keys[] = {"title",  "organisation", "scheme", "period", "previous",
                                       "as_of",  "count",        "column", "params", "lookups",
                                       "stages", "histogram",    "cards",  "code",   NULL};
static const char *const item_keys[] = {"name",         "title", "unit",   "actual", "target",
                                        "base",         "rate",  "weight", "points", "places",
                                        "value_places", "rule",  "reason", NULL};
static const char *const step_keys[] = {"stage", "rule", "text", "outcome", NULL};
static const char *const pay_keys[] = {"name", "title", "amount", "rule", NULL};
static const char *const excluded_keys[] = {"measure", "title", "row", "rule", "amount", NULL};
static const char *const histogram_keys[] = {"from",       "step",       "counts", "people",
                                             "open_below", "open_above", NULL};

static const char *const theme_keys[] = {"ink",     "muted", "line",   "ground", "accent", "pale",
                                         "up",      "down",  "series", "small",  "table",  "body",
                                         "heading", "value", "title",  "margin", NULL};

static const shape item_shape = {KH_N_("an item"), item_keys, 0};
static const shape step_shape = {KH_N_("a step"), step_keys, 0};
static const shape pay_shape = {KH_N_("a row of pays"), pay_keys, 0};
static const shape excluded_shape = {KH_N_("a row of excluded"), excluded_keys, 0};
static const shape histogram_shape = {KH_N_("a histogram"), histogram_keys, 0};
static const shape theme_shape = {"theme", theme_keys, 0};
static const shape *const shapes[] = {&item_shape,     &step_shape,      &pay_shape,
                                      &excluded_shape, &histogram_shape, &theme_shape};

/* ---- unknown names ------------------------------------------------------------------------- */

static int refuse_name(lua_State *L, const char *what, const char *const *names)
{
    if (lua_type(L, 2) != LUA_TSTRING) return kh_script_fail(L, "%s is no list", kh_tr(what));
    const char *name = lua_tostring(L, 2);
    for (const char *const *known = names; *known; known++) {
        if (!strcmp(*known, name)) return 0; /* absent */
    }
    const char *nearest = kh_text_nearest(name, names);
    if (nearest)
        return kh_script_fail(L, "%s has no '%s'; did you mean '%s'?", kh_tr(what), name, nearest);
    return kh_script_fail(L, "%s has no '%s'", kh_tr(what), name);
}

/* __index of a table with fixed keys; upvalue: its shape */
static int read_absent(lua_State *L)
{
    const shape *s = lua_touserdata(L, lua_upvalueindex(1));
    return refuse_name(L, s->what, s->keys);
}

/* __index of card.m: a name without a value here, or no name at all; upvalue: the desk */
static int read_absent_value(lua_State *L)
{
    const kh_desk *desk = lua_touserdata(L, lua_upvalueindex(1));
    size_t length;
    if (lua_type(L, 2) != LUA_TSTRING) return kh_script_fail(L, "card.m is no list");
    const char *name = lua_tolstring(L, 2, &length);
    if (kh_names_find(&desk->columns, name, length) != KH_NO_NAME) return 0;
    const char **names = lua_newuserdatauv(L, (desk->columns.count + 1) * sizeof *names, 0);
    for (uint32_t i = 0; i < desk->columns.count; i++) names[i] = desk->columns.items[i].text;
    names[desk->columns.count] = NULL;
    return refuse_name(L, "card.m", names);
}

static void push_meta(lua_State *L, const void *key, lua_CFunction index, const void *upvalue)
{
    lua_createtable(L, 0, 1);
    lua_pushlightuserdata(L, (void *)(uintptr_t)upvalue);
    lua_pushcclosure(L, index, 1);
    lua_setfield(L, -2, "__index");
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

static void set_meta(lua_State *L, const void *key)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, key);
    lua_setmetatable(L, -2);
}

void kh_desk_guard_theme(lua_State *L)
{
    set_meta(L, &theme_shape.meta);
}

/* ---- fields -------------------------------------------------------------------------------- */

static void set_text(lua_State *L, const char *key, const char *text)
{
    if (!text) return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, key);
}

/* Sentences of strategies and schemes write plain digits: the hyphen in front of a number becomes the
   minus sign all other numbers have. Dates, ranges and codes have a letter or digit before theirs. */
static void push_sentence(lua_State *L, const char *text)
{
    luaL_Buffer out;
    unsigned char before = ' ';
    luaL_buffinit(L, &out);
    for (const char *at = text; *at; at++) {
        bool digit = at[1] >= '0' && at[1] <= '9';
        if (*at == '-' && digit && !isalnum(before) && before != '-') {
            luaL_addstring(&out, "\xE2\x88\x92");
        } else {
            luaL_addchar(&out, *at);
        }
        before = (unsigned char)*at;
    }
    luaL_pushresult(&out);
}

static void set_sentence(lua_State *L, const char *key, const char *text)
{
    if (!text) return;
    push_sentence(L, text);
    lua_setfield(L, -2, key);
}

static void set_number(lua_State *L, const char *key, kh_decimal value)
{
    if (kh_is_absent(value)) return;
    kh_number_push(L, value);
    lua_setfield(L, -2, key);
}

static void set_whole(lua_State *L, const char *key, int64_t value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, key);
}

/* Decimals of a number when shown; nil where it keeps its own. */
static void set_places(lua_State *L, const char *key, int32_t places)
{
    if (places != KH_PLACES_OWN) set_whole(L, key, places);
}

/* ---- the lists of a card ------------------------------------------------------------------- */

static void push_fields(kh_desk *desk, const kh_card *card)
{
    lua_State *L = desk->L;
    lua_createtable(L, 0, (int)desk->results->field_count);
    for (uint32_t i = 0; i < desk->results->field_count; i++) {
        const char *text = card->subject->fields[i];
        if (text && *text) set_text(L, desk->results->fields[i], text);
    }
}

static void push_values(kh_desk *desk, const kh_card *card)
{
    lua_State *L = desk->L;
    const kh_results *results = desk->results;
    lua_createtable(L, 0, (int)(results->measure_count + results->metric_count));
    for (uint32_t i = 0; i < results->measure_count; i++) {
        set_number(L, results->measures[i].name, card->measures[i]);
    }
    for (uint32_t i = 0; i < results->metric_count; i++) {
        set_number(L, results->metrics[i].name, card->metrics[i]);
    }
    set_meta(L, &desk->columns);
}

static void push_items(kh_desk *desk, const kh_card *card)
{
    lua_State *L = desk->L;
    lua_createtable(L, (int)card->item_count, 0);
    for (uint32_t i = 0; i < card->item_count; i++) {
        const kh_item *item = &card->items[i];
        lua_createtable(L, 0, 13);
        set_text(L, "name", item->name);
        set_text(L, "title", item->title);
        set_text(L, "unit", item->unit);
        set_number(L, "actual", item->actual);
        set_number(L, "target", item->target);
        set_number(L, "base", item->base);
        set_number(L, "rate", item->rate);
        set_number(L, "weight", item->weight);
        set_number(L, "points", item->points);
        set_places(L, "places", item->places);
        set_places(L, "value_places", item->value_places);
        set_sentence(L, "rule", item->rule);
        set_sentence(L, "reason", item->reason);
        set_meta(L, &item_shape.meta);
        lua_rawseti(L, -2, i + 1);
    }
}

static void push_steps(kh_desk *desk, const kh_card *card)
{
    static const char *const outcomes[] = {[KH_KEPT] = "kept",
                                           [KH_PASSED] = "passed",
                                           [KH_CHANGED] = "changed",
                                           [KH_FAILED] = "failed"};
    lua_State *L = desk->L;
    lua_createtable(L, (int)card->step_count, 0);
    for (uint32_t i = 0; i < card->step_count; i++) {
        const kh_step *step = &card->steps[i];
        lua_createtable(L, 0, 4);
        set_text(L, "stage", step->stage);
        set_text(L, "rule", step->rule);
        set_sentence(L, "text", step->text);
        set_text(L, "outcome", outcomes[step->outcome]);
        set_meta(L, &step_shape.meta);
        lua_rawseti(L, -2, i + 1);
    }
}

static void push_pays(kh_desk *desk, const kh_card *card)
{
    lua_State *L = desk->L;
    lua_createtable(L, (int)card->pay_count, 0);
    for (uint32_t i = 0; i < card->pay_count; i++) {
        const kh_pay *pay = &card->pays[i];
        lua_createtable(L, 0, 4);
        set_text(L, "name", pay->name);
        set_text(L, "title", pay->title);
        set_number(L, "amount", pay->amount);
        set_sentence(L, "rule", pay->rule);
        set_meta(L, &pay_shape.meta);
        lua_rawseti(L, -2, i + 1);
    }
}

static void push_notes(kh_desk *desk, const kh_card *card)
{
    lua_State *L = desk->L;
    lua_createtable(L, (int)card->note_count, 0);
    for (uint32_t i = 0; i < card->note_count; i++) {
        push_sentence(L, card->notes[i]);
        lua_rawseti(L, -2, i + 1);
    }
}

static void push_excluded(kh_desk *desk, const kh_card *card)
{
    lua_State *L = desk->L;
    const kh_results *results = desk->results;
    lua_createtable(L, (int)card->excluded_count, 0);
    for (uint32_t i = 0; i < card->excluded_count; i++) {
        const kh_excluded *row = &card->excluded[i];
        uint32_t column = kh_desk_column(desk, row->measure);
        lua_createtable(L, 0, 5);
        set_text(L, "measure", row->measure);
        set_text(L, "title",
                 column < results->measure_count ? results->measures[column].title : row->measure);
        set_text(L, "row", row->row);
        set_text(L, "rule", row->rule);
        set_number(L, "amount", row->amount);
        set_meta(L, &excluded_shape.meta);
        lua_rawseti(L, -2, i + 1);
    }
}

/* The subject's place among the facts: cards and subjects have the same order. */
static void push_records(kh_desk *desk, const kh_card *card)
{
    if (!desk->facts || desk->facts->records_count == 0) {
        lua_newtable(desk->L);
        return;
    }
    kh_push_records(desk->L, desk->facts, (uint32_t)(card - desk->results->cards));
}

static const struct {
    const char *name;
    void (*push)(kh_desk *desk, const kh_card *card);
} lists[] = {{"items", push_items},   {"m", push_values},         {"r", push_records},
             {"fields", push_fields}, {"steps", push_steps},      {"pays", push_pays},
             {"notes", push_notes},   {"excluded", push_excluded}};

/* __index of a card; upvalue: the desk */
static int read_list(lua_State *L)
{
    kh_desk *desk = lua_touserdata(L, lua_upvalueindex(1));
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (strcmp(lists[i].name, name) != 0) continue;
        lua_rawgetp(L, 1, &index_key);
        lua_Integer index = lua_tointeger(L, -1);
        if (!desk->results || index < 0 || index >= (lua_Integer)desk->results->card_count) {
            return kh_script_fail(L, "this card belongs to an earlier run");
        }
        lists[i].push(desk, &desk->results->cards[index]);
        lua_pushvalue(L, -1);
        lua_setfield(L, 1, name);
        return 1;
    }
    return refuse_name(L, KH_N_("a card"), card_keys);
}

void kh_desk_push_card(kh_desk *desk, uint32_t index)
{
    lua_State *L = desk->L;
    const kh_card *card = &desk->results->cards[index];
    lua_createtable(L, 0, 24);
    lua_pushinteger(L, index);
    lua_rawsetp(L, -2, &index_key);
    set_text(L, "id", card->subject->id);
    set_text(L, "name", card->subject->name);
    set_text(L, "group", card->subject->group);
    set_number(L, "score", card->score);
    set_places(L, "score_places", card->score_places);
    if (card->rank) {
        set_whole(L, "rank", card->rank);
        set_whole(L, "rank_count", desk->population.ranked);
        set_whole(L, "group_rank", desk->population.group_rank[index]);
        set_whole(L, "group_count", desk->population.group_ranked[index]);
    }
    set_text(L, "grade", card->grade);
    set_text(L, "band", card->band);
    set_text(L, "failed", card->failed);
    set_meta(L, &card_meta);
}

/* ---- the run ------------------------------------------------------------------------------- */

static void push_column(lua_State *L, const kh_column *column)
{
    lua_createtable(L, 0, 3);
    set_text(L, "title", column->title);
    set_text(L, "unit", column->unit);
    set_places(L, "places", column->places);
    lua_setfield(L, -2, column->name);
}

static void push_columns(kh_desk *desk)
{
    const kh_results *results = desk->results;
    lua_createtable(desk->L, 0, (int)(results->measure_count + results->metric_count));
    for (uint32_t i = 0; i < results->measure_count; i++) {
        push_column(desk->L, &results->measures[i]);
    }
    for (uint32_t i = 0; i < results->metric_count; i++) push_column(desk->L, &results->metrics[i]);
}

static void push_scheme(kh_desk *desk)
{
    lua_State *L = desk->L;
    lua_createtable(L, 0, 4);
    set_text(L, "name", desk->results->scheme);
    set_text(L, "title", desk->results->scheme_title);
    set_text(L, "version", desk->results->scheme_version);
    set_text(L, "regulation", desk->scheme->plan.scheme.regulation);
}

static void push_previous(kh_desk *desk)
{
    lua_State *L = desk->L;
    lua_createtable(L, PREVIOUS, 0);
    for (int i = 1; i <= PREVIOUS; i++) {
        kh_period period = kh_period_shift(&desk->results->period, -i);
        kh_push_period(L, &period);
        lua_rawseti(L, -2, i);
    }
}

/* Constant lookups by name, each a list of rows { column = value }. */
static void push_lookups(kh_desk *desk)
{
    lua_State *L = desk->L;
    const kh_plan *plan = &desk->scheme->plan;
    lua_newtable(L);
    for (uint32_t i = 0; i < plan->lookup_count; i++) {
        const kh_lookup_decl *lookup = &plan->lookups[i];
        if (!lookup->rows) continue;
        lua_createtable(L, (int)lookup->rows->list_count, 0);
        for (uint32_t row = 0; row < lookup->rows->list_count; row++) {
            const kh_setting *cells = lookup->rows->list[row];
            lua_createtable(L, 0, (int)lookup->column_count);
            for (uint32_t c = 0; c < lookup->column_count && c < cells->list_count; c++) {
                kh_script_push_setting(L, cells->list[c]);
                lua_setfield(L, -2, lookup->columns[c].name.text);
            }
            lua_rawseti(L, -2, row + 1);
        }
        lua_setfield(L, -2, lookup->name.text);
    }
}

/* The chain: { name = "ladder", options = { table = ... } }; a Lua stage has no name. */
static void push_stages(kh_desk *desk)
{
    lua_State *L = desk->L;
    const kh_plan *plan = &desk->scheme->plan;
    lua_createtable(L, (int)plan->stage_count, 0);
    for (uint32_t i = 0; i < plan->stage_count; i++) {
        const kh_stage_decl *stage = &plan->stages[i];
        lua_createtable(L, 0, 2);
        if (stage->plugin) {
            kh_setting options = *stage->options;
            options.kind = KH_SETTING_TABLE; /* not the plugin it makes, but what was written */
            set_text(L, "name", stage->plugin->name);
            kh_script_push_setting(L, &options);
            lua_setfield(L, -2, "options");
        }
        lua_rawseti(L, -2, i + 1);
    }
}

static void push_histogram(lua_State *L, const kh_histogram *h)
{
    lua_createtable(L, 0, 6);
    set_number(L, "from", h->from);
    set_number(L, "step", h->step);
    set_whole(L, "people", h->people);
    lua_pushboolean(L, h->open_below);
    lua_setfield(L, -2, "open_below");
    lua_pushboolean(L, h->open_above);
    lua_setfield(L, -2, "open_above");
    lua_createtable(L, (int)h->bins, 0);
    for (uint32_t i = 0; i < h->bins; i++) {
        lua_pushinteger(L, h->counts[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "counts");
    set_meta(L, &histogram_shape.meta);
}

static kh_decimal value_of(const kh_desk *desk, const kh_card *card, uint32_t number)
{
    uint32_t measures = desk->results->measure_count;
    if (card->failed) return KH_ABSENT;
    if (number == KH_NO_NAME) return card->score;
    return number < measures ? card->measures[number] : card->metrics[number - measures];
}

/* Where the cards lie; NULL = in memory. */
static const kh_spill *spill_of(const kh_desk *desk)
{
    return desk->facts ? desk->facts->arena.spill : NULL;
}

/* run.histogram(name): the distribution of a measure or metric, or of the score; upvalue: the desk */
static int run_histogram(lua_State *L)
{
    kh_desk *desk = lua_touserdata(L, lua_upvalueindex(1));
    const kh_results *results = desk->results;
    uint32_t slot = desk->columns.count, number = KH_NO_NAME;
    if (!lua_isnoneornil(L, 1) && strcmp(luaL_checkstring(L, 1), "score") != 0) {
        size_t length;
        const char *name = lua_tolstring(L, 1, &length);
        slot = kh_names_find(&desk->columns, name, length);
        if (slot == KH_NO_NAME)
            return kh_script_fail(L, "there is no measure or metric '%s'", name);
        number = desk->numbers[slot];
    }
    if (!desk->counted[slot]) {
        kh_decimal *values = calloc(results->card_count + 1, sizeof *values);
        if (!values) abort();
        for (uint32_t i = 0; i < results->card_count; i++) {
            values[i] = value_of(desk, &results->cards[i], number);
            if (i % 4096 == 0) kh_spill_rest(spill_of(desk));
        }
        desk->histograms[slot] = kh_population_histogram(values, results->card_count, &desk->kept);
        free(values);
        desk->counted[slot] = true;
    }
    push_histogram(L, &desk->histograms[slot]);
    return 1;
}

/* __index of the run: its cards are a list of all; upvalue: the desk */
static int read_run(lua_State *L)
{
    kh_desk *desk = lua_touserdata(L, lua_upvalueindex(1));
    if (lua_type(L, 2) != LUA_TSTRING || strcmp(lua_tostring(L, 2), "cards") != 0) {
        return refuse_name(L, "run", run_keys);
    }
    lua_createtable(L, (int)desk->results->card_count, 0);
    for (uint32_t i = 0; i < desk->results->card_count; i++) {
        kh_desk_push_card(desk, i);
        lua_rawseti(L, -2, i + 1);
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, 1, "cards");
    return 1;
}

static void push_new_run(kh_desk *desk)
{
    lua_State *L = desk->L;
    const kh_results *results = desk->results;
    char date[KH_DATE_TEXT];
    lua_createtable(L, 0, 16);
    set_text(L, "title", results->project);
    set_text(L, "organisation", results->organisation);
    kh_date_format(date, results->as_of);
    if (*date) set_text(L, "as_of", date);
    set_whole(L, "count", results->card_count);
    kh_push_period(L, &results->period);
    lua_setfield(L, -2, "period");
    push_previous(desk);
    lua_setfield(L, -2, "previous");
    push_scheme(desk);
    lua_setfield(L, -2, "scheme");
    push_columns(desk);
    lua_setfield(L, -2, "column");
    kh_push_params(L, &desk->scheme->plan);
    lua_setfield(L, -2, "params");
    push_lookups(desk);
    lua_setfield(L, -2, "lookups");
    push_stages(desk);
    lua_setfield(L, -2, "stages");
    lua_pushlightuserdata(L, desk);
    lua_pushcclosure(L, run_histogram, 1);
    lua_setfield(L, -2, "histogram");
    set_meta(L, &run_meta);
}

static void add_column(kh_desk *desk, const char *name, uint32_t number)
{
    desk->numbers[kh_names_add(&desk->columns, name, strlen(name))] = number;
}

uint32_t kh_desk_column(const kh_desk *desk, const char *name)
{
    uint32_t column = kh_names_find(&desk->columns, name, strlen(name));
    return column == KH_NO_NAME ? KH_NO_NAME : desk->numbers[column];
}

void kh_desk_take(kh_desk *desk, const kh_results *results, const kh_facts *facts)
{
    desk->facts = facts;
    if (desk->taken == results) return;
    desk->taken = NULL;
    desk->results = results;
    kh_names_fini(&desk->columns);
    kh_arena_fini(&desk->kept);
    desk->columns = (kh_names){0};
    desk->kept = (kh_arena){0};
    uint32_t measures = results->measure_count, most = measures + results->metric_count + 1;
    desk->numbers = kh_arena_array(&desk->kept, most, sizeof *desk->numbers);
    desk->histograms = kh_arena_array(&desk->kept, most, sizeof *desk->histograms);
    desk->counted = kh_arena_array(&desk->kept, most, sizeof *desk->counted);
    for (uint32_t i = 0; i < measures; i++) add_column(desk, results->measures[i].name, i);
    for (uint32_t i = 0; i < results->metric_count; i++) {
        add_column(desk, results->metrics[i].name, measures + i);
    }
    desk->population = kh_population_of(results, spill_of(desk), &desk->kept);
    push_new_run(desk);
    lua_rawsetp(desk->L, LUA_REGISTRYINDEX, &run_ref);
    desk->taken = results;
}

void kh_desk_push_run(kh_desk *desk, const char *code)
{
    lua_rawgetp(desk->L, LUA_REGISTRYINDEX, &run_ref);
    if (*code) {
        lua_pushstring(desk->L, code);
    } else {
        lua_pushnil(desk->L);
    }
    lua_setfield(desk->L, -2, "code");
}

void kh_desk_open_cards(kh_desk *desk)
{
    lua_State *L = desk->L;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        push_meta(L, &shapes[i]->meta, read_absent, shapes[i]);
    }
    push_meta(L, &desk->columns, read_absent_value, desk);
    push_meta(L, &card_meta, read_list, desk);
    push_meta(L, &run_meta, read_run, desk);
}
