local s = "余额" s = s .. [[
]] -- 中