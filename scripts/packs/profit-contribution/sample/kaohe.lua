-- 城东分行的考核项目:数据在哪里,输出到哪里。考核办法在包 profit-contribution 里。
local function table_of(name)
    return csv { path = "data/" .. name .. ".csv" }
end

-- 七个部门同一天报送,列出的除外
local function supplied(day, others)
    local days = others or {}
    for _, who in ipairs { "财务部门", "风险部门", "票据部门", "零售市场部", "支行会计与柜员", "科技部门", "人力资源部" } do
        days[who] = days[who] or day
    end
    return days
end

local function assessed(...)
    local by, steps = { { "初评", "公司部" }, { "调整", "人力部" }, { "审定", "委员会" } }, {}
    for i, day in ipairs { ... } do steps[i] = { step = by[i][1], by = by[i][2], on = day } end
    return steps
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
        supplied = { -- 各部门报送数据的日子(C13):季后第三个工作日为限
            ["2009Q1"] = supplied("2009-04-02"),
            ["2009Q2"] = supplied("2009-07-03", { ["科技部门"] = "2009-07-06" }),
            ["2009Q3"] = supplied("2009-10-10", { ["票据部门"] = "2009-10-09" }),
        },
        assessed = { -- 初评、调整、审定(C14):谁、哪一天
            ["2009Q1"] = assessed("2009-04-07", "2009-04-08", "2009-04-09"),
            ["2009Q2"] = assessed("2009-07-07", "2009-07-08", "2009-07-09"),
            ["2009Q3"] = assessed("2009-10-13", "2009-10-14", "2009-10-15"),
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
