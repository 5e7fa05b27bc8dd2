#!/bin/sh
# Each source file and script says its purpose in its first line and has at most 700 lines.
# usage: purpose.sh [ROOT]
cd "${1:-$(dirname "$0")/../..}" || exit 2
git ls-files -co --exclude-standard '*.c' '*.h' '*.lua' '*.sh' '*.cmake' '*CMakeLists.txt' dev \
    ':!tests/fuzz/corpus' ':!tests/golden' | xargs -r awk '
function bad(text) {
    print FILENAME ": " text
    found = 1
}

function is_purpose() {
    return $0 ~ purpose && length($0) > 12
}

function finish() {
    if (file != "" && lines > 700) {
        print file ": " lines " lines; at most 700, better 500: split it"
        found = 1
    }
}

FNR == 1 {
    finish()
    file = FILENAME
    purpose = file ~ /\.[ch]$/ ? "^/\\* [^ ]" : file ~ /\.lua$/ ? "^-- [^ ]" : "^# [^ ]"
    script = /^#!/
    if (!script && !is_purpose()) bad("its first line does not say what it is for")
}

FNR == 2 && script && !is_purpose() { bad("its second line does not say what it is for") }

{ lines = FNR }

END {
    finish()
    exit found
}
' || exit 1 # xargs has codes of its own
