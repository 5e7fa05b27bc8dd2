-- 记分卡的各行与各步:办法包的 Lua 计分阶段共用。本文件自身没有规则。
local common = use "rules/common"
local words = use "rules/words"

local M = {}

local full = { full = "目标为零,按满分计" }
local reasons = {
    floored = function() return "完成率低于下限,按下限计" end,
    capped = function() return "完成率超过上限,按上限计" end,
    zero_target = function(_, rules) return full[rules.zero_target or "full"] or "目标为零,不得分" end,
    excluded = function(item)
        local what = item.target == nil and "无目标" or item.actual == nil and "无数据" or "目标为零"
        return what .. ",不计分,权重由其余各项分担"
    end,
}

--- 加权项目(PR-1、PR-2)成为记分卡的各行:给出 { name, title, unit, actual, target, base, weight, cap },
--- 返回得分与补上 rate、points、reason 的各行。权重合计 100;rules 为 zero_target、item_floor、item_cap。
function M.weighted(items, rules)
    local goals, weights = {}, {}
    for i, item in ipairs(items) do
        weights[i] = item.weight
        goals[i] = {
            actual = item.actual, target = item.target, base = item.base, weight = item.weight,
            zero_target = rules.zero_target, floor = rules.item_floor or nil,
            cap = item.cap or rules.item_cap or nil,
        }
    end
    common.check_weights(weights)
    local result = weigh { items = goals }
    for i, item in ipairs(items) do
        local got = result.items[i]
        local reason = reasons[got.state]
        item.cap, item.places = nil, 2
        item.rate, item.points = got.rate, got.points
        item.reason = item.reason or reason and reason(item, rules) or nil
    end
    return result.score, items
end

--- 数的写法,末尾不带多余的零:40.000000 写作 40。
function M.plain(x)
    for places = 0, 12 do
        local short = round(x, places)
        if short == x then return tostring(short) end
    end
    return tostring(x)
end

local kinds = { Q = { "quarters", "Q4" }, Y = { "years", "" } }

--- 办法只按季(Q)或只按年(Y)考核:别的期间报错。
function M.only(period, kind)
    if period.kind == kind then return end
    error("this scheme assesses " .. kinds[kind][1] .. "; give a period like " .. period.year .. kinds[kind][2])
end

--- 一步检查:通过或未通过,各有各的说法。
function M.check(rule, ok, passed, failed)
    return { rule = rule, text = ok and passed or failed or passed, outcome = ok and "passed" or "failed" }
end

--- 千分位、两位小数;更细的数照实写,免得 3999.999 看上去已到 4000。
function M.exact(x)
    local places = 2
    while round(x, places) ~= x and places < 8 do places = places + 1 end
    return words.number(x, places)
end

return M
