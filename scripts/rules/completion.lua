-- 计算原语:四舍五入、完成率、月份推算(PR-1、PR-15)。
local M = {}

--- 比较前的值(总则第 3 条 round.before_compare):默认按未四舍五入的数比较;
--- 打开开关则先取两位小数再比较。
function M.compared(value, round_before_compare)
    if round_before_compare then return round(value, 2) end
    return value
end

--- 完成项(PR-1)交给 weigh 的写法。basis 为 level(水平)时不看 base,为 increment(增量)时必须有。
function M.goal(item, weight, x)
    local increment = item.basis == "increment"
    if increment and item.base == nil then
        error("an increment basis needs 'base', the opening value")
    end
    return {
        actual = item.actual, target = item.target, base = increment and item.base or nil,
        weight = weight, floor = x.item_floor, cap = x.item_cap, zero_target = x.zero_target,
    }
end

--- PR 四舍五入,远离零。来源:总则第 3 条 [默认]。
M.round_half_up = rule {
    title = "四舍五入",
    source = "总则第 3 条",
    inputs = "x n, places i=2",
    outputs = "rounded nx",
    run = function(x) return { rounded = round(x.x, x.places) } end,
}

--- PR-1 完成率。目标(或目标减基数)为零时按 zero_target,此时不套用下限与上限。来源:PR-1 [默认]。
M.completion_rate = rule {
    title = "完成率",
    source = "PR-1",
    inputs = [[actual n, target n, basis (level|increment)=level, base n?=null,
               zero_target (full|zero|exclude)=full, item_floor n?=0, item_cap n?=null]],
    outputs = "rate r6?",
    run = function(x)
        return { rate = weigh { items = { M.goal(x, 1, x) } }.items[1].rate }
    end,
}

--- PR-15 加若干个月:同日,遇月末不足则取月末。来源:总则第 8 条 [默认]。
M.add_months = rule {
    title = "加若干个月",
    source = "总则第 8 条",
    inputs = "date d, months i",
    outputs = "result d",
    run = function(x) return { result = date.add_months(x.date, x.months) } end,
}

return M
