-- 最上方一行:是谁,多少,什么等级,第几名。
local frame = use "parts/frame"
local ladder = use "parts/ladder"
local words = use "parts/words"

local person = {}

local function name(card)
    local place = {}
    if card.group ~= "" then place[1] = card.group end
    if card.fields.post then place[#place + 1] = card.fields.post end
    return { label = "工号 " .. card.id, value = card.name, note = table.concat(place, " · "), share = 1.2 }
end

-- 很大的金额在说明里以万元写,免得换行
local function brief(x, places, unit)
    if unit == "元" and abs(x) >= 1000000 then return wan(x) .. " 万元" end
    return number(x, places)
end

local function total(card, w, unit, last)
    local note = ""
    if last then
        local change = card.score and card.score - last
        note = { w.before .. " " .. brief(last, card.score_places, unit) }
        if change then
            -- 从零或负数起的百分比没有意义,写差额
            local shown = last > 0 and card.score >= 0 and abs(change) / last < 10
                and percent(abs(change) / last, 1) or brief(abs(change), card.score_places, unit)
            note[2] = " "
            note[3] = frame.arrow(change, shown)
        end
    end
    if not card.score then note = "本期没有数据" end
    return { label = words.with_unit(w.total, unit), value = number(card.score, card.score_places), note = note, share = 1.15 }
end

local function grade(card, w, l, before)
    local value = { card.grade or card.band }
    local shift = l and ladder.shift(l, before, card.grade)
    if shift then
        value[2] = { "  ", frame.arrow(shift, number(abs(shift)) .. " 档"), size = theme.body, bold = false }
    end
    return {
        label = w.now .. (card.grade and "等级" or "档次"),
        value = value,
        note = before and w.before .. " " .. before or "",
    }
end

local function rank(card)
    local note = card.group ~= "" and card.group_count > 1
        and "本机构第 " .. number(card.group_rank) .. " / " .. number(card.group_count) or ""
    local of = { " / " .. number(card.rank_count), size = theme.heading, bold = false, color = theme.muted }
    return { label = "排名", value = { number(card.rank), of }, note = note, share = 0.9 }
end

-- row 与 last:上期的一行与数额,没有就是 nil
function person.block(card, w, unit, l, row, last)
    local cells = { name(card), total(card, w, unit, last) }
    if card.grade or card.band then cells[#cells + 1] = grade(card, w, l, row and row.grade) end
    if card.rank then cells[#cells + 1] = rank(card) end
    return { fields = cells }
end

return person
