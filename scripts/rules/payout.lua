-- 百分制得分与挂钩工资:挂钩标准、得分、兑现、年终清算(C36—C38;PR-11、PR-12)。
local common = use "rules/common"
local completion = use "rules/completion"

local M = {}

-- C36 绩效工资挂钩比例,按岗位(原文)。
local perf_shares = {
    ["网点负责人"] = 0.5, ["专职个人客户经理"] = 0.5, ["理财经理"] = 0.5,
    ["大堂经理"] = 0.3, ["柜员"] = 0.3, ["对公客户经理"] = 0.3,
}

--- C36 挂钩工资:计价工资的 50%,绩效工资的 50%(负责人、专职客户经理、理财经理)或 30%(大堂、柜员、
--- 对公),均为原文。来源:002 农行洛阳。
M.linked_pay = rule {
    title = "挂钩工资",
    source = "002 农行洛阳 C36",
    inputs = [[role (网点负责人|专职个人客户经理|理财经理|大堂经理|柜员|对公客户经理), priced_pay n,
               perf_pay n]],
    outputs = "linked n2, unlinked n2",
    run = function(x)
        local share = common.pick(perf_shares, x.role, "role")
        local priced = 0.5 * x.priced_pay
        return {
            linked = priced + share * x.perf_pay,
            unlinked = priced + (1 - share) * x.perf_pay,
        }
    end,
}

-- C38 季度兑现比例(PR-11):100 分以上全额,60 分以上按得分,60 分以下当季不付、年终再算(原文)。
-- 没有得分就没有比例。起付线 pay_line、足额线 pay_full 省略时为原文的 60、100。
local function quarter_ratio(score, x)
    if score == nil then return nil end
    local compared, full = completion.compared(score, x.round_before_compare), x.pay_full or 100
    if compared < (x.pay_line or 60) then return 0 end
    return compared >= full and 1 or score / full
end

-- C38 全年应付:60 分以上按得分(至多 100),超出 100 的部分按 excess_rate;60 分以下全年不付。
local function year_due(standard, x)
    local score, full = x.year_score, x.pay_full or 100
    if completion.compared(score, x.round_before_compare) < (x.pay_line or 60) then return dec(0) end
    local excess = max(score - full, 0) * x.excess_rate
    return round(standard * (min(score, full) + excess) / full, 2)
end

-- 清算 = 年应付 - 各季已付;floor0 时不追回。
local function settled(due, paid, mode)
    local settlement = due - sum(paid)
    return mode == "floor0" and max(settlement, 0) or settlement
end

local vip_items = { "assets", "savings", "wealth", "fund" }

--- C37 百分制得分:资产总额 40、储蓄余额 40、理财销售 10、基金销售 10(原文;「其他业务」未给分,不计)。
--- 单项不封顶、下限 0、零目标按满分、水平口径均为 [默认]。来源:002 农行洛阳。
M.vip_score = rule {
    title = "百分制得分(资产、储蓄、理财、基金)",
    source = "002 农行洛阳 C37",
    inputs = [[items {assets {actual n, target n, basis (level|increment)=level, base n?=null},
                      savings {actual n, target n, basis (level|increment)=level, base n?=null},
                      wealth {actual n, target n, basis (level|increment)=level, base n?=null},
                      fund {actual n, target n, basis (level|increment)=level, base n?=null}},
               weights {assets n=40, savings n=40, wealth n=10, fund n=10},
               zero_target (full|zero|exclude)=full, item_floor n?=0, item_cap n?=null,
               round_before_compare b=false]],
    outputs = "score n2?, score_6dp n6?, quarter_pay_ratio r6?",
    run = function(x)
        local goals = {}
        common.check_weights(x.weights)
        for i, name in ipairs(vip_items) do
            goals[i] = completion.goal(x.items[name], x.weights[name], x)
        end
        local score = weigh { items = goals }.score
        return {
            score = score, score_6dp = score,
            quarter_pay_ratio = quarter_ratio(score, x),
        }
    end,
}

--- C38 一个季度的兑现。来源:002 农行洛阳。
M.quarter_payment = rule {
    title = "季度兑现",
    source = "002 农行洛阳 C38",
    inputs = [[standard n, score n?, pay_line n=60, pay_full n=100, round_before_compare b=false]],
    outputs = "ratio r6?, paid n2?",
    run = function(x)
        local ratio = quarter_ratio(x.score, x)
        return { ratio = ratio, paid = x.standard * ratio }
    end,
}

--- C38 兑现与年终清算:全年 60 分以上按得分(至多 100)付全年标准,超出 100 的部分按 excess_rate 奖励
--- [默认 1.00];60 分以下全年不付。清算 = 年应付 - 各季已付(按显示的元、角、分相减);负数列为应收回
--- (settle=net,[默认]),floor0 则不追。全年标准为各季之和 [默认]。来源:002 农行洛阳。
M.payout_settlement = rule {
    title = "兑现与年终清算",
    source = "002 农行洛阳 C38",
    inputs = [[quarter_standard n, quarter_scores [n], year_score n, excess_rate n=1.00,
               settle_mode (net|floor0)=net, round_before_compare b=false]],
    outputs = "quarter_paid [n2], year_due n2, settlement n2",
    run = function(x)
        local paid, year_standard = {}, x.quarter_standard * #x.quarter_scores
        for i, score in ipairs(x.quarter_scores) do
            paid[i] = round(x.quarter_standard * quarter_ratio(score, x), 2)
        end
        local due = year_due(year_standard, x)
        return {
            quarter_paid = paid, year_due = due, settlement = settled(due, paid, x.settle_mode),
        }
    end,
}

--- C38 年终清算,各季标准不同时用:各季标准与已付各自列出,全年标准为各季之和 [默认]。
--- 来源:002 农行洛阳。
M.year_settlement = rule {
    title = "年终清算",
    source = "002 农行洛阳 C38",
    inputs = [[standards [n], paid [n], year_score n, excess_rate n=1.00,
               settle_mode (net|floor0)=net, pay_line n=60, pay_full n=100,
               round_before_compare b=false]],
    outputs = "year_standard n2, year_due n2, settlement n2",
    run = function(x)
        local standard = sum(x.standards)
        local due = year_due(standard, x)
        return {
            year_standard = standard, year_due = due,
            settlement = settled(due, x.paid, x.settle_mode),
        }
    end,
}

return M
