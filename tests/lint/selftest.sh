#!/bin/sh
# Every check must be able to fail: plants one violation after the other in a copy of the tree.
# usage: selftest.sh [ROOT]
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}" || exit 2
copy=$(mktemp -d) || exit 2
trap 'rm -rf "$copy"' EXIT
git ls-files -co --exclude-standard core plugins tests/lint .clang-format | tar cf - -T - |
    tar xf - -C "$copy"
git -C "$copy" init -q
rc=0

# expect CHECK WORDS: the check refuses the copy and says the words.
expect() {
    if output=$(sh "$here/$1.sh" "$copy" build 2>&1); then
        echo "$1 did not notice: $2"
        rc=1
    elif ! echo "$output" | grep -qF "$2"; then
        echo "$1 should have said '$2', but said:"
        echo "$output"
        rc=1
    fi
}

# plant FILE TEXT CHECK WORDS: a new file, then expect, then away with it.
plant() {
    mkdir -p "$copy/$(dirname "$1")"
    printf "$2" > "$copy/$1"
    expect "$3" "$4"
    rm "$copy/$1"
}

# allow FILE TEXT CHECK: the check has nothing against the file.
allow() {
    printf "$2" > "$copy/$1"
    if ! output=$(sh "$here/$3.sh" "$copy" 2>&1); then
        echo "$3 refused what is right: $output"
        rc=1
    fi
    rm "$copy/$1"
}

top='/* A planted violation. */\n'
for check in rooms headers purpose format catalogue; do
    if ! output=$(sh "$here/$check.sh" "$copy" 2>&1); then
        echo "$check refuses the tree as it is:"
        echo "$output"
        rc=1
    fi
done

plant core/base/x.c "$top"'#include "table/reader.h"\n' rooms \
    'core/base/x.c:2: room base may not include table/reader.h: table lies to its right'
plant core/score/x.h "$top"'#  include "run/pool.h"\n' rooms \
    'room score may not include run/pool.h: run lies to its right'
plant core/base/x.c "$top"'#include <base/text.h>\n' rooms 'write "base/text.h", not <base/text.h>'
plant core/base/x.c "$top"'#include "text.h"\n' rooms 'name the room of "text.h"'
plant core/attic/x.c "$top" rooms 'core/attic/x.c:1: attic is no room'
plant core/include/kaohe/x.h "$top"'#include "base/text.h"\n' rooms 'a public header may include'
plant plugins/source_x/x.c "$top"'#include "base/text.h"\n' rooms 'a plugin may include'
plant plugins/source_x/x.c "$top"'#include <base/text.h>\n' rooms 'a plugin may include'
plant plugins/source_x/x.c "$top"'#include "../source_csv/csv.h"\n' rooms 'a plugin may include'
plant plugins/source_x/x.c "$top"'#include "common/none.h"\n' rooms 'a plugin may include'
plant plugins/common/x.c "$top"'#include "table/reader.h"\n' rooms 'a plugin may include'
plant plugins/source_x/x.c "$top"'#include <ltdl.h>\n' rooms 'only core/plugin/loader.c may use'
plant core/plugin/x.c "$top"'void f(void) { lt_dlinit(); }\n' rooms 'only core/plugin/loader.c'
plant core/cli/x.c "$top"'void f(void) { setlocale(LC_ALL, ""); }\n' rooms 'setlocale(LC_ALL, ...)'
plant core/cli/x.c "$top"'int g; /* a */ char *s = setlocale (\n    LC_ALL, "");\n' rooms \
    'core/cli/x.c:3: setlocale(LC_ALL, ...)'
allow core/score/x.c '/* Looks left. */\n#include "score/x.c"\n#include "base/text.h"\n' rooms
allow core/cli/x.c '/* No setlocale(LC_ALL, "")\n#include "left/alone.h"\n */ char *s = "lt_dl";\n' rooms
allow core/cli/x.c '/* Words. */\n#include <locale.h>\nsetlocale(LC_MESSAGES, "");\n' rooms

plant core/include/kaohe/x.h "$top"'uint32_t kh_lonely(void);\n' headers 'kaohe/x.h'
plant core/include/kaohe/x.h "$top"'static inline int kh_class(int class) { return class; }\n' \
    headers 'kaohe/x.h'

plant core/base/x.c '#include <stdio.h>\n' purpose 'core/base/x.c: its first line does not say'
plant tests/lint/x.sh '#!/bin/sh\nset -e\n' purpose 'tests/lint/x.sh: its second line does not say'
plant scripts/x.lua 'return {}\n' purpose 'scripts/x.lua: its first line does not say'
plant core/base/x.c "$top$(yes '\n' | head -n 700 | tr -d '\n')" purpose '701 lines; at most 700'

plant core/base/x.c "$top"'int  f ( void ) ;\n' format 'core/base/x.c:2'

plant core/base/x.c "$top"'void f(void) { kh_tr("a planted word"); }\n' catalogue \
    'no translation, run core/po/update.sh: "a planted word"'
plant core/base/x.c "$top"'void f(bool b) { kh_fail(err, 1, b ? "a word" : "a planted word"); }\n' \
    catalogue '"a planted word"'
plant plugins/source_x/x.c "$top"'kh_option o = {.help = "a planted "\n "word"};\n' catalogue \
    '"a planted word"'
plant core/base/x.c "$top"'__attribute__((format(printf, 2, 3))) static void own(int a, const char *b, ...)
{\n    kh_tr(dgettext("kaohe", b));\n}\nvoid f(void) { own(1, "a planted word"); }\n' catalogue \
    '"a planted word"'
plant core/base/x.c "$top"'void f(void) { puts(strerror(1)); }\n' catalogue \
    'core/base/x.c:2:strerror() is not translated; use kh_tr_errno()'
plant core/base/x.c "$top"'void f(lua_State *L) { luaL_error(L, "%%s", ""); }\n' catalogue \
    'core/base/x.c:2:luaL_error() is not translated; use kh_script_fail()'
# spoil TEXT WORDS: the catalogue with this at its end is refused
po=$copy/core/po/zh_CN.po
cp "$po" "$copy/zh_CN.po"
spoil() {
    printf "$1" >>"$po"
    expect catalogue "$2"
    cp "$copy/zh_CN.po" "$po"
}
spoil '\nmsgid "a planted word"\nmsgstr "X"\n' 'obsolete, run core/po/update.sh: "a planted word"'
spoil '\n#, c-format\nmsgid "planted %%s"\nmsgstr "%%d"\n' 'format specifications'
sed '0,/^#, c-format/s//#, fuzzy, c-format/' "$copy/zh_CN.po" >"$po"
expect catalogue 'fuzzy: "'
cp "$copy/zh_CN.po" "$po"

mkdir -p "$copy/build/core" "$copy/build/lib/kaohe"
echo 'int kh_fine(void); int kh_fine(void) { return 1; }' | gcc -c -x c - -o "$copy/build/fine.o"
echo 'int rude(void); int rude(void) { return 1; }' | gcc -c -x c - -o "$copy/build/rude.o"
ar rc "$copy/build/core/libkaohe_core.a" "$copy/build/fine.o"
if ! sh "$here/names.sh" "$copy" build; then
    echo "names refuses a library in order"
    rc=1
fi
ar rc "$copy/build/core/libkaohe_core.a" "$copy/build/rude.o"
expect names 'rude breaks the rule of names'
ar d "$copy/build/core/libkaohe_core.a" rude.o
gcc -shared "$copy/build/rude.o" -o "$copy/build/lib/kaohe/source_rude.so"
expect names 'source_rude.so: rude breaks the rule of names'

mkdir -p "$copy/build"
expect tidy 'there is no build/compile_commands.json'
printf '/* A planted violation. */\nint kh_bad(int *p);\nint kh_bad(int *p)\n{\n    p = 0;\n' \
    > "$copy/core/base/x.c"
printf '    return *p;\n}\n' >> "$copy/core/base/x.c"
cp .clang-tidy "$copy/"
printf '[{"directory": "%s", "file": "core/base/x.c", "command": "cc -c core/base/x.c"}]' "$copy" \
    > "$copy/build/compile_commands.json"
find "$copy/core" "$copy/plugins" -name '*.c' ! -name x.c -exec rm {} +
expect tidy 'core/base/x.c:6'
exit $rc
