-- 农村信用社客户经理考核(规则手册 A01—A09):存贷款计分、贷款定级、绩效与补偿金、保底不封顶。
local career = use "rules/career"
local income = use "rules/income"
local card_of = use "rules/card"
local n = use("rules/words").number

scheme {
    title = "农村信用社客户经理考核办法",
    version = "2009.1",
    regulation = "农村信用社客户经理制实施意见(等级表、权重、补偿金数值为默认,原文未载或已缺)",
}

-- ---- 考核对象 ----------------------------------------------------------------------------------

lookup "unit" { on = "unit_id" }

subject {
    from = "staff",
    key = "manager_id",
    name = "name",
    group = "unit.name",
    fields = { "post", "product_line" },
    active = { "active_from", "active_to" },
}

-- ---- 数据集 ------------------------------------------------------------------------------------

lookup "loan" { on = "loan_id" }
lookup "first" { from = "staff", on = { manager_id = "person1" }, valid = { "active_from", "active_to" } }
lookup "second" { from = "staff", on = { manager_id = "person2" }, valid = { "active_from", "active_to" } }
lookup "average" { from = "income_average", on = {}, valid = { "from_date", "to_date" }, at = "end" }

-- 双人办理的贷款按约定比例归两人(A03)
owner "loan_owner" { on = "loan_id", subject = "manager_id", share = "share" }

dataset "member" { from = "staff", date = false }
dataset "loans" { from = "loan_balance", key = "loan_id", owner = "loan_owner" }
dataset "deposits" { from = "deposit", key = "manager_id" }
dataset "targets" { from = "target", period = "period" }
dataset "pay" { period = "period" }
dataset "income" { period = "period" }
dataset "visits" { from = "visit", key = "visit_id" }
dataset "checks" { from = "loan_check", key = "check_id" }
dataset "fund" { from = "fund_change" }
dataset "certificate" { date = "issued" }
dataset "career" { date = "from_date" }
dataset "history" { period = "period" }

-- ---- 参数:管理员可改;[默认] 是原文没有的数值 ---------------------------------------------------

param "phases" { title = "各年所处阶段 [默认]", value = { ["2008"] = 1, ["2009"] = 2, ["2010"] = 3 } }
param "phase_weights" {
    title = "各阶段存款、贷款权重 [默认]", unit = "分",
    value = { { deposit = 40, loan = 60 }, { deposit = 20, loan = 80 }, { deposit = 0, loan = 100 } },
}
param "zero_target" { title = "目标为零时:full 满分、zero 零分、exclude 不计", value = "full" }
param "basis" { title = "完成率口径:level 时点 [默认],increment 自年初的增量", value = "level" }
param "item_floor" { title = "单项完成率下限", number = true, value = 0 }
param "item_cap" { title = "单项完成率上限;false 为不封顶", number = true, value = false }
param "managed_factor" { title = "管理贷款折算系数 [默认]", value = 0.5 }
local loan_grades = param "loan_grades" {
    title = "贷款等级表 [默认]:折算贷款(万元)起点、绩效系数、单户受理权限(万元,0 为须会签)",
    value = {
        { from = 8000, grade = "G1", coef = 1.5, authority_wan = 500 },
        { from = 4000, grade = "G2", coef = 1.2, authority_wan = 200 },
        { from = 1500, grade = "G3", coef = 1.0, authority_wan = 50 },
        { from = 0, grade = "G4", coef = 0.8, authority_wan = 0 },
    },
}
param "round_before_compare" { title = "定级前先取两位小数", value = false }
param "allowance" {
    title = "客户关系维护费 [默认]:每月基数、每户、上限;无走访记录的月份不发",
    unit = "元", value = { base = 500, per_customer = 2, cap = 2000, needs_records = true },
}
param "withhold_rate" { title = "风险补偿金计提比例 [默认]", value = 0.10 }
param "floor_share" { title = "保底:内勤平均收入的比例", value = 0.80 }
local reference = param "floor_reference" {
    title = "内勤收入取平均 average [默认] 还是中位数 median", value = "average",
}
param "income_multiple" { title = "客户经理平均收入为内勤的倍数", value = 2 }
param "settle_quarter" { title = "年终结算(A05、A06)在第几季", value = 4 }
param "cert_valid_months" { title = "上岗证有效期 [默认]", unit = "月", value = 24 }
param "path" {
    title = "岗位经历 [默认]:次序出自原文,最短月数与合格标准为默认",
    value = {
        { station = "实习", months = 6 }, { station = "柜员", months = 12 },
        { station = "客户经理", months = 24 },
        passed = { ["合格"] = true, ["良好"] = true, ["优秀"] = true },
    },
}
local rising = {} -- 由低到高
for _, level in ipairs(loan_grades) do table.insert(rising, 1, level.grade) end
param "reconsider" { title = "复议 [默认]", value = { days = 3, to = "联社考核小组" } }
param "scorecard" {
    title = "记分卡文字",
    value = { title = "客户经理季度考核记分卡", total = "得分", pays = "绩效、补偿金与补贴",
              excluded = "双人办理无效的记录", unit = "分", grades = rising },
}

-- ---- 度量与过往 --------------------------------------------------------------------------------

measure "direct" { title = "直接发放贷款", unit = "元", of = "loans", sum = "balance", over = "last",
    where = "loan.origin = '直接发放'" }
measure "managed" { title = "管理贷款", unit = "元", of = "loans", sum = "balance", over = "last",
    where = "loan.origin = '管理'" }
measure "deposit" { title = "存款余额", unit = "元", of = "deposits", sum = "balance", over = "last" }
measure "deposit_target" { title = "存款目标", unit = "元", of = "targets", sum = "value",
    where = "metric = 'deposit'" }
measure "loan_target" { title = "贷款目标", unit = "元", of = "targets", sum = "value",
    where = "metric = 'loan'" }
for _, name in ipairs { "deposit", "loan" } do
    measure(name .. "_opening") { title = "年初数", unit = "元", of = "targets", sum = "opening",
        where = "metric = '" .. name .. "'" }
end
measure "pay_base" { title = "绩效基数", unit = "元", of = "pay", sum = "amount",
    where = "kind = '绩效基数'" }
for month = 1, 3 do
    measure("visited_" .. month) {
        title = "第 " .. month .. " 个月走访户数", unit = "户", of = "visits",
        count_distinct = "customer_id", missing = "zero",
        where = "month(date) = month(period_start) + " .. month - 1,
    }
end
measure "checks" { title = "调查与检查", unit = "笔", places = 0, of = "checks", count = true, missing = "zero" }
measure "dual_checks" {
    title = "双人有效", unit = "笔", places = 0, of = "checks", count = true, missing = "zero",
    exclude = { -- A03:两人齐全、不同、当日都在岗
        { rule = "只有一人签名", when = "person1 is null or person2 is null" },
        { rule = "两处为同一人", when = "person1 = person2" },
        { rule = "签名者当日不在岗", when = [[person1 is not null and first.manager_id is null
            or person2 is not null and second.manager_id is null]] },
    },
}
measure "loss" { title = "确认的贷款损失", unit = "元", of = "fund", sum = "amount",
    where = "kind = '损失'", missing = "zero" }
measure "released" { title = "补偿金返还", unit = "元", of = "fund", sum = "amount",
    where = "kind = '返还'", missing = "zero" }
measure "income_year" { title = "全年应税收入", unit = "元", of = "income", sum = "amount",
    period = "year_to_date" }
measure "inside_average" { title = "内勤平均收入", unit = "元", of = "member", max = "average.inside_average" }
measure "inside_reference" { title = "保底参照的内勤收入", unit = "元", of = "member", max = "average.inside_" .. reference }
measure "cm_average" { title = "客户经理平均收入", unit = "元", of = "member", max = "average.cm_average" }
measure "cm_count" { title = "客户经理人数", unit = "人", of = "member", max = "average.cm_count" }

records "history" { of = "history", period = "any",
    columns = { period = "text", grade = "text", score = "money", fund = "money" } }
records "career" { of = "career", period = "any",
    columns = { station = "text", from_date = "date", to_date = "date", result = "text" } }
records "certificate" { of = "certificate", period = "any", columns = { code = "text", issued = "date" } }

-- 本期以前的最近一期
local function last_of(history)
    local last
    for _, row in ipairs(history) do
        if row.period < period.name then last = row end
    end
    return last
end

-- ---- 指标 --------------------------------------------------------------------------------------

metric "loans" { title = "贷款余额", unit = "元", round = 2,
    formula = function(m)
        if m.direct == nil and m.managed == nil then return nil end
        return (m.direct or 0) + (m.managed or 0)
    end }
metric "dual_rate" { title = "双人率", formula = function(m) return m.dual_checks / m.checks end }
metric "allowance" { title = "客户关系维护费", unit = "元", round = 2,
    formula = function(m, p)
        local a, all = p.allowance, 0
        for _, visited in ipairs { m.visited_1, m.visited_2, m.visited_3 } do
            if visited > 0 or not a.needs_records then
                all = all + income.maintenance_allowance {
                    distinct_customers_visited = visited,
                    base = a.base, per_customer = a.per_customer, cap = a.cap,
                }.allowance
            end
        end
        return all
    end }
-- A09 上期结存来自往期结果
metric "fund_before" { title = "补偿金上期结存", unit = "元", round = 2,
    formula = function(_, _, _, r)
        local last = last_of(r.history)
        return last and last.fund or 0
    end }
metric "fund_returned" { title = "补偿金返还", unit = "元", round = 2,
    formula = function(m) return min(m.released, m.fund_before) end }

-- ---- 计分 --------------------------------------------------------------------------------------

local WAN = 10000

-- A04 存款与贷款,权重随阶段转换
local function deposits_and_loans(card, p)
    card_of.only(period, "Q")
    local m, phase = card.m, p.phases[tostring(period.year)]
    if phase == nil then error("phases has no entry for " .. period.year .. "; add the phase of this year") end
    local weights = p.phase_weights[phase]
    local grown = p.basis == "increment"
    local total, items = card_of.weighted({
        { name = "deposit", title = "存款余额", unit = "万元", value_places = 2, weight = weights.deposit,
          actual = m.deposit / WAN, target = m.deposit_target / WAN,
          base = grown and m.deposit_opening / WAN or nil },
        { name = "loans", title = "贷款余额(发放与管理)", unit = "万元", value_places = 2, weight = weights.loan,
          actual = m.loans / WAN, target = m.loan_target / WAN, base = grown and m.loan_opening / WAN or nil },
    }, p)
    return {
        score = total, places = 2, items = items,
        steps = { {
            rule = "A04 [默认权重]", outcome = total and "passed" or "kept",
            text = ("第 %d 阶段:存款 %s 分、贷款 %s 分%s"):format(phase, weights.deposit, weights.loan,
                total and "" or ";没有可计分的项目"),
        } },
    }
end

-- A07 定级、系数与权限;A09 补偿金;A08 维护费
local function grade_and_pay(card, p)
    local m, steps, pays = card.m, {}, {}
    local given = { values = {}, pay = pays, steps = steps }
    if m.loans then
        local level = career.loan_volume_grade {
            direct_wan = (m.direct or 0) / WAN, managed_wan = (m.managed or 0) / WAN,
            managed_factor = p.managed_factor, perf_base = m.pay_base or 0, levels = p.loan_grades,
            round_before_compare = p.round_before_compare,
        }
        local fund = income.risk_fund {
            perf_pay = round(level.perf_pay, 2), fund = m.fund_before - m.fund_returned, loss = m.loss,
            withhold_rate = p.withhold_rate,
        }
        given.grade = level.grade
        given.values.weighted_wan, given.values.fund_after = level.weighted_wan, round(fund.fund_after, 2)
        given.values.authority_wan = level.authority_wan
        local last = last_of(card.r.history)
        local moved = last and last.grade ~= level.grade
        steps[1] = {
            rule = "A07 [默认表]", outcome = moved and "changed" or "kept",
            text = ("直接发放 %s + 管理 %s × %s = %s 万元 → %s%s"):format(card_of.exact((m.direct or 0) / WAN),
                card_of.exact((m.managed or 0) / WAN), p.managed_factor, card_of.exact(level.weighted_wan), level.grade,
                moved and "(上期 " .. last.grade .. ")" or ""),
        }
        steps[2] = {
            rule = "A07 [默认表]", outcome = "kept",
            text = level.authority_wan > 0 and ("单户受理权限 %s 万元"):format(level.authority_wan)
                or "没有单户受理权限,须会签",
        }
        steps[3] = {
            rule = "A09 [默认]", outcome = fund.used_for_loss > 0 and "changed" or "kept",
            text = ("补偿金 %s − 返还 %s + 计提 %s − 抵损 %s = %s 元"):format(n(m.fund_before),
                n(m.fund_returned), n(fund.withheld), n(fund.used_for_loss), n(fund.fund_after)),
        }
        if m.loss > fund.used_for_loss then
            steps[4] = { rule = "A09 [默认]", outcome = "failed",
                text = ("确认损失 %s 元,补偿金不足,尚缺 %s 元"):format(n(m.loss), n(m.loss - fund.used_for_loss)) }
        end
        pays[1] = { name = "performance", title = "绩效工资", amount = round(level.perf_pay, 2),
            rule = ("基数 %s × %s 系数 %s"):format(n(m.pay_base or 0), level.grade, level.coef) }
        pays[2] = { name = "withheld", title = "计提风险补偿金", amount = -round(fund.withheld, 2),
            rule = ("绩效工资 × %s"):format(p.withhold_rate) }
        if m.fund_returned > 0 then
            pays[3] = { name = "returned", title = "补偿金返还", amount = m.fund_returned, rule = "当年贷款已收回" }
        end
    end
    if m.allowance > 0 then
        pays[#pays + 1] = { name = "allowance", title = "客户关系维护费", amount = m.allowance,
            rule = ("三个月走访 %d、%d、%d 户;每月 %s + 户数 × %s,每月至多 %s%s"):format(m.visited_1,
                m.visited_2, m.visited_3, n(p.allowance.base, 0), p.allowance.per_customer, n(p.allowance.cap, 0),
                p.allowance.needs_records and ",没有走访的月份不发" or "") }
    end
    return given
end

-- A02 上岗证:最近一张在期末仍有效
local function certified(card, p)
    local last = card.r.certificate[#card.r.certificate]
    if last == nil then return false, "没有上岗证,转内勤或补考" end
    local until_day = date.add_months(last.issued, p.cert_valid_months)
    if until_day <= period.to then return false, last.code .. " " .. until_day .. " 到期,转内勤或补证" end
    return true, last.code .. "有效至 " .. until_day .. " 前"
end

-- A01 岗位经历:依次走完前面各站,每站满期且合格
local function path(card, p)
    local rows, missing = card.r.career, {}
    local done = {}
    for _, row in ipairs(rows) do done[row.station] = row end
    for _, stop in ipairs(p.path) do
        local row = done[stop.station]
        if stop.station == "客户经理" then break end
        if row == nil then
            missing[#missing + 1] = "没有" .. stop.station .. "经历"
        elseif row.to_date == nil or date.add_months(row.from_date, stop.months) > row.to_date then
            missing[#missing + 1] = stop.station .. "不满 " .. stop.months .. " 个月"
        elseif not p.path.passed[row.result or ""] then
            missing[#missing + 1] = stop.station .. "期末考核" .. (row.result or "没有结果")
        end
    end
    return #missing == 0, table.concat(missing, ";")
end

local function conditions(card, p)
    local m = card.m
    local qualified, certificate = certified(card, p)
    local walked, missing = path(card, p)
    local steps = {
        card_of.check("A01", walked, "实习、柜员、客户经理依次走完", missing),
        card_of.check("A02", qualified, certificate),
    }
    if m.checks > 0 then
        steps[3] = card_of.check("A03", m.dual_checks == m.checks,
            ("调查与检查 %d 笔,双人有效 %d 笔,双人率 %.2f%%"):format(m.checks, m.dual_checks, m.dual_rate * 100))
    end
    if period.quarter ~= p.settle_quarter or m.inside_average == nil then return { steps = steps } end
    local pays = {}
    local ratio = income.income_ratio_check { cm_avg = m.cm_average, n_cm = m.cm_count,
        back_avg = m.inside_average, multiple = p.income_multiple }
    steps[#steps + 1] = card_of.check("A05", ratio.pass,
        ("全社客户经理平均 %s 元,为内勤 %s 元的 %.4f 倍"):format(n(m.cm_average), n(m.inside_average), ratio.ratio),
        ("全社客户经理平均 %s 元,为内勤的 %.4f 倍,不到 %s 倍,外勤工资总额尚差 %s 元"):format(n(m.cm_average),
            ratio.ratio, p.income_multiple, n(ratio.shortfall_total)))
    if m.income_year then
        local floor = income.income_floor { income = m.income_year, back_avg = m.inside_reference,
            floor_share = p.floor_share, qualified = qualified }
        if floor.top_up > 0 then
            pays[1] = { name = "top_up", title = "年终保底补足", amount = round(floor.top_up, 2),
                rule = ("内勤%s %s × %s − 全年 %s"):format(reference == "median" and "中位数" or "平均",
                    n(m.inside_reference), p.floor_share, n(m.income_year)) }
        end
        steps[#steps + 1] = {
            rule = "A06", outcome = floor.top_up > 0 and "changed" or qualified and "passed" or "failed",
            text = not qualified and "没有任职资格,不享受保底" or
                ("全年 %s 元,保底 %s 元%s"):format(n(m.income_year), n(floor.floor),
                    floor.top_up > 0 and ",补足差额" or ",上不封顶"),
        }
    end
    return { pay = pays, steps = steps }
end

score { deposits_and_loans, grade_and_pay, conditions }
