#!/bin/sh
# kaohe preview: the same document as in a run, pictures, mistakes, and again after a change.
. "$(dirname "$0")/lib.sh"

"$kaohe" new p --pack profit-contribution --quiet || exit 2
shipped=$(dirname "$(dirname "$kaohe")")/share/kaohe/templates/scorecard.lua
pdf=p/out/preview/M0127-scorecard.pdf

# ---- once ----------------------------------------------------------------------------------------

run_code 0 "a preview" "$kaohe" preview p --subject M0127
expect "it names the PDF and the picture" [ "$(grep -c '/p/out/preview/M0127-scorecard' out.txt)" = 2 ]
expect "the PDF is there" grep -q '^%PDF' $pdf
expect "the picture is a PNG" [ "$(head -c 4 p/out/preview/M0127-scorecard-1.png | tail -c 3)" = PNG ]
expect "nothing else is written" [ "$(find p/out -type f | wc -l)" = 2 ]
"$kaohe" run p --out all --only M0127 --quiet
expect "a run makes the same bytes" cmp -s $pdf "$(find all -name '*.pdf')"

touch p/out/preview/M0127-scorecard-7.png
run_code 0 "a preview with another name of the options" "$kaohe" preview --subject=M0127 p --json
expect "one line of JSON" grep -q '^{"event":"preview","pdf":"/.*-scorecard.pdf","png":\["/.*-1.png"\],"seconds":"[0-9.]*"}$' out.txt
expect "pictures of pages that are no more are gone" [ ! -e p/out/preview/M0127-scorecard-7.png ]

run_code 0 "a summary needs no subject" "$kaohe" preview p --template branch-summary --out elsewhere
expect "it goes where it should" grep -q '^%PDF' elsewhere/branch-summary.pdf
expect "every page has a picture" [ "$(find elsewhere -name 'branch-summary-*.png' | wc -l)" = "$(pdfinfo elsewhere/branch-summary.pdf | awk '/^Pages/ { print $2 }')" ]

rm -f p/out/preview/*
PATH=/nowhere run_code 0 "no pdftoppm" "$kaohe" preview p --subject M0127
says "no PNG: there is no pdftoppm; install poppler-utils"
expect "the PDF is there all the same" grep -q '^%PDF' $pdf
expect "no picture is named" [ "$(grep -c png out.txt)" = 0 ]

# ---- mistakes ------------------------------------------------------------------------------------

rm -rf p/out
run_code 2 "no subject" "$kaohe" preview p
says "the template 'scorecard' is about one subject: give --subject ID"
run_code 2 "an unknown subject" "$kaohe" preview p --subject M127
says "there is no subject 'M127'; did you mean 'M0127'?"
run_code 2 "an unknown template" "$kaohe" preview p --subject M0127 --template scorcard
says "there is no template 'scorcard.lua'"
run_code 2 "two folders" "$kaohe" preview p p --subject M0127
says "kaohe preview wants one project folder"
run_code 2 "a folder that is none" "$kaohe" preview nowhere --subject M0127 --watch
says "cannot watch 'nowhere'"
expect "nothing was written" [ ! -e p/out ]

# ---- again after a change: each preview prints the path of its PDF ----------------------------------

mkfifo said
"$kaohe" preview p --subject M0127 --watch >said 2>watch.txt &
watcher=$!
exec 3<said
# next: wait for the next preview
next() { while read -r line <&3; do case $line in *.pdf) return 0 ;; esac; done; return 1; }
expect "the first preview" next

mkdir p/templates
next # the folder is new in the project
sed 's/w.own.title or/"改过的记分卡" or/' "$shipped" >p/templates/scorecard.lua
expect "a template of its own is taken" next
pdftotext $pdf text.txt
expect "it is the changed one" grep -q 改过的记分卡 text.txt

sed -i 's/^return {.*make = make }/return { of = "subject", make = mak }/' p/templates/scorecard.lua
cp "$shipped" p/templates/new.lua
mv p/templates/new.lua p/templates/scorecard.lua
expect "after a mistake it goes on" next
pdftotext $pdf text.txt
expect "the mended one" [ "$(grep -c 改过的记分卡 text.txt)" = 0 ]

sed -i 's/欧阳𬭸/欧阳明/' p/data/manager.csv
expect "a change of the data" next
pdftotext $pdf text.txt
expect "the new name" grep -q 欧阳明 text.txt
kill $watcher
wait $watcher 2>/dev/null
exec 3<&-

finish
