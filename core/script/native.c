/* The messages that liblua raises itself, in the user's language. */
#include "script/state.h"

#include <stdio.h>
#include <string.h>

/* "nil", "local": the words liblua builds its messages with. */
static const char *translate_word(const char *word)
{
    static const char *const words[] = {
        KH_N_("nil"),      KH_N_("no value"), KH_N_("boolean"),     KH_N_("number"),
        KH_N_("string"),   KH_N_("table"),    KH_N_("function"),    KH_N_("userdata"),
        KH_N_("local"),    KH_N_("upvalue"),  KH_N_("global"),      KH_N_("field"),
        KH_N_("constant"), KH_N_("method"),   KH_N_("for iterator")};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!strcmp(words[i], word)) return kh_tr(word);
    }
    return word;
}

/* " (local 'x')" behind the type; what is none stays as it is. */
static void translate_variable(const char *text, char out[120])
{
    char kind[24], name[80];
    int end = 0;
    snprintf(out, 120, "%s", text);
    if (sscanf(text, " (%23[a-z ]'%79[^']')%n", kind, name, &end) < 2 || !end) return;
    kind[strlen(kind) - 1] = '\0'; /* the blank before the name */
    snprintf(out, 120, " (%s '%s')", translate_word(kind), name);
}

const char *kh_native_text(const char *text, char out[KH_ERROR_TEXT])
{
    static const char *const operations[] = {
        KH_N_("attempt to call a %s value%s"), KH_N_("attempt to index a %s value%s"),
        KH_N_("attempt to get length of a %s value%s"),
        KH_N_("attempt to perform arithmetic on a %s value%s")};
    char one[32], other[32], name[80], variable[120];
    int number, end = 0;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        size_t head = strcspn(operations[i], "%");
        if (strncmp(text, operations[i], head) != 0) continue;
        if (sscanf(text + head, "%31s value%n", one, &end) != 1 || !end) break;
        translate_variable(text + head + end, variable);
        snprintf(out, KH_ERROR_TEXT, kh_tr(operations[i]), translate_word(one), variable);
        return out;
    }
    if (sscanf(text, "attempt to compare two %31s values%n", one, &end) == 1 && end) {
        snprintf(out, KH_ERROR_TEXT, kh_tr("attempt to compare two %s values"),
                 translate_word(one));
    } else if (sscanf(text, "attempt to compare %31s with %31s%n", one, other, &end) == 2 && end) {
        snprintf(out, KH_ERROR_TEXT, kh_tr("attempt to compare %s with %s"), translate_word(one),
                 translate_word(other));
    } else if (sscanf(text, "bad argument #%d to '%79[^']' (%31s expected, got %31[^)])%n", &number,
                      name, one, other, &end) == 4 &&
               end) {
        char why[120];
        snprintf(why, sizeof why, kh_tr("%s expected, got %s"), translate_word(one),
                 translate_word(other));
        snprintf(out, KH_ERROR_TEXT, kh_tr("bad argument #%d to '%s' (%s)"), number, name, why);
    } else {
        return strcmp(text, "table index is nil") != 0 ? text : kh_tr("table index is nil");
    }
    return out;
}
