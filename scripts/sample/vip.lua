-- The retail side: customers, who keeps them, contacts, month-end assets, targets and pay.

local prng = require "prng"
local names = require "names"
local people = require "people"
local calendar = require "calendar"
local special = require "special"
local writer = require "writer"

local vip = {}

local money, iso = writer.money, calendar.iso

-- customers kept, quarterly performance pay in yuan, assets in 万元 beyond the savings kept
local posts = {
    ["网点负责人"] = { 18, 12000, 1200 }, ["对公客户经理"] = { 5, 9000, 400 },
    ["个贷客户经理"] = { 8, 7500, 500 }, ["专职客户经理"] = { 22, 8000, 1500 },
    ["理财经理"] = { 26, 8500, 2000 }, ["大堂经理"] = { 14, 5000, 700 },
    ["柜员"] = { 10, 4200, 400 },
}

local tiers = { "钻石", "白金", "金卡", "普通" }

-- average daily assets of a customer in yuan, from and to
local wealth = {
    ["钻石"] = { 5000000, 15000000 }, ["白金"] = { 1000000, 4900000 },
    ["金卡"] = { 200000, 990000 }, ["普通"] = { 30000, 190000 },
}

local function average(tier, random)
    return random:range(wealth[tier][1], wealth[tier][2]) * 100 + random:below(100)
end

local function quarter_name(quarter)
    return "2009Q" .. quarter
end

-- Customers with their keepers; calls every two months, visits every half-year (rulebook C40).
local function customers(out, manager, plan, ids, random)
    local averages = prng.stream("average", manager.index)
    for position = 1, math.max(posts[manager.post][1] * random:range(80, 120) // 100,
                               #plan.persons) do
        local id = plan.persons[position] and ids.base + plan.persons[position]
        if not id then
            ids.next = ids.next + 1
            id = ids.next
        end
        id = ids.name(id)
        local tier = tiers[random:weighted { 45, 200, 560, 195 }]
        local from = math.max(manager.active_from, calendar.day("2008-10-31"))
        out.customer:row(id, names.person(random), tier, random:chance(900) and "true" or "false",
                         manager.branch.name, iso(from), money(average(tier, averages)))
        local kind, moved, colleague = random:chance(400) and "签约" or "管户", nil, nil
        if random:chance(30) and manager.active_from < calendar.year_start then
            moved = calendar.workday(calendar.year_start + random:range(20, 330))
            colleague = people.colleague(manager, random)
        end
        local until_day = moved or manager.active_to
        if not (tier == "普通" and random:chance(60)) then -- some small ones are kept by nobody
            out.customer_assignment:row(id, manager.id, kind, "1.00", iso(from), iso(until_day))
            if special.signed[manager.index] and kind == "签约" and not moved then
                local signed = ids.signed[manager.index] or {}
                ids.signed[manager.index], signed[tier] = signed, (signed[tier] or 0) + 1
            end
            if moved then
                out.customer_assignment:row(id, colleague.id, kind, "1.00", iso(moved), "")
            end
            local function contact(first, last, channel)
                local day = calendar.workday(random:range(first, last - 4))
                local keeper = moved and day >= moved and colleague or manager
                if day >= from and (keeper ~= manager or not until_day or day < until_day) then
                    table.insert(ids.contacts, { day, keeper.id, id, channel })
                end
            end
            for window = 1, 11, 2 do
                if random:chance(880) then
                    contact(calendar.month_end(window - 1) + 1, calendar.month_end(window + 1),
                            "电话")
                end
            end
            for half = 0, 6, 6 do
                local first, last = calendar.month_end(half) + 1, calendar.month_end(half + 6)
                if (tier == "钻石" or tier == "白金") and random:chance(930) then
                    contact(first, last, "上门")
                elseif tier == "金卡" and random:chance(470) then
                    contact(first, last, random:pick { "上门", "网点", "网点", "活动" })
                elseif tier == "普通" and random:chance(120) then
                    contact(first, last, random:pick { "网点", "活动" })
                end
            end
        end
    end
end

-- Contacts of one manager's customers in the order of days.
local function write_contacts(out, ids)
    for position, contact in ipairs(ids.contacts) do
        contact[5] = position
    end
    table.sort(ids.contacts, function(a, b)
        return a[1] < b[1] or a[1] == b[1] and a[5] < b[5]
    end)
    for _, contact in ipairs(ids.contacts) do
        ids.contact = ids.contact + 1
        out.contact:row(ids.contact_name(ids.contact), contact[2], contact[3], iso(contact[1]),
                        contact[4])
    end
    ids.contacts = {}
end

-- Month-end totals; returns what the year opened with.
local function month_ends(out, manager, plan, random)
    local savings, wish = 0, special.retail[manager.index]
    for _, account in ipairs(plan.accounts) do
        if account.class == "储蓄" and account.opened < calendar.year_end then
            savings = savings + account.level
        end
    end
    savings = math.max(savings, 2000000 * random:range(80, 400)) // 1000 * random:range(1000, 1250)
    local invested = posts[manager.post][3] * 1000000 // 1000 * random:range(500, 1800)
    if wish then
        savings, invested = wish.savings[1] * 100, (wish.assets[1] - wish.savings[1]) * 100
    end
    local growth = random:chance(60) and random:range(-450, -200) or random:bell(-180, 420)
    local invested_growth = random:bell(-300, 600)
    local opening
    for month = 0, 12 do
        local day = calendar.month_end(month)
        local spike = month % 3 == 0 and 25 or 0
        local s = savings // 1000 * (1000 + growth * month // 12 + random:range(-25, 25) + spike)
            + random:below(100000)
        local i = invested // 1000 * (1000 + invested_growth * month // 12 + random:range(-30, 30))
            + random:below(100000)
        if wish and month == 0 then
            s, i = savings, invested
        elseif wish and month == 3 then
            s, i = wish.savings[3] * 100, (wish.assets[3] - wish.savings[3]) * 100
        end
        if day >= manager.active_from and not (manager.active_to and day >= manager.active_to) then
            out.manager_asset:row(manager.id, iso(day), money(s + i), money(s))
            opening = opening or { assets = s + i, savings = s }
        end
    end
    if manager.active_from > calendar.carry then
        return { assets = 0, savings = 0 }, opening
    end
    return opening, opening
end

-- Year's targets and their quarters at 25, 50, 75 and 100 percent of the way (rulebook C35).
local function targets(out, manager, plan, opening, first, ids, random)
    local sold, wish = { wealth = 0, fund = 0 }, special.retail[manager.index]
    for _, sale in ipairs(plan.sales) do
        local metric = sale.kind == "理财" and "wealth" or sale.kind == "基金" and "fund"
        if metric then
            sold[metric] = sold[metric] + sale.amount
        end
    end
    local increment = not wish and opening.assets > 0 and random:chance(80)
    local newcomer = manager.active_from > calendar.carry
    local from = newcomer and calendar.quarter_of(manager.active_from) or 1
    for _, metric in ipairs { "assets", "savings", "wealth", "fund" } do
        local level, open, value = opening[metric] ~= nil, opening[metric] or 0, nil
        if level then
            value = first[metric] // 1000 * random:range(1060, 1280)
        else
            value = math.max(sold[metric], 20000000) // 1000 * (1000000 // random:bell(600, 1450))
        end
        value = (value + 1000000 - 1) // 1000000 * 1000000
        if wish then
            value = level and wish[metric][2] or wish[metric][1]
            value = value and value * 100
        elseif metric == "fund" and manager.post == "柜员" then
            value = 0 -- tellers sell no funds and have a target of nothing
        end
        if value then
            ids.target = ids.target + 1
            local id = ids.target_name(ids.target)
            out.target:row(id, manager.id, metric, "2009", money(open), money(value),
                           level and increment and "increment" or "level")
            for quarter = from, 4 do
                local slice = open + ((value - open) * quarter + 2) // 4
                out.target_slice:row(id, quarter_name(quarter), money(slice), "true")
            end
        end
    end
end

local function pay(out, manager, random)
    for quarter = 1, 4 do
        local start = calendar.quarter_start(quarter)
        local gone = manager.active_to and manager.active_to <= start
        if manager.active_from < calendar.quarter_start(quarter + 1) and not gone then
            local base = posts[manager.post][2]
            out.pay_item:row(manager.id, quarter_name(quarter), "绩效",
                             money(base * random:range(80, 125)))
            out.pay_item:row(manager.id, quarter_name(quarter), "计价",
                             money(base // 2 * random:range(20, 150) + random:below(100)))
        end
    end
end

-- Up to the signed customers a manager of the cast must have (rulebook C32): all called and visited.
local function sign(out, manager, ids)
    local have, wanted = ids.signed[manager.index] or {}, special.signed[manager.index]
    local random = prng.stream("signed", manager.index)
    for _, tier in ipairs(tiers) do
        for _ = (have[tier] or 0) + 1, wanted[tier] or 0 do
            ids.next = ids.next + 1
            local id, from = ids.name(ids.next), "2008-10-31"
            out.customer:row(id, names.person(random), tier, "true", manager.branch.name, from,
                             money(average(tier, random)))
            out.customer_assignment:row(id, manager.id, "签约", "1.00", from, "")
            for window = 1, 11, 2 do
                local day = calendar.workday(calendar.month_end(window) + random:range(1, 20))
                table.insert(ids.contacts, { day, manager.id, id,
                                             window % 6 == 1 and "上门" or "电话" })
                table.insert(ids.contacts, { day, manager.id, id, "电话" })
            end
        end
    end
    write_contacts(out, ids)
end

-- Customers nobody keeps yet; the first two of the second outlet have the same assets.
local function newcomers(out, branch, index, ids)
    local random = prng.stream("newcomers", index)
    for position = 1, random:range(4, 7) do
        ids.next = ids.next + 1
        local tier = tiers[random:weighted { 20, 100, 480, 400 }]
        local assets, complete = average(tier, random), random:chance(800) and "true" or "false"
        local since = calendar.workday(calendar.day("2008-11-10") + random:below(320))
        if index == 2 and position <= 2 then
            since = calendar.workday(calendar.day("2008-12-01"))
            tier, assets, complete = "金卡", 35000000, "true"
        end
        out.customer:row(ids.name(ids.next), names.person(random), tier, complete, branch.name,
                         iso(since), money(assets))
    end
end

-- Personal deposits in yuan at the quarter's end; the threshold of a key outlet is 1.5亿.
local thresholds = { [5] = 15000000000, [6] = 14999999999 }

-- What an outlet is as a whole: who works there (rulebook C31), messages and activities (C41).
function vip.outlet(out, branch, index, ids)
    newcomers(out, branch, index, ids)
    for _, member in ipairs(branch.members) do
        if special.signed[member.index] then
            sign(out, member, ids)
        end
    end
    local random = prng.stream("outlet", index)
    local level = random:range(9000, 32000)
    for quarter = 1, 4 do
        local day, full_time = calendar.quarter_start(quarter + 1) - 1, 0
        for _, member in ipairs(branch.members) do
            local there = member.active_from <= day
                and not (member.active_to and member.active_to <= day)
            if there and (member.post == "专职客户经理" or member.post == "理财经理") then
                full_time = full_time + 1
            end
        end
        local deposit = level * random:range(970, 1060) * 1000 + random:below(100000)
        out.branch_fact:row(branch.id, iso(day), money(thresholds[index] or deposit),
                            tostring(full_time))
        for month = quarter * 3 - 2, quarter * 3 do
            if random:chance(930) and not (index == 3 and month == 2) then
                local sent = calendar.workday(calendar.month_end(month - 1) + random:range(5, 20))
                out.group_activity:row(branch.id, iso(sent), "短信", tostring(random:range(200, 900)))
            end
        end
        if random:chance(850) and not (index == 7 and quarter == 1) then
            local held = calendar.workday(calendar.quarter_start(quarter) + random:range(20, 80))
            out.group_activity:row(branch.id, iso(held), "主题活动", tostring(random:range(15, 80)))
        end
    end
end

-- Everything of one manager; `ids` counts through the whole run.
function vip.write(out, manager, plan, ids)
    local random = prng.stream("vip", manager.index)
    pay(out, manager, random)
    if manager.index == 188 then -- the one without any data
        return
    end
    customers(out, manager, plan, ids, random)
    write_contacts(out, ids)
    local opening, first = month_ends(out, manager, plan, random)
    targets(out, manager, plan, opening, first, ids, random)
end

return vip
