-- Pack wealth-manager: 16 wealth managers with their customers, contacts and sales in 2018.

local prng = require "prng"
local names = require "names"
local town = require "town"
local writer = require "writer"
local calendar = require "calendar"

local wealth = {}
local money, fixed, iso, day = writer.money, writer.fixed, calendar.iso, calendar.day

wealth.files = {
    branch = "branch_id,name",
    staff = "manager_id,name,branch_id,post,active_from,active_to",
    customer = "customer_id,name,manager_id,tier,opened,info_complete",
    asset = "customer_id,manager_id,date,financial_assets,products",
    contact = "contact_id,manager_id,customer_id,date,kind",
    document = "manager_id,customer_id,date,kind",
    sale = "sale_id,manager_id,date,kind,amount,quantity",
    target = "manager_id,period,metric,value",
    course_score = "manager_id,date,part,rater,score",
    history = "manager_id,period,score",
}

local cast = {
    [1] = "诸葛云帆", [2] = "王芳", [3] = "李㛃", [4] = "徐龑", [5] = "陈建华", [6] = "赵晓燕",
    [7] = "安然", [9] = "王芳", [11] = "上官明喆", [13] = "马䶮",
}

local WAN = 1000000 -- fen

-- The fourth quarter of those checked by hand. `private` and `wealth` customers come first; `kept`
-- of them are contacted in the quarter; growth in 万元; sales: 理财 and 贵金属 in 万元, pieces.
local special = {
    [2] = { customers = 10, private = 1, wealth = 4, new = { 4, 1 }, growth = 800, products = 20,
            sales = { 100, 10, 12, 4 }, research = 4, kept = 8,
            target = { 1000, 5, 25, 200, 5, 100 } },
    [3] = { customers = 9, private = 1, wealth = 4, new = { 2, 0 }, growth = 600, products = 27,
            sales = { 180, 0, 0, 20 }, research = 3, kept = 6,
            target = { 300, 3, 30, 150, 3, 100 } },
    [4] = { customers = 12, private = 1, wealth = 3, new = { 0, 0 }, growth = -300, products = 18,
            sales = { 30, 0, 5, 5 }, research = 0, kept = 12,
            target = { 500, 0, 20, 100, 2, 40 } },
    [5] = { customers = 10, private = 0, wealth = 3, new = { 1, 0 }, growth = 150, products = 25,
            sales = { 60, 5, 10, 0 }, research = 2, kept = 7,
            target = { 300, 2, 25, 100, 2, false } }, -- no goal for product sales
}

local quarter_ends = { "2018-03-31", "2018-06-30", "2018-09-30", "2018-12-31" }

local function quarter_start(q)
    return day(("2018-%02d-01"):format(q * 3 - 2))
end

local function ordinary(random)
    local customers = random:range(10, 14)
    return {
        customers = customers, private = random:range(1, 2), wealth = random:range(3, 5),
        new = { random:range(0, 3), random:range(0, 1) }, growth = random:range(-100, 1300),
        products = customers * random:range(15, 30) // 10,
        sales = { random:range(40, 220), random:range(0, 15), random:range(0, 20),
                  random:range(0, 25) },
        research = random:range(1, 4), kept = random:range(customers - 4, customers),
        target = { 600, 3, 25, 180, 3, 120 },
    }
end

local function add(state, what)
    state[what] = state[what] + 1
    return state[what]
end

local function customers(out, m, plan, state, random)
    local list = {}
    local fresh = plan.new[1] + plan.new[2]
    for n = 1, plan.customers do
        local tier = n <= plan.private and "私人银行"
            or n <= plan.private + plan.wealth and "财富" or "潜力"
        local c = { tier = tier, id = ("C%04d"):format(add(state, "customer")) }
        local back = plan.customers - n -- the newest are the last
        local opened = day("2012-01-01") + random:below(1900)
        if back < fresh then
            opened = quarter_start(4) + random:below(80)
        end
        c.opened, c.complete = opened, back >= plan.new[2] and "是" or "否"
        c.assets = tier == "私人银行" and random:range(900, 3000)
            or tier == "财富" and random:range(120, 900) or random:range(20, 80)
        out.customer:row(c.id, names.person(random), m.id, tier, iso(opened), c.complete)
        list[n] = c
    end
    -- one wealth customer stands on the line of 500 万元, the next one fen below
    if m.index == 3 then
        list[2].assets, list[3].assets, list[3].less = 500, 500, 1
    end
    return list
end

-- End of quarter balances; the growth of the fourth quarter lies with the first old customer.
local function assets(out, m, plan, list, random)
    local flat = special[m.index] ~= nil
    for n, c in ipairs(list) do
        local products = plan.products // #list + (n <= plan.products % #list and 1 or 0)
        local value = c.assets * WAN
        local fresh = c.opened >= quarter_start(4)
        for q = 0, 4 do
            local on = q == 0 and "2017-12-31" or quarter_ends[q]
            local now = value - (c.less or 0)
            if n == 1 and q == 4 then
                local others = 0
                for _, other in ipairs(list) do
                    if other.opened >= quarter_start(4) then
                        others = others + other.assets
                    end
                end
                now = value + (plan.growth - others) * WAN
            elseif not flat then
                now = now // 1000 * random:range(960 + q * 8, 1000 + q * 8)
            end
            if q == 4 or not fresh then
                out.asset:row(c.id, m.id, on, money(now), products)
            end
        end
    end
end

local function contact(out, m, c, on, kind, state)
    out.contact:row(("K%05d"):format(add(state, "contact")), m.id, c.id, iso(on), kind)
end

-- Private customers every month, wealth customers every quarter, the others now and then.
local function contacts(out, m, plan, list, state, random)
    for n, c in ipairs(list) do
        local from = 1
        if c.opened >= quarter_start(4) then
            from = 10
        end
        for month = from, 12 do
            local on = day(("2018-%02d-%02d"):format(month, random:range(1, 26)))
            on = math.max(on, c.opened)
            local quarter, middle = (month + 2) // 3, month % 3 == 2
            local skip = quarter == 4 and n > plan.kept
            if c.tier == "私人银行" then
                local missed = m.index == 3 and month == 8 or m.index > 5 and random:chance(30)
                if not missed and not skip then
                    contact(out, m, c, on, month % 3 == 0 and "组合回顾" or "联系", state)
                end
            elseif c.tier == "财富" and middle then
                local missed = m.index > 5 and random:chance(60)
                if not missed and not skip then
                    contact(out, m, c, on, quarter % 2 == 0 and "投资服务" or "联系", state)
                end
            elseif c.tier == "潜力" and middle then
                local wanted = quarter == 4 and not skip or quarter < 4 and random:chance(500)
                if wanted then
                    contact(out, m, c, on, "联系", state)
                end
            end
        end
    end
end

local function documents(out, m, plan, list, random)
    for n, c in ipairs(list) do
        local on = iso(math.max(day("2018-02-01") + random:below(40), c.opened))
        if c.tier == "私人银行" and not (m.index > 5 and random:chance(150)) then
            out.document:row(m.id, c.id, on, "发展计划")
        elseif c.tier == "财富" and c.assets >= 500 and not (m.index > 5 and random:chance(200)) then
            -- 李㛃 has none for the two on the line
            if not (m.index == 3 and (n == 2 or n == 3)) then
                out.document:row(m.id, c.id, on, "配置方案")
            end
        end
    end
    for _ = 1, plan.research do
        out.document:row(m.id, "", iso(quarter_start(4) + random:below(90)), "调研报告")
    end
    out.document:row(m.id, "", "2018-08-15", "调研报告")
end

local function sales(out, m, plan, state, random)
    local kinds = { "理财", "贵金属", "信用卡", "电子银行" }
    for q = 3, 4 do
        local start = quarter_start(q)
        for k, kind in ipairs(kinds) do
            local total = plan.sales[k]
            local parts = total == 0 and {} or k <= 2 and random:split(total * WAN, 2, WAN)
                or { total }
            for _, value in ipairs(parts) do
                local id = ("S%04d"):format(add(state, "sale"))
                out.sale:row(id, m.id, iso(start + random:below(90)), kind,
                             k <= 2 and money(value) or "", k > 2 and value or "")
            end
        end
    end
end

local metrics = { "marketing", "new_customers", "stock", "sales_points", "research",
                  "product_sales" }

local function targets(out, m, plan)
    for q = 3, 4 do
        for k, metric in ipairs(metrics) do
            local value = plan.target[k]
            if value then
                local text = metric == "stock" and fixed(value, 1) or value
                out.target:row(m.id, "2018Q" .. q, metric, text)
            end
        end
    end
end

local function course(out, m, random)
    if m.index > 6 or m.index == 1 then
        return
    end
    for _, part in ipairs { "竞赛", "规划" } do
        for k, rater in ipairs { "教师", "组员", "专家" } do
            local score = random:range(70, 96)
            if m.index == 2 then
                score = part == "竞赛" and ({ 85, 90, 80 })[k] or ({ 88, 92, 79 })[k]
            end
            out.course_score:row(m.id, "2018-11-16", part, rater, score)
        end
    end
end

function wealth.write(out)
    local list = town.people("wealth-people", 16, cast)
    local state = { customer = 0, contact = 0, sale = 0 }
    for index, name in ipairs { "湖滨财富中心", "钱江新城支行", "武林支行" } do
        out.branch:row("B0" .. index, name)
    end
    for _, m in ipairs(list) do
        local random = prng.stream("wealth", m.index)
        local from = m.index == 16 and "2018-10-08" or "2016-01-01"
        out.staff:row(m.id, m.name, "B0" .. (m.index - 1) % 3 + 1,
                      m.index == 1 and "私人银行客户经理" or "理财经理", from, "")
        if m.name ~= "安然" then
            local plan = special[m.index] or ordinary(random)
            local book = customers(out, m, plan, state, random)
            assets(out, m, plan, book, random)
            contacts(out, m, plan, book, state, random)
            documents(out, m, plan, book, random)
            sales(out, m, plan, state, random)
            targets(out, m, plan)
            course(out, m, random)
            for q = 1, 3 do
                if m.index ~= 16 then
                    out.history:row(m.id, "2018Q" .. q, fixed(random:bell(6500, 10500), 2))
                end
            end
        end
    end
end

return wealth
