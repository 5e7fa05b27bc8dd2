-- 客户经理等级管理(规则手册 A23—A33):年度评定与升降、任职条件、考试、编制、审批、客户匹配、季度待遇。
local cards = use "rules/card"
local career = use "rules/career"
local common = use "rules/common"
local headcount = use "rules/headcount"
local income = use "rules/income"
local qualification = use "rules/qualification"
local words = use "rules/words"
local n = words.number

scheme {
    title = "客户经理等级管理办法",
    version = "2010.1",
    regulation = "客户经理等级管理办法与等级制建议(四级七档、行员等级对照)",
}

-- ---- 考核对象与数据集 --------------------------------------------------------------------------

lookup "branch" { on = "branch_id" }

subject {
    from = "staff",
    key = "manager_id",
    name = "name",
    group = "branch.name",
    fields = { "post", "education", "entered", "start_grade", "transfer_date", "mentor",
               central = "branch.central", employees = "branch.employees", cm_count = "branch.cm_count",
               junior_posts = "branch.junior_posts", mid_posts = "branch.mid_posts",
               senior_posts = "branch.senior_posts", mid_used = "branch.mid_used",
               senior_used = "branch.senior_used" },
    active = { "entered", "left_on" },
}

dataset "result" { period = "period" }
dataset "decision" { period = "period" }
dataset "history" { period = "period" }
dataset "exam" { date = "passed_on" }
dataset "exam_mark" { date = "sat_on" }
dataset "customer" { date = false }

records "quarters" { of = "result", columns = { period = "text", profit_wan = "number" } }
records "exams" { of = "exam", columns = { exam = "text", passed_on = "date" }, period = "any" }
records "marks" { of = "exam_mark", columns = { score = "number", sat_on = "date" }, period = "any" }
records "rulings" { of = "decision", columns = { decision_id = "text", kind = "text", reason = "text" } }
records "customers" { of = "customer", columns = { name = "text", class = "text", from_date = "date" },
    period = "any" }
records "history" { columns = { period = "text", score = "number", rating = "text", grade = "text" },
    period = "any" }

-- ---- 参数 --------------------------------------------------------------------------------------

-- 等级由低到高(四级七档为原文);area 查任职条件与待遇,six 为六级制等级([默认] 对照),approve 查审批
local ladder = param "ladder" {
    title = "等级",
    value = {
        { grade = "见习", area = "见习", six = "见习", approve = "初级以下" },
        { grade = "初级一档", area = "初级", six = "四级", approve = "初级以下" },
        { grade = "初级二档", area = "初级", six = "三级", approve = "初级以下" },
        { grade = "中级一档", area = "中级", six = "二级", approve = "中级" },
        { grade = "中级二档", area = "中级", six = "一级", approve = "中级" },
        { grade = "高级一档", area = "高级", six = "高级", approve = "高级" },
        { grade = "高级二档", area = "高级", six = "高级", approve = "专家" },
    },
}
param "ratings" {
    title = "年度评定(优、良、差)的分数线 [默认]",
    value = { { from = 90, name = "优" }, { from = 60, name = "良" }, { name = "差" } },
}
param "review_years" { title = "几年考评一次 [默认] 两年(建议稿);一年写 1", unit = "年", value = 2 }
local conditions_by_area = param "conditions" {
    title = "任职资格基本条件 [默认]:原表已失",
    value = {
        ["见习"] = { years = 0, education = "大专", exam = "entry" },
        ["初级"] = { years = 1, education = "大专", exam = "entry", satisfaction = 80, results = 60 },
        ["中级"] = { years = 3, education = "大专", exam = "intermediate", satisfaction = 85, results = 80 },
        ["高级"] = { years = 5, education = "本科", exam = "senior", satisfaction = 90, results = 90 },
    },
}
param "central_extra" { title = "中心城市支行业绩要求加几分 [默认]:原文只说起点高", unit = "分", value = 0 }
param "pass_mark" { title = "候选人九科每科及格线 [默认]", unit = "分", value = 60 }
param "headcount_share" { title = "客户经理占员工的下限(原文 15%)", value = 0.15 }
param "post_quota" { title = "岗位已满时不晋升 [默认] 只提示", value = false }
local approval = param "approval" {
    title = "审批与备案(原文)",
    value = {
        ["初级以下"] = { body = "二级分行" },
        ["中级"] = { body = "二级分行", filed = "一级分行" },
        ["高级"] = { body = "一级分行", filed = "总行" },
        ["专家"] = { body = "总行" },
    },
}
local treatment = param "treatment" {
    title = "权限与待遇(A33,金额原文没有)",
    value = {
        ["见习"] = "在导师指导下工作,不单独办理信贷", ["初级"] = "可单独办理信贷与风险业务",
        ["中级"] = "优质客户,副科或正科级待遇", ["高级"] = "参加行务会议,副处或正处级待遇",
    },
}
local customer_grade = param "customer_grade" {
    title = "客户类别要求的等级 [默认]",
    value = { ["跨国集团"] = "高级一档", ["大型集团"] = "中级二档", ["本地核心"] = "中级一档" },
}
param "match_months" { title = "不匹配客户几个月内须达到等级,否则移交 [默认]", unit = "个月", value = 12 }
local year_standard = param "year_standard" {
    title = "六级制年度利润标准 [默认]:原文缺失", unit = "万元",
    value = { ["高级"] = 400, ["一级"] = 240, ["二级"] = 160, ["三级"] = 100, ["四级"] = 60, ["见习"] = 30 },
}
param "quarter_share" { title = "季度标准占年度标准 [默认]", value = 0.25 }
param "bonus_rate" { title = "超标准利润的奖金比例 [默认]", value = 0.10 }
local grade_pay = param "grade_pay" {
    title = "每季岗位工资 [默认]", unit = "元",
    value = { ["高级"] = 15000, ["一级"] = 12000, ["二级"] = 9000, ["三级"] = 7500, ["四级"] = 6000, ["见习"] = 4500 },
}
param "allowances" { title = "每季两费 [默认]", unit = "元", value = 3000 }
param "scorecard" { title = "记分卡文字", value = { title = "客户经理等级评定表", total = "年度得分" } }
param "reconsider" { title = "复议 [默认]", value = { days = 5, to = "客户经理管理领导小组" } }

-- 各表互相对得上:每一档都有任职条件、审批、待遇、标准
local grades = {}
for i, step in ipairs(ladder) do
    grades[i] = step.grade
    common.pick(conditions_by_area, step.area, "area (conditions)")
    common.pick(treatment, step.area, "area (treatment)")
    common.pick(approval, step.approve, "approve (approval)")
    common.pick(year_standard, step.six, "six (year_standard)")
    common.pick(grade_pay, step.six, "six (grade_pay)")
end
for _, grade in pairs(customer_grade) do common.place(grades, grade, "customer_grade") end

-- ---- 度量与指标 --------------------------------------------------------------------------------

measure "year_score" { title = "年度得分(各季平均)", unit = "分", of = "result", avg = "score", places = 2 }
measure "profit" { title = "利润", unit = "万元", of = "result", sum = "profit_wan", places = 2 }
measure "satisfaction" { title = "客户满意度", unit = "分", of = "satisfaction", avg = "score", places = 2 }
metric "years" { title = "任职年数", unit = "年",
    formula = function(m, p, s) return date.years(s.entered, period.to) end }

-- ---- 步骤 --------------------------------------------------------------------------------------

local exams = { entry = "上岗考试", intermediate = "中级考试", senior = "高级考试" }

local function place_of(p, grade)
    for i, step in ipairs(p.ladder) do
        if step.grade == grade then return i end
    end
    error("grade '" .. tostring(grade) .. "' is not on the ladder; correct start_grade or history, "
        .. "or the parameter 'ladder'")
end

-- 考评前的等级,以及最近一次变动以来各年的评定(最早的在前)
local function past_of(card)
    local rows = {}
    for _, row in ipairs(card.r.history) do
        if tonumber(row.period) < period.year then rows[#rows + 1] = row end
    end
    table.sort(rows, function(a, b) return a.period < b.period end)
    local grade, since = card.start_grade, {}
    for i, row in ipairs(rows) do
        if i > 1 and row.grade ~= grade then since = {} else since[#since + 1] = row.rating end
        grade = row.grade
    end
    return grade, since
end

local function rating_of(score, p)
    for _, level in ipairs(p.ratings) do
        if level.from == nil or score >= level.from then return level.name end
    end
end

-- A27 上一档的任职条件(已在最高档的看本档),逐项列出要求与实际
local function conditions_of(card, p, at)
    local target = p.ladder[min(at + 1, #p.ladder)]
    local base, passed = p.conditions[target.area], nil
    local need = { years = base.years, education = base.education, exam = base.exam,
                   satisfaction = base.satisfaction, results = base.results }
    if need.results and card.central == "是" then need.results = need.results + p.central_extra end
    for _, exam in ipairs(card.r.exams) do
        if exam.exam == need.exam and exam.passed_on <= period.to then passed = exam.exam end
    end
    local got = career.grade_conditions {
        grade = target.area, years = card.m.years, education = card.education, exam = passed,
        satisfaction = card.m.satisfaction or 0, results = card.m.year_score or 0, need = need,
    }
    local failed, items = {}, {}
    for _, name in ipairs(got.fails) do failed[name] = true end
    local function add(name, title, unit, actual, wanted, reason)
        items[#items + 1] = { name = name, title = title, unit = unit, actual = actual, target = wanted,
                              rate = failed[name] and 0 or 1, rule = "A27 [默认]", reason = reason,
                              value_places = unit == "分" and 2 or 0 }
    end
    add("years", "任职年数", "年", card.m.years, need.years)
    add("education", "学历", "", nil, nil, card.education .. ",要求" .. need.education .. "以上")
    add("exam", "考试", "", nil, nil, exams[need.exam] .. (passed and "合格" or "未合格"))
    if need.satisfaction then add("satisfaction", "客户满意度", "分", card.m.satisfaction, need.satisfaction) end
    if need.results then add("results", "年度业绩", "分", card.m.year_score, need.results) end
    return got, items, target
end

-- A28 调入的候选人须在次年内九科合格;返回一步和是否须离岗
local function candidate(card, p)
    if not card.transfer_date or card.transfer_date == "" then return nil, false end
    local scores, sat_on = {}, ""
    for _, mark in ipairs(card.r.marks) do
        if mark.sat_on <= period.to then
            scores[#scores + 1] = mark.score
            if mark.sat_on > sat_on then sat_on = mark.sat_on end
        end
    end
    local complete = #scores == 9
    for i = 1, complete and 0 or 9 do scores[i] = 0 end
    local got = qualification.candidate_exam {
        transfer_date = card.transfer_date, scores = scores, sat_on = complete and sat_on or period.to,
        pass_mark = p.pass_mark,
    }
    local text = "候选人(" .. card.transfer_date .. " 调入,导师" .. (card.mentor or "") .. "):"
    if got.pass then
        return { rule = "A28", outcome = "passed", text = text .. "九科合格,最低 " .. cards.plain(got.lowest) .. " 分" }, false
    end
    local out = period.to >= got.deadline
    text = text .. (complete and "九科最低 " .. cards.plain(got.lowest) .. " 分" or "九科尚未考齐") .. ",期限 " .. got.deadline
    return { rule = "A28", outcome = "failed", text = text .. (out and ",逾期离岗" or "") }, out
end

-- A29、A30 支行的编制与岗位结构
local function branch_steps(card, p)
    local need = headcount.headcount_minimum {
        employees = dec(card.employees), cm = dec(card.cm_count), share = p.headcount_share,
    }
    local shape = headcount.grade_pyramid {
        junior = dec(card.junior_posts), mid = dec(card.mid_posts), senior = dec(card.senior_posts),
    }
    local posts = "岗位 初级 " .. card.junior_posts .. "、中级 " .. card.mid_posts .. "、高级 " .. card.senior_posts
    return {
        cards.check("A29", need.pass, card.group .. "员工 " .. card.employees .. " 人,客户经理 " .. card.cm_count
            .. " 人,至少 " .. need.need .. " 人"),
        cards.check("A30", shape.pyramid, posts .. ",正金字塔形", posts .. ",不是正金字塔形"),
    }
end

-- A30 晋升到中级、高级须有空岗
local function is_full(card, area)
    if area == "中级" then return dec(card.mid_used) >= dec(card.mid_posts) end
    if area == "高级" then return dec(card.senior_used) >= dec(card.senior_posts) end
    return false
end

-- A32 客户类别要求的等级高于本人:限期达到,逾期移交
local function customer_steps(card, p, at)
    local steps = {}
    for _, customer in ipairs(card.r.customers) do
        local wanted = p.customer_grade[customer.class]
        if wanted and at < place_of(p, wanted) and customer.from_date <= period.to then
            local limit = date.add_months(customer.from_date, p.match_months)
            local late = limit <= period.to
            steps[#steps + 1] = { rule = "A32", outcome = late and "failed" or "changed",
                text = customer.name .. "(" .. customer.class .. ")须" .. wanted .. "以上:"
                    .. (late and "已满期限,应移交" or "须在 " .. limit .. " 前达到") }
        end
    end
    return steps
end

-- A24 每季达标的待遇,按年初等级;内勤不享受
local function entitlements(card, p, six)
    local pay = {}
    if card.post == "内勤" then return pay end
    table.sort(card.r.quarters, function(a, b) return a.period < b.period end)
    for _, quarter in ipairs(card.r.quarters) do
        local got = income.quarter_entitlement {
            year_standard_wan = p.year_standard[six], actual_wan = quarter.profit_wan,
            quarter_share = p.quarter_share, bonus_rate = p.bonus_rate, grade_pay = p.grade_pay[six],
            allowances = p.allowances,
        }
        local profit, standard = n(quarter.profit_wan), n(got.quarter_standard_wan)
        local rule = got.reached and ("奖金 (%s − %s) 万元 × %s = %s + 岗位工资 %s + 两费 %s"):format(profit, standard,
            words.percent(p.bonus_rate), n(got.bonus), n(p.grade_pay[six]), n(p.allowances))
            or ("利润 %s 万元,不到标准 %s 万元"):format(profit, standard)
        local title = string.sub(quarter.period, 1, 4) .. " 年 " .. string.sub(quarter.period, 6) .. " 季度"
        pay[#pay + 1] = { name = quarter.period, title = title, amount = round(got.paid, 2), rule = rule }
    end
    return pay
end

-- A26 升降;只在年度运行时考评
local function review(card, p, before, since, conditions, target)
    local rating = rating_of(card.m.year_score, p)
    since[#since + 1] = rating
    local count, ratings = #since, {}
    local weak = count >= 3 and since[count] == "差" and since[count - 1] == "差" and since[count - 2] == "差"
    for i = max(1, count - (weak and 3 or p.review_years) + 1), count do ratings[#ratings + 1] = since[i] end
    local due = weak or count >= p.review_years
    local full = p.post_quota and target.area ~= p.ladder[place_of(p, before)].area and is_full(card, target.area)
    local got = career.grade_movement {
        grade = before, ratings = due and ratings or {}, qualified = conditions.pass and not full, capable = true,
        ladder = grades,
    }
    local steps = { { rule = "A26", outcome = got.result == "平级" and "kept" or "changed",
        text = "评定 " .. table.concat(ratings, "、") .. (due and "" or ",未满 " .. p.review_years .. " 年不考评")
            .. ":" .. got.result .. (got.grade ~= before and " " .. before .. " → " .. got.grade or "") } }
    local good = due
    for _, one in ipairs(ratings) do good = good and one == "优" end
    if full and good and conditions.pass then
        steps[#steps + 1] = { rule = "A30", outcome = "failed", text = card.group .. target.area .. "岗位已满,暂不晋升" }
    elseif good and conditions.reward_only and before ~= target.grade then
        steps[#steps + 1] = { rule = "A27", outcome = "failed", text = "业绩优秀而任职条件不足:只给奖金与表彰" }
    end
    return got.grade, rating, steps
end

-- ---- 评定 --------------------------------------------------------------------------------------

score {
    function(card, p)
        local before, since = past_of(card)
        local at = place_of(p, before)
        local six = p.ladder[at].six
        local conditions, items, target = conditions_of(card, p, at)
        local steps, grade, rating = {}, before, nil
        local function add(list) for _, step in ipairs(list) do steps[#steps + 1] = step end end

        add { { rule = "A23", outcome = "kept", text = "年初 " .. before .. ",六级制" .. six .. ",行员 "
            .. career.staff_grade_lookup { cm_grade = six }.staff_grade_deng .. " 等" } }
        local exam, out = candidate(card, p)
        if exam then add { exam } end
        local ruling = card.r.rulings[1]
        if ruling then
            grade = "解聘"
            add { { rule = "A26", outcome = "failed", text = ruling.kind .. "(" .. ruling.decision_id .. "):"
                .. ruling.reason } }
        elseif out then
            grade = "离岗"
        elseif period.kind ~= "Y" then
            add { { rule = "A26", outcome = "kept", text = "等级在年度考评" } }
        elseif card.m.year_score == nil then
            add { { rule = "A26", outcome = "failed", text = "没有年度得分,不考评" } }
        else
            local moved
            grade, rating, moved = review(card, p, before, since, conditions, target)
            add(moved)
        end
        if grade ~= "解聘" and grade ~= "离岗" then
            local now = p.ladder[place_of(p, grade)]
            local body = p.approval[now.approve]
            add { { rule = "A31", outcome = "kept", text = grade .. ":" .. body.body .. "审批"
                .. (body.filed and ",报" .. body.filed .. "备案" or "") } }
            add { { rule = "A33", outcome = "kept", text = p.treatment[now.area] } }
            add(customer_steps(card, p, place_of(p, grade)))
        end
        add(branch_steps(card, p))
        return {
            score = card.m.year_score, places = 2, grade = grade, band = rating, items = items, steps = steps,
            pay = entitlements(card, p, six), values = { grade_place = at },
            notes = { "任职条件、评定分数线、年度利润标准与金额原文缺失,按参数 [默认] 计算;任职条件为"
                .. target.grade .. "所需。" },
        }
    end,
}
