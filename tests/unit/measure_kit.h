/* A small project in a temporary folder, run through the measure engine. */
#ifndef KH_TESTS_MEASURE_KIT_H
#define KH_TESTS_MEASURE_KIT_H

#include "base/decimal.h"
#include "base/text.h"
#include "measure/lineage.h"
#include "measure/measure.h"
#include "scheme/scheme.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct kit {
    char folder[64];
    kh_buf lua; /* statements of the scheme */
    kh_buf sources;
    uint32_t jobs;
    kh_lineage *lineage;
    kh_scheme *scheme;
    kh_measures *measures;
    kh_facts facts;
    kh_diags diags;
    kh_error err;
    kh_status status;
} kit;

static inline void kit_file(kit *k, const char *name, const char *text)
{
    kh_buf path = {0};
    kh_buf_printf(&path, "%s/%s", k->folder, name);
    FILE *file = fopen(path.data, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
    kh_buf_fini(&path);
}

/* A source called @p name, read from NAME.csv with this text. */
static inline void kit_csv(kit *k, const char *name, const char *text)
{
    kh_buf file = {0};
    kh_buf_printf(&file, "%s.csv", name);
    kit_file(k, file.data, text);
    kh_buf_printf(&k->sources, "%s = csv { path = \"%s.csv\" }, ", name, name);
    kh_buf_fini(&file);
}

static inline void kit_open(kit *k)
{
    memset(k, 0, sizeof *k);
    strcpy(k->folder, "/tmp/kaohe-measure-XXXXXX");
    cr_assert_not_null(mkdtemp(k->folder));
    kit_csv(k, "staff", "manager_id,name\nM1,张伟\nM2,李静\n");
    kh_buf_text(&k->lua, "subject { from = \"staff\", key = \"manager_id\", name = \"name\" }\n");
}

static inline void kit_run(kit *k, const char *period_text)
{
    static const kh_places places = {KAOHE_BUILD_DIR "/lib/kaohe", KAOHE_BUILD_DIR "/share/kaohe"};
    kh_buf file = {0};
    kh_buf_printf(&file, "%s\nreturn project { sources = { %s } }\n", k->lua.data, k->sources.data);
    kit_file(k, "kaohe.lua", file.data);
    kh_buf_fini(&file);
    kh_period period;
    cr_assert_eq(kh_period_parse(&period, period_text, NULL), KH_OK);
    k->status = kh_scheme_load(&k->scheme, k->folder, NULL, &places, &k->diags, &k->err);
    if (k->status == KH_OK) k->measures = kh_measures_new(&k->scheme->plan, &k->diags);
    if (k->status == KH_OK && k->diags.errors) k->status = KH_EUSAGE;
    if (k->status == KH_OK) {
        kh_measures_share(k->measures, k->jobs);
        if (k->lineage) kh_measures_trace(k->measures, k->lineage);
        k->status = kh_measures_run(k->measures, &period, &k->facts, &k->diags, &k->err);
    }
}

static inline void kit_close(kit *k)
{
    kh_facts_fini(&k->facts);
    kh_measures_free(k->measures);
    kh_scheme_free(k->scheme);
    kh_diags_fini(&k->diags);
    kh_buf_fini(&k->lua);
    kh_buf_fini(&k->sources);
    kh_buf command = {0};
    kh_buf_printf(&command, "rm -r %s", k->folder);
    cr_assert_eq(system(command.data), 0);
    kh_buf_fini(&command);
}

static inline kh_decimal kit_value(const kit *k, const char *measure, const char *id)
{
    const kh_plan *plan = &k->scheme->plan;
    for (uint32_t m = 0; m < plan->measure_count; m++) {
        if (strcmp(plan->measures[m].name.text, measure) != 0) continue;
        for (uint32_t s = 0; s < k->facts.subject_count; s++) {
            if (!strcmp(k->facts.subjects[s].id, id)) {
                return k->facts.values[(size_t)m * k->facts.subject_count + s];
            }
        }
    }
    cr_assert_fail("no measure %s or subject %s", measure, id);
    return KH_ABSENT;
}

/* The value as text, "" when absent; zeros at the end do not matter. */
static inline void kit_expect(const kit *k, const char *measure, const char *id, const char *wanted,
                              const char *why)
{
    cr_assert_eq(k->status, KH_OK, "%s: %s %s", why, k->err.text,
                 k->diags.count ? k->diags.items[0].text : "");
    char text[KH_DECIMAL_TEXT];
    kh_dec_format(text, kh_dec_trim(kit_value(k, measure, id)), KH_PLACES_OWN, false);
    cr_expect_str_eq(text, wanted, "%s: %s of %s is '%s', wanted '%s'", why, measure, id, text,
                     wanted);
}

/* The run failed, and some message holds these words. */
static inline void kit_expect_failure(const kit *k, const char *words)
{
    cr_expect_lt(k->status, 0, "expected a failure with '%s'", words);
    bool found = strstr(k->err.text, words) != NULL;
    for (uint32_t i = 0; i < k->diags.count; i++)
        found |= strstr(k->diags.items[i].text, words) != NULL;
    cr_expect(found, "no message holds '%s': '%s', '%s'", words, k->err.text,
              k->diags.count ? k->diags.items[0].text : "");
}

#endif
