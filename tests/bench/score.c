/* How fast formulas are in exact decimals, against the same formulas in plain Lua on doubles.
 *
 * Both work over the same amounts with two processes, in turns; medians are shown. Ours is what a
 * run does: formulas in two confined workers, then the chain. Processor seconds are compared, for
 * they do not depend on what else the machine does; the wall clock is shown beside them.
 */
#include "base/decimal.h"
#include "base/text.h"
#include "metric/metric.h"
#include "run/pool.h"
#include "score/chain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MEASURES = 20, METRICS = 40, WORKERS = 2, RUNS = 5 };

/* What one run of either side took. */
typedef struct took {
    double cpu, wall; /* of the formulas, seconds */
    double chain_cpu; /* of the chain; ours only */
    double sum;       /* of the last metric, so that nobody cheats */
    double memory;    /* of the largest process, MiB */
    uint32_t failures;
} took;

static char folder[] = "/tmp/kaohe-score-XXXXXX";

static double wall_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double cpu_of(int who)
{
    struct rusage used;
    getrusage(who, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
}

static void die(const char *what, const kh_error *err)
{
    fprintf(stderr, "bench_score: %s: %s\n", what, err ? err->text : "failed");
    exit(1);
}

static void write_file(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0) die(path, NULL);
}

static void write_project(const char *formulas)
{
    kh_buf text = {0}, read = {0};
    kh_error err = KH_ERROR_INIT;
    if (!mkdtemp(folder)) die("a temporary folder", NULL);
    if (kh_file_read(&read, formulas, &err) < 0) die(formulas, &err);
    kh_buf_text(&text, "subject { from = 'staff', key = 'manager_id', name = 'name' }\n"
                       "for i = 1, 20 do measure('a' .. i) { of = 'facts', sum = 'a' .. i } end\n"
                       "param 'pool' { value = 3.20 }\nparam 'cost' { value = 1.85 }\n"
                       "param 'coef' { value = 0.9 }\nparam 'base' { value = 360 }\n"
                       "param 'target' { value = 50 }\n");
    kh_buf_add(&text, read.data, read.size);
    kh_buf_text(&text,
                "score { weighted { items = { { metric = 'k03', target = 'target', weight = 40 }, "
                "{ metric = 'k08', target = 'target', weight = 40 }, "
                "{ metric = 'k13', target = 'target', weight = 20 } } }, bands {}, rank {} }\n"
                "return project { sources = { staff = csv { path = 'staff.csv' }, "
                "facts = csv { path = 'facts.csv' } } }\n");
    write_file("kaohe.lua", text.data);
    write_file("staff.csv", "manager_id,name\n");
    write_file("facts.csv", "manager_id,date\n");
    kh_buf_fini(&text);
    kh_buf_fini(&read);
}

/* The amount of measure i of subject s: splitmix64, the same numbers as score_peer.lua makes. */
static int64_t amount(uint64_t s, uint64_t i)
{
    uint64_t z = (s * MEASURES + i) * 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return (int64_t)((z ^ (z >> 31)) >> 30) + 100;
}

static void make_facts(kh_facts *facts, uint32_t subjects)
{
    facts->subject_count = subjects;
    facts->subjects = kh_arena_array(&facts->arena, subjects, sizeof *facts->subjects);
    facts->values = kh_arena_array(&facts->arena, (size_t)subjects * MEASURES, sizeof(kh_decimal));
    for (uint32_t s = 0; s < subjects; s++) {
        char *id = kh_arena_printf(&facts->arena, "M%07u", s);
        facts->subjects[s] = (kh_subject){id, id, "", NULL};
        for (uint32_t i = 0; i < MEASURES; i++) {
            facts->values[(size_t)i * subjects + s] = kh_dec_from_scaled(amount(s, i + 1), 2);
        }
    }
    if (kh_period_parse(&facts->period, "2009Q1", NULL) < 0) die("the period", NULL);
}

/* ---- ours ---------------------------------------------------------------------------------- */

typedef struct running {
    kh_metrics *metrics;
    kh_facts facts;
    kh_decimal *values;
} running;

static void metric_failed(void *ctx, uint32_t subject, const char *text)
{
    kh_pool_fail(ctx, subject, text);
}

static kh_status metric_job(void *ctx, kh_pool *pool, uint32_t job, kh_error *err)
{
    running *r = ctx;
    return kh_metrics_eval(r->metrics, &r->facts, job, 1, r->values, kh_pool_guard(pool),
                           kh_pool_worker(pool), metric_failed, pool, err);
}

static void subject_failed(void *ctx, uint32_t subject, const char *text)
{
    took *t = ctx;
    if (t->failures++ == 0) fprintf(stderr, "bench_score: subject %u: %s\n", subject, text);
}

static void run_ours(uint32_t subjects, took *t)
{
    static const kh_places places = {KAOHE_BUILD_DIR "/lib/kaohe", KAOHE_BUILD_DIR "/share/kaohe"};
    kh_diags diags = {0};
    kh_error err = KH_ERROR_INIT;
    kh_scheme *scheme;
    running r = {0};
    if (kh_scheme_load(&scheme, folder, NULL, &places, &diags, &err) < 0) die("the scheme", &err);
    r.metrics = kh_metrics_new(scheme, &diags);
    kh_chain *chain = kh_chain_new(scheme, &diags);
    if (diags.errors) die(diags.items[0].text, NULL);
    make_facts(&r.facts, subjects);
    size_t size = (size_t)METRICS * subjects * sizeof *r.values;
    r.values = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    kh_work work = {.ctx = &r, .profile = KH_GUARD_COMPUTE, .job = metric_job};
    kh_pool_options options = {
        .workers = WORKERS, .jobs = subjects, .failed = subject_failed, .ctx = t};
    uint32_t done;
    double cpu = cpu_of(RUSAGE_CHILDREN) + cpu_of(RUSAGE_SELF), wall = wall_now();
    if (kh_pool_run(&work, &options, &done, &err) < 0) die("the formulas", &err);
    t->cpu = cpu_of(RUSAGE_CHILDREN) + cpu_of(RUSAGE_SELF) - cpu;
    t->wall = wall_now() - wall;
    for (uint32_t s = 0; s < subjects; s++) {
        char text[KH_DECIMAL_TEXT];
        kh_dec_format(text, r.values[(size_t)(METRICS - 1) * subjects + s], 6, false);
        t->sum += strtod(text, NULL);
    }
    kh_full_sheet *sheet = kh_sheet_new(&scheme->plan, &r.facts, r.values);
    cpu = cpu_of(RUSAGE_SELF);
    if (kh_chain_run(chain, sheet, &r.facts, NULL, 0, &err) < 0) die("the chain", &err);
    t->chain_cpu = cpu_of(RUSAGE_SELF) - cpu;
}

/* Each run has a process of its own, so that its memory can be told. */
static took measure_ours(uint32_t subjects)
{
    took *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status;
    struct rusage used;
    pid_t child = fork();
    if (child == 0) {
        run_ours(subjects, shared);
        _exit(0);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child || status != 0) exit(1);
    took t = *shared;
    t.memory = (double)used.ru_maxrss / 1024;
    munmap(shared, sizeof *shared);
    return t;
}

/* ---- theirs -------------------------------------------------------------------------------- */

static took measure_theirs(const char *peer, const char *formulas, uint32_t subjects)
{
    FILE *from[WORKERS];
    took t = {0};
    for (uint32_t w = 0; w < WORKERS; w++) {
        char command[512];
        uint32_t first = subjects / WORKERS * w;
        uint32_t count = w + 1 < WORKERS ? subjects / WORKERS : subjects - first;
        snprintf(command, sizeof command, "lua5.4 '%s' '%s' %u %u", peer, formulas, first, count);
        from[w] = popen(command, "r");
    }
    for (uint32_t w = 0; w < WORKERS; w++) {
        double cpu, sum;
        if (!from[w] || fscanf(from[w], "%lf %lf", &cpu, &sum) != 2) die("lua5.4", NULL);
        pclose(from[w]);
        t.cpu += cpu;
        t.sum += sum;
    }
    return t;
}

/* ---- the report ---------------------------------------------------------------------------- */

static int compare_cpu(const void *a, const void *b)
{
    const took *x = a, *y = b;
    return (x->cpu > y->cpu) - (x->cpu < y->cpu);
}

static int compare_ratio(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void report(bool json, uint32_t subjects, const took *ours, const took *theirs, double ratio)
{
    double calls = (double)subjects * METRICS;
    if (json) {
        printf("{\"bench\":\"score\",\"what\":\"%u managers x %d formulas\",\"ours\":\"%.3f\","
               "\"peer\":\"lua-double\",\"theirs\":\"%.3f\",\"ratio\":\"%.2f\","
               "\"unit\":\"cpu s\"}\n",
               subjects, METRICS, ours->cpu, theirs->cpu, ratio);
        return;
    }
    printf("%7u managers x %d formulas: ours %.2f s of processor, lua on doubles %.2f s: "
           "%.2f times\n",
           subjects, METRICS, ours->cpu, theirs->cpu, ratio);
    printf("        %.0f ns a formula call (lua %.0f ns), %.2f s by the clock on %d processes; "
           "chain of 3 stages %.2f s; %.0f MiB\n",
           ours->cpu / calls * 1e9, theirs->cpu / calls * 1e9, ours->wall, WORKERS, ours->chain_cpu,
           ours->memory);
}

/* Medians of one size; the ratio is that of the two runs side by side, whatever else the machine
   did then. The cost for one manager, ours, in processor seconds. */
static double compare(const char *peer, const char *formulas, uint32_t subjects, int runs,
                      bool json)
{
    took ours[RUNS], theirs[RUNS];
    double ratios[RUNS];
    for (int k = 0; k < runs; k++) {
        ours[k] = measure_ours(subjects);
        theirs[k] = measure_theirs(peer, formulas, subjects);
        ratios[k] = ours[k].cpu / theirs[k].cpu;
        if (ours[k].failures || fabs(ours[k].sum / theirs[k].sum - 1) > 1e-9) {
            die("the sums of both sides differ", NULL);
        }
    }
    qsort(ours, (size_t)runs, sizeof *ours, compare_cpu);
    qsort(theirs, (size_t)runs, sizeof *theirs, compare_cpu);
    qsort(ratios, (size_t)runs, sizeof *ratios, compare_ratio);
    report(json, subjects, &ours[runs / 2], &theirs[runs / 2], ratios[runs / 2]);
    return ours[runs / 2].cpu / subjects;
}

int main(int argc, char **argv)
{
    static const uint32_t sizes[] = {10000, 100000, 300000};
    bool json = argc > 3 && !strcmp(argv[3], "--json");
    uint32_t only = argc > 3 && !json ? (uint32_t)strtoul(argv[3], NULL, 10) : 0;
    if (argc < 3) {
        fprintf(stderr, "usage: bench_score PEER.lua FORMULAS.lua [--json | MANAGERS]\n");
        return 2;
    }
    write_project(argv[2]);
    if (only) compare(argv[1], argv[2], only, 1, false);
    double first = 0;
    for (size_t i = 0; !only && i < sizeof sizes / sizeof *sizes; i++) {
        double each = compare(argv[1], argv[2], sizes[i], sizes[i] > 100000 ? 3 : RUNS, json);
        if (i == 0) first = each;
        else if (!json) printf("        %.2f times the cost of one of 10,000\n", each / first);
        fflush(stdout);
    }
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) == 0 ? 0 : 1;
}
