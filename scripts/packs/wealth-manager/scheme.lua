-- 理财经理考核(规则手册 E05—E09):五项职责、销售与维护,私人银行与财富客户的服务频次,课程成绩。
local common = use "rules/common"
local customers = use "rules/customers"
local evaluation = use "rules/evaluation"

scheme {
    title = "理财经理考核办法",
    version = "2018.1",
    regulation = "理财经理职责与考核:五项职责、私人银行客户服务、4-2-1-1 服务",
}

-- ---- 考核对象与数据集 --------------------------------------------------------------------------

lookup "branch" { on = "branch_id" }

subject {
    from = "staff",
    key = "manager_id",
    name = "name",
    group = "branch.name",
    fields = { "post" },
    active = { "active_from", "active_to" },
}

dataset "customer" { date = "opened" }
dataset "book" { from = "customer", date = false }
dataset "asset" { key = "customer_id" }
dataset "target" { period = "period" }
dataset "history" { period = "period" }

records "book" { columns = { customer_id = "text", name = "text", tier = "text", opened = "date" },
    where = "opened <= period_end and tier in ('私人银行', '财富')", period = "any" }
records "contacts" { of = "contact", columns = { customer_id = "text", date = "date", kind = "text" },
    period = "year_to_date" }
records "documents" { of = "document", columns = { customer_id = "text", kind = "text" },
    where = "kind in ('发展计划', '配置方案')", period = "year_to_date" }
records "assets" { of = "asset", columns = { customer_id = "text", date = "date", financial_assets = "money" },
    period = "year_to_date" }
records "course" { of = "course_score", columns = { part = "text", rater = "text", score = "number" },
    period = "year_to_date" }
records "history" { columns = { period = "text", score = "number" }, period = "any" }

-- ---- 参数:管理员可改;原文只有名称与频次,以下数值均为 [默认](见 README) --------------------------

local duty_weights = param "duty_weights" {
    title = "五项职责权重 [默认]",
    value = { marketing = 25, new_customers = 20, stock = 20, sales_points = 30, research = 5 },
}
local assessment_weights = param "assessment_weights" {
    title = "销售与维护权重 [默认]", value = { sales = 50, maintenance = 50 },
}
local blend = param "blend" { title = "两部分在总分中的占比 [默认]", unit = "%", value = { duties = 60, assessment = 40 } }
common.check_weights(duty_weights, "duty_weights")
common.check_weights(assessment_weights, "assessment_weights")
common.check_weights(blend, "blend")
local duty_cap = param "duty_cap" { title = "职责完成率上限 [默认];false 为不封顶", value = 1.2, number = true }
local sales_cap = param "sales_cap" { title = "产品销售完成率上限 [默认];false 为不封顶", value = 1.2, number = true }
local item_floor = param "item_floor" { title = "完成率下限 [默认];false 为不设", value = 0, number = true }
local zero_target = param "zero_target" { title = "目标为零时 [默认]:full、zero、exclude", value = "full" }
param "sale_points" {
    title = "销售折点 [默认]:理财、贵金属每万元,信用卡每张,电子银行每户",
    value = { wealth = 1, metal = 2, card = 3, e_bank = 1 },
}
param "plan_from" { title = "须有资产配置方案的金融资产(原文)", unit = "万元", value = 500 }
param "service_deduction" { title = "服务不达标每户扣分 [默认]:只提示,不扣", unit = "分", value = 0 }
param "listed" { title = "记分卡上逐户列出的未达标客户数", unit = "户", value = 6 }
param "course_weights" {
    title = "课程三方权重 [默认]", value = { teacher = 40, group = 20, expert = 40 },
}
param "contest_share" { title = "课程成绩中竞赛的占比 [默认]", value = 0.5 }
param "scorecard" { title = "记分卡文字", value = { title = "理财经理记分卡" } }
param "reconsider" { title = "复议 [默认]", value = { days = 3, to = "个人金融部" } }

-- ---- 度量 --------------------------------------------------------------------------------------

measure "aum" { title = "管户金融资产", unit = "元", of = "asset", sum = "financial_assets", over = "last" }
measure "aum_before" { title = "上期末管户金融资产", unit = "元", of = "asset", sum = "financial_assets",
    over = "last", period = "previous" }
measure "stock" { title = "存量:客户持有产品", unit = "项", places = 1, of = "asset", sum = "products", over = "last" }
measure "kept" { title = "管户数", unit = "户", places = 0, of = "book", count = true, where = "opened <= period_end" }
measure "new_customers" { title = "新客户:建档完整", unit = "户", places = 0, of = "customer", count = true,
    where = "info_complete = '是'", missing = "zero" }
measure "incomplete" { title = "新客户建档不全", unit = "户", places = 0, of = "customer", count = true,
    where = "info_complete <> '是'", missing = "zero" }
measure "contacted" { title = "本期联系过的客户", unit = "户", places = 0, of = "contact",
    count_distinct = "customer_id", missing = "zero" }
measure "research" { title = "调研:报告", unit = "篇", places = 0, of = "document", count = true,
    where = "kind = '调研报告'", missing = "zero" }
for _, sale in ipairs { { "wealth", "理财", "amount", "元" }, { "metal", "贵金属", "amount", "元" },
                        { "card", "信用卡", "quantity", "张" }, { "e_bank", "电子银行", "quantity", "户" } } do
    measure(sale[1] .. "_sold") { title = sale[2] .. "销售", unit = sale[4], of = "sale",
        sum = sale[3], where = "kind = '" .. sale[2] .. "'", missing = "zero" }
end
for _, name in ipairs { "marketing", "new_customers", "stock", "sales_points", "research", "product_sales" } do
    measure(name .. "_target") { title = "目标", of = "target", sum = "value", where = "metric = '" .. name .. "'" }
end

-- ---- 指标 --------------------------------------------------------------------------------------

metric "marketing" { title = "营销:管户资产增长", unit = "万元", places = 2,
    formula = function(m) return (m.aum - (m.aum_before or 0)) / 10000 end }
-- 户均产品数与户均目标各乘户数,不先相除
metric "stock_goal" { title = "存量目标", unit = "项",
    formula = function(m) return m.stock_target * m.kept end }
metric "sales_points" { title = "销售:折合点数", unit = "点", places = 2,
    formula = function(m, p)
        local each = p.sale_points
        return m.wealth_sold / 10000 * each.wealth + m.metal_sold / 10000 * each.metal
            + m.card_sold * each.card + m.e_bank_sold * each.e_bank
    end }
metric "product_sales" { title = "产品销售", unit = "万元", places = 2,
    formula = function(m) return (m.wealth_sold + m.metal_sold) / 10000 end }
-- 没有分配客户而有任务的,维护率为 0
metric "to_maintain" { title = "应维护客户", unit = "户",
    formula = function(m)
        if m.kept > 0 then return m.kept end
        return m.product_sales_target and 1
    end }
metric "maintenance_rate" { title = "客户维护率", round = 6,
    formula = function(m, p)
        return evaluation.sales_maintenance_score {
            sales_wan = m.product_sales, target_wan = m.product_sales_target or 0,
            maintained = m.contacted, assigned = m.kept, weights = p.assessment_weights,
            sales_cap = p.sales_cap or nil, zero_target = p.zero_target,
        }.maintenance_rate
    end }
-- E09 三方、两部分都有分数才有课程成绩
metric "course_mark" { title = "课程成绩", unit = "分", round = 2,
    formula = function(m, p, s, r)
        local raters = { ["教师"] = "teacher", ["组员"] = "group", ["专家"] = "expert" }
        local marks, count = { ["竞赛"] = {}, ["规划"] = {} }, 0
        for _, row in ipairs(r.course) do
            local part, rater = marks[row.part], raters[row.rater]
            if not part or not rater then
                error("course_score: part '" .. row.part .. "', rater '" .. row.rater
                    .. "'; write 竞赛 or 规划, and 教师, 组员 or 专家")
            end
            if part[rater] == nil then count = count + 1 end
            part[rater] = row.score
        end
        if count < 6 then return nil end
        return evaluation.course_mark {
            contest = marks["竞赛"], plan = marks["规划"], weights = p.course_weights,
            contest_share = p.contest_share,
        }.mark
    end }

-- ---- 服务频次(E06、E07):全年的要求,年内各期只看已到的月份与季度 --------------------------------

-- 一个客户的联系、方案与资产各归一处,只走一遍
local function by_customer(r)
    local all = {}
    local function of(id)
        all[id] = all[id] or { contacts = {}, plans = {}, aum = dec(0), day = "" }
        return all[id]
    end
    for _, contact in ipairs(r.contacts) do
        local list = of(contact.customer_id).contacts
        list[#list + 1] = contact
    end
    for _, document in ipairs(r.documents) do of(document.customer_id).plans[document.kind] = true end
    for _, asset in ipairs(r.assets) do
        local own = of(asset.customer_id)
        if asset.date >= own.day then own.aum, own.day = asset.financial_assets, asset.date end
    end
    return of
end

-- 开户前与尚未到的月份视作已联系,于是同一条规则适用于年内任何一期
local function service_of(row, own, p)
    local first = date.parts(row.opened)
    local year, last = period.year, date.parts(period.to).month
    local begin = first.year == year and first.month or 1
    local months, by_quarter = {}, { 0, 0, 0, 0 }
    local reviews, services = 0, 0
    for month = 1, 12 do
        if month < begin or month > last then months[#months + 1] = month end
    end
    for quarter = 1, 4 do
        if quarter * 3 < begin or quarter * 3 > last then
            by_quarter[quarter], reviews = 1, reviews + 1
            if quarter % 2 == 0 then services = services + 1 end
        end
    end
    for _, contact in ipairs(own.contacts) do
        local month = date.parts(contact.date).month
        local quarter = (month + 2) // 3
        months[#months + 1], by_quarter[quarter] = month, by_quarter[quarter] + 1
        if contact.kind == "组合回顾" then reviews = reviews + 1 end
        if contact.kind == "投资服务" then services = services + 1 end
    end
    if row.tier == "私人银行" then
        return customers.private_bank_service {
            contact_months = months, portfolio_reviews = reviews, development_plan = own.plans["发展计划"] == true,
        }
    end
    return customers.service_4211 {
        contacts_by_quarter = by_quarter, investment_services = services, aum_wan = own.aum / 10000,
        allocation_plan = own.plans["配置方案"] == true, plan_from_wan = p.plan_from,
    }
end

local words = {
    monthly_contact = "每月联系", portfolio_reviews = "每季组合回顾", development_plan = "发展计划",
    quarterly_contact = "每季联系", investment_service = "投资服务两次", allocation_plan = "资产配置方案",
}

-- 两类客户各有多少户达标;未达标的逐户列出缺什么
local function services(card, p)
    local tally = { ["私人银行"] = { all = 0, ok = 0 }, ["财富"] = { all = 0, ok = 0 } }
    local steps, failed, listed, of = {}, 0, {}, by_customer(card.r)
    for _, row in ipairs(card.r.book) do
        local got, t = service_of(row, of(row.customer_id), p), tally[row.tier]
        t.all = t.all + 1
        if got.compliant then
            t.ok = t.ok + 1
        else
            failed = failed + 1
            local missing = {}
            for i, name in ipairs(got.missing) do missing[i] = words[name] end
            if failed <= p.listed then
                listed[#listed + 1] = {
                    rule = row.tier == "财富" and "E07 4-2-1-1" or "E06", outcome = "failed",
                    text = row.name .. "(" .. row.customer_id .. ")缺:" .. table.concat(missing, "、"),
                }
            end
        end
    end
    for _, kind in ipairs { { "私人银行", "E06" }, { "财富", "E07 4-2-1-1" } } do
        local t = tally[kind[1]]
        if t.all > 0 then
            steps[#steps + 1] = { rule = kind[2], outcome = t.ok == t.all and "passed" or "failed",
                text = kind[1] .. "客户 " .. t.all .. " 户,本年至今服务达标 " .. t.ok .. " 户" }
        end
    end
    for _, step in ipairs(listed) do steps[#steps + 1] = step end
    if failed > #listed then
        steps[#steps + 1] = { rule = "E06、E07", outcome = "failed", text = "另有 " .. failed - #listed .. " 户未达标" }
    end
    return steps, failed
end

-- ---- 计分 --------------------------------------------------------------------------------------

local items = {}
for _, duty in ipairs { "marketing", "new_customers", "stock", "sales_points", "research" } do
    local target = duty == "stock" and "stock_goal" or duty .. "_target"
    items[#items + 1] = { metric = duty, target = target, cap = duty_cap or nil,
                          weight = duty_weights[duty] * blend.duties / 100 }
end
items[#items + 1] = { metric = "product_sales", target = "product_sales_target", cap = sales_cap or nil,
                      weight = assessment_weights.sales * blend.assessment / 100 }
items[#items + 1] = { metric = "contacted", target = "to_maintain", title = "客户维护:本期联系过的客户",
                      weight = assessment_weights.maintenance * blend.assessment / 100 }

score {
    weighted { items = items, zero_target = zero_target, floor = item_floor or nil, title = "综合得分" },
    function(card, p)
        local steps, failed = services(card, p)
        local m, final = card.m, card.score
        if m.incomplete > 0 then
            table.insert(steps, 1, { rule = "E05", outcome = "changed",
                text = "新客户 " .. m.incomplete .. " 户建档不全,不计入" })
        end
        if m.course_mark then
            steps[#steps + 1] = { rule = "E09", outcome = "kept",
                text = "课程成绩(竞赛与家庭理财规划)" .. m.course_mark .. " 分,不计入得分" }
        end
        if final == nil then return { steps = steps } end
        table.insert(steps, 1, { rule = "E05、E08 [默认]", outcome = "passed",
            text = "五项职责占 " .. p.blend.duties .. "%,销售与维护占 " .. p.blend.assessment .. "%;客户维护率 "
                .. round(m.maintenance_rate * 100, 2) .. "%" })
        local lost = failed * p.service_deduction
        if lost > 0 then
            final = final - lost
            steps[#steps + 1] = { rule = "E06、E07 [默认]", outcome = "changed",
                text = failed .. " 户未达标,每户扣 " .. p.service_deduction .. " 分,共扣 " .. lost .. " 分" }
        end
        return {
            score = final, places = 2, steps = steps,
            notes = { "考核项目与服务频次为办法所定;权重、占比、折点与封顶原文没有给出,按参数 [默认] 计算。" },
        }
    end,
}
