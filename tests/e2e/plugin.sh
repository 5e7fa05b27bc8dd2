#!/bin/sh
# A plugin of a bank's own: the text of docs/plugins.md compiles, loads, reads and is refused when it should be.
. "$(dirname "$0")/lib.sh"

mkdir -p p/plugins
chmod 755 p p/plugins
awk '/^```c$/ {on = 1; next} /^```/ {on = 0} on' "$here/../../docs/plugins.md" >hello.c
run_code 0 "the documented plugin compiles without a warning" \
    cc -O2 -Wall -Wextra -Werror -fPIC -shared -fvisibility=hidden -Wl,-z,defs \
    -I "$here/../../core/include" -o p/plugins/source_hello.so hello.c
cat >p/kaohe.lua <<'LUA'
subject { from = "staff", key = "manager_id", name = "name" }
dataset "staff" { date = false }
measure "points" { title = "得分", of = "staff", sum = "points" }
score { contribution { lines = { "points" } } }
return project {
    period = "2009Q1",
    sources = { staff = hello { greeting = "张伟" } },
    outputs = { json { path = "results.json" } },
}
LUA
run_code 0 "it is shown" "$kaohe" plugin show hello p
expect "with its option" grep -q 'greeting .*default "你好"' out.txt
run_code 0 "it is listed" "$kaohe" plugin list p
expect "by name" grep -q 'source *hello' out.txt
run_code 2 "outside of the project nobody knows it" "$kaohe" plugin show hello
run_code 0 "its rows are scored" "$kaohe" run p --out out
expect "exactly" grep -q '"score":"98.50"' out/results.json

sed -i 's/greeting = /greting = /' p/kaohe.lua
run_code 2 "a misspelt option" "$kaohe" check p
says "kaohe.lua:7:33: error: 'hello' has no option 'greting'; did you mean 'greeting'?"
sed -i 's/greting = /greeting = /' p/kaohe.lua
chmod 777 p/plugins
run_code 2 "a folder that everyone may write" "$kaohe" check p
says "is writable by everyone; run: chmod go-w"
chmod 755 p/plugins
cp p/plugins/source_hello.so p/plugins/source_csv.so
run_code 2 "a second 'csv'" "$kaohe" check p
says "there are two source plugins named 'csv'"

finish
