-- 汇总报告(给行长):分布、等级去向、网点并排、离线只差一步的人、全员排名。
local frame = use "parts/frame"
local history = use "parts/history"
local ladder = use "parts/ladder"
local words = use "parts/words"

local WIDTH = 515
local CLOSE = 0.02 -- "只差一步":差距不到下一档的 2% …
local CLOSEST = 40 -- … 并且只列最近的这么多人

-- ---- 先走一遍全体 ------------------------------------------------------------------------------

-- 有结果的人按分数从高到低;其余另列
local function survey(run)
    local s = { scored = {}, missing = {}, total = dec(0), before = {} }
    for _, card in ipairs(run.cards) do
        if card.score and not card.failed then
            s.scored[#s.scored + 1] = card
            s.total = s.total + card.score
        else
            s.missing[#s.missing + 1] = card
        end
        local row, last = history.last(card, run)
        if row then s.before[card.id] = { grade = row.grade, score = last } end
    end
    table.sort(s.scored, function(a, b)
        if a.score ~= b.score then return a.score > b.score end
        return a.id < b.id
    end)
    return s
end

-- ---- 一览 --------------------------------------------------------------------------------------

local function brief(x, per, unit)
    if not x then return dash(nil) end
    return { number(x / per, 2), { " " .. unit, size = theme.body, bold = false } }
end

local function extreme(label, card, per, unit)
    return { label = label, value = brief(card and card.score, per, unit),
        note = card and card.name .. " · " .. card.group or "", share = 1.2 }
end

local function overview(run, s, w, per, unit)
    local n = #s.scored
    local middle = n > 0 and s.scored[(n + 1) // 2].score or nil
    local fields = {
        { label = "考核人数", value = number(run.count), note = #s.missing > 0
            and "其中没有结果 " .. #s.missing .. " 人" or n > 0 and "全部有结果" or "" },
        { label = "人均", value = brief(n > 0 and s.total / n or nil, per, unit), share = 1.2,
            note = middle and "中位数 " .. number(middle / per, 2) .. " " .. unit or "" },
        extreme("最高", s.scored[1], per, unit),
    }
    if unit == "分" then -- 分数相加没有意义
        fields[4] = extreme("最低", s.scored[n], per, unit)
    else
        table.insert(fields, 2, { label = w.total .. "合计", share = 1.3,
            value = brief(n > 0 and s.total or nil, per, unit) })
    end
    return { fields = fields }
end

local function distribution(run, per, unit)
    local of = run.histogram("score")
    if of.people < 2 then return false end
    return {
        frame.heading("分布", number(of.people) .. " 人,横轴单位 " .. unit .. ",柱上为人数", 1),
        { chart = chart.histogram { width = WIDTH, height = 110, of = of, per = per, label = "", alt = "分布" } },
    }
end

-- ---- 等级 --------------------------------------------------------------------------------------

-- "11级3档" 归入 "11级";不分档的照原样
local function level(grade)
    local at, stop = string.find(grade or "", "级")
    return at and string.find(grade, "档") and string.sub(grade, 1, stop) or grade
end

-- 等级;只评档次的办法用档次
local function rating(card)
    return card.grade or card.band
end

-- 出现过的级,由高到低:在等级表上的按表;没有表的,分数高的人得到的在前
local function levels_of(s, l)
    local seen, list = {}, {}
    local function see(grade)
        local name = level(grade)
        if name and not seen[name] then
            seen[name] = l and l.place[grade] or 0
            list[#list + 1] = name
        end
    end
    for _, card in ipairs(s.scored) do see(rating(card)) end
    for _, card in ipairs(s.scored) do
        local past = s.before[card.id]
        if past then see(past.grade) end
    end
    local first = {}
    for i, name in ipairs(list) do first[name] = i end
    table.sort(list, function(a, b)
        if seen[a] ~= seen[b] then return seen[a] > seen[b] end
        return first[a] < first[b]
    end)
    return list
end

local function count_grades(s)
    local count, most = {}, 0
    for _, card in ipairs(s.scored) do
        local name = level(rating(card))
        if name then
            count[name] = (count[name] or 0) + 1
            most = max(most, count[name])
        end
    end
    return count, most
end

local grade_columns = { {}, { align = "right" }, { align = "right" }, { share = 1 } }

local function grades(s, levels, word)
    local count, most = count_grades(s)
    if most == 0 then return false end
    local rows, n = {}, #s.scored
    for _, name in ipairs(levels) do
        local k = count[name]
        if k then
            rows[#rows + 1] = { name, number(k), percent(dec(k) / n, 1),
                chart.bar { width = 330, height = 10, value = k, low = 0, high = most } }
        end
    end
    return frame.whole {
        frame.heading(word .. "结构", nil, 1),
        { table = rows, header = { word, "人数", "占比", "" }, columns = grade_columns, padding = 1.6 },
    }
end

-- 行是上期,列是本期;对角线以左是升级
local function movement(s, levels, w, word)
    local cell, any = {}, false
    for _, card in ipairs(s.scored) do
        local past = s.before[card.id]
        local from, to = past and level(past.grade), level(rating(card))
        if from and to then
            local key = from .. ">" .. to
            cell[key] = (cell[key] or 0) + 1
            any = true
        end
    end
    if not any or #levels > 14 then return false end
    local columns, header, rows = { {} }, { w.before .. " \\ " .. w.now }, {}
    for i, name in ipairs(levels) do
        columns[i + 1] = { share = 1, align = "center", min_size = 8.5 }
        header[i + 1] = name
    end
    for i, from in ipairs(levels) do
        local row = { from }
        for k, to in ipairs(levels) do
            local n = cell[from .. ">" .. to]
            local fill, color = nil, nil
            if i == k then fill = theme.ground end
            if n and k < i then fill, color = theme.series[5], theme.ink end
            if n and k > i then fill, color = theme.series[6], theme.down end
            row[k + 1] = { n and number(n) or "", fill = fill, color = color, bold = n ~= nil and i ~= k or nil }
        end
        rows[i] = row
    end
    return frame.whole {
        frame.heading(word .. "去向", "行为" .. w.before .. ",列为" .. w.now .. ";对角线左侧为升级,右侧为降级", 1),
        { table = rows, header = header, columns = columns, gap = 2, padding = 2 },
    }
end

-- ---- 网点 --------------------------------------------------------------------------------------

local function groups_of(s)
    local list, by_name = {}, {}
    for _, card in ipairs(s.scored) do
        local g = by_name[card.group]
        if not g then
            g = { name = card.group, n = 0, sum = dec(0), best = card, reached = 0, up = 0, down = 0 }
            by_name[card.group] = g
            list[#list + 1] = g
        end
        g.n, g.sum = g.n + 1, g.sum + card.score
    end
    for _, g in ipairs(list) do g.mean = g.sum / g.n end
    table.sort(list, function(a, b)
        if a.mean ~= b.mean then return a.mean > b.mean end
        return a.name < b.name
    end)
    return list
end

local group_columns = { { share = 1 }, { align = "right" }, { align = "right" }, { align = "right", bold = true },
    { width = 160 }, { share = 1 } }

local function outlets(s, per, unit)
    local list = groups_of(s)
    if #list < 2 then return false end
    local low, high, rows = dec(0), dec(0), {}
    for _, g in ipairs(list) do low, high = min(low, g.mean), max(high, g.mean) end
    for i, g in ipairs(list) do
        rows[i] = { g.name, number(g.n), number(g.sum / per, 2), number(g.mean / per, 2),
            chart.bar { width = 150, height = 10, value = g.mean, low = low, high = high },
            g.best.name .. " " .. number(g.best.score / per, 2) }
    end
    return {
        frame.heading("网点并排", "按人均,单位 " .. unit, 1),
        { table = rows, header = { "网点", "人数", "合计", "人均", "", "最高" }, columns = group_columns },
    }
end

-- 网点自身的情况:参数 scorecard.groups = { title =, note =, columns = { { value =, title =, sum =, least =, most = } } },
-- sum 把各人的数相加,否则取本网点任何一人的;least、most 是数或另一个度量
local function fact(cards, column)
    local found
    for _, card in ipairs(cards) do
        local x = card.m[column.value]
        if x and column.sum then found = (found or 0) + x
        elseif x and not found then found = x end
    end
    return found
end

local function limit(cards, of)
    return type(of) == "string" and fact(cards, { value = of }) or of
end

local function facts(run, w)
    local spec = w.own.groups
    if not spec then return false end
    local names, members, header, columns, rows = {}, {}, { "网点" }, { { share = 1.6 } }, {}
    for _, card in ipairs(run.cards) do
        if not members[card.group] then
            members[card.group] = {}
            names[#names + 1] = card.group
        end
        table.insert(members[card.group], card)
    end
    table.sort(names)
    for k, column in ipairs(spec.columns) do
        header[k + 1], columns[k + 1] = column.title, { share = 1, align = "right" }
    end
    for i, name in ipairs(names) do
        local row, cards = { name }, members[name]
        for k, column in ipairs(spec.columns) do
            local x, least, most = fact(cards, column), limit(cards, column.least), limit(cards, column.most)
            local missed = x and (least and x < least or most and x > most)
            local places = run.column[column.value] and run.column[column.value].places
            row[k + 1] = { number(x, places), color = missed and theme.down or nil, bold = missed or nil }
        end
        rows[i] = row
    end
    return {
        frame.heading(spec.title, spec.note, 1),
        { table = rows, header = header, columns = columns, padding = 2 },
    }
end

-- ---- 只差一步的人 ------------------------------------------------------------------------------

local close_columns = { { share = 1 }, { share = 1.2 }, { share = 1.6 }, { share = 1, align = "right" }, { share = 1.2 },
    { share = 1.2 }, { share = 1.8, align = "right", bold = true } }

-- 还差多少;差存款的写明是存款
local function shortfall(p)
    local function amount(x) return x < 0.01 and "不到 0.01" or number(ceil(x * 100) / 100, 2) end
    if p.deposit == 0 then return amount(p.missing) end
    local deposit = "存款 " .. amount(p.deposit)
    return p.missing > 0 and amount(p.missing) .. " 且" .. deposit or deposit
end

local function nearly(run, s, l)
    if not l then return false end
    local list = {}
    for _, card in ipairs(s.scored) do
        local p = ladder.next(card, run, l)
        if p and p.part < CLOSE then
            p.card, p.value = card, ladder.value(card, l)
            list[#list + 1] = p
        end
    end
    if #list == 0 then return false end
    table.sort(list, function(a, b)
        if a.part ~= b.part then return a.part < b.part end
        return a.card.id < b.card.id
    end)
    local rows, note = {}, #list .. " 人距下一档不到 " .. percent(CLOSE, 0)
    if #list > CLOSEST then note = note .. ",最近的 " .. CLOSEST .. " 人" end
    for i, p in ipairs(list) do
        if i > CLOSEST then break end
        rows[i] = { p.card.id, p.card.name, p.card.group, number(floor(p.value, 2), 2), dash(p.card.grade), p.step.label,
            shortfall(p) }
    end
    return {
        frame.heading("只差一步", note .. ",单位 " .. l.unit, 1),
        { table = rows, header = { "工号", "姓名", "网点", "本期", "评定", "下一档", "还差" }, columns = close_columns,
            padding = 2 },
    }
end

-- ---- 全员排名 ----------------------------------------------------------------------------------

-- 与上期比:在等级表上的看档数,没有等级表的看分数
local function moved_by(card, past, l, per)
    if not past then return dash(nil) end
    if not l then
        local change = past.score and card.score - past.score
        return change and change ~= 0 and frame.arrow(change, number(abs(change) / per, 2)) or change and "持平" or dash(nil)
    end
    local shift = ladder.shift(l, past.grade, card.grade)
    return shift and shift ~= 0 and { frame.arrow(shift, number(abs(shift)) .. " 档") } or shift and "持平" or dash(nil)
end

local function ranking(s, w, l, per, unit, word)
    if #s.scored == 0 then return false end
    local graded, moved, rows = false, false, {}
    for _, card in ipairs(s.scored) do
        graded = graded or rating(card) ~= nil
        moved = moved or s.before[card.id] ~= nil
    end
    local columns = { { align = "right" }, {}, {}, { share = 1 }, { align = "right", bold = true }, { width = 88 } }
    local header = { "名次", "工号", "姓名", "网点", words.with_unit(w.total, unit), "" }
    if graded then columns[#columns + 1], header[#header + 1] = {}, word end
    if moved then columns[#columns + 1], header[#header + 1] = { align = "right" }, "较" .. w.before end
    local low, high = min(dec(0), s.scored[#s.scored].score), max(dec(0), s.scored[1].score)
    for i, card in ipairs(s.scored) do
        local row = { number(card.rank), card.id, card.name, card.group, number(card.score / per, 2),
            chart.bar { width = 80, height = 9, value = card.score, low = low, high = high } }
        if graded then row[#row + 1] = rating(card) or "" end
        if moved then row[#row + 1] = moved_by(card, s.before[card.id], l, per) end
        rows[i] = row
    end
    return {
        frame.heading("全员排名", #s.scored .. " 人", 1),
        { table = rows, header = header, columns = columns, padding = 1.6, size = theme.small },
    }
end

local function without(s)
    if #s.missing == 0 then return false end
    local rows = {}
    for i, card in ipairs(s.missing) do
        rows[i] = { card.id, card.name, card.group, card.failed or "本期没有数据" }
    end
    return {
        frame.heading("没有结果的人", #rows .. " 人", 1),
        { table = rows, header = { "工号", "姓名", "网点", "原因" }, columns = { {}, {}, {}, { share = 1 } },
            padding = 2 },
    }
end

-- 分数的除数与单位:加权计分的办法以分计,其余看各行
local function units_of(run, s)
    for _, stage in ipairs(run.stages) do
        if stage.name == "weighted" then return 1, "分" end
    end
    local per, unit = words.units(run.cards[1], run, s.scored[1] and s.scored[1].score)
    return per, unit ~= "" and unit or "分"
end

-- ---- 整份报告 ----------------------------------------------------------------------------------

local function make(run)
    local w, l, s = words.of(run), ladder.of(run), survey(run)
    local per, unit = units_of(run, s)
    local levels = levels_of(s, l)
    local word = #s.scored > 0 and not s.scored[1].grade and s.scored[1].band and "档次" or "等级"
    local title = "考核结果汇总"
    return {
        title = run.period.title .. " " .. title,
        subject = run.scheme.title,
        footer_left = w.footer,
        footer_right = "内部资料 · " .. frame.pages,
        frame.top(run, title),
        overview(run, s, w, per, unit),
        distribution(run, per, unit),
        outlets(s, per, unit),
        facts(run, w),
        #levels > 0 and grades(s, levels, word) or false,
        movement(s, levels, w, word),
        nearly(run, s, l),
        ranking(s, w, l, per, unit, word),
        without(s),
    }
end

return { of = "results", make = make }
