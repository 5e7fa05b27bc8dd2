-- 走势与位置:与自己的往期比,与大家比。
local frame = use "parts/frame"
local history = use "parts/history"

local place = {}

local HEIGHT = 84

local function trend(points, w, per, unit, width)
    return {
        frame.heading("近 " .. #points .. " 期走势", w.total .. (unit ~= "" and ",单位 " .. unit or "")),
        { chart = chart.trend { width = width, height = HEIGHT, points = points, per = per, alt = "走势" } },
    }
end

local function position(card, of, per, unit, width)
    return {
        frame.heading("在全体中的位置", number(of.people) .. " 人" .. (unit ~= "" and ",横轴单位 " .. unit or "") .. ",柱上为人数"),
        { chart = chart.histogram { width = width, height = HEIGHT, of = of, here = card.score, per = per,
            label = "您在这里", alt = "在全体中的位置" } },
    }
end

-- 两张图并排;往期不足或人太少时,另一张占满一行
function place.block(card, run, w, per, unit)
    local points = history.points(card, run, 8)
    local of = run.histogram("score")
    local others = card.score and not card.failed and of.people >= 5
    if points and others then
        return frame.beside(trend(points, w, per, unit, 246), position(card, of, per, unit, 246), nil, 22)
    end
    if points then return trend(points, w, per, unit, 515) end
    if others then return position(card, of, per, unit, 515) end
    return false
end

return place
