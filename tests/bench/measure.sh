#!/bin/sh
# The measure engine against DuckDB: a CSV of daily balances grouped by manager and kind, exactly.
# usage: measure.sh [--json]   (the working directory is the top; build/ holds a release build)
#
# Both read the same file with as many threads or processes as there are processors, in turns; the
# ratio is that of the medians. Both answers are compared to the last digit before any time counts.
set -eu
json=; [ "${1:-}" != --json ] || json=1
rounds=5
here=$PWD/tests/bench
work=$PWD/build/bench/measure
cpus=$(getconf _NPROCESSORS_ONLN)

cmake --build build --target bench_measure >/dev/null
bench=$PWD/build/tests/bench_measure
mkdir -p "$work" build/bench/node
[ -d build/bench/node/node_modules/@duckdb ] ||
    npm install --silent --no-audit --no-fund --prefix build/bench/node @duckdb/node-api@1.5.6-r.1 >&2

duckdb() { (cd build/bench/node && node "$here/measure.mjs" "$work/data.csv" "$@"); }

# project NAME MEASURE-OPTIONS: five measures, one for each kind
project() {
    mkdir -p "$work/$1"
    { echo manager_id; seq -f 'M%04.0f' 0 299; } >"$work/$1/staff.csv"
    {
        echo 'subject { from = "staff", key = "manager_id" }'
        echo 'dataset "b" { key = "account_id", columns = { balance = "money" } }'
        n=0
        for kind in 对公一般 个人储蓄 对公定期 保证金 协定存款; do
            n=$((n + 1))
            echo "measure \"k$n\" { title = \"$kind\", of = \"b\", sum = \"balance\"$2," \
                "where = \"kind = '$kind'\" }"
        done
        echo 'return project { period = "2009", sources = {' \
            'staff = csv { path = "staff.csv" }, b = csv { path = "../data.csv" } } }'
    } >"$work/$1/kaohe.lua"
}

# field NAME FILE: the numbers of that name, one a line
field() { sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p" "$2"; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
rate() { awk "BEGIN { printf \"%.0f\", $1 / $2 }"; }

# say WHAT OURS THEIRS UNIT
say() {
    ratio=$(awk "BEGIN { printf \"%.2f\", $2 / $3 }")
    if [ "$json" ]; then
        printf '{"bench":"measure","what":"%s","ours":"%s","peer":"%s","theirs":"%s",' \
            "$1" "$2" "$5" "$3"
        printf '"ratio":"%s","unit":"%s"}\n' "$ratio" "$4"
    else
        printf '%-58s %10s  %-13s %10s  %6s x  %s\n' "$1" "$2" "$5" "$3" "$ratio" "$4"
    fi
}
note() { [ "$json" ] || printf '%s\n' "$*"; }

project sum ""
project total ', over = "sum"'
for size in 1 5 25; do
    file=$work/$size.csv
    [ -f "$file" ] || "$bench" write "$file" ${size}000000
done

# in_turns NAME PROJECT QUERY ROUNDS: times into NAME.ours and NAME.theirs
in_turns() {
    : >"$work/$1.ours"; : >"$work/$1.theirs"
    for round in $(seq 0 "$4"); do
        "$bench" run "$work/$2" "$cpus" >"$work/once.ours" 2>"$work/sums.ours"
        duckdb "$cpus" "$3" >"$work/once.theirs" 2>"$work/sums.theirs"
        if [ "$round" = 0 ]; then # warm, and the same answer
            sort -o "$work/sums.ours" "$work/sums.ours"
            sort -o "$work/sums.theirs" "$work/sums.theirs"
            cmp "$work/sums.ours" "$work/sums.theirs" || { echo "the sums differ"; exit 1; }
        else
            cat "$work/once.ours" >>"$work/$1.ours"
            cat "$work/once.theirs" >>"$work/$1.theirs"
        fi
    done
}

ln -sf 5.csv "$work/data.csv"
in_turns sum sum sum $rounds
ours=$(field seconds "$work/sum.ours" | median)
theirs=$(field seconds "$work/sum.theirs" | median)
say "5 million rows by manager and kind, $cpus processes" "$(rate 5000000 "$ours")" \
    "$(rate 5000000 "$theirs")" rows/s duckdb
in_turns total total average 3
say "the same, balances carried over days and added up (积数)" \
    "$(rate 5000000 "$(field seconds "$work/total.ours" | median)")" \
    "$(rate 5000000 "$(field seconds "$work/total.theirs" | median)")" rows/s duckdb
say "peak memory of a process, 5 million rows" "$(field rss_kb "$work/sum.ours" | median)" \
    "$(field rss_kb "$work/sum.theirs" | median)" KB duckdb

# Linear cost: the same accounts, more days.
for size in 1 5 25; do : >"$work/linear.$size"; done
for round in 1 2 3; do
    for size in 1 5 25; do
        ln -sf $size.csv "$work/data.csv"
        "$bench" run "$work/sum" "$cpus" >>"$work/linear.$size" 2>/dev/null
    done
done
for size in 1 5 25; do
    per=$(field seconds "$work/linear.$size" | median | awk "{ printf \"%.1f\", \$1 * 1000 / $size }")
    [ $size != 1 ] || first=$per
    say "$size million rows, against 1 million" "$per" "$first" "ms per million rows" "itself"
    note "    peak memory $(field rss_kb "$work/linear.$size" | median) KB a process"
done

# How near the plain loop, on one core; what the rest is.
ln -sf 5.csv "$work/data.csv"
: >"$work/plain"; : >"$work/read"; : >"$work/one"
for round in $(seq $rounds); do
    "$bench" plain "$work/data.csv" >>"$work/plain"
    "$bench" read "$work/sum" >>"$work/read"
    "$bench" run "$work/sum" 1 >>"$work/one" 2>/dev/null
done
plain=$(field seconds "$work/plain" | median)
read=$(field seconds "$work/read" | median)
one=$(field seconds "$work/one" | median)
say "one core against a plain C loop without checks" "$(rate 5000000 "$one")" \
    "$(rate 5000000 "$plain")" rows/s "plain loop"
note "    of our time $(awk "BEGIN { printf \"%.0f\", 100 * $read / $one }") % is the CSV source" \
    "(quotes, exact decimals, dates, texts to codes); the rest filters and adds"
