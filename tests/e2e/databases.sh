#!/bin/sh
# The same scheme over CSV and over every database gives the same bytes, with push-down and without.
. "$(dirname "$0")/db_lib.sh"

# What is measured here can all be computed in a database, but for the last few.
mkdir -p sample
"$kaohe" new sample/vip --pack vip-points --quiet || exit 2
"$kaohe" new sample/profit --pack profit-contribution --quiet || exit 2
data=$work/sample/profit/data
cp sample/vip/data/manager_asset.csv "$data"
tables="manager manager_asset product product_sale fee loan loan_balance bill_discount holiday"

# amounts_of TABLE: the options that say which columns are cents in SQLite
amounts_of() {
    awk -v kind=lua -v table="$1" -f "$here/tables.awk" "$data/$1.csv" "$data/$1.csv"
}

# project NAME SOURCE: sources written as SOURCE, where TABLE and SCALE are replaced
project() {
    mkdir -p "$1"
    {
        cat "$here/databases.lua"
        echo 'return project {'
        echo '    title = "x", period = "2009Q1", outputs = { json { path = "results.json" } },'
        echo '    sources = {'
        for table in $tables; do
            echo "$table = $2," | sed "s|TABLE|$table|g; s|SCALE|$(amounts_of "$table")|g"
        done
        echo '    },'
        echo '}'
    } >"$1/kaohe.lua"
}

# sql KIND: all tables as SQL
sql() {
    for table in $tables; do
        awk -v kind="$1" -v table="$table" -f "$here/tables.awk" "$data/$table.csv" "$data/$table.csv"
    done
}

# same NAME: results are those of the CSV files
same() {
    for way in "" --no-pushdown; do
        rm -rf "out-$1"
        # shellcheck disable=SC2086
        run_code 0 "$1 $way" "$kaohe" run "$1" --out "out-$1" $way
        cmp -s csv.json "out-$1/results.json" && ok || {
            bad "$1 $way: other bytes than from CSV"
            diff csv.json "out-$1/results.json" | head -5
        }
    done
}

project csv "csv { path = \"$data/TABLE.csv\" }"
run_code 0 "csv" "$kaohe" run csv --out out-csv
cp out-csv/results.json csv.json || exit 2
expect "measures have values" [ "$(grep -c '"last":"[0-9]' csv.json)" -gt 30 ]

sql sqlite >sqlite.sql
{ echo 'BEGIN;'; cat sqlite.sql; echo 'COMMIT;'; } | sqlite3 cents.db || exit 2
project sqlite "sqlite { path = \"$work/cents.db\", table = \"TABLE\", scale = { SCALE } }"
same sqlite

start_postgres
db=postgres pg -c "CREATE DATABASE kaohe"
sql postgres >postgres.sql
pg -f postgres.sql
project postgres "postgres { host = \"$work/pg\", dbname = \"kaohe\", user = \"postgres\", table = \"TABLE\" }"
same postgres
expect "no statement was refused" sh -c '! grep -q ERROR postgres.log'

start_mariadb
my -e "CREATE DATABASE kaohe CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"
sql mariadb >mariadb.sql
my kaohe -e "source $work/mariadb.sql"
project mariadb "mariadb { socket = \"$work/my/sock\", dbname = \"kaohe\", user = \"root\", table = \"TABLE\" }"
same mariadb
"$kaohe" explain mariadb --sql >sql.txt
expect "MariaDB computes all but what needs rows" [ "$(grep -c 'computed from rows' sql.txt)" = 2 ]

drivers=$(dirname "$(ls /usr/lib/*/odbc/psqlodbcw.so 2>/dev/null | head -1)")
if [ -f "$drivers/psqlodbcw.so" ] && [ -f "$drivers/libsqlite3odbc.so" ]; then
    project odbc-sqlite "odbc { connection = \"Driver=$drivers/libsqlite3odbc.so;Database=$work/cents.db\", table = \"TABLE\", scale = { SCALE } }"
    same odbc-sqlite
    project odbc-postgres "odbc { connection = \"Driver=$drivers/psqlodbcw.so;Servername=$work/pg;Database=kaohe\", user = \"postgres\", table = \"TABLE\" }"
    same odbc-postgres
else
    echo "skipped: databases.sh: there are no ODBC drivers"
fi

finish
