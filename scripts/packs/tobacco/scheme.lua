-- 烟草客户经理考核(规则手册 A15—A18):四项指标计分,按客户配岗,上岗条件,四级等级。
local gate = use "rules/qualification"
local headcount = use "rules/headcount"
local indicators = use "rules/indicators"
local card_of = use "rules/card"
local n = use("rules/words").number

scheme {
    title = "烟草公司客户经理考核办法",
    version = "2009.1",
    regulation = "山西烟草客户经理制(四项指标的公式、权重、目标与中级以下条件为默认,原文未载或已缺)",
}

-- ---- 考核对象 ----------------------------------------------------------------------------------

lookup "area" { on = "area_id" }

subject {
    from = "staff",
    key = "manager_id",
    name = "name",
    group = "area.name",
    fields = { "birth_date", "education", "marketing_start", "certificate", entered = "active_from",
               area_class = "area.class" },
    active = { "active_from", "active_to" },
}

-- ---- 参数:管理员可改;[默认] 是原文没有的数值 ---------------------------------------------------

param "weights" {
    title = "四项指标权重 [默认]", unit = "分",
    value = { accuracy = 25, satisfaction = 25, growth = 25, concentration = 25 },
}
param "targets" {
    title = "四项指标目标 [默认]", unit = "%",
    value = { accuracy = 95, satisfaction = 98, growth = 5, concentration = 45 },
}
param "item_cap" { title = "单项完成率上限 [默认];false 为不封顶", number = true, value = 1.2 }
param "item_floor" { title = "单项完成率下限;false 为没有", number = true, value = 0 }
param "zero_target" { title = "目标为零时:full 满分、zero 零分、exclude 不计", value = "full" }
local growth_base = param "growth_base" {
    title = "成长率的上期 [默认]:same_last_year 上年同月,previous 上月", value = "same_last_year",
}
param "per_post" { title = "每岗客户数的下限与上限", unit = "户",
    value = { ["城网"] = { 140, 200 }, ["农网"] = { 100, 140 } } }
param "prefer" { title = "区间内取最少岗位 min [默认] 或最多 max", value = "min" }
param "max_age" { title = "上岗年龄上限(一般,经批准可放宽)", unit = "周岁", value = 45 }
param "skills" { title = "上岗须具备", value = { "语言表达", "应变能力", "计算机应用" } }
local grades = param "grades" {
    title = "等级条件,由高到低:高级出自原文,中级与初级为 [默认];都不满足为见习",
    value = {
        { grade = "高级", months = 36, education = "大专", certificate = "高级营销员",
          reviews = { "职业操守", "专业知识", "三熟悉六会", "财务与营销" } },
        { grade = "中级", months = 24, education = "中专", certificate = "中级营销员", default = true },
        { grade = "初级", months = 12, education = "高中", certificate = "初级营销员", default = true },
    },
}
local rising = { "见习" } -- 由低到高
for _, level in ipairs(grades) do table.insert(rising, 2, level.grade) end
param "reconsider" { title = "复议 [默认]", value = { days = 3, to = "营销中心考核小组" } }
param "scorecard" {
    title = "记分卡文字",
    value = { title = "客户经理月度考核记分卡", total = "得分", unit = "分", grades = rising },
}

-- ---- 数据与度量 --------------------------------------------------------------------------------

lookup "key_brand" { from = "brand", on = "brand", valid = { "from_date", "to_date" }, at = "end" }
lookup "fact" { from = "area_fact", on = "area_id", valid = { "from_date", "to_date" }, at = "end" }

dataset "member" { from = "staff", date = false }
dataset "volume" { period = "period",
    columns = { forecast = "int", ordered = "int", delivered = "int", actual = "int" } }
dataset "review" { }
dataset "decision" { }
dataset "history" { period = "period" }

for name, title in pairs { actual = "销量", forecast = "预测量", ordered = "订货量", delivered = "送货量" } do
    measure(name) { title = title, unit = "条", of = "volume", sum = name }
end
measure "key_volume" { title = "重点品牌销量", unit = "条", of = "volume",
    sum = "case when key_brand.brand is not null then actual else 0 end" }
measure "before" { title = "上期销量", unit = "条", of = "volume", sum = "actual", period = growth_base }
measure "customers" { title = "片区零售户", unit = "户", places = 0, of = "member", max = "fact.customers" }
measure "posts" { title = "片区现有岗位", unit = "个", places = 0, of = "member", max = "fact.posts" }

records "review" { period = "any", of = "review", columns = { item = "text", result = "text" } }
records "decisions" { period = "any", of = "decision",
    columns = { decision_id = "text", kind = "text", reason = "text" } }
records "history" { period = "any", of = "history",
    columns = { period = "text", grade = "text", score = "money" } }

-- ---- 指标(A15,公式为 [默认]) ---------------------------------------------------------------------

metric "accuracy" { title = "预测准确率", formula = function(m)
    if m.actual == nil then return nil end
    return indicators.forecast_accuracy { forecast_tiao = m.forecast, actual_tiao = m.actual }.accuracy
end }
metric "satisfaction" { title = "订单满足率", formula = function(m)
    if m.ordered == nil then return nil end
    return indicators.order_satisfaction { ordered = m.ordered, delivered = m.delivered }.rate
end }
metric "growth" { title = "销售成长率", formula = function(m)
    if m.actual == nil or m.before == nil then return nil end
    return indicators.sales_growth { previous = m.before, current = m.actual }.growth
end }
metric "concentration" { title = "品牌集中度", formula = function(m)
    if m.actual == nil then return nil end
    return indicators.brand_concentration { key_brand_volume = m.key_volume, total_volume = m.actual }.rate
end }

-- ---- 计分 --------------------------------------------------------------------------------------

local order = { { "accuracy", "预测准确率" }, { "satisfaction", "订单满足率" }, { "growth", "销售成长率" },
                { "concentration", "品牌集中度" } }

local function whole(x)
    return x and n(x, 0) or "—"
end

local function indicators_of(card, p)
    local m, items = card.m, {}
    for i, entry in ipairs(order) do
        local name = entry[1]
        items[i] = { name = name, title = entry[2], unit = "%", value_places = 2, weight = p.weights[name],
                     actual = m[name] and m[name] * 100, target = p.targets[name] }
    end
    local total, rows = card_of.weighted(items, p)
    local steps = {}
    if m.actual then
        local base = growth_base == "previous" and "上月" or "上年同月"
        steps[1] = { rule = "A15 [默认]", outcome = "kept",
            text = ("销量 %s 条,预测 %s,订货 %s,送货 %s,%s %s,重点品牌 %s:准确率 1 − |预测 − 销量| ÷ 销量,"
                .. "满足率 送货 ÷ 订货,成长率 (销量 − %s) ÷ %s,集中度 重点品牌 ÷ 销量"):format(whole(m.actual),
                whole(m.forecast), whole(m.ordered), whole(m.delivered), base, whole(m.before), whole(m.key_volume),
                base, base) }
    end
    return { score = total, places = 2, items = rows, steps = steps }
end

-- A16 本片区的岗位
local function staffing(card, p)
    local m, range = card.m, p.per_post[card.area_class]
    if m.customers == nil or m.posts == nil then return nil end
    if range == nil then error("per_post has no area class '" .. card.area_class .. "'; add its { least, most } customers") end
    local need = headcount.tobacco_staffing { area_class = card.area_class, customers = m.customers,
        per_post_min = range[1], per_post_max = range[2], prefer = p.prefer }
    local ok = m.posts >= need.min_posts and m.posts <= max(need.min_posts, need.max_posts)
    local want = ("应配 %d 岗"):format(need.default_posts)
    if not need.exact_fit then
        want = ("没有合适的整数,按上限配 %d 岗"):format(need.default_posts)
    elseif need.min_posts < need.max_posts then
        want = ("应配 %d—%d 岗,取 %d"):format(need.min_posts, need.max_posts, need.default_posts)
    end
    return { steps = { {
        rule = "A16", outcome = ok and "passed" or "failed",
        text = ("%s %d 户,每岗 %d—%d 户,%s;现有 %d 岗,每岗 %.2f 户"):format(card.area_class, m.customers,
            range[1], range[2], want, m.posts, m.customers / m.posts),
    } } }
end

local function reviewed(card)
    local result = {}
    for _, row in ipairs(card.r.review) do result[row.item] = row.result end
    return result
end

-- A17 上岗条件:周岁以上岗之日为准,经批准可放宽
local function entry(card, p)
    local age = gate.tobacco_entry_age { birth = card.birth_date, on = card.entered, max_age = p.max_age }
    local waived, missing, got = nil, {}, reviewed(card)
    for _, row in ipairs(card.r.decisions) do
        if row.kind == "年龄豁免" then waived = row.decision_id end
    end
    for _, skill in ipairs(p.skills) do
        if got[skill] ~= "是" then missing[#missing + 1] = skill end
    end
    local text = ("上岗时 %d 周岁"):format(age.age)
    if not age.pass then text = text .. (waived and ",超过上限,经 " .. waived .. " 放宽" or ",超过上限,未经批准") end
    if #missing > 0 then text = text .. ";未具备:" .. table.concat(missing, "、") end
    return { steps = { card_of.check("A17", (age.pass or waived ~= nil) and #missing == 0, text) } }
end

local words = { tenure = "营销年限", education = "学历", certificate = "技能等级" }

-- A18 四级:自高而低,第一个条件齐备的等级
local function grade(card, p)
    local got, steps, given = reviewed(card), {}, "见习"
    for _, level in ipairs(p.grades) do
        local check = gate.tobacco_senior_gate { marketing_start = card.marketing_start, on = period.to,
            education = card.education, certificate = card.certificate, min_months = level.months,
            min_education = level.education, required_certificate = level.certificate }
        local fails = {}
        for _, name in ipairs(check.fails) do fails[#fails + 1] = words[name] end
        for _, item in ipairs(level.reviews or {}) do
            if got[item] ~= "是" then fails[#fails + 1] = item end
        end
        local rule = level.default and "A18 [默认]" or "A18"
        if #fails == 0 then
            given = level.grade
            steps[#steps + 1] = { rule = rule, outcome = "passed",
                text = ("%s条件齐备:%d 个月、%s、%s"):format(given, level.months, level.education, level.certificate) }
            break
        end
        steps[#steps + 1] = { rule = rule, outcome = "failed",
            text = level.grade .. "未具备:" .. table.concat(fails, "、") }
    end
    local last
    for _, row in ipairs(card.r.history) do
        if row.period < period.name then last = row end
    end
    local moved = last and last.grade ~= given
    steps[#steps + 1] = { rule = "A18", outcome = moved and "changed" or "kept",
        text = "符合" .. given .. "客户经理" .. (moved and ",现为" .. last.grade .. ",报聘任调整" or "") }
    return { grade = given, steps = steps }
end

score { indicators_of, staffing, entry, grade }
