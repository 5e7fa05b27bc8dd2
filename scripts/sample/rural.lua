-- A rural credit co-operative: five offices, 26 customer managers, the second half of 2009.

local prng = require "prng"
local calendar = require "calendar"
local town = require "town"
local writer = require "writer"

local rural = {}

rural.files = {
    staff = "manager_id,name,unit_id,post,product_line,active_from,active_to",
    unit = "unit_id,name",
    career = "manager_id,station,from_date,to_date,result",
    certificate = "manager_id,code,issued",
    loan = "loan_id,customer_id,origin,start,due",
    loan_owner = "loan_id,manager_id,share",
    loan_balance = "loan_id,date,balance",
    deposit = "manager_id,date,balance",
    target = "manager_id,period,metric,opening,value",
    pay = "manager_id,period,kind,amount",
    income = "manager_id,period,amount",
    income_average = "from_date,to_date,cm_count,cm_average,inside_count,inside_average,inside_median",
    visit = "visit_id,manager_id,customer_id,date",
    loan_check = "check_id,manager_id,kind,loan_id,date,person1,person2",
    fund_change = "manager_id,date,kind,loan_id,amount",
    history = "manager_id,period,grade,score,fund",
}

local day, iso, money = calendar.day, calendar.iso, writer.money

local cast = {
    [1] = "赵满仓", [2] = "王𠮷", [3] = "李秀兰", [4] = "欧阳麦收", [5] = "周庆丰", [6] = "孙玥",
    [7] = "马䶮", [8] = "陈立春", [9] = "李秀兰", [10] = "吴广田", [11] = "郑小满", [12] = "韩冬青",
    [13] = "徐㛃", [14] = "何安",
}
local units = {
    { "X01", "城关信用社" }, { "X02", "河西信用社" }, { "X03", "石桥信用社" },
    { "X04", "柳林信用社" }, { "X05", "联社营业部" },
}
local COUNT, NOBODY, PAIR = 26, 14, 20 -- K020 and K021 investigate together, half and half

local WAN = 1000000 -- fen
local ends = { [2] = day "2009-06-30", [3] = day "2009-09-30", [4] = day "2009-12-31" }
local starts = { [3] = day "2009-07-01", [4] = day "2009-10-01" }

-- 万元 of loans issued in own name, and of loans merely managed
local levels = { { 10400, 2600 }, { 5200, 1500 }, { 2100, 900 }, { 640, 420 } }

-- Exact amounts for the people of the tests, in fen, as single loans without repayment.
local fixed = {
    [5] = { 3500 * WAN, 1000 * WAN },             -- exactly 4000 万元
    [6] = { 3500 * WAN - 1, 1000 * WAN - 1 },     -- 1.5 fen short of it
    [8] = { 6200 * WAN, 3600 * WAN },             -- exactly 8000 万元
}

-- { loan_id, origin, customer, start, due, balances = { { day, fen }, ... } }
local function plan_loans(person, random)
    local loans = {}
    local function add(origin, amount, steady)
        local start = calendar.add_months(day "2009-06-30", -random:range(1, 20)) - random:below(25)
        local loan = { origin = origin, start = start, balances = {} }
        loan.customer = ("H%04d"):format(person.index * 100 + #loans + 1)
        loan.due = calendar.add_months(start, 12 * random:range(2, 4))
        table.insert(loan.balances, { ends[2], amount })
        if not steady and random:chance(450) then
            local on = calendar.workday(starts[3] + random:range(5, 175))
            local left = random:chance(300) and 0 or amount // 100 * random:range(50, 90)
            table.insert(loan.balances, { on, left })
        end
        table.insert(loans, loan)
    end
    if fixed[person.index] then
        add("直接发放", fixed[person.index][1], true)
        add("管理", fixed[person.index][2], true)
        return loans
    end
    local level = levels[random:weighted { 12, 28, 40, 20 }]
    for kind, total in ipairs(level) do
        local count = math.max(2, total // (kind == 1 and 700 or 500))
        local sum = total * WAN // 1000 * random:range(800, 1300)
        for _, amount in ipairs(random:split(sum, count, WAN)) do
            add(kind == 1 and "直接发放" or "管理", amount // WAN * WAN)
        end
    end
    return loans
end

local function balance_on(loan, on)
    local balance = 0
    for _, row in ipairs(loan.balances) do
        balance = row[1] <= on and row[2] or balance
    end
    return balance
end

-- direct and managed fen at the end of a quarter
local function totals(loans, quarter)
    local direct, managed = 0, 0
    for _, loan in ipairs(loans) do
        local balance = balance_on(loan, ends[quarter]) // #loan.owners
        if loan.origin == "直接发放" then
            direct = direct + balance
        else
            managed = managed + balance
        end
    end
    return direct, managed
end

local grades = { { 8000, "G1", 15 }, { 4000, "G2", 12 }, { 1500, "G3", 10 }, { 0, "G4", 8 } }

local function grade_of(direct, managed)
    for _, level in ipairs(grades) do
        if 2 * direct + managed >= 2 * level[1] * WAN then
            return level[2], level[3]
        end
    end
end

local function write_career(out, person, random)
    local join = calendar.number(random:range(2003, 2006), random:range(1, 12), random:range(1, 28))
    local teller, manager = calendar.add_months(join, 6), calendar.add_months(join, 24)
    local id = person.id
    if person.index == 10 then -- never a teller
        out.career:row(id, "实习", iso(join), iso(teller), "合格")
        out.career:row(id, "客户经理", iso(teller), "", "")
        return join
    elseif person.index == 11 then -- eight months at the counter
        manager = calendar.add_months(teller, 8)
    end
    local mark = person.index == 12 and "不合格" or random:chance(300) and "良好" or "合格"
    out.career:row(id, "实习", iso(join), iso(teller), "合格")
    out.career:row(id, "柜员", iso(teller), iso(manager), mark)
    out.career:row(id, "客户经理", iso(manager), "", "")
    return join
end

local function write_checks(out, person, list, loans, random, ids)
    for quarter = 3, 4 do
        for n = 1, random:range(5, 9) do
            ids.check = ids.check + 1
            local on = calendar.workday(starts[quarter] + random:below(88))
            local second = list[1 + (person.index + random:range(0, 5)) % COUNT].id
            second = second == list[NOBODY].id and list[1].id or second
            second = second == person.id and list[2].id or second
            if person.index == 7 and quarter == 4 then -- three ways to do it alone
                second = ({ "", person.id, "K026" })[n] or list[3].id
            elseif person.index > 14 and random:chance(60) then
                second = ""
            end
            local loan = loans[random:range(1, #loans)].id
            out.loan_check:row(("D%04d"):format(ids.check), person.id,
                               random:chance(350) and "贷前调查" or "贷后检查", loan, iso(on),
                               person.id, second)
        end
    end
end

local function write_visits(out, person, random, ids)
    for month = 7, 12 do
        local count = random:range(8, 16)
        count = person.index == 3 and month == 11 and 0 or count -- away for a month
        for _ = 1, count do
            ids.visit = ids.visit + 1
            local first = calendar.month_end(month - 1) + 1
            local on = calendar.workday(first + random:below(24))
            out.visit:row(("Z%04d"):format(ids.visit), person.id,
                          ("H%04d"):format(person.index * 100 + random:range(1, 24)), iso(on))
        end
    end
end

-- Deposits, targets, pay, fund and history; the third quarter is computed as the scheme does it.
local function write_results(out, person, loans, random)
    local id, index = person.id, person.index
    local deposit, fund = random:range(1500, 5200) * WAN, random:range(20, 160) * 10000
    local deposits = {}
    for month = 6, 12 do
        local grown = 1000 + 9 * (month - 6) + random:bell(-70, 70)
        deposits[month] = index == 4 and 3000 * WAN or deposit // 1000 * grown
        out.deposit:row(id, iso(calendar.month_end(month)), money(deposits[month]))
    end
    local target_deposit = index == 4 and 4000 or deposit // WAN * random:range(980, 1150) // 1000
    for i, name in ipairs { "2008Q3", "2008Q4", "2009Q1", "2009Q2" } do
        local _, coefficient = grade_of(totals(loans, 2))
        local grade = grades[math.min(4, (coefficient == 15 and 1 or coefficient == 12 and 2
            or coefficient == 10 and 3 or 4) + (i < 3 and 1 or 0))][2]
        out.history:row(id, name, grade, money(random:range(8200, 10900)),
                        money(index == 1 and i == 4 and 500000 or fund // 5 * (i + 1)))
    end
    fund = index == 1 and 500000 or fund
    for quarter = 3, 4 do
        local period = "2009Q" .. quarter
        local direct, managed = totals(loans, quarter)
        local d2, m2 = totals(loans, 2)
        local target_loan = (d2 + m2) // WAN * random:range(950, 1120) // 1000
        if index == 4 then -- exactly thirds: 3000 of 4000, and a third too much of loans
            target_loan = 0
        end
        local opening = target_loan > 0 and (d2 + m2) // 10 * 9 or 0
        out.target:row(id, period, "deposit", money(target_deposit // 10 * 9 * WAN), money(target_deposit * WAN))
        if index ~= 13 then -- no loan target was set
            out.target:row(id, period, "loan", money(opening), money(target_loan * WAN))
        end
        local base = index == 1 and 1200000 or random:range(600, 1400) * 1000
        out.pay:row(id, period, "绩效基数", money(base))
        if quarter == 3 then
            local grade, coefficient = grade_of(direct, managed)
            local earned = base // 10 * coefficient
            fund = fund + earned // 10
            local score = 0
            if target_loan > 0 and index ~= 13 then
                local td, tl = target_deposit * WAN, target_loan * WAN
                local top = 20 * (deposits[9] // 100) * (tl // WAN)
                    + 80 * ((direct + managed) // 100) * (td // WAN)
                score = writer.hundredths(top, (td // 100) * (tl // WAN))
            elseif index == 13 then
                score = writer.hundredths(100 * deposits[9], target_deposit * WAN)
            else -- a target of nothing is reached
                score = writer.hundredths(20 * deposits[9] + 80 * target_deposit * WAN,
                                          target_deposit * WAN)
            end
            out.history:row(id, period, grade, money(score), money(fund))
        end
    end
    return person
end

-- Everybody's loans; those of the pair have two owners and stand in both lists.
local function draw_loans(out, list)
    local count = 0
    for _, person in ipairs(list) do
        person.loans = person.loans or {}
        local plan = person.index ~= NOBODY and plan_loans(person, prng.stream("loans", person.index))
        for _, loan in ipairs(plan or {}) do
            count = count + 1
            loan.id, loan.owners = ("L%04d"):format(count), { person }
            table.insert(person.loans, loan)
            if person.index == PAIR then
                local other = list[PAIR + 1]
                other.loans = other.loans or {}
                loan.owners[2] = other
                table.insert(other.loans, loan)
            end
            out.loan:row(loan.id, loan.customer, loan.origin, iso(loan.start), iso(loan.due))
            for _, owner in ipairs(loan.owners) do
                out.loan_owner:row(loan.id, owner.id, #loan.owners == 2 and "0.50" or "1.00")
            end
            for _, row in ipairs(loan.balances) do
                out.loan_balance:row(loan.id, iso(row[1]), money(row[2]))
            end
        end
    end
end

function rural.write(out)
    local list, ids = town.people("roster K", COUNT, cast, "K"), { check = 0, visit = 0 }
    for _, unit in ipairs(units) do
        out.unit:row(unit[1], unit[2])
    end
    draw_loans(out, list)
    local total, counted = 0, 0
    for _, person in ipairs(list) do
        local random = prng.stream("rural", person.index)
        local unit = units[1 + (person.index - 1) % #units][1]
        local lines = { "农户小额", "农户小额", "个体经营", "小企业", "按揭" }
        local from = person.index == NOBODY and day "2009-12-01" or write_career(out, person, random)
        out.staff:row(person.id, person.name, unit, person.index % 13 == 8 and "主任" or "客户经理",
                      random:pick(lines), iso(from), person.index == 26 and "2009-11-16" or "")
        if person.index ~= NOBODY then
            local loans = person.loans
            local issued = random:range(day "2008-02-01", day "2009-06-30")
            issued = person.index == 9 and day "2007-12-30" or issued -- runs out the day before
            if person.index ~= 12 then
                out.certificate:row(person.id, "信贷上岗证", iso(issued))
            end
            write_results(out, person, loans, random)
            write_checks(out, person, list, loans, random, ids)
            write_visits(out, person, random, ids)
            for quarter = 1, 4 do
                local amount = random:range(9000, 21000) * 100
                amount = person.index == 3 and 500000 or amount -- 20,000.00 in the year
                if not (person.index == 26 and quarter == 4) then
                    out.income:row(person.id, "2009Q" .. quarter, money(amount))
                    total = total + amount
                end
            end
            counted = counted + 1
        end
    end
    out.income_average:row("2008-01-01", "2009-01-01", "24", "46120.00", "68", "25400.00", "24800.00")
    out.income_average:row("2009-01-01", "2010-01-01", tostring(counted), money(total // counted),
                           "71", "30000.00", "28800.00")
    out.fund_change:row("K001", "2009-11-20", "损失", "L0001", "9000.00")
    out.fund_change:row("K002", "2009-12-18", "返还", "L0012", "300.00")
    out.fund_change:row("K005", "2009-12-08", "损失", "L0026", "260.00")
end

return rural
