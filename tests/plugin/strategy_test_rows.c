/* Rows of nobody handed out one by one: who gets which, and that the rule library says the same. */
#include "plugin/strategy_kit.h"
#include "unit/scheme_rules_kit.h"

TestSuite(rows, .init = open_library, .fini = close_library);

/* The customers of nobody, who keeps which, and the words every case shares. */
static void open_rows(play *p, const char *people, const char *facts, const char *customers,
                      const char *held)
{
    play_open(p, people, facts);
    kh_buf text = {0};
    kh_buf_printf(&text, "customer_id,branch,assets,complete\n%s", customers);
    kit_csv(&p->kit, "customers", text.data);
    kh_buf_fini(&text);
    kh_buf_printf(&text, "customer_id,manager_id\n%s", held);
    kit_csv(&p->kit, "held", text.data);
    kh_buf_fini(&text);
    play_lua(p, "dataset 'pool' { from = 'customers', subject = false, date = false }\n"
                "dataset 'held' { date = false }\n"
                "records 'pool' { columns = { customer_id = 'text', branch = 'text', "
                "assets = 'money', complete = 'bool' }, where = 'assets >= 100000' }\n"
                "records 'held' { columns = { 'customer_id' } }");
}

#define TAKE "allocate { rows = 'pool', key = 'customer_id', by = { 'complete', 'assets' }, "
#define HELD "turn = 'a', capacity = 'b', keeper = 'held', as = 'n', title = '管户', unit = '户'"

static const char people[] = "M1,甲,城东\nM2,乙,城东\nM3,丙,城东\nM4,丁,城西\n";

/* "M1: C1 沿用, C2 第 1 位分入; M2: ..." */
static void expect_rows(const play *p, const char *wanted, const char *why)
{
    kh_buf got = {0};
    kh_sheet *view = kh_sheet_view(p->sheet);
    play_card(p, "M1");
    const kh_records *pool = &p->kit.facts.records[0];
    for (uint32_t s = 0; s < p->kit.facts.subject_count; s++) {
        uint32_t count = view->ops->record_count(view, 0, s);
        if (!count) continue;
        kh_buf_printf(&got, "%s%s:", got.size ? "; " : "", p->kit.facts.subjects[s].id);
        for (uint32_t i = 0; i < count; i++) {
            const char *key;
            cr_assert_eq(view->ops->record_text(view, 0, s, i, "customer_id", &key, NULL), KH_OK);
            kh_buf_printf(&got, "%s %s %s", i ? "," : "", key, pool->why[pool->starts[s] + i]);
        }
    }
    cr_expect_eq(p->results->given_count, pool->starts[p->kit.facts.subject_count]);
    for (uint32_t i = 0; i < p->results->given_count; i++) {
        const kh_given *given = &p->results->given[i];
        cr_expect_str_eq(given->records, "pool");
        cr_expect_str_eq(given->row, pool->keys[i]);
        cr_expect(i >= pool->starts[given->card] && i < pool->starts[given->card + 1]);
    }
    cr_expect_str_eq(got.data ? got.data : "", wanted, "%s:\n%s\nwanted\n%s", why, got.data,
                     wanted);
    kh_buf_fini(&got);
}

Test(rows, go_to_those_who_have_room_best_first)
{
    static const struct {
        const char *facts, *customers, *held, *stage, *wanted, *why;
    } cases[] = {
        {"M1,2009-01-05,1,1\nM2,2009-01-05,2,9\n",
         "C1,城东,100000,true\nC2,城东,200000,true\nC3,城东,99999.99,true\nC4,城东,900000,false\n",
         "", "", "M1: C2 第 1 位分入; M2: C1 第 2 位分入, C4 第 3 位分入",
         "complete ones first, then by assets; below the floor nobody is needed"},
        {"M1,2009-01-05,2,1\nM2,2009-01-05,1,1\n",
         "C2,城东,100000,true\nC1,城东,100000,true\nC3,城东,100000,true\n", "", "",
         "M1: C2 第 2 位分入; M2: C1 第 1 位分入",
         "turns decide, ties by key, the rest stays over"},
        {"M1,2009-01-05,1,1\nM2,2009-01-05,2,2\n",
         "C1,城东,100000,true\nC2,城东,200000,true\nC3,城东,300000,true\n", "C1,M1\nC2,M1\n", "",
         "M1: C2 沿用, C1 沿用; M2: C3 第 1 位分入",
         "kept beyond the capacity, and room is used up"},
        {"M1,2009-01-05,,5\nM2,2009-01-05,1,\n",
         "C1,城东,100000,true\nC2,城东,200000,true\nC3,城东,300000,true\n", "C1,M1\n", "",
         "M1: C1 沿用; M2: C3 第 1 位分入, C2 第 2 位分入", "no turn: only what he has; no limit"},
        {"M1,2009-01-05,1,1\nM4,2009-01-05,1,1.9\n",
         "C1,城东,100000,true\nC2,城西,200000,true\nC3,城东,300000,true\nC4,城西,150000,\n",
         "C3,M4\n", ", within = 'group', pool = 'branch'", "M1: C1 第 1 位分入; M4: C3 沿用",
         "each group its own; a keeper elsewhere keeps, and has no more room"},
        {"M1,2009-01-05,1,0\n", "", "", "", "", "no rows, no room"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        play p;
        kh_buf text = {0};
        kh_buf_printf(&text, "manager_id,date,a,b\n%s", cases[i].facts);
        open_rows(&p, people, text.data, cases[i].customers, cases[i].held);
        kh_buf_fini(&text);
        kh_buf_printf(&text, TAKE HELD "%s }", cases[i].stage);
        play_run(&p, text.data);
        kh_buf_fini(&text);
        expect_rows(&p, cases[i].wanted, cases[i].why);
        play_close(&p);
    }
}

Test(rows, are_explained_and_seen_by_later_stages)
{
    play p;
    open_rows(&p, people, "manager_id,date,a,b\nM1,2009-01-05,1,1\nM2,2009-01-05,2,1\nM3,,,2\n",
              "C1,城东,100000,true\nC2,城东,200000,true\nC3,城东,300000,true\nC4,城东,400000,true\n"
              "C5,城东,500000,true\nC6,城东,600000,true\n",
              "C1,M3\nC2,M1\nC3,M1\n");
    play_run(&p, TAKE HELD ", rule = 'C33' }, function(card) local rows = card.r.pool\n"
                           "return { notes = { #rows .. (rows[1] and rows[1].why or '') } } end");
    play_expect(&p, "M1",
                "- C33: 管户:沿用 2 户,合计 2 户,容量 1 户,超出 1 户\n"
                "- C33: 管户:有 2 户无人可容,未分配(C5、C4)\nnote 2沿用\n",
                "more than he can hold");
    play_expect(&p, "M2",
                "* C33: 管户:沿用 0 户,分入 1 户(C6),合计 1 户,容量 1 户,余 0 户\n"
                "- C33: 管户:有 2 户无人可容,未分配(C5、C4)\nnote 1第 1 位分入\n",
                "given");
    play_expect(&p, "M3", "+ C33: 管户:沿用 1 户,无a,不参加新分,合计 1 户\nnote 1沿用\n",
                "no turn");
    play_close(&p);
}

Test(rows, refuse_what_cannot_be_handed_out)
{
    static const char pool[] = "dataset 'pool' { from = 'notes', subject = false, date = false }\n"
                               "records 'pool' { columns = { grade = 'text', number = 'money' } }\n"
                               "dataset 'notes' { date = false }\n"
                               "records 'notes' { columns = { 'text' } }";
    static const struct {
        const char *stage, *words, *why;
    } cases[] = {
        {"allocate { as = 'x' }", "say what is given out", "nothing to give"},
        {"allocate { total = 'a', turn = 'a', capacity = 'b', key = 'grade', as = 'x' }",
         "'key' belongs to 'rows'", "a total has no keys"},
        {"allocate { rows = 'pool', turn = 'a', capacity = 'b', as = 'x' }", "give 'key', 'turn'",
         "no key"},
        {"allocate { rows = 'pool', key = 'grade', turn = 'a', as = 'x' }", "'capacity'",
         "no capacity"},
        {"allocate { rows = 'pool', key = 'grade', turn = 'a', capacity = 'b', weight = 'a', "
         "as = 'x' }",
         "'weight' belongs to a total", "rows have no weights"},
        {"allocate { rows = 'pool', key = 'grade', turn = 'a', capacity = 'b', within = 'group', "
         "as = 'x' }",
         "'pool' with the column", "which group?"},
        {"allocate { rows = 'notes', key = 'text', turn = 'a', capacity = 'b', as = 'x' }",
         "belong to subjects already", "not of nobody"},
        {"allocate { rows = 'pool', key = 'grade', by = { 'grade' }, turn = 'a', capacity = 'b', "
         "as = 'x' }",
         "column 'grade' of records \"pool\" is no number", "ordered by a text"},
        {"allocate { rows = 'pool', key = 'grade', keeper = 'notes', turn = 'a', capacity = 'b', "
         "as = 'x' }",
         "records \"notes\" keeps no column 'grade'", "another key"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        play_refuses(pool, cases[i].stage, cases[i].words, cases[i].why);
    }
    play_refuses("dataset 'pool' { from = 'notes', subject = false }\nmeasure 'x' { of = 'pool', "
                 "sum = 'number' }",
                 "rank { value = 'a' }", "belong to nobody", "nothing to measure");
    play_refuses("dataset 'pool' { from = 'notes', subject = 7 }", "rank { value = 'a' }",
                 "subject is a column, or false", "neither");
    static const struct {
        const char *customers, *held, *words, *why;
    } data[] = {
        {"C1,城东,100000,true\nC1,城东,100000,true\n", "", "'C1' stands there twice", "twice"},
        {"C1,城东,100000,true\n", "C1,M1\nC1,M2\n", "'C1' is kept by M1 and by M2", "two keepers"},
        {",城东,100000,true\n", "", "a row has no 'customer_id'", "no key"},
        {"C1,城南,100000,true\n", "", "the group '城南', where nobody is", "no such group"},
    };
    for (size_t i = 0; i < sizeof data / sizeof *data; i++) {
        play p;
        open_rows(&p, people, "manager_id,date,a,b\nM1,2009-01-05,1,1\n", data[i].customers,
                  data[i].held);
        play_run(&p, TAKE HELD ", within = 'group', pool = 'branch' }");
        kit_expect_failure(&p.kit, data[i].words);
        play_close(&p);
    }
    play p;
    open_rows(&p, people, "manager_id,date,a,b\nM1,2009-01-05,1,-1\n", "", "");
    play_run(&p, TAKE HELD " }");
    kit_expect_failure(&p.kit, "the capacity 'b' of M1 is negative");
    play_close(&p);
}

/* ---- for any numbers ----------------------------------------------------------------------- */

enum { TURNS = 40, STAFF = 12, CUSTOMERS = 60 };

typedef struct town {
    uint32_t staff, customers, turn[STAFF], capacity[STAFF];
    uint32_t assets[CUSTOMERS], keeper[CUSTOMERS]; /* keeper: STAFF = none */
    bool complete[CUSTOMERS];
} town;

static town make_town(dice *d)
{
    town t = {.staff = 1 + dice_below(d, STAFF), .customers = dice_below(d, CUSTOMERS)};
    for (uint32_t i = 0; i < t.staff; i++) {
        t.turn[i] = dice_below(d, 4);
        t.capacity[i] = dice_below(d, 9);
    }
    for (uint32_t c = 0; c < t.customers; c++) {
        t.assets[c] = 5 * dice_below(d, 9);
        t.complete[c] = dice_below(d, 2);
        t.keeper[c] = dice_below(d, 3) ? STAFF : dice_below(d, t.staff);
    }
    return t;
}

static void play_town(play *p, const town *t)
{
    kh_buf staff = {0}, facts = {0}, customers = {0}, held = {0};
    kh_buf_text(&facts, "manager_id,date,a,b\n");
    kh_buf_text(&customers, "");
    kh_buf_text(&held, "");
    for (uint32_t i = 0; i < t->staff; i++) {
        kh_buf_printf(&staff, "M%02u,甲,G\n", i);
        kh_buf_printf(&facts, "M%02u,2009-01-05,%u,%u\n", i, t->turn[i], t->capacity[i]);
    }
    for (uint32_t c = t->customers; c-- > 0;) { /* in any order */
        kh_buf_printf(&customers, "C%02u,G,%u0000,%s\n", c, t->assets[c],
                      t->complete[c] ? "true" : "false");
        if (t->keeper[c] < STAFF) kh_buf_printf(&held, "C%02u,M%02u\n", c, t->keeper[c]);
    }
    open_rows(p, staff.data, facts.data, customers.data, held.data);
    play_run(p, TAKE HELD ", as_new = 'new', as_over = 'over' }");
    cr_assert_eq(p->kit.status, KH_OK, "%s %s", p->kit.err.text,
                 p->kit.diags.count ? p->kit.diags.items[0].text : "");
    kh_buf_fini(&staff);
    kh_buf_fini(&facts);
    kh_buf_fini(&customers);
    kh_buf_fini(&held);
}

/* The town as inputs of the rule: staff in the order of their turns. */
static void describe(kh_buf *out, const town *t)
{
    const char *comma = "";
    kh_buf_text(out, "{\"staff\":[");
    for (uint32_t turn = 0; turn < 4; turn++) {
        for (uint32_t i = 0; i < t->staff; i++) {
            if (t->turn[i] != turn) continue;
            kh_buf_printf(out, "%s{\"id\":\"M%02u\",\"role\":\"\",\"capacity\":%u}", comma, i,
                          t->capacity[i]);
            comma = ",";
        }
    }
    kh_buf_text(out, "],\"customers\":[");
    for (uint32_t c = 0; c < t->customers; c++) {
        kh_buf_printf(out, "%s{\"id\":\"C%02u\",\"assets_wan\":%u,\"complete\":%s", c ? "," : "", c,
                      t->assets[c], t->complete[c] ? "true" : "false");
        if (t->keeper[c] < STAFF) kh_buf_printf(out, ",\"keeper\":\"M%02u\"", t->keeper[c]);
        kh_buf_text(out, "}");
    }
    kh_buf_text(out, "]}");
}

/* Who has customer @p c on the sheet, or NULL; nobody has it twice. */
static const char *owner_of(const play *p, uint32_t c, uint32_t *times)
{
    kh_sheet *view = kh_sheet_view(p->sheet);
    const char *owner = NULL, *key;
    char wanted[8];
    snprintf(wanted, sizeof wanted, "C%02u", c);
    *times = 0;
    for (uint32_t s = 0; s < p->kit.facts.subject_count; s++) {
        for (uint32_t i = 0; i < view->ops->record_count(view, 0, s); i++) {
            cr_assert_eq(view->ops->record_text(view, 0, s, i, "customer_id", &key, NULL), KH_OK);
            if (strcmp(key, wanted) != 0) continue;
            owner = p->kit.facts.subjects[s].id;
            ++*times;
        }
    }
    return owner;
}

Test(rows, go_where_the_rule_library_says_once_and_within_capacities)
{
    dice d = dice_new(20090110);
    for (int turn = 0; turn < TURNS; turn++) {
        town t = make_town(&d);
        play p;
        kh_buf inputs = {0};
        kh_arena arena = {0};
        play_town(&p, &t);
        describe(&inputs, &t);
        const kh_json *owners =
            kh_json_get(evaluate(&arena, "customer_allocation", inputs.data), "owners");
        uint32_t kept[STAFF] = {0}, all[STAFF] = {0}, over = 0, times;
        for (uint32_t c = 0; c < t.customers; c++) {
            const char *wanted = kh_json_get_text(owners->items[c], "owner");
            const char *got = owner_of(&p, c, &times);
            if (wanted && !strcmp(wanted, "未分配")) {
                wanted = NULL;
                over++;
            }
            cr_expect_leq(times, 1, "C%02u is there %u times", c, times);
            cr_expect_str_eq(got ? got : "-", wanted ? wanted : "-", "C%02u in\n%s", c,
                             inputs.data);
            if (!got) continue;
            uint32_t who = (uint32_t)atoi(got + 1);
            all[who]++;
            kept[who] += t.keeper[c] == who;
        }
        for (uint32_t i = 0; i < t.staff; i++) {
            uint32_t most = kept[i] > t.capacity[i] ? kept[i] : t.capacity[i];
            cr_expect_leq(all[i], most, "M%02u has %u of %u", i, all[i], t.capacity[i]);
            const kh_card *card = &p.results->cards[i];
            cr_expect_eq(kh_dec_cmp(play_value(&p, card, "n"), kh_dec_int(all[i])), 0);
            cr_expect_eq(kh_dec_cmp(play_value(&p, card, "new"), kh_dec_int(all[i] - kept[i])), 0);
            cr_expect_eq(kh_dec_cmp(play_value(&p, card, "over"), kh_dec_int(over)), 0);
        }
        kh_arena_fini(&arena);
        kh_buf_fini(&inputs);
        play_close(&p);
    }
}
