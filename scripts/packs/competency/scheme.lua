-- 胜任力考核(规则手册 B01—B05):知识技能能力、三面考核、产品经理配备、培训积分、延期支付。
local common = use "rules/common"
local evaluation = use "rules/evaluation"
local headcount = use "rules/headcount"
local income = use "rules/income"
local qualification = use "rules/qualification"
local card_of = use "rules/card"
local n = use("rules/words").number

scheme {
    title = "客户经理胜任力考核办法",
    version = "2009.1",
    regulation = "客户经理胜任力模型与岗位创新(权重、评分、积分、延期比例为默认,原文未载)",
}

-- ---- 考核对象 ----------------------------------------------------------------------------------

lookup "unit" { on = "unit_id" }

subject {
    from = "staff",
    key = "manager_id",
    name = "name",
    group = "unit.name",
    fields = { "post", "post_since" },
    active = { "active_from", "active_to" },
}

-- ---- 参数:管理员可改;[默认] 是原文没有的数值 ---------------------------------------------------

param "sides" { title = "三面权重 [默认]", unit = "分", value = { task = 60, competency = 20, management = 20 } }
param "task_items" {
    title = "任务绩效各项权重 [默认]", unit = "分",
    value = { { item = "日均存款增量", unit = "万元", weight = 30 }, { item = "贷款投放", unit = "万元", weight = 30 },
              { item = "中间业务收入", unit = "万元", weight = 20 }, { item = "新增有效客户", unit = "户", weight = 20 } },
}
param "goal_items" {
    title = "管理目标各项权重 [默认]", unit = "分",
    value = { ["计划执行"] = 40, ["协作与带教"] = 30, ["制度遵守"] = 30 },
}
param "item_cap" { title = "任务单项完成率上限;false 为不封顶", number = true, value = false }
param "item_floor" { title = "任务单项完成率下限;false 为没有", number = true, value = 0 }
param "zero_target" { title = "目标为零时:full 满分、zero 零分、exclude 不计", value = "full" }
param "raters" { title = "由谁评定,取平均 [默认]", value = { "上级", "自评" } }
param "pass_share" { title = "达标要素比例 [默认]", value = 0.80 }
param "levels" { title = "岗位按哪一级要求", value = { ["产品经理"] = "助理" } }
param "managers_per_product_manager" { title = "几名客户经理配一名产品经理", unit = "人", value = 3 }
param "trainee_months" { title = "产品经理见习期", unit = "月", value = { from = 12, to = 24 } }
param "credits" { title = "续聘最低积分、每学时积分、讲授倍数 [默认]",
    value = { minimum = 40, per_hour = 1, teaching = 2 } }
param "settle_quarter" { title = "续聘与延期兑付在第几季 [默认]", value = 4 }
param "deferred_share" { title = "绩效延期比例 [默认]", value = 0.40 }
param "deferred_years" { title = "延期分几年 [默认]", unit = "年", value = 3 }
param "reconsider" { title = "复议 [默认]", value = { days = 3, to = "分行绩效考核委员会" } }
param "scorecard" {
    title = "记分卡文字",
    value = { title = "客户经理胜任力记分卡", total = "三面得分", unit = "分", pays = "薪酬与延期支付" },
}

-- ---- 数据与度量 --------------------------------------------------------------------------------

lookup "fact" { from = "unit_fact", on = "unit_id", valid = { "from_date", "to_date" }, at = "end" }

dataset "member" { from = "staff", date = false }
dataset "task" { period = "period" }
dataset "goal" { period = "period" }
dataset "rating" { }
dataset "training" { }
dataset "pay" { period = "period" }
dataset "deferral" { }
dataset "risk_event" { }
dataset "history" { period = "period" }

for name, kind in pairs { basic = "基本", allowance = "津贴", performance = "绩效" } do
    measure(name) { title = kind .. "工资", unit = "元", of = "pay", sum = "amount", where = "kind = '" .. kind .. "'" }
end
measure "managers" { title = "本单位客户经理", unit = "人", places = 0, of = "member", max = "fact.cm_count" }
measure "product_managers" { title = "本单位产品经理", unit = "人", places = 0, of = "member",
    max = "fact.product_managers" }

records "task" { of = "task", columns = { item = "text", actual = "number", target = "number" } }
records "goal" { of = "goal", columns = { item = "text", score = "money" } }
records "ratings" { of = "rating", period = "any",
    columns = { date = "date", kind = "text", element = "text", rater = "text", level = "number" } }
records "training" { of = "training", period = "year_to_date", columns = { form = "text", hours = "decimal(1)" } }
records "deferral" { of = "deferral", period = "any", columns = { year = "int", amount = "money" } }
records "risk" { of = "risk_event", period = "any", columns = { date = "date", reason = "text" } }
records "history" { of = "history", period = "any", columns = { period = "text", score = "money" } }

-- ---- 指标 --------------------------------------------------------------------------------------

metric "management" { title = "管理目标", unit = "分", formula = function(_, p, _, r)
    local scores = {}
    for _, row in ipairs(r.goal) do scores[row.item] = row.score end
    for item in pairs(p.goal_items) do
        if scores[item] == nil then return nil end
    end
    return common.blend(scores, p.goal_items)
end }
metric "credits" { title = "本年培训积分", unit = "分", formula = function(_, p, _, r)
    local all = 0
    for _, row in ipairs(r.training) do
        all = all + row.hours * p.credits.per_hour * (row.form == "讲授" and p.credits.teaching or 1)
    end
    return all
end }

-- ---- 胜任力(B01) ------------------------------------------------------------------------------

-- 期末以前最近一次评定:各要素按评定人平均,次序依数据
local function rated(card, p)
    local last, place, list = nil, {}, {}
    local counts = {}
    for _, rater in ipairs(p.raters) do counts[rater] = true end
    for _, row in ipairs(card.r.ratings) do
        if row.date <= period.to then last = row.date end
    end
    for _, row in ipairs(card.r.ratings) do
        if row.date == last and counts[row.rater] then
            local at = place[row.element] or #list + 1
            place[row.element] = at
            local entry = list[at] or { element = row.element, kind = row.kind, sum = dec(0), n = 0 }
            entry.sum, entry.n = entry.sum + row.level, entry.n + 1
            list[at] = entry
        end
    end
    for _, entry in ipairs(list) do entry.level = entry.sum / entry.n end
    return list, last
end

local kinds = { K = "知识", S = "技能", A = "能力" }

-- 返回胜任力得分、记分卡各行与说明
local function competency(card, p)
    local list, last = rated(card, p)
    if #list == 0 then return nil, {}, {}, nil end
    local elements = {}
    for i, entry in ipairs(list) do elements[i] = { element = entry.element, level = entry.level } end
    local known = qualification.ksa_gap { post = p.levels[card.post] or card.post, elements = elements,
        pass_share = p.pass_share }
    local items, short = {}, {}
    for i, entry in ipairs(list) do
        local gap = max(0, known.required - entry.level)
        items[i] = { name = entry.kind .. "_" .. entry.element, title = entry.element, unit = kinds[entry.kind],
            actual = entry.level, target = known.required, rate = entry.level / known.required, value_places = 1 }
        if gap > 0 then short[#short + 1] = ("%s %.1f"):format(entry.element, gap) end
    end
    local steps = {
        card_of.check("B01 [默认比例]", known.pass,
            ("%s 评定 %d 项要素,要求 %d 级,达标 %.2f%%(须 %.0f%%)"):format(last, #list, known.required,
                known.met_share * 100, p.pass_share * 100)),
    }
    if #short > 0 then
        steps[2] = { rule = "B01", outcome = "kept",
            text = ("差距合计 %.1f 级:"):format(known.gap_total) .. table.concat(short, "、") }
    end
    return known.met_share * 100, items, steps, known.pass
end

-- ---- 三面考核(B02) ----------------------------------------------------------------------------

local function three_sides(card, p)
    card_of.only(period, "Q")
    local given, goals = {}, {}
    for _, row in ipairs(card.r.task) do given[row.item] = row end
    for i, entry in ipairs(p.task_items) do
        local row = given[entry.item] or {}
        goals[i] = { name = "task_" .. i, title = entry.item, unit = entry.unit, actual = row.actual,
            target = row.target, weight = entry.weight, value_places = entry.unit == "户" and 0 or 2 }
    end
    local task, items = card_of.weighted(goals, p)
    for _, item in ipairs(items) do -- 任务各项折进三面得分
        item.weight = item.weight * p.sides.task / 100
        item.points = item.points and item.points * p.sides.task / 100
    end
    local level, elements, steps, pass = competency(card, p)
    local function side(name, title, score)
        items[#items + 1] = { name = name, title = title, unit = "分", actual = score, target = 100,
            rate = score and score / 100, weight = p.sides[name], points = score and score * p.sides[name] / 100,
            places = 2, value_places = 2, reason = score == nil and "无数据" or nil }
    end
    side("competency", "胜任力(达标要素比例)", level)
    side("management", "管理目标", card.m.management)
    for _, item in ipairs(elements) do items[#items + 1] = item end
    local score
    if task and level and card.m.management then
        score = evaluation.three_sided_score { task = task, competency = level, management = card.m.management,
            weights = p.sides }.score
        table.insert(steps, 1, { rule = "B02 [默认权重]", outcome = "passed",
            text = ("任务 %.2f × %s%% + 胜任力 %.2f × %s%% + 管理 %.2f × %s%%"):format(task, p.sides.task, level,
                p.sides.competency, card.m.management, p.sides.management) })
    else
        table.insert(steps, 1, { rule = "B02", outcome = "kept", text = "三面不齐,没有得分" })
    end
    return { score = score, places = 2, items = items, steps = steps,
        band = pass ~= nil and (pass and "胜任" or "待提高") or nil }
end

-- ---- 配备与续聘(B03、B04) ----------------------------------------------------------------------

local function staffing(card, p)
    local m, steps = card.m, {}
    if m.managers then
        local need = headcount.product_manager_need { cm = m.managers, per = p.managers_per_product_manager }
            .product_managers
        steps[1] = card_of.check("B03", m.product_managers >= need,
            ("%s客户经理 %d 人,应配产品经理 %d 人,现有 %d 人"):format(card.group, m.managers, need,
                m.product_managers))
    end
    if card.post == "产品经理" then
        local from = date.add_months(card.post_since, p.trainee_months.from)
        local to = date.add_months(card.post_since, p.trainee_months.to)
        local text = "见习未满 " .. p.trainee_months.from .. " 个月," .. from .. " 起可竞聘客户经理"
        if to <= period.to then text = "见习已逾 " .. p.trainee_months.to .. " 个月,应竞聘或转岗"
        elseif from <= period.to then text = "见习期满,可竞聘客户经理,至 " .. to .. " 前" end
        steps[#steps + 1] = { rule = "B03", text = text,
            outcome = to <= period.to and "failed" or from <= period.to and "passed" or "kept" }
    end
    local text = ("本年培训积分 %.1f 分,续聘须 %s 分"):format(m.credits, p.credits.minimum)
    if period.quarter == p.settle_quarter then
        local renew = qualification.training_renewal { credits = m.credits, minimum = p.credits.minimum }.renew
        steps[#steps + 1] = card_of.check("B04 [默认分数]", renew, text .. ",达到", text .. ",不足")
    else
        steps[#steps + 1] = { rule = "B04 [默认分数]", outcome = "kept", text = text }
    end
    return { steps = steps }
end

-- ---- 延期支付(B05) ----------------------------------------------------------------------------

-- 最早一次风险事件的年份;没有就是 nil
local function risk_year(card)
    for _, row in ipairs(card.r.risk) do
        if row.date <= period.to then return date.parts(row.date).year, row.reason end
    end
end

local function parts(amount, share, p, forfeit)
    return income.deferred_pay { base = 0, allowance = 0, perf = amount, deferred_share = share,
        years = p.deferred_years, forfeit_from_year = forfeit }
end

local function pay(card, p)
    local m, pays, steps = card.m, {}, {}
    local lost, reason = risk_year(card)
    if m.performance then
        local now = income.deferred_pay { base = m.basic or 0, allowance = m.allowance or 0, perf = m.performance,
            deferred_share = p.deferred_share, years = p.deferred_years,
            forfeit_from_year = lost and max(1, lost - period.year) or nil }
        local list = {}
        for i, part in ipairs(now.releases) do list[i] = n(part) end
        pays = {
            { name = "basic", title = "基本工资", amount = m.basic or 0, rule = "按月" },
            { name = "allowance", title = "等级津贴", amount = m.allowance or 0, rule = "按月" },
            { name = "performance", title = "绩效当期", amount = round(m.performance - now.deferred, 2),
              rule = ("绩效 %s − 延期 %s"):format(n(m.performance), n(now.deferred)) },
        }
        steps[1] = { rule = "B05 [默认]", outcome = "kept",
            text = ("绩效 %s × %s = %s 延期,以后 %d 年各付 %s"):format(n(m.performance), p.deferred_share,
                n(now.deferred), p.deferred_years, table.concat(list, "、")) }
    end
    if period.quarter ~= p.settle_quarter then return { pay = pays, steps = steps } end
    local all, due, texts = dec(0), dec(0), {}
    for _, row in ipairs(card.r.deferral) do
        local year = period.year - row.year
        if year >= 1 and year <= p.deferred_years then
            local paid = parts(row.amount, 1, p, lost and lost > row.year and lost - row.year or lost and 1 or nil)
                .releases[year:int()]
            due = due + parts(row.amount, 1, p).releases[year:int()]
            all = all + paid
            texts[#texts + 1] = ("%d 年 %s"):format(row.year, n(paid))
        end
    end
    if #texts > 0 then
        pays[#pays + 1] = { name = "released", title = "往年延期兑付", amount = all, rule = table.concat(texts, "、") }
    end
    if lost and due > all then
        steps[#steps + 1] = { rule = "B05 [默认]", outcome = "failed",
            text = ("风险事件(%s),%d 年起的延期支付没收,本年 %s 元"):format(reason, lost, n(due - all)) }
    end
    return { pay = pays, steps = steps }
end

score { three_sides, staffing, pay }
