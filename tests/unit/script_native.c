/* Messages of liblua itself: every one is taken apart and comes out again as it was. */
#include "script/state.h"

#include <criterion/criterion.h>
#include <string.h>

Test(script_native, messages_of_liblua_are_found_again)
{
    static const struct {
        const char *text;
        bool known;
        const char *why;
    } cases[] = {
        {"attempt to call a nil value (global 'f')", true, "a misspelt function"},
        {"attempt to call a number value (for iterator 'for iterator')", true, "two words"},
        {"attempt to call a nil value (method 'of')", true, "a method"},
        {"attempt to index a nil value (local 'x')", true, "a table that is not there"},
        {"attempt to index a nil value (field '?')", true, "a field without a name"},
        {"attempt to get length of a number value", true, "no variable"},
        {"attempt to index a table value (upvalue 't')", true, "an outer variable"},
        {"attempt to perform arithmetic on a nil value (field '余额')", true, "any name"},
        {"attempt to compare two table values", true, "equal types"},
        {"attempt to compare string with number", true, "two types"},
        {"bad argument #1 to 'concat' (table expected, got number)", true, "an argument"},
        {"bad argument #2 to 'rep' (number expected, got no value)", true, "a missing one"},
        {"attempt to call a nil value: it's over (there)", true, "no variable behind it"},
        {"attempt to compare apples", false, "somebody's own words"},
        {"attempt to call a", false, "cut off"},
        {"bad argument #1 to 'round' (a number is needed)", false,
         "one of ours, translated before"},
        {"table index is nil", false, "a fixed text"},
        {"", false, "nothing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[KH_ERROR_TEXT];
        const char *text = kh_native_text(cases[i].text, out);
        cr_expect_str_eq(text, cases[i].text, "%s: %s", cases[i].why, text);
        cr_expect_eq(text == out, cases[i].known, "%s", cases[i].why);
    }
}
