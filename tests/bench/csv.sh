#!/bin/sh
# The CSV source against the plainest loop in C over the same file, one core: bench_csv says both.
set -eu
cmake --build build --target bench_csv >build/bench.log 2>&1 || { cat build/bench.log >&2; exit 1; }
build/tests/bench_csv "$@"
