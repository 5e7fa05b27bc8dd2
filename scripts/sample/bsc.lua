-- Pack balanced-scorecard: four units with a head each, 26 customer managers, 2018Q2 to Q4.

local prng = require "prng"
local town = require "town"
local writer = require "writer"
local calendar = require "calendar"

local bsc = {}
local money, fixed, iso, day = writer.money, writer.fixed, calendar.iso, calendar.day

bsc.files = {
    branch = "branch_id,name,head_id",
    staff = "manager_id,name,branch_id,post,job_id,active_from,active_to",
    job = "job_id,title,knowledge,responsibility,effort,communication,environment",
    target_letter = "manager_id,period,metric,unit_total,weights,place",
    balance = "account_id,manager_id,kind,date,balance",
    fee = "manager_id,date,amount",
    event = "manager_id,date,kind,customer_id,hours",
    customer_file = "manager_id,period,customers,complete",
    unit_fact = "branch_id,period,metric,value",
    history = "manager_id,period,score,grade",
}

-- the weights of a unit's letter, one for each of its customer managers in this order
local units = {
    { id = "B01", name = "湖滨支行", weights = { 20, 15, 15, 20, 10, 20 } },
    { id = "B02", name = "武林支行", weights = { 20, 20, 15, 15, 10, 10, 10 } },
    { id = "B03", name = "采荷支行", weights = { 1, 1, 1, 1, 1, 1, 1 } },
    { id = "B04", name = "钱江新城支行", weights = { 25, 20, 20, 15, 10, 10 } },
}

local cast = {
    [1] = "张伟", [4] = "欧阳𬭸", [6] = "王𠮷", [7] = "李静", [9] = "沈玥", [12] = "司马文澜",
    [15] = "周翀", [18] = "马䶮", [20] = "李静", [22] = "钟灵", [25] = "安然", [27] = "林堃",
    [28] = "史佳慧", [29] = "程立新",
}

-- a unit's goals of a quarter: 万元, and counts
local goals = {
    { "deposit_growth", 1200, true }, { "deposit_balance", 60000, true },
    { "loan_growth", 900, true }, { "loan_balance", 40000, true }, { "fee_income", 120, true },
    { "new_accounts", 60, false }, { "new_vip", 120, false }, { "prospect_contacts", 60, false },
}

local quarters = {
    { "2018Q3", day("2018-07-01"), 92 },
    { "2018Q4", day("2018-10-01"), 92 },
}

-- completion of the fourth quarter in permille, for those whose result is checked by hand:
-- deposit growth and balance, loan growth and balance, fees, accounts, vip, contacts; file, hours
local special = {
    [2] = { 900, 900, 900, 900, 900, 750, 1000, 750, file = { 100, 100 }, hours = 20 }, -- 90
    [4] = { 1300, 1000, 1500, 1100, 1000, 1250, 1000, 1000, file = { 80, 80 }, hours = 30 },
    [6] = { "2/3", 1000, "1/3", 1000, "1/3", "2/3", "2/3", 0, file = { 50, 0 }, hours = 20 }, -- 60
    [7] = { "2/3-", 1000, "1/3", 1000, "1/3", "2/3", "2/3", 0, file = { 50, 0 }, hours = 20 },
    [9] = { -500, 950, 800, 980, 1000, 0, 1000, 1000, file = { 60, 57 }, hours = 15 },
}

-- `value` in fen times a completion: permille, "a/b", or "a/b-" for 0.01 万元 (100 yuan) less
local function part(value, rate)
    if math.type(rate) == "integer" then
        return value * rate // 1000
    end
    local a, b, less = rate:match("(%d+)/(%d+)(%-?)")
    return value * math.tointeger(a) // math.tointeger(b) - (less == "-" and 10000 or 0)
end

local function slice(unit, total, place, scale)
    local all, left = 0, total * scale
    for _, weight in ipairs(unit.weights) do
        all = all + weight
    end
    for index = 1, #unit.weights - 1 do
        local one = total * scale * unit.weights[index] // all
        if index == place then
            return one
        end
        left = left - one
    end
    return left
end

local function letters(out, m, unit)
    for _, quarter in ipairs(quarters) do
        for _, goal in ipairs(goals) do
            local total = goal[2]
            -- nobody of 武林支行 lends in the fourth quarter: a goal of zero
            if unit.id == "B02" and goal[1] == "loan_growth" and quarter[1] == "2018Q4" then
                total = 0
            end
            out.target_letter:row(m.id, quarter[1], goal[1], total,
                                  table.concat(unit.weights, "/"), m.place)
        end
    end
end

-- levels of a balance in the three quarters, with a swing inside a quarter for ordinary people
local function levels(out, m, kind, level, random)
    local account = m.id .. (kind == "存款" and "-D" or "-L")
    local starts = { day("2018-04-01"), quarters[1][2], quarters[2][2] }
    for index, value in ipairs(level) do
        if starts[index] + 91 >= m.active_from then
            local from = math.max(starts[index], m.active_from)
            out.balance:row(account, m.id, kind, iso(from), money(value))
            if not special[m.index] then
                local swing = value // 2000000 * random:range(-60, 60) * 1000
                out.balance:row(account, m.id, kind, iso(from + 20), money(value + swing))
                out.balance:row(account, m.id, kind, iso(from + 55), money(value))
            end
        end
    end
end

local function events(out, m, quarter, kind, count, random, state)
    for n = 1, count do
        local on = math.max(quarter[2] + random:below(quarter[3]), m.active_from)
        state.customer = state.customer + 1
        local customer = ("C%05d"):format(state.customer)
        out.event:row(m.id, iso(on), kind, customer, "")
        if n == 1 and kind == "对公开户" then -- a second account of the same customer
            local next_day = math.min(on + 1, quarter[2] + quarter[3] - 1)
            out.event:row(m.id, iso(next_day), kind, customer, "")
        end
    end
end

local function person(out, m, unit, state)
    local random, wish = prng.stream("bsc", m.index), special[m.index]
    local goal = {}
    for _, g in ipairs(goals) do
        goal[g[1]] = slice(unit, g[2], m.place, g[3] and 100 or 1) -- 0.01 万元, or pieces
    end
    local function rate(index, quarter)
        if wish then
            return quarter == 2 and wish[index] or 1000
        end
        return random:bell(500, 1450)
    end
    for _, book in ipairs { { "存款", "deposit", 1 }, { "贷款", "loan", 3 } } do
        local kind, name, at = book[1], book[2], book[3]
        local last = part(goal[name .. "_balance"] * 10000, rate(at + 1, 2))
        local middle = last - part(goal[name .. "_growth"] * 10000, rate(at, 2))
        local first = middle - part(goal[name .. "_growth"] * 10000, rate(at, 1))
        levels(out, m, kind, { first, middle, last }, random)
    end
    for q, quarter in ipairs(quarters) do
        if quarter[2] + quarter[3] > m.active_from then
            local fees = part(goal.fee_income * 10000, rate(5, q))
            for _, amount in ipairs(random:split(fees, 3, 100)) do
                local on = math.max(quarter[2] + random:below(quarter[3]), m.active_from)
                out.fee:row(m.id, iso(on), money(amount))
            end
            events(out, m, quarter, "对公开户", part(goal.new_accounts, rate(6, q)), random, state)
            events(out, m, quarter, "贵宾新增", part(goal.new_vip, rate(7, q)), random, state)
            events(out, m, quarter, "潜客联系", part(goal.prospect_contacts, rate(8, q)), random, state)
            local hours = wish and q == 2 and wish.hours or random:range(12, 27)
            for _, h in ipairs { hours // 2, hours - hours // 2 } do
                local on = math.max(quarter[2] + random:below(quarter[3]), m.active_from)
                out.event:row(m.id, iso(on), "培训", "", h)
            end
            local customers = random:range(40, 90)
            local complete = customers * random:range(78, 100) // 100
            if wish and q == 2 then
                customers, complete = wish.file[1], wish.file[2]
            end
            out.customer_file:row(m.id, quarter[1], customers, complete)
        end
    end
end

-- metric, places, low and high for a quarter
local unit_metrics = {
    { "nopat", 2, 90000, 160000 }, { "nopat_plan", 2, 100000, 140000 },
    { "capital", 2, 500000, 900000 }, { "npl", 2, 20000, 60000 }, { "cost_income", 2, 3100, 4300 },
    { "share", 2, 600, 1150 }, { "accounts", 0, 22, 46 }, { "vip", 0, 40, 72 },
    { "satisfaction", 1, 820, 950 }, { "lost_customers", 0, 0, 3 }, { "deal_days", 1, 55, 110 },
    { "channel_share", 2, 4200, 6600 }, { "error_rate", 2, 20, 190 }, { "contacts", 0, 80, 150 },
    { "audit_errors", 1, 2, 30 }, { "staff_satisfaction", 1, 760, 900 },
    { "training", 1, 120, 240 }, { "income_growth", 2, -100, 1000 },
}

-- the unit of 张伟 in the fourth quarter, and its bad loans of the third, checked by hand
local by_hand = {
    nopat = 140000, nopat_plan = 125000, capital = 800000, npl = 36000, cost_income = 3600,
    share = 900, accounts = 35, vip = 60, satisfaction = 900, lost_customers = 2, deal_days = 80,
    channel_share = 5500, error_rate = 50, contacts = 105, audit_errors = 15,
    staff_satisfaction = 850, training = 200, income_growth = 650,
}

local function unit_facts(out, unit, index)
    local random = prng.stream("bsc-unit", index)
    for q, period in ipairs { "2018Q2", "2018Q3", "2018Q4" } do
        for _, metric in ipairs(unit_metrics) do
            local value = random:range(metric[3], metric[4])
            if index == 1 and q == 3 then
                value = by_hand[metric[1]]
            elseif index == 1 and metric[1] == "npl" then
                value = 40000
            end
            -- the survey of 采荷支行 was not finished: no satisfaction in the fourth quarter
            local missing = index == 3 and q == 3 and metric[1] == "satisfaction"
            if (q > 1 or metric[1] == "npl") and not missing then
                local text = metric[2] == 0 and value or fixed(value, metric[2])
                out.unit_fact:row(unit.id, period, metric[1], text)
            end
        end
    end
end

local function history(out, m)
    local random = prng.stream("bsc-history", m.index)
    for _, period in ipairs { "2017Q4", "2018Q1", "2018Q2", "2018Q3" } do
        if m.active_from < quarters[1][2] then
            local score = random:bell(6200, 10600)
            local grade = score >= 9000 and "优秀" or score >= 8000 and "良好" or "合格"
            out.history:row(m.id, period, fixed(score, 2), grade)
        end
    end
end

function bsc.write(out)
    local list, state = town.people("bsc-people", 30, cast), { customer = 0 }
    local at = 0
    out.job:row("J1", "支行行长", 4, 5, 4, 5, 2)
    out.job:row("J2", "高级客户经理", 4, 4, 3, 4, 3)
    out.job:row("J3", "客户经理", 3, 3, 3, 3, 3)
    for index, unit in ipairs(units) do
        at = at + 1
        local head = list[at]
        head.unit, head.post, head.active_from = unit, "管理岗", day("2015-01-01")
        out.branch:row(unit.id, unit.name, head.id)
        out.staff:row(head.id, head.name, unit.id, "管理岗", "J1", "2015-01-01", "")
        history(out, head)
        for place = 1, #unit.weights do
            at = at + 1
            local m = list[at]
            m.place, m.active_from = place, day("2016-03-01")
            if m.name == "史佳慧" then
                m.active_from = day("2018-10-15")
            end
            local left = m.name == "程立新" and "2018-12-01" or ""
            out.staff:row(m.id, m.name, unit.id, "经办岗", place <= 2 and "J2" or "J3",
                          iso(m.active_from), left)
            if m.name ~= "安然" then -- nothing at all
                letters(out, m, unit)
                person(out, m, unit, state)
                history(out, m)
            end
        end
        unit_facts(out, unit, index)
    end
end

return bsc
