-- The peer of the score benchmark: the same formulas in plain Lua 5.4 on binary doubles.
-- usage: lua5.4 score_peer.lua FORMULAS FIRST COUNT: prints processor seconds and a sum
local path, first, count = arg[1], tonumber(arg[2]), tonumber(arg[3])
local names, formulas = {}, {}

min, max = math.min, math.max

function metric(name)
    return function(declared)
        names[#names + 1], formulas[#formulas + 1] = name, declared.formula
    end
end

dofile(path)

local p = { pool = 3.20, cost = 1.85, coef = 0.9, base = 360.0 }

-- The amount of measure i of subject s: splitmix64, the same numbers as score.c makes.
local function amount(s, i)
    local z = (s * 20 + i) * 0x9e3779b97f4a7c15
    z = (z ~ (z >> 30)) * 0xbf58476d1ce4e5b9
    z = (z ~ (z >> 27)) * 0x94d049bb133111eb
    return ((z ~ (z >> 31)) >> 30) / 100.0 + 1.0
end

local facts = {}
for s = first, first + count - 1 do
    local m = {}
    for i = 1, 20 do m["a" .. i] = amount(s, i) end
    facts[#facts + 1] = m
end
collectgarbage()

local began, total, metrics = os.clock(), 0.0, #names
for i = 1, #facts do
    local m = facts[i]
    for k = 1, metrics do m[names[k]] = formulas[k](m, p) end
    total = total + m.k40
end
print(string.format("%.6f %.17g", os.clock() - began, total))
