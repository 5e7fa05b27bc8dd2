#!/bin/sh
# Formulas and chain against plain Lua on doubles. usage: score.sh [--json], from the top, built
set -eu
command -v lua5.4 >/dev/null || { echo "skipped: lua5.4 is not installed" >&2; exit 0; }
cmake --build build --target bench_score >build/bench.log 2>&1 || { cat build/bench.log >&2; exit 1; }
build/tests/bench_score tests/bench/score_peer.lua tests/bench/score_formulas.lua "$@"
