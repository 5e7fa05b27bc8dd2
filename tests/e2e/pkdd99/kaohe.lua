-- Districts of a real bank (PKDD'99) as subjects: balances, turnover, loans in trouble.
subject { from = "district", key = "A1", name = "A2", group = "A3" }

-- An account belongs to its branch's district; a day's balance is that of its last transaction.
owner "branch" { from = "account", on = "account_id", subject = "district_id" }
dataset "balances" { from = "trans", key = "account_id", owner = "branch", same_day = "last",
                     columns = { balance = "money" } }
dataset "turnover" { from = "trans", key = "trans_id", owner = "branch", columns = { amount = "money" } }
dataset "loans" { from = "loan", key = "loan_id", owner = "branch", columns = { amount = "money" } }

measure "held" { title = "Balance days", of = "balances", sum = "balance", over = "sum" }
measure "adb" { title = "Average daily balance", of = "balances", sum = "balance", over = "average" }
measure "peak" { title = "Highest day", of = "balances", sum = "balance", over = "max" }
measure "credit" { title = "Credit turnover", of = "turnover", sum = "amount",
                   where = "type = 'PRIJEM'", missing = "zero" }
measure "credit_year" { title = "Credit turnover, year to date", of = "turnover", sum = "amount",
                        where = "type = 'PRIJEM'", missing = "zero", period = "year_to_date" }
measure "credit_before" { title = "Credit turnover, same quarter last year", of = "turnover",
                          sum = "amount", where = "type = 'PRIJEM'", missing = "zero",
                          period = "same_last_year" }
measure "clients" { title = "Accounts with a movement", of = "turnover",
                    count_distinct = "account_id" }
measure "trouble" { title = "Loans in trouble", of = "loans", sum = "amount", over = "last",
                    where = "status in ('B', 'D')", missing = "zero" }

metric "average" { title = "Average daily balance", round = 6,
                   formula = function(m) return m.adb end }

return project {
    sources = {
        district = csv { path = "data/district.asc" },
        account = csv { path = "data/account.asc" },
        trans = csv { path = "data/trans.asc" },
        loan = csv { path = "data/loan.asc" },
    },
    outputs = { json {} },
}
