/* Strategy `rank`: places among all subjects or within a group, 1, 2, 2, 4 (rulebook PR-16). */
#include <kaohe/stage.h>

typedef struct rank {
    const char *value, *title, *as, *rule;
    kh_texts ties;
    int32_t order, within, numbering;
    const kh_host *host;
} rank;

enum { WITHIN_ALL, WITHIN_GROUP };
enum { HIGH_FIRST, LOW_FIRST };
enum { COMPETITION, DENSE };
static const char *const withins[] = {"all", "group", NULL};
static const char *const orders[] = {"high", "low", NULL};
static const char *const numberings[] = {"competition", "dense", NULL};

static const rank defaults = {.rule = ""};
static const kh_option options[] = {
    {.key = "value",
     .type = KH_OPT_TEXT,
     .offset = offsetof(rank, value),
     .refers = KH_REFERS_VALUE,
     .help = "what is compared; default: the score. Absent values get no place"},
    {.key = "order",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(rank, order),
     .choices = orders,
     .help = "which value is first"},
    {.key = "within",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(rank, within),
     .choices = withins,
     .help = "rank among all subjects, or within each group"},
    {.key = "ties",
     .type = KH_OPT_TEXTS,
     .offset = offsetof(rank, ties),
     .refers = KH_REFERS_VALUE,
     .help = "values that part equal ones, one after the other, higher first"},
    {.key = "numbering",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(rank, numbering),
     .choices = numberings,
     .help = "after two second places: 4 (competition) or 3 (dense)"},
    {.key = "as",
     .type = KH_OPT_TEXT,
     .offset = offsetof(rank, as),
     .refers = KH_DEFINES_VALUE,
     .help = "keep the place as a value of this name, not as the rank of the scorecard"},
    {.key = "title",
     .type = KH_OPT_TEXT,
     .offset = offsetof(rank, title),
     .help = "shown instead of the value's title"},
    {.key = "rule",
     .type = KH_OPT_TEXT,
     .offset = offsetof(rank, rule),
     .help = "clause shown beside the step"},
    {0}};

static kh_status open_rank(void *self, const kh_host *host, kh_error *err)
{
    (void)err;
    ((rank *)self)->host = host;
    return KH_OK;
}

/* @p first is the one on the first place: E04 shows the gap to the leader. */
static void explain(const rank *r, kh_sheet *sheet, const kh_ranking *ranking, uint32_t subject,
                    uint32_t place, uint32_t equal, uint32_t ranked, uint32_t first)
{
    const kh_decimal_ops *dec = r->host->decimal;
    const kh_input *by = &ranking->by;
    char tied[64] = "", behind[KH_DECIMAL_TEXT + 64] = "";
    if (place == 0) {
        kh_explain(sheet, subject, "rank", r->rule, KH_FAILED, "%s无数据,不排名", by->title);
        return;
    }
    kh_decimal own = kh_input_value(sheet, by, subject);
    if (equal > 1) snprintf(tied, sizeof tied, "(%u 人并列)", equal);
    if (place > 1) {
        kh_decimal leader = kh_input_value(sheet, by, first);
        kh_decimal gap = ranking->low ? dec->sub(own, leader) : dec->sub(leader, own);
        snprintf(behind, sizeof behind, ",距第一名 %s%s%s", kh_show(dec, gap, by->places).text,
                 by->gap, by->unit);
    }
    kh_explain(sheet, subject, "rank", r->rule, KH_PASSED, "%s %s%s%s,在%s %u 人中列第 %u 名%s%s",
               by->title, kh_show(dec, own, by->places).text, by->gap, by->unit,
               r->within == WITHIN_GROUP ? sheet->ops->subject(sheet, subject)->group : "全部",
               ranked, place, tied, behind);
}

/* Write the places of one pool. */
static void write_pool(const rank *r, kh_sheet *sheet, const kh_ranking *ranking, kh_handle column,
                       const uint32_t *members, const uint32_t *places, uint32_t count,
                       uint32_t *equal)
{
    uint32_t ranked = 0, first = 0;
    memset(equal, 0, (count + 1) * sizeof *equal); /* how many share each place */
    for (uint32_t i = 0; i < count; i++) {
        ranked += places[i] > 0;
        if (places[i] == 1) first = members[i];
        equal[places[i]]++;
    }
    for (uint32_t i = 0; i < count; i++) {
        explain(r, sheet, ranking, members[i], places[i], equal[places[i]], ranked, first);
        if (column < 0) sheet->ops->set_rank(sheet, members[i], places[i]);
        else if (places[i])
            sheet->ops->set_value(sheet, column, members[i], r->host->decimal->from_int(places[i]));
    }
}

static kh_status run(void *self, kh_sheet *sheet, kh_error *err)
{
    const rank *r = self;
    kh_ranking ranking = {
        .ties = r->ties, .low = r->order == LOW_FIRST, .dense = r->numbering == DENSE};
    kh_pools pools = {0};
    kh_status rc = kh_input_find(sheet, r->value, r->title, &ranking.by, err);
    if (rc == KH_OK) rc = kh_pools_make(sheet, r->within == WITHIN_GROUP, &pools, err);
    if (rc < 0) return rc;
    uint32_t all = pools.starts[pools.count];
    uint32_t *places = calloc(all + 1, sizeof *places), *equal = calloc(all + 1, sizeof *equal);
    if (!places || !equal) rc = kh_fail(err, KH_ELIMIT, "out of memory");
    else rc = kh_places_find(r->host, sheet, &ranking, &pools, places, err);
    if (rc == KH_OK) {
        kh_column added = {r->as, "名次", "", 0};
        kh_handle column = r->as ? sheet->ops->add_column(sheet, &added) : -1;
        for (uint32_t p = 0; p < pools.count; p++) {
            uint32_t from = pools.starts[p];
            write_pool(r, sheet, &ranking, column, pools.members + from, places + from,
                       pools.starts[p + 1] - from, equal);
        }
    }
    free(places);
    free(equal);
    kh_pools_free(&pools);
    return rc;
}

static const kh_strategy_ops rank_ops = {.size = sizeof rank_ops, .open = open_rank, .run = run};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_STRATEGY,
             .name = "rank",
             .version = "1.0",
             .summary = "places among all subjects or within a group, ties share a place",
             .license = "MIT",
             .instance_size = sizeof(rank),
             .defaults = &defaults,
             .options = options,
             .strategy = &rank_ops};
