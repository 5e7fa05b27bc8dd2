-- 工作日期限:数据报送、复议(C13、C28;PR-15)。工作日为周一至周五,去节假日,加调休上班日。
local M = {}

local inputs = [[workdays i=3, count_from (next_day|same_day)=next_day, holidays [d]=[],
                 makeup [d]=[] ]]

-- 「n 个工作日内」的最后一日:自次日起数 [默认];same_day 则当日若为工作日即算第一日。
local function last_day(from, x)
    if x.count_from == "same_day" then from = date.add_days(from, -1) end
    return date.deadline(from, x.workdays, x.holidays, x.makeup)
end

--- C13 数据报送期限:季后首月第三个工作日(原文)。来源:002 综合创利办法。
M.data_deadline = rule {
    title = "数据报送期限",
    source = "002 综合创利 C13",
    inputs = "quarter_end d, " .. inputs,
    outputs = "deadline d",
    run = function(x) return { deadline = last_day(x.quarter_end, x) } end,
}

--- C28 复议期限:公布后三个工作日内(原文)。来源:002 第二十二条。
M.reconsideration_deadline = rule {
    title = "复议期限",
    source = "002 综合创利 C28",
    inputs = "published d, requested d, " .. inputs,
    outputs = "deadline d, in_time b",
    run = function(x)
        local deadline = last_day(x.published, x)
        return { deadline = deadline, in_time = x.requested <= deadline }
    end,
}

return M
