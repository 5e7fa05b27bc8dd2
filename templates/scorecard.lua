-- 记分卡(创利类办法):总额从哪里来,怎样落到等级,离下一档还差多少。
-- 办法可用参数 scorecard 给出文字:
--   param "scorecard" { value = { title = "…", rules = { 指标名 = "日均 {corp_adb} × …" } } }
local frame = use "parts/frame"
local history = use "parts/history"
local ladder = use "parts/ladder"
local lists = use "parts/lists"
local person = use "parts/person"
local place = use "parts/place"
local sums = use "parts/sums"
local words = use "parts/words"

local WIDTH = 515 -- 版心宽(磅)

-- ---- 总额从哪里来;等级台阶 ---------------------------------------------------------------------

local function origin(card, w, per, unit, width)
    local lines, any = {}, false
    for i, item in ipairs(card.items) do
        lines[i] = { label = item.title, value = item.points }
        any = any or item.points ~= nil
    end
    if #lines < 2 or not any then return nil end
    local title = w.total .. "从哪里来"
    return {
        frame.heading(title, unit),
        { chart = chart.waterfall { width = width, height = 116, lines = lines, per = per,
            total = { label = w.total, value = card.score }, alt = title } },
    }
end

-- 台阶上的差距只在下一档就是上一级台阶、只差这个数时写:还要过别的门槛的,说明里写
local function stairs(card, run, l, width)
    local value = l and #l.steps > 1 and ladder.value(card, l)
    if not value then return nil end
    local next_one, above = ladder.next(card, run, l), nil
    for _, step in ipairs(l.steps) do above = above or step.value > value and step or nil end
    local gated = next_one and (next_one.deposit ~= 0 or not above or next_one.step.label ~= above.label
        or abs(above.value - value - next_one.missing) >= 0.0001)
    return {
        frame.heading("等级台阶", gated and "下一档差多少,见说明" or "达到即可"),
        { chart = chart.ladder { width = width, height = 116, steps = l.steps, value = value,
            grade = card.grade, unit = l.unit, rows = 5, missing = not gated, alt = "等级台阶" } },
    }
end

-- ---- 逐项计算 ----------------------------------------------------------------------------------

-- 每一行的算式:办法给出的填上本人的数字,否则用计分阶段写下的
local function rule_of(item, w, card, run)
    local text = w.own.rules and w.own.rules[item.name]
    if text and item.points then return fill(text, card.m, run.params) end
    return item.rule
end

local function longest_title(items)
    local most = 0
    for _, item in ipairs(items) do most = max(most, utf8.len(item.title)) end
    return most
end

-- 哪些列有内容
local function used(card, rules, before)
    local u = {}
    for i, item in ipairs(card.items) do
        if item.actual and (not item.points or item.actual ~= item.points) then u.actual = true end
        if item.target then u.target = true end
        if item.rate then u.rate = true end
        if item.weight then u.weight = true end
        if rules[i] ~= "" then u.rule = true end
        if before and before[item.name] then u.change = true end
    end
    u.bar = u.rule and 60 or 170 -- 没有算式一列时,条可以长些
    u.long = longest_title(card.items) > 10
    return u
end

local function add_row(u, rows, row)
    local out = { row.title }
    if u.actual then out[#out + 1] = row.actual or "" end
    if u.target then out[#out + 1] = row.target or "" end
    if u.rate then out[#out + 1] = row.rate or "" end
    if u.rule then out[#out + 1] = row.rule or "" end
    if u.weight then out[#out + 1] = row.weight or "" end
    out[#out + 1] = row.points
    out[#out + 1] = row.bar or ""
    if u.change then out[#out + 1] = row.change or "" end
    rows[#rows + 1] = out
    return out
end

local function columns_of(u, unit, before)
    -- 项目名称长时,与算式分着占地方
    local title = { share = not u.rule and 1 or u.long and 0.6 or nil }
    local columns, header = { title }, { "项目" }
    local function add(column, title)
        columns[#columns + 1] = column
        header[#header + 1] = title
    end
    if u.actual then add({ align = "right", min_size = 8.5 }, "数值") end
    if u.target then add({ align = "right", min_size = 8.5 }, "目标") end
    if u.rate then add({ align = "right" }, "完成率") end
    if u.rule then add({ share = 1, size = theme.small, color = theme.muted }, "怎样算出") end
    if u.weight then add({ align = "right" }, "权重") end
    add({ align = "right", bold = true, min_size = 8.5 }, unit)
    add({ width = u.bar + 8 }, "")
    if u.change then add({ align = "right", min_size = 8.5 }, "较" .. before) end
    return columns, header
end

local function heading_note(bars, own)
    return bars and own and own .. ";" .. bars or own or bars or nil
end

local function calculation(card, run, w, unit, before, last)
    local items, rules = card.items, {}
    if #items == 0 then return false end
    for i, item in ipairs(items) do rules[i] = rule_of(item, w, card, run) end
    local u, rows = used(card, rules, before), {}
    local low, high = sums.bounds(items, before)
    local shared = sums.shared(items)
    local columns, header = columns_of(u, words.with_unit(w.total, unit), w.before)
    for i, item in ipairs(items) do
        local past = before and before[item.name]
        add_row(u, rows, {
            title = sums.title(item),
            actual = u.actual and number(item.actual, item.value_places),
            target = u.target and number(item.target, item.value_places),
            rate = u.rate and percent(item.rate),
            rule = rules[i],
            weight = u.weight and sums.weight(item, shared),
            points = number(item.points, item.places),
            bar = item.points
                and chart.bar { width = u.bar, height = 11, value = item.points, mark = past, low = low, high = high },
            change = u.change and sums.change(item.points, past),
        })
    end
    local left, name = sums.remainder(card)
    if left then add_row(u, rows, { title = name, points = number(left, card.score_places) }).color = theme.muted end
    rows[#rows].line_below = theme.ink
    local sum = add_row(u, rows, {
        title = w.total,
        points = number(card.score, card.score_places),
        change = u.change and sums.change(card.score, last),
    })
    sum.bold, sum.line_below, sum.line_width = true, theme.ink, 1.2
    return {
        frame.heading("逐项计算", heading_note(u.change and "竖线为" .. w.before, w.own.note)),
        { table = rows, header = header, columns = columns, padding = 2.3 },
    }
end

-- ---- 整页 --------------------------------------------------------------------------------------

local function make(card, run)
    local w, l = words.of(run), ladder.of(run)
    local per, unit, own = words.units(card, run, card.score)
    local row, last = history.last(card, run)
    local many = #card.items > 10
    local steps = stairs(card, run, l, 197)
    local wide = origin(card, w, per, unit, (many or not steps) and WIDTH or 298)
    local stairs_below = many or not wide -- 台阶不在瀑布图旁,就在规则旁
    local why = lists.steps(card, card.grade and "规则如何落到等级" or "规则与过程")
    local out, count = lists.excluded(card, run, "不计入的业务")
    local decided = lists.decisions(card)
    local long = count and count > 10
    local beside = not long and #card.steps <= 10 -- 两份清单都短,才并排
    local title = w.own.title or "客户经理考核记分卡"
    return {
        title = run.period.title .. " " .. title .. " " .. card.name,
        subject = run.scheme.title,
        footer_left = w.footer,
        footer_right = "仅供本人 · " .. frame.pages,
        frame.top(run, title),
        lists.failed(card),
        person.block(card, w, own, l, row, last),
        stairs_below and (wide or false) or frame.beside(wide, steps, { 298, 197 }),
        calculation(card, run, w, own, row, last),
        stairs_below and frame.beside(steps, why, { 197, 298 })
            or lists.reasons(why, beside and out, decided),
        (stairs_below or not beside) and not long and out or false,
        stairs_below and decided or false,
        place.block(card, run, w, per, unit),
        lists.closing(card, run) or false,
        long and out or false,
    }
end

return { of = "subject", make = make }
