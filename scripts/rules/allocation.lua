-- 配备与分配:网点人员、签约客户上限、管户到人、季度目标(C31—C33、C35;PR-18)。
local common = use "rules/common"

local M = {}

--- C31 专职个人客户经理最低配备:理财中心 3 人,精品网点 2 人(支行营业部,或个人存款 1.5 亿元以上),
--- 均为原文;其他网点由支行定(staff.other_min=0,[默认])。来源:002 农行洛阳。
M.outlet_min_cm = rule {
    title = "网点最低配备",
    source = "002 农行洛阳 C31",
    inputs = [[outlet_type (理财中心|网点), personal_deposit_yi n, main_office b=false,
               key_outlet_yi n=1.5, op o=>=, other_min i=0]],
    outputs = "min_cm i",
    run = function(x)
        if x.outlet_type == "理财中心" then return { min_cm = 3 } end
        local key = x.main_office or common.holds(x.op, x.personal_deposit_yi, x.key_outlet_yi)
        return { min_cm = key and 2 or x.other_min }
    end,
}

--- C32 签约贵宾客户上限:钻石 30、白金 100、金卡 200(原文),各档分别看 [默认];
--- combined=true 时看各档占比之和不超过 1。来源:002 农行洛阳。
M.vip_limits = rule {
    title = "签约贵宾客户上限",
    source = "002 农行洛阳 C32",
    inputs = "diamond i, platinum i, gold i, combined b=false",
    outputs = "within b",
    run = function(x)
        if x.combined then -- 通分后比较,不做除法
            return { within = x.diamond * 20 + x.platinum * 6 + x.gold * 3 <= 600 }
        end
        return { within = x.diamond <= 30 and x.platinum <= 100 and x.gold <= 200 }
    end,
}

-- 按编号取余量;编号重复报错。
local function rooms_of(staff)
    local room = {}
    for _, person in ipairs(staff) do
        if room[person.id] ~= nil then error("staff '" .. person.id .. "' stands there twice") end
        room[person.id] = person.capacity
    end
    return room
end

-- 资料完整者先,资产多者先,编号小者先。
local function comes_first(a, b)
    if a.complete ~= b.complete then return a.complete end
    if a.assets_wan ~= b.assets_wan then return a.assets_wan > b.assets_wan end
    return a.id < b.id
end

--- C33 管户到人:日均资产 10 万元以上(原文)者必有人管。已有的密切关系先保留并占用名额(可超额);
--- 其余按资料完整、资产由高到低,依 staff 次序(网点负责人、客户经理、大堂、柜员)填满。
--- 资产相同按编号 [默认]。来源:002 农行洛阳。
M.customer_allocation = rule {
    title = "管户到人",
    source = "002 农行洛阳 C33",
    inputs = [[floor_wan n=10, customers [{id t, assets_wan n, complete b, keeper t?=null}],
               staff [{id t, role t, capacity i}]=[] ]],
    outputs = "owners [{id t, owner t?}]",
    run = function(x)
        local room, owner, rest, seen = rooms_of(x.staff), {}, {}, {}
        for _, customer in ipairs(x.customers) do
            local id, keeper = customer.id, customer.keeper
            if seen[id] then error("customer '" .. id .. "' stands there twice") end
            seen[id] = true
            local managed = customer.assets_wan >= x.floor_wan
            if managed and keeper == nil then
                rest[#rest + 1] = customer
            elseif managed then
                if room[keeper] == nil then
                    error("customer '" .. id .. "' has the keeper '" .. keeper
                        .. "', who is not among the staff")
                end
                owner[id], room[keeper] = keeper, room[keeper] - 1
            end
        end
        table.sort(rest, comes_first)
        local at = 1
        for _, customer in ipairs(rest) do
            while at <= #x.staff and room[x.staff[at].id] <= 0 do at = at + 1 end
            local person = x.staff[at]
            owner[customer.id] = person and person.id or "未分配"
            if person then room[person.id] = room[person.id] - 1 end
        end
        local owners = {}
        for i, customer in ipairs(x.customers) do
            owners[i] = { id = customer.id, owner = owner[customer.id] }
        end
        return { owners = owners }
    end,
}

--- C35 季度目标:期初加上全年增量的序时进度,25/50/75/100% 为 [默认]。来源:002 农行洛阳。
M.quarter_targets = rule {
    title = "季度序时目标",
    source = "002 农行洛阳 C35",
    inputs = "opening_wan n, year_target_wan n, shares [r]=[0.25,0.5,0.75,1]",
    outputs = "targets [n2]",
    run = function(x)
        local targets = {}
        for i, share in ipairs(x.shares) do
            targets[i] = x.opening_wan + (x.year_target_wan - x.opening_wan) * share
        end
        return { targets = targets }
    end,
}

return M
