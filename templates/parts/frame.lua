-- 页首、页脚、小标题、并排:各张记分卡共用。
local frame = {}

-- 小标题,后面可跟灰色说明
function frame.heading(title, note, outline)
    local text = { { title, bold = true, size = theme.heading } }
    if note then text[2] = { "  " .. note, size = theme.small, color = theme.muted } end
    return { paragraph = text, bar = theme.accent, before = 15, after = 5, keep = true, outline = outline }
end

-- 页首:机构与标题,期间与起止日
function frame.top(run, title)
    local period = run.period
    return {
        {
            columns = {
                {
                    { paragraph = run.organisation, size = theme.small, color = theme.muted },
                    { paragraph = title, size = theme.title, bold = true, leading = 1.3 },
                },
                {
                    { paragraph = period.from .. " 至 " .. period.to, size = theme.small,
                      color = theme.muted, align = "right" },
                    { paragraph = period.title, size = 13, bold = true, align = "right", leading = 1.7 },
                },
            },
            shares = { 3, 2 },
        },
        { rule = 2, color = theme.accent, before = 5, after = 11 },
    }
end

-- 页脚左侧:办法的名称与版本、数据截止日、核验码(系统给出时)
function frame.footer(run)
    local words = { cut(run.scheme.title, 24) }
    if run.scheme.version ~= "" then words[1] = words[1] .. " " .. run.scheme.version end
    if run.as_of then words[#words + 1] = "数据截至 " .. run.as_of end
    if run.code then words[#words + 1] = "核验码 " .. run.code end
    return table.concat(words, " · ")
end

frame.pages = "第 {page} 页 / 共 {pages} 页"

-- 不分到两页:单独的一栏不会断开
function frame.whole(blocks)
    return { columns = { blocks }, before = 15 }
end

-- 两段内容并排;只有一段时占满一行,都没有时什么也不占
function frame.beside(left, right, shares, gap)
    if not left then return right or false end
    if not right then return left end
    return { columns = { left, right }, shares = shares or { 1, 1 }, gap = gap or 20, before = 15 }
end

-- 上升或下降:符号与颜色
function frame.arrow(change, text)
    if change > 0 then return { "▲ " .. text, color = theme.up } end
    if change < 0 then return { "▼ " .. text, color = theme.down } end
    return { "持平", color = theme.muted }
end

-- "上季"、"上月":说的是哪一期
local before = { Q = "上季", M = "上月", H = "上半年度", Y = "上年" }
local now = { Q = "本季", M = "本月", H = "本半年", Y = "本年" }
function frame.before(run) return before[run.period.kind] end
function frame.now(run) return now[run.period.kind] end

return frame
