#!/bin/sh
# A password for each subject: the document opens with it and with nothing else.
. "$(dirname "$0")/lib.sh"

"$kaohe" new p --pack profit-contribution --quiet || exit 2
cp p/kaohe.lua plain.lua
# output TEXT: the project's first output
output() { sed "s|pdf { template = \"scorecard\"|pdf { $1|" plain.lua >p/kaohe.lua; }

output 'template = "scorecard", password = "hire_date"'
run_code 0 "a run" "$kaohe" run p --only M0127
pdf=$(find p/out -name 'M0127*.pdf')
secret=$(awk -F, '$1 == "M0127" { print $6 }' p/data/manager.csv)
expect "it does not open without" [ -z "$(pdftotext "$pdf" - 2>/dev/null)" ]
expect "nor with another one" [ -z "$(pdftotext -upw 2000-01-01 "$pdf" - 2>/dev/null)" ]
pdftotext -upw "$secret" "$pdf" text.txt
expect "it opens with its own" grep -q 欧阳 text.txt
expect "it is AES-256" [ "$(qpdf --password="$secret" --show-encryption "$pdf" | grep -c 'AESv3')" -gt 0 ]
expect "the password is nowhere else" [ "$(grep -rlF "$secret" p/out | grep -cv 'results\.')" = 0 ]
run_code 0 "a preview is open" "$kaohe" preview p --subject M0127
expect "and has a picture" grep -q 'png$' out.txt

sed -i "s/^\(M0018,[^,]*,[^,]*,[^,]*,[^,]*\),[^,]*,/\1,,/" p/data/manager.csv
run_code 1 "nothing in the field" "$kaohe" run p --only M0018 --out empty
says "M0018 王𠮷: field 'hire_date' is empty: a document without its password is not written"
expect "no file" [ -z "$(find empty -name '*.pdf')" ]

output 'template = "scorecard", password = "pin"'
run_code 2 "no such field" "$kaohe" check p
says "subjects have no field 'pin'; add it to the fields of subject { }"
output 'template = "branch-summary", password = "hire_date"'
run_code 2 "a document for all" "$kaohe" check p
says "'branch-summary' is one document for all"
sed 's|json { path|json { password = "hire_date", path|' plain.lua >p/kaohe.lua
run_code 2 "no documents" "$kaohe" check p
says "'json' makes no documents; take its password away"

finish
