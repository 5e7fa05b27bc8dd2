/* Which files there are, and what each one is: encoding, separator, header, where rows begin. */
#include "csv.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- names --------------------------------------------------------------------------------- */

/* `*` any characters, `?` one character of UTF-8. */
static bool matches(const char *pattern, const char *name)
{
    for (; *pattern; pattern++) {
        if (*pattern == '*') {
            while (*pattern == '*') pattern++;
            do {
                if (matches(pattern, name)) return true;
            } while (*name++);
            return false;
        }
        if (*pattern == '?') {
            size_t n = *name ? csv_utf8_length(name, strlen(name)) : 0;
            if (!*name) return false;
            name += n ? n : 1;
        } else if (*pattern != *name++) {
            return false;
        }
    }
    return !*name;
}

/* A path for messages: relative to the working folder where it lies in it. */
static const char *shown_path(const char *path)
{
    char *folder = getcwd(NULL, 0);
    size_t n = folder ? strlen(folder) : 0;
    if (n > 1 && !strncmp(path, folder, n) && path[n] == '/') path += n + 1;
    free(folder);
    while (!strncmp(path, "./", 2)) path += 2;
    return path;
}

typedef struct file_list {
    csv_file *items;
    uint32_t count, room;
} file_list;

static void add_file(file_list *list, const char *path)
{
    if (list->count == list->room) {
        list->room = list->room ? list->room * 2 : 8;
        list->items = csv_grow(list->items, list->room * sizeof *list->items);
    }
    list->items[list->count++] = (csv_file){.path = path, .shown = shown_path(path)};
}

/* A wrong path is to be mended, a right that lacks is to be asked for, all else may pass. */
static kh_status reaction(int code)
{
    return code == ENOENT || code == ENOTDIR ? KH_EUSAGE
           : code == EACCES                  ? KH_EDENIED
                                             : KH_EUNAVAILABLE;
}

/* A file, or those that match a pattern in the last part of its path. */
static kh_status add_matches(const csv_source *source, file_list *list, const char *path,
                             kh_error *err)
{
    const char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    struct stat st;
    if (!strpbrk(name, "*?") || stat(path, &st) == 0) {
        add_file(list, path);
        return KH_OK;
    }
    size_t head = (size_t)(name - path);
    const char *folder = head > 1 ? csv_keep_text(source, path, head - 1) : head ? "/" : ".";
    DIR *dir = opendir(folder);
    if (!dir) {
        return kh_fail(err, reaction(errno), "cannot read the folder '%s': %s", shown_path(folder),
                       kh_tr_errno(errno));
    }
    uint32_t before = list->count;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.' || !matches(name, entry->d_name)) continue;
        size_t tail = strlen(entry->d_name);
        char *full = csv_keep(source, head + tail + 1);
        memcpy(full, path, head);
        memcpy(full + head, entry->d_name, tail);
        if (stat(full, &st) == 0 && S_ISREG(st.st_mode)) add_file(list, full);
    }
    closedir(dir);
    if (list->count > before) return KH_OK;
    return kh_fail(err, KH_EUSAGE, "no file matches '%s'", shown_path(path));
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(((const csv_file *)a)->path, ((const csv_file *)b)->path);
}

/* `paths` are further files in the folder of `path`. */
static kh_status list_files(const csv_source *source, file_list *list, kh_error *err)
{
    kh_status rc = add_matches(source, list, source->path, err);
    const char *slash = strrchr(source->path, '/');
    size_t head = slash ? (size_t)(slash - source->path) + 1 : 0;
    for (uint32_t i = 0; rc == KH_OK && i < source->paths.count; i++) {
        const char *name = source->paths.items[i];
        if (name[0] != '/') {
            size_t size = head + strlen(name) + 1;
            char *full = csv_keep(source, size);
            snprintf(full, size, "%.*s%s", (int)head, source->path, name);
            name = full;
        }
        rc = add_matches(source, list, name, err);
    }
    if (rc < 0) return rc;
    if (list->count > 0) qsort(list->items, list->count, sizeof *list->items, compare_files);
    for (uint32_t i = 1; i < list->count; i++) {
        if (!strcmp(list->items[i - 1].path, list->items[i].path)) {
            return kh_fail(err, KH_EUSAGE,
                           "%s: the file is named twice; its rows would count twice",
                           list->items[i].shown);
        }
    }
    return KH_OK;
}

/* ---- what a file is ------------------------------------------------------------------------ */

static kh_status look_at_size(csv_file *file, kh_error *err)
{
    struct stat st;
    if (stat(file->path, &st) != 0) {
        return kh_fail(err, reaction(errno), "%s: cannot open: %s", file->shown,
                       kh_tr_errno(errno));
    }
    if (!S_ISREG(st.st_mode)) {
        return kh_fail(err, KH_EUSAGE, "%s: is not a file; path names a file or a pattern of files",
                       file->shown);
    }
    if (st.st_size == 0) {
        return kh_fail(err, KH_EDATA, "%s: the file is empty; export it again", file->shown);
    }
    file->size = st.st_size;
    file->modified = st.st_mtim;
    return KH_OK;
}

/* Read until `room` bytes are there or the file ends. */
static kh_status read_full(csv_input *in, char *to, size_t room, size_t *got, kh_error *err)
{
    size_t n = 1;
    for (*got = 0; *got < room && n > 0; *got += n) {
        kh_status rc = csv_input_read(in, to + *got, room - *got, &n, err);
        if (rc < 0) return rc;
    }
    return KH_OK;
}

/*
 * UTF-8 or GB18030, from a text that begins with its first byte beyond ASCII. What is UTF-8 as a
 * whole is UTF-8: Chinese text in GB18030 hardly ever is. One broken byte in much UTF-8 is an error
 * to be told, not a reason to read all of it as GB18030.
 */
static csv_encoding judge(const char *text, size_t size)
{
    size_t good = 0, bad = 0, most = size < CSV_CHUNK ? size : CSV_CHUNK;
    for (size_t i = 0; i < most;) {
        size_t n = csv_utf8_length(text + i, size - i);
        good += n >= 3;
        bad += n == 0;
        i += n ? n : 1;
    }
    return bad == 0 || good >= 8 * bad ? CSV_UTF8 : CSV_GB18030;
}

/* Byte order marks first, then the option, then the first stretch that is not ASCII. */
static kh_status look_at_encoding(csv_source *source, csv_file *file, kh_error *err)
{
    csv_input in;
    kh_status rc = csv_input_open(&in, source, file, 0, file->size, true, err);
    if (rc < 0) return rc;
    const size_t room = (size_t)2 * CSV_CHUNK;
    char *text = csv_grow(NULL, room);
    size_t size;
    if ((rc = read_full(&in, text, CSV_CHUNK, &size, err)) < 0) goto out;
    file->encoding = (csv_encoding)source->encoding;
    if (size >= 2 && (!memcmp(text, "\xFF\xFE", 2) || !memcmp(text, "\xFE\xFF", 2))) {
        rc = kh_fail(err, KH_EDATA, "%s: the file is UTF-16; save it as UTF-8", file->shown);
        goto out;
    }
    if (size >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) {
        file->body = 3;
        if (file->encoding == CSV_GB18030) {
            rc = kh_fail(err, KH_EUSAGE,
                         "%s: the file says that it is UTF-8; remove encoding = \"gb18030\"",
                         file->shown);
            goto out;
        }
        file->encoding = CSV_UTF8;
    } else if (size >= 4 && !memcmp(text, "\x84\x31\x95\x33", 4)) {
        file->body = 4;
        if (file->encoding == CSV_AUTO) file->encoding = CSV_GB18030;
    }
    while (file->encoding == CSV_AUTO) {
        size_t ascii = csv_ascii(text, size), more;
        if (size == 0 || ascii < size) {
            memmove(text, text + ascii, size - ascii);
            size -= ascii;
            rc = read_full(&in, text + size, room - size, &more, err);
            if (rc < 0) goto out;
            size += more; /* more than is judged, so that no character is cut */
            file->encoding = judge(text, size);
        } else if ((rc = read_full(&in, text, CSV_CHUNK, &size, err)) < 0) {
            goto out;
        }
    }
out:
    free(text);
    csv_input_close(&in);
    return rc;
}

/* Pass the lines above the table, which follow no rules. */
static kh_status skip_lines(csv_source *source, csv_file *file, kh_error *err)
{
    file->body_line = 1;
    if (source->skip == 0) return KH_OK;
    csv_input in;
    kh_status rc = csv_input_open(&in, source, file, file->body, file->size, true, err);
    if (rc < 0) return rc;
    char *text = csv_grow(NULL, CSV_CHUNK);
    for (size_t n = 1; file->body_line <= source->skip;) {
        if ((rc = csv_input_read(&in, text, CSV_CHUNK, &n, err)) < 0) break;
        if (n == 0) {
            rc = kh_fail(err, KH_EDATA, "%s: the file has fewer than the %lld lines of skip",
                         file->shown, (long long)source->skip);
            break;
        }
        const char *at = text, *end = text + n;
        for (; at < end && file->body_line <= source->skip; at++) {
            file->body_line += *at == '\n';
        }
        file->body += at - text;
    }
    free(text);
    csv_input_close(&in);
    return rc;
}

static kh_status check_names(const csv_file *file, kh_error *err)
{
    for (uint32_t i = 0; i < file->width; i++) {
        for (uint32_t j = 0; j < i && file->names[i][0]; j++) {
            if (!strcmp(file->names[i], file->names[j])) {
                return kh_fail(
                    err, KH_EDATA, "%s:%lld: columns %u and %u are both called '%s'; rename one",
                    file->shown, (long long)file->body_line, j + 1, i + 1, file->names[i]);
            }
        }
    }
    return KH_OK;
}

static kh_status look_at_header(csv_source *source, csv_file *file, kh_error *err)
{
    static const char delimiters[] = {0, ',', ';', '\t', '|'};
    file->delimiter = delimiters[source->delimiter];
    csv_rows rows;
    kh_status rc = csv_rows_open(&rows, source, file, file->body, file->size, file->body_line, err);
    if (rc < 0) return rc;
    rc = csv_rows_header(&rows, file, err);
    csv_rows_close(&rows);
    if (rc < 0) return rc;
    if (!source->header) {
        for (uint32_t c = 0; c < file->width; c++) {
            char name[16];
            file->names[c] = csv_keep_text(source, name, (size_t)sprintf(name, "A%u", c + 1));
        }
        return KH_OK;
    }
    if ((rc = check_names(file, err)) < 0) return rc;
    return csv_row_start(source, file, file->body + 1, false, &file->body, &file->body_line, err);
}

static kh_status look_at_file(csv_source *source, csv_file *file, kh_error *err)
{
    kh_status rc;
    if ((rc = look_at_size(file, err)) < 0) return rc;
    csv_input in;
    if ((rc = csv_input_open(&in, source, file, 0, file->size, true, err)) < 0) return rc;
    unsigned char magic[2];
    size_t n;
    rc = read_full(&in, (char *)magic, sizeof magic, &n, err);
    csv_input_close(&in);
    if (rc < 0) return rc;
    file->packed = n == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
    if ((rc = look_at_encoding(source, file, err)) < 0) return rc;
    if ((rc = skip_lines(source, file, err)) < 0) return rc;
    return look_at_header(source, file, err);
}

static kh_status check_same_header(const csv_file *first, const csv_file *other, kh_error *err)
{
    uint32_t most = first->width < other->width ? other->width : first->width;
    for (uint32_t c = 0; c < most; c++) {
        const char *a = c < first->width ? first->names[c] : "",
                   *b = c < other->width ? other->names[c] : "";
        if (c < first->width && c < other->width && !strcmp(a, b)) continue;
        return kh_fail(err, KH_EDATA,
                       "%s and %s do not have the same columns: column %u is '%s' there and '%s' "
                       "here; export them alike",
                       first->shown, other->shown, c + 1, a, b);
    }
    return KH_OK;
}

kh_status csv_files_look(csv_source *source, kh_error *err)
{
    if (source->file_count > 0) return KH_OK;
    file_list list = {0};
    kh_status rc = list_files(source, &list, err);
    for (uint32_t i = 0; rc == KH_OK && i < list.count; i++) {
        rc = look_at_file(source, &list.items[i], err);
        if (rc == KH_OK && i > 0) rc = check_same_header(&list.items[0], &list.items[i], err);
    }
    if (rc == KH_OK && list.items) {
        source->files = csv_keep(source, list.count * sizeof *list.items);
        memcpy(source->files, list.items, list.count * sizeof *list.items);
        source->file_count = list.count;
    }
    free(list.items);
    return rc;
}

/* ---- where rows begin ---------------------------------------------------------------------- */

static size_t count(const char *text, size_t size, int c)
{
    size_t n = 0;
    for (const char *at = text; (at = memchr(at, c, size - (size_t)(at - text))); at++) n++;
    return n;
}

kh_status csv_row_start(csv_source *source, const csv_file *file, int64_t target, bool pass_blanks,
                        int64_t *start, int64_t *line, kh_error *err)
{
    csv_input in;
    kh_status rc = csv_input_open(&in, source, file, *start, file->size, true, err);
    if (rc < 0) return rc;
    const int quote = csv_quote(source);
    char *text = csv_grow(NULL, CSV_CHUNK);
    int64_t at = *start;
    bool quoted = false;
    bool behind = false; /* behind the line feed that ended a row; only blank lines are passed */
    bool half = false;   /* the byte before may be half the end of a blank line */
    for (size_t n = 1; n > 0;) {
        if ((rc = csv_input_read(&in, text, CSV_CHUNK, &n, err)) < 0) break;
        size_t i = 0;
        if (at + (int64_t)n < target) { /* nothing here can be the answer: only count */
            i = n;
            *line += (int64_t)count(text, n, '\n');
            if (quote >= 0) quoted ^= count(text, n, quote) & 1;
        }
        for (; i < n; i++) {
            bool blank = pass_blanks && (text[i] == '\n' || (text[i] == '\r' && !half));
            if (behind && !blank) break;
            half = behind && text[i] == '\r';
            quoted ^= (unsigned char)text[i] == quote;
            *line += text[i] == '\n';
            behind |= text[i] == '\n' && !quoted && at + (int64_t)i + 1 >= target;
        }
        at += (int64_t)i;
        if (i == n) continue;
        at -= half;
        break;
    }
    free(text);
    csv_input_close(&in);
    *start = at;
    return rc;
}

/* ---- columns ------------------------------------------------------------------------------- */

int csv_quote(const csv_source *source)
{
    static const int quotes[] = {'"', '\'', -1};
    return quotes[source->quote];
}

/* Edit distance of two names in bytes; a Chinese character counts three. */
static size_t distance(const char *a, const char *b)
{
    enum { MOST = 128 };
    size_t n = strlen(a), m = strlen(b), row[MOST];
    if (n >= MOST || m >= MOST) return SIZE_MAX;
    for (size_t j = 0; j <= m; j++) row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t change = corner + (a[i - 1] != b[j - 1]);
            corner = row[j];
            row[j] = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            if (change < row[j]) row[j] = change;
        }
    }
    return row[m];
}

static kh_status no_column(const csv_file *file, const char *name, kh_error *err)
{
    char all[KH_ERROR_TEXT / 2] = "", near[CSV_QUOTED + 32] = "", quoted[CSV_QUOTED];
    size_t used = 0, least = strlen(name) / 2 + 1;
    const char *nearest = NULL;
    for (uint32_t c = 0; c < file->width; c++) {
        size_t d = distance(name, file->names[c]);
        if (d < least) {
            least = d;
            nearest = file->names[c];
        }
        if (used < sizeof all) {
            used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", c ? ", " : "",
                                     csv_quoted(quoted, file->names[c], strlen(file->names[c])));
        }
    }
    kh_error_trim(all, sizeof all);
    if (nearest) {
        snprintf(near, sizeof near, dgettext("kaohe", "did you mean '%s'? "),
                 csv_quoted(quoted, nearest, strlen(nearest)));
    }
    return kh_fail(err, KH_EDATA, "%s: there is no column '%s'; %sits columns are: %s", file->shown,
                   name, near, all);
}

kh_status csv_column_find(const csv_source *source, const char *name, uint32_t *out, kh_error *err)
{
    const csv_file *file = &source->files[0];
    const char *header = name;
    for (uint32_t i = 0; i < source->columns.count; i++) {
        if (!strcmp(source->columns.items[i].key, name)) header = source->columns.items[i].value;
    }
    for (uint32_t c = 0; c < file->width; c++) {
        if (!strcmp(file->names[c], header)) {
            *out = c;
            return KH_OK;
        }
    }
    return no_column(file, header, err);
}
