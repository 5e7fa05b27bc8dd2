-- 贵宾部计价考核项目:数据在哪里,输出到哪里。考核办法在包 priced-products 里。
local function table_of(name)
    return csv { path = "data/" .. name .. ".csv" }
end

return project {
    title = "城东分行贵宾部季度考核",
    organisation = "某某银行 · 城东分行贵宾部",
    scheme = "priced-products",
    period = "2010Q4",
    sources = {
        staff = table_of("staff"),
        department = table_of("department"),
        certificate = table_of("certificate"),
        price = table_of("price"),
        sale = table_of("sale"),
        target = table_of("target"),
        assignment = table_of("assignment"),
        work_log = table_of("work_log"),
        satisfaction = table_of("satisfaction"),
        history = table_of("history"),
    },
    outputs = {
        pdf { template = "scorecard-points", path = "{period}/{group}/{id}-{name}.pdf" },
        json { path = "{period}/results.json" },
        csv { path = "{period}/results.csv" },
    },
}
