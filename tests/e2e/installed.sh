#!/bin/sh
# The installed tree alone: cmake --install into an empty folder, then a pack from there.
# usage: installed.sh PATH_OF_KAOHE PACK BUILD_DIR
. "$(dirname "$0")/lib.sh"

run_code 0 "cmake --install" cmake --install "$3" --prefix "$work/tree"
expect "the program is there" [ -x tree/bin/kaohe ]
expect "nothing of it leads back to the build" [ -z "$(find tree -type l)" ]
run_code 0 "the pack, run by the installed program" sh "$here/pack.sh" "$work/tree/bin/kaohe" "$2" "$3/tests/pencil"
[ "$code" = 0 ] || cat out.txt

finish
