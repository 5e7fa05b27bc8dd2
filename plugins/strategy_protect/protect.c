/* Strategy `protect`: a grade floored or replaced within a window of time (PR-8, C22, C23, C24). */
#include <kaohe/stage.h>

typedef struct protect {
    const char *from, *grade_column, *start_column, *end_column, *reason_column;
    const char *grade, *when, *table, *table_column, *reason, *rule;
    int64_t months;
    int32_t mode;
    const kh_host *host;
} protect;

enum { MODE_FLOOR, MODE_REPLACE };
static const char *const modes[] = {"floor", "replace", NULL};

static const protect defaults = {
    .grade_column = "grade", .table_column = "grade", .reason = "保护期", .rule = ""};
static const kh_option options[] = {
    {.key = "from",
     .type = KH_OPT_TEXT,
     .offset = offsetof(protect, from),
     .refers = KH_REFERS_RECORDS,
     .help = "records with protected grades; the last row in force counts"},
    {.key = "grade_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(protect, grade_column),
     .help = "column with the protected grade"},
    {.key = "start_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(protect, start_column),
     .help = "column with the first day of protection; the period's last day decides"},
    {.key = "end_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(protect, end_column),
     .help = "column with the first day after it; an empty cell: no end"},
    {.key = "months",
     .type = KH_OPT_INT,
     .offset = offsetof(protect, months),
     .max = 1200,
     .help = "or it ends so many months after the start; that day itself is outside"},
    {.key = "grade",
     .type = KH_OPT_TEXT,
     .offset = offsetof(protect, grade),
     .help = "a protected grade for all, instead of records"},
    {.key = "when",
     .type = KH_OPT_TEXT,
     .offset = offsetof(protect, when),
     .refers = KH_REFERS_VALUE,
     .help = "only for subjects whose value of this name is there and not 0"},
    {.key = "mode",
     .type = KH_OPT_CHOICE,
     .offset = offsetof(protect, mode),
     .choices = modes,
     .help = "floor: a better grade of their own counts; replace: it does not"},
    {.key = "table",
     .type = KH_OPT_TEXT,
     .offset = offsetof(protect, table),
     .flags = KH_OPT_REQUIRED,
     .refers = KH_REFERS_LOOKUP,
     .help = "lookup with all grades, lowest first; other grades stand below"},
    {.key = "table_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(protect, table_column),
     .help = "column of `table` with the grade"},
    {.key = "reason",
     .type = KH_OPT_TEXT,
     .offset = offsetof(protect, reason),
     .help = "why, shown in the step"},
    {.key = "reason_column",
     .type = KH_OPT_TEXT,
     .offset = offsetof(protect, reason_column),
     .help = "or a column with it"},
    {.key = "rule",
     .type = KH_OPT_TEXT,
     .offset = offsetof(protect, rule),
     .help = "clause shown beside the step"},
    {0}};

/* What protects one subject. */
typedef struct shelter {
    const char *grade, *reason;
    int32_t start, end; /* days as 20090331; end 0: none */
} shelter;

static kh_status open_protect(void *self, const kh_host *host, kh_error *err)
{
    (void)err;
    ((protect *)self)->host = host;
    return KH_OK;
}

static kh_status check(void *self, const kh_sheet *sheet, kh_error *err)
{
    const protect *p = self;
    if ((p->from != NULL) == (p->grade != NULL)) {
        return kh_fail(err, KH_EUSAGE, "give one of 'from' (records) and 'grade' (for all)");
    }
    if (!p->from && (p->start_column || p->end_column || p->reason_column || p->months)) {
        return kh_fail(err, KH_EUSAGE,
                       "columns and months belong to 'from'; for a grade use 'when'");
    }
    if (!p->start_column && (p->end_column || p->months)) {
        return kh_fail(err, KH_EUSAGE, "a window has a start: name its start_column");
    }
    if (p->end_column && p->months) {
        return kh_fail(err, KH_EUSAGE, "give one of end_column and months");
    }
    kh_rung *rungs;
    uint32_t count;
    kh_status rc =
        kh_rungs_read(p->host, sheet, p->table, p->table_column, NULL, &rungs, &count, err);
    if (rc < 0) return rc;
    if (p->grade && kh_rung_named(rungs, count, p->grade) < 0) {
        rc = kh_fail(err, KH_EUSAGE, "'%s' is no grade of lookup '%s'", p->grade, p->table);
    }
    free(rungs);
    const char *columns[] = {p->grade_column, p->start_column, p->end_column, p->reason_column};
    for (int i = 0; rc == KH_OK && p->from && i < 4; i++) {
        if (!columns[i]) continue;
        kh_handle records = sheet->ops->find_records(sheet, p->from);
        rc = sheet->ops->check_record(sheet, records, columns[i], false, err);
    }
    return rc;
}

/* ---- days ---------------------------------------------------------------------------------- */

/* 20090331 of a day count. */
static int32_t day_number(kh_date date)
{
    int32_t z = date + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    int32_t doe = z - era * 146097;
    int32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int32_t day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
    return (yoe + era * 400 + (month <= 2)) * 10000 + month * 100 + day;
}

static int32_t month_days(int32_t year, int32_t month)
{
    static const int32_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* "2009-03-31" to 20090331; -1 when it is no day. */
static int32_t read_day(const char *text)
{
    int year, month, day, end = 0;
    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 || text[end]) return -1;
    if (month < 1 || month > 12 || day < 1 || day > month_days(year, month)) return -1;
    return year * 10000 + month * 100 + day;
}

/* The same day so many months on, clipped to the month's last day (rulebook part 0, 8). */
static int32_t add_months(int32_t number, int64_t months)
{
    int32_t all = (number / 10000) * 12 + number / 100 % 100 - 1 + (int32_t)months;
    int32_t year = all / 12, month = all % 12 + 1, day = number % 100;
    if (day > month_days(year, month)) day = month_days(year, month);
    return year * 10000 + month * 100 + day;
}

/* ---- running ------------------------------------------------------------------------------- */

static kh_status read_record_day(const protect *p, const kh_sheet *sheet, kh_handle records,
                                 uint32_t s, uint32_t row, const char *column, int32_t *out,
                                 kh_error *err)
{
    const char *text;
    kh_status rc = sheet->ops->record_text(sheet, records, s, row, column, &text, err);
    if (rc < 0) return rc;
    *out = text[0] ? read_day(text) : 0;
    if (*out >= 0) return KH_OK;
    return kh_fail(err, KH_EDATA, "records '%s' of %s: column '%s': '%s' is no day like 2009-03-31",
                   p->from, sheet->ops->subject(sheet, s)->id, column, text);
}

/* The last row in force on the period's last day; out->grade NULL: none. */
static kh_status find_shelter(const protect *p, const kh_sheet *sheet, kh_handle records,
                              uint32_t s, int32_t today, shelter *out, kh_error *err)
{
    const kh_sheet_ops *ops = sheet->ops;
    *out = (shelter){.grade = p->grade, .reason = p->reason};
    kh_status rc = KH_OK;
    for (uint32_t i = 0; p->from && rc == KH_OK && i < ops->record_count(sheet, records, s); i++) {
        shelter row = {.reason = p->reason};
        if (p->start_column) {
            rc = read_record_day(p, sheet, records, s, i, p->start_column, &row.start, err);
            if (rc == KH_OK && row.start == 0) continue; /* not begun */
            if (rc == KH_OK && p->months) row.end = add_months(row.start, p->months);
        }
        if (rc == KH_OK && p->end_column) {
            rc = read_record_day(p, sheet, records, s, i, p->end_column, &row.end, err);
        }
        if (rc < 0 || row.start > today || (row.end && today >= row.end)) continue;
        rc = ops->record_text(sheet, records, s, i, p->grade_column, &row.grade, err);
        if (rc == KH_OK && p->reason_column) {
            rc = ops->record_text(sheet, records, s, i, p->reason_column, &row.reason, err);
        }
        if (rc == KH_OK && row.grade[0]) *out = row;
    }
    return rc;
}

static void apply(const protect *p, kh_sheet *sheet, uint32_t s, const shelter *it, bool better)
{
    const char *own = sheet->ops->card(sheet, s)->grade;
    char window[64] = "";
    int32_t d = it->end;
    if (d)
        snprintf(window, sizeof window, ",至 %04d-%02d-%02d 止", d / 10000, d / 100 % 100, d % 100);
    if (p->mode == MODE_FLOOR && better) {
        kh_explain(sheet, s, "protect", p->rule, KH_KEPT,
                   "%s%s:考核 %s 不低于保护等级 %s,按考核等级", it->reason, window, own, it->grade);
        return;
    }
    kh_explain(sheet, s, "protect", p->rule, KH_CHANGED, "%s%s:考核 %s,按保护等级 %s", it->reason,
               window, own ? own : "无等级", it->grade);
    sheet->ops->set_grade(sheet, s, it->grade);
}

static kh_status run(void *self, kh_sheet *sheet, kh_error *err)
{
    const protect *p = self;
    const kh_sheet_ops *ops = sheet->ops;
    kh_input when = {0};
    kh_rung *rungs;
    uint32_t count;
    kh_status rc = p->when ? kh_input_find(sheet, p->when, NULL, &when, err) : KH_OK;
    if (rc == KH_OK) {
        rc = kh_rungs_read(p->host, sheet, p->table, p->table_column, NULL, &rungs, &count, err);
    }
    if (rc < 0) return rc;
    kh_handle records = p->from ? ops->find_records(sheet, p->from) : -1;
    int32_t today = day_number(ops->period(sheet)->to - 1);
    for (uint32_t s = 0; rc == KH_OK && s < ops->subject_count(sheet); s++) {
        if (ops->failed(sheet, s) || !kh_applies(p->host, sheet, p->when, when.column, s)) continue;
        shelter it;
        rc = find_shelter(p, sheet, records, s, today, &it, err);
        if (rc < 0 || !it.grade) continue;
        int32_t least = kh_rung_named(rungs, count, it.grade);
        if (least < 0) {
            rc = kh_fail(err, KH_EDATA, "the protected grade '%s' of %s is no grade of lookup '%s'",
                         it.grade, ops->subject(sheet, s)->id, p->table);
            continue;
        }
        apply(p, sheet, s, &it, kh_rung_named(rungs, count, ops->card(sheet, s)->grade) >= least);
    }
    free(rungs);
    return rc;
}

static const kh_strategy_ops protect_ops = {
    .size = sizeof protect_ops, .open = open_protect, .check = check, .run = run};

KH_PLUGIN = {.abi = KH_ABI,
             .size = sizeof(kh_plugin),
             .kind = KH_STRATEGY,
             .name = "protect",
             .version = "1.0",
             .summary = "a grade floored or replaced within a window of time",
             .license = "MIT",
             .instance_size = sizeof(protect),
             .defaults = &defaults,
             .options = options,
             .strategy = &protect_ops};
