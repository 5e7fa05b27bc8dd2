-- 定级链:创利定级、产品销售限档、存款门槛、降级、裁定、审批上限(C15—C21)。
-- 次序为 [默认]:C21 扣减 → C15 定级 → C19 限档 → C16/C17/C18 门槛 → C21 降级 → C20 裁定 → C15 上限。
-- 保护(C22—C24)在降级与裁定之间,见 protection.lua。每一步也单独成为规则,供办法逐步调用。
local common = use "rules/common"
local completion = use "rules/completion"
local ladders = use "rules/ladder"

local M = {}

-- ---- 各步,按位次计算 ---------------------------------------------------------------------------

-- C21、PR-7:扣减只减盈利,亏损不因扣减而减少。
local function deduct(profit, rate)
    if rate < 0 or rate > 1 then error("a deduction rate lies between 0 and 1, not " .. rate) end
    return profit - rate * max(0, profit)
end

--- C19:以不含产品的等级为准,10 级以下至多高 2 档,10 级及以上至多 1 档。
function M.cap_steps(ladder, base)
    return ladders.row(ladder, base) >= ladder.position[10] and 1 or 2
end

-- 是否可跨级为开关。
local function cap(ladder, base, with_product, cross)
    local most = base + M.cap_steps(ladder, base)
    if not cross then most = min(most, ladders.top(ladder, ladders.row(ladder, base))) end
    return min(with_product, most)
end

local function deposit_row(ladder, deposit, last)
    for row = last, 1, -1 do
        if deposit >= ladder.rows[row].deposit then return row end
    end
    return 0
end

-- C17:12 级以下以存款为基本标准,级由存款定,档在该级之内随创利;不足最低标准为未达标。
local function by_deposit(ladder, rank, deposit)
    local row = deposit_row(ladder, deposit, ladder.position[12] - 1)
    return max(ladders.first(ladder, row), min(rank, ladders.top(ladder, row)))
end

-- C16:12 级及以上不足该级标准者降至下一低级末档;cascade 时逐级再看,跌破 12 级后按 C17。
local function by_standard(ladder, rank, deposit, cascade)
    repeat
        if deposit >= ladder.rows[ladders.row(ladder, rank)].deposit then return rank end
        rank = ladders.next_lower(ladder, rank)
        local low = ladders.row(ladder, rank) < ladder.position[12]
        if cascade and low then return by_deposit(ladder, rank, deposit) end
    until low or not cascade
    return rank
end

-- C18:个贷工作室人员用自己的标准,不足只降一级,不看 C17。
local function by_studio(ladder, rank, deposit)
    local row = ladders.row(ladder, rank)
    if row < 1 or deposit >= ladder.rows[row].studio then return rank end
    return ladders.next_lower(ladder, rank)
end

local function is_in(list, value)
    return common.count(list, function(entry) return entry == value end) > 0
end

-- 门槛后的位次,以及依据的条款(不适用为 nil)。
local function gate(ladder, rank, x)
    if x.quarter < 1 or x.quarter > 4 then error("'quarter' is 1 to 4, not " .. x.quarter) end
    local deposit = completion.compared(x.deposit_wan, x.round_before_compare)
    if x.studio and x.quarter < 4 then return by_studio(ladder, rank, deposit), "C18" end
    if not x.studio and not is_in(x.gate_quarters, x.quarter) then return rank end
    if ladders.row(ladder, rank) < ladder.position[12] then
        return by_deposit(ladder, rank, deposit), "C17"
    end
    return by_standard(ladder, rank, deposit, x.gate_cascade), "C16"
end

-- C15:5 级末档(5级4档)以内支行审定,以上报总行。
local function ceiling(ladder) return ladders.top(ladder, ladder.position[5]) end

-- ---- 各步,供办法逐步调用 -----------------------------------------------------------------------

local gate_inputs = [[deposit_wan n, quarter i, studio b=false, gate_quarters [i]=[1,2,3],
                      gate_cascade b=false, round_before_compare b=false, ]] .. ladders.inputs

--- C21 扣减后的创利(PR-7)。比例由 deduction_rate 核定。
M.deducted_profit = rule {
    title = "扣减后的创利",
    source = "002 综合创利 C21",
    inputs = "profit_wan n, rate r=0",
    outputs = "profit_wan nx",
    run = function(x) return { profit_wan = deduct(x.profit_wan, x.rate) } end,
}

--- C19 产品销售限档。
M.capped_grade = rule {
    title = "产品销售限档后的等级",
    source = "002 综合创利 C19",
    inputs = "base g, with_product g, product_cross_grade b=true, " .. ladders.inputs,
    outputs = "grade g",
    run = function(x)
        local ladder = ladders.of(x)
        local base = ladders.rank(ladder, x.base)
        local with_product = ladders.rank(ladder, x.with_product)
        return { grade = ladders.name(ladder,
                                      cap(ladder, base, with_product, x.product_cross_grade)) }
    end,
}

--- C16、C17、C18 存款门槛。article 是依据的条款;below_minimum 表示存款不足 C17 最低标准而仍有等级
--- (C16 的字面结果),应在记分卡上注明。
M.gated_grade = rule {
    title = "存款门槛后的等级",
    source = "002 综合创利 C16 C17 C18",
    inputs = "grade g, " .. gate_inputs,
    outputs = "grade g, article t?, below_minimum b",
    run = function(x)
        local ladder = ladders.of(x)
        local rank, article = gate(ladder, ladders.rank(ladder, x.grade), x)
        local minimum = ladder.rows[1].deposit
        local deposit = completion.compared(x.deposit_wan, x.round_before_compare)
        return {
            grade = ladders.name(ladder, rank), article = article,
            below_minimum = article == "C16" and rank >= 0 and deposit < minimum,
        }
    end,
}

--- C21 直接降级:降至下一低级末档 [默认];最低一级降为未达标。
M.demoted_grade = rule {
    title = "降级后的等级",
    source = "002 综合创利 C21",
    inputs = "grade g, " .. ladders.inputs,
    outputs = "grade g",
    run = function(x)
        local ladder = ladders.of(x)
        local rank = ladders.rank(ladder, x.grade)
        return { grade = ladders.name(ladder, ladders.next_lower(ladder, rank)) }
    end,
}

--- C15 审批上限:高于 5级4档 报总行;批准前暂按 5级4档(ceiling.hold=true,[默认])。
M.held_grade = rule {
    title = "总行批准前的等级",
    source = "002 综合创利 C15",
    inputs = "grade g, approved b=false, ceiling_hold b=true, " .. ladders.inputs,
    outputs = "needs_hq b, grade g",
    run = function(x)
        local ladder = ladders.of(x)
        local rank, most = ladders.rank(ladder, x.grade), ceiling(ladder)
        local held = rank > most and x.ceiling_hold and not x.approved
        return { needs_hq = rank > most, grade = ladders.name(ladder, held and most or rank) }
    end,
}

-- ---- 再进一档 ----------------------------------------------------------------------------------

-- 正的差额,由小到大
local function missing(from, lines, list)
    for _, line in ipairs(lines) do
        if line > from then list[#list + 1] = line - from end
    end
    table.sort(list)
    return list
end

-- 创利再增多少才到下一道线:含产品的与不含产品的都要看,因为限档以后者为准
local function more_profit(ladder, x)
    local lines, list = {}, {}
    for i, step in ipairs(ladders.steps(ladder)) do lines[i] = step[2] end
    missing(completion.compared(x.ex_product_wan + x.product_wan, x.round_before_compare), lines, list)
    if x.product_wan == 0 then return list end
    return missing(completion.compared(x.ex_product_wan, x.round_before_compare), lines, list)
end

local function more_deposit(ladder, x)
    local lines = {}
    for i, row in ipairs(ladder.rows) do
        lines[i] = x.studio and x.quarter < 4 and row.studio or row.deposit
    end
    return missing(completion.compared(x.deposit_wan, x.round_before_compare), lines, {})
end

-- 创利、存款各再增若干(万元)时,限档与门槛以后的位次
local function rank_with(ladder, x, profit, deposit)
    local function by(amount)
        return ladders.by_profit(ladder, completion.compared(amount, x.round_before_compare))
    end
    local base = x.ex_product_wan + profit
    local rank = cap(ladder, by(base), by(base + x.product_wan), x.product_cross_grade)
    if x.exempt then return rank end
    return (gate(ladder, rank, {
        deposit_wan = x.deposit_wan + deposit, quarter = x.quarter, studio = x.studio,
        gate_quarters = x.gate_quarters, gate_cascade = x.gate_cascade,
        round_before_compare = x.round_before_compare,
    }))
end

-- 能进档的几种增法:创利到下一道线即可;存款到某一道线即可;都不行时两样一起,创利增得最少的一种
local function ways_up(ladder, x, own)
    local profits, deposits, ways = more_profit(ladder, x), more_deposit(ladder, x), {}
    local function try(profit, deposit)
        local rank = rank_with(ladder, x, profit, deposit)
        if rank <= own then return false end
        ways[#ways + 1] = { profit_wan = profit, deposit_wan = deposit,
                            grade = ladders.name(ladder, rank), needs_hq = rank > ceiling(ladder) }
        return true
    end
    if profits[1] then try(profits[1], 0) end
    for _, deposit in ipairs(deposits) do
        if try(0, deposit) then break end
    end
    table.insert(deposits, 1, 0)
    for _, profit in ipairs(#ways == 0 and profits or {}) do
        for _, deposit in ipairs(deposits) do
            if try(profit, deposit) then return ways end
        end
    end
    return ways
end

--- C15—C19 再进一档还差什么:创利与存款(万元)至少再增多少,考核等级才会变高;起决定作用的是哪一样就列哪一样,
--- 两样都不够时一并列出。再增的创利按产品销售以外计。exempt 为不看存款门槛的岗位。
M.next_grade = rule {
    title = "再进一档还差什么",
    source = "002 综合创利 C15 C16 C17 C18 C19",
    inputs = [[ex_product_wan n, product_wan n=0, product_cross_grade b=true, exempt b=false, ]]
        .. gate_inputs,
    outputs = "grade g, ways [{profit_wan nx, deposit_wan nx, grade g, needs_hq b}]",
    run = function(x)
        local ladder = ladders.of(x)
        local own = rank_with(ladder, x, 0, 0)
        return { grade = ladders.name(ladder, own), ways = ways_up(ladder, x, own) }
    end,
}

-- ---- 整条链 ------------------------------------------------------------------------------------

local function run_chain(x)
    local ladder = ladders.of(x)
    local function name(rank) return ladders.name(ladder, rank) end
    local function graded(profit)
        profit = completion.compared(deduct(profit, x.deduction_rate), x.round_before_compare)
        return ladders.by_profit(ladder, profit)
    end
    local base = graded(x.ex_product_wan)
    local with_product = graded(x.ex_product_wan + x.product_wan)
    local capped = cap(ladder, base, with_product, x.product_cross_grade)
    local gated = gate(ladder, capped, x)
    local final = x.demote and ladders.next_lower(ladder, gated) or gated
    local out = {
        base = name(base), with_product = name(with_product), after_cap = name(capped),
        after_gate = name(gated), after_demotion = x.demote and name(final) or nil,
    }
    if x.committee_grade ~= nil then
        final = ladders.rank(ladder, x.committee_grade)
        out.after_committee = name(final)
    end
    out.final = name(final)
    out.needs_hq = final > ceiling(ladder)
    return out
end

-- 七个名称,一个算法:每个名称对应办法中的一条。
local function chain(title, source)
    return rule {
        title = title,
        source = "002 综合创利 " .. source,
        inputs = [[ex_product_wan n, product_wan n=0, deduction_rate r=0, demote b=false,
                   committee_grade g?=null, product_cross_grade b=true, ]] .. gate_inputs,
        outputs = [[base g, with_product g, after_cap g, after_gate g, after_demotion g?,
                    after_committee g?, final g, needs_hq b]],
        run = run_chain,
    }
end

M.head_office_ceiling = chain("定级链:总行审批上限", "C15")
M.deposit_gate = chain("定级链:存款门槛", "C16")
M.deposit_based_grade = chain("定级链:以存款为基本标准", "C17")
M.studio_gate = chain("定级链:个贷工作室门槛", "C18")
M.product_cap = chain("定级链:产品销售限档", "C19")
M.committee_ruling = chain("定级链:委员会裁定", "C20")
M.deduction_or_demotion = chain("定级链:扣减或降级", "C21")

--- C21 扣减比例:每件 10%—30%(含),范围之外不予受理;几件相加,至多 30% [默认]。
M.deduction_rate = rule {
    title = "扣减比例",
    source = "002 综合创利 C21",
    inputs = "rates [r], min_rate r=0.10, max_rate r=0.30",
    outputs = "accepted b, applied r4?",
    run = function(x)
        local refused = common.count(x.rates, function(rate)
            return rate < x.min_rate or rate > x.max_rate
        end)
        if refused > 0 then return { accepted = false } end
        return { accepted = true, applied = min(sum(x.rates), x.max_rate) }
    end,
}

return M
