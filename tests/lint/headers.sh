#!/bin/sh
# Every public header must compile alone, as C11 and as C++17, with both compilers.
# usage: headers.sh [ROOT]
cd "${1:-$(dirname "$0")/../..}" || exit 2
rc=0
for header in core/include/kaohe/*.h; do
    for compiler in "gcc -std=c11 -x c" "clang -std=c11 -x c" \
                    "g++ -std=c++17 -x c++" "clang++ -std=c++17 -x c++"; do
        # shellcheck disable=SC2086 # the words of the compiler are meant to be split
        echo "#include <kaohe/${header##*/}>" |
            $compiler -Icore/include -Wall -Wextra -Wshadow -Werror -fsyntax-only - || rc=1
    done
done 2>&1
exit $rc
