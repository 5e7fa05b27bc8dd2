-- The people with a story: plans, decisions, leaves and transfers that carry one rule each.
--
-- README.md lists them. First-quarter figures are hand-made where a rule compares with a number;
-- in that quarter a million at 1.70 percent earns 4,250 yuan (90 / 360 days), savings 3,025.

local business = require "business"
local people = require "people"
local calendar = require "calendar"
local prng = require "prng"

local special = {}

local day = calendar.day
local YUAN = 100

-- A year that is ordinary from April; accounts and loans are left to the caller.
local function blank(manager, tier, level)
    local plan = business.plan(manager, { tier = tier, level = level })
    local empty = business.empty(manager)
    for _, key in ipairs { "accounts", "loans", "customers", "persons", "firms" } do
        plan[key] = empty[key]
    end
    local april = calendar.quarter_start(2)
    for _, key in ipairs { "bills", "fees", "sales" } do
        for _, row in ipairs(plan[key]) do
            if (row.date or row.bought) >= april then
                table.insert(empty[key], row)
            end
        end
        plan[key] = empty[key]
    end
    return plan
end

-- An account whose first-quarter average is exactly so many yuan, less `short` fen on one day.
local function exact(plan, manager, class, yuan, short)
    return business.account(plan, manager, class, yuan * YUAN, { exact = short or 0 })
end

-- A corporate loan of one amount all the year.
local function loan(plan, manager, yuan, rate, extra)
    return business.loan(plan, manager, "对公", yuan * YUAN, rate, day("2008-06-18"), 36, extra)
end

local function fee(plan, date, yuan, line, code)
    table.insert(plan.fees, { date = day(date), amount = yuan * YUAN, currency = "CNY",
                              line = line, code = code })
end

local function sale(plan, date, product, kind, yuan, quantity)
    table.insert(plan.sales, { product = product, kind = kind, date = day(date),
                               amount = yuan * YUAN, quantity = quantity })
end

local plans = {}

-- The scorecard of the design and example C09-1: 391,633.33 yuan.
plans[127] = function(manager)
    local plan = blank(manager, 6, 39163333)
    for _, yuan in ipairs { 22000000, 12500000, 5500000 } do
        exact(plan, manager, "对公一般", yuan)
    end
    exact(plan, manager, "储蓄", 7000000)
    exact(plan, manager, "储蓄", 5000000)
    exact(plan, manager, "同业", 20000000)
    loan(plan, manager, 15000000, 54000)
    loan(plan, manager, 10000000, 54000)
    local start = day("2008-04-11")
    business.loan(plan, manager, "对公", 2600000 * YUAN, 54000, start, 24, {
        id = "L-20080411-07", states = { { day("2009-03-31"), 0, 0 } },
        classes = { { "正常", start, day("2009-02-11") }, { "关注", day("2009-02-11") } },
    })
    business.loan(plan, manager, "个人", 800000 * YUAN, 63720, day("2007-09-20"), 36,
                  { id = "L-20070920-02", states = { { day("2009-03-31"), 12, 0 } } })
    table.insert(plan.bills, { face = 10000000 * YUAN, discount = 330, funding = 290,
                               bought = day("2009-01-15"), due = day("2009-05-15") })
    fee(plan, "2009-01-19", 18000, "表外", "承兑")
    fee(plan, "2009-03-12", 12000, "表外", "保函")
    fee(plan, "2009-02-25", 5500, "其他", "结算")
    sale(plan, "2009-02-10", "P001", "基金", 2000000, 9)
    sale(plan, "2009-03-05", "P021", "保险", 300000, 6)
    plan.history = { 19840000, 21300000, 24830000, 26090000, 29900000, 28410000, 33190000,
                     36860000 }
    return plan
end

-- 50,000,000.00 on average and 380,000.00 of profit: on both thresholds of 11级1档.
plans[135] = function(manager)
    local plan = blank(manager, 6, 38000000)
    exact(plan, manager, "对公一般", 32000000)
    exact(plan, manager, "对公一般", 18000000)
    loan(plan, manager, 26800000, 61000)
    return plan
end

-- One fen short of the deposit standard of 11级.
plans[137] = function(manager)
    local plan = blank(manager, 6, 40000000)
    exact(plan, manager, "对公一般", 32000000, 90)
    exact(plan, manager, "对公一般", 18000000)
    loan(plan, manager, 30000000, 61000)
    return plan
end

-- 379,999.99996 of profit: shown as 380,000.00, but below 11级1档.
plans[138] = function(manager)
    local plan = blank(manager, 6, 38000000)
    exact(plan, manager, "对公一般", 41000000, 90)
    exact(plan, manager, "对公一般", 9000000)
    loan(plan, manager, 26800000, 61000)
    return plan
end

-- Profit of 11级4档 and a deduction of 15 % leave 425,000.00: 11级2档.
plans[98] = function(manager)
    local plan = blank(manager, 6, 50000000)
    exact(plan, manager, "对公一般", 60000000)
    exact(plan, manager, "储蓄", 20000000)
    loan(plan, manager, 29520000, 61000)
    return plan
end

-- 395,000 without products, 540,000 with: 11级4档 is cut to two steps above 11级1档.
plans[77] = function(manager)
    local plan = blank(manager, 6, 52000000)
    exact(plan, manager, "对公一般", 52000000)
    exact(plan, manager, "储蓄", 4000000)
    loan(plan, manager, 20000000, 61000)
    fee(plan, "2009-02-18", 36900, "其他", "财务顾问")
    sale(plan, "2009-01-20", "P001", "基金", 20000000, 31)
    sale(plan, "2009-03-10", "P021", "保险", 2250000, 14)
    return plan
end

-- 290,000 of profit is 12级2档, but 38 million of deposits are not 40.
plans[164] = function(manager)
    local plan = blank(manager, 5, 29000000)
    exact(plan, manager, "对公一般", 25000000)
    exact(plan, manager, "储蓄", 13000000)
    loan(plan, manager, 20000000, 61000)
    fee(plan, "2009-01-14", 12000, "表外", "承兑")
    fee(plan, "2009-03-18", 7425, "其他", "结算")
    return plan
end

-- Studio members, profit of 12级1档: one misses the halved standard of 20 million, one is on it.
local function studio(yuan)
    return function(manager)
        local plan = blank(manager, 5, 26000000)
        exact(plan, manager, "储蓄", yuan)
        for part = 1, 8 do
            business.loan(plan, manager, "个人", 4000000 * YUAN, 61000,
                          day("2008-02-18") + part * 7, 36)
        end
        return plan
    end
end
plans[210] = studio(19500000)
plans[211] = studio(20000000)

-- A subsidised loan below the pool price eats the deposits' profit: a loss of 28,500.
plans[255] = function(manager)
    local plan = blank(manager, 1, 500000)
    exact(plan, manager, "对公一般", 6000000)
    loan(plan, manager, 60000000, 32400)
    return plan
end

-- Hired on 2009-02-16: nothing yet in the first quarter, the grade of hiring in the second.
plans[312] = function(manager)
    local plan = blank(manager, 2, 13500000)
    local opened = { opened = day("2009-03-02"), quarters = { 1000, 1000, 1010, 1030 } }
    business.account(plan, manager, "对公一般", 22000000 * YUAN, opened)
    business.account(plan, manager, "储蓄", 15000000 * YUAN, opened)
    fee(plan, "2009-05-20", 16000, "其他", "财务顾问")
    return plan
end

plans[188] = business.empty -- no account, no loan, no sale

local function of_tier(tier, level)
    return function(manager)
        return business.plan(manager, { tier = tier, level = level })
    end
end
plans[12], plans[52], plans[205] = of_tier(6, 47000000), of_tier(5), of_tier(7)
plans[1], plans[185], plans[222] = of_tier(8), of_tier(1), of_tier(4)

-- Above 5级4档, which head office decides.
plans[23] = function(manager)
    local plan = business.plan(manager, { tier = 13, level = 700000000 })
    exact(plan, manager, "对公一般", 70000000)
    loan(plan, manager, 220000000, 54000)
    return plan
end

-- An account that belongs to someone else from 2009-02-17.
plans[61] = function(manager, list)
    local plan = business.plan(manager, { tier = 5 })
    local account = exact(plan, manager, "对公一般", 30000000)
    account.owners[1].to = day("2009-02-17")
    table.insert(account.owners, { who = list[66], share = 100, from = day("2009-02-17") })
    return plan
end
plans[66] = of_tier(5)

-- An account of two managers, half and half, from July 60 : 40.
plans[109] = function(manager, list)
    local plan = business.plan(manager, { tier = 5 })
    local account = exact(plan, manager, "对公一般", 24000000)
    local opened, july = account.opened, day("2009-07-01")
    account.owners = {
        { who = manager, share = 50, from = opened, to = july },
        { who = list[117], share = 50, from = opened, to = july },
        { who = manager, share = 60, from = july },
        { who = list[117], share = 40, from = july },
    }
    return plan
end
plans[117] = of_tier(5)

-- Hands every account to a colleague for a time; business of his own stops.
local function absent(plan, manager, from, to)
    local colleague = people.colleague(manager, prng.stream("stand-in", manager.index))
    for _, account in ipairs(plan.accounts) do
        account.opened = math.min(account.opened, day("2008-12-15"))
        account.owners = {
            { who = manager, share = 100, from = account.opened, to = from },
            { who = colleague, share = 100, from = from, to = to },
        }
        if to then
            table.insert(account.owners, { who = manager, share = 100, from = to })
        end
    end
    for _, key in ipairs { "bills", "fees", "sales" } do
        local kept = {}
        for _, row in ipairs(plan[key]) do
            local date = row.date or row.bought
            if date < from or to and date >= to then
                table.insert(kept, row)
            end
        end
        plan[key] = kept
    end
end

-- On maternity leave in two quarters, 59 and 31 days of it; only the first is protected.
plans[156] = function(manager)
    local plan = business.plan(manager, { tier = 6 })
    absent(plan, manager, day("2009-02-01"), day("2009-05-02"))
    plan.history = { 35200000, 37400000, 39800000, 40600000, 42100000, 41900000, 44500000,
                     43800000 }
    return plan
end

-- Resigned in August: the accounts go to a colleague, the loans have been paid back.
plans[87] = function(manager)
    local plan = business.plan(manager, { tier = 3 })
    absent(plan, manager, manager.active_to)
    local kept = {}
    for _, item in ipairs(plan.loans) do
        item.due = math.min(item.due, day("2009-08-10"))
        if item.start < calendar.year_start then
            table.insert(kept, item)
        end
    end
    plan.loans = kept
    return plan
end

-- Signed customers by tier: 15/30 + 40/100 + 20/200 is exactly 1, with 21 it is more (rulebook C32).
special.signed = {
    [145] = { ["钻石"] = 15, ["白金"] = 40, ["金卡"] = 20 },
    [146] = { ["钻石"] = 15, ["白金"] = 40, ["金卡"] = 21 },
}

-- Retail figures of the first quarter, in yuan: opening, year's target, actual on 2009-03-31 of
-- assets and savings; year's target and sales of the quarter of wealth products and funds.
special.retail = {
    [140] = { assets = { 42000000, 54000000, 30000000 }, savings = { 25000000, 33000000, 18000000 },
              wealth = { 30000000, 2500000 }, fund = { 18000000, 1500000 } },
    [141] = { assets = { 36000000, 52000000, 22000000 }, savings = { 22000000, 30000000, 12000000 },
              wealth = { 24000000, 2400000 }, fund = { 10000000, 1500000 } },
    [143] = { assets = { 47000000, 59000000, 60000000 }, savings = { 31000000, 35000000, 40000000 },
              wealth = { 20000000, 8000000 }, fund = { 8000000, 2800000 } },
    [144] = { assets = { 39000000, 43000000, 36000000 }, savings = { 29000000, 33000000, 27000000 },
              wealth = { 24000000, 5400000 }, fund = { 0, 250000 } },
    [145] = { assets = { 38000000, 46000000, 39000000 }, savings = { 23000000, 31000000, 25500000 },
              wealth = { 0, 0 }, fund = { 8000000, 1900000 } },
    [146] = { assets = { 48000000, 56000000, 51000000 }, savings = { 27000000, 35000000, 28000000 },
              wealth = { 24000000, 5600000 }, fund = { nil, 200000 } },
    [147] = { assets = { 47000000, 59000000, 30000000 }, savings = { 28000000, 36000000, 18000000 },
              wealth = { 40000000, 5996000 }, fund = { 20000000, 3000000 } },
}

-- Sales of wealth products and funds in the first quarter become exactly these.
local function retail(plan, index)
    local wish, kept = special.retail[index], {}
    for _, row in ipairs(plan.sales) do
        local counted = row.kind == "理财" or row.kind == "基金"
        local first = row.date < calendar.quarter_start(2)
        if not (counted and first or row.kind == "理财" and wish.wealth[1] == 0) then
            table.insert(kept, row)
        end
    end
    plan.sales = kept
    if wish.wealth[2] > 0 then
        sale(plan, "2009-02-12", "P012", "理财", wish.wealth[2], 5)
    end
    sale(plan, "2009-03-06", "P002", "基金", wish.fund[2], 3)
end

-- The plan of any manager: special where there is a story, ordinary otherwise.
function special.plan(manager, list)
    local plan = (plans[manager.index] or business.plan)(manager, plans[manager.index] and list)
    if special.retail[manager.index] then
        retail(plan, manager.index)
    end
    return plan
end

-- id, manager, period, kind, rate in 1/100, grade, reason
special.decisions = {
    { "JD2009-01", 12, "2009Q1", "裁定", nil, "10级2档", "引进省级财政专户，按特殊贡献裁定" },
    { "JD2009-02", 98, "2009Q1", "扣减", 15, nil, "向客户不当承诺收益，引起投诉" },
    { "JD2009-03", 255, "2009Q1", "扣减", 10, nil, "贷后检查记录缺失" },
    { "JD2009-04", 52, "2009Q2", "降级", nil, nil, "违规代客户保管印鉴" },
    { "JD2009-05", 205, "2009Q3", "扣减", 20, nil, "擅自承诺存款利率" },
    { "JD2009-06", 205, "2009Q3", "扣减", 15, nil, "不服从团队分工，经教育未改" },
    { "JD2009-08", 255, "2009Q1", "态度不合格", nil, nil, "贷后检查长期缺失，两次谈话未改" },
    { "JD2009-07", 150, "2009Q4", "扣减", 10, nil, "代理保险风险提示不到位，引起投诉" },
}

-- manager, kind, from, to (the first day back)
special.leaves = {
    { 30, "病假", "2009-04-13", "2009-05-25" },
    { 75, "年假", "2009-09-07", "2009-09-19" },
    { 156, "产假", "2009-02-01", "2009-05-02" },
    { 260, "工伤", "2009-06-08", "2009-08-24" },
}

-- manager, date, sequence before, rank and grade before (15级1档 is rank 0)
special.transfers = {
    { 185, "2009-01-12", "运营管理序列", 9, "13级2档" },
    { 40, "2009-10-12", "零售管理序列", 15, "12级4档" },
    { 222, "2009-04-07", "风险管理序列", 4, "14级1档" },
}

special.leaver = { index = 87, day = day("2009-08-15") }

return special
