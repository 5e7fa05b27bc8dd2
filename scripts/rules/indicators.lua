-- 经营指标:计划与实际、比率、增长、效益。除数为零时不适用(总则第 10 条),不是 0。
local common = use "rules/common"

local M = {}

-- ---- 目标与差异 --------------------------------------------------------------------------------

--- B13 目标分解:年度到季度、月度,末份取余数(PR-13)。来源:001;等权重、万元两位小数为 [默认]。
M.target_split = rule {
    title = "目标分解",
    source = "001 效益 B13",
    inputs = "total_wan n, weights [n], places i=2",
    outputs = "slices [n2]",
    run = function(x) return { slices = common.split(x.total_wan, x.weights, x.places) } end,
}

--- D07 由完成额与完成率反推目标:原文「2415 万元,完成 2415%」小数点残缺,逐一验证读法。来源:003。
M.implied_target = rule {
    title = "反推目标",
    source = "003 D07",
    inputs = "actual_wan n, completion_pct p",
    outputs = "target_wan n2?",
    run = function(x) return { target_wan = x.actual_wan * 100 / x.completion_pct } end,
}

--- E14 净增目标完成率:report 为实际÷目标,scored 按完成率规则(PR-1)计分。来源:004 校园。
M.campus_target = rule {
    title = "净增目标完成率",
    source = "004 校园 E14",
    inputs = "target n, actual n, zero_target (full|zero|exclude)=full, item_floor n?=0",
    outputs = "report r6?, scored r6?",
    run = function(x)
        local goal = { target = x.target, actual = x.actual, weight = 1,
                       zero_target = x.zero_target, floor = x.item_floor }
        return { report = x.actual / x.target, scored = weigh { items = { goal } }.score }
    end,
}

--- E23 计划与实际差异;差异率以计划的绝对值为底,为 [默认]。来源:004 全行绩效。
M.plan_variance = rule {
    title = "计划差异",
    source = "004 全行绩效 E23",
    inputs = "plan_wan n, actual_wan n",
    outputs = "deviation_wan nx, deviation_rate r6?",
    run = function(x)
        local deviation = x.actual_wan - x.plan_wan
        return { deviation_wan = deviation, deviation_rate = deviation / abs(x.plan_wan) }
    end,
}

-- ---- 烟草订单供货(A15;名称出自 000,公式为 [默认]) ------------------------------------------

--- A15 预测准确率 = max(0, 1 − |实际 − 预测| ÷ 实际)。
M.forecast_accuracy = rule {
    title = "预测准确率",
    source = "000 烟草 A15",
    inputs = "forecast_tiao n, actual_tiao n",
    outputs = "accuracy r6?",
    run = function(x)
        local actual = x.actual_tiao
        return { accuracy = max(0, (actual - abs(actual - x.forecast_tiao)) / actual) }
    end,
}

--- A15 订单满足率 = 送货 ÷ 订货。
M.order_satisfaction = rule {
    title = "订单满足率",
    source = "000 烟草 A15",
    inputs = "ordered n, delivered n",
    outputs = "rate r6?",
    run = function(x) return { rate = x.delivered / x.ordered } end,
}

--- A15 销售成长率 = (本期 − 上期) ÷ 上期;上期取上年同月为 [默认]。
M.sales_growth = rule {
    title = "销售成长率",
    source = "000 烟草 A15",
    inputs = "previous n, current n",
    outputs = "growth r6?",
    run = function(x) return { growth = (x.current - x.previous) / x.previous } end,
}

--- A15 品牌集中度 = 重点品牌销量 ÷ 总销量。
M.brand_concentration = rule {
    title = "品牌集中度",
    source = "000 烟草 A15",
    inputs = "key_brand_volume n, total_volume n",
    outputs = "rate r6?",
    run = function(x) return { rate = x.key_brand_volume / x.total_volume } end,
}

-- ---- 效益 --------------------------------------------------------------------------------------

--- B12 组合效益 = 贷款利息 + 存款收益 + 上年中间业务收入。来源:001;
--- 存款收益 = 余额×(内部转移价 − 付息率)×天数÷365 为 [默认]。利率为百分数。
M.portfolio_benefit = rule {
    title = "客户组合效益",
    source = "001 效益 B12",
    inputs = [[days i, base i=365, loans [{balance n, rate_pct p}],
               deposits [{balance n, ftp_pct p, cost_pct p}], fees [n] ]],
    outputs = "interest n2, deposit_return n2, fees n2, benefit n2",
    run = function(x)
        local lent, deposited, fees = 0, 0, sum(x.fees)
        for _, loan in ipairs(x.loans) do lent = lent + loan.balance * loan.rate_pct end
        for _, deposit in ipairs(x.deposits) do
            deposited = deposited + deposit.balance * (deposit.ftp_pct - deposit.cost_pct)
        end
        local function earned(product) return product * x.days / (100 * x.base) end
        return {
            interest = earned(lent), deposit_return = earned(deposited), fees = fees,
            benefit = earned(lent + deposited) + fees,
        }
    end,
}

--- D08 手续费收入占比;总收入不为正时不适用。来源:003「提高非利息收入比例」。
M.fee_income_share = rule {
    title = "手续费收入占比",
    source = "003 D08",
    inputs = "fee_income_wan n, total_income_wan n",
    outputs = "share r6?",
    run = function(x)
        return { share = x.total_income_wan > 0 and x.fee_income_wan / x.total_income_wan or nil }
    end,
}

--- E25 经济增加值 = 税后净营业利润 − 经济资本×资本成本率;经济资本回报率 = 净利润÷经济资本。
--- 来源:004 全行绩效;公式为 [默认]。
M.economic_value_added = rule {
    title = "经济增加值与经济资本回报率",
    source = "004 全行绩效 E25",
    inputs = "nopat_wan n, economic_capital_wan n, cost_pct p",
    outputs = "eva_wan n2, roec r6?",
    run = function(x)
        local capital = x.economic_capital_wan
        return { eva_wan = x.nopat_wan - capital * x.cost_pct / 100, roec = x.nopat_wan / capital }
    end,
}

--- E25 不良贷款压降率 = (上期 − 本期) ÷ 上期,增加为负。来源:004 全行绩效;公式为 [默认]。
M.npl_reduction = rule {
    title = "不良贷款压降率",
    source = "004 全行绩效 E25",
    inputs = "npl_prev_wan n, npl_now_wan n",
    outputs = "reduction r6?",
    run = function(x) return { reduction = (x.npl_prev_wan - x.npl_now_wan) / x.npl_prev_wan } end,
}

-- ---- 对标与看板 --------------------------------------------------------------------------------

--- E10 城区与全区平均增幅之差(百分点),城区减全区。来源:004 城区合作银行。
M.growth_gap = rule {
    title = "城区增幅差距",
    source = "004 城区 E10",
    inputs = "deposit_region_pct p, deposit_urban_pct p, loan_region_pct p, loan_urban_pct p",
    outputs = "deposit_gap_pp n2, loan_gap_pp n2",
    run = function(x)
        return {
            deposit_gap_pp = x.deposit_urban_pct - x.deposit_region_pct,
            loan_gap_pp = x.loan_urban_pct - x.loan_region_pct,
        }
    end,
}

--- E10 存贷比 = 贷款 ÷ 存款。来源:004 城区合作银行。
M.loan_deposit_ratio = rule {
    title = "存贷比",
    source = "004 城区 E10",
    inputs = "loans_yi n, deposits_yi n",
    outputs = "ratio r6?",
    run = function(x) return { ratio = x.loans_yi / x.deposits_yi } end,
}

--- E14 已迁移用户占比。来源:004 校园。
M.migrated_share = rule {
    title = "迁移用户占比",
    source = "004 校园 E14",
    inputs = "users i, migrated i",
    outputs = "share r6?",
    run = function(x) return { share = x.migrated / x.users } end,
}

--- E17 余额增幅 = 增加额 ÷ (余额 − 增加额)。来源:004 小额贷款中心。
M.balance_growth = rule {
    title = "贷款余额增幅",
    source = "004 小贷 E17",
    inputs = "balance_wan n, increase_wan n",
    outputs = "opening_wan nx, growth r6?",
    run = function(x)
        local opening = x.balance_wan - x.increase_wan
        return { opening_wan = opening, growth = x.increase_wan / opening }
    end,
}

--- E17 客户数增幅与户均余额。来源:004 小额贷款中心。
M.customer_growth = rule {
    title = "客户数增幅与户均余额",
    source = "004 小贷 E17",
    inputs = "customers i, increase i, balance_wan n",
    outputs = "opening i, growth r6?, balance_per_customer_wan n4?",
    run = function(x)
        local opening = x.customers - x.increase
        return {
            opening = opening, growth = x.increase / opening,
            balance_per_customer_wan = x.balance_wan / x.customers,
        }
    end,
}

--- E17 审批率、发放率(占获批)与笔均金额。来源:004 小额贷款中心。
M.approval_rates = rule {
    title = "审批率与发放率",
    source = "004 小贷 E17",
    inputs = "applications i, approved i, disbursed i, disbursed_wan n",
    outputs = "approval_rate r6?, disbursed_rate r6?, avg_ticket_wan n4?",
    run = function(x)
        return {
            approval_rate = x.approved / x.applications,
            disbursed_rate = x.disbursed / x.approved,
            avg_ticket_wan = x.disbursed_wan / x.disbursed,
        }
    end,
}

--- E17 新增与续贷:笔数、金额合计与新增占比(按笔数)。来源:004 小额贷款中心。
M.new_repeat_split = rule {
    title = "新增与续贷构成",
    source = "004 小贷 E17",
    inputs = "new_count i, new_wan n, repeat_count i, repeat_wan n",
    outputs = "count i, sum_wan nx, new_share r6?",
    run = function(x)
        local count, sum_wan = x.new_count + x.repeat_count, x.new_wan + x.repeat_wan
        return { count = count, sum_wan = sum_wan, new_share = x.new_count / count }
    end,
}

--- E17 不良率与年初不良额。来源:004 小额贷款中心。
M.npl_ratio = rule {
    title = "不良贷款率",
    source = "004 小贷 E17",
    inputs = "npl_wan n, balance_wan n, npl_increase_wan n",
    outputs = "ratio r6?, ratio_4dp n4?, npl_opening_wan nx",
    run = function(x)
        local ratio, opening = x.npl_wan / x.balance_wan, x.npl_wan - x.npl_increase_wan
        return { ratio = ratio, ratio_4dp = ratio, npl_opening_wan = opening }
    end,
}

return M
