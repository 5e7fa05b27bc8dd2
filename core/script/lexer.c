/* Words of a Lua source with their places. */
#include "script/lexer.h"

#include "base/decimal.h"
#include "script/syntax.h"

#include <stdlib.h>
#include <string.h>

static const char *const words[] = {
    "..",    "...", "==",       "~=",     "<=",   ">=",   "<<",     ">>",
    "//",    "::",  "and",      "break",  "do",   "else", "elseif", "end",
    "false", "for", "function", "goto",   "if",   "in",   "local",  "nil",
    "not",   "or",  "repeat",   "return", "then", "true", "until",  "while"};

/* Signs that a Chinese keyboard puts where a program wants the ASCII one. */
static const struct {
    const char *wide, *plain;
} lookalikes[] = {
    {"，", ","}, {"。", "."}, {"；", ";"},  {"：", ":"}, {"（", "("}, {"）", ")"},      {"｛", "{"},
    {"｝", "}"}, {"［", "["}, {"］", "]"},  {"【", "["}, {"】", "]"}, {"“", "\""},      {"”", "\""},
    {"‘", "'"},  {"’", "'"},  {"＂", "\""}, {"＇", "'"}, {"＝", "="}, {"＋", "+"},      {"－", "-"},
    {"×", "*"},  {"＊", "*"}, {"÷", "/"},   {"／", "/"}, {"＜", "<"}, {"＞", ">"},      {"≤", "<="},
    {"≥", ">="}, {"≠", "~="}, {"％", "%"},  {"、", ","}, {"　", " "}, {"\xc2\xa0", " "}};

/* Lua's own classes: no locale. */
static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int hex_value(int c)
{
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static int peek(const kh_lexer *lexer, uint32_t ahead)
{
    uint32_t at = lexer->at + ahead;
    return at < lexer->length ? (unsigned char)lexer->text[at] : -1;
}

static bool take(kh_lexer *lexer, int c)
{
    if (peek(lexer, 0) != c) return false;
    lexer->at++;
    return true;
}

static bool at_line_end(const kh_lexer *lexer)
{
    return peek(lexer, 0) == '\n' || peek(lexer, 0) == '\r';
}

/* \n, \r, \r\n and \n\r end one line each. */
static void take_line_end(kh_lexer *lexer)
{
    int first = peek(lexer, 0);
    lexer->at++;
    if (at_line_end(lexer) && peek(lexer, 0) != first) lexer->at++;
    lexer->line++;
    lexer->line_from = lexer->counted = lexer->at;
    lexer->column = 1;
}

/* Place of a byte in the current line, not before the last one asked for. */
static kh_token token_at(kh_lexer *lexer, uint32_t at)
{
    for (; lexer->counted < at; lexer->counted++) {
        if (((unsigned char)lexer->text[lexer->counted] & 0xC0) != 0x80) lexer->column++;
    }
    return (kh_token){.from = at, .to = at, .line = lexer->line, .column = lexer->column};
}

void kh_lexer_fail(kh_lexer *lexer, const kh_token *at, const char *format, ...)
{
    if (lexer->failed) return;
    lexer->failed = true;
    va_list args;
    va_start(args, format);
    char text[KH_ERROR_TEXT];
    vsnprintf(text, sizeof text, dgettext("kaohe", format), args);
    va_end(args);
    kh_error_trim(text, sizeof text);
    kh_diag_add(lexer->diags, KH_DIAG_ERROR, (kh_place){lexer->path, at->line, at->column}, "%s",
                text);
}

static void fail_here(kh_lexer *lexer, uint32_t at, const char *text)
{
    kh_token token = token_at(lexer, at);
    kh_lexer_fail(lexer, &token, "%s", kh_tr(text));
}

/* Behind `[`: the number of '=' of a long bracket, or -1 when it is none. */
static int long_level(const kh_lexer *lexer)
{
    uint32_t n = 0;
    while (peek(lexer, n) == '=') n++;
    return peek(lexer, n) == '[' ? (int)n : -1;
}

/* Behind the first `[` of a long bracket. */
static void read_long(kh_lexer *lexer, int level, const kh_token *token, kh_buf *out)
{
    lexer->at += (uint32_t)level + 1;
    if (at_line_end(lexer)) take_line_end(lexer);
    while (lexer->at < lexer->length) {
        if (at_line_end(lexer)) {
            take_line_end(lexer);
            if (out) kh_buf_add(out, "\n", 1);
            continue;
        }
        if (peek(lexer, 0) == ']') {
            int n = 0;
            while (peek(lexer, (uint32_t)n + 1) == '=') n++;
            if (n == level && peek(lexer, (uint32_t)n + 1) == ']') {
                lexer->at += (uint32_t)n + 2;
                return;
            }
        }
        if (out) kh_buf_add(out, lexer->text + lexer->at, 1);
        lexer->at++;
    }
    kh_lexer_fail(
        lexer, token,
        lexer->text[token->from] == '-' ? "this comment has no end; close it with ']%.*s]'"
                                        : "this long text has no end; close it with ']%.*s]'",
        level, "==========================================================================");
}

/* As Lua does: up to 6 bytes, for code points below 2^31. */
static void add_utf8(kh_buf *out, uint32_t code)
{
    char bytes[8];
    int n = 1;
    if (code < 0x80) {
        bytes[7] = (char)code;
    } else {
        uint32_t most = 0x3f; /* what fits the first byte */
        do {
            bytes[8 - n++] = (char)(0x80 | (code & 0x3f));
            code >>= 6;
            most >>= 1;
        } while (code > most);
        bytes[8 - n] = (char)(~most << 1 | code);
    }
    kh_buf_add(out, bytes + 8 - n, (size_t)n);
}

/* Behind a backslash, which was at byte @p from. */
static void read_escape(kh_lexer *lexer, uint32_t from, kh_buf *out)
{
    static const char letters[] = "abfnrtv\\\"'", values[] = "\a\b\f\n\r\t\v\\\"'";
    int c = peek(lexer, 0);
    char byte;
    if (at_line_end(lexer)) {
        take_line_end(lexer);
        byte = '\n';
    } else if (c == 'x') {
        int high = hex_value(peek(lexer, 1)), low = high < 0 ? -1 : hex_value(peek(lexer, 2));
        if (low < 0) {
            fail_here(lexer, from, "'\\x' needs two hexadecimal digits");
            return;
        }
        lexer->at += 3;
        byte = (char)(high * 16 + low);
    } else if (c == 'u') {
        uint64_t code = 0;
        bool good = peek(lexer, 1) == '{' && hex_value(peek(lexer, 2)) >= 0;
        lexer->at += 2;
        for (; good && hex_value(peek(lexer, 0)) >= 0; lexer->at++) {
            code = code * 16 + (unsigned)hex_value(peek(lexer, 0));
            if (code > 0x7fffffff) good = false;
        }
        if (!good || !take(lexer, '}')) {
            fail_here(lexer, from, "'\\u' is written like \\u{4E2D}");
            return;
        }
        if (out) add_utf8(out, (uint32_t)code);
        return;
    } else if (c == 'z') {
        lexer->at++;
        while (peek(lexer, 0) == ' ' || (peek(lexer, 0) >= '\t' && peek(lexer, 0) <= '\r')) {
            if (at_line_end(lexer)) {
                take_line_end(lexer);
            } else {
                lexer->at++;
            }
        }
        return;
    } else if (is_digit(c)) {
        int value = 0;
        for (int i = 0; i < 3 && is_digit(peek(lexer, 0)); i++, lexer->at++) {
            value = value * 10 + peek(lexer, 0) - '0';
        }
        if (value > 255) {
            fail_here(lexer, from, "a byte written as '\\ddd' is at most \\255");
            return;
        }
        byte = (char)value;
    } else {
        const char *letter = c > 0 ? strchr(letters, c) : NULL;
        if (!letter) {
            fail_here(lexer, from, "this escape is not known; a plain backslash is '\\\\'");
            return;
        }
        lexer->at++;
        byte = values[letter - letters];
    }
    if (out) kh_buf_add(out, &byte, 1);
}

/* Behind the opening quote. */
static void read_quoted(kh_lexer *lexer, int quote, const kh_token *token, kh_buf *out)
{
    while (!take(lexer, quote)) {
        if (lexer->failed) return;
        if (lexer->at >= lexer->length || at_line_end(lexer)) {
            kh_lexer_fail(lexer, token, "this text has no closing %c in its line", quote);
            return;
        }
        uint32_t from = lexer->at;
        if (take(lexer, '\\')) {
            read_escape(lexer, from, out);
        } else {
            if (out) kh_buf_add(out, lexer->text + from, 1);
            lexer->at++;
        }
    }
}

static void read_hexadecimal(kh_lexer *lexer, kh_token *token)
{
    uint64_t value = 0;
    int significant = 0, digits = 0;
    for (uint32_t at = token->from + 2; at < token->to; at++, digits++) {
        int digit = hex_value((unsigned char)lexer->text[at]);
        if (digit < 0) {
            kh_lexer_fail(lexer, token,
                          "'%.*s' is no whole number; hexadecimal numbers have "
                          "the digits 0-9 and a-f only",
                          (int)(token->to - token->from > 40 ? 40 : token->to - token->from),
                          lexer->text + token->from);
            return;
        }
        if (significant > 0 || digit > 0) significant++;
        value = value * 16 + (unsigned)digit;
    }
    if (digits == 0 || significant > 16) {
        kh_lexer_fail(lexer, token, "a hexadecimal number has 1 to 16 digits");
        return;
    }
    token->word = WORD_INTEGER;
    token->integer = (int64_t)value;
}

static void read_number(kh_lexer *lexer, kh_token *token)
{
    bool hexadecimal = peek(lexer, 0) == '0' && (peek(lexer, 1) | 32) == 'x';
    if (hexadecimal) lexer->at += 2;
    bool whole = true;
    int digits = 0;
    for (;;) { /* takes what Lua's own lexer takes as one number, right or wrong */
        int c = peek(lexer, 0);
        if (c > 0 && (c | 32) == (hexadecimal ? 'p' : 'e')) {
            whole = false;
            lexer->at++;
            if (!take(lexer, '-')) take(lexer, '+');
        } else if (hex_value(c) >= 0 || c == '.') {
            if (c == '.') whole = false;
            if (is_digit(c) && (digits > 0 || c != '0')) digits++;
            lexer->at++;
        } else {
            break;
        }
    }
    if (is_letter(peek(lexer, 0))) lexer->at++;
    token->to = lexer->at;
    if (hexadecimal) {
        read_hexadecimal(lexer, token);
        return;
    }
    kh_decimal value = KH_ABSENT;
    kh_error err = KH_ERROR_INIT;
    if (kh_syntax_number(&value, lexer->text + token->from, token->to - token->from, &err) < 0) {
        kh_lexer_fail(lexer, token, "%s", err.text);
        return;
    }
    token->word = whole && digits <= 8 ? WORD_INTEGER : WORD_DECIMAL;
    if (token->word == WORD_INTEGER) kh_dec_to_int(&token->integer, value);
}

kh_status kh_syntax_number(kh_decimal *out, const char *text, size_t length, kh_error *err)
{
    kh_int128 coefficient = 0;
    int digits = 0, significant = 0, places = 0, exponent = 0;
    bool point = false, good = true;
    size_t i = 0;
    for (; i < length && (is_digit(text[i]) || (text[i] == '.' && !point)); i++) {
        if (text[i] == '.') {
            point = true;
            continue;
        }
        digits++;
        if (point && places < 10000) places++;
        if (significant == 0 && text[i] == '0') continue;
        if (++significant > 34) {
            return kh_fail(err, KH_ELIMIT, "'%.*s' has more than 34 digits",
                           (int)(length > 60 ? 60 : length), text);
        }
        coefficient = coefficient * 10 + (text[i] - '0');
    }
    if (i < length && (text[i] | 32) == 'e') {
        i++;
        bool negative = i < length && text[i] == '-';
        if (i < length && (text[i] == '-' || text[i] == '+')) i++;
        good = i < length;
        for (; i < length && is_digit(text[i]); i++) {
            if (exponent < 10000) exponent = exponent * 10 + (text[i] - '0');
        }
        if (negative) exponent = -exponent;
    }
    if (!good || i != length || digits == 0) {
        return kh_fail(err, KH_EDATA, "'%.*s' is not a number; write it like 1234.56",
                       (int)(length > 60 ? 60 : length), text);
    }
    int scale = places - exponent;
    if (scale > 6000 || scale < -6000) {
        return kh_fail(err, KH_ELIMIT, "'%.*s' is out of range", (int)(length > 60 ? 60 : length),
                       text);
    }
    *out = kh_dec_from_scaled(coefficient, scale);
    return KH_OK;
}

static void skip_comment(kh_lexer *lexer, const kh_token *token)
{
    uint32_t before = lexer->at;
    if (take(lexer, '[')) {
        int level = long_level(lexer);
        if (level >= 0) {
            read_long(lexer, level, token, NULL);
            return;
        }
        lexer->at = before;
    }
    while (lexer->at < lexer->length && !at_line_end(lexer)) lexer->at++;
}

static void read_name(kh_lexer *lexer, kh_token *token)
{
    while (is_letter(peek(lexer, 0)) || is_digit(peek(lexer, 0))) lexer->at++;
    const char *name = lexer->text + token->from;
    size_t length = lexer->at - token->from;
    token->word = WORD_NAME;
    for (size_t i = WORD_AND - WORD_CONCAT; length <= 8 && i < sizeof words / sizeof *words; i++) {
        if (!strncmp(words[i], name, length) && words[i][length] == '\0') {
            token->word = WORD_CONCAT + (int)i;
            return;
        }
    }
    if (length >= 4 && !memcmp(name, "__kh", 4)) {
        kh_lexer_fail(lexer, token, "names that start with '__kh' are reserved");
    } else if (length == 4 && !memcmp(name, "_ENV", 4)) {
        kh_lexer_fail(lexer, token, "'_ENV' is not available here");
    }
}

static void fail_character(kh_lexer *lexer, const kh_token *token)
{
    const char *at = lexer->text + token->from, *end = at;
    kh_utf8_next(&end, lexer->text + lexer->length);
    int n = (int)(end - at);
    for (size_t i = 0; i < sizeof lookalikes / sizeof *lookalikes; i++) {
        if ((int)strlen(lookalikes[i].wide) == n && !memcmp(lookalikes[i].wide, at, (size_t)n)) {
            kh_lexer_fail(lexer, token, "'%.*s' is a full-width sign; write '%s'", n, at,
                          lookalikes[i].plain);
            return;
        }
    }
    if ((unsigned char)*at >= 0x80) {
        kh_lexer_fail(lexer, token,
                      "'%.*s' can stand in texts and comments only; names are "
                      "letters a-z, digits and '_', other keys are written [\"%.*s\"]",
                      n, at, n, at);
    } else if (*at == '!') {
        kh_lexer_fail(lexer, token, "'!' is not Lua; write 'not x' and 'a ~= b'");
    } else if ((unsigned char)*at < 0x20 || *at == 0x7f) {
        kh_lexer_fail(lexer, token, "there is a control character (code %d)", *at);
    } else {
        kh_lexer_fail(lexer, token, "unexpected '%c'", *at);
    }
}

/* Signs of one to three characters. */
static void read_sign(kh_lexer *lexer, kh_token *token)
{
    static const struct {
        char text[4];
        int word;
    } signs[] = {{"...", WORD_DOTS}, {"..", WORD_CONCAT}, {"==", WORD_EQ},  {"~=", WORD_NE},
                 {"<=", WORD_LE},    {">=", WORD_GE},     {"<<", WORD_SHL}, {">>", WORD_SHR},
                 {"//", WORD_IDIV},  {"::", WORD_LABEL}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        uint32_t n = (uint32_t)strlen(signs[i].text);
        if (lexer->length - lexer->at >= n && !memcmp(lexer->text + lexer->at, signs[i].text, n)) {
            token->word = signs[i].word;
            lexer->at += n;
            return;
        }
    }
    int c = peek(lexer, 0);
    if (!strchr("+-*/%^#&|~<>=(){}[];:,.", c)) {
        fail_character(lexer, token);
        return;
    }
    token->word = c;
    lexer->at++;
}

void kh_lexer_next(kh_lexer *lexer, kh_token *out)
{
    for (;;) {
        int c = peek(lexer, 0);
        if (at_line_end(lexer)) {
            take_line_end(lexer);
            continue;
        }
        if (c == ' ' || c == '\t' || c == '\v' || c == '\f') {
            lexer->at++;
            continue;
        }
        *out = token_at(lexer, lexer->at);
        if (c == '-' && peek(lexer, 1) == '-' && !lexer->failed) {
            lexer->at += 2;
            skip_comment(lexer, out);
            continue;
        }
        out->word = WORD_END;
        if (c < 0 || lexer->failed) return;
        int level = -1;
        if (c == '[') {
            lexer->at++;
            level = long_level(lexer);
            if (level < 0) lexer->at--;
        }
        if (level >= 0) {
            out->word = WORD_TEXT;
            read_long(lexer, level, out, NULL);
        } else if (c == '"' || c == '\'') {
            lexer->at++;
            out->word = WORD_TEXT;
            read_quoted(lexer, c, out, NULL);
        } else if (is_digit(c) || (c == '.' && is_digit(peek(lexer, 1)))) {
            read_number(lexer, out);
        } else if (is_letter(c)) {
            read_name(lexer, out);
        } else {
            read_sign(lexer, out);
        }
        out->to = lexer->at;
        if (lexer->failed) out->word = WORD_END;
        return;
    }
}

void kh_lexer_text(const kh_lexer *lexer, const kh_token *token, kh_buf *out)
{
    kh_lexer again = *lexer;
    again.at = again.counted = token->from + 1;
    char first = lexer->text[token->from];
    kh_buf_add(out, "", 0);
    if (first == '[') {
        read_long(&again, long_level(&again), token, out);
    } else {
        read_quoted(&again, first, token, out);
    }
}

const char *kh_word_text(int word, char *out)
{
    if (word >= WORD_CONCAT) {
        snprintf(out, 16, "'%s'", words[word - WORD_CONCAT]);
    } else {
        snprintf(out, 16, "'%c'", word);
    }
    return word == WORD_NAME  ? kh_tr("a name")
           : word == WORD_END ? kh_tr("the end of the file")
                              : out;
}

const char *kh_lexer_show(const kh_lexer *lexer, const kh_token *token, char *out)
{
    if (token->word == WORD_END) return kh_tr("the end of the file");
    const char *from = lexer->text + token->from, *end = lexer->text + token->to, *at = from;
    while (at < end && at - from < 40 && *at != '\n' && *at != '\r') kh_utf8_next(&at, end);
    snprintf(out, 64, "'%.*s%s'", (int)(at - from), from, at < end ? "..." : "");
    return out;
}
