/* What is shared out: customers within capacities, pay and settlement to the cent. */
#include "unit/scheme_rules_kit.h"

TestSuite(shares, .init = open_library, .fini = close_library);

enum { STAFF_MOST = 4, CUSTOMERS_MOST = 12 };

typedef struct office {
    int staff, customers;
    int capacity[STAFF_MOST];
    int assets[CUSTOMERS_MOST], keeper[CUSTOMERS_MOST]; /* keeper: -1 = none */
    bool complete[CUSTOMERS_MOST];
} office;

static office random_office(void)
{
    office o = {.staff = (int)random_below(STAFF_MOST + 1),
                .customers = (int)random_below(CUSTOMERS_MOST + 1)};
    for (int s = 0; s < o.staff; s++) o.capacity[s] = (int)random_below(4);
    for (int c = 0; c < o.customers; c++) {
        o.assets[c] = 8 + (int)random_below(8);
        o.keeper[c] = o.staff && random_below(3) == 0 ? (int)random_below((unsigned)o.staff) : -1;
        o.complete[c] = random_below(3) > 0;
    }
    return o;
}

static char *inputs_of(const office *o)
{
    kh_buf text = {0};
    kh_buf_text(&text, "{\"staff\":[");
    for (int s = 0; s < o->staff; s++) {
        kh_buf_printf(&text, "%s{\"id\":\"s%d\",\"role\":\"柜员\",\"capacity\":%d}", s ? "," : "",
                      s, o->capacity[s]);
    }
    kh_buf_text(&text, "],\"customers\":[");
    for (int c = 0; c < o->customers; c++) {
        kh_buf_printf(&text, "%s{\"id\":\"c%02d\",\"assets_wan\":%d,\"complete\":%s", c ? "," : "",
                      c, o->assets[c], o->complete[c] ? "true" : "false");
        if (o->keeper[c] >= 0) kh_buf_printf(&text, ",\"keeper\":\"s%d\"", o->keeper[c]);
        kh_buf_text(&text, "}");
    }
    kh_buf_text(&text, "]}");
    return kh_buf_take(&text);
}

enum { NOBODY = -1, NOT_COVERED = -2 };

/* The same by looking for the next customer again and again. */
static void allocate(const office *o, int owner[CUSTOMERS_MOST])
{
    int room[STAFF_MOST];
    bool done[CUSTOMERS_MOST] = {false};
    memcpy(room, o->capacity, sizeof room);
    for (int c = 0; c < o->customers; c++) {
        owner[c] = o->assets[c] < 10 ? NOT_COVERED : o->keeper[c];
        done[c] = owner[c] != NOBODY;
        if (owner[c] >= 0) room[owner[c]]--;
    }
    for (;;) {
        int next = -1;
        for (int c = 0; c < o->customers; c++) {
            if (done[c]) continue;
            bool first = next < 0 || (o->complete[c] && !o->complete[next]) ||
                         (o->complete[c] == o->complete[next] && o->assets[c] > o->assets[next]);
            if (first) next = c;
        }
        if (next < 0) return;
        done[next] = true;
        for (int s = 0; s < o->staff && owner[next] == NOBODY; s++) {
            if (room[s] > 0) owner[next] = s;
        }
        if (owner[next] >= 0) room[owner[next]]--;
    }
}

Test(shares, of_customers_respect_capacities_and_agree_with_a_second_calculation)
{
    for (int i = 0; i < 1500; i++) {
        office o = random_office();
        kh_arena arena = {0};
        char *inputs = inputs_of(&o);
        int wanted[CUSTOMERS_MOST], held[STAFF_MOST] = {0}, kept[STAFF_MOST] = {0};
        bool left_over = false;
        allocate(&o, wanted);
        const kh_json *owners =
            kh_json_get(evaluate(&arena, "customer_allocation", inputs), "owners");
        cr_assert_eq(owners->count, (uint32_t)o.customers, "%s", inputs);
        for (int c = 0; c < o.customers; c++) {
            char id[16], owner[16];
            snprintf(id, sizeof id, "c%02d", c);
            snprintf(owner, sizeof owner, "s%d", wanted[c]);
            const char *got = kh_json_get_text(owners->items[c], "owner");
            cr_expect_str_eq(kh_json_get_text(owners->items[c], "id"), id, "%s", inputs);
            cr_expect_str_eq(got ? got : "null",
                             wanted[c] == NOT_COVERED ? "null"
                             : wanted[c] == NOBODY    ? "未分配"
                                                      : owner,
                             "%s: %s", id, inputs);
            left_over |= got && !strcmp(got, "未分配");
            if (!got || got[0] != 's') continue;
            held[got[1] - '0']++;
            kept[got[1] - '0'] += o.keeper[c] >= 0;
        }
        for (int s = 0; s < o.staff; s++) {
            cr_expect(held[s] <= o.capacity[s] || held[s] == kept[s], "s%d: %s", s, inputs);
            if (left_over) cr_expect_geq(held[s], o.capacity[s], "s%d is free: %s", s, inputs);
        }
        free(inputs);
        kh_arena_fini(&arena);
    }
}

Test(shares, of_customers_refuse_unknown_keepers_and_doubles)
{
    static const struct {
        const char *inputs, *words;
    } cases[] = {
        {"{\"customers\":[{\"id\":\"c\",\"assets_wan\":10,\"complete\":true,\"keeper\":\"x\"}]}",
         "customer 'c' has the keeper 'x', who is not among the staff"},
        {"{\"customers\":[{\"id\":\"c\",\"assets_wan\":10,\"complete\":true},{\"id\":\"c\","
         "\"assets_wan\":10,\"complete\":true}]}",
         "customer 'c' stands there twice"},
        {"{\"customers\":[],\"staff\":[{\"id\":\"s\",\"role\":\"\",\"capacity\":1},{\"id\":\"s\","
         "\"role\":\"\",\"capacity\":1}]}",
         "staff 's' stands there twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text = refusal("customer_allocation", cases[i].inputs);
        cr_expect_not_null(strstr(text, cases[i].words), "%s", text);
    }
}

/* "-12.30" in cents */
static long cents(const char *text)
{
    bool negative = *text == '-';
    long whole = 0, part = 0;
    cr_assert_eq(sscanf(text + negative, "%ld.%2ld", &whole, &part), 2, "%s", text);
    return negative ? -(whole * 100 + part) : whole * 100 + part;
}

Test(shares, of_pay_add_up_to_the_cent)
{
    for (int i = 0; i < 500; i++) {
        kh_arena arena = {0};
        kh_buf text = {0};
        kh_buf_printf(&text,
                      "{\"quarter_standard\":\"%u.%02u\",\"year_score\":\"%u.%03u\","
                      "\"quarter_scores\":[",
                      random_below(9000), random_below(100), random_below(130), random_below(1000));
        for (int q = 0; q < 4; q++) {
            kh_buf_printf(&text, "%s\"%u.%03u\"", q ? "," : "", random_below(130),
                          random_below(1000));
        }
        kh_buf_text(&text, "]}");
        const kh_json *out = evaluate(&arena, "payout_settlement", text.data);
        const kh_json *quarters = kh_json_get(out, "quarter_paid");
        long total = cents(kh_json_get_text(out, "settlement"));
        for (uint32_t q = 0; q < quarters->count; q++) total += cents(quarters->items[q]->text);
        cr_expect_eq(total, cents(kh_json_get_text(out, "year_due")), "%s", text.data);
        kh_buf_fini(&text);
        kh_arena_fini(&arena);
    }
}

Test(shares, of_weights_must_be_a_hundred)
{
    const char *text =
        refusal("vip_score", "{\"items\":{\"assets\":{\"actual\":1,\"target\":1},"
                             "\"savings\":{\"actual\":1,\"target\":1},\"wealth\":{\"actual\":1,"
                             "\"target\":1},\"fund\":{\"actual\":1,\"target\":1}},"
                             "\"weights\":{\"fund\":20}}");
    cr_expect_not_null(strstr(text, "the weights add up to 110"), "%s", text);
}

Test(shares, of_goals_need_a_base_for_increments)
{
    const char *text =
        refusal("completion_rate", "{\"actual\":1,\"target\":2,\"basis\":\"increment\"}");
    cr_expect_not_null(strstr(text, "an increment basis needs 'base'"), "%s", text);
    text = refusal("completion_rate", "{\"actual\":1,\"target\":-2}");
    cr_expect_not_null(strstr(text, "has a negative target"), "%s", text);
}
