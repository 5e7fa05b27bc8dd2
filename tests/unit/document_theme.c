/* The colours of the theme: texts stand out from their grounds, neighbours differ in grey, and what
 * goes up or down looks different to eyes that do not tell red from green. */
#include "base/text.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static kh_buf theme;

static void open_theme(void)
{
    kh_error err = KH_ERROR_INIT;
    cr_assert_eq(kh_file_read(&theme, KAOHE_SOURCE_DIR "/templates/theme.lua", &err), KH_OK, "%s",
                 err.text);
}

static void close_theme(void)
{
    kh_buf_fini(&theme);
}

TestSuite(document_theme, .init = open_theme, .fini = close_theme);

/* The colour behind "NAME = 0x", the n-th one of a list. */
static unsigned color(const char *name, int n)
{
    char key[32];
    snprintf(key, sizeof key, " %s = ", name);
    const char *at = strstr(theme.data, key);
    cr_assert(at, "the theme has no '%s'", name);
    for (; n >= 0; n--) {
        at = strstr(at + 2, "0x");
        cr_assert(at, "'%s' has too few colours", name);
    }
    return (unsigned)strtoul(at, NULL, 16);
}

static double linear(unsigned channel)
{
    double c = (channel & 0xFF) / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(unsigned c)
{
    return 0.2126 * linear(c >> 16) + 0.7152 * linear(c >> 8) + 0.0722 * linear(c);
}

/* As the guidelines for accessible texts define it: from 1 to 21. */
static double contrast(unsigned a, unsigned b)
{
    double x = luminance(a), y = luminance(b);
    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

Test(document_theme, texts_can_be_read_on_their_grounds)
{
    const unsigned white = 0xFFFFFF;
    const struct {
        unsigned text, ground;
        double least;
        const char *why;
    } cases[] = {{color("ink", 0), white, 7, "text"},
                 {color("ink", 0), color("ground", 0), 7, "text in a callout"},
                 {color("ink", 0), color("series", 4), 4.5, "promotions in the matrix"},
                 {color("muted", 0), white, 4.5, "notes"},
                 {color("muted", 0), color("ground", 0), 4.5, "notes in a callout"},
                 {color("up", 0), color("ground", 0), 4.5, "a rise"},
                 {color("down", 0), color("ground", 0), 4.5, "a fall"},
                 {color("down", 0), color("series", 5), 4.5, "demotions in the matrix"},
                 {white, color("accent", 0), 4.5, "the grade in the ladder"},
                 {color("accent", 0), color("line", 0), 3, "a bar on its track"},
                 {color("ink", 0), color("pale", 0), 3, "the own bar among the others"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double c = contrast(cases[i].text, cases[i].ground);
        cr_expect_geq(c, cases[i].least, "%s: contrast %.1f", cases[i].why, c);
    }
}

Test(document_theme, parts_of_a_whole_differ_in_grey)
{
    for (int i = 1; i < 6; i++) {
        double c = contrast(color("series", i - 1), color("series", i));
        cr_expect_geq(c, 1.2, "parts %d and %d: contrast %.2f", i, i + 1, c);
    }
}

/* Simulated sight without red, green or blue cones (Viénot, Brettel and Mollon 1999, linear RGB). */
static const double sights[3][3][3] = {
    {{0.11238, 0.88762, 0}, {0.11238, 0.88762, 0}, {0.00401, -0.00401, 1}},
    {{0.29275, 0.70725, 0}, {0.29275, 0.70725, 0}, {-0.02234, 0.02234, 1}},
    {{1, 0.1462, -0.1462}, {0, 0.8, 0.2}, {0, 0.8, 0.2}}};

Test(document_theme, up_and_down_differ_for_all_eyes)
{
    unsigned up = color("up", 0), down = color("down", 0);
    for (int s = 0; s < 3; s++) {
        double off = 0;
        for (int row = 0; row < 3; row++) {
            double a = 0, b = 0;
            for (int k = 0; k < 3; k++) {
                a += sights[s][row][k] * linear(up >> (16 - 8 * k));
                b += sights[s][row][k] * linear(down >> (16 - 8 * k));
            }
            off += fabs(cbrt(fmax(a, 0)) - cbrt(fmax(b, 0)));
        }
        cr_expect_gt(off, 0.25, "sight %d: %.2f apart", s, off);
    }
}
