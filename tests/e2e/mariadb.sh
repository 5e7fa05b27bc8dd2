#!/bin/sh
# The MariaDB source against a real server: types, refusals, a wrong password, a dying server.
. "$(dirname "$0")/db_lib.sh"
need_source mariadb

start_mariadb
my -e "CREATE DATABASE kaohe CHARACTER SET utf8mb4; CREATE USER kaohe@localhost IDENTIFIED BY 'geheim'"
my -e "GRANT SELECT ON kaohe.* TO kaohe@localhost"
export KAOHE_TEST_PASSWORD=geheim
login="socket = \"$work/my/sock\", dbname = \"kaohe\", user = \"kaohe\", password = env \"KAOHE_TEST_PASSWORD\""

# maria OPTIONS: a project whose sales come from the server
maria() { project "mariadb { $login, $1 }"; }

# table DECLARATION VALUES: a new table sales
table() { my kaohe -e "SET sql_mode = ''; DROP TABLE IF EXISTS sales; CREATE TABLE sales ($1); INSERT INTO sales VALUES $2"; }

# ---- what it reads -----------------------------------------------------------------------------

maria 'table = "sales"'
table "manager_id varchar(10), date date, amount decimal(20,2)" \
    "('M1', '2009-01-05', 123456789012345678.91), ('M1', '2009-03-31', 0.10), ('M1', '2009-04-01', 5), ('M2', '2009-02-01', NULL)"
sold "decimals, exact beyond what a double holds" 123456789012345679.01
table "manager_id char(8), date datetime(3), amount varchar(20)" "('M1', '2009-01-05 23:59:59.9', '100.10'), ('M1', '2009-03-31', '-0.20')"
sold "filled characters, a time, amounts as text" 99.90
maria 'table = "销售额", columns = { manager_id = "客户经理", date = "日期", amount = "金额" }, scale = { amount = 2 }'
my kaohe -e 'CREATE TABLE `销售额` (`客户经理` text, `日期` int, `金额` bigint unsigned)' ; my kaohe -e "INSERT INTO \`销售额\` VALUES ('M1', 20090105, 150)"
sold "Chinese names, cents, dates as whole numbers" 1.50
maria 'query = "select '\''M1'\'' as manager_id, date '\''2009-01-05'\'' as date, 1.5 as amount;"'
sold "a query" 1.50
maria 'table = "sales"'
table "manager_id varchar(9) collate utf8mb4_general_ci, date date, amount decimal(9,2)" "('M1', '2009-01-05', 1), ('m1', '2009-01-05', 2)"
refused 2 "'m1' is not among the subjects"

# ---- what it refuses ---------------------------------------------------------------------------

maria 'table = "sales"'
table "manager_id text, date date, amount double" "('M1', '2009-01-05', 100.1)"
refused 2 "kaohe.lua:2:" "binary floating point"
table "manager_id text, date timestamp, amount decimal(9,2)" "('M1', '2009-01-05', 100.1)"
refused 2 "column 'date' is timestamp" "time zone"
table "manager_id text, date date, amount decimal(9,3)" "('M1', '2009-01-05', 0.001)"
sold "the decimals of the database" 0.001
table "manager_id text, date date, amount decimal(9,2)" "('M1', '2009-02-00', 1)"
refused 2 "row 1: column 'date': '2009-02-00'"
maria 'table = "sale"'
refused 2 "Table 'kaohe.sale' doesn't exist"
maria 'table = "mysql.user"'
refused 3 "denied"
maria 'query = "delete from sales"'
refused 2 "mariadb: "
project "mariadb { socket = \"$work/my/sock\", password = \"geheim\", table = \"sales\" }"
refused 2 "is a secret"

# ---- a server that does not do as it should ----------------------------------------------------

maria 'table = "sales"'
export KAOHE_TEST_PASSWORD=falsch
refused 3 "Access denied for user 'kaohe'" "check user, password"
expect "the password is not told" sh -c '! grep -q falsch err.txt'
export KAOHE_TEST_PASSWORD=geheim
project "mariadb { socket = \"$work/nowhere\", dbname = \"kaohe\", table = \"sales\" }"
refused 3 "Can't connect to local server"
project 'mariadb { host = "127.0.0.1", port = 1, dbname = "kaohe", table = "sales" }'
refused 3 "Can't connect to server"

slow="query = \"select 'M1' as manager_id, date '2009-01-05' as date, 1.5 as amount, repeat('x', 2000) as fill from seq_1_to_100000 where sleep(0.005) = 0\""
maria "$slow, statement_timeout = 300"
refused 2 "max_statement_time" "300 ms"
maria "$slow"
"$kaohe" run p --out out >out.txt 2>err.txt & pid=$!
sleep 1
kill -INT $pid
code=0
wait $pid || code=$?
expect "Ctrl-C ends the statement: $code" [ "$code" = 130 ]
expect "nothing was written after Ctrl-C" [ ! -e out/results.json ]
"$kaohe" run p --out out --no-pushdown >out.txt 2>err.txt & pid=$!
sleep 1
kill -QUIT "$mariadb_pid"
code=0
wait $pid || code=$?
expect "a server that dies in the middle: $code" [ "$code" = 3 ]
says "mariadb: "
expect "nothing was written when the server died" [ ! -e out/results.json ]

finish
