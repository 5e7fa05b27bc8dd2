/* GB18030 and GBK to UTF-8: a table for two-byte characters, iconv for the table and the rest.
 *
 * iconv alone reads 200 MB/s, less than the rest of this source; nearly every character of a bank's
 * file has two bytes.
 */
#include "csv.h"

#include <errno.h>
#include <iconv.h>

kh_status csv_gb_prepare(csv_source *source, kh_error *err)
{
    if (source->gb_pairs) return KH_OK;
    iconv_t convert = iconv_open("UTF-8", "GB18030");
    if (convert == (iconv_t)-1) {
        return kh_fail(err, KH_EUNAVAILABLE,
                       "this system cannot convert GB18030 (%s); save the file as UTF-8",
                       kh_tr_errno(errno));
    }
    /* An entry: its length (0 = no such character), then up to three bytes. */
    uint8_t *pairs = csv_keep(source, (size_t)CSV_GB_LEADS * CSV_GB_TRAILS * 4);
    for (size_t lead = 0; lead < CSV_GB_LEADS; lead++) {
        for (size_t trail = 0; trail < CSV_GB_TRAILS; trail++) {
            uint8_t *entry = pairs + (lead * CSV_GB_TRAILS + trail) * 4;
            char bytes[2] = {(char)(lead + 0x81), (char)(trail + 0x40)};
            char *from = bytes, *to = (char *)entry + 1;
            size_t left = sizeof bytes, room = 3;
            if (iconv(convert, &from, &left, &to, &room) != (size_t)-1) {
                entry[0] = (uint8_t)(3 - room);
            } else {
                iconv(convert, NULL, NULL, NULL, NULL);
                memset(entry, 0, 4);
            }
        }
    }
    iconv_close(convert);
    source->gb_pairs = pairs;
    return KH_OK;
}

/* A character of four bytes, or one the table does not know. */
static csv_decoded decode_rare(void *convert, const char **from, const char *end, char **to,
                               const char *to_end)
{
    char *in = (char *)*from, *out = *to;
    size_t left = (size_t)(end - *from), room = (size_t)(to_end - *to);
    if (left > 4) left = 4;
    if (room > 4) room = 4; /* one character, not what follows it */
    size_t n = iconv(convert, &in, &left, &out, &room);
    bool moved = in > *from;
    csv_decoded state = n != (size_t)-1 || moved ? CSV_DECODED
                        : errno == EINVAL        ? CSV_PARTIAL
                                                 : CSV_BAD;
    iconv(convert, NULL, NULL, NULL, NULL);
    *from = in;
    *to = out;
    return state;
}

csv_decoded csv_gb_decode(const uint8_t *pairs, void *convert, const char **from, const char *end,
                          char **to, const char *to_end)
{
    const char *in = *from;
    char *out = *to;
    csv_decoded state = CSV_DECODED;
    while (in < end && to_end - out >= 4) {
        unsigned char lead = (unsigned char)*in;
        if (lead < 0x80) {
            size_t most = (size_t)(end - in < to_end - out ? end - in : to_end - out);
            size_t n = csv_ascii(in, most);
            memcpy(out, in, n);
            in += n;
            out += n;
            continue;
        }
        unsigned char trail = end - in > 1 ? (unsigned char)in[1] : 0;
        if (lead > 0x80 && lead < 0xFF && trail >= 0x40) {
            size_t at = (lead - 0x81U) * CSV_GB_TRAILS + trail - 0x40U;
            const uint8_t *entry = pairs + at * 4;
            if (csv_likely(entry[0])) {
                memcpy(out, entry + 1, 3); /* four bytes of room were asked for */
                out += entry[0];
                in += 2;
                continue;
            }
        }
        state = decode_rare(convert, &in, end, &out, to_end);
        if (state != CSV_DECODED) break;
    }
    *from = in;
    *to = out;
    return state;
}
