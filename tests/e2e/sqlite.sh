#!/bin/sh
# The SQLite source: what it reads, and how it refuses what is wrong.
. "$(dirname "$0")/db_lib.sh"

# table DECLARATION VALUES...: a new database with the table sales
table() {
    rm -f p/data/b.db
    sqlite3 p/data/b.db "CREATE TABLE sales ($1)" || exit 2
    shift
    for row in "$@"; do sqlite3 p/data/b.db "INSERT INTO sales VALUES ($row)" || exit 2; done
}

# sqlite OPTIONS: a project whose sales come from SQLite
sqlite() { project "sqlite { path = \"data/b.db\", $1 }"; }

# ---- what it reads -----------------------------------------------------------------------------

sqlite 'table = "sales"'
table "manager_id TEXT, date TEXT, amount TEXT" "'M1', '2009-01-05', '100.10'" "'M1', '20090206', '0.20'" \
    "'M2', '2009-03-31', '7'" "'M1', '2009-04-01', '5'"
sold "amounts as text, dates as ISO or digits" 100.30
sqlite 'table = "sales", scale = { amount = 2 }'
table "manager_id TEXT, date INTEGER, amount INTEGER" "'M1', 20090105, 10010" "'M1', 20090206, -20" "'M2', 20090331, 7"
sold "amounts as cents, dates as digits" 99.90
table "manager_id TEXT, date TEXT, amount INTEGER" "'M1', '2009-01-05', 900719925474099301" "'M1', '2009-01-06', 1" \
    "'M1', '2009-01-06', NULL" "'M2', NULL, 5"
sold "beyond 2^53, nulls" 9007199254740993.02
table "manager_id TEXT, date TEXT, amount DECIMAL(18,0)" "'M1', '2009-01-05 23:59:59', 5"
sold "a time behind the date, whole numbers in a DECIMAL" 0.05
sqlite 'table = "main.销售", columns = { manager_id = "客户经理", date = "日期", amount = "金额(元)" }'
table "x"
sqlite3 p/data/b.db "CREATE TABLE 销售 (客户经理 TEXT, 日期 DATE, \"金额(元)\" TEXT);
    INSERT INTO 销售 VALUES ('M1', '2009-01-05', '1.50')"
sold "Chinese names" 1.50
sqlite 'query = "select \"who\" as manager_id, day as date, (cents / 100) || \".\" || substr(cents, -2) as amount from s -- end;\n;"'
table "x"
sqlite3 p/data/b.db "CREATE TABLE s (who TEXT, day TEXT, cents INTEGER); INSERT INTO s VALUES ('M1', '2009-01-05', 150)"
sold "a query, with a comment and a semicolon behind it" 1.50

# ---- what it refuses ---------------------------------------------------------------------------

sqlite 'table = "sales"'
refused 2 "b.db: there is no such file"
printf 'not a database, but long enough to be taken for one by its length alone; it goes on and on' >p/data/b.db
refused 2 "it is no SQLite file"
table "manager_id TEXT, date TEXT, amount REAL" "'M1', '2009-01-05', 100.1"
refused 2 "kaohe.lua:2:" "binary floating point"
table "manager_id TEXT, date TEXT, amount DECIMAL(18,2)" "'M1', '2009-01-05', 1" "'M2', '2009-01-05', 100.1"
refused 2 "sales: row 2: column 'amount': '100.1' is stored as binary floating point" "scale = { amount = 2 }"
table "manager_id TEXT, date TEXT, amount INTEGER" "'M1', '2009-01-05', 'viel'"
refused 2 "sales: row 1: column 'amount': 'viel' is not a number"
table "manager_id TEXT, date TEXT, amount TEXT" "'M1', '2009-01-05', '1.005'"
refused 2 "'1.005' has 3 decimals" "decimal(3)"
table "manager_id TEXT, date TEXT, amount TEXT" "'M1', '2009-02-29', '1'"
refused 2 "row 1: column 'date'" "2009-02-29"
table "manager_id TEXT, date TEXT, amount TEXT" "'M1', '2009-01-05', x'3132'"
refused 2 "BLOB"
table "manager_id TEXT, date TEXT, amount TEXT" "'M9', '2009-01-05', '1'"
refused 2 "sales:1: " "'M9' is not among the subjects"
table "manager_id TEXT, date TEXT, amont TEXT" "'M1', '2009-01-05', '1'"
refused 2 "kaohe.lua:2:" "did you mean 'amont'?"
sqlite 'table = "sale"'; table "manager_id TEXT, date TEXT, amount TEXT"
refused 2 "no such table: sale"
sqlite 'table = "sales", query = "select 1"'
refused 2 "give either a table or a query"
sqlite 'table = "sales", columns = { amount = "betrag" }'; table "manager_id TEXT, date TEXT, amount TEXT"
refused 2 "there is no column 'betrag'; there are: manager_id, date, amount"
sqlite 'table = "sales", scale = { amount = 2.5 }'
refused 2 "scale of 'amount' is '2.5'"
sqlite 'table = "sales", scale = { amount = 2 }'; table "manager_id TEXT, date TEXT, amount TEXT" "'M1', '2009-01-05', '1.5'"
refused 2 "'1.5' is not a whole number, but option 'scale'"
sqlite 'query = "delete from sales"'; table "manager_id TEXT, date TEXT, amount TEXT" "'M1', '2009-01-05', '1'"
refused 2 "syntax error"
expect "nothing was deleted" [ "$(sqlite3 p/data/b.db 'SELECT count(*) FROM sales')" = 1 ]

# ---- what the database computes itself ---------------------------------------------------------

# both WHY: the same bytes with push-down and without
both() {
    run_code 0 "$1" "$kaohe" run p --out out
    cp out/results.json pushed.json
    rm -r out
    run_code 0 "$1, from rows" "$kaohe" run p --out out --no-pushdown
    expect "$1: same bytes" cmp -s pushed.json out/results.json
    rm -r out
}

# balances SEED: random states of 9 things of 3 subjects, some unknown, over the ends of the quarter
balances() {
    rm -rf p out
    mkdir -p p/data
    printf 'id,name\nM1,张伟\nM2,李静\nM3,王芳\n' >p/data/staff.csv
    awk -v seed="$1" 'BEGIN {
        srand(seed)
        print "BEGIN; CREATE TABLE b (thing TEXT COLLATE NOCASE, who TEXT, day TEXT, cents INTEGER, kind TEXT, n INTEGER);"
        for (i = 0; i < 60; i++) {
            day = 100 + int(rand() * 230) # days of 2008-07-01 and later
            thing = substr("abcdeABCD", 1 + int(rand() * 9), 1)
            if ((thing, day) in seen) continue
            seen[thing, day] = 1
            printf "INSERT INTO b VALUES (\047%s\047, \047M%d\047, date(\0472008-07-01\047, \047+%d days\047), %s, %s, %d);\n",
                thing, 1 + int(rand() * 3.2), day, rand() < 0.1 ? "NULL" : int(rand() * 1e9) - 3e8,
                rand() < 0.2 ? "NULL" : rand() < 0.5 ? "\047x\047" : "\047X\047", int(rand() * 5)
        }
        print "COMMIT;"
    }' | sqlite3 p/data/b.db || exit 2
    cat >p/kaohe.lua <<'LUA'
subject { from = "staff", key = "id", name = "name" }
dataset "b" { key = "thing", date = "day", subject = "who", unknown = "ignore" }
dataset "f" { from = "b", date = "day", subject = "who", unknown = "ignore" }
for _, over in ipairs { "average", "sum", "first", "last", "last_seen" } do
    measure(over) { of = "b", sum = "cents", over = over }
    measure(over .. "_x") { of = "b", sum = "cents * n - 7", over = over, where = "kind = 'x' or n > 2" }
    measure(over .. "_n") { of = "b", count = true, over = over, where = "kind <> 'X'", period = "previous" }
end
measure "flow" { of = "f", sum = "-cents / 7", where = "not kind = 'x'" }
measure "mean" { of = "f", avg = "case when n in (1, 3) then cents when kind is null then 0.5 end" }
measure "least" { of = "f", min = "abs(cents)", where = "day > '2009-02-01' and cents between -5 and 99999.99" }
measure "most" { of = "f", max = "days(day, period_end) * n", where = "thing in ('a', 'B')" }
measure "counted" { of = "f", count = "kind" }
score { contribution { lines = { "sum" } } }
return project { period = "2009Q1", outputs = { json { path = "results.json" } }, sources = {
    staff = csv { path = "data/staff.csv" }, b = sqlite { path = "data/b.db", table = "b", scale = { cents = 2 } } } }
LUA
}
for seed in 1 2 3 4 5 6; do
    balances $seed
    both "random balances $seed"
done
"$kaohe" explain p --sql >sql.txt
expect "all of it is computed in the database" sh -c '! grep -q "computed from rows" sql.txt'
sqlite3 p/data/b.db "UPDATE b SET cents = cents + 9007199254740992000 WHERE cents > 0"
both "sums beyond 64 bits"
sqlite3 p/data/b.db "INSERT INTO b VALUES ('a', 'M1', '2009-1-5', 100, 'x', 1)"
both "a date that SQL would compare wrongly"
sqlite3 p/data/b.db "INSERT INTO b VALUES ('z', 'M1', '2009-01-05', 1, 'x', 1), ('z', 'M1', '2009-01-05', 2, 'x', 1)"
refused 2 "'z' has two rows on 2009-01-05"
balances 1
sqlite3 p/data/b.db "INSERT INTO b VALUES ('z', 'M1', '2009-01-05', 'viel', 'x', 1)"
refused 2 "'viel' is not a"
balances 1
sed -i 's/, unknown = "ignore"//; s/b.db", table/b.db", order = "day", table/' p/kaohe.lua
sqlite3 p/data/b.db "INSERT INTO b VALUES ('z', 'M9', '2008-01-05', 1, 'x', 1)"
refused 2 "'M9' is not among the subjects"

# rows MEASURE WHY: the measure is computed from rows, and explain says why
rows() {
    mkdir -p p
    cat >p/kaohe.lua <<LUA
subject { from = "b", key = "who", name = "who" }
lookup "other" { from = "b", on = "thing" }
dataset "d" { from = "b", key = "thing", date = "day", subject = "who" }
owner "owner" { from = "b", on = "thing", subject = "who" }
dataset "owned" { from = "b", key = "thing", date = "day", owner = "owner" }
measure "m" { $1 }
metric "x" { formula = function(m) return m.m end }
score { contribution { lines = { "x" } } }
return project { period = "2009Q1", sources = { b = sqlite { path = "data/b.db", table = "b", scale = { cents = 2 } } } }
LUA
    run_code 0 "$1" "$kaohe" explain p --sql
    expect "$1: $2" grep -qF "computed from rows, because of 'm': $2" out.txt
}
rows 'of = "d", sum = "cents", where = "kind < '\''x'\''"' "it compares texts by their order"
rows 'of = "d", sum = "cents", where = "kind like '\''x%'\''"' "it uses like or a function"
rows 'of = "d", sum = "cents / n"' "it divides"
rows 'of = "d", sum = "round(cents, 1)"' "it uses like or a function"
rows 'of = "d", sum = "month(day)"' "it uses like or a function"
rows 'of = "d", sum = "cents", where = "other.kind = '\''x'\''"' "it uses a lookup"
rows 'of = "d", sum = "cents", exclude = { { rule = "r", when = "n > 1" } }' "it keeps what its rules exclude"
rows 'of = "d", count_distinct = "kind"' "its aggregate needs the rows"
rows 'of = "d", last = "cents"' "its aggregate needs the rows"
rows 'of = "d", sum = "cents", over = "max"' "it looks at every day"
rows 'of = "d", sum = "cents", over = "average_working"' "it looks at every day"
rows 'of = "owned", sum = "cents"' "its rows belong to owners"
rows 'of = "d", sum = "cents", where = "cents * cents > 5"' "its numbers may be longer"

sqlite 'table = "sales"'
table "manager_id TEXT, date TEXT, amount TEXT" "'M1', '2009-01-05', '1'" "'M1', '2009-05-01', 'viel'"
sold "rows of other days are not asked for" 1.00
run_code 2 "but are without push-down" "$kaohe" run p --out out --no-pushdown
says "row 2: column 'amount': 'viel'"

# ---- another program, and an impatient user ----------------------------------------------------

sqlite 'table = "sales", busy_timeout = 100'; table "manager_id TEXT, date TEXT, amount TEXT" "'M1', '2009-01-05', '1'"
mkfifo hold
sqlite3 p/data/b.db <hold >held.txt & writer=$!
exec 3>hold
printf 'BEGIN EXCLUSIVE;\nSELECT 1;\n' >&3
while [ ! -s held.txt ]; do sleep 0.05; done
refused 3 "database is locked" "busy_timeout"
exec 3>&-
wait $writer
sold "when the other program has ended" 1.00

sqlite 'query = "with recursive n(i) as (select 1 union all select i + 1 from n) select '\''M1'\'' as manager_id, '\''2009-01-05'\'' as date, i as amount from n where i < 0"'
table "x"
"$kaohe" run p --out out >out.txt 2>err.txt & pid=$!
sleep 0.5
kill -INT $pid
code=0
wait $pid || code=$?
expect "Ctrl-C ends a query without rows: $code" [ "$code" = 130 ]
expect "nothing was written after Ctrl-C" [ ! -e out/results.json ]

finish
