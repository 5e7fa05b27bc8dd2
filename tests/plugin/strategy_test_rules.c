/* Each strategy against the rule of the library that says the same: equal to the last digit. */
#include "plugin/strategy_people.h"
#include "unit/scheme_rules_kit.h"

TestSuite(same_as_rules, .init = open_library, .fini = close_library);

enum { PEOPLE = 300, TURNS = 30 };

/* The Lua stages write 1 under each of these names where strategy and rule agree. */
static void expect_agreed(const play *p, const char *const *names)
{
    expect_ok(p);
    for (uint32_t i = 0; i < p->results->card_count; i++) {
        for (const char *const *name = names; *name; name++) {
            kh_decimal same = value(p, i, *name);
            cr_expect(!kh_is_absent(same) && kh_dec_cmp(same, KH_ONE) == 0, "%s: %s, %s %s",
                      id_of(p, i), *name, p->results->cards[i].grade, p->results->cards[i].failed);
        }
    }
}

/* ---- bands and ladder ---------------------------------------------------------------------- */

/* a: a score, half of them beside a line; b: an amount, half of them on a line or a fen beside. */
static void fill_lines(kh_buf *out, dice *d, uint32_t i)
{
    static const uint32_t lines[] = {0, 2000, 5000, 10000, 20000};
    (void)i;
    if (dice_below(d, 2)) {
        kh_buf_printf(out, "%u.99%u,", (uint32_t[]){59, 79, 89}[dice_below(d, 3)],
                      dice_below(d, 10));
    } else {
        kh_buf_printf(out, "%u.%u,", dice_below(d, 110), dice_below(d, 10));
    }
    uint32_t line = lines[dice_below(d, 5)];
    if (dice_below(d, 3) == 0 && line) kh_buf_printf(out, "%u.99", line - 1);
    else kh_buf_printf(out, "%u", dice_below(d, 2) ? line : dice_below(d, 30000));
    kh_buf_text(out, ",0,0,0\n");
}

Test(same_as_rules, bands_and_ladders)
{
    static const char *const names[] = {"plain", "rounded", "exam", "volume", NULL};
    dice d = dice_new(20090201);
    play p;
    many(&p, &d, PEOPLE, fill_lines);
    play_lua(
        &p,
        "local evaluation, assessment = use 'rules/evaluation', use 'rules/assessment'\n"
        "local career = use 'rules/career'\n"
        "local function agree(name, ours, rules) return { values = { [name] = ours == rules "
        "and 1 or 0 } } end\n"
        "lookup 'marks' { columns = { 'band', 'from' }, rows = { { '初级', 60 }, { '中级', "
        "80 }, { '高级', 90 } } }\n"
        "local volumes = { { '四级', 0 }, { '三级', 2000 }, { '二级', 5000 }, { '一级', 10000 "
        "}, { '特级', 20000 } }\n"
        "lookup 'volumes' { columns = { 'grade', 'from' }, rows = volumes }\n"
        "local levels = {}\n"
        "for i = #volumes, 1, -1 do levels[#levels + 1] = { grade = volumes[i][1], "
        "from = volumes[i][2], coef = 1, authority_wan = 0 } end\n"
        "local function band(card, rounded) return evaluation.kpi_total { "
        "items = { { points = card.m.a, weight = 100 } }, round_before_compare = rounded }.band "
        "end");
    play_run(&p, "bands { value = 'a' }, "
                 "function(card) return agree('plain', card.band, band(card, false)) end, "
                 "bands { value = 'a', compare_places = 2 }, "
                 "function(card) return agree('rounded', card.band, band(card, true)) end, "
                 "bands { value = 'a', table = 'marks', below = '无资格' }, "
                 "function(card) return agree('exam', card.band, "
                 "assessment.exam_grade { mark = card.m.a }.grade) end, "
                 "ladder { value = 'b', table = 'volumes', below = '无', unit = '万元' }, "
                 "function(card) return agree('volume', card.grade, career.loan_volume_grade { "
                 "direct_wan = card.m.b, managed_wan = 0, perf_base = 0, levels = levels }.grade) "
                 "end");
    expect_agreed(&p, names);
    play_close(&p);
}

/* ---- places and quotas ----------------------------------------------------------------------- */

/* a: a whole score with many ties, sometimes none. */
static void fill_ties(kh_buf *out, dice *d, uint32_t i)
{
    (void)i;
    if (dice_below(d, 15) == 0) kh_buf_text(out, ",0,0,0,0\n");
    else kh_buf_printf(out, "%u.%u,0,0,0,0\n", 85 + dice_below(d, 12), 5 * dice_below(d, 2));
}

/* The places the rule gives those of a group (NULL: of all), as "M000=1 M001=3 ". */
static char *rule_places(const play *p, const char *group, const char *method, bool low)
{
    kh_buf inputs = {0}, out = {0};
    kh_arena arena = {0};
    const char *comma = "";
    kh_buf_printf(&inputs, "{\"method\":\"%s\",\"scores\":[", method);
    for (uint32_t i = 0; i < p->results->card_count; i++) {
        char text[KH_DECIMAL_TEXT];
        kh_decimal score = value(p, i, "a");
        if (group && strcmp(p->results->cards[i].subject->group, group) != 0) continue;
        if (kh_is_absent(score)) continue;
        kh_dec_format(text, low ? kh_dec_sub(KH_ZERO, score) : score, KH_PLACES_OWN, false);
        kh_buf_printf(&inputs, "%s{\"id\":\"%s\",\"score\":\"%s\"}", comma, id_of(p, i), text);
        comma = ",";
    }
    kh_buf_text(&inputs, "]}");
    const kh_json *ranks = kh_json_get(evaluate(&arena, "rank_scores", inputs.data), "ranks");
    kh_buf_text(&out, "");
    for (uint32_t i = 0; i < ranks->count; i++) {
        kh_buf_printf(&out, "%s=%s ", kh_json_get_text(ranks->items[i], "id"),
                      kh_json_get_text(ranks->items[i], "rank"));
    }
    kh_arena_fini(&arena);
    kh_buf_fini(&inputs);
    return kh_buf_take(&out);
}

static char *our_places(const play *p, const char *group, const char *name)
{
    kh_buf out = {0};
    kh_buf_text(&out, "");
    for (uint32_t i = 0; i < p->results->card_count; i++) {
        char text[KH_DECIMAL_TEXT];
        kh_decimal place = value(p, i, name);
        if (group && strcmp(p->results->cards[i].subject->group, group) != 0) continue;
        if (kh_is_absent(place)) continue;
        kh_dec_format(text, place, KH_PLACES_OWN, false);
        kh_buf_printf(&out, "%s=%s ", id_of(p, i), text);
    }
    return kh_buf_take(&out);
}

static void expect_places(const play *p, const char *group, const char *name, const char *method,
                          bool low)
{
    char *ours = our_places(p, group, name), *rules = rule_places(p, group, method, low);
    cr_expect_str_eq(ours, rules, "%s of %s:\n%s\n%s", name, group ? group : "all", ours, rules);
    free(ours);
    free(rules);
}

Test(same_as_rules, places)
{
    static const char *const groups[] = {"G0", "G1", "G2", "G4", "G5", "G8"};
    dice d = dice_new(20090202);
    for (int turn = 0; turn < TURNS; turn++) {
        play p;
        many(&p, &d, 1 + dice_below(&d, 70), fill_ties);
        play_run(&p, "rank { value = 'a', as = 'place' }, "
                     "rank { value = 'a', as = 'dense', numbering = 'dense' }, "
                     "rank { value = 'a', as = 'last', order = 'low' }, "
                     "rank { value = 'a', as = 'local', within = 'group' }");
        expect_ok(&p);
        expect_places(&p, NULL, "place", "competition", false);
        expect_places(&p, NULL, "dense", "dense", false);
        expect_places(&p, NULL, "last", "competition", true);
        for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
            expect_places(&p, groups[g], "local", "competition", false);
        }
        play_close(&p);
    }
}

static int compare_scores(const void *a, const void *b)
{
    return kh_dec_cmp(*(const kh_decimal *)b, *(const kh_decimal *)a);
}

/* How many of the best fit into @p most without parting equal ones. */
static uint32_t fitting(const play *p, uint32_t most)
{
    kh_decimal best[128];
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->results->card_count; i++) {
        kh_decimal score = value(p, i, "a");
        if (kh_is_absent(score) || kh_dec_cmp(score, kh_dec_int(90)) < 0) continue;
        best[count++] = score;
    }
    qsort(best, count, sizeof *best, compare_scores);
    if (most >= count) return count;
    while (most > 0 && kh_dec_cmp(best[most - 1], best[most]) == 0) most--;
    return most;
}

Test(same_as_rules, quotas)
{
    dice d = dice_new(20090203);
    uint32_t limited = 0;
    for (int turn = 0; turn < TURNS; turn++) {
        play p;
        kh_arena arena = {0};
        char text[512];
        uint32_t people = 1 + dice_below(&d, 100), staff = dice_below(&d, 300), served = 0;
        uint32_t percent = dice_below(&d, 30);
        many(&p, &d, people, fill_ties);
        snprintf(text, sizeof text, "param 'staff' { value = %u }", staff);
        play_lua(&p, text);
        snprintf(text, sizeof text,
                 "bands { value = 'a' }, quota { value = 'a', base = 'staff', limits = { { name = "
                 "'优秀', share = 0.%02u, down = '良好' } } }",
                 percent);
        play_run(&p, text);
        expect_ok(&p);
        for (uint32_t i = 0; i < people; i++) {
            const char *band = p.results->cards[i].band;
            served += band && !strcmp(band, "优秀");
        }
        snprintf(text, sizeof text,
                 "{\"full_time_marketers\":%u,\"seniors\":%u,\"quota\":\"0.%02u\"}", staff, served,
                 percent);
        const kh_json *out = evaluate(&arena, "senior_quota", text);
        uint32_t most = (uint32_t)atoi(kh_json_get_text(out, "max_seniors"));
        cr_expect(kh_json_get(out, "within")->truth, "%s", text);
        cr_expect_eq(served, fitting(&p, most), "%u of %u: %s", served, fitting(&p, most), text);
        limited += most < people / 3;
        kh_arena_fini(&arena);
        play_close(&p);
    }
    cr_expect_gt(limited, 3, "some quotas matter");
}

/* ---- completion ---------------------------------------------------------------------------- */

/* a, b: actual values, sometimes negative; c, d, e: targets, often 0 or divisible by 3 only. */
static void fill_goals(kh_buf *out, dice *d, uint32_t i)
{
    (void)i;
    for (int k = 0; k < 2; k++) {
        kh_buf_printf(out, "%s%u.%02u,", dice_below(d, 8) ? "" : "-", dice_below(d, 900),
                      dice_below(d, 2) ? 0 : dice_below(d, 100));
    }
    for (int k = 0; k < 3; k++) {
        kh_buf_printf(out, "%u%s", dice_below(d, 6) ? 3 * dice_below(d, 300) : 0, k < 2 ? "," : "");
    }
    kh_buf_text(out, "\n");
}

Test(same_as_rules, completion_and_weights)
{
    static const char *const zero_targets[] = {"full", "zero", "exclude"};
    dice d = dice_new(20090210);
    for (int turn = 0; turn < 12; turn++) {
        play p;
        char score[1600];
        const char *zero = zero_targets[turn % 3];
        const char *cap = turn % 2 ? "1.2" : "nil", *rule_cap = turn % 2 ? "1.2" : "false";
        const char *basis = turn % 4 < 2 ? "" : ", base = 'e'";
        const char *rule_basis = turn % 4 < 2 ? "" : ", basis = 'increment', base = m.e";
        many(&p, &d, PEOPLE, fill_goals);
        play_lua(&p, "local payouts = use 'rules/payout'");
        snprintf(score, sizeof score,
                 "weighted { zero_target = '%s', cap = %s, items = { "
                 "{ metric = 'a', target = 'c', weight = 40 %s }, "
                 "{ metric = 'b', target = 'd', weight = 40 }, "
                 "{ metric = 'a', target = 'e', weight = 10 }, "
                 "{ metric = 'b', target = 'c', weight = 10 } } }, "
                 "function(card) local m = card.m\nreturn { values = { ours = card.score, "
                 "rule = payouts.vip_score { zero_target = '%s', item_cap = %s, items = { "
                 "assets = { actual = m.a, target = m.c %s }, "
                 "savings = { actual = m.b, target = m.d }, "
                 "wealth = { actual = m.a, target = m.e }, "
                 "fund = { actual = m.b, target = m.c } } }.score } } end",
                 zero, cap, basis, zero, rule_cap, rule_basis);
        play_run(&p, score);
        expect_ok(&p);
        for (uint32_t i = 0; i < PEOPLE; i++) {
            bool none = kh_is_absent(value(&p, i, "rule"));
            if (none) cr_expect(kh_is_absent(value(&p, i, "ours")), "%s", id_of(&p, i));
            else expect_same(&p, i, "ours", "rule");
        }
        play_close(&p);
    }
}

/* ---- blends -------------------------------------------------------------------------------- */

static void fill_marks(kh_buf *out, dice *d, uint32_t i)
{
    (void)i;
    kh_buf_printf(out, "%u.%02u,%u.%u,%u,%s%u.5,0\n", dice_below(d, 150), dice_below(d, 100),
                  dice_below(d, 120), dice_below(d, 10), dice_below(d, 101),
                  dice_below(d, 5) ? "" : "-", dice_below(d, 100));
}

Test(same_as_rules, blends_of_own_scores)
{
    dice d = dice_new(20090204);
    play p;
    many(&p, &d, PEOPLE, fill_marks);
    play_lua(&p, "local evaluation, assessment = use 'rules/evaluation', use 'rules/assessment'\n"
                 "metric 'third' { formula = function(m) return m.a / 3 end }");
    play_run(&p, "blend { as = 'mova', parts = { { value = 'a', weight = 50, cap = 120 }, "
                 "{ value = 'b', weight = 30 }, { value = 'c', weight = 20 } } }, "
                 "blend { as = 'sides', parts = { { value = 'd', weight = 0.6 }, "
                 "{ value = 'b', weight = 0.2 }, { value = 'c', weight = 0.2 } } }, "
                 "blend { as = 'team', parts = { { value = 'a', weight = 70 }, "
                 "{ value = 'd', weight = 30 } } }, "
                 "function(card) local m = card.m\nreturn { values = { "
                 "rule_mova = assessment.mova_composite { income = m.a, maintenance = m.b, "
                 "process = m.c }.score, "
                 "rule_sides = evaluation.three_sided_score { task = m.d, competency = m.b, "
                 "management = m.c }.score, "
                 "rule_team = evaluation.team_blend { own = m.a, team = m.d }.score } } end");
    expect_ok(&p);
    for (uint32_t i = 0; i < PEOPLE; i++) {
        expect_same(&p, i, "mova", "rule_mova");
        expect_same(&p, i, "sides", "rule_sides");
        expect_same(&p, i, "team", "rule_team");
    }
    play_close(&p);
}

/* Teams of four, so that a mean has an end: b is the mean of a over the team. */
Test(same_as_rules, blends_with_the_mean_of_the_team)
{
    dice d = dice_new(20090205);
    play p;
    kh_buf staff = {0}, facts = {0};
    kh_buf_text(&facts, "manager_id,date,a,b\n");
    for (uint32_t i = 0; i < PEOPLE; i += 4) {
        uint32_t scores[4], sum = 0;
        for (uint32_t k = 0; k < 4; k++) sum += scores[k] = dice_below(&d, 12000);
        for (uint32_t k = 0; k < 4; k++) {
            kh_buf_printf(&staff, "M%03u,甲,T%u\n", i + k, i / 4);
            kh_buf_printf(&facts, "M%03u,2009-01-05,%u.%02u,%u.%04u\n", i + k, scores[k] / 100,
                          scores[k] % 100, sum / 400, sum % 400 * 25);
        }
    }
    play_open(&p, staff.data, facts.data);
    kh_buf_fini(&staff);
    kh_buf_fini(&facts);
    play_lua(&p, "local evaluation = use 'rules/evaluation'");
    play_run(&p, "blend { as = 'team', parts = { { value = 'a', weight = 70 }, "
                 "{ value = 'a', of = 'group', weight = 30 } } }, "
                 "function(card) return { values = { rule_team = evaluation.team_blend { "
                 "own = card.m.a, team = card.m.b }.score } } end");
    expect_ok(&p);
    for (uint32_t i = 0; i < PEOPLE; i++) expect_same(&p, i, "team", "rule_team");
    play_close(&p);
}

/* ---- protection ---------------------------------------------------------------------------- */

static const char ladder[] =
    "local ladders, protection, chain = use 'rules/ladder', use 'rules/protection', use "
    "'rules/chain'\n"
    "local all = ladders.of { ladder_direction = true, ladder_steps = 4 }\n"
    "lookup 'steps' { columns = { 'grade', 'from' }, rows = ladders.steps(all) }\n"
    "local function own(card) return ladders.profit_grade { quarter_profit_wan = card.m.a }.grade "
    "end\n"
    "local function agree(name, ours, rules) return { values = { [name] = ours == rules and 1 or 0 "
    "} } end\n";

/* a: a profit in 万元 that is worth any grade, or none. */
static void fill_profits(kh_buf *out, dice *d, uint32_t i)
{
    (void)i;
    kh_buf_printf(out, "%u.%02u,%u,0,0,0\n", dice_below(d, 60), dice_below(d, 100),
                  dice_below(d, 9000));
}

static void print_day(kh_buf *out, kh_date day)
{
    char text[KH_DATE_TEXT];
    kh_date_format(text, day);
    kh_buf_printf(out, ",%s", text);
}

/*
 * One row for each: kind, a first day from 250 days before the quarter's end to its last one, often
 * at the end of a month; a day after it; the end of the first day's quarter; a grade.
 */
static void add_shelters(play *p, dice *d)
{
    static const char *const kinds[] = {"产假", "工伤", "不可抗力", "年假", "病假", "其他"};
    kh_date last = kh_date_of(2009, 3, 31);
    kh_buf rows = {0};
    kh_buf_text(&rows, "manager_id,kind,start,stop,quarter_end,grade\n");
    for (uint32_t i = 0; i < PEOPLE; i++) {
        kh_date start = last - (kh_date)dice_below(d, 250);
        kh_ymd ymd = kh_date_ymd(start);
        if (dice_below(d, 3) == 0) { /* a month's end, or its neighbour */
            start = kh_date_of(ymd.year, ymd.month, 1) - 1 + (kh_date)dice_below(d, 3) - 1;
            ymd = kh_date_ymd(start);
        }
        int month = (ymd.month - 1) / 3 * 3 + 4, year = ymd.year + (month > 12);
        kh_buf_printf(&rows, "M%03u,%s", i, kinds[dice_below(d, 6)]);
        print_day(&rows, start);
        print_day(&rows, start + 1 + (kh_date)dice_below(d, 150));
        print_day(&rows, kh_date_of(year, month > 12 ? 1 : month, 1));
        kh_buf_printf(&rows, ",%u级%u档\n", 9 + dice_below(d, 7), 1 + dice_below(d, 4));
    }
    kit_csv(&p->kit, "shelter", rows.data);
    kh_buf_fini(&rows);
    play_lua(p,
             "dataset 'shelter' { date = false }\n"
             "records 'shelters' { of = 'shelter', columns = { 'kind', 'start', 'stop', "
             "'quarter_end', 'grade' } }\n"
             "records 'leaves' { of = 'shelter', columns = { 'kind', 'start', 'stop', 'grade' }, "
             "where = [[kind in ('产假', '工伤', '不可抗力')]] }\n"
             "local function quarter_no(r) local from, to = date.parts(r.start), "
             "date.parts(period.to)\n"
             "return (to.year - from.year) * 4 + to.quarter - from.quarter + 1 end\n"
             "metric 'second' { formula = function(m, p, s, r) return quarter_no(r.shelters[1]) "
             "== 2 and 1 or 0 end }");
}

#define GRADED  "ladder { table = 'steps', value = 'a' }, "
#define SHELTER "protect { table = 'steps', from = 'shelters', start_column = 'start', "
#define TRANSFER                                                                                   \
    "protection.transfer_protection { quarter_no = quarter_no(card.r.shelters[1]), "               \
    "previous = card.r.shelters[1].grade, assessed = own(card), minimum = '15级1档', "           \
    "standard = '15级1档', transfer_as_floor = "

Test(same_as_rules, protections)
{
    static const struct {
        const char *stages, *wanted, *why;
    } cases[] = {
        {SHELTER "months = 6 }",
         "protection.new_hire_protection { hired = card.r.shelters[1].start, quarter_end = "
         "period.to, trial = own(card), protected = card.r.shelters[1].grade }.grade",
         "C22: half a year, the anniversary is outside, a better result counts"},
        {SHELTER "months = 1 }",
         "protection.new_hire_protection { hired = card.r.shelters[1].start, quarter_end = "
         "period.to, months = 1, trial = own(card), protected = card.r.shelters[1].grade }.grade",
         "C22 with one month: ends of months"},
        {"protect { table = 'steps', from = 'leaves', start_column = 'start', end_column = 'stop', "
         "mode = 'replace' }",
         "(card.r.shelters[1].stop > period.to and protection.leave_protection { "
         "leave_kind = card.r.shelters[1].kind, quarter_no = 1, "
         "grade_before = card.r.shelters[1].grade, assessed = own(card) }.grade or own(card))",
         "C24: some leaves, even where the own result is better"},
        {SHELTER "end_column = 'quarter_end', mode = 'replace' }, "
                 "protect { table = 'steps', grade = '15级1档', when = 'second' }",
         "(" TRANSFER "false }.grade or own(card))",
         "C23: the grade before, then the least one, then the own result"},
        {SHELTER "end_column = 'quarter_end' }, "
                 "protect { table = 'steps', grade = '15级1档', when = 'second' }",
         "(" TRANSFER "true }.grade or own(card))", "C23 with transfer_as_floor"},
    };
    static const char *const names[] = {"same", NULL};
    dice d = dice_new(20090206);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        play p;
        char score[1024];
        printf("%s\n", cases[i].why);
        many(&p, &d, PEOPLE, fill_profits);
        play_lua(&p, ladder);
        add_shelters(&p, &d);
        snprintf(score, sizeof score,
                 GRADED "%s, function(card) return agree('same', card.grade, %s) end",
                 cases[i].stages, cases[i].wanted);
        play_run(&p, score);
        expect_agreed(&p, names);
        play_close(&p);
    }
}

/* ---- gates --------------------------------------------------------------------------------- */

/* a, b, c: numbers around the limits 30, 100, 200 and 5000, 25. */
static void fill_limits(kh_buf *out, dice *d, uint32_t i)
{
    (void)i;
    kh_buf_printf(out, "%u,%u,%u,%u,%u.%02u\n", 27 + dice_below(d, 7), 95 + dice_below(d, 10),
                  195 + dice_below(d, 10), 4998 + dice_below(d, 5), 24 + dice_below(d, 3),
                  dice_below(d, 2) ? 0 : dice_below(d, 100));
}

Test(same_as_rules, conditions)
{
    static const char *const names[] = {"limits", "exception", NULL};
    dice d = dice_new(20090207);
    play p;
    many(&p, &d, PEOPLE, fill_limits);
    play_lua(&p, "local allocation, entry = use 'rules/allocation', use 'rules/entry'\n"
                 "local function agree(name, ours, rules) return { values = { [name] = (ours == 1) "
                 "== rules and 1 or 0 } } end");
    play_run(&p, "gate { as = 'within', cap = 0, conditions = { "
                 "{ value = 'a', op = '<=', than = 30 }, { value = 'b', op = '<=', than = 100 }, "
                 "{ value = 'c', op = '<=', than = 200 } } }, "
                 "gate { as = 'may', need = 'any', cap = 0, conditions = { "
                 "{ value = 'd', than = 5000 }, { value = 'e', than = 25 } } }, "
                 "function(card) local m = card.m\nreturn agree('limits', m.within, "
                 "allocation.vip_limits { diamond = m.a, platinum = m.b, gold = m.c }.within) end, "
                 "function(card) local m = card.m\nreturn agree('exception', m.may, "
                 "entry.education_exception { avg_deposit_wan = m.d, profit_wan = m.e }.may_apply) "
                 "end");
    expect_agreed(&p, names);
    play_close(&p);
}

/* C16 with gate_cascade, from 12级 up: below it the rule goes on with C17. */
Test(same_as_rules, gates_in_turn)
{
    static const char *const names[] = {"same", NULL};
    dice d = dice_new(20090208);
    play p;
    many(&p, &d, PEOPLE, fill_profits);
    play_lua(&p, ladder);
    play_lua(&p,
             "local rows = {}\n"
             "for row = all.position[12], #all.rows do for step = 0, 3 do\n"
             "  rows[#rows + 1] = { all.names[(row - 1) * 4 + step], all.rows[row].deposit, "
             "all.names[(row - 1) * 4 - 1] }\n"
             "end end\n"
             "lookup 'standards' { columns = { 'grade', 'deposit', 'down' }, rows = rows }\n"
             "local function gated(card, cascade) local rule = chain.gated_grade { "
             "grade = own(card), deposit_wan = card.m.b, quarter = 1, gate_cascade = cascade }\n"
             "if rule.article ~= 'C16' then return own(card) end\n"
             "local low = all.ranks[rule.grade] < all.ranks['12级1档']\n"
             "return low and '13级4档' or rule.grade end");
    play_run(&p,
             GRADED "gate { table = 'standards', to_column = 'down', cascade = true, conditions "
                    "= { { value = 'b', standard = 'deposit' } } }, "
                    "function(card) return agree('same', card.grade, gated(card, true)) end");
    expect_agreed(&p, names);
    play_close(&p);
}

/* ---- pay and points ------------------------------------------------------------------------ */

/* a: a score, often beside a line; b: a standard; c: paid before; d: findings. */
static void fill_money(kh_buf *out, dice *d, uint32_t i)
{
    (void)i;
    uint32_t score = dice_below(d, 3) ? dice_below(d, 130000)
                                      : (dice_below(d, 2) ? 49990 : 79990) + dice_below(d, 20);
    kh_buf_printf(out, "%u.%03u,%u.%02u,%u.%02u,%u,0\n", score / 1000, score % 1000,
                  dice_below(d, 9000), dice_below(d, 100), dice_below(d, 9000), dice_below(d, 100),
                  dice_below(d, 5));
}

Test(same_as_rules, pay_with_other_lines_and_points_taken_off)
{
    dice d = dice_new(20090209);
    play p;
    kh_buf rows = {0};
    kh_buf_text(&rows, "manager_id,points,reason\n");
    many(&p, &d, PEOPLE, fill_money);
    for (uint32_t i = 0; i < PEOPLE; i++) {
        for (uint32_t k = dice_below(&d, 4); k > 0; k--) kh_buf_printf(&rows, "M%03u,5,甲\n", i);
    }
    kit_csv(&p.kit, "finding", rows.data);
    kh_buf_fini(&rows);
    play_lua(&p, "local payouts, assessment = use 'rules/payout', use 'rules/assessment'\n"
                 "dataset 'finding' { date = false }\n"
                 "records 'findings' { of = 'finding', columns = { points = 'decimal(0)', reason = "
                 "'text' } }");
    play_run(&p, "payout { standard = 'b', value = 'a', line = 50, full = 80, as = 'paid' }, "
                 "payout { standard = 'b', value = 'a', line = 50, full = 80, compare_places = 2, "
                 "as = 'rounded', name = 'x' }, "
                 "settle { standard = 'b', value = 'a', paid = 'c', line = 50, full = 80, "
                 "excess_rate = 0.5, as = 'settled' }, "
                 "settle { standard = 'b', value = 'a', paid = 'c', line = 50, full = 80, "
                 "compare_places = 2, mode = 'floor0', as = 'floored', name = 'y' }, "
                 "deduct { from = 'findings', by = 'points', column = 'points', value = 'a', "
                 "as = 'left' }, "
                 "function(card) local m = card.m\n"
                 "local function paid(rounded) return round(payouts.quarter_payment { "
                 "standard = m.b, score = m.a, pay_line = 50, pay_full = 80, "
                 "round_before_compare = rounded }.paid, 2) end\n"
                 "local function settled(mode, rate, rounded) return payouts.year_settlement { "
                 "standards = { m.b }, paid = { m.c }, year_score = m.a, excess_rate = rate, "
                 "settle_mode = mode, pay_line = 50, pay_full = 80, round_before_compare = rounded "
                 "}.settlement end\n"
                 "return { values = { rule_paid = paid(false), rule_rounded = paid(true), "
                 "rule_settled = settled('net', 0.5, false), "
                 "rule_floored = settled('floor0', 1, true), "
                 "rule_left = assessment.periodic_score { performance = m.a, satisfaction = m.a, "
                 "sales = m.a, findings = #card.r.findings }.score } } end");
    expect_ok(&p);
    for (uint32_t i = 0; i < PEOPLE; i++) {
        expect_same(&p, i, "paid", "rule_paid");
        expect_same(&p, i, "rounded", "rule_rounded");
        expect_same(&p, i, "settled", "rule_settled");
        expect_same(&p, i, "floored", "rule_floored");
        expect_same(&p, i, "left", "rule_left");
    }
    play_close(&p);
}
