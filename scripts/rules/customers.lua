-- 客户:分级、锁定存量、跟进与按级服务。
local common = use "rules/common"
local completion = use "rules/completion"

local M = {}

-- A10 等级与服务周期,[默认]:80 分起 A 级,50 分起 B 级,其余 C 级。
local service_classes = {
    { from = 80, class = "A", cycle_days = 30 },
    { from = 50, class = "B", cycle_days = 60 },
    { from = 0, class = "C", cycle_days = 180 },
}

local function service_level(score)
    for _, level in ipairs(service_classes) do
        if score >= level.from then return level end
    end
end

--- A10 客户分级与服务周期。来源:000「业绩、效益、重要性」;权重 40/40/20 为 [默认]。
--- 百分位 = 数值不高于本客户的客户所占比例(含自身)。
M.customer_service_grade = rule {
    title = "客户分级与服务周期",
    source = "000 A10",
    inputs = [[customers [{id t, contribution n, balance n, important b}],
               weights {contribution n=40, balance n=40, importance n=20},
               round_before_compare b=false]],
    outputs = "customers [{id t, score n2, class (A|B|C), cycle_days i}]",
    run = function(x)
        local all, contributions, balances, graded = #x.customers, {}, {}, {}
        for i, customer in ipairs(x.customers) do
            contributions[i], balances[i] = customer.contribution, customer.balance
        end
        local by_contribution, by_balance = rank(contributions), rank(balances)
        for i, customer in ipairs(x.customers) do
            local items = { -- 名次 r 之前有 r - 1 户高于自己
                contribution = { actual = all - by_contribution[i] + 1, target = all },
                balance = { actual = all - by_balance[i] + 1, target = all },
                importance = { actual = customer.important and 1 or 0, target = 1 },
            }
            local score = common.weighted(items, x.weights, {})
            local level = service_level(completion.compared(score, x.round_before_compare))
            graded[i] = {
                id = customer.id, score = score,
                class = level.class, cycle_days = level.cycle_days,
            }
        end
        return { customers = graded }
    end,
}

--- B09 按利润贡献分类,不看信用等级。来源:001 客户关系;界线 80%、95% 为 [默认]。
--- 利润由高到低累计:轮到该客户之前累计不足 80% 为 A,不足 95% 为 B,其余 C;无利润或亏损为 D,
--- 也不计入累计的总额。利润相同按编号。
M.profit_class = rule {
    title = "客户利润贡献分类",
    source = "001 B09",
    inputs = "customers [{id t, profit n}], share_a r=0.8, share_b r=0.95",
    outputs = "classes [{id t, class (A|B|C|D)}]",
    run = function(x)
        local sorted, total, before, class = {}, 0, 0, {}
        for i, customer in ipairs(x.customers) do
            sorted[i] = { at = i, id = customer.id, profit = customer.profit }
            total = total + max(customer.profit, 0)
        end
        table.sort(sorted, function(a, b)
            if a.profit == b.profit then return a.id < b.id end
            return a.profit > b.profit
        end)
        for _, customer in ipairs(sorted) do
            local name = "C"
            if customer.profit <= 0 then name = "D"
            elseif before < x.share_a * total then name = "A"
            elseif before < x.share_b * total then name = "B" end
            class[customer.at] = { id = customer.id, class = name }
            before = before + customer.profit
        end
        return { classes = class }
    end,
}

--- B23 存量锁定底线。来源:001「存量锁定、打包维护」;底线 95% 为 [默认]。
M.stock_lock = rule {
    title = "存量锁定底线",
    source = "001 江苏 B23",
    inputs = "locked_base_wan n, current_wan n, bottom_line r=0.95",
    outputs = "kept b",
    run = function(x) return { kept = x.current_wan >= x.bottom_line * x.locked_base_wan } end,
}

local second_visit = { ["抵触"] = false, ["中立"] = false, ["积极"] = true }

--- D11 潜在客户跟进:态度积极者须再访或去电。来源:003;期限 7 天(含)为 [默认]。
M.prospect_follow_up = rule {
    title = "潜在客户跟进",
    source = "003 D11",
    inputs = "attitude (抵触|中立|积极), days_to_second_contact i?, limit_days i=7",
    outputs = "ok b",
    run = function(x)
        local days = x.days_to_second_contact
        local needed = common.pick(second_visit, x.attitude, "attitude")
        return { ok = not needed or (days ~= nil and days <= x.limit_days) }
    end,
}

--- E03 每日主动维护十名以上客户。来源:004 VIP 部。daily_distinct 为每个工作日维护的不同客户数。
M.daily_maintenance = rule {
    title = "每日主动维护客户",
    source = "004 VIP 部 E03",
    inputs = "daily_distinct [i], minimum i=10",
    outputs = "days_ok i, rate r6?",
    run = function(x)
        local ok = common.count(x.daily_distinct, function(n) return n >= x.minimum end)
        return { days_ok = ok, rate = ok / #x.daily_distinct }
    end,
}

--- E06 私人银行客户:每月联系一次,其中四次为投资组合检视,另有一份发展计划。来源:004。
M.private_bank_service = rule {
    title = "私人银行客户服务",
    source = "004 理财经理 E06",
    inputs = "contact_months [i], portfolio_reviews i, development_plan b",
    outputs = "compliant b, missing [t]",
    run = function(x)
        local contacted, months = {}, 0
        for _, month in ipairs(x.contact_months) do
            if month < 1 or month > 12 then error("month " .. month .. " is not 1 to 12") end
            if not contacted[month] then months = months + 1 end
            contacted[month] = true
        end
        local missing = common.failed {
            { "monthly_contact", months == 12 },
            { "portfolio_reviews", x.portfolio_reviews >= 4 },
            { "development_plan", x.development_plan },
        }
        return { compliant = #missing == 0, missing = missing }
    end,
}

--- E07 「4-2-1-1」服务:每季联系一次,其中两次投资理财服务,金融资产 500 万元及以上须有资产配置方案。
--- 来源:004;后两个「1」原文未解释,[默认] 不检查。
M.service_4211 = rule {
    title = "财富客户 4-2-1-1 服务",
    source = "004 理财经理 E07",
    inputs = [[contacts_by_quarter [i], investment_services i, aum_wan n, allocation_plan b,
               plan_from_wan n=500]],
    outputs = "compliant b, missing [t]",
    run = function(x)
        local contacts = x.contacts_by_quarter
        if #contacts ~= 4 then
            error("contacts_by_quarter has " .. #contacts .. " numbers; give four, one a quarter")
        end
        local missing = common.failed {
            { "quarterly_contact", min(table.unpack(contacts)) >= 1 },
            { "investment_service", x.investment_services >= 2 },
            { "allocation_plan", x.allocation_plan or x.aum_wan < x.plan_from_wan },
        }
        return { compliant = #missing == 0, missing = missing }
    end,
}

return M
