#include "document/template.h"
kh_status kh_template_new(kh_template **out, const kh_scheme *s, const kh_places *p, const kh_word *n, kh_diags *d, kh_error *err){(void)s;(void)p;(void)n;(void)d;*out=NULL;return kh_fail(err,KH_EUNSUPPORTED,"no templates yet");}
void kh_template_free(kh_template *t){(void)t;}
kh_template_kind kh_template_kind_of(const kh_template *t){(void)t;return KH_TEMPLATE_SUBJECT;}
const char *const *kh_template_files(const kh_template *t){(void)t;static const char *const n[]={NULL};return n;}
const char *kh_template_common_text(kh_template *t,const kh_results *r){(void)t;(void)r;return "";}
kh_status kh_template_render(kh_template *t,const kh_results *r,const kh_facts *f,uint32_t i,kh_arena *a,const kh_document **o,kh_error *err){(void)t;(void)r;(void)f;(void)i;(void)a;*o=NULL;return kh_fail(err,KH_EUNSUPPORTED,"none");}
