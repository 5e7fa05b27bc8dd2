local a <const>, b <close> = 1, nil
local function f(x, ...) local y = ... return x, select("#", ...) end
function t.a.b:c(self2) return self, self2 end
for i = 1, 10, 2 do if i > 5 then break elseif i == 3 then goto continue else f(i) end ::continue:: end
for k, v in pairs(t) do t[k], v = v, k end
while not done do repeat local z = 1 until z == 1 end
do ::top:: goto top end;
(f or g)(1)
x.y[1], z = f "text", { 1, 2; n = 3, ["k"] = 4, [5] = 6 }
return
