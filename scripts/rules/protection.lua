-- 保护期:新入行、转岗、法定假期(C22—C24;PR-8)。
local common = use "rules/common"
local ladders = use "rules/ladder"

local M = {}

local function reaches(x, grade, standard)
    local ladder = ladders.of(x)
    return ladders.rank(ladder, grade) >= ladders.rank(ladder, standard)
end

--- C22 新入行保护:未满半年(满半年当日已在期外);试考核达到标准即按考核等级,保护从此终止。
--- 来源:002 第十八条第一款;标准与保护等级都是入行时所定等级 [默认]。
M.new_hire_protection = rule {
    title = "新入行保护",
    source = "002 综合创利 C22",
    inputs = [[hired d, quarter_end d, months i=6, trial g, protected g, passed_before b=false, ]]
        .. ladders.inputs,
    outputs = "until d, state (passed|protected|assessed), grade g",
    run = function(x)
        local out = { grade = x.trial, state = "assessed" }
        out["until"] = date.add_months(x.hired, x.months)
        if x.passed_before or x.quarter_end >= out["until"] then return out end
        if reaches(x, x.trial, x.protected) then
            out.state = "passed"
        else
            out.state, out.grade = "protected", x.protected
        end
        return out
    end,
}

--- C23 转岗保护:首季按转岗前等级;次季未达标准按最低等级;第三季仍未达标转派遣用工。
--- 来源:002 第十八条第二款;何时再看、最低等级、首季不取较优者(transfer.as_floor=false)为 [默认]。
M.transfer_protection = rule {
    title = "转岗保护",
    source = "002 综合创利 C23",
    inputs = [[quarter_no i, previous g, assessed g, minimum g=15级1档, standard g,
               transfer_as_floor b=false, ]] .. ladders.inputs,
    outputs = "state (protected_previous|assessed|protected_minimum|转派遣用工), grade g?",
    run = function(x)
        if x.quarter_no < 1 then error("'quarter_no' counts from 1, not " .. x.quarter_no) end
        if x.quarter_no == 1 then
            local better = x.transfer_as_floor and reaches(x, x.assessed, x.previous)
            return { state = "protected_previous", grade = better and x.assessed or x.previous }
        end
        if x.quarter_no > 3 or reaches(x, x.assessed, x.standard) then
            return { state = "assessed", grade = x.assessed }
        end
        if x.quarter_no == 2 then return { state = "protected_minimum", grade = x.minimum } end
        return { state = "转派遣用工" }
    end,
}

local protected_leave = { ["产假"] = true, ["工伤"] = true, ["不可抗力"] = true, ["年假"] = false,
                          ["病假"] = false, ["其他"] = false }

--- 这一类假期的第几个季度受保护:只有产假、工伤、不可抗力的第一个季度 [默认]。
function M.protects_leave(kind, quarter_no)
    return common.pick(protected_leave, kind, "leave kind") and quarter_no == 1
end

--- C24 假期保护:产假、工伤、不可抗力,按休假前一季等级保护一个季度,即使考核更好。
--- 来源:002 第十八条第三款;只保护休假的第一个季度 [默认]。
M.leave_protection = rule {
    title = "假期保护",
    source = "002 综合创利 C24",
    inputs = "leave_kind (产假|工伤|不可抗力|年假|病假|其他), quarter_no i, grade_before g, assessed g",
    outputs = "grade g",
    run = function(x)
        local held = M.protects_leave(x.leave_kind, x.quarter_no)
        return { grade = held and x.grade_before or x.assessed }
    end,
}

return M
