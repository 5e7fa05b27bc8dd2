-- 编制:岗位配备、比例上限与下限、队伍结构(PR-9)。
local common = use "rules/common"

local M = {}

-- A16 每岗客户数的下限与上限,出自原文。
local per_post = { ["城网"] = { 140, 200 }, ["农网"] = { 100, 140 } }

--- A16 烟草按客户数配岗:岗位数 p 须使 下限 ≤ 客户数÷p ≤ 上限。来源:000;区间内取最少岗位为 [默认]。
--- 没有合适的整数时(exact_fit 为否)按上限配,取 ⌈客户数÷上限⌉。
M.tobacco_staffing = rule {
    title = "按客户数配岗",
    source = "000 烟草 A16",
    inputs = [[area_class (城网|农网), customers i, per_post_min i?=null, per_post_max i?=null,
               prefer (min|max)=min]],
    outputs = "min_posts i, max_posts i, exact_fit b, default_posts i, load_per_post n2?",
    run = function(x)
        local range = common.pick(per_post, x.area_class, "area class")
        local least = ceil(x.customers / (x.per_post_max or range[2]))
        local most = floor(x.customers / (x.per_post_min or range[1]))
        local chosen = common.pick({ min = least, max = max(least, most) }, x.prefer, "prefer")
        return {
            min_posts = least, max_posts = most, exact_fit = least <= most,
            default_posts = chosen, load_per_post = x.customers / chosen,
        }
    end,
}

--- A20 高级客户经理名额,向下取整。来源:000 昆明邮政「原则上不超过专职营销人员总数的 5%」。
M.senior_quota = rule {
    title = "高级客户经理名额",
    source = "000 邮政 A20",
    inputs = "full_time_marketers i, seniors i, quota r=0.05",
    outputs = "max_seniors i, within b",
    run = function(x)
        local most = floor(x.quota * x.full_time_marketers)
        return { max_seniors = most, within = x.seniors <= most }
    end,
}

--- A29 经营性支行客户经理人数下限,向上取整。来源:000「不低于员工总数的 15%」。
M.headcount_minimum = rule {
    title = "客户经理人数下限",
    source = "000 A29",
    inputs = "employees i, cm i, share r=0.15",
    outputs = "need i, pass b",
    run = function(x)
        local need = ceil(x.share * x.employees)
        return { need = need, pass = x.cm >= need }
    end,
}

--- A30 等级岗位呈正金字塔形:初级 ≥ 中级 ≥ 高级。来源:000;允许相等为 [默认]。
M.grade_pyramid = rule {
    title = "等级金字塔",
    source = "000 A30",
    inputs = "junior i, mid i, senior i",
    outputs = "pyramid b",
    run = function(x) return { pyramid = x.junior >= x.mid and x.mid >= x.senior } end,
}

--- B03 每三名客户经理配一名产品经理。来源:001;向上取整为 [默认]。
M.product_manager_need = rule {
    title = "产品经理配备",
    source = "001 B03",
    inputs = "cm i, per i=3",
    outputs = "product_managers i",
    run = function(x) return { product_managers = ceil(x.cm / x.per) } end,
}

--- B27 队伍结构:25 岁以下(含)人数与其平均从业年限。来源:001 江苏。
M.team_structure = rule {
    title = "队伍年龄结构",
    source = "001 江苏 B27",
    inputs = "persons [{age i, service_years n}], max_age i=25, op o=<=",
    outputs = "count i, mean_service n2?",
    run = function(x)
        local count, years = 0, 0
        for _, person in ipairs(x.persons) do
            if common.holds(x.op, person.age, x.max_age) then
                count, years = count + 1, years + person.service_years
            end
        end
        return { count = count, mean_service = years / count }
    end,
}

--- E10 由客户经理人数与占比推算员工总数,四舍五入到人。来源:004 城区合作银行(1587 人占 20%)。
M.implied_staff = rule {
    title = "推算员工总数",
    source = "004 城区 E10",
    inputs = "cm i, share r",
    outputs = "staff i?",
    run = function(x) return { staff = round(x.cm / x.share, 0) } end,
}

return M
