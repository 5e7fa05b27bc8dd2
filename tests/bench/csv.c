/* How fast the CSV source is, against the plainest loop that could do anything with such a file.
 *
 * The peer sums one amount by manager and kind straight from the bytes, without any check. The
 * source turns five columns into Arrow batches. Both read the same file, best of five, one core.
 */
#include "base/text.h"
#include "plugin/source_kit.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { ACCOUNTS = 60000, DAYS = 30, RUNS = 5 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static size_t write_file(const char *path)
{
    static const char *const kinds[] = {"对公一般", "个人储蓄", "对公定期", "保证金", "协定存款"};
    kh_buf file = {0};
    uint64_t r = 88172645463325252ULL;
    kh_buf_text(&file, "date,account_id,manager_id,kind,balance\n");
    for (int day = 0; day < DAYS; day++) {
        for (int account = 0; account < ACCOUNTS; account++) {
            r ^= r << 13;
            r ^= r >> 7;
            r ^= r << 17;
            kh_buf_printf(&file, "2009-01-%02d,A%06d,M%04d,%s,%u.%02u\n", day + 1, account,
                          account * 7919 % 300, kinds[account * 31 % 5],
                          (unsigned)(r >> 40) >> r % 9, (unsigned)(r % 100));
        }
    }
    size_t size = file.size;
    kit_write(path, file.data, size);
    kh_buf_fini(&file);
    return size;
}

static int64_t sum_plainly(const char *path, size_t size)
{
    static int64_t sums[16384];
    int fd = open(path, O_RDONLY);
    const char *text = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0), *end = text + size;
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
    munmap((void *)text, size);
    close(fd);
    return sums[0];
}

static int64_t read_batches(kit *k, const char *words)
{
    kh_field fields[16];
    kh_query query = {.size = sizeof query, .fields = fields, .parts = 1};
    kh_error err = KH_ERROR_INIT;
    struct ArrowArrayStream stream;
    struct ArrowArray batch;
    int64_t rows = 0;
    query.field_count = kit_fields(words, fields);
    if (k->instance.plugin->source->read(k->instance.self, &query, &stream, &err) < 0) abort();
    while (stream.get_next(&stream, &batch) == 0 && batch.release) {
        rows += batch.length;
        batch.release(&batch);
    }
    stream.release(&stream);
    return rows;
}

int main(int argc, char **argv)
{
    bool json = argc == 2 && !strcmp(argv[1], "--json");
    static const char *const mixes[] = {
        "date:date account_id:text manager_id:text kind:text balance:decimal(2)",
        "date:date manager_id:text kind:text balance:decimal(2)",
        "balance:decimal(2)",
    };
    kit_enter();
    size_t size = write_file("a.csv");
    kit k;
    kit_open(&k, OPTIONS("path", "a.csv"));
    double plain = 0;
    for (int mix = -1; mix < 3; mix++) {
        double best = 1e9;
        for (int run = 0; run < RUNS; run++) {
            double begin = seconds();
            int64_t rows = mix < 0 ? sum_plainly("a.csv", size) : read_batches(&k, mixes[mix]);
            if (mix >= 0 && rows != ACCOUNTS * DAYS) abort();
            double took = seconds() - begin;
            if (took < best) best = took;
        }
        if (mix < 0) plain = best;
        double ours = (double)size / best / 1e6, theirs = (double)size / plain / 1e6;
        if (json && mix >= 0) {
            printf("{\"bench\":\"csv\",\"what\":\"%s\",\"ours\":\"%.0f\",\"peer\":\"plain loop\","
                   "\"theirs\":\"%.0f\",\"ratio\":\"%.2f\",\"unit\":\"MB/s\"}\n",
                   mixes[mix], ours, theirs, ours / theirs);
        } else if (!json) {
            printf("csv, %s: %.0f MB/s, %.2f of the plain loop\n",
                   mix < 0 ? "plain loop" : mixes[mix], ours, ours / theirs);
        }
    }
    kit_close(&k);
    kit_leave();
    return 0;
}
