/* Formulas that run without Lua: random ones give the same values and messages in both ways. */
#include "plugin/strategy_kit.h"

enum { HELPERS = 3, PEOPLE = 24, MEASURES = 5, FORMULAS = 60, ROUNDS = 12 };

/* ---- random formulas ----------------------------------------------------------------------- */

typedef struct author {
    dice dice;
    kh_buf *out;
    int formula;   /* those before it are metrics to use */
    int locals;    /* x1 .. xN can be seen */
    int helpers;   /* h1 .. hN can be called */
    bool returned; /* the block just written ends so */
    bool helper;   /* one of these is being written: it sees no m, the first no p */
} author;

static bool chance(author *a, uint32_t percent)
{
    return dice_below(&a->dice, 100) < percent;
}

static bool sees_p(const author *a)
{
    return !a->helper || a->helpers > 0;
}

static void write_condition(author *a, int depth);

static void write_leaf(author *a)
{
    static const char *const numbers[] = {"0",    "1",     "2",    "100",    "0.5",
                                          "2.50", "-3",    "1e2",  "0.0001", "60",
                                          "10.0", "99999", "7e-3", "-0",     "9223372036854775807",
                                          "60.0", "0.00"};
    if (a->locals > 0 && chance(a, a->helper ? 70 : 30)) {
        kh_buf_printf(a->out, "x%u", 1 + dice_below(&a->dice, (uint32_t)a->locals));
    } else if (a->formula > 0 && !a->helper && chance(a, 5)) {
        kh_buf_printf(a->out, "m.k%u", dice_below(&a->dice, (uint32_t)a->formula));
    } else if (!a->helper && chance(a, 50)) {
        kh_buf_printf(a->out, chance(a, 90) ? "m.%c" : "m['%c']",
                      'a' + (int)dice_below(&a->dice, MEASURES));
    } else if (chance(a, 25) && sees_p(a)) {
        kh_buf_text(a->out, chance(a, 50) ? "p.rate" : "p.base");
    } else {
        kh_buf_text(a->out, numbers[dice_below(&a->dice, sizeof numbers / sizeof *numbers)]);
    }
}

static void write_number(author *a, int depth);

/* Functions of the file: h1(x1, x2) with any number of values, the others take x1, x2, p. */
static void write_help(author *a, int depth)
{
    bool first = a->helpers == 1 || chance(a, 50);
    uint32_t which = first ? 0 : 1 + dice_below(&a->dice, (uint32_t)a->helpers - 1);
    kh_buf_printf(a->out, "h%u(", which + 1);
    write_number(a, depth - 1);
    if (!first || chance(a, 70)) {
        kh_buf_text(a->out, ", ");
        write_number(a, depth - 1);
    }
    if (!first) kh_buf_text(a->out, ", p");
    else if (chance(a, 10)) kh_buf_text(a->out, ", 1, 2");
    kh_buf_text(a->out, ")");
}

static void write_number(author *a, int depth)
{
    static const char *const operators[] = {"+", "-", "*", "/"};
    static const char *const functions[] = {"min", "max", "abs", "round", "floor", "ceil"};
    if (depth <= 0) {
        write_leaf(a);
        return;
    }
    switch (dice_below(&a->dice, 13)) {
    case 0: write_leaf(a); return;
    case 12:
        if (a->helpers > 0) write_help(a, depth);
        else write_leaf(a);
        return;
    case 1:
        kh_buf_text(a->out, "- ");
        write_number(a, depth - 1);
        return;
    case 2:
    case 3: {
        uint32_t which = dice_below(&a->dice, 6);
        kh_buf_printf(a->out, "%s(", functions[which]);
        write_number(a, depth - 1);
        for (uint32_t more = dice_below(&a->dice, 3); which < 2 && more > 0; more--) {
            kh_buf_text(a->out, ", ");
            write_number(a, depth - 1);
        }
        if (which > 2 && chance(a, 60)) {
            if (chance(a, 80)) kh_buf_printf(a->out, ", %d", (int)dice_below(&a->dice, 8) - 3);
            else kh_buf_text(a->out, chance(a, 50) ? ", 1.5" : chance(a, 80) ? ", nil" : ", true");
        }
        kh_buf_text(a->out, ")");
        return;
    }
    case 4:
        kh_buf_text(a->out, "(");
        write_number(a, depth - 1);
        kh_buf_text(a->out, " or ");
        write_number(a, depth - 1);
        kh_buf_text(a->out, ")");
        return;
    case 5:
        kh_buf_text(a->out, "(");
        write_condition(a, depth - 1);
        kh_buf_text(a->out, " and ");
        write_number(a, depth - 1);
        if (chance(a, 80)) {
            kh_buf_text(a->out, " or ");
            write_number(a, depth - 1);
        }
        kh_buf_text(a->out, ")");
        return;
    case 6:
        if (chance(a, 4)) {
            kh_buf_text(a->out, "(");
            write_condition(a, depth - 1); /* no number: most uses of it are an error */
            kh_buf_text(a->out, ")");
            return;
        }
        /* fall through */
    default: {
        bool around = chance(a, 70);
        kh_buf_text(a->out, around ? "(" : "");
        write_number(a, depth - 1);
        kh_buf_printf(a->out, chance(a, 10) ? "\n%s " : " %s ", operators[dice_below(&a->dice, 4)]);
        write_number(a, depth - 1);
        kh_buf_text(a->out, around ? ")" : "");
    }
    }
}

static void write_condition(author *a, int depth)
{
    static const char *const orders[] = {"<", "<=", ">", ">=", "==", "~="};
    switch (dice_below(&a->dice, depth > 0 ? 9 : 5)) {
    case 0:
        write_number(a, 0);
        kh_buf_text(a->out, chance(a, 50) ? " == nil" : " ~= nil");
        return;
    case 1: kh_buf_text(a->out, chance(a, 50) && sees_p(a) ? "p.flag" : "true"); return;
    case 5:
        kh_buf_text(a->out, "not (");
        write_condition(a, depth - 1);
        kh_buf_text(a->out, ")");
        return;
    case 6:
    case 7:
        kh_buf_text(a->out, "(");
        write_condition(a, depth - 1);
        kh_buf_text(a->out, chance(a, 50) ? " and " : " or ");
        write_condition(a, depth - 1);
        kh_buf_text(a->out, ")");
        return;
    case 8:
        kh_buf_text(a->out, "(");
        write_condition(a, depth - 1);
        kh_buf_text(a->out, chance(a, 50) ? ") == (" : ") ~= (");
        if (chance(a, 50)) write_condition(a, depth - 1);
        else write_number(a, depth - 1);
        kh_buf_text(a->out, ")");
        return;
    default:
        write_number(a, depth - 1);
        kh_buf_printf(a->out, " %s ", orders[dice_below(&a->dice, 6)]);
        write_number(a, depth - 1);
    }
}

static void write_block(author *a, int depth);

static void write_branches(author *a, int depth)
{
    kh_buf_text(a->out, "if ");
    write_condition(a, 2);
    kh_buf_text(a->out, " then ");
    write_block(a, depth - 1);
    for (; chance(a, 30);) {
        kh_buf_text(a->out, "elseif ");
        write_condition(a, 2);
        kh_buf_text(a->out, " then ");
        write_block(a, depth - 1);
    }
    if (chance(a, 40)) {
        kh_buf_text(a->out, "else ");
        write_block(a, depth - 1);
    }
    kh_buf_text(a->out, "end\n");
}

static void write_block(author *a, int depth)
{
    int seen = a->locals;
    for (; depth > 0 && chance(a, 60);) {
        int kind = (int)dice_below(&a->dice, 5);
        if (kind == 0 && a->locals > 0) {
            kh_buf_printf(a->out, "x%u = ", 1 + dice_below(&a->dice, (uint32_t)a->locals));
            write_number(a, 2);
            kh_buf_text(a->out, "\n");
        } else if (kind == 1) {
            write_branches(a, depth);
        } else if (kind == 2 && chance(a, 30)) {
            kh_buf_text(a->out, "do ");
            write_block(a, depth - 1);
            kh_buf_text(a->out, "end ");
        } else if (a->locals < 8) {
            bool two = chance(a, 20), given = chance(a, 90);
            kh_buf_printf(a->out, "local x%d", a->locals + 1);
            if (two) kh_buf_printf(a->out, ", x%d", a->locals + 2);
            if (given) kh_buf_text(a->out, " = ");
            if (given && chance(a, 20)) write_condition(a, 2);
            else if (given) write_number(a, 2);
            for (uint32_t more = dice_below(&a->dice, 3); given && two && more > 0; more--) {
                kh_buf_text(a->out, ", ");
                write_number(a, 1);
            }
            kh_buf_text(a->out, chance(a, 50) ? "\n" : " ");
            a->locals += 1 + two;
        }
    }
    a->returned = chance(a, 70);
    if (a->returned) {
        kh_buf_text(a->out, "return ");
        if (chance(a, 3)) write_condition(a, 2);
        else if (a->helper || chance(a, 95)) write_number(a, 3);
        kh_buf_text(a->out, "\n");
    }
    a->locals = seen;
}

/* ---- both ways ----------------------------------------------------------------------------- */

typedef struct side {
    kit kit;
    kh_metrics *metrics;
    kh_decimal *values;
    char *failed[PEOPLE];
} side;

static void side_open(side *s, const char *lua)
{
    memset(s, 0, sizeof *s);
    kit_open(&s->kit);
    kit_csv(&s->kit, "facts", "manager_id,date,a,b,c,d,e\n");
    for (char name = 'a'; name < 'a' + MEASURES; name++) {
        kh_buf_printf(&s->kit.lua, "measure '%c' { of = 'facts', sum = '%c' }\n", name, name);
    }
    kh_buf_printf(&s->kit.lua,
                  "param 'rate' { value = 1.85 } param 'base' { value = 5e2 } "
                  "param 'flag' { value = true } param 'word' { value = 'x' }\n%s",
                  lua);
    kit_run(&s->kit, "2009Q1");
    cr_assert_eq(s->kit.status, KH_OK, "%s %s", s->kit.err.text,
                 s->kit.diags.count ? s->kit.diags.items[0].text : "");
    s->values = calloc((FORMULAS + 1) * PEOPLE, sizeof *s->values);
}

static void side_failed(void *ctx, uint32_t subject, const char *text)
{
    side *s = ctx;
    s->failed[subject] = strdup(text);
}

/* One metric and what it depends on, for all people. */
static void side_run(side *s, uint32_t metric, const kh_facts *facts)
{
    for (int i = 0; i < PEOPLE; i++) {
        free(s->failed[i]);
        s->failed[i] = NULL;
    }
    kh_metrics_free(s->metrics);
    s->metrics = kh_metrics_new(s->kit.scheme, &s->kit.diags);
    cr_assert_eq(s->kit.diags.errors, 0);
    kh_metrics_limit(s->metrics, metric);
    cr_assert_eq(kh_metrics_eval(s->metrics, facts, 0, PEOPLE, s->values, NULL, 0, side_failed, s,
                                 &s->kit.err),
                 KH_OK, "%s", s->kit.err.text);
}

static void side_close(side *s)
{
    for (int i = 0; i < PEOPLE; i++) free(s->failed[i]);
    kh_metrics_free(s->metrics);
    free(s->values);
    kit_close(&s->kit);
}

/* Functions of the file; each may call those before it. */
static void write_helpers(author *a)
{
    a->helper = true;
    for (a->helpers = 0; a->helpers < HELPERS; a->helpers++) {
        kh_buf_printf(a->out, "local function h%d(x1, x2%s) ", a->helpers + 1,
                      a->helpers ? ", p" : "");
        a->locals = 2;
        write_block(a, 1);
        if (!a->returned) {
            kh_buf_text(a->out, "return ");
            write_number(a, 2);
        }
        kh_buf_text(a->out, " end\n");
    }
    a->helper = false;
    a->locals = 0;
}

/* @p first: a statement in front of each. */
static void write_formulas(author *a, const char *first)
{
    static const char *const more[] = {"", "", "", ", round = 2", ", missing = 'zero'"};
    write_helpers(a);
    for (a->formula = 0; a->formula < FORMULAS; a->formula++) {
        kh_buf_printf(a->out, "metric 'k%d' { formula = function(m, p) %s ", a->formula, first);
        write_block(a, 3);
        kh_buf_printf(a->out, "end%s }\n", more[dice_below(&a->dice, 5)]);
    }
}

static void fill(author *a, kh_facts *facts)
{
    static const char *const odd[] = {
        "0",  "0.00",           "-1",       "1e3",  "60.00",
        "60", "99999999999.99", "0.000001", "-2.5", "1000000000000000000000000000000000"};
    for (int i = 0; i < MEASURES * PEOPLE; i++) {
        const char *text = odd[dice_below(&a->dice, sizeof odd / sizeof *odd)];
        kh_decimal amount = kh_dec_from_scaled(dice_below(&a->dice, 9000000), 2);
        kh_decimal strange = strchr(text, 'e') ? kh_dec_from_scaled(1, -3) : kh_dec_of(text);
        facts->values[i] = chance(a, 12) ? KH_ABSENT : chance(a, 30) ? strange : amount;
    }
}

/* But for the folder that the project lies in. */
static bool same_text(const char *a, const char *b)
{
    size_t length = strcspn(a, "/");
    return !strncmp(a, b, length) && !strcmp(strstr(a, "/kaohe.lua"), strstr(b, "/kaohe.lua"));
}

Test(direct, gives_what_lua_gives)
{
    author a = {.dice = dice_new(20090331)};
    kh_facts facts = {.subject_count = PEOPLE};
    facts.subjects = kh_arena_array(&facts.arena, PEOPLE, sizeof *facts.subjects);
    facts.values = kh_arena_array(&facts.arena, MEASURES * PEOPLE, sizeof *facts.values);
    for (int i = 0; i < PEOPLE; i++) facts.subjects[i] = (kh_subject){"M1", "张伟", "", NULL};
    cr_assert_eq(kh_period_parse(&facts.period, "2009Q1", NULL), KH_OK);
    uint32_t present = 0, absent = 0, failed = 0, programs = 0;
    for (int round = 0; round < ROUNDS; round++) {
        kh_buf text = {0};
        side direct, lua;
        a.out = &text;
        author again = a;
        write_formulas(&a, "");
        side_open(&direct, text.data);
        text.size = 0;
        write_formulas(&again, "for i = 1, 0 do end"); /* no program knows loops */
        side_open(&lua, text.data);
        fill(&a, &facts);
        for (uint32_t k = 0; k < FORMULAS; k++) {
            side_run(&direct, k, &facts);
            side_run(&lua, k, &facts);
            size_t length;
            const char *formula = kh_metrics_formula(direct.metrics, k, &length);
            programs += kh_metrics_is_direct(direct.metrics, k);
            cr_assert(!kh_metrics_is_direct(lua.metrics, k));
            for (uint32_t i = 0; i < PEOPLE; i++) {
                const char *x = direct.failed[i], *y = lua.failed[i];
                cr_assert((x && y) || (!x && !y), "%s / %s: %.*s", x ? x : "", y ? y : "",
                          (int)length, formula);
                cr_assert(!x || same_text(x, y), "%s / %s", x, y);
                kh_decimal v = direct.values[k * PEOPLE + i], w = lua.values[k * PEOPLE + i];
                cr_assert(v.lo == w.lo && v.hi == w.hi, "person %u: %.*s", i, (int)length, formula);
                failed += x != NULL;
                absent += !x && kh_is_absent(v);
                present += !kh_is_absent(v);
            }
        }
        side_close(&direct);
        side_close(&lua);
        kh_buf_fini(&text);
    }
    kh_arena_fini(&facts.arena);
    cr_expect(programs > ROUNDS * FORMULAS * 80 / 100, "%u programs; others are too long",
              programs);
    cr_expect(present > 3000 && absent > 1000 && failed > 1000, "%u values, %u absent, %u failed",
              present, absent, failed);
}

Test(direct, takes_what_only_calculates)
{
    static const struct {
        const char *body;
        bool direct;
        const char *why;
    } cases[] = {
        {"return m.a", true, "a value"},
        {"return m['a'] * 2", true, "a name as a text"},
        {"if m.a == nil then return 0 end", true, "falls off its end"},
        {"local x = m.a for i = 1, 3 do x = x + i end return x", false, "a loop"},
        {"return of(m.a) + of(m.b, 1) + of()", true, "a function of the file"},
        {"return based(m.a, p)", true, "one that reads parameters"},
        {"return max(maybe(m.a), 1)", false, "one that may return no value"},
        {"return swapped(m.a)", false, "one that is another one later"},
        {"return many(m.a)", true, "calls of calls"},
        {"return deep(m.a)", false, "calls of calls without end, nearly"},
        {"return based(m.a, m.a and p)", false, "who knows what it gets"},
        {"return based(m.a)", false, "nothing to read from"},
        {"local q = p return based(m.a, q)", true, "parameters by another name"},
        {"local q = p return q and m.a", false, "a table in a condition"},
        {"local q = p return q", false, "a table as the result"},
        {"local q = p q = m.a return q", false, "a table that goes"},
        {"p = m.a return p", false, "a parameter that goes"},
        {"return m.a * wan", false, "a variable of the file"},
        {"local min = of return min(m.a)", false, "a local variable hides a function"},
        {"return round(m.a):abs()", false, "a method"},
        {"return math.min(m.a, 1)", false, "a field of a table"},
        {"return m.a // 10", false, "a rare operator"},
        {"return p.word == 'x' and m.a or 0", false, "a text"},
        {"local t = { m.a } return t[1]", false, "a table"},
        {"return (function() return m.a end)()", false, "a function inside"},
        {"error('no')", false, "a statement that is a call"},
        {"return abs(m.a, 1)", false, "too many values for a function"},
        {"return min()", false, "too few"},
        {"return #m.a", false, "a length"},
        {"local x, y = 1, 2 x, y = y, x return x", false, "two at once"},
        {"goto out ::out:: return m.a", false, "a jump"},
        {"return s.id == m.a and 1", false, "a field of the subject"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        side s;
        kh_buf text = {0};
        kh_buf_printf(&text,
                      "local wan = 10000 local function of(x) return x end\n"
                      "local function maybe(x) if x then return 1 end end\n"
                      "local function swapped(x) return x end swapped = of\n"
                      "local function based(x, q) return x / q.base end\n"
                      "local function two(x) return of(x) + of(x) end\n"
                      "local function four(x) return two(x) + two(x) + two(x) + two(x) end\n"
                      "local function many(x) return four(x) + four(x) + four(x) + four(x) end\n"
                      "local function deep(x) x = many(x) * many(x) * many(x) return many(x) + x * "
                      "many(many(x)) * many(x) * many(many(x * many(x))) end\n"
                      "metric 'k' { formula = function(m, p, s) %s end }\n",
                      cases[i].body);
        side_open(&s, text.data);
        s.metrics = kh_metrics_new(s.kit.scheme, &s.kit.diags);
        cr_expect_eq(kh_metrics_is_direct(s.metrics, 0), cases[i].direct, "%s: %s", cases[i].why,
                     cases[i].body);
        side_close(&s);
        kh_buf_fini(&text);
    }
}
