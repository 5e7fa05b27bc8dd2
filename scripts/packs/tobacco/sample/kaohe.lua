-- 江城市烟草公司的考核项目:数据在哪里,输出到哪里。考核办法在包 tobacco 里。
local function table_of(name)
    return csv { path = "data/" .. name .. ".csv" }
end

return project {
    title = "江城市烟草公司客户经理月度考核",
    organisation = "江城市烟草公司 · 营销中心",
    scheme = "tobacco",
    period = "2009-03",
    sources = {
        staff = table_of("staff"),
        area = table_of("area"),
        area_fact = table_of("area_fact"),
        brand = table_of("brand"),
        volume = table_of("volume"),
        review = table_of("review"),
        decision = table_of("decision"),
        history = table_of("history"),
    },
    outputs = {
        pdf { template = "scorecard-points", path = "{period}/{group}/{id}-{name}.pdf" },
        pdf { template = "branch-summary", path = "{period}/汇总.pdf" },
        json { path = "{period}/results.json" },
        csv { path = "{period}/results.csv" },
    },
    -- 换成本公司的数值:去掉 -- 再改,全部参数见包里的 README.md
    params = {
        -- targets = { accuracy = 96, satisfaction = 99, growth = 4, concentration = 50 },
        -- growth_base = "previous",
    },
}
