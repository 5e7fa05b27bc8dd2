-- 支行客户经理季度综合创利考核(规则手册 C09—C28):八项创利相加,按创利定等级,再过门槛、保护与裁定。
-- 定级链的每一步在 steps.lua,规则在 scripts/rules;原文与 [默认] 的分别、每个参数的用法见 README.md。
local common = use "rules/common"
local ladders = use "rules/ladder"
local steps = use "packs/profit-contribution/steps"

scheme {
    title = "客户经理季度综合创利考核办法",
    version = "2009.1",
    regulation = "支行客户经理管理办法(2009年1月1日起施行)",
}

-- ---- 参数:管理员在 kaohe.lua 的 params 里改(README.md) ---------------------------------------

-- C09 创利
common.positive("base", param "base" { title = "计息基准天数 [默认]", unit = "天", value = 360 })
param "line_floor" { title = "单项创利下限 [默认] 不设", unit = "元", value = false, number = true }
local exempt_covers_2 = param "npl_exempt_covers_2" {
    title = "当季形成当季收回的贷款,转关注以下也不剔除 [默认]", value = true }
param "npl_clawback" { title = "转关注以下的贷款,以前各季已计创利是否扣回 [默认]", value = false }

-- C15—C19 等级表与开关
ladders.set(param "ladder" { title = "等级表(人力资源部每期核定)[默认]", value = ladders.default })
local smaller_is_higher = param "ladder_direction" { title = "级数小者为高 [默认]", value = true }
local steps_per_level = param "ladder_steps" { title = "每级档数 [默认]", value = 4 }
param "product_cross_grade" { title = "产品限档可以跨级 [默认]", value = true }
for _, quarter in ipairs(param "gate_quarters" { title = "有存款门槛的季度", value = { 1, 2, 3 } }) do
    common.choice("gate_quarters", quarter, { 1, 2, 3, 4 })
end
param "gate_cascade" { title = "门槛逐级再看 [默认]", value = false }
param "gate_exempt_posts" { title = "不看存款门槛的岗位", value = { "个贷客户经理" } }
param "ceiling_hold" { title = "总行批准前暂按上限 [默认]", value = true }
param "round_before_compare" { title = "先四舍五入再比较 [默认]", value = false }

-- C21—C28
param "deduction_min" { title = "扣减比例下限", value = 0.10 }
param "deduction_max" { title = "扣减比例上限,也是几件相加的上限", value = 0.30 }
param "hire_months" { title = "新入行保护月数", unit = "月", value = 6 }
param "transfer_standard" { title = "转岗与在册的标准等级 [默认]", value = "15级1档" }
param "transfer_minimum" { title = "转岗次季的最低等级 [默认]", value = "15级1档" }
param "transfer_as_floor" { title = "转岗首季取较优者 [默认]", value = false }
param "leave_min_days" { title = "假期保护的最短天数 [默认]", unit = "天", value = 30 }
param "entry_months" { title = "入行或转岗未满几月的看是否在册 [默认]", unit = "月", value = 12 }
param "entry_education" { title = "总行准入学历 [默认]", value = "本科" }
param "published" { title = "各期结果公布日", value = {} }
param "suppliers" {
    title = "季后报送数据的部门",
    value = { "财务部门", "风险部门", "票据部门", "零售市场部", "支行会计与柜员", "科技部门", "人力资源部" },
}
param "supplied" { title = "各期各部门报送日", value = {} }
param "assessed" { title = "各期初评、调整、审定的经办与日期", value = {} }
common.choice("count_from", param "count_from" {
    title = "工作日从次日或当日起数 [默认]", value = "next_day" }, { "next_day", "same_day" })
local history_lines = param "history_lines" { title = "往期等级表带有各项创利", value = true }
param "reconsider" { title = "复议", value = { days = 3, to = "分行考核委员会" } }

-- 记分卡上的文字:每一行怎样算出({名称} 换成本人的数)
param "scorecard" {
    title = "记分卡文字",
    value = {
        title = "客户经理季度考核记分卡",
        note = "存贷款与票据 = 积数 ÷ 100 ÷ 天数;积数 = 每日余额 × 利差% × 系数,逐日相加",
        rules = {
            corp_deposit = "日均 {corp_adb:2} 元;积数 {corp_margin:2} ÷ 100 ÷ {base}",
            personal_deposit = "日均 {personal_adb:2} 元;积数 {personal_margin:2} ÷ 100 ÷ {base}",
            interbank = "日均 {interbank_adb:2} 元;积数 {interbank_margin:2} ÷ 100 ÷ {base}",
            loan = "日均 {loan_adb:2} 元;积数 {loan_margin:2} ÷ 100 ÷ {base}",
            discount = "票面 {bill_face:2} 元;积数 {bill_margin:2} ÷ 100 ÷ {base}",
            off_balance = "手续费 {off_amount:2},各笔 × 系数后相加",
            other = "手续费 {other_amount:2},各笔 × 系数后相加",
            product_sale = "销售额 {sale_amount:2},各笔 × 产品系数后相加",
        },
    },
}

-- ---- 考核对象 ----------------------------------------------------------------------------------

lookup "branch" { on = { branch_id = "branch_id" } }

subject {
    from = "staff",
    key = "manager_id",
    name = "name",
    group = "branch.name",
    fields = { "post", "education", "hire_date", "branch_id", studio = "studio_at_year_start" },
    active = { "active_from", "active_to" },
}

calendar { from = "holiday", date = "date", kind = "kind" }

-- ---- 价格与系数(C10):按日期取,季中变动按天分段 ---------------------------------------------

lookup "account" { on = "account_id" }
lookup "pool" {
    from = "pool_price",
    on = { product = "account.class", currency = "account.currency" },
    valid = { "from_date", "to_date" },
}
lookup "loan" { on = "loan_id" }
lookup "loan_pool" {
    from = "pool_price",
    on = {},
    where = "product = '贷款' and currency = 'CNY'",
    valid = { "from_date", "to_date" },
}
lookup "product" { on = "product_id", valid = { "valid_from", "valid_to" } }

local lines = { "corp_deposit", "personal_deposit", "interbank", "loan", "discount", "off_balance", "other" }
for _, line in ipairs(lines) do
    lookup("coef_" .. line) {
        from = "coefficient",
        on = {},
        where = "line = '" .. line .. "'",
        valid = { "from_date", "to_date" },
    }
end

-- ---- 贷款状态(C11 的判断依据) ------------------------------------------------------------------

-- 本季曾为次级以下的最后一段
lookup "npl" {
    from = "loan_class",
    on = "loan_id",
    date = "from_date",
    pick = "last",
    where = [[class in ('次级', '可疑', '损失') and from_date <= period_end
              and (to_date is null or to_date > period_start)]],
}
-- 本年离开正常类的那一段:正常只能往下走
lookup "left_normal" {
    from = "loan_class",
    on = "loan_id",
    date = "from_date",
    pick = "last",
    where = "class = '正常' and to_date >= year_start and to_date <= period_end",
}
lookup "state" { from = "loan_state", on = "loan_id", date = "date", within = "period", pick = "last" }

-- ---- 数据集 ------------------------------------------------------------------------------------

owner "account_owner" {
    on = "account_id",
    subject = "manager_id",
    share = "share",
    valid = { "from_date", "to_date" },
}
owner "loan_owner" { from = "loan", on = "loan_id", subject = "manager_id" }

dataset "balances" { from = "daily_balance", key = "account_id", owner = "account_owner" }
dataset "loans" { from = "loan_balance", key = "loan_id", owner = "loan_owner" }
dataset "bills" { from = "bill_discount", key = "bill_id", date = "bought", subject = "manager_id" }
dataset "fees" { from = "fee", key = "fee_id" }
dataset "sales" { from = "product_sale", key = "sale_id" }

-- ---- 度量:日均余额,以及「每日余额 × 当日利差 × 系数」的积数(先加后除,分毫不差) --------------

local deposits = {
    { "corp", "对公", "对公一般", "corp_deposit" },
    { "personal", "个人", "储蓄", "personal_deposit" },
    { "interbank", "同业", "同业", "interbank" },
}
for _, d in ipairs(deposits) do
    local name, title, class, line = d[1], d[2], d[3], d[4]
    measure(name .. "_adb") {
        title = title .. "存款日均", unit = "元",
        of = "balances", sum = "balance", over = "average",
        where = "account.class = '" .. class .. "'",
    }
    measure(name .. "_margin") {
        title = title .. "存款利差积数", unit = "元·%·天",
        of = "balances", over = "sum",
        sum = "balance * (pool.pool_rate - pool.cost_rate) * coef_" .. line .. ".value",
        where = "account.class = '" .. class .. "'",
    }
end

-- C11 与 C12:不计创利的贷款按原因逐笔列出
local exempt = [[(npl.loan_id is not null and npl.from_date >= period_start
                  and npl.to_date is not null and npl.to_date <= period_end)]]
local moved = "left_normal.loan_id is not null" .. (exempt_covers_2 and " and not " .. exempt or "")
local loan_rules = {
    { rule = "7.1 次级以下", when = "npl.loan_id is not null and not " .. exempt },
    { rule = "7.1 应收未收", when = [[state.interest_receivable > 0 and state.recovered_on is null
        and state.receivable_since >= year_start]] },
    { rule = "7.2 正常转关注以下", when = moved },
    { rule = "7.3 个贷逾期", when = "loan.kind = '个人' and state.overdue_days > 0" },
    { rule = "归口总行", when = "loan.route <> 'none'" },
}
measure "loan_adb" {
    title = "贷款日均", unit = "元",
    of = "loans", sum = "balance", over = "average", exclude = loan_rules,
}
measure "loan_margin" {
    title = "贷款利差积数", unit = "元·%·天",
    of = "loans", sum = "balance * (loan.rate - loan_pool.pool_rate) * coef_loan.value",
    over = "sum",
    exclude = loan_rules,
}

measure "loan_all_adb" {
    title = "贷款日均(含剔除)", unit = "元",
    of = "loans", sum = "balance", over = "average",
}
-- npl_clawback:本季转关注以下的贷款,年初至今的积数减去本季的,即以前各季已计的
for name, window in pairs { clawback_year = "year_to_date", clawback_now = "this" } do
    measure(name) {
        title = "扣回积数", unit = "元·%·天",
        of = "loans", sum = "balance * (loan.rate - loan_pool.pool_rate) * coef_loan.value",
        over = "sum", period = window, missing = "zero",
        where = moved .. [[ and quarter(left_normal.to_date) = quarter(period_end)
                            and loan.route = 'none']],
    }
end

measure "bill_face" { title = "票据面额", unit = "元", of = "bills", sum = "face" }
measure "bill_margin" {
    title = "票据利差积数", unit = "元·%·天",
    of = "bills",
    sum = "face * (discount_rate - funding_rate) * days(bought, due) * coef_discount.value",
}
measure "off_amount" {
    title = "表外业务手续费", unit = "元", of = "fees", sum = "amount", where = "line = '表外'",
}
measure "off_fee" {
    title = "表外业务手续费 × 系数", unit = "元",
    of = "fees", sum = "amount * coef_off_balance.value", where = "line = '表外'",
}
measure "other_amount" {
    title = "其他中间业务手续费", unit = "元", of = "fees", sum = "amount", where = "line = '其他'",
}
measure "other_fee" {
    title = "其他中间业务收入", unit = "元",
    of = "fees", sum = "amount * coef_other.value", where = "line = '其他'",
}
measure "sale_amount" { title = "产品销售额", unit = "元", of = "sales", sum = "amount" }
measure "sale_profit" {
    title = "产品销售折算创利", unit = "元",
    of = "sales", sum = "amount * product.coef",
}

-- C25 第二款要看上季日均
measure "prev_deposit_adb" {
    title = "上季存款日均", unit = "元",
    of = "balances", sum = "balance", over = "average", period = "previous",
    where = "account.class in ('对公一般', '储蓄', '同业')",
}

-- ---- 历史与记录:往期等级、委员会决定、转岗、假期 ------------------------------------------------

dataset "grade_history" { period = "period" }
dataset "decision" { period = "period" }
dataset "transfer" {}
dataset "leave" { date = "from_date" }

local past = { period = "text", grade = "text", profit = "money", basis = "text" }
for _, line in ipairs(history_lines and lines or {}) do past[line] = "money" end
if history_lines then past.product_sale = "money" end
records "history" { of = "grade_history", columns = past, period = "any" }
records "decisions" {
    of = "decision",
    columns = { decision_id = "text", kind = "text", rate = "rate", grade = "text", reason = "text" },
}
records "transfers" {
    of = "transfer", columns = { date = "date", prior_grade = "text" }, period = "any",
}
records "leaves" {
    of = "leave", columns = { kind = "text", from_date = "date", to_date = "date" }, period = "any",
}

-- ---- 指标:八项创利(C09) ----------------------------------------------------------------------

-- 积数(元·%·天)到元,先乘后除;line_floor 设有下限时不低于它
local function line(name, title, value)
    metric(name) { title = title, unit = "元", formula = value }
end
local function of_margin(margin, p)
    if margin == nil then return nil end
    local amount = margin / 100 / p.base
    return p.line_floor and max(amount, p.line_floor) or amount
end
local function of_fee(amount, p)
    if amount == nil then return nil end
    return p.line_floor and max(amount, p.line_floor) or amount
end

line("corp_deposit", "对公存款", function(m, p) return of_margin(m.corp_margin, p) end)
line("personal_deposit", "个人存款", function(m, p) return of_margin(m.personal_margin, p) end)
line("interbank", "同业存款", function(m, p) return of_margin(m.interbank_margin, p) end)
line("loan", "一般贷款", function(m, p) return of_margin(m.loan_margin, p) end)
line("discount", "票据贴现", function(m, p) return of_margin(m.bill_margin, p) end)
line("off_balance", "表外业务", function(m, p) return of_fee(m.off_fee, p) end)
line("other", "其他业务", function(m, p) return of_fee(m.other_fee, p) end)
line("product_sale", "产品销售", function(m, p) return of_fee(m.sale_profit, p) end)
line("clawback_profit", "本季转关注以下的贷款以前各季创利", function(m, p)
    return (m.clawback_year - m.clawback_now) / 100 / p.base
end)
metric "deposit_adb" { title = "日均存款合计", unit = "元",
    formula = function(m) return (m.corp_adb or 0) + (m.personal_adb or 0) + (m.interbank_adb or 0) end }

-- ---- 等级表(C15,[默认]:原表缺失;单位万元),由参数 ladder 给出 -----------------------------------

lookup "profit_to_grade" {
    columns = { "grade", "from" },
    rows = ladders.steps(ladders.of {
        ladder_direction = smaller_is_higher, ladder_steps = steps_per_level,
    }),
}

-- ---- 定级链:次序为 [默认](原文只有各条,没有次序) ------------------------------------------------

score {
    steps.supply,   -- C13 数据报送
    contribution { -- C09
        lines = { "corp_deposit", "personal_deposit", "interbank", "loan", "discount", "off_balance", "other",
                  "product_sale" },
        title = "综合创利",
    },
    steps.exclude,  -- C11、C12 剔除的贷款
    steps.clawback, -- C11 扣回(npl_clawback)
    steps.deduct,   -- C21 扣减
    ladder { table = "profit_to_grade", value = "graded_profit", per = 10000, rule = "C15", note = false },
    steps.cap,      -- C19 产品销售限档
    steps.gate,     -- C16、C17、C18 存款门槛
    steps.demote,   -- C21 直接降级
    steps.protect,  -- C22 新入行、C23 转岗、C24 假期
    steps.decide,   -- C20 委员会裁定
    steps.ceiling,  -- C15 审批上限
    steps.entry,    -- C25 在册、C26 学历例外、C27 退出
    steps.publish,  -- C28 复议
    steps.next,     -- 再进一档还差什么(C15—C19)
    steps.approve,  -- C14 初评、调整、审定
    steps.remark,   -- 哪些数是 [默认]
}
