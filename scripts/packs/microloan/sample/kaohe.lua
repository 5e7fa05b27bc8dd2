-- 小微贷款中心看板项目:数据在哪里,输出到哪里。考核办法在包 microloan 里。
local function table_of(name)
    return csv { path = "data/" .. name .. ".csv" }
end

return project {
    title = "小微贷款中心月度看板",
    organisation = "某某农商银行 · 小微贷款中心",
    scheme = "microloan",
    period = "2018-11",
    sources = {
        staff = table_of("staff"),
        team = table_of("team"),
        loan = table_of("loan"),
        loan_balance = table_of("loan_balance"),
        loan_class = table_of("loan_class"),
        application = table_of("application"),
        warning = table_of("warning"),
        profit = table_of("profit"),
        history = table_of("history"),
    },
    outputs = {
        pdf { template = "scorecard-microloan", path = "{period}/{group}/{id}-{name}.pdf" },
        json { path = "{period}/results.json" },
        csv { path = "{period}/results.csv" },
    },
}
