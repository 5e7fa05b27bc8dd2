-- 江北分行的考核项目:数据在哪里,输出到哪里。考核办法在包 benefit-and-team 里。
local function table_of(name)
    return csv { path = "data/" .. name .. ".csv" }
end

return project {
    title = "江北分行客户经理年度效益与团队考核",
    organisation = "某某银行 · 江北分行",
    scheme = "benefit-and-team",
    period = "2009",
    sources = {
        staff = table_of("staff"),
        team = table_of("team"),
        team_result = table_of("team_result"),
        customer_owner = table_of("customer_owner"),
        account_owner = table_of("account_owner"),
        account = table_of("account"),
        balance = table_of("balance"),
        price = table_of("price"),
        fx = table_of("fx"),
        fee = table_of("fee"),
        customer_profit = table_of("customer_profit"),
        management = table_of("management"),
        rent = table_of("rent"),
        stock_lock = table_of("stock_lock"),
        holding = table_of("holding"),
        qualification = table_of("qualification"),
        post = table_of("post"),
        history = table_of("history"),
    },
    outputs = {
        pdf { template = "scorecard-points", path = "{period}/{group}/{id}-{name}.pdf" },
        pdf { template = "branch-summary", path = "{period}/汇总.pdf" },
        json { path = "{period}/results.json" },
        csv { path = "{period}/results.csv" },
    },
    -- 换成本行的数值:去掉 -- 再改,全部参数见包里的 README.md
    params = {
        -- kappa = { ["核心"] = 1.10, ["重点"] = 1.05, ["普通"] = 1.00 },
        -- team_weights = { own = 60, team = 40 },
    },
}
