#!/bin/sh
# Symbols of the library start with kh_; a plugin shows kaohe_plugin and nothing else.
# usage: names.sh [ROOT [BUILD]]
cd "${1:-$(dirname "$0")/../..}" || exit 2
build=${2:-build-dev}
library=$build/core/libkaohe_core.a
if [ ! -f "$library" ]; then
    echo "there is no $library; run: cmake --build $build"
    exit 1
fi
{
    nm -A --defined-only --extern-only "$library" | awk '$NF !~ /^kh_/ { print $1, $NF }'
    for plugin in "$build"/lib/kaohe/*.so; do
        [ -f "$plugin" ] || continue
        nm -D -A --defined-only "$plugin" | awk '$NF != "kaohe_plugin" { print $1, $NF }'
    done
} | awk '{
    sub(/:[0-9a-f]*$/, "", $1)
    print $1 ": " $2 " breaks the rule of names"
    found = 1
} END { exit found }'
