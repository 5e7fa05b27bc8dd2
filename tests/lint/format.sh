#!/bin/sh
# All C is laid out as clang-format 14 does it; mend with: clang-format-14 -i FILE
# usage: format.sh [ROOT]
cd "${1:-$(dirname "$0")/../..}" || exit 2
git ls-files -co --exclude-standard '*.c' '*.h' | xargs -r clang-format-14 --dry-run -Werror 2>&1 ||
    exit 1
