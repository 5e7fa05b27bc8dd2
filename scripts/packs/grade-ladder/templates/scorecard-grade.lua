-- 等级评定表:等级台阶、任职条件、近年评定、季度待遇。
local frame = use "parts/frame"
local lists = use "parts/lists"
local person = use "parts/person"
local history = use "parts/history"
local words = use "parts/words"

-- ---- 等级台阶:由高到低,年初与评定后的等级各有记号 -----------------------------------------------

local ladder_columns = { { share = 1 }, {}, { align = "right", size = theme.small, color = theme.muted } }

local function stairs(card, run)
    local rows, before = {}, card.m.grade_place
    for i = #run.params.ladder, 1, -1 do
        local step = run.params.ladder[i]
        local now = step.grade == card.grade
        rows[#rows + 1] = { step.grade, "六级制 " .. step.six,
            now and "评定后" or before and before == i and "年初" or "",
            bold = now or nil, fill = now and theme.ground or nil }
    end
    return { frame.heading("等级台阶"), { table = rows, columns = ladder_columns, padding = 3 } }
end

-- ---- 任职条件 ----------------------------------------------------------------------------------

local condition_columns = { { width = 18 }, { share = 1 }, { align = "right" }, { align = "right" } }

local function conditions(card, run)
    local rows, steps = {}, run.params.ladder
    for i, item in ipairs(card.items) do
        local title = item.title .. (item.unit ~= "" and "(" .. item.unit .. ")" or "")
        local sign = item.rate == 1 and "passed" or "failed"
        rows[i] = { chart.mark { sign = sign, size = 9, alt = sign == "passed" and "达到" or "未达到" },
            item.reason and { { title .. ":" .. item.reason }, span = 3 } or title }
        if not item.reason then
            rows[i][3] = number(item.target, item.value_places)
            rows[i][4] = dash(item.actual and number(item.actual, item.value_places))
        end
    end
    if #rows == 0 then return nil end
    local wanted = card.m.grade_place and steps[min(card.m.grade_place + 1, #steps)].grade
    return { frame.heading("任职条件", wanted and wanted .. "所需"),
        { table = rows, header = { "", "条件", "要求", "实际" }, columns = condition_columns, padding = 3 } }
end

-- ---- 近年评定与季度待遇 ------------------------------------------------------------------------

local past_columns = { { share = 1 }, { share = 1, align = "right" }, { share = 1, align = "center" }, { share = 1, align = "right" } }

local function past(card, run)
    local rows = {}
    for _, row in ipairs(card.r.history) do
        if row.period < run.period.name then
            rows[#rows + 1] = { row.period .. " 年", number(row.score, 2), dash(row.rating), dash(row.grade) }
        end
    end
    if #rows == 0 then return nil end
    rows[#rows + 1] = { run.period.title, number(card.score, 2), dash(card.band), dash(card.grade), bold = true }
    return { frame.heading("近年评定"),
        { table = rows, header = { "年度", "得分", "评定", "评定后等级" }, columns = past_columns, padding = 3 } }
end

local pay_columns = { {}, { share = 1, size = theme.small, color = theme.muted }, { align = "right", bold = true } }

local function pays(card)
    if #card.pays == 0 then return false end
    local rows = {}
    for i, pay in ipairs(card.pays) do rows[i] = { pay.title, pay.rule, money(pay.amount) } end
    return { frame.heading("季度待遇", "利润达到本季标准才发;金额标准为 [默认]"),
        { table = rows, header = { "季度", "怎样算出", "金额(元)" }, columns = pay_columns } }
end

-- ---- 整页 --------------------------------------------------------------------------------------

local function make(card, run)
    local w, row, last = words.of(run), history.last(card, run)
    local title = w.own.title or "客户经理等级评定表"
    return {
        title = run.period.title .. " " .. title .. " " .. card.name,
        subject = run.scheme.title,
        footer_left = w.footer,
        footer_right = "仅供本人 · " .. frame.pages,
        frame.top(run, title),
        lists.failed(card),
        person.block(card, w, "分", false, row, last),
        frame.beside(stairs(card, run), conditions(card, run), { 220, 275 }),
        past(card, run) or false,
        lists.steps(card, "评定过程") or false,
        pays(card),
        lists.closing(card, run) or false,
    }
end

return { of = "subject", make = make }
