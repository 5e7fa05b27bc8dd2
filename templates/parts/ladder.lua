-- 等级台阶:办法中 ladder 阶段的等级表,以及某个等级在其中的位置。
-- 没有这个阶段时,参数 scorecard.grades 由低到高列出等级:只有次序,没有台阶。
local ladder = {}

-- 每次运行只整理一次
local known_run, found

local function read(run)
    for _, stage in ipairs(run.stages) do
        if stage.name == "ladder" then
            local o = stage.options
            local grade, from = o.grade_column or "grade", o.from_column or "from"
            local l = { steps = {}, place = {}, per = o.per or 1, unit = o.unit or "万元", value = o.value }
            for i, row in ipairs(run.lookups[o.table] or {}) do
                l.steps[i] = { label = row[grade], value = row[from] }
                l.place[row[grade]] = i
            end
            return l
        end
    end
    local names = (run.params.scorecard or {}).grades
    if not names then return false end
    local l = { steps = {}, place = {}, per = 1, unit = "" }
    for i, name in ipairs(names) do l.place[name] = i end
    return l
end

-- { steps, place, per, unit } 或 false
function ladder.of(run)
    if known_run ~= run then known_run, found = run, read(run) end
    return found
end

-- 落在等级表上的数值,单位与表相同
function ladder.value(card, l)
    if not l.value then return card.score and card.score / l.per end
    return card.m[l.value] and card.m[l.value] / l.per
end

-- 两个等级相差几档;有一个不在表上就是 nil
function ladder.shift(l, before, after)
    local a, b = l.place[before or ""], l.place[after or ""]
    return a and b and b - a
end

-- 下一档、差距、差的占要有的几成:表中第一个高于数值的台阶。
-- 等级还要过门槛的办法自己算出:next_step 第几档,next_profit、next_deposit 各差多少,next_part 几成
function ladder.next(card, run, l)
    if run.column.next_step then
        local m = card.m
        local step = m.next_step and l.steps[m.next_step]
        if not step then return nil end
        return { step = step, missing = m.next_profit, deposit = m.next_deposit, part = m.next_part }
    end
    local value = ladder.value(card, l)
    for _, step in ipairs(value and l.steps or {}) do
        if step.value > value then
            return { step = step, missing = step.value - value, deposit = dec(0),
                part = (step.value - value) / step.value }
        end
    end
    return nil
end

return ladder
