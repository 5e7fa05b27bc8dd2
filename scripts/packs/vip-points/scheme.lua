-- 个人客户经理百分制考核(规则手册 C37、C38):资产 40、储蓄 40、理财 10、基金 10,得分决定挂钩工资。
scheme {
    title = "贵宾客户管户考核办法",
    version = "2009.1",
    regulation = "个人客户经理管理办法(百分制考核与挂钩工资)",
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
owner "target_owner" { from = "target", on = "target_id", subject = "subject_id" }

dataset "assets" { from = "manager_asset", key = "manager_id" }
dataset "sales" { from = "product_sale", key = "sale_id" }
dataset "targets" { from = "target_slice", period = "period", owner = "target_owner" }
dataset "pay" { from = "pay_item", period = "period" }

-- ---- 参数:管理员可改 ---------------------------------------------------------------------------

param "pay_line" { title = "挂钩起付线", unit = "分", value = 60 }
param "pay_full" { title = "足额线", unit = "分", value = 100 }
param "priced_share" { title = "计价工资挂钩比例", value = 0.50 }
param "performance_share" {
    title = "绩效工资挂钩比例(按岗位)",
    value = {
        ["网点负责人"] = 0.50, ["专职客户经理"] = 0.50, ["理财经理"] = 0.50,
        ["大堂经理"] = 0.30, ["柜员"] = 0.30, ["对公客户经理"] = 0.30,
    },
}
param "other_share" { title = "办法未列岗位的绩效挂钩比例 [默认]", value = 0.30 }

-- ---- 度量 --------------------------------------------------------------------------------------

measure "assets" { title = "管户总资产", unit = "元", of = "assets", sum = "total_assets", over = "last" }
measure "savings" { title = "储蓄余额", unit = "元", of = "assets", sum = "savings", over = "last" }
measure "wealth" { title = "理财产品销售", unit = "元", of = "sales", sum = "amount",
    where = "product.kind = '理财'", period = "year_to_date", missing = "zero" }
measure "fund" { title = "基金销售", unit = "元", of = "sales", sum = "amount",
    where = "product.kind = '基金'", period = "year_to_date", missing = "zero" }

for _, name in ipairs { "assets", "savings", "wealth", "fund" } do
    measure(name .. "_target") {
        title = "目标", unit = "元",
        of = "targets", sum = "value", where = "target.metric = '" .. name .. "'",
    }
    -- 目标按增量口径下达时才有期初数;按时点口径(默认)没有
    measure(name .. "_opening") {
        title = "期初数", unit = "元",
        of = "targets", sum = "target.opening",
        where = "target.metric = '" .. name .. "' and target.basis = 'increment'",
    }
end

measure "priced_pay" { title = "计价工资", unit = "元", of = "pay", sum = "amount",
    where = "kind = '计价'", missing = "zero" }
measure "performance_pay" { title = "绩效工资", unit = "元", of = "pay", sum = "amount",
    where = "kind = '绩效'", missing = "zero" }

-- ---- 指标 --------------------------------------------------------------------------------------

metric "linked_standard" {
    title = "挂钩工资标准", unit = "元", round = 2,
    formula = function(m, p, s)
        local share = p.performance_share[s.post] or p.other_share
        return m.priced_pay * p.priced_share + m.performance_pay * share
    end,
}

-- ---- 计分与兑付 --------------------------------------------------------------------------------

local function item(name, weight)
    return { metric = name, target = name .. "_target", base = name .. "_opening", weight = weight }
end

score {
    weighted {
        items = { item("assets", 40), item("savings", 40), item("wealth", 10), item("fund", 10) },
        zero_target = "full",
        absent = "exclude",
        title = "得分",
    },
    -- C38 季度兑付:60 分以下本季不发,留待年终结算;100 分以上按 100 计
    function(card, p)
        local standard = card.m.linked_standard
        if not card.score or not standard then return nil end
        local paid, rule, outcome = round(standard * min(card.score, p.pay_full) / p.pay_full, 2), "", "passed"
        if card.score < p.pay_line then
            paid, rule, outcome = dec(0), "低于 60 分,本季不发,年终结算", "failed"
        elseif card.score >= p.pay_full then
            rule = "满 100 分,足额发放"
        else
            rule = "挂钩标准 × 得分 ÷ 100"
        end
        return {
            pay = { { name = "linked", title = "本季挂钩工资", amount = paid, rule = rule } },
            steps = { { rule = "C38", text = rule, outcome = outcome } },
        }
    end,
}
