-- Writes the sample data of the small packs: lua5.4 small.lua PACKS, or --check PACKS to compare.
--
-- PACKS/NAME/sample/data receives the CSV files of each pack below. Whole numbers only, random
-- streams of our own, no clock: every machine writes the same bytes.

package.path = (arg[0]:match("^(.*)/[^/]*$") or ".") .. "/?.lua"

local writer = require "writer"

-- pack and the module that draws it: { files = { name = header }, write = function(out) }
local packs = {
    { "rural-credit", "rural" },
    { "tobacco", "tobacco" },
    { "postal", "postal" },
    { "benefit-and-team", "benefit" },
    { "competency", "competency" },
    { "balanced-scorecard", "bsc" },
    { "wealth-manager", "wealth" },
    { "grade-ladder", "grades" },
    { "priced-products", "priced" },
    { "microloan", "micro" },
}

local check = arg[1] == "--check"
local root = arg[check and 2 or 1]
if not root then
    io.stderr:write("write: lua5.4 small.lua [--check] PACKS\n")
    os.exit(2)
end

local function run(pack, module)
    local folder, out, names = ("%s/%s/sample/data"):format(root, pack), {}, {}
    if not check and not os.execute("mkdir -p '" .. folder:gsub("'", "'\\''") .. "'") then
        error("cannot make the folder " .. folder, 0)
    end
    for name in pairs(module.files) do
        table.insert(names, name)
    end
    table.sort(names)
    for _, name in ipairs(names) do
        out[name] = writer.open(folder, name, module.files[name], check)
    end
    module.write(out)
    local rows, bytes = 0, 0
    for _, name in ipairs(names) do
        out[name]:close()
        rows, bytes = rows + out[name].rows, bytes + out[name].bytes
    end
    print(("%-20s %2d files %6d rows %7d bytes"):format(pack, #names, rows, bytes))
end

for _, pack in ipairs(packs) do
    local ok, why = pcall(run, pack[1], require(pack[2]))
    if not ok then
        io.stderr:write(tostring(why), "\n")
        os.exit(1)
    end
end
