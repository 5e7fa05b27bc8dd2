-- The project of the benchmark: files of made-up people, one scorecard for each.
local function table_of(name)
    return csv { path = name .. ".csv" }
end
return project {
    title = "季度考核", organisation = "某某银行 · 城东分行", scheme = "scheme.lua", period = "2009Q1",
    sources = { staff = table_of("staff"), amount = table_of("amount"), history = table_of("history") },
    outputs = { pdf { template = "scorecard", path = "{group}/{id}-{name}.pdf" }, csv { path = "results.csv" } },
}
