#!/bin/sh
# PDF: one page by kaohe and by its peers, then whole runs with the template `scorecard`.
# usage: pdf.sh [--json]     from the source folder, build/ built
#
# The page is the same for all: the same texts, tables and charts as shapes at the same places,
# embedded subset fonts. Only kaohe also lays it out. One core, CPU time of the process without its
# start, one after the other in each round; medians. LXGW WenKai is TrueType, because ReportLab and
# libharu take no CFF fonts; Noto Sans CJK SC is kaohe's default.
set -eu
json=; [ "${1:-}" != --json ] || json=1
python=/usr/bin/python3 # Debian's, which has python3-reportlab; another one may come first in PATH
wenkai=/usr/share/fonts/truetype/lxgw-wenkai
work=build/bench/pdf
mkdir -p $work
cmake --build build --target bench_pdf kaohe output_pdf >$work/build.log 2>&1 || { cat $work/build.log >&2; exit 1; }
bench=build/tests/bench_pdf

# ---- the peers -----------------------------------------------------------------------------------

$python -c 'import reportlab' 2>/dev/null ||
    { echo "pdf: $python has no reportlab: install python3-reportlab" >&2; exit 1; }
modules=$PWD/build/bench/node/node_modules
[ -d "$modules/@myriaddreamin" ] ||
    npm install --silent --no-audit --no-fund --prefix build/bench/node @myriaddreamin/typst-ts-node-compiler@0.7.0 >&2

marks() { $bench marks "$1" 0 "$2" >/dev/null; }
one_core() { taskset -c 0 "$@"; }
ours() { one_core $bench ours "$1" 400 "$work/ours $1.pdf" | cut -d' ' -f1; }
cairo() { one_core $bench cairo "$1" "$2" "$work/cairo $1.pdf" | cut -d' ' -f1; }
libharu() { one_core $bench libharu "LXGW WenKai" 3 $work/libharu.pdf | cut -d' ' -f1; }
reportlab() {
    one_core $python tests/bench/pdf/page.py $work/wenkai.json $wenkai/LXGWWenKai-Regular.ttf \
        $wenkai/LXGWWenKai-Bold.ttf 20 $work/reportlab.pdf
}
typst() { one_core node tests/bench/pdf/page.mjs "$modules" "$2" "$1" "$3" 40 "$work/typst $1.pdf"; }

# median FILE: of the numbers in it
median() { sort -n "$1" | awk '{ x[NR] = $1 } END { print x[int((NR + 1) / 2)] }'; }

# row WHAT OURS PEER THEIRS UNIT [lower]: one line; the ratio says how many times better ours is
row() {
    awk -v what="$1" -v ours="$2" -v peer="$3" -v theirs="$4" -v unit="$5" -v lower="${6:-}" -v json="$json" 'BEGIN {
        ratio = lower ? theirs / ours : ours / theirs
        form = json ? "{\"bench\":\"pdf\",\"what\":\"%s\",\"ours\":\"%s\",\"peer\":\"%s\",\"theirs\":\"%s\",\"ratio\":\"%s\",\"unit\":\"%s\"}\n" \
                    : "pdf, %s: %s; %s: %s: %s times (%s)\n"
        printf form, what, ours, peer, theirs, sprintf(ratio < 10 ? "%.2f" : "%.0f", ratio), unit
    }'
}

rm -rf $work/out # of a run that was stopped
marks "LXGW WenKai" $work/wenkai.json
marks "Noto Sans CJK SC" $work/noto.json
rm -f $work/*.times
for round in 1 2 3 4 5; do
    ours "LXGW WenKai" >>$work/ours.times
    cairo "LXGW WenKai" 30 >>$work/cairo.times
    reportlab >>$work/reportlab.times
    typst "LXGW WenKai" $work/wenkai.json $wenkai >>$work/typst.times
    libharu >>$work/libharu.times
    ours "Noto Sans CJK SC" >>$work/ours-noto.times
    cairo "Noto Sans CJK SC" 3 >>$work/cairo-noto.times
    typst "Noto Sans CJK SC" $work/noto.json /usr/share/fonts/opentype/noto >>$work/typst-noto.times
done
for peer in cairo reportlab typst libharu; do
    row "one page, TrueType" "$(median $work/ours.times)" $peer "$(median $work/$peer.times)" pages/s
done
for peer in cairo typst; do
    row "one page, CFF" "$(median $work/ours-noto.times)" $peer "$(median $work/$peer-noto.times)" pages/s
done

# ---- end to end ------------------------------------------------------------------------------------

# Reading, computing, two worker processes, files synced to disk. "wall" is what somebody waits on a
# machine that does nothing else; "CPU" says what is left when others load it. Nothing is deleted
# between the runs: ext4 creates files slowly for some seconds after many others were deleted.
for count in 1000 10000 50000; do
    project=$work/$count
    if [ ! -f $project/done ]; then
        mkdir -p $project
        awk -v count=$count -v folder=$project -f tests/bench/pdf/people.awk
        touch $project/done
    fi
    cp tests/bench/pdf/*.lua $project
    rounds=3; [ $count != 50000 ] || rounds=1
    while [ $rounds -gt 0 ]; do
        rounds=$((rounds - 1))
        /usr/bin/time -o $work/time -f "%e %U %S %M" build/bin/kaohe run $project \
            --out $work/out/$count-$rounds --jobs 2 --quiet >/dev/null
        awk -v n=$count '{ print n / $1 }' $work/time >>$work/$count-wall.times
        awk -v n=$count '{ print ($2 + $3) * 1000 / n }' $work/time >>$work/$count-cpu.times
        awk '{ print $4 / 1024 }' $work/time >>$work/$count-memory.times
    done
done
rm -rf $work/out
short() { printf "%.${2:-0}f" "$(median $work/$1.times)"; }
for count in 1000 10000 50000; do
    row "scorecards of $count managers end to end, 2 cores, wall" "$(short $count-wall)" goal 1000 scorecards/s
done
row "the same for 10000, by CPU time" "$(awk -v ms="$(short 10000-cpu 3)" 'BEGIN { printf "%.0f", 2000 / ms }')" goal 1000 scorecards/s
for count in 10000 50000; do
    row "CPU time a scorecard, $count managers" "$(short $count-cpu 3)" "1000 managers" "$(short 1000-cpu 3)" ms lower
    row "memory of the largest process, $count managers" "$(short $count-memory 1)" "1000 managers" "$(short 1000-memory 1)" MB lower
done
