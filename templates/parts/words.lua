-- 一次运行里各张记分卡都一样的文字与单位:除页脚外只整理一次。
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
        }
    end
    known.footer = frame.footer(run) -- 核验码每份不同
    return known
end

-- 名称后带单位;"得分"不必再写"(分)"
function words.with_unit(title, unit)
    if unit == "" or unit == "分" and string.find(title, "分", 1, true) then return title end
    return title .. "(" .. unit .. ")"
end

-- 各行的单位;本人一行也没有时,看办法
local function unit_of(card, run)
    if card and card.items[1] then return card.items[1].unit end
    for _, stage in ipairs(run.stages) do
        local lines = stage.name == "contribution" and stage.options.lines
        if lines then return run.column[lines[1]].unit end
    end
    return ""
end

local LARGE = 1000000000 -- 十亿元起,图上以亿元计

-- 金额在图上以万元计,大数以亿元计,其他单位照原样:除数、图上单位、表中单位。largest:图上最大的数
-- 总额的单位与各项不同时由参数 scorecard.unit 给出
function words.units(card, run, largest)
    local own = (run.params.scorecard or {}).unit
    if own then return 1, own, own end
    local unit = unit_of(card, run)
    if unit ~= "元" then return 1, unit, unit end
    if largest and abs(largest) >= LARGE then return 100000000, "亿元", "元" end
    return 10000, "万元", "元"
end

return words
