return 0.1 + 1e-3 * -2 ^ 2 ^ x / 0x1F // y % 3, a == b == c, not a ~= nil, #t + #"x" .. "y" .. 1.5,
  a and b or c, 1 < 2 == true, (a + b):round(2) * m["x"], ~1 & 3 | 4 ~ 5 << 1 >> 2, ... == 1,
  f { }.x [=[
long]=] : m 'a\n\x41\u{4E2D}\z
   b\065', function() end, -- note
  --[==[ more ]==] t[i - 1] -- end
