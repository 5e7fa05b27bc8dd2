// The page of bench_pdf by Typst: page.mjs NODE_MODULES MARKS FAMILY FONTS PAGES FILE prints pages/s.
//
// One compiler is kept warm; every document has its own name and number, as scorecards have.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";

const [modules, marks, family, fonts, pages, file] = process.argv.slice(2);
const { NodeCompiler } = createRequire(modules + "/")("@myriaddreamin/typst-ts-node-compiler");
const folder = "/page"; // nothing is read from it: both files are given here
const compiler = NodeCompiler.create({ workspace: folder, fontArgs: [{ fontPaths: fonts.split(",") }] });
compiler.mapShadow(folder + "/marks.json", readFileSync(marks));

const source = `
#set page(width: 595.28pt, height: 841.89pt, margin: 0pt)
#set text(font: "${family}", lang: "zh", top-edge: "baseline", bottom-edge: "baseline", cjk-latin-spacing: none)
#set par(leading: 0pt)
#let color(m, key) = if key in m { rgb(m.at(key)) } else { none }
#let pen(m) = if "stroke" in m {
  (paint: rgb(m.stroke), thickness: m.stroke_width * 1pt, dash: if m.dash > 0 { (m.dash * 1pt, m.dash * 1pt) })
}
#let person(text) = text.replace("欧阳明", sys.inputs.name).replace("M00127", sys.inputs.id)
#for m in json("/marks.json") {
  let at(x, y, body) = place(top + left, dx: x * 1pt, dy: y * 1pt, body)
  if m.kind == "text" {
    at(m.x, m.y, box(text(size: m.size * 1pt, fill: color(m, "fill"),
      weight: if m.bold { "bold" } else { "regular" }, person(m.text))))
  } else if m.kind == "box" {
    at(m.x, m.y, rect(width: m.width * 1pt, height: m.height * 1pt, fill: color(m, "fill"), stroke: pen(m)))
  } else if m.kind == "disc" {
    at(m.x - m.size, m.y - m.size, circle(radius: m.size * 1pt, fill: color(m, "fill"), stroke: pen(m)))
  } else {
    at(0, 0, curve(fill: color(m, "fill"), stroke: pen(m), ..m.points.enumerate().map(((i, p)) =>
      if i == 0 { curve.move((p.at(0) * 1pt, p.at(1) * 1pt)) } else { curve.line((p.at(0) * 1pt, p.at(1) * 1pt)) })))
  }
}
`;
compiler.addSource(folder + "/page.typ", source);

function document(i) {
    const inputs = { name: ["王芳", "李伟", "张敏", "刘洋", "陈静"][i % 5], id: "M" + String(10000 + i) };
    const compiled = compiler.compile({ mainFilePath: folder + "/page.typ", inputs });
    if (compiled.hasError?.() || !compiled.result) {
        console.error(JSON.stringify(compiler.fetchDiagnostics(compiled.takeError()), null, 1));
        process.exit(1);
    }
    const pdf = compiler.pdf(compiled.result);
    compiler.evictCache(10);
    return pdf;
}

let pdf;
for (let i = 0; i < 3; i++) pdf = document(i);
const start = process.cpuUsage();
for (let i = 0; i < +pages; i++) pdf = document(3 + i);
const used = process.cpuUsage(start);
console.log((+pages / ((used.user + used.system) / 1e6)).toFixed(1));
writeFileSync(file, pdf);
