-- End-of-day balances of one account through 2009, and what is left of one loan.
--
-- An account returns to its level all the time: salaries leave a firm and reach its people, money
-- comes in for the last days of a month and more of it for the last days of a quarter.

local prng = require "prng"
local calendar = require "calendar"

local balances = {}

-- Changes that cancel out inside the first quarter: the average is the level to the fen.
-- On the Mondays of five pairs of weeks (first in excess, then as much short).
local pairs_of_weeks = { "2009-01-05", "2009-02-02", "2009-02-16", "2009-03-02", "2009-03-16" }

local function balanced(days, account, random)
    for _, monday in ipairs(pairs_of_weeks) do
        local from = calendar.day(monday) + random:below(2)
        local length = random:range(1, 3)
        local excess = account.level // 1000 * random:range(20, 160) + random:below(100)
        for _, change in ipairs { { from, excess }, { from + 7, -excess } } do
            days[change[1]] = account.level + change[2]
            days[change[1] + length] = account.level
        end
    end
    local short = account.exact
    if short > 0 then -- so many fen less on one single day
        days[calendar.day("2009-03-30")] = account.level - short
        days[calendar.day("2009-03-31")] = account.level
    end
end

-- From the first day the account lives by itself, in month `first`.
local function ordinary(days, account, random, first)
    local payday, class = random:range(5, 24), account.class
    local function set(day, permille)
        local level = account.level // 1000 * account.quarters[calendar.quarter_of(day)]
        local balance = level // 1000 * permille + random:below(100000)
        if random:below(1000) < 4 then -- drawn down to nothing for a few days
            balance = 0
        end
        days[calendar.workday(day)] = balance
    end
    for month = first, 12 do
        local start, last = calendar.month_end(month - 1) + 1, calendar.month_end(month)
        local final = calendar.workday(last - random:below(2), -1)
        local quarter = month % 3 == 0
        if class == "对公一般" then
            set(start + random:range(1, 4), 1000 + random:bell(-90, 90))
            set(start + payday, 1000 - random:range(30, 150))
            if random:chance(500) then
                set(math.min(start + payday + 5, last - 4), 1000 + random:bell(-120, 120))
            end
            set(final, 1000 + (quarter and random:range(90, 320) or random:range(20, 140)))
        elseif class == "储蓄" then
            set(start + payday, 1000 + random:range(10, 70))
            set(math.min(start + payday + random:range(4, 9), last - 3), 1000 - random:range(5, 60))
            if quarter then
                set(final, 1000 + random:range(30, 110))
                set(math.min(last + random:range(2, 5), calendar.year_end), 1000)
            end
        elseif class == "同业" then
            set(start + random:range(0, 9), 1000 + random:bell(-260, 260))
            set(start + random:range(12, 26), 1000 + random:bell(-260, 260))
        elseif random:chance(600) then
            set(start + random:range(2, 25), 1000 + random:bell(-300, 300))
        end
    end
end

-- Calls emit(day, balance) for the first day and every day with a change.
function balances.account(account, number, emit)
    local random = prng.stream("balance", number)
    local days = {}
    local first = math.max(account.opened, calendar.carry)
    days[first] = account.level // 1000 * account.quarters[1] + random:below(100000)
    if account.exact then -- by hand up to March
        days[first] = account.level
        balanced(days, account, random)
    end
    ordinary(days, account, random, account.exact and 4 or 1)
    local balance = days[first]
    emit(first, balance)
    local last = math.min(account.closed or calendar.year_end, calendar.year_end)
    for day = first + 1, last do
        local now = day == account.closed and 0 or days[day]
        if now and now ~= balance then
            balance = now
            emit(day, balance)
        end
    end
end

-- The same for a loan: one sum at the end, or equal instalments on the 20th of every month.
function balances.loan(loan, emit)
    local start_year, start_month = calendar.civil(loan.start)
    local function left(day)
        local year, month, date = calendar.civil(day)
        local paid = (year - start_year) * 12 + month - start_month - (date < 20 and 1 or 0)
        return loan.amount - (loan.monthly and loan.amount // loan.months * math.max(0, paid) or 0)
    end
    local first = math.max(loan.start, calendar.carry)
    emit(first, left(first))
    for month = loan.monthly and 1 or 13, 12 do
        local day = calendar.number(2009, month, 20)
        if day > first and day < loan.due and left(day) < left(day - 1) then
            emit(day, left(day))
        end
    end
    if loan.due <= calendar.year_end then
        emit(loan.due, 0)
    end
end

return balances
