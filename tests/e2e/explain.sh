#!/bin/sh
# kaohe explain: from a score to the rows of the sources, as text and as JSON.
. "$(dirname "$0")/lib.sh"

"$kaohe" new p --pack profit-contribution --quiet
run_code 0 "the whole tree" "$kaohe" explain p --subject M0001
has() { if grep -qF -- "$1" out.txt; then ok; else bad "no line with: $1"; fi; }
has "M0001 张伟  2009年第一季度"
has "对公存款 = 265,262.49"
has "└ corp_deposit 对公存款 = 265,262.4927905 元"
has 'of = "balances", sum = "balance * (pool.pool_rate - pool.cost_rate)'
has "├ data/daily_balance.csv:52   A00002  2009-03-03 .. 2009-03-22  24,332,899.782 × 20 days"
has "└ and 45 more rows: 3,373,463,259.471"

# The line named is really that row.
row=$(sed -n 52p p/data/daily_balance.csv)
case $row in *A00002*2009-03-03* | *2009-03-03*A00002*) ok ;; *) bad "line 52 is $row" ;; esac

run_code 0 "one metric" "$kaohe" explain p --subject M0001 --metric corp_deposit --rows 2
has "└ and 63 more rows"
expect "nothing else" test "$(grep -c '元' out.txt)" -lt 6
run_code 0 "one measure" "$kaohe" explain p --subject M0001 --metric corp_adb
has "/ 90"
run_code 0 "Chinese" "$kaohe" --lang zh explain p --subject M0001 --metric corp_adb

run_code 2 "too many rows" "$kaohe" explain p --subject M0001 --rows 0
says "--rows is a number from 1 to"
run_code 0 "JSON" "$kaohe" explain p --subject M0001 --json --rows 5
has '{"format":"kaohe-explain/1","period":"2009Q1","id":"M0001"'
has '"place":"data/daily_balance.csv:52","key":"A00002","from":"2009-03-03","to":"2009-03-22"'
run_code 2 "nobody" "$kaohe" explain p --subject M00001
says "there is no subject 'M00001'; did you mean 'M0001'?"
run_code 2 "no metric" "$kaohe" explain p --subject M0001 --metric corp_deposi
says "there is no metric or measure 'corp_deposi'; did you mean 'corp_deposit'?"
run_code 2 "no subject" "$kaohe" explain p
says "wants one project folder and --subject ID"

# Rows that a formula reads one by one.
"$kaohe" new q --pack benefit-and-team --quiet
id=$(sed -n '2s/,.*//p' q/data/management.csv)
run_code 0 "records" "$kaohe" explain q --subject "$id" --metric management --rows 3
has "└ management: 4 rows"
has "├ data/management.csv:2  item = "
has "└ …"
expect "no files were written" test ! -e p/out
finish
