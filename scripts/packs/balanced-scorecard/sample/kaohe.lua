-- 平衡计分卡考核项目:数据在哪里,输出到哪里。考核办法在包 balanced-scorecard 里。
local function table_of(name)
    return csv { path = "data/" .. name .. ".csv" }
end

return project {
    title = "城东分行平衡计分卡绩效考核",
    organisation = "某某银行 · 城东分行",
    scheme = "balanced-scorecard",
    period = "2018Q4",
    sources = {
        staff = table_of("staff"),
        branch = table_of("branch"),
        job = table_of("job"),
        target_letter = table_of("target_letter"),
        balance = table_of("balance"),
        fee = table_of("fee"),
        event = table_of("event"),
        customer_file = table_of("customer_file"),
        unit_fact = table_of("unit_fact"),
        history = table_of("history"),
    },
    outputs = {
        pdf { template = "scorecard-bsc", path = "{period}/{group}/{id}-{name}.pdf" },
        json { path = "{period}/results.json" },
        csv { path = "{period}/results.csv" },
    },
}
