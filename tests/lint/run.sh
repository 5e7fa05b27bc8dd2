#!/bin/sh
# All checks that need no test run, one line each; the output of those that fail.
# usage: run.sh [BUILD]   (a configured and built tree, build-dev if not given)
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
rc=0
for check in rooms headers purpose format catalogue names tidy selftest; do
    if output=$(sh "$here/$check.sh" "$root" "${1:-build-dev}" 2>&1); then
        echo "ok    $check"
    else
        echo "FAIL  $check"
        echo "$output" | sed 's/^/      /'
        rc=1
    fi
done
exit $rc
