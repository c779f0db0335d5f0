"""read.py READER FILE|DIR: reads the first sheet of each workbook with one of Python's readers.

Prints "files rows cells dates bytes": rows with content, filled cells, dates among them, bytes of text; - where a reader doesn't tell.
fastexcel reads columns below their heads (row 3 in a folder of returns, else row 1) and tells rows only.
"""
import datetime
import glob
import os
import sys

reader, path = sys.argv[1:3]
files = sorted(glob.glob(path + "/**/*.xlsx", recursive=True)) if os.path.isdir(path) else [path]
rows = cells = dates = size = 0


def count(sheet):
    global rows, cells, dates, size
    for row in sheet:
        before = cells
        for v in row:
            if v is None or v == "":
                continue
            cells += 1
            if isinstance(v, datetime.date):
                dates += 1
            elif isinstance(v, str):
                size += len(v.encode())
        rows += cells > before


if reader == "python-calamine":
    from python_calamine import CalamineWorkbook

    for f in files:
        count(CalamineWorkbook.from_path(f).get_sheet_by_index(0).to_python(skip_empty_area=False))
elif reader == "fastexcel":
    import fastexcel

    head = 2 if os.path.isdir(path) else 0
    for f in files:
        rows += fastexcel.read_excel(f).load_sheet(0, header_row=head).to_arrow().num_rows + 1 + head
    cells = dates = size = "-"
elif reader == "xlrd":
    import xlrd

    for f in files:
        sheet = xlrd.open_workbook(f).sheet_by_index(0)
        for i in range(sheet.nrows):
            before = cells
            for c in sheet.row(i):
                if c.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                    continue
                cells += 1
                if c.ctype == xlrd.XL_CELL_DATE:
                    dates += 1
                elif c.ctype == xlrd.XL_CELL_TEXT:
                    size += len(c.value.encode())
            rows += cells > before
print(len(files), rows, cells, dates, size)
