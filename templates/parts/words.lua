-- 一次运行里各张记分卡都一样的文字与单位:只整理一次。
local frame = use "parts/frame"

local words = {}

local known_run, known

-- 总额叫什么:由参数 scorecard.total 或计分阶段的 title 决定
local function total_of(run)
    local title = (run.params.scorecard or {}).total or "总额"
    for _, stage in ipairs(run.stages) do
        if stage.name == "contribution" then title = stage.options.title or "综合创利" end
        if stage.name == "weighted" then title = stage.options.title or "得分" end
    end
    return title
end

-- { own = 参数 scorecard, total, before, now, footer }
function words.of(run)
    if known_run ~= run then
        known_run, known = run, {
            own = run.params.scorecard or {},
            total = total_of(run),
            before = frame.before(run),
            now = frame.now(run),
            footer = frame.footer(run),
        }
    end
    return known
end

-- 金额在图上以万元计,其他单位照原样:除数、图上单位、表中单位
function words.units(card)
    local first = card.items[1]
    local unit = first and first.unit or ""
    if unit == "元" then return 10000, "万元", "元" end
    return 1, unit, unit
end

return words
