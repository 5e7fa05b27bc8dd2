-- 城东分行个人客户经理考核项目:数据在哪里,输出到哪里。考核办法在包 vip-points 里。
local function table_of(name)
    return csv { path = "data/" .. name .. ".csv" }
end

return project {
    title = "城东分行个人客户经理百分制考核",
    organisation = "某某银行 · 城东分行",
    scheme = "vip-points",
    period = "2009Q1",
    sources = {
        staff = table_of("manager"),
        branch = table_of("branch"),
        branch_fact = table_of("branch_fact"),
        group_activity = table_of("group_activity"),
        customer = table_of("customer"),
        customer_assignment = table_of("customer_assignment"),
        manager_asset = table_of("manager_asset"),
        product = table_of("product"),
        product_sale = table_of("product_sale"),
        target = table_of("target"),
        target_slice = table_of("target_slice"),
        pay_item = table_of("pay_item"),
        contact = table_of("contact"),
        holiday = table_of("holiday"),
    },
    outputs = {
        pdf { template = "scorecard-points", path = "{period}/{group}/{id}-{name}.pdf" },
        pdf { template = "branch-summary", path = "{period}/汇总.pdf" },
        json { path = "{period}/results.json" },
        csv { path = "{period}/results.csv" },
    },
}
