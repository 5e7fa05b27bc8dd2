/* Many cells of one column at once: the usual forms eight bytes at a time, the others by cell.c. */
#include "csv.h"

static const uint64_t ZEROS = 0x3030303030303030ULL; /* "00000000" */

static inline uint64_t load(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return word;
}

/* The first n (1..8) bytes of a text as eight digits with zeros before them. */
static inline uint64_t take_digits(const char *text, size_t n)
{
    uint64_t word = load(text) << (64 - 8 * n);
    return n == 8 ? word : word | ZEROS >> 8 * n;
}

static inline bool are_digits(uint64_t word)
{
    return ((word & 0xF0F0F0F0F0F0F0F0ULL) |
            (((word + 0x0606060606060606ULL) & 0xF0F0F0F0F0F0F0F0ULL) >> 4)) ==
           0x3333333333333333ULL;
}

/* Eight digits: pairs, then fours, then all, each with one multiplication. */
static inline uint64_t number_of(uint64_t digits)
{
    digits -= ZEROS;
    digits = digits * 10 + (digits >> 8);
    return (((digits & 0x000000FF000000FFULL) * 0x000F424000000064ULL) +
            ((digits >> 16 & 0x000000FF000000FFULL) * 0x0000271000000001ULL)) >>
           32;
}

/* A bit at the top of each byte that is a point. */
static inline uint64_t find_points(uint64_t word)
{
    const uint64_t low = 0x7F7F7F7F7F7F7F7FULL;
    word ^= 0x2E2E2E2E2E2E2E2EULL;
    return ~(((word & low) + low) | word | low);
}

enum { SCALE_FAST = 10 };
static const uint64_t powers[SCALE_FAST + 1] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000ULL};

/* -digits.digits of at most 16 characters behind the sign; false for anything else. */
static inline __attribute__((always_inline)) bool read_usual(csv_int128 *out, const char *text,
                                                             size_t size, int scale)
{
    bool negative = *text == '-';
    text += negative;
    size -= negative;
    if (size - 1 > 15) return false;
    uint64_t low = find_points(load(text)), high = find_points(load(text + 8));
    size_t whole = low    ? (size_t)__builtin_ctzll(low) >> 3
                   : high ? 8 + ((size_t)__builtin_ctzll(high) >> 3)
                          : 16;
    if (whole > size) whole = size;
    if (whole == 0) return false;
    uint64_t units;
    if (csv_likely(whole <= 8)) {
        uint64_t digits = take_digits(text, whole);
        if (!are_digits(digits)) return false;
        units = number_of(digits);
    } else {
        uint64_t first = take_digits(text, whole - 8), last = load(text + whole - 8);
        if (!are_digits(first) || !are_digits(last)) return false;
        units = number_of(first) * 100000000 + number_of(last);
    }
    csv_int128 value = (csv_int128)units * powers[scale];
    if (whole < size) {
        size_t places = size - whole - 1;
        if (places - 1 > 7 || places > (size_t)scale) return false;
        uint64_t digits = take_digits(text + whole + 1, places);
        if (!are_digits(digits)) return false;
        value += number_of(digits) * powers[(size_t)scale - places];
    }
    *out = negative ? -value : value;
    return true;
}

/* yyyy-mm-dd, yyyy/mm/dd, yyyymmdd. */
static inline bool read_usual_date(csv_column *column, int32_t *out, const char *text, size_t size)
{
    if (size != 10 && size != 8) return false;
    uint64_t key[2] = {load(text), size};
    if (size == 10) memcpy((char *)&key[1] + 4, text + 8, 2);
    if (csv_likely(key[0] == column->last_day[0] && key[1] == column->last_day[1])) {
        *out = column->last_date;
        return true;
    }
    if (csv_cell_date(&column->last_date, text, size, NULL) < 0) {
        column->last_day[1] = 0;
        return false;
    }
    memcpy(column->last_day, key, sizeof key);
    *out = column->last_date;
    return true;
}

static inline void put_null(csv_target *out, uint32_t row)
{
    int64_t at = out->at + row;
    out->valid[at >> 3] &= (uint8_t) ~(1U << (at & 7));
    out->nulls++;
}

/* A cell with doubled quotes, which needs a copy. */
static bool convert_doubled(csv_column *column, const char *text, size_t size, int32_t *code)
{
    char *plain = csv_grow(NULL, size + CSV_PAD);
    csv_cut cut = {0, (uint32_t)csv_undouble(plain, text, size, column->quote)};
    bool ok = csv_dict_codes(&column->dict, plain, &cut, 1, code) == 1;
    free(plain);
    return ok;
}

static uint32_t convert_texts(csv_column *column, const char *data, const csv_cut *cuts,
                              uint32_t count, csv_target *out)
{
    int32_t *codes = (int32_t *)out->values + out->at;
    for (uint32_t row = 0;; row++) {
        row += csv_dict_codes(&column->dict, data, cuts + row, count - row, codes + row);
        if (row == count) return count;
        csv_cut cut = cuts[row];
        codes[row] = 0;
        if (cut.size == 0) {
            put_null(out, row);
        } else if (!(cut.size & CSV_DOUBLED) ||
                   !convert_doubled(column, data + cut.at, cut.size & CSV_SIZE, &codes[row])) {
            return row;
        }
    }
}

static uint32_t convert_decimals(csv_column *column, const char *data, const csv_cut *cuts,
                                 uint32_t count, csv_target *out)
{
    csv_int128 *values = (csv_int128 *)out->values + out->at;
    const int scale = column->scale;
    for (uint32_t row = 0; row < count; row++) {
        const char *text = data + cuts[row].at;
        size_t size = cuts[row].size;
        if (csv_unlikely(size == 0)) {
            values[row] = 0;
            put_null(out, row);
        } else if (csv_unlikely(scale > SCALE_FAST ||
                                !read_usual(&values[row], text, size, scale))) {
            size &= CSV_SIZE;
            if (csv_cell_decimal(&values[row], text, size, scale, column->thousands, NULL) < 0) {
                return row;
            }
        }
    }
    return count;
}

static uint32_t convert_ints(csv_column *column, const char *data, const csv_cut *cuts,
                             uint32_t count, csv_target *out)
{
    int64_t *values = (int64_t *)out->values + out->at;
    for (uint32_t row = 0; row < count; row++) {
        const char *text = data + cuts[row].at;
        size_t size = cuts[row].size;
        csv_int128 value = 0;
        if (csv_unlikely(size == 0)) {
            values[row] = 0;
            put_null(out, row);
        } else if (csv_likely(read_usual(&value, text, size, 0))) {
            values[row] = (int64_t)value;
        } else if (csv_cell_int(&values[row], text, size & CSV_SIZE, column->thousands, NULL) < 0) {
            return row;
        }
    }
    return count;
}

static uint32_t convert_dates(csv_column *column, const char *data, const csv_cut *cuts,
                              uint32_t count, csv_target *out)
{
    int32_t *values = (int32_t *)out->values + out->at;
    for (uint32_t row = 0; row < count; row++) {
        const char *text = data + cuts[row].at;
        size_t size = cuts[row].size;
        if (csv_unlikely(size == 0)) {
            values[row] = 0;
            put_null(out, row);
        } else if (csv_unlikely(!read_usual_date(column, &values[row], text, size)) &&
                   csv_cell_date(&values[row], text, size & CSV_SIZE, NULL) < 0) {
            return row;
        }
    }
    return count;
}

static uint32_t convert_bools(const char *data, const csv_cut *cuts, uint32_t count,
                              csv_target *out)
{
    uint8_t *bits = out->values;
    for (uint32_t row = 0; row < count; row++) {
        bool value = false;
        size_t size = cuts[row].size & CSV_SIZE;
        if (size == 0) {
            put_null(out, row);
        } else if (csv_cell_bool(&value, data + cuts[row].at, size, NULL) < 0) {
            return row;
        }
        int64_t at = out->at + row;
        uint8_t bit = (uint8_t)(1U << (at & 7));
        bits[at >> 3] = (uint8_t)(value ? bits[at >> 3] | bit : bits[at >> 3] & ~bit);
    }
    return count;
}

uint32_t csv_column_convert(csv_column *column, const csv_rows *rows, csv_target *out)
{
    csv_cut *cuts = rows->cuts[column->place];
    uint32_t count = rows->count;
    if (column->null_size > 0) {
        for (uint32_t row = 0; row < count; row++) {
            if (cuts[row].size == column->null_size &&
                !memcmp(rows->data + cuts[row].at, column->null_text, column->null_size)) {
                cuts[row].size = 0;
            }
        }
    }
    switch (column->type) {
    case KH_TYPE_DECIMAL: return convert_decimals(column, rows->data, cuts, count, out);
    case KH_TYPE_INT: return convert_ints(column, rows->data, cuts, count, out);
    case KH_TYPE_DATE: return convert_dates(column, rows->data, cuts, count, out);
    case KH_TYPE_BOOL: return convert_bools(rows->data, cuts, count, out);
    default: return convert_texts(column, rows->data, cuts, count, out);
    }
}

/* Convert the cell once more, this time for its message. */
static kh_status convert_again(const csv_column *column, const char *text, size_t size,
                               kh_error *err)
{
    csv_int128 decimal;
    int64_t integer;
    int32_t date;
    bool boolean;
    switch (column->type) {
    case KH_TYPE_DECIMAL:
        return csv_cell_decimal(&decimal, text, size, column->scale, column->thousands, err);
    case KH_TYPE_INT: return csv_cell_int(&integer, text, size, column->thousands, err);
    case KH_TYPE_DATE: return csv_cell_date(&date, text, size, err);
    case KH_TYPE_BOOL: return csv_cell_bool(&boolean, text, size, err);
    default:
        return kh_fail(err, KH_ELIMIT,
                       "more than 2 GB of distinct text; leave the column out of the scheme");
    }
}

kh_status csv_column_error(const csv_column *column, const csv_rows *rows, uint32_t row,
                           kh_error *err)
{
    csv_cut cut = rows->cuts[column->place][row];
    const char *text = rows->data + cut.at;
    kh_error cause = KH_ERROR_INIT;
    size_t size = cut.size & CSV_SIZE, bad = csv_utf8_check(text, size);
    char hex[16];
    if (bad < size) {
        kh_fail(&cause, KH_EDATA,
                "the bytes '%s' are not UTF-8; save the file as UTF-8 or set encoding to what it "
                "is",
                csv_hex(hex, text + bad, size - bad));
        cut.at += (uint32_t)bad;
    } else {
        convert_again(column, text, size, &cause);
    }
    int64_t line = rows->lines[row], place;
    csv_rows_place(rows, rows->starts[row], cut.at, &line, &place);
    return kh_fail(err, cause.status, "%s:%lld:%lld: column '%s': %s", rows->file->shown,
                   (long long)line, (long long)place, column->name, cause.text);
}
