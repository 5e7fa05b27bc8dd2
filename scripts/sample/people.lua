-- The branch and its customer managers: outlets, names, posts, dates of hire.
--
-- Managers are numbered in the order of hire. A scaled run adds blocks of 320 people and twelve
-- outlets to the first ones, which stay as they are (longer ids apart).

local prng = require "prng"
local names = require "names"
local calendar = require "calendar"
local reference = require "reference"

local people = {}

local BLOCK = 320

-- What is fixed about single people of the first block (see special.lua for their business).
local first_cast = {
    [1] = { name = "张伟" },
    [12] = { name = "司马文澜" },
    [18] = { name = "王𠮷" },
    [23] = { name = "诸葛云帆", post = "对公客户经理" },
    [45] = { name = "李静", outlet = 4 },
    [52] = { name = "李㛃" },
    [61] = { name = "陆海涛", outlet = 5, post = "对公客户经理" },
    [66] = { name = "潘晓芸", outlet = 5, post = "对公客户经理" },
    [71] = { name = "陈喆" },
    [77] = { name = "曹国栋", post = "对公客户经理" },
    [87] = { name = "程立新", outlet = 8, post = "专职客户经理" },
    [93] = { name = "林堃" },
    [98] = { name = "韩冬", post = "对公客户经理" },
    [109] = { name = "彭程", outlet = 11, post = "对公客户经理" },
    [112] = { name = "沈玥" },
    [117] = { name = "钟灵", outlet = 11, post = "对公客户经理" },
    [127] = { name = "欧阳𬭸", outlet = 2, post = "对公客户经理", hire = "2005-07-11" },
    [135] = { name = "方正平", post = "对公客户经理" },
    [137] = { name = "柴静怡", post = "对公客户经理" },
    [138] = { name = "裘千里", post = "对公客户经理" },
    [140] = { name = "范晓雯", post = "理财经理" },
    [141] = { name = "吕思源", post = "专职客户经理" },
    [143] = { name = "周翀", post = "专职客户经理" },
    [144] = { name = "白雪莹", post = "理财经理" },
    [145] = { name = "贺兰青", post = "专职客户经理" },
    [146] = { name = "秦怀玉", post = "专职客户经理" },
    [147] = { name = "雷鸣", post = "理财经理" },
    [150] = { name = "上官明喆" },
    [156] = { name = "许若兰", post = "对公客户经理" },
    [164] = { name = "贾思勤", post = "对公客户经理" },
    [174] = { name = "徐龑" },
    [185] = { name = "史佳慧", post = "专职客户经理", active = "2009-01-12" },
    [188] = { name = "安然", post = "对公客户经理" },
    [203] = { name = "李静", outlet = 9 },
    [205] = { name = "孔令峰", post = "对公客户经理" },
    [210] = { name = "毛宇轩", outlet = 7, post = "个贷客户经理" },
    [211] = { name = "单雨桐", outlet = 7, post = "个贷客户经理" },
    [222] = { name = "武凯", post = "专职客户经理", active = "2009-04-07" },
    [239] = { name = "马䶮" },
    [255] = { name = "邹志远", post = "对公客户经理" },
    [312] = { name = "尹朝阳", post = "对公客户经理", hire = "2009-02-16" },
}

-- Gives list[index] the wanted value by trading places with someone who is not fixed.
local function force(list, index, value, cast, field)
    if list[index] == value then
        return
    end
    for other = #list, 1, -1 do
        if list[other] == value and not (cast[other] and cast[other][field]) then
            list[index], list[other] = list[other], list[index]
            return
        end
    end
end

-- {name, count} or {count}: a shuffled deck of indices, each as often as its count says.
local function deck(kinds, count_at, random)
    local cards = {}
    for index, kind in ipairs(kinds) do
        for _ = 1, kind[count_at] do
            table.insert(cards, index)
        end
    end
    return random:shuffle(cards)
end

local function post_index(title)
    for index, post in ipairs(reference.posts) do
        if post[1] == title then
            return index
        end
    end
end

-- Staff numbers were given anew on 2004-01-01: the first quarter of them says nothing about the
-- date of hire, the others follow it. Most people came in July, the last four in a hundred in 2009.
local function hired(position, random)
    local at = position * 1000 // BLOCK
    if at <= 250 then
        return calendar.workday(random:range(calendar.day("1988-07-01"), calendar.carry - 1826))
    elseif at > 968 then
        return calendar.workday(calendar.year_start + (at - 968) * 240 // 32)
    end
    local day = calendar.day("2004-01-01") + (at - 250) * 1820 // 718
    local year = calendar.civil(day)
    if random:chance(700) then
        day = calendar.number(year, 7, random:range(1, 20))
    end
    return calendar.workday(day)
end

-- The day someone entered the customer managers' sequence: a while after the hire.
local function entered(hire, random)
    local latest = calendar.day("2008-10-08")
    if hire > latest then
        return hire
    end
    return calendar.workday(math.min(hire + random:range(60, 420), latest))
end

local function outlets(blocks)
    local list = {}
    local width = math.max(2, #tostring(blocks * 12))
    for block = 0, blocks - 1 do
        for index, outlet in ipairs(reference.outlets) do
            local name = outlet[1]
            if block > 0 then
                local n = (block - 1) * 12 + index - 1
                name = reference.outlet_first[n // 20 % 20 + 1] ..
                    reference.outlet_second[n % 20 + 1] .. "支行"
            end
            table.insert(list, {
                id = ("B%0" .. width .. "d"):format(#list + 1),
                name = name, type = outlet[2], main = #list == 0, members = {},
            })
        end
    end
    return list
end

-- The list of managers and the list of outlets of a run with `blocks` times 320 managers.
function people.create(blocks)
    local total = blocks * BLOCK
    local width = math.max(4, #tostring(total))
    local list, branches, used = {}, outlets(blocks), {}
    for position = 1, BLOCK do
        if first_cast[position] then
            used[first_cast[position].name] = true
        end
    end
    for block = 0, blocks - 1 do
        local cast = block == 0 and first_cast or {}
        local random = prng.stream("people", block)
        local places = deck(reference.outlets, 3, random)
        local posts = deck(reference.posts, 2, random)
        for position = 1, BLOCK do
            local role = cast[position]
            if role and role.outlet then
                force(places, position, role.outlet, cast, "outlet")
            end
            if role and role.post then
                force(posts, position, post_index(role.post), cast, "post")
            end
        end
        for position = 1, BLOCK do
            local index = block * BLOCK + position
            local role, own = cast[position] or {}, prng.stream("person", index)
            local name = role.name
            for _ = 1, name and 0 or 8 do -- namesakes stay rare, as in one town
                name = names.person(own)
                if not used[name] then
                    break
                end
            end
            used[name] = true
            local hire = role.hire and calendar.day(role.hire) or hired(position, own)
            local branch = branches[block * 12 + places[position]]
            local manager = {
                index = index, id = ("M%0" .. width .. "d"):format(index), name = name,
                branch = branch, post = reference.posts[posts[position]][1], hire = hire,
                active_from = role.active and calendar.day(role.active) or entered(hire, own),
                fixed = cast[position] ~= nil, senior = position * 3 < BLOCK,
                education = ({ "高中", "大专", "本科", "硕士" })[own:weighted(
                    hire < calendar.day("2000-01-01") and { 12, 40, 45, 3 } or { 0, 12, 68, 20 })],
            }
            manager.studio = places[position] == reference.studio_outlet
                and manager.post == "个贷客户经理" and hire < calendar.year_start
            if not branch.head and not manager.fixed and position > 6 then
                branch.head, manager.post = manager, "网点负责人"
            end
            table.insert(branch.members, manager)
            table.insert(list, manager)
        end
    end
    return list, branches
end

-- A colleague of the same outlet who was there all year and has no part of his own in the cast.
function people.colleague(manager, random)
    local candidates = {}
    for _, other in ipairs(manager.branch.members) do
        if other ~= manager and not other.fixed and other.active_from < calendar.carry then
            table.insert(candidates, other)
        end
    end
    return random:pick(candidates)
end

return people
