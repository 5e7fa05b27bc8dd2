-- 南湖分行的考核项目:数据在哪里,输出到哪里。考核办法在包 competency 里。
local function table_of(name)
    return csv { path = "data/" .. name .. ".csv" }
end

return project {
    title = "南湖分行客户经理胜任力考核",
    organisation = "某某银行 · 南湖分行",
    scheme = "competency",
    period = "2009Q4",
    sources = {
        staff = table_of("staff"),
        unit = table_of("unit"),
        unit_fact = table_of("unit_fact"),
        task = table_of("task"),
        goal = table_of("goal"),
        rating = table_of("rating"),
        training = table_of("training"),
        pay = table_of("pay"),
        deferral = table_of("deferral"),
        risk_event = table_of("risk_event"),
        history = table_of("history"),
    },
    outputs = {
        pdf { template = "scorecard-competency", path = "{period}/{group}/{id}-{name}.pdf" },
        pdf { template = "branch-summary", path = "{period}/汇总.pdf" },
        json { path = "{period}/results.json" },
        csv { path = "{period}/results.csv" },
    },
    -- 换成本行的数值:去掉 -- 再改,全部参数见包里的 README.md
    params = {
        -- sides = { task = 50, competency = 30, management = 20 },
        -- pass_share = 0.9,
    },
}
