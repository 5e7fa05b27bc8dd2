#!/bin/sh
# Verification codes: on each page, recognised by kaohe verify, others for other results.
. "$(dirname "$0")/lib.sh"

"$kaohe" new p --pack profit-contribution --quiet || exit 2
"$kaohe" run p --only M0127 --only M0018 --quiet || exit 2
codes=p/out/2009Q1/codes.csv
known=$(awk -F, '$2 == "\"M0127\"" { print $1 }' $codes)
pdf=$(find p/out -name 'M0127*.pdf')
pdftotext "$pdf" text.txt
expect "the code stands on the page" grep -qF "核验码 $known" text.txt
expect "and in the file's properties" [ "$(pdfinfo "$pdf" | awk '/^Keywords/ { print $2 }')" = "$known" ]
expect "every subject with a result has its own" [ "$(tail -n +2 $codes | cut -d, -f1 | sort -u | wc -l)" = "$(($(wc -l <$codes) - 1))" ]

run_code 0 "a code" "$kaohe" verify p --code "$known"
expect "it is the right person" [ "$(cat out.txt)" = "2009Q1 $known: M0127, 欧阳𬭸, 湖滨支行, 391633.33, 11级1档" ]
run_code 0 "a code typed by hand" "$kaohe" verify p --json --code "$(echo "$known" | tr -d - | tr A-Z a-z)"
expect "as JSON" grep -q '"id":"M0127","name":"欧阳𬭸","group":"湖滨支行","score":"391633.33"' out.txt
run_code 1 "a code of nobody" "$kaohe" verify p --code 0000-0000-0000
says "no page of the runs in 'p/out' has the code 0000-0000-0000"
last=$(printf %s "$known" | tail -c 1)
[ "$last" = 0 ] && wrong=1 || wrong=0
run_code 1 "a letter misread" "$kaohe" verify p --code "${known%?}$wrong"
says "did you mean $known?"
run_code 2 "no code at all" "$kaohe" verify p --code 391633.33
says "'391633.33' is no code"
run_code 2 "no option" "$kaohe" verify p
says "which code?"
run_code 2 "no run" "$kaohe" verify nowhere --code "$known"
says "there is no run in 'nowhere/out'"

"$kaohe" run p --only M0018 --out other --quiet
expect "the selection does not matter" cmp -s $codes other/2009Q1/codes.csv
"$kaohe" preview p --template branch-summary --quiet >/dev/null
pdftotext p/out/preview/branch-summary.pdf text.txt
expect "the summary has a code, too" grep -qF "核验码 $(sed -n 2s/,.*//p $codes)" text.txt
run_code 0 "which is known" "$kaohe" verify p --code "$(sed -n 2s/,.*//p $codes)"

expect "the manifest pins the fonts" grep -q '"NotoSansCJK-Regular.ttc":"[0-9a-f]\{64\}"' p/out/2009Q1/manifest.json

sed -i '2s/[0-9]\{1,\}\.[0-9]*/&1/' p/data/fee.csv
"$kaohe" run p --only M0127 --out changed --quiet
expect "other data, another code" [ "$(grep -c "^$known" changed/2009Q1/codes.csv)" = 0 ]

finish
