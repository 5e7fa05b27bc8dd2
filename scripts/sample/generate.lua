-- Writes the sample branch: lua5.4 generate.lua OUTDIR [--scale N], or --check OUTDIR to compare.
--
-- OUTDIR/profit-contribution/sample/data and OUTDIR/vip-points/sample/data receive the CSV files.
-- Whole numbers only, random streams of our own, no clock: every machine writes the same bytes.

package.path = (arg[0]:match("^(.*)/[^/]*$") or ".") .. "/?.lua"

local prng = require "prng"
local people = require "people"
local calendar = require "calendar"
local reference = require "reference"
local special = require "special"
local balances = require "balances"
local writer = require "writer"
local vip = require "vip"

local iso, money, fixed = calendar.iso, writer.money, writer.fixed

local shared = {
    branch = "branch_id,name,parent_id,level,outlet_type,is_main_office",
    manager = "manager_id,name,branch_id,post,education,hire_date,active_from,active_to,"
        .. "studio_at_year_start",
    product = "product_id,name,kind,coef,valid_from,valid_to",
    product_sale = "sale_id,product_id,manager_id,date,amount,quantity",
    holiday = "date,kind",
}

-- The lines of profit (C09), as the scheme names them.
local lines = { "corp_deposit", "personal_deposit", "interbank", "loan", "discount", "off_balance",
                "other", "product_sale" }

local packs = {
    { "profit-contribution", {
        { "account", "account_id,customer_id,class,currency,opened,closed" },
        { "account_owner", "account_id,manager_id,share,from_date,to_date" },
        { "bill_discount", "bill_id,manager_id,face,discount_rate,funding_rate,bought,due" },
        { "branch", shared.branch },
        { "coefficient", "line,from_date,to_date,value,decision_id" },
        { "daily_balance", "account_id,date,balance" },
        { "decision", "decision_id,manager_id,period,kind,rate,grade,reason" },
        { "fee", "fee_id,manager_id,date,amount,currency,line,code" },
        { "grade_history", "manager_id,period,grade,profit,basis," .. table.concat(lines, ",") },
        { "holiday", shared.holiday },
        { "leave", "manager_id,kind,from_date,to_date" },
        { "loan", "loan_id,customer_id,manager_id,kind,amount,rate,start,due,route" },
        { "loan_balance", "loan_id,date,balance" },
        { "loan_class", "loan_id,class,from_date,to_date" },
        { "loan_state", "loan_id,date,overdue_days,interest_receivable,receivable_since,"
            .. "recovered_on" },
        { "manager", shared.manager },
        { "pool_price", "product,currency,from_date,to_date,pool_rate,cost_rate" },
        { "product", shared.product },
        { "product_sale", shared.product_sale },
        { "transfer", "manager_id,date,from_sequence,to_sequence,prior_rank,prior_grade" },
    } },
    { "vip-points", {
        { "branch", shared.branch },
        { "branch_fact", "branch_id,date,personal_deposit,full_time_marketers" },
        { "contact", "contact_id,manager_id,customer_id,date,channel" },
        { "customer", "customer_id,name,tier,info_complete,outlet,since,average_assets" },
        { "customer_assignment", "customer_id,manager_id,kind,share,from_date,to_date" },
        { "group_activity", "branch_id,date,kind,audience" },
        { "holiday", shared.holiday },
        { "manager", shared.manager },
        { "manager_asset", "manager_id,date,total_assets,savings" },
        { "pay_item", "manager_id,period,kind,amount" },
        { "product", shared.product },
        { "product_sale", shared.product_sale },
        { "target", "target_id,subject_id,metric,year,opening,value,basis" },
        { "target_slice", "target_id,period,value,cumulative" },
    } },
}

local function open_files(root, check)
    local out, files = {}, {}
    for _, pack in ipairs(packs) do
        local folder = ("%s/%s/sample/data"):format(root, pack[1])
        if not check and not os.execute("mkdir -p '" .. folder:gsub("'", "'\\''") .. "'") then
            error("cannot make the folder " .. folder, 0)
        end
        out[pack[1]] = {}
        for _, file in ipairs(pack[2]) do
            local opened = writer.open(folder, file[1], file[2], check)
            out[pack[1]][file[1]] = opened
            table.insert(files, opened)
        end
    end
    return out["profit-contribution"], out["vip-points"], files
end

local function write_reference(profit, retail, list, branches)
    for _, out in ipairs { profit, retail } do
        out.branch:row("H00", "某某银行", "", "head", "", "false")
        out.branch:row("F01", "城东分行", "H00", "tier2", "", "false")
        for _, branch in ipairs(branches) do
            out.branch:row(branch.id, branch.name, "F01", "sub_branch", branch.type,
                           tostring(branch.main))
        end
        for _, m in ipairs(list) do
            out.manager:row(m.id, m.name, m.branch.id, m.post, m.education, iso(m.hire),
                            iso(m.active_from), iso(m.active_to), tostring(m.studio))
        end
        for _, entry in ipairs(reference.holidays) do
            out.holiday:row(entry[1], entry[2])
        end
        for _, p in ipairs(reference.products) do
            out.product:row(p[1], p[2], p[3], fixed(p[4], 4), p[5], p[6])
        end
    end
    for _, price in ipairs(reference.prices) do
        for quarter = 1, 4 do
            local rates = price[2 + quarter]
            profit.pool_price:row(price[1], price[2], iso(calendar.quarter_start(quarter)),
                                  iso(calendar.quarter_start(quarter + 1)), fixed(rates[1], 2),
                                  rates[2] and fixed(rates[2], 2) or "")
        end
    end
    for _, line in ipairs(reference.coefficients) do
        for index = 2, #line do
            local c = line[index]
            profit.coefficient:row(line[1], c[1], c[2], fixed(c[3], 2), c[4])
        end
    end
    for _, d in ipairs(special.decisions) do
        profit.decision:row(d[1], list[d[2]].id, d[3], d[4], d[5] and fixed(d[5], 2) or "",
                            d[6] or "", d[7])
    end
    for _, leave in ipairs(special.leaves) do
        profit.leave:row(list[leave[1]].id, table.unpack(leave, 2))
    end
    for _, t in ipairs(special.transfers) do
        profit.transfer:row(list[t[1]].id, t[2], t[3], "客户经理序列", tostring(t[4]), t[5])
    end
end

local no_lines = {}
for i = 1, #lines do no_lines[i] = "" end

-- A profit in fen as its lines: in proportion to those of the first quarter of the year, more or
-- less; the first one takes what is left. Nothing when that quarter is not known.
local function split(total, manager, published)
    local random, parts, sum = prng.stream("history-lines", manager.index), {}, 0
    for i, text in ipairs(published or no_lines) do
        local change = random:range(850, 1150)
        parts[i] = text ~= "" and tonumber((text:gsub("%.", ""))) // 1000 * change or 0
        sum = sum + parts[i]
    end
    if sum < 1000000 then return no_lines end
    local out, first, left = {}, nil, total
    for i, part in ipairs(parts) do
        local amount = part // 100 * (total // 100) // (sum // 10000)
        out[i] = part == 0 and "" or money(amount)
        if part ~= 0 and not first then first = i else left = left - amount end
    end
    out[first] = money(left)
    return out
end

-- Grades of the eight quarters before the year; a newcomer has the grade given at hiring.
local function write_history(profit, manager, plan, first_quarter)
    local random = prng.stream("history", manager.index)
    if manager.hire >= calendar.year_start then
        local grade = manager.post == "对公客户经理" and "14级1档" or "15级1档"
        local period = "2009Q" .. calendar.quarter_of(manager.hire)
        profit.grade_history:row(manager.id, period, grade, "", "provisional",
                                 table.unpack(no_lines))
        return
    end
    for back = 8, 1, -1 do
        local year, quarter = 2007 + (8 - back) // 4, (8 - back) % 4 + 1
        local profit_then = plan.level
        for _ = 1, back do
            profit_then = profit_then * 1000 // (1000 + plan.growth + 10)
        end
        profit_then = profit_then // 1000 * random:bell(880, 1120) + random:below(1000)
        profit_then = plan.history and plan.history[9 - back] or profit_then
        local last_day = calendar.number(year, quarter * 3, 28)
        if manager.active_from <= last_day and plan.level > 0 then
            local first = manager.active_from > last_day - 180
            local grade, rank = reference.grade(profit_then)
            local protected = first and rank < 0
            local parts = back == 1 and split(profit_then, manager, first_quarter) or no_lines
            profit.grade_history:row(manager.id, year .. "Q" .. quarter,
                                     protected and "15级1档" or grade, money(profit_then),
                                     protected and "protected" or "assessed", table.unpack(parts))
        end
    end
end

-- What the branch published after each quarter of the year (published.csv, from kaohe's own results):
-- by id a list of rows of fields behind the id.
local function read_published()
    local rows, path = {}, arg[0]:gsub("[^/]*$", "") .. "published.csv"
    for line in io.lines(path) do
        local id, rest = line:match("^(M%d+),(2009.*)$")
        if id then
            local fields = {}
            for field in (rest .. ","):gmatch("([^,]*),") do table.insert(fields, field) end
            rows[id] = rows[id] or {}
            table.insert(rows[id], fields)
        end
    end
    return rows
end

local function write_published(profit, manager, published)
    for _, fields in ipairs(published) do
        profit.grade_history:row(manager.id, table.unpack(fields))
    end
end

local function write_accounts(profit, manager, plan, ids)
    for position, account in ipairs(plan.accounts) do
        ids.account = ids.account + 1
        local id = ids.account_name(ids.account)
        profit.account:row(id, ids.name(ids.base + account.customer), account.class,
                           account.currency, iso(account.opened), iso(account.closed))
        for _, owner in ipairs(account.owners) do
            profit.account_owner:row(id, owner.who.id, fixed(owner.share, 2), iso(owner.from),
                                     iso(owner.to))
        end
        balances.account(account, manager.index * 100 + position, function(day, balance)
            profit.daily_balance:row(id, iso(day), money(balance))
        end)
    end
end

-- Loans have the number of their day of issue, as on paper; they are written sorted at the end.
local function number_loans(plan, ids)
    for _, loan in ipairs(plan.loans) do
        while not loan.id do
            ids.loans[loan.start] = (ids.loans[loan.start] or 0) + 1
            local id = ids.loan_name(iso(loan.start):gsub("-", ""), ids.loans[loan.start])
            loan.id = not ids.reserved[id] and id or nil
        end
        loan.customer_id, loan.manager_id = ids.name(ids.base + loan.customer), plan.manager.id
        table.insert(ids.loan_list, loan)
    end
end

local function write_loans(profit, loans)
    table.sort(loans, function(a, b)
        return a.id < b.id
    end)
    for _, loan in ipairs(loans) do
        profit.loan:row(loan.id, loan.customer_id, loan.manager_id, loan.kind, money(loan.amount),
                        fixed(loan.rate, 4), iso(loan.start), iso(loan.due), loan.route)
        balances.loan(loan, function(day, balance)
            profit.loan_balance:row(loan.id, iso(day), money(balance))
        end)
        for _, class in ipairs(loan.classes) do
            profit.loan_class:row(loan.id, class[1], iso(class[2]), iso(class[3]))
        end
        for _, s in ipairs(loan.states) do
            profit.loan_state:row(loan.id, iso(s[1]), tostring(s[2]), money(s[3]), iso(s[4]),
                                  iso(s[5]))
        end
    end
end

-- The rows in the order of `key`, a day; rows of one day keep their order.
local function by_day(rows, key)
    for position, row in ipairs(rows) do
        row.position = position
    end
    table.sort(rows, function(a, b)
        return a[key] < b[key] or a[key] == b[key] and a.position < b.position
    end)
    return rows
end

local function write_deals(profit, retail, manager, plan, ids)
    for _, bill in ipairs(by_day(plan.bills, "bought")) do
        ids.bill = ids.bill + 1
        profit.bill_discount:row(ids.bill_name(ids.bill), manager.id, money(bill.face),
                                 fixed(bill.discount, 2), fixed(bill.funding, 2), iso(bill.bought),
                                 iso(bill.due))
    end
    for _, fee in ipairs(by_day(plan.fees, "date")) do
        ids.fee = ids.fee + 1
        profit.fee:row(ids.fee_name(ids.fee), manager.id, iso(fee.date), money(fee.amount),
                       fee.currency, fee.line, fee.code)
    end
    for _, sale in ipairs(by_day(plan.sales, "date")) do
        ids.sale = ids.sale + 1
        local row = { ids.sale_name(ids.sale), sale.product, manager.id, iso(sale.date),
                      money(sale.amount), tostring(sale.quantity) }
        profit.product_sale:row(table.unpack(row))
        if sale.kind == "理财" or sale.kind == "基金" then
            retail.product_sale:row(table.unpack(row))
        end
    end
end

-- Counters of the run and the spelling of their ids, wide enough that text order is number order.
local function counters(blocks)
    local more = #tostring(blocks) - 1
    local function spelled(pattern, digits)
        local format = pattern:format(digits + more)
        return function(...)
            return format:format(...)
        end
    end
    return {
        base = 0, next = 0, account = 0, bill = 0, fee = 0, sale = 0, target = 0, contact = 0,
        loans = {}, loan_list = {}, contacts = {}, signed = {},
        reserved = { ["L-20080411-07"] = true, ["L-20070920-02"] = true },
        name = spelled("C%%0%dd", 5), account_name = spelled("A%%0%dd", 5),
        loan_name = spelled("L-%%s-%%0%dd", 2), bill_name = spelled("H%%0%dd", 5),
        fee_name = spelled("F%%0%dd", 5), sale_name = spelled("S%%0%dd", 5),
        target_name = spelled("T%%0%dd", 5), contact_name = spelled("K%%0%dd", 6),
    }
end

local function run(root, blocks, check)
    local profit, retail, files = open_files(root, check)
    local list, branches = people.create(blocks)
    list[special.leaver.index].active_to = special.leaver.day
    write_reference(profit, retail, list, branches)
    local ids, published = counters(blocks), read_published()
    for _, manager in ipairs(list) do
        local plan = special.plan(manager, list)
        ids.base = ids.next
        ids.next = ids.next + plan.customers
        local past = published[("M%04d"):format(manager.index)] or {} -- ids of a scaled run are longer
        local first = past[1] and past[1][1] == "2009Q1" and { table.unpack(past[1], 5) } or nil
        write_history(profit, manager, plan, first)
        write_published(profit, manager, past)
        write_accounts(profit, manager, plan, ids)
        number_loans(plan, ids)
        write_deals(profit, retail, manager, plan, ids)
        vip.write(retail, manager, plan, ids)
    end
    for index, branch in ipairs(branches) do
        vip.outlet(retail, branch, index, ids)
    end
    write_loans(profit, ids.loan_list)
    for _, file in ipairs(files) do
        file:close()
        print(("%s: %d rows, %d bytes"):format(file.path, file.rows, file.bytes))
    end
end

local usage = "usage: lua5.4 generate.lua OUTDIR [--scale N] | lua5.4 generate.lua --check OUTDIR"
local check = arg[1] == "--check"
local root = check and arg[2] or arg[1]
local scale = arg[2] == "--scale" and math.tointeger(arg[3] or "") or 1
if not root or #arg > 3 or not scale or scale < 1 or #arg == 3 and arg[2] ~= "--scale"
    or #arg == 2 and not check then
    io.stderr:write(usage, "\n")
    os.exit(2)
end
local ok, reason = pcall(run, root, scale, check)
if not ok then
    io.stderr:write(reason, "\n")
    os.exit(1)
end
