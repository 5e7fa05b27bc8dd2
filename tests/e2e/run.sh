#!/bin/sh
# The main job on the sample branch: same bytes however it is run, whole files after a kill.
. "$(dirname "$0")/lib.sh"

digest() { (cd "$1" && find . -type f | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum); }

"$kaohe" new p --pack profit-contribution --quiet || exit 2
run_code 0 "a plain run" "$kaohe" run p --out a --jobs 1
count=$(find a -name '*.pdf' | wc -l)
expect "a PDF for each of more than 300 managers" [ "$count" -gt 300 ]
expect "results are there" [ -s a/2009Q1/results.json ]
expect "nothing unfinished is left" [ ! -e a/.kaohe-partial ]

run_code 0 "two workers" "$kaohe" run p --out b --jobs 2
expect "one worker and two: same bytes" [ "$(digest a)" = "$(digest b)" ]
run_code 0 "another time zone and language" \
    env TZ=Asia/Shanghai LANG=zh_CN.UTF-8 LC_ALL=zh_CN.UTF-8 "$kaohe" run p --out c --jobs 2
expect "time zone and language: same bytes" [ "$(digest a)" = "$(digest c)" ]
run_code 0 "again into the same folder" "$kaohe" run p --out b --jobs 2
expect "overwritten with the same bytes" [ "$(digest a)" = "$(digest b)" ]

# --only makes the documents asked for, with the bytes of the full run
run_code 0 "--only" "$kaohe" run p --out only --only M0127 --only M0018
expect "two documents" [ "$(find only -name '*.pdf' | wc -l)" = 2 ]
same=0
for file in $(cd only && find . -name '*.pdf'); do cmp -s "only/$file" "a/$file" && same=$((same + 1)); done
expect "their bytes are those of the full run" [ "$same" = 2 ]
run_code 2 "an id nobody has" "$kaohe" run p --out x --only M012
says "there is no subject 'M012'"

# killed in the middle: whole files only, and --resume completes to the same bytes
for delay in 0.25 0.4 0.6; do
    rm -rf k
    "$kaohe" run p --out k --jobs 2 >/dev/null 2>&1 &
    pid=$!
    sleep $delay
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    sleep 0.3 # workers die with their parents
    broken=0
    for file in $(find k -name '*.pdf' 2>/dev/null); do
        cmp -s "$file" "a/${file#k/}" || broken=$((broken + 1))
    done
    expect "after $delay s: no broken file" [ "$broken" = 0 ]
    run_code 0 "resume after $delay s" "$kaohe" run p --out k --jobs 2 --resume
    expect "resumed to the same bytes" [ "$(digest a)" = "$(digest k)" ]
done
sed -i 's/title = "城东分行/title = "城西分行/' p/kaohe.lua
run_code 2 "resume of other inputs" "$kaohe" run p --out k --resume
says "made from other files or another version"

run_code 0 "another period" "$kaohe" run p --period 2009Q3 --out a --quiet
expect "beside the first" [ -s a/2009Q3/results.json ]
expect "quiet is quiet" [ ! -s out.txt ]
run_code 0 "the summary as JSON" "$kaohe" run p --out a --json --only M0001
expect "one object" grep -q '^{"event":"done","period":"2009Q1"' out.txt

# a stage that fails for one subject: named and counted, the others have their documents
"$kaohe" new s --pack tobacco --quiet || exit 2
cp "$here/../../scripts/packs/tobacco/scheme.lua" s/
sed -i 's/scheme = "tobacco"/scheme = "scheme.lua"/' s/kaohe.lua
sed -i 's/^local function staffing(card, p)$/&\n    if card.id == "T003" then error("no such round") end/' s/scheme.lua
run_code 1 "a stage fails for one subject" "$kaohe" run s
says "kaohe: T003 陈喆"
says "no such round"
expect "counted" grep -q ' 1 failed' out.txt
expect "all others have documents" [ "$(find s/out -name 'T*.pdf' | wc -l)" = 21 ]

# where the project lies is in no output, not even in the reason of a failure
mkdir "deep er"
cp -r s "deep er/s"
run_code 1 "the same project in another folder" "$kaohe" run "deep er/s"
expect "gives the same bytes" [ "$(digest s/out)" = "$(digest "deep er/s/out")" ]

# one mistake for everybody: three are named, the rest is counted, the run ends in order
sed -i 's/if card.id == "T003" then error/do error/' s/scheme.lua
run_code 1 "a stage fails for everybody" "$kaohe" run s
expect "three are named" [ "$(grep -c '^kaohe: T0[0-9]* ' err.txt)" = 3 ]
says "kaohe: and 19 more: "
expect "and nothing else is said" [ "$(wc -l <err.txt)" = 4 ]

finish
