-- CSV files: UTF-8, LF, a header line. Writes them, or compares them with those already there.

local writer = {}

-- Fen as yuan with two decimals, no separators.
function writer.money(fen)
    local sign = fen < 0 and "-" or ""
    fen = math.abs(fen)
    return ("%s%d.%02d"):format(sign, fen // 100, fen % 100)
end

-- An integer in units of 10^-places as a decimal with that many places.
function writer.fixed(value, places)
    local unit = 1
    for _ = 1, places do
        unit = unit * 10
    end
    local sign = value < 0 and "-" or ""
    value = math.abs(value)
    return ("%s%d.%0" .. places .. "d"):format(sign, value // unit, value % unit)
end

-- a / b in hundredths, half away from zero; neither is negative.
function writer.hundredths(a, b)
    return (a * 200 + b) // (2 * b)
end

local File = {}
File.__index = File

-- Opens folder/name.csv. With `check` the file is read and must hold exactly what is written.
function writer.open(folder, name, header, check)
    local path = folder .. "/" .. name .. ".csv"
    local handle, reason = io.open(path, check and "rb" or "wb")
    if not handle then
        error(reason, 0)
    end
    local self = setmetatable({ path = path, handle = handle, check = check, rows = -1,
                                bytes = 0, lines = {}, count = 0 }, File)
    self:row(header)
    return self
end

local function flush(self)
    if self.count == 0 then
        return
    end
    local text = table.concat(self.lines, "\n", 1, self.count) .. "\n"
    self.bytes, self.count = self.bytes + #text, 0
    if not self.check then
        assert(self.handle:write(text))
    elseif self.handle:read(#text) ~= text then
        error(("%s: differs from what the generator writes, before line %d")
            :format(self.path, self.rows + 2), 0)
    end
end

-- One line; the fields are joined with commas. No field of this data needs quotes.
function File:row(...)
    self.count, self.rows = self.count + 1, self.rows + 1
    self.lines[self.count] = table.concat({ ... }, ",")
    if self.count == 1000 then
        flush(self)
    end
end

function File:close()
    flush(self)
    if self.check and self.handle:read(1) then
        error(self.path .. ": longer than what the generator writes", 0)
    end
    assert(self.handle:close())
end

return writer
