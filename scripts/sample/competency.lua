-- A branch that looks at what its people know and can: four units, 24 people, the end of 2009.

local prng = require "prng"
local calendar = require "calendar"
local town = require "town"
local writer = require "writer"

local competency = {}

competency.files = {
    staff = "manager_id,name,unit_id,post,post_since,active_from,active_to",
    unit = "unit_id,name",
    unit_fact = "unit_id,from_date,to_date,cm_count,product_managers",
    task = "manager_id,period,item,actual,target",
    goal = "manager_id,period,item,score",
    rating = "manager_id,date,kind,element,rater,level",
    training = "manager_id,date,course,form,hours",
    pay = "manager_id,period,kind,amount",
    deferral = "manager_id,date,year,amount",
    risk_event = "manager_id,date,reason",
    history = "manager_id,period,score",
}

local day, iso, money, fixed = calendar.day, calendar.iso, writer.money, writer.fixed

local cast = {
    [1] = "方知行", [2] = "王𠮷", [3] = "李静", [4] = "曾八成", [5] = "邓欠一", [6] = "马䶮", [7] = "何安",
    [8] = "陶四十", [9] = "陆半分", [10] = "尉迟迟发", [11] = "袁没收", [12] = "李静", [13] = "叶见习",
    [14] = "苏新苗", [15] = "沈玥", [16] = "卢缺管",
}
local COUNT, NOBODY = 24, 7
local units = {
    { "N1", "营业部", "7", "2" }, { "N2", "城南支行", "6", "2" }, { "N3", "城北支行", "5", "2" },
    { "N4", "高新支行", "6", "3" },
}
local posts = { [1] = "客户经理", [4] = "客户经理", [5] = "客户经理", [6] = "客户经理", [13] = "产品经理",
                [14] = "产品经理", [15] = "产品经理" }
local since = { [13] = "2008-11-03", [14] = "2009-03-02", [15] = "2007-06-01" }

local elements = {
    { "K", "产品知识" }, { "K", "制度规定" }, { "K", "财务基础" }, { "K", "宏观政策" },
    { "S", "客户开发" }, { "S", "产品推介" }, { "S", "关系维护" }, { "S", "方案设计与演示" }, { "S", "信贷报告撰写" },
    { "A", "敬业" }, { "A", "学习" }, { "A", "团队协作" }, { "A", "客户导向" }, { "A", "人际沟通" },
    { "A", "抗压" }, { "A", "市场敏感" },
}
local required = { ["助理"] = 1, ["产品经理"] = 1, ["客户经理"] = 2, ["高级"] = 3 }

-- How many elements are met; the others are short by one level of one rater (half a level).
local met_of = { [1] = 16, [4] = 12, [5] = 12, [6] = 14 }

-- Ratings of one date; returns how many elements are met and how many there are.
local function write_ratings(out, person, date, random)
    local need, all = required[person.post], person.index == 4 and 15 or #elements
    local met = met_of[person.index] or random:range(9, all)
    for n = 1, all do
        local ok = n <= met
        for _, rater in ipairs { "上级", "自评" } do
            local level = need
            if ok and random:chance(250) then
                level = math.min(3, need + 1)
            elseif not ok and rater == "上级" then
                level = need - 1
            end
            out.rating:row(person.id, date, elements[n][1], elements[n][2], rater, tostring(level))
        end
    end
    return met, all
end

local tasks = { "日均存款增量", "贷款投放", "中间业务收入", "新增有效客户" }
local weights = { 30, 30, 20, 20 }
local ONE = 1000000000

-- Returns the task score in units of 1/ONE points.
local function write_tasks(out, person, period, random)
    local score = 0
    for n, item in ipairs(tasks) do
        local target = n == 4 and random:range(10, 40) or random:range(20, 300) * 10
        local permille = person.index == 1 and (100 + 10 * (n - 2)) * 10 or random:range(720, 1180)
        target = person.index == 1 and n == 4 and 20 or target
        local actual = person.index == 1 and target * permille or target * permille // 10 * 10
        actual = n == 4 and actual // 1000 * 1000 or actual -- whole customers
        out.task:row(person.id, period, item, fixed(actual, 3), tostring(target))
        score = score + weights[n] * (actual * (ONE // 1000) // target)
    end
    return score
end

local goals = { "计划执行", "协作与带教", "制度遵守" }

local function write_goals(out, person, period, random)
    local sum = 0
    for n, item in ipairs(goals) do
        local score = person.index == 1 and 8800 + 200 * n or random:range(7000, 10000)
        out.goal:row(person.id, period, item, fixed(score, 2))
        sum = sum + score * ({ 40, 30, 30 })[n]
    end
    return sum * (ONE // 10000)
end

local courses = { "授信新规", "中小企业产品", "贷后管理", "营销礼仪", "财务报表分析", "反洗钱", "理财风险揭示" }

local function write_training(out, person, random)
    local function row(on, form, halves)
        out.training:row(person.id, on, random:pick(courses), form, fixed(halves * 5, 1))
    end
    if person.index == 8 then -- 10 hours of teaching count twice
        row("2009-03-14", "讲授", 20)
        row("2009-06-20", "课堂", 24)
        row("2009-10-17", "网络", 16)
        return
    elseif person.index == 9 then
        row("2009-03-14", "讲授", 20)
        row("2009-06-20", "课堂", 24)
        row("2009-10-17", "网络", 15)
        return
    end
    for month = 2, 12, 2 do
        row(iso(calendar.workday(calendar.number(2009, month, random:range(2, 24)))),
            random:pick { "课堂", "课堂", "网络", "网络", "讲授" }, random:range(9, 20))
    end
end

local function write_pay(out, person, random)
    local level = ({ ["助理"] = 1, ["产品经理"] = 1, ["客户经理"] = 2, ["高级"] = 3 })[person.post]
    for _, period in ipairs { "2009Q3", "2009Q4" } do
        local performance = random:range(500, 1400) * level * 1000 + random:below(100)
        performance = person.index == 1 and 1000001 or performance -- 10,000.01
        out.pay:row(person.id, period, "基本", money(600000 + 120000 * level))
        out.pay:row(person.id, period, "津贴", money(60000 * level))
        out.pay:row(person.id, period, "绩效", money(performance))
    end
    if level > 1 then
        for year = 2006, 2008 do
            local amount = random:range(400, 1500) * 1000
            amount = person.index == 10 and 10000 or amount -- 100.00 in three parts
            out.deferral:row(person.id, year .. "-12-31", tostring(year), money(amount))
        end
    end
end

function competency.write(out)
    for _, unit in ipairs(units) do
        out.unit:row(unit[1], unit[2])
        out.unit_fact:row(unit[1], "2009-01-01", "", unit[3], unit[4])
    end
    out.risk_event:row("C011", "2009-05-18", "对不实贸易背景票据失察，经责任认定")
    for _, person in ipairs(town.people("roster C", COUNT, cast, "C")) do
        local random, index = prng.stream("competency", person.index), person.index
        person.post = posts[index] or index > 21 and "助理" or index > 17 and "高级" or "客户经理"
        local from = index == NOBODY and "2009-12-14" or index > 21 and "2008-07-01" or "2003-07-01"
        out.staff:row(person.id, person.name, units[1 + (index - 1) % #units][1], person.post,
                      since[index] or from, since[index] or from, index == COUNT and "2009-11-01" or "")
        if index ~= NOBODY then
            local met, all = write_ratings(out, person, "2008-12-15", random)
            local task = write_tasks(out, person, "2009Q3", random)
            local goal = write_goals(out, person, "2009Q3", random)
            for _, period in ipairs { "2008Q4", "2009Q1", "2009Q2" } do
                out.history:row(person.id, period, fixed(random:range(7600, 10300), 2))
            end
            local score = 60 * task + 20 * (met * 100 * ONE // all) + 20 * goal
            out.history:row(person.id, "2009Q3", fixed(writer.hundredths(score, 100 * ONE), 2))
            write_ratings(out, person, "2009-11-20", random)
            write_tasks(out, person, "2009Q4", random)
            write_goals(out, person, "2009Q4", random)
            write_training(out, person, random)
            write_pay(out, person, random)
        end
    end
end

return competency
