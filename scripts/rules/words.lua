-- 记分卡步骤中的数字写法:千分位、万元、百分数。本文件自身没有规则。
local M = {}

local function grouped(digits)
    local out = ""
    while #digits > 3 do
        out = "," .. string.sub(digits, -3) .. out
        digits = string.sub(digits, 1, -4)
    end
    return digits .. out
end

--- 定点写法:1,234.50;places 省略为 2 位。
function M.number(x, places)
    places = places or 2
    local text = string.format("%." .. places .. "f", abs(x))
    local point = string.find(text, ".") or #text + 1
    local sign = round(x, places) < 0 and "-" or ""
    return sign .. grouped(string.sub(text, 1, point - 1)) .. string.sub(text, point)
end

--- 元写作万元;给出门槛时多写几位,使未达到的数不显得已达到。
function M.wan(yuan, threshold_wan)
    local wan, places = yuan / 10000, 2
    while threshold_wan ~= nil and places < 8 and wan < threshold_wan
        and round(wan, places) >= threshold_wan do
        places = places + 1
    end
    return M.number(wan, places) .. " 万元"
end

--- 0.15 写作 15%,0.125 写作 12.5%;places 给出时固定小数位。
function M.percent(ratio, places)
    local x = ratio * 100
    places = places or 0
    while round(x, places) ~= x and places < 6 do places = places + 1 end
    return M.number(x, places) .. "%"
end

--- 写出 x,至少两位,多到照着写出的数重算 result 也分毫不差。
function M.factor(x, result)
    local places = 2
    while places < 20 and result(round(x, places)) ~= result(x) do places = places + 1 end
    return M.number(x, places)
end

--- 至少两位,不舍去任何一位:5,746.805。
function M.exact(x)
    return M.factor(x, function(shown) return shown end)
end

--- 各数四舍五入后之和与总数的差,接在式子后面:" + 尾差 0.01";没有差就是空的。
function M.tail(total, parts)
    local shown = dec(0)
    for _, part in ipairs(parts) do shown = shown + round(part, 2) end
    local left = round(total, 2) - shown
    if left == 0 then return "" end
    return (left > 0 and " + " or " − ") .. "尾差 " .. M.number(abs(left))
end

return M
