#!/bin/sh
# The ODBC source with the drivers of SQLite and PostgreSQL.
. "$(dirname "$0")/db_lib.sh"
need_source odbc

drivers=$(dirname "$(ls /usr/lib/*/odbc/psqlodbcw.so 2>/dev/null | head -1)")
[ -f "$drivers/psqlodbcw.so" ] && [ -f "$drivers/libsqlite3odbc.so" ] || skip "there are no ODBC drivers"

# ---- SQLite ------------------------------------------------------------------------------------

# odbc OPTIONS: a project whose sales come from a file
odbc() { project "odbc { connection = \"Driver=$drivers/libsqlite3odbc.so;Database=$work/b.db;NoCreat=1\", $1 }"; }

# table DECLARATION VALUES...: a new database with the table sales
table() {
    rm -f b.db
    sqlite3 b.db "CREATE TABLE sales ($1)" "INSERT INTO sales VALUES $2" || exit 2
}

odbc 'table = "sales"'
table "manager_id TEXT, date TEXT, amount TEXT" "('M1', '2009-01-05', '100.10'), ('M1', '20090206', '0.20'), ('M1', '2009-04-01', '5'), ('M2', '2009-01-01', NULL)"
sold "amounts as text" 100.30
odbc 'table = "销售", columns = { manager_id = "客户经理", date = "日期", amount = "金额" }, scale = { amount = 2 }'
table "x" "(1)"
long=$(printf '%4000s' x | sed 's/ /𠮷/g')
sqlite3 b.db "CREATE TABLE 销售 (客户经理 VARCHAR(20), 日期 DATE, 金额 BIGINT, 注 TEXT)" \
    "INSERT INTO 销售 VALUES ('M1', '2009-01-05', 150, '$long')"
sold "Chinese names, cents" 1.50
sed -i 's/^score/records "notes" { of = "sales", columns = { ["注"] = "text" } }\n&/' p/kaohe.lua
sold "texts of more than one piece" 1.50
sqlite3 b.db "UPDATE 销售 SET 注 = '$long' || x'ff'"
refused 2 "column '注' has text that is not UTF-8"
odbc 'table = "sales"'
table "manager_id TEXT, date TEXT, amount DOUBLE" "('M1', '2009-01-05', 100.1)"
refused 2 "kaohe.lua:2:" "binary floating point"
odbc 'table = "sale"'
refused 2 "no such table: sale"
project "odbc { dsn = \"there is none\", table = \"sales\" }"
refused 2 "odbc: " "(IM002)"
project "odbc { table = \"sales\" }"
refused 2 "odbc wants a dsn, or a connection"

# ---- PostgreSQL --------------------------------------------------------------------------------

start_postgres
db=postgres pg -c "CREATE DATABASE kaohe" -c "CREATE ROLE kaohe LOGIN PASSWORD 'ge}h;eim'"
pg -c "CREATE TABLE sales (manager_id varchar(10), date date, amount numeric(20,2), note text)" \
    -c "INSERT INTO sales VALUES ('M1', '2009-01-05', 123456789012345678.91, '张'), ('M1', '2009-03-31', 0.10, ''), ('M2', '2009-01-01', NULL, NULL)" \
    -c "GRANT SELECT ON sales TO kaohe"
export KAOHE_TEST_PASSWORD="ge}h;eim"
server="connection = \"Driver=$drivers/psqlodbcw.so;Servername=$work/pg;Database=kaohe\", user = \"kaohe\", password = env \"KAOHE_TEST_PASSWORD\""
project "odbc { $server, table = \"sales\" }"
sold "decimals, exact beyond what a double holds" 123456789012345679.01
project "odbc { $server, query = \"select manager_id, date, amount + 1 as amount from sales where note = '张';\" }"
sold "a query with Chinese texts" 123456789012345679.91
project "odbc { $server, query = \"select manager_id, date, amount, repeat('𠮷', 3000) as note from sales where date = '2009-03-31'\" }"
sed -i 's/^score/records "notes" { of = "sales", columns = { note = "text" } }\n&/' p/kaohe.lua
sold "texts of more than one piece, as UTF-16" 0.10
project "odbc { $server, table = \"sale\" }"
refused 2 'relation "sale" does not exist'
project "odbc { $server, table = \"sales\" }"
export KAOHE_TEST_PASSWORD=falsch
refused 3 "password authentication failed"
expect "the password is not told" sh -c '! grep -q falsch err.txt'
export KAOHE_TEST_PASSWORD="ge}h;eim"
project "odbc { connection = \"Driver=$drivers/psqlodbcw.so;Servername=127.0.0.1;Port=1;Database=kaohe\", table = \"sales\" }"
refused 3 "refused"
project "odbc { $server, query = \"select 'M1' as manager_id, date '2009-01-05' as date, pg_sleep(20)::text as amount\" , statement_timeout = 1 }"
refused 2 "timeout"
project "odbc { $server, query = \"select 'M1' as manager_id, date '2009-01-05' as date, 1.5 as amount, pg_sleep(0.01) from generate_series(1, 100000)\" }"
"$kaohe" run p --out out >out.txt 2>err.txt & pid=$!
sleep 1
kill -QUIT "$postgres_pid"
code=0
wait $pid || code=$?
expect "a server that dies in the middle: $code" [ "$code" = 3 ]
says "odbc: "
expect "nothing was written when the server died" [ ! -e out/results.json ]

finish
