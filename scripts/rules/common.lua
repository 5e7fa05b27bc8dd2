-- 各族规则共用的小步骤:比较词、查表、学历、等次、门槛、加权。本文件自身没有规则。
local M = {}

local compare = {
    [">="] = function(a, b) return a >= b end,
    [">"] = function(a, b) return a > b end,
    ["<="] = function(a, b) return a <= b end,
    ["<"] = function(a, b) return a < b end,
}

local function unknown(what, name, known)
    error(what .. " '" .. tostring(name) .. "' is not known; use one of "
        .. table.concat(known, ", "))
end

--- 表中的一项;没有这一项时报错并列出可用的名称。
function M.pick(choices, name, what)
    local value = choices[name]
    if value ~= nil then return value end
    local known = {}
    for choice in pairs(choices) do known[#known + 1] = choice end
    unknown(what, name, known)
end

--- 办法的参数只能是这几个值之一(办法开头检查:写错的开关不能悄悄当作默认)。
function M.choice(name, value, known)
    for _, entry in ipairs(known) do
        if entry == value then return value end
    end
    error("parameter '" .. name .. "' is one of " .. table.concat(known, ", ") .. ", not '"
        .. tostring(value) .. "'")
end

--- 办法的参数须大于零。
function M.positive(name, value)
    if value <= 0 then error("parameter '" .. name .. "' must be above 0, not " .. value) end
    return value
end

--- 有序名单中的位置,从 1 起;名单之外报错。
function M.place(list, name, what)
    for i, entry in ipairs(list) do
        if entry == name then return i end
    end
    unknown(what, name, list)
end

--- 比较词(总则第 4 条):「以上、以下、以内、不低于、不超过、达到」含本数,
--- 「超过、高于、低于、未满」不含。
function M.holds(op, a, b)
    return M.pick(compare, op, "comparison")(a, b)
end

-- 学历由低到高,高中与中专同级;博士为 [默认] 增补。
local education = {
    ["高中"] = 1, ["中专"] = 1, ["大专"] = 2, ["本科"] = 3, ["硕士"] = 4, ["博士"] = 5,
}

--- 学历不低于要求。
function M.educated(has, needed)
    return M.pick(education, has, "education") >= M.pick(education, needed, "education")
end

--- E26 四档等次(PR-19),按未四舍五入的分数;90/80/60 为 [默认]。没有分数就没有等次。
function M.band(score)
    if score == nil then return nil end
    if score >= 90 then return "优秀" end
    if score >= 80 then return "良好" end
    if score >= 60 then return "合格" end
    return "不合格"
end

--- 门槛(PR-4):条件写作 { 名称, 是否满足 },返回未满足者的名称,次序不变。
function M.failed(conditions)
    local fails = {}
    for _, condition in ipairs(conditions) do
        if not condition[2] then fails[#fails + 1] = condition[1] end
    end
    return fails
end

--- 满足条件的元素个数。
function M.count(list, test)
    local n = 0
    for _, entry in ipairs(list) do
        if test(entry) then n = n + 1 end
    end
    return n
end

--- 权重合计须为 100;name 是参数名,写进错误里。
function M.check_weights(weights, name)
    local all = 0
    for _, weight in pairs(weights) do all = all + weight end
    if all == 100 then return end
    local whose = name and "of '" .. name .. "' " or ""
    error("the weights " .. whose .. "add up to " .. all .. "; they must add up to 100")
end

--- 加权得分(PR-1、PR-2):各项为 { actual, target, cap },权重以分计,合计 100。
--- rules 给出 zero_target、item_floor、item_cap;没有上限即不封顶。各项都不计分时没有得分。
function M.weighted(items, weights, rules)
    M.check_weights(weights)
    local goals = {}
    for name, weight in pairs(weights) do
        local item = items[name]
        goals[#goals + 1] = {
            actual = item.actual, target = item.target, weight = weight,
            zero_target = rules.zero_target, floor = rules.item_floor,
            cap = item.cap or rules.item_cap,
        }
    end
    return weigh { items = goals }.score
end

--- 各项已是完成率时的加权得分。
function M.weighted_rates(rates, weights, rules)
    local items = {}
    for name, rate in pairs(rates) do items[name] = { actual = rate, target = 1 } end
    return M.weighted(items, weights, rules)
end

--- 各项已是百分制分数时的加权平均(PR-22)。
function M.blend(scores, weights)
    M.check_weights(weights)
    local points = 0
    for name, weight in pairs(weights) do points = points + scores[name] * weight end
    return points / 100
end

--- 分解(PR-13):按权重分,除末份外每份向下取到 places 位小数,余数归末份。
function M.split(total, weights, places)
    local all, left, slices = sum(weights), total, {}
    if all == 0 then error("the weights of a split add up to 0; give at least one above 0") end
    for i, weight in ipairs(weights) do
        slices[i] = i < #weights and floor(total * weight / all, places) or left
        left = left - slices[i]
    end
    return slices
end

return M
