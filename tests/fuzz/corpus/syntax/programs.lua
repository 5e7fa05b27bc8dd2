local function either(a, b) if a == nil then return b end return b == nil and a or a + b end
local function priced(x, p) x = x or 0 return p.floor and max(x, p.floor) or x / p.base end
metric "k" { formula = function(m, p)
    local a, b = m.x, either(m["y"], -1.50)
    if a == nil then return elseif not (a > b) or a ~= 2 then do local c = a * b / 3 a = c end else return min(a, b, abs(-b)) end
    return priced(round(a, 2), p), ceil(b)
end }
local late = either
either = late
