-- 效益与团队考核(规则手册 B09、B12—B18、B23):组合效益、级差地租、团队合成、积分晋升、存量锁定。
local career = use "rules/career"
local common = use "rules/common"
local customers = use "rules/customers"
local evaluation = use "rules/evaluation"
local income = use "rules/income"
local indicators = use "rules/indicators"
local card_of = use "rules/card"
local words = use "rules/words"
local n = words.number

scheme {
    title = "客户经理效益与团队考核办法",
    version = "2009.1",
    regulation = "客户经理效益考核与管理考核(权重、积分、奖励率、底线等数值为默认,原文未载)",
}

-- ---- 考核对象 ----------------------------------------------------------------------------------

lookup "team" { on = "team_id" }

subject {
    from = "staff",
    key = "manager_id",
    name = "name",
    group = "team.name",
    fields = { "grade", "education", "entered", post = "team.kind" },
    active = { "active_from", "active_to" },
}

-- ---- 参数:管理员可改;[默认] 是原文没有的数值 ---------------------------------------------------

param "base" { title = "计息基准天数 [默认]", unit = "天", value = 365 }
param "own_weights" { title = "个人得分:效益与管理 [默认]", unit = "分", value = { benefit = 80, management = 20 } }
param "team_weights" { title = "合成得分:个人与团队 [默认]", unit = "分", value = { own = 70, team = 30 } }
param "item_cap" { title = "效益完成率上限;false 为不封顶", number = true, value = false }
param "item_floor" { title = "单项完成率下限;false 为没有", number = true, value = 0 }
param "zero_target" { title = "目标为零时:full 满分、zero 零分、exclude 不计", value = "full" }
param "management_items" {
    title = "管理考核各项权重(由各行自定)[默认]", unit = "分",
    value = { ["客户档案"] = 25, ["走访回访"] = 25, ["贷后与风险"] = 30, ["工作日志"] = 20 },
}
param "kappa" { title = "级差地租系数,按客户等级 [默认]", value = { ["核心"] = 1.00, ["重点"] = 1.00, ["普通"] = 1.00 } }
param "reward_rate" { title = "增量奖励率 [默认]", value = 0.10 }
param "rent_penalty" { title = "减量扣罚率 [默认]", value = 0 }
param "quarter_shape" { title = "年度目标分到四季的权重 [默认]", value = { 1, 1, 1, 1 } }
param "month_shape" { title = "季度目标分到三月的权重 [默认]", value = { 1, 1, 1 } }
param "class_shares" { title = "客户分类的累计利润界线 [默认]", value = { a = 0.80, b = 0.95 } }
param "bottom_line" { title = "存量锁定底线 [默认]", value = 0.95 }
local levels = param "levels" {
    title = "专业序列与目标积分 [默认],由低到高",
    value = { { grade = "助理", points = 0 }, { grade = "初级", points = 60 }, { grade = "中级", points = 120 },
              { grade = "高级", points = 200 }, { grade = "资深", points = 300 }, { grade = "首席", points = 450 } },
}
param "conditions" {
    title = "晋升到各级的基本条件 [默认]:从业年数与学历",
    value = { ["初级"] = { years = 1, education = "大专" }, ["中级"] = { years = 3, education = "大专" },
              ["高级"] = { years = 5, education = "本科" }, ["资深"] = { years = 8, education = "本科" },
              ["首席"] = { years = 12, education = "本科" } },
}
param "outstanding" { title = "业绩突出线,可放宽基本条件 [默认]", unit = "分", value = 100 }
param "entry" { title = "准入须合格的项目", value = { "上岗考试", "岗前培训", "上岗证" } }
param "exit" { title = "淘汰:连续几年低于多少分 [默认]", value = { years = 2, score = 60 } }
local rising = {}
for i, level in ipairs(levels) do rising[i] = level.grade end
param "reconsider" { title = "复议 [默认]", value = { days = 3, to = "分行绩效考核委员会" } }
param "scorecard" {
    title = "记分卡文字",
    value = { title = "客户经理年度效益与团队记分卡", total = "合成得分", pays = "增量奖励", unit = "分",
              grades = rising },
}

-- ---- 归属、价格与数据集 ------------------------------------------------------------------------

lookup "account" { on = "account_id" }
lookup "price" { on = { currency = "account.currency" }, valid = { "from_date", "to_date" } }
lookup "fx" { on = { currency = "account.currency" }, valid = { "from_date", "to_date" }, at = "end" }
lookup "fee_fx" { from = "fx", on = "currency", valid = { "from_date", "to_date" }, at = "end" }
lookup "result" { from = "team_result", on = "team_id", valid = { "from_date", "to_date" }, at = "end" }
lookup "next_post" { from = "post", on = { below = "grade" }, valid = { "from_date", "to_date" }, at = "end" }
lookup "locked" { from = "stock_lock", on = { customer_id = "account.customer_id" } }
lookup "locked_customer" { from = "stock_lock", on = "customer_id" }

-- 共同维护的客户按比例归各人(PR-14),变动之日起分段
for name, key in pairs { account_owner = "account_id", customer_owner = "customer_id" } do
    owner(name) { on = key, subject = "manager_id", share = "share", valid = { "from_date", "to_date" } }
end

dataset "member" { from = "staff", date = false }
dataset "balances" { from = "balance", key = "account_id", owner = "account_owner" }
dataset "fees" { from = "fee", key = "fee_id", owner = "customer_owner" }
dataset "customer_profit" { period = "period" }
dataset "management" { period = "period" }
dataset "rent" { period = "period" }
dataset "locks" { from = "stock_lock", date = false, columns = { products = "int" } }
dataset "kept" { from = "customer_owner", date = false }
dataset "holdings" { from = "holding", key = "customer_id", columns = { products = "int" } }
dataset "qualification" { }
dataset "history" { period = "period" }

-- ---- 度量:每日余额 × 利率 × 汇率的积数 ---------------------------------------------------------

measure "loan_product" { title = "贷款利息积数", unit = "元·%·天", of = "balances", over = "sum",
    sum = "balance * account.rate * fx.rate", where = "account.kind = '贷款'" }
measure "deposit_product" { title = "存款收益积数", unit = "元·%·天", of = "balances", over = "sum",
    sum = "balance * (price.ftp - price.cost) * fx.rate", where = "account.kind = '存款'" }
measure "fees_last_year" { title = "上年中间业务收入", unit = "元", of = "fees", sum = "amount * fee_fx.rate",
    period = "previous" }
measure "rent_base" { title = "继承的基础利润", unit = "元", of = "rent", sum = "base" }
measure "team_score" { title = "团队得分", unit = "分", of = "member", max = "result.score" }
measure "vacancy" { title = "上一级空缺", unit = "个", places = 0, of = "member",
    max = "next_post.posts - next_post.filled" }
measure "locked_base" { title = "锁定余额", unit = "元", of = "locks", sum = "balance" }
measure "locked_products" { title = "锁定产品数", unit = "个", places = 0, of = "locks", sum = "products" }
measure "locked_customers" { title = "锁定户数", unit = "户", places = 0, of = "locks", count = true, missing = "zero" }
measure "locked_now" { title = "锁定客户现有余额", unit = "元", of = "balances", sum = "balance", over = "last",
    where = "account.kind = '存款' and locked.customer_id is not null" }
measure "products_now" { title = "锁定客户现有产品", unit = "个", places = 0, of = "holdings", sum = "products",
    over = "last", where = "locked_customer.customer_id is not null" }
measure "customers_now" { title = "锁定客户仍在维护", unit = "户", places = 0, of = "kept", missing = "zero",
    count_distinct = "customer_id", where = [[locked_customer.customer_id is not null and from_date <= period_end
        and (to_date is null or to_date > period_end)]] }

records "management" { of = "management", columns = { item = "text", score = "money" } }
records "rent" { of = "rent", columns = { class = "text" } }
records "customers" { of = "customer_profit", columns = { customer_id = "text", customer = "text", profit = "money" } }
records "qualification" { of = "qualification", period = "any",
    columns = { item = "text", date = "date", result = "text" } }
records "history" { of = "history", period = "any",
    columns = { period = "text", grade = "text", score = "money", points = "money" } }

-- ---- 指标 --------------------------------------------------------------------------------------

-- B12 组合效益;积数已含天数,规则中天数取 1
metric "benefit" { title = "组合效益", unit = "元", formula = function(m, p)
    if m.loan_product == nil and m.deposit_product == nil and m.fees_last_year == nil then return nil end
    return indicators.portfolio_benefit {
        days = 1, base = p.base,
        loans = { { balance = m.loan_product or 0, rate_pct = 1 } },
        deposits = { { balance = m.deposit_product or 0, ftp_pct = 1, cost_pct = 0 } },
        fees = { m.fees_last_year or 0 },
    }.benefit
end }
metric "management" { title = "管理考核", unit = "分", formula = function(_, p, _, r)
    local scores = {}
    for _, row in ipairs(r.management) do scores[row.item] = row.score end
    for item in pairs(p.management_items) do
        if scores[item] == nil then return nil end
    end
    return common.blend(scores, p.management_items)
end }

-- ---- 计分:效益与管理、个人与团队(B12、B14、B15) ----------------------------------------------

local WAN = 10000

local function rent(card, p)
    local class = card.r.rent[1] and card.r.rent[1].class
    if card.m.rent_base == nil or class == nil then return nil end
    if p.kappa[class] == nil then error("kappa has no class '" .. class .. "'; add its factor") end
    return class, income.rent_target { base_wan = card.m.rent_base / WAN, actual_wan = (card.m.benefit or 0) / WAN,
        kappa = p.kappa[class], reward_rate = p.reward_rate }
end

local function blended(card, p)
    card_of.only(period, "Y")
    local m, steps = card.m, {}
    local class, target = rent(card, p)
    if m.benefit then
        local function yuan(product) return (product or 0) / 100 / p.base end
        local parts = { yuan(m.loan_product), yuan(m.deposit_product), m.fees_last_year or 0 }
        steps[1] = { rule = "B12 [默认权重]", outcome = "kept",
            text = ("贷款利息 %s + 存款收益 %s + 上年中间业务 %s%s = 效益 %s 元"):format(n(parts[1]),
                n(parts[2]), n(parts[3]), words.tail(m.benefit, parts), n(m.benefit)) }
    end
    local own, items = card_of.weighted({
        { name = "benefit", title = "组合效益", unit = "万元", value_places = 2, weight = p.own_weights.benefit,
          actual = m.benefit and m.benefit / WAN, target = target and target.target_wan },
        { name = "management", title = "管理考核", unit = "分", value_places = 2, weight = p.own_weights.management,
          actual = m.management, target = 100, cap = 1 },
    }, p)
    local score = own
    if own and m.team_score then
        score = evaluation.team_blend { own = own, team = m.team_score, weights = p.team_weights }.score
        for _, item in ipairs(items) do -- 个人各项折进合成得分
            item.weight = item.weight * p.team_weights.own / 100
            item.points = item.points and item.points * p.team_weights.own / 100
        end
        items[3] = { name = "team_score", title = "团队 " .. card.group, unit = "分", value_places = 2, places = 2,
            actual = m.team_score, target = 100, rate = m.team_score / 100, weight = p.team_weights.team,
            points = m.team_score * p.team_weights.team / 100 }
        steps[#steps + 1] = { rule = "B15 [默认权重]", outcome = "passed",
            text = ("个人 %.2f × %s%% + 团队 %.2f × %s%%"):format(own, p.team_weights.own, m.team_score,
                p.team_weights.team) }
    elseif own then
        steps[#steps + 1] = { rule = "B15", outcome = "kept", text = "团队没有得分,只计个人" }
    end
    local pays = {}
    if target and m.benefit then
        local text = ("%s客户系数 %s:目标 %s 万元,增量 %s 万元"):format(class, p.kappa[class], n(target.target_wan),
            n(target.increment_wan))
        steps[#steps + 1] = { rule = "B14 [默认系数]", outcome = target.increment_wan > 0 and "passed" or "kept",
            text = text .. (target.increment_wan > 0 and "" or ",没有增量奖励") }
        local amount = target.increment_wan < 0 and target.increment_wan * WAN * p.rent_penalty or target.reward
        if amount ~= 0 then
            pays[1] = { name = "rent", title = amount > 0 and "增量奖励" or "减量扣罚", amount = round(amount, 2),
                rule = ("增量 %s 元 × %s"):format(n(target.increment_wan * WAN),
                    amount > 0 and p.reward_rate or p.rent_penalty) }
        end
    end
    return { score = score, places = 2, items = items, steps = steps, pay = pays }
end

-- B13 年度目标分到季,一季度再分到月
local function plan(card, p)
    local _, target = rent(card, p)
    if target == nil then return nil end
    local function texts(total, weights)
        local slices, list = indicators.target_split { total_wan = round(total, 2), weights = weights }.slices, {}
        for i, slice in ipairs(slices) do list[i] = n(slice) end
        return table.concat(list, "、"), slices
    end
    local quarters, slices = texts(target.target_wan, p.quarter_shape)
    return { steps = { { rule = "B13 [默认等分]", outcome = "kept",
        text = "目标(万元)分到四季 " .. quarters .. ";一季度分到三月 " .. texts(slices[1], p.month_shape) } } }
end

-- B09 本人管户按利润贡献分类
local function classes(card, p)
    local list, found, stars = {}, { A = 0, B = 0, C = 0, D = 0 }, {}
    for i, row in ipairs(card.r.customers) do list[i] = { id = row.customer_id, profit = row.profit } end
    if #list == 0 then return nil end
    local given = customers.profit_class { customers = list, share_a = p.class_shares.a, share_b = p.class_shares.b }
    for i, row in ipairs(given.classes) do
        found[row.class] = found[row.class] + 1
        if row.class == "A" then stars[#stars + 1] = card.r.customers[i].customer end
    end
    return {
        values = { class_a = found.A, class_b = found.B, class_c = found.C, class_d = found.D },
        steps = { { rule = "B09 [默认界线]", outcome = "kept",
            text = ("管户 %d 户:A 类 %d、B 类 %d、C 类 %d、D 类 %d;A 类为 %s"):format(#list, found.A, found.B, found.C,
                found.D, #stars > 0 and table.concat(stars, "、") or "无") } },
    }
end

-- B23 锁定的户数、余额、产品各不低于底线(规则只看比例,单位不限)
local function locks(card, p)
    local m, steps = card.m, {}
    local function lock(what, base, now, unit, shown)
        local kept = customers.stock_lock { locked_base_wan = base, current_wan = now, bottom_line = p.bottom_line }.kept
        steps[#steps + 1] = { rule = "B23 " .. what .. " [默认]", outcome = kept and "passed" or "failed",
            text = ("存量锁定:%s %s %s,现 %s,底线 %s"):format(what, shown(base), unit, shown(now), p.bottom_line) }
    end
    if m.locked_customers == 0 then return nil end
    lock("户数", m.locked_customers, m.customers_now, "户", tostring)
    lock("余额", m.locked_base, m.locked_now or 0, "元", card_of.exact)
    lock("产品", m.locked_products, m.products_now or 0, "个", tostring)
    return { steps = steps }
end

-- ---- 序列、准入与淘汰(B16—B18) ----------------------------------------------------------------

local function passed(card, item, since)
    for _, row in ipairs(card.r.qualification) do
        if row.item == item and row.result == "合格" and row.date >= since and row.date <= period.to then return true end
    end
    return false
end

local function sequence(card, p)
    local last
    for _, row in ipairs(card.r.history) do
        if row.period < period.name then last = row end
    end
    local grade, steps, missing = last and last.grade or card.grade, {}, {}
    for _, item in ipairs(p.entry) do
        if not passed(card, item, "0001-01-01") then missing[#missing + 1] = item end
    end
    steps[1] = card_of.check("B16", #missing == 0, "准入:" .. table.concat(p.entry, "、") .. "合格",
        "准入缺:" .. table.concat(missing, "、"))
    if card.score == nil then return { grade = grade, steps = steps } end
    local points = (last and last.points or 0) + round(card.score, 2)
    local known = career.promotion_points { points = points, grade = grade, base_conditions = true,
        outstanding = false, levels = p.levels }
    local given = { grade = grade, steps = steps, values = { points = points } }
    if known.next then
        local need = p.conditions[known.next]
        if need == nil then error("conditions has no grade '" .. known.next .. "'; add its years and education") end
        local years = date.years(card.entered, period.to)
        local base = years >= need.years and common.educated(card.education, need.education)
        local outstanding = card.score >= p.outstanding
        local rise = career.promotion_points { points = points, grade = grade, base_conditions = base,
            outstanding = outstanding, levels = p.levels }
        local reasons = common.failed {
            { ("积分不到 %s"):format(rise.need), points >= rise.need },
            { "基本条件不足", base or outstanding },
            { "没有空缺", (card.m.vacancy or 0) > 0 },
            { "本年未通过竞聘", passed(card, "竞聘", period.from) },
        }
        if rise.eligible and #reasons == 0 then given.grade = rise.next end
        steps[2] = { rule = "B18 [默认积分]", outcome = #reasons == 0 and "changed" or "kept",
            text = ("积分 %.2f + %.2f = %.2f,晋升%s须 %s 分%s"):format(last and last.points or 0, round(card.score, 2),
                points, rise.next, rise.need, #reasons > 0 and ":" .. table.concat(reasons, "、")
                or base and ":条件齐备,晋升" or ":业绩突出放宽基本条件,晋升") }
    else
        steps[2] = { rule = "B17", outcome = "kept", text = "已是序列最高一级" }
    end
    local low, years = card.score < p.exit.score and 1 or 0, #card.r.history
    for i = years, 1, -1 do
        local row = card.r.history[i]
        if row.period < period.name then
            if low == 0 or row.score == nil or row.score >= p.exit.score then break end
            low = low + 1
        end
    end
    if low >= p.exit.years then
        steps[#steps + 1] = { rule = "B16 [默认]", outcome = "failed",
            text = ("连续 %d 年低于 %s 分,降级或退出"):format(low, p.exit.score) }
    end
    return given
end

score { blended, plan, classes, locks, sequence }
