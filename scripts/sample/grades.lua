-- Pack grade-ladder: 24 customer managers of four branches, their years 2007 to 2010.

local prng = require "prng"
local town = require "town"
local writer = require "writer"
local calendar = require "calendar"

local grades = {}
local fixed, iso, day = writer.fixed, calendar.iso, calendar.day

grades.files = {
    branch = "branch_id,name,central,employees,cm_count,junior_posts,mid_posts,senior_posts,"
        .. "mid_used,senior_used",
    staff = "manager_id,name,branch_id,post,education,entered,left_on,start_grade,transfer_date,"
        .. "mentor",
    result = "manager_id,period,score,profit_wan",
    satisfaction = "manager_id,date,score",
    exam = "manager_id,exam,passed_on",
    exam_mark = "manager_id,subject,score,sat_on",
    decision = "decision_id,manager_id,period,kind,reason",
    customer = "customer_id,name,manager_id,class,from_date",
    history = "manager_id,period,score,rating,grade",
}

local ladder = { "见习", "初级一档", "初级二档", "中级一档", "中级二档", "高级一档", "高级二档" }
local subjects = { "信贷", "国际", "房贷", "零售", "银行卡", "代理", "会计", "计算机", "法律" }

-- The year 2010 of those checked by hand: grade held, ratings of the years before, four scores,
-- four profits in 万元, satisfaction, education, day of entry, exams passed.
local special = {
    [2] = { name = "徐龑", grade = 3, past = { "良", "优" }, score = { 92, 91, 90, 95 },
            profit = { "25.00", "24.99", "35.50", "100.00" }, mark = { 88, 90 }, education = "本科",
            entered = "2006-07-10", exams = { "entry", "intermediate" } },
    [3] = { name = "诸葛云帆", grade = 3, past = { "优" }, score = { 95, 96, 94, 95 },
            profit = { "30.00", "30.00", "30.00", "30.00" }, mark = { 92, 90 }, education = "本科",
            entered = "2005-07-11", exams = { "entry" } }, -- no intermediate exam
    [4] = { name = "李静", grade = 4, past = { "差", "差" }, score = { 55, 58, 52, 57 },
            profit = { "20.00", "18.00", "15.00", "10.00" }, mark = { 80, 82 }, education = "大专",
            entered = "2004-03-01", exams = { "entry", "intermediate" } },
    [5] = { name = "欧阳𬭸", grade = 7, past = { "优", "优" }, score = { 97, 96, 98, 95 },
            profit = { "120.00", "130.00", "110.00", "140.00" }, mark = { 95, 94 },
            education = "硕士",
            entered = "1999-07-12", exams = { "entry", "intermediate", "senior" } },
    [6] = { name = "王𠮷", grade = 4, past = {}, score = { 93, 94, 95, 92 }, -- moved up in 2009
            profit = { "45.00", "42.00", "40.00", "50.00" }, mark = { 90, 88 }, education = "本科",
            entered = "2005-07-11", exams = { "entry", "intermediate" } },
    [7] = { name = "沈玥", grade = 1, past = {}, score = { 70, 72, 75, 74 }, transfer = "2009-05-18",
            profit = { "8.00", "9.00", "7.50", "7.49" }, mark = { 84, 86 }, education = "本科",
            entered = "2009-05-18", exams = {}, marks = { 78, 66, 60, 81, 75, 90, 62, 88, 71 },
            sat_on = "2010-12-31" },
    [8] = { name = "马䶮", grade = 1, past = {}, score = { 81, 83, 80, 84 }, transfer = "2009-09-01",
            profit = { "10.00", "11.00", "9.00", "12.00" }, mark = { 85, 85 }, education = "本科",
            entered = "2009-09-01", exams = {}, marks = { 78, 59, 80, 81, 75, 90, 62, 88, 71 },
            sat_on = "2010-11-20" },
    [9] = { name = "陈建华", grade = 2, past = { "良" }, score = { 60, 61, 59, 62 },
            profit = { "16.00", "15.00", "14.00", "15.00" }, mark = { 79, 80 }, education = "大专",
            entered = "2003-07-01", exams = { "entry" }, decision = "不能胜任" },
    [10] = { name = "林堃", grade = 3, past = { "优" }, score = { 90, 90, 90, 90 }, -- on every line
             profit = { "25.00", "25.00", "25.00", "25.00" }, mark = { 85, 85 }, education = "大专",
             entered = "2007-12-31", exams = { "entry", "intermediate" } },
    [11] = { name = "安然" }, -- nothing at all
    [12] = { name = "李静", grade = 3, past = { "优" }, score = { 90, 90, 90, 90 }, -- a day too late
             profit = { "25.00", "25.00", "25.00", "25.00" }, mark = { 85, 85 }, education = "大专",
             entered = "2008-01-01", exams = { "entry", "intermediate" } },
}

-- what a quarter asks of each grade, in 万元
local standards = { 7, 15, 25, 40, 60, 100, 100 }

local function ordinary(index, random)
    local grade = random:weighted { 1, 4, 5, 5, 3, 2, 1 }
    local entered = calendar.workday(day("2001-01-01") + random:below(2400))
    local exams = { "entry" }
    if grade >= 3 then
        table.insert(exams, "intermediate")
    end
    if grade >= 5 then
        table.insert(exams, "senior")
    end
    local score, profit, past = {}, {}, {}
    for q = 1, 4 do
        score[q] = random:bell(58, 104)
        profit[q] = fixed(standards[grade] * random:range(70, 150), 2)
    end
    for n = 1, random:range(0, 3) do
        past[n] = random:pick { "优", "优", "良", "良", "差" }
    end
    return { grade = grade, past = past, score = score, profit = profit, exams = exams,
             mark = { random:range(78, 95), random:range(78, 95) }, entered = iso(entered),
             education = random:pick { "大专", "本科", "本科", "硕士" } }
end

local function history(out, m, plan, random)
    if plan.transfer or day(plan.entered) >= day("2010-01-01") then
        return
    end
    local start = plan.grade
    local years = { "2007", "2008", "2009" }
    for at, year in ipairs(years) do
        local back = #years - at -- years before the last
        local known = #plan.past - back
        local rating = known >= 1 and plan.past[known] or "优"
        local score = rating == "优" and random:range(9000, 9900)
            or rating == "良" and random:range(6200, 8900) or random:range(4500, 5900)
        -- up to the year of the last movement they stood one step lower
        local grade = known >= 0 and start or math.max(1, start - 1)
        if day(plan.entered) < day(year .. "-07-01") then
            out.history:row(m.id, year, fixed(score, 2), rating, ladder[grade])
        end
    end
end

local function one(out, m, plan, random)
    for q = 1, 4 do
        out.result:row(m.id, "2010Q" .. q, plan.score[q], plan.profit[q])
        local before = math.max(40, plan.score[q] - random:range(0, 6))
        out.result:row(m.id, "2009Q" .. q, before, plan.profit[q])
    end
    out.satisfaction:row(m.id, "2010-06-18", plan.mark[1])
    out.satisfaction:row(m.id, "2010-12-10", plan.mark[2])
    for n, exam in ipairs(plan.exams) do
        out.exam:row(m.id, exam, iso(math.min(day(plan.entered) + 300 * n, day("2010-10-15"))))
    end
    for n, mark in ipairs(plan.marks or {}) do
        out.exam_mark:row(m.id, subjects[n], mark, plan.sat_on)
    end
    if plan.decision then
        out.decision:row("RL2010-07", m.id, "2010", plan.decision, "两次调岗培训后仍不能履行岗位职责")
    end
    history(out, m, plan, random)
end

local classes = { "跨国集团", "大型集团", "本地核心", "一般" }
local firms = { "东海重工", "钱江电子", "之江纺织", "湖畔药业", "凯旋汽配", "望江物流", "庆春置业", "城东商贸" }

local function customers(out, m, plan, state, random)
    for n = 1, random:range(1, 3) do
        state.customer = state.customer + 1
        local class = random:weighted { 1, 2, 3, 6 }
        local from = iso(day("2009-03-01") + random:below(640))
        if m.index == 4 and n == 1 then
            class, from = 2, "2009-12-31" -- twelve months on the last day
        elseif m.index == 6 and n == 1 then
            class, from = 2, "2010-01-01" -- twelve months on the day after
        end
        out.customer:row(("K%03d"):format(state.customer), firms[(state.customer - 1) % #firms + 1]
                         .. "集团" .. (state.customer - 1) // #firms + 1, m.id, classes[class], from)
    end
end

function grades.write(out)
    local cast = { [1] = "上官明喆", [14] = "周翀", [17] = "司马文澜" }
    for index, plan in pairs(special) do
        cast[index] = plan.name
    end
    local list, state = town.people("grades-people", 24, cast), { customer = 0 }
    out.branch:row("B01", "湖滨支行", "是", 62, 10, 9, 5, 2, 4, 1)
    out.branch:row("B02", "武林支行", "否", 60, 9, 8, 4, 2, 4, 1)
    out.branch:row("B03", "采荷支行", "否", 41, 6, 4, 4, 2, 3, 2)
    out.branch:row("B04", "九堡支行", "否", 40, 6, 3, 4, 1, 2, 1)
    for _, m in ipairs(list) do
        local random = prng.stream("grades", m.index)
        local plan = special[m.index]
        if not plan then
            plan = ordinary(m.index, random)
        end
        local none = m.name == "安然"
        out.staff:row(m.id, m.name, "B0" .. (m.index - 1) % 4 + 1, m.index == 24 and "内勤" or "客户经理",
                      plan.education or "本科", plan.entered or "2010-03-01", "",
                      plan.transfer and "见习" or ladder[plan.grade or 1], plan.transfer or "",
                      plan.transfer and list[5].name or "")
        if not none then
            one(out, m, plan, random)
            customers(out, m, plan, state, random)
        end
    end
end

return grades
