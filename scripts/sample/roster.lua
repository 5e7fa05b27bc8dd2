-- The people of a small pack, and what several packs need to write about them.

local prng = require "prng"
local names = require "names"

local roster = {}

-- `count` people with ids like K001; `cast[i]` is the name of one who is fixed. Everybody else has
-- a name of his own, so that namesakes are those of the cast.
function roster.people(letter, count, cast)
    local list, used = {}, {}
    for _, name in pairs(cast) do
        used[name] = true
    end
    for index = 1, count do
        local random, name = prng.stream("roster " .. letter, index), cast[index]
        while not name do
            name = names.person(random)
            name = not used[name] and name or nil
        end
        used[name] = true
        list[index] = { index = index, id = ("%s%03d"):format(letter, index), name = name }
    end
    return list
end

-- a / b as hundredths, half away from zero; a and b not negative.
function roster.hundredths(a, b)
    return (a * 200 + b) // (2 * b)
end

return roster
