#!/bin/sh
# The PostgreSQL source against a real server: types, refusals, a wrong password, a dying server.
. "$(dirname "$0")/db_lib.sh"
need_source postgres

start_postgres
db=postgres pg -c "CREATE DATABASE kaohe" -c "CREATE ROLE kaohe LOGIN PASSWORD 'geheim'"
export KAOHE_TEST_PASSWORD=geheim
login="host = \"$work/pg\", dbname = \"kaohe\", user = \"kaohe\", password = env \"KAOHE_TEST_PASSWORD\""

# postgres OPTIONS: a project whose sales come from the server
postgres() { project "postgres { $login, $1 }"; }

# table DECLARATION VALUES: a new table sales
table() { pg -c "SET client_min_messages = error" -c "DROP TABLE IF EXISTS sales" -c "CREATE TABLE sales ($1)" \
    -c "INSERT INTO sales VALUES $2" -c "GRANT SELECT ON sales TO kaohe"; }

# ---- what it reads -----------------------------------------------------------------------------

postgres 'table = "sales"'
table "manager_id varchar(10), date date, amount numeric(20,2)" \
    "('M1', '2009-01-05', 123456789012345678.91), ('M1', '2009-03-31', 0.10), ('M1', '2009-04-01', 5), ('M2', '2009-02-01', NULL)"
sold "numeric, exact beyond what a double holds" 123456789012345679.01
table "manager_id char(8), date timestamp, amount text" "('M1', '2009-01-05 23:59:59.9', '100.10'), ('M1', '2009-03-31', '-0.20'), ('M2', 'epoch', '')"
sold "filled characters, a timestamp, amounts as text" 99.90
table "manager_id text, date char(10), amount numeric" "('M1', '20090105', 1.50), ('M1', '2009/3/31', 2)"
sold "numeric without places, dates as characters" 3.50
postgres 'table = "dm.销售额", columns = { manager_id = "客户经理", date = "日期", amount = "金额" }, scale = { amount = 2 }'
pg -c 'CREATE SCHEMA dm' -c 'CREATE TABLE dm."销售额" ("客户经理" text, "日期" int, "金额" bigint)' \
    -c "INSERT INTO dm.\"销售额\" VALUES ('M1', 20090105, 150)" -c 'GRANT USAGE ON SCHEMA dm TO kaohe' -c 'GRANT SELECT ON dm."销售额" TO kaohe'
sold "a schema, Chinese names, cents, dates as whole numbers" 1.50
postgres 'query = "select '\''M1'\'' as manager_id, date '\''2009-01-05'\'' as date, 1.5 as amount -- a comment"'
sold "a query" 1.50
project "postgres { dsn = \"postgresql:///kaohe?host=$work/pg&user=kaohe\", password = env \"KAOHE_TEST_PASSWORD\", table = \"sales\" }"
sold "a URI" 3.50

# A server's data may change, so documents of an earlier run are not kept.
postgres 'table = "sales"'
sed -i 's/outputs = {/& pdf { template = "scorecard", path = "{id}.pdf" },/' p/kaohe.lua
run_code 0 "documents" "$kaohe" run p --out out
pg -c "UPDATE sales SET amount = amount + 1000"
run_code 0 "documents, resumed" "$kaohe" run p --out out --resume
pdftotext out/M1.pdf - >text.txt
expect "the document has the new sum" grep -qE '2,?003\.50' text.txt
pg -c "UPDATE sales SET amount = amount - 1000"

# ---- what it refuses ---------------------------------------------------------------------------

postgres 'table = "sales"'
table "manager_id text, date date, amount double precision" "('M1', '2009-01-05', 100.1)"
refused 2 "kaohe.lua:2:" "binary floating point"
table "manager_id text, date date, amount money" "('M1', '2009-01-05', 100.1)"
refused 2 "sales: column 'amount' is money" "cast it to numeric"
table "manager_id text, date timestamptz, amount numeric(9,2)" "('M1', '2009-01-05', 100.1)"
refused 2 "column 'date' is timestamp with time zone" "Asia/Shanghai"
table "manager_id text, date date, amount numeric" "('M1', '2009-01-05', 1), ('M1', '2009-01-06', 'NaN')"
refused 2 "sales: row 2: column 'amount': 'NaN' is not a number"
table "manager_id text, date date, amount numeric" "('M1', '2009-01-05', 0.001)"
refused 2 "'0.001' has 3 decimals" "decimal(3)"
table "manager_id text, date date, amount numeric(9,2)" "('M1', 'infinity', 1)"
how=--no-pushdown
refused 2 "row 1: column 'date'" "infinity"
how=
postgres 'table = "sale"'
refused 2 'relation "sale" does not exist'
postgres 'query = "select 1/0 as amount, '\''M1'\'' as manager_id, date '\''2009-01-05'\'' as date from sales"'
refused 2 "division by zero"
pg -c "REVOKE SELECT ON sales FROM kaohe"
postgres 'table = "sales"'
refused 3 "permission denied for table sales"
pg -c "GRANT SELECT ON sales TO kaohe"
postgres 'query = "with gone as (delete from sales returning *) select * from gone"'
refused 2 "postgres:"
expect "nothing was deleted" [ "$(psql -X -At -h "$work/pg" -U postgres -d kaohe -c 'select count(*) from sales')" = 1 ]
project "postgres { host = \"$work/pg\", password = \"geheim\", table = \"sales\" }"
refused 2 "is a secret"

# ---- a server that does not do as it should ----------------------------------------------------

postgres 'table = "sales"'
export KAOHE_TEST_PASSWORD=falsch
refused 3 "password authentication failed" "check user, password"
expect "the password is not told" sh -c '! grep -q falsch err.txt'
export KAOHE_TEST_PASSWORD=geheim
project "postgres { host = \"$work/nowhere\", dbname = \"kaohe\", table = \"sales\" }"
refused 3 "No such file or directory"
project 'postgres { host = "127.0.0.1", port = 1, dbname = "kaohe", table = "sales" }'
refused 3 "Connection refused"

slow="query = \"select 'M1' as manager_id, date '2009-01-05' as date, 1.5 as amount, pg_sleep(0.01) from generate_series(1, 100000)\""
postgres "$slow, statement_timeout = 300"
refused 2 "statement timeout" "300 ms"
postgres "$slow"
"$kaohe" run p --out out >out.txt 2>err.txt & pid=$!
sleep 1
kill -INT $pid
code=0
wait $pid || code=$?
expect "Ctrl-C ends the statement: $code" [ "$code" = 130 ]
expect "nothing was written after Ctrl-C" [ ! -e out/results.json ]
"$kaohe" run p --out out --no-pushdown >out.txt 2>err.txt & pid=$!
sleep 1
kill -QUIT "$postgres_pid"
code=0
wait $pid || code=$?
expect "a server that dies in the middle: $code" [ "$code" = 3 ]
says "postgres: "
expect "nothing was written when the server died" [ ! -e out/results.json ]

finish
