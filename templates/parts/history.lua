-- 往期结果:来自名为 history 的 records,各行有 period(2008Q4)、grade,以及 score 或 profit;
-- 若还有与指标同名的列,就能逐项与上期比较。
local history = {}

local function score_of(row)
    return row.score or row.profit
end

-- 上一期的一行,有几行时取最后记下的;没有就是 nil
function history.last(card, run)
    local name, last = run.previous[1].name, nil
    for _, row in ipairs(card.r.history or {}) do
        if row.period == name then last = row end
    end
    return last, last and score_of(last)
end

-- 08Q4、09-03;整年仍写四位
local function short(period)
    return period.kind == "Y" and period.name or string.sub(period.name, 3)
end

-- 走势图的点,最早的在前,本期在后;往期少于一期时没有走势
function history.points(card, run, most)
    local by_name, points, known = {}, {}, 0
    for _, row in ipairs(card.r.history or {}) do by_name[row.period] = score_of(row) end
    for i = most - 1, 1, -1 do
        local period = run.previous[i]
        local value = by_name[period.name]
        if value then known = known + 1 end
        if known > 0 then points[#points + 1] = { label = short(period), value = value } end
    end
    points[#points + 1] = { label = short(run.period), value = card.score }
    return known > 0 and points or nil
end

return history
