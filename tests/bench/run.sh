#!/bin/sh
# Every benchmark, or one: kaohe against its peers on equal work in one run.
# usage: run.sh [NAME] [--json]     a benchmark is tests/bench/NAME.sh; works in the source folder, on build/
# With --json each line is {"bench":"pdf","what":"...","ours":"...","peer":"cairo","theirs":"...","ratio":"4.7","unit":"..."}.
set -u
cd "$(dirname "$0")/../.." || exit 2
names=$(ls tests/bench/*.sh | sed 's|.*/||; s|\.sh$||' | grep -vx run)
name= json=
for word in "$@"; do
    case $word in
        --json) json=--json ;;
        -*) echo "there is no option '$word'; usage: ./dev bench [NAME] [--json]" >&2; exit 2 ;;
        *) name=$word ;;
    esac
done
if [ -n "$name" ] && ! echo "$names" | grep -qx "$name"; then
    echo "there is no benchmark '$name'; there are:" $names >&2
    exit 2
fi
status=0
for bench in ${name:-$names}; do
    sh "tests/bench/$bench.sh" $json || status=1
done
exit $status
