# Shared by the end-to-end tests: one program, one temporary folder, one line of counts at the end.
# usage of each script: NAME.sh PATH_OF_KAOHE
kaohe=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d /tmp/kaohe-e2e-XXXXXX)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work" || exit 2
passed=0
failed=0
export LC_ALL=C.UTF-8
unset LANGUAGE

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); printf 'FAILED: %s\n' "$*"; }

# expect WHAT CONDITION...: the command holds
expect() { what=$1; shift; if "$@"; then ok; else bad "$what"; fi; }

# run_code WANTED WHAT COMMAND...: the exit code; output in out.txt and err.txt
run_code() {
    wanted=$1 what=$2
    shift 2
    code=0
    "$@" >out.txt 2>err.txt || code=$?
    if [ "$code" = "$wanted" ]; then ok; else
        bad "$what: exit code $code, wanted $wanted"
        cat err.txt
    fi
}

# says WORDS: the last command said so on stderr
says() {
    if grep -qF -- "$1" err.txt; then ok; else
        bad "no message with: $1"
        sed 's/^/    said: /' err.txt
    fi
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
    exit
}
