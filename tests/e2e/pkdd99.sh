#!/bin/sh
# A real bank's data (PKDD'99, not in this tree) against independent SQL, to the last digit.
# The files are looked for in $KAOHE_PKDD99, then beside the source tree.
. "$(dirname "$0")/lib.sh"

data=${KAOHE_PKDD99:-$here/../../../shared/data/pkdd99}
if [ ! -f "$data/trans.asc" ]; then
    echo "skipped: no PKDD'99 data (set KAOHE_PKDD99 to its folder)"
    echo "0 passed, 0 failed"
    exit 0
fi
if ! command -v sqlite3 >/dev/null; then
    echo "skipped: no sqlite3 to compare PKDD'99 with"
    echo "0 passed, 0 failed"
    exit 0
fi
cp -r "$here/pkdd99" p
ln -s "$(cd "$data" && pwd)" p/data
cd p || exit 2
sqlite3 pkdd.db <load.sql >/dev/null 2>load.txt
julian() { sqlite3 :memory: "SELECT CAST(julianday('$1') + 0.5 AS INTEGER)"; }

# quarter NAME FIRST AFTER YEAR
quarter() {
    run_code 0 "$1" "$kaohe" run . --period "$1" --out out
    cp "out/$1/results.json" .
    {
        echo ".parameter init"
        echo ".parameter set :first $(julian "$2")"
        echo ".parameter set :after $(julian "$3")"
        echo ".parameter set :year $(julian "$4-01-01")"
        echo ".parameter set :before $(julian "$(($4 - 1))${2#????}")"
        echo ".parameter set :before_after $(julian "$((${3%%-*} - 1))${3#????}")"
        cat compare.sql
    } | sqlite3 pkdd.db >differ.txt 2>&1
    if [ "$(grep -c . differ.txt)" = 1 ] && grep -q '^compared [4-9][0-9][0-9]' differ.txt; then
        ok
    else
        bad "$1: numbers differ from SQL"
        head -20 differ.txt
    fi
}
quarter 1993Q1 1993-01-01 1993-04-01 1993
quarter 1993Q2 1993-04-01 1993-07-01 1993
quarter 1993Q3 1993-07-01 1993-10-01 1993
quarter 1993Q4 1993-10-01 1994-01-01 1993
quarter 1994Q1 1994-01-01 1994-04-01 1994
finish
