"""load.py PEER SET DIR DB: loads DIR/inbox into typed tables of a new DuckDB file, as somebody who knows the tool would.

PEER: polars, pandas (openpyxl), iconv (iconv and read_csv). SET: returns, big, csv.
Faulty cells become NULL; 合计 rows are left out. Nothing is judged, kept or answered.
"""
import glob
import os
import subprocess
import sys

import duckdb

TEXT, DATE, MONEY, COUNT = "VARCHAR", "DATE", "DECIMAL(18,2)", "BIGINT"
DETAILS = {
    "序号": ("seq", COUNT), "填报单位": ("reporter", TEXT), "统一社会信用代码": ("enterprise_code", TEXT), "项目名称": ("project", TEXT),
    "类别": ("category", TEXT), "负责人": ("responsible", TEXT), "交办日期": ("assigned_on", DATE), "更新日期": ("updated_on", DATE),
    "金额（元）": ("amount", MONEY), "备注": ("note", TEXT),
}
TABLES = {  # set → table → words of its files' names, row of the heads, columns
    "returns": {
        "problem": ("问题台账", 2, {
            "问题编号": ("problem_no", TEXT), "问题来源": ("source", TEXT), "责任清单": ("list", TEXT), "问题描述": ("description", TEXT),
            "涉及企业或单位": ("enterprise", TEXT), "所属街道": ("street", TEXT), "牵头单位": ("lead_unit", TEXT), "责任人": ("responsible", TEXT),
            "交办日期": ("assigned_on", DATE), "办结时限": ("deadline", DATE), "办理状态": ("status", TEXT), "办结日期": ("closed_on", DATE),
            "办理情况": ("progress_note", TEXT), "满意度": ("satisfaction", TEXT)}),
        "incentive": ("惠企资金兑付台账", 2, {
            "企业名称": ("enterprise", TEXT), "统一社会信用代码": ("enterprise_code", TEXT), "政策项目": ("programme", TEXT), "文号": ("document_no", TEXT),
            "申报金额（元）": ("applied_amount", MONEY), "兑付金额（元）": ("paid_amount", MONEY), "兑付日期": ("paid_on", DATE)}),
    },
    "big": {"details": ("项目明细台账", 0, DETAILS)},
    "csv": {"details": ("项目明细台账", 0, DETAILS)},
}


def by_polars(files, inbox, head, columns):
    import polars as pl

    # Dates are read as text where people write other things between them.
    text = {title: pl.String for title, (_, kind) in columns.items() if kind in (TEXT, DATE)} if head else {}
    frames = []
    for file in files:
        frame = pl.read_excel(file, engine="calamine", has_header=True, read_options={"header_row": head}, schema_overrides=text)
        frame.columns = [name for name, _ in columns.values()]
        if head:
            frame = frame.filter(pl.col(frame.columns[0]) != "合计")
        frames.append(frame.with_columns(pl.lit(os.path.relpath(file, inbox)).alias("file")))
    return pl.concat(frames, how="vertical_relaxed")


def by_pandas(files, inbox, head, columns):
    import pandas as pd

    frames = []
    for file in files:
        frame = pd.read_excel(file, header=head, engine="openpyxl")
        frame.columns = [name for name, _ in columns.values()]
        frame = frame[frame[frame.columns[0]] != "合计"].copy()
        for name, kind in columns.values():
            if kind == DATE:
                frame[name] = pd.to_datetime(frame[name], errors="coerce", format="mixed")
        frame["file"] = os.path.relpath(file, inbox)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def load_frames(read, set_name, inbox, db):
    files = sorted(glob.glob(inbox + "/*/*.xlsx"))
    for table, (word, head, columns) in TABLES[set_name].items():
        loaded = read([f for f in files if word in os.path.basename(f)], inbox, head, columns)
        casts = ", ".join(f"TRY_CAST({name} AS {kind}) AS {name}" for name, kind in columns.values())
        db.execute(f"CREATE TABLE {table} AS SELECT file, {casts} FROM loaded")


def load_csv(inbox, db, target):
    (file,) = glob.glob(inbox + "/*/*.csv")
    (table, (_, _, columns)), utf8 = *TABLES["csv"].items(), target + ".csv"
    subprocess.run(["iconv", "-f", "GB18030", "-t", "UTF-8", file, "-o", utf8], check=True)
    types = ", ".join(f"'{title}': '{kind}'" for title, (_, kind) in columns.items())
    names = ", ".join(f'"{title}" AS {name}' for title, (name, _) in columns.items())
    db.execute(f"CREATE TABLE {table} AS SELECT ? AS file, {names} FROM read_csv('{utf8}', header=true, types={{{types}}})", [os.path.relpath(file, inbox)])
    os.remove(utf8)


def main():
    peer, set_name, folder, target = sys.argv[1:5]
    for old in (target, target + ".wal"):
        if os.path.exists(old):
            os.remove(old)
    db, inbox = duckdb.connect(target), os.path.join(folder, "inbox")
    if peer == "iconv":
        load_csv(inbox, db, target)
    else:
        load_frames({"polars": by_polars, "pandas": by_pandas}[peer], set_name, inbox, db)
    print(*(f"{t} {db.execute(f'SELECT count(*) FROM {t}').fetchone()[0]}" for t in TABLES[set_name]))
    db.close()


if __name__ == "__main__":
    main()
