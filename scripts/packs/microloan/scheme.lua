-- 小微贷款中心看板与风险控制(规则手册 E17、E18):余额、客户、审批、新增与续贷、渠道、不良,大额与预警。
-- 中心自己也是一个考核对象:它的看板与客户经理的一样算,只是归属不同。
local cards = use "rules/card"
local common = use "rules/common"
local indicators = use "rules/indicators"
local process = use "rules/process"
local words = use "rules/words"

scheme {
    title = "小微贷款中心经营看板",
    version = "2018.1",
    regulation = "小微贷款中心经营通报与风险控制要求",
}

-- ---- 参数 --------------------------------------------------------------------------------------

local channels = param "channels" {
    title = "渠道(前三项与大蒜商户为原文)",
    value = { "税融e贷", "惠农贷", "创业贷", "大蒜商户", "普通" },
}
local bad_classes = param "bad_classes" { title = "计入不良的分类", value = { "次级", "可疑", "损失" } }
local large_loan = param "large_loan" { title = "负责人须参与的额度(含)[默认]:原文只说额度较大", unit = "万元", value = 100 }
local headline = param "headline" {
    title = "表头与走势看哪一项 [默认]:balance 余额、growth 增幅、customers 客户数、profit 利润、npl_ratio 不良率",
    value = "balance",
}
common.place({ "balance", "growth", "customers", "profit", "npl_ratio" }, headline, "headline")
param "listed" { title = "逐笔列出几项", unit = "笔", value = 6 }
param "scorecard" { title = "看板文字", value = { title = "小微贷款经营看板" } }

-- ---- 考核对象、查表 ----------------------------------------------------------------------------

lookup "team" { on = "team_id" }
lookup "class" { from = "loan_class", on = "loan_id", valid = { "from_date", "to_date" } }
owner "loan_owner" { from = "loan", on = "loan_id", subject = "manager_id" }
owner "loan_centre" { from = "loan", on = "loan_id", subject = "centre_id" }

subject {
    from = "staff",
    key = "manager_id",
    name = "name",
    group = "team.name",
    fields = { "post" },
    active = { "active_from", "active_to" },
}

dataset "history" { period = "period" }
records "history" { columns = { period = "text", score = "number" }, period = "any" }

-- ---- 数据集与度量:客户经理一套,中心一套(名称以 centre_ 开头) ----------------------------------

local quoted = {}
for i, class in ipairs(bad_classes) do quoted[i] = "'" .. class .. "'" end
local bad = "class.class in (" .. table.concat(quoted, ", ") .. ")"

-- 期末、年初在册的贷款:按客户去重
local now = "start <= period_end and (closed is null or closed > period_end)"
local before = "start < year_start and (closed is null or closed >= year_start)"

local function declare(prefix, who, owner)
    dataset(prefix .. "balances") { from = "loan_balance", key = "loan_id", owner = owner }
    dataset(prefix .. "book") { from = "loan", date = false, subject = who }
    dataset(prefix .. "lending") { from = "loan", date = "start", subject = who }
    dataset(prefix .. "applications") { from = "application", subject = who }
    dataset(prefix .. "warnings") { from = "warning", date = "raised", subject = who }
    dataset(prefix .. "profits") { from = "profit", period = "period", subject = who }

    for _, m in ipairs { { "balance", "贷款余额", nil, nil, "last" }, { "opening", "年初余额", "year_to_date", nil, "first" },
                         { "npl", "不良余额", nil, bad, "last" },
                         { "npl_opening", "年初不良", "year_to_date", bad, "first" } } do
        measure(prefix .. m[1] .. "_yuan") { title = m[2], unit = "元", of = prefix .. "balances", sum = "balance",
            over = m[5], period = m[3], where = m[4] }
    end
    measure(prefix .. "month_before") { title = "上月末余额", unit = "元", of = prefix .. "balances", sum = "balance",
        over = "last", period = "previous" }
    measure(prefix .. "customers_now") { title = "客户数", unit = "户", of = prefix .. "book",
        count_distinct = "customer_id", where = now }
    measure(prefix .. "customers_then") { title = "年初客户数", unit = "户", of = prefix .. "book",
        count_distinct = "customer_id", where = before }
    for _, m in ipairs { { "filed", "申请", "app_id is not null" }, { "approved", "通过", "approved = '是'" } } do
        measure(prefix .. m[1]) { title = m[2], unit = "笔", of = prefix .. "applications", count = true,
            where = m[3], period = "year_to_date" }
    end
    for _, m in ipairs { { "new", "新增", "kind = '新增'" }, { "repeat", "续贷", "kind = '续贷'" } } do
        measure(prefix .. m[1] .. "_count") { title = m[2] .. "笔数", unit = "笔", of = prefix .. "lending", count = true,
            where = m[3], period = "year_to_date" }
        measure(prefix .. m[1] .. "_yuan") { title = m[2] .. "金额", unit = "元", of = prefix .. "lending", sum = "amount",
            where = m[3], period = "year_to_date", missing = "zero" }
    end
    for i, channel in ipairs(channels) do
        local where = "channel = '" .. channel .. "'"
        measure(prefix .. "channel_" .. i .. "_count") { title = channel .. "笔数", unit = "笔",
            of = prefix .. "lending", count = true, where = where, period = "year_to_date" }
        measure(prefix .. "channel_" .. i .. "_yuan") { title = channel .. "金额", unit = "元",
            of = prefix .. "lending", sum = "amount", where = where, period = "year_to_date", missing = "zero" }
    end
    measure(prefix .. "profit_yuan") { title = "本年利润", unit = "元", of = prefix .. "profits", sum = "profit",
        period = "year_to_date" }
    records(prefix .. "unattended") { of = prefix .. "applications", period = "year_to_date",
        columns = { app_id = "text", date = "date", amount = "money" }, where = "head_present <> '是' and amount >= " .. large_loan * 10000 }
    records(prefix .. "alerts") { of = prefix .. "warnings", period = "year_to_date",
        columns = { warning_id = "text", loan_id = "text", raised = "date", handled = "date" } }
end
declare("", "manager_id", "loan_owner")
declare("centre_", "centre_id", "loan_centre")

-- ---- 指标 --------------------------------------------------------------------------------------

-- 一个对象只属于一套;两套都没有就是没有数据
local function either(own, centre)
    if own == nil then return centre end
    return centre == nil and own or own + centre
end
local function wan(own, centre) return either(own, centre) / 10000 end

metric "balance" { title = "贷款余额", unit = "万元", places = 2,
    formula = function(m) return wan(m.balance_yuan, m.centre_balance_yuan) end }
metric "opening" { title = "年初余额", unit = "万元", places = 2,
    formula = function(m) return wan(m.opening_yuan, m.centre_opening_yuan) or m.balance and 0 end }
metric "growth" { title = "余额增幅", unit = "%", places = 2,
    formula = function(m)
        if m.balance == nil then return nil end
        return indicators.balance_growth {
            balance_wan = m.balance, increase_wan = m.balance - m.opening }.growth * 100
    end }
metric "month_increase" { title = "较上月", unit = "万元", places = 2,
    formula = function(m) return m.balance - (wan(m.month_before, m.centre_month_before) or 0) end }
metric "customers" { title = "客户数", unit = "户", places = 0,
    formula = function(m) return either(m.customers_now, m.centre_customers_now) end }
metric "customers_opening" { title = "年初客户数", unit = "户", places = 0,
    formula = function(m) return either(m.customers_then, m.centre_customers_then) end }
local function of_customers(m)
    if m.balance == nil then return {} end
    return indicators.customer_growth {
        customers = m.customers, increase = m.customers - m.customers_opening, balance_wan = m.balance }
end
metric "customer_growth" { title = "客户增幅", unit = "%", places = 2,
    formula = function(m)
        return of_customers({ balance = m.balance, customers = m.customers,
                              customers_opening = m.customers_opening }).growth * 100
    end }
metric "per_customer" { title = "户均余额", unit = "万元", places = 4,
    formula = function(m)
        return of_customers({ balance = m.balance, customers = m.customers,
                              customers_opening = m.customers_opening }).balance_per_customer_wan
    end }

metric "applications" { title = "申请", unit = "笔", places = 0,
    formula = function(m) return either(m.filed, m.centre_filed) end }
metric "approvals" { title = "通过", unit = "笔", places = 0,
    formula = function(m) return either(m.approved, m.centre_approved) end }
metric "new_loans" { title = "新增", unit = "笔", places = 0,
    formula = function(m) return either(m.new_count, m.centre_new_count) end }
metric "repeat_loans" { title = "续贷", unit = "笔", places = 0,
    formula = function(m) return either(m.repeat_count, m.centre_repeat_count) end }
metric "new_wan" { title = "新增金额", unit = "万元", places = 2,
    formula = function(m) return wan(m.new_yuan, m.centre_new_yuan) end }
metric "repeat_wan" { title = "续贷金额", unit = "万元", places = 2,
    formula = function(m) return wan(m.repeat_yuan, m.centre_repeat_yuan) end }
metric "disbursed" { title = "发放", unit = "笔", places = 0,
    formula = function(m) return m.new_loans + m.repeat_loans end }
metric "disbursed_wan" { title = "发放金额", unit = "万元", places = 2,
    formula = function(m) return m.new_wan + m.repeat_wan end }
local function of_approval(applications, approved, disbursed, disbursed_wan)
    return indicators.approval_rates { applications = applications, approved = approved, disbursed = disbursed,
                                       disbursed_wan = disbursed_wan }
end
metric "approval_rate" { title = "通过率", unit = "%", places = 2,
    formula = function(m)
        return of_approval(m.applications, m.approvals, m.disbursed, m.disbursed_wan).approval_rate * 100
    end }
metric "disbursed_rate" { title = "发放率(占通过)", unit = "%", places = 2,
    formula = function(m)
        return of_approval(m.applications, m.approvals, m.disbursed, m.disbursed_wan).disbursed_rate * 100
    end }
metric "avg_ticket" { title = "笔均金额", unit = "万元", places = 4,
    formula = function(m)
        return of_approval(m.applications, m.approvals, m.disbursed, m.disbursed_wan).avg_ticket_wan
    end }
metric "new_share" { title = "新增占比(笔数)", unit = "%", places = 2,
    formula = function(m)
        return indicators.new_repeat_split { new_count = m.new_loans, new_wan = m.new_wan,
            repeat_count = m.repeat_loans, repeat_wan = m.repeat_wan }.new_share * 100
    end }

metric "npl" { title = "不良贷款", unit = "万元", places = 2,
    formula = function(m) return wan(m.npl_yuan, m.centre_npl_yuan) or m.balance and 0 end }
metric "npl_opening" { title = "年初不良", unit = "万元", places = 2,
    formula = function(m) return wan(m.npl_opening_yuan, m.centre_npl_opening_yuan) or m.balance and 0 end }
metric "npl_ratio" { title = "不良率", unit = "%", places = 2,
    formula = function(m)
        if m.balance == nil then return nil end
        return indicators.npl_ratio { npl_wan = m.npl, balance_wan = m.balance,
                                      npl_increase_wan = m.npl - m.npl_opening }.ratio * 100
    end }
metric "profit" { title = "本年利润", unit = "万元", places = 2,
    formula = function(m) return wan(m.profit_yuan, m.centre_profit_yuan) end }

-- ---- 看板与风险控制 ----------------------------------------------------------------------------

local function two(x) return words.number(x, 2) end
-- 分母为零时没有算式
local function over(a, b, x) return x and a .. " ÷ " .. b or "没有可比的数" end

-- 看板的各行:数值、年初数、怎样算出
local function rows_of(card, p)
    local m, items = card.m, {}
    local function add(name, title, unit, value, base, how)
        local places = unit == "笔" and 0 or unit == "户" and 0 or name == "per_customer" and 4 or 2
        items[#items + 1] = { name = name, title = title, unit = unit, actual = value, base = base, rule = how,
                              value_places = places }
    end
    local more = m.balance - m.opening
    add("balance", "贷款余额", "万元", m.balance, m.opening, "较上月 " .. two(m.month_increase) .. " 万元")
    add("growth", "余额增幅", "%", m.growth, nil, over(two(more), two(m.opening), m.growth))
    add("customers", "客户数", "户", m.customers, m.customers_opening, "期末有贷款的客户,去重")
    add("customer_growth", "客户增幅", "%", m.customer_growth, nil,
        over(m.customers - m.customers_opening, m.customers_opening, m.customer_growth))
    add("per_customer", "户均余额", "万元", m.per_customer, nil, over(two(m.balance), m.customers, m.per_customer))
    add("profit", "本年利润", "万元", m.profit, nil, "年初至今")
    add("applications", "申请", "笔", m.applications, nil, "年初至今")
    add("approvals", "通过", "笔", m.approvals, nil, m.approval_rate and "通过率 " .. two(m.approval_rate) .. "%" or "年初至今")
    add("disbursed", "发放", "笔", m.disbursed, nil, two(m.disbursed_wan) .. " 万元"
        .. (m.disbursed_rate and ",占通过 " .. two(m.disbursed_rate) .. "%" or "")
        .. (m.avg_ticket and ",笔均 " .. two(m.avg_ticket) .. " 万元" or ""))
    add("new_loans", "其中新增", "笔", m.new_loans, nil, two(m.new_wan) .. " 万元"
        .. (m.new_share and ",占发放笔数 " .. two(m.new_share) .. "%" or ""))
    add("repeat_loans", "其中续贷", "笔", m.repeat_loans, nil, two(m.repeat_wan) .. " 万元")
    add("npl", "不良贷款", "万元", m.npl, m.npl_opening, "次级、可疑、损失")
    add("npl_ratio", "不良率", "%", m.npl_ratio, nil, over(two(m.npl), two(m.balance), m.npl_ratio))
    for i, channel in ipairs(p.channels) do
        local name = "channel_" .. i
        local amount = wan(m[name .. "_yuan"], m["centre_" .. name .. "_yuan"])
        add(name, channel, "笔", either(m[name .. "_count"], m["centre_" .. name .. "_count"]), nil,
            two(amount))
    end
    return items
end

score {
    function(card, p)
        local m, centre = card.m, card.post == "中心"
        local unattended = centre and card.r.centre_unattended or card.r.unattended
        local alerts, steps, listed = centre and card.r.centre_alerts or card.r.alerts, {}, {}
        local wrong, open = 0, 0
        for _, application in ipairs(unattended) do
            local got = process.large_loan_presence {
                amount_wan = application.amount / 10000, head_present = false, limit_wan = p.large_loan }
            if not got.compliant then
                wrong = wrong + 1
                if wrong <= p.listed then
                    listed[#listed + 1] = { rule = "E18", outcome = "failed", text = application.app_id .. "("
                        .. application.date .. ")" .. round(application.amount / 10000, 2) .. " 万元,负责人未参与" }
                end
            end
        end
        for _, alert in ipairs(alerts) do
            if alert.handled == nil or alert.handled > period.to then
                open = open + 1
                if open <= p.listed then
                    listed[#listed + 1] = { rule = "E18", outcome = "failed",
                        text = alert.warning_id .. "(" .. alert.loan_id .. "," .. alert.raised .. " 发出)尚未处置" }
                end
            end
        end
        if m.balance == nil then
            return { steps = { { rule = "E17", outcome = "failed", text = "没有贷款,看板无数据" } } }
        end
        steps[1] = cards.check("E18 " .. p.large_loan .. " 万元 [默认]", wrong == 0,
            p.large_loan .. " 万元及以上的贷款负责人都已参与", p.large_loan .. " 万元及以上、负责人未参与的 " .. wrong .. " 笔")
        steps[2] = cards.check("E18", open == 0, "本年预警 " .. #alerts .. " 条,全部处置",
            "本年预警 " .. #alerts .. " 条,未处置 " .. open .. " 条")
        steps[3] = cards.check("E17", m.npl <= m.npl_opening, "不良贷款没有比年初增加",
            "不良贷款比年初增加 " .. round(m.npl - m.npl_opening, 2) .. " 万元")
        for _, step in ipairs(listed) do steps[#steps + 1] = step end
        return { score = m[p.headline], places = p.headline == "customers" and 0 or 2, steps = steps,
                 items = rows_of(card, p),
                 notes = { "看板各项为原文口径;大额的额度原文没有给出,按 [默认] " .. p.large_loan .. " 万元。看板不评分。" } }
    end,
}
