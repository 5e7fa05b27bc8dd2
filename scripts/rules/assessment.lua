-- 通用考核与考试:定期考核、会议抽查、考试定级、综合评价(C01—C07)。
local common = use "rules/common"
local completion = use "rules/completion"

local M = {}

--- C01 定期考核。来源:002 岗位职责,项目为业绩、满意度、产品销售;权重 50/20/30 与
--- 不定期检查每项扣 5 分为 [默认]。等次同 E26,按未四舍五入的分数。
M.periodic_score = rule {
    title = "定期考核得分",
    source = "002 通用 C01",
    inputs = [[performance n, satisfaction n, sales n,
               weights {performance n=50, satisfaction n=20, sales n=30},
               findings i=0, finding_points n=5, round_before_compare b=false]],
    outputs = "score n2, score_6dp n6, band t",
    run = function(x)
        local marks = { performance = x.performance, satisfaction = x.satisfaction,
                        sales = x.sales }
        local score = common.blend(marks, x.weights) - x.findings * x.finding_points
        return {
            score = score, score_6dp = score,
            band = common.band(completion.compared(score, x.round_before_compare)),
        }
    end,
}

--- C02 会议纪要抽查:纪要与签到各占一半 [默认]。来源:002 周例会、沟通会、分析会,条线每季抽查。
M.minutes_sampling = rule {
    title = "会议纪要抽查得分",
    source = "002 通用 C02",
    inputs = "sampled i, minutes_ok i, signin_ok i, weights {minutes n=50, signin n=50}",
    outputs = "score n2?",
    run = function(x)
        local kept = common.blend({ minutes = x.minutes_ok, signin = x.signin_ok }, x.weights)
        return { score = kept * 100 / x.sampled }
    end,
}

-- C04 分数线均为 [默认]。
local exam_grades = { { 90, "高级" }, { 80, "中级" }, { 60, "初级" } }

--- C04 考试定级(面试与笔试的平均分)。来源:002 城市商业银行 2003;分数线 [默认]。
M.exam_grade = rule {
    title = "考试定级",
    source = "002 城市商业银行 C04",
    inputs = "mark n, round_before_compare b=false",
    outputs = "grade t",
    run = function(x)
        local mark = completion.compared(x.mark, x.round_before_compare)
        for _, line in ipairs(exam_grades) do
            if mark >= line[1] then return { grade = line[2] } end
        end
        return { grade = "无资格" }
    end,
}

--- C05 暂定初级:考试未过而累计日均存款达到 300 万元(原文)。来源:002 城市商业银行。
M.provisional_junior = rule {
    title = "暂定初级",
    source = "002 城市商业银行 C05",
    inputs = "exam_passed b, avg_daily_deposit_wan n, min_deposit_wan n=300",
    outputs = "result (按考试定级|暂定初级|无资格)",
    run = function(x)
        if x.exam_passed then return { result = "按考试定级" } end
        local enough = x.avg_daily_deposit_wan >= x.min_deposit_wan
        return { result = enough and "暂定初级" or "无资格" }
    end,
}

--- C07 零售支行综合评价:创造收入、维护水平、流程与服务。来源:002 MOVA;
--- 权重 50/30/20、收入项封顶 120 为 [默认]。
M.mova_composite = rule {
    title = "综合评价得分",
    source = "002 零售支行 C07",
    inputs = [[income n, maintenance n, process n,
               weights {income n=50, maintenance n=30, process n=20}, income_cap n?=120]],
    outputs = "score n2",
    run = function(x)
        local income = x.income_cap == nil and x.income or min(x.income, x.income_cap)
        local marks = { income = income, maintenance = x.maintenance, process = x.process }
        return { score = common.blend(marks, x.weights) }
    end,
}

return M
