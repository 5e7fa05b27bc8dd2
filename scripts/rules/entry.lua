-- 准入与退出:在册、学历例外、退出通知、对公准入(C25—C29)。
local common = use "rules/common"

local M = {}

--- C25 进入在册序列,四款居其一即可(依原文语意作「或」读)。来源:002 第十九条;
--- 2500/3500/4000 万元为原文。
M.regular_entry = rule {
    title = "进入在册序列",
    source = "002 综合创利 C25",
    inputs = "two_quarters_reached b, prev_avg_wan n, cur_avg_wan n, special b=false",
    outputs = "eligible b, by [(一|二|三|四)]",
    run = function(x)
        local two = x.prev_avg_wan >= 2500 and x.cur_avg_wan >= 3500
        local by = common.failed {
            { "一", not x.two_quarters_reached },
            { "二", not two },
            { "三", x.cur_avg_wan < 4000 },
            { "四", not x.special },
        }
        return { eligible = #by > 0, by = by }
    end,
}

--- C26 学历例外:季度日均存款 5000 万元以上,或创利 25 万元以上(原文,均含)。来源:002 第二十条。
M.education_exception = rule {
    title = "学历例外申请",
    source = "002 综合创利 C26",
    inputs = "avg_deposit_wan n, profit_wan n",
    outputs = "may_apply b",
    run = function(x)
        return { may_apply = x.avg_deposit_wan >= 5000 or x.profit_wan >= 25 }
    end,
}

--- C27 退出:考核未达标且态度素质不合格,提前一个月通知(原文)。来源:002 第二十一条。
M.exit_notice = rule {
    title = "退出通知",
    source = "002 综合创利 C27",
    inputs = "assessment_failed b, attitude_failed b, notice_date d, notice_months i=1",
    outputs = "end_date d?",
    run = function(x)
        if not (x.assessment_failed and x.attitude_failed) then return {} end
        return { end_date = date.add_months(x.notice_date, x.notice_months) }
    end,
}

-- 自 from 起至 on 已满若干月;没有起始日即未满。
local function has_served(from, months, on)
    return from ~= nil and date.add_months(from, months) <= on
end

--- C29 对公客户经理准入。来源:002 对公办法:金融 2 年或本行 1 年、大专以上(优秀者可免)、信贷上岗证、
--- 零售客户经理 2 年(对公资源丰富者可免)、对公部门审核、处分解除满两年;数字均为原文。
M.corporate_entry = rule {
    title = "对公客户经理准入",
    source = "002 对公 C29",
    inputs = [[on d, finance_from d?=null, bank_from d?=null, education t, outstanding b=false,
               credit_certificate b, retail_years n, corp_resources b=false, review_passed b,
               sanction_lifted d?=null]],
    outputs = "pass b, fails [t]",
    run = function(x)
        local experienced = has_served(x.finance_from, 24, x.on) or has_served(x.bank_from, 12, x.on)
        local cleared = x.sanction_lifted == nil or has_served(x.sanction_lifted, 24, x.on)
        local fails = common.failed {
            { "experience", experienced },
            { "education", x.outstanding or common.educated(x.education, "大专") },
            { "credit_certificate", x.credit_certificate },
            { "retail_experience", x.retail_years >= 2 or x.corp_resources },
            { "department_review", x.review_passed },
            { "discipline", cleared },
        }
        return { pass = #fails == 0, fails = fails }
    end,
}

return M
