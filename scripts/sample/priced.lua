-- Pack priced-products: the VIP department, 14 customer managers, third and fourth quarter of 2010.

local prng = require "prng"
local town = require "town"
local writer = require "writer"
local calendar = require "calendar"

local priced = {}
local fixed, iso, day = writer.fixed, calendar.iso, calendar.day

priced.files = {
    department = "dept_id,name,staff,with_three",
    staff = "manager_id,name,dept_id,post,active_from,active_to",
    certificate = "manager_id,code,issued,expires",
    price = "product_id,price,valid_from,valid_to",
    sale = "sale_id,manager_id,product_id,date,quantity",
    target = "manager_id,period,product_id,value",
    assignment = "manager_id,period,customers",
    work_log = "manager_id,date,customers,reviewed_by",
    satisfaction = "manager_id,date,score",
    history = "manager_id,period,score",
}

-- id, price in 0.01 yuan for one, usual goal of a quarter; P05 became dearer in the fourth quarter
local products = {
    { "P01", 2000, 50 }, { "P02", 15000, 10 }, { "P03", 3000, 12 }, { "P04", 1500, 30 },
    { "P05", 200, 300 }, { "P06", 1000, 40 }, { "P07", 8000, 6 },
}

-- volumes and goals of the fourth quarter for those checked by hand; goal false: none given
local special = {
    [2] = { volume = { 40, 12, 5, 10, 200, 20, 3 }, goal = { 50, 10, 0, 30, 300, 40, 6 },
            score = { 92, 96 }, days = 45, customers = 200 },
    [3] = { volume = { 60, 15, 20, 45, 450, 80, 9 }, goal = { 50, 10, 12, 30, 300, 40, 6 },
            score = { 100, 100 }, days = 62, customers = 180 },
    [4] = { volume = { -2, 0, 0, 0, 0, 0, 0 }, goal = { 50, 10, 12, 30, 300, 40, 6 },
            score = { 60, 70 }, days = 0, customers = 201 },
    [5] = { volume = { 50, 10, 12, 30, 300, 40, 6 }, goal = { 50, 10, 12, 30, 300, 40, false },
            score = { 90, 90 }, days = 31, customers = 150 },
    [6] = { volume = { 50, 10, 12, 30, 300, 40, 6 }, goal = { 50, 10, 12, 30, 300, 40, 6 },
            score = { 90, 90 }, days = 31, customers = 150 },
}

-- 2010-09-22..24 and 10-01..07 were holidays; 09-19, 09-25, 09-26 and 10-09 worked instead
local off = { ["2010-10-01"] = 7, ["2010-09-22"] = 3 }
local worked = { ["2010-09-19"] = true, ["2010-09-25"] = true, ["2010-09-26"] = true,
                 ["2010-10-09"] = true }

local function workdays(from, to)
    local list, holiday = {}, {}
    for first, count in pairs(off) do
        for n = 0, count - 1 do
            holiday[day(first) + n] = true
        end
    end
    for on = from, to do
        local weekend = (on + 3) % 7 >= 5
        if worked[iso(on)] or not weekend and not holiday[on] then
            table.insert(list, on)
        end
    end
    return list
end

local quarters = {
    { "2010Q3", day("2010-07-01"), day("2010-09-30") },
    { "2010Q4", day("2010-10-01"), day("2010-12-31") },
}

local function sales(out, m, plan, quarter, state, random)
    for n, product in ipairs(products) do
        local left = plan.volume[n]
        while left ~= 0 do
            local part = left
            if math.abs(left) > 12 then
                part = left // random:range(2, 3)
            end
            left = left - part
            state.sale = state.sale + 1
            local on = quarter[2] + random:below(quarter[3] - quarter[2] + 1)
            out.sale:row(("S%04d"):format(state.sale), m.id, product[1], iso(on), part)
        end
        if plan.goal[n] then
            out.target:row(m.id, quarter[1], product[1], plan.goal[n])
        end
    end
end

local function logs(out, m, plan, quarter, random)
    local list = workdays(quarter[2], quarter[3])
    for n, on in ipairs(list) do
        local good = n <= plan.days
        local customers = good and random:range(10, 16) or random:range(5, 9)
        if n == 1 and good then
            customers = 10 -- on the line
        end
        -- nobody writes a log on every bad day
        if good or random:chance(600) then
            out.work_log:row(m.id, iso(on), customers, random:chance(900) and "主管" or "")
        end
    end
end

local function ordinary(random, last)
    local volume, goal = {}, {}
    for n, product in ipairs(products) do
        goal[n] = product[3]
        volume[n] = product[3] * random:range(50, 135) // 100
    end
    return { volume = volume, goal = goal, score = { random:range(80, 99), random:range(80, 99) },
             days = random:range(35, last), customers = random:range(120, 205) }
end

local function certificates(out, m)
    local random = prng.stream("priced-certificate", m.index)
    local codes = { "个人客户经理", "AFP", "基金销售", "个人贷款" }
    for n = 1, random:range(2, 4) do
        -- 程潇's own certificate ran out in the quarter
        local expires = m.index == 9 and n == 1 and "2010-11-30" or ""
        out.certificate:row(m.id, codes[n], iso(day("2006-03-01") + random:below(1200)), expires)
    end
end

function priced.write(out)
    local cast = { [2] = "欧阳𬭸", [3] = "司马文澜", [4] = "马䶮", [5] = "李静", [6] = "王𠮷", [7] = "安然",
                   [8] = "李静", [9] = "程潇" }
    local list, state = town.people("priced-people", 14, cast), { sale = 0 }
    out.department:row("D1", "贵宾部一组", 12, 10)
    out.department:row("D2", "贵宾部二组", 11, 8)
    for n, product in ipairs(products) do
        local later = n == 5 and "2010-10-01" or ""
        out.price:row(product[1], fixed(product[2], 2), "2010-01-01", later)
        if n == 5 then
            out.price:row(product[1], fixed(250, 2), "2010-10-01", "")
        end
    end
    for _, m in ipairs(list) do
        local random = prng.stream("priced", m.index)
        out.staff:row(m.id, m.name, "D" .. (m.index - 1) % 2 + 1, "贵宾客户经理", "2009-01-01", "")
        if m.name ~= "安然" then
            certificates(out, m)
            for q, quarter in ipairs(quarters) do
                local plan = q == 2 and special[m.index] or ordinary(random, 61)
                sales(out, m, plan, quarter, state, random)
                logs(out, m, plan, quarter, random)
                out.assignment:row(m.id, quarter[1], plan.customers)
                for n, score in ipairs(plan.score) do
                    out.satisfaction:row(m.id, iso(quarter[2] + 40 * n), score)
                end
            end
            for q = 1, 3 do
                out.history:row(m.id, "2010Q" .. q, fixed(random:bell(6500, 9900), 2))
            end
        end
    end
    assert(#workdays(quarters[2][2], quarters[2][3]) == 62)
end

return priced
