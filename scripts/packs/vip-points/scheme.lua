-- 个人客户经理百分制考核(规则手册 C31—C42):资产 40、储蓄 40、理财 10、基金 10,得分决定挂钩工资;
-- 四季度作年终清算,并看管户与走访。各步在 steps.lua;原文与 [默认] 的分别、每个参数的用法见 README.md。
local common = use "rules/common"
local steps = use "packs/vip-points/steps"

scheme {
    title = "贵宾客户管户考核办法",
    version = "2009.1",
    regulation = "个人客户经理管理办法(百分制考核与挂钩工资)",
}

-- ---- 参数:管理员在 kaohe.lua 的 params 里改 ----------------------------------------------------

-- C37 得分
local weights = param "weights" {
    title = "各项权重", unit = "分", value = { assets = 40, savings = 40, wealth = 10, fund = 10 } }
local item_cap = param "item_cap" { title = "单项完成率上限 [默认] 不设", value = false, number = true }
local zero_target = param "zero_target" { title = "零目标:full、zero 或 exclude [默认]", value = "full" }
local basis = common.choice("score_basis", param "score_basis" {
    title = "口径:target 依目标表、level 时点、increment 增量 [默认]", value = "target",
}, { "target", "level", "increment" })

-- C36 挂钩标准,C38 兑付与清算
param "priced_share" { title = "计价工资挂钩比例", value = 0.50 }
param "performance_share" {
    title = "绩效工资挂钩比例(按岗位)",
    value = {
        ["网点负责人"] = 0.50, ["专职客户经理"] = 0.50, ["理财经理"] = 0.50,
        ["大堂经理"] = 0.30, ["柜员"] = 0.30, ["对公客户经理"] = 0.30,
    },
}
param "other_share" { title = "办法未列岗位的绩效挂钩比例 [默认]", value = 0.30 }
param "pay_line" { title = "挂钩起付线", unit = "分", value = 60 }
common.positive("pay_full", param "pay_full" { title = "足额线", unit = "分", value = 100 })
param "excess_rate" { title = "年终超额奖励系数 [默认]", value = 1.00 }
common.choice("settle_mode", param "settle_mode" {
    title = "年终多付:net 追回、floor0 不追 [默认]", value = "net" }, { "net", "floor0" })
param "round_before_compare" { title = "先四舍五入再比较 [默认]", value = false }

-- C32 签约上限(原文)、C33 管户容量(原文;柜员 50—100 取 100 [默认])
param "combined_limits" { title = "签约上限各档合并计算 [默认] 否", value = false }
param "capacity" {
    title = "管户容量(按岗位)", unit = "户",
    value = { ["网点负责人"] = 150, ["专职客户经理"] = 200, ["理财经理"] = 200, ["大堂经理"] = 200,
              ["柜员"] = 100 },
}
param "other_capacity" { title = "办法未列岗位的管户容量 [默认]", unit = "户", value = 200 }

-- C33 管户到人:日均资产 10 万元以上者必须有人管(原文;5 万元以上的潜力客户可管),由负责人、客户经理、大堂、
-- 柜员依次分满;没有列的岗位只留原有的客户
local allocation_floor = param "allocation_floor" {
    title = "须管户到人的日均资产", unit = "元", value = 100000 }
param "allocation_order" {
    title = "管户次序(按岗位)",
    value = { ["网点负责人"] = 1, ["专职客户经理"] = 2, ["理财经理"] = 2, ["大堂经理"] = 3, ["柜员"] = 4 },
}

-- C31 网点配备:理财中心 3 人、精品网点 2 人(原文),其他网点由支行定
param "other_min" { title = "其他网点专职客户经理最低人数 [默认]", unit = "人", value = 0 }

-- C40 走访(原文)
param "platinum_min" { title = "白金以上半年上门率", value = 0.90 }
param "gold_min" { title = "金卡半年见面率", value = 0.40 }

param "reconsider" { title = "复议 [默认]", value = { days = 3, to = "分行考核委员会" } }
param "scorecard" {
    title = "记分卡文字",
    value = {
        lists = {
            { records = "customers", title = "管户清单(C33)", unit = "户", columns = {
                { name = "customer_id", title = "客户号" }, { name = "name", title = "姓名" },
                { name = "tier", title = "级别" },
                { name = "average_assets", title = "日均资产(元)", places = 2 },
                { name = "info_complete", title = "资料完整" }, { name = "why", title = "怎样分来" },
            } },
        },
        groups = {
            title = "网点配备、活动与管户", note = "C31、C41、C33;红色粗体为未达到",
            columns = {
                { value = "full_time", title = "专职(人)", least = "full_time_min" },
                { value = "full_time_min", title = "最低(人)" },
                { value = "messages", title = "短信(月)", least = 3 },
                { value = "activities", title = "主题活动", least = 1 },
                { value = "kept_customers", title = "管户(户)", sum = true },
                { value = "new_customers", title = "新分入", sum = true },
                { value = "left_customers", title = "无人可容", most = 0 },
            },
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
    fields = { "post", "education", "hire_date", "branch_id" },
    active = { "active_from", "active_to" },
}

calendar { from = "holiday", date = "date", kind = "kind" }

-- ---- 数据集 ------------------------------------------------------------------------------------

lookup "product" { on = "product_id", valid = { "valid_from", "valid_to" } }
lookup "target" { on = "target_id" }
lookup "customer" { on = "customer_id" }
-- 期末仍由本人管的客户:管户与签约
lookup "kept" {
    from = "customer_assignment",
    on = { customer_id = "customer_id", manager_id = "manager_id" },
    valid = { "from_date", "to_date" },
    at = "end",
}
owner "target_owner" { from = "target", on = "target_id", subject = "subject_id" }

dataset "assets" { from = "manager_asset", key = "manager_id" }
dataset "sales" { from = "product_sale", key = "sale_id" }
dataset "targets" { from = "target_slice", period = "period", owner = "target_owner" }
dataset "pay" { from = "pay_item", period = "period" }
dataset "contacts" { from = "contact", key = "contact_id" }
dataset "assignment" { from = "customer_assignment", date = false }
dataset "customers" { -- 全行的客户,由 C33 分到人
    from = "customer", subject = false, date = false, columns = { since = "date" } }
dataset "member" { from = "staff", date = false }

-- ---- 度量:各项实际与目标 -----------------------------------------------------------------------

measure "wealth" { title = "理财产品销售", unit = "元", of = "sales", sum = "amount",
    where = "product.kind = '理财'", period = "year_to_date", missing = "zero" }
measure "fund" { title = "基金销售", unit = "元", of = "sales", sum = "amount",
    where = "product.kind = '基金'", period = "year_to_date", missing = "zero" }

-- 目标按增量口径下达时才有期初数;按时点口径(默认)没有
local openings = {
    target = " and target.basis = 'increment'", increment = "", level = " and 1 = 0" }
for _, name in ipairs { "assets", "savings", "wealth", "fund" } do
    measure(name .. "_opening") {
        title = "期初数", unit = "元",
        of = "targets", sum = "target.opening",
        where = "target.metric = '" .. name .. "'" .. openings[basis],
    }
end

-- 本季与以前三季(_1 为上一季):年终清算要重算各季
for back = 0, 3 do
    local behind = back == 0 and "" or "_" .. back
    local window = back == 0 and "this" or -back
    measure("assets" .. behind) { title = "管户总资产", unit = "元", of = "assets",
        sum = "total_assets", over = "last", period = window }
    measure("savings" .. behind) { title = "储蓄余额", unit = "元", of = "assets",
        sum = "savings", over = "last", period = window }
    for _, name in ipairs { "assets", "savings", "wealth", "fund" } do
        measure(name .. "_target" .. behind) { title = "目标", unit = "元", of = "targets",
            sum = "value", where = "target.metric = '" .. name .. "'", period = window }
    end
    for name, kind in pairs { wealth = "理财", fund = "基金" } do
        measure(name .. "_sold" .. behind) { title = "季度" .. kind .. "销售", unit = "元",
            of = "sales", sum = "amount", where = "product.kind = '" .. kind .. "'",
            period = window, missing = "zero" }
    end
    measure("priced_pay" .. behind) { title = "计价工资", unit = "元", of = "pay", sum = "amount",
        where = "kind = '计价'", period = window, missing = "zero" }
    measure("performance_pay" .. behind) { title = "绩效工资", unit = "元", of = "pay",
        sum = "amount", where = "kind = '绩效'", period = window, missing = "zero" }
end

-- ---- 度量:管户与走访 --------------------------------------------------------------------------

-- C32、C33:期末的签约客户与管户数
for name, tier in pairs { diamond = "'钻石'", platinum = "'白金'", gold = "'金卡'" } do
    measure("signed_" .. name) { title = "签约客户", unit = "户", of = "assignment",
        count_distinct = "customer_id", missing = "zero",
        where = [[kind = '签约' and from_date <= period_end
                  and (to_date is null or to_date > period_end) and customer.tier = ]] .. tier }
end
for name, condition in pairs {
    all = "", platinum = " and customer.tier in ('钻石', '白金')",
    gold = " and customer.tier = '金卡'", complete = " and customer.info_complete = 'true'",
} do
    measure("kept_" .. name) { title = "管户数", unit = "户", of = "assignment",
        count_distinct = "customer_id", missing = "zero",
        where = [[from_date <= period_end and (to_date is null or to_date > period_end)]]
            .. condition }
end

-- C33:须分到人的客户,与期末各人手里的客户
records "customers" {
    of = "customers",
    columns = { customer_id = "text", name = "text", tier = "text", outlet = "text",
                average_assets = "money", info_complete = "bool" },
    where = "since <= period_end and average_assets >= " .. tostring(allocation_floor),
}
records "held" {
    of = "assignment",
    columns = { "customer_id" },
    where = "from_date <= period_end and (to_date is null or to_date > period_end)",
}

-- C40:本半年内上门、见面;最近一个满了的双月内电话。只数期末仍由本人管的客户
local half = " and (month(period_end) <= 6 or month(date) >= 7)"
measure "platinum_visited" { title = "上门的白金以上客户", unit = "户", of = "contacts",
    count_distinct = "customer_id", period = "year_to_date", missing = "zero",
    where = "kept.kind is not null and channel = '上门' and customer.tier in ('钻石', '白金')" .. half }
measure "gold_met" { title = "见面的金卡客户", unit = "户", of = "contacts",
    count_distinct = "customer_id", period = "year_to_date", missing = "zero",
    where = "kept.kind is not null and channel in ('上门', '网点', '活动') and customer.tier = '金卡'"
        .. half }
measure "phoned" { title = "电话联系的客户", unit = "户", of = "contacts",
    count_distinct = "customer_id", missing = "zero",
    where = [[kept.kind is not null and channel = '电话' and case when month(period_end) = 3 then month(date) <= 2
              when month(period_end) = 6 then month(date) >= 5
              when month(period_end) = 9 then month(date) <= 8 else month(date) >= 11 end]] }

-- ---- 度量:本人所在网点(C31、C41),同一网点的人相同 ------------------------------------------------

lookup "fact" { from = "branch_fact", on = "branch_id", date = "date", within = "period",
    pick = "last" }
lookup "activity" { from = "group_activity", on = "branch_id", date = "date", within = "period",
    pick = "first", where = "kind = '主题活动'" }
for i, months in ipairs { "1, 4, 7, 10", "2, 5, 8, 11", "3, 6, 9, 12" } do -- 季度的第几个月
    lookup("message_" .. i) { from = "group_activity", on = "branch_id", date = "date",
        within = "period", pick = "first",
        where = "kind = '短信' and month(date) in (" .. months .. ")" }
end

measure "full_time" { title = "专职客户经理", unit = "人", places = 0, of = "member",
    max = "fact.full_time_marketers" }
measure "outlet_deposit" { title = "网点个人存款", unit = "元", of = "member",
    max = "fact.personal_deposit" }
measure "wealth_centre" { title = "理财中心", of = "member", count = true,
    where = "branch.outlet_type = '理财中心'", missing = "zero" }
measure "main_office" { title = "支行营业部", of = "member", count = true,
    where = "branch.is_main_office = 'true'", missing = "zero" }
measure "messages" { title = "发过短信的月份", unit = "个", of = "member", missing = "zero",
    sum = [[case when message_1.kind is null then 0 else 1 end
            + case when message_2.kind is null then 0 else 1 end
            + case when message_3.kind is null then 0 else 1 end]] }
measure "activities" { title = "有主题活动的季度", unit = "个", of = "member", count = true,
    where = "activity.kind is not null", missing = "zero" }

-- ---- 指标 --------------------------------------------------------------------------------------

metric "linked_standard" {
    title = "挂钩工资标准", unit = "元",
    formula = function(m, p, s)
        local share = p.performance_share[s.post] or p.other_share
        return m.priced_pay * p.priced_share + m.performance_pay * share
    end,
}

metric "keep_turn" { title = "管户次序", formula = function(_, p, s)
    return p.allocation_order[s.post]
end }
metric "keep_capacity" { title = "管户容量", unit = "户", formula = function(_, p, s)
    return p.capacity[s.post] or p.other_capacity
end }

-- ---- 计分与兑付 --------------------------------------------------------------------------------

local function item(name)
    return { metric = name, target = name .. "_target", weight = weights[name],
             base = basis ~= "level" and name .. "_opening" or nil }
end

score {
    weighted { -- C37
        items = { item "assets", item "savings", item "wealth", item "fund" },
        zero_target = zero_target,
        absent = "exclude",
        cap = item_cap or nil,
        title = "得分",
    },
    steps.standard, -- C36 挂钩标准
    steps.pay,      -- C38 季度兑付
    steps.settle,   -- C38 年终清算(四季度)
    steps.signed,   -- C32 签约上限
    allocate {      -- C33 管户到人:全网点的客户与全网点的人
        rows = "customers", key = "customer_id", by = { "info_complete", "average_assets" },
        keeper = "held", turn = "keep_turn", capacity = "keep_capacity",
        within = "group", pool = "outlet",
        as = "kept_customers", as_new = "new_customers", as_over = "left_customers", title = "管户到人", unit = "户", rule = "C33",
    },
    steps.files,    -- C34 资料
    steps.visit,    -- C40 走访
    steps.outlet,   -- C31 网点配备、C41 短信与活动
}
