-- 邮政客户经理考核(规则手册 A19—A22、D01—D03):业绩折算、三级聘任、名额、走访与督办。
local career = use "rules/career"
local common = use "rules/common"
local deadline = use "rules/deadline"
local headcount = use "rules/headcount"
local income = use "rules/income"
local process = use "rules/process"
local card_of = use "rules/card"
local n = use("rules/words").number

scheme {
    title = "邮政客户经理管理办法",
    version = "2009.1",
    regulation = "昆明邮政客户经理管理办法、客户走访日志制度(维护系数与各项期限为默认,原文残缺或未载)",
}

-- ---- 考核对象 ----------------------------------------------------------------------------------

lookup "unit" { on = "unit_id" }

subject {
    from = "staff",
    key = "manager_id",
    name = "name",
    group = "unit.name",
    fields = { "tier" },
    active = { "active_from", "active_to" },
}
calendar { from = "holiday", date = "date", kind = "kind" }

-- ---- 参数:管理员可改;[默认] 是原文没有的数值 ---------------------------------------------------

param "maintain_coef" { title = "维护业绩折算系数 [默认]", value = 0.30 }
param "quota" { title = "高级客户经理占专职营销人员的比例(原则上)", value = 0.05 }
param "below_window" { title = "劳产率连续低于全局多少年降为业务员 [默认]", unit = "年", value = 2 }
param "return_years" { title = "业务员几年达到全局人均即聘回 [默认]", unit = "年", value = 1 }
param "below_op" { title = "怎样算低于:< 不含相等,<= 含", value = "<" }
param "publicity_days" { title = "公示期 [默认]", unit = "工作日", value = 5 }
param "close_days" { title = "走访问题办结期限 [默认]", unit = "工作日", value = 15 }
param "duplicate_days" { title = "重复走访:他人多少天以内走访过 [默认]", unit = "天", value = 30 }
param "cycles" { title = "各级大客户的走访周期 [默认]", unit = "天", value = { A = 30, B = 60, C = 180 } }
param "reconsider" { title = "复议 [默认]", value = { days = 3, to = "市局绩效考核小组" } }
param "scorecard" {
    title = "记分卡文字",
    value = {
        title = "客户经理年度考核记分卡",
        grades = { "业务员", "客户经理", "高级客户经理" },
        rules = {
            independent = "独立开发,按全额",
            cooperative = "合作开发,按书面约定的贡献比例",
            maintained = "维护业绩 {maintained_all:2} × {maintain_coef}(默认系数,原文残缺)",
        },
    },
}

-- ---- 数据与度量 --------------------------------------------------------------------------------

lookup "fact" { from = "bureau_fact", on = {}, valid = { "from_date", "to_date" }, at = "end" }

-- 一笔业务各人的比例合计须为 1,否则报错(A22)
owner "deal_share" { on = "deal_id", subject = "manager_id", share = "share" }

dataset "member" { from = "staff", date = false }
dataset "deals" { from = "deal", key = "deal_id", owner = "deal_share" }
dataset "visits" { from = "visit", key = "visit_id" }
dataset "issues" { from = "issue", key = "issue_id", date = "opened" }
dataset "accounts" { from = "account", date = false }
dataset "decision" { period = "period" }
dataset "history" { period = "period" }

measure "independent_all" { title = "独立开发", unit = "元", of = "deals", sum = "amount",
    where = "kind = '独立'" }
measure "cooperative_all" { title = "合作开发(按比例)", unit = "元", of = "deals", sum = "amount",
    where = "kind = '合作'" }
measure "maintained_all" { title = "维护业绩", unit = "元", of = "deals", sum = "amount",
    where = "kind = '维护'" }
measure "visits" { title = "走访", unit = "次", places = 0, of = "visits", count = true, missing = "zero" }
measure "reviewed" { title = "月末核实", unit = "次", places = 0, of = "visits", count = true,
    where = "reviewed_on is not null", missing = "zero" }
measure "opened" { title = "走访问题", unit = "件", places = 0, of = "issues", count = true, missing = "zero" }
measure "closed" { title = "已办结", unit = "件", places = 0, of = "issues", count = true,
    where = "closed <= period_end", missing = "zero" }
measure "productivity" { title = "全局人均劳产率", unit = "元", of = "member", max = "fact.productivity" }
measure "marketers" { title = "专职营销人员", unit = "人", places = 0, of = "member",
    max = "fact.full_time_marketers" }
measure "seniors" { title = "高级客户经理", unit = "人", places = 0, of = "member", max = "fact.seniors" }

records "history" { period = "any", of = "history",
    columns = { period = "text", grade = "text", profit = "money", productivity = "money" } }
records "decisions" { of = "decision",
    columns = { decision_id = "text", date = "date", kind = "text", reason = "text" } }
records "visits" { of = "visits", period = "any",
    columns = { customer_id = "text", date = "date", prior_manager_id = "text", prior_date = "date" } }
records "issues" { of = "issues",
    columns = { issue_id = "text", opened = "date", closed = "date", informed = "bool" } }
records "accounts" { of = "accounts",
    where = "from_date <= period_end and (to_date is null or to_date > period_end)",
    columns = { customer_id = "text", class = "text", from_date = "date" } }

-- ---- 指标:业绩折算(A22) -----------------------------------------------------------------------

local function converted(independent, cooperative, maintained, coef)
    return income.postal_performance { independent = independent or 0, maintained = maintained or 0,
        coop = { { amount = cooperative or 0, share = 1 } }, maintain_coef = coef }
end

metric "independent" { title = "独立开发", unit = "元",
    formula = function(m) return m.independent_all and converted(m.independent_all).independent end }
metric "cooperative" { title = "合作开发", unit = "元",
    formula = function(m) return m.cooperative_all and converted(nil, m.cooperative_all).cooperative end }
metric "maintained" { title = "维护大客户", unit = "元",
    formula = function(m, p)
        return m.maintained_all and converted(nil, nil, m.maintained_all, p.maintain_coef).maintained
    end }
metric "review_rate" { title = "走访核实率",
    formula = function(m)
        return process.visit_review_rate { visits = m.visits, reviewed = m.reviewed }.rate
    end }
metric "closure_rate" { title = "问题办结率",
    formula = function(m)
        return process.issue_closure_rate { opened = m.opened, closed = m.closed }.rate
    end }

-- ---- 等级:业务员、客户经理、高级客户经理(A19—A21) ---------------------------------------------

local SENIOR, MANAGER, JUNIOR = "高级客户经理", "客户经理", "业务员"

-- A21 连续低于全局人均的年数,以及到本年为止连续达到的年数
local function productivity(card, p)
    local own, bureau = {}, {}
    for _, row in ipairs(card.r.history) do
        if row.period < period.name and row.profit and row.productivity then
            own[#own + 1], bureau[#bureau + 1] = row.profit / 10000, row.productivity / 10000
        end
    end
    own[#own + 1], bureau[#bureau + 1] = card.score / 10000, card.m.productivity / 10000
    local reached = 0
    for year = #own, 1, -1 do
        if common.holds(p.below_op, own[year], bureau[year]) then break end
        reached = reached + 1
    end
    return career.productivity_downgrade { own_wan = own, bureau_wan = bureau, window = p.below_window,
        op = p.below_op }, reached
end

local function decided(card, kind)
    for _, row in ipairs(card.r.decisions) do
        if row.kind == kind then return row end
    end
end

-- A19、A20 高级:省公司聘任,公示期满无异议,名额之内(名额豁免决定可放宽)
local function senior(card, p, steps)
    local m, notice, objection = card.m, decided(card, "公示"), decided(card, "异议成立")
    local appointed, waived = decided(card, "省公司聘任"), decided(card, "名额豁免")
    if not decided(card, "市局推荐") then return false end
    local fails = {}
    if notice and appointed then
        local shown = deadline.reconsideration_deadline { published = notice.date, requested = appointed.date,
            workdays = p.publicity_days, holidays = period.holidays, makeup = period.makeup }
        if appointed.date <= shown.deadline then fails[1] = "公示至 " .. shown.deadline .. ",聘任早于期满" end
    elseif not notice then
        fails[1] = "未公示"
    end
    if objection then fails[#fails + 1] = "公示有异议:" .. objection.reason end
    if not appointed then fails[#fails + 1] = "省公司未聘任" end
    local room = headcount.senior_quota { full_time_marketers = m.marketers, seniors = m.seniors, quota = p.quota }
    if not room.within and not waived then fails[#fails + 1] = "超出名额" end
    steps[#steps + 1] = { rule = "A20", outcome = (room.within or waived) and "passed" or "failed",
        text = ("专职营销 %d 人 × %s,名额 %d 人,现 %d 人%s"):format(m.marketers, p.quota, room.max_seniors,
            m.seniors, waived and ",经 " .. waived.decision_id .. " 放宽" or "") }
    steps[#steps + 1] = card_of.check("A19", #fails == 0, "市局考核、省公司审查公示聘任,手续齐备",
        "高级客户经理聘任未成:" .. table.concat(fails, ";"))
    return #fails == 0
end

local function tier(card, p)
    local last
    for _, row in ipairs(card.r.history) do
        if row.period < period.name then last = row end
    end
    local now, steps = last and last.grade or card.tier, {}
    local given = now
    if period.kind ~= "Y" then -- 等级一年一评,月报只看业绩
        return { grade = now, steps = { { rule = "A19", outcome = "kept", text = "聘任等级按自然年评定:" .. now } } }
    end
    if card.score then
        local own, all = card.score, card.m.productivity
        local below, reached = productivity(card, p)
        local text = ("本人 %s 元,全局人均 %s 元"):format(n(own), n(all))
        if below.run_below > 0 then text = text .. (",连续 %d 年低于"):format(below.run_below) end
        if below.tier == JUNIOR then
            given = JUNIOR
            steps[1] = { rule = "A21 [默认年数]", outcome = "failed", text = text .. ",降为业务员" }
        elseif now == JUNIOR and reached >= p.return_years then
            given = MANAGER
            steps[1] = { rule = "A21 [默认]", outcome = "changed",
                text = ("%s,连续 %d 年达到,聘为客户经理"):format(text, reached) }
        else
            steps[1] = { rule = "A21 [默认年数]", outcome = below.run_below > 0 and "kept" or "passed", text = text }
        end
    end
    local alone = decided(card, "不能独立工作")
    if alone then
        given = JUNIOR
        steps[#steps + 1] = { rule = "A21", outcome = "failed", text = "新人不能独立工作:" .. alone.decision_id }
    end
    if given == MANAGER and senior(card, p, steps) then given = SENIOR end
    steps[#steps + 1] = { rule = "A19", outcome = given == now and "kept" or "changed",
        text = (given == now and "聘任等级不变:" or now .. " → ") .. given }
    return { grade = given, steps = steps }
end

-- ---- 走访与督办(D01—D03) ----------------------------------------------------------------------

local function visits(card, p)
    local m, twice, steps = card.m, {}, {}
    for _, row in ipairs(card.r.visits) do
        if row.date >= period.from and row.date <= period.to and row.prior_manager_id
            and row.prior_manager_id ~= card.id
            and date.days(row.prior_date, row.date) <= p.duplicate_days then
            twice[#twice + 1] = ("%s(%s,%s 已访)"):format(row.customer_id, row.date, row.prior_manager_id)
        end
    end
    if m.visits > 0 then
        steps[1] = card_of.check("D01", m.reviewed == m.visits,
            ("走访 %d 次,月末核实 %d 次,核实率 %.2f%%"):format(m.visits, m.reviewed, m.review_rate * 100))
        steps[2] = card_of.check("D01", #twice == 0, ("%d 天内没有重复走访"):format(p.duplicate_days),
            ("%d 天内重复走访 %d 次:"):format(p.duplicate_days, #twice) .. table.concat(twice, "、"))
    end
    return { steps = steps }
end

-- D02 谁走访谁督办:逾期为超过期限才办结,或到期末仍未办结
local function issues(card, p)
    local m, late, silent = card.m, {}, {}
    for _, row in ipairs(card.r.issues) do
        local last = date.deadline(row.opened, p.close_days, period.holidays, period.makeup)
        local closed = row.closed and row.closed <= period.to and row.closed
        if (closed or period.to) > last then late[#late + 1] = row.issue_id end
        if closed and not row.informed then silent[#silent + 1] = row.issue_id end
    end
    if m.opened == 0 then return nil end
    local steps = { {
        rule = "D02", outcome = m.closed == m.opened and "passed" or "failed",
        text = ("问题 %d 件,办结 %d 件,办结率 %.2f%%"):format(m.opened, m.closed, m.closure_rate * 100),
    } }
    if #late > 0 then
        steps[2] = { rule = "D02 [默认期限]", outcome = "failed",
            text = ("超过 %d 个工作日:%s"):format(p.close_days, table.concat(late, "、")) }
    end
    if #silent > 0 then
        steps[#steps + 1] = { rule = "D02", outcome = "failed", text = "未回复客户:" .. table.concat(silent, "、") }
    end
    return { steps = steps }
end

-- D03 大客户分级走访:期末距上次走访不超过该级的周期
local function accounts(card, p)
    local last, kept, overdue = {}, 0, {}
    for _, row in ipairs(card.r.visits) do
        if row.date <= period.to then last[row.customer_id] = row.date end
    end
    for _, row in ipairs(card.r.accounts) do
        local cycle = p.cycles[row.class]
        if cycle == nil then error("cycles has no class '" .. row.class .. "'; add its days") end
        local seen = last[row.customer_id] or row.from_date
        if date.days(seen, period.to) <= cycle then
            kept = kept + 1
        else
            overdue[#overdue + 1] = ("%s(%s 级,%d 天)"):format(row.customer_id, row.class, date.days(seen, period.to))
        end
    end
    if #card.r.accounts == 0 then return nil end
    return { steps = { card_of.check("D03 [默认周期]", #overdue == 0,
        ("负责大客户 %d 户,都在走访周期之内"):format(#card.r.accounts),
        ("负责大客户 %d 户,逾期未访 %d 户:"):format(#card.r.accounts, #overdue) .. table.concat(overdue, "、")) } }
end

score {
    contribution { lines = { "independent", "cooperative", "maintained" }, title = "折算业绩", absent = "zero" },
    tier, visits, issues, accounts,
}
