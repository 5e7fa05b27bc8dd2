-- 支行客户经理季度综合创利考核(规则手册 C09—C28):八项创利相加,按创利定等级。
scheme {
    title = "客户经理季度综合创利考核办法",
    version = "2009.1",
    regulation = "支行客户经理管理办法(2009年1月1日起施行)",
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

-- ---- 参数:管理员可改 ---------------------------------------------------------------------------

param "base" { title = "计息基准天数", unit = "天", value = 360 }

-- 记分卡上的文字:每一行怎样算出({名称} 换成本人的数),以及复议(C28)
param "scorecard" {
    title = "记分卡文字",
    value = {
        title = "客户经理季度考核记分卡",
        rules = {
            corp_deposit = "日均 {corp_adb:2};利差积数 {corp_margin:2} ÷ 100 ÷ {base}",
            personal_deposit = "日均 {personal_adb:2};利差积数 {personal_margin:2} ÷ 100 ÷ {base}",
            interbank = "日均 {interbank_adb:2};利差积数 {interbank_margin:2} ÷ 100 ÷ {base}",
            loan = "日均 {loan_adb:2};利差积数 {loan_margin:2} ÷ 100 ÷ {base}",
            discount = "票面 {bill_face:2};利差积数 {bill_margin:2} ÷ 100 ÷ {base}",
            off_balance = "手续费 × 系数",
            other = "手续费 × 系数",
            product_sale = "各产品销售额 × 折算系数,逐笔相加",
        },
    },
}
param "reconsider" { title = "复议", value = { days = 3, to = "分行考核委员会" } }

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
local loan_rules = {
    { rule = "7.1 次级以下", when = [[npl.loan_id is not null
        and not (npl.from_date >= period_start and npl.to_date is not null and npl.to_date <= period_end)]] },
    { rule = "7.1 应收未收", when = [[state.interest_receivable > 0 and state.recovered_on is null
        and state.receivable_since >= year_start]] },
    { rule = "7.2 正常转关注以下", when = [[left_normal.loan_id is not null
        and not (npl.loan_id is not null and npl.from_date >= period_start
                 and npl.to_date is not null and npl.to_date <= period_end)]] },
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

measure "bill_face" { title = "票据面额", unit = "元", of = "bills", sum = "face" }
measure "bill_margin" {
    title = "票据利差积数", unit = "元·%·天",
    of = "bills",
    sum = "face * (discount_rate - funding_rate) * days(bought, due) * coef_discount.value",
}
measure "off_fee" {
    title = "表外业务手续费", unit = "元",
    of = "fees", sum = "amount * coef_off_balance.value", where = "line = '表外'",
}
measure "other_fee" {
    title = "其他中间业务收入", unit = "元",
    of = "fees", sum = "amount * coef_other.value", where = "line = '其他'",
}
measure "sale_profit" {
    title = "产品销售折算创利", unit = "元",
    of = "sales", sum = "amount * product.coef",
}

records "history" {
    of = "grade_history",
    columns = { period = "text", grade = "text", profit = "money", basis = "text" },
    period = "any",
}
dataset "grade_history" { period = "period" }

-- ---- 指标:八项创利(C09) ----------------------------------------------------------------------

metric "corp_deposit" { title = "对公存款", unit = "元",
    formula = function(m, p) return m.corp_margin / 100 / p.base end }
metric "personal_deposit" { title = "个人存款", unit = "元",
    formula = function(m, p) return m.personal_margin / 100 / p.base end }
metric "interbank" { title = "同业存款", unit = "元",
    formula = function(m, p) return m.interbank_margin / 100 / p.base end }
metric "loan" { title = "一般贷款", unit = "元",
    formula = function(m, p) return m.loan_margin / 100 / p.base end }
metric "discount" { title = "票据贴现", unit = "元",
    formula = function(m, p) return m.bill_margin / 100 / p.base end }
metric "off_balance" { title = "表外业务", unit = "元",
    formula = function(m) return m.off_fee end }
metric "other" { title = "其他业务", unit = "元",
    formula = function(m) return m.other_fee end }
metric "product_sale" { title = "产品销售", unit = "元",
    formula = function(m) return m.sale_profit end }
metric "deposit_adb" { title = "日均存款合计", unit = "元",
    formula = function(m) return (m.corp_adb or 0) + (m.personal_adb or 0) + (m.interbank_adb or 0) end }

-- ---- 等级表(C15,[默认]:原表缺失,人力资源部每期核定;单位万元) ------------------------------

lookup "profit_to_grade" {
    columns = { "grade", "from" },
    rows = {
        { "15级1档", 8 }, { "15级2档", 9.5 }, { "15级3档", 11 }, { "15级4档", 12.5 },
        { "14级1档", 14 }, { "14级2档", 15.5 }, { "14级3档", 17 }, { "14级4档", 18.5 },
        { "13级1档", 20 }, { "13级2档", 21 }, { "13级3档", 22 }, { "13级4档", 23.5 },
        { "12级1档", 25 }, { "12级2档", 28 }, { "12级3档", 31 }, { "12级4档", 34 },
        { "11级1档", 38 }, { "11级2档", 42 }, { "11级3档", 46 }, { "11级4档", 50 },
        { "10级1档", 55 }, { "10级2档", 60 }, { "10级3档", 65 }, { "10级4档", 70 },
        { "9级1档", 80 }, { "9级2档", 90 }, { "9级3档", 100 }, { "9级4档", 110 },
        { "8级1档", 125 }, { "8级2档", 140 }, { "8级3档", 155 }, { "8级4档", 170 },
        { "7级1档", 190 }, { "7级2档", 210 }, { "7级3档", 230 }, { "7级4档", 250 },
        { "6级1档", 280 }, { "6级2档", 310 }, { "6级3档", 340 }, { "6级4档", 370 },
        { "5级1档", 410 }, { "5级2档", 450 }, { "5级3档", 490 }, { "5级4档", 530 },
        { "4级1档", 580 }, { "4级2档", 630 }, { "4级3档", 680 }, { "4级4档", 730 },
    },
}

score {
    contribution {
        lines = { "corp_deposit", "personal_deposit", "interbank", "loan", "discount", "off_balance", "other",
                  "product_sale" },
        title = "综合创利",
    },
    ladder { table = "profit_to_grade", per = 10000, rule = "C15", ceiling = "5级4档" },
}
