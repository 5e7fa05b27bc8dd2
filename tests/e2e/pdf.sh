#!/bin/sh
# Every PDF of the sample branch: text, ink, fonts, size, structure.
. "$(dirname "$0")/lib.sh"

"$kaohe" new p --pack profit-contribution --quiet || exit 2
run_code 0 "the run" "$kaohe" run p --out out --jobs 2 --quiet

# ink IMAGE: how many dark pixels a PGM crop has
ink() { tail -c +14 "$1" | od -An -v -tu1 | awk '{ for (i = 1; i <= NF; i++) if ($i < 120) n++ } END { print n + 0 }'; }

total=0 no_text=0 no_ink=0 large=0 broken=0
find out -name '*.pdf' | LC_ALL=C sort >files.txt
while read -r file; do
    total=$((total + 1))
    name=${file##*/}
    name=${name#*-}
    name=${name%.pdf}
    pdftotext "$file" text.txt
    grep -qF -- "$name" text.txt || { no_text=$((no_text + 1)); echo "no text: $file"; }
    [ "$(stat -c %s "$file")" -lt 61440 ] || { large=$((large + 1)); echo "large: $file"; }
    # where the name stands as text, there must be ink: its box in pt, drawn at 50 dots an inch
    box=$(pdftotext -bbox -f 1 -l 1 "$file" - | grep -aF "\">$name</word>" | head -n 1 |
        awk -F'"' '{ k = 50 / 72; printf "-x %d -y %d -W %d -H %d", $2 * k, $4 * k, ($6 - $2) * k + 1, ($8 - $4) * k + 1 }')
    # shellcheck disable=SC2086
    pdftoppm -r 50 -gray $box -singlefile "$file" page
    [ "$(ink page.pgm)" -gt 25 ] || { no_ink=$((no_ink + 1)); echo "no ink: $file"; }
done <files.txt
expect "more than 300 files" [ "$total" -gt 300 ]
expect "every name can be extracted" [ "$no_text" = 0 ]
expect "every name is drawn" [ "$no_ink" = 0 ]
expect "every file is below 60 KB" [ "$large" = 0 ]

# the structure, by two independent readers, for the rare names and some others
for id in M0018 M0052 M0112 M0127 M0174 M0239 M0188 M0023; do
    file=$(grep "/$id-" files.txt)
    qpdf --check "$file" >check.txt 2>&1 || broken=$((broken + 1))
    grep -q "No syntax or stream encoding errors" check.txt || broken=$((broken + 1))
    pdffonts "$file" | tail -n +3 | awk '$(NF-4) != "yes" || $(NF-3) != "yes" || $(NF-2) != "yes" { exit 1 }' ||
        { broken=$((broken + 1)); echo "fonts: $file"; pdffonts "$file"; }
    mutool draw -q -o /dev/null -F pnm "$file" 2>mutool.txt || broken=$((broken + 1))
    grep -v 'ICC support' mutool.txt && broken=$((broken + 1))
done
expect "no reader complains, fonts are embedded, subset and have Unicode" [ "$broken" = 0 ]

finish
