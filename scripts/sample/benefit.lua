-- A bank's branch judged by the benefit of customer portfolios: five teams, 22 managers, 2009.

local prng = require "prng"
local calendar = require "calendar"
local names = require "names"
local town = require "town"
local writer = require "writer"

local benefit = {}

benefit.files = {
    staff = "manager_id,name,team_id,grade,education,entered,active_from,active_to",
    team = "team_id,name,kind,level",
    team_result = "team_id,from_date,to_date,score",
    customer_owner = "customer_id,manager_id,share,from_date,to_date",
    account = "account_id,customer_id,kind,currency,rate",
    account_owner = "account_id,manager_id,share,from_date,to_date",
    balance = "account_id,date,balance",
    price = "currency,from_date,to_date,ftp,cost",
    fx = "currency,from_date,to_date,rate",
    fee = "fee_id,customer_id,date,currency,amount",
    customer_profit = "period,manager_id,customer_id,customer,competition,life_cycle,profit",
    management = "manager_id,period,item,score",
    rent = "manager_id,period,class,base",
    stock_lock = "customer_id,manager_id,base_date,balance,products",
    holding = "customer_id,manager_id,date,products",
    qualification = "manager_id,date,item,result",
    post = "below,grade,from_date,to_date,posts,filled",
    history = "manager_id,period,grade,score,points",
}

local day, iso, money = calendar.day, calendar.iso, writer.money

local cast = {
    [1] = "江远帆", [2] = "李静", [3] = "王𠮷", [4] = "顾盼", [5] = "陈守成", [6] = "马䶮", [7] = "何安",
    [8] = "尤九五", [9] = "裘千里", [10] = "诸葛晋", [11] = "李静", [12] = "石位满", [13] = "龚破格",
    [14] = "郭差一", [15] = "司马首席", [16] = "伍连差", [17] = "沈玥",
}
local COUNT, NOBODY = 22, 7
local teams = {
    { "TG1", "公司一队", "公司", "分行" }, { "TG2", "公司二队", "公司", "支行" }, { "TG3", "小企业队", "公司", "支行" },
    { "TP1", "财富队", "个人", "分行" }, { "TP2", "社区队", "个人", "支行" },
}
local team_scores = { TG1 = 9500, TG2 = 8840, TG3 = 10260, TP1 = 9125 } -- 社区队 has none

local grades = { [10] = "初级", [12] = "高级", [13] = "中级", [14] = "中级", [15] = "首席", [16] = "初级" }
local points = { -- at the end of 2008, in hundredths
    [10] = 6000, [12] = 28000, [13] = 15000, [14] = 9102, [15] = 50000, [16] = 11000,
}
local educations = { [10] = "本科", [12] = "硕士", [13] = "大专", [14] = "本科", [15] = "硕士", [16] = "大专" }
local WAN = 1000000

-- The portfolio of the people of the tests: customers with loans, deposits and fees.
--   { loan (fen), rate (1/100 %), deposit (fen), fees of 2008 (fen), of them in USD (cents) }
local fixed = {
    [1] = { { 1000 * WAN, 600, 500 * WAN, 1250000, 100000 } },
    [5] = { { 400 * WAN, 540, 200 * WAN, 0, 0 } },
    [6] = { { 300 * WAN, 555, 100 * WAN, 500000, 0 } },
    [8] = { { 200 * WAN, 575, 950 * WAN, 0, 0 } },     -- exactly 95 % of what was locked
    [9] = { { 200 * WAN, 575, 950 * WAN - 1, 0, 0 } }, -- and a fen less
    [16] = { { 100 * WAN, 500, 0, 0, 0 } },
}
-- inherited base profit in fen
local bases = {
    [1] = 60 * WAN, [5] = 30 * WAN, [6] = 0, [8] = 20 * WAN, [9] = 20 * WAN, [13] = 200 * WAN, [16] = 12 * WAN,
}
local classes = { [1] = "核心", [5] = "重点", [6] = "普通" }

-- Profits of the data warehouse, in yuan.
local profits = { [1] = { 700000, 150000, 100000, 50000, -20000 } }

local suffixes = { "纺织", "机电", "置业", "物流", "药业", "食品", "化工", "商贸" }
local competitions = { "完全竞争", "不完全竞争", "寡头", "完全垄断" }
local cycles = { "初创", "成长", "成熟", "衰落" }

local function portfolio(person, random)
    if fixed[person.index] then
        return fixed[person.index]
    end
    local list = {}
    for _ = 1, random:range(3, 5) do
        local usd = random:chance(200) and random:range(500, 4000) * 100 or 0
        table.insert(list, { random:chance(800) and random:range(80, 1600) * WAN or 0, random:range(500, 720),
                             random:range(60, 1500) * WAN, random:range(0, 400) * 10000, usd })
    end
    return list
end

local function write_balances(out, id, amount, steady, random)
    out.balance:row(id, iso(calendar.carry), money(amount))
    if steady then
        return amount
    end
    local last = amount
    for month = 2, 11, 3 do
        local on = calendar.workday(calendar.month_end(month) + random:range(2, 24))
        last = amount // 1000 * random:range(880, 1240)
        out.balance:row(id, iso(on), money(last))
    end
    return last
end

local function write_portfolio(out, person, list, random, ids)
    local index, deposits, expected = person.index, {}, 0
    for n, plan in ipairs(portfolio(person, random)) do
        local customer = ("J%03d"):format(index * 10 + n)
        expected = expected + plan[1] // 10000 * plan[2] + plan[3] // 10000 * 145
        local owners = { { person.id, "1.00", "2006-01-01", "" } }
        if index == 3 and n == 1 then -- shared from July
            owners = { { person.id, "1.00", "2006-01-01", "2009-07-01" }, { person.id, "0.60", "2009-07-01", "" },
                       { list[4].id, "0.40", "2009-07-01", "" } }
        end
        for _, owner in ipairs(owners) do
            out.customer_owner:row(customer, table.unpack(owner))
        end
        local function account(kind, amount, currency, rate)
            ids.account = ids.account + 1
            local id = ("Z%04d"):format(ids.account)
            out.account:row(id, customer, kind, currency, rate)
            for _, owner in ipairs(owners) do
                out.account_owner:row(id, table.unpack(owner))
            end
            return write_balances(out, id, amount, fixed[index] ~= nil, random)
        end
        if plan[1] > 0 then
            account("贷款", plan[1], "CNY", writer.fixed(plan[2], 2))
        end
        deposits[n] = plan[3] > 0 and account("存款", plan[3], "CNY", "") or 0
        local function fee(amount, currency, on)
            ids.fee = ids.fee + 1
            out.fee:row(("E%04d"):format(ids.fee), customer, on, currency, money(amount))
        end
        if plan[4] > 0 then
            fee(plan[4], "CNY", "2008-" .. ("%02d"):format(random:range(1, 12)) .. "-15")
            fee(plan[4] // 10 * 11, "CNY", "2009-" .. ("%02d"):format(random:range(1, 12)) .. "-15")
        end
        if plan[5] > 0 then
            fee(plan[5], "USD", "2008-06-20")
        end
    end
    return deposits, expected
end

local function write_profits(out, person, random)
    local list = profits[person.index]
    if not list then
        list = {}
        for n = 1, random:range(4, 7) do
            list[n] = random:range(-6, 90) * 10000
        end
    end
    for n, profit in ipairs(list) do
        out.customer_profit:row("2009", person.id, ("J%03d"):format(person.index * 10 + n),
                                names.person(random) .. random:pick(suffixes), random:pick(competitions),
                                random:pick(cycles), money(profit * 100))
    end
end

-- The locked customers: base balance, today's stands in the accounts; products by hand.
local function write_locks(out, person, deposits, random)
    for n, now in ipairs(deposits) do
        local customer = ("J%03d"):format(person.index * 10 + n)
        local base, products = now // 1000 * random:range(850, 1040), random:range(2, 6)
        local held = products + random:range(-1, 2)
        if person.index == 8 or person.index == 9 then
            base, products, held = 1000 * WAN, 20, person.index == 8 and 19 or 18
        end
        if now > 0 then
            out.stock_lock:row(customer, person.id, "2008-12-31", money(base), tostring(products))
            out.holding:row(customer, person.id, "2008-12-31", tostring(products))
            out.holding:row(customer, person.id, "2009-11-20", tostring(held))
        end
    end
end

local items = { "客户档案", "走访回访", "贷后与风险", "工作日志" }

local function write_management(out, person, random)
    for n, item in ipairs(items) do
        local score = person.index == 1 and 8600 + 200 * n -- 88, 90, 92, 94
            or person.index == 16 and 4000 or random:range(7200, 9900)
        if person.index ~= 17 then
            out.management:row(person.id, "2009", item, writer.fixed(score, 2))
        end
    end
end

local order = { "助理", "初级", "中级", "高级", "资深", "首席" }

local function write_career(out, person, random)
    local id, index = person.id, person.index
    local grade = grades[index] or order[random:weighted { 15, 35, 30, 20 }]
    local entered = ("%d-%02d-%02d"):format(random:range(1996, 2005), random:range(1, 12), random:range(1, 28))
    entered = index == NOBODY and "2009-12-07" or index == 13 and "2006-07-10" or entered
    out.staff:row(id, person.name, teams[1 + (index - 1) % #teams][1], index == NOBODY and "助理" or grade,
                  educations[index] or random:pick { "大专", "本科", "本科", "硕士" }, entered, entered,
                  index == COUNT and "2009-10-01" or "")
    if index == NOBODY then
        return
    end
    for _, item in ipairs { "上岗考试", "岗前培训", "上岗证" } do
        if not (index == 18 and item == "上岗证") then
            out.qualification:row(id, "2006-03-20", item, "合格")
        end
    end
    if index == 10 or index >= 12 and index <= 14 or index > 17 and random:chance(500) then
        out.qualification:row(id, "2009-11-26", "竞聘", "合格")
    end
    local place = 1
    for n, name in ipairs(order) do
        place = name == grade and n or place
    end
    local total = points[index] or ({ 2500, 7400, 13200, 22000 })[place] + random:below(2500)
    for year = 2008, 2007, -1 do
        local score = math.min(total, index == 16 and 5230 or random:range(7800, 10800))
        if score > 0 then
            out.history:row(id, tostring(year), grade, writer.fixed(score, 2), writer.fixed(total, 2))
        end
        total = total - score
    end
end

function benefit.write(out)
    local list, ids = town.people("roster G", COUNT, cast, "G"), { account = 0, fee = 0 }
    for _, team in ipairs(teams) do
        out.team:row(team[1], team[2], team[3], team[4])
        if team_scores[team[1]] then
            out.team_result:row(team[1], "2009-01-01", "2010-01-01", writer.fixed(team_scores[team[1]], 2))
        end
    end
    for _, row in ipairs { { "CNY", "2009-01-01", "2009-07-01", "3.20", "1.70" },
                           { "CNY", "2009-07-01", "", "3.00", "1.60" } } do
        out.price:row(row[1], row[2], row[3], row[4], row[5])
    end
    for _, row in ipairs { { "CNY", "2008-01-01", "", "1.0000" }, { "USD", "2008-01-01", "2009-01-01", "6.8346" },
                           { "USD", "2009-01-01", "", "6.8282" } } do
        out.fx:row(row[1], row[2], row[3], row[4])
    end
    for _, row in ipairs { { "助理", "初级", "9", "6" }, { "初级", "中级", "8", "6" }, { "中级", "高级", "6", "4" },
                           { "高级", "资深", "2", "2" }, { "资深", "首席", "1", "1" } } do
        out.post:row(row[1], row[2], "2009-01-01", "2010-01-01", row[3], row[4])
    end
    for _, person in ipairs(list) do
        local random = prng.stream("benefit", person.index)
        write_career(out, person, random)
        if person.index ~= NOBODY then
            local deposits, expected = write_portfolio(out, person, list, random, ids)
            write_profits(out, person, random)
            write_locks(out, person, deposits, random)
            write_management(out, person, random)
            local class = classes[person.index] or random:pick { "核心", "重点", "重点", "普通" }
            local base = expected // 100 * random:range(86, 118) // WAN * WAN
            out.rent:row(person.id, "2009", class, money(bases[person.index] or base))
        end
    end
end

return benefit
