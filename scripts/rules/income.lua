-- 收入:保底、补贴、风险金、延期支付、计价,以及业绩折算。金额单位为元,名称以 _wan 结尾的为万元。
local common = use "rules/common"

local M = {}

--- A05 客户经理平均收入不低于内勤的两倍。来源:000 农信社「内勤两倍以上」;
--- 按年、取全部应税收入为 [默认]。没有内勤(back_avg 为空)则全部不适用。
M.income_ratio_check = rule {
    title = "客户经理与内勤收入比",
    source = "000 农信社 A05",
    inputs = "cm_avg n, n_cm i, back_avg n?, multiple n=2",
    outputs = "ratio n4?, pass b?, shortfall_total n2?",
    run = function(x)
        if x.back_avg == nil then return {} end
        local wanted = x.multiple * x.back_avg
        return {
            ratio = x.cm_avg / x.back_avg,
            pass = x.cm_avg >= wanted,
            shortfall_total = max(0, wanted - x.cm_avg) * x.n_cm,
        }
    end,
}

--- A06 保底不封顶:有任职资格者收入不低于内勤平均的 80%。来源:000 农信社;
--- 内勤平均取同一法人为 [默认]。
M.income_floor = rule {
    title = "收入保底不封顶",
    source = "000 农信社 A06",
    inputs = "income n, back_avg n, floor_share r=0.8, qualified b",
    outputs = "floor n2, top_up n2, paid n2",
    run = function(x)
        if not x.qualified then return { floor = 0, top_up = 0, paid = x.income } end
        local least = x.floor_share * x.back_avg
        return { floor = least, top_up = max(0, least - x.income), paid = max(x.income, least) }
    end,
}

--- A08 客户关系维护费(通讯、燃油、公关)。来源:000 农信社;
--- 每月 500 元加每户 2 元、封顶 2000 元均为 [默认]。
M.maintenance_allowance = rule {
    title = "客户关系维护费",
    source = "000 农信社 A08",
    inputs = "distinct_customers_visited i, base n=500, per_customer n=2, cap n=2000",
    outputs = "allowance n2",
    run = function(x)
        return { allowance = min(x.cap, x.base + x.per_customer * x.distinct_customers_visited) }
    end,
}

--- A09 信贷风险补偿金。来源:000 农信社,仅存名称;规则为 [默认]:每次绩效计提 10% 入个人账户,
--- 先入账,再抵确认的损失,抵完为止。
M.risk_fund = rule {
    title = "信贷风险补偿金",
    source = "000 农信社 A09",
    inputs = "perf_pay n, fund n, loss n, withhold_rate r=0.10",
    outputs = "withheld n2, paid_now n2, used_for_loss n2, fund_after n2",
    run = function(x)
        local withheld = x.perf_pay * x.withhold_rate
        local fund = x.fund + withheld
        local used = max(0, min(x.loss, fund))
        return {
            withheld = withheld, paid_now = x.perf_pay - withheld,
            used_for_loss = used, fund_after = fund - used,
        }
    end,
}

--- A22 邮政业绩折算:独立开发全额,合作开发按贡献比例,维护客户按系数。来源:000 昆明邮政;
--- 维护系数原文残缺,[默认] 0.30。
M.postal_performance = rule {
    title = "业绩折算(独立、合作、维护)",
    source = "000 邮政 A22",
    inputs = "independent n, coop [{amount n, share r}], maintained n, maintain_coef r=0.30",
    outputs = "independent n2, cooperative n2, maintained n2, total n2",
    run = function(x)
        local cooperative, maintained = 0, x.maintained * x.maintain_coef
        for _, deal in ipairs(x.coop) do cooperative = cooperative + deal.amount * deal.share end
        return {
            independent = x.independent, cooperative = cooperative, maintained = maintained,
            total = x.independent + cooperative + maintained,
        }
    end,
}

--- A22 一份合同的贡献比例须合计恰为 100%(PR-14)。来源:000 昆明邮政。
M.contribution_shares_valid = rule {
    title = "合作贡献比例校验",
    source = "000 邮政 A22",
    inputs = "shares [r]",
    outputs = "valid b",
    run = function(x) return { valid = sum(x.shares) == 1 } end,
}

--- A24 六级银行:季度达标的待遇。来源:000;季度标准 = 年标准的 25%、奖金 = 超额利润的 10% 为 [默认]。
--- 未达标则奖金、岗位工资、两费均为 0。
M.quarter_entitlement = rule {
    title = "季度达标待遇",
    source = "000 六级银行 A24",
    inputs = [[year_standard_wan n, actual_wan n, quarter_share r=0.25, bonus_rate r=0.10,
               grade_pay n, allowances n]],
    outputs = "quarter_standard_wan n2, reached b, bonus n2, paid n2",
    run = function(x)
        local standard = x.year_standard_wan * x.quarter_share
        local reached, bonus, paid = x.actual_wan >= standard, 0, 0
        if reached then
            bonus = (x.actual_wan - standard) * 10000 * x.bonus_rate
            paid = bonus + x.grade_pay + x.allowances
        end
        return { quarter_standard_wan = standard, reached = reached, bonus = bonus, paid = paid }
    end,
}

--- B05 绩效延期支付:基本工资与津贴按月,绩效浮动,部分延期。来源:001;延期 40%、分 3 年、
--- 风险事件后没收均为 [默认]。延期总额先四舍五入到分,逐年等分向下取到分,余数归末年。
M.deferred_pay = rule {
    title = "绩效延期支付",
    source = "001 B05",
    inputs = [[base n, allowance n, perf n, deferred_share r=0.40, years i=3,
               forfeit_from_year i?=null]],
    outputs = "paid_now n2, deferred n2, releases [n2]",
    run = function(x)
        local deferred, equal = round(x.perf * x.deferred_share, 2), {}
        for year = 1, x.years do equal[year] = 1 end
        local releases = common.split(deferred, equal, 2)
        for year = max(1, x.forfeit_from_year or x.years + 1), x.years do releases[year] = 0 end
        return {
            paid_now = x.base + x.allowance + x.perf - deferred,
            deferred = deferred, releases = releases,
        }
    end,
}

--- B14 级差地租:目标随继承的客户利润而定,增量有奖,减量不罚。来源:001;
--- κ = 1.00、奖励率 10% 为 [默认]。
M.rent_target = rule {
    title = "级差地租目标与增量奖励",
    source = "001 效益 B14",
    inputs = "base_wan n, actual_wan n, kappa n=1.00, reward_rate r=0.10",
    outputs = "target_wan n2, increment_wan n2, reward n2",
    run = function(x)
        local target = x.base_wan * x.kappa
        local increment = x.actual_wan - target
        local reward = max(0, increment) * 10000 * x.reward_rate
        return { target_wan = target, increment_wan = increment, reward = reward }
    end,
}

--- E02 产品计价与倒扣:未完成任务的按完成率扣减。来源:004 VIP 部;
--- 公式 单价×数量×min(1, 完成率) 为 [默认]。
--- 逐项四舍五入到分后相加;不计分的项目(zero_target = exclude)不付。
M.priced_products = rule {
    title = "产品计价",
    source = "004 VIP 部 E02",
    inputs = [[items [{price n, volume n, target n}], zero_target (full|zero|exclude)=full,
               item_cap n?=1]],
    outputs = "pay [n2], total n2",
    run = function(x)
        local pay, total = {}, 0
        for i, item in ipairs(x.items) do
            local full = max(0, item.price * item.volume) -- 退货多于销售的不付
            local earned = weigh { items = { { -- 权重取全额,乘除一次完成
                actual = item.volume, target = item.target, weight = full,
                zero_target = x.zero_target, floor = 0, cap = x.item_cap,
            } } }.score
            pay[i] = round(earned or 0, 2)
            total = total + pay[i]
        end
        return { pay = pay, total = total }
    end,
}

return M
