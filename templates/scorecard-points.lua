-- 百分制记分卡:各项目标、实际、完成率、权重、得分,以及挂钩工资。
local frame = use "parts/frame"
local history = use "parts/history"
local ladder = use "parts/ladder"
local lists = use "parts/lists"
local person = use "parts/person"
local place = use "parts/place"
local sums = use "parts/sums"
local words = use "parts/words"

-- ---- 逐项得分 ----------------------------------------------------------------------------------

-- 条的刻度:至少到 120%,最多到 200%;更高的完成率条上有断口,数字照实写
local function top_rate(items)
    local top = dec("1.2")
    for _, item in ipairs(items) do
        if item.rate then top = max(top, item.rate) end
    end
    return min(top, 2)
end

local function has(items, key)
    for _, item in ipairs(items) do
        if item[key] then return true end
    end
    return false
end

local function item_row(item, base, top, unit, shared)
    local title = unit == "" and words.with_unit(item.title, item.unit) or item.title
    local cells = { title, number(item.target, item.value_places), number(item.actual, item.value_places) }
    if item.reason then cells[1] = { title .. "\n", { item.reason, size = theme.small, color = theme.muted } } end
    if base then cells[#cells + 1] = number(item.base, item.value_places) end
    cells[#cells + 1] = percent(item.rate)
    cells[#cells + 1] = item.rate and chart.bullet {
        width = 92, height = 12, value = item.rate, mark = 1, low = 0, high = top } or ""
    cells[#cells + 1] = sums.weight(item, shared)
    cells[#cells + 1] = number(item.points, item.places)
    return cells
end

-- 各项单位相同时写在表头
local function common_unit(items)
    local unit = items[1].unit
    for _, item in ipairs(items) do
        if item.unit ~= unit then return "" end
    end
    return unit
end

local function total_row(title, value, base)
    local cells = { title, "", "", "", "", "", value }
    if base then table.insert(cells, 2, "") end
    return cells
end

local function scores(card, w)
    local items = card.items
    if #items == 0 then return false end
    local base, top, unit, rows = has(items, "base"), top_rate(items), common_unit(items), {}
    local shared = sums.shared(items)
    for i, item in ipairs(items) do rows[i] = item_row(item, base, top, unit, shared) end
    local left, name = sums.remainder(card)
    if left then
        rows[#rows + 1] = total_row(name, number(left, card.score_places), base)
        rows[#rows].color = theme.muted
    end
    rows[#rows].line_below = theme.ink
    local sum = total_row(w.total, number(card.score, card.score_places), base)
    sum.bold, sum.line_below, sum.line_width = true, theme.ink, 1.2
    rows[#rows + 1] = sum
    local of = unit ~= "" and "(" .. unit .. ")" or ""
    local header = { "项目", "目标" .. of, "实际" .. of, "完成率", "", "权重", "得分" }
    local right = { align = "right", min_size = 8.5 }
    local columns = { { share = 1 }, right, right, right, { width = 100 }, right, { align = "right", bold = true } }
    if base then
        table.insert(header, 4, "期初" .. of)
        table.insert(columns, 4, right)
    end
    local note = base and "完成率 = (实际 − 期初) ÷ (目标 − 期初);竖线为 100%" or "完成率 = 实际 ÷ 目标;竖线为 100%"
    return {
        frame.heading("逐项得分", note .. ";得分 = 完成率 × 权重" .. (shared and "," .. sums.shared_note or "")),
        { table = rows, header = header, columns = columns },
    }
end

-- ---- 挂钩工资 ----------------------------------------------------------------------------------

local pay_columns = { {}, { share = 1, size = theme.small, color = theme.muted }, { align = "right", bold = true } }

local function pays(card, w)
    if #card.pays == 0 then return nil end
    local rows = {}
    for i, pay in ipairs(card.pays) do
        rows[i] = { pay.title, pay.rule, { money(pay.amount), color = pay.amount and pay.amount < 0 and theme.down or nil } }
    end
    return {
        frame.heading(w.own.pays or "挂钩工资"),
        { table = rows, header = { "项目", "怎样算出", "金额(元)" }, columns = pay_columns },
    }
end

-- ---- 名下的清单 --------------------------------------------------------------------------------

local function listed(card, w)
    local blocks = {}
    for i, spec in ipairs(w.own.lists or {}) do blocks[i] = lists.records(card, spec) end
    return #blocks > 0 and blocks
end

-- ---- 整页 --------------------------------------------------------------------------------------

local function make(card, run)
    local w, l = words.of(run), ladder.of(run)
    local row, last = history.last(card, run)
    local title = w.own.title or "客户经理百分制记分卡"
    local out, count = lists.excluded(card, run, w.own.excluded or "不计入的业务")
    local long = count and count > 10
    local why = lists.steps(card, "规则与过程")
    local beside = not long and #card.steps <= 10 -- 两份清单都短,才并排
    return {
        title = run.period.title .. " " .. title .. " " .. card.name,
        subject = run.scheme.title,
        footer_left = w.footer,
        footer_right = "仅供本人 · " .. frame.pages,
        frame.top(run, title),
        lists.failed(card),
        person.block(card, w, "分", l, row, last),
        scores(card, w),
        pays(card, w) or false,
        lists.reasons(why, beside and out, lists.decisions(card)),
        not beside and not long and out or false,
        place.block(card, run, w, 1, "分"),
        listed(card, w),
        lists.closing(card, run) or false,
        long and out or false,
    }
end

return { of = "subject", make = make }
