-- 理财经理考核项目:数据在哪里,输出到哪里。考核办法在包 wealth-manager 里。
local function table_of(name)
    return csv { path = "data/" .. name .. ".csv" }
end

return project {
    title = "城东分行理财经理季度考核",
    organisation = "某某银行 · 城东分行",
    scheme = "wealth-manager",
    period = "2018Q4",
    sources = {
        staff = table_of("staff"),
        branch = table_of("branch"),
        customer = table_of("customer"),
        asset = table_of("asset"),
        contact = table_of("contact"),
        document = table_of("document"),
        sale = table_of("sale"),
        target = table_of("target"),
        course_score = table_of("course_score"),
        history = table_of("history"),
    },
    outputs = {
        pdf { template = "scorecard-points", path = "{period}/{group}/{id}-{name}.pdf" },
        json { path = "{period}/results.json" },
        csv { path = "{period}/results.csv" },
    },
}
