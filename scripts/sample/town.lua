-- The people of a small pack: some dozen names, those a test speaks of written down by hand.

local prng = require "prng"
local names = require "names"

local town = {}

-- `count` people numbered from 1, with ids like M001 or those of another letter; `cast[i]` is the
-- name of one who is fixed. Everybody else has a name of his own, so that namesakes are those of
-- the cast.
function town.people(tag, count, cast, letter)
    local list, used = {}, {}
    for _, name in pairs(cast) do
        used[name] = true
    end
    for index = 1, count do
        local random, name = prng.stream(tag, index), cast[index]
        while not name do
            name = names.person(random)
            if used[name] then
                name = nil
            end
        end
        used[name] = true
        list[index] = { index = index, id = ("%s%03d"):format(letter or "M", index), name = name }
    end
    return list
end

return town
