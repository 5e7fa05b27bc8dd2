-- 联系与覆盖:工作日志与档案、走访率、电话、短信与活动(C34、C40、C41;PR-10、PR-21)。
local M = {}

--- C34 日志与档案完整率:实有比应有。来源:002 农行洛阳,七项工作制度。
M.log_completeness = rule {
    title = "日志与档案完整率",
    source = "002 农行洛阳 C34",
    inputs = "workdays i, logs i, customers i, complete_files i",
    outputs = "log_rate r6?, file_rate r6?",
    run = function(x)
        return { log_rate = x.logs / x.workdays, file_rate = x.complete_files / x.customers }
    end,
}

--- C40 走访率:半年内白金以上上门 90%、金卡见面 40%(原文),不重复计客户。没有客户即视为合规。
--- 来源:002 农行洛阳。
M.visit_rates = rule {
    title = "走访率",
    source = "002 农行洛阳 C40",
    inputs = [[platinum_visited i, platinum_all i, gold_met i, gold_all i, platinum_min r=0.9,
               gold_min r=0.4]],
    outputs = "platinum_rate r4?, platinum_ok b, gold_rate r4?, gold_ok b",
    run = function(x)
        return {
            platinum_rate = x.platinum_visited / x.platinum_all,
            platinum_ok = x.platinum_visited >= x.platinum_min * x.platinum_all,
            gold_rate = x.gold_met / x.gold_all,
            gold_ok = x.gold_met >= x.gold_min * x.gold_all,
        }
    end,
}

--- C40 电话联系:每两个月(1—2、3—4 …… 11—12)至少一次(原文)。来源:002 农行洛阳。
M.phone_windows = rule {
    title = "电话联系频率",
    source = "002 农行洛阳 C40",
    inputs = "months_called [i]",
    outputs = "compliant b",
    run = function(x)
        local called, windows = {}, 0
        for _, month in ipairs(x.months_called) do
            if month < 1 or month > 12 then error("a month is 1 to 12, not " .. month) end
            local window = (month + 1) // 2
            if not called[window] then windows = windows + 1 end
            called[window] = true
        end
        return { compliant = windows == 6 }
    end,
}

--- C41 群发短信每月一次、主题活动每季一次(原文);看多长由 months、quarters 定,不写为一年。来源:002 农行洛阳。
M.group_contact = rule {
    title = "短信与活动频率",
    source = "002 农行洛阳 C41",
    inputs = "months_with_message i, quarters_with_activity i, months i=12, quarters i=4",
    outputs = "messages_ok b, activities_ok b",
    run = function(x)
        return {
            messages_ok = x.months_with_message >= x.months,
            activities_ok = x.quarters_with_activity >= x.quarters,
        }
    end,
}

return M
