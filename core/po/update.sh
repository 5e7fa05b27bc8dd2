#!/bin/sh
# Bring zh_CN.po up to date with the sources and say what is still to be translated.
# usage: update.sh
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh extract.sh >"$work/kaohe.pot"
msgmerge --quiet --no-fuzzy-matching --no-location --sort-output --width=100 \
    zh_CN.po "$work/kaohe.pot" --output-file="$work/zh_CN.po"
msgattrib --no-obsolete --sort-output --width=100 "$work/zh_CN.po" --output-file=zh_CN.po
msgattrib --untranslated --no-wrap zh_CN.po
