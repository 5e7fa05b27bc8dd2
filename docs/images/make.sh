#!/bin/sh
# The pictures of this folder: one page of each template, from the sample data of the packs.
# usage: make.sh [KAOHE]     needs poppler-utils, pngquant and zopfli
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kaohe=$(realpath "${1:-$here/../../build/bin/kaohe}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8

# picture NAME PACK TEMPLATE [SUBJECT]: the first page as NAME.png
picture() {
    [ -d "$work/$2" ] || "$kaohe" new "$work/$2" --pack "$2" --quiet
    "$kaohe" preview "$work/$2" --template "$3" ${4:+--subject "$4"} --out "$work/out" --quiet >"$work/made"
    pdftoppm -r 130 -png -singlefile -l 1 "$(head -1 "$work/made")" "$work/page"
    pngquant --force --speed 1 --nofs 32 --output "$work/small.png" "$work/page.png"
    zopflipng -y "$work/small.png" "$here/$1.png" >/dev/null
}

picture scorecard profit-contribution scorecard M0127
picture scorecard-points vip-points scorecard-points M0140
picture scorecard-bsc balanced-scorecard scorecard-bsc M004
picture branch-summary profit-contribution branch-summary
