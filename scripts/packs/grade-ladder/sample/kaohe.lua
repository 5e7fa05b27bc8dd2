-- 客户经理等级管理项目:数据在哪里,输出到哪里。考核办法在包 grade-ladder 里。
local function table_of(name)
    return csv { path = "data/" .. name .. ".csv" }
end

return project {
    title = "城东分行客户经理等级年度评定",
    organisation = "某某银行 · 城东分行",
    scheme = "grade-ladder",
    period = "2010",
    sources = {
        staff = table_of("staff"),
        branch = table_of("branch"),
        result = table_of("result"),
        satisfaction = table_of("satisfaction"),
        exam = table_of("exam"),
        exam_mark = table_of("exam_mark"),
        decision = table_of("decision"),
        customer = table_of("customer"),
        history = table_of("history"),
    },
    outputs = {
        pdf { template = "scorecard-grade", path = "{period}/{group}/{id}-{name}.pdf" },
        json { path = "{period}/results.json" },
        csv { path = "{period}/results.csv" },
    },
}
