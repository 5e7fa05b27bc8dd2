-- 江州市邮政局的考核项目:数据在哪里,输出到哪里。考核办法在包 postal 里。
local function table_of(name)
    return csv { path = "data/" .. name .. ".csv" }
end

return project {
    title = "江州市邮政局客户经理年度考核",
    organisation = "江州市邮政局 · 市场经营部",
    scheme = "postal",
    period = "2009",
    sources = {
        staff = table_of("staff"),
        unit = table_of("unit"),
        bureau_fact = table_of("bureau_fact"),
        deal = table_of("deal"),
        deal_share = table_of("deal_share"),
        account = table_of("account"),
        visit = table_of("visit"),
        issue = table_of("issue"),
        decision = table_of("decision"),
        history = table_of("history"),
        holiday = table_of("holiday"),
    },
    outputs = {
        pdf { template = "scorecard", path = "{period}/{group}/{id}-{name}.pdf" },
        pdf { template = "branch-summary", path = "{period}/汇总.pdf" },
        json { path = "{period}/results.json" },
        csv { path = "{period}/results.csv" },
    },
    -- 换成本局的数值:去掉 -- 再改,全部参数见包里的 README.md
    params = {
        -- maintain_coef = 0.35,
        -- below_window = 3,
    },
}
