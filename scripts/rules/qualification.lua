-- 任职资格:年龄、年限、学历、证书、考试、知识技能与培训。
local common = use "rules/common"

local M = {}

--- A17 烟草上岗年龄,按周岁。来源:000「一般不超过 45 周岁」(含)。
M.tobacco_entry_age = rule {
    title = "上岗年龄",
    source = "000 烟草 A17",
    inputs = "birth d, on d, max_age i=45, op o=<=",
    outputs = "age i, pass b",
    run = function(x)
        local age = date.years(x.birth, x.on)
        return { age = age, pass = common.holds(x.op, age, x.max_age) }
    end,
}

-- 营销员职业技能等级,由低到高。
local certificates = { ["初级营销员"] = 1, ["中级营销员"] = 2, ["高级营销员"] = 3 }

--- A18 烟草高级客户经理条件:营销岗位 3 年以上、大专以上、高级营销员。来源:000;
--- 证书高于要求也算具备。中级(24 个月、中专、中级营销员)等较低等级原文残缺,改参数即可用。
M.tobacco_senior_gate = rule {
    title = "高级客户经理条件",
    source = "000 烟草 A18",
    inputs = [[marketing_start d, on d, education t, certificate t, min_months i=36,
               min_education t=大专, required_certificate t=高级营销员]],
    outputs = "pass b, fails [t]",
    run = function(x)
        local needed, has = certificates[x.required_certificate], certificates[x.certificate]
        local certified = x.certificate == x.required_certificate
        if needed ~= nil and has ~= nil then certified = has >= needed end
        local fails = common.failed {
            { "tenure", date.add_months(x.marketing_start, x.min_months) <= x.on },
            { "education", common.educated(x.education, x.min_education) },
            { "certificate", certified },
        }
        return { pass = #fails == 0, fails = fails }
    end,
}

--- A28 调入候选人须在次年内考试合格,否则离岗。来源:000;
--- 各科 60 分、次年 12 月 31 日为限(含)为 [默认]。
--- 九科:信贷、国际、房贷、零售、银行卡、代理、会计、计算机、法律。
M.candidate_exam = rule {
    title = "候选人九科考试",
    source = "000 A28",
    inputs = "transfer_date d, scores [n], sat_on d, pass_mark n=60",
    outputs = "deadline d, pass b, lowest nx",
    run = function(x)
        if #x.scores ~= 9 then
            error("scores has " .. #x.scores .. " marks; give nine, one for each subject")
        end
        local deadline = date.parts(x.transfer_date).year + 1 .. "-12-31"
        local lowest = min(table.unpack(x.scores))
        local passed = lowest >= x.pass_mark and x.sat_on <= deadline
        return { deadline = deadline, pass = passed, lowest = lowest }
    end,
}

-- B01 各岗位要求的掌握程度,出自原文:了解、了解要点并运用、深入了解熟练运用。
local required_levels = { ["助理"] = 1, ["客户经理"] = 2, ["高级"] = 3 }

--- B01 知识、技能、能力差距。来源:001 胜任力;0—3 分、达标要素 80% 为 [默认]。
--- 多人评定时 level 取平均,可以不是整数。没有要素即未评定,不通过。
M.ksa_gap = rule {
    title = "知识技能能力(KSA)差距",
    source = "001 胜任力 B01",
    inputs = "post (助理|客户经理|高级), elements [{element t, level n}], pass_share r=0.8",
    outputs = "required i, gap_total nx, met_share r6?, pass b",
    run = function(x)
        local required, gap, all = common.pick(required_levels, x.post, "post"), 0, #x.elements
        for _, element in ipairs(x.elements) do gap = gap + max(0, required - element.level) end
        local met = common.count(x.elements, function(element) return element.level >= required end)
        return {
            required = required, gap_total = gap, met_share = met / all,
            pass = all > 0 and met >= x.pass_share * all,
        }
    end,
}

--- B04 培训积分作为续聘依据。来源:001;每年至少 40 分为 [默认]。
M.training_renewal = rule {
    title = "培训积分续聘",
    source = "001 B04",
    inputs = "credits n, minimum n=40",
    outputs = "renew b",
    run = function(x) return { renew = x.credits >= x.minimum } end,
}

--- B11 大客户经理条件:本科以上、三年以上。来源:001。
M.key_account_gate = rule {
    title = "大客户经理条件",
    source = "001 B11",
    inputs = "education t, years n, min_education t=本科, min_years n=3",
    outputs = "pass b",
    run = function(x)
        return { pass = common.educated(x.education, x.min_education) and x.years >= x.min_years }
    end,
}

--- E01 持三项以上证书的员工占比。来源:004 VIP 部「80% 拥有三项以上」,作目标用。
--- 没有员工即不适用,视为达到。
M.certificate_share = rule {
    title = "三证以上员工占比",
    source = "004 VIP 部 E01",
    inputs = "staff i, with_3_or_more i, target_share r=0.8",
    outputs = "share r6?, ok b",
    run = function(x)
        local certified = x.with_3_or_more
        return { share = certified / x.staff, ok = certified >= x.target_share * x.staff }
    end,
}

return M
