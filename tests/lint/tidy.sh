#!/bin/sh
# clang-tidy over core and plugins with the checks of .clang-tidy; needs a configured build.
# usage: tidy.sh [ROOT [BUILD]]
cd "${1:-$(dirname "$0")/../..}" || exit 2
build=${2:-build-dev}
if [ ! -f "$build/compile_commands.json" ]; then
    echo "there is no $build/compile_commands.json; run: cmake --preset dev"
    exit 1
fi
git ls-files -co --exclude-standard 'core/*.c' 'plugins/*.c' |
    xargs -r -P 2 -n 4 clang-tidy-14 -p "$build" --quiet 2>/dev/null || exit 1
