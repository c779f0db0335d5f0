"""generate.py OUT [--small]: the data that taizhang and its peers are measured on. Always the same: every choice is seeded.

OUT/returns/inbox/<unit>/*.xlsx  a zone's year: 问题台账 of 36 units for 50 weeks, 惠企资金兑付台账 of 20 units for 10 months.
                                 Half are written by XlsxWriter, a quarter by openpyxl, and a quarter is saved by LibreOffice
                                 where that is installed. One workbook in forty has faults.
OUT/returns/faults.tsv           file and key of the rows with faults: programs differ there by design
OUT/big/inbox/…/*.xlsx           one workbook of a million rows, as Excel lays it out (shared strings)
OUT/csv/inbox/…/*.csv            some 100 MB of the same rows in GB18030
OUT/xls/details.xls              65,000 of them with two more columns, in the old binary format
OUT/<set>/taizhang.yaml, forms/  the zone of each set
OUT/facts.json                   what was generated
"""
import argparse
import datetime as dt
import json
import os
import random
import shutil
import subprocess
import tempfile
import zipfile
from xml.sax.saxutils import escape

import openpyxl
import xlsxwriter
import xlwt

EPOCH = dt.date(1899, 12, 30)  # Excel's day 0
LAST = dt.date(2025, 11, 23)  # the Sunday of the last week
DEPARTMENTS = (
    "产业局 财政局 税务局 人社局 社会事务局 建设局 政务服务中心 创业中心 总工会 高新集团 政法办 党政办 残联 科技局 商务局 应急局 生态局 市监局 "
    "城管局 教育局 卫健局 民政局 农业局 交通局 水利局 文旅局 审计局 统计局"
).split()
STREETS = "双马街道 板塘街道 宝塔街道 东坪街道 书院路街道 下摄司街道 五里堆街道 社建村街道 岳塘街道 霞城街道 昭山街道 易家湾街道".split()
UNITS = DEPARTMENTS + STREETS
PROBLEM = "问题编号,问题来源,责任清单,问题描述,涉及企业或单位,所属街道,牵头单位,责任人,交办日期,办结时限,办理状态,办结日期,办理情况,满意度".split(",")
INCENTIVE = "企业名称,统一社会信用代码,政策项目,文号,申报金额（元）,兑付金额（元）,兑付日期".split(",")
DETAILS = "序号,填报单位,统一社会信用代码,项目名称,类别,负责人,交办日期,更新日期,金额（元）,备注".split(",")
SOURCES = "走访调研 企业反映 12345热线 市专班交办 群众来信 其他".split()
LISTS = "企业难题 实事项目 基层治理 安全生产 生态环保 信访维稳 作风建设".split()
THEMES = "老旧小区改造 智慧校园平台 农村饮水安全巩固提升 道路大中修工程 信息化运维服务 公共卫生应急物资储备 污水管网改扩建 文化惠民演出 安全生产专项检查 困难群众救助补助".split()
PROGRAMMES = "智能制造 制造强省 高新技术企业 科技研发奖补 135工程奖补".split()
NOTES = ["", "", "按季度推进", "资金已到位", "因天气原因延期，预计下月完成", "A&B标段合并招标 <二次>", "详见附件，第三条", "与“十四五”规划衔接"]
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂"


def credit_code(r):
    """A unified social credit code with its check character (GB 32100)."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    body = "91430" + "".join(r.choice("0123456789") for _ in range(4)) + "".join(r.choice(alphabet) for _ in range(8))
    return body + alphabet[(31 - sum(alphabet.index(c) * w for c, w in zip(body, weights)) % 31) % 31]


def person(r):
    return r.choice(SURNAMES) + r.choice(GIVEN) + (r.choice(GIVEN) if r.random() < 0.6 else "")


def firms(n):
    r = random.Random(7)
    kinds = ["电气", "机械", "新材料", "科技", "精密"]
    return [(f"湘潭{r.choice(GIVEN)}{r.choice(GIVEN)}{r.choice(kinds)}第{i + 1}有限公司", credit_code(r)) for i in range(n)]


FIRMS = firms(400)


def problem(unit, i, weeks):
    """Item i of a unit's ledger over all weeks: the first 30 are older than the ledger, then one comes every week."""
    r = random.Random(f"{unit}-{i}")
    first = LAST - dt.timedelta(days=7 * weeks)
    born = first - dt.timedelta(days=r.randrange(5, 60)) if i < 30 else first + dt.timedelta(days=7 * (i - 30) - r.randrange(0, 6))
    return {
        "no": f"XT{unit:02d}-{i:04d}", "source": r.choice(SOURCES), "list": r.choice(LISTS),
        "description": f"关于{r.choice(THEMES)}的问题，涉及{r.randrange(1, 300)}户，{r.choice(NOTES[2:])}（{unit}-{i}）",
        "enterprise": r.choice(FIRMS)[0] if r.random() < 0.7 else "", "street": r.choice(STREETS), "lead": r.choice(DEPARTMENTS), "owner": person(r),
        "born": born, "due": born + dt.timedelta(days=7 + r.randrange(60)), "closed": born + dt.timedelta(days=r.randrange(1, 120)),
        "closes": r.random() < 0.8, "long": r.random() < 0.02, "note": r.choice(NOTES), "rating": r.choice(["满意", "满意", "基本满意", "不满意"]),
    }


def problem_row(x, sunday, week):
    closed = x["closes"] and x["closed"] <= sunday and not x["long"]
    status = "已办结" if closed else "长期推进" if x["long"] else "未启动" if (sunday - x["born"]).days < 7 else "办理中"
    note = f"{x['note']}（{week}周）" if x["note"] and not closed else x["note"]
    return [x["no"], x["source"], x["list"], x["description"], x["enterprise"], x["street"], x["lead"], x["owner"], x["born"],
            "长期推进" if x["long"] else x["due"], status, x["closed"] if closed else "", note, x["rating"] if closed else ""]


def incentive_rows(unit, month):
    r = random.Random(f"incentive-{unit}-{month}")
    rows = []
    for i in range(40 + r.randrange(30)):
        name, code = FIRMS[(unit * 20 + r.randrange(20)) % len(FIRMS)]
        amount = round(10000 + r.random() * 20000, 2)
        rows.append([name, code, r.choice(PROGRAMMES), f"高新财〔2025〕{month}{unit:02d}{i:03d}号", amount, round(amount * 0.9, 2),
                     dt.date(2025, month, 1 + r.randrange(28))])
    return rows


def write_openpyxl(path, lines, heads, rows, dates, sums):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    sheet.append([lines[0]])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(heads))
    sheet.append([lines[1], None, None, None, lines[2]])
    sheet.append(heads)
    for row in rows:
        sheet.append([None if v == "" else v for v in row])
        for j in dates:
            cell = sheet.cell(sheet.max_row, j + 1)
            if cell.is_date:
                cell.number_format = "yyyy/m/d"
    if sums:
        sheet.append(["合计"] + [None] * (len(heads) - 1))
        for j in sums:
            sheet.cell(sheet.max_row, j + 1, sum(r[j] for r in rows))
    book.save(path)


def write_xlsxwriter(path, lines, heads, rows, dates, sums):
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    date, money, border = (book.add_format(f) for f in ({"num_format": "yyyy/m/d", "border": 1}, {"num_format": "#,##0.00", "border": 1}, {"border": 1}))
    sheet.merge_range(0, 0, 0, len(heads) - 1, lines[0], book.add_format({"bold": 1, "align": "center"}))
    sheet.write_string(1, 0, lines[1])
    sheet.write_string(1, 4, lines[2])
    for j, head in enumerate(heads):
        sheet.write_string(2, j, head, border)
    for i, row in enumerate(rows, 3):
        for j, v in enumerate(row):
            if v == "":
                sheet.write_blank(i, j, None, border)
            elif isinstance(v, dt.date):
                sheet.write_number(i, j, (v - EPOCH).days, date)
            elif isinstance(v, (int, float)):
                sheet.write_number(i, j, v, money)
            else:
                sheet.write_string(i, j, v, border)
    if sums:
        end = 3 + len(rows)
        sheet.write_string(end, 0, "合计", border)
        for j in sums:
            column = chr(65 + j)
            sheet.write_formula(end, j, f"SUM({column}4:{column}{end})", money, sum(r[j] for r in rows))
    book.close()


class Returns:
    """Writes a zone's returns one after another; k decides which program writes and whether there are faults."""

    def __init__(self, out, one_in):
        self.inbox, self.one_in = os.path.join(out, "inbox"), one_in
        self.resave, self.faults, self.files, self.rows, self.faulty = [], [], 0, 0, 0

    def add(self, unit, name, lines, heads, rows, dates, sums, key, spoil):
        k = self.files
        self.files += 1
        self.rows += len(rows)
        path = os.path.join(self.inbox, unit, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if k % self.one_in == self.one_in - 1:
            self.faulty += 1
            for i in spoil(rows):
                self.faults.append((f"{unit}/{name}", rows[i][key]))
        if k % 4 == 3:
            self.resave.append(path)
        write = write_openpyxl if k % 4 == 2 else write_xlsxwriter
        write(path, lines, heads, rows, dates, sums)


def spoil_problem(rows):
    rows[3][8], rows[5][2], rows[7][3] = "2025年13月45日", "不知道", ""
    return 3, 5, 7


def spoil_incentive(rows):
    rows[3][6], rows[5][2] = "2025年13月45日", "不知道"
    return 3, 5


def save_by_libreoffice(paths):
    """Has LibreOffice open and save the workbooks; says whether it did."""
    office = shutil.which("soffice")
    if not office or not paths:
        return False
    with tempfile.TemporaryDirectory() as work:
        names = {}
        for n, path in enumerate(paths):
            names[n] = path
            shutil.copy(path, os.path.join(work, f"{n}.xlsx"))
        out = os.path.join(work, "out")
        for start in range(0, len(paths), 100):
            batch = [os.path.join(work, f"{n}.xlsx") for n in range(start, min(start + 100, len(paths)))]
            subprocess.run([office, f"-env:UserInstallation=file://{work}/profile", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", out, *batch],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for n, path in names.items():
            shutil.move(os.path.join(out, f"{n}.xlsx"), path)
    return True


def make_returns(out, weeks, months):
    r = Returns(out, 40)
    for week in range(weeks):
        sunday = LAST - dt.timedelta(days=7 * (weeks - 1 - week))
        written = f"填报日期：{sunday.year}年{sunday.month}月{sunday.day}日"
        for u, unit in enumerate(UNITS[4:]):
            items = (problem(u, i, weeks) for i in range(30 + week + 1))
            rows = [problem_row(x, sunday, week) for x in items if x["born"] <= sunday]
            r.add(unit, f"问题台账_{sunday.isoformat()}.xlsx", ("湘潭高新区问题台账", "填报单位：" + unit, written), PROBLEM, rows, (8, 9, 11), (), 0, spoil_problem)
    for month in range(1, months + 1):
        for u, unit in enumerate(UNITS[:20]):
            lines = (f"2025年{month}月惠企资金兑付台账", "填报单位：" + unit, f"填报日期：2025年{month}月28日")
            r.add(unit, f"惠企资金兑付台账_2025-{month:02d}.xlsx", lines, INCENTIVE, incentive_rows(u, month), (6,), (4, 5), 3, spoil_incentive)
    saved = save_by_libreoffice(r.resave)
    with open(os.path.join(out, "faults.tsv"), "w", encoding="utf-8") as f:
        f.writelines(f"{file}\t{key}\n" for file, key in r.faults)
    returns = [f"{{form: problem, from: [{', '.join(UNITS[4:])}], due: monday 12:00, since: 2024-12-09}}",
               f"{{form: incentive, from: [{', '.join(UNITS[:20])}], due: 5 working days, since: 2025-01}}"]
    write_zone(out, returns)
    return {"workbooks": r.files, "rows": r.rows, "faulty": r.faulty, "libreoffice": len(r.resave) if saved else 0}


def write_zone(out, returns, limits=""):
    with open(os.path.join(out, "taizhang.yaml"), "w", encoding="utf-8") as f:
        f.write("zone: 湘潭高新区\ncode: xt\nas_of: 2025-11-24\nsubmitters:\n")
        for i, unit in enumerate(UNITS):
            f.write(f"  - {{code: u{i:02d}, name: {unit}, kind: {'street' if unit in STREETS else 'department'}}}\n")
        if returns:
            f.write("returns:\n" + "".join(f"  - {r}\n" for r in returns))
        if limits:
            f.write(f"limits: {limits}\n")
    with open(os.path.join(out, "units.tsv"), "w", encoding="utf-8") as f:
        f.writelines(f"u{i:02d}\t{unit}\n" for i, unit in enumerate(UNITS))


DETAILS_FORM = """id: details
title: 项目明细台账
mode: ledger
frequency: week
key: [seq]
columns:
  - {field: seq, title: 序号, type: int, required: true}
  - {field: reporter, title: 填报单位, type: text, required: true}
  - {field: enterprise_code, title: 统一社会信用代码, type: uscc, required: true}
  - {field: project, title: 项目名称, type: text, required: true}
  - {field: category, title: 类别, type: list, required: true, values: {%s}}
  - {field: responsible, title: 负责人, type: text}
  - {field: assigned_on, title: 交办日期, type: date, role: fact, required: true}
  - {field: updated_on, title: 更新日期, type: date, required: true}
  - {field: amount, title: 金额, type: money, required: true}
  - {field: note, title: 备注, type: text}
"""


def details(n):
    r = random.Random(11)
    for i in range(1, n + 1):
        born = dt.date(2025, 1, 1) + dt.timedelta(days=r.randrange(300))
        yield (i, UNITS[i % len(UNITS)], FIRMS[i % len(FIRMS)][1], f"{THEMES[i % len(THEMES)]}{r.randrange(1, 60000)}号", LISTS[i % len(LISTS)], person(r),
               born, born + dt.timedelta(days=r.randrange(1, 25)), r.randrange(1, 99_999_999) / 100, NOTES[r.randrange(len(NOTES))])


def write_zone_of_details(out):
    limits = "{file_mb: 1024, inflated_mb: 4096, rows: 1048576, memory_mb: 16384, seconds: 3600}"
    write_zone(out, [], limits)
    os.makedirs(os.path.join(out, "forms"), exist_ok=True)
    with open(os.path.join(out, "forms", "details.yaml"), "w", encoding="utf-8") as f:
        f.write(DETAILS_FORM % ", ".join(f"{c}: []" for c in LISTS))


def make_big(out, n):
    """Writes the sheet's XML itself: writers for Python hold ten million cells in memory or leave shared strings out."""
    path = os.path.join(out, "inbox", UNITS[0], f"项目明细台账_{LAST.isoformat()}.xlsx")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    strings, uses = {}, 0

    def cell(ref, v):
        nonlocal uses
        if isinstance(v, str):
            uses += 1
            return f'<c r="{ref}" t="s"><v>{strings.setdefault(v, len(strings))}</v></c>' if v else ""
        if isinstance(v, dt.date):
            return f'<c r="{ref}" s="1"><v>{(v - EPOCH).days}</v></c>'
        return f'<c r="{ref}" s="2"><v>{v}</v></c>' if isinstance(v, float) else f'<c r="{ref}"><v>{v}</v></c>'

    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="/xl/{part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
                  for part, kind in (("workbook.xml", "sheet.main"), ("worksheets/sheet1.xml", "worksheet"), ("styles.xml", "styles"), ("sharedStrings.xml", "sharedStrings"))) + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{rel}"><sheets><sheet name="项目明细台账" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(f'<Relationship Id="rId{i}" Type="{rel}/{kind}" Target="{part}"/>' for i, (kind, part) in enumerate((("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")), 1)) + "</Relationships>",
        "xl/styles.xml": f'<styleSheet {main}><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy/m/d"/></numFmts><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="4" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, text in parts.items():
            z.writestr(name, head + text)
        with z.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as f:
            f.write(f'{head}<worksheet {main}><dimension ref="A1:J{n + 1}"/><sheetData>'.encode())
            lines = []
            for i, row in enumerate([DETAILS], 1):
                lines.append(f'<row r="{i}">' + "".join(cell(f"{chr(65 + j)}{i}", v) for j, v in enumerate(row)) + "</row>")
            for i, row in enumerate(details(n), 2):
                lines.append(f'<row r="{i}">' + "".join(cell(f"{chr(65 + j)}{i}", v) for j, v in enumerate(row)) + "</row>")
                if len(lines) >= 5000:
                    f.write("".join(lines).encode())
                    lines = []
            f.write(("".join(lines) + "</sheetData></worksheet>").encode())
        with z.open("xl/sharedStrings.xml", "w", force_zip64=True) as f:
            f.write(f'{head}<sst {main} count="{uses}" uniqueCount="{len(strings)}">'.encode())
            f.write("".join(f"<si><t>{escape(s)}</t></si>" for s in strings).encode())
            f.write(b"</sst>")
    write_zone_of_details(out)
    return {"rows": n, "bytes": os.path.getsize(path)}


def make_csv(out, n):
    path = os.path.join(out, "inbox", UNITS[0], f"项目明细台账_{LAST.isoformat()}.csv")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="gb18030", newline="") as f:
        f.write(",".join(DETAILS) + "\r\n")
        for row in details(n):
            f.write(",".join(f"{v:.2f}" if isinstance(v, float) else str(v) for v in row) + "\r\n")
    write_zone_of_details(out)
    return {"rows": n, "bytes": os.path.getsize(path)}


def make_xls(out, n):
    os.makedirs(out, exist_ok=True)
    path = os.path.join(out, "details.xls")
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    date, money = (xlwt.easyxf(num_format_str=f) for f in ("yyyy/m/d", "#,##0.00"))
    for j, head in enumerate([*DETAILS, "所属街道", "牵头单位"]):
        sheet.write(0, j, head)
    for i, row in enumerate(details(n), 1):
        for j, v in enumerate([*row, STREETS[i % len(STREETS)], DEPARTMENTS[i % len(DEPARTMENTS)]]):
            if isinstance(v, dt.date):
                sheet.write(i, j, (v - EPOCH).days, date)
            elif isinstance(v, float):
                sheet.write(i, j, v, money)
            elif v != "":
                sheet.write(i, j, v)
    book.save(path)
    return {"rows": n, "bytes": os.path.getsize(path)}


def main():
    args = argparse.ArgumentParser()
    args.add_argument("out")
    args.add_argument("--small", action="store_true")
    a = args.parse_args()
    shutil.rmtree(a.out, ignore_errors=True)
    weeks, months, big, csv, xls = (2, 1, 5_000, 5_000, 2_000) if a.small else (50, 10, 1_000_000, 900_000, 65_000)
    facts = {
        "returns": make_returns(os.path.join(a.out, "returns"), weeks, months),
        "big": make_big(os.path.join(a.out, "big"), big),
        "csv": make_csv(os.path.join(a.out, "csv"), csv),
        "xls": make_xls(os.path.join(a.out, "xls"), xls),
    }
    with open(os.path.join(a.out, "facts.json"), "w", encoding="utf-8") as f:  # last: its presence says that all is there
        json.dump(facts, f, indent=1)


main()
