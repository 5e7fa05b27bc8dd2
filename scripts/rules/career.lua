-- 职级:等级表、升降与任职条件。
local common = use "rules/common"
local completion = use "rules/completion"

local M = {}

-- A07 等级表,全部为 [默认]:加权贷款额(万元)起点、绩效系数、单户受理权限(万元;0 为须会签)。
local loan_grades = {
    { from = 8000, grade = "G1", coef = 1.5, authority_wan = 500 },
    { from = 4000, grade = "G2", coef = 1.2, authority_wan = 200 },
    { from = 1500, grade = "G3", coef = 1.0, authority_wan = 50 },
    { from = 0, grade = "G4", coef = 0.8, authority_wan = 0 },
}

--- A07 按直接发放与管理的贷款定级。来源:000 农信社;管理贷款折半与等级表为 [默认],levels 可换成自己的表,
--- 由高到低。
M.loan_volume_grade = rule {
    title = "贷款规模定级",
    source = "000 农信社 A07",
    inputs = [[direct_wan n, managed_wan n, managed_factor r=0.5, perf_base n,
               levels [{from n, grade t, coef n, authority_wan n}]?=null,
               round_before_compare b=false]],
    outputs = "weighted_wan n2, grade t, coef nx, authority_wan nx, perf_pay n2",
    run = function(x)
        local weighted = x.direct_wan + x.managed_factor * x.managed_wan
        local compared = completion.compared(weighted, x.round_before_compare)
        for _, level in ipairs(x.levels or loan_grades) do
            if compared >= level.from then
                return {
                    weighted_wan = weighted, grade = level.grade, coef = level.coef,
                    authority_wan = level.authority_wan, perf_pay = x.perf_base * level.coef,
                }
            end
        end
        error("the weighted loans are " .. weighted .. "; loan balances cannot be negative")
    end,
}

--- A21 邮政降为业务员:个人劳产率持续低于全局人均。来源:000;连续 2 年为 [默认],「低于」不含相等。
M.productivity_downgrade = rule {
    title = "劳产率降级",
    source = "000 邮政 A21",
    inputs = "own_wan [n], bureau_wan [n], window i=2, op o=<",
    outputs = "run_below i, tier (业务员|客户经理)",
    run = function(x)
        local years, below = #x.own_wan, 0
        if years ~= #x.bureau_wan then
            error("own_wan has " .. years .. " years and bureau_wan " .. #x.bureau_wan
                .. "; give both for each year")
        end
        for year = years, 1, -1 do
            if not common.holds(x.op, x.own_wan[year], x.bureau_wan[year]) then break end
            below = below + 1
        end
        return { run_below = below, tier = below >= x.window and "业务员" or "客户经理" }
    end,
}

-- A23 客户经理等级对应的行员等级,出自原文。
local staff_grades = {
    ["高级"] = 5, ["一级"] = 6, ["二级"] = 7, ["三级"] = 8, ["四级"] = 9, ["见习"] = 9,
}

--- A23 客户经理等级折合行员等级。来源:000 六级银行。
M.staff_grade_lookup = rule {
    title = "行员等级对照",
    source = "000 六级银行 A23",
    inputs = "cm_grade t",
    outputs = "staff_grade_deng i",
    run = function(x)
        return { staff_grade_deng = common.pick(staff_grades, x.cm_grade, "grade") }
    end,
}

--- A25 两个等级中较高者:八级制 8 最高,九级制 1 最高。来源:000 等级制建议。
M.higher_grade = rule {
    title = "等级高低",
    source = "000 A25",
    inputs = "ladder t, smaller_is_higher b, a i, b i",
    outputs = "higher i",
    run = function(x)
        local pick = x.smaller_is_higher and min or max
        return { higher = pick(x.a, x.b) }
    end,
}

-- A25 四级七档,由低到高,出自原文。
local seven_steps = {
    "见习", "初级一档", "初级二档", "中级一档", "中级二档", "高级一档", "高级二档",
}

--- A26 等级升降,一次一档。来源:000「两年一评、连续两年不理想只能平级、不能胜任解聘」;
--- 全优且合格晋升、末三年均差降级为 [默认]。最高档不再升,最低档不再降,都是平级。
--- ladder 可换成自己的等级,由低到高(八级制 1—8,九级制 9—1)。
M.grade_movement = rule {
    title = "等级升降",
    source = "000 A26",
    inputs = "grade t, ratings [(优|良|差)], qualified b, capable b, ladder [t]?=null",
    outputs = "result (晋升|平级|降级|解聘), grade t?",
    run = function(x)
        local ladder, years = x.ladder or seven_steps, #x.ratings
        local at = common.place(ladder, x.grade, "grade")
        local good, bad_run = 0, 0
        for _, rating in ipairs(x.ratings) do
            common.place({ "优", "良", "差" }, rating, "rating")
            if rating == "优" then good = good + 1 end
            bad_run = rating == "差" and bad_run + 1 or 0
        end
        if not x.capable then return { result = "解聘" } end
        if years > 0 and good == years and x.qualified and at < #ladder then
            return { result = "晋升", grade = ladder[at + 1] }
        end
        if bad_run >= 3 and at > 1 then return { result = "降级", grade = ladder[at - 1] } end
        return { result = "平级", grade = x.grade }
    end,
}

-- A27 任职资格基本条件,原表已失,全部为 [默认];见习不看满意度与业绩。
local conditions = {
    ["见习"] = { years = 0, exam = "entry", education = "大专" },
    ["初级"] = { years = 1, exam = "entry", education = "大专", satisfaction = 80, results = 60 },
    ["中级"] = {
        years = 3, exam = "intermediate", education = "大专", satisfaction = 85, results = 80,
    },
    ["高级"] = { years = 5, exam = "senior", education = "本科", satisfaction = 90, results = 90 },
}

--- A27 任职条件:业绩是必要而非充分条件,业绩达到而他项不足者只给奖金与表彰(reward_only)。来源:000。
--- 考试须恰为该等级的考试。need 可换成自己的条件(满意度、业绩留空即不看)。
M.grade_conditions = rule {
    title = "任职资格基本条件",
    source = "000 A27",
    inputs = [[grade t, years n, education t, exam (entry|intermediate|senior)?, satisfaction n,
               results n, need {years n, education t, exam (entry|intermediate|senior),
                                satisfaction n?=null, results n?=null}?=null]],
    outputs = "pass b, fails [t], reward_only b",
    run = function(x)
        local need = x.need or common.pick(conditions, x.grade, "grade")
        local results = x.results >= (need.results or x.results)
        local fails = common.failed {
            { "years", x.years >= need.years },
            { "education", common.educated(x.education, need.education) },
            { "exam", x.exam == need.exam },
            { "satisfaction", x.satisfaction >= (need.satisfaction or x.satisfaction) },
            { "results", results },
        }
        return { pass = #fails == 0, fails = fails, reward_only = #fails > 0 and results }
    end,
}

-- B18 专业序列与目标积分,积分与「初级」一档为 [默认]。
local sequence = {
    { grade = "助理", points = 0 },
    { grade = "初级", points = 60 },
    { grade = "中级", points = 120 },
    { grade = "高级", points = 200 },
    { grade = "资深", points = 300 },
    { grade = "首席", points = 450 },
}

--- B18 目标业绩积分晋升。来源:001 江苏;须达上一档积分,基本条件可因业绩突出而放宽。首席之上无等级。
--- levels 可换成每年核定的等级与积分,由低到高。
M.promotion_points = rule {
    title = "目标业绩积分晋升",
    source = "001 江苏 B18",
    inputs = [[points n, grade t, base_conditions b, outstanding b,
               levels [{grade t, points n}]?=null]],
    outputs = "next t?, need i?, eligible b",
    run = function(x)
        local levels, names = x.levels or sequence, {}
        for i, step in ipairs(levels) do names[i] = step.grade end
        local target = levels[common.place(names, x.grade, "grade") + 1]
        if target == nil then return { eligible = false } end
        local eligible = x.points >= target.points and (x.base_conditions or x.outstanding)
        return { next = target.grade, need = target.points, eligible = eligible }
    end,
}

--- E21 因素计点法岗位评价。来源:004 全行绩效;因素、权重、级别 1—5、每 100 点一级均为 [默认]:
--- 点数 = Σ 权重×2×级别,岗级 = ⌊(点数 − 200) ÷ 100⌋ + 1。
M.job_points = rule {
    title = "岗位评价点数",
    source = "004 全行绩效 E21",
    inputs = [[levels {knowledge i, responsibility i, effort i, communication i, environment i},
               weights {knowledge n=25, responsibility n=30, effort n=20, communication n=15,
                        environment n=10}]],
    outputs = "points i, job_grade i",
    run = function(x)
        for factor, level in pairs(x.levels) do
            if level < 1 or level > 5 then
                error("level " .. level .. " of '" .. factor .. "' is not 1 to 5")
            end
        end
        local points = common.blend(x.levels, x.weights) * 200
        return { points = points, job_grade = floor((points - 200) / 100) + 1 }
    end,
}

return M
