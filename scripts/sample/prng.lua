-- Seeded streams of random integers (splitmix64): same tag, same numbers, on every machine.
--
-- Every thing that is drawn (a manager's deposits, a manager's loans, ...) has a stream of its own,
-- so a change in one place never moves the numbers of another.

local Stream = {}
Stream.__index = Stream

-- A stream named by a text and an integer (FNV-1a over the text, then the integer).
local function stream(tag, number)
    local hash = 0xcbf29ce484222325
    for i = 1, #tag do
        hash = (hash ~ tag:byte(i)) * 0x100000001b3
    end
    return setmetatable({ state = hash ~ ((number or 0) * 0x9e3779b97f4a7c15) }, Stream)
end

function Stream:next()
    self.state = self.state + 0x9e3779b97f4a7c15
    local z = self.state
    z = (z ~ (z >> 30)) * 0xbf58476d1ce4e5b9
    z = (z ~ (z >> 27)) * 0x94d049bb133111eb
    return z ~ (z >> 31)
end

-- 0 .. n-1
function Stream:below(n)
    return (self:next() >> 1) % n
end

-- low .. high, both inside
function Stream:range(low, high)
    return low + self:below(high - low + 1)
end

-- low .. high, the middle more often than the ends
function Stream:bell(low, high)
    return (self:range(low, high) + self:range(low, high) + self:range(low, high)) // 3
end

function Stream:chance(permille)
    return self:below(1000) < permille
end

function Stream:pick(list)
    return list[1 + self:below(#list)]
end

-- An index of `weights`, each as often as its weight says.
function Stream:weighted(weights)
    local total = 0
    for _, weight in ipairs(weights) do
        total = total + weight
    end
    local at = self:below(total)
    for index, weight in ipairs(weights) do
        at = at - weight
        if at < 0 then
            return index
        end
    end
end

function Stream:shuffle(list)
    for i = #list, 2, -1 do
        local j = 1 + self:below(i)
        list[i], list[j] = list[j], list[i]
    end
    return list
end

-- `total` cut into `count` positive parts of uneven size, each a multiple of `unit` but the last.
function Stream:split(total, count, unit)
    local weights, sum, parts, left = {}, 0, {}, total
    for i = 1, count do
        weights[i] = self:range(40, 160)
        sum = sum + weights[i]
    end
    for i = 1, count - 1 do
        parts[i] = math.max(unit, total // sum * weights[i] // unit * unit)
        left = left - parts[i]
    end
    parts[count] = math.max(left, unit)
    return parts
end

return { stream = stream }
