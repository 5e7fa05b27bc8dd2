-- What an ordinary manager does in the year: a plan of accounts, loans, bills, fees and sales.
--
-- A quarterly profit is drawn first (the pyramid), then deposits that mostly meet the standard of
-- the level, then the rest of the profit is earned with the other lines. Money is fen, loan rates
-- are 1/10000 percent, prices 1/100 percent, shares 1/100, all of them integers.

local prng = require "prng"
local people = require "people"
local calendar = require "calendar"
local reference = require "reference"

local business = {}

local WAN = 1000000

-- profit range in 万元, then how many in a thousand of each group of posts are in it
local tiers = {
    { 4, 8, corporate = 25, mortgage = 40, retail = 45, counter = 120 },
    { 11, 14, corporate = 85, mortgage = 180, retail = 215, counter = 480 },
    { 14, 20, corporate = 135, mortgage = 240, retail = 250, counter = 270 },
    { 20, 25, corporate = 170, mortgage = 210, retail = 200, counter = 70 },
    { 25, 38, corporate = 230, mortgage = 190, retail = 160, counter = 20 },
    { 38, 55, corporate = 160, mortgage = 90, retail = 70, counter = 0 },
    { 55, 80, corporate = 84, mortgage = 30, retail = 25, counter = 0 },
    { 80, 125, corporate = 45, mortgage = 10, retail = 15, counter = 0 },
    { 125, 190, corporate = 24, mortgage = 0, retail = 0, counter = 0 },
    { 190, 280, corporate = 14, mortgage = 0, retail = 0, counter = 0 },
    { 280, 410, corporate = 10, mortgage = 0, retail = 0, counter = 0 },
    { 410, 580, corporate = 7, mortgage = 0, retail = 0, counter = 0 },
    { 580, 720, corporate = 1, mortgage = 0, retail = 0, counter = 0 },
}

local group_of = {
    ["对公客户经理"] = "corporate", ["网点负责人"] = "corporate", ["个贷客户经理"] = "mortgage",
    ["专职客户经理"] = "retail", ["理财经理"] = "retail", ["大堂经理"] = "counter",
    ["柜员"] = "counter",
}

-- deposits by class and the rest of the profit by line, in thousandths
local mixes = {
    corporate = { corp = 610, interbank = 190, loan = 560, bill = 140, off = 120, other = 70,
                  product = 110 },
    mortgage = { corp = 80, interbank = 0, loan = 780, bill = 0, off = 0, other = 80,
                 product = 140 },
    retail = { corp = 140, interbank = 0, loan = 490, bill = 0, off = 0, other = 200,
               product = 310 },
    counter = { corp = 0, interbank = 0, loan = 250, bill = 0, off = 0, other = 250,
                product = 500 },
}

-- profit of one quarter on a million of deposits in the first quarter: spread x coefficient / 4
local yield = { ["对公一般"] = 4250, ["储蓄"] = 3025, ["同业"] = 400 }

-- kind, years, base rate, multiples of it in 1/100, paid back monthly
local loan_kinds = {
    corporate = {
        { "对公", 1, 53100, { 95, 100, 100, 105, 110, 120 } },
        { "对公", 1, 53100, { 90, 100, 110, 115 } },
        { "对公", 3, 54000, { 90, 95, 100, 105, 110 } },
        { "对公", 5, 57600, { 90, 100, 105 } },
    },
    personal = {
        { "个人", 20, 59400, { 70, 85, 85, 100 }, true },
        { "个人", 10, 59400, { 85, 100, 110 }, true },
        { "个人", 3, 54000, { 110, 120, 130 }, true },
        { "个人", 1, 53100, { 110, 120, 130 } },
    },
}

local fee_codes = {
    ["表外"] = { "承兑", "承兑", "保函", "信用证", "贷款承诺" },
    ["其他"] = { "结算", "代发工资", "委托贷款", "财务顾问", "账户托管", "结售汇" },
}

local function growing(plan, random)
    local season, level = { 1000, 1015, 990, 1045 }, 1000
    for quarter = 1, 4 do
        plan.quarters[quarter] = season[quarter] * level // 1000
        level = level * (1000 + plan.growth + random:range(-20, 20)) // 1000
    end
end

-- A new customer of this manager; the number is his own, the writer makes an id of it.
local function customer(plan, person)
    plan.customers = plan.customers + 1
    if person then
        table.insert(plan.persons, plan.customers)
    else
        table.insert(plan.firms, plan.customers)
    end
    return plan.customers
end

-- Who has had the account since when: the manager alone, after a colleague, before one, with one.
local function owners(account, manager, random)
    local list = {}
    local function own(who, share, from, to)
        table.insert(list, { who = who, share = share, from = from, to = to })
    end
    local case = random:below(1000)
    if account.opened < manager.active_from then
        own(people.colleague(manager, random), 100, account.opened, manager.active_from)
        own(manager, 100, manager.active_from)
    elseif case < 30 and account.opened < calendar.year_start then
        local day = calendar.workday(calendar.year_start + random:range(20, 330))
        own(manager, 100, account.opened, day)
        own(people.colleague(manager, random), 100, day)
    elseif case < 45 then
        local share = random:pick { 50, 60, 70 }
        own(manager, share, account.opened)
        own(people.colleague(manager, random), 100 - share, account.opened)
    else
        own(manager, 100, account.opened)
    end
    return list
end

-- One account; without `owners` in `extra` it is the manager's alone.
function business.account(plan, manager, class, level, extra)
    local account = {
        class = class, level = level, currency = "CNY", quarters = plan.quarters,
        opened = calendar.workday(math.max(manager.active_from, calendar.day("2007-02-26"))),
    }
    for _, key in ipairs { "currency", "opened", "closed", "quarters", "exact", "owners" } do
        account[key] = extra and extra[key] or account[key]
    end
    account.customer = extra and extra.customer or customer(plan, class == "储蓄")
    account.owners = account.owners or { { who = manager, share = 100, from = account.opened } }
    table.insert(plan.accounts, account)
    return account
end

local function open_accounts(plan, manager, class, amount, count, random)
    local before
    for _, level in ipairs(random:split(amount, count, 100000)) do
        local latest = calendar.day("2008-12-15")
        local opened = latest - random:below(1200)
        local extra = { quarters = {} }
        if manager.active_from >= latest then
            if random:chance(500) then
                opened = manager.active_from + random:below(40)
            end
        elseif random:chance(45) then
            opened = calendar.year_start + random:range(5, 290)
        else
            opened = math.max(opened, manager.active_from)
        end
        extra.opened = calendar.workday(opened)
        for quarter = 1, 4 do
            extra.quarters[quarter] = plan.quarters[quarter] * random:bell(940, 1060) // 1000
        end
        if class == "对公一般" and random:chance(40) or class == "储蓄" and random:chance(25) then
            extra.currency = "USD"
        end
        if extra.opened < calendar.year_start and random:chance(15) then
            extra.closed = calendar.workday(calendar.year_start + random:range(100, 340))
        end
        extra.customer = random:chance(200) and before or nil
        extra.owners = owners(extra, manager, random)
        before = business.account(plan, manager, class, level, extra).customer
    end
end

-- A loan; it starts in class 正常 and keeps it until business.trouble says otherwise.
function business.loan(plan, manager, kind, amount, rate, start, months, extra)
    extra = extra or {}
    local loan = {
        id = extra.id, kind = kind, amount = amount, rate = rate, start = start,
        due = calendar.add_months(start, months), monthly = extra.monthly,
        route = extra.route or "none", states = extra.states or {},
        classes = extra.classes or { { "正常", start } }, months = months,
    }
    local known = kind == "个人" and plan.persons or plan.firms
    loan.customer = extra.customer or known[1 + (amount // WAN) % (#known + 2)]
        or customer(plan, kind == "个人")
    table.insert(plan.loans, loan)
    return loan
end

-- Now and then a loan goes wrong: classes below 正常, overdue instalments, interest not received.
local function trouble(loan, random)
    local case, start = random:below(1000), math.max(loan.start + 30, calendar.year_start + 5)
    local last = math.min(loan.due, calendar.year_end) - 40
    if start >= last then
        return
    end
    local day = calendar.workday(random:range(start, last))
    local quarter = calendar.quarter_of(day)
    local quarter_end = calendar.quarter_start(quarter + 1) - 1
    local interest = loan.amount // 1000 * random:range(3, 14) + random:below(100)
    local function state(date, overdue, amount, since, recovered)
        table.insert(loan.states, { date, overdue, amount, since, recovered })
    end
    if case < 20 then -- 关注 in this year, perhaps back again
        loan.classes = { { "正常", loan.start, day }, { "关注", day } }
        if random:chance(500) and day + 130 < last then
            loan.classes[2][3] = day + 120
            table.insert(loan.classes, { "正常", day + 120 })
        end
        state(quarter_end, 0, 0)
    elseif case < 29 then -- 次级 and worse, with interest outstanding
        local worse = day + random:range(20, 60)
        loan.classes = { { "正常", loan.start, day }, { "关注", day, worse }, { "次级", worse } }
        for q = quarter, 4 do
            local date = calendar.quarter_start(q + 1) - 1
            state(date, math.max(0, date - day), interest * (q - quarter + 1), day)
        end
    elseif case < 35 then -- formed and recovered within the quarter
        local from = calendar.quarter_start(quarter) + random:range(8, 30)
        local back = from + random:range(15, 45)
        if from > loan.start then
            loan.classes = { { "正常", loan.start, from }, { "次级", from, back },
                             { "正常", back } }
            state(quarter_end, 0, 0, nil, back)
        end
    elseif case < 47 and loan.start < calendar.day("2008-06-01") then -- since last year
        local since = calendar.day("2008-07-01") + random:below(150)
        loan.classes = { { "正常", loan.start, since },
                         { random:pick { "关注", "关注", "次级", "可疑", "可疑", "损失" }, since } }
        for q = 1, 4 do
            local date = calendar.quarter_start(q + 1) - 1
            state(date, date - since, interest * q, since)
        end
    elseif loan.kind == "个人" and case < 110 then -- overdue at a quarter's end
        local days = random:range(3, 75)
        state(quarter_end, days, 0)
        if days > 60 then
            loan.route = "个贷管理部"
        end
    elseif loan.kind == "对公" and case < 65 then -- interest not received, some of it later
        state(quarter_end, 0, interest, day)
        if quarter < 4 and random:chance(600) then
            local date = calendar.quarter_start(quarter + 2) - 1
            state(date, 0, 0, day, quarter_end + random:range(5, 60))
        end
    elseif loan.kind == "对公" and case > 970 then
        loan.route = random:pick { "总行事业部", "贸易金融" }
    end
end

local function grant_loans(plan, manager, profit, group, tier, random)
    local count = group == "mortgage" and random:range(4, 7)
        or group == "corporate" and math.min(6, random:range(1, 3) + tier // 3)
        or random:range(1, group == "counter" and 2 or 3)
    for index, part in ipairs(random:split(profit, count, 100)) do
        local personal = group ~= "corporate" or random:chance(80)
        local kinds = loan_kinds[personal and "personal" or "corporate"]
        local kind = random:pick(kinds)
        local rate = kind[3] * random:pick(kind[4]) // 100
        if rate < 43000 then -- too near the pool price to earn anything with it
            rate = kind[3]
        end
        local months = kind[2] * 12
        local unit = personal and 1000000 or 10000000
        local least = personal and 5 * unit or 3 * unit
        local volume = part * 4000000 // (rate - 36000)
        local first = calendar.carry - math.min(months * 30, 900) + 40
        first = math.max(first, manager.active_from)
        local start = random:range(first, math.max(first + 60, calendar.carry - 10))
        if random:chance(120) then
            start = math.max(start, calendar.year_start + random:range(3, 250))
        end
        start = calendar.workday(start)
        local loan
        if kind[5] then -- the volume is what is left of it now
            local paid = math.max(0, (calendar.carry - start) // 30)
            volume = volume * months // math.max(1, months - paid)
        end
        loan = business.loan(plan, manager, kind[1], math.max(least, volume // unit * unit), rate,
                             start, months, { monthly = kind[5] })
        trouble(loan, random)
        local room = #plan.loans + count - index < 8
        if room and loan.due < calendar.year_end - 20 and random:chance(800) then
            local again = calendar.workday(loan.due + random:below(6))
            local amount = loan.amount * random:range(90, 115) // 100 // unit * unit
            business.loan(plan, manager, loan.kind, math.max(least, amount), rate, again, 12,
                          { customer = loan.customer })
        end
    end
end

local function day_in(manager, quarter, random)
    local first, last = calendar.quarter_start(quarter), calendar.quarter_start(quarter + 1) - 1
    local day = calendar.workday(random:range(first, last - 3))
    if day >= manager.active_from and not (manager.active_to and day >= manager.active_to) then
        return day
    end
end

local function discount_bills(plan, manager, profit, quarter, random)
    for _, part in ipairs(random:split(profit, random:range(1, 3), 100)) do
        local day, spread, term = day_in(manager, quarter, random), random:range(35, 95),
            random:range(45, 178)
        local face = part * 3600000 // (spread * term) // 10000000 * 10000000
        if day and face > 0 then
            local funding = random:range(150, 290)
            table.insert(plan.bills, { face = face, discount = funding + spread,
                                       funding = funding, bought = day, due = day + term })
        end
    end
end

local function earn_fees(plan, manager, line, profit, quarter, random)
    for _, part in ipairs(random:split(profit, random:range(1, 2), 100)) do
        local day = day_in(manager, quarter, random)
        local code = random:pick(fee_codes[line])
        if day then
            table.insert(plan.fees, {
                date = day, amount = part, line = line, code = code,
                currency = (code == "信用证" or code == "结售汇") and "USD" or "CNY",
            })
        end
    end
end

local wanted = {
    corporate = { "理财", "基金", "保险", "信用卡", "电子银行" },
    mortgage = { "保险", "信用卡", "理财", "基金" },
    retail = { "基金", "理财", "理财", "基金", "保险", "贵金属", "信用卡" },
    counter = { "理财", "基金", "保险", "电子银行", "信用卡" },
}

local function sell(plan, manager, group, profit, quarter, random)
    local count = group == "retail" and random:range(3, 6) or random:range(1, 3)
    local kinds = wanted[group]
    for index, part in ipairs(random:split(profit, count, 100)) do
        local day = day_in(manager, quarter, random)
        local kind = group == "retail" and kinds[index] or random:pick(kinds)
        local offers = {}
        for _, product in ipairs(reference.products) do
            local open = product[6] == "" or day and calendar.iso(day) < product[6]
            if day and product[3] == kind and product[5] <= calendar.iso(day) and open then
                table.insert(offers, product)
            end
        end
        local product = random:pick(offers[1] and offers or { {} })
        local piece = product[7]
        local amount = day and part * 10000 // product[4] or 0
        local quantity = random:range(1, 12)
        if piece then
            quantity = math.min(amount // piece, 80)
            amount = quantity * piece
        else
            amount = amount // 100000 * 100000
        end
        if amount > 0 then
            table.insert(plan.sales, { product = product[1], kind = kind, date = day,
                                       amount = amount, quantity = quantity })
        end
    end
end

function business.empty(manager)
    return { manager = manager, accounts = {}, loans = {}, bills = {}, fees = {}, sales = {},
             customers = 0, persons = {}, firms = {}, quarters = { 1000, 1000, 1000, 1000 },
             growth = 0, level = 0 }
end

-- The plan of one manager. `wish` fixes the tier, perhaps also the profit (fen), of special people.
function business.plan(manager, wish)
    local random = prng.stream("business", manager.index)
    local plan = business.empty(manager)
    local group = group_of[manager.post]
    local weights = {}
    for index, tier in ipairs(tiers) do
        weights[index] = tier[group]
    end
    local tier = random:weighted(weights)
    if manager.senior and random:chance(350) then
        tier = math.max(tier, random:weighted(weights))
    end
    tier = wish and wish.tier or tier
    local level = random:range(tiers[tier][1] * WAN, tiers[tier][2] * WAN)
    level = wish and wish.level or level
    local standard = tier == 1 and random:range(900, 2900) or reference.ladder[tier - 1][3]
    local factor = random:chance(80) and random:range(800, 985)
        or 1035 + math.min(random:below(600), random:below(600))
    if group == "mortgage" and tier > 1 then -- not bound by the standards
        factor = random:range(350, 1050)
    elseif tier > 1 and tier < 5 and factor > 1000 then -- those standards are ten percent apart
        factor = 1055 + math.min(random:below(120), random:below(120))
    end
    plan.level, plan.growth = level, random:range(-25, 55)
    growing(plan, random)

    local mix = mixes[group]
    local corp = mix.corp * random:bell(700, 1300) // 1000
    local interbank = tier > 3 and mix.interbank * random:bell(200, 1800) // 1000 or 0
    local savings = 1000 - corp - interbank
    local per_million = (corp * yield["对公一般"] + savings * yield["储蓄"]
        + interbank * yield["同业"]) // 1000
    local deposits = math.min(standard * WAN // 1000 * factor,
                              level * 97 // 100 * 10000 // per_million * 100)
    local count = math.min(12, random:range(4, 7) + tier // 2)
    for _, part in ipairs { { "对公一般", corp }, { "储蓄", savings }, { "同业", interbank } } do
        local amount = deposits // 1000 * part[2]
        if amount > 0 then
            local accounts = math.max(1, (count * part[2] + 500) // 1000)
            open_accounts(plan, manager, part[1], amount, accounts, random)
        end
    end
    if group == "corporate" and random:chance(450) then
        open_accounts(plan, manager, "保证金", deposits * random:range(10, 50) // 1000, 1, random)
    end

    local rest = math.max(level - deposits // 1000000 * per_million, level // 50)
    grant_loans(plan, manager, rest * mix.loan // 1000, group, tier, random)
    for quarter = 1, 4 do
        local function share(line)
            return rest * line // 1000 * plan.quarters[quarter] // 1000
                * random:bell(600, 1400) // 1000
        end
        if mix.bill > 0 then
            discount_bills(plan, manager, share(mix.bill), quarter, random)
            earn_fees(plan, manager, "表外", share(mix.off), quarter, random)
        end
        earn_fees(plan, manager, "其他", share(mix.other), quarter, random)
        sell(plan, manager, group, share(mix.product), quarter, random)
    end
    return plan
end

return business
