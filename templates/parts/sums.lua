-- 表中各行四舍五入后相加,要与所示总额一致;不一致时有一行说明差在哪里。
local sums = {}

local TINY = 0.0000000001

-- 差额与它的名称;没有差额就是 nil
function sums.remainder(card)
    if not card.score then return nil end
    local exact, shown, places = dec(0), dec(0), card.score_places or 2
    for _, item in ipairs(card.items) do
        if item.points then
            exact = exact + item.points
            shown = shown + round(item.points, item.places or places)
        end
    end
    local left = round(card.score, places) - shown
    if left == 0 then return nil end
    return left, abs(card.score - exact) < TINY and "四舍五入差额" or "其他调整(见规则)"
end

-- 各行的条共用一个刻度:含零
function sums.bounds(items, before)
    local low, high = dec(0), dec(0)
    for _, item in ipairs(items) do
        local last = before and before[item.name]
        if item.points then low, high = min(low, item.points), max(high, item.points) end
        if last then low, high = min(low, last), max(high, last) end
    end
    return low, high
end

-- 名称,后面跟着缺数、封顶之类的原因
function sums.title(item)
    if not item.reason then return item.title end
    return { item.title, { "  " .. item.reason, size = theme.small, color = theme.muted } }
end

-- 缺数的项不计分、权重由其余各项分担的记分卡
function sums.shared(items)
    local shared, scored = false, false
    for _, item in ipairs(items) do
        shared = shared or item.reason ~= nil and string.find(item.reason, "分担", 1, true) ~= nil
        scored = scored or item.weight ~= nil and item.points ~= nil
    end
    return shared and scored
end

local CENT = 0.0051 -- 得分已四舍五入时,这么小的差不算

-- 权重;分担了别项的,写出实际用来计分的权重
function sums.weight(item, shared)
    if not (shared and item.weight and item.points and item.rate) or item.rate == 0 then return number(item.weight) end
    local real = round(item.points / item.rate, 4)
    if abs(real - item.weight) * abs(item.rate) < CENT then return number(item.weight) end
    for places = 0, 4 do
        if round(real, places) == real then return number(item.weight) .. " → " .. number(real, places) end
    end
end

sums.shared_note = "→ 后为分担后的权重"

-- 较上期
function sums.change(now, before)
    if not now or not before then return dash(nil) end
    local change = now - before
    return { signed(change), color = change < 0 and theme.down or change > 0 and theme.up or nil }
end

return sums
