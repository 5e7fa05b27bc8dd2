-- Forty formulas of about six operations each; kaohe and plain Lua run the same text.
-- a1 .. a20 are amounts, p has rates in percent; k01 .. k40 build on each other as real schemes do.
metric "k01" { formula = function(m, p) return (m.a1 * (p.pool - p.cost) + m.a2 * p.coef) / 100 / p.base end }
metric "k02" { formula = function(m, p) return m.a3 * 0.35 + m.a4 * 0.25 + m.a5 * 0.4 - m.k01 end }
metric "k03" { formula = function(m, p) return min(max(m.a6 / m.a7, 0), 1.2) * 40 + m.k02 / 10000 end }
metric "k04" { formula = function(m, p) return (m.a8 - m.a9) / m.a9 * 100 + (m.a10 - m.a8) * 0.05 end }
metric "k05" {
    formula = function(m, p)
        if m.k03 >= 60 and m.a1 > m.a2 then return m.k03 * 1.1 - 5 + m.a11 / 100 end
        return m.k03 * 0.9 + m.a12 * p.coef / 200
    end,
}
metric "k06" { formula = function(m, p) return (m.a3 * (p.pool - p.cost) + m.a4 * p.coef) / 100 / p.base end }
metric "k07" { formula = function(m, p) return m.a5 * 0.35 + m.a6 * 0.25 + m.a7 * 0.4 - m.k06 end }
metric "k08" { formula = function(m, p) return min(max(m.a8 / m.a9, 0), 1.2) * 40 + m.k07 / 10000 end }
metric "k09" { formula = function(m, p) return (m.a10 - m.a11) / m.a11 * 100 + (m.a12 - m.a10) * 0.05 end }
metric "k10" {
    formula = function(m, p)
        if m.k08 >= 60 and m.a3 > m.a4 then return m.k08 * 1.1 - 5 + m.a13 / 100 end
        return m.k08 * 0.9 + m.a14 * p.coef / 200
    end,
}
metric "k11" { formula = function(m, p) return (m.a5 * (p.pool - p.cost) + m.a6 * p.coef) / 100 / p.base end }
metric "k12" { formula = function(m, p) return m.a7 * 0.35 + m.a8 * 0.25 + m.a9 * 0.4 - m.k11 end }
metric "k13" { formula = function(m, p) return min(max(m.a10 / m.a11, 0), 1.2) * 40 + m.k12 / 10000 end }
metric "k14" { formula = function(m, p) return (m.a12 - m.a13) / m.a13 * 100 + (m.a14 - m.a12) * 0.05 end }
metric "k15" {
    formula = function(m, p)
        if m.k13 >= 60 and m.a5 > m.a6 then return m.k13 * 1.1 - 5 + m.a15 / 100 end
        return m.k13 * 0.9 + m.a16 * p.coef / 200
    end,
}
metric "k16" { formula = function(m, p) return (m.a7 * (p.pool - p.cost) + m.a8 * p.coef) / 100 / p.base end }
metric "k17" { formula = function(m, p) return m.a9 * 0.35 + m.a10 * 0.25 + m.a11 * 0.4 - m.k16 end }
metric "k18" { formula = function(m, p) return min(max(m.a12 / m.a13, 0), 1.2) * 40 + m.k17 / 10000 end }
metric "k19" { formula = function(m, p) return (m.a14 - m.a15) / m.a15 * 100 + (m.a16 - m.a14) * 0.05 end }
metric "k20" {
    formula = function(m, p)
        if m.k18 >= 60 and m.a7 > m.a8 then return m.k18 * 1.1 - 5 + m.a17 / 100 end
        return m.k18 * 0.9 + m.a18 * p.coef / 200
    end,
}
metric "k21" { formula = function(m, p) return (m.a9 * (p.pool - p.cost) + m.a10 * p.coef) / 100 / p.base end }
metric "k22" { formula = function(m, p) return m.a11 * 0.35 + m.a12 * 0.25 + m.a13 * 0.4 - m.k21 end }
metric "k23" { formula = function(m, p) return min(max(m.a14 / m.a15, 0), 1.2) * 40 + m.k22 / 10000 end }
metric "k24" { formula = function(m, p) return (m.a16 - m.a17) / m.a17 * 100 + (m.a18 - m.a16) * 0.05 end }
metric "k25" {
    formula = function(m, p)
        if m.k23 >= 60 and m.a9 > m.a10 then return m.k23 * 1.1 - 5 + m.a19 / 100 end
        return m.k23 * 0.9 + m.a20 * p.coef / 200
    end,
}
metric "k26" { formula = function(m, p) return (m.a11 * (p.pool - p.cost) + m.a12 * p.coef) / 100 / p.base end }
metric "k27" { formula = function(m, p) return m.a13 * 0.35 + m.a14 * 0.25 + m.a15 * 0.4 - m.k26 end }
metric "k28" { formula = function(m, p) return min(max(m.a16 / m.a17, 0), 1.2) * 40 + m.k27 / 10000 end }
metric "k29" { formula = function(m, p) return (m.a18 - m.a19) / m.a19 * 100 + (m.a20 - m.a18) * 0.05 end }
metric "k30" {
    formula = function(m, p)
        if m.k28 >= 60 and m.a11 > m.a12 then return m.k28 * 1.1 - 5 + m.a1 / 100 end
        return m.k28 * 0.9 + m.a2 * p.coef / 200
    end,
}
metric "k31" { formula = function(m, p) return (m.a13 * (p.pool - p.cost) + m.a14 * p.coef) / 100 / p.base end }
metric "k32" { formula = function(m, p) return m.a15 * 0.35 + m.a16 * 0.25 + m.a17 * 0.4 - m.k31 end }
metric "k33" { formula = function(m, p) return min(max(m.a18 / m.a19, 0), 1.2) * 40 + m.k32 / 10000 end }
metric "k34" { formula = function(m, p) return (m.a20 - m.a1) / m.a1 * 100 + (m.a2 - m.a20) * 0.05 end }
metric "k35" {
    formula = function(m, p)
        if m.k33 >= 60 and m.a13 > m.a14 then return m.k33 * 1.1 - 5 + m.a3 / 100 end
        return m.k33 * 0.9 + m.a4 * p.coef / 200
    end,
}
metric "k36" { formula = function(m, p) return (m.a15 * (p.pool - p.cost) + m.a16 * p.coef) / 100 / p.base end }
metric "k37" { formula = function(m, p) return m.a17 * 0.35 + m.a18 * 0.25 + m.a19 * 0.4 - m.k36 end }
metric "k38" { formula = function(m, p) return min(max(m.a20 / m.a1, 0), 1.2) * 40 + m.k37 / 10000 end }
metric "k39" { formula = function(m, p) return (m.a2 - m.a3) / m.a3 * 100 + (m.a4 - m.a2) * 0.05 end }
metric "k40" {
    formula = function(m, p)
        if m.k38 >= 60 and m.a15 > m.a16 then return m.k38 * 1.1 - 5 + m.a5 / 100 end
        return m.k38 * 0.9 + m.a6 * p.coef / 200
    end,
}
