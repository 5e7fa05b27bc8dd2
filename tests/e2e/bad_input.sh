#!/bin/sh
# Every kind of bad input: the exit code, the place, the fix, and no output.
. "$(dirname "$0")/lib.sh"

# project: a small sound project to be spoiled
project() {
    rm -rf p out
    mkdir -p p/data
    printf 'manager_id,name,branch\nM1,张伟,B1\nM2,李静,B1\n' >p/data/staff.csv
    printf 'manager_id,date,amount\nM1,2009-01-05,100.10\nM2,2009-02-05,7\n' >p/data/sales.csv
    cat >p/kaohe.lua <<'LUA'
subject { from = "staff", key = "manager_id", name = "name", group = "branch" }
measure "sold" { of = "sales", sum = "amount", unit = "元" }
metric "bonus" { formula = function(m) return m.sold * 0.1 end }
score { contribution { lines = { "bonus" } } }
return project {
    period = "2009Q1",
    sources = { staff = csv { path = "data/staff.csv" }, sales = csv { path = "data/sales.csv" } },
    outputs = { json { path = "results.json" } },
}
LUA
}

# refused WANTED WORDS...: run fails with this code and says all words; nothing is written
refused() {
    wanted=$1
    shift
    run_code "$wanted" "$1" "$kaohe" run p --out out
    for words in "$@"; do says "$words"; done
    expect "nothing was written: $1" [ ! -e out/results.json ]
}

# edit SED_COMMAND: change the project file
edit() { sed -i "$1" p/kaohe.lua; }

project
run_code 0 "the project is sound" "$kaohe" run p --out out
expect "the bonus is exact" grep -q '"bonus":"10.01"' out/results.json

project; rm p/data/sales.csv
refused 2 "sales.csv"
project; edit 's/sum = "amount"/sum = "amont"/'
refused 2 "kaohe.lua:2:" "did you mean 'amount'?"
project; printf 'M1,2009-03-01,12,34.5\n' >>p/data/sales.csv
refused 2 "sales.csv:4"
project; printf 'M1,2009-03-01,"12,34.5"\n' >>p/data/sales.csv
refused 2 "sales.csv:4:" "12,34.5"
project; printf 'M1,2009-02-30,1\n' >>p/data/sales.csv
refused 2 "sales.csv:4:" "2009-02-30"
project; printf 'M1,2009-02-03,1\xff\n' >>p/data/sales.csv
refused 2 "sales.csv:4"
project; printf 'M9,2009-02-03,1\n' >>p/data/sales.csv
refused 2 "sales:4" "'M9' is not among the subjects"
project; printf 'M1,王芳,B1\n' >>p/data/staff.csv
refused 2 "subject 'M1' is there twice"

project; edit 's/sales = csv/sales = cvs/'
refused 2 "kaohe.lua:7:" "cvs"
project; edit 's/sales = csv { path/sales = csv { pth/'
refused 2 "did you mean 'path'?"
project; edit 's/contribution { lines/contribution { places = 99, lines/'
refused 2 "kaohe.lua:4:" "it must be between 0 and 12"
project; edit 's/contribution { lines = { "bonus" }/contribution { lines = { "bonuss" }/'
refused 2 "kaohe.lua:4:" "did you mean 'bonus'?"
project; edit 's/^metric.*/metric "a" { formula = function(m) return m.b end }\nmetric "b" { formula = function(m) return m.a end }/'
edit 's/"bonus"/"a"/'
refused 2 "kaohe.lua:3:" "a → b → a"
project; edit 's/m\.sold/m.solld/'
refused 2 "kaohe.lua:3:" "did you mean 'sold'?"
project; edit 's/period = "2009Q1"/period = "2009Q5"/'
refused 2 "'2009Q5' is not a period"
project; edit 's/formula = function(m) return m.sold \* 0.1 end/formula = function(m) return m.sold * end/'
refused 2 "kaohe.lua:3:"

# a formula that raises, or loops for ever, costs its subject only
project; edit 's/return m.sold \* 0.1/if m.sold > 50 then error("zu viel") end return m.sold/'
run_code 1 "a formula that raises" "$kaohe" run p --out out
says "M1 张伟: metric 'bonus': "
says "zu viel"
expect "the other subject has a result" grep -q '"bonus":"7"' out/results.json
project; edit 's/return m.sold \* 0.1/while m.sold > 50 do end return m.sold/'
run_code 1 "a formula that loops for ever" "$kaohe" run p --out out
says "metric 'bonus'"
expect "the other subject has a result, too" grep -q '"bonus":"7"' out/results.json
project; printf 'while true do end\n' >p/kaohe.lua
refused 2 "kaohe.lua:1:"

# check finds all mistakes at once, with the line and a caret
project; edit 's/sum = "amount"/sum = "amount +"/'; edit 's/m\.sold/m.solld/'
run_code 2 "check" "$kaohe" check p
says "kaohe.lua:2:"
says "kaohe.lua:3:"
says "^"

# the command line
run_code 2 "no verb" "$kaohe"
run_code 2 "a wrong verb" "$kaohe" rnu p
says "did you mean 'run'?"
run_code 2 "a wrong option" "$kaohe" run p --perriod 2009Q1
says "there is no option '--perriod'; see kaohe run --help"
run_code 2 "an option without its value" "$kaohe" run p --period
says "option '--period' needs a value"
run_code 2 "no folder" "$kaohe" run nowhere
says "there is no folder 'nowhere'"
run_code 2 "new over an old folder" "$kaohe" new p --pack vip-points
says "nothing was changed"
run_code 2 "an unknown pack" "$kaohe" new q --pack vip-point

# the language of messages; no zh_CN locale need be installed
# speaks WORDS VARIABLE...: a wrong verb under these variables
speaks() {
    words=$1
    shift
    code=0
    env -u LC_ALL -u LC_MESSAGES -u LANG "$@" "$kaohe" rnu >out.txt 2>err.txt || code=$?
    expect "exit code of $*" [ "$code" = 2 ]
    says "$words"
}
run_code 0 "the language" "$kaohe" --lang zh --help
expect "speaks Chinese" grep -q '用法' out.txt
speaks "there is no verb 'rnu'; did you mean 'run'?" LANG=
speaks "没有命令 'rnu'；是不是想写 'run'？" LANG=zh_CN.UTF-8
speaks "没有命令" LANG=en_US.UTF-8 LC_MESSAGES=zh_CN
speaks "没有命令" LANG=en_US.UTF-8 LC_ALL=zh_CN.GB18030
speaks "there is no verb" LANG=zh_CN.UTF-8 LC_ALL=C
speaks "there is no verb" LANGUAGE=zh_CN LC_ALL=C
speaks "没有命令" LANGUAGE=de:zh_CN:en LANG=en_US.UTF-8
speaks "there is no verb" LANGUAGE=en:zh_CN LANG=zh_CN.UTF-8
run_code 2 "--lang goes first" env LC_ALL=zh_CN.UTF-8 "$kaohe" --lang en rnu
says "there is no verb"
run_code 2 "a wrong language" "$kaohe" --lang de rnu
says "--lang is zh or en, not 'de'"
run_code 2 "the system's words" "$kaohe" --lang zh check nowhere/at/all
says "没有目录 'nowhere/at/all'"
project; edit 's/m\.sold \* 0\.1/m.sold.a/'
run_code 1 "a caged worker speaks Chinese, too" "$kaohe" --lang zh run p --out out
says "M1 张伟: 指标 'bonus': "
# one subject fails in a metric, one in a stage: files hold the reasons in one language
project; edit 's/m\.sold \* 0\.1/m.sold > 50 and m.sold.a or 1/'
edit 's/lines = { "bonus" } }/& , function(card) if card.id == "M2" then return { a = 1 } end end/'
run_code 1 "a run in Chinese" "$kaohe" --lang zh run p --out out
says "M1 张伟: 指标 'bonus': "
says "M2 李静: 评分步骤的结果 没有 'a'"
mv out out.zh
run_code 1 "a run in English" "$kaohe" --lang en run p --out out
says "M2 李静: the result of a stage has no 'a'"
expect "files do not depend on the language" diff -r out.zh out
expect "the reason is in the results" grep -q "\"failed\":\"metric 'bonus': " out/results.json
rm -rf out.zh
project; printf 'x' >q.json
run_code 2 "Chinese for errors of the system" "$kaohe" --lang zh new q.json/x --pack vip-points
says "无法创建 'q.json/x': 不是目录"

# paths that would lose a scorecard, or leave the folder
project; edit 's/outputs = {.*/outputs = { json { path = "..\/x.json" } },/'
refused 2 "must stay in the output folder"
project; edit 's/outputs = {.*/outputs = { json { path = "{perod}.json" } },/'
refused 2 "unknown word {perod}"

finish
