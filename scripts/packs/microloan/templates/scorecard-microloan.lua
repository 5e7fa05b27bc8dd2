-- 小微贷款看板:规模与效益、审批与发放、渠道、质量,风险控制与走势。
local frame = use "parts/frame"
local history = use "parts/history"
local lists = use "parts/lists"
local words = use "parts/words"

local groups = {
    { "规模与效益", { "balance", "growth", "customers", "customer_growth", "per_customer", "profit" } },
    { "审批与发放", { "applications", "approvals", "disbursed", "new_loans", "repeat_loans" } },
    { "质量", { "npl", "npl_ratio" } },
}
local columns = { { share = 1 }, { align = "right", bold = true, min_size = 8.5 }, { align = "right", min_size = 8.5 },
    { align = "right" }, { share = 1.6, size = theme.small, color = theme.muted } }
local header = { "指标", "本期", "年初", "增减", "怎样算出" }

local function row(item)
    local change = item.base and item.actual and item.actual - item.base
    return {
        item.title .. "(" .. item.unit .. ")", number(item.actual, item.value_places),
        item.base and number(item.base, item.value_places) or "",
        change and signed(change, item.value_places) or "", item.rule,
    }
end

local function indicators(card)
    local by_name, rows = {}, {}
    for _, item in ipairs(card.items) do by_name[item.name] = item end
    for _, group in ipairs(groups) do
        local first = #rows + 1
        for _, name in ipairs(group[2]) do
            if by_name[name] then rows[#rows + 1] = row(by_name[name]) end
        end
        if #rows >= first then
            table.insert(rows, first, { { group[1], span = 5 }, bold = true, fill = theme.ground })
        end
    end
    return #rows > 0 and { frame.heading("经营指标"),
        { table = rows, header = header, columns = columns, padding = 1.9 } }
end

local channel_columns = { { share = 1 }, { align = "right" }, { align = "right" } }

local function channels(card, run)
    local rows, parts, all = {}, {}, 0
    for i, channel in ipairs(run.params.channels) do
        for _, item in ipairs(card.items) do
            if item.name == "channel_" .. i and item.actual > 0 then
                rows[#rows + 1] = { channel, number(item.actual, 0), item.rule }
                parts[#parts + 1] = { label = channel, value = item.actual }
                all = all + item.actual
            end
        end
    end
    if #rows == 0 then return nil end
    local ring = { frame.heading("渠道构成", "按本年发放笔数"),
        { chart = chart.ring { width = 220, height = 118, parts = parts, middle = number(all, 0) .. " 笔", places = 0,
            alt = "渠道构成" } } }
    local list = { frame.heading("渠道"), { table = rows, header = { "渠道", "笔数", "金额(万元)" }, columns = channel_columns,
        padding = 2.3 } }
    return frame.beside(ring, list, { 220, 275 })
end

local function trend(card, run)
    local points = history.points(card, run, 9)
    if not points then return false end
    local what = run.column[run.params.headline]
    return { frame.heading("近 " .. #points .. " 期走势", what.title .. ",单位 " .. what.unit),
        { chart = chart.trend { width = 195, height = 92, points = points, alt = "走势" } } }
end

local function make(card, run)
    local w, m = words.of(run), card.m
    local title = w.own.title or "小微贷款经营看板"
    local who = { label = "编号 " .. card.id, value = card.name, note = card.group, share = 1.2 }
    local fields = { who, { label = "贷款余额(万元)", value = number(m.balance, 2),
        note = m.balance and "较年初 " .. signed(m.balance - m.opening, 2) or "" } }
    fields[3] = { label = "客户(户)", value = number(m.balance and m.customers, 0),
        note = m.balance and "较年初 " .. signed(m.customers - m.customers_opening, 0) or "" }
    fields[4] = { label = "不良率", value = m.npl_ratio and number(m.npl_ratio, 2) .. "%" or dash(nil),
        note = m.npl_ratio and "不良 " .. number(m.npl, 2) .. " 万元" or "" }
    return {
        title = run.period.title .. " " .. title .. " " .. card.name,
        subject = run.scheme.title,
        footer_left = w.footer,
        footer_right = "内部资料 · " .. frame.pages,
        frame.top(run, title),
        lists.failed(card),
        { fields = fields },
        indicators(card),
        channels(card, run) or false,
        frame.beside(lists.steps(card, "风险控制"), trend(card, run), { 300, 195 }),
        lists.closing(card, run) or false,
    }
end

return { of = "subject", make = make }
