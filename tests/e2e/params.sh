#!/bin/sh
# Parameters reach every part of a scheme; Lua stages know the period; tests with other parameters.
. "$(dirname "$0")/lib.sh"

mkdir -p p/data p/tests
printf 'manager_id,name\nM1,张伟\n' >p/data/staff.csv
printf 'manager_id,date,amount\nM1,2009-01-05,100\nM1,2009-02-05,7\n' >p/data/sales.csv
printf 'date,kind\n2009-04-06,holiday\n2009-04-11,makeup\n' >p/data/holiday.csv
cat >p/kaohe.lua <<'LUA'
return project {
    period = "2009Q1", scheme = "scheme.lua",
    sources = { staff = csv { path = "data/staff.csv" }, sales = csv { path = "data/sales.csv" },
                holiday = csv { path = "data/holiday.csv" } },
    params = { least = 50 },
    outputs = { json { path = "results.json" } },
}
LUA
cat >p/scheme.lua <<'LUA'
subject { from = "staff", key = "manager_id", name = "name" }
calendar { from = "holiday", date = "date", kind = "kind" }
local least = param "least" { value = 0 }
local most = param "most" { value = false, number = true }
local words = param "words" { value = { unit = "元" } }
measure "sold" { of = "sales", sum = "amount", unit = words.unit, where = "amount >= " .. least
    .. (most and " and amount <= " .. most or "") }
metric "bonus" { formula = function(m) return m.sold end }
score { contribution { lines = { "bonus" } }, function(card, p)
    return { values = { zeta = 1, alpha = period.days, least = p.least },
             steps = { { rule = "R1", text = period.name .. " " .. date.deadline("2009-04-03", 2,
                                                               period.holidays, period.makeup) } } }
end }
LUA
# test NAME PARAMS EXPECT: a test file of the project
test_file() {
    printf '{"format":"kaohe-run-test/1","period":"2009Q1","params":%s,"subjects":[{"id":"M1","expect":%s}]}' \
        "$1" "$2" >p/tests/one.json
}

run_code 0 "the scheme is sound" "$kaohe" check p
test_file '{}' '{"score":"100.00","metrics.least":"50","metrics.alpha":"90","steps.R1.text":"2009Q1 2009-04-08"}'
run_code 0 "the project's value goes before the scheme's" "$kaohe" test p
test_file '{"least":5}' '{"score":"107.00","metrics.least":"5"}'
run_code 0 "the test's value goes before the project's" "$kaohe" test p
test_file '{"least":5,"most":50}' '{"score":"7.00"}'
run_code 0 "none can become a number" "$kaohe" test p
test_file '{"most":false}' '{"score":"100.00"}'
run_code 0 "and stay none" "$kaohe" test p
test_file '{"least":5}' '{"score":"100.00"}'
run_code 1 "a wrong expectation" "$kaohe" test p
test_file '{"most":true}' '{"score":"100.00"}'
run_code 2 "true is no number" "$kaohe" test p
says "one.json:1: error: parameter 'most' is a number, or false for none, not true or false"
test_file '{"lest":5}' '{"score":"100.00"}'
run_code 2 "a misspelt parameter" "$kaohe" test p
says "the scheme has no parameter 'lest'; did you mean 'least'?"
test_file '{"least":"5"}' '{"score":"100.00"}'
run_code 2 "a text for a number" "$kaohe" test p
says "parameter 'least' is a number, not a text"

# values of a Lua stage: columns in the order of their names
run_code 0 "a run" "$kaohe" run p --out out --quiet
expect "in the order of names" grep -q '"alpha":"90","least":"50","zeta":"1"' out/results.json

# a misspelt switch of a pack is refused before any data is read
"$kaohe" new v --pack vip-points --quiet
sed -i 's/^    sources = {/    params = { settle_mode = "nett" },\n&/' v/kaohe.lua
run_code 2 "a misspelt switch" "$kaohe" check v
says "parameter 'settle_mode' is one of net, floor0, not 'nett'"
"$kaohe" new c --pack profit-contribution --quiet
sed -i 's/裁定,,10级2档/裁定,,/' c/data/decision.csv
run_code 1 "a ruling without a grade" "$kaohe" run c --only M0012 --quiet
says "M0012 司马文澜"
says "JD2009-01: a decision '裁定' needs its grade"

finish
