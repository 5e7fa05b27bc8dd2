#!/bin/sh
# Refuse an #include against the direction of the rooms, and calls that one place only may make.
# usage: rooms.sh [ROOT]
cd "${1:-$(dirname "$0")/../..}" || exit 2
git ls-files -co --exclude-standard 'core/*.[ch]' 'plugins/*.[ch]' | xargs -r awk '
BEGIN {
    split("base table plugin script scheme measure metric score ledger document run cli", order)
    for (i in order) rank[order[i]] = i + 0
}

function bad(text) {
    printf "%s:%d: %s\n", FILENAME, FNR, text
    found = 1
}

function exists(path, line, rc) {
    rc = (getline line < path)
    close(path)
    return rc >= 0
}

# The line without comments and texts; `inside` carries an open comment to the next line.
function code(line, out, at) {
    while (1) {
        if (inside) {
            if (!(at = index(line, "*/"))) return out
            line = substr(line, at + 2)
            inside = 0
        }
        gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
        if (!(at = index(line, "/*"))) return out line
        out = out substr(line, 1, at - 1) " "
        line = substr(line, at + 2)
        inside = 1
    }
}

function check_include(target, quote, first) {
    sub(/^[^<"]*/, "", target)
    quote = substr(target, 1, 1)
    target = substr(target, 2)
    sub(/[>"].*/, "", target)
    first = target
    sub(/\/.*/, "", first)
    if (area == "plugins") {
        # plugins/common is compiled into each plugin that wants it, so nothing is linked
        if (target ~ /\.\./ ||
            (quote == "\"" && !exists((first == "common" ? "plugins" : folder) "/" target)) ||
            (quote == "<" && first in rank && target != first)) {
            bad("a plugin may include <kaohe/...>, the system, plugins/common and its own headers, not " target)
        }
    } else if (room == "include") {
        if (quote == "\"") bad("a public header may include <kaohe/...> and the system only")
    } else if (quote == "<") {
        if (first in rank && target != first) bad("write \"" target "\", not <" target ">")
    } else if (!(first in rank) || target == first) {
        bad("name the room of \"" target "\", as in \"base/text.h\"")
    } else if (rank[first] > rank[room]) {
        bad("room " room " may not include " target ": " first " lies to its right")
    }
}

FNR == 1 {
    split(FILENAME, part, "/")
    area = part[1]
    room = part[2]
    folder = FILENAME
    sub(/\/[^\/]*$/, "", folder)
    inside = 0
    before = ""
    if (area == "core" && room != "include" && !(room in rank)) bad(room " is no room")
}

!inside && /^[ \t]*#[ \t]*include/ { check_include($0) }

{
    line = code($0)
    if (FILENAME != "core/plugin/loader.c" &&
        ($0 ~ /#[ \t]*include[ \t]*[<"]ltdl/ || line ~ /(^|[^A-Za-z0-9_])lt_(dl|sym)/)) {
        bad("only core/plugin/loader.c may use libltdl")
    }
    both = before " " line # a call may be broken behind its bracket
    if (both ~ /setlocale[ \t]*\([ \t]*LC_ALL/ && before !~ /setlocale[ \t]*\([ \t]*LC_ALL/) {
        bad("setlocale(LC_ALL, ...) changes the numbers of the whole process; set LC_MESSAGES")
    }
    before = line
}

END { exit found }
' || exit 1 # xargs has codes of its own
