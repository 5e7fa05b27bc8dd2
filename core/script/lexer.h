/* Words of a Lua source with their places; private to the script room. */
#ifndef KH_SCRIPT_LEXER_H
#define KH_SCRIPT_LEXER_H

#include "base/diag.h"
#include "base/text.h"

#include <kaohe/decimal.h>

/** Signs of one byte are themselves; the keywords keep the order of the table in lexer.c. */
typedef enum kh_word {
    WORD_END = 256, /* of the file, and after the first mistake */
    WORD_NAME,
    WORD_TEXT,
    WORD_INTEGER, /* up to 8 digits, or hexadecimal */
    WORD_DECIMAL, /* all other numbers */
    WORD_CONCAT,
    WORD_DOTS,
    WORD_EQ,
    WORD_NE,
    WORD_LE,
    WORD_GE,
    WORD_SHL,
    WORD_SHR,
    WORD_IDIV,
    WORD_LABEL,
    WORD_AND,
    WORD_BREAK,
    WORD_DO,
    WORD_ELSE,
    WORD_ELSEIF,
    WORD_END_BLOCK,
    WORD_FALSE,
    WORD_FOR,
    WORD_FUNCTION,
    WORD_GOTO,
    WORD_IF,
    WORD_IN,
    WORD_LOCAL,
    WORD_NIL,
    WORD_NOT,
    WORD_OR,
    WORD_REPEAT,
    WORD_RETURN,
    WORD_THEN,
    WORD_TRUE,
    WORD_UNTIL,
    WORD_WHILE
} kh_word;

typedef struct kh_token {
    int word;
    uint32_t from, to; /* bytes */
    int line, column;  /* of its first character */
    int64_t integer;   /* WORD_INTEGER */
} kh_token;

typedef struct kh_lexer {
    const char *path, *text;
    uint32_t length, at;
    int line;
    uint32_t line_from; /* first byte of the line */
    uint32_t counted;   /* columns are counted up to here, ... */
    int column;         /* ... which is this one */
    bool failed;        /* only WORD_END comes from now on */
    kh_diags *diags;
} kh_lexer;

void kh_lexer_next(kh_lexer *lexer, kh_token *out);

/** Report a mistake; only the first one counts. */
__attribute__((format(printf, 3, 4))) void kh_lexer_fail(kh_lexer *lexer, const kh_token *at,
                                                         const char *format, ...);

/** The value of a WORD_TEXT, which may hold NUL bytes. */
void kh_lexer_text(const kh_lexer *lexer, const kh_token *token, kh_buf *out);

/** "'then'", "the end of the file": how messages name a token. @p out holds 64 bytes. */
const char *kh_lexer_show(const kh_lexer *lexer, const kh_token *token, char *out);
const char *kh_word_text(int word, char *out);

#endif
