#!/bin/sh
# The same scheme over CSV and over every database gives the same bytes, with push-down and without.
. "$(dirname "$0")/db_lib.sh"
need_source postgres

# Two schemes: one whose measures can nearly all be computed in a database, and a whole pack.
mkdir -p sample
"$kaohe" new sample/vip --pack vip-points --quiet || exit 2
"$kaohe" new sample/profit --pack profit-contribution --quiet || exit 2
data=$work/sample/profit/data
cp sample/vip/data/manager_asset.csv "$data"
tables=$(cd "$data" && ls ./*.csv | sed 's|./||; s/\.csv$//')

# amounts_of TABLE: the options that say which columns are cents in SQLite
amounts_of() {
    awk -v kind=lua -v table="$1" -f "$here/tables.awk" "$data/$1.csv" "$data/$1.csv"
}

# project NAME SOURCE: sources written as SOURCE, where TABLE and SCALE are replaced
project() {
    mkdir -p "$1" "$1-pack"
    cat "$here/databases.lua" >"$1/kaohe.lua"
    for at in "$1" "$1-pack"; do
        {
            echo 'return project {'
            echo '    title = "x", period = "2009Q1", outputs = { json { path = "results.json" } },'
            [ "$at" = "$1" ] || echo '    scheme = "profit-contribution",'
            echo '    sources = {'
            for table in $tables; do
                echo "$table = $2," | sed "s|TABLE|$table|g; s|SCALE|$(amounts_of "$table")|g"
            done
            echo '        staff = '"$(echo "$2" | sed "s|TABLE|manager|; s|SCALE||")"
            echo '    },'
            echo '}'
        } >>"$at/kaohe.lua"
    done
}

# sql KIND: all tables as SQL
sql() {
    for table in $tables; do
        awk -v kind="$1" -v table="$table" -f "$here/tables.awk" "$data/$table.csv" "$data/$table.csv"
    done
}

# same NAME: results are those of the CSV files
same() {
    for at in "$1" "$1-pack"; do
        for way in "" --no-pushdown; do
            rm -rf out
            # shellcheck disable=SC2086
            run_code 0 "$at $way" "$kaohe" run "$at" --out out $way
            cmp -s "csv${at#"$1"}.json" out/results.json && ok || {
                bad "$at $way: other bytes than from CSV"
                diff "csv${at#"$1"}.json" out/results.json | head -5
            }
        done
    done
}

project csv "csv { path = \"$data/TABLE.csv\" }"
for at in csv csv-pack; do
    run_code 0 "$at" "$kaohe" run $at --out out-$at
    cp out-$at/results.json $at.json || exit 2
done
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
