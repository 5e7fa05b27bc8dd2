"""The page of bench_pdf by ReportLab: page.py MARKS REGULAR BOLD PAGES FILE prints pages/s.

As its manual has it: fonts are registered once, each document is a canvas of its own.
"""
import io
import json
import sys
import time

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

marks_path, regular, bold, pages, out_path = sys.argv[1:]
marks = json.load(open(marks_path))
pdfmetrics.registerFont(TTFont("regular", regular))
pdfmetrics.registerFont(TTFont("bold", bold))
WIDTH, HEIGHT = 595.28, 841.89


def draw(canvas, m):
    y = HEIGHT - m["y"]
    fill, stroke = m.get("fill"), m.get("stroke")
    if fill:
        canvas.setFillColor(fill)
    if m["kind"] == "text":
        canvas.setFont("bold" if m["bold"] else "regular", m["size"])
        canvas.drawString(m["x"], y, m["text"])
        return
    if stroke:
        canvas.setStrokeColor(stroke)
        canvas.setLineWidth(m["stroke_width"])
        canvas.setDash([m["dash"]] if m["dash"] else [])
    if m["kind"] == "box":
        canvas.rect(m["x"], y - m["height"], m["width"], m["height"], int(bool(stroke)), int(bool(fill)))
    elif m["kind"] == "disc":
        canvas.circle(m["x"], y, m["size"], int(bool(stroke)), int(bool(fill)))
    else:
        path = canvas.beginPath()
        for i, (px, py) in enumerate(m["points"]):
            (path.lineTo if i else path.moveTo)(px, HEIGHT - py)
        canvas.drawPath(path, int(bool(stroke)), int(bool(fill)))


def document():
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), pageCompression=1)
    for m in marks:
        draw(canvas, m)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


pdf = document()
start = time.process_time()
for _ in range(int(pages)):
    pdf = document()
print("%.1f" % (int(pages) / (time.process_time() - start)))
open(out_path, "wb").write(pdf)
