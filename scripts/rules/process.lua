-- 过程管理:双人制、报送时限、走访与回访、检查、预警、流程用时。
local common = use "rules/common"

local M = {}

--- A03 双人调查、双人贷后检查:两名不同且当日在岗者才有效。来源:000 农信社。没有记录时比率不适用。
M.dual_person_rate = rule {
    title = "双人调查与检查",
    source = "000 农信社 A03",
    inputs = "records [{person1 t?, person2 t?}], active [t]",
    outputs = "valid i, dual_rate r6?",
    run = function(x)
        local active = {}
        for _, person in ipairs(x.active) do active[person] = true end
        local valid = common.count(x.records, function(record)
            local one, two = record.person1, record.person2
            return one ~= nil and two ~= nil and one ~= two and active[one] and active[two]
        end)
        return { valid = valid, dual_rate = valid / #x.records }
    end,
}

--- B06 客户满意度结果每月 10 日前(含)报上月。来源:001 汽车经销商。due_day 超过次月天数时取月末。
M.cis_report_deadline = rule {
    title = "满意度报送时限",
    source = "001 B06",
    inputs = "report_month m, filed d, due_day i=10",
    outputs = "in_time b",
    run = function(x)
        local first = date.add_months(x.report_month .. "-01", 1)
        local due = min(x.due_day, date.parts(date.month_end(first)).day)
        return { in_time = date.days(first, x.filed) < due }
    end,
}

--- B08 物业服务中心:满意度、收费率、每周例会、投诉有原因、纠正与预防。来源:001;
--- 目标 95 分、98% 为 [默认]。
M.property_service_check = rule {
    title = "物业服务检查",
    source = "001 物业 B08",
    inputs = [[satisfaction n, satisfaction_target n=95, fee_rate r, fee_rate_target r=0.98,
               meetings i, meetings_expected i, complaints i, complaints_complete i]],
    outputs = "fails [t]",
    run = function(x)
        return { fails = common.failed {
            { "satisfaction", x.satisfaction >= x.satisfaction_target },
            { "fees", x.fee_rate >= x.fee_rate_target },
            { "meeting", x.meetings >= x.meetings_expected },
            { "complaints", x.complaints_complete >= x.complaints },
        } }
    end,
}

--- B19 工时三分:事务、协调、外拓约各三分之一;外拓不超过三分之一(含)即标记。来源:001 江苏;
--- 以 外拓×3 与总工时比较,不先相除。
M.time_use = rule {
    title = "工时分布",
    source = "001 江苏 B19",
    inputs = "admin_h n, coord_h n, outreach_h n, parts i=3, op o=<=",
    outputs = "outreach_share r6?, flag b",
    run = function(x)
        local total = x.admin_h + x.coord_h + x.outreach_h
        return {
            outreach_share = x.outreach_h / total,
            flag = common.holds(x.op, x.outreach_h * x.parts, total),
        }
    end,
}

--- B20 授信流程逐环节用时:合计、最慢环节(并列取先)、内部环节占比。来源:001 江苏。
M.process_stages = rule {
    title = "授信流程用时",
    source = "001 江苏 B20",
    inputs = "stages [{stage t, days n, internal b}]",
    outputs = "total_days nx, slowest t?, internal_share r6?",
    run = function(x)
        local total, internal, slowest = 0, 0, x.stages[1]
        for _, stage in ipairs(x.stages) do
            total = total + stage.days
            if stage.internal then internal = internal + stage.days end
            if stage.days > slowest.days then slowest = stage end
        end
        return {
            total_days = total, slowest = slowest and slowest.stage,
            internal_share = internal / total,
        }
    end,
}

--- B24 风险检查表不合格率 = 否 ÷ 已答,「不适用」不计。来源:001 风险防范。
M.risk_checklist = rule {
    title = "风险检查表",
    source = "001 风险 B24",
    inputs = "answers [(yes|no|na)]",
    outputs = "fail_rate r6?",
    run = function(x)
        local tally = { yes = 0, no = 0, na = 0 }
        for _, answer in ipairs(x.answers) do
            tally[answer] = common.pick(tally, answer, "answer") + 1
        end
        return { fail_rate = tally.no / (tally.yes + tally.no) }
    end,
}

--- D01 客户走访日志月末核实率。来源:003 邮政。
M.visit_review_rate = rule {
    title = "走访日志核实率",
    source = "003 邮政 D01",
    inputs = "visits i, reviewed i",
    outputs = "rate r6?",
    run = function(x) return { rate = x.reviewed / x.visits } end,
}

--- D02 走访问题办结率:谁走访谁督办。来源:003 邮政。
M.issue_closure_rate = rule {
    title = "走访问题办结率",
    source = "003 邮政 D02",
    inputs = "opened i, closed i",
    outputs = "rate r6?",
    run = function(x) return { rate = x.closed / x.opened } end,
}

--- D12 学校宣传覆盖:每个乡镇两到三所。来源:003;以两所为下限是 [默认] 读法。
M.school_coverage = rule {
    title = "学校宣传覆盖",
    source = "003 D12",
    inputs = "townships i, schools_visited i, min_per_township i=2",
    outputs = "covered b",
    run = function(x)
        return { covered = x.schools_visited >= x.townships * x.min_per_township }
    end,
}

local loan_classes = { "正常", "关注", "次级", "可疑", "损失" }

--- E12 贷后检查间隔:正常类 90 天、关注及以下 30 天(均含)为 [默认]。来源:004 贷后管理。
M.post_loan_checks = rule {
    title = "贷后检查及时率",
    source = "004 贷后 E12",
    inputs = [[loan_class (正常|关注|次级|可疑|损失), gaps [i], limit_normal_days i=90,
               limit_watch_days i=30]],
    outputs = "limit_days i, checks i, late i, on_time_rate r6?",
    run = function(x)
        local watched = common.place(loan_classes, x.loan_class, "loan class") > 1
        local limit, checks = watched and x.limit_watch_days or x.limit_normal_days, #x.gaps
        local late = common.count(x.gaps, function(days) return days > limit end)
        return {
            limit_days = limit, checks = checks, late = late,
            on_time_rate = (checks - late) / checks,
        }
    end,
}

--- E13 风险预警:发起后的决定、处置、反馈时限。来源:004;2、5、10 个工作日(含)为 [默认]。未办即逾期。
M.warning_timeliness = rule {
    title = "风险预警时效",
    source = "004 贷后 E13",
    inputs = [[decide i?, handle i?, feedback i?, limits {decide i=2, handle i=5, feedback i=10}]],
    outputs = "closed_in_time b, late [t]",
    run = function(x)
        local steps = {}
        for i, step in ipairs { "decide", "handle", "feedback" } do
            steps[i] = { step, x[step] ~= nil and x[step] <= x.limits[step] }
        end
        local late = common.failed(steps)
        return { closed_in_time = #late == 0, late = late }
    end,
}

--- E16 拜访八步骤完成率。来源:004 饮料销售。
M.eight_step_rate = rule {
    title = "拜访八步骤完成率",
    source = "004 饮料 E16",
    inputs = "steps i, steps_all i=8",
    outputs = "rate n4?",
    run = function(x) return { rate = x.steps / x.steps_all } end,
}

--- E18 大额贷款须由负责人参与贷前调查。来源:004 小额贷款中心「额度较大」;100 万元起(含)为 [默认]。
M.large_loan_presence = rule {
    title = "大额贷款负责人参与",
    source = "004 小贷 E18",
    inputs = "amount_wan n, head_present b, limit_wan n=100",
    outputs = "compliant b",
    run = function(x) return { compliant = x.head_present or x.amount_wan < x.limit_wan } end,
}

return M
