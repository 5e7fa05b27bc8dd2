-- A city tobacco company: six market areas, 22 customer managers, March 2009 and the months before.

local prng = require "prng"
local calendar = require "calendar"
local town = require "town"
local writer = require "writer"

local tobacco = {}

tobacco.files = {
    staff = "manager_id,name,area_id,birth_date,education,marketing_start,certificate,active_from,active_to",
    area = "area_id,name,class",
    area_fact = "area_id,from_date,to_date,customers,posts",
    brand = "brand,from_date,to_date",
    volume = "manager_id,period,brand,forecast,ordered,delivered,actual",
    review = "manager_id,date,item,result",
    decision = "decision_id,manager_id,date,kind,reason",
    history = "manager_id,period,grade,score",
}

local day, iso = calendar.day, calendar.iso

local cast = {
    [1] = "刘春生", [2] = "王𠮷", [3] = "陈喆", [4] = "罗小满", [5] = "马䶮", [6] = "李静",
    [7] = "谭安", [8] = "郭守田", [9] = "韩四十五", [10] = "高远", [11] = "诸葛明", [12] = "沈玥",
    [13] = "徐㛃", [14] = "何广才", [15] = "李静",
}
local COUNT, NOBODY = 22, 7

-- area, class, retailers, posts there are
local areas = {
    { "Q1", "城东市场部", "城网", 720, 5 }, { "Q2", "城西市场部", "城网", 836, 4 },
    { "Q3", "开发区市场部", "城网", 201, 2 }, { "Q4", "河阳市场部", "农网", 468, 4 },
    { "Q5", "青山市场部", "农网", 402, 4 }, { "Q6", "柳林市场部", "农网", 480, 3 },
}

local brands = { "云岭(软)", "云岭(硬)", "金叶(精品)", "金叶(硬)", "江城(软)", "江城(细支)", "松鹤(硬)", "百顺(硬)" }

-- The fourth was a key brand until the end of February 2009 (month 3 of the list below).
local function is_key(brand, month)
    return brand == 1 or brand == 3 or brand == 6 or brand == 4 and month < 4
end

-- start in marketing, education, certificate; the others are drawn
local careers = {
    [11] = { "2006-03-31", "大专", "高级营销员" }, -- three years to the day
    [12] = { "2006-04-01", "大专", "高级营销员" }, -- a day less
    [13] = { "2001-07-01", "高中", "高级营销员" },
    [14] = { "1999-03-15", "本科", "高级营销员" },
}
-- born, first day in the post
local ages = {
    [8] = { "1962-05-20", "2008-06-02" },  -- 46, allowed by the committee
    [9] = { "1963-03-03", "2009-03-02" },  -- 45 until the next day
    [10] = { "1962-03-02", "2009-03-02" }, -- 47 on the day
    [14] = { "1975-08-09", "1999-03-15" },
}

local reviews = { "语言表达", "应变能力", "计算机应用", "职业操守", "专业知识", "三熟悉六会", "财务与营销" }

local function area_of(index)
    local last = 0
    for _, area in ipairs(areas) do
        last = last + area[5]
        if index <= last then
            return area[1]
        end
    end
end

-- Returns the grade the person has had so far.
local function write_staff(out, person, random)
    local index, born = person.index, random:range(1966, 1982)
    local function some_day(year)
        return ("%d-%02d-%02d"):format(year, random:range(1, 12), random:range(1, 28))
    end
    local career = careers[index] or {
        some_day(math.min(2008, math.max(1998, born + random:range(22, 30)))),
        random:pick { "高中", "中专", "大专", "大专", "本科" },
        random:pick { "", "初级营销员", "初级营销员", "中级营销员", "中级营销员", "高级营销员" },
    }
    local age = ages[index] or { some_day(born), career[1] }
    out.staff:row(person.id, person.name, area_of(index), age[1], career[2], career[1], career[3], age[2],
                  index == COUNT and "2009-03-16" or "")
    for n, item in ipairs(reviews) do
        local bad = index == 14 and n == 4 or index > 15 and random:chance(60)
        if index ~= NOBODY then
            out.review:row(person.id, "2008-12-18", item, bad and "否" or "是")
        end
    end
    if career[3] == "高级营销员" and index ~= 11 and index ~= 12 then
        return (career[2] == "大专" or career[2] == "本科") and "高级" or "中级"
    end
    return ({ ["初级营销员"] = "初级", [""] = "见习" })[career[3]] or "中级"
end

local months = { "2008-02", "2008-03", "2009-02", "2009-03" }

-- Per brand: forecast, ordered, delivered, sold, in 条.
local function write_volume(out, person, random)
    local index, size, totals = person.index, random:range(1400, 3600), {}
    for n, month in ipairs(months) do
        local total = { forecast = 0, ordered = 0, delivered = 0, actual = 0, key = 0 }
        local grown = n > 2 and random:range(960, 1130) or 1000
        if index == 5 and n > 2 then -- twice as much as a year before
            grown = 2000
        end
        for b, brand in ipairs(brands) do
            local actual = size * (14 - b) // 60 * random:range(850, 1150) // 1000 * grown // 1000
            local forecast = actual * random:range(900, 1110) // 1000
            local ordered = actual * random:range(1000, 1060) // 1000
            local delivered = math.min(ordered, actual + random:below(20))
            if index == 1 and n == 4 then -- plain numbers
                actual, forecast, ordered, delivered = 500, 520, 500, 490
            elseif index == 2 and n == 4 then -- forecast three times the sale
                forecast = actual * 3
            elseif index == 3 and n == 4 then -- nothing sold: the shops were closed
                actual, ordered, delivered = 0, 40, 0
            end
            if not (index == 4 and n <= 2) then -- the round did not exist a year before
                out.volume:row(person.id, month, brand, tostring(forecast), tostring(ordered),
                               tostring(delivered), tostring(actual))
                total.forecast, total.ordered = total.forecast + forecast, total.ordered + ordered
                total.delivered, total.actual = total.delivered + delivered, total.actual + actual
                total.key = total.key + (is_key(b, n) and actual or 0)
            end
        end
        totals[n] = total
    end
    return totals
end

local ONE = 10000000000

-- The score of February 2009 in hundredths, as the scheme has it: 25 each, at most 120 %.
local function score(now, before)
    local function rate(top, bottom, target) -- of a target in percent, in units of 1/ONE
        return math.max(0, math.min(ONE // 5 * 6, top * 100 * ONE // (bottom * target)))
    end
    local off = math.abs(now.actual - now.forecast)
    local rates = {
        rate(math.max(0, now.actual - off), now.actual, 95), rate(now.delivered, now.ordered, 98),
        rate(now.key, now.actual, 45),
    }
    if before.actual > 0 then
        table.insert(rates, rate(now.actual - before.actual, before.actual, 5))
    end
    local sum = 0
    for _, value in ipairs(rates) do
        sum = sum + value
    end
    return writer.hundredths(sum * 100 // #rates, ONE)
end

function tobacco.write(out)
    for n, area in ipairs(areas) do
        out.area:row(area[1], area[2], area[3])
        out.area_fact:row(area[1], "2008-01-01", "2009-01-01", tostring(area[4] - 12 * n), tostring(area[5]))
        out.area_fact:row(area[1], "2009-01-01", "", tostring(area[4]), tostring(area[5]))
    end
    for n, brand in ipairs(brands) do
        if is_key(n, 1) then
            out.brand:row(brand, "2008-01-01", n == 4 and "2009-03-01" or "")
        end
    end
    out.decision:row("YC2008-06", "T008", "2008-05-28", "年龄豁免", "县城片区急需，经市公司批准放宽年龄")
    out.decision:row("YC2008-11", "T016", "2008-11-06", "表彰", "品牌培育先进个人")
    for _, person in ipairs(town.people("roster T", COUNT, cast, "T")) do
        local random = prng.stream("tobacco", person.index)
        local grade = write_staff(out, person, random)
        if person.index ~= NOBODY then
            local totals = write_volume(out, person, random)
            local known = person.index ~= 9 and person.index ~= 10 -- in the post since March
            for _, month in ipairs(not known and {} or { "2008-09", "2008-10", "2008-11", "2008-12", "2009-01" }) do
                out.history:row(person.id, month, grade, writer.fixed(random:range(7200, 10499), 2))
            end
            if known then
                out.history:row(person.id, "2009-02", grade, writer.fixed(score(totals[3], totals[1]), 2))
            end
        end
    end
end

return tobacco
