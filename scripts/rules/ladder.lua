-- 等级阶梯:级与档、创利定级、存款标准(C15—C18 所用的表;PR-3)。
local completion = use "rules/completion"

local M = {}

-- 由低到高:级、各档季度创利下限(万元)、日均存款标准、个贷工作室存款标准(万元)。
-- 整张表为 [默认]:原文的表缺失,由人力资源部每期核定;工作室标准取共同标准的一半。
M.default = {
    { level = 15, profit = { 8, 9.5, 11, 12.5 }, deposit = 3000, studio = 1500 },
    { level = 14, profit = { 14, 15.5, 17, 18.5 }, deposit = 3300, studio = 1650 },
    { level = 13, profit = { 20, 21, 22, 23.5 }, deposit = 3600, studio = 1800 },
    { level = 12, profit = { 25, 28, 31, 34 }, deposit = 4000, studio = 2000 },
    { level = 11, profit = { 38, 42, 46, 50 }, deposit = 5000, studio = 2500 },
    { level = 10, profit = { 55, 60, 65, 70 }, deposit = 6500, studio = 3250 },
    { level = 9, profit = { 80, 90, 100, 110 }, deposit = 8500, studio = 4250 },
    { level = 8, profit = { 125, 140, 155, 170 }, deposit = 11000, studio = 5500 },
    { level = 7, profit = { 190, 210, 230, 250 }, deposit = 14000, studio = 7000 },
    { level = 6, profit = { 280, 310, 340, 370 }, deposit = 17500, studio = 8750 },
    { level = 5, profit = { 410, 450, 490, 530 }, deposit = 21500, studio = 10750 },
    { level = 4, profit = { 580, 630, 680, 730 }, deposit = 26000, studio = 13000 },
}

local rows = M.default

M.unranked = "未达标"

--- 凡用到阶梯的规则都有的两个开关:级数小者为高(总则第 9 条,[默认] 是)、每级几档([默认] 4)。
M.inputs = "ladder_direction b=true, ladder_steps i=4"

-- 方向相反时,表的次序不变(标准由低到高),级名倒过来。
local function build(smaller_is_higher, steps)
    if steps < 1 or steps > #rows[1].profit then
        error("'ladder_steps' is " .. steps .. ", but the ladder has 1 to " .. #rows[1].profit
            .. " 档 for each 级")
    end
    local ladder = { steps = steps, rows = rows, names = {}, ranks = { [M.unranked] = -1 },
                     position = {} }
    for i = 1, #rows do
        local level = rows[smaller_is_higher and i or #rows + 1 - i].level
        ladder.position[level] = i
        for step = 1, steps do
            local rank, name = (i - 1) * steps + step - 1, level .. "级" .. step .. "档"
            ladder.names[rank], ladder.ranks[name] = name, rank
        end
    end
    ladder.names[-1] = M.unranked
    return ladder
end

local built = { [true] = {}, [false] = {} }

local function same(a, b)
    if type(a) ~= "table" or type(b) ~= "table" then return a == b end
    for key, value in pairs(a) do
        if not same(value, b[key]) then return false end
    end
    return #a == #b
end

--- 现在用的就是默认的表。
function M.is_default() return same(M.default, rows) end

--- 改用办法自己的表(写法同 M.default),在办法开头调用一次;档的下限须由低到高。
function M.set(own)
    local named, last = {}, nil
    for i, row in ipairs(own) do
        for _, key in ipairs { "level", "profit", "deposit", "studio" } do
            if row[key] == nil then
                error("row " .. i .. " of the ladder has no '" .. key .. "'; write { level = 15, "
                    .. "profit = { 8, 9.5, 11, 12.5 }, deposit = 3000, studio = 1500 }")
            end
        end
        named[row.level] = true
        if #row.profit ~= #own[1].profit then
            error("row " .. i .. " of the ladder has " .. #row.profit .. " 档, the first one has "
                .. #own[1].profit)
        end
        for _, from in ipairs(row.profit) do
            if last ~= nil and from <= last then
                error("the ladder is not in rising order at " .. row.level .. "级: " .. from
                    .. " comes after " .. last)
            end
            last = from
        end
    end
    if not (named[12] and named[10] and named[5]) then
        error("the ladder needs the 级 12, 10 and 5, which C15 to C19 name")
    end
    rows, built = own, { [true] = {}, [false] = {} }
end

--- 按 x.ladder_direction、x.ladder_steps 的阶梯。位次(rank)由低到高从 0 起,未达标为 -1。
function M.of(x)
    local same = built[x.ladder_direction]
    local ladder = same[x.ladder_steps]
    if ladder == nil then
        ladder = build(x.ladder_direction, x.ladder_steps)
        same[x.ladder_steps] = ladder
    end
    return ladder
end

--- 等级名称的位次;阶梯上没有的等级报错。
function M.rank(ladder, grade)
    local rank = ladder.ranks[grade]
    if rank == nil then error("the ladder has no grade '" .. tostring(grade) .. "'") end
    return rank
end

function M.name(ladder, rank) return ladder.names[rank] end

--- 位次所在的级在表中的行号;未达标为 0。
function M.row(ladder, rank) return (rank + ladder.steps) // ladder.steps end

--- 一级的首档、末档;第 0 行两者都是未达标。
function M.first(ladder, row) return row < 1 and -1 or (row - 1) * ladder.steps end
function M.top(ladder, row) return row * ladder.steps - 1 end

--- 下一低级的末档(C16、C18、C21 降级都到这里);最低一级再降为未达标。
function M.next_lower(ladder, rank) return M.top(ladder, max(M.row(ladder, rank) - 1, 0)) end

--- 各档由低到高:{ { 等级, 创利下限(万元) }, ... },供办法的等级表与台阶图。
function M.steps(ladder)
    local list = {}
    for i, row in ipairs(ladder.rows) do
        for step = 1, ladder.steps do
            list[#list + 1] = { ladder.names[M.first(ladder, i) + step - 1], row.profit[step] }
        end
    end
    return list
end

--- 创利(万元)达到的位次(PR-3)。
function M.by_profit(ladder, profit)
    for row = #ladder.rows, 1, -1 do
        for step = ladder.steps, 1, -1 do
            if profit >= ladder.rows[row].profit[step] then return M.first(ladder, row) + step - 1 end
            if profit < ladder.rows[row].profit[1] then break end
        end
    end
    return -1
end

--- C15 创利定级。来源:002 综合创利办法;等级随季度结果;表为 [默认]。
M.profit_grade = rule {
    title = "创利定级",
    source = "002 综合创利 C15",
    inputs = "quarter_profit_wan n, round_before_compare b=false, " .. M.inputs,
    outputs = "grade g",
    run = function(x)
        local ladder = M.of(x)
        local profit = completion.compared(x.quarter_profit_wan, x.round_before_compare)
        return { grade = M.name(ladder, M.by_profit(ladder, profit)) }
    end,
}

return M
