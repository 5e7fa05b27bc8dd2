-- 综合评分:各办法把若干项目加权成一个百分制得分,再分等次或排名(PR-2、PR-16、PR-19、PR-22)。
local common = use "rules/common"
local completion = use "rules/completion"

local M = {}

-- 等次(E26),按未四舍五入的分数;开关 round_before_compare 打开时先取两位小数。
local function band(score, x)
    return common.band(completion.compared(score, x.round_before_compare))
end

-- A04 存款、贷款权重逐阶段此消彼长;方向出自原文,数值为 [默认]。
local phase_weights = {
    { deposit = 40, loan = 60 },
    { deposit = 20, loan = 80 },
    { deposit = 0, loan = 100 },
}

--- A04 存贷款考核得分。来源:000 农信社「逐步降低存款考核,强调贷款管理」;
--- 不给权重即取该阶段的 [默认]。
M.deposit_loan_score = rule {
    title = "存贷款权重转换得分",
    source = "000 农信社 A04",
    inputs = [[phase i, weights {deposit n, loan n}?=null, dep_actual_wan n, dep_target_wan n,
               loan_actual_wan n, loan_target_wan n,
               zero_target (full|zero|exclude)=full, item_floor n?=0, item_cap n?=null]],
    outputs = "score n2?",
    run = function(x)
        local items = {
            deposit = { actual = x.dep_actual_wan, target = x.dep_target_wan },
            loan = { actual = x.loan_actual_wan, target = x.loan_target_wan },
        }
        local of_phase = common.pick(phase_weights, x.phase, "phase")
        return { score = common.weighted(items, x.weights or of_phase, x) }
    end,
}

--- A12 客户经理分层方案的评价。来源:000;五项名称出自原文,
--- 权重 30/15/20/25/10 与封顶 100% 为 [默认]。
--- 成本项:不超预算为 1,超出为预算÷成本。
M.layering_plan_score = rule {
    title = "分层方案评价(满意度、往来次数、服务质量、增长、成本)",
    source = "000 A12",
    inputs = [[satisfaction n, contacts n, contacts_plan n, service n, growth r, growth_plan r,
               cost n, cost_budget n,
               weights {satisfaction n=30, contacts n=15, service n=20, growth n=25, cost n=10},
               zero_target (full|zero|exclude)=full, item_floor n?=0, item_cap n?=1]],
    outputs = "score n2?",
    run = function(x)
        local items = {
            satisfaction = { actual = x.satisfaction, target = 100 },
            contacts = { actual = x.contacts, target = x.contacts_plan },
            service = { actual = x.service, target = 100 },
            growth = { actual = x.growth, target = x.growth_plan },
            cost = { actual = 1, target = 1 },
        }
        if x.cost > x.cost_budget then items.cost = { actual = x.cost_budget, target = x.cost } end
        return { score = common.weighted(items, x.weights, x) }
    end,
}

--- A13 通用评价。来源:000「客户满意度、业绩指标、目标达成」;权重 30/40/30 为 [默认]。
M.generic_evaluation = rule {
    title = "通用评价(满意度、业绩、目标达成)",
    source = "000 A13",
    inputs = [[satisfaction n, results n, goals n,
               weights {satisfaction n=30, results n=40, goals n=30},
               round_before_compare b=false]],
    outputs = "score n2, band t",
    run = function(x)
        local score = common.blend(x, x.weights)
        return { score = score, band = band(score, x) }
    end,
}

--- B02 三面考核。来源:001「岗位任务绩效、胜任素质发展、管理目标完成」;权重 60/20/20 为 [默认]。
M.three_sided_score = rule {
    title = "三面考核得分",
    source = "001 胜任力 B02",
    inputs = [[task n, competency n, management n,
               weights {task n=60, competency n=20, management n=20}]],
    outputs = "score n2",
    run = function(x) return { score = common.blend(x, x.weights) } end,
}

--- B07 电信网格得分。来源:001;七项名称出自原文,
--- 权重 10/5/10/30/15/15/15、下限 0、封顶 100% 为 [默认]。
M.grid_score = rule {
    title = "网格客户经理得分(本网、异网、建档、发展、欠费、挽留、投诉)",
    source = "001 电信网格 B07",
    inputs = [[rates {own_visits r, other_visits r, filing r, growth r, arrears r, retention r,
                      complaints r},
               weights {own_visits n=10, other_visits n=5, filing n=10, growth n=30, arrears n=15,
                        retention n=15, complaints n=15},
               item_floor n?=0, item_cap n?=1]],
    outputs = "score n2",
    run = function(x) return { score = common.weighted_rates(x.rates, x.weights, x) } end,
}

--- B15 团队考核。来源:001「大团队绩效考核」;个人 70、团队 30 为 [默认]。
M.team_blend = rule {
    title = "个人与团队合成得分",
    source = "001 B15",
    inputs = "own n, team n, weights {own n=70, team n=30}",
    outputs = "score n2",
    run = function(x) return { score = common.blend(x, x.weights) } end,
}

--- E05 理财经理五项职责。来源:004 课程;权重 25/20/20/30/5、封顶 120% 为 [默认]。
M.wealth_manager_score = rule {
    title = "理财经理职责得分(营销、新客户、存量、销售、调研)",
    source = "004 理财经理 E05",
    inputs = [[rates {marketing r, new_customers r, stock r, sales r, research r},
               weights {marketing n=25, new_customers n=20, stock n=20, sales n=30, research n=5},
               item_floor n?=0, item_cap n?=1.2]],
    outputs = "score n2",
    run = function(x) return { score = common.weighted_rates(x.rates, x.weights, x) } end,
}

--- E08 产品销售与客户维护率。来源:004;各 50、销售封顶 120% 为 [默认]。没有分配客户时维护率为 0。
M.sales_maintenance_score = rule {
    title = "理财经理销售与维护得分",
    source = "004 理财经理 E08",
    inputs = [[sales_wan n, target_wan n, maintained i, assigned i,
               weights {sales n=50, maintenance n=50}, sales_cap n?=1.2,
               zero_target (full|zero|exclude)=full]],
    outputs = "maintenance_rate r6, score n2?",
    run = function(x)
        local maintained = x.maintained / x.assigned or 0
        local items = {
            sales = { actual = x.sales_wan, target = x.target_wan, cap = x.sales_cap },
            maintenance = { actual = x.maintained, target = x.assigned },
        }
        if x.assigned == 0 then items.maintenance = { actual = 0, target = 1 } end
        local rules = { zero_target = x.zero_target, item_floor = 0 }
        return { maintenance_rate = maintained, score = common.weighted(items, x.weights, rules) }
    end,
}

--- E09 课程评定:营销竞赛与家庭理财规划,由教师、组员、银行专家打分。来源:004;
--- 三方 40/20/40、两部分各半为 [默认]。
M.course_mark = rule {
    title = "课程成绩(竞赛与理财规划)",
    source = "004 课程 E09",
    inputs = [[contest {teacher n, group n, expert n}, plan {teacher n, group n, expert n},
               weights {teacher n=40, group n=20, expert n=40}, contest_share r=0.5]],
    outputs = "contest n2, plan n2, mark n2",
    run = function(x)
        local contest, plan = common.blend(x.contest, x.weights), common.blend(x.plan, x.weights)
        local mark = contest * x.contest_share + plan * (1 - x.contest_share)
        return { contest = contest, plan = plan, mark = mark }
    end,
}

--- E26 单项指标折分:按四档的指标值分段线性内插,两端之外取端点分。
--- 来源:004「优秀、良好、合格、不合格」;内插为 [默认]。
--- scale 的分数递增,指标值递增(越大越好)或递减(越小越好)。
M.kpi_points = rule {
    title = "指标值折算得分与等次",
    source = "004 全行绩效 E26",
    inputs = "value n, scale [{value n, points n}], round_before_compare b=false",
    outputs = "points n2, band t",
    run = function(x)
        local scale, at, points = x.scale, 0, nil
        if #scale == 0 then error("the scale is empty; give at least one {value, points}") end
        local sign = scale[#scale].value >= scale[1].value and 1 or -1
        for i, entry in ipairs(scale) do
            local last = scale[i - 1] or entry
            if entry.points < last.points or (entry.value - last.value) * sign < 0 then
                error("entry " .. i .. " of the scale is out of order; "
                    .. "points rise, values rise or fall throughout")
            end
            if (x.value - entry.value) * sign >= 0 then at = i end
        end
        local a, b = scale[at], scale[at + 1]
        if a and b then
            local width = b.value - a.value
            points = (a.points * width + (x.value - a.value) * (b.points - a.points)) / width
        else
            points = (a or b).points
        end
        return { points = points, band = band(points, x) }
    end,
}

--- E26 总分:各指标得分乘权重相加,再分等次。来源:004(原文把乘号印作句号)。
M.kpi_total = rule {
    title = "指标加权总分与等次",
    source = "004 全行绩效 E26",
    inputs = "items [{points n, weight n}], round_before_compare b=false",
    outputs = "total n2, band t",
    run = function(x)
        local points, weights = {}, {}
        for i, item in ipairs(x.items) do points[i], weights[i] = item.points, item.weight end
        local total = common.blend(points, weights)
        return { total = total, band = band(total, x) }
    end,
}

--- E28 客户经理岗 KPI。来源:004 全行绩效;十项名称出自原文,财务与客户为重;
--- 权重 15/10/10/5/5、15/15、8/7、10 与封顶 120% 为 [默认]。
M.post_kpi_score = rule {
    title = "客户经理岗 KPI 得分",
    source = "004 全行绩效 E28",
    inputs = [[items {deposit_growth {actual n, target n}, deposit_balance {actual n, target n},
                      loan_growth {actual n, target n}, loan_balance {actual n, target n},
                      fee_income {actual n, target n}, new_corporate_accounts {actual n, target n},
                      new_vip {actual n, target n}, file_completeness {actual n, target n},
                      prospect_contacts {actual n, target n}, training_time {actual n, target n}},
               weights {deposit_growth n=15, deposit_balance n=10, loan_growth n=10,
                        loan_balance n=5, fee_income n=5, new_corporate_accounts n=15, new_vip n=15,
                        file_completeness n=8, prospect_contacts n=7, training_time n=10},
               zero_target (full|zero|exclude)=full, item_floor n?=0, item_cap n?=1.2,
               round_before_compare b=false]],
    outputs = "score n2?, band t?",
    run = function(x)
        local score = common.weighted(x.items, x.weights, x)
        return { score = score, band = band(score, x) }
    end,
}

--- E04 营销业绩排名,高分在前。来源:004「3.0 系统排名」;并列取 1、2、2、4(competition)为 [默认],
--- dense 取 1、2、2、3。
M.rank_scores = rule {
    title = "业绩排名",
    source = "004 VIP 部 E04",
    inputs = "scores [{id t, score n}], method (competition|dense)=competition",
    outputs = "ranks [{id t, rank i}]",
    run = function(x)
        local dense = common.pick({ competition = false, dense = true }, x.method, "method")
        local scores, ranks = {}, {}
        for i, entry in ipairs(x.scores) do scores[i] = entry.score end
        for i, place in ipairs(rank(scores, dense)) do
            ranks[i] = { id = x.scores[i].id, rank = place }
        end
        return { ranks = ranks }
    end,
}

return M
