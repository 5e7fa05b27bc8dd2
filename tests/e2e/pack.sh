#!/bin/sh
# One pack as its user meets it: new, check, run, test, and every PDF with its manager's name.
# usage: pack.sh PATH_OF_KAOHE PACK [PENCIL]; each subject of the results has one PDF, ID-NAME.pdf
. "$(dirname "$0")/lib.sh"
pack=$2
pencil=$(realpath "${3:-$(dirname "$kaohe")/../tests/pencil}")

run_code 0 "kaohe new" "$kaohe" new x --pack "$pack"
run_code 0 "kaohe check" "$kaohe" check x
run_code 0 "kaohe run" "$kaohe" run x
run_code 0 "kaohe test" "$kaohe" test x
expect "kaohe test: all of at least one case" grep -q '^[1-9][0-9]* passed, 0 failed$' out.txt
[ "$code" = 0 ] || cat out.txt

# the subjects of all results: ID<tab>NAME
find x/out -name 'results*.json' -exec sed -n 's/^ {"id":"\([^"]*\)","name":"\([^"]*\)".*/\1\t\2/p' {} + |
    LC_ALL=C sort -u >subjects.txt
find x/out -name '*.pdf' | LC_ALL=C sort >files.txt
expect "the results have subjects" [ -s subjects.txt ]
expect "there are PDFs" [ -s files.txt ]

absent=0 nameless=0 broken=0
while IFS='	' read -r id name; do
    file=$(grep -F "/$id-$name.pdf" files.txt | head -n 1)
    [ -n "$file" ] || { absent=$((absent + 1)); echo "no PDF of $id $name"; continue; }
    pdftotext "$file" text.txt
    grep -qF -- "$name" text.txt || { nameless=$((nameless + 1)); echo "no name: $file"; }
done <subjects.txt
while read -r file; do
    pdftotext -layout "$file" - >>printed.txt
    qpdf --check "$file" >qpdf.txt 2>&1 || { broken=$((broken + 1)); echo "qpdf: $file"; }
done <files.txt
expect "every subject has a PDF" [ "$absent" = 0 ]
expect "every PDF has its manager's name as text" [ "$nameless" = 0 ]
expect "qpdf --check accepts every PDF" [ "$broken" = 0 ]

# sums and products give what is printed behind them, on paper and in the results
find x/out -name 'results*.json' -exec sed 's/"[a-z_0-9]*":"[-0-9.]*"//g' {} + >>printed.txt
expect "a pencil finds what is printed" "$pencil" <printed.txt

finish
