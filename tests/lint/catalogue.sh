#!/bin/sh
# Every message has its Chinese words in core/po/zh_CN.po, whole and with the same formats.
# usage: catalogue.sh [ROOT]
cd "${1:-$(dirname "$0")/../..}" || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
po=core/po/zh_CN.po
rc=0

# complain WORDS [OPTION...]: name the messages that msgattrib finds
complain() {
    words=$1
    shift
    msgattrib --no-wrap --force-po "$@" "$work/merged" | awk -v words="$words" '
        /^(#~ )?msgid / {
            sub(/^(#~ )?msgid /, "")
            if ($0 != "\"\"") { print words ": " $0; next }
            head = 1
            next
        }
        head && /^(#~ )?"/ { sub(/^#~ /, ""); if (!/^"\\n"$/) { print words ": " $0; head = 0 } next }
        { head = 0 }' >"$work/found"
    [ ! -s "$work/found" ] || { sed "s|^|$po: |" "$work/found"; rc=1; }
}

sh core/po/extract.sh >"$work/pot" || exit 2
msgfmt --check-format --output-file=/dev/null "$po" || rc=1
msgmerge --quiet --no-fuzzy-matching --no-wrap "$po" "$work/pot" --output-file="$work/merged" ||
    exit 2
# never_say NAMES INSTEAD FILE: calls that speak past the catalogue; FILE wraps them
never_say() {
    grep -rnoE --include='*.[ch]' "\\b($1)\(" core plugins | grep -v "^$3:" >"$work/found" || return 0
    sed "s/(\$/() is not translated; use $2/" "$work/found"
    rc=1
}

complain "no translation, run core/po/update.sh" --untranslated
complain "fuzzy" --only-fuzzy
complain "obsolete, run core/po/update.sh" --only-obsolete
never_say 'strerror|strsignal' 'kh_tr_errno(), kh_signal_name()' \
    core/include/kaohe/error.h
never_say 'luaL_error|luaL_argerror|luaL_argcheck' 'kh_script_fail()' core/script/sandbox.c
exit $rc
