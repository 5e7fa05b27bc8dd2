/* The texts that a Lua source writes down. */
#include "document/literals.h"

#include "script/lexer.h"

void kh_literals_add(kh_buf *out, const char *source, size_t length)
{
    kh_diags diags = {0};
    kh_lexer lexer = {.path = "",
                      .text = source,
                      .length = (uint32_t)length,
                      .line = 1,
                      .column = 1,
                      .diags = &diags};
    kh_token token;
    for (kh_lexer_next(&lexer, &token); token.word != WORD_END; kh_lexer_next(&lexer, &token)) {
        if (token.word != WORD_TEXT) continue;
        kh_lexer_text(&lexer, &token, out);
        kh_buf_text(out, "\n");
    }
    kh_diags_fini(&diags);
}
