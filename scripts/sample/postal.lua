-- A city post office: four key-account centres, 20 marketers, the years 2008 and 2009.

local prng = require "prng"
local calendar = require "calendar"
local names = require "names"
local town = require "town"
local writer = require "writer"

local postal = {}

postal.files = {
    staff = "manager_id,name,unit_id,tier,active_from,active_to",
    unit = "unit_id,name",
    bureau_fact = "from_date,to_date,full_time_marketers,seniors,productivity",
    deal = "deal_id,customer_id,kind,date,amount,business",
    deal_share = "deal_id,manager_id,share",
    account = "customer_id,customer,class,manager_id,from_date,to_date",
    visit = "visit_id,manager_id,customer_id,date,reviewed_on,prior_manager_id,prior_date",
    issue = "issue_id,manager_id,customer_id,opened,department,closed,informed",
    decision = "decision_id,manager_id,period,date,kind,reason",
    history = "manager_id,period,grade,profit,productivity",
    holiday = "date,kind",
}

local day, iso, money = calendar.day, calendar.iso, writer.money

local cast = {
    [1] = "陆传远", [2] = "李静", [3] = "王𠮷", [4] = "上官文邮", [5] = "程驿", [6] = "马䶮",
    [7] = "孙信诚", [8] = "赵慢生", [9] = "钱广", [10] = "周正平", [11] = "李静", [12] = "吴再起",
    [13] = "郑初", [14] = "安然", [15] = "徐㛃",
}
local COUNT, NOBODY = 20, 14
local units = { { "Y1", "城区大客户中心" }, { "Y2", "东区分局" }, { "Y3", "西区分局" }, { "Y4", "河口县局" } }
local tiers = { [3] = "高级客户经理", [6] = "高级客户经理", [12] = "业务员", [13] = "业务员", [14] = "业务员" }
local joined = { [13] = "2009-03-16", [14] = "2009-11-02" }

local YUAN = 100
local productivity = { [2006] = 168000, [2007] = 176000, [2008] = 185000, [2009] = 196000 }

-- Deals of the people of the tests, in yuan: kind, amount, share of the first, who has the rest.
local fixed = {
    [1] = { [2008] = { { "独立", 210000 } },
            [2009] = { { "独立", 100000 }, { "合作", 80000, 60, 2 }, { "维护", 50000 } } },
    [8] = { [2008] = { { "独立", 150000 }, { "维护", 100000 } }, [2009] = { { "独立", 190000 } } },
    [9] = { [2008] = { { "独立", 185000 } }, [2009] = { { "独立", 120000 }, { "维护", 200000 } } },
    [10] = { [2008] = { { "独立", 170000 } }, [2009] = { { "独立", 160000 }, { "维护", 120000 } } }, -- 196,000
    [12] = { [2008] = { { "独立", 90000 } }, [2009] = { { "独立", 205000 } } },
    [13] = { [2009] = { { "维护", 60000 } } },
}
local businesses = { "函件", "商务小包", "速递物流", "代理金融", "报刊", "集邮定制" }

local function draw_deals(person, year, random)
    local list, left = {}, random:range(170, 430) * 1000
    if person.index >= 3 and person.index <= 7 then
        left = 520000
    end
    while left > 0 do
        local kind = random:pick { "独立", "独立", "合作", "维护" }
        local amount = random:range(60, 420) * 100
        amount = kind == "维护" and amount * 2 or amount
        if kind == "合作" then
            local other = 15 + (person.index + random:below(5)) % 6
            other = other == person.index and 16 or other
            other = other == person.index and 17 or other
            table.insert(list, { kind, amount, random:range(8, 14) * 5, other })
        else
            table.insert(list, { kind, amount })
        end
        left = left - amount
    end
    return fixed[person.index] and fixed[person.index][year] or list
end

-- Writes the deals of one person; adds what counts of them (in fen) to the totals of the year.
local function write_deals(out, list, person, year, totals, ids)
    local random = prng.stream("deals " .. year, person.index)
    for _, deal in ipairs(draw_deals(person, year, random)) do
        ids.deal = ids.deal + 1
        local id, kind, amount, share = ("%d-%04d"):format(year, ids.deal), deal[1], deal[2] * YUAN, deal[3] or 100
        local on = calendar.number(year, random:range(joined[person.index] and 4 or 1, 12), random:range(1, 28))
        out.deal:row(id, ("B%03d"):format(person.index * 8 + random:below(6)), kind, iso(on), money(amount),
                     random:pick(businesses))
        local function credit(who, part)
            local counted = amount // 100 * part
            counted = kind == "维护" and counted // 10 * 3 or counted
            totals[who][year] = totals[who][year] + counted
            out.deal_share:row(id, list[who].id, writer.fixed(part, 2))
        end
        credit(person.index, share)
        if deal[4] then
            credit(deal[4], 100 - share)
        end
    end
end

local suffixes = { "商贸公司", "服装城", "大学", "医院", "电子厂", "证券营业部", "茶叶合作社", "保险支公司" }

local function write_accounts(out, person, random, ids)
    local last = {}
    for n = 0, 5 do
        local id = ("B%03d"):format(person.index * 8 + n)
        local class = n == 0 and "A" or n < 3 and "B" or "C"
        out.account:row(id, names.person(random) .. random:pick(suffixes), class, person.id,
                        joined[person.index] or "2008-01-01", iso(person.leaves))
        local cycle = ({ A = 30, B = 60, C = 180 })[class]
        local on, prior = calendar.year_start + random:below(cycle), nil
        on = person.index == 13 and on + 90 or on -- came in March
        while on <= (person.leaves or calendar.year_end) do
            ids.visit = ids.visit + 1
            local at = calendar.workday(on)
            local reviewed = calendar.workday(calendar.month_end(select(2, calendar.civil(at))), -1)
            local skipped = person.index > 15 and random:chance(80) or person.index == 9 and ids.visit % 2 == 0
            local before, who = prior, person.id
            if n == 4 and person.index == 1 and not prior then -- a colleague was there before
                before, who = at - 12, "P016"
            end
            if at <= (person.leaves or calendar.year_end) then
                out.visit:row(("F%04d"):format(ids.visit), person.id, id, iso(at),
                              skipped and "" or iso(math.max(at, reviewed)), before and who or "", iso(before))
                prior = at
            end
            on = at + cycle // 10 * random:range(7, person.index > 15 and 13 or 10)
        end
        last[n] = prior
    end
end

local departments = { "速递专业局", "函件专业局", "金融专业局", "机要通信局" }

local function write_issues(out, person, random, ids)
    local function issue(opened, closed, informed)
        ids.issue = ids.issue + 1
        out.issue:row(("W%03d"):format(ids.issue), person.id, ("B%03d"):format(person.index * 8 + random:below(6)),
                      iso(opened), random:pick(departments), iso(closed), tostring(informed))
    end
    if person.index == 1 then
        issue(day "2009-03-02", day "2009-03-23", true)  -- the fifteenth working day
        issue(day "2009-04-01", day "2009-04-24", true)  -- 清明 in between: one day late
        issue(day "2009-11-30", day "2009-12-10", false)
        issue(day "2009-12-28", nil, false)              -- still in time
        return
    end
    for _ = 1, random:range(1, 4) do
        local opened = calendar.workday(calendar.year_start + random:range(10, 320))
        local closed = calendar.workday(opened + random:range(3, 21))
        issue(opened, not random:chance(120) and closed <= calendar.year_end and closed or nil, random:chance(850))
    end
end

local decisions = {
    { 4, "2010-02-01", "市局推荐", "上年业绩与综合考核居全局第一" },
    { 4, "2010-02-03", "公示", "省公司审查合格，公示五个工作日" },
    { 4, "2010-02-11", "省公司聘任", "公示期内无异议" },
    { 5, "2010-02-02", "市局推荐", "上年业绩突出" },
    { 5, "2010-02-10", "公示", "省公司审查合格，公示五个工作日" },
    { 5, "2010-02-18", "省公司聘任", "春节前后公示，聘任过早" },
    { 7, "2010-02-01", "市局推荐", "连续三年完成目标" },
    { 7, "2010-02-03", "公示", "省公司审查合格，公示五个工作日" },
    { 7, "2010-02-09", "异议成立", "两笔合作业绩比例未经书面约定" },
    { 13, "2009-12-22", "不能独立工作", "入局九个月仍不能独立开发客户" },
}

function postal.write(out)
    local list, totals, ids = town.people("roster P", COUNT, cast, "P"), {}, { deal = 0, visit = 0, issue = 0 }
    for _, unit in ipairs(units) do
        out.unit:row(unit[1], unit[2])
    end
    for year = 2006, 2009 do
        out.bureau_fact:row(year .. "-01-01", year + 1 .. "-01-01", year == 2009 and "61" or "47",
                            year == 2009 and "3" or "2", money(productivity[year] * YUAN))
    end
    for _, row in ipairs { { "2009-04-06", "holiday" }, { "2009-05-01", "holiday" }, { "2009-05-28", "holiday" },
                           { "2009-05-29", "holiday" }, { "2009-05-31", "makeup" }, { "2009-10-01", "holiday" },
                           { "2009-10-02", "holiday" }, { "2009-10-05", "holiday" }, { "2009-10-06", "holiday" },
                           { "2009-10-07", "holiday" }, { "2009-10-08", "holiday" }, { "2009-10-10", "makeup" },
                           { "2009-09-27", "makeup" }, { "2010-01-01", "holiday" }, { "2010-02-15", "holiday" },
                           { "2010-02-16", "holiday" }, { "2010-02-17", "holiday" }, { "2010-02-18", "holiday" },
                           { "2010-02-19", "holiday" }, { "2010-02-20", "makeup" }, { "2010-02-21", "makeup" } } do
        out.holiday:row(row[1], row[2])
    end
    for _, person in ipairs(list) do
        totals[person.index] = { [2008] = 0, [2009] = 0 }
    end
    for _, person in ipairs(list) do
        local random = prng.stream("postal", person.index)
        person.leaves = person.index == COUNT and day "2009-10-31" or nil
        out.staff:row(person.id, person.name, units[1 + (person.index - 1) % #units][1],
                      tiers[person.index] or "客户经理", joined[person.index] or "2004-07-01",
                      iso(person.leaves))
        if person.index ~= NOBODY then
            for year = joined[person.index] and 2009 or 2008, 2009 do
                write_deals(out, list, person, year, totals, ids)
            end
            write_accounts(out, person, random, ids)
            write_issues(out, person, random, ids)
        end
    end
    for _, person in ipairs(list) do
        local random = prng.stream("postal history", person.index)
        if not joined[person.index] then
            for year = 2006, 2008 do
                local own = year == 2008 and totals[person.index][2008] or random:range(180, 330) * 100000
                out.history:row(person.id, tostring(year), tiers[person.index] or "客户经理", money(own),
                                money(productivity[year] * YUAN))
            end
        end
    end
    for n, row in ipairs(decisions) do
        out.decision:row(("JD2009-%02d"):format(n), list[row[1]].id, "2009", row[2], row[3], row[4])
    end
end

return postal
