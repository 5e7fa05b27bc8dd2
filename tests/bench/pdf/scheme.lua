-- What a scorecard of eight lines needs, from three files of a few rows for each manager.
scheme { title = "客户经理季度综合创利考核办法", version = "2009.1" }
subject { from = "staff", key = "manager_id", name = "name", group = "branch", fields = { "post" } }
dataset "amounts" { from = "amount", key = "row_id" }
dataset "past" { from = "history", period = "period" }

local names = {
    { "对公存款", function(m) return m.base1 * 0.0125 end }, { "个人存款", function(m) return m.base2 * 0.011 end },
    { "同业存款", function(m) return m.base3 * 0.002 end }, { "一般贷款", function(m) return m.base4 * 0.018 end },
    { "票据贴现", function(m) return m.base5 * 0.004 end }, { "表外业务", function(m) return m.base6 end },
    { "其他业务", function(m) return m.base7 end }, { "产品销售", function(m) return m.base8 * 0.008 end },
}
local lines, rules = {}, {}
for i, name in ipairs(names) do
    lines[i] = "line" .. i
    rules[lines[i]] = "日均 {base" .. i .. ":2} × 利差 ÷ 100 × {days} ÷ 360"
    measure("base" .. i) {
        title = name[1] .. "日均", unit = "元", of = "amounts", sum = "amount", where = "line = " .. i,
        exclude = i == 4 and { { rule = "7.2 正常转关注以下", when = "class <> '正常'" } } or nil,
    }
    metric(lines[i]) { title = name[1], unit = "元", formula = name[2] }
end
records "history" {
    of = "past", columns = { period = "text", grade = "text", profit = "money", line1 = "money", line4 = "money" },
    period = "any",
}
param "days" { title = "天数", value = 90 }
param "scorecard" { title = "文字", value = { title = "客户经理季度考核记分卡", rules = rules } }
param "reconsider" { title = "复议", value = { days = 3, to = "分行考核委员会" } }
lookup "grades" {
    columns = { "grade", "from" },
    rows = {
        { "13级1档", 20 }, { "13级4档", 23.5 }, { "12级1档", 25 }, { "12级4档", 34 }, { "11级1档", 38 },
        { "11级4档", 50 }, { "10级1档", 55 }, { "10级4档", 70 }, { "9级1档", 80 }, { "8级1档", 125 },
    },
}
score { contribution { lines = lines, title = "综合创利" }, ladder { table = "grades", per = 10000 } }
