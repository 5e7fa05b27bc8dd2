-- 胜任力记分卡:三面得分,薪酬与延期支付,知识、技能、能力各要素的要求与评定。
local frame = use "parts/frame"
local history = use "parts/history"
local lists = use "parts/lists"
local person = use "parts/person"
local place = use "parts/place"
local sums = use "parts/sums"
local words = use "parts/words"

-- 三面各项有权重,要素没有
local function split(items)
    local sides, elements = {}, {}
    for _, item in ipairs(items) do
        local list = item.weight and sides or elements
        list[#list + 1] = item
    end
    return sides, elements
end

-- ---- 三面得分 ----------------------------------------------------------------------------------

local side_columns = { { share = 1 }, { align = "right", min_size = 8.5 }, { align = "right", min_size = 8.5 },
    { align = "right" }, { width = 84 }, { align = "right" }, { align = "right", bold = true } }
local side_header = { "项目", "目标", "实际", "完成率", "", "权重", "得分" }

local function sides_of(card, w, items)
    if #items == 0 then return false end
    local rows, shared = {}, sums.shared(items)
    for i, item in ipairs(items) do
        local title = { item.title, { " " .. item.unit, size = theme.small, color = theme.muted } }
        if item.reason then title[3] = { "  " .. item.reason, size = theme.small, color = theme.muted } end
        rows[i] = {
            title, number(item.target, item.value_places), number(item.actual, item.value_places),
            percent(item.rate),
            item.rate and chart.bullet { width = 76, height = 11, value = item.rate, mark = 1, low = 0,
                high = dec("1.5") } or "",
            sums.weight(item, shared), number(item.points, item.places),
        }
    end
    local left, name = sums.remainder(card)
    if left then
        rows[#rows + 1] = { { name, span = 6 }, number(left, card.score_places), color = theme.muted }
    end
    rows[#rows].line_below = theme.ink
    rows[#rows + 1] = { { w.total, span = 6 }, number(card.score, card.score_places), bold = true,
        line_below = theme.ink, line_width = 1.2 }
    return { frame.heading("三面得分", "得分 = 完成率 × 权重;竖线为 100%" .. (shared and ";" .. sums.shared_note or "")),
        { table = rows, header = side_header, columns = side_columns, padding = 2.3 } }
end

-- ---- 要素 --------------------------------------------------------------------------------------

local element_columns = { { share = 1 }, { align = "right" }, { align = "right" }, { width = 70 }, { align = "right" } }
local element_header = { "要素", "要求", "评定", "", "差距" }

local function element_table(items, from, to)
    local rows, kind = {}, nil
    for i = from, to do
        local item = items[i]
        if item.unit ~= kind then
            kind = item.unit
            rows[#rows + 1] = { { kind, span = 5 }, bold = true, fill = theme.ground }
        end
        local gap = max(0, item.target - item.actual)
        rows[#rows + 1] = { item.title, number(item.target), number(item.actual, 1),
            chart.bullet { width = 62, height = 10, value = item.actual, mark = item.target, low = 0, high = 3 },
            gap > 0 and { number(gap, 1), color = theme.down } or "" }
    end
    return { { table = rows, header = element_header, columns = element_columns, padding = 1.8 } }
end

local function elements_of(items)
    if #items == 0 then return false end
    local half = 0 -- 知识与技能在左,能力在右
    for i, item in ipairs(items) do
        if item.unit ~= "能力" then half = i end
    end
    local out = { frame.heading("知识、技能、能力", "0—3 级,竖线为岗位要求") }
    if half == 0 or half == #items then
        out[2] = element_table(items, 1, #items)
    else
        out[2] = { columns = { element_table(items, 1, half), element_table(items, half + 1, #items) }, gap = 22 }
    end
    return out
end

-- ---- 薪酬 --------------------------------------------------------------------------------------

local pay_columns = { {}, { share = 1, size = theme.small, color = theme.muted }, { align = "right", bold = true } }

local function pays_of(card, w)
    if #card.pays == 0 then return false end
    local rows = {}
    for i, pay in ipairs(card.pays) do rows[i] = { pay.title, pay.rule, money(pay.amount) } end
    return frame.whole { frame.heading(w.own.pays or "薪酬"),
        { table = rows, header = { "项目", "怎样算出", "金额(元)" }, columns = pay_columns, padding = 2.3 } }
end

local function make(card, run)
    local w = words.of(run)
    local row, last = history.last(card, run)
    local title = w.own.title or "客户经理胜任力记分卡"
    local sides, elements = split(card.items)
    return {
        title = run.period.title .. " " .. title .. " " .. card.name,
        subject = run.scheme.title,
        footer_left = w.footer,
        footer_right = "仅供本人 · " .. frame.pages,
        frame.top(run, title),
        lists.failed(card),
        person.block(card, w, "分", false, row, last),
        sides_of(card, w, sides),
        lists.steps(card, "规则与过程") or false,
        pays_of(card, w),
        place.block(card, run, w, 1, "分"),
        elements_of(elements),
        lists.closing(card, run) or false,
    }
end

return { of = "subject", make = make }
