/* Rows appended one by one become Arrow batches: the service behind kh_rows_ops. */
#ifndef KH_TABLE_BUILDER_H
#define KH_TABLE_BUILDER_H

#include <kaohe/arrow.h>
#include <kaohe/plugin.h>

/** The table lent to plugins. */
extern const kh_rows_ops kh_rows_table;

#endif
