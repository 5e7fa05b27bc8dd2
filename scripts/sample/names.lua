-- Personal names: surnames as frequent as they are in China, given names of one or two characters.

local names = {}

-- surname and its weight (about 1/10,000 of the people)
local surnames = [[
王 725 李 719 张 683 刘 538 陈 453 杨 308 黄 223 赵 229 吴 205 周 212 徐 167 孙 154 马 129 朱 126
胡 131 郭 115 何 117 林 118 高 100 罗 86 郑 93 梁 84 谢 76 宋 81 唐 69 许 66 韩 68 邓 63 冯 64
曹 57 彭 58 曾 55 肖 59 田 58 董 61 潘 50 袁 56 蔡 53 蒋 47 余 41 于 62 杜 47 叶 42 程 51 魏 46
苏 45 吕 45 丁 43 任 42 卢 44 姚 42 沈 50 钟 40 姜 39 崔 38 谭 38 陆 36 范 36 汪 42 廖 36 石 35
金 37 韦 30 贾 34 夏 34 付 30 方 33 邹 32 熊 31 白 31 孟 30 秦 30 邱 29 侯 28 江 28 尹 27 薛 27
闫 26 段 25 雷 25 龙 24 黎 24 史 23 陶 23 贺 22 毛 22 郝 22 顾 24 龚 22 邵 21 万 21 覃 18 武 20
钱 20 戴 20 严 19 莫 18 孔 18 向 17 常 17 汤 16 俞 16 章 14 葛 14 鲁 13 倪 13 殷 12 施 12 楼 10
骆 7 应 6 柴 6 裘 5 虞 5 单 5 祝 9 温 15 康 15 乔 15 赖 15 文 14 樊 12 兰 12 洪 14 欧阳 9
司马 3 上官 3 诸葛 3 夏侯 2 慕容 2 皇甫 1 令狐 1 东方 1 尉迟 1
]]

-- characters of given names, the frequent ones first
local given = [[
伟敏静丽强磊军洋勇艳杰娟涛明超霞平刚芳燕玲红英华文斌辉波宁鹏飞健俊峰浩宇晨欣怡婷雪琳慧倩雯佳
嘉悦玉萍海建国志云春梅晓东亮庆德荣成光天达安中进和博诚振思群心乐松江哲翔旭家树泰盛雄冠腾楠航
弘美娜淑惠珠雅芝凤洁素莲真爱香月媛瑞凡青岚彬锋炜凯瑶璐颖蕾薇莉萌蓉妍馨诗涵梦子一可依宜如若兮
书言立正永世昌毅恒坤乾元良信义仁礼忠孝廉贤才学道远长新民邦兴业富贵康祥福禄寿喜吉向阳方圆圣清
源泉溪湖泽润沛淼涌瀚潇湘津沁沐汐汝池泓淇渊濛晴暖晖曦昊昱昕晟景智朗朝暄曼曜木杉柏桐桦梓梧楷榆
槿枫棋柯栋桥森林茜芸茗菲菁萱葵蓓蔚薰芷苓苒草荷莹玮珂珊珏琦琪琛琰琼瑜瑾璇璟瑛珍珺珉砚硕碧矾铭
锐钧铎锦镇鑫钰银铮炎炳烨煜熙灿焕燃炫烁焱轩轶辰迅迪逸骏骁驰骞驹鸿鹤鸣鹰鹭龙虎麟彪彤彦彰承启继
绍续维纯经纬绮绣绫缘翰翎翠舒舟艺芯颂频韵韬韶帆帅希幼广序庭延弦弛宏宗定宝实寒宸寅宣容寄密屹山
岗岭岳岱峥崇崎巍川州丹丰乔丞仪任伊伦伯佑作佩侠俐倚偲傲允先克全公兰其典冉冰凌凝列初劲劭勤卓卫
印厚原双叶合同君含吟品唯善喻团固坚城培基墨声夏大太奇奕契好妙姗姝姣娅娇婕婧婵嫣嬿孟季守尚尧展
岸布常幸庄应度弋彩影征律得循微
]]

local surname_list, surname_weights = {}, {}
for surname, weight in surnames:gmatch("(%S+) (%d+)") do
    table.insert(surname_list, surname)
    table.insert(surname_weights, math.tointeger(weight))
end

local given_list = {}
for _, code in utf8.codes((given:gsub("%s", ""))) do
    table.insert(given_list, utf8.char(code))
end

-- The smallest of three draws: the front of the list is several times as frequent as its end.
local function character(random)
    local n = #given_list
    return given_list[1 + math.min(random:below(n), random:below(n), random:below(n))]
end

function names.person(random)
    local surname = surname_list[random:weighted(surname_weights)]
    local first = character(random)
    if random:chance(190) then
        return surname .. first
    elseif random:chance(25) then
        return surname .. first .. first
    end
    local second
    repeat
        second = character(random)
    until second ~= first
    return surname .. first .. second
end

return names
