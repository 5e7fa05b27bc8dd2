-- 兑付、清算与过程检查的各步(规则手册 C31—C41):每个函数看一张记分卡,写下工资与带条款的步骤。
-- 规则本身在 scripts/rules;这里只取数、调用、写成文字。
local allocation = use "rules/allocation"
local coverage = use "rules/coverage"
local payout = use "rules/payout"
local words = use "rules/words"

local M = {}

local number, percent = words.number, words.percent

local function step(rule, outcome, text)
    return { rule = rule, outcome = outcome, text = text }
end

-- ---- C36 挂钩标准 --------------------------------------------------------------------------------

local function share_of(card, p) return p.performance_share[card.post] or p.other_share end

-- 某一季(back 季以前)的挂钩标准
local function standard(card, p, behind)
    return card.m["priced_pay" .. behind] * p.priced_share
        + card.m["performance_pay" .. behind] * share_of(card, p)
end

function M.standard(card, p)
    local m = card.m
    if m.linked_standard == 0 then return nil end
    return { steps = { step("C36", "kept", "挂钩标准 = 计价 " .. number(m.priced_pay) .. " × "
        .. percent(p.priced_share) .. " + 绩效 " .. number(m.performance_pay) .. " × "
        .. percent(share_of(card, p)) .. " = " .. words.exact(m.linked_standard) .. " 元") } }
end

-- ---- C38 季度兑付 --------------------------------------------------------------------------------

local function paid_for(quarter_standard, score, p)
    return payout.quarter_payment {
        standard = quarter_standard, score = score, pay_line = p.pay_line, pay_full = p.pay_full,
        round_before_compare = p.round_before_compare,
    }
end

function M.pay(card, p)
    if card.score == nil then
        return { steps = { step("C38", "failed", "没有得分,本季不发挂钩工资") } }
    end
    local answer = paid_for(card.m.linked_standard, card.score, p)
    local paid = round(answer.paid, 2)
    local function part(score) return round(card.m.linked_standard * score / p.pay_full, 2) end
    local rule, outcome = words.exact(card.m.linked_standard) .. " × " .. words.factor(card.score, part) .. " ÷ "
        .. number(p.pay_full, 0), "passed"
    local equals = " = "
    if answer.ratio == 0 or answer.ratio == 1 then equals = ":" end
    if answer.ratio == 0 then
        rule, outcome = "低于 " .. number(p.pay_line, 0) .. " 分,本季不发,年终清算", "failed"
    elseif answer.ratio == 1 then
        rule = "满 " .. number(p.pay_full, 0) .. " 分,足额发放"
    end
    return {
        notes = { "单项封顶、零目标、口径与年终超额奖励原办法没有写明,按参数 [默认] 计算。" },
        pay = { { name = "linked", title = "本季挂钩工资", amount = paid, rule = rule } },
        steps = { step("C38", outcome, rule .. equals .. number(paid) .. " 元") },
    }
end

-- ---- C38 年终清算 --------------------------------------------------------------------------------

-- 年初至 back 季以前那一季末的销售
local function sold(m, name, back)
    local total = dec(0)
    for b = back, 3 do total = total + m[name .. "_sold_" .. b] end
    return total
end

local function earlier_score(card, p, back)
    local m, behind, items = card.m, "_" .. back, {}
    local actual = {
        assets = m["assets" .. behind], savings = m["savings" .. behind],
        wealth = sold(m, "wealth", back), fund = sold(m, "fund", back),
    }
    for i, name in ipairs { "assets", "savings", "wealth", "fund" } do
        items[i] = {
            actual = actual[name], target = m[name .. "_target" .. behind],
            base = m[name .. "_opening"], weight = p.weights[name],
            zero_target = p.zero_target, floor = 0, cap = p.item_cap or nil, absent = "exclude",
        }
    end
    return weigh { items = items }.score
end

-- 四季度:各季标准与应发重算一遍,再与全年应付比
function M.settle(card, p)
    if period.quarter ~= 4 or card.score == nil then return nil end
    local standards, paid, texts = {}, {}, {}
    for back = 3, 0, -1 do
        local behind = back == 0 and "" or "_" .. back
        local score = back == 0 and card.score or earlier_score(card, p, back)
        if score ~= nil then
            local n = #paid + 1
            standards[n] = standard(card, p, behind)
            paid[n] = round(paid_for(standards[n], score, p).paid, 2)
            texts[n] = (4 - back) .. " 季 " .. number(score) .. " 分发 " .. number(paid[n])
        end
    end
    local answer = payout.year_settlement {
        standards = standards, paid = paid, year_score = card.score, excess_rate = p.excess_rate,
        settle_mode = p.settle_mode, pay_line = p.pay_line, pay_full = p.pay_full,
        round_before_compare = p.round_before_compare,
    }
    local rule, outcome = "全年标准 " .. number(answer.year_standard) .. " × 年终得分 ÷ "
        .. number(p.pay_full, 0), "passed"
    if answer.year_due == 0 then
        rule, outcome = "年终低于 " .. number(p.pay_line, 0) .. " 分,全年不发", "failed"
    elseif card.score > p.pay_full then
        rule = rule .. ",超出部分 × " .. number(p.excess_rate, 2)
    end
    local back = answer.settlement < 0
    return {
        pay = {
            { name = "year_due", title = "全年应发", amount = answer.year_due, rule = rule },
            { name = "quarters_paid", title = "各季已发(含本季)", amount = sum(paid),
              rule = table.concat(texts, ";") },
            { name = "settlement", title = back and "年终清算(应收回)" or "年终清算",
              amount = answer.settlement, rule = "全年应发 − 各季已发"
                  .. (p.settle_mode == "floor0" and ",多发不追回" or "") },
        },
        steps = { step("C38", outcome, "年终清算:全年应发 " .. number(answer.year_due)
            .. " 元,各季已发 " .. number(sum(paid)) .. " 元,"
            .. (back and "应收回 " or "补发 ") .. number(abs(answer.settlement)) .. " 元") },
    }
end

-- ---- C32 签约上限、C34 资料(C33 管户到人在 scheme.lua 的 allocate) --------------------------------

function M.signed(card, p)
    local m = card.m
    if m.signed_diamond + m.signed_platinum + m.signed_gold == 0 then return nil end
    local within = allocation.vip_limits {
        diamond = m.signed_diamond, platinum = m.signed_platinum, gold = m.signed_gold,
        combined = p.combined_limits,
    }.within
    return { steps = { step("C32", within and "passed" or "failed", "签约 钻石 "
        .. number(m.signed_diamond, 0) .. "、白金 " .. number(m.signed_platinum, 0) .. "、金卡 "
        .. number(m.signed_gold, 0) .. " 户,上限 30、100、200"
        .. (p.combined_limits and ",各档占比合计不超过 1" or "")) } }
end

function M.files(card)
    local m = card.m
    if m.kept_all == 0 then return nil end
    return { steps = { step("C34", m.kept_complete == m.kept_all and "passed" or "failed",
        "客户资料完整 " .. number(m.kept_complete, 0) .. " / " .. number(m.kept_all, 0) .. " 户") } }
end

-- ---- C40 走访 ------------------------------------------------------------------------------------

-- 半年未满时只报进度,不下结论
local function rate_step(name, done, all, rate, ok, least)
    if all == 0 then return nil end
    local over = period.quarter % 2 == 0
    return step("C40", over and (ok and "passed" or "failed") or "kept", name .. " "
        .. number(done, 0) .. " / " .. number(all, 0) .. " 户,"
        .. percent(round(rate, 4)) .. (over and "" or "(半年未满)") .. ",应达 " .. percent(least))
end

function M.visit(card, p)
    local m, steps = card.m, {}
    local answer = coverage.visit_rates {
        platinum_visited = m.platinum_visited, platinum_all = m.kept_platinum,
        gold_met = m.gold_met, gold_all = m.kept_gold,
        platinum_min = p.platinum_min, gold_min = p.gold_min,
    }
    steps[1] = rate_step("白金以上上门", m.platinum_visited, m.kept_platinum, answer.platinum_rate,
        answer.platinum_ok, p.platinum_min)
    steps[#steps + 1] = rate_step("金卡见面", m.gold_met, m.kept_gold, answer.gold_rate,
        answer.gold_ok, p.gold_min)
    if m.kept_all > 0 then
        local all = m.phoned >= m.kept_all
        steps[#steps + 1] = step("C40", all and "passed" or "failed", "最近双月电话联系 "
            .. number(m.phoned, 0) .. " / " .. number(m.kept_all, 0) .. " 户")
    end
    return { steps = steps }
end

-- ---- C31 网点配备、C41 短信与活动:同一网点的人相同 --------------------------------------------------

function M.outlet(card, p)
    local m, steps, values = card.m, {}, {}
    if m.outlet_deposit and m.full_time then
        local least = allocation.outlet_min_cm {
            outlet_type = m.wealth_centre > 0 and "理财中心" or "网点",
            main_office = m.main_office > 0, personal_deposit_yi = m.outlet_deposit / 100000000,
            other_min = p.other_min,
        }.min_cm
        local kind = m.wealth_centre > 0 and "理财中心" or m.main_office > 0 and "支行营业部" or "网点"
        values.full_time_min = least
        steps[1] = step("C31", m.full_time >= least and "passed" or "failed", "本网点:" .. kind
            .. ",个人存款 " .. number(m.outlet_deposit) .. " 元,专职客户经理 "
            .. number(m.full_time, 0) .. " 人,最低 " .. number(least, 0) .. " 人")
    end
    local answer = coverage.group_contact {
        months_with_message = m.messages, quarters_with_activity = m.activities,
        months = 3, quarters = 1,
    }
    steps[#steps + 1] = step("C41", answer.messages_ok and answer.activities_ok and "passed" or "failed",
        "本网点:发短信 " .. number(m.messages, 0) .. " / 3 个月,主题活动"
        .. (answer.activities_ok and "已办" or "未办"))
    return { values = values, steps = steps }
end

return M
