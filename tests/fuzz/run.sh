#!/bin/sh
# Fuzzes every target, or one, for a while, starting from the corpus in the tree. What it finds stays in
# build-fuzz/found/NAME; add what is worth keeping to tests/fuzz/corpus/NAME, whose files every test run replays.
# usage: run.sh [NAME] [SECONDS]
set -u
cd "$(dirname "$0")/../.." || exit 2
names=$(ls tests/fuzz/*.c | sed 's|.*/||; s|\.c$||' | grep -vx replay)
name= seconds=60
for word in "$@"; do
    case $word in
        *[!0-9]*) name=$word ;;
        *) seconds=$word ;;
    esac
done
if [ -n "$name" ] && ! echo "$names" | grep -qx "$name"; then
    echo "there is no fuzz target '$name'; there are:" $names >&2
    exit 2
fi
passed=0 failed=0
for target in ${name:-$names}; do
    found=build-fuzz/found/$target
    mkdir -p "$found"
    if "build-fuzz/tests/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$found/" "$found" "tests/fuzz/corpus/$target" >"$found.log" 2>&1; then
        passed=$((passed + 1))
        echo "ok    $target: $(grep -o 'Done.*' "$found.log" | tail -1)"
    else
        failed=$((failed + 1))
        echo "FAIL  $target: see $found.log"
        tail -30 "$found.log" | sed 's/^/      /'
    fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
