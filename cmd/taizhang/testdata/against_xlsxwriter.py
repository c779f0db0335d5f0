"""Writes the cells of a workbook (JSON on stdin) with XlsxWriter and prints the CPU seconds of the fastest of some runs.

{"sheets": [{"name", "widths": [..], "merges": [[r1, c1, r2, c2]], "rows": [[[col, style, value, formula], ..], ..]}], "styles": n}
Rows and columns count from 0. What costs time beside cells (charts, links, names) is left out, in XlsxWriter's favour.
"""
import io, json, sys, time
import xlsxwriter

book = json.load(sys.stdin)


def write():
    out = io.BytesIO()
    w = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    styles = [w.add_format({"font_size": 9 + n % 7, "border": n % 2, "bg_color": "#%06x" % (0xF0F0F0 + n), "text_wrap": n % 3 == 0}) for n in range(book["styles"])]
    cells = 0
    for s in book["sheets"]:
        sheet = w.add_worksheet(s["name"])
        for n, width in enumerate(s["widths"]):
            sheet.set_column(n, n, width)
        for r, row in enumerate(s["rows"]):
            for col, style, value, formula in row:
                cells += 1
                f = styles[style]
                if formula:
                    sheet.write_formula(r, col, "=" + formula, f, value)
                elif value is None:
                    sheet.write_blank(r, col, None, f)
                elif isinstance(value, str):
                    sheet.write_string(r, col, value, f)
                else:
                    sheet.write_number(r, col, value, f)
        for r1, c1, r2, c2 in s["merges"]:
            sheet._check_dimensions(r1, c1)
            sheet.merge.append([r1, c1, r2, c2])
    w.close()
    return cells


best = None
for _ in range(int(sys.argv[1])):
    at = time.process_time()
    cells = write()
    took = time.process_time() - at
    best = took if best is None else min(best, took)
print(cells, best)
