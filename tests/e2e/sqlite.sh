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
