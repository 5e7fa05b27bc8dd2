-- 综合创利:八项创利与贷款剔除(C09、C11)。
local common = use "rules/common"

local M = {}

-- 每项先乘后除:各行算到「金额 × 百分点 × 天数」,最后一次除以 100 × 基准天数。
local function lines_of(x)
    local unit = 100 * x.base
    local rows = {
        corp_deposit = function(r) return r.balance * (r.pool_pct - r.cost_pct) * x.days end,
        loan = function(r) return r.balance * (r.rate_pct - r.pool_pct) * x.days end,
        discount = function(r)
            return r.face * (r.discount_rate_pct - r.funding_rate_pct) * r.days
        end,
        off_balance = function(r) return r.fee * unit end,
        product = function(r) return r.amount * unit end,
    }
    rows.personal_deposit, rows.interbank = rows.corp_deposit, rows.corp_deposit
    rows.other = rows.off_balance
    return rows, unit
end

local order = { "corp_deposit", "personal_deposit", "interbank", "loan", "discount",
                "off_balance", "other", "product" }

--- C09 综合创利。来源:002 综合创利办法第三至五条;计算表原缺,公式为 [默认]。
--- 金额为元;天数为当季日历天数,基准 360,系数 1,负数项保留(line_floor 不设)均为 [默认]。
--- 贷款只列 C11 之后计入的行;合计是各项未四舍五入之和再四舍五入。
M.comprehensive_profit = rule {
    title = "综合创利",
    source = "002 综合创利 C09",
    inputs = [[days i, base i=360,
               corp_deposit [{balance n, pool_pct p, cost_pct p, coef n=1}]=[],
               personal_deposit [{balance n, pool_pct p, cost_pct p, coef n=1}]=[],
               interbank [{balance n, pool_pct p, cost_pct p, coef n=1}]=[],
               loan [{balance n, rate_pct p, pool_pct p, coef n=1}]=[],
               discount [{face n, discount_rate_pct p, funding_rate_pct p, days i, coef n=1}]=[],
               off_balance [{fee n, coef n=1}]=[], other [{fee n, coef n=1}]=[],
               product [{amount n, coef n}]=[], line_floor n?=null]],
    outputs = [[corp_deposit n2, personal_deposit n2, interbank n2, loan n2, discount n2,
                off_balance n2, other n2, product n2, total n2]],
    run = function(x)
        if x.base <= 0 then error("'base', the days of a year, must be above 0") end
        local margin, unit = lines_of(x)
        local out, total = {}, 0
        for _, line in ipairs(order) do
            local amount = 0
            for _, row in ipairs(x[line]) do amount = amount + margin[line](row) * row.coef end
            if x.line_floor ~= nil then amount = max(amount, x.line_floor * unit) end
            out[line] = amount / unit
            total = total + amount
        end
        out.total = total / unit
        return out
    end,
}

local bad_classes = { ["正常"] = false, ["关注"] = false, ["次级"] = true, ["可疑"] = true,
                      ["损失"] = true }

--- C11 贷款剔除(第七条)。次级以下而非「当季形成当季收回」者、当年新增应收未收者不计;当年由正常
--- 下调者全年不计;个人贷款期末逾期者当期不计。当季形成并收回的,连第二款也不受限
--- (npl.exempt_covers_2=true,[默认]),但从不豁免应收未收。移交的由个贷管理部处理。
M.loan_exclusion = rule {
    title = "贷款是否计入创利",
    source = "002 综合创利 C11",
    inputs = [[loan_class (正常|关注|次级|可疑|损失), formed_in_quarter b, recovered_in_quarter b,
               interest_receivable_this_year b, moved_down_this_year b, personal b,
               overdue_at_end b, handed_over b, npl_exempt_covers_2 b=true]],
    outputs = "counts b, why [t], route t?",
    run = function(x)
        local exempt = x.formed_in_quarter and x.recovered_in_quarter
        local bad = common.pick(bad_classes, x.loan_class, "loan class")
        local moved = x.moved_down_this_year and not (exempt and x.npl_exempt_covers_2)
        local why = common.failed {
            { "7.1 次级以下", exempt or not bad },
            { "7.1 应收未收", not x.interest_receivable_this_year },
            { "7.2 正常转关注以下", not moved },
            { "7.3 个贷逾期", not (x.personal and x.overdue_at_end) },
        }
        return { counts = #why == 0, why = why, route = x.handed_over and "个贷管理部" or nil }
    end,
}

--- C11 追溯:全年不计创利(7.2)的贷款,以前各季已计的创利是否扣回。原文未写,[默认] 不扣回
--- (npl.clawback=false)。
M.loan_clawback = rule {
    title = "已计贷款创利的扣回",
    source = "002 综合创利 C11",
    inputs = "excluded_for_year b, earlier_profit [n], npl_clawback b=false",
    outputs = "clawback n2",
    run = function(x)
        local due = x.excluded_for_year and x.npl_clawback
        return { clawback = due and max(0, sum(x.earlier_profit)) or 0 }
    end,
}

return M
