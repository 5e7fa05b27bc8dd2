-- 产品计价与百分制考核(规则手册 E01—E04):贵宾部客户经理按产品计价、未完成倒扣,百分制考核,日常维护与排名。
local cards = use "rules/card"
local common = use "rules/common"
local customers = use "rules/customers"
local qualification = use "rules/qualification"

scheme {
    title = "贵宾部客户经理计价与考核办法",
    version = "2010.1",
    regulation = "贵宾部客户经理管理:持证上岗、百分制、产品计价与倒扣、每日维护、业绩排名",
}

-- ---- 考核对象与数据集 --------------------------------------------------------------------------

lookup "department" { on = "dept_id" }
lookup "price" { on = "product_id", valid = { "valid_from", "valid_to" }, at = "end" }

subject {
    from = "staff",
    key = "manager_id",
    name = "name",
    group = "department.name",
    fields = { "post", dept_staff = "department.staff", with_three = "department.with_three" },
    active = { "active_from", "active_to" },
}

dataset "target" { period = "period" }
dataset "assignment" { period = "period" }
dataset "history" { period = "period" }
dataset "certificate" { date = false }

records "logs" { of = "work_log", columns = { date = "date", customers = "int", reviewed_by = "text" } }
records "certificates" { of = "certificate", columns = { code = "text", issued = "date", expires = "date" },
    period = "any" }
records "history" { columns = { period = "text", score = "number" }, period = "any" }

-- ---- 参数 --------------------------------------------------------------------------------------

-- 计价产品:价格在价格表 price 里(期末有效的一行);kind 是专项或临时
local products = param "products" {
    title = "计价产品",
    value = {
        { id = "P01", title = "基金定投", unit = "户", kind = "专项" },
        { id = "P02", title = "期缴保险", unit = "万元", kind = "专项" },
        { id = "P03", title = "贵金属", unit = "万元", kind = "专项" },
        { id = "P04", title = "信用卡", unit = "张", kind = "专项" },
        { id = "P05", title = "理财产品", unit = "万元", kind = "专项" },
        { id = "P06", title = "手机银行", unit = "户", kind = "临时" },
        { id = "P07", title = "代发工资", unit = "户", kind = "临时" },
    },
}
for _, product in ipairs(products) do common.place({ "专项", "临时" }, product.kind, "kind of product") end
local weights = param "weights" {
    title = "百分制:专项、临时、服务、日常维护 [默认]",
    value = { special = 60, temporary = 10, service = 15, maintenance = 15 },
}
common.check_weights(weights, "weights")
local item_cap = param "item_cap" { title = "完成率上限(计价与百分制)[默认];false 为不封顶", value = 1, number = true }
local item_floor = param "item_floor" { title = "百分制完成率下限 [默认];false 为不设", value = 0, number = true }
local zero_target = param "zero_target" { title = "任务为零时 [默认]:full、zero、exclude", value = "full" }
param "service_target" { title = "服务满分 [默认]", unit = "分", value = 100 }
param "daily_minimum" { title = "每个工作日维护客户(原文)", unit = "户", value = 10 }
param "customer_limit" { title = "每人管户上限 [默认]:原文数字缺失", unit = "户", value = 200 }
param "own_certificate" { title = "上岗必备证书(原文)", value = "个人客户经理" }
param "certificate_share" { title = "三证以上员工占比(原文 80%,作目标)", value = 0.8 }
local gate = param "gate" { title = "未持证或超限时 [默认]:flag 只提示,block 不计酬", value = "flag" }
common.place({ "flag", "block" }, gate, "gate")
local ranking = param "ranking" { title = "并列名次 [默认]:competition 1、2、2、4,dense 1、2、2、3", value = "competition" }
param "holidays" {
    title = "节假日(工作日历)",
    value = { "2010-09-22", "2010-09-23", "2010-09-24", "2010-10-01", "2010-10-02", "2010-10-03", "2010-10-04",
              "2010-10-05", "2010-10-06", "2010-10-07" },
}
param "makeup" { title = "调休上班日", value = { "2010-09-19", "2010-09-25", "2010-09-26", "2010-10-09" } }
param "scorecard" { title = "记分卡文字", value = { title = "贵宾客户经理记分卡", pays = "产品计价工资" } }
param "reconsider" { title = "复议 [默认]", value = { days = 3, to = "贵宾部" } }

-- ---- 度量:每个产品的数量、任务、期末价格 -------------------------------------------------------

local priced = {}
for i, product in ipairs(products) do
    local id, where = product.id, "product_id = '" .. product.id .. "'"
    priced[i] = { name = id, volume = "volume_" .. id, target = "target_" .. id, price_value = "price_" .. id }
    measure("volume_" .. id) { title = product.title, unit = product.unit, of = "sale", sum = "quantity",
        where = where, missing = "zero" }
    measure("target_" .. id) { title = product.title .. "任务", unit = product.unit, of = "target", sum = "value",
        where = where }
    measure("price_" .. id) { title = product.title .. "单价", unit = "元", of = "sale", max = "price.price",
        where = where }
end
-- 百分制的专项与临时:任务与完成都按期末价格折成计价额相加
for _, kind in ipairs { { "special", "专项" }, { "temporary", "临时" } } do
    local ids = {}
    for _, product in ipairs(products) do
        if product.kind == kind[2] then ids[#ids + 1] = "'" .. product.id .. "'" end
    end
    local where = #ids > 0 and "product_id in (" .. table.concat(ids, ", ") .. ")" or "false"
    measure(kind[1]) { title = kind[2] .. "产品计价额", unit = "元", of = "sale",
        sum = "quantity * price.price", where = where, missing = "zero" }
    measure(kind[1] .. "_goal") { title = kind[2] .. "任务计价额", unit = "元", of = "target",
        sum = "value * price.price", where = where }
end
measure "service" { title = "服务:满意度", unit = "分", of = "satisfaction", avg = "score", places = 2 }
measure "customers" { title = "管户数", unit = "户", of = "assignment", sum = "customers", places = 0 }
measure "goals" { title = "有任务的产品", unit = "个", of = "target", count = true }
measure "sales_value" { title = "营销业绩(计价额)", unit = "元", of = "sale", sum = "quantity * price.price" }

-- ---- 指标 --------------------------------------------------------------------------------------

-- E03 每个工作日维护的不同客户数;没有日志的工作日为 0
local function daily(r, p)
    local by_day, list = {}, {}
    for _, log in ipairs(r.logs) do by_day[log.date] = log.customers end
    local on = period.from
    for i = 1, period.days do
        if date.is_workday(on, p.holidays, p.makeup) then list[#list + 1] = by_day[on] or 0 end
        on = date.add_days(on, 1)
    end
    return list
end
metric "maintenance" { title = "日常维护:达到户数的工作日", unit = "天",
    formula = function(m, p, s, r)
        if #r.logs == 0 and m.goals == 0 then return nil end
        return customers.daily_maintenance { daily_distinct = daily(r, p), minimum = p.daily_minimum }.days_ok
    end }
metric "workdays" { title = "工作日", unit = "天",
    formula = function(m, p, s, r) return #daily({ logs = {} }, p) end }

-- ---- 计分、计价、排名 --------------------------------------------------------------------------

-- E01 持证上岗、管户上限、三证占比;返回步骤和本人是否合格
local function qualified(card, p)
    local certified, limit = false, card.m.customers
    for _, one in ipairs(card.r.certificates) do
        local valid = one.issued <= period.to and (one.expires == nil or one.expires > period.to)
        if one.code == p.own_certificate and valid then certified = true end
    end
    local within = limit == nil or limit <= p.customer_limit
    local team = qualification.certificate_share {
        staff = dec(card.dept_staff), with_3_or_more = dec(card.with_three), target_share = p.certificate_share,
    }
    local kept, wanted = "管户 " .. cards.plain(limit or 0) .. " 户", cards.plain(p.certificate_share * 100) .. "%"
    local text = card.group .. "持三证以上 " .. card.with_three .. " / " .. card.dept_staff .. " 人,"
    return {
        cards.check("E01", certified, "持有" .. p.own_certificate .. "证书", "没有有效的" .. p.own_certificate .. "证书"),
        cards.check("E01 上限 [默认]", within, kept .. ",不超过 " .. p.customer_limit .. " 户",
            kept .. ",超过 " .. p.customer_limit .. " 户"),
        cards.check("E01", team.ok, text .. "达到 " .. wanted,
            text .. "不到 " .. wanted),
    }, certified and within
end

score {
    weighted {
        items = {
            { metric = "special", target = "special_goal", weight = weights.special },
            { metric = "temporary", target = "temporary_goal", weight = weights.temporary },
            { metric = "service", target = "service_target", weight = weights.service },
            { metric = "maintenance", target = "workdays", weight = weights.maintenance },
        },
        zero_target = zero_target, cap = item_cap or nil, floor = item_floor or nil, title = "得分",
    },
    rank { value = "sales_value", title = "营销业绩", numbering = ranking, rule = "E04" },
    function(card, p)
        local steps, ok = qualified(card, p)
        local reviewed = 0
        for _, log in ipairs(card.r.logs) do
            if log.reviewed_by and log.reviewed_by ~= "" then reviewed = reviewed + 1 end
        end
        if #card.r.logs > 0 then
            steps[#steps + 1] = cards.check("E03", reviewed == #card.r.logs,
                "维护日志 " .. #card.r.logs .. " 天,主管批注 " .. reviewed .. " 天")
        end
        if card.score == nil then return { steps = steps } end
        local paid = ok or p.gate ~= "block"
        if not paid then
            steps[#steps + 1] = { rule = "E01 [默认]", outcome = "failed", text = "未持证或管户超限,本季不计酬" }
        end
        return { values = { paid = paid and 1 or 0 }, steps = steps,
            notes = { "产品计价、未完成倒扣、持证上岗、每日十户为办法所定;权重、倒扣公式、管户上限原文没有给出,按参数 [默认] 计算。" } }
    end,
    piecework { -- E02 单价 × 数量 × min(1, 完成率);没有下达任务的同任务为零
        products = priced, show = "pay", entitled = "paid",
        cap = item_cap or nil, uncapped = not item_cap,
        zero_target = zero_target, absent = zero_target == "full" and "full" or "zero",
        name = "total", title = "合计", rule = "E02",
    },
}
