/* The texts that a Lua source writes down. */
#ifndef KH_DOCUMENT_LITERALS_H
#define KH_DOCUMENT_LITERALS_H

#include "base/text.h"

/** Append the value of each string literal of a valid source, a line each; comments are none. */
void kh_literals_add(kh_buf *out, const char *source, size_t length);

#endif
