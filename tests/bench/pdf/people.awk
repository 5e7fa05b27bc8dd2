# Files of a made-up branch: awk -v count=10000 -v folder=DIR -f people.awk
function random(n) { seed = (seed * 16807) % 2147483647; return seed % n }
BEGIN {
    seed = 20090331
    split("赵 钱 孙 李 周 吴 郑 王 冯 陈 褚 卫 蒋 沈 韩 杨 朱 秦 尤 许 何 吕 施 张 孔 曹 严 华 金 魏 陶 姜", family, " ")
    split("伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀 霞 平 刚 桂 文 辉 云 洁 玲 珊 鑫 鹏 宇 浩", given, " ")
    split("2007Q2 2007Q3 2007Q4 2008Q1 2008Q2 2008Q3 2008Q4", periods, " ")
    split("13级4档 12级1档 12级4档 11级1档 11级4档 10级1档 9级1档", grades, " ")
    split("1200 400 200 500 300 3 1 150", size, " ")
    staff = folder "/staff.csv"; amount = folder "/amount.csv"; history = folder "/history.csv"
    print "manager_id,name,branch,post" > staff
    print "row_id,manager_id,date,line,amount,class" > amount
    print "manager_id,period,grade,profit,line1,line4" > history
    for (i = 1; i <= count; i++) {
        name = family[random(32) + 1] given[random(32) + 1] (random(3) ? given[random(32) + 1] : "")
        printf "M%06d,%s,第%d支行,对公客户经理\n", i, name, i % 400 + 1 > staff
        for (line = 1; line <= 8; line++)
            printf "%d,M%06d,2009-03-31,%d,%d.%02d,正常\n", ++row, i, line, size[line] * 1000 * (50 + random(100)) / 10, random(100) > amount
        for (k = random(3); k > 0; k--)
            printf "L-%07d,M%06d,2009-03-31,4,%d.00,关注\n", ++row, i, 100000 + random(900000) > amount
        for (k = 1; k <= 7; k++)
            printf "M%06d,%s,%s,%d.%02d,%d.00,%d.00\n", i, periods[k], grades[random(7) + 1], 200000 + random(400000), random(100), 100000 + random(90000), 60000 + random(90000) > history
    }
}
