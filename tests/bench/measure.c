/* The measure engine on daily balances: its own time, that of a plain C loop, and their sums.
 *
 *   measure write FILE ROWS      make the CSV: 70,000 accounts a day, 300 managers, 5 kinds
 *   measure plain FILE           the plainest loop that could do it, without any check
 *   measure read FOLDER          one core, the CSV source alone: its batches are dropped
 *   measure run FOLDER JOBS      a project's measures: {"seconds":...,"rss_kb":...}, sums on stderr
 */
#include "base/text.h"
#include "measure/measure.h"
#include "scheme/scheme.h"

#include <fcntl.h>
#include <kaohe/source.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ACCOUNTS = 70000, MANAGERS = 300 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int write_file(const char *path, long rows)
{
    static const char *const kinds[] = {"对公一般", "个人储蓄", "对公定期", "保证金", "协定存款"};
    FILE *file = fopen(path, "w");
    if (!file) return 1;
    uint64_t r = 88172645463325252ULL;
    kh_date day = kh_date_of(2009, 1, 1);
    char date[KH_DATE_TEXT];
    fputs("date,account_id,manager_id,kind,balance\n", file);
    for (long row = 0; row < rows; row++) {
        int account = (int)(row % ACCOUNTS);
        if (account == 0) kh_date_format(date, day++);
        r ^= r << 13;
        r ^= r >> 7;
        r ^= r << 17;
        fprintf(file, "%s,A%06d,M%04d,%s,%u.%02u\n", date, account, account * 7919 % MANAGERS,
                kinds[account / MANAGERS % 5], (unsigned)(r >> 40) >> r % 9, (unsigned)(r % 100));
    }
    return fclose(file) != 0;
}

/* Sums by manager and the fifth byte of the kind, in cents. */
static int sum_plainly(const char *path)
{
    static int64_t sums[16384];
    int fd = open(path, O_RDONLY);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) return 1;
    double begin = seconds();
    size_t size = (size_t)st.st_size;
    const char *text = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0), *end = text + size;
    if (text == MAP_FAILED) return 1;
    const char *at = memchr(text, '\n', size);
    for (at++; at < end; at++) {
        unsigned manager = 0;
        int64_t amount = 0;
        at = (const char *)memchr(at, ',', (size_t)(end - at)) + 1;
        at = (const char *)memchr(at, ',', (size_t)(end - at)) + 2;
        for (; *at != ','; at++) manager = manager * 10 + (unsigned)(*at - '0');
        unsigned kind = (unsigned char)at[4];
        at = (const char *)memchr(at + 1, ',', (size_t)(end - at)) + 1;
        for (; *at != '\n'; at++) amount = *at == '.' ? amount : amount * 10 + (*at - '0');
        sums[(manager * 8 + kind % 8) % 16384] += amount;
    }
    int64_t total = 0;
    for (int i = 0; i < 16384; i++) total += sums[i];
    double took = seconds() - begin;
    printf("{\"seconds\":%.4f,\"total\":%lld}\n", took, (long long)total);
    return 0;
}

static int read_only(const char *folder)
{
    static const kh_places places = {KAOHE_BUILD_DIR "/lib/kaohe", KAOHE_BUILD_DIR "/share/kaohe"};
    static const kh_field fields[] = {{"date", KH_TYPE_DATE, 0},
                                      {"manager_id", KH_TYPE_TEXT, 0},
                                      {"kind", KH_TYPE_TEXT, 0},
                                      {"balance", KH_TYPE_DECIMAL, 2}};
    kh_scheme *scheme = NULL;
    kh_diags diags = {0};
    kh_error err = KH_ERROR_INIT;
    if (kh_scheme_load(&scheme, folder, NULL, &places, &diags, &err) < 0) return 1;
    double begin = seconds();
    kh_instance *instance = &scheme->plan.sources[scheme->plan.datasets[0].source].instance;
    const kh_source_ops *ops = instance->plugin->source;
    kh_query query = {.size = sizeof query, .fields = fields, .field_count = 4, .parts = 1};
    struct ArrowArrayStream stream;
    struct ArrowArray batch;
    if (ops->open(instance->self, &instance->host, &err) < 0) return 1;
    if (ops->read(instance->self, &query, &stream, &err) < 0) return 1;
    while (stream.get_next(&stream, &batch) == 0 && batch.release) batch.release(&batch);
    stream.release(&stream);
    printf("{\"seconds\":%.4f}\n", seconds() - begin);
    kh_scheme_free(scheme);
    kh_diags_fini(&diags);
    return 0;
}

static int run(const char *folder, uint32_t jobs)
{
    static const kh_places places = {KAOHE_BUILD_DIR "/lib/kaohe", KAOHE_BUILD_DIR "/share/kaohe"};
    kh_scheme *scheme = NULL;
    kh_diags diags = {0};
    kh_error err = KH_ERROR_INIT;
    kh_facts facts = {0};
    kh_period period;
    kh_status rc = kh_scheme_load(&scheme, folder, NULL, &places, &diags, &err);
    if (rc == KH_OK) rc = kh_period_parse(&period, scheme->plan.period, &err);
    kh_measures *measures = rc == KH_OK ? kh_measures_new(&scheme->plan, &diags) : NULL;
    double begin = seconds();
    if (rc == KH_OK) {
        kh_measures_share(measures, jobs);
        rc = kh_measures_run(measures, &period, &facts, &diags, &err);
    }
    double took = seconds() - begin;
    kh_diags_print(&diags, stderr, folder);
    if (rc < 0) fprintf(stderr, "%s\n", err.text);
    for (uint32_t m = 0; rc == KH_OK && m < scheme->plan.measure_count; m++) {
        for (uint32_t s = 0; s < facts.subject_count; s++) {
            char text[KH_DECIMAL_TEXT];
            kh_dec_format(text, facts.values[m * facts.subject_count + s], 2, false);
            fprintf(stderr, "%s,%s,%s\n", facts.subjects[s].id, scheme->plan.measures[m].title,
                    text);
        }
    }
    struct rusage own, children;
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    printf("{\"seconds\":%.4f,\"rss_kb\":%ld}\n", took,
           own.ru_maxrss > children.ru_maxrss ? own.ru_maxrss : children.ru_maxrss);
    kh_facts_fini(&facts);
    kh_measures_free(measures);
    kh_scheme_free(scheme);
    kh_diags_fini(&diags);
    return rc < 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && !strcmp(argv[1], "write")) return write_file(argv[2], atol(argv[3]));
    if (argc == 3 && !strcmp(argv[1], "plain")) return sum_plainly(argv[2]);
    if (argc == 3 && !strcmp(argv[1], "read")) return read_only(argv[2]);
    if (argc == 4 && !strcmp(argv[1], "run")) return run(argv[2], (uint32_t)atoi(argv[3]));
    fputs("usage: measure write FILE ROWS | plain FILE | read FOLDER | run FOLDER JOBS\n", stderr);
    return 2;
}
