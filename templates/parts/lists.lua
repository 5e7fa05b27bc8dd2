-- 记分卡上的清单:规则步骤、剔除、扣减与裁定、说明与复议。
local frame = use "parts/frame"
local lists = {}

-- ---- 规则如何落到等级 ----------------------------------------------------------------------------

local step_columns = { { width = 18 }, { share = 1 }, { color = theme.muted, size = theme.small, align = "right" } }
local words = { kept = "未变动", passed = "通过", changed = "有变动", failed = "未通过" }

-- 右列是什么;[默认] 是什么
local function legend(steps)
    local coded, default = false, false
    for _, step in ipairs(steps) do
        coded = coded or step.rule ~= ""
        default = default or string.find(step.rule, "[默认", 1, true) ~= nil
    end
    return coded and "右列为规则编号" .. (default and ",[默认] 为原办法未载明的数" or "") or nil
end

function lists.steps(card, title)
    local steps = card.steps
    if #steps == 0 then return nil end
    local rows = {}
    for i, step in ipairs(steps) do
        rows[i] = { chart.mark { sign = step.outcome, size = 9, alt = words[step.outcome] }, step.text, step.rule }
    end
    return { frame.heading(title, legend(steps)), { table = rows, columns = step_columns, gap = 3, padding = 2.3 } }
end

-- ---- 剔除 --------------------------------------------------------------------------------------

-- 同一笔业务常被几个度量同时剔除:每笔只列一次,取先声明的度量
local function once(excluded)
    local rows, seen, total = {}, {}, 0
    for _, x in ipairs(excluded) do
        local key = x.row ~= "" and x.row or x.measure
        if not seen[key] then
            seen[key] = true
            rows[#rows + 1] = x
            total = total + (x.amount or 0)
        end
    end
    return rows, total
end

local excluded_columns = { { min_size = 8.5 }, { align = "right", min_size = 8.5 }, { share = 1, size = theme.small } }

function lists.excluded(card, run, title)
    if #card.excluded == 0 then return nil end
    local rows, total = once(card.excluded)
    local unit, places = run.column[rows[1].measure].unit, run.column[rows[1].measure].places or 2
    local out = {}
    for i, x in ipairs(rows) do out[i] = { dash(x.row), number(x.amount, places), x.rule } end
    local note = #rows .. " 笔 · 合计 " .. number(total, places) .. " " .. unit
    local amount = rows[1].title .. (unit ~= "" and "(" .. unit .. ")" or "")
    return {
        frame.heading(title, note),
        { table = out, header = { "编号", amount, "原因" }, columns = excluded_columns, padding = 2.3 },
    }, #rows
end

-- ---- 扣减与裁定 --------------------------------------------------------------------------------

-- 来自名为 decisions 的 records:decision_id、kind、rate 或 amount 或 grade、reason
local decision_columns = { {}, {}, { share = 1 } }
local effect_columns = { {}, {}, { align = "right" }, { share = 1 } }

-- 规则步骤里已写明文号与事由的,不再重复
local function told(card, d)
    for _, step in ipairs(card.steps) do
        if d.decision_id and d.reason and string.find(step.text, d.decision_id, 1, true)
            and string.find(step.text, d.reason, 1, true) then return true end
    end
    return false
end

function lists.decisions(card)
    local effects, out = {}, {}
    for _, d in ipairs(card.r.decisions or {}) do
        if not told(card, d) then
            out[#out + 1] = { dash(d.decision_id), dash(d.kind), dash(d.reason) }
            effects[#out] = d.rate and percent(d.rate, 0) or d.amount and money(d.amount) or d.grade
        end
    end
    if #out == 0 then return nil end
    local header, columns = { "决定文号", "类别", "事由" }, decision_columns
    if next(effects) then -- 有幅度的才有这一列
        for i, row in ipairs(out) do table.insert(row, 3, dash(effects[i])) end
        header, columns = { "决定文号", "类别", "幅度", "事由" }, effect_columns
    end
    return {
        frame.heading("扣减与裁定", #out .. " 件"),
        { table = out, header = header, columns = columns, padding = 2.3 },
    }
end

-- 左边规则步骤,右边剔除与裁定;右边两样都短
function lists.reasons(steps, excluded, decided)
    local right = excluded and decided and { excluded, decided } or excluded or decided
    return frame.beside(steps, right, { 282, 213 })
end

-- ---- 名下的一行一行 ----------------------------------------------------------------------------

local function cell(value, places)
    if type(value) == "boolean" then return value and "是" or "否" end
    if type(value) == "string" then return value end
    return number(value, places)
end

local MANY = 12 -- 更长的清单排成两栏

-- 参数 scorecard.lists = { { records =, title =, unit =, columns = { { name =, title =, places = } } } }
function lists.records(card, spec)
    local rows = card.r[spec.records]
    if not rows or #rows == 0 then return false end
    local out, header, columns = {}, {}, {}
    local twice = #rows > MANY and #spec.columns <= 6
    for k, column in ipairs(spec.columns) do
        header[k] = column.title
        columns[k] = { share = not twice and 1 or nil, align = column.places and "right" or nil, min_size = 8.5 }
    end
    for i, row in ipairs(rows) do
        out[i] = {}
        for k, column in ipairs(spec.columns) do out[i][k] = cell(row[column.name], column.places) end
    end
    local heading = frame.heading(spec.title, #rows .. " " .. (spec.unit or "行"))
    if twice then columns[#columns].share = 1 end
    if not twice then return { heading, { table = out, header = header, columns = columns, padding = 1.6 } } end
    local halves, half = { {}, {} }, (#out + 1) // 2
    for i, row in ipairs(out) do table.insert(halves[i <= half and 1 or 2], row) end
    local function part(list)
        return { { table = list, header = header, columns = columns, padding = 1.2, gap = 2, size = theme.small } }
    end
    return { heading, { columns = { part(halves[1]), part(halves[2]) }, gap = 20 } }
end

-- ---- 说明与复议 --------------------------------------------------------------------------------

-- 参数 reconsider = { until = "2009-04-09", days = 3, to = "分行考核委员会" },每一项都可不写
local function reconsider(run)
    local r = run.params.reconsider
    if not r then return nil end
    local when = r["until"] and "于 " .. date_cn(r["until"]) .. "前"
        or r.days and "在结果公布后 " .. number(r.days) .. " 个工作日内" or "及时"
    local with = run.code and "工号与核验码" or "工号"
    return "如有异议,请" .. when .. "向" .. (r.to or "考核部门") .. "书面提出复议,注明" .. with .. "。"
end

function lists.closing(card, run)
    local lines = {}
    for _, note in ipairs(card.notes) do
        lines[#lines + 1] = { paragraph = { { "说明  ", bold = true }, note }, size = theme.table, leading = 1.5 }
    end
    local how = reconsider(run)
    if how then
        lines[#lines + 1] = { paragraph = { { "复议  ", bold = true }, how }, size = theme.table, leading = 1.5 }
    end
    return #lines > 0 and { callout = lines, before = 14 }
end

-- 没有结果时说明原因
function lists.failed(card)
    if not card.failed then return false end
    return {
        callout = {
            { paragraph = "本期没有考核结果", bold = true, size = theme.heading, color = theme.down },
            { paragraph = card.failed, before = 3 },
        },
        after = 4,
    }
end

return lists
