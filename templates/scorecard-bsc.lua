-- 平衡计分卡:各维度的完成情况(雷达图),维度之内逐项得分。
-- 维度由办法的参数给出:param "dimensions" { value = { { title = "财务", items = { "eva", "roec" } }, … } }
-- 没有这个参数时,每个项目自成一维。
local frame = use "parts/frame"
local history = use "parts/history"
local ladder = use "parts/ladder"
local lists = use "parts/lists"
local person = use "parts/person"
local place = use "parts/place"
local sums = use "parts/sums"
local words = use "parts/words"

-- ---- 维度 --------------------------------------------------------------------------------------

local function add_item(d, item)
    d.items[#d.items + 1] = item
    if item.weight then d.weight = d.weight + item.weight end
    if item.weight and item.points then d.points = d.points + item.points end
    if item.weight and item.points and item.rate then
        d.counted, d.done = d.counted + item.weight, d.done + item.rate * item.weight
    end
end

local function new_dimension(title)
    -- weight:全部权重;counted:有得分的那些项目的权重;done:它们的完成率 × 权重
    return { title = title, items = {}, weight = dec(0), counted = dec(0), done = dec(0), points = dec(0) }
end

-- 办法列出的维度按其次序,没有归属的项目放在"其他"
local function dimensions_of(card, run)
    local list, by_item = {}, {}
    for i, d in ipairs(run.params.dimensions or {}) do
        list[i] = new_dimension(d.title)
        for _, name in ipairs(d.items) do by_item[name] = list[i] end
    end
    local own, other = #list == 0, nil
    for _, item in ipairs(card.items) do
        local d = by_item[item.name]
        if not d and own then
            d = new_dimension(item.title)
            list[#list + 1] = d
        elseif not d then
            other = other or new_dimension("其他")
            d = other
        end
        add_item(d, item)
    end
    if other then list[#list + 1] = other end
    local filled = {}
    for _, d in ipairs(list) do
        if #d.items > 0 then filled[#filled + 1] = d end
        d.rate = d.counted > 0 and d.done / d.counted or nil
    end
    return filled, own
end

local AXES = 12 -- 轴再多就看不清了

local function radar(list)
    if #list < 3 or #list > AXES then return nil end
    local axes, any = {}, false
    for i, d in ipairs(list) do
        axes[i] = { label = d.title, value = d.rate and d.rate * 100 }
        any = any or d.rate ~= nil
    end
    if not any then return nil end
    return {
        frame.heading("各维度完成率", "外圈为 120%"),
        { chart = chart.radar { width = 195, height = 150, axes = axes, most = 120, places = 1, unit = "%",
            alt = "各维度完成率" } },
    }
end

local summary_columns = { { share = 1 }, { align = "right" }, { align = "right", bold = true }, { align = "right" },
    { width = 72 } }

local function summary(list, places, shared)
    local rows = {}
    for i, d in ipairs(list) do
        -- 12.5 + 12.5 写作 25
        local weight = floor(d.weight) == d.weight and floor(d.weight) or d.weight
        local sum = { weight = weight, points = d.rate and d.points, rate = d.rate }
        rows[i] = { d.title, sums.weight(sum, shared), number(d.rate and d.points, places), percent(d.rate),
            d.rate and chart.bullet { width = 64, height = 11, value = d.rate, mark = 1, low = 0, high = dec("1.2") } or "" }
    end
    return {
        frame.heading("维度得分"),
        { table = rows, header = { "维度", "权重", "得分", "完成率", "" }, columns = summary_columns, padding = 2.3 },
    }
end

-- ---- 逐项得分 ----------------------------------------------------------------------------------

local item_columns = { { share = 1 }, { align = "right", min_size = 8.5 }, { align = "right", min_size = 8.5 },
    { align = "right" }, { width = 84 }, { align = "right" }, { align = "right", bold = true } }
local item_header = { "指标", "目标", "实际", "完成率", "", "权重", "得分" }

local function item_row(item, indent, shared)
    local unit = item.unit ~= "" and "\u{a0}" .. item.unit or "" -- 单位不单独成行
    local title = { indent .. item.title, { unit, size = theme.small, color = theme.muted } }
    if item.reason then title[3] = { "  " .. item.reason, size = theme.small, color = theme.muted } end
    return {
        title,
        number(item.target, item.value_places),
        number(item.actual, item.value_places),
        percent(item.rate),
        item.rate and chart.bullet { width = 76, height = 11, value = item.rate, mark = 1, low = 0, high = dec("1.5") } or "",
        sums.weight(item, shared),
        number(item.points, item.places),
    }
end

local function details(card, w, list, own)
    local rows, shared = {}, sums.shared(card.items)
    for _, d in ipairs(list) do
        if not own then
            rows[#rows + 1] = { { d.title, span = 7 }, bold = true, fill = theme.ground }
        end
        for _, item in ipairs(d.items) do rows[#rows + 1] = item_row(item, own and "" or "  ", shared) end
    end
    if #rows == 0 then return false end
    local left, name = sums.remainder(card)
    if left then
        rows[#rows + 1] = { { name, span = 6 }, number(left, card.score_places), color = theme.muted }
    end
    rows[#rows].line_below = theme.ink
    rows[#rows + 1] = { { w.total, span = 6 }, number(card.score, card.score_places), bold = true,
        line_below = theme.ink, line_width = 1.2 }
    return {
        frame.heading("逐项得分", "得分 = 完成率 × 权重;竖线为 100%" .. (shared and ";" .. sums.shared_note or "")),
        { table = rows, header = item_header, columns = item_columns, padding = 1.9 },
    }
end

-- ---- 整页 --------------------------------------------------------------------------------------

local function make(card, run)
    local w, l = words.of(run), ladder.of(run)
    local row, last = history.last(card, run)
    local list, own = dimensions_of(card, run)
    local title = w.own.title or "客户经理平衡计分卡"
    local why = lists.steps(card, "规则与过程")
    local out, count = lists.excluded(card, run, "不计入的业务")
    local long = count and count > 10
    local spider = radar(list)
    local right, below = why, nil -- 雷达图右边:各维度,步骤少时连同规则
    if not own and #list > 0 then
        right = summary(list, card.score_places or 2, sums.shared(card.items))
        if why and spider and #list <= 4 and #card.steps <= 5 then right = { right, why } else below = why end
    end
    local beside = not long and #card.steps <= 10 -- 两份清单都短,才并排
    return {
        title = run.period.title .. " " .. title .. " " .. card.name,
        subject = run.scheme.title,
        footer_left = w.footer,
        footer_right = "仅供本人 · " .. frame.pages,
        frame.top(run, title),
        lists.failed(card),
        person.block(card, w, "分", l, row, last),
        frame.beside(spider, right, { 195, 300 }),
        details(card, w, list, own),
        lists.reasons(below, beside and out, lists.decisions(card)),
        not beside and not long and out or false,
        place.block(card, run, w, 1, "分"),
        lists.closing(card, run) or false,
        long and out or false,
    }
end

return { of = "subject", make = make }
