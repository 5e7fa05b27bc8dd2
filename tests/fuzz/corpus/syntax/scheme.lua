return {
 a = 1.5, -- x
 b = { f = function(m, p) return m.a / p["b"] + m end }, measure "corp" { x = 1 } }