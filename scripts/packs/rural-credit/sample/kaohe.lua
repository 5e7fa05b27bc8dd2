-- 柳河县农村信用合作联社的考核项目:数据在哪里,输出到哪里。考核办法在包 rural-credit 里。
local function table_of(name)
    return csv { path = "data/" .. name .. ".csv" }
end

return project {
    title = "柳河县农村信用社客户经理季度考核",
    organisation = "柳河县农村信用合作联社",
    scheme = "rural-credit",
    period = "2009Q4",
    sources = {
        staff = table_of("staff"),
        unit = table_of("unit"),
        career = table_of("career"),
        certificate = table_of("certificate"),
        loan = table_of("loan"),
        loan_owner = table_of("loan_owner"),
        loan_balance = table_of("loan_balance"),
        loan_check = table_of("loan_check"),
        deposit = table_of("deposit"),
        target = table_of("target"),
        pay = table_of("pay"),
        income = table_of("income"),
        income_average = table_of("income_average"),
        visit = table_of("visit"),
        fund_change = table_of("fund_change"),
        history = table_of("history"),
    },
    outputs = {
        pdf { template = "scorecard-points", path = "{period}/{group}/{id}-{name}.pdf" },
        pdf { template = "branch-summary", path = "{period}/汇总.pdf" },
        json { path = "{period}/results.json" },
        csv { path = "{period}/results.csv" },
    },
    -- 换成本社的数值:去掉 -- 再改,全部参数见包里的 README.md
    params = {
        -- managed_factor = 0.6,
        -- phases = { ["2009"] = 1, ["2010"] = 2, ["2011"] = 3 },
    },
}
