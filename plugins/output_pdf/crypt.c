/* Encryption: a finished PDF through libqpdf, AES-256 (PDF 2.0, revision 6).
 *
 * libharu's own encryption is RC4 and takes the time of day. An encrypted file is never the same
 * twice: its keys and vectors are random.
 */
#include "file.h"

#include <qpdf/qpdf-c.h>

kh_status kh_encrypt(kh_bytes *out, const kh_bytes *pdf, const char *password, kh_error *err)
{
    qpdf_data qpdf = qpdf_init();
    qpdf_silence_errors(qpdf);
    QPDF_ERROR_CODE code =
        qpdf_read_memory(qpdf, "document", (const char *)pdf->data, pdf->size, NULL);
    if (!(code & QPDF_ERRORS)) code = qpdf_init_write_memory(qpdf);
    if (!(code & QPDF_ERRORS)) {
        /* An empty owner password would open the file to everyone, so both are the same. */
        qpdf_set_r6_encryption_parameters2(qpdf, password, password, QPDF_TRUE, QPDF_TRUE,
                                           QPDF_TRUE, QPDF_TRUE, QPDF_TRUE, QPDF_TRUE,
                                           qpdf_r3p_full, QPDF_TRUE);
        code = qpdf_write(qpdf);
    }
    kh_status rc = KH_OK;
    if (code & QPDF_ERRORS) {
        qpdf_error why = qpdf_get_error(qpdf);
        rc = kh_fail(err, KH_EINTERNAL, "encrypting failed: %s",
                     why ? qpdf_get_error_full_text(qpdf, why) : kh_tr("no reason given"));
    } else {
        out->size = 0;
        kh_bytes_add(out, qpdf_get_buffer(qpdf), qpdf_get_buffer_length(qpdf));
    }
    qpdf_cleanup(&qpdf);
    return rc;
}
