/* Checks like a manager with a pencil: sums and products printed with their result must give it.
 *
 * Text from the standard input, like that of `pdftotext -layout` or of results.json, is searched for
 * "5,340.08 × 79.0443 ÷ 100 = 4,220.99" and for rules before their amount in a table,
 * "5,340.08 × 79.0443 ÷ 100      4,220.99". Words between numbers and operators are labels.
 * Prints how many were recomputed and each that gives another number; exit code 1 if one does.
 */
#include "base/decimal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOKENS_MOST = 20000 }; /* a subject of results.json is one line */

typedef enum kind {
    NUMBER,
    TIMES,
    BY,
    PLUS,
    MINUS,
    EQUALS,
    GAP, /* two spaces or more: another column */
    END  /* of a clause */
} kind;

typedef struct token {
    kind kind;
    kh_decimal number;
    int places; /* of a number as it is written */
    bool percent;
} token;

static bool starts(const char *at, const char *word)
{
    return !strncmp(at, word, strlen(word));
}

/* -1,234.50 or 12.5%; how long it is, 0 when it is no number. A year of a date is none. */
static size_t read_number(const char *at, token *out)
{
    char digits[64] = "";
    size_t n = 0, used = 0;
    bool point = false;
    *out = (token){.kind = NUMBER};
    if (at[0] == '-' || at[0] == '+') digits[n++] = at[used++];
    if (digits[0] == '+') n = 0;
    if (!isdigit((unsigned char)at[used])) return 0;
    for (; n < sizeof digits - 1; used++) {
        char c = at[used];
        bool three = c == ',' && isdigit((unsigned char)at[used + 1]) &&
                     isdigit((unsigned char)at[used + 2]) && isdigit((unsigned char)at[used + 3]) &&
                     !isdigit((unsigned char)at[used + 4]);
        if (three && !point) continue;
        if (c == '.' && !point && isdigit((unsigned char)at[used + 1])) point = true;
        else if (!isdigit((unsigned char)c)) break;
        else out->places += point;
        digits[n++] = c;
    }
    digits[n] = '\0';
    if (at[used] == '-' && isdigit((unsigned char)at[used + 1])) { /* 2009-03-31 */
        return used + strspn(at + used, "-0123456789") == used ? used : 0;
    }
    if (kh_dec_parse(&out->number, digits, n, NULL) < 0) return 0;
    if (at[used] == '%') {
        out->percent = true;
        used++;
    }
    return used;
}

/* The next token; labels are passed over. Parentheses end a clause: what is inside explains. */
static const char *next_token(const char *at, token *out)
{
    static const struct {
        const char *word;
        kind kind;
    } signs[] = {{"×", TIMES},  {"÷", BY},   {"+", PLUS}, {"−", MINUS}, {"=", EQUALS},
                 {":", EQUALS}, {"  ", GAP}, {",", END},  {";", END},   {"\"", END},
                 {"→", END},    {"(", END},  {")", END},  {"/", END},   {"、", END},
                 {"。", END},   {"▲", END},  {"▼", END},  {"%", END}};
    for (; *at; at++) {
        bool glued = (at[0] == '-' || at[0] == '+') && isdigit((unsigned char)at[1]);
        size_t length = isdigit((unsigned char)*at) || glued ? read_number(at, out) : 0;
        if (length) return at + length;
        if (isalnum((unsigned char)*at)) { /* M0001, 2009Q1, 2009-03-31 */
            at += strspn(at, "-:0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.");
            *out = (token){.kind = END};
            return at;
        }
        for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
            if (!starts(at, signs[i].word)) continue;
            *out = (token){.kind = signs[i].kind};
            return at + (signs[i].kind == GAP ? strspn(at, " ") : strlen(signs[i].word));
        }
    }
    return NULL;
}

static kh_decimal value_of(const token *t)
{
    return t->percent ? kh_dec_div(t->number, kh_dec_int(100)) : t->number;
}

/* Numbers with operators between them; products before sums, and each divided once. */
static kh_decimal evaluate(const token *t, uint32_t count)
{
    kh_decimal sum = KH_ZERO;
    for (uint32_t i = 0; i < count;) {
        bool minus = i > 0 && t[i - 1].kind == MINUS;
        kh_decimal above = value_of(&t[i]), below = KH_ONE;
        for (i++; i < count && (t[i].kind == TIMES || t[i].kind == BY); i += 2) {
            kh_decimal x = value_of(&t[i + 1]);
            if (t[i].kind == TIMES) above = kh_dec_mul(above, x);
            else below = kh_dec_mul(below, x);
        }
        kh_decimal term = kh_dec_div(above, below);
        sum = minus ? kh_dec_sub(sum, term) : kh_dec_add(sum, term);
        i++; /* + or − */
    }
    return sum;
}

static bool gives(kh_decimal x, const token *shown)
{
    kh_decimal wanted = shown->number;
    if (shown->percent) x = kh_dec_mul(x, kh_dec_int(100));
    return !kh_is_absent(x) && kh_dec_cmp(kh_dec_round(x, shown->places), wanted) == 0;
}

typedef struct counts {
    unsigned right, wrong;
} counts;

/* @p open: in the line before something ended in an operator: what comes first belongs there. */
static bool check_line(const char *line, bool open, counts *out)
{
    static token t[TOKENS_MOST];
    uint32_t count = 0;
    for (const char *at = line; count < TOKENS_MOST && (at = next_token(at, &t[count])); count++) {
        bool sign = t[count].kind == MINUS && isdigit((unsigned char)*at) &&
                    (count == 0 || t[count - 1].kind != NUMBER);
        if (!sign) continue;
        at = next_token(at, &t[count]);
        t[count].number = kh_dec_neg(t[count].number);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t end = i + 1, products = 0;
        bool after = i > 0 && t[i - 1].kind >= TIMES && t[i - 1].kind <= MINUS;
        bool rest = open && (i == 0 || (i == 1 && t[0].kind == GAP));
        if (t[i].kind != NUMBER || after || rest) continue;
        while (end + 1 < count && t[end].kind >= TIMES && t[end].kind <= MINUS &&
               t[end + 1].kind == NUMBER) {
            products += t[end].kind == TIMES || t[end].kind == BY;
            end += 2;
        }
        if (end == i + 1 || end + 1 >= count || t[end + 1].kind != NUMBER) continue;
        /* 1.00 + 2.00   3.00 may be anything; 1.00 × 2.00   3.00 is a rule and its amount. */
        if (t[end].kind != EQUALS && !(t[end].kind == GAP && products)) continue;
        if (gives(evaluate(t + i, end - i), &t[end + 1])) {
            out->right++;
        } else {
            out->wrong++;
            char shown[KH_DECIMAL_TEXT];
            kh_dec_format(shown, evaluate(t + i, end - i), KH_PLACES_OWN, true);
            printf("gives %s: %s", shown, line);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        bool operator= t[i].kind >= TIMES && t[i].kind <= MINUS;
        if (operator&&(i + 1 == count || t[i + 1].kind != NUMBER)) return true;
    }
    return false;
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    counts all = {0, 0};
    for (bool open = false; getline(&line, &room, stdin) > 0;) open = check_line(line, open, &all);
    free(line);
    printf("%u right, %u wrong\n", all.right, all.wrong);
    return all.wrong != 0;
}
