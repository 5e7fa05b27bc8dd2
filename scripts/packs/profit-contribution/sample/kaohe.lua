-- 城东分行的考核项目:数据在哪里,输出到哪里。考核办法在包 profit-contribution 里。
local function table_of(name)
    return csv { path = "data/" .. name .. ".csv" }
end

return project {
    title = "城东分行客户经理季度考核",
    organisation = "某某银行 · 城东分行",
    scheme = "profit-contribution",
    period = "2009Q1",
    params = {
        published = { -- 各期结果公布日:复议期限由此起算(C28)
            ["2009Q1"] = "2009-04-10", ["2009Q2"] = "2009-07-10", ["2009Q3"] = "2009-10-16",
            ["2009Q4"] = "2010-01-15",
        },
    },
    sources = {
        staff = table_of("manager"),
        branch = table_of("branch"),
        account = table_of("account"),
        account_owner = table_of("account_owner"),
        daily_balance = table_of("daily_balance"),
        loan = table_of("loan"),
        loan_balance = table_of("loan_balance"),
        loan_class = table_of("loan_class"),
        loan_state = table_of("loan_state"),
        bill_discount = table_of("bill_discount"),
        fee = table_of("fee"),
        product = table_of("product"),
        product_sale = table_of("product_sale"),
        pool_price = table_of("pool_price"),
        coefficient = table_of("coefficient"),
        decision = table_of("decision"),
        grade_history = table_of("grade_history"),
        leave = table_of("leave"),
        transfer = table_of("transfer"),
        holiday = table_of("holiday"),
    },
    outputs = {
        pdf { template = "scorecard", path = "{period}/{group}/{id}-{name}.pdf" },
        json { path = "{period}/results.json" },
        csv { path = "{period}/results.csv" },
    },
}
