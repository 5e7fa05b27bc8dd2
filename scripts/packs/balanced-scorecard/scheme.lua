-- 平衡计分卡考核(规则手册 E19—E28):管理岗考单位指标,经办岗考十项岗位指标,四个维度,四档等次。
local cards = use "rules/card"
local career = use "rules/career"
local common = use "rules/common"
local completion = use "rules/completion"
local evaluation = use "rules/evaluation"
local indicators = use "rules/indicators"

scheme {
    title = "平衡计分卡绩效考核办法",
    version = "2018.1",
    regulation = "全行绩效管理体系:岗位评价、平衡计分卡与岗位关键绩效指标",
}

-- ---- 考核对象 ----------------------------------------------------------------------------------

lookup "unit" { from = "branch", on = "branch_id" }
lookup "job" { on = "job_id" }

local factors = { "knowledge", "responsibility", "effort", "communication", "environment" }

subject {
    from = "staff",
    key = "manager_id",
    name = "name",
    group = "unit.name",
    fields = { "post", job = "job.title", knowledge = "job.knowledge", effort = "job.effort",
               responsibility = "job.responsibility", communication = "job.communication",
               environment = "job.environment" },
    active = { "active_from", "active_to" },
}

-- ---- 数据集 ------------------------------------------------------------------------------------

owner "unit_head" { from = "branch", on = "branch_id", subject = "head_id" }

dataset "balance" { key = "account_id" }
dataset "unit_fact" { period = "period", owner = "unit_head", columns = { value = "decimal(2)" } }
dataset "customer_file" { period = "period" }
dataset "target_letter" { period = "period" }
dataset "history" { period = "period" }

records "letters" {
    of = "target_letter",
    columns = { metric = "text", unit_total = "number", weights = "text", place = "int" },
}
records "history" { columns = { period = "text", score = "number", grade = "text" }, period = "any" }

-- ---- 参数:管理员可改;除四个维度、指标名称与四档名称外,数值均为 [默认](见 README) ---------------

param "item_cap" { title = "岗位指标完成率上限 [默认];false 为不封顶", value = 1.2, number = true }
param "item_floor" { title = "岗位指标完成率下限 [默认];false 为不设", value = 0, number = true }
param "zero_target" { title = "目标为零时 [默认]:full、zero、exclude", value = "full" }
local growth_base = param "growth_base" {
    title = "日均增长与哪一期比 [默认]:previous 上季、same_last_year 上年同期", value = "previous",
}
param "file_target" { title = "客户档案完整率目标 [默认]", unit = "%", value = 100 }
param "training_target" { title = "每季培训学时目标 [默认]", unit = "小时", value = 20 }
param "split_places" {
    title = "目标分解保留的小数 [默认]:金额(万元)与个数",
    value = { amount = 2, count = 0 },
}
param "capital_cost" { title = "经济资本成本率 [默认]", unit = "%", value = 10 }
local round_first = param "round_before_compare" { title = "先取两位小数再定档", value = false }
local bands_of = param "bands" {
    title = "等次由低到高(名称为原文,分数线 [默认])",
    value = { { from = 60, name = "合格" }, { from = 80, name = "良好" }, { from = 90, name = "优秀" } },
}
local lowest = param "lowest" { title = "最低一档的名称(原文)", value = "不合格" }
local rows = {}
for i, level in ipairs(bands_of) do rows[i] = { level.name, level.from } end
lookup "bands" { columns = { "band", "from" }, rows = rows }
local job_weights = param "job_weights" {
    title = "岗位评价因素权重 [默认]",
    value = { knowledge = 25, responsibility = 30, effort = 20, communication = 15, environment = 10 },
}
local post_weights = param "post_weights" {
    title = "经办岗指标权重 [默认]:财务 45、客户 30、流程 15、学习 10",
    value = { deposit_growth = 15, deposit_balance = 10, loan_growth = 10, loan_balance = 5, fee_income = 5,
              new_accounts = 15, new_vip = 15, file_completeness = 8, prospect_contacts = 7,
              training_time = 10 },
}
local unit_weights = param "unit_weights" {
    title = "管理岗(单位)指标权重 [默认]:财务 40、客户 30、流程 20、学习 10",
    value = { eva = 12, roec = 10, npl_reduction = 10, cost_income = 8,
              share = 8, unit_accounts = 6, unit_vip = 6, satisfaction = 6, lost_customers = 4,
              deal_days = 5, channel_share = 4, error_rate = 4, unit_contacts = 4, audit_errors = 3,
              staff_satisfaction = 4, unit_training = 3, income_growth = 3 },
}

common.check_weights(job_weights, "job_weights")
common.check_weights(post_weights, "post_weights")
common.check_weights(unit_weights, "unit_weights")

-- 一条刻度:指标值依次折 0、60、80、90、100 分,中间线性内插,两端之外取端点
local function scale(...)
    local points, out = { 0, 60, 80, 90, 100 }, {}
    for i, value in ipairs { ... } do out[i] = { value = value, points = points[i] } end
    return out
end
local scales = param "scales" {
    title = "单位指标的折分刻度 [默认]:原文没有给出各档的指标值",
    value = {
        eva = scale(-200, 0, 300, 600, 1000),
        roec = scale(0, 8, 12, 15, 20),
        npl_reduction = scale(-20, 0, 5, 10, 20),
        cost_income = scale(60, 45, 38, 34, 30),
        share = scale(2, 5, 8, 10, 12),
        unit_accounts = scale(0, 20, 30, 40, 50),
        unit_vip = scale(0, 30, 45, 60, 75),
        satisfaction = scale(60, 80, 85, 90, 95),
        lost_customers = scale(6, 3, 2, 1, 0),
        deal_days = scale(20, 12, 9, 7, 5),
        channel_share = scale(20, 40, 50, 60, 70),
        error_rate = scale(5, 2, 1, 0.5, 0),
        unit_contacts = scale(0, 60, 90, 120, 150),
        audit_errors = scale(8, 4, 2, 1, 0),
        staff_satisfaction = scale(60, 75, 80, 85, 90),
        unit_training = scale(0, 10, 15, 20, 25),
        income_growth = scale(-10, 0, 5, 8, 12),
    },
}

-- 记分卡:四个维度(原文)各有哪些指标
param "dimensions" {
    title = "维度",
    value = {
        { title = "财务", items = { "eva", "roec", "npl_reduction", "cost_income", "deposit_growth",
                                   "deposit_balance", "loan_growth", "loan_balance", "fee_income" } },
        { title = "客户", items = { "share", "unit_accounts", "unit_vip", "satisfaction", "lost_customers",
                                   "new_accounts", "new_vip" } },
        { title = "内部流程", items = { "deal_days", "channel_share", "error_rate", "unit_contacts",
                                      "audit_errors", "file_completeness", "prospect_contacts" } },
        { title = "学习成长", items = { "staff_satisfaction", "unit_training", "income_growth",
                                      "training_time" } },
    },
}
param "scorecard" { title = "记分卡文字", value = { title = "平衡计分卡", total = "综合得分" } }
param "reconsider" { title = "复议 [默认]", value = { days = 3, to = "绩效管理委员会" } }

-- ---- 经办岗的十项指标(E28) ---------------------------------------------------------------------

for _, book in ipairs { { "deposit", "存款" }, { "loan", "贷款" } } do
    local name, kind = book[1], book[2]
    for _, window in ipairs { { "", "本季", "this" }, { "_before", "基期", growth_base } } do
        measure(name .. "_average" .. window[1]) {
            title = window[2] .. kind .. "日均", unit = "元",
            of = "balance", sum = "balance", over = "average",
            where = "kind = '" .. kind .. "'", period = window[3],
        }
    end
end
measure "fees" { title = "中间业务收入", unit = "元", of = "fee", sum = "amount", missing = "zero" }
measure "new_accounts" { title = "新开对公客户", unit = "户", of = "event",
    count_distinct = "customer_id", where = "kind = '对公开户'", missing = "zero" }
measure "new_vip" { title = "新增贵宾客户", unit = "户", of = "event",
    count_distinct = "customer_id", where = "kind = '贵宾新增'", missing = "zero" }
measure "prospect_contacts" { title = "潜在客户联系", unit = "次", of = "event",
    count = true, where = "kind = '潜客联系'", missing = "zero" }
measure "training_time" { title = "培训学时", unit = "小时", of = "event",
    sum = "hours", where = "kind = '培训'", missing = "zero" }
measure "files" { title = "管户数", unit = "户", of = "customer_file", sum = "customers" }
measure "complete_files" { title = "档案完整户数", unit = "户", of = "customer_file", sum = "complete" }

-- 日均与日均增长以万元考核;基期没有余额的(新到岗)从零算起
metric "deposit_balance" { title = "日均存款", unit = "万元",
    formula = function(m) return m.deposit_average / 10000 end }
metric "deposit_growth" { title = "日均存款增长", unit = "万元",
    formula = function(m) return (m.deposit_average - (m.deposit_average_before or 0)) / 10000 end }
metric "loan_balance" { title = "日均贷款", unit = "万元",
    formula = function(m) return m.loan_average / 10000 end }
metric "loan_growth" { title = "日均贷款增长", unit = "万元",
    formula = function(m) return (m.loan_average - (m.loan_average_before or 0)) / 10000 end }
metric "fee_income" { title = "中间业务收入", unit = "万元",
    formula = function(m) return m.fees / 10000 end }
metric "file_completeness" { title = "客户档案完整率", unit = "%",
    formula = function(m) return m.complete_files * 100 / m.files end }

-- E27 分解:单位目标按责任书上的权重分给各人,舍尾,余数归末份
local function slice(letters, name, places)
    local found
    for _, letter in ipairs(letters) do
        if letter.metric == name then
            if found then error("two target letters for '" .. name .. "'; keep one") end
            local weights = {}
            for i, weight in ipairs(string.split(letter.weights, "/")) do weights[i] = dec(weight) end
            local slices = indicators.target_split {
                total_wan = letter.unit_total, weights = weights, places = places,
            }.slices
            found = slices[tonumber(letter.place)]
        end
    end
    return found
end
for _, goal in ipairs {
    { "deposit_growth", "amount" }, { "deposit_balance", "amount" }, { "loan_growth", "amount" },
    { "loan_balance", "amount" }, { "fee_income", "amount" }, { "new_accounts", "count" },
    { "new_vip", "count" }, { "prospect_contacts", "count" },
} do
    local name, kind = goal[1], goal[2]
    metric(name .. "_target") { title = "目标",
        formula = function(m, p, s, r) return slice(r.letters, name, p.split_places[kind]) end }
end

-- ---- 管理岗的单位指标(E25) ---------------------------------------------------------------------

-- 名称、标题、单位、单位事实表里的名称(没有的由公式得出)
local unit_kpis = {
    { "eva", "经济增加值", "万元" }, { "roec", "经济资本回报率", "%" },
    { "npl_reduction", "不良贷款压降率", "%" }, { "cost_income", "成本收入比", "%", "cost_income" },
    { "share", "市场份额", "%", "share" }, { "unit_accounts", "新开对公客户", "户", "accounts" },
    { "unit_vip", "新增个人贵宾", "户", "vip" }, { "satisfaction", "客户满意度", "分", "satisfaction" },
    { "lost_customers", "百万元以上对公客户流失", "户", "lost_customers" },
    { "deal_days", "单笔业务办理时间", "天", "deal_days" },
    { "channel_share", "电子渠道占比", "%", "channel_share" }, { "error_rate", "服务差错率", "‰", "error_rate" },
    { "unit_contacts", "潜在客户联系", "次", "contacts" },
    { "audit_errors", "检查差错(每百笔)", "处", "audit_errors" },
    { "staff_satisfaction", "员工满意度", "分", "staff_satisfaction" },
    { "unit_training", "人均培训", "小时", "training" }, { "income_growth", "员工收入增长", "%", "income_growth" },
}
local unit_facts = {
    { "nopat", "税后净营业利润", "万元", "nopat" }, { "nopat_plan", "计划利润", "万元", "nopat_plan" },
    { "capital", "经济资本", "万元", "capital" }, { "npl", "不良贷款", "万元", "npl" },
}
for _, kpi in ipairs(unit_kpis) do
    common.pick(scales, kpi[1], "scale (scales)")
    common.pick(unit_weights, kpi[1], "indicator (unit_weights)")
end
for _, list in ipairs { unit_kpis, unit_facts } do
    for _, kpi in ipairs(list) do
        if kpi[4] then
            measure(kpi[1]) { title = kpi[2], unit = kpi[3], of = "unit_fact", sum = "value",
                where = "metric = '" .. kpi[4] .. "'" }
        end
    end
end
measure "npl_before" { title = "上季不良贷款", unit = "万元", of = "unit_fact", sum = "value",
    where = "metric = 'npl'", period = "previous" }

local function added(m, p)
    if m.nopat == nil or m.capital == nil then return {} end
    return indicators.economic_value_added {
        nopat_wan = m.nopat, economic_capital_wan = m.capital, cost_pct = p.capital_cost,
    }
end
metric "eva" { title = "经济增加值", unit = "万元",
    formula = function(m, p) return added({ nopat = m.nopat, capital = m.capital }, p).eva_wan end }
metric "roec" { title = "经济资本回报率", unit = "%",
    formula = function(m, p) return added({ nopat = m.nopat, capital = m.capital }, p).roec * 100 end }
metric "npl_reduction" { title = "不良贷款压降率", unit = "%",
    formula = function(m)
        if m.npl_before == nil or m.npl == nil then return nil end
        return indicators.npl_reduction { npl_prev_wan = m.npl_before, npl_now_wan = m.npl }.reduction * 100
    end }

-- ---- 岗位评价(E21) -----------------------------------------------------------------------------

local function job(s, p)
    local levels = {}
    for _, factor in ipairs(factors) do levels[factor] = dec(s[factor]) end
    return career.job_points { levels = levels, weights = p.job_weights }
end
metric "job_points" { title = "岗位点数", unit = "点",
    formula = function(m, p, s) return job(s, p).points end }
metric "job_grade" { title = "岗级", unit = "级",
    formula = function(m, p, s) return job(s, p).job_grade end }

-- ---- 计分 --------------------------------------------------------------------------------------

local post_kpis = {
    { "deposit_growth", "日均存款增长", "万元" }, { "deposit_balance", "日均存款", "万元" },
    { "loan_growth", "日均贷款增长", "万元" }, { "loan_balance", "日均贷款", "万元" },
    { "fee_income", "中间业务收入", "万元" }, { "new_accounts", "新开对公客户", "户" },
    { "new_vip", "新增贵宾客户", "户" }, { "file_completeness", "客户档案完整率", "%" },
    { "prospect_contacts", "潜在客户联系", "次" }, { "training_time", "培训学时", "小时" },
}

-- 一项指标折分所在的等次;总分的等次由 bands 定
local function band(points, p)
    local name = p.lowest
    for _, level in ipairs(p.bands) do
        if completion.compared(points, p.round_before_compare) >= level.from then name = level.name end
    end
    return name
end

for _, kpi in ipairs(post_kpis) do common.pick(post_weights, kpi[1], "indicator (post_weights)") end

local decimals = { ["万元"] = 2, ["%"] = 2, ["‰"] = 2, ["户"] = 0, ["次"] = 0 }

local function new_item(kpi, weight, rule)
    return { name = kpi[1], title = kpi[2], unit = kpi[3], value_places = decimals[kpi[3]] or 1, weight = weight,
             rule = rule }
end

-- E26:指标值按刻度折成百分,再乘权重;列出的目标是折 100 分的指标值
local function unit_score(card, p)
    local items = {}
    for i, kpi in ipairs(unit_kpis) do
        local value, item = card.m[kpi[1]], new_item(kpi, p.unit_weights[kpi[1]], "E26 折分 × 权重")
        if value then
            item.actual = evaluation.kpi_points { value = value, scale = p.scales[kpi[1]] }.points
            item.reason = "折 " .. round(item.actual, 2) .. " 分(" .. band(item.actual, p) .. ")"
        end
        item.target, items[i] = 100, item
    end
    local score = cards.weighted(items, {})
    for _, item in ipairs(items) do
        local scale = p.scales[item.name]
        item.actual, item.target = card.m[item.name], scale[#scale].value
    end
    return score, items
end

-- E28:完成率 × 权重,单项封顶;没有责任书的人没有一项目标
local function post_score(card, p)
    local items, known = {}, #card.r.letters > 0
    local fixed = { file_completeness = p.file_target, training_time = p.training_target }
    for i, kpi in ipairs(post_kpis) do
        local item = new_item(kpi, p.post_weights[kpi[1]], "E28 完成率 × 权重")
        item.actual = card.m[kpi[1]]
        item.target = known and (fixed[kpi[1]] or card.m[kpi[1] .. "_target"]) or nil
        items[i] = item
    end
    return cards.weighted(items, p)
end

local function steps_of(card, p, head)
    local m, steps = card.m, {}
    steps[1] = { rule = "E21", outcome = "passed", text = (card.job or "岗位") .. ":岗位评价 "
        .. cards.plain(m.job_points) .. " 点,岗级 " .. m.job_grade .. " 级" }
    if head and m.eva then
        steps[#steps + 1] = { rule = "E25", outcome = "passed", text = "经济增加值 = " .. cards.exact(m.nopat) .. " − "
            .. cards.exact(m.capital) .. " × " .. p.capital_cost .. "% = " .. cards.exact(round(m.eva, 2)) .. " 万元" }
    end
    if head and m.nopat and m.nopat_plan then
        local v = indicators.plan_variance { plan_wan = m.nopat_plan, actual_wan = m.nopat }
        steps[#steps + 1] = { rule = "E23", outcome = v.deviation_wan < 0 and "failed" or "passed",
            text = "利润比计划 " .. cards.exact(m.nopat_plan) .. " 万元" .. (v.deviation_wan < 0 and "少 " or "多 ")
                .. cards.exact(abs(v.deviation_wan)) .. " 万元" }
    end
    if not head and #card.r.letters > 0 then
        steps[#steps + 1] = { rule = "E27", outcome = "passed",
            text = "目标由单位责任书按权重 " .. card.r.letters[1].weights .. " 分解,本人第 "
                .. card.r.letters[1].place .. " 份" }
    end
    return steps
end

score {
    function(card, p)
        local head = card.post == "管理岗"
        local score, items
        if head then
            score, items = unit_score(card, p)
        else
            score, items = post_score(card, p)
        end
        local steps = steps_of(card, p, head)
        if score == nil then
            steps[#steps + 1] = { rule = "E26", outcome = "failed", text = "没有可计分的指标" }
            return { items = items, steps = steps }
        end
        steps[#steps + 1] = { rule = head and "E26" or "E28", outcome = "passed",
            text = (head and "各指标折分" or "各项完成率") .. " × 权重相加" }
        return {
            score = score, places = 2, items = items, steps = steps,
            notes = { head and "目标一栏是折 100 分的指标值;指标权重、折分刻度与等次分数线原文没有给出,按参数 [默认] 计算。"
                or "指标权重、封顶 " .. (p.item_cap and cards.plain(p.item_cap * 100) .. "%" or "(无)")
                    .. "、档案与培训目标、等次分数线原文没有给出,按参数 [默认] 计算。" },
        }
    end,
    bands { table = "bands", below = lowest, title = "综合得分", rule = "E26 分数线 [默认]",
            compare_places = round_first and 2 or -1 },
}
