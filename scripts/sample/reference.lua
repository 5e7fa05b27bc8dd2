-- The tables the branch does not choose: outlets, prices, coefficients, products, holidays, ladder.

local reference = {}

-- name, type, managers. The first is the branch's main office.
reference.outlets = {
    { "城东分行营业部", "精品网点", 38 }, { "湖滨支行", "理财中心", 26 },
    { "庆春支行", "精品网点", 30 }, { "武林支行", "理财中心", 32 },
    { "凤起支行", "普通", 26 }, { "文晖支行", "普通", 24 },
    { "艮山支行", "个贷工作室", 22 }, { "望江支行", "普通", 24 },
    { "采荷支行", "普通", 25 }, { "景芳支行", "微贷分中心", 23 },
    { "钱江新城支行", "理财中心", 30 }, { "九堡支行", "普通", 20 },
}
reference.studio_outlet = 7

-- Outlets beyond the twelve, for scaled runs only.
reference.outlet_first = { "福", "永", "新", "兴", "泰", "安", "德", "嘉", "平", "广", "长", "清",
                           "金", "瑞", "宝", "华", "东", "南", "西", "北" }
reference.outlet_second = { "宁", "和", "康", "源", "丰", "昌", "定", "善", "桥", "塘", "山", "河",
                            "园", "港", "门", "湾", "庄", "林", "乐", "城" }

-- posts and how many of 320 hold them; the outlet heads are taken from among them
reference.posts = {
    { "对公客户经理", 158 }, { "个贷客户经理", 40 }, { "专职客户经理", 58 },
    { "理财经理", 34 }, { "大堂经理", 18 }, { "柜员", 12 },
}

-- product, currency, {pool, cost} for each quarter of 2009 in 1/100 percent; a loan has no cost
reference.prices = {
    { "保证金", "CNY", { 320, 170 }, { 315, 165 }, { 320, 168 }, { 325, 170 } },
    { "储蓄", "CNY", { 320, 210 }, { 315, 207 }, { 318, 206 }, { 322, 208 } },
    { "储蓄", "USD", { 160, 85 }, { 150, 80 }, { 145, 75 }, { 150, 78 } },
    { "同业", "CNY", { 300, 280 }, { 295, 273 }, { 298, 275 }, { 305, 280 } },
    { "对公一般", "CNY", { 320, 150 }, { 315, 146 }, { 320, 148 }, { 325, 150 } },
    { "对公一般", "USD", { 160, 60 }, { 150, 55 }, { 145, 50 }, { 150, 52 } },
    { "贷款", "CNY", { 360 }, { 355 }, { 355 }, { 360 } },
}

-- line of rulebook C09, {from, to, value in 1/100, minutes of the committee}
reference.coefficients = {
    { "corp_deposit", { "2009-01-01", "2009-10-01", 100, "JY2009-01" },
      { "2009-10-01", "", 105, "JY2009-10" } },
    { "discount", { "2009-01-01", "2009-07-01", 100, "JY2009-01" },
      { "2009-07-01", "", 80, "JY2009-07" } },
    { "interbank", { "2009-01-01", "2009-07-01", 80, "JY2009-01" },
      { "2009-07-01", "", 90, "JY2009-07" } },
    { "loan", { "2009-01-01", "", 100, "JY2009-01" } },
    { "off_balance", { "2009-01-01", "", 100, "JY2009-01" } },
    { "other", { "2009-01-01", "", 100, "JY2009-01" } },
    { "personal_deposit", { "2009-01-01", "2009-07-01", 110, "JY2009-01" },
      { "2009-07-01", "", 115, "JY2009-07" } },
}

-- id, name, kind, coefficient in 1/10000, from, to (half-open; a changed coefficient is a new row),
-- fen of one piece for what is sold by the piece
reference.products = {
    { "P001", "沪深优选股票基金", "基金", 50, "2008-01-01", "" },
    { "P002", "稳健回报债券基金", "基金", 30, "2008-01-01", "" },
    { "P003", "货币市场基金", "基金", 5, "2008-06-01", "" },
    { "P004", "上证指数基金", "基金", 40, "2009-04-01", "" },
    { "P011", "步步高人民币理财七天", "理财", 10, "2008-01-01", "" },
    { "P012", "稳得利人民币理财三个月", "理财", 30, "2008-01-01", "2009-07-01" },
    { "P012", "稳得利人民币理财三个月", "理财", 35, "2009-07-01", "" },
    { "P013", "安心得利一年期", "理财", 60, "2009-01-01", "" },
    { "P021", "红利分红保险", "保险", 200, "2008-01-01", "" },
    { "P022", "期交养老保险", "保险", 350, "2009-01-01", "" },
    { "P031", "传世金条", "贵金属", 100, "2008-09-01", "" },
    { "P041", "信用卡金卡", "信用卡", 10000, "2008-01-01", "", 3000 },
    { "P051", "网上银行证书版", "电子银行", 10000, "2008-01-01", "2009-07-01", 1500 },
    { "P051", "网上银行证书版", "电子银行", 8000, "2009-07-01", "", 1500 },
}

-- The State Council's days off of 2009 and the weekends worked for them; 2010 opens with its own,
-- because the deadlines of the fourth quarter fall behind them.
reference.holidays = {}
local function add(kind, month, first, last, year)
    for day = first, last do
        local date = ("%d-%02d-%02d"):format(year or 2009, month, day)
        table.insert(reference.holidays, { date, kind })
    end
end
add("holiday", 1, 1, 3)
add("makeup", 1, 4, 4)
add("makeup", 1, 24, 24)
add("holiday", 1, 25, 31)
add("makeup", 2, 1, 1)
add("holiday", 4, 4, 6)
add("holiday", 5, 1, 3)
add("holiday", 5, 28, 30)
add("makeup", 5, 31, 31)
add("makeup", 9, 27, 27)
add("holiday", 10, 1, 8)
add("makeup", 10, 10, 10)
add("holiday", 1, 1, 3, 2010)

-- Rulebook C15. level, quarter profit of its four steps in 1000 yuan, deposit standard in 万元
reference.ladder = {
    { 15, { 80, 95, 110, 125 }, 3000 }, { 14, { 140, 155, 170, 185 }, 3300 },
    { 13, { 200, 210, 220, 235 }, 3600 }, { 12, { 250, 280, 310, 340 }, 4000 },
    { 11, { 380, 420, 460, 500 }, 5000 }, { 10, { 550, 600, 650, 700 }, 6500 },
    { 9, { 800, 900, 1000, 1100 }, 8500 }, { 8, { 1250, 1400, 1550, 1700 }, 11000 },
    { 7, { 1900, 2100, 2300, 2500 }, 14000 }, { 6, { 2800, 3100, 3400, 3700 }, 17500 },
    { 5, { 4100, 4500, 4900, 5300 }, 21500 }, { 4, { 5800, 6300, 6800, 7300 }, 26000 },
}

-- Grade and rank (15级1档 is 0, below it -1) that a quarter's profit in fen reaches.
function reference.grade(profit)
    local grade, rank, at = "未达标", -1, -1
    for _, level in ipairs(reference.ladder) do
        for step, floor in ipairs(level[2]) do
            at = at + 1
            if profit >= floor * 100000 then
                grade, rank = ("%d级%d档"):format(level[1], step), at
            end
        end
    end
    return grade, rank
end

return reference
