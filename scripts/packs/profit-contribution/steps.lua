-- 定级链的各步(规则手册 C11—C28):每个函数看一张记分卡,写下等级与一条带条款、数字、结论的步骤。
-- 规则本身在 scripts/rules;这里只取数、按次序调用、写成文字。次序由 scheme.lua 的 score 决定。
local chain = use "rules/chain"
local common = use "rules/common"
local completion = use "rules/completion"
local deadline = use "rules/deadline"
local entry = use "rules/entry"
local ladders = use "rules/ladder"
local profit = use "rules/profit"
local protection = use "rules/protection"
local words = use "rules/words"

local M = {}

local number, wan, percent = words.number, words.wan, words.percent
local unranked = ladders.unranked

-- ---- 共用 --------------------------------------------------------------------------------------

local function step(rule, outcome, text)
    return { rule = rule, outcome = outcome, text = text }
end

local function ladder_of(p)
    return ladders.of { ladder_direction = p.ladder_direction, ladder_steps = p.ladder_steps }
end

-- 带上阶梯的两个开关
local function with_ladder(x, p)
    x.ladder_direction, x.ladder_steps = p.ladder_direction, p.ladder_steps
    return x
end

local function level_of(ladder, grade)
    return (string.split(grade, "级"))[1] .. "级"
end

-- 委员会记录中某一类的各条,依文号次序
local function decided(card, kind)
    local list = {}
    for _, row in ipairs(card.r.decisions or {}) do
        if row.kind == kind then list[#list + 1] = row end
    end
    return list
end

local kinds = { ["扣减"] = "rate", ["降级"] = true, ["裁定"] = "grade", ["总行批准"] = true,
                ["特殊准入"] = true, ["态度不合格"] = true }

-- 季度的序号:年 × 4 + 季;与它的首日
local function quarter_number(day)
    local d = date.parts(day)
    return d.year * 4 + d.quarter - 1
end

local function quarter_start(n)
    return string.format("%04d-%02d-01", n // 4, n % 4 * 3 + 1)
end

local function quarter_name(n) return n // 4 .. "Q" .. n % 4 + 1 end

local function history_of(card, name)
    for _, row in ipairs(card.r.history or {}) do
        if row.period == name then return row end
    end
    return nil
end

local function deposit(card) return card.m.deposit_adb or 0 end

-- 委员会记录写错的在最前面报错,不悄悄略过
local function check_decisions(card)
    for _, row in ipairs(card.r.decisions or {}) do
        local needed = common.pick(kinds, row.kind, row.decision_id .. ": decision kind")
        if needed ~= true and row[needed] == nil then
            error(row.decision_id .. ": a decision '" .. row.kind .. "' needs its " .. needed)
        end
    end
end

-- ---- C13 数据报送 --------------------------------------------------------------------------------

local function supply_deadline(p)
    return deadline.data_deadline {
        quarter_end = period.to, count_from = p.count_from, holidays = period.holidays,
        makeup = period.makeup,
    }.deadline
end

-- params.supplied 按期间给出各部门的报送日:迟报、未报的列出;没有登记为 nil
local function late_supplies(p)
    local supplied, last, known, late = p.supplied[period.name], supply_deadline(p), {}, {}
    if supplied == nil then return nil end
    for _, who in ipairs(p.suppliers) do
        known[who] = true
        local day = supplied[who]
        if day == nil then late[#late + 1] = who .. "未报"
        elseif day > last then late[#late + 1] = who .. " " .. day .. " 迟报" end
    end
    for who in pairs(supplied) do common.pick(known, who, "supplied[\"" .. period.name .. "\"]") end
    return late
end

-- 报齐了的在说明里(M.approve)
function M.supply(_, p)
    local late = late_supplies(p)
    if late == nil or #late == 0 then return nil end
    return { steps = { step("C13", "failed", "数据应在 " .. supply_deadline(p) .. " 前报齐:"
        .. table.concat(late, "、")) } }
end

-- ---- C11、C12 剔除与扣回 -------------------------------------------------------------------------

function M.exclude(card)
    check_decisions(card)
    local all, left = card.m.loan_all_adb, card.m.loan_adb
    if all == nil or all == (left or 0) then return nil end
    return { steps = { step("C11 C12", "changed", "不计创利的贷款日均 "
        .. number(all - (left or 0)) .. " 元") } }
end

-- 全年不计创利的贷款,以前各季已计的创利是否扣回(npl_clawback)
function M.clawback(card, p)
    if card.score == nil or not p.npl_clawback then return nil end
    local back = profit.loan_clawback {
        excluded_for_year = true, npl_clawback = true,
        earlier_profit = { card.m.clawback_profit or 0 },
    }.clawback
    if back == 0 then return nil end
    return {
        score = card.score - back, places = 2,
        items = { { name = "clawback", title = "以前季度扣回", points = -back, places = 2 } },
        steps = { step("C11", "changed", "本季转关注以下的贷款,以前各季已计创利 " .. number(back)
            .. " 元予以扣回") },
    }
end

-- ---- C21 扣减 ------------------------------------------------------------------------------------

local function rates_of(records)
    local rates, texts = {}, {}
    for i, row in ipairs(records) do
        rates[i] = row.rate
        texts[i] = row.decision_id .. " " .. percent(rates[i])
    end
    return rates, table.concat(texts, "、")
end

function M.deduct(card, p)
    if card.score == nil then return nil end
    local product = card.m.product_sale or 0
    local function result(rate)
        local function left(x)
            return chain.deducted_profit { profit_wan = x, rate = rate }.profit_wan
        end
        local total = left(card.score)
        local graded = completion.compared(total / 10000, p.round_before_compare) * 10000
        return { score = total, places = 2,
                 values = { ex_product = left(card.score - product), graded_profit = graded,
                            contributed = card.score } }
    end
    local records = decided(card, "扣减")
    if #records == 0 then return result(0) end
    local rates, texts = rates_of(records)
    local answer = chain.deduction_rate {
        rates = rates, min_rate = p.deduction_min, max_rate = p.deduction_max,
    }
    if not answer.accepted then
        local out = result(0)
        out.steps = { step("C21", "failed", texts .. " 不在 " .. percent(p.deduction_min) .. "—"
            .. percent(p.deduction_max) .. " 之内,不予受理,本季不扣减") }
        return out
    end
    local out = result(answer.applied)
    local lost = card.score - out.score
    if lost == 0 then
        out.steps = { step("C21", "kept", texts .. ":亏损不因扣减而减少") }
        return out
    end
    out.items = { { name = "deduction", title = "委员会扣减", points = -lost, places = 2,
                    rule = number(-card.score) .. " × " .. percent(answer.applied) } }
    local what = #records == 1 and texts or percent(answer.applied) .. "(" .. texts .. ")"
    out.steps = { step("C21", "changed", "扣减 " .. what .. ":" .. number(card.score) .. " 元减为 " .. number(out.score) .. " 元") }
    return out
end

-- ---- C19 产品销售限档 ----------------------------------------------------------------------------

function M.cap(card, p)
    if card.grade == nil or (card.m.product_sale or 0) == 0 then return nil end
    local base = ladders.profit_grade(with_ladder({
        quarter_profit_wan = card.m.ex_product / 10000,
        round_before_compare = p.round_before_compare,
    }, p)).grade
    local grade = chain.capped_grade(with_ladder({
        base = base, with_product = card.grade, product_cross_grade = p.product_cross_grade,
    }, p)).grade
    local ladder = ladder_of(p)
    local most = chain.cap_steps(ladder, ladders.rank(ladder, base))
    local text = "不含产品 " .. base .. ",计入 " .. card.grade .. ",限高 " .. most .. " 档"
        .. (p.product_cross_grade and "" or "且不跨级")
    local held = grade ~= card.grade
    if base == card.grade then
        return { steps = { step("C19", "kept", "不含产品销售,也是 " .. base) } }
    end
    return {
        grade = grade,
        steps = { step("C19", held and "changed" or "passed", text .. (held and ",定 " .. grade
            or "")) },
    }
end

-- ---- C16、C17、C18 存款门槛 ----------------------------------------------------------------------

local function standard(wan_amount) return number(wan_amount, 0) .. " 万元" end

-- C16 与 C18:某一级的标准,达到不变,不足降级
local function gate_step(article, card, ladder, grade, amount)
    local row = ladder.rows[ladders.row(ladder, ladders.rank(ladder, card.grade))]
    local least = article == "C18" and row.studio or row.deposit
    local text = "日均存款 " .. wan(amount, least)
    local name = level_of(ladder, card.grade) .. (article == "C18" and "工作室 " or " ")
    if grade == card.grade then
        return step(article, "passed", text .. ",达到 " .. name .. standard(least))
    end
    return step(article, "failed", text .. ",低于 " .. name .. standard(least) .. ",降至 " .. grade)
end

local function deposit_step(card, ladder, grade, amount)
    local least = ladder.rows[1].deposit
    local text = "日均存款 " .. wan(amount, least)
    if grade == unranked then
        return step("C17", "failed", text .. ",低于最低标准 " .. standard(least) .. ",未达标")
    end
    local row = ladder.rows[ladders.row(ladder, ladders.rank(ladder, grade))]
    text = text .. ",够 " .. level_of(ladder, grade) .. " " .. standard(row.deposit)
    if grade == card.grade then return step("C17", "passed", text) end
    return step("C17", "changed", text .. ";以存款为基本标准,由 " .. card.grade .. " 改为 " .. grade)
end

local function is_exempt(card, p)
    return common.count(p.gate_exempt_posts, function(post) return post == card.post end) > 0
end

function M.gate(card, p)
    if card.grade == nil then return nil end
    local studio = card.studio == "true"
    if not studio and is_exempt(card, p) then
        return { steps = { step("C16", "kept", card.post .. "不看存款门槛") } }
    end
    local ladder, amount = ladder_of(p), deposit(card)
    local answer = chain.gated_grade(with_ladder({
        grade = card.grade, deposit_wan = amount / 10000, quarter = period.quarter, studio = studio,
        gate_quarters = p.gate_quarters, gate_cascade = p.gate_cascade,
        round_before_compare = p.round_before_compare,
    }, p))
    local grade, article = answer.grade, answer.article
    if article == nil then
        return { steps = { step("C16", "kept", "第 " .. period.quarter .. " 季度不看存款门槛") } }
    end
    if article == "C18" and card.grade == unranked then return nil end
    local line = article == "C17" and deposit_step(card, ladder, grade, amount)
        or gate_step(article, card, ladder, grade, amount)
    local notes = answer.below_minimum and {
        "日均存款不足最低标准 " .. standard(ladder.rows[1].deposit) .. ",依第十二条字面只降一级" } or nil
    return { grade = grade, steps = { line }, notes = notes }
end

-- ---- C21 降级 ------------------------------------------------------------------------------------

function M.demote(card, p)
    local record = decided(card, "降级")[1]
    if record == nil or card.grade == nil then return nil end
    local grade = chain.demoted_grade(with_ladder({ grade = card.grade }, p)).grade
    return {
        grade = grade,
        steps = { step("C21", "changed", record.decision_id .. " 直接降级:" .. card.grade .. " 降至 "
            .. grade) },
    }
end

-- ---- C22 新入行、C23 转岗、C24 假期保护 -----------------------------------------------------------

-- 以前的季度已在保护期内达到标准的,历史中记为 assessed
local function passed_before(card)
    local first = quarter_name(quarter_number(card.hire_date))
    for _, row in ipairs(card.r.history or {}) do
        local inside = row.period >= first and row.period < period.name
        if inside and row.basis == "assessed" then return true end
    end
    return false
end

-- 入行时所定等级:历史中入行以后第一条 provisional(入行所定)或 protected(已按它保护)
local function given_at_hiring(card)
    local first = quarter_name(quarter_number(card.hire_date))
    for _, row in ipairs(card.r.history or {}) do
        local given = row.basis == "provisional" or row.basis == "protected"
        if given and row.period >= first and row.period <= period.name then return row.grade end
    end
    return nil
end

local function new_hire(card, p, assessed)
    if card.hire_date == "" or date.add_months(card.hire_date, p.hire_months) <= period.to then
        return nil
    end
    local given = given_at_hiring(card)
    if given == nil and passed_before(card) then
        return nil, step("C22", "kept", "入行 " .. card.hire_date .. ",未满 " .. p.hire_months
            .. " 个月,但以前已达标,不再保护")
    elseif given == nil then
        return nil, step("C22", "failed", "入行 " .. card.hire_date
            .. ",在保护期内,但历史等级中没有入行时所定等级(provisional),按考核等级")
    end
    local answer = protection.new_hire_protection(with_ladder({
        hired = card.hire_date, quarter_end = period.to, months = p.hire_months, trial = assessed,
        protected = given, passed_before = passed_before(card),
    }, p))
    local text = "入行 " .. card.hire_date .. ",保护期至 " .. answer["until"] .. ":试考核 " .. assessed
    if answer.state == "protected" then
        return given, step("C22", "changed", text .. ",未达到入行等级 " .. given .. ",按入行等级")
    end
    if answer.state == "passed" then
        return assessed, step("C22", "passed", text .. ",达到入行等级 " .. given .. ",保护终止")
    end
    return assessed, step("C22", "kept", text .. ",以前已达标,不再保护")
end

local function transfer(card, p, assessed)
    local row
    for _, other in ipairs(card.r.transfers or {}) do -- 最近的一次
        if other.date <= period.to then row = other end
    end
    if row == nil then return nil end
    local nth = quarter_number(period.to) - quarter_number(row.date) + 1
    if nth > 3 then return nil end
    local answer = protection.transfer_protection(with_ladder({
        quarter_no = nth, previous = row.prior_grade, assessed = assessed,
        minimum = p.transfer_minimum, standard = p.transfer_standard,
        transfer_as_floor = p.transfer_as_floor,
    }, p))
    local text = row.date .. " 转岗,第 " .. nth .. " 季,考核 " .. assessed
    if answer.state == "protected_previous" then
        local own = answer.grade ~= row.prior_grade
        return answer.grade, step("C23", "changed", text .. (own and ",高于转岗前等级,按考核等级"
            or ",按转岗前等级 " .. row.prior_grade))
    elseif answer.state == "assessed" then
        return assessed, step("C23", "passed", text .. ",达到标准 " .. p.transfer_standard)
    elseif answer.state == "protected_minimum" then
        return answer.grade, step("C23", "changed", text .. ",未达标准 " .. p.transfer_standard
            .. ",按最低等级 " .. answer.grade .. ",安排培训")
    end
    return assessed, step("C23", "failed", text .. ",仍未达标准 " .. p.transfer_standard
        .. ",转派遣用工")
end

-- 假期落在第 n 季内的天数;to_date 是返岗之日
local function days_in(row, n)
    local from, to = quarter_start(n), quarter_start(n + 1)
    if row.from_date > from then from = row.from_date end
    if row.to_date ~= nil and row.to_date < to then to = row.to_date end
    return from < to and date.days(from, to) or 0
end

local function leave_row(card, p, assessed, row)
    local this, first = quarter_number(period.to), quarter_number(row.from_date)
    local days, nth = days_in(row, this), 0
    if days == 0 then return nil end
    for n = first, this do
        if days_in(row, n) >= p.leave_min_days then nth = nth + 1 end
    end
    local text = row.kind .. " " .. row.from_date .. " 起,本季 " .. days .. " 天"
    local before = history_of(card, quarter_name(first - 1))
    if days < p.leave_min_days then
        return nil, step("C24", "kept", text .. ",不足 " .. p.leave_min_days .. " 天,不保护")
    end
    if not protection.protects_leave(row.kind, nth) then
        return nil, step("C24", "kept", text .. (nth > 1 and ",只保护休假的第一个季度"
            or ",不属保护的假期"))
    elseif before == nil then
        return nil, step("C24", "failed", text .. ",历史等级中没有 " .. quarter_name(first - 1)
            .. ",无从保护,按考核等级")
    end
    local held = protection.leave_protection {
        leave_kind = row.kind, quarter_no = nth, assessed = assessed, grade_before = before.grade,
    }.grade
    return held, step("C24", "changed", text .. ":按休假前一季(" .. quarter_name(first - 1)
        .. ")等级 " .. held .. "(考核 " .. assessed .. ")")
end

function M.protect(card, p)
    local assessed = card.grade or unranked
    local final, steps = card.grade, {}
    local function take(grade, line)
        if grade ~= nil then final = grade end
        steps[#steps + 1] = line
    end
    take(new_hire(card, p, assessed))
    take(transfer(card, p, assessed))
    for _, row in ipairs(card.r.leaves or {}) do take(leave_row(card, p, assessed, row)) end
    return { grade = final, steps = steps,
             values = { assessed_rank = ladders.rank(ladder_of(p), assessed) } }
end

-- ---- C20 裁定、C15 上限 --------------------------------------------------------------------------

function M.decide(card, p)
    local records = decided(card, "裁定")
    local record = records[#records]
    if record == nil then return nil end
    ladders.rank(ladder_of(p), record.grade) -- 阶梯上没有的等级在此报错
    return {
        grade = record.grade,
        steps = { step("C20", "changed", record.decision_id .. " 委员会裁定 " .. record.grade .. "(原 "
            .. (card.grade or unranked) .. "):" .. record.reason) },
    }
end

function M.ceiling(card, p)
    if card.grade == nil then return nil end
    local approved = #decided(card, "总行批准") > 0
    local answer = chain.held_grade(with_ladder({
        grade = card.grade, approved = approved, ceiling_hold = p.ceiling_hold,
    }, p))
    if not answer.needs_hq then return nil end
    local text = card.grade .. " 高于支行审批上限,"
    if approved then
        return { steps = { step("C15", "passed", text .. "总行已批准") } }
    end
    return {
        grade = answer.grade,
        steps = { step("C15", p.ceiling_hold and "changed" or "kept", text .. "须报总行审批"
            .. (p.ceiling_hold and ",批准前暂按 " .. answer.grade or "")) },
    }
end

-- ---- C25 在册、C26 学历、C27 退出 -----------------------------------------------------------------

-- 新入行与转岗未满 entry_months 的,才看是否进入在册序列
local function is_candidate(card, p)
    local since = card.hire_date
    for _, row in ipairs(card.r.transfers or {}) do
        if row.date > since and row.date <= period.to then since = row.date end
    end
    return since ~= "" and since <= period.to and date.add_months(since, p.entry_months) > period.to
end

local clause = { ["一"] = "连续两季达到在册等级", ["二"] = "上季日均 2500 万元、本季 3500 万元以上",
                 ["三"] = "本季日均 4000 万元以上", ["四"] = "特殊准入" }

local function regular_step(card, p)
    local ladder = ladder_of(p)
    local regular = ladders.rank(ladder, p.transfer_standard)
    local last = history_of(card, quarter_name(quarter_number(period.to) - 1))
    local rank = last ~= nil and last.basis == "assessed" and ladder.ranks[last.grade] -- 旧表的等级不算
    local before = rank and rank >= regular or false
    local answer = entry.regular_entry {
        two_quarters_reached = before and card.m.assessed_rank >= regular,
        prev_avg_wan = (card.m.prev_deposit_adb or 0) / 10000, cur_avg_wan = deposit(card) / 10000,
        special = #decided(card, "特殊准入") > 0,
    }
    if not answer.eligible then
        return step("C25", "kept", "尚不符合进入在册序列的四款条件(本季日均 " .. wan(deposit(card))
            .. ")")
    end
    local by = {}
    for i, name in ipairs(answer.by) do by[i] = name .. " " .. clause[name] end
    return step("C25", "passed", "符合进入在册序列:第十九条 " .. table.concat(by, ";"))
end

local function education_step(card, p)
    if card.education == "" or common.educated(card.education, p.entry_education) then return nil end
    local may = entry.education_exception {
        avg_deposit_wan = deposit(card) / 10000, profit_wan = (card.score or 0) / 10000,
    }.may_apply
    return step("C26", may and "passed" or "failed", "学历 " .. card.education .. " 低于 "
        .. p.entry_education .. (may and ",业绩可报委员会与总行作例外"
            or ",业绩未达 5000 万元日均或 25 万元创利,不能申请例外"))
end

-- 公布日:params.published 按期间给出;没有给出为 nil
local function published_on(p) return p.published[period.name] end

local function exit_step(card, p)
    local record = decided(card, "态度不合格")[1]
    if record == nil then return nil end
    local last_day = entry.exit_notice {
        assessment_failed = card.grade == unranked, attitude_failed = true,
        notice_date = published_on(p) or period.to,
    }.end_date
    if last_day == nil then
        return step("C27", "kept", record.decision_id .. " 态度、素质不合格,但本季已达标,不予退出")
    end
    return step("C27", "failed", "本季未达标," .. record.decision_id
        .. " 态度、素质不合格:提前一个月通知,至 " .. last_day .. " 退出,报委员会")
end

function M.entry(card, p)
    local steps = {}
    if is_candidate(card, p) then
        steps[1] = regular_step(card, p)
        steps[2] = education_step(card, p)
    end
    steps[#steps + 1] = exit_step(card, p)
    return { steps = steps }
end

-- ---- C14 初评、调整、审定 -------------------------------------------------------------------------

local assessment = { "初评", "调整", "审定" }

-- params.assessed 按期间给出做过的各步,依次
local function assessment_of(done)
    local texts = {}
    for i, made in ipairs(done) do
        local name = period.name .. ": assessed[" .. i .. "]"
        if made.step ~= assessment[i] then
            error(name .. " is '" .. tostring(made.step) .. "'; the steps are 初评, 调整, 审定, in this order")
        elseif made.by == nil or made.on == nil then
            error(name .. " needs by and on: who, and on which day")
        elseif i > 1 and made.on < done[i - 1].on then
            error(name .. " is on " .. made.on .. ", before the step it follows")
        end
        texts[i] = made.step .. " " .. made.by .. " " .. made.on
    end
    return table.concat(texts, "、")
end

-- 都按部就班的只在说明里占一行;没有审定的是一步
function M.approve(_, p)
    local done, late, texts, steps = p.assessed[period.name], late_supplies(p), {}, {}
    if late == nil then texts[1] = "数据报送限期 " .. supply_deadline(p) .. "(C13)"
    elseif #late == 0 then texts[1] = "数据在限期 " .. supply_deadline(p) .. " 前报齐(C13)" end
    if done ~= nil and #done < #assessment then
        local next_step = "尚未" .. assessment[#done + 1] .. ",结果可能变动"
        steps[1] = step("C14", "kept", #done > 0 and assessment_of(done) .. ";" .. next_step or next_step)
    elseif done ~= nil then
        texts[#texts + 1] = assessment_of(done) .. "(C14)"
    end
    return { notes = #texts > 0 and { table.concat(texts, ";") } or nil, steps = steps }
end

-- ---- C28 复议 --------------------------------------------------------------------------

function M.publish(_, p)
    local published = published_on(p)
    if published == nil then return nil end
    local last = deadline.reconsideration_deadline {
        published = published, requested = published, workdays = p.reconsider.days,
        count_from = p.count_from, holidays = period.holidays, makeup = period.makeup,
    }.deadline
    return { steps = { step("C28", "kept", published .. " 公布,复议至 " .. last .. " 止") } }
end

-- ---- 再进一档还差什么 ----------------------------------------------------------------------------

-- 报出的差额照它去增就够,所以进位
local function more(what, amount)
    return amount > 0 and what .. "再增 " .. number(ceil(amount * 100) / 100) .. " 万元" or nil
end

local function way_text(way, profit)
    local text = table.concat({ more(profit, way.profit_wan) or more("日均存款", way.deposit_wan),
        way.profit_wan > 0 and more("日均存款", way.deposit_wan) or nil }, "且")
    return text .. " 可达 " .. way.grade .. (way.needs_hq and "(须报总行)" or "")
end

function M.next(card, p)
    if card.score == nil then return nil end
    local m, texts = card.m, {}
    local answer = chain.next_grade(with_ladder({
        ex_product_wan = m.ex_product / 10000, product_wan = (card.score - m.ex_product) / 10000,
        product_cross_grade = p.product_cross_grade, deposit_wan = deposit(card) / 10000,
        quarter = period.quarter, studio = card.studio == "true",
        exempt = card.studio ~= "true" and is_exempt(card, p), gate_quarters = p.gate_quarters,
        gate_cascade = p.gate_cascade, round_before_compare = p.round_before_compare,
    }, p))
    local profit = card.score ~= m.contributed and "扣减后创利" or "创利"
    for i, way in ipairs(answer.ways) do texts[i] = way_text(way, profit) end
    local way = answer.ways[1]
    if way == nil then return nil end
    local by = answer.grade ~= card.grade and "按考核等级 " .. answer.grade .. "," or ""
    local function part(missing, has) return missing > 0 and missing / max(missing + has, missing) or 0 end
    return {
        notes = { by .. table.concat(texts, ";或") },
        values = { -- 台阶图与汇总报告用:到第几档,差创利、存款几万元,差的占要有的几成(较大者)
            next_step = ladders.rank(ladder_of(p), way.grade) + 1,
            next_profit = way.profit_wan, next_deposit = way.deposit_wan,
            next_part = max(part(way.profit_wan, card.score / 10000),
                            part(way.deposit_wan, deposit(card) / 10000)),
        },
    }
end

-- ---- 说明:哪些数不是原文的 -----------------------------------------------------------------------

function M.remark(card)
    if card.grade == nil then return nil end
    return { notes = { "创利公式" .. (ladders.is_default() and "、等级表、存款标准" or "")
        .. "的原表缺失,按参数 [默认] 计算。" } }
end

return M
