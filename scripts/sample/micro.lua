-- Pack microloan: a micro-loan centre in 2018. Its totals on 2018-11-30 are those of the source:
-- 22,006.64 万元 (+4,971.56), 858 customers (+287), 879 applications, bad loans 90.33 (+61.55).

local prng = require "prng"
local town = require "town"
local writer = require "writer"
local calendar = require "calendar"

local micro = {}
local fixed, iso, day = writer.fixed, calendar.iso, calendar.day

micro.files = {
    team = "team_id,name",
    staff = "manager_id,name,team_id,post,active_from,active_to",
    loan = "loan_id,customer_id,manager_id,centre_id,start,closed,amount,kind,channel",
    loan_balance = "loan_id,date,balance",
    loan_class = "loan_id,class,from_date,to_date",
    application = "app_id,manager_id,centre_id,date,amount,approved,disbursed,head_present",
    warning = "warning_id,manager_id,centre_id,loan_id,raised,handled",
    profit = "manager_id,centre_id,period,profit",
    history = "manager_id,period,score",
}

local centre = "X01" -- a subject, too: its scorecard is the dashboard of the source
local first, last = day("2018-01-02"), day("2018-11-28")

-- all amounts are in 0.01 万元, that is 100 yuan
local function yuan(amount)
    return ("%d00.00"):format(amount)
end

local function draw_day(random)
    return calendar.workday(first + random:below(last - first + 1), -1)
end

-- managers of ordinary loans; 2, 4 and 5 have those written down below, 11 has none
local ordinary = { 1, 3, 6, 7, 8, 9, 10, 12, 13 }

local function new_book()
    local book = { loans = {}, customers = 0 }
    function book:add(loan)
        if not loan.customer then
            self.customers = self.customers + 1
            loan.customer = self.customers
        end
        table.insert(self.loans, loan)
        loan.id = #self.loans
        return loan
    end
    return book
end

-- An old customer: gone by now, or lent to again on the day the old loan was paid back.
local function old(book, manager, amount, again, random)
    local closed = draw_day(random)
    local loan = book:add { manager = manager, start = day("2017-12-31") - random:range(20, 340),
                            amount = amount, closed = closed, kind = "新增", channel = "" }
    if again then
        book:add { manager = manager, customer = loan.customer, start = closed, amount = again,
                   kind = "续贷", channel = "普通" }
    end
end

local function fresh(book, manager, amount, channel, random)
    return book:add { manager = manager, start = draw_day(random), amount = amount, kind = "新增",
                      channel = channel }
end

local function build()
    local book, random = new_book(), prng.stream("micro", 0)
    local before = day("2017-06-15")
    -- by hand: 欧阳𬭸 (2) with a bad loan, a renewal, a large loan without the head
    book:add { manager = 2, start = before, amount = 2878, kind = "新增", channel = "",
               bad = day("2017-11-20") }
    book:add { manager = 2, start = before, amount = 2000, kind = "新增", channel = "" }
    old(book, 2, 5122, nil, random)
    old(book, 2, 4000, 6000, random)
    book:add { manager = 2, start = day("2018-03-12"), amount = 15000, kind = "新增", channel = "普通" }
    book:add { manager = 2, start = day("2018-05-21"), amount = 9999, kind = "新增", channel = "普通" }
    -- 马䶮 (3): a loan that went bad this year; 沈玥 (4): new this year; 李静 (5): all paid back
    book:add { manager = 3, start = before, amount = 6155, kind = "新增", channel = "",
               bad = day("2018-06-20") }
    book:add { manager = 4, start = day("2018-09-03"), amount = 10000, kind = "新增", channel = "普通",
               head = true }
    book:add { manager = 4, start = day("2018-11-05"), amount = 3000, kind = "新增", channel = "普通" }
    old(book, 5, 8000, nil, random)
    -- the others of 571 old customers: 330 gone, 235 renewed
    local olds = random:split(1675353, 565, 100)
    local renewed = random:split(689340 - 6000, 235, 100)
    for n, amount in ipairs(olds) do
        old(book, random:pick(ordinary), amount, renewed[n], random)
    end
    -- the others of 619 new ones, by channel
    for _, channel in ipairs { { "税融e贷", 125, 536080 }, { "惠农贷", 72, 140900 },
                               { "创业贷", 324, 321300 }, { "大蒜商户", 20, 100000 },
                               { "普通", 74, 416454 - 37999 } } do
        for _, amount in ipairs(random:split(channel[3], channel[2], 100)) do
            fresh(book, random:pick(ordinary), amount, channel[1], random)
        end
    end
    -- partly paid back: 144.43 万元 of thirty loans
    local parts, at = random:split(14443, 30, 10), 0
    for _, loan in ipairs(book.loans) do
        local large = loan.channel == "税融e贷" and loan.amount > 3000
        if at < 30 and large and loan.start < day("2018-08-01") then
            at = at + 1
            loan.repaid = parts[at]
            loan.repaid_on = calendar.workday(loan.start + random:range(40, 90))
        end
    end
    assert(at == 30)
    return book
end

local function balance_on(loan, on)
    if loan.start > on or loan.closed and loan.closed <= on then
        return 0
    end
    return loan.amount - (loan.repaid and loan.repaid_on <= on and loan.repaid or 0)
end

local function write_loans(out, book, list)
    for _, loan in ipairs(book.loans) do
        local id = ("L%04d"):format(loan.id)
        local closed = loan.closed and iso(loan.closed) or ""
        out.loan:row(id, ("C%04d"):format(loan.customer), list[loan.manager].id, centre,
                     iso(loan.start), closed, yuan(loan.amount), loan.kind, loan.channel)
        out.loan_balance:row(id, iso(loan.start), yuan(loan.amount))
        if loan.repaid then
            out.loan_balance:row(id, iso(loan.repaid_on), yuan(loan.amount - loan.repaid))
        end
        if loan.closed then
            out.loan_balance:row(id, iso(loan.closed), "0.00")
        end
        if loan.bad then
            out.loan_class:row(id, "次级", iso(loan.bad), "")
        end
    end
end

-- 855 disbursed, one approved and not taken (45.46 万元), 23 refused
local function applications(out, book, list, random)
    local count = 0
    local function add(manager, on, amount, approved, disbursed, head)
        count = count + 1
        out.application:row(("A%03d"):format(count), list[manager].id, centre, iso(on),
                            yuan(amount), approved, disbursed, head)
    end
    for _, loan in ipairs(book.loans) do
        if loan.channel ~= "" then
            local head = loan.head or loan.amount >= 10000 and loan.manager ~= 2
            local on = math.max(loan.start - random:range(2, 9), first)
            add(loan.manager, on, loan.amount, "是", "是", head and "是" or "否")
        end
    end
    add(7, day("2018-10-10"), 4546, "是", "否", "否")
    for _ = 1, 22 do
        add(random:pick(ordinary), draw_day(random), random:range(500, 9000), "否", "否", "否")
    end
    add(2, day("2018-07-04"), 12000, "否", "否", "是")
    assert(count == 879)
end

local function warnings(out, book, list, random)
    local count = 0
    for _, loan in ipairs(book.loans) do
        local hit = loan.bad and loan.bad > first
            or loan.channel ~= "" and not loan.closed and random:chance(35)
        if hit and loan.manager ~= 2 or loan.id == 2 or loan.id == 7 then
            count = count + 1
            local raised = math.max(loan.start, first) + random:range(20, 150)
            raised = calendar.workday(math.min(raised, last))
            local handled = raised + random:range(1, 9)
            local open = loan.id == 7 or handled > last or random:chance(60)
            out.warning:row(("W%02d"):format(count), list[loan.manager].id, centre,
                            ("L%04d"):format(loan.id), iso(raised), open and loan.id ~= 2 and "" or iso(handled))
        end
    end
end

local function money_of(list, book, out)
    local random = prng.stream("micro-profit", 0)
    local people = { 1, 2, 3, 4, 6, 7, 8, 9, 10, 12, 13 }
    local shares = random:split(57010, #people, 10)
    for n, index in ipairs(people) do
        local own = prng.stream("micro-profit", index)
        for month, part in ipairs(own:split(shares[n], 11, 1)) do
            out.profit:row(list[index].id, centre, ("2018-%02d"):format(month), yuan(part))
        end
    end
    local sums = {}
    for index, m in ipairs(list) do
        for month = 1, 10 do
            local on = day(("2018-%02d-01"):format(month + 1)) - 1
            local sum, any = 0, false
            for _, loan in ipairs(book.loans) do
                if loan.manager == index then
                    sum, any = sum + balance_on(loan, on), true
                end
            end
            sums[month] = (sums[month] or 0) + sum
            if any then
                out.history:row(m.id, ("2018-%02d"):format(month), fixed(sum, 2))
            end
        end
    end
    for month, sum in ipairs(sums) do
        out.history:row(centre, ("2018-%02d"):format(month), fixed(sum, 2))
    end
end

function micro.write(out)
    local cast = { [2] = "欧阳𬭸", [3] = "马䶮", [4] = "沈玥", [5] = "李静", [8] = "王𠮷", [9] = "李静",
                   [11] = "安然" }
    local list, book = town.people("micro-people", 13, cast), build()
    out.team:row("T0", "小微贷中心")
    out.team:row("T1", "城区小贷一组")
    out.team:row("T2", "城区小贷二组")
    out.team:row("T3", "涉农小贷组")
    out.staff:row(centre, "小微贷中心", "T0", "中心", "2016-01-01", "")
    for _, m in ipairs(list) do
        out.staff:row(m.id, m.name, "T" .. (m.index - 1) % 3 + 1, "小贷客户经理",
                      m.index == 4 and "2018-08-20" or "2016-01-01", "")
    end
    write_loans(out, book, list)
    applications(out, book, list, prng.stream("micro-application", 0))
    warnings(out, book, list, prng.stream("micro-warning", 0))
    money_of(list, book, out)
    -- the centre of the source
    local total, customers = 0, {}
    for _, loan in ipairs(book.loans) do
        local now = balance_on(loan, day("2018-11-30"))
        total = total + now
        if now > 0 then
            customers[loan.customer] = true
        end
    end
    local count = 0
    for _ in pairs(customers) do
        count = count + 1
    end
    assert(total == 2200664 and count == 858)
end

return micro
