/* The rule library of the build tree, for tests that evaluate rules. */
#ifndef KH_TEST_SCHEME_RULES_KIT_H
#define KH_TEST_SCHEME_RULES_KIT_H

#include "scheme/rules.h"

#include <criterion/criterion.h>
#include <string.h>

static kh_rules *library;

static void open_library(void)
{
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_rules_new(&library, KAOHE_BUILD_DIR "/share/kaohe", &err), KH_OK, "%s",
                 err.text);
}

static void close_library(void)
{
    kh_rules_free(library);
}

/* Evaluate; the outputs as a tree in @p arena. Fails the test when the rule does. */
static inline const kh_json *evaluate(kh_arena *arena, const char *name, const char *inputs)
{
    kh_error err = KH_ERROR_INIT;
    kh_json *in, *out;
    kh_buf text = {0};
    const kh_rule *rule;
    cr_assert_eq(kh_json_read(&in, arena, name, inputs, strlen(inputs), &err), KH_OK, "%s",
                 err.text);
    cr_assert_eq(kh_rules_find(library, name, &rule, &err), KH_OK, "%s", err.text);
    cr_assert_eq(kh_rules_eval(library, rule, in, &text, &err), KH_OK, "%s: %s", inputs, err.text);
    cr_assert_eq(kh_json_read(&out, arena, name, text.data, text.size, &err), KH_OK, "%s",
                 err.text);
    kh_buf_fini(&text);
    return out;
}

/* The error of an evaluation that must fail. */
static inline const char *refusal(const char *name, const char *inputs)
{
    static kh_error err;
    kh_arena arena = {0};
    kh_json *in;
    kh_buf text = {0};
    const kh_rule *rule;
    err = (kh_error)KH_ERROR_INIT;
    cr_assert_eq(kh_json_read(&in, &arena, name, inputs, strlen(inputs), &err), KH_OK, "%s",
                 err.text);
    kh_status rc = kh_rules_find(library, name, &rule, &err);
    if (rc == KH_OK) rc = kh_rules_eval(library, rule, in, &text, &err);
    cr_expect_lt(rc, 0, "%s %s gave %s", name, inputs, text.data);
    cr_expect_eq(text.size, 0, "nothing is left of a failed evaluation");
    kh_buf_fini(&text);
    kh_arena_fini(&arena);
    return err.text;
}

/* A deterministic generator: @p n numbers from 0. */
static inline unsigned random_below(unsigned n)
{
    static uint64_t seed = 88172645463325252ULL;
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % n;
}

#endif
