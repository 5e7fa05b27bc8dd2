-- Day numbers (1970-01-01 is 0), ISO dates, quarters, and the working days of 2009.

local reference = require "reference"

local calendar = {}

-- Civil date to day number and back (the usual era arithmetic, integers only).
local function number(year, month, day)
    local y = month <= 2 and year - 1 or year
    local era = y // 400
    local of_era = y - era * 400
    local of_year = (153 * (month + (month > 2 and -3 or 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
end

local function civil(day)
    local z = day + 719468
    local era = z // 146097
    local doe = z - era * 146097
    local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    local mp = (5 * doy + 2) // 153
    local month = mp < 10 and mp + 3 or mp - 9
    return yoe + era * 400 + (month <= 2 and 1 or 0), month, doy - (153 * mp + 2) // 5 + 1
end

local written = {}

-- "2009-03-31" of a day number; "" of nil, which is how a CSV file says "open" or "none".
function calendar.iso(day)
    if not day then
        return ""
    end
    if not written[day] then
        written[day] = ("%04d-%02d-%02d"):format(civil(day))
    end
    return written[day]
end

function calendar.day(text)
    local y, m, d = text:match("^(%d+)-(%d+)-(%d+)$")
    return number(math.tointeger(y), math.tointeger(m), math.tointeger(d))
end

calendar.number, calendar.civil = number, civil

calendar.year_start = number(2009, 1, 1)
calendar.year_end = number(2009, 12, 31)
calendar.carry = number(2008, 12, 31) -- the balance brought into the year

-- Last day of month `month` of 2009; 0 is December 2008.
function calendar.month_end(month)
    return number(2009, month + 1, 1) - 1
end

-- First day of a quarter of 2009; 5 is the first day of 2010.
function calendar.quarter_start(quarter)
    return number(2009 + (quarter - 1) // 4, (quarter - 1) % 4 * 3 + 1, 1)
end

function calendar.quarter_of(day)
    local _, month = civil(day)
    return (month + 2) // 3
end

function calendar.add_months(day, months)
    local y, m, d = civil(day)
    local index = y * 12 + m - 1 + months
    local last = number((index + 1) // 12, (index + 1) % 12 + 1, 1) - 1
    return math.min(number(index // 12, index % 12 + 1, 1) + d - 1, last)
end

local special = {}
for _, entry in ipairs(reference.holidays) do
    special[calendar.day(entry[1])] = entry[2]
end

function calendar.is_workday(day)
    if special[day] then
        return special[day] == "makeup"
    end
    return (day + 3) % 7 < 5 -- 1970-01-01 was a Thursday
end

-- `day` or the next working day; with step -1 the one before.
function calendar.workday(day, step)
    while not calendar.is_workday(day) do
        day = day + (step or 1)
    end
    return day
end

return calendar
